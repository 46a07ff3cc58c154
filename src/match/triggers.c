#include "triggers.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "abbreviation.h"
#include "atoms.h"
#include "base/table.h"

struct entry {
	struct trigger trigger;
	struct str atom;
	const struct regex *regex; /* NULL unless the pattern fits in one word */
};

/*
 * Atoms are filed under their first three bytes, or two for the shortest ones. Hundreds may begin with the same: what a
 * word is compared with stands side by side, with as many further bytes as tell nearly all of them from the word.
 */
struct filed {
	uint32_t key;
	uint32_t more, mask; /* the bytes behind those of the key; of which there are so many */
	uint32_t entry;
};

enum { KEY_BITS = 13, KEY_BYTES = 3, MORE_BYTES = 4 };

/* A whole word that calls, however short. */
struct whole_word {
	struct str word;
	struct trigger trigger;
};

struct triggers {
	struct arena arena;
	struct entry *entries;
	size_t n, capacity;
	struct filed *filed;       /* by hash of the key, and those of one hash from the newest on */
	uint32_t *starts;          /* by hash of the key, and one more: where they begin; NULL as long as there are none */
	size_t n_filed;
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

static uint32_t key_hash(uint32_t key)
{
	return (key * UINT32_C(2654435761)) >> (32 - KEY_BITS);
}

/* Up to MORE_BYTES of them, from the lowest on; zeros where there are none. */
static uint32_t some_bytes(const char *bytes, size_t n)
{
	uint32_t ret = 0;

	for (size_t i = 0; i < n && i < MORE_BYTES; i++)
		ret |= (uint32_t)(unsigned char)bytes[i] << (8 * i);
	return ret;
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
	free(triggers->filed);
	free(triggers->starts);
	free(triggers);
	return NULL;
}

static void file(struct triggers *triggers, struct trigger trigger, struct str atom,
	const struct regex *alone)
{
	arena_grow(&triggers->arena, triggers->entries, triggers->n, &triggers->capacity);
	triggers->entries[triggers->n++] = (struct entry){
		.trigger = trigger,
		.atom = arena_dup(&triggers->arena, atom),
		.regex = alone,
	};
}

static struct filed filed_as(const struct entry *entry, size_t number)
{
	size_t key_len = entry->atom.len < KEY_BYTES ? entry->atom.len : KEY_BYTES, more = entry->atom.len - key_len;

	return (struct filed){ key_of(entry->atom.ptr, key_len), some_bytes(entry->atom.ptr + key_len, more),
		more < MORE_BYTES ? (UINT32_C(1) << 8 * more) - 1 : UINT32_MAX, (uint32_t)number };
}

void triggers_pack(struct triggers *triggers)
{
	uint32_t *starts;

	if (triggers->n == triggers->n_filed)
		return;
	free(triggers->filed);
	free(triggers->starts);
	starts = triggers->starts = table_new((1 << KEY_BITS) + 1, sizeof(*triggers->starts));
	triggers->filed = table_new(triggers->n, sizeof(*triggers->filed));
	triggers->n_filed = triggers->n;
	for (size_t i = 0; i < triggers->n; i++)
		starts[key_hash(filed_as(&triggers->entries[i], i).key)]++;
	for (size_t hash = 1; hash <= 1 << KEY_BITS; hash++)
		starts[hash] += starts[hash - 1];
	for (size_t i = 0; i < triggers->n; i++) { /* each end moves to where they begin */
		struct filed filed = filed_as(&triggers->entries[i], i);

		triggers->filed[--starts[key_hash(filed.key)]] = filed;
	}
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
	struct error ignored = ERROR_INIT;
	char *alone = arena_reserve(arena, word.len + 2);
	size_t start, end;

	alone[0] = alone[word.len + 1] = ' ';
	memcpy(alone + 1, word.ptr, word.len);
	arena_commit(arena, alone, word.len + 2);
	return regex_find(regex, str_n(alone, word.len + 2), 0, &start, &end, &ignored) == REGEX_FOUND;
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

/* Those whose atoms stand in the word from this byte on, and are filed under as many bytes. */
static void call_from(const struct triggers *triggers, struct str word, size_t from, size_t key_len, struct calls *calls,
	struct arena *arena)
{
	struct str rest = str_from(word, from);
	uint32_t key = key_of(rest.ptr, key_len), more = some_bytes(rest.ptr + key_len, rest.len - key_len);
	uint32_t hash = key_hash(key);

	for (uint32_t i = triggers->starts[hash]; i < triggers->starts[hash + 1]; i++) {
		const struct filed *filed = &triggers->filed[i];
		const struct entry *entry = &triggers->entries[filed->entry];

		if (filed->key == key && (more & filed->mask) == filed->more && rest.len >= entry->atom.len &&
			memcmp(rest.ptr, entry->atom.ptr, entry->atom.len) == 0)
			call(calls, entry, word, arena);
	}
}

size_t triggers_of(const struct triggers *triggers, struct str word, struct arena *arena,
	struct trigger **ret)
{
	struct calls calls = { NULL, 0, 0 };

	assert(triggers->n_filed == triggers->n); /* else triggers_pack() is missing */
	*ret = NULL;
	for (size_t from = 0; triggers->n > 0 && from + ATOM_LEN_MIN <= word.len; from++)
		for (size_t len = ATOM_LEN_MIN; len <= KEY_BYTES && from + len <= word.len; len++)
			call_from(triggers, word, from, len, &calls, arena);
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
