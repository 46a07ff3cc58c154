#include "webhook_body.h"

#include "base/buf.h"
#include "flow/receipt.h"
#include "gate/json.h"
#include "render/feed.h"
#include "source/exchange.h"

enum { BODY_MAX = 1 << 20, TITLE_MAX = 200, CHAT_MAX = 8 << 10 };

static struct str link_to(const struct webhook_about *about, struct str notice, enum link_card what,
	struct arena *arena)
{
	struct link_whom whom = { about->profile->id, about->profile->email };

	return link_card(about->links, whom, notice, what, arena);
}

static const char *type_of(const struct notice *notice)
{
	return notice->kind == NOTICE_CANCELLATION ? "purchase.cancelled" :
	       notice->kind == NOTICE_CHANGE	   ? "purchase.changed" : "purchase.matched";
}

/* {"type","timestamp","data":{"profile","notice","match","links"}} */
static void standard(const struct webhook_about *about, const struct digest_card *card,
	struct arena *arena, struct json_writer *w)
{
	static const char *const names[] = { "explain", "relevant", "not_relevant" };
	const struct notice *notice = card->notice;
	char stamp[TIME_FORMAT_MAX];

	json_open_object(w);
	json_add_str(w, "type", str_of(type_of(notice)));
	json_add_str(w, "timestamp", str_of(time_format(about->now, 0, stamp)));
	json_key(w, "data");
	json_open_object(w);
	json_add_str(w, "profile", about->profile->id);
	json_key(w, "notice");
	notice_to_json(notice, false, w);
	json_key(w, "match");
	if (card->receipt)
		receipt_to_json(card->receipt, NULL, STR_NONE, w);
	else
		json_put_null(w);
	json_key(w, "links");
	json_open_object(w);
	for (int i = 0; i < (int)LENGTH(names); i++)
		json_add_str(w, names[i], link_to(about, notice->id, (enum link_card)i, arena));
	json_close_object(w);
	json_close_object(w);
	json_close_object(w);
}

/* Slack's markup, which Mattermost reads too: & < > are its own, and * _ ~ ` would make bold of titles. */
static void add_chat(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c == '&')
			buf_addz(out, "&amp;");
		else if (c == '<')
			buf_addz(out, "&lt;");
		else if (c == '>')
			buf_addz(out, "&gt;");
		else if (c == '*' || c == '_' || c == '~' || c == '`' || c == '|' || c == '\n' || c == '@')
			buf_addc(out, ' ');
		else
			buf_addc(out, c);
	}
}

static void chat(const struct webhook_about *about, const struct digest_card *card, struct arena *arena,
	struct json_writer *w)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT(CHAT_MAX);
	const struct notice *notice = card->notice;
	bool english = str_eqz(about->profile->language, "en");
	struct str url = link_to(about, notice->id, LINK_CARD_EXPLAIN, arena), reasons, line;

	if (!str_given(url))
		url = notice->url;
	if (notice->kind == NOTICE_CANCELLATION)
		buf_addz(&text, english ? "Cancelled: " : "Annulé : ");
	else if (notice->kind == NOTICE_CHANGE)
		buf_addz(&text, english ? "Changed: " : "Modifié : ");
	buf_addz(&text, "*");
	add_chat(&text, str_clip(notice->title, TITLE_MAX));
	buf_addz(&text, "*\n");
	add_chat(&text, str_clip(notice->buyer.name, TITLE_MAX));
	buf_addf(&text, "\n%s : ", english ? "Deadline" : "Échéance");
	add_chat(&text, str_given(card->deadline) ? card->deadline : english ? STR("not said") : STR("non indiquée"));
	reasons = feed_reasons(about->profile, about->rules, card->receipt, arena);
	while (reasons.len > 0 && str_cut(&reasons, '\n', &line)) {
		buf_addz(&text, "\n> ");
		add_chat(&text, line);
		if (!str_given(reasons))
			break;
	}
	if (str_given(url))
		buf_addf(&text, "\n<%.*s|%s>", STR_ARG(url), english ? "Details" : "Détail");
	json_open_object(w);
	json_add_str(w, "text", str_clip(buf_str(&text), CHAT_MAX));
	json_close_object(w);
}

int webhook_body(const struct webhook_about *about, const struct digest_card *card, struct arena *arena,
	struct str *ret, struct error *err)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(BODY_MAX);
	struct json_writer w = { .out = &out };
	int r;

	if (about->shape == WEBHOOK_CHAT)
		chat(about, card, arena, &w);
	else
		standard(about, card, arena, &w);
	r = buf_check(&out, "what a webhook is told", err);
	if (r >= 0)
		*ret = arena_dup(arena, buf_str(&out));
	return r;
}
