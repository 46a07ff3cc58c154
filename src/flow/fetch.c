#include "flow/fetch.h"

#include "base/log.h"
#include "fetch_driver.h"
#include "fetch_plan.h"

/* A day with zero notices where there should be some stays open so long; then zero is believed. */
enum { ZERO_DOUBTED_DAYS = 5 };
/* So many days say how long the others will take. */
enum { LEFT_AFTER_DAYS = 3 };

const struct fetch_source fetch_sources[] = {
	{ "boamp", "BOAMP, open-data flux", true },
	{ "explore", "BOAMP, Explore API", false },
	{ "ted", "TED, Search API", true },
};
const size_t fetch_sources_n = LENGTH(fetch_sources);

/* In the order of fetch_sources. */
static const struct fetch_driver *const drivers[] = { &fetch_flux, &fetch_explore, &fetch_ted };

/* One source, one run. */
struct run {
	struct db *db;
	const struct fetch_source *about;
	const struct fetch_driver *driver;
	const struct fetch_settings *settings;
	struct str source; /* its name */
	day_t today;
	int64_t now;
	struct ask ask;
	struct report *report;
	const struct progress *progress;
	struct arena arena; /* lives as long as the run */
	struct fetch_past past;
	bool gap;
};

/* 1. which days */

static int load_past(struct run *run, struct error *err)
{
	struct source_row row;
	struct coverage_row *rows = NULL;
	size_t n = 0;
	int r = store_source_find(run->db, run->source, &run->arena, &row, err);

	if (r >= 0)
		r = store_coverage_list(run->db, run->source, INT32_MIN + 1, INT32_MAX, &run->arena,
			&rows, &n, err);
	if (r < 0)
		return r;
	run->past = (struct fetch_past){
		.rows = rows,
		.n = n,
		.cursor = row.complete_until,
		.today = run->today,
		.overlap = run->settings->overlap_days,
	};
	return 0;
}

/* The cursor may have stayed behind a run that was killed, so it is moved at both ends of a run. */
static int move_cursor(struct run *run, struct error *err)
{
	day_t cursor;
	int r = load_past(run, err);

	if (r < 0)
		return r;
	cursor = past_cursor(&run->past);
	if (cursor == run->past.cursor)
		return 0;
	run->past.cursor = cursor;
	return store_source_cursor(run->db, run->source, cursor, err);
}

/*
 * Every day we are going to ask about is written down first as not asked: what a kill or a broken
 * server then keeps us from is a gap, and the next runs see to it.
 */
static int write_plan(struct run *run, const day_t *days, size_t n, struct error *err)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < n; i++) {
		struct coverage_row row = {
			.source = run->source,
			.day = days[i],
			.announced = -1,
			.error = STR("not asked yet"),
			.updated = run->now,
		};

		if (past_find(&run->past, days[i]) == NULL)
			r = store_coverage_put(run->db, &row, err);
	}
	return r;
}

static int plan(
	struct run *run, day_t since, day_t until, day_t **ret, size_t *ret_n, struct error *err)
{
	int r = db_begin(run->db, err);

	if (r >= 0)
		r = store_source_ensure(run->db, run->source, run->about->enabled, err);
	if (r >= 0)
		r = move_cursor(run, err);
	if (r >= 0)
		r = past_plan(&run->past, since, until, &run->arena, ret, ret_n, err);
	if (r >= 0)
		r = write_plan(run, *ret, *ret_n, err);
	if (r >= 0)
		r = db_commit(run->db, err);
	db_rollback(run->db);
	return r;
}

/* 5. what is known of a day now */

/* Why the day is not what it should be; STR_NONE when it is. */
static struct str doubt(const struct run *run, struct fetch_day *day, int64_t stored)
{
	if (str_given(day->unsure))
		return day->unsure;
	if (day->announced > stored)
		return arena_printf(&day->arena, "%lld of %lld missing%s%.*s",
			(long long)(day->announced - stored), (long long)day->announced,
			str_given(day->missing) ? ": " : "", STR_ARG(day->missing));
	if (day->announced == 0 && run->driver->expects != NULL && run->driver->expects(day->day) &&
		day->day < run->today && run->today - day->day < ZERO_DOUBTED_DAYS)
		return STR("zero notices on a working day");
	return STR_NONE;
}

