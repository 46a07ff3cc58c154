"""The mail server records before it answers, fails when told, and its parser is strict."""

import base64
import email.message
import email.policy
import os
import pathlib
import signal
import smtplib
import socket
import ssl
import time

import pytest
import smtp_server
from client import script

LIB = pathlib.Path(__file__).resolve().parent


def mail(
    number=1,
    to="a@example.org",
    subject="Cinq marchés pour vous – 24 novembre",
    text="Bonjour,\n.\n.suite\n",
):
    message = email.message.EmailMessage(policy=email.policy.SMTP)
    message["From"], message["To"], message["Subject"] = "Veille <veille@example.org>", to, subject
    message["Date"], message["Message-ID"] = (
        "Tue, 24 Nov 2026 07:30:00 +0100",
        f"<digest.{number}@example.org>",
    )
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(f"<p>{text}</p>", subtype="html", cte="quoted-printable")
    message.set_boundary("=limit=")
    return message.as_bytes()


def send(relay, raw=None, to="a@example.org", tls=None, user=None, password=None):
    """One message through smtplib, as a careful sender would; raises what smtplib raises."""
    kind = smtplib.SMTP_SSL if relay.tls == "implicit" else smtplib.SMTP
    context = (
        ssl.create_default_context(cafile=str(relay.certificate)) if relay.certificate else None
    )
    with kind(
        relay.host,
        relay.port,
        timeout=10,
        **({"context": context} if relay.tls == "implicit" else {}),
    ) as client:
        if tls if tls is not None else relay.tls == "starttls":
            client.starttls(context=context)
        if user:
            client.login(user, password)
        return client.sendmail("bounce@example.org", [to], raw or mail())


def test_smtp_records_before_it_answers(tmp_path):
    with smtp_server.SmtpServer(tmp_path) as relay:
        send(relay)
        send(relay, mail(2))
        first, second = relay.messages()
        assert (first.number, first.raw, first.rcpt_tos, first.mail_from) == (
            1,
            mail(),
            ["a@example.org"],
            "bounce@example.org",
        )
        assert (
            second.message_id == "<digest.2@example.org>"
            and second.kept
            and second.reply.startswith("250")
        )
        assert (
            (tmp_path / "000001.eml").read_bytes() == mail()
            and not first.tls
            and first.connection == 1
        )
        assert relay.copies() == {"<digest.1@example.org>": 1, "<digest.2@example.org>": 1}
    with smtp_server.SmtpServer(tmp_path) as relay:  # a new server goes on counting
        send(relay, mail(3))
        assert [m.number for m in relay.messages()] == [1, 2, 3]


def test_smtp_a_line_cut_by_a_kill_is_dropped(tmp_path):
    with smtp_server.SmtpServer(tmp_path) as relay:
        send(relay)
    with open(tmp_path / "messages.jsonl", "ab") as file:
        file.write(b'{"number": 2, "file": "0000')
    assert len(smtp_server.recorded(tmp_path)) == 1
    with smtp_server.SmtpServer(tmp_path) as relay:
        send(relay, mail(2))
        assert [m.message_id for m in relay.messages()] == [
            "<digest.1@example.org>",
            "<digest.2@example.org>",
        ]


def test_smtp_faults_at_each_stage(tmp_path):
    faults = smtp_server.sequence(
        smtp_server.later_rcpt(),
        smtp_server.refused_rcpt(),
        smtp_server.later(),
        smtp_server.refused(),
        smtp_server.drop_after_body(),
        smtp_server.drop_after_body(keep=False),
        smtp_server.drop_in_body(),
        smtp_server.SmtpFault("mail", "452 4.3.1 Full"),
        smtp_server.SmtpFault("data", "421 4.7.0 Later"),
    )
    with smtp_server.SmtpServer(tmp_path, faults=faults) as relay:
        for code in (450, 550):
            with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
                send(relay)
            assert refused.value.recipients["a@example.org"][0] == code
        for code in (451, 554):
            with pytest.raises(smtplib.SMTPDataError) as refused:
                send(relay)
            assert refused.value.smtp_code == code
        for _ in range(3):
            with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
                send(relay)
        with pytest.raises(smtplib.SMTPSenderRefused):
            send(relay)
        with pytest.raises(smtplib.SMTPException):
            send(relay)
        send(relay)
        shown = [(m.reply and m.reply[:3], m.kept) for m in relay.messages()]
        assert shown == [("451", False), ("554", False), (None, True), (None, False), ("250", True)]
        assert relay.copies() == {"<digest.1@example.org>": 2} and len(relay.attempts) == 10


def test_smtp_slow_silent_and_busy(tmp_path):
    with smtp_server.SmtpServer(
        tmp_path,
        faults=smtp_server.sequence(smtp_server.slow(0.3), smtp_server.no_answer(seconds=0.5)),
    ) as relay:
        start = time.monotonic()
        send(relay)
        assert time.monotonic() - start >= 0.3
        with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
            send(relay)
        assert [m.reply is None for m in relay.messages()] == [False, True]
        relay.connection_faults = smtp_server.sequence(smtp_server.busy_greeting())
        with pytest.raises(smtplib.SMTPConnectError):
            send(relay)
        send(relay)
        assert relay.peak_connections == 1


