#include "base/fold.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "base/error.h"
#include "fold_table.h"

/* Where the writing stands. */
struct pen {
	char *text; /* first byte of the folded text */
	char *out;  /* behind its last */
	struct fold_word *word;
	bool open;  /* inside a word: word->start and raw_start are known */
};

static void put(struct pen *pen, char c, size_t raw_start)
{
	if (!pen->open) {
		pen->word->start = (uint32_t)(pen->out - pen->text);
		pen->word->raw_start = (uint32_t)raw_start;
		pen->open = true;
	}
	*pen->out++ = c;
}

static void separate(struct pen *pen, size_t raw_end)
{
	if (!pen->open)
		return;
	pen->word->len = (uint32_t)(pen->out - pen->text) - pen->word->start;
	pen->word->raw_end = (uint32_t)raw_end;
	pen->word++;
	*pen->out++ = ' ';
	pen->open = false;
}

/* The value of the table for a character; the planes above the first are answered here. */
static inline unsigned wide_value(uint32_t c)
{
	/* Plane 14 holds tags and variation selectors, which vanish; letters there are nobody's words. */
	if (c > 0xFFFF)
		return c >> 16 == 14 ? FOLD_DROP : FOLD_SEPARATOR;
	return fold_index[fold_page[c >> 8]][c & 255];
}

/* The character at raw[pos .. end) is not ASCII. */
static void wide(struct pen *pen, struct str raw, size_t pos, size_t end, uint32_t c)
{
	unsigned value = wide_value(c);
	const char *entry;
	size_t len;
	bool written = false;

	switch (value) {
	case FOLD_SEPARATOR:
		separate(pen, pos);
		return;
	case FOLD_DROP:
		return;
	case FOLD_SELF:
		entry = raw.ptr + pos;
		len = end - pos;
		break;
	default:
		entry = fold_pool + value + 1;
		len = (unsigned char)fold_pool[value];
	}
	for (size_t i = 0; i < len; i++) {
		if (entry[i] == ' ') {
			/* A word that ended before this character does not cover it. */
			separate(pen, written ? end : pos);
			continue;
		}
		put(pen, entry[i], pos);
		written = true;
	}
}

/*
 * Character by character, to where a word ends or none begins. Returns where that is.
 *
 * The place for a lost œ: publishers that pass texts through Latin-1 write "d'?uvre". Such a '?' is a blank
 * like any other here.
 */
static size_t fold_slowly(struct pen *pen, struct str raw, size_t pos)
{
	do {
		size_t start = pos;
		uint32_t c = str_utf8_next(raw, &pos);

		if (c >= 0x80)
			wide(pen, raw, start, pos, c);
		else if ((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'))
			put(pen, (char)(c | 0x20), start); /* digits have this bit already */
		else
			separate(pen, start);
	} while (pen->open && pos < raw.len);
	return pos;
}

/* Eight bytes of the text at once, the first one lowest. */
#define EACH(BYTE) ((BYTE)*UINT64_C(0x0101010101010101))

static inline uint64_t load(const char *p)
{
	uint64_t eight;

	memcpy(&eight, p, sizeof(eight));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	eight = __builtin_bswap64(eight);
#endif
	return eight;
}

/* The top bit of every byte that is an ASCII letter or digit; no sum carries, 7 bits each. */
static inline uint64_t alnum_bits(uint64_t eight)
{
	uint64_t low = eight & EACH(0x7F), lower = low | EACH(0x20);
	uint64_t letter = (lower + EACH(0x80 - 'a')) & ~(lower + EACH(0x7F - 'z'));
	uint64_t digit = (low + EACH(0x80 - '0')) & ~(low + EACH(0x7F - '9'));

	return (letter | digit) & ~eight & EACH(0x80);
}

/* How many bytes have their top bit in `bits`, which has no others. */
static inline size_t count_bits(uint64_t bits)
{
	return (size_t)((bits >> 7) * EACH(1) >> 56);
}

/*
 * BLOCK bytes are looked at together. With FRENCH letters from U+00C0 to U+00FF begin: nearly all that is not ASCII
 * in a notice.
 */
enum { BLOCK = 64, COPY = 16, FRENCH = 0xC3 };
struct marks {
	uint64_t words;  /* a bit for each ASCII letter or digit, and both bytes that begin with FRENCH */
	uint64_t french; /* for each FRENCH */
	uint64_t others; /* for all that is neither of these nor ASCII */
};

static inline struct marks marked(uint64_t alnum, uint64_t french, uint64_t high)
{
	uint64_t pairs = french | french << 1;

	return (struct marks){ alnum | pairs, french, high & ~pairs };
}

#if defined(__SSE2__) && !defined(FOLD_PORTABLE)
static inline struct marks marks_of(const char *in)
{
	uint64_t alnum = 0, french = 0, high = 0;

	for (size_t i = 0; i < BLOCK; i += 16) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(in + i));
		__m128i letter = _mm_sub_epi8(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), _mm_set1_epi8('a'));
		__m128i digit = _mm_sub_epi8(bytes, _mm_set1_epi8('0'));
		__m128i is_letter = _mm_cmpeq_epi8(_mm_min_epu8(letter, _mm_set1_epi8('z' - 'a')), letter);
		__m128i is_digit = _mm_cmpeq_epi8(_mm_min_epu8(digit, _mm_set1_epi8('9' - '0')), digit);
		__m128i is_french = _mm_cmpeq_epi8(bytes, _mm_set1_epi8((char)FRENCH));

		alnum |= (uint64_t)_mm_movemask_epi8(_mm_or_si128(is_letter, is_digit)) << i;
		french |= (uint64_t)_mm_movemask_epi8(is_french) << i;
		high |= (uint64_t)_mm_movemask_epi8(bytes) << i;
	}
	return marked(alnum, french, high);
}
#else
/* The product brings the top bits of eight bytes together. */
static inline uint64_t gathered(uint64_t tops)
{
	return ((tops & EACH(0x80)) >> 7) * UINT64_C(0x0102040810204080) >> 56;
}

