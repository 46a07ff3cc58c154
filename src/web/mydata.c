/* One's data: taken along, or erased. */
#include "routes.h"
#include "store/consent.h"

int page_export(struct visit *v, struct error *err)
{
	struct str json;
	int r = v->web->host.export(v->web->host.data, v->db, &v->profile, v->arena, &json, err);

	if (r < 0)
		return r;
	v->answer->content_type = "application/json";
	v->answer->body = json;
	httpd_answer_header(v->answer, "Content-Disposition",
		arena_printf(v->arena, "attachment; filename=\"%.*s.json\"", STR_ARG(v->profile.id)));
	return 0;
}

static int show(struct visit *v, bool done, struct error *err)
{
	struct value *values = visit_values(v);
	struct links room;
	struct str own = link_preferences(visit_links(v, &room), visit_whom(v), v->arena);

	value_set_bool(values, "done", done);
	value_set_text(values, "preferences_url", own);
	value_set_text(values, "export_url", arena_printf(v->arena, "%.*s/export", STR_ARG(own)));
	return visit_page(v, 200, "erase", values, err);
}

int page_erase(struct visit *v, struct error *err)
{
	return show(v, false, err);
}

/* The profile and all that hangs on it goes; a keyed hash keeps us from writing there again. */
int page_erase_post(struct visit *v, struct error *err)
{
	struct str hash = link_address_hash(&v->web->links, v->profile.email, v->arena);
	int r = visit_begin(v, err);

	if (r >= 0)
		r = store_profile_erase(v->db, v->profile.id, err);
	if (r >= 0)
		r = store_suppress(v->db, hash, "erased", v->now, err);
	if (r >= 0)
		r = db_commit(v->db, err);
	return r < 0 ? r : show(v, true, err);
}
