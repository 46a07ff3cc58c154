/* The forms of schema R2.0.9: F01 to F25 (directives of 2014) and MOVE (regulation 1370/2007). */
#include "base/buf.h"
#include "node.h"
#include "ted_legacy.h"
#include "tender/ident.h"

void ted_legacy_party(const struct xml_node *address, struct arena *arena, struct party *ret)
{
	ret->name = ted_legacy_text(xml_child(address, "OFFICIALNAME"), ' ', arena);
	ret->id = ident_clean(node_text(address, "NATIONALID", arena), arena);
	ret->city = node_text(address, "TOWN", arena);
	ret->postcode = node_text(address, "POSTAL_CODE", arena);
	ret->nuts = str_trim(xml_attr(xml_child(address, "NUTS"), "CODE"));
	if (str_eq(ret->nuts, STR("00"))) /* not specified */
		ret->nuts = STR_NONE;
	ret->country = ted_legacy_country(xml_attr(xml_child(address, "COUNTRY"), "VALUE"));
}

/* amounts */

static bool take_value(const struct xml_node *node, enum value_kind kind, struct arena *arena,
	struct money *value, enum value_kind *value_kind)
{
	struct money amount;

	if (!ted_legacy_amount(node, xml_attr(node, "CURRENCY"), arena, &amount))
		return false;
	*value = amount;
	*value_kind = kind;
	return true;
}

/*
 * A concession award states its estimate beside what was agreed: the latter counts there. The range of
 * the offers received (VAL_RANGE_TOTAL) is no amount of the purchase.
 */
static void read_value(const struct xml_node *form, struct arena *arena, struct notice *n)
{
	const struct xml_node *object = xml_child(form, "OBJECT_CONTRACT");
	const struct xml_node *expected = xml_child(object, "VAL_ESTIMATED_TOTAL");
	const struct xml_node *agreed = xml_child(object, "VAL_TOTAL"), *modified;
	struct xml_walk walk = { 0 };
	bool award = ted_legacy_awarded(n);

	modified = xml_walk(
		&walk, form, "MODIFICATIONS_CONTRACT/INFO_MODIFICATIONS/**/VAL_TOTAL_AFTER");
	if (take_value(modified, VALUE_AWARD, arena, &n->value, &n->value_kind))
		return;
	if (award && take_value(agreed, VALUE_AWARD, arena, &n->value, &n->value_kind))
		return;
	if (!take_value(expected, VALUE_ESTIMATE, arena, &n->value, &n->value_kind))
		take_value(agreed, VALUE_AWARD, arena, &n->value, &n->value_kind);
}

/* award criteria */

static void add_line(struct str text, struct str weight, struct arena *arena, struct codes *lines)
{
	if (str_given(text))
		codes_add(lines, arena,
			arena_printf(arena, "%.*s%s%.*s%s", STR_ARG(text), weight.len ? " (" : "",
				STR_ARG(weight), weight.len ? ")" : ""));
}

