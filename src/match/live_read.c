#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "gates.h"
#include "snapshot.h"
#include "tender/cpv.h"

/* Reading a live set: the base as any matcher is read, then the layers above it where they are concerned. */

/* What a reader has of a layer above the base. */
struct above {
	uint64_t serial; /* of the layer; 0: nothing */
	struct reader *reader;
	struct words words; /* of the text at hand, those that tell the layer something */
	uint64_t notice; /* number of the notice that its scan was begun for */
};

/* What sieves are asked for a word: its stem and itself. */
struct keys {
	uint32_t stem, word;
	bool known, stop;
};

struct live_reader {
	_Atomic(struct snapshot *) holds;
	struct live *live;
	struct live_reader *next;

	const struct snapshot *seen; /* the list at hand, which it holds */
	uint64_t serial;             /* of that list */
	uint64_t base_serial;
	struct reader *base;
	struct above above[LIVE_LAYERS_MAX];
	uint64_t amend_serial;       /* of the rules in the place of some of the base's; 0: none */
	struct scan amend_scan;
	struct firing amend_firing;
	struct rule_shares *told;    /* by rule of the base, those that fired: whom of the layer at hand to tell */
	uint64_t notice;             /* how many were begun */

	struct keys *keys;           /* by word of the base's memo */
	size_t keys_size;
	uint32_t times_forgotten;    /* the memo's, when the keys were noted */
	struct keys *text;           /* keys of the text at hand */
	uint32_t *ids;
	struct fold_word *places;
	size_t text_size;
	struct arena scratch;
	struct arena batch;          /* results of live_run_batch() … */
	struct arena notice_arena;   /* … before they are copied */
};

bool live_reader_holds(const struct live_reader *reader, const struct snapshot *snapshot)
{
	return atomic_load(&reader->holds) == snapshot;
}

struct live_reader *live_reader_next(const struct live_reader *reader)
{
	return reader->next;
}

static void *must(void *p)
{
	if (p == NULL)
		die("out of memory");
	return p;
}

struct live_reader *live_reader_new(struct live *live)
{
	struct live_reader *reader = must(calloc(1, sizeof(*reader)));

	reader->live = live;
	pthread_mutex_lock(&live->editing);
	reader->next = live->readers;
	live->readers = reader;
	pthread_mutex_unlock(&live->editing);
	return reader;
}

static void drop_amend(struct live_reader *r)
{
	if (r->amend_serial == 0)
		return;
	firing_done(&r->amend_firing);
	scan_done(&r->amend_scan);
	r->amend_serial = 0;
}

void *live_reader_free(struct live_reader *reader)
{
	struct live_reader **at;

	if (reader == NULL)
		return NULL;
	pthread_mutex_lock(&reader->live->editing);
	for (at = &reader->live->readers; *at != reader; at = &(*at)->next)
		;
	*at = reader->next;
	pthread_mutex_unlock(&reader->live->editing);
	drop_amend(reader);
	reader_free(reader->base);
	for (size_t i = 0; i < LIVE_LAYERS_MAX; i++)
		reader_free(reader->above[i].reader);
	free(reader->told);
	free(reader->keys);
	free(reader->text);
	free(reader->ids);
	free(reader->places);
	arena_done(&reader->scratch);
	arena_done(&reader->batch);
	arena_done(&reader->notice_arena);
	free(reader);
	return NULL;
}

/* the list of layers */

static void take_amend(struct live_reader *r, const struct amend *amend)
{
	if (amend != NULL && r->amend_serial == amend->serial)
		return;
	drop_amend(r);
	if (amend == NULL)
		return;
	scan_init(&r->amend_scan, amend->matcher->terms, amend->matcher->lexicon);
	r->amend_scan.suspended = amend->matcher->suspended;
	firing_init(&r->amend_firing, amend->matcher->rules, amend->base->matcher->lexicon,
		amend->matcher->suspended);
	r->amend_firing.above = &r->amend_scan;
	r->amend_firing.replaced = amend->replaced;
	r->amend_serial = amend->serial;
}

