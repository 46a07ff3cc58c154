/* Hours, quiet days and reminders as people write them; the innovation table by its dates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tender/innovation.h"
#include "tender/mailing.h"

static void test_hours(void **state UNUSED)
{
	assert_int_equal(mailing_hour_parse(STR("00:00")), 0);
	assert_int_equal(mailing_hour_parse(STR("07:30")), 450);
	assert_int_equal(mailing_hour_parse(STR("23:59")), 1439);
	assert_int_equal(mailing_hour_parse(STR("24:00")), -1);
	assert_int_equal(mailing_hour_parse(STR("7:30")), -1);
	assert_int_equal(mailing_hour_parse(STR("07h30")), -1);
	assert_int_equal(mailing_hour_parse(STR("")), -1);
}

static void test_quiet_days(void **state UNUSED)
{
	const struct str all = STR("weekends holidays 2026-12-24/2027-01-02");
	const day_t friday = day_from_civil(2026, 11, 27);

	assert_false(mailing_quiet(all, friday));
	assert_true(mailing_quiet(all, friday + 1));
	assert_true(mailing_quiet(all, friday + 2));
	assert_false(mailing_quiet(STR("holidays"), friday + 1));
	assert_true(mailing_quiet(STR("holidays"), day_from_civil(2026, 11, 11)));
	assert_false(mailing_quiet(all, day_from_civil(2026, 12, 23)));
	assert_true(mailing_quiet(all, day_from_civil(2026, 12, 24)));
	assert_true(mailing_quiet(STR("2026-12-31"), day_from_civil(2026, 12, 31)));
	assert_false(mailing_quiet(STR("2026-12-31"), day_from_civil(2027, 1, 1)));
	assert_false(mailing_quiet(STR_NONE, friday + 1));
}

static void test_canonical(void **state UNUSED)
{
	static const struct {
		const char *quiet, *reminders, *quiet_out, *reminders_out;
		bool fails;
	} cases[] = {
		{ "weekends", NULL, "weekends", NULL, false },
		{ " holidays  weekends weekends ", "2 14 7", "weekends holidays", "14 7 2", false },
		{ "2026-12-24/2027-01-02 holidays", "7 2", "holidays 2026-12-24/2027-01-02", NULL, false },
		{ "", "", NULL, "", false },
		{ "sundays", NULL, NULL, NULL, true },
		{ "2026-12-24/2026-12-01", NULL, NULL, NULL, true },
		{ "2026-13-01", NULL, NULL, NULL, true },
		{ NULL, "0", NULL, NULL, true },
		{ NULL, "1 2 3 4 5", NULL, NULL, true },
		{ NULL, "61", NULL, NULL, true },
		{ NULL, "seven", NULL, NULL, true },
	};

	for (size_t i = 0; i < LENGTH(cases); i++) {
		CLEANUP(arena_done) struct arena arena = ARENA_INIT;
		struct mailing m = MAILING_INIT;
		struct error err = ERROR_INIT;
		int r;

		m.quiet = str_of(cases[i].quiet);
		m.reminders = str_of(cases[i].reminders);
		r = mailing_check(&m, &arena, &err);
		assert_int_equal(r < 0, cases[i].fails);
		if (cases[i].fails)
			continue;
		assert_true(str_eq(m.quiet, str_of(cases[i].quiet_out)));
		assert_true(str_eq(m.reminders, str_of(cases[i].reminders_out)));
	}
}

static void test_reminders(void **state UNUSED)
{
	int days[MAILING_REMINDERS_MAX];

	assert_int_equal(mailing_reminders(STR_NONE, days), 2);
	assert_int_equal(days[0], 7);
	assert_int_equal(days[1], 2);
	assert_int_equal(mailing_reminders(STR(""), days), 0);
	assert_int_equal(mailing_reminders(STR("30 3 1"), days), 3);
	assert_int_equal(days[2], 1);
}

static struct innovation judged(enum notice_kind stage, int64_t euros, bool innovative,
	const char *procedure, day_t day)
{
	struct notice n;

	notice_init(&n);
	n.kind = n.stage = stage;
	n.value = (struct money){ euros < 0 ? MONEY_NONE : euros * 100, "EUR" };
	n.innovative = innovative;
	n.procedure = str_of(procedure);
	return innovation_of(&n, NULL, day);
}

static void test_innovation(void **state UNUSED)
{
	const day_t now = day_from_civil(2026, 11, 24);
	static const struct {
		enum notice_kind stage;
		int64_t euros; /* -1: not said */
		bool innovative;
		const char *procedure;
		enum innovation_state state;
	} cases[] = {
		{ NOTICE_PLANNING, 99999, false, "open", INNOVATION_CHECK },
		{ NOTICE_PLANNING, 100000, false, "open", INNOVATION_NO },
		{ NOTICE_REQUIREMENT, 40000, true, NULL, INNOVATION_ELIGIBLE },
		{ NOTICE_REQUIREMENT, -1, true, NULL, INNOVATION_CHECK },
		{ NOTICE_REQUIREMENT, -1, false, NULL, INNOVATION_NO },
		{ NOTICE_COMPETITION, 50000, false, "adapted", INNOVATION_NO },
		{ NOTICE_COMPETITION, 50000, true, "adapted", INNOVATION_ELIGIBLE },
		{ NOTICE_COMPETITION, 5000000, true, "innovation", INNOVATION_ELIGIBLE },
		{ NOTICE_RESULT, 50000, true, "innovation", INNOVATION_NO },
	};

	for (size_t i = 0; i < LENGTH(cases); i++)
		assert_int_equal(judged(cases[i].stage, cases[i].euros, cases[i].innovative,
					 cases[i].procedure, now).state,
			cases[i].state);
	/* before the trial there was no such path; during it the decree was another one */
	assert_int_equal(judged(NOTICE_PLANNING, 50000, true, "open", day_from_civil(2018, 12, 25)).state,
		INNOVATION_NO);
	assert_string_equal(judged(NOTICE_PLANNING, 50000, true, "open", day_from_civil(2018, 12, 26)).rule->decree,
		"décret 2018-1225");
	assert_string_equal(judged(NOTICE_PLANNING, 50000, true, "open", day_from_civil(2021, 12, 14)).rule->decree,
		"décret 2018-1225");
	assert_string_equal(judged(NOTICE_PLANNING, 50000, true, "open", day_from_civil(2021, 12, 15)).rule->decree,
		"décret 2021-1634");
}

