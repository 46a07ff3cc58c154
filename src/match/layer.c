#include "layer.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "own_words.h"
#include "query.h"

/* profiles */

/* Texts and lists that are counted, and with a place to go copied too. */
struct packer {
	char *at;   /* NULL: only counted */
	size_t size;
};

static void *pack(struct packer *packer, const void *bytes, size_t n)
{
	char *to = packer->at;

	packer->size += n;
	if (to == NULL)
		return NULL;
	if (n > 0)
		memcpy(to, bytes, n);
	packer->at += n;
	return to;
}

static void pack_str(struct packer *packer, struct str *s)
{
	if (str_given(*s))
		*s = (struct str){ pack(packer, s->ptr, s->len), s->len };
}

static void pack_list(struct packer *packer, struct codes *codes)
{
	codes->at = pack(packer, codes->at, codes->n * sizeof(*codes->at));
	codes->capacity = 0;
}

/* Lists first, so that they are aligned. */
static void pack_profile(struct packer *packer, const struct profile *profile, struct profile *ret)
{
	struct codes *lists[] = { &ret->keywords, &ret->exclude, &ret->cpv, &ret->fields, &ret->places };

	*ret = *profile;
	ret->siren = ret->email = ret->timezone = ret->language = STR_NONE;
	for (size_t i = 0; i < LENGTH(lists); i++)
		pack_list(packer, lists[i]);
	for (size_t i = 0; i < LENGTH(lists) && packer->at != NULL; i++)
		for (size_t j = 0; j < lists[i]->n; j++)
			pack_str(packer, &lists[i]->at[j]);
	pack_str(packer, &ret->id);
	pack_str(packer, &ret->name);
	pack_str(packer, &ret->description);
}

static size_t text_bytes(const struct profile *profile)
{
	const struct codes *lists[] = { &profile->keywords, &profile->exclude, &profile->cpv, &profile->fields,
		&profile->places };
	size_t n = 0;

	for (size_t i = 0; i < LENGTH(lists); i++)
		for (size_t j = 0; j < lists[i]->n; j++)
			n += lists[i]->at[j].len;
	return n;
}

struct held *held_new(const struct profile *profile)
{
	struct packer packer = { NULL, 0 };
	struct profile counted;
	struct held *held;

	pack_profile(&packer, profile, &counted);
	held = zeroed(sizeof(*held) + packer.size + text_bytes(profile), 1);
	packer.at = (char *)(held + 1);
	pack_profile(&packer, profile, &held->profile);
	held->refs = 1;
	return held;
}

void *held_release(struct held *held)
{
	if (held != NULL && --held->refs == 0)
		free(held);
	return NULL;
}

/* layers */

static struct layer *hold(uint64_t serial, struct ruling *ruling, struct held *const *held, size_t n)
{
	struct layer *layer = zeroed(1, sizeof(*layer));

	layer->refs = 1;
	layer->serial = serial;
	layer->ruling = ruling;
	ruling->refs++;
	layer->n = n;
	layer->held = zeroed(n, sizeof(*layer->held));
	layer->profiles = zeroed(n, sizeof(*layer->profiles));
	layer->gone = zeroed(n / 64, sizeof(*layer->gone));
	for (size_t i = 0; i < n; i++) {
		layer->held[i] = held[i];
		held[i]->refs++;
		layer->profiles[i] = &held[i]->profile;
	}
	return layer;
}

struct layer *layer_base_new(uint64_t serial, struct ruling *ruling, struct held *const *held, size_t n)
{
	return hold(serial, ruling, held, n);
}

int layer_base_compile(struct layer *layer, unsigned threads, struct error *err)
{
	const struct rules *rules = layer->ruling->rules;
	int r;

	layer->spoken = spoken_new(rules, layer->profiles, layer->n);
	r = matcher_compile(threads, rules, layer->ruling->ruleset, layer->profiles, layer->n, layer->spoken,
		&layer->hearer, &layer->matcher, err);
	if (r < 0)
		return r;
	hearing_init(&layer->hearing, rules, layer->matcher->code, &layer->matcher->by_field, layer->hearer);
	/* since it heard of profiles their terms were added: room for them is made now, and not by the first edit */
	scan_begin(&layer->hearer->scan);
	return 0;
}

/* What one profile hears of one rule. */
struct share {
	uint32_t rule;
	struct rule_share share;
};

static int by_rule(const void *a, const void *b)
{
	const struct share *x = a, *y = b;

	if (x->rule != y->rule)
		return x->rule < y->rule ? -1 : 1;
	return x->share.profile < y->share.profile ? -1 : x->share.profile > y->share.profile;
}

struct shares {
	struct share *at;
	size_t n, capacity;
};

static void hear_one(struct layer *layer, uint32_t profile, struct hearing *hearing, struct shares *shares)
{
	hearing->n = 0;
	hear(hearing, layer->profiles[profile]);
	for (size_t i = 0; i < hearing->n; i++) {
		arena_grow(&layer->matcher->arena, shares->at, shares->n, &shares->capacity);
		shares->at[shares->n++] =
			(struct share){ hearing->at[i].rule, { profile, hearing->at[i].percent } };
	}
}

/* Most often they are: a profile hears of rules field by field, and few layers have more than one. */
static bool are_in_order(const struct shares *shares)
{
	for (size_t i = 1; i < shares->n; i++)
		if (by_rule(&shares->at[i - 1], &shares->at[i]) > 0)
			return false;
	return true;
}

