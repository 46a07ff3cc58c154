/* BOAMP notices: the flux, records of the Explore API, rows of its CSV export. */
#include "document.h"

#define SIMPLE(BLOCK, BODY)                                                                                   \
	"<FNSimple><organisme><nomOfficiel>Commune d'Essai</nomOfficiel><codeIdentificationNational>"         \
	"732 829 320 00074</codeIdentificationNational><ville>Mende</ville><cp>48000</cp></organisme><" BLOCK \
	">" BODY "</" BLOCK "></FNSimple>"

static void test_fnsimple(void **state UNUSED)
{
	struct notice n = read_good(CALL(
		"<DATE_LIMITE_REPONSE>2026-10-12T12:00:00</DATE_LIMITE_REPONSE><NOMORGANISME>ESSAI</NOMORGANISME>"
		"<DEP_PUBLICATION>75</DEP_PUBLICATION><DESCRIPTEURS><DESCRIPTEUR><LIBELLE>Logiciel</LIBELLE>"
		"</DESCRIPTEUR></DESCRIPTEURS><TYPE_PROCEDURE><OUVERT/></TYPE_PROCEDURE>",
		SIMPLE("initial",
			"<communication><urlProfilAch>www.achats.example.org</urlProfilAch>"
			"<identifiantInterne>S-1</identifiantInterne></communication><procedure><procedureAdapteeO/>"
			"<dateReceptionOffres>2026-10-13T09:00:00</dateReceptionOffres><criteresAttrib>Prix 60 %"
			"</criteresAttrib></procedure><natureMarche><intitule>Capteurs d&amp;#039;eau</intitule>"
			"<codeCPV><objetPrincipal><classPrincipale>38410000</classPrincipale></objetPrincipal>"
			"<objetComplementaire><classPrincipale>72000000</classPrincipale></objetComplementaire>"
			"</codeCPV><natureMarche><fournitures/></natureMarche><description>Pose.</description>"
			"<lieuExecution>Mende (48000), FRJ13, tél. 04 66 00 00 00</lieuExecution><valeurEstimee>"
			"<valeur>95 000</valeur></valeurEstimee><reservationMarche><non/></reservationMarche>"
			"</natureMarche><lots><lot><numLot>1</numLot><intitule>Étude</intitule><description>Étude"
			"</description></lot><lot><numLot>2</numLot><intitule>Pose</intitule><description>Et suivi"
			"</description><codeCPV><objetPrincipal><classPrincipale>45000000</classPrincipale>"
			"</objetPrincipal></codeCPV><valeurEstimee><valeur>20 000,50</valeur></valeurEstimee>"
			"<lieuExecution>Rodez (12000)</lieuExecution></lot><lot><valeurEstimee><valeur>0</valeur>"
			"</valeurEstimee><numLot>3 bis</numLot><description>Maintenance\n"
			"Maintenance</description></lot></lots>")));

	check_text("id", n.id, "boamp:26-12345");
	check_text("title", n.title, "Capteurs d'eau");
	check_text("description", n.description, "Pose.");
	check_text("buyer", n.buyer.name, "Commune d'Essai");
	check_text("siret", n.buyer.id, "73282932000074");
	check_text("department", n.buyer.department, "48");
	check_text("procedure", n.procedure, "adapted");
	check_codes("cpv", &n.cpv, "38410000 72000000 45000000");
	check_codes("places", &n.places, "48 FRJ13 34 12"); /* not the department of publication */
	check_codes("subjects", &n.subjects, "Logiciel");
	check_text("criteria", n.criteria, "Prix 60 %");
	check_text("documents", n.documents_url, "https://www.achats.example.org");
	check_text("reference", n.reference, "S-1");
	check_deadline("management block first", &n.deadline, "2026-10-12T12:00:00+02:00");
	assert_int_equal(n.deadline.certainty, DEADLINE_ASSUMED);
	assert_int_equal(n.nature, NATURE_SUPPLIES);
	assert_int_equal(n.value.cents, 9500000);
	assert_int_equal(n.published, day_parse(STR("2026-09-10")));
	assert_false(n.reserved);
	assert_int_equal(n.n_lots, 3);
	check_text("lot", n.lots[0].id, "LOT-0001");
	check_text("said twice", n.lots[0].description, NULL);
	check_text("lot", n.lots[1].description, "Et suivi");
	assert_int_equal(n.lots[1].value.cents, 2000050);
	assert_int_equal(n.lots[1].value_kind, VALUE_ESTIMATE);
	check_codes("its place", &n.lots[1].places, "12");
	check_text("as written", n.lots[2].id, "3 bis");
	assert_int_equal(n.lots[2].value_kind, VALUE_NONE);
	check_text("first line", n.lots[2].title, "Maintenance");
	check_text("repeated", n.lots[2].description, NULL);
}

