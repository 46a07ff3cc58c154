#include "base/fold.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "fold_table.h"

/*
 * ASCII is nearly all of a notice and has a table of its own: letters and digits stand for
 * themselves in lower case, BLANK ends a word, WIDE asks the large table.
 */
enum { BLANK = 0, WIDE = 1 };

#define ALIKE(C) [C] = (C)
#define LOWER(C) [C] = (C) + 0x20, [(C) + 0x20] = (C) + 0x20
#define WIDE4(C) [C] = WIDE, [(C) + 1] = WIDE, [(C) + 2] = WIDE, [(C) + 3] = WIDE
#define WIDE16(C) WIDE4(C), WIDE4((C) + 4), WIDE4((C) + 8), WIDE4((C) + 12)

static const unsigned char ascii[256] = { ALIKE('0'), ALIKE('1'), ALIKE('2'), ALIKE('3'),
	ALIKE('4'), ALIKE('5'), ALIKE('6'), ALIKE('7'), ALIKE('8'), ALIKE('9'), LOWER('A'),
	LOWER('B'), LOWER('C'), LOWER('D'), LOWER('E'), LOWER('F'), LOWER('G'), LOWER('H'),
	LOWER('I'), LOWER('J'), LOWER('K'), LOWER('L'), LOWER('M'), LOWER('N'), LOWER('O'),
	LOWER('P'), LOWER('Q'), LOWER('R'), LOWER('S'), LOWER('T'), LOWER('U'), LOWER('V'),
	LOWER('W'), LOWER('X'), LOWER('Y'), LOWER('Z'), WIDE16(0x80), WIDE16(0x90), WIDE16(0xA0),
	WIDE16(0xB0), WIDE16(0xC0), WIDE16(0xD0), WIDE16(0xE0), WIDE16(0xF0) };

/*
 * Where the writing stands. Passed by value, so that all of it stays in registers; without padding,
 * which clang would carry through memory (half the speed).
 */
struct pen {
	char *text; /* first byte of the folded text */
	char *out;  /* behind its last */
	struct fold_word *word;
	size_t open; /* 1 inside a word: word->start and raw_start are known; else 0 */
};

static inline struct pen word_open(struct pen pen, size_t raw_start)
{
	if (!pen.open) {
		pen.word->start = (uint32_t)(pen.out - pen.text);
		pen.word->raw_start = (uint32_t)raw_start;
		pen.open = 1;
	}
	return pen;
}

static inline struct pen word_close(struct pen pen, size_t raw_end)
{
	if (pen.open) {
		pen.word->len = (uint32_t)(pen.out - pen.text) - pen.word->start;
		pen.word->raw_end = (uint32_t)raw_end;
		pen.word++;
		*pen.out++ = ' ';
		pen.open = 0;
	}
	return pen;
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
static inline struct pen wide(struct pen pen, struct str raw, size_t pos, size_t end, uint32_t c)
{
	unsigned value = wide_value(c);
	const char *entry;
	size_t len;
	bool written = false;

	switch (value) {
	case FOLD_SEPARATOR:
		return word_close(pen, pos);
	case FOLD_DROP:
		return pen;
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
			pen = word_close(pen, written ? end : pos);
			continue;
		}
		pen = word_open(pen, pos);
		*pen.out++ = entry[i];
		written = true;
	}
	return pen;
}

/*
 * Accents of French make nearly all that is not ASCII: a character of U+00C0..U+00FF that stands for one
 * letter, which is returned; 0 for any other. `bytes`: the two of it.
 */
static inline char one_letter(const unsigned char *bytes)
{
	unsigned value;

	if (bytes[0] != 0xC3 || (bytes[1] & 0xC0) != 0x80)
		return 0;
	value = fold_index[fold_page[0]][0xC0 | (bytes[1] & 0x3F)];
	return value > FOLD_SELF && fold_pool[value] == 1 ? fold_pool[value + 1] : 0;
}

/* Eight bytes of the text at once: on a notice this is twice as fast as byte by byte. */
#define EACH(BYTE) ((BYTE)*UINT64_C(0x0101010101010101))

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

static inline uint64_t load(const char *p)
{
	uint64_t eight;

	memcpy(&eight, p, sizeof(eight));
	return eight;
}

/*
 * Copies letters and digits, lower case, while whole groups of eight are left, and returns how
 * many; the caller does the rest. Up to eight bytes more are written behind them.
 */
static inline size_t copy_alnum(char *out, const char *in, size_t left)
{
	size_t n = 0;

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	while (left - n >= 8) {
		uint64_t eight = load(in + n), others = ~alnum_bits(eight) & EACH(0x80);
		uint64_t lower = eight | EACH(0x20); /* digits have this bit already */

		memcpy(out + n, &lower, 8);
		if (others)
			return n + (size_t)__builtin_ctzll(others) / 8;
		n += 8;
	}
#else
	(void)out, (void)in, (void)left;
#endif
	return n;
}

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
enum { BLOCK = 64, COPY = 16 };

