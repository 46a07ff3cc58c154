/* Who won what, as people and programmes read it. */
#include <stdio.h>

#include "commands.h"
#include "tender/dossier.h"

enum { NAME_SHOWN = 200 };

/* as text */

struct str amount_text(struct app *app, struct money amount)
{
	char text[MONEY_FORMAT_MAX];

	if (amount.cents == MONEY_NONE)
		return STR_NONE;
	return arena_printf(&app->arena, "%s %s", money_format(amount, text), amount.currency);
}

/* "LOT-0001    Société (id), 12000.00 EUR, from 2026-01-05 to 2030-01-04, renewed to 2032-01-04" */
static void show_award(struct app *app, const struct dossier_award *a)
{
	const struct award *award = a->award;
	struct str amount = amount_text(app, award->value);

	printf("%-12.*s", STR_ARG(str_given(a->lot) ? a->lot : STR("winner")));
	for (size_t i = 0; i < award->n_winners; i++) {
		const struct party *party = &award->winners[i].party;

		struct str name = str_clip(party->name.len ? party->name : STR("?"), NAME_SHOWN);

		printf("%s", i > 0 ? ", " : "");
		out_str(name);
		if (party->id.len)
			printf(" (%.*s)", STR_ARG(party->id));
	}
	if (award->n_winners == 0)
		printf("%s", award->outcome == AWARD_NOT_GIVEN ? "nobody" : "winner not told");
	if (str_given(amount))
		printf(", %.*s", STR_ARG(amount));
	if (a->over != DAY_NONE && award->outcome != AWARD_NOT_GIVEN)
		printf(", until %.*s", STR_ARG(day_text(app, a->over - 1)));
	if (a->over_renewed != a->over && award->outcome != AWARD_NOT_GIVEN)
		printf(", renewed until %.*s", STR_ARG(day_text(app, a->over_renewed - 1)));
	putchar('\n');
}

void show_awards(struct app *app, const struct dossier_award *awards, size_t n)
{
	struct renewal renewal = dossier_renewal(awards, n);

	for (size_t i = 0; i < n; i++)
		show_award(app, &awards[i]);
	if (renewal.from != DAY_NONE)
		out_line("%-12slikely from %.*s to %.*s", "renewal", STR_ARG(day_text(app, renewal.from)),
			STR_ARG(day_text(app, renewal.until)));
}

/* as JSON */

bool open_amount(struct json_writer *w, const char *key, struct money amount)
{
	char text[MONEY_FORMAT_MAX];

	json_key(w, key);
	if (amount.cents == MONEY_NONE) {
		json_put_null(w);
		return false;
	}
	json_open_object(w);
	json_add_str(w, "amount", str_of(money_format(amount, text)));
	json_add_str(w, "currency", str_of(amount.currency));
	return true;
}

static void put_award(struct app *app, struct json_writer *w, const struct dossier_award *a)
{
	const struct award *award = a->award;
	const char *outcome = award_outcome_name(award->outcome);

	json_open_object(w);
	json_add_str(w, "lot", a->lot);
	json_add_str(w, "notice", a->result->id);
	json_add_str(w, "outcome", outcome ? str_of(outcome) : STR_NONE);
	json_add_str(w, "contract", award->contract);
	json_key(w, "winners");
	json_open_array(w);
	for (size_t i = 0; i < award->n_winners; i++) {
		json_open_object(w);
		json_add_str(w, "name", award->winners[i].party.name);
		json_add_str(w, "id", award->winners[i].party.id);
		json_close_object(w);
	}
	json_close_array(w);
	if (open_amount(w, "value", award->value))
		json_close_object(w);
	json_add_str(w, "from", day_text(app, a->from));
	json_add_str(w, "until", day_text(app, a->over == DAY_NONE ? DAY_NONE : a->over - 1));
	json_add_str(w, "renewed_until",
		day_text(app, a->over_renewed == DAY_NONE ? DAY_NONE : a->over_renewed - 1));
	json_close_object(w);
}

void put_awards(struct app *app, struct json_writer *w, const struct dossier_award *awards, size_t n)
{
	struct renewal renewal = dossier_renewal(awards, n);

	json_key(w, "awards");
	json_open_array(w);
	for (size_t i = 0; i < n; i++)
		put_award(app, w, &awards[i]);
	json_close_array(w);
	json_key(w, "renewal");
	if (renewal.from == DAY_NONE) {
		json_put_null(w);
		return;
	}
	json_open_object(w);
	json_add_str(w, "from", day_text(app, renewal.from));
	json_add_str(w, "until", day_text(app, renewal.until));
	json_close_object(w);
}
