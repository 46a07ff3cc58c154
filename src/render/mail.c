#include "render/mail.h"

#include <stdio.h>

#include "base/date.h"
#include "base/web_address.h"
#include "mail_body.h"
#include "mail_header.h"

/* Quoted-printable triples what it codes, soft line breaks and header fields come on top. */
enum { MESSAGE_MAX = 8 * MAIL_BODY_MAX, BOUNDARY_MAX = 40 };

/* With the name of the field, brackets, "mailto:" and a comma: one line of RFC 5322. */
enum { UNSUBSCRIBE_MAX = 960 };

static int check_unsubscribe(const char *name, struct str url, struct str mailto, struct error *err)
{
	int r = str_given(url) ? mail_check_angle(name, url, err) : 0;

	if (r == 0 && str_given(mailto))
		r = mail_check_angle(name, mailto, err);
	if (r < 0)
		return r;
	if (str_given(url) && !web_address_safe(url))
		return error_set(
			err, ERROR_INPUT, "mail field %s: the address must be https", name);
	if (url.len > UNSUBSCRIBE_MAX || mailto.len > UNSUBSCRIBE_MAX)
		return error_set(err, ERROR_LIMIT,
			"mail field %s: an address is longer than %d bytes", name, UNSUBSCRIBE_MAX);
	return 0;
}

static int put_list_unsubscribe(const struct mail *mail, struct buf *out, struct error *err)
{
	struct str url = mail->unsubscribe_url, mailto = mail->unsubscribe_mailto;
	size_t start = out->len;
	int r;

	str_prefix(&mailto, "mailto:");
	r = check_unsubscribe("List-Unsubscribe", url, mailto, err);
	if (r < 0)
		return r;
	buf_addz(out, "List-Unsubscribe: ");
	if (str_given(url))
		buf_addf(out, "<%.*s>", STR_ARG(url));
	if (str_given(url) && str_given(mailto)) {
		/* On one line when it fits: folded values have confused receivers (DOMAIN 5.2). */
		size_t whole = out->len - start + mailto.len + sizeof(", <mailto:>") - 1;

		buf_addz(out, whole <= MAIL_LINE_MAX ? ", " : ",\r\n ");
	}
	if (str_given(mailto))
		buf_addf(out, "<mailto:%.*s>", STR_ARG(mailto));
	buf_addz(out, "\r\n");
	if (str_starts(url, "https://")) /* RFC 8058 3.1: exactly this, and only so */
		buf_addz(out, "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n");
	return 0;
}

static int put_people(const struct mail *mail, struct buf *out, struct error *err)
{
	int r = mail_check_address("From", mail->from, err);

	if (r < 0)
		return r;
	r = mail_header_phrase("From", mail->from_name, mail->from, out, err);
	if (r < 0)
		return r;
	r = mail_check_address("To", mail->to, err);
	if (r < 0)
		return r;
	r = mail_header_line("To", mail->to, out, err);
	if (r < 0 || !str_given(mail->reply_to))
		return r;
	r = mail_check_address("Reply-To", mail->reply_to, err);
	return r < 0 ? r : mail_header_line("Reply-To", mail->reply_to, out, err);
}

static int put_list(const struct mail *mail, struct buf *out, struct error *err)
{
	int r;

	if (str_given(mail->list_id)) {
		r = mail_check_angle("List-Id", mail->list_id, err);
		if (r < 0)
			return r;
		if (mail->list_id.len + 3 > MAIL_LINE_MAX)
			return error_set(err, ERROR_LIMIT,
				"mail field List-Id is longer than a line may be");
		r = mail_header_phrase("List-Id", mail->list_name, mail->list_id, out, err);
		if (r < 0)
			return r;
	}
	if (str_given(mail->unsubscribe_url) || str_given(mail->unsubscribe_mailto))
		return put_list_unsubscribe(mail, out, err);
	return 0;
}

static int put_fields(
	const struct mail *mail, struct arena *arena, struct buf *out, struct error *err)
{
	char date[TIME_FORMAT_MAX];
	int r = put_people(mail, out, err);

	if (r < 0)
		return r;
	r = mail_header_text("Subject", mail->subject, out, err);
	if (r < 0)
		return r;
	buf_addf(out, "Date: %s\r\n", time_format_mail(mail->date, mail->date_offset_s, date));
	r = mail_check_angle("Message-ID", mail->message_id, err);
	if (r < 0)
		return r;
	r = mail_header_line(
		"Message-ID", arena_printf(arena, "<%.*s>", STR_ARG(mail->message_id)), out, err);
	if (r < 0)
		return r;
	buf_addz(out, "MIME-Version: 1.0\r\nAuto-Submitted: auto-generated\r\n");
	r = put_list(mail, out, err);
	if (r < 0)
		return r;
	if (!str_given(mail->language))
		return 0;
	r = mail_check_angle("Content-Language", mail->language, err);
	return r < 0 ? r : mail_header_line("Content-Language", mail->language, out, err);
}

/*
 * From the message id, so that the same mail gives the same bytes, and in neither body. Quoted-printable
 * has no "=_" (RFC 2045 6.7 (5)), so the first try holds; the loop keeps it true whatever is encoded.
 */
static void choose_boundary(
	struct str message_id, struct str text, struct str html, char out[BOUNDARY_MAX])
{
	uint64_t hash = str_hash(message_id);

	do
		snprintf(out, BOUNDARY_MAX, "=_%016llx", (unsigned long long)hash++);
	while (str_find(text, str_of(out)) != SIZE_MAX || str_find(html, str_of(out)) != SIZE_MAX);
}

static void put_part(const char *boundary, const char *type, struct str body, struct buf *out)
{
	buf_addf(out,
		"--%s\r\nContent-Type: %s; charset=utf-8\r\n"
		"Content-Transfer-Encoding: quoted-printable\r\n\r\n",
		boundary, type);
	buf_adds(out, body);
	buf_addz(
		out, "\r\n"); /* belongs to the boundary (RFC 2046 5.1.1): the body keeps its own */
}

static void put_bodies(const struct mail *mail, struct buf *out)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT(MESSAGE_MAX), html = BUF_INIT(MESSAGE_MAX);
	char boundary[BOUNDARY_MAX];

	mail_body_encode(mail->text, &text);
	mail_body_encode(mail->html, &html);
	choose_boundary(mail->message_id, buf_str(&text), buf_str(&html), boundary);
	buf_addf(out, "Content-Type: multipart/alternative; boundary=\"%s\"\r\n\r\n", boundary);
	put_part(boundary, "text/plain", buf_str(&text), out);
	put_part(boundary, "text/html", buf_str(&html), out);
	buf_addf(out, "--%s--\r\n", boundary);
}

int mail_compose(const struct mail *mail, struct arena *arena, struct str *ret, struct error *err)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(2 * MESSAGE_MAX);
	int r;

	if (mail->text.len > MAIL_BODY_MAX || mail->html.len > MAIL_BODY_MAX)
		return error_set(
			err, ERROR_LIMIT, "a mail body is larger than %d bytes", MAIL_BODY_MAX);
	r = put_fields(mail, arena, &out, err);
	if (r < 0)
		return r;
	put_bodies(mail, &out);
	r = buf_check(&out, "mail", err);
	if (r < 0)
		return r;
	*ret = arena_dup(arena, buf_str(&out));
	return 0;
}
