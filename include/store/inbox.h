/* What comes back to a message: by its token, its numbered cards, and how often it was refused. */
#ifndef STORE_INBOX_H
#define STORE_INBOX_H

#include "store/store.h"

int store_inbox_token(struct db *db, struct str token, int64_t outbox, struct error *err) MUST_CHECK;
int store_inbox_card(struct db *db, int64_t outbox, int number, struct str profile, struct str notice,
	struct error *err) MUST_CHECK;

struct inbox_message {
	int64_t outbox;
	struct str profile, recipient, language;
	int cards;
};
/* The message with this token, or with this Message-ID (one is STR_NONE). 0 or STORE_NONE */
int store_inbox_find(struct db *db, struct str token, struct str message_id, struct arena *arena,
	struct inbox_message *ret, struct error *err) MUST_CHECK;
/* 0 or STORE_NONE */
int store_inbox_card_find(struct db *db, int64_t outbox, int number, struct arena *arena,
	struct str *ret_profile, struct str *ret_notice, struct error *err) MUST_CHECK;
/* The next digest tells it once more. */
int store_inbox_later(struct db *db, struct str profile, struct str notice, struct error *err) MUST_CHECK;

/* Notes a refusal of the address (its keyed hash); how many there were since. Older ones are forgotten. */
int store_inbox_bounce(struct db *db, struct str address, struct str status, int64_t now, int64_t since,
	int64_t *ret, struct error *err) MUST_CHECK;

#endif
