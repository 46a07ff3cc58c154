#include "eforms.h"

#include <inttypes.h>
#include <string.h>

#include "codes.h"
#include "node.h"
#include "tender/ident.h"

static const char oasis[] = "urn:oasis:names:specification:ubl:schema:xsd:";

static const char *const roots[] = { "ContractNotice", "ContractAwardNotice",
	"PriorInformationNotice", "BusinessRegistrationInformationNotice" };

bool eforms_is_root(struct str name)
{
	for (size_t i = 0; i < LENGTH(roots); i++)
		if (str_eqz(name, roots[i]))
			return true;
	return false;
}

bool eforms_recognise(const struct xml_node *root)
{
	return eforms_is_root(root->name) && str_starts(root->ns, oasis);
}

struct str eforms_ref(struct str text)
{
	struct str year = text, number;

	if (!str_cut(&year, '-', &number) || !str_digits(number) || !str_digits(year) ||
		year.len != 4)
		return text;
	while (text.len > year.len + 2 && text.ptr[0] == '0')
		text = str_from(text, 1);
	return text;
}

struct str ted_journal_ref(struct str text, struct arena *arena)
{
	struct str year = str_sub(text, 0, 4), number;
	size_t dash = str_rfind_char(text, '-');

	if (dash == SIZE_MAX)
		return STR_NONE;
	number = str_trim(str_from(text, dash + 1));
	if (year.len < 4 || !str_digits(year) || !str_digits(number) || str_digits(str_sub(text, 4, 5)))
		return STR_NONE;
	return arena_printf(arena, "%.*s-%.*s", STR_ARG(number), STR_ARG(year));
}

/*
 * Notices of the schemas before eForms keep the zeros of their six digits (DOC_ID "065427-2021"), and
 * may be cited with eight digits, without zeros, or as the Official Journal counted them.
 */
struct str ted_cited_ref(struct str text, struct arena *arena)
{
	enum { LEGACY_DIGITS = 6, LAST_LEGACY_YEAR = 2023 };
	struct str ref, rest, number;
	unsigned year;

	if (str_starts(str_from(text, 4), "/S") && str_given(ted_journal_ref(text, arena)))
		text = ted_journal_ref(text, arena);
	ref = rest = eforms_ref(text);

	if (!str_cut(&rest, '-', &number) || !str_digits(number) || number.len >= LEGACY_DIGITS ||
		rest.len != 4 || !str_to_uint(rest, LAST_LEGACY_YEAR, &year))
		return ref;
	return arena_printf(arena, "%0*d%.*s", LEGACY_DIGITS - (int)number.len, 0, STR_ARG(ref));
}

void notice_link_add(
	struct notice *notice, struct arena *arena, enum notice_link_kind kind, struct str ref)
{
	enum { LINKS_MAX = 200 };
	struct notice_link *links;

	ref = str_trim(ref);
	if (ref.len == 0 || notice->n_links >= LINKS_MAX)
		return;
	for (size_t i = 0; i < notice->n_links; i++)
		if (str_eq(notice->links[i].ref, ref))
			return;
	/* One or two in nearly every notice. */
	links = arena_array(arena, struct notice_link, notice->n_links + 1);
	if (notice->n_links)
		memcpy(links, notice->links, notice->n_links * sizeof(*links));
	links[notice->n_links++] = (struct notice_link){ kind, arena_dup(arena, ref) };
	notice->links = links;
}

void ted_link_add(
	struct notice *notice, struct arena *arena, enum notice_link_kind kind, struct str ref)
{
	notice_link_add(notice, arena, kind, ted_cited_ref(str_trim(ref), arena));
}

/* UUIDs are written in either case; as keys they must be one. */
static struct str lower(struct str text, struct arena *arena)
{
	char *copy;

	if (text.len == 0)
		return STR_NONE;
	copy = arena_alloc(arena, text.len + 1);
	for (size_t i = 0; i < text.len; i++)
		copy[i] = (char)(text.ptr[i] >= 'A' && text.ptr[i] <= 'Z' ? text.ptr[i] + 0x20
									  : text.ptr[i]);
	return str_n(copy, text.len);
}

bool eforms_amount(const struct xml_node *node, struct arena *arena, struct money *ret)
{
	struct str text = node_own_text(node, arena);

	if (!str_given(text))
		return false;
	return money_parse(text, xml_attr(node, "currencyID"), ret) && ret->cents > 0;
}

