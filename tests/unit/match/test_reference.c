/*
 * The matcher against the slow and obvious one of reference.c, on many small random cases: the same
 * receipts, to the byte, in whatever order notices and profiles come. APPARITEUR_CASES=1000000 for more.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "reference.h"

enum { CASES = 20000, PROFILES = 5, NOTICES_OF_A_BED = 40, NOTICE_LOTS = 3 };

static uint64_t state;
static struct match_options options; /* gates in every other bed */

static size_t below(size_t n)
{
	uint64_t x = state += UINT64_C(0x9E3779B97F4A7C15);

	x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
	return (size_t)((x ^ x >> 31) % n);
}

static const char *const words[] = { "capteur", "capteurs", "Capteurs", "eau", "eaux", "d'eau", "de", "la",
	"des", "et", "SOC", "soc", "sécurité", "Securite", "sécurités", "irrigation", "irriguer",
	"goutte-à-goutte", "œuvre", "oeuvres", "2026", "B2B", "logiciel", "logiciels", "maintenance",
	"plateforme", "analyse", "analyser", "supervision", "de la sécurité", "réseau", "réseaux",
	"l’eau", "GRU", "grues", "audit", "audits", "½", "\U0001F6B0", "." };
static const char *const patterns[] = { "/\\bSOC\\b/C", "/irrig\\w*/", "/goutte.{0,4}goutte/",
	"/capteurs? d eau/", "/s[eé]curit\\w{1,2} .{0,12}eau/", "/(?:audit|analys\\w+) (?:de|des)/",
	"/(?<!la )eau/", "/r[eé]seaux?(?= eau)/", "/20\\d\\d/", "/eau$/", "/[a-z]{9} eau/", "/Capteurs \\w+/C" };
static const char *const codes[] = { "72212730", "72000000", "72200000", "48730000", "48000000",
	"45232120", "44613000" };
static const char *const branches[] = { "72", "722", "72212730", "48", "4873", "45232", "446" };
static const char *const fields[] = { "title", "text", "lots", "title, lots", "text, lots" };
static const char *const places[] = { "FR", "FRK26", "FRJ", "48", "75" };

static const char *one_of(const char *const *list, size_t n)
{
	return list[below(n)];
}
#define ONE_OF(LIST) one_of(LIST, LENGTH(LIST))

static struct str text(struct arena *arena, size_t most)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(1 << 16);

	for (size_t n = below(most + 1); n > 0; n--) {
		buf_addz(&out, ONE_OF(words));
		buf_addz(&out, below(12) == 0 ? ".\n" : below(12) == 0 ? " - " : " ");
	}
	return str_trim(arena_dup(arena, buf_str(&out)));
}

static void add_codes(struct codes *list, struct arena *arena, const char *const *from, size_t n, size_t most)
{
	for (size_t left = below(most + 1); left > 0; left--)
		codes_add(list, arena, str_of(from[below(n)]));
}

/* a bed: rules, profiles */

static void write_terms(struct buf *out)
{
	for (size_t n = 1 + below(3); n > 0; n--) {
		size_t kind = below(5);

		if (kind == 0)
			buf_addf(out, " %s", ONE_OF(patterns));
		else if (kind == 1)
			buf_addf(out, " =\"%s\"", words[below(2) * 2 + 8 + below(9)]);
		else
			buf_addf(out, " \"%s %s\"", words[below(2) == 0 ? 0 : 12], ONE_OF(words));
	}
}

static void write_group(struct buf *out)
{
	for (size_t n = 1 + below(3); n > 0; n--) {
		size_t kind = below(8);

		if (kind == 0)
			buf_addf(out, " %s", ONE_OF(patterns));
		else if (kind == 1)
			buf_addz(out, " @water");
		else if (kind == 2)
			buf_addz(out, " \"~audit eau\"");
		else
			buf_addf(out, below(4) == 0 ? " =\"%s\"" : " \"%s\"", words[below(34)]);
	}
}

