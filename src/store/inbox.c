#include "store/inbox.h"

#include <assert.h>

#include "private.h"

int store_inbox_token(struct db *db, struct str token, int64_t outbox, struct error *err)
{
	struct stmt *st = db_query(db, Q_INBOX_TOKEN_PUT);

	assert(db_in_transaction(db));
	stmt_text(st, ":token", token);
	stmt_int(st, ":outbox", outbox);
	return run_any(st, err);
}

int store_inbox_card(struct db *db, int64_t outbox, int number, struct str profile, struct str notice,
	struct error *err)
{
	struct stmt *st = db_query(db, Q_INBOX_CARD_PUT);

	assert(db_in_transaction(db));
	stmt_int(st, ":outbox", outbox);
	stmt_int(st, ":number", number);
	stmt_text(st, ":profile", profile);
	stmt_text(st, ":notice", notice);
	return run_any(st, err);
}

int store_inbox_find(struct db *db, struct str token, struct str message_id, struct arena *arena,
	struct inbox_message *ret, struct error *err)
{
	struct stmt *st = db_query(db, Q_INBOX_FIND);
	int r;

	stmt_text(st, ":token", token);
	stmt_text(st, ":message_id", message_id);
	r = stmt_step(st, err);
	if (r != STMT_ROW)
		return r < 0 ? r : STORE_NONE;
	*ret = (struct inbox_message){
		.outbox = stmt_col_int(st, 0),
		.profile = stmt_col_text(st, 1, arena),
		.recipient = stmt_col_text(st, 2, arena),
		.language = stmt_col_text(st, 3, arena),
		.cards = (int)stmt_col_int(st, 4),
	};
	stmt_reset(st);
	return 0;
}

int store_inbox_card_find(struct db *db, int64_t outbox, int number, struct arena *arena,
	struct str *ret_profile, struct str *ret_notice, struct error *err)
{
	struct stmt *st = db_query(db, Q_INBOX_CARD);
	int r;

	stmt_int(st, ":outbox", outbox);
	stmt_int(st, ":number", number);
	r = stmt_step(st, err);
	if (r != STMT_ROW)
		return r < 0 ? r : STORE_NONE;
	*ret_profile = stmt_col_text(st, 0, arena);
	*ret_notice = stmt_col_text(st, 1, arena);
	stmt_reset(st);
	return 0;
}

int store_inbox_later(struct db *db, struct str profile, struct str notice, struct error *err)
{
	struct stmt *st = db_query(db, Q_INBOX_LATER);

	assert(db_in_transaction(db));
	stmt_text(st, ":profile", profile);
	stmt_text(st, ":notice", notice);
	return run_any(st, err);
}

int store_inbox_bounce(struct db *db, struct str address, struct str status, int64_t now, int64_t since,
	int64_t *ret, struct error *err)
{
	struct stmt *st = db_query(db, Q_INBOX_BOUNCES_FORGET);
	int r;

	assert(db_in_transaction(db));
	stmt_time(st, ":before", since);
	r = run_any(st, err);
	if (r)
		return r;
	st = db_query(db, Q_INBOX_BOUNCE_PUT);
	stmt_text(st, ":address", address);
	stmt_time(st, ":at", now);
	stmt_text(st, ":status", status);
	r = run_any(st, err);
	if (r)
		return r;
	st = db_query(db, Q_INBOX_BOUNCES);
	stmt_text(st, ":address", address);
	stmt_time(st, ":since", since);
	return step_int(st, ret, err);
}
