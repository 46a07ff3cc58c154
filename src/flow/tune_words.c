#include "tune_words.h"

#include <stdlib.h>

#include "codes_without.h"
#include "store/notice.h"

/* A word is proposed from so many useless cards, and when they are so many times the good ones. */
enum { USELESS_MIN = 2, USELESS_TIMES = 5 };

struct trying {
	struct db *db;
	struct bench *bench;
	const struct judged_pair **pairs; /* of the profile at hand, that match now */
	size_t n;
	const struct tune_options *options;
	const struct progress *progress;
	struct arena *arena;
	struct tuning *ret;
	size_t capacity;
};

/* Of the judged pairs that match now, those that would not. */
static int count_judged(struct trying *t, struct matcher *matcher, struct tune_word *word, struct error *err)
{
	struct match_options options = { .no_gates = true };
	int r = 0;

	for (size_t i = 0; r >= 0 && i < t->n; i++) {
		CLEANUP(arena_done) struct arena arena = ARENA_INIT;
		struct receipts receipts = { NULL, 0 };
		struct notice notice;

		r = store_notice_find(t->db, t->pairs[i]->judgment->notice, &arena, &notice, err);
		if (r != 0)
			continue;
		r = matcher_run(matcher, &notice, &options, &arena, &receipts, err);
		if (r >= 0 && receipts.n == 0)
			*(t->pairs[i]->judgment->grade > 0 ? &word->good : &word->useless) += 1;
	}
	return r < 0 ? r : 0;
}

static int count_lost(void *data, const struct rematch_found *found UNUSED, const struct receipts *before,
	const struct receipts *after, struct error *err UNUSED)
{
	struct tune_word *word = data;

	word->cards += before->n > after->n;
	return 0;
}

static int count_cards(struct trying *t, const struct profile *profile, struct matcher *after,
	struct tune_word *word, struct error *err)
{
	CLEANUP(matcher_freep) struct matcher *before = NULL;
	struct rematch_options options;
	struct rematch_count count;
	int r = matcher_new(t->bench->rules, t->bench->ruleset, &profile, 1, &before, err);

	rematch_options_init(&options);
	options.since = t->options->since;
	options.until = t->options->until;
	options.texts = false;
	return r < 0 ? r
		     : rematch_compare(t->db, before, after, &options, count_lost, word, t->progress, &count,
			       err);
}

static int try_without(struct trying *t, const struct profile *profile, bool cpv, size_t index,
	struct error *err)
{
	CLEANUP(matcher_freep) struct matcher *matcher = NULL;
	struct profile less = *profile;
	const struct profile *profiles[] = { &less };
	struct codes *codes = cpv ? &less.cpv : &less.keywords;
	struct tune_word word = { .profile = profile->id, .word = codes->at[index], .cpv = cpv };
	int r;

	*codes = codes_without(codes, index, t->arena);
	r = matcher_new(t->bench->rules, t->bench->ruleset, profiles, 1, &matcher, err);
	if (r >= 0)
		r = count_judged(t, matcher, &word, err);
	if (r < 0 || word.useless < USELESS_MIN || word.useless < USELESS_TIMES * word.good)
		return r;
	r = count_cards(t, profile, matcher, &word, err);
	if (r < 0)
		return r;
	arena_grow(t->arena, t->ret->words, t->ret->n_words, &t->capacity);
	t->ret->words[t->ret->n_words++] = word;
	return 0;
}

static int try_profile(struct trying *t, const struct judged_pair *pairs, size_t n, size_t number,
	struct error *err)
{
	const struct profile *profile = t->bench->profiles[number];
	size_t useless = 0;
	int r = 0;

	t->n = 0;
	for (size_t i = 0; i < n; i++) {
		if (!pairs[i].matches[0] || !str_eq(pairs[i].judgment->profile, profile->id))
			continue;
		t->pairs[t->n++] = &pairs[i];
		useless += pairs[i].judgment->grade == 0;
	}
	if (useless < USELESS_MIN)
		return 0;
	for (size_t i = 0; r >= 0 && i < profile->keywords.n; i++)
		r = try_without(t, profile, false, i, err);
	for (size_t i = 0; r >= 0 && i < profile->cpv.n; i++)
		r = try_without(t, profile, true, i, err);
	return r;
}

static int by_useless(const void *a, const void *b)
{
	const struct tune_word *x = a, *y = b;
	int order;

	if (x->useless - x->good != y->useless - y->good)
		return x->useless - x->good < y->useless - y->good ? 1 : -1;
	order = str_cmp(x->profile, y->profile);
	return order != 0 ? order : str_cmp(x->word, y->word);
}

int tune_words(struct db *db, struct bench *bench, const struct judged_pair *pairs, size_t n,
	const struct tune_options *options, const struct progress *progress, struct arena *arena,
	struct tuning *ret, struct error *err)
{
	struct trying t = { .db = db, .bench = bench, .options = options, .progress = progress,
		.arena = arena, .ret = ret };
	int r = 0;

	t.pairs = arena_array(arena, const struct judged_pair *, n);
	for (size_t i = 0; r >= 0 && i < bench->n_profiles; i++)
		r = try_profile(&t, pairs, n, i, err);
	if (ret->n_words > 1)
		qsort(ret->words, ret->n_words, sizeof(*ret->words), by_useless);
	return r < 0 ? r : 0;
}
