/* notice list, show, search */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "source/exchange.h"
#include "store/code.h"
#include "store/notice.h"
#include "tender/buyer.h"
#include "tender/cpv.h"
#include "tender/place.h"

static int show_notice(void *data, const struct notice *notice, int64_t seq UNUSED,
	struct error *err UNUSED)
{
	struct app *app = data;

	app->listed++;
	if (app->json) {
		notice_to_json(notice, app_flag(app, "full"), out_json(app));
		out_json_end(app);
	} else {
		show_notice_line(app, notice);
	}
	return 0;
}

int notice_filter_of(struct app *app, struct notice_filter *filter, struct error *err)
{
	struct str kind = app_text(app, "kind"), cpv = app_text(app, "cpv"), place = app_text(app, "place");
	enum notice_kind parsed;

	notice_filter_init(filter);
	filter->since = (day_t)app_number(app, "since", DAY_NONE);
	filter->until = (day_t)app_number(app, "until", DAY_NONE);
	filter->source = app_text(app, "source");
	filter->dossier = app_text(app, "dossier");
	filter->limit = app_number(app, "limit", 0);
	if (filter->limit < 0)
		return bad_usage(app, error_set(err, ERROR_CONFIG, "--limit takes a number from 0"));
	filter->newest_first = true;
	if (!app_flag(app, "all"))
		filter->open_at = app->now;
	if (str_given(kind)) {
		if (!notice_kind_parse(kind, &parsed))
			return bad_usage(app, error_set(err, ERROR_CONFIG, "--kind is one of planning, competition, "
				"direct-award, result, change, cancellation, requirement, registration"));
		filter->kind = (int)parsed;
	}
	if (str_given(cpv)) {
		filter->cpv_branch = cpv_branch_parse(cpv, &app->arena);
		if (!str_given(filter->cpv_branch))
			return bad_usage(app,
				error_set(err, ERROR_CONFIG, "--cpv takes 2 to 8 digits, like 72 or 72212"));
	}
	if (str_given(place)) {
		filter->place = place_parse(place, &app->arena);
		if (!str_given(filter->place))
			return bad_usage(app, error_set(err, ERROR_CONFIG,
				"--place takes a department or a NUTS code, like 48 or FRJ"));
	}
	return 0;
}

static int show_notices(struct app *app, const struct notice_filter *filter, struct error *err)
{
	int r = store_notice_each(app->db, filter, show_notice, app, err);

	return list_end(app, r, app->listed, filter->open_at == TIME_NONE ? "no such notice is stored" :
		"no such notice is open; --all takes past deadlines, results and cancellations, too");
}

int cmd_notice_list(struct app *app, struct error *err)
{
	struct notice_filter filter;
	int r = notice_filter_of(app, &filter, err);

	if (r < 0)
		return r;
	return show_notices(app, &filter, err);
}

/* Does an option say what is looked for? */
static bool narrowed(struct app *app)
{
	static const char *const texts[] = { "cpv", "place", "kind", "source", "dossier" };

	for (size_t i = 0; i < LENGTH(texts); i++)
		if (str_given(app_text(app, texts[i])))
			return true;
	return app_number(app, "since", DAY_NONE) != DAY_NONE || app_number(app, "until", DAY_NONE) != DAY_NONE;
}

int cmd_notice_search(struct app *app, struct error *err)
{
	CLEANUP(buf_done) struct buf words = BUF_INIT(4096);
	struct notice_filter filter;
	int r = notice_filter_of(app, &filter, err);

	if (r < 0)
		return r;
	if (app->n_operands == 0 && !narrowed(app))
		return bad_usage(app, error_set(err, ERROR_CONFIG,
			"notice search needs WORDS…, or an option that says what, like --cpv 72"));
	for (int i = 0; i < app->n_operands; i++)
		buf_addf(&words, "%s%s", i > 0 ? " " : "", app->operands[i]);
	r = buf_check(&words, "the search", err);
	if (r < 0)
		return r;
	if (!str_utf8_valid(buf_str(&words)))
		return bad_usage(app, error_set(err, ERROR_CONFIG, "the words are not valid UTF-8"));
	if (words.len > 0)
		filter.text = buf_str(&words);
	return show_notices(app, &filter, err);
}

