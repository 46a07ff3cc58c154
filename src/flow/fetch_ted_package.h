/*
 * The package of one issue of the Official Journal: one request instead of one for each notice. For
 * past days of which much is missing; what the package does not bring is asked for one by one.
 */
#ifndef FETCH_TED_PACKAGE_H
#define FETCH_TED_PACKAGE_H

#include "fetch_driver.h"
#include "source/ted.h"

/*
 * Takes those of the hits, sorted by ref, that the package has; marks them in `taken` (n of them, false before).
 * A package that is not there, or is not whole after all tries, brings nothing and is no failure.
 */
int ted_package_take(struct fetch_day *day, struct str issue, const struct ted_hit *hits, size_t n,
	bool *taken, struct error *err) MUST_CHECK;

#endif
