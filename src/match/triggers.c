#include "triggers.h"

#include <stdlib.h>
#include <string.h>

#include "atoms.h"

/* Atoms are filed under their first three bytes, or two for the shortest ones. */
struct entry {
	uint32_t key;
	uint32_t pattern;
	struct str atom;
	const struct regex *regex; /* NULL unless the pattern fits in one word */
	uint32_t next;             /* index + 1 */
};

enum { KEYS_SIZE = 1 << 13, KEY_BYTES = 3 };

struct triggers {
	struct arena arena;
	struct entry *entries;
	size_t n, capacity;
	uint32_t heads[KEYS_SIZE]; /* by hash of the key: index + 1 */
};

static uint32_t key_of(const char *bytes, size_t len)
{
	uint32_t key = (uint32_t)len << 24;

	for (size_t i = 0; i < len; i++)
		key |= (uint32_t)(unsigned char)bytes[i] << (8 * i);
	return key;
}

static uint32_t *head(struct triggers *triggers, uint32_t key)
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
	free(triggers);
	return NULL;
}

bool triggers_add(struct triggers *triggers, uint32_t pattern, struct str text,
	const struct regex *regex, bool raw)
{
	struct arena scratch = ARENA_INIT;
	struct atoms atoms;
	bool found;

	atoms_find(text, &scratch, &atoms);
	found = atoms.n > 0;
	for (size_t i = 0; i < atoms.n; i++) {
		struct str atom = atoms.at[i];
		uint32_t key = key_of(atom.ptr, atom.len < KEY_BYTES ? atom.len : KEY_BYTES);
		uint32_t *first = head(triggers, key);

		arena_grow(&triggers->arena, triggers->entries, triggers->n, &triggers->capacity);
		triggers->entries[triggers->n++] = (struct entry){
			.key = key,
			.pattern = pattern,
			.atom = arena_dup(&triggers->arena, atom),
			/* a raw pattern sees the word as written, which the folded one does not tell */
			.regex = atoms.one_word && !raw ? regex : NULL,
			.next = *first,
		};
		*first = (uint32_t)triggers->n;
	}
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

struct calling {
	struct trigger *at;
	size_t n, capacity;
};

static void call(struct calling *calling, const struct entry *entry, struct str word, struct arena *arena)
{
	struct trigger trigger = { entry->pattern, entry->regex != NULL };

	for (size_t i = 0; i < calling->n; i++)
		if (calling->at[i].pattern == entry->pattern)
			return;
	if (entry->regex != NULL && !word_matches(entry->regex, word, arena))
		return;
	arena_grow(arena, calling->at, calling->n, &calling->capacity);
	calling->at[calling->n++] = trigger;
}

size_t triggers_of(const struct triggers *triggers, struct str word, struct arena *arena,
	struct trigger **ret)
{
	struct calling calling = { NULL, 0, 0 };

	*ret = NULL;
	for (size_t start = 0; triggers->n > 0 && start + ATOM_LEN_MIN <= word.len; start++) {
		for (size_t len = ATOM_LEN_MIN; len <= KEY_BYTES && start + len <= word.len; len++) {
			uint32_t key = key_of(word.ptr + start, len);
			uint32_t at = *head((struct triggers *)triggers, key);

			for (; at != 0; at = triggers->entries[at - 1].next) {
				const struct entry *entry = &triggers->entries[at - 1];

				if (entry->key == key && word.len - start >= entry->atom.len &&
					memcmp(word.ptr + start, entry->atom.ptr, entry->atom.len) == 0)
					call(&calling, entry, word, arena);
			}
		}
	}
	if (calling.n > 1)
		qsort(calling.at, calling.n, sizeof(*calling.at), by_pattern);
	*ret = calling.at;
	return calling.n;
}
