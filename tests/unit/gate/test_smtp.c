#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "gate/http.h"
#include "gate/smtp.h"

/*
 * A relay on the loopback interface, in a thread. It keeps the commands and the messages it got, and
 * says what its answers tell: NULL is a yes, "" breaks the connection, and what begins with '!' is
 * said and then breaks it. `silence` says nothing at all until the client has gone.
 */
static const char silence[] = "?";

struct answers {
	const char *greeting, *ehlo, *auth, *mail, *rcpt, *data, *dot, *quit;
	unsigned from; /* the first message, from 0, they are for; the others before pass */
	bool once;     /* `mail` is said once only */
};

struct relay {
	int fd;
	_Atomic int client;
	struct answers answers;
	unsigned connections, messages;
	struct buf commands; /* "EHLO x|MAIL …|" */
	struct buf message;  /* the last one as it travelled, the final dot left out */
	pthread_t thread;
	char url[64];
};

/* Says `answer`, or `yes`; false when the connection is to break. */
static bool say(struct relay *relay, int fd, const char *answer, const char *yes)
{
	char line[300];
	const char *text = answer && relay->messages >= relay->answers.from ? answer : yes;
	bool go_on = *text != '\0' && *text != '!';
	int n;

	if (text == silence) {
		while (read(fd, line, sizeof(line)) > 0)
			;
		return false;
	}
	n = snprintf(line, sizeof(line), "%s\r\n", *text == '!' ? text + 1 : text);
	if (*text != '\0' && send(fd, line, (size_t)n, MSG_NOSIGNAL) < 0)
		return false;
	return go_on;
}

static bool read_message(struct relay *relay, FILE *in)
{
	char line[2100];

	buf_reset(&relay->message);
	while (fgets(line, sizeof(line), in)) {
		if (strcmp(line, ".\r\n") == 0)
			return true;
		buf_addz(&relay->message, line);
	}
	return false;
}

static void converse(struct relay *relay, int fd, FILE *in)
{
	const struct answers *a = &relay->answers;
	bool go_on = say(relay, fd, a->greeting, "220 relay.example.org");
	char line[2100];

	while (go_on && fgets(line, sizeof(line), in)) {
		buf_add(&relay->commands, line, strcspn(line, "\r\n"));
		buf_addc(&relay->commands, '|');
		if (strncmp(line, "EHLO", 4) == 0) {
			go_on = say(relay, fd, a->ehlo,
				"250-relay\r\n250-SIZE 2000000\r\n250 AUTH PLAIN");
		} else if (strncmp(line, "AUTH", 4) == 0) {
			go_on = say(relay, fd, a->auth, strlen(line) > 14 ? "235 ok" : "334 ");
		} else if (strncmp(line, "MAIL", 4) == 0) {
			go_on = say(relay, fd, a->mail, "250 ok");
			if (a->once && relay->messages >= a->from)
				relay->answers.mail = NULL;
		} else if (strncmp(line, "RCPT", 4) == 0) {
			go_on = say(relay, fd, a->rcpt, "250 ok");
		} else if (strncmp(line, "DATA", 4) == 0) {
			go_on = say(relay, fd, a->data, "354 go");
			if (!go_on || (a->data && relay->messages >= a->from))
				continue;
			go_on = read_message(relay, in) && say(relay, fd, a->dot, "250 taken");
			relay->messages++;
		} else if (strncmp(line, "QUIT", 4) == 0) {
			say(relay, fd, a->quit, "221 bye");
			go_on = false;
		} else {
			go_on = say(relay, fd, NULL, "235 ok"); /* the second half of AUTH */
		}
	}
}

static void *serve(void *data)
{
	struct relay *relay = data;

	for (;;) {
		int fd = accept(relay->fd, NULL, NULL);
		FILE *in;

		if (fd < 0)
			return NULL;
		relay->connections++;
		relay->client = fd;
		in = fdopen(fd, "r");
		converse(relay, fd, in);
		relay->client = -1;
		fclose(in);
	}
}

static void start(struct relay *relay, struct answers answers)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(address);

	*relay = (struct relay){ .client = -1,
		.answers = answers,
		.commands = BUF_INIT(100000),
		.message = BUF_INIT(4 << 20) };
	relay->fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(relay->fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(relay->fd, 5), 0);
	assert_int_equal(getsockname(relay->fd, (struct sockaddr *)&address, &len), 0);
	snprintf(relay->url, sizeof(relay->url), "smtp://127.0.0.1:%d", ntohs(address.sin_port));
	assert_int_equal(pthread_create(&relay->thread, NULL, serve, relay), 0);
}

