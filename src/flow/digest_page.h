/* From stored matches to the page that render shows. */
#ifndef FLOW_DIGEST_PAGE_H
#define FLOW_DIGEST_PAGE_H

#include "flow/digest.h"
#include "gate/link.h"
#include "match/rules.h"
#include "render/digest.h"
#include "shelf.h"
#include "store/profile.h"

/* What is the same for every digest of one run. */
struct digest_run {
	struct db *db;
	const struct digest_settings *settings;
	int64_t now;
	int64_t known; /* only matches known by then; TIME_NONE: all */
	struct rules *rules;
	struct links links;
	struct arena arena;    /* lives as long as the run */
	struct shelf shelf;    /* what is told to many is read once */
	struct digest_since *since; /* coverage by first day, worked out once each */
	size_t n_since, since_capacity;
	struct str *with_updates, *with_due; /* profiles to whom something can have happened, by id */
	size_t n_with_updates, n_with_due;
};
/* `dry`: nothing of it will be read by anybody, so no link is made and no secret for them. */
int digest_run_open(struct db *db, const struct digest_settings *settings, int64_t now, bool dry,
	struct digest_run *run, struct error *err) MUST_CHECK;
/* Looks who may have to hear of a change stored since then, or of a deadline. */
int digest_run_look(struct digest_run *run, int64_t changed_since, struct error *err) MUST_CHECK;
void digest_run_done(struct digest_run *run);

enum { DIGEST_READER_PROFILES_MAX = 20 }; /* of one address; more get a mail of their own */

/* Who reads one mail: profiles of one address, the first one's language, zone and wishes. */
struct digest_reader {
	const struct profile_row *rows[DIGEST_READER_PROFILES_MAX];
	size_t n;
	int64_t last_digest; /* of any of them; TIME_NONE */
};

/* A notice that this digest tells of to one of the profiles, as a card or only in the count. */
struct digest_told {
	size_t profile; /* of the reader */
	struct str notice, dossier;
	bool shown;
	int64_t deadline; /* as it is told; TIME_NONE */
};
/* A deadline that one of them is reminded of. */
struct digest_recalled {
	size_t profile;
	struct str notice;
	int64_t deadline;
	int days;
};
struct digest_draft {
	struct digest_page page;
	struct digest_told *told;
	size_t n_told, told_capacity;
	struct digest_recalled *recalled;
	size_t n_recalled, recalled_capacity;
	size_t *whose; /* of each card: for which profile of the reader it is */
};

/* Everything in `arena` or on the shelf of the run; nothing is written. */
int digest_draft(struct digest_run *run, const struct digest_reader *reader, struct arena *arena,
	struct digest_draft *ret, struct error *err) MUST_CHECK;

/* As digest_compose() in a dry run at `at`, with what was known then: what should have been composed. */
int digest_overdue(struct db *db, const struct digest_settings *settings, int64_t at,
	struct digest_count *ret, struct error *err) MUST_CHECK;

/* The cards of a draft: `page` gets cards and n_more, the draft what is told by them. */
int digest_cards(struct digest_run *run, const struct digest_reader *reader, struct arena *arena,
	struct digest_draft *draft, struct error *err) MUST_CHECK;

/* The receipt of a current match in `arena`; NULL: there is none. */
int digest_receipt(struct db *db, struct str profile, struct str notice, struct arena *arena,
	const struct receipt **ret, struct error *err) MUST_CHECK;

/* Everything of a page but what is counted and its cards. */
int digest_frame(struct digest_run *run, const struct digest_reader *reader, struct arena *arena,
	struct digest_page *page, struct error *err) MUST_CHECK;
/* "example.org": what message ids end with. */
struct str digest_host(const struct digest_settings *settings);

/* Envelope sender: with the token of the message where refusals come back to an address of their own. */
struct str digest_sender(const struct digest_run *run, struct str message_id, struct arena *arena);

/* The whole message for a draft. */
int digest_message(struct digest_run *run, const struct digest_reader *reader,
	const struct digest_draft *draft, struct str message_id, struct arena *arena,
	struct digest_text *ret_text, struct str *ret_message, struct error *err) MUST_CHECK;

#endif
