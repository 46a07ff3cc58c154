#include "match/imprint.h"

#include <stdlib.h>
#include <string.h>

#include "base/fold.h"
#include "base/varint.h"
#include "scan.h"

/*
 * The bytes, all numbers as varints, texts as length + 1 and bytes:
 *
 *	notice  id version kind stage nature flags day deadline value
 *	        type language procedure, the buyer's seven, source ref
 *	        codes (cpv), codes (places)
 *	lots    how many; of each: id nature value deadline codes (cpv), codes (places)
 *	texts   of each that has words: field + 1, scope, base, how many words, the words, of titles the
 *	        text; at the end 0
 *	codes   how many, the word of each in the dictionary
 *	word    its number, then one byte for its place: how far behind the one before, and by how much
 *	        it is longer as written than folded; PLACE_FAR when that does not fit, and both as numbers
 */
enum { PLACE_GAPS = 15, PLACE_EXTRAS = 17, PLACE_FAR = PLACE_GAPS * PLACE_EXTRAS };
_Static_assert(PLACE_FAR == UINT8_MAX, "a place fits in a byte");

enum { FLAG_SUMMARY = 1, FLAG_INNOVATIVE = 2, FLAG_SME = 4, FLAG_RESERVED = 8 };

static void *grown(void *array, size_t *capacity, size_t size)
{
	*capacity = *capacity ? 2 * *capacity : 256;
	array = realloc(array, *capacity * size);
	if (array == NULL)
		die("out of memory");
	return array;
}

/* writing */

struct writer {
	struct dictionary *dictionary;
	struct buf *out;
	struct imprint_stems *stems;
	struct arena arena;
};

static void add_stem(struct writer *w, uint32_t word, bool strong)
{
	struct imprint_stems *stems = w->stems;

	if (stems->n == stems->capacity)
		stems->at = grown(stems->at, &stems->capacity, sizeof(*stems->at));
	stems->at[stems->n++] = dictionary_stem(w->dictionary, word) << 1 | (strong ? IMPRINT_STRONG : 0);
}

static bool strong_field(enum match_field field)
{
	return field == FIELD_TITLE || field == FIELD_LOT_TITLE || field == FIELD_SUBJECTS;
}

static bool raw_kept(enum match_field field)
{
	return field == FIELD_TITLE || field == FIELD_LOT_TITLE;
}

static void write_place(struct buf *out, int64_t gap, int64_t extra)
{
	if (gap >= 0 && gap < PLACE_GAPS && extra >= 0 && extra < PLACE_EXTRAS) {
		buf_addc(out, (char)(unsigned char)(gap * PLACE_EXTRAS + extra));
		return;
	}
	buf_addc(out, (char)(unsigned char)PLACE_FAR);
	varint_put_signed(out, gap);
	varint_put_signed(out, extra);
}

static void write_text(struct writer *w, struct str text, uint32_t scope, uint32_t base,
	enum match_field field)
{
	struct folded folded;
	int64_t before = 0;

	if (text.len == 0)
		return;
	arena_reset(&w->arena);
	folded = fold(&w->arena, str_clip(text, SCAN_TEXT_MAX));
	if (folded.n_words == 0)
		return;
	varint_put(w->out, (uint64_t)field + 1);
	varint_put(w->out, scope);
	varint_put(w->out, base);
	varint_put(w->out, folded.n_words);
	for (uint32_t i = 0; i < folded.n_words; i++) {
		const struct fold_word *place = &folded.words[i];
		uint32_t word = dictionary_add(w->dictionary, folded_word(&folded, i));

		varint_put(w->out, word);
		write_place(w->out, (int64_t)place->raw_start - before,
			(int64_t)place->raw_end - place->raw_start - place->len);
		before = place->raw_end;
		add_stem(w, word, strong_field(field));
	}
	if (raw_kept(field))
		varint_put_text(w->out, str_clip(text, SCAN_TEXT_MAX));
}

/* A code is a word of the dictionary; only those of what is bought are looked for. */
static void write_codes(struct writer *w, const struct codes *codes, bool wanted)
{
	varint_put(w->out, codes->n);
	for (size_t i = 0; i < codes->n; i++) {
		uint32_t word;

		arena_reset(&w->arena);
		word = dictionary_add(w->dictionary,
			arena_printf(&w->arena, "%c%.*s", DICTIONARY_CODE_MARK, STR_ARG(codes->at[i])));
		varint_put(w->out, word);
		if (wanted)
			add_stem(w, word, true);
	}
}

