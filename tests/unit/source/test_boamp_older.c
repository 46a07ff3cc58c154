/* BOAMP beside FNSimple and MAPA: DSP and DIVERS of 3.2.5, and the unnamed shape of schema 2.3. */
#include "document.h"

static void test_dsp(void **state UNUSED)
{
	struct notice n = read_good(CALL(
		"<DATE_LIMITE_REPONSE>2026-10-12T12:00:00</DATE_LIMITE_REPONSE>",
		"<DSP><organisme><nomOfficiel>Agglomération d'Essai</nomOfficiel>"
		"<codeIdentificationNational>732 829 320 00074</codeIdentificationNational><ville>Mende</ville>"
		"<cp>48000</cp></organisme><initial><descriptionMarche><titreMarche>Réseau de chaleur"
		"</titreMarche><description>Gérer.</description><codeCPV><objetPrincipal><classPrincipale>"
		"09323000</classPrincipale></objetPrincipal></codeCPV><lieuExecution>48000 Mende</lieuExecution>"
		"<valeurEstimee><valeur devise=\"EUR\">1500000</valeur></valeurEstimee>"
		"<lots><lot><numLot>1</numLot><intitule>Nord</intitule></lot></lots></descriptionMarche>"
		"<procedure><dateReceptionOffres>2026-10-13T12:00:00</dateReceptionOffres></procedure>"
		"</initial></DSP>"));

	check_text("title", n.title, "Réseau de chaleur");
	check_text("description", n.description, "Gérer.");
	check_text("buyer", n.buyer.name, "Agglomération d'Essai");
	check_text("siret", n.buyer.id, "73282932000074");
	check_codes("cpv", &n.cpv, "09323000");
	check_codes("places", &n.places, "48");
	assert_int_equal(n.value.cents, 150000000);
	check_deadline("management block first", &n.deadline, "2026-10-12T12:00:00+02:00");
	assert_int_equal(n.n_lots, 1);
	check_text("lot", n.lots[0].title, "Nord");
}

/* DIVERS is built like a MAPA; the same body through the API's JSON. */
static void test_divers(void **state UNUSED)
{
	static const char *const documents[] = {
		CALL("",
			"<DIVERS><organisme><acheteurPublic>Commune</acheteurPublic><adr><cp>20200</cp>"
			"<ville>Bastia</ville></adr></organisme><initial><description><objet>Vente de bois</objet>"
			"</description><delais><receptionOffres>2026-12-01T12:00:00</receptionOffres></delais><lots>"
			"<lot><numLot>1</numLot><description>A</description></lot><lot><numLot>2</numLot>"
			"<description>B</description></lot></lots></initial></DIVERS>"),
		"{\"idweb\":\"26-12345\",\"nature\":\"APPEL_OFFRE\",\"donnees\":\"{\\\"DIVERS\\\":{\\\"organisme\\\":"
		"{\\\"acheteurPublic\\\":\\\"Commune\\\",\\\"adr\\\":{\\\"cp\\\":\\\"20200\\\"}},\\\"initial\\\":"
		"{\\\"description\\\":{\\\"objet\\\":\\\"Vente de bois\\\"},\\\"delais\\\":{\\\"receptionOffres\\\":"
		"\\\"2026-12-01T12:00:00\\\"},\\\"lots\\\":{\\\"lot\\\":[{\\\"numLot\\\":\\\"1\\\","
		"\\\"description\\\":\\\"A\\\"},{\\\"numLot\\\":\\\"2\\\",\\\"description\\\":\\\"B\\\"}]}}}}\"}",
	};

	for (size_t i = 0; i < LENGTH(documents); i++) {
		struct notice n = read_good(documents[i]);

		check_text("id", n.id, "boamp:26-12345");
		check_text("title", n.title, "Vente de bois");
		check_text("buyer", n.buyer.name, "Commune");
		check_text("department", n.buyer.department, "2B");
		check_deadline("deadline", &n.deadline, "2026-12-01T12:00:00+01:00");
		assert_int_equal(n.n_lots, 2);
		check_text("lot", n.lots[1].id, "LOT-0002");
	}
}

