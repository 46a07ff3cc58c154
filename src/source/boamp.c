#include "source/boamp.h"

#include <stdlib.h>

#include "gate/json.h"

enum { YEAR_DIGITS = 2, NUMBER_DIGITS_MAX = 6, FILES_MAX = 100000 };

/* The base without the slash at its end. */
static struct str bare(struct str base)
{
	while (str_ends(base, "/"))
		base.len--;
	return base;
}

struct str boamp_flux_day_url(struct str base, day_t day, bool historic, struct arena *arena)
{
	struct civil c = day_to_civil(day);

	base = bare(base);
	if (historic)
		return arena_printf(arena, "%.*s/FluxHistorique/Boamp_v240/%04d/%02d/%02d/",
			STR_ARG(base), c.year, c.month, c.day);
	return arena_printf(arena, "%.*s/%04d/%02d/%02d/", STR_ARG(base), c.year, c.month, c.day);
}

/* directory index */

/* "26-81117.xml", and nothing else: no path, no query, no other digits. */
static bool is_file_name(struct str name)
{
	struct str number = name, year;

	if (!str_ends(name, ".xml"))
		return false;
	number.len -= 4;
	return str_cut(&number, '-', &year) && year.len == YEAR_DIGITS && str_digits(year) &&
	       number.len >= 1 && number.len <= NUMBER_DIGITS_MAX && str_digits(number);
}

/* Position of `needle` (lower case) at or behind `start`, ASCII case ignored; SIZE_MAX without. */
static size_t find_nocase(struct str html, size_t start, const char *needle)
{
	struct str what = str_of(needle);

	for (size_t i = start; i + what.len <= html.len; i++)
		if ((html.ptr[i] | 0x20) == (what.ptr[0] | 0x20) &&
			str_eq_nocase(str_sub(html, i, i + what.len), what))
			return i;
	return SIZE_MAX;
}

static size_t behind_blanks(struct str html, size_t pos)
{
	while (pos < html.len && (unsigned char)html.ptr[pos] <= ' ')
		pos++;
	return pos;
}

/* The value of an attribute at `pos` ("= 'x'", "=x"); *end moves behind it. */
static struct str attribute_value(struct str html, size_t pos, size_t *end)
{
	struct str rest = str_from(html, behind_blanks(html, pos));
	size_t n;

	if (!str_prefix(&rest, "="))
		return STR_NONE;
	rest = str_from(rest, behind_blanks(rest, 0));
	if (rest.len && (rest.ptr[0] == '"' || rest.ptr[0] == '\'')) {
		char quote = rest.ptr[0];

		rest = str_from(rest, 1);
		n = str_find_char(rest, quote);
		if (n == SIZE_MAX)
			return STR_NONE;
	} else {
		for (n = 0; n < rest.len && rest.ptr[n] != ' ' && rest.ptr[n] != '>'; n++)
			;
	}
	*end = (size_t)(rest.ptr - html.ptr) + n;
	return str_sub(rest, 0, n);
}

/* What a person sees between the tags, blanks single: "2026-09-10 04:46 12K". */
static struct str visible_text(struct str html, struct arena *arena)
{
	char *out = arena_alloc(arena, html.len + 1);
	size_t n = 0;
	bool tag = false;

	for (size_t i = 0; i < html.len; i++) {
		unsigned char c = (unsigned char)html.ptr[i];

		if (c == '<')
			tag = true;
		/* The page is ISO-8859-1: what is not ASCII there is a blank to us. */
		if (tag || c <= ' ' || c >= 0x7F) {
			if (n && out[n - 1] != ' ')
				out[n++] = ' ';
		} else {
			out[n++] = (char)c;
		}
		if (c == '>')
			tag = false;
	}
	return str_trim(str_n(out, n));
}

static int compare_files(const void *a, const void *b)
{
	const struct boamp_flux_file *x = a, *y = b;

	return str_cmp(x->name, y->name);
}

/* The stamp stands behind the link, up to the next link, row or line, all of them near. */
static struct str stamp_behind(struct str html, size_t pos, struct arena *arena)
{
	enum { NEAR = 2048 };
	static const char *const ends[] = { "</tr>", "<a ", "\n" };
	struct str near = str_sub(html, 0, pos + NEAR);
	size_t start = find_nocase(near, pos, "</a>"), end = near.len;

