#include "ted_legacy.h"

#include "base/buf.h"
#include "eforms.h"
#include "node.h"
#include "tender/cpv.h"

bool ted_legacy_recognise(const struct xml_node *root)
{
	return str_eq(root->name, STR("TED_EXPORT"));
}

/* shared with the older forms */

/* Line ends and indents inside a paragraph are those of the file, not of the text. */
static struct str paragraph(const struct xml_node *node, struct arena *arena)
{
	struct str text = xml_text_all(node, arena);
	char *out = arena_alloc(arena, text.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++) {
		bool blank = text.ptr[i] == ' ' || text.ptr[i] == '\n' || text.ptr[i] == '\t';

		if (!blank)
			out[n++] = text.ptr[i];
		else if (n && out[n - 1] != ' ')
			out[n++] = ' ';
	}
	return notice_text_repair(str_n(out, n), arena);
}

struct str ted_legacy_text(const struct xml_node *node, char glue, struct arena *arena)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(2 * XML_TEXT_MAX);
	const struct xml_node *p = xml_child(node, "P");

	if (!node)
		return STR_NONE;
	if (!p)
		return paragraph(node, arena);
	for (; p; p = xml_next(p, "P")) {
		struct str text = paragraph(p, arena);

		if (!text.len)
			continue;
		if (out.len)
			buf_addc(&out, glue);
		buf_adds(&out, text);
	}
	return out.len ? arena_dup(arena, buf_str(&out)) : STR_NONE;
}

bool ted_legacy_amount(
	const struct xml_node *node, struct str currency, struct arena *arena, struct money *ret)
{
	struct str text = xml_attr(node, "FMTVAL");

	if (!str_given(text))
		text = node_own_text(node, arena);
	return str_given(text) && money_parse(text, currency, ret) && ret->cents > 0;
}

void ted_legacy_cpv(
	const struct xml_node *node, const char *path, struct arena *arena, struct codes *cpv)
{
	const struct xml_node *code;
	struct xml_walk walk = { 0 };

	while ((code = xml_walk(&walk, node, path)))
		codes_add(cpv, arena, cpv_parse(xml_attr(code, "CODE"), arena));
}

void ted_legacy_places(
	const struct xml_node *node, const char *path, struct arena *arena, struct codes *places)
{
	const struct xml_node *code;
	struct xml_walk walk = { 0 };

	while ((code = xml_walk(&walk, node, path)))
		if (!str_eq(str_trim(xml_attr(code, "CODE")), STR("00"))) /* not specified */
			codes_add(places, arena, xml_attr(code, "CODE"));
}

struct str ted_legacy_lot_id(struct str written, size_t number, struct arena *arena)
{
	unsigned value;

	if (!str_given(written))
		return arena_printf(arena, "LOT-%04zu", number);
	return str_to_uint(written, 9999, &value) ? arena_printf(arena, "LOT-%04u", value)
						  : written;
}

struct str ted_legacy_country(struct str code)
{
	code = str_trim(code);
	if (str_eq(code, STR("UK")))
		return STR("GB");
	if (str_eq(code, STR("EL")))
		return STR("GR");
	return code.len == 2 ? code : STR_NONE;
}

/* kind */

/*
 * TD_DOCUMENT_TYPE (list of the Publications Office, schemas 8 and 9). Codes "with call for
 * competition" are competition, as their eForms successors pin-cfc-* and qu-sy are; the converter of
 * the Publications Office makes qu-sy of Q too. K, a contract modification, became can-modif. 8 and 9
 * (other, not applicable) say nothing.
 */
static const struct {
	char code;
	enum notice_kind stage;
} stages[] = {
	{ '0', NOTICE_PLANNING },     /* prior information without call */
	{ '3', NOTICE_COMPETITION },  /* contract notice */
	{ '4', NOTICE_COMPETITION },  /* prequalification */
	{ '5', NOTICE_COMPETITION },  /* request for proposals */
	{ '6', NOTICE_PLANNING },     /* general information */
	{ '7', NOTICE_RESULT },       /* contract award */
	{ 'A', NOTICE_COMPETITION },  /* prior information with call */
	{ 'B', NOTICE_PLANNING },     /* buyer profile */
	{ 'C', NOTICE_COMPETITION },  /* works concession */
	{ 'D', NOTICE_COMPETITION },  /* design contest */
	{ 'E', NOTICE_COMPETITION },  /* works contracts of a concessionnaire */
	{ 'F', NOTICE_COMPETITION },  /* subcontract */
	{ 'G', NOTICE_REGISTRATION }, /* European economic interest grouping */
	{ 'H', NOTICE_COMPETITION },  /* services concession */
	{ 'I', NOTICE_COMPETITION },  /* call for expressions of interest */
	{ 'J', NOTICE_RESULT },       /* concession award */
	{ 'K', NOTICE_RESULT },       /* modification of a contract during its term */
	{ 'M', NOTICE_COMPETITION },  /* periodic indicative with call */
	{ 'O', NOTICE_COMPETITION },  /* qualification system with call */
	{ 'P', NOTICE_PLANNING },     /* periodic indicative without call */
	{ 'Q', NOTICE_COMPETITION },  /* qualification system without call */
	{ 'R', NOTICE_RESULT },       /* results of a design contest */
	{ 'S', NOTICE_REGISTRATION }, /* European company */
	{ 'V', NOTICE_DIRECT_AWARD }, /* voluntary ex ante transparency */
	{ 'Y', NOTICE_COMPETITION },  /* dynamic purchasing system */
};

