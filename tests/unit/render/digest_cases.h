/*
 * Digests for the golden files: a company that makes irrigation sensors, one that guards networks.
 * Buyers, places and purchases are made up; spans are found in the texts, so that they are exact.
 */
#ifndef DIGEST_CASES_H
#define DIGEST_CASES_H

#include <assert.h>
#include <string.h>

#include "render/digest.h"
#include "tender/cpv.h"

struct digest_case {
	const char *name;
	struct digest_page page;
};

static const char case_rules[] =
	"field eau \"Eau et irrigation\" \"Water and irrigation\" cap 12\n"
	"field numerique \"Numérique\" \"Digital\" cap 12\n"
	"\n"
	"rule eau.capteurs \"Capteurs et télérelève de l’eau\" \"Sensors and remote reading of water\"\n"
	"    any  title, lots, description  \"capteur d'humidité\"  \"sonde capacitive\"\n"
	"    example  \"Pose de sondes capacitives\"\n"
	"weight eau.capteurs  4.5\n"
	"\n"
	"rule numerique.iot \"Objets connectés (IoT)\" \"Internet of things\"\n"
	"    any  title, lots, description  \"objets connectés\"  \"LoRaWAN\"\n"
	"    cpv  32441100\n"
	"    example  \"Réseau LoRaWAN\"\n"
	"weight numerique.iot  3\n";

static inline void case_reason(struct arena *arena, struct receipt *receipt, const char *rule,
	points_t points, const char *field, struct str text, const char *words)
{
	size_t capacity = receipt->n_reasons <= 8 ? 8 : 16, start = str_find(text, str_of(words));

	assert(start != SIZE_MAX && receipt->n_reasons < 16);
	if (!receipt->reasons || receipt->n_reasons == 8) {
		struct reason *more = arena_array(arena, struct reason, capacity * 2);

		if (receipt->reasons)
			memcpy(more, receipt->reasons, receipt->n_reasons * sizeof(*more));
		receipt->reasons = more;
	}
	receipt->reasons[receipt->n_reasons++] = (struct reason){
		.rule = str_of(rule),
		.points = points,
		.field = str_of(field),
		.start = (uint32_t)start,
		.end = (uint32_t)(start + strlen(words)),
		.text = str_sub(text, start, start + strlen(words)),
	};
	receipt->score += points;
}

static inline struct receipt *case_receipt(
	struct arena *arena, const struct notice *notice, const char *lot)
{
	struct receipt *receipt = arena_new(arena, struct receipt);

	*receipt = (struct receipt){
		.profile = STR("capteurs"),
		.notice = notice->id,
		.notice_version = notice->version,
		.lot = str_of(lot),
		.threshold = 80,
		.ruleset = 3,
	};
	return receipt;
}

static inline struct notice *case_notice(struct arena *arena, const char *ref, const char *title)
{
	struct notice *notice = arena_new(arena, struct notice);

	notice_init(notice);
	notice_set_id(notice, arena, STR("boamp"), str_of(ref));
	notice->version = 1;
	notice->kind = notice->stage = NOTICE_COMPETITION;
	notice->language = STR("fr");
	notice->title = str_of(title);
	notice->url = arena_printf(arena, "https://www.boamp.fr/pages/avis/?q=idweb:%s", ref);
	notice->deadline.certainty = DEADLINE_STATED;
	return notice;
}

static inline void case_buyer(
	struct notice *notice, const char *name, const char *city, const char *department)
{
	notice->buyer.name = str_of(name);
	notice->buyer.city = str_of(city);
	notice->buyer.department = str_of(department);
	notice->buyer.country = STR("FR");
}

static inline struct money case_euros(int64_t euros)
{
	return (struct money){ euros * 100, "EUR" };
}

