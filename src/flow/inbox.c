#include "flow/inbox.h"

#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "digest_page.h"
#include "flow/instance.h"
#include "gate/file.h"
#include "gate/http.h"
#include "gate/token.h"
#include "gate/unicode.h"
#include "source/letter.h"
#include "store/inbox.h"
#include "store/judgment.h"
#include "store/notice.h"
#include "store/outbox.h"

enum { COMMANDS_MAX = 30, LETTERS_MAX = 10000 /* of one run */ };

struct inbox {
	struct db *db;
	const struct digest_settings *settings;
	const char *dir;
	int64_t now;
	struct links links;
	struct inbox_count count;
	struct arena arena; /* of the letter at hand */
	struct str name;    /* of its file */
};

/* tokens */

struct str inbox_token(const struct links *links, struct str message_id, struct arena *arena)
{
	char hex[TOKEN_SHA256_HEX];

	/* lower case alone survives every mail system */
	token_sha256(token_make(links->key, STR("mail"), message_id, arena), hex);
	return arena_dup(arena, str_n(hex, INBOX_TOKEN));
}

struct str inbox_address(const char *address, struct str token, struct arena *arena)
{
	struct str host = str_of(address), name;

	str_cut(&host, '@', &name);
	return arena_printf(arena, "%.*s+%.*s@%.*s", STR_ARG(name), STR_ARG(token), STR_ARG(host));
}

/* "+TOKEN@" somewhere in the recipients; STR_NONE: not there. */
static struct str find_token(struct str recipients)
{
	for (size_t i = 0; i + INBOX_TOKEN + 1 < recipients.len; i++) {
		size_t n = 0;

		if (recipients.ptr[i] != '+' || recipients.ptr[i + INBOX_TOKEN + 1] != '@')
			continue;
		while (n < INBOX_TOKEN && strchr("0123456789abcdef", recipients.ptr[i + 1 + n]) != NULL &&
			recipients.ptr[i + 1 + n] != '\0')
			n++;
		if (n == INBOX_TOKEN)
			return str_sub(recipients, i + 1, i + 1 + INBOX_TOKEN);
	}
	return STR_NONE;
}

/* answers */

static int judge(struct inbox *box, struct str profile, struct str notice,
	const struct inbox_command *command, struct error *err)
{
	static const struct {
		const char *word;
		enum judgment_reason reason;
	} words[] = {
		{ "metier", JUDGMENT_OTHER_TRADE }, { "trade", JUDGMENT_OTHER_TRADE },
		{ "sens", JUDGMENT_OTHER_MEANING }, { "meaning", JUDGMENT_OTHER_MEANING },
		{ "loin", JUDGMENT_PLACE }, { "far", JUDGMENT_PLACE }, { "lieu", JUDGMENT_PLACE },
		{ "prix", JUDGMENT_AMOUNT }, { "montant", JUDGMENT_AMOUNT }, { "amount", JUDGMENT_AMOUNT },
		{ "delai", JUDGMENT_DEADLINE }, { "tard", JUDGMENT_DEADLINE }, { "late", JUDGMENT_DEADLINE },
		{ "conditions", JUDGMENT_CONDITIONS }, { "connu", JUDGMENT_KNOWN }, { "known", JUDGMENT_KNOWN },
	};
	struct judgment judgment = {
		.profile = profile,
		.notice = notice,
		.grade = command->verb == INBOX_YES ? JUDGMENT_GRADE_MAX : 0,
		.origin = JUDGMENT_READER,
		.note = STR_NONE,
		.judged = box->now,
	};

	for (size_t i = 0; i < LENGTH(words); i++)
		if (str_eqz(command->word, words[i].word))
			judgment.reason = words[i].reason;
	return store_judgment_put(box->db, &judgment, err);
}

/* The card once more, whole, as a letter of its own. */
static int explain(struct inbox *box, const struct inbox_message *message, struct str id, struct str notice_id,
	struct error *err)
{
	const struct receipt *receipt = NULL;
	struct inbox_message known;
	struct profile profile;
	struct notice notice;
	struct digest_run run;
	struct digest_card card;
	struct digest_text text;
	struct digest_draft draft = { .page = { .template = "why", .cards = &card, .n_cards = 1 } };
	struct digest_settings settings = *box->settings;
	struct profile_row row = { .last_digest = TIME_NONE };
	struct digest_reader reader = { { &row }, 1, TIME_NONE };
	struct outbox_row out = { .profile = message->profile, .to = message->recipient,
		.created = box->now, .next_at = box->now, .sent_at = TIME_NONE };
	int r = store_profile_find(box->db, id, &box->arena, &profile, err);

	if (r == 0)
		r = store_notice_find(box->db, notice_id, &box->arena, &notice, err);
	if (r == 0)
		r = digest_receipt(box->db, id, notice_id, &box->arena, &receipt, err);
	if (r != 0 || receipt == NULL)
		return r < 0 ? r : 0;
	settings.reply = ""; /* a letter that answers asks for no answer */
	r = digest_run_open(box->db, &settings, box->now, true, &run, err);
	if (r < 0)
		return r;
	row.profile = profile;
	card = (struct digest_card){ .notice = &notice, .receipt = receipt };
	r = digest_frame(&run, &reader, &box->arena, &draft.page, err);
	/* of the letter and the notice: read twice after a crash, it is answered once */
	out.message_id = arena_printf(&box->arena, "why.%.*s@%.*s",
		STR_ARG(inbox_token(&box->links, arena_printf(&box->arena, "%.*s %.*s", STR_ARG(box->name),
			STR_ARG(notice_id)), &box->arena)),
		STR_ARG(digest_host(&settings)));
	out.from = str_of(settings.from);
	if (r >= 0)
		r = digest_message(&run, &reader, &draft, out.message_id, &box->arena, &text, &out.message, err);
	if (r >= 0)
		r = store_inbox_find(box->db, STR_NONE, out.message_id, &box->arena, &known, err);
	if (r == STORE_NONE)
		r = store_outbox_put(box->db, &out, err);
	digest_run_done(&run);
	return r < 0 ? r : 0;
}