static void read_kind(const struct xml_node *codes, struct notice *n)
{
	struct str code = xml_attr(xml_child(codes, "TD_DOCUMENT_TYPE"), "CODE");
	char c = code.len == 1 ? code.ptr[0] : '8';

	for (size_t i = 0; i < LENGTH(stages); i++)
		if (stages[i].code == c)
			n->stage = stages[i].stage;
	/* 1 corrigenda, 2 additional information: nothing says what is corrected; mostly calls are. */
	n->kind = c == '1' || c == '2' ? NOTICE_CHANGE : n->stage;
}

/* the coded header */

/* "20210318" to "2021-03-18"; anything else as it is. */
static struct str iso_of(struct str text, struct arena *arena)
{
	if (!str_digits(text) || text.len != 8)
		return text;
	return arena_printf(arena, "%.4s-%.2s-%.2s", text.ptr, text.ptr + 4, text.ptr + 6);
}

/* "20210318 12:00". */
static struct deadline header_deadline(struct str text, struct arena *arena)
{
	size_t blank = str_find_char(text, ' ');
	struct deadline d = deadline_read_pair(iso_of(str_sub(text, 0, blank), arena),
		blank == SIZE_MAX ? STR_NONE : str_from(text, blank), arena);

	d.text = text;
	return d;
}

enum notice_nature ted_legacy_nature(struct str code)
{
	static const struct {
		const char *code;
		enum notice_nature nature;
	} natures[] = { { "1", NATURE_WORKS }, { "2", NATURE_SUPPLIES }, { "4", NATURE_SERVICES },
		{ "WORKS", NATURE_WORKS }, { "SUPPLIES", NATURE_SUPPLIES },
		{ "SERVICES", NATURE_SERVICES } };

	for (size_t i = 0; i < LENGTH(natures); i++)
		if (str_eqz(code, natures[i].code))
			return natures[i].nature;
	return NATURE_NONE;
}

/* PR_PROC to the eForms list; E (concession award), Z, 8 and 9 say no procedure. */
static struct str procedure_of(struct str code)
{
	static const struct {
		char code;
		const char *procedure;
	} procedures[] = { { '1', "open" }, { '2', "restricted" }, { '3', "restricted" },
		{ '4', "neg-w-call" }, { '6', "neg-w-call" }, { 'A', "neg-wo-call" },
		{ 'B', "neg-w-call" }, { 'C', "comp-dial" }, { 'F', "neg-wo-call" },
		{ 'G', "innovation" }, { 'T', "neg-wo-call" }, { 'V', "neg-wo-call" } };

	for (size_t i = 0; code.len == 1 && i < LENGTH(procedures); i++)
		if (code.ptr[0] == procedures[i].code)
			return str_of(procedures[i].procedure);
	return STR_NONE;
}

static void add_links(
	const struct xml_node *node, const char *path, struct arena *arena, struct notice *n)
{
	const struct xml_node *number;
	struct xml_walk walk = { 0 };

	while ((number = xml_walk(&walk, node, path))) {
		struct str ref =
			ted_cited_ref(ted_journal_ref(node_own_text(number, arena), arena), arena);

		if (!str_eq(ref, n->ref))
			notice_link_add(n, arena,
				n->kind == NOTICE_CHANGE ? LINK_CHANGES : LINK_FOLLOWS, ref);
	}
}

/*
 * R2.0.8 keeps the amounts of all forms in the header: one for the whole (GLOBAL), and in an award one
 * for each CONTRACT. Of a range the upper end is a ceiling of what will be spent; between offers it is
 * nothing. The only contract of an award is its total.
 */
