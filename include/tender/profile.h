/*
 * A profile: what a start-up wants to be told of. Shape and words of PRODUCT.md, `profile import`.
 */
#ifndef TENDER_PROFILE_H
#define TENDER_PROFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/money.h"
#include "base/str.h"
#include "tender/mailing.h"
#include "tender/notice.h"

enum cadence { CADENCE_DAILY, CADENCE_WEEKLY, CADENCE_INSTANT, CADENCE_OFF, CADENCES };

/* Ceilings (RELIABILITY 4). */
enum {
	PROFILE_ID_MAX = 64,
	PROFILE_NAME_MAX = 200,
	PROFILE_TEXT_MAX = 16 << 10,
	PROFILE_TERMS_MAX = 200,     /* keywords, and exclusions, each */
	PROFILE_TERM_MAX = 100,      /* characters of one */
	PROFILE_CODES_MAX = 200,     /* CPV, places, fields, each */
};

struct profile {
	struct str id;          /* slug: a-z 0-9 and hyphens */
	struct str name;
	struct str siren;       /* nine digits or STR_NONE */
	struct str email;       /* STR_NONE: nothing is sent */
	struct str description;
	struct codes keywords, exclude;
	struct codes cpv;       /* branches: significant digits, "72", "72212" */
	struct codes fields;    /* slugs of fields of activity */
	struct codes places;    /* canonical: "FR", "FRJ", "48"; empty: everywhere */
	bool natures[NATURES];  /* [NATURE_SERVICES] …; all false: every nature */
	int64_t value_min, value_max; /* euro cents, MONEY_NONE: no bound */
	int effort_days;        /* working days needed to answer; 10 when not said */
	enum cadence cadence;
	struct str timezone;    /* IANA; "Europe/Paris" */
	struct str language;    /* "fr" or "en" */
	struct mailing mailing; /* hour, quiet days, reminders */
	bool confirmed;         /* double opt-in done, or imported by who runs the instance */
};

void profile_init(struct profile *profile);

const char *cadence_name(enum cadence cadence);
bool cadence_parse(struct str name, enum cadence *ret);

/*
 * Everything that needs no outside knowledge: slug, required members, ceilings, SIREN, CPV, places;
 * lists are made canonical in `arena`. ERROR_INPUT names the member and what was expected.
 * E-mail and zone are checked by who may use the gates.
 */
int profile_check(struct profile *profile, struct arena *arena, struct error *err) MUST_CHECK;

/* Lower-case letters, digits, single inner hyphens; 1..PROFILE_ID_MAX bytes. */
bool slug_valid(struct str text);

/*
 * "Rosée des Causses (exemple)" gives "rosee-des-causses-exemple": at most `max` bytes, none where no
 * letter is left.
 */
struct str slug_from(struct str name, size_t max, struct arena *arena);

#endif
