#include "render/mail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

static struct mail usual(void)
{
	return (struct mail){
		.from_name = STR("Veille publique"),
		.from = STR("veille@example.org"),
		.to = STR("contact@example.org"),
		.subject = STR("3 marchés pour vous – 24 novembre"),
		.date = 1795501800,
		.date_offset_s = 3600,
		.message_id = STR("digest.42.20261124@example.org"),
		.list_id = STR("quotidien.example.org"),
		.list_name = STR("Veille quotidienne"),
		.unsubscribe_url = STR("https://example.org/d/TOKEN"),
		.unsubscribe_mailto = STR("desabonnement@example.org?subject=TOKEN"),
		.language = STR("fr"),
		.text = STR("Bonjour\n"),
		.html = STR("<p>Bonjour</p>\n"),
	};
}

static struct str compose(const struct mail *mail, struct arena *arena)
{
	struct error err = ERROR_INIT;
	struct str message;

	if (mail_compose(mail, arena, &message, &err) < 0)
		fail_msg("%s", err.text);
	return message;
}

static bool has(struct str text, const char *part)
{
	return str_find(text, str_of(part)) != SIZE_MAX;
}

static void test_whole_message(void **state UNUSED)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct mail mail = usual();

	assert_string_equal(compose(&mail, &arena).ptr,
		"From: \"Veille publique\" <veille@example.org>\r\n"
		"To: contact@example.org\r\n"
		"Subject: =?UTF-8?Q?3_march=C3=A9s_pour_vous_=E2=80=93_24_novembre?=\r\n"
		"Date: Tue, 24 Nov 2026 07:30:00 +0100\r\n"
		"Message-ID: <digest.42.20261124@example.org>\r\n"
		"MIME-Version: 1.0\r\n"
		"Auto-Submitted: auto-generated\r\n"
		"List-Id: \"Veille quotidienne\" <quotidien.example.org>\r\n"
		"List-Unsubscribe: <https://example.org/d/TOKEN>, "
		"<mailto:desabonnement@example.org?subject=TOKEN>\r\n"
		"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
		"Content-Language: fr\r\n"
		"Content-Type: multipart/alternative; boundary=\"=_f557b9d623ec626b\"\r\n"
		"\r\n"
		"--=_f557b9d623ec626b\r\n"
		"Content-Type: text/plain; charset=utf-8\r\n"
		"Content-Transfer-Encoding: quoted-printable\r\n"
		"\r\n"
		"Bonjour\r\n"
		"\r\n"
		"--=_f557b9d623ec626b\r\n"
		"Content-Type: text/html; charset=utf-8\r\n"
		"Content-Transfer-Encoding: quoted-printable\r\n"
		"\r\n"
		"<p>Bonjour</p>\r\n"
		"\r\n"
		"--=_f557b9d623ec626b--\r\n");
}

