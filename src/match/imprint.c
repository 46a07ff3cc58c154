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
 *	fields  those of the body, as bits
 *	texts   of the head; of the body apart; of each: field + 1, scope, base, how many bytes, how many words, the words, a gap; at the end 0
 *	codes   how many, the form of each in the dictionary
 *	word    a gap, its form
 *	gap     what stands between two words, or at an end: one byte, the number of one that is usual, or
 *	        GAP_TEXT and a text, or GAP_BACK and by how many bytes the word begins before the one in
 *	        front of it ends ("½" is written once and is two words)
 */
static const char *const gaps[] = { "", " ", ", ", ". ", "'", "\u2019", "-", "\n", " : ", ": ", " (", ") ", "/",
	" / ", " - ", ".", ",", "; ", " ; ", " \u00ab ", " \u00bb ", "\u00a0", "\u00a0: ", "\u00a0; ", "(", ")",
	".\n", ",\n", ";\n", " ;\n", ":\n", " :\n", "\n- ", "\n\n", " \n", "  ", " \u2013 ", "+", " + ", "_",
	"@", "\u00b0", " \u20ac ", "\u20ac", "%", " % ", " %", "), ", ").", ")\n", ", (", "? ", "! ", " ! ",
	" ? ", "\"", " \"", "\" ", ":", ";", "&", " & ", "*", " * ", "#", " #", "=", " = ", "\t", "\r\n", "...",
	"... ", "\u2026", "\u2026 ", "://", " (\u00ab ", "\u2022 ", "\n\u2022 ", "\n * ", " \u2022 ", "|", " | ",
	"\u00ab ", " \u00bb", "\u00ab\u00a0", "\u00a0\u00bb", "\u00a0\u00bb ", ".\n\n", ". - ", "--", " -- ",
	"\n\n- ", ":\n- ", " :\n- ", ";\n- ", " ;\n- ", ".\n- ", "\u00b2", "\u00b3", "[", "]", " [", "] ",
	"' ", " '", "' '", "\u2019 ", "\u2018", " \u2018", "\u201c", "\u201d", " \u201c", "\u201d ", "\u2013",
	"\u2014", " \u2014 ", "   ", "\n " };
enum { GAP_TEXT = 255, GAP_BACK = 254 };
_Static_assert(LENGTH(gaps) <= GAP_BACK, "a gap's number fits in a byte");

enum { FLAG_SUMMARY = 1, FLAG_INNOVATIVE = 2, FLAG_SME = 4, FLAG_RESERVED = 8, FLAG_CUT = 16 };

/* Of the words of one text: a word has a byte of it at least, and no more than this here. */
enum { WORDS_MAX = 16 * SCAN_TEXT_MAX, TEXT_MAX = 2 * SCAN_TEXT_MAX };

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
	struct buf *out, *body;
	struct imprint_stems *stems;
	struct arena arena;
	struct buf words; /* of the text at hand */
};

static void add_stem(struct writer *w, uint32_t form, unsigned place)
{
	struct imprint_stems *stems = w->stems;
	uint32_t word = dictionary_word(w->dictionary, form);

	if (stems->n == stems->capacity)
		stems->at = grown(stems->at, &stems->capacity, sizeof(*stems->at));
	stems->at[stems->n++] = dictionary_stem(w->dictionary, word) << IMPRINT_PLACES | place;
}

static bool lot_field(enum match_field field)
{
	return field == FIELD_LOT_TITLE || field == FIELD_LOT_DESCRIPTION;
}

unsigned imprint_place(enum match_field field)
{
	if (field == FIELD_TITLE || field == FIELD_LOT_TITLE || field == FIELD_SUBJECTS || field == FIELD_CPV)
		return IMPRINT_HEAD;
	return field == FIELD_LOT_DESCRIPTION ? IMPRINT_LOT : IMPRINT_BODY;
}

static void write_gap(struct writer *w, struct str gap)
{
	unsigned char first = gap.len > 0 ? (unsigned char)gap.ptr[0] : 0;

	for (size_t i = 0; i < LENGTH(gaps); i++) {
		if ((unsigned char)gaps[i][0] != first || !str_eqz(gap, gaps[i]))
			continue;
		buf_addc(w->out, (char)(unsigned char)i);
		return;
	}
	buf_addc(w->out, (char)(unsigned char)GAP_TEXT);
	varint_put_text(w->out, gap);
}

