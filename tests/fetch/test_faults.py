"""
Servers that break, lie, stall and refuse, and a programme that is killed: afterwards one quiet run has
exactly the announced set, each notice once.
"""

import os
import random
import time

import fake_http
import fake_ted
import make_notice
import pytest

DAYS = ("2026-09-10", "2026-09-11", "2026-09-12")
RANGE = {"since": DAYS[0], "until": DAYS[-1]}
ONE = {"since": DAYS[0], "until": DAYS[0]}
GAP = 75
SEEDS = int(os.environ.get("APPARITEUR_FETCH_SEEDS", 12))  # per source
KILLS = int(os.environ.get("APPARITEUR_FETCH_KILLS", 12))  # per source
SOURCES = ("boamp", "explore", "ted")

# Every kind of fault that costs no waiting; those that do have tests of their own.
KINDS = (
    lambda rng: fake_http.too_many(rng.choice((0, None))),
    lambda rng: fake_http.unavailable(rng.choice((0, None))),
    lambda rng: fake_http.status(rng.choice((404, 500, 502, 504, 403))),
    lambda rng: fake_http.reset(rng.choice((None, 0, 100, 1000))),
    lambda rng: fake_http.cut(rng.random(), rng.choice(("length", "chunked", "close"))),
    lambda rng: fake_http.wrong_json(rng.choice(("cut", "shape", "duplicate", "utf8", "deep"))),
    lambda rng: fake_http.html_page(),
    lambda rng: fake_http.empty(),
    lambda rng: fake_http.gzipped(),
    lambda rng: fake_http.redirect_chain(rng.choice((1, 2, 3, None))),
    lambda rng: fake_http.redirect("ftp://127.0.0.1/x"),
    lambda rng: fake_http.garbage(),
    lambda rng: fake_http.oversized(3_000_000, rng.choice(("length", "chunked", "close"))),
    lambda rng: fake_http.long_header(),
    lambda rng: fake_http.body(b'<?xml version="1.0"?><notice><cut', None, "cut-xml"),
)


def storm(seed, rate):
    """Faults as they come, also many in a row."""
    rng = random.Random(f"storm {seed}")

    def plan(request):
        if request.path.startswith("/__hop") or rng.random() >= rate:
            return None
        return rng.choice(KINDS)(rng)

    return plan


@pytest.fixture(params=SOURCES)
def publisher(request, world):
    """(source, server, source of the stored notices)"""
    server = request.getfixturevalue("ted" if request.param == "ted" else "boamp")
    return request.param, server, "ted" if request.param == "ted" else "boamp"


def announced(source, server):
    return server.refs() if source == "ted" else server.refs(flux=source == "boamp")


def exactly(world, source, server, stored_as):
    """The promise: a quiet run ends with the announced set, each notice once and in its last state."""
    server.faults = None
    done = world.fetch(source, **RANGE)
    assert done["failures"] == []
    assert world.notices(stored_as) == announced(source, server)
    for day, (count, stored, _, complete, error) in world.coverage(source).items():
        assert count == stored and complete and error is None, day
    assert world.rows("SELECT count(*) FROM raw WHERE state = 'pending'") == [(0,)]
    world.sound()


@pytest.mark.parametrize("seed", range(SEEDS))
def test_after_any_storm_the_set_is_exact(world, publisher, fill, seed):
    source, server, stored_as = publisher
    rng = random.Random(f"weather {source} {seed}")
    for i, day in enumerate(DAYS):
        fill(server, rng.randrange(1, 9), day, first=1 + 100 * i, seed=seed)
    for i in range(3):
        server.faults = storm(f"{source} {seed} {i}", rng.choice((0.1, 0.4, 0.8)))
        arguments = world.arguments(source, tries=rng.choice((1, 2, 4)), body_max=2_000_000, **RANGE)
        done = world.app(*arguments, check=False)
        assert done.returncode in (0, GAP), done.stderr
        server.faults = None
        fill(server, 1, rng.choice(DAYS), first=1000 + i, seed=seed)
    exactly(world, source, server, stored_as)


