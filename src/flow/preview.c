#include "flow/preview.h"

#include <stdlib.h>
#include <string.h>

#include "codes_without.h"
#include "store/notice.h"

enum {
	YEAR = 365,
	VARIANTS_MAX = 64,   /* ways to drop one word */
	PROPOSED_SHARE = 5, /* a word is named when a fifth at least would not come without it */
};

struct told {
	day_t day;
	uint64_t dossier; /* hash of its key */
};

struct looking {
	struct arena *arena;
	const struct bench *bench;
	struct preview *ret;
	size_t examples;
	struct told *told;
	size_t n_told, capacity;
	struct arena notice;
};

static void keep_card(struct looking *l, const struct notice *notice, const struct receipt *receipt)
{
	struct preview *ret = l->ret;
	size_t at = ret->n_cards;

	while (at > 0 && (ret->cards[at - 1].score < receipt->score ||
				 (ret->cards[at - 1].score == receipt->score &&
					 str_cmp(ret->cards[at - 1].notice, notice->id) > 0)))
		at--;
	if (at >= l->examples)
		return;
	ret->n_cards += ret->n_cards < l->examples;
	memmove(&ret->cards[at + 1], &ret->cards[at], (ret->n_cards - at - 1) * sizeof(*ret->cards));
	ret->cards[at] = (struct preview_card){ .notice = arena_dup(l->arena, notice->id),
		.lot = arena_dup(l->arena, receipt->lot), .score = receipt->score };
}

static void take(struct looking *l, const struct notice *notice, const struct receipt *receipt)
{
	arena_grow(l->arena, l->told, l->n_told, &l->capacity);
	l->told[l->n_told++] = (struct told){ notice->published,
		str_hash(str_given(notice->dossier) ? notice->dossier : notice->id) };
	keep_card(l, notice, receipt);
}

static int take_found(void *data, const struct rematch_found *found, const struct receipts *receipts,
	struct error *err UNUSED)
{
	if (receipts->n > 0)
		take(data, found->notice, &receipts->at[0]);
	return 0;
}

/* Volume */

static int by_dossier(const void *a, const void *b)
{
	const struct told *x = a, *y = b;

	if (x->dossier != y->dossier)
		return x->dossier < y->dossier ? -1 : 1;
	return x->day < y->day ? -1 : x->day > y->day;
}

static int by_day(const void *a, const void *b)
{
	const struct told *x = a, *y = b;

	return x->day < y->day ? -1 : x->day > y->day;
}

/* A purchase counts on the day it is first heard of. */
static void count_volume(struct looking *l, day_t today)
{
	struct preview *ret = l->ret;
	int64_t days = ret->first == DAY_NONE ? 0 : today - ret->first + 1, weeks_with = 0, in_week = 0;
	size_t n = 0;

	if (l->n_told > 1)
		qsort(l->told, l->n_told, sizeof(*l->told), by_dossier);
	for (size_t i = 0; i < l->n_told; i++)
		if (i == 0 || l->told[i].dossier != l->told[n - 1].dossier)
			l->told[n++] = l->told[i];
	if (n > 1)
		qsort(l->told, n, sizeof(*l->told), by_day);
	for (size_t i = 0; i < n; i++) {
		bool new_week = i == 0 || (today - l->told[i].day) / 7 != (today - l->told[i - 1].day) / 7;

		in_week = new_week ? 1 : in_week + 1;
		weeks_with += new_week;
		if (in_week > ret->most_in_week)
			ret->most_in_week = in_week;
	}
	ret->purchases = (int64_t)n;
	ret->weeks = (days + 6) / 7;
	ret->silent_weeks = ret->weeks - weeks_with;
	ret->per_week = days < 7 ? (int64_t)n * 10 : ((int64_t)n * 70 + days / 2) / days;
	ret->flood = ret->per_week > PREVIEW_FLOOD;
	ret->silence = ret->per_week < PREVIEW_SILENCE && ret->weeks >= PREVIEW_WEEKS_MIN;
}

/* What to do about a flood: which word of its own would the fewest come without? Each way is tried. */

