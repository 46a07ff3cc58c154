/*
 * A requirement (besoin): what a public buyer registers here. It lives as a notice of kind
 * NOTICE_REQUIREMENT, id "requirement:SLUG", and is matched and put in digests like any notice.
 */
#ifndef TENDER_REQUIREMENT_H
#define TENDER_REQUIREMENT_H

#include "tender/notice.h"

struct requirement {
	struct notice notice; /* source "requirement", ref = the slug */
	struct str email;     /* where the buyer reads replies; STR_NONE when not said */
	bool closed;
};

/*
 * Slug, title, description, ceilings, CPV, places, SIRET; fills what follows (id, kind, published
 * when DAY_NONE: `today`). ERROR_INPUT names the member and what was expected.
 */
int requirement_check(struct requirement *requirement, day_t today, struct arena *arena,
	struct error *err) MUST_CHECK;

#endif
