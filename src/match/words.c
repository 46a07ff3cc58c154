#include <stdlib.h>

#include "called.h"
#include "object.h"

/*
 * The half of the pass that knows words by their ids alone: terms of one word, then phrases. Each step
 * is taken for all words before the next one begins, so that memory is asked for long before it is
 * needed.
 */

/* A word that counts in phrases. */
struct follower {
	uint32_t family;
	uint32_t place; /* the word's number */
};

/*
 * Two neighbours that may begin a phrase, both as they are asked for in one form; or three, of which the
 * first two lead to a node. Of phrases with gaps: the first two words, with others between them.
 */
struct pair {
	uint64_t key;       /* of the edge between the last two */
	uint32_t at;        /* the first one among the followers */
	uint16_t form;
	uint16_t gap;       /* words between the first two, of phrases with gaps */
};
enum { GAP = GAP_WORDS }; /* as many words may stand in a phrase of a title beside its own */

/* A term and the words of the text that spell it. */
struct find {
	uint32_t term;
	uint32_t first, last;
};

enum { BEYOND = 1 }; /* what is written behind the last of them and means nothing */

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
	scan->followers = roomy(scan->followers, 2 * n + BEYOND, sizeof(*scan->followers));
	scan->begun = roomy(scan->begun, 2 * n + BEYOND, sizeof(*scan->begun));
	scan->alone = roomy(scan->alone, 2 * n + BEYOND, sizeof(*scan->alone));
	scan->callers = roomy(scan->callers, 2 * n + BEYOND, sizeof(*scan->callers));
	scan->pairs = roomy(scan->pairs, (FORMS + GAP + 1) * 2 * n + BEYOND, sizeof(*scan->pairs));
}

static void make_room_for_finds(struct scan *scan, size_t n)
{
	if (scan->n_finds + n <= scan->finds_capacity)
		return;
	scan->finds_capacity = 2 * (scan->n_finds + n) + 256;
	scan->finds = realloc(scan->finds, scan->finds_capacity * sizeof(*scan->finds));
	if (scan->finds == NULL)
		die("out of memory");
}

/* Where there is room: what is none is written, too, and the next one over it. */
static inline void put_find(struct scan *scan, bool is_one, uint32_t term, uint32_t first, uint32_t last)
{
	scan->finds[scan->n_finds] = (struct find){ term, first, last };
	scan->n_finds += is_one;
	__builtin_prefetch(&scan->seen[term]);
}

static void add_term(struct scan *scan, uint32_t term, uint32_t first, uint32_t last)
{
	make_room_for_finds(scan, 1);
	put_find(scan, true, term, first, last);
}

enum { AHEAD = 12 };

/* What was set apart of the words of a text. */
struct sifted {
	size_t alone, callers, followers; /* how many there are */
};

/*
 * Which words are terms by themselves, call for patterns, or count in phrases. Without branches: a word may
 * be anything.
 */
static inline __attribute__((always_inline)) struct sifted sift_these(struct scan *scan, const uint32_t *ids,
	const struct word_use *uses, const uint32_t *some, uint32_t n_words)
{
	const struct word_facts *all = scan->memo.facts;
	struct listed *alone = scan->alone, *callers = scan->callers;
	struct follower *followers = scan->followers;
	struct sifted n = { 0, 0, 0 };

	for (uint32_t i = 0; i < n_words; i++) {
		uint32_t at = some != NULL ? some[i] : i;
		struct word_use use = uses != NULL ? uses[at] : word_use(&all[ids[at]]);

		alone[n.alone] = (struct listed){ at, use.alone };
		n.alone += use.alone != 0;
		callers[n.callers] = (struct listed){ at, use.calls };
		n.callers += use.calls != 0;
		followers[n.followers] = (struct follower){ use.family, at };
		n.followers += use.stop == 0;
	}
	followers[n.followers] = (struct follower){ 0, 0 };
	return n;
}

static struct sifted sift(struct scan *scan, const struct words *words, const struct word_use *uses)
{
	return words->some == NULL ? sift_these(scan, words->ids, uses, NULL, words->n)
				   : sift_these(scan, words->ids, uses, words->some, words->n_some);
}

