/* Every page there is, who may open it, and how. */
#ifndef WEB_ROUTES_H
#define WEB_ROUTES_H

#include "visit.h"

enum role {
	ROLE_NONE,   /* of a row that somebody forgot to think about: the server does not start */
	ROLE_ANYONE,
	ROLE_LINK,   /* who has the link, checked against profile and purpose before any handler */
};

typedef int handler(struct visit *v, struct error *err);

struct route {
	const char *name;      /* for the log: paths carry tokens */
	const char *pattern;   /* ":p" a profile's slug, ":t" the token, ":r" any one part, kept as rest */
	enum role role;
	enum link_purpose purpose; /* ROLE_LINK */
	handler *get, *post;   /* NULL: 405 */
	bool any_origin;       /* its POST may come from anywhere (RFC 8058) */
};
extern const struct route routes[];
extern const size_t routes_n;

/* The route of a path with its parts, or NULL. */
const struct route *route_find(struct str path, struct visit *v);
/* Does the link open? 0, STORE_NONE, or a failure. Loads the profile. */
int route_check(struct visit *v, struct error *err) MUST_CHECK;

/* home.c */
handler page_home, page_robots, page_health;
/* signup.c */
handler page_signup, page_signup_post, page_confirm, page_confirm_post;
/* unsubscribe.c */
handler page_unsubscribe, page_unsubscribe_post;
/* preferences.c */
handler page_preferences, page_preferences_post;
/* mydata.c */
handler page_export, page_erase, page_erase_post;
/* judge.c */
handler page_judge, page_judge_post;
/* feed.c */
handler page_feed;

#endif
