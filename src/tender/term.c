#include "tender/term.h"

#include "base/macros.h"

static const char *const unit_names[TERM_UNITS] = {
	[TERM_DAYS] = "days",
	[TERM_WEEKS] = "weeks",
	[TERM_MONTHS] = "months",
	[TERM_YEARS] = "years",
	[TERM_UNLIMITED] = "unlimited",
};

const char *term_unit_name(enum term_unit unit)
{
	return (size_t)unit < TERM_UNITS ? unit_names[unit] : NULL;
}

bool term_unit_parse(struct str name, enum term_unit *ret)
{
	for (size_t i = TERM_NONE + 1; i < TERM_UNITS; i++) {
		if (str_eqz(name, unit_names[i])) {
			*ret = (enum term_unit)i;
			return true;
		}
	}
	return false;
}

bool term_given(const struct term *term)
{
	return term->unit != TERM_NONE || term->start != DAY_NONE || term->end != DAY_NONE ||
	       term->renewals != TERM_RENEWALS_NONE;
}

void term_set(struct term *term, unsigned length, enum term_unit unit)
{
	if (length == 0 || length > TERM_LENGTH_MAX || unit == TERM_NONE)
		return;
	term->length = length;
	term->unit = unit;
}

/* Months later; the last day of a shorter month. DAY_NONE beyond the year 9999. */
static day_t months_after(day_t day, long months)
{
	struct civil c = day_to_civil(day);
	long month = c.month - 1 + months;
	day_t after = DAY_NONE;

	for (int d = c.day; after == DAY_NONE && d > c.day - 4; d--)
		after = day_from_civil(c.year + (int)(month / 12), (int)(month % 12) + 1, d);
	return after;
}

/* `times` lengths after a day. */
static day_t lengths_after(const struct term *term, day_t from, long times)
{
	long n = (long)term->length * times;

	if (from == DAY_NONE || n == 0 || n > TERM_LENGTH_MAX)
		return DAY_NONE;
	switch (term->unit) {
	case TERM_DAYS:
		return from + (day_t)n;
	case TERM_WEEKS:
		return from + (day_t)n * 7;
	case TERM_MONTHS:
		return months_after(from, n);
	case TERM_YEARS:
		return months_after(from, n * 12);
	default:
		return DAY_NONE;
	}
}

day_t term_over(const struct term *term, day_t from)
{
	if (term->unit == TERM_UNLIMITED)
		return DAY_NONE;
	if (term->end != DAY_NONE)
		return term->end + 1;
	return lengths_after(term, term->start != DAY_NONE ? term->start : from, 1);
}

day_t term_over_renewed(const struct term *term, day_t from)
{
	day_t over = term_over(term, from);

	if (term->renewals <= 0 || over == DAY_NONE)
		return over;
	/* Without a length, the first run's own. */
	if (term->length)
		return lengths_after(term, over, term->renewals);
	return term->start == DAY_NONE ? over
				       : over + (day_t)term->renewals * (over - term->start);
}
