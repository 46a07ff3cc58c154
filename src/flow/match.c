#include "flow/match.h"

#include <malloc.h>
#include <sched.h>

#include "base/log.h"
#include "flow/bench.h"
#include "flow/kept.h"
#include "gate/http.h"
#include "store/match.h"
#include "store/notice.h"
#include "store/profile.h"
#include "store/ruleset.h"

enum {
	MATCH_BATCH = 100,             /* notices whose matches are written in one transaction */
	MATCH_BATCH_BYTES = 16 << 20,  /* fewer, when they are larger */
	NOTICES_A_THREAD = 25,
	/* Places asked for at once: for each of these lists all notices are gone through. */
	MATCH_LIST = 100000,
};

struct update {
	struct db *db;
	struct bench *bench;
	struct kept *kept;    /* NULL, or what is run in the place of the bench's matcher */
	int64_t now;
	int (*each)(void *data, const struct receipt *receipt, struct error *err);
	void *data;
	const struct progress *progress;
	int64_t total;
	struct match_count *count;

	struct arena batch;   /* receipts to tell once their transaction is committed */
	struct receipt *told;
	size_t n_told, told_capacity;
	struct arena listed;  /* places of the notices to come */
	int64_t *seqs;
	size_t n_seqs, done;
	int64_t seq;          /* of the last notice done */
	struct codes *suspended; /* rules that overspent in this process, and that is stored; in `names` */
	struct arena *names;
	bool whole;           /* the bench holds every profile, so a notice is done after it */
};

static int put_receipts(struct update *u, const struct receipts *receipts, struct error *err)
{
	for (size_t i = 0; i < receipts->n; i++) {
		int r = store_match_put(u->db, &receipts->at[i], u->now, err);

		if (r < 0)
			return r;
		if (r != STORE_NEW)
			continue;
		u->count->added++;
		if (u->each == NULL)
			continue;
		arena_grow(&u->batch, u->told, u->n_told, &u->told_capacity);
		u->told[u->n_told++] = *receipt_dup(&receipts->at[i], &u->batch);
	}
	return 0;
}

/* A closed requirement matches nobody, whenever a new ruleset or version brings it here again. */
static int is_over(struct update *u, const struct notice *notice, struct arena *arena, bool *ret,
	struct error *err)
{
	struct str email;
	int r;

	*ret = false;
	if (notice->kind != NOTICE_REQUIREMENT)
		return 0;
	r = store_requirement_find(u->db, notice->id, arena, &email, ret, err);
	return r < 0 ? r : 0;
}

/* Names of the rules that are suspended. */
static size_t suspended_rules(struct update *u, struct arena *arena, struct str **ret)
{
	size_t *rules, n;

	if (u->kept != NULL)
		return kept_suspended(u->kept, arena, ret);
	n = matcher_suspended(u->bench->matcher, arena, &rules);
	*ret = arena_array(arena, struct str, n);
	for (size_t i = 0; i < n; i++)
		(*ret)[i] = u->bench->rules->rules[rules[i]].name;
	return n;
}

/* Kept once a process: from then on the rule is suspended and spends no more. */
static int keep_overspent(struct update *u, const struct notice *notice, struct str text,
	struct error *err)
{
	struct arena arena = ARENA_INIT;
	struct str *rules;
	size_t n = suspended_rules(u, &arena, &rules);
	int r = 0;

	log_warn("match", "[match.pattern.overspent] %.*s; see rules list", STR_ARG(text));
	for (size_t i = 0; r >= 0 && i < n; i++) {
		if (codes_has(u->suspended, rules[i]))
			continue;
		codes_add(u->suspended, u->names, arena_dup(u->names, rules[i]));
		r = store_rule_overspent_put(u->db, u->bench->ruleset, rules[i], notice->id, u->now, err);
	}
	arena_done(&arena);
	return r;
}

static int put_result(struct update *u, const struct notice *notice, const struct batch_result *result,
	struct error *err)
{
	int r = 0;

	if (str_given(result->overspent))
		r = keep_overspent(u, notice, result->overspent, err);
	if (r >= 0)
		r = put_receipts(u, &result->receipts, err);
	if (r >= 0 && u->whole)
		r = store_match_end_stale(u->db, notice->id, STR_NONE, u->bench->ruleset, u->now, err);
	if (r >= 0 && u->whole)
		r = store_match_done(u->db, notice->id, notice->version, u->bench->ruleset, err);
	return r < 0 ? error_add(err, "%.*s", STR_ARG(notice->id)) : 0;
}

