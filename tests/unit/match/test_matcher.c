/* The matcher: what is found, where, for how many points; gates; and what must never change a receipt. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "match/matcher.h"

static const char rule_text[] =
	"stop de la le les des du d l en et a au pour\n"
	"rarity 1 logiciel plateforme donnees preventif curatif\n"
	"rarity 2 voies\n"
	"rarity 4 impression\n"
	"rarity 0 fourniture prestation service maintenance\n"
	"field cyber \"Cybersécurité\" cap 12\n"
	"rule cyber.soc \"Supervision\"\n"
	"  any text \"supervision de la sécurité\" /\\bSOC\\b/C\n"
	"  not title vidéosurveillance\n"
	"weight cyber.soc 8\n"
	"rule cyber.audit \"Audit\"\n"
	"  any text \"test d'intrusion\" pentest\n"
	"  cpv 72212730\n"
	"  need nature services\n"
	"weight cyber.audit 6\n"
	"field eau \"Eau\"\n"
	"rule eau.irrigation \"Irrigation\"\n"
	"  any text arrosage irrigation /goutte.{0,4}goutte/\n"
	"weight eau.irrigation 8\n";

struct bed {
	struct arena arena;
	struct rules *rules;
	struct matcher *matcher;
	const struct profile *profiles[4];
};

static struct profile profile_of(const char *id)
{
	struct profile profile;

	profile_init(&profile);
	profile.id = str_of(id);
	return profile;
}

static struct notice notice_of(const char *title, const char *description)
{
	struct notice notice;

	notice_init(&notice);
	notice.id = STR("boamp:26-1");
	notice.kind = notice.stage = NOTICE_COMPETITION;
	notice.nature = NATURE_SERVICES;
	notice.title = str_of(title);
	notice.description = str_of(description);
	return notice;
}

static void bed_open(struct bed *bed, const struct profile *profiles, size_t n)
{
	struct rule_source file = { STR("test.rules"), str_of(rule_text) };
	struct rule_problem *problems;
	struct error err = ERROR_INIT;
	size_t n_problems;

	*bed = (struct bed){ .arena = ARENA_INIT };
	assert_int_equal(rules_parse(&file, 1, &bed->arena, &problems, &n_problems, &bed->rules, &err), 0);
	for (size_t i = 0; i < n; i++)
		bed->profiles[i] = &profiles[i];
	assert_int_equal(matcher_new(bed->rules, 7, bed->profiles, n, &bed->matcher, &err), 0);
}

static void bed_close(struct bed *bed)
{
	matcher_free(bed->matcher);
	rules_free(bed->rules);
	arena_done(&bed->arena);
}

static struct receipts run(struct bed *bed, const struct notice *notice)
{
	struct match_options options = { .now = 0 };
	struct error err = ERROR_INIT;
	struct receipts receipts;

	assert_int_equal(matcher_run(bed->matcher, notice, &options, &bed->arena, &receipts, &err), 0);
	return receipts;
}

/* "rule points field text; …", but for what the title's own words add: test_own_title() */
static const char *tell(const struct receipts *receipts, char out[1000])
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < receipts->n; i++) {
		for (size_t j = 0; j < receipts->at[i].n_reasons; j++) {
			const struct reason *r = &receipts->at[i].reasons[j];
			char points[POINTS_FORMAT_MAX];

			if (str_eqz(r->rule, "own-title"))
				continue;
			used += (size_t)snprintf(out + used, 1000 - used, "%.*s %s %.*s [%.*s]; ",
				STR_ARG(r->rule), points_format(r->points, points), STR_ARG(r->field),
				STR_ARG(r->text));
		}
	}
	return out;
}

