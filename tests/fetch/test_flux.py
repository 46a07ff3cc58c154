"""The open-data flux of BOAMP: an index a day, a file a notice."""

import datetime
import hashlib
import signal
import time

import fake_boamp
import fake_http
import make_notice
import pytest
from fake_boamp import PARIS

THURSDAY, FRIDAY, SATURDAY, SUNDAY, TODAY = (f"2026-09-{d}" for d in range(10, 15))
GAP = 75


@pytest.fixture
def week(boamp, fill):
    """Notices on each of the last days."""
    for i, day in enumerate((THURSDAY, FRIDAY, SATURDAY, SUNDAY, TODAY)):
        fill(boamp, 4, day, first=1 + 10 * i)
    return boamp


def files(server):
    return [r.path.rsplit("/", 1)[1] for r in server.seen(r"\.xml$")]


def test_the_announced_set_is_stored_each_notice_once(world, week):
    done = world.fetch("boamp")

    assert world.notices() == week.refs(since=FRIDAY)
    assert (done["announced"], done["read"], done["new"], done["rejected"]) == (16, 16, 16, 0)
    assert done["failures"] == []
    assert world.raws() == {"read": 16}
    past = (4, 4, 0, 1, None)
    assert world.coverage("boamp") == {
        FRIDAY: past, SATURDAY: past, SUNDAY: past, TODAY: (4, 4, 0, 0, None),
    }
    assert world.cursor("boamp") == SUNDAY


def test_a_second_run_asks_for_the_indexes_of_the_overlap_and_for_no_file(world, week):
    world.fetch("boamp")
    week.clear()
    done = world.fetch("boamp")

    assert [r.path for r in week.requests] == [
        f"/OPENDATA/BOAMP/2026/09/{d}/" for d in (14, 13, 12, 11)
    ]
    assert (done["announced"], done["new"], done["unchanged"]) == (16, 0, 16)
    assert world.raws() == {"read": 16}


def test_one_request_at_a_time_on_one_connection_under_our_name(world, week):
    week.latency = 0.005
    world.fetch("boamp")

    assert week.connections == 1
    assert week.peak_concurrency() == 1
    assert {r.headers["user-agent"] for r in week.requests} == {world.settings["user_agent"]}


def test_a_pause_lies_between_two_requests(world, week):
    world.fetch("boamp", since=TODAY, pause_ms=60)

    assert len(week.requests) == 5
    assert min(week.gaps()) >= 0.059


def test_what_trickles_in_during_the_day_is_fetched_by_the_next_poll(world, boamp, fill):
    def clock(hour):
        boamp.now = datetime.datetime(2026, 9, 14, hour, tzinfo=PARIS)
        return boamp.now.isoformat()

    early = fill(boamp, 3, TODAY)
    for _, late in make_notice.many(3, first=50, day=TODAY):
        boamp.add(late, modified=datetime.datetime(2026, 9, 14, 11, 30, tzinfo=PARIS))
    world.fetch("boamp", since=TODAY, now=clock(9))
    assert world.notices() == set(early)
    boamp.clear()
    done = world.fetch("boamp", since=TODAY, now=clock(12))

    assert done["new"] == 3 and len(files(boamp)) == 3
    assert world.notices() == boamp.refs()
    assert world.coverage("boamp")[TODAY] == (6, 6, 0, 0, None)


def test_a_file_that_changes_its_stamp_is_fetched_again(world, boamp, fill):
    ref = fill(boamp, 3, FRIDAY)[0]
    world.fetch("boamp", since=FRIDAY, until=FRIDAY)
    boamp.replace(make_notice.flux_fnsimple(ref=ref, published=FRIDAY, title="Objet corrigé"))
    boamp.clear()
    done = world.fetch("boamp", since=FRIDAY, until=FRIDAY)

    assert files(boamp) == [ref + ".xml"]
    assert done["updated"] == 1
    assert world.rows("SELECT version, title FROM notice WHERE ref = ?", ref) == [(2, "Objet corrigé")]


def test_the_other_look_of_an_index_reads_the_same(world, week):
    week.index_style = "pre"
    world.fetch("boamp")

    assert world.notices() == week.refs(since=FRIDAY)


def test_without_a_directory_today_has_nothing_yet_and_a_past_day_is_a_gap(world, boamp, fill):
    fill(boamp, 2, SUNDAY)
    done = world.fetch("boamp", GAP, since=SATURDAY)

    assert world.coverage("boamp") == {
        SATURDAY: (None, 0, 0, 0, "the publisher has no directory of this day"),
        SUNDAY: (2, 2, 0, 1, None),
        TODAY: (0, 0, 0, 0, None),
    }
    assert "boamp 2026-09-12: the publisher has no directory" in done.reasons
    assert world.cursor("boamp") is None

    fill(boamp, 1, SATURDAY, first=90)
    fill(boamp, 1, FRIDAY, first=91)
    world.fetch("boamp")
    assert world.notices() == boamp.refs()
    assert world.cursor("boamp") == SUNDAY


