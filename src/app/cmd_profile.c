/* profile import, list, show, export, remove */
#include <stdio.h>

#include "commands.h"
#include "flow/instance.h"
#include "flow/preview.h"
#include "source/exchange.h"
#include "store/consent.h"
#include "store/profile.h"

/* A profile whose address was confirmed stays so when it comes again as pending with the same one. */
static int keep_confirmed(struct app *app, struct profile *p, struct arena *arena, struct error *err)
{
	struct profile stored;
	int r = store_profile_find(app->db, p->id, arena, &stored, err);

	if (r == 0 && stored.confirmed && str_eq(stored.email, p->email))
		p->confirmed = true;
	return r < 0 ? r : 0;
}

/* Of this import, as long as they are few enough to be looked at. */
static struct str taken_ids[PREVIEW_PROFILES_MAX];
static size_t taken;

static size_t keep_id(struct app *app, struct str id)
{
	taken_ids[taken] = arena_dup(&app->arena, id);
	return taken + 1;
}

static int take_profile(struct app *app, const struct element *element, struct error *err)
{
	struct profile p;
	int r = profile_from_json(element->value, element->arena, &p, err);

	if (r >= 0)
		r = profile_check_gates(&p, err);
	if (r >= 0)
		r = profile_warn(app, &p, element->label, err);
	if (r < 0)
		return r;
	p.confirmed = !app_flag(app, "pending");
	if (!p.confirmed)
		r = keep_confirmed(app, &p, element->arena, err);
	if (r >= 0)
		r = profile_put(app, &p, err);
	if (r == STORE_NEW || r == STORE_UPDATED)
		taken = taken < PREVIEW_PROFILES_MAX ? keep_id(app, p.id) : taken + 1;
	return r;
}

/* What was taken is looked at together: nothing is sent before the next digest. More than a few hundred are not. */
static int warn_volumes(struct app *app, struct error *err)
{
	const struct profile *profiles[PREVIEW_PROFILES_MAX];
	int r = 0;

	if (taken > PREVIEW_PROFILES_MAX)
		return 0;
	for (size_t i = 0; r == 0 && i < taken; i++) {
		struct profile *profile = arena_new(&app->arena, struct profile);

		profiles[i] = profile;
		r = store_profile_find(app->db, taken_ids[i], &app->arena, profile, err);
	}
	return r != 0 ? r : profile_warn_volumes(app, profiles, taken, err);
}

int cmd_profile_import(struct app *app, struct error *err)
{
	int r = app_flag(app, "pending") ? profile_prepare_asking(app, err) : 0, warned;

	if (r >= 0)
		r = import_elements(app, app->operands[0], "profile", take_profile, err);
	if (r < 0)
		return r;
	warned = warn_volumes(app, err);
	return warned < 0 ? warned : r;
}

/*
 * Whether it is written to: what its owner decided, then what is known of its address ("bounced",
 * "complained", "erased", "administrator"), then whether that is confirmed. `links` may be NULL.
 */
static int state_of(struct app *app, const struct links *links, const struct profile *profile,
	bool unsubscribed, struct str *ret, struct error *err)
{
	struct str reason = STR_NONE;
	int r = 0;

	if (links != NULL && str_given(profile->email))
		r = store_suppressed(app->db, link_address_hash(links, profile->email, &app->arena), &app->arena,
			&reason, err);
	*ret = unsubscribed               ? STR("unsubscribed")
	       : str_given(reason)        ? reason
	       : !profile->confirmed      ? STR("pending")
	       : str_given(profile->email) ? STR("confirmed")
					  : STR("no address");
	return r < 0 ? r : 0;
}

/* *ret_links is `links`, or NULL where there is nothing to know of addresses. */
static int known_links(struct app *app, struct links *links, const struct links **ret, struct error *err)
{
	int r = instance_links_find(app->db, STR_NONE, links, err);

	*ret = r == 0 ? links : NULL;
	return r < 0 ? r : 0;
}

static void list_json(struct app *app, const struct profile_row *row, struct str state)
{
	struct json_writer *w = out_json(app);

	json_open_object(w);
	json_add_str(w, "id", row->profile.id);
	json_add_str(w, "name", row->profile.name);
	json_add_str(w, "state", state);
	json_add_str(w, "cadence", str_of(cadence_name(row->profile.cadence)));
	json_add_int(w, "version", row->version);
	json_add_str(w, "created", moment(app, row->created));
	json_add_str(w, "last_digest", moment(app, row->last_digest));
	json_close_object(w);
	out_json_end(app);
}

int cmd_profile_list(struct app *app, struct error *err)
{
	CLEANUP(links_done) struct links links = { .base = STR_NONE };
	const struct links *known;
	struct profile_row *rows;
	size_t n;
	int r = store_profile_list(app->db, 0, &app->arena, &rows, &n, err);

	if (r >= 0)
		r = known_links(app, &links, &known, err);
	for (size_t i = 0; r >= 0 && i < n; i++) {
		struct str state;
		int used;

		r = state_of(app, known, &rows[i].profile, rows[i].unsubscribed, &state, err);
		if (r < 0)
			return r;
		if (app->json) {
			list_json(app, &rows[i], state);
			continue;
		}
		used = out_id(rows[i].profile.id, 28) + 1;
		putchar(' ');
		out_cell(state, 13);
		used += 13 + printf(" %-8s ", cadence_name(rows[i].profile.cadence));
		out_last(rows[i].profile.name, used);
	}
	return list_end(app, r, (int64_t)n, "no start-up is registered; see profile add and profile import");
}

