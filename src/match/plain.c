#include "plain.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/*
 * A pattern becomes a list of steps, one after the other but for those that say where to go on. What may
 * be left out or repeated is written out as often as it may stand there.
 */
enum op {
	CHARS,    /* these very bytes */
	WORD,     /* as many letters and digits as there are, at least `least`; then fewer */
	EDGE,     /* of a word */
	FORK,     /* on with the next step; if that comes to nothing, at `to` */
	GO,       /* at `to` */
	NOT,      /* the steps up to the next DONE must come to nothing; then at `to` */
	DONE,
};
enum { STEPS_MAX = 250, TIMES_MAX = 8, NEST_MAX = 8, BUDGET = 4000 };

struct step {
	uint16_t chars; /* CHARS: where they begin in the pattern */
	uint16_t len;   /* and how many; WORD: the least */
	uint8_t op, to;
	char c;         /* CHARS: the first of them */
};
_Static_assert(STEPS_MAX <= UINT8_MAX, "a byte numbers the steps");
_Static_assert(sizeof(struct step) == 8, "eight to a cache line");

/* All of it stands together, in two or three cache lines: each pattern is run so seldom that it is far away. */
struct plain {
	uint64_t first[(UINT8_MAX + 1) / 64]; /* a bit for each byte that a match may begin with */
	uint16_t chars;                       /* where the pattern's text begins, behind the steps */
	bool starts_word;                     /* in ASCII, a match begins where a word does */
	struct step steps[];
};

/* compiling */

struct maker {
	struct str pattern;
	struct step steps[STEPS_MAX];
	size_t n;
	unsigned depth;
};

static bool add(struct maker *m, struct step step)
{
	if (m->n == STEPS_MAX)
		return false;
	m->steps[m->n++] = step;
	return true;
}

static bool literal(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == ' ';
}

/* The parenthesis that closes the one at `at`, or SIZE_MAX. There are no classes and no escaped ones. */
static size_t closing(struct str pattern, size_t at)
{
	size_t depth = 0;

	for (; at < pattern.len; at++) {
		depth += pattern.ptr[at] == '(';
		depth -= pattern.ptr[at] == ')';
		if (depth == 0)
			return at;
	}
	return SIZE_MAX;
}

/* "?" or "{1,3}" at *at, which moves behind it; without one, once. False: of another kind. */
static bool take_times(struct str pattern, size_t *at, unsigned *ret_least, unsigned *ret_most)
{
	struct str rest = str_from(pattern, *at), inside, least;
	size_t end;

	*ret_least = *ret_most = 1;
	if (str_starts(rest, "?")) {
		*ret_least = 0;
		++*at;
	} else if (str_starts(rest, "{")) {
		end = str_find_char(rest, '}');
		if (end == SIZE_MAX)
			return false;
		inside = str_sub(rest, 1, end);
		if (!str_cut(&inside, ',', &least) || !str_to_uint(least, TIMES_MAX, ret_least) ||
			!str_to_uint(inside, TIMES_MAX, ret_most) || *ret_most < *ret_least)
			return false;
		*at += end + 1;
	}
	rest = str_from(pattern, *at);
	return !str_starts(rest, "?") && !str_starts(rest, "+") && !str_starts(rest, "*") && !str_starts(rest, "{");
}

static bool add_alternatives(struct maker *m, size_t from, size_t to);

/* pattern[from, to), as often as it may stand there: first as often as possible. */
static bool add_times(struct maker *m, size_t from, size_t to, unsigned least, unsigned most)
{
	size_t forks[TIMES_MAX], n = 0;

	for (unsigned i = 0; i < most; i++) {
		if (i >= least) {
			forks[n++] = m->n;
			if (!add(m, (struct step){ .op = FORK }))
				return false;
		}
		if (!add_alternatives(m, from, to))
			return false;
	}
	for (size_t i = 0; i < n; i++)
		m->steps[forks[i]].to = (uint8_t)m->n;
	return true;
}

static bool add_not(struct maker *m, size_t from, size_t to)
{
	size_t not = m->n;

	if (!add(m, (struct step){ .op = NOT }) || !add_alternatives(m, from, to) ||
		!add(m, (struct step){ .op = DONE }))
		return false;
	m->steps[not].to = (uint8_t)m->n;
	return true;
}

/* "(…)" at *at. */
static bool add_group(struct maker *m, size_t *at)
{
	size_t from = *at + 1, to = closing(m->pattern, *at);
	struct str inside = str_sub(m->pattern, from, to);
	unsigned least, most;
	bool not = str_starts(inside, "?!"), fine;

	if (to == SIZE_MAX || ++m->depth > NEST_MAX)
		return false;
	*at = to + 1;
	if (not || str_starts(inside, "?:"))
		from += 2;
	else if (str_starts(inside, "?") || str_starts(inside, "*"))
		return false;
	if (from == to || !take_times(m->pattern, at, &least, &most))
		return false;
	if (not)
		fine = least == 1 && most == 1 && add_not(m, from, to);
	else
		fine = add_times(m, from, to, least, most);
	m->depth--;
	return fine;
}

