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

static inline uint32_t lowest(uint64_t bits)
{
	return (uint32_t)__builtin_ctzll(bits);
}

/*
 * BLOCK bytes are looked at together. With FRENCH letters from U+00C0 to U+00FF begin: nearly all that is not ASCII
 * in a notice.
 */
enum { BLOCK = 64, COPY = 16, FRENCH = 0xC3 };
struct marks {
	uint64_t alnum;  /* a bit for each ASCII letter or digit */
	uint64_t french; /* for each FRENCH */
	uint64_t high;   /* for each byte that is not ASCII */
};

#if defined(__SSE2__) && !defined(FOLD_PORTABLE)
static inline struct marks marks_of(const char *in)
{
	uint64_t alnum = 0, french = 0, high = 0;

	for (size_t i = 0; i < BLOCK; i += 16) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(in + i));
		/* moved so that the last of them is the greatest number there is; others go beyond, and are negative */
		__m128i letter = _mm_add_epi8(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), _mm_set1_epi8(INT8_MAX - 'z'));
		__m128i digit = _mm_add_epi8(bytes, _mm_set1_epi8(INT8_MAX - '9'));
		__m128i is_letter = _mm_cmpgt_epi8(letter, _mm_set1_epi8(INT8_MAX - ('z' - 'a' + 1)));
		__m128i is_digit = _mm_cmpgt_epi8(digit, _mm_set1_epi8(INT8_MAX - ('9' - '0' + 1)));
		__m128i is_french = _mm_cmpeq_epi8(bytes, _mm_set1_epi8((char)FRENCH));

		alnum |= (uint64_t)_mm_movemask_epi8(_mm_or_si128(is_letter, is_digit)) << i;
		french |= (uint64_t)_mm_movemask_epi8(is_french) << i;
		high |= (uint64_t)_mm_movemask_epi8(bytes) << i;
	}
	return (struct marks){ alnum, french, high };
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
	return (struct marks){ alnum, french, high };
}
#endif

static inline void copy_some(char *out, const char *in)
{
	uint64_t two[COPY / 8];

	memcpy(two, in, COPY);
	two[0] |= EACH(0x20); /* digits have this bit already */
	two[1] |= EACH(0x20);
	memcpy(out, two, COPY);
}

/*
 * Letters and digits, lower case: COPY bytes at once, since hardly a word has more. As many more are read, and
 * written. Returns behind the last.
 */
static inline char *copy_lower(char *out, const char *in, size_t n)
{
	copy_some(out, in);
	for (size_t at = COPY; at < n; at += COPY)
		copy_some(out + at, in + at);
	return out + n;
}

/*
 * What only separates words, such as ’ and «, is as good as a blank. Returns those from the first one on that does
 * more, or goes beyond the block.
 */
static uint64_t without_separators(const char *in, uint64_t others)
{
	const struct str block = { in, BLOCK + COPY };

	while (others != 0) {
		size_t end = lowest(others);
		uint32_t c = str_utf8_next(block, &end);

		if (end >= BLOCK || wide_value(c) != FOLD_SEPARATOR)
			break;
		others &= UINT64_MAX << end;
	}
	return others;
}

/*
 * A stretch is what is copied at once of a word. It goes up to its edge: where the word ends, for which a blank is
 * written, or a FRENCH letter, for which an ASCII one is. Behind that the word's next stretch begins, and a word that
 * goes beyond a block has one in each. So words with accents and without take the same way: which come where cannot be
 * foreseen.
 */
struct stretches {
	uint64_t begins, edges; /* a bit each */
	uint64_t others;        /* for what is to be looked at one by one, and all behind it; no edge is there */
};

/* What a block has to know of the one before it. */
struct carry {
	uint64_t in_word, french; /* its last bit of those */
	uint64_t begins;          /* stretches that begin in this one */
};

