"""How much a profile would bring, told before it is saved; and what a change of one changes."""

import json
import re

import make_notice
import pytest
from harness import refuse_crash
from web_client import BASE, Server, Site

NOW = ("--now", "2026-03-31T08:00:00+02:00")
GOOD = {"id": "rosee", "name": "Rosée", "keywords": ["arrosage goutte", "hydrophones"], "places": []}


@pytest.fixture
def spring(app):
    """A hundred and twenty purchases of hydrophones in March, each of another town; one of watering."""
    app("init", app.dir)
    spread(app, "Fourniture d'hydrophones, marché")
    return app


def spread(app, title, first=0):
    folder = app.dir / f"notices{first}"
    folder.mkdir()
    for i in range(first, first + 120):
        text = make_notice.flux_fnsimple(
            ref=f"26-{i}", title=f"{title} {i}", description=None,
            published=f"2026-03-{i % 19 + 10:02d}", deadline="2026-04-20T12:00:00",
            buyer=f"Commune d'Exemple-{i}",
        )  # fmt: skip
        (folder / f"{i}.xml").write_bytes(text if isinstance(text, bytes) else text.encode())
    app("import", folder, *NOW)


def test_a_flood_is_told_with_what_to_do(spring):
    done = spring("profile", "import", "-", *NOW, stdin=json.dumps([GOOD]))
    warning = 'rosee: about 38.2 purchases a week, a flood; without the keyword "hydrophones": about 0 a week'
    assert warning in done.stderr
    done = spring("profile", "add", "--name", "Sonde", "--keyword", "hydrophones", *NOW)
    assert "sonde: about 38.2 purchases a week, a flood" in done.stderr
    assert "a flood" in spring("profile", "try", "--keyword", "hydrophones", *NOW).stderr
    assert "a flood" not in spring("profile", "add", "--name", "Bois", "--keyword", "charpente", *NOW).stderr


def test_a_flood_is_told_on_the_web_before_it_is_saved(spring):
    spring("profile", "add", "--id", "sonde", "--name", "Sonde", "--keyword", "charpente", "--email", "ana@example.org", *NOW)
    server = Server(spring, now=NOW[1])
    try:
        site = Site(server.port)
        (links,) = spring.json("profile", "links", "sonde", "--config", spring.dir / "web.conf")
        told = site.submit(links["preferences"], keywords="charpente\nhydrophones", effort_days="3")
        assert told.status == 422
        assert "environ 38 marchés par semaine" in told.text and "Sans «&nbsp;hydrophones&nbsp;», environ 0." in told.text
        assert spring.json("profile", "show", "sonde")[0]["keywords"] == ["charpente"]
        again = told.forms()[0]
        assert ("keywords", "charpente\nhydrophones") in again and ("effort_days", "3") in again
        assert site.post(links["preferences"], again, Origin=BASE).status == 303
        assert spring.json("profile", "show", "sonde")[0]["keywords"] == ["charpente", "hydrophones"]
        # what was accepted is not told again when something else is changed
        assert site.submit(links["preferences"], language="en").status == 303
        told = site.submit(links["preferences"], description="Fourniture d'hydrophones")
        assert told.status == 422 and "about 38 purchases a week" in told.text
    finally:
        status = server.stop()
    refuse_crash(["serve"], status, "".join(server.lines))
    assert status == 0


def test_a_flood_is_told_to_who_signs_up_before_it_is_confirmed(spring):
    spread(spring, "Télérelève des compteurs d'eau, secteur", 1000)
    server = Server(spring, conf="[web]\nsignup = yes\n", now=NOW[1])
    try:
        site = Site(server.port)
        form = {"name": "Sonde", "email": "ana@example.org", "description": "Télérelève de compteurs d'eau"}
        site.submit("/inscription", **form)
        spring("digest", "send", "--to-dir", spring.dir / "mail", *NOW, "--config", spring.dir / "web.conf")
        (asked,) = spring.mail.messages("ana@example.org")
        link = re.search(re.escape(BASE) + r"/\S+", asked.get_body(("plain",)).get_content()).group()
        assert "environ 38 marchés par semaine" in site.get(link).text
        done = site.submit(link)
        assert "C’est confirmé" in done.text and "environ 38 marchés par semaine" in done.text
        assert "par semaine" not in site.get(link).text  # that was told
        calm = {**form, "email": "jo@example.org", "description": "Charpente et ossature en bois"}
        site.submit("/inscription", **calm)
        spring("digest", "send", "--to-dir", spring.dir / "mail", *NOW, "--config", spring.dir / "web.conf")
        (asked,) = spring.mail.messages("jo@example.org")
        link = re.search(re.escape(BASE) + r"/\S+", asked.get_body(("plain",)).get_content()).group()
        assert "par semaine" not in site.get(link).text
    finally:
        status = server.stop()
    refuse_crash(["serve"], status, "".join(server.lines))
    assert status == 0