static void test_fields_left_out(void **state UNUSED)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct mail mail = usual();
	struct str message;

	mail.from_name = mail.list_id = mail.unsubscribe_url = mail.language = STR_NONE;
	message = compose(&mail, &arena);
	assert_true(str_starts(message, "From: <veille@example.org>\r\n"));
	assert_false(has(message, "List-Id"));
	assert_false(has(message, "Content-Language"));
	/* RFC 8058 needs an https address: without one there is no one-click. */
	assert_false(has(message, "List-Unsubscribe-Post"));
	assert_true(has(message,
		"\r\nList-Unsubscribe: <mailto:desabonnement@example.org?subject=TOKEN>\r\n"));

	mail.unsubscribe_mailto = STR_NONE;
	assert_false(has(compose(&mail, &arena), "List-Unsubscribe"));
	mail.unsubscribe_url = STR("https://example.org/d/T");
	mail.unsubscribe_mailto = STR_NONE;
	assert_true(has(compose(&mail, &arena), "\r\nList-Unsubscribe: <https://example.org/d/T>\r\n"
						"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
	mail.unsubscribe_url = STR("http://127.0.0.1:8080/d/T");
	assert_true(has(compose(&mail, &arena), "\r\nList-Unsubscribe: <http://127.0.0.1:8080/d/T>\r\n"));
	assert_false(has(compose(&mail, &arena), "List-Unsubscribe-Post"));
}

static void test_words_of_header(void **state UNUSED)
{
	static const struct {
		const char *name, *expected;
	} table[] = {
		{ "Veille", "From: \"Veille\" <veille@example.org>\r\n" },
		{ "A. B., C; <d@e>", "From: \"A. B., C; <d@e>\" <veille@example.org>\r\n" },
		{ "\"x\\y\"", "From: \"\\\"x\\\\y\\\"\" <veille@example.org>\r\n" },
		{ "", "From: <veille@example.org>\r\n" },
		{ "  ", "From: <veille@example.org>\r\n" },
		{ "Été, \"a\" (b) <c>", "From: =?UTF-8?Q?=C3=89t=C3=A9=2C_=22a=22_=28b=29_=3Cc=3E?=\r\n"
					" <veille@example.org>\r\n" },
		{ "=?UTF-8?Q?faux?=",
			"From: =?UTF-8?Q?=3D=3FUTF-8=3FQ=3Ffaux=3F=3D?= <veille@example.org>\r\n" },
		{ "a\tb\x1b c", "From: =?UTF-8?Q?a_b__c?= <veille@example.org>\r\n" },
		{ "a\u2028b\xc2\x85""c", "From: =?UTF-8?Q?a_b_c?= <veille@example.org>\r\n" },
		/* folded between words that cut no character, none over 75, no line over 76 */
		{ "éééééééééééééééééééééééé",
			"From: =?UTF-8?Q?=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9?=\r\n"
			" =?UTF-8?Q?=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9?=\r\n"
			" =?UTF-8?Q?=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9?= <veille@example.org>\r\n" },
		{ "Un nom d'emprunt qui prend presque toute la ligne et plus",
			"From: =?UTF-8?Q?Un_nom_d=27emprunt_qui_prend_presque_toute_la_ligne_et_plu?=\r\n"
			" =?UTF-8?Q?s?= <veille@example.org>\r\n" },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		CLEANUP(arena_done) struct arena arena = ARENA_INIT;
		struct mail mail = usual();
		struct str got;

		mail.from_name = str_of(table[i].name);
		got = compose(&mail, &arena);
		if (!str_starts(got, table[i].expected))
			fail_msg("%s: got %.*s", table[i].name, 300, got.ptr);
	}
}

static void test_refused(void **state UNUSED)
{
	static const struct {
		size_t field; /* offset of the struct str in struct mail */
		const char *value;
		int kind;
		const char *said;
	} table[] = {
#define FIELD(NAME) offsetof(struct mail, NAME)
		{ FIELD(subject), "a\nb", ERROR_INPUT, "mail field Subject: a line break in its value" },
		{ FIELD(subject), "a\r", ERROR_INPUT, "mail field Subject: a line break in its value" },
		{ FIELD(from_name), "a\nBcc: b@example.org", ERROR_INPUT,
			"mail field From: a line break in its value" },
		{ FIELD(from), "a@example.org\r\nBcc: b@example.org", ERROR_INPUT,
			"mail field From: a line break in its value" },
		{ FIELD(from), "veille", ERROR_INPUT, "mail field From: 'veille' is no address" },
		{ FIELD(from), "", ERROR_INPUT, "mail field From: '' is no address" },
		{ FIELD(to), "a@example.org, b@example.org", ERROR_INPUT,
			"mail field To: 'a@example.org, b@example.org' is no address" },
		{ FIELD(to), "a b@example.org", ERROR_INPUT, "mail field To: 'a b@example.org' is no address" },
		{ FIELD(to), "<a@example.org>", ERROR_INPUT, "mail field To: '<a@example.org>' is no address" },
		{ FIELD(to), "a@", ERROR_INPUT, "mail field To: 'a@' is no address" },
		{ FIELD(to), "@example.org", ERROR_INPUT, "mail field To: '@example.org' is no address" },
		{ FIELD(to), "a..b@example.org", ERROR_INPUT,
			"mail field To: 'a..b@example.org' is no address" },
		{ FIELD(to), "é@example.org", ERROR_INPUT, "mail field To: 'é@example.org' is no address" },
		{ FIELD(to), "a@exa_mple.org", ERROR_INPUT, "mail field To: 'a@exa_mple.org' is no address" },
		{ FIELD(message_id), "a b", ERROR_INPUT,
			"mail field Message-ID: byte 0x20 at 1 may not stand there" },
		{ FIELD(message_id), "", ERROR_INPUT, "mail field Message-ID is empty" },
		{ FIELD(message_id), "a>b", ERROR_INPUT,
			"mail field Message-ID: byte 0x3e at 1 may not stand there" },
		{ FIELD(list_id), "é", ERROR_INPUT, "mail field List-Id: byte 0xc3 at 0 may not stand there" },
		{ FIELD(list_name), "x\ny", ERROR_INPUT, "mail field List-Id: a line break in its value" },
		{ FIELD(unsubscribe_url), "http://example.org/", ERROR_INPUT,
			"mail field List-Unsubscribe: the address must be https" },
		{ FIELD(unsubscribe_url), "https://example.org/>, <https://x", ERROR_INPUT,
			"mail field List-Unsubscribe: byte 0x3e at 20 may not stand there" },
		{ FIELD(unsubscribe_mailto), "a@example.org\n", ERROR_INPUT,
			"mail field List-Unsubscribe: a line break in its value" },
		{ FIELD(language), "fr\nX: y", ERROR_INPUT,
			"mail field Content-Language: a line break in its value" },
#undef FIELD
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		CLEANUP(arena_done) struct arena arena = ARENA_INIT;
		struct mail mail = usual();
		struct error err = ERROR_INIT;
		struct str message = STR("untouched"), value = str_of(table[i].value);

		memcpy((char *)&mail + table[i].field, &value, sizeof(value));
		assert_int_equal(mail_compose(&mail, &arena, &message, &err), -table[i].kind);
		assert_string_equal(err.text, table[i].said);
		assert_true(str_eqz(message, "untouched"));
	}
}

static void test_nul_refused(void **state UNUSED)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct mail mail = usual();
	struct error err = ERROR_INIT;
	struct str message;

	mail.subject = str_n("a\0b", 3);
	assert_int_equal(mail_compose(&mail, &arena, &message, &err), -ERROR_INPUT);
	assert_string_equal(err.text, "mail field Subject: a NUL byte in its value");
	mail = usual();
	mail.to = str_n("a@example.org\0", 14);
	assert_int_equal(mail_compose(&mail, &arena, &message, &err), -ERROR_INPUT);
	assert_string_equal(err.text, "mail field To: a NUL byte in its value");
	/* in a body it is a character like another, and not sent as it is */
	mail = usual();
	mail.text = str_n("a\0", 2);
	assert_true(has(compose(&mail, &arena), "\r\n\r\na=EF=BF=BD\r\n"));
}