static void test_mapa(void **state UNUSED)
{
	struct notice n = read_good(CALL(
		"<TYPE_PROCEDURE><PROCEDURE_ADAPTE/></TYPE_PROCEDURE><NATURE_MARCHE><SERVICES/></NATURE_MARCHE>",
		"<MAPA><organisme><acheteurPublic>Commune</acheteurPublic><adr><cp>20200</cp><ville>Bastia</ville>"
		"</adr><coord><url>mairie.example.org</url></coord></organisme><initial><description>"
		"<objet>Entretien\ndu réseau</objet><lieuLivraison><voie><nomvoie>12345 route</nomvoie></voie>"
		"<cp>48000</cp></lieuLivraison></description><caracteristiques><principales>Un.</principales>"
		"<quantites>Deux.</quantites></caracteristiques><criteres><criterePondere><criterePCT>60"
		"</criterePCT><critere>Prix</critere></criterePondere><criterePondere><critere>Délai</critere>"
		"</criterePondere></criteres><delais><receptionOffres>2026-12-01T12:00:00</receptionOffres></delais>"
		"<renseignements><idMarche>M1</idMarche></renseignements><lots/><lot><numLot>07</numLot><description>"
		"Nord\nVallée haute</description></lot></initial></MAPA>"));

	check_text("title", n.title, "Entretien\ndu réseau");
	check_text("description", n.description, "Un.\nDeux.");
	check_text("department", n.buyer.department, "2B");
	check_codes("places", &n.places, "48");
	check_text("procedure", n.procedure, "adapted");
	check_text("criteria", n.criteria, "Prix (60 %)\nDélai");
	check_text("documents", n.documents_url, "https://mairie.example.org");
	check_deadline("its own", &n.deadline, "2026-12-01T12:00:00+01:00");
	assert_int_equal(n.nature, NATURE_SERVICES);
	assert_int_equal(n.n_lots, 1);
	check_text("lot", n.lots[0].id, "LOT-0007");
	check_text("lot", n.lots[0].title, "Nord");
	check_text("lot", n.lots[0].description, "Vallée haute");

	n = read_good(CALL("", "<MAPA><nouveaute/><organisme><nomOfficiel>Commune</nomOfficiel>"
			       "<codeIdentificationNational>732 829 320 00074</codeIdentificationNational>"
			       "</organisme><initial><description><objet>Objet</objet><codeCPV><objetPrincipal>"
			       "<classPrincipale>72000000-5</classPrincipale></objetPrincipal></codeCPV>"
			       "</description></initial></MAPA>"));
	check_text("an element that is new", n.title, "Objet");
	check_text("called as in FNSimple", n.buyer.name, "Commune");
	check_text("its number", n.buyer.id, "73282932000074");
	check_codes("the CPV it should not have", &n.cpv, "72000000");
}

