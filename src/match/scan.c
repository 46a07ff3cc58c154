#include "scan.h"

#include <stdlib.h>
#include <string.h>

#include "base/fold.h"
#include "tender/cpv.h"

void scan_init(struct scan *scan, const struct terms *terms, const struct lexicon *lexicon)
{
	*scan = (struct scan){ .terms = terms };
	memo_init(&scan->memo, terms, lexicon);
}

void scan_done(struct scan *scan)
{
	free(scan->hits);
	free(scan->first);
	free(scan->touched);
	free(scan->called);
	free(scan->calls);
	free(scan->words);
	memo_done(&scan->memo);
	arena_done(&scan->arena);
}

static void *grown(void *array, size_t *capacity, size_t size)
{
	*capacity = *capacity ? 2 * *capacity : 256;
	array = realloc(array, *capacity * size);
	if (array == NULL)
		die("out of memory");
	return array;
}

/* The first occurrence in each field of each scope is kept: scopes and fields come one after the other. */
static void add_hit(struct scan *scan, uint32_t term, uint32_t scope, enum match_field field,
	uint32_t start, uint32_t end)
{
	uint32_t newest = scan->first[term];

	if (newest != 0 && scan->hits[newest - 1].scope == scope && scan->hits[newest - 1].field == field)
		return;
	if (newest == 0) {
		if (scan->n_touched == scan->touched_capacity)
			scan->touched = grown(scan->touched, &scan->touched_capacity, sizeof(uint32_t));
		scan->touched[scan->n_touched++] = term;
	}
	if (scan->n_hits == scan->hits_capacity)
		scan->hits = grown(scan->hits, &scan->hits_capacity, sizeof(struct hit));
	scan->hits[scan->n_hits++] = (struct hit){ term, scope, scan->base + start,
		scan->base + end, newest, (uint8_t)field };
	scan->first[term] = (uint32_t)scan->n_hits;
}

/* A word that counts, and where it stood. */
struct content_word {
	const struct seen *seen;
	uint32_t start, end;
};

/*
 * What a step leads to. From each word on both its stem and its exact form may lead on, so this
 * recurses; depth is bounded by the longest phrase (PHRASE_WORDS_MAX).
 */
static void follow(struct scan *scan, struct step step, size_t n, size_t first, size_t i, uint32_t scope,
	enum match_field field)
{
	const struct seen *next;

	if (step.term != 0)
		add_hit(scan, step.term, scope, field, scan->words[first].start, scan->words[i].end);
	if (step.node == 0 || ++i == n)
		return;
	next = scan->words[i].seen;
	for (int form = 0; form < FORMS; form++) {
		struct step further;

		if (next->symbols[form] == 0 ||
			(i == first + 1 && (step.mask & step_bit(next->symbols[form])) == 0))
			continue;
		further = terms_next(scan->terms, step.node, next->symbols[form]);
		if ((further.term | further.node) != 0)
			follow(scan, further, n, first, i, scope, field);
	}
}

/* The words that call for a pattern: 1 + the first one's number, the last one's; 0: none does. */
struct called {
	uint32_t first, last;
};

/* Patterns that the word decides are hits at once, the others will be run on the whole text. */
static void call_patterns(struct scan *scan, const struct seen *word, const struct fold_word *place,
	uint32_t at, uint32_t scope, enum match_field field)
{
	size_t n;
	const struct pattern *patterns = terms_patterns(scan->terms, &n);

	for (uint32_t i = 0; i < word->n_triggers; i++) {
		uint32_t number = word->triggers[i].pattern;

		if ((patterns[number].fields & 1u << field) == 0)
			continue;
		if (word->triggers[i].decided) {
			add_hit(scan, patterns[number].term, scope, field, place->raw_start, place->raw_end);
		} else {
			if (scan->called[number].first == 0) {
				scan->called[number].first = at + 1;
				scan->calls[scan->n_calls++] = number;
			}
			scan->called[number].last = at;
		}
	}
}

static void make_room_for_words(struct scan *scan, size_t n)
{
	if (n <= scan->words_capacity)
		return;
	free(scan->words);
	scan->words_capacity = 2 * n;
	scan->words = malloc(scan->words_capacity * sizeof(*scan->words));
	if (scan->words == NULL)
		die("out of memory");
}

/* A step from one word to the next is looked up later, when the whole field is read. */
static void announce(const struct scan *scan, const struct seen *from, const struct seen *to)
{
	for (int i = 0; i < FORMS; i++)
		for (int j = 0; j < FORMS; j++)
			if (to->symbols[j] != 0 && (from->first[i].mask & step_bit(to->symbols[j])) != 0)
				terms_fetch(scan->terms, from->first[i].node, to->symbols[j]);
}

