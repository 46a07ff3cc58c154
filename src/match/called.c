#include "called.h"

#include <stdlib.h>
#include <string.h>

#include "abbreviation.h"
#include "ears.h"
#include "plain.h"

/* Bytes of folded text between two words, at least. */
static size_t between(const struct words *words, uint32_t from, uint32_t to, bool raw)
{
	if (from >= to)
		return 0;
	return raw ? words->places[to].raw_start - words->places[from].raw_end
		   : words->places[to].start - words->places[from].start - words->places[from].len;
}

/* Are there at most so many? Each word between them has one, and a blank: where there are many, no places are needed. */
static bool stand_within(struct words *words, uint32_t from, uint32_t to, bool raw, size_t most)
{
	if (!raw && from < to && 2 * (size_t)(to - from) - 1 > most)
		return false;
	words_place(words);
	return between(words, from, to, raw) <= most;
}

/* Does this word, with what was seen before, call for the pattern? The nearest one before it decides. */
static bool is_due(struct words *words, struct called *called, const struct call *call,
	uint32_t at)
{
	uint32_t other;

	if (call->reach == TRIGGER_ALONE || call->sides == 3)
		return true;
	called->sides[call->sides == 2] = at + 1;
	other = called->sides[call->sides == 1];
	return other != 0 && stand_within(words, other - 1, at, call->raw, call->reach);
}

/* "i" calls for "I.A" only where "a" is the next word. */
static bool spells(const struct scan *scan, const struct words *words, uint32_t at,
	const struct call *call)
{
	char letters[ABBREVIATION_LETTERS_MAX];
	size_t n = 0;

	for (; at < words->n && n < call->spelled; at++) {
		struct str word = memo_text(&scan->memo, words->ids[at]);

		if (n + word.len > call->spelled)
			return false;
		memcpy(letters + n, word.ptr, word.len);
		n += word.len;
	}
	return n == call->spelled &&
	       triggers_spelled(terms_triggers(scan->terms), call->pattern, str_n(letters, n));
}

static void add_due(struct scan *scan, struct called *called, uint32_t pattern, uint32_t at)
{
	if (scan->n_dues == scan->dues_capacity) {
		scan->dues_capacity = scan->dues_capacity ? 2 * scan->dues_capacity : 64;
		scan->dues = realloc(scan->dues, scan->dues_capacity * sizeof(*scan->dues));
		if (scan->dues == NULL)
			die("out of memory");
	}
	scan->dues[scan->n_dues++] = (struct due){ pattern, at, at };
	__builtin_prefetch(&terms_patterns_at(scan->terms)[pattern]);
	called->due = (uint32_t)scan->n_dues & (UINT32_MAX >> 1);
}

/* What is read around two words overlaps, or must not end before the text does: both are read at once. */
static bool read_together(const struct pattern *pattern, struct words *words, uint32_t last, uint32_t at)
{
	return pattern->looks_on || stand_within(words, last, at, pattern->raw, 2 * (size_t)pattern->reach);
}

/* What is called for is far away: it is announced so many words ahead. */
enum { AHEAD = 4 };

static void note(struct scan *scan, struct words *words, const struct call *call, uint32_t at,
	enum match_field field)
{
	const struct pattern *patterns = terms_patterns_at(scan->terms);

	for (bool more = true; more; call++) {
		struct called *called = &scan->called[call->pattern];

		more = call->more;
		if ((call->fields & 1u << field) == 0 || !ears_pattern(scan->ears, call->pattern))
			continue;
		if (call->spelled > 0 && !spells(scan, words, at, call))
			continue;
		if (called->text != scan->text)
			*called = (struct called){ .text = scan->text };
		if (!is_due(words, called, call, at))
			continue;
		if (called->due != 0 && read_together(&patterns[call->pattern], words,
						scan->dues[called->due - 1].last, at))
			scan->dues[called->due - 1].last = at;
		else
			add_due(scan, called, call->pattern, at);
	}
}

void scan_calls(struct scan *scan, struct words *words, const struct listed *callers, size_t n,
	enum match_field field)
{
	const struct call *calls = scan->memo.calls;

	for (size_t i = 0; i < n; i++) {
		if (i + 2 * AHEAD < n)
			__builtin_prefetch(&calls[callers[i + 2 * AHEAD].list]);
		if (i + AHEAD < n)
			__builtin_prefetch(&scan->called[calls[callers[i + AHEAD].list].pattern]);
		note(scan, words, &calls[callers[i].list], callers[i].at, field);
	}
}

void scan_fetch_patterns(const struct scan *scan)
{
	const struct pattern *patterns = terms_patterns_at(scan->terms);

	for (size_t i = 0; i < scan->n_dues; i++) {
		const struct plain *plain = patterns[scan->dues[i].pattern].plain;

		if (plain != NULL)
			plain_fetch(plain);
	}
}

