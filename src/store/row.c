#include "private.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tender/place.h"

/* hashes */

static void hash_bytes(struct hash *hash, const void *data, size_t len)
{
	const unsigned char *p = data;

	for (size_t i = 0; i < len; i++) {
		hash->a = (hash->a ^ p[i]) * 0x100000001b3;
		hash->b = (hash->b + p[i]) * 0xff51afd7ed558ccd;
		hash->b ^= hash->b >> 29;
	}
}

void hash_int(struct hash *hash, int64_t value)
{
	hash_bytes(hash, &value, sizeof(value));
}

/* The length goes first, so that no text can look like two. */
void hash_text(struct hash *hash, struct str s)
{
	hash_int(hash, s.ptr ? (int64_t)s.len : -1);
	hash_bytes(hash, s.ptr, s.ptr ? s.len : 0);
}

void hash_codes(struct hash *hash, const struct codes *codes)
{
	hash_int(hash, (int64_t)codes->n);
	for (size_t i = 0; i < codes->n; i++)
		hash_text(hash, codes->at[i]);
}

struct str hash_format(const struct hash *hash, char out[HASH_TEXT_MAX])
{
	snprintf(out, HASH_TEXT_MAX, "%016" PRIx64 "%016" PRIx64, hash->a, hash->b);
	return str_of(out);
}

/* statements */

int run_any(struct stmt *st, struct error *err)
{
	int r = stmt_run(st, err);

	if (r == STMT_CONFLICT)
		return error_set(err, ERROR_STORE, "the database has such a row already");
	return r;
}

int run_one(struct stmt *st, struct error *err)
{
	int r = run_any(st, err);

	if (r)
		return r;
	return stmt_changes(st) > 0 ? 0 : STORE_NONE;
}

int step_int(struct stmt *st, int64_t *ret, struct error *err)
{
	int r = stmt_step(st, err);
	int64_t value;

	if (r != STMT_ROW)
		return r < 0 ? r : STORE_NONE;
	value = stmt_col_int(st, 0);
	/* To its end: a statement that writes and gives a row has only then done so. */
	r = stmt_step(st, err);
	if (r < 0)
		return r;
	assert(r == 0);
	*ret = value;
	return 0;
}

/* columns */

static const char *const value_kind_names[] = {
	[VALUE_NONE] = NULL,
	[VALUE_ESTIMATE] = "estimate",
	[VALUE_CEILING] = "ceiling",
	[VALUE_AWARD] = "award",
};

static const char *const link_kind_names[] = {
	[LINK_CHANGES] = "changes",
	[LINK_FOLLOWS] = "follows",
};

const char *link_kind_name(enum notice_link_kind kind)
{
	return link_kind_names[kind];
}

bool link_kind_parse(struct str name, enum notice_link_kind *ret)
{
	for (size_t i = 0; i < LENGTH(link_kind_names); i++) {
		if (str_eqz(name, link_kind_names[i])) {
			*ret = (enum notice_link_kind)i;
			return true;
		}
	}
	return false;
}

int col_bad(const char *what, struct str word, struct error *err)
{
	return error_set(
		err, ERROR_STORE, "the database has an unknown %s, '%.*s'", what, STR_ARG(word));
}

void bind_nature(struct stmt *st, enum notice_nature nature)
{
	stmt_text(st, ":nature", str_of(notice_nature_name(nature)));
}

int col_nature(struct stmt *st, int column, struct arena *arena, enum notice_nature *ret,
	struct error *err)
{
	struct str word = stmt_col_text(st, column, arena);

	*ret = NATURE_NONE;
	if (str_given(word) && !notice_nature_parse(word, ret))
		return col_bad("nature", word, err);
	return 0;
}

void bind_cents(struct stmt *st, const char *name, int64_t cents)
{
	if (cents == MONEY_NONE)
		stmt_null(st, name);
	else
		stmt_int(st, name, cents);
}

int64_t col_cents(struct stmt *st, int column)
{
	return stmt_col_null(st, column) ? MONEY_NONE : stmt_col_int(st, column);
}

void bind_value(struct stmt *st, const struct money *value, enum value_kind kind)
{
	bind_cents(st, ":value_cents", value->cents);
	stmt_text(st, ":value_currency", value->currency[0] ? str_of(value->currency) : STR_NONE);
	stmt_text(st, ":value_kind", str_of(value_kind_names[kind]));
}

int col_value(struct stmt *st, int column, struct arena *arena, struct money *ret,
	enum value_kind *ret_kind, struct error *err)
{
	struct str currency = stmt_col_text(st, column + 1, arena);
	struct str kind = stmt_col_text(st, column + 2, arena);

	*ret = (struct money){ .cents = col_cents(st, column) };
	if (currency.len >= sizeof(ret->currency))
		return col_bad("currency", currency, err);
	if (currency.len)
		memcpy(ret->currency, currency.ptr, currency.len);
	*ret_kind = VALUE_NONE;
	if (!str_given(kind))
		return 0;
	for (size_t i = VALUE_NONE + 1; i < LENGTH(value_kind_names); i++) {
		if (str_eqz(kind, value_kind_names[i])) {
			*ret_kind = (enum value_kind)i;
			return 0;
		}
	}
	return col_bad("kind of amount", kind, err);
}

void bind_deadline(struct stmt *st, const struct deadline *deadline)
{
	stmt_time(st, ":deadline_at", deadline->at);
	stmt_int(st, ":deadline_offset_s", deadline->offset_s);
	stmt_text(st, ":deadline_certainty", str_of(deadline_certainty_name(deadline->certainty)));
	stmt_text(st, ":deadline_text", deadline->text);
}

int col_deadline(
	struct stmt *st, int column, struct arena *arena, struct deadline *ret, struct error *err)
{
	struct str certainty = stmt_col_text(st, column + 2, arena);

	*ret = (struct deadline){
		.at = stmt_col_time(st, column),
		.offset_s = (int)stmt_col_int(st, column + 1),
		.certainty = DEADLINE_NONE,
		.text = stmt_col_text(st, column + 3, arena),
	};
	if (str_given(certainty) && !deadline_certainty_parse(certainty, &ret->certainty))
		return col_bad("certainty", certainty, err);
	return 0;
}

/* The wide place is the beginning of every one inside it, so that place_meets() is said in SQL. */
struct str place_search_key(struct str place, struct arena *arena)
{
	const struct department *d = department_find(place);
	struct str canonical;

	if (!d)
		d = department_of_nuts(place);
	if (d && d->nuts[0])
		return str_of(d->nuts);
	if (d)
		return arena_printf(arena, "FR/%s", d->code);
	canonical = place_parse(place, arena);
	return str_given(canonical) ? canonical : place;
}