/* One profile with keywords; what its receipt says, "" for no match. */
static const struct found {
	const char *title, *description, *keywords[4], *expected;
} founds[] = {
	{ "Arrosage automatique du stade", "", { "arrosage automatique" },
		"keyword:arrosage automatique 8 title [Arrosage automatique]; " },
	{ "ARROSAGES  AUTOMATIQUES", "", { "arrosage automatique" },
		"keyword:arrosage automatique 8 title [ARROSAGES  AUTOMATIQUES]; " },
	{ "Capteurs d\u2019humidit\u00e9 du sol", "", { "capteur d'humidite" },
		"keyword:capteur d'humidite 8 title [Capteurs d\u2019humidit\u00e9]; " },
	{ "Capteurs d'humidite\u0301 du sol", "", { "capteur d'humidit\u00e9" },
		"keyword:capteur d'humidit\u00e9 8 title [Capteurs d'humidite\u0301]; " },
	{ "Maintenance des voiries", "", { "voirie" }, "keyword:voirie 8 title [voiries]; " },
	{ "Logiciel de paie", "", { "logiciel" }, "" },          /* a word that proves nothing alone */
	/* a common word is worth what it is the object of */
	{ "Prestation d'impression", "", { "impression" }, "keyword:impression 8 title [impression]; " },
	{ "Mairie - Impression de la gazette", "", { "impression" }, "keyword:impression 8 title [Impression]; " },
	{ "Papier d'impression", "", { "impression" }, "" },
	{ "Maintenance des voies", "", { "voies" }, "" },
	/* one or two words between, in one part of a title */
	{ "Relevage pr\u00e9ventif et curatif de sonars", "", { "relevage de sonars" },
		"keyword:relevage de sonars 8 title [Relevage pr\u00e9ventif et curatif de sonars]; " },
	{ "Relevage de 12 sonars", "Relevage de sonars", { "relevage de sonars" },
		"keyword:relevage de sonars 8 title [Relevage de 12 sonars]; " },
	{ "Relevage pr\u00e9ventif, curatif et annuel de sonars", "", { "relevage de sonars" }, "" },
	{ "Sonars \u00e0 relever, relevage", "", { "relevage de sonars" }, "" },
	{ "Relevage du chalut de sonars", "", { "relevage de sonars" }, "" }, /* of the trawl */
	{ "Relevage ; 12 sonars", "", { "relevage de sonars" }, "" },
	{ "Relevage de 12 sonars", "", { "=\"relevage de sonars\"" }, "" },
	{ "Objet", "Relevage de 12 sonars, de 12 hydrophones et de 12 balises",
		{ "relevage de sonars", "relevage hydrophones", "relevage balises" }, "" },
	/* written apart or not */
	{ "Plate-forme d'essai", "", { "plateforme d'essai" }, "keyword:plateforme d'essai 8 title [Plate-forme d'essai]; " },
	{ "Elearning", "", { "e-learning" }, "keyword:e-learning 8 title [Elearning]; " },
	{ "Vid\u00e9o-protection", "", { "vid\u00e9oprotection" }, "keyword:vid\u00e9oprotection 8 title [Vid\u00e9o-protection]; " },
	{ "Vid\u00e9oprotection", "", { "=vid\u00e9o-protection" }, "" },
	{ "Clefs et serrures", "", { "cl\u00e9" }, "keyword:cl\u00e9 8 title [Clefs]; " },
	/* governed by what is bought, it takes a second sign; side by side it does not */
	{ "Assurance du gymnase", "", { "gymnase" }, "" },
	{ "Assurance du gymnase", "", { "gymnase", "assurance" },
		"keyword:assurance 8 title [Assurance]; keyword:gymnase 6.4 title [gymnase]; " },
	{ "Tribunes et gymnase", "", { "gymnase" }, "keyword:gymnase 8 title [gymnase]; " },
	{ "R\u00e9novation des tribunes, du gymnase", "", { "gymnase" }, "keyword:gymnase 8 title [gymnase]; " },
	{ "Assurances - mairie du gymnase", "", { "gymnase" }, "" },
	{ "Assurances - gymnase", "", { "gymnase" }, "keyword:gymnase 8 title [gymnase]; " },
	{ "Objet", "Un jumeau num\u00e9rique", { "jumeau num\u00e9rique" }, "" }, /* once, in a description: 4.8 */
	/* twice: 7.5; three times, that is what it is about */
	{ "Objet", "Un jumeau num\u00e9rique et un hydrophone", { "jumeau num\u00e9rique", "hydrophone" }, "" },
	{ "Objet", "Un jumeau num\u00e9rique, un hydrophone et un sonar",
		{ "jumeau num\u00e9rique", "hydrophone", "sonar" },
		"keyword:jumeau num\u00e9rique 4.8 description [jumeau num\u00e9rique]; keyword:hydrophone 2.7 description [hydrophone]; keyword:sonar 1 description [sonar]; " },
	{ "Hydrophones", "", { "hydrophone", "hydrophones" }, "keyword:hydrophone 8 title [Hydrophones]; " },
	{ "L'\u0152uvre", "", { "oeuvre" }, "keyword:oeuvre 8 title [\u0152uvre]; " },
	{ "hydro\u00adphone", "", { "hydrophone" }, "keyword:hydrophone 8 title [hydro\u00adphone]; " },
	{ "Jumeaux num\u00e9riques", "", { "jumeau num\u00e9rique" },
		"keyword:jumeau num\u00e9rique 8 title [Jumeaux num\u00e9riques]; " },
	{ "Jumeau, puis num\u00e9rique", "", { "jumeau num\u00e9rique" }, "" },
	{ "", "", { "hydrophone" }, "" },
};

