"""TED: a search for a day's numbers, then each notice as XML."""

import re

import fake_http
import fake_ted
import pytest

THURSDAY, FRIDAY, SATURDAY, SUNDAY, TODAY = (f"2026-09-{d}" for d in range(10, 15))
GAP = 75
RANGE = {"since": THURSDAY, "until": THURSDAY}


def searches(server):
    return server.seen("/v3/notices/search")


def xmls(server):
    return [r.path for r in server.seen("/xml$")]


def test_the_announced_set_is_stored_each_notice_once(world, ted, fill):
    fill(ted, 12, THURSDAY)
    fill(ted, 5, FRIDAY, first=50)
    done = world.fetch("ted", since=THURSDAY, until=FRIDAY)

    assert world.notices("ted") == ted.refs()
    assert (done["announced"], done["new"], done["rejected"]) == (17, 17, 0)
    assert world.coverage("ted")[THURSDAY] == (12, 12, 0, 1, None)
    assert ted.connections == 1 and ted.peak_concurrency() == 1
    assert {r.headers["user-agent"] for r in ted.requests} == {world.settings["user_agent"]}


def test_the_search_is_asked_as_it_must_be(world, ted, fill):
    fill(ted, 1, THURSDAY)
    world.fetch("ted", **RANGE)

    for request in searches(ted):
        asked = request.json()
        dates = re.findall(r"(?:publication-date|PD)\s*[<>=]+\s*(\S+)", asked["query"])
        assert dates and set(dates) == {"20260910"}  # another form: 200 and zero notices
        assert "buyer-country IN (FRA)" in asked["query"]
        assert asked["scope"] == "ALL" and asked["paginationMode"] == "ITERATION"
        assert asked["limit"] <= 250 and asked["limit"] * len(asked["fields"]) <= 10_000
        assert request.headers["content-type"] == "application/json"


def test_another_country_is_not_asked_for(world, ted, fill):
    fill(ted, 2, THURSDAY)
    xml = next(iter(ted.held.values())).xml
    ted.add(xml, number="799999-2026", country="BEL")
    world.fetch("ted", **RANGE)

    assert xmls(ted) and not [p for p in xmls(ted) if "799999" in p]


def test_the_whole_iteration_is_read(world, ted, fill):
    fill(ted, 260, THURSDAY)
    world.fetch("ted", **RANGE)

    assert world.notices("ted") == ted.refs()
    assert len(searches(ted)) == 2
    tokens = [r.json().get("iterationNextToken") for r in searches(ted)]
    assert tokens[0] is None and tokens[1]


def test_a_second_run_asks_for_no_notice_again(world, ted, fill):
    fill(ted, 6, THURSDAY)
    world.fetch("ted", **RANGE)
    ted.clear()
    done = world.fetch("ted", **RANGE)

    assert xmls(ted) == []
    assert (done["new"], done["unchanged"]) == (0, 6)


def test_zero_on_a_working_day_is_not_believed_until_the_day_is_old(world, ted, fill):
    """A wrong date form, a lagging index: both answer 200 with zero notices."""
    ted.held = {}
    done = world.fetch("ted", GAP, since=THURSDAY)
    zero = "zero notices on a working day"
    assert "ted 2026-09-10: " + zero in done.reasons
    assert world.coverage("ted") == {
        THURSDAY: (0, 0, 0, 0, zero),
        FRIDAY: (0, 0, 0, 0, zero),
        SATURDAY: (0, 0, 0, 1, None),
        SUNDAY: (0, 0, 0, 1, None),
        TODAY: (0, 0, 0, 0, None),
    }
    assert world.cursor("ted") is None

    fill(ted, 3, FRIDAY)
    fill(ted, 2, TODAY, first=20)
    world.fetch("ted", now="2026-09-15T09:00:00+02:00")
    assert world.notices("ted") == ted.refs()
    assert world.coverage("ted")[THURSDAY] == (0, 0, 0, 1, None)  # five days later: so be it
    assert world.cursor("ted") == TODAY


