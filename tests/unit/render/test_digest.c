/* What golden files do not show: ceilings, sums, excerpts, plurals. */
#include "digest_cases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../../src/render/excerpt.h"
#include "base/buf.h"

static struct digest_text render(const struct digest_page *page, struct arena *arena)
{
	struct digest_text text;
	struct error err = ERROR_INIT;

	if (digest_render(page, arena, &text, &err) < 0)
		fail_msg("%s", err.text);
	return text;
}

static bool has(struct str text, const char *part)
{
	return str_find(text, str_of(part)) != SIZE_MAX;
}

static struct rules *make_rules(struct arena *arena)
{
	const struct rule_source source = { STR("case.rules"), str_of(case_rules) };
	struct rule_problem *problems;
	struct rules *rules;
	struct error err = ERROR_INIT;
	size_t n;

	if (rules_parse(&source, 1, arena, &problems, &n, &rules, &err) < 0)
		fail_msg("%s", err.text);
	return rules;
}

static void test_subjects(void **state UNUSED)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	CLEANUP(rules_freep) struct rules *rules = make_rules(&arena);
	const struct digest_card new = case_irrigation(&arena), late = case_late(&arena),
				 update = case_cancelled(&arena);
	const struct {
		const char *language;
		size_t n_new, n_updates, n_late, n_more;
		const char *subject;
	} table[] = {
		{ "fr", 0, 0, 0, 0, "Rien de nouveau pour vous – 24 novembre" },
		{ "fr", 1, 0, 0, 0, "1 marché pour vous – 24 novembre" },
		{ "fr", 3, 0, 1, 0, "3 marchés pour vous – 24 novembre" },
		{ "fr", 2, 1, 0, 1240,
			"1\u202f242 marchés pour vous, 1 mise à jour – 24 novembre" },
		{ "fr", 1, 2, 0, 0, "1 marché pour vous, 2 mises à jour – 24 novembre" },
		{ "fr", 0, 2, 1, 0, "2 mises à jour de marchés déjà signalés – 24 novembre" },
		{ "fr", 0, 0, 1, 0, "1 marché au délai trop court pour vous – 24 novembre" },
		{ "fr", 0, 0, 0, 2, "2 marchés pour vous – 24 novembre" },
		{ "en", 0, 0, 0, 0, "Nothing new for you – 24 November" },
		{ "en", 1, 0, 0, 0, "1 tender for you – 24 November" },
		{ "en", 2, 1, 0, 1240, "1,242 tenders for you, 1 update – 24 November" },
		{ "en", 0, 0, 2, 0, "2 tenders with too little time for you – 24 November" },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		struct digest_card cards[8];
		struct digest_page page;
		size_t n = 0;

		for (size_t j = 0; j < table[i].n_new; j++)
			cards[n++] = new;
		for (size_t j = 0; j < table[i].n_updates; j++)
			cards[n++] = update;
		for (size_t j = 0; j < table[i].n_late; j++)
			cards[n++] = late;
		page = case_page(&arena, rules, table[i].language, cards, n);
		page.n_more = table[i].n_more;
		assert_string_equal(render(&page, &arena).subject.ptr, table[i].subject);
	}
}

static void test_deadline_words(void **state UNUSED)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	CLEANUP(rules_freep) struct rules *rules = make_rules(&arena);
	static const struct {
		enum deadline_certainty certainty;
		int days;
		const char *language, *said;
		bool to_check;
	} table[] = {
		{ DEADLINE_STATED, 12, "fr", "encore 12 jours ouvrés\n", false },
		{ DEADLINE_ASSUMED, 2, "fr", "encore 2 jours ouvrés\n", false },
		{ DEADLINE_CORRECTED, 1, "fr", "encore 1 jour ouvré\n", false },
		{ DEADLINE_STATED, 0, "fr", "moins d’un jour ouvré\n", false },
		{ DEADLINE_STATED, -1, "fr", "date passée\n", false },
		{ DEADLINE_DAY_ONLY, 3, "fr",
			"à vérifier dans l’avis\u00a0: il ne donne pas l’heure\n", true },
		{ DEADLINE_UNCERTAIN, 3, "fr",
			"à vérifier dans l’avis\u00a0: cette date est incertaine\n", true },
		{ DEADLINE_STATED, 1, "en", "1 working day left\n", false },
		{ DEADLINE_UNCERTAIN, 5, "en", "check it in the notice: this date is uncertain\n",
			true },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		struct digest_card card = case_irrigation(&arena);
		struct notice notice = *card.notice;
		struct digest_page page;
		struct str text;

		notice.deadline.certainty = table[i].certainty;
		card.notice = &notice;
		card.working_days = table[i].days;
		page = case_page(&arena, rules, table[i].language, &card, 1);
		text = render(&page, &arena).text;
		assert_true(has(text, table[i].said));
		assert_int_equal(
			has(text, "à vérifier") || has(text, "check it"), table[i].to_check);
	}
}