/* What was remembered of layers that are no longer there is forgotten. */
static void drop_readers(struct live_reader *r, const struct snapshot *snapshot)
{
	for (size_t i = 0; i < LIVE_LAYERS_MAX; i++) {
		bool there = false;

		for (size_t j = 1; j < snapshot->n; j++)
			there |= r->above[i].serial == snapshot->at[j].layer->serial;
		if (!there && r->above[i].reader != NULL) {
			reader_free(r->above[i].reader);
			r->above[i] = (struct above){ .serial = 0 };
		}
	}
	take_amend(r, snapshot->amend);
	if (r->base_serial == snapshot->at[0].layer->serial)
		return;
	reader_free(r->base);
	r->base = matcher_reader_new(snapshot->at[0].layer->matcher);
	r->base_serial = snapshot->at[0].layer->serial;
	free(r->told);
	r->told = must(calloc(snapshot->at[0].layer->matcher->rules->n_rules + 1, sizeof(*r->told)));
	r->times_forgotten = UINT32_MAX; /* the keys are of another memo */
}

static const struct snapshot *take(struct live_reader *r)
{
	struct snapshot *current = atomic_load(&r->live->current), *again;

	for (;; current = again) {
		atomic_store(&r->holds, current);
		again = atomic_load(&r->live->current);
		if (again == current)
			break;
	}
	return current;
}

/* Serial numbers tell whether it is the list of the notice before: an address may come again. */
static void begin(struct live_reader *r)
{
	const struct snapshot *snapshot = take(r);

	if (r->serial != snapshot->serial)
		drop_readers(r, snapshot);
	r->seen = snapshot;
	r->serial = snapshot->serial;
	r->base->gone = snapshot->at[0].gone;
	r->base->told = snapshot->amend != NULL ? snapshot->amend->told : NULL;
	r->notice++;
}

static struct above *above_of(struct live_reader *r, const struct layer *layer)
{
	struct above *free_one = NULL;

	for (size_t i = 0; i < LIVE_LAYERS_MAX; i++) {
		if (r->above[i].serial == layer->serial)
			return &r->above[i];
		if (r->above[i].serial == 0 && free_one == NULL)
			free_one = &r->above[i];
	}
	*free_one = (struct above){ .serial = layer->serial,
		.reader = layer_reader_new(layer) };
	return free_one;
}

/* The layer is concerned by the notice at hand. */
static struct above *touch(struct live_reader *r, const struct layer *layer)
{
	struct above *above = above_of(r, layer);

	if (above->notice != r->notice) {
		scan_begin(&above->reader->scan);
		above->reader->scan.one_subject = r->base->scan.one_subject;
		above->notice = r->notice;
	}
	return above;
}

/* words */

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
	r->ids = must(realloc(r->ids, r->text_size * sizeof(*r->ids)));
	r->places = must(realloc(r->places, r->text_size * sizeof(*r->places)));
}

static void learn(struct live_reader *r, uint32_t id)
{
	struct str word = memo_text(&r->base->scan.memo, id);
	struct keys *keys = &r->keys[id];
	uint32_t symbols[FORMS];

	arena_reset(&r->scratch);
	lexicon_symbols(r->base->scan.memo.lexicon, word, &r->scratch, symbols, &keys->stop);
	keys->stem = sieve_key(lexicon_stem_text(word, &r->scratch));
	keys->word = sieve_key(word);
	keys->known = true;
}

static bool tells(const struct layer *layer, const struct keys *keys)
{
	return sieve_has(&layer->words, keys->stem) || sieve_has(&layer->words, keys->word);
}

/* In titles it matters what stands around a word that tells something (object.h): they are read whole. */
static size_t pick_all(struct live_reader *r, struct memo *memo, const struct words *words)
{
	for (uint32_t i = 0; i < words->n; i++) {
		r->ids[i] = memo_word(memo, memo_text(&r->base->scan.memo, words->ids[i]));
		r->places[i] = words->places[i];
	}
	return words->n;
}

/*
 * The words of the text that tell the layer something, and between them, where there are others, one that
 * tells nothing, so that no phrase runs over a gap. Function words are passed over in phrases anyway.
 */
static size_t pick(struct live_reader *r, const struct layer *layer, struct memo *memo,
	const struct words *words)
{
	uint32_t nothing = memo_word(memo, STR("\x01"));
	size_t n = 0;

	for (uint32_t i = 0; i < words->n; i++) {
		uint32_t id = nothing;

		if (r->text[i].stop)
			continue;
		if (tells(layer, &r->text[i]))
			id = memo_word(memo, memo_text(&r->base->scan.memo, words->ids[i]));
		else if (n == 0 || r->ids[n - 1] == nothing)
			continue;
		r->ids[n] = id;
		r->places[n++] = words->places[i];
	}
	return n;
}

