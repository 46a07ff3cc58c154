/* Patterns tried before they are admitted: texts are made from the pattern itself. */
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "gate/regex.h"

enum { UNITS_MAX = 32, UNIT_LEN_MAX = 64, WORD_LEN = 8 };

/* Something that may be repeated. */
struct unit {
	struct str text;
	size_t at; /* in the pattern */
};
struct reader {
	struct str pattern;
	size_t at;
	struct arena *arena;
	struct unit units[UNITS_MAX];
	size_t n;
	int depth;
};

static void add_unit(struct reader *r, struct str text, size_t at)
{
	if (text.len == 0 || text.len > UNIT_LEN_MAX || r->n == UNITS_MAX)
		return;
	for (size_t i = 0; i < r->n; i++)
		if (str_eq(r->units[i].text, text))
			return;
	r->units[r->n++] = (struct unit){ arena_dup(r->arena, text), at };
}

static bool more(const struct reader *r)
{
	return r->at < r->pattern.len;
}

/* One character that a letter behind a backslash stands for; 0: it stands for none, like \b. */
static char escaped(char c)
{
	switch (c) {
	case 'b': case 'B': case 'A': return 0;
	case 'w': case 'S': case 'D': case 'N': case 'X': return 'a';
	case 'd': return '1';
	case 's': case 'W': case 'h': case 'v': case 'R': return ' ';
	case 'n': return '\n';
	case 't': return '\t';
	default: return c;
	}
}

/* "[…]": its first member, and for a range its last one too. */
static void read_class(struct reader *r, struct buf *sample)
{
	size_t start = r->at++;
	bool negated = more(r) && r->pattern.ptr[r->at] == '^', first = true;
	char member[4] = "a";
	size_t len = 1;

	r->at += negated;
	for (bool some = false; more(r); first = false) {
		uint32_t c = str_utf8_next(r->pattern, &r->at);

		if (c == ']' && !first)
			break;
		if (c == '\\' && more(r)) {
			char e = escaped(r->pattern.ptr[r->at++]);

			c = e != 0 ? (unsigned char)e : 'a';
		}
		if (negated || c == '[' || (c == '-' && some))
			continue;
		len = str_utf8_put(c, member);
		add_unit(r, str_n(member, len), start);
		if (!some)
			buf_adds(sample, str_n(member, len));
		some = true;
	}
	if (negated) {
		add_unit(r, STR("a"), start);
		add_unit(r, STR(" "), start);
		buf_addc(sample, 'a');
	}
}

static void skip_quantifier(struct reader *r)
{
	while (more(r) && memchr("*+?", r->pattern.ptr[r->at], 3) != NULL)
		r->at++;
	if (more(r) && r->pattern.ptr[r->at] == '{') {
		size_t close = str_find_char(str_from(r->pattern, r->at), '}');

		r->at = close == SIZE_MAX ? r->at + 1 : r->at + close + 1;
		skip_quantifier(r);
	}
}

static bool repeated_next(const struct reader *r)
{
	return more(r) && memchr("*+{", r->pattern.ptr[r->at], 3) != NULL;
}

static void read_alternatives(struct reader *r, struct buf *sample);

static void read_group(struct reader *r, struct buf *sample)
{
	CLEANUP(buf_done) struct buf inside = BUF_INIT(16 * REGEX_PATTERN_MAX);
	size_t start = r->at++;

	if (more(r) && r->pattern.ptr[r->at] == '?') {
		/* "?:" "?=" "?<!" "?i:" and the like end before what is looked for */
		while (more(r) && memchr(":=!>)", r->pattern.ptr[r->at], 5) == NULL)
			r->at++;
		if (more(r) && r->pattern.ptr[r->at] != ')')
			r->at++;
	}
	r->depth++;
	read_alternatives(r, &inside);
	r->depth--;
	if (more(r))
		r->at++; /* ")" */
	add_unit(r, buf_str(&inside), start);
	buf_adds(sample, buf_str(&inside));
}

/* One sequence: `sample` becomes a text that it may match, each piece once. */
static void read_sequence(struct reader *r, struct buf *sample)
{
	while (more(r) && r->pattern.ptr[r->at] != '|' && r->pattern.ptr[r->at] != ')') {
		size_t start = r->at;
		char c = r->pattern.ptr[r->at];

		if (c == '(') {
			read_group(r, sample);
		} else if (c == '[') {
			read_class(r, sample);
		} else if (c == '\\' && r->at + 1 < r->pattern.len) {
			char e = escaped(r->pattern.ptr[r->at + 1]);

			r->at += 2;
			if (e != 0) {
				if (repeated_next(r))
					add_unit(r, str_n(&e, 1), start);
				buf_addc(sample, e);
			}
		} else {
			struct str text;

			str_utf8_next(r->pattern, &r->at);
			text = c == '.' ? STR("a") : str_sub(r->pattern, start, r->at);
			if (c != '^' && c != '$') {
				if (repeated_next(r))
					add_unit(r, text, start);
				buf_adds(sample, text);
			}
		}
		skip_quantifier(r);
	}
}

static void read_alternatives(struct reader *r, struct buf *sample)
{
	CLEANUP(buf_done) struct buf other = BUF_INIT(16 * REGEX_PATTERN_MAX);

	read_sequence(r, sample);
	while (more(r) && r->pattern.ptr[r->at] == '|') {
		size_t start = r->at++;

		buf_reset(&other);
		read_sequence(r, &other);
		add_unit(r, buf_str(&other), start);
	}
}

/* trying */

