/*
 * run: the scheduler. Fetches and matches at the times of the settings, composes and delivers what is
 * due every minute or so, until it is told to stop.
 *
 *	- A time that was missed (the machine slept, the clock jumped, a step took long) is made up for
 *	  once. A clock that goes back repeats nothing.
 *	- A step that fails is logged and tried at its next time; the others go on.
 *	- SIGTERM and SIGINT end it after the transaction at hand; SIGHUP reads the settings again.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "commands.h"
#include "flow/consent.h"
#include "flow/digest.h"
#include "flow/inbox.h"
#include "flow/kept.h"
#include "flow/match.h"
#include "flow/schedule.h"
#include "flow/webhook.h"
#include "gate/file.h"
#include "gate/http.h"
#include "serve.h"
#include "store/fetch.h"

/* Sleeping no longer than this, we notice that the clock was set. */
enum { SLEEP_MAX_MS = 60 * 1000, WATCH_MS = 15 * 60 * 1000, DAY_S = 24 * 3600 };

static volatile sig_atomic_t reload_asked;

struct scheduler {
	struct app *app;
	struct schedule times;
	int64_t last_fetch;      /* when the last one began; TIME_NONE: never */
	int64_t next_deliver_ms; /* by the clock that only goes forward */
	int64_t next_watch_ms;   /* the same */
	bool failed;             /* some step since the start did not do its work */
	struct kept *kept;       /* rules and profiles, compiled, between rounds */
};

/* signals and clocks */

static void on_reload(int signal UNUSED)
{
	reload_asked = 1;
}

static void catch_signals(void)
{
	struct sigaction reload = { .sa_handler = on_reload, .sa_flags = SA_RESTART };

	stop_on_signals();
	sigemptyset(&reload.sa_mask);
	sigaction(SIGHUP, &reload, NULL);
}

