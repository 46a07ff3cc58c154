#include "flow/webhook.h"

#include "base/buf.h"
#include "base/log.h"
#include "flow/card.h"
#include "flow/consent.h"
#include "gate/file.h"
#include "gate/http.h"
#include "gate/token.h"
#include "store/profile.h"
#include "store/webhook.h"
#include "webhook_body.h"

enum {
	NEWS_MAX = 100,        /* of one webhook in one run */
	ANSWER_MAX = 64 << 10, /* read and thrown away */
	JITTER = 10,           /* up to a tenth is added to a wait */
	URL_MAX = 2000,
};

/* Seconds until the next try, after so many that failed: the schedule of the specification. */
static const int waits[] = { 5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600 };

struct sending {
	struct db *db;
	const struct webhook_settings *settings;
	int64_t (*clock)(void *data);
	void *data;
	struct http *http;
	struct card_rules rules;
	struct webhook_count *count;
};

static struct http *open_session(const struct webhook_settings *settings)
{
	struct http_options options = {
		.user_agent = "appariteur/" APPARITEUR_VERSION,
		.ca_file = settings->ca_file,
		.connect_timeout_s = settings->timeout_s,
		.stall_timeout_s = settings->timeout_s,
		.total_timeout_s = settings->timeout_s,
		.max_redirects = 0,
		.body_max = ANSWER_MAX,
		.guard_except = settings->allowed_hosts,
	};

	return http_new(&options);
}

int webhook_check_url(struct str url, const char *allowed_hosts, struct error *err)
{
	if (url.len > URL_MAX)
		return error_set(err, ERROR_LIMIT, "the address is longer than %d bytes", URL_MAX);
	return http_check_url(url, allowed_hosts, err);
}

/* queueing */

static int queue_one(struct sending *s, const struct webhook *hook, const struct profile *profile,
	struct str notice, struct arena *arena, struct error *err)
{
	int64_t now = s->clock(s->data);
	struct webhook_message message = {
		.webhook = hook->id,
		.notice = notice,
		.id = arena_printf(arena, "msg_%016llx%016llx", (unsigned long long)token_random_u64(),
			(unsigned long long)token_random_u64()),
	};
	struct webhook_about about = { profile, s->rules.rules, s->settings->links, hook->shape, now };
	struct digest_card card;
	int r = card_make(s->db, profile, notice, now, arena, &card, err);

	if (r != 0)
		return r < 0 ? r : 0;
	r = webhook_body(&about, &card, arena, &message.body, err);
	if (r >= 0)
		r = store_webhook_message_put(s->db, &message, now, err);
	if (r >= 0)
		s->count->queued++;
	return r;
}

static int queue_news(struct sending *s, const struct webhook *hook, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct profile profile;
	struct codes news = { NULL, 0, 0 };
	int r = store_profile_find(s->db, hook->profile, &arena, &profile, err);

	if (r != 0 || !profile.confirmed)
		return r < 0 ? r : 0;
	r = db_begin(s->db, err);
	if (r >= 0)
		r = store_webhook_news(s->db, hook, NEWS_MAX, &arena, &news, err);
	for (size_t i = 0; r >= 0 && i < news.n; i++)
		r = queue_one(s, hook, &profile, news.at[i], &arena, err);
	if (r >= 0)
		r = db_commit(s->db, err);
	db_rollback(s->db);
	return r < 0 ? error_add(err, "webhook %lld", (long long)hook->id) : 0;
}

static int queue_all(struct sending *s, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct webhook *hooks;
	size_t n = 0;
	int r = store_webhook_list(s->db, STR_NONE, &arena, &hooks, &n, err);

	if (r >= 0 && n > 0)
		r = card_rules_load(&s->rules, s->db, err);
	for (size_t i = 0; r >= 0 && i < n && !http_stop; i++)
		if (hooks[i].disabled == TIME_NONE)
			r = queue_news(s, &hooks[i], err);
	return r;
}

/* telling */