/* Afterwards what it kept may be read at leisure. */
static void halt(struct relay *relay)
{
	shutdown(relay->fd, SHUT_RDWR);
	shutdown(relay->client, SHUT_RDWR);
	pthread_join(relay->thread, NULL);
	close(relay->fd);
}

static void forget(struct relay *relay)
{
	buf_done(&relay->commands);
	buf_done(&relay->message);
}

static struct smtp *open_relay(const char *url, const char *user)
{
	struct smtp_options options = { .url = url,
		.user = user,
		.password = user ? "secret" : NULL,
		.helo = "client.example.org",
		.connect_timeout_s = 5,
		.total_timeout_s = 2 };
	struct error err = ERROR_INIT;
	struct smtp *smtp = NULL;

	if (smtp_open(&options, &smtp, &err) < 0)
		fail_msg("%s", err.text);
	return smtp;
}

/* What handing() saw and says. */
struct handing {
	int calls, says;
};

static int handing(void *data)
{
	struct handing *h = data;

	h->calls++;
	return h->says;
}

static const char text[] = "Subject: test\r\n\r\nHello.\r\n";

static int send_text(struct smtp *smtp, struct handing *h, struct error *err)
{
	return smtp_send(smtp, STR("bounce+1=x@example.org"), STR("ana@example.org"), str_of(text),
		handing, h, err);
}

static void messages_share_a_connection(void **state)
{
	struct handing h = { 0, 0 };
	struct error err = ERROR_INIT;
	struct relay relay;

	(void)state;
	start(&relay, (struct answers){ 0 });
	struct smtp *smtp = open_relay(relay.url, NULL);
	for (int i = 1; i <= 3; i++) {
		assert_int_equal(send_text(smtp, &h, &err), SMTP_SENT);
		assert_int_equal(h.calls, i);
		assert_string_equal(err.text, "");
		assert_string_equal(relay.message.ptr, text);
	}
	/* Nobody need want to know. */
	assert_int_equal(smtp_send(smtp, STR("a@example.org"), STR("b@localhost"), str_of(text),
				 NULL, NULL, &err),
		SMTP_SENT);
	assert_null(smtp_close(smtp));
	assert_null(smtp_close(NULL));
	halt(&relay);
	assert_int_equal(relay.connections, 1);
	assert_string_equal(relay.commands.ptr,
		"EHLO client.example.org|"
		"MAIL FROM:<bounce+1=x@example.org>|RCPT TO:<ana@example.org>|DATA|"
		"MAIL FROM:<bounce+1=x@example.org>|RCPT TO:<ana@example.org>|DATA|"
		"MAIL FROM:<bounce+1=x@example.org>|RCPT TO:<ana@example.org>|DATA|"
		"MAIL FROM:<a@example.org>|RCPT TO:<b@localhost>|DATA|QUIT|");
	forget(&relay);
}