static void test_award(void **state UNUSED)
{
	struct notice n = read_good(FLUX("ATTRIBUTION", "INITIAL", "",
		"<DSP><organisme><nomOfficiel>A</nomOfficiel></organisme><attribution><avisInitial><idWeb>26-11111"
		"</idWeb></avisInitial></attribution></DSP>"));

	assert_int_equal(n.kind, NOTICE_RESULT);
	check_text("title", n.title, "Résumé");
	check_text("link", n.links[0].ref, "26-11111");
	assert_int_equal(n.links[0].kind, LINK_FOLLOWS);
}

#define ANNONCE(NATURE, GESTION, BODY)                                                             \
	"<ANNONCE><GESTION><REFERENCE><IDWEB>16-181902</IDWEB><TYPE_AVIS><NATURE><" NATURE         \
	"/></NATURE><STATUT><INITIAL/></STATUT></TYPE_AVIS></REFERENCE>" GESTION                   \
	"<INDEXATION><DATE_PUBLICATION>2017-01-01</DATE_PUBLICATION><RESUME_OBJET>Résumé"        \
	"</RESUME_OBJET></INDEXATION></GESTION><DONNEES>" BODY "</DONNEES></ANNONCE>"

static void test_schema_2_3(void **state UNUSED)
{
	struct notice n = read_good(ANNONCE("APPEL_OFFRE", "",
		"<IDENTITE><DENOMINATION>Port d'Essai</DENOMINATION><CODE_IDENT_NATIONAL>73282932000074"
		"</CODE_IDENT_NATIONAL><ADJUDICATEUR_NUTS>FR824</ADJUDICATEUR_NUTS><CP>13226</CP><VILLE>Marseille"
		"</VILLE><URL_PROFIL_ACHETEUR>http://profil.example.org</URL_PROFIL_ACHETEUR></IDENTITE><OBJET>"
		"<TITRE_MARCHE>Ouvrage</TITRE_MARCHE><REF_MARCHE>R2</REF_MARCHE><TYPE_MARCHE><SERVICE/>"
		"</TYPE_MARCHE><OBJET_COMPLET>Texte.</OBJET_COMPLET><CPV><PRINCIPAL>71240000</PRINCIPAL></CPV><LOTS>"
		"<LOT><NUM>1</NUM><INTITULE>A</INTITULE><CODE_NUTS>FR824</CODE_NUTS><CPV><PRINCIPAL>71335000"
		"</PRINCIPAL></CPV><CRITERES_ATTRIBUTION><CRITERES_QUALITE><CRITERE POIDS=\"60\">Valeur</CRITERE>"
		"</CRITERES_QUALITE><CRITERES_PRIX><POIDS>40</POIDS></CRITERES_PRIX></CRITERES_ATTRIBUTION>"
		"<VALEUR DEVISE=\"EUR\">50000</VALEUR></LOT><LOT><DESCRIPTION>B</DESCRIPTION></LOT></LOTS></OBJET>"
		"<PROCEDURE><TYPE_PROCEDURE><OUVERT/></TYPE_PROCEDURE></PROCEDURE><CONDITION_DELAI><RECEPT_OFFRES>"
		"2017-04-26T12:00:00+01:00</RECEPT_OFFRES></CONDITION_DELAI>"));

	check_text("id", n.id, "boamp:16-181902");
	check_text("title", n.title, "Ouvrage");
	check_text("description", n.description, "Texte.");
	check_text("siret", n.buyer.id, "73282932000074");
	check_text("department", n.buyer.department, "13");
	check_text("reference", n.reference, "R2");
	check_text("documents", n.documents_url, "http://profil.example.org");
	check_text("procedure", n.procedure, "open");
	check_text("criteria", n.criteria, "Valeur (60)\nPrix (40)");
	check_codes("cpv", &n.cpv, "71240000 71335000");
	check_codes("places", &n.places, "FR824 13");
	/* The winter offset in April: noon in Paris was meant. */
	check_deadline("wall clock", &n.deadline, "2017-04-26T12:00:00+02:00");
	assert_int_equal(n.nature, NATURE_SERVICES);
	assert_int_equal(n.n_lots, 2);
	check_text("lot", n.lots[0].id, "LOT-0001");
	assert_int_equal(n.lots[0].value.cents, 5000000);
	check_text("lot", n.lots[1].id, "LOT-0002");
}