def test_a_holiday_of_the_official_journal_has_no_notices(world, ted):
    world.fetch("ted", now="2026-12-28T12:00:00+01:00", since="2026-12-25", until="2026-12-25")

    assert world.coverage("ted")["2026-12-25"] == (0, 0, 0, 1, None)


def test_a_page_that_timed_out_is_asked_for_again(world, ted, fill):
    fill(ted, 9, THURSDAY)
    ted.timed_out = 2
    world.fetch("ted", **RANGE)
    assert world.notices("ted") == ted.refs()
    assert len(searches(ted)) == 3

    ted.timed_out = 99
    fill(ted, 1, FRIDAY, first=40)
    done = world.fetch("ted", GAP, since=FRIDAY, until=FRIDAY)
    assert "the search timed out" in done.reasons
    ted.timed_out = 0
    world.fetch("ted", since=FRIDAY, until=FRIDAY)
    assert world.notices("ted") == ted.refs()


@pytest.mark.parametrize("status", (400, 500))
def test_a_token_that_is_of_no_use_any_more_begins_the_day_anew(world, ted, fill, status):
    fill(ted, 255, THURSDAY)
    state = {"n": 0}

    def on_request(request):
        if request.path.endswith("/search") and "iterationNextToken" in request.json():
            state["n"] += 1
            if state["n"] == 1 and status == 400:
                ted.expire_tokens()
            elif state["n"] == 1:
                ted.views.clear()

    ted.on_request = on_request
    world.fetch("ted", **RANGE)
    first_pages = [r for r in searches(ted) if "iterationNextToken" not in r.json()]

    assert len(first_pages) == 2
    assert world.notices("ted") == ted.refs()


class Short(fake_ted.FakeTed):
    """Lists one notice less than it announces."""

    short = True

    def _iteration(self, *arguments):
        rows, start, name = super()._iteration(*arguments)
        return (rows if start == 0 or not self.short else []), start, name

    def _shown(self, held, fields):
        if self.short and held.number.startswith("700003-"):
            held = self.held["700002-2026"]
        return super()._shown(held, fields)


def test_a_list_shorter_than_its_total_is_read_again_and_then_a_gap(world, fill):
    with Short() as ted:
        world.points_at(ted)
        fill(ted, 5, THURSDAY)
        done = world.fetch("ted", GAP, **RANGE)
        assert "announces 5 notices and lists 4" in done.reasons
        assert len([r for r in searches(ted) if "iterationNextToken" not in r.json()]) == 3
        assert len(world.notices("ted")) == 4  # what it does list is here already

        ted.short = False
        world.fetch("ted", **RANGE)
        assert world.notices("ted") == ted.refs()


def test_a_refused_query_says_what_the_server_said(world, ted):
    answer = fake_http.status(400, b'{"type":"QUERY_UNKNOWN_FIELD","message":"Unknown field: x"}')
    ted.faults = fake_http.always(answer)
    done = world.fetch("ted", GAP, **RANGE)

    assert "QUERY_UNKNOWN_FIELD: Unknown field: x" in done.reasons
    assert len(ted.requests) == 1  # asking the same again would not help
    assert world.coverage("ted")[THURSDAY][:4] == (None, 0, 0, 0)


def test_a_link_to_another_host_is_not_followed(world, ted, fill):
    with fake_http.FakeServer() as elsewhere:
        ted.links_base = elsewhere.url
        fill(ted, 3, THURSDAY)
        world.fetch("ted", **RANGE)

        assert elsewhere.requests == []
    assert world.notices("ted") == ted.refs()


def test_a_notice_that_is_announced_but_not_found_is_a_gap(world, ted, fill):
    fill(ted, 3, THURSDAY)
    ted.faults = fake_http.matching("700002", fake_http.status(404), times=-1)
    done = world.fetch("ted", GAP, **RANGE)

    assert "700002-2026.xml: announced, but not found" in done.reasons
    assert world.coverage("ted")[THURSDAY][:4] == (3, 2, 0, 0)
    ted.faults = None
    world.fetch("ted", **RANGE)
    assert world.notices("ted") == ted.refs()
