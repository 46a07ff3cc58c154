/* What a person is sent, when, and by which secret links: changed without a log-in. */
#include <string.h>

#include "fields.h"
#include "routes.h"
#include "store/consent.h"

static const struct web_flood no_flood = { .per_week = 0 };

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

/* `profile`: what the form shows, which may have been refused for what is `wrong`, or as a `flood`. */
static int show(struct visit *v, int status, const struct profile *profile, struct str wrong,
	const struct web_flood *flood, struct error *err)
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
	fields_show_flood(v, flood, values);
	return visit_page(v, status, "preferences", values, err);
}

int page_preferences(struct visit *v, struct error *err)
{
	return show(v, 200, &v->profile, STR_NONE, &no_flood, err);
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

static bool same_list(const struct visit *v, const struct codes *a, const struct codes *b)
{
	return str_eq(field_lines(a, v->arena), field_lines(b, v->arena));
}

/* Everything that can make more of it. */
static bool same_words(const struct visit *v, const struct profile *a, const struct profile *b)
{
	return str_eq(a->description, b->description) && same_list(v, &a->keywords, &b->keywords) &&
	       same_list(v, &a->exclude, &b->exclude) && same_list(v, &a->places, &b->places) &&
	       memcmp(a->natures, b->natures, sizeof(a->natures)) == 0;
}

/* A flood is told before it is saved; who sends the form that tells it wants it nevertheless. */
static int look_for_flood(struct visit *v, const struct profile *changed, struct web_flood *ret,
	struct error *err)
{
	*ret = no_flood;
	if (!str_blank_none(visit_field(v, "flood")) || same_words(v, &v->profile, changed))
		return 0;
	return v->web->host.flood(v->web->host.data, v->web->reads, changed, v->arena, ret, err);
}

int page_preferences_post(struct visit *v, struct error *err)
{
	struct profile changed = v->profile;
	struct error wrong = ERROR_INIT;
	struct web_flood flood;
	int r;

	if (!str_blank_none(visit_field(v, "renew")))
		return renew(v, err);
	if (fields_take(v, &changed, &wrong) < 0)
		return show(v, 422, &changed, arena_dup(v->arena, str_of(wrong.text)), &no_flood, err);
	r = look_for_flood(v, &changed, &flood, err);
	if (r < 0 || flood.per_week > 0)
		return r < 0 ? r : show(v, 422, &changed, STR_NONE, &flood, err);
	r = visit_begin(v, err);
	if (r >= 0)
		r = store_profile_put(v->db, &changed, v->now, err);
	if (r >= 0)
		r = store_profile_resubscribe(v->db, changed.id, err);
	if (r >= 0)
		r = db_commit(v->db, err);
	return r < 0 ? r : go_back(v, "1");
}
