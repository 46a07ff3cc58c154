"""The fake BOAMP answers as the flux and the Explore API do."""

import csv
import datetime
import io
import json
import urllib.parse

import make_notice
import pytest
from client import DAY, ask, hrefs
from fake_boamp import FakeBoamp, parse_where

UTC = datetime.timezone.utc


@pytest.mark.parametrize("style", ["table", "pre"])
def test_flux_walk(style):
    with FakeBoamp(index_style=style) as boamp:
        boamp.add(make_notice.flux_fnsimple(ref="26-10002"))
        boamp.add(make_notice.flux_mapa(ref="26-9", published="2026-09-11"))
        assert "2026/" in hrefs(ask(boamp.flux_url)[2])
        assert "09/" in hrefs(ask(boamp.flux_url + "2026/")[2])
        assert {"10/", "11/"} < set(hrefs(ask(boamp.flux_url + "2026/09/")[2]))
        status, headers, page = ask(boamp.flux_url + "2026/09/10/")
        assert status == 200 and headers.get_content_charset() == "iso-8859-1"
        assert [h for h in hrefs(page) if h.endswith(".xml")] == ["26-10002.xml"]
        assert b"2026-09-10 04:46" in page and page.rstrip().endswith(b"</html>")
        content = ask(boamp.flux_url + "2026/09/10/26-10002.xml")[2]
        assert content == make_notice.flux_fnsimple(ref="26-10002")
        for missing in ("2026/09/12/", "2025/", "2026/09/10/26-1.xml", "nothing"):
            assert ask(boamp.flux_url + missing)[0] == 404
        status, headers, _ = ask(boamp.flux_url + "2026/09/10", follow=False)
        assert status == 301 and headers["Location"] == boamp.flux_url + "2026/09/10/"


def test_flux_times_are_paris_times():
    with FakeBoamp() as boamp:
        boamp.add(make_notice.flux_mapa(), datetime.datetime(2026, 9, 10, 7, 45, tzinfo=UTC))
        assert b"2026-09-10 09:45" in ask(boamp.flux_url + "2026/09/10/")[2]
        assert (
            ask(boamp.flux_url + "2026/09/10/26-10001.xml")[1]["Last-Modified"]
            == "Thu, 10 Sep 2026 07:45:00 GMT"
        )


def test_earlier_years_stand_in_the_history():
    with FakeBoamp(current_year=2026) as boamp:
        boamp.add(make_notice.flux_fnsimple(ref="25-7", published="2025-12-30"))
        boamp.add(make_notice.flux_fnsimple(ref="26-7"))
        assert ask(boamp.flux_url + "2025/12/30/")[0] == 404
        page = ask(boamp.flux_url + "FluxHistorique/Boamp_v240/2025/12/30/")[2]
        assert "25-7.xml" in hrefs(page)
        assert "2025/" in hrefs(ask(boamp.flux_url + "FluxHistorique/Boamp_v240/")[2])
        boamp.current_year = 2015
        assert ask(boamp.flux_url + "2025/12/30/25-7.xml")[0] == 200


def test_conditional_requests():
    with FakeBoamp() as boamp:
        boamp.add(make_notice.flux_fnsimple())
        url = boamp.flux_url + "2026/09/10/26-10001.xml"
        _, headers, _ = ask(url)
        tag, date = headers["ETag"], headers["Last-Modified"]
        assert ask(url, headers={"If-None-Match": tag})[0] == 304
        assert ask(url, headers={"If-None-Match": '"other"'})[0] == 200
        assert ask(url, headers={"If-Modified-Since": date})[0] == 304
        assert ask(url, headers={"If-Modified-Since": "nonsense"})[0] == 200
        boamp.replace(make_notice.flux_fnsimple(title="Autre"))
        assert ask(url, headers={"If-None-Match": tag})[0] == 200
        assert ask(url, headers={"If-Modified-Since": date})[0] == 200
        assert ask(boamp.flux_url + "2026/09/10/")[1]["Last-Modified"] is None


def test_a_day_trickles_in():
    with FakeBoamp() as boamp:
        for hour in (5, 12, 19):
            boamp.add(
                make_notice.flux_fnsimple(ref=f"26-{hour}"),
                datetime.datetime(2026, 9, 10, hour, tzinfo=UTC),
            )
        boamp.now = datetime.datetime(2026, 9, 10, 13, tzinfo=UTC)
        assert boamp.refs() == {"26-5", "26-12"}
        assert "26-19.xml" not in hrefs(ask(boamp.flux_url + "2026/09/10/")[2])
        boamp.now = None
        assert (
            boamp.refs(since=DAY, until=DAY) == {"26-5", "26-12", "26-19"}
            and boamp.refs(since="2026-09-11") == set()
        )
        boamp.remove("26-5")
        assert ask(boamp.flux_url + "2026/09/10/26-5.xml")[0] == 404


# ---------------------------------------------------------------- fake_boamp: the API


def records(boamp, endpoint="records", **parameters):
    status, headers, body = ask(f"{boamp.api_url}{endpoint}?{urllib.parse.urlencode(parameters)}")
    return status, headers, json.loads(body)


