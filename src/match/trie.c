#include "trie.h"

#include <assert.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/table.h"

enum { SHARE = 8 }; /* paths for each word of a filter, at most */

/* Nodes behind an edge have numbers from here on; below are those of the first symbols. */
static const uint32_t NODES_FIRST = UINT32_C(1) << 30;

static void set_size(struct trie *trie, size_t size)
{
	trie->edges_size = size;
	trie->edges = table_new(size, sizeof(*trie->edges));
}

void trie_init(struct trie *trie)
{
	*trie = (struct trie){ .n_nodes = NODES_FIRST };
	set_size(trie, 1 << 6);
}

void trie_done(struct trie *trie)
{
	free(trie->roots);
	free(trie->edges);
	trie_close(trie);
	free(trie->two.words);
	free(trie->on.words);
}

static struct trie_root *root_of(struct trie *trie, uint32_t symbol)
{
	if (symbol >= trie->roots_size) {
		size_t size = 2 * (size_t)symbol + 64;
		struct trie_root *roots = realloc(trie->roots, size * sizeof(*roots));

		if (roots == NULL)
			die("out of memory");
		for (size_t i = trie->roots_size; i < size; i++)
			roots[i] = (struct trie_root){ 0, 0 };
		trie->roots = roots;
		trie->roots_size = size;
	}
	return &trie->roots[symbol];
}

static struct trie_edge *slot_of(struct trie *trie, uint64_t key)
{
	return (struct trie_edge *)trie_next(trie, key);
}

static void grow(struct trie *trie)
{
	struct trie_edge *edges = trie->edges;
	size_t size = trie->edges_size;

	set_size(trie, 2 * size);
	for (size_t i = 0; i < size; i++)
		if (edges[i].key != 0)
			*slot_of(trie, edges[i].key) = edges[i];
	free(edges);
}

static struct trie_edge *edge_of(struct trie *trie, uint32_t node, uint32_t symbol)
{
	uint64_t key = trie_key(node, symbol);
	struct trie_edge *edge = slot_of(trie, key);

	if (edge->key != 0)
		return edge;
	if (4 * (trie->n_edges + 1) > 3 * trie->edges_size) {
		grow(trie);
		edge = slot_of(trie, key);
	}
	*edge = (struct trie_edge){ key, trie->n_nodes++, 0 };
	trie->n_edges++;
	return edge;
}

static void begin(struct trie *trie, const uint32_t *families, size_t n)
{
	uint64_t two = trie_hash_two(families[0], families[1]);

	if (trie->n_begun == trie->begun_capacity) {
		trie->begun_capacity = 2 * trie->begun_capacity + 64;
		trie->begun = realloc(trie->begun, trie->begun_capacity * sizeof(*trie->begun));
		if (trie->begun == NULL)
			die("out of memory");
	}
	trie->begun[trie->n_begun][0] = two;
	trie->begun[trie->n_begun++][1] = trie_hash_on(two, n > 2 ? families[2] : TRIE_END);
}

uint32_t *trie_place(struct trie *trie, const uint32_t *symbols, const uint32_t *families, size_t n)
{
	struct trie_root *root = root_of(trie, symbols[0]);
	uint32_t node = symbols[0];
	struct trie_edge *edge;

	assert(!trie->closed);
	if (n == 1)
		return &root->term;
	root->mask |= trie_bit(symbols[1]);
	for (size_t i = 1;; i++) {
		edge = edge_of(trie, node, symbols[i]);
		if (i + 1 == n)
			break;
		edge->node |= TRIE_LEADS;
		node = edge->node & ~TRIE_LEADS;
	}
	/* a known path is in the filter, which must not grow with those who ask for the same */
	if (edge->term == 0)
		begin(trie, families, n);
	return &edge->term;
}

/* Of every node behind an edge, the edge that leads there. */
static void list_edges(const struct trie *trie, const struct trie_edge **ret)
{
	for (size_t i = 0; i < trie->edges_size; i++)
		if (trie->edges[i].key != 0)
			ret[(trie->edges[i].node & ~TRIE_LEADS) - NODES_FIRST] = &trie->edges[i];
}

/* Of the hashes that stand at `which` place. */
static void make_filter(struct trie_filter *filter, const struct trie *trie, int which)
{
	free(filter->words);
	filter->size = 64;
	while (filter->size * SHARE < trie->n_begun)
		filter->size *= 2;
	filter->words = table_new(filter->size, sizeof(*filter->words));
	for (size_t i = 0; i < trie->n_begun; i++)
		*trie_word(filter, trie->begun[i][which]) |= trie_bits(trie->begun[i][which]);
}

void trie_pack(struct trie *trie)
{
	assert(!trie->closed);
	make_filter(&trie->two, trie, 0);
	make_filter(&trie->on, trie, 1);
}

void trie_close(struct trie *trie)
{
	free(trie->begun);
	trie->begun = NULL;
	trie->n_begun = trie->begun_capacity = 0;
	trie->closed = true;
}

/* From the end to the first symbol, which is its own node. */
static void spell(const struct trie_edge *const *by_node, const struct trie_edge *edge, struct arena *arena,
	struct trie_path *ret)
{
	size_t n = 1;

	for (const struct trie_edge *e = edge; e != NULL; n++) {
		uint32_t from = (uint32_t)(e->key >> 32);

		e = from >= NODES_FIRST ? by_node[from - NODES_FIRST] : NULL;
	}
	*ret = (struct trie_path){ edge->term, arena_array(arena, uint32_t, n), n };
	while (edge != NULL) {
		uint32_t from = (uint32_t)(edge->key >> 32);

		ret->symbols[--n] = (uint32_t)edge->key;
		if (from < NODES_FIRST)
			ret->symbols[0] = from;
		edge = from >= NODES_FIRST ? by_node[from - NODES_FIRST] : NULL;
	}
}

size_t trie_paths(const struct trie *trie, struct arena *arena, struct trie_path **ret)
{
	const struct trie_edge **by_node =
		arena_array(arena, const struct trie_edge *, trie->n_nodes - NODES_FIRST);
	size_t n = 0;

	*ret = arena_array(arena, struct trie_path, trie->roots_size + trie->n_edges);
	list_edges(trie, by_node);
	for (uint32_t symbol = 0; symbol < trie->roots_size; symbol++) {
		if (trie->roots[symbol].term == 0)
			continue;
		(*ret)[n] = (struct trie_path){ trie->roots[symbol].term, arena_array(arena, uint32_t, 1), 1 };
		(*ret)[n++].symbols[0] = symbol;
	}
	for (size_t i = 0; i < trie->edges_size; i++)
		if (trie->edges[i].key != 0 && trie->edges[i].term != 0)
			spell(by_node, &trie->edges[i], arena, &(*ret)[n++]);
	return n;
}
