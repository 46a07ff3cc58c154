/* The lots of an eForms notice, and cac:ProcurementProject, which procedure and lots share. */
#include "base/buf.h"
#include "eforms.h"
#include "node.h"
#include "tender/cpv.h"

/* purchase */

static enum notice_nature nature_of(const struct xml_node *project, struct arena *arena)
{
	enum notice_nature nature = NATURE_NONE;

	/* "combined" is none of the three. */
	notice_nature_parse(node_text(project, "ProcurementTypeCode", arena), &nature);
	return nature;
}

static void add_cpv(
	const struct xml_node *project, const char *path, struct arena *arena, struct codes *cpv)
{
	const struct xml_node *code;
	struct xml_walk walk = { 0 };

	while ((code = xml_walk(&walk, project, path)))
		codes_add(cpv, arena, cpv_parse(node_own_text(code, arena), arena));
}

static void add_places(const struct xml_node *project, struct arena *arena, struct codes *places)
{
	const struct xml_node *code;
	struct xml_walk walk = { 0 };

	while ((code = xml_walk(&walk, project, "RealizedLocation/Address/CountrySubentityCode")))
		codes_add(places, arena, node_own_text(code, arena));
}

static void fill_amount(
	const struct xml_node *project, struct arena *arena, struct eforms_project *ret)
{
	const struct xml_node *total = xml_child(project, "RequestedTenderTotal"), *ceiling;
	struct xml_walk walk = { 0 };
	struct money amount;

	if (eforms_amount(xml_child(total, "EstimatedOverallContractAmount"), arena, &amount)) {
		ret->value = amount;
		ret->value_kind = VALUE_ESTIMATE;
		return;
	}
	ceiling = xml_walk(&walk, total, "UBLExtensions/**/FrameworkMaximumAmount");
	if (eforms_amount(ceiling, arena, &amount)) {
		ret->value = amount;
		ret->value_kind = VALUE_CEILING;
	}
}

/* BT-36 @unitCode. CALENDAR_DAY and the like stand outside the code list, but are written. */
static enum term_unit unit_of(struct str code)
{
	static const struct {
		const char *code;
		enum term_unit unit;
	} units[] = { { "DAY", TERM_DAYS }, { "CALENDAR_DAY", TERM_DAYS }, { "WEEK", TERM_WEEKS },
		{ "MONTH", TERM_MONTHS }, { "YEAR", TERM_YEARS } };

	for (size_t i = 0; i < LENGTH(units); i++)
		if (str_eqz(code, units[i].code))
			return units[i].unit;
	return TERM_NONE;
}

/* Who must fill both ends of a period and knows one writes the first of 1900 or the last of 2099. */
static day_t stated_day(const struct xml_node *period, const char *name, struct arena *arena)
{
	day_t day = day_parse(node_text(period, name, arena));

	return day == day_from_civil(1900, 1, 1) || day == day_from_civil(2099, 12, 31) ? DAY_NONE
											: day;
}

static void fill_term(const struct xml_node *project, struct arena *arena, struct term *ret)
{
	const struct xml_node *period = xml_child(project, "PlannedPeriod");
	const struct xml_node *measure = xml_child(period, "DurationMeasure");
	unsigned number;

	*ret = (struct term)TERM_INIT;
	if (str_to_uint(node_own_text(measure, arena), TERM_LENGTH_MAX, &number))
		term_set(ret, number, unit_of(xml_attr(measure, "unitCode")));
	/* BT-538; UNKNOWN says no more than silence. */
	if (str_eq(xml_text(period, "DescriptionCode"), STR("UNLIMITED")))
		ret->unit = TERM_UNLIMITED;
	ret->start = stated_day(period, "StartDate", arena);
	ret->end = stated_day(period, "EndDate", arena);
	if (str_to_uint(node_text(project, "ContractExtension/MaximumNumberNumeric", arena),
		    TERM_RENEWALS_MAX, &number))
		ret->renewals = (int)number;
}

/* BT-776: any code of the list innovative-acquisition but none. */
static bool is_innovative(const struct xml_node *project, struct arena *arena)
{
	const struct xml_node *code;
	struct xml_walk walk = { 0 };

	while ((code = xml_walk(&walk, project, "ProcurementAdditionalType/ProcurementTypeCode"))) {
		struct str text = node_own_text(code, arena);

		if (str_eq(xml_attr(code, "listName"), STR("innovative-acquisition")) &&
			str_given(text) && !str_eq(text, STR("none")))
			return true;
	}
	return false;
}

