#include "triggers.h"

#include <stdlib.h>
#include <string.h>

#include "abbreviation.h"
#include "atoms.h"
#include "base/table.h"

/* Atoms are filed under their first three bytes, or two for the shortest ones. */
struct entry {
	uint32_t key;
	struct trigger trigger;
	struct str atom;
	const struct regex *regex; /* NULL unless the pattern fits in one word */
	uint32_t next;             /* index + 1 */
};

enum { KEYS_SIZE = 1 << 13, KEY_BYTES = 3 };

/* A whole word that calls, however short. */
struct whole_word {
	struct str word;
	struct trigger trigger;
};

struct triggers {
	struct arena arena;
	struct entry *entries;
	size_t n, capacity;
	uint32_t *heads;           /* by hash of the key: index + 1; NULL as long as there is no entry */
	struct whole_word *wholes; /* few */
	size_t n_wholes, wholes_capacity;
};

static uint32_t key_of(const char *bytes, size_t len)
{
	uint32_t key = (uint32_t)len << 24;

	for (size_t i = 0; i < len; i++)
		key |= (uint32_t)(unsigned char)bytes[i] << (8 * i);
	return key;
}

static uint32_t *head(const struct triggers *triggers, uint32_t key)
{
	return &triggers->heads[(key * UINT32_C(2654435761)) >> 19];
}

struct triggers *triggers_new(void)
{
	struct triggers *triggers = calloc(1, sizeof(*triggers));

	if (triggers == NULL)
		die("out of memory");
	return triggers;
}

void *triggers_free(struct triggers *triggers)
{
	if (triggers == NULL)
		return NULL;
	arena_done(&triggers->arena);
	free(triggers->heads);
	free(triggers);
	return NULL;
}

static void file(struct triggers *triggers, struct trigger trigger, struct str atom,
	const struct regex *alone)
{
	uint32_t key = key_of(atom.ptr, atom.len < KEY_BYTES ? atom.len : KEY_BYTES);
	uint32_t *first;

	if (triggers->heads == NULL)
		triggers->heads = table_new(KEYS_SIZE, sizeof(*triggers->heads));
	first = head(triggers, key);
	arena_grow(&triggers->arena, triggers->entries, triggers->n, &triggers->capacity);
	triggers->entries[triggers->n++] = (struct entry){
		.key = key,
		.trigger = trigger,
		.atom = arena_dup(&triggers->arena, atom),
		.regex = alone,
		.next = *first,
	};
	*first = (uint32_t)triggers->n;
}

static bool add_abbreviation(struct triggers *triggers, const struct trigger *trigger, struct str text)
{
	struct str words[ABBREVIATION_WORDS_MAX];
	size_t letters, n = abbreviation_words(text, &triggers->arena, words, &letters);

	for (size_t i = 0; i < n; i++) {
		arena_grow(&triggers->arena, triggers->wholes, triggers->n_wholes,
			&triggers->wholes_capacity);
		triggers->wholes[triggers->n_wholes] = (struct whole_word){ words[i], *trigger };
		triggers->wholes[triggers->n_wholes].trigger.reach = TRIGGER_ALONE;
		triggers->wholes[triggers->n_wholes].trigger.spelled = (uint8_t)letters;
		triggers->wholes[triggers->n_wholes++].trigger.sides = 1;
	}
	return n > 0;
}

bool triggers_spelled(const struct triggers *triggers, uint32_t pattern, struct str word)
{
	for (size_t i = 0; i < triggers->n_wholes; i++)
		if (triggers->wholes[i].trigger.pattern == pattern &&
			triggers->wholes[i].trigger.spelled == word.len &&
			str_eq(triggers->wholes[i].word, word))
			return true;
	return false;
}

bool triggers_add(struct triggers *triggers, const struct trigger *trigger, struct str text,
	const struct regex *regex, size_t *ret_reach)
{
	struct arena scratch = ARENA_INIT;
	struct trigger side = *trigger;
	struct atoms atoms;
	const struct regex *alone;
	bool found;

	atoms_find(text, &scratch, &atoms);
	found = atoms.n > 0;
	*ret_reach = atoms.reach;
	if (trigger->raw && add_abbreviation(triggers, trigger, text)) {
		arena_done(&scratch);
		return true;
	}
	/* a raw pattern sees the word as written, which the folded one does not tell */
	alone = atoms.one_word && !side.raw ? regex : NULL;
	side.decided = alone != NULL;
	if (side.decided || atoms.n_also == 0)
		side.reach = TRIGGER_ALONE;
	else /* how long a raw match may be is not known */
		side.reach = !side.raw && atoms.reach < REGEX_OVERLAP ? (uint16_t)atoms.reach
								       : REGEX_OVERLAP;
	side.sides = 1;
	for (size_t i = 0; i < atoms.n; i++)
		file(triggers, side, atoms.at[i], alone);
	side.sides = 2;
	for (size_t i = 0; i < atoms.n_also && side.reach != TRIGGER_ALONE; i++)
		file(triggers, side, atoms.also[i], NULL);
	arena_done(&scratch);
	return found;
}

/* A word stands between blanks in the folded text: it is tried just so. */
static bool word_matches(const struct regex *regex, struct str word, struct arena *arena)
{
	struct str alone = arena_printf(arena, " %.*s ", STR_ARG(word));
	struct error ignored = ERROR_INIT;
	size_t start, end;

	return regex_find(regex, alone, 0, &start, &end, &ignored) == REGEX_FOUND;
}

static int by_pattern(const void *a, const void *b)
{
	const struct trigger *x = a, *y = b;

	if (x->pattern != y->pattern)
		return x->pattern < y->pattern ? -1 : 1;
	return 0;
}

struct calls {
	struct trigger *at;
	size_t n, capacity;
};

static void call(struct calls *calls, const struct entry *entry, struct str word, struct arena *arena)
{
	for (size_t i = 0; i < calls->n; i++) {
		if (calls->at[i].pattern == entry->trigger.pattern) {
			calls->at[i].sides |= entry->trigger.sides;
			return;
		}
	}
	if (entry->regex != NULL && !word_matches(entry->regex, word, arena))
		return;
	arena_grow(arena, calls->at, calls->n, &calls->capacity);
	calls->at[calls->n++] = entry->trigger;
}

size_t triggers_of(const struct triggers *triggers, struct str word, struct arena *arena,
	struct trigger **ret)
{
	struct calls calls = { NULL, 0, 0 };

	*ret = NULL;
	for (size_t start = 0; triggers->n > 0 && start + ATOM_LEN_MIN <= word.len; start++) {
		for (size_t len = ATOM_LEN_MIN; len <= KEY_BYTES && start + len <= word.len; len++) {
			uint32_t key = key_of(word.ptr + start, len);
			uint32_t at = *head(triggers, key);

			for (; at != 0; at = triggers->entries[at - 1].next) {
				const struct entry *entry = &triggers->entries[at - 1];

				if (entry->key == key && word.len - start >= entry->atom.len &&
					memcmp(word.ptr + start, entry->atom.ptr, entry->atom.len) == 0)
					call(&calls, entry, word, arena);
			}
		}
	}
	for (size_t i = 0; word.len <= ABBREVIATION_LETTERS_MAX && i < triggers->n_wholes; i++) {
		if (!str_eq(triggers->wholes[i].word, word))
			continue;
		arena_grow(arena, calls.at, calls.n, &calls.capacity);
		calls.at[calls.n++] = triggers->wholes[i].trigger;
	}
	if (calls.n > 1)
		qsort(calls.at, calls.n, sizeof(*calls.at), by_pattern);
	*ret = calls.at;
	return calls.n;
}