static void read_values_list(const struct xml_node *list, struct arena *arena, struct notice *n)
{
	const struct xml_node *values = xml_child(list, "VALUES"), *single = NULL, *range = NULL;
	const struct xml_node *contract = NULL, *value;
	size_t contracts = 0;
	struct money amount;

	for (; values; values = xml_next(values, "VALUES")) {
		if (str_eq(xml_attr(values, "TYPE"), STR("GLOBAL"))) {
			single = xml_find(values, "SINGLE_VALUE/VALUE");
			range = xml_find(values, "RANGE_VALUE/VALUE");
		} else if (str_eq(xml_attr(values, "TYPE"), STR("CONTRACT"))) {
			contract = xml_find(values, "SINGLE_VALUE/VALUE");
			contracts++;
		}
	}
	value = single;
	if (ted_legacy_awarded(n) && !value && contracts == 1)
		value = contract;
	if (ted_legacy_amount(value, xml_attr(value, "CURRENCY"), arena, &amount)) {
		n->value = amount;
		n->value_kind = ted_legacy_awarded(n) ? VALUE_AWARD : VALUE_ESTIMATE;
		return;
	}
	value = range ? xml_next(range, "VALUE") : NULL;
	if (!ted_legacy_awarded(n) &&
		ted_legacy_amount(value, xml_attr(value, "CURRENCY"), arena, &amount)) {
		n->value = amount;
		n->value_kind = VALUE_CEILING;
	}
}

/* R2.0.9 repeats the amounts of the form here, also those that the form leaves to its other sections. */
static void read_header_value(const struct xml_node *data, struct arena *arena, struct notice *n)
{
	bool awarded = ted_legacy_awarded(n);
	struct str wanted = awarded ? STR("PROCUREMENT_TOTAL") : STR("ESTIMATED_TOTAL");
	const struct xml_node *value = xml_find(data, "VALUES/VALUE");
	struct money amount;

	for (; value && n->value_kind == VALUE_NONE; value = xml_next(value, "VALUE"))
		if (str_eq(xml_attr(value, "TYPE"), wanted) &&
			ted_legacy_amount(value, xml_attr(value, "CURRENCY"), arena, &amount)) {
			n->value = amount;
			n->value_kind = awarded ? VALUE_AWARD : VALUE_ESTIMATE;
		}
}

static void read_header(const struct xml_node *root, struct arena *arena, struct notice *n)
{
	const struct xml_node *coded = xml_child(root, "CODED_DATA_SECTION");
	const struct xml_node *data = xml_child(coded, "NOTICE_DATA");
	const struct xml_node *codes = xml_child(coded, "CODIF_DATA");
	struct str deadline = node_text(codes, "DT_DATE_FOR_SUBMISSION", arena), ref;

	read_kind(codes, n);
	ref = str_trim(xml_attr(root, "DOC_ID"));
	if (!str_given(ref))
		ref = ted_cited_ref(ted_journal_ref(node_text(data, "NO_DOC_OJS", arena), arena),
			arena);
	notice_set_id(n, arena, STR("ted"), ref);
	n->notice_uuid = node_text(root, "FORM_SECTION/NOTICE_UUID", arena);
	n->published = day_parse(iso_of(node_text(coded, "REF_OJS/DATE_PUB", arena), arena));
	n->deadline = header_deadline(deadline, arena);
	n->nature = ted_legacy_nature(xml_attr(xml_child(codes, "NC_CONTRACT_NATURE"), "CODE"));
	n->procedure = procedure_of(xml_attr(xml_child(codes, "PR_PROC"), "CODE"));
	read_values_list(xml_child(data, "VALUES_LIST"), arena, n);
	add_links(data, "REF_NOTICE/NO_DOC_OJS", arena, n);
}

/* The element at that path in the language of the notice; NULL without. */
static const struct xml_node *in_language(
	const struct xml_node *root, const char *path, struct str language)
{
	const struct xml_node *node;
	struct xml_walk walk = { 0 };

	while ((node = xml_walk(&walk, root, path)))
		if (str_eq(xml_attr(node, "LG"), language))
			break;
	return node;
}

/* What the form left open, and what the header adds to its lists. */
static void complete(
	const struct xml_node *root, struct str language, struct arena *arena, struct notice *n)
{
	const struct xml_node *data = xml_find(root, "CODED_DATA_SECTION/NOTICE_DATA");
	bool placed = n->places.n > 0;

	for (size_t i = 0; i < n->n_lots; i++)
		placed |= n->lots[i].places.n > 0;
	read_header_value(data, arena, n);
	ted_legacy_cpv(data, "ORIGINAL_CPV", arena, &n->cpv);
	ted_legacy_places(data, "PERFORMANCE_NUTS", arena, &n->places);
	/* Before 2018 that was its name; the buyer's own place is CA_CE_NUTS. */
	if (!placed && n->places.n == 0)
		ted_legacy_places(data, "ORIGINAL_NUTS", arena, &n->places);
	if (!str_given(n->buyer.country))
		n->buyer.country =
			ted_legacy_country(xml_attr(xml_child(data, "ISO_COUNTRY"), "VALUE"));
	/* "France-Paris: Assurances": what TED makes of every notice. */
	if (!str_given(n->title))
		n->title = ted_legacy_text(
			xml_child(in_language(root, "TRANSLATION_SECTION/ML_TITLES/ML_TI_DOC", language),
				"TI_TEXT"),
			' ', arena);
	if (!str_given(n->buyer.name))
		n->buyer.name = ted_legacy_text(
			in_language(root, "TRANSLATION_SECTION/ML_AA_NAMES/AA_NAME", language), ' ', arena);
}