struct variant {
	struct profile profile;
	struct str word;
	bool cpv;
	int64_t matches;
};
struct variants {
	struct variant at[VARIANTS_MAX]; /* the first is the profile as it is */
	size_t n;
	struct matcher *matcher;
	struct arena notice;
};

static void vary(struct variants *v, const struct profile *profile, bool cpv, struct arena *arena)
{
	const struct codes *codes = cpv ? &profile->cpv : &profile->keywords;

	for (size_t i = 0; i < codes->n && v->n < VARIANTS_MAX; i++) {
		struct variant *variant = &v->at[v->n++];

		*variant = (struct variant){ .profile = *profile, .word = codes->at[i], .cpv = cpv };
		*(cpv ? &variant->profile.cpv : &variant->profile.keywords) = codes_without(codes, i, arena);
	}
}

static int try_variants(void *data, const struct notice *notice, int64_t seq UNUSED, struct error *err)
{
	struct variants *v = data;
	int64_t now = notice->published == DAY_NONE ? 0 : (int64_t)notice->published * 86400;
	struct match_options options = { .now = now };
	struct receipts receipts;
	int r;

	arena_reset(&v->notice);
	r = matcher_run(v->matcher, notice, &options, &v->notice, &receipts, err);
	for (size_t i = 0; r >= 0 && i < receipts.n; i++) {
		int64_t number = 0;

		if (str_to_int64(receipts.at[i].profile, &number))
			v->at[number].matches++;
	}
	return r < 0 ? r : 0;
}

static int run_variants(struct db *db, struct looking *l, struct variants *v, struct error *err)
{
	const struct profile *profiles[VARIANTS_MAX];
	struct notice_filter filter;
	int r;

	for (size_t i = 0; i < v->n; i++) {
		v->at[i].profile.id = arena_printf(l->arena, "%zu", i);
		profiles[i] = &v->at[i].profile;
	}
	notice_filter_init(&filter);
	filter.newest_first = true;
	filter.limit = PREVIEW_RECENT;
	r = matcher_new(l->bench->rules, 0, profiles, v->n, &v->matcher, err);
	if (r >= 0)
		r = store_notice_each(db, &filter, try_variants, v, err);
	matcher_free(v->matcher);
	arena_done(&v->notice);
	return r < 0 ? r : 0;
}

static int propose_less(struct db *db, struct looking *l, const struct profile *profile, struct error *err)
{
	struct variants *v = arena_new(l->arena, struct variants);
	const struct variant *best;
	int64_t all, left;
	int r;

	v->at[v->n++].profile = *profile;
	vary(v, profile, false, l->arena);
	vary(v, profile, true, l->arena);
	r = run_variants(db, l, v, err);
	if (r < 0)
		return r;
	all = v->at[0].matches;
	best = &v->at[0];
	for (size_t i = 1; i < v->n; i++)
		if (v->at[i].matches < best->matches)
			best = &v->at[i];
	if ((all - best->matches) * PROPOSED_SHARE < all || all == 0) {
		l->ret->proposal = profile->places.n == 0 ? STR("name places, or words to exclude")
							  : STR("name words to exclude, or fewer fields and codes");
		return 0;
	}
	left = l->ret->per_week * best->matches / all;
	l->ret->without = best->word;
	l->ret->without_per_week = left;
	l->ret->proposal = arena_printf(l->arena, "without the %s \"%.*s\": about %lld a week",
		best->cpv ? "CPV branch" : "keyword", STR_ARG(best->word), (long long)(left + 5) / 10);
	return 0;
}

/* Near misses */

struct missing {
	struct looking *l;
	const struct profile *profile;
	day_t since;
};

