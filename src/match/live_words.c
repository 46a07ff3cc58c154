#include <stdlib.h>
#include <string.h>

#include "live_reader.h"
#include "memory.h"

/*
 * What the layers above the base have of a notice's words. Nearly no word is theirs; which ones are is found out once
 * for each word and layer, so that a text costs a look at each of its words, however many layers there are.
 */

static void make_room_for_keys(struct live_reader *r)
{
	const struct memo *memo = &r->base->scan.memo;

	if (memo->n > r->keys_size) {
		r->keys = must(realloc(r->keys, 2 * memo->n * sizeof(*r->keys)));
		memset(r->keys + r->keys_size, 0, (2 * memo->n - r->keys_size) * sizeof(*r->keys));
		r->keys_size = 2 * memo->n;
	}
	if (r->times_forgotten != memo->times_forgotten && r->keys_size > 0)
		memset(r->keys, 0, r->keys_size * sizeof(*r->keys));
	r->times_forgotten = memo->times_forgotten;
}

static void make_room_for_text(struct live_reader *r, size_t n)
{
	if (n <= r->text_size)
		return;
	r->text_size = 2 * n;
	r->found = must(realloc(r->found, r->text_size * sizeof(*r->found)));
	r->ids = must(realloc(r->ids, r->text_size * sizeof(*r->ids)));
	r->places = must(realloc(r->places, r->text_size * sizeof(*r->places)));
}

/* What a word is to a layer. */
enum use { USE_NONE, USE_IN_PHRASES, USE_ALONE };

static enum use use_of(struct live_reader *r, const struct layer *layer, struct str word, uint32_t stem_key,
	uint32_t word_key)
{
	const struct trie *trie = terms_trie(layer->matcher->terms);
	enum use use = USE_NONE;
	uint32_t symbols[FORMS];
	bool stop;

	if (!sieve_has(&layer->words, stem_key) && !sieve_has(&layer->words, word_key))
		return USE_NONE;
	lexicon_symbols(layer->matcher->lexicon, word, &r->scratch, symbols, &stop);
	for (int form = 0; form < FORMS && use != USE_ALONE; form++)
		if (symbols[form] != 0)
			use = trie_first(trie, symbols[form]).term != 0 ? USE_ALONE : USE_IN_PHRASES;
	return use;
}

/* Of a word that younger layers were not asked for: is it theirs? */
static void learn(struct live_reader *r, uint32_t id)
{
	struct str word = memo_text(&r->base->scan.memo, id);
	struct key *key = &r->keys[id];
	uint32_t stem_key, word_key;

	arena_reset(&r->scratch);
	stem_key = sieve_key(lexicon_stem_text(word, &r->scratch));
	word_key = sieve_key(word);
	key->stop = r->base->scan.memo.facts[id].stop;
	for (uint32_t left = r->placed; left != 0; left &= left - 1) {
		unsigned place = (unsigned)__builtin_ctz(left);
		const struct layer *layer = r->seen->at[r->above[place].number].layer;
		uint32_t bit = UINT32_C(1) << place;
		enum use use;

		if (layer->serial <= key->known)
			continue;
		use = use_of(r, layer, word, stem_key, word_key);
		key->layers = use != USE_NONE ? key->layers | bit : key->layers & ~bit;
		key->alone = use == USE_ALONE ? key->alone | bit : key->alone & ~bit;
	}
	key->known = r->youngest;
}

enum { MANY = 16 }; /* profiles from which a layer is asked so often that the answers are kept */

static void make_room_for_ids(struct live_reader *r, struct above *above)
{
	uint32_t times = r->base->scan.memo.times_forgotten + above->reader->scan.memo.times_forgotten;

	if (above->times_forgotten != times)
		memset(above->recent, 0, sizeof(above->recent));
	if (r->seen->at[above->number].layer->n < MANY ||
		(above->ids_size == r->keys_size && above->times_forgotten == times)) {
		above->times_forgotten = times;
		return;
	}
	free(above->ids);
	above->ids = zeroed(r->keys_size, sizeof(*above->ids));
	above->ids_size = r->keys_size;
	above->times_forgotten = times;
}

static uint32_t id_above(struct live_reader *r, struct above *above, uint32_t id)
{
	struct memo *memo = &above->reader->scan.memo;
	struct str word = memo_text(&r->base->scan.memo, id);
	struct pair_of_ids *recent = &above->recent[id % LENGTH(above->recent)];

	if (above->ids == NULL) {
		if (recent->base != id + 1)
			*recent = (struct pair_of_ids){ id + 1, memo_word(memo, word) + 1 };
		return recent->above - 1;
	}
	if (above->ids[id] == 0)
		above->ids[id] = memo_word(memo, word) + 1;
	return above->ids[id] - 1;
}

/* A word that tells the layer nothing, but is as good as this one to those around it (object.h). */
static uint32_t other_above(struct live_reader *r, struct above *above, uint32_t id)
{
	const struct word_facts *facts = &r->base->scan.memo.facts[id];
	unsigned kind = (facts->light ? 1u : 0) | (facts->heavy ? 2u : 0) | (facts->joins ? 4u : 0) | (facts->stop ? 8u : 0);

	if (above->others[kind] == 0)
		above->others[kind] = memo_word(&above->reader->scan.memo, memo_text(&r->base->scan.memo, id)) + 1;
	return above->others[kind] - 1;
}