static int write_day(struct run *run, const struct fetch_day *day, const struct coverage_row *row,
	struct error *err)
{
	int r = db_begin(run->db, err);

	if (r >= 0)
		r = store_coverage_put(run->db, row, err);
	if (r >= 0 && str_given(day->url) && !day->same)
		r = store_validator_put(run->db, day->url, day->etag, day->last_modified, err);
	if (r >= 0)
		r = db_commit(run->db, err);
	db_rollback(run->db);
	return r;
}

static void tell_day(
	struct run *run, const struct coverage_row *row, const struct coverage_row *before)
{
	char day[DAY_FORMAT_MAX];

	day_format(row->day, day);
	if (str_given(row->error)) {
		run->gap = true;
		log_warn("fetch",
			"[fetch.gap] source=%s day=%s announced=%lld stored=%lld why=\"%.*s\"",
			run->about->name, day, (long long)row->announced, (long long)row->stored,
			STR_ARG(row->error));
		report_fail(run->report, arena_printf(&run->arena, "%s %s", run->about->name, day),
			row->error);
		return;
	}
	if (before != NULL && before->announced > row->announced)
		log_warn("fetch", "[fetch.shrunk] source=%s day=%s announced=%lld before=%lld",
			run->about->name, day, (long long)row->announced,
			(long long)before->announced);
	log_info("fetch", "source=%s day=%s announced=%lld stored=%lld rejected=%lld complete=%s",
		run->about->name, day, (long long)row->announced, (long long)row->stored,
		(long long)row->rejected, row->complete ? "yes" : "no");
}

/* The list was read to its end. */
static int close_day(struct run *run, struct fetch_day *day, struct error *err)
{
	struct coverage_row row = {
		.source = run->source,
		.day = day->day,
		.announced = day->announced,
		.attempts = (day->before != NULL ? day->before->attempts : 0) + 1,
		.updated = run->now,
	};
	int64_t of_the_day = 0;
	size_t here = 0;
	int r = store_item_count(run->db, run->source, day->day, &of_the_day, &row.rejected, err);

	if (r < 0)
		return r;
	/* What the publisher does not list any more must not stand for what it does. */
	day_distinct(day, &here);
	row.stored = day->same ? day->before->stored : (int64_t)here;
	if (row.rejected > row.stored)
		row.rejected = row.stored;
	row.error = doubt(run, day, row.stored);
	row.complete = !str_given(row.error) && day->day < run->today;
	run->report->announced =
		(run->report->announced < 0 ? 0 : run->report->announced) + day->announced;
	tell_day(run, &row, day->before);
	return write_day(run, day, &row, err);
}

/* The list could not be read: what was known of the day stays, and a complete day is complete. */
static int leave_day(
	struct run *run, struct fetch_day *day, const struct error *why, struct error *err)
{
	const struct coverage_row *before = day->before;
	struct coverage_row row = {
		.source = run->source,
		.day = day->day,
		.announced = before != NULL ? before->announced : -1,
		.attempts = (before != NULL ? before->attempts : 0) + 1,
		.error = str_of(why->text),
		.updated = run->now,
	};
	int r = store_item_count(run->db, run->source, day->day, &row.stored, &row.rejected, err);

	if (r < 0)
		return r;
	tell_day(run, &row, before);
	if (before != NULL && before->complete)
		return 0;
	day->url = STR_NONE;
	return write_day(run, day, &row, err);
}

/* 2 to 4. one day */

static bool is_fatal(const struct error *err)
{
	return err->kind == ERROR_STORE || err->kind == ERROR_SYSTEM;
}

/*
 * "ted 2024-03-05, day 12 of 340, 2 h left" for the progress bar; the time once some days were read, as
 * if the others took as long. Days of which all is here take none, so it is more often too much.
 */
