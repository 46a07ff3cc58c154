/*
 * Webhooks and their messages. UNIQUE(webhook, notice): a notice is told to a webhook once, under an id that
 * stays the same at every try. A crash between a try and its end repeats it under that id.
 */
#ifndef STORE_WEBHOOK_H
#define STORE_WEBHOOK_H

#include "base/date.h"
#include "store/store.h"
#include "tender/notice.h"

enum webhook_shape { WEBHOOK_STANDARD, WEBHOOK_CHAT, WEBHOOK_SHAPES };
const char *webhook_shape_name(enum webhook_shape shape); /* "standard", "chat" */
bool webhook_shape_parse(struct str name, enum webhook_shape *ret);

struct webhook {
	int64_t id;
	struct str profile, url, secret;
	enum webhook_shape shape;
	int64_t created, failing_since, disabled; /* instants; TIME_NONE */
	struct str reason;      /* of the last failure; STR_NONE */
	int64_t waiting, sent;  /* messages */
};
/* `webhook->id` is given back. STORE_NONE: no such profile. */
int store_webhook_put(struct db *db, struct webhook *webhook, struct error *err) MUST_CHECK;
/* Of a profile, or all for STR_NONE; by id. */
int store_webhook_list(struct db *db, struct str profile, struct arena *arena, struct webhook **ret,
	size_t *ret_n, struct error *err) MUST_CHECK;
/* 0 or STORE_NONE */
int store_webhook_delete(struct db *db, int64_t id, struct error *err) MUST_CHECK;
/* On again; messages that were given up are due at `now`. 0 or STORE_NONE */
int store_webhook_enable(struct db *db, int64_t id, int64_t now, struct error *err) MUST_CHECK;

/* Ids of notices that it was not told, at most `most`. */
int store_webhook_news(struct db *db, const struct webhook *webhook, int64_t most, struct arena *arena,
	struct codes *ret, struct error *err) MUST_CHECK;

struct webhook_message {
	int64_t webhook;
	struct str notice, id, body;
	int attempts;
	struct str url, secret, profile; /* of the webhook */
	enum webhook_shape shape;
};
int store_webhook_message_put(struct db *db, const struct webhook_message *message, int64_t now,
	struct error *err) MUST_CHECK;
/* The next one due: 0 or STORE_NONE */
int store_webhook_message_due(struct db *db, int64_t now, struct arena *arena, struct webhook_message *ret,
	struct error *err) MUST_CHECK;

/* What became of a try. */
int store_webhook_sent(struct db *db, const struct webhook_message *message, int64_t now, struct error *err)
	MUST_CHECK;
/* Again at next_at; nothing of this webhook before. TIME_NONE: given up. */
int store_webhook_failed(struct db *db, const struct webhook_message *message, int64_t next_at,
	struct str reason, int64_t now, struct error *err) MUST_CHECK;
/* STORE_NONE: it was off already. */
int store_webhook_disable(struct db *db, int64_t id, struct str reason, int64_t now, struct error *err)
	MUST_CHECK;

#endif
