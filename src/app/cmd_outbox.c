/* outbox list, hold, release, retry */
#include <stdio.h>

#include "commands.h"
#include "flow/inbox.h"
#include "flow/instance.h"
#include "store/outbox.h"

static int show_row(void *data, const struct outbox_row *row, struct error *err UNUSED)
{
	struct app *app = data;
	struct json_writer *w;

	app->listed++;
	if (!app->json) {
		printf("%6lld %-10s ", (long long)row->id, outbox_state_name(row->state));
		(void)out_id(row->to, 30);
		out_line(" %.*s", STR_ARG(moment(app, row->sent_at != TIME_NONE ? row->sent_at : row->created)));
		if (row->state != OUTBOX_SENT && str_given(row->reply))
			out_text(row->reply, 18, out_width() - 18);
		return 0;
	}
	w = out_json(app);
	json_open_object(w);
	json_add_int(w, "id", row->id);
	json_add_str(w, "to", row->to);
	json_add_str(w, "state", str_of(outbox_state_name(row->state)));
	json_add_str(w, "message_id", row->message_id);
	json_add_str(w, "created", moment(app, row->created));
	json_add_str(w, "sent", moment(app, row->sent_at));
	json_close_object(w);
	out_json_end(app);
	return 0;
}

int cmd_outbox_list(struct app *app, struct error *err)
{
	bool all = app_flag(app, "all");
	int r = store_outbox_each(app->db, all, show_row, app, err);

	return list_end(app, r, app->listed, all ? "no message was ever written" :
		"no message waits or failed; --all lists what was sent, too");
}

/* All of them or none. */
static int set_states(struct app *app, enum outbox_state state, const char *from, struct error *err)
{
	struct links links;
	int r = instance_links(app->db, STR_NONE, &links, err);

	if (r >= 0)
		r = db_begin(app->db, err);
	for (int i = 0; r >= 0 && i < app->n_operands; i++) {
		int64_t id = 0;

		if (!str_to_int64(app_operand(app, i), &id))
			r = bad_usage(app, error_set(err, ERROR_CONFIG,
				"\"%s\" is not the number of a message; see outbox list", app->operands[i]));
		if (r >= 0)
			r = store_outbox_set(app->db, id, state, app->now, err);
		if (r == STORE_NONE)
			r = error_set(err, ERROR_INPUT, "no message %s that is %s; nothing was changed",
				app->operands[i], from);
		if (r >= 0 && state == OUTBOX_READY)
			r = bounce_pardon(app->db, &links, id, err);
	}
	if (r >= 0)
		r = db_commit(app->db, err);
	db_rollback(app->db);
	links_done(&links);
	return r;
}

int cmd_outbox_hold(struct app *app, struct error *err)
{
	return set_states(app, OUTBOX_HELD, "ready or to be tried again", err);
}

int cmd_outbox_release(struct app *app, struct error *err)
{
	return set_states(app, OUTBOX_READY, "held or failed", err);
}

int cmd_outbox_retry(struct app *app, struct error *err)
{
	return set_states(app, OUTBOX_READY, "held or failed", err);
}
