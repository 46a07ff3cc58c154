#include <assert.h>

#include "base/buf.h"
#include "base/fold.h"
#include "private.h"
#include "store/notice.h"

void notice_filter_init(struct notice_filter *filter)
{
	*filter = (struct notice_filter){
		.open_at = TIME_NONE,
		.since = DAY_NONE,
		.until = DAY_NONE,
		.stored_since = TIME_NONE,
		.rematch_at = TIME_NONE,
		.kind = -1,
	};
}

/*
 * The words people type become an FTS5 query. Nothing of them reaches its syntax: each word or phrase
 * is quoted, and what stands outside of quotes is ours.
 *
 *     query  = term { AND term }
 *     term   = phrase | "(" phrase " OR " phrase ")"
 *     phrase = '"' words '"' [ "*" ]
 *
 * The index knows "œuvre" and "oeuvre" as two words; people mean both, hence OR.
 */

static bool blank(char c)
{
	return (unsigned char)c <= 0x20 || c == 0x7f;
}

/* Cuts the next word or quoted phrase off; a quote nobody closed goes to the end. */
static bool next_term(struct str *rest, struct str *ret)
{
	size_t i = 0, start;

	while (i < rest->len && blank(rest->ptr[i]))
		i++;
	if (i == rest->len)
		return false;
	if (rest->ptr[i] == '"') {
		struct str after = str_from(*rest, i + 1);
		size_t end = str_find_char(after, '"');

		*ret = str_sub(after, 0, end);
		*rest = end == SIZE_MAX ? str_from(after, after.len) : str_from(after, end + 1);
		return true;
	}
	start = i;
	while (i < rest->len && !blank(rest->ptr[i]) && rest->ptr[i] != '"')
		i++;
	*ret = str_sub(*rest, start, i);
	*rest = str_from(*rest, i);
	return true;
}

static bool has_ligature(struct str s)
{
	return str_find(s, STR("œ")) != SIZE_MAX || str_find(s, STR("Œ")) != SIZE_MAX;
}

/* The term as a quoted phrase, with every œ written oe or the other way round. */
static void add_phrase(struct buf *out, struct str term, bool ligatures, bool prefix)
{
	buf_addc(out, '"');
	while (term.len) {
		if (!ligatures && (str_prefix(&term, "œ") || str_prefix(&term, "Œ"))) {
			buf_addz(out, "oe");
		} else if (ligatures && (str_prefix(&term, "oe") || str_prefix(&term, "Oe") ||
						str_prefix(&term, "OE"))) {
			buf_addz(out, "œ");
		} else {
			buf_addc(out, blank(term.ptr[0]) ? ' ' : term.ptr[0]);
			term = str_from(term, 1);
		}
	}
	buf_addz(out, prefix ? "\" *" : "\"");
}

static bool has_oe(struct str s)
{
	for (size_t i = 0; i + 1 < s.len; i++)
		if ((s.ptr[i] | 0x20) == 'o' && (s.ptr[i + 1] | 0x20) == 'e')
			return true;
	return has_ligature(s);
}

/* False when there is no word in it. */
static bool add_term(struct buf *out, struct str term, bool starred, struct arena *arena)
{
	bool prefix = starred;

	while (term.len && term.ptr[term.len - 1] == '*') {
		prefix = true;
		term = str_sub(term, 0, term.len - 1);
	}
	if (fold(arena, term).n_words == 0)
		return false;
	if (out->len)
		buf_addz(out, " AND ");
	if (!has_oe(term)) {
		add_phrase(out, term, false, prefix);
		return true;
	}
	buf_addc(out, '(');
	add_phrase(out, term, false, prefix);
	buf_addz(out, " OR ");
	add_phrase(out, term, true, prefix);
	buf_addc(out, ')');
	return true;
}

