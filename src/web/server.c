#include "web/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "gate/token.h"
#include "render/template.h"
#include "routes.h"

enum { BUSY_WAIT_MS = 20 }; /* nobody else is answered meanwhile; then the answer is put off */

/* headers */

static void add_headers(const struct web *web, const struct visit *v)
{
	struct httpd_answer *answer = v->answer;

	httpd_answer_header(answer, "Content-Security-Policy", str_of(web->csp));
	httpd_answer_header(answer, "X-Content-Type-Options", STR("nosniff"));
	httpd_answer_header(answer, "X-Frame-Options", STR("DENY"));
	/* "no-referrer" would make browsers hide the origin of our own forms from us */
	httpd_answer_header(answer, "Referrer-Policy", STR("same-origin"));
	httpd_answer_header(answer, "Cross-Origin-Opener-Policy", STR("same-origin"));
	httpd_answer_header(answer, "Cross-Origin-Resource-Policy", STR("same-origin"));
	httpd_answer_header(answer, "X-Robots-Tag", STR("noindex, nofollow"));
	for (size_t i = 0; i < answer->n_headers; i++)
		if (str_eqz(answer->headers[i].name, "Cache-Control"))
			return;
	httpd_answer_header(answer, "Cache-Control", STR("no-store"));
}

/* The one style sheet stands in every page: the policy names its digest and allows no other. */
static int make_policy(struct web *web, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	CLEANUP(buf_done) struct buf style = BUF_INIT(64 << 10);
	char digest[TOKEN_SHA256_BASE64];
	struct str css;
	int r = template_render("web_style.html", value_map(&arena), &style, err);

	if (r < 0)
		return r;
	css = buf_str(&style);
	css = str_sub(css, str_find(css, STR("<style>")) + 7, str_find(css, STR("</style>")));
	token_sha256_base64(css, digest);
	snprintf(web->csp, sizeof(web->csp),
		"default-src 'none'; style-src 'sha256-%s'; form-action 'self'; frame-ancestors 'none'; "
		"base-uri 'none'", digest);
	return 0;
}

/* language and address */

/* English when it stands before any French in Accept-Language; its weights are nearly always in order. */
static struct str accepted_language(const struct httpd_request *request)
{
	struct str header = httpd_header(request, "accept-language"), one;

	while (str_given(header) && str_cut(&header, ',', &one)) {
		one = str_trim(one);
		if (str_starts(one, "fr"))
			break;
		if (str_starts(one, "en"))
			return STR("en");
	}
	return STR("fr");
}

static void choose_language(struct visit *v)
{
	struct str asked = visit_field(v, "lang");

	if (str_eqz(asked, "en") || str_eqz(asked, "fr"))
		v->language = asked;
	else if (v->route && v->route->role == ROLE_LINK && str_given(v->profile.language))
		v->language = str_eqz(v->profile.language, "en") ? STR("en") : STR("fr");
	else
		v->language = accepted_language(v->request);
}

/* The path below web_url, whether the proxy takes that prefix off or not. */
static struct str path_below(const struct web *web, struct str path)
{
	struct str base = web->settings.base, rest = path;
	size_t slash;

	if ((!str_prefix(&base, "https://") && !str_prefix(&base, "http://")) || (slash = str_find_char(base, '/')) == SIZE_MAX)
		return path;
	base = str_from(base, slash);
	while (str_ends(base, "/"))
		base.len--;
	if (base.len == 0 || rest.len < base.len || !str_eq(str_sub(rest, 0, base.len), base))
		return path;
	rest = str_from(rest, base.len);
	return str_starts(rest, "/") ? rest : path;
}

/* forms */

/*
 * A form must come from a page of ours: by its hidden token, and by what the browser says of where it
 * comes from, when it says so (RELIABILITY W5).
 */
static bool same_origin(const struct visit *v)
{
	struct str origin = httpd_header(v->request, "origin");
	struct str site = httpd_header(v->request, "sec-fetch-site");
	struct str host = httpd_header(v->request, "host"), base = v->base;

	if (str_given(site) && !str_eqz(site, "same-origin") && !str_eqz(site, "none"))
		return false;
	if (!str_given(origin))
		return true;
	if (str_prefix(&base, "https://") || str_prefix(&base, "http://"))
		base = str_sub(base, 0, str_find_char(base, '/'));
	if (!str_prefix(&origin, "https://") && !str_prefix(&origin, "http://"))
		return false;
	return str_eq_nocase(origin, host) || str_eq_nocase(origin, base);
}

static bool form_is_ours(const struct visit *v)
{
	struct link_whom whom = { STR_NONE, STR_NONE };

	if (v->route->any_origin && str_blank_none(visit_field(v, "undo")))
		return true;
	if (v->route->role == ROLE_LINK)
		whom = visit_whom(v);
	return same_origin(v) &&
	       link_opens(&v->web->links, LINK_FORM, whom,
		       arena_printf(v->arena, "%s %.*s", v->route->name, STR_ARG(v->rest)),
		       visit_field(v, "form"));
}

