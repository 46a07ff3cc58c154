/*
 * From the outbox to the relay. Each message goes through claimed and handing, both committed, so that
 * after a crash we know which were certainly not delivered and which may have been (RELIABILITY 3.3):
 *
 *	1. recover what a run before left behind
 *	2. claim the next message that is due
 *	3. look again whether it may still be sent
 *	4. give it to the relay; `handing` is committed before the final dot can leave
 *	5. write how it ended
 */
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "flow/digest.h"
#include "flow/instance.h"
#include "gate/file.h"
#include "gate/http.h"
#include "gate/token.h"
#include "store/consent.h"
#include "store/outbox.h"
#include "store/profile.h"

enum {
	RETRY_FIRST_S = 5 * 60,
	RETRY_LAST_S = 4 * 3600,
	RETRY_DAYS = 5,
	TROUBLE_IN_A_ROW = 3, /* no answer about a message: the relay is out of order and this run ends */
};

struct delivery {
	struct db *db;
	struct smtp *smtp;  /* NULL: to `dir` */
	const char *dir;
	int64_t (*clock)(void);
	int64_t fixed_now;  /* without a clock */
	char lease[TOKEN_SHA256_HEX];
	struct links links; /* for what the suppression list keeps of an address */
	struct delivery_count *count;
	const struct outbox_row *row; /* the one at hand, for the callback */
	int trouble_in_a_row;
};

static int64_t now_of(const struct delivery *d)
{
	return d->clock != NULL ? d->clock() : d->fixed_now;
}

static int take_lock(struct db *db, int *ret, struct error *err)
{
	CLEANUP(buf_done) struct buf path = BUF_INIT(8192);

	buf_addf(&path, "%s-deliver", db_path(db));
	return file_lock(path.ptr, ret, err);
}

static void new_lease(struct delivery *d)
{
	unsigned char random[32];

	token_random(random, sizeof(random));
	token_sha256(str_n((const char *)random, sizeof(random)), d->lease);
}

static int recover(struct delivery *d, struct error *err)
{
	int64_t ready = 0, uncertain = 0, now = now_of(d);
	int r = db_begin(d->db, err);

	/* the lock says that no other process delivers: every lease is a dead one's */
	if (r >= 0)
		r = store_outbox_recover(d->db, now, now, &ready, &uncertain, err);
	if (r >= 0)
		r = db_commit(d->db, err);
	db_rollback(d->db);
	if (r >= 0 && ready + uncertain > 0)
		log_warn("deliver", "[outbox.recovered] ready=%lld uncertain=%lld", (long long)ready,
			(long long)uncertain);
	return r;
}

static int claim(struct delivery *d, struct arena *arena, struct outbox_row *ret, struct error *err)
{
	int r = db_begin(d->db, err), claimed;

	if (r < 0)
		return r;
	claimed = store_outbox_claim(d->db, now_of(d), str_of(d->lease), arena, ret, err);
	r = claimed < 0 ? claimed : db_commit(d->db, err);
	db_rollback(d->db);
	return r < 0 ? r : claimed;
}

static int end(struct delivery *d, enum outbox_state state, int64_t next_at, struct str reply,
	struct error *err)
{
	int r = db_begin(d->db, err), ended;

	if (r < 0)
		return r;
	ended = store_outbox_end(d->db, d->row->id, str_of(d->lease), state, next_at, reply, now_of(d), err);
	r = ended < 0 ? ended : db_commit(d->db, err);
	db_rollback(d->db);
	return r;
}

static int handing(void *data)
{
	struct delivery *d = data;
	struct error err = ERROR_INIT;
	int r = db_begin(d->db, &err), given;

	if (r < 0)
		return r;
	given = store_outbox_handing(d->db, d->row->id, str_of(d->lease), now_of(d), &err);
	r = given != 0 ? -1 : db_commit(d->db, &err);
	db_rollback(d->db);
	if (r < 0)
		log_error("deliver", "[outbox.handing.failed] id=%lld %s", (long long)d->row->id, err.text);
	return r;
}

/*
 * Somebody may have unsubscribed, moved or been suppressed between composing and now. A message that is no
 * digest answers what somebody just asked for at this address, a confirmation for instance: it goes there
 * as long as the profile has it.
 */
static int may_send(struct delivery *d, struct arena *arena, bool *ret, struct error *err)
{
	struct profile profile;
	struct str reason;
	bool digest = d->row->digest != 0, unsubscribed = false, suppressed = false;
	int r = store_profile_find(d->db, d->row->profile, arena, &profile, err);

	if (r == 0)
		r = store_profile_unsubscribed(d->db, d->row->profile, &unsubscribed, err);
	*ret = r == 0 && str_eq(profile.email, d->row->to) && (!digest || (!unsubscribed && profile.confirmed));
	if (r == 0 && digest) {
		r = store_suppressed(d->db, link_address_hash(&d->links, d->row->to, arena), arena, &reason, err);
		suppressed = r == 0;
	}
	*ret = *ret && !suppressed;
	return r < 0 ? r : 0;
}