static void test_amounts(void **state UNUSED)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	CLEANUP(rules_freep) struct rules *rules = make_rules(&arena);
	static const struct {
		struct money money;
		enum value_kind kind;
		const char *language, *said;
	} table[] = {
		{ { 12000000, "EUR" }, VALUE_ESTIMATE, "fr", " 120\u202f000\u00a0€ (estimé)\n" },
		{ { 99900, "EUR" }, VALUE_CEILING, "fr", " 999\u00a0€ (plafond)\n" },
		{ { 123456789012, "EUR" }, VALUE_AWARD, "fr",
			" 1\u202f234\u202f567\u202f890,12\u00a0€ (attribué)\n" },
		{ { 5, "EUR" }, VALUE_NONE, "fr", " 0,05\u00a0€\n" },
		{ { 100000, "CHF" }, VALUE_NONE, "fr", " 1\u202f000\u00a0CHF\n" },
		{ { 100000, "" }, VALUE_NONE, "fr", " 1\u202f000\n" },
		{ { 12000050, "EUR" }, VALUE_ESTIMATE, "en", " €120,000.50 (estimate)\n" },
		{ { 100000, "CHF" }, VALUE_CEILING, "en", " 1,000\u00a0CHF (ceiling)\n" },
		{ MONEY_INIT, VALUE_ESTIMATE, "fr", NULL },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		struct digest_card card = case_network(&arena);
		struct notice notice = *card.notice;
		struct digest_page page;
		struct str text;

		notice.value = table[i].money;
		notice.value_kind = table[i].kind;
		card.notice = &notice;
		page = case_page(&arena, rules, table[i].language, &card, 1);
		text = render(&page, &arena).text;
		assert_int_equal(has(text, "Montant ") || has(text, "Amount "), table[i].said != NULL);
		assert_true(!table[i].said || has(text, table[i].said));
	}
}

/* "= 6 + 4,5 − 1" adds up to the score, in tenths. */
static points_t add_up(struct str sum)
{
	points_t total = 0, number = 0, sign = 1;
	bool tenths = false;

	for (size_t i = 0; i < sum.len; i++) {
		char c = sum.ptr[i];

		if (c >= '0' && c <= '9' && tenths)
			number += c - '0';
		else if (c >= '0' && c <= '9')
			number = number * 10 + (c - '0') * 10;
		else if (c == ',')
			tenths = true;
		if (c == '+' || c == '\xE2' || i + 1 == sum.len) {
			total += sign * number;
			number = 0;
			tenths = false;
			sign = c == '\xE2' ? -1 : 1;
		}
	}
	return total;
}

static void test_points_add_up(void **state UNUSED)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	CLEANUP(rules_freep) struct rules *rules = make_rules(&arena);
	static const points_t points[] = { 105, 60, 45, 30, 15, 10, 5, -25 };

	for (size_t n = 1; n <= LENGTH(points); n++) {
		struct digest_card card = case_irrigation(&arena);
		struct receipt *receipt = case_receipt(&arena, card.notice, NULL);
		struct digest_page page;
		struct str text, line;
		size_t shown = 0;

		for (size_t i = 0; i < n; i++)
			case_reason(&arena, receipt, "keyword:capteurs", points[i], "title",
				card.notice->title, "capteurs");
		card.receipt = receipt;
		page = case_page(&arena, rules, "fr", &card, 1);
		text = render(&page, &arena).text;
		assert_int_equal(has(text, "autres indices") || has(text, "autre indice"), n > 5);
		while (str_cut(&text, '\n', &line)) {
			size_t at = str_find(line, STR(") = "));

			if (at != SIZE_MAX)
				assert_int_equal(add_up(str_from(line, at + 4)), receipt->score);
			shown += has(line, "mot-clé");
		}
		assert_int_equal(shown, n > 5 ? 5 : n);
	}
}

static void test_wrong_sum(void **state UNUSED)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	CLEANUP(rules_freep) struct rules *rules = make_rules(&arena);
	struct digest_card card = case_irrigation(&arena);
	struct receipt receipt = *card.receipt;
	struct digest_page page;
	struct digest_text text;
	struct error err = ERROR_INIT;

	receipt.score += 5;
	card.receipt = &receipt;
	page = case_page(&arena, rules, "fr", &card, 1);
	assert_int_equal(digest_render(&page, &arena, &text, &err), -ERROR_INPUT);
	assert_string_equal(err.text,
		"receipt of boamp:26-90001 for capteurs: the reasons give 190 tenths "
		"of points, the score is 195");
}