/* Where the relay says no or goes away, and what becomes of the message. */
static void failures_have_outcomes(void **state)
{
	static const struct {
		struct answers answers;
		const char *user;
		enum smtp_outcome outcome;
		int handed;        /* how often handing() is called */
		const char *words; /* a part of what is told */
	} cases[] = {
		{ { .greeting = "554 no service" }, NULL, SMTP_LATER, 0, "554 no service" },
		{ { .greeting = "421 later" }, NULL, SMTP_LATER, 0, "421 later" },
		{ { .greeting = "" }, NULL, SMTP_LATER, 0, "" },
		{ { .greeting = "hello" }, NULL, SMTP_LATER, 0, "" },
		{ { .greeting = silence }, NULL, SMTP_LATER, 0, "time" },
		{ { .ehlo = "!550 go away" }, NULL, SMTP_LATER, 0, "" },
		{ { .auth = "535 5.7.8 wrong" }, "user", SMTP_LATER, 0, "" },
		{ { .mail = "550 5.7.1 not from you" }, NULL, SMTP_REFUSED, 0,
			"550 5.7.1 not from you" },
		{ { .mail = "530 5.7.0 log in first" }, NULL, SMTP_LATER, 0,
			"530 5.7.0 log in first" },
		{ { .mail = "451 busy" }, NULL, SMTP_LATER, 0, "451 busy" },
		{ { .mail = "" }, NULL, SMTP_LATER, 0, "" },
		{ { .rcpt = "550-no\r\n550 5.1.1 unknown" }, NULL, SMTP_REFUSED, 0,
			"550 5.1.1 unknown" },
		{ { .rcpt = "450 greylisted" }, NULL, SMTP_LATER, 0, "450 greylisted" },
		{ { .rcpt = "!550 unknown" }, NULL, SMTP_REFUSED, 0, "550 unknown" },
		{ { .rcpt = "550 unknown", .quit = "500 what" }, NULL, SMTP_REFUSED, 0, "" },
		{ { .rcpt = "450 later", .quit = "550 no" }, NULL, SMTP_LATER, 0, "" },
		{ { .rcpt = "" }, NULL, SMTP_LATER, 0, "" },
		{ { .rcpt = silence }, NULL, SMTP_LATER, 0, "time" },
		{ { .data = "554 no valid recipients" }, NULL, SMTP_REFUSED, 0, "554 no valid" },
		{ { .data = "452 full" }, NULL, SMTP_LATER, 0, "452 full" },
		{ { .data = "" }, NULL, SMTP_LATER, 0, "" },
		{ { .dot = "554 spam" }, NULL, SMTP_REFUSED, 1, "554 spam" },
		{ { .dot = "!554 spam" }, NULL, SMTP_REFUSED, 1, "554 spam" },
		{ { .dot = "451 try again" }, NULL, SMTP_LATER, 1, "451 try again" },
		{ { .dot = "421 closing" }, NULL, SMTP_LATER, 1, "421 closing" },
		{ { .dot = "" }, NULL, SMTP_UNKNOWN, 1, "" },
		{ { .dot = "!250-taken" }, NULL, SMTP_UNKNOWN, 1, "" },
		{ { .dot = "hm" }, NULL, SMTP_UNKNOWN, 1, "" },
		{ { .dot = silence }, NULL, SMTP_UNKNOWN, 1, "time" },
		{ { .dot = "!250 taken" }, NULL, SMTP_SENT, 1, "" },
		{ { .dot = "251 taken" }, NULL, SMTP_SENT, 1, "" },
		{ { .quit = silence }, NULL, SMTP_SENT, 1, "" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		/* On the first message of a connection, and on the second. */
		for (unsigned before = 0; before < 2; before++) {
			struct answers answers = cases[i].answers;
			struct handing h = { 0, 0 };
			struct error err = ERROR_INIT;
			struct relay relay;
			int r;

			if (before &&
				(answers.greeting || answers.ehlo || answers.auth || answers.quit ||
					answers.dot == silence || answers.rcpt == silence))
				continue;
			answers.from = before;
			start(&relay, answers);
			struct smtp *smtp = open_relay(relay.url, cases[i].user);
			for (unsigned n = 0; n < before; n++)
				assert_int_equal(send_text(smtp, &h, &err), SMTP_SENT);
			h.calls = 0;
			r = send_text(smtp, &h, &err);
			if (r != (int)cases[i].outcome || h.calls != cases[i].handed ||
				!strstr(err.text, cases[i].words) ||
				(err.text[0] == '\0') != (r == SMTP_SENT))
				fail_msg("case %zu after %u: %d, handed %d, %s", i, before, r,
					h.calls, err.text);
			smtp_close(smtp);
			halt(&relay);
			forget(&relay);
		}
	}
}

/* No dot leaves, so that the relay has no message; the next one goes over a new connection. */
static void handing_can_call_it_off(void **state)
{
	struct handing h = { 0, -1 };
	struct error err = ERROR_INIT;
	struct relay relay;

	(void)state;
	start(&relay, (struct answers){ 0 });
	struct smtp *smtp = open_relay(relay.url, NULL);
	assert_int_equal(send_text(smtp, &h, &err), SMTP_LATER);
	assert_int_equal(h.calls, 1);
	assert_string_equal(err.text, "given up before the message was handed over");
	h.says = 0;
	assert_int_equal(send_text(smtp, &h, &err), SMTP_SENT);
	smtp_close(smtp);
	halt(&relay);
	assert_int_equal(relay.connections, 2);
	forget(&relay);
}

/* After an answer that did not come in time the connection is not used again. */
static void late_answers_are_not_the_next_messages(void **state)
{
	struct handing h = { 0, 0 };
	struct error err = ERROR_INIT;
	struct relay relay;

	(void)state;
	start(&relay, (struct answers){ .dot = "" });
	struct smtp *smtp = open_relay(relay.url, NULL);
	assert_int_equal(send_text(smtp, &h, &err), SMTP_UNKNOWN);
	relay.answers.dot = NULL;
	assert_int_equal(send_text(smtp, &h, &err), SMTP_SENT);
	smtp_close(smtp);
	halt(&relay);
	assert_int_equal(relay.connections, 2);
	forget(&relay);
}

/* RFC 5321, 3.8: a relay may end an idle connection, which is not the message's fault. */
static void a_stale_connection_is_renewed(void **state)
{
	static const struct {
		struct answers answers;
		int outcome;
	} cases[] = {
		{ { .mail = "!421 idle for too long", .from = 1, .once = true }, SMTP_SENT },
		{ { .mail = "", .from = 1, .once = true }, SMTP_SENT },
		{ { .dot = "!250 taken" }, SMTP_SENT },
		/* On the new connection too: then it is the relay's state, and told. */
		{ { .mail = "!421 idle for too long", .from = 1 }, SMTP_LATER },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct handing h = { 0, 0 };
		struct error err = ERROR_INIT;
		struct relay relay;

		start(&relay, cases[i].answers);
		struct smtp *smtp = open_relay(relay.url, NULL);
		assert_int_equal(send_text(smtp, &h, &err), SMTP_SENT);
		assert_int_equal(send_text(smtp, &h, &err), cases[i].outcome);
		assert_string_equal(err.text, cases[i].outcome ? "421 idle for too long" : "");
		assert_int_equal(h.calls, cases[i].outcome ? 1 : 2);
		smtp_close(smtp);
		halt(&relay);
		assert_int_equal(relay.connections, 2);
		forget(&relay);
	}
}

static void log_in_is_used(void **state)
{
	struct handing h = { 0, 0 };
	struct error err = ERROR_INIT;
	struct relay relay;

	(void)state;
	start(&relay, (struct answers){ 0 });
	struct smtp *smtp = open_relay(relay.url, "user");
	assert_int_equal(send_text(smtp, &h, &err), SMTP_SENT);
	smtp_close(smtp);
	halt(&relay);
	assert_non_null(strstr(relay.commands.ptr, "|AUTH PLAIN"));
	/* base64 of NUL user NUL secret */
	assert_non_null(strstr(relay.commands.ptr, "AHVzZXIAc2VjcmV0|"));
	forget(&relay);
}

/* What arrives, with one dot less where a line begins with two, is what was sent. */
static void dots_are_stuffed(void **state)
{
	static const char *const messages[] = {
		"A: b\r\n\r\n.\r\n",
		"A: b\r\n\r\n..\r\n...\r\n",
		".leading\r\n\r\nx\r\n",
		".\r\n",
		"A: b\r\n\r\nx\r\n.\r\n.\r\nMAIL FROM:<evil@example.org>\r\n",
		"A: b\r\n\r\nno end",
		"A: b\r\n\r\n.no end",
		"A: b\r\n\r\nx.\r\n",
		"\r\n",
		"A: b\r\n\r\n\r\n.\r\n\r\n",
	};
	struct handing h = { 0, 0 };
	struct error err = ERROR_INIT;
	struct relay relay;

	(void)state;
	start(&relay, (struct answers){ 0 });
	struct smtp *smtp = open_relay(relay.url, NULL);
	for (size_t i = 0; i < LENGTH(messages) + 200; i++) {
		CLEANUP(buf_done) struct buf message = BUF_INIT(1 << 20);
		CLEANUP(buf_done) struct buf arrived = BUF_INIT(1 << 20);
		struct str rest, line;

		if (i < LENGTH(messages)) {
			buf_addz(&message, messages[i]);
		} else {
			/* A line with a dot around each place where libcurl's buffers may end. */
			for (size_t n = 0; n < 16300 + i; n++)
				buf_addz(&message, n % 70 == 69 ? "\r\n" : "x");
			while (message.len < 70000)
				buf_addz(&message, "\r\n.");
			buf_addz(&message, "\r\n");
		}
		assert_int_equal(smtp_send(smtp, STR("a@example.org"), STR("b@example.org"),
					 buf_str(&message), handing, &h, &err),
			SMTP_SENT);
		rest = buf_str(&relay.message);
		while (str_cut(&rest, '\n', &line)) {
			assert_true(!str_starts(line, ".") || str_starts(line, ".."));
			str_prefix(&line, ".");
			buf_adds(&arrived, line);
			if (str_given(rest))
				buf_addc(&arrived, '\n');
		}
		if (!str_ends(buf_str(&message), "\r\n"))
			buf_addz(&message, "\r\n");
		assert_true(str_eq(buf_str(&arrived), buf_str(&message)));
	}
	smtp_close(smtp);
	halt(&relay);
	assert_int_equal(relay.connections, 1);
	forget(&relay);
}

/* Refused before a connection is made: nobody listens there. */
static void messages_are_checked(void **state)
{
	static char large[SMTP_MESSAGE_MAX + 2];
	static const struct {
		struct str message;
		int kind;
	} cases[] = {
		{ { "", 0 }, ERROR_INPUT }, { { "a\nb\r\n", 5 }, ERROR_INPUT },
		{ { "a\rb\r\n", 5 }, ERROR_INPUT }, { { "a\r\r\n", 4 }, ERROR_INPUT },
		{ { "a\r\n\n", 4 }, ERROR_INPUT }, { { "a\r\n.\r.\r\n", 8 }, ERROR_INPUT },
		{ { "a\r\n\n.\n\r\n", 8 }, ERROR_INPUT }, { { "a\r", 2 }, ERROR_INPUT },
		{ { "a\n", 2 }, ERROR_INPUT }, { { "a\0b\r\n", 5 }, ERROR_INPUT },
		{ { large, 999 }, ERROR_INPUT }, { { large, 2000 }, ERROR_INPUT },
		{ { large, SMTP_MESSAGE_MAX + 1 }, ERROR_LIMIT },
		{ { large, 998 }, 0 }, /* passes, so that the connection fails */
	};
	struct smtp *smtp = open_relay("smtp://127.0.0.1:1", NULL);
	struct handing h = { 0, 0 };

	(void)state;
	memset(large, 'x', sizeof(large));
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct error err = ERROR_INIT;
		int r = smtp_send(smtp, STR("a@example.org"), STR("b@example.org"),
			cases[i].message, handing, &h, &err);

		if (r != (cases[i].kind ? -cases[i].kind : SMTP_LATER))
			fail_msg("case %zu: %d %s", i, r, err.text);
		assert_true(err.text[0] != '\0');
	}
	struct error err = ERROR_INIT;
	assert_int_equal(smtp_send(smtp, STR("a@example.org"), STR("b@example.org\r\nDATA"),
				 str_of(text), handing, &h, &err),
		-ERROR_INPUT);
	assert_int_equal(smtp_send(smtp, STR("a@example.org> SIZE=1"), STR("b@example.org"),
				 str_of(text), handing, &h, &err),
		-ERROR_INPUT);
	assert_int_equal(h.calls, 0);
	smtp_close(smtp);
}

