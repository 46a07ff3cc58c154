#include <stdlib.h>

#include "called.h"

/*
 * The half of the pass that knows words by their ids alone: terms of one word, then phrases. Each step
 * is taken for all words before the next one begins, so that memory is asked for long before it is
 * needed.
 */

/* A word that counts in phrases, in one of the two ways it may be asked for. */
struct follower {
	uint32_t symbol; /* 0: no phrase has it */
	uint32_t leads;  /* trie_bit() of what may follow */
	uint32_t bit;    /* its own; 0 without a symbol */
	uint32_t place;  /* the word's number */
};

/* A term, or first the way to one. */
struct find {
	uint64_t key; /* of the edge to try */
	uint32_t at;  /* the first word among the followers */
	uint32_t term;
	uint32_t first, last; /* words of the text */
};

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
	if (n > scan->followers_capacity) {
		scan->followers_capacity = 2 * n;
		for (int form = 0; form < FORMS; form++)
			scan->followers[form] = roomy(scan->followers[form], 2 * n,
				sizeof(*scan->followers[form]));
	}
}

static struct find *add_find(struct scan *scan)
{
	if (scan->n_finds == scan->finds_capacity) {
		scan->finds_capacity = scan->finds_capacity ? 2 * scan->finds_capacity : 1024;
		scan->finds = realloc(scan->finds, scan->finds_capacity * sizeof(*scan->finds));
		if (scan->finds == NULL)
			die("out of memory");
	}
	return &scan->finds[scan->n_finds++];
}

static void add_term(struct scan *scan, uint32_t term, uint32_t first, uint32_t last)
{
	*add_find(scan) = (struct find){ 0, 0, term, first, last };
	__builtin_prefetch(&scan->seen[term]);
}

enum { AHEAD = 8 };

/* Terms of one word and calls for patterns; what counts in phrases is set apart. Returns how many do. */
static size_t sift(struct scan *scan, const struct words *words, uint32_t scope, enum match_field field)
{
	const struct word_facts *all = scan->memo.facts;
	size_t n = 0;

	for (uint32_t i = 0; i < words->n; i++) {
		const struct word_facts *facts = &all[words->ids[i]];

		if (i + AHEAD < words->n)
			__builtin_prefetch(&all[words->ids[i + AHEAD]]);
		if (facts->n_triggers > 0)
			scan_call(scan, words, i, scope, field);
		if (facts->stop)
			continue;
		for (int form = 0; form < FORMS; form++) {
			uint32_t symbol = facts->symbols[form];

			scan->followers[form][n] = (struct follower){ symbol, facts->leads[form],
				symbol != 0 ? trie_bit(symbol) : 0, i };
			if (facts->terms[form] != 0)
				add_term(scan, facts->terms[form], i, i);
		}
		n++;
	}
	return n;
}

/* Neighbours between which a phrase may run: the filters say no to nearly all others. */
static void pair(struct scan *scan, const struct follower *f, size_t n)
{
	const struct trie *trie = terms_trie(scan->terms);

	for (size_t i = 0; i + 1 < n; i++) {
		uint64_t key, hash;

		if ((f[i].leads & f[i + 1].bit) == 0)
			continue;
		key = trie_key(f[i].symbol, f[i + 1].symbol);
		hash = trie_hash(key);
		if (!trie_maybe(trie, hash))
			continue;
		trie_fetch(trie, hash);
		*add_find(scan) = (struct find){ key, (uint32_t)i, 0, 0, 0 };
	}
}

/* Where the pairs lead to, from `from` on in the finds, and on to longer phrases. */
static void follow(struct scan *scan, const struct follower *f, size_t n, size_t from)
{
	const struct trie *trie = terms_trie(scan->terms);
	size_t pairs = scan->n_finds;

	for (size_t i = from; i < pairs; i++) {
		uint64_t key = scan->finds[i].key;
		size_t first = scan->finds[i].at, last = first + 1;

		for (;;) {
			uint64_t hash = trie_hash(key);
			const struct trie_edge *edge;

			if (!trie_maybe(trie, hash))
				break;
			edge = trie_next(trie, key, hash);
			if (edge->key == 0)
				break;
			if (edge->term != 0)
				add_term(scan, edge->term, f[first].place, f[last].place);
			if ((edge->node & TRIE_LEADS) == 0 || ++last == n || f[last].symbol == 0)
				break;
			key = trie_key(edge->node & ~TRIE_LEADS, f[last].symbol);
		}
	}
}

void scan_words(struct scan *scan, const struct words *words, uint32_t scope, enum match_field field)
{
	size_t n;

	make_room(scan, words->n);
	scan->n_finds = 0;
	n = sift(scan, words, scope, field);
	for (int form = 0; form < FORMS; form++) {
		size_t from = scan->n_finds;

		pair(scan, scan->followers[form], n);
		follow(scan, scan->followers[form], n, from);
	}
	for (size_t i = 0; i < scan->n_finds; i++) {
		const struct find *find = &scan->finds[i];
		struct span span;

		if (find->term == 0)
			continue;
		span = words_span(words, find->first, find->last);
		scan_hit(scan, find->term, scope, field, span.start, span.end);
	}
	scan_patterns(scan, words, scope, field);
}
