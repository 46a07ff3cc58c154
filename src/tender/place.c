#include "tender/place.h"

#include <string.h>

#include "base/fold.h"
#include "place_table.h"

enum { NUTS_3_LENGTH = 5, PLACE_LENGTH_MAX = 5 };

/* Countries that have NUTS codes: members, EFTA, candidates and the United Kingdom. */
static const char countries[] =
	"AL AT BE BG CH CY CZ DE DK EE EL ES FI FR HR HU IE IS IT LI LT LU LV ME MK MT NL NO PL PT "
	"RO RS SE SI SK TR UK";

static char upper(char c)
{
	return (char)(c >= 'a' && c <= 'z' ? c - ('a' - 'A') : c);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Upper case into `out`; false when it is too long or holds anything but letters and digits. */
static bool canonical(struct str text, char out[PLACE_LENGTH_MAX + 1], struct str *ret)
{
	text = str_trim(text);
	if (text.len == 0 || text.len > PLACE_LENGTH_MAX)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		out[i] = upper(text.ptr[i]);
		if (!is_digit(out[i]) && !(out[i] >= 'A' && out[i] <= 'Z'))
			return false;
	}
	out[text.len] = '\0';
	*ret = str_n(out, text.len);
	return true;
}

/*
 * BOAMP writes 2 for 02, and 20A and 20B for Corsica. `code` is canonical; what it stands for goes
 * to `out` when that differs.
 */
static struct str pad(struct str code, char out[3])
{
	if (code.len == 1 && is_digit(code.ptr[0])) {
		out[0] = '0';
		out[1] = code.ptr[0];
		return str_n(out, 2);
	}
	if (str_eq(code, STR("20A")) || str_eq(code, STR("20B"))) {
		out[0] = '2';
		out[1] = code.ptr[2];
		return str_n(out, 2);
	}
	return code;
}