static inline struct marks marks_of(const char *in)
{
	uint64_t alnum = 0, french = 0, high = 0;

	for (size_t i = 0; i < BLOCK; i += 8) {
		uint64_t eight = load(in + i), other = eight ^ EACH(FRENCH);

		alnum |= gathered(alnum_bits(eight)) << i;
		french |= gathered(~(((other & EACH(0x7F)) + EACH(0x7F)) | other)) << i;
		high |= gathered(eight) << i;
	}
	return marked(alnum, french, high);
}
#endif

/* Letters and digits, lower case. COPY bytes more are read, and written. Returns behind the last. */
static inline char *copy_lower(char *out, const char *in, size_t n)
{
	for (size_t at = 0; at <= n; at += COPY) {
		uint64_t two[COPY / 8];

		memcpy(two, in + at, COPY);
		two[0] |= EACH(0x20); /* digits have this bit already */
		two[1] |= EACH(0x20);
		memcpy(out + at, two, COPY);
	}
	return out + n;
}

/*
 * The same with accents, which begin at `french`; *french loses them. NULL when one of them is not one letter.
 */
static inline char *copy_french(char *out, const char *in, size_t start, size_t end, uint64_t *french)
{
	size_t at;

	for (; (at = (size_t)__builtin_ctzll(*french)) < end; *french &= *french - 1) {
		char letter = fold_letter[(unsigned char)in[at + 1]];

		if (letter == ' ')
			return NULL;
		out = copy_lower(out, in + start, at - start);
		*out++ = letter;
		start = at + 2;
	}
	return copy_lower(out, in + start, end - start);
}

/*
 * The words of a block, which is raw[pos ..) and has COPY bytes behind it that may be read. Most words are two
 * edges in two numbers, and one copy. Returns how far it came: to the end, or to a word that goes beyond or has
 * characters that are to be looked at one by one.
 */
static inline size_t fold_block(struct pen *pen, const char *in, size_t pos)
{
	struct marks marks = marks_of(in);
	uint64_t starts = marks.words & ~(marks.words << 1), ends = ~marks.words & marks.words << 1;
	uint64_t french = marks.french | UINT64_C(1) << (BLOCK - 1);
	struct fold_word *word = pen->word;
	char *out = pen->out;

	ends &= (marks.others & -marks.others) - 1; /* those before the first of the others */
	while (ends != 0) {
		size_t start = (size_t)__builtin_ctzll(starts), end = (size_t)__builtin_ctzll(ends);
		char *next;

		if ((size_t)__builtin_ctzll(french) >= end)
			next = copy_lower(out, in + start, end - start);
		else
			next = copy_french(out, in, start, end, &french);
		if (next == NULL)
			break;
		*word++ = (struct fold_word){ (uint32_t)(out - pen->text), (uint32_t)(next - out),
			(uint32_t)(pos + start), (uint32_t)(pos + end) };
		*next = ' ';
		out = next + 1;
		starts &= starts - 1;
		ends &= ends - 1;
	}
	pen->word = word;
	pen->out = out;
	starts |= marks.others;
	return starts != 0 ? (size_t)__builtin_ctzll(starts) : BLOCK;
}

/*
 * What the text can become at most. One ASCII byte gives one byte, a letter or the blank behind a
 * word, and ends one word at most; a character beyond ASCII gives an entry of the table. One word more is
 * begun that comes to nothing.
 */
