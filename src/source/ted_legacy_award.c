/*
 * Who won, in the notices of before eForms: AWARD_CONTRACT of R2.0.9 (F03, F06, F15, F20, F21 to F23, F25),
 * RESULTS of a design contest (F13), AWARD_OF_CONTRACT… of R2.0.7 and R2.0.8; and how long contracts run.
 */
#include "node.h"
#include "ted_legacy.h"
#include "tender/ident.h"

static const struct xml_node *first(const struct xml_node *node, const char *path)
{
	struct xml_walk walk = { 0 };

	return xml_walk(&walk, node, path);
}

/* how long */

/* DURATION/@TYPE: DAY, MONTH; YEAR in MOVE. */
static enum term_unit unit_of(struct str type)
{
	if (str_eq(type, STR("DAY")))
		return TERM_DAYS;
	if (str_eq(type, STR("MONTH")))
		return TERM_MONTHS;
	return str_eq(type, STR("YEAR")) ? TERM_YEARS : TERM_NONE;
}

void ted_legacy_term(const struct xml_node *block, struct arena *arena, struct term *ret)
{
	const struct xml_node *duration = xml_child(block, "DURATION");
	unsigned length;

	if (str_to_uint(node_own_text(duration, arena), TERM_LENGTH_MAX, &length))
		term_set(ret, length, unit_of(xml_attr(duration, "TYPE")));
	if (xml_child(block, "INDEFINITE_DURATION"))
		ret->unit = TERM_UNLIMITED;
	ret->start = day_parse(node_text(block, "DATE_START", arena));
	ret->end = day_parse(node_text(block, "DATE_END", arena));
	/* RENEWAL says that it can be, in words how often. */
	if (xml_child(block, "NO_RENEWAL"))
		ret->renewals = 0;
}

/* "01", "02", "2022" in three elements. */
static day_t day_of_parts(const struct xml_node *node)
{
	unsigned year, month, day;

	if (!str_to_uint(xml_text(node, "YEAR"), 9999, &year) ||
		!str_to_uint(xml_text(node, "MONTH"), 12, &month) ||
		!str_to_uint(xml_text(node, "DAY"), 31, &day))
		return DAY_NONE;
	return day_from_civil((int)year, (int)month, (int)day);
}

void ted_legacy_old_term(const struct xml_node *period, struct arena *arena, struct term *ret)
{
	static const struct {
		const char *name;
		enum term_unit unit;
	} lengths[] = { { "MONTHS", TERM_MONTHS }, { "DAYS", TERM_DAYS } };
	unsigned length;

	for (size_t i = 0; i < LENGTH(lengths); i++)
		if (str_to_uint(node_text(period, lengths[i].name, arena), TERM_LENGTH_MAX, &length))
			term_set(ret, length, lengths[i].unit);
	ret->start = day_of_parts(xml_find(period, "INTERVAL_DATE/START_DATE"));
	ret->end = day_of_parts(xml_find(period, "INTERVAL_DATE/END_DATE"));
}

/* winners */

struct list {
	struct notice *n;
	struct arena *arena;
	size_t capacity;
};

static struct award *add_award(struct list *list)
{
	return notice_award_add(list->n, list->arena, &list->capacity);
}

static void add_winner(const struct xml_node *company, const char *address, struct arena *arena,
	size_t *capacity, struct award *award)
{
	struct winner *winner = award_winner_add(award, arena, capacity);

	if (!winner)
		return;
	ted_legacy_party(xml_child(company, address), arena, &winner->party);
	if (xml_child(company, "SME"))
		winner->size = COMPANY_SME;
	else if (xml_child(company, "NO_SME"))
		winner->size = COMPANY_LARGE;
}

/* CONTRACTOR alone or in CONTRACTORS; WINNER likewise. */
static void read_winners(const struct xml_node *block, const char *group, const char *name,
	const char *address, struct arena *arena, struct award *award)
{
	const struct xml_node *parents[] = { block, xml_child(block, group) };
	size_t capacity = 0;

	for (size_t i = 0; i < LENGTH(parents); i++)
		for (const struct xml_node *c = xml_child(parents[i], name); c;
			c = xml_next(c, name))
			add_winner(c, address, arena, &capacity, award);
}