/* A MAPA with lots, met by keywords, words of the description, a rule and a CPV branch. */
static inline struct digest_card case_irrigation(struct arena *arena)
{
	struct notice *n = case_notice(arena, "26-90001",
		"Fourniture et pose de capteurs pour le pilotage de l'irrigation des espaces verts");
	struct receipt *r;

	case_buyer(n, "Communauté de communes des Hautes Terres", "Langogne", "48");
	n->description = STR(
		"La communauté de communes souhaite réduire d'un tiers l'eau consommée par ses espaces verts. "
		"Le marché porte sur la fourniture, la pose et la maintenance de sondes capacitives relevées "
		"à distance par un réseau LoRaWAN existant, avec un tableau de bord pour les agents. Une "
		"variante par objets connectés cellulaires est admise.\n\nVisite obligatoire.");
	n->procedure = STR("adapted");
	n->nature = NATURE_SUPPLIES;
	n->value = case_euros(120000);
	n->value_kind = VALUE_ESTIMATE;
	n->sme = true;
	codes_add(&n->cpv, arena, STR("38290000"));
	codes_add(&n->places, arena, STR("FRJ14"));
	codes_add(&n->places, arena, STR("48"));
	n->documents_url = STR("https://marches.example.org/consultations/2026-114/dossier");
	n->lots = arena_array(arena, struct lot, 3);
	n->n_lots = 3;
	for (size_t i = 0; i < 3; i++)
		lot_init(&n->lots[i]);
	n->lots[0].id = STR("LOT-0001");
	n->lots[0].title = STR("Réseau d'arrosage");
	n->lots[1].id = STR("LOT-0002");
	n->lots[1].title = STR("Capteurs d'humidité et passerelles");
	n->lots[1].value = case_euros(40000);
	n->lots[1].value_kind = VALUE_ESTIMATE;
	n->lots[2].id = STR("LOT-0003");
	n->lots[2].title = STR("Maintenance");

	r = case_receipt(arena, n, "LOT-0002");
	case_reason(arena, r, "keyword:irrigation", 60, "title", n->title, "irrigation");
	case_reason(
		arena, r, "eau.capteurs", 45, "lot.title", n->lots[1].title, "Capteurs d'humidité");
	case_reason(
		arena, r, "eau.capteurs", 30, "description", n->description, "sondes capacitives");
	case_reason(arena, r, "numerique.iot", 20, "description", n->description, "LoRaWAN");
	case_reason(arena, r, "cpv:38", 15, "cpv", STR("38290000"), "38290000");
	case_reason(arena, r, "description:tableau de bord", 10, "description", n->description,
		"tableau de bord");
	case_reason(arena, r, "description:espaces verts", 10, "title", n->title, "espaces verts");
	return (struct digest_card){
		.notice = n,
		.receipt = r,
		.deadline = STR("mardi 15 décembre 2026 à 12:00 (heure de Paris)"),
		.working_days = 15,
		.published = STR("20 novembre 2026"),
	};
}

/* No amount, no lot, a long title in capitals, a place of work of its own, an inflected keyword. */
static inline struct digest_card case_network(struct arena *arena)
{
	struct notice *n = case_notice(arena, "26-90002",
		"TRAVAUX DE RÉNOVATION DES RÉSEAUX D’ARROSAGES AUTOMATIQUES DES STADES ET DES PARCS, Y COMPRIS "
		"TÉLÉGESTION, COMPTAGE, FOURNITURE DES PROGRAMMATEURS ET FORMATION DES AGENTS DES SERVICES "
		"TECHNIQUES DES COMMUNES MEMBRES DU GROUPEMENT DE COMMANDES POUR LA PÉRIODE 2027-2030");
	struct receipt *r;

	case_buyer(n, "Ville de Mende", "MENDE", "48");
	n->procedure = STR("open");
	n->nature = NATURE_WORKS;
	codes_add(&n->places, arena, STR("48"));
	codes_add(&n->places, arena, STR("FRJ12"));
	codes_add(&n->places, arena, STR("12"));
	codes_add(&n->places, arena, STR("FRK11"));
	codes_add(&n->places, arena, STR("FRJ"));
	n->deadline.certainty = DEADLINE_DAY_ONLY;
	r = case_receipt(arena, n, NULL);
	case_reason(arena, r, "keyword:arrosage automatique", 65, "title", n->title,
		"ARROSAGES AUTOMATIQUES");
	case_reason(arena, r, "keyword:programmateur", 20, "title", n->title, "PROGRAMMATEURS");
	case_reason(arena, r, "description:groupement", 5, "title", n->title, "GROUPEMENT");
	return (struct digest_card){
		.notice = n,
		.receipt = r,
		.deadline = STR("vendredi 11 décembre 2026 à 23:59 (heure de Paris)"),
		.deadline_reader =
			STR("vendredi 11 décembre 2026 à 18:59 (heure de la Guadeloupe)"),
		.working_days = 13,
		.published = STR("21 novembre 2026"),
	};
}

