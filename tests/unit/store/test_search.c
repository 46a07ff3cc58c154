#include "fixture.h"
#include "store/match.h"

struct list {
	struct fixture *f;
	struct str ids; /* "a b c" */
	int64_t last_seq;
	int stop_after;
};

static int collect(void *data, const struct notice *notice, int64_t seq, struct error *err)
{
	struct list *list = data;

	(void)err;
	list->ids = arena_printf(&list->f->arena, "%.*s%s%.*s", STR_ARG(list->ids),
		list->ids.len ? " " : "", STR_ARG(notice->ref));
	assert_true(seq > 0);
	list->last_seq = seq;
	return list->stop_after && --list->stop_after == 0 ? 7 : 0;
}

/* The refs the filter gives, and the count must agree when there is no paging. */
static const char *refs(struct fixture *f, const struct notice_filter *filter)
{
	struct list list = { .f = f, .ids = STR("") };
	int64_t count, listed = 0;

	assert_done(f, store_notice_each(f->db, filter, collect, &list, &f->err));
	if (!filter->limit && !filter->after_seq) {
		for (size_t i = 0; i < list.ids.len; i++)
			listed += list.ids.ptr[i] == ' ';
		listed += list.ids.len > 0;
		assert_done(f, store_notice_count(f->db, filter, &count, &f->err));
		assert_int_equal(count, listed);
	}
	return arena_dupz(&f->arena, list.ids);
}

#define FILTER(...)                                                                                \
	__extension__({                                                                            \
		struct notice_filter filter_;                                                      \
		notice_filter_init(&filter_);                                                      \
		struct notice_filter *x = &filter_;                                                \
		__VA_ARGS__;                                                                       \
		filter_;                                                                           \
	})
#define assert_refs(F, WANTED, ...)                                                                \
	do {                                                                                       \
		struct notice_filter arrival_ = FILTER(__VA_ARGS__), newest_ = arrival_;           \
		newest_.newest_first = true;                                                       \
		assert_string_equal(refs(F, &arrival_), WANTED);                                   \
		assert_int_equal(strlen(refs(F, &newest_)), strlen(WANTED));                       \
	} while (0)

/* A notice with a kind, a day (relative to today) and a deadline (days from now; 0: none). */
static struct notice made(
	struct fixture *f, const char *ref, enum notice_kind kind, day_t day, int deadline)
{
	struct notice n = simple_notice(f, "boamp", ref);

	n.kind = n.stage = kind;
	n.published = TODAY + day;
	n.deadline.at = deadline ? NOW + (int64_t)deadline * DAY : TIME_NONE;
	n.deadline.certainty = deadline ? DEADLINE_STATED : DEADLINE_NONE;
	return n;
}

static void add(struct fixture *f, struct notice n)
{
	assert_outcome(f, put(f, &n), STORE_NEW);
}

static void test_open_at(void **state)
{
	struct fixture *f = *state;
	struct notice changed_result = made(f, "change-of-result", NOTICE_CHANGE, 0, 5);
	struct notice exact = made(f, "exact", NOTICE_COMPETITION, -20, 0);

	add(f, made(f, "future", NOTICE_COMPETITION, -100, 1));
	add(f, made(f, "past", NOTICE_COMPETITION, -1, -1));
	add(f, made(f, "none-young", NOTICE_COMPETITION, -90, 0));
	add(f, made(f, "none-old", NOTICE_COMPETITION, -91, 0));
	/* A slip of the pen keeps nothing open for 900 years. */
	add(f, made(f, "slip-young", NOTICE_COMPETITION, -90, 900 * 365));
	add(f, made(f, "slip-old", NOTICE_COMPETITION, -91, 900 * 365));
	add(f, made(f, "long", NOTICE_COMPETITION, -91, 5 * 365));
	add(f, made(f, "planning", NOTICE_PLANNING, -3, 0));
	add(f, made(f, "change", NOTICE_CHANGE, -3, 0));
	add(f, made(f, "result", NOTICE_RESULT, 0, 5));
	add(f, made(f, "direct", NOTICE_DIRECT_AWARD, 0, 0));
	add(f, made(f, "cancelled", NOTICE_CANCELLATION, 0, 5));
	changed_result.stage = NOTICE_RESULT;
	add(f, changed_result);
	exact.deadline.at = NOW;
	add(f, exact);
	assert_refs(f, "future none-young slip-young long planning change exact", x->open_at = NOW);
	/* Two days earlier one more was young, and one was not past. */
	assert_refs(f, "future past none-young none-old slip-young slip-old long planning change exact",
		x->open_at = NOW - 2 * DAY);
}