static int take_missing(void *data, const struct notice *notice, int64_t seq UNUSED, struct error *err)
{
	struct missing *missing = data;
	struct looking *l = missing->l;
	struct preview *ret = l->ret;
	int64_t now = notice->published == DAY_NONE ? 0 : (int64_t)notice->published * 86400;
	struct match_options options = { .now = now };
	struct explanation why;
	size_t at = ret->n_near;
	int r;

	arena_reset(&l->notice);
	r = matcher_explain(l->bench->matcher, notice, 0, &options, &l->notice, &why, err);
	if (r < 0)
		return r;
	if (why.gate != GATE_PASSED || why.missing == 0 || why.missing > PREVIEW_NEAR)
		return 0;
	while (at > 0 && (ret->near[at - 1].score < why.receipt.score ||
				 (ret->near[at - 1].score == why.receipt.score &&
					 str_cmp(ret->near[at - 1].notice, notice->id) > 0)))
		at--;
	if (at >= l->examples)
		return 0;
	ret->n_near += ret->n_near < l->examples;
	memmove(&ret->near[at + 1], &ret->near[at], (ret->n_near - at - 1) * sizeof(*ret->near));
	ret->near[at] = (struct preview_card){ .notice = arena_dup(l->arena, notice->id),
		.title = arena_dup(l->arena, notice->title), .score = why.receipt.score };
	return 0;
}

static int find_near(struct db *db, struct looking *l, const struct profile *profile, struct error *err)
{
	struct missing missing = { .l = l, .profile = profile };
	struct notice_filter filter;
	int r;

	notice_filter_init(&filter);
	filter.newest_first = true;
	filter.limit = PREVIEW_RECENT;
	r = store_notice_each(db, &filter, take_missing, &missing, err);
	for (size_t i = 0; r >= 0 && i < l->ret->n_near; i++) {
		struct notice notice;

		arena_reset(&l->notice);
		r = store_notice_find(db, l->ret->near[i].notice, &l->notice, &notice, err);
		if (r == 0)
			r = matcher_propose(l->bench->matcher, l->bench->rules, &notice, profile, l->arena,
				&l->ret->near[i].change, err);
	}
	return r < 0 ? r : 0;
}

static int find_titles(struct db *db, struct looking *l, struct error *err)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < l->ret->n_cards; i++) {
		struct notice notice;

		arena_reset(&l->notice);
		r = store_notice_find(db, l->ret->cards[i].notice, &l->notice, &notice, err);
		if (r == 0)
			l->ret->cards[i].title = arena_dup(l->arena, notice.title);
	}
	return r < 0 ? r : 0;
}

static void looking_init(struct looking *l, const struct bench *bench, size_t examples, struct arena *arena,
	struct preview *ret)
{
	*l = (struct looking){ .arena = arena, .bench = bench, .ret = ret, .examples = examples };
	*ret = (struct preview){ .first = DAY_NONE };
	ret->cards = arena_array(arena, struct preview_card, examples + 1);
	ret->near = arena_array(arena, struct preview_card, examples + 1);
}

static int look_back(struct db *db, struct looking *l, const struct profile *profile, day_t today,
	const struct progress *progress, struct error *err)
{
	struct rematch_options options;
	struct rematch_count count;
	int r;

	rematch_options_init(&options);
	options.since = today - YEAR;
	options.until = today;
	options.texts = false;
	r = rematch_run(db, l->bench->matcher, &options, take_found, l, progress, &count, err);
	if (r >= 0)
		r = store_notice_first_day(db, options.since, options.until, &l->ret->first, err);
	if (r < 0)
		return r;
	l->ret->notices = count.notices;
	count_volume(l, today);
	r = find_titles(db, l, err);
	if (r >= 0)
		r = find_near(db, l, profile, err);
	if (r >= 0 && l->ret->flood)
		r = propose_less(db, l, profile, err);
	else if (l->ret->silence && l->ret->n_near > 0)
		l->ret->proposal = l->ret->near[0].change;
	return r;
}

int preview_profile(struct db *db, const struct profile *profile, day_t today, size_t examples,
	const struct progress *progress, struct arena *arena, struct preview *ret, struct error *err)
{
	struct looking *l = arena_new(arena, struct looking);
	struct bench bench;
	int r = bench_open_with(db, &profile, 1, &bench, err);

	if (r < 0)
		return r;
	looking_init(l, &bench, examples, arena, ret);
	r = look_back(db, l, profile, today, progress, err);
	arena_done(&l->notice);
	bench_done(&bench);
	return r;
}

