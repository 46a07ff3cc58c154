/* Taking the items of one day: what every protocol does the same way. */
#include "fetch_driver.h"

#include <stdlib.h>

#include "gate/xml.h"

/*
 * A transaction is never open while we wait for a server: others want to write. So items gather
 * here first; a kill costs at most these, and the next run asks for them again.
 */
enum { WAITING_MAX = 50, WAITING_BYTES_MAX = 8 << 20, HTML_HEAD = 1024 };

/* checking */

static bool mentions_html(struct str body)
{
	static const char *const marks[] = { "<html", "<!doctype html" };

	body = str_sub(body, 0, HTML_HEAD);
	for (size_t m = 0; m < LENGTH(marks); m++) {
		struct str mark = str_of(marks[m]);

		for (size_t i = 0; i + mark.len <= body.len; i++)
			if (str_eq_nocase(str_sub(body, i, i + mark.len), mark))
				return true;
	}
	return false;
}

/* X7: the transport was content; does the document close? */
static int check_xml(
	void *data, const struct http_response *response, struct arena *arena, struct error *err)
{
	CLEANUP(arena_done) struct arena scratch = ARENA_INIT;
	struct str body = response->body;
	struct xml_node *root = NULL;
	int r;

	(void)data;
	(void)arena;
	str_prefix(&body, "\xEF\xBB\xBF");
	body = str_trim(body);
	if (body.len == 0)
		return error_set(err, ERROR_REMOTE, "an empty answer");
	if (body.ptr[0] != '<')
		return error_set(err, ERROR_REMOTE, "the answer is not XML");
	r = xml_parse(response->body, &scratch, &root, err);
	if (r >= 0 ? str_eq_nocase(root->name, STR("html")) : mentions_html(body))
		return error_set(err, ERROR_REMOTE, "the answer is an HTML page, not the notice");
	return r < 0 ? r : 0;
}

/* entries */

static void add_entry(struct fetch_day *day, struct str ref, bool here)
{
	arena_grow(&day->arena, day->entries, day->n_entries, &day->entries_capacity);
	day->entries[day->n_entries++] = (struct day_entry){ arena_dup(&day->arena, ref), here };
	progress_tell(day->progress, day->what, (int64_t)day->n_entries,
		day->announced > 0 ? day->announced : 0);
}

static void add_missing(struct fetch_day *day, struct str ref, struct str name, const char *why)
{
	add_entry(day, ref, false);
	if (!str_given(day->missing))
		day->missing = arena_printf(&day->arena, "%.*s: %s", STR_ARG(name), why);
	report_fail(day->report, name, str_of(why));
}

/* 0: not here in this state. */
static int is_here(
	struct fetch_day *day, struct str ref, struct str stamp, bool *ret, struct error *err)
{
	int r = store_item_find(day->db, day->source, ref, stamp, err);

	if (r < 0)
		return r;
	*ret = r == 0;
	if (*ret) {
		add_entry(day, ref, true);
		if (!day->again) {
			day->report->read++;
			day->report->unchanged++;
		}
	}
	return 0;
}

/* keeping */

/* An answer that holds several notices where one was announced: they are kept, but not for it. */
static void not_one(struct fetch_day *day, const struct day_waiting *item)
{
	static const char why[] = "one notice expected, the answer has several";

	for (size_t i = day->n_entries; i-- > 0;)
		if (str_eq(day->entries[i].ref, item->ref))
			day->entries[i].here = false;
	if (!str_given(day->missing))
		day->missing = arena_printf(&day->arena, "%.*s: %s", STR_ARG(item->ref), why);
	report_fail(day->report, item->ref, str_of(why));
}

/*
 * What nobody can read is kept as well (it is in quarantine then), but under a stamp that is never
 * the publisher's: so it is asked for again while its day is re-read, in case it was put right.
 */
static struct str refused_stamp(struct str stamp, struct arena *arena)
{
	return arena_printf(arena, "refused %.*s", STR_ARG(stamp));
}