static void test_closed_requirements_are_out(void **state)
{
	struct fixture *f = *state;
	struct notice n = simple_notice(f, "requirement", "sonde");

	n.kind = n.stage = NOTICE_REQUIREMENT;
	add(f, n);
	assert_refs(f, "sonde", x->open_at = NOW);
	for (int closed = 1; closed >= 0; closed--) {
		begin(f);
		assert_done(f, store_requirement_put(f->db, n.id, STR_NONE, closed, &f->err));
		commit(f);
		assert_refs(f, closed ? "" : "sonde", x->open_at = NOW);
		assert_refs(f, "sonde", x->kind = NOTICE_REQUIREMENT);
	}
}

static void test_days_source_kind_dossier(void **state)
{
	struct fixture *f = *state;
	struct notice ted = simple_notice(f, "ted", "9-2026"),
		      undated = made(f, "u", NOTICE_RESULT, 0, 0);

	add(f, made(f, "a", NOTICE_COMPETITION, -2, 0));
	add(f, made(f, "b", NOTICE_PLANNING, -1, 0));
	add(f, made(f, "c", NOTICE_COMPETITION, 0, 0));
	add(f, ted);
	undated.published = DAY_NONE;
	add(f, undated);
	assert_refs(f, "a b c 9-2026 u", (void)x);
	assert_refs(f, "b c 9-2026", x->since = TODAY - 1);
	assert_refs(f, "a b", x->until = TODAY - 1);
	assert_refs(f, "b", x->since = TODAY - 1, x->until = TODAY - 1);
	assert_refs(f, "9-2026", x->source = STR("ted"));
	assert_refs(f, "b", x->kind = NOTICE_PLANNING);
	assert_refs(f, "c", x->dossier = STR("boamp:c"));
	assert_refs(f, "", x->dossier = STR("boamp:d"));
}

static void test_cpv_branch_and_place(void **state)
{
	struct fixture *f = *state;
	static const char *const places[] = { "48", "FRJ14", "FRJ", "FR", "975", "FRJ1", "2A",
		"BE100", "nowhere" };
	struct notice lots;

	for (size_t i = 0; i < LENGTH(places); i++) {
		struct notice n = made(f, places[i], NOTICE_COMPETITION, 0, 0);

		n.places.n = 0;
		codes_add(&n.places, &f->arena, str_of(places[i]));
		n.cpv.n = 0;
		codes_add(&n.cpv, &f->arena, i % 2 ? STR("72212000") : STR("72000000"));
		add(f, n);
	}
	lots = made(f, "lots", NOTICE_COMPETITION, 0, 0);
	lots.places.n = lots.cpv.n = 0;
	lots.n_lots = 1;
	lots.lots = arena_new(&f->arena, struct lot);
	lot_init(&lots.lots[0]);
	codes_add(&lots.lots[0].places, &f->arena, STR("30"));
	codes_add(&lots.lots[0].cpv, &f->arena, STR("48730000"));
	add(f, lots);

	assert_refs(f, "48 FRJ14 FRJ FR FRJ1", x->place = STR("48"));
	assert_refs(f, "48 FRJ14 FRJ FR FRJ1", x->place = STR("FRJ14"));
	assert_refs(f, "48 FRJ14 FRJ FR FRJ1 lots", x->place = STR("FRJ"));
	assert_refs(f, "48 FRJ14 FRJ FR 975 FRJ1 2A lots", x->place = STR("FR"));
	assert_refs(f, "FR 975", x->place = STR("975"));
	assert_refs(f, "FRJ FR FRJ1 lots", x->place = STR("30"));
	assert_refs(f, "BE100", x->place = STR("BE"));
	assert_refs(f, "48 FRJ14 FRJ FR 975 FRJ1 2A BE100 nowhere", x->cpv_branch = STR("72"));
	assert_refs(f, "FRJ14 FR FRJ1 BE100", x->cpv_branch = STR("72212"));
	assert_refs(f, "lots", x->cpv_branch = STR("4873"));
	assert_refs(f, "", x->cpv_branch = STR("73"));
	assert_refs(f, "FRJ14 FR FRJ1", x->cpv_branch = STR("722"), x->place = STR("48"));
}

