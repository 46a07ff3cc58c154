#include "store/notice.h"

#include <assert.h>

#include "base/buf.h"
#include "private.h"
#include "tender/place.h"

enum { LOTS_TEXT_MAX = 1 << 20 }; /* of a notice's lots in the full-text index, bytes */

void hash_party(struct hash *hash, const struct party *party)
{
	hash_text(hash, party->name);
	hash_text(hash, party->id);
	hash_text(hash, party->city);
	hash_text(hash, party->postcode);
	hash_text(hash, party->department);
	hash_text(hash, party->nuts);
	hash_text(hash, party->country);
}

static void hash_value(struct hash *hash, const struct money *value, enum value_kind kind)
{
	hash_int(hash, value->cents);
	hash_text(hash, str_of(value->currency));
	hash_int(hash, kind);
}

static void hash_deadline(struct hash *hash, const struct deadline *deadline)
{
	hash_int(hash, deadline->at);
	hash_int(hash, deadline->offset_s);
	hash_int(hash, deadline->certainty);
	hash_text(hash, deadline->text);
}

static void hash_lot(struct hash *hash, const struct lot *lot)
{
	hash_text(hash, lot->id);
	hash_text(hash, lot->title);
	hash_text(hash, lot->description);
	hash_int(hash, lot->nature);
	hash_codes(hash, &lot->cpv);
	hash_codes(hash, &lot->places);
	hash_value(hash, &lot->value, lot->value_kind);
	hash_deadline(hash, &lot->deadline);
}

/* All that was read. Not what is ours: the version, which we raise, and the dossier. */
static void hash_notice(struct hash *hash, const struct notice *notice)
{
	hash_text(hash, notice->source);
	hash_text(hash, notice->ref);
	hash_int(hash, notice->kind);
	hash_int(hash, notice->stage);
	hash_text(hash, notice->notice_type);
	hash_text(hash, notice->language);
	hash_text(hash, notice->title);
	hash_text(hash, notice->description);
	hash_party(hash, &notice->buyer);
	hash_int(hash, notice->nature);
	hash_text(hash, notice->procedure);
	hash_codes(hash, &notice->cpv);
	hash_codes(hash, &notice->places);
	hash_codes(hash, &notice->subjects);
	hash_text(hash, notice->criteria);
	hash_value(hash, &notice->value, notice->value_kind);
	hash_int(hash, notice->published);
	hash_deadline(hash, &notice->deadline);
	hash_int(hash, (int64_t)notice->n_lots);
	for (size_t i = 0; i < notice->n_lots; i++)
		hash_lot(hash, &notice->lots[i]);
	hash_text(hash, notice->url);
	hash_text(hash, notice->documents_url);
	hash_int(hash, notice->innovative);
	hash_int(hash, notice->sme);
	hash_int(hash, notice->reserved);
	hash_text(hash, notice->procedure_id);
	hash_text(hash, notice->notice_uuid);
	hash_text(hash, notice->reference);
	hash_int(hash, (int64_t)notice->n_links);
	for (size_t i = 0; i < notice->n_links; i++) {
		hash_int(hash, notice->links[i].kind);
		hash_text(hash, notice->links[i].ref);
	}
	awards_hash(hash, notice);
}

/* What stands in the row already. */
struct stamp {
	int64_t seq;
	int version, publisher_version;
	struct str dossier, content_hash;
	bool summary;
	struct str kind;
	day_t published;
};

static int stamp_find(
	struct db *db, struct str id, struct arena *arena, struct stamp *ret, struct error *err)
{
	struct stmt *st = db_query(db, Q_NOTICE_STAMP);
	int r;

	stmt_text(st, ":id", id);
	r = stmt_step(st, err);
	if (r != STMT_ROW)
		return r < 0 ? r : STORE_NONE;
	*ret = (struct stamp){
		.seq = stmt_col_int(st, 0),
		.version = (int)stmt_col_int(st, 1),
		.publisher_version = (int)stmt_col_int(st, 2),
		.dossier = stmt_col_text(st, 3, arena),
		.content_hash = stmt_col_text(st, 4, arena),
		.summary = stmt_col_int(st, 5) != 0,
		.kind = stmt_col_text(st, 6, arena),
		.published = stmt_col_day(st, 7),
	};
	stmt_reset(st);
	return 0;
}

static void add_line(struct buf *buf, struct str text)
{
	if (text.len == 0)
		return;
	buf_adds(buf, text);
	buf_addc(buf, '\n');
}