/* "\b", "\w*" and "\w+" at *at. */
static bool add_escape(struct maker *m, size_t *at)
{
	struct str rest = str_from(m->pattern, *at);
	bool edge = str_starts(rest, "\\b"), none = str_starts(rest, "\\w*");

	if (!edge && !none && !str_starts(rest, "\\w+"))
		return false;
	*at += edge ? 2 : 3;
	rest = str_from(m->pattern, *at);
	if (str_starts(rest, "?") || str_starts(rest, "+") || str_starts(rest, "*") || str_starts(rest, "{"))
		return false;
	return add(m, (struct step){ .op = edge ? EDGE : WORD, .len = none ? 0 : 1 });
}

static struct step chars_at(const struct maker *m, size_t at, size_t n)
{
	return (struct step){ .op = CHARS, .chars = (uint16_t)at, .len = (uint16_t)n, .c = m->pattern.ptr[at] };
}

/* Letters, digits and blanks at *at, up to one that may be left out, or that one. */
static bool add_chars(struct maker *m, size_t *at, size_t to)
{
	const char *chars = m->pattern.ptr + *at;
	size_t fork = m->n, n = 1;

	if (*at + 1 < to && chars[1] == '?') {
		struct str rest = str_from(m->pattern, *at + 2);
		size_t only = *at;

		*at += 2;
		if (str_starts(rest, "?") || str_starts(rest, "+") || str_starts(rest, "{") || !add(m, (struct step){ .op = FORK }) ||
			!add(m, chars_at(m, only, 1)))
			return false;
		m->steps[fork].to = (uint8_t)m->n;
		return true;
	}
	while (*at + n < to && literal(chars[n]))
		n++;
	if (*at + n < to && n > 1 && chars[n] == '?')
		n--;
	*at += n;
	if (*at < to && (chars[n] == '*' || chars[n] == '+' || chars[n] == '{'))
		return false;
	return add(m, chars_at(m, *at - n, n));
}

static bool add_sequence(struct maker *m, size_t from, size_t to)
{
	bool fine = true;

	while (from < to && fine) {
		if (m->pattern.ptr[from] == '(')
			fine = add_group(m, &from);
		else if (m->pattern.ptr[from] == '\\')
			fine = add_escape(m, &from);
		else
			fine = literal(m->pattern.ptr[from]) && add_chars(m, &from, to);
	}
	return fine && from == to;
}

static size_t next_bar(struct str pattern, size_t from, size_t to)
{
	size_t depth = 0;

	for (; from < to && (depth > 0 || pattern.ptr[from] != '|'); from++) {
		depth += pattern.ptr[from] == '(';
		depth -= pattern.ptr[from] == ')';
	}
	return from;
}

static bool add_alternatives(struct maker *m, size_t from, size_t to)
{
	size_t bar = next_bar(m->pattern, from, to), fork = m->n, go;

	if (bar == to)
		return add_sequence(m, from, to);
	if (!add(m, (struct step){ .op = FORK }) || !add_sequence(m, from, bar))
		return false;
	go = m->n;
	if (!add(m, (struct step){ .op = GO }))
		return false;
	m->steps[fork].to = (uint8_t)m->n;
	if (!add_alternatives(m, bar + 1, to))
		return false;
	m->steps[go].to = (uint8_t)m->n;
	return true;
}

static void add_first(uint64_t first[], unsigned char c)
{
	first[c / 64] |= UINT64_C(1) << c % 64;
}

/* What a match may begin with, from that step on; false: it may be empty. */
static bool find_first(const struct step *steps, size_t at, uint64_t first[])
{
	for (;; at++) {
		const struct step *step = &steps[at];

		switch ((enum op)step->op) {
		case CHARS:
			add_first(first, (unsigned char)step->c);
			return true;
		case WORD:
			for (unsigned c = 1; c <= UINT8_MAX; c++)
				if (c != ' ')
					add_first(first, (unsigned char)c);
			if (step->len > 0)
				return true;
			break;
		case EDGE:
			break;
		case FORK:
			if (!find_first(steps, at + 1, first))
				return false;
			at = step->to - 1u;
			break;
		case GO:
		case NOT:
			at = step->to - 1u;
			break;
		case DONE:
			return false;
		}
	}
}

static bool may_begin(const uint64_t first[], unsigned char c)
{
	return (first[c / 64] >> c % 64 & 1) != 0;
}

/* Must a match begin at the edge of a word, from that step on? */
static bool begins_at_edge(const struct step *steps, size_t at)
{
	while (steps[at].op == GO)
		at = steps[at].to;
	if (steps[at].op == FORK)
		return begins_at_edge(steps, at + 1) && begins_at_edge(steps, steps[at].to);
	return steps[at].op == EDGE;
}

