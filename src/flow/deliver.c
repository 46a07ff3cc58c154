/*
 * From the outbox to the relay. Each message goes through claimed and handing, both committed, so that
 * after a crash we know which were certainly not delivered and which may have been (RELIABILITY 3.3):
 *
 *	1. recover what a run before left behind
 *	2. claim the next message that is due
 *	3. look again whether it may still be sent
 *	4. give it to the relay; `handing` is committed before the final dot can leave
 *	5. write how it ended, and in the same transaction claim the next
 *
 * 2 to 5 are done by as many workers as there may be connections, each with its own connection to the
 * database and to the relay; one process at a time delivers.
 */
#include "deliver.h"

#include <time.h>

#include "base/buf.h"
#include "base/log.h"
#include "flow/inbox.h"
#include "flow/instance.h"
#include "gate/file.h"
#include "gate/http.h"
#include "gate/token.h"
#include "store/consent.h"

enum {
	RETRY_FIRST_S = 5 * 60,
	RETRY_LAST_S = 4 * 3600,
	RETRY_DAYS = 5,
	TROUBLE_IN_A_ROW = 3,  /* no answer about a message: the relay is out of order and this run ends */
	WORTH_A_WORKER = 16,   /* messages due for each worker beyond the first */
	NAP_MS = 100,          /* so soon a stop is noticed while the rate holds us */
};

int64_t deliver_now(const struct delivery *d)
{
	return d->clock != NULL ? d->clock() : d->fixed_now;
}

static int64_t clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int take_lock(struct db *db, int *ret, struct error *err)
{
	CLEANUP(buf_done) struct buf path = BUF_INIT(8192);

	buf_addf(&path, "%s-deliver", db_path(db));
	return file_lock(path.ptr, ret, err);
}

static void new_lease(struct worker *w)
{
	unsigned char random[32];

	token_random(random, sizeof(random));
	token_sha256(str_n((const char *)random, sizeof(random)), w->lease);
}

static int recover(struct delivery *d, struct db *db, struct error *err)
{
	int64_t ready = 0, uncertain = 0, now = deliver_now(d);
	int r = db_begin(db, err);

	/* the lock says that no other process delivers: every lease is a dead one's */
	if (r >= 0)
		r = store_outbox_recover(db, now, now, &ready, &uncertain, err);
	if (r >= 0)
		r = db_commit(db, err);
	db_rollback(db);
	if (r >= 0 && ready + uncertain > 0)
		log_warn("deliver", "[outbox.recovered] ready=%lld uncertain=%lld", (long long)ready,
			(long long)uncertain);
	return r;
}

/* the relay's pace */

bool deliver_may_go_on(struct delivery *d)
{
	bool on;

	pthread_mutex_lock(&d->lock);
	on = !d->broken && !http_stop && d->trouble_in_a_row < TROUBLE_IN_A_ROW;
	pthread_mutex_unlock(&d->lock);
	return on;
}

/* Waits until the relay may be given one more. */
static void keep_rate(struct delivery *d)
{
	int64_t slot;

	if (d->limits->per_minute <= 0)
		return;
	pthread_mutex_lock(&d->lock);
	slot = d->next_slot_ms > clock_ms() ? d->next_slot_ms : clock_ms();
	d->next_slot_ms = slot + 60000 / d->limits->per_minute;
	pthread_mutex_unlock(&d->lock);
	while (clock_ms() < slot && deliver_may_go_on(d)) {
		int64_t left = slot - clock_ms();
		struct timespec nap = { .tv_nsec = (long)(left < NAP_MS ? left : NAP_MS) * 1000000 };

		if (left > 0)
			nanosleep(&nap, NULL);
	}
}

/* A mailbox that is busy says nothing about the next one; a relay that breaks off does. */
static void count_outcome(struct worker *w, int outcome, const struct error *why)
{
	struct delivery *d = w->d;
	bool trouble = outcome == SMTP_UNKNOWN ||
		       (outcome == SMTP_LATER && (w->smtp == NULL || !smtp_answered(w->smtp)));

	pthread_mutex_lock(&d->lock);
	d->trouble_in_a_row = trouble ? d->trouble_in_a_row + 1 : 0;
	if (d->trouble_in_a_row == TROUBLE_IN_A_ROW)
		log_error("deliver", "[relay.trouble] %s; the rest waits", why->text);
	pthread_mutex_unlock(&d->lock);
}

/* One of the counters of delivery_count goes up. */
static void count(struct delivery *d, int64_t *counter, int64_t by)
{
	pthread_mutex_lock(&d->lock);
	*counter += by;
	pthread_mutex_unlock(&d->lock);
}

/* one message */

/*
 * How the message at hand ended; then the next one is claimed in the same transaction, unless `next` is NULL.
 * 0 with it, or STORE_NONE.
 */
