#include "facts.h"

#include "tender/cpv.h"
#include "tender/place.h"

static const struct lot *lot_of(const struct notice *notice, uint32_t scope)
{
	return scope > 0 ? &notice->lots[scope - 1] : NULL;
}

static bool nature_holds(const struct notice *notice, const struct lot *lot, const struct rule_line *line)
{
	enum notice_nature nature =
		lot != NULL && lot->nature != NATURE_NONE ? lot->nature : notice->nature;

	return nature == NATURE_NONE ? line->or_unknown : (line->values & 1u << nature) != 0;
}

static bool marked(const struct notice *notice, unsigned marks)
{
	return ((marks & 1u << MARK_INNOVATIVE) != 0 && notice->innovative) ||
	       ((marks & 1u << MARK_SME) != 0 && notice->sme) ||
	       ((marks & 1u << MARK_RESERVED) != 0 && notice->reserved);
}

static bool some_meets(const struct codes *wanted, const struct codes *stated)
{
	for (size_t i = 0; i < stated->n; i++)
		for (size_t j = 0; j < wanted->n; j++)
			if (place_meets(wanted->at[j], stated->at[i]))
				return true;
	return false;
}

/* Where nothing is stated the buyer's place stands for it, as for profiles. */
static bool place_holds(const struct notice *notice, const struct lot *lot, const struct rule_line *line)
{
	struct str buyer[] = { notice->buyer.department, notice->buyer.nuts };

	if (lot != NULL && lot->places.n > 0)
		return some_meets(&line->words, &lot->places);
	if (notice->places.n > 0)
		return some_meets(&line->words, &notice->places);
	for (size_t i = 0; i < LENGTH(buyer); i++)
		if (str_given(buyer[i]))
			return some_meets(&line->words, &(struct codes){ .at = &buyer[i], .n = 1 });
	return line->or_unknown;
}

static bool between(const struct rule_line *line, int64_t value)
{
	return (line->from == RULE_UNBOUNDED || value >= line->from) &&
	       (line->to == RULE_UNBOUNDED || value <= line->to);
}

static bool amount_holds(const struct notice *notice, const struct lot *lot, const struct rule_line *line)
{
	const struct money *value =
		lot != NULL && lot->value.cents != MONEY_NONE ? &lot->value : &notice->value;

	if (value->cents == MONEY_NONE)
		return line->or_unknown;
	return str_eqz(str_of(value->currency), line->currency) && between(line, value->cents);
}

static bool days_hold(const struct notice *notice, const struct lot *lot, const struct rule_line *line)
{
	int64_t deadline = lot != NULL && lot->deadline.at != TIME_NONE ? lot->deadline.at
									: notice->deadline.at;
	int64_t value;

	if ((line->subject != ON_PUBLISHED && deadline == TIME_NONE) ||
		(line->subject != ON_DEADLINE && notice->published == DAY_NONE))
		return line->or_unknown;
	value = line->subject == ON_PUBLISHED  ? notice->published
		: line->subject == ON_DEADLINE ? paris_day(deadline)
					       : (int64_t)paris_day(deadline) - notice->published;
	return between(line, value);
}

bool fact_holds(struct facts *facts, const struct rule_line *line, uint32_t scope)
{
	const struct notice *notice = facts->notice;
	const struct lot *lot = lot_of(notice, scope);

	switch (line->subject) {
	case ON_NATURE:
		return nature_holds(notice, lot, line);
	case ON_KIND:
		return (line->values & 1u << notice->stage) != 0;
	case ON_PROCEDURE:
		return str_given(notice->procedure) ? codes_has(&line->words, notice->procedure)
						    : line->or_unknown;
	case ON_BUYER_KIND:
		if (!facts->buyer_known)
			facts->buyer = buyer_kind(&notice->buyer);
		facts->buyer_known = true;
		return (line->values & 1u << facts->buyer) != 0;
	case ON_MARKED:
		return marked(notice, line->values);
	case ON_PLACE:
		return place_holds(notice, lot, line);
	case ON_AMOUNT:
		return amount_holds(notice, lot, line);
	case ON_PUBLISHED:
	case ON_DEADLINE:
	case ON_DAYS_LEFT:
		return days_hold(notice, lot, line);
	case ON_TEXT:
	case ON_CPV:
	case ON_RULE:
		break;
	}
	return false;
}

/* codes */

bool cpv_in_scope(const struct notice *notice, size_t code, uint32_t scope)
{
	struct str text = notice->cpv.at[code];

	if (scope > 0)
		return codes_has(&notice->lots[scope - 1].cpv, text);
	if (code == 0)
		return true;
	for (size_t i = 0; i < notice->n_lots; i++)
		if (codes_has(&notice->lots[i].cpv, text))
			return false;
	return true;
}

/*
 * Steps in the tree from the branch to the code; codes below the branch are the branch. 72212730 is 0
 * from 72212, 72200 is 2 above it, 72213 is its sister, 2 away.
 */
static size_t steps(struct str branch, struct str code)
{
	size_t level = code.len < branch.len ? code.len : branch.len, common = 0;

	while (common < level && branch.ptr[common] == code.ptr[common])
		common++;
	return branch.len - common + (level - common);
}

enum { DIVISION_LEN = 2 };

struct str cpv_within_root(struct str branch, unsigned within)
{
	return str_sub(branch, 0, branch.len > within + DIVISION_LEN ? branch.len - within : DIVISION_LEN);
}

static bool near_some(const struct rule_line *line, struct str code)
{
	struct str digits = cpv_significant(code);

	for (size_t i = 0; i < line->branches.n; i++)
		if (str_eq(str_sub(digits, 0, DIVISION_LEN), str_sub(line->branches.at[i], 0, DIVISION_LEN)) &&
			steps(line->branches.at[i], digits) <= line->within)
			return true;
	return false;
}

bool cpv_within(const struct notice *notice, const struct rule_line *line, uint32_t scope,
	struct hit *ret)
{
	uint32_t scopes[] = { 0, scope };

	for (size_t i = 0; i < (scope > 0 ? 2 : 1); i++) {
		uint32_t start = 0;

		for (size_t j = 0; j < notice->cpv.n; j++) {
			struct str code = notice->cpv.at[j];
			uint32_t end = start + (uint32_t)code.len;

			if (near_some(line, code) && cpv_in_scope(notice, j, scopes[i])) {
				*ret = (struct hit){ .scope = scopes[i], .start = start, .end = end,
					.field = FIELD_CPV };
				return true;
			}
			start = end + 1;
		}
	}
	return false;
}