/* "Valeur technique (60)", "Prix (40)"; in AC, in a DIRECTIVE_… or directly below the block. */
static void add_criteria(const struct xml_node *block, struct arena *arena, struct codes *lines)
{
	for (const struct xml_node *node = block->child; node; node = node->next) {
		struct str text = node_text(node, "AC_CRITERION", arena);

		if (str_eq(node->name, STR("AC")) || str_starts(node->name, "DIRECTIVE_")) {
			add_criteria(node, arena, lines); /* depth: XML_DEPTH_MAX */
			continue;
		}
		if (!str_starts(node->name, "AC_"))
			continue;
		if (str_eq(node->name, STR("AC_CRITERION")))
			text = node_own_text(node, arena);
		else if (str_eq(node->name, STR("AC_PRICE")))
			text = STR("Prix");
		add_line(text, node_text(node, "AC_WEIGHTING", arena), arena, lines);
	}
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

/* lots */

static size_t count_blocks(const struct xml_node *form)
{
	struct xml_walk walk = { 0 };
	size_t count = 0;

	while (xml_walk(&walk, form, "OBJECT_CONTRACT/OBJECT_DESCR"))
		count++;
	return count;
}

/* `several`: objects of a prior information notice, each with a title of its own. */
static void read_lot(const struct xml_node *block, bool several, struct arena *arena, struct notice *n)
{
	struct lot *lot = &n->lots[n->n_lots++];

	lot_init(lot);
	lot->id = ted_legacy_lot_id(node_text(block, "LOT_NO", arena), n->n_lots, arena);
	lot->title = ted_legacy_text(xml_child(block, "TITLE"), ' ', arena);
	if (!str_given(lot->title) && several)
		lot->title = ted_legacy_text(xml_child(block->parent, "TITLE"), ' ', arena);
	lot->description = ted_legacy_text(xml_child(block, "SHORT_DESCR"), '\n', arena);
	ted_legacy_cpv(block, "CPV_ADDITIONAL/CPV_CODE", arena, &lot->cpv);
	ted_legacy_places(block, "NUTS", arena, &lot->places);
	take_value(xml_child(block, "VAL_OBJECT"), VALUE_ESTIMATE, arena, &lot->value,
		&lot->value_kind);
	ted_legacy_term(block, arena, &lot->term);
}

/* `more` on lines of its own below `text`, unless that says it already. */
static struct str with(struct str text, struct str more, struct arena *arena)
{
	if (!str_given(more) || (str_given(text) && str_find(text, more) != SIZE_MAX))
		return text;
	if (!str_given(text) || str_find(more, text) != SIZE_MAX)
		return more;
	return arena_printf(arena, "%.*s\n\n%.*s", STR_ARG(text), STR_ARG(more));
}

/* One block means that there are no lots: it tells more of the purchase itself. */
static void read_only_block(const struct xml_node *block, struct arena *arena, struct notice *n)
{
	struct str title = ted_legacy_text(xml_child(block, "TITLE"), ' ', arena);
	struct str text = ted_legacy_text(xml_child(block, "SHORT_DESCR"), '\n', arena);

	if (!str_eq(title, n->title))
		n->description = with(n->description, title, arena);
	n->description = with(n->description, text, arena);
	ted_legacy_cpv(block, "CPV_ADDITIONAL/CPV_CODE", arena, &n->cpv);
	ted_legacy_places(block, "NUTS", arena, &n->places);
	ted_legacy_term(block, arena, &n->term);
	if (n->value_kind == VALUE_NONE)
		take_value(xml_child(block, "VAL_OBJECT"), VALUE_ESTIMATE, arena, &n->value,
			&n->value_kind);
}

static int read_blocks(
	const struct xml_node *form, struct arena *arena, struct notice *n, struct error *err)
{
	const struct xml_node *object = xml_child(form, "OBJECT_CONTRACT"), *block;
	bool several = object && xml_next(object, "OBJECT_CONTRACT");
	size_t count = count_blocks(form);
	struct xml_walk walk = { 0 };
	struct codes criteria = { 0 };

	if (count > NOTICE_LOTS_MAX)
		return error_set(err, ERROR_LIMIT, "the notice has %zu lots, more than %d", count,
			NOTICE_LOTS_MAX);
	if (count > 1)
		n->lots = arena_array(arena, struct lot, count);
	while ((block = xml_walk(&walk, form, "OBJECT_CONTRACT/OBJECT_DESCR"))) {
		if (count > 1)
			read_lot(block, several, arena, n);
		else
			read_only_block(block, arena, n);
		add_criteria(block, arena, &criteria);
	}
	/* Design contests have theirs for the whole. */
	codes_add(&criteria, arena,
		ted_legacy_text(xml_find(form, "PROCEDURE/CRITERIA_EVALUATION"), '\n', arena));
	n->criteria = joined(&criteria, arena);
	return 0;
}

/* corrections (F14) and modifications (F20) */

/* The value of OLD_VALUE or NEW_VALUE: text, a date with its time, or CPV codes. */
static struct str changed_value(const struct xml_node *value, struct arena *arena)
{
	struct str text = ted_legacy_text(xml_child(value, "TEXT"), '\n', arena);
	struct codes codes = { 0 };

	if (!str_given(text))
		text = node_leaves(value, arena);
	ted_legacy_cpv(value, "**/CPV_CODE", arena, &codes);
	for (size_t i = 0; i < codes.n; i++)
		text = arena_printf(arena, "%.*s%s%.*s", STR_ARG(text), text.len ? ", " : "",
			STR_ARG(codes.at[i]));
	return text;
}

static void add_part(struct buf *out, const char *label, struct str text)
{
	if (!str_given(text))
		return;
	if (out->len)
		buf_addc(out, '\n');
	buf_addz(out, label);
	buf_adds(out, text);
}

/* "Rubrique : IV.2.2)", "Au lieu de : …", "Lire : …": as BOAMP's corrections are shown. */
static struct str corrections(const struct xml_node *form, struct arena *arena)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(NOTICE_TEXT_MAX);
	const struct xml_node *change = xml_find(form, "CHANGES/CHANGE");

	for (; change; change = xml_next(change, "CHANGE")) {
		const struct xml_node *where = xml_child(change, "WHERE");

		add_part(&out, "Rubrique : ", node_text(where, "SECTION", arena));
		add_part(&out, "Lot : ", node_text(where, "LOT_NO", arena));
		add_part(&out, "", node_text(where, "LABEL", arena));
		add_part(&out,
			"Au lieu de : ", changed_value(xml_child(change, "OLD_VALUE"), arena));
		add_part(&out, "Lire : ", changed_value(xml_child(change, "NEW_VALUE"), arena));
	}
	add_part(&out, "", ted_legacy_text(xml_find(form, "CHANGES/INFO_ADD"), '\n', arena));
	return out.len ? arena_dup(arena, buf_str(&out)) : STR_NONE;
}

