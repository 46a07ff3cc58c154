/*
 * How long a contract runs, as the notice says it, and the day it ends.
 *
 * Sources. eForms: cac:PlannedPeriod (BT-36 duration and unit, BT-536 start, BT-537 end, BT-538
 * unlimited or unknown), cac:ContractExtension (BT-58 how many times it may be renewed). TED before
 * eForms: DURATION/@TYPE, DATE_START, DATE_END, RENEWAL. BOAMP: dureeMois, duree/nbMois, DUREE_MOIS. DECP:
 * dureeMois.
 */
#ifndef TENDER_TERM_H
#define TENDER_TERM_H

#include <stdbool.h>

#include "base/date.h"
#include "base/str.h"

enum term_unit {
	TERM_NONE,
	TERM_DAYS,
	TERM_WEEKS,
	TERM_MONTHS,
	TERM_YEARS,
	TERM_UNLIMITED, /* said to have no end; the length is 0 */
	TERM_UNITS
};

/* An end stated beside a length wins over it: it is a day, the other an intention. */
struct term {
	unsigned length; /* in units; 0: not said */
	enum term_unit unit;
	day_t start, end; /* stated; DAY_NONE */
	int renewals;     /* at most; TERM_RENEWALS_NONE: not said, 0: said that there are none */
};
enum { TERM_LENGTH_MAX = 36525, TERM_RENEWALS_NONE = -1, TERM_RENEWALS_MAX = 1000 };
#define TERM_INIT { 0, TERM_NONE, DAY_NONE, DAY_NONE, TERM_RENEWALS_NONE }

bool term_given(const struct term *term); /* does it say anything at all? */

/* A length outside 1 to TERM_LENGTH_MAX is not said ("0 months", slips of the pen). */
void term_set(struct term *term, unsigned length, enum term_unit unit);

/*
 * The day after the last: the stated end's morrow, else so long after the stated start, else after `from`
 * (the day the contract was concluded). Renewals are not counted. A 31st that a month has not is its
 * last day. DAY_NONE: unknown, unlimited.
 */
day_t term_over(const struct term *term, day_t from);
/* The same when it is renewed as often as it may be. */
day_t term_over_renewed(const struct term *term, day_t from);

/* "days", "weeks", "months", "years", "unlimited"; NULL for TERM_NONE */
const char *term_unit_name(enum term_unit unit);
bool term_unit_parse(struct str name, enum term_unit *ret);

#endif
