"""
Digests from notices to mail: who gets one, when, what is in it, and that it is told once only. The
real programme, files or a relay on loopback, and Python's strict parser as the reader.
"""

import datetime
import email
import json
import re
import zoneinfo
from email.header import decode_header, make_header

import harness
import make_notice
import pytest
from mailroom import CONFIG, TEMPFAIL, Mailroom, call, database, plain, start_up
from smtp_server import SmtpServer

SAMPLES = harness.ROOT / "contrib/samples"
SAMPLE_NOW = "2026-11-23T08:00:00+01:00"
HEADERS = [
    "From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Auto-Submitted", "List-Id",
    "List-Unsubscribe", "List-Unsubscribe-Post", "Content-Language", "Content-Type",
]


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    return database(tmp_path_factory.mktemp("fresh"))


@pytest.fixture
def office(app, fresh):
    return Mailroom(app, fresh)


@pytest.fixture(scope="module")
def sample_mails(tmp_path_factory, fresh):
    """The digests of the sample day, with what the matcher said about each pair."""
    office = Mailroom(harness.App(harness.programme(), tmp_path_factory.mktemp("samples")), fresh)
    office.settings(instance={"name": "Capitale d'exemple", "web_url": "https://veille.example.org"})
    office.clock(SAMPLE_NOW)
    office.run("import", SAMPLES / "notices")
    office.run("profile", "import", SAMPLES / "profiles.json")
    office.send(to_dir="mail")
    scores = {
        (m["profile"], m["notice"]): m
        for m in map(json.loads, office.run("match", "--all", "--json").stdout.splitlines())
    }
    notices = {
        n["id"]: n
        for n in map(json.loads, office.run("notice", "list", "--all", "--json").stdout.splitlines())
    }
    return office.mails(), scores, notices


# ---------------------------------------------------------------- the mail


def test_each_mail_of_the_sample_day_has_exactly_our_headers_once(sample_mails):
    mails, _, _ = sample_mails
    assert len(mails) >= 9
    for slug, mail in mails.items():
        assert mail.names == HEADERS, slug
        assert mail["From"] == "Veille d'exemple <veille@example.org>"
        assert re.fullmatch(r"\w+@example\.org", mail["To"])
        what = r"marchés?( au délai trop court)? pour vous|tenders? for you"
        assert re.fullmatch(rf"\d+ ({what}) – 23 [Nn]ovemb(re|er) 2026", mail["Subject"])
        sent = mail.message.message["Date"].datetime
        assert sent == datetime.datetime.fromisoformat(SAMPLE_NOW)
        assert re.fullmatch(rf"<digest\.{slug}\.2026-[\dTZW-]+@example\.org>", mail["Message-ID"])
        assert mail["Auto-Submitted"] == "auto-generated"
        assert re.fullmatch(r"\"?Capitale d'exemple\"? <(daily|weekly|instant)\.digest\.example\.org>", mail["List-Id"])
        assert re.fullmatch(
            rf"<https://veille\.example\.org/u/{slug}/[\w-]{{40,}}>,"
            rf" <mailto:veille@example\.org\?subject=unsubscribe%20{slug}%20[\w-]{{40,}}>",
            mail["List-Unsubscribe"],
        )
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert mail["Content-Language"] in ("fr", "en")
        assert mail.message.types == ["multipart/alternative", "text/plain", "text/html"]


def test_without_a_web_address_one_unsubscribes_by_mail_alone(office):
    office.settings(mail={"unsubscribe": "desabonnement@example.org"})
    office.start_ups(start_up("ana"))
    office.notices(call(1))
    office.send(to_dir="mail")
    mail = office.mails()["ana"]
    assert mail.names == [name for name in HEADERS if name != "List-Unsubscribe-Post"]
    assert re.fullmatch(
        r"<mailto:desabonnement@example\.org\?subject=unsubscribe%20ana%20[\w-]{40,}>", mail["List-Unsubscribe"]
    )


