#include "ocds.h"

#include "codes.h"
#include "eforms.h"
#include "node.h"
#include "ted_legacy.h"
#include "tender/cpv.h"
#include "tender/ident.h"
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

static struct str text_at(const struct json_value *value, const char *path, struct arena *arena)
{
	/* A copy: the document goes before the notice does. */
	return notice_text_repair(
		arena_dup(arena, json_scalar(json_find(value, path), arena)), arena);
}

static bool said(const struct json_value *value, const char *path, const char *word)
{
	return str_eqz(json_str(json_find(value, path)), word);
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
	else if (!tender || said(tender, "status", "planning") || said(tender, "status", "planned"))
		n->stage = NOTICE_PLANNING;
	n->kind = n->stage;
	if (said(tender, "status", "cancelled") || said(tender, "status", "withdrawn"))
		n->kind = NOTICE_CANCELLATION;
}

/* buyer */

static bool has_role(const struct json_value *party, const char *role)
{
	const struct json_value *roles = json_get(party, "roles");

	for (size_t i = 0; i < json_count(roles); i++)
		if (str_eqz(json_str(json_at(roles, i)), role))
			return true;
	return false;
}

/*
 * The party an organisation refers to, else the first with that role. Version 1.0 knows no parties:
 * there the organisation says itself what a party says.
 */
static const struct json_value *party_of(const struct json_value *release,
	const struct json_value *organisation, const char *role, struct arena *arena)
{
	const struct json_value *parties = json_get(release, "parties"), *first = NULL;
	struct str id = json_scalar(json_get(organisation, "id"), arena);

	for (size_t i = 0; i < json_count(parties); i++) {
		const struct json_value *party = json_at(parties, i);

		if (str_given(id) && str_eq(json_scalar(json_get(party, "id"), arena), id))
			return party;
		if (!first && has_role(party, role))
			first = party;
	}
	return first ? first : organisation;
}

/* Lists of identifiers are named after their country: FR-RCS, GB-COH, UA-EDR (org-id.guide). */
static struct str country_of(const struct json_value *party, struct str scheme, struct arena *arena)
{
	struct str country = country_alpha2(text_at(party, "address/country", arena));

	if (!str_given(country))
		country = country_alpha2(text_at(party, "address/countryName", arena));
	if (!str_given(country) && scheme.len > 2 && scheme.ptr[2] == '-')
		country = country_alpha2(str_sub(scheme, 0, 2));
	return country;
}

/* The procuring entity buys for a buyer; where no buyer is named, it is all that is known of one. */
static void read_buyer(const struct json_value *release, struct arena *arena, struct party *buyer)
{
	static const struct {
		const char *path, *role;
	} ways[] = { { "buyer", "buyer" }, { "tender/procuringEntity", "procuringEntity" } };
	const struct json_value *organisation = NULL, *party = NULL;
	struct str scheme;

	for (size_t i = 0; i < LENGTH(ways) && !party; i++) {
		organisation = json_find(release, ways[i].path);
		party = party_of(release, organisation, ways[i].role, arena);
	}
	buyer->name = text_at(organisation, "name", arena);
	if (!str_given(buyer->name))
		buyer->name = text_at(party, "name", arena);
	if (!str_given(buyer->name))
		buyer->name = text_at(release, "tender/procuringEntity/name", arena);
	buyer->id = ident_clean(text_at(party, "identifier/id", arena), arena);
	if (!str_given(buyer->id))
		buyer->id = ident_clean(text_at(organisation, "id", arena), arena);
	buyer->city = text_at(party, "address/locality", arena);
	scheme = text_at(party, "identifier/scheme", arena);
	buyer->country = country_of(party, scheme, arena);
	/* A postcode without a country would be taken for a French one. */
	if (str_given(buyer->country))
		buyer->postcode = text_at(party, "address/postalCode", arena);
}

/* amounts */

static bool read_amount(const struct json_value *value, struct arena *arena, struct money *ret)
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

		if (said(award, "status", "cancelled") || said(award, "status", "unsuccessful") ||
			!read_amount(json_get(award, "value"), arena, &amount))
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

static void read_value(const struct json_value *release, struct arena *arena, struct notice *n)
{
	struct money amount;

	if (n->stage == NOTICE_RESULT && awarded_total(release, arena, &amount)) {
		n->value = amount;
		n->value_kind = VALUE_AWARD;
	} else if (read_amount(json_find(release, "tender/value"), arena, &amount) ||
		   read_amount(json_find(release, "planning/budget/amount"), arena, &amount)) {
		n->value = amount;
		n->value_kind = VALUE_ESTIMATE;
	}
}

/* awards and contracts */

