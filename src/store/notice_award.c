/* What hangs on a notice beside its codes and links: terms, awards with their winners, wordings. */
#include <string.h>

#include "private.h"
#include "tender/notice.h"

/* hashes: nothing is added where nothing is said, so that what has none keeps the hash it had */

static void hash_term(struct hash *hash, const struct term *term)
{
	if (!term_given(term))
		return;
	hash_int(hash, term->length);
	hash_int(hash, term->unit);
	hash_int(hash, term->start);
	hash_int(hash, term->end);
	hash_int(hash, term->renewals);
}

static void hash_wordings(struct hash *hash, const struct wording *wordings, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		hash_text(hash, wordings[i].language);
		hash_text(hash, wordings[i].title);
		hash_text(hash, wordings[i].description);
	}
}

static void hash_amount(struct hash *hash, const struct money *amount)
{
	hash_int(hash, amount->cents);
	hash_text(hash, str_of(amount->currency));
}

static void hash_award(struct hash *hash, const struct award *award)
{
	hash_text(hash, award->lot);
	hash_int(hash, award->outcome);
	hash_text(hash, award->contract);
	hash_int(hash, award->decided);
	hash_int(hash, award->concluded);
	hash_int(hash, award->tenders);
	hash_amount(hash, &award->value);
	hash_amount(hash, &award->ceiling);
	for (size_t i = 0; i < award->n_winners; i++) {
		hash_party(hash, &award->winners[i].party);
		hash_int(hash, award->winners[i].size);
	}
}

void awards_hash(struct hash *hash, const struct notice *notice)
{
	hash_term(hash, &notice->term);
	hash_wordings(hash, notice->wordings, notice->n_wordings);
	for (size_t i = 0; i < notice->n_lots; i++) {
		hash_term(hash, &notice->lots[i].term);
		hash_wordings(hash, notice->lots[i].wordings, notice->lots[i].n_wordings);
	}
	for (size_t i = 0; i < notice->n_awards; i++)
		hash_award(hash, &notice->awards[i]);
}

/* writing; `lot` is the ordinal of a lot, 0 for the notice itself */

static void bind_count(struct stmt *st, const char *name, int64_t count)
{
	if (count < 0)
		stmt_null(st, name);
	else
		stmt_int(st, name, count);
}

static int put_term(
	struct db *db, int64_t seq, int64_t lot, const struct term *term, struct error *err)
{
	struct stmt *st;

	if (!term_given(term))
		return 0;
	st = db_query(db, Q_NOTICE_TERM_PUT);
	stmt_int(st, ":notice", seq);
	stmt_int(st, ":lot", lot);
	bind_count(st, ":length", term->length ? (int64_t)term->length : -1);
	stmt_text(st, ":unit", str_of(term_unit_name(term->unit)));
	stmt_day(st, ":starts", term->start);
	stmt_day(st, ":ends", term->end);
	bind_count(st, ":renewals", term->renewals);
	return run_any(st, err);
}

static int put_wordings(struct db *db, int64_t seq, int64_t lot, const struct wording *wordings,
	size_t n, struct error *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++) {
		struct stmt *st = db_query(db, Q_NOTICE_WORDING_PUT);

		stmt_int(st, ":notice", seq);
		stmt_int(st, ":lot", lot);
		stmt_text(st, ":language", wordings[i].language);
		stmt_text(st, ":title", wordings[i].title);
		stmt_text(st, ":description", wordings[i].description);
		r = run_any(st, err);
	}
	return r;
}

static void bind_amount(
	struct stmt *st, const char *cents, const char *currency, const struct money *amount)
{
	bind_cents(st, cents, amount->cents);
	stmt_text(st, currency, amount->currency[0] ? str_of(amount->currency) : STR_NONE);
}

static int put_winner(struct db *db, int64_t seq, int64_t award, size_t position,
	const struct winner *winner, struct error *err)
{
	struct stmt *st = db_query(db, Q_NOTICE_WINNER_PUT);

	stmt_int(st, ":notice", seq);
	stmt_int(st, ":award", award);
	stmt_int(st, ":position", (int64_t)position);
	stmt_text(st, ":name", winner->party.name);
	stmt_text(st, ":id", winner->party.id);
	stmt_text(st, ":city", winner->party.city);
	stmt_text(st, ":postcode", winner->party.postcode);
	stmt_text(st, ":department", winner->party.department);
	stmt_text(st, ":nuts", winner->party.nuts);
	stmt_text(st, ":country", winner->party.country);
	stmt_text(st, ":size", str_of(company_size_name(winner->size)));
	return run_any(st, err);
}

