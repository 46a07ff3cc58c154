#include "tender/ident.h"

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

/* The word "SIRET" or "SIREN" in front, with what joins it to the number. */
static struct str skip_label(struct str text)
{
	static const char *const fillers[] = { ":", "n°", "N°", "-", "=" };

	if (!str_eq_nocase(str_sub(text, 0, 5), STR("siret")) &&
		!str_eq_nocase(str_sub(text, 0, 5), STR("siren")))
		return text;
	text = str_trim(str_from(text, 5));
	for (bool again = true; again;) {
		again = false;
		for (size_t i = 0; i < LENGTH(fillers); i++)
			again |= str_prefix(&text, fillers[i]);
		text = str_trim(text);
	}
	return text;
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

		if (c == ' ' || c == '.' || c == '\t' || c == 0xA0 || c == 0x202F || c == 0x2009)
			continue;
		if (c < '0' || c > '9' || n == SIRET_DIGITS)
			return arena_dup(arena, text);
		digits[n++] = (char)c;
	}
	if (siret_valid(str_n(digits, n)) || siren_valid(str_n(digits, n)))
		return arena_dup(arena, str_n(digits, n));
	return arena_dup(arena, text);
}