/* A line that reads texts again, or counts. */
static void write_close_line(struct buf *out, const char *verb)
{
	size_t kind = below(5);

	buf_addf(out, "\n %s %s%s", verb, strcmp(verb, "any") != 0 && below(3) == 0 ? "notice " : "",
		ONE_OF(fields));
	if (kind == 0)
		buf_addf(out, " at-least %zu %s \"capteur\"", 1 + below(3), below(2) == 0 ? "of eau audit" : "times");
	if (kind == 1)
		buf_addf(out, " near %zu%s", below(6), below(3) == 0 ? " ordered" : "");
	if (kind == 2)
		buf_addf(out, " near %s%s", below(2) == 0 ? "sentence" : "field",
			below(3) == 0 ? " ordered" : "");
	write_group(out);
	for (size_t n = 1 + below(2); (kind == 1 || kind == 2) && n > 0; n--) {
		buf_addz(out, " with");
		write_group(out);
	}
	if (kind == 3 || below(4) == 0) {
		size_t span = below(3);

		buf_addf(out, span == 0 ? " unless sentence" : span == 1 ? " unless field" : " unless near %zu",
			below(4));
		write_group(out);
	}
}

static void write_rule(struct buf *out, const char *field, size_t number)
{
	static const char *const values[] = { "need nature services", "not nature works",
		"need kind competition", "need nature supplies or-unknown", "need procedure open or-unknown",
		"not procedure adapted", "need buyer-kind commune epci other", "not marked sme",
		"need marked innovative reserved", "need place FRJ or-unknown", "not place 75",
		"need amount from 6k to 12k", "not amount to 5000 EUR", "need amount from 1M USD or-unknown",
		"need published from 2026-01-05", "not deadline to 2026-02-01",
		"need days-left from 10 to 30 or-unknown" };
	size_t kind = below(4);

	buf_addf(out, "rule %s.r%zu \"R\"", field, number);
	if (kind == 0) {
		write_close_line(out, "any");
	} else if (kind == 1 && number > 0) {
		buf_addf(out, "\n any rule %s.r%zu", field, below(number));
	} else {
		buf_addf(out, "\n any %s", ONE_OF(fields));
		write_terms(out);
	}
	if (below(3) == 0)
		buf_addf(out, "\n cpv %s", ONE_OF(branches));
	if (below(6) == 0)
		buf_addf(out, below(2) == 0 ? "\n cpv =%s" : "\n cpv %s within %zu", ONE_OF(branches), 1 + below(3));
	if (below(4) == 0) {
		buf_addf(out, "\n %s %s", below(2) == 0 ? "need" : "not", ONE_OF(fields));
		write_terms(out);
	}
	if (below(5) == 0)
		write_close_line(out, below(2) == 0 ? "need" : "not");
	if (below(6) == 0 && number > 0)
		buf_addf(out, "\n %s rule f0.r%zu", below(2) == 0 ? "need" : "not", below(number));
	if (below(4) == 0)
		buf_addf(out, "\n %s", ONE_OF(values));
	if (below(4) == 0) {
		buf_addz(out, "\n for");
		write_terms(out);
	}
	buf_addf(out, "\nweight %s.r%zu %zu\n", field, number, 2 + below(8));
	if (below(8) == 0)
		buf_addf(out, "override %s.r%zu %zu \"tried\"\n", field, number, 2 + below(8));
}

