"""The web interface by raw sockets: what links open, what forms change, and what changes nothing."""

import html
import json
import random
import re
import sqlite3
import time

import pytest
from harness import refuse_crash
from sample_day import NOW
from web_client import BASE, Server, Site

WHO = "rosee-des-causses"
CONF = "[web]\nsignup = yes\n"
PERSONAL = ("preferences", "unsubscribe")


@pytest.fixture
def server(matched):
    server = Server(matched, conf=CONF, now=NOW)
    yield server
    status = server.stop()
    refuse_crash(["serve"], status, "".join(server.lines))
    assert status == 0


@pytest.fixture
def site(server):
    return Site(server.port)


@pytest.fixture
def links(matched, server):
    return matched.json("profile", "links", WHO, "--config", matched.dir / "web.conf")[0]


def rows(app, sql, *values):
    db = sqlite3.connect(f"file:{app.db}?mode=ro", uri=True)
    try:
        return db.execute(sql, values).fetchall()
    finally:
        db.close()


def dump(app):
    """Everything that is stored."""
    db = sqlite3.connect(f"file:{app.db}?mode=ro", uri=True)
    try:
        tables = [name for (name,) in db.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'notice_text%'"
            " AND name NOT LIKE 'sqlite_%' AND name <> 'raw'")]
        return {name: db.execute(f"SELECT * FROM {name}").fetchall() for name in sorted(tables)}
    finally:
        db.close()


def unsubscribed(app):
    return rows(app, "SELECT unsubscribed IS NOT NULL FROM profile WHERE id = ?", WHO)[0][0]


def card_link(app, site, links):
    """The page of the best match, as the feed links it."""
    feed = json.loads(site.get(links["json"]).text)
    return feed["items"][0]["url"]


# unsubscribing


def test_a_link_that_is_only_opened_unsubscribes_nobody(matched, site, links):
    before = dump(matched)
    for _ in range(3):
        assert site.get(links["unsubscribe"]).status == 200
        assert site.head(links["unsubscribe"]).status == 200
    page = site.get(links["unsubscribe"], Sec_Purpose="prefetch")
    assert "Rien n’est changé" in page.text
    for url in page.links():
        site.get(url)
    assert dump(matched) == before


def test_one_click_unsubscribes_from_anywhere_and_twice_is_once(matched, site, links):
    one_click = [("List-Unsubscribe", "One-Click")]
    first = site.post(links["unsubscribe"], one_click, Origin="https://webmail.example.net", Sec_Fetch_Site="cross-site")
    assert first.status == 200 and "plus aucun message" in first.text
    assert unsubscribed(matched)
    since = rows(matched, "SELECT unsubscribed FROM profile WHERE id = ?", WHO)
    assert site.post(links["unsubscribe"], one_click).status == 200
    assert rows(matched, "SELECT unsubscribed FROM profile WHERE id = ?", WHO) == since
    assert "plus aucun message" in site.get(links["unsubscribe"]).text


def test_one_click_may_be_multipart(matched, site, links):
    body = b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
    done = site.ask("POST", links["unsubscribe"], body, {"Content-Type": "multipart/form-data; boundary=x"})
    assert done.status == 200 and unsubscribed(matched)


def test_unsubscribing_is_undone_by_our_own_form_alone(matched, site, links):
    site.post(links["unsubscribe"], [("List-Unsubscribe", "One-Click")])
    assert site.post(links["unsubscribe"], [("undo", "1")]).status == 403
    assert unsubscribed(matched)
    assert "réabonné" in site.submit(links["unsubscribe"]).text
    assert not unsubscribed(matched)


def test_who_unsubscribed_gets_nothing_that_was_waiting(matched, site, links):
    matched("digest", "send", "--smtp", "smtp://127.0.0.1:1", "--now", NOW, check=False)
    assert rows(matched, "SELECT state FROM outbox WHERE profile = ?", WHO)[0][0] in ("ready", "retry")
    site.post(links["unsubscribe"], [("List-Unsubscribe", "One-Click")])
    matched("digest", "send", "--to-dir", matched.mail, "--now", "2026-11-23T20:00:00Z")
    assert WHO not in "".join(matched.mail.texts())
    assert matched.mail.messages()


