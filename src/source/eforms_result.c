/*
 * The results of an eForms notice (efac:NoticeResult): who won which lot, for how much, by which
 * contract. The facts of one award stand in five lists that point to each other:
 *
 *   LotResult -> SettledContract -> LotTender -> TenderingParty -> Organization/Company
 *
 * A contract names the tenders it was made of and a tender its lot: that counts, and what the result
 * names only where there is no contract. Modifications (can-modif) have contracts without results.
 */
#include <string.h>

#include "codes.h"
#include "eforms.h"
#include "node.h"

struct results {
	const struct xml_node *extension, *result;
	struct str language;
	struct arena *arena;
	struct notice *n;
	size_t capacity;
	size_t steps; /* elements looked at while following pointers */
};

/*
 * The lists are walked for each pointer: a document that makes that long is no notice. The real ones with
 * the most lots take some thousand steps.
 */
enum { STEPS_MAX = 20000000 };

/* The element of that name below NoticeResult with that technical id. */
static const struct xml_node *with_id(struct results *r, const char *name, struct str id)
{
	const struct xml_node *node;

	if (!str_given(id))
		return NULL;
	for (node = xml_child(r->result, name); node && r->steps++ < STEPS_MAX;
		node = xml_next(node, name))
		if (str_eq(xml_text(node, "ID"), id))
			return node;
	return NULL;
}

/* Does the element point to that id through one of its children `name`? */
static bool points_to(
	struct results *r, const struct xml_node *node, const char *name, struct str id)
{
	for (const struct xml_node *ref = xml_child(node, name); ref && r->steps++ < STEPS_MAX;
		ref = xml_next(ref, name))
		if (str_eq(xml_text(ref, "ID"), id))
			return true;
	return false;
}

/* winners */

static void add_winner(struct results *r, const struct xml_node *company, size_t *capacity,
	struct award *award)
{
	struct winner *winner = award_winner_add(award, r->arena, capacity);

	if (!winner)
		return;
	eforms_company(company, r->language, r->arena, &winner->party);
	company_size_parse(xml_text(company, "CompanySizeCode"), &winner->size);
}

static void read_winners(struct results *r, const struct xml_node *tender, struct award *award)
{
	const struct xml_node *group = with_id(
		r, "TenderingParty", xml_text(tender, "TenderingParty/ID"));
	const struct xml_node *tenderer;
	size_t capacity = 0;

	for (tenderer = xml_child(group, "Tenderer"); tenderer;
		tenderer = xml_next(tenderer, "Tenderer")) {
		const struct xml_node *company =
			eforms_company_with_id(r->extension, xml_text(tenderer, "ID"), &r->steps);

		if (company)
			add_winner(r, company, &capacity, award);
	}
}

/* facts of the lot, the same for each of its contracts */

/* BT-759: how many tenders in all; the other codes of BT-760 count some of them. */
static int tenders_received(const struct xml_node *lot_result)
{
	static const char name[] = "ReceivedSubmissionsStatistics";
	const struct xml_node *statistics = xml_child(lot_result, name);
	unsigned count;

	for (; statistics; statistics = xml_next(statistics, name))
		if (str_eq(xml_text(statistics, "StatisticsCode"), STR("tenders")) &&
			str_to_uint(xml_text(statistics, "StatisticsNumeric"), 1000000, &count))
			return (int)count;
	return AWARD_TENDERS_NONE;
}

static enum award_outcome outcome_of(struct str code)
{
	if (str_eq(code, STR("selec-w")))
		return AWARD_GIVEN;
	if (str_eq(code, STR("clos-nw")))
		return AWARD_NOT_GIVEN;
	return str_eq(code, STR("open-nw")) ? AWARD_OPEN : AWARD_NONE;
}

static struct award *add_award(struct results *r, const struct xml_node *lot_result)
{
	struct award *award = notice_award_add(r->n, r->arena, &r->capacity);

	if (!award)
		return NULL;
	award->lot = node_text(lot_result, "TenderLot/ID", r->arena);
	award->outcome = outcome_of(xml_text(lot_result, "TenderResultCode"));
	award->tenders = tenders_received(lot_result);
	if (!eforms_amount(xml_find(lot_result, "FrameworkAgreementValues/MaximumValueAmount"),
		    r->arena, &award->ceiling))
		award->ceiling = (struct money)MONEY_INIT;
	return award;
}

/* Platforms that must fill a date they do not have write the first day of 2000 (FORMATS.md 3). */
static day_t true_day(struct str text)
{
	day_t day = day_parse(str_trim(text));

	return day == day_from_civil(2000, 1, 1) ? DAY_NONE : day;
}

