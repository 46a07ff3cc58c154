#include "terms.h"

#include <stdlib.h>
#include <string.h>

#include "base/fold.h"
#include "postings.h"

/* One edge of the trie: (node, symbol) to the next node. */
struct edge {
	uint64_t key;  /* node << 32 | symbol; 0: free slot, since nodes count from 1 */
	uint32_t node; /* LEADS is set when some symbol leads on from it */
	uint32_t term; /* that ends here, or 0 */
};

static const uint32_t LEADS = UINT32_C(1) << 31;

struct cpv_entry {
	struct str branch;
	uint32_t below, exact; /* terms or 0 */
};

struct terms {
	struct lexicon *lexicon;
	struct arena arena, scratch;
	uint32_t count;

	struct edge *edges;
	size_t n_edges, edges_size;
	uint64_t *filter;  /* two bits for each edge that does not start at the root */
	size_t filter_size; /* words of 64 bits, a power of two */
	uint64_t *masks;   /* by node: step_bit() of the symbols that lead on */
	size_t masks_capacity;
	uint32_t n_nodes;

	struct pattern *patterns;
	size_t n_patterns, patterns_capacity;
	uint32_t *always;
	size_t n_always, always_capacity;
	struct triggers *triggers;

	struct cpv_entry *cpv; /* open addressing by branch */
	size_t n_cpv, cpv_size;

	struct postings rules, profiles;
};

enum { FILTER_SHARE = 8 }; /* slots of edges for each 64 bits of the filter */

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
	terms->filter_size = terms->edges_size / FILTER_SHARE;
	terms->filter = must(calloc(terms->filter_size, sizeof(*terms->filter)));
	terms->masks_capacity = 1 << 10;
	terms->masks = must(calloc(terms->masks_capacity, sizeof(*terms->masks)));
	terms->n_nodes = TERMS_ROOT + 1;
	terms->cpv_size = 1 << 8;
	terms->cpv = must(calloc(terms->cpv_size, sizeof(*terms->cpv)));
	terms->rules.size = sizeof(struct rule_posting);
	terms->profiles.size = sizeof(struct profile_posting);
	return terms;
}

void *terms_free(struct terms *terms)
{
	if (terms == NULL)
		return NULL;
	free(terms->edges);
	free(terms->filter);
	free(terms->masks);
	triggers_free(terms->triggers);
	free(terms->cpv);
	postings_done(&terms->rules);
	postings_done(&terms->profiles);
	arena_done(&terms->scratch);
	arena_done(&terms->arena);
	free(terms);
	return NULL;
}

/* the trie */

static uint64_t edge_hash(uint64_t key)
{
	uint64_t h = key * UINT64_C(0x9E3779B97F4A7C15);

	return h ^ h >> 32;
}

static uint64_t edge_key(uint32_t node, uint32_t symbol)
{
	return (uint64_t)node << 32 | symbol;
}

static size_t edge_slot(const struct edge *edges, size_t size, uint64_t key)
{
	size_t i = (size_t)edge_hash(key) & (size - 1);

	while (edges[i].key != 0 && edges[i].key != key)
		i = (i + 1) & (size - 1);
	return i;
}

/*
 * Nearly every pair of neighbouring words leads nowhere; the filter says so for most of them from a
 * table that stays in the cache.
 */
static uint64_t filter_bits(uint64_t hash)
{
	return UINT64_C(1) << (hash >> 58) | UINT64_C(1) << (hash >> 52 & 63);
}

static uint64_t *filter_word(const struct terms *terms, uint64_t hash)
{
	return &terms->filter[(size_t)(hash >> 20) & (terms->filter_size - 1)];
}

static void filter_add(struct terms *terms, uint64_t key)
{
	uint64_t hash = edge_hash(key);

	*filter_word(terms, hash) |= filter_bits(hash);
}

static struct step step_of(const struct edge *edge)
{
	return (struct step){ edge->term, (edge->node & LEADS) != 0 ? edge->node & ~LEADS : 0, 0 };
}

struct step terms_first(const struct terms *terms, uint32_t symbol)
{
	struct step step = step_of(&terms->edges[edge_slot(terms->edges, terms->edges_size,
		edge_key(TERMS_ROOT, symbol))]);

	step.mask = terms->masks[step.node];
	return step;
}

void terms_fetch(const struct terms *terms, uint32_t node, uint32_t symbol)
{
	__builtin_prefetch(filter_word(terms, edge_hash(edge_key(node, symbol))));
}

struct step terms_next(const struct terms *terms, uint32_t node, uint32_t symbol)
{
	uint64_t key = edge_key(node, symbol), hash = edge_hash(key), bits = filter_bits(hash);

	if ((*filter_word(terms, hash) & bits) != bits)
		return (struct step){ 0, 0, 0 };
	return step_of(&terms->edges[edge_slot(terms->edges, terms->edges_size, key)]);
}

