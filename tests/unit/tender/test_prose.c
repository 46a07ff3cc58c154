/* deadline_from_prose(): corrections as buyers write them. NULL: nothing that could be read surely. */
#include "tender/deadline.h"

#include "tender.h"

#define NBSP "\xC2\xA0"

static const struct {
	const char *prose, *expected;
} table[] = {
	/* the usual sentence and its spellings */
	{ "Au lieu de : 06/11/2026 à 12h00, lire : 13/11/2026 à 12h00",
		"2026-11-13T12:00:00+01:00" },
	{ "Rubrique : Date et heure limites de réception des plis, Au lieu de 07/09/2026 à 12h00, "
	  "lire 14/09/2026 à 12h00",
		"2026-09-14T12:00:00+02:00" },
	{ "AU LIEU DE : 06/11/2026 A 12H00 LIRE : 13/11/2026 A 12H00",
		"2026-11-13T12:00:00+01:00" },
	{ "au lieu du 06/11/2026 12:00 lire le 13/11/2026 12:00", "2026-11-13T12:00:00+01:00" },
	{ "Au lieu de" NBSP ": 06/11/2026 à 12" NBSP "h" NBSP "00, lire" NBSP
	  ": 13/11/2026 à 16" NBSP "h" NBSP "30",
		"2026-11-13T16:30:00+01:00" },
	{ "Au lieu de :\n06/11/2026 à 12:00\nLire :\n13/11/2026 à 17:00:00",
		"2026-11-13T17:00:00+01:00" },
	{ "Au lieu de : vendredi 6 novembre 2026 à 12 heures, lire : vendredi 13 novembre 2026 à 12 heures",
		"2026-11-13T12:00:00+01:00" },
	{ "Au lieu de : 30 novembre 2026 à 12h, lire : 1er décembre 2026 à 12h",
		"2026-12-01T12:00:00+01:00" },
	{ "lire : 13-11-2026 à 9h05", "2026-11-13T09:05:00+01:00" },
	{ "lire : 13.11.2026 à 12.00", "2026-11-13T12:00:00+01:00" },
	{ "lire : 13/11/26 à 12h00mn", "2026-11-13T12:00:00+01:00" },
	{ "lire : 2026-11-13 12:00", "2026-11-13T12:00:00+01:00" },
	{ "lire 13 / 11 / 2026 à 12h00", "2026-11-13T12:00:00+01:00" },
	{ "lire : 13 NOV. 2026 à 16 H 30", "2026-11-13T16:30:00+01:00" },
	{ "lire : 3 août 2026 à 12 h00", "2026-08-03T12:00:00+02:00" },
	{ "lire 13/11/2026 avant midi", "2026-11-13T12:00:00+01:00" },
	{ "lire 13/11/2026 à minuit", "2026-11-13T23:59:00+01:00" },
	{ "lire 13/11/2026 - 12:00 (heure de Paris)", "2026-11-13T12:00:00+01:00" },
	{ "lire : 12h00 le vendredi 13/11/2026", "2026-11-13T12:00:00+01:00" },
	{ "Au lieu de 12h00 le 06/11/2026 lire 14h00 le 13/11/2026", "2026-11-13T14:00:00+01:00" },
	{ "lire : 13/11/2026, heure limite : 12 heures 30", "2026-11-13T12:30:00+01:00" },
	{ "Au lieu de 06/11/2026, lire 13/11/2026", "2026-11-13T23:59:59+01:00" },
	/* other verbs */
	{ "La date limite de remise des offres est reportée au 13/11/2026 à 12h00.",
		"2026-11-13T12:00:00+01:00" },
	{ "La date limite de réception des offres, initialement fixée au 06/11/2026 à 12h00, est reportée au "
	  "13/11/2026 à 12h00",
		"2026-11-13T12:00:00+01:00" },
	{ "La remise des plis est repoussée du 06/11/2026 à 12h00 au 13/11/2026 à 12h00",
		"2026-11-13T12:00:00+01:00" },
	{ "Le délai de remise des candidatures est prolongé jusqu'au 13 novembre 2026, 17h00.",
		"2026-11-13T17:00:00+01:00" },
	{ "Nouvelle date limite de dépôt des offres : 13/11/2026 à 12h00",
		"2026-11-13T12:00:00+01:00" },
	{ "La date limite de réception des offres est désormais fixée au 13/11/2026 à 12h00",
		"2026-11-13T12:00:00+01:00" },
	{ "Remplacer 06/11/2026 à 12h00 par 13/11/2026 à 12h00", "2026-11-13T12:00:00+01:00" },
	{ "Date limite de réception des offres : 13/11/2026 à 12h00", "2026-11-13T12:00:00+01:00" },
	{ "Rubrique : DLRO\nAu lieu de : 06/11/2026 à 12h00\nLire : 13/11/2026 à 12h00",
		"2026-11-13T12:00:00+01:00" },
	/* several corrections in one text: the deadline is the one that is told */
	{ "Rubrique : Date limite des questions. Au lieu de 01/09/2026, lire 03/09/2026. Rubrique : Date limite de "
	  "réception des plis. Au lieu de 07/09/2026 à 12h00, lire 14/09/2026 à 12h00",
		"2026-09-14T12:00:00+02:00" },
	{ "Date limite de réception des offres : au lieu de 06/11/2026 à 12h00, lire 13/11/2026 à 12h00. Ouverture "
	  "des plis : au lieu de 06/11/2026 à 14h00, lire 13/11/2026 à 14h00",
		"2026-11-13T12:00:00+01:00" },
	{ "Ouverture des plis : lire 10/11/2026 à 14h00. Réception des offres : lire 13/11/2026 à 12h00",
		"2026-11-13T12:00:00+01:00" },
	{ "Date d'envoi du présent avis : 02/11/2026. Réception des offres : au lieu de 06/11/2026 12h00 lire "
	  "13/11/2026 12h00",
		"2026-11-13T12:00:00+01:00" },
	{ "Réception des offres : lire 13/11/2026 à 12h00. Date de début d'exécution : lire 01/12/2026",
		"2026-11-13T12:00:00+01:00" },
	{ "La date limite de remise des offres du marché de livraison de repas est reportée au "
	  "13/11/2026 à 12h00",
		"2026-11-13T12:00:00+01:00" },
	{ "La date limite de réception des offres de la consultation pour des travaux de réseaux est "
	  "prorogée au 13/11/2026 à 12h00",
		"2026-11-13T12:00:00+01:00" },
	/* the deadline is not what changed, or not sayable */
	{ "La visite obligatoire aura lieu le 13/11/2026 à 10h00.", NULL },
	{ "Date limite des questions : au lieu de 01/09/2026, lire 03/09/2026", NULL },
	{ "Ouverture des plis : lire 13/11/2026 à 14h00", NULL },
	{ "Le montant maximum est porté à 250 000 euros.", NULL },
	{ "Au lieu de 12h00, lire 16h00", NULL },
	{ "La date limite est reportée d'une semaine.", NULL },
	{ "lire : 13 novembre à 12h00", NULL },
	{ "Au lieu de : 06/11/2026 à 12h00", NULL },
	{ "lire : lot 1 : 13/11/2026 à 12h00, lot 2 : 20/11/2026 à 12h00", NULL },
	{ "Date de parution : 13/11/2026", NULL },
	/* no dates */
	{ "", NULL },
	{ " ", NULL },
	{ "lire", NULL },
	{ "lire : 31/02/2026 à 12h00", NULL },
	{ "lire : 13/13/2026 à 12h00", NULL },
	{ "lire : 00/11/2026", NULL },
	{ "lire : 13/11/1926 à 12h00", NULL },
	{ "lire : 13/11", NULL },
	{ "lire : 13/11-2026", NULL },
	{ "lire : 130/110/2026", NULL },
	{ "lire le 01 02 03 04 05", NULL },
	{ "lire article R. 2161-12 du code, tél. 01.02.03.04.05", NULL },
	/* a date that is one, an hour that is none */
	{ "lire : 13/11/2026 à 25h00", "2026-11-13T23:59:59+01:00" },
	{ "lire : 13/11/2026 à 12h75", "2026-11-13T23:59:59+01:00" },
	{ "lire : 13/11/2026 (lot 12)", "2026-11-13T23:59:59+01:00" },
	{ "lire : 13/11/2026 à 24h00", "2026-11-13T23:59:00+01:00" },
};

