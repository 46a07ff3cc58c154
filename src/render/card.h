/* One card of a digest as a value tree: see mail/card.*.txt for its keys. */
#ifndef RENDER_CARD_H
#define RENDER_CARD_H

#include "render/digest.h"
#include "render/value.h"
#include "words.h"

/*
 * How much of the texts and how many reasons are shown: all of them to who asks why, else a few. A digest
 * that gets too large is made again with less.
 */
enum detail { DETAIL_WHOLE, DETAIL_FULL, DETAIL_SHORT, DETAIL_TERSE, DETAILS };

struct card_style {
	enum language language;
	enum detail detail;
	const struct rules *rules;
	struct arena *arena;
};

/* ERROR_INPUT: the points of the receipt's reasons do not add up to its score. */
int card_value(const struct card_style *style, const struct digest_card *card, size_t number,
	struct value **ret, struct error *err) MUST_CHECK;

#endif