def test_preview_of_a_file_and_of_a_registered_one(spring):
    path = spring.dir / "p.json"
    path.write_text(json.dumps([GOOD]))
    (of_file,) = spring.json("profile", "preview", path, *NOW)
    assert of_file["purchases"] == 120 and of_file["notices"] == 120 and of_file["since"] == "2026-03-10"
    assert of_file["weeks"] == 4 and of_file["silent_weeks"] == 0 and len(of_file["examples"]) == 5
    assert of_file["per_week"] == 38.2 and of_file["warning"] == "flood"
    spring("profile", "import", path, *NOW)
    assert spring.json("profile", "preview", "rosee", *NOW) == [of_file]
    text = spring("profile", "preview", "rosee", *NOW).stdout
    assert "about 38.2 a week" in text and max(map(len, text.splitlines())) <= 80


def test_an_archive_read_later_reaches_further_back(spring):
    """The first day is the earliest one of publication, not that of what arrived first."""
    folder = spring.dir / "archive"
    folder.mkdir()
    text = make_notice.flux_fnsimple(
        ref="26-900", title="Fourniture d'hydrophones, reliquat", description=None, published="2026-01-05",
        deadline="2026-02-20T12:00:00", buyer="Commune d'Exemple-900",
    )  # fmt: skip
    (folder / "a.xml").write_bytes(text if isinstance(text, bytes) else text.encode())
    spring("import", folder, *NOW)
    path = spring.dir / "p.json"
    path.write_text(json.dumps([GOOD]))
    (done,) = spring.json("profile", "preview", path, *NOW)
    assert (done["purchases"], done["since"], done["weeks"]) == (121, "2026-01-05", 13)
    assert done["silent_weeks"] == 8


def test_silence_and_near_misses(spring):
    silent = {"id": "sonar", "name": "Sonar", "keywords": ["sonar remorqué"]}
    path = spring.dir / "p.json"
    path.write_text(json.dumps([silent]))
    (done,) = spring.json("profile", "preview", path, *NOW)
    assert (done["purchases"], done["warning"], done["silent_weeks"]) == (0, "silence", 4)
    assert "hardly ever anything" in spring("profile", "preview", path, *NOW).stdout


def test_explain_proposes_what_works(spring):
    spring("profile", "add", "--name", "Sonar", "--keyword", "sonar remorqué", *NOW)
    why = spring.json("explain", "sonar", "boamp:26-1", *NOW)[-1]
    assert why["matches"] is False and why["change"] == 'add the keyword "hydrophones"'
    spring("profile", "edit", "sonar", "--add-keyword", "hydrophones", *NOW)
    assert spring.json("explain", "sonar", "boamp:26-1", *NOW)[-1]["matches"] is True


def test_verify_tells_that_the_profile_changed(spring):
    spring("profile", "add", "--name", "Sonde", "--keyword", "hydrophones", *NOW)
    spring("match", *NOW)
    assert spring.json("verify", "sonde", "boamp:26-1")[0]["result"] == "ok"
    spring("profile", "edit", "sonde", "--keyword", "sonar", *NOW)
    done = spring("verify", "sonde", "boamp:26-1", check=False)
    assert done.returncode == 65 and "the profile changed since it was matched" in done.stdout


def test_lists_are_changed_one_by_one(spring, refused):
    spring("profile", "import", "-", *NOW, stdin=json.dumps([GOOD]))
    done = spring("profile", "edit", "rosee", "--add-keyword", "vanne", "--remove-keyword", "hydrophones")
    assert "takes the place" not in done.stderr
    assert spring.json("profile", "show", "rosee")[0]["keywords"] == ["arrosage goutte", "vanne"]
    done = spring("profile", "edit", "rosee", "--keyword", "pompe")
    assert "--keyword replaces: arrosage goutte, vanne" in done.stderr
    refused(65, "profile", "edit", "rosee", "--remove-keyword", "vanne", says=("vanne", "but: pompe"))


def test_an_id_twice_in_one_file_is_a_mistake(spring):
    other = {**GOOD, "name": "Autre"}
    done = spring("profile", "import", "-", "--json", stdin=json.dumps([GOOD, other]), check=False)
    report = json.loads(done.stdout)
    assert (report["new"], report["rejected"]) == (1, 1)
    assert "twice" in report["failures"][0]["reason"]
    assert spring.json("profile", "show", "rosee")[0]["name"] == "Rosée"


def test_limits(spring, refused):
    refused(64, "notice", "list", "--limit", "-1", says="--limit")
    refused(64, "profile", "preview", "rosee", "--examples", "99", says="--examples")
    refused(65, "profile", "preview", "nobody", says="no profile nobody")
