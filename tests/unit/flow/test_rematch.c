/*
 * What rematch finds in a database against matcher_run() over every notice, one by one: the same
 * notices, the same receipts.
 */
#include "../store/fixture.h"
#include "../../../src/match/compiled.h"

#include "base/buf.h"
#include "flow/rematch.h"

enum { NOTICES = 300, FIRST_DAY = 20000, DAYS = 30 };

static uint64_t seed = 11;

static size_t below(size_t n)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (size_t)((seed >> 33) % n);
}

static const char *const words[] = { "capteurs", "de", "l’eau", "irrigation", "Irrigations", "SOC", "soc",
	"sécurité", "supervision", "marché", "travaux", "voirie", "école", "œuvre", "½", "logiciel",
	"logiciels", "plateforme", "des", "goutte-à-goutte", "audit", "2026", "eaux", "usées", "réseau" };
static const char *const codes[] = { "72212730", "72000000", "48730000", "45232120", "44613000" };

static const char rule_text[] =
	"stop de la des et d l\n"
	"rarity 3 logiciel plateforme\n"
	"field eau \"Eau\" cap 12\n"
	"field cyber \"Cyber\" cap 12\n"
	"rule eau.mesure \"M\"\n any title, text, lots \"capteurs eau\" /irrig\\w+/\n cpv 45232\n"
	"weight eau.mesure 9\n"
	"rule eau.usee \"U\"\n any text \"eaux usées\" /eaux? (?:usees|de)/\n not title travaux\n"
	"weight eau.usee 8\n"
	"rule cyber.soc \"S\"\n any title, lots /\\bSOC\\b/C \"supervision sécurité\"\n"
	"weight cyber.soc 10\n";
static const char changed_text[] =
	"stop de la des et d l\n"
	"rarity 3 logiciel plateforme\n"
	"field eau \"Eau\" cap 12\n"
	"field cyber \"Cyber\" cap 12\n"
	"rule eau.mesure \"M\"\n any title, text, lots \"capteurs eau\" /irrig\\w+/\n cpv 45232\n"
	"weight eau.mesure 9\n"
	"rule eau.usee \"U\"\n any text, lots \"eaux usées\" \"réseau eau\"\n"
	"weight eau.usee 9\n"
	"rule cyber.soc \"S\"\n any title, lots /\\bSOC\\b/C \"supervision sécurité\"\n"
	"weight cyber.soc 10\n";

static struct str text(struct arena *arena, size_t most)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(1 << 14);

	for (size_t n = 1 + below(most); n > 0; n--)
		buf_addf(&out, "%s%s", words[below(LENGTH(words))], below(9) == 0 ? ". " : " ");
	return str_trim(arena_dup(arena, buf_str(&out)));
}

static struct notice make_notice(struct arena *arena, size_t number)
{
	struct notice notice;

	notice_init(&notice);
	notice_set_id(&notice, arena, STR("boamp"), arena_printf(arena, "26-%zu", number));
	notice.version = 1;
	notice.kind = notice.stage = below(10) == 0 ? NOTICE_RESULT : NOTICE_COMPETITION;
	notice.nature = (enum notice_nature)below(NATURES);
	notice.published = FIRST_DAY + (day_t)below(DAYS);
	if (below(2) == 0) {
		notice.deadline.at = ((int64_t)notice.published + (int64_t)below(20) - 4) * DAY;
		notice.deadline.certainty = DEADLINE_STATED;
	}
	notice.title = text(arena, 6);
	notice.description = text(arena, 20);
	notice.criteria = text(arena, 3);
	notice.buyer.name = text(arena, 2);
	notice.buyer.department = below(2) == 0 ? STR("48") : STR("75");
	codes_add(&notice.subjects, arena, text(arena, 2));
	codes_add(&notice.subjects, arena, text(arena, 2));
	codes_add(&notice.cpv, arena, str_of(codes[below(LENGTH(codes))]));
	notice.n_lots = below(12) == 0 ? 16 + below(4) : below(3); /* more than there are bits for, too */
	notice.lots = arena_array(arena, struct lot, notice.n_lots);
	for (size_t i = 0; i < notice.n_lots; i++) {
		lot_init(&notice.lots[i]);
		notice.lots[i].id = arena_printf(arena, "LOT-%04zu", i + 1);
		notice.lots[i].title = text(arena, 4);
		notice.lots[i].description = text(arena, 9);
		notice.lots[i].nature = (enum notice_nature)below(NATURES);
		codes_add(&notice.lots[i].cpv, arena, str_of(codes[below(LENGTH(codes))]));
		codes_add(&notice.cpv, arena, notice.lots[i].cpv.at[0]);
	}
	return notice;
}

