/*
 * Likeness. What says no is asked first: it is cheap, and one wrong link costs a reader more than a
 * link that is missing, which a person can still make. The thresholds were set on pairs of notices
 * that name each other, with their ids hidden (tests/dossier/measure.c).
 */
#include "tender/dossier.h"

#include <stdlib.h>
#include <string.h>

#include "base/fold.h"
#include "tender/buyer.h"
#include "tender/ident.h"

enum {
	SHINGLE = 5,       /* characters */
	BUYER_ALIKE = 70,  /* per cent in common … */
	BUYER_WITHIN = 95, /* … or one name inside the other, when it is long enough to mean something */
	BUYER_LONG = 8,    /* shingles */
	TITLE_LONG = 25,   /* shingles: a title inside a longer one */
	/* titles, per cent */
	SAME_DEADLINE_OTHER_SOURCE = 55,
	SAME_DEADLINE_CHANGE = 60,
	SAME_DEADLINE_AGAIN = 97,
	LIKE_TITLE = 80,
	STRANGE = 60, /* of the shorter one: less, and they are different texts */
	/* days */
	SAME_DEADLINE_DAYS = 120,
	OTHER_SOURCE_DAYS = 21,
	CHANGE_DAYS = 150,
	RESULT_SOON_DAYS = 14, /* a result so soon is one of an earlier call */
	RESULT_DAYS = 730,
	/* One of two publishers took summer for winter, and 23:59 for the minute's end. */
	ZONE_SLIP_S = 3600 + 59,
};

static const char *const link_names[DOSSIER_LINK_KINDS] = {
	[DOSSIER_PROCEDURE] = "procedure",
	[DOSSIER_CITATION] = "citation",
	[DOSSIER_DEADLINE] = "deadline",
	[DOSSIER_LIKENESS] = "likeness",
	[DOSSIER_HAND] = "hand",
};

const char *dossier_link_kind_name(enum dossier_link_kind kind)
{
	return link_names[kind];
}

bool dossier_link_kind_parse(struct str name, enum dossier_link_kind *ret)
{
	for (int i = 0; i < DOSSIER_LINK_KINDS; i++) {
		if (!str_eqz(name, link_names[i]))
			continue;
		*ret = (enum dossier_link_kind)i;
		return true;
	}
	return false;
}

/* shingles */

static void add_hash(struct shingles *s, struct str text)
{
	uint64_t hash = str_hash(text);

	s->at[s->n++] = (uint32_t)(hash ^ hash >> 32);
}

/*
 * In order, each once. By the first byte, which hashes spread, and then by insertion among the few that
 * share it: a tenth of what qsort() takes, and as often as it is done that shows.
 */
static void sort_once(struct shingles *s, struct arena *arena)
{
	uint32_t *in = s->at, *out;
	size_t ends[256] = { 0 }, n = 0;

	if (s->n == 0)
		return;
	out = s->at = arena_array(arena, uint32_t, s->n);
	for (size_t i = 0; i < s->n; i++)
		ends[in[i] >> 24]++;
	for (size_t i = 1; i < LENGTH(ends); i++)
		ends[i] += ends[i - 1];
	for (size_t i = 0; i < s->n; i++)
		out[--ends[in[i] >> 24]] = in[i];
	for (size_t i = 1; i < s->n; i++) {
		uint32_t hash = out[i];
		size_t k = i;

		for (; k > 0 && out[k - 1] > hash; k--)
			out[k] = out[k - 1];
		out[k] = hash;
	}
	for (size_t i = 0; i < s->n; i++)
		if (n == 0 || out[n - 1] != out[i])
			out[n++] = out[i];
	s->n = n;
}

/* Folded text is nearly all ASCII: a byte is a character. */
struct shingles shingles_of(struct str text, struct arena *arena)
{
	struct str folded = fold_text(arena, str_clip(text, SHINGLES_BYTES_MAX));
	struct shingles s = { NULL, 0 };

	if (folded.len == 0)
		return s;
	s.at = arena_array(arena, uint32_t, folded.len);
	if (folded.len < SHINGLE)
		add_hash(&s, folded);
	for (size_t i = 0; i + SHINGLE <= folded.len; i++)
		add_hash(&s, str_sub(folded, i, i + SHINGLE));
	sort_once(&s, arena);
	return s;
}

static size_t in_both(const struct shingles *a, const struct shingles *b)
{
	size_t i = 0, k = 0, both = 0;

	while (i < a->n && k < b->n) {
		if (a->at[i] == b->at[k]) {
			both++;
			i++;
			k++;
		} else if (a->at[i] < b->at[k]) {
			i++;
		} else {
			k++;
		}
	}
	return both;
}

