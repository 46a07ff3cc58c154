#include <stdlib.h>

#include "called.h"
#include "object.h"

/*
 * The half of the pass that knows words by their ids alone: terms of one word, then phrases. Each step
 * is taken for all words before the next one begins, so that memory is asked for long before it is
 * needed.
 */

/* A word that counts in phrases, in one of the two ways it may be asked for. */
struct follower {
	uint32_t symbol; /* 0: no phrase has it */
	uint32_t leads;  /* trie_bit() of what may follow */
	uint32_t place;  /* the word's number */
};

/* Two neighbours between which a phrase may run; or three, of which the first two lead to a node. */
struct pair {
	uint64_t hash; /* of the edge between the last two */
	uint32_t at;   /* the first one among the followers */
	uint32_t node;
};

/* A term and the words of the text that spell it. */
struct find {
	uint32_t term;
	uint32_t first, last;
};

enum { BEYOND = 2 }; /* what is written behind the last of them, and read without meaning */

static void *roomy(void *array, size_t n, size_t size)
{
	free(array);
	array = malloc(n * size);
	if (array == NULL)
		die("out of memory");
	return array;
}

static void make_room(struct scan *scan, size_t n)
{
	if (n <= scan->followers_capacity)
		return;
	scan->followers_capacity = 2 * n;
	for (int form = 0; form < FORMS; form++)
		scan->followers[form] = roomy(scan->followers[form], 2 * n + BEYOND, sizeof(*scan->followers[form]));
	scan->alone = roomy(scan->alone, 2 * n + BEYOND, sizeof(*scan->alone));
	scan->callers = roomy(scan->callers, 2 * n + BEYOND, sizeof(*scan->callers));
	scan->pairs = roomy(scan->pairs, 2 * n + BEYOND, sizeof(*scan->pairs));
}

static inline void add_term(struct scan *scan, uint32_t term, uint32_t first, uint32_t last)
{
	if (scan->n_finds == scan->finds_capacity) {
		scan->finds_capacity = scan->finds_capacity ? 2 * scan->finds_capacity : 1024;
		scan->finds = realloc(scan->finds, scan->finds_capacity * sizeof(*scan->finds));
		if (scan->finds == NULL)
			die("out of memory");
	}
	scan->finds[scan->n_finds++] = (struct find){ term, first, last };
	__builtin_prefetch(&scan->seen[term]);
}

enum { AHEAD = 12 };

/* What was set apart of the words of a text. */
struct sifted {
	size_t alone, callers, followers; /* how many there are */
};

/*
 * Which words are terms by themselves, call for patterns, or count in phrases. Without branches: a word may
 * be anything. The first place of a word in a text is that of its terms.
 */
static struct sifted sift(struct scan *scan, const struct words *words)
{
	struct word_facts *all = scan->memo.facts;
	struct follower *stems = scan->followers[FORM_STEM], *exact = scan->followers[FORM_EXACT];
	struct sifted n = { 0, 0, 0 };

	for (uint32_t i = 0; i < words->n; i++) {
		struct word_facts *facts = &all[words->ids[i]];

		if (i + AHEAD < words->n)
			__builtin_prefetch(&all[words->ids[i + AHEAD]]);
		scan->alone[n.alone] = (struct listed){ i, facts->alone };
		n.alone += (size_t)((facts->text != scan->text) & (facts->alone != 0));
		facts->text = scan->text;
		scan->callers[n.callers] = (struct listed){ i, facts->calls };
		n.callers += facts->calls != 0;
		stems[n.followers] = (struct follower){ facts->symbols[FORM_STEM], facts->leads[FORM_STEM], i };
		exact[n.followers] = (struct follower){ facts->symbols[FORM_EXACT], facts->leads[FORM_EXACT], i };
		n.followers += facts->stop == 0;
	}
	stems[n.followers] = exact[n.followers] = (struct follower){ 0, 0, 0 };
	return n;
}

