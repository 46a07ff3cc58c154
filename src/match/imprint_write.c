#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fold.h"
#include "base/varint.h"
#include "imprint_bytes.h"

/* Of the words of one text: a word has a byte of it at least, and no more than this here. */
enum { WORDS_MAX = 16 * SCAN_TEXT_MAX };


struct writer {
	struct dictionary *dictionary;
	struct buf *out, *body;
	struct imprint_stems *stems;
	struct arena arena;
	struct buf words; /* of the text at hand */
};

/* Of the notice itself (scope 0), or of a lot. */
static unsigned marks_in(unsigned place, uint32_t scope)
{
	return scope == 0 ? place : place | 1u << (IMPRINT_PLACES + (scope - 1) % IMPRINT_LOTS);
}

static void add_stem(struct writer *w, uint32_t form, unsigned marks)
{
	struct imprint_stems *stems = w->stems;
	uint32_t word = dictionary_word(w->dictionary, form);

	if (stems->n == stems->capacity) {
		stems->capacity = stems->capacity ? 2 * stems->capacity : 256;
		stems->at = realloc(stems->at, stems->capacity * sizeof(*stems->at));
		if (stems->at == NULL)
			die("out of memory");
	}
	stems->at[stems->n++] = (uint64_t)dictionary_stem(w->dictionary, word) << 32 | marks;
}

static void write_gap(struct writer *w, struct str gap)
{
	unsigned number = imprint_gap_of(gap);

	buf_addc(w->out, (char)(unsigned char)number);
	if (number == GAP_TEXT)
		varint_put_text(w->out, gap);
}

static void write_words(struct writer *w, struct str text, const struct folded *folded, unsigned marks)
{
	uint32_t end = 0;

	varint_put(w->out, folded->n_words);
	for (uint32_t i = 0; i < folded->n_words; i++) {
		const struct fold_word *place = &folded->words[i];
		uint32_t form = dictionary_add(w->dictionary, str_sub(text, place->raw_start, place->raw_end),
			folded_word(folded, i));

		if (place->raw_start >= end) {
			write_gap(w, str_sub(text, end, place->raw_start));
		} else {
			buf_addc(w->out, (char)(unsigned char)GAP_BACK);
			varint_put(w->out, end - place->raw_start);
		}
		varint_put(w->out, form);
		end = place->raw_end;
		add_stem(w, form, marks);
	}
	write_gap(w, str_from(text, end));
}

static void write_text(struct writer *w, struct str text, uint32_t scope, uint32_t base,
	enum match_field field)
{
	struct str whole = str_clip(text, SCAN_TEXT_MAX);
	struct folded folded;
	struct buf *out = in_head(field) ? w->out : w->body, *head = w->out;

	if (text.len == 0)
		return;
	arena_reset(&w->arena);
	folded = fold(&w->arena, whole);
	varint_put(out, (uint64_t)field + 1);
	varint_put(out, scope);
	varint_put(out, base);
	buf_reset(&w->words);
	w->out = &w->words;
	write_words(w, whole, &folded, marks_in(imprint_place(field), scope));
	w->out = head;
	varint_put_text(out, buf_str(&w->words));
}

static uint32_t form_of_code(struct writer *w, struct str code)
{
	struct str word;

	arena_reset(&w->arena);
	word = arena_printf(&w->arena, "%c%.*s", DICTIONARY_CODE_MARK, STR_ARG(code));
	return dictionary_add(w->dictionary, word, word);
}

static void write_codes(struct writer *w, const struct codes *codes)
{
	varint_put(w->out, codes->n);
	for (size_t i = 0; i < codes->n; i++)
		varint_put(w->out, form_of_code(w, codes->at[i]));
}

/* What is bought. The notice's list holds the codes of its lots too: whose they are, scan_cpv() says. */
static void add_codes(struct writer *w, const struct notice *notice)
{
	for (size_t i = 0; i < notice->cpv.n; i++) {
		uint32_t form = form_of_code(w, notice->cpv.at[i]);

		if (scan_cpv_of_notice(notice, i))
			add_stem(w, form, IMPRINT_HEAD);
		for (uint32_t lot = 0; lot < notice->n_lots; lot++)
			if (codes_has(&notice->lots[lot].cpv, notice->cpv.at[i]))
				add_stem(w, form, marks_in(IMPRINT_LOT_HEAD, lot + 1));
	}
}

