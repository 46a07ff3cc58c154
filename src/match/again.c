#include "again.h"

#include <stdlib.h>
#include <string.h>

#include "base/fold.h"

struct again_word {
	uint32_t symbols[FORMS];
	uint32_t sentence;
	bool stop;
};

/* A text of a field: the field, but for subjects, which are read one by one. */
struct again_text {
	struct again_text *next;
	struct str raw;
	struct folded folded;
	struct again_word *words;
	uint32_t *content; /* numbers of the words that are no function words */
	size_t n_content;
};

/* Words from first to last, both included. */
struct occurrence {
	uint32_t first, last;
	uint32_t term; /* number in its group */
};
struct occurrences {
	struct occurrence *at;
	size_t n, capacity;
};

void again_compile(struct lexicon *lexicon, struct arena *arena, const struct rule_term *terms, size_t n,
	struct again_group *ret)
{
	ret->terms = arena_array(arena, struct again_term, n);
	ret->n = n;
	for (size_t i = 0; i < n; i++) {
		struct again_term *again = &ret->terms[i];
		struct folded folded;

		again->term = &terms[i];
		again->exact = terms[i].kind == TERM_EXACT;
		if (terms[i].kind == TERM_PATTERN)
			continue;
		folded = fold(arena, terms[i].text);
		again->symbols = arena_array(arena, uint32_t, PHRASE_WORDS_MAX);
		for (uint32_t j = 0; j < folded.n_words && again->n < PHRASE_WORDS_MAX; j++) {
			struct word *word = lexicon_word(lexicon, folded_word(&folded, j));

			if (!word->stop)
				again->symbols[again->n++] = lexicon_symbol(lexicon, word, again->exact);
		}
	}
}

bool again_same(const struct again_term *a, const struct again_term *b)
{
	if (a->term->kind == TERM_PATTERN || b->term->kind == TERM_PATTERN)
		return a == b;
	return a->exact == b->exact && a->n == b->n &&
	       (a->n == 0 || memcmp(a->symbols, b->symbols, a->n * sizeof(*a->symbols)) == 0);
}

void again_init(struct again_reader *reader, const struct lexicon *lexicon)
{
	*reader = (struct again_reader){ .lexicon = lexicon };
}

void again_done(struct again_reader *reader)
{
	arena_done(&reader->arena);
}

void again_forget(struct again_reader *reader)
{
	if (reader->texts == NULL)
		return;
	reader->texts = NULL;
	arena_reset(&reader->arena);
}

/* reading */

/* Does a sentence end in what stands between two words? */
static bool ends_sentence(struct str raw, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		char c = raw.ptr[i], next = i + 1 < raw.len ? raw.ptr[i + 1] : ' ';

		if (c == '\n' || c == ';')
			return true;
		if ((c == '.' || c == '!' || c == '?') && (next == ' ' || next == '\n'))
			return true;
	}
	return false;
}

static struct again_text *read_text(struct again_reader *reader, struct str raw)
{
	struct again_text *text = arena_new(&reader->arena, struct again_text);
	struct arena scratch = ARENA_INIT;

	text->raw = raw;
	text->folded = fold(&reader->arena, raw);
	text->words = arena_array(&reader->arena, struct again_word, text->folded.n_words);
	text->content = arena_array(&reader->arena, uint32_t, text->folded.n_words);
	for (uint32_t i = 0; i < text->folded.n_words; i++) {
		struct again_word *word = &text->words[i];

		lexicon_symbols(reader->lexicon, folded_word(&text->folded, i), &scratch,
			word->symbols, &word->stop);
		if (i > 0)
			word->sentence = text->words[i - 1].sentence +
					 ends_sentence(raw, text->folded.words[i - 1].raw_end,
						 text->folded.words[i].raw_start);
		if (!word->stop)
			text->content[text->n_content++] = i;
		if (i % 256 == 255)
			arena_reset(&scratch);
	}
	arena_done(&scratch);
	text->next = reader->texts;
	reader->texts = text;
	return text;
}