def test_days_of_former_years_stand_in_the_historic_flux(world, boamp, fill):
    refs = fill(boamp, 2, "2025-12-30", year="25")
    fill(boamp, 1, TODAY)
    boamp.current_year = 2026
    world.fetch("boamp", since="2025-12-30", until="2025-12-30")

    assert world.notices() == set(refs)
    assert [r.status for r in boamp.requests] == [404, 200, 200, 200]


def test_one_old_stretch_on_its_own_does_not_move_the_cursor(world, week, fill):
    fill(week, 1, "2026-03-02", first=80)
    world.fetch("boamp", since="2026-03-02", until="2026-03-02")
    assert world.cursor("boamp") is None
    world.fetch("boamp")

    assert world.cursor("boamp") == SUNDAY
    assert not week.seen("/2026/0[4-8]/")


def test_after_a_time_of_silence_all_days_since_the_cursor_are_fetched(world, week, fill):
    world.fetch("boamp")
    days = [f"2026-09-{d}" for d in range(15, 26)]
    for i, day in enumerate(days):
        fill(week, 1, day, first=100 + i)
    late = fill(week, 1, SATURDAY, first=200)
    world.fetch("boamp", now="2026-09-25T18:00:00+02:00")

    assert world.notices() == week.refs(since=FRIDAY)
    assert set(late) <= world.notices()
    assert world.cursor("boamp") == days[-2]


def test_a_gap_is_tried_again_by_later_runs_until_it_closes(world, week):
    week.faults = fake_http.matching("/26-10021.xml", fake_http.status(500), times=-1)
    done = world.fetch("boamp", GAP)
    assert world.coverage("boamp")[SATURDAY][:4] == (4, 3, 0, 0)
    assert "26-10021.xml: after 4 tries: the server answers 500" in done.reasons
    assert world.cursor("boamp") == FRIDAY

    week.faults = None
    week.clear()
    for day in range(15, 24):
        for _, notice in make_notice.many(1, first=100 + day, day=f"2026-09-{day}"):
            week.add(notice)
    world.fetch("boamp", now="2026-09-23T18:00:00+02:00")
    assert world.notices() == week.refs(since=FRIDAY)
    assert files(week).count("26-10021.xml") == 1
    assert world.cursor("boamp") == "2026-09-22"


class Tagged(fake_boamp.FakeBoamp):
    """Its indexes have an ETag."""

    def respond(self, request):
        response = super().respond(request)
        if response.status == 200 and request.path.endswith("/"):
            tag = f'"{hashlib.sha256(response.body).hexdigest()[:16]}"'
            response.headers["ETag"] = tag
            if request.headers.get("if-none-match") == tag:
                return fake_http.Response(304, {"ETag": tag})
        return response


def test_an_index_that_did_not_change_is_asked_for_conditionally(world, fill):
    with Tagged() as server:
        world.points_at(server)
        fill(server, 3, SUNDAY)
        fill(server, 3, TODAY, first=20)
        world.fetch("boamp", since=SUNDAY)
        server.clear()
        done = world.fetch("boamp", since=SUNDAY)
        assert [r.status for r in server.requests] == [304, 304]
        assert (done["announced"], done["unchanged"], done["new"]) == (6, 6, 0)
        assert world.coverage("boamp")[SUNDAY] == (3, 3, 0, 1, None)

        # The reading that closes a day takes the index as it is.
        server.clear()
        world.fetch("boamp", now="2026-09-15T00:30:00+02:00", since=TODAY, until=TODAY)
        assert [r.headers.get("if-none-match") for r in server.requests] == [None]
        assert world.coverage("boamp")[TODAY] == (3, 3, 0, 1, None)

        new = fill(server, 1, SUNDAY, first=40)
        world.fetch("boamp", since=SUNDAY, until=SUNDAY)
        assert set(new) <= world.notices()


def test_a_list_of_which_something_is_missing_is_never_asked_for_conditionally(world, fill):
    with Tagged() as server:
        world.points_at(server)
        fill(server, 3, SUNDAY)
        server.faults = fake_http.matching(r"\.xml$", fake_http.status(500), times=4)
        world.fetch("boamp", GAP, since=SUNDAY, until=SUNDAY)
        server.faults = None
        world.fetch("boamp", since=SUNDAY, until=SUNDAY)

        assert world.notices() == server.refs()
        assert not [r for r in server.requests if "if-none-match" in r.headers]


def test_an_unasked_304_is_no_answer(world, boamp, fill):
    fill(boamp, 2, SUNDAY)
    boamp.faults = fake_http.sequence(fake_http.status(304))
    world.fetch("boamp", since=SUNDAY, until=SUNDAY)

    assert world.notices() == boamp.refs()