/* A buyer's requirement registered here, without a deadline, with a rule that is no more. */
static inline struct digest_card case_requirement(struct arena *arena)
{
	struct notice *n =
		case_notice(arena, "26-90003", "Suivre l’humidité des sols de nos serres");
	struct receipt *r;

	notice_set_id(n, arena, STR("requirement"), STR("serres-2026"));
	n->kind = n->stage = NOTICE_REQUIREMENT;
	n->url = STR_NONE;
	n->deadline.certainty = DEADLINE_NONE;
	case_buyer(n, "Lycée agricole de Saint-Chély", "Saint-Chély-d’Apcher", "48");
	n->description =
		STR("Nous cherchons une solution simple. Le capteur doit tenir deux ans sans pile "
		    "changée ; M. le proviseur souhaite une démonstration. Merci.");
	r = case_receipt(arena, n, NULL);
	case_reason(
		arena, r, "keyword:humidité des sols", 70, "title", n->title, "humidité des sols");
	case_reason(arena, r, "ancienne.regle", 20, "description", n->description, "capteur");
	case_reason(arena, r, "keyword:démonstration", 5, "description", n->description,
		"démonstration");
	case_reason(arena, r, "ancien.malus", -10, "title", n->title, "serres");
	return (struct digest_card){
		.notice = n, .receipt = r, .published = STR("23 novembre 2026")
	};
}

/* Everything in it tries to be something else. */
static inline struct digest_card case_hostile(struct arena *arena)
{
	struct notice *n = case_notice(arena, "26-90004",
		"Capteurs <script>alert(1)</script>\r\n\r\n99. Faux marché\n   Avis       https://faux.example.org "
		"\xE2\x80\xAEinversé\x1b[31m & \"cité\" 'cité' {{title}}");
	struct receipt *r;

	case_buyer(n, "Syndicat <b>\"mixte\"</b>\n   Lieu  ailleurs", "x' onclick='alert(1)", "48");
	n->url = STR("javascript:alert(1)");
	n->documents_url = STR("https://marches.example.org/?a=1&b=\"><script>");
	n->procedure = STR("<i>inconnue</i>");
	n->value = (struct money){ 123456789, "USD" };
	n->value_kind = VALUE_CEILING;
	n->deadline.certainty = DEADLINE_UNCERTAIN;
	r = case_receipt(arena, n, "LOT-0009");
	case_reason(arena, r, "keyword:<img src=x>", 80, "title", n->title,
		"<script>alert(1)</script>");
	return (struct digest_card){
		.notice = n,
		.receipt = r,
		.deadline = STR("mercredi 1 décembre 2032 à 12:00 (heure de Paris)"),
		.working_days = 1,
		.published = STR("21 novembre 2026"),
	};
}

static inline struct digest_card case_cancelled(struct arena *arena)
{
	struct notice *n = case_notice(arena, "26-90005", "Télérelève des compteurs d’eau");

	n->kind = NOTICE_CANCELLATION;
	case_buyer(n, "Syndicat des eaux du Causse", "Florac", "48");
	return (struct digest_card){ .notice = n, .update = true };
}

