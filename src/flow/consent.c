#include "flow/consent.h"

#include "base/buf.h"
#include "gate/token.h"
#include "gate/unicode.h"
#include "render/mail.h"
#include "render/template.h"
#include "render/value.h"
#include "store/consent.h"
#include "store/outbox.h"

struct words {
	const char *template, *template_html, *subject;
};

/* [what][English] */
static const struct words all_words[][2] = {
	[CONSENT_CONFIRM] = {
		{ "optin.fr.txt", "optin.fr.html", "Confirmez votre adresse" },
		{ "optin.en.txt", "optin.en.html", "Confirm your address" },
	},
	[CONSENT_KNOWN] = {
		{ "known.fr.txt", "known.fr.html", "Vous êtes déjà inscrit" },
		{ "known.en.txt", "known.en.html", "You are signed up already" },
	},
	[CONSENT_WEBHOOK_OFF] = {
		{ "hook.fr.txt", "hook.fr.html", "Votre webhook est arrêté" },
		{ "hook.en.txt", "hook.en.html", "Your webhook is switched off" },
	},
};

static int write_bodies(const struct digest_settings *settings, const struct profile *profile,
	const struct words *words, struct str url, struct arena *arena, struct mail *mail, struct error *err)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT(MAIL_BODY_MAX), html = BUF_INIT(MAIL_BODY_MAX);
	struct value *values = value_map(arena);
	int r;

	value_set_text(values, "profile", profile->name);
	value_set_text(values, "instance", str_of(settings->instance));
	value_set_text(values, "contact", str_of(settings->from));
	value_set_text(values, "url", url);
	r = template_render(words->template, values, &text, err);
	if (r >= 0)
		r = template_render(words->template_html, values, &html, err);
	mail->text = arena_dup(arena, buf_str(&text));
	mail->html = arena_dup(arena, buf_str(&html));
	return r;
}

/* One name for each mail that asks: asked twice, there are two. */
static struct str new_message_id(const char *from, struct arena *arena)
{
	size_t at = str_rfind_char(str_of(from), '@');

	return arena_printf(arena, "confirm.%016llx@%s", (unsigned long long)token_random_u64(),
		at == SIZE_MAX ? "localhost" : from + at + 1);
}

int consent_ask(struct db *db, const struct digest_settings *settings, const struct links *links,
	const struct profile *profile, enum consent_mail what, int64_t now, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	const struct words *words = &all_words[what][str_eqz(profile->language, "en")];
	struct link_whom whom = { profile->id, profile->email };
	struct mail mail = {
		.from_name = str_of(settings->from_name),
		.from = str_of(settings->from),
		.to = profile->email,
		.subject = str_of(words->subject),
		.date = now,
		.date_offset_s = unicode_zone_offset(profile->timezone, now),
		.message_id = new_message_id(settings->from, &arena),
		.language = profile->language,
	};
	struct outbox_row row = { .profile = profile->id, .from = mail.from, .to = mail.to,
		.message_id = mail.message_id, .created = now, .next_at = now, .sent_at = TIME_NONE };
	struct str url = what == CONSENT_CONFIRM ? link_confirm(links, whom, &arena)
						 : link_preferences(links, whom, &arena);
	int r;

	if (!str_given(url))
		return error_set(err, ERROR_CONFIG,
			"instance.web_url is not set: a mail that asks for a confirmation needs a link");
	r = write_bodies(settings, profile, words, url, &arena, &mail, err);
	if (r >= 0)
		r = mail_compose(&mail, &arena, &row.message, err);
	return r < 0 ? r : store_outbox_put(db, &row, err);
}

int consent_purge(struct db *db, int64_t now, int64_t *ret_n, struct error *err)
{
	int r = db_begin(db, err);

	if (r >= 0)
		r = store_pending_purge(db, now, ret_n, err);
	if (r >= 0)
		r = db_commit(db, err);
	db_rollback(db);
	return r;
}