static inline struct stretches stretches_of(const char *in, const struct marks *marks, struct carry *carry)
{
	uint64_t pairs = marks->french | marks->french << 1 | carry->french;
	uint64_t in_word = marks->alnum | pairs, before = in_word << 1 | carry->in_word;
	uint64_t others = marks->high & ~pairs, starts = in_word & ~before;
	struct stretches s = { .begins = starts | marks->french << 2 | carry->begins, .others = 0 };

	if (others != 0)
		s.others = without_separators(in, others);
	s.edges = ((in_word ^ before) & before) | marks->french;
	s.edges &= (s.others & -s.others) - 1;
	carry->in_word = in_word >> (BLOCK - 1);
	carry->french = marks->french >> (BLOCK - 1);
	carry->begins = marks->french >> (BLOCK - 2) | (carry->in_word & ~carry->french);
	return s;
}

/* `a` or, with all bits of `mask` set, `b`: without a branch, where it cannot be foreseen. */
static inline uint32_t either(uint32_t mask, uint32_t a, uint32_t b)
{
	return a ^ ((a ^ b) & mask);
}

/*
 * The words of in[0 .. len), which is raw[pos ..), as far as there are two blocks of it. Returns how far it came in
 * `raw`: to where no word is open, or to the start of a word that goes beyond or has characters that are to be looked
 * at one by one.
 */
static size_t fold_blocks(struct pen *pen, const char *in, size_t pos, size_t len)
{
	const char *last = in + len - 2 * BLOCK;
	struct marks marks = marks_of(in);
	struct carry carry = { 0, 0, 0 };
	struct fold_word *word = pen->word;
	char *text = pen->text, *out = pen->out, *first = out; /* of the word at hand */
	uint32_t raw = 0, at = (uint32_t)pos;    /* and in the raw text, and of the block */
	uint32_t open = 0;                       /* all bits set: it has begun */

	while (in <= last) {
		uint64_t french = marks.french;
		struct stretches s = stretches_of(in, &marks, &carry);
		uint32_t end = s.others != 0 ? lowest(s.others) : BLOCK;

		marks = marks_of(in + BLOCK); /* ahead of time: the first edge of a block waits for it */
		for (; s.edges != 0; s.edges &= s.edges - 1, s.begins &= s.begins - 1) {
			size_t from = lowest(s.begins), edge = lowest(s.edges), accent = (french >> edge) & 1;
			char letter = fold_letter[accent][(unsigned char)in[edge + 1]];

			raw = either(open, at + (uint32_t)from, raw);
			open = -(uint32_t)accent;
			if (letter == 0)
				goto out;
			word->start = (uint32_t)(first - text);
			word->raw_start = raw;
			out = copy_lower(out, in + from, edge - from);
			word->len = (uint32_t)(out - first);
			word->raw_end = at + (uint32_t)edge;
			*out++ = letter;
			word += 1 - accent;
			first = accent ? first : out;
		}
		s.begins &= (s.others & -s.others) - 1;
		if (s.begins != 0) {
			uint32_t from = lowest(s.begins);

			raw = either(open, at + from, raw);
			open = UINT32_MAX;
			out = copy_lower(out, in + from, end - from);
		}
		at += end;
		in += end;
		if (s.others != 0)
			break;
	}
out:
	pen->word = word;
	pen->out = first;
	return open ? raw : at;
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
	char last[4 * BLOCK];
	size_t pos = 0;

	*pen.out++ = ' ';
	while (pos < raw.len) {
		size_t left = raw.len - pos, to;

		if (left < 2 * BLOCK) { /* the end, with blanks behind it, and blocks that may be read */
			size_t blocks = left / BLOCK + 2;

			memset(last, ' ', blocks * BLOCK);
			memcpy(last, raw.ptr + pos, left);
			to = fold_blocks(&pen, last, pos, blocks * BLOCK);
		} else {
			to = fold_blocks(&pen, raw.ptr + pos, pos, left);
		}
		/* where nothing could be done it is not tried again */
		pos = to > pos ? to : fold_slowly(&pen, raw, pos);
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
