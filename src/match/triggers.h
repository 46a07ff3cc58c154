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
	uint32_t pattern; /* as numbered by triggers_add() */
	bool decided;     /* the word itself matches: no need to run the pattern */
};

struct triggers;

struct triggers *triggers_new(void);
void *triggers_free(struct triggers *triggers);

/* `text`: the pattern as it runs, folded unless `raw`. Returns false when it has no atom: the pattern must always be run. */
bool triggers_add(struct triggers *triggers, uint32_t pattern, struct str text,
	const struct regex *regex, bool raw);

/* What this folded word calls for, in order of pattern, in `arena`. */
size_t triggers_of(const struct triggers *triggers, struct str word, struct arena *arena,
	struct trigger **ret);

#endif