/* One contract, or one winning tender without one. */
static void add_contract(struct results *r, const struct xml_node *lot_result,
	const struct xml_node *contract, const struct xml_node *tender)
{
	struct award *award = add_award(r, lot_result);

	if (!award)
		return;
	if (award->outcome == AWARD_NONE)
		award->outcome = AWARD_GIVEN;
	award->contract = node_text(contract, "ContractReference/ID", r->arena);
	award->decided = true_day(xml_text(contract, "AwardDate"));
	award->concluded = true_day(xml_text(contract, "IssueDate"));
	if (!eforms_amount(xml_find(tender, "LegalMonetaryTotal/PayableAmount"), r->arena,
		    &award->value))
		award->value = (struct money)MONEY_INIT;
	read_winners(r, tender, award);
}

/* contracts with the tenders they were made of */

struct settled {
	const struct xml_node *contract, *tender;
	struct str lot; /* as the tender says; STR_NONE */
	bool told;      /* stands in an award */
};
struct settled_list {
	struct settled *at;
	size_t n, capacity;
};

static void read_settled(struct results *r, struct settled_list *ret)
{
	const struct xml_node *contract = xml_child(r->result, "SettledContract"), *ref;

	for (; contract; contract = xml_next(contract, "SettledContract"))
		for (ref = xml_child(contract, "LotTender"); ref; ref = xml_next(ref, "LotTender")) {
			const struct xml_node *tender = with_id(r, "LotTender", xml_text(ref, "ID"));

			if (!tender)
				continue;
			arena_grow(r->arena, ret->at, ret->n, &ret->capacity);
			ret->at[ret->n++] = (struct settled){ contract, tender,
				xml_text(tender, "TenderLot/ID"), false };
		}
}

/* A tender says itself for which lot it is; when it does not, the result that names it does. */
static bool is_of_lot(
	struct results *r, const struct settled *settled, const struct xml_node *lot_result)
{
	struct str lot = xml_text(lot_result, "TenderLot/ID");

	r->steps++;
	if (str_given(lot) && str_given(settled->lot))
		return str_eq(lot, settled->lot);
	return points_to(r, lot_result, "LotTender", xml_text(settled->tender, "ID"));
}

/* Ranked tenders behind the first did not win. */
static bool may_have_won(const struct xml_node *tender)
{
	struct str rank = xml_text(tender, "RankCode");

	return !str_given(rank) || str_eq(rank, STR("1"));
}

static void read_result(
	struct results *r, const struct xml_node *lot_result, struct settled_list *settled)
{
	enum award_outcome outcome = outcome_of(xml_text(lot_result, "TenderResultCode"));
	const struct xml_node *ref;
	size_t before = r->n->n_awards;

	for (size_t i = 0; i < settled->n && r->steps < STEPS_MAX; i++) {
		if (settled->at[i].told || !is_of_lot(r, &settled->at[i], lot_result))
			continue;
		settled->at[i].told = true;
		add_contract(r, lot_result, settled->at[i].contract, settled->at[i].tender);
	}
	if (r->n->n_awards != before)
		return;
	for (ref = xml_child(lot_result, "LotTender");
		ref && outcome != AWARD_NOT_GIVEN && outcome != AWARD_OPEN;
		ref = xml_next(ref, "LotTender")) {
		const struct xml_node *tender = with_id(r, "LotTender", xml_text(ref, "ID"));

		if (tender && may_have_won(tender))
			add_contract(r, lot_result, NULL, tender);
	}
	if (r->n->n_awards == before)
		add_award(r, lot_result);
}

int eforms_results(const struct xml_node *extension, const struct xml_node *result,
	struct str language, struct arena *arena, struct notice *n, struct error *err)
{
	struct results r = { .extension = extension,
		.result = result,
		.language = language,
		.arena = arena,
		.n = n };
	struct settled_list settled = { 0 };
	const struct xml_node *node;

	read_settled(&r, &settled);
	for (node = xml_child(r.result, "LotResult"); node; node = xml_next(node, "LotResult"))
		read_result(&r, node, &settled);
	/* Modifications have no results, and groups of lots are none either. */
	for (size_t i = 0; i < settled.n; i++) {
		size_t before = n->n_awards;

		if (settled.at[i].told)
			continue;
		add_contract(&r, NULL, settled.at[i].contract, settled.at[i].tender);
		if (n->n_awards > before)
			n->awards[before].lot = settled.at[i].lot;
	}
	if (r.steps >= STEPS_MAX)
		return error_set(err, ERROR_LIMIT,
			"the results of the notice point to each other too often");
	return 0;
}