/* Titles and descriptions for the index. What is beyond the ceiling cannot be searched for, that is all. */
static void lots_text(const struct notice *notice, struct buf *out)
{
	for (size_t i = 0; i < notice->n_lots; i++) {
		add_line(out, notice->lots[i].title);
		add_line(out, notice->lots[i].description);
	}
}

static void bind_notice(struct stmt *st, const struct notice *notice)
{
	stmt_text(st, ":id", notice->id);
	stmt_text(st, ":source", notice->source);
	stmt_text(st, ":ref", notice->ref);
	stmt_int(st, ":version", notice->version);
	stmt_text(st, ":dossier", notice->dossier);
	stmt_text(st, ":kind", str_of(notice_kind_name(notice->kind)));
	stmt_text(st, ":stage", str_of(notice_kind_name(notice->stage)));
	bind_nature(st, notice->nature);
	stmt_day(st, ":published", notice->published);
	bind_deadline(st, &notice->deadline);
	bind_value(st, &notice->value, notice->value_kind);
	stmt_int(st, ":summary", notice->summary);
	stmt_int(st, ":innovative", notice->innovative);
	stmt_int(st, ":sme", notice->sme);
	stmt_int(st, ":reserved", notice->reserved);
	stmt_text(st, ":notice_type", notice->notice_type);
	stmt_text(st, ":language", notice->language);
	stmt_text(st, ":procedure", notice->procedure);
	stmt_text(st, ":procedure_id", notice->procedure_id);
	stmt_text(st, ":notice_uuid", notice->notice_uuid);
	stmt_text(st, ":reference", notice->reference);
	stmt_text(st, ":buyer_name", notice->buyer.name);
	stmt_text(st, ":buyer_id", notice->buyer.id);
	stmt_text(st, ":buyer_city", notice->buyer.city);
	stmt_text(st, ":buyer_postcode", notice->buyer.postcode);
	stmt_text(st, ":buyer_department", notice->buyer.department);
	stmt_text(st, ":buyer_nuts", notice->buyer.nuts);
	stmt_text(st, ":buyer_country", notice->buyer.country);
	stmt_text(st, ":url", notice->url);
	stmt_text(st, ":documents_url", notice->documents_url);
	stmt_text(st, ":title", notice->title);
	stmt_text(st, ":criteria", notice->criteria);
	stmt_text(st, ":description", notice->description);
}

/* lists */

/* `lot` is the ordinal of a lot, 0 for the notice itself. */
static int put_codes(struct db *db, int64_t seq, int64_t lot, const char *kind,
	const struct codes *codes, struct arena *arena, struct error *err)
{
	for (size_t i = 0; i < codes->n; i++) {
		struct stmt *st = db_query(db, Q_NOTICE_CODE_PUT);
		struct str search = codes->at[i];
		int r;

		if (str_eqz(str_of(kind), "place"))
			search = place_search_key(search, arena);
		stmt_int(st, ":notice", seq);
		stmt_int(st, ":lot", lot);
		stmt_text(st, ":kind", str_of(kind));
		stmt_int(st, ":position", (int64_t)i);
		stmt_text(st, ":code", codes->at[i]);
		stmt_text(st, ":search", search);
		r = run_any(st, err);
		if (r)
			return r;
	}
	return 0;
}

static int put_lot(struct db *db, int64_t seq, int64_t ordinal, const struct lot *lot,
	struct arena *arena, struct error *err)
{
	struct stmt *st = db_query(db, Q_NOTICE_LOT_PUT);
	int r;

	stmt_int(st, ":notice", seq);
	stmt_int(st, ":ordinal", ordinal);
	stmt_text(st, ":id", lot->id);
	stmt_text(st, ":title", lot->title);
	stmt_text(st, ":description", lot->description);
	bind_nature(st, lot->nature);
	bind_value(st, &lot->value, lot->value_kind);
	bind_deadline(st, &lot->deadline);
	r = run_any(st, err);
	if (r == 0)
		r = put_codes(db, seq, ordinal, "cpv", &lot->cpv, arena, err);
	if (r == 0)
		r = put_codes(db, seq, ordinal, "place", &lot->places, arena, err);
	return r;
}

static int put_link(struct db *db, int64_t seq, size_t position, const struct notice_link *link,
	struct arena *arena, struct error *err)
{
	struct stmt *st = db_query(db, Q_NOTICE_LINK_PUT);