static int per_cent(size_t part, size_t whole)
{
	return whole ? (int)(100 * part / whole) : 0;
}

int shingles_common(const struct shingles *a, const struct shingles *b)
{
	size_t both = in_both(a, b);

	return per_cent(both, a->n + b->n - both);
}

int shingles_within(const struct shingles *a, const struct shingles *b)
{
	return per_cent(in_both(a, b), a->n < b->n ? a->n : b->n);
}

/* faces */

static bool has_digit(struct str word)
{
	for (size_t i = 0; i < word.len; i++)
		if (word.ptr[i] >= '0' && word.ptr[i] <= '9')
			return true;
	return false;
}

static struct shingles numbers_of(struct str title, struct arena *arena)
{
	struct folded folded = fold(arena, str_clip(title, SHINGLES_BYTES_MAX));
	struct shingles s = { arena_array(arena, uint32_t, folded.n_words), 0 };

	for (uint32_t i = 0; i < folded.n_words; i++) {
		struct str word = folded_word(&folded, i);

		while (word.len > 1 && word.ptr[0] == '0') /* "lot 01" */
			word = str_from(word, 1);
		if (has_digit(word))
			add_hash(&s, word);
	}
	sort_once(&s, arena);
	return s;
}

struct dossier_face dossier_face(const struct notice *notice, struct arena *arena)
{
	return (struct dossier_face){
		.kind = notice->kind,
		.stage = notice->stage,
		.source = notice->source,
		.procedure_id = notice->procedure_id,
		.siren = ident_siren(notice->buyer.id, arena),
		.published = notice->published,
		.deadline_at = notice->deadline.at,
		.deadline_by_day = notice->deadline.certainty == DEADLINE_DAY_ONLY,
		.title = shingles_of(notice->title, arena),
		.buyer = shingles_of(buyer_is_court(notice) ? STR_NONE : notice->buyer.name, arena),
		.numbers = numbers_of(notice->title, arena),
	};
}

struct dossier_keys dossier_keys(const struct notice *notice, struct arena *arena)
{
	struct dossier_keys keys = { STR_NONE, STR_NONE };
	struct str name;

	if (notice->kind == NOTICE_REQUIREMENT || notice->stage == NOTICE_REGISTRATION ||
		notice->title.len == 0)
		return keys;
	keys.siren = ident_siren(notice->buyer.id, arena);
	name = str_clip(fold_text(arena, str_clip(notice->buyer.name, SHINGLES_BYTES_MAX)), 100);
	if (name.len > 0 && !buyer_is_court(notice))
		keys.name = name;
	return keys;
}

/* judging */

static bool same_buyer(const struct dossier_face *a, const struct dossier_face *b)
{
	if (str_given(a->siren) && str_given(b->siren))
		return str_eq(a->siren, b->siren);
	if (shingles_common(&a->buyer, &b->buyer) >= BUYER_ALIKE)
		return true;
	return a->buyer.n >= BUYER_LONG && b->buyer.n >= BUYER_LONG &&
	       shingles_within(&a->buyer, &b->buyer) >= BUYER_WITHIN;
}

/* Each has a number that the other has not. */
static bool other_numbers(const struct dossier_face *a, const struct dossier_face *b)
{
	size_t both = in_both(&a->numbers, &b->numbers);

	return both < a->numbers.n && both < b->numbers.n;
}

/* Of two titles with so many shingles, of which `both` are in both. */
static int title_likeness(size_t a, size_t b, size_t both)
{
	int common = per_cent(both, a + b - both), within;

	if (a < TITLE_LONG || b < TITLE_LONG)
		return common;
	within = per_cent(both, a < b ? a : b) * 9 / 10;
	return within > common ? within : common;
}

static bool same_deadline(const struct dossier_face *a, const struct dossier_face *b)
{
	if (a->deadline_at == TIME_NONE || b->deadline_at == TIME_NONE)
		return false;
	if (a->deadline_by_day || b->deadline_by_day)
		return paris_day(a->deadline_at) == paris_day(b->deadline_at);
	return llabs((long long)(a->deadline_at - b->deadline_at)) <= ZONE_SLIP_S;
}

static bool changes(const struct dossier_face *face)
{
	return face->kind == NOTICE_CHANGE || face->kind == NOTICE_CANCELLATION;
}

/* How alike titles must be when buyer and deadline are the same; over 100: they cannot be. */
static int wanted_with_deadline(const struct dossier_face *a, const struct dossier_face *b, int days)
{
	if (days > SAME_DEADLINE_DAYS)
		return 101;
	if (!str_eq(a->source, b->source))
		return SAME_DEADLINE_OTHER_SOURCE;
	return changes(a) || changes(b) ? SAME_DEADLINE_CHANGE : SAME_DEADLINE_AGAIN;
}