static struct rules *make_rules(struct arena *arena)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(1 << 16);
	struct error err = ERROR_INIT;
	struct rule_problem *problems;
	struct rule_source file = { STR("random.rules"), STR_NONE };
	struct rules *rules;
	size_t n;

	buf_addz(&out, "stop de la des et d l\nrarity 3 logiciel reseau\nrarity 0 maintenance\n"
		       "list water eau \"réseau d'eau\" /irrig\\w*/\nfamily audit analyse \"contrôle\"\n");
	for (size_t field = 0; field < 2; field++) {
		buf_addf(&out, "field f%zu \"F\" cap %zu\n", field, 4 + below(12));
		for (size_t i = 0; i < 3; i++)
			write_rule(&out, field == 0 ? "f0" : "f1", i);
	}
	file.text = arena_dup(arena, buf_str(&out));
	if (rules_parse(&file, 1, arena, &problems, &n, &rules, &err) < 0)
		fail_msg("%s in\n%.*s", err.text, STR_ARG(file.text));
	return rules;
}

static struct profile make_profile(struct arena *arena, size_t number)
{
	struct profile profile;

	profile_init(&profile);
	profile.id = arena_printf(arena, "p%zu", number);
	for (size_t n = below(5); n > 0; n--)
		codes_add(&profile.keywords, arena,
			below(5) > 0 ? text(arena, 3) : arena_printf(arena, "=\"%.*s\"", STR_ARG(text(arena, 2))));
	for (size_t n = below(2); n > 0; n--)
		codes_add(&profile.exclude, arena,
			below(3) > 0 ? text(arena, 1) : arena_printf(arena, "=%.*s", STR_ARG(text(arena, 1))));
	profile.description = text(arena, below(2) * 12);
	add_codes(&profile.cpv, arena, branches, LENGTH(branches), 2);
	if (below(2) == 0)
		codes_add(&profile.fields, arena, below(2) == 0 ? STR("f0") : STR("f1"));
	if (below(4) == 0)
		add_codes(&profile.places, arena, places, LENGTH(places), 2);
	if (below(4) == 0)
		profile.natures[NATURE_SERVICES] = true;
	if (below(6) == 0)
		profile.value_max = 1000000;
	return profile;
}

static struct notice make_notice(struct arena *arena)
{
	struct notice notice;

	notice_init(&notice);
	notice.id = arena_printf(arena, "boamp:26-%zu", below(100000));
	notice.kind = notice.stage = below(12) == 0 ? NOTICE_RESULT : NOTICE_COMPETITION;
	notice.nature = (enum notice_nature)below(NATURES);
	notice.title = text(arena, 8);
	notice.description = text(arena, 25);
	notice.criteria = text(arena, 4);
	notice.buyer.name = below(3) == 0 ? STR("Commune de l'eau") : text(arena, 3);
	notice.procedure = below(3) == 0 ? STR("open") : below(2) == 0 ? STR("adapted") : STR_NONE;
	notice.innovative = below(3) == 0;
	notice.sme = below(3) == 0;
	notice.published = below(4) == 0 ? DAY_NONE : day_from_civil(2026, 1, 1) + (day_t)below(20);
	if (below(3) > 0)
		notice.deadline.at = civil_to_utc(&(struct civil){ 2026, 1, 25, 23, 30, 0 }, 0) +
				     (int64_t)below(30) * 86400;
	for (size_t n = below(3); n > 0; n--)
		codes_add(&notice.subjects, arena, text(arena, 3));
	add_codes(&notice.cpv, arena, codes, LENGTH(codes), 2);
	add_codes(&notice.places, arena, places + 1, LENGTH(places) - 1, 1);
	if (below(3) == 0) {
		notice.value = (struct money){ .cents = 500000 * (int64_t)(1 + below(3)), .currency = "EUR" };
		notice.value_kind = VALUE_ESTIMATE;
	}
	notice.n_lots = below(2) * below(NOTICE_LOTS + 1);
	notice.lots = arena_array(arena, struct lot, notice.n_lots);
	for (size_t i = 0; i < notice.n_lots; i++) {
		struct lot *lot = &notice.lots[i];

		lot_init(lot);
		lot->id = arena_printf(arena, "LOT-%04zu", i + 1);
		lot->title = text(arena, 5);
		lot->description = text(arena, 10);
		lot->nature = (enum notice_nature)below(NATURES);
		if (below(4) == 0)
			lot->value = (struct money){ .cents = 400000 * (int64_t)(1 + below(3)),
				.currency = "EUR" };
		if (below(4) == 0)
			lot->deadline.at = civil_to_utc(&(struct civil){ 2026, 1, 20, 12, 0, 0 }, 0);
		add_codes(&lot->places, arena, places + 1, LENGTH(places) - 1, below(3) == 0);
		add_codes(&lot->cpv, arena, codes, LENGTH(codes), 2);
		for (size_t j = 0; j < lot->cpv.n; j++)
			codes_add(&notice.cpv, arena, lot->cpv.at[j]);
	}
	return notice;
}

