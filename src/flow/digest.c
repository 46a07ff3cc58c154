#include "flow/digest.h"

#include "base/log.h"
#include "digest_page.h"
#include "gate/unicode.h"
#include "render/digest.h"
#include "store/outbox.h"
#include "store/profile.h"

/* Profiles composed in one transaction, and how long silence may last before a heartbeat. */
enum { COMPOSE_BATCH = 50, HEARTBEAT_S = 7 * 24 * 3600 };

static bool receives(const struct profile_row *row)
{
	return row->profile.confirmed && !row->unsubscribed && str_given(row->profile.email) &&
	       smtp_address_valid(row->profile.email) && row->profile.cadence != CADENCE_OFF;
}

static bool heartbeat_due(const struct digest_run *run, const struct profile_row *row)
{
	int64_t last = row->last_digest != TIME_NONE ? row->last_digest : row->created;

	return run->settings->heartbeat && row->profile.cadence != CADENCE_INSTANT &&
	       run->now - last >= HEARTBEAT_S;
}

/* The message id tells profile and period, so composing again after a crash gives the same. */
static struct str message_id(const struct digest_run *run, const struct profile *profile,
	struct str period, struct arena *arena)
{
	const char *from = run->settings->from;
	size_t at = str_rfind_char(str_of(from), '@');
	struct str plain = arena_dup(arena, period);

	for (size_t i = 0; i < plain.len; i++)
		if (plain.ptr[i] == ':' || plain.ptr[i] == '+')
			((char *)plain.ptr)[i] = '-';
	return arena_printf(arena, "digest.%.*s.%.*s@%s", STR_ARG(profile->id), STR_ARG(plain),
		at == SIZE_MAX ? "localhost" : from + at + 1);
}

static int write_digest(struct digest_run *run, const struct profile *profile, struct str period,
	const struct digest_draft *draft, struct str id, struct str message, struct digest_count *count,
	struct error *err)
{
	struct outbox_row row = {
		.profile = profile->id,
		.from = str_of(run->settings->from),
		.to = profile->email,
		.message_id = id,
		.message = message,
		.created = run->now,
		.next_at = run->now,
		.sent_at = TIME_NONE,
	};
	int r = store_digest_put(run->db, profile->id, period, run->now, &row.digest, err);

	if (r == STORE_UNCHANGED)
		return 0;
	for (size_t i = 0; r >= 0 && i < draft->n_told; i++)
		r = store_digest_item(run->db, row.digest, profile->id, draft->told[i].notice,
			draft->told[i].dossier, draft->told[i].shown, draft->told[i].deadline, err);
	if (r >= 0)
		r = store_outbox_put(run->db, &row, err);
	if (r < 0)
		return r;
	count->composed++;
	count->items += (int64_t)draft->page.n_cards;
	count->heartbeats += draft->page.n_cards == 0;
	return 0;
}

/* Composes first, writes last: what cannot be composed leaves nothing behind. */
static int compose_one(struct digest_run *run, const struct profile_row *row, bool dry,
	struct digest_count *count, struct arena *arena, struct error *err)
{
	const struct profile *profile = &row->profile;
	struct error why = ERROR_INIT;
	struct digest_draft draft;
	struct digest_text text;
	struct str message, id, period;
	bool due;
	int r;

	if (!receives(row)) {
		count->suppressed++;
		return 0;
	}
	period = digest_period(profile->cadence, profile->timezone, run->settings, run->now, &due, arena);
	if (!due) {
		count->not_due++;
		return 0;
	}
	r = store_digest_find(run->db, profile->id, period, err);
	if (r == 0) {
		count->not_due++;
		return 0;
	}
	if (r >= 0)
		r = digest_draft(run, row, arena, &draft, err);
	if (r < 0)
		return r;
	if (draft.page.n_cards == 0 && !heartbeat_due(run, row)) {
		count->not_due++;
		return 0;
	}
	id = message_id(run, profile, period, arena);
	if (digest_message(run, profile, &draft, id, arena, &text, &message, &why) < 0) {
		log_error("digest", "[digest.compose.failed] profile=%.*s %s", STR_ARG(profile->id), why.text);
		count->failed++;
		return 0;
	}
	if (dry) {
		count->composed++;
		count->items += (int64_t)draft.page.n_cards;
		return 0;
	}
	return write_digest(run, profile, period, &draft, id, message, count, err);
}

static int compose_batch(struct digest_run *run, const struct profile_row *rows, size_t n, bool dry,
	struct digest_count *count, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct digest_count before = *count;
	int r = dry ? 0 : db_begin(run->db, err);

	for (size_t i = 0; r >= 0 && i < n; i++) {
		arena_reset(&arena);
		r = compose_one(run, &rows[i], dry, count, &arena, err);
		if (r < 0)
			error_add(err, "digest of %.*s", STR_ARG(rows[i].profile.id));
	}
	if (r >= 0 && !dry)
		r = db_commit(run->db, err);
	if (r < 0) {
		db_rollback(run->db);
		*count = before;
	}
	return r;
}

int digest_compose(struct db *db, const struct digest_settings *settings, int64_t now, bool dry,
	struct digest_count *ret, struct error *err)
{
	struct digest_run run;
	struct profile_row *rows;
	size_t n;
	int r = digest_run_open(db, settings, now, &run, err);

	*ret = (struct digest_count){ .composed = 0 };
	if (r < 0)
		return r;
	r = store_profile_list(db, 0, &run.arena, &rows, &n, err);
	for (size_t i = 0; r >= 0 && i < n; i += COMPOSE_BATCH)
		r = compose_batch(&run, rows + i, n - i < COMPOSE_BATCH ? n - i : COMPOSE_BATCH, dry, ret,
			err);
	digest_run_done(&run);
	return r;
}

static int find_row(struct digest_run *run, struct str profile, struct profile_row **ret,
	struct error *err)
{
	size_t n;
	struct profile_row *rows;
	int r = store_profile_list(run->db, 0, &run->arena, &rows, &n, err);

	for (size_t i = 0; r >= 0 && i < n; i++) {
		if (str_eq(rows[i].profile.id, profile)) {
			*ret = &rows[i];
			return 0;
		}
	}
	return r < 0 ? r : error_set(err, ERROR_INPUT, "no profile %.*s", STR_ARG(profile));
}

int digest_preview(struct db *db, const struct digest_settings *settings, struct str profile,
	enum digest_format format, int64_t now, struct arena *arena, struct str *ret, struct error *err)
{
	struct digest_run run;
	struct profile_row *row;
	struct digest_draft draft;
	struct digest_text text;
	struct str message;
	int r = digest_run_open(db, settings, now, &run, err);

	if (r < 0)
		return r;
	r = find_row(&run, profile, &row, err);
	if (r >= 0)
		r = digest_draft(&run, row, arena, &draft, err);
	if (r >= 0 && !str_given(row->profile.email))
		row->profile.email = STR("nobody@localhost");
	if (r >= 0)
		r = digest_message(&run, &row->profile, &draft,
			message_id(&run, &row->profile, STR("preview"), arena), arena, &text, &message, err);
	if (r >= 0)
		*ret = format == DIGEST_EML ? message : format == DIGEST_HTML ? text.html : text.text;
	digest_run_done(&run);
	return r;
}
