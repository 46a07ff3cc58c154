"""Who was shown a purchase is told what becomes of it: called off, corrected, or its deadline moved."""

import json

import make_notice

PROFILE = [{
    "id": "rosee", "name": "Rosée", "email": "rosee@example.org", "keywords": ["arrosage"],
}]
DAY = "2026-03-{:02d}T08:00:00+01:00"


def record(ref, day, deadline, **more):
    return make_notice.flux_fnsimple(
        ref=ref, title="Arrosage du stade", published=f"2026-03-{day:02d}", deadline=deadline, **more
    )


def tell(app, day):
    app("match", "--quiet", "--now", DAY.format(day))
    done = app("digest", "send", "--to-dir", app.mail, "--now", DAY.format(day), "--json")
    return json.loads(done.stdout)["composed"]


def start(app):
    app("init", app.dir)
    app("profile", "import", "-", stdin=json.dumps(PROFILE))


def put(app, name, text, day):
    path = app.dir / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    app("import", path, "--now", DAY.format(day))


def test_a_moved_deadline_is_told_as_before_and_after(app):
    start(app)
    put(app, "a.xml", record("26-1", 2, "2026-03-20T12:00:00"), 2)
    assert tell(app, 2) == 1
    put(app, "b.xml", record("26-1", 2, "2026-03-27T12:00:00"), 3)
    assert tell(app, 3) == 1
    text = app.mail.texts()[-1]
    assert "MODIFIÉ" in text
    assert "vendredi 27 mars 2026 à 12:00" in text
    assert "au lieu de vendredi 20 mars 2026 à 12:00" in text
    assert tell(app, 4) == 0


def test_a_cancellation_is_told_once_to_who_was_shown_the_purchase(app):
    start(app)
    put(app, "a.xml", record("26-1", 2, "2026-03-20T12:00:00"), 2)
    assert tell(app, 2) == 1
    put(app, "b.xml", record("26-2", 3, None, kind="cancellation", previous="26-1"), 3)
    assert tell(app, 3) == 1
    text = app.mail.texts()[-1]
    assert "ANNULÉ" in text and "Arrosage du stade" in text
    assert tell(app, 4) == 0


def test_a_cancellation_of_what_was_never_shown_is_no_news(app):
    start(app)
    put(app, "a.xml", record("26-1", 2, "2026-03-20T12:00:00"), 2)
    put(app, "b.xml", record("26-2", 3, None, kind="cancellation", previous="26-1"), 3)
    assert tell(app, 3) == 0


def test_what_does_not_fit_today_comes_tomorrow(app):
    start(app)
    for i in range(10):
        put(app, f"{i}.xml", record(f"26-{i + 1}", 2, f"2026-04-{i + 10:02d}T12:00:00"), 2)
    assert tell(app, 2) == 1
    assert "Et 3 autres marchés" in app.mail.texts()[-1]
    assert tell(app, 3) == 1
    assert "3 marchés pour vous" in app.mail.texts()[-1]
    assert tell(app, 4) == 0
