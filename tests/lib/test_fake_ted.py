"""The fake TED answers as the search API does, in both ways of turning pages."""

import datetime

import make_notice
import pytest
from client import DAY, ask, search


def iterate(ted, limit=100, **asked):
    token, numbers = None, []
    while True:
        page = search(
            ted,
            limit=limit,
            paginationMode="ITERATION",
            **({"iterationNextToken": token} if token else {}),
            **asked,
        )
        if not page["notices"]:
            return numbers
        numbers += [n["publication-number"] for n in page["notices"]]
        token = page["iterationNextToken"]


def test_ted_answer_shape(many_ted):
    page = search(
        many_ted,
        limit=1,
        fields=[
            "publication-number",
            "notice-title",
            "publication-date",
            "buyer-name",
            "classification-cpv",
            "links",
            "procedure-identifier",
            "sme-lot",
        ],
    )
    assert (
        page["totalNoticeCount"] == 260
        and page["timedOut"] is False
        and "iterationNextToken" not in page
    )
    notice = page["notices"][0]
    assert (
        notice["publication-number"] == "700101-2026"
        and notice["publication-date"] == "2026-09-10+02:00"
    )
    assert notice["buyer-name"]["fra"][0].startswith("Commune d'Essai") and isinstance(
        notice["notice-title"]["fra"], str
    )
    assert "sme-lot" not in notice  # what the notice does not say is absent
    url = notice["links"]["xml"]["MUL"]
    assert url == f"{many_ted.url}/en/notice/700101-2026/xml"
    status, headers, xml = ask(url)
    assert (
        status == 200 and headers["Content-Type"] == "application/xml" and b"00700101-2026" in xml
    )
    for missing in ("/en/notice/9-2026/xml", "/en/notice/x/xml", "/v3/notices"):
        assert ask(many_ted.url + missing)[0] == 404
    assert ask(many_ted.search_url)[0] == 405


def test_ted_both_pagination_modes(many_ted):
    announced = many_ted.refs(DAY, DAY)
    assert len(announced) == 260
    assert set(iterate(many_ted)) == announced and len(iterate(many_ted, limit=250)) == 260
    paged = [
        n["publication-number"]
        for p in (1, 2, 3, 4)
        for n in search(many_ted, limit=100, page=p)["notices"]
    ]
    assert set(paged) == announced and len(paged) == 260
    assert len(search(many_ted)["notices"]) == 10


def test_ted_iteration_reads_a_frozen_view(many_ted):
    page = search(many_ted, limit=250, paginationMode="ITERATION")
    many_ted.add(make_notice.eforms(ref="700000-2026", published=DAY))
    rest = search(
        many_ted,
        limit=250,
        paginationMode="ITERATION",
        iterationNextToken=page["iterationNextToken"],
    )
    assert (
        page["totalNoticeCount"] == rest["totalNoticeCount"] == 260 and len(rest["notices"]) == 10
    )
    assert search(many_ted)["totalNoticeCount"] == 261


def test_ted_tokens(many_ted):
    token = search(many_ted, limit=10, paginationMode="ITERATION")["iterationNextToken"]
    search(many_ted, 500, limit=10, paginationMode="ITERATION", iterationNextToken="not-a-token")
    many_ted.corrupt_token_status = 400
    wrong = search(many_ted, 400, limit=10, paginationMode="ITERATION", iterationNextToken="AAAA")
    assert wrong["type"] == "INVALID_ITERATION_TOKEN"
    many_ted.expire_tokens()
    wrong = search(many_ted, 400, limit=10, paginationMode="ITERATION", iterationNextToken=token)
    assert wrong["type"] == "EXPIRED_ITERATION_TOKEN"
    assert len(iterate(many_ted)) == 260  # a new iteration starts afresh


@pytest.mark.parametrize(
    "query, count",
    [
        ("publication-date=2026-09-10", 0),
        ("publication-date=10/09/2026", 0),  # a wrong date: 200 and nothing
        (
            "buyer-country IN (FRA) AND publication-date>=20260909 AND publication-date<=20260910",
            280,
        ),
        ("PD=(20260909 <> 20260909)", 20),
        ("buyer-country IN (FRA BEL) AND PD=20260910", 261),
        ("CY=BEL", 1),
        ("publication-date>=today(-1)", 281),
        ("publication-date=today(0)", 261),
        ("NOT buyer-country=FRA", 1),
        ("buyer-country NOT IN (FRA)", 1),
        ("notice-type IN (cn-standard cn-social) AND (CY=FRA OR CY=BEL)", 281),
        ("form-type=competition AND publication-number=700001-2026", 1),
        ("form-type=result", 0),
    ],
)
def test_ted_query(many_ted, query, count):
    assert search(many_ted, query=query)["totalNoticeCount"] == count


def test_ted_cpv_branches(many_ted):
    all_of_it = search(many_ted, query="CY IN (FRA)")["totalNoticeCount"]
    counts = [
        search(many_ted, query=f"CY=FRA AND classification-cpv IN ({c})")["totalNoticeCount"]
        for c in ("72*", "48*", "38*", "45*", "77*")
    ]
    assert sum(counts) == all_of_it and all(counts)


@pytest.mark.parametrize(
    "asked, kind",
    [
        ({"query": "buyer-contry IN (FRA)"}, "QUERY_UNKNOWN_FIELD"),
        ({"query": "CY=FRA SORT BY nosuch"}, "QUERY_UNKNOWN_FIELD"),
        ({"query": "buyer-country IN FRA"}, "QUERY_SYNTAX_ERROR"),
        ({"query": "CY=FRA AND"}, "QUERY_SYNTAX_ERROR"),
        ({"query": "CY=FRA §"}, "QUERY_SYNTAX_ERROR"),
        ({"query": " "}, "QUERY_SYNTAX_ERROR"),
        ({"fields": ["nosuch"]}, "UNSUPPORTED_VALUE"),
        ({"fields": ["links", "links"]}, "UNSUPPORTED_VALUE"),
        ({"limit": 251}, "SEARCH_EXCEEDS_MAX_LIMIT"),
        ({"page": 151, "limit": 100}, "SEARCH_WINDOW_TOO_WIDE"),
        ({"fields": [f"BT-{i}-Lot" for i in range(50)], "limit": 250}, "SEARCH_EXCEEDS_MAX_LIMIT"),
        ({"scope": "EVERYTHING"}, "UNSUPPORTED_VALUE"),
        ({"paginationMode": "CURSOR"}, "UNSUPPORTED_VALUE"),
    ],
)
def test_ted_errors(many_ted, asked, kind):
    assert search(many_ted, 400, **asked)["type"] == kind


def test_ted_timed_out_scope_and_fair_use(many_ted):
    many_ted.timed_out = 1
    page = search(many_ted, limit=100)
    assert (
        page["timedOut"] is True and len(page["notices"]) == 50 and page["totalNoticeCount"] == 260
    )
    assert search(many_ted, limit=100)["timedOut"] is False
    assert search(many_ted, query="CY=FRA", scope="LATEST")["totalNoticeCount"] == 260
    many_ted.today = datetime.date(2026, 10, 13)
    assert search(many_ted, query="CY=FRA", scope="ACTIVE")["totalNoticeCount"] == 0
    assert ask(many_ted.search_url, b"[]", {"Content-Type": "application/json"})[0] == 400
    assert ask(many_ted.search_url, b"{}", {"Content-Type": "text/plain"})[0] == 415
    many_ted.per_minute = 5
    assert ask(many_ted.url + "/en/notice/700101-2026/xml")[0] == 429