/* kind */

/* Form types of cbc:NoticeTypeCode/@listName (DOMAIN 2.6). */
static const struct {
	const char *form;
	enum notice_kind kind;
} forms[] = {
	{ "planning", NOTICE_PLANNING },
	{ "consultation", NOTICE_PLANNING },
	{ "competition", NOTICE_COMPETITION },
	{ "dir-awa-pre", NOTICE_DIRECT_AWARD },
	{ "result", NOTICE_RESULT },
	{ "cont-modif", NOTICE_RESULT },
	{ "completion", NOTICE_RESULT },
};

/* The same from the notice type, for documents that leave the form type out. First match. */
static const struct {
	const char *prefix;
	enum notice_kind kind;
} types[] = {
	{ "pin-cfc-", NOTICE_COMPETITION },
	{ "pin-", NOTICE_PLANNING },
	{ "pmc", NOTICE_PLANNING },
	{ "cn-", NOTICE_COMPETITION },
	{ "qu-sy", NOTICE_COMPETITION },
	{ "subco", NOTICE_COMPETITION },
	{ "veat", NOTICE_DIRECT_AWARD },
	{ "can-", NOTICE_RESULT },
	{ "compl", NOTICE_RESULT },
};

static enum notice_kind stage_of(const struct xml_node *root, struct str form, struct str type)
{
	for (size_t i = 0; i < LENGTH(forms); i++)
		if (str_eqz(form, forms[i].form))
			return forms[i].kind;
	for (size_t i = 0; i < LENGTH(types); i++)
		if (str_starts(type, types[i].prefix))
			return types[i].kind;
	if (str_eq(root->name, STR("ContractAwardNotice")))
		return NOTICE_RESULT;
	return str_eq(root->name, STR("PriorInformationNotice")) ? NOTICE_PLANNING
								 : NOTICE_COMPETITION;
}

static void fill_kind(const struct xml_node *root, const struct xml_node *changes,
	struct arena *arena, struct notice *n)
{
	const struct xml_node *code = xml_child(root, "NoticeTypeCode"), *reason;
	struct str form = xml_attr(code, "listName");
	struct xml_walk walk = { 0 };

	n->notice_type = node_own_text(code, arena);
	n->stage = stage_of(root, form, n->notice_type);
	n->kind = n->stage;
	if (changes || str_eq(form, STR("change")))
		n->kind = NOTICE_CHANGE;
	while ((reason = xml_walk(&walk, changes, "ChangeReason/ReasonCode"))) {
		struct str text = str_trim(reason->text);

		if (str_eq(text, STR("cancel")) || str_eq(text, STR("cancel-intent")))
			n->kind = NOTICE_CANCELLATION;
	}
}

/* identity across publications */

/* The first extension that has such an element: mostly one has them all, but UBL allows several. */
static const struct xml_node *extension_with(const struct xml_node *root, const char *name)
{
	static const char path[] = "UBLExtensions/UBLExtension/ExtensionContent/EformsExtension";
	const struct xml_node *extension;
	struct xml_walk walk = { 0 };

	while ((extension = xml_walk(&walk, root, path)))
		if (xml_child(extension, name))
			break;
	return extension;
}

static void fill_links(const struct xml_node *root, const struct xml_node *changes,
	struct arena *arena, struct notice *n)
{
	static const char *const earlier[] = { "TenderingProcess/NoticeDocumentReference/ID",
		"ProcurementProjectLot/TenderingProcess/NoticeDocumentReference/ID" };
	struct xml_walk modified = { 0 };
	const struct xml_node *id;

	for (id = xml_child(changes, "ChangedNoticeIdentifier"); id;
		id = xml_next(id, "ChangedNoticeIdentifier"))
		ted_link_add(n, arena, LINK_CHANGES, node_own_text(id, arena));
	for (size_t i = 0; i < LENGTH(earlier); i++) {
		struct xml_walk walk = { 0 };

		while ((id = xml_walk(&walk, root, earlier[i])))
			ted_link_add(n, arena, LINK_FOLLOWS, node_own_text(id, arena));
	}
	/* BT-1501: the award whose contract is modified. The award itself stays as it was. */
	while ((id = xml_walk(&modified, extension_with(root, "ContractModification"),
			"ContractModification/ChangedNoticeIdentifier")))
		ted_link_add(n, arena, LINK_FOLLOWS, node_own_text(id, arena));
}

