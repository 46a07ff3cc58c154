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