const struct department *department_find(struct str code)
{
	char text[PLACE_LENGTH_MAX + 1], padded[3];
	size_t low = 0, high = place_n_departments;

	if (!canonical(code, text, &code))
		return NULL;
	code = pad(code, padded);
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct department *d = &place_departments[middle].department;
		int order = str_cmp(code, str_of(d->code));

		if (order == 0)
			return d;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const struct department *department_named(struct str folded, struct arena *arena)
{
	const struct department *d = department_find(folded);

	for (size_t i = 0; !d && i < place_n_departments; i++)
		if (str_eq(fold_text(arena, str_of(place_departments[i].department.name)), folded))
			d = &place_departments[i].department;
	return d;
}

const struct department *department_of_nuts(struct str nuts)
{
	char text[PLACE_LENGTH_MAX + 1];

	if (!canonical(nuts, text, &nuts) || nuts.len != NUTS_3_LENGTH)
		return NULL;
	for (size_t i = 0; i < place_n_departments; i++) {
		const struct place_department *p = &place_departments[i];

		if (str_eqz(nuts, p->department.nuts) || str_eqz(nuts, p->nuts_2013))
			return &p->department;
	}
	/* The last edition before Mayotte and the FRA group had other codes overseas. */
	if (str_eq(nuts, STR("FR910")) || str_eq(nuts, STR("FR920")) ||
		str_eq(nuts, STR("FR930")) || str_eq(nuts, STR("FR940"))) {
		char code[] = { '9', '7', nuts.ptr[3] };

		return department_find(str_n(code, sizeof(code)));
	}
	return NULL;
}

const struct department *department_of_postcode(struct str postcode)
{
	char digits[5];
	size_t n = 0;

	for (size_t i = 0; i < postcode.len; i++) {
		if (postcode.ptr[i] == ' ')
			continue;
		if (!is_digit(postcode.ptr[i]) || n == sizeof(digits))
			return NULL;
		digits[n++] = postcode.ptr[i];
	}
	if (n != sizeof(digits))
		return NULL;
	if (memcmp(digits, "20", 2) == 0)
		return department_find(memcmp(digits, "20200", 5) < 0 ? STR("2A") : STR("2B"));
	if (memcmp(digits, "97", 2) == 0 || memcmp(digits, "98", 2) == 0) {
		/* 97133 and 97150 are older than the two collectivities they belong to. */
		if (memcmp(digits, "97133", 5) == 0)
			return department_find(STR("977"));
		if (memcmp(digits, "97150", 5) == 0)
			return department_find(STR("978"));
		return department_find(str_n(digits, 3));
	}
	return department_find(str_n(digits, 2));
}

const char *region_name(struct str nuts)
{
	char text[PLACE_LENGTH_MAX + 1];

	if (!canonical(nuts, text, &nuts))
		return NULL;
	for (size_t i = 0; i < place_n_regions; i++)
		if (str_eqz(nuts, place_regions[i].nuts))
			return place_regions[i].name;
	return NULL;
}

static bool country_has_nuts(struct str country)
{
	for (size_t i = 0; i + 2 < sizeof(countries); i += 3)
		if (memcmp(country.ptr, countries + i, 2) == 0)
			return true;
	return false;
}

static bool has_digit(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (is_digit(text.ptr[i]))
			return true;
	return false;
}

struct str place_parse(struct str text, struct arena *arena)
{
	char upper_case[PLACE_LENGTH_MAX + 1];
	struct str code;
	const struct department *d;

	if (!canonical(text, upper_case, &code))
		return STR_NONE;
	d = department_find(code);
	if (d)
		return str_of(d->code);
	if (code.len < 2 || !country_has_nuts(code))
		return STR_NONE;
	/* Another country's codes are not in our tables; France's are, the catch-all FRZZZ apart. */
	if (str_starts(code, "FR") && code.len > 2 && !region_name(code) &&
		!department_of_nuts(code) && !str_starts(code, "FRZ"))
		return STR_NONE;
	/* Mende and Lille begin like Montenegro and Liechtenstein. */
	if (code.len > 3 && !has_digit(code) && !str_starts(code, "FR"))
		return STR_NONE;
	return arena_dup(arena, code);
}

struct str place_named(struct str text, struct arena *arena)
{
	struct str folded = fold_text(arena, text);
	const struct department *department = department_named(folded, arena);

	if (department != NULL) /* before codes: "Meuse" and "Nord" could be NUTS of other countries */
		return str_of(department->code);
	for (size_t i = 0; i < place_n_regions; i++)
		if (str_eq(fold_text(arena, str_of(place_regions[i].name)), folded))
			return str_of(place_regions[i].nuts);
	return str_eqz(folded, "france") ? STR("FR") : place_parse(text, arena);
}

struct str place_label(struct str place, struct arena *arena)
{
	const struct department *d = department_find(place);
	const char *region;

	if (!d)
		d = department_of_nuts(place);
	if (d)
		return arena_printf(arena, "%s (%s)", d->name, d->code);
	region = region_name(place);
	if (region)
		return str_of(region);
	if (str_eq_nocase(str_trim(place), STR("FR")))
		return STR("France");
	return place;
}

enum { CHAIN_MAX = 8 };

/*
 * One text per place such that a wide place is a prefix of every one inside it: the NUTS code of
 * 2021, and "FR/975" for the collectivities, which have none.
 */
static struct str chain(struct str place, char out[CHAIN_MAX])
{
	char text[PLACE_LENGTH_MAX + 1];
	const struct department *d;

	if (!canonical(place, text, &place))
		return STR_NONE;
	d = department_find(place);
	if (!d)
		d = department_of_nuts(place);
	if (d && d->nuts[0])
		return str_of(d->nuts);
	if (d) {
		memcpy(out, "FR/", 3);
		memcpy(out + 3, d->code, 3);
		return str_n(out, 6);
	}
	/* The groups of regions of the editions before 2018 (FR2 to FR9) have no heir: they say France. */
	if (place.len == 3 && str_starts(place, "FR") && place.ptr[2] >= '2' && place.ptr[2] <= '9')
		return STR("FR");
	/* A former region (FR82) is the group its departments are in today (FRL0). */
	if (place.len == 4 && str_starts(place, "FR") && !region_name(place)) {
		for (size_t i = 0; i < place_n_departments; i++)
			if (strncmp(place_departments[i].nuts_2013, place.ptr, 4) == 0)
				return str_n(place_departments[i].department.nuts, 4);
	}
	memcpy(out, place.ptr, place.len);
	return str_n(out, place.len);
}

static bool inside(struct str narrow, struct str wide)
{
	return narrow.len >= wide.len && memcmp(narrow.ptr, wide.ptr, wide.len) == 0;
}

bool place_meets(struct str wanted, struct str stated)
{
	char wanted_text[CHAIN_MAX], stated_text[CHAIN_MAX];
	struct str a = chain(wanted, wanted_text), b = chain(stated, stated_text);

	if (a.len == 0 || b.len == 0)
		return false;
	return inside(a, b) || inside(b, a);
}
