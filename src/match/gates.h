/* Hard gates: what no score outweighs. */
#ifndef MATCH_GATES_H
#define MATCH_GATES_H

#include "match/matcher.h"

/* Kind and deadline: the same for every profile. */
enum match_gate gate_of_notice(const struct notice *notice, int64_t now);
/* Of these the first: kind and stage. */
bool gate_kind_passes(const struct notice *notice);
/* Nature, place, value. */
enum match_gate gate_of_profile(const struct profile *profile, const struct notice *notice);
/* Some nature of the notice or its lots is asked for, or none is told. */
bool gate_nature_passes(const struct profile *profile, const struct notice *notice);
/* Bounds in cents, or MONEY_NONE. */
bool gate_value_passes(int64_t least, int64_t most, const struct notice *notice);
/* Has the profile any such gate? */
bool gate_any(const struct profile *profile);

/*
 * The first gate that fails, in the order of enum match_gate (GATE_EXCLUDED is the score's). With
 * `ret_text` not NULL, in words, in `arena`; `ret_change`: what the profile would have to allow, or
 * STR_NONE where nothing would help.
 */
enum match_gate gate_test(const struct profile *profile, const struct notice *notice, int64_t now,
	struct arena *arena, struct str *ret_text, struct str *ret_change);

#endif