/* The word of the folded text in which byte `at` stands, or the next one behind a blank. */
static uint32_t word_at(const struct words *words, size_t at)
{
	uint32_t low = 0, high = words->n - 1;

	while (low < high) {
		uint32_t middle = (low + high) / 2;

		if (words->places[middle].start + words->places[middle].len > at)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* Spans of patterns on folded text are widened to whole words of the original. */
static void add_folded_span(struct scan *scan, const struct words *words, const struct pattern *pattern,
	size_t start, size_t end, uint32_t scope, enum match_field field)
{
	struct span span;

	while (start < end && words->folded.ptr[start] == ' ')
		start++;
	while (end > start && words->folded.ptr[end - 1] == ' ')
		end--;
	if (start == end)
		return;
	span = words_span(words, word_at(words, start), word_at(words, end - 1));
	scan_hit(scan, pattern->term, scope, field, span.start, span.end);
}

/* What of a text a pattern is run on: from here on, up to there. */
struct window {
	size_t from, to;
};

/*
 * A match holds one of the words that called, and is no longer than its pattern can be, or than is
 * promised: what is farther from all of them need not be read. It ends behind a word, so that no word is
 * taken for a shorter one.
 */
static struct window window_of(const struct pattern *pattern, const struct due *due,
	const struct words *words, struct str text)
{
	const struct fold_word *first = &words->places[due->first];
	const struct fold_word *last = &words->places[due->last];
	size_t from = pattern->raw ? first->raw_start : first->start;
	size_t to = (pattern->raw ? last->raw_end : last->start + last->len) + pattern->reach;

	from = from > pattern->reach ? from - pattern->reach : 0;
	if (pattern->looks_on)
		to = text.len;
	while (to < text.len && text.ptr[to] != ' ')
		to++;
	return (struct window){ from, to < text.len ? to + 1 : text.len };
}

/* The first match in the window, which begins before the word `at`. */
static int find_plain(const struct plain *plain, const struct words *words, struct str text, size_t from, uint32_t at,
	size_t *ret_start, size_t *ret_end)
{
	while (at > 0 && words->places[at - 1].start >= from)
		at--;
	return plain_find_word(plain, text, from, words->places + at, words->n - at, ret_start, ret_end);
}

/* Each pattern has one for all texts of a notice. */
static struct regex_purse *purse_of(struct scan *scan, const struct pattern *pattern)
{
	struct purse *purse = &scan->purses[pattern - terms_patterns_at(scan->terms)];

	if (purse->notice != scan->notice)
		*purse = (struct purse){ .notice = scan->notice };
	return &purse->purse;
}

/* Is there a match in what is due, or with NULL in all of the text? It is a hit then. */
static bool run_pattern(struct scan *scan, const struct pattern *pattern, const struct due *due,
	const struct words *words, uint32_t scope, enum match_field field)
{
	struct error ignored = ERROR_INIT;
	struct str text = pattern->raw ? words->raw : words->folded;
	struct window window = { 0, text.len };
	size_t start, end;
	int r;

	if (scan->suspended != NULL &&
		atomic_load_explicit(&scan->suspended[pattern->rule], memory_order_relaxed))
		return false;
	if (due != NULL)
		window = window_of(pattern, due, words, text);
	text = str_clip(text, window.to);
	r = pattern->plain == NULL ? PLAIN_UNSURE
				   : find_plain(pattern->plain, words, text, window.from, due != NULL ? due->first : 0,
					     &start, &end);
	if (r == PLAIN_UNSURE)
		r = regex_find_with(pattern->regex, purse_of(scan, pattern), text, window.from, &start, &end,
			&ignored);

	if (r < 0) {
		scan->overspent = pattern->rule + 1;
		if (scan->suspended != NULL)
			atomic_store_explicit(&scan->suspended[pattern->rule], true, memory_order_relaxed);
	} else if (r == REGEX_FOUND && pattern->raw) {
		scan_hit(scan, pattern->term, scope, field, (uint32_t)start, (uint32_t)end);
	} else if (r == REGEX_FOUND) {
		add_folded_span(scan, words, pattern, start, end, scope, field);
	}
	return r == REGEX_FOUND;
}

/* The text that the pattern is run on, where it is not there yet. */
static void write_for(const struct pattern *pattern, struct words *words)
{
	void (**write)(void *data, struct words *words) = pattern->raw ? &words->write : &words->fold;

	if (*write != NULL)
		(*write)(words->data, words);
	*write = NULL;
}

void scan_patterns(struct scan *scan, const struct words *words, uint32_t scope, enum match_field field)
{
	size_t n_always;
	const struct pattern *patterns = terms_patterns_at(scan->terms);
	const uint32_t *always = terms_always(scan->terms, &n_always);
	struct words written = *words;

	for (size_t i = 0; i < n_always; i++) {
		if ((patterns[always[i]].fields & 1u << field) == 0)
			continue;
		write_for(&patterns[always[i]], &written);
		run_pattern(scan, &patterns[always[i]], NULL, &written, scope, field);
	}
	/* what is due of a pattern comes in the order of the text: the first match is its hit */
	for (size_t i = 0; i < scan->n_dues; i++) {
		const struct due *due = &scan->dues[i];
		struct called *called = &scan->called[due->pattern];

		if (called->found)
			continue;
		write_for(&patterns[due->pattern], &written);
		called->found = run_pattern(scan, &patterns[due->pattern], due, &written, scope, field);
	}
}