static void read_above(struct live_reader *r, const struct layer *layer, const struct words *words,
	uint32_t scope, enum match_field field)
{
	struct scan *scan;
	struct words some = *words;

	for (uint32_t i = 0;; i++) {
		if (i == words->n)
			return;
		if (!r->text[i].stop && tells(layer, &r->text[i]))
			break;
	}
	scan = &touch(r, layer)->reader->scan;
	scan->base = r->base->scan.base;
	some.n = (uint32_t)(body_field(field) || field == FIELD_BUYER ? pick(r, layer, &scan->memo, words)
								      : pick_all(r, &scan->memo, words));
	some.ids = r->ids;
	some.places = r->places;
	scan_words(scan, &some, scope, field);
}

/* Rules may have patterns, so their text is read whole. */
static void read_amend(struct live_reader *r, const struct words *words, uint32_t scope, enum match_field field)
{
	struct words all = *words;

	for (uint32_t i = 0; i < words->n; i++)
		r->ids[i] = memo_word(&r->amend_scan.memo, memo_text(&r->base->scan.memo, words->ids[i]));
	all.ids = r->ids;
	r->amend_scan.base = r->base->scan.base;
	scan_words(&r->amend_scan, &all, scope, field);
}

/* Each text that the base has read. */
static void read_also(void *data, const struct words *words, uint32_t scope, enum match_field field)
{
	struct live_reader *r = data;

	make_room_for_keys(r);
	make_room_for_text(r, words->n);
	if (r->amend_serial != 0)
		read_amend(r, words, scope, field);
	for (uint32_t i = 0; i < words->n; i++) {
		if (!r->keys[words->ids[i]].known)
			learn(r, words->ids[i]);
		r->text[i] = r->keys[words->ids[i]];
	}
	for (size_t i = 1; i < r->seen->n; i++)
		read_above(r, r->seen->at[i].layer, words, scope, field);
}

/* codes, rules */

static bool has_codes(const struct layer *layer, const struct notice *notice)
{
	for (size_t i = 0; i < notice->cpv.n; i++)
		if (sieve_has(&layer->codes, sieve_key(str_sub(cpv_significant(notice->cpv.at[i]), 0, 2))))
			return true;
	return false;
}

static const struct firing *fired_in(const struct live_reader *r)
{
	return r->amend_serial != 0 ? &r->amend_firing : &r->base->firing;
}

/* Whom of the layer the fired rules are told to, by rule; returns whether it is anybody. */
static bool tell(struct live_reader *r, const struct layer *layer)
{
	const struct told_list *const *lists = amend_lists(r->seen->amend, layer->serial);
	const struct firing *firing = fired_in(r);
	bool some = false;

	for (size_t i = 0; i < firing->n_rules; i++) {
		uint32_t rule = firing->rules[i];
		const struct rule_shares *told = layer_told(layer, rule);

		r->told[rule] = told != NULL ? *told : (struct rule_shares){ NULL, 0, 0 };
		if (lists != NULL && lists[rule] != NULL)
			r->told[rule] = told_shares(lists[rule]);
		some |= r->told[rule].n > 0;
	}
	return some;
}

/* matching */

static int by_id(const void *a, const void *b)
{
	return str_cmp(((const struct receipt *)a)->profile, ((const struct receipt *)b)->profile);
}

static int judge_above(struct live_reader *r, const struct placed *placed, const struct notice *notice,
	const struct match_options *options, struct arena *arena, struct receipts *ret, struct error *err)
{
	const struct layer *layer = placed->layer;
	struct above *above;

	*ret = (struct receipts){ NULL, 0 };
	if (has_codes(layer, notice)) {
		struct scan *scan = &touch(r, layer)->reader->scan;

		scan->base = 0; /* codes come after all texts */
		scan_cpv(scan, notice);
	}
	if (tell(r, layer))
		touch(r, layer);
	above = above_of(r, layer);
	if (above->notice != r->notice)
		return 0;
	above->reader->gone = placed->gone;
	above->reader->told = r->told;
	above->reader->fired = fired_in(r);
	return matcher_judge(layer->matcher, above->reader, notice, options, arena, ret, err);
}