static void test_keywords(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(founds); i++) {
		struct profile profile = profile_of("p");
		struct notice notice = notice_of(founds[i].title, founds[i].description);
		struct receipts receipts;
		struct arena arena = ARENA_INIT;
		struct bed bed;
		char out[1000];

		for (size_t k = 0; k < 4 && founds[i].keywords[k] != NULL; k++)
			codes_add(&profile.keywords, &arena, str_of(founds[i].keywords[k]));
		bed_open(&bed, &profile, 1);
		receipts = run(&bed, &notice);
		assert_string_equal(tell(&receipts, out), founds[i].expected);
		bed_close(&bed);
		arena_done(&arena);
	}
}

/* What a notice is filed under, and what the keyword "gymnase" makes of it. */
static const struct filed {
	const char *title, *subjects[2], *expected;
} fileds[] = {
	{ "Assurance du gymnase", { "Gymnase" }, "keyword:gymnase 8 title [gymnase]; " },
	{ "Salle Coubertin", { "Gymnase" }, "keyword:gymnase 8 subjects [Gymnase]; " },
	{ "Salle Coubertin", { "Les gymnases" }, "keyword:gymnase 8 subjects [gymnases]; " },
	{ "Salle Coubertin", { "Gymnase", "Tribunes" }, "" },
	{ "Salle Coubertin", { "Gymnase (travaux)" }, "" },
};

static void test_subjects(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(fileds); i++) {
		struct profile profile = profile_of("p");
		struct notice notice = notice_of(fileds[i].title, "");
		struct receipts receipts;
		struct arena arena = ARENA_INIT;
		struct bed bed;
		char out[1000];

		codes_add(&profile.keywords, &arena, STR("gymnase"));
		for (size_t k = 0; k < 2 && fileds[i].subjects[k] != NULL; k++)
			codes_add(&notice.subjects, &arena, str_of(fileds[i].subjects[k]));
		bed_open(&bed, &profile, 1);
		receipts = run(&bed, &notice);
		assert_string_equal(tell(&receipts, out), fileds[i].expected);
		bed_close(&bed);
		arena_done(&arena);
	}
}

static void test_fields_of_activity(void **state)
{
	struct profile profiles[] = { profile_of("named"), profile_of("speaks"), profile_of("other"),
		profile_of("twice") };
	struct notice notice = notice_of("Supervision de la s\u00e9curit\u00e9 et tests d'intrusion", "");
	struct arena arena = ARENA_INIT;
	struct receipts receipts;
	struct bed bed;

	(void)state;
	codes_add(&profiles[0].fields, &arena, STR("cyber"));
	codes_add(&profiles[0].fields, &arena, STR("cyber"));
	codes_add(&profiles[0].fields, &arena, STR("nowhere"));
	profiles[1].description = STR("Nous op\u00e9rons un SOC pour la s\u00e9curit\u00e9 des mairies");
	profiles[2].description = STR("Nous vendons du pain");
	profiles[3].description = STR("SOC mutualis\u00e9 : supervision de la s\u00e9curit\u00e9");
	bed_open(&bed, profiles, 4);
	receipts = run(&bed, &notice);
	assert_int_equal(receipts.n, 3);
	assert_int_equal(receipts.at[0].score, 120); /* 8 + 6, capped at 12 */
	assert_int_equal(receipts.at[0].reasons[1].points, 40);
	/* its own rule whole, borne out by "sécurité", the one beside it at twenty percent; more for who says two of its words */
	assert_int_equal(receipts.at[1].reasons[0].points, 80);
	assert_true(str_eqz(receipts.at[1].reasons[1].rule, "own-title"));
	assert_int_equal(receipts.at[1].reasons[2].points, 12);
	assert_int_equal(receipts.at[2].reasons[0].points, 99);
	notice.nature = NATURE_WORKS; /* cyber.audit needs services */
	assert_int_equal(run(&bed, &notice).at[0].score, 80);
	notice.title = STR("Supervision de la s\u00e9curit\u00e9 : vid\u00e9osurveillance");
	assert_int_equal(run(&bed, &notice).n, 0);
	bed_close(&bed);
	arena_done(&arena);
}

/*
 * Rules worth 8 that know "irrigation", "arrosage" and "goutte à goutte", and "SOC" and "supervision de la
 * sécurité": a part of a keyword tells them less, and no phrase runs from one keyword into the next.
 */