static void test_unmatched(void **state)
{
	struct fixture *f = *state;
	int64_t rules = activate_rules(f), more = activate_rules(f);
	struct notice a = made(f, "a", NOTICE_COMPETITION, 0, 0);

	add(f, a);
	add(f, made(f, "b", NOTICE_COMPETITION, 0, 0));
	assert_refs(f, "a b", x->unmatched_ruleset = rules);
	begin(f);
	assert_done(f, store_match_done(f->db, a.id, 1, rules, &f->err));
	commit(f);
	assert_refs(f, "b", x->unmatched_ruleset = rules);
	assert_refs(f, "a b", x->unmatched_ruleset = more);
	/* another ruleset has matched it: again only while it is open */
	assert_refs(f, "a b", x->unmatched_ruleset = more, x->rematch_at = NOW);
	assert_refs(f, "b", x->unmatched_ruleset = more, x->rematch_at = NOW + 400 * DAY);
	assert_refs(f, "a b", (void)x);
	a.title = STR("Other");
	assert_outcome(f, put(f, &a), STORE_UPDATED);
	assert_refs(f, "a b", x->unmatched_ruleset = rules);
	begin(f);
	/* The version that was matched is not the one stored any more. */
	assert_outcome(f, store_match_done(f->db, a.id, 1, rules, &f->err), STORE_NONE);
	commit(f);
}

/* Page by page gives what all at once gives, in both orders, ties and missing days included. */
static void test_paging(void **state)
{
	struct fixture *f = *state;
	static const int days[] = { 3, 1, 3, 0, 2, 1, 3, 0, 2, 2 };

	for (int i = 0; i < 10; i++) {
		struct notice n = made(f, arena_printf(&f->arena, "n%d", (i * 7) % 10).ptr,
			NOTICE_COMPETITION, days[i], 0);

		if (days[i] == 0)
			n.published = DAY_NONE;
		add(f, n);
	}
	for (int newest = 0; newest < 2; newest++) {
		struct notice_filter filter = FILTER(x->newest_first = newest);
		const char *whole = refs(f, &filter);
		struct list list = { .f = f, .ids = STR("") };
		int pages = 0;

		assert_string_equal(whole,
			newest ? "n0 n2 n4 n3 n6 n8 n5 n7 n1 n9" : "n0 n7 n4 n1 n8 n5 n2 n9 n6 n3");
		filter.limit = 3;
		do {
			filter.after_seq = list.last_seq;
			list.last_seq = 0;
			assert_done(f, store_notice_each(f->db, &filter, collect, &list, &f->err));
			pages++;
		} while (list.last_seq);
		assert_int_equal(pages, 5);
		assert_text(list.ids, whole);
	}
}

/* Places are asked for once, and the notices as they are when it is their turn. */
static void test_places_and_then_notices(void **state)
{
	struct fixture *f = *state;
	struct notice_filter filter = FILTER(x->kind = NOTICE_COMPETITION);
	struct notice changed = made(f, "b", NOTICE_COMPETITION, 0, 0);
	struct stored_notice *stored;
	int64_t *seqs;
	size_t n;

	add(f, made(f, "a", NOTICE_COMPETITION, 0, 0));
	add(f, changed);
	add(f, made(f, "c", NOTICE_RESULT, 0, 0));
	add(f, made(f, "d", NOTICE_COMPETITION, 0, 0));
	assert_done(f, store_notice_seqs(f->db, &filter, &f->arena, &seqs, &n, &f->err));
	assert_int_equal(n, 3);
	changed.title = STR("Vélos électriques");
	assert_outcome(f, put(f, &changed), STORE_UPDATED);
	assert_done(f, store_notice_batch(f->db, seqs + 1, 2, 1 << 20, &f->arena, &stored, &n, &f->err));
	assert_int_equal(n, 2);
	assert_true(str_eqz(stored[0].notice.title, "Vélos électriques"));
	assert_true(str_eqz(stored[1].notice.ref, "d"));
	assert_int_equal(stored[1].seq, seqs[2]);
	assert_done(f, store_notice_batch(f->db, seqs, 3, 1, &f->arena, &stored, &n, &f->err));
	assert_int_equal(n, 1);
}