static void test_innovative_lots(void **state UNUSED)
{
	struct lot lots[2];
	struct notice n;
	const day_t now = day_from_civil(2026, 11, 24);

	notice_init(&n);
	n.kind = n.stage = NOTICE_PLANNING;
	n.value = (struct money){ 50000000, "EUR" };
	for (size_t i = 0; i < 2; i++) {
		lot_init(&lots[i]);
		lots[i].nature = NATURE_SERVICES;
	}
	n.lots = lots;
	n.n_lots = 2;
	lots[0].value = (struct money){ 7999900, "EUR" };
	lots[1].value = (struct money){ 8000000, "EUR" };
	assert_int_equal(innovation_of(&n, &lots[0], now).state, INNOVATION_CHECK);
	assert_int_equal(innovation_of(&n, &lots[1], now).state, INNOVATION_NO);
	n.value.cents = 30000000; /* more than a fifth of the purchase */
	assert_int_equal(innovation_of(&n, &lots[0], now).state, INNOVATION_NO);
	n.value.cents = 50000000;
	lots[0].nature = NATURE_WORKS;
	assert_int_equal(innovation_of(&n, &lots[0], now).state, INNOVATION_CHECK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hours),
		cmocka_unit_test(test_quiet_days),
		cmocka_unit_test(test_canonical),
		cmocka_unit_test(test_reminders),
		cmocka_unit_test(test_innovation),
		cmocka_unit_test(test_innovative_lots),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
