/* serve: the web interface, by itself or inside `run`; profile feed: the same feeds without it */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "commands.h"
#include "flow/consent.h"
#include "flow/feed.h"
#include "flow/instance.h"
#include "flow/preview.h"
#include "gate/http.h"
#include "gate/smtp.h"
#include "gate/unicode.h"
#include "render/feed.h"
#include "serve.h"
#include "source/exchange.h"
#include "store/consent.h"
#include "store/judgment.h"
#include "store/match.h"
#include "store/profile.h"
#include "store/ruleset.h"
#include "web/server.h"

enum { EXPORT_MAX = 4 << 20 };

struct serving {
	struct arena arena; /* settings, which `run` may read again meanwhile */
	struct web *web;
	struct links links;
	struct card_rules rules;
	struct digest_settings digest;
	int64_t now; /* TIME_NONE: the real clock */
	pthread_t thread;
};

/* what the web asks of flow and source */

static int64_t host_now(void *data)
{
	const struct serving *s = data;

	return s->now != TIME_NONE ? s->now : (int64_t)time(NULL);
}

static int host_card(void *data, struct db *db, const struct profile *profile, struct str notice,
	struct arena *arena, struct value **ret, struct error *err)
{
	struct serving *s = data;
	struct digest_card card;
	int r = card_rules_load(&s->rules, db, err);

	if (r >= 0)
		r = card_make(db, profile, notice, host_now(s), arena, &card, err);
	return r != 0 ? r : feed_card_value(profile, s->rules.rules, &card, true, arena, ret, err);
}

static int host_feed(void *data, struct db *db, const struct profile *profile, enum link_feed what,
	struct arena *arena, struct web_feed *ret, struct error *err)
{
	struct serving *s = data;
	struct feed_request request = { profile, what, &s->links, s->digest.instance, s->digest.from,
		host_now(s) };
	struct feed_text text;
	int r = feed_make(db, &s->rules, &request, arena, &text, err);

	if (r >= 0)
		*ret = (struct web_feed){ text.body, text.content_type, text.changed };
	return r;
}

static int host_flood(void *data, struct db *db, const struct profile *profile, struct arena *arena,
	struct web_flood *ret, struct error *err)
{
	struct preview preview;
	int64_t active;
	int r = store_ruleset_active(db, &active, err);

	*ret = (struct web_flood){ 0, STR_NONE, 0 };
	if (r != 0)
		return r < 0 ? r : 0;
	r = preview_quick(db, profile, paris_day(host_now(data)), arena, &preview, err);
	if (r >= 0 && preview.flood)
		*ret = (struct web_flood){ preview.per_week, preview.without, preview.without_per_week };
	return r;
}

static int put_match(void *data, const struct receipt *receipt, int64_t first_matched UNUSED,
	struct error *err UNUSED)
{
	receipt_to_json(receipt, NULL, STR_NONE, data);
	return 0;
}

static int put_judgments(struct db *db, struct str profile, struct arena *arena, struct json_writer *w,
	struct error *err)
{
	struct judgment_filter filter = { .profile = profile };
	struct judgment *rows;
	size_t n = 0;
	int r = store_judgment_list(db, &filter, arena, &rows, &n, err);

	for (size_t i = 0; r >= 0 && i < n; i++) {
		json_open_object(w);
		json_key(w, "notice");
		json_put_str(w, rows[i].notice);
		json_key(w, "grade");
		json_put_int(w, rows[i].grade);
		json_key(w, "reason");
		json_put_str(w, str_of(judgment_reason_name(rows[i].reason)));
		json_close_object(w);
	}
	return r;
}

/* {"profile":…,"matches":[…],"judgments":[…]}: all there is but the messages, which the person has. */
static int host_export(void *data UNUSED, struct db *db, const struct profile *profile,
	struct arena *arena, struct str *ret, struct error *err)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(EXPORT_MAX);
	struct match_filter filter = { profile->id, STR_NONE, TIME_NONE };
	struct json_writer w = { .out = &out };
	int r;

	json_open_object(&w);
	json_key(&w, "profile");
	profile_to_json(profile, &w);
	json_key(&w, "matches");
	json_open_array(&w);
	r = store_match_each(db, &filter, put_match, &w, err);
	json_close_array(&w);
	json_key(&w, "judgments");
	json_open_array(&w);
	if (r >= 0)
		r = put_judgments(db, profile->id, arena, &w, err);
	json_close_array(&w);
	json_close_object(&w);
	buf_addc(&out, '\n');
	if (r >= 0)
		r = buf_check(&out, "the export", err);
	if (r >= 0)
		*ret = arena_dup(arena, buf_str(&out));
	return r;
}