static void test_each_stops_when_told(void **state)
{
	struct fixture *f = *state;
	struct list list = { .f = f, .ids = STR(""), .stop_after = 2 };
	struct notice_filter filter = FILTER((void)x);

	add(f, made(f, "a", NOTICE_COMPETITION, 0, 0));
	add(f, made(f, "b", NOTICE_COMPETITION, 0, 0));
	add(f, made(f, "c", NOTICE_COMPETITION, 0, 0));
	assert_outcome(f, store_notice_each(f->db, &filter, collect, &list, &f->err), 7);
	assert_text(list.ids, "a b");
}

/* full text */

static void corpus(struct fixture *f)
{
	static const struct {
		const char *ref, *title, *description, *buyer, *lot;
	} notices[] = {
		{ "1", "Maîtrise d’œuvre pour l'école", "Études et travaux",
			"Commune de Saint-Élix", NULL },
		{ "2", "Maitrise d'oeuvre", "Réfection", "Département", "Lot 1 : supervision SOC" },
		{ "3", "Capteurs d'irrigation", "Sondes d'humidité, NEAR AND OR NOT",
			"Régie des eaux", NULL },
		{ "4", "Supervision de la sécurité", "col:title -x ^y", "Université",
			"Coexistence" },
	};

	for (size_t i = 0; i < LENGTH(notices); i++) {
		struct notice n = made(f, notices[i].ref, NOTICE_COMPETITION, 0, 0);

		n.title = str_of(notices[i].title);
		n.description = str_of(notices[i].description);
		n.buyer.name = str_of(notices[i].buyer);
		if (notices[i].lot) {
			n.n_lots = 1;
			n.lots = arena_new(&f->arena, struct lot);
			lot_init(&n.lots[0]);
			n.lots[0].title = str_of(notices[i].lot);
		}
		add(f, n);
	}
}

static void test_full_text(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *text, *wanted;
	} cases[] = {
		{ "capteurs", "3" },
		{ "CAPTEURS irrigation", "3" },
		{ "humidite", "3" },
		{ "ecole", "1" },
		{ "école", "1" },
		{ "oeuvre", "1 2" },
		{ "œuvre", "1 2" },
		{ "Œuvre", "1 2" },
		{ "\"maîtrise d'oeuvre\"", "1 2" },
		{ "\"oeuvre maîtrise\"", "" },
		{ "coexist*", "4" },
		{ "supervision", "2 4" },
		{ "supervision soc", "2" },
		{ "superv", "" },
		{ "superv*", "2 4" },
		{ "\"supervision de la sécu\"*", "4" },
		{ "\"supervision de la sécu*\"", "4" },
		{ "regie", "3" },
		{ "saint-elix", "1" },
		{ "supervision capteurs", "" },
		/* nothing of this is syntax */
		{ "NEAR", "3" },
		{ "NOT", "3" },
		{ "capteurs OR supervision", "" },
		{ "capteurs AND NOT", "3" },
		{ "title:supervision", "" },
		{ "col:title", "4" },
		{ "-x", "4" },
		{ "^y", "4" },
		{ "capteurs -supervision", "" },
		{ "{title}: (capteurs", "" },
		{ "(capteurs)", "3" },
		{ "capteurs \"", "3" },
		{ "\"capteurs", "3" },
		{ "\"\" capteurs \"\"", "3" },
		{ "'capteurs'", "3" },
		{ "capteurs;--", "3" },
		{ "* capteurs *", "3" },
		{ "capteurs - + & | !", "3" },
		{ "cap\"teurs", "" },
		{ "capteurs\td\nirrigation\x01", "3" },
		{ "NEAR(capteurs irrigation, 2)", "" },
	};

	corpus(f);
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct notice_filter filter = FILTER(x->text = str_of(cases[i].text));
		const char *got = refs(f, &filter);

		if (strcmp(got, cases[i].wanted) != 0)
			fail_msg(
				"%s gives \"%s\", not \"%s\"", cases[i].text, got, cases[i].wanted);
	}
}

