#include "tender/ident.h"

#include <string.h>

enum { SIREN_DIGITS = 9, SIRET_DIGITS = 14 };

static unsigned digit_sum(struct str digits)
{
	unsigned sum = 0;

	for (size_t i = 0; i < digits.len; i++)
		sum += (unsigned)(digits.ptr[i] - '0');
	return sum;
}

static bool luhn(struct str digits)
{
	unsigned sum = 0;

	for (size_t i = 0; i < digits.len; i++) {
		unsigned d = (unsigned)(digits.ptr[digits.len - 1 - i] - '0');

		if (i % 2 == 1)
			d = d * 2 > 9 ? d * 2 - 9 : d * 2;
		sum += d;
	}
	return sum % 10 == 0;
}

bool siren_valid(struct str digits)
{
	return digits.len == SIREN_DIGITS && str_digits(digits) && luhn(digits) &&
	       digit_sum(digits) != 0;
}

bool siret_valid(struct str digits)
{
	if (digits.len != SIRET_DIGITS || !str_digits(digits) || digit_sum(digits) == 0)
		return false;
	/* Some have a first half that fails the test alone, by an error of the register or of the buyer. */
	if (luhn(digits))
		return true;
	/* La Poste has more establishments than Luhn leaves numbers for. */
	return str_starts(digits, "356000000") && digit_sum(digits) % 5 == 0;
}

/* "SIRET :", "N° SIREN", "Siret n° " in front: the word, and what stands around it. */
static struct str skip_label(struct str text)
{
	static const char *const labels[] = { "siret", "siren", "numéro", "n°", "nº", ":", "-", "=" };

	for (bool again = true; again;) {
		again = false;
		for (size_t i = 0; i < LENGTH(labels); i++) {
			size_t len = strlen(labels[i]);

			if (!str_eq_nocase(str_sub(text, 0, len), str_of(labels[i])))
				continue;
			text = str_trim(str_from(text, len));
			again = true;
		}
	}
	return text;
}

static bool is_joint(uint32_t c)
{
	return c == ' ' || c == '.' || c == '\t' || c == 0xA0 || c == 0x202F || c == 0x2009;
}

static struct str without_blanks(struct str text, struct arena *arena)
{
	char *out = arena_alloc(arena, text.len + 1);
	size_t n = 0;

	for (size_t i = 0, start = 0; i < text.len; start = i) {
		if (is_joint(str_utf8_next(text, &i)))
			continue;
		memcpy(out + n, text.ptr + start, i - start);
		n += i - start;
	}
	return str_n(out, n);
}

struct str ident_clean(struct str text, struct arena *arena)
{
	char digits[SIRET_DIGITS];
	size_t n = 0;
	struct str number;

	text = str_trim(text);
	if (text.len == 0)
		return STR_NONE;
	number = skip_label(text);
	for (size_t i = 0; i < number.len;) {
		uint32_t c = str_utf8_next(number, &i);

		if (is_joint(c))
			continue;
		if (c < '0' || c > '9' || n == SIRET_DIGITS)
			return arena_dup(arena, text);
		digits[n++] = (char)c;
	}
	if (siret_valid(str_n(digits, n)) || siren_valid(str_n(digits, n)))
		return arena_dup(arena, str_n(digits, n));
	return arena_dup(arena, text);
}

struct str ident_siren(struct str id, struct arena *arena)
{
	enum { KEY_DIGITS = 2, VAT_MODULUS = 97 };
	struct str siren = str_sub(id, 0, SIREN_DIGITS), bare;
	unsigned key, number;

	if (str_digits(id) && (id.len == SIREN_DIGITS || id.len == SIRET_DIGITS))
		return siren_valid(siren) ? siren : STR_NONE;
	if (!str_eq_nocase(str_sub(id, 0, 2), STR("FR")))
		return STR_NONE;
	bare = without_blanks(str_from(id, 2), arena);
	siren = str_from(bare, KEY_DIGITS);
	if (bare.len != KEY_DIGITS + SIREN_DIGITS || !siren_valid(siren) ||
		!str_to_uint(str_sub(bare, 0, KEY_DIGITS), VAT_MODULUS - 1, &key) ||
		!str_to_uint(siren, 999999999, &number))
		return STR_NONE;
	return key == (12 + 3 * (number % VAT_MODULUS)) % VAT_MODULUS ? siren : STR_NONE;
}
