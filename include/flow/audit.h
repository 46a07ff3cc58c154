/*
 * The blind-spot audit: how much that is relevant do we miss? Pairs of profile and notice are drawn at
 * random from ranges of scores, also from below the threshold, people judge them, and from their answers
 * follows an honest estimate of recall with its interval. The same seed draws the same pairs.
 */
#ifndef FLOW_AUDIT_H
#define FLOW_AUDIT_H

#include "base/stats.h"
#include "flow/bench.h"
#include "store/audit.h"

enum { AUDIT_NOTICES_MAX = 500 }; /* drawn first; every profile is compared with each of them */
extern const char *const audit_stratum_names[AUDIT_STRATA];

/*
 * Draws n pairs at most, the same number from each stratum as far as there are so many (what does not share out
 * evenly goes to the highest), and stores the audit.
 */
int audit_draw(struct db *db, struct bench *bench, day_t since, day_t until, uint64_t seed, size_t n,
	int64_t now, int64_t *ret_number, struct error *err) MUST_CHECK;

struct audit_estimate {
	struct share strata[AUDIT_STRATA]; /* relevant (grade 2) among those judged */
	int64_t sizes[AUDIT_STRATA];
	double recall, low, high;          /* of relevant pairs: those that match. 95 % */
	bool known;                        /* false: some stratum that has pairs has no judgment yet */
};
void audit_estimate(const struct audit_pair *pairs, size_t n, const int64_t sizes[AUDIT_STRATA],
	struct audit_estimate *ret);

#endif
