#include "store/webhook.h"

#include <assert.h>

#include "private.h"
#include "store/profile.h"

static const char *const shape_names[WEBHOOK_SHAPES] = {
	[WEBHOOK_STANDARD] = "standard",
	[WEBHOOK_CHAT] = "chat",
};

const char *webhook_shape_name(enum webhook_shape shape)
{
	return shape_names[shape];
}

bool webhook_shape_parse(struct str name, enum webhook_shape *ret)
{
	for (int i = 0; i < WEBHOOK_SHAPES; i++) {
		if (str_eqz(name, shape_names[i])) {
			*ret = (enum webhook_shape)i;
			return true;
		}
	}
	return false;
}

/* webhooks */

int store_webhook_put(struct db *db, struct webhook *webhook, struct error *err)
{
	struct stmt *st;
	bool unsubscribed;
	int r = store_profile_unsubscribed(db, webhook->profile, &unsubscribed, err);

	assert(db_in_transaction(db));
	if (r != 0)
		return r;
	st = db_query(db, Q_WEBHOOK_PUT);
	stmt_text(st, ":profile", webhook->profile);
	stmt_text(st, ":url", webhook->url);
	stmt_text(st, ":shape", str_of(shape_names[webhook->shape]));
	stmt_text(st, ":secret", webhook->secret);
	stmt_time(st, ":now", webhook->created);
	return step_int(st, &webhook->id, err);
}

int store_webhook_list(struct db *db, struct str profile, struct arena *arena, struct webhook **ret,
	size_t *ret_n, struct error *err)
{
	struct stmt *st = db_query(db, Q_WEBHOOK_LIST);
	struct webhook *rows = NULL;
	size_t n = 0, capacity = 0;
	int r;

	stmt_text(st, ":profile", profile);
	while ((r = stmt_step(st, err)) == STMT_ROW) {
		struct str shape = stmt_col_text(st, 3, arena);

		arena_grow(arena, rows, n, &capacity);
		rows[n] = (struct webhook){
			.id = stmt_col_int(st, 0),
			.profile = stmt_col_text(st, 1, arena),
			.url = stmt_col_text(st, 2, arena),
			.secret = stmt_col_text(st, 4, arena),
			.created = stmt_col_time(st, 5),
			.failing_since = stmt_col_time(st, 6),
			.disabled = stmt_col_time(st, 7),
			.reason = stmt_col_text(st, 8, arena),
			.waiting = stmt_col_int(st, 9),
			.sent = stmt_col_int(st, 10),
		};
		if (!webhook_shape_parse(shape, &rows[n++].shape)) {
			stmt_reset(st);
			return col_bad("shape of a webhook", shape, err);
		}
	}
	if (r)
		return r;
	*ret = rows;
	*ret_n = n;
	return 0;
}

int store_webhook_delete(struct db *db, int64_t id, struct error *err)
{
	struct stmt *st = db_query(db, Q_WEBHOOK_DELETE);

	assert(db_in_transaction(db));
	stmt_int(st, ":id", id);
	return run_one(st, err);
}

int store_webhook_enable(struct db *db, int64_t id, int64_t now, struct error *err)
{
	struct stmt *st = db_query(db, Q_WEBHOOK_ENABLE);
	int r;

	assert(db_in_transaction(db));
	stmt_int(st, ":id", id);
	r = run_one(st, err);
	if (r != 0)
		return r;
	st = db_query(db, Q_WEBHOOK_ENABLE_MESSAGES);
	stmt_int(st, ":id", id);
	stmt_time(st, ":now", now);
	return run_any(st, err);
}

/* messages */

int store_webhook_news(struct db *db, const struct webhook *webhook, int64_t most, struct arena *arena,
	struct codes *ret, struct error *err)
{
	struct stmt *st = db_query(db, Q_WEBHOOK_NEWS);
	struct codes news = { NULL, 0, 0 };
	int r;

