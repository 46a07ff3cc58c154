#include "base/str.h"

#include <assert.h>
#include <string.h>

struct str str_of(const char *z)
{
	return z ? (struct str){ z, strlen(z) } : STR_NONE;
}

struct str str_n(const char *ptr, size_t len)
{
	return (struct str){ ptr, ptr ? len : 0 };
}

/* comparing */

bool str_eq(struct str a, struct str b)
{
	if (!a.ptr || !b.ptr)
		return a.ptr == b.ptr;
	/* Names that differ mostly do so at their end; a call less for each of those. */
	return a.len == b.len && (a.len == 0 || (a.ptr[a.len - 1] == b.ptr[a.len - 1] &&
							 memcmp(a.ptr, b.ptr, a.len) == 0));
}

bool str_eqz(struct str a, const char *z)
{
	if (a.len && z && a.ptr[0] != z[0])
		return false;
	return str_eq(a, str_of(z));
}

static unsigned char lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

bool str_eq_nocase(struct str a, struct str b)
{
	if (!a.ptr || !b.ptr)
		return a.ptr == b.ptr;
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (lower(a.ptr[i]) != lower(b.ptr[i]))
			return false;
	return true;
}

/* STR_NONE stands before the empty text, so that only equal views compare as 0. */
int str_cmp(struct str a, struct str b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int r;

	if (!a.ptr || !b.ptr)
		return (a.ptr != NULL) - (b.ptr != NULL);
	r = memcmp(a.ptr, b.ptr, len);
	return r ? r : (a.len > b.len) - (a.len < b.len);
}

bool str_starts(struct str s, const char *prefix)
{
	size_t len = strlen(prefix);

	return s.ptr && s.len >= len && memcmp(s.ptr, prefix, len) == 0;
}

bool str_ends(struct str s, const char *suffix)
{
	size_t len = strlen(suffix);

	return s.ptr && s.len >= len && memcmp(s.ptr + s.len - len, suffix, len) == 0;
}

/* finding */

size_t str_find(struct str s, struct str needle)
{
	const char *at;

	if (!s.ptr || !needle.ptr)
		return SIZE_MAX;
	at = memmem(s.ptr, s.len, needle.ptr, needle.len);
	return at ? (size_t)(at - s.ptr) : SIZE_MAX;
}

size_t str_find_char(struct str s, char c)
{
	const char *at = s.len ? memchr(s.ptr, c, s.len) : NULL;

	return at ? (size_t)(at - s.ptr) : SIZE_MAX;
}

size_t str_rfind_char(struct str s, char c)
{
	const char *at = s.len ? memrchr(s.ptr, c, s.len) : NULL;

	return at ? (size_t)(at - s.ptr) : SIZE_MAX;
}

/* cutting */

struct str str_sub(struct str s, size_t start, size_t end)
{
	if (!s.ptr)
		return STR_NONE;
	if (end > s.len)
		end = s.len;
	if (start > end)
		start = end;
	return (struct str){ s.ptr + start, end - start };
}

struct str str_from(struct str s, size_t start)
{
	return str_sub(s, start, s.len);
}

static bool is_blank(char c)
{
	return (unsigned char)c <= 0x20 || c == 0x7f;
}

struct str str_trim(struct str s)
{
	static const char nbsp[] = "\xC2\xA0";
	size_t start = 0, end = s.len;

	while (start < end) {
		if (is_blank(s.ptr[start]))
			start++;
		else if (end - start >= 2 && memcmp(s.ptr + start, nbsp, 2) == 0)
			start += 2;
		else
			break;
	}
	while (end > start) {
		if (is_blank(s.ptr[end - 1]))
			end--;
		else if (end - start >= 2 && memcmp(s.ptr + end - 2, nbsp, 2) == 0)
			end -= 2;
		else
			break;
	}
	return str_sub(s, start, end);
}

bool str_cut(struct str *rest, char sep, struct str *ret)
{
	size_t at = str_find_char(*rest, sep);

	if (!rest->ptr)
		return false;
	*ret = str_sub(*rest, 0, at);
	*rest = at == SIZE_MAX ? STR_NONE : str_from(*rest, at + 1);
	return true;
}

bool str_prefix(struct str *s, const char *prefix)
{
	if (!str_starts(*s, prefix))
		return false;
	*s = str_from(*s, strlen(prefix));
	return true;
}

