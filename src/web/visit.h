/* One request on its way through the web: what is known of it, and the words that pages share. */
#ifndef WEB_VISIT_H
#define WEB_VISIT_H

#include "store/profile.h"
#include "web/server.h"

struct web {
	struct web_settings settings;
	struct web_host host;
	struct links links;
	struct httpd *httpd;
	struct db *reads, *writes;
	char csp[200];
};

struct route;

struct visit {
	struct web *web;
	const struct route *route;
	const struct httpd_request *request;
	struct httpd_answer *answer;
	struct arena *arena;
	struct db *db;             /* the reading connection, but for POST */
	int64_t now;
	struct str base;           /* of every address on the page */
	struct str language;       /* "fr" or "en" */
	struct str slug, token, rest; /* parts of the path, by the route's pattern */
	struct profile profile;    /* ROLE_LINK: whose link it is */
	bool unsubscribed;
	struct httpd_field *fields; /* of the form, or of the query for GET */
	size_t n_fields;
	bool busy;                 /* the database was: ask again */
};

/* STR_NONE when there is no such field; the first one counts. */
struct str visit_field(const struct visit *v, const char *name);
/* The next one of that name from *at on, which starts at 0. */
struct str visit_each_field(const struct visit *v, const char *name, size_t *at);

/* A page's values, with those that every page has. */
struct value *visit_values(struct visit *v);
/* Answers with template NAME.LANGUAGE.html. */
int visit_page(struct visit *v, int status, const char *name, struct value *values, struct error *err)
	MUST_CHECK;
/* 303 See Other: what a form changed is shown by a page that can be loaded again. */
int visit_goto(struct visit *v, struct str url) MUST_CHECK;

/* The page's own address, and one below it ("/export"). */
struct str visit_url(const struct visit *v, const char *path);
/* Whom the links of the profile are for, and the links with the right base. */
struct link_whom visit_whom(const struct visit *v);
const struct links *visit_links(struct visit *v, struct links *room);

/* db_begin() that notes when the database is busy. */
int visit_begin(struct visit *v, struct error *err) MUST_CHECK;

/* Hidden in the forms of this page: they were ours. */
struct str visit_form_token(const struct visit *v);

#endif
