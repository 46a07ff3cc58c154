#include "terms.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/fold.h"
#include "base/table.h"
#include "interned.h"
#include "memory.h"
#include "postings.h"

struct cpv_entry {
	struct str branch;
	uint32_t below, exact; /* terms or 0 */
};

struct terms {
	struct lexicon *lexicon;
	struct arena arena, scratch;
	uint32_t count;

	struct trie phrases;
	uint32_t *gapped; /* by term */
	size_t gapped_size;

	struct pattern *patterns;
	size_t n_patterns, patterns_capacity;
	uint32_t *always;
	size_t n_always, always_capacity;
	struct triggers *triggers;

	struct cpv_entry *cpv; /* open addressing by branch */
	size_t n_cpv, cpv_size;

	struct postings rules, profiles;
	struct waiting waiting; /* those, packed */
	struct interned labels;
};

struct terms *terms_new(struct lexicon *lexicon)
{
	struct terms *terms = must(calloc(1, sizeof(*terms)));

	terms->lexicon = lexicon;
	terms->triggers = triggers_new();
	trie_init(&terms->phrases);
	terms->cpv_size = 1 << 4;
	terms->cpv = must(calloc(terms->cpv_size, sizeof(*terms->cpv)));
	terms->rules.size = sizeof(struct rule_posting);
	terms->profiles.size = sizeof(struct profile_posting);
	return terms;
}

void *terms_free(struct terms *terms)
{
	if (terms == NULL)
		return NULL;
	trie_done(&terms->phrases);
	free(terms->gapped);
	triggers_free(terms->triggers);
	free(terms->cpv);
	postings_done(&terms->rules);
	postings_done(&terms->profiles);
	free(terms->waiting.starts);
	free(terms->waiting.briefs);
	interned_done(&terms->labels);
	arena_done(&terms->scratch);
	arena_done(&terms->arena);
	free(terms);
	return NULL;
}

const struct trie *terms_trie(const struct terms *terms)
{
	return &terms->phrases;
}

uint32_t terms_phrase(struct terms *terms, struct str text, bool exact, int *ret_rarity)
{
	struct folded folded;

	arena_reset(&terms->scratch);
	folded = fold(&terms->scratch, text);
	return terms_phrase_of(terms, lexicon_words(terms->lexicon, &folded, &terms->scratch), folded.n_words, exact,
		ret_rarity);
}

uint32_t terms_phrase_of(struct terms *terms, struct word *const *words, size_t n, bool exact, int *ret_rarity)
{
	uint32_t symbols[PHRASE_WORDS_MAX], families[PHRASE_WORDS_MAX], *place;
	size_t counted = 0;

	*ret_rarity = 0;
	for (size_t i = 0; i < n && counted < PHRASE_WORDS_MAX; i++) {
		if (words[i]->stop)
			continue;
		*ret_rarity += words[i]->rarity;
		families[counted] = words[i]->stem->family;
		symbols[counted++] = lexicon_symbol(terms->lexicon, words[i], exact);
	}
	if (counted == 0)
		return 0;
	place = trie_place(&terms->phrases, symbols, families, counted);
	if (*place == 0)
		*place = ++terms->count;
	return *place;
}

uint32_t terms_gapped(struct terms *terms, uint32_t phrase)
{
	if (phrase >= terms->gapped_size) {
		size_t size = 2 * (size_t)phrase + 64;

		terms->gapped = must(realloc(terms->gapped, size * sizeof(*terms->gapped)));
		memset(terms->gapped + terms->gapped_size, 0, (size - terms->gapped_size) * sizeof(*terms->gapped));
		terms->gapped_size = size;
	}
	if (terms->gapped[phrase] == 0)
		terms->gapped[phrase] = ++terms->count;
	return terms->gapped[phrase];
}

