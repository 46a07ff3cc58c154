#include "tender/profile.h"

#include "base/fold.h"
#include "check.h"
#include "tender/cpv.h"
#include "tender/ident.h"
#include "tender/place.h"

enum { EFFORT_DEFAULT = 10, EFFORT_MAX = 365, EMAIL_MAX = 254, ZONE_MAX = 64 };

static const char *const cadence_names[CADENCES] = {
	[CADENCE_DAILY] = "daily",
	[CADENCE_WEEKLY] = "weekly",
	[CADENCE_INSTANT] = "instant",
	[CADENCE_OFF] = "off",
};

void profile_init(struct profile *profile)
{
	*profile = (struct profile){
		.value_min = MONEY_NONE,
		.value_max = MONEY_NONE,
		.effort_days = EFFORT_DEFAULT,
		.cadence = CADENCE_DAILY,
		.timezone = STR("Europe/Paris"),
		.language = STR("fr"),
		.mailing = MAILING_INIT,
	};
}

const char *cadence_name(enum cadence cadence)
{
	return (size_t)cadence < CADENCES ? cadence_names[cadence] : NULL;
}

bool cadence_parse(struct str name, enum cadence *ret)
{
	for (size_t i = 0; i < CADENCES; i++) {
		if (str_eqz(name, cadence_names[i])) {
			*ret = (enum cadence)i;
			return true;
		}
	}
	return false;
}

struct str slug_from(struct str name, size_t max, struct arena *arena)
{
	struct str folded = fold_text(arena, name);
	char *slug = arena_alloc(arena, max + 1);
	size_t n = 0;

	for (size_t i = 0; i < folded.len && n < max; i++) {
		char c = folded.ptr[i];

		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			slug[n++] = c;
		else if (n > 0 && slug[n - 1] != '-')
			slug[n++] = '-';
	}
	while (n > 0 && slug[n - 1] == '-')
		n--;
	slug[n] = '\0';
	return str_n(slug, n);
}

bool slug_valid(struct str text)
{
	bool hyphen = true; /* so that the first byte may not be one */

	if (text.len < 1 || text.len > PROFILE_ID_MAX)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c == '-') {
			if (hyphen)
				return false;
		} else if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9')) {
			return false;
		}
		hyphen = c == '-';
	}
	return !hyphen;
}

/* STR_NONE for blank. */
static struct str trimmed(struct str text)
{
	text = str_trim(text);
	return text.len ? text : STR_NONE;
}

static int check_length(struct str text, size_t max, const char *member, struct error *err)
{
	if (text.len > max)
		return error_set(err, ERROR_INPUT, "%s: longer than %zu bytes", member, max);
	return 0;
}

static int check_terms(
	struct codes *terms, const char *member, struct arena *arena, struct error *err)
{
	struct codes kept = { 0 };

	if (terms->n > PROFILE_TERMS_MAX)
		return error_set(
			err, ERROR_INPUT, "%s: more than %d terms", member, PROFILE_TERMS_MAX);
	for (size_t i = 0; i < terms->n; i++) {
		if (str_utf8_count(terms->at[i]) > PROFILE_TERM_MAX)
			return error_set(err, ERROR_INPUT, "%s[%zu]: longer than %d characters",
				member, i, PROFILE_TERM_MAX);
		codes_add(&kept, arena, terms->at[i]);
	}
	*terms = kept;
	return 0;
}

static struct str slug_canonical(struct str text, struct arena *arena)
{
	(void)arena;
	text = str_trim(text);
	return slug_valid(text) ? text : STR_NONE;
}

static int check_lists(struct profile *p, struct arena *arena, struct error *err)
{
	int r;

	if ((r = check_terms(&p->keywords, "keywords", arena, err)) < 0 ||
		(r = check_terms(&p->exclude, "exclude", arena, err)) < 0)
		return r;
	r = check_codes(&p->cpv, PROFILE_CODES_MAX, "cpv",
		"a CPV code or the first digits of one (\"72\", \"72212\")", cpv_branch_parse,
		arena, err);
	if (r < 0)
		return r;
	r = check_codes(&p->fields, PROFILE_CODES_MAX, "fields",
		"the name of a field (letters a-z, digits, hyphens)", slug_canonical, arena, err);
	if (r < 0)
		return r;
	return check_codes(&p->places, PROFILE_CODES_MAX, "places", "a place (FR, FRJ, FRJ14, 48)",
		place_parse, arena, err);
}

static int check_siren(struct profile *p, struct arena *arena, struct error *err)
{
	struct str siren;

	if (!str_given(p->siren))
		return 0;
	siren = ident_clean(p->siren, arena);
	if (!siren_valid(siren))
		return error_set(err, ERROR_INPUT, "siren: \"%.*s\" is not a SIREN (nine digits)",
			STR_ARG(str_clip(p->siren, 40)));
	p->siren = siren;
	return 0;
}

static int check_numbers(const struct profile *p, struct error *err)
{
	if ((p->value_min != MONEY_NONE && p->value_min < 0) ||
		(p->value_max != MONEY_NONE && p->value_max < 0))
		return error_set(err, ERROR_INPUT, "value: an amount is negative");
	if (p->value_min != MONEY_NONE && p->value_max != MONEY_NONE && p->value_min > p->value_max)
		return error_set(err, ERROR_INPUT, "value: min is above max");
	if (p->effort_days < 0 || p->effort_days > EFFORT_MAX)
		return error_set(err, ERROR_INPUT, "effort_days: %d is not between 0 and %d",
			p->effort_days, EFFORT_MAX);
	if ((unsigned)p->cadence >= CADENCES)
		return error_set(
			err, ERROR_INPUT, "cadence: daily, weekly, instant or off expected");
	return 0;
}

int profile_check(struct profile *profile, struct arena *arena, struct error *err)
{
	struct profile p = *profile;
	int r;

	p.name = trimmed(p.name);
	p.siren = trimmed(p.siren);
	p.email = trimmed(p.email);
	p.description = trimmed(p.description);
	if (!slug_valid(p.id))
		return error_set(err, ERROR_INPUT,
			"id: \"%.*s\" is not 1 to %d letters a-z, digits and single inner hyphens",
			STR_ARG(str_clip(p.id, 80)), PROFILE_ID_MAX);
	if (!str_given(p.name))
		return error_set(err, ERROR_INPUT, "name: missing");
	if ((r = check_length(p.name, PROFILE_NAME_MAX, "name", err)) < 0 ||
		(r = check_length(p.description, PROFILE_TEXT_MAX, "description", err)) < 0 ||
		(r = check_length(p.email, EMAIL_MAX, "email", err)) < 0 ||
		(r = check_length(p.timezone, ZONE_MAX, "timezone", err)) < 0 ||
		(r = check_siren(&p, arena, err)) < 0 || (r = check_numbers(&p, err)) < 0 ||
		(r = check_lists(&p, arena, err)) < 0 ||
		(r = mailing_check(&p.mailing, arena, err)) < 0)
		return r;
	if (!str_given(p.description) && p.keywords.n == 0)
		return error_set(
			err, ERROR_INPUT, "description or keywords: one of the two is needed");
	if (str_blank_none(p.timezone))
		p.timezone = STR("Europe/Paris");
	if (str_blank_none(p.language))
		p.language = STR("fr");
	if (!str_eqz(p.language, "fr") && !str_eqz(p.language, "en"))
		return error_set(err, ERROR_INPUT, "language: \"%.*s\" is not fr or en",
			STR_ARG(str_clip(p.language, 40)));
	*profile = p;
	return 0;
}