static const struct {
	const char *keywords[3], *title;
	points_t expected; /* of the rule; 0: it is not told */
} parts[] = {
	{ { "irrigation" }, "goutte-\u00e0-goutte", 80 },
	{ { "irrigation connect\u00e9e" }, "goutte-\u00e0-goutte", 64 },
	{ { "l'irrigation" }, "goutte-\u00e0-goutte", 80 },
	{ { "irrigation connect\u00e9e", "arrosage automatique" }, "goutte-\u00e0-goutte", 80 },
	{ { "irrigation connect\u00e9e", "arrosage" }, "goutte-\u00e0-goutte", 99 },
	{ { "irrigation", "arrosage" }, "goutte-\u00e0-goutte", 99 },
	{ { "supervision de la s\u00e9curit\u00e9" }, "SOC", 80 },
	{ { "supervision", "s\u00e9curit\u00e9" }, "SOC", 0 },
	{ { "cr\u00e8me et supervision de la", "s\u00e9curit\u00e9" }, "SOC", 0 },
	{ { "supervision", "", "s\u00e9curit\u00e9" }, "SOC", 0 },
};

static void test_parts_of_keywords(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(parts); i++) {
		struct profile profile = profile_of("p");
		struct notice notice = notice_of(parts[i].title, "");
		struct match_options options = { .no_gates = true };
		struct arena arena = ARENA_INIT;
		struct error err = ERROR_INIT;
		struct explanation why;
		points_t points = 0;
		struct bed bed;

		for (size_t j = 0; j < 3 && parts[i].keywords[j] != NULL; j++)
			codes_add(&profile.keywords, &arena, str_of(parts[i].keywords[j]));
		bed_open(&bed, &profile, 1);
		assert_int_equal(matcher_explain(bed.matcher, &notice, 0, &options, &bed.arena, &why, &err), 0);
		for (size_t j = 0; j < why.receipt.n_reasons; j++)
			if (why.receipt.reasons[j].points > 0 && !str_starts(why.receipt.reasons[j].rule, "keyword"))
				points = why.receipt.reasons[j].points;
		if (points != parts[i].expected)
			fail_msg("case %zu: %d", i, (int)points);
		bed_close(&bed);
		arena_done(&arena);
	}
}

/* CPV codes of other divisions speak against; a nature does where it is no gate. */
static void test_other_trades(void **state)
{
	struct profile profile = profile_of("p");
	struct notice notice = notice_of("Hydrophones", "");
	struct match_options no_gates = { .no_gates = true };
	struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	struct explanation why;
	struct bed bed;

	(void)state;
	codes_add(&profile.keywords, &arena, STR("hydrophone"));
	codes_add(&profile.cpv, &arena, STR("3834"));
	codes_add(&notice.cpv, &arena, STR("45210000"));
	profile.natures[NATURE_SUPPLIES] = true;
	bed_open(&bed, &profile, 1);
	assert_int_equal(matcher_explain(bed.matcher, &notice, 0, &no_gates, &bed.arena, &why, &err), 0);
	assert_int_equal(why.receipt.score, 45);
	assert_int_equal(why.receipt.n_reasons, 3);
	assert_true(str_eqz(why.receipt.reasons[1].rule, "other-cpv"));
	assert_int_equal(why.receipt.reasons[1].points, -15);
	assert_true(str_eqz(why.receipt.reasons[2].text, "services"));
	assert_int_equal(why.receipt.reasons[2].points, -20);
	codes_add(&notice.cpv, &arena, STR("38000000"));
	notice.nature = NATURE_SUPPLIES;
	assert_int_equal(matcher_explain(bed.matcher, &notice, 0, &no_gates, &bed.arena, &why, &err), 0);
	assert_int_equal(why.receipt.score, 185); /* one digit more than the division: a broader code */
	bed_close(&bed);
	arena_done(&arena);
}

/*
 * Without a code, subjects speak against a keyword, if all that are known are of other divisions than 98 and 18 and none
 * is that keyword or another of the profile's. Where they do not, the title, which is the keyword, adds ten points.
 */
static const struct {
	const char *subjects[3], *cpv;
	points_t score;
	const char *keyword, *also; /* NULL: "blanchisserie" alone */
} other_filed[] = {
	{ { NULL }, NULL, 180, NULL, NULL },
	{ { "Blanchissage" }, NULL, 180, NULL, NULL },
	{ { "Assurance" }, NULL, 65, NULL, NULL },
	{ { "ASSURANCE" }, NULL, 65, NULL, NULL },
	{ { "Assurance", "Contr\u00f4le technique" }, NULL, 65, NULL, NULL },
	{ { "Assurance", "Habillement" }, NULL, 180, NULL, NULL },
	{ { "Etude", "Assurance" }, NULL, 65, NULL, NULL },
	{ { "Etude" }, NULL, 180, NULL, NULL },
	{ { "Assurance des chats" }, NULL, 180, NULL, NULL },
	{ { "" }, NULL, 180, NULL, NULL },
	{ { "Assurance" }, "18100000", 185, NULL, NULL },
	{ { "Blanchissage" }, "66510000", 65, NULL, NULL },
	{ { "Assurance" }, NULL, 180, "assurance", NULL },
	{ { "Assurance", "Contr\u00f4le technique" }, NULL, 180, "assurance", NULL },
	{ { "Contr\u00f4le technique", "Assurance" }, NULL, 244, "blanchisserie", "assurance" },
	{ { "Assurance" }, "45210000", 65, "assurance", NULL },
	{ { "Formation" }, NULL, 180, "formation", NULL },
	{ { "Edition" }, NULL, 65, "\u00e9dition", NULL }, /* of software, it may be */
};