static void test_table(void **state UNUSED)
{
	int wrong = 0;

	for (size_t i = 0; i < LENGTH(table); i++) {
		char text[TIME_FORMAT_MAX];
		struct deadline d = deadline_from_prose(exact(table[i].prose), &arena);
		const char *got = d.at == TIME_NONE ? NULL : time_format(d.at, d.offset_s, text);

		if ((got == NULL) != (table[i].expected == NULL) ||
			(got && strcmp(got, table[i].expected) != 0)) {
			print_error("%s\n  expected %s, got %s\n", table[i].prose,
				table[i].expected ? table[i].expected : "(none)",
				got ? got : "(none)");
			wrong++;
		}
		if (d.certainty != (got ? DEADLINE_CORRECTED : DEADLINE_NONE)) {
			print_error("%s\n  certainty %d\n", table[i].prose, (int)d.certainty);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

static void test_text_is_the_date_as_written(void **state UNUSED)
{
	struct deadline d = deadline_from_prose(
		STR("Au lieu de : 06/11/2026 à 12h00, lire : 13/11/2026 à 12h00 précises."),
		&arena);

	check_text("text", d.text, "13/11/2026 à 12h00");
}

/* More dates than are looked at, and a text longer than is read: an end, and no wrong answer. */
static void test_ceilings(void **state UNUSED)
{
	size_t len = 1 << 20;
	char *text = arena_alloc(&arena, len);
	static const char piece[] = "lire 01/01/2026 ";

	for (size_t i = 0; i < len; i++)
		text[i] = piece[i % (sizeof(piece) - 1)];
	assert_int_equal(
		deadline_from_prose(str_n(text, len), &arena).certainty, DEADLINE_CORRECTED);
	memset(text, '9', len);
	assert_int_equal(deadline_from_prose(str_n(text, len), &arena).certainty, DEADLINE_NONE);
	memset(text, '/', len);
	assert_int_equal(deadline_from_prose(str_n(text, len), &arena).certainty, DEADLINE_NONE);
}

/* Every beginning of every sentence: no read beyond the end (under the sanitizers), no crash. */
static void test_cut_anywhere(void **state UNUSED)
{
	for (size_t i = 0; i < LENGTH(table); i++)
		for (size_t len = 0; len <= strlen(table[i].prose); len++) {
			char *copy = malloc(len + 1);

			assert_non_null(copy);
			memcpy(copy, table[i].prose, len);
			deadline_from_prose(str_n(copy, len), &arena);
			free(copy);
			arena_reset(&arena);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_table, arena_reset_state),
		cmocka_unit_test_setup(test_text_is_the_date_as_written, arena_reset_state),
		cmocka_unit_test_setup(test_ceilings, arena_reset_state),
		cmocka_unit_test_setup(test_cut_anywhere, arena_reset_state),
	};

	return cmocka_run_group_tests(tests, NULL, arena_done_state);
}
