#include "fixture.h"
#include "store/judgment.h"
#include "store/profile.h"

static void pair(struct fixture *f)
{
	struct notice n = simple_notice(f, "boamp", "26-1");
	struct profile p;

	profile_init(&p);
	p.id = p.name = STR("eau");
	assert_outcome(f, put(f, &n), STORE_NEW);
	begin(f);
	assert_outcome(f, store_profile_put(f->db, &p, NOW, &f->err), STORE_NEW);
	commit(f);
}

static struct judgment judgment(int grade, enum judgment_reason reason, enum judgment_origin origin)
{
	return (struct judgment){ .profile = STR("eau"), .notice = STR("boamp:26-1"), .grade = grade,
		.reason = reason, .origin = origin, .judged = NOW };
}

static int say(struct fixture *f, struct judgment j)
{
	int r;

	begin(f);
	r = store_judgment_put(f->db, &j, &f->err);
	if (r >= 0)
		commit(f);
	else
		db_rollback(f->db);
	return r;
}

static size_t list(struct fixture *f, struct judgment_filter filter, struct judgment **ret)
{
	size_t n;

	assert_done(f, store_judgment_list(f->db, &filter, &f->arena, ret, &n, &f->err));
	return n;
}

static void test_the_last_word_counts(void **state)
{
	struct fixture *f = *state;
	struct judgment j = judgment(0, JUDGMENT_OTHER_MEANING, JUDGMENT_READER), *rows;

	pair(f);
	j.note = STR("pas notre plateforme");
	assert_outcome(f, say(f, j), STORE_NEW);
	assert_outcome(f, say(f, j), STORE_UNCHANGED);
	assert_int_equal(list(f, (struct judgment_filter){ 0 }, &rows), 1);
	assert_int_equal(rows[0].grade, 0);
	assert_int_equal(rows[0].reason, JUDGMENT_OTHER_MEANING);
	assert_int_equal(rows[0].origin, JUDGMENT_READER);
	assert_text(rows[0].note, "pas notre plateforme");
	assert_int_equal(rows[0].judged, NOW);
	assert_outcome(f, say(f, judgment(2, JUDGMENT_NO_REASON, JUDGMENT_READER)), STORE_UPDATED);
	assert_int_equal(list(f, (struct judgment_filter){ STR("eau"), STR("boamp:26-1"), false }, &rows), 1);
	assert_int_equal(rows[0].grade, 2);
	assert_false(str_given(rows[0].note));
	assert_int_equal(list(f, (struct judgment_filter){ STR("air"), STR_NONE, false }, &rows), 0);
}

static void test_a_golden_one_is_the_administrators(void **state)
{
	struct fixture *f = *state;
	struct judgment golden = judgment(2, JUDGMENT_NO_REASON, JUDGMENT_ADMINISTRATOR), *rows;

	pair(f);
	golden.golden = true;
	assert_outcome(f, say(f, golden), STORE_NEW);
	assert_outcome(f, say(f, judgment(0, JUDGMENT_PLACE, JUDGMENT_READER)), STORE_UNCHANGED);
	assert_int_equal(list(f, (struct judgment_filter){ .golden = true }, &rows), 1);
	assert_outcome(f, say(f, judgment(0, JUDGMENT_PLACE, JUDGMENT_ADMINISTRATOR)), STORE_UPDATED);
	assert_int_equal(list(f, (struct judgment_filter){ .golden = true }, &rows), 0);
}

static void test_what_is_refused(void **state)
{
	struct fixture *f = *state;
	char note[JUDGMENT_NOTE_MAX + 1];
	struct judgment j = judgment(3, JUDGMENT_NO_REASON, JUDGMENT_READER);

	pair(f);
	assert_int_equal(say(f, j), -ERROR_INPUT);
	j.grade = -1;
	assert_int_equal(say(f, j), -ERROR_INPUT);
	memset(note, 'x', sizeof(note));
	j.grade = 1;
	j.note = str_n(note, sizeof(note));
	assert_int_equal(say(f, j), -ERROR_INPUT);
	j.note.len--;
	assert_outcome(f, say(f, j), STORE_NEW);
	j.profile = STR("air");
	assert_outcome(f, say(f, j), STORE_NONE);
	j.profile = STR("eau");
	j.notice = STR("boamp:26-2");
	assert_outcome(f, say(f, j), STORE_NONE);
}

static void test_it_goes_with_the_profile_or_alone(void **state)
{
	struct fixture *f = *state;
	struct judgment *rows;

	pair(f);
	assert_outcome(f, say(f, judgment(1, JUDGMENT_ADJACENT, JUDGMENT_AUDIT)), STORE_NEW);
	begin(f);
	assert_done(f, store_judgment_delete(f->db, STR("eau"), STR("boamp:26-1"), &f->err));
	assert_outcome(f, store_judgment_delete(f->db, STR("eau"), STR("boamp:26-1"), &f->err), STORE_NONE);
	commit(f);
	assert_outcome(f, say(f, judgment(1, JUDGMENT_ADJACENT, JUDGMENT_AUDIT)), STORE_NEW);
	begin(f);
	assert_done(f, store_profile_delete(f->db, STR("eau"), &f->err));
	commit(f);
	assert_int_equal(list(f, (struct judgment_filter){ 0 }, &rows), 0);
}

static void test_words_of_reasons(void **state)
{
	(void)state;
	for (int i = 0; i < JUDGMENT_REASONS; i++) {
		enum judgment_reason back;
		struct judgment j = { .grade = 0, .reason = (enum judgment_reason)i };

		assert_true(judgment_reason_parse(str_of(judgment_reason_name(j.reason)), &back));
		assert_int_equal(back, i);
		assert_true(judgment_reason_label(j.reason, false).len > 0);
		assert_true(judgment_reason_label(j.reason, true).len > 0);
		assert_int_equal(judgment_on_subject(&j), i <= JUDGMENT_ADJACENT);
		j.grade = 2;
		assert_true(judgment_on_subject(&j));
	}
	assert_false(judgment_reason_parse(STR("because"), &(enum judgment_reason){ 0 }));
	assert_false(judgment_origin_parse(STR("nobody"), &(enum judgment_origin){ 0 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_the_last_word_counts),
		STORE_TEST(test_a_golden_one_is_the_administrators),
		STORE_TEST(test_what_is_refused),
		STORE_TEST(test_it_goes_with_the_profile_or_alone),
		cmocka_unit_test(test_words_of_reasons),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