/* One-click posts may be multipart; their link says it all, so their body is not looked into. */
static int read_fields(struct visit *v, struct error *err)
{
	struct str type = httpd_header(v->request, "content-type");
	bool post = v->request->method == HTTPD_POST;

	if (post && !str_starts(type, "application/x-www-form-urlencoded"))
		return v->route->any_origin ? 0 : error_set(err, ERROR_INPUT, "not a form");
	return httpd_form(post ? v->request->body : v->request->query, v->arena, &v->fields, &v->n_fields, err);
}

/* answering */

static int answer_page(struct visit *v, int status, const char *name, struct error *err)
{
	return visit_page(v, status, name, visit_values(v), err);
}

static int answer(struct visit *v, struct error *err)
{
	bool post = v->request->method == HTTPD_POST;
	handler *handle = post ? v->route->post : v->route->get;
	struct error form_err = ERROR_INIT;
	int r = route_check(v, err), form;

	if (r < 0)
		return r;
	form = read_fields(v, &form_err);
	choose_language(v);
	if (r == STORE_NONE) {
		v->route = NULL;
		return answer_page(v, 404, "lost", err);
	}
	if (!handle) {
		httpd_answer_header(v->answer, "Allow", post ? STR("GET, HEAD") : STR("POST"));
		return answer_page(v, 405, "lost", err);
	}
	if (form < 0)
		return answer_page(v, 400, "refused", err);
	if (post && !form_is_ours(v))
		return answer_page(v, 403, "refused", err);
	return handle(v, err);
}

static void log_visit(const struct visit *v, const char *route, int64_t began_us)
{
	static const char *const methods[] = { "GET", "HEAD", "POST" };
	struct timespec end;

	clock_gettime(CLOCK_MONOTONIC, &end);
	log_info("web", "method=%s route=%s status=%d bytes=%zu us=%lld", methods[v->request->method], route,
		v->answer->status, v->answer->body.len,
		(long long)((int64_t)end.tv_sec * 1000000 + end.tv_nsec / 1000 - began_us));
}

static enum httpd_outcome on_request(void *data, const struct httpd_request *request,
	struct httpd_answer *ret)
{
	struct web *web = data;
	struct error err = ERROR_INIT, worse = ERROR_INIT;
	struct visit v = { .web = web, .request = request, .answer = ret, .arena = request->arena };
	struct timespec begin;
	const char *name;
	int r;

	clock_gettime(CLOCK_MONOTONIC, &begin);
	v.db = request->method == HTTPD_POST ? web->writes : web->reads;
	v.now = web->host.now(web->host.data);
	v.base = web->settings.base.len > 0 ? web->settings.base
					    : arena_printf(v.arena, "http://%.*s",
						      STR_ARG(httpd_header(request, "host")));
	v.language = accepted_language(request);
	v.route = route_find(path_below(web, request->path), &v);
	name = v.route ? v.route->name : "none";
	r = v.route ? answer(&v, &err) : answer_page(&v, 404, "lost", &err);
	db_rollback(web->writes); /* of a handler that failed half-way */
	if (r < 0 && v.busy)
		return HTTPD_LATER;
	if (r < 0) {
		log_error("web", "[web.failed] route=%s %s", name, err.text);
		v.route = NULL;
		if (answer_page(&v, 500, "trouble", &worse) < 0)
			ret->status = 500;
	}
	add_headers(web, &v);
	log_visit(&v, name, (int64_t)begin.tv_sec * 1000000 + begin.tv_nsec / 1000);
	return HTTPD_ANSWERED;
}

static void on_refused(void *data UNUSED, int status, const char *why)
{
	log_info("web", "refused status=%d %s", status, why);
}

/* the server */

static int check_routes(struct error *err)
{
	for (size_t i = 0; i < routes_n; i++)
		if (routes[i].role == ROLE_NONE || (!routes[i].get && !routes[i].post))
			return error_set(err, ERROR_CONFIG, "the route %s says not who may open it",
				routes[i].name);
	return 0;
}

int web_open(const char *db_path, const struct web_settings *settings, const struct web_host *host,
	const struct links *links, struct web **ret, struct error *err)
{
	CLEANUP(web_closep) struct web *web = calloc(1, sizeof(*web));
	int r = check_routes(err);

	if (!web)
		die("out of memory (the web server)");
	web->settings = *settings;
	while (str_ends(web->settings.base, "/"))
		web->settings.base.len--;
	web->host = *host;
	web->links = *links;
	if (r >= 0)
		r = make_policy(web, err);
	/* the writing one first: it brings an older schema up to date */
	if (r >= 0)
		r = store_open(db_path, DB_WRITE, &web->writes, err);
	if (r >= 0)
		r = store_open(db_path, DB_READ, &web->reads, err);
	if (r >= 0)
		db_set_wait(web->writes, BUSY_WAIT_MS);
	if (r >= 0)
		r = httpd_open(&settings->httpd, on_request, on_refused, web, &web->httpd, err);
	if (r < 0)
		return r;
	*ret = steal(&web);
	return 0;
}

void *web_close(struct web *web)
{
	if (!web)
		return NULL;
	web->httpd = httpd_close(web->httpd);
	web->reads = db_close(web->reads);
	web->writes = db_close(web->writes);
	links_done(&web->links);
	free(web);
	return NULL;
}

int web_port(const struct web *web)
{
	return httpd_port(web->httpd);
}

int web_run(struct web *web, struct error *err)
{
	return httpd_run(web->httpd, err);
}
