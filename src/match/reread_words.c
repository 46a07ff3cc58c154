#include "reread_words.h"

#include <stdlib.h>
#include <string.h>

#include "imprint_bytes.h"

/* Of a form, bits: a text in which no word tells has no hit. */
enum {
	TELLS_KNOWN = 1,
	TELLS = 2,
	TELLS_PART = 4, /* phrases have it */
	TELLS_STOP = 8, /* a function word */
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
					((memo->facts[id].symbols[FORM_STEM] | memo->facts[id].symbols[FORM_EXACT]) != 0 ? TELLS_PART : 0) |
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
	reread->some = zeroed(reread->some, reread->capacity, sizeof(*reread->some));
	reread->places = zeroed(reread->places, reread->capacity, sizeof(*reread->places));
}

static void place_words(void *data, struct words *words)
{
	struct reread *reread = data;

	if (!reread->placed)
		imprint_places(reread->dictionary, reread->text, reread->lens, reread->places);
	reread->placed = true;
	words->places = reread->places;
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

/*
 * The words that are terms, call for patterns or are part of phrases, and those that end a phrase: returns how
 * many. Without branches: what a word is is not to be guessed.
 */
static uint32_t choose(struct reread *reread, const uint32_t *forms, uint32_t n)
{
	uint32_t *some = reread->some, chosen = 0;
	unsigned before = 0;

	for (uint32_t i = 0; i < n; i++) {
		unsigned tells = reread->tells[forms[i]], stop = (tells & TELLS_STOP) != 0;

		some[chosen] = i;
		chosen += ((tells & ((unsigned)TELLS | (unsigned)TELLS_PART)) | (before & (stop - 1u))) != 0;
		before = stop ? before : tells & TELLS_PART;
	}
	return chosen;
}

static void scan_text(struct reread *reread, const struct imprint_text *text)
{
	const uint32_t *forms = reread->imprint->forms + text->first;
	unsigned tells = tell(reread, forms, text->n);
	struct words words;

	if ((tells & TELLS) == 0 && !reread->always)
		return;
	make_room(reread, text->n);
	reread->text = text;
	reread->placed = false;
	reread->reader->scan.base = text->base;
	for (uint32_t i = 0; i < text->n; i++)
		reread->ids[i] = reread->known[forms[i]];
	words = (struct words){ .ids = reread->ids, .n = text->n, .place = place_words,
		.fold = fold_text_again, .write = write_text, .data = reread };
	/* in titles words that no term has may stand in the middle of a phrase, and it matters how many */
	if (!in_head(text->field)) {
		words.some = reread->some;
		words.n_some = choose(reread, forms, text->n);
	}
	scan_words(&reread->reader->scan, &words, text->scope, text->field);
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