const struct plain *plain_new(struct str pattern, struct arena *arena)
{
	struct maker m = { .pattern = pattern };
	struct plain *plain, made = { .chars = 0 };
	size_t steps;

	if (pattern.len > UINT16_MAX || !add_alternatives(&m, 0, pattern.len) ||
		!add(&m, (struct step){ .op = DONE }) || !find_first(m.steps, 0, made.first))
		return NULL;
	steps = m.n * sizeof(*m.steps);
	made.starts_word = begins_at_edge(m.steps, 0) && !may_begin(made.first, ' ');
	made.chars = (uint16_t)(offsetof(struct plain, steps) + steps);
	plain = arena_alloc(arena, made.chars + pattern.len);
	*plain = made;
	memcpy(plain->steps, m.steps, steps);
	memcpy((char *)plain + made.chars, pattern.ptr, pattern.len);
	return plain;
}

/* running */

struct run {
	struct str text;
	const char *chars; /* the pattern's */
	unsigned budget;
	size_t end;
};

static bool in_word(struct str text, size_t at)
{
	return at < text.len && text.ptr[at] != ' ';
}

/* Of other writing PCRE2 knows what is a letter: marks of Indian scripts are none. */
static bool other_writing(struct str text, size_t at)
{
	return at < text.len && (unsigned char)text.ptr[at] >= 0x80;
}

static int run_from(struct run *run, const struct step *steps, size_t at, size_t pos);

/* As far as the word goes, then less and less far. */
static int run_word(struct run *run, const struct step *steps, size_t at, size_t pos)
{
	size_t least = pos + steps[at].len, end = pos;

	while (in_word(run->text, end))
		if (other_writing(run->text, end++))
			return PLAIN_UNSURE;
	for (; end >= least; end--) {
		int r = run_from(run, steps, at + 1, end);

		if (r != 0 || end == 0)
			return r;
	}
	return 0;
}

static int run_from(struct run *run, const struct step *steps, size_t at, size_t pos)
{
	for (;;) {
		const struct step *step = &steps[at++];
		int r;

		if (run->budget-- == 0)
			return PLAIN_UNSURE;
		switch ((enum op)step->op) {
		case CHARS:
			/* mostly the first byte says no */
			if (run->text.len - pos < step->len || run->text.ptr[pos] != step->c ||
				memcmp(run->text.ptr + pos, run->chars + step->chars, step->len) != 0)
				return 0;
			pos += step->len;
			break;
		case WORD:
			return run_word(run, steps, at - 1, pos);
		case EDGE:
			if ((pos > 0 && other_writing(run->text, pos - 1)) || other_writing(run->text, pos))
				return PLAIN_UNSURE;
			if ((pos > 0 && in_word(run->text, pos - 1)) == in_word(run->text, pos))
				return 0;
			break;
		case FORK:
			r = run_from(run, steps, at, pos);
			if (r != 0)
				return r;
			at = step->to;
			break;
		case GO:
			at = step->to;
			break;
		case NOT:
			r = run_from(run, steps, at, pos);
			if (r != 0)
				return r == PLAIN_FOUND ? 0 : r;
			at = step->to;
			break;
		case DONE:
			run->end = pos;
			return PLAIN_FOUND;
		}
	}
}

void plain_fetch(const struct plain *plain)
{
	__builtin_prefetch(plain);
	__builtin_prefetch((const char *)plain + 64);
	__builtin_prefetch((const char *)plain + 128);
}

int plain_find(const struct plain *plain, struct str text, size_t from, size_t *ret_start, size_t *ret_end)
{
	struct run run = { .text = text, .chars = (const char *)plain + plain->chars, .budget = BUDGET };

	for (size_t pos = from; pos < text.len; pos++) {
		unsigned char c = (unsigned char)text.ptr[pos];
		int r = 0;

		if (may_begin(plain->first, c))
			r = run_from(&run, plain->steps, 0, pos);
		if (r == PLAIN_FOUND) {
			*ret_start = pos;
			*ret_end = run.end;
		}
		if (r != 0)
			return r;
	}
	return 0;
}

static bool all_ascii(const char *at, size_t n)
{
	unsigned char all = 0;

	for (size_t i = 0; i < n; i++)
		all |= (unsigned char)at[i];
	return all < 0x80;
}

int plain_find_word(const struct plain *plain, struct str text, size_t from, const struct fold_word *words,
	size_t n, size_t *ret_start, size_t *ret_end)
{
	struct run run = { .text = text, .chars = (const char *)plain + plain->chars, .budget = BUDGET };
	size_t before = from - (from > 0);

	if (!plain->starts_word || !all_ascii(text.ptr + before, text.len - before))
		return plain_find(plain, text, from, ret_start, ret_end);
	for (size_t i = 0; i < n && words[i].start < text.len; i++) {
		int r = 0;

		if (may_begin(plain->first, (unsigned char)text.ptr[words[i].start]))
			r = run_from(&run, plain->steps, 0, words[i].start);
		if (r == PLAIN_FOUND) {
			*ret_start = words[i].start;
			*ret_end = run.end;
		}
		if (r != 0)
			return r;
	}
	return 0;
}
