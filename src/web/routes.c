#include "routes.h"

#include <string.h>

#include "store/consent.h"

const struct route routes[] = {
	{ "home", "/", ROLE_ANYONE, 0, page_home, NULL, false },
	{ "robots", "/robots.txt", ROLE_ANYONE, 0, page_robots, NULL, false },
	{ "health", "/sante", ROLE_ANYONE, 0, page_health, NULL, false },
	{ "signup", "/inscription", ROLE_ANYONE, 0, page_signup, page_signup_post, false },
	{ "confirm", "/c/:p/:t", ROLE_LINK, LINK_CONFIRM, page_confirm, page_confirm_post, false },
	{ "unsubscribe", "/u/:p/:t", ROLE_LINK, LINK_UNSUBSCRIBE, page_unsubscribe, page_unsubscribe_post,
		true },
	{ "preferences", "/p/:p/:t", ROLE_LINK, LINK_PREFERENCES, page_preferences, page_preferences_post,
		false },
	{ "export", "/p/:p/:t/export", ROLE_LINK, LINK_PREFERENCES, page_export, NULL, false },
	{ "erase", "/p/:p/:t/effacer", ROLE_LINK, LINK_PREFERENCES, page_erase, page_erase_post, false },
	{ "judge", "/a/:p/:t/:r", ROLE_LINK, LINK_CARD, page_judge, page_judge_post, false },
	{ "feed", "/f/:p/:t/:r", ROLE_LINK, LINK_FEED, page_feed, NULL, false },
};
const size_t routes_n = LENGTH(routes);

static bool part_fits(struct str pattern, struct str part, struct visit *v)
{
	if (str_eqz(pattern, ":p")) {
		v->slug = part;
		return slug_valid(part);
	}
	if (str_eqz(pattern, ":t"))
		v->token = part;
	else if (str_eqz(pattern, ":r"))
		v->rest = part;
	else
		return str_eq(pattern, part);
	return part.len > 0;
}

static bool fits(const char *pattern, struct str path, struct visit *v)
{
	struct str wanted = str_of(pattern), a, b;

	v->slug = v->token = v->rest = STR_NONE;
	while (str_given(wanted) && str_given(path)) {
		str_cut(&wanted, '/', &a);
		str_cut(&path, '/', &b);
		if (!part_fits(a, b, v))
			return false;
	}
	return !str_given(wanted) && !str_given(path);
}

const struct route *route_find(struct str path, struct visit *v)
{
	for (size_t i = 0; i < routes_n; i++)
		if (fits(routes[i].pattern, path, v))
			return &routes[i];
	return NULL;
}

/* What the token is over besides the profile. */
static int detail_of(struct visit *v, struct str *ret, struct error *err)
{
	int64_t generation;
	int r;

	*ret = STR_NONE;
	if (v->route->purpose == LINK_CARD)
		*ret = v->rest;
	if (v->route->purpose != LINK_FEED)
		return 0;
	r = store_feed_generation(v->db, v->slug, &generation, err);
	if (r == 0)
		*ret = arena_printf(v->arena, "%lld", (long long)generation);
	return r;
}

int route_check(struct visit *v, struct error *err)
{
	struct str detail;
	int r;

	if (v->route->role == ROLE_ANYONE)
		return 0;
	r = store_profile_find(v->db, v->slug, v->arena, &v->profile, err);
	if (r == 0)
		r = store_profile_unsubscribed(v->db, v->slug, &v->unsubscribed, err);
	if (r == 0)
		r = detail_of(v, &detail, err);
	if (r != 0)
		return r;
	return link_opens(&v->web->links, v->route->purpose, visit_whom(v), detail, v->token) ? 0 : STORE_NONE;
}
