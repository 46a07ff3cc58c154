/*
 * PostgreSQL with stored queries: a row a term, with its tsquery and the longest of its words, which a
 * GIN index finds; each document is one statement. Words and phrases only. A tsvector keeps 256 places
 * of a word and 16,383 places at all, so in long documents phrases are missed: these are counted, not
 * taken for an error. Only where PGHOST is set; the database of PGDATABASE gets a temporary table.
 */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "contender.h"

/* As for FTS5: no phrase runs from one field into the next. */
#define FIELD_END "zzendoffieldzz"

struct postgres {
	PGconn *conn;
	char remark[120];
};

static int failed(struct postgres *postgres, struct error *err)
{
	return error_set(err, ERROR_STORE, "PostgreSQL: %s", PQerrorMessage(postgres->conn));
}

static int run_sql(struct postgres *postgres, const char *sql, struct error *err)
{
	PGresult *result = PQexec(postgres->conn, sql);
	ExecStatusType status = PQresultStatus(result);

	PQclear(result);
	return status == PGRES_COMMAND_OK || status == PGRES_COPY_IN ? 0 : failed(postgres, err);
}

/* number, longest word, 'a' <-> 'b' */
static void add_row(struct buf *out, size_t number, struct str words)
{
	struct str rest = words, word, longest = STR("");

	while (str_cut(&rest, ' ', &word))
		if (word.len > longest.len)
			longest = word;
	buf_addf(out, "%zu\t%.*s\t", number, STR_ARG(longest));
	for (rest = words; str_cut(&rest, ' ', &word);)
		buf_addf(out, "%s'%.*s'", word.ptr == words.ptr ? "" : " <-> ", STR_ARG(word));
	buf_addc(out, '\n');
}

static int load(struct postgres *postgres, const struct workload *workload, struct error *err)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(64 << 20);

	for (size_t i = 0; i < workload->n_terms - workload->n_patterns; i++)
		add_row(&out, i, workload->terms[i].words);
	if (run_sql(postgres,
		    "SET client_min_messages = error;"
		    "CREATE TEMPORARY TABLE q (number int, anchor text, query tsquery);"
		    "COPY q FROM STDIN",
		    err) < 0)
		return failed(postgres, err);
	if (PQputCopyData(postgres->conn, out.ptr, (int)out.len) != 1 ||
		PQputCopyEnd(postgres->conn, NULL) != 1)
		return failed(postgres, err);
	for (PGresult *result; (result = PQgetResult(postgres->conn)) != NULL; PQclear(result))
		if (PQresultStatus(result) != PGRES_COMMAND_OK)
			failed(postgres, err);
	return err->kind == ERROR_NONE ? 0 : -(int)err->kind;
}

static int postgres_compile(const struct workload *workload, void **ret, struct error *err)
{
	struct postgres *postgres = calloc(1, sizeof(*postgres));
	PGresult *result;
	int r;

	if (postgres == NULL)
		die("out of memory");
	*ret = postgres;
	postgres->conn = PQconnectdb("");
	if (PQstatus(postgres->conn) != CONNECTION_OK)
		return failed(postgres, err);
	r = load(postgres, workload, err);
	if (r == 0)
		r = run_sql(postgres,
			"ALTER TABLE q ADD anchors text[];"
			"UPDATE q SET anchors = ARRAY[anchor];"
			"CREATE INDEX q_anchors ON q USING gin (anchors);"
			"ANALYZE q",
			err);
	if (r < 0)
		return r;
	result = PQprepare(postgres->conn, "match",
		"WITH d AS MATERIALIZED (SELECT to_tsvector('simple', $1) AS v)"
		" SELECT q.number FROM d, q"
		" WHERE q.anchors && tsvector_to_array(d.v) AND d.v @@ q.query",
		1, NULL);
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		r = failed(postgres, err);
	PQclear(result);
	return r;
}

static int match(struct postgres *postgres, const struct workload *workload, size_t document,
	struct found *found, struct error *err)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT(16 << 20);
	struct str rest = workload->texts[document], field;
	const char *values[1];
	PGresult *result;
	int r = 0;

	while (str_cut(&rest, '\n', &field)) {
		buf_adds(&text, field);
		buf_addz(&text, FIELD_END);
	}
	buf_addc(&text, '\0');
	values[0] = text.ptr;
	result = PQexecPrepared(postgres->conn, "match", 1, values, NULL, NULL, 0);
	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		r = failed(postgres, err);
	for (int row = 0; r == 0 && row < PQntuples(result); row++)
		found_add(found, workload, strtoul(PQgetvalue(result, row, 0), NULL, 10));
	PQclear(result);
	return r;
}

static int postgres_run(void *state, const struct workload *workload, size_t from, size_t to,
	struct found *found, struct error *err)
{
	int r = 0;

	for (size_t i = from; i < to && r == 0; i++)
		r = match(state, workload, i, &found[i - from], err);
	return r;
}

static void postgres_free(void *state)
{
	struct postgres *postgres = state;

	PQfinish(postgres->conn);
	free(postgres);
}

static const char *postgres_remark(const void *state)
{
	struct postgres *postgres = (struct postgres *)state;
	int version = PQserverVersion(postgres->conn);

	snprintf(postgres->remark, sizeof(postgres->remark),
		"server %d.%d; a tsvector forgets places of words in long documents", version / 10000,
		version % 10000);
	return postgres->remark;
}

const struct contender contender_postgres = {
	.name = "PostgreSQL",
	.what = "stored tsqueries behind a GIN index",
	.elsewhere = true,
	.may_miss = true,
	.compile = postgres_compile,
	.run = postgres_run,
	.free = postgres_free,
	.remark = postgres_remark,
};