static void fill(struct fixture *f)
{
	assert_done(f, db_begin(f->db, &f->err));
	for (size_t i = 0; i < NOTICES; i++) {
		struct notice notice = make_notice(&f->arena, i);

		assert_outcome(f, store_notice_put(f->db, &notice, STR_NONE, NOW, &f->arena, &f->err),
			STORE_NEW);
	}
	assert_done(f, db_commit(f->db, &f->err));
}

static struct rules *parse(struct fixture *f, const char *rules)
{
	struct rule_source file = { STR("a.rules"), str_of(rules) };
	struct rule_problem *problems;
	struct rules *ret;
	size_t n;

	assert_done(f, rules_parse(&file, 1, &f->arena, &problems, &n, &ret, &f->err));
	return ret;
}

enum { PROFILES = 3 };

static void make_profiles(struct arena *arena, struct profile profiles[PROFILES],
	const struct profile *list[PROFILES])
{
	static const char *const ids[] = { "arroseur", "gardien", "relieur" };

	for (size_t i = 0; i < PROFILES; i++) {
		profile_init(&profiles[i]);
		profiles[i].id = str_of(ids[i]);
		list[i] = &profiles[i];
	}
	profiles[0].description = STR("Capteurs pour l'irrigation et les réseaux d'eau.");
	codes_add(&profiles[0].keywords, arena, STR("goutte à goutte"));
	codes_add(&profiles[0].places, arena, STR("48"));
	codes_add(&profiles[1].fields, arena, STR("cyber"));
	codes_add(&profiles[1].exclude, arena, STR("voirie"));
	codes_add(&profiles[1].cpv, arena, STR("72212"));
	codes_add(&profiles[2].keywords, arena, STR("école"));
	codes_add(&profiles[2].keywords, arena, STR("œuvre"));
	profiles[2].natures[NATURE_SERVICES] = true;
}

/* Everything found, as one text. */
struct told {
	struct buf out;
	size_t n;
};

static void tell(struct told *told, const struct receipts *receipts)
{
	for (size_t i = 0; i < receipts->n; i++) {
		const struct receipt *r = &receipts->at[i];

		buf_addf(&told->out, "%.*s %.*s v%d lot %.*s %d/%d\n", STR_ARG(r->profile),
			STR_ARG(r->notice), r->notice_version, STR_ARG(r->lot), r->score, r->threshold);
		for (size_t j = 0; j < r->n_reasons; j++)
			buf_addf(&told->out, " %.*s %d %.*s %u-%u [%.*s]\n",
				STR_ARG(r->reasons[j].rule), r->reasons[j].points,
				STR_ARG(r->reasons[j].field), r->reasons[j].start, r->reasons[j].end,
				STR_ARG(r->reasons[j].text));
	}
	told->n += receipts->n;
}

static int tell_found(void *data, const struct rematch_found *found, const struct receipts *receipts,
	struct error *err)
{
	(void)err;
	assert_true(found->seq > 0);
	assert_true(str_eq(found->notice->id, receipts->at[0].notice));
	tell(data, receipts);
	return 0;
}

static int tell_change(void *data, const struct rematch_found *found, const struct receipts *before,
	const struct receipts *after, struct error *err)
{
	struct told *told = data;

	(void)err;
	buf_addf(&told->out, "%.*s\nbefore\n", STR_ARG(found->notice->id));
	tell(told, before);
	buf_addz(&told->out, "after\n");
	tell(told, after);
	return 0;
}

/* Those that the other side has not, or not so. */
static struct receipts only_here(const struct receipts *here, const struct receipts *there, struct arena *arena)
{
	struct receipts ret = { arena_array(arena, struct receipt, here->n), 0 };

	for (size_t i = 0; i < here->n; i++) {
		bool same = false;

		for (size_t j = 0; j < there->n && !same; j++)
			same = str_eq(here->at[i].profile, there->at[j].profile) &&
			       receipt_same(&here->at[i], &there->at[j]);
		if (!same)
			ret.at[ret.n++] = here->at[i];
	}
	return ret;
}

/* The slow and obvious way. */
struct obvious {
	struct told *told;
	struct matcher *matchers[2];
	const struct rematch_options *options;
};

