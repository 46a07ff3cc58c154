#include "match/reread.h"

#include <stdlib.h>

#include "gates.h"
#include "reader.h"

struct reread {
	const struct matcher *matcher;
	const struct dictionary *dictionary;
	struct reader *reader;
	uint32_t *known;     /* by word of the dictionary: its id in the memo + 1; 0: not learnt */
	size_t known_size;
	uint32_t forgotten;  /* by the memo, when `known` was begun */
	uint32_t *ids;       /* of the text at hand */
	size_t ids_capacity;
};

struct reread *reread_new(const struct matcher *matcher, const struct dictionary *dictionary)
{
	struct reread *reread = calloc(1, sizeof(*reread));

	if (reread == NULL)
		die("out of memory");
	reread->matcher = matcher;
	reread->dictionary = dictionary;
	reread->reader = matcher_reader_new(matcher);
	reread->reader->wordless = true;
	return reread;
}

void *reread_free(struct reread *reread)
{
	if (reread == NULL)
		return NULL;
	reader_free(reread->reader);
	free(reread->known);
	free(reread->ids);
	free(reread);
	return NULL;
}

/* Nothing is known when the memo forgot, or of words that the dictionary has gained. */
static void make_room(struct reread *reread)
{
	size_t words = dictionary_words(reread->dictionary);

	if (words <= reread->known_size && reread->forgotten == reread->reader->scan.memo.times_forgotten)
		return;
	free(reread->known);
	reread->known_size = words;
	reread->known = calloc(words + 1, sizeof(*reread->known));
	if (reread->known == NULL)
		die("out of memory");
	reread->forgotten = reread->reader->scan.memo.times_forgotten;
}

static uint32_t learn(struct reread *reread, uint32_t word)
{
	uint32_t id = memo_word(&reread->reader->scan.memo, dictionary_text(reread->dictionary, word));

	reread->known[word] = id + 1;
	return id;
}

enum { AHEAD = 16 };

static const uint32_t *ids_of(struct reread *reread, const struct imprint_word *words, uint32_t n)
{
	if (n > reread->ids_capacity) {
		free(reread->ids);
		reread->ids_capacity = 2 * (size_t)n;
		reread->ids = malloc(reread->ids_capacity * sizeof(*reread->ids));
		if (reread->ids == NULL)
			die("out of memory");
	}
	for (uint32_t i = 0; i < n; i++) {
		uint32_t known = reread->known[words[i].word];

		if (i + AHEAD < n)
			__builtin_prefetch(&reread->known[words[i + AHEAD].word]);
		reread->ids[i] = known != 0 ? known - 1 : learn(reread, words[i].word);
	}
	return reread->ids;
}

/* Hits tell words where there is no text; their places turn them into bytes of the field. */
static void read_text(struct reread *reread, const struct imprint *imprint,
	const struct imprint_text *text)
{
	struct scan *scan = &reread->reader->scan;
	const struct imprint_word *places = &imprint->words[text->first];
	struct words words = { .ids = ids_of(reread, places, text->n), .n = text->n };
	size_t before = scan->n_hits;

	scan_words(scan, &words, text->scope, text->field);
	for (size_t i = before; i < scan->n_hits; i++) {
		struct hit *hit = &scan->hits[i];

		hit->start = text->base + places[hit->start].start;
		hit->end = text->base + places[hit->end - 1].end;
	}
}

static void scan_imprint(struct reread *reread, const struct imprint *imprint)
{
	scan_begin(&reread->reader->scan);
	make_room(reread);
	for (size_t i = 0; i < imprint->n_texts; i++)
		if (imprint->texts[i].n > 0)
			read_text(reread, imprint, &imprint->texts[i]);
	scan_cpv(&reread->reader->scan, &imprint->notice);
}

int reread_run(struct reread *reread, const struct imprint *imprint, const struct match_options *options,
	struct arena *arena, struct receipts *ret, struct error *err)
{
	const struct notice *notice = &imprint->notice;

	*ret = (struct receipts){ NULL, 0 };
	if (!options->no_gates && gate_of_notice(notice, options->now) != GATE_PASSED)
		return 0;
	scan_imprint(reread, imprint);
	if (reread->reader->scan.guessed > 0)
		return REREAD_UNSURE;
	matcher_fire(reread->matcher, reread->reader, notice);
	if (reread->reader->firing.read_again)
		return REREAD_UNSURE;
	return matcher_judge(reread->matcher, reread->reader, notice, options, arena, ret, err);
}
