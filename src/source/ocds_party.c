#include "ocds.h"

#include "codes.h"
#include "tender/ident.h"

struct str ocds_text(const struct json_value *value, const char *path, struct arena *arena)
{
	/* A copy: the document goes before the notice does. */
	return notice_text_repair(
		arena_dup(arena, json_scalar(json_find(value, path), arena)), arena);
}

bool ocds_said(const struct json_value *value, const char *path, const char *word)
{
	return str_eqz(json_str(json_find(value, path)), word);
}

/* Lists are walked for each reference: what more than so many steps would find is left out. */
enum { STEPS_MAX = 2000000 };

const struct json_value *ocds_with_id(const struct json_value *list, const char *key,
	struct str id, size_t *steps, struct arena *arena)
{
	for (size_t i = 0; str_given(id) && i < json_count(list) && *steps < STEPS_MAX; i++) {
		const struct json_value *value = json_at(list, i);

		++*steps;
		if (str_eq(json_scalar(json_get(value, key), arena), id))
			return value;
	}
	return NULL;
}

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
	struct str country = country_alpha2(ocds_text(party, "address/country", arena));

	if (!str_given(country))
		country = country_alpha2(ocds_text(party, "address/countryName", arena));
	if (!str_given(country) && scheme.len > 2 && scheme.ptr[2] == '-')
		country = country_alpha2(str_sub(scheme, 0, 2));
	return country;
}

/*
 * Of one that has no identifier beside it: an organisation's id is mostly the list and the number in it
 * ("FR-SIRET-21480001900011", org-id.guide).
 */
static struct str own_id(const struct json_value *organisation, struct arena *arena)
{
	struct str id = ident_clean(ocds_text(organisation, "id", arena), arena);
	struct str number = str_from(id, str_rfind_char(id, '-') + 1);

	return siret_valid(number) || siren_valid(number) ? number : id;
}

/* The procuring entity buys for a buyer; where no buyer is named, it is all that is known of one. */
void ocds_buyer(const struct json_value *release, struct arena *arena, struct party *buyer)
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
	buyer->name = ocds_text(organisation, "name", arena);
	if (!str_given(buyer->name))
		buyer->name = ocds_text(party, "name", arena);
	if (!str_given(buyer->name))
		buyer->name = ocds_text(release, "tender/procuringEntity/name", arena);
	buyer->id = ident_clean(ocds_text(party, "identifier/id", arena), arena);
	if (!str_given(buyer->id))
		buyer->id = own_id(organisation, arena);
	buyer->city = ocds_text(party, "address/locality", arena);
	scheme = ocds_text(party, "identifier/scheme", arena);
	buyer->country = country_of(party, scheme, arena);
	/* A postcode without a country would be taken for a French one. */
	if (str_given(buyer->country))
		buyer->postcode = ocds_text(party, "address/postalCode", arena);
}

void ocds_supplier(const struct json_value *release, const struct json_value *supplier,
	size_t *steps, struct arena *arena, struct winner *ret)
{
	const struct json_value *party = ocds_with_id(json_get(release, "parties"), "id",
		json_scalar(json_get(supplier, "id"), arena), steps, arena);

	if (!party)
		party = supplier; /* version 1.0 */
	*ret = (struct winner){ .size = COMPANY_NONE };
	ret->party.name = ocds_text(supplier, "name", arena);
	if (!str_given(ret->party.name))
		ret->party.name = ocds_text(party, "name", arena);
	ret->party.id = ident_clean(ocds_text(party, "identifier/id", arena), arena);
	if (!str_given(ret->party.id))
		ret->party.id = own_id(supplier, arena);
	ret->party.city = ocds_text(party, "address/locality", arena);
	ret->party.country =
		country_of(party, ocds_text(party, "identifier/scheme", arena), arena);
	/* An extension of the standard: micro, sme, large. */
	company_size_parse(json_str(json_find(party, "details/scale")), &ret->size);
}