void eforms_project(const struct xml_node *project, struct str language, struct arena *arena,
	struct eforms_project *ret)
{
	*ret = (struct eforms_project){ .value = MONEY_INIT, .term = TERM_INIT };
	if (!project)
		return;
	ret->title = node_localized(project, "Name", language, arena);
	ret->description = node_localized(project, "Description", language, arena);
	ret->nature = nature_of(project, arena);
	add_cpv(project, "MainCommodityClassification/ItemClassificationCode", arena, &ret->cpv);
	add_cpv(project, "AdditionalCommodityClassification/ItemClassificationCode", arena,
		&ret->cpv);
	add_places(project, arena, &ret->places);
	fill_amount(project, arena, ret);
	fill_term(project, arena, &ret->term);
	node_wordings(project, language, arena, &ret->wordings, &ret->n_wordings);
	ret->innovative = is_innovative(project, arena);
	ret->sme = str_eq(xml_text(project, "SMESuitableIndicator"), STR("true"));
}

/* lots */

enum lot_scheme { SCHEME_LOT, SCHEME_PART, SCHEME_GROUP };

/* By @schemeName, else by the technical id's prefix (BT-137 "LOT-0001", "PAR-0001", "GLO-0001"). */
static enum lot_scheme scheme_of(const struct xml_node *lot)
{
	const struct xml_node *id = xml_child(lot, "ID");
	struct str scheme = xml_attr(id, "schemeName"), text = xml_text(lot, "ID");

	if (str_eq(scheme, STR("Part")) || (!str_given(scheme) && str_starts(text, "PAR-")))
		return SCHEME_PART;
	if (str_eq(scheme, STR("LotsGroup")) || (!str_given(scheme) && str_starts(text, "GLO-")))
		return SCHEME_GROUP;
	return SCHEME_LOT;
}

/*
 * FORMATS.md 9.2: tenders, else requests to participate, else expressions of interest; for a market
 * consultation (notice type pmc) the answers to it.
 */
static struct deadline lot_deadline(const struct xml_node *lot, struct arena *arena)
{
	static const char *const periods[] = { "TenderSubmissionDeadlinePeriod",
		"ParticipationRequestReceptionPeriod",
		"UBLExtensions/**/InterestExpressionReceptionPeriod",
		"UBLExtensions/**/AnswerReceptionPeriod" };
	const struct xml_node *process = xml_child(lot, "TenderingProcess");

	for (size_t i = 0; i < LENGTH(periods); i++) {
		struct xml_walk walk = { 0 };
		const struct xml_node *period = xml_walk(&walk, process, periods[i]);
		struct str date = node_text(period, "EndDate", arena);

		if (str_given(date))
			return deadline_read_pair(date, node_text(period, "EndTime", arena), arena);
	}
	return (struct deadline)DEADLINE_INIT;
}

static void read_lot(const struct xml_node *node, size_t number, struct str language,
	struct arena *arena, struct notice *n)
{
	struct lot *lot = &n->lots[n->n_lots++];
	struct eforms_project project;

	lot_init(lot);
	eforms_project(xml_child(node, "ProcurementProject"), language, arena, &project);
	lot->id = node_text(node, "ID", arena);
	if (!str_given(lot->id))
		lot->id = arena_printf(
			arena, "%s-%04zu", scheme_of(node) == SCHEME_PART ? "PAR" : "LOT", number);
	lot->title = project.title;
	lot->description = project.description;
	lot->nature = project.nature;
	lot->cpv = project.cpv;
	lot->places = project.places;
	lot->value = project.value;
	lot->value_kind = project.value_kind;
	lot->deadline = lot_deadline(node, arena);
	lot->term = project.term;
	lot->wordings = project.wordings;
	lot->n_wordings = project.n_wordings;
	n->innovative |= project.innovative;
	n->sme |= project.sme;
}

/* what a notice says lot by lot only */

