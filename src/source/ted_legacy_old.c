/*
 * The forms of schemas R2.0.7 and R2.0.8. The path to the same fact differs from form to form (twenty
 * names for "object of the contract"), its last steps do not: each is looked for below the form, and
 * the first one found, in document order, is the notice's own, before lots and awards.
 */
#include "base/buf.h"
#include "node.h"
#include "ted_legacy.h"
#include "tender/ident.h"

static const struct xml_node *first(const struct xml_node *form, const char *path)
{
	struct xml_walk walk = { 0 };

	return xml_walk(&walk, form, path);
}

/* R2.0.7 writes the name into ORGANISATION itself. */
static void read_buyer(const struct xml_node *form, struct arena *arena, struct party *buyer)
{
	const struct xml_node *profile = first(form, "**/CA_CE_CONCESSIONAIRE_PROFILE");
	const struct xml_node *organisation = xml_child(profile, "ORGANISATION");

	buyer->name = ted_legacy_text(xml_child(organisation, "OFFICIALNAME"), ' ', arena);
	if (!str_given(buyer->name))
		buyer->name = node_own_text(organisation, arena);
	buyer->id = ident_clean(node_text(organisation, "NATIONALID", arena), arena);
	buyer->city = node_text(profile, "TOWN", arena);
	buyer->postcode = node_text(profile, "POSTAL_CODE", arena);
	buyer->country = ted_legacy_country(xml_attr(xml_child(profile, "COUNTRY"), "VALUE"));
}

static struct str first_text(const struct xml_node *form, const char *const *paths, size_t n,
	char glue, struct arena *arena)
{
	struct str text = STR_NONE;

	for (size_t i = 0; i < n && !str_given(text); i++)
		text = ted_legacy_text(first(form, paths[i]), glue, arena);
	return text;
}

/* lots: annexes B, and the lots of a prior information notice */

/*
 * The element that has a lot's number is the lot. AWARD_OF_CONTRACT, AWARD_OF_CONTRACT_DEFENCE,
 * AWARD_AND_CONTRACT_VALUE (F06) only name one.
 */
static bool is_lot(const struct xml_node *node)
{
	return xml_child(node, "LOT_NUMBER") && !str_starts(node->name, "AWARD_");
}

static size_t count_lots(const struct xml_node *node)
{
	size_t count = is_lot(node);

	for (const struct xml_node *child = node->child; child; child = child->next)
		count += count_lots(child); /* depth: XML_DEPTH_MAX */
	return count;
}

/* One amount, or the upper end of a range, which is a ceiling. */
static void read_costs(const struct xml_node *costs, struct arena *arena, struct money *value,
	enum value_kind *value_kind)
{
	static const struct {
		const char *path;
		enum value_kind kind;
	} values[] = { { "VALUE_COST", VALUE_ESTIMATE },
		{ "RANGE_VALUE_COST/HIGH_VALUE", VALUE_CEILING } };

	for (size_t i = 0; i < LENGTH(values); i++) {
		const struct xml_node *node = xml_find(costs, values[i].path);
		struct money amount;

		if (ted_legacy_amount(node, xml_attr(costs, "CURRENCY"), arena, &amount)) {
			*value = amount;
			*value_kind = values[i].kind;
			return;
		}
	}
}

static void read_lot(const struct xml_node *node, struct arena *arena, struct notice *n)
{
	struct lot *lot = &n->lots[n->n_lots++];

	lot_init(lot);
	lot->id = ted_legacy_lot_id(node_text(node, "LOT_NUMBER", arena), n->n_lots, arena);
	lot->title = ted_legacy_text(xml_child(node, "LOT_TITLE"), ' ', arena);
	lot->description = ted_legacy_text(xml_child(node, "LOT_DESCRIPTION"), '\n', arena);
	ted_legacy_cpv(node, "CPV/CPV_MAIN/CPV_CODE", arena, &lot->cpv);
	ted_legacy_cpv(node, "CPV/CPV_ADDITIONAL/CPV_CODE", arena, &lot->cpv);
	read_costs(first(node, "**/COSTS_RANGE_AND_CURRENCY"), arena, &lot->value, &lot->value_kind);
	ted_legacy_old_term(xml_child(node, "PERIOD_WORK_DATE_STARTING"), arena, &lot->term);
}

static void read_lots_below(const struct xml_node *node, struct arena *arena, struct notice *n)
{
	if (is_lot(node))
		read_lot(node, arena, n);
	for (const struct xml_node *child = node->child; child; child = child->next)
		read_lots_below(child, arena, n);
}

