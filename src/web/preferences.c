/* What a person is sent, when, and by which secret links: changed without a log-in. */
#include "fields.h"
#include "routes.h"
#include "store/consent.h"

static int set_links(struct visit *v, struct value *values, struct error *err)
{
	struct links room;
	const struct links *links = visit_links(v, &room);
	struct link_whom whom = visit_whom(v);
	struct str own = link_preferences(links, whom, v->arena);
	int64_t generation;
	int r = store_feed_generation(v->db, v->profile.id, &generation, err);

	if (r < 0)
		return r;
	value_set_text(values, "atom_url", link_feed(links, whom, generation, LINK_FEED_ATOM, v->arena));
	value_set_text(values, "json_url", link_feed(links, whom, generation, LINK_FEED_JSON, v->arena));
	value_set_text(values, "calendar_url",
		link_feed(links, whom, generation, LINK_FEED_CALENDAR, v->arena));
	value_set_text(values, "unsubscribe_url", link_unsubscribe(links, v->profile.id, v->arena));
	value_set_text(values, "export_url", arena_printf(v->arena, "%.*s/export", STR_ARG(own)));
	value_set_text(values, "erase_url", arena_printf(v->arena, "%.*s/effacer", STR_ARG(own)));
	return 0;
}

/* `profile`: what the form shows, which may have been refused. */
static int show(struct visit *v, int status, const struct profile *profile, struct str wrong,
	struct error *err)
{
	struct value *values = visit_values(v);
	struct str done = v->request->method == HTTPD_POST ? STR_NONE : visit_field(v, "fait");
	int r = set_links(v, values, err);

	if (r < 0)
		return r;
	fields_show(v, profile, values);
	value_set_bool(values, "saved", str_eqz(done, "1"));
	value_set_bool(values, "renewed", str_eqz(done, "2"));
	value_set_bool(values, "unsubscribed", v->unsubscribed);
	value_set_text(values, "wrong", wrong);
	return visit_page(v, status, "preferences", values, err);
}

int page_preferences(struct visit *v, struct error *err)
{
	return show(v, 200, &v->profile, STR_NONE, err);
}

static int go_back(struct visit *v, const char *done)
{
	struct links room;

	return visit_goto(v, arena_printf(v->arena, "%.*s?fait=%s",
		STR_ARG(link_preferences(visit_links(v, &room), visit_whom(v), v->arena)), done));
}

static int renew(struct visit *v, struct error *err)
{
	int r = visit_begin(v, err);

	if (r >= 0)
		r = store_feed_renew(v->db, v->profile.id, v->now, err);
	if (r >= 0)
		r = db_commit(v->db, err);
	return r < 0 ? r : go_back(v, "2");
}

int page_preferences_post(struct visit *v, struct error *err)
{
	struct profile changed = v->profile;
	struct error wrong = ERROR_INIT;
	int r;

	if (!str_blank_none(visit_field(v, "renew")))
		return renew(v, err);
	if (fields_take(v, &changed, &wrong) < 0)
		return show(v, 422, &changed, arena_dup(v->arena, str_of(wrong.text)), err);
	r = visit_begin(v, err);
	if (r >= 0)
		r = store_profile_put(v->db, &changed, v->now, err);
	if (r >= 0)
		r = store_profile_resubscribe(v->db, changed.id, err);
	if (r >= 0)
		r = db_commit(v->db, err);
	return r < 0 ? r : go_back(v, "1");
}