/* A receipt of another version of the notice: words are told, none is marked. */
static void test_spans_beside(void **state UNUSED)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	CLEANUP(rules_freep) struct rules *rules = make_rules(&arena);
	static const struct {
		uint32_t start, end;
	} table[] = { { 3, 9 }, { 100000, 100010 }, { 9, 3 }, { 0, UINT32_MAX } };

	for (size_t i = 0; i < LENGTH(table); i++) {
		struct digest_card card = case_irrigation(&arena);
		struct receipt *receipt = case_receipt(&arena, card.notice, NULL);
		struct digest_page page;
		struct digest_text text;

		case_reason(&arena, receipt, "eau.capteurs", 90, "description",
			card.notice->description, "sondes capacitives");
		receipt->reasons[0].start = table[i].start;
		receipt->reasons[0].end = table[i].end;
		card.receipt = receipt;
		page = case_page(&arena, rules, "fr", &card, 1);
		text = render(&page, &arena);
		assert_true(has(text.text, "«\u00a0sondes capacitives\u00a0»"));
		assert_false(has(text.html, "<mark>"));
	}
}

/* Twenty cards as long as they come stay under 30,000 bytes, and the two texts say the same. */
static void test_large(void **state UNUSED)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	CLEANUP(rules_freep) struct rules *rules = make_rules(&arena);
	struct digest_card cards[DIGEST_CARDS_MAX];

	for (size_t n = 5; n <= DIGEST_CARDS_MAX; n += 5) {
		struct digest_page page;
		struct digest_text text;

		for (size_t i = 0; i < n; i++)
			cards[i] = i % 2 == 0 ? case_irrigation(&arena) : case_network(&arena);
		page = case_page(&arena, rules, "fr", cards, n);
		text = render(&page, &arena);
		if (text.html.len >= 30000)
			fail_msg("%zu cards make %zu bytes of HTML", n, text.html.len);
		assert_int_equal(has(text.text, "… porte sur"), has(text.html, "… porte sur"));
		assert_true(has(text.text, "mot-clé «\u00a0irrigation\u00a0»"));
		if (n == 5)
			assert_true(has(text.text, "*sondes capacitives*"));
	}
}

static void test_huge_texts(void **state UNUSED)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	CLEANUP(rules_freep) struct rules *rules = make_rules(&arena);
	struct digest_card cards[DIGEST_CARDS_MAX];
	struct notice notice = *case_irrigation(&arena).notice;
	char *text = arena_array(&arena, char, NOTICE_TEXT_MAX);
	struct digest_page page;
	struct str got, line;

	memset(text, '&', NOTICE_TEXT_MAX);
	notice.title = str_n(text, NOTICE_TITLE_MAX);
	notice.description = notice.buyer.name = notice.buyer.city = notice.procedure =
		str_n(text, NOTICE_TEXT_MAX);
	for (size_t i = 0; i < DIGEST_CARDS_MAX; i++) {
		struct receipt *receipt = case_receipt(&arena, &notice, NULL);

		case_reason(&arena, receipt, "keyword:&", 90, "description", notice.description,
			"&&&&");
		receipt->reasons[0].rule = notice.description;
		receipt->reasons[0].text = notice.description;
		receipt->reasons[0].end = NOTICE_TEXT_MAX;
		cards[i] = (struct digest_card){ .notice = &notice, .receipt = receipt };
	}
	page = case_page(&arena, rules, "fr", cards, DIGEST_CARDS_MAX);
	got = render(&page, &arena).text;
	while (str_cut(&got, '\n', &line))
		assert_true(str_utf8_count(line) <= 76 || has(line, "https://"));
}

/* The sentence around a span, as reasons show it; the span is moved along. */
static struct str excerpt_of(
	struct str text, uint32_t *start, uint32_t *end, size_t width, struct arena *arena)
{
	struct value_span span = { *start < text.len ? *start : text.len, *end < text.len ? *end : text.len };
	struct passage p;

	if (span.end < span.start)
		span.end = span.start;
	p = excerpt_passage(text, excerpt_around(text, span.start, span.end, width), &span, 1, arena);
	*start = p.n_spans > 0 ? (uint32_t)p.spans[0].start : 0;
	*end = p.n_spans > 0 ? (uint32_t)p.spans[0].end : 0;
	return p.text;
}