enum { OVERSHOOT = 32 }; /* what is written behind the end and means nothing */

static void ceilings(struct str raw, size_t *ret_bytes, size_t *ret_words)
{
	size_t alnum = 0, leads = 0;

	for (size_t i = 0; i < raw.len; i += 8) {
		char last[8] = { 0 };
		uint64_t eight;

		if (raw.len - i < 8)
			memcpy(last, raw.ptr + i, raw.len - i);
		eight = load(raw.len - i < 8 ? last : raw.ptr + i);
		alnum += count_bits(alnum_bits(eight));
		leads += count_bits(eight & eight << 1 & EACH(0x80));
	}
	*ret_bytes = raw.len + leads * FOLD_ENTRY_MAX + 2 + OVERSHOOT;
	*ret_words = raw.len - alnum + leads * ((FOLD_ENTRY_MAX + 1) / 2) + 2;
}

static size_t aligned(size_t bytes)
{
	return (bytes + _Alignof(struct fold_word) - 1) & ~(_Alignof(struct fold_word) - 1);
}

/* Folds to where there is room for what ceilings() tells. */
static struct folded fold_to(char *text, struct fold_word *words, struct str raw)
{
	struct pen pen = { text, text, words, false };
	char last[BLOCK + COPY];
	size_t pos = 0;

	*pen.out++ = ' ';
	while (pos < raw.len) {
		size_t left = raw.len - pos, n;
		const char *in = raw.ptr + pos;

		if (left < BLOCK + COPY) { /* the end, with something behind it that may be read */
			memset(last, 0, sizeof(last));
			in = memcpy(last, in, left);
		}
		n = fold_block(&pen, in, pos);
		pos += n;
		if (n == 0) /* nothing could be done: it is not tried again */
			pos = fold_slowly(&pen, raw, pos);
	}
	separate(&pen, raw.len);
	if ((size_t)(pen.out - pen.text) > UINT32_MAX)
		die("a text of %zu bytes is too large to fold", raw.len);
	return (struct folded){
		.text = { pen.text, (size_t)(pen.out - pen.text) },
		.words = words,
		.n_words = (uint32_t)(pen.word - words),
	};
}

/*
 * Folds into memory reserved, not yet committed, of the arena: the text at its start, the words
 * somewhere behind.
 */
static struct folded fold_reserved(struct arena *arena, struct str raw)
{
	size_t bytes_max, words_max;
	char *text;

	assert(raw.len < UINT32_MAX);
	ceilings(raw, &bytes_max, &words_max);
	text = arena_reserve(arena, aligned(bytes_max) + words_max * sizeof(struct fold_word));
	return fold_to(text, (struct fold_word *)(void *)(text + aligned(bytes_max)), raw);
}

/*
 * Room for the worst of texts of that size, nothing but two-byte characters with the longest entries:
 * pages that are never written cost nothing.
 */
static void fold_room_make(struct fold_room *room, size_t size)
{
	size_t leads = size / 2 + 1;

	fold_room_done(room);
	room->size = size;
	room->text = malloc(size + leads * FOLD_ENTRY_MAX + 2 + OVERSHOOT + FOLD_SLACK);
	room->words = malloc((size + leads * ((FOLD_ENTRY_MAX + 1) / 2) + 2) * sizeof(*room->words));
	if (room->text == NULL || room->words == NULL)
		die("out of memory");
}

struct folded fold_again(struct fold_room *room, struct str raw)
{
	struct folded f;

	assert(raw.len < UINT32_MAX);
	if (raw.len > room->size || room->text == NULL)
		fold_room_make(room, 2 * raw.len + 1024);
	f = fold_to(room->text, room->words, raw);
	memset(room->text + f.text.len, 0, FOLD_SLACK);
	return f;
}

void fold_room_done(struct fold_room *room)
{
	free(room->text);
	free(room->words);
	*room = (struct fold_room)FOLD_ROOM_INIT;
}

struct folded fold(struct arena *arena, struct str raw)
{
	struct folded f = fold_reserved(arena, raw);
	char *text = (char *)f.text.ptr;
	struct fold_word *words = (struct fold_word *)(void *)(text + aligned(f.text.len));

	/* The words move up behind the text, and the rest of the room goes back. */
	memmove(words, f.words, f.n_words * sizeof(*words));
	f.words = words;
	arena_commit(arena, text, aligned(f.text.len) + f.n_words * sizeof(*words));
	return f;
}

struct str fold_text(struct arena *arena, struct str raw)
{
	struct folded f = fold_reserved(arena, raw);

	arena_commit(arena, (char *)f.text.ptr, f.text.len);
	return str_sub(f.text, 1, f.text.len > 1 ? f.text.len - 1 : 1);
}
