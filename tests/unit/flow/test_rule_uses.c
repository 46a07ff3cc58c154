/*
 * Which rules are dead or redundant, and what they cost: told from imprints of few notices, against every
 * rule tried on the text of every notice.
 */
#include "../store/fixture.h"

#include "base/buf.h"
#include "flow/backtest.h"

enum { NOTICES = 400, FIRST_DAY = 20000, WORDS = 40, RULES = 24 };

static uint64_t seed = 5;

static size_t below(size_t n)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (size_t)((seed >> 33) % n);
}

/* Some words are frequent, most are rare, the last ones never come: "mot-a0", "mot-a1" … */
static const char *word(size_t number, char text[16])
{
	snprintf(text, 16, "motte%c%c", 'a' + (char)(number / 6), 'b' + (char)(number % 6) * 3);
	return text;
}

static size_t some_word(void)
{
	size_t bound = 1 + below(WORDS - 4);

	return below(1 + below(bound));
}

static struct str text(struct arena *arena, size_t most)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(1 << 12);
	char one[16];

	for (size_t n = 1 + below(most); n > 0; n--)
		buf_addf(&out, "%s ", word(some_word(), one));
	return str_trim(arena_dup(arena, buf_str(&out)));
}

static void fill(struct fixture *f)
{
	assert_done(f, db_begin(f->db, &f->err));
	for (size_t i = 0; i < NOTICES; i++) {
		struct notice notice;

		notice_init(&notice);
		notice_set_id(&notice, &f->arena, STR("boamp"), arena_printf(&f->arena, "26-%zu", i));
		notice.version = 1;
		notice.kind = notice.stage = NOTICE_COMPETITION;
		notice.published = FIRST_DAY + (day_t)below(20);
		notice.title = text(&f->arena, 3);
		notice.description = text(&f->arena, 6);
		assert_outcome(f, store_notice_put(f->db, &notice, STR_NONE, NOW, &f->arena, &f->err),
			STORE_NEW);
	}
	assert_done(f, db_commit(f->db, &f->err));
}

/* Words, patterns, near, exceptions, rules that ask for others, in whatever order. */
static void make_rules(struct buf *out)
{
	char a[16], b[16];

	buf_addz(out, "field x \"X\" cap 12\n");
	for (size_t i = 0; i < RULES; i++) {
		buf_addf(out, "rule x.r%02zu \"R\"\n", i);
		switch (i % 6) {
		case 0: buf_addf(out, " any text %s\n", word(i, a)); break;
		case 1: buf_addf(out, " any title %s\n", word(i - 1, a)); break;
		case 2: buf_addf(out, " any text /\\b%.6s[a-z]+ %.5s/\n", word(i, a), word(i, b)); break;
		case 3: buf_addf(out, " any text near 3 %s with %s\n", word(below(6), a), word(i, b)); break;
		case 4: buf_addf(out, " any title, description %s\n not title %s\n", word(WORDS - i, a),
				word(below(6), b)); break;
		default: buf_addf(out, " any rule x.r%02zu\n need text %s\n", i - 2, word(below(4), a));
		}
		buf_addf(out, "weight x.r%02zu 5\n", i);
	}
}

/* The obvious way. */
struct obvious {
	struct bench *bench;
	bool fires[NOTICES][RULES]; /* in order of arrival */
	size_t n;
	bool ever[RULES];
	int64_t fired[RULES];    /* on the newest ones … */
	bool with[RULES][RULES]; /* … on which every time the first fired, so did the second */
};

static int try_obviously(void *data, const struct notice *notice, int64_t seq, struct error *err)
{
	struct obvious *o = data;
	bool *fires = o->fires[o->n++];

	(void)seq;
	for (size_t i = 0; i < RULES; i++) {
		int r = matcher_rule_fires(o->bench->matcher, i, notice, &fires[i], err);

		if (r != 0)
			return r;
		o->ever[i] |= fires[i];
	}
	return 0;
}

static void count_obviously(struct obvious *o, size_t newest)
{
	for (size_t n = newest < o->n ? o->n - newest : 0; n < o->n; n++) {
		for (size_t i = 0; i < RULES; i++) {
			if (!o->fires[n][i])
				continue;
			for (size_t j = 0; j < RULES; j++)
				o->with[i][j] = o->fires[n][j] && (o->fired[i] == 0 || o->with[i][j]);
			o->fired[i]++;
		}
	}
}

static size_t obvious_companion(const struct obvious *o, size_t rule)
{
	for (size_t j = 0; j < RULES && o->fired[rule] >= RULE_USE_FIRED_MIN; j++)
		if (j != rule && o->with[rule][j] && !(o->fired[j] == o->fired[rule] && j > rule))
			return j;
	return SIZE_MAX;
}