static void fill_identity(const struct xml_node *root, struct arena *arena, struct notice *n)
{
	unsigned version;

	n->notice_uuid = lower(node_text(root, "ID", arena), arena);
	n->procedure_id = lower(node_text(root, "ContractFolderID", arena), arena);
	n->reference = node_text(root, "ProcurementProject/ID", arena);
	if (str_to_uint(str_trim(xml_text(root, "VersionID")), 9999, &version) && version > 0)
		n->version = (int)version;
}

/* buyer */

/* The child of an organisation (Company, TouchPoint) with that technical id. */
static const struct xml_node *party_with_id(
	const struct xml_node *organisation, const char *name, struct str id)
{
	const struct xml_node *party;

	for (party = xml_child(organisation, name); party; party = xml_next(party, name))
		if (str_eq(xml_text(party, "PartyIdentification/ID"), id))
			return party;
	return NULL;
}

static void fill_address(const struct xml_node *party, struct arena *arena, struct party *ret)
{
	const struct xml_node *address = xml_child(party, "PostalAddress");

	ret->city = node_text(address, "CityName", arena);
	ret->postcode = node_text(address, "PostalZone", arena);
	ret->nuts = node_text(address, "CountrySubentityCode", arena);
	ret->country = country_alpha2(node_text(address, "Country/IdentificationCode", arena));
}

/* Newer notices repeat PartyName, older ones its Name, once per language. */
static struct str party_name(
	const struct xml_node *party, struct str language, struct arena *arena)
{
	const struct xml_node *name = xml_child(party, "PartyName");
	struct str text = node_localized(name, "Name", language, arena);

	for (; name; name = xml_next(name, "PartyName"))
		if (str_eq_nocase(xml_attr(xml_child(name, "Name"), "languageID"), language))
			return node_localized(name, "Name", language, arena);
	return text;
}

/* Of several numbers (SIRET, VAT, a platform's own) the one that is a SIRET or SIREN, else the first. */
static struct str legal_id(const struct xml_node *company, struct arena *arena)
{
	const struct xml_node *entity = xml_child(company, "PartyLegalEntity");
	struct str first = STR_NONE;

	for (; entity; entity = xml_next(entity, "PartyLegalEntity")) {
		struct str id = ident_clean(node_text(entity, "CompanyID", arena), arena);

		if (siret_valid(id) || siren_valid(id))
			return id;
		if (!str_given(first))
			first = id;
	}
	return first;
}

void eforms_company(const struct xml_node *company, struct str language, struct arena *arena,
	struct party *ret)
{
	ret->name = party_name(company, language, arena);
	ret->id = legal_id(company, arena);
	fill_address(company, arena, ret);
}

const struct xml_node *eforms_company_with_id(
	const struct xml_node *extension, struct str id, size_t *steps)
{
	const struct xml_node *organisation = xml_find(extension, "Organizations/Organization");
	const struct xml_node *company = NULL;

	for (; organisation && str_given(id) && !company;
		organisation = xml_next(organisation, "Organization")) {
		++*steps;
		company = party_with_id(organisation, "Company", id);
	}
	return company;
}

/* Says who a ContractingParty is; false when it names no organisation of the notice. */
static bool read_buyer(const struct xml_node *inlined, const struct xml_node *extension,
	struct str language, struct arena *arena, struct party *ret)
{
	struct str id = xml_text(inlined, "PartyIdentification/ID");
	const struct xml_node *organisation = xml_find(extension, "Organizations/Organization");

	if (!str_given(id))
		organisation = NULL;
	for (; organisation; organisation = xml_next(organisation, "Organization")) {
		const struct xml_node *company = xml_child(organisation, "Company");
		const struct xml_node *party = party_with_id(organisation, "Company", id);

		if (!party)
			party = party_with_id(organisation, "TouchPoint", id);
		if (!party)
			continue;
		eforms_company(company, language, arena, ret);
		/* A touch point is a service of the company, with a name and an address of its own. */
		if (str_given(party_name(party, language, arena)))
			ret->name = party_name(party, language, arena);
		if (xml_child(party, "PostalAddress"))
			fill_address(party, arena, ret);
		return true;
	}
	/* National profiles (SDK 0.1) have no organisations: the party itself says who it is. */
	if (!xml_child(inlined, "PartyName"))
		return false;
	eforms_company(inlined, language, arena, ret);
	return true;
}