static struct str repeated(struct arena *arena, const char *head, char c, size_t n)
{
	char *text = arena_array(arena, char, strlen(head) + n);

	memcpy(text, head, strlen(head));
	memset(text + strlen(head), c, n);
	return str_n(text, strlen(head) + n);
}

/* No line over 998 bytes, no CR without LF and none the other way round. */
static void check_lines(struct str message)
{
	size_t start = 0;

	for (size_t i = 0; i < message.len; i++) {
		char c = message.ptr[i];

		if (c == '\r')
			assert_true(i + 1 < message.len && message.ptr[i + 1] == '\n');
		if (c != '\n')
			continue;
		assert_true(i > 0 && message.ptr[i - 1] == '\r');
		assert_true(i - 1 - start <= 998);
		assert_false(message.ptr[start] == '.');
		start = i + 1;
	}
	assert_int_equal(start, message.len);
	assert_false(memchr(message.ptr, '\0', message.len) != NULL);
}

static void test_ceilings(void **state UNUSED)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct mail mail = usual();
	struct error err = ERROR_INIT;
	struct str message;

	/* A long address keeps its line as long as both fit, then each has its own. */
	mail.unsubscribe_url = repeated(&arena, "https://example.org/", 'a', 900);
	mail.unsubscribe_mailto = STR("a@example.org?subject=T");
	message = compose(&mail, &arena);
	assert_true(has(message, "aaa>, <mailto:"));
	check_lines(message);
	mail.unsubscribe_url = repeated(&arena, "https://example.org/", 'a', 924);
	message = compose(&mail, &arena);
	assert_true(has(message, "aaa>, <mailto:"));
	check_lines(message);
	mail.unsubscribe_url = repeated(&arena, "https://example.org/", 'a', 925);
	message = compose(&mail, &arena);
	assert_true(has(message, "aaa>,\r\n <mailto:"));
	check_lines(message);
	mail.unsubscribe_url = repeated(&arena, "https://example.org/", 'a', 940);
	check_lines(compose(&mail, &arena));
	mail.unsubscribe_url = repeated(&arena, "https://example.org/", 'a', 941);
	assert_int_equal(mail_compose(&mail, &arena, &message, &err), -ERROR_LIMIT);

	mail = usual();
	mail.subject = repeated(&arena, "", 'a', 4000);
	check_lines(compose(&mail, &arena));
	mail.subject = repeated(&arena, "", 'a', 4001);
	assert_int_equal(mail_compose(&mail, &arena, &message, &err), -ERROR_LIMIT);
	assert_string_equal(err.text, "mail field Subject is longer than 4000 bytes");

	mail = usual();
	mail.text = repeated(&arena, "", '=', MAIL_BODY_MAX);
	mail.html = repeated(&arena, "", '\n', MAIL_BODY_MAX);
	check_lines(compose(&mail, &arena));
	mail.html = repeated(&arena, "", '\n', MAIL_BODY_MAX + 1);
	assert_int_equal(mail_compose(&mail, &arena, &message, &err), -ERROR_LIMIT);
	assert_string_equal(err.text, "a mail body is larger than 262144 bytes");
}

