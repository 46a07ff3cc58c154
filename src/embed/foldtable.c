/*
 * foldtable: a tool of the build that writes fold_table.h, the table behind base/fold. ICU knows the
 * letters; it is asked here, once, so that base itself needs no library.
 *
 * What a character becomes, in this order:
 *   1. nothing (joins the word): soft hyphen, zero-width and other format characters (Cf), and
 *      combining marks (Mn, Me);
 *   2. itself decomposed (NFKD), marks taken off, full case folding, œ as oe and æ as ae, recomposed
 *      (NFC) for scripts like Hangul;
 *   3. of that, letters, digits and vowel signs (L, N, Mc) stay, all else is a separator.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/uversion.h>

enum {
	SEPARATOR = 0,
	DROP = 1,
	SELF = 2,
	POOL_START = 3, /* below are the special values, so no entry may begin there */
	POOL_MAX = UINT16_MAX + 1,
	ENTRY_MAX = 18,
	TEXT_MAX = 64, /* UTF-16 units on the way; the longest decomposition has 18 */
	PAGES = 256,
};

static const char manual[] =
	"/*\n"
	" * Made by src/embed/foldtable with ICU " U_ICU_VERSION "; changes here are lost.\n"
	" *\n"
	" * Folding of U+0000..U+FFFF. For a code point c:\n"
	" *\n"
	" *     uint16_t v = fold_index[fold_page[c >> 8]][c & 255];\n"
	" *\n"
	" *     FOLD_SEPARATOR  c ends a word: blanks, punctuation, apostrophes, dashes, symbols\n"
	" *     FOLD_DROP       c vanishes and joins its neighbours: soft hyphen, zero-width\n"
	" *                     characters, combining marks\n"
	" *     FOLD_SELF       c stays as it is: a letter or digit without another form\n"
	" *     otherwise       fold_pool[v] is a length n (1..FOLD_ENTRY_MAX), and the n bytes\n"
	" *                     behind it are the UTF-8 text that stands for c. A blank in it is\n"
	" *                     a separator; there are never two in a row.\n"
	" *\n"
	" * Of U+00C0..U+00FF, by the second byte in UTF-8: fold_letter[1][] is what c becomes when that is one\n"
	" * byte; for all others, and by any other byte, 0. fold_letter[0][] is a blank by any byte.\n"
	" */\n";

static uint16_t value_of[UINT16_MAX + 1];
static char pool[POOL_MAX];
static size_t pool_size = POOL_START;

static _Noreturn void fail(const char *what, const char *why)
{
	fprintf(stderr, "foldtable: %s: %s\n", what, why);
	exit(1);
}

static void check(UErrorCode code, const char *what)
{
	if (U_FAILURE(code))
		fail(what, u_errorName(code));
}

/* Marks taken off, œ and æ spelt out; the length in units. */
static int32_t strip(const UChar *in, int32_t n, UChar *out)
{
	int32_t used = 0;

	for (int32_t i = 0; i < n;) {
		UChar32 c;

		U16_NEXT(in, i, n, c);
		if (u_charType(c) == U_NON_SPACING_MARK || u_charType(c) == U_ENCLOSING_MARK)
			continue;
		if (c == 0x152 || c == 0x153 || c == 0xc6 || c == 0xe6) {
			out[used++] = c == 0x152 || c == 0x153 ? 'o' : 'a';
			c = 'e';
		}
		U16_APPEND_UNSAFE(out, used, c);
	}
	return used;
}

static int kept(UChar32 c)
{
	/* Spacing modifiers look like apostrophes and accents and are typed for them (U+02BC). */
	if (c >= 0x2b9 && c <= 0x2df)
		return 0;
	/* The saltillo, an apostrophe that is a letter in name. */
	if (c == 0xa78b || c == 0xa78c)
		return 0;
	return (U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_N_MASK | U_GC_MC_MASK)) != 0;
}

/* What is kept, separators as one blank; the length in units. */
static int32_t keep(const UChar *in, int32_t n, UChar *out)
{
	int32_t used = 0;

	for (int32_t i = 0; i < n;) {
		UChar32 c;

		U16_NEXT(in, i, n, c);
		if (kept(c))
			U16_APPEND_UNSAFE(out, used, c);
		else if (used == 0 || out[used - 1] != ' ')
			out[used++] = ' ';
	}
	return used;
}

static uint16_t pool_put(const char *text, size_t len)
{
	for (size_t at = POOL_START; at < pool_size; at += 1 + (size_t)pool[at])
		if ((size_t)pool[at] == len && memcmp(pool + at + 1, text, len) == 0)
			return (uint16_t)at;
	if (pool_size + 1 + len > POOL_MAX)
		fail("pool", "full");

	size_t at = pool_size;

	pool[at] = (char)len;
	memcpy(pool + at + 1, text, len);
	pool_size += 1 + len;
	return (uint16_t)at;
}

