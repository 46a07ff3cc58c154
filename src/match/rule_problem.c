/* What is wrong in a rule file: where, the line as it was written, and the word that was probably meant. */
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "rule_parse.h"

static struct str line_of(struct str text, unsigned number)
{
	struct str line = STR("");

	while (number-- > 0)
		if (!str_cut(&text, '\n', &line))
			return STR("");
	if (str_ends(line, "\r"))
		line.len--;
	return line;
}

/* Up to the first byte that is no UTF-8. */
static struct str valid_part(struct str line)
{
	size_t good = 0, len = 1;

	while (good < line.len && len <= 4) {
		if (str_utf8_valid(str_sub(line, good, good + len)) && good + len <= line.len) {
			good += len;
			len = 1;
		} else {
			len++;
		}
	}
	return str_sub(line, 0, good);
}

/* The line as it was written, of a file that is read or was. */
static struct str source_line(const struct rule_parser *p, struct str file, unsigned number)
{
	for (size_t i = 0; i < p->rules->n_sources; i++)
		if (str_eq(p->rules->sources[i].name, file))
			return line_of(p->rules->sources[i].text, number);
	return STR("");
}

static void __attribute__((format(printf, 3, 0))) add_problem(
	struct rule_parser *p, const struct rule_place *place, const char *fmt, va_list ap)
{
	struct rule_problem *problem;
	char text[400];

	p->failed = true;
	if (p->n_problems >= RULES_PROBLEMS_MAX)
		return;
	vsnprintf(text, sizeof(text), fmt, ap);
	arena_grow(p->report, p->problems, p->n_problems, &p->problems_capacity);
	problem = &p->problems[p->n_problems++];
	*problem = (struct rule_problem){
		.file = arena_dup(p->report, place->file),
		.line = place->line,
		.column = place->column,
		.text = arena_dup(p->report, str_clip(str_of(text), sizeof(text))),
		.source = arena_dup(p->report,
			str_clip(valid_part(source_line(p, place->file, place->line)), RULE_SOURCE_MAX)),
	};
}

void rule_problem(struct rule_parser *p, unsigned column, const char *fmt, ...)
{
	struct rule_place place = rule_here(p, column);
	va_list ap;

	va_start(ap, fmt);
	add_problem(p, &place, fmt, ap);
	va_end(ap);
}

void rule_problem_at(struct rule_parser *p, const struct rule_place *place, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_problem(p, place, fmt, ap);
	va_end(ap);
}

struct rule_place rule_here(const struct rule_parser *p, unsigned column)
{
	return (struct rule_place){ p->file, p->number, column };
}

/* Letters to be put in, left out or replaced to come from one word to the other; words of names are short. */
static unsigned edits(struct str a, const char *b)
{
	unsigned row[32];
	size_t len = strlen(b);

	if (len >= LENGTH(row) || a.len >= LENGTH(row))
		return UINT_MAX;
	for (size_t j = 0; j <= len; j++)
		row[j] = (unsigned)j;
	for (size_t i = 0; i < a.len; i++) {
		unsigned diagonal = row[0];

		row[0] = (unsigned)i + 1;
		for (size_t j = 0; j < len; j++) {
			unsigned best = diagonal + (a.ptr[i] != b[j]);

			diagonal = row[j + 1];
			if (row[j + 1] + 1 < best)
				best = row[j + 1] + 1;
			if (row[j] + 1 < best)
				best = row[j] + 1;
			row[j + 1] = best;
		}
	}
	return row[len];
}

const char *rule_nearest(struct str word, const char *const *names, size_t n)
{
	const char *best = NULL;
	unsigned least = 3;

	for (size_t i = 0; i < n; i++) {
		unsigned e = names[i] == NULL ? least : edits(word, names[i]);

		if (e < least && e < word.len) {
			least = e;
			best = names[i];
		}
	}
	return best;
}

/* Files of Latin 1 are the usual reason. */
void rule_problem_utf8(struct rule_parser *p, struct str text)
{
	struct str rest = text, line;

	while (str_cut(&rest, '\n', &line)) {
		p->number++;
		if (str_utf8_valid(line))
			continue;
		rule_problem(p, (unsigned)str_utf8_count(valid_part(line)) + 1,
			"the file is not valid UTF-8 from here on; save it as UTF-8");
		return;
	}
}