uint32_t terms_find_gapped(const struct terms *terms, uint32_t phrase)
{
	return phrase < terms->gapped_size ? terms->gapped[phrase] : 0;
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
	struct trigger trigger = { .fields = (uint16_t)fields, .raw = term->raw };
	struct pattern *pattern;
	bool looks_ahead;
	size_t reach;

	arena_grow(&terms->arena, terms->patterns, terms->n_patterns, &terms->patterns_capacity);
	trigger.pattern = (uint32_t)terms->n_patterns;
	trigger.term = ++terms->count;
	pattern = &terms->patterns[terms->n_patterns++];
	*pattern = (struct pattern){
		.regex = term->regex,
		.plain = term->raw ? NULL : plain_new(term->pattern, &terms->arena),
		.raw = term->raw,
		.term = trigger.term,
		.fields = (uint16_t)fields,
		.rule = rule,
		.always = !triggers_add(terms->triggers, &trigger, term->pattern, term->regex,
			&reach),
	};
	looks_ahead = holds(term->pattern, "(?=") || holds(term->pattern, "(?!");
	pattern->looks_on = holds(term->pattern, "$") || (looks_ahead && reach > REGEX_OVERLAP);
	pattern->reach = !term->raw && reach < REGEX_OVERLAP ? (uint16_t)reach : REGEX_OVERLAP;
	if (pattern->always) {
		arena_grow(&terms->arena, terms->always, terms->n_always, &terms->always_capacity);
		terms->always[terms->n_always++] = trigger.pattern;
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

const struct pattern *terms_patterns_at(const struct terms *terms)
{
	return terms->patterns;
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

uint32_t terms_make_label(struct terms *terms, const char *what, struct str text)
{
	size_t len = strlen(what);
	char *label;

	arena_reset(&terms->scratch);
	label = arena_array(&terms->scratch, char, len + 1 + text.len);
	memcpy(label, what, len);
	label[len] = ':';
	if (text.len > 0)
		memcpy(label + len + 1, text.ptr, text.len);
	return interned_number(&terms->labels, str_n(label, len + 1 + text.len));
}

void terms_fetch_label(const struct terms *terms, uint32_t label)
{
	if (label != 0)
		__builtin_prefetch(&terms->labels.texts[label - 1]);
}

struct str terms_label(const struct terms *terms, uint32_t label)
{
	return interned_text(&terms->labels, label);
}

void terms_post_rule(struct terms *terms, uint32_t term, const struct rule_posting *posting)
{
	postings_add(&terms->rules, term, posting);
}

void terms_post_profile(struct terms *terms, uint32_t term, const struct profile_posting *posting)
{
	postings_add(&terms->profiles, term, posting);
}

const struct rule_posting *terms_rules(const struct terms *terms, uint32_t term, size_t *ret_n)
{
	return waiting_rules(&terms->waiting, term, ret_n);
}

const struct profile_posting *terms_profiles(const struct terms *terms, uint32_t term, size_t *ret_n)
{
	return waiting_profiles(&terms->waiting, term, ret_n);
}

const struct waiting *terms_waiting(const struct terms *terms)
{
	return &terms->waiting;
}

static uint32_t brief_of(const struct profile_posting *posting)
{
	points_t points = posting->points < 0 ? 0 : posting->points;

	assert(posting->points <= BRIEF_POINTS_MAX);
	return posting->profile << 8 | (uint32_t)points |
	       (posting->wish == WISH_KEYWORD && !posting->setting ? BRIEF_RISES : 0);
}

void terms_pack(struct terms *terms)
{
	struct waiting *waiting = &terms->waiting;
	struct term_start *starts = table_new((size_t)terms->count + 2, sizeof(*starts));

	trie_pack(&terms->phrases);
	triggers_pack(terms->triggers);
	postings_pack(&terms->rules, terms->count, &starts->rules);
	postings_pack(&terms->profiles, terms->count, &starts->profiles);
	free(waiting->starts);
	free(waiting->briefs);
	*waiting = (struct waiting){ starts, terms->count, terms->rules.at, terms->profiles.at,
		table_new(terms->profiles.n, sizeof(uint32_t)) };
	for (size_t i = 0; i < terms->profiles.n; i++)
		waiting->briefs[i] = brief_of(&waiting->profiles[i]);
}

void terms_close(struct terms *terms)
{
	terms_pack(terms);
	trie_close(&terms->phrases);
	postings_close(&terms->rules);
	postings_close(&terms->profiles);
}

uint32_t terms_count(const struct terms *terms)
{
	return terms->count;
}