/* Receipts as text, so that a difference can be read. */
static struct str tell(const struct receipts *receipts, struct arena *arena)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(1 << 20);

	for (size_t i = 0; i < receipts->n; i++) {
		const struct receipt *r = &receipts->at[i];

		buf_addf(&out, "%.*s %.*s v%d lot %.*s score %d of %d rules %lld\n", STR_ARG(r->profile),
			STR_ARG(r->notice), r->notice_version, STR_ARG(r->lot), r->score, r->threshold,
			(long long)r->ruleset);
		for (size_t j = 0; j < r->n_reasons; j++)
			buf_addf(&out, "  %.*s %d %.*s %u-%u [%.*s]\n", STR_ARG(r->reasons[j].rule),
				r->reasons[j].points, STR_ARG(r->reasons[j].field), r->reasons[j].start,
				r->reasons[j].end, STR_ARG(r->reasons[j].text));
	}
	return arena_dup(arena, buf_str(&out));
}

struct bed {
	struct arena arena;
	struct rules *rules;
	struct profile profiles[PROFILES];
	const struct profile *order[PROFILES], *reversed[PROFILES];
	struct matcher *matcher, *other; /* other: with the profiles in reverse */
	struct notice notices[NOTICES_OF_A_BED];
};

static void bed_open(struct bed *bed)
{
	struct error err = ERROR_INIT;

	options.no_gates = below(2) == 0;
	bed->arena = (struct arena)ARENA_INIT;
	bed->rules = make_rules(&bed->arena);
	for (size_t i = 0; i < PROFILES; i++) {
		bed->profiles[i] = make_profile(&bed->arena, i);
		bed->order[i] = bed->reversed[PROFILES - 1 - i] = &bed->profiles[i];
	}
	for (size_t i = 0; i < NOTICES_OF_A_BED; i++)
		bed->notices[i] = make_notice(&bed->arena);
	assert_int_equal(matcher_new(bed->rules, 7, bed->order, PROFILES, &bed->matcher, &err), 0);
	assert_int_equal(matcher_new(bed->rules, 7, bed->reversed, PROFILES, &bed->other, &err), 0);
}

static void bed_close(struct bed *bed)
{
	matcher_free(bed->matcher);
	matcher_free(bed->other);
	rules_free(bed->rules);
	arena_done(&bed->arena);
}


/* One after the other: each receipt told alone, the last one first. */
static struct str tell_backwards(const struct receipts *receipts, struct arena *arena)
{
	struct receipts turned = { arena_array(arena, struct receipt, receipts->n), receipts->n };

	for (size_t i = 0; i < receipts->n; i++)
		turned.at[i] = receipts->at[receipts->n - 1 - i];
	return tell(&turned, arena);
}