struct str str_clip(struct str s, size_t max)
{
	size_t end = max;

	if (s.len <= max)
		return s;
	/* A character has at most three bytes behind its first; more than that is no UTF-8. */
	while (end > 0 && max - end < 4 && ((unsigned char)s.ptr[end] & 0xC0) == 0x80)
		end--;
	return str_sub(s, 0, max - end < 4 ? end : max);
}

/* numbers */

bool str_digits(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
	return s.len > 0;
}

bool str_to_int64(struct str s, int64_t *ret)
{
	int64_t value = 0;
	bool negative = false;

	if (s.len && (s.ptr[0] == '-' || s.ptr[0] == '+')) {
		negative = s.ptr[0] == '-';
		s = str_from(s, 1);
	}
	if (!str_digits(s))
		return false;
	/* Built as a negative number, because INT64_MIN has no positive twin. */
	for (size_t i = 0; i < s.len; i++) {
		if (__builtin_mul_overflow(value, 10, &value))
			return false;
		if (__builtin_sub_overflow(value, s.ptr[i] - '0', &value))
			return false;
	}
	if (!negative && value == INT64_MIN)
		return false;
	*ret = negative ? value : -value;
	return true;
}

bool str_to_uint(struct str s, unsigned max, unsigned *ret)
{
	int64_t value;

	if (!str_digits(s) || !str_to_int64(s, &value) || value > max)
		return false;
	*ret = (unsigned)value;
	return true;
}

/* UTF-8 */

/* Length of the character at p, 0 when it is none (RFC 3629: shortest form, no surrogate). */
static size_t utf8_len(const unsigned char *p, size_t left)
{
	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xC2 || p[0] > 0xF4)
		return 0;
	if (left < 2 || (p[1] & 0xC0) != 0x80)
		return 0;
	if (p[0] < 0xE0)
		return 2;
	if (left < 3 || (p[2] & 0xC0) != 0x80)
		return 0;
	if (p[0] < 0xF0)
		return (p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F) ? 0 : 3;
	if (left < 4 || (p[3] & 0xC0) != 0x80)
		return 0;
	return (p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] > 0x8F) ? 0 : 4;
}

bool str_utf8_valid(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.ptr;
	size_t i = 0;

	while (i < s.len) {
		uint64_t eight;
		size_t n;

		if (s.len - i >= 8) {
			memcpy(&eight, p + i, 8);
			if ((eight & 0x8080808080808080) == 0) {
				i += 8;
				continue;
			}
		}
		n = utf8_len(p + i, s.len - i);
		if (n == 0)
			return false;
		i += n;
	}
	return true;
}

uint32_t str_utf8_next(struct str s, size_t *pos)
{
	const unsigned char *p;
	size_t n;

	assert(*pos < s.len);
	p = (const unsigned char *)s.ptr + *pos;
	n = utf8_len(p, s.len - *pos);
	*pos += n ? n : 1;
	switch (n) {
	case 1:
		return p[0];
	case 2:
		return (p[0] & 0x1Fu) << 6 | (p[1] & 0x3Fu);
	case 3:
		return (p[0] & 0x0Fu) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu);
	case 4:
		return (p[0] & 0x07u) << 18 | (p[1] & 0x3Fu) << 12 | (p[2] & 0x3Fu) << 6 |
		       (p[3] & 0x3Fu);
	default:
		return 0xFFFD;
	}
}

size_t str_utf8_put(uint32_t c, char out[4])
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xC0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3F));
		return 2;
	}
	if (c < 0x10000) {
		if (c >= 0xD800 && c <= 0xDFFF)
			return 0;
		out[0] = (char)(0xE0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3F));
		out[2] = (char)(0x80 | (c & 0x3F));
		return 3;
	}
	if (c > 0x10FFFF)
		return 0;
	out[0] = (char)(0xF0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3F));
	out[2] = (char)(0x80 | (c >> 6 & 0x3F));
	out[3] = (char)(0x80 | (c & 0x3F));
	return 4;
}

size_t str_utf8_count(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += ((unsigned char)s.ptr[i] & 0xC0) != 0x80;
	return n;
}

uint64_t str_hash(struct str s)
{
	uint64_t h = 0xcbf29ce484222325;

	for (size_t i = 0; i < s.len; i++)
		h = (h ^ (unsigned char)s.ptr[i]) * 0x100000001b3;
	return h;
}
