/* Amounts: integer cents with a currency (ISO 4217). No floating point anywhere near money. */
#ifndef BASE_MONEY_H
#define BASE_MONEY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define MONEY_NONE INT64_MIN

struct money {
	int64_t cents;    /* MONEY_NONE: not said */
	char currency[4]; /* "EUR"; "" when not said */
};

#define MONEY_INIT { MONEY_NONE, "" }

/*
 * "12500.5", "12 500,50", "1250000": blanks (NBSP too) between digits are allowed; the last '.' or
 * ',' is the decimal mark ("12.500" is 12.50), unless the same mark stands earlier too and three
 * digits follow each ("1.250.000"); "1.2E7" is 12,000,000.00; fractions are rounded half up.
 * Negative, empty or over 10^15 cents: false. A currency that has not three letters counts as not
 * said.
 */
bool money_parse(struct str amount, struct str currency, struct money *ret);

enum { MONEY_FORMAT_MAX = 32 };
/* "120000.00", as JSON carries it. */
const char *money_format(struct money m, char out[MONEY_FORMAT_MAX]);

#endif