static int match_obviously(void *data, const struct notice *notice, int64_t seq, struct error *err)
{
	struct obvious *o = data;
	struct arena arena = ARENA_INIT;
	struct civil day = day_to_civil(notice->published);
	struct match_options options = { .now = paris_to_utc(&day), .no_gates = o->options->no_gates };
	struct receipts receipts[2] = { { NULL, 0 }, { NULL, 0 } };

	(void)seq;
	if (o->options->since != DAY_NONE && notice->published < o->options->since)
		return 0;
	if (o->options->now != TIME_NONE)
		options.now = o->options->now;
	for (int i = 0; i < 2 && o->matchers[i] != NULL; i++)
		assert_int_equal(matcher_run(o->matchers[i], notice, &options, &arena, &receipts[i], err), 0);
	if (o->matchers[1] == NULL) {
		tell(o->told, &receipts[0]);
	} else {
		struct rematch_found found = { notice, seq };
		struct receipts before = only_here(&receipts[0], &receipts[1], &arena);
		struct receipts after = only_here(&receipts[1], &receipts[0], &arena);

		if (before.n + after.n > 0)
			tell_change(o->told, &found, &before, &after, err);
	}
	arena_done(&arena);
	return 0;
}

static void run_obviously(struct fixture *f, struct obvious *obvious)
{
	struct notice_filter filter;

	notice_filter_init(&filter);
	assert_done(f, store_notice_each(f->db, &filter, match_obviously, obvious, &f->err));
}

static void compare_texts(struct told *got, struct told *wanted)
{
	if (!str_eq(buf_str(&got->out), buf_str(&wanted->out)))
		fail_msg("got\n%.*swanted\n%.*s", STR_ARG(buf_str(&got->out)),
			STR_ARG(buf_str(&wanted->out)));
	buf_done(&got->out);
	buf_done(&wanted->out);
}

static const struct rematch_options cases[] = {
	{ DAY_NONE, DAY_NONE, TIME_NONE, .texts = true },
	{ FIRST_DAY + 10, DAY_NONE, TIME_NONE, .texts = true },
	{ DAY_NONE, DAY_NONE, TIME_NONE, .texts = true, .no_gates = true },
	{ DAY_NONE, DAY_NONE, (int64_t)(FIRST_DAY + 12) * DAY, .texts = true },
	{ DAY_NONE, DAY_NONE, TIME_NONE, .texts = true, .whole = true },
};

static void test_run(void **state)
{
	struct fixture *f = *state;
	struct rules *rules = parse(f, rule_text);
	struct profile profiles[PROFILES];
	const struct profile *list[PROFILES];
	struct rematch_count count;

	make_profiles(&f->arena, profiles, list);
	fill(f);
	for (size_t n = 1; n <= PROFILES; n++) {
		struct matcher *matcher;

		assert_done(f, matcher_new(rules, 7, list + PROFILES - n, n, &matcher, &f->err));
		for (size_t i = 0; i < LENGTH(cases); i++) {
			struct told got = { BUF_INIT(1 << 24), 0 }, wanted = { BUF_INIT(1 << 24), 0 };
			struct obvious obvious = { &wanted, { matcher, NULL }, &cases[i] };

			run_obviously(f, &obvious);
			assert_done(f, rematch_run(f->db, matcher, &cases[i], tell_found, &got, NULL,
					       &count, &f->err));
			assert_int_equal(count.matches, wanted.n);
			assert_true(wanted.n > 0 && count.looked_at <= count.notices);
			assert_true(cases[i].since != DAY_NONE || count.notices == NOTICES);
			compare_texts(&got, &wanted);
		}
		matcher_free(matcher);
	}
	rules_free(rules);
}

static void test_compare(void **state)
{
	struct fixture *f = *state;
	struct rules *rules[] = { parse(f, rule_text), parse(f, changed_text) };
	struct profile profiles[PROFILES], others[PROFILES];
	const struct profile *list[PROFILES], *other[PROFILES];
	struct matcher *before, *after[3];
	struct rematch_count count;

	make_profiles(&f->arena, profiles, list);
	make_profiles(&f->arena, others, other);
	codes_add(&others[2].keywords, &f->arena, STR("plateforme d'audit"));
	fill(f);
	assert_done(f, matcher_new(rules[0], 7, list, PROFILES, &before, &f->err));
	assert_done(f, matcher_new(rules[1], 8, list, PROFILES, &after[0], &f->err));
	assert_done(f, matcher_new(rules[0], 7, other, PROFILES, &after[1], &f->err));
	assert_done(f, matcher_new(rules[1], 8, other, PROFILES, &after[2], &f->err));
	for (size_t i = 0; i < LENGTH(after) * LENGTH(cases); i++) {
		const struct rematch_options *options = &cases[i % LENGTH(cases)];
		struct told got = { BUF_INIT(1 << 24), 0 }, wanted = { BUF_INIT(1 << 24), 0 };
		struct obvious obvious = { &wanted, { before, after[i / LENGTH(cases)] }, options };

		run_obviously(f, &obvious);
		assert_true(wanted.n > 0);
		assert_done(f, rematch_compare(f->db, before, after[i / LENGTH(cases)], options,
				       tell_change, &got, NULL, &count, &f->err));
		compare_texts(&got, &wanted);
	}
	for (size_t i = 0; i < LENGTH(after); i++)
		matcher_free(after[i]);
	matcher_free(before);
	rules_free(rules[0]);
	rules_free(rules[1]);
}