def test_a_web_address_may_end_with_a_slash(office):
    office.settings(instance={"name": "x", "web_url": "https://veille.example.org/appariteur/"})
    office.start_ups(start_up("ana"))
    office.notices(call(1))
    office.send(to_dir="mail")
    assert office.mails()["ana"]["List-Unsubscribe"].startswith("<https://veille.example.org/appariteur/u/ana/")


@pytest.mark.parametrize(
    "url",
    ["http://veille.example.org", "https://", "https://a b", "https://a/>,<mailto:x@example.org", "https://é.example.org"],
)
def test_a_web_address_that_fits_no_header_is_a_mistake_of_the_settings(office, url):
    office.settings(instance={"name": "x", "web_url": url})
    office.start_ups(start_up("ana"))
    office.notices(call(1))
    refusal = office.send(to_dir="mail", status=CONFIG).stderr
    assert f'instance.web_url: "{url}" is not an https:// address' in refusal and "localhost" in refusal
    assert office.states() == {}


def test_on_one_machine_the_web_needs_no_tls(office):
    office.settings(instance={"name": "x", "web_url": "http://127.0.0.1:8080"})
    office.start_ups(start_up("ana"))
    office.notices(call(1))
    office.send(to_dir="mail")
    mail = office.mails()["ana"]
    assert mail["List-Unsubscribe"].startswith("<http://127.0.0.1:8080/u/ana/")
    assert mail["List-Unsubscribe-Post"] is None, "RFC 8058 wants https"


def test_names_with_accents_and_quotes_come_back_as_they_were(office):
    name = 'Préfecture « des "Essais" », <veille@autre.invalid>\\'
    office.settings(mail={"from_name": name}, instance={"name": name})
    office.start_ups(start_up("ana"))
    office.notices(call(1))
    office.send(to_dir="mail")
    raw = email.message_from_bytes(office.mails()["ana"].raw)  # Python 3.11 reads long phrases right only so
    assert str(make_header(decode_header(raw["From"]))) == f"{name} <veille@example.org>"
    assert str(make_header(decode_header(raw["List-Id"]))) == f"{name} <daily.digest.example.org>"


def numbers(text):
    """French or English numbers of a sum, in tenths."""
    found = re.findall(r"(−?)[\u00a0 ]*(\d+(?:[.,]\d)?)", text)
    return [round(float(n.replace(",", ".")) * 10) * (-1 if minus else 1) for minus, n in found]


def test_points_shown_add_up_to_the_score_of_the_matcher(sample_mails):
    mails, matches, notices = sample_mails
    seen = 0
    by_title = {}
    for (slug, notice), match in matches.items():
        by_title.setdefault((slug, plain(notices[notice]["title"])), []).append(round(match["score"] * 10))
    for slug, mail in mails.items():
        for _, title, body in mail.cards:
            shown = re.search(r"(?:score|Score) +([\d.,]+) \((?:seuil|threshold) [\d.,]+\) = ([^\n]+)", body)
            if not shown:  # short cards, for what is too late
                shown = re.search(r"Score +([\d.,]+) ()", body)
            total = numbers(shown[1])[0]
            candidates = [s for (p, t), s in by_title.items() if p == slug and t.startswith(title.rstrip("…")[:60])]
            assert total in sum(candidates, []), (slug, title)
            if shown[2]:
                assert sum(numbers(shown[2])) == total, (slug, title)
                lines = [numbers(n)[0] for n in re.findall(r"^     ([+−]\u00a0?\s*[\d.,]+)  ", body, re.M)]
                rest = [numbers(n)[0] for n in re.findall(r"(?:indices?|others?)[^\n]*?(−?[\d.,]+) points?", body)]
                assert sum(lines) + sum(rest) == total, (slug, title)
            seen += 1
    assert seen >= 30


