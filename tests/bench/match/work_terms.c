#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "vocabulary.h"
#include "workload.h"

enum {
	PATTERN_PERCENT = 10,
	RULE_WORDS_PERCENT = 25,   /* of the words and phrases: in rules, the others with profiles */
	SINGLE_PERCENT = 40,       /* one word, rare enough to be worth searching for */
	ABSENT_PERCENT = 30,       /* found in no document, as most terms of most people */
	COMMON_PERCENT = 2,        /* a word in more documents than that is no search word alone */
	TRIES = 40,
	WINDOW = 6,                /* words in a row that a pattern of two words is drawn from */
	PATTERN_WORD_MIN = 5,
};

struct maker {
	struct workload *workload;
	struct vocabulary *vocabulary;
	struct random random;
	struct str *seen; /* open addressing: terms made so far */
	size_t seen_size;
};

/* False when there is such a term already. */
static bool take_new(struct maker *m, struct str text)
{
	size_t i = (size_t)str_hash(text) & (m->seen_size - 1);

	for (; str_given(m->seen[i]); i = (i + 1) & (m->seen_size - 1))
		if (str_eq(m->seen[i], text))
			return false;
	m->seen[i] = text;
	return true;
}

/* ASCII letters and digits: nobody's idea of a word differs there. */
static bool plain(struct str word)
{
	for (size_t i = 0; i < word.len; i++)
		if ((unsigned char)word.ptr[i] >= 0x80)
			return false;
	return true;
}

static bool uncommon(const struct maker *m, uint32_t word)
{
	return vocabulary_word(m->vocabulary, word)->documents * 100 <
	       m->workload->n_documents * COMMON_PERCENT;
}

static struct str join(struct maker *m, const uint32_t *words, size_t n)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(1 << 12);

	for (size_t i = 0; i < n; i++) {
		struct str text = vocabulary_word(m->vocabulary, words[i])->text;

		if (!plain(text))
			return STR_NONE;
		if (i > 0)
			buf_addc(&out, ' ');
		buf_adds(&out, text);
	}
	return buf_str(&out).len > PROFILE_TERM_MAX ? STR_NONE
						    : arena_dup(&m->workload->arena, buf_str(&out));
}

/* STR_NONE when this draw gave nothing of use. */
static struct str draw_present(struct maker *m, size_t n, bool exact)
{
	uint32_t words[RUN_MAX];
	bool telling = false;

	vocabulary_draw(m->vocabulary, &m->random, n, words);
	for (size_t i = 0; i < n; i++)
		telling |= uncommon(m, words[i]) && vocabulary_word(m->vocabulary, words[i])->text.len >= 3;
	if (!telling)
		return STR_NONE;
	if (!exact && vocabulary_find(m->vocabulary, words, n) != OCCURS_ALONE)
		return STR_NONE;
	return join(m, words, n);
}

static struct str draw_absent(struct maker *m)
{
	uint32_t words[2];

	vocabulary_draw(m->vocabulary, &m->random, 1, &words[0]);
	vocabulary_draw(m->vocabulary, &m->random, 1, &words[1]);
	if (vocabulary_find(m->vocabulary, words, 2) != OCCURS_NOT)
		return STR_NONE;
	return join(m, words, 2);
}

static struct str draw_words(struct maker *m, bool exact)
{
	bool absent = random_percent(&m->random, ABSENT_PERCENT);
	bool single = random_percent(&m->random, SINGLE_PERCENT);

	for (;;) {
		for (int i = 0; i < TRIES; i++) {
			struct str text = absent ? draw_absent(m)
						 : draw_present(m, single ? 1 : 2 + random_below(&m->random, 2),
							   exact);

			if (text.len > 0 && take_new(m, text))
				return text;
		}
		/* the documents have no more of this kind */
		absent = !single;
		single = false;
	}
}

/* A word that patterns are made of. */
static bool pattern_word(const struct maker *m, uint32_t word, struct str *ret)
{
	struct str text = vocabulary_word(m->vocabulary, word)->text;

	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] < 'a' || text.ptr[i] > 'z')
			return false;
	*ret = text;
	return text.len >= PATTERN_WORD_MIN && uncommon(m, word);
}

/* Two such words that stand near each other somewhere. */
static void draw_pair(struct maker *m, struct str *first, struct str *second)
{
	uint32_t words[WINDOW];
	bool found = false;

	while (!found) {
		vocabulary_draw(m->vocabulary, &m->random, WINDOW, words);
		if (!pattern_word(m, words[0], first))
			continue;
		for (size_t i = 1; i < WINDOW && !found; i++)
			found = pattern_word(m, words[i], second);
	}
}

static struct str draw_one(struct maker *m)
{
	struct str text;
	uint32_t word;

	do
		vocabulary_draw(m->vocabulary, &m->random, 1, &word);
	while (!pattern_word(m, word, &text));
	return text;
}