static void addresses_are_strict(void **state)
{
	static const char *const good[] = { "a@b.fr", "ana.b+c=d@mail.example.org", "a@localhost",
		"!#$%&'*+-/=?^_`{|}~@example.org", "1@2.3", "a@xn--caf-dma.example",
		"A@EXAMPLE.ORG",
		"1234567890123456789012345678901234567890123456789012345678901234@example.org" };
	static const char *const bad[] = { "", "@", "a", "a@", "@b.fr", "a@b", "a@b.", "a@.b",
		"a@b..fr", ".a@b.fr", "a.@b.fr", "a..b@c.fr", "a b@c.fr", "a@b c.fr", "a@b.fr ",
		" a@b.fr", "a@b@c.fr", "\"a\"@b.fr", "a@[127.0.0.1]", "<a@b.fr>", "a@b.fr,c@d.fr",
		"a@b.fr\r\nRCPT TO:<x@y.fr>", "a@b.fr\n", "a\r@b.fr", "\xc3\xa9@b.fr",
		"a@\xc3\xa9.fr", "a@-b.fr", "a@b-.fr", "a@b_c.fr", "a@b.fr\t", "a(b)@c.fr",
		"a;b@c.fr", "a,b@c.fr", "a@b.fr>", "a\\@b.fr", "a@localhost.",
		"a@a123456789012345678901234567890123456789012345678901234567890123.fr",
		"12345678901234567890123456789012345678901234567890123456789012345@example.org" };
	char longest[300];

	(void)state;
	for (size_t i = 0; i < LENGTH(good); i++) {
		if (!smtp_address_valid(str_of(good[i])))
			fail_msg("%s is an address", good[i]);
	}
	for (size_t i = 0; i < LENGTH(bad); i++) {
		if (smtp_address_valid(str_of(bad[i])))
			fail_msg("%s is no address", bad[i]);
	}
	assert_false(smtp_address_valid(STR("a@b.fr\0")));
	assert_false(smtp_address_valid(STR("a\0@b.fr")));
	assert_false(smtp_address_valid(STR_NONE));
	/* 254 bytes pass, 255 do not. */
	memset(longest, 'a', sizeof(longest));
	for (size_t i = 1; i < sizeof(longest); i += 50)
		longest[i] = i == 1 ? '@' : '.';
	assert_true(smtp_address_valid(str_n(longest, 254)));
	assert_false(smtp_address_valid(str_n(longest, 255)));
}