static int64_t retry_at(const struct delivery *d)
{
	int64_t wait = RETRY_FIRST_S;

	for (int i = 1; i < d->row->attempts && wait < RETRY_LAST_S; i++)
		wait *= 2;
	if (wait > RETRY_LAST_S)
		wait = RETRY_LAST_S;
	return now_of(d) + wait - (int64_t)(token_random_u64() % (uint64_t)(wait / 4));
}

/* A mailbox that is busy says nothing about the next one; a relay that breaks off does. */
static void count_trouble(struct delivery *d, int outcome, const struct error *why)
{
	bool trouble = outcome == SMTP_UNKNOWN ||
		       (outcome == SMTP_LATER && (d->smtp == NULL || !smtp_answered(d->smtp)));

	d->trouble_in_a_row = trouble ? d->trouble_in_a_row + 1 : 0;
	if (d->trouble_in_a_row == TROUBLE_IN_A_ROW)
		log_error("deliver", "[relay.trouble] %s; the rest waits", why->text);
}

static int end_by_outcome(struct delivery *d, int outcome, const struct error *why, struct error *err)
{
	bool given_up = now_of(d) - d->row->created > (int64_t)RETRY_DAYS * 86400;

	count_trouble(d, outcome, why);
	switch (outcome) {
	case SMTP_SENT:
		d->count->sent++;
		d->count->bytes += (int64_t)d->row->message.len;
		return end(d, OUTBOX_SENT, TIME_NONE, STR("sent"), err);
	case SMTP_LATER:
		if (!given_up) {
			d->count->later++;
			return end(d, OUTBOX_RETRY, retry_at(d), str_of(why->text), err);
		}
		break;
	case SMTP_UNKNOWN:
		d->count->uncertain++;
		return end(d, OUTBOX_UNCERTAIN, now_of(d) + OUTBOX_DOUBT_S, str_of(why->text), err);
	default: /* refused for good, or no message that could ever be sent */
		break;
	}
	d->count->failed++;
	log_warn("deliver", "[outbox.failed] id=%lld %s", (long long)d->row->id, why->text);
	return end(d, OUTBOX_FAILED, TIME_NONE, str_of(why->text), err);
}

/* The same states, with a file in place of the relay: renamed into place, it is there whole or not. */
static int write_eml(struct delivery *d, struct error *why)
{
	CLEANUP(buf_done) struct buf path = BUF_INIT(8192);
	int r;

	buf_addf(&path, "%s/%.*s.eml", d->dir, STR_ARG(d->row->message_id));
	r = buf_check(&path, "the path", why);
	if (r >= 0)
		r = file_write(path.ptr, d->row->message, 0644, why);
	return r < 0 ? SMTP_LATER : SMTP_SENT;
}

static int deliver_one(struct delivery *d, struct arena *arena, struct error *err)
{
	struct error why = ERROR_INIT;
	bool allowed;
	int r = may_send(d, arena, &allowed, err);

	if (r < 0)
		return r;
	if (!allowed) {
		d->count->suppressed++;
		return end(d, OUTBOX_SUPPRESSED, TIME_NONE, STR("unsubscribed, unconfirmed or moved"), err);
	}
	if (d->smtp == NULL)
		r = handing(d) < 0 ? SMTP_LATER : write_eml(d, &why);
	else
		r = smtp_send(d->smtp, d->row->from, d->row->to, d->row->message, handing, d, &why);
	return end_by_outcome(d, r, &why, err);
}

static int deliver_all(struct delivery *d, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	CLEANUP(file_close) int lock = -1;
	struct outbox_row row;
	int r = take_lock(d->db, &lock, err);

	if (r == FILE_TAKEN) {
		log_info("deliver", "another process delivers");
		return 0;
	}
	*d->count = (struct delivery_count){ 0, 0, 0, 0, 0, 0 };
	new_lease(d);
	if (r >= 0)
		r = instance_links(d->db, STR_NONE, &d->links, err);
	if (r >= 0)
		r = recover(d, err);
	while (r >= 0 && !http_stop && d->trouble_in_a_row < TROUBLE_IN_A_ROW) {
		arena_reset(&arena);
		r = claim(d, &arena, &row, err);
		if (r != 0)
			break;
		d->row = &row;
		r = deliver_one(d, &arena, err);
	}
	links_done(&d->links);
	return r < 0 ? r : 0;
}

int deliver_smtp(struct db *db, const struct smtp_options *options, int64_t (*clock)(void),
	struct delivery_count *ret, struct error *err)
{
	CLEANUP(smtp_closep) struct smtp *smtp = NULL;
	struct delivery d = { .db = db, .clock = clock, .count = ret };
	int r = smtp_open(options, &smtp, err);

	if (r < 0)
		return r;
	d.smtp = smtp;
	return deliver_all(&d, err);
}

int deliver_dir(struct db *db, const char *dir, int64_t now, struct delivery_count *ret,
	struct error *err)
{
	struct delivery d = { .db = db, .dir = dir, .fixed_now = now, .count = ret };
	int r = file_mkdir(dir, err);

	return r < 0 ? r : deliver_all(&d, err);
}