/* May the later one follow the earlier in one purchase? `days` lie between them. */
static bool may_follow(const struct dossier_face *early, const struct dossier_face *late, int days)
{
	bool deadlines_differ = early->deadline_at != TIME_NONE && late->deadline_at != TIME_NONE &&
				paris_day(early->deadline_at) != paris_day(late->deadline_at) &&
				!same_deadline(early, late);

	if (changes(late) && (late->stage == early->stage || late->kind == NOTICE_CANCELLATION))
		return days <= CHANGE_DAYS;
	if (early->stage == late->stage)
		return !str_eq(early->source, late->source) && days <= OTHER_SOURCE_DAYS &&
		       !deadlines_differ;
	if (late->stage == NOTICE_RESULT)
		return early->stage != NOTICE_PLANNING && days >= RESULT_SOON_DAYS &&
		       days <= RESULT_DAYS;
	return early->stage == NOTICE_PLANNING && days <= DOSSIER_SPAN_DAYS;
}

int dossier_judge(
	const struct dossier_face *a, const struct dossier_face *b, enum dossier_link_kind *ret_kind)
{
	const struct dossier_face *early = a->published <= b->published ? a : b;
	const struct dossier_face *late = early == a ? b : a;
	int days, title, by_name;

	if (a->procedure_id.len > 0 && b->procedure_id.len > 0) {
		*ret_kind = DOSSIER_PROCEDURE;
		return str_eq(a->procedure_id, b->procedure_id) ? 100 : 0;
	}
	if (a->published == DAY_NONE || b->published == DAY_NONE)
		return 0;
	days = late->published - early->published;
	if (days > DOSSIER_SPAN_DAYS || other_numbers(a, b) || !same_buyer(a, b))
		return 0;
	title = title_likeness(a->title.n, b->title.n, in_both(&a->title, &b->title));
	by_name = str_given(a->siren) && str_given(b->siren) ? 0 : 5;
	if (same_deadline(a, b) && title >= wanted_with_deadline(a, b, days)) {
		*ret_kind = DOSSIER_DEADLINE;
		return 60 + title * 35 / 100 - by_name;
	}
	/* On one day nobody is first: each may follow the other. */
	if (title >= LIKE_TITLE &&
		(may_follow(early, late, days) || (days == 0 && may_follow(late, early, 0)))) {
		*ret_kind = DOSSIER_LIKENESS;
		return 50 + title * 35 / 100 - by_name;
	}
	return 0;
}

bool dossier_strangers(const struct notice *a, const struct notice *b, struct arena *arena)
{
	struct dossier_face x, y;

	if (a->title.len == 0 || b->title.len == 0 || a->buyer.name.len == 0 || b->buyer.name.len == 0)
		return false;
	x = dossier_face(a, arena);
	y = dossier_face(b, arena);
	if (str_given(x.siren) && str_given(y.siren) && str_eq(x.siren, y.siren))
		return false;
	return shingles_within(&x.buyer, &y.buyer) < STRANGE && shingles_within(&x.title, &y.title) < STRANGE;
}

/* What of a face a sketch has. */
static struct dossier_face face_of(const struct dossier_sketch *sketch)
{
	return (struct dossier_face){ .kind = sketch->kind, .stage = sketch->stage,
		.source = sketch->source, .published = sketch->published,
		.deadline_at = sketch->deadline_at, .deadline_by_day = sketch->deadline_by_day };
}

bool dossier_conceivable(
	const struct dossier_sketch *a, const struct shingles *title, const struct dossier_sketch *b)
{
	struct dossier_face x = face_of(a), y = face_of(b);
	const struct dossier_face *early = x.published <= y.published ? &x : &y;
	const struct dossier_face *late = early == &x ? &y : &x;
	int days, like, wanted = 101;

	if (a->published == DAY_NONE || b->published == DAY_NONE || (a->has_procedure && b->has_procedure))
		return false;
	days = late->published - early->published;
	if (days > DOSSIER_SPAN_DAYS)
		return false;
	/* Most are told apart by their stages and deadlines; the bits take longest. */
	if (same_deadline(&x, &y))
		wanted = wanted_with_deadline(&x, &y, days);
	if (wanted > LIKE_TITLE && (may_follow(early, late, days) || (days == 0 && may_follow(late, early, 0))))
		wanted = LIKE_TITLE;
	if (wanted > 100)
		return false;
	/* At most so much: what is not among its bits is not in its title. */
	like = title_likeness(title->n, b->shingles, dossier_sketch_common(b, title));
	return like >= wanted;
}