static void read_documents(const struct xml_node *lot, struct arena *arena, struct notice *n)
{
	static const char path[] =
		"TenderingTerms/CallForTendersDocumentReference/Attachment/ExternalReference/URI";
	const struct xml_node *uri;
	struct xml_walk walk = { 0 };

	while (!str_given(n->documents_url) && (uri = xml_walk(&walk, lot, path)))
		n->documents_url = node_url(node_own_text(uri, arena), arena);
}

/* BT-71: any code of the list reserved-procurement but none. */
static void read_reserved(const struct xml_node *lot, struct arena *arena, struct notice *n)
{
	const struct xml_node *code;
	struct xml_walk walk = { 0 };

	while ((code = xml_walk(&walk, lot, "TenderingTerms/**/TendererRequirementTypeCode"))) {
		struct str text = node_own_text(code, arena);

		if (str_eq(xml_attr(code, "listName"), STR("reserved-procurement")) &&
			str_given(text) && !str_eq(text, STR("none")))
			n->reserved = true;
	}
}

static struct str criterion_type(struct str code)
{
	static const struct {
		const char *code, *label;
	} labels[] = { { "price", "Prix" }, { "quality", "Qualité" }, { "cost", "Coût" } };

	for (size_t i = 0; i < LENGTH(labels); i++)
		if (str_eqz(code, labels[i].code))
			return str_of(labels[i].label);
	return code;
}

/* "Prix : selon le bordereau (60)": what there is of name, else type, description and weight. */
static struct str criterion_line(
	const struct xml_node *criterion, struct str language, struct arena *arena)
{
	struct str name = node_localized(criterion, "Name", language, arena);
	struct str text = node_localized(criterion, "Description", language, arena);
	struct str weight;
	struct xml_walk walk = { 0 };

	if (!str_given(name))
		name = criterion_type(node_text(criterion, "AwardingCriterionTypeCode", arena));
	weight = node_own_text(
		xml_walk(&walk, criterion, "UBLExtensions/**/ParameterNumeric"), arena);
	if (!str_given(name) && !str_given(text))
		return STR_NONE;
	return arena_printf(arena, "%.*s%s%.*s%s%.*s%s", STR_ARG(name),
		name.len && text.len ? " : " : "", STR_ARG(text), weight.len ? " (" : "",
		STR_ARG(weight), weight.len ? ")" : "");
}

static void read_criteria(
	const struct xml_node *lot, struct str language, struct arena *arena, struct codes *lines)
{
	const struct xml_node *criterion;
	struct xml_walk walk = { 0 };

	while ((criterion = xml_walk(&walk, lot, "TenderingTerms/**/SubordinateAwardingCriterion")))
		codes_add(lines, arena, criterion_line(criterion, language, arena));
}

static struct str joined(const struct codes *lines, struct arena *arena)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(NOTICE_TEXT_MAX);

	for (size_t i = 0; i < lines->n; i++) {
		if (i)
			buf_addc(&out, '\n');
		buf_adds(&out, lines->at[i]);
	}
	return out.len ? arena_dup(arena, buf_str(&out)) : STR_NONE;
}

int eforms_lots(const struct xml_node *root, struct str language, struct arena *arena,
	struct notice *n, struct error *err)
{
	const struct xml_node *first = xml_child(root, "ProcurementProjectLot"), *node;
	size_t count[SCHEME_GROUP + 1] = { 0 };
	enum lot_scheme wanted;
	struct codes criteria = { 0 };

	for (node = first; node; node = xml_next(node, "ProcurementProjectLot"))
		count[scheme_of(node)]++;
	wanted = count[SCHEME_LOT] ? SCHEME_LOT : SCHEME_PART;
	if (count[wanted] > NOTICE_LOTS_MAX)
		return error_set(err, ERROR_LIMIT, "the notice has %zu lots, more than %d",
			count[wanted], NOTICE_LOTS_MAX);
	n->lots = arena_array(arena, struct lot, count[wanted]);
	for (node = first; node; node = xml_next(node, "ProcurementProjectLot")) {
		if (scheme_of(node) != wanted)
			continue;
		read_lot(node, n->n_lots + 1, language, arena, n);
		read_documents(node, arena, n);
		read_reserved(node, arena, n);
		read_criteria(node, language, arena, &criteria);
	}
	n->criteria = joined(&criteria, arena);
	return 0;
}