def test_text_and_html_say_the_same(sample_mails):
    mails, _, notices = sample_mails
    amount, without = r"[\d\u202f]+\u00a0€", []
    for slug, mail in mails.items():
        assert mail.titles and mail.titles == mail.html_titles, slug
        assert [number for number, _, _ in mail.cards] == list(range(1, len(mail.cards) + 1))
        text, html = squeezed(mail.text), squeezed(mail.page.text_content())
        score = r"score[\u00a0 :]*([\d.,]+) \((?:seuil|threshold) [\d.,]+\)"
        for pattern in (score, amount, r"\d+ jours? ouvrés?"):
            said = re.findall(pattern, text, re.I)
            assert said == re.findall(pattern, html, re.I), (slug, pattern)
            assert said or pattern == amount, (slug, pattern)
            without += [] if said else [slug]
        # in text one long address a card: its page has both buttons
        assert mail.links == {link for link in mail.html_links if "?r=" not in link}, slug
        urls = {n["url"] for n in notices.values()} | {n["documents_url"] for n in notices.values()}
        assert {link for link in mail.links if not link.startswith("https://veille.example.org/")} <= urls
        days = re.findall(r"\b\w+ \d{1,2}(?:er)? \w+ 2026 (?:à|at) \d\d:\d\d", text)
        assert days == re.findall(r"\b\w+ \d{1,2}(?:er)? \w+ 2026 (?:à|at) \d\d:\d\d", html)
    assert len(without) <= 1, "nearly all mails of the day tell an amount"


def squeezed(text):
    return re.sub(r"[ \n]+", " ", re.sub("«\u00a0|\u00a0»", "", text))


def test_files_and_relay_get_the_same_bytes(office, tmp_path):
    office.start_ups(*(start_up(f"s{i}") for i in range(5)))
    office.notices(call(1, title="Capteurs d'irrigation\n.\n..point en tête de ligne"), call(2))
    office.run("match")
    office.run("digest", "preview", "s1")  # makes the key that signs links, once for both
    copy = Mailroom(harness.App(office.app.binary, tmp_path / "copy"), backup(office, tmp_path))
    office.send(to_dir="mail")
    with SmtpServer(tmp_path / "relay") as relay:
        copy.send(relay)
        by_wire = {m.message_id.split(".")[1]: m for m in relay.kept()}
    assert {slug: mail.raw for slug, mail in office.mails().items()} == {s: m.raw for s, m in by_wire.items()}
    assert {slug: m.rcpt_tos for slug, m in by_wire.items()} == {f"s{i}": [f"s{i}@example.org"] for i in range(5)}
    assert {m.mail_from for m in by_wire.values()} == {"veille@example.org"}


def backup(office, folder):
    (folder / "copy").mkdir()
    office.app("backup", folder / "backup.db")
    return folder / "backup.db"


def test_the_preview_is_what_is_sent(office):
    office.start_ups(start_up("ana"))
    office.notices(call(1))
    office.run("match")
    preview = office.run("digest", "preview", "ana", "--format", "eml").stdout
    office.send(to_dir="mail")
    sent = office.mails()["ana"].raw.decode()
    strange = r"^Message-ID: .*|=_[0-9a-f]{16}"
    assert re.sub(strange, "", preview, flags=re.M) == re.sub(strange, "", sent, flags=re.M)


# ---------------------------------------------------------------- once only


def test_twice_in_a_day_sends_nothing_and_the_next_day_only_what_is_new(office):
    office.start_ups(start_up("ana"))
    office.notices(call(1))
    assert office.send(to_dir="a")["sent"] == 1
    office.clock("23:59")
    office.notices(call(2))
    assert office.send(to_dir="b")["sent"] == 0
    assert office.mails("b") == {}
    office.clock("2026-09-15T07:29:59+02:00")
    assert office.send(to_dir="b")["sent"] == 0
    office.clock("2026-09-15T07:30:00+02:00")
    assert office.send(to_dir="b")["sent"] == 1
    assert office.mails("b")["ana"].titles == ["Capteurs connectés d'irrigation, site 2"]
    office.clock("2026-09-16T08:00:00+02:00")
    assert office.send(to_dir="c")["sent"] == 0
    ids = [m for (m,) in office.rows("SELECT message_id FROM outbox ORDER BY id")]
    assert ids == ["digest.ana.2026-09-14@example.org", "digest.ana.2026-09-15@example.org"]