/* The first place of a word in a text is that of its terms. Returns how many are the first. */
static size_t keep_first(struct scan *scan, size_t n)
{
	struct alone *lists = scan->memo.alone;
	struct listed *listed = scan->alone;
	uint32_t text = scan->text;
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		struct alone *alone = &lists[listed[i].list];

		if (i + AHEAD < n)
			__builtin_prefetch(&lists[listed[i + AHEAD].list]);
		listed[kept] = listed[i];
		kept += alone->text != text;
		alone->text = text;
	}
	return kept;
}

static void find_alone(struct scan *scan, size_t n, enum match_field field)
{
	const struct alone *lists = scan->memo.alone;

	for (size_t i = 0; i < n; i++) {
		const struct alone *alone = &lists[scan->alone[i].list];

		for (bool more = true; more; alone++) {
			more = alone->more;
			make_room_for_finds(scan, 1);
			put_find(scan, (alone->fields & 1u << field) != 0, alone->term, scan->alone[i].at,
				scan->alone[i].at);
		}
	}
}

static const struct word_facts *facts_of(const struct scan *scan, const struct words *words, size_t follower)
{
	return &scan->memo.facts[words->ids[scan->followers[follower].place]];
}

/*
 * Neighbours that may begin a phrase, in whatever form it is asked for. Returns how many. Without branches: what
 * may and what may not come in no order. What is known of the words is asked next, and announced.
 */
static size_t begin_phrases(struct scan *scan, const struct words *words, size_t n)
{
	const struct trie *trie = terms_trie(scan->terms);
	const struct follower *f = scan->followers;
	uint32_t *begun = scan->begun;
	size_t first = 0, kept = 0;

	for (size_t i = 0; i + 1 < n; i++) {
		begun[first] = (uint32_t)i;
		first += trie_begins(trie, trie_hash_two(f[i].family, f[i + 1].family));
	}
	for (size_t i = 0; i < first; i++) {
		uint32_t at = begun[i];

		begun[kept] = at;
		__builtin_prefetch(facts_of(scan, words, at));
		__builtin_prefetch(facts_of(scan, words, at + 1));
		kept += trie_goes_on(trie, trie_hash_two(f[at].family, f[at + 1].family), f[at + 2].family);
	}
	return kept;
}

/* Those of them that may begin one as both words are asked for in one form are announced. Returns how many are. */
static size_t pair(struct scan *scan, const struct words *words, size_t begun)
{
	const struct trie *trie = terms_trie(scan->terms);
	struct pair *pairs = scan->pairs;
	size_t kept = 0;

	for (size_t i = 0; i < begun; i++) {
		uint32_t at = scan->begun[i];
		const struct word_facts *first = facts_of(scan, words, at), *next = facts_of(scan, words, at + 1);

		for (unsigned form = 0; form < FORMS; form++) {
			pairs[kept] = (struct pair){ trie_key(first->symbols[form], next->symbols[form]), at,
				(uint16_t)form, 0 };
			kept += (first->leads[form] & trie_bit(next->symbols[form])) != 0;
		}
	}
	for (size_t i = 0; i < kept; i++)
		trie_fetch(trie, pairs[i].key);
	return kept;
}

/*
 * Phrases of two words; what leads on is left among the pairs, announced. Returns how many those are. Without branches:
 * an edge that is not there ends no phrase and leads nowhere.
 */