static void test_correction(void **state UNUSED)
{
	struct notice n = read_good(FLUX("RECTIFICATIF", "RECTIFICATIF", "",
		SIMPLE("rectificatif",
			"<avisInitial><idWeb>26-11111</idWeb></avisInitial><infosRectif>"
			"Réception des offres : au lieu de 06/11/2026 à 12h00, lire 13/11/2026 à 12h00</infosRectif>")));

	assert_int_equal(n.kind, NOTICE_CHANGE);
	assert_int_equal(n.stage, NOTICE_COMPETITION);
	check_text("title", n.title, "Résumé");
	assert_true(str_starts(n.description, "Réception des offres"));
	check_deadline("prose", &n.deadline, "2026-11-13T12:00:00+01:00");
	assert_int_equal(n.deadline.certainty, DEADLINE_CORRECTED);
	assert_int_equal(n.n_links, 1);
	assert_int_equal(n.links[0].kind, LINK_CHANGES);
	check_text("link", n.links[0].ref, "26-11111");

	n = read_good(FLUX("RECTIFICATIF", "RECTIFICATIF", "",
		"<MAPA><rectificatif><infosRectif><rubrique>Remise des offres</rubrique><supprimer>06/11/2026 12h"
		"</supprimer><ajouter>13/11/2026 16h</ajouter></infosRectif></rectificatif></MAPA>"));
	check_text("rubrics", n.description,
		"Rubrique : Remise des offres\nAu lieu de : 06/11/2026 12h\nLire : 13/11/2026 16h");
	check_deadline("rubrics", &n.deadline, "2026-11-13T16:00:00+01:00");

	n = read_good(FLUX("RECTIFICATIF", "RECTIFICATIF", "",
		SIMPLE("rectificatif",
			"<infosRectif>Le délai de remise est reporté d'une semaine.</infosRectif>")));
	assert_int_equal(n.deadline.certainty, DEADLINE_UNCERTAIN);
	check_deadline("unread", &n.deadline, NULL);

	n = read_good(FLUX("RECTIFICATIF", "RECTIFICATIF", "",
		SIMPLE("rectificatif",
			"<natureMarche><criteresAttrib>Prix 55 %</criteresAttrib></natureMarche>"
			"<infosRectif>Le montant est porté à 5 000 euros.</infosRectif>")));
	assert_int_equal(n.deadline.certainty, DEADLINE_NONE);
	check_text("criteria stand with the purchase here", n.criteria, "Prix 55 %");
}

static void test_boamp_kinds(void **state UNUSED)
{
	static const struct {
		const char *nature, *status, *kind, *stage;
	} table[] = {
		{ "APPEL_OFFRE", "INITIAL", "competition", "competition" },
		{ "APPEL_OFFRE", "RECTIFICATIF", "change", "competition" },
		{ "APPEL_OFFRE", "ANNULATION", "cancellation", "competition" },
		{ "APPEL_OFFRE", "RECTIFANNUL", "cancellation", "competition" },
		{ "RECTIFICATIF", "INITIAL", "change", "competition" },
		{ "ANNULATION", "INITIAL", "cancellation", "competition" },
		{ "ANNULATION", "RECTIFICATIF", "cancellation", "competition" },
		{ "ATTRIBUTION", "INITIAL", "result", "result" },
		{ "ATTRIBUTION", "RECTIFICATIF", "change", "result" },
		{ "MODIFICATION", "MODIFICATION", "result", "result" },
		{ "PRE-INFORMATION", "INITIAL", "planning", "planning" },
		{ "PERIODIQUE", "INITIAL", "planning", "planning" },
		{ "INTENTION_CONCLURE", "INITIAL", "direct-award", "direct-award" },
		{ "EX_ANTE_VOLONTAIRE", "INITIAL", "direct-award", "direct-award" },
		{ "QUALIFICATION", "INITIAL", "competition", "competition" },
		{ "SOMETHING_NEW", "SOMETHING_ELSE", "competition", "competition" },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		struct notice n =
			read_good(arena_printf(&arena, FLUX("%s", "%s", "", SIMPLE("initial", "")),
				table[i].nature, table[i].status)
					  .ptr);

		check_text(table[i].nature, str_of(notice_kind_name(n.kind)), table[i].kind);
		check_text(table[i].nature, str_of(notice_kind_name(n.stage)), table[i].stage);
	}
}

/* eForms under BOAMP's namespaces; the body's form type gives the stage. */
static void test_boamp_eforms(void **state UNUSED)
{
	struct notice n = read_good(FLUX("APPEL_OFFRE", "RECTIFICATIF",
		"<DATE_LIMITE_REPONSE>2026-10-12T12:00:00+01:00</DATE_LIMITE_REPONSE>",
		"<EFORMS xmlns:cbc=\"urn:boamp:names:c\" xmlns:cac=\"urn:boamp:names:a\"><PriorInformationNotice>" ID
			TYPE("planning", "pin-only") PROJECT(
				NAME("Titre entier")) "</PriorInformationNotice></EFORMS>"));

	check_text("id", n.id, "boamp:26-12345");
	check_text("title", n.title, "Titre entier");
	check_text("uuid", n.notice_uuid, "c461672f-6128-4263-9e44-178926ead2b3");
	check_text("type", n.notice_type, "pin-only");
	assert_int_equal(n.kind, NOTICE_CHANGE);
	assert_int_equal(n.stage, NOTICE_PLANNING);
	check_deadline("management block", &n.deadline, "2026-10-12T12:00:00+01:00");
	assert_int_equal(n.published, day_parse(STR("2026-09-10")));
}