/* The plain text of a message, decoded by the letter of RFC 2045 6.7. */
static struct str decode_text(struct str message, struct arena *arena)
{
	static const char hex[] = "0123456789ABCDEF";
	struct str body = str_from(message, str_find(message, STR("printable\r\n\r\n")) + 13);
	char *out = arena_array(arena, char, message.len);
	size_t len = 0;

	body = str_sub(body, 0, str_find(body, STR("\r\n--=_")));
	for (size_t i = 0; i < body.len; i++) {
		if (body.ptr[i] == '=' && body.ptr[i + 1] == '\r') {
			i += 2;
		} else if (body.ptr[i] == '=') {
			out[len++] = (char)((strchr(hex, body.ptr[i + 1]) - hex) * 16 +
				(strchr(hex, body.ptr[i + 2]) - hex));
			i += 2;
		} else if (body.ptr[i] != '\r') {
			out[len++] = body.ptr[i];
		}
	}
	return str_n(out, len);
}

static void check_body_lines(struct str message)
{
	struct str body = str_from(message, str_find(message, STR("printable\r\n\r\n")) + 13), line;

	body = str_sub(body, 0, str_find(body, STR("\r\n--=_")));
	while (str_cut(&body, '\n', &line)) {
		assert_true(line.len <= 77); /* with its CR */
		assert_false(str_starts(line, "."));
		assert_false(str_starts(line, "From "));
		assert_false(str_ends(line, " \r") || str_ends(line, "\t\r"));
	}
}

static void test_bodies(void **state UNUSED)
{
	static const struct {
		const char *text, *expected; /* NULL: the text itself */
	} table[] = {
		{ "", NULL },
		{ "a", "a\n" },
		{ "a\n", NULL },
		{ "\n\n\n", NULL },
		{ ".\n..\n.a\n", NULL },
		{ "\n.\n", NULL },
		{ "\r.\r", "\n.\n" },
		{ "a\r\nb\rc\n\rd", "a\nb\nc\n\nd\n" },
		{ "From me\n>From me\n", NULL },
		{ "blank \ntab\t\n \n", NULL },
		{ "a=b =3D =\n", NULL },
		{ "--=_f557b9d623ec626b--\n", NULL },
		{ "\x01\x7f\x1b[0m\n", NULL },
		{ "éé\u00a0: 120\u202f000\u00a0€ — 漢字 😀\n", NULL },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		CLEANUP(arena_done) struct arena arena = ARENA_INIT;
		struct mail mail = usual();
		struct str message;

		mail.text = mail.html = str_of(table[i].text);
		message = compose(&mail, &arena);
		check_lines(message);
		check_body_lines(message);
		assert_true(str_eqz(decode_text(message, &arena),
			table[i].expected ? table[i].expected : table[i].text));
	}
}

/* Lines of every length, made of what needs care at their ends. */
static void test_bodies_anywhere(void **state UNUSED)
{
	static const char *const pieces[] = { "a", ".", " ", "\t", "=", "é", "漢", "From ", "\n", "." };
	uint64_t seed = 3;

	for (size_t i = 0; i < 4000; i++) {
		CLEANUP(arena_done) struct arena arena = ARENA_INIT;
		CLEANUP(buf_done) struct buf text = BUF_INIT(1 << 16);
		struct mail mail = usual();
		struct str message;

		for (size_t j = 0; j < 60 + i % 120; j++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			/* mostly one letter, so that lines get long */
			buf_addz(&text, (seed >> 33) % 3 == 0 ? pieces[(seed >> 40) % LENGTH(pieces)] : "b");
		}
		buf_addc(&text, '\n');
		mail.text = buf_str(&text);
		message = compose(&mail, &arena);
		check_lines(message);
		check_body_lines(message);
		assert_true(str_eq(decode_text(message, &arena), buf_str(&text)));
		/* the same mail gives the same bytes */
		assert_true(str_eq(compose(&mail, &arena), message));
	}
}