static int judge_all(struct live_reader *r, const struct notice *notice,
	const struct match_options *options, struct arena *arena, struct receipts *ret, struct error *err)
{
	const struct snapshot *seen = r->seen;
	int outcome = matcher_judge(seen->at[0].layer->matcher, r->base, notice, options, arena, ret, err);
	struct receipts more[LIVE_LAYERS_MAX];
	size_t n = ret->n;
	struct receipt *all;

	for (size_t i = 1; outcome >= 0 && i < seen->n; i++) {
		int r_above = judge_above(r, &seen->at[i], notice, options, arena, &more[i - 1], err);

		if (r_above < 0)
			return r_above;
		n += more[i - 1].n;
	}
	if (outcome < 0 || n == ret->n)
		return outcome;
	all = arena_array(arena, struct receipt, n);
	if (ret->n > 0)
		memcpy(all, ret->at, ret->n * sizeof(*all));
	n = ret->n;
	for (size_t i = 1; i < seen->n; i++)
		for (size_t j = 0; j < more[i - 1].n; j++)
			all[n++] = more[i - 1].at[j];
	qsort(all, n, sizeof(*all), by_id);
	*ret = (struct receipts){ all, n };
	return outcome;
}

/* The base's terms and those of the rules in the place of some, then all rules. */
static void find_amended(struct live_reader *r, const struct notice *notice)
{
	const struct matcher *m = r->seen->amend->matcher;

	scan_begin(&r->amend_scan);
	scan_notice(&r->base->scan, notice);
	r->amend_scan.base = 0; /* codes come after all texts */
	scan_cpv(&r->amend_scan, notice);
	fire_rules(&r->amend_firing, m->rules, m->code, &r->base->scan, notice);
	/* for who asks the base's reader whether a rule overspent */
	r->base->firing.overspent = r->amend_firing.overspent != 0 ? r->amend_firing.overspent
								    : r->amend_scan.overspent;
}

static int64_t ruleset_of(const struct snapshot *seen)
{
	return seen->amend != NULL ? seen->amend->ruling->ruleset : seen->at[0].layer->ruling->ruleset;
}

int live_run(struct live_reader *r, const struct notice *notice, const struct match_options *options,
	struct arena *arena, struct receipts *ret, struct error *err)
{
	int outcome;

	*ret = (struct receipts){ NULL, 0 };
	begin(r);
	if (!options->no_gates && gate_of_notice(notice, options->now) != GATE_PASSED)
		return 0;
	r->base->scan.also = r->seen->n > 1 || r->amend_serial != 0 ? read_also : NULL;
	r->base->scan.also_data = r;
	if (r->amend_serial == 0)
		matcher_find(r->seen->at[0].layer->matcher, r->base, notice);
	else
		find_amended(r, notice);
	r->base->fired = fired_in(r);
	outcome = judge_all(r, notice, options, arena, ret, err);
	for (size_t i = 0; i < ret->n; i++)
		ret->at[i].ruleset = ruleset_of(r->seen);
	return outcome;
}

struct live_batch {
	struct live_reader *const *readers;
	const struct notice *const *notices;
	const struct match_options *options;
	struct batch_result *results;
};

/* What is borrowed goes with the reader's next notice, so results are copied. */
static void match_one(void *data, unsigned worker, size_t i)
{
	struct live_batch *batch = data;
	struct live_reader *r = batch->readers[worker];
	struct batch_result *result = &batch->results[i];
	struct error err = ERROR_INIT;
	struct receipts found;

	*result = (struct batch_result){ { NULL, 0 }, STR_NONE };
	arena_reset(&r->notice_arena);
	if (live_run(r, batch->notices[i], batch->options, &r->notice_arena, &found, &err) != 0)
		result->overspent = arena_dup(&r->batch, str_of(err.text));
	result->receipts.at = arena_array(&r->batch, struct receipt, found.n);
	for (result->receipts.n = 0; result->receipts.n < found.n; result->receipts.n++)
		result->receipts.at[result->receipts.n] =
			*receipt_dup(&found.at[result->receipts.n], &r->batch);
}

void live_run_batch(struct live_reader *const *readers, unsigned threads,
	const struct notice *const *notices, size_t n, const struct match_options *options,
	struct batch_result *ret)
{
	struct live_batch batch = { readers, notices, options, ret };

	for (unsigned i = 0; i < threads; i++)
		arena_reset(&readers[i]->batch);
	batch_spread(n, threads, match_one, &batch);
}
