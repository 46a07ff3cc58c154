/*
 * TED (DOMAIN 2.1-2.3): a search gives the publication numbers of a day, each is then got as XML; a
 * past day of which much is missing, in one package. A publication number always names the same
 * bytes, so having it is enough.
 *
 * The search reads a frozen view through a token. It may give part of a page and say that it timed
 * out, end before its total, or drop the token (400, in practice also 500): then the view is begun
 * anew. A wrong query is answered 200 with zero notices, so zero on a working day is not believed
 * at once (fetch_driver.expects).
 */
#include "fetch_driver.h"

#include <stdlib.h>

#include "fetch_ted_package.h"

/* Fair use (DOMAIN 2.1): 600 notice downloads in 6 minutes, once 500. */
enum { BUDGET = 480, WINDOW_MS = 6 * 60 * 1000 };
enum { HITS_MAX = 50000, AGAIN = 1 };
/* A package is some twenty megabytes from all of Europe: fewer notices are got one by one. */
enum { PACKAGE_WORTH = 60 };

struct hits {
	struct ted_hit *at;
	size_t n, capacity;
	int64_t total;
	struct str issue; /* of the Official Journal; STR_NONE: not told */
};

static int check_page(
	void *data, const struct http_response *response, struct arena *arena, struct error *err)
{
	struct ted_page *page = data;

	if (ted_search_page(response->body, arena, page, err) < 0)
		return -(int)err->kind;
	return page->timed_out ? error_set(err, ERROR_REMOTE, "the search timed out") : 0;
}

/* The base without the slash at its end. */
static struct str bare(const char *url)
{
	struct str base = str_of(url);

	while (str_ends(base, "/"))
		base.len--;
	return base;
}

/* 0, or AGAIN: the token is of no use any more. */
static int ask_page(
	struct fetch_day *day, struct str token, struct ted_page *ret, struct error *err)
{
	struct arena *arena = &day->arena;
	struct str base = bare(day->settings->ted_api_url);
	struct str country = str_of(day->settings->ted_country);
	struct question question = {
		.request = {
			.url = arena_printf(arena, "%.*s/v3/notices/search", STR_ARG(base)),
			.body = ted_search_body(country, day->day, token, arena),
			.content_type = "application/json",
			.accept = "application/json",
		},
		.check = check_page,
		.data = ret,
	};
	struct http_response response;
	int r = ask_send(day->ask, &question, arena, &response, err);
	struct str why = STR_NONE;

	if (r == 0)
		return 0;
	if (r == ASK_NONE)
		return error_set(
			err, ERROR_REMOTE, "%s has no such API (404)", day->settings->ted_api_url);
	if (r == ASK_REFUSED)
		why = ted_error(response.body, arena);
	if (str_given(why))
		error_add(err, "%.*s", STR_ARG(str_clip(why, 200)));
	return str_given(token) && !day->ask->over ? AGAIN : -(int)err->kind;
}

static int compare_hits(const void *a, const void *b)
{
	const struct ted_hit *x = a, *y = b;

	return str_cmp(x->ref, y->ref);
}

static void make_distinct(struct hits *hits)
{
	size_t kept = 0;

	if (hits->n > 0)
		qsort(hits->at, hits->n, sizeof(*hits->at), compare_hits);
	for (size_t i = 0; i < hits->n; i++)
		if (kept == 0 || !str_eq(hits->at[kept - 1].ref, hits->at[i].ref))
			hits->at[kept++] = hits->at[i];
	hits->n = kept;
}

/* One view from its first page to its end. 0, or AGAIN: it broke off. */
static int read_view(struct fetch_day *day, struct hits *hits, struct error *err)
{
	struct str token = STR_NONE;
	struct ted_page page;
	int r;

	hits->n = 0;
	do {
		page = (struct ted_page){ .token = STR_NONE };
		r = ask_page(day, token, &page, err);
		if (r != 0)
			return r;
		hits->total = page.total;
		if (str_given(page.issue))
			hits->issue = page.issue;
		for (size_t i = 0; i < page.n; i++) {
			if (hits->n >= HITS_MAX)
				return error_set(err, ERROR_LIMIT, "more than %d notices in a day",
					HITS_MAX);
			arena_grow(&day->arena, hits->at, hits->n, &hits->capacity);
			hits->at[hits->n++] = page.at[i];
		}
		token = page.token;
	} while (page.n > 0 && str_given(token) && (int64_t)hits->n < hits->total);
	make_distinct(hits);
	return 0;
}

/* An answer may point anywhere: only what lies under the address of the settings is asked. */
static struct str notice_url(struct fetch_day *day, const struct ted_hit *hit)
{
	struct str base = bare(day->settings->ted_url), rest = hit->xml_url;

	if (base.len > 0 && str_prefix(&rest, arena_dupz(&day->arena, base)) &&
		str_starts(rest, "/"))
		return hit->xml_url;
	return ted_notice_url(base, hit->ref, &day->arena);
}

/* How many of them are not here. */
static int count_missing(
	struct fetch_day *day, const struct hits *hits, size_t *ret, struct error *err)
{
	*ret = 0;
	for (size_t i = 0; i < hits->n; i++) {
		int r = store_item_find(day->db, day->source, hits->at[i].ref, STR("published"), err);

		if (r < 0)
			return r;
		*ret += r != 0;
	}
	return 0;
}

/* A back-fill takes days whole; today's package may still be replaced. */
static int take_package(struct fetch_day *day, const struct hits *hits, bool *taken, struct error *err)
{
	size_t missing = 0;
	int r = count_missing(day, hits, &missing, err);

	if (r < 0 || missing < PACKAGE_WORTH || !str_given(hits->issue) || day->day >= day->today)
		return r;
	return ted_package_take(day, hits->issue, hits->at, hits->n, taken, err);
}

static int take_hits(struct fetch_day *day, const struct hits *hits, struct error *err)
{
	bool *taken = arena_array(&day->arena, bool, hits->n);
	int r = take_package(day, hits, taken, err);

	for (size_t i = 0; r >= 0 && i < hits->n; i++) {
		const struct ted_hit *hit = &hits->at[i];
		struct str name = arena_printf(&day->arena, "%.*s.xml", STR_ARG(hit->ref));

		if (!taken[i])
			r = day_take(day, hit->ref, name, STR("published"), notice_url(day, hit), err);
	}
	return r < 0 ? r : day_flush(day, err);
}

static int read_day(struct fetch_day *day, struct error *err)
{
	struct hits hits = { NULL, 0, 0, -1, STR_NONE };
	int r;

	for (int i = 1; i <= DAY_PASSES; i++) {
		r = read_view(day, &hits, err);
		if (r < 0)
			return r;
		if (r == 0 && (int64_t)hits.n == hits.total)
			break;
		if (r == AGAIN && i == DAY_PASSES)
			return error_add(err, "the search broke off %d times", DAY_PASSES);
	}
	day->announced = hits.total;
	if ((int64_t)hits.n != hits.total)
		day->unsure =
			arena_printf(&day->arena, "the search announces %lld notices and lists %zu",
				(long long)hits.total, hits.n);
	return take_hits(day, &hits, err);
}

const struct fetch_driver fetch_ted = {
	.read_day = read_day,
	.expects = ted_expects_notices,
	.budget = BUDGET,
	.window_ms = WINDOW_MS,
};
