#include "called.h"

#include <stdlib.h>

/* Bytes of folded text between two words, at least. */
static size_t between(const struct words *words, uint32_t from, uint32_t to, bool raw)
{
	if (from >= to)
		return 0;
	if (words->places == NULL)
		return 2 * (to - from) - 1; /* a blank and a letter each */
	return raw ? words->places[to].raw_start - words->places[from].raw_end
		   : words->places[to].start - words->places[from].start - words->places[from].len;
}

/* Does this word, with what was seen before, call for the pattern? The nearest one before it decides. */
static bool is_due(const struct words *words, struct called *called, const struct trigger *trigger,
	uint32_t at)
{
	uint32_t other;

	if ((trigger->sides & 1) != 0)
		called->sides[0] = at + 1;
	if ((trigger->sides & 2) != 0)
		called->sides[1] = at + 1;
	if (trigger->reach == TRIGGER_ALONE || trigger->sides == 3)
		return true;
	other = called->sides[trigger->sides == 1];
	return other != 0 && between(words, other - 1, at, trigger->raw) <= trigger->reach;
}

/* Patterns that the word decides are hits at once, the others will be run on the whole text. */
void scan_call(struct scan *scan, const struct words *words, uint32_t at, uint32_t scope,
	enum match_field field)
{
	const struct word_facts *facts = &scan->memo.facts[words->ids[at]];
	const struct trigger *triggers = &scan->memo.triggers[facts->triggers];

	for (uint32_t i = 0; i < facts->n_triggers; i++) {
		const struct trigger *trigger = &triggers[i];
		struct called *called;

		if ((trigger->fields & 1u << field) == 0)
			continue;
		if (trigger->decided) {
			struct span span = words_span(words, at, at);

			scan_hit(scan, trigger->term, scope, field, span.start, span.end);
			continue;
		}
		called = &scan->called[trigger->pattern];
		if ((called->sides[0] | called->sides[1]) == 0)
			scan->calls[scan->n_calls++] = trigger->pattern;
		if (!is_due(words, called, trigger, at))
			continue;
		if (called->first == 0)
			called->first = at + 1;
		called->last = at;
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
 * A match holds one of the words that called, and is no longer than is promised: what is farther from
 * all of them need not be read.
 */
static struct window window_of(const struct pattern *pattern, const struct called *called,
	const struct words *words, size_t len)
{
	const struct fold_word *first = &words->places[called->first - 1];
	const struct fold_word *last = &words->places[called->last];
	size_t from = pattern->raw ? first->raw_start : first->start;
	size_t to = (pattern->raw ? last->raw_end : last->start + last->len) + REGEX_OVERLAP;

	from = from > REGEX_OVERLAP ? from - REGEX_OVERLAP : 0;
	return (struct window){ from, pattern->looks_on || to > len ? len : to };
}

/* Each pattern has one for all texts of a notice. */
static struct regex_purse *purse_of(struct scan *scan, const struct pattern *pattern)
{
	size_t n;
	struct purse *purse = &scan->purses[pattern - terms_patterns(scan->terms, &n)];

	if (purse->notice != scan->notice)
		*purse = (struct purse){ .notice = scan->notice };
	return &purse->purse;
}

static void run_pattern(struct scan *scan, const struct pattern *pattern, const struct called *called,
	const struct words *words, uint32_t scope, enum match_field field)
{
	struct error ignored = ERROR_INIT;
	struct str text = pattern->raw ? words->raw : words->folded;
	struct window window = { 0, text.len };
	size_t start, end;
	int r;

	if (scan->suspended != NULL &&
		atomic_load_explicit(&scan->suspended[pattern->rule], memory_order_relaxed))
		return;
	if (pattern->raw && text.ptr == NULL) {
		scan->guessed++;
		scan_hit(scan, pattern->term, scope, field, 0, words->n);
		return;
	}
	if (called != NULL)
		window = window_of(pattern, called, words, text.len);
	r = regex_find_with(pattern->regex, purse_of(scan, pattern), str_clip(text, window.to), window.from,
		&start, &end, &ignored);

	if (r < 0) {
		scan->overspent = pattern->rule + 1;
		if (scan->suspended != NULL)
			atomic_store_explicit(&scan->suspended[pattern->rule], true, memory_order_relaxed);
	} else if (r == REGEX_FOUND && pattern->raw) {
		scan_hit(scan, pattern->term, scope, field, (uint32_t)start, (uint32_t)end);
	} else if (r == REGEX_FOUND) {
		add_folded_span(scan, words, pattern, start, end, scope, field);
	}
}

/* The folded text that these words had, with places that count words where there is no raw text. */
static struct words remake(struct scan *scan, const struct words *words)
{
	struct words made = *words;

	if (words->n > scan->remade_capacity) {
		free(scan->remade_places);
		scan->remade_capacity = 2 * (size_t)words->n;
		scan->remade_places = malloc(scan->remade_capacity * sizeof(*scan->remade_places));
		if (scan->remade_places == NULL)
			die("out of memory");
	}
	buf_reset(&scan->remade);
	buf_addc(&scan->remade, ' ');
	for (uint32_t i = 0; i < words->n; i++) {
		struct str text = memo_text(&scan->memo, words->ids[i]);

		if (scan->remade.len + text.len + 1 > SCAN_REMADE_MAX) {
			made.n = i;
			break;
		}
		scan->remade_places[i] = (struct fold_word){ (uint32_t)scan->remade.len,
			(uint32_t)text.len, i, i + 1 };
		buf_adds(&scan->remade, text);
		buf_addc(&scan->remade, ' ');
	}
	made.places = scan->remade_places;
	made.folded = buf_str(&scan->remade);
	made.raw = STR_NONE;
	return made;
}

void scan_patterns(struct scan *scan, const struct words *words, uint32_t scope, enum match_field field)
{
	size_t n_always;
	const struct pattern *patterns = terms_patterns_at(scan->terms);
	const uint32_t *always = terms_always(scan->terms, &n_always);
	struct words remade;

	if (scan->n_calls == 0 && n_always == 0)
		return;
	if (words->places == NULL) {
		remade = remake(scan, words);
		words = &remade;
	}
	for (size_t i = 0; i < n_always; i++)
		if ((patterns[always[i]].fields & 1u << field) != 0)
			run_pattern(scan, &patterns[always[i]], NULL, words, scope, field);
	for (size_t i = 0; i < scan->n_calls; i++) {
		struct called *called = &scan->called[scan->calls[i]];

		if (called->first != 0)
			run_pattern(scan, &patterns[scan->calls[i]], called, words, scope, field);
		*called = (struct called){ .first = 0 };
	}
	scan->n_calls = 0;
}