static void write_deadline(struct buf *out, const struct deadline *deadline)
{
	varint_put(out, (uint64_t)deadline->certainty);
	varint_put(out, deadline->at != TIME_NONE);
	if (deadline->at == TIME_NONE)
		return;
	varint_put_signed(out, deadline->at);
	varint_put_signed(out, deadline->offset_s);
}

static void write_value(struct buf *out, const struct money *value, enum value_kind kind)
{
	varint_put(out, (uint64_t)kind);
	varint_put(out, value->cents != MONEY_NONE);
	if (value->cents == MONEY_NONE)
		return;
	varint_put_signed(out, value->cents);
	varint_put_text(out, str_of(value->currency));
}

static void write_notice(struct writer *w, const struct notice *notice)
{
	const struct party *buyer = &notice->buyer;
	const struct str texts[] = { notice->notice_type, notice->language, notice->procedure, buyer->name,
		buyer->id, buyer->city, buyer->postcode, buyer->department, buyer->nuts, buyer->country,
		notice->source, notice->ref };

	varint_put_text(w->out, notice->id);
	varint_put(w->out, (uint64_t)notice->version);
	varint_put(w->out, (uint64_t)notice->kind);
	varint_put(w->out, (uint64_t)notice->stage);
	varint_put(w->out, (uint64_t)notice->nature);
	varint_put(w->out, (notice->summary ? FLAG_SUMMARY : 0u) |
		(notice->innovative ? FLAG_INNOVATIVE : 0u) | (notice->sme ? FLAG_SME : 0u) |
		(notice->reserved ? FLAG_RESERVED : 0u));
	varint_put_signed(w->out, notice->published);
	write_deadline(w->out, &notice->deadline);
	write_value(w->out, &notice->value, notice->value_kind);
	for (size_t i = 0; i < LENGTH(texts); i++)
		varint_put_text(w->out, texts[i]);
	write_codes(w, &notice->cpv, true);
	write_codes(w, &notice->places, false);
}

static void write_lot(struct writer *w, const struct lot *lot)
{
	varint_put_text(w->out, lot->id);
	varint_put(w->out, (uint64_t)lot->nature);
	write_value(w->out, &lot->value, lot->value_kind);
	write_deadline(w->out, &lot->deadline);
	write_codes(w, &lot->cpv, true);
	write_codes(w, &lot->places, false);
}

