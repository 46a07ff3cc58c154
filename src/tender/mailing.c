#include "tender/mailing.h"

#include <stdlib.h>
#include <string.h>

#include "tender/deadline.h"

static const int usual_reminders[] = { 7, 2 };

/* hours */

int mailing_hour_parse(struct str text)
{
	unsigned hour, minute;

	if (text.len != 5 || text.ptr[2] != ':' || !str_to_uint(str_sub(text, 0, 2), 23, &hour) ||
		!str_to_uint(str_from(text, 3), 59, &minute))
		return -1;
	return (int)(hour * 60 + minute);
}

struct str mailing_hour_format(int send_at, struct arena *arena)
{
	if (send_at < 0)
		return STR_NONE;
	return arena_printf(arena, "%02d:%02d", send_at / 60, send_at % 60);
}

/* quiet days */

/* "2026-12-24" or "2026-12-24/2027-01-02", both days included. */
static bool span_parse(struct str word, day_t *ret_from, day_t *ret_to)
{
	struct str from, to = word;

	str_cut(&to, '/', &from);
	if (!str_given(to))
		to = from;
	if (from.len != 10 || to.len != 10)
		return false;
	*ret_from = day_parse(from);
	*ret_to = day_parse(to);
	return *ret_from != DAY_NONE && *ret_to != DAY_NONE && *ret_from <= *ret_to;
}

bool mailing_quiet(struct str quiet, day_t day)
{
	struct str word;

	while (str_cut(&quiet, ' ', &word)) {
		day_t from, to;

		if (str_eqz(word, "weekends") && day_weekday(day) >= 5)
			return true;
		if (str_eqz(word, "holidays") && public_holiday(day))
			return true;
		if (span_parse(word, &from, &to) && day >= from && day <= to)
			return true;
	}
	return false;
}

/* Words first, then days in their order: both are also the order of bytes, read backwards. */
static int by_word(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)b, *(const struct str *)a);
}

static int check_quiet(struct mailing *mailing, struct arena *arena, struct error *err)
{
	struct str rest = mailing->quiet, word, words[MAILING_QUIET_MAX], all = STR_NONE;
	size_t n = 0;
	day_t from, to;

	while (str_cut(&rest, ' ', &word)) {
		if (word.len == 0)
			continue;
		if (n == MAILING_QUIET_MAX)
			return error_set(err, ERROR_INPUT, "quiet: more than %d", MAILING_QUIET_MAX);
		if (!str_eqz(word, "weekends") && !str_eqz(word, "holidays") &&
			!span_parse(word, &from, &to))
			return error_set(err, ERROR_INPUT,
				"quiet: \"%.*s\" is not weekends, holidays, a day (2026-12-24) or days "
				"(2026-12-24/2027-01-02)",
				STR_ARG(str_clip(word, 40)));
		words[n++] = word;
	}
	qsort(words, n, sizeof(words[0]), by_word);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || !str_eq(words[i], words[i - 1]))
			all = i == 0 ? words[i] : arena_printf(arena, "%.*s %.*s", STR_ARG(all),
				STR_ARG(words[i]));
	mailing->quiet = all;
	return 0;
}

/* reminders */

size_t mailing_reminders(struct str reminders, int ret[MAILING_REMINDERS_MAX])
{
	struct str word;
	size_t n = 0;
	unsigned days;

	if (!str_given(reminders)) {
		memcpy(ret, usual_reminders, sizeof(usual_reminders));
		return LENGTH(usual_reminders);
	}
	while (n < MAILING_REMINDERS_MAX && str_cut(&reminders, ' ', &word))
		if (str_to_uint(word, MAILING_REMINDER_DAYS_MAX, &days))
			ret[n++] = (int)days;
	return n;
}

static int more_first(const void *a, const void *b)
{
	return *(const int *)b - *(const int *)a;
}

static int check_reminders(struct mailing *mailing, struct arena *arena, struct error *err)
{
	struct str rest = mailing->reminders, word, all = STR("");
	int days[MAILING_REMINDERS_MAX];
	size_t n = 0;

	if (!str_given(rest))
		return 0;
	while (str_cut(&rest, ' ', &word)) {
		unsigned number;

		if (word.len == 0)
			continue;
		if (n == MAILING_REMINDERS_MAX || !str_to_uint(word, MAILING_REMINDER_DAYS_MAX, &number) ||
			number == 0)
			return error_set(err, ERROR_INPUT,
				"reminders: at most %d numbers of days from 1 to %d expected",
				MAILING_REMINDERS_MAX, MAILING_REMINDER_DAYS_MAX);
		days[n++] = (int)number;
	}
	qsort(days, n, sizeof(days[0]), more_first);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || days[i] != days[i - 1])
			all = arena_printf(arena, "%.*s%s%d", STR_ARG(all), i > 0 ? " " : "", days[i]);
	mailing->reminders = str_eqz(all, "7 2") ? STR_NONE : all;
	return 0;
}

int mailing_check(struct mailing *mailing, struct arena *arena, struct error *err)
{
	struct mailing m = *mailing;
	int r;

	if (m.send_at < MAILING_HOUR_OF_INSTANCE || m.send_at >= 24 * 60)
		return error_set(err, ERROR_INPUT, "hour: a time of day like 07:30 expected");
	r = check_quiet(&m, arena, err);
	if (r >= 0)
		r = check_reminders(&m, arena, err);
	if (r >= 0)
		*mailing = m;
	return r;
}
