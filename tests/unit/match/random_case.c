#include "random_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

enum { NOTICE_LOTS = 3 };

uint64_t random_state;

void random_begin(uint64_t seed)
{
	const char *beside = getenv("APPARITEUR_SEED");

	random_state = seed + (beside != NULL ? strtoull(beside, NULL, 10) * UINT64_C(0x2545F4914F6CDD1D) : 0);
}

size_t random_below(size_t n)
{
	uint64_t x = random_state += UINT64_C(0x9E3779B97F4A7C15);

	x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
	return (size_t)((x ^ x >> 31) % n);
}

static const char *const words[] = { "capteur", "capteurs", "Capteurs", "eau", "eaux", "d'eau", "de", "la",
	"des", "et", "SOC", "soc", "sécurité", "Securite", "sécurités", "irrigation", "irriguer",
	"goutte-à-goutte", "œuvre", "oeuvres", "2026", "B2B", "logiciel", "logiciels", "maintenance",
	"plateforme", "analyse", "analyser", "supervision", "de la sécurité", "réseau", "réseaux",
	"l’eau", "micro-capteurs", "microcapteur", "télé", "irrigations", "télé-irrigation", "clef", "cle", "maîtrise", "GRU", "grues", "audit", "audits", "½", "\U0001F6B0", "." };
static const char *const patterns[] = { "/\\bSOC\\b/C", "/irrig\\w*/", "/goutte.{0,4}goutte/",
	"/capteurs? d eau/", "/s[eé]curit\\w{1,2} .{0,12}eau/", "/(?:audit|analys\\w+) (?:de|des)/",
	"/(?<!la )eau/", "/r[eé]seaux?(?= eau)/", "/20\\d\\d/", "/eau$/", "/[a-z]{9} eau/", "/Capteurs \\w+/C" };
static const char *const codes[] = { "72212730", "72000000", "72200000", "48730000", "48000000",
	"45232120", "44613000" };
static const char *const branches[] = { "72", "722", "72212730", "48", "4873", "45232", "446" };
static const char *const labels[] = { "Logiciel", "Impression", "Voirie et r\u00e9seaux divers", "Etude" }; /* of DILA's */
static const char *const fields[] = { "title", "text", "lots", "title, lots", "text, lots" };
static const char *const places[] = { "FR", "FRK26", "FRJ", "48", "75" };

static const char *one_of(const char *const *list, size_t n)
{
	return list[random_below(n)];
}
#define ONE_OF(LIST) one_of(LIST, LENGTH(LIST))

static struct str text(struct arena *arena, size_t most)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(1 << 16);

	for (size_t n = random_below(most + 1); n > 0; n--) {
		buf_addz(&out, ONE_OF(words));
		buf_addz(&out, random_below(12) == 0 ? ".\n" : random_below(12) == 0 ? " - " : " ");
	}
	return str_trim(arena_dup(arena, buf_str(&out)));
}

static void add_codes(struct codes *list, struct arena *arena, const char *const *from, size_t n, size_t most)
{
	for (size_t left = random_below(most + 1); left > 0; left--)
		codes_add(list, arena, str_of(from[random_below(n)]));
}

/* a bed: rules, profiles */

static void write_terms(struct buf *out)
{
	for (size_t n = 1 + random_below(3); n > 0; n--) {
		size_t kind = random_below(5);

		if (kind == 0)
			buf_addf(out, " %s", ONE_OF(patterns));
		else if (kind == 1)
			buf_addf(out, " =\"%s\"", words[random_below(2) * 2 + 8 + random_below(9)]);
		else
			buf_addf(out, " \"%s %s\"", words[random_below(2) == 0 ? 0 : 12], ONE_OF(words));
	}
}

static void write_group(struct buf *out)
{
	for (size_t n = 1 + random_below(3); n > 0; n--) {
		size_t kind = random_below(8);

		if (kind == 0)
			buf_addf(out, " %s", ONE_OF(patterns));
		else if (kind == 1)
			buf_addz(out, " @water");
		else if (kind == 2)
			buf_addz(out, " \"~audit eau\"");
		else
			buf_addf(out, random_below(4) == 0 ? " =\"%s\"" : " \"%s\"", words[random_below(41)]);
	}
}