/* The status, or a failure. What the other side answers is shown to nobody (RELIABILITY R4). */
static int tell(struct sending *s, const struct webhook_message *message, struct arena *arena,
	struct error *err)
{
	int64_t now = s->clock(s->data);
	char signature[TOKEN_WEBHOOK_SIGNATURE];
	struct http_header headers[] = {
		{ "webhook-id", message->id },
		{ "webhook-timestamp", arena_printf(arena, "%lld", (long long)now) },
		{ "webhook-signature", STR_NONE },
	};
	struct http_request request = { .url = message->url, .body = message->body,
		.content_type = "application/json", .headers = headers, .n_headers = LENGTH(headers) };
	struct http_response response;
	int r;

	if (!token_webhook_sign(message->secret, message->id, now, message->body, signature))
		return error_set(err, ERROR_STORE, "the secret is none");
	headers[2].value = str_of(signature);
	r = http_exchange(s->http, &request, now, arena, &response, err);
	return r < 0 ? r : response.status;
}

static int tell_the_end(struct sending *s, const struct webhook_message *message, struct arena *arena,
	struct error *err)
{
	struct profile profile;
	int r = store_profile_find(s->db, message->profile, arena, &profile, err);

	if (r != 0 || !str_given(profile.email) || s->settings->links->base.len == 0)
		return r < 0 ? r : 0;
	return consent_ask(s->db, s->settings->digest, s->settings->links, &profile, CONSENT_WEBHOOK_OFF,
		s->clock(s->data), err);
}

static int note_failure(struct sending *s, const struct webhook_message *message, int status, struct str why,
	struct arena *arena, struct error *err)
{
	int64_t now = s->clock(s->data), next = TIME_NONE;
	int r;

	if (message->attempts < (int)LENGTH(waits) && status != 410) {
		int wait = waits[message->attempts];

		next = now + wait + (int64_t)(token_random_u64() % (uint64_t)(wait / JITTER + 1));
	}
	r = store_webhook_failed(s->db, message, next, why, now, err);
	if (r < 0 || next != TIME_NONE) {
		s->count->later += r >= 0;
		return r;
	}
	r = store_webhook_disable(s->db, message->webhook, why, now, err);
	if (r == 0) {
		s->count->disabled++;
		log_warn("webhook", "[webhook.disabled] id=%lld %.*s", (long long)message->webhook, STR_ARG(why));
		r = tell_the_end(s, message, arena, err);
	}
	return r < 0 ? r : 0;
}

static int tell_next(struct sending *s, struct arena *arena, struct error *err)
{
	struct webhook_message message;
	struct error why = ERROR_INIT;
	int r = store_webhook_message_due(s->db, s->clock(s->data), arena, &message, err), status;

	if (r != 0)
		return r;
	status = tell(s, &message, arena, &why);
	if (status >= 0 && (status < 200 || status > 299))
		error_set(&why, ERROR_REMOTE, "answered %d", status);
	r = db_begin(s->db, err);
	if (r < 0)
		return r;
	if (status >= 200 && status <= 299) {
		r = store_webhook_sent(s->db, &message, s->clock(s->data), err);
		s->count->sent += r >= 0;
	} else {
		r = note_failure(s, &message, status, str_of(why.text), arena, err);
	}
	if (r >= 0)
		r = db_commit(s->db, err);
	db_rollback(s->db);
	return r;
}

static int take_lock(struct db *db, int *ret, struct error *err)
{
	CLEANUP(buf_done) struct buf path = BUF_INIT(8192);

	buf_addf(&path, "%s-webhook", db_path(db));
	return file_lock(path.ptr, ret, err);
}

int webhook_send(struct db *db, const struct webhook_settings *settings, int64_t (*clock)(void *data),
	void *data, struct webhook_count *ret, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	CLEANUP(file_close) int lock = -1;
	struct sending s = { .db = db, .settings = settings, .clock = clock, .data = data, .count = ret };
	int r = take_lock(db, &lock, err);

	*ret = (struct webhook_count){ 0, 0, 0, 0 };
	if (r != 0)
		return r < 0 ? r : 0;
	s.http = open_session(settings);
	r = queue_all(&s, err);
	while (r >= 0 && !http_stop) {
		arena_reset(&arena);
		r = tell_next(&s, &arena, err);
		if (r == STORE_NONE)
			break;
	}
	card_rules_done(&s.rules);
	http_free(s.http);
	return r < 0 ? r : 0;
}
