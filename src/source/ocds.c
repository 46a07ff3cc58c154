#include "ocds.h"

#include <stdlib.h>

#include "eforms.h"
#include "node.h"
#include "ted_legacy.h"
#include "tender/cpv.h"
#include "unread.h"

bool ocds_is_record(const struct json_value *value)
{
	static const char *const keys[] = { "tag", "tender", "planning", "awards", "contracts",
		"buyer", "compiledRelease", "releases" };

	if (json_type(json_get(value, "ocid")) != JSON_STRING)
		return false;
	for (size_t i = 0; i < LENGTH(keys); i++)
		if (json_get(value, keys[i]))
			return true;
	return false;
}

/* kind */

/*
 * Code list releaseTag. A release may carry several: the one that stands last in the life of a
 * purchase counts, that is the lowest of this table.
 */
static const struct {
	const char *tag;
	enum notice_kind kind, stage;
} tags[] = {
	{ "planning", NOTICE_PLANNING, NOTICE_PLANNING },
	{ "planningUpdate", NOTICE_CHANGE, NOTICE_PLANNING },
	{ "tender", NOTICE_COMPETITION, NOTICE_COMPETITION },
	{ "tenderAmendment", NOTICE_CHANGE, NOTICE_COMPETITION },
	{ "tenderUpdate", NOTICE_CHANGE, NOTICE_COMPETITION },
	{ "tenderCancellation", NOTICE_CANCELLATION, NOTICE_COMPETITION },
	{ "award", NOTICE_RESULT, NOTICE_RESULT },
	{ "awardUpdate", NOTICE_RESULT, NOTICE_RESULT },
	{ "awardCancellation", NOTICE_RESULT, NOTICE_RESULT },
	{ "contract", NOTICE_RESULT, NOTICE_RESULT },
	{ "contractUpdate", NOTICE_RESULT, NOTICE_RESULT },
	{ "contractAmendment", NOTICE_RESULT, NOTICE_RESULT },
	{ "implementation", NOTICE_RESULT, NOTICE_RESULT },
	{ "implementationUpdate", NOTICE_RESULT, NOTICE_RESULT },
	{ "contractTermination", NOTICE_RESULT, NOTICE_RESULT },
};

static bool kind_of_tags(const struct json_value *list, struct notice *n)
{
	size_t last = LENGTH(tags);

	for (size_t i = 0; i < json_count(list); i++)
		for (size_t j = 0; j < LENGTH(tags); j++)
			if (str_eqz(json_str(json_at(list, i)), tags[j].tag) &&
				(last == LENGTH(tags) || j > last))
				last = j;
	if (last == LENGTH(tags))
		return false;
	n->kind = tags[last].kind;
	n->stage = tags[last].stage;
	n->notice_type = str_of(tags[last].tag);
	return true;
}

/* "compiled" says nothing: what the process has got to does. */
static void kind_of_content(const struct json_value *release, struct notice *n)
{
	const struct json_value *tender = json_get(release, "tender");

	n->stage = NOTICE_COMPETITION;
	if (json_count(json_get(release, "awards")) || json_count(json_get(release, "contracts")))
		n->stage = NOTICE_RESULT;
	else if (!tender || ocds_said(tender, "status", "planning") || ocds_said(tender, "status", "planned"))
		n->stage = NOTICE_PLANNING;
	n->kind = n->stage;
}

/* Not every publisher has the tag tenderCancellation beside the status. */
static bool is_called_off(const struct json_value *tender)
{
	return ocds_said(tender, "status", "cancelled") || ocds_said(tender, "status", "withdrawn");
}

/* items and lots */

static void add_classification(
	const struct json_value *classification, struct arena *arena, struct codes *cpv)
{
	if (str_eq_nocase(str_sub(json_str(json_get(classification, "scheme")), 0, 3), STR("CPV")))
		codes_add(cpv, arena,
			cpv_parse(json_scalar(json_get(classification, "id"), arena), arena));
}

/* Of an item; of the tender as a whole in an extension. */
static void add_classifications(
	const struct json_value *value, struct arena *arena, struct codes *cpv)
{
	const struct json_value *more = json_get(value, "additionalClassifications");

	add_classification(json_get(value, "classification"), arena, cpv);
	for (size_t i = 0; i < json_count(more); i++)
		add_classification(json_at(more, i), arena, cpv);
}

static bool is_nuts(struct str text)
{
	if (text.len < 2 || text.len > 5)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		bool letter = text.ptr[i] >= 'A' && text.ptr[i] <= 'Z';

		if (!letter && (i < 2 || text.ptr[i] < '0' || text.ptr[i] > '9'))
			return false;
	}
	return true;
}