static void write_words(struct writer *w, struct str text, const struct folded *folded, enum match_field field)
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
		add_stem(w, form, imprint_place(field));
	}
	write_gap(w, str_from(text, end));
}

static void write_text(struct writer *w, struct str text, uint32_t scope, uint32_t base,
	enum match_field field)
{
	struct str whole = str_clip(text, SCAN_TEXT_MAX);
	struct folded folded;
	struct buf *out = imprint_place(field) == IMPRINT_HEAD ? w->out : w->body, *head = w->out;

	if (text.len == 0)
		return;
	arena_reset(&w->arena);
	folded = fold(&w->arena, whole);
	varint_put(out, (uint64_t)field + 1);
	varint_put(out, scope);
	varint_put(out, base);
	buf_reset(&w->words);
	w->out = &w->words;
	write_words(w, whole, &folded, field);
	w->out = head;
	varint_put_text(out, buf_str(&w->words));
}

/* A code is a form of the dictionary; only those of what is bought are looked for. */
static void write_codes(struct writer *w, const struct codes *codes, bool wanted)
{
	varint_put(w->out, codes->n);
	for (size_t i = 0; i < codes->n; i++) {
		struct str word;
		uint32_t form;

		arena_reset(&w->arena);
		word = arena_printf(&w->arena, "%c%.*s", DICTIONARY_CODE_MARK, STR_ARG(codes->at[i]));
		form = dictionary_add(w->dictionary, word, word);
		varint_put(w->out, form);
		if (wanted)
			add_stem(w, form, IMPRINT_HEAD);
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
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Each stem once, with all its places. */
static void settle_stems(struct imprint_stems *stems)
{
	size_t n = 0;

	if (stems->n > 1)
		qsort(stems->at, stems->n, sizeof(*stems->at), by_number);
	for (size_t i = 0; i < stems->n; i++) {
		if (n > 0 && stems->at[n - 1] >> IMPRINT_PLACES == stems->at[i] >> IMPRINT_PLACES)
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
	settle_stems(ret);
	arena_done(&w.arena);
	buf_done(&w.words);
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
		uint64_t form = get_below(r, dictionary_forms(r->dictionary));

		if (!r->bytes.bad)
			ret->at[i] = str_from(dictionary_written(r->dictionary, (uint32_t)form), 1);
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

static void read_notice(struct reading *r, struct notice *notice, bool *ret_cut)
{
	struct party *buyer = &notice->buyer;
	struct str *const texts[] = { &notice->notice_type, &notice->language, &notice->procedure,
		&buyer->name, &buyer->id, &buyer->city, &buyer->postcode, &buyer->department, &buyer->nuts,
		&buyer->country, &notice->source, &notice->ref };
	uint64_t flags;

	notice_init(notice);
	notice->id = varint_get_text(&r->bytes);
	notice->version = (int)get_below(r, INT32_MAX);
	notice->kind = (enum notice_kind)get_below(r, NOTICE_KINDS);
	notice->stage = (enum notice_kind)get_below(r, NOTICE_KINDS);
	notice->nature = (enum notice_nature)get_below(r, NATURES);
	flags = get_below(r, 2 * FLAG_CUT);
	*ret_cut = (flags & FLAG_CUT) != 0;
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

static struct str read_gap(struct reading *r)
{
	unsigned gap = r->bytes.at < r->bytes.end ? *r->bytes.at++ : GAP_BACK;

	if (gap == GAP_TEXT)
		return varint_get_text(&r->bytes);
	if (gap < LENGTH(gaps))
		return str_of(gaps[gap]);
	r->bytes.bad = true;
	r->bytes.at = r->bytes.end;
	return STR("");
}

/* Over what stands in front of a word; most often that is one byte. */
static void pass_gap(struct reading *r)
{
	if (r->bytes.at >= r->bytes.end) {
		r->bytes.bad = true;
	} else if (*r->bytes.at < GAP_BACK) {
		r->bytes.at++;
	} else if (*r->bytes.at++ == GAP_BACK) {
		varint_get(&r->bytes);
	} else {
		varint_get_text(&r->bytes);
	}
}

static void read_forms(struct reading *r, uint32_t *forms, uint32_t n)
{
	uint32_t known = dictionary_forms(r->dictionary);

	for (uint32_t i = 0; i < n; i++) {
		uint64_t form;

		pass_gap(r);
		form = varint_get(&r->bytes);
		if (form >= known) {
			r->bytes.bad = true;
			return;
		}
		forms[i] = (uint32_t)form;
	}
}

/* The words of one text; their bytes are looked at again when somebody asks where they stand. */
static void read_text(struct reading *r, struct imprint *imprint, struct imprint_text *text)
{
	struct reading words = { r->dictionary, varint_reader_of(text->bytes), r->arena };

	text->n = (uint32_t)get_below(&words, text->bytes.len + 1);
	while (imprint->n_forms + text->n > imprint->forms_capacity)
		imprint->forms = grown(imprint->forms, &imprint->forms_capacity, sizeof(*imprint->forms));
	text->first = (uint32_t)imprint->n_forms;
	read_forms(&words, imprint->forms + imprint->n_forms, text->n);
	pass_gap(&words);
	imprint->n_forms += text->n;
	r->bytes.bad |= words.bytes.bad || words.bytes.at != words.bytes.end;
}

static void read_texts(struct reading *r, struct imprint *imprint, bool body)
{
	uint64_t field;

	while ((field = get_below(r, FIELDS + 1)) != 0) {
		struct imprint_text text = { .field = (enum match_field)(field - 1) };

		text.scope = (uint32_t)get_below(r, imprint->notice.n_lots + 1);
		text.base = (uint32_t)get_below(r, UINT32_MAX);
		text.bytes = varint_get_text(&r->bytes);
		r->bytes.bad |= !str_given(text.bytes) || lot_field(text.field) != (text.scope > 0) ||
				(imprint_place(text.field) == IMPRINT_HEAD) == body;
		if (!r->bytes.bad)
			read_text(r, imprint, &text);
		if (r->bytes.bad)
			return;
		if (imprint->n_texts == imprint->texts_capacity)
			imprint->texts = grown(
				imprint->texts, &imprint->texts_capacity, sizeof(*imprint->texts));
		imprint->texts[imprint->n_texts++] = text;
	}
}

static int damaged(const struct imprint *imprint, struct error *err)
{
	return error_set(err, ERROR_STORE, "the words kept of %.*s are damaged",
		STR_ARG(imprint->notice.id));
}

int imprint_read(const struct dictionary *dictionary, struct str head, struct arena *arena,
	struct imprint *ret, struct error *err)
{
	struct reading r = { dictionary, varint_reader_of(head), arena };

	ret->n_texts = ret->n_forms = 0;
	ret->written = 0;
	read_notice(&r, &ret->notice, &ret->cut);
	read_lots(&r, &ret->notice);
	ret->body = (unsigned)get_below(&r, 1u << FIELDS);
	ret->body_read = false;
	ret->rest = str_n((const char *)r.bytes.at, (size_t)(r.bytes.end - r.bytes.at));
	return r.bytes.bad ? damaged(ret, err) : 0;
}

int imprint_words(const struct dictionary *dictionary, struct imprint *imprint, struct error *err)
{
	struct reading r = { dictionary, varint_reader_of(imprint->rest), NULL };

	if (!str_given(imprint->rest))
		return 0;
	read_texts(&r, imprint, false);
	imprint->rest = STR_NONE;
	return r.bytes.bad || r.bytes.at != r.bytes.end ? damaged(imprint, err) : 0;
}

/* Where a text comes when a notice is scanned. */
static uint64_t order_of(const struct imprint_text *text)
{
	static const uint64_t order[] = { [FIELD_TITLE] = 0, [FIELD_SUBJECTS] = 1, [FIELD_DESCRIPTION] = 2,
		[FIELD_CRITERIA] = 3, [FIELD_BUYER] = 4, [FIELD_LOT_TITLE] = 5, [FIELD_LOT_DESCRIPTION] = 6,
		[FIELD_CPV] = 7 };
	_Static_assert(LENGTH(order) == FIELDS, "a place for each field");

	return text->scope == 0 ? order[text->field] : (uint64_t)text->scope << 3 | order[text->field];
}

/* The last `more` texts are of the body: they and those of the head are put in one order. */
static void merge_texts(struct imprint *imprint, size_t more)
{
	size_t n = imprint->n_texts, i = 0, j = n - more, at = 0;
	struct imprint_text *merged = malloc(imprint->texts_capacity * sizeof(*merged));

	if (merged == NULL)
		die("out of memory");
	while (at < n)
		merged[at++] = j == n || (i < n - more &&
						 order_of(&imprint->texts[i]) <= order_of(&imprint->texts[j]))
				       ? imprint->texts[i++]
				       : imprint->texts[j++];
	free(imprint->texts);
	imprint->texts = merged;
}

int imprint_read_body(const struct dictionary *dictionary, struct str body, struct imprint *imprint,
	struct error *err)
{
	struct reading r = { dictionary, varint_reader_of(body), NULL };
	size_t n = imprint->n_texts;

	if (imprint->body_read)
		return 0;
	read_texts(&r, imprint, true);
	imprint->body_read = true;
	imprint->written &= ~imprint->body;
	if (r.bytes.bad || r.bytes.at != r.bytes.end)
		return damaged(imprint, err);
	if (imprint->n_texts > n)
		merge_texts(imprint, imprint->n_texts - n);
	return 0;
}

void imprint_places(const struct dictionary *dictionary, const struct imprint_text *text,
	struct fold_word *ret)
{
	struct reading r = { dictionary, varint_reader_of(text->bytes), NULL };
	uint32_t n = (uint32_t)varint_get(&r.bytes), at = 1, end = 0;

	for (uint32_t i = 0; i < n; i++) {
		uint32_t form, len;

		if (r.bytes.at < r.bytes.end && *r.bytes.at == GAP_BACK) {
			uint64_t back;

			r.bytes.at++;
			back = varint_get(&r.bytes);
			end -= back < end ? (uint32_t)back : end;
		} else {
			end += (uint32_t)read_gap(&r).len;
		}
		form = (uint32_t)varint_get(&r.bytes);
		len = (uint32_t)dictionary_text(dictionary, dictionary_word(dictionary, form)).len;
		ret[i] = (struct fold_word){ at, len, end,
			end + (uint32_t)dictionary_written(dictionary, form).len };
		at += len + 1;
		end = ret[i].raw_end;
	}
}

void imprint_text_write(const struct dictionary *dictionary, const struct imprint_text *text, struct buf *out)
{
	struct reading r = { dictionary, varint_reader_of(text->bytes), NULL };
	uint32_t n = (uint32_t)varint_get(&r.bytes);
	size_t start = out->len;

	for (uint32_t i = 0; i < n; i++) {
		size_t back = 0;
		struct str written;

		if (r.bytes.at < r.bytes.end && *r.bytes.at == GAP_BACK) {
			r.bytes.at++;
			back = (size_t)varint_get(&r.bytes);
		} else {
			buf_adds(out, read_gap(&r));
		}
		written = dictionary_written(dictionary, (uint32_t)varint_get(&r.bytes));
		if (back <= written.len && back <= out->len - start)
			buf_adds(out, str_from(written, back));
	}
	buf_adds(out, read_gap(&r));
}

static struct str *place_of(struct notice *notice, const struct imprint_text *text)
{
	switch (text->field) {
	case FIELD_TITLE:
		return &notice->title;
	case FIELD_DESCRIPTION:
		return &notice->description;
	case FIELD_CRITERIA:
		return &notice->criteria;
	case FIELD_LOT_TITLE:
		return &notice->lots[text->scope - 1].title;
	case FIELD_LOT_DESCRIPTION:
		return &notice->lots[text->scope - 1].description;
	case FIELD_SUBJECTS:
		return &notice->subjects.at[notice->subjects.n++];
	case FIELD_BUYER: /* the notice has it */
	case FIELD_CPV:
	case FIELDS:
		break;
	}
	return NULL;
}

void imprint_texts(const struct dictionary *dictionary, struct imprint *imprint, unsigned fields,
	struct arena *arena)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(TEXT_MAX);

	fields &= ~imprint->written;
	imprint->written |= fields;
	if ((fields & 1u << FIELD_SUBJECTS) != 0)
		imprint->notice.subjects =
			(struct codes){ arena_array(arena, struct str, imprint->n_texts), 0, 0 };
	for (size_t i = 0; i < imprint->n_texts; i++) {
		const struct imprint_text *text = &imprint->texts[i];
		struct str *place = NULL;

		if ((fields & 1u << text->field) != 0)
			place = place_of(&imprint->notice, text);
		if (place == NULL)
			continue;
		buf_reset(&out);
		imprint_text_write(dictionary, text, &out);
		*place = arena_dup(arena, buf_str(&out));
	}
}

void imprint_done(struct imprint *imprint)
{
	free(imprint->texts);
	free(imprint->forms);
	*imprint = (struct imprint)IMPRINT_INIT;
}