static void show_fact(const char *name, struct str value)
{
	if (!str_given(value))
		return;
	printf("%-12s", name);
	out_text(value, 0, out_width() - 12);
}

/* The word for a code; what shows a notice never fails for the lack of one. */
static struct str label_of(struct app *app, const char *list, struct str code)
{
	struct error ignored = ERROR_INIT;
	struct str label;

	if (store_code_find(app->db, str_of(list), code, STR("fr"), &app->arena, &label, &ignored) != 0)
		return STR_NONE;
	return label;
}

/* One code a line where there are words for them, else all on one line. */
static void show_codes(struct app *app, const char *name, const char *list, const struct codes *codes)
{
	bool labelled = false;

	if (codes->n == 0)
		return;
	printf("%-12s", name);
	for (size_t i = 0; i < codes->n; i++) {
		struct str label = label_of(app, list, codes->at[i]);

		if (i > 0 && (labelled || str_given(label)))
			printf("\n%-12s", "");
		else if (i > 0)
			putchar(' ');
		printf("%.*s", STR_ARG(codes->at[i]));
		labelled = str_given(label);
		if (!labelled)
			continue;
		putchar(' ');
		out_str(label);
	}
	putchar('\n');
}

static void show_deadline(const struct deadline *deadline)
{
	char text[TIME_FORMAT_MAX];

	if (deadline->at == TIME_NONE)
		return;
	out_line("%-12s%s (%s%s%.*s)", "deadline", time_format(deadline->at, deadline->offset_s, text),
		deadline_certainty_name(deadline->certainty), deadline->text.len ? ", written " : "",
		STR_ARG(deadline->text));
}

static const char *value_kind_words(enum value_kind kind)
{
	switch (kind) {
	case VALUE_ESTIMATE:
		return " (estimate)";
	case VALUE_CEILING:
		return " (most that may be spent)";
	case VALUE_AWARD:
		return " (awarded)";
	default:
		return "";
	}
}

static void show_amount(const char *name, const struct money *amount, const char *words)
{
	char text[MONEY_FORMAT_MAX];

	if (amount->cents != MONEY_NONE)
		out_line("%-12s%s %s%s", name, money_format(*amount, text), amount->currency, words);
}

static void show_day(const char *name, day_t day)
{
	char text[DAY_FORMAT_MAX];

	if (day != DAY_NONE)
		out_line("%-12s%s", name, day_format(day, text));
}

/* "24 months, from 2026-01-01, renewed 3 times at most" */
static void show_term(const char *name, const struct term *term)
{
	char day[DAY_FORMAT_MAX];
	const char *comma = "";

	if (!term_given(term))
		return;
	printf("%-12s", name);
	if (term->unit == TERM_UNLIMITED)
		printf("unlimited");
	else if (term->length)
		printf("%u %s", term->length, term_unit_name(term->unit));
	if (term->unit != TERM_NONE)
		comma = ", ";
	if (term->start != DAY_NONE) {
		printf("%sfrom %s", comma, day_format(term->start, day));
		comma = ", ";
	}
	if (term->end != DAY_NONE) {
		printf("%sto %s", comma, day_format(term->end, day));
		comma = ", ";
	}
	if (term->renewals == 0)
		printf("%snot to be renewed", comma);
	else if (term->renewals > 0)
		printf("%srenewed %d time%s at most", comma, term->renewals,
			term->renewals == 1 ? "" : "s");
	putchar('\n');
}