static int store_item(struct fetch_day *day, const struct day_waiting *item, struct error *err)
{
	int64_t rejected = day->report->rejected;
	struct str hash = STR_NONE, stamp = item->stamp;
	int r = ingest_keep(day->db, day->source, item->name, item->bytes, day->now, day->report,
		&day->waiting_arena, &hash, err);

	if (r < 0)
		return r;
	if (!str_given(hash)) {
		not_one(day, item);
		return 0;
	}
	if (day->report->rejected > rejected)
		stamp = refused_stamp(stamp, &day->waiting_arena);
	return store_item_put(day->db, day->source, item->ref, day->day, stamp, hash, err);
}

int day_flush(struct fetch_day *day, struct error *err)
{
	int r = 0;

	if (day->n_waiting > 0)
		r = db_begin(day->db, err);
	for (size_t i = 0; r >= 0 && i < day->n_waiting; i++)
		r = store_item(day, &day->waiting[i], err);
	if (r >= 0 && day->n_waiting > 0)
		r = db_commit(day->db, err);
	db_rollback(day->db);
	day->n_waiting = 0;
	day->waiting_bytes = 0;
	day->waiting = NULL;
	arena_reset(&day->waiting_arena);
	return r < 0 ? r : 0;
}

static int keep(struct fetch_day *day, struct str ref, struct str name, struct str stamp,
	struct str bytes, struct error *err)
{
	struct arena *arena = &day->waiting_arena;

	if (day->waiting == NULL)
		day->waiting = arena_array(arena, struct day_waiting, WAITING_MAX);
	day->waiting[day->n_waiting++] = (struct day_waiting){
		.ref = arena_dup(arena, ref),
		.name = arena_dup(arena, name),
		.stamp = arena_dup(arena, stamp),
		.bytes = arena_dup(arena, bytes),
	};
	day->waiting_bytes += bytes.len;
	add_entry(day, ref, true);
	if (day->n_waiting < WAITING_MAX && day->waiting_bytes < WAITING_BYTES_MAX)
		return 0;
	return day_flush(day, err);
}

int day_keep(struct fetch_day *day, struct str ref, struct str name, struct str stamp,
	struct str bytes, struct error *err)
{
	bool here = false;
	int r = is_here(day, ref, stamp, &here, err);

	return r < 0 || here ? r : keep(day, ref, name, stamp, bytes, err);
}

int day_take(struct fetch_day *day, struct str ref, struct str name, struct str stamp,
	struct str url, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct question question = {
		.request = { .url = url, .accept = "application/xml, text/xml;q=0.9" },
		.check = check_xml,
		.take_malformed = true,
	};
	struct http_response response;
	struct error why = ERROR_INIT;
	bool here = false;
	int r = is_here(day, ref, stamp, &here, err);

	if (r < 0 || here)
		return r;
	if (day->ask->over) {
		add_entry(day, ref, false);
		if (!str_given(day->missing))
			day->missing = arena_dup(&day->arena, str_of(day->ask->why.text));
		return 0;
	}
	r = ask_send(day->ask, &question, &arena, &response, &why);
	if (r == 0) {
		/* Taken although it does not close: see refused_stamp(). */
		if (check_xml(NULL, &response, &arena, &why) < 0)
			stamp = refused_stamp(stamp, &arena);
		return keep(day, ref, name, stamp, response.body, err);
	}
	add_missing(day, ref, name, r == ASK_NONE ? "announced, but not found" : why.text);
	return 0;
}

/* counting */

static int compare_entries(const void *a, const void *b)
{
	const struct day_entry *x = a, *y = b;

	return str_cmp(x->ref, y->ref);
}

size_t day_distinct(struct fetch_day *day, size_t *ret_here)
{
	size_t distinct = 0, here = 0;

	if (day->n_entries > 0)
		qsort(day->entries, day->n_entries, sizeof(*day->entries), compare_entries);
	for (size_t i = 0; i < day->n_entries;) {
		bool any = false;
		size_t first = i;

		for (; i < day->n_entries && str_eq(day->entries[i].ref, day->entries[first].ref);
			i++)
			any |= day->entries[i].here;
		distinct++;
		here += any;
	}
	*ret_here = here;
	return distinct;
}

int day_restart(struct fetch_day *day, struct error *err)
{
	day->n_entries = 0;
	day->missing = STR_NONE;
	day->again = true;
	return day_flush(day, err);
}

void day_done(struct fetch_day *day)
{
	arena_done(&day->arena);
	arena_done(&day->waiting_arena);
}