static int text_query(struct str text, struct buf *out, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct str rest = text, term;
	int terms = 0;

	if (text.len > SEARCH_BYTES_MAX)
		return error_set(err, ERROR_INPUT, "search for at most %d bytes, not %zu",
			SEARCH_BYTES_MAX, text.len);
	while (next_term(&rest, &term)) {
		bool starred = str_starts(rest, "*");

		if (!add_term(out, term, starred, &arena))
			continue;
		if (++terms > SEARCH_TERMS_MAX)
			return error_set(
				err, ERROR_INPUT, "search for at most %d words", SEARCH_TERMS_MAX);
	}
	if (terms == 0)
		return error_set(
			err, ERROR_INPUT, "no word to search for in '%.*s'", STR_ARG(text));
	return buf_check(out, "the search", err);
}

enum { CPV_DIGITS = 8, TEXT_QUERY_MAX = 4 * SEARCH_BYTES_MAX };

/* What the parameters of a list point to while it runs. */
struct bound {
	char cpv_from[CPV_DIGITS], cpv_to[CPV_DIGITS];
	struct arena arena;
	struct buf text;
};
#define BOUND_INIT                                                                                 \
	{                                                                                          \
		.arena = ARENA_INIT, .text = BUF_INIT(TEXT_QUERY_MAX)                              \
	}

static void bound_done(struct bound *bound)
{
	arena_done(&bound->arena);
	buf_done(&bound->text);
}

/* A branch is the codes from its digits and zeros to its digits and nines. */
static void bind_cpv(struct stmt *st, struct str branch, struct bound *bound)
{
	for (size_t i = 0; i < CPV_DIGITS; i++) {
		bound->cpv_from[i] = i < branch.len ? branch.ptr[i] : '0';
		bound->cpv_to[i] = i < branch.len ? branch.ptr[i] : '9';
	}
	stmt_text(st, ":cpv_from", str_n(bound->cpv_from, CPV_DIGITS));
	stmt_text(st, ":cpv_to", str_n(bound->cpv_to, CPV_DIGITS));
}

/* All but paging. What is not bound is NULL and does not restrict. */
static int bind_filter(
	struct stmt *st, const struct notice_filter *filter, struct bound *bound, struct error *err)
{
	stmt_time(st, ":open_at", filter->open_at);
	if (filter->open_at != TIME_NONE) {
		stmt_day(st, ":open_since", paris_day(filter->open_at) - NOTICE_OPEN_DAYS);
		stmt_time(st, ":open_until", deadline_last_credible(filter->open_at));
	}
	stmt_day(st, ":since", filter->since);
	stmt_day(st, ":until", filter->until);
	stmt_time(st, ":stored_since", filter->stored_since);
	stmt_text(st, ":source", filter->source);
	if (filter->kind >= 0)
		stmt_text(st, ":kind", str_of(notice_kind_name((enum notice_kind)filter->kind)));
	if (filter->unmatched_ruleset)
		stmt_int(st, ":ruleset", filter->unmatched_ruleset);
	stmt_time(st, ":rematch_at", filter->rematch_at);
	if (filter->rematch_at != TIME_NONE)
		stmt_day(st, ":rematch_since", paris_day(filter->rematch_at) - NOTICE_OPEN_DAYS);
	if (filter->matched_ruleset)
		stmt_int(st, ":matched", filter->matched_ruleset);
	stmt_text(st, ":dossier", filter->dossier);
	if (filter->cpv_branch.len)
		bind_cpv(st, filter->cpv_branch, bound);
	if (filter->place.len)
		stmt_text(st, ":place", place_search_key(filter->place, &bound->arena));
	if (str_given(filter->text)) {
		int r = text_query(filter->text, &bound->text, err);

		if (r)
			return r;
		stmt_text(st, ":text", buf_str(&bound->text));
	}
	return 0;
}

/* The list behind the notice at `seq` begins there; a seq that is not here leaves the list whole. */
static int bind_after(
	struct db *db, struct stmt *st, int64_t seq, struct bound *bound, struct error *err)
{
	struct stmt *key = db_query(db, Q_NOTICE_LIST_KEY);
	int r;

