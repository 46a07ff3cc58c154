#include "base/conf.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* How much of a wrong value an error shows. */
enum { SHOWN_MAX = 60, EXPECTED_MAX = 200 };

/* Words for CONF_BOOL; the first pair is what we write ourselves. */
static const struct {
	const char *yes, *no;
} bool_words[] = { { "yes", "no" }, { "true", "false" }, { "on", "off" }, { "1", "0" } };

static bool parse_bool(struct str text, int64_t *ret)
{
	for (size_t i = 0; i < LENGTH(bool_words); i++) {
		bool yes = str_eq_nocase(text, str_of(bool_words[i].yes));

		if (yes || str_eq_nocase(text, str_of(bool_words[i].no))) {
			*ret = yes;
			return true;
		}
	}
	return false;
}

static bool is_choice(const char *choices, struct str text)
{
	struct str rest = str_of(choices), word;

	while (str_cut(&rest, '|', &word))
		if (str_eq(word, text))
			return true;
	return false;
}

static bool is_text(struct str text, int64_t max)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7f)
			return false;
	return (uint64_t)text.len <= (uint64_t)max && str_utf8_valid(text);
}

/* Is this a value for the row? Its number, for the types that have one. */
static bool parse_value(const struct conf_row *row, struct str text, int64_t *ret_number)
{
	*ret_number = 0;
	/* Where the default is "none", the file may say so too. */
	if (text.len == 0 && row->fallback[0] == '\0')
		return true;
	switch (row->type) {
	case CONF_TEXT:
		return is_text(text, row->max);
	case CONF_INT:
		return str_to_int64(text, ret_number) && *ret_number >= row->min &&
		       *ret_number <= row->max;
	case CONF_BOOL:
		return parse_bool(text, ret_number);
	case CONF_CHOICE:
		return is_choice(row->choices, text);
	}
	return false;
}

/* "a whole number from 1 to 65535": for errors and for the template. */
static void expected(const struct conf_row *row, char out[EXPECTED_MAX])
{
	switch (row->type) {
	case CONF_TEXT:
		snprintf(out, EXPECTED_MAX, "text of at most %" PRId64 " bytes", row->max);
		break;
	case CONF_INT:
		snprintf(out, EXPECTED_MAX, "a whole number from %" PRId64 " to %" PRId64, row->min,
			row->max);
		break;
	case CONF_BOOL:
		snprintf(out, EXPECTED_MAX, "%s or %s", bool_words[0].yes, bool_words[0].no);
		break;
	case CONF_CHOICE:
		snprintf(out, EXPECTED_MAX, "one of %s", row->choices);
		break;
	}
}

/* The row's number, or n_rows. */
static size_t find(const struct conf *conf, const char *section, const char *key)
{
	size_t i = 0;

	while (i < conf->n_rows && (strcmp(conf->rows[i].section, section) != 0 ||
					   strcmp(conf->rows[i].key, key) != 0))
		i++;
	return i;
}

static void put(struct conf *conf, size_t i, struct str text, int64_t number, const char *origin)
{
	conf->values[i] = (struct conf_value){
		.text = arena_dup(&conf->arena, text),
		.number = number,
		.origin = arena_dup(&conf->arena, str_of(origin)),
	};
}

void conf_init(struct conf *conf, const struct conf_row *rows, size_t n_rows)
{
	*conf = (struct conf){ .rows = rows, .n_rows = n_rows, .arena = ARENA_INIT };
	conf->values = arena_array(&conf->arena, struct conf_value, n_rows);
	for (size_t i = 0; i < n_rows; i++) {
		struct str text = str_of(rows[i].fallback);
		int64_t number;

		if (!parse_value(&rows[i], text, &number))
			die("the default of [%s] %s is no value for it", rows[i].section,
				rows[i].key);
		put(conf, i, text, number, "default");
	}
}

void conf_done(struct conf *conf)
{
	arena_done(&conf->arena);
	*conf = (struct conf){ 0 };
}

int conf_set(struct conf *conf, const char *section, const char *key, struct str value,
	const char *origin, struct error *err)
{
	size_t i = find(conf, section, key);
	char what[EXPECTED_MAX];
	struct str shown;
	int64_t number;

	if (i == conf->n_rows)
		return error_set(err, ERROR_CONFIG, "%s: [%.60s] %.60s: no such setting", origin,
			section, key);
	if (!str_given(value))
		value = STR("");
	if (parse_value(&conf->rows[i], value, &number)) {
		put(conf, i, value, number, origin);
		return 0;
	}
	expected(&conf->rows[i], what);
	/* A text can be a password, and is wrong only in what does not show: length, control bytes. */
	if (conf->rows[i].type == CONF_TEXT)
		return error_set(err, ERROR_CONFIG,
			"%s: [%s] %s: a value of %zu bytes, expected UTF-8 %s without control characters",
			origin, section, key, value.len, what);
	shown = str_clip(value, SHOWN_MAX);
	return error_set(err, ERROR_CONFIG, "%s: [%s] %s: \"%.*s%s\", expected %s", origin, section,
		key, STR_ARG(shown), shown.len < value.len ? "..." : "", what);
}

/* `types`: the allowed ones, each as its bit. */
static const struct conf_value *get(
	const struct conf *conf, const char *section, const char *key, UNUSED unsigned types)
{
	size_t i = find(conf, section, key);

	assert(i < conf->n_rows);
	assert(types & 1u << conf->rows[i].type);
	return &conf->values[i];
}

struct str conf_text(const struct conf *conf, const char *section, const char *key)
{
	return get(conf, section, key, 1u << CONF_TEXT | 1u << CONF_CHOICE)->text;
}

int64_t conf_int(const struct conf *conf, const char *section, const char *key)
{
	return get(conf, section, key, 1u << CONF_INT)->number;
}

bool conf_bool(const struct conf *conf, const char *section, const char *key)
{
	return get(conf, section, key, 1u << CONF_BOOL)->number != 0;
}

void conf_write_template(const struct conf_row *rows, size_t n_rows, struct buf *out)
{
	char what[EXPECTED_MAX];

	buf_addz(out,
		"# Settings. Each line behind a \"#\" shows a default; take the \"#\" off to change"
		" it.\n");
	for (size_t i = 0; i < n_rows; i++) {
		const struct conf_row *row = &rows[i];

		if (i == 0 || strcmp(row->section, rows[i - 1].section) != 0)
			buf_addf(out, "\n[%s]\n", row->section);
		expected(row, what);
		buf_addf(out, "# %s (%s)\n#%s =%s%s\n", row->help, what, row->key,
			row->fallback[0] ? " " : "", row->fallback);
	}
}