static int take_quick(void *data, const struct notice *notice, int64_t seq UNUSED, struct error *err)
{
	struct looking *l = data;
	int64_t now = notice->published == DAY_NONE ? 0 : (int64_t)notice->published * 86400;
	struct match_options options = { .now = now };
	struct receipts receipts;
	int r;

	arena_reset(&l->notice);
	r = matcher_run(l->bench->matcher, notice, &options, &l->notice, &receipts, err);
	if (r < 0)
		return r;
	l->ret->notices++;
	if (notice->published != DAY_NONE && (l->ret->first == DAY_NONE || notice->published < l->ret->first))
		l->ret->first = notice->published;
	if (receipts.n > 0)
		take(l, notice, &receipts.at[0]);
	return 0;
}

/* Too few notices to say what a week is like. */
static int too_few(struct db *db, struct notice_filter *filter, day_t today, bool *ret, struct error *err)
{
	int64_t n;
	int r;

	notice_filter_init(filter);
	filter->newest_first = true;
	filter->since = today - YEAR;
	filter->until = today;
	r = store_notice_count(db, filter, &n, err);
	filter->limit = PREVIEW_QUICK;
	*ret = r >= 0 && n < PREVIEW_QUICK_MIN;
	return r;
}

int preview_quick(struct db *db, const struct profile *profile, day_t today, struct arena *arena,
	struct preview *ret, struct error *err)
{
	struct looking *l = arena_new(arena, struct looking);
	struct notice_filter filter;
	struct bench bench;
	bool few;
	int r = too_few(db, &filter, today, &few, err);

	looking_init(l, &bench, 0, arena, ret);
	if (r < 0 || few)
		return r < 0 ? r : 0;
	r = bench_open_with(db, &profile, 1, &bench, err);
	if (r < 0)
		return r;
	r = store_notice_each(db, &filter, take_quick, l, err);
	if (r >= 0)
		count_volume(l, today);
	if (r >= 0 && ret->flood)
		r = propose_less(db, l, profile, err);
	arena_done(&l->notice);
	bench_done(&bench);
	return r < 0 ? r : 0;
}

struct floods {
	const struct bench *bench;
	int64_t *matches; /* by profile */
	day_t first;
	struct arena arena;
};

static int count_flood(void *data, const struct notice *notice, int64_t seq UNUSED, struct error *err)
{
	struct floods *f = data;
	int64_t now = notice->published == DAY_NONE ? 0 : (int64_t)notice->published * 86400;
	struct match_options options = { .now = now };
	struct receipts receipts;
	int r;

	arena_reset(&f->arena);
	r = matcher_run(f->bench->matcher, notice, &options, &f->arena, &receipts, err);
	if (r < 0)
		return r;
	if (notice->published != DAY_NONE && (f->first == DAY_NONE || notice->published < f->first))
		f->first = notice->published;
	for (size_t i = 0; i < receipts.n; i++)
		f->matches[bench_profile(f->bench, receipts.at[i].profile)]++;
	return 0;
}

int preview_floods(struct db *db, const struct profile *const *profiles, size_t n, day_t today, bool *ret,
	struct error *err)
{
	struct floods f = { .first = DAY_NONE };
	struct notice_filter filter;
	struct bench bench;
	int64_t days;
	bool few;
	int r = too_few(db, &filter, today, &few, err);

	for (size_t i = 0; i < n; i++)
		ret[i] = false;
	if (r < 0 || few || n == 0)
		return r < 0 ? r : 0;
	r = bench_open_with(db, profiles, n, &bench, err);
	if (r < 0)
		return r;
	f.bench = &bench;
	f.matches = arena_array(&bench.arena, int64_t, n);
	r = store_notice_each(db, &filter, count_flood, &f, err);
	days = f.first == DAY_NONE ? 0 : today - f.first + 1;
	for (size_t i = 0; r >= 0 && i < n; i++)
		ret[i] = f.matches[i] * 70 > PREVIEW_FLOOD * (days < 7 ? 7 : days);
	arena_done(&f.arena);
	bench_done(&bench);
	return r < 0 ? r : 0;
}
