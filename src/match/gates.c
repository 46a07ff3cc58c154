#include "gates.h"

#include "base/buf.h"
#include "tender/place.h"

const char *match_gate_name(enum match_gate gate)
{
	static const char *const names[] = {
		[GATE_PASSED] = "passed",
		[GATE_KIND] = "kind",
		[GATE_DEADLINE] = "deadline",
		[GATE_NATURE] = "nature",
		[GATE_PLACE] = "place",
		[GATE_VALUE] = "value",
		[GATE_EXCLUDED] = "excluded",
	};
	return names[gate];
}

/* A change is judged by what it changes: a corrected call is a call. */
bool gate_kind_passes(const struct notice *notice)
{
	if (notice->kind == NOTICE_CANCELLATION)
		return false;
	return notice->stage == NOTICE_PLANNING || notice->stage == NOTICE_COMPETITION ||
	       notice->stage == NOTICE_REQUIREMENT;
}

/* Without a deadline a publication is of no use after this long: plans of years ago are history. */
enum { STALE_DAYS = 365 };

static bool stale(const struct notice *notice, int64_t now)
{
	return notice->deadline.at == TIME_NONE && notice->published != DAY_NONE &&
	       paris_day(now) - notice->published > STALE_DAYS;
}

/* A deadline we are not sure of hides nothing. */
static bool deadline_passes(const struct notice *notice, int64_t now)
{
	if (stale(notice, now))
		return false;
	return notice->deadline.at == TIME_NONE || notice->deadline.at > now ||
	       notice->deadline.certainty == DEADLINE_UNCERTAIN;
}

bool gate_nature_passes(const struct profile *profile, const struct notice *notice)
{
	bool some = false;

	for (int nature = NATURE_NONE + 1; nature < NATURES; nature++)
		some |= profile->natures[nature];
	if (!some || notice->nature == NATURE_NONE || profile->natures[notice->nature])
		return true;
	for (size_t i = 0; i < notice->n_lots; i++)
		if (profile->natures[notice->lots[i].nature])
			return true;
	return false;
}

static bool some_place_meets(const struct profile *profile, const struct codes *places)
{
	for (size_t i = 0; i < places->n; i++)
		for (size_t j = 0; j < profile->places.n; j++)
			if (place_meets(profile->places.at[j], places->at[i]))
				return true;
	return false;
}

/* Where the notice tells no place, the buyer's stands for it; where it has none either, it passes. */
static bool place_passes(const struct profile *profile, const struct notice *notice)
{
	struct str buyer[] = { notice->buyer.department, notice->buyer.nuts };
	bool stated = notice->places.n > 0;

	if (profile->places.n == 0 || some_place_meets(profile, &notice->places))
		return true;
	for (size_t i = 0; i < notice->n_lots; i++) {
		stated |= notice->lots[i].places.n > 0;
		if (some_place_meets(profile, &notice->lots[i].places))
			return true;
	}
	if (stated)
		return false;
	for (size_t i = 0; i < LENGTH(buyer); i++)
		if (str_given(buyer[i]))
			return some_place_meets(profile, &(struct codes){ .at = &buyer[i], .n = 1 });
	return true;
}

/* A ceiling says how large it may become, so it can only be too small, never too large. */
bool gate_value_passes(int64_t least, int64_t most, const struct notice *notice)
{
	int64_t cents = notice->value.cents;

	if (cents == MONEY_NONE || !str_eqz(str_of(notice->value.currency), "EUR"))
		return true;
	if (least != MONEY_NONE && cents < least)
		return false;
	return most == MONEY_NONE || notice->value_kind == VALUE_CEILING || cents <= most;
}

static struct str list(const struct codes *codes, struct arena *arena)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(4096);

	for (size_t i = 0; i < codes->n && i < 12; i++)
		buf_addf(&out, "%s%.*s", i > 0 ? " " : "", STR_ARG(codes->at[i]));
	if (codes->n > 12)
		buf_addz(&out, " …");
	return arena_dup(arena, buf_str(&out));
}

static void tell(enum match_gate gate, const struct profile *profile, const struct notice *notice,
	int64_t now, struct arena *arena, struct str *ret_text, struct str *ret_change)
{
	const char *nature = notice_nature_name(notice->nature);
	char when[TIME_FORMAT_MAX], amount[MONEY_FORMAT_MAX];
	struct str place = notice->places.n > 0                       ? notice->places.at[0]
			   : str_given(notice->buyer.department) ? notice->buyer.department
								 : notice->buyer.nuts;

	*ret_change = STR_NONE;
	switch (gate) {
	case GATE_KIND:
		*ret_text = arena_printf(arena, "kind: a %s asks for no answer",
			notice_kind_name(notice->kind));
		break;
	case GATE_DEADLINE:
		*ret_text = stale(notice, now) ? arena_printf(arena,
			"deadline: none, and published on %s", day_format(notice->published, when))
				    : arena_printf(arena, "deadline: passed on %s",
			time_format(notice->deadline.at, paris_offset(notice->deadline.at), when));
		break;
	case GATE_NATURE:
		*ret_text = arena_printf(arena, "nature: the notice is for %s", nature);
		*ret_change = arena_printf(arena, "add the nature %s", nature);
		break;
	case GATE_PLACE:
		*ret_text = arena_printf(arena, "place: wanted %.*s, the notice is for %.*s",
			STR_ARG(list(&profile->places, arena)),
			STR_ARG(notice->places.n > 0 ? list(&notice->places, arena) : place));
		*ret_change = arena_printf(arena, "add the place %.*s", STR_ARG(place));
		break;
	case GATE_VALUE:
		*ret_text = arena_printf(arena, "value: %s EUR is outside the bounds",
			money_format(notice->value, amount));
		*ret_change = arena_printf(arena, "widen the bounds of value to %s", amount);
		break;
	case GATE_PASSED:
	case GATE_EXCLUDED:
		*ret_text = STR_NONE;
		break;
	}
}

enum match_gate gate_of_notice(const struct notice *notice, int64_t now)
{
	return !gate_kind_passes(notice)            ? GATE_KIND
	       : !deadline_passes(notice, now) ? GATE_DEADLINE
					       : GATE_PASSED;
}

enum match_gate gate_of_profile(const struct profile *profile, const struct notice *notice)
{
	return !gate_nature_passes(profile, notice)  ? GATE_NATURE
	       : !place_passes(profile, notice) ? GATE_PLACE
	       : !gate_value_passes(profile->value_min, profile->value_max, notice) ? GATE_VALUE
						: GATE_PASSED;
}

bool gate_any(const struct profile *profile)
{
	bool some = profile->places.n > 0 || profile->value_min != MONEY_NONE ||
		    profile->value_max != MONEY_NONE;

	for (int nature = NATURE_NONE + 1; nature < NATURES; nature++)
		some |= profile->natures[nature];
	return some;
}

enum match_gate gate_test(const struct profile *profile, const struct notice *notice, int64_t now,
	struct arena *arena, struct str *ret_text, struct str *ret_change)
{
	enum match_gate gate = gate_of_notice(notice, now);

	if (gate == GATE_PASSED)
		gate = gate_of_profile(profile, notice);
	if (ret_text != NULL)
		tell(gate, profile, notice, now, arena, ret_text, ret_change);
	return gate;
}