static void test_schema_2_3_award(void **state UNUSED)
{
	struct notice n = read_good(ANNONCE("ATTRIBUTION",
		"<MARCHE><ANNONCE_ANTERIEUR><REFERENCE><IDWEB>16-139506</IDWEB></REFERENCE></ANNONCE_ANTERIEUR>"
		"</MARCHE>",
		"<IDENTITE><DENOMINATION>A</DENOMINATION></IDENTITE><OBJET><OBJET_COMPLET>Plan\nDétail"
		"</OBJET_COMPLET><LOTS><LOT><DESCRIPTION>Plus.</DESCRIPTION></LOT></LOTS></OBJET><ATTRIBUTION>"
		"<VALEUR_TOTALE DEVISE=\"EUR\">38820</VALEUR_TOTALE></ATTRIBUTION>"));

	assert_int_equal(n.kind, NOTICE_RESULT);
	check_text("first line", n.title, "Plan");
	check_text("description", n.description, "Plan\nDétail\n\nPlus.");
	check_text("link", n.links[0].ref, "16-139506");
	assert_int_equal(n.value.cents, 3882000);
	assert_int_equal(n.value_kind, VALUE_AWARD);
	assert_int_equal(n.n_lots, 0);
}

/* The same body in a record of the API of before 2024. */
static void test_unnamed_in_api(void **state UNUSED)
{
	struct notice n = read_good(
		"{\"idweb\":\"23-1\",\"nature\":\"APPEL_OFFRE\",\"donnees\":{\"IDENTITE\":{\"DENOMINATION\":\"A\"},"
		"\"OBJET\":{\"TITRE_MARCHE\":\"T\",\"CPV\":{\"PRINCIPAL\":\"72000000\"},\"LOTS\":{\"LOT\":[{\"NUM\":"
		"\"1\",\"INTITULE\":\"X\"},{\"NUM\":\"2\",\"INTITULE\":\"Y\"}]}},\"CONDITION_DELAI\":{"
		"\"RECEPT_OFFRES\":\"2023-02-01T12:00:00+01:00\"}}}");

	check_text("title", n.title, "T");
	check_codes("cpv", &n.cpv, "72000000");
	check_deadline("deadline", &n.deadline, "2023-02-01T12:00:00+01:00");
	assert_int_equal(n.n_lots, 2);
	check_text("lot", n.lots[1].title, "Y");
}

/* What is newer than we are is kept with what the management block says, and never replaces more. */
static void test_unknown_body(void **state UNUSED)
{
	static const char *const bodies[] = { "<AUTRE/>", "", "<EFORMS/>",
		"<EFORMS><NeuerBekanntmachung/></EFORMS>" };
	struct notice n;

	for (size_t i = 0; i < LENGTH(bodies); i++) {
		n = read_good(arena_printf(&arena,
			"<jo:ann xmlns:jo=\"http://boamp.journal-officiel.gouv.fr/XML/3.2.5\"><DONNEES>%s</DONNEES>"
			"<GESTION><REFERENCE><IDWEB>26-12345</IDWEB><TYPE_AVIS><NATURE><ATTRIBUTION/></NATURE>"
			"</TYPE_AVIS></REFERENCE><INDEXATION><NOMORGANISME>Commune</NOMORGANISME>"
			"<RESUME_OBJET>Résumé</RESUME_OBJET></INDEXATION></GESTION></jo:ann>",
			bodies[i]).ptr);
		assert_true(n.summary);
		check_text(bodies[i], n.title, "Résumé");
		check_text(bodies[i], n.buyer.name, "Commune");
		assert_int_equal(n.kind, NOTICE_RESULT);
	}
	n = read_good("{\"idweb\":\"26-1\",\"objet\":\"T\",\"donnees\":\"{\\\"AUTRE\\\":{}}\"}");
	assert_true(n.summary);
	n = read_good(CALL("", "<AUTRE><organisme><nomOfficiel>Ville</nomOfficiel></organisme><initial><objet>"
			       "Vente</objet></initial></AUTRE>"));
	check_text("what looks like the others", n.title, "Vente");
	check_text("what looks like the others", n.buyer.name, "Ville");
	assert_true(n.summary);
	assert_false(read_good(CALL("", "<DIVERS><initial><objet>V</objet></initial></DIVERS>")).summary);
}

