#include "flow/digest.h"

#include "base/log.h"
#include "digest_page.h"
#include "flow/inbox.h"
#include "store/digest.h"
#include "store/inbox.h"
#include "store/outbox.h"

enum {
	COMPOSE_BATCH = 100, /* readers in one transaction */
	DAY_S = 24 * 3600,
	HEARTBEAT_S = 7 * DAY_S,  /* how long silence may last */
	CHANGES_DAYS_MAX = 60,    /* who heard nothing for longer hears of changes since then */
	CHANGES_DAYS_BEFORE = 7,
	CLOSED_KEPT_DAYS = 30,
};
static const char CLOSED_UNTIL[] = "digest_closed_until";

static bool receives(const struct profile_row *row)
{
	return row->profile.confirmed && !row->unsubscribed && str_given(row->profile.email) &&
	       smtp_address_valid(row->profile.email) && row->profile.cadence != CADENCE_OFF;
}

static bool heartbeat_due(const struct digest_run *run, const struct digest_reader *reader)
{
	int64_t last = reader->last_digest != TIME_NONE ? reader->last_digest : reader->rows[0]->created;

	return run->settings->heartbeat && reader->rows[0]->profile.cadence != CADENCE_INSTANT &&
	       run->now - last >= HEARTBEAT_S;
}

/* The message id tells profile and period, so composing again after a crash gives the same. */
static struct str message_id(const struct digest_run *run, const struct profile *profile,
	struct str period, struct arena *arena)
{
	struct str plain = arena_dup(arena, period);

	for (size_t i = 0; i < plain.len; i++)
		if (plain.ptr[i] == ':' || plain.ptr[i] == '+')
			((char *)plain.ptr)[i] = '-';
	return arena_printf(arena, "digest.%.*s.%.*s@%.*s", STR_ARG(profile->id), STR_ARG(plain),
		STR_ARG(digest_host(run->settings)));
}

/* The digests of the reader's profiles; the first one's has the message. */
static int put_digests(struct digest_run *run, const struct digest_reader *reader,
	const struct str *periods, int64_t *ids, struct error *err)
{
	for (size_t i = 0; i < reader->n; i++) {
		int r = store_digest_put(run->db, reader->rows[i]->profile.id, periods[i], run->now, &ids[i], err);

		if (r == STORE_UNCHANGED)
			return error_set(err, ERROR_STORE, "its digest of %.*s is there already",
				STR_ARG(periods[i]));
		if (r >= 0 && i > 0)
			r = store_digest_led(run->db, ids[i], ids[0], err);
		if (r < 0)
			return r;
	}
	return 0;
}

static int put_told(struct digest_run *run, const struct digest_reader *reader,
	const struct digest_draft *draft, const int64_t *ids, struct error *err)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < draft->n_told; i++) {
		const struct digest_told *told = &draft->told[i];

		r = store_digest_item(run->db, ids[told->profile], reader->rows[told->profile]->profile.id,
			told->notice, told->dossier, told->shown, told->deadline, err);
	}
	for (size_t i = 0; r >= 0 && i < draft->n_recalled; i++) {
		const struct digest_recalled *recalled = &draft->recalled[i];

		r = store_digest_reminded(run->db, ids[recalled->profile],
			reader->rows[recalled->profile]->profile.id, recalled->notice, recalled->deadline,
			recalled->days, err);
	}
	return r < 0 ? r : 0;
}

/* What a bounce or an answer is told by, where the instance reads them. */
static int put_ways_back(struct digest_run *run, const struct digest_reader *reader,
	const struct digest_draft *draft, const struct outbox_row *row, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	const struct digest_settings *s = run->settings;
	int r = 0;

	if (*s->bounce == '\0' && *s->reply == '\0')
		return 0;
	r = store_inbox_token(run->db, inbox_token(&run->links, row->message_id, &arena), row->id, err);
	for (size_t i = 0; r >= 0 && *s->reply != '\0' && i < draft->page.n_cards; i++)
		r = store_inbox_card(run->db, row->id, digest_card_number(&draft->page, i),
			reader->rows[draft->whose[i]]->profile.id, draft->page.cards[i].notice->id, err);
	return r;
}

static int write_digest(struct digest_run *run, const struct digest_reader *reader,
	const struct str *periods, const struct digest_draft *draft, struct str id, struct str message,
	struct arena *arena, struct error *err)
{
	int64_t ids[DIGEST_READER_PROFILES_MAX];
	struct outbox_row row = {
		.profile = reader->rows[0]->profile.id,
		.from = digest_sender(run, id, arena),
		.to = reader->rows[0]->profile.email,
		.message_id = id,
		.message = message,
		.created = run->now,
		.next_at = run->now,
		.sent_at = TIME_NONE,
	};
	int r = put_digests(run, reader, periods, ids, err);

	if (r >= 0)
		r = put_told(run, reader, draft, ids, err);
	if (r < 0)
		return r;
	row.digest = ids[0];
	r = store_outbox_put(run->db, &row, err);
	return r < 0 ? r : put_ways_back(run, reader, draft, &row, err);
}