	stmt_int(st, ":notice", seq);
	stmt_int(st, ":position", (int64_t)position);
	stmt_text(st, ":kind", str_of(link_kind_name(link->kind)));
	stmt_text(st, ":ref", link->ref);
	stmt_text(st, ":target", dossier_target(link->ref, arena));
	return run_any(st, err);
}

static int put_uuid(struct db *db, int64_t seq, struct str uuid, struct error *err)
{
	struct stmt *st = db_query(db, Q_NOTICE_UUID_PUT);

	stmt_int(st, ":notice", seq);
	stmt_text(st, ":uuid", uuid);
	return run_any(st, err);
}

static int put_lists(struct db *db, int64_t seq, const struct notice *notice, struct arena *arena,
	struct error *err)
{
	int r = put_codes(db, seq, 0, "cpv", &notice->cpv, arena, err);

	if (r == 0)
		r = put_codes(db, seq, 0, "place", &notice->places, arena, err);
	if (r == 0)
		r = put_codes(db, seq, 0, "subject", &notice->subjects, arena, err);
	for (size_t i = 0; r == 0 && i < notice->n_lots; i++)
		r = put_lot(db, seq, (int64_t)i + 1, &notice->lots[i], arena, err);
	for (size_t i = 0; r == 0 && i < notice->n_links; i++)
		r = put_link(db, seq, i, &notice->links[i], arena, err);
	if (r == 0)
		r = awards_put(db, seq, notice, err);
	if (r == 0)
		r = dossier_buyer_put(db, seq, notice, arena, err);
	if (r == 0 && notice->notice_uuid.len > 0)
		r = put_uuid(db, seq, notice->notice_uuid, err);
	return r;
}

static int run_for(struct db *db, enum query query, int64_t seq, struct error *err)
{
	struct stmt *st = db_query(db, (int)query);

	stmt_int(st, ":notice", seq);
	return run_any(st, err);
}

/* Its place in the full-text index; `lots` as the row has them, so that it can be taken out again. */
static int put_text(struct db *db, int64_t seq, const struct notice *notice, struct str lots,
	struct error *err)
{
	struct stmt *st = db_query(db, Q_NOTICE_TEXT_PUT);

	stmt_int(st, ":notice", seq);
	stmt_text(st, ":title", notice->title);
	stmt_text(st, ":description", notice->description);
	stmt_text(st, ":lots_text", lots);
	stmt_text(st, ":buyer_name", notice->buyer.name);
	return run_any(st, err);
}

/* All that hangs on a row which is about to be written over. */
static int clear(struct db *db, int64_t seq, struct error *err)
{
	static const enum query deletes[] = {
		Q_NOTICE_TEXT_DELETE,
		Q_NOTICE_LOTS_DELETE,
		Q_CODE_NOTICE_DELETE,
		Q_NOTICE_CODES_DELETE,
		Q_NOTICE_LINKS_DELETE,
		Q_NOTICE_TERMS_DELETE,
		Q_NOTICE_AWARDS_DELETE,
		Q_NOTICE_WINNERS_DELETE,
		Q_NOTICE_WORDINGS_DELETE,
		Q_NOTICE_BUYER_DELETE,
		Q_NOTICE_BUYER_FRESH_DELETE,
		Q_NOTICE_UUID_DELETE,
		Q_NOTICE_UUID_FRESH_DELETE,
	};
	int r = 0;

	for (size_t i = 0; r == 0 && i < LENGTH(deletes); i++)
		r = run_for(db, deletes[i], seq, err);
	return r;
}

/* The row, its lists and its place in the full-text index, new (`was` is 0) or written over. */
static int put_row(struct db *db, const struct notice *notice, int publisher_version,
	struct str content_hash, struct str raw_hash, int64_t was, int64_t now, struct arena *arena,
	struct error *err)
{
	CLEANUP(buf_done) struct buf buf = BUF_INIT(LOTS_TEXT_MAX);
	struct str lots = STR_NONE;
	struct stmt *st;
	int64_t seq = was;
	int r;

	if (was) {
		r = clear(db, was, err);
		if (r)
			return r;
	}
	lots_text(notice, &buf);
	if (notice->n_lots)
		lots = buf_str(&buf);
	st = db_query(db, was ? Q_NOTICE_UPDATE : Q_NOTICE_INSERT);
	bind_notice(st, notice);
	stmt_int(st, ":publisher_version", publisher_version);
	stmt_text(st, ":content_hash", content_hash);
	stmt_text(st, ":raw_hash", raw_hash);
	stmt_time(st, ":now", now);
	stmt_text(st, ":lots_text", lots);
	r = run_any(st, err);
	if (r == 0 && !was)
		r = step_int(db_query(db, Q_NOTICE_INSERTED), &seq, err);
	if (r == 0)
		r = put_text(db, seq, notice, lots, err);
	if (r == 0)
		r = run_for(db, Q_IMPRINT_WANT, seq, err);
	if (r == 0)
		r = put_lists(db, seq, notice, arena, err);
	return r || !was ? r : run_for(db, Q_CODE_NOTICE_PUT, seq, err);
}