static int host_ask(void *data, struct db *db, const struct profile *profile, enum web_ask what,
	struct error *err)
{
	struct serving *s = data;

	return consent_ask(db, &s->digest, &s->links, profile,
		what == WEB_ASK_CONFIRM ? CONSENT_CONFIRM : CONSENT_KNOWN, host_now(s), err);
}

/* the server */

static struct web_settings web_settings_of(struct app *app, const struct digest_settings *digest)
{
	const struct conf *conf = &app->conf;
	struct str listen = app_text(app, "listen");

	return (struct web_settings){
		.httpd = {
			.listen = str_given(listen) ? listen.ptr : conf_text(conf, "web", "listen").ptr,
			.connections_max = (int)conf_int(conf, "web", "connections"),
			.per_address_max = (int)conf_int(conf, "web", "connections_per_address"),
			.head_timeout_s = (int)conf_int(conf, "web", "head_timeout_s"),
			.body_timeout_s = (int)conf_int(conf, "web", "body_timeout_s"),
			.proxy = conf_bool(conf, "web", "proxy"),
		},
		.base = str_of(digest->web_url),
		.instance = str_of(digest->instance),
		.contact = str_of(digest->from),
		/* without an address to lead back to there is nothing a confirmation could say */
		.signup = conf_bool(conf, "web", "signup") && *digest->web_url != '\0',
		.asks_per_network_hour = conf_int(conf, "web", "asks_per_network_hour"),
		.asks_per_day = conf_int(conf, "web", "asks_per_day"),
	};
}

static void keep_settings(struct serving *s)
{
	const char **texts[] = { &s->digest.from, &s->digest.from_name, &s->digest.instance,
		&s->digest.web_url, &s->digest.unsubscribe };

	for (size_t i = 0; i < LENGTH(texts); i++)
		*texts[i] = arena_dupz(&s->arena, str_of(*texts[i]));
}

int serving_open(struct app *app, struct serving **ret, struct error *err)
{
	CLEANUP(serving_closep) struct serving *s = calloc(1, sizeof(*s));
	struct web_host host = {
		.now = host_now,
		.address_valid = smtp_address_valid,
		.zone_known = unicode_zone_known,
		.card = host_card,
		.feed = host_feed,
		.flood = host_flood,
		.export = host_export,
		.ask = host_ask,
	};
	struct web_settings web;
	int r;

	if (!s)
		die("out of memory (the web interface)");
	s->now = app->now_given ? app->now : TIME_NONE;
	host.data = s;
	r = digest_settings_of(app, &s->digest, err);
	if (r < 0)
		return r;
	keep_settings(s);
	web = web_settings_of(app, &s->digest);
	r = instance_links(app->db, web.base, &s->links, err);
	if (r >= 0)
		r = web_open(app->db_path, &web, &host, &s->links, &s->web, err);
	if (r < 0)
		return r;
	log_info("serve", "listening listen=%s port=%d", web.httpd.listen, web_port(s->web));
	*ret = steal(&s);
	return 0;
}

void *serving_close(struct serving *s)
{
	if (!s)
		return NULL;
	web_close(s->web);
	links_done(&s->links);
	card_rules_done(&s->rules);
	arena_done(&s->arena);
	free(s);
	return NULL;
}

int cmd_serve(struct app *app, struct error *err)
{
	CLEANUP(serving_closep) struct serving *s = NULL;
	int r;

	if (!app->quiet)
		log_set_level(LOG_INFO);
	stop_on_signals();
	r = serving_open(app, &s, err);
	if (r < 0)
		return r;
	app->db = db_close(app->db); /* the server has its own connections */
	r = web_run(s->web, err);
	if (r >= 0)
		log_info("serve", "stopped by a signal");
	return r;
}

