/* Which rules a notice touches: from its hits to those that may fire, which are few, before any is looked at. */
#ifndef MATCH_TOUCHED_H
#define MATCH_TOUCHED_H

#include "fire.h"

/*
 * Adds to firing->touched, in which `touched` rules stand, those that terms of the scan are in a line of, and
 * notes the lines. Rules of `void_rules` (by rule; NULL: none) are passed over. Returns how many there are then.
 */
size_t touch_rules(struct firing *firing, const struct scan *scan, const bool *void_rules, size_t touched);

/* Most of them lack something. Keeps those that may fire, in any order, and announces them; returns how many. */
size_t drop_lacking(struct firing *firing, const struct rules *rules, const struct rule_code *code, size_t touched);

#endif