static inline const struct digest_change *case_changes(struct arena *arena, size_t *ret_n)
{
	static const struct digest_change changes[] = {
		{ "value", { NULL, 0 }, { "100000.00 EUR", 13 }, { "120000.00 EUR", 13 } },
		{ "documents_url", { NULL, 0 }, { "https://ancien.example.org/dce", 30 },
			{ "https://marches.example.org/dce", 31 } },
		{ "lot", { "LOT-0003", 8 }, { NULL, 0 }, { "Maintenance", 11 } },
		{ "lot", { "LOT-0004", 8 }, { "Formation", 9 }, { NULL, 0 } },
		{ "deadline", { "LOT-0001", 8 }, { "1 décembre 2026", 16 }, { "8 décembre 2026", 16 } },
	};

	(void)arena;
	*ret_n = LENGTH(changes);
	return changes;
}

static inline struct digest_card case_changed(struct arena *arena)
{
	struct digest_card card = case_irrigation(arena);
	struct notice *n = arena_new(arena, struct notice);

	*n = *card.notice;
	n->kind = NOTICE_CHANGE;
	card.notice = n;
	card.update = true;
	card.deadline_before = STR("mardi 1 décembre 2026 à 12:00");
	card.changes = case_changes(arena, &card.n_changes);
	return card;
}

/* Told a week ago, closes soon; no receipt is shown again. */
static inline struct digest_card case_reminder(struct arena *arena)
{
	struct digest_card card = case_network(arena);

	card.receipt = NULL;
	card.reminder = 7;
	card.working_days = 5;
	return card;
}

/* Two profiles of one reader, a plan below the ceiling for innovations, and links to answer with. */
static inline struct digest_card case_plan(struct arena *arena)
{
	struct digest_card card = case_irrigation(arena);
	struct notice *n = arena_new(arena, struct notice);
	struct digest_also *also = arena_array(arena, struct digest_also, 2);

	*n = *card.notice;
	n->kind = n->stage = NOTICE_PLANNING;
	n->value = case_euros(95000);
	card.notice = n;
	card.innovation = innovation_of(n, NULL, day_from_civil(2026, 11, 24));
	also[0] = (struct digest_also){ STR("Capteurs des Causses"), 190 };
	also[1] = (struct digest_also){ STR("Serres du Causse"), 85 };
	card.also = also;
	card.n_also = 2;
	card.code_label = STR("Instruments de mesure de l’humidité");
	card.links.explain = STR("https://veille.example.org/a/capteurs/T0k3n/boamp:26-90001");
	card.links.relevant = STR("https://veille.example.org/a/capteurs/T0k3n/boamp:26-90001?r=oui");
	card.links.not_relevant = STR("https://veille.example.org/a/capteurs/T0k3n/boamp:26-90001?r=non");
	return card;
}

static inline struct digest_card case_late(struct arena *arena)
{
	struct digest_card card = case_network(arena);

	card.too_late = true;
	card.working_days = 0;
	card.deadline = STR("mardi 24 novembre 2026 à 17:00 (heure de Paris)");
	card.deadline_reader = STR_NONE;
	return card;
}

static inline struct profile *case_profile(struct arena *arena, const char *language)
{
	struct profile *profile = arena_new(arena, struct profile);

	profile_init(profile);
	profile->id = STR("capteurs");
	profile->name = STR("Capteurs des Causses");
	profile->language = str_of(language);
	return profile;
}