def test_after_any_kill_the_set_is_exact(world, publisher, fill):
    source, server, stored_as = publisher
    rng = random.Random(f"kills {source}")
    for i, day in enumerate(DAYS):
        fill(server, 15, day, first=1 + 100 * i)
    # TED allows some hundred downloads in six minutes, and we keep to that.
    more = max(1, min(15, 400 // (3 * KILLS))) if source == "ted" else 15
    server.latency = 0.002
    started = time.monotonic()
    world.fetch(source, **RANGE)
    whole = time.monotonic() - started
    killed = 0
    for i in range(KILLS):
        for j, day in enumerate(DAYS):
            fill(server, more, day, first=10_000 + 1000 * i + 100 * j)
        if source != "ted":
            ref = rng.choice(sorted(announced(source, server)))
            day = server.held[ref].day
            server.replace(make_notice.flux_fnsimple(ref=ref, title=f"Objet {i}", published=day))
        server.faults = storm(f"kill {source} {i}", rng.choice((0, 0, 0.2)))
        killed += world.kill(source, rng.uniform(0, 0.8 * whole), body_max=2_000_000, **RANGE)
    server.latency = 0
    exactly(world, source, server, stored_as)

    assert killed >= KILLS / 4  # the others came too late
    titles = dict(world.rows("SELECT ref, title FROM notice"))
    if source != "ted":
        assert titles == {ref: server.held[ref].record["objet"].replace("&#039;", "'") for ref in titles}


@pytest.mark.parametrize("how", ("length", "chunked", "close"))
def test_a_body_that_is_cut_is_never_kept(world, boamp, fill, how):
    """Cut at every kilobyte and at the edges, the index as well as the files."""
    fill(boamp, 4, DAYS[0])
    tried = {}

    def plan(request):
        size = len(boamp.respond(request).body)
        places = [0, 1, 50, *range(1024, size, 1024), size - 20, size - 2]
        n = tried[request.path] = tried.get(request.path, 0) + 1
        return fake_http.cut(places[n - 1], how) if n <= len(places) else None

    boamp.faults = plan
    world.fetch("boamp", tries=20, wait_base_ms=0, **ONE)

    assert len(tried) == 5 and min(tried.values()) >= 6
    assert world.notices() == boamp.refs()
    assert world.raws() == {"read": 4}


@pytest.mark.parametrize("how", ("length", "chunked", "close"))
def test_a_body_that_is_always_cut_at_the_same_place_is_a_gap(world, boamp, fill, how):
    fill(boamp, 3, DAYS[0])
    boamp.faults = fake_http.matching("26-10002", fake_http.cut(700, how), times=-1)
    world.fetch("boamp", GAP, **ONE)

    assert world.coverage("boamp")[DAYS[0]][:4] == (3, 2, 0, 0)
    assert world.raws() == {"read": 2}


@pytest.mark.parametrize(
    "fault",
    (
        fake_http.html_page(),
        fake_http.empty(),
        fake_http.body(b'{"error":"maintenance"}', "application/json", "json"),
        fake_http.body(b'<?xml version="1.0"?><!DOCTYPE html><html><body/></html>', None, "xhtml"),
        fake_http.body(b"<html><body>x</body></html>", "application/xml", "html-as-xml"),
    ),
    ids=lambda f: f.name,
)
def test_an_error_page_in_place_of_a_notice_is_never_kept(world, boamp, fill, fault):
    fill(boamp, 3, DAYS[0])
    boamp.faults = fake_http.matching("26-10002", fault, times=-1)
    world.fetch("boamp", GAP, **ONE)
    assert world.coverage("boamp")[DAYS[0]][:4] == (3, 2, 0, 0)
    assert world.raws() == {"read": 2}

    boamp.faults = fake_http.matching("26-10002", fault, fault)
    world.fetch("boamp", **ONE)
    assert world.notices() == boamp.refs()


def test_retry_after_is_honoured(world, boamp, fill):
    fill(boamp, 2, DAYS[0])
    boamp.faults = fake_http.sequence(fake_http.too_many(1), None, fake_http.unavailable(1))
    world.fetch("boamp", **ONE)

    gaps = boamp.gaps()
    assert [r.status for r in boamp.requests] == [429, 200, 503, 200, 200]
    assert gaps[0] >= 1 and gaps[2] >= 1
    assert boamp.peak_rate(0.9) <= 3
    assert world.notices() == boamp.refs()


@pytest.mark.parametrize("code", (429, 503))
def test_a_longer_retry_after_than_we_wait_ends_the_run_at_once(world, boamp, fill, code):
    for i, day in enumerate(DAYS):
        fill(boamp, 2, day, first=10 * i)
    boamp.faults = fake_http.matching("26-10010", fake_http.too_many(3600, code), times=-1)
    started = time.monotonic()
    done = world.fetch("boamp", GAP, **RANGE)

    assert time.monotonic() - started < 5
    assert f"the server answers {code} and asks to wait 3600 s" in done.reasons
    assert boamp.requests[-1].status == code and not boamp.seen("/2026/09/10/")
    assert world.coverage("boamp")[DAYS[0]] == (None, 0, 0, 0, "not asked yet")
    ((error,),) = world.rows("SELECT error FROM source WHERE name = 'boamp'")
    assert "3600 s" in error
    exactly(world, "boamp", boamp, "boamp")
    assert world.rows("SELECT error FROM source WHERE name = 'boamp'") == [(None,)]


def test_a_fair_use_limit_is_kept_by_waiting(world, fill):
    with fake_ted.FakeTed() as ted:
        world.points_at(ted)
        fill(ted, 4, DAYS[0])
        ted.faults = fake_http.sequence(None, None, fake_http.too_many(1), fake_http.too_many(1))
        world.fetch("ted", **ONE)

        assert [round(g) for g in ted.gaps() if g > 0.5] == [1, 1]
        assert world.notices("ted") == ted.refs()


def test_waits_grow_and_are_never_longer_than_the_longest(world, boamp, fill):
    fill(boamp, 1, DAYS[0])
    boamp.faults = fake_http.always(fake_http.status(500))
    started = time.monotonic()
    world.fetch("boamp", GAP, tries=8, wait_base_ms=20, wait_max_ms=100, **ONE)

    assert len(boamp.requests) == 8
    assert all(gap < 0.1 + 0.15 for gap in boamp.gaps())
    assert 0.02 < time.monotonic() - started < 5


def test_a_server_that_only_fails_is_left_alone_after_five_requests(world, boamp, fill):
    fill(boamp, 20, DAYS[0])
    boamp.faults = fake_http.matching(r"\.xml$", fake_http.status(500), times=-1)
    done = world.fetch("boamp", GAP, tries=2, since="2026-09-01", until=DAYS[0])

    assert len(boamp.seen(r"\.xml$")) == 5 * 2
    assert "5 requests in a row failed" in done.reasons
    assert "boamp, 9 days: not asked" in done.reasons
    assert world.coverage("boamp")["2026-09-01"] == (None, 0, 0, 0, "not asked yet")
    boamp.faults = None
    world.fetch("boamp", **ONE)
    assert world.notices() == boamp.refs()


def test_a_server_that_is_not_there_is_an_error_and_a_gap(world, boamp):
    boamp.stop()
    done = world.fetch("boamp", GAP, tries=2, **ONE)

    assert "boamp" in done.reasons and "onnect" in done.reasons
    assert world.coverage("boamp")[DAYS[0]][:4] == (None, 0, 0, 0)
    ((since, error),) = world.rows("SELECT failing_since, error FROM source WHERE name = 'boamp'")
    assert since is not None and error


def test_redirects_are_followed_three_times_and_never_to_another_scheme(world, boamp, fill):
    fill(boamp, 1, DAYS[0])
    boamp.faults = fake_http.sequence(fake_http.redirect_chain(3))
    world.fetch("boamp", tries=1, **ONE)
    assert world.notices() == boamp.refs()

    for fault in (
        fake_http.redirect_chain(4),
        fake_http.redirect_chain(None),
        fake_http.redirect("ftp://127.0.0.1/"),
        fake_http.redirect("file:///etc/passwd"),
    ):
        boamp.faults = fake_http.sequence(fault)
        done = world.fetch("boamp", GAP, tries=1, **ONE)
        assert "redirected" in done.reasons, fault


@pytest.mark.parametrize("how", ("length", "chunked", "close"))
def test_a_body_over_the_ceiling_is_given_up_and_not_asked_for_again(world, boamp, fill, how):
    fill(boamp, 3, DAYS[0])
    boamp.faults = fake_http.matching("26-10002", fake_http.oversized(50_000_000, how), times=-1)
    done = world.fetch("boamp", GAP, body_max=100_000, **ONE)

    assert len(boamp.seen("26-10002")) == 1
    assert "26-10002.xml" in done.reasons
    assert world.raws() == {"read": 2}
    boamp.faults = None
    world.fetch("boamp", **ONE)
    assert world.notices() == boamp.refs()


def test_a_small_answer_that_unpacks_into_a_large_one_is_given_up(world, boamp, fill):
    fill(boamp, 1, DAYS[0])
    boamp.faults = fake_http.matching(r"\.xml$", fake_http.gzipped(bomb=20_000_000), times=-1)
    world.fetch("boamp", GAP, body_max=100_000, **ONE)

    assert world.raws() == {}


def test_a_body_that_dribbles_is_given_up(world, boamp, fill):
    fill(boamp, 1, DAYS[0])
    boamp.faults = fake_http.matching(r"\.xml$", fake_http.slow_body(20))
    started = time.monotonic()
    world.fetch("boamp", stall_timeout_s=1, **ONE)

    assert time.monotonic() - started < 6
    assert len(boamp.seen(r"\.xml$")) == 2
    assert world.notices() == boamp.refs()