unsigned match_threads(void)
{
	cpu_set_t cpus;
	size_t n = 1;

	if (sched_getaffinity(0, sizeof(cpus), &cpus) == 0)
		n = (size_t)CPU_COUNT(&cpus);
	return n < MATCHER_THREADS_MAX ? (unsigned)n : MATCHER_THREADS_MAX;
}

/* A thread has to learn its words anew, so each gets some notices. */
static unsigned threads_for(size_t notices)
{
	size_t n = match_threads(), most = 1 + notices / NOTICES_A_THREAD;

	return (unsigned)(n < most ? n : most);
}

/* All of them on all processors, then the results in the order of the notices. */
static int match_stored(struct update *u, const struct stored_notice *stored, size_t n, struct arena *arena,
	struct error *err)
{
	const struct notice **notices = arena_array(arena, const struct notice *, n);
	struct batch_result *results = arena_array(arena, struct batch_result, n);
	struct match_options options = { .now = u->now };
	size_t open = 0, result = 0;
	bool *over = arena_array(arena, bool, n);
	int r = 0;

	for (size_t i = 0; r >= 0 && i < n; i++) {
		r = is_over(u, &stored[i].notice, arena, &over[i], err);
		if (!over[i])
			notices[open++] = &stored[i].notice;
	}
	if (r < 0)
		return r;
	if (u->kept != NULL)
		kept_run_batch(u->kept, notices, open, threads_for(open), &options, results);
	else
		matcher_run_batch(u->bench->matcher, notices, open, threads_for(open), &options, results);
	for (size_t i = 0; r >= 0 && i < n; i++) {
		const struct batch_result none = { { NULL, 0 }, STR_NONE };

		r = put_result(u, &stored[i].notice, over[i] ? &none : &results[result++], err);
		u->seq = stored[i].seq;
	}
	u->done += n;
	u->count->notices += (int64_t)n;
	return r;
}

static int tell(struct update *u, struct error *err)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < u->n_told; i++)
		r = u->each(u->data, &u->told[i], err);
	arena_reset(&u->batch);
	u->told = NULL;
	u->n_told = u->told_capacity = 0;
	return r;
}

/* One batch in one transaction. */
static int match_batch(struct update *u, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct stored_notice *stored;
	size_t left = u->n_seqs - u->done, n;
	int r = db_begin(u->db, err);

	if (r < 0)
		return r;
	r = store_notice_batch(u->db, u->seqs + u->done, left < MATCH_BATCH ? left : MATCH_BATCH,
		MATCH_BATCH_BYTES, &arena, &stored, &n, err);
	if (r >= 0)
		r = match_stored(u, stored, n, &arena, err);
	if (r >= 0)
		r = db_commit(u->db, err);
	if (r < 0) {
		db_rollback(u->db);
		return r;
	}
	progress_tell(u->progress, "matching", u->count->notices, u->total);
	return tell(u, err);
}

/* The notices that come next, those that came meanwhile among them. */
static int list_next(struct update *u, struct notice_filter *filter, struct error *err)
{
	arena_reset(&u->listed);
	u->done = 0;
	filter->after_seq = u->seq;
	filter->limit = MATCH_LIST;
	return store_notice_seqs(u->db, filter, &u->listed, &u->seqs, &u->n_seqs, err);
}

static int match_all(struct update *u, struct notice_filter *filter, struct error *err)
{
	int r;

	u->seq = 0;
	do {
		r = list_next(u, filter, err);
		while (r >= 0 && u->done < u->n_seqs && !http_stop)
			r = match_batch(u, err);
	} while (r >= 0 && u->n_seqs > 0 && !http_stop);
	return r;
}

/* Notices that this ruleset has not compared, in this version, with every profile. */
static int match_notices(struct update *u, day_t since, struct error *err)
{
	struct notice_filter filter;
	int r;

	notice_filter_init(&filter);
	filter.unmatched_ruleset = u->bench->ruleset;
	filter.rematch_at = u->now;
	filter.since = since;
	r = store_notice_count(u->db, &filter, &u->total, err);
	u->whole = true;
	return r < 0 ? r : match_all(u, &filter, err);
}

/*
 * Profiles that are new or changed, against the open notices that this ruleset has compared already:
 * the others are compared with every profile in a moment.
 */
