#include "flow/bench.h"

#include <stdlib.h>

#include "store/ruleset.h"

static int parse_rules(struct bench *bench, const struct rule_source *files, size_t n, struct error *err)
{
	struct rule_problem *problems;
	size_t n_problems;

	return rules_parse(files, n, &bench->arena, &problems, &n_problems, &bench->rules, err);
}

int bench_load_rules(struct db *db, struct bench *bench, struct error *err)
{
	struct rule_file *files;
	struct rule_source *sources;
	size_t n;
	int r = bench->ruleset != 0 ? 0 : store_ruleset_active(db, &bench->ruleset, err);

	if (r == STORE_NONE)
		return error_set(err, ERROR_CONFIG, "no ruleset is active: run `appariteur init`");
	if (r >= 0)
		r = store_ruleset_files(db, bench->ruleset, &bench->arena, &files, &n, err);
	if (r >= 0 && n == 0)
		r = error_set(err, ERROR_INPUT, "no ruleset %lld", (long long)bench->ruleset);
	if (r < 0)
		return r;
	sources = arena_array(&bench->arena, struct rule_source, n);
	for (size_t i = 0; i < n; i++)
		sources[i] = (struct rule_source){ files[i].name, files[i].text };
	r = parse_rules(bench, sources, n, err);
	return r < 0 ? error_add(err, "ruleset %lld", (long long)bench->ruleset) : 0;
}

int bench_open_with(struct db *db, const struct profile *const *profiles, size_t n,
	struct bench *bench, struct error *err)
{
	int r;

	*bench = (struct bench){ .n_profiles = n };
	bench->profiles = arena_array(&bench->arena, const struct profile *, n);
	for (size_t i = 0; i < n; i++)
		bench->profiles[i] = profiles[i];
	r = bench_load_rules(db, bench, err);
	if (r >= 0)
		r = matcher_new(bench->rules, bench->ruleset, bench->profiles, n, &bench->matcher, err);
	if (r < 0)
		bench_done(bench);
	return r;
}

int bench_open(struct db *db, struct bench *bench, struct error *err)
{
	return bench_open_ruleset(db, 0, bench, err);
}

int bench_load_profiles(struct db *db, struct bench *bench, struct error *err)
{
	int r = store_profile_list(
		db, bench->ruleset, &bench->arena, &bench->rows, &bench->n_profiles, err);

	if (r < 0)
		return r;
	bench->profiles = arena_array(&bench->arena, const struct profile *, bench->n_profiles);
	for (size_t i = 0; i < bench->n_profiles; i++)
		bench->profiles[i] = &bench->rows[i].profile;
	return 0;
}

/* The rules are there: with every profile that is registered. */
static int load_profiles(struct db *db, struct bench *bench, struct error *err)
{
	int r = bench_load_profiles(db, bench, err);

	if (r < 0)
		return r;
	db_release(db); /* the matcher takes its place */
	return matcher_new(bench->rules, bench->ruleset, bench->profiles, bench->n_profiles,
		&bench->matcher, err);
}

int bench_open_ruleset(struct db *db, int64_t ruleset, struct bench *bench, struct error *err)
{
	int r;

	*bench = (struct bench){ .ruleset = ruleset };
	r = bench_load_rules(db, bench, err);
	if (r >= 0)
		r = load_profiles(db, bench, err);
	if (r < 0)
		bench_done(bench);
	return r;
}

int bench_open_files(struct db *db, const struct rule_source *files, size_t n, int64_t ruleset,
	struct bench *bench, struct error *err)
{
	int r;

	*bench = (struct bench){ .ruleset = ruleset };
	r = parse_rules(bench, files, n, err);
	if (r >= 0)
		r = load_profiles(db, bench, err);
	if (r < 0)
		bench_done(bench);
	return r;
}

void bench_done(struct bench *bench)
{
	bench->matcher = matcher_free(bench->matcher);
	bench->rules = rules_free(bench->rules);
	arena_done(&bench->arena);
}

static int compare_id(const void *key, const void *element)
{
	const struct profile *const *profile = element;

	return str_cmp(*(const struct str *)key, (*profile)->id);
}

size_t bench_profile(const struct bench *bench, struct str id)
{
	if (bench->rows != NULL) { /* the store gives them in order of id */
		const struct profile **found = bsearch(&id, bench->profiles, bench->n_profiles,
			sizeof(*bench->profiles), compare_id);

		return found != NULL ? (size_t)(found - bench->profiles) : SIZE_MAX;
	}
	for (size_t i = 0; i < bench->n_profiles; i++)
		if (str_eq(bench->profiles[i]->id, id))
			return i;
	return SIZE_MAX;
}