	stmt_text(st, ":profile", webhook->profile);
	stmt_int(st, ":webhook", webhook->id);
	stmt_time(st, ":since", webhook->created);
	stmt_int(st, ":most", most);
	while ((r = stmt_step(st, err)) == STMT_ROW)
		codes_add(&news, arena, stmt_col_text(st, 0, arena));
	if (r == 0)
		*ret = news;
	return r;
}

int store_webhook_message_put(struct db *db, const struct webhook_message *message, int64_t now,
	struct error *err)
{
	struct stmt *st = db_query(db, Q_WEBHOOK_MESSAGE_PUT);

	assert(db_in_transaction(db));
	stmt_int(st, ":webhook", message->webhook);
	stmt_text(st, ":notice", message->notice);
	stmt_text(st, ":id", message->id);
	stmt_text(st, ":body", message->body);
	stmt_time(st, ":now", now);
	return run_any(st, err);
}

int store_webhook_message_due(struct db *db, int64_t now, struct arena *arena, struct webhook_message *ret,
	struct error *err)
{
	struct stmt *st = db_query(db, Q_WEBHOOK_MESSAGE_DUE);
	struct str shape;
	int r;

	stmt_time(st, ":now", now);
	r = stmt_step(st, err);
	if (r != STMT_ROW)
		return r < 0 ? r : STORE_NONE;
	*ret = (struct webhook_message){
		.webhook = stmt_col_int(st, 0),
		.notice = stmt_col_text(st, 1, arena),
		.id = stmt_col_text(st, 2, arena),
		.attempts = (int)stmt_col_int(st, 3),
		.body = stmt_col_text(st, 4, arena),
		.url = stmt_col_text(st, 5, arena),
		.secret = stmt_col_text(st, 6, arena),
		.profile = stmt_col_text(st, 7, arena),
	};
	shape = stmt_col_text(st, 8, arena);
	stmt_reset(st);
	return webhook_shape_parse(shape, &ret->shape) ? 0 : col_bad("shape of a webhook", shape, err);
}

static int end_message(struct db *db, const struct webhook_message *message, const char *state,
	int64_t next_at, int64_t now, struct error *err)
{
	struct stmt *st = db_query(db, Q_WEBHOOK_MESSAGE_END);

	assert(db_in_transaction(db));
	stmt_text(st, ":state", str_of(state));
	stmt_int(st, ":webhook", message->webhook);
	stmt_text(st, ":notice", message->notice);
	stmt_time(st, ":next_at", next_at);
	stmt_time(st, ":now", now);
	return run_any(st, err);
}

int store_webhook_sent(struct db *db, const struct webhook_message *message, int64_t now, struct error *err)
{
	struct stmt *st;
	int r = end_message(db, message, "sent", now, now, err);

	if (r < 0)
		return r;
	st = db_query(db, Q_WEBHOOK_WELL);
	stmt_int(st, ":id", message->webhook);
	return run_any(st, err);
}

int store_webhook_failed(struct db *db, const struct webhook_message *message, int64_t next_at,
	struct str reason, int64_t now, struct error *err)
{
	bool given_up = next_at == TIME_NONE;
	struct stmt *st;
	int r = end_message(db, message, given_up ? "failed" : "ready", given_up ? now : next_at, now, err);

	if (r < 0)
		return r;
	st = db_query(db, Q_WEBHOOK_FAILING);
	stmt_int(st, ":id", message->webhook);
	stmt_time(st, ":wait_until", given_up ? now : next_at);
	stmt_text(st, ":reason", reason);
	stmt_time(st, ":now", now);
	return run_any(st, err);
}

int store_webhook_disable(struct db *db, int64_t id, struct str reason, int64_t now, struct error *err)
{
	struct stmt *st = db_query(db, Q_WEBHOOK_DISABLE);

	assert(db_in_transaction(db));
	stmt_int(st, ":id", id);
	stmt_text(st, ":reason", reason);
	stmt_time(st, ":now", now);
	return run_one(st, err);
}
