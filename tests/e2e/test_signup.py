"""Signing up by double opt-in: who confirms gets digests, who asks learns nothing, nobody is flooded."""

import json
import re
import sqlite3

import pytest
from harness import refuse_crash
from sample_day import NOW
from web_client import BASE, Server, Site

CONF = "[web]\nsignup = yes\nasks_per_network_hour = 5\n"
FORM = {"name": "Sondes des Causses", "email": "ana@example.org",
        "description": "Capteurs d’humidité des sols et vannes pilotées pour l’irrigation", "places": "48, 30"}


@pytest.fixture
def start(matched):
    running = []

    def start(now=NOW, conf=CONF):
        for server in running:
            end(server)
        running[:] = [Server(matched, conf=conf, now=now)]
        return Site(running[0].port)

    def end(server):
        status = server.stop()
        refuse_crash(["serve"], status, "".join(server.lines))
        assert status == 0

    yield start
    for server in running:
        end(server)


def mails(app, to, now=NOW):
    folder = app.dir / f"mail-{now}".replace(":", "")
    app("digest", "send", "--to-dir", folder, "--now", now, "--config", app.dir / "web.conf")
    return type(app.mail)(folder).messages(to)


def link_in(message):
    return re.search(re.escape(BASE) + r"/\S+", message.get_body(("plain",)).get_content()).group()


def count(app, sql):
    db = sqlite3.connect(f"file:{app.db}?mode=ro", uri=True)
    try:
        return db.execute(sql).fetchone()[0]
    finally:
        db.close()


def test_who_confirms_gets_digests_and_not_before(matched, start):
    site = start()
    answer = site.submit("/inscription", **FORM)
    assert answer.status == 200 and "Regardez vos messages" in answer.text
    (asked,) = mails(matched, "ana@example.org")
    assert asked["Subject"] == "Confirmez votre adresse"
    link = link_in(asked)
    assert f"{BASE}/c/sondes-des-causses-" in link
    for _ in range(2):
        page = site.get(link)
        assert page.status == 200 and "Capteurs d’humidité" in page.text
        site.head(link)
    assert count(matched, "SELECT sum(confirmed) FROM profile WHERE email = 'ana@example.org'") == 0
    assert "C’est confirmé" in site.submit(link).text
    matched("match", "--now", NOW)
    (digest,) = mails(matched, "ana@example.org", "2026-11-23T09:00:00Z")
    assert "pour vous" in digest["Subject"]
    assert "C’est confirmé" in site.get(link).text  # a second click is no mistake
    assert count(matched, "SELECT count(*) FROM pending") == 0


def test_who_reads_french_in_an_english_browser(matched, start):
    site = start()
    home = site.get("/", Accept_Language="en-US,en")
    assert home.headers["content-language"] == "en"
    french = next(url for url in home.links() if "lang=fr" in url)
    home = site.get(french, Accept_Language="en")
    assert home.headers["content-language"] == "fr"
    form = next(url for url in home.links() if "inscription" in url)
    page = site.get(form, Accept_Language="en")
    assert page.headers["content-language"] == "fr"
    assert any(url.endswith("inscription?lang=en") for url in page.links())
    site.post(form, dict(page.forms()[0]) | FORM, Origin=BASE, Accept_Language="en")
    (new,) = (p["id"] for p in matched.json("profile", "list") if p["id"].startswith("sondes-des-causses"))
    assert matched.json("profile", "show", new)[0]["language"] == "fr"
    (asked,) = mails(matched, "ana@example.org")
    assert asked["Subject"] == "Confirmez votre adresse"


def test_who_does_not_confirm_is_forgotten_after_seven_days(matched, start):
    start().submit("/inscription", **FORM)
    (asked,) = mails(matched, "ana@example.org")
    for day, left in ((29, 1), (30, 0)):
        matched("run", "--once", "--to-dir", matched.dir / "out", "--now", f"2026-11-{day}T08:00:01+01:00",
                "--config", offline(matched), check=False)
        assert count(matched, "SELECT count(*) FROM profile WHERE email = 'ana@example.org'") == left
    assert start("2026-11-30T09:00:00Z").get(link_in(asked)).status == 404
    assert "ana@example.org" not in dump_text(matched)


