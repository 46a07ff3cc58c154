/* inbox read */
#include <stdio.h>

#include "commands.h"
#include "flow/inbox.h"

int read_inbox(struct app *app, struct inbox_count *ret, struct error *err)
{
	struct str dir = app_text(app, "maildir");
	struct digest_settings digest;
	int r = digest_settings_of(app, &digest, err);

	*ret = (struct inbox_count){ 0, 0, 0, 0, 0 };
	if (!str_given(dir))
		dir = conf_text(&app->conf, "mail", "inbox");
	if (r < 0 || dir.len == 0)
		return r;
	return inbox_read(app->db, &digest, dir.ptr, app->now, ret, err);
}

int cmd_inbox_read(struct app *app, struct error *err)
{
	struct inbox_count count;
	struct json_writer *w;
	int r;

	if (!app_flag(app, "maildir") && conf_text(&app->conf, "mail", "inbox").len == 0)
		return error_set(err, ERROR_CONFIG, "no Maildir to read: set mail.inbox, or give --maildir");
	stop_on_signals();
	r = reading(app, read_inbox(app, &count, err), err);
	if (r < 0)
		return r;
	if (!app->json) {
		out_line("%lld letter%s read: %lld bounce%s (%lld address%s disabled), %lld answer%s obeyed, %lld ignored",
			(long long)count.read, plural((size_t)count.read), (long long)count.bounces,
			plural((size_t)count.bounces), (long long)count.disabled, count.disabled == 1 ? "" : "es",
			(long long)count.answers, plural((size_t)count.answers), (long long)count.ignored);
		return 0;
	}
	w = out_json(app);
	json_open_object(w);
	json_add_int(w, "read", count.read);
	json_add_int(w, "bounces", count.bounces);
	json_add_int(w, "disabled", count.disabled);
	json_add_int(w, "answers", count.answers);
	json_add_int(w, "ignored", count.ignored);
	json_close_object(w);
	out_json_end(app);
	return 0;
}
