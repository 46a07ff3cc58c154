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

struct dictionary {
	struct texts words, stems;
	uint32_t *stem_of;  /* by word */
	uint32_t capacity;
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
	texts_done(&d->words);
	texts_done(&d->stems);
	free(d->stem_of);
	arena_done(&d->scratch);
	free(d);
	return NULL;
}

uint32_t dictionary_words(const struct dictionary *d)
{
	return d->words.n;
}

uint32_t dictionary_stems(const struct dictionary *d)
{
	return d->stems.n;
}

static void set_stem(struct dictionary *d, uint32_t word, uint32_t stem)
{
	if (word >= d->capacity) {
		d->capacity = 2 * d->capacity + 1024;
		d->stem_of = must(realloc(d->stem_of, d->capacity * sizeof(*d->stem_of)));
	}
	d->stem_of[word] = stem;
}

static struct str stem_text(struct dictionary *d, struct str word)
{
	arena_reset(&d->scratch);
	if (word.len > 0 && word.ptr[0] == DICTIONARY_CODE_MARK)
		return word;
	return lexicon_stem_text(word, &d->scratch);
}

uint32_t dictionary_add(struct dictionary *d, struct str word)
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
	set_stem(d, number, stem);
	return number;
}

struct str dictionary_text(const struct dictionary *d, uint32_t word)
{
	return text_at(&d->words, word);
}

uint32_t dictionary_stem(const struct dictionary *d, uint32_t word)
{
	return d->stem_of[word];
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
 * Of each word its text and its stem's number; where that is a new stem its text follows, as what it
 * shares with the word's beginning and what it does not.
 */
void dictionary_write(const struct dictionary *d, uint32_t from, struct buf *out)
{
	uint32_t stems = 0;

	for (uint32_t i = 0; i < from; i++)
		if (d->stem_of[i] >= stems)
			stems = d->stem_of[i] + 1;
	for (uint32_t i = from; i < d->words.n; i++) {
		struct str word = text_at(&d->words, i), stem = text_at(&d->stems, d->stem_of[i]);
		size_t shared = 0;

		varint_put_text(out, word);
		varint_put(out, d->stem_of[i]);
		if (d->stem_of[i] < stems)
			continue;
		stems = d->stem_of[i] + 1;
		while (shared < word.len && shared < stem.len && word.ptr[shared] == stem.ptr[shared])
			shared++;
		varint_put(out, shared);
		varint_put_text(out, str_from(stem, shared));
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

int dictionary_read(struct dictionary *d, struct str bytes, struct error *err)
{
	struct varint_reader r = varint_reader_of(bytes);

	while (r.at < r.end && !r.bad) {
		struct str word = varint_get_text(&r);
		uint64_t stem = varint_get(&r);

		if (r.bad || !str_given(word) || stem > d->stems.n || d->words.len > TEXTS_BYTES_MAX / 2)
			r.bad = true;
		else if (stem == d->stems.n)
			append(&d->stems, read_stem(d, &r, word));
		if (!r.bad)
			set_stem(d, append(&d->words, word), (uint32_t)stem);
	}
	free(d->words.slots);
	free(d->stems.slots);
	d->words.slots = d->stems.slots = NULL;
	if (r.bad)
		return error_set(err, ERROR_STORE, "the list of words is damaged");
	return 0;
}