/* A line that reads texts again, or counts. */
static void write_close_line(struct buf *out, const char *verb)
{
	size_t kind = random_below(5);

	buf_addf(out, "\n %s %s%s", verb, strcmp(verb, "any") != 0 && random_below(3) == 0 ? "notice " : "",
		ONE_OF(fields));
	if (kind == 0)
		buf_addf(out, " at-least %zu %s \"capteur\"", 1 + random_below(3), random_below(2) == 0 ? "of eau audit" : "times");
	if (kind == 1)
		buf_addf(out, " near %zu%s", random_below(6), random_below(3) == 0 ? " ordered" : "");
	if (kind == 2)
		buf_addf(out, " near %s%s", random_below(2) == 0 ? "sentence" : "field",
			random_below(3) == 0 ? " ordered" : "");
	write_group(out);
	for (size_t n = 1 + random_below(2); (kind == 1 || kind == 2) && n > 0; n--) {
		buf_addz(out, " with");
		write_group(out);
	}
	if (kind == 3 || random_below(4) == 0) {
		size_t span = random_below(3);

		buf_addf(out, span == 0 ? " unless sentence" : span == 1 ? " unless field" : " unless near %zu",
			random_below(4));
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
	size_t kind = random_below(4);

	buf_addf(out, "rule %s.r%zu \"R\"", field, number);
	if (kind == 0) {
		write_close_line(out, "any");
	} else if (kind == 1 && number > 0) {
		buf_addf(out, "\n any rule %s.r%zu", field, random_below(number));
	} else {
		buf_addf(out, "\n any %s", ONE_OF(fields));
		write_terms(out);
	}
	if (random_below(3) == 0)
		buf_addf(out, "\n cpv %s", ONE_OF(branches));
	if (random_below(6) == 0)
		buf_addf(out, random_below(2) == 0 ? "\n cpv =%s" : "\n cpv %s within %zu", ONE_OF(branches), 1 + random_below(3));
	if (random_below(4) == 0) {
		buf_addf(out, "\n %s %s", random_below(2) == 0 ? "need" : "not", ONE_OF(fields));
		write_terms(out);
	}
	if (random_below(5) == 0)
		write_close_line(out, random_below(2) == 0 ? "need" : "not");
	if (random_below(6) == 0 && number > 0)
		buf_addf(out, "\n %s rule f0.r%zu", random_below(2) == 0 ? "need" : "not", random_below(number));
	if (random_below(4) == 0)
		buf_addf(out, "\n %s", ONE_OF(values));
	if (random_below(4) == 0) {
		buf_addz(out, "\n for");
		write_terms(out);
	}
	buf_addf(out, "\nweight %s.r%zu %zu\n", field, number, 2 + random_below(8));
	if (random_below(8) == 0)
		buf_addf(out, "override %s.r%zu %zu \"tried\"\n", field, number, 2 + random_below(8));
}

struct str random_rule(struct arena *arena, size_t number)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(1 << 16);

	write_rule(&out, number < RANDOM_RULES / RANDOM_FIELDS ? "f0" : "f1", number % (RANDOM_RULES / RANDOM_FIELDS));
	return arena_dup(arena, buf_str(&out));
}

/* Where the last line of evidence of several begins, that stands right in front of the weight; or `weight`. */
static size_t last_evidence(struct str rule, size_t weight)
{
	size_t first = str_find(rule, STR("\n any")), at = weight;

	while (at > 0 && rule.ptr[at - 1] != '\n')
		at--;
	at -= at > 0;
	return str_starts(str_from(rule, at), "\n for") || (str_starts(str_from(rule, at), "\n any") && first < at)
		       ? at : weight;
}

struct str random_edit(struct arena *arena, struct str rule)
{
	size_t weight = str_find(rule, STR("\nweight")), to = weight;
	CLEANUP(buf_done) struct buf out = BUF_INIT(1 << 16);

	if (random_below(3) == 0)
		to = last_evidence(rule, weight);
	buf_adds(&out, str_sub(rule, 0, to));
	if (to < weight) {
		/* one line less */
	} else if (random_below(4) == 0) {
		write_close_line(&out, "any");
	} else {
		if (random_below(3) == 0)
			buf_addz(&out, "\n for");
		else
			buf_addf(&out, "\n any %s", ONE_OF(fields));
		write_terms(&out);
	}
	buf_adds(&out, str_from(rule, weight));
	return arena_dup(arena, buf_str(&out));
}

void random_ruleset(struct arena *arena, struct random_rules *ret)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(1 << 16);

	buf_addz(&out, "stop de la des et d l\nrarity 3 logiciel reseau\nrarity 0 maintenance\n"
		       "list water eau \"réseau d'eau\" /irrig\\w*/\nfamily audit analyse \"contrôle\"\n");
	for (size_t field = 0; field < RANDOM_FIELDS; field++)
		buf_addf(&out, "field f%zu \"F\" cap %zu\n", field, 4 + random_below(12));
	ret->head = arena_dup(arena, buf_str(&out));
	for (size_t i = 0; i < RANDOM_RULES; i++)
		ret->rules[i] = random_rule(arena, i);
}

struct rules *random_parsed_alone(const struct random_rules *rules)
{
	struct rule_source files[1 + RANDOM_RULES] = { { STR("head.rules"), rules->head } };
	struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	struct rule_problem *problems;
	struct rules *parsed = NULL;
	size_t n_problems, n = 1;

