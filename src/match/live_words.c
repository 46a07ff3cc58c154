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
	r->text = must(realloc(r->text, r->text_size * sizeof(*r->text)));
	r->stops = must(realloc(r->stops, r->text_size * sizeof(*r->stops)));
	r->ids = must(realloc(r->ids, r->text_size * sizeof(*r->ids)));
	r->places = must(realloc(r->places, r->text_size * sizeof(*r->places)));
}

static bool has_word(struct live_reader *r, const struct layer *layer, struct str word, uint32_t stem_key,
	uint32_t word_key)
{
	uint32_t symbols[FORMS];
	bool stop;

	if (!sieve_has(&layer->words, stem_key) && !sieve_has(&layer->words, word_key))
		return false;
	lexicon_symbols(layer->matcher->lexicon, word, &r->scratch, symbols, &stop);
	return symbols[0] != 0 || symbols[1] != 0;
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

		if (layer->serial <= key->known)
			continue;
		key->layers &= ~(UINT32_C(1) << place);
		if (has_word(r, layer, word, stem_key, word_key))
			key->layers |= UINT32_C(1) << place;
	}
	key->known = r->youngest;
}

enum { MANY = 16 }; /* profiles from which a layer is asked so often that the answers are kept */

static void make_room_for_ids(struct live_reader *r, struct above *above)
{
	uint32_t times = r->base->scan.memo.times_forgotten + above->reader->scan.memo.times_forgotten;

	if (r->seen->at[above->number].layer->n < MANY)
		return;
	if (above->ids_size == r->keys_size && above->times_forgotten == times)
		return;
	free(above->ids);
	above->ids = zeroed(r->keys_size, sizeof(*above->ids));
	above->ids_size = r->keys_size;
	above->times_forgotten = times;
}

static uint32_t id_above(struct live_reader *r, struct above *above, uint32_t id)
{
	struct memo *memo = &above->reader->scan.memo;
	struct str word = memo_text(&r->base->scan.memo, id);

	if (above->ids == NULL)
		return memo_word(memo, word);
	if (above->ids[id] == 0)
		above->ids[id] = memo_word(memo, word) + 1;
	return above->ids[id] - 1;
}

/* In titles it matters what stands around a word that tells something (object.h): they are read whole. */
static size_t pick_all(struct live_reader *r, struct above *above, const struct words *words)
{
	for (uint32_t i = 0; i < words->n; i++) {
		r->ids[i] = id_above(r, above, words->ids[i]);
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
	uint32_t bit = UINT32_C(1) << (above - r->above);
	size_t n = 0;

	for (uint32_t i = 0; i < words->n; i++) {
		uint32_t id = above->nothing;

		if (r->stops[i])
			continue;
		if ((r->text[i] & bit) != 0)
			id = id_above(r, above, words->ids[i]);
		else if (n == 0 || r->ids[n - 1] == above->nothing)
			continue;
		r->ids[n] = id;
		r->places[n++] = words->places[i];
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
		key->times = r->times_amended;
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

void live_read_also(void *data, const struct words *words, uint32_t scope, enum match_field field)
{
	struct live_reader *r = data;
	uint32_t concerned = 0;

	make_room_for_keys(r);
	make_room_for_text(r, words->n);
	if (r->seen->amend != NULL && r->seen->amend->n_replaced > 0)
		read_amend(r, words, scope, field);
	for (uint32_t i = 0; r->placed != 0 && i < words->n; i++) {
		struct key *key = &r->keys[words->ids[i]];

		if (key->known != r->youngest)
			learn(r, words->ids[i]);
		r->stops[i] = key->stop;
		r->text[i] = key->stop ? 0 : key->layers & r->placed;
		concerned |= r->text[i];
	}
	for (; concerned != 0; concerned &= concerned - 1)
		read_above(r, &r->above[__builtin_ctz(concerned)], words, scope, field);
}