static void find_alone(struct scan *scan, size_t n, enum match_field field)
{
	const struct alone *lists = scan->memo.alone;

	for (size_t i = 0; i < n; i++) {
		const struct alone *alone = &lists[scan->alone[i].list];

		if (i + AHEAD < n)
			__builtin_prefetch(&lists[scan->alone[i + AHEAD].list]);
		for (bool more = true; more; alone++) {
			more = alone->more;
			if ((alone->fields & 1u << field) != 0)
				add_term(scan, alone->term, scan->alone[i].at, scan->alone[i].at);
		}
	}
}

/* Neighbours between which a phrase may run, by two filters. Returns how many pairs there are. */
static size_t pair(struct scan *scan, const struct follower *f, size_t n)
{
	const struct trie *trie = terms_trie(scan->terms);
	struct pair *pairs = scan->pairs;
	size_t kept = 0, led = 0;

	/* without branches: what leads on and what does not come in no order */
	for (size_t i = 0; i + 1 < n; i++) {
		pairs[led] = (struct pair){ trie_hash(trie_key(f[i].symbol, f[i + 1].symbol)), (uint32_t)i, 0 };
		led += (f[i].leads & trie_bit(f[i + 1].symbol)) != 0;
	}
	for (size_t i = 0; i < led; i++) {
		struct pair pair = pairs[i];

		pairs[kept] = pair;
		kept += (size_t)trie_maybe(trie, pair.hash) |
			(size_t)trie_maybe(trie, trie_hash_on(pair.hash, f[pair.at + 2].symbol));
	}
	for (size_t i = 0; i < kept; i++)
		trie_fetch(trie, pairs[i].hash);
	return kept;
}

/* Phrases of two words; what leads on is left among the pairs, announced. Returns how many those are. */
static size_t follow(struct scan *scan, const struct follower *f, size_t n_pairs)
{
	const struct trie *trie = terms_trie(scan->terms);
	size_t n = 0;

	for (size_t i = 0; i < n_pairs; i++) {
		struct pair pair = scan->pairs[i];
		const struct trie_edge *edge =
			trie_next(trie, trie_key(f[pair.at].symbol, f[pair.at + 1].symbol), pair.hash);

		if (edge->key == 0)
			continue;
		if (edge->term != 0)
			add_term(scan, edge->term, f[pair.at].place, f[pair.at + 1].place);
		if ((edge->node & TRIE_LEADS) == 0 || f[pair.at + 2].symbol == 0)
			continue;
		pair.node = edge->node & ~TRIE_LEADS;
		pair.hash = trie_hash(trie_key(pair.node, f[pair.at + 2].symbol));
		trie_fetch(trie, pair.hash);
		scan->pairs[n++] = pair;
	}
	return n;
}

/* Longer phrases, of the first `n_pairs` followers and what is behind them. */
static void follow_on(struct scan *scan, const struct follower *f, size_t n, size_t n_pairs)
{
	const struct trie *trie = terms_trie(scan->terms);

	for (size_t i = 0; i < n_pairs; i++) {
		const struct pair *pair = &scan->pairs[i];
		uint64_t hash = pair->hash;
		uint32_t node = pair->node | TRIE_LEADS;

		for (size_t last = pair->at + 2; last < n && f[last].symbol != 0; last++) {
			uint64_t key = trie_key(node & ~TRIE_LEADS, f[last].symbol);
			const struct trie_edge *edge = trie_next(trie, key, hash);

			if (edge->key == 0)
				break;
			if (edge->term != 0)
				add_term(scan, edge->term, f[pair->at].place, f[last].place);
			node = edge->node;
			if ((node & TRIE_LEADS) == 0)
				break;
			hash = trie_hash(trie_key(node & ~TRIE_LEADS, f[last + 1].symbol));
		}
	}
}

static void find_phrases(struct scan *scan, const struct follower *f, size_t n)
{
	follow_on(scan, f, n, follow(scan, f, pair(scan, f, n)));
}

/* How words stand in their title or subject: beside the object, as the object, or under another word. */
enum standing { STANDS_BESIDE, STANDS_OBJECT, STANDS_UNDER };

/*
 * Is there, on the way back from the word, another that governs it? The way ends where things stand side
 * by side; the text is written, and has no part that begins on the way from `light` on.
 */
