#include "match/dictionary.h"

#include <stdlib.h>
#include <string.h>

#include "base/varint.h"
#include "lexicon.h"

/* Texts one behind the other: number i is bytes[starts[i], starts[i + 1]). */
struct texts {
	char *bytes;
	size_t len, size;
	uint32_t *starts;
	uint32_t n, capacity;
	uint32_t *slots; /* open addressing by hash: number + 1; NULL until something is looked up */
	size_t n_slots;  /* a power of two */
};

/* Numbers, by number. */
struct numbers {
	uint32_t *at;
	uint32_t capacity;
};

struct dictionary {
	struct texts forms, words, stems;
	struct numbers word_of; /* by form */
	struct numbers stem_of; /* by word */
	struct arena scratch;
};

/* All offsets fit in 32 bits: a billion bytes of words is more than any language has. */
enum { TEXTS_BYTES_MAX = 1 << 30 };

static void *must(void *p)
{
	if (p == NULL)
		die("out of memory");
	return p;
}

static struct str text_at(const struct texts *texts, uint32_t number)
{
	return str_n(texts->bytes + texts->starts[number],
		texts->starts[number + 1] - texts->starts[number]);
}

static uint64_t hash_of(struct str text)
{
	uint64_t h = str_hash(text);

	return h ^ h >> 29;
}

static size_t slot_of(const struct texts *texts, struct str text)
{
	size_t i = (size_t)hash_of(text) & (texts->n_slots - 1);

	while (texts->slots[i] != 0 && !str_eq(text_at(texts, texts->slots[i] - 1), text))
		i = (i + 1) & (texts->n_slots - 1);
	return i;
}

/* All of them into a table at most half full. */
static void index_texts(struct texts *texts)
{
	if (texts->slots != NULL && 2 * ((size_t)texts->n + 1) <= texts->n_slots)
		return;
	free(texts->slots);
	for (texts->n_slots = 1 << 12; texts->n_slots < 4 * ((size_t)texts->n + 1);)
		texts->n_slots *= 2;
	texts->slots = must(calloc(texts->n_slots, sizeof(*texts->slots)));
	for (uint32_t i = 0; i < texts->n; i++) {
		size_t at = (size_t)hash_of(text_at(texts, i)) & (texts->n_slots - 1);

		while (texts->slots[at] != 0) /* no text is there twice */
			at = (at + 1) & (texts->n_slots - 1);
		texts->slots[at] = i + 1;
	}
}

static uint32_t find(struct texts *texts, struct str text)
{
	uint32_t found;

	index_texts(texts);
	found = texts->slots[slot_of(texts, text)];
	return found != 0 ? found - 1 : DICTIONARY_NONE;
}

static uint32_t append(struct texts *texts, struct str text)
{
	if (texts->len + text.len > TEXTS_BYTES_MAX)
		die("the dictionary has more than %d bytes of words", TEXTS_BYTES_MAX);
	if (texts->bytes == NULL || texts->len + text.len > texts->size) {
		texts->size = 2 * (texts->len + text.len) + 4096;
		texts->bytes = must(realloc(texts->bytes, texts->size));
	}
	if (texts->n + 2 > texts->capacity) {
		texts->capacity = 2 * texts->capacity + 1024;
		texts->starts = must(realloc(texts->starts, texts->capacity * sizeof(*texts->starts)));
		texts->starts[0] = 0;
	}
	memcpy(texts->bytes + texts->len, text.ptr, text.len);
	texts->len += text.len;
	texts->starts[texts->n + 1] = (uint32_t)texts->len;
	return texts->n++;
}

static uint32_t append_indexed(struct texts *texts, struct str text)
{
	uint32_t number = append(texts, text);

	index_texts(texts);
	texts->slots[slot_of(texts, text)] = number + 1;
	return number;
}

static void set_number(struct numbers *numbers, uint32_t i, uint32_t number)
{
	if (i >= numbers->capacity) {
		numbers->capacity = 2 * i + 1024;
		numbers->at = must(realloc(numbers->at, numbers->capacity * sizeof(*numbers->at)));
	}
	numbers->at[i] = number;
}

struct dictionary *dictionary_new(void)
{
	struct dictionary *d = must(calloc(1, sizeof(*d)));

	return d;
}

static void texts_done(struct texts *texts)
{
	free(texts->bytes);
	free(texts->starts);
	free(texts->slots);
}

void *dictionary_free(struct dictionary *d)
{
	if (d == NULL)
		return NULL;
	texts_done(&d->forms);
	texts_done(&d->words);
	texts_done(&d->stems);
	free(d->word_of.at);
	free(d->stem_of.at);
	arena_done(&d->scratch);
	free(d);
	return NULL;
}

