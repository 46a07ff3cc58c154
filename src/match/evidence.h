/* Does a rule fire in a scope, and on what? Line by line, from the hits and facts there. */
#ifndef MATCH_EVIDENCE_H
#define MATCH_EVIDENCE_H

#include "fire.h"

/*
 * The rule's best evidence in the notice (scope 0) or in a lot; NULL: it does not fire there. `met`: lines (bits)
 * with a hit in some scope. Lives as long as the firing knows the notice.
 */
const struct hit *rule_fires(struct firing *firing, const struct rule *rule, const struct rule_code *code,
	const struct scan *scan, uint64_t met, uint32_t scope);

#endif