def test_smtp_starttls_is_required_and_can_be_refused(tmp_path):
    with smtp_server.SmtpServer(
        tmp_path,
        tls="starttls",
        connection_faults=smtp_server.sequence(None, None, smtp_server.refuse_starttls()),
    ) as relay:
        with pytest.raises(smtplib.SMTPSenderRefused):
            send(relay, tls=False)
        send(relay)
        assert relay.messages()[0].tls
        with pytest.raises((smtplib.SMTPNotSupportedError, smtplib.SMTPResponseException)):
            send(relay)
        context = ssl.create_default_context()  # who does not trust the certificate goes away
        with smtplib.SMTP(relay.host, relay.port, timeout=10) as client, pytest.raises(
            ssl.SSLError
        ):
            client.starttls(context=context)
        assert len(relay.messages()) == 1
    with smtp_server.SmtpServer(tmp_path / "bare") as relay, pytest.raises(
        smtplib.SMTPNotSupportedError
    ):
        send(relay, tls=True)


@pytest.mark.parametrize("tls", ["none", "starttls", "implicit"])
def test_smtp_login(tmp_path, tls):
    with smtp_server.SmtpServer(tmp_path, tls=tls, users={"mailer": "sésame"}) as relay:
        with pytest.raises(smtplib.SMTPSenderRefused):
            send(relay)
        with pytest.raises(smtplib.SMTPAuthenticationError):
            send(relay, user="mailer", password="wrong")
        with (
            smtplib.SMTP(relay.host, relay.port)
            if tls != "implicit"
            else smtplib.SMTP_SSL(
                relay.host,
                relay.port,
                context=ssl.create_default_context(cafile=str(relay.certificate)),
            )
        ) as client:
            if tls == "starttls":
                client.starttls(context=ssl.create_default_context(cafile=str(relay.certificate)))
            client.ehlo()
            secret = base64.b64encode("\0mailer\0sésame".encode()).decode()
            assert client.docmd("AUTH", "PLAIN " + secret)[0] == 235
            client.sendmail("bounce@example.org", ["a@example.org"], mail())
        (message,) = relay.messages()
        assert message.user == "mailer" and message.tls == (tls != "none")


def test_smtp_keeps_the_wire_as_it_was(tmp_path):
    with smtp_server.SmtpServer(tmp_path) as relay:
        with socket.create_connection((relay.host, relay.port), 10) as s:
            f = s.makefile("rb")
            for line in (
                None,
                b"EHLO x",
                b"MAIL FROM:<b@example.org>",
                b"RCPT TO:<a@example.org>",
                b"DATA",
            ):
                if line:
                    s.sendall(line + b"\r\n")
                while f.readline()[3:4] == b"-":
                    pass
            s.sendall(b"Subject: x\r\n\r\n..dot\r\nbare\nlf\r\n.\r\n")
            assert f.readline().startswith(b"250")
        (message,) = relay.messages()
        assert message.raw == b"Subject: x\r\n\r\n.dot\r\nbare\nlf\r\n"
        assert "a bare CR or LF" in smtp_server.problems(message.raw)
        with pytest.raises(ValueError, match="no From"):
            message.parse()


def test_smtp_survives_kill_9_with_what_it_had(tmp_path):
    process, url = script(LIB / "smtp_server.py", "--dir", tmp_path, "--fault", "later")
    try:
        host, port = url.removeprefix("smtp://").split(":")

        class Relay:
            tls, certificate = "none", None

        relay = Relay()
        relay.host, relay.port = host, int(port)
        with pytest.raises(smtplib.SMTPDataError):
            send(relay)
        send(relay)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
    assert [m.kept for m in smtp_server.recorded(tmp_path)] == [False, True]


def test_parse_gives_headers_and_both_parts():
    parsed = smtp_server.parse(mail())
    assert (
        parsed["subject"] == "Cinq marchés pour vous – 24 novembre"
        and parsed["To"] == "a@example.org"
    )
    assert parsed.text.splitlines() == ["Bonjour,", ".", ".suite"] and parsed.html.startswith(
        "<p>Bonjour"
    )
    assert parsed.types == ["multipart/alternative", "text/plain", "text/html"]


@pytest.mark.parametrize(
    "change, complaint",
    [
        ((b"\r\n", b"\n"), "bare CR or LF"),
        ((b"Bonjour", b"Bonjour\0"), "NUL"),
        ((b"Bonjour", b"x" * 1200), "998"),
        ((b"Subject: ", "Subject: é".encode()), "bytes over 126"),
        ((b"Message-ID", b"X-Nothing"), "no Message-ID"),
        ((b"To: a@example.org\r\n", b"To: a@example.org\r\nTo: b@example.org\r\n"), "To 2 times"),
        ((b"Bonjour,", b"Bonjour" * 20), "more than 76"),
        ((b"+0100", b""), "Date"),
        ((b"<digest.1@example.org>", b"digest"), "Message-ID"),
        (
            (b"Subject: ", b"Subject: =?utf-8?q?" + b"a" * 80 + b"?= "),
            "encoded word of more than 75",
        ),
        ((b"multipart/alternative", b"multipart/alternative; boundary=none; x"), "Boundary"),
    ],
)
def test_parse_is_strict(change, complaint):
    raw = mail()
    assert change[0] in raw
    with pytest.raises(ValueError, match=complaint):
        smtp_server.parse(raw.replace(*change))