static void test_no_words_are_an_input_error(void **state)
{
	struct fixture *f = *state;
	static const char *const texts[] = { "", " ", "\"\"", "\"", "*", "- & |", "\"...\"",
		"\t\n" };
	struct list list = { .f = f, .ids = STR("") };
	struct notice_filter filter;
	char *many = arena_alloc(&f->arena, 2 * SEARCH_BYTES_MAX);
	int64_t count;

	corpus(f);
	for (size_t i = 0; i < LENGTH(texts); i++) {
		filter = FILTER(x->text = str_of(texts[i]));
		assert_int_equal(
			store_notice_each(f->db, &filter, collect, &list, &f->err), -ERROR_INPUT);
		assert_int_equal(store_notice_count(f->db, &filter, &count, &f->err), -ERROR_INPUT);
	}
	memset(many, 'a', 2 * SEARCH_BYTES_MAX);
	filter = FILTER(x->text = str_n(many, SEARCH_BYTES_MAX + 1));
	assert_int_equal(store_notice_count(f->db, &filter, &count, &f->err), -ERROR_INPUT);
	filter.text.len = SEARCH_BYTES_MAX;
	assert_done(f, store_notice_count(f->db, &filter, &count, &f->err));
	for (int i = 0; i < SEARCH_BYTES_MAX; i += 2)
		many[i] = ' ';
	filter.text.len = 2 * SEARCH_TERMS_MAX;
	assert_done(f, store_notice_count(f->db, &filter, &count, &f->err));
	filter.text.len += 2;
	assert_int_equal(store_notice_count(f->db, &filter, &count, &f->err), -ERROR_INPUT);
	/* As long as it may be, and every letter doubled by the two spellings. */
	for (int i = 0; i < SEARCH_BYTES_MAX; i++)
		many[i] = i % 31 == 0 ? ' ' : i % 2 ? 'o' : 'e';
	filter.text.len = SEARCH_BYTES_MAX - 10;
	assert_done(f, store_notice_count(f->db, &filter, &count, &f->err));
}

static void test_index_follows_updates(void **state)
{
	struct fixture *f = *state;
	struct notice n = made(f, "a", NOTICE_COMPETITION, 0, 0);

	add(f, n);
	n.title = STR("Vélos électriques");
	n.n_lots = 1;
	n.lots = arena_new(&f->arena, struct lot);
	lot_init(&n.lots[0]);
	n.lots[0].description = STR("Cadenas");
	assert_outcome(f, put(f, &n), STORE_UPDATED);
	assert_refs(f, "", x->text = STR("capteurs"));
	assert_refs(f, "a", x->text = STR("velos"));
	assert_refs(f, "a", x->text = STR("cadenas"));
	n.lots[0].description = STR("Antivols");
	assert_outcome(f, put(f, &n), STORE_UPDATED);
	assert_refs(f, "", x->text = STR("cadenas"));
	assert_refs(f, "a", x->text = STR("antivols velos"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_open_at),
		STORE_TEST(test_closed_requirements_are_out),
		STORE_TEST(test_days_source_kind_dossier),
		STORE_TEST(test_cpv_branch_and_place),
		STORE_TEST(test_unmatched),
		STORE_TEST(test_paging),
		STORE_TEST(test_places_and_then_notices),
		STORE_TEST(test_each_stops_when_told),
		STORE_TEST(test_full_text),
		STORE_TEST(test_no_words_are_an_input_error),
		STORE_TEST(test_index_follows_updates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