static enum standing look_back(const struct scan *scan, const struct words *words, uint32_t light, uint32_t at)
{
	bool tied = false; /* by a function word: without one the two are names of one thing */

	for (uint32_t i = at; i > 0; i--) {
		const struct word_facts *before = &scan->memo.facts[words->ids[i - 1]];
		struct str between = str_sub(words->raw, words->places[i - 1].raw_end, words->places[i].raw_start);

		if (before->joins || object_listed(between) || (i <= light && object_parted(between)))
			return STANDS_BESIDE;
		if (before->heavy)
			return tied ? STANDS_UNDER : STANDS_BESIDE;
		tied |= before->stop;
	}
	return STANDS_BESIDE;
}

/*
 * The object has nothing but words of every purchase before it, in its part of the title or subject. What
 * parts a title is seen in the text as it was written, which is asked for when it matters.
 */
static enum standing stands(const struct scan *scan, struct words *words, uint32_t at, enum match_field field)
{
	uint32_t light = at;

	while (light > 0 && scan->memo.facts[words->ids[light - 1]].light)
		light--;
	if (light == 0)
		return STANDS_OBJECT;
	if (field == FIELD_SUBJECTS)
		return STANDS_BESIDE;
	if (words->write != NULL)
		words->write(words->data, words);
	words->write = NULL;
	for (uint32_t i = light; i <= at; i++)
		if (object_parted(str_sub(words->raw, words->places[i - 1].raw_end, words->places[i].raw_start)))
			return STANDS_OBJECT;
	return look_back(scan, words, light, at);
}

/* Is the notice filed under these words and nothing else? */
static bool is_sole(const struct scan *scan, const struct words *words, const struct find *find)
{
	for (uint32_t i = 0; i < words->n; i++)
		if ((i < find->first || i > find->last) && !scan->memo.facts[words->ids[i]].stop)
			return false;
	return scan->one_subject;
}

static bool profiles_wait(const struct scan *scan, uint32_t term)
{
	const struct term_start *start = &terms_waiting(scan->terms)->starts[term];

	return start[1].profiles > start[0].profiles;
}

/* The hit just found, or, of subjects, the one found before. */
static void mark_standing(struct scan *scan, struct words *words, const struct find *find, enum match_field field)
{
	struct seen_term *seen = &scan->seen[find->term];
	struct hit *hit = &scan->hits[seen->newest - 1];
	enum standing standing = stands(scan, words, find->first, field);

	hit->governed = standing == STANDS_UNDER;
	if (standing != STANDS_OBJECT)
		return;
	hit->object = true;
	seen->fields |= field == FIELD_SUBJECTS ? SEEN_FILED : SEEN_OBJECT;
	if (field != FIELD_SUBJECTS || !is_sole(scan, words, find))
		return;
	hit->sole = true;
	seen->fields |= SEEN_SOLE;
}

void scan_words(struct scan *scan, const struct words *words, uint32_t scope, enum match_field field)
{
	bool titles = field == FIELD_TITLE || field == FIELD_LOT_TITLE || field == FIELD_SUBJECTS;
	struct words written = *words;
	struct sifted n;

	make_room(scan, words->n);
	scan->n_finds = scan->n_dues = 0;
	if (++scan->text == 0) /* a number comes again: what was noted under it long ago is wiped out */
		scan_forget_called(scan);
	n = sift(scan, words);
	find_alone(scan, n.alone, field);
	for (int form = 0; form < FORMS; form++)
		find_phrases(scan, scan->followers[form], n.followers);
	scan_calls(scan, words, scan->callers, n.callers, field);
	for (size_t i = 0; i < scan->n_finds; i++) {
		const struct find *find = &scan->finds[i];
		struct span span = words_span(words, find->first, find->last);
		size_t before = scan->n_hits;

		scan_hit(scan, find->term, scope, field, span.start, span.end);
		if (titles && (scan->n_hits > before || field == FIELD_SUBJECTS) && profiles_wait(scan, find->term))
			mark_standing(scan, &written, find, field);
	}
	scan_patterns(scan, &written, scope, field);
}