def test_a_clock_that_jumps_back_repeats_nothing(office):
    office.start_ups(start_up("ana"))
    office.notices(call(1))
    office.send(to_dir="mail")
    office.later(days=-1)
    assert office.send(to_dir="mail")["sent"] == 0
    office.later(hours=24)
    assert office.send(to_dir="mail")["sent"] == 0


def test_several_at_once_send_each_digest_once(office, tmp_path):
    office.start_ups(*(start_up(f"s{i}") for i in range(30)))
    office.notices(call(1))
    office.run("match")
    with SmtpServer(tmp_path / "relay", fsync=False) as relay:
        runs = [
            office.app.start("digest", "send", "--smtp", relay.url, "--now", office.now.isoformat())
            for _ in range(4)
        ]
        for run in runs:
            _, stderr = run.communicate(timeout=60)
            harness.refuse_crash(["digest", "send"], run.returncode, stderr.decode())
            assert run.returncode == 0, stderr
        assert office.send(relay, match=False)["composed"] == 0
        assert sorted(relay.copies().values()) == [1] * 30
    assert office.states() == {"sent": 30}


# ---------------------------------------------------------------- when


def test_weekly_once_from_monday_on(office):
    office.start_ups(start_up("ana", cadence="weekly"))
    office.notices(call(1))
    office.clock("2026-09-14T07:29:00+02:00")
    assert office.send(to_dir="a")["sent"] == 0
    office.clock("2026-09-14T07:30:00+02:00")
    assert office.send(to_dir="a")["sent"] == 1
    assert "2026-W38" in office.mails("a")["ana"]["Message-ID"]
    office.notices(call(2))
    for day in range(15, 21):
        office.clock(f"2026-09-{day}T12:00:00+02:00")
        assert office.send(to_dir="b")["sent"] == 0
    office.clock("2026-09-21T07:30:00+02:00")
    assert office.send(to_dir="b")["sent"] == 1
    assert office.mails("b")["ana"].titles == ["Capteurs connectés d'irrigation, site 2"]


def test_instant_is_grouped_over_a_quarter_of_an_hour(office):
    office.start_ups(start_up("ana", cadence="instant"))
    for minute, sent in ((0, 1), (14, 0), (15, 1), (29, 0), (30, 1)):
        office.clock(f"2026-09-14T05:{minute:02d}:30+02:00")
        office.notices(call(minute + 1))
        assert office.send(to_dir=f"at-{minute}")["sent"] == sent, minute
    assert office.mails("at-15")["ana"].titles == [f"Capteurs connectés d'irrigation, site {n}" for n in (15, 16)]


def test_off_gets_nothing(office):
    office.start_ups(start_up("ana", cadence="off"), start_up("ben"))
    office.notices(call(1))
    assert office.send(to_dir="mail")["sent"] == 1
    assert list(office.mails()) == ["ben"]


@pytest.mark.parametrize(
    ("zone", "due", "offset", "local"),
    [
        ("Indian/Reunion", "2026-09-14T03:30:00+00:00", "+0400", "14:00"),
        ("America/Martinique", "2026-09-14T11:30:00+00:00", "-0400", "06:00"),
        ("Pacific/Noumea", "2026-09-13T20:30:00+00:00", "+1100", "21:00"),
        ("Europe/Paris", "2026-09-14T05:30:00+00:00", "+0200", None),
    ],
)
def test_half_past_seven_is_where_the_reader_is(office, zone, due, offset, local):
    office.start_ups(start_up("ana", timezone=zone))
    office.notices(call(1, deadline="2026-10-12T12:00:00"))
    office.clock(due)
    office.later(seconds=-1)
    assert office.send(to_dir="mail")["sent"] == 0
    office.later(seconds=1)
    assert office.send(to_dir="mail")["sent"] == 1
    mail = office.mails()["ana"]
    assert mail.raw.split(b"\r\nDate: ")[1].split(b"\r\n")[0].decode() == f"Mon, 14 Sep 2026 07:30:00 {offset}"
    assert mail["Message-ID"] == "<digest.ana.2026-09-14@example.org>"
    assert "lundi 12 octobre 2026 à 12:00" in mail.text
    if local:
        assert f"soit pour vous lundi 12 octobre 2026 à {local}" in mail.text
        assert f"soit pour vous lundi 12 octobre 2026 à {local}" in mail.page.text_content()
    else:
        assert "soit pour vous" not in mail.text