	stmt_int(key, ":seq", seq);
	r = stmt_step(key, err);
	if (r != STMT_ROW)
		return r;
	stmt_day(st, ":after_day", stmt_col_day(key, 0));
	stmt_text(st, ":after_id", stmt_col_text(key, 1, &bound->arena));
	stmt_reset(key);
	return 0;
}

int store_notice_seqs(struct db *db, const struct notice_filter *filter, struct arena *arena,
	int64_t **ret, size_t *ret_n, struct error *err)
{
	CLEANUP(bound_done) struct bound bound = BOUND_INIT;
	struct stmt *st =
		db_query(db, filter->newest_first ? Q_NOTICE_LIST_NEWEST : Q_NOTICE_LIST_ARRIVAL);
	int64_t *seqs = NULL;
	size_t n = 0, capacity = 0;
	int r = bind_filter(st, filter, &bound, err);

	if (r == 0 && !filter->newest_first)
		stmt_int(st, ":after_seq", filter->after_seq);
	else if (r == 0 && filter->after_seq)
		r = bind_after(db, st, filter->after_seq, &bound, err);
	if (r)
		return r;
	stmt_int(st, ":limit", filter->limit > 0 ? filter->limit : INT64_MAX);
	while ((r = stmt_step(st, err)) == STMT_ROW) {
		arena_grow(arena, seqs, n, &capacity);
		seqs[n++] = stmt_col_int(st, 0);
	}
	if (r)
		return r;
	*ret = seqs;
	*ret_n = n;
	return 0;
}

int store_notice_each(struct db *db, const struct notice_filter *filter,
	int (*each)(void *data, const struct notice *notice, int64_t seq, struct error *err),
	void *data, struct error *err)
{
	CLEANUP(arena_done) struct arena list = ARENA_INIT;
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	int64_t *seqs;
	size_t n;
	int r = store_notice_seqs(db, filter, &list, &seqs, &n, err);

	for (size_t i = 0; r == 0 && i < n; i++) {
		struct notice notice;

		arena_reset(&arena);
		r = store_notice_get(db, seqs[i], &arena, &notice, err);
		assert(r <= 0); /* notices are never deleted */
		if (r == 0)
			r = each(data, &notice, seqs[i], err);
	}
	return r;
}

int store_notice_batch(struct db *db, const int64_t *seqs, size_t n, size_t bytes, struct arena *arena,
	struct stored_notice **ret, size_t *ret_n, struct error *err)
{
	size_t taken = 0, before = arena->total;

	*ret = arena_array(arena, struct stored_notice, n);
	while (taken < n && (taken == 0 || arena->total - before < bytes)) {
		int r;

		(*ret)[taken].seq = seqs[taken];
		r = store_notice_get(db, seqs[taken], arena, &(*ret)[taken].notice, err);
		assert(r <= 0); /* notices are never deleted */
		if (r < 0)
			return r;
		taken++;
	}
	*ret_n = taken;
	return 0;
}

int store_notice_count(
	struct db *db, const struct notice_filter *filter, int64_t *ret, struct error *err)
{
	CLEANUP(bound_done) struct bound bound = BOUND_INIT;
	struct stmt *st = db_query(db, Q_NOTICE_COUNT);
	int r = bind_filter(st, filter, &bound, err);

	return r ? r : step_int(st, ret, err);
}

int store_notice_first_day(struct db *db, day_t since, day_t until, day_t *ret, struct error *err)
{
	struct stmt *st = db_query(db, Q_NOTICE_FIRST_DAY);
	int r;

	stmt_day(st, ":since", since);
	stmt_day(st, ":until", until);
	r = stmt_step(st, err);
	if (r == STMT_ROW)
		*ret = stmt_col_day(st, 0);
	stmt_reset(st);
	return r < 0 ? r : 0;
}
