/*
 * One click and nothing more comes (RFC 8058). GET shows a button and changes nothing, since scanners of
 * mail open every link; POST unsubscribes, wherever it comes from, however often. Undoing takes a form
 * of ours.
 */
#include "routes.h"
#include "store/consent.h"

/* The link opens whatever the profile's address is by now, so the page leads on to nothing personal. */
static int show(struct visit *v, const char *state, struct error *err)
{
	struct value *values = visit_values(v);

	value_set_bool(values, state, true);
	return visit_page(v, 200, "unsubscribe", values, err);
}

int page_unsubscribe(struct visit *v, struct error *err)
{
	return show(v, v->unsubscribed ? "done" : "asks", err);
}

int page_unsubscribe_post(struct visit *v, struct error *err)
{
	bool undo = !str_blank_none(visit_field(v, "undo"));
	int r = visit_begin(v, err);

	if (r < 0)
		return r;
	r = undo ? store_profile_resubscribe(v->db, v->slug, err)
		 : store_profile_unsubscribe(v->db, v->slug, v->now, err);
	if (r >= 0)
		r = db_commit(v->db, err);
	return r < 0 ? r : show(v, undo ? "undone" : "done", err);
}
