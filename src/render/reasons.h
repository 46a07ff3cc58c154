/* Why a purchase is shown: the reasons of a receipt, five in a digest, and the sum that they give. */
#ifndef RENDER_REASONS_H
#define RENDER_REASONS_H

#include "card.h"
#include "excerpt.h"

/* A text of the notice with the words that gave points marked, as one line. */
struct passage reasons_marked(const struct card_style *style, const struct receipt *receipt,
	const char *field, struct str text, size_t width);

/*
 * Sets score, threshold, sum, reasons, and rest_* for those not shown. `title_width`: how much of the
 * titles the card shows, with their words marked. ERROR_INPUT as in card_value().
 */
int reasons_set(const struct card_style *style, const struct digest_card *card,
	const struct lot *lot, size_t title_width, struct value *map, struct error *err) MUST_CHECK;

/* The reason's words are the whole title of the notice, which stands above it: they are not said again. */
bool reasons_is_of_title(const struct reason *reason);

/* What gave the points, in a few words: "mot-clé « drone »", "votre branche CPV 7231", the label of a rule. */
struct str reasons_name(enum language language, const struct rules *rules, struct str reason,
	struct arena *arena);

#endif
