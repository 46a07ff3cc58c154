/*
 * What fits a profile as Atom, JSON Feed 1.1 (jsonfeed.org/version/1.1) or iCalendar, with the cards and
 * reasons of its digests. The same data gives the same bytes, so that readers see when nothing changed.
 */
#ifndef FLOW_FEED_H
#define FLOW_FEED_H

#include "flow/card.h"
#include "gate/link.h"

struct feed_request {
	const struct profile *profile;
	enum link_feed what;
	const struct links *links; /* for links to pages; without a base there are none */
	const char *instance;      /* who runs it */
	const char *from;          /* its address: the domain of ids */
	int64_t now;
};
struct feed_text {
	struct str body;
	const char *content_type;
	int64_t changed;           /* instant; TIME_NONE: nothing is in it */
};
int feed_make(struct db *db, struct card_rules *rules, const struct feed_request *request,
	struct arena *arena, struct feed_text *ret, struct error *err) MUST_CHECK;

#endif
