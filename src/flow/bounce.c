#include "base/buf.h"
#include "base/log.h"
#include "flow/inbox.h"
#include "gate/token.h"
#include "render/mail.h"
#include "render/template.h"
#include "store/consent.h"
#include "store/inbox.h"
#include "store/outbox.h"

enum { REFUSALS_MAX = 3, REFUSALS_DAYS = 30, DAY_S = 86400, TEXT_MAX = 16 << 10 };

struct str bounce_status(struct str words)
{
	struct str code, rest = words, status;

	if (!str_cut(&rest, ' ', &code) || code.len != 3 || !str_digits(code) || code.ptr[0] != '5')
		return STR_NONE;
	if (str_given(rest) && str_cut(&rest, ' ', &status) && str_starts(status, "5.") && status.len >= 5 &&
		status.len <= 9)
		return status;
	return STR("5.0.0");
}

/* RFC 3463: the mailbox or its domain does not exist, has moved, or is disabled. */
static bool is_final(struct str status)
{
	return str_starts(status, "5.1.") || str_eqz(status, "5.2.1");
}

static struct value *letter_value(struct arena *arena, const struct digest_settings *settings,
	struct str address, struct str status, struct str words)
{
	struct value *root = value_map(arena);

	value_set_text(root, "address", address);
	value_set_text(root, "status", status);
	value_set_text(root, "words", str_blank_none(words) ? STR_NONE : str_clip(words, 300));
	value_set_text(root, "instance", str_of(settings->instance));
	return root;
}

/* One letter an address, however often it is disabled on that day. */
static int tell_admin(struct db *db, const struct digest_settings *settings, struct str address,
	struct str hash, struct str status, struct str words, int64_t now, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	CLEANUP(buf_done) struct buf text = BUF_INIT(TEXT_MAX), html = BUF_INIT(TEXT_MAX);
	struct value *root = letter_value(&arena, settings, address, status, words);
	size_t at = str_rfind_char(str_of(settings->from), '@');
	struct mail mail = {
		.from_name = str_of(settings->from_name),
		.from = str_of(settings->from),
		.to = str_of(settings->admin),
		.subject = STR("An address gets no more digests"),
		.date = now,
		.language = STR("en"),
	};
	struct outbox_row row = { .profile = STR(""), .from = mail.from, .to = mail.to, .created = now,
		.next_at = now, .sent_at = TIME_NONE };
	int r = template_render("bounced.en.txt", root, &text, err);

	if (r >= 0)
		r = template_render("bounced.en.html", root, &html, err);
	if (r < 0)
		return r;
	mail.text = buf_str(&text);
	mail.html = buf_str(&html);
	mail.message_id = arena_printf(&arena, "bounced.%lld.%.*s@%s", (long long)now,
		STR_ARG(str_clip(hash, 16)), at == SIZE_MAX ? "localhost" : settings->from + at + 1);
	row.message_id = mail.message_id;
	r = mail_compose(&mail, &arena, &row.message, err);
	return r < 0 ? r : store_outbox_put(db, &row, err);
}

int bounce_pardon(struct db *db, const struct links *links, int64_t outbox, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct str address, reason, hash;
	int r = store_outbox_recipient(db, outbox, &arena, &address, err);

	if (r != 0)
		return r < 0 ? r : 0;
	hash = link_address_hash(links, address, &arena);
	r = store_suppressed(db, hash, &arena, &reason, err);
	if (r == 0 && str_eqz(reason, "bounced"))
		r = store_unsuppress(db, hash, err);
	return r < 0 ? r : 0;
}

int bounce_note(struct db *db, const struct links *links, const struct digest_settings *settings,
	struct str address, struct str status, struct str words, int64_t now, bool *ret_disabled,
	struct error *err)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct str hash = link_address_hash(links, address, &arena), reason;
	int64_t refusals = 0;
	int r = store_suppressed(db, hash, &arena, &reason, err);

	*ret_disabled = false;
	if (r != STORE_NONE)
		return r < 0 ? r : 0;
	r = store_inbox_bounce(db, hash, status, now, now - REFUSALS_DAYS * DAY_S, &refusals, err);
	if (r < 0 || (!is_final(status) && refusals < REFUSALS_MAX))
		return r < 0 ? r : 0;
	r = store_suppress(db, hash, "bounced", now, err);
	if (r >= 0 && *settings->admin != '\0')
		r = tell_admin(db, settings, address, hash, status, words, now, err);
	if (r < 0)
		return r;
	log_warn("bounce", "[address.disabled] status=%.*s refusals=%lld", STR_ARG(status), (long long)refusals);
	*ret_disabled = true;
	return 0;
}
