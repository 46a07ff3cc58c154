/*
 * SQLite's full-text index the other way round: the documents at hand are indexed, then every term is
 * one query. In memory, without contents. Words and phrases only: FTS5 has no patterns.
 */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "contender.h"

/* Stands between fields, so that no phrase runs from one into the next; no document has it. */
#define FIELD_END "zzendoffieldzz"

struct fts5 {
	sqlite3 *db;
	size_t n_terms;
};

static int failed(struct fts5 *fts5, struct error *err)
{
	return error_set(err, ERROR_STORE, "SQLite: %s", sqlite3_errmsg(fts5->db));
}

static int fts5_compile(const struct workload *workload, void **ret, struct error *err)
{
	struct fts5 *fts5 = calloc(1, sizeof(*fts5));

	if (fts5 == NULL)
		die("out of memory");
	*ret = fts5;
	fts5->n_terms = workload->n_terms - workload->n_patterns;
	if (sqlite3_open(":memory:", &fts5->db) != SQLITE_OK)
		return failed(fts5, err);
	return 0;
}

static int run_sql(struct fts5 *fts5, const char *sql, struct error *err)
{
	return sqlite3_exec(fts5->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : failed(fts5, err);
}

static int index_documents(struct fts5 *fts5, const struct workload *workload, size_t from, size_t to,
	struct error *err)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT(16 << 20);
	sqlite3_stmt *insert = NULL;
	struct str rest, field;
	int r = 0;

	if (sqlite3_prepare_v2(fts5->db, "INSERT INTO f(rowid, body) VALUES (?, ?)", -1, &insert, NULL) !=
		SQLITE_OK)
		return failed(fts5, err);
	for (size_t i = from; i < to && r == 0; i++) {
		buf_reset(&text);
		for (rest = workload->texts[i]; str_cut(&rest, '\n', &field);) {
			buf_adds(&text, field);
			buf_addz(&text, FIELD_END);
		}
		sqlite3_bind_int64(insert, 1, (sqlite3_int64)(i - from + 1));
		sqlite3_bind_text(insert, 2, text.ptr, (int)text.len, SQLITE_STATIC);
		if (sqlite3_step(insert) != SQLITE_DONE)
			r = failed(fts5, err);
		sqlite3_reset(insert);
	}
	sqlite3_finalize(insert);
	return r;
}

static int query_terms(struct fts5 *fts5, const struct workload *workload, struct found *found,
	struct error *err)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT(1 << 12);
	sqlite3_stmt *query = NULL;
	int r = SQLITE_DONE;

	if (sqlite3_prepare_v2(fts5->db, "SELECT rowid FROM f WHERE f MATCH ?", -1, &query, NULL) != SQLITE_OK)
		return failed(fts5, err);
	for (size_t i = 0; i < fts5->n_terms && r == SQLITE_DONE; i++) {
		buf_reset(&text);
		buf_addf(&text, "\"%.*s\"", STR_ARG(workload->terms[i].words));
		sqlite3_bind_text(query, 1, text.ptr, (int)text.len, SQLITE_STATIC);
		while ((r = sqlite3_step(query)) == SQLITE_ROW)
			found_add(&found[sqlite3_column_int64(query, 0) - 1], workload, i);
		sqlite3_reset(query);
	}
	sqlite3_finalize(query);
	return r == SQLITE_DONE ? 0 : failed(fts5, err);
}

static int fts5_run(void *state, const struct workload *workload, size_t from, size_t to,
	struct found *found, struct error *err)
{
	struct fts5 *fts5 = state;
	int r = run_sql(fts5,
		"DROP TABLE IF EXISTS f;"
		"CREATE VIRTUAL TABLE f USING fts5(body, content='', columnsize=0,"
		" tokenize='unicode61 remove_diacritics 0');"
		"BEGIN",
		err);

	if (r == 0)
		r = index_documents(fts5, workload, from, to, err);
	if (r == 0)
		r = run_sql(fts5, "INSERT INTO f(f) VALUES ('optimize'); COMMIT", err);
	if (r == 0)
		r = query_terms(fts5, workload, found, err);
	return r;
}

static void fts5_free(void *state)
{
	struct fts5 *fts5 = state;

	sqlite3_close(fts5->db);
	free(fts5);
}

static const char *fts5_remark(const void *state)
{
	(void)state;
	return "SQLite " SQLITE_VERSION;
}

const struct contender contender_fts5 = {
	.name = "SQLite FTS5 reversed",
	.what = "all documents indexed in memory, then a query a term",
	.at_once = true,
	.compile = fts5_compile,
	.run = fts5_run,
	.free = fts5_free,
	.remark = fts5_remark,
};
