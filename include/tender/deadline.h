/*
 * Deadlines: the instant, how it was written, and how sure we are (DOMAIN 1.7).
 */
#ifndef TENDER_DEADLINE_H
#define TENDER_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/str.h"

enum deadline_certainty {
	DEADLINE_NONE,      /* the notice gives none: normal for planning, qualification systems, awards */
	DEADLINE_STATED,    /* date, time and zone as written */
	DEADLINE_ASSUMED,   /* no zone was written: read as Europe/Paris */
	DEADLINE_DAY_ONLY,  /* no time was written: end of that day, Paris */
	DEADLINE_CORRECTED, /* read from the prose of a correction */
	DEADLINE_UNCERTAIN, /* corrected in prose we could not read, absurdly far or before publication */
};

struct deadline {
	int64_t at;                        /* UTC seconds; TIME_NONE */
	int offset_s;                      /* seconds east of UTC in which it was stated (or Paris') */
	enum deadline_certainty certainty;
	struct str text;                   /* as the notice writes it */
};

#define DEADLINE_INIT { TIME_NONE, 0, DEADLINE_NONE, { NULL, 0 } }

/* "stated", "assumed-paris", "day-only", "corrected", "uncertain"; NULL for none */
const char *deadline_certainty_name(enum deadline_certainty certainty);
bool deadline_certainty_parse(struct str name, enum deadline_certainty *ret);

/*
 * From one text (BOAMP) or from date and time (eForms cbc:EndDate, cbc:EndTime; the zone of the time
 * counts, else the date's). Text that is no date gives DEADLINE_NONE with `text` kept.
 */
struct deadline deadline_read(struct str text, struct arena *arena);
struct deadline deadline_read_pair(struct str date, struct str time, struct arena *arena);

/* The earlier of two; one that is DEADLINE_NONE loses. */
struct deadline deadline_earlier(struct deadline a, struct deadline b);

/*
 * Marks UNCERTAIN what lies before `published` or more than DEADLINE_YEARS_MAX after it: the calls that stay
 * open longest, dynamic purchasing systems, are mostly renewed before; what is later is a slip (2924 for 2024).
 */
enum { DEADLINE_YEARS_MAX = 5 };
int64_t deadline_last_credible(int64_t now); /* of what is published by now */
void deadline_doubt(struct deadline *deadline, day_t published);

/*
 * The new deadline in the prose of a national correction ("Au lieu de : 06/11/2026 à 12h00, lire :
 * 13/11/2026 à 12h00"): DEADLINE_CORRECTED, or DEADLINE_NONE when none could be read.
 */
struct deadline deadline_from_prose(struct str prose, struct arena *arena);

/*
 * The deadline that the words of a call name ("Date limite de remise des offres : lundi 12 octobre 2026 à 12h00"):
 * the first date close behind such words, but where it was moved, the new one. DEADLINE_NONE without.
 */
struct deadline deadline_named(struct str prose, struct arena *arena);

/*
 * deadline_read(), or, of a field that was filled in with words ("mardi 15 décembre 2026 à 12 h"), the only
 * date in it.
 */
struct deadline deadline_read_words(struct str text, struct arena *arena);

/*
 * Working days (Monday to Friday, French public holidays out) from the day after `from` up to and
 * including `to`; negative when `to` is past.
 */
int working_days(day_t from, day_t to);
bool public_holiday(day_t day); /* France, without the regional ones */

#endif