/* Rules that ask for others, of which some change, come or go; texts that are read again. */
static const char *const asking_texts[] = {
	"stop de la des et d l\n"
	"field eau \"Eau\" cap 12\n"
	"field cyber \"Cyber\" cap 12\n"
	"rule eau.mot \"M\"\n any title, text, lots eau\nweight eau.mot 4\n"
	"rule eau.reseau \"R\"\n any text, lots near 3 réseau with eau\nweight eau.reseau 7\n"
	"rule eau.tout \"T\"\n any rule eau.mot, eau.vieux\n need text, lots irrigation capteurs\nweight eau.tout 5\n"
	"rule eau.tout-encore \"E\"\n any rule eau.tout\n not rule cyber.soc\nweight eau.tout-encore 6\n"
	"rule eau.vieux \"V\"\n any title \"eaux usées\"\nweight eau.vieux 3\n"
	"rule cyber.audit \"A\"\n any rule cyber.soc\n need text, title audit\nweight cyber.audit 8\n"
	"rule cyber.soc \"S\"\n any title, lots, text /\\bSOC\\b/C \"supervision sécurité\"\nweight cyber.soc 9\n",
	"stop de la des et d l\n"
	"field eau \"Eau\" cap 12\n"
	"field cyber \"Cyber\" cap 12\n"
	"rule eau.mot \"M\"\n any title, text, lots eau voirie\nweight eau.mot 4\n"
	"rule eau.neuf \"N\"\n any title, text goutte-à-goutte\nweight eau.neuf 9\n"
	"rule eau.reseau \"R\"\n any text, lots near 9 réseau with eau\nweight eau.reseau 7\n"
	"rule eau.tout \"T\"\n any rule eau.mot, eau.neuf\n need text, lots irrigation capteurs\nweight eau.tout 5\n"
	"rule eau.tout-encore \"E\"\n any rule eau.tout\n not rule cyber.soc\nweight eau.tout-encore 6\n"
	"rule cyber.audit \"A\"\n any rule cyber.soc\n need text, title audit\nweight cyber.audit 8\n"
	"rule cyber.soc \"S\"\n any title, lots, text /\\bSOC\\b/C \"supervision sécurité\"\nweight cyber.soc 9\n",
};

/* Both ways; the last time with a rule that was suspended. */
static void test_compare_asking(void **state)
{
	struct fixture *f = *state;
	struct rules *rules[] = { parse(f, asking_texts[0]), parse(f, asking_texts[1]) };
	struct profile profiles[PROFILES];
	const struct profile *list[PROFILES];
	struct matcher *matchers[2];
	struct rematch_count count;

	make_profiles(&f->arena, profiles, list);
	fill(f);
	for (int i = 0; i < 2; i++)
		assert_done(f, matcher_new(rules[i], 7 + i, list, PROFILES, &matchers[i], &f->err));
	for (size_t i = 0; i < 3 * LENGTH(cases); i++) {
		struct matcher *before = matchers[i % 2], *after = matchers[(i + 1) % 2];
		struct told got = { BUF_INIT(1 << 24), 0 }, wanted = { BUF_INIT(1 << 24), 0 };
		struct obvious obvious = { &wanted, { before, after }, &cases[i % LENGTH(cases)] };

		for (int side = 0; side < 2 && i == 2 * LENGTH(cases); side++)
			matchers[side]->suspended[rules_find(rules[side], STR("cyber.soc")) - rules[side]->rules] = true;
		run_obviously(f, &obvious);
		assert_true(wanted.n > 0);
		assert_done(f, rematch_compare(f->db, before, after, obvious.options, tell_change, &got, NULL,
				       &count, &f->err));
		compare_texts(&got, &wanted);
	}
	for (int i = 0; i < 2; i++) {
		matcher_free(matchers[i]);
		rules_free(rules[i]);
	}
}

static int stop_at_third(void *data, const struct rematch_found *found,
	const struct receipts *receipts, struct error *err)
{
	int *n = data;

	(void)found;
	(void)receipts;
	(void)err;
	return ++*n == 3 ? 5 : 0;
}