static size_t follow(struct scan *scan, const struct words *words, size_t n, size_t n_pairs)
{
	const struct trie *trie = terms_trie(scan->terms);
	const struct follower *f = scan->followers;
	struct pair *pairs = scan->pairs;
	size_t kept = 0;

	make_room_for_finds(scan, n_pairs);
	for (size_t i = 0; i < n_pairs; i++) {
		struct pair pair = pairs[i];
		const struct trie_edge *edge = trie_next(trie, pair.key);

		put_find(scan, edge->term != 0, edge->term, f[pair.at].place, f[pair.at + 1].place);
		__builtin_prefetch(facts_of(scan, words, pair.at + 2));
		pair.key = edge->node & ~TRIE_LEADS;
		pairs[kept] = pair;
		kept += (size_t)(((edge->node & TRIE_LEADS) != 0) & (pair.at + 2 < n));
	}
	for (size_t i = 0; i < kept; i++) {
		struct pair *pair = &pairs[i];

		pair->key = trie_key((uint32_t)pair->key, facts_of(scan, words, pair->at + 2)->symbols[pair->form]);
		trie_fetch(trie, pair->key);
	}
	return kept;
}

/* Longer phrases. */
static void follow_on(struct scan *scan, const struct words *words, size_t n, size_t n_pairs)
{
	const struct trie *trie = terms_trie(scan->terms);
	const struct follower *f = scan->followers;

	for (size_t i = 0; i < n_pairs; i++) {
		struct pair pair = scan->pairs[i];

		for (size_t last = pair.at + 2;; last++) {
			const struct trie_edge *edge = trie_next(trie, pair.key);

			if (edge->key == 0)
				break;
			if (edge->term != 0)
				add_term(scan, edge->term, f[pair.at].place, f[last].place);
			if ((edge->node & TRIE_LEADS) == 0 || last + 1 == n)
				break;
			pair.key = trie_key(edge->node & ~TRIE_LEADS,
				facts_of(scan, words, last + 1)->symbols[pair.form]);
		}
	}
}

/* A phrase of a title on the way, from its first word among the followers. */
struct gapped {
	struct words *words;
	size_t n, first, second;
	uint64_t two; /* trie_hash_two() of those */
};

/* Neither a comma nor the end of a part of the title stands between the two. */
static bool in_one_part(struct words *words, uint32_t first, uint32_t last)
{
	if (words->write != NULL)
		words->write(words->data, words);
	words->write = NULL;
	for (uint32_t i = first + 1; i <= last; i++) {
		struct str between = str_sub(words->raw, words->places[i - 1].raw_end, words->places[i].raw_start);

		if (object_parted(between) || str_find_char(between, ',') != SIZE_MAX)
			return false;
	}
	return true;
}

/* "Refonte de la signalétique du site": what stands between governs the next word, which is of another thing. */
static bool is_governed(const struct scan *scan, const struct words *words, size_t last, size_t at)
{
	const struct follower *f = scan->followers;

	return at > last + 1 && facts_of(scan, words, at - 1)->heavy && f[at].place > f[at - 1].place + 1;
}

static void reach_on(struct scan *scan, const struct gapped *g, size_t last, uint32_t node, size_t left);

/* Follows the edge to the word at `at`, behind which `left` others may still stand between. */
static void reach(struct scan *scan, const struct gapped *g, uint64_t key, size_t at, size_t left)
{
	const struct trie_edge *edge = trie_next(terms_trie(scan->terms), key);
	const struct follower *f = scan->followers;
	uint32_t term;

	if (edge->key == 0)
		return;
	term = left < GAP && edge->term != 0 ? terms_find_gapped(scan->terms, edge->term) : 0;
	if (term != 0 && in_one_part(g->words, f[g->first].place, f[at].place))
		add_term(scan, term, f[g->first].place, f[at].place);
	if ((edge->node & TRIE_LEADS) != 0)
		reach_on(scan, g, at, edge->node & ~TRIE_LEADS, left);
}

/* Goes on from `last`, to which `node` leads, over at most `left` words. Phrases are short, and so is this. */
static void reach_on(struct scan *scan, const struct gapped *g, size_t last, uint32_t node, size_t left)
{
	const struct trie *trie = terms_trie(scan->terms);

	for (size_t at = last + 1; at < g->n && at <= last + 1 + left; at++) {
		uint64_t key = trie_key(node, facts_of(scan, g->words, at)->symbols[FORM_STEM]);
		bool may = last != g->second || trie_leads_on(trie, g->two, scan->followers[at].family);

		if (may && !is_governed(scan, g->words, last, at))
			reach(scan, g, key, at, left - (at - last - 1));
	}
}

