#include "visit.h"

#include "base/buf.h"
#include "render/template.h"
#include "routes.h"

enum { PAGE_MAX = 1 << 20 };

struct str visit_each_field(const struct visit *v, const char *name, size_t *at)
{
	while (*at < v->n_fields) {
		const struct httpd_field *field = &v->fields[(*at)++];

		if (str_eqz(field->name, name))
			return field->value;
	}
	return STR_NONE;
}

struct str visit_field(const struct visit *v, const char *name)
{
	size_t at = 0;

	return visit_each_field(v, name, &at);
}

struct str visit_url(const struct visit *v, const char *path)
{
	return arena_printf(v->arena, "%.*s%s", STR_ARG(v->base), path);
}

struct link_whom visit_whom(const struct visit *v)
{
	return (struct link_whom){ v->profile.id, v->profile.email };
}

const struct links *visit_links(struct visit *v, struct links *room)
{
	*room = v->web->links;
	room->base = v->base;
	return room;
}

struct value *visit_values(struct visit *v)
{
	struct value *values = value_map(v->arena);

	value_set_text(values, "instance", v->web->settings.instance);
	value_set_text(values, "contact", v->web->settings.contact);
	value_set_text(values, "contact_url",
		arena_printf(v->arena, "mailto:%.*s", STR_ARG(v->web->settings.contact)));
	value_set_text(values, "home_url", visit_url(v, "/"));
	value_set_text(values, "form", visit_form_token(v));
	if (v->route && v->route->role == ROLE_LINK) {
		value_set_text(values, "profile", v->profile.name);
		value_set_text(values, "email", v->profile.email);
	}
	return values;
}

int visit_page(struct visit *v, int status, const char *name, struct value *values, struct error *err)
{
	CLEANUP(buf_done) struct buf page = BUF_INIT(PAGE_MAX);
	struct str file = arena_printf(v->arena, "%s.%.*s.html", name, STR_ARG(v->language));
	int r = template_render(file.ptr, values, &page, err);

	if (r < 0)
		return r;
	v->answer->status = status;
	v->answer->body = arena_dup(v->arena, buf_str(&page));
	httpd_answer_header(v->answer, "Content-Language", v->language);
	return 0;
}

int visit_goto(struct visit *v, struct str url)
{
	v->answer->status = 303;
	httpd_answer_header(v->answer, "Location", url);
	return 0;
}

int visit_begin(struct visit *v, struct error *err)
{
	int r = db_begin(v->db, err);

	v->busy = r < 0;
	return r;
}

/*
 * Over the profile for pages that a link opens: who has no link cannot know it. The page of a notice and
 * the preferences have different ones.
 */
struct str visit_form_token(const struct visit *v)
{
	struct link_whom whom = { STR_NONE, STR_NONE };

	if (!v->route)
		return STR("");
	if (v->route->role == ROLE_LINK)
		whom = visit_whom(v);
	return link_token(&v->web->links, LINK_FORM, whom,
		arena_printf(v->arena, "%s %.*s", v->route->name, STR_ARG(v->rest)), v->arena);
}
