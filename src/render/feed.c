#include "render/feed.h"

#include "base/buf.h"
#include "card.h"
#include "escape.h"
#include "reasons.h"
#include "words.h"

enum { REASONS_MAX = 8 << 10, REASON_WORDS_MAX = 200 };

int feed_card_value(const struct profile *profile, const struct rules *rules,
	const struct digest_card *card, bool whole, struct arena *arena, struct value **ret,
	struct error *err)
{
	struct card_style style = { .language = language_of(profile->language),
		.detail = whole ? DETAIL_WHOLE : DETAIL_FULL, .rules = rules, .arena = arena };

	return card_value(&style, card, 1, ret, err);
}

struct str feed_reasons(const struct profile *profile, const struct rules *rules,
	const struct receipt *receipt, struct arena *arena)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(REASONS_MAX);
	enum language language = language_of(profile->language);

	for (size_t i = 0; receipt && i < receipt->n_reasons; i++) {
		const struct reason *reason = &receipt->reasons[i];

		buf_addf(&out, "%s%.*s  %.*s", i > 0 ? "\n" : "",
			STR_ARG(words_points(language, reason->points, arena)),
			STR_ARG(reasons_name(language, rules, reason->rule, arena)));
		if (!reasons_is_of_title(reason))
			buf_addf(&out, " : %.*s", STR_ARG(str_clip(reason->text, REASON_WORDS_MAX)));
	}
	return arena_dup(arena, buf_str(&out));
}

/* Atom */

static void element(struct buf *out, const char *name, struct str text)
{
	if (!str_given(text))
		return;
	buf_addf(out, "<%s>", name);
	escape_text(PLACE_ELEMENT, text, out);
	buf_addf(out, "</%s>\n", name);
}

static void instant(struct buf *out, const char *name, int64_t at)
{
	char text[TIME_FORMAT_MAX];

	element(out, name, str_of(time_format(at, 0, text)));
}

static void link(struct buf *out, const char *rel, const char *type, struct str url)
{
	if (!address_is_safe(url))
		return;
	buf_addf(out, "<link rel=\"%s\"%s%s%s href=\"", rel, type ? " type=\"" : "", type ? type : "",
		type ? "\"" : "");
	escape_text(PLACE_ATTRIBUTE, url, out);
	buf_addz(out, "\"/>\n");
}

static void person(struct buf *out, struct str name)
{
	if (str_blank_none(name))
		return;
	buf_addz(out, "<author>");
	element(out, "name", name);
	buf_addz(out, "</author>\n");
}

static void entry(struct buf *out, const struct feed_item *item)
{
	buf_addz(out, "<entry>\n");
	element(out, "id", item->id);
	element(out, "title", item->title);
	person(out, item->author);
	instant(out, "published", item->published);
	instant(out, "updated", item->updated);
	link(out, "alternate", "text/html", item->url);
	element(out, "summary", item->text);
	buf_addz(out, "<content type=\"html\">");
	escape_text(PLACE_ELEMENT, item->html, out);
	buf_addz(out, "</content>\n</entry>\n");
}

int feed_atom(const struct feed *feed, struct arena *arena, struct str *ret, struct error *err)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(FEED_TEXT_MAX);
	int r;

	buf_addz(&out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
		       "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"");
	escape_text(PLACE_ATTRIBUTE, feed->language, &out);
	buf_addz(&out, "\">\n");
	element(&out, "id", feed->id);
	element(&out, "title", feed->title);
	element(&out, "subtitle", feed->subtitle);
	instant(&out, "updated", feed->updated);
	person(&out, feed->author);
	link(&out, "self", "application/atom+xml", feed->self_url);
	link(&out, "alternate", "text/html", feed->home_url);
	for (size_t i = 0; i < feed->n; i++)
		entry(&out, &feed->items[i]);
	buf_addz(&out, "</feed>\n");
	r = buf_check(&out, "the feed", err);
	if (r >= 0)
		*ret = arena_dup(arena, buf_str(&out));
	return r;
}
