#include "ocds.h"

bool ocds_amount(const struct json_value *value, struct arena *arena, struct money *ret)
{
	return money_parse(json_scalar(json_get(value, "amount"), arena),
		       json_str(json_get(value, "currency")), ret) &&
	       ret->cents > 0;
}

/* All awards together, when they are in one currency. */
static bool awarded_total(const struct json_value *release, struct arena *arena, struct money *ret)
{
	const struct json_value *awards = json_get(release, "awards");
	struct money total = MONEY_INIT, amount;

	for (size_t i = 0; i < json_count(awards); i++) {
		const struct json_value *award = json_at(awards, i);

		if (ocds_said(award, "status", "cancelled") || ocds_said(award, "status", "unsuccessful") ||
			!ocds_amount(json_get(award, "value"), arena, &amount))
			continue;
		if (total.cents == MONEY_NONE)
			total = amount;
		else if (!str_eq(str_of(total.currency), str_of(amount.currency)) ||
			 __builtin_add_overflow(total.cents, amount.cents, &total.cents))
			return false;
	}
	*ret = total;
	return total.cents != MONEY_NONE;
}

void ocds_value(const struct json_value *release, struct arena *arena, struct notice *n)
{
	struct money amount;

	if (n->stage == NOTICE_RESULT && awarded_total(release, arena, &amount)) {
		n->value = amount;
		n->value_kind = VALUE_AWARD;
	} else if (ocds_amount(json_find(release, "tender/value"), arena, &amount) ||
		   ocds_amount(json_find(release, "planning/budget/amount"), arena, &amount)) {
		n->value = amount;
		n->value_kind = VALUE_ESTIMATE;
	}
}

/* awards and their contracts */

enum { AWARDS_READ_MAX = 1000 };

static enum award_outcome outcome_of(const struct json_value *award)
{
	if (ocds_said(award, "status", "unsuccessful") || ocds_said(award, "status", "cancelled"))
		return AWARD_NOT_GIVEN;
	if (ocds_said(award, "status", "pending"))
		return AWARD_OPEN;
	return ocds_said(award, "status", "active") || json_count(json_get(award, "suppliers"))
		       ? AWARD_GIVEN
		       : AWARD_NONE;
}

void ocds_period(const struct json_value *period, struct arena *arena, struct term *ret)
{
	unsigned days;

	ret->start = day_parse(str_sub(ocds_text(period, "startDate", arena), 0, 10));
	ret->end = day_parse(str_sub(ocds_text(period, "endDate", arena), 0, 10));
	if (str_to_uint(ocds_text(period, "durationInDays", arena), TERM_LENGTH_MAX, &days))
		term_set(ret, days, TERM_DAYS);
}

void ocds_awards(const struct json_value *release, struct arena *arena, struct notice *n)
{
	const struct json_value *list = json_get(release, "awards");
	size_t count = json_count(list) < AWARDS_READ_MAX ? json_count(list) : AWARDS_READ_MAX;
	size_t steps = 0;

	n->awards = arena_array(arena, struct award, count);
	for (size_t i = 0; i < count; i++) {
		const struct json_value *value = json_at(list, i), *contract, *suppliers;
		struct award *award = &n->awards[n->n_awards++];
		size_t companies;

		award_init(award);
		contract = ocds_with_id(json_get(release, "contracts"), "awardID",
			json_scalar(json_get(value, "id"), arena), &steps, arena);
		suppliers = json_get(value, "suppliers");
		companies = json_count(suppliers) < WINNERS_MAX ? json_count(suppliers)
								       : WINNERS_MAX;
		award->lot = arena_dup(
			arena, json_scalar(json_at(json_get(value, "relatedLots"), 0), arena));
		award->outcome = outcome_of(value);
		award->contract = ocds_text(contract, "id", arena);
		award->decided = day_parse(str_sub(ocds_text(value, "date", arena), 0, 10));
		award->concluded = day_parse(str_sub(ocds_text(contract, "dateSigned", arena), 0, 10));
		if (!ocds_amount(json_get(value, "value"), arena, &award->value) &&
			!ocds_amount(json_get(contract, "value"), arena, &award->value))
			award->value = (struct money)MONEY_INIT;
		award->winners = arena_array(arena, struct winner, companies);
		for (size_t j = 0; j < companies; j++)
			ocds_supplier(release, json_at(suppliers, j), &steps, arena,
				&award->winners[award->n_winners++]);
		if (!term_given(&n->term))
			ocds_period(json_get(value, "contractPeriod"), arena, &n->term);
		if (!term_given(&n->term))
			ocds_period(json_get(contract, "period"), arena, &n->term);
	}
}