/* Kind, stage, nature, natures of the lots: imprint_class_read(). */
static void add_class(struct writer *w, const struct notice *notice)
{
	unsigned natures = 0;
	char code[8];

	for (size_t i = 0; i < notice->n_lots; i++)
		natures |= 1u << notice->lots[i].nature;
	snprintf(code, sizeof(code), "%c%c%c%c%c", CLASS_MARK, 'a' + (int)notice->kind,
		'a' + (int)notice->stage, 'a' + (int)notice->nature, 'a' + (int)natures);
	add_stem(w, form_of_code(w, str_of(code)), IMPRINT_HEAD);
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

/* Of a text that is longer than what is looked at, the rest is not kept. */
static bool some_text_cut(const struct notice *notice)
{
	bool cut = notice->title.len > SCAN_TEXT_MAX || notice->description.len > SCAN_TEXT_MAX ||
		   notice->criteria.len > SCAN_TEXT_MAX || notice->buyer.name.len > SCAN_TEXT_MAX;

	for (size_t i = 0; i < notice->subjects.n; i++)
		cut |= notice->subjects.at[i].len > SCAN_TEXT_MAX;
	for (size_t i = 0; i < notice->n_lots; i++)
		cut |= notice->lots[i].title.len > SCAN_TEXT_MAX ||
		       notice->lots[i].description.len > SCAN_TEXT_MAX;
	return cut;
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
		(notice->reserved ? FLAG_RESERVED : 0u) | (some_text_cut(notice) ? FLAG_CUT : 0u));
	varint_put_signed(w->out, notice->published);
	write_deadline(w->out, &notice->deadline);
	write_value(w->out, &notice->value, notice->value_kind);
	for (size_t i = 0; i < LENGTH(texts); i++)
		varint_put_text(w->out, texts[i]);
	write_codes(w, &notice->cpv);
	write_codes(w, &notice->places);
}

static void write_lot(struct writer *w, const struct lot *lot)
{
	varint_put_text(w->out, lot->id);
	varint_put(w->out, (uint64_t)lot->nature);
	write_value(w->out, &lot->value, lot->value_kind);
	write_deadline(w->out, &lot->deadline);
	write_codes(w, &lot->cpv);
	write_codes(w, &lot->places);
}

/* Those of the head and those of the body, both in the order in which scan_notice() reads them. */
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
	varint_put(w->body, 0);
}

static unsigned body_fields(const struct notice *notice)
{
	unsigned fields = (notice->description.len > 0 ? 1u << FIELD_DESCRIPTION : 0) |
			  (notice->criteria.len > 0 ? 1u << FIELD_CRITERIA : 0) |
			  (notice->buyer.name.len > 0 ? 1u << FIELD_BUYER : 0);

	for (size_t i = 0; i < notice->n_lots; i++)
		if (notice->lots[i].description.len > 0)
			fields |= 1u << FIELD_LOT_DESCRIPTION;
	return fields;
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Each stem once, with all its marks. */
static void settle_stems(struct imprint_stems *stems)
{
	size_t n = 0;

	if (stems->n > 1)
		qsort(stems->at, stems->n, sizeof(*stems->at), by_number);
	for (size_t i = 0; i < stems->n; i++) {
		if (n > 0 && stems->at[n - 1] >> 32 == stems->at[i] >> 32)
			stems->at[n - 1] |= stems->at[i];
		else
			stems->at[n++] = stems->at[i];
	}
	stems->n = n;
}

void imprint_write(struct dictionary *dictionary, const struct notice *notice, struct buf *head,
	struct buf *body, struct imprint_stems *ret)
{
	struct writer w = { dictionary, head, body, ret, ARENA_INIT, BUF_INIT(WORDS_MAX) };

	ret->n = 0;
	write_notice(&w, notice);
	varint_put(head, notice->n_lots);
	for (size_t i = 0; i < notice->n_lots; i++)
		write_lot(&w, &notice->lots[i]);
	varint_put(head, body_fields(notice));
	write_texts(&w, notice);
	add_codes(&w, notice);
	add_class(&w, notice);
	settle_stems(ret);
	arena_done(&w.arena);
	buf_done(&w.words);
}

void imprint_stems_done(struct imprint_stems *stems)
{
	free(stems->at);
	*stems = (struct imprint_stems){ NULL, 0, 0 };
}