/* Explore API and CSV */

static void test_api_bodies(void **state UNUSED)
{
	struct notice n = read_good(
		"{\"idweb\":\"26-12345\",\"objet\":\"Capteurs d&#039;eau cou...\","
		"\"famille\":\"MAPA\",\"code_departement\":[\"75\"],\"contractfolderid\":null,\"gestion\":"
		"\"{\\\"REFERENCE\\\":{\\\"IDWEB\\\":\\\"26-12345\\\",\\\"TYPE_AVIS\\\":{\\\"NATURE\\\":"
		"{\\\"APPEL_OFFRE\\\":\\\"\\\"}},\\\"ANNONCE_ANTERIEUR\\\":[{\\\"IDWEB\\\":\\\"26-1\\\"},"
		"{\\\"IDWEB\\\":\\\"26-2\\\"}]},\\\"INDEXATION\\\":{\\\"DATE_LIMITE_REPONSE\\\":"
		"\\\"2026-10-12T12:00:00\\\"}}\",\"donnees\":\"{\\\"MAPA\\\":{\\\"initial\\\":{"
		"\\\"description\\\":{\\\"objet\\\":\\\"Capteurs d'eau courante\\\"},\\\"lots\\\":{\\\"lot\\\":"
		"{\\\"numLot\\\":1,\\\"description\\\":\\\"Un\\\"}}}}}\","
		"\"datelimitereponse\":\"2026-10-12T12:00:00+00:00\"}");

	check_text("title of the body", n.title, "Capteurs d'eau courante");
	check_deadline("not the false UTC", &n.deadline, "2026-10-12T12:00:00+02:00");
	assert_int_equal(n.n_lots, 1);
	check_text("lot", n.lots[0].id, "LOT-0001");
	assert_int_equal(n.n_links, 2);
	check_text("department of publication", n.buyer.department, NULL);
}

static void test_api_flat(void **state UNUSED)
{
	static const struct {
		const char *fields, *title, *deadline, *department, *places, *nature;
	} table[] = {
		{ "\"objet\":\"T\",\"famille\":\"FNS\",\"datelimitereponse\":\"2026-10-12T12:00:00+00:00\","
		  "\"code_departement\":[\"2\"],\"type_marche\":[\"SERVICES\"]",
			"T", "2026-10-12T12:00:00+02:00", "02", "", "services" },
		{ "\"objet\":\"T\",\"famille\":\"JOUE\",\"datelimitereponse\":\"2026-10-12T10:00:00+00:00\","
		  "\"code_departement\":[\"75\",\"92\"],\"code_departement_prestation\":\"48\"",
			"T", "2026-10-12T10:00:00Z", NULL, "48", NULL },
		{ "\"objet\":\"d&amp;#039;eau\",\"famille\":\"DSP\",\"datelimitereponse\":\"2026-12-12T12:00:00Z\","
		  "\"code_departement\":\"20A\",\"code_departement_prestation\":[\"2A\",\"99\"],"
		  "\"type_marche\":[\"SERVICES\",\"TRAVAUX\"]",
			"d'eau", "2026-12-12T12:00:00+01:00", "2A", "2A", NULL },
		{ "\"objet\":\"T\",\"datelimitereponse\":null,\"code_departement\":null,\"gestion\":null,"
		  "\"donnees\":\"\"",
			"T", NULL, NULL, "", NULL },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		struct notice n = read_good(arena_printf(&arena,
			"{\"idweb\":\"26-1\",\"nature\":\"APPEL_OFFRE\",%s}", table[i].fields)
						    .ptr);

		check_text("title", n.title, table[i].title);
		check_deadline("deadline", &n.deadline, table[i].deadline);
		check_text("department", n.buyer.department, table[i].department);
		check_codes("places", &n.places, table[i].places);
		check_text("nature", str_of(notice_nature_name(n.nature)), table[i].nature);
	}
}

