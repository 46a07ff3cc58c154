/* Two notices of one purchase, or two versions of one notice, field by field. */
#include "base/fold.h"
#include "tender/dossier.h"

enum { TEXT_SHOWN = 2000, CODES_SHOWN = 200 };

struct comparison {
	struct arena *arena;
	struct differences *out;
	struct str lot;
};

static void differ(
	struct comparison *c, const char *field, bool material, struct str before, struct str after)
{
	struct differences *out = c->out;

	arena_grow(c->arena, out->at, out->n, &out->capacity);
	out->at[out->n++] = (struct difference){ field, material, c->lot, before, after };
}

/* What the later one does not say it does not change. */
static void compare_text(
	struct comparison *c, const char *field, bool material, struct str before, struct str after)
{
	if (after.len == 0 || str_eq(before, after) ||
		str_eq(fold_text(c->arena, before), fold_text(c->arena, after)))
		return;
	differ(c, field, material, str_given(before) ? str_clip(before, TEXT_SHOWN) : STR_NONE,
		str_clip(after, TEXT_SHOWN));
}

static struct str joined(const struct codes *codes, struct arena *arena)
{
	struct str all = codes->n ? codes->at[0] : STR_NONE;

	for (size_t i = 1; i < codes->n && i < CODES_SHOWN; i++)
		all = arena_printf(arena, "%.*s %.*s", STR_ARG(all), STR_ARG(codes->at[i]));
	return all;
}

/* Sets: in which order codes stand says little, and every reader may see more of one list. */
static void compare_codes(
	struct comparison *c, const char *field, const struct codes *before, const struct codes *after)
{
	size_t both = 0;

	for (size_t i = 0; i < after->n; i++)
		both += codes_has(before, after->at[i]);
	if (after->n > 0 && (both < after->n || both < before->n))
		differ(c, field, false, joined(before, c->arena), joined(after, c->arena));
}

static struct str deadline_text(const struct deadline *deadline, struct arena *arena)
{
	char text[TIME_FORMAT_MAX];

	if (deadline->at == TIME_NONE)
		return STR_NONE;
	return arena_dup(arena, str_of(time_format(deadline->at, deadline->offset_s, text)));
}

static void compare_deadline(
	struct comparison *c, const struct deadline *before, const struct deadline *after)
{
	if (after->at == TIME_NONE || before->at == after->at)
		return;
	/* One source knows the hour, the other only the day: nothing has moved. */
	if (before->at != TIME_NONE && paris_day(before->at) == paris_day(after->at) &&
		(before->certainty == DEADLINE_DAY_ONLY || after->certainty == DEADLINE_DAY_ONLY))
		return;
	differ(c, "deadline", true, deadline_text(before, c->arena), deadline_text(after, c->arena));
}

static struct str value_text(const struct money *value, struct arena *arena)
{
	char text[MONEY_FORMAT_MAX];

	if (value->cents == MONEY_NONE)
		return STR_NONE;
	return arena_printf(arena, "%s %s", money_format(*value, text), value->currency);
}

/* An estimate and a ceiling are two things: the one does not change the other. */
static void compare_value(struct comparison *c, const struct money *before, enum value_kind before_kind,
	const struct money *after, enum value_kind after_kind)
{
	bool comparable = before->cents == MONEY_NONE || before_kind == after_kind;

	if (after->cents == MONEY_NONE || !comparable ||
		(before->cents == after->cents && str_eqz(str_of(before->currency), after->currency)))
		return;
	differ(c, "value", true, value_text(before, c->arena), value_text(after, c->arena));
}

/* lots */

static const struct lot *lot_of(const struct notice *notice, struct str id)
{
	for (size_t i = 0; i < notice->n_lots; i++)
		if (str_eq(notice->lots[i].id, id))
			return &notice->lots[i];
	return NULL;
}

static void compare_lot(struct comparison *c, const struct lot *before, const struct lot *after)
{
	compare_deadline(c, &before->deadline, &after->deadline);
	compare_value(c, &before->value, before->value_kind, &after->value, after->value_kind);
	compare_text(c, "title", false, before->title, after->title);
	compare_text(c, "description", false, before->description, after->description);
	compare_codes(c, "cpv", &before->cpv, &after->cpv);
	compare_codes(c, "places", &before->places, &after->places);
}