/* A bit for each of BLOCK bytes that is no ASCII letter or digit. */
static inline uint64_t stops(const char *in)
{
	uint64_t alnum = 0;

	/* the product brings the top bits of eight bytes together */
	for (size_t i = 0; i < BLOCK / 8; i++)
		alnum |= ((alnum_bits(load(in + 8 * i)) >> 7) * UINT64_C(0x0102040810204080) >> 56) << 8 * i;
	return ~alnum;
}

/*
 * Letters and digits at raw[from .. to) join the open word, or open one; there may be none. Up to COPY
 * bytes more are read and written. Without branches that words decide, but for long ones.
 */
static inline struct pen run(struct pen pen, struct str raw, size_t from, size_t to)
{
	pen.word->start = pen.open ? pen.word->start : (uint32_t)(pen.out - pen.text);
	pen.word->raw_start = pen.open ? pen.word->raw_start : (uint32_t)from;
	pen.open |= to > from;
	for (size_t at = from; at <= to; at += COPY) {
		uint64_t lower[COPY / 8] = { load(raw.ptr + at) | EACH(0x20), load(raw.ptr + at + 8) | EACH(0x20) };

		memcpy(pen.out + (at - from), lower, COPY);
	}
	pen.out += to - from;
	return pen;
}

/* word_close() without a branch. */
static inline struct pen close_any(struct pen pen, size_t raw_end)
{
	pen.word->len = (uint32_t)(pen.out - pen.text) - pen.word->start;
	pen.word->raw_end = (uint32_t)raw_end;
	pen.word += pen.open;
	*pen.out = ' ';
	pen.out += pen.open;
	pen.open = 0;
	return pen;
}

/*
 * The text but for its end, BLOCK by BLOCK: where words end comes from one number, so that their lengths
 * are no branches. Returns where it stopped.
 */
static inline size_t fold_blocks(struct pen *ret, struct str raw)
{
	const unsigned char *bytes = (const unsigned char *)raw.ptr;
	struct pen pen = *ret;
	size_t pos = 0;

	while (raw.len - pos >= BLOCK + COPY) {
		uint64_t stop = stops(raw.ptr + pos);
		size_t from = pos, end = pos + BLOCK;

		while (stop != 0) {
			size_t at = pos + (size_t)__builtin_ctzll(stop);
			char letter;

			pen = run(pen, raw, from, at);
			from = at + 1;
			stop &= stop - 1;
			if (bytes[at] < 0x80) {
				pen = close_any(pen, at);
				continue;
			}
			letter = one_letter(bytes + at);
			if (letter != 0) {
				pen = word_open(pen, at);
				*pen.out++ = letter;
				from = at + 2;
			} else {
				size_t next = at;
				uint32_t c = str_utf8_next(raw, &next);

				pen = wide(pen, raw, at, next, c);
				from = next;
			}
			stop = from < end ? stop & UINT64_MAX << (from - pos) : 0;
		}
		if (from < end)
			pen = run(pen, raw, from, end);
		pos = from < end ? end : from;
	}
	*ret = pen;
	return pos;
}
#else
static inline size_t fold_blocks(struct pen *ret, struct str raw)
{
	(void)ret, (void)raw;
	return 0;
}
#endif

/*
 * What the text can become at most. One ASCII byte gives one byte, a letter or the blank behind a
 * word, and ends one word at most; a character beyond ASCII gives an entry of the table. One word more is
 * begun that comes to nothing.
 */
enum { OVERSHOOT = 32 }; /* what is written behind the end and means nothing */

static void ceilings(struct str raw, size_t *ret_bytes, size_t *ret_words)
{
	size_t alnum = 0, leads = 0, i = 0;

	for (; raw.len - i >= 8; i += 8) {
		uint64_t eight = load(raw.ptr + i);

		alnum += count_bits(alnum_bits(eight));
		leads += count_bits(eight & eight << 1 & EACH(0x80));
	}
	for (; i < raw.len; i++) {
		unsigned char c = (unsigned char)raw.ptr[i];

		alnum += ascii[c] > WIDE;
		leads += c >= 0xC0;
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
	const unsigned char *bytes = (const unsigned char *)raw.ptr;
	struct pen pen = { text, text, words, 0 };
	size_t pos;

	*pen.out++ = ' ';
	pos = fold_blocks(&pen, raw);
	while (pos < raw.len) {
		unsigned char c = ascii[bytes[pos]];

		if (c > WIDE) {
			size_t n = copy_alnum(pen.out + 1, raw.ptr + pos + 1, raw.len - pos - 1);

			pen = word_open(pen, pos);
			*pen.out = (char)c;
			pen.out += n + 1;
			pos += n + 1;
		} else if (c == BLANK) {
			/*
			 * The place for a lost œ: publishers that pass texts through Latin-1 write
			 * "d'?uvre". Such a '?' is a blank like any other here.
			 */
			pen = word_close(pen, pos++);
		} else {
			size_t start = pos;
			uint32_t wide_char = str_utf8_next(raw, &pos);

			pen = wide(pen, raw, start, pos, wide_char);
		}
	}
	pen = word_close(pen, raw.len);
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