static void read_count(
	const struct xml_node *node, struct arena *arena, struct award *award)
{
	unsigned count;

	if (str_to_uint(node_own_text(node, arena), 1000000, &count))
		award->tenders = (int)count;
}

static void read_amount(const struct xml_node *node, struct str currency, struct arena *arena,
	struct award *award)
{
	struct money amount;

	if (award->value.cents == MONEY_NONE && ted_legacy_amount(node, currency, arena, &amount))
		award->value = amount;
}

/* R2.0.9 */

static void read_contract(const struct xml_node *contract, struct arena *arena, struct award *award)
{
	static const char *const values[] = { "VALUES/VAL_TOTAL", "VALUE/VAL_TOTAL", "VAL_TOTAL",
		"VAL_BARGAIN_PURCHASE" };
	static const char *const counts[] = { "TENDERS/NB_TENDERS_RECEIVED", "NB_TENDERS_RECEIVED" };

	award->outcome = AWARD_GIVEN;
	award->concluded = day_parse(node_text(contract, "DATE_CONCLUSION_CONTRACT", arena));
	for (size_t i = 0; i < LENGTH(counts) && award->tenders < 0; i++)
		read_count(xml_find(contract, counts[i]), arena, award);
	for (size_t i = 0; i < LENGTH(values); i++) {
		const struct xml_node *value = xml_find(contract, values[i]);

		read_amount(value, xml_attr(value, "CURRENCY"), arena, award);
	}
	read_winners(contract, "CONTRACTORS", "CONTRACTOR", "ADDRESS_CONTRACTOR", arena, award);
}

/*
 * What a modification leaves in force: parties and amount of before the change, and the amount after it
 * counts. It stands beside the AWARD_CONTRACT of a F20, which names the first holders.
 */
static void read_modified(const struct xml_node *form, struct arena *arena, struct notice *n)
{
	const struct xml_node *purchase =
		xml_find(form, "MODIFICATIONS_CONTRACT/DESCRIPTION_PROCUREMENT");
	const struct xml_node *after =
		first(form, "MODIFICATIONS_CONTRACT/INFO_MODIFICATIONS/**/VAL_TOTAL_AFTER");
	bool named = xml_find(purchase, "CONTRACTOR") || xml_find(purchase, "CONTRACTORS/CONTRACTOR");
	struct award modified;

	award_init(&modified);
	read_amount(after, xml_attr(after, "CURRENCY"), arena, &modified);
	if (named)
		read_winners(
			purchase, "CONTRACTORS", "CONTRACTOR", "ADDRESS_CONTRACTOR", arena, &modified);
	for (size_t i = 0; i < n->n_awards; i++) {
		if (modified.value.cents != MONEY_NONE)
			n->awards[i].value = modified.value;
		if (!named)
			continue;
		n->awards[i].winners = modified.winners;
		n->awards[i].n_winners = modified.n_winners;
	}
}

/* The lots it is about ("1, 3" in a list of its own numbers too); none where the notice has no lots. */
static struct str lot_of(const struct xml_node *block, const char *name, struct list *list)
{
	struct str number = node_text(block, name, list->arena);

	return str_given(number) ? ted_legacy_lot_id(number, 0, list->arena) : STR_NONE;
}

void ted_legacy_awards(const struct xml_node *form, struct arena *arena, struct notice *n)
{
	struct list list = { n, arena, 0 };
	const struct xml_node *block;
	struct award *award;

	for (block = xml_child(form, "AWARD_CONTRACT"); block;
		block = xml_next(block, "AWARD_CONTRACT")) {
		const struct xml_node *contract = xml_child(block, "AWARDED_CONTRACT");

		award = add_award(&list);
		if (!award)
			return;
		award->lot = lot_of(block, "LOT_NO", &list);
		award->contract = node_text(block, "CONTRACT_NO", arena);
		if (contract)
			read_contract(contract, arena, award);
		else if (xml_child(block, "NO_AWARDED_CONTRACT"))
			award->outcome = AWARD_NOT_GIVEN;
	}
	read_modified(form, arena, n);
	block = xml_child(form, "RESULTS");
	if (!block || !(award = add_award(&list)))
		return;
	award->outcome = xml_child(block, "AWARDED_PRIZE") ? AWARD_GIVEN : AWARD_NOT_GIVEN;
	block = xml_child(block, "AWARDED_PRIZE");
	award->decided = day_parse(node_text(block, "DATE_DECISION_JURY", arena));
	read_count(xml_find(block, "PARTICIPANTS/NB_PARTICIPANTS"), arena, award);
	if (award->tenders < 0)
		read_count(xml_child(block, "NB_PARTICIPANTS"), arena, award);
	read_amount(xml_child(block, "VAL_PRIZE"), xml_attr(xml_child(block, "VAL_PRIZE"), "CURRENCY"),
		arena, award);
	read_winners(block, "WINNERS", "WINNER", "ADDRESS_WINNER", arena, award);
}