uint32_t dictionary_forms(const struct dictionary *d)
{
	return d->forms.n;
}

uint32_t dictionary_words(const struct dictionary *d)
{
	return d->words.n;
}

uint32_t dictionary_stems(const struct dictionary *d)
{
	return d->stems.n;
}

static struct str stem_text(struct dictionary *d, struct str word)
{
	arena_reset(&d->scratch);
	if (word.len > 0 && word.ptr[0] == DICTIONARY_CODE_MARK)
		return word;
	return lexicon_stem_text(word, &d->scratch);
}

static uint32_t add_word(struct dictionary *d, struct str word)
{
	uint32_t number = find(&d->words, word), stem;
	struct str text;

	if (number != DICTIONARY_NONE)
		return number;
	text = stem_text(d, word);
	stem = find(&d->stems, text);
	if (stem == DICTIONARY_NONE)
		stem = append_indexed(&d->stems, text);
	number = append_indexed(&d->words, word);
	set_number(&d->stem_of, number, stem);
	return number;
}

/* One spelling may be two words ("½" is "1" and "2"): those stand behind one another. */
static size_t slot_of_form(const struct dictionary *d, struct str written, struct str word)
{
	const struct texts *forms = &d->forms;
	size_t i = (size_t)hash_of(written) & (forms->n_slots - 1);

	while (forms->slots[i] != 0) {
		uint32_t form = forms->slots[i] - 1;

		if (str_eq(text_at(forms, form), written) &&
			str_eq(text_at(&d->words, d->word_of.at[form]), word))
			break;
		i = (i + 1) & (forms->n_slots - 1);
	}
	return i;
}

uint32_t dictionary_add(struct dictionary *d, struct str written, struct str word)
{
	uint32_t found, form;

	index_texts(&d->forms);
	found = d->forms.slots[slot_of_form(d, written, word)];
	if (found != 0)
		return found - 1;
	form = append(&d->forms, written);
	set_number(&d->word_of, form, add_word(d, word));
	index_texts(&d->forms);
	d->forms.slots[slot_of_form(d, written, word)] = form + 1;
	return form;
}

struct str dictionary_written(const struct dictionary *d, uint32_t form)
{
	return text_at(&d->forms, form);
}

uint32_t dictionary_word(const struct dictionary *d, uint32_t form)
{
	return d->word_of.at[form];
}

struct str dictionary_text(const struct dictionary *d, uint32_t word)
{
	return text_at(&d->words, word);
}

uint32_t dictionary_stem(const struct dictionary *d, uint32_t word)
{
	return d->stem_of.at[word];
}

uint32_t dictionary_find_stem(struct dictionary *d, struct str stem)
{
	return find(&d->stems, stem);
}

uint32_t dictionary_find_stem_of(struct dictionary *d, struct str word)
{
	return find(&d->stems, stem_text(d, word));
}

uint64_t dictionary_fingerprint(void)
{
	static const char *const probes[] = { "soc", "5g", "capteurs", "communications", "communes", "data",
		"dates", "nationaux", "nationale", "paillasses", "irriguer", "irrigations", "numeriques",
		"reseaux", "logicielle", "supervisions", "eaux", "analyses", "formateurs", "formatrices",
		"jeux", "travaux", "bois", "process", "publiques", "traitements", "maintenances", "oeuvres" };
	struct dictionary *d = dictionary_new();
	uint64_t sum = 0;

	for (size_t i = 0; i < LENGTH(probes); i++)
		sum = (sum ^ str_hash(stem_text(d, str_of(probes[i])))) * UINT64_C(0x9E3779B97F4A7C15);
	dictionary_free(d);
	return sum;
}

/*
 * Of each form its word's number, with how it is written in the lowest bits: WRITTEN_OTHERWISE is
 * followed by the text. Where the word is new, its text and its stem's number follow; where that is a
 * new stem, too, what it shares with the word's beginning, and what it does not.
 */
enum { WRITTEN_ALIKE, WRITTEN_CAPITAL, WRITTEN_CAPITALS, WRITTEN_OTHERWISE, WRITTEN_BITS = 2 };