#define OLDER(GESTION, DONNEES)                                                                  \
	"<ANNONCE><GESTION>" GESTION "</GESTION><DONNEES>" DONNEES "</DONNEES></ANNONCE>"
#define NUMBERED(NATURE)                                                                           \
	"<REFERENCE><IDWEB>17-1</IDWEB><TYPE_AVIS><NATURE><" NATURE "/></NATURE></TYPE_AVIS></REFERENCE>"

static void test_schema_2_3_details(void **state UNUSED)
{
	struct notice n = read_good(OLDER(NUMBERED("APPEL_OFFRE"),
		"<IDENTITE><DENOMINATION>Ville</DENOMINATION></IDENTITE><OBJET><TITRE_MARCHE>A</TITRE_MARCHE>"
		"<CPV><PRINCIPAL>72000000</PRINCIPAL></CPV><ACCORD_CADRE><DUREE_AN>4</DUREE_AN>"
		"<VALEUR_MAX DEVISE=\"EUR\">90000</VALEUR_MAX></ACCORD_CADRE></OBJET><OBJET><TITRE_MARCHE>B"
		"</TITRE_MARCHE><OBJET_COMPLET>b</OBJET_COMPLET><CPV><PRINCIPAL>48000000</PRINCIPAL></CPV></OBJET>"
		"<CONDITION_DELAI><RECEPT_CANDIDAT>2017-02-28T12:00:00+01:00</RECEPT_CANDIDAT></CONDITION_DELAI>"
		"<CONDITION_ADMINISTRATIVE><REFERENCE_MARCHE>17S01</REFERENCE_MARCHE></CONDITION_ADMINISTRATIVE>"));

	check_deadline("requests to participate", &n.deadline, "2017-02-28T12:00:00+01:00");
	check_text("reference", n.reference, "17S01");
	check_text("title of the first object", n.title, "A");
	check_text("the second", n.description, "B\nb");
	check_codes("of both", &n.cpv, "72000000 48000000");
	assert_int_equal(n.value.cents, 9000000);
	assert_int_equal(n.value_kind, VALUE_CEILING);
	assert_int_equal(n.term.length, 4);
	assert_int_equal(n.term.unit, TERM_YEARS);

	n = read_good(OLDER(NUMBERED("RECTIFICATIF"),
		"<OBJET><OBJET_COMPLET>A</OBJET_COMPLET></OBJET><RECTIF><ANNONCE_ANTERIEUR><REFERENCE>"
		"<IDWEB>16-9</IDWEB></REFERENCE></ANNONCE_ANTERIEUR><MODIFICATION><RUB_INIT>Délai</RUB_INIT>"
		"<TXT_INIT>dix</TXT_INIT><LIRE>onze</LIRE></MODIFICATION><INFO_COMPLEMENTAIRE>Voir."
		"</INFO_COMPLEMENTAIRE></RECTIF>"));
	check_text("what is corrected", n.description, "Rubrique : Délai\nAu lieu de : dix\nLire : onze\nVoir.");
	check_text("of which notice", n.links[0].ref, "16-9");
	assert_int_equal(n.links[0].kind, LINK_CHANGES);

	n = read_good(OLDER(NUMBERED("ANNULATION"),
		"<OBJET><OBJET_COMPLET>A</OBJET_COMPLET></OBJET><ANNULATION><ANNONCE_ANTERIEUR><REFERENCE>"
		"<IDWEB>16-9</IDWEB></REFERENCE></ANNONCE_ANTERIEUR><MOTIF>Sans suite.</MOTIF></ANNULATION>"));
	assert_int_equal(n.kind, NOTICE_CANCELLATION);
	check_text("why", n.description, "Sans suite.");
	check_text("which", n.links[0].ref, "16-9");
}

