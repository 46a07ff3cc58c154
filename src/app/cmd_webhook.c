/* webhook add, list, remove, enable, send */
#include <stdio.h>
#include <time.h>

#include "commands.h"
#include "flow/instance.h"
#include "flow/webhook.h"
#include "gate/token.h"
#include "store/webhook.h"

static int64_t clock_of(void *data)
{
	const struct app *app = data;

	return app->now_given ? app->now : (int64_t)time(NULL);
}

int webhooks_send(struct app *app, struct webhook_count *ret, struct error *err)
{
	const char *ca_file = conf_text(&app->conf, "webhook", "ca_file").ptr;
	struct digest_settings digest;
	struct links links;
	struct webhook_settings telling = {
		.digest = &digest,
		.links = &links,
		.allowed_hosts = conf_text(&app->conf, "webhook", "allowed_hosts").ptr,
		.ca_file = *ca_file != '\0' ? ca_file : NULL,
		.timeout_s = (int)conf_int(&app->conf, "webhook", "timeout_s"),
	};
	int r = digest_settings_of(app, &digest, err);

	if (r >= 0)
		r = instance_links(app->db, str_of(digest.web_url), &links, err);
	if (r < 0)
		return r;
	r = webhook_send(app->db, &telling, clock_of, app, ret, err);
	links_done(&links);
	return r;
}

int cmd_webhook_send(struct app *app, struct error *err)
{
	struct webhook_count count;
	int r = webhooks_send(app, &count, err);

	if (r < 0)
		return r;
	if (app->json) {
		struct json_writer *w = out_json(app);

		json_open_object(w);
		json_add_int(w, "queued", count.queued);
		json_add_int(w, "sent", count.sent);
		json_add_int(w, "later", count.later);
		json_add_int(w, "disabled", count.disabled);
		json_close_object(w);
		out_json_end(app);
	} else {
		out_line("%lld queued, %lld sent, %lld later, %lld disabled", (long long)count.queued,
			(long long)count.sent, (long long)count.later, (long long)count.disabled);
	}
	return count.later + count.disabled > 0 ? EX_TEMPFAIL : 0;
}

static void show(struct app *app, const struct webhook *hook, bool secret)
{
	struct json_writer *w = out_json(app);

	json_open_object(w);
	json_add_int(w, "id", hook->id);
	json_add_str(w, "profile", hook->profile);
	json_add_str(w, "url", hook->url);
	json_add_str(w, "shape", str_of(webhook_shape_name(hook->shape)));
	json_add_str(w, "state", hook->disabled != TIME_NONE ? STR("disabled") :
		hook->failing_since != TIME_NONE ? STR("failing") : STR("on"));
	json_add_int(w, "waiting", hook->waiting);
	json_add_int(w, "sent", hook->sent);
	json_add_str(w, "reason", hook->reason);
	json_add_str(w, "created", moment(app, hook->created));
	if (secret)
		json_add_str(w, "secret", hook->secret);
	json_close_object(w);
	out_json_end(app);
}

int cmd_webhook_add(struct app *app, struct error *err)
{
	struct str shape = app_text(app, "shape");
	struct webhook hook = {
		.profile = app_operand(app, 0),
		.url = app_operand(app, 1),
		.secret = token_webhook_secret(&app->arena),
		.created = app->now,
		.failing_since = TIME_NONE,
		.disabled = TIME_NONE,
	};
	int r;

	if (str_given(shape))
		(void)webhook_shape_parse(shape, &hook.shape);
	r = webhook_check_url(hook.url, conf_text(&app->conf, "webhook", "allowed_hosts").ptr, err);
	if (r >= 0)
		r = db_begin(app->db, err);
	if (r < 0)
		return r;
	r = store_webhook_put(app->db, &hook, err);
	if (r == STORE_NONE)
		r = error_set(err, ERROR_INPUT, "no profile %s", app->operands[0]);
	if (r >= 0)
		r = db_commit(app->db, err);
	db_rollback(app->db);
	if (r < 0)
		return r;
	if (app->json)
		show(app, &hook, true);
	else
		out_line("webhook %lld, secret %.*s", (long long)hook.id, STR_ARG(hook.secret));
	note(app, "what matches from now on is told; the secret is not shown again");
	return 0;
}

int cmd_webhook_list(struct app *app, struct error *err)
{
	struct str profile = app->n_operands > 0 ? app_operand(app, 0) : STR_NONE;
	struct webhook *hooks;
	size_t n = 0;
	int r = store_webhook_list(app->db, profile, &app->arena, &hooks, &n, err);

	for (size_t i = 0; r >= 0 && i < n; i++) {
		const struct webhook *hook = &hooks[i];

		if (app->json) {
			show(app, hook, false);
			continue;
		}
		printf("%4lld  %-9s %-9s %4lld waiting %6lld sent  ", (long long)hook->id,
			webhook_shape_name(hook->shape),
			hook->disabled != TIME_NONE ? "disabled" :
			hook->failing_since != TIME_NONE ? "failing" : "on",
			(long long)hook->waiting, (long long)hook->sent);
		(void)out_id(hook->profile, 24);
		putchar(' ');
		out_str(hook->url);
		if (str_given(hook->reason))
			printf("  %.*s", STR_ARG(hook->reason));
		putchar('\n');
	}
	return list_end(app, r, (int64_t)n, "no webhook is set up; see webhook add");
}

/* The operands are ids; all of them, or none. */
static int each_id(struct app *app, int (*change)(struct db *db, int64_t id, int64_t now, struct error *err),
	struct error *err)
{
	int r = db_begin(app->db, err);

	for (int i = 0; r >= 0 && i < app->n_operands; i++) {
		int64_t id;

		if (!str_to_int64(app_operand(app, i), &id))
			r = bad_usage(app, error_set(err, ERROR_CONFIG, "\"%s\" is no number of a webhook",
				app->operands[i]));
		else
			r = change(app->db, id, app->now, err);
		if (r == STORE_NONE)
			r = error_set(err, ERROR_INPUT, "no webhook %s; nothing was changed", app->operands[i]);
	}
	if (r >= 0)
		r = db_commit(app->db, err);
	db_rollback(app->db);
	return r;
}

static int remove_one(struct db *db, int64_t id, int64_t now UNUSED, struct error *err)
{
	return store_webhook_delete(db, id, err);
}

int cmd_webhook_remove(struct app *app, struct error *err)
{
	return each_id(app, remove_one, err);
}

int cmd_webhook_enable(struct app *app, struct error *err)
{
	return each_id(app, store_webhook_enable, err);
}