@pytest.mark.parametrize(("zone", "day"), [("Europe/Paris", 25), ("America/St_Johns", 1)])
def test_the_day_on_which_summer_time_ends_has_one_digest(office, zone, day):
    changed = datetime.datetime(2026, 10 if day > 20 else 11, day, tzinfo=zoneinfo.ZoneInfo(zone))
    office.start_ups(start_up("ana", timezone=zone))
    office.notices(*(call(n, deadline="2026-12-01T12:00:00", published="2026-10-22") for n in range(1, 22)))
    office.settings(digest={"cards": 1})
    sent = []
    for hours, minutes in ((-17, 30), (0, 30), (7, 29), (7, 30), (8, 30), (23, 59), (31, 29), (31, 30)):
        office.now = changed + datetime.timedelta(hours=hours, minutes=minutes)  # by the clock on the wall
        sent.append(office.send(to_dir=f"mail{hours}-{minutes}", match=not sent)["sent"])
        if sent[-1]:
            office.write("DELETE FROM digest_item WHERE shown = 0")  # the rest is news again
    assert sent == [1, 0, 0, 1, 0, 0, 0, 1]


# ---------------------------------------------------------------- to whom


def test_pending_and_unsubscribed_get_nothing(office):
    office.start_ups(start_up("ana"), start_up("ben"))
    office.start_ups(start_up("col"), pending=True)
    office.start_ups({**start_up("dan"), "email": None})
    office.write("UPDATE profile SET unsubscribed = 1 WHERE id = 'ben'")
    office.notices(call(1))
    numbers = office.send(to_dir="mail")
    assert (numbers["composed"], numbers["suppressed"]) == (1, 3)
    assert list(office.mails()) == ["ana"]
    office.later(days=30)
    assert list(office.mails()) == ["ana"]


def test_who_leaves_between_composing_and_sending_gets_nothing(office, tmp_path):
    office.start_ups(*(start_up(name) for name in ("ana", "ben", "col", "dan")))
    office.notices(call(1))
    office.send("smtp://127.0.0.1:9", status=75)
    office.write("UPDATE profile SET unsubscribed = 1 WHERE id = 'ana'")
    office.write("UPDATE profile SET confirmed = 0 WHERE id = 'ben'")
    office.start_ups(start_up("col", email="ailleurs@example.org"))
    office.later(hours=5)
    with SmtpServer(tmp_path / "relay") as relay:
        numbers = office.send(relay)
        assert [m.rcpt_tos for m in relay.messages()] == [["dan@example.org"]]
        assert relay.attempts == [(1, "veille@example.org", ["dan@example.org"])]
    assert numbers["sent"] == 1
    assert office.states() == {"sent": 1, "suppressed": 3}


def test_a_removed_profile_that_comes_back_is_told_no_sooner_than_the_next_day(office):
    office.start_ups(start_up("ana"), start_up("ben"))
    office.notices(call(1))
    office.send(to_dir="a")
    office.run("profile", "remove", "ana")
    office.start_ups(start_up("ana"))
    assert office.send(to_dir="b")["sent"] == 0
    office.later(days=1)
    assert office.send(to_dir="b")["sent"] == 1
    assert list(office.mails("b")) == ["ana"]


# ---------------------------------------------------------------- what


def test_of_twenty_five_seven_are_shown_and_the_rest_is_counted(office):
    office.start_ups(start_up("ana"))
    office.notices(*(call(n) for n in range(1, 26)))
    numbers = office.send(to_dir="mail")
    mail = office.mails()["ana"]
    assert numbers["items"] == len(mail.cards) == 7
    assert mail["Subject"].startswith("25 marchés pour vous")
    for text in (mail.text, plain(mail.page.text_content())):
        assert re.search(r"Et 18 autres\s+marchés", text)
    told = "SELECT shown, count(*) FROM digest_item GROUP BY shown"
    assert office.rows(told) == [(1, 7)]
    office.later(days=1)
    assert office.send(to_dir="next")["items"] == 7
    assert office.rows(told) == [(1, 14)]


