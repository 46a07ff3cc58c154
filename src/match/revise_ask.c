#include <stdlib.h>

#include "memory.h"
#include "revise.h"

/*
 * What the rules say now of those who may hear of it, by their own words: from the index of these where that will do,
 * from the text where a pattern must be run.
 */

static void add_said(struct spoken_by *by, uint32_t profile, const struct speech *speech)
{
	if (by->n == by->capacity) {
		by->capacity = by->capacity ? 2 * by->capacity : 64;
		by->at = realloc(by->at, by->capacity * sizeof(*by->at));
		if (by->at == NULL)
			die("out of memory");
	}
	by->at[by->n++] = (struct spoken_of){ profile, speech->points, speech->percent };
}

static void take_said(struct revision *r, uint32_t profile)
{
	for (size_t i = 0; i < r->hearing->n_said; i++) {
		const struct speech *speech = &r->hearing->said[i];

		if (r->slots[speech->rule] != 0)
			add_said(&r->said[r->slots[speech->rule] - 1], profile, speech);
	}
	r->hearing->n = r->hearing->n_said = 0;
}

/* The words that matter in a profile's own, as ids of the scan's memo. */
struct reading {
	uint32_t *ids;
	uint8_t *known; /* what each is, of enum own */
	size_t size;
	uint32_t nothing; /* id of a word that is nowhere */
};

enum {
	ASKED_FOR = 2, /* its id is looked up when it is met: a piece of a word may be in thousands */
	NUMBERED = 4,  /* numbers from here on are ids */
};
_Static_assert((int)MENTION_STOP < (int)ASKED_FOR, "a bit each");

static void ask_for_words(const struct mentions *m, const struct mentioned *mentioned)
{
	for (size_t i = 0; i < mentioned->n; i++)
		m->numbers[mentioned->words[i]] |= ASKED_FOR;
}

static uint32_t number_of(struct memo *memo, const struct mentions *m, uint32_t word)
{
	uint32_t *number = &m->numbers[word];

	if (*number < NUMBERED && (*number & ASKED_FOR) != 0)
		*number = memo_word(memo, dictionary_text(m->words, word)) + NUMBERED;
	return *number;
}

static void forget_numbers(const struct memo *memo, const struct mentions *m, const struct mentioned *mentioned)
{
	for (size_t i = 0; i < mentioned->n; i++) {
		uint32_t *number = &m->numbers[mentioned->words[i]];

		if (*number >= NUMBERED)
			*number = memo->facts[*number - NUMBERED].stop ? MENTION_STOP : 0;
		*number &= MENTION_STOP;
	}
}

/* False: some word calls for a pattern, which is run on the text. */
static bool read_words(struct memo *memo, const struct mentions *m, uint32_t profile, struct reading *reading,
	uint32_t *ret)
{
	size_t from = m->texts[profile], to = m->texts[profile + 1];
	uint32_t n = 0;

	if (2 * (to - from) > reading->size) {
		reading->size = 4 * (to - from);
		free(reading->ids);
		free(reading->known);
		reading->ids = zeroed(reading->size, sizeof(*reading->ids));
		reading->known = zeroed(reading->size, sizeof(*reading->known));
	}
	for (size_t i = from; i < to; i++) {
		uint32_t number = number_of(memo, m, m->said[i] & MENTION_WORD), id = number - NUMBERED;

		if (number == MENTION_STOP)
			continue;
		if (number == 0) {
			if (n == 0 || reading->ids[n - 1] == reading->nothing)
				continue;
			id = reading->nothing;
		} else if (memo->facts[id].calls != 0) {
			return false;
		}
		reading->ids[n] = id;
		reading->known[n++] = (uint8_t)(m->said[i] >> MENTION_OWN_SHIFT);
	}
	*ret = n;
	return true;
}

static void ask_one(struct revision *r, const struct layer *layer, uint32_t profile, bool by_words,
	struct reading *reading)
{
	uint32_t n;

	if (r->n_asking > 0)
		hear(r->hearing, layer->profiles[profile]);
	else if (by_words && read_words(&r->hearing->above->memo, layer->mentions, profile, reading, &n))
		hear_said_words(r->hearing, reading->ids, reading->known, n);
	else
		hear_said(r->hearing, layer->profiles[profile]);
	take_said(r, profile);
}

void revision_ask(struct revision *r, const struct layer *layer, const uint64_t *marks,
	const struct mentioned *mentioned)
{
	struct memo *memo = &r->hearing->above->memo;
	struct reading reading = { .nothing = memo_word(memo, STR("\x01")) };

	for (size_t i = 0; i < revision_slots(r); i++)
		r->said[i].n = 0;
	ask_for_words(layer->mentions, mentioned);
	r->hearing->keeps_said = true;
	for (uint32_t i = 0; i < layer->n; i++)
		if (revision_marked(marks, i))
			ask_one(r, layer, i, !mentioned->more, &reading);
	r->hearing->keeps_said = false;
	forget_numbers(memo, layer->mentions, mentioned);
	free(reading.ids);
	free(reading.known);
}