static const struct again_text *text_of(struct again_reader *reader, struct str raw)
{
	raw = str_clip(raw, SCAN_TEXT_MAX);
	for (const struct again_text *text = reader->texts; text != NULL; text = text->next)
		if (text->raw.ptr == raw.ptr && text->raw.len == raw.len)
			return text;
	return read_text(reader, raw);
}

/* finding */

static void add(struct again_reader *reader, struct occurrences *all, uint32_t first, uint32_t last, size_t term)
{
	arena_grow(&reader->arena, all->at, all->n, &all->capacity);
	all->at[all->n++] = (struct occurrence){ first, last, (uint32_t)term };
}

static void find_words(struct again_reader *reader, const struct again_text *text,
	const struct again_term *again, size_t number, struct occurrences *ret)
{
	int form = again->exact ? FORM_EXACT : FORM_STEM;

	for (size_t i = 0; again->n > 0 && i + again->n <= text->n_content; i++) {
		size_t n = 0;

		while (n < again->n && text->words[text->content[i + n]].symbols[form] == again->symbols[n])
			n++;
		if (n == again->n)
			add(reader, ret, text->content[i], text->content[i + n - 1], number);
	}
}

/* The words that bytes [start, end) of the text touch; false for none. */
static bool words_at(const struct again_text *text, bool raw, size_t start, size_t end, uint32_t *first,
	uint32_t *last)
{
	bool some = false;

	for (uint32_t i = 0; i < text->folded.n_words; i++) {
		const struct fold_word *word = &text->folded.words[i];
		size_t from = raw ? word->raw_start : word->start;
		size_t to = raw ? word->raw_end : word->start + word->len;

		if (from >= end)
			break;
		if (to <= start)
			continue;
		if (!some)
			*first = i;
		*last = i;
		some = true;
	}
	return some;
}

static void find_pattern(struct again_reader *reader, const struct again_text *text,
	const struct rule_term *term, size_t number, struct occurrences *ret)
{
	struct str where = term->raw ? text->raw : text->folded.text;
	struct error err = ERROR_INIT;
	size_t from = 0, start, end;
	uint32_t first, last;

	for (int n = 0; n < PATTERN_OCCURRENCES_MAX; n++) {
		int r = regex_find_with(term->regex, &reader->purse, where, from, &start, &end, &err);

		if (r < 0)
			reader->overspent = true;
		if (r != REGEX_FOUND)
			return;
		if (words_at(text, term->raw, start, end, &first, &last))
			add(reader, ret, first, last, number);
		from = end;
	}
}

static int by_place(const void *a, const void *b)
{
	const struct occurrence *x = a, *y = b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	if (x->last != y->last)
		return x->last < y->last ? -1 : 1;
	return x->term < y->term ? -1 : x->term > y->term;
}

static struct occurrences find_group(struct again_reader *reader, const struct again_text *text,
	const struct again_group *group)
{
	struct occurrences all = { NULL, 0, 0 };

	for (size_t i = 0; i < group->n; i++) {
		if (group->terms[i].term->kind == TERM_PATTERN)
			find_pattern(reader, text, group->terms[i].term, i, &all);
		else
			find_words(reader, text, &group->terms[i], i, &all);
	}
	if (all.n > 1)
		qsort(all.at, all.n, sizeof(*all.at), by_place);
	if (all.n > OCCURRENCES_MAX)
		all.n = OCCURRENCES_MAX;
	return all;
}

/* comparing */

static bool overlap(const struct occurrence *a, const struct occurrence *b)
{
	return a->first <= b->last && b->first <= a->last;
}

/* For two that do not overlap. */
static bool stands_near(const struct again_text *text, const struct rule_near *near,
	const struct occurrence *a, const struct occurrence *b)
{
	if (near->ordered && b->first < a->first)
		return false;
	switch (near->span) {
	case SPAN_SENTENCE:
		return text->words[a->first].sentence == text->words[b->first].sentence;
	case SPAN_WORDS:
		return (b->first > a->last ? b->first - a->last : a->first - b->last) - 1 <= near->words;
	case SPAN_FIELD:
	case SPAN_NONE:
		break;
	}
	return true;
}