static void test_other_subjects(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(other_filed); i++) {
		struct profile profile = profile_of("p");
		const char *keyword = other_filed[i].keyword != NULL ? other_filed[i].keyword : "blanchisserie";
		struct notice notice = notice_of(keyword, "");
		struct match_options options = { .now = 0 };
		struct arena arena = ARENA_INIT;
		struct error err = ERROR_INIT;
		struct explanation why;
		struct bed bed;

		codes_add(&profile.keywords, &arena, str_of(keyword));
		if (other_filed[i].also != NULL)
			codes_add(&profile.keywords, &arena, str_of(other_filed[i].also));
		codes_add(&profile.cpv, &arena, STR("98"));
		codes_add(&profile.cpv, &arena, STR("18"));
		for (size_t j = 0; j < 3 && other_filed[i].subjects[j] != NULL; j++)
			codes_add(&notice.subjects, &arena, str_of(other_filed[i].subjects[j]));
		if (other_filed[i].cpv != NULL)
			codes_add(&notice.cpv, &arena, str_of(other_filed[i].cpv));
		bed_open(&bed, &profile, 1);
		assert_int_equal(matcher_explain(bed.matcher, &notice, 0, &options, &bed.arena, &why, &err), 0);
		if (why.receipt.score != other_filed[i].score)
			fail_msg("case %zu: %d", i, (int)why.receipt.score);
		bed_close(&bed);
		arena_done(&arena);
	}
}

/*
 * The share of the title's words that the profile says, in a tenth of a point for each percent, where there is enough
 * without it. Unlisted words weigh 5, "impression" less; function words, numbers and letters nothing.
 */
static const struct {
	const char *title, *keyword, *says;
	points_t points;
} own_titles[] = {
	{ "Sonars", "sonar", "", 100 },
	{ "Sonars pour balises", "sonar", "", 50 },
	{ "Sonars de 12 balises", "sonar", "", 50 },
	{ "Balises, sonars", "sonar", "Des balises.", 100 },
	{ "Chalut, sonars, balises", "sonar", "Pour une balise.", 66 },
	{ "Chalut, hublot, nasse, sonars", "sonar", "", 25 },
	{ "Chalut, hublot, nasse, sonars", "sonar", "Hublots et nasses", 75 },
	{ "Sonars, impression", "sonar", "", 55 },
};

static void test_own_title(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(own_titles); i++) {
		struct profile profile = profile_of("p");
		struct notice notice = notice_of(own_titles[i].title, "");
		const struct reason *found = NULL;
		struct arena arena = ARENA_INIT;
		struct receipts receipts;
		struct bed bed;

		codes_add(&profile.keywords, &arena, str_of(own_titles[i].keyword));
		profile.description = str_of(own_titles[i].says);
		bed_open(&bed, &profile, 1);
		receipts = run(&bed, &notice);
		assert_int_equal(receipts.n, 1);
		for (size_t j = 0; j < receipts.at[0].n_reasons; j++)
			if (str_eqz(receipts.at[0].reasons[j].rule, "own-title"))
				found = &receipts.at[0].reasons[j];
		if (found == NULL || found->points != own_titles[i].points)
			fail_msg("case %zu: %d", i, found != NULL ? (int)found->points : 0);
		bed_close(&bed);
		arena_done(&arena);
	}
}

static void test_lots(void **state)
{
	struct profile profile = profile_of("p");
	struct notice notice = notice_of("March\u00e9 global", "");
	struct lot lots[3];
	struct arena arena = ARENA_INIT;
	struct receipts receipts;
	struct bed bed;

	(void)state;
	for (size_t i = 0; i < LENGTH(lots); i++)
		lot_init(&lots[i]);
	lots[0].id = STR("LOT-0001");
	lots[0].title = STR("Voirie");
	lots[1].id = STR("LOT-0002");
	lots[1].title = STR("Hydrophones");
	codes_add(&lots[1].cpv, &arena, STR("38340000"));
	lots[2].id = STR("LOT-0003");
	lots[2].title = STR("Hydrophones");
	notice.lots = lots;
	notice.n_lots = 3;
	codes_add(&notice.cpv, &arena, STR("45000000"));
	codes_add(&notice.cpv, &arena, STR("38340000"));
	codes_add(&profile.keywords, &arena, STR("hydrophone"));
	codes_add(&profile.cpv, &arena, STR("3834"));
	codes_add(&profile.exclude, &arena, STR("voirie"));
	bed_open(&bed, &profile, 1);
	receipts = run(&bed, &notice);
	assert_int_equal(receipts.n, 1); /* the exclusion stands in another lot */
	assert_true(str_eqz(receipts.at[0].lot, "LOT-0002"));
	assert_int_equal(receipts.at[0].score, 110);
	assert_true(str_eqz(receipts.at[0].reasons[1].field, "cpv"));
	assert_int_equal(receipts.at[0].reasons[1].start, 9); /* "45000000 38340000" */
	notice.title = STR("Hydrophones et voirie");
	assert_int_equal(run(&bed, &notice).n, 0); /* in the title it stands in the way */
	bed_close(&bed);
	arena_done(&arena);
}

