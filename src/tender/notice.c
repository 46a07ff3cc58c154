#include "tender/notice.h"

#include <string.h>

#include "tender/place.h"

enum { CODES_MAX = 2000, CODES_FIRST = 8 };

static const char *const kind_names[NOTICE_KINDS] = {
	[NOTICE_PLANNING] = "planning",
	[NOTICE_COMPETITION] = "competition",
	[NOTICE_DIRECT_AWARD] = "direct-award",
	[NOTICE_RESULT] = "result",
	[NOTICE_CHANGE] = "change",
	[NOTICE_CANCELLATION] = "cancellation",
	[NOTICE_REQUIREMENT] = "requirement",
	[NOTICE_REGISTRATION] = "registration",
};

static const char *const nature_names[NATURES] = {
	[NATURE_SERVICES] = "services",
	[NATURE_SUPPLIES] = "supplies",
	[NATURE_WORKS] = "works",
};

const char *notice_kind_name(enum notice_kind kind)
{
	return (size_t)kind < NOTICE_KINDS ? kind_names[kind] : NULL;
}

bool notice_kind_parse(struct str name, enum notice_kind *ret)
{
	for (size_t i = 0; i < NOTICE_KINDS; i++) {
		if (str_eqz(name, kind_names[i])) {
			*ret = (enum notice_kind)i;
			return true;
		}
	}
	return false;
}

const char *notice_nature_name(enum notice_nature nature)
{
	return (size_t)nature < NATURES ? nature_names[nature] : NULL;
}

bool notice_nature_parse(struct str name, enum notice_nature *ret)
{
	for (size_t i = NATURE_NONE + 1; i < NATURES; i++) {
		if (str_eqz(name, nature_names[i])) {
			*ret = (enum notice_nature)i;
			return true;
		}
	}
	return false;
}

static const char *const outcome_names[AWARD_OUTCOMES] = {
	[AWARD_GIVEN] = "given",
	[AWARD_NOT_GIVEN] = "not-given",
	[AWARD_OPEN] = "open",
};

/* Code list economic-operator-size. */
static const char *const size_names[COMPANY_SIZES] = {
	[COMPANY_MICRO] = "micro",
	[COMPANY_SMALL] = "small",
	[COMPANY_MEDIUM] = "medium",
	[COMPANY_SME] = "sme",
	[COMPANY_LARGE] = "large",
};

const char *award_outcome_name(enum award_outcome outcome)
{
	return (size_t)outcome < AWARD_OUTCOMES ? outcome_names[outcome] : NULL;
}

bool award_outcome_parse(struct str name, enum award_outcome *ret)
{
	for (size_t i = AWARD_NONE + 1; i < AWARD_OUTCOMES; i++) {
		if (str_eqz(name, outcome_names[i])) {
			*ret = (enum award_outcome)i;
			return true;
		}
	}
	return false;
}

const char *company_size_name(enum company_size size)
{
	return (size_t)size < COMPANY_SIZES ? size_names[size] : NULL;
}

bool company_size_parse(struct str name, enum company_size *ret)
{
	for (size_t i = COMPANY_NONE + 1; i < COMPANY_SIZES; i++) {
		if (str_eqz(name, size_names[i])) {
			*ret = (enum company_size)i;
			return true;
		}
	}
	return false;
}

void notice_init(struct notice *notice)
{
	*notice = (struct notice){
		.version = 1,
		.kind = NOTICE_COMPETITION,
		.stage = NOTICE_COMPETITION,
		.value = MONEY_INIT,
		.published = DAY_NONE,
		.deadline = DEADLINE_INIT,
		.term = TERM_INIT,
	};
}

void lot_init(struct lot *lot)
{
	*lot = (struct lot){ .value = MONEY_INIT, .deadline = DEADLINE_INIT, .term = TERM_INIT };
}

void award_init(struct award *award)
{
	*award = (struct award){
		.decided = DAY_NONE,
		.concluded = DAY_NONE,
		.tenders = AWARD_TENDERS_NONE,
		.value = MONEY_INIT,
		.ceiling = MONEY_INIT,
	};
}