/* Those of `all` that are no exception: near one of `except`, or part of it. */
static void drop_excepted(const struct again_text *text, const struct rule_near *unless,
	const struct occurrences *except, struct occurrences *all)
{
	size_t kept = 0;

	for (size_t i = 0; i < all->n; i++) {
		size_t j = 0;

		while (j < except->n && !overlap(&all->at[i], &except->at[j]) &&
			!stands_near(text, unless, &all->at[i], &except->at[j]))
			j++;
		if (j == except->n)
			all->at[kept++] = all->at[i];
	}
	all->n = kept;
}

/* Those of `all` near one of `others`; each grows to hold the first such one. */
static void keep_near(const struct again_text *text, const struct rule_near *near,
	const struct occurrences *others, const struct occurrences *all, struct occurrence *spans)
{
	for (size_t i = 0; i < all->n; i++) {
		size_t j = 0;

		if (spans[i].first > spans[i].last)
			continue; /* dropped by a group before */
		while (j < others->n && (overlap(&all->at[i], &others->at[j]) ||
						!stands_near(text, near, &all->at[i], &others->at[j])))
			j++;
		if (j == others->n) {
			spans[i] = (struct occurrence){ 1, 0, 0 };
			continue;
		}
		if (others->at[j].first < spans[i].first)
			spans[i].first = others->at[j].first;
		if (others->at[j].last > spans[i].last)
			spans[i].last = others->at[j].last;
	}
}

/* Occurrences that do not overlap, from left to right. */
static size_t count_apart(const struct occurrences *all)
{
	const struct occurrence *last = NULL;
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++) {
		if (last != NULL && all->at[i].first <= last->last)
			continue;
		last = &all->at[i];
		n++;
	}
	return n;
}

static size_t line_in_text(struct again_reader *reader, const struct rule_line *line, const struct again *again,
	const struct again_text *text, bool *counted, struct occurrence *ret)
{
	struct occurrences all = find_group(reader, text, &again->first), others;
	struct occurrence *spans;
	size_t n = 0;

	if (line->unless.span != SPAN_NONE && all.n > 0) {
		others = find_group(reader, text, &again->except);
		drop_excepted(text, &line->unless, &others, &all);
	}
	spans = arena_array(&reader->arena, struct occurrence, all.n);
	for (size_t i = 0; i < all.n; i++)
		spans[i] = all.at[i];
	for (size_t i = 0; i < line->n_with && all.n > 0; i++) {
		others = find_group(reader, text, &again->with[i]);
		keep_near(text, &line->near, &others, &all, spans);
	}
	for (size_t i = 0; i < all.n; i++) {
		if (spans[i].first > spans[i].last)
			continue;
		if (n == 0)
			*ret = spans[i];
		all.at[n++] = all.at[i];
	}
	all.n = n;
	for (size_t i = 0; i < n; i++)
		counted[all.at[i].term] = true;
	return count_apart(&all);
}

size_t again_line(struct again_reader *reader, const struct rule_line *line, const struct again *again,
	const struct notice *notice, enum match_field field, uint32_t scope, bool *counted,
	struct hit *ret)
{
	bool list = field == FIELD_SUBJECTS;
	size_t n_texts = list ? notice->subjects.n : 1, found = 0;
	uint32_t base = 0;

	for (size_t i = 0; i < n_texts; i++) {
		struct str raw = list ? notice->subjects.at[i]
				      : scan_field_text(notice, field, scope, &reader->arena);
		const struct again_text *text = text_of(reader, raw);
		struct occurrence best;
		size_t n = line_in_text(reader, line, again, text, counted, &best);

		if (n > 0 && found == 0)
			*ret = (struct hit){ .scope = scope,
				.start = base + text->folded.words[best.first].raw_start,
				.end = base + text->folded.words[best.last].raw_end,
				.field = (uint8_t)field };
		found += n;
		base += (uint32_t)raw.len + 1;
	}
	return found;
}