/* In titles it matters what stands around a word that tells something: they are read whole. */
static size_t pick_all(struct live_reader *r, struct above *above, const struct words *words)
{
	uint32_t bit = UINT32_C(1) << (above - r->above);
	const struct found *found = r->found, *end = found + r->n_found;

	for (uint32_t i = 0; i < words->n; i++) {
		bool has = found < end && found->at == i && (found++->layers & bit) != 0;

		r->ids[i] = has ? id_above(r, above, words->ids[i]) : other_above(r, above, words->ids[i]);
		r->places[i] = words->places[i];
	}
	return words->n;
}

/*
 * The words of the text that tell the layer something, and between them, where there are others, one that
 * tells nothing, so that no phrase runs over a gap. Function words are passed over in phrases anyway.
 */
static size_t pick(struct live_reader *r, struct above *above, const struct words *words)
{
	uint32_t bit = UINT32_C(1) << (above - r->above), before = 0;
	size_t n = 0;

	for (const struct found *found = r->found; found < r->found + r->n_found; found++) {
		if ((found->layers & bit) == 0)
			continue;
		if (n > 0 && found->rank > before + 1) {
			r->ids[n] = above->nothing;
			r->places[n++] = words->places[found->at - 1];
		}
		r->ids[n] = id_above(r, above, words->ids[found->at]);
		r->places[n++] = words->places[found->at];
		before = found->rank;
	}
	return n;
}

static void read_above(struct live_reader *r, struct above *above, const struct words *words, uint32_t scope,
	enum match_field field)
{
	struct scan *scan;
	struct words some = *words;

	live_reader_touch(r, above);
	scan = &above->reader->scan;
	scan->base = r->base->scan.base;
	make_room_for_ids(r, above);
	some.n = (uint32_t)(body_field(field) || field == FIELD_BUYER ? pick(r, above, words)
								      : pick_all(r, above, words));
	some.ids = r->ids;
	some.places = r->places;
	scan_words(scan, &some, scope, field);
}

static uint32_t amended_id(struct live_reader *r, uint32_t id)
{
	struct key *key = &r->keys[id];

	if (key->amended == 0 || key->times != r->times_amended) {
		key->amended = memo_word(&r->amend_scan.memo, memo_text(&r->base->scan.memo, id)) + 1;
		key->times = r->times_amended & INT32_MAX;
	}
	return key->amended - 1;
}

/* Rules may have patterns, so their text is read whole. */
static void read_amend(struct live_reader *r, const struct words *words, uint32_t scope, enum match_field field)
{
	struct words all = *words;

	for (uint32_t i = 0; i < words->n; i++)
		r->ids[i] = amended_id(r, words->ids[i]);
	all.ids = r->ids;
	r->amend_scan.base = r->base->scan.base;
	scan_words(&r->amend_scan, &all, scope, field);
}

/*
 * Which layers may find something in the text: those that have a word which says something alone, or two that stand as
 * near to each other as two words of a phrase do. A word of some phrase or other is nearly everywhere.
 */
static uint32_t find_concerned(struct live_reader *r, const struct words *words, enum match_field field)
{
	enum { AHEAD = 12, WORDS_APART = GAP_WORDS + 1 };
	uint32_t gaps = field == FIELD_TITLE || field == FIELD_LOT_TITLE ? UINT32_MAX : 0;
	uint32_t before[WORDS_APART] = { 0 }, concerned = 0, rank = 0;

	r->n_found = 0;
	for (uint32_t i = 0; i < words->n; i++) {
		struct key *key = &r->keys[words->ids[i]];
		uint32_t near = before[0], has;

		if (i + AHEAD < words->n)
			__builtin_prefetch(&r->keys[words->ids[i + AHEAD]]);
		if (key->known != r->youngest)
			learn(r, words->ids[i]);
		if (key->stop)
			continue;
		has = key->layers & r->placed;
		rank++;
		if (has != 0)
			r->found[r->n_found++] = (struct found){ i, rank, has };
		for (size_t j = 1; j < WORDS_APART; j++)
			near |= before[j] & gaps;
		concerned |= has & (key->alone | near);
		for (size_t j = WORDS_APART - 1; j > 0; j--)
			before[j] = before[j - 1];
		before[0] = has;
	}
	return concerned;
}

void live_read_also(void *data, const struct words *words, uint32_t scope, enum match_field field)
{
	struct live_reader *r = data;
	uint32_t concerned = 0;

	make_room_for_keys(r);
	make_room_for_text(r, words->n);
	if (r->seen->amend != NULL && r->seen->amend->n_replaced > 0)
		read_amend(r, words, scope, field);
	if (r->placed != 0)
		concerned = find_concerned(r, words, field);
	for (; concerned != 0; concerned &= concerned - 1)
		read_above(r, &r->above[__builtin_ctz(concerned)], words, scope, field);
}
