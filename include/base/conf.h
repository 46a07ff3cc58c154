/*
 * Settings: a table of rows, each with type, default, range, unit and one line of help. The same
 * table reads the file, prints `config show` with the origin of each value, and writes the commented
 * file of `init`. The file syntax (INI) is gate/ini.h's; here only meaning.
 */
#ifndef BASE_CONF_H
#define BASE_CONF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

enum conf_type { CONF_TEXT, CONF_INT, CONF_BOOL, CONF_CHOICE };

struct conf_row {
	const char *section, *key;
	enum conf_type type;
	const char *fallback; /* the default, as one would write it in the file; "" for none */
	int64_t min, max;     /* CONF_INT: bounds; CONF_TEXT: max is the longest value in bytes */
	const char *choices;  /* CONF_CHOICE: "plain|starttls|tls" */
	const char *help;     /* one line, with the unit */
};

struct conf_value {
	struct str text; /* NUL-terminated */
	int64_t number;  /* CONF_INT, and 0 or 1 for CONF_BOOL */
	struct str origin; /* "default", "/etc/appariteur.conf:12", "--smtp" */
};

struct conf {
	const struct conf_row *rows;
	size_t n_rows;
	struct conf_value *values; /* one per row */
	struct arena arena;
};

/* Every row gets its default. The table outlives the conf. */
void conf_init(struct conf *conf, const struct conf_row *rows, size_t n_rows);
void conf_done(struct conf *conf);

/*
 * One setting from outside. ERROR_CONFIG names origin, key, value and what was expected, and proposes
 * nothing else; an unknown key is an error too. A text value is never shown (it may be a password).
 * An empty value is one where the default is empty; a CONF_INT then gives 0. CONF_BOOL takes yes/no,
 * true/false, on/off, 1/0.
 */
int conf_set(struct conf *conf, const char *section, const char *key, struct str value,
	const char *origin, struct error *err) MUST_CHECK;

/* The row must exist and have that type: a wrong name is a mistake of ours (assert). */
struct str conf_text(const struct conf *conf, const char *section, const char *key);
int64_t conf_int(const struct conf *conf, const char *section, const char *key);
bool conf_bool(const struct conf *conf, const char *section, const char *key);

/* A complete commented settings file with every default. */
void conf_write_template(const struct conf_row *rows, size_t n_rows, struct buf *out);

#endif