static int obey(struct inbox *box, const struct inbox_message *message, const struct inbox_command *command,
	struct error *err)
{
	struct str profile, notice;
	int number = command->number == 0 && message->cards == 1 ? 1 : command->number, r;

	if (command->verb == INBOX_STOP) {
		r = store_profile_unsubscribe(box->db, message->profile, box->now, err);
		box->count.answers += r == 0;
		return r < 0 ? r : 0;
	}
	r = store_inbox_card_find(box->db, message->outbox, number, &box->arena, &profile, &notice, err);
	if (r != 0)
		return r < 0 ? r : 0;
	if (command->verb == INBOX_WHY)
		r = explain(box, message, profile, notice, err);
	else if (command->verb == INBOX_LATER)
		r = store_inbox_later(box->db, profile, notice, err);
	else
		r = judge(box, profile, notice, command, err);
	box->count.answers += r >= 0;
	return r < 0 ? r : 0;
}

static int answer(struct inbox *box, const struct letter *letter, struct error *err)
{
	struct inbox_message message;
	struct inbox_command command;
	struct str token = find_token(letter->recipients), text = letter->text;
	int64_t before = box->count.answers;
	int r;

	if (*box->settings->reply == '\0' || letter->automatic || !str_given(token) || !str_given(text)) {
		box->count.ignored++;
		return 0;
	}
	r = store_inbox_find(box->db, token, STR_NONE, &box->arena, &message, err);
	for (int i = 0; r == 0 && i < COMMANDS_MAX; i++) {
		command = inbox_next_command(&text, &box->arena);
		if (command.verb == INBOX_NOTHING)
			break;
		r = obey(box, &message, &command, err);
	}
	box->count.ignored += box->count.answers == before;
	return r < 0 ? r : 0;
}

/* bounces */

static int bounce(struct inbox *box, const struct letter *letter, struct error *err)
{
	struct str token = find_token(letter->recipients);
	struct inbox_message message;
	bool disabled = false;
	int r = store_inbox_find(box->db, token, str_given(token) ? STR_NONE : letter->original_id, &box->arena,
		&message, err);

	if (r < 0)
		return r;
	/* without a token anybody could write a bounce: it must be about whom that message went to */
	if (r != 0 || (!str_given(token) && !str_eq_nocase(letter->failed_address, message.recipient))) {
		box->count.ignored++;
		return 0;
	}
	box->count.bounces++;
	r = bounce_note(box->db, &box->links, box->settings, message.recipient, letter->status,
		letter->diagnostic, box->now, &disabled, err);
	box->count.disabled += disabled;
	return r;
}

/* letters */

static int take_letter(struct inbox *box, struct str bytes, struct error *err)
{
	struct inbox_count before = box->count;
	struct error why = ERROR_INIT;
	struct letter letter;
	int r;

	box->count.read++;
	if (letter_parse(bytes, &box->arena, &letter, &why) < 0) {
		log_warn("inbox", "[inbox.letter.bad] %.*s %s", STR_ARG(box->name), why.text);
		box->count.ignored++;
		return 0;
	}
	r = db_begin(box->db, err);
	if (r >= 0)
		r = letter.failed ? bounce(box, &letter, err) : answer(box, &letter, err);
	if (r >= 0)
		r = db_commit(box->db, err);
	db_rollback(box->db);
	if (r < 0)
		box->count = before;
	return r;
}

static int put_away(struct inbox *box, const char *path, struct error *err)
{
	CLEANUP(buf_done) struct buf to = BUF_INIT(8192);
	int r;

	buf_addf(&to, "%s/cur", box->dir);
	r = file_mkdir(to.ptr, err);
	buf_addf(&to, "/%.*s:2,S", STR_ARG(box->name));
	if (r >= 0)
		r = buf_check(&to, "the path", err);
	return r < 0 ? r : file_move(path, to.ptr, err);
}

static int each_letter(void *data, const char *path, struct error *err)
{
	struct inbox *box = data;
	struct error why = ERROR_INIT;
	const char *slash = strrchr(path, '/');
	struct str bytes;
	int r = 0;

	if (http_stop || box->count.read == LETTERS_MAX)
		return 1;
	arena_reset(&box->arena);
	box->name = str_of(slash != NULL ? slash + 1 : path);
	if (file_read(path, LETTER_MAX, &box->arena, &bytes, &why) < 0) {
		log_warn("inbox", "[inbox.letter.bad] %s", why.text);
		box->count.read++;
		box->count.ignored++;
	} else {
		r = take_letter(box, bytes, err);
	}
	return r < 0 ? r : put_away(box, path, err);
}

int inbox_read(struct db *db, const struct digest_settings *settings, const char *dir, int64_t now,
	struct inbox_count *ret, struct error *err)
{
	struct inbox box = { .db = db, .settings = settings, .dir = dir, .now = now };
	CLEANUP(buf_done) struct buf path = BUF_INIT(8192);
	int r = instance_links(db, str_of(settings->web_url), &box.links, err);

	if (r < 0)
		return r;
	buf_addf(&path, "%s/new", dir);
	r = file_walk(path.ptr, each_letter, &box, err);
	*ret = box.count;
	links_done(&box.links);
	arena_done(&box.arena);
	return r < 0 ? r : 0;
}
