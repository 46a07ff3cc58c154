"""The equipment itself: the fakes do what they claim, the oracle reads what the builders write."""

import base64
import csv
import datetime
import email.message
import gzip
import http.client
import io
import json
import os
import pathlib
import signal
import smtplib
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import zlib

import pytest
from lxml import etree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import fake_http
import make_notice
import oracle
import smtp_server
from fake_boamp import FakeBoamp, parse_where
from fake_http import FakeServer, Response
from fake_ted import FakeTed

LIB = pathlib.Path(__file__).resolve().parent
UTC = datetime.timezone.utc
DAY = "2026-09-10"


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args, **kw):
        return None


def ask(url, data=None, headers=None, timeout=10, follow=True):
    """(status, headers, body) over a connection of its own, whatever the status."""
    handlers = [urllib.request.ProxyHandler({})] + ([] if follow else [NoRedirect()])
    request = urllib.request.Request(url, data=data, headers=headers or {})
    try:
        with urllib.request.build_opener(*handlers).open(request, timeout=timeout) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def truth(size=4000):
    return lambda request: Response(
        200, {"Content-Type": "text/plain"}, b"0123456789" * (size // 10)
    )


# ---------------------------------------------------------------- fake_http


def test_every_request_is_recorded():
    with FakeServer(truth()) as server:
        ask(
            server.url + "/a%20b?x=1&x=2&y=",
            headers={"User-Agent": "appariteur-test", "If-None-Match": '"e"'},
        )
        ask(server.url + "/post", b'{"q":1}', {"Content-Type": "application/json"})
        first, second = server.requests
        assert (first.method, first.path, first.query) == (
            "GET",
            "/a b",
            {"x": ["1", "2"], "y": [""]},
        )
        assert (
            first.headers["user-agent"] == "appariteur-test"
            and first.headers["if-none-match"] == '"e"'
        )
        assert (second.method, second.json(), second.status) == ("POST", {"q": 1}, 200)
        assert (first.number, second.number, first.sent) == (1, 2, 4000)
        assert server.seen("^/post", method="POST") == [second] and server.seen("^/none") == []


def test_one_kept_connection_is_one_connection():
    with FakeServer(truth()) as server:
        client = http.client.HTTPConnection(server.host, server.port)
        for _ in range(3):
            client.request("GET", "/")
            assert len(client.getresponse().read()) == 4000
        client.close()
        assert server.connections == 1 and {r.connection for r in server.requests} == {1}
        assert (
            server.peak_concurrency() == 1 and len(server.gaps()) == 2 and server.peak_rate() == 3
        )


def test_requests_that_overlap_are_seen():
    with FakeServer(truth(), latency=0.2) as server:
        threads = [threading.Thread(target=ask, args=(server.url,)) for _ in range(3)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        assert server.peak_concurrency() == 3 and server.connections == 3


@pytest.mark.parametrize(
    "fault, want",
    [
        (fake_http.too_many(7), (429, "7")),
        (fake_http.too_many(None), (429, None)),
        (fake_http.status(500), (500, None)),
        (fake_http.unavailable(3), (503, "3")),
        (fake_http.unavailable(), (503, None)),
        (
            fake_http.too_many(datetime.datetime(2026, 9, 10, 12, 0, tzinfo=UTC)),
            (429, "Thu, 10 Sep 2026 12:00:00 GMT"),
        ),
    ],
)
def test_error_status_then_the_truth(fault, want):
    with FakeServer(truth(), faults=fake_http.sequence(fault)) as server:
        status, headers, _ = ask(server.url)
        assert (status, headers["Retry-After"]) == want
        assert ask(server.url)[0] == 200
        assert [r.fault for r in server.requests] == [str(want[0]), None]


@pytest.mark.parametrize("after", [None, 0, 1000])
def test_reset(after):
    with FakeServer(truth(), faults=fake_http.sequence(fake_http.reset(after))) as server:
        with pytest.raises(
            (ConnectionResetError, http.client.HTTPException, urllib.error.URLError)
        ):
            ask(server.url)
        assert ask(server.url)[0] == 200


def raw_exchange(server, target="/", timeout=10):
    """All bytes until the server closes, over a bare socket."""
    with socket.create_connection((server.host, server.port), timeout) as s:
        s.sendall(f"GET {target} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n".encode())
        return b"".join(iter(lambda: s.recv(65536), b""))


def test_cut_with_a_length_promises_more_than_it_sends():
    with FakeServer(truth(), faults=fake_http.sequence(fake_http.cut(0.25))) as server:
        head, _, body = raw_exchange(server).partition(b"\r\n\r\n")
        assert b"Content-Length: 4000" in head and len(body) == 1000
        assert server.requests[0].sent == 1000


def test_cut_chunked_has_no_last_chunk():
    with FakeServer(truth(), faults=fake_http.sequence(fake_http.cut(100, "chunked"))) as server:
        head, _, body = raw_exchange(server).partition(b"\r\n\r\n")
        assert b"chunked" in head and body.startswith(b"64\r\n") and not body.endswith(b"0\r\n\r\n")


def test_cut_close_delimited_cannot_be_told_from_the_transport():
    with FakeServer(truth(), faults=fake_http.sequence(fake_http.cut(0.5, "close"))) as server:
        status, headers, body = ask(server.url)
        assert status == 200 and headers["Content-Length"] is None and len(body) == 2000


def test_slow_body_and_slow_header():
    with FakeServer(
        truth(100),
        faults=fake_http.sequence(
            fake_http.slow_body(200, step=20), fake_http.slow_header(0.004), fake_http.late(0.3)
        ),
    ) as server:
        for least in (0.4, 0.3, 0.3):
            start = time.monotonic()
            assert len(ask(server.url)[2]) == 100
            assert least <= time.monotonic() - start < 5


def test_silence_ends_when_the_server_stops():
    start = time.monotonic()
    with FakeServer(truth(), faults=fake_http.always(fake_http.silent())) as server:
        with pytest.raises((TimeoutError, urllib.error.URLError)):
            ask(server.url, timeout=0.3)
        assert server.requests[0].status is None
    assert time.monotonic() - start < 5


@pytest.mark.parametrize(
    "how, readable", [("cut", False), ("shape", True), ("utf8", False), ("deep", False)]
)
def test_wrong_json(how, readable):
    page = {"total_count": 1, "results": [{"idweb": "26-1"}]}
    with FakeServer(
        lambda r: fake_http.json_response(page),
        faults=fake_http.sequence(fake_http.wrong_json(how)),
    ) as server:
        body = ask(server.url)[2]
        if readable:
            assert json.loads(body) != page
        else:
            with pytest.raises((ValueError, RecursionError)):
                json.loads(body)
        assert json.loads(ask(server.url)[2]) == page


def test_duplicate_keys_are_really_twice_there():
    with FakeServer(
        truth(), faults=fake_http.sequence(fake_http.wrong_json("duplicate"))
    ) as server:
        seen = []
        json.loads(
            ask(server.url)[2], object_pairs_hook=lambda pairs: seen.extend(k for k, _ in pairs)
        )
        assert seen.count("total_count") == 2


def test_html_empty_and_long_header():
    with FakeServer(
        truth(),
        faults=fake_http.sequence(
            fake_http.html_page(), fake_http.empty(), fake_http.long_header(60_000)
        ),
    ) as server:
        status, headers, body = ask(server.url)
        assert (
            status == 200 and headers["Content-Type"].startswith("text/html") and b"<html>" in body
        )
        assert ask(server.url)[::2] == (200, b"")
        assert len(raw_exchange(server).partition(b"\r\n\r\n")[0]) > 60_000


def test_gzip_and_bomb():
    with FakeServer(
        truth(), faults=fake_http.sequence(fake_http.gzipped(), fake_http.gzipped(bomb=50_000_000))
    ) as server:
        _, headers, body = ask(server.url)
        assert (
            headers["Content-Encoding"] == "gzip" and gzip.decompress(body) == b"0123456789" * 400
        )
        bomb = ask(server.url)[2]
        assert (
            len(bomb) < 100_000
            and len(zlib.decompressobj(31).decompress(bomb, 1_000_000)) == 1_000_000
        )


@pytest.mark.parametrize("how", ["length", "chunked", "close"])
def test_oversized(how):
    with FakeServer(
        truth(), faults=fake_http.sequence(fake_http.oversized(3_000_000, how))
    ) as server:
        assert len(ask(server.url)[2]) == 3_000_000
        assert ask(server.url)[0] == 200


def test_a_client_may_leave_an_endless_answer():
    with FakeServer(truth(), faults=fake_http.sequence(fake_http.oversized(10**12))) as server:
        with socket.create_connection((server.host, server.port), 10) as s:
            s.sendall(b"GET / HTTP/1.1\r\nHost: t\r\n\r\n")
            assert len(s.recv(100_000)) > 0
        assert ask(server.url)[0] == 200


def test_redirects():
    with FakeServer(
        truth(),
        faults=fake_http.sequence(
            fake_http.redirect("ftp://127.0.0.1/x"),
            fake_http.redirect("file:///etc/passwd", 301),
            fake_http.redirect_chain(3),
        ),
    ) as server:
        for location in ("ftp://127.0.0.1/x", "file:///etc/passwd"):
            status, headers, _ = ask(server.url, follow=False)
            assert status in (301, 302) and headers["Location"] == location
        assert ask(server.url + "/page?x=1")[0] == 200
        chain = [r.target for r in server.requests[2:]]
        assert chain == ["/page?x=1", "/__hop/2/page?x=1", "/__hop/1/page?x=1", "/__hop/0/page?x=1"]
        server.faults = fake_http.sequence(fake_http.redirect_chain(None))
        assert ask(server.url)[0] == 302 and len(server.requests) > 8  # urllib gives up by itself


def test_garbage_is_not_http():
    with FakeServer(truth(), faults=fake_http.sequence(fake_http.garbage())) as server:
        with pytest.raises(http.client.BadStatusLine):
            ask(server.url)


def test_plans():
    with FakeServer(
        truth(),
        faults=fake_http.either(
            fake_http.matching("^/a", fake_http.status(500), fake_http.status(503)),
            fake_http.matching("^/b", fake_http.status(404), times=-1),
        ),
    ) as server:
        assert [ask(server.url + p)[0] for p in ("/a", "/c", "/b", "/a", "/a", "/b")] == [
            500,
            200,
            404,
            503,
            200,
            404,
        ]


def test_seeded_faults_repeat_and_leave_room():
    def run(seed):
        plan = fake_http.seeded(seed, rate=0.7, in_a_row=2)
        return [f.name if f else None for f in (plan(None) for _ in range(300))]

    names = run(5)
    assert names == run(5) != run(6)
    assert 100 < sum(n is not None for n in names) < 240
    assert all(None in names[i : i + 3] for i in range(len(names) - 2))
    limited = fake_http.seeded(5, rate=1.0, limit=4)
    assert sum(limited(None) is not None for _ in range(50)) == 4
    with pytest.raises(ValueError, match="unknown fault: nonsense"):
        fake_http.plan_from_text("seed=1,kinds=429+nonsense")
    assert fake_http.plan_from_text("seed=1,rate=1,kinds=500")(None).name == "500"


def test_tls_right_wrong_name_and_expired(tmp_path):
    good = fake_http.make_certificate(tmp_path, "good")
    other = fake_http.make_certificate(tmp_path, "other", hosts=("elsewhere.example.org",))
    old = fake_http.make_certificate(tmp_path, "old", expired=True)

    def get(pair):
        with FakeServer(truth(), tls=pair) as server:
            context = ssl.create_default_context(cafile=str(pair[0]))
            connection = http.client.HTTPSConnection(
                server.host, server.port, context=context, timeout=10
            )
            connection.request("GET", "/")
            return connection.getresponse().status

    assert get(good) == 200
    with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
        get(other)
    with pytest.raises(ssl.SSLCertVerificationError, match="expired"):
        get(old)


# ---------------------------------------------------------------- fake_boamp: the flux


def hrefs(page):
    return [a.get("href") for a in etree.HTML(page).iter("a")]


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


@pytest.fixture
def many_boamp():
    with FakeBoamp() as boamp:
        for day, first, count in (("2026-09-09", 1, 30), (DAY, 101, 250), ("2026-09-11", 401, 7)):
            for _, xml in make_notice.many(count, make_notice.flux_fnsimple, first, day):
                boamp.add(xml)
        yield boamp


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


# ---------------------------------------------------------------- fake_ted


def search(ted, status=200, **asked):
    body = {
        "query": "buyer-country IN (FRA) AND publication-date=20260910 SORT BY publication-number",
        "fields": ["publication-number", "notice-title", "publication-date"],
        "scope": "ALL",
        **asked,
    }
    got, _, answer = ask(
        ted.search_url, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    assert got == status, answer
    return json.loads(answer)


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


@pytest.fixture
def many_ted():
    with FakeTed() as ted:
        for day, first, count in (("2026-09-09", 1, 20), (DAY, 101, 260)):
            for _, xml in make_notice.many(count, make_notice.eforms, first, day):
                ted.add(xml)
        ted.add(make_notice.eforms(ref="1-2026", published=DAY), country="BEL")
        yield ted


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


def test_faults_then_exactly_the_announced_set(many_boamp, many_ted):
    """The fakes end well for a client that simply tries again: what every fetch test relies on."""
    many_boamp.faults, many_ted.faults = fake_http.seeded(3, rate=0.5), fake_http.seeded(
        4, rate=0.5
    )

    def patient(url, closes, data=None):
        for _ in range(40):
            try:
                status, headers, body = ask(
                    url, data, {"Content-Type": "application/json"} if data else {}
                )
                if headers["Content-Encoding"] == "gzip":
                    body = gzip.decompress(body)
                if status == 200 and closes(body):
                    return body
            except (OSError, http.client.HTTPException):
                pass
        raise AssertionError(url)

    page = patient(
        many_boamp.flux_url + "2026/09/10/", lambda b: b"Index of" in b and b"</html>" in b
    )
    files = [h for h in hrefs(page) if h.endswith(".xml")]
    for name in files:
        patient(
            many_boamp.flux_url + "2026/09/10/" + name, lambda b: b.rstrip().endswith(b"</jo:ann>")
        )
    assert {f[:-4] for f in files} == many_boamp.refs(DAY, DAY)
    assert {r.fault for r in many_boamp.requests} > {None}
    body = patient(
        many_ted.url + "/en/notice/700101-2026/xml",
        lambda b: b.rstrip().endswith(b"</ContractNotice>"),
    )
    assert b"00700101-2026" in body


# ---------------------------------------------------------------- as programmes


def script(*arguments):
    process = subprocess.Popen(
        [sys.executable, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    return process, process.stdout.readline().strip()


def end(process):
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=10)
    return process.returncode


def test_fake_boamp_serves_a_folder(tmp_path):
    (tmp_path / "a.xml").write_bytes(make_notice.flux_fnsimple(ref="26-5"))
    (tmp_path / "ted.xml").write_bytes(make_notice.eforms())  # not BOAMP's: left alone
    (tmp_path / "b.json").write_text(
        json.dumps({"total_count": 1, "results": [make_notice.api_record(ref="26-6")]})
    )
    process, url = script(LIB / "fake_boamp.py", "--dir", tmp_path, "--port", "0")
    try:
        assert "26-5.xml" in hrefs(ask(url + "/OPENDATA/BOAMP/2026/09/10/")[2])
        assert (
            json.loads(ask(url + "/api/explore/v2.1/catalog/datasets/boamp/records")[2])[
                "total_count"
            ]
            == 2
        )
    finally:
        assert end(process) == 0


def test_fake_ted_serves_a_folder_with_faults(tmp_path):
    (tmp_path / "t.xml").write_bytes(make_notice.eforms(ref="700007-2026"))
    process, url = script(
        LIB / "fake_ted.py", "--dir", tmp_path, "--faults", "seed=1,rate=1,kinds=500,limit=1"
    )
    try:
        assert ask(url + "/en/notice/700007-2026/xml")[0] == 500
        assert ask(url + "/en/notice/700007-2026/xml")[0] == 200
    finally:
        assert end(process) == 0


def test_scripts_refuse_what_they_cannot_read(tmp_path):
    (tmp_path / "bad.json").write_text("{")
    for name, arguments in (
        ("fake_boamp.py", ["--dir", tmp_path]),
        ("fake_ted.py", []),
        ("smtp_server.py", []),
    ):
        process = subprocess.run(
            [sys.executable, LIB / name, *arguments], capture_output=True, text=True, timeout=30
        )
        assert (
            process.returncode != 0 and process.stderr.strip() and "Traceback" not in process.stderr
        )


# ---------------------------------------------------------------- smtp_server


def mail(
    number=1,
    to="a@example.org",
    subject="Cinq marchés pour vous – 24 novembre",
    text="Bonjour,\n.\n.suite\n",
):
    message = email.message.EmailMessage(policy=email.policy.SMTP)
    message["From"], message["To"], message["Subject"] = "Veille <veille@example.org>", to, subject
    message["Date"], message["Message-ID"] = (
        "Tue, 24 Nov 2026 07:30:00 +0100",
        f"<digest.{number}@example.org>",
    )
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(f"<p>{text}</p>", subtype="html", cte="quoted-printable")
    message.set_boundary("=limit=")
    return message.as_bytes()


def send(relay, raw=None, to="a@example.org", tls=None, user=None, password=None):
    """One message through smtplib, as a careful sender would; raises what smtplib raises."""
    kind = smtplib.SMTP_SSL if relay.tls == "implicit" else smtplib.SMTP
    context = (
        ssl.create_default_context(cafile=str(relay.certificate)) if relay.certificate else None
    )
    with kind(
        relay.host,
        relay.port,
        timeout=10,
        **({"context": context} if relay.tls == "implicit" else {}),
    ) as client:
        if tls if tls is not None else relay.tls == "starttls":
            client.starttls(context=context)
        if user:
            client.login(user, password)
        return client.sendmail("bounce@example.org", [to], raw or mail())


def test_smtp_records_before_it_answers(tmp_path):
    with smtp_server.SmtpServer(tmp_path) as relay:
        send(relay)
        send(relay, mail(2))
        first, second = relay.messages()
        assert (first.number, first.raw, first.rcpt_tos, first.mail_from) == (
            1,
            mail(),
            ["a@example.org"],
            "bounce@example.org",
        )
        assert (
            second.message_id == "<digest.2@example.org>"
            and second.kept
            and second.reply.startswith("250")
        )
        assert (
            (tmp_path / "000001.eml").read_bytes() == mail()
            and not first.tls
            and first.connection == 1
        )
        assert relay.copies() == {"<digest.1@example.org>": 1, "<digest.2@example.org>": 1}
    with smtp_server.SmtpServer(tmp_path) as relay:  # a new server goes on counting
        send(relay, mail(3))
        assert [m.number for m in relay.messages()] == [1, 2, 3]


def test_smtp_a_line_cut_by_a_kill_is_dropped(tmp_path):
    with smtp_server.SmtpServer(tmp_path) as relay:
        send(relay)
    with open(tmp_path / "messages.jsonl", "ab") as file:
        file.write(b'{"number": 2, "file": "0000')
    assert len(smtp_server.recorded(tmp_path)) == 1
    with smtp_server.SmtpServer(tmp_path) as relay:
        send(relay, mail(2))
        assert [m.message_id for m in relay.messages()] == [
            "<digest.1@example.org>",
            "<digest.2@example.org>",
        ]


def test_smtp_faults_at_each_stage(tmp_path):
    faults = smtp_server.sequence(
        smtp_server.later_rcpt(),
        smtp_server.refused_rcpt(),
        smtp_server.later(),
        smtp_server.refused(),
        smtp_server.drop_after_body(),
        smtp_server.drop_after_body(keep=False),
        smtp_server.drop_in_body(),
        smtp_server.SmtpFault("mail", "452 4.3.1 Full"),
        smtp_server.SmtpFault("data", "421 4.7.0 Later"),
    )
    with smtp_server.SmtpServer(tmp_path, faults=faults) as relay:
        for code in (450, 550):
            with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
                send(relay)
            assert refused.value.recipients["a@example.org"][0] == code
        for code in (451, 554):
            with pytest.raises(smtplib.SMTPDataError) as refused:
                send(relay)
            assert refused.value.smtp_code == code
        for _ in range(3):
            with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
                send(relay)
        with pytest.raises(smtplib.SMTPSenderRefused):
            send(relay)
        with pytest.raises(smtplib.SMTPException):
            send(relay)
        send(relay)
        shown = [(m.reply and m.reply[:3], m.kept) for m in relay.messages()]
        assert shown == [("451", False), ("554", False), (None, True), (None, False), ("250", True)]
        assert relay.copies() == {"<digest.1@example.org>": 2} and len(relay.attempts) == 10


def test_smtp_slow_silent_and_busy(tmp_path):
    with smtp_server.SmtpServer(
        tmp_path,
        faults=smtp_server.sequence(smtp_server.slow(0.3), smtp_server.no_answer(seconds=0.5)),
    ) as relay:
        start = time.monotonic()
        send(relay)
        assert time.monotonic() - start >= 0.3
        with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
            send(relay)
        assert [m.reply is None for m in relay.messages()] == [False, True]
        relay.connection_faults = smtp_server.sequence(smtp_server.busy_greeting())
        with pytest.raises(smtplib.SMTPConnectError):
            send(relay)
        send(relay)
        assert relay.peak_connections == 1


def test_smtp_starttls_is_required_and_can_be_refused(tmp_path):
    with smtp_server.SmtpServer(
        tmp_path,
        tls="starttls",
        connection_faults=smtp_server.sequence(None, None, smtp_server.refuse_starttls()),
    ) as relay:
        with pytest.raises(smtplib.SMTPSenderRefused):
            send(relay, tls=False)
        send(relay)
        assert relay.messages()[0].tls
        with pytest.raises((smtplib.SMTPNotSupportedError, smtplib.SMTPResponseException)):
            send(relay)
        context = ssl.create_default_context()  # who does not trust the certificate goes away
        with smtplib.SMTP(relay.host, relay.port, timeout=10) as client, pytest.raises(
            ssl.SSLError
        ):
            client.starttls(context=context)
        assert len(relay.messages()) == 1
    with smtp_server.SmtpServer(tmp_path / "bare") as relay, pytest.raises(
        smtplib.SMTPNotSupportedError
    ):
        send(relay, tls=True)


@pytest.mark.parametrize("tls", ["none", "starttls", "implicit"])
def test_smtp_login(tmp_path, tls):
    with smtp_server.SmtpServer(tmp_path, tls=tls, users={"mailer": "sésame"}) as relay:
        with pytest.raises(smtplib.SMTPSenderRefused):
            send(relay)
        with pytest.raises(smtplib.SMTPAuthenticationError):
            send(relay, user="mailer", password="wrong")
        with (
            smtplib.SMTP(relay.host, relay.port)
            if tls != "implicit"
            else smtplib.SMTP_SSL(
                relay.host,
                relay.port,
                context=ssl.create_default_context(cafile=str(relay.certificate)),
            )
        ) as client:
            if tls == "starttls":
                client.starttls(context=ssl.create_default_context(cafile=str(relay.certificate)))
            client.ehlo()
            secret = base64.b64encode("\0mailer\0sésame".encode()).decode()
            assert client.docmd("AUTH", "PLAIN " + secret)[0] == 235
            client.sendmail("bounce@example.org", ["a@example.org"], mail())
        (message,) = relay.messages()
        assert message.user == "mailer" and message.tls == (tls != "none")


def test_smtp_keeps_the_wire_as_it_was(tmp_path):
    with smtp_server.SmtpServer(tmp_path) as relay:
        with socket.create_connection((relay.host, relay.port), 10) as s:
            f = s.makefile("rb")
            for line in (
                None,
                b"EHLO x",
                b"MAIL FROM:<b@example.org>",
                b"RCPT TO:<a@example.org>",
                b"DATA",
            ):
                if line:
                    s.sendall(line + b"\r\n")
                while f.readline()[3:4] == b"-":
                    pass
            s.sendall(b"Subject: x\r\n\r\n..dot\r\nbare\nlf\r\n.\r\n")
            assert f.readline().startswith(b"250")
        (message,) = relay.messages()
        assert message.raw == b"Subject: x\r\n\r\n.dot\r\nbare\nlf\r\n"
        assert "a bare CR or LF" in smtp_server.problems(message.raw)
        with pytest.raises(ValueError, match="no From"):
            message.parse()


def test_smtp_survives_kill_9_with_what_it_had(tmp_path):
    process, url = script(LIB / "smtp_server.py", "--dir", tmp_path, "--fault", "later")
    try:
        host, port = url.removeprefix("smtp://").split(":")

        class Relay:
            tls, certificate = "none", None

        relay = Relay()
        relay.host, relay.port = host, int(port)
        with pytest.raises(smtplib.SMTPDataError):
            send(relay)
        send(relay)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
    assert [m.kept for m in smtp_server.recorded(tmp_path)] == [False, True]


def test_parse_gives_headers_and_both_parts():
    parsed = smtp_server.parse(mail())
    assert (
        parsed["subject"] == "Cinq marchés pour vous – 24 novembre"
        and parsed["To"] == "a@example.org"
    )
    assert parsed.text.splitlines() == ["Bonjour,", ".", ".suite"] and parsed.html.startswith(
        "<p>Bonjour"
    )
    assert parsed.types == ["multipart/alternative", "text/plain", "text/html"]


@pytest.mark.parametrize(
    "change, complaint",
    [
        ((b"\r\n", b"\n"), "bare CR or LF"),
        ((b"Bonjour", b"Bonjour\0"), "NUL"),
        ((b"Bonjour", b"x" * 1200), "998"),
        ((b"Subject: ", "Subject: é".encode()), "bytes over 126"),
        ((b"Message-ID", b"X-Nothing"), "no Message-ID"),
        ((b"To: a@example.org\r\n", b"To: a@example.org\r\nTo: b@example.org\r\n"), "To 2 times"),
        ((b"Bonjour,", b"Bonjour" * 20), "more than 76"),
        ((b"+0100", b""), "Date"),
        ((b"<digest.1@example.org>", b"digest"), "Message-ID"),
        (
            (b"Subject: ", b"Subject: =?utf-8?q?" + b"a" * 80 + b"?= "),
            "encoded word of more than 75",
        ),
        ((b"multipart/alternative", b"multipart/alternative; boundary=none; x"), "Boundary"),
    ],
)
def test_parse_is_strict(change, complaint):
    raw = mail()
    assert change[0] in raw
    with pytest.raises(ValueError, match=complaint):
        smtp_server.parse(raw.replace(*change))


# ---------------------------------------------------------------- make_notice and the oracle

FIELDS = dict(
    title="Capteurs d'œdomètre & suivi « temps réel »",
    description="Ligne 1\nLigne 2 <b>",
    deadline="2026-10-12T12:00:00",
    cpv=["38410000", "72000000"],
    buyer={"name": "Syndicat d'Essai", "siret": make_notice.siret(7), "city": "Val-d'Essai"},
    lots=[
        {"title": "Fourniture", "description": "Capteurs", "cpv": "38410000"},
        {"title": "Supervision", "cpv": "72700000"},
    ],
)


def read_bytes(tmp_path, content, name="n.xml"):
    path = tmp_path / name
    path.write_bytes(
        content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
    )
    (notice,) = oracle.read(path)
    return notice


@pytest.mark.parametrize(
    "builder",
    [make_notice.flux_fnsimple, make_notice.flux_mapa, make_notice.flux_eforms, make_notice.eforms],
)
def test_oracle_reads_what_the_builders_write(tmp_path, builder):
    ted = builder is make_notice.eforms
    ref = "700042-2026" if ted else "26-42"
    notice = read_bytes(tmp_path, builder(ref=ref, **FIELDS))
    assert notice["id"] == ("ted:" if ted else "boamp:") + ref and notice["published"] == DAY
    assert notice["title"] == FIELDS["title"] and notice["description"] == FIELDS["description"]
    assert (
        notice["buyer"]["name"] == "Syndicat d'Essai" and notice["buyer"]["city"] == "Val-d'Essai"
    )
    assert notice["deadline"] == "2026-10-12T12:00:00+02:00" and notice["kind"] == "competition"
    assert [x["title"] for x in notice["lots"]] == ["Fourniture", "Supervision"]
    assert [x["id"] for x in notice["lots"]] == ["LOT-0001", "LOT-0002"] and notice[
        "nature"
    ] == "services"
    if builder is make_notice.flux_mapa:
        assert (
            notice["cpv"] == []
            and notice["buyer"]["id"] is None
            and notice["procedure"] == "adapted"
        )
    else:
        assert notice["cpv"] == ["38410000", "72000000", "72700000"] and notice["buyer"][
            "id"
        ] == make_notice.siret(7)
        assert notice["procedure"] == "open" and notice["documents_url"].startswith(
            "https://achats.example.org"
        )


@pytest.mark.parametrize(
    "builder", [make_notice.flux_fnsimple, make_notice.flux_mapa, make_notice.flux_eforms]
)
def test_record_and_flux_file_are_one_notice(tmp_path, builder):
    xml = builder(ref="26-42", **FIELDS)
    from_xml = read_bytes(tmp_path, xml)
    from_json = read_bytes(tmp_path, make_notice.record_from_flux(xml), "n.json")
    assert from_xml == from_json


def test_record_has_the_portals_habits(tmp_path):
    record = make_notice.api_record(title="L'été " * 50, deadline="2026-07-25T12:00:00")
    assert record["datelimitereponse"] == "2026-07-25T12:00:00+00:00"  # false UTC: noon in Paris
    assert record["objet"].endswith("...") and "&#039;" in record["objet"]
    european = make_notice.api_record(
        builder=make_notice.flux_eforms, deadline="2026-07-25T12:00:00"
    )
    assert (
        european["datelimitereponse"] == "2026-07-25T10:00:00+00:00"
        and european["contractfolderid"]
    )
    flat = make_notice.api_record(with_body=False, deadline="2026-07-25T12:00:00")
    notice = read_bytes(tmp_path, flat, "flat.json")
    assert (
        "gestion" not in flat
        and notice["deadline"] == "2026-07-25T12:00:00+02:00"
        and notice["cpv"] == []
    )


@pytest.mark.parametrize(
    "builder",
    [make_notice.flux_fnsimple, make_notice.flux_mapa, make_notice.flux_eforms, make_notice.eforms],
)
@pytest.mark.parametrize("kind", sorted(make_notice.KINDS))
def test_kinds(tmp_path, builder, kind):
    ref = "700042-2026" if builder is make_notice.eforms else "26-42"
    assert read_bytes(tmp_path, builder(ref=ref, kind=kind, previous="26-41"))["kind"] == kind


def test_thousands_of_distinct_notices():
    refs = [ref for ref, _ in make_notice.many(2000)]
    assert len(set(refs)) == 2000
    again = list(make_notice.many(50, seed=3))
    assert again == list(make_notice.many(50, seed=3)) != list(make_notice.many(50, seed=4))
    assert len({xml for _, xml in make_notice.many(500)}) == 500
    number = make_notice.siret(1)
    assert (
        oracle.legal_id(number) == number and len(number) == 14 and make_notice.luhn_ok(number[:9])
    )


def test_unpublished_and_other_zones(tmp_path):
    notice = read_bytes(tmp_path, make_notice.eforms(ref=None, version=2))
    assert (
        notice["ref"] == make_notice.notice_uuid("unpublished")
        and notice["url"] is None
        and notice["version"] == 2
    )
    assert notice["published"] is None
    notice = read_bytes(tmp_path, make_notice.flux_fnsimple(deadline="2026-10-12T12:00:00-03:00"))
    assert notice["deadline"] == "2026-10-12T12:00:00-03:00"
    notice = read_bytes(tmp_path, make_notice.flux_mapa(deadline="2026-01-12T12:00:00.000"))
    assert notice["deadline"] == "2026-01-12T12:00:00+01:00"


@pytest.mark.parametrize(
    "raw, want",
    [
        ("a&amp;#039;b", "a'b"),
        ("  x\n", "x"),
        ("&eacute;t&eacute;", "été"),
        ("a & b", "a & b"),
        ("?a=1&copy=2", "?a=1&copy=2"),
        ("&amp;amp;amp;lt;", "<"),
        ("\r\n", None),
        (None, None),
        ("a\r\nb", "a\nb"),
    ],
)
def test_oracle_text(raw, want):
    assert oracle.text(raw) == want


@pytest.mark.parametrize(
    "raw, want",
    [
        ("237 500 079 00312", "23750007900312"),
        ("18591150001012", "18591150001012"),
        ("49564", "49564"),
        ("123 456 789", "123 456 789"),
        (" 185911500 ", "185911500"),
        ("35600000049837", "35600000049837"),
        ("", None),
    ],
)
def test_oracle_legal_id(raw, want):
    assert oracle.legal_id(raw) == want


@pytest.mark.parametrize(
    "date, time_, want",
    [
        ("2026-10-12+02:00", "12:00:00+02:00", "2026-10-12T12:00:00+02:00"),
        ("2026-10-12Z", "12:00:00.000Z", "2026-10-12T12:00:00+00:00"),
        ("2026-10-12+02:00", "12:00:00.0000000+03:00", "2026-10-12T12:00:00+03:00"),
        ("2026-10-12+02:00", None, "2026-10-12T23:59:59+02:00"),
        (None, "12:00:00Z", None),
        ("demain", "12:00:00Z", None),
    ],
)
def test_oracle_deadline_pairs(date, time_, want):
    assert oracle.instant_of_pair(date, time_) == want


def test_differences_finds_every_member(tmp_path):
    expected = read_bytes(tmp_path, make_notice.eforms(value="1000", **FIELDS))
    got = {k: v for k, v in json.loads(json.dumps(expected)).items() if k[0] != "_"}
    assert oracle.differences(expected, got) == []
    wrong = {
        "id": "x",
        "source": "x",
        "ref": "x",
        "version": 9,
        "kind": "result",
        "language": "en",
        "title": "x",
        "description": None,
        "nature": "works",
        "procedure": None,
        "cpv": ["72000000", "38410000", "72700000"],
        "places": [],
        "value": {"amount": "1000.01", "currency": "EUR"},
        "published": "2026-09-11",
        "deadline": "2026-10-12T12:00:01+02:00",
        "url": "https://example.org",
        "documents_url": "https://example.org",
    }
    for name, value in wrong.items():
        assert any(
            f": {name}:" in line for line in oracle.differences(expected, {**got, name: value})
        ), name
    for name in ("name", "id", "city"):
        assert oracle.differences(expected, {**got, "buyer": {**got["buyer"], name: "x"}}), name
    for name, value in (
        ("id", "LOT-0009"),
        ("title", "x"),
        ("description", "x"),
        ("cpv", []),
        ("deadline", None),
    ):
        lots = [{**got["lots"][0], name: value}, got["lots"][1]]
        assert oracle.differences(expected, {**got, "lots": lots}), name
    assert oracle.differences(expected, {**got, "lots": got["lots"][:1]})


def test_differences_lets_other_spellings_pass(tmp_path):
    expected = read_bytes(tmp_path, make_notice.eforms(value="1000", **FIELDS))
    got = {k: v for k, v in json.loads(json.dumps(expected)).items() if k[0] != "_"}
    got.update(
        deadline="2026-10-12T10:00:00Z",
        places=["FRJ14", "48"],
        title=got["title"].replace(" ", "  "),
        value={"amount": "1000", "currency": "EUR"},
        url="https://ted.europa.eu/en/notice/-/detail/" + got["ref"],
    )
    assert oracle.differences(expected, got) == []


# ---------------------------------------------------------------- the real notices, where they are

SHARED = os.environ.get("APPARITEUR_SHARED")
REAL = os.environ.get("APPARITEUR_NOTICES") or (SHARED and os.path.join(SHARED, "notices"))


@pytest.mark.skipif(not REAL, reason="neither APPARITEUR_NOTICES nor APPARITEUR_SHARED is set")
def test_oracle_reads_all_real_notices():
    counts, ids = {}, []
    for folder in (
        "ted-eforms",
        "eforms-sdk-examples",
        "boamp-xml-325",
        "boamp-api-full",
        "boamp-api-meta",
    ):
        paths = [
            p
            for p in sorted(pathlib.Path(REAL, folder).rglob("*"))
            if p.suffix in (".xml", ".json", ".csv")
        ]
        assert paths, folder
        for path in paths:
            for notice in oracle.read(path):
                counts[folder] = counts.get(folder, 0) + 1
                ids.append(notice["id"])
                assert notice["kind"] and notice["source"], path
                if not path.name.startswith("INVALID"):
                    assert notice["id"] and notice["title"] and notice["buyer"]["name"], path
                assert oracle.differences(notice, json.loads(json.dumps(notice))) == [], path
    named = [i for i in ids if i]
    assert len(named) == len(set(named)) and min(counts.values()) >= 3


@pytest.mark.skipif(not REAL, reason="neither APPARITEUR_NOTICES nor APPARITEUR_SHARED is set")
def test_fakes_serve_the_real_notices():
    with FakeBoamp() as boamp, FakeTed() as ted:
        assert len(boamp.load(pathlib.Path(REAL, "boamp-xml-325"))) >= 3
        assert len(boamp.load(pathlib.Path(REAL, "boamp-api-full"))) >= 8
        assert len(ted.load(pathlib.Path(REAL, "ted-eforms"))) > 60
        assert "26-88058.xml" in hrefs(ask(boamp.flux_url + "2026/09/11/")[2])
        page = search(ted, query="publication-number=762961-2023")
        assert page["totalNoticeCount"] == 1