@pytest.mark.parametrize("which", PERSONAL)
def test_a_guessed_link_opens_nothing(matched, site, links, which):
    url = links[which]
    wrong = [url[:-1] + ("A" if url[-1] != "A" else "B"), url[:-1], url + "x", url.replace(WHO, "nobody")]
    answers = [site.get(u) for u in wrong]
    assert {a.status for a in answers} == {404}
    assert len({a.text for a in answers}) == 1
    for url in wrong:
        assert site.post(url, [("List-Unsubscribe", "One-Click")]).status == 404
    assert not unsubscribed(matched)


# preferences


def test_preferences_are_changed_without_a_log_in(matched, site, links):
    page = site.get(links["preferences"])
    assert page.status == 200 and '<html lang="fr">' in page.text
    done = site.submit(links["preferences"], cadence="weekly", timezone="Indian/Reunion", language="en",
                       keywords="sonde\r\nvanne pilotée\r\n", places="48\n30", effort_days="3")
    assert done.status == 303
    shown = site.get(done.headers["location"])
    assert "Saved." in shown.text and '<html lang="en">' in shown.text
    profile = matched.json("profile", "show", WHO)[0]
    assert (profile["cadence"], profile["timezone"], profile["language"]) == ("weekly", "Indian/Reunion", "en")
    assert profile["keywords"] == ["sonde", "vanne pilotée"] and profile["places"] == ["48", "30"]
    assert profile["effort_days"] == 3


def test_hour_quiet_days_and_reminders_are_changed(matched, site, links):
    fields = site.get(links["preferences"]).forms()[0]
    assert ("hour", "") in fields and ("reminders", "7 2") in fields
    changed = [f for f in fields if f[0] not in ("hour", "quiet_days", "reminders")] + [
        ("hour", "18:45"), ("quiet", "weekends"), ("quiet", "holidays"), ("quiet_days", "2026-12-24/2027-01-02"),
        ("reminders", "")]
    assert site.post(links["preferences"], changed, Origin=BASE).status == 303
    shown = site.get(links["preferences"]).forms()[0]
    for field in changed:
        if field[0] != "form":
            assert field in shown, field
    profile = matched.json("profile", "show", WHO)[0]
    assert (profile["hour"], profile["reminders"]) == ("18:45", [])
    assert site.submit(links["preferences"], reminders="99999").status == 422
    assert site.submit(links["preferences"], hour="25:00").status == 422


@pytest.mark.parametrize("change, says", [
    ({"timezone": "Mars/Olympus"}, "fuseau"), ({"cadence": "hourly"}, "rythme"),
    ({"effort_days": "-1"}, "jours ouvrés vont"), ({"language": "xx"}, "langue"),
    ({"places": "48\nnulle part"}, "« nulle part » n’est ni un département (48, Lozère) ni une région (Occitanie)"),
    ({"hour": "25:00"}, "l’heure s’écrit 07:30"), ({"quiet_days": "demain"}, "un congé s’écrit 2026-12-24"),
    ({"quiet_days": "2027-02-30"}, "un congé s’écrit 2026-12-24"), ({"reminders": "99"}, "les rappels s’écrivent 7 2"),
    ({"description": " ", "keywords": ""}, "dites ce que vous vendez, ou donnez des mots"),
    ({"keywords": "a" * 101}, "est trop long : une expression par ligne, de 100 caractères au plus"),
    ({"exclude": "\n".join(f"mot{n}" for n in range(201))}, "une liste a 200 mots ou expressions au plus"),
])
def test_wrong_preferences_change_nothing_and_are_told(matched, site, links, change, says):
    before = dump(matched)
    typed = {"description": "Sondes, et vannes", "places": "Gard", "quiet_days": "2026-12-28", **change}
    done = site.submit(links["preferences"], **typed)
    told = re.search(r'role="alert"><p>(.*?)</p>', done.text).group(1)
    assert done.status == 422 and told.startswith("Rien n’a été enregistré") and says in html.unescape(told)
    assert dump(matched) == before
    shown = done.forms()[0]
    for field in typed.items():
        assert field in shown or field[0] in ("cadence", "language"), "what was typed is lost"


def test_wrong_preferences_are_told_in_english(matched, site, links):
    matched("profile", "edit", WHO, "--language", "en")
    for change, says in (({"places": "nowhere"}, "neither a department (48, Lozère) nor a region"),
                         ({"quiet_days": "tomorrow"}, "a day off is written 2026-12-24"),
                         ({"description": "", "keywords": ""}, "say what you sell, or give words")):
        assert says in site.submit(links["preferences"], **change).text


