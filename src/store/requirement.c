#include "store/requirement.h"

#include <assert.h>

#include "private.h"

static const char *const action_names[REQUIREMENT_ACTIONS] = {
	[REQUIREMENT_DRAFT] = "draft",
	[REQUIREMENT_REGISTERED] = "registered",
	[REQUIREMENT_CHANGED] = "changed",
	[REQUIREMENT_PUBLISHED] = "published",
	[REQUIREMENT_CLOSED] = "closed",
};

const char *requirement_action_name(enum requirement_action action)
{
	return action_names[action];
}

static bool action_parse(struct str name, enum requirement_action *ret)
{
	for (size_t i = 0; i < REQUIREMENT_ACTIONS; i++)
		if (str_eqz(name, action_names[i])) {
			*ret = (enum requirement_action)i;
			return true;
		}
	return false;
}

int store_requirement_event_put(struct db *db, struct str notice, const struct requirement_event *event,
	struct error *err)
{
	struct stmt *st = db_query(db, Q_REQUIREMENT_EVENT_PUT);

	assert(db_in_transaction(db));
	stmt_text(st, ":notice", notice);
	stmt_time(st, ":at", event->at);
	stmt_text(st, ":action", str_of(action_names[event->action]));
	stmt_text(st, ":author", event->author);
	stmt_text(st, ":what", event->what);
	return run_any(st, err);
}

int store_requirement_events(struct db *db, struct str notice, struct arena *arena,
	struct requirement_event **ret, size_t *ret_n, struct error *err)
{
	struct stmt *st = db_query(db, Q_REQUIREMENT_EVENTS);
	struct requirement_event *list = NULL;
	size_t n = 0, capacity = 0;
	int r;

	stmt_text(st, ":notice", notice);
	while ((r = stmt_step(st, err)) == STMT_ROW) {
		struct str action = stmt_col_text(st, 1, arena);

		arena_grow(arena, list, n, &capacity);
		list[n] = (struct requirement_event){
			.at = stmt_col_time(st, 0),
			.author = stmt_col_text(st, 2, arena),
			.what = stmt_col_text(st, 3, arena),
		};
		if (!action_parse(action, &list[n++].action)) {
			stmt_reset(st);
			return col_bad("action of a requirement", action, err);
		}
	}
	*ret = list;
	*ret_n = n;
	return r;
}

int store_requirement_counts(struct db *db, struct str notice, struct arena *arena,
	struct requirement_count **ret, size_t *ret_n, struct error *err)
{
	struct stmt *told = db_query(db, Q_REQUIREMENT_TOLD), *answered = db_query(db, Q_REQUIREMENT_ANSWERED);
	struct requirement_count *list = NULL;
	size_t n = 0, capacity = 0;
	int r;

	stmt_text(told, ":notice", notice);
	while ((r = stmt_step(told, err)) == STMT_ROW) {
		arena_grow(arena, list, n, &capacity);
		list[n++] = (struct requirement_count){ stmt_col_time(told, 0), -1, stmt_col_int(told, 1) };
	}
	if (r < 0)
		return r;
	stmt_text(answered, ":notice", notice);
	while ((r = stmt_step(answered, err)) == STMT_ROW) {
		arena_grow(arena, list, n, &capacity);
		list[n++] = (struct requirement_count){ stmt_col_time(answered, 0), (int)stmt_col_int(answered, 1),
			stmt_col_int(answered, 2) };
	}
	*ret = list;
	*ret_n = n;
	return r;
}

int store_requirement_again(struct db *db, struct str notice, struct error *err)
{
	struct stmt *st = db_query(db, Q_REQUIREMENT_AGAIN);

	assert(db_in_transaction(db));
	stmt_text(st, ":id", notice);
	return run_one(st, err);
}