/* The shapes that people write: see the shipped rules. In `spaced`, a blank is a word boundary. */
static struct work_term draw_pattern(struct maker *m)
{
	struct work_term term = { .words = STR_NONE };
	struct arena *arena = &m->workload->arena;
	size_t shape = random_below(&m->random, 100);
	struct str a = draw_one(m), b, c;

	if (shape < 25) { /* beginnings of words */
		a = str_clip(a, a.len > 7 ? a.len - 3 : 4);
		term.pattern = arena_printf(arena, "\\b%.*s\\w*", STR_ARG(a));
		term.spaced = arena_printf(arena, " %.*s", STR_ARG(a));
	} else if (shape < 45) { /* endings */
		term.pattern = arena_printf(arena, "\\b%.*s(s|es|e)?\\b", STR_ARG(a));
		term.spaced = arena_printf(arena, " %.*s(?:s|es|e)? ", STR_ARG(a));
	} else if (shape < 60) { /* one of several words */
		b = draw_one(m);
		c = draw_one(m);
		term.pattern = arena_printf(arena, "\\b(%.*s|%.*s|%.*s)\\b", STR_ARG(a), STR_ARG(b), STR_ARG(c));
		term.spaced = arena_printf(arena, " (?:%.*s|%.*s|%.*s) ", STR_ARG(a), STR_ARG(b), STR_ARG(c));
	} else if (shape < 80) { /* small words between */
		draw_pair(m, &a, &b);
		term.pattern = arena_printf(arena, "\\b%.*s (de |du |des |de la |d )?%.*ss?\\b", STR_ARG(a),
			STR_ARG(b));
		term.spaced = arena_printf(arena, " %.*s (?:de |du |des |de la |d )?%.*ss? ", STR_ARG(a),
			STR_ARG(b));
	} else if (shape < 95) { /* near each other */
		draw_pair(m, &a, &b);
		term.pattern = arena_printf(arena, "\\b%.*s (\\w+ ){0,3}%.*s\\b", STR_ARG(a), STR_ARG(b));
		term.spaced = arena_printf(arena, " %.*s (?:[^ \\n]+ ){0,3}%.*s ", STR_ARG(a), STR_ARG(b));
	} else { /* not before a certain word */
		draw_pair(m, &a, &b);
		term.pattern = arena_printf(arena, "\\b%.*s\\b(?! %.*s)", STR_ARG(a), STR_ARG(b));
		term.spaced = arena_printf(arena, " %.*s (?!%.*s)", STR_ARG(a), STR_ARG(b));
		term.looks_ahead = true;
	}
	return term;
}

static struct work_term draw_new_pattern(struct maker *m)
{
	for (;;) {
		struct work_term term = draw_pattern(m);

		if (take_new(m, term.pattern))
			return term;
	}
}

/* Rarities as shipped rules have them: a word in many notices proves little. */
static void add_rarities(struct maker *m)
{
	static const struct {
		unsigned percent;
		int rarity;
	} steps[] = { { 30, 0 }, { 15, 2 }, { 8, 4 }, { 3, 6 }, { 1, 8 } };
	CLEANUP(buf_done) struct buf out = BUF_INIT(RULES_FILE_MAX);
	struct workload *workload = m->workload;

	for (uint32_t word = 1; word <= vocabulary_count(m->vocabulary); word++) {
		const struct vocabulary_word *v = vocabulary_word(m->vocabulary, word);
		size_t step = 0;

		while (step < LENGTH(steps) &&
			v->documents * 100 <= workload->n_documents * steps[step].percent)
			step++;
		if (step < LENGTH(steps) && plain(v->text))
			buf_addf(&out, "rarity %d %.*s\n", steps[step].rarity, STR_ARG(v->text));
	}
	workload->rules[workload->n_rules++] =
		(struct rule_source){ STR("words.rules"), arena_dup(&workload->arena, buf_str(&out)) };
}

void workload_terms(struct workload *workload, const struct workload_options *options)
{
	struct maker m = { .workload = workload, .vocabulary = vocabulary_new(workload),
		.random = { options->seed ^ 2 }, .seen_size = 1 << 10 };
	size_t n = options->profiles * 12 / 5, i = 0;

	while (m.seen_size < 4 * n)
		m.seen_size *= 2;
	m.seen = calloc(m.seen_size, sizeof(*m.seen));
	if (m.seen == NULL)
		die("out of memory");
	workload->words = vocabulary_count(m.vocabulary);
	workload->n_terms = n;
	workload->n_patterns = n * PATTERN_PERCENT / 100;
	workload->terms = arena_array(&workload->arena, struct work_term, n);
	workload->n_exact = (n - workload->n_patterns) * RULE_WORDS_PERCENT / 100;
	for (; i < n - workload->n_patterns; i++) {
		bool exact = i < workload->n_exact;

		workload->terms[i] = (struct work_term){ .words = draw_words(&m, exact), .exact = exact };
	}
	for (; i < n; i++)
		workload->terms[i] = draw_new_pattern(&m);
	add_rarities(&m);
	vocabulary_free(m.vocabulary);
	free(m.seen);
}