/*
 * Of the profiles of one address those whose digest is due and was not composed yet. Hour, zone and
 * quiet days are those of the first one, so that a person has one hour.
 */
static int who_is_due(struct digest_run *run, const struct digest_reader *all, struct arena *arena,
	struct digest_reader *ret, struct str *periods, struct error *err)
{
	*ret = (struct digest_reader){ .last_digest = all->last_digest };
	for (size_t i = 0; i < all->n; i++) {
		const struct profile_row *row = all->rows[i];
		bool due;
		struct str period = digest_period(row->profile.cadence, all->rows[0]->profile.timezone,
			&all->rows[0]->profile.mailing, run->settings, run->now, &due, arena);
		int r = due ? store_digest_find(run->db, row->profile.id, period, err) : 0;

		if (r < 0)
			return r;
		if (!due || r == 0)
			continue;
		periods[ret->n] = period;
		ret->rows[ret->n++] = row;
	}
	return 0;
}

/* Composes first, writes last: what cannot be composed leaves nothing behind. */
static int compose_one(struct digest_run *run, const struct digest_reader *all, bool dry,
	struct digest_count *count, struct arena *arena, struct error *err)
{
	struct str periods[DIGEST_READER_PROFILES_MAX], message, id;
	struct error why = ERROR_INIT;
	struct digest_reader reader;
	struct digest_draft draft;
	struct digest_text text;
	int r = who_is_due(run, all, arena, &reader, periods, err);

	count->not_due += (int64_t)(all->n - reader.n);
	if (r < 0 || reader.n == 0)
		return r;
	r = digest_draft(run, &reader, arena, &draft, err);
	if (r < 0)
		return r;
	if (draft.page.n_cards == 0 && !heartbeat_due(run, &reader)) {
		count->not_due += (int64_t)reader.n;
		return 0;
	}
	id = message_id(run, &reader.rows[0]->profile, periods[0], arena);
	if (digest_message(run, &reader, &draft, id, arena, &text, &message, &why) < 0) {
		log_error("digest", "[digest.compose.failed] profile=%.*s %s",
			STR_ARG(reader.rows[0]->profile.id), why.text);
		count->failed++;
		return 0;
	}
	r = dry ? 0 : write_digest(run, &reader, periods, &draft, id, message, arena, err);
	if (r < 0)
		return r;
	count->composed++;
	count->items += (int64_t)draft.page.n_cards;
	count->heartbeats += draft.page.n_cards == 0;
	count->bytes += (int64_t)message.len;
	return 0;
}

static int compose_batch(struct digest_run *run, const struct digest_reader *readers, size_t n, bool dry,
	struct digest_count *count, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct digest_count before = *count;
	int r = dry ? db_read_begin(run->db, err) : db_begin(run->db, err);

	for (size_t i = 0; r >= 0 && i < n; i++) {
		arena_reset(&arena);
		shelf_tidy(&run->shelf);
		r = compose_one(run, &readers[i], dry, count, &arena, err);
		if (r < 0)
			error_add(err, "digest of %.*s", STR_ARG(readers[i].rows[0]->profile.id));
	}
	if (r >= 0 && !dry)
		r = db_commit(run->db, err);
	db_read_end(run->db);
	if (r < 0) {
		db_rollback(run->db);
		*count = before;
	}
	return r;
}

/* who reads */

/* Rows in order of address: those of one, as far as they receive, are one reader. */
static void group_readers(const struct profile_row *rows, size_t n, struct arena *arena,
	struct digest_count *count, struct digest_reader **ret, size_t *ret_n)
{
	struct digest_reader *readers = NULL, *last = NULL;
	size_t n_readers = 0, capacity = 0;

	for (size_t i = 0; i < n; i++) {
		if (!receives(&rows[i])) {
			count->suppressed++;
			continue;
		}
		if (last == NULL || last->n == DIGEST_READER_PROFILES_MAX ||
			!str_eq_nocase(last->rows[0]->profile.email, rows[i].profile.email)) {
			arena_grow(arena, readers, n_readers, &capacity);
			last = &readers[n_readers++];
			*last = (struct digest_reader){ .last_digest = TIME_NONE };
		}
		last->rows[last->n++] = &rows[i];
		if (rows[i].last_digest != TIME_NONE &&
			(last->last_digest == TIME_NONE || last->last_digest < rows[i].last_digest))
			last->last_digest = rows[i].last_digest;
	}
	*ret = readers;
	*ret_n = n_readers;
}

/* When the oldest of the last digests was composed, and some days before: links come late. */
static int64_t oldest_digest(const struct digest_reader *readers, size_t n, int64_t now)
{
	int64_t oldest = now;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < readers[i].n; k++)
			if (readers[i].rows[k]->last_digest != TIME_NONE &&
				readers[i].rows[k]->last_digest < oldest)
				oldest = readers[i].rows[k]->last_digest;
	if (oldest < now - CHANGES_DAYS_MAX * DAY_S)
		oldest = now - CHANGES_DAYS_MAX * DAY_S;
	return oldest - CHANGES_DAYS_BEFORE * DAY_S;
}

