#include "terms.h"

#include <stdlib.h>
#include <string.h>

#include "base/fold.h"

/* One edge of the trie: (node, symbol) to the next node. */
struct edge {
	uint64_t key; /* node << 32 | symbol; 0: free slot, since nodes count from 1 */
	uint32_t node;
};

/* Postings arrive in any order of terms; before the first look they are sorted by term. */
struct postings {
	void *at;
	uint32_t *terms; /* term of each */
	uint32_t *starts; /* packed: first posting of each term, packed_count + 2 long */
	uint32_t packed_count; /* terms there were when packed; younger ones have no posting here */
	size_t n, capacity, size; /* size: bytes of one */
	bool packed;
};

struct cpv_entry {
	struct str branch;
	uint32_t below, exact; /* terms or 0 */
};

struct terms {
	struct lexicon *lexicon;
	struct arena arena;
	uint32_t count;

	struct edge *edges;
	size_t n_edges, edges_size;
	uint32_t *node_terms; /* by node */
	size_t n_nodes, nodes_capacity;

	struct pattern *patterns;
	size_t n_patterns, patterns_capacity;
	struct triggers *triggers;

	struct cpv_entry *cpv; /* open addressing by branch */
	size_t n_cpv, cpv_size;

	struct postings rules, profiles;
};

static void *must(void *p)
{
	if (p == NULL)
		die("out of memory");
	return p;
}

struct terms *terms_new(struct lexicon *lexicon)
{
	struct terms *terms = must(calloc(1, sizeof(*terms)));

	terms->lexicon = lexicon;
	terms->triggers = triggers_new();
	terms->edges_size = 1 << 10;
	terms->edges = must(calloc(terms->edges_size, sizeof(*terms->edges)));
	terms->nodes_capacity = 1 << 10;
	terms->node_terms = must(calloc(terms->nodes_capacity, sizeof(*terms->node_terms)));
	terms->n_nodes = TERMS_ROOT + 1;
	terms->cpv_size = 1 << 8;
	terms->cpv = must(calloc(terms->cpv_size, sizeof(*terms->cpv)));
	terms->rules.size = sizeof(struct rule_posting);
	terms->profiles.size = sizeof(struct profile_posting);
	return terms;
}

static void postings_done(struct postings *postings)
{
	free(postings->at);
	free(postings->terms);
	free(postings->starts);
}

void *terms_free(struct terms *terms)
{
	if (terms == NULL)
		return NULL;
	free(terms->edges);
	free(terms->node_terms);
	free(terms->patterns);
	triggers_free(terms->triggers);
	free(terms->cpv);
	postings_done(&terms->rules);
	postings_done(&terms->profiles);
	arena_done(&terms->arena);
	free(terms);
	return NULL;
}

/* the trie */

static size_t edge_slot(const struct edge *edges, size_t size, uint64_t key)
{
	uint64_t h = key * UINT64_C(0x9E3779B97F4A7C15);
	size_t i = (size_t)(h >> 32) & (size - 1);

	while (edges[i].key != 0 && edges[i].key != key)
		i = (i + 1) & (size - 1);
	return i;
}

uint32_t terms_step(const struct terms *terms, uint32_t node, uint32_t symbol)
{
	uint64_t key = (uint64_t)node << 32 | symbol;

	return terms->edges[edge_slot(terms->edges, terms->edges_size, key)].node;
}

static void edges_grow(struct terms *terms)
{
	size_t size = 2 * terms->edges_size;
	struct edge *edges = must(calloc(size, sizeof(*edges)));

	for (size_t i = 0; i < terms->edges_size; i++)
		if (terms->edges[i].key != 0)
			edges[edge_slot(edges, size, terms->edges[i].key)] = terms->edges[i];
	free(terms->edges);
	terms->edges = edges;
	terms->edges_size = size;
}