/* In the order in which scan_notice() reads them. */
static void write_texts(struct writer *w, const struct notice *notice)
{
	uint32_t base = 0;

	write_text(w, notice->title, 0, 0, FIELD_TITLE);
	for (size_t i = 0; i < notice->subjects.n; i++) {
		write_text(w, notice->subjects.at[i], 0, base, FIELD_SUBJECTS);
		base += (uint32_t)notice->subjects.at[i].len + 1;
	}
	write_text(w, notice->description, 0, 0, FIELD_DESCRIPTION);
	write_text(w, notice->criteria, 0, 0, FIELD_CRITERIA);
	write_text(w, notice->buyer.name, 0, 0, FIELD_BUYER);
	for (uint32_t lot = 0; lot < notice->n_lots; lot++) {
		write_text(w, notice->lots[lot].title, lot + 1, 0, FIELD_LOT_TITLE);
		write_text(w, notice->lots[lot].description, lot + 1, 0, FIELD_LOT_DESCRIPTION);
	}
	varint_put(w->out, 0);
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Each stem once; strong when it is so anywhere, which sorts behind the same one that is not. */
static void settle_stems(struct imprint_stems *stems)
{
	size_t n = 0;

	if (stems->n > 1)
		qsort(stems->at, stems->n, sizeof(*stems->at), by_number);
	for (size_t i = 0; i < stems->n; i++) {
		if (n > 0 && stems->at[n - 1] >> 1 == stems->at[i] >> 1)
			n--;
		stems->at[n++] = stems->at[i];
	}
	stems->n = n;
}

void imprint_write(struct dictionary *dictionary, const struct notice *notice, struct buf *out,
	struct imprint_stems *ret)
{
	struct writer w = { dictionary, out, ret, ARENA_INIT };

	ret->n = 0;
	write_notice(&w, notice);
	varint_put(out, notice->n_lots);
	for (size_t i = 0; i < notice->n_lots; i++)
		write_lot(&w, &notice->lots[i]);
	write_texts(&w, notice);
	settle_stems(ret);
	arena_done(&w.arena);
}

void imprint_stems_done(struct imprint_stems *stems)
{
	free(stems->at);
	*stems = (struct imprint_stems){ NULL, 0, 0 };
}

/* reading */

struct reading {
	const struct dictionary *dictionary;
	struct varint_reader bytes;
	struct arena *arena;
};

static uint64_t get_below(struct reading *r, uint64_t ceiling)
{
	uint64_t value = varint_get(&r->bytes);

	if (value < ceiling)
		return value;
	r->bytes.bad = true;
	r->bytes.at = r->bytes.end;
	return 0;
}

static void read_codes(struct reading *r, struct codes *ret)
{
	size_t n = (size_t)get_below(r, NOTICE_LOTS_MAX * 4);

	*ret = (struct codes){ arena_array(r->arena, struct str, n), n, 0 };
	for (size_t i = 0; i < n && !r->bytes.bad; i++) {
		uint64_t word = get_below(r, dictionary_words(r->dictionary));

		if (!r->bytes.bad)
			ret->at[i] = arena_dup(r->arena,
				str_from(dictionary_text(r->dictionary, (uint32_t)word), 1));
	}
}

static void read_deadline(struct reading *r, struct deadline *ret)
{
	*ret = (struct deadline)DEADLINE_INIT;
	ret->certainty = (enum deadline_certainty)get_below(r, DEADLINE_UNCERTAIN + 1);
	if (get_below(r, 2) == 0)
		return;
	ret->at = varint_get_signed(&r->bytes);
	ret->offset_s = (int)varint_get_signed(&r->bytes);
}

static void read_value(struct reading *r, struct money *ret, enum value_kind *ret_kind)
{
	struct str currency;

	*ret = (struct money)MONEY_INIT;
	*ret_kind = (enum value_kind)get_below(r, VALUE_AWARD + 1);
	if (get_below(r, 2) == 0)
		return;
	ret->cents = varint_get_signed(&r->bytes);
	currency = varint_get_text(&r->bytes);
	if (currency.len >= sizeof(ret->currency))
		r->bytes.bad = true;
	else if (currency.len > 0)
		memcpy(ret->currency, currency.ptr, currency.len);
}

static void read_notice(struct reading *r, struct notice *notice)
{
	struct party *buyer = &notice->buyer;
	struct str *const texts[] = { &notice->notice_type, &notice->language, &notice->procedure,
		&buyer->name, &buyer->id, &buyer->city, &buyer->postcode, &buyer->department, &buyer->nuts,
		&buyer->country, &notice->source, &notice->ref };
	uint64_t flags;

	notice_init(notice);
	notice->id = varint_get_text(&r->bytes);
	notice->version = (int)get_below(r, INT32_MAX);
	notice->kind = (enum notice_kind)get_below(r, NOTICE_REQUIREMENT + 1);
	notice->stage = (enum notice_kind)get_below(r, NOTICE_REQUIREMENT + 1);
	notice->nature = (enum notice_nature)get_below(r, NATURES);
	flags = get_below(r, 16);
	notice->summary = (flags & FLAG_SUMMARY) != 0;
	notice->innovative = (flags & FLAG_INNOVATIVE) != 0;
	notice->sme = (flags & FLAG_SME) != 0;
	notice->reserved = (flags & FLAG_RESERVED) != 0;
	notice->published = (day_t)varint_get_signed(&r->bytes);
	read_deadline(r, &notice->deadline);
	read_value(r, &notice->value, &notice->value_kind);
	for (size_t i = 0; i < LENGTH(texts); i++)
		*texts[i] = varint_get_text(&r->bytes);
	read_codes(r, &notice->cpv);
	read_codes(r, &notice->places);
}

static void read_lots(struct reading *r, struct notice *notice)
{
	notice->n_lots = (size_t)get_below(r, NOTICE_LOTS_MAX + 1);
	notice->lots = arena_array(r->arena, struct lot, notice->n_lots);
	for (size_t i = 0; i < notice->n_lots && !r->bytes.bad; i++) {
		struct lot *lot = &notice->lots[i];

		lot_init(lot);
		lot->id = varint_get_text(&r->bytes);
		lot->nature = (enum notice_nature)get_below(r, NATURES);
		read_value(r, &lot->value, &lot->value_kind);
		read_deadline(r, &lot->deadline);
		read_codes(r, &lot->cpv);
		read_codes(r, &lot->places);
	}
}

/* Where a word stood: from where the one before it ended to its own end. */
static void read_place(struct reading *r, int64_t *end, uint32_t len, struct imprint_word *ret)
{
	int64_t gap, extra, start;
	unsigned place = PLACE_FAR;

	if (r->bytes.at < r->bytes.end)
		place = *r->bytes.at++;
	else
		r->bytes.bad = true;
	gap = place / PLACE_EXTRAS;
	extra = place % PLACE_EXTRAS;
	if (place == PLACE_FAR) {
		gap = varint_get_signed(&r->bytes);
		extra = varint_get_signed(&r->bytes);
		if (gap < -SCAN_TEXT_MAX || gap > SCAN_TEXT_MAX || extra < -SCAN_TEXT_MAX ||
			extra > SCAN_TEXT_MAX)
			gap = -1 - *end;
	}
	start = *end + gap;
	*end = start + extra + len;
	if (start < 0 || *end < start || *end > SCAN_TEXT_MAX) {
		r->bytes.bad = true;
		start = *end = 0;
	}
	ret->start = (uint32_t)start;
	ret->end = (uint32_t)*end;
}

static void read_words(struct reading *r, struct imprint *imprint, uint32_t n)
{
	uint32_t words = dictionary_words(r->dictionary);
	int64_t end = 0;

	while (imprint->n_words + n > imprint->words_capacity)
		imprint->words =
			grown(imprint->words, &imprint->words_capacity, sizeof(*imprint->words));
	for (uint32_t i = 0; i < n && !r->bytes.bad; i++) {
		struct imprint_word *word = &imprint->words[imprint->n_words];
		uint64_t number = varint_get(&r->bytes);

		if (number >= words) {
			r->bytes.bad = true;
			return;
		}
		word->word = (uint32_t)number;
		read_place(r, &end, (uint32_t)dictionary_text(r->dictionary, word->word).len, word);
		imprint->n_words++;
	}
}

/* The titles are the notice's own. */
static void keep_title(struct notice *notice, const struct imprint_text *text)
{
	if (text->field == FIELD_TITLE)
		notice->title = text->raw;
	if (text->field == FIELD_LOT_TITLE && text->scope > 0)
		notice->lots[text->scope - 1].title = text->raw;
}

static void read_texts(struct reading *r, struct imprint *imprint)
{
	uint64_t field;

	imprint->n_texts = imprint->n_words = 0;
	while ((field = get_below(r, FIELDS + 1)) != 0) {
		struct imprint_text text = { .first = (uint32_t)imprint->n_words,
			.field = (enum match_field)(field - 1) };

		text.scope = (uint32_t)get_below(r, imprint->notice.n_lots + 1);
		text.base = (uint32_t)get_below(r, UINT32_MAX);
		text.n = (uint32_t)get_below(r, SCAN_TEXT_MAX + 1);
		read_words(r, imprint, text.n);
		text.raw = raw_kept(text.field) ? varint_get_text(&r->bytes) : STR_NONE;
		if (r->bytes.bad)
			return;
		keep_title(&imprint->notice, &text);
		if (imprint->n_texts == imprint->texts_capacity)
			imprint->texts = grown(
				imprint->texts, &imprint->texts_capacity, sizeof(*imprint->texts));
		imprint->texts[imprint->n_texts++] = text;
	}
}

int imprint_read(const struct dictionary *dictionary, struct str bytes, struct arena *arena,
	struct imprint *ret, struct error *err)
{
	struct reading r = { dictionary, varint_reader_of(bytes), arena };

	read_notice(&r, &ret->notice);
	read_lots(&r, &ret->notice);
	read_texts(&r, ret);
	if (r.bytes.bad || r.bytes.at != r.bytes.end)
		return error_set(err, ERROR_STORE, "the words kept of %.*s are damaged",
			STR_ARG(ret->notice.id));
	return 0;
}

void imprint_done(struct imprint *imprint)
{
	free(imprint->texts);
	free(imprint->words);
	*imprint = (struct imprint)IMPRINT_INIT;
}