static void tell_by_rule(struct layer *layer, struct shares *shares)
{
	struct arena *arena = &layer->matcher->arena;
	struct rule_share *all = arena_array(arena, struct rule_share, shares->n);

	if (!are_in_order(shares))
		qsort(shares->at, shares->n, sizeof(*shares->at), by_rule);
	layer->told = arena_array(arena, struct told, shares->n);
	for (size_t i = 0; i < shares->n; i++) {
		all[i] = shares->at[i].share;
		if (i == 0 || shares->at[i].rule != shares->at[i - 1].rule)
			layer->told[layer->n_told++] = (struct told){ shares->at[i].rule, { &all[i], 0, 0 } };
		layer->told[layer->n_told - 1].shares.n++;
	}
}

/* What the base knows of the profile's words, from slow memory. */
static void fetch_words(const struct lexicon *base, const struct profile *profile, struct arena *scratch)
{
	struct folded folded;

	arena_reset(scratch);
	folded = fold(scratch, str_clip(own_words_of(profile, scratch).text, SCAN_TEXT_MAX));
	lexicon_fetch(base, &folded);
}

const struct rule_shares *layer_told(const struct layer *layer, uint32_t rule)
{
	size_t low = 0, high = layer->n_told;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (layer->told[middle].rule < rule)
			low = middle + 1;
		else
			high = middle;
	}
	return low < layer->n_told && layer->told[low].rule == rule ? &layer->told[low].shares : NULL;
}

/* sieves */

enum { SIEVE_BITS_EACH = 32, SIEVE_BITS_MIN = 64 };

static void add_key(void *data, struct str text)
{
	struct sieve *sieve = data;
	uint32_t key = sieve_key(text);

	sieve->bits[(key & sieve->mask) / 64] |= UINT64_C(1) << (key & 63);
}

static struct sieve sieve_for(size_t keys)
{
	struct sieve sieve = { .mask = SIEVE_BITS_MIN - 1 };

	while (sieve.mask < SIEVE_BITS_EACH * keys && sieve.mask < UINT32_MAX / 2)
		sieve.mask = 2 * sieve.mask + 1;
	sieve.bits = zeroed((size_t)sieve.mask / 64 + 1, sizeof(*sieve.bits));
	return sieve;
}

static void make_sieves(struct layer *layer)
{
	size_t codes = 0;

	layer->words = sieve_for(lexicon_texts(layer->matcher->lexicon));
	lexicon_each(layer->matcher->lexicon, add_key, &layer->words);
	for (size_t i = 0; i < layer->n; i++)
		codes += layer->profiles[i]->cpv.n;
	layer->codes = sieve_for(codes);
	/* a code meets branches above it and below it, all of its division */
	for (size_t i = 0; i < layer->n; i++)
		for (size_t j = 0; j < layer->profiles[i]->cpv.n; j++)
			add_key(&layer->codes, str_sub(layer->profiles[i]->cpv.at[j], 0, 2));
}

struct layer *layer_new(uint64_t serial, struct layer *base, struct hearing *hearing,
	struct held *const *held, size_t n)
{
	CLEANUP(arena_done) struct arena scratch = ARENA_INIT;
	struct layer *layer = hold(serial, base->ruling, held, n);
	struct matcher *m = zeroed(1, sizeof(*m));
	struct shares shares = { NULL, 0, 0 };

	layer->matcher = m;
	m->rules = base->matcher->rules;
	m->ruleset = base->matcher->ruleset;
	m->suspended = base->matcher->suspended;
	m->profiles = layer->profiles;
	m->n_profiles = n;
	m->lexicon = lexicon_over(base->matcher->lexicon);
	m->terms = terms_new(m->lexicon);
	m->said = said_new();
	for (uint32_t i = 0; i < n; i++) {
		fetch_words(base->matcher->lexicon, m->profiles[i], &scratch);
		hear_one(layer, i, hearing, &shares);
		query_post(m->terms, m->said, m->lexicon, m->profiles[i], i);
	}
	tell_by_rule(layer, &shares);
	said_close(m->said, n);
	terms_close(m->terms);
	m->gates = gate_table_new(m->profiles, n);
	make_sieves(layer);
	return layer;
}

static void hear_what_is_said(struct layer *layer, struct hearing *hearing)
{
	layer->spoken = spoken_new(hearing->rules, layer->profiles, layer->n);
	hearing->keeps_said = true;
	for (uint32_t i = 0; i < layer->n; i++) {
		hearing->n = hearing->n_said = 0;
		hear(hearing, layer->profiles[i]);
		for (size_t j = 0; j < hearing->n_said; j++)
			spoken_add(layer->spoken, hearing->rules, i, &hearing->said[j]);
	}
	hearing->keeps_said = false;
}

void layer_prepare(struct layer *layer, const struct layer *base, struct hearing *hearing)
{
	if (layer->spoken == NULL)
		hear_what_is_said(layer, hearing);
	if (layer->mentions == NULL)
		layer->mentions = mentions_new(layer->profiles, layer->n, base->matcher->lexicon);
}

void *layer_release(struct layer *layer)
{
	if (layer == NULL || --layer->refs > 0)
		return NULL;
	if (layer->hearer != NULL)
		hearing_done(&layer->hearing);
	reader_free(layer->hearer);
	matcher_free(layer->matcher);
	for (size_t i = 0; i < layer->n; i++)
		held_release(layer->held[i]);
	ruling_release(layer->ruling);
	mentions_free(layer->mentions);
	spoken_free(layer->spoken);
	free(layer->words.bits);
	free(layer->codes.bits);
	free(layer->held);
	free(layer->profiles);
	free(layer->gone);
	free(layer);
	return NULL;
}

struct reader *layer_reader_new(const struct layer *layer)
{
	struct reader *reader = zeroed(1, sizeof(*reader));

	scan_init(&reader->scan, layer->matcher->terms, layer->matcher->lexicon);
	board_init(&reader->board, layer->n, layer->matcher->rules->n_fields);
	return reader;
}