/*
 * The original, in French when the buyer wrote it in several languages. NOTICE_UUID, which may stand
 * before the forms, has no CATEGORY. A copy cut down to one language may hold a translation alone.
 */
static const struct xml_node *original_form(const struct xml_node *root)
{
	const struct xml_node *section = xml_child(root, "FORM_SECTION"), *first = NULL, *other = NULL;
	const struct xml_node *form = section ? section->child : NULL;

	for (; form; form = form->next) {
		bool french = str_eq(xml_attr(form, "LG"), STR("FR"));

		if (!str_eq(xml_attr(form, "CATEGORY"), STR("ORIGINAL"))) {
			if (str_given(xml_attr(form, "LG")) && (!other || french))
				other = form;
			continue;
		}
		if (french)
			return form;
		if (!first)
			first = form;
	}
	return first ? first : other;
}

/* "FR" to "fr". */
static struct str language_of(struct str code, struct arena *arena)
{
	if (code.len != 2)
		return STR_NONE;
	return arena_printf(arena, "%c%c", code.ptr[0] | 0x20, code.ptr[1] | 0x20);
}

/* EEIG, of companies, has the free text of OTH_NOT and no FD_ element around it. */
static bool is_old(const struct xml_node *form)
{
	return (form->child && str_starts(form->child->name, "FD_")) || str_eq(form->name, STR("EEIG"));
}

/* Title and summary of the forms in other languages: further originals, translations. */
static void read_wordings(const struct xml_node *root, const struct xml_node *shown,
	struct arena *arena, struct notice *n)
{
	enum { FORMS_MAX = 32 }; /* the Union has 24 official languages */
	const struct xml_node *section = xml_child(root, "FORM_SECTION"), *form;
	size_t capacity = 0;

	for (form = section ? section->child : NULL; form && n->n_wordings < FORMS_MAX;
		form = form->next) {
		struct wording w = { .language = language_of(xml_attr(form, "LG"), arena) };
		struct xml_walk titles = { 0 }, texts = { 0 };
		bool again = form == shown || !str_given(w.language) ||
			     str_eq(w.language, n->language);

		for (size_t i = 0; i < n->n_wordings; i++)
			again |= str_eq(n->wordings[i].language, w.language);
		if (again)
			continue;
		w.title = ted_legacy_text(
			xml_walk(&titles, form, is_old(form) ? "**/TITLE_CONTRACT" : "OBJECT_CONTRACT/TITLE"),
			' ', arena);
		w.description = ted_legacy_text(
			xml_walk(&texts, form,
				is_old(form) ? "**/SHORT_CONTRACT_DESCRIPTION"
					     : "OBJECT_CONTRACT/SHORT_DESCR"),
			'\n', arena);
		if (!str_given(w.title) && !str_given(w.description))
			continue;
		arena_grow(arena, n->wordings, n->n_wordings, &capacity);
		n->wordings[n->n_wordings++] = w;
	}
}

int ted_legacy_read(const struct xml_node *root, struct str bytes, struct arena *arena,
	struct notice *ret, struct error *err)
{
	const struct xml_node *form = original_form(root);
	struct notice n;
	struct str language;
	int r;

	(void)bytes;
	if (!form)
		return error_set(
			err, ERROR_INPUT, "TED_EXPORT without a form in any language");
	notice_init(&n);
	read_header(root, arena, &n);
	language = xml_attr(form, "LG");
	n.language = language_of(language, arena);
	n.notice_type = str_trim(xml_attr(form, "FORM"));
	add_links(form, "**/NOTICE_NUMBER_OJ", arena, &n);
	r = is_old(form) ? ted_legacy_old_form(form, arena, &n, err)
			 : ted_legacy_form(form, arena, &n, err);
	if (r < 0)
		return r;
	complete(root, language, arena, &n);
	read_wordings(root, form, arena, &n);
	r = notice_finish(&n, arena, err);
	if (r < 0)
		return r;
	*ret = n;
	return 0;
}
