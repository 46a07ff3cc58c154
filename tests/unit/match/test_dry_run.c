/* New patterns on notices: which are tried, what is counted, and what is refused with its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "match/dry_run.h"

static const char known_text[] = "field x \"X\"\n"
				 "rule x.old \"O\"\n any text /pomp\\w+/ /\\bSOC\\b/C\nweight x.old 2\n";
/* cheap enough on any 4 KiB, dear on a notice of many such texts */
#define DEAR "a[a-z ]{1,90}e[a-z ]{1,60}[xz]y"
static const char draft_text[] = "field x \"X\"\n"
				 "rule x.old \"O\"\n any text /pomp\\w+/ /\\bSOC\\b/C\nweight x.old 2\n"
				 "rule x.new \"N\"\n any text /\\bSOC\\b/ eau\n not title /eau .{0,9}vive/\n"
				 " any text near 2 eau with /eau .{0,9}vive/ /tuyaux?/ unless near 2 /vann\\w+/\n"
				 " any text /" DEAR "/\n"
				 "weight x.new 2\n";

static struct rules *parse(const char *text, struct arena *arena)
{
	struct rule_source file = { STR("a.rules"), str_of(text) };
	struct error err = ERROR_INIT;
	struct rule_problem *problems;
	struct rules *rules;
	size_t n;

	if (rules_parse(&file, 1, arena, &problems, &n, &rules, &err) < 0)
		fail_msg("%s", err.text);
	return rules;
}

static struct notice notice_of(const char *id, const char *title)
{
	struct notice notice;

	notice_init(&notice);
	notice.id = str_of(id);
	notice.title = str_of(title);
	return notice;
}

static const struct dry_pattern *find(const struct dry_run *run, const char *pattern, bool raw)
{
	size_t n;
	const struct dry_pattern *patterns = dry_run_patterns(run, &n);

	for (size_t i = 0; i < n; i++)
		if (str_eqz(patterns[i].term->text, pattern) && patterns[i].term->raw == raw)
			return &patterns[i];
	return NULL;
}

static void test_which(void **state)
{
	struct arena arena = ARENA_INIT;
	struct rules *known = parse(known_text, &arena), *draft = parse(draft_text, &arena);
	struct dry_run *run = dry_run_new(draft, known);
	size_t n;

	(void)state;
	dry_run_patterns(run, &n);
	assert_int_equal(n, 5);
	assert_null(find(run, "pomp\\w+", false));
	assert_null(find(run, "\\bSOC\\b", true)); /* the other one is folded */
	assert_non_null(find(run, "\\bSOC\\b", false));
	assert_non_null(find(run, "tuyaux?", false));
	assert_non_null(find(run, "vann\\w+", false));
	dry_run_free(run);
	run = dry_run_new(draft, NULL);
	dry_run_patterns(run, &n);
	assert_int_equal(n, 7);
	dry_run_free(run);
	run = dry_run_new(draft, draft);
	dry_run_patterns(run, &n);
	assert_int_equal(n, 0);
	dry_run_free(run);
	rules_free(known);
	rules_free(draft);
	arena_done(&arena);
}

static void test_found(void **state)
{
	struct arena arena = ARENA_INIT;
	struct rules *draft = parse(draft_text, &arena);
	struct dry_run *run = dry_run_new(draft, NULL);
	struct notice pump = notice_of("a:1", "Pompes à eau : Eau très vive"), soc = notice_of("a:2", "soc");
	struct error err = ERROR_INIT;
	struct rule_problem *problems;
	size_t n;

	(void)state;
	pump.description = STR("Une pompe, un tuyau. SOC.");
	soc.lots = &(struct lot){ .title = STR("Tuyaux") };
	soc.n_lots = 1;
	assert_true(dry_run_notice(run, &pump));
	assert_true(dry_run_notice(run, &soc));
	assert_int_equal(dry_run_notices(run), 2);
	assert_int_equal(find(run, "pomp\\w+", false)->found, 1);
	assert_int_equal(find(run, "\\bSOC\\b", true)->found, 1);
	assert_int_equal(find(run, "\\bSOC\\b", false)->found, 2);
	assert_int_equal(find(run, "eau .{0,9}vive", false)->found, 1);
	assert_int_equal(find(run, "tuyaux?", false)->found, 2);
	assert_int_equal(find(run, "vann\\w+", false)->found, 0);
	assert_int_equal(dry_run_judge(run, &arena, &problems, &n, &err), 0);
	dry_run_free(run);
	rules_free(draft);
	arena_done(&arena);
}

static void test_dear(void **state)
{
	struct arena arena = ARENA_INIT;
	CLEANUP(buf_done) struct buf text = BUF_INIT(64 << 10);
	struct rules *draft = parse(draft_text, &arena);
	struct dry_run *run = dry_run_new(draft, NULL);
	struct notice notice = notice_of("a:9", "Tuyau");
	struct error err = ERROR_INIT;
	struct rule_problem *problems;
	struct lot lots[12];
	size_t n;

	(void)state;
	buf_addz(&text, "xy ");
	while (text.len < (60 << 10))
		buf_addz(&text, "aeae eaya ");
	for (size_t i = 0; i < LENGTH(lots); i++)
		lots[i] = (struct lot){ .description = buf_str(&text) };
	notice.lots = lots;
	notice.n_lots = LENGTH(lots);
	assert_true(dry_run_notice(run, &notice)); /* the others are left */
	assert_int_equal(dry_run_judge(run, &arena, &problems, &n, &err), -ERROR_INPUT);
	assert_int_equal(n, 1);
	assert_int_equal(problems[0].line, 9);
	assert_int_equal(problems[0].column, 11);
	assert_true(str_eqz(problems[0].source, " any text /" DEAR "/"));
	assert_true(str_find(problems[0].text, STR("too dear: tried on 1 stored notices")) != SIZE_MAX);
	assert_true(str_find(problems[0].text, STR("a:9")) != SIZE_MAX);
	/* it is not tried again */
	notice.n_lots = 0;
	notice.description = STR("a aa e xy");
	assert_true(dry_run_notice(run, &notice));
	assert_int_equal(find(run, DEAR, false)->found, 0);
	assert_int_equal(find(run, "tuyaux?", false)->found, 2);
	dry_run_free(run);
	rules_free(draft);
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_which),
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_dear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