struct award *notice_award_add(struct notice *notice, struct arena *arena, size_t *capacity)
{
	if (notice->n_awards >= AWARDS_MAX)
		return NULL;
	arena_grow(arena, notice->awards, notice->n_awards, capacity);
	award_init(&notice->awards[notice->n_awards]);
	return &notice->awards[notice->n_awards++];
}

struct winner *award_winner_add(struct award *award, struct arena *arena, size_t *capacity)
{
	if (award->n_winners >= WINNERS_MAX)
		return NULL;
	arena_grow(arena, award->winners, award->n_winners, capacity);
	award->winners[award->n_winners] = (struct winner){ .size = COMPANY_NONE };
	return &award->winners[award->n_winners++];
}

bool notice_awarded(const struct notice *notice, struct money *ret)
{
	struct money total = MONEY_INIT;

	if (notice->value_kind == VALUE_AWARD) {
		*ret = notice->value;
		return true;
	}
	for (size_t i = 0; i < notice->n_awards; i++) {
		const struct award *award = &notice->awards[i];

		if (award->outcome == AWARD_NOT_GIVEN || award->outcome == AWARD_OPEN)
			continue;
		if (award->value.cents == MONEY_NONE)
			return false;
		if (total.cents == MONEY_NONE)
			total = award->value;
		else if (!str_eq(str_of(total.currency), str_of(award->value.currency)) ||
			 __builtin_add_overflow(total.cents, award->value.cents, &total.cents))
			return false;
	}
	if (total.cents == MONEY_NONE)
		return false;
	*ret = total;
	return true;
}

void notice_set_id(struct notice *notice, struct arena *arena, struct str source, struct str ref)
{
	notice->source = arena_dup(arena, source);
	notice->ref = arena_dup(arena, ref);
	notice->id = arena_printf(arena, "%.*s:%.*s", STR_ARG(source), STR_ARG(ref));
}

/* Codes of a list begin alike and end differently. */
static bool is_same(struct str a, struct str b)
{
	return a.len == b.len &&
	       (a.len == 0 || (a.ptr[a.len - 1] == b.ptr[a.len - 1] && memcmp(a.ptr, b.ptr, a.len) == 0));
}

bool codes_has(const struct codes *codes, struct str code)
{
	if (!str_given(code))
		return false;
	for (size_t i = 0; i < codes->n; i++)
		if (is_same(codes->at[i], code))
			return true;
	return false;
}

void codes_add(struct codes *codes, struct arena *arena, struct str code)
{
	code = str_trim(code);
	if (code.len == 0 || codes->n >= CODES_MAX || codes_has(codes, code))
		return;
	if (codes->n >= codes->capacity) {
		size_t capacity = codes->n ? codes->n * 2 : CODES_FIRST;
		struct str *at = arena_array(arena, struct str, capacity);

		if (codes->n)
			memcpy(at, codes->at, codes->n * sizeof(*at));
		codes->at = at;
		codes->capacity = capacity;
	}
	codes->at[codes->n++] = arena_dup(arena, code);
}

/* The stated codes, each NUTS 3 of France followed by its department. */
static struct codes with_departments(const struct codes *stated, struct arena *arena)
{
	struct codes places = { 0 };

	for (size_t i = 0; i < stated->n; i++) {
		const struct department *d = department_of_nuts(stated->at[i]);

		codes_add(&places, arena, stated->at[i]);
		if (d)
			codes_add(&places, arena, str_of(d->code));
	}
	return places;
}

static bool is_french(struct str country)
{
	static const char *const french[] = { "FR", "GP", "MQ", "GF", "RE", "YT", "PM", "BL", "MF",
		"WF", "PF", "NC" };

	if (str_blank_none(country))
		return true;
	for (size_t i = 0; i < LENGTH(french); i++)
		if (str_eqz(country, french[i]))
			return true;
	return false;
}

static void finish_party(struct party *party)
{
	const struct department *d;

	if (str_given(party->department) || !is_french(party->country))
		return;
	d = department_of_postcode(party->postcode);
	if (!d)
		d = department_of_nuts(party->nuts);
	if (d)
		party->department = str_of(d->code);
}

