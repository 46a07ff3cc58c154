/* APProch: records of purchases that are planned. */
#include "document.h"

#define RECORD(REST)                                                                                  \
	"{\"total_count\":1,\"results\":[{\"code\":\"P-12\",\"libelle\":\"Messagerie d&#039;État\"," \
	"\"siren_de_l_entite_acheteuse\":16000001" REST "}]}"

static void test_record(void **state UNUSED)
{
	struct notice n = read_good(RECORD(
		",\"description\":\"Refonte.\",\"statut\":\"En projet\",\"categorie_d_achat\":\"Services "
		"informatiques\",\"code_s_cpv\":\"72000000 - Services, 48000000\",\"montant_estime_du_marche\":"
		"\"100k - 500k€\",\"date_previsionnelle_de_publication\":\"2027-01-15\","
		"\"date_cible_de_remise_des_offres\":\"2027-03-01\",\"type_de_procedure\":\"Appel d'offres "
		"ouvert\",\"departement_s_d_execution_du_marche\":\"75|Corse-du-Sud (2A)|974 - La Réunion\","
		"\"lien_vers_la_consultation\":\"www.achats.example.org/1\""));

	check_text("id", n.id, "approch:P-12");
	check_text("title", n.title, "Messagerie d'État");
	check_text("description", n.description,
		"Refonte.\nStatut : En projet\nPublication prévue : 2027-01-15\nRemise des offres visée : 2027-03-01\n"
		"Montant estimé : 100k - 500k€");
	check_text("siren, zeros in front", n.buyer.id, "016000001");
	check_text("url", n.url, "https://www.achats.example.org/1");
	check_text("procedure", n.procedure, "open");
	check_codes("cpv", &n.cpv, "72000000 48000000");
	check_codes("places", &n.places, "75 2A 974");
	assert_int_equal(n.kind, NOTICE_PLANNING);
	assert_int_equal(n.nature, NATURE_SERVICES);
	assert_int_equal(n.deadline.certainty, DEADLINE_NONE);
	assert_int_equal(n.published, DAY_NONE);
}

static void test_bands(void **state UNUSED)
{
	static const struct {
		const char *band;
		int64_t cents;
	} table[] = {
		{ "100k - 500k€", 50000000 },
		{ "1M - 5M€", 500000000 },
		{ "< 40 000 €", 4000000 },
		{ "de 90 k€ à 143 k€", 14300000 },
		{ "> 5M€", MONEY_NONE },
		{ "NC", MONEY_NONE },
		{ "99999999999999999999999M", MONEY_NONE },
		{ "", MONEY_NONE },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		struct str text = arena_printf(
			&arena, RECORD(",\"montant_estime_du_marche\":\"%s\""), table[i].band);
		struct notice n = read_good(text.ptr);

		if (n.value.cents != table[i].cents ||
			n.value_kind != (table[i].cents > 0 ? VALUE_CEILING : VALUE_NONE))
			fail_msg("%s: %lld", table[i].band, (long long)n.value.cents);
	}
}

static void test_everywhere(void **state UNUSED)
{
	struct notice n = read_good(RECORD(",\"departement_s_d_execution_du_marche\":\"Tous\""));

	check_codes("places", &n.places, "FR");
}

/* A portal that has lists gives lists. */
static void test_lists(void **state UNUSED)
{
	struct notice n = read_good(RECORD(",\"code_s_cpv\":[\"72000000\",\"48000000\"],"
					   "\"departement_s_d_execution_du_marche\":[\"75\",\"92\"]"));

	check_codes("cpv", &n.cpv, "72000000 48000000");
	check_codes("places", &n.places, "75 92");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_record, arena_reset_state),
		cmocka_unit_test_setup(test_bands, arena_reset_state),
		cmocka_unit_test_setup(test_everywhere, arena_reset_state),
		cmocka_unit_test_setup(test_lists, arena_reset_state),
	};

	return cmocka_run_group_tests(tests, NULL, arena_done_state);
}