static void read_item(
	const struct json_value *item, struct arena *arena, struct codes *cpv, struct codes *places)
{
	const struct json_value *sites = json_get(item, "deliveryAddresses");
	struct str region = ocds_text(item, "deliveryAddress/region", arena);

	add_classifications(item, arena, cpv);
	if (is_nuts(region))
		codes_add(places, arena, region);
	for (size_t i = 0; i < json_count(sites); i++) {
		region = ocds_text(json_at(sites, i), "region", arena);
		if (is_nuts(region))
			codes_add(places, arena, region);
	}
}

static int read_lots(
	const struct json_value *tender, struct arena *arena, struct notice *n, struct error *err)
{
	const struct json_value *lots = json_get(tender, "lots");
	size_t count = json_count(lots);

	if (count > NOTICE_LOTS_MAX)
		return error_set(err, ERROR_LIMIT, "the notice has %zu lots, more than %d", count,
			NOTICE_LOTS_MAX);
	n->lots = arena_array(arena, struct lot, count);
	for (size_t i = 0; i < count; i++) {
		const struct json_value *value = json_at(lots, i);
		struct lot *lot = &n->lots[n->n_lots++];

		lot_init(lot);
		lot->id = ocds_text(value, "id", arena);
		if (!str_given(lot->id))
			lot->id = arena_printf(arena, "LOT-%04zu", i + 1);
		lot->title = ocds_text(value, "title", arena);
		lot->description = ocds_text(value, "description", arena);
		lot->deadline = deadline_read(ocds_text(value, "tenderPeriod/endDate", arena), arena);
		ocds_period(json_get(value, "contractPeriod"), arena, &lot->term);
		if (ocds_amount(json_get(value, "value"), arena, &lot->value))
			lot->value_kind = VALUE_ESTIMATE;
		else
			lot->value = (struct money)MONEY_INIT;
	}
	return 0;
}

static int compare_lots(const void *a, const void *b)
{
	const struct lot *const *x = a, *const *y = b;

	return str_cmp((*x)->id, (*y)->id);
}

/* There may be as many items as a document holds, each of one of many lots. */
static void read_items(const struct json_value *tender, struct arena *arena, struct notice *n)
{
	const struct json_value *items = json_get(tender, "items");
	struct lot **by_id = arena_array(arena, struct lot *, n->n_lots);

	for (size_t i = 0; i < n->n_lots; i++)
		by_id[i] = &n->lots[i];
	qsort(by_id, n->n_lots, sizeof(*by_id), compare_lots);
	for (size_t i = 0; i < json_count(items); i++) {
		const struct json_value *item = json_at(items, i);
		struct lot wanted = { .id = ocds_text(item, "relatedLot", arena) }, *key = &wanted;
		struct lot **lot = str_given(wanted.id)
					   ? bsearch(&key, by_id, n->n_lots, sizeof(*by_id), compare_lots)
					   : NULL;

		read_item(item, arena, lot ? &(*lot)->cpv : &n->cpv, lot ? &(*lot)->places : &n->places);
	}
}

/* release */

static enum notice_nature nature_of(struct str category)
{
	static const struct {
		const char *category;
		enum notice_nature nature;
	} natures[] = { { "goods", NATURE_SUPPLIES }, { "works", NATURE_WORKS },
		{ "services", NATURE_SERVICES } };

	for (size_t i = 0; i < LENGTH(natures); i++)
		if (str_eqz(category, natures[i].category))
			return natures[i].nature;
	return NATURE_NONE;
}

static struct str procedure_of(struct str method)
{
	if (str_eq(method, STR("open")))
		return STR("open");
	if (str_eq(method, STR("selective")))
		return STR("restricted");
	return str_eq(method, STR("limited")) || str_eq(method, STR("direct")) ? STR("neg-wo-call")
									       : STR_NONE;
}

static void read_texts(const struct json_value *release, struct arena *arena, struct notice *n)
{
	static const char *const titles[] = { "tender/title", "title", "planning/project",
		"planning/budget/project", "awards/title", "contracts/title", "tender/description",
		"description", "awards/description", "planning/rationale" };
	static const char *const texts[] = { "tender/description", "description",
		"awards/description", "contracts/description", "planning/rationale" };

	for (size_t i = 0; i < LENGTH(titles) && !str_given(n->title); i++)
		n->title = ocds_text(release, titles[i], arena);
	for (size_t i = 0; i < LENGTH(texts) && !str_given(n->description); i++)
		n->description = ocds_text(release, texts[i], arena);
}

/* The notice itself is the page, any other document the file to ask for. */
static void read_documents(const struct json_value *tender, struct arena *arena, struct notice *n)
{
	const struct json_value *documents = json_get(tender, "documents");

	for (size_t i = 0; i < json_count(documents); i++) {
		const struct json_value *document = json_at(documents, i);
		struct str url = node_url(ocds_text(document, "url", arena), arena);

		if (ocds_said(document, "documentType", "tenderNotice")) {
			if (!str_given(n->url))
				n->url = url;
		} else if (!str_given(n->documents_url)) {
			n->documents_url = url;
		}
	}
	if (!str_given(n->documents_url))
		n->documents_url =
			node_url(ocds_text(tender, "submissionMethodDetails", arena), arena);
}