def test_the_number_of_cards_is_a_setting(office):
    office.settings(digest={"cards": 20})
    office.start_ups(start_up("ana"))
    office.notices(*(call(n) for n in range(1, 26)))
    office.send(to_dir="mail")
    assert len(office.mails()["ana"].cards) == 20


def test_one_purchase_published_twice_is_one_card(office):
    twin = {"folder": make_notice.folder_uuid("twin"), "title": "Capteurs d'irrigation du jumeau"}
    office.start_ups(start_up("ana"), start_up("ben"))
    office.notices(call(1, make_notice.flux_eforms, **twin), call(2))
    office.write("UPDATE profile SET cadence = 'off' WHERE id = 'ben'")
    office.send(to_dir="a")
    assert len(office.mails("a")["ana"].cards) == 2
    office.later(days=1)
    office.write("UPDATE profile SET cadence = 'daily' WHERE id = 'ben'")
    office.notices(call(1, make_notice.eforms, **twin))
    office.send(to_dir="b")
    mails = office.mails("b")
    assert list(mails) == ["ben"], "ana knows the purchase already"
    assert sorted(mails["ben"].titles) == ["Capteurs connectés d'irrigation, site 2", "Capteurs d'irrigation du jumeau"]
    assert mails["ben"]["Subject"].startswith("2 marchés")


def test_a_change_of_a_purchase_told_before_is_news_about_it(office):
    office.start_ups(start_up("ana"))
    office.notices(call(1, make_notice.flux_eforms))
    office.send(to_dir="a")
    office.later(days=1)
    office.notices(
        call(7, make_notice.flux_eforms, kind="change", previous="26-10001",
             folder=make_notice.folder_uuid("26-10001"), deadline="2026-11-02T12:00:00")
    )
    office.send(to_dir="b")
    mail = office.mails("b")["ana"]
    assert mail["Subject"].startswith("1 mise à jour")
    assert "MODIFIÉ\n1. " in mail.text and "lundi 2 novembre 2026 à 12:00" in mail.text
    assert "Modifié" in mail.page.text_content()
    office.later(days=1)
    assert office.send(to_dir="c")["sent"] == 0


def test_a_purchase_changed_before_it_was_told_is_told_as_it_is_now(office):
    office.start_ups(start_up("ana"))
    office.notices(call(1, make_notice.flux_eforms, deadline="2026-10-12T12:00:00"))
    office.notices(
        call(7, make_notice.flux_eforms, kind="change", previous="26-10001", published="2026-09-11",
             folder=make_notice.folder_uuid("26-10001"), deadline="2026-11-02T12:00:00")
    )
    office.send(to_dir="mail")
    mail = office.mails()["ana"]
    assert len(mail.cards) == 1
    assert "lundi 2 novembre 2026 à 12:00\n" in mail.text
    assert "au lieu de lundi 12 octobre 2026 à 12:00\n" in mail.text, "that it was corrected is not hidden"
    office.later(days=1)
    assert office.send(to_dir="next")["sent"] == 0


def test_a_cancelled_purchase_is_not_told_as_open(office):
    office.start_ups(start_up("ana"))
    office.notices(
        call(1, make_notice.flux_eforms),
        call(2),
        call(7, make_notice.flux_eforms, kind="cancellation", previous="26-10001",
             folder=make_notice.folder_uuid("26-10001"), published="2026-09-11"),
    )
    office.send(to_dir="mail")
    assert office.mails()["ana"].titles == ["Capteurs connectés d'irrigation, site 2"]


def test_what_closed_meanwhile_is_not_told(office):
    office.start_ups(start_up("ana"))
    office.notices(call(1, deadline="2026-09-14T07:45:00"), call(2))
    office.clock("2026-09-14T07:00:00+02:00")
    office.run("match")
    office.clock("2026-09-14T08:00:00+02:00")
    office.send(to_dir="mail", match=False)
    assert office.mails()["ana"].titles == ["Capteurs connectés d'irrigation, site 2"]


