#include "reread_words.h"

#include <stdlib.h>
#include <string.h>

#include "imprint_bytes.h"

/* Of a form, bits: a text in which no word tells has no hit. */
enum {
	TELLS_KNOWN = 1,
	TELLS = 2,
	TELLS_CALLS = 4, /* it calls for a pattern */
	TELLS_STOP = 8,  /* a function word */
};

static void *zeroed(void *old, size_t n, size_t size)
{
	void *p = calloc(n + 1, size);

	if (p == NULL)
		die("out of memory");
	free(old);
	return p;
}

/* Nothing is known when the memo forgot, or of forms that the dictionary has gained. */
static void begin(struct reread *reread)
{
	size_t forms = dictionary_forms(reread->dictionary);

	scan_begin(&reread->reader->scan);
	if (forms <= reread->known_size && reread->forgotten == reread->reader->scan.memo.times_forgotten)
		return;
	reread->known_size = forms;
	reread->tells = zeroed(reread->tells, forms, sizeof(*reread->tells));
	reread->known = zeroed(reread->known, forms, sizeof(*reread->known));
	reread->lens = zeroed(reread->lens, forms, sizeof(*reread->lens));
	reread->forgotten = reread->reader->scan.memo.times_forgotten;
}

/* A hit begins with a word that is a term, begins one, or calls for a pattern. */
static uint8_t learn(struct reread *reread, uint32_t form)
{
	struct memo *memo = &reread->reader->scan.memo;
	struct str word = dictionary_text(reread->dictionary, dictionary_word(reread->dictionary, form));
	uint32_t id = memo_word(memo, word);

	reread->known[form] = id;
	reread->lens[form] = imprint_lens_of(word, dictionary_written(reread->dictionary, form));
	reread->tells[form] = (uint8_t)(TELLS_KNOWN | (word_tells(&memo->facts[id]) ? TELLS : 0) |
					(memo->facts[id].calls != 0 ? TELLS_CALLS : 0) |
					(memo->facts[id].stop ? TELLS_STOP : 0));
	return reread->tells[form];
}

/* What the words tell, together. */
static unsigned tell(struct reread *reread, const uint32_t *forms, uint32_t n)
{
	unsigned all = 0;

	for (uint32_t i = 0; i < n; i++) {
		unsigned tells = reread->tells[forms[i]];

		all |= tells != 0 ? tells : learn(reread, forms[i]);
	}
	return all;
}

static void make_room(struct reread *reread, uint32_t n)
{
	if (n <= reread->capacity)
		return;
	reread->capacity = 2 * (size_t)n;
	reread->ids = zeroed(reread->ids, reread->capacity, sizeof(*reread->ids));
	reread->places = zeroed(reread->places, reread->capacity, sizeof(*reread->places));
}

static void place_words(void *data, struct words *words)
{
	struct reread *reread = data;

	if (!reread->placed)
		imprint_places(reread->dictionary, reread->text, reread->lens, reread->places);
	reread->placed = true;
	words->places = reread->places + (words->ids - reread->ids);
}

/* The words between blanks. */
static void fold_text_again(void *data, struct words *words)
{
	struct reread *reread = data;
	const struct fold_word *last;
	size_t len;
	char *text;

	place_words(data, words);
	last = &words->places[words->n - 1];
	len = (size_t)last->start + last->len + 1;
	buf_reset(&reread->folded);
	text = buf_room(&reread->folded, len);
	if (text == NULL)
		return; /* longer than any text that was kept */
	memset(text, ' ', len);
	for (uint32_t i = 0; i < words->n; i++) {
		struct str word = memo_text(&reread->reader->scan.memo, words->ids[i]);

		memcpy(text + words->places[i].start, word.ptr, word.len);
	}
	buf_wrote(&reread->folded, len);
	words->folded = buf_str(&reread->folded);
}

static void write_text(void *data, struct words *words)
{
	struct reread *reread = data;

	place_words(data, words);
	buf_reset(&reread->raw);
	imprint_text_write(reread->dictionary, reread->text, &reread->raw);
	words->raw = buf_str(&reread->raw);
}

static bool has_one_subject(const struct imprint *imprint)
{
	size_t n = 0;

	for (size_t i = 0; i < imprint->n_texts; i++)
		n += imprint->texts[i].field == FIELD_SUBJECTS;
	return n == 1;
}

/* Words of the text from one to another. */
static void scan_some(struct reread *reread, uint32_t from, uint32_t to)
{
	const struct imprint_text *text = reread->text;

	for (uint32_t i = from; i < to; i++)
		reread->ids[i] = reread->known[reread->imprint->forms[text->first + i]];
	scan_words(&reread->reader->scan, &(struct words){ .ids = reread->ids + from, .n = to - from,
		.place = place_words, .fold = fold_text_again, .write = write_text, .data = reread }, text->scope, text->field);
}

/* Where the phrase ends that is the longest to begin with this word. */
static uint32_t reach_of(const struct reread *reread, const uint32_t *forms, uint32_t n, uint32_t at)
{
	for (unsigned left = PHRASE_WORDS_MAX; left > 0 && at < n; at++)
		left -= (reread->tells[forms[at]] & TELLS_STOP) == 0;
	return at;
}

/* Nothing calls for a pattern: only words that tell and what may follow them in a phrase are looked at. */
static void scan_around(struct reread *reread, const uint32_t *forms, uint32_t n)
{
	uint32_t i = 0;

	while (i < n) {
		uint32_t from = i, to = i;

		for (; i < n && (i == from || i < to); i++)
			if ((reread->tells[forms[i]] & TELLS) != 0)
				to = reach_of(reread, forms, n, i);
		if (to > from)
			scan_some(reread, from, to);
	}
}

static void scan_text(struct reread *reread, const struct imprint_text *text)
{
	const uint32_t *forms = reread->imprint->forms + text->first;
	unsigned tells = tell(reread, forms, text->n);

	if ((tells & TELLS) == 0 && !reread->always)
		return;
	make_room(reread, text->n);
	reread->text = text;
	reread->placed = false;
	reread->reader->scan.base = text->base;
	/* in titles it matters what stands in front of a word */
	if (reread->always || (tells & TELLS_CALLS) != 0 || in_head(text->field))
		scan_some(reread, 0, text->n);
	else
		scan_around(reread, forms, text->n);
	reread->reader->scan.base = 0;
}

void reread_scan_imprint(struct reread *reread, const struct imprint *imprint, unsigned parts)
{
	if ((parts & REREAD_HEAD) != 0)
		begin(reread);
	reread->reader->scan.one_subject = has_one_subject(imprint);
	reread->imprint = imprint;
	for (size_t i = 0; i < imprint->n_texts; i++) {
		const struct imprint_text *text = &imprint->texts[i];
		unsigned part = in_head(text->field) ? REREAD_HEAD : REREAD_BODY;

		if (text->n > 0 && (parts & part) != 0 && (reread->fields & 1u << text->field) != 0)
			scan_text(reread, text);
	}
	if ((parts & REREAD_HEAD) != 0)
		scan_cpv(&reread->reader->scan, &imprint->notice);
}
