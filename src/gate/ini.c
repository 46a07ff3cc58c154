#include "gate/ini.h"

#include <stdbool.h>
#include <string.h>

#include <ini.h>

/* A line and its end; inih would cut a longer one in two without a word. */
enum { LINE_MAX_BYTES = 4096 };

struct reading {
	struct str rest; /* STR_NONE after the last line */
	const char *name;
	int line; /* the one given to inih last, from 1 */
	int (*setting)(void *data, const char *section, const char *key, struct str value, int line,
		struct error *err);
	void *data;
	struct error *err;
	int failure; /* of the callback or of a line; 0 while all is well */
};

/* What inih lets pass and a person did not mean. */
static int check_line(struct reading *r, struct str line)
{
	struct str text = str_trim(line);

	if (line.len > LINE_MAX_BYTES)
		return error_set(r->err, ERROR_CONFIG, "%s:%d: the line is longer than %d bytes",
			r->name, r->line, LINE_MAX_BYTES);
	if (str_find_char(line, '\0') != SIZE_MAX || !str_utf8_valid(line))
		return error_set(r->err, ERROR_CONFIG, "%s:%d: the line is not UTF-8 text", r->name,
			r->line);
	if (str_starts(text, "[") && str_find_char(text, ']') != text.len - 1)
		return error_set(r->err, ERROR_CONFIG,
			"%s:%d: a section is [name] and nothing else", r->name, r->line);
	if (str_starts(text, "=") || str_starts(text, ":"))
		return error_set(r->err, ERROR_CONFIG, "%s:%d: a name is missing before '='",
			r->name, r->line);
	return 0;
}

/* One line a call, so that inih's lines are ours and the callback can be told the number. */
static char *next_line(char *out, int size, void *data)
{
	struct reading *r = data;
	struct str line;

	if (r->failure || !str_given(r->rest) || !str_cut(&r->rest, '\n', &line))
		return NULL;
	if (line.len == 0 && !str_given(r->rest))
		return NULL;
	r->line++;
	/* Notepad's mark at the start of a file. */
	if (r->line == 1)
		str_prefix(&line, "\xef\xbb\xbf");
	r->failure = check_line(r, line);
	if (r->failure || (size_t)size < line.len + 2)
		return NULL;
	memcpy(out, line.ptr, line.len);
	memcpy(out + line.len, "\n", 2);
	return out;
}

static int give_setting(void *data, const char *section, const char *key, const char *value)
{
	struct reading *r = data;

	r->failure = r->setting(r->data, section, key, str_of(value), r->line, r->err);
	return r->failure == 0;
}

int ini_read(struct str text, const char *name,
	int (*setting)(void *data, const char *section, const char *key, struct str value, int line,
		struct error *err),
	void *data, struct error *err)
{
	struct reading reading = {
		.rest = text, .name = name, .setting = setting, .data = data, .err = err
	};
	int bad_line;

	if (text.len > INI_FILE_MAX)
		return error_set(
			err, ERROR_LIMIT, "%s is larger than %d bytes", name, INI_FILE_MAX);

	/*
	 * inih's switches are of the process. A line that starts with blanks is a setting, not the
	 * end of the one before; ';' inside a value belongs to it (user agents have some).
	 */
	ini_allow_multiline = false;
	ini_allow_inline_comments = false;
	ini_allow_no_value = false;
	ini_stop_on_first_error = true;
	ini_use_stack = false;
	ini_initial_alloc = ini_max_line = LINE_MAX_BYTES + 3;

	bad_line = ini_parse_stream(next_line, &reading, give_setting, &reading);
	if (reading.failure)
		return reading.failure;
	if (bad_line < 0)
		die("out of memory (a settings file)");
	if (bad_line > 0)
		return error_set(err, ERROR_CONFIG, "%s:%d: neither [section] nor name = value",
			name, bad_line);
	return 0;
}