static int end_and_claim(struct worker *w, const struct ending *ending, struct arena *arena,
	struct outbox_row *next, struct error *err)
{
	int64_t now = deliver_now(w->d);
	bool disabled;
	int r = db_begin(w->db, err), claimed = STORE_NONE;

	if (r >= 0 && ending != NULL)
		r = store_outbox_end(w->db, w->row->id, str_of(w->lease), ending->state, ending->next_at,
			ending->reply, now, err);
	if (r >= 0 && ending != NULL && str_given(ending->status))
		r = bounce_note(w->db, &w->d->links, w->d->limits->settings, w->row->to, ending->status,
			ending->reply, now, &disabled, err);
	if (r >= 0 && next != NULL)
		claimed = r = store_outbox_claim(w->db, now, str_of(w->lease), arena, next, err);
	if (r >= 0)
		r = db_commit(w->db, err);
	db_rollback(w->db);
	return r < 0 ? r : claimed;
}

static int handing(void *data)
{
	struct worker *w = data;
	struct error err = ERROR_INIT;
	int r = db_begin(w->db, &err), given;

	if (r < 0)
		return r;
	given = store_outbox_handing(w->db, w->row->id, str_of(w->lease), deliver_now(w->d), &err);
	r = given != 0 ? -1 : db_commit(w->db, &err);
	db_rollback(w->db);
	if (r < 0)
		log_error("deliver", "[outbox.handing.failed] id=%lld %s", (long long)w->row->id, err.text);
	return r;
}

/*
 * A message that is no digest answers what somebody just asked for at this address, a confirmation for
 * instance: it goes there as long as the profile has it. A digest goes as long as one of the profiles it
 * tells still wants it.
 */
int deliver_wanted(struct worker *w, struct arena *arena, bool *ret, struct error *err)
{
	struct str reason;
	int r = store_outbox_wanted(w->db, w->row->id, ret, err);

	if (r < 0 || !*ret || w->row->digest == 0)
		return r;
	r = store_suppressed(w->db, link_address_hash(&w->d->links, w->row->to, arena), arena, &reason, err);
	*ret = r == STORE_NONE;
	return r < 0 ? r : 0;
}

struct ending deliver_suppressed(struct worker *w)
{
	count(w->d, &w->d->count.suppressed, 1);
	return (struct ending){ OUTBOX_SUPPRESSED, TIME_NONE, STR("unsubscribed, unconfirmed or moved"), STR_NONE };
}

static int64_t retry_at(const struct worker *w)
{
	int64_t wait = RETRY_FIRST_S;

	for (int i = 1; i < w->row->attempts && wait < RETRY_LAST_S; i++)
		wait *= 2;
	if (wait > RETRY_LAST_S)
		wait = RETRY_LAST_S;
	return deliver_now(w->d) + wait - (int64_t)(token_random_u64() % (uint64_t)(wait / 4));
}

struct ending deliver_ending(struct worker *w, int outcome, const struct error *why)
{
	struct delivery *d = w->d;
	bool given_up = deliver_now(d) - w->row->created > (int64_t)RETRY_DAYS * 86400;

	count_outcome(w, outcome, why);
	switch (outcome) {
	case SMTP_SENT:
		count(d, &d->count.sent, 1);
		count(d, &d->count.bytes, (int64_t)w->row->message.len);
		return (struct ending){ OUTBOX_SENT, TIME_NONE, STR("sent"), STR_NONE };
	case SMTP_LATER:
		if (!given_up) {
			count(d, &d->count.later, 1);
			return (struct ending){ OUTBOX_RETRY, retry_at(w), str_of(why->text), STR_NONE };
		}
		break;
	case SMTP_UNKNOWN:
		count(d, &d->count.uncertain, 1);
		return (struct ending){ OUTBOX_UNCERTAIN, deliver_now(d) + OUTBOX_DOUBT_S, str_of(why->text),
			STR_NONE };
	default: /* refused for good, or no message that could ever be sent */
		break;
	}
	count(d, &d->count.failed, 1);
	log_warn("deliver", "[outbox.failed] id=%lld %s", (long long)w->row->id, why->text);
	return (struct ending){ OUTBOX_FAILED, TIME_NONE, str_of(why->text),
		outcome == SMTP_REFUSED && w->row->digest != 0 ? bounce_status(str_of(why->text)) : STR_NONE };
}

/* How the message at hand ended; its words are in `why`. */
static int deliver_one(struct worker *w, struct arena *arena, struct ending *ret, struct error *why,
	struct error *err)
{
	bool allowed;
	int r = deliver_wanted(w, arena, &allowed, err);

	if (r < 0)
		return r;
	if (!allowed) {
		*ret = deliver_suppressed(w);
		return 0;
	}
	keep_rate(w->d);
	r = smtp_send(w->smtp, w->row->from, w->row->to, w->row->message, handing, w, why);
	*ret = deliver_ending(w, r, why);
	return 0;
}