static uint32_t step_or_make(struct terms *terms, uint32_t node, uint32_t symbol)
{
	uint64_t key = (uint64_t)node << 32 | symbol;
	size_t slot = edge_slot(terms->edges, terms->edges_size, key);

	if (terms->edges[slot].key != 0)
		return terms->edges[slot].node;
	if (terms->n_nodes == terms->nodes_capacity) {
		size_t old = terms->nodes_capacity;

		terms->nodes_capacity *= 2;
		terms->node_terms =
			must(realloc(terms->node_terms, terms->nodes_capacity * sizeof(uint32_t)));
		memset(terms->node_terms + old, 0, old * sizeof(uint32_t));
	}
	if (2 * (terms->n_edges + 1) > terms->edges_size) {
		edges_grow(terms);
		slot = edge_slot(terms->edges, terms->edges_size, key);
	}
	terms->edges[slot] = (struct edge){ key, (uint32_t)terms->n_nodes };
	terms->n_edges++;
	return (uint32_t)terms->n_nodes++;
}

uint32_t terms_at(const struct terms *terms, uint32_t node)
{
	return terms->node_terms[node];
}

uint32_t terms_phrase(struct terms *terms, struct str text, bool exact, int *ret_rarity)
{
	struct arena arena = ARENA_INIT;
	struct folded folded = fold(&arena, text);
	uint32_t node = TERMS_ROOT, words = 0;

	*ret_rarity = 0;
	for (uint32_t i = 0; i < folded.n_words && words < PHRASE_WORDS_MAX; i++) {
		struct str text_i = folded_word(&folded, i);
		const struct word *word = lexicon_word(terms->lexicon, text_i);

		if (word->stop)
			continue;
		*ret_rarity += word->rarity;
		node = step_or_make(terms, node,
			exact ? lexicon_exact_symbol(terms->lexicon, text_i)
			      : lexicon_stem_symbol(terms->lexicon, text_i));
		words++;
	}
	arena_done(&arena);
	if (words == 0)
		return 0;
	if (terms->node_terms[node] == 0)
		terms->node_terms[node] = ++terms->count;
	return terms->node_terms[node];
}

/* patterns */

uint32_t terms_pattern(struct terms *terms, const struct rule_term *term, unsigned fields, uint32_t rule)
{
	struct pattern *pattern;

	if (terms->n_patterns == terms->patterns_capacity) {
		terms->patterns_capacity = terms->patterns_capacity ? 2 * terms->patterns_capacity : 16;
		terms->patterns = must(
			realloc(terms->patterns, terms->patterns_capacity * sizeof(*terms->patterns)));
	}
	pattern = &terms->patterns[terms->n_patterns];
	*pattern = (struct pattern){ term->regex, term->raw, ++terms->count, fields, rule, false };
	pattern->always = !triggers_add(terms->triggers, (uint32_t)terms->n_patterns++, term->pattern,
		term->regex, term->raw);
	return terms->count;
}

const struct triggers *terms_triggers(const struct terms *terms)
{
	return terms->triggers;
}

const struct pattern *terms_patterns(const struct terms *terms, size_t *ret_n)
{
	*ret_n = terms->n_patterns;
	return terms->patterns;
}

/* CPV branches */

static struct cpv_entry *cpv_slot(struct cpv_entry *entries, size_t size, struct str branch)
{
	size_t i = (size_t)str_hash(branch) & (size - 1);

	while (str_given(entries[i].branch) && !str_eq(entries[i].branch, branch))
		i = (i + 1) & (size - 1);
	return &entries[i];
}

static struct cpv_entry *cpv_entry(struct terms *terms, struct str branch)
{
	struct cpv_entry *entry;

	if (2 * (terms->n_cpv + 1) > terms->cpv_size) {
		size_t size = 2 * terms->cpv_size;
		struct cpv_entry *bigger = must(calloc(size, sizeof(*bigger)));

		for (size_t i = 0; i < terms->cpv_size; i++)
			if (str_given(terms->cpv[i].branch))
				*cpv_slot(bigger, size, terms->cpv[i].branch) = terms->cpv[i];
		free(terms->cpv);
		terms->cpv = bigger;
		terms->cpv_size = size;
	}
	entry = cpv_slot(terms->cpv, terms->cpv_size, branch);
	if (!str_given(entry->branch)) {
		entry->branch = arena_dup(&terms->arena, branch);
		terms->n_cpv++;
	}
	return entry;
}

