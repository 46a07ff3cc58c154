"""A publisher changes its form and nothing fails: only the share of notices that lack something tells."""

import datetime

import make_notice

DAY = datetime.date(2026, 3, 2)
NOW = "2026-03-22T20:00:00+01:00"


def publish(app, days, **missing):
    """Twenty notices a day; those of the last day lack what `missing` says."""
    folder = app.dir / "days"
    folder.mkdir()
    for day in range(days):
        for n in range(20):
            ref = f"26-{51000 + day * 20 + n}"
            what = missing if day == days - 1 else {}
            xml = make_notice.flux_fnsimple(ref=ref, title=f"Fourniture {day} {n}", published=DAY + datetime.timedelta(day),
                                            buyer=f"Commune {n}", **what)
            (folder / f"{ref}.xml").write_bytes(xml if isinstance(xml, bytes) else xml.encode())
    app("import", folder)


def test_drift_is_told(ready):
    publish(ready, 12, cpv=())
    (drift,) = [i for i in ready.json("stats", "incidents", "--now", NOW) if i["incident"] == "drift"]
    assert drift == {"incident": "drift", "source": "boamp", "day": "2026-03-13", "field": "cpv",
                     "lacking_percent": 100, "usual_percent": 0}
    assert "drift: 100 % of its notices lack cpv" in ready("stats", "incidents", "--now", NOW).stdout
    (boamp,) = [s for s in ready.json("source", "list", "--now", NOW) if s["source"] == "boamp"]
    assert boamp["drift"] == ["cpv"]
    assert "100 % lack cpv" in ready("source", "list", "--now", NOW).stdout
    assert ready.json("stats", "incidents", "--source", "ted", "--now", NOW) == []


def test_as_ever_is_no_drift(ready):
    publish(ready, 8)
    assert ready.json("stats", "incidents", "--now", NOW) == []
    assert {tuple(s["drift"]) for s in ready.json("source", "list", "--now", NOW)} == {()}
