/*
 * The Explore API (DOMAIN 1.2): records by page, in order of idweb, their bytes in the answer.
 * While we turn the pages the publisher adds and takes away records, and those behind move.
 * Therefore each page begins with the last record of the page before. If it is another one, or
 * there are not as many distinct records as the last page announces, the day is read again: each
 * test alone would miss some moves. What both miss, one record for another in the pages behind us,
 * the overlap of the next run finds.
 */
#include "fetch_driver.h"

#include <stdio.h>

#include "gate/token.h"
#include "source/boamp.h"

enum { STEP = BOAMP_EXPLORE_LIMIT - 1, STAMP_DIGITS = 32, REF_DIGITS = 16 };

static int check_page(
	void *data, const struct http_response *response, struct arena *arena, struct error *err)
{
	return boamp_explore_page(response->body, arena, data, err) < 0 ? -(int)err->kind : 0;
}

static int ask_page(struct fetch_day *day, unsigned offset, struct arena *arena,
	struct boamp_page *ret, struct error *err)
{
	const char *base = day->settings->explore_url;
	struct question question = {
		.request = {
			.url = boamp_explore_url(str_of(base), day->day, offset, arena),
			.accept = "application/json",
		},
		.check = check_page,
		.data = ret,
	};
	struct http_response response;
	int r = ask_send(day->ask, &question, arena, &response, err);

	if (r == ASK_NONE)
		return error_set(err, ERROR_REMOTE, "%s has no such API (404)", base);
	return r == 0 ? 0 : -(int)err->kind;
}

/* What one pass over the pages showed. */
struct pass {
	struct str last; /* ref of the last record */
	bool moved;      /* the pages were not those of one list */
};

/*
 * The state of a record is its content. One without a number gets its content for a name too.
 * `overlap`: it should be the last one of the page before.
 */
static int keep_record(struct fetch_day *day, const struct boamp_record *record, bool overlap,
	struct pass *pass, struct error *err)
{
	char hash[TOKEN_SHA256_HEX], name[DAY_FORMAT_MAX];
	struct str ref = record->ref;

	token_sha256(record->bytes, hash);
	if (!str_given(ref))
		ref = arena_printf(&day->arena, "without-idweb-%.*s", REF_DIGITS, hash);
	if (overlap && str_eq(ref, pass->last))
		return 0;
	pass->moved |= overlap;
	pass->last = arena_dup(&day->arena, ref);
	return day_keep(day, ref, str_of(day_format(day->day, name)), str_n(hash, STAMP_DIGITS),
		record->bytes, err);
}

static int keep_page(struct fetch_day *day, const struct boamp_page *page, bool first,
	struct pass *pass, struct error *err)
{
	day->announced = page->total;
	for (size_t i = 0; i < page->n; i++) {
		int r = keep_record(day, &page->at[i], !first && i == 0, pass, err);

		if (r < 0)
			return r;
	}
	return 0;
}

static int read_pass(struct fetch_day *day, struct pass *pass, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct boamp_page page;
	unsigned offset = 0;
	int r;

	do {
		arena_reset(&arena);
		r = ask_page(day, offset, &arena, &page, err);
		if (r < 0)
			break;
		r = keep_page(day, &page, offset == 0, pass, err);
		offset += STEP;
	} while (r == 0 && page.n == BOAMP_EXPLORE_LIMIT && offset + 1 < page.total &&
		 offset + BOAMP_EXPLORE_LIMIT <= BOAMP_EXPLORE_DEPTH);
	return r;
}

static int read_day(struct fetch_day *day, struct error *err)
{
	for (int i = 1;; i++) {
		struct pass pass = { STR_NONE, false };
		size_t distinct, here;
		int r = read_pass(day, &pass, err);

		if (r < 0)
			return r;
		distinct = day_distinct(day, &here);
		if (!pass.moved && (int64_t)distinct == day->announced)
			break;
		if (day->announced > BOAMP_EXPLORE_DEPTH) {
			day->unsure =
				arena_printf(&day->arena, "%lld records, of which the API shows %d",
					(long long)day->announced, BOAMP_EXPLORE_DEPTH);
			break;
		}
		if (i == DAY_PASSES) {
			day->unsure = arena_printf(&day->arena,
				"the list changed while it was read, %d times", DAY_PASSES);
			break;
		}
		r = day_restart(day, err);
		if (r < 0)
			return r;
	}
	return day_flush(day, err);
}

const struct fetch_driver fetch_explore = { .read_day = read_day };