static int read_lots(
	const struct xml_node *form, struct arena *arena, struct notice *n, struct error *err)
{
	size_t count = count_lots(form);

	if (count > NOTICE_LOTS_MAX)
		return error_set(err, ERROR_LIMIT, "the notice has %zu lots, more than %d", count,
			NOTICE_LOTS_MAX);
	n->lots = arena_array(arena, struct lot, count);
	read_lots_below(form, arena, n);
	return 0;
}

/* the whole: what stands in no lot and in no award */

/* For documents whose header has no VALUES_LIST: R2.0.7, and the first of R2.0.8. */
static void read_value(const struct xml_node *costs, struct arena *arena, struct notice *n)
{
	bool awarded = ted_legacy_awarded(n);
	struct money value;
	enum value_kind kind = VALUE_NONE;

	if (n->value_kind != VALUE_NONE)
		return;
	read_costs(costs, arena, &value, &kind);
	/* Between offers a range is nothing. */
	if (kind == VALUE_NONE || (awarded && kind == VALUE_CEILING))
		return;
	n->value = value;
	n->value_kind = awarded ? VALUE_AWARD : kind;
}

/*
 * CPV and amounts. A prior information notice has its CPV behind its lots (F01, F16), and several when it
 * has several objects.
 */
static void read_whole(const struct xml_node *node, struct arena *arena, struct notice *n)
{
	for (node = node->child; node; node = node->next) {
		if (xml_child(node, "LOT_NUMBER") || str_starts(node->name, "AWARD_"))
			continue;
		if (str_eq(node->name, STR("CPV"))) {
			ted_legacy_cpv(node, "CPV_MAIN/CPV_CODE", arena, &n->cpv);
			ted_legacy_cpv(node, "CPV_ADDITIONAL/CPV_CODE", arena, &n->cpv);
		} else if (str_starts(node->name, "COSTS_RANGE_AND_CURRENCY")) {
			read_value(node, arena, n);
		} else {
			read_whole(node, arena, n); /* depth: XML_DEPTH_MAX */
		}
	}
}

/*
 * The period of the whole stands beside its lots' own, which are inside annexes; a framework has one of
 * its own, and the number of renewals stands with the quantity.
 */
static void read_term(const struct xml_node *form, struct arena *arena, struct notice *n)
{
	static const struct {
		const char *path;
		enum term_unit unit;
	} frameworks[] = { { "**/DURATION_FRAMEWORK_MONTH", TERM_MONTHS },
		{ "**/DURATION_FRAMEWORK_YEAR", TERM_YEARS } };
	unsigned number;

	ted_legacy_old_term(first(form, "*/*/PERIOD_WORK_DATE_STARTING"), arena, &n->term);
	for (size_t i = 0; i < LENGTH(frameworks) && n->term.length == 0; i++)
		if (str_to_uint(node_own_text(first(form, frameworks[i].path), arena),
			    TERM_LENGTH_MAX, &number))
			term_set(&n->term, number, frameworks[i].unit);
	if (str_to_uint(node_own_text(first(form, "**/NUMBER_POSSIBLE_RENEWALS"), arena),
		    TERM_RENEWALS_MAX, &number))
		n->term.renewals = (int)number;
}

/*
 * Four elements, for documents whose header has no deadline: RECEIPT_LIMIT_DATE, in F09, F10 and F12
 * TIME_LIMIT_CHP, in F11 a TIME_LIMIT. Elsewhere a TIME_LIMIT is for asking for documents.
 */
static void read_deadline(const struct xml_node *form, struct arena *arena, struct notice *n)
{
	static const char *const paths[] = { "**/RECEIPT_LIMIT_DATE", "**/TIME_LIMIT_CHP",
		"**/F11_TIME_LIMIT_TYPE/TIME_LIMIT" };
	const struct xml_node *limit = NULL;
	unsigned year, month, day;

	for (size_t i = 0; i < LENGTH(paths) && !limit; i++)
		limit = first(form, paths[i]);

	if (n->deadline.certainty != DEADLINE_NONE || !limit ||
		!str_to_uint(node_text(limit, "YEAR", arena), 9999, &year) ||
		!str_to_uint(node_text(limit, "MONTH", arena), 12, &month) ||
		!str_to_uint(node_text(limit, "DAY", arena), 31, &day))
		return;
	n->deadline = deadline_read_pair(arena_printf(arena, "%04u-%02u-%02u", year, month, day),
		node_text(limit, "TIME", arena), arena);
}