static void test_gates(void **state)
{
	struct profile profile = profile_of("p");
	struct match_options options = { .now = 1000 };
	struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	struct explanation why;
	struct bed bed;

	static const struct gate {
		enum notice_kind kind, stage;
		int64_t deadline;
		enum deadline_certainty certainty;
		enum notice_nature nature;
		const char *place, *department;
		int64_t cents;
		enum value_kind value_kind;
		enum match_gate expected;
	} gates[] = {
		{ .kind = NOTICE_COMPETITION, .stage = NOTICE_COMPETITION, .deadline = 1001, .cents = MONEY_NONE },
		{ .kind = NOTICE_RESULT, .stage = NOTICE_RESULT, .deadline = TIME_NONE, .cents = MONEY_NONE, .expected = GATE_KIND },
		{ .kind = NOTICE_CHANGE, .stage = NOTICE_COMPETITION, .deadline = TIME_NONE, .cents = MONEY_NONE },
		{ .kind = NOTICE_CHANGE, .stage = NOTICE_RESULT, .deadline = TIME_NONE, .cents = MONEY_NONE, .expected = GATE_KIND },
		{ .kind = NOTICE_CANCELLATION, .stage = NOTICE_COMPETITION, .deadline = TIME_NONE, .cents = MONEY_NONE, .expected = GATE_KIND },
		{ .kind = NOTICE_REQUIREMENT, .stage = NOTICE_REQUIREMENT, .deadline = TIME_NONE, .cents = MONEY_NONE },
		{ .kind = NOTICE_PLANNING, .stage = NOTICE_PLANNING, .deadline = 1000, .cents = MONEY_NONE, .expected = GATE_DEADLINE },
		{ .kind = NOTICE_COMPETITION, .stage = NOTICE_COMPETITION, .deadline = 5, .certainty = DEADLINE_UNCERTAIN, .cents = MONEY_NONE },
		{ .kind = NOTICE_COMPETITION, .stage = NOTICE_COMPETITION, .deadline = TIME_NONE, .nature = NATURE_WORKS, .cents = MONEY_NONE, .expected = GATE_NATURE },
		{ .kind = NOTICE_COMPETITION, .stage = NOTICE_COMPETITION, .deadline = TIME_NONE, .place = "FRJ14", .cents = MONEY_NONE },
		{ .kind = NOTICE_COMPETITION, .stage = NOTICE_COMPETITION, .deadline = TIME_NONE, .place = "FR", .cents = MONEY_NONE },
		{ .kind = NOTICE_COMPETITION, .stage = NOTICE_COMPETITION, .deadline = TIME_NONE, .place = "69", .cents = MONEY_NONE, .expected = GATE_PLACE },
		{ .kind = NOTICE_COMPETITION, .stage = NOTICE_COMPETITION, .deadline = TIME_NONE, .department = "69", .cents = MONEY_NONE, .expected = GATE_PLACE },
		{ .kind = NOTICE_COMPETITION, .stage = NOTICE_COMPETITION, .deadline = TIME_NONE, .place = "48", .department = "69", .cents = MONEY_NONE },
		{ .kind = NOTICE_COMPETITION, .stage = NOTICE_COMPETITION, .deadline = TIME_NONE, .cents = 99, .value_kind = VALUE_ESTIMATE, .expected = GATE_VALUE },
		{ .kind = NOTICE_COMPETITION, .stage = NOTICE_COMPETITION, .deadline = TIME_NONE, .cents = 10001, .value_kind = VALUE_ESTIMATE, .expected = GATE_VALUE },
		{ .kind = NOTICE_COMPETITION, .stage = NOTICE_COMPETITION, .deadline = TIME_NONE, .cents = 10001, .value_kind = VALUE_CEILING },
	};

	(void)state;
	codes_add(&profile.keywords, &arena, STR("hydrophone"));
	codes_add(&profile.places, &arena, STR("48"));
	profile.natures[NATURE_SERVICES] = true;
	profile.value_min = 100;
	profile.value_max = 10000;
	bed_open(&bed, &profile, 1);
	for (size_t i = 0; i < LENGTH(gates); i++) {
		struct notice notice = notice_of("Hydrophones", "");

		notice.kind = gates[i].kind;
		notice.stage = gates[i].stage;
		notice.deadline.at = gates[i].deadline;
		notice.deadline.certainty = gates[i].certainty;
		if (gates[i].nature != NATURE_NONE)
			notice.nature = gates[i].nature;
		codes_add(&notice.places, &arena, str_of(gates[i].place));
		notice.buyer.department = str_of(gates[i].department);
		notice.value = (struct money){ gates[i].cents, "EUR" };
		notice.value_kind = gates[i].value_kind;
		assert_int_equal(
			matcher_explain(bed.matcher, &notice, 0, &options, &bed.arena, &why, &err), 0);
		if (why.gate != gates[i].expected)
			fail_msg("row %zu: %s", i, match_gate_name(why.gate));
		assert_int_equal(why.matches, gates[i].expected == GATE_PASSED);
		assert_int_equal(why.receipt.score, 180);
	}
	bed_close(&bed);
	arena_done(&arena);
}

