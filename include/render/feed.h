/*
 * The same cards in other coats: one card as a value for pages and as HTML, an Atom feed (RFC 4287), a
 * calendar of deadlines (RFC 5545). Everything that needs a clock, a zone or a token comes in ready-made.
 */
#ifndef RENDER_FEED_H
#define RENDER_FEED_H

#include "render/digest.h"
#include "render/value.h"

/*
 * For the template card.LANGUAGE.html, in `arena`; `whole`: with every reason, as for who asks for them.
 * ERROR_INPUT as digest_render().
 */
int feed_card_value(const struct profile *profile, const struct rules *rules,
	const struct digest_card *card, bool whole, struct arena *arena, struct value **ret,
	struct error *err) MUST_CHECK;
/* Why it fits, one reason a line: "+ 8 capteurs (dans le titre)". "" without a receipt. */
struct str feed_reasons(const struct profile *profile, const struct rules *rules,
	const struct receipt *receipt, struct arena *arena);

struct feed_item {
	struct str id;      /* an address that stays: "tag:example.org,2026:rosee/boamp:26-1" */
	struct str url;     /* STR_NONE: none */
	struct str title;
	struct str html;    /* the card */
	struct str text;    /* title, buyer, deadline, reasons as plain text */
	struct str author;  /* the buyer; STR_NONE */
	int64_t published, updated;
};
struct feed {
	struct str id, title, subtitle, self_url, home_url, language, author;
	int64_t updated;
	const struct feed_item *items;
	size_t n;
};
enum { FEED_ITEMS_MAX = 50, FEED_TEXT_MAX = 2 << 20 };

/* Well-formed XML, whatever the texts hold. ERROR_LIMIT over FEED_TEXT_MAX. */
int feed_atom(const struct feed *feed, struct arena *arena, struct str *ret, struct error *err) MUST_CHECK;

struct calendar_event {
	struct str uid;      /* stays through every amendment */
	int sequence;        /* goes up with each */
	int64_t changed;     /* of the last one: DTSTAMP and LAST-MODIFIED, so the same calendar gives the same bytes */
	int64_t at;          /* the deadline */
	bool all_day;        /* no hour is known: `day` counts */
	day_t day;
	bool cancelled, uncertain;
	struct str title, description, url, place;
};
struct calendar {
	struct str name, language, product; /* "-//Appariteur//0.1//FR" */
	const struct calendar_event *events;
	size_t n;
};
enum { CALENDAR_EVENTS_MAX = 300 };

/* CR LF, lines folded at 75 bytes without cutting a character. Alarms 7 and 2 days before. */
int calendar_format(const struct calendar *calendar, struct arena *arena, struct str *ret,
	struct error *err) MUST_CHECK;

#endif
