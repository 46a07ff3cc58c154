/*
 * Which patterns a word calls for. A word is looked at once, on first sight: patterns that fit in one
 * word are decided then and there, for the others it is found out whether the word holds one of their
 * atoms. A text is then given to PCRE2 only for the patterns that its words called for.
 */
#ifndef MATCH_TRIGGERS_H
#define MATCH_TRIGGERS_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "gate/regex.h"

struct trigger {
	uint32_t pattern; /* number of the pattern … */
	uint32_t term;    /* … its term … */
	uint16_t fields;  /* … and bits of enum match_field: where it is looked for */
	/*
	 * A word of each of its two sets of atoms must stand in the text, with no more bytes between them
	 * than this, of the text as written if `raw`; TRIGGER_ALONE: it has but one set.
	 */
	uint16_t reach;
	uint8_t sides;    /* bits: which of the sets this word has an atom of */
	bool decided;     /* the word itself matches: no need to run the pattern */
	bool raw;
	uint8_t spelled;  /* letters of the abbreviation that the word and those behind it must spell; 0: none */
};
enum { TRIGGER_ALONE = UINT16_MAX };
_Static_assert((int)REGEX_OVERLAP < (int)TRIGGER_ALONE, "a reach is no longer than a promised match");

struct triggers;

struct triggers *triggers_new(void);
void *triggers_free(struct triggers *triggers);

/*
 * `trigger`: its pattern, term, fields, and whether it is raw; `text`: the pattern as it runs, folded
 * unless raw. Returns false when it has no atom: the pattern must be run on every text. *ret_reach: that
 * of its atoms.
 */
bool triggers_add(struct triggers *triggers, const struct trigger *trigger, struct str text,
	const struct regex *regex, size_t *ret_reach);

/* Needed after one was added, and before words are asked about. */
void triggers_pack(struct triggers *triggers);

/* Is the abbreviation that calls for the pattern this one, without its full stops? */
bool triggers_spelled(const struct triggers *triggers, uint32_t pattern, struct str word);

/* What this folded word calls for, in order of pattern, in `arena`. */
size_t triggers_of(const struct triggers *triggers, struct str word, struct arena *arena,
	struct trigger **ret);

#endif
