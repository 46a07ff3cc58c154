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


def with_part(part):
    """A call with an element that no reader knows, as a publisher would bring it in one day."""
    def change(xml):
        text = xml.decode() if isinstance(xml, bytes) else xml
        return text.replace("<natureMarche>", f"<{part}>x</{part}><natureMarche>", 1).encode()
    return change


def publish_parts(app, days, odd):
    """Three notices a day; `odd` maps a day to the element that its first notice has besides."""
    folder = app.dir / "parts"
    folder.mkdir()
    for day in range(days):
        for n in range(3):
            ref = f"26-{52000 + day * 3 + n}"
            xml = make_notice.flux_fnsimple(ref=ref, title=f"Fourniture {day} {n}", published=DAY + datetime.timedelta(day))
            xml = xml if isinstance(xml, bytes) else xml.encode()
            (folder / f"{ref}.xml").write_bytes(with_part(odd[day])(xml) if n == 0 and day in odd else xml)
    app("import", folder)


def test_a_new_part_of_a_form_is_told(ready):
    publish_parts(ready, 8, {0: "ancien", 7: "nouveau"})
    news = ready.json("stats", "incidents", "--now", NOW)
    # the one of the first day is not new: nothing is known of the days before
    assert news == [{"incident": "unread", "source": "boamp", "day": "2026-03-09", "path": "initial/nouveau",
                     "notices": 1}]
    assert ("2026-03-09  new: initial/nouveau in 1 of its notices, which nothing here reads"
            in ready("stats", "incidents", "--now", NOW).stdout)
    assert ready.json("stats", "incidents", "--source", "ted", "--now", NOW) == []
    # in four weeks it is nothing new any more
    assert ready.json("stats", "incidents", "--now", "2026-04-20T20:00:00+02:00") == []


def test_what_comes_every_day_is_nothing_new(ready):
    publish_parts(ready, 9, dict.fromkeys(range(9), "ancien"))
    assert ready.json("stats", "incidents", "--now", NOW) == []
    ready("reparse")
    assert ready.json("stats", "incidents", "--now", NOW) == []