static void edges_grow(struct terms *terms)
{
	size_t size = 2 * terms->edges_size;
	struct edge *edges = must(calloc(size, sizeof(*edges)));

	free(terms->filter);
	terms->filter_size = size / FILTER_SHARE;
	terms->filter = must(calloc(terms->filter_size, sizeof(*terms->filter)));
	for (size_t i = 0; i < terms->edges_size; i++) {
		uint64_t key = terms->edges[i].key;

		if (key == 0)
			continue;
		edges[edge_slot(edges, size, key)] = terms->edges[i];
		if (key >> 32 != TERMS_ROOT)
			filter_add(terms, key);
	}
	free(terms->edges);
	terms->edges = edges;
	terms->edges_size = size;
}

/* The edge from where `from` ends (NULL: the root), good until the next call. */
static struct edge *step_or_make(struct terms *terms, struct edge *from, uint32_t symbol)
{
	uint32_t node = from == NULL ? TERMS_ROOT : from->node & ~LEADS;
	uint64_t key = edge_key(node, symbol);
	size_t slot = edge_slot(terms->edges, terms->edges_size, key);

	if (terms->edges[slot].key != 0)
		return &terms->edges[slot];
	if (from != NULL)
		from->node |= LEADS;
	if (2 * (terms->n_edges + 1) > terms->edges_size) {
		edges_grow(terms);
		slot = edge_slot(terms->edges, terms->edges_size, key);
	}
	if (terms->n_nodes == terms->masks_capacity) {
		terms->masks_capacity *= 2;
		terms->masks = must(
			realloc(terms->masks, terms->masks_capacity * sizeof(*terms->masks)));
	}
	terms->masks[terms->n_nodes] = 0;
	if (node != TERMS_ROOT) /* and masks[0] stays 0: nothing leads on from nowhere */
		terms->masks[node] |= step_bit(symbol);
	terms->edges[slot] = (struct edge){ key, terms->n_nodes++, 0 };
	terms->n_edges++;
	if (node != TERMS_ROOT)
		filter_add(terms, key);
	return &terms->edges[slot];
}

uint32_t terms_phrase(struct terms *terms, struct str text, bool exact, int *ret_rarity)
{
	struct folded folded;
	struct edge *edge = NULL;
	uint32_t words = 0;

	arena_reset(&terms->scratch);
	folded = fold(&terms->scratch, text);
	*ret_rarity = 0;
	for (uint32_t i = 0; i < folded.n_words && words < PHRASE_WORDS_MAX; i++) {
		struct str text_i = folded_word(&folded, i);
		const struct word *word = lexicon_word(terms->lexicon, text_i);

		if (word->stop)
			continue;
		*ret_rarity += word->rarity;
		edge = step_or_make(terms, edge,
			exact ? lexicon_exact_symbol(terms->lexicon, text_i)
			      : lexicon_stem_symbol(terms->lexicon, text_i));
		words++;
	}
	if (edge == NULL)
		return 0;
	if (edge->term == 0)
		edge->term = ++terms->count;
	return edge->term;
}

/* patterns */

static bool holds(struct str text, const char *what)
{
	for (size_t i = 0; i < text.len; i++)
		if (str_starts(str_from(text, i), what))
			return true;
	return false;
}

uint32_t terms_pattern(struct terms *terms, const struct rule_term *term, unsigned fields, uint32_t rule)
{
	uint32_t number = (uint32_t)terms->n_patterns;
	struct pattern *pattern;

	arena_grow(&terms->arena, terms->patterns, terms->n_patterns, &terms->patterns_capacity);
	pattern = &terms->patterns[terms->n_patterns++];
	*pattern = (struct pattern){
		.regex = term->regex,
		.raw = term->raw,
		.term = ++terms->count,
		.fields = fields,
		.rule = rule,
		.always = !triggers_add(terms->triggers, number, term->pattern, term->regex, term->raw),
		.looks_on = holds(term->pattern, "(?=") || holds(term->pattern, "(?!") ||
			    holds(term->pattern, "$"),
	};
	if (pattern->always) {
		arena_grow(&terms->arena, terms->always, terms->n_always, &terms->always_capacity);
		terms->always[terms->n_always++] = number;
	}
	return terms->count;
}

const uint32_t *terms_always(const struct terms *terms, size_t *ret_n)
{
	*ret_n = terms->n_always;
	return terms->always;
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

void terms_post_rule(struct terms *terms, uint32_t term, uint32_t rule, uint32_t line)
{
	postings_add(&terms->rules, term, &(struct rule_posting){ rule, line });
}

void terms_post_profile(struct terms *terms, uint32_t term, const struct profile_posting *posting)
{
	postings_add(&terms->profiles, term, posting);
}

const struct rule_posting *terms_rules(const struct terms *terms, uint32_t term, size_t *ret_n)
{
	return postings_of(&terms->rules, term, ret_n);
}

const struct profile_posting *terms_profiles(const struct terms *terms, uint32_t term, size_t *ret_n)
{
	return postings_of(&terms->profiles, term, ret_n);
}

void terms_pack(struct terms *terms)
{
	postings_pack(&terms->rules, terms->count);
	postings_pack(&terms->profiles, terms->count);
}

uint32_t terms_count(const struct terms *terms)
{
	return terms->count;
}
