#include "match/imprint.h"

#include <stdlib.h>
#include <string.h>

#include "base/varint.h"
#include "imprint_bytes.h"

enum { TEXT_MAX = 2 * SCAN_TEXT_MAX };

static void *grown(void *array, size_t *capacity, size_t size)
{
	*capacity = *capacity ? 2 * *capacity : 256;
	array = realloc(array, *capacity * size);
	if (array == NULL)
		die("out of memory");
	return array;
}

unsigned imprint_place(enum match_field field)
{
	switch (field) {
	case FIELD_TITLE:
	case FIELD_SUBJECTS:
		return IMPRINT_HEAD;
	case FIELD_LOT_TITLE:
		return IMPRINT_LOT_HEAD;
	case FIELD_CPV:
		return (unsigned)IMPRINT_HEAD | (unsigned)IMPRINT_LOT_HEAD;
	case FIELD_LOT_DESCRIPTION:
		return IMPRINT_LOT;
	case FIELD_DESCRIPTION:
	case FIELD_CRITERIA:
	case FIELD_BUYER:
	case FIELDS:
		break;
	}
	return IMPRINT_BODY;
}

static bool lot_field(enum match_field field)
{
	return field == FIELD_LOT_TITLE || field == FIELD_LOT_DESCRIPTION;
}

bool imprint_class_read(struct str word, struct lot *lots, struct notice *ret)
{
	unsigned numbers[4];

	if (word.len != 2 + LENGTH(numbers) || word.ptr[0] != DICTIONARY_CODE_MARK || word.ptr[1] != CLASS_MARK)
		return false;
	for (size_t i = 0; i < LENGTH(numbers); i++)
		numbers[i] = (unsigned)(unsigned char)word.ptr[2 + i] - 'a';
	if (numbers[0] >= NOTICE_KINDS || numbers[1] >= NOTICE_KINDS || numbers[2] >= NATURES ||
		numbers[3] >= 1u << NATURES)
		return false;
	notice_init(ret);
	ret->kind = (enum notice_kind)numbers[0];
	ret->stage = (enum notice_kind)numbers[1];
	ret->nature = (enum notice_nature)numbers[2];
	ret->lots = lots;
	for (unsigned nature = 0; nature < NATURES; nature++) {
		if ((numbers[3] & 1u << nature) == 0)
			continue;
		lot_init(&lots[ret->n_lots]);
		lots[ret->n_lots++].nature = (enum notice_nature)nature;
	}
	return true;
}

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
	if (gap < IMPRINT_GAPS)
		return imprint_gaps[gap];
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
				in_head(text.field) == body;
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

static uint16_t len_of(struct str text)
{
	return text.len < IMPRINT_LENS_MANY ? (uint16_t)text.len : IMPRINT_LENS_MANY;
}

struct imprint_lens imprint_lens_of(struct str folded, struct str written)
{
	return (struct imprint_lens){ len_of(folded), len_of(written) };
}

/* How far a word begins behind the end of the one in front of it; none goes back further than that. */
static uint32_t begin_word(struct reading *r, uint32_t end)
{
	uint64_t back;

	if (r->bytes.at < r->bytes.end && *r->bytes.at < IMPRINT_GAPS)
		return end + (uint32_t)imprint_gaps[*r->bytes.at++].len;
	if (r->bytes.at >= r->bytes.end || *r->bytes.at != GAP_BACK)
		return end + (uint32_t)read_gap(r).len;
	r->bytes.at++;
	back = varint_get(&r->bytes);
	return end - (back < end ? (uint32_t)back : end);
}

void imprint_places(const struct dictionary *dictionary, const struct imprint_text *text,
	const struct imprint_lens *lens, struct fold_word *ret)
{
	struct reading r = { dictionary, varint_reader_of(text->bytes), NULL };
	uint32_t n = (uint32_t)varint_get(&r.bytes), at = 1, end = 0;

	for (uint32_t i = 0; i < n; i++) {
		uint32_t start = begin_word(&r, end), form = (uint32_t)varint_get(&r.bytes);
		uint32_t len = lens[form].folded, written = lens[form].written;

		if (len == IMPRINT_LENS_MANY)
			len = (uint32_t)dictionary_text(dictionary, dictionary_word(dictionary, form)).len;
		if (written == IMPRINT_LENS_MANY)
			written = (uint32_t)dictionary_written(dictionary, form).len;
		end = start + written;
		ret[i] = (struct fold_word){ at, len, start, end };
		at += len + 1;
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
