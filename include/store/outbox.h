/*
 * The outbox (RELIABILITY 3.3). States of a message:
 *
 *   ready -> claimed -> handing -> sent
 *                |          \-> uncertain -> (15 min) ready, the same bytes once more, then failed
 *                \-> retry -> claimed …          held: by hand, until released
 *                \-> failed, suppressed
 */
#ifndef STORE_OUTBOX_H
#define STORE_OUTBOX_H

#include "base/date.h"
#include "store/store.h"

enum outbox_state {
	OUTBOX_READY, OUTBOX_CLAIMED, OUTBOX_HANDING, OUTBOX_SENT, OUTBOX_RETRY, OUTBOX_FAILED,
	OUTBOX_UNCERTAIN, OUTBOX_SUPPRESSED, OUTBOX_HELD, OUTBOX_STATES
};
const char *outbox_state_name(enum outbox_state state);

struct outbox_row {
	int64_t id;
	int64_t digest;
	struct str profile;
	struct str from, to;     /* envelope */
	struct str message_id;   /* without angle brackets */
	struct str message;      /* the whole message, CR LF */
	enum outbox_state state;
	int attempts;
	int64_t created, next_at, sent_at; /* TIME_NONE */
	struct str reply;        /* the relay's last words, or why it was suppressed */
};
/*
 * A new row in state ready, due at row->next_at (TIME_NONE: at once); row->id is given back. digest 0:
 * a message that is no digest. The same message_id twice is ERROR_STORE.
 */
int store_outbox_put(struct db *db, struct outbox_row *row, struct error *err) MUST_CHECK;

/* How many are due at `now`, counted no further than `most`. */
int store_outbox_due(struct db *db, int64_t now, int64_t most, int64_t *ret, struct error *err)
	MUST_CHECK;
/*
 * Messages composed at or before `before` that have come to no end, and when the oldest was (TIME_NONE);
 * digests composed between `since` and `before` that no message tells.
 */
int store_outbox_overdue(struct db *db, int64_t before, int64_t since, int64_t *ret_waiting,
	int64_t *ret_oldest, int64_t *ret_lost, struct error *err) MUST_CHECK;
/*
 * May it still be sent? A digest: a profile that it tells has this address, is confirmed and has not
 * unsubscribed. Another message: its profile has this address.
 */
int store_outbox_wanted(struct db *db, int64_t id, bool *ret, struct error *err) MUST_CHECK;

/*
 * Claims the next message due at `now` (ready, retry or uncertain with next_at reached): one UPDATE …
 * RETURNING. The lease is a random token of this process; 0 with the row in `arena`, or STORE_NONE.
 */
int store_outbox_claim(struct db *db, int64_t now, struct str lease, struct arena *arena,
	struct outbox_row *ret, struct error *err) MUST_CHECK;
/*
 * State changes of a claimed row; each asserts the lease: STORE_NONE when it was lost. A row ends as
 * sent, retry, failed, suppressed, uncertain (failed, when it was so before) or, given back untouched,
 * ready; next_at counts for retry, uncertain and ready.
 */
int store_outbox_handing(struct db *db, int64_t id, struct str lease, int64_t now, struct error *err)
	MUST_CHECK;
int store_outbox_end(struct db *db, int64_t id, struct str lease, enum outbox_state state,
	int64_t next_at, struct str reply, int64_t now, struct error *err) MUST_CHECK;
/*
 * Of leases taken at or before `older_than` (after a start: `now`): claimed becomes ready; handing
 * becomes uncertain with next_at = now + OUTBOX_DOUBT_S, or failed when it was uncertain once already.
 */
enum { OUTBOX_DOUBT_S = 15 * 60 };
int store_outbox_recover(struct db *db, int64_t now, int64_t older_than, int64_t *ret_ready,
	int64_t *ret_uncertain, struct error *err) MUST_CHECK;

/* By hand: to OUTBOX_HELD from ready or retry, to OUTBOX_READY from held or failed. STORE_NONE: no such. */
int store_outbox_set(struct db *db, int64_t id, enum outbox_state state, int64_t now, struct error *err)
	MUST_CHECK;
/* To whom it goes. 0 or STORE_NONE */
int store_outbox_recipient(struct db *db, int64_t id, struct arena *arena, struct str *ret,
	struct error *err) MUST_CHECK;
/*
 * `all` false: only what is not sent. Oldest first; messages are left out. A result of `each` other
 * than 0 stops and is returned. `each` may write.
 */
int store_outbox_each(struct db *db, bool all,
	int (*each)(void *data, const struct outbox_row *row, struct error *err), void *data,
	struct error *err) MUST_CHECK;

#endif