/* A paragraph with paragraphs or an address below it gives those alone. */
static void add_paragraphs(const struct xml_node *node, struct arena *arena, struct buf *out)
{
	for (const struct xml_node *child = node->child; child; child = child->next) {
		bool plain = str_eq(child->name, STR("P")) && !first(child, "**/P") &&
			     !xml_child(child, "ADDRESS_NOT_STRUCT");
		struct str text = plain ? ted_legacy_text(child, ' ', arena) : STR_NONE;

		if (!plain)
			add_paragraphs(child, arena, out); /* depth: XML_DEPTH_MAX */
		else if (text.len)
			buf_addf(out, "%s%.*s", out->len ? "\n" : "", STR_ARG(text));
	}
}

/* OTH_NOT, EEIG: a title and paragraphs, no form at all. */
static struct str free_text(const struct xml_node *form, struct arena *arena)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(2 * XML_TEXT_MAX);

	add_paragraphs(form, arena, &out);
	return out.len ? arena_dup(arena, buf_str(&out)) : STR_NONE;
}

/* What a corrigendum (F14) replaces, adds or says besides: its words in the order of the form. */
static struct str corrections(const struct xml_node *form, struct arena *arena)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(2 * XML_TEXT_MAX);
	const struct xml_node *block;
	struct xml_walk changes = { 0 }, more = { 0 };

	while ((block = xml_walk(&changes, form, "**/INFORMATION_CORRECTED_ADDED")))
		add_paragraphs(block, arena, &out);
	while ((block = xml_walk(&more, form, "**/OTHER_ADDITIONAL_INFO")))
		add_paragraphs(block, arena, &out);
	return out.len ? arena_dup(arena, buf_str(&out)) : STR_NONE;
}

static bool is_free(const struct xml_node *form)
{
	return str_eq(form->name, STR("EEIG")) || str_eq(form->name, STR("OTH_NOT"));
}

static void read_texts(const struct xml_node *form, struct arena *arena, struct notice *n)
{
	static const char *const titles[] = { "**/TITLE_CONTRACT", "**/TITLE_DESIGN_CONTACT_NOTICE",
		"**/TITLE_DESIGN_CONTEST", "**/TITLE_QUALIFICATION_SYSTEM",
		"**/TITLE_RESULT_DESIGN_CONTEST", "**/TITLE_NOTICE_BUYER_PROFILE",
		"**/CONTRACT_TITLE", "**/TI_DOC" };
	static const char *const texts[] = { "**/SHORT_CONTRACT_DESCRIPTION",
		"**/SHORT_DESCRIPTION_CONTRACT", "**/SHORT_DESCRIPTION",
		"**/DESCRIPTION_OF_CONTRACT", "**/OBJECT_QUALIFICATION_SYSTEM/DESCRIPTION",
		"**/TOTAL_QUANTITY_OR_SCOPE" };
	struct str changed = corrections(form, arena);

	n->title = first_text(form, titles, LENGTH(titles), ' ', arena);
	n->description = is_free(form) ? free_text(form, arena)
				       : first_text(form, texts, LENGTH(texts), '\n', arena);
	if (str_given(changed))
		n->description = str_given(n->description)
					 ? arena_printf(arena, "%.*s\n\n%.*s",
						   STR_ARG(n->description), STR_ARG(changed))
					 : changed;
}

/* The header of these schemas has kind and procedure, mostly value (VALUES_LIST) and deadline too. */
int ted_legacy_old_form(
	const struct xml_node *form, struct arena *arena, struct notice *n, struct error *err)
{
	static const char *const references[] = { "**/FILE_REFERENCE_NUMBER" };
	enum notice_nature nature =
		ted_legacy_nature(xml_attr(first(form, "**/TYPE_CONTRACT"), "VALUE"));

	read_buyer(form, arena, &n->buyer);
	read_texts(form, arena, n);
	n->reference = first_text(form, references, LENGTH(references), ' ', arena);
	if (nature != NATURE_NONE)
		n->nature = nature;
	read_whole(form, arena, n);
	ted_legacy_places(form, "**/LOCATION_NUTS/NUTS", arena, &n->places);
	ted_legacy_places(form, "**/SITE_OR_LOCATION/NUTS", arena, &n->places);
	n->reserved = first(form, "**/RESERVED_SHELTERED_WORKSHOPS") ||
		      first(form, "**/RESTRICTED_TO_SHELTERED_WORKSHOP") ||
		      first(form, "**/RESTRICTED_TO_FRAMEWORK");
	n->documents_url = node_url(node_own_text(first(form, "**/URL_DOCUMENT"), arena), arena);
	read_deadline(form, arena, n);
	read_term(form, arena, n);
	ted_legacy_old_awards(form, arena, n);
	return read_lots(form, arena, n, err);
}
