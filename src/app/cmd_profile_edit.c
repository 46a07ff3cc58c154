/* profile add, edit */
#include "commands.h"
#include "store/profile.h"

static int store(struct app *app, struct profile *p, struct error *err)
{
	int r = profile_check(p, &app->arena, err), stored;

	if (r >= 0)
		r = profile_check_gates(p, err);
	if (r >= 0)
		r = profile_warn(app, p, p->id, err);
	if (r >= 0)
		r = profile_warn_volume(app, p, err);
	if (r >= 0 && !p->confirmed)
		r = profile_prepare_asking(app, err);
	if (r >= 0)
		r = db_begin(app->db, err);
	if (r < 0)
		return r;
	stored = profile_put(app, p, err);
	r = stored < 0 ? stored : db_commit(app->db, err);
	db_rollback(app->db);
	return r < 0 ? r : stored;
}

int cmd_profile_add(struct app *app, struct error *err)
{
	struct profile p, stored;
	int r;

	profile_init(&p);
	p.confirmed = !app_flag(app, "pending");
	r = profile_take_options(app, &p, err);
	if (r < 0)
		return r;
	if (!str_given(p.name))
		return bad_usage(app, error_set(err, ERROR_CONFIG, "profile add needs --name"));
	p.id = app_flag(app, "id") ? app_text(app, "id") : slug_from(p.name, PROFILE_ID_MAX, &app->arena);
	r = store_profile_find(app->db, p.id, &app->arena, &stored, err);
	if (r == 0)
		return error_set(err, ERROR_INPUT, "there is a profile %.*s already; see profile edit",
			STR_ARG(p.id));
	if (r >= 0)
		r = store(app, &p, err);
	if (r < 0)
		return r;
	out_line("%.*s", STR_ARG(p.id));
	note(app, "registered; see what it would bring: appariteur profile try %.*s", STR_ARG(p.id));
	return 0;
}

int cmd_profile_edit(struct app *app, struct error *err)
{
	struct profile p;
	int r = store_profile_find(app->db, app_operand(app, 0), &app->arena, &p, err);

	if (r == STORE_NONE)
		return error_set(err, ERROR_INPUT, "no profile %s", app->operands[0]);
	if (r < 0)
		return r;
	r = profile_take_options(app, &p, err);
	if (r >= 0)
		r = store(app, &p, err);
	if (r < 0)
		return r;
	note(app, r == STORE_UNCHANGED ? "%.*s: nothing changed" : "%.*s: changed", STR_ARG(p.id));
	return 0;
}