/* What could make a field out of a value: line ends of every kind, half and whole fields, encodings. */
static struct str payload(struct arena *arena, size_t i)
{
	static const char *const breaks[] = { "\r\n", "\n", "\r", "\r\n ", "\n\t", "\r\n\r\n", "\n\n", "",
		"%0d%0a", "\\r\\n", "\xc2\x85", "\u2028", "\v", "\f", "\x1b", "\xe5\x98\x8a", "\xff\n", "\x80", ",",
		" " };
	static const char *const tails[] = { "Bcc: victim@example.org", "Subject: other", "\r\n.\r\nMAIL FROM:<>",
		"Content-Type: text/html", "=?UTF-8?Q?=0D=0ABcc:_v@example.org?=", "<victim@example.org>", "\">",
		"--=_f557b9d623ec626b", "List-Unsubscribe: <https://x>", "\r\n" };

	return arena_printf(arena, "a%s%s", breaks[i / LENGTH(tails) % LENGTH(breaks)],
		tails[i % LENGTH(tails)]);
}

static void check_fields(struct str message, const char *const *expected)
{
	struct str head = str_sub(message, 0, str_find(message, STR("\r\n\r\n"))), line;
	size_t n = 0;

	while (str_cut(&head, '\n', &line)) {
		if (str_starts(line, " ") || str_starts(line, "\t"))
			continue;
		assert_non_null(expected[n]);
		assert_true(str_starts(line, expected[n]));
		assert_int_equal(str_find_char(line, ':'), strlen(expected[n]));
		n++;
	}
	assert_null(expected[n]);
}

static void test_injections(void **state UNUSED)
{
	enum { PAYLOADS = 200 };
	static const char *const expected[] = { "From", "To", "Subject", "Date", "Message-ID", "MIME-Version",
		"Auto-Submitted", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post",
		"Content-Language", "Content-Type", NULL };
	static const struct {
		size_t field;
		bool free_text;
	} fields[] = {
		{ offsetof(struct mail, from_name), true },
		{ offsetof(struct mail, subject), true },
		{ offsetof(struct mail, list_name), true },
		{ offsetof(struct mail, text), true },
		{ offsetof(struct mail, html), true },
		{ offsetof(struct mail, from), false },
		{ offsetof(struct mail, to), false },
		{ offsetof(struct mail, message_id), false },
		{ offsetof(struct mail, list_id), false },
		{ offsetof(struct mail, unsubscribe_url), false },
		{ offsetof(struct mail, unsubscribe_mailto), false },
		{ offsetof(struct mail, language), false },
	};
	size_t composed = 0;

	for (size_t i = 0; i < PAYLOADS * LENGTH(fields); i++) {
		CLEANUP(arena_done) struct arena arena = ARENA_INIT;
		struct mail mail = usual();
		struct str value = payload(&arena, i % PAYLOADS), message;
		struct error err = ERROR_INIT;
		size_t field = i / PAYLOADS;
		bool breaks = memchr(value.ptr, '\n', value.len) || memchr(value.ptr, '\r', value.len);
		bool body = fields[field].field == offsetof(struct mail, text) ||
			fields[field].field == offsetof(struct mail, html);

		memcpy((char *)&mail + fields[field].field, &value, sizeof(value));
		if (mail_compose(&mail, &arena, &message, &err) < 0) {
			assert_int_equal(err.kind, ERROR_INPUT);
			/* free text is refused for line breaks only */
			assert_true(!fields[field].free_text || (breaks && !body));
			continue;
		}
		assert_true(body || !breaks);
		composed++;
		check_lines(message);
		check_fields(message, expected);
	}
	assert_true(composed > 2 * PAYLOADS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_message),
		cmocka_unit_test(test_fields_left_out),
		cmocka_unit_test(test_words_of_header),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_nul_refused),
		cmocka_unit_test(test_ceilings),
		cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_bodies_anywhere),
		cmocka_unit_test(test_injections),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