/* Lists are walked for each reference: what more than so many steps would find is left out. */
enum { OCDS_AWARDS_MAX = 1000, OCDS_STEPS_MAX = 2000000, RELATED_MAX = 100 };

/* The first of a list whose member `key` is that id. */
static const struct json_value *with_id(const struct json_value *list, const char *key,
	struct str id, size_t *steps, struct arena *arena)
{
	for (size_t i = 0; str_given(id) && i < json_count(list) && *steps < OCDS_STEPS_MAX; i++) {
		const struct json_value *value = json_at(list, i);

		++*steps;
		if (str_eq(json_scalar(json_get(value, key), arena), id))
			return value;
	}
	return NULL;
}

/* details.scale of a party (extension of the standard): micro, sme, large. */
static void read_supplier(const struct json_value *release, const struct json_value *supplier,
	size_t *steps, struct arena *arena, struct winner *ret)
{
	const struct json_value *party = with_id(json_get(release, "parties"), "id",
		json_scalar(json_get(supplier, "id"), arena), steps, arena);

	if (!party)
		party = supplier; /* version 1.0 */
	*ret = (struct winner){ .size = COMPANY_NONE };
	ret->party.name = text_at(supplier, "name", arena);
	if (!str_given(ret->party.name))
		ret->party.name = text_at(party, "name", arena);
	ret->party.id = ident_clean(text_at(party, "identifier/id", arena), arena);
	if (!str_given(ret->party.id))
		ret->party.id = ident_clean(text_at(supplier, "id", arena), arena);
	ret->party.city = text_at(party, "address/locality", arena);
	ret->party.country =
		country_of(party, text_at(party, "identifier/scheme", arena), arena);
	company_size_parse(json_str(json_find(party, "details/scale")), &ret->size);
}

static enum award_outcome outcome_of(const struct json_value *award)
{
	if (said(award, "status", "unsuccessful") || said(award, "status", "cancelled"))
		return AWARD_NOT_GIVEN;
	if (said(award, "status", "pending"))
		return AWARD_OPEN;
	return said(award, "status", "active") || json_count(json_get(award, "suppliers"))
		       ? AWARD_GIVEN
		       : AWARD_NONE;
}

static void read_period(const struct json_value *period, struct arena *arena, struct term *ret)
{
	unsigned days;

	ret->start = day_parse(str_sub(text_at(period, "startDate", arena), 0, 10));
	ret->end = day_parse(str_sub(text_at(period, "endDate", arena), 0, 10));
	if (str_to_uint(text_at(period, "durationInDays", arena), TERM_LENGTH_MAX, &days))
		term_set(ret, days, TERM_DAYS);
}

static void read_awards(const struct json_value *release, struct arena *arena, struct notice *n)
{
	const struct json_value *list = json_get(release, "awards");
	size_t count = json_count(list) < OCDS_AWARDS_MAX ? json_count(list) : OCDS_AWARDS_MAX;
	size_t steps = 0;

	n->awards = arena_array(arena, struct award, count);
	for (size_t i = 0; i < count; i++) {
		const struct json_value *value = json_at(list, i), *contract, *suppliers;
		struct award *award = &n->awards[n->n_awards++];
		size_t companies;

		award_init(award);
		contract = with_id(json_get(release, "contracts"), "awardID",
			json_scalar(json_get(value, "id"), arena), &steps, arena);
		suppliers = json_get(value, "suppliers");
		companies = json_count(suppliers) < WINNERS_MAX ? json_count(suppliers)
								       : WINNERS_MAX;
		award->lot = arena_dup(
			arena, json_scalar(json_at(json_get(value, "relatedLots"), 0), arena));
		award->outcome = outcome_of(value);
		award->contract = text_at(contract, "id", arena);
		award->decided = day_parse(str_sub(text_at(value, "date", arena), 0, 10));
		award->concluded = day_parse(str_sub(text_at(contract, "dateSigned", arena), 0, 10));
		if (!read_amount(json_get(value, "value"), arena, &award->value) &&
			!read_amount(json_get(contract, "value"), arena, &award->value))
			award->value = (struct money)MONEY_INIT;
		award->winners = arena_array(arena, struct winner, companies);
		for (size_t j = 0; j < companies; j++)
			read_supplier(release, json_at(suppliers, j), &steps, arena,
				&award->winners[award->n_winners++]);
		if (!term_given(&n->term))
			read_period(json_get(value, "contractPeriod"), arena, &n->term);
		if (!term_given(&n->term))
			read_period(json_get(contract, "period"), arena, &n->term);
	}
}

/* items and lots */

