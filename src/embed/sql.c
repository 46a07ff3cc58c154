/*
 * The form of db/queries (NAME.sql files):
 *
 *     file      = { comment } { query }
 *     query     = "-- query: " NAME NEWLINE [ "-- role: " ( "read" | "write" ) NEWLINE ]
 *                 sentence { comment } statement ";"
 *     sentence  = "-- " text                  what the statement is for, at least one line
 *     statement = SQL with comments; exactly one, ended by ";"
 *     NAME      = [a-z][a-z0-9_]*             unique over all files; becomes Q_NAME
 *
 * Comments are taken out, blank lines too; the rest reaches the database as written. Without a role
 * line the role follows the verb: SELECT and VALUES read, everything else writes; behind WITH the
 * verb is the first one outside of parentheses.
 */
#include "embed.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
	QUERIES_MAX = 2000,
	STATEMENT_BYTES_MAX = 4095, /* what every compiler takes as one string (C17 5.2.4.1) */
};

struct query {
	char name[NAME_BYTES_MAX + 1];
	const char *path;
	unsigned line;
	int writes;
	int described;
	char *sql; /* NUL-terminated, comments taken out */
};

struct reader {
	const char *path;
	const char *p;
	unsigned line;
};

struct set {
	struct query queries[QUERIES_MAX];
	size_t count;
};

/* The rest of the line behind `word`, when the line is such a comment; NULL when it is another. */
static const char *header_value(const char *line, const char *word)
{
	size_t len = strlen(word);

	if (strncmp(line, "--", 2) != 0)
		return NULL;
	for (line += 2; *line == ' ' || *line == '\t'; line++)
		;
	if (strncmp(line, word, len) != 0 || line[len] != ':')
		return NULL;
	for (line += len + 1; *line == ' ' || *line == '\t'; line++)
		;
	return line;
}

static size_t value_length(const char *value)
{
	size_t len = strcspn(value, "\r\n");

	while (len > 0 && (value[len - 1] == ' ' || value[len - 1] == '\t'))
		len--;
	return len;
}

static void skip_line(struct reader *r)
{
	r->p += strcspn(r->p, "\n");
	if (*r->p == '\n') {
		r->p++;
		r->line++;
	}
}

static void skip_blanks(struct reader *r)
{
	for (; isspace((unsigned char)*r->p); r->p++)
		r->line += *r->p == '\n';
}

static void take_name(struct query *q, const char *value)
{
	size_t len = value_length(value);

	if (len == 0)
		fail(q->path, q->line, "a query without a name");
	if (len > NAME_BYTES_MAX)
		fail(q->path, q->line, "a name of more than %d bytes", NAME_BYTES_MAX);
	memcpy(q->name, value, len);
	q->name[len] = '\0';
	if (!islower((unsigned char)q->name[0]))
		fail(q->path, q->line, "'%s': a name begins with a small letter", q->name);
	for (const char *p = q->name; *p != '\0'; p++)
		if (!islower((unsigned char)*p) && !isdigit((unsigned char)*p) && *p != '_')
			fail(q->path, q->line, "'%s': names are small letters, digits and _",
				q->name);
}

/* "read" and "write" give 0 and 1. */
static int role_of(const struct reader *r, const char *value)
{
	size_t len = value_length(value);

	if (len == 4 && memcmp(value, "read", 4) == 0)
		return 0;
	if (len == 5 && memcmp(value, "write", 5) == 0)
		return 1;
	fail(r->path, r->line, "role: read or write, not '%.*s'", (int)len, value);
}

static int word_is(const char *word, size_t len, const char *wanted)
{
	return strlen(wanted) == len && strncasecmp(word, wanted, len) == 0;
}

/* 1 when the statement changes rows, by its verb. Quoted text cannot hold a verb at depth 0. */
static int verb_writes(const struct query *q)
{
	const char *p = q->sql;
	int depth = 0;

	while (*p != '\0') {
		size_t len = 0;

		while (isalpha((unsigned char)p[len]) || p[len] == '_')
			len++;
		if (len > 0 && depth == 0) {
			if (word_is(p, len, "select") || word_is(p, len, "values"))
				return 0;
			if (word_is(p, len, "insert") || word_is(p, len, "update") ||
				word_is(p, len, "delete") || word_is(p, len, "replace"))
				return 1;
		}
		if (*p == '(')
			depth++;
		else if (*p == ')')
			depth--;
		p += len > 0 ? len : 1;
	}
	fail(q->path, q->line, "%s: neither SELECT, VALUES, INSERT, UPDATE, DELETE nor REPLACE",
		q->name);
}

/* Copies a quoted text or name whole; doubled quotes need no care, they open the next one at once. */
static void copy_quoted(struct reader *r, const struct query *q, char *out, size_t *len)
{
	char quote = *r->p;

	do {
		r->line += *r->p == '\n';
		out[(*len)++] = *r->p++;
	} while (*r->p != '\0' && *r->p != quote);
	if (*r->p == '\0')
		fail(q->path, q->line, "%s: a %c is not closed", q->name, quote);
	out[(*len)++] = *r->p++;
}

static void skip_block_comment(struct reader *r, const struct query *q)
{
	const char *end = strstr(r->p + 2, "*/");

	if (end == NULL)
		fail(q->path, r->line, "%s: a comment is not closed", q->name);
	for (; r->p < end + 2; r->p++)
		r->line += *r->p == '\n';
}