static void show_award(const struct award *award)
{
	static const char *const outcomes[AWARD_OUTCOMES] = { [AWARD_NONE] = "",
		[AWARD_GIVEN] = "awarded", [AWARD_NOT_GIVEN] = "not awarded", [AWARD_OPEN] = "not awarded yet" };

	out_line("\naward%s%.*s  %s", str_given(award->lot) ? " " : "", STR_ARG(award->lot),
		outcomes[award->outcome]);
	for (size_t i = 0; i < award->n_winners; i++) {
		const struct winner *winner = &award->winners[i];

		show_fact("  winner", winner->party.name);
		show_fact("  id", winner->party.id);
		show_fact("  city", winner->party.city);
		show_fact("  size", str_of(company_size_name(winner->size)));
	}
	show_fact("  contract", award->contract);
	show_amount("  value", &award->value, "");
	show_amount("  ceiling", &award->ceiling, "");
	show_day("  decided", award->decided);
	show_day("  concluded", award->concluded);
	if (award->tenders >= 0)
		out_line("%-12s%d", "  tenders", award->tenders);
}

static void show_wordings(const struct wording *wordings, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		printf("%-12.*s", STR_ARG(wordings[i].language));
		out_text(str_given(wordings[i].title) ? wordings[i].title : wordings[i].description, 0,
			out_width() - 12);
	}
}

void show_notice_whole(struct app *app, const struct notice *notice)
{
	struct money awarded;
	struct str procedure = label_of(app, "procurement-procedure-type", notice->procedure);

	out_line("%-12s%.*s version %d, %s (%s)", "notice", STR_ARG(notice->id), notice->version,
		notice_kind_name(notice->kind), notice_kind_name(notice->stage));
	show_fact("title", notice->title);
	show_fact("buyer", !buyer_is_court(notice) ? notice->buyer.name :
		arena_printf(&app->arena, "not said; %.*s hears appeals", STR_ARG(notice->buyer.name)));
	show_fact("city", notice->buyer.city);
	show_fact("buyer id", notice->buyer.id);
	show_fact("nature", str_of(notice_nature_name(notice->nature)));
	show_fact("procedure", str_given(procedure) ? procedure : notice->procedure);
	show_codes(app, "cpv", "cpv", &notice->cpv);
	show_codes(app, "places", "nuts", &notice->places);
	show_amount("value", &notice->value, value_kind_words(notice->value_kind));
	if (notice->value_kind != VALUE_AWARD && notice_awarded(notice, &awarded))
		show_amount("awarded", &awarded, " (sum of the contracts)");
	show_term("duration", &notice->term);
	show_day("published", notice->published);
	show_deadline(&notice->deadline);
	show_fact("page", notice->url);
	show_fact("documents", notice->documents_url);
	show_fact("dossier", notice->dossier);
	show_wordings(notice->wordings, notice->n_wordings);
	if (str_given(notice->description)) {
		putchar('\n');
		out_text(notice->description, 0, out_width());
	}
	for (size_t i = 0; i < notice->n_lots; i++) {
		const struct lot *lot = &notice->lots[i];

		out_line("\n%.*s  %.*s", STR_ARG(lot->id), STR_ARG(lot->title));
		show_codes(app, "  cpv", "cpv", &lot->cpv);
		show_amount("  value", &lot->value, value_kind_words(lot->value_kind));
		show_term("  duration", &lot->term);
		if (str_given(lot->description))
			out_text(lot->description, 2, out_width() - 2);
	}
	for (size_t i = 0; i < notice->n_awards; i++)
		show_award(&notice->awards[i]);
}

int cmd_notice_show(struct app *app, struct error *err)
{
	for (int i = 0; i < app->n_operands; i++) {
		struct notice notice;
		int r = store_notice_find(app->db, app_operand(app, i), &app->arena, &notice, err);

		if (r < 0)
			return r;
		if (r == STORE_NONE)
			return error_set(err, ERROR_INPUT, "no notice %s", app->operands[i]);
		if (app->json) {
			notice_to_json(&notice, app_flag(app, "full"), out_json(app));
			out_json_end(app);
		} else {
			if (i > 0)
				putchar('\n');
			show_notice_whole(app, &notice);
		}
	}
	return 0;
}
