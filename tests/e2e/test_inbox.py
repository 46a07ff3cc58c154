"""
What comes back by mail: refusals end the mail to addresses there are not, answers are obeyed when they carry
our token and ask for one of five things; everything else is ignored.
"""

import email.message
import re

import pytest
from mailroom import Mailroom, call, database, start_up
from smtp_server import SmtpServer, refused_rcpt, sequence

SETTINGS = {
    "bounce": "retour@example.org", "reply": "reponse@example.org", "admin": "admin@example.org",
}


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    return database(tmp_path_factory.mktemp("fresh"))


@pytest.fixture
def office(app, fresh):
    office = Mailroom(app, fresh)
    office.settings(mail={**SETTINGS, "inbox": app.dir / "Maildir"})
    (app.dir / "Maildir" / "new").mkdir(parents=True)
    office.letters = 0
    return office


def arrive(office, raw):
    office.letters += 1
    (office.app.dir / "Maildir" / "new" / f"{office.letters}.letter").write_bytes(raw)


def read(office):
    import json

    return json.loads(office.run("inbox", "read", "--json").stdout)


def told(office, n=2, **fields):
    """Ana is told of n purchases; her mail as the relay got it."""
    office.start_ups(start_up("ana", **fields))
    office.notices(*(call(i + 1) for i in range(n)))
    office.send(to_dir="mail")
    return office.mails()["ana"]


def answer(mail, text, **fields):
    letter = email.message.EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "ana@example.org", mail["Reply-To"], "Re: marchés"
    for name, value in fields.items():
        letter[name.replace("_", "-")] = value
    letter.set_content(text, cte="quoted-printable")
    return letter.as_bytes()


def sender_of(office, slug="ana"):
    return office.rows("SELECT sender FROM outbox WHERE profile = ? ORDER BY id DESC", slug)[0][0]


def bounce(to, recipient="ana@example.org", status="5.1.1", action="failed"):
    return f"""From: MAILER-DAEMON@relay.example.org
To: {to}
Return-Path: <>
Auto-Submitted: auto-replied
Subject: Undelivered
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
 boundary="b/1"

--b/1
Content-Type: text/plain

stop
--b/1
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example.org

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} No such user

--b/1--
""".replace("\n", "\r\n").encode()


def judgments(office):
    return office.rows("SELECT profile, grade, reason FROM judgment ORDER BY notice")


def test_yes_and_no_are_kept_with_the_number_of_the_card(office):
    mail = told(office)
    assert re.fullmatch(r"reponse\+[0-9a-f]{20}@example\.org", str(mail["Reply-To"]))
    assert "oui 2, non 3, pourquoi 1" in re.sub(r"\s+", " ", mail.text)
    arrive(office, answer(mail, "Oui 1\nnon 2 délai\n\nLe 14 septembre, Veille a écrit :\n> stop\n"))
    assert read(office) == {"read": 1, "bounces": 0, "disabled": 0, "answers": 2, "ignored": 0}
    assert sorted(judgments(office)) == [("ana", 0, "deadline"), ("ana", 2, None)]
    assert read(office)["read"] == 0, "it lies among those that were seen"
    assert len(list((office.app.dir / "Maildir" / "cur").iterdir())) == 1


@pytest.mark.parametrize("text", [
    "Bonjour,\noui 1\n", "oui mais pas le 2\n", "> stop\n", "oui 9\n", "oui\n", "supprimez tout\n", "",
    "-- \nstop\n", "stop 1\n", "rm -rf /\n", "Le 14 septembre, Veille a écrit :\n\nstop\n",
])
def test_everything_else_is_ignored(office, text):
    mail = told(office)
    arrive(office, answer(mail, text))
    assert read(office)["ignored"] == 1
    assert judgments(office) == [] and "unsubscribed" not in office.app("profile", "list").stdout


def test_without_our_token_nothing_is_obeyed(office):
    mail = told(office)
    right = str(mail["Reply-To"])
    for wrong in ("reponse@example.org", right.replace("reponse+", "reponse+0"), f"reponse+{'0' * 20}@example.org"):
        raw = answer(mail, "stop\n").replace(right.encode(), wrong.encode())
        assert wrong.encode() in raw
        arrive(office, raw)
    assert read(office) == {"read": 3, "bounces": 0, "disabled": 0, "answers": 0, "ignored": 3}