static void test_stop(void **state)
{
	struct fixture *f = *state;
	struct rules *rules = parse(f, rule_text);
	struct profile profiles[PROFILES];
	const struct profile *list[PROFILES];
	struct rematch_options options;
	struct rematch_count count;
	struct matcher *matcher;
	int n = 0;

	make_profiles(&f->arena, profiles, list);
	fill(f);
	rematch_options_init(&options);
	assert_done(f, matcher_new(rules, 7, list, PROFILES, &matcher, &f->err));
	assert_outcome(f, rematch_run(f->db, matcher, &options, stop_at_third, &n, NULL, &count, &f->err), 5);
	assert_int_equal(n, 3);
	matcher_free(matcher);
	rules_free(rules);
}

/* A notice that changed after its imprint was made, one that came after, and a connection that only reads. */
static void test_what_came_since(void **state)
{
	struct fixture *f = *state;
	struct rules *rules = parse(f, rule_text);
	struct profile profiles[PROFILES];
	const struct profile *list[PROFILES];
	struct rematch_count count;
	struct matcher *matcher;

	make_profiles(&f->arena, profiles, list);
	fill(f);
	assert_done(f, matcher_new(rules, 7, list, PROFILES, &matcher, &f->err));
	for (int round = 0; round < 3; round++) {
		struct told got = { BUF_INIT(1 << 24), 0 }, wanted = { BUF_INIT(1 << 24), 0 };
		struct obvious obvious = { &wanted, { matcher, NULL }, &cases[0] };
		struct notice notice = make_notice(&f->arena, round == 0 ? 40 : NOTICES + (size_t)round);

		notice.title = STR("Irrigation et capteurs d’eau, école, œuvre");
		notice.kind = notice.stage = NOTICE_COMPETITION;
		notice.version = 2;
		if (round > 0) {
			begin(f);
			assert_true(store_notice_put(f->db, &notice, STR_NONE, NOW, &f->arena, &f->err) > 0);
			commit(f);
		}
		if (round == 2) { /* nothing can be prepared now */
			db_close(f->db);
			assert_done(f, store_open(f->path, DB_READ, &f->db, &f->err));
		}
		run_obviously(f, &obvious);
		assert_done(f, rematch_run(f->db, matcher, &cases[0], tell_found, &got, NULL, &count, &f->err));
		compare_texts(&got, &wanted);
		if (round == 0) {
			begin(f);
			assert_outcome(f, store_notice_put(f->db, &notice, STR_NONE, NOW, &f->arena, &f->err),
				STORE_UPDATED);
			commit(f);
		}
	}
	matcher_free(matcher);
	rules_free(rules);
}

/* Scores, points and places are the same without the texts. */
struct points {
	uint64_t sum; /* wraps */
	size_t n;
};

static int add_points(void *data, const struct rematch_found *found, const struct receipts *receipts,
	struct error *err)
{
	struct points *points = data;

	(void)found;
	(void)err;
	for (size_t i = 0; i < receipts->n; i++) {
		const struct receipt *r = &receipts->at[i];

		points->sum = points->sum * 31 + (uint64_t)r->score;
		for (size_t j = 0; j < r->n_reasons; j++)
			points->sum = points->sum * 31 + (uint64_t)r->reasons[j].points +
				      (uint64_t)r->reasons[j].start * 7 + (uint64_t)r->reasons[j].end * 11;
		points->n += r->n_reasons;
	}
	return 0;
}

static void test_without_texts(void **state)
{
	struct fixture *f = *state;
	struct rules *rules = parse(f, rule_text);
	struct profile profiles[PROFILES];
	const struct profile *list[PROFILES];
	struct rematch_options options;
	struct points points[2] = { { 0, 0 }, { 0, 0 } };
	struct rematch_count count;
	struct matcher *matcher;

	make_profiles(&f->arena, profiles, list);
	fill(f);
	rematch_options_init(&options);
	assert_done(f, matcher_new(rules, 7, list, PROFILES, &matcher, &f->err));
	for (int texts = 0; texts < 2; texts++) {
		options.texts = texts == 1;
		assert_done(f, rematch_run(f->db, matcher, &options, add_points, &points[texts], NULL,
				       &count, &f->err));
	}
	assert_true(points[0].n > 0);
	assert_int_equal(points[0].n, points[1].n);
	assert_int_equal(points[0].sum, points[1].sum);
	matcher_free(matcher);
	rules_free(rules);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_run, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_compare_asking, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_compare, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_stop, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_what_came_since, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_without_texts, fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
