/* One notice for one profile as a card, outside a digest: for pages, feeds and webhooks. */
#ifndef FLOW_CARD_H
#define FLOW_CARD_H

#include "render/digest.h"
#include "store/store.h"

/* The active rules, for the labels of reasons; read again when another ruleset is active. */
struct card_rules {
	struct rules *rules;
	int64_t ruleset;
};
int card_rules_load(struct card_rules *known, struct db *db, struct error *err) MUST_CHECK;
void card_rules_done(struct card_rules *known);

/* Of card->notice: "lundi 30 mars 2026 à 12:00", in Paris and, where its clock differs, in the reader's zone. */
void card_deadline_words(const struct profile *profile, int64_t now, struct arena *arena,
	struct digest_card *card);

/*
 * The notice as it is now, with the receipt of its match, deadline in the reader's words; all in `arena`.
 * Without a match there are no reasons. STORE_NONE: no such notice.
 */
int card_make(struct db *db, const struct profile *profile, struct str notice, int64_t now,
	struct arena *arena, struct digest_card *ret, struct error *err) MUST_CHECK;

#endif