static void test_why_not(void **state)
{
	struct profile profile = profile_of("p");
	struct notice notice = notice_of("Fourniture de hydrophones", "");
	struct match_options options = { .now = 0 };
	struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	struct explanation why;
	struct str change;
	struct bed bed;

	(void)state;
	codes_add(&profile.keywords, &arena, STR("sonar"));
	bed_open(&bed, &profile, 1);
	assert_int_equal(matcher_explain(bed.matcher, &notice, 0, &options, &bed.arena, &why, &err), 0);
	assert_false(why.matches);
	assert_int_equal(why.missing, 80);
	assert_false(str_given(why.change));
	assert_int_equal(matcher_propose(bed.matcher, bed.rules, &notice, &profile, &bed.arena, &change, &err), 0);
	assert_true(str_eqz(change, "add the keyword \"hydrophones\""));
	codes_add(&profile.places, &arena, STR("48"));
	codes_add(&notice.places, &arena, STR("69"));
	assert_int_equal(matcher_explain(bed.matcher, &notice, 0, &options, &bed.arena, &why, &err), 0);
	assert_true(str_eqz(why.change, "add the place 69"));
	notice.kind = notice.stage = NOTICE_RESULT; /* nothing would have helped */
	assert_int_equal(matcher_explain(bed.matcher, &notice, 0, &options, &bed.arena, &why, &err), 0);
	assert_false(str_given(why.change));
	notice.kind = notice.stage = NOTICE_COMPETITION;
	profile.places.n = notice.places.n = 0;
	bed_close(&bed);
	/* and the change does what it says */
	codes_add(&profile.keywords, &arena, STR("hydrophones"));
	bed_open(&bed, &profile, 1);
	assert_int_equal(run(&bed, &notice).n, 1);
	bed_close(&bed);
	arena_done(&arena);
}

/* What would have made a match of a purchase that nothing in the profile speaks of. */
static void test_far_away(void **state)
{
	static const struct {
		const char *title;
		enum notice_nature nature;
		const char *change; /* "": none is known */
	} cases[] = {
		{ "Hydrophones", NATURE_SERVICES, "add the keyword \"Hydrophones\"" },
		{ "Hydrophones", NATURE_WORKS, "add the keyword \"Hydrophones\" and the nature works" },
		{ "Fourniture de logiciel pour voies", NATURE_SERVICES, "add the keyword \"logiciel pour voies\"" },
		{ "Fourniture de logiciel", NATURE_SERVICES, "" },
		{ "2026", NATURE_SERVICES, "" },
	};
	struct profile profile = profile_of("p");
	struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;

	(void)state;
	codes_add(&profile.keywords, &arena, STR("sonar"));
	profile.natures[NATURE_SERVICES] = true;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct notice notice = notice_of(cases[i].title, "");
		struct str change;
		struct bed bed;

		notice.nature = cases[i].nature;
		bed_open(&bed, &profile, 1);
		assert_int_equal(
			matcher_propose(bed.matcher, bed.rules, &notice, &profile, &bed.arena, &change, &err), 0);
		if (str_given(change) ? !str_eqz(change, cases[i].change) : cases[i].change[0] != '\0')
			fail_msg("%s: %.*s", cases[i].title, STR_ARG(change));
		bed_close(&bed);
	}
	arena_done(&arena);
}

/* Seeded texts and profiles: sums, spans, and that neither company nor order changes a receipt. */
static unsigned seed;

static unsigned draw(unsigned n)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % n;
}