uint32_t terms_cpv_below(struct terms *terms, struct str branch)
{
	struct cpv_entry *entry = cpv_entry(terms, branch);

	if (entry->below == 0)
		entry->below = ++terms->count;
	return entry->below;
}

uint32_t terms_cpv_exact(struct terms *terms, struct str branch)
{
	struct cpv_entry *entry = cpv_entry(terms, branch);

	if (entry->exact == 0)
		entry->exact = ++terms->count;
	return entry->exact;
}

uint32_t terms_find_cpv(const struct terms *terms, struct str branch, bool exact)
{
	const struct cpv_entry *entry = cpv_slot(terms->cpv, terms->cpv_size, branch);

	return exact ? entry->exact : entry->below;
}

/* postings */

static void post(struct postings *postings, uint32_t term, const void *posting)
{
	if (postings->n == postings->capacity) {
		postings->capacity = postings->capacity ? 2 * postings->capacity : 256;
		postings->at = must(realloc(postings->at, postings->capacity * postings->size));
		postings->terms =
			must(realloc(postings->terms, postings->capacity * sizeof(*postings->terms)));
	}
	memcpy((char *)postings->at + postings->n * postings->size, posting, postings->size);
	postings->terms[postings->n++] = term;
	postings->packed = false;
}

/* A counting sort by term: stable, so the order of profiles within a term stays. */
static void pack(struct postings *postings, uint32_t count)
{
	uint32_t *starts = must(calloc((size_t)count + 2, sizeof(*starts)));
	uint32_t *terms = must(malloc((postings->capacity + 1) * sizeof(*terms)));
	char *at = must(malloc((postings->capacity + 1) * postings->size));

	for (size_t i = 0; i < postings->n; i++)
		starts[postings->terms[i] + 1]++;
	for (size_t term = 1; term <= (size_t)count + 1; term++)
		starts[term] += starts[term - 1];
	for (size_t i = 0; i < postings->n; i++) {
		uint32_t to = starts[postings->terms[i]]++;

		terms[to] = postings->terms[i];
		memcpy(at + to * postings->size, (char *)postings->at + i * postings->size,
			postings->size);
	}
	/* each start has moved to its end, which is the next one's start: shift back */
	memmove(starts + 1, starts, ((size_t)count + 1) * sizeof(*starts));
	starts[0] = 0;
	postings_done(postings);
	postings->at = at;
	postings->terms = terms;
	postings->starts = starts;
	postings->packed_count = count;
	postings->packed = true;
}

static const void *postings_of(struct postings *postings, uint32_t count, uint32_t term, size_t *ret_n)
{
	if (!postings->packed)
		pack(postings, count);
	if (term > postings->packed_count) {
		*ret_n = 0;
		return NULL;
	}
	*ret_n = postings->starts[term + 1] - postings->starts[term];
	return (const char *)postings->at + postings->starts[term] * postings->size;
}

void terms_post_rule(struct terms *terms, uint32_t term, uint32_t rule, uint32_t line)
{
	post(&terms->rules, term, &(struct rule_posting){ rule, line });
}

void terms_post_profile(struct terms *terms, uint32_t term, const struct profile_posting *posting)
{
	post(&terms->profiles, term, posting);
}

const struct rule_posting *terms_rules(struct terms *terms, uint32_t term, size_t *ret_n)
{
	return postings_of(&terms->rules, terms->count, term, ret_n);
}

const struct profile_posting *terms_profiles(struct terms *terms, uint32_t term, size_t *ret_n)
{
	return postings_of(&terms->profiles, terms->count, term, ret_n);
}

uint32_t terms_count(const struct terms *terms)
{
	return terms->count;
}