/* Without TLS only to this machine. */
static void relays_are_checked(void **state)
{
	static const struct {
		struct smtp_options options;
		bool good;
	} cases[] = {
		{ { .url = "smtp://localhost" }, true },
		{ { .url = "smtp://LOCALHOST:2525" }, true },
		{ { .url = "smtp://127.0.0.1:25" }, true },
		{ { .url = "smtp://127.8.9.10" }, true },
		{ { .url = "smtp://[::1]:25" }, true },
		{ { .url = "SMTP://localhost" }, true },
		{ { .url = "smtp://mail.example.org:587", .starttls = true }, true },
		{ { .url = "smtps://mail.example.org" }, true },
		{ { .url = "smtps://mail.example.org:465", .helo = "a.example.org" }, true },
		{ { .url = "smtp://mail.example.org" }, false },
		{ { .url = "smtp://mail.example.org:587" }, false },
		{ { .url = "smtp://localhost.example.org" }, false },
		{ { .url = "smtp://127.0.0.1.example.org" }, false },
		{ { .url = "smtp://128.0.0.1" }, false },
		{ { .url = "smtp://0.0.0.0" }, false },
		{ { .url = "smtp://[::2]" }, false },
		{ { .url = "smtp://10.0.0.1" }, false },
		{ { .url = "http://localhost" }, false },
		{ { .url = "localhost:25" }, false },
		{ { .url = "localhost" }, false },
		{ { .url = "" }, false },
		{ { .url = "smtp://" }, false },
		{ { .url = "smtp://user:secret@localhost" }, false },
		{ { .url = "smtp://user@localhost" }, false },
		{ { .url = "smtp://localhost", .helo = "a b" }, false },
		{ { .url = "smtp://localhost", .helo = "a\r\nDATA" }, false },
		{ { .url = "smtp://localhost", .helo = "" }, false },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct error err = ERROR_INIT;
		struct smtp *smtp = NULL;
		int r = smtp_open(&cases[i].options, &smtp, &err);

		if (r != (cases[i].good ? 0 : -ERROR_CONFIG))
			fail_msg("%s gives %d %s", cases[i].options.url, r, err.text);
		assert_true((smtp != NULL) == cases[i].good);
		assert_null(strstr(err.text, "secret"));
		smtp_close(smtp);
	}
}