def offline(app):
    """No source is asked."""
    path = app.dir / "offline.conf"
    path.write_text("[source]\nboamp = no\nted = no\n")
    for source in ("boamp", "ted"):
        app("source", "disable", source)
    return path


def dump_text(app):
    db = sqlite3.connect(f"file:{app.db}?mode=ro", uri=True)
    try:
        return "".join(repr(db.execute(f"SELECT * FROM {t}").fetchall()) for t in ("profile", "outbox", "pending"))
    finally:
        db.close()


def test_a_known_address_gets_the_same_answer_and_another_mail(matched, start):
    email = matched.json("profile", "show", "rosee-des-causses")[0]["email"]
    site = start()
    unknown = site.submit("/inscription", **FORM)
    known = site.submit("/inscription", **{**FORM, "email": email})
    assert (known.status, known.text) == (unknown.status, unknown.text)
    assert {k: v for k, v in known.headers.items() if k != "date"} == \
        {k: v for k, v in unknown.headers.items() if k != "date"}
    subjects = [m["Subject"] for m in mails(matched, email)]
    assert "Vous êtes déjà inscrit" in subjects
    assert count(matched, f"SELECT count(*) FROM profile WHERE email = '{email}'") == 1


def test_an_address_is_asked_once_an_hour_and_three_times_a_day(matched, start):
    for number, (hour, asked) in enumerate(((8, 1), (9, 2), (10, 3), (11, 3), (12, 3))):
        site = start(f"2026-11-23T{hour:02}:30:00Z")
        for _ in range(2):
            assert "Regardez vos messages" in site.submit("/inscription", **FORM).text
        assert count(matched, "SELECT count(*) FROM asking") == asked, number
    assert count(matched, "SELECT count(*) FROM profile WHERE email = 'ana@example.org'") == 1


def test_a_network_cannot_mail_the_world(matched, start):
    site = start()
    for number in range(40):
        answer = site.submit("/inscription", **{**FORM, "email": f"victim{number}@example.org"})
        assert "Regardez vos messages" in answer.text
    assert count(matched, "SELECT count(*) FROM outbox WHERE recipient LIKE 'victim%'") == 5
    assert count(matched, "SELECT count(*) FROM profile WHERE email LIKE 'victim%'") == 5


def test_caps_survive_a_restart(matched, start):
    start().submit("/inscription", **FORM)
    start().submit("/inscription", **FORM)
    assert count(matched, "SELECT count(*) FROM asking") == 1


@pytest.mark.parametrize("change, says", [
    ({"name": " "}, "nom"), ({"email": "ana"}, "adresse"), ({"email": "a@b.c\r\nBcc: x@y.z"}, "adresse"),
    ({"description": "x"}, "ce que vous vendez"), ({"places": "Mende"}, "« Mende » n’est ni un département"),
    ({"name": "x" * 300}, "le nom dépasse 200 caractères"),
])
def test_a_wrong_form_is_told_and_keeps_its_words(matched, start, change, says):
    before = count(matched, "SELECT count(*) FROM profile")
    answer = start().submit("/inscription", **{**FORM, **change})
    assert answer.status == 422 and says in answer.text
    assert "Sondes des Causses" in answer.text or "name" in change
    assert count(matched, "SELECT count(*) FROM profile") == before


def test_a_machine_that_fills_in_every_field_is_answered_and_ignored(matched, start):
    answer = start().submit("/inscription", **FORM, site="http://spam.example")
    assert "Regardez vos messages" in answer.text
    assert count(matched, "SELECT count(*) FROM asking") == 0


def test_signing_up_is_off_unless_the_settings_say_so(matched, start):
    site = start(conf="")
    assert site.get("/inscription").status == 404
    assert site.post("/inscription", FORM).status in (403, 404)


def test_pending_profiles_of_an_import_are_asked(matched, start):
    start()
    profile = {"id": "vannes", "name": "Vannes", "email": "v@example.org", "description": FORM["description"]}
    for _ in range(2):
        matched("profile", "import", "-", "--pending", "--now", NOW, "--config", matched.dir / "web.conf",
                stdin=json.dumps([profile]))
    (asked,) = mails(matched, "v@example.org")
    assert asked["Subject"] == "Confirmez votre adresse"
    assert link_in(asked).startswith(f"{BASE}/c/vannes/")