static int match_profiles(struct update *u, const struct profile_row *rows, size_t n, struct error *err)
{
	struct notice_filter filter;
	struct bench young;
	struct bench *whole = u->bench;
	struct kept *kept = u->kept;
	const struct profile **profiles = arena_array(&whole->arena, const struct profile *, n);
	size_t n_young = 0;
	int64_t compared;
	int r;

	for (size_t i = 0; i < n; i++)
		if (!rows[i].matched)
			profiles[n_young++] = &rows[i].profile;
	if (n_young == 0)
		return 0;
	u->count->profiles = (int64_t)n_young;
	notice_filter_init(&filter);
	filter.open_at = u->now;
	filter.matched_ruleset = whole->ruleset;
	r = store_notice_count(u->db, &filter, &compared, err);
	if (r < 0 || compared == 0)
		return r;
	r = bench_open_with(u->db, profiles, n_young, &young, err);
	if (r < 0)
		return r;
	u->bench = &young;
	u->kept = NULL;
	u->whole = false;
	r = match_all(u, &filter, err);
	u->bench = whole;
	u->kept = kept;
	bench_done(&young);
	return r;
}

/* What a changed profile matched before and no longer does ends with the mark. */
static int mark_profiles(struct update *u, const struct profile_row *rows, size_t n, struct error *err)
{
	int r = db_begin(u->db, err);

	for (size_t i = 0; r >= 0 && i < n; i++) {
		if (rows[i].matched)
			continue;
		r = store_match_end_stale(u->db, STR_NONE, rows[i].profile.id, u->bench->ruleset, u->now,
			err);
		if (r >= 0)
			r = store_profile_matched(u->db, rows[i].profile.id, rows[i].version,
				u->bench->ruleset, err);
	}
	if (r >= 0)
		r = db_commit(u->db, err);
	db_rollback(u->db);
	return r;
}

int match_update(struct db *db, int64_t now, day_t since,
	int (*each)(void *data, const struct receipt *receipt, struct error *err), void *data,
	const struct progress *progress, struct match_count *ret, struct error *err)
{
	return match_update_kept(db, NULL, now, since, each, data, progress, ret, err);
}

/* The bench is open. */
static int update_all(struct update *u, day_t since, struct error *err)
{
	struct bench *bench = u->bench;
	int r;

	if (u->kept != NULL)
		u->suspended = kept_told(u->kept, &u->names);
	r = match_profiles(u, bench->rows, bench->n_profiles, err);
	if (r >= 0 && !http_stop)
		r = match_notices(u, since, err);
	/* told to stop, a profile was not compared with every notice: the next run begins it anew */
	if (r >= 0 && !http_stop)
		r = mark_profiles(u, bench->rows, bench->n_profiles, err);
	arena_done(&u->batch);
	arena_done(&u->listed);
	bench_done(bench);
	if (u->kept != NULL)
		kept_tidy(u->kept);
	return r < 0 ? r : 0;
}

/*
 * The matcher is large: a quarter of the pages is kept, since each is read once; and what profiles were
 * compiled with goes back when it is freed, where the allocator would keep ever larger blocks. Elsewhere that
 * would cost more than it gives: digests take and free large blocks one after the other.
 */
static void spare_memory(struct db *db, bool on)
{
	db_keep(db, on ? DB_CACHE_KIB / 4 : DB_CACHE_KIB);
	mallopt(M_MMAP_THRESHOLD, on ? 256 << 10 : 32 << 20);
}

int match_update_kept(struct db *db, struct kept *kept, int64_t now, day_t since,
	int (*each)(void *data, const struct receipt *receipt, struct error *err), void *data,
	const struct progress *progress, struct match_count *ret, struct error *err)
{
	struct bench bench;
	struct codes suspended = { NULL, 0, 0 };
	struct update u = { .db = db, .bench = &bench, .kept = kept, .now = now, .each = each, .data = data,
		.progress = progress, .count = ret, .suspended = &suspended, .names = &bench.arena };
	int r;

	*ret = (struct match_count){ 0, 0, 0, 0 };
	spare_memory(db, true);
	r = kept != NULL ? kept_open(kept, db, &bench, err) : bench_open(db, &bench, err);
	if (r >= 0)
		r = update_all(&u, since, err);
	spare_memory(db, false);
	return r;
}

int match_due(struct db *db, int64_t now, bool *ret, struct error *err)
{
	int64_t ruleset = 0;
	int r = store_ruleset_active(db, &ruleset, err);

	*ret = false;
	if (r == STORE_NONE)
		return 0;
	return r < 0 ? r : store_match_due(db, ruleset, now, ret, err);
}