static void compare(struct bed *bed, const struct notice *notice, size_t number, size_t *matches)
{
	struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	struct receipts got, turned, wanted = reference_run(bed->rules, 7, bed->order, PROFILES, notice,
		&options, &arena);
	struct str a = tell(&wanted, &arena), b, c;

	assert_int_equal(matcher_run(bed->matcher, notice, &options, &arena, &got, &err), 0);
	assert_int_equal(matcher_run(bed->other, notice, &options, &arena, &turned, &err), 0);
	b = tell(&got, &arena);
	c = tell_backwards(&turned, &arena);
	if (!str_eq(a, b) || !str_eq(a, c)) {
		print_message("reference:\n%.*smatcher:\n%.*s", STR_ARG(a), STR_ARG(b));
		print_message("profiles in reverse:\n%.*s", STR_ARG(c));
		fail_msg("case %zu", number);
	}
	*matches += wanted.n;
	arena_done(&arena);
}

static void test_equal(void **unused)
{
	const char *asked = getenv("APPARITEUR_CASES");
	size_t cases = asked != NULL ? strtoul(asked, NULL, 10) : CASES, matches = 0;

	(void)unused;
	state = 20260722;
	for (size_t done = 0; done < cases; done += NOTICES_OF_A_BED) {
		static struct bed bed;

		bed_open(&bed);
		for (size_t i = NOTICES_OF_A_BED; i-- > 0;)
			compare(&bed, &bed.notices[i], done + i, &matches);
		bed_close(&bed);
	}
	assert_true(matches > cases / 20); /* else the cases prove nothing */
}

/* All notices in batches of this many on so many threads, as one text. */
static struct str tell_batches(struct matcher *matcher, const struct notice *const *notices, size_t size,
	unsigned threads, struct arena *arena)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(1 << 22);
	struct batch_result results[NOTICES_OF_A_BED];

	for (size_t from = 0; from < NOTICES_OF_A_BED; from += size) {
		size_t n = NOTICES_OF_A_BED - from < size ? NOTICES_OF_A_BED - from : size;

		matcher_run_batch(matcher, notices + from, n, threads, &options, results);
		for (size_t i = 0; i < n; i++) {
			assert_false(str_given(results[i].overspent));
			buf_adds(&out, tell(&results[i].receipts, arena));
		}
	}
	return arena_dup(arena, buf_str(&out));
}

/* Whatever the threads, the batches and the order of the notices: each has the receipts it has alone. */
static void test_batch(void **unused)
{
	static const unsigned threads[] = { 1, 2, 3, 8 };
	static const size_t sizes[] = { 1, 7, NOTICES_OF_A_BED };
	static struct bed bed;

	(void)unused;
	state = 7;
	for (int round = 0; round < 8; round++) {
		CLEANUP(buf_done) struct buf alone = BUF_INIT(1 << 22), backwards = BUF_INIT(1 << 22);
		const struct notice *order[NOTICES_OF_A_BED], *reversed[NOTICES_OF_A_BED];

		bed_open(&bed);
		for (size_t i = 0; i < NOTICES_OF_A_BED; i++)
			order[i] = reversed[NOTICES_OF_A_BED - 1 - i] = &bed.notices[i];
		for (size_t i = 0; i < NOTICES_OF_A_BED; i++) {
			struct error err = ERROR_INIT;
			struct receipts one;

			assert_int_equal(matcher_run(bed.matcher, order[i], &options, &bed.arena, &one, &err), 0);
			buf_adds(&alone, tell(&one, &bed.arena));
			assert_int_equal(
				matcher_run(bed.matcher, reversed[i], &options, &bed.arena, &one, &err), 0);
			buf_adds(&backwards, tell(&one, &bed.arena));
		}
		assert_true(buf_str(&alone).len > 0);
		for (size_t i = 0; i < LENGTH(threads) * LENGTH(sizes); i++) {
			unsigned t = threads[i % LENGTH(threads)];
			size_t size = sizes[i / LENGTH(threads)];

			assert_true(str_eq(tell_batches(bed.matcher, order, size, t, &bed.arena),
				buf_str(&alone)));
			assert_true(str_eq(tell_batches(bed.matcher, reversed, size, t, &bed.arena),
				buf_str(&backwards)));
		}
		bed_close(&bed);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_batch),
		cmocka_unit_test(test_equal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
