"""The Explore API of BOAMP: pages of records, which may move while they are read."""

import re

import fake_http
import make_notice
import pytest

DAY, GAP = "2026-09-10", 75
RANGE = {"since": DAY, "until": DAY}


def records(server):
    return server.seen("/records")


@pytest.fixture
def pages(boamp, fill):
    """Two hundred and fifty records of a day, 26-20001 to 26-20250: three pages."""
    fill(boamp, 250, DAY, first=10001, html=False)
    return boamp


def test_all_pages_are_read_in_order_of_idweb(world, pages):
    done = world.fetch("explore", **RANGE)

    assert world.notices() == pages.refs(flux=False)
    assert (done["announced"], done["read"], done["new"]) == (250, 250, 250)
    assert {r.query["order_by"][0] for r in records(pages)} == {"idweb"}
    assert {r.query["where"][0] for r in records(pages)} == {f"dateparution=date'{DAY}'"}
    assert len(records(pages)) == 3
    assert world.coverage("explore")[DAY] == (250, 250, 0, 1, None)


def test_a_second_run_stores_nothing_new(world, pages):
    world.fetch("explore", **RANGE)
    done = world.fetch("explore", **RANGE)

    assert (done["new"], done["updated"], done["unchanged"]) == (0, 0, 250)
    assert world.raws() == {"read": 250}


def new_notice(number):
    return make_notice.flux_fnsimple(ref=f"26-{number}", published=DAY, html=False)


def on_pages(server, *changes):
    """Change i happens before page i + 2 of the first pass is answered."""
    pending = [None, *changes]

    def on_request(request):
        if request.path.endswith("/records") and pending:
            change = pending.pop(0)
            if change:
                change()

    server.on_request = on_request


@pytest.mark.parametrize("number", (15000, 20150, 30000), ids=("before", "between", "behind"))
def test_a_record_that_comes_while_pages_are_turned_is_not_lost(world, pages, number):
    pages.remove("26-20150")
    on_pages(pages, lambda: pages.add(new_notice(number)))
    world.fetch("explore", **RANGE)

    assert world.notices() == pages.refs(flux=False)
    assert world.coverage("explore")[DAY] == (250, 250, 0, 1, None)


@pytest.mark.parametrize("count", (1, 3))
def test_records_that_go_while_pages_are_turned_hide_none_behind_them(world, pages, count):
    gone = {f"26-{20050 + i}" for i in range(count)}
    on_pages(pages, lambda: [pages.remove(ref) for ref in gone])
    world.fetch("explore", **RANGE)

    # Those that went were there when we read them: they stay.
    assert world.notices() == pages.refs(flux=False) | gone
    assert world.coverage("explore")[DAY] == (250 - count, 250 - count, 0, 1, None)


def test_as_many_that_go_as_come_leave_the_total_but_are_noticed(world, pages):
    gone = {"26-20050", "26-20051", "26-20052"}

    def change():
        for i, ref in enumerate(sorted(gone)):
            pages.remove(ref)
            pages.add(new_notice(30000 + i))

    on_pages(pages, change)
    world.fetch("explore", **RANGE)

    assert world.notices() == pages.refs(flux=False) | gone
    assert world.coverage("explore")[DAY] == (250, 250, 0, 1, None)


def test_moves_that_leave_even_the_distinct_count_are_noticed(world, pages):
    """One forth and one back: as many distinct records as announced, but not those."""

    def forth():
        pages.add(new_notice(15000))
        pages.remove("26-20250")

    def back():
        pages.remove("26-20001")
        pages.add(new_notice(30000))

    on_pages(pages, forth, back)
    world.fetch("explore", **RANGE)

    assert len(records(pages)) == 6
    assert world.notices() == pages.refs(flux=False) | {"26-20001"}


def test_a_list_that_never_holds_still_is_a_gap(world, pages):
    numbers = iter(range(15000, 15100))

    def on_request(request):
        if "offset=0" not in request.target:
            pages.add(new_notice(next(numbers)))

    pages.on_request = on_request
    done = world.fetch("explore", GAP, **RANGE)
    assert "the list changed while it was read, 3 times" in done.reasons
    assert not world.coverage("explore")[DAY][3]

    pages.on_request = None
    world.fetch("explore", **RANGE)
    assert world.notices() == pages.refs(flux=False)


def test_no_page_is_asked_for_beyond_the_depth_of_the_api(world):
    answer = {"total_count": 12345, "results": [{"idweb": f"26-{n}"} for n in range(1, 101)]}
    with fake_http.FakeServer(lambda request: fake_http.json_response(answer)) as server:
        done = world.fetch("explore", GAP, explore_url=server.url, **RANGE)
        ends = [
            int(r.query["offset"][0]) + int(r.query["limit"][0]) for r in server.seen("/records")
        ]

    assert max(ends) == 10_000
    assert "12345 records, of which the API shows 10000" in done.reasons


def test_a_record_without_a_number_is_in_quarantine_and_its_neighbours_are_read(world, boamp):
    rows = [make_notice.api_record(ref=f"26-{n}", published=DAY) for n in (1, 2, 3)]
    del rows[1]["idweb"]
    answer = {"total_count": 3, "results": rows}
    with fake_http.FakeServer(lambda request: fake_http.json_response(answer)) as server:
        world.fetch("explore", explore_url=server.url, **RANGE)

    assert world.notices() == {"26-1", "26-3"}
    assert world.coverage("explore")[DAY] == (3, 3, 1, 1, None)


def test_a_record_that_holds_records_does_not_stop_the_others(world, boamp):
    rows = [make_notice.api_record(ref=f"26-{n}", published=DAY) for n in range(1, 5)]
    answer = {"total_count": 3, "results": [rows[0], {"results": rows[1:3]}, rows[3]]}
    with fake_http.FakeServer(lambda request: fake_http.json_response(answer)) as server:
        done = world.fetch("explore", GAP, explore_url=server.url, **RANGE)

    assert {"26-1", "26-4"} <= world.notices()
    assert "one notice expected, the answer has several" in done.reasons
    assert world.coverage("explore")[DAY][:4] == (3, 2, 0, 0)


def test_a_spent_quota_ends_the_run_and_leaves_gaps(world, pages):
    pages.quota = 2
    done = world.fetch("explore", GAP, since="2026-09-08", until=DAY)
    tries = world.settings["tries"]

    assert len(records(pages)) == 2 + tries  # and not a word about the other days
    assert "the server answers 429" in done.reasons
    assert re.search("explore, 2 days: not asked", done.reasons)
    assert not world.coverage("explore")[DAY][3]

    pages.quota = None
    world.fetch("explore", since="2026-09-08", until=DAY)
    assert world.notices() == pages.refs(flux=False)


@pytest.mark.parametrize(
    "fault",
    (
        fake_http.html_page(),
        fake_http.empty(),
        *map(fake_http.wrong_json, ("cut", "shape", "duplicate", "utf8", "deep")),
    ),
    ids=lambda f: f.name,
)
def test_a_wrong_answer_with_200_is_asked_for_again_and_never_believed(world, boamp, fill, fault):
    fill(boamp, 3, DAY)
    boamp.faults = fake_http.always(fault)
    world.fetch("explore", GAP, **RANGE)
    assert world.coverage("explore")[DAY][:4] == (None, 0, 0, 0)
    assert len(boamp.requests) == world.settings["tries"]

    boamp.faults = fake_http.sequence(fault, fault)
    world.fetch("explore", **RANGE)
    assert world.notices() == boamp.refs(flux=False)
    assert "quarantined" not in world.raws()
