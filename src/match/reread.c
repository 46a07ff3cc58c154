#include "match/reread.h"

#include <stdlib.h>

#include "gates.h"
#include "reader.h"

enum { FOLDED_MAX = 10 * SCAN_TEXT_MAX };

struct reread {
	const struct matcher *matcher;
	const struct dictionary *dictionary;
	struct reader *reader;
	uint32_t *known;     /* by word of the dictionary: its id in the memo + 1; 0: not learnt */
	size_t known_size;
	uint32_t forgotten;  /* by the memo, when `known` was begun */
	uint32_t *ids;       /* of the text at hand */
	size_t ids_capacity;
	struct buf folded;   /* of a text that was kept as it was written */
	struct fold_word *places;
	size_t places_capacity;
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
	reread->folded = (struct buf)BUF_INIT(FOLDED_MAX);
	return reread;
}

void *reread_free(struct reread *reread)
{
	if (reread == NULL)
		return NULL;
	reader_free(reread->reader);
	free(reread->known);
	free(reread->ids);
	free(reread->places);
	buf_done(&reread->folded);
	free(reread);
	return NULL;
}

/* The folded text is the words between blanks; each has its place in it and in what was written. */
static struct words remake(struct reread *reread, const struct imprint_word *places,
	const struct imprint_text *text)
{
	if (text->n > reread->places_capacity) {
		free(reread->places);
		reread->places_capacity = 2 * (size_t)text->n;
		reread->places = malloc(reread->places_capacity * sizeof(*reread->places));
		if (reread->places == NULL)
			die("out of memory");
	}
	buf_reset(&reread->folded);
	buf_addc(&reread->folded, ' ');
	for (uint32_t i = 0; i < text->n; i++) {
		struct str word = dictionary_text(reread->dictionary, places[i].word);

		reread->places[i] = (struct fold_word){ (uint32_t)reread->folded.len, (uint32_t)word.len,
			places[i].start, places[i].end };
		buf_adds(&reread->folded, word);
		buf_addc(&reread->folded, ' ');
	}
	return (struct words){ .n = text->n, .places = reread->places,
		.folded = buf_str(&reread->folded), .raw = text->raw };
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
static void place_hits(struct scan *scan, size_t from, const struct imprint_word *places, uint32_t base)
{
	for (size_t i = from; i < scan->n_hits; i++) {
		struct hit *hit = &scan->hits[i];

		hit->start = base + places[hit->start].start;
		hit->end = base + places[hit->end - 1].end;
	}
}

static void read_text(struct reread *reread, const struct imprint *imprint,
	const struct imprint_text *text)
{
	struct scan *scan = &reread->reader->scan;
	const struct imprint_word *places = &imprint->words[text->first];
	struct words words = { .n = text->n };
	size_t before = scan->n_hits;

	if (str_given(text->raw))
		words = remake(reread, places, text);
	words.ids = ids_of(reread, places, text->n);
	scan_words(scan, &words, text->scope, text->field);
	if (!str_given(text->raw))
		place_hits(scan, before, places, text->base);
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