static inline struct digest_page case_page(struct arena *arena, const struct rules *rules,
	const char *language, const struct digest_card *cards, size_t n_cards)
{
	bool english = strcmp(language, "en") == 0;
	struct digest_coverage *coverage = arena_array(arena, struct digest_coverage, 2);
	struct digest_card *kept = arena_array(arena, struct digest_card, n_cards);

	if (n_cards > 0)
		memcpy(kept, cards, n_cards * sizeof(*cards));
	coverage[0] = (struct digest_coverage){ STR("BOAMP"), 1412, 1410, STR_NONE };
	coverage[1] = (struct digest_coverage){ STR("TED"), -1, 298,
		english ? STR("21 November 2026") : STR("21 novembre 2026") };
	return (struct digest_page){
		.profile = case_profile(arena, language),
		.rules = rules,
		.day = english ? STR("24 November") : STR("24 novembre"),
		.day_long =
			english ? STR("Tuesday 24 November 2026") : STR("mardi 24 novembre 2026"),
		.cards = kept,
		.n_cards = n_cards,
		.compared = 1708,
		.coverage = coverage,
		.n_coverage = 2,
		.instance =
			english ? STR("French Tech Lozère") : STR("la Capitale French Tech Lozère"),
		.unsubscribe_url = STR("https://veille.example.org/d/q7Zk3v0u8XcB1nT5"),
		.preferences_hint =
			english ? STR("To change what you receive, write to veille@example.org.")
				: STR("Pour changer ce que vous recevez, écrivez à veille@example.org."),
	};
}

enum { CASES = 9 };

static inline void case_all(
	struct arena *arena, const struct rules *rules, struct digest_case ret[CASES])
{
	const struct digest_card irrigation = case_irrigation(arena), network = case_network(arena),
				 requirement = case_requirement(arena),
				 hostile = case_hostile(arena), cancelled = case_cancelled(arena),
				 changed = case_changed(arena), late = case_late(arena),
				 reminder = case_reminder(arena), plan = case_plan(arena);
	struct digest_card several[] = { plan, reminder, requirement };
	struct digest_card usual[] = { irrigation, network, requirement };
	struct digest_card full[] = { irrigation, cancelled, changed, network, late };
	struct digest_card english[] = { irrigation, cancelled, requirement, late };

	english[0].deadline = STR("Tuesday 15 December 2026 at 12:00 (Paris time)");
	english[0].published = STR("20 November 2026");
	english[2].published = STR("23 November 2026");
	english[3].deadline = STR("Tuesday 24 November 2026 at 17:00 (Paris time)");
	ret[0] = (struct digest_case){ "fr-usual", case_page(arena, rules, "fr", usual, 3) };
	ret[1] = (struct digest_case){ "fr-full", case_page(arena, rules, "fr", full, 5) };
	ret[1].page.n_more = 12;
	ret[2] = (struct digest_case){ "fr-hostile", case_page(arena, rules, "fr", &hostile, 1) };
	ret[3] = (struct digest_case){ "fr-heartbeat", case_page(arena, rules, "fr", NULL, 0) };
	ret[4] = (struct digest_case){ "fr-late", case_page(arena, rules, "fr", &late, 1) };
	ret[4].page.unsubscribe_url = STR_NONE;
	ret[5] = (struct digest_case){ "en-full", case_page(arena, rules, "en", english, 4) };
	ret[5].page.n_more = 1;
	for (size_t i = 0; i < 2; i++) {
		const char *language = i == 0 ? "fr" : "en";
		struct digest_page *page = &ret[7 + i].page;

		ret[7 + i] = (struct digest_case){ i == 0 ? "fr-several" : "en-several",
			case_page(arena, rules, language, several, 3) };
		page->names = i == 0 ? STR("Capteurs des Causses et Serres du Causse")
				     : STR("Capteurs des Causses and Serres du Causse");
		page->many = true;
		page->preferences_url = STR("https://veille.example.org/p/capteurs/T0k3n");
		page->calendar_url = STR("https://veille.example.org/f/capteurs/1/T0k3n/echeances.ics");
		page->preferences_hint = STR_NONE;
	}
	ret[6] = (struct digest_case){ "en-heartbeat", case_page(arena, rules, "en", NULL, 0) };
}

#endif
