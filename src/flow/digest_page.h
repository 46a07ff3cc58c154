/* From stored matches to the page that render shows. */
#ifndef FLOW_DIGEST_PAGE_H
#define FLOW_DIGEST_PAGE_H

#include "flow/digest.h"
#include "gate/link.h"
#include "match/rules.h"
#include "render/digest.h"
#include "store/profile.h"

/* What is the same for every digest of one run. */
struct digest_run {
	struct db *db;
	const struct digest_settings *settings;
	int64_t now;
	struct rules *rules;
	struct links links;    /* to the web interface */
	struct arena arena;    /* lives as long as the run */
	struct digest_since *since; /* coverage by first day, worked out once each */
	size_t n_since, since_capacity;
};
int digest_run_open(struct db *db, const struct digest_settings *settings, int64_t now,
	struct digest_run *run, struct error *err) MUST_CHECK;
void digest_run_done(struct digest_run *run);

/* A notice that this digest tells of, as a card or only in the count. */
struct digest_told {
	struct str notice, dossier;
	bool shown;
	int64_t deadline; /* as it is told; TIME_NONE */
};
struct digest_draft {
	struct digest_page page;
	struct digest_told *told;
	size_t n_told;
};

/* Everything in `arena`; nothing is written. */
int digest_draft(struct digest_run *run, const struct profile_row *row, struct arena *arena,
	struct digest_draft *ret, struct error *err) MUST_CHECK;

/* The whole message for a draft. */
int digest_message(struct digest_run *run, const struct profile *profile,
	const struct digest_draft *draft, struct str message_id, struct arena *arena,
	struct digest_text *ret_text, struct str *ret_message, struct error *err) MUST_CHECK;

#endif
