"""TED, a back-fill: a past day of which much is missing comes in one package."""

import fake_http
import pytest

THURSDAY, FRIDAY, TODAY = "2026-09-10", "2026-09-11", "2026-09-14"
RANGE = {"since": THURSDAY, "until": THURSDAY}
GAP = 75


@pytest.fixture
def issue(ted, fill):
    """A day with many notices, and one of another country among them."""
    ted.issues = {THURSDAY: "176/2026", FRIDAY: "177/2026", TODAY: "178/2026"}
    fill(ted, 70, THURSDAY)
    ted.add(next(iter(ted.held.values())).xml, number="799999-2026", country="BEL")
    return ted


def packages(server):
    return [r.path for r in server.seen("/packages/")]


def xmls(server):
    return [r.path for r in server.seen("/xml$")]


def test_one_request_brings_the_announced_notices_of_the_day(world, issue):
    done = world.fetch("ted", **RANGE)

    assert packages(issue) == ["/packages/daily/202600176"] and xmls(issue) == []
    assert world.notices("ted") == issue.refs()
    assert (done["announced"], done["new"], done["rejected"]) == (70, 70, 0)
    assert world.coverage("ted")[THURSDAY] == (70, 70, 0, 1, None)

    issue.clear()
    again = world.fetch("ted", **RANGE)
    assert packages(issue) == [] and again["unchanged"] == 70


def test_a_few_missing_notices_are_got_one_by_one(world, issue, fill):
    fill(issue, 20, FRIDAY, first=200)
    world.fetch("ted", since=FRIDAY, until=FRIDAY)

    assert packages(issue) == [] and len(xmls(issue)) == 20


def test_a_day_that_is_not_over_is_got_one_by_one(world, issue, fill):
    fill(issue, 65, TODAY, first=300)
    world.fetch("ted", since=TODAY, until=TODAY)

    assert packages(issue) == [] and len(xmls(issue)) == 65


def test_what_the_package_lacks_is_got_one_by_one(world, issue):
    issue.package = lambda day: fake_ted_package(issue, day, leave_out={"700003-2026"})
    world.fetch("ted", **RANGE)

    assert len(packages(issue)) == 1
    assert xmls(issue) == ["/en/notice/700003-2026/xml"]
    assert world.coverage("ted")[THURSDAY] == (70, 70, 0, 1, None)


def fake_ted_package(server, day, leave_out):
    kept = {k: server.held.pop(k) for k in leave_out}
    try:
        return type(server).package(server, day)
    finally:
        server.held.update(kept)


@pytest.mark.parametrize("size", (0, 1, 100, -200, -1))
def test_nothing_is_taken_of_a_package_that_is_cut(world, issue, size):
    whole = issue.package(THURSDAY)
    issue.package = lambda day: whole[:size]
    world.fetch("ted", **RANGE)

    assert len(packages(issue)) == world.settings["tries"]
    assert len(xmls(issue)) == 70 and world.notices("ted") == issue.refs()
    assert world.raws() == {"read": 70}


def test_a_package_with_a_wrong_checksum_brings_nothing(world, issue):
    whole = bytearray(issue.package(THURSDAY))
    whole[-6] ^= 1
    issue.package = lambda day: bytes(whole)
    world.fetch("ted", **RANGE)

    assert len(xmls(issue)) == 70 and world.raws() == {"read": 70}


def test_a_package_that_does_not_exist_yet_is_no_failure(world, issue):
    issue.faults = fake_http.matching("/packages/", fake_http.status(404), times=-1)
    world.fetch("ted", **RANGE)

    assert len(packages(issue)) == 1 and len(xmls(issue)) == 70


@pytest.mark.parametrize(
    "issue_number", ("", "176", "176/26", "/2026", "x/2026", "0/2026", "999999/2026", "2026/S x-1")
)
def test_a_number_that_is_none_means_no_package(world, issue, issue_number):
    issue.issues[THURSDAY] = issue_number
    world.fetch("ted", **RANGE)

    assert packages(issue) == [] and world.notices("ted") == issue.refs()


@pytest.mark.parametrize("issue_number", ("2026/S 176-092177", "2026/S 176", " 176 / 2026 "))
def test_other_forms_of_the_number_are_understood(world, issue, issue_number):
    issue.issues[THURSDAY] = issue_number
    issue.day_of_issue = lambda number: THURSDAY if number == "176/2026" else None
    world.fetch("ted", **RANGE)

    assert len(packages(issue)) == 1 and xmls(issue) == []
    assert world.notices("ted") == issue.refs()