static int find(struct app *app, struct str id, struct profile *ret, struct error *err)
{
	int r = store_profile_find(app->db, id, &app->arena, ret, err);

	return r == STORE_NONE ? error_set(err, ERROR_INPUT, "no profile %.*s", STR_ARG(id)) : r;
}

static void show_fact(const char *name, struct str value)
{
	if (!str_given(value))
		return;
	printf("%-12s", name);
	out_str(value);
	putchar('\n');
}

static void show_codes(const char *name, const struct codes *codes)
{
	if (codes->n == 0)
		return;
	printf("%-12s", name);
	for (size_t i = 0; i < codes->n; i++) {
		fputs(i > 0 ? ", " : "", stdout);
		out_str(codes->at[i]);
	}
	putchar('\n');
}

static void show_bounds(const struct profile *p)
{
	char min[MONEY_FORMAT_MAX] = "any", max[MONEY_FORMAT_MAX] = "any";

	if (p->value_min == MONEY_NONE && p->value_max == MONEY_NONE)
		return;
	if (p->value_min != MONEY_NONE)
		money_format((struct money){ p->value_min, "EUR" }, min);
	if (p->value_max != MONEY_NONE)
		money_format((struct money){ p->value_max, "EUR" }, max);
	out_line("%-12s%s to %s EUR", "value", min, max);
}

static void show_whole(const struct profile *p, struct str state, struct arena *arena)
{
	struct codes natures = { NULL, 0, 0 };
	struct str names[NATURES];

	natures.at = names;
	for (int nature = NATURE_NONE + 1; nature < NATURES; nature++)
		if (p->natures[nature])
			names[natures.n++] = str_of(notice_nature_name((enum notice_nature)nature));
	show_fact("profile", p->id);
	show_fact("name", p->name);
	show_fact("siren", p->siren);
	show_fact("email", p->email);
	show_fact("state", state);
	show_codes("keywords", &p->keywords);
	show_codes("exclude", &p->exclude);
	show_codes("cpv", &p->cpv);
	show_codes("fields", &p->fields);
	show_codes("places", &p->places);
	show_codes("natures", &natures);
	show_bounds(p);
	out_line("%-12s%d working day%s", "effort", p->effort_days, plural((size_t)p->effort_days));
	out_line("%-12s%s, %.*s, %.*s", "digest", cadence_name(p->cadence), STR_ARG(p->timezone),
		STR_ARG(p->language));
	show_fact("hour", mailing_hour_format(p->mailing.send_at, arena));
	show_fact("quiet", p->mailing.quiet);
	if (str_given(p->mailing.reminders))
		show_fact("reminders", p->mailing.reminders.len > 0 ? p->mailing.reminders : STR("none"));
	if (str_given(p->description)) {
		putchar('\n');
		out_text(p->description, 0, out_width());
	}
}

int cmd_profile_show(struct app *app, struct error *err)
{
	CLEANUP(links_done) struct links links = { .base = STR_NONE };
	const struct links *known;
	int r = known_links(app, &links, &known, err);

	for (int i = 0; r >= 0 && i < app->n_operands; i++) {
		struct str state = STR_NONE;
		struct profile p;
		bool unsubscribed = false;

		r = find(app, app_operand(app, i), &p, err);
		if (r >= 0)
			r = store_profile_unsubscribed(app->db, p.id, &unsubscribed, err);
		if (r >= 0)
			r = state_of(app, known, &p, unsubscribed, &state, err);
		if (r < 0)
			return r;
		if (app->json) {
			profile_to_json(&p, out_json(app));
			out_json_end(app);
			continue;
		}
		if (i > 0)
			putchar('\n');
		show_whole(&p, state, &app->arena);
	}
	return r < 0 ? r : 0;
}

/* The array that `profile import` takes, one profile a line. */
int cmd_profile_export(struct app *app, struct error *err)
{
	struct profile_row *rows;
	size_t n, put = 0;
	int r = store_profile_list(app->db, 0, &app->arena, &rows, &n, err);

	for (int i = 0; r >= 0 && i < app->n_operands; i++) {
		struct profile p;

		r = find(app, app_operand(app, i), &p, err);
	}
	if (r < 0)
		return r;
	fputs("[", stdout);
	for (size_t i = 0; i < n; i++) {
		bool named = app->n_operands == 0;

		for (int j = 0; j < app->n_operands && !named; j++)
			named = str_eq(app_operand(app, j), rows[i].profile.id);
		if (!named)
			continue;
		fputs(put++ > 0 ? ",\n " : "\n ", stdout);
		profile_to_json(&rows[i].profile, out_json(app));
		out_json_put(app);
	}
	out_line("\n]");
	return 0;
}

int cmd_profile_remove(struct app *app, struct error *err)
{
	int r = db_begin(app->db, err);

	for (int i = 0; r >= 0 && i < app->n_operands; i++) {
		r = store_profile_delete(app->db, app_operand(app, i), err);
		if (r == STORE_NONE)
			r = error_set(err, ERROR_INPUT, "no profile %s; nothing was removed", app->operands[i]);
	}
	if (r >= 0)
		r = db_commit(app->db, err);
	db_rollback(app->db);
	if (r >= 0)
		note(app, app->n_operands == 1 ? "%d profile removed" : "%d profiles removed", app->n_operands);
	return r;
}
