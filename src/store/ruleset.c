#include "store/ruleset.h"

#include <assert.h>

#include "private.h"

static int put_files(
	struct db *db, int64_t number, const struct rule_file *files, size_t n, struct error *err)
{
	for (size_t i = 0; i < n; i++) {
		struct stmt *st = db_query(db, Q_RULESET_FILE_PUT);
		int r;

		stmt_int(st, ":ruleset", number);
		stmt_text(st, ":name", files[i].name);
		stmt_text(st, ":text", files[i].text);
		r = stmt_run(st, err);
		if (r == STMT_CONFLICT)
			return error_set(err, ERROR_INPUT, "two rule files are named %.*s",
				STR_ARG(files[i].name));
		if (r)
			return r;
	}
	return 0;
}

int store_ruleset_put(struct db *db, const struct rule_file *files, size_t n, struct str author,
	struct str why, int64_t now, int64_t *ret_number, struct error *err)
{
	struct stmt *st;
	int64_t number;
	int r;

	assert(db_in_transaction(db));
	r = step_int(db_query(db, Q_RULESET_NEXT), &number, err);
	if (r)
		return r;
	st = db_query(db, Q_RULESET_INSERT);
	stmt_int(st, ":number", number);
	stmt_text(st, ":author", author);
	stmt_text(st, ":why", why);
	stmt_time(st, ":now", now);
	r = run_any(st, err);
	if (r == 0)
		r = put_files(db, number, files, n, err);
	if (r)
		return error_add(err, "ruleset %lld", (long long)number);
	*ret_number = number;
	return 0;
}

static int put_activation(struct db *db, const struct ruleset_activation *activation,
	int64_t previous, struct error *err)
{
	struct stmt *st = db_query(db, Q_RULESET_ACTIVATION_PUT);

	stmt_int(st, ":ruleset", activation->ruleset);
	if (previous != 0)
		stmt_int(st, ":previous", previous);
	stmt_text(st, ":action", activation->rollback ? STR("rollback") : STR("activate"));
	stmt_text(st, ":author", activation->author);
	stmt_text(st, ":why", activation->why);
	stmt_int(st, ":flipped", activation->flipped);
	stmt_time(st, ":now", activation->at);
	return run_one(st, err);
}

int store_ruleset_make_active(struct db *db, const struct ruleset_activation *activation,
	struct error *err)
{
	struct stmt *st;
	int64_t previous = 0;
	int r;

	assert(db_in_transaction(db));
	r = store_ruleset_active(db, &previous, err);
	if (r < 0)
		return r;
	r = run_any(db_query(db, Q_RULESET_DEACTIVATE), err);
	if (r)
		return r;
	st = db_query(db, Q_RULESET_MAKE_ACTIVE);
	stmt_int(st, ":number", activation->ruleset);
	stmt_time(st, ":now", activation->at);
	r = run_one(st, err);
	return r ? r : put_activation(db, activation, previous, err);
}

int store_ruleset_activations(struct db *db, struct arena *arena, struct ruleset_activation **ret,
	size_t *ret_n, struct error *err)
{
	struct stmt *st = db_query(db, Q_RULESET_ACTIVATIONS);
	struct ruleset_activation *rows = NULL;
	size_t n = 0, capacity = 0;
	int r;

	while ((r = stmt_step(st, err)) == STMT_ROW) {
		arena_grow(arena, rows, n, &capacity);
		rows[n++] = (struct ruleset_activation){
			.ruleset = stmt_col_int(st, 0),
			.previous = stmt_col_int(st, 1),
			.rollback = str_eqz(stmt_col_text(st, 2, arena), "rollback"),
			.author = stmt_col_text(st, 3, arena),
			.why = stmt_col_text(st, 4, arena),
			.flipped = stmt_col_int(st, 5),
			.at = stmt_col_time(st, 6),
		};
	}
	if (r)
		return r;
	*ret = rows;
	*ret_n = n;
	return 0;
}

int store_ruleset_active(struct db *db, int64_t *ret, struct error *err)
{
	return step_int(db_query(db, Q_RULESET_ACTIVE), ret, err);
}

int store_ruleset_before(struct db *db, int64_t *ret, struct error *err)
{
	return step_int(db_query(db, Q_RULESET_BEFORE), ret, err);
}

int store_ruleset_files(struct db *db, int64_t number, struct arena *arena, struct rule_file **ret,
	size_t *ret_n, struct error *err)
{
	struct stmt *st = db_query(db, Q_RULESET_FILES);
	struct rule_file *files = NULL;
	size_t n = 0, capacity = 0;
	int r;

	stmt_int(st, ":ruleset", number);
	while ((r = stmt_step(st, err)) == STMT_ROW) {
		arena_grow(arena, files, n, &capacity);
		files[n++] = (struct rule_file){
			.name = stmt_col_text(st, 0, arena),
			.text = stmt_col_text(st, 1, arena),
		};
	}
	if (r)
		return r;
	*ret = files;
	*ret_n = n;
	return 0;
}

int store_ruleset_list(struct db *db, struct arena *arena, struct ruleset_row **ret, size_t *ret_n,
	struct error *err)
{
	struct stmt *st = db_query(db, Q_RULESET_LIST);
	struct ruleset_row *rows = NULL;
	size_t n = 0, capacity = 0;
	int r;

	while ((r = stmt_step(st, err)) == STMT_ROW) {
		arena_grow(arena, rows, n, &capacity);
		rows[n++] = (struct ruleset_row){
			.number = stmt_col_int(st, 0),
			.author = stmt_col_text(st, 1, arena),
			.why = stmt_col_text(st, 2, arena),
			.created = stmt_col_time(st, 3),
			.activated = stmt_col_time(st, 4),
		};
	}
	if (r)
		return r;
	*ret = rows;
	*ret_n = n;
	return 0;
}

int store_rule_overspent_put(struct db *db, int64_t ruleset, struct str rule, struct str notice, int64_t now,
	struct error *err)
{
	struct stmt *st = db_query(db, Q_RULE_OVERSPENT_PUT);

	stmt_int(st, ":ruleset", ruleset);
	stmt_text(st, ":rule", rule);
	stmt_text(st, ":notice", notice);
	stmt_time(st, ":now", now);
	return stmt_run(st, err);
}

int store_rule_overspent_list(struct db *db, int64_t ruleset, struct arena *arena,
	struct rule_overspent **ret, size_t *ret_n, struct error *err)
{
	struct stmt *st = db_query(db, Q_RULE_OVERSPENT_LIST);
	size_t capacity = 0;
	int r;

	*ret = NULL;
	*ret_n = 0;
	stmt_int(st, ":ruleset", ruleset);
	while ((r = stmt_step(st, err)) == STMT_ROW) {
		arena_grow(arena, *ret, *ret_n, &capacity);
		(*ret)[(*ret_n)++] = (struct rule_overspent){
			.rule = stmt_col_text(st, 0, arena),
			.notice = stmt_col_text(st, 1, arena),
			.since = stmt_col_time(st, 2),
			.last = stmt_col_time(st, 3),
			.times = stmt_col_int(st, 4),
		};
	}
	return r;
}
