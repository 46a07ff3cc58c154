#include "flow/kept.h"

#include <stdlib.h>

#include "flow/match.h"
#include "store/profile.h"
#include "store/ruleset.h"

/* A profile as it was compiled. */
struct known {
	struct str id;
	int64_t version, created; /* one that was deleted and made again begins with version 1 again */
};

struct kept {
	struct live *live; /* NULL: nothing yet */
	int64_t ruleset;
	struct live_reader *readers[MATCHER_THREADS_MAX];
	struct arena arena;  /* of `known` */
	struct known *known; /* in order of id */
	size_t n_known;
	struct arena told_arena;
	struct codes told;
};

struct kept *kept_new(void)
{
	struct kept *kept = calloc(1, sizeof(*kept));

	if (kept == NULL)
		die("out of memory");
	return kept;
}

static void forget(struct kept *kept)
{
	for (size_t i = 0; i < LENGTH(kept->readers); i++)
		kept->readers[i] = live_reader_free(kept->readers[i]);
	kept->live = live_free(kept->live);
	kept->n_known = 0;
}

void *kept_free(struct kept *kept)
{
	if (kept == NULL)
		return NULL;
	forget(kept);
	arena_done(&kept->arena);
	arena_done(&kept->told_arena);
	free(kept);
	return NULL;
}

/* What is compiled now. */
static void know(struct kept *kept, const struct bench *bench)
{
	arena_reset(&kept->arena);
	kept->ruleset = bench->ruleset;
	kept->n_known = bench->n_profiles;
	kept->known = arena_array(&kept->arena, struct known, bench->n_profiles);
	for (size_t i = 0; i < bench->n_profiles; i++)
		kept->known[i] = (struct known){ arena_dup(&kept->arena, bench->rows[i].profile.id),
			bench->rows[i].version, bench->rows[i].created };
}

/* Both are in order of id. */
static int apply_edits(struct kept *kept, struct bench *bench, struct error *err)
{
	const struct profile **put = arena_array(&bench->arena, const struct profile *, bench->n_profiles);
	struct str *gone = arena_array(&bench->arena, struct str, kept->n_known);
	size_t n_put = 0, n_gone = 0, i = 0, j = 0;

	while (i < kept->n_known || j < bench->n_profiles) {
		const struct known *known = &kept->known[i];
		const struct profile_row *row = &bench->rows[j];
		int order = i == kept->n_known	      ? 1
			    : j == bench->n_profiles ? -1
						     : str_cmp(known->id, row->profile.id);

		if (order < 0)
			gone[n_gone++] = known->id;
		else if (order > 0 || known->version != row->version || known->created != row->created)
			put[n_put++] = &row->profile;
		i += order <= 0;
		j += order >= 0;
	}
	if (n_gone > 0)
		live_remove(kept->live, gone, n_gone);
	return live_put(kept->live, put, n_put, err);
}

static int compile(struct kept *kept, struct bench *bench, struct error *err)
{
	return live_new(steal(&bench->rules), bench->ruleset, bench->profiles, bench->n_profiles,
		match_threads(), &kept->live, err);
}

static int refresh(struct kept *kept, struct db *db, struct bench *bench, struct error *err)
{
	int r = store_ruleset_active(db, &bench->ruleset, err);

	if (r == STORE_NONE)
		return error_set(err, ERROR_CONFIG, "no ruleset is active: run `appariteur init`");
	if (r >= 0 && (kept->live == NULL || kept->ruleset != bench->ruleset))
		r = bench_load_rules(db, bench, err);
	if (r >= 0)
		r = bench_load_profiles(db, bench, err);
	if (r < 0)
		return r;
	if (kept->live == NULL)
		return compile(kept, bench, err);
	r = apply_edits(kept, bench, err);
	if (r >= 0 && bench->rules != NULL)
		r = live_rules(kept->live, steal(&bench->rules), bench->ruleset, err);
	return r;
}

int kept_open(struct kept *kept, struct db *db, struct bench *bench, struct error *err)
{
	int r;

	*bench = (struct bench){ .ruleset = 0 };
	r = refresh(kept, db, bench, err);
	if (r >= 0)
		know(kept, bench);
	else
		bench_done(bench);
	return r < 0 ? r : 0;
}

void kept_run_batch(struct kept *kept, const struct notice *const *notices, size_t n, unsigned threads,
	const struct match_options *options, struct batch_result *ret)
{
	for (unsigned i = 0; i < threads; i++)
		if (kept->readers[i] == NULL)
			kept->readers[i] = live_reader_new(kept->live);
	live_run_batch(kept->readers, threads, notices, n, options, ret);
}

size_t kept_suspended(struct kept *kept, struct arena *arena, struct str **ret)
{
	return live_suspended(kept->live, arena, ret);
}

struct codes *kept_told(struct kept *kept, struct arena **ret_arena)
{
	*ret_arena = &kept->told_arena;
	return &kept->told;
}

void kept_tidy(struct kept *kept)
{
	if (kept->live != NULL)
		live_tidy(kept->live);
}