static const char *const words[] = { "hydrophone", "capteurs", "d'humidit\u00e9", "SOC", "supervision", "de",
	"la", "s\u00e9curit\u00e9", "arrosage", "logiciel", "\u0153uvre", "test", "d\u2019intrusion", "voirie", "\U0001F600", "  ",
	"goutte-\u00e0-goutte", "vid\u00e9osurveillance", "Paris,", "pentest." };

static struct str draw_text(struct arena *arena, unsigned most)
{
	struct str text = STR("");

	for (unsigned i = draw(most); i > 0; i--)
		text = arena_printf(arena, "%.*s%s ", STR_ARG(text), words[draw(LENGTH(words))]);
	return text;
}

static struct str field_text(const struct notice *notice, const struct receipt *receipt, struct str field)
{
	const struct lot *lot = NULL;

	for (size_t i = 0; i < notice->n_lots; i++)
		if (str_eq(notice->lots[i].id, receipt->lot))
			lot = &notice->lots[i];
	return str_eqz(field, "title")             ? notice->title
	       : str_eqz(field, "description")     ? notice->description
	       : str_eqz(field, "lot.title")       ? lot->title
	       : str_eqz(field, "lot.description") ? lot->description
						   : STR_NONE;
}

static void check_receipt(const struct notice *notice, const struct receipt *receipt)
{
	points_t sum = 0;

	for (size_t i = 0; i < receipt->n_reasons; i++) {
		const struct reason *r = &receipt->reasons[i];

		sum += r->points;
		assert_true(str_eq(r->text, str_sub(field_text(notice, receipt, r->field), r->start, r->end)));
		assert_true(r->end > r->start);
		assert_true(i == 0 || receipt->reasons[i - 1].points >= r->points);
	}
	assert_int_equal(sum, receipt->score);
	assert_true(receipt->score >= receipt->threshold);
}

static void assert_same(const struct receipt *a, const struct receipt *b)
{
	struct receipts one = { (struct receipt *)a, 1 }, two = { (struct receipt *)b, 1 };
	char x[1000], y[1000];

	assert_string_equal(tell(&one, x), tell(&two, y));
	assert_true(str_eq(a->lot, b->lot) || (!str_given(a->lot) && !str_given(b->lot)));
}

static void test_properties(void **state)
{
	(void)state;
	for (unsigned round = 0; round < 400; round++) {
		struct arena arena = ARENA_INIT;
		struct profile profiles[3], alone;
		struct lot lots[3];
		struct notice notice;
		struct receipts together, single;
		struct bed bed, bed_alone;

		seed = round * 7919 + 1;
		for (size_t i = 0; i < 3; i++) {
			profiles[i] = profile_of(i == 0 ? "a" : i == 1 ? "b" : "c");
			profiles[i].description = draw_text(&arena, 12);
			for (unsigned k = draw(4); k > 0; k--)
				codes_add(&profiles[i].keywords, &arena, draw_text(&arena, 4));
			if (draw(4) == 0)
				codes_add(&profiles[i].exclude, &arena, draw_text(&arena, 2));
			if (draw(2) == 0)
				codes_add(&profiles[i].fields, &arena, STR("cyber"));
		}
		notice = notice_of("", "");
		notice.title = draw_text(&arena, 10);
		notice.description = draw_text(&arena, 60);
		for (size_t i = 0; i < 3; i++) {
			lot_init(&lots[i]);
			lots[i].id = arena_printf(&arena, "LOT-%zu", i);
			lots[i].title = draw_text(&arena, 6);
			lots[i].description = draw_text(&arena, 20);
		}
		notice.lots = lots;
		notice.n_lots = draw(4);
		bed_open(&bed, profiles, 3);
		together = run(&bed, &notice);
		for (size_t i = 0; i < together.n; i++) {
			check_receipt(&notice, &together.at[i]);
			alone = profiles[together.at[i].profile.ptr[0] - 'a'];
			bed_open(&bed_alone, &alone, 1);
			run(&bed_alone, &(struct notice){ .title = STR("warm up with others"), .id = STR("x"),
						.deadline = DEADLINE_INIT, .value = MONEY_INIT });
			single = run(&bed_alone, &notice);
			assert_int_equal(single.n, 1);
			assert_same(&together.at[i], &single.at[0]);
			bed_close(&bed_alone);
		}
		bed_close(&bed);
		arena_done(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keywords),
		cmocka_unit_test(test_subjects),
		cmocka_unit_test(test_fields_of_activity),
		cmocka_unit_test(test_other_trades),
		cmocka_unit_test(test_parts_of_keywords),
		cmocka_unit_test(test_other_subjects),
		cmocka_unit_test(test_own_title),
		cmocka_unit_test(test_lots),
		cmocka_unit_test(test_gates),
		cmocka_unit_test(test_why_not),
		cmocka_unit_test(test_far_away),
		cmocka_unit_test(test_properties),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