	if (start == SIZE_MAX)
		return STR("");
	start += 4;
	/* In a table the line may end before the row does. */
	for (size_t i = 0; i < LENGTH(ends); i++) {
		size_t at = find_nocase(near, start, ends[i]);

		if (at != SIZE_MAX && at < end) {
			end = at;
			if (i == 0)
				break;
		}
	}
	return str_clip(visible_text(str_sub(near, start, end), arena), 64);
}

static bool is_index(struct str html)
{
	return find_nocase(html, 0, "<title>index of") != SIZE_MAX ||
	       find_nocase(html, 0, "<h1>index of") != SIZE_MAX ||
	       find_nocase(html, 0, "parent directory") != SIZE_MAX;
}

/* The last part of a link; an absolute one, or one with a path, is judged by its end. */
static struct str last_part(struct str href)
{
	size_t slash = str_rfind_char(href, '/');

	return slash == SIZE_MAX ? href : str_from(href, slash + 1);
}

int boamp_flux_index(
	struct str html, struct arena *arena, struct boamp_flux_index *ret, struct error *err)
{
	struct boamp_flux_file *files = NULL;
	size_t n = 0, capacity = 0, kept = 0, pos = 0;

	if (!is_index(html))
		return error_set(err, ERROR_INPUT, "the answer is no directory index");
	if (find_nocase(html, 0, "</html>") == SIZE_MAX &&
		find_nocase(html, 0, "</body>") == SIZE_MAX)
		return error_set(err, ERROR_INPUT, "the directory index is cut");
	while ((pos = find_nocase(html, pos, "href")) != SIZE_MAX) {
		size_t end = pos + 4;
		struct str href = attribute_value(html, pos + 4, &end), name = last_part(href);

		pos = end;
		if (!is_file_name(name) || str_find(href, STR("..")) != SIZE_MAX)
			continue;
		if (n >= FILES_MAX)
			return error_set(err, ERROR_LIMIT,
				"the directory index has more than %d files", FILES_MAX);
		arena_grow(arena, files, n, &capacity);
		files[n].name = arena_dup(arena, name);
		files[n].ref = str_sub(files[n].name, 0, name.len - 4);
		files[n++].stamp = stamp_behind(html, end, arena);
	}
	if (n)
		qsort(files, n, sizeof(*files), compare_files);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || !str_eq(files[kept - 1].name, files[i].name))
			files[kept++] = files[i];
	*ret = (struct boamp_flux_index){ files, kept };
	return 0;
}

/* Explore API */

struct str boamp_explore_url(struct str base, day_t day, unsigned offset, struct arena *arena)
{
	char text[DAY_FORMAT_MAX];

	return arena_printf(arena,
		"%.*s/records?where=dateparution%%3Ddate%%27%s%%27&order_by=idweb&limit=%d&offset=%u",
		STR_ARG(bare(base)), day_format(day, text), BOAMP_EXPLORE_LIMIT, offset);
}

int boamp_explore_page(
	struct str body, struct arena *arena, struct boamp_page *ret, struct error *err)
{
	CLEANUP(json_freep) struct json *json = NULL;
	const struct json_value *root, *results;
	struct boamp_page page = { 0 };
	int64_t total;
	int r = json_parse(body, &json, err);

	if (r < 0)
		return error_add(err, "the answer is not the API's");
	root = json_root(json);
	results = json_get(root, "results");
	if (!json_int(json_get(root, "total_count"), &total) || total < 0 || total > UINT32_MAX ||
		json_type(results) != JSON_ARRAY)
		return error_set(err, ERROR_INPUT,
			"the answer is not the API's: total_count and results expected");
	page.total = (unsigned)total;
	page.at = arena_array(arena, struct boamp_record, json_count(results));
	for (; page.n < json_count(results); page.n++) {
		const struct json_value *record = json_at(results, page.n);

		page.at[page.n].ref = arena_dup(arena, json_str(json_get(record, "idweb")));
		r = json_dump(record, arena, &page.at[page.n].bytes, err);
		if (r < 0)
			return error_add(err, "record %zu", page.n + 1);
	}
	*ret = page;
	return 0;
}