static void clip_wordings(struct wording *wordings, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		wordings[i].title = str_clip(wordings[i].title, NOTICE_TITLE_MAX);
		wordings[i].description = str_clip(wordings[i].description, NOTICE_TEXT_MAX);
	}
}

static void finish_lots(struct notice *notice, struct arena *arena)
{
	struct deadline earliest = DEADLINE_INIT;

	for (size_t i = 0; i < notice->n_lots; i++) {
		struct lot *lot = &notice->lots[i];

		lot->title = str_clip(lot->title, NOTICE_TITLE_MAX);
		lot->description = str_clip(lot->description, NOTICE_TEXT_MAX);
		clip_wordings(lot->wordings, lot->n_wordings);
		for (size_t j = 0; j < lot->cpv.n; j++)
			codes_add(&notice->cpv, arena, lot->cpv.at[j]);
		for (size_t j = 0; j < lot->places.n; j++)
			codes_add(&notice->places, arena, lot->places.at[j]);
		lot->places = with_departments(&lot->places, arena);
		deadline_doubt(&lot->deadline, notice->published);
		earliest = deadline_earlier(earliest, lot->deadline);
	}
	if (notice->deadline.certainty == DEADLINE_NONE)
		notice->deadline = earliest;
}

/* A publication number of the Official Journal: "123456-2026". */
static bool is_publication_number(struct str ref)
{
	struct str number;

	return str_cut(&ref, '-', &number) && str_digits(number) && str_digits(ref) && ref.len == 4;
}

/* Addresses of TED have no zeros in front, though notices before eForms have them in their number. */
static struct str without_zeros(struct str number)
{
	while (number.len > 1 && number.ptr[0] == '0')
		number = str_from(number, 1);
	return number;
}

static void finish_url(struct notice *notice, struct arena *arena)
{
	if (str_given(notice->url))
		return;
	if (str_eq(notice->source, STR("boamp")))
		notice->url = arena_printf(arena, "https://www.boamp.fr/pages/avis/?q=idweb:%.*s",
			STR_ARG(notice->ref));
	else if (str_eq(notice->source, STR("ted")) && is_publication_number(notice->ref))
		notice->url = arena_printf(arena, "https://ted.europa.eu/fr/notice/-/detail/%.*s",
			STR_ARG(without_zeros(notice->ref)));
}

/* Numbers of BOAMP and TED, and UUIDs: letters, digits and hyphens. They go into addresses as they are. */
static bool is_official_ref(struct str ref)
{
	enum { OFFICIAL_REF_MAX = 64 };

	for (size_t i = 0; i < ref.len; i++) {
		char c = ref.ptr[i];

		if (!((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '-'))
			return false;
	}
	return ref.len <= OFFICIAL_REF_MAX;
}

int notice_finish(struct notice *notice, struct arena *arena, struct error *err)
{
	if (str_blank_none(notice->ref) || str_blank_none(notice->source))
		return error_set(err, ERROR_INPUT, "the notice has no identifier");
	if ((str_eq(notice->source, STR("boamp")) || str_eq(notice->source, STR("ted"))) &&
		!is_official_ref(notice->ref))
		return error_set(err, ERROR_INPUT, "\"%.*s\" is no number of a notice",
			STR_ARG(str_clip(notice->ref, 80)));
	if (notice->n_lots > NOTICE_LOTS_MAX)
		return error_set(err, ERROR_LIMIT, "the notice has %zu lots, more than %d",
			notice->n_lots, NOTICE_LOTS_MAX);
	if (str_blank_none(notice->id))
		notice_set_id(notice, arena, notice->source, notice->ref);
	notice->title = str_clip(notice->title, NOTICE_TITLE_MAX);
	notice->description = str_clip(notice->description, NOTICE_TEXT_MAX);
	finish_lots(notice, arena);
	notice->places = with_departments(&notice->places, arena);
	finish_party(&notice->buyer);
	clip_wordings(notice->wordings, notice->n_wordings);
	for (size_t i = 0; i < notice->n_awards; i++)
		for (size_t j = 0; j < notice->awards[i].n_winners; j++)
			finish_party(&notice->awards[i].winners[j].party);
	deadline_doubt(&notice->deadline, notice->published);
	finish_url(notice, arena);
	return 0;
}