static void add_classification(
	const struct json_value *classification, struct arena *arena, struct codes *cpv)
{
	if (str_starts(json_str(json_get(classification, "scheme")), "CPV"))
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
	struct str region = text_at(item, "deliveryAddress/region", arena);

	add_classifications(item, arena, cpv);
	if (is_nuts(region))
		codes_add(places, arena, region);
	for (size_t i = 0; i < json_count(sites); i++) {
		region = text_at(json_at(sites, i), "region", arena);
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
		lot->id = text_at(value, "id", arena);
		if (!str_given(lot->id))
			lot->id = arena_printf(arena, "LOT-%04zu", i + 1);
		lot->title = text_at(value, "title", arena);
		lot->description = text_at(value, "description", arena);
		lot->deadline = deadline_read(text_at(value, "tenderPeriod/endDate", arena), arena);
		read_period(json_get(value, "contractPeriod"), arena, &lot->term);
		if (read_amount(json_get(value, "value"), arena, &lot->value))
			lot->value_kind = VALUE_ESTIMATE;
		else
			lot->value = (struct money)MONEY_INIT;
	}
	return 0;
}

static void read_items(const struct json_value *tender, struct arena *arena, struct notice *n)
{
	const struct json_value *items = json_get(tender, "items");

	for (size_t i = 0; i < json_count(items); i++) {
		const struct json_value *item = json_at(items, i);
		struct str related = text_at(item, "relatedLot", arena);
		struct codes *cpv = &n->cpv, *places = &n->places;

		for (size_t j = 0; str_given(related) && j < n->n_lots; j++)
			if (str_eq(n->lots[j].id, related)) {
				cpv = &n->lots[j].cpv;
				places = &n->lots[j].places;
				break;
			}
		read_item(item, arena, cpv, places);
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
		n->title = text_at(release, titles[i], arena);
	for (size_t i = 0; i < LENGTH(texts) && !str_given(n->description); i++)
		n->description = text_at(release, texts[i], arena);
}

/* The notice itself is the page, any other document the file to ask for. */
static void read_documents(const struct json_value *tender, struct arena *arena, struct notice *n)
{
	const struct json_value *documents = json_get(tender, "documents");

	for (size_t i = 0; i < json_count(documents); i++) {
		const struct json_value *document = json_at(documents, i);
		struct str url = node_url(text_at(document, "url", arena), arena);

		if (said(document, "documentType", "tenderNotice")) {
			if (!str_given(n->url))
				n->url = url;
		} else if (!str_given(n->documents_url)) {
			n->documents_url = url;
		}
	}
	if (!str_given(n->documents_url))
		n->documents_url =
			node_url(text_at(tender, "submissionMethodDetails", arena), arena);
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

/* By its ocid, or by the number of a notice in the Official Journal. */
static void add_related(const struct json_value *process, struct arena *arena, struct notice *n)
{
	struct str identifier = text_at(process, "identifier", arena);

	if (said(process, "scheme", "eu-oj"))
		identifier = ted_legacy_publication(identifier, arena);
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
	struct str text = text_at(tender, "tenderPeriod/endDate", arena);

	if (!str_given(text))
		text = text_at(tender, "expressionOfInterestDeadline", arena);
	return deadline_read(text, arena);
}

static int read_release(const struct json_value *release, struct str ocid, struct arena *arena,
	struct notice *n, struct error *err)
{
	const struct json_value *tender = json_get(release, "tender");
	struct str language = text_at(release, "language", arena);
	int r;

	notice_set_id(n, arena, STR("ocds"), ref_of(ocid, text_at(release, "id", arena), arena));
	n->procedure_id = ocid;
	if (!kind_of_tags(json_get(release, "tag"), n))
		kind_of_content(release, n);
	if (language.len >= 2)
		n->language = str_sub(language, 0, 2);
	n->published = day_parse(str_sub(text_at(release, "date", arena), 0, 10));
	read_texts(release, arena, n);
	read_buyer(release, arena, &n->buyer);
	n->nature = nature_of(json_str(json_get(tender, "mainProcurementCategory")));
	n->procedure = procedure_of(json_str(json_get(tender, "procurementMethod")));
	n->reference = text_at(tender, "id", arena);
	n->deadline = deadline_of(tender, arena);
	read_value(release, arena, n);
	read_period(json_get(tender, "contractPeriod"), arena, &n->term);
	read_awards(release, arena, n);
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
	r = read_release(release, text_at(record, "ocid", arena), arena, &n, err);
	if (r < 0)
		return r;
	r = notice_finish(&n, arena, err);
	if (r < 0)
		return r;
	unread_members(release, UNREAD_OCDS, arena, &n.unread);
	*ret = n;
	return 0;
}
