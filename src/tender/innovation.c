#include "tender/innovation.h"

enum { EUROS = 100, LOTS_SHARE = 5 }; /* all lots bought so: a fifth of the purchase at most */

/* Days since 1970-01-01, checked by the tests against the dates beside them. */
#define DAY_2016_04_01 16892
#define DAY_2018_12_26 17891
#define DAY_2021_12_15 18976

/*
 * Sources: Code de la commande publique, articles as named. Décret 2018-1225 of 24 December 2018 made the
 * trial of three years, décret 2021-1634 of 13 December 2021 made it lasting. The defence ceiling (R2322-16,
 * 300,000 since décret 2024-1251) needs to know that a purchase is one of defence, which notices do not say.
 */
const struct innovation_rule innovation_rules[] = {
	{ "L2172-3", "ordonnance 2015-899", "partenariat d’innovation", "innovation partnership",
		DAY_2016_04_01, DAY_NONE, MONEY_NONE, false, true, NATURE_NONE },
	{ "R2122-9-1", "décret 2018-1225", "achat innovant", "innovation purchase", DAY_2018_12_26,
		DAY_2021_12_15, 100000LL * EUROS, false, false, NATURE_NONE },
	{ "R2122-9-1", "décret 2021-1634", "achat innovant", "innovation purchase", DAY_2021_12_15,
		DAY_NONE, 100000LL * EUROS, false, false, NATURE_NONE },
	{ "R2122-9-1", "décret 2021-1634", "lot innovant", "innovative lot", DAY_2021_12_15, DAY_NONE,
		80000LL * EUROS, true, false, NATURE_SERVICES },
	{ "R2122-9-1", "décret 2021-1634", "lot innovant", "innovative lot", DAY_2021_12_15, DAY_NONE,
		80000LL * EUROS, true, false, NATURE_SUPPLIES },
	{ "R2122-9-1", "décret 2021-1634", "lot innovant", "innovative lot", DAY_2021_12_15, DAY_NONE,
		100000LL * EUROS, true, false, NATURE_WORKS },
};
const size_t innovation_rules_n = LENGTH(innovation_rules);

static bool in_force(const struct innovation_rule *rule, day_t day)
{
	return day >= rule->from && (rule->until == DAY_NONE || day < rule->until);
}

static bool euros(const struct money *money)
{
	return money->cents != MONEY_NONE && str_eqz(STR("EUR"), money->currency);
}

/* A lot of a purchase that is too large as a whole. */
static bool lot_fits(const struct innovation_rule *rule, const struct notice *notice, const struct lot *lot)
{
	enum notice_nature nature = lot->nature != NATURE_NONE ? lot->nature : notice->nature;

	return nature == rule->nature && euros(&lot->value) && lot->value.cents < rule->ceiling &&
	       (!euros(&notice->value) || lot->value.cents <= notice->value.cents / LOTS_SHARE);
}

/* A call that was launched without a word of innovation goes its way; a plan or a need may still go this one. */
static bool still_open(const struct notice *notice)
{
	return notice->stage == NOTICE_PLANNING || notice->stage == NOTICE_REQUIREMENT;
}

/* INNOVATION_NO when this path is not open. */
static enum innovation_state judge(const struct innovation_rule *rule, const struct notice *notice,
	const struct lot *lot)
{
	if (rule->partnership)
		return str_eqz(notice->procedure, "innovation") ? INNOVATION_ELIGIBLE : INNOVATION_NO;
	if (rule->of_lot) {
		if (lot == NULL || notice->n_lots < 2 || !lot_fits(rule, notice, lot))
			return INNOVATION_NO;
		/* the other lots bought so are not known */
		return notice->innovative || still_open(notice) ? INNOVATION_CHECK : INNOVATION_NO;
	}
	if (!euros(&notice->value))
		return notice->innovative ? INNOVATION_CHECK : INNOVATION_NO;
	if (notice->value.cents >= rule->ceiling)
		return INNOVATION_NO;
	return notice->innovative ? INNOVATION_ELIGIBLE : still_open(notice) ? INNOVATION_CHECK : INNOVATION_NO;
}

struct innovation innovation_of(const struct notice *notice, const struct lot *lot, day_t day)
{
	struct innovation best = INNOVATION_INIT;

	if (notice->stage == NOTICE_RESULT || notice->stage == NOTICE_DIRECT_AWARD ||
		notice->stage == NOTICE_REGISTRATION || notice->kind == NOTICE_CANCELLATION)
		return best;
	for (size_t i = 0; i < innovation_rules_n; i++) {
		const struct innovation_rule *rule = &innovation_rules[i];
		enum innovation_state state = in_force(rule, day) ? judge(rule, notice, lot) : INNOVATION_NO;

		if (state > best.state)
			best = (struct innovation){ state, rule };
	}
	return best;
}
