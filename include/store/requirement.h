/*
 * The life of a requirement (its notice is a notice, store/notice.h): a draft is told to nobody until it is
 * published, a closed one to nobody any more. What was done with it stays on record.
 */
#ifndef STORE_REQUIREMENT_H
#define STORE_REQUIREMENT_H

#include "store/store.h"

enum requirement_action {
	REQUIREMENT_DRAFT,      /* registered, to be published later */
	REQUIREMENT_REGISTERED, /* and open at once */
	REQUIREMENT_CHANGED,
	REQUIREMENT_PUBLISHED,
	REQUIREMENT_CLOSED,
	REQUIREMENT_ACTIONS
};
const char *requirement_action_name(enum requirement_action action); /* "draft", "registered", … */

struct requirement_event {
	int64_t at;
	enum requirement_action action;
	struct str author; /* who ran the command */
	struct str what;   /* of a change: "title, places"; STR_NONE */
};
/* In an open transaction; `notice` is the id of the notice. */
int store_requirement_event_put(struct db *db, struct str notice, const struct requirement_event *event,
	struct error *err) MUST_CHECK;
/* Oldest first, in `arena`. */
int store_requirement_events(struct db *db, struct str notice, struct arena *arena,
	struct requirement_event **ret, size_t *ret_n, struct error *err) MUST_CHECK;

/* A digest that showed it, or what readers said of it: how many, and when (last). */
struct requirement_count {
	int64_t at;
	int grade; /* 2 relevant, 1 adjacent, 0 not; -1: it was shown */
	int64_t n;
};
int store_requirement_counts(struct db *db, struct str notice, struct arena *arena,
	struct requirement_count **ret, size_t *ret_n, struct error *err) MUST_CHECK;

/* It waits to be matched again, as after a change. 0 or STORE_NONE */
int store_requirement_again(struct db *db, struct str notice, struct error *err) MUST_CHECK;

#endif