static int put_award(struct db *db, int64_t seq, int64_t ordinal, const struct award *award,
	struct error *err)
{
	struct stmt *st = db_query(db, Q_NOTICE_AWARD_PUT);
	int r;

	stmt_int(st, ":notice", seq);
	stmt_int(st, ":ordinal", ordinal);
	stmt_text(st, ":lot", award->lot);
	stmt_text(st, ":outcome", str_of(award_outcome_name(award->outcome)));
	stmt_text(st, ":contract", award->contract);
	stmt_day(st, ":decided", award->decided);
	stmt_day(st, ":concluded", award->concluded);
	bind_count(st, ":tenders", award->tenders);
	bind_amount(st, ":value_cents", ":value_currency", &award->value);
	bind_amount(st, ":ceiling_cents", ":ceiling_currency", &award->ceiling);
	r = run_any(st, err);
	for (size_t i = 0; r == 0 && i < award->n_winners; i++)
		r = put_winner(db, seq, ordinal, i, &award->winners[i], err);
	return r;
}

int awards_put(struct db *db, int64_t seq, const struct notice *notice, struct error *err)
{
	int r = put_term(db, seq, 0, &notice->term, err);

	if (r == 0)
		r = put_wordings(db, seq, 0, notice->wordings, notice->n_wordings, err);
	for (size_t i = 0; r == 0 && i < notice->n_lots; i++) {
		const struct lot *lot = &notice->lots[i];

		r = put_term(db, seq, (int64_t)i + 1, &lot->term, err);
		if (r == 0)
			r = put_wordings(
				db, seq, (int64_t)i + 1, lot->wordings, lot->n_wordings, err);
	}
	for (size_t i = 0; r == 0 && i < notice->n_awards; i++)
		r = put_award(db, seq, (int64_t)i + 1, &notice->awards[i], err);
	return r;
}

/* reading */

static struct stmt *query_of(struct db *db, enum query query, int64_t seq)
{
	struct stmt *st = db_query(db, (int)query);

	stmt_int(st, ":notice", seq);
	return st;
}

static int64_t col_count(struct stmt *st, int column)
{
	return stmt_col_null(st, column) ? -1 : stmt_col_int(st, column);
}

static int col_amount(struct stmt *st, int column, struct arena *arena, struct money *ret,
	struct error *err)
{
	struct str currency = stmt_col_text(st, column + 1, arena);

	*ret = (struct money){ .cents = col_cents(st, column) };
	if (currency.len >= sizeof(ret->currency))
		return col_bad("currency", currency, err);
	if (currency.len)
		memcpy(ret->currency, currency.ptr, currency.len);
	return 0;
}

static int term_from_row(
	struct stmt *st, struct arena *arena, struct notice *notice, struct error *err)
{
	int64_t lot = stmt_col_int(st, 0), length = col_count(st, 1);
	struct str unit = stmt_col_text(st, 2, arena);
	struct term *term = lot > 0 && lot <= (int64_t)notice->n_lots ? &notice->lots[lot - 1].term
								      : &notice->term;

	term->length = length > 0 ? (unsigned)length : 0;
	term->start = stmt_col_day(st, 3);
	term->end = stmt_col_day(st, 4);
	term->renewals = (int)col_count(st, 5);
	if (str_given(unit) && !term_unit_parse(unit, &term->unit))
		return col_bad("unit of time", unit, err);
	return 0;
}

static int award_from_row(
	struct stmt *st, struct arena *arena, struct award *ret, struct error *err)
{
	struct str outcome = stmt_col_text(st, 1, arena);
	int r;

	award_init(ret);
	ret->lot = stmt_col_text(st, 0, arena);
	ret->contract = stmt_col_text(st, 2, arena);
	ret->decided = stmt_col_day(st, 3);
	ret->concluded = stmt_col_day(st, 4);
	ret->tenders = (int)col_count(st, 5);
	if (str_given(outcome) && !award_outcome_parse(outcome, &ret->outcome))
		return col_bad("outcome", outcome, err);
	r = col_amount(st, 6, arena, &ret->value, err);
	return r ? r : col_amount(st, 8, arena, &ret->ceiling, err);
}