def test_a_file_that_the_publisher_broke_is_in_quarantine_and_the_day_complete(world, boamp, fill):
    fill(boamp, 3, SUNDAY)
    good = boamp.held["26-10002"].xml
    boamp.held["26-10002"].xml = good.replace(b"</GESTION>", b"</GESTlON>")
    done = world.fetch("boamp", since=SUNDAY, until=SUNDAY)

    assert files(boamp).count("26-10002.xml") == world.settings["tries"]
    assert world.coverage("boamp")[SUNDAY] == (3, 3, 1, 1, None)
    assert world.raws() == {"read": 2, "quarantined": 1}
    assert done["rejected"] == 1 and "26-10002.xml" in done.reasons

    # Put right under the very same stamp: still found, while the day is re-read.
    boamp.held["26-10002"].xml = good
    world.fetch("boamp", since=SUNDAY, until=SUNDAY)
    assert world.notices() == boamp.refs()
    assert world.coverage("boamp")[SUNDAY] == (3, 3, 0, 1, None)


def test_a_well_formed_file_of_an_unknown_kind_is_in_quarantine_and_nothing_stops(world, boamp, fill):
    fill(boamp, 3, SUNDAY)
    boamp.held["26-10002"].xml = b'<?xml version="1.0"?><autre><chose/></autre>'
    world.fetch("boamp", since=SUNDAY, until=SUNDAY)

    assert world.notices() == boamp.refs() - {"26-10002"}
    assert world.coverage("boamp")[SUNDAY] == (3, 3, 1, 1, None)


def test_a_notice_that_is_taken_back_does_not_stand_for_one_that_is_missing(world, boamp, fill):
    fill(boamp, 3, SUNDAY)
    world.fetch("boamp", since=SUNDAY, until=SUNDAY)
    boamp.remove("26-10001")
    (new,) = fill(boamp, 1, SUNDAY, first=30)
    boamp.faults = fake_http.matching(f"/{new}.xml", fake_http.status(500), times=-1)
    world.fetch("boamp", GAP, since=SUNDAY, until=SUNDAY)

    assert world.coverage("boamp")[SUNDAY][:4] == (3, 2, 0, 0)


def test_a_failed_re_read_leaves_a_complete_day_complete(world, week):
    world.fetch("boamp")
    week.faults = fake_http.matching("/2026/09/12/$", fake_http.status(502), times=-1)
    done = world.fetch("boamp", GAP)

    assert "boamp 2026-09-12: after 4 tries: the server answers 502" in done.reasons
    assert world.coverage("boamp")[SATURDAY] == (4, 4, 0, 1, None)
    assert world.cursor("boamp") == SUNDAY


def test_told_to_stop_it_keeps_what_it_has_and_says_what_is_missing(world, boamp, fill):
    fill(boamp, 40, SUNDAY)
    boamp.latency = 0.05
    process = world.app.start(*world.arguments("boamp", since=SUNDAY, until=SUNDAY))
    while len(boamp.requests) < 12:
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    started = time.monotonic()
    process.communicate(timeout=20)

    assert time.monotonic() - started < 5
    assert process.returncode == GAP
    announced, stored, _, complete, error = world.coverage("boamp")[SUNDAY]
    assert announced == 40 and 5 < stored < 40 and not complete and "stopped" in error
    assert sum(world.raws().values()) == stored

    boamp.latency = 0
    boamp.clear()
    world.fetch("boamp", since=SUNDAY, until=SUNDAY)
    assert len(files(boamp)) == 40 - stored
    assert world.notices() == boamp.refs()
    assert world.rows("SELECT failing_since FROM source WHERE name = 'boamp'") == [(None,)]


def test_a_kill_costs_at_most_the_items_of_one_transaction(world, boamp, fill):
    fill(boamp, 130, SUNDAY)
    boamp.latency = 0.003
    process = world.app.start(*world.arguments("boamp", since=SUNDAY, until=SUNDAY))
    while len(boamp.requests) < 125:
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.002)
    process.kill()
    process.communicate(timeout=20)
    asked = len(boamp.seen(r"\.xml$"))

    kept = sum(world.raws().values())
    assert asked - 51 <= kept < 130
    boamp.clear()
    world.fetch("boamp", since=SUNDAY, until=SUNDAY)
    assert len(boamp.seen(r"\.xml$")) == 130 - kept
    assert world.notices() == boamp.refs()


def test_a_range_without_a_day_is_refused(world, boamp):
    done = world.fetch("boamp", GAP, since="2026-09-14", until="2026-09-10")

    assert "no day lies between 2026-09-14 and 2026-09-10" in done.reasons
    assert boamp.requests == []