static uint16_t fold_one(UChar32 c, const UNormalizer2 *nfkd, const UNormalizer2 *nfc)
{
	UErrorCode code = U_ZERO_ERROR;
	UChar a[TEXT_MAX], b[TEXT_MAX];
	char utf8[TEXT_MAX];
	int32_t n = 0;

	switch (u_charType(c)) {
	case U_FORMAT_CHAR:
	case U_NON_SPACING_MARK:
	case U_ENCLOSING_MARK:
		return DROP;
	case U_SURROGATE:
	case U_PRIVATE_USE_CHAR:
	case U_UNASSIGNED:
	case U_CONTROL_CHAR:
		return SEPARATOR;
	default:
		break;
	}
	/* Marks of trade would otherwise become letters glued to the word: Acme™ is not "acmetm". */
	if (c == 0x2120 || c == 0x2122)
		return SEPARATOR;

	a[n++] = (UChar)c;
	n = unorm2_normalize(nfkd, a, n, b, TEXT_MAX, &code);
	n = strip(b, n, a);
	n = u_strFoldCase(b, TEXT_MAX, a, n, U_FOLD_CASE_DEFAULT, &code);
	n = unorm2_normalize(nfkd, b, n, a, TEXT_MAX, &code);
	n = strip(a, n, b);
	n = unorm2_normalize(nfc, b, n, a, TEXT_MAX, &code);
	n = keep(a, n, b);
	u_strToUTF8(utf8, TEXT_MAX, &n, b, n, &code);
	check(code, "a character");

	if (n == 1 && utf8[0] == ' ')
		return SEPARATOR;
	/* One character of the block is longer, U+FDFA, a whole Arabic phrase. */
	if (n == 0 || n > ENTRY_MAX)
		return n == 0 ? DROP : SELF;

	char self[U8_MAX_LENGTH];
	int32_t self_len = 0;

	U8_APPEND_UNSAFE(self, self_len, c);
	if (n == self_len && memcmp(self, utf8, (size_t)n) == 0)
		return SELF;
	return pool_put(utf8, (size_t)n);
}

static void write_index(FILE *f)
{
	unsigned page_of[PAGES], rows = 0;
	unsigned first[PAGES];

	for (unsigned page = 0; page < PAGES; page++) {
		unsigned row = 0;

		while (row < rows && memcmp(value_of + page * 256, value_of + first[row] * 256,
					     256 * sizeof(value_of[0])) != 0)
			row++;
		if (row == rows)
			first[rows++] = page;
		page_of[page] = row;
	}
	fprintf(f, "static const uint16_t fold_page[%d] = {", PAGES);
	for (unsigned page = 0; page < PAGES; page++)
		fprintf(f, "%s%u,", page % 16 == 0 ? "\n\t" : " ", page_of[page]);
	fprintf(f, "\n};\n\nstatic const uint16_t fold_index[%u][256] = {\n", rows);
	for (unsigned row = 0; row < rows; row++) {
		fprintf(f, "\t{ /* from U+%02X00 */", first[row]);
		for (unsigned i = 0; i < 256; i++)
			fprintf(f, "%s%u,", i % 16 == 0 ? "\n\t\t" : " ",
				value_of[first[row] * 256 + i]);
		fputs("\n\t},\n", f);
	}
	fputs("};\n\n", f);
}

static void write_pool(FILE *f)
{
	fprintf(f, "static const char fold_pool[%zu] = {\n\t0, 0, 0,\n", pool_size);
	for (size_t at = POOL_START; at < pool_size; at += 1 + (size_t)pool[at]) {
		fprintf(f, "\t%d,", pool[at]);
		for (int i = 1; i <= pool[at]; i++)
			fprintf(f, " '\\%03o',", (unsigned char)pool[at + (size_t)i]);
		fputc('\n', f);
	}
	fputs("};\n", f);
}

static void write_letters(FILE *f)
{
	fputs("static const char fold_letter[2][256] = { {", f);
	for (unsigned byte = 0; byte < 256; byte++)
		fprintf(f, "%s' ',", byte % 16 == 0 ? "\n\t" : " ");
	fputs("\n}, {", f);
	for (unsigned byte = 0; byte < 256; byte++) {
		uint16_t value = value_of[0xC0 | (byte & 0x3F)];
		int alone = (byte & 0xC0) == 0x80 && value >= POOL_START && pool[value] == 1;

		fprintf(f, "%s%d,", byte % 16 == 0 ? "\n\t" : " ", alone ? pool[value + 1] : 0);
	}
	fputs("\n} };\n\n", f);
}

int main(int argc, char **argv)
{
	UErrorCode code = U_ZERO_ERROR;

	if (argc != 2) {
		fputs("usage: foldtable OUT.h\n", stderr);
		return 2;
	}
	const UNormalizer2 *nfkd = unorm2_getNFKDInstance(&code);
	const UNormalizer2 *nfc = unorm2_getNFCInstance(&code);

	check(code, "normalisation");
	for (UChar32 c = 0; c <= UINT16_MAX; c++)
		value_of[c] = fold_one(c, nfkd, nfc);

	FILE *f = fopen(argv[1], "w");

	if (f == NULL)
		fail(argv[1], strerror(errno));
	fputs(manual, f);
	fputs("#ifndef FOLD_TABLE_H\n#define FOLD_TABLE_H\n\n#include <stdint.h>\n\n", f);
	fprintf(f, "enum { FOLD_SEPARATOR = %d, FOLD_DROP = %d, FOLD_SELF = %d };\n", SEPARATOR,
		DROP, SELF);
	fprintf(f, "enum { FOLD_ENTRY_MAX = %d };\n\n", ENTRY_MAX);
	write_index(f);
	write_letters(f);
	write_pool(f);
	fputs("\n#endif\n", f);

	int broken = ferror(f);

	if (fclose(f) != 0 || broken) {
		remove(argv[1]);
		fail(argv[1], "cannot be written");
	}
	return 0;
}