def test_places_may_be_names(matched, site, links):
    assert site.submit(links["preferences"], places="lozère, Val d’Oise\nPROVENCE-ALPES-COTE D'AZUR; 2a; frj",
                       quiet_days="2026-12-24, 2026-12-31", reminders="7,2").status == 303
    profile = matched.json("profile", "show", WHO)[0]
    assert profile["places"] == ["48", "95", "FRL", "2A", "FRJ"]
    assert sorted(profile["quiet"]) == ["2026-12-24", "2026-12-31"]


def test_an_export_has_what_we_know(matched, site, links):
    done = site.get(links["preferences"] + "/export")
    data = json.loads(done.text)
    assert data["profile"] == matched.json("profile", "show", WHO)[0]
    assert len(data["matches"]) == rows(
        matched, "SELECT count(*) FROM match_pair WHERE state = 'current' AND profile = ?", WHO)[0][0] > 0
    assert "attachment" in done.headers["content-disposition"]


def test_erasing_leaves_a_keyed_hash_and_no_word_else(matched, site, links):
    matched("digest", "send", "--to-dir", matched.mail, "--now", NOW)
    email = matched.json("profile", "show", WHO)[0]["email"]
    page = site.get(links["preferences"] + "/effacer")
    assert "ne se défait pas" in page.text and matched.json("profile", "show", WHO)
    assert "Tout est effacé" in site.submit(links["preferences"] + "/effacer").text
    stored = repr(dump(matched))
    assert email not in stored and WHO not in stored
    assert rows(matched, "SELECT reason FROM suppression") == [("erased",)]
    assert site.get(links["preferences"]).status == 404
    # an administrator who imports it again does not get round it
    profile = {"id": WHO, "name": "X", "email": email, "description": "capteurs d'irrigation connectés"}
    matched("profile", "import", "-", "--now", NOW, stdin=json.dumps([profile]))
    matched("match", "--now", NOW)
    matched("digest", "send", "--to-dir", matched.dir / "again", "--now", NOW)
    assert rows(matched, "SELECT state FROM outbox WHERE profile = ?", WHO) == [("suppressed",)]


# judging


def test_a_reader_judges_by_a_button_and_not_by_a_link(matched, site, links):
    url = card_link(matched, site, links)
    for query in ("", "?r=oui", "?r=non"):
        page = site.get(url + query)
        assert page.status == 200 and "Pourquoi" in page.text and "<mark>" in page.text
    assert rows(matched, "SELECT * FROM judgment") == []
    done = site.submit(url, 1, reason="place")
    assert done.status == 303
    assert "Noté" in site.get(done.headers["location"]).text
    assert rows(matched, "SELECT profile, grade, reason, origin FROM judgment") == [(WHO, 0, "place", "reader")]
    site.submit(url, 0)
    assert rows(matched, "SELECT grade, reason FROM judgment") == [(2, None)]
    assert site.submit(url, 2).status == 303
    assert rows(matched, "SELECT * FROM judgment") == []


def test_the_page_of_a_card_adds_up(matched, site, links):
    text = site.get(card_link(matched, site, links)).text
    said = re.search(r"score ([\d,]+) \(seuil", text).group(1)
    points = [float(p.replace(",", ".").replace("−", "-").replace("+", "").replace(" ", "").replace("\u202f", ""))
              for p in re.findall(r"<li><b>([^<]+)</b>\n", text[text.index('class="why"'):])]
    rest = re.search(r"indices?&nbsp;: ([+\d,]+)", text)
    total = sum(points) + (float(rest.group(1).replace(",", ".")) if rest else 0)
    assert abs(total - float(said.replace(",", "."))) < 0.05


def test_who_asks_for_the_detail_gets_every_reason(matched, site, links):
    best = max((m for m in matched.json("match", "--all", "--now", NOW) if m["profile"] == WHO), key=lambda m: m["score"])
    assert len(best["reasons"]) > 5
    text = site.get(card_link(matched, site, links)).text
    assert best["notice"] in card_link(matched, site, links)
    assert len(re.findall(r"<li><b>[+−]", text[text.index('class="why"'):])) == len(best["reasons"])
    assert "autres indices" not in text


# forms that are not ours


