#include "base/money.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NBSP "\xC2\xA0"
#define NARROW "\xE2\x80\xAF"

static void test_amounts(void **state UNUSED)
{
	static const struct {
		const char *text, *expected; /* NULL: no amount */
	} table[] = {
		{ "12500.5", "12500.50" },
		{ "12 500,50", "12500.50" },
		{ "1250000", "1250000.00" },
		{ "12" NBSP "500,50", "12500.50" },
		{ "1" NARROW "250" NARROW "000,00", "1250000.00" },
		{ "0", "0.00" },
		{ "0.00", "0.00" },
		{ "0.01", "0.01" },
		{ "007", "7.00" },
		{ ".5", "0.50" },
		{ ",05", "0.05" },
		{ "12.", "12.00" },
		{ "+12", "12.00" },
		{ " 12\t", "12.00" },
		{ NBSP "12" NBSP, "12.00" },
		{ "1.250.000", "1250000.00" },
		{ "1,250,000", "1250000.00" },
		{ "1.250.000,5", "1250000.50" },
		{ "1,250,000.05", "1250000.05" },
		{ "12,500.000", "12500.00" },
		{ "12.500", "12.50" }, /* one mark is a decimal one */
		{ "12.504", "12.50" },
		{ "12.505", "12.51" },
		{ "12.5049999", "12.50" },
		{ "0.995", "1.00" },
		{ "99999.999999", "100000.00" },
		{ "250000.0000000000000000000000000000000", "250000.00" },
		{ "10000000000000", "10000000000000.00" },
		{ "10000000000000.004", "10000000000000.00" },
		{ "10000000000000.005", NULL },
		{ "10000000000000.01", NULL },
		{ "10000000000001", NULL },
		{ "99999999999999999999999999999", NULL },
		{ "", NULL },
		{ NULL, NULL },
		{ " ", NULL },
		{ ".", NULL },
		{ ",", NULL },
		{ "+", NULL },
		{ "-1", NULL },
		{ "-0", NULL },
		{ "+-1", NULL },
		{ "\xE2\x88\x92"
		  "1",
			NULL }, /* U+2212 minus */
		{ "1..5", NULL },
		{ "1,.5", NULL },
		{ "1.5.", NULL },
		{ ".5.", NULL },
		{ "1.25.00", NULL },
		{ "1.25.000", NULL },
		{ "1.2500.000", NULL },
		{ "1250.00,50.000", NULL },
		{ "12.50 00", NULL },
		{ "12 ,50", NULL },
		{ "12, 50", NULL },
		{ "12. 500.000", NULL },
		{ "1e6", "1000000.00" },
		{ "1.2E7", "12000000.00" },
		{ "1.23456789E+4", "12345.68" },
		{ "4.5e0", "4.50" },
		{ "1e16", NULL },
		{ "1e-3", NULL },
		{ "1e", NULL },
		{ "e6", NULL },
		{ ".5e1", NULL },
		{ "1 000e3", NULL },
		{ "1.2.3e4", NULL },
		{ "1e6e2", NULL },
		{ "123456789012345678901234567890123456789e15", NULL },
		{ "1E6", "1000000.00" },
		{ "0x10", NULL },
		{ "12 500 €", NULL },
		{ "EUR 12", NULL },
		{ "12'500", NULL },
		{ "NaN", NULL },
		{ "INF", NULL },
		{ "\xD9\xA1\xD9\xA2", NULL }, /* Arabic-Indic digits */
		{ "12\xC2", NULL },
		{ "12\n500", NULL },
	};
	char out[MONEY_FORMAT_MAX];

	for (size_t i = 0; i < LENGTH(table); i++) {
		struct money m = { -77, "GBP" };
		bool ok = money_parse(str_of(table[i].text), STR("EUR"), &m);

		if (ok != (table[i].expected != NULL))
			fail_msg("\"%s\"", table[i].text);
		if (ok) {
			assert_string_equal(money_format(m, out), table[i].expected);
			assert_string_equal(m.currency, "EUR");
		} else {
			assert_true(m.cents == -77);
			assert_string_equal(m.currency, "GBP");
		}
	}
}

static void test_currencies(void **state UNUSED)
{
	static const struct {
		const char *text, *expected;
	} table[] = {
		{ "EUR", "EUR" },
		{ "eur", "EUR" },
		{ " GBP ", "GBP" },
		{ "XPF", "XPF" },
		{ NULL, "" },
		{ "", "" },
		{ "EU", "" },
		{ "EURO", "" },
		{ "\xE2\x82\xAC", "" }, /* €, three bytes */
		{ "E1R", "" },
		{ "E R", "" },
		{ "@AB", "" },
		{ "AB{", "" },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		struct money m = MONEY_INIT;

		assert_true(money_parse(STR("1"), str_of(table[i].text), &m));
		assert_string_equal(m.currency, table[i].expected);
		assert_true(m.cents == 100);
	}
}

static void test_format(void **state UNUSED)
{
	static const struct {
		int64_t cents;
		const char *expected;
	} table[] = {
		{ 12000000, "120000.00" },
		{ 5, "0.05" },
		{ 0, "0.00" },
		{ -5, "-0.05" },
		{ INT64_MAX, "92233720368547758.07" },
		{ INT64_MIN + 1, "-92233720368547758.07" },
		{ MONEY_NONE, "" },
	};
	char out[MONEY_FORMAT_MAX];

	for (size_t i = 0; i < LENGTH(table); i++)
		assert_string_equal(money_format((struct money){ table[i].cents, "EUR" }, out),
			table[i].expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_amounts),
		cmocka_unit_test(test_currencies),
		cmocka_unit_test(test_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