/* A record's own release: how it stands, else the last of those it holds. */
static const struct json_value *release_of(const struct json_value *record)
{
	const struct json_value *compiled = json_get(record, "compiledRelease");
	const struct json_value *releases = json_get(record, "releases");
	size_t count = json_count(releases);

	if (json_type(compiled) == JSON_OBJECT)
		return compiled;
	if (!releases)
		return record;
	while (count > 0 && !json_get(json_at(releases, count - 1), "ocid"))
		count--;
	return count ? json_at(releases, count - 1) : NULL;
}

static struct str ref_of(struct str ocid, struct str id, struct arena *arena)
{
	if (!str_given(id) || str_eq(id, ocid))
		return ocid;
	if (id.len > ocid.len && str_eq(str_sub(id, 0, ocid.len), ocid))
		return id;
	return arena_printf(arena, "%.*s-%.*s", STR_ARG(ocid), STR_ARG(id));
}

enum { RELATED_MAX = 100 };

/* By its ocid, or by the number of a notice in the Official Journal. */
static void add_related(const struct json_value *process, struct arena *arena, struct notice *n)
{
	struct str identifier = ocds_text(process, "identifier", arena);

	if (ocds_said(process, "scheme", "eu-oj"))
		ted_link_add(n, arena, LINK_FOLLOWS, identifier);
	else
		notice_link_add(n, arena, LINK_FOLLOWS, identifier);
}

/*
 * Code list relatedProcess: what is planned and what came before are of one purchase, a framework and the
 * contracts under it are not.
 */
static void read_related(const struct json_value *release, struct arena *arena, struct notice *n)
{
	const struct json_value *list = json_get(release, "relatedProcesses");

	for (size_t i = 0; i < json_count(list) && i < RELATED_MAX; i++) {
		const struct json_value *process = json_at(list, i), *kinds = json_get(process, "relationship");

		for (size_t k = 0; k < json_count(kinds) && k < RELATED_MAX; k++)
			if (str_eqz(json_str(json_at(kinds, k)), "planning") ||
				str_eqz(json_str(json_at(kinds, k)), "prior"))
				add_related(process, arena, n);
	}
}

/* The day to ask to take part by is that of an extension: two stages have no other. */
static struct deadline deadline_of(const struct json_value *tender, struct arena *arena)
{
	struct str text = ocds_text(tender, "tenderPeriod/endDate", arena);

	if (!str_given(text))
		text = ocds_text(tender, "expressionOfInterestDeadline", arena);
	return deadline_read(text, arena);
}

static int read_release(const struct json_value *release, struct str ocid, struct arena *arena,
	struct notice *n, struct error *err)
{
	const struct json_value *tender = json_get(release, "tender");
	struct str language = ocds_text(release, "language", arena);
	int r;

	notice_set_id(n, arena, STR("ocds"), ref_of(ocid, ocds_text(release, "id", arena), arena));
	n->procedure_id = ocid;
	if (!kind_of_tags(json_get(release, "tag"), n))
		kind_of_content(release, n);
	if (is_called_off(tender))
		n->kind = NOTICE_CANCELLATION;
	if (language.len >= 2)
		n->language = str_sub(language, 0, 2);
	n->published = day_parse(str_sub(ocds_text(release, "date", arena), 0, 10));
	read_texts(release, arena, n);
	ocds_buyer(release, arena, &n->buyer);
	n->nature = nature_of(json_str(json_get(tender, "mainProcurementCategory")));
	n->procedure = procedure_of(json_str(json_get(tender, "procurementMethod")));
	n->reference = ocds_text(tender, "id", arena);
	n->deadline = deadline_of(tender, arena);
	ocds_value(release, arena, n);
	ocds_period(json_get(tender, "contractPeriod"), arena, &n->term);
	ocds_awards(release, arena, n);
	read_documents(tender, arena, n);
	read_related(release, arena, n);
	add_classifications(tender, arena, &n->cpv);
	r = read_lots(tender, arena, n, err);
	if (r < 0)
		return r;
	read_items(tender, arena, n);
	return 0;
}

int ocds_read(struct str bytes, struct arena *arena, struct notice *ret, struct error *err)
{
	CLEANUP(json_freep) struct json *document = NULL;
	const struct json_value *record, *release;
	struct notice n;
	int r = json_parse(bytes, &document, err);

	if (r < 0)
		return r;
	record = json_root(document);
	release = release_of(record);
	if (!release)
		return error_set(err, ERROR_INPUT, "the OCDS record only links to its releases");
	notice_init(&n);
	r = read_release(release, ocds_text(record, "ocid", arena), arena, &n, err);
	if (r < 0)
		return r;
	r = notice_finish(&n, arena, err);
	if (r < 0)
		return r;
	unread_members(release, UNREAD_OCDS, arena, &n.unread);
	*ret = n;
	return 0;
}