static uint64_t cpu_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* What the text costs. */
static uint64_t cost_of(const struct regex *regex, struct str text, bool *ret_limit)
{
	struct error err = ERROR_INIT;
	size_t from = 0, start, end;
	uint64_t before = cpu_ns();
	int r;

	/* behind a match it goes on, as far as a match was promised */
	while ((r = regex_find(regex, text, from, &start, &end, &err)) == REGEX_FOUND)
		from = end;
	*ret_limit = r < 0;
	return cpu_ns() - before;
}

uint64_t regex_cost_ns(const struct regex *regex, struct str text)
{
	uint64_t least = UINT64_MAX;
	bool limit;

	for (int i = 0; i < 3; i++) {
		uint64_t ns = cost_of(regex, text, &limit);

		least = ns < least ? ns : least;
	}
	return least;
}

static void try_text(const struct regex *regex, struct str text, const struct unit *unit,
	struct regex_trial *ret, bool *ret_limit)
{
	bool limit;
	unsigned us = (unsigned)(cost_of(regex, text, &limit) / 1000);

	if (us > REGEX_TRIAL_US && !limit) /* again: the first time also finds cold memory */
		us = (unsigned)(regex_cost_ns(regex, text) / 1000);
	if (us <= ret->us && !limit)
		return;
	*ret = (struct regex_trial){ us, unit->text, unit->at };
	*ret_limit = limit;
}

/* `before`, the unit over and over, `behind`: a segment in all. */
static struct str pump(struct arena *arena, struct str before, struct str unit, struct str behind)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(REGEX_SEGMENT);

	before = str_clip(before, REGEX_SEGMENT / 4);
	buf_adds(&out, before);
	while (out.len + unit.len + behind.len <= REGEX_SEGMENT)
		buf_adds(&out, unit);
	buf_adds(&out, behind);
	return arena_dup(arena, buf_str(&out));
}

/*
 * What ends every text: no match, and apart from each other the letters that a match needs, for without
 * them PCRE2 would not even begin.
 */
static struct str ending(struct arena *arena, struct str sample)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(512);
	bool seen[128] = { false };
	const char *apart = "!;~%";

	while (apart[1] != '\0' && str_find_char(sample, *apart) != SIZE_MAX)
		apart++;
	buf_addc(&out, *apart);
	buf_addc(&out, '\n'); /* where a dot ends */
	for (size_t i = 0; i < sample.len && out.len < 256; i++) {
		unsigned char c = (unsigned char)sample.ptr[i];

		if (c >= 128 || seen[c] || c <= ' ')
			continue;
		seen[c] = true;
		buf_addf(&out, "#%c", c);
	}
	buf_addc(&out, '#');
	return arena_dup(arena, buf_str(&out));
}

/* A word of it and a blank: the longest words that sentences have. */
static struct str word_of(struct arena *arena, struct str unit)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(WORD_LEN * UNIT_LEN_MAX + 1);

	for (int i = 0; i < WORD_LEN; i++)
		buf_adds(&out, unit);
	buf_addc(&out, ' ');
	return arena_dup(arena, buf_str(&out));
}

/* Without anything repeated a pattern costs what its first letters cost. */
static bool repeats(struct str pattern)
{
	return str_find_char(pattern, '*') != SIZE_MAX || str_find_char(pattern, '+') != SIZE_MAX ||
	       str_find_char(pattern, '{') != SIZE_MAX;
}

#define REMEDY                                                                                    \
	"bound what is repeated, as in [a-z]{1,20}, and repeat nothing inside of what is repeated"

int regex_try(const struct regex *regex, struct str pattern, struct arena *arena, struct regex_trial *ret,
	struct error *err)
{
	CLEANUP(buf_done) struct buf sample = BUF_INIT(16 * REGEX_PATTERN_MAX);
	struct reader r = { .pattern = pattern, .arena = arena };
	struct str end;
	bool limit = false;

	*ret = (struct regex_trial){ 0, STR(""), 0 };
	read_alternatives(&r, &sample);
	add_unit(&r, str_clip(buf_str(&sample), UNIT_LEN_MAX), 0);
	end = ending(arena, buf_str(&sample));
	for (size_t i = 0; i < r.n && !limit && ret->us <= REGEX_TRIAL_US; i++) {
		const struct unit *unit = &r.units[i];
		struct str word = word_of(arena, unit->text);
		struct str texts[] = {
			pump(arena, STR(""), unit->text, end),
			pump(arena, STR(""), word, end),
			pump(arena, buf_str(&sample), unit->text, end),
			pump(arena, STR(" "), arena_printf(arena, "%.*s ", STR_ARG(unit->text)), end),
			pump(arena, STR(""), arena_printf(arena, "%.*s%.*s", STR_ARG(unit->text),
				STR_ARG(r.units[(i + 1) % r.n].text)), end),
		};

		for (size_t j = 0; j < (repeats(pattern) ? LENGTH(texts) : 1); j++)
			if (!limit && ret->us <= REGEX_TRIAL_US)
				try_text(regex, texts[j], unit, ret, &limit);
	}
	if (!limit && ret->us <= REGEX_TRIAL_US)
		return 0;
	if (limit)
		return error_set(err, ERROR_LIMIT,
			"the pattern takes too many steps on 4 KiB of \"%.*s\" over and over; " REMEDY,
			STR_ARG(str_clip(ret->pump, 24)));
	return error_set(err, ERROR_LIMIT,
		"the pattern takes %u.%u ms on 4 KiB of \"%.*s\" over and over, at most %d ms; " REMEDY,
		ret->us / 1000, ret->us % 1000 / 100, STR_ARG(str_clip(ret->pump, 24)),
		REGEX_TRIAL_US / 1000);
}