static void check(struct fixture *f, struct bench *bench, const struct backtest_options *options,
	int64_t counted, size_t *redundant)
{
	static struct obvious o;
	struct notice_filter filter;
	struct rule_uses uses;
	size_t dead = 0;

	o = (struct obvious){ .bench = bench };
	notice_filter_init(&filter);
	filter.since = options->since;
	filter.until = options->until;
	assert_done(f, store_notice_each(f->db, &filter, try_obviously, &o, &f->err));
	count_obviously(&o, (size_t)counted);
	assert_done(f, rule_uses(f->db, bench, options, NULL, &f->arena, &uses, &f->err));
	assert_int_equal(uses.n, RULES);
	assert_int_equal(uses.proved, uses.notices);
	assert_int_equal(uses.counted, counted < uses.notices ? counted : uses.notices);
	for (size_t i = 0; i < RULES; i++) {
		const struct rule_use *use = &uses.at[i];
		size_t with = obvious_companion(&o, i);

		assert_int_equal(use->dead, !o.ever[i]);
		assert_true(with == SIZE_MAX ? !str_given(use->with) : str_eq(use->with, uses.at[with].rule));
		assert_true(use->fired <= use->steps.tried || i % 6 == 5);
		assert_int_equal(use->fired, o.fired[i]);
		dead += use->dead;
		*redundant += with != SIZE_MAX;
	}
	assert_true(dead > 0 && dead < RULES);
}

static void test_uses(void **state)
{
	struct fixture *f = *state;
	CLEANUP(buf_done) struct buf rules = BUF_INIT(1 << 14);
	struct backtest_options options = { .since = FIRST_DAY, .until = FIRST_DAY + 30,
		.rules_proved = INT64_MAX };
	struct rule_source file = { STR("x.rules"), STR_NONE };
	struct bench bench;
	size_t redundant = 0;

	fill(f);
	make_rules(&rules);
	file.text = buf_str(&rules);
	assert_done(f, bench_open_files(f->db, &file, 1, 1, &bench, &f->err));
	for (int64_t counted = 0; counted <= 450; counted += 45) {
		options.rules_counted = counted;
		check(f, &bench, &options, counted, &redundant);
	}
	assert_true(redundant > 10);
	options.since = FIRST_DAY + 7;
	options.rules_counted = 30;
	check(f, &bench, &options, 30, &redundant);
	bench_done(&bench);
}

/* Steps, counted by hand: of notices "a b c …" with one rule each. */
static void test_steps(void **state)
{
	static const char rules[] = "field x \"X\"\n"
				    "rule x.near \"N\"\n any text near 2 pompe with eau\nweight x.near 5\n"
				    "rule x.pattern \"P\"\n any title /pompe.{0,9}(?=eau|air)/\nweight x.pattern 5\n"
				    "rule x.word \"W\"\n any title pompe\nweight x.word 5\n";
	static const char *const titles[] = { "Pompe à eau", "Pompe à feu", "Eau de pluie", "Pompe" };
	struct fixture *f = *state;
	struct backtest_options options = { .since = FIRST_DAY, .until = FIRST_DAY, .rules_counted = 9 };
	struct rule_source file = { STR("x.rules"), str_of(rules) };
	struct rule_uses uses;
	struct bench bench;

	assert_done(f, db_begin(f->db, &f->err));
	for (size_t i = 0; i < LENGTH(titles); i++) {
		struct notice notice;

		notice_init(&notice);
		notice_set_id(&notice, &f->arena, STR("boamp"), arena_printf(&f->arena, "26-%zu", i));
		notice.version = 1;
		notice.kind = notice.stage = NOTICE_COMPETITION;
		notice.published = FIRST_DAY;
		notice.title = str_of(titles[i]);
		notice.description = STR("Une pompe.");
		assert_outcome(f, store_notice_put(f->db, &notice, STR_NONE, NOW, &f->arena, &f->err),
			STORE_NEW);
	}
	assert_done(f, db_commit(f->db, &f->err));
	assert_done(f, bench_open_files(f->db, &file, 1, 1, &bench, &f->err));
	assert_done(f, rule_uses(f->db, &bench, &options, NULL, &f->arena, &uses, &f->err));
	assert_int_equal(uses.counted, 4);
	/* near: the pump stands in three titles and four descriptions */
	assert_int_equal(uses.at[0].steps.tried, 4);
	assert_int_equal(uses.at[0].steps.again, 7);
	assert_int_equal(uses.at[0].fired, 1);
	/* the pattern is given the titles with a pump, whatever it looks ahead to */
	assert_int_equal(uses.at[1].steps.patterns, 3);
	assert_int_equal(uses.at[1].fired, 1);
	assert_int_equal(uses.at[2].steps.tried, 3);
	assert_int_equal(uses.at[2].steps.patterns + uses.at[2].steps.again, 0);
	assert_int_equal(uses.at[2].fired, 3);
	bench_done(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_uses, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_steps, fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
