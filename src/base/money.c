#include "base/money.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const int64_t cents_max = 1000000000000000; /* 10^15 */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_mark(char c)
{
	return c == '.' || c == ',';
}

/* Bytes of the blank in front: ASCII, NBSP, thin (U+2009), narrow NBSP (U+202F); 0 for none. */
static size_t blank_len(struct str s)
{
	static const char *const blanks[] = { " ", "\xC2\xA0", "\xE2\x80\x89", "\xE2\x80\xAF" };

	for (size_t i = 0; i < LENGTH(blanks); i++)
		if (str_starts(s, blanks[i]))
			return strlen(blanks[i]);
	return 0;
}

/*
 * Splits "1.250 000,505" into the whole part and the digits of the fraction. The last mark is the
 * decimal one, unless the same mark stands earlier and exactly three digits follow: then all of
 * them group thousands ("1.250.000").
 */
static bool split(struct str amount, struct str *ret_whole, struct str *ret_fraction)
{
	size_t last = SIZE_MAX, same = 0;

	for (size_t i = amount.len; i-- > 0;) {
		if (!is_mark(amount.ptr[i]))
			continue;
		if (last == SIZE_MAX)
			last = i;
		else if (amount.ptr[i] == amount.ptr[last])
			same++;
	}
	*ret_whole = str_sub(amount, 0, last);
	*ret_fraction = last == SIZE_MAX ? STR("") : str_from(amount, last + 1);
	if (ret_fraction->len && !str_digits(*ret_fraction))
		return false;
	if (same == 0)
		return true;
	if (ret_fraction->len != 3)
		return false;
	*ret_whole = amount;
	*ret_fraction = STR("");
	return true;
}

/* Digits, with blanks or one kind of mark between; three digits stand behind each mark. */
static bool whole_cents(struct str s, int64_t *ret)
{
	size_t since_mark = 0;
	int64_t units = 0;
	char mark = '\0';

	for (size_t i = 0; i < s.len;) {
		size_t blank = blank_len(str_from(s, i));

		if (is_digit(s.ptr[i])) {
			units = units * 10 + (s.ptr[i++] - '0');
			since_mark++;
			if (units > cents_max / 100)
				return false;
			continue;
		}
		/* Between digits only: never first, never last. */
		if (i == 0 || i + 1 >= s.len)
			return false;
		if (blank) {
			i += blank;
			if (i >= s.len)
				return false;
			continue;
		}
		if (!is_mark(s.ptr[i]) || !is_digit(s.ptr[i - 1]) || (mark && s.ptr[i] != mark) ||
			(mark && since_mark != 3) || !is_digit(s.ptr[i + 1]))
			return false;
		mark = s.ptr[i++];
		since_mark = 0;
	}
	*ret = units * 100;
	return s.len > 0 && (!mark || since_mark == 3);
}

static int64_t fraction_cents(struct str digits)
{
	int64_t cents = 0;

	for (size_t i = 0; i < 2; i++)
		cents = cents * 10 + (i < digits.len ? digits.ptr[i] - '0' : 0);
	return cents + (digits.len > 2 && digits.ptr[2] >= '5');
}

/* An ISO 4217 code has three letters; anything else says nothing. */
static void set_currency(struct money *money, struct str code)
{
	memset(money->currency, 0, sizeof(money->currency));
	code = str_trim(code);
	if (code.len != 3)
		return;
	for (size_t i = 0; i < 3; i++) {
		char c = (char)(code.ptr[i] & ~0x20);

		if (c < 'A' || c > 'Z') {
			money->currency[0] = '\0';
			return;
		}
		money->currency[i] = c;
	}
}

/* "1.2E7", as programs write floating-point numbers (XML Schema 1.1 part 2, 3.3.5), as plain digits. */
enum { PLAIN_MAX = 48, EXPONENT_MAX = 15 };
static struct str plain(struct str amount, char out[PLAIN_MAX])
{
	struct str power = amount, digits, fraction;
	unsigned exponent;
	size_t n;

	if (!str_cut(&power, str_find_char(amount, 'e') == SIZE_MAX ? 'E' : 'e', &digits))
		return amount;
	str_prefix(&power, "+");
	fraction = digits;
	str_cut(&fraction, '.', &digits);
	if (!str_digits(power) || !str_to_uint(power, EXPONENT_MAX, &exponent) || !str_digits(digits) ||
		(fraction.len && !str_digits(fraction)) ||
		digits.len + fraction.len + exponent + 2 > PLAIN_MAX)
		return amount;
	n = (size_t)snprintf(out, PLAIN_MAX, "%.*s", STR_ARG(digits));
	for (unsigned i = 0; i < exponent; i++)
		out[n++] = i < fraction.len ? fraction.ptr[i] : '0';
	if (fraction.len > exponent)
		n += (size_t)snprintf(out + n, PLAIN_MAX - n, ".%.*s",
			STR_ARG(str_from(fraction, exponent)));
	return str_n(out, n);
}

bool money_parse(struct str amount, struct str currency, struct money *ret)
{
	char digits[PLAIN_MAX];
	struct str whole, fraction;
	int64_t cents = 0;

	amount = str_trim(amount);
	str_prefix(&amount, "+");
	amount = plain(amount, digits);
	if (!split(amount, &whole, &fraction))
		return false;
	/* ".5" and "12." are decimals too (XML Schema 1.1 part 2, 3.3.3), "." is not. */
	if (whole.len == 0 ? fraction.len == 0 : !whole_cents(whole, &cents))
		return false;
	cents += fraction_cents(fraction);
	if (cents > cents_max)
		return false;
	ret->cents = cents;
	set_currency(ret, currency);
	return true;
}

const char *money_format(struct money m, char out[MONEY_FORMAT_MAX])
{
	uint64_t size = m.cents < 0 ? 0 - (uint64_t)m.cents : (uint64_t)m.cents;

	out[0] = '\0';
	if (m.cents != MONEY_NONE)
		snprintf(out, MONEY_FORMAT_MAX, "%s%" PRIu64 ".%02u", m.cents < 0 ? "-" : "",
			size / 100, (unsigned)(size % 100));
	return out;
}
