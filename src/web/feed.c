/* Feeds by secret link, with what a reader needs so as not to fetch the same again (RFC 9110, 13). */
#include "base/date.h"
#include "gate/token.h"
#include "routes.h"

enum { FEED_AGE_S = 900 };

static bool feed_named(struct str name, enum link_feed *ret)
{
	for (int i = 0; i < LINK_FEEDS; i++) {
		if (str_eqz(name, link_feed_name((enum link_feed)i))) {
			*ret = (enum link_feed)i;
			return true;
		}
	}
	return false;
}

/* If-None-Match: one of the tags, weak or strong, or any. It wins over the date. */
static bool not_changed(const struct visit *v, struct str etag, int64_t changed)
{
	struct str tags = httpd_header(v->request, "if-none-match"), tag;
	int64_t since = time_parse_http(httpd_header(v->request, "if-modified-since"));

	if (!str_given(tags))
		return since != TIME_NONE && changed != TIME_NONE && changed <= since;
	while (str_given(tags) && str_cut(&tags, ',', &tag)) {
		tag = str_trim(tag);
		str_prefix(&tag, "W/");
		if (str_eq(tag, etag) || str_eqz(tag, "*"))
			return true;
	}
	return false;
}

int page_feed(struct visit *v, struct error *err)
{
	char hash[TOKEN_SHA256_HEX], date[TIME_FORMAT_MAX];
	enum link_feed what;
	struct web_feed feed;
	struct str etag;
	int r;

	if (!feed_named(v->rest, &what))
		return visit_page(v, 404, "lost", visit_values(v), err);
	r = v->web->host.feed(v->web->host.data, v->db, &v->profile, what, v->arena, &feed, err);
	if (r < 0)
		return r;
	token_sha256(feed.body, hash);
	etag = arena_printf(v->arena, "\"%.32s\"", hash);
	httpd_answer_header(v->answer, "ETag", etag);
	httpd_answer_header(v->answer, "Cache-Control",
		arena_printf(v->arena, "private, max-age=%d", FEED_AGE_S));
	if (feed.changed != TIME_NONE)
		httpd_answer_header(v->answer, "Last-Modified",
			arena_dup(v->arena, str_of(time_format_http(feed.changed, date))));
	v->answer->content_type = feed.content_type;
	if (not_changed(v, etag, feed.changed))
		v->answer->status = 304;
	else
		v->answer->body = feed.body;
	return 0;
}
