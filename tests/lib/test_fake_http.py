"""The fake HTTP server records what it is asked, and each fault does what its name says."""

import datetime
import gzip
import http.client
import json
import socket
import ssl
import threading
import time
import urllib.error
import zlib

import fake_http
import pytest
from client import ask
from fake_http import FakeServer, Response

UTC = datetime.timezone.utc


def truth(size=4000):
    return lambda request: Response(
        200, {"Content-Type": "text/plain"}, b"0123456789" * (size // 10)
    )


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