/* R2.0.7 and R2.0.8 */

static void read_old_operator(const struct xml_node *block, const char *operator_path,
	struct arena *arena, struct award *award)
{
	const struct xml_node *data = first(block, operator_path);
	struct winner *winner;

	if (!data)
		return;
	award->outcome = AWARD_GIVEN;
	award->winners = winner = arena_new(arena, struct winner);
	award->n_winners = 1;
	*winner = (struct winner){ .size = COMPANY_NONE };
	winner->party.name = ted_legacy_text(xml_find(data, "ORGANISATION/OFFICIALNAME"), ' ', arena);
	if (!str_given(winner->party.name))
		winner->party.name = node_text(data, "ORGANISATION", arena);
	winner->party.id = ident_clean(node_text(data, "ORGANISATION/NATIONALID", arena), arena);
	winner->party.city = node_text(data, "TOWN", arena);
	winner->party.postcode = node_text(data, "POSTAL_CODE", arena);
	winner->party.country =
		ted_legacy_country(xml_attr(xml_child(data, "COUNTRY"), "VALUE"));
}

/* AWARD_OF_CONTRACT and, with names of its own, AWARD_AND_CONTRACT_VALUE of utilities (F06). */
static void read_old_award(const struct xml_node *block, struct list *list)
{
	static const char costs_path[] = "*/COSTS_RANGE_AND_CURRENCY_WITH_VAT_RATE";
	const struct xml_node *costs = first(block, costs_path);
	const struct xml_node *day = xml_child(block, "CONTRACT_AWARD_DATE");
	struct award *award = add_award(list);

	if (!award)
		return;
	award->lot = lot_of(block, "LOT_NUMBER", list);
	award->contract = node_text(block, "CONTRACT_NUMBER", list->arena);
	if (!str_given(award->contract))
		award->contract = node_text(block, "CONTRACT_NO", list->arena);
	award->decided = day_of_parts(day ? day : xml_child(block, "DATE_OF_CONTRACT_AWARD"));
	read_count(xml_child(block, "OFFERS_RECEIVED_NUMBER"), list->arena, award);
	read_amount(xml_child(costs, "VALUE_COST"), xml_attr(costs, "CURRENCY"), list->arena, award);
	read_old_operator(block, "ECONOMIC_OPERATOR_NAME_ADDRESS/*", list->arena, award);
}

/* A prize of a design contest (F13). */
static void read_old_prize(const struct xml_node *block, struct list *list)
{
	struct award *award = add_award(list);

	if (award)
		read_old_operator(block, "AWARD_PRIZES/NAME_ADDRESS_WINNER/*", list->arena, award);
}

void ted_legacy_old_awards(const struct xml_node *form, struct arena *arena, struct notice *n)
{
	struct list list = { n, arena, 0 };
	const struct xml_node *body = form->child, *block;
	struct xml_walk utilities = { 0 }, prizes = { 0 };

	for (block = body ? body->child : NULL; block; block = block->next)
		if (str_starts(block->name, "AWARD_OF_CONTRACT"))
			read_old_award(block, &list);
	while ((block = xml_walk(&utilities, form, "*/*/AWARD_AND_CONTRACT_VALUE")))
		read_old_award(block, &list);
	while ((block = xml_walk(&prizes, form, "*/*/RESULT_CONTEST")))
		read_old_prize(block, &list);
}
