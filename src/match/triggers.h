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
	uint8_t sides;    /* bits: which of its two sets of atoms this word has one of */
	bool decided;     /* the word itself matches: no need to run the pattern */
};

/* What calls for a pattern. */
enum calling {
	CALLED_ALWAYS,  /* it has no atom: it must be run on every text */
	CALLED_BY_ONE,  /* a word with an atom of its first set */
	CALLED_BY_TWO,  /* two words near each other, or one, with atoms of both sets */
};
struct trigger_call {
	enum calling by;
	size_t reach; /* CALLED_BY_TWO: how many bytes of folded text may stand between the two */
};

struct triggers;

struct triggers *triggers_new(void);
void *triggers_free(struct triggers *triggers);

/*
 * `trigger`: its pattern, term and fields; `text`: the pattern as it runs, folded unless `raw`. A raw
 * pattern's reach is not known: REGEX_OVERLAP.
 */
struct trigger_call triggers_add(struct triggers *triggers, const struct trigger *trigger,
	struct str text, const struct regex *regex, bool raw);

/* What this folded word calls for, in order of pattern, in `arena`. */
size_t triggers_of(const struct triggers *triggers, struct str word, struct arena *arena,
	struct trigger **ret);

#endif