/* A deadline that all lots share was told once already. */
static bool told(const struct differences *all, const struct difference *d)
{
	for (size_t i = 0; i < all->n; i++)
		if (!str_given(all->at[i].lot) && str_eqz(str_of(all->at[i].field), d->field) &&
			str_eq(all->at[i].before, d->before) && str_eq(all->at[i].after, d->after))
			return true;
	return false;
}

static void compare_lots(struct comparison *c, const struct notice *before, const struct notice *after)
{
	for (size_t i = 0; i < after->n_lots; i++) {
		const struct lot *now = &after->lots[i], *was = lot_of(before, now->id);
		size_t kept = c->out->n, from = kept;

		c->lot = now->id;
		if (was == NULL)
			differ(c, "lot", true, STR_NONE, str_given(now->title) ? now->title : now->id);
		else
			compare_lot(c, was, now);
		for (size_t k = from; k < c->out->n; k++)
			if (!told(c->out, &c->out->at[k]))
				c->out->at[kept++] = c->out->at[k];
		c->out->n = kept;
	}
	for (size_t i = 0; after->n_lots > 0 && i < before->n_lots; i++) {
		const struct lot *was = &before->lots[i];

		c->lot = was->id;
		if (lot_of(after, was->id) == NULL)
			differ(c, "lot", true, str_given(was->title) ? was->title : was->id, STR_NONE);
	}
	c->lot = STR_NONE;
}

/* whole notices */

static struct str yes(bool is)
{
	return is ? STR("yes") : STR("no");
}

static void compare_award(struct comparison *c, const struct notice *before, const struct notice *after)
{
	bool was = before->stage == NOTICE_RESULT;
	struct str amount = after->value_kind == VALUE_AWARD ? value_text(&after->value, c->arena) : STR_NONE;
	struct str earlier = was && before->value_kind == VALUE_AWARD ? value_text(&before->value, c->arena)
								     : STR_NONE;

	if (!was)
		differ(c, "awarded", true, STR_NONE, str_given(amount) ? amount : STR("yes"));
	else if (str_given(amount) && !str_eq(amount, earlier))
		differ(c, "awarded", true, earlier, amount);
}

/* Conditions: who may answer, and how one is chosen. */
static void compare_conditions(
	struct comparison *c, const struct notice *before, const struct notice *after)
{
	compare_text(c, "criteria", true, before->criteria, after->criteria);
	compare_text(c, "procedure", true, before->procedure, after->procedure);
	/* A source that does not know of reservations says false: only a reservation is news. */
	if (after->reserved && !before->reserved)
		differ(c, "reserved", true, yes(false), yes(true));
}

static void material_first(struct differences *all, struct arena *arena)
{
	struct difference *sorted = arena_array(arena, struct difference, all->n);
	size_t n = 0;

	for (int material = 1; material >= 0; material--)
		for (size_t i = 0; i < all->n; i++)
			if (all->at[i].material == (material == 1))
				sorted[n++] = all->at[i];
	all->at = sorted;
	all->capacity = all->n;
}

void dossier_compare(const struct notice *before, const struct notice *after, struct arena *arena,
	struct differences *ret)
{
	struct comparison c = { arena, ret, STR_NONE };

	*ret = (struct differences){ NULL, 0, 0 };
	if (after->kind == NOTICE_CANCELLATION && before->kind != NOTICE_CANCELLATION)
		differ(&c, "cancelled", true, yes(false), yes(true));
	if (after->stage == NOTICE_RESULT) {
		compare_award(&c, before, after);
		return;
	}
	compare_deadline(&c, &before->deadline, &after->deadline);
	compare_value(&c, &before->value, before->value_kind, &after->value, after->value_kind);
	compare_text(&c, "documents_url", true, before->documents_url, after->documents_url);
	compare_conditions(&c, before, after);
	compare_text(&c, "title", false, before->title, after->title);
	compare_text(&c, "description", false, before->description, after->description);
	compare_text(&c, "buyer", false, before->buyer.name, after->buyer.name);
	compare_text(&c, "nature", false, str_of(notice_nature_name(before->nature)),
		str_of(notice_nature_name(after->nature)));
	compare_codes(&c, "cpv", &before->cpv, &after->cpv);
	compare_codes(&c, "places", &before->places, &after->places);
	compare_lots(&c, before, after);
	material_first(ret, arena);
}