/* How many words ahead a word is hashed, and fetched. */
enum { HASH_AHEAD = 16, FETCH_AHEAD = 8 };

static void scan_words(struct scan *scan, const struct folded *folded, uint32_t scope,
	enum match_field field)
{
	uint64_t hashes[HASH_AHEAD];
	size_t n = 0;

	make_room_for_words(scan, folded->n_words);
	for (uint32_t i = 0; i < HASH_AHEAD && i < folded->n_words; i++)
		hashes[i] = memo_hash(&scan->memo, folded_word(folded, i));
	for (uint32_t i = 0; i < folded->n_words; i++) {
		const struct seen *seen =
			memo_word(&scan->memo, folded_word(folded, i), hashes[i % HASH_AHEAD]);

		if (i + HASH_AHEAD < folded->n_words)
			hashes[i % HASH_AHEAD] =
				memo_hash(&scan->memo, folded_word(folded, i + HASH_AHEAD));
		if (i + FETCH_AHEAD < folded->n_words)
			memo_fetch(&scan->memo, hashes[(i + FETCH_AHEAD) % HASH_AHEAD]);
		if (seen->n_triggers > 0)
			call_patterns(scan, seen, &folded->words[i], i, scope, field);
		if (seen->stop)
			continue;
		if (n > 0)
			announce(scan, scan->words[n - 1].seen, seen);
		scan->words[n++] = (struct content_word){ seen, folded->words[i].raw_start,
			folded->words[i].raw_end };
	}
	for (size_t i = 0; i < n; i++) {
		const struct seen *seen = scan->words[i].seen;

		if (!seen->asked)
			continue;
		for (int form = 0; form < FORMS; form++)
			follow(scan, seen->first[form], n, i, i, scope, field);
	}
}