static const char *label(struct run *run, day_t at, size_t nth, size_t n)
{
	int64_t left_s = nth == 0 ? 0 : ask_elapsed_ms(&run->ask) / (int64_t)nth * (int64_t)(n - nth) / 1000;
	struct str left = STR("");
	char text[DAY_FORMAT_MAX];

	day_format(at, text);
	if (n < 2)
		return arena_printf(&run->arena, "%s %s", run->about->name, text).ptr;
	if (nth >= LEFT_AFTER_DAYS && left_s >= 3600)
		left = arena_printf(&run->arena, ", %lld h left", (long long)((left_s + 1800) / 3600));
	else if (nth >= LEFT_AFTER_DAYS)
		left = arena_printf(&run->arena, ", %lld min left", (long long)(left_s / 60 + 1));
	return arena_printf(&run->arena, "%s %s, day %zu of %zu%.*s", run->about->name, text, nth + 1, n,
		STR_ARG(left)).ptr;
}

static int read_day(struct run *run, day_t at, const char *what, struct error *err)
{
	CLEANUP(day_done)
	struct fetch_day day = {
		.db = run->db,
		.ask = &run->ask,
		.settings = run->settings,
		.source = run->source,
		.day = at,
		.today = run->today,
		.now = run->now,
		.before = past_find(&run->past, at),
		.report = run->report,
		.progress = run->progress,
		.announced = -1,
		.what = what,
	};
	struct error why = ERROR_INIT;
	int learned, r;

	learned = run->driver->read_day(&day, &why);
	if (learned < 0 && is_fatal(&why)) {
		*err = why;
		return learned;
	}
	r = day_flush(&day, err);
	/* Told to stop: what is kept is read by the next run. */
	if (r >= 0 && !http_stop)
		r = ingest_pending(run->db, run->now, run->report, run->progress, err);
	if (r < 0)
		return r;
	return learned < 0 ? leave_day(run, &day, &why, err) : close_day(run, &day, err);
}

static int read_days(struct run *run, const day_t *days, size_t n, struct error *err)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < n; i++) {
		if (run->ask.over) {
			run->gap = true;
			log_warn("fetch", "[fetch.stopped] source=%s days_left=%zu why=\"%s\"",
				run->about->name, n - i, run->ask.why.text);
			report_fail(run->report,
				arena_printf(&run->arena, "%s, %zu days", run->about->name, n - i),
				arena_printf(&run->arena, "not asked: %s", run->ask.why.text));
			break;
		}
		r = read_day(run, days[i], label(run, days[i], i, n), err);
	}
	return r;
}

/* the end */

static int finish(struct run *run, struct error *err)
{
	bool well = !run->ask.over && (run->ask.answered > 0 || run->ask.failed == 0);
	int r = db_begin(run->db, err);

	if (r >= 0)
		r = move_cursor(run, err);
	/* To be told to stop is no failure of the source. */
	if (r >= 0 && !http_stop)
		r = store_source_run(run->db, run->source, run->now, well,
			well ? STR_NONE : str_of(run->ask.why.text), err);
	if (r >= 0)
		r = db_commit(run->db, err);
	db_rollback(run->db);
	if (r < 0)
		return r;
	if (run->ask.answered == 0 && (run->ask.failed > 0 || run->ask.over)) {
		*err = run->ask.why;
		return error_add(err, "%s", run->about->name);
	}
	return run->gap ? FETCH_GAP : 0;
}

int fetch_source(struct db *db, const char *source, const struct fetch_settings *settings,
	day_t since, day_t until, int64_t now, struct report *report,
	const struct progress *progress, struct error *err)
{
	struct run run = {
		.db = db,
		.settings = settings,
		.source = str_of(source),
		.today = paris_day(now),
		.now = now,
		.report = report,
		.progress = progress,
	};
	day_t *days = NULL;
	size_t n = 0;
	int r;

	for (size_t i = 0; i < fetch_sources_n; i++)
		if (str_eqz(run.source, fetch_sources[i].name)) {
			run.about = &fetch_sources[i];
			run.driver = drivers[i];
		}
	if (run.about == NULL)
		return error_set(err, ERROR_CONFIG,
			"no source \"%s\"; there are boamp, explore and ted", source);
	ask_init(&run.ask, settings, run.driver->budget, run.driver->window_ms, now);
	/* What a killed run kept and did not read. */
	r = ingest_pending(db, now, report, progress, err);
	if (r >= 0)
		r = plan(&run, since, until, &days, &n, err);
	if (r >= 0)
		r = read_days(&run, days, n, err);
	if (r >= 0)
		r = finish(&run, err);
	ask_done(&run.ask);
	arena_done(&run.arena);
	return r;
}