/* A relay that does not offer what was required gets nothing. */
static void missing_starttls_fails_closed(void **state)
{
	struct smtp_options options = { .starttls = true, .total_timeout_s = 2 };
	struct handing h = { 0, 0 };
	struct error err = ERROR_INIT;
	struct smtp *smtp;
	struct relay relay;

	(void)state;
	start(&relay, (struct answers){ 0 });
	options.url = relay.url;
	assert_int_equal(smtp_open(&options, &smtp, &err), 0);
	assert_int_equal(send_text(smtp, &h, &err), SMTP_LATER);
	smtp_close(smtp);
	halt(&relay);
	assert_int_equal(h.calls, 0);
	assert_null(strstr(relay.commands.ptr, "MAIL"));
	forget(&relay);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_share_a_connection),
		cmocka_unit_test(failures_have_outcomes),
		cmocka_unit_test(handing_can_call_it_off),
		cmocka_unit_test(late_answers_are_not_the_next_messages),
		cmocka_unit_test(a_stale_connection_is_renewed),
		cmocka_unit_test(log_in_is_used),
		cmocka_unit_test(dots_are_stuffed),
		cmocka_unit_test(messages_are_checked),
		cmocka_unit_test(addresses_are_strict),
		cmocka_unit_test(relays_are_checked),
		cmocka_unit_test(missing_starttls_fails_closed),
	};
	int failures;

	alarm(100);
	http_global_init();
	failures = cmocka_run_group_tests(tests, NULL, NULL);
	http_global_done();
	return failures;
}