/* the workers */

static int work(struct worker *w, struct error *err)
{
	struct arena arenas[2] = { ARENA_INIT, ARENA_INIT }; /* of the row at hand and of the next one */
	struct outbox_row rows[2];
	struct error why = ERROR_INIT;
	int at = 0, r;

	r = deliver_may_go_on(w->d) ? end_and_claim(w, NULL, &arenas[at], &rows[at], err) : STORE_NONE;
	while (r == 0) {
		struct ending ending;
		int next = 1 - at;

		w->row = &rows[at];
		error_clear(&why);
		r = deliver_one(w, &arenas[at], &ending, &why, err);
		if (r < 0)
			break;
		arena_reset(&arenas[next]);
		r = end_and_claim(w, &ending, &arenas[next], deliver_may_go_on(w->d) ? &rows[next] : NULL, err);
		at = next;
	}
	arena_done(&arenas[0]);
	arena_done(&arenas[1]);
	return r < 0 ? r : 0;
}

static void *run_worker(void *data)
{
	struct worker *w = data;
	struct delivery *d = w->d;

	new_lease(w);
	w->result = d->smtp != NULL ? smtp_open(d->smtp, &w->smtp, &w->err) : 0;
	if (w->result >= 0)
		w->result = d->smtp != NULL ? work(w, &w->err) : deliver_folder(w, &w->err);
	w->smtp = smtp_close(w->smtp);
	if (w->result < 0) {
		pthread_mutex_lock(&d->lock);
		d->broken = true;
		pthread_mutex_unlock(&d->lock);
	}
	return NULL;
}

/* The first worker is this thread, with the connection to the database that is there already. */
static int run_workers(struct delivery *d, struct db *db, size_t n, struct error *err)
{
	struct worker workers[DELIVERY_CONNECTIONS_MAX] = { { .d = d, .db = db } };
	pthread_t threads[DELIVERY_CONNECTIONS_MAX];
	size_t started = 1;
	int r = 0;

	for (; started < n; started++) {
		struct worker *w = &workers[started];

		*w = (struct worker){ .d = d };
		if (store_open(db_path(db), DB_WRITE, &w->db, &w->err) < 0)
			break;
		if (pthread_create(&threads[started], NULL, run_worker, w) != 0) {
			w->db = db_close(w->db);
			break; /* fewer will do */
		}
	}
	run_worker(&workers[0]);
	for (size_t i = 1; i < started; i++) {
		pthread_join(threads[i], NULL);
		db_close(workers[i].db);
	}
	for (size_t i = 0; i < started && r >= 0; i++)
		if (workers[i].result < 0) {
			*err = workers[i].err;
			r = workers[i].result;
		}
	return r;
}

static size_t workers_for(const struct delivery *d, int64_t due)
{
	size_t most = d->limits->connections < 1 ? 1 : (size_t)d->limits->connections;
	size_t n = d->smtp != NULL ? 1 + (size_t)due / WORTH_A_WORKER : 1; /* a folder takes many at once */

	if (most > DELIVERY_CONNECTIONS_MAX)
		most = DELIVERY_CONNECTIONS_MAX;
	return n < most ? n : most;
}

int deliver_all(struct delivery *d, struct db *db, struct delivery_count *ret, struct error *err)
{
	CLEANUP(file_close) int lock = -1;
	int64_t due = 0;
	int r = take_lock(db, &lock, err);

	*ret = (struct delivery_count){ 0, 0, 0, 0, 0, 0 };
	if (r == FILE_TAKEN) {
		log_info("deliver", "another process delivers");
		return 0;
	}
	if (r >= 0)
		r = instance_links(db, STR_NONE, &d->links, err);
	if (r >= 0)
		r = recover(d, db, err);
	if (r >= 0)
		r = store_outbox_due(db, deliver_now(d), (int64_t)DELIVERY_CONNECTIONS_MAX * WORTH_A_WORKER, &due, err);
	if (r >= 0 && due > 0) {
		pthread_mutex_init(&d->lock, NULL);
		r = run_workers(d, db, workers_for(d, due), err);
		pthread_mutex_destroy(&d->lock);
	}
	links_done(&d->links);
	*ret = d->count;
	return r < 0 ? r : 0;
}

int deliver_smtp(struct db *db, const struct smtp_options *options, const struct delivery_limits *limits,
	int64_t (*clock)(void), struct delivery_count *ret, struct error *err)
{
	CLEANUP(smtp_closep) struct smtp *checked = NULL;
	struct delivery d = { .smtp = options, .limits = limits, .clock = clock };
	/* settings that could never work are told even when nothing is due */
	int r = smtp_open(options, &checked, err);

	return r < 0 ? r : deliver_all(&d, db, ret, err);
}