/* 2008 to 2015: no block that says what it is, other names, and the number in the name of the page. */
static void test_schema_1_10(void **state UNUSED)
{
	struct notice n = read_good(OLDER("<NOJO>x</NOJO><NOM_HTML>11-40989.html</NOM_HTML>",
		"<IDENT><NOM>Syndicat d'Essai</NOM><CODE_IDENT_NATIONAL>732 829 320 00074</CODE_IDENT_NATIONAL>"
		"<CP>48000</CP><VILLE>Mende</VILLE></IDENT><OBJET><TITRE_MARCHE>Pompes</TITRE_MARCHE>"
		"<OBJET_COMPLET>Fourniture de pompes.</OBJET_COMPLET><CPV_OBJ>42122000</CPV_OBJ>"
		"<CPV_COMPLEMENT>42123000</CPV_COMPLEMENT><LIEU_EXEC>48000 Mende</LIEU_EXEC>"
		"<CODE_NUTS>FR814</CODE_NUTS><DUREE_MOIS>12</DUREE_MOIS></OBJET>"
		"<DELAI><RECEPT_OFFRES>2011-05-04T12:00:00</RECEPT_OFFRES></DELAI>"));

	check_text("id", n.id, "boamp:11-40989");
	assert_int_equal(n.kind, NOTICE_COMPETITION);
	check_text("title", n.title, "Pompes");
	check_text("buyer", n.buyer.name, "Syndicat d'Essai");
	check_text("siret", n.buyer.id, "73282932000074");
	check_codes("cpv", &n.cpv, "42122000 42123000");
	check_codes("places", &n.places, "FR814 48");
	check_deadline("deadline", &n.deadline, "2011-05-04T12:00:00+02:00");
	assert_int_equal(n.term.length, 12);
	n = read_good(OLDER("<NOM_HTML>11-40990.html</NOM_HTML>",
		"<IDENT><NOM>S</NOM></IDENT><OBJET><OBJET_COMPLET>A</OBJET_COMPLET></OBJET>"
		"<MOTIF_ANNULATION>Sans suite.</MOTIF_ANNULATION>"));
	assert_int_equal(n.kind, NOTICE_CANCELLATION);
	check_text("why", n.description, "Sans suite.");
	n = read_good(OLDER("<NOM_HTML>11-40991.html</NOM_HTML>",
		"<OBJET><OBJET_COMPLET>A</OBJET_COMPLET></OBJET><MOTIF_RECTIFICATIF>Erreur.</MOTIF_RECTIFICATIF>"));
	assert_int_equal(n.kind, NOTICE_CHANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_dsp, arena_reset_state),
		cmocka_unit_test_setup(test_divers, arena_reset_state),
		cmocka_unit_test_setup(test_award, arena_reset_state),
		cmocka_unit_test_setup(test_schema_2_3, arena_reset_state),
		cmocka_unit_test_setup(test_schema_2_3_award, arena_reset_state),
		cmocka_unit_test_setup(test_unnamed_in_api, arena_reset_state),
		cmocka_unit_test_setup(test_unknown_body, arena_reset_state),
		cmocka_unit_test_setup(test_schema_2_3_details, arena_reset_state),
		cmocka_unit_test_setup(test_schema_1_10, arena_reset_state),
	};

	return cmocka_run_group_tests(tests, NULL, arena_done_state);
}