static void test_excerpt(void **state UNUSED)
{
	static const struct {
		const char *text, *words;
		size_t width;
		const char *expected;
	} table[] = {
		{ "Un mot.", "mot", 80, "Un mot." },
		{ "mot", "mot", 80, "mot" },
		{ "Avant. Ici le mot. Après.", "mot", 80, "Ici le mot." },
		{ "Avant ! Ici le mot ? Après.", "mot", 80, "Ici le mot ?" },
		{ "Avant.\n\nici le mot\n\nAprès.", "mot", 80, "ici le mot" },
		{ "Avant :\n- un\n- le mot\n- Après", "mot", 80, "- le mot" },
		{ "Une ligne\ncoupée au mot\nprès", "mot", 80, "Une ligne coupée au mot près" },
		{ "Selon l’art. 3 et M. Le mot de 1.5 an fini. Fin.", "mot", 80,
			"Selon l’art. 3 et M. Le mot de 1.5 an fini." },
		{ "Élan. Été du mot. Âne.", "mot", 80, "Été du mot." },
		{ "un deux trois quatre cinq mot six sept huit neuf dix", "mot", 24,
			"…\u00a0cinq mot six sept\u00a0…" },
		{ "mot un deux trois quatre cinq", "mot", 12, "mot un deux\u00a0…" },
		{ "un deux trois quatre cinq mot", "mot", 12, "…\u00a0cinq mot" },
		{ "  \t mot \r\n  et \t suite", "mot", 80, "mot et suite" },
		{ "a\u200bb \u202emot\u202c c\x1b[31m", "mot", 80, "ab mot c[31m" },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		CLEANUP(arena_done) struct arena arena = ARENA_INIT;
		struct str text = str_of(table[i].text), words = str_of(table[i].words), got;
		uint32_t start = (uint32_t)str_find(text, words), end = start + (uint32_t)words.len;

		got = excerpt_of(text, &start, &end, table[i].width, &arena);
		if (!str_eqz(got, table[i].expected))
			fail_msg("%s: got \"%.*s\", expected \"%s\"", table[i].text, STR_ARG(got),
				table[i].expected);
		assert_true(str_eq(str_sub(got, start, end), words));
	}
}

/* Words that are longer than what may be shown are cut, and the span with them. */
static void test_excerpt_of_much(void **state UNUSED)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	uint32_t start = 4, end = 35;
	struct str got = excerpt_of(
		STR("un, deux trois quatre cinq six sept huit."), &start, &end, 12, &arena);

	assert_string_equal(got.ptr, "…\u00a0deux trois\u00a0…");
	assert_true(str_eqz(str_sub(got, start, end), "deux trois"));
	start = 500, end = 3;
	assert_string_equal(excerpt_of(STR("court"), &start, &end, 12, &arena).ptr, "court");
	assert_int_equal(end, start);
}

/* Any span in any text: the words stay where the span says. */
static void test_excerpt_anywhere(void **state UNUSED)
{
	static const char *const words[] = { "eau", "Été", "art.", "œuvre", "fin.", "Non", "\n",
		"\n\n", "- ", "漢字", "a", "?", " " };
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	CLEANUP(buf_done) struct buf text = BUF_INIT(1 << 16);
	uint64_t seed = 7;

	for (size_t i = 0; i < 20000; i++) {
		uint32_t start = 0, end = 0, ends[40];
		size_t n = 1 + seed % 40, width, at;
		struct str got, raw;

		buf_reset(&text);
		arena_reset(&arena);
		for (size_t j = 0; j < n; j++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			buf_addz(&text, words[(seed >> 33) % LENGTH(words)]);
			ends[j] = (uint32_t)text.len;
			if ((seed >> 40) % 3 == 0)
				buf_addc(&text, ' ');
		}
		at = (seed >> 33) % n;
		start = at == 0 ? 0 : ends[at - 1];
		end = ends[at];
		width = 8 + (seed >> 45) % 60;
		raw = str_trim(str_sub(buf_str(&text), start, end));
		got = excerpt_of(buf_str(&text), &start, &end, width, &arena);
		assert_true(str_utf8_valid(got));
		assert_true(end <= got.len && start <= end);
		assert_true(str_eq(str_trim(str_sub(got, start, end)), raw) || raw.len == 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_subjects),
		cmocka_unit_test(test_deadline_words),
		cmocka_unit_test(test_amounts),
		cmocka_unit_test(test_points_add_up),
		cmocka_unit_test(test_wrong_sum),
		cmocka_unit_test(test_spans_beside),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_huge_texts),
		cmocka_unit_test(test_excerpt),
		cmocka_unit_test(test_excerpt_of_much),
		cmocka_unit_test(test_excerpt_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
