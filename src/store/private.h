/* What the files of store share: hashes of content, columns that several tables have, linking. */
#ifndef STORE_PRIVATE_H
#define STORE_PRIVATE_H

#include "queries.h"
#include "store/dossier.h"
#include "store/store.h"
#include "tender/notice.h"

/*
 * A hash over the members of a struct, to see whether it is the one stored. It compares versions of
 * one row that we wrote ourselves, so it need not resist anybody, and stronger ones are no business
 * of this layer; but a change it misses is a change nobody hears of. Hence two unlike hashes side by
 * side, 128 bits.
 */
struct hash {
	uint64_t a, b;
};
#define HASH_INIT                                                                                  \
	{                                                                                          \
		0xcbf29ce484222325, 0x9e3779b97f4a7c15                                             \
	}
enum { HASH_TEXT_MAX = 33 };

void hash_text(struct hash *hash, struct str s); /* STR_NONE and "" differ */
void hash_int(struct hash *hash, int64_t value);
void hash_codes(struct hash *hash, const struct codes *codes);
struct str hash_format(const struct hash *hash, char out[HASH_TEXT_MAX]);

/* 0 when a row was touched, STORE_NONE when none was. A conflict is a failure. */
int run_one(struct stmt *st, struct error *err) MUST_CHECK;
/* Runs it, however many rows that touches. A conflict is a failure. */
int run_any(struct stmt *st, struct error *err) MUST_CHECK;
/* The number in the only row of the answer, or STORE_NONE. Ends the statement. */
int step_int(struct stmt *st, int64_t *ret, struct error *err) MUST_CHECK;

/* :nature */
void bind_nature(struct stmt *st, enum notice_nature nature);
/* :value_cents, :value_currency, :value_kind */
void bind_value(struct stmt *st, const struct money *value, enum value_kind kind);
/* :deadline_at, :deadline_offset_s, :deadline_certainty, :deadline_text */
void bind_deadline(struct stmt *st, const struct deadline *deadline);

/* The same columns side by side, from `column` on. What the schema does not allow is a failure. */
int col_nature(struct stmt *st, int column, struct arena *arena, enum notice_nature *ret,
	struct error *err) MUST_CHECK;
int col_value(struct stmt *st, int column, struct arena *arena, struct money *ret,
	enum value_kind *ret_kind, struct error *err) MUST_CHECK;
int col_deadline(struct stmt *st, int column, struct arena *arena, struct deadline *ret,
	struct error *err) MUST_CHECK;
/* A word of an enumeration that has no such value. */
int col_bad(const char *what, struct str word, struct error *err);

/* Amounts without a currency of their own: MONEY_NONE binds NULL, and back. */
void bind_cents(struct stmt *st, const char *name, int64_t cents);
int64_t col_cents(struct stmt *st, int column);

/* notice_code.search of a place: two places meet when one key begins with the other. */
struct str place_search_key(struct str place, struct arena *arena);

const char *link_kind_name(enum notice_link_kind kind);
bool link_kind_parse(struct str name, enum notice_link_kind *ret);

/* raw.c: seq, hash, source, label, format, arrived and bytes, unpacked, from column 0 on. */
struct raw;
int col_raw(struct stmt *st, struct arena *arena, struct raw *ret, struct error *err) MUST_CHECK;

/* notice.c: all of a party */
void hash_party(struct hash *hash, const struct party *party);

/* notice_award.c: terms, awards, winners and wordings of a notice and its lots. */
void awards_hash(struct hash *hash, const struct notice *notice);
int awards_put(struct db *db, int64_t seq, const struct notice *notice, struct error *err) MUST_CHECK;
/* Into a notice that has its lots already. */
int awards_read(struct db *db, int64_t seq, struct arena *arena, struct notice *ret,
	struct error *err) MUST_CHECK;

/*
 * Why a notice that is about to be written goes into its dossier, one link of each kind at most; and why
 * others, published after it and here before it, go with it.
 */
enum { DOSSIER_LATER_MAX = 16 };
struct dossier_found {
	struct str dossier;
	struct dossier_link links[DOSSIER_LINK_KINDS + DOSSIER_LATER_MAX];
	size_t n_links;
};
/*
 * dossier.c: the dossier of a notice that is about to be written, joined with those it belongs to.
 * `stored` is the one it was in so far, STR_NONE when it is new. The links are to be put once the notice
 * has its row.
 */
int dossier_find(struct db *db, const struct notice *notice, struct str stored, struct arena *arena,
	struct dossier_found *ret, struct error *err) MUST_CHECK;
int dossier_link_put(struct db *db, const struct dossier_link *link, struct error *err) MUST_CHECK;
/* The same of a notice that was not here before: nothing is said of it yet, and nothing looked up. */
int dossier_link_add(struct db *db, const struct dossier_link *link, struct error *err) MUST_CHECK;
/* Prefix of the keys of dossiers that were split off by hand: nothing is joined to them. */
extern const char dossier_apart[];
/* Which of two keys a joined dossier keeps. */
bool dossier_better(struct str a, struct str b);
/* Notices of a dossier, counted no further than one beyond the ceiling. */
int dossier_size(struct db *db, struct str dossier, int64_t *ret, struct error *err) MUST_CHECK;
int dossier_move(struct db *db, struct str from, struct str into, struct arena *arena,
	struct error *err) MUST_CHECK;

/* dossier_like.c */
struct dossier_like {
	struct str other, dossier;
	enum dossier_link_kind kind;
	int confidence;
};
struct dossier_likes {
	struct dossier_like best; /* confidence 0: none */
	struct dossier_like later[DOSSIER_LATER_MAX]; /* published after it, of dossiers without a procedure id */
	size_t n_later;
};
/* `only_later`: an id has joined the notice already, it looks for no best one. */
int dossier_like(struct db *db, const struct notice *notice, bool only_later, struct arena *arena,
	struct dossier_likes *ret, struct error *err) MUST_CHECK;
/* By what the notice in this row is found as one of its buyer's. */
int dossier_buyer_put(struct db *db, int64_t seq, const struct notice *notice, struct arena *arena,
	struct error *err) MUST_CHECK;

/* dossier_joins.c: by what a link is looked up: the UUID of "UUID-VV" in lower case, else the ref itself. */
struct str dossier_target(struct str ref, struct arena *arena);

/* incident.c: a day that is not complete opens an incident or is one more attempt, one that is ends it. */
struct coverage_row;
int incident_put(struct db *db, const struct coverage_row *row, struct error *err) MUST_CHECK;

#endif