/* inside `run`, in a thread of its own with connections of its own */

static void *serve_thread(void *data)
{
	struct serving *s = data;
	struct error err = ERROR_INIT;

	if (web_run(s->web, &err) < 0)
		log_error("serve", "[web.ended] %s", err.text);
	return NULL;
}

int serving_start(struct serving *s, struct error *err)
{
	sigset_t all, before;
	int code;

	/* signals are for the scheduler, which sleeps until one comes */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	code = pthread_create(&s->thread, NULL, serve_thread, s);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return code != 0 ? error_errno(err, ERROR_SYSTEM, code, "the web interface cannot start") : 0;
}

void serving_join(struct serving *s)
{
	pthread_join(s->thread, NULL);
}

/* profile feed, profile link */

static int find_profile(struct app *app, struct profile *ret, struct error *err)
{
	int r = store_profile_find(app->db, app_operand(app, 0), &app->arena, ret, err);

	return r == STORE_NONE ? error_set(err, ERROR_INPUT, "no profile %s", app->operands[0]) : r;
}

int cmd_profile_feed(struct app *app, struct error *err)
{
	struct str format = app_text(app, "format");
	struct card_rules rules = { NULL, 0 };
	struct digest_settings digest;
	struct feed_request request;
	struct profile profile;
	struct links links;
	struct feed_text text;
	int r = find_profile(app, &profile, err);

	if (r >= 0)
		r = digest_settings_of(app, &digest, err);
	if (r >= 0)
		r = instance_links(app->db, str_of(digest.web_url), &links, err);
	if (r < 0)
		return r;
	request = (struct feed_request){ &profile,
		str_eqz(format, "json") ? LINK_FEED_JSON :
		str_eqz(format, "ics") ? LINK_FEED_CALENDAR : LINK_FEED_ATOM,
		&links, digest.instance, digest.from, app->now };
	r = feed_make(app->db, &rules, &request, &app->arena, &text, err);
	card_rules_done(&rules);
	links_done(&links);
	if (r >= 0)
		fwrite(text.body.ptr, 1, text.body.len, stdout);
	return r;
}

/* With --json, one object of all of them. */
static void show_link(struct app *app, struct json_writer *w, const char *name, struct str url)
{
	if (!app->json) {
		out_line("%-12s%.*s", name, STR_ARG(url));
		return;
	}
	json_key(w, name);
	json_put_str(w, url);
}

int cmd_profile_links(struct app *app, struct error *err)
{
	static const char *const names[LINK_FEEDS] = { "atom", "json", "ics" };
	struct digest_settings digest;
	struct json_writer *w = NULL;
	struct profile profile;
	struct link_whom whom;
	struct links links;
	int64_t generation;
	int r = find_profile(app, &profile, err);

	if (r >= 0 && app_flag(app, "renew")) {
		r = db_begin(app->db, err);
		if (r >= 0)
			r = store_feed_renew(app->db, profile.id, app->now, err);
		if (r >= 0)
			r = db_commit(app->db, err);
		db_rollback(app->db);
	}
	if (r >= 0)
		r = store_feed_generation(app->db, profile.id, &generation, err);
	if (r >= 0)
		r = digest_settings_of(app, &digest, err);
	if (r >= 0 && *digest.web_url == '\0')
		r = error_set(err, ERROR_CONFIG, "instance.web_url is not set: there is nothing to link to");
	if (r >= 0)
		r = instance_links(app->db, str_of(digest.web_url), &links, err);
	if (r < 0)
		return r;
	whom = (struct link_whom){ profile.id, profile.email };
	if (app->json)
		json_open_object(w = out_json(app));
	show_link(app, w, "preferences", link_preferences(&links, whom, &app->arena));
	show_link(app, w, "unsubscribe", link_unsubscribe(&links, profile.id, &app->arena));
	for (int i = 0; i < LINK_FEEDS; i++)
		show_link(app, w, names[i],
			link_feed(&links, whom, generation, (enum link_feed)i, &app->arena));
	if (app->json) {
		json_close_object(w);
		out_json_end(app);
	}
	links_done(&links);
	return 0;
}