def test_every_other_form_needs_our_page(matched, site, links):
    card = card_link(matched, site, links)
    before = dump(matched)
    for url in (links["preferences"], links["preferences"] + "/effacer", card, "/inscription"):
        for number, fields in enumerate(site.get(url).forms()):
            bare = [(k, v) for k, v in fields if k != "form"]
            assert site.post(url, bare).status == 403, url
            assert site.post(url, bare + [("form", "x" * 43)]).status == 403
            assert site.post(url, fields, Origin="https://evil.example").status == 403
            assert site.post(url, fields, Origin="null").status == 403
            assert site.post(url, fields, Sec_Fetch_Site="cross-site").status == 403
            assert site.ask("POST", url, b"{}", {"Content-Type": "application/json"}).status == 400
    assert dump(matched) == before


def test_a_form_of_another_page_is_none_of_this(matched, site, links):
    other = dict(site.get(links["preferences"]).forms()[0])["form"]
    assert site.post(links["preferences"] + "/effacer", [("form", other)]).status == 403
    assert matched.json("profile", "show", WHO)


def test_a_method_that_a_page_has_not(site, links):
    assert site.post("/", []).status == 405
    assert site.post(links["atom"], []).status == 405


# everything together


def test_a_walk_over_every_link_changes_nothing(matched, site, links):
    before, seen = dump(matched), set()
    todo = ["/", "/robots.txt", "/inscription", *links.values()]
    draw = random.Random(6)
    while todo and len(seen) < 120:
        url = todo.pop(draw.randrange(len(todo)))
        if url in seen or not (url.startswith((BASE, "/"))):
            continue
        seen.add(url)
        for method in ("GET", "HEAD"):
            answer = site.ask(method, url)
            assert answer.status in (200, 303, 404), (url, answer.status)
        todo += [link for link in site.get(url).links() if link != BASE] + [url + "?lang=en", url + "?r=non"]
    assert len(seen) > 60
    assert dump(matched) == before


def test_every_page_says_what_a_browser_may_do(site, links, matched):
    card = card_link(matched, site, links)
    for url in ("/", "/nothing", "/inscription", card, *links.values()):
        headers = site.get(url).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["connection"] == "close"
        assert "set-cookie" not in headers
    assert "Disallow: /" in site.get("/robots.txt").text


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_is_sound(site, links, matched, language):
    card = card_link(matched, site, links)
    pages = ["/", "/nothing", "/inscription", card, links["unsubscribe"], links["preferences"],
             links["preferences"] + "/effacer"]
    for url in pages:
        text = site.get(f"{url}?lang={language}", Accept_Language=language).text
        assert f'<html lang="{language}">' in text, url
        assert len(re.findall(r"<h1[ >]", text)) == 1, url
        assert "<script" not in text and " on" not in re.sub(r">[^<]*<", "><", text).lower().replace(" only", ""), url
        assert "{{" not in text
        labelled = set(re.findall(r'<label for="([^"]+)"', text))
        for tag in re.findall(r"<(?:input|select|textarea)[^>]*>", text):
            kind = re.search(r'type="(\w+)"', tag)
            if kind and kind.group(1) in ("hidden", "radio", "checkbox"):
                continue
            assert re.search(r'id="([^"]+)"', tag).group(1) in labelled, (url, tag)
        levels = [int(n) for n in re.findall(r"<h(\d)", text)]
        assert all(b - a <= 1 for a, b in zip(levels, levels[1:])), url


def test_no_link_stands_in_the_log(server, site, links):
    for url in links.values():
        site.get(url)
    time.sleep(0.2)
    log = "".join(server.lines)
    assert "route=preferences status=200" in log
    for url in links.values():
        assert url.split("/")[5] not in log


def test_a_database_that_is_busy_is_waited_for(matched, site, links):
    import fcntl
    with open(f"{matched.db}-gate", "r+b") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        from concurrent.futures import ThreadPoolExecutor
        with ThreadPoolExecutor() as pool:
            done = pool.submit(site.post, links["unsubscribe"], [("List-Unsubscribe", "One-Click")])
            time.sleep(0.3)
            began = time.monotonic()
            assert site.get("/").status == 200  # nobody waits with it
            assert time.monotonic() - began < 0.3
            assert not done.done()
            fcntl.flock(gate, fcntl.LOCK_UN)
            assert done.result().status == 200
    assert unsubscribed(matched)
