/* Cards of one reader in the making: what the parts of digest_cards.c share. */
#ifndef FLOW_DRAFT_H
#define FLOW_DRAFT_H

#include "digest_page.h"

enum { DAY_S = 86400 };

struct drafting {
	struct digest_run *run;
	const struct digest_reader *reader;
	struct arena *arena;
	struct digest_draft *draft;
	struct entry *entries; /* purchases that are new to the reader */
	size_t n_entries, entries_capacity;
	struct digest_card *cards;
	size_t *whose;      /* of each */
	size_t n_cards;
	struct str *spoken; /* dossiers that a card speaks of already */
	size_t n_spoken, spoken_capacity;
};

static inline const struct profile *draft_profile(const struct drafting *d, size_t i)
{
	return &d->reader->rows[i]->profile;
}

/* digest_cards.c */
bool draft_has_spoken(const struct drafting *d, struct str dossier);
void draft_speak(struct drafting *d, struct str dossier);
void draft_told(struct drafting *d, size_t profile, const struct notice *notice, struct str dossier,
	bool shown);
bool draft_closed(const struct drafting *d, const struct notice *notice);

/* draft_card.c: one card */

/* With everything that follows from the notice, its receipt (NULL: none) and for whom it is. */
int draft_card(struct drafting *d, const struct notice *notice, const struct receipt *receipt,
	size_t profile, struct digest_card **ret, struct error *err) MUST_CHECK;
/* As digest_receipt(). */
int draft_receipt(struct drafting *d, size_t profile, struct str notice, const struct receipt **ret,
	struct error *err) MUST_CHECK;
/* What changed from the one notice to the other, behind the changes that the card tells already. */
void draft_changes(struct drafting *d, struct digest_card *card, const struct notice *before,
	const struct notice *after);
/*
 * A purchase that was corrected before anybody was told of it: the card shows it as it is now, and says
 * what was otherwise before.
 */
int draft_earlier_changes(struct drafting *d, struct digest_card *card, struct str key, struct error *err)
	MUST_CHECK;
struct str draft_moment(const struct drafting *d, int64_t at); /* in the reader's words, Paris time */

/* draft_shown.c: what became of purchases that were shown, and their deadlines */
int draft_updates(struct drafting *d, size_t profile, struct error *err) MUST_CHECK;
int draft_reminders(struct drafting *d, size_t profile, struct error *err) MUST_CHECK;

#endif