static int winner_from_row(
	struct stmt *st, struct arena *arena, struct winner *ret, struct error *err)
{
	struct str size = stmt_col_text(st, 8, arena);

	*ret = (struct winner){ .party = {
		.name = stmt_col_text(st, 1, arena),
		.id = stmt_col_text(st, 2, arena),
		.city = stmt_col_text(st, 3, arena),
		.postcode = stmt_col_text(st, 4, arena),
		.department = stmt_col_text(st, 5, arena),
		.nuts = stmt_col_text(st, 6, arena),
		.country = stmt_col_text(st, 7, arena),
	} };
	if (str_given(size) && !company_size_parse(size, &ret->size))
		return col_bad("size of company", size, err);
	return 0;
}

static int read_terms(
	struct db *db, int64_t seq, struct arena *arena, struct notice *ret, struct error *err)
{
	struct stmt *st = query_of(db, Q_NOTICE_TERMS, seq);
	int r;

	while ((r = stmt_step(st, err)) == STMT_ROW) {
		r = term_from_row(st, arena, ret, err);
		if (r) {
			stmt_reset(st);
			return r;
		}
	}
	return r;
}

static int read_wordings(
	struct db *db, int64_t seq, struct arena *arena, struct notice *ret, struct error *err)
{
	struct stmt *st = query_of(db, Q_NOTICE_WORDINGS, seq);
	struct wording **at = NULL;
	size_t *n = NULL, capacity = 0;
	int64_t last = -1;
	int r;

	while ((r = stmt_step(st, err)) == STMT_ROW) {
		int64_t lot = stmt_col_int(st, 0);

		if (lot != last) {
			bool of_lot = lot > 0 && lot <= (int64_t)ret->n_lots;

			at = of_lot ? &ret->lots[lot - 1].wordings : &ret->wordings;
			n = of_lot ? &ret->lots[lot - 1].n_wordings : &ret->n_wordings;
			capacity = 0;
			last = lot;
		}
		arena_grow(arena, *at, *n, &capacity);
		(*at)[(*n)++] = (struct wording){ stmt_col_text(st, 1, arena),
			stmt_col_text(st, 2, arena), stmt_col_text(st, 3, arena) };
	}
	return r;
}

static int read_winners(
	struct db *db, int64_t seq, struct arena *arena, struct notice *ret, struct error *err)
{
	struct stmt *st = query_of(db, Q_NOTICE_WINNERS, seq);
	size_t capacity = 0;
	int64_t last = 0;
	int r;

	while ((r = stmt_step(st, err)) == STMT_ROW) {
		int64_t ordinal = stmt_col_int(st, 0);
		struct award *award;

		if (ordinal < 1 || ordinal > (int64_t)ret->n_awards) {
			stmt_reset(st);
			return error_set(err, ERROR_STORE, "the database has a winner of no award");
		}
		if (ordinal != last)
			capacity = 0;
		last = ordinal;
		award = &ret->awards[ordinal - 1];
		arena_grow(arena, award->winners, award->n_winners, &capacity);
		r = winner_from_row(st, arena, &award->winners[award->n_winners++], err);
		if (r) {
			stmt_reset(st);
			return r;
		}
	}
	return r;
}

int awards_read(
	struct db *db, int64_t seq, struct arena *arena, struct notice *ret, struct error *err)
{
	struct stmt *st;
	size_t capacity = 0;
	int r = read_terms(db, seq, arena, ret, err);

	if (r == 0)
		r = read_wordings(db, seq, arena, ret, err);
	if (r)
		return r;
	st = query_of(db, Q_NOTICE_AWARDS, seq);
	while ((r = stmt_step(st, err)) == STMT_ROW) {
		arena_grow(arena, ret->awards, ret->n_awards, &capacity);
		r = award_from_row(st, arena, &ret->awards[ret->n_awards++], err);
		if (r) {
			stmt_reset(st);
			return r;
		}
	}
	return r || !ret->n_awards ? r : read_winners(db, seq, arena, ret, err);
}
