/*
 * embed: a tool of the build that turns files into C arrays, so that the programme needs no files of
 * its own at run time. It runs on the building machine, is plain C, and knows nothing of the layers.
 *
 * Every mode checks its input and tells a mistake as "file:line: what"; a build that ends has sound
 * tables. Outputs are complete or absent.
 */
#ifndef EMBED_H
#define EMBED_H

#include <stddef.h>
#include <stdio.h>

/* Ceilings of the build: far above what the tree holds, low enough to notice an accident. */
enum {
	FILE_BYTES_MAX = 1 << 20,
	NAME_BYTES_MAX = 80,
};

struct input {
	const char *path; /* as given, for messages */
	const char *name; /* the last part of the path, borrowed from `path` */
	char *data;       /* `size` bytes and a NUL */
	size_t size;
};

/* Two files, written beside each other; the C file includes the header by its name. */
struct output {
	const char *c_path, *h_path;
	FILE *c, *h;
};

/* One line on standard error, then exit status 1. Line 0: the whole file. */
_Noreturn void fail(const char *path, unsigned line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Reads all files and sorts them by name. The same name twice, or a file that cannot be read: fail. */
struct input *inputs_read(char **paths, size_t count);
void *inputs_free(struct input *inputs, size_t count);

/* Opens both, writes the first lines of each: what made them, the include guard. */
void output_open(struct output *out, const char *c_path, const char *h_path);
/* Ends the guard and closes; a full disk is a failure. */
void output_close(struct output *out);

/* The bytes as C string literals, one per line of the text, each line behind `indent`. */
void output_literal(FILE *f, const char *indent, const char *data, size_t size);

/* A C identifier: [A-Za-z_][A-Za-z0-9_]*, at most NAME_BYTES_MAX bytes. */
int identifier_ok(const char *name);

/*
 * text NAME: `const struct embed_file NAME[]` and NAME_count; each file's bytes with a NUL behind.
 */
void embed_text(const char *array, const struct input *inputs, size_t count, struct output *out);

/*
 * sql: `enum query` (Q_NAME …, Q_COUNT) and `const struct db_statement_text queries[Q_COUNT]` of
 * gate/db.h, in the order of the files and of the statements in them. sql.c tells the form.
 */
void embed_sql(const struct input *inputs, size_t count, struct output *out);

/*
 * migrations: `const struct db_migration migrations[]` of gate/db.h and MIGRATION_COUNT. The names
 * are NNNN-what.sql and count from 0001 without a hole.
 */
void embed_migrations(const struct input *inputs, size_t count, struct output *out);

#endif