def test_what_is_too_late_for_the_reader_comes_last_and_apart(office):
    office.start_ups(start_up("ana", effort_days=15))
    office.notices(call(1, deadline="2026-09-21T12:00:00"), call(2, deadline="2026-11-30T12:00:00"))
    office.send(to_dir="mail")
    mail = office.mails()["ana"]
    assert mail.titles == [f"Capteurs connectés d'irrigation, site {n}" for n in (2, 1)]
    assert mail.text.index("site 2") < mail.text.index("Trop tard pour vous") < mail.text.index("site 1")


def test_a_week_of_silence_brings_a_short_sign_of_life(office):
    office.start_ups(start_up("ana"), start_up("ben", cadence="weekly"), start_up("col", cadence="instant"))
    for day in range(7):
        assert office.send(to_dir="a")["sent"] == 0
        office.later(days=1)
    numbers = office.send(to_dir="a")
    assert (numbers["heartbeats"], numbers["sent"]) == (2, 2)
    mails = office.mails("a")
    assert sorted(mails) == ["ana", "ben"]
    assert "La veille continue" in plain(mails["ana"].text) and "La veille continue" in mails["ana"].html
    office.later(days=1)
    assert office.send(to_dir="b")["sent"] == 0


def test_signs_of_life_can_be_turned_off(office):
    office.settings(digest={"heartbeat": "no"})
    office.start_ups(start_up("ana"))
    office.later(days=40)
    assert office.send(to_dir="mail")["sent"] == 0


def test_an_english_reader_gets_english(office):
    office.start_ups(start_up("ana", language="en"))
    office.notices(call(1))
    office.send(to_dir="mail")
    mail = office.mails()["ana"]
    assert mail["Subject"].startswith("1 tender for you") and mail["Content-Language"] == "en"
    assert len(mail.cards) == 1 and mail.titles == mail.html_titles


# ---------------------------------------------------------------- files


def test_a_folder_that_cannot_be_written_loses_nothing(office):
    office.start_ups(*(start_up(f"s{i}") for i in range(5)))
    office.notices(call(1))
    (office.app.dir / "mail").write_text("in the way")


    run = office.run("digest", "send", "--to-dir", "mail", check=False)
    assert run.returncode not in (0, 1) and "mail" in run.stderr
    (office.app.dir / "mail").unlink()
    assert office.send(to_dir="mail")["sent"] == 5
    assert len(office.mails()) == 5


def test_one_file_that_cannot_be_written_holds_nobody_up(office):
    office.start_ups(*(start_up(f"s{i:02d}") for i in range(70)))  # more than go at once
    office.notices(call(1))
    office.run("match")
    mail = office.app.dir / "mail"
    mail.write_text("in the way")
    office.run("digest", "send", "--to-dir", "mail", check=False)
    mail.unlink()
    ((name,),) = office.rows("SELECT message_id FROM outbox WHERE profile = 's13'")
    way = mail / f"{name}.eml"
    way.mkdir(parents=True)
    counts = office.send(to_dir="mail", status=TEMPFAIL, match=False)
    assert (counts["sent"], counts["later"]) == (69, 1), counts
    assert [p.name for p in way.parent.iterdir() if p.name.startswith(".")] == []
    way.rmdir()
    office.later(hours=1)
    assert office.send(to_dir="mail", match=False)["sent"] == 1
    assert len(office.mails()) == 70 and office.states() == {"sent": 70}


def test_a_dry_run_changes_nothing(office):
    office.start_ups(start_up("ana"))
    office.notices(call(1))
    office.run("match")
    done = office.run("digest", "send", "--dry-run", "--json")
    assert json.loads(done.stdout)["composed"] == 1
    assert office.states() == {} and office.rows("SELECT count(*) FROM digest") == [(0,)]
    assert office.send(to_dir="mail")["sent"] == 1
