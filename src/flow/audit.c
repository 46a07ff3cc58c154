#include "flow/audit.h"

#include <math.h>
#include <stdlib.h>

#include "store/notice.h"

const char *const audit_stratum_names[AUDIT_STRATA] = { "matches", "5 to 8 points", "2 to 5 points",
	"below 2 points" };

static int stratum_of(points_t score)
{
	return score >= MATCH_THRESHOLD ? 0 : score >= 50 ? 1 : score >= 20 ? 2 : 3;
}

/* Draws are ranks by a seeded mixing of what is drawn (the finisher of SplitMix64). */
static uint64_t rank_of(uint64_t seed, struct str a, struct str b)
{
	uint64_t x = seed * 0x9e3779b97f4a7c15u ^ str_hash(a) ^ (str_hash(b) << 1 | str_hash(b) >> 63);

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

struct drawn {
	struct audit_pair pair;
	uint64_t rank;
};
struct drawing {
	struct db *db;
	struct bench *bench;
	uint64_t seed;
	size_t wanted[AUDIT_STRATA]; /* pairs of a stratum */
	struct arena arena, notice;
	struct drawn *notices;
	size_t n_notices, capacity;
	struct drawn *kept[AUDIT_STRATA];
	size_t n_kept[AUDIT_STRATA];
	int64_t sizes[AUDIT_STRATA];
};

static int list_notice(void *data, const struct notice *notice, int64_t seq UNUSED, struct error *err UNUSED)
{
	struct drawing *d = data;

	if (notice->stage == NOTICE_RESULT || notice->stage == NOTICE_REGISTRATION ||
		notice->kind == NOTICE_CANCELLATION)
		return 0;
	arena_grow(&d->arena, d->notices, d->n_notices, &d->capacity);
	d->notices[d->n_notices++] = (struct drawn){ .pair.notice = arena_dup(&d->arena, notice->id),
		.rank = rank_of(d->seed, notice->id, STR("")) };
	return 0;
}

static int by_rank(const void *a, const void *b)
{
	const struct drawn *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return str_cmp(x->pair.notice, y->pair.notice);
}

/* The lowest ranks of each stratum stay. */
static void keep(struct drawing *d, int stratum, struct drawn drawn)
{
	struct drawn *kept = d->kept[stratum];
	size_t at = d->n_kept[stratum];

	d->sizes[stratum]++;
	while (at > 0 && kept[at - 1].rank > drawn.rank)
		at--;
	if (at >= d->wanted[stratum])
		return;
	d->n_kept[stratum] += d->n_kept[stratum] < d->wanted[stratum];
	for (size_t i = d->n_kept[stratum] - 1; i > at; i--)
		kept[i] = kept[i - 1];
	kept[at] = drawn;
}

static int compare_notice(struct drawing *d, struct str id, struct error *err)
{
	struct match_options options = { .no_gates = true };
	struct notice notice;
	int r;

	arena_reset(&d->notice);
	r = store_notice_find(d->db, id, &d->notice, &notice, err);
	for (size_t i = 0; r == 0 && i < d->bench->n_profiles; i++) {
		struct str profile = d->bench->profiles[i]->id;
		struct explanation why;
		int stratum;

		r = matcher_explain(d->bench->matcher, &notice, i, &options, &d->notice, &why, err);
		if (r < 0)
			return r;
		r = 0; /* a pattern that overspent is left out here too */
		stratum = why.gate == GATE_EXCLUDED ? AUDIT_STRATA - 1 : stratum_of(why.receipt.score);
		keep(d, stratum, (struct drawn){ { .profile = profile, .notice = id, .stratum = stratum },
					 rank_of(d->seed, profile, id) });
	}
	return r < 0 ? r : 0;
}

static int store_drawn(struct drawing *d, int64_t now, double scale, int64_t *ret_number, struct error *err)
{
	size_t n = 0, room = 0;
	struct audit_pair *pairs;
	int r = db_begin(d->db, err);

	for (int i = 0; i < AUDIT_STRATA; i++)
		room += d->n_kept[i];
	pairs = arena_array(&d->arena, struct audit_pair, room);
	for (int i = 0; i < AUDIT_STRATA; i++) {
		for (size_t j = 0; j < d->n_kept[i]; j++)
			pairs[n++] = d->kept[i][j].pair;
		d->sizes[i] = llround((double)d->sizes[i] * scale);
	}
	if (r >= 0)
		r = store_audit_put(d->db, (int64_t)(d->seed & INT64_MAX), d->bench->ruleset, now, d->sizes,
			pairs, n, ret_number, err);
	if (r >= 0)
		r = db_commit(d->db, err);
	db_rollback(d->db);
	return r;
}

int audit_draw(struct db *db, struct bench *bench, day_t since, day_t until, uint64_t seed, size_t n,
	int64_t now, int64_t *ret_number, struct error *err)
{
	struct drawing d = { .db = db, .bench = bench, .seed = seed };
	struct notice_filter filter;
	size_t looked_at;
	int r;

	for (size_t i = 0; i < AUDIT_STRATA; i++) {
		d.wanted[i] = n / AUDIT_STRATA + (i < n % AUDIT_STRATA);
		d.kept[i] = arena_array(&d.arena, struct drawn, d.wanted[i] + 1);
	}
	notice_filter_init(&filter);
	filter.since = since;
	filter.until = until;
	r = store_notice_each(db, &filter, list_notice, &d, err);
	if (d.n_notices > 1)
		qsort(d.notices, d.n_notices, sizeof(*d.notices), by_rank);
	looked_at = d.n_notices < AUDIT_NOTICES_MAX ? d.n_notices : AUDIT_NOTICES_MAX;
	for (size_t i = 0; r >= 0 && i < looked_at; i++)
		r = compare_notice(&d, d.notices[i].pair.notice, err);
	if (r >= 0 && looked_at == 0)
		r = error_set(err, ERROR_INPUT, "no notice of that time to draw from");
	if (r >= 0)
		r = store_drawn(&d, now, (double)d.n_notices / (double)looked_at, ret_number, err);
	arena_done(&d.arena);
	arena_done(&d.notice);
	return r;
}

/*
 * recall = M / (M + U), with M the relevant pairs that match and U those that do not, each the sum of
 * size times share of its strata; the interval by the delta method, variances with two successes and two
 * failures added (Agresti and Coull), so that a stratum without a relevant pair is not thought certain.
 */
void audit_estimate(const struct audit_pair *pairs, size_t n, const int64_t sizes[AUDIT_STRATA],
	struct audit_estimate *ret)
{
	double found = 0, missed = 0, of_found = 0, of_missed = 0, all, half;

	*ret = (struct audit_estimate){ .known = true, .high = 1 };
	for (int i = 0; i < AUDIT_STRATA; i++) {
		int64_t judged = 0, relevant = 0;
		double p, variance;

		for (size_t j = 0; j < n; j++) {
			judged += pairs[j].stratum == i && pairs[j].judged;
			relevant += pairs[j].stratum == i && pairs[j].judged &&
				    pairs[j].grade == JUDGMENT_GRADE_MAX;
		}
		ret->sizes[i] = sizes[i];
		ret->strata[i] = share_of(relevant, judged);
		ret->known &= judged > 0 || sizes[i] == 0;
		p = (double)(relevant + 2) / (double)(judged + 4);
		variance = judged >= sizes[i] ? 0 : (double)sizes[i] * (double)sizes[i] * p * (1 - p) /
							    (double)(judged + 4);
		*(i == 0 ? &found : &missed) += (double)sizes[i] * ret->strata[i].share;
		*(i == 0 ? &of_found : &of_missed) += variance;
	}
	all = found + missed;
	if (!ret->known || all <= 0) {
		ret->known = false;
		return;
	}
	ret->recall = found / all;
	half = 1.959963984540054 * sqrt(missed * missed * of_found + found * found * of_missed) / (all * all);
	ret->low = fmax(0, ret->recall - half);
	ret->high = fmin(1, ret->recall + half);
}