/*
 * Two records of one notice without its body, which nothing dates: which of them stands must not depend on
 * which came first. What became of the purchase counts most, then the later day, then any fixed order.
 */
static bool summary_stands(
	const struct stamp *stored, const struct notice *notice, struct str content_hash)
{
	enum notice_kind kind = NOTICE_PLANNING;

	if (!notice->summary || !stored->summary || !notice_kind_parse(stored->kind, &kind))
		return false;
	if (kind != notice->kind)
		return kind > notice->kind;
	if (stored->published != notice->published)
		return stored->published > notice->published;
	return str_cmp(stored->content_hash, content_hash) > 0;
}

static int put_dossier_links(struct db *db, const struct notice *notice, bool is_new,
	const struct dossier_found *dossier, struct error *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < dossier->n_links; i++) {
		const struct dossier_link *link = &dossier->links[i];

		r = is_new && str_eq(link->notice, notice->id) ? dossier_link_add(db, link, err)
							       : dossier_link_put(db, link, err);
	}
	return r;
}

int store_notice_put(struct db *db, struct notice *notice, struct str raw_hash, int64_t now,
	struct arena *arena, struct error *err)
{
	struct hash hash = HASH_INIT;
	char hash_out[HASH_TEXT_MAX];
	struct str content_hash;
	struct stamp stored = { 0 };
	/* Who registers a requirement keeps no versions: the number is ours alone. */
	int publisher_version = notice->kind == NOTICE_REQUIREMENT ? 1 : notice->version;
	int version = notice->version > 1 ? notice->version : 1;
	struct dossier_found dossier = { .dossier = notice->dossier };
	int found, r;

	assert(db_in_transaction(db));
	assert(str_given(notice->id));
	hash_notice(&hash, notice);
	content_hash = hash_format(&hash, hash_out);
	found = stamp_find(db, notice->id, arena, &stored, err);
	if (found < 0)
		return found;
	if (found == 0) {
		bool same = str_eq(stored.content_hash, content_hash);

		if (publisher_version < stored.publisher_version || (notice->summary && !stored.summary) ||
			summary_stands(&stored, notice, content_hash) || (same && version <= stored.version)) {
			notice->version = stored.version;
			notice->dossier = stored.dossier;
			return STORE_UNCHANGED;
		}
		if (version <= stored.version)
			version = stored.version + 1;
	}
	if (!str_given(dossier.dossier)) {
		r = dossier_find(db, notice, stored.dossier, arena, &dossier, err);
		if (r)
			return r;
	}
	notice->version = version;
	notice->dossier = dossier.dossier;
	r = put_row(
		db, notice, publisher_version, content_hash, raw_hash, stored.seq, now, arena, err);
	if (r == 0)
		r = put_dossier_links(db, notice, found == STORE_NONE, &dossier, err);
	if (r)
		return error_add(err, "notice %.*s", STR_ARG(notice->id));
	return found == 0 ? STORE_UPDATED : STORE_NEW;
}

/* requirements */

int store_requirement_put(
	struct db *db, struct str id, struct str email, bool closed, struct error *err)
{
	struct stmt *st = db_query(db, Q_REQUIREMENT_PUT);

	assert(db_in_transaction(db));
	stmt_text(st, ":id", id);
	stmt_text(st, ":email", email);
	stmt_int(st, ":closed", closed);
	return run_one(st, err);
}

int store_requirement_find(struct db *db, struct str id, struct arena *arena, struct str *ret_email,
	bool *ret_closed, struct error *err)
{
	struct stmt *st = db_query(db, Q_REQUIREMENT_FIND);
	int r;

	stmt_text(st, ":id", id);
	r = stmt_step(st, err);
	if (r != STMT_ROW)
		return r < 0 ? r : STORE_NONE;
	*ret_email = stmt_col_text(st, 0, arena);
	*ret_closed = stmt_col_int(st, 1) != 0;
	stmt_reset(st);
	return 0;
}
