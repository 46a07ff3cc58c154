"""What `stats coverage` tells of a source: counts, gaps with their end, links."""

import json

import fake_http
import make_notice

THURSDAY, FRIDAY = "2026-09-10", "2026-09-11"
NOW, LATER = "2026-09-14T18:00:00+02:00", "2026-09-14T20:00:00+02:00"
GAP = 75


def coverage(world, day, now=NOW):
    done = world.app("stats", "coverage", "--since", day, "--until", day, "--now", now, "--json")
    (row,) = [json.loads(line) for line in done.stdout.splitlines()]
    return row


def test_a_day_counts_what_was_announced_stored_and_linked(world, boamp, fill):
    (call, _, _) = fill(boamp, 3, THURSDAY)
    boamp.add(make_notice.flux_fnsimple(ref="26-90001", published=THURSDAY, kind="change", previous=call))
    world.fetch("boamp", since=THURSDAY, until=THURSDAY)

    row = coverage(world, THURSDAY)
    assert (row["announced"], row["stored"], row["rejected"], row["linked"]) == (4, 4, 0, 2)
    assert row["complete"] and row["gap"] is None and row["drift"] == []


def test_what_nothing_reads_is_counted_and_new_when_it_is(world, boamp):
    days = [f"2026-09-{day:02d}" for day in range(5, 11)]
    for i, day in enumerate(days):
        boamp.add(make_notice.flux_fnsimple(ref=f"26-9100{i}", published=day))
    xml = make_notice.flux_fnsimple(ref="26-90002", published=days[-1])
    boamp.add(xml.replace(b"<natureMarche>", b"<humeur>x</humeur><natureMarche>", 1))
    for day in days:
        world.fetch("boamp", since=day, until=day)

    assert coverage(world, days[0])["unread"] == []
    assert coverage(world, days[-1])["unread"] == [{"path": "initial/humeur", "notices": 1, "new": True}]
    text = world.app("stats", "coverage", "--since", days[-1], "--until", days[-1], "--now", NOW).stdout
    assert "new: initial/humeur in 1 notices, which nothing here reads" in text
    assert "unread: 1 kinds of parts" in text


def test_a_gap_is_shown_while_it_is_open_and_after_its_end(world, boamp, fill):
    lost = fill(boamp, 3, FRIDAY)[1]
    boamp.faults = fake_http.matching(f"/{lost}.xml", fake_http.status(503), times=-1)
    world.fetch("boamp", since=FRIDAY, until=FRIDAY, status=GAP)

    row = coverage(world, FRIDAY)
    assert (row["announced"], row["stored"], row["complete"]) == (3, 2, False)
    assert row["gap"]["since"] and row["gap"]["ended"] is None
    text = world.app("stats", "coverage", "--since", FRIDAY, "--until", FRIDAY, "--now", NOW).stdout
    assert "1 of 3 missing" in text and "gap since" in text
    assert max(map(len, text.splitlines())) <= 80

    boamp.faults = None
    world.fetch("boamp", since=FRIDAY, until=FRIDAY, now=LATER)
    row = coverage(world, FRIDAY, LATER)
    assert row["complete"] and row["gap"]["ended"] == LATER