/*
 * Matches of purchases that closed a month ago end, so that looking for what is new to somebody does not
 * take longer every day.
 */
static int end_closed(struct db *db, int64_t now, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	int64_t until = now - CLOSED_KEPT_DAYS * DAY_S, since = 0;
	struct str text = STR_NONE;
	int r = store_meta_find(db, CLOSED_UNTIL, &arena, &text, err);

	if (r < 0 || (r == 0 && str_to_int64(text, &since) && since > until - DAY_S))
		return r < 0 ? r : 0;
	r = db_begin(db, err);
	if (r >= 0)
		r = store_digest_end_closed(db, since, until, now, err);
	if (r >= 0)
		r = store_meta_put(db, CLOSED_UNTIL, arena_printf(&arena, "%lld", (long long)until), err);
	if (r >= 0)
		r = db_commit(db, err);
	db_rollback(db);
	return r;
}

static int compose_all(struct digest_run *run, bool dry, struct digest_count *count, struct error *err)
{
	struct digest_reader *readers;
	struct profile_row *rows;
	size_t n, n_readers;
	int r = store_digest_readers(run->db, &run->arena, &rows, &n, err);

	if (r < 0)
		return r;
	group_readers(rows, n, &run->arena, count, &readers, &n_readers);
	r = digest_run_look(run, oldest_digest(readers, n_readers, run->now), err);
	for (size_t i = 0; r >= 0 && i < n_readers; i += COMPOSE_BATCH)
		r = compose_batch(run, readers + i, n_readers - i < COMPOSE_BATCH ? n_readers - i : COMPOSE_BATCH,
			dry, count, err);
	return r;
}

int digest_compose(struct db *db, const struct digest_settings *settings, int64_t now, bool dry,
	struct digest_count *ret, struct error *err)
{
	struct digest_run run;
	int r = dry ? 0 : end_closed(db, now, err);

	*ret = (struct digest_count){ .composed = 0 };
	if (r >= 0)
		r = digest_run_open(db, settings, now, dry, &run, err);
	if (r < 0)
		return r;
	r = compose_all(&run, dry, ret, err);
	digest_run_done(&run);
	return r;
}

int digest_overdue(struct db *db, const struct digest_settings *settings, int64_t at,
	struct digest_count *ret, struct error *err)
{
	struct digest_run run;
	int r = digest_run_open(db, settings, at, true, &run, err);

	*ret = (struct digest_count){ .composed = 0 };
	if (r < 0)
		return r;
	run.known = at;
	r = compose_all(&run, true, ret, err);
	digest_run_done(&run);
	return r;
}

/* The profile with the others of its address. */
static int find_reader(struct digest_run *run, struct str profile, struct digest_reader *ret,
	struct error *err)
{
	struct digest_count ignored = { .composed = 0 };
	struct digest_reader *readers;
	struct profile_row *rows;
	size_t n, n_readers;
	int r = store_digest_readers(run->db, &run->arena, &rows, &n, err);

	if (r < 0)
		return r;
	group_readers(rows, n, &run->arena, &ignored, &readers, &n_readers);
	for (size_t i = 0; i < n_readers; i++)
		for (size_t k = 0; k < readers[i].n; k++)
			if (str_eq(readers[i].rows[k]->profile.id, profile)) {
				*ret = readers[i];
				return 0;
			}
	for (size_t i = 0; i < n; i++)
		if (str_eq(rows[i].profile.id, profile)) {
			/* gets no mail: what it would get alone */
			if (!str_given(rows[i].profile.email))
				rows[i].profile.email = STR("nobody@localhost");
			*ret = (struct digest_reader){ { &rows[i] }, 1, rows[i].last_digest };
			return 0;
		}
	return error_set(err, ERROR_INPUT, "no profile %.*s", STR_ARG(profile));
}

int digest_preview(struct db *db, const struct digest_settings *settings, struct str profile,
	enum digest_format format, int64_t now, struct arena *arena, struct str *ret, struct error *err)
{
	struct digest_run run;
	struct digest_reader reader;
	struct digest_draft draft;
	struct digest_text text;
	struct str message;
	int r = digest_run_open(db, settings, now, false, &run, err);

	if (r < 0)
		return r;
	r = find_reader(&run, profile, &reader, err);
	if (r >= 0)
		r = digest_run_look(&run, oldest_digest(&reader, 1, now), err);
	if (r >= 0)
		r = digest_draft(&run, &reader, arena, &draft, err);
	if (r >= 0)
		r = digest_message(&run, &reader, &draft,
			message_id(&run, &reader.rows[0]->profile, STR("preview"), arena), arena, &text,
			&message, err);
	if (r >= 0)
		*ret = format == DIGEST_EML ? message : format == DIGEST_HTML ? text.html : text.text;
	digest_run_done(&run);
	return r;
}
