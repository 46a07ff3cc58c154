/* doctor: looks at everything that a running instance rests on, and changes nothing */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "commands.h"
#include "flow/digest.h"
#include "flow/schedule.h"
#include "gate/versions.h"
#include "match/rules.h"
#include "store/fetch.h"
#include "store/outbox.h"
#include "store/raw.h"

enum state { STATE_OK, STATE_WARN, STATE_FAIL };

enum { SILENCE_S = 2 * 24 * 3600, TEXT_MAX = 600, HOUR_S = 3600 };
/* RELIABILITY S3: below 5 % or 1 GiB fetching should stop; below 64 MiB nothing works. */
#define DISK_LOW (1ULL << 30)
#define DISK_EMPTY (64ULL << 20)

struct doctor {
	struct app *app;
	enum state worst;
};

static void say(struct doctor *d, enum state state, const char *check, const char *fmt, ...)
	PRINTF_LIKE(4, 5);

static void say(struct doctor *d, enum state state, const char *check, const char *fmt, ...)
{
	static const char *const names[] = { "ok", "warn", "fail" };
	struct json_writer *w;
	char line[TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (state > d->worst)
		d->worst = state;
	if (!d->app->json) {
		out_line("%-4s  %-10s %s", names[state], check, line);
		return;
	}
	w = out_json(d->app);
	json_open_object(w);
	json_add_str(w, "check", str_of(check));
	json_add_str(w, "state", str_of(names[state]));
	json_add_str(w, "text", str_clip(str_of(line), TEXT_MAX - 4));
	json_close_object(w);
	out_json_end(d->app);
}

/* programme and libraries */

static void check_versions(struct doctor *d)
{
	size_t n;
	const struct library_version *all = library_versions(&n);
	struct str list = STR("");

	say(d, STATE_OK, "programme", "appariteur %s", APPARITEUR_VERSION);
	for (size_t i = 0; i < n; i++)
		list = arena_printf(&d->app->arena, "%.*s%s%s %s", STR_ARG(list), i > 0 ? ", " : "",
			all[i].name, all[i].version);
	say(d, STATE_OK, "libraries", "%.*s", STR_ARG(list));
	if (sqlite_has_wal_race())
		say(d, STATE_WARN, "libraries", "SQLite %s has the WAL-reset race; our write gate holds it off, "
			"so let no other programme write to the database", all[0].version);
}

/* settings */

static void check_mail(struct doctor *d)
{
	CLEANUP(smtp_closep) struct smtp *smtp = NULL;
	struct error err = ERROR_INIT;
	struct digest_settings digest;
	struct smtp_options options = { .url = NULL };
	int r = digest_settings_of(d->app, &digest, &err);

	if (r >= 0)
		r = smtp_options_of(d->app, &options, &err);
	if (r >= 0)
		r = smtp_open(&options, &smtp, &err);
	if (r < 0)
		say(d, STATE_FAIL, "mail", "%s", err.text);
	else if (app_flag(d->app, "network") && smtp_probe(smtp, &err) < 0)
		say(d, STATE_FAIL, "mail", "%s: %s", options.url, err.text);
	else
		say(d, STATE_OK, "mail", "from %s by %s%s", digest.from, options.url,
			app_flag(d->app, "network") ? ", which answers" : "");
	smtp_options_wipe(&options);
}

static void check_settings(struct doctor *d)
{
	struct error err = ERROR_INIT;
	struct schedule schedule;

	if (app_load_settings(d->app, &err) < 0) {
		say(d, STATE_FAIL, "settings", "%s", err.text);
		return;
	}
	say(d, STATE_OK, "settings", "%s", d->app->conf_path != NULL ? d->app->conf_path : "defaults");
	if (schedule_parse(conf_text(&d->app->conf, "run", "fetch_times"), &schedule, &err) < 0)
		say(d, STATE_FAIL, "settings", "run.fetch_times: %s", err.text);
	check_mail(d);
}

/* database */

static bool check_database(struct doctor *d)
{
	struct error err = ERROR_INIT;
	struct stat st;

	if (app_open(d->app, DB_READ, &err) < 0 || db_prepare_all(d->app->db, &err) < 0 ||
		db_check(d->app->db, &err) < 0) {
		say(d, STATE_FAIL, "database", "%s", err.text);
		return false;
	}
	say(d, STATE_OK, "database", "%s opens, is whole, and has the schema of this version", d->app->db_path);
	if (stat(d->app->db_path, &st) == 0 && (st.st_mode & 077) != 0)
		say(d, STATE_WARN, "database", "%s can be read by others: it holds addresses; chmod 600 it",
			d->app->db_path);
	return true;
}

static void check_disk(struct doctor *d)
{
	size_t slash = str_rfind_char(str_of(d->app->db_path), '/');
	struct str folder = slash == SIZE_MAX ? STR(".")
					      : arena_printf(&d->app->arena, "%.*s", (int)slash + 1,
							d->app->db_path);
	unsigned long long left, all;
	struct statvfs fs;

	if (statvfs(folder.ptr, &fs) < 0) {
		say(d, STATE_FAIL, "disk", "%s: %s", folder.ptr, strerror(errno));
		return;
	}
	left = (unsigned long long)fs.f_bavail * fs.f_frsize;
	all = (unsigned long long)fs.f_blocks * fs.f_frsize;
	say(d, left < DISK_EMPTY ? STATE_FAIL : left < DISK_LOW || left < all / 20 ? STATE_WARN : STATE_OK,
		"disk", "%llu MiB free of %llu", left >> 20, all >> 20);
}

/* what the database holds */

static void check_rules(struct doctor *d)
{
	CLEANUP(rules_freep) struct rules *rules = NULL;
	struct error err = ERROR_INIT;
	struct rule_problem *problems;
	struct rules_tested tested;
	struct rule_set set;
	size_t n;
	int r = rule_files_active(d->app, &set, &err);

	if (r >= 0)
		r = rule_files_parse(d->app, &set, &problems, &n, &rules, &err);
	if (r >= 0)
		r = rules_test(d->app, rules, false, &tested, &err);
	if (r < 0)
		say(d, STATE_FAIL, "rules", "%s", err.text);
	else
		say(d, tested.failed > 0 ? STATE_FAIL : STATE_OK, "rules",
			"ruleset %lld: %zu rules, %zu examples, %zu failed", (long long)set.number,
			rules->n_rules, tested.examples, tested.failed);
}

static void check_source(struct doctor *d, const struct source_row *row)
{
	if (!row->enabled)
		return;
	if (row->failing_since != TIME_NONE)
		say(d, STATE_WARN, "source", "%.*s fails since %.*s: %.*s", STR_ARG(row->name),
			STR_ARG(moment(d->app, row->failing_since)), STR_ARG(row->error));
	else if (row->last_success == TIME_NONE)
		say(d, STATE_WARN, "source", "%.*s was never fetched", STR_ARG(row->name));
	else
		say(d, d->app->now - row->last_success > SILENCE_S ? STATE_WARN : STATE_OK, "source",
			"%.*s last answered %.*s", STR_ARG(row->name),
			STR_ARG(moment(d->app, row->last_success)));
	if (row->last_run != TIME_NONE && row->last_run > d->app->now + HOUR_S)
		say(d, STATE_FAIL, "clock", "%.*s was fetched in the future: %.*s", STR_ARG(row->name),
			STR_ARG(moment(d->app, row->last_run)));
}

static void check_all_sources(struct doctor *d)
{
	struct error err = ERROR_INIT;
	struct source_row *rows;
	size_t n = 0;

	if (store_source_list(d->app->db, &d->app->arena, &rows, &n, &err) < 0)
		say(d, STATE_FAIL, "source", "%s", err.text);
	else if (n == 0)
		say(d, STATE_WARN, "source", "none was fetched yet");
	for (size_t i = 0; i < n; i++)
		check_source(d, &rows[i]);
}

struct tally {
	size_t waiting, failed, held;
};

static int count_message(void *data, const struct outbox_row *row, struct error *err UNUSED)
{
	struct tally *tally = data;

	if (row->state == OUTBOX_FAILED)
		tally->failed++;
	else if (row->state == OUTBOX_HELD)
		tally->held++;
	else if (row->state != OUTBOX_SENT && row->state != OUTBOX_SUPPRESSED)
		tally->waiting++;
	return 0;
}

static int count_item(void *data, const struct quarantined *item UNUSED, struct error *err UNUSED)
{
	(*(size_t *)data)++;
	return 0;
}

static void check_queues(struct doctor *d)
{
	struct tally tally = { 0, 0, 0 };
	struct error err = ERROR_INIT;
	size_t items = 0;

	if (store_outbox_each(d->app->db, false, count_message, &tally, &err) < 0 ||
		store_quarantine_each(d->app->db, count_item, &items, &err) < 0) {
		say(d, STATE_FAIL, "outbox", "%s", err.text);
		return;
	}
	say(d, tally.failed > 0 ? STATE_WARN : STATE_OK, "outbox", "%zu wait, %zu held, %zu failed",
		tally.waiting, tally.held, tally.failed);
	say(d, items > 0 ? STATE_WARN : STATE_OK, "quarantine", "%zu items could not be read", items);
}

/* What should have left and did not: red, as for alarms that are not raised. */
static void check_watch(struct doctor *d)
{
	struct digest_settings digest;
	struct digest_watch watch;
	struct error err = ERROR_INIT;

	if (digest_settings_of(d->app, &digest, &err) < 0)
		return; /* told among the settings */
	if (digest_watch(d->app->db, &digest, d->app->now, &watch, &err) < 0)
		say(d, STATE_FAIL, "digests", "%s", err.text);
	else if (!digest_watch_red(&watch))
		say(d, STATE_OK, "digests", "everything that was due an hour ago has left");
	else
		say(d, STATE_FAIL, "digests", "%lld people are due for an hour without a message, %lld digests "
			"have none, %lld messages wait for an hour%s%s", (long long)watch.uncomposed,
			(long long)watch.lost, (long long)watch.waiting,
			watch.oldest != TIME_NONE ? ", the oldest since " : "",
			watch.oldest != TIME_NONE ? moment(d->app, watch.oldest).ptr : "");
}

/* A clock before this programme was made, or long after anybody would run it, is not set. */
static void check_clock(struct doctor *d)
{
	int year = civil_from_utc(d->app->now).year;

	say(d, year < 2026 || year > 2100 ? STATE_FAIL : STATE_OK, "clock", "%.*s in Paris",
		STR_ARG(moment(d->app, d->app->now)));
}

int cmd_doctor(struct app *app, struct error *err UNUSED)
{
	struct doctor d = { app, STATE_OK };

	check_versions(&d);
	check_clock(&d);
	check_settings(&d);
	check_disk(&d);
	if (check_database(&d)) {
		check_rules(&d);
		check_all_sources(&d);
		check_queues(&d);
		check_watch(&d);
	}
	return d.worst == STATE_FAIL ? 1 : 0;
}