/*
 * IV.2.2, the time limit for tenders or requests, moved by a correction. The header mostly has the new one
 * already. Corrections of one lot's limit leave the rest alone.
 */
static void read_moved_deadline(const struct xml_node *form, struct arena *arena, struct notice *n)
{
	const struct xml_node *change = xml_find(form, "CHANGES/CHANGE");

	for (; change && n->deadline.certainty == DEADLINE_NONE; change = xml_next(change, "CHANGE")) {
		const struct xml_node *where = xml_child(change, "WHERE");
		const struct xml_node *value = xml_child(change, "NEW_VALUE");

		if (!str_starts(node_text(where, "SECTION", arena), "IV.2.2") ||
			str_given(node_text(where, "LOT_NO", arena)))
			continue;
		n->deadline = deadline_read_pair(
			node_text(value, "DATE", arena), node_text(value, "TIME", arena), arena);
		if (n->deadline.certainty != DEADLINE_NONE)
			n->deadline.certainty = DEADLINE_CORRECTED;
	}
}

static void read_modification(const struct xml_node *form, struct arena *arena, struct notice *n)
{
	const struct xml_node *block = xml_child(form, "MODIFICATIONS_CONTRACT");
	const struct xml_node *purchase = xml_child(block, "DESCRIPTION_PROCUREMENT");

	n->description = with(n->description,
		ted_legacy_text(xml_find(block, "INFO_MODIFICATIONS/SHORT_DESCR"), '\n', arena),
		arena);
	ted_legacy_cpv(purchase, "CPV_MAIN/CPV_CODE", arena, &n->cpv);
	ted_legacy_cpv(purchase, "CPV_ADDITIONAL/CPV_CODE", arena, &n->cpv);
	ted_legacy_places(purchase, "NUTS", arena, &n->places);
	/* How long it runs now; the OBJECT_DESCR of such a notice is the contract as it was. */
	if (xml_child(purchase, "DURATION") || xml_child(purchase, "DATE_START") ||
		xml_child(purchase, "DATE_END")) {
		n->term = (struct term)TERM_INIT;
		ted_legacy_term(purchase, arena, &n->term);
	}
}

/* the form */

static void read_procedure(const struct xml_node *form, struct arena *arena, struct notice *n)
{
	const struct xml_node *procedure = xml_child(form, "PROCEDURE");
	const struct xml_node *conditions = xml_child(form, "LEFTI");

	/* The header's code for a concession says nothing; this one is what its eForms twin has. */
	if (!str_given(n->procedure) &&
		xml_child(procedure, "PT_AWARD_CONTRACT_WITH_PRIOR_PUBLICATION"))
		n->procedure = STR("neg-w-call");
	n->innovative = str_eq(n->procedure, STR("innovation")) ||
			xml_child(procedure, "PT_INNOVATION_PARTNERSHIP");
	n->reserved = xml_child(conditions, "RESTRICTED_SHELTERED_WORKSHOP") ||
		      xml_child(conditions, "RESTRICTED_SHELTERED_PROGRAM") ||
		      xml_child(conditions, "RESERVED_ORGANISATIONS_SERVICE_MISSION");
	/* Periodic notices without a call tell it in the form alone. */
	if (n->deadline.certainty == DEADLINE_NONE) {
		struct str day = node_text(procedure, "DATE_RECEIPT_TENDERS", arena);
		struct str time = node_text(procedure, "TIME_RECEIPT_TENDERS", arena);

		if (str_given(day))
			n->deadline = deadline_read_pair(day, time, arena);
	}
}

int ted_legacy_form(
	const struct xml_node *form, struct arena *arena, struct notice *n, struct error *err)
{
	const struct xml_node *object = xml_child(form, "OBJECT_CONTRACT");
	enum notice_nature nature =
		ted_legacy_nature(xml_attr(xml_child(object, "TYPE_CONTRACT"), "CTYPE"));
	int r;

	ted_legacy_party(
		xml_find(form, "CONTRACTING_BODY/ADDRESS_CONTRACTING_BODY"), arena, &n->buyer);
	n->title = ted_legacy_text(xml_child(object, "TITLE"), ' ', arena);
	n->description = ted_legacy_text(xml_child(object, "SHORT_DESCR"), '\n', arena);
	n->reference = node_text(object, "REFERENCE_NUMBER", arena);
	if (nature != NATURE_NONE)
		n->nature = nature;
	ted_legacy_cpv(form, "OBJECT_CONTRACT/CPV_MAIN/CPV_CODE", arena, &n->cpv);
	read_value(form, arena, n);
	read_procedure(form, arena, n);
	n->documents_url = node_url(node_text(form, "CONTRACTING_BODY/URL_DOCUMENT", arena), arena);
	r = read_blocks(form, arena, n, err);
	if (r < 0)
		return r;
	read_modification(form, arena, n);
	ted_legacy_awards(form, arena, n);
	n->description = with(n->description, corrections(form, arena), arena);
	read_moved_deadline(form, arena, n);
	return 0;
}
