#include "tender/requirement.h"

#include "check.h"
#include "tender/cpv.h"
#include "tender/ident.h"
#include "tender/place.h"
#include "tender/profile.h"

enum { EMAIL_MAX = 254, CODES_MAX = 200, LOTS_MAX = 200 };

static int check_texts(struct notice *n, struct arena *arena, struct error *err)
{
	n->title = notice_text_repair(n->title, arena);
	n->description = notice_text_repair(n->description, arena);
	n->buyer.name = notice_text_repair(n->buyer.name, arena);
	if (!str_given(n->title))
		return error_set(err, ERROR_INPUT, "title: missing");
	if (n->title.len > NOTICE_TITLE_MAX)
		return error_set(err, ERROR_INPUT, "title: longer than %d bytes", NOTICE_TITLE_MAX);
	if (!str_given(n->description))
		return error_set(err, ERROR_INPUT, "description: missing");
	if (n->description.len > NOTICE_TEXT_MAX)
		return error_set(
			err, ERROR_INPUT, "description: longer than %d bytes", NOTICE_TEXT_MAX);
	if (!str_given(n->buyer.name))
		return error_set(err, ERROR_INPUT, "buyer.name: missing");
	return 0;
}

static int check_buyer(struct party *buyer, struct arena *arena, struct error *err)
{
	buyer->city = notice_text_repair(buyer->city, arena);
	if (str_blank_none(str_trim(buyer->id)))
		buyer->id = STR_NONE;
	if (str_given(buyer->id)) {
		struct str id = ident_clean(buyer->id, arena);

		if (!siret_valid(id) && !siren_valid(id))
			return error_set(err, ERROR_INPUT,
				"buyer.id: \"%.*s\" is not a SIRET (14 digits) or SIREN (9 digits)",
				STR_ARG(str_clip(buyer->id, 40)));
		buyer->id = id;
	}
	if (str_blank_none(str_trim(buyer->department)))
		buyer->department = STR_NONE;
	if (str_given(buyer->department)) {
		const struct department *d = department_find(buyer->department);

		if (!d)
			return error_set(err, ERROR_INPUT,
				"buyer.department: \"%.*s\" is not a department",
				STR_ARG(str_clip(buyer->department, 40)));
		buyer->department = str_of(d->code);
	}
	if (str_blank_none(buyer->country))
		buyer->country = STR("FR");
	return 0;
}

/* A whole code, or a branch ("72") with the zeros that make it one. */
static struct str whole_cpv(struct str text, struct arena *arena)
{
	struct str code = cpv_parse(text, arena), branch;

	if (str_given(code))
		return code;
	branch = cpv_branch_parse(text, arena);
	if (!str_given(branch))
		return STR_NONE;
	return str_sub(arena_printf(arena, "%.*s00000000", STR_ARG(branch)), 0, 8);
}

static int check_lots(struct notice *n, struct arena *arena, struct error *err)
{
	if (n->n_lots > LOTS_MAX)
		return error_set(err, ERROR_INPUT, "lots: more than %d", LOTS_MAX);
	for (size_t i = 0; i < n->n_lots; i++) {
		struct lot *lot = &n->lots[i];

		lot->title = notice_text_repair(lot->title, arena);
		lot->description = notice_text_repair(lot->description, arena);
		lot->id = str_trim(lot->id);
		if (lot->id.len == 0)
			lot->id = arena_printf(arena, "LOT-%04zu", i + 1);
		if (!str_given(lot->title) && !str_given(lot->description))
			return error_set(err, ERROR_INPUT, "lots[%zu]: title missing", i);
	}
	return 0;
}

int requirement_check(
	struct requirement *requirement, day_t today, struct arena *arena, struct error *err)
{
	struct requirement q = *requirement;
	struct notice *n = &q.notice;
	int r;

	if (!slug_valid(n->ref))
		return error_set(err, ERROR_INPUT,
			"id: \"%.*s\" is not 1 to %d letters a-z, digits and single inner hyphens",
			STR_ARG(str_clip(n->ref, 80)), PROFILE_ID_MAX);
	q.email = str_trim(q.email).len ? str_trim(q.email) : STR_NONE;
	if (q.email.len > EMAIL_MAX)
		return error_set(err, ERROR_INPUT, "email: longer than %d bytes", EMAIL_MAX);
	if ((r = check_texts(n, arena, err)) < 0 || (r = check_buyer(&n->buyer, arena, err)) < 0 ||
		(r = check_lots(n, arena, err)) < 0)
		return r;
	r = check_codes(&n->cpv, CODES_MAX, "cpv", "a CPV code (\"72212000\", \"72\")", whole_cpv,
		arena, err);
	if (r < 0)
		return r;
	r = check_codes(&n->places, CODES_MAX, "places", "a place (FR, FRJ, FRJ14, 48)",
		place_parse, arena, err);
	if (r < 0)
		return r;
	n->kind = n->stage = NOTICE_REQUIREMENT;
	n->language = str_given(n->language) ? n->language : STR("fr");
	if (n->published == DAY_NONE)
		n->published = today;
	if (n->value.cents != MONEY_NONE && n->value_kind == VALUE_NONE)
		n->value_kind = VALUE_ESTIMATE;
	if (n->deadline.at != TIME_NONE &&
		paris_day(n->deadline.at) - n->published > DEADLINE_YEARS_MAX * 366)
		return error_set(err, ERROR_INPUT, "deadline: \"%.*s\" is more than %d years ahead",
			STR_ARG(str_clip(n->deadline.text, 80)), DEADLINE_YEARS_MAX);
	notice_set_id(n, arena, STR("requirement"), n->ref);
	r = notice_finish(n, arena, err);
	if (r < 0)
		return r;
	*requirement = q;
	return 0;
}