static void test_csv(void **state UNUSED)
{
	static const char document[] =
		"idweb;objet;famille;code_departement;datelimitereponse;nomacheteur;descripteur_libelle;GESTION\n"
		"24-1;\"Un; avec \"\"guillemets\"\"\net deux lignes\";FNS;['75', '92'];2024-03-06T12:00:00+00:00;"
		"Ville;\"[\"\"Maîtrise d'oeuvre\"\", 'Prestations de services']\";\r\n"
		"\n"
		"24-2;Deux;FNS;['48'];;Ville;;\n"
		"24-3;trop;peu\n"
		"24-4;\"jamais fermé;FNS;;;;;\n";
	static const char *const labels[] = { "line 2", "line 5", "line 6", "line 7" };
	struct source_items items;
	struct notice n;

	assert_int_equal(source_split(exact(document), &arena, &items, &err), 0);
	assert_int_equal(items.n, 4);
	for (size_t i = 0; i < LENGTH(labels); i++) {
		assert_int_equal(items.at[i].format, FORMAT_BOAMP_CSV);
		check_text("label", items.at[i].label, labels[i]);
	}
	assert_int_equal(source_read(FORMAT_BOAMP_CSV, items.at[0].bytes, &arena, &n, &err), 0);
	check_text("id", n.id, "boamp:24-1");
	check_text("title", n.title, "Un; avec \"guillemets\"\net deux lignes");
	assert_int_equal(n.subjects.n, 2);
	check_text("python list", n.subjects.at[0], "Maîtrise d'oeuvre");
	check_deadline("deadline", &n.deadline, "2024-03-06T12:00:00+01:00");
	check_text("several departments", n.buyer.department, NULL);
	assert_int_equal(source_read(FORMAT_BOAMP_CSV, items.at[1].bytes, &arena, &n, &err), 0);
	check_text("one department", n.buyer.department, "48");
	assert_int_equal(
		source_read(FORMAT_BOAMP_CSV, items.at[2].bytes, &arena, &n, &err), -ERROR_INPUT);
	assert_string_equal(err.text, "the row has 3 fields, its header 8");
	assert_int_equal(
		source_read(FORMAT_BOAMP_CSV, items.at[3].bytes, &arena, &n, &err), -ERROR_INPUT);
	assert_string_equal(err.text, "a quote of the row is never closed");
}

/* The first numbers of a year look like TED's of another: "24-1500" is no number 24 of 1500. */
static void test_early_numbers(void **state UNUSED)
{
	struct notice n = read_good("{\"idweb\":\"24-9000\",\"objet\":\"T\",\"annonce_lie\":[\"24-1500\","
				    "\"08-1234\"],\"nature\":\"RECTIFICATIF\"}");

	assert_int_equal(n.n_links, 2);
	check_text("as written", n.links[0].ref, "24-1500");
	check_text("as written", n.links[1].ref, "08-1234");
}

/* A field for a date that was filled in with words; several dates say nothing. */
static void test_deadline_in_words(void **state UNUSED)
{
	static const struct {
		const char *written, *deadline;
		enum deadline_certainty certainty;
	} table[] = {
		{ "2026-12-15 à 12h00", "2026-12-15T12:00:00+01:00", DEADLINE_ASSUMED },
		{ "mardi 15 décembre 2026 à 16 h", "2026-12-15T16:00:00+01:00", DEADLINE_ASSUMED },
		{ "au plus tard le 15/12/2026", "2026-12-15T23:59:59+01:00", DEADLINE_DAY_ONLY },
		{ "du 01/12/2026 au 15/12/2026", NULL, DEADLINE_NONE },
		{ "voir le règlement", NULL, DEADLINE_NONE },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		struct notice n = read_good(arena_printf(&arena,
			CALL("", "<MAPA><initial><delais><receptionOffres>%s</receptionOffres></delais>"
				 "</initial></MAPA>"),
			table[i].written).ptr);

		check_deadline(table[i].written, &n.deadline, table[i].deadline);
		assert_int_equal(n.deadline.certainty, table[i].certainty);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_fnsimple, arena_reset_state),
		cmocka_unit_test_setup(test_mapa, arena_reset_state),
		cmocka_unit_test_setup(test_correction, arena_reset_state),
		cmocka_unit_test_setup(test_boamp_kinds, arena_reset_state),
		cmocka_unit_test_setup(test_boamp_eforms, arena_reset_state),
		cmocka_unit_test_setup(test_api_bodies, arena_reset_state),
		cmocka_unit_test_setup(test_api_flat, arena_reset_state),
		cmocka_unit_test_setup(test_csv, arena_reset_state),
		cmocka_unit_test_setup(test_early_numbers, arena_reset_state),
		cmocka_unit_test_setup(test_deadline_in_words, arena_reset_state),
	};

	return cmocka_run_group_tests(tests, NULL, arena_done_state);
}