	for (size_t i = 0; i < RANDOM_RULES; i++)
		if (str_given(rules->rules[i]))
			files[n++] = (struct rule_source){ arena_printf(&arena, "%zu.rules", i), rules->rules[i] };
	if (rules_parse(files, n, &arena, &problems, &n_problems, &parsed, &err) < 0)
		parsed = NULL; /* it asks for rules that are not there */
	arena_done(&arena);
	return parsed;
}

struct rules *random_parsed(const struct random_rules *rules)
{
	struct rules *parsed = random_parsed_alone(rules);

	assert_non_null(parsed);
	return parsed;
}

struct profile random_profile(struct arena *arena, size_t number)
{
	struct profile profile;

	profile_init(&profile);
	profile.id = arena_printf(arena, "p%zu", number);
	for (size_t n = random_below(5); n > 0; n--)
		codes_add(&profile.keywords, arena,
			random_below(5) > 0 ? text(arena, 3) : arena_printf(arena, "=\"%.*s\"", STR_ARG(text(arena, 2))));
	for (size_t n = random_below(2); n > 0; n--)
		codes_add(&profile.exclude, arena,
			random_below(3) > 0 ? text(arena, 1) : arena_printf(arena, "=%.*s", STR_ARG(text(arena, 1))));
	profile.description = text(arena, random_below(2) * 12);
	add_codes(&profile.cpv, arena, branches, LENGTH(branches), 2);
	if (random_below(2) == 0)
		codes_add(&profile.fields, arena, random_below(2) == 0 ? STR("f0") : STR("f1"));
	if (random_below(4) == 0)
		add_codes(&profile.places, arena, places, LENGTH(places), 2);
	if (random_below(4) == 0)
		profile.natures[NATURE_SERVICES] = true;
	if (random_below(6) == 0)
		profile.value_max = 1000000;
	return profile;
}

struct notice random_notice(struct arena *arena)
{
	struct notice notice;

	notice_init(&notice);
	notice.id = arena_printf(arena, "boamp:26-%zu", random_below(100000));
	notice.kind = notice.stage = random_below(12) == 0 ? NOTICE_RESULT : NOTICE_COMPETITION;
	notice.nature = (enum notice_nature)random_below(NATURES);
	notice.title = text(arena, 8);
	notice.description = text(arena, 25);
	notice.criteria = text(arena, 4);
	notice.buyer.name = random_below(3) == 0 ? STR("Commune de l'eau") : text(arena, 3);
	notice.procedure = random_below(3) == 0 ? STR("open") : random_below(2) == 0 ? STR("adapted") : STR_NONE;
	notice.innovative = random_below(3) == 0;
	notice.sme = random_below(3) == 0;
	notice.published = random_below(4) == 0 ? DAY_NONE : day_from_civil(2026, 1, 1) + (day_t)random_below(20);
	if (random_below(3) > 0)
		notice.deadline.at = civil_to_utc(&(struct civil){ 2026, 1, 25, 23, 30, 0 }, 0) +
				     (int64_t)random_below(30) * 86400;
	for (size_t n = random_below(3); n > 0; n--)
		codes_add(&notice.subjects, arena, random_below(3) == 0 ? str_of(ONE_OF(labels)) : text(arena, 3));
	add_codes(&notice.cpv, arena, codes, LENGTH(codes), 2);
	add_codes(&notice.places, arena, places + 1, LENGTH(places) - 1, 1);
	if (random_below(3) == 0) {
		notice.value = (struct money){ .cents = 500000 * (int64_t)(1 + random_below(3)), .currency = "EUR" };
		notice.value_kind = VALUE_ESTIMATE;
	}
	notice.n_lots = random_below(2) * random_below(NOTICE_LOTS + 1);
	notice.lots = arena_array(arena, struct lot, notice.n_lots);
	for (size_t i = 0; i < notice.n_lots; i++) {
		struct lot *lot = &notice.lots[i];

		lot_init(lot);
		lot->id = arena_printf(arena, "LOT-%04zu", i + 1);
		lot->title = text(arena, 5);
		lot->description = text(arena, 10);
		lot->nature = (enum notice_nature)random_below(NATURES);
		if (random_below(4) == 0)
			lot->value = (struct money){ .cents = 400000 * (int64_t)(1 + random_below(3)),
				.currency = "EUR" };
		if (random_below(4) == 0)
			lot->deadline.at = civil_to_utc(&(struct civil){ 2026, 1, 20, 12, 0, 0 }, 0);
		add_codes(&lot->places, arena, places + 1, LENGTH(places) - 1, random_below(3) == 0);
		add_codes(&lot->cpv, arena, codes, LENGTH(codes), 2);
		for (size_t j = 0; j < lot->cpv.n; j++)
			codes_add(&notice.cpv, arena, lot->cpv.at[j]);
	}
	return notice;
}

/* Receipts as text, so that a difference can be read. */
struct str receipts_told(const struct receipts *receipts, struct arena *arena)
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
