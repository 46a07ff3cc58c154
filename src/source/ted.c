#include "source/ted.h"

#include <string.h>

#include "eforms.h"
#include "gate/json.h"

struct str ted_search_body(struct str country, day_t day, struct str token, struct arena *arena)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(64 << 10);
	struct json_writer w = { .out = &out };
	struct civil c = day_to_civil(day);
	static const char *const fields[] = { "publication-number", "publication-date", "ojs-number",
		"links" };

	json_open_object(&w);
	json_key(&w, "query");
	json_put_str(&w,
		arena_printf(arena,
			"buyer-country IN (%.*s) AND publication-date=%04d%02d%02d SORT BY publication-number",
			STR_ARG(country), c.year, c.month, c.day));
	json_key(&w, "fields");
	json_open_array(&w);
	for (size_t i = 0; i < LENGTH(fields); i++)
		json_put_str(&w, str_of(fields[i]));
	json_close_array(&w);
	json_key(&w, "limit");
	json_put_int(&w, TED_SEARCH_LIMIT);
	json_key(&w, "scope");
	json_put_str(&w, STR("ALL"));
	json_key(&w, "paginationMode");
	json_put_str(&w, STR("ITERATION"));
	if (str_given(token)) {
		json_key(&w, "iterationNextToken");
		json_put_str(&w, token);
	}
	json_close_object(&w);
	return arena_dup(arena, buf_str(&out));
}

/* A field that looks scalar may come as a list (DOMAIN 2.2). */
static struct str first_text(const struct json_value *value, struct arena *arena)
{
	return str_trim(json_scalar(json_at(value, 0), arena));
}

static bool is_publication_number(struct str text)
{
	struct str number;

	return str_cut(&text, '-', &number) && str_digits(number) && number.len <= 8 &&
	       str_digits(text) && text.len == 4;
}

/*
 * "176/2026", and as notices before eForms write it, "2026/S 176-092177": "202600176". Documents agree
 * on no form, so any that has a year and a number on either side of a slash is understood.
 */
static struct str issue_of(struct str text, struct arena *arena)
{
	struct str right = text, left, year, number, first;
	int64_t n;

	if (!str_cut(&right, '/', &left))
		return STR_NONE;
	left = str_trim(left);
	right = str_trim(right);
	if (str_digits(left) && left.len == 4) {
		year = left;
		str_prefix(&right, "S");
		number = str_cut(&right, '-', &first) ? str_trim(first) : STR_NONE;
	} else {
		year = right;
		number = left;
	}
	if (!str_digits(year) || year.len != 4 || !str_digits(number) || !str_to_int64(number, &n) ||
		n < 1 || n > 99999)
		return STR_NONE;
	return arena_printf(arena, "%.*s%05d", STR_ARG(year), (int)n);
}

static int read_hit(
	const struct json_value *value, struct arena *arena, struct ted_hit *ret, struct error *err)
{
	struct str number = first_text(json_get(value, "publication-number"), arena);
	struct str url = first_text(json_find(value, "links/xml/MUL"), arena);

	if (!is_publication_number(number))
		return error_set(err, ERROR_INPUT, "publication-number is \"%.*s\"",
			STR_ARG(str_clip(number, 40)));
	ret->ref = arena_dup(arena, eforms_ref(number));
	ret->xml_url = str_starts(url, "https://") || str_starts(url, "http://")
			       ? arena_dup(arena, url)
			       : STR_NONE;
	return 0;
}

int ted_search_page(struct str body, struct arena *arena, struct ted_page *ret, struct error *err)
{
	CLEANUP(json_freep) struct json *json = NULL;
	const struct json_value *root, *notices;
	struct ted_page page = { .token = STR_NONE, .issue = STR_NONE };
	struct str token;
	int64_t total;
	int r = json_parse(body, &json, err);

	if (r < 0)
		return error_add(err, "the answer is not the search's");
	root = json_root(json);
	notices = json_get(root, "notices");
	if (json_type(notices) != JSON_ARRAY ||
		!json_int(json_get(root, "totalNoticeCount"), &total) || total < 0 ||
		total > UINT32_MAX)
		return error_set(err, ERROR_INPUT,
			"the answer is not the search's: notices and totalNoticeCount expected");
	page.total = (unsigned)total;
	json_bool(json_get(root, "timedOut"), &page.timed_out);
	token = json_str(json_get(root, "iterationNextToken"));
	page.token = token.len ? arena_dup(arena, token) : STR_NONE;
	page.issue = issue_of(first_text(json_get(json_at(notices, 0), "ojs-number"), arena), arena);
	page.at = arena_array(arena, struct ted_hit, json_count(notices));
	for (; page.n < json_count(notices); page.n++) {
		r = read_hit(json_at(notices, page.n), arena, &page.at[page.n], err);
		if (r < 0)
			return error_add(err, "notice %zu", page.n + 1);
	}
	*ret = page;
	return 0;
}

struct str ted_error(struct str body, struct arena *arena)
{
	CLEANUP(json_freep) struct json *json = NULL;
	struct error ignored = ERROR_INIT;
	const struct json_value *root, *error;
	struct str type, message;

	if (json_parse(body, &json, &ignored) < 0)
		return STR_NONE;
	root = json_root(json);
	error = json_get(root, "error");
	if (json_type(error) != JSON_OBJECT)
		error = root;
	type = json_str(json_get(error, "type"));
	message = json_str(json_get(error, "message"));
	if (!str_given(message))
		message = json_str(json_get(root, "message"));
	if (!str_given(type) && !str_given(message))
		return STR_NONE;
	return arena_printf(arena, "%.*s%s%.*s", STR_ARG(str_clip(type, 80)),
		type.len && message.len ? ": " : "", STR_ARG(str_clip(message, 240)));
}

bool ted_expects_notices(day_t day)
{
	struct civil c = day_to_civil(day);

	if (day_weekday(day) >= 5)
		return false;
	if ((c.month == 1 && c.day == 1) || (c.month == 5 && c.day == 1) ||
		(c.month == 12 && (c.day == 25 || c.day == 26)))
		return false;
	/* The one French holiday on a Monday of March or April is Easter Monday. */
	return !(public_holiday(day) && day_weekday(day) == 0 && (c.month == 3 || c.month == 4));
}

struct str ted_notice_url(struct str base, struct str ref, struct arena *arena)
{
	while (str_ends(base, "/"))
		base.len--;
	return arena_printf(arena, "%.*s/en/notice/%.*s/xml", STR_ARG(base), STR_ARG(ref));
}

struct str ted_package_url(struct str base, struct str issue, struct arena *arena)
{
	while (str_ends(base, "/"))
		base.len--;
	return arena_printf(arena, "%.*s/packages/daily/%.*s", STR_ARG(base), STR_ARG(issue));
}

struct str ted_package_ref(struct str entry, struct arena *arena)
{
	struct str name = entry, number, year;

	while (str_cut(&entry, '/', &name))
		;
	if (!str_ends(name, ".xml"))
		return STR_NONE;
	year = str_sub(name, 0, name.len - strlen(".xml"));
	if (!str_cut(&year, '_', &number) || !str_digits(number) || number.len > 8 || !str_digits(year) ||
		year.len != 4)
		return STR_NONE;
	return eforms_ref(arena_printf(arena, "%.*s-%.*s", STR_ARG(number), STR_ARG(year)));
}
