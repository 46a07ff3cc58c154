/* Rules and profiles of the database, read and compiled: what match, explain, candidates and previews all run. */
#ifndef FLOW_BENCH_H
#define FLOW_BENCH_H

#include "match/matcher.h"
#include "store/profile.h"

/* The active ruleset, unless another is asked for, with profiles. */
struct bench {
	struct arena arena;
	struct rules *rules;
	int64_t ruleset;
	struct profile_row *rows;
	const struct profile **profiles; /* in order of id */
	size_t n_profiles;
	struct matcher *matcher;
};
/* ERROR_STORE, or ERROR_CONFIG when no ruleset is active. */
int bench_open(struct db *db, struct bench *bench, struct error *err) MUST_CHECK;
/* The same with an earlier ruleset: ERROR_INPUT when there is none of that number. */
int bench_open_ruleset(struct db *db, int64_t ruleset, struct bench *bench, struct error *err)
	MUST_CHECK;
/*
 * The same with these rules, stored or not, under the number `ruleset`. ERROR_INPUT when they have a
 * mistake.
 */
int bench_open_files(struct db *db, const struct rule_source *files, size_t n, int64_t ruleset,
	struct bench *bench, struct error *err) MUST_CHECK;
/* The same with these profiles instead of the stored ones (kept alive by the caller). */
int bench_open_with(struct db *db, const struct profile *const *profiles, size_t n,
	struct bench *bench, struct error *err) MUST_CHECK;
/* Its parts: the rules of bench->ruleset (0: of the active one), and every profile that is registered. */
int bench_load_rules(struct db *db, struct bench *bench, struct error *err) MUST_CHECK;
int bench_load_profiles(struct db *db, struct bench *bench, struct error *err) MUST_CHECK;
void bench_done(struct bench *bench);
/* The profile's number, or SIZE_MAX. */
size_t bench_profile(const struct bench *bench, struct str id);

#endif
