/* The first page, what robots may do, and whether we are well. */
#include "routes.h"

int page_home(struct visit *v, struct error *err)
{
	struct value *values = visit_values(v);

	value_set_bool(values, "open", v->web->settings.signup);
	value_set_text(values, "signup_url", visit_url(v, "/inscription"));
	return visit_page(v, 200, "home", values, err);
}

int page_robots(struct visit *v, struct error *err UNUSED)
{
	v->answer->content_type = "text/plain; charset=utf-8";
	v->answer->body = STR("User-agent: *\nDisallow: /\n");
	httpd_answer_header(v->answer, "Cache-Control", STR("public, max-age=86400"));
	return 0;
}

/* For machines: the database can be read. */
int page_health(struct visit *v, struct error *err)
{
	struct str value;
	int r = store_meta_find(v->db, "token_key", v->arena, &value, err);

	if (r < 0)
		return r;
	v->answer->content_type = "application/json";
	v->answer->body = STR("{\"status\":\"ok\"}\n");
	return 0;
}