static char capital(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static bool all_capitals(struct str written, struct str word)
{
	for (size_t i = 0; i < word.len; i++)
		if (written.ptr[i] != capital(word.ptr[i]))
			return false;
	return true;
}

static unsigned way_of_writing(struct str written, struct str word)
{
	if (str_eq(written, word))
		return WRITTEN_ALIKE;
	if (written.len != word.len || word.len == 0)
		return WRITTEN_OTHERWISE;
	if (all_capitals(written, word))
		return WRITTEN_CAPITALS;
	return written.ptr[0] == capital(word.ptr[0]) && str_eq(str_from(written, 1), str_from(word, 1))
		       ? WRITTEN_CAPITAL
		       : WRITTEN_OTHERWISE;
}

/* Numbers are given in order of first sight: how many there were before a form is told by those in front. */
static uint32_t count_before(const struct numbers *numbers, uint32_t n)
{
	uint32_t most = 0;

	for (uint32_t i = 0; i < n; i++)
		if (numbers->at[i] >= most)
			most = numbers->at[i] + 1;
	return most;
}

void dictionary_write(const struct dictionary *d, uint32_t from, struct buf *out)
{
	uint32_t words = count_before(&d->word_of, from), stems = count_before(&d->stem_of, words);

	for (uint32_t i = from; i < d->forms.n; i++) {
		uint32_t number = d->word_of.at[i], stem;
		struct str word = text_at(&d->words, number), written = text_at(&d->forms, i), text;
		unsigned way = way_of_writing(written, word);
		size_t shared = 0;

		varint_put(out, (uint64_t)number << WRITTEN_BITS | way);
		if (way == WRITTEN_OTHERWISE)
			varint_put_text(out, written);
		if (number < words)
			continue;
		words++;
		stem = d->stem_of.at[number];
		varint_put_text(out, word);
		varint_put(out, stem);
		if (stem < stems)
			continue;
		stems++;
		text = text_at(&d->stems, stem);
		while (shared < word.len && shared < text.len && word.ptr[shared] == text.ptr[shared])
			shared++;
		varint_put(out, shared);
		varint_put_text(out, str_from(text, shared));
	}
}

static struct str read_stem(struct dictionary *d, struct varint_reader *r, struct str word)
{
	uint64_t shared = varint_get(r);
	struct str rest = varint_get_text(r);

	if (shared > word.len)
		r->bad = true;
	if (rest.len == 0 || r->bad)
		return str_sub(word, 0, (size_t)shared);
	arena_reset(&d->scratch);
	return arena_printf(&d->scratch, "%.*s%.*s", (int)shared, word.ptr, STR_ARG(rest));
}

static void read_word(struct dictionary *d, struct varint_reader *r)
{
	struct str word = varint_get_text(r);
	uint64_t stem = varint_get(r);

	if (r->bad || !str_given(word) || stem > d->stems.n || d->words.len > TEXTS_BYTES_MAX / 2)
		r->bad = true;
	else if (stem == d->stems.n)
		append(&d->stems, read_stem(d, r, word));
	if (!r->bad)
		set_number(&d->stem_of, append(&d->words, word), (uint32_t)stem);
}

/* As it is written: like the word but for capitals. */
static void append_capitals(struct dictionary *d, uint32_t word, bool all)
{
	struct str text = text_at(&d->words, word);
	uint32_t form = append(&d->forms, text);
	char *at = d->forms.bytes + d->forms.starts[form];

	for (size_t i = 0; i < text.len && (all || i == 0); i++)
		at[i] = capital(at[i]);
}

static void read_form(struct dictionary *d, struct varint_reader *r)
{
	uint64_t number = varint_get(r);
	unsigned way = number & ((1u << WRITTEN_BITS) - 1);
	struct str written = STR_NONE;
	uint32_t word = (uint32_t)(number >> WRITTEN_BITS);

	number >>= WRITTEN_BITS;
	if (way == WRITTEN_OTHERWISE)
		written = varint_get_text(r);
	if (r->bad || number > d->words.n || d->forms.len > TEXTS_BYTES_MAX / 2 ||
		(way == WRITTEN_OTHERWISE && !str_given(written)))
		r->bad = true;
	else if (number == d->words.n)
		read_word(d, r);
	if (r->bad)
		return;
	set_number(&d->word_of, d->forms.n, word);
	if (way == WRITTEN_OTHERWISE)
		append(&d->forms, written);
	else if (way == WRITTEN_ALIKE)
		append(&d->forms, text_at(&d->words, word));
	else
		append_capitals(d, word, way == WRITTEN_CAPITALS);
}

static void forget_slots(struct texts *texts)
{
	free(texts->slots);
	texts->slots = NULL;
}

int dictionary_read(struct dictionary *d, struct str bytes, struct error *err)
{
	struct varint_reader r = varint_reader_of(bytes);

	while (r.at < r.end && !r.bad)
		read_form(d, &r);
	forget_slots(&d->forms);
	forget_slots(&d->words);
	forget_slots(&d->stems);
	if (r.bad)
		return error_set(err, ERROR_STORE, "the list of words is damaged");
	return 0;
}
