#include "excerpt.h"

#include <string.h>

#include "render/digest.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* A to Z, À to Þ. */
static bool is_capital_at(struct str text, size_t i)
{
	unsigned char c = (unsigned char)text.ptr[i];

	return (c >= 'A' && c <= 'Z') ||
	       (c == 0xc3 && i + 1 < text.len && (unsigned char)text.ptr[i + 1] <= 0x9e);
}

/* Is the dot at `i` the end of an abbreviation: "M.", "n.", "av."? */
static bool is_abbreviation(struct str text, size_t i)
{
	size_t letters = 0;

	while (letters < i && letters < 3 && !is_blank(text.ptr[i - 1 - letters]))
		letters++;
	return letters < 3;
}

/* Does a sentence begin at `i`? */
static bool sentence_starts(struct str text, size_t i)
{
	size_t before = i, newlines = 0;
	char last, first = text.ptr[i];

	if (is_blank(first) || !is_blank(text.ptr[i - 1]))
		return false;
	while (before > 0 && is_blank(text.ptr[before - 1]))
		newlines += text.ptr[--before] == '\n';
	if (before == 0 || newlines >= 2)
		return true;
	last = text.ptr[before - 1];
	if (newlines == 1 && (memchr(".:;!?", last, 5) || memchr("-*0123456789", first, 12) ||
				     is_capital_at(text, i) || str_starts(str_from(text, i), "•")))
		return true;
	return (last == '!' || last == '?' ||
		       (last == '.' && !is_abbreviation(text, before - 1))) &&
	       is_capital_at(text, i);
}

/* The position `chars` characters before or behind, not past the bound. */
static size_t step_back(struct str text, size_t pos, size_t bound, size_t chars)
{
	while (pos > bound && chars > 0)
		if (!is_continuation(text.ptr[--pos]))
			chars--;
	return pos;
}

static size_t step_on(struct str text, size_t pos, size_t bound, size_t chars)
{
	while (pos < bound) {
		if (!is_continuation(text.ptr[pos]) && chars-- == 0)
			break;
		pos++;
	}
	return pos;
}

static size_t count(struct str text, size_t from, size_t to)
{
	return str_utf8_count(str_sub(text, from, to));
}

static struct excerpt whole_sentence(struct str text, size_t start, size_t end, size_t width)
{
	/* A sentence that reaches further is cut anyway. */
	size_t low = step_back(text, start, 0, width + 1);
	size_t high = step_on(text, end, text.len, width + 1);
	struct excerpt e = { .from = start, .to = end };

	while (e.from > low && !sentence_starts(text, e.from))
		e.from--;
	while (e.to < high && !(e.to > end && sentence_starts(text, e.to)))
		e.to++;
	while (e.from < start && is_blank(text.ptr[e.from]))
		e.from++;
	while (e.to > end && is_blank(text.ptr[e.to - 1]))
		e.to--;
	return e;
}

/* Backs out of the word that `pos` stands in; where that leaves nothing the word is cut. */
static size_t word_end(struct str text, size_t start, size_t pos)
{
	size_t word = pos;

	while (word > start && !is_blank(text.ptr[word]))
		word--;
	return word > start ? word : pos;
}

/* The beginning of words that are too many to show. */
static struct excerpt cut_words(struct str text, size_t start, size_t end, size_t width)
{
	size_t to = step_on(text, start, end, width);

	return (struct excerpt){ start, word_end(text, start, to), start > 0, true };
}

struct excerpt excerpt_around(struct str text, size_t start, size_t end, size_t width)
{
	struct excerpt e = whole_sentence(text, start, end, width);
	size_t inner = count(text, start, end), left = count(text, e.from, start),
	       right = count(text, end, e.to), room, want_left, want_right;

	if (left + inner + right <= width)
		return e;
	if (inner > width)
		return cut_words(text, start, end, width);
	/* Two fifths before the words, the rest behind; what one side does not need is the other's. */
	room = width - inner;
	want_left = left < room * 2 / 5 ? left : room * 2 / 5;
	want_right = right < room - want_left ? right : room - want_left;
	want_left = left < room - want_right ? left : room - want_right;
	if (want_left < left) {
		e.cut_before = true;
		e.from = step_back(text, start, e.from, want_left);
		while (e.from < start && !is_blank(text.ptr[e.from - 1]))
			e.from++;
	}
	if (want_right < right) {
		e.cut_after = true;
		e.to = step_on(text, end, e.to, want_right);
		while (e.to > end && !is_blank(text.ptr[e.to]))
			e.to--;
	}
	return e;
}

struct excerpt excerpt_head(struct str text, size_t width)
{
	struct excerpt e = { .to = step_on(text, 0, text.len, width) };

	e.cut_after = e.to < text.len;
	if (e.cut_after)
		e.to = word_end(text, 0, e.to);
	return e;
}

/* Zero-width and direction characters, and the byte order mark: they could make a line lie. */
static bool is_dropped(uint32_t c)
{
	return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || (c >= 0x7f && c < 0xa0) ||
	       c == 0xad || (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x2069) || c == 0xfeff;
}

static bool is_white(uint32_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == 0x2028 || c == 0x2029;
}

struct passage excerpt_passage(struct str text, struct excerpt e, const struct value_span *spans,
	size_t n_spans, struct arena *arena)
{
	static const char before[] = "…\u00a0", after[] = "\u00a0…";
	/* A broken byte becomes U+FFFD, three. */
	size_t size = 3 * (e.to - e.from) + sizeof(before) + sizeof(after), len = 0, at = 0;
	char *out = arena_array(arena, char, size);
	struct passage p = { .spans = arena_array(arena, struct value_span, n_spans) };
	bool blank = false, inside = false;

	if (e.cut_before) {
		memcpy(out, before, sizeof(before) - 1);
		len = sizeof(before) - 1;
	}
	for (size_t pos = e.from; pos < e.to;) {
		size_t raw = pos;
		uint32_t c = str_utf8_next(text, &pos);

		if (is_white(c))
			blank = len > (e.cut_before ? sizeof(before) - 1 : 0);
		if (is_white(c) || is_dropped(c))
			continue;
		if (blank)
			out[len++] = ' ';
		blank = false;
		while (at < n_spans && spans[at].end <= raw) {
			at++;
			inside = false;
		}
		if (at < n_spans && spans[at].start <= raw && !inside) {
			inside = true;
			p.spans[p.n_spans++].start = len;
		}
		len += str_utf8_put(c, out + len);
		if (inside)
			p.spans[p.n_spans - 1].end = len;
	}
	if (e.cut_after) {
		memcpy(out + len, after, sizeof(after) - 1);
		len += sizeof(after) - 1;
	}
	p.text = str_n(out, len);
	return p;
}

struct str excerpt_line(struct str text, size_t width, struct arena *arena)
{
	if (!str_given(text))
		return STR_NONE;
	return excerpt_passage(text, excerpt_head(text, width), NULL, 0, arena).text;
}
