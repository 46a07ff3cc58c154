/* source test: one small request, and what was answered */
#include <stdio.h>
#include <time.h>

#include "commands.h"
#include "flow/fetch.h"
#include "gate/http.h"
#include "source/boamp.h"
#include "source/ted.h"

enum { DAYS_BACK = 7 };

struct probe {
	struct app *app;
	struct fetch_settings settings;
	struct http *http;
	day_t day;                    /* asked about */
	struct str url;
	struct http_response response;
	int64_t took_ms;
	int64_t announced;            /* notices of that day; -1: the answer says none */
};

static int64_t clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int ask(struct probe *p, struct http_request *request, struct error *err)
{
	int64_t began = clock_ms();
	int r = http_exchange(p->http, request, p->app->now, &p->app->arena, &p->response, err);

	p->url = request->url;
	p->took_ms = clock_ms() - began;
	return r < 0 ? error_add(err, "%.*s", STR_ARG(request->url)) : r;
}

/* The index of the newest day that has one: weekends have none. */
static int probe_flux(struct probe *p, struct error *err)
{
	struct boamp_flux_index index = { NULL, 0 };

	for (p->day = paris_day(p->app->now);; p->day--) {
		struct http_request request = {
			.url = boamp_flux_day_url(str_of(p->settings.boamp_url), p->day, false, &p->app->arena),
		};
		int r = ask(p, &request, err);

		if (r < 0)
			return r;
		if (p->response.status != 404 || p->day <= paris_day(p->app->now) - DAYS_BACK)
			break;
	}
	if (p->response.status != 200)
		return 0;
	if (boamp_flux_index(p->response.body, &p->app->arena, &index, err) < 0)
		return error_add(err, "%.*s", STR_ARG(p->url));
	p->announced = (int64_t)index.n;
	return 0;
}

static int probe_explore(struct probe *p, struct error *err)
{
	struct boamp_page page = { 0, NULL, 0 };
	struct http_request request;
	int r;

	p->day = paris_day(p->app->now);
	request = (struct http_request){
		.url = arena_printf(&p->app->arena, "%s/records?limit=1&order_by=dateparution%%20desc",
			p->settings.explore_url),
		.accept = "application/json",
	};
	r = ask(p, &request, err);
	if (r < 0 || p->response.status != 200)
		return r;
	if (boamp_explore_page(p->response.body, &p->app->arena, &page, err) < 0)
		return error_add(err, "%.*s", STR_ARG(p->url));
	p->announced = page.total;
	return 0;
}

/* Yesterday's notices, or those of the last day on which the Official Journal appeared. */
static int probe_ted(struct probe *p, struct error *err)
{
	struct ted_page page = { .total = 0 };
	struct http_request request;
	int r;

	p->day = paris_day(p->app->now) - 1;
	while (!ted_expects_notices(p->day))
		p->day--;
	request = (struct http_request){
		.url = arena_printf(&p->app->arena, "%s/v3/notices/search", p->settings.ted_api_url),
		.body = ted_search_body(str_of(p->settings.ted_country), p->day, STR_NONE, &p->app->arena),
		.content_type = "application/json",
		.accept = "application/json",
	};
	r = ask(p, &request, err);
	if (r < 0 || p->response.status != 200)
		return r;
	if (ted_search_page(p->response.body, &p->app->arena, &page, err) < 0)
		return error_add(err, "%.*s", STR_ARG(p->url));
	p->announced = page.total;
	return 0;
}

static void show(struct app *app, const char *source, const struct probe *p)
{
	struct json_writer *w;

	if (!app->json) {
		out_line("%-8s answered %d in %lld ms, %zu bytes: %.*s", source, p->response.status,
			(long long)p->took_ms, p->response.body.len, STR_ARG(p->url));
		if (p->announced >= 0 && str_eqz(STR("explore"), source))
			out_line("         %lld notices in all", (long long)p->announced);
		else if (p->announced >= 0)
			out_line("         %lld notices on %.*s", (long long)p->announced,
				STR_ARG(day_text(app, p->day)));
		return;
	}
	w = out_json(app);
	json_open_object(w);
	json_add_str(w, "source", str_of(source));
	json_add_str(w, "url", p->url);
	json_add_int(w, "status", p->response.status);
	json_add_int(w, "ms", p->took_ms);
	json_add_int(w, "bytes", (int64_t)p->response.body.len);
	json_add_str(w, "day", day_text(app, p->day));
	json_key(w, "announced");
	if (p->announced < 0)
		json_put_null(w);
	else
		json_put_int(w, p->announced);
	json_close_object(w);
	out_json_end(app);
}

static int test_one(struct app *app, const char *source, struct error *err)
{
	CLEANUP(http_freep) struct http *http = NULL;
	struct probe p = { .app = app, .settings = fetch_settings_of(app), .announced = -1 };
	int r;

	p.http = http = http_client(app);
	if (str_eqz(STR("boamp"), source))
		r = probe_flux(&p, err);
	else if (str_eqz(STR("explore"), source))
		r = probe_explore(&p, err);
	else
		r = probe_ted(&p, err);
	if (r < 0)
		return error_add(err, "%s", source);
	show(app, source, &p);
	return p.response.status == 200 ? 0 : EX_UNAVAILABLE;
}

int cmd_source_test(struct app *app, struct error *err)
{
	int r = check_sources(app, err), status = 0;

	for (int i = 0; r >= 0 && i < app->n_operands; i++) {
		r = test_one(app, app->operands[i], err);
		if (r > 0)
			status = r;
	}
	return r < 0 ? r : status;
}