/*
 * Two words of a title that may begin a phrase, be it with others between them, are announced, behind the pairs
 * there are. Returns how many are.
 */
static size_t pair_gapped(struct scan *scan, const struct words *words, size_t n, size_t n_pairs)
{
	const struct trie *trie = terms_trie(scan->terms);
	const struct follower *f = scan->followers;

	for (size_t i = 0; i < n; i++) {
		const struct word_facts *first = facts_of(scan, words, i);

		for (size_t at = i + 1; first->leads[FORM_STEM] != 0 && at < n && at <= i + 1 + GAP; at++) {
			uint32_t symbol = facts_of(scan, words, at)->symbols[FORM_STEM];
			uint64_t key = trie_key(first->symbols[FORM_STEM], symbol);

			if ((first->leads[FORM_STEM] & trie_bit(symbol)) == 0 ||
				!trie_begins(trie, trie_hash_two(f[i].family, f[at].family)) ||
				is_governed(scan, words, i, at))
				continue;
			trie_fetch(trie, key);
			scan->pairs[n_pairs++] = (struct pair){ key, (uint32_t)i, FORM_STEM, (uint16_t)(at - i - 1) };
		}
	}
	return n_pairs;
}

/* Phrases of a title between whose words others stand: the pairs from..to-1. */
static void find_gapped(struct scan *scan, struct words *words, size_t n, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		const struct pair *pair = &scan->pairs[i];

		size_t second = pair->at + 1u + pair->gap;
		struct gapped g = { words, n, pair->at, second,
			trie_hash_two(scan->followers[pair->at].family, scan->followers[second].family) };

		reach(scan, &g, pair->key, second, GAP - (size_t)pair->gap);
	}
}

/* All that is known by words; where phrases lead is far away, and announced while others are looked at. */
static void find_terms(struct scan *scan, struct words *words, struct sifted n, enum match_field field)
{
	size_t begun = begin_phrases(scan, words, n.followers), n_pairs, n_all, n_on;

	n.alone = keep_first(scan, n.alone);
	n_pairs = n_all = pair(scan, words, begun);
	if (field == FIELD_TITLE || field == FIELD_LOT_TITLE)
		n_all = pair_gapped(scan, words, n.followers, n_pairs);
	find_alone(scan, n.alone, field);
	n_on = follow(scan, words, n.followers, n_pairs);
	scan_calls(scan, words, scan->callers, n.callers, field);
	follow_on(scan, words, n.followers, n_on);
	find_gapped(scan, words, n.followers, n_pairs, n_all);
	scan_fetch_patterns(scan);
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

void scan_used_words(struct scan *scan, const struct words *words, const struct word_use *uses, uint32_t scope,
	enum match_field field)
{
	bool titles = field == FIELD_TITLE || field == FIELD_LOT_TITLE || field == FIELD_SUBJECTS;
	struct words written = *words;
	struct sifted n;

	make_room(scan, words->n);
	scan->n_finds = scan->n_dues = 0;
	if (++scan->text == 0) /* a number comes again: what was noted under it long ago is wiped out */
		scan_forget_called(scan);
	n = sift(scan, words, uses);
	find_terms(scan, &written, n, field);
	if (scan->n_finds > 0 || scan->n_dues > 0)
		words_place(&written);
	scan_room_for_hits(scan, scan->n_finds);
	for (size_t i = 0; i < scan->n_finds; i++) {
		const struct find *find = &scan->finds[i];
		struct span span = words_span(&written, find->first, find->last);
		bool is_new = scan_put_hit(scan, find->term, scope, field, span);

		if (titles && (is_new || field == FIELD_SUBJECTS) && profiles_wait(scan, find->term))
			mark_standing(scan, &written, find, field);
	}
	scan_patterns(scan, &written, scope, field);
}

void scan_words(struct scan *scan, const struct words *words, uint32_t scope, enum match_field field)
{
	scan_used_words(scan, words, NULL, scope, field);
}
