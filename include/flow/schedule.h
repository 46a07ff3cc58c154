/*
 * Times of day, Paris, at which something is to be done. Worked out from civil time and kept in UTC:
 * on the day the clock goes forward a time that does not exist is the first instant after the gap, on
 * the day it goes back a time that comes twice counts once. Pure: the clock comes in.
 */
#ifndef FLOW_SCHEDULE_H
#define FLOW_SCHEDULE_H

#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

enum { SCHEDULE_TIMES_MAX = 96 };

struct schedule {
	int minutes[SCHEDULE_TIMES_MAX]; /* of the day, ascending, each once */
	size_t n;
};

/* "05:15 08:00 00:30" in any order. ERROR_CONFIG names the word that is no time; none at all is one. */
int schedule_parse(struct str text, struct schedule *ret, struct error *err) MUST_CHECK;

/* The last time at or before `now`, and the first after it. UTC seconds. */
int64_t schedule_before(const struct schedule *schedule, int64_t now);
int64_t schedule_after(const struct schedule *schedule, int64_t now);

#endif