static int64_t clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Until then, or until a signal: they are let in only while we sleep, so that none is missed. */
static void sleep_until(int64_t until_ms)
{
	int64_t left = until_ms - clock_ms();
	struct timespec timeout;
	sigset_t caught, before;

	if (left <= 0)
		return;
	timeout = (struct timespec){ (time_t)(left / 1000), (long)(left % 1000) * 1000000 };
	sigemptyset(&caught);
	sigaddset(&caught, SIGTERM);
	sigaddset(&caught, SIGINT);
	sigaddset(&caught, SIGHUP);
	sigprocmask(SIG_BLOCK, &caught, &before);
	if (!http_stop && !reload_asked)
		(void)ppoll(NULL, 0, &timeout, &before);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

/* steps */

static void failed(struct scheduler *s, const char *step, const struct error *err)
{
	s->failed = true;
	log_error("run", "[run.step.failed] step=%s kind=%s %s", step, error_kind_name(err->kind), err->text);
}

static void log_report(struct app *app UNUSED, const struct report *report)
{
	log_info("fetch", "source=%.*s announced=%lld read=%lld new=%lld updated=%lld unchanged=%lld "
		"rejected=%lld", STR_ARG(report->source), (long long)report->announced,
		(long long)report->read, (long long)report->added, (long long)report->updated,
		(long long)report->unchanged, (long long)report->rejected);
	for (size_t i = 0; i < report->n_failures; i++)
		log_warn("fetch", "[fetch.item.failed] item=\"%.*s\" %.*s", STR_ARG(report->failures[i].item),
			STR_ARG(report->failures[i].reason));
}

static void fetch(struct scheduler *s)
{
	struct error err = ERROR_INIT;
	int r;

	s->last_fetch = s->app->now;
	r = fetch_all(s->app, log_report, &err);
	if (r < 0)
		failed(s, "fetch", &err);
	else if (r > 0)
		s->failed = true; /* told source by source */
}

static void match(struct scheduler *s)
{
	struct error err = ERROR_INIT;
	struct match_count count;

	if (match_update_kept(s->app->db, s->kept, s->app->now, DAY_NONE, NULL, NULL, NULL, &count, &err) < 0)
		failed(s, "match", &err);
	else
		log_info("match", "notices=%lld profiles=%lld new=%lld", (long long)count.notices,
			(long long)count.profiles, (long long)count.added);
}

/* Between two fetches: a profile, a requirement or a ruleset that somebody entered. */
static void match_what_came(struct scheduler *s)
{
	struct error err = ERROR_INIT;
	bool due = false;

	if (match_due(s->app->db, s->app->now, &due, &err) < 0)
		failed(s, "match", &err);
	else if (due)
		match(s);
}

/* Who signed up and did not confirm within seven days. */
static void forget_unconfirmed(struct scheduler *s)
{
	struct error err = ERROR_INIT;
	int64_t n = 0;

	if (consent_purge(s->app->db, s->app->now, &n, &err) < 0)
		failed(s, "purge", &err);
	else if (n > 0)
		log_info("run", "forgotten unconfirmed=%lld", (long long)n);
}

static void compose(struct scheduler *s)
{
	struct error err = ERROR_INIT;
	struct digest_settings digest;
	struct digest_count count;
	int r = digest_settings_of(s->app, &digest, &err);

	if (r >= 0)
		r = digest_compose(s->app->db, &digest, s->app->now, false, &count, &err);
	if (r < 0)
		failed(s, "digest", &err);
	else if (count.composed > 0)
		log_info("digest", "composed=%lld items=%lld heartbeats=%lld", (long long)count.composed,
			(long long)count.items, (long long)count.heartbeats);
}

static void send_due(struct scheduler *s)
{
	struct error err = ERROR_INIT;
	struct delivery_count count;

	if (deliver(s->app, s->app->now, &count, &err) < 0) {
		failed(s, "deliver", &err);
		return;
	}
	if (count.sent + count.later + count.failed + count.uncertain + count.suppressed > 0)
		log_info("deliver", "sent=%lld later=%lld failed=%lld uncertain=%lld suppressed=%lld",
			(long long)count.sent, (long long)count.later, (long long)count.failed,
			(long long)count.uncertain, (long long)count.suppressed);
	if (count.later + count.failed + count.uncertain > 0)
		s->failed = true;
}

/* What came back: refusals before more is sent there, answers before more is composed. */
static void read_mail(struct scheduler *s)
{
	struct error err = ERROR_INIT;
	struct inbox_count count;

	if (read_inbox(s->app, &count, &err) < 0)
		failed(s, "inbox", &err);
	else if (count.read > 0)
		log_info("inbox", "read=%lld bounces=%lld disabled=%lld answers=%lld ignored=%lld",
			(long long)count.read, (long long)count.bounces, (long long)count.disabled,
			(long long)count.answers, (long long)count.ignored);
}

/* Every quarter of an hour: whether everything left that should have. */
static void watch(struct scheduler *s)
{
	struct error err = ERROR_INIT;
	struct digest_settings digest;
	struct digest_watch found;
	int r;

	if (clock_ms() < s->next_watch_ms)
		return;
	s->next_watch_ms = clock_ms() + WATCH_MS;
	r = digest_settings_of(s->app, &digest, &err);
	if (r >= 0)
		r = digest_watch(s->app->db, &digest, s->app->now, &found, &err);
	if (r < 0)
		failed(s, "watch", &err);
	else if (digest_watch_red(&found))
		log_error("run", "[mail.late] uncomposed=%lld lost=%lld waiting=%lld",
			(long long)found.uncomposed, (long long)found.lost, (long long)found.waiting);
}

static void tell_webhooks(struct scheduler *s)
{
	struct error err = ERROR_INIT;
	struct webhook_count count;

	if (webhooks_send(s->app, &count, &err) < 0)
		failed(s, "webhook", &err);
	else if (count.queued + count.sent + count.later + count.disabled > 0)
		log_info("webhook", "queued=%lld sent=%lld later=%lld disabled=%lld", (long long)count.queued,
			(long long)count.sent, (long long)count.later, (long long)count.disabled);
}

/* the cycle */

static void tell_time(struct app *app)
{
	if (!app->now_given)
		app->now = (int64_t)time(NULL);
}

/*
 * A time of the schedule has passed since the last fetch began. One that began in the future tells
 * that the clock was wrong then, and counts for nothing.
 */
static bool fetch_is_due(struct scheduler *s)
{
	int64_t due = schedule_before(&s->times, s->app->now);

	if (s->last_fetch != TIME_NONE && s->last_fetch > s->app->now + DAY_S) {
		log_warn("run", "[run.clock.back] the last fetch began in the future; it is forgotten");
		s->last_fetch = TIME_NONE;
	}
	return s->last_fetch == TIME_NONE || s->last_fetch < due;
}

/* What a round takes from the arena of the command goes with the round: `run` lives for months. */
static void round_of(struct scheduler *s, bool all)
{
	struct arena kept = s->app->arena;

	s->app->arena = (struct arena)ARENA_INIT;
	tell_time(s->app);
	if (all || fetch_is_due(s)) {
		fetch(s);
		tell_time(s->app);
		if (!http_stop)
			match(s);
	} else {
		match_what_came(s);
	}
	tell_time(s->app);
	if (!http_stop)
		forget_unconfirmed(s);
	if (!http_stop)
		read_mail(s);
	if (!http_stop)
		compose(s);
	if (!http_stop)
		send_due(s);
	if (!http_stop)
		watch(s);
	if (!http_stop)
		tell_webhooks(s);
	arena_done(&s->app->arena);
	s->app->arena = kept;
}

static int read_times(struct scheduler *s, struct error *err)
{
	int r = schedule_parse(conf_text(&s->app->conf, "run", "fetch_times"), &s->times, err);

	return r < 0 ? error_add(err, "run.fetch_times") : r;
}

/* Wrong settings change nothing: what was good stays in force. */
static void reload(struct scheduler *s)
{
	struct app *app = s->app;
	struct conf before = app->conf;
	struct schedule times = s->times;
	struct error err = ERROR_INIT;
	struct digest_settings digest;
	int r;

	reload_asked = 0;
	conf_init(&app->conf, settings, settings_n);
	r = app_load_settings(app, &err);
	if (r >= 0)
		r = digest_settings_of(app, &digest, &err);
	if (r >= 0)
		r = read_times(s, &err);
	if (r >= 0) {
		conf_done(&before);
		log_info("run", "settings read again");
		return;
	}
	conf_done(&app->conf);
	app->conf = before;
	s->times = times;
	log_error("run", "[run.settings.kept] the settings before stay in force: %s", err.text);
}

static int last_fetch(struct app *app, int64_t *ret, struct error *err)
{
	struct source_row *rows;
	size_t n = 0;
	int r = store_source_list(app->db, &app->arena, &rows, &n, err);

	*ret = TIME_NONE;
	for (size_t i = 0; r >= 0 && i < n; i++)
		if (rows[i].enabled && rows[i].last_run != TIME_NONE &&
			(*ret == TIME_NONE || rows[i].last_run > *ret))
			*ret = rows[i].last_run;
	return r;
}

static void keep_going(struct scheduler *s)
{
	int64_t now_ms, until_ms, fetch_ms;

	while (!http_stop) {
		if (reload_asked)
			reload(s);
		round_of(s, false);
		now_ms = clock_ms();
		s->next_deliver_ms = now_ms + conf_int(&s->app->conf, "run", "deliver_every_s") * 1000;
		while (!http_stop && !reload_asked && (now_ms = clock_ms()) < s->next_deliver_ms) {
			tell_time(s->app);
			fetch_ms = now_ms + (schedule_after(&s->times, s->app->now) - s->app->now) * 1000;
			until_ms = s->next_deliver_ms < fetch_ms ? s->next_deliver_ms : fetch_ms;
			if (until_ms > now_ms + SLEEP_MAX_MS)
				until_ms = now_ms + SLEEP_MAX_MS;
			sleep_until(until_ms);
			tell_time(s->app);
			if (fetch_is_due(s))
				break;
		}
	}
}

static int take_lock(struct app *app, int *ret, struct error *err)
{
	struct str path = arena_printf(&app->arena, "%s-run", app->db_path);
	int r = file_lock(path.ptr, ret, err);

	if (r == FILE_TAKEN)
		return error_set(err, ERROR_SYSTEM, "another `appariteur run` has %s", app->db_path);
	return r;
}

/* Settings that could not work are told at the start, not at seven in the morning. */
static int prepare(struct scheduler *s, struct error *err)
{
	struct digest_settings digest;
	struct smtp_options smtp;
	int r = digest_settings_of(s->app, &digest, err);

	if (r >= 0 && !app_flag(s->app, "to-dir"))
		r = smtp_options_of(s->app, &smtp, err);
	if (r >= 0 && !app_flag(s->app, "to-dir"))
		smtp_options_wipe(&smtp);
	if (r >= 0)
		r = read_times(s, err);
	if (r >= 0)
		r = last_fetch(s->app, &s->last_fetch, err);
	return r;
}

int cmd_run(struct app *app, struct error *err)
{
	CLEANUP(serving_closep) struct serving *serving = NULL;
	CLEANUP(file_close) int lock = -1;
	bool once = app_flag(app, "once");
	CLEANUP(kept_freep) struct kept *kept = once ? NULL : kept_new();
	struct scheduler s = { .app = app, .kept = kept };
	int r = take_lock(app, &lock, err);

	if (r >= 0)
		r = prepare(&s, err);
	if (r < 0)
		return r;
	if (!app->quiet)
		log_set_level(LOG_INFO);
	catch_signals();
	if (!once && conf_bool(&app->conf, "web", "with_run")) {
		r = serving_open(app, &serving, err);
		if (r >= 0)
			r = serving_start(serving, err);
		if (r < 0)
			return r;
	}
	log_info("run", "started version=%s db=%s", APPARITEUR_VERSION, app->db_path);
	if (once)
		round_of(&s, true);
	else
		keep_going(&s);
	if (serving)
		serving_join(serving);
	log_info("run", http_stop ? "stopped by a signal" : "done");
	return once && s.failed && !http_stop ? EX_TEMPFAIL : 0;
}