/* The word of the folded text in which byte `at` stands, or the next one behind a blank. */
static uint32_t word_at(const struct folded *folded, size_t at)
{
	uint32_t low = 0, high = folded->n_words - 1;

	while (low < high) {
		uint32_t middle = (low + high) / 2;

		if (folded->words[middle].start + folded->words[middle].len > at)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* Spans of patterns on folded text are widened to whole words of the original. */
static void add_folded_span(struct scan *scan, const struct folded *folded, const struct pattern *pattern,
	size_t start, size_t end, uint32_t scope, enum match_field field)
{
	uint32_t first, last;

	while (start < end && folded->text.ptr[start] == ' ')
		start++;
	while (end > start && folded->text.ptr[end - 1] == ' ')
		end--;
	if (start == end)
		return;
	first = word_at(folded, start);
	last = word_at(folded, end - 1);
	add_hit(scan, pattern->term, scope, field, folded->words[first].raw_start,
		folded->words[last].raw_end);
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
	const struct folded *folded, size_t len)
{
	const struct fold_word *first = &folded->words[called->first - 1];
	const struct fold_word *last = &folded->words[called->last];
	size_t from = pattern->raw ? first->raw_start : first->start;
	size_t to = (pattern->raw ? last->raw_end : last->start + last->len) + REGEX_OVERLAP;

	from = from > REGEX_OVERLAP ? from - REGEX_OVERLAP : 0;
	return (struct window){ from, pattern->looks_on || to > len ? len : to };
}

static void run_pattern(struct scan *scan, const struct pattern *pattern, const struct called *called,
	struct str raw, const struct folded *folded, uint32_t scope, enum match_field field)
{
	struct error ignored = ERROR_INIT;
	struct str text = pattern->raw ? raw : folded->text;
	struct window window = { 0, text.len };
	size_t start, end;
	int r;

	if (called != NULL)
		window = window_of(pattern, called, folded, text.len);
	r = regex_find(pattern->regex, str_clip(text, window.to), window.from, &start, &end, &ignored);

	if (r < 0)
		scan->overspent = pattern->rule + 1;
	else if (r == REGEX_FOUND && pattern->raw)
		add_hit(scan, pattern->term, scope, field, (uint32_t)start, (uint32_t)end);
	else if (r == REGEX_FOUND)
		add_folded_span(scan, folded, pattern, start, end, scope, field);
}

static void scan_patterns(struct scan *scan, struct str raw, const struct folded *folded, uint32_t scope,
	enum match_field field)
{
	size_t n, n_always;
	const struct pattern *patterns = terms_patterns(scan->terms, &n);
	const uint32_t *always = terms_always(scan->terms, &n_always);

	for (size_t i = 0; i < n_always; i++)
		if ((patterns[always[i]].fields & 1u << field) != 0)
			run_pattern(scan, &patterns[always[i]], NULL, raw, folded, scope, field);
	for (size_t i = 0; i < scan->n_calls; i++) {
		struct called *called = &scan->called[scan->calls[i]];

		run_pattern(scan, &patterns[scan->calls[i]], called, raw, folded, scope, field);
		called->first = 0;
	}
	scan->n_calls = 0;
}

static void scan_text(struct scan *scan, struct str text, uint32_t scope, enum match_field field)
{
	struct folded folded;

	text = str_clip(text, SCAN_TEXT_MAX);
	if (text.len == 0)
		return;
	folded = fold(&scan->arena, text);
	if (folded.n_words > 0) {
		scan_words(scan, &folded, scope, field);
		scan_patterns(scan, text, &folded, scope, field);
	}
	arena_reset(&scan->arena);
}

/* One by one, so that no phrase runs from one subject into the next; bytes count in the joined list. */
static void scan_subjects(struct scan *scan, const struct codes *subjects)
{
	for (size_t i = 0; i < subjects->n; i++) {
		scan_text(scan, subjects->at[i], 0, FIELD_SUBJECTS);
		scan->base += (uint32_t)subjects->at[i].len + 1;
	}
	scan->base = 0;
}

/* `start`: where the code stands in the blank-joined list of the notice's codes. */
static void scan_code(struct scan *scan, struct str code, uint32_t scope, uint32_t start)
{
	struct str branch = cpv_significant(code);
	uint32_t end = start + (uint32_t)code.len, term;

	for (size_t len = 2; len <= branch.len; len++) {
		term = terms_find_cpv(scan->terms, str_sub(branch, 0, len), false);
		if (term != 0)
			add_hit(scan, term, scope, FIELD_CPV, start, end);
	}
	term = terms_find_cpv(scan->terms, branch, true);
	if (term != 0)
		add_hit(scan, term, scope, FIELD_CPV, start, end);
}

static bool in_some_lot(const struct notice *notice, struct str code)
{
	for (size_t i = 0; i < notice->n_lots; i++)
		if (codes_has(&notice->lots[i].cpv, code))
			return true;
	return false;
}

/*
 * The notice's list holds the codes of its lots too: those speak for their lot alone, unless it is
 * the main code, which stands first.
 */
static void scan_cpv(struct scan *scan, const struct notice *notice)
{
	uint32_t start = 0;

	for (size_t i = 0; i < notice->cpv.n; i++) {
		struct str code = notice->cpv.at[i];

		if (i == 0 || !in_some_lot(notice, code))
			scan_code(scan, code, 0, start);
		for (size_t lot = 0; lot < notice->n_lots; lot++)
			if (codes_has(&notice->lots[lot].cpv, code))
				scan_code(scan, code, (uint32_t)lot + 1, start);
		start += (uint32_t)code.len + 1;
	}
}

static void forget(struct scan *scan)
{
	size_t size = (size_t)terms_count(scan->terms) + 1;

	for (size_t i = 0; i < scan->n_touched; i++)
		scan->first[scan->touched[i]] = 0;
	if (size > scan->first_size) {
		free(scan->first);
		scan->first_size = 2 * size;
		scan->first = calloc(scan->first_size, sizeof(*scan->first));
		if (scan->first == NULL)
			die("out of memory");
	}
	scan->n_hits = scan->n_touched = 0;
	scan->overspent = 0;
}

static void make_room_for_calls(struct scan *scan)
{
	size_t n;

	terms_patterns(scan->terms, &n);
	if (n < scan->calls_size)
		return;
	free(scan->called);
	free(scan->calls);
	scan->calls_size = 2 * n + 1;
	scan->called = calloc(scan->calls_size, sizeof(*scan->called));
	scan->calls = calloc(scan->calls_size, sizeof(*scan->calls));
	if (scan->called == NULL || scan->calls == NULL)
		die("out of memory");
}

void scan_notice(struct scan *scan, const struct notice *notice)
{
	forget(scan);
	memo_make_room(&scan->memo);
	make_room_for_calls(scan);
	scan_text(scan, notice->title, 0, FIELD_TITLE);
	scan_subjects(scan, &notice->subjects);
	scan_text(scan, notice->description, 0, FIELD_DESCRIPTION);
	scan_text(scan, notice->criteria, 0, FIELD_CRITERIA);
	scan_text(scan, notice->buyer.name, 0, FIELD_BUYER);
	for (uint32_t lot = 0; lot < notice->n_lots; lot++) {
		scan_text(scan, notice->lots[lot].title, lot + 1, FIELD_LOT_TITLE);
		scan_text(scan, notice->lots[lot].description, lot + 1, FIELD_LOT_DESCRIPTION);
	}
	scan_cpv(scan, notice);
}
