/*
 * What rules do in a notice, and what it takes to find out: which fire, which were tried in vain, how
 * often their patterns were started and their texts read again. Counted in steps, not in time, so that the
 * same rules and notices give the same figures on every machine. No profile is asked.
 */
#ifndef MATCH_USAGE_H
#define MATCH_USAGE_H

#include "match/imprint.h"
#include "match/matcher.h"
#include "match/select.h"

/* Steps for one rule. What several rules share, a word or a pattern, counts for each of them. */
struct rule_steps {
	int64_t tried;    /* notices in which one of its terms stood where it is looked for */
	int64_t patterns; /* segments of text (gate/regex.h) given to one of its patterns */
	int64_t again;    /* texts read word by word for its near, unless or at-least … times */
};

struct usage;

/*
 * Of the rules marked, and of those they ask for; NULL: of all. The matcher and the dictionary must
 * outlive it; the dictionary may grow meanwhile.
 */
struct usage *usage_new(const struct matcher *matcher, const bool *rules,
	const struct dictionary *dictionary);
void *usage_free(struct usage *usage);
DEFINE_CLEANUP(usage, usage_free);

/* Notices on which one of these rules may fire. */
int usage_select(const struct usage *usage, struct dictionary *dictionary,
	const struct selection_lists *lists, struct selection *ret, struct error *err) MUST_CHECK;

/* The rules that fire on the notice or on a lot of it, ascending; good until the next call. */
struct usage_fired {
	const uint32_t *rules;
	size_t n;
};
/*
 * 0, or USAGE_UNSURE: a text is not all there and the notice itself must be asked. Of the imprint only the
 * notice need have been read, and find_body be set.
 */
enum { USAGE_UNSURE = 1 };
int usage_run(struct usage *usage, struct imprint *imprint, struct arena *arena, struct usage_fired *ret,
	struct error *err) MUST_CHECK;

/* By rule: all that was counted so far. */
const struct rule_steps *usage_steps(const struct usage *usage);

#endif