@pytest.mark.parametrize("fields", [
    {"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"List_Id": "<x.example.org>"},
    {"Return_Path": "<>"}, {"X_Autoreply": "yes"},
])
def test_robots_are_not_obeyed(office, fields):
    arrive(office, answer(told(office), "stop\n", **fields))
    assert read(office)["ignored"] == 1


def test_stop_ends_the_mail(office):
    arrive(office, answer(told(office), "STOP.\n", Auto_Submitted="no"))
    assert read(office)["answers"] == 1
    assert "unsubscribed" in office.app("profile", "list").stdout


def test_later_brings_it_back_the_next_day(office):
    mail = told(office)
    arrive(office, answer(mail, "plus tard 2\n"))
    assert read(office)["answers"] == 1
    office.later(days=1)
    office.send(to_dir="next")
    assert office.mails("next")["ana"].titles == [mail.titles[1]]


def test_why_is_answered_once_by_a_letter_with_the_card(office):
    mail = told(office)
    raw = answer(mail, "Pourquoi 1 ?\n")
    arrive(office, raw)
    assert read(office)["answers"] == 1
    (office.app.dir / "Maildir" / "new" / "1.letter").write_bytes(raw)  # a crash before it was moved away
    read(office)
    office.send(to_dir="why")
    (path,) = (office.app.dir / "why").iterdir()
    letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    text = letter.get_body(("plain",)).get_content()
    assert str(letter["Subject"]).startswith("Pourquoi ce marché") and letter["Reply-To"] is None
    assert mail.titles[0] in re.sub(r"\s+", " ", text) and "Pourquoi   score" in text and "irrigation" in text


def test_answers_are_off_by_default(office):
    office.settings(mail={"inbox": office.app.dir / "Maildir"})
    mail = told(office)
    assert mail["Reply-To"] is None and "répondre" not in mail.text
    arrive(office, b"From: ana@example.org\r\nTo: reponse+" + b"0" * 20 + b"@example.org\r\n\r\nstop\r\n")
    assert read(office)["ignored"] == 1


def test_an_address_that_is_not_there_gets_nothing_more_and_the_administrator_is_told(office):
    told(office)
    to = sender_of(office)
    assert re.fullmatch(r"retour\+[0-9a-f]{20}@example\.org", to)
    arrive(office, bounce(to))
    arrive(office, bounce(to))
    assert read(office) == {"read": 2, "bounces": 2, "disabled": 1, "answers": 0, "ignored": 0}
    office.send(to_dir="admin")
    (path,) = (office.app.dir / "admin").iterdir()
    letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert letter["To"] == "admin@example.org"
    assert "ana@example.org was refused for good (5.1.1)" in letter.get_body(("plain",)).get_content()
    (state,) = [p["state"] for p in office.app.json("profile", "list") if p["id"] == "ana"]
    assert state == "bounced" and "state       bounced" in office.app("profile", "show", "ana").stdout
    office.later(days=1)
    office.notices(call(9, published="2026-09-15"))
    assert office.send(to_dir="next")["suppressed"] == 1


@pytest.mark.parametrize("change", [{"action": "delayed", "status": "4.4.1"}, {"status": "4.2.2"}])
def test_a_delay_is_no_refusal(office, change):
    told(office)
    arrive(office, bounce(sender_of(office), **change))
    assert read(office)["bounces"] == 0


def test_other_refusals_count_three_times(office):
    told(office)
    for day in range(3):
        arrive(office, bounce(sender_of(office), status="5.2.2"))
        assert read(office)["disabled"] == (day == 2)
        office.later(days=1)


def test_a_bounce_without_a_token_must_be_about_whom_we_wrote_to(office):
    office.settings(mail={"inbox": office.app.dir / "Maildir"})
    mail = told(office)
    returned = f"--b/1\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {mail['Message-ID']}\r\n\r\n--b/1--\r\n"
    forged = bounce("veille@example.org", "ben@example.org").replace(b"--b/1--\r\n", returned.encode())
    arrive(office, forged)
    assert read(office)["disabled"] == 0
    arrive(office, forged.replace(b"ben@example.org", b"ana@example.org"))
    assert read(office)["disabled"] == 1


def test_what_the_relay_refuses_counts_too(office, tmp_path):
    office.start_ups(start_up("ana"))
    office.notices(call(1))
    with SmtpServer(tmp_path / "relay") as relay:
        relay.faults = sequence(refused_rcpt())
        office.send(relay, status=None)
        assert office.rows("SELECT reason FROM suppression") == [("bounced",)]
        office.send(relay, status=None)
        assert [m.rcpt_tos for m in relay.messages()] == [["admin@example.org"]]


@pytest.mark.parametrize("raw", [
    b"", b"\r\n\r\nstop", b"\xff" * 5000, b"From: x\r\n" * 600 + b"\r\nstop\r\n", b"To: a\r\n\r\n" + b"a" * (2 << 20),
    b"Content-Type: multipart/mixed\r\n\r\nx", b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n" * 60,
    b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!====\r\n", b"To: " + b"+" * 4000 + b"\r\n\r\n\0",
])
def test_letters_that_are_none_do_no_harm(office, raw):
    told(office)
    arrive(office, raw)
    found = read(office)
    assert found["read"] == found["ignored"] == 1


def test_a_maildir_that_is_not_there_is_not_made(ready, refused):
    refused(66, "inbox", "read", "--maildir", "nowhere", says="nowhere/new: No such file")
    assert not (ready.dir / "nowhere").exists()