/* Takes blanks and blank lines at the end of what is written so far away. */
static size_t trimmed(const char *out, size_t len)
{
	while (len > 0 && isspace((unsigned char)out[len - 1]))
		len--;
	return len;
}

/* The reader stands on the first byte of the statement, or on a comment in front of it. */
static void take_statement(struct reader *r, struct query *q)
{
	char *out = calloc(1, strlen(r->p) + 1);
	size_t len = 0;

	if (out == NULL)
		fail(r->path, r->line, "out of memory");
	for (;;) {
		if (*r->p == '\0' || header_value(r->p, "query") != NULL)
			fail(q->path, q->line, "%s: no ; at the end", q->name);
		if (*r->p == ';')
			break;
		if (strncmp(r->p, "--", 2) == 0) {
			r->p += strcspn(r->p, "\n");
		} else if (strncmp(r->p, "/*", 2) == 0) {
			skip_block_comment(r, q);
		} else if (*r->p == '\'' || *r->p == '"') {
			copy_quoted(r, q, out, &len);
		} else if (*r->p == '\n') {
			len = trimmed(out, len);
			if (len > 0)
				out[len++] = '\n';
			r->line++;
			r->p++;
		} else {
			out[len++] = *r->p++;
		}
	}
	r->p++;
	len = trimmed(out, len);
	out[len] = '\0';
	if (len == 0)
		fail(q->path, q->line, "%s: no statement", q->name);
	if (len > STATEMENT_BYTES_MAX)
		fail(q->path, q->line, "%s: longer than %d bytes", q->name, STATEMENT_BYTES_MAX);
	q->sql = out;
}

/* The comment lines between the name and the statement. */
static void take_header(struct reader *r, struct query *q, int *role)
{
	*role = -1;
	for (;;) {
		skip_blanks(r);
		if (strncmp(r->p, "--", 2) != 0)
			break;
		if (header_value(r->p, "query") != NULL)
			fail(q->path, q->line, "%s: no statement", q->name);

		const char *value = header_value(r->p, "role");

		if (value != NULL) {
			if (*role >= 0 || q->described)
				fail(r->path, r->line, "%s: the role stands once, below the name",
					q->name);
			*role = role_of(r, value);
		} else if (value_length(r->p + 2) > 0) {
			q->described = 1;
		}
		skip_line(r);
	}
	if (!q->described)
		fail(q->path, q->line, "%s: no sentence says what it is for", q->name);
}

static void take_query(struct reader *r, struct set *set)
{
	struct query *q = &set->queries[set->count];
	int role;

	if (set->count == QUERIES_MAX)
		fail(r->path, r->line, "more than %d queries", QUERIES_MAX);
	*q = (struct query){ .path = r->path, .line = r->line };
	take_name(q, header_value(r->p, "query"));
	for (size_t i = 0; i < set->count; i++)
		if (strcmp(set->queries[i].name, q->name) == 0)
			fail(q->path, q->line, "%s: already in %s:%u", q->name,
				set->queries[i].path, set->queries[i].line);
	skip_line(r);
	take_header(r, q, &role);
	take_statement(r, q);
	q->writes = role >= 0 ? role : verb_writes(q);
	set->count++;
}

static void take_file(const struct input *in, struct set *set)
{
	struct reader r = { .path = in->path, .p = in->data, .line = 1 };

	for (skip_blanks(&r); *r.p != '\0'; skip_blanks(&r)) {
		if (header_value(r.p, "query") != NULL)
			take_query(&r, set);
		else if (strncmp(r.p, "--", 2) == 0)
			skip_line(&r);
		else
			fail(r.path, r.line, "a statement without a name (-- query: NAME)");
	}
}

static void write_enumerator(FILE *f, const char *name)
{
	fputs("Q_", f);
	for (; *name != '\0'; name++)
		fputc(toupper((unsigned char)*name), f);
}

void embed_sql(const struct input *inputs, size_t count, struct output *out)
{
	struct set *set = calloc(1, sizeof(*set));

	if (set == NULL)
		fail("embed", 0, "out of memory");
	for (size_t i = 0; i < count; i++)
		take_file(&inputs[i], set);
	if (set->count == 0)
		fail(out->c_path, 0, "no query in any file");

	fputs("#include \"gate/db.h\"\n\nenum query {\n", out->h);
	for (size_t i = 0; i < set->count; i++) {
		fputc('\t', out->h);
		write_enumerator(out->h, set->queries[i].name);
		fputs(",\n", out->h);
	}
	fputs("\tQ_COUNT\n};\n\n/* by number */\n"
	      "extern const struct db_statement_text queries[Q_COUNT];\n",
		out->h);

	fputs("const struct db_statement_text queries[Q_COUNT] = {\n", out->c);
	for (size_t i = 0; i < set->count; i++) {
		struct query *q = &set->queries[i];

		fputs("\t[", out->c);
		write_enumerator(out->c, q->name);
		fprintf(out->c, "] = { \"%s\",\n", q->name);
		output_literal(out->c, "\t\t", q->sql, strlen(q->sql));
		fprintf(out->c, ",\n\t\t%s },\n", q->writes ? "true" : "false");
		free(q->sql);
	}
	fputs("};\n", out->c);
	free(set);
}