def test_api_pages_and_limits(many_boamp):
    where = "dateparution = date'2026-09-10'"
    status, headers, page = records(many_boamp, where=where, order_by="idweb", limit=100)
    assert status == 200 and page["total_count"] == 250 and len(page["results"]) == 100
    assert (
        int(headers["X-RateLimit-Remaining"]) < int(headers["X-RateLimit-Limit"])
        and headers["X-RateLimit-Reset"]
    )
    seen = []
    for offset in range(0, 300, 100):
        seen += [
            r["idweb"]
            for r in records(many_boamp, where=where, order_by="idweb", limit=100, offset=offset)[
                2
            ]["results"]
        ]
    assert (
        len(seen) == 250
        and set(seen) == many_boamp.refs(DAY, DAY, flux=False)
        and seen == sorted(seen)
    )
    assert len(records(many_boamp)[2]["results"]) == 10
    for wrong in (
        {"limit": 101},
        {"limit": 100, "offset": 9901},
        {"limit": "x"},
        {"where": "dateparution ="},
        {"where": "nosuch = 1"},
        {"where": "dateparution = date'10/09/2026'"},
        {"order_by": "nosuch"},
    ):
        status, _, answer = records(many_boamp, **wrong)
        assert status == 400 and answer["error_code"] and answer["message"], wrong
    assert records(many_boamp, limit=100, offset=9900)[0] == 200


def test_api_default_order_is_oldest_first(many_boamp):
    assert records(many_boamp)[2]["results"][0]["dateparution"] == "2026-09-09"
    assert (
        records(many_boamp, order_by="dateparution desc, idweb")[2]["results"][0]["idweb"]
        == "26-10401"
    )


@pytest.mark.parametrize(
    "where, count",
    [
        ("dateparution >= date'2026-09-10' AND dateparution <= date'2026-09-11'", 257),
        ("dateparution > date'2026-09-09' and dateparution < date'2026-09-11'", 250),
        ("dateparution = '2026-09-11'", 7),
        ("NOT dateparution = date'2026-09-10'", 37),
        ('(idweb = "26-10401" OR idweb = \'26-10402\') AND nature="APPEL_OFFRE"', 2),
        ("idweb IN ('26-10001', '26-10002', '26-99999')", 2),
        ("annonce_lie IS NULL", 287),
        ("annonce_lie IS NOT NULL", 0),
        ('code_departement IN ("48","92")', 287),
        ("'48' IN code_departement", 287),
        ("'49' IN code_departement", 0),
        ("datelimitereponse >= date'2026-10-12'", 287),
        ("datelimitereponse >= date'2026-10-13'", 0),
    ],
)
def test_api_where(many_boamp, where, count):
    assert records(many_boamp, where=where, limit=1)[2]["total_count"] == count


def test_where_errors():
    for wrong in (
        "a",
        "idweb",
        "idweb = ",
        "idweb == 'x'",
        "(idweb='x'",
        "idweb='x' AND",
        "idweb='x' idweb='y'",
        "§",
    ):
        with pytest.raises(ValueError):
            parse_where(wrong)


def test_api_exports_and_select(many_boamp):
    assert len(records(many_boamp, "exports/json")[2]) == 287
    assert len(records(many_boamp, "exports/json", limit=5)[2]) == 5
    body = ask(many_boamp.api_url + "exports/jsonl")[2].decode()
    assert len([json.loads(line) for line in body.splitlines()]) == 287
    body = ask(many_boamp.api_url + "exports/csv")[2].decode()
    rows = list(csv.DictReader(io.StringIO(body, newline=""), delimiter=";"))
    assert len(rows) == 287 and rows[0]["code_departement"] == "['48']"
    assert records(many_boamp, select="idweb,objet", limit=1)[2]["results"][0].keys() == {
        "idweb",
        "objet",
    }
    assert ask(many_boamp.api_url.replace("/boamp/", "/nosuch/") + "records")[0] == 404
    assert ask(many_boamp.api_url + "records", b"{}")[0] == 405


def test_api_quota():
    with FakeBoamp(quota=2) as boamp:
        boamp.add(make_notice.flux_fnsimple())
        left = [records(boamp)[1]["X-RateLimit-Remaining"] for _ in range(2)]
        status, headers, answer = records(boamp)
        assert left == ["1", "0"] and status == 429 and headers["X-RateLimit-Remaining"] == "0"
        assert answer["call_limit"] == 2
        assert ask(boamp.flux_url)[0] == 200  # the flux has no quota
        boamp.spent = 0
        assert records(boamp)[0] == 200


def test_a_page_that_changes_under_the_pagination(many_boamp):
    def meddle(request):
        if request.query.get("offset") == ["100"]:
            many_boamp.add(make_notice.flux_fnsimple(ref="26-1"))  # sorts before what was read
            many_boamp.on_request = None

    many_boamp.on_request = meddle
    where, seen = "dateparution = date'2026-09-10'", []
    for offset in (0, 100, 200):
        seen += [
            r["idweb"]
            for r in records(many_boamp, where=where, order_by="idweb", limit=100, offset=offset)[
                2
            ]["results"]
        ]
    announced = many_boamp.refs(DAY, DAY, flux=False)
    assert len(announced) == 251 and len(seen) == 251 and len(set(seen)) == 250
    assert announced - set(seen) == {"26-1"}  # the naive reader has one twice and misses one


def test_record_only_and_flux_only():
    with FakeBoamp() as boamp:
        boamp.add(make_notice.api_record(ref="26-1"))
        boamp.add(make_notice.flux_fnsimple(ref="26-2"), api=False)
        assert boamp.refs() == {"26-2"} and boamp.refs(flux=False) == {"26-1"}
        assert [r["idweb"] for r in records(boamp)[2]["results"]] == ["26-1"]