void eforms_buyer(const struct xml_node *root, const struct xml_node *extension,
	struct str language, struct arena *arena, struct party *ret)
{
	enum { BUYERS_TRIED = 20 }; /* each may look at every organisation */
	const struct xml_node *buyer = xml_child(root, "ContractingParty");

	for (int i = 0; buyer && i < BUYERS_TRIED; i++, buyer = xml_next(buyer, "ContractingParty"))
		if (read_buyer(xml_child(buyer, "Party"), extension, language, arena, ret))
			return;
}

/* value */

/*
 * What was awarded in all (BT-161) wins over what was expected; failing both, the most that the frameworks
 * of the notice may cost (BT-118) is a ceiling.
 */
static void fill_value(const struct xml_node *extension, const struct eforms_project *project,
	struct arena *arena, struct notice *n)
{
	static const char ceiling[] = "NoticeResult/OverallMaximumFrameworkContractsAmount";
	struct money total;
	bool awarded =
		eforms_amount(xml_find(extension, "NoticeResult/TotalAmount"), arena, &total);

	n->value = project->value;
	n->value_kind = project->value_kind;
	if (awarded && (n->stage == NOTICE_RESULT || n->value_kind == VALUE_NONE)) {
		n->value = total;
		n->value_kind = VALUE_AWARD;
	}
	if (n->value_kind == VALUE_NONE &&
		eforms_amount(xml_find(extension, ceiling), arena, &total)) {
		n->value = total;
		n->value_kind = VALUE_CEILING;
	}
}

int eforms_fill(const struct xml_node *root, struct arena *arena, struct notice *n,
	struct str *ret_publication, struct error *err)
{
	const struct xml_node *organised = extension_with(root, "Organizations");
	const struct xml_node *awarded = extension_with(root, "NoticeResult");
	const struct xml_node *changes = xml_child(extension_with(root, "Changes"), "Changes");
	const struct xml_node *publication =
		xml_child(extension_with(root, "Publication"), "Publication");
	struct str language = xml_text(root, "NoticeLanguageCode");
	struct eforms_project project;
	int r;

	fill_identity(root, arena, n);
	fill_kind(root, changes, arena, n);
	fill_links(root, changes, arena, n);
	n->language = language_alpha2(language);
	n->published = day_parse(str_trim(xml_text(publication, "PublicationDate")));
	*ret_publication = eforms_ref(xml_text(publication, "NoticePublicationID"));
	if (str_eq(root->name, STR("BusinessRegistrationInformationNotice"))) {
		eforms_registration(root, arena, n);
		return 0;
	}
	eforms_buyer(root, organised, language, arena, &n->buyer);
	eforms_project(xml_child(root, "ProcurementProject"), language, arena, &project);
	n->title = project.title;
	n->description = project.description;
	n->nature = project.nature;
	n->cpv = project.cpv;
	n->places = project.places;
	n->innovative = project.innovative;
	n->sme = project.sme;
	n->term = project.term;
	n->wordings = project.wordings;
	n->n_wordings = project.n_wordings;
	fill_value(awarded, &project, arena, n);
	n->procedure = node_text(root, "TenderingProcess/ProcedureCode", arena);
	n->innovative |= str_eq(n->procedure, STR("innovation"));
	r = eforms_lots(root, language, arena, n, err);
	if (r == 0)
		r = eforms_results(organised, xml_child(awarded, "NoticeResult"), language, arena, n, err);
	if (r < 0)
		return r;
	/* Buyer-profile notices tell what they plan part by part only. */
	if (!str_given(n->title) && n->n_lots)
		n->title = n->lots[0].title;
	return 0;
}

/* What stands for the identifier of a document that states none: the same bytes give the same. */
static struct str own_ref(struct str bytes, struct arena *arena)
{
	return arena_printf(arena, "sans-numero-%016" PRIx64, str_hash(bytes));
}

int eforms_read(const struct xml_node *root, struct str bytes, struct arena *arena,
	struct notice *ret, struct error *err)
{
	struct notice n;
	struct str ref;
	int r;

	notice_init(&n);
	r = eforms_fill(root, arena, &n, &ref, err);
	if (r < 0)
		return r;
	if (!str_given(ref))
		ref = str_given(n.notice_uuid) ? n.notice_uuid : own_ref(bytes, arena);
	notice_set_id(&n, arena, STR("ted"), ref);
	r = notice_finish(&n, arena, err);
	if (r < 0)
		return r;
	*ret = n;
	return 0;
}
