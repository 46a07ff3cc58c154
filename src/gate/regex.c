#include "gate/regex.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum {
	JIT_STACK_MIN = 64 << 10,
	JIT_STACK_MAX = 512 << 10,
	NESTING_MAX = 50, /* brackets inside brackets */
};

struct regex {
	pcre2_code *code;
};

/* admission */

/*
 * What a pattern may not have, by its first characters. PCRE2 itself can switch off only some of
 * these. The scan knows neither classes, quotes nor comments, so that it refuses some harmless
 * patterns ("[(*]", to be written "[\(*]") and lets none pass; a class that is followed could be
 * hidden from it by a comment that is not.
 */
static const struct refusal {
	const char *start, *what;
} refusals[] = {
	{ "(*", "(*VERBS) are not allowed" },
	{ "(?C", "callouts are not allowed" },
	{ "(?R", "recursion is not allowed" },
	{ "(?&", "recursion is not allowed" },
	{ "(?P>", "recursion is not allowed" },
	{ "(?P=", "back-references are not allowed" },
	{ "\\g", "back-references and recursion are not allowed" },
	{ "\\k", "back-references are not allowed" },
	{ "\\C", "\\C is not allowed: it cuts characters" },
	{ "\\K", "\\K is not allowed: a match is shown whole" },
	{ "\\G", "\\G is not allowed: where a search starts has no meaning in a rule" },
	{ "\\z", "\\z is not allowed: write $" },
	{ "\\Z", "\\Z is not allowed: write $" },
	/* It takes the next character, even a backslash, which the scan would read as an escape. */
	{ "\\c", "control characters are not allowed" },
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static const char *refused_here(struct str rest)
{
	for (size_t i = 0; i < LENGTH(refusals); i++) {
		if (str_starts(rest, refusals[i].start))
			return refusals[i].what;
	}
	if (rest.len >= 2 && rest.ptr[0] == '\\' && is_digit(rest.ptr[1]) && rest.ptr[1] != '0')
		return "back-references are not allowed";
	/* (?1) (?+1) (?-1) */
	if (str_prefix(&rest, "(?")) {
		if (rest.len >= 2 && (rest.ptr[0] == '+' || rest.ptr[0] == '-'))
			rest = str_from(rest, 1);
		if (rest.len >= 1 && is_digit(rest.ptr[0]))
			return "recursion is not allowed";
	}
	return NULL;
}

static int check_text(struct str pattern, struct error *err)
{
	if (pattern.len > REGEX_PATTERN_MAX)
		return error_set(
			err, ERROR_INPUT, "the pattern is longer than %d bytes", REGEX_PATTERN_MAX);
	if (!str_utf8_valid(pattern) || str_find_char(pattern, '\0') != SIZE_MAX)
		return error_set(err, ERROR_INPUT, "the pattern is not UTF-8 text");
	for (size_t i = 0; i < pattern.len; i++) {
		const char *what = refused_here(str_from(pattern, i));

		if (what)
			return error_set(err, ERROR_INPUT, "at %zu: %s", i, what);
		if (pattern.ptr[i] == '\\')
			i++; /* an escape is two characters: the second one starts nothing */
	}
	return 0;
}

static int has_callout(pcre2_callout_enumerate_block *block, void *data)
{
	(void)block;
	(void)data;
	return 1;
}

static int check_code(const pcre2_code *code, struct error *err)
{
	uint32_t matches_empty = 1, highest_reference = 1;
	size_t size = SIZE_MAX;

	pcre2_pattern_info(code, PCRE2_INFO_MATCHEMPTY, &matches_empty);
	pcre2_pattern_info(code, PCRE2_INFO_BACKREFMAX, &highest_reference);
	pcre2_pattern_info(code, PCRE2_INFO_SIZE, &size);
	if (matches_empty)
		return error_set(err, ERROR_INPUT, "the pattern matches the empty text");
	if (size > REGEX_COMPILED_MAX)
		return error_set(err, ERROR_INPUT,
			"the pattern is too large: %zu bytes when compiled, at most %d", size,
			REGEX_COMPILED_MAX);
	/* The scan has seen these; should it not have, they stay outside all the same. */
	if (highest_reference > 0 || pcre2_callout_enumerate(code, has_callout, NULL) != 0)
		return error_set(err, ERROR_INPUT, "back-references and callouts are not allowed");
	return 0;
}

static int compile(struct str pattern, int options, pcre2_code **ret, struct error *err)
{
	uint32_t flags = PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C;
	pcre2_compile_context *context = pcre2_compile_context_create(NULL);
	PCRE2_UCHAR text[120];
	PCRE2_SIZE at;
	int code;

	if (!context)
		die("out of memory (a pattern)");
	pcre2_set_max_pattern_length(context, REGEX_PATTERN_MAX);
	pcre2_set_parens_nest_limit(context, NESTING_MAX);
	pcre2_set_newline(context, PCRE2_NEWLINE_LF);
	if (options & REGEX_CASELESS)
		flags |= PCRE2_CASELESS;
	*ret = pcre2_compile((PCRE2_SPTR)pattern.ptr, pattern.len, flags, &code, &at, context);
	pcre2_compile_context_free(context);
	if (*ret)
		return 0;
	pcre2_get_error_message(code, text, sizeof(text));
	return error_set(err, ERROR_INPUT, "at %zu: %s", (size_t)at, (const char *)text);
}

int regex_new(struct str pattern, int options, struct regex **ret, struct error *err)
{
	CLEANUP(regex_freep) struct regex *regex = calloc(1, sizeof(*regex));
	int r;

	if (!regex)
		die("out of memory (a pattern)");
	if (pattern.len == 0)
		return error_set(err, ERROR_INPUT, "the pattern is empty");
	r = check_text(pattern, err);
	if (r == 0)
		r = compile(pattern, options, &regex->code, err);
	if (r == 0)
		r = check_code(regex->code, err);
	if (r < 0)
		return r;

	/* Where no executable memory may be had, the interpreter does it, under the same limits. */
	(void)pcre2_jit_compile(regex->code, PCRE2_JIT_COMPLETE);
	*ret = steal(&regex);
	return 0;
}

void *regex_free(struct regex *regex)
{
	if (regex)
		pcre2_code_free(regex->code);
	free(regex);
	return NULL;
}

/* matching */

/* What a match needs beside the pattern: one of each a thread, made at its first match. */
struct scratch {
	pcre2_match_context *context;
	pcre2_jit_stack *stack;
	pcre2_match_data *data;
};

static pthread_key_t scratch_key;
static _Thread_local struct scratch *scratch;

static void scratch_free(void *ptr)
{
	struct scratch *s = ptr;

	pcre2_match_data_free(s->data);
	pcre2_jit_stack_free(s->stack);
	pcre2_match_context_free(s->context);
	free(s);
}

static void scratch_key_make(void)
{
	if (pthread_key_create(&scratch_key, scratch_free) != 0)
		die("out of memory (a thread's patterns)");
}

static struct scratch *scratch_get(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct scratch *s;

	if (scratch)
		return scratch;
	s = calloc(1, sizeof(*s));
	if (s) {
		s->context = pcre2_match_context_create(NULL);
		s->stack = pcre2_jit_stack_create(JIT_STACK_MIN, JIT_STACK_MAX, NULL);
		s->data = pcre2_match_data_create(1, NULL);
	}
	if (!s || !s->context || !s->data)
		die("out of memory (patterns)");
	pcre2_set_match_limit(s->context, REGEX_MATCH_LIMIT);
	pcre2_set_depth_limit(s->context, REGEX_DEPTH_LIMIT);
	pcre2_set_heap_limit(s->context, REGEX_HEAP_KIB);
	if (s->stack)
		pcre2_jit_stack_assign(s->context, NULL, s->stack);
	/* The key only frees at the end of a thread; the main one's lives as long as the process. */
	pthread_once(&once, scratch_key_make);
	pthread_setspecific(scratch_key, s);
	scratch = s;
	return s;
}

static bool inside_character(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/*
 * The end of the segment that starts at `start`: where the text ends, or behind the last blank of
 * its second half, so that no word is cut; a text without blanks is cut between two characters.
 */
static size_t segment_end(struct str text, size_t start)
{
	size_t end = start + REGEX_SEGMENT;

	if (text.len - start <= REGEX_SEGMENT)
		return text.len;
	for (size_t at = end; at > start + REGEX_SEGMENT / 2; at--) {
		if (text.ptr[at - 1] == ' ' || text.ptr[at - 1] == '\n')
			return at;
	}
	while (inside_character(text.ptr[end]))
		end--;
	return end;
}

/* The start of the next one: at least the overlap before that end, and between two characters. */
static size_t segment_next(struct str text, size_t end)
{
	size_t next = end - REGEX_OVERLAP;

	while (inside_character(text.ptr[next]))
		next--;
	return next;
}

static int match_failed(int code, size_t start, size_t end, struct error *err)
{
	PCRE2_UCHAR text[120];

	switch (code) {
	case PCRE2_ERROR_NOMEMORY:
		die("out of memory (a match)");
	case PCRE2_ERROR_MATCHLIMIT:
	case PCRE2_ERROR_DEPTHLIMIT:
	case PCRE2_ERROR_HEAPLIMIT:
	case PCRE2_ERROR_JIT_STACKLIMIT:
		return error_set(err, ERROR_LIMIT,
			"the pattern takes too many steps on the text from %zu to %zu", start, end);
	default:
		pcre2_get_error_message(code, text, sizeof(text));
		return error_set(err, ERROR_SYSTEM, "matching from %zu to %zu: %s", start, end,
			(const char *)text);
	}
}

static uint64_t now_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/*
 * Processor time of this thread, in which others on the machine do not count, is told by the kernel, which takes longer
 * than most short texts do. The wall's clock is read in no time and runs no slower: as long as little goes by on it,
 * that is what is spent. Where more does, others may have had the processor: this once a part of the purse is the most
 * that counts, and from then on the thread's own clock is read.
 */
enum { WALL_TRUSTED_US = 100, WALL_MOST_US = REGEX_BUDGET_US / 4 };

static clockid_t clock_of(const struct regex_purse *purse)
{
	return purse->by_cpu ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC;
}

static void spend(struct regex_purse *purse, uint64_t ns)
{
	if (!purse->by_cpu && ns > WALL_TRUSTED_US * UINT64_C(1000)) {
		purse->by_cpu = true;
		if (ns > WALL_MOST_US * UINT64_C(1000))
			ns = WALL_MOST_US * UINT64_C(1000);
	}
	purse->last_ns = ns;
	purse->spent_ns += ns;
}

/*
 * A segment is no copy: PCRE2 gets the whole text up to the segment's end and is told where to
 * start, so that look-behind, \b and ^ see what truly stands before. A match that starts in the
 * overlap is left to the next segment, which sees it with more text behind it; thus one that was
 * promised never touches the end of its segment, where $ and look-ahead would see an end that is none.
 */
int regex_find_with(const struct regex *regex, struct regex_purse *purse, struct str text, size_t from,
	size_t *ret_start, size_t *ret_end, struct error *err)
{
	struct scratch *s = scratch_get();
	const PCRE2_SIZE *span = pcre2_get_ovector_pointer(s->data);
	size_t start = from, end, next;

	while (start < text.len && inside_character(text.ptr[start]))
		start++;
	for (; start < text.len; start = next) {
		bool measured = purse->segments++ > 0;
		clockid_t clock = clock_of(purse);
		uint64_t before = measured ? now_ns(clock) : 0;

		/* a segment is not begun that, as dear as the last one, would overspend */
		if (purse->spent_ns + purse->last_ns > REGEX_BUDGET_US * UINT64_C(1000))
			return error_set(err, ERROR_LIMIT, "the pattern takes too long on a text of %zu bytes",
				text.len);
		end = segment_end(text, start);
		next = end == text.len ? end : segment_next(text, end);

		int code = pcre2_match(regex->code, (PCRE2_SPTR)text.ptr, end, start,
			PCRE2_NO_UTF_CHECK | (end < text.len ? PCRE2_NOTEOL : 0), s->data,
			s->context);
		if (measured)
			spend(purse, now_ns(clock) - before);
		if (code == PCRE2_ERROR_NOMATCH || (code >= 0 && span[0] >= next))
			continue;
		if (code < 0)
			return match_failed(code, start, end, err);
		*ret_start = span[0];
		*ret_end = span[1];
		return REGEX_FOUND;
	}
	return 0;
}

int regex_find(const struct regex *regex, struct str text, size_t from, size_t *ret_start,
	size_t *ret_end, struct error *err)
{
	struct regex_purse purse = { .segments = 0 };

	return regex_find_with(regex, &purse, text, from, ret_start, ret_end, err);
}

static char version[64];

static void version_ask(void)
{
	if (pcre2_config(PCRE2_CONFIG_VERSION, NULL) <= (int)sizeof(version))
		pcre2_config(PCRE2_CONFIG_VERSION, version);
}

const char *regex_version(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, version_ask);
	return version;
}
