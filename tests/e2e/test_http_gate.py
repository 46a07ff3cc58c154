"""What the server refuses before any page is looked for, and who waits for whom."""

import signal
import socket
import threading
import time

import pytest
from harness import refuse_crash
from sample_day import NOW
from web_client import Server, Site, send

HOST = b"Host: veille.example.org\r\n"
GET = b"GET /robots.txt HTTP/1.1\r\n" + HOST
POST = b"POST /inscription HTTP/1.1\r\n" + HOST


def get(target):
    return b"GET " + target + b" HTTP/1.1\r\n" + HOST + b"\r\n"


BAD = {
    "no Host": b"GET / HTTP/1.1\r\n\r\n",
    "no Host in 1.0": b"GET / HTTP/1.0\r\n\r\n",
    "two Hosts": GET + HOST + b"\r\n",
    "a list of Hosts": b"GET / HTTP/1.1\r\nHost: a, b\r\n\r\n",
    "an empty Host": b"GET / HTTP/1.1\r\nHost:\r\n\r\n",
    "a Host with a user": b"GET / HTTP/1.1\r\nHost: a@b\r\n\r\n",
    "chunks": POST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks beside a length": POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks in disguise": POST + b"Transfer-Encoding: xchunked\r\nContent-Length: 1\r\n\r\nx",
    "two lengths": POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
    "two equal lengths": POST + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\nx",
    "a list of lengths": POST + b"Content-Length: 1, 1\r\n\r\nx",
    "a length with a sign": POST + b"Content-Length: +1\r\n\r\nx",
    "a length below nothing": POST + b"Content-Length: -1\r\n\r\nx",
    "a length that is no number": POST + b"Content-Length: 1x\r\n\r\nx",
    "a length too large": POST + b"Content-Length: 65537\r\n\r\n",
    "a length beyond counting": POST + b"Content-Length: 184467440737095516160\r\n\r\n",
    "a POST without a length": POST + b"\r\n",
    "a GET with a body": GET + b"Content-Length: 1\r\n\r\nx",
    "bytes behind a request": GET + b"\r\n" + GET + b"\r\n",
    "a body longer than it said": POST + b"Content-Length: 1\r\n\r\nxGET / HTTP/1.1\r\n\r\n",
    "Expect": POST + b"Expect: 100-continue\r\nContent-Length: 1\r\n\r\nx",
    "a blank before the colon": GET + b"X : y\r\n\r\n",
    "a name with a blank": GET + b"X Y: z\r\n\r\n",
    "no name": GET + b": z\r\n\r\n",
    "no colon": GET + b"nonsense\r\n\r\n",
    "a folded line": GET + b"X: y\r\n z\r\n\r\n",
    "a folded first line": b"GET / HTTP/1.1\r\n " + HOST + b"\r\n",
    "a NUL in a value": GET + b"X: y\x00z\r\n\r\n",
    "a NUL in a name": GET + b"X\x00: y\r\n\r\n",
    "an escape in a value": GET + b"X: \x1b[2J\r\n\r\n",
    "bytes beyond ASCII in a value": GET + b"X: caf\xc3\xa9\r\n\r\n",
    "bare LF": b"GET / HTTP/1.1\n" + HOST.replace(b"\r", b"") + b"\n",
    "a bare LF inside": GET + b"X: y\nZ: z\r\n\r\n",
    "a bare CR inside": GET + b"X: y\rZ: z\r\n\r\n",
    "a blank in the target": get(b"/a b"),
    "two blanks": b"GET  / HTTP/1.1\r\n" + HOST + b"\r\n",
    "a blank first": b" GET / HTTP/1.1\r\n" + HOST + b"\r\n",
    "an empty line first": b"\r\n" + GET + b"\r\n",
    "no version": b"GET /\r\n" + HOST + b"\r\n",
    "HTTP/0.9": b"GET / HTTP/0.9\r\n" + HOST + b"\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\n\n",
    "PUT": b"PUT / HTTP/1.1\r\n" + HOST + b"Content-Length: 0\r\n\r\n",
    "TRACE": b"TRACE / HTTP/1.1\r\n" + HOST + b"\r\n",
    "CONNECT": b"CONNECT evil.example:443 HTTP/1.1\r\n" + HOST + b"\r\n",
    "a whole address": get(b"http://evil.example/"),
    "a star": get(b"*"),
    "a fragment": get(b"/#x"),
    "an escaped NUL": get(b"/%00"),
    "an escaped NUL in the query": get(b"/?a=%00"),
    "an escaped line end": get(b"/%0d%0aSet-Cookie:%20a=b"),
    "an escaped slash": get(b"/u%2fx"),
    "an escape of an escape": get(b"/%2500"),
    "a broken escape": get(b"/%2"),
    "an escape that is no UTF-8": get(b"/%c3%28"),
    "climbing": get(b"/../etc/passwd"),
    "climbing in disguise": get(b"/%2e%2e/etc/passwd"),
    "two slashes": get(b"//evil.example/"),
    "a backslash": get(b"/\\evil"),
    "a target too long": get(b"/" + b"a" * 2100),
    "too many headers": GET + b"".join(b"X%d: y\r\n" % n for n in range(70)) + b"\r\n",
    "headers too long": GET + b"X: " + b"y" * 17000 + b"\r\n\r\n",
    "headers without end": GET + b"X: " + b"y" * 40000,
}


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One server for the whole table: nothing here changes anything."""
    from harness import App, programme

    app = App(programme(), tmp_path_factory.mktemp("gate"))
    app("init", app.dir)
    server = Server(app, conf="[web]\nsignup = yes\nhead_timeout_s = 2\n", now=NOW)
    yield server
    status = server.stop()
    refuse_crash(["serve"], status, "".join(server.lines))
    assert status == 0


def test_there_are_enough_of_them():
    assert len(BAD) >= 60


@pytest.mark.parametrize("what", BAD)
def test_a_bad_request_is_refused_and_the_connection_closed(shared, what):
    raw = send(shared.port, BAD[what])
    status = raw.split(b" ")[1] if raw else b"closed"
    assert status in (b"400", b"405", b"411", b"413", b"414", b"417", b"431", b"501", b"505"), raw[:200]
    assert raw.count(b"HTTP/1.1 ") == 1
    assert b"Connection: close" in raw and b"Set-Cookie" not in raw
    assert Site(shared.port).get("/robots.txt").status == 200


@pytest.mark.parametrize("data", [
    GET + b"\r\n", b"GET /robots.txt HTTP/1.0\r\n" + HOST + b"Connection: close\r\n\r\n",
    GET + b"X-Forwarded-For: 192.0.2.7\r\nAccept-Encoding: gzip\r\n\r\n",
])
def test_a_good_request_is_answered(shared, data):
    assert send(shared.port, data).startswith(b"HTTP/1.1 200 OK\r\n")


def test_bytes_may_come_one_by_one(shared):
    with socket.create_connection(("127.0.0.1", shared.port), timeout=5) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in GET + b"\r\n":
            sock.send(bytes([byte]))
        assert sock.recv(100).startswith(b"HTTP/1.1 200")


def test_a_request_that_takes_too_long_is_given_up(shared):
    """A byte now and then gains nothing: the deadline counts from the beginning."""
    with socket.create_connection(("127.0.0.1", shared.port), timeout=8) as sock:
        began = time.monotonic()
        sock.sendall(GET)
        sock.settimeout(0.3)
        got = b""
        while time.monotonic() - began < 6 and not got:
            try:
                sock.send(b"X")
                got = sock.recv(100)
            except TimeoutError:
                continue
        assert got.startswith(b"HTTP/1.1 408") and time.monotonic() - began < 3.5


def test_slow_clients_keep_nobody_waiting(app):
    app("init", app.dir)
    server = Server(app, conf="[web]\nconnections = 300\nconnections_per_address = 1000\n", now=NOW)
    slow = []
    try:
        for _ in range(400):  # more than there is room for
            sock = socket.create_connection(("127.0.0.1", server.port), timeout=5)
            sock.sendall(GET)
            slow.append(sock)
        times = []
        for _ in range(30):
            began = time.monotonic()
            assert Site(server.port).get("/robots.txt").status == 200
            times.append(time.monotonic() - began)
        assert sorted(times)[25] < 0.2
    finally:
        for sock in slow:
            sock.close()
        assert server.stop() == 0


def test_one_address_cannot_take_every_place(app):
    app("init", app.dir)
    server = Server(app, conf="[web]\nconnections_per_address = 5\n", now=NOW)
    slow = []
    try:
        for _ in range(20):
            sock = socket.create_connection(("127.0.0.1", server.port), timeout=5)
            sock.sendall(GET)
            slow.append(sock)
        assert Site(server.port).get("/robots.txt").status == 200
        time.sleep(0.2)
        assert sum(is_closed(sock) for sock in slow) >= 15
    finally:
        for sock in slow:
            sock.close()
        assert server.stop() == 0


def is_closed(sock):
    sock.settimeout(0.05)
    try:
        return sock.recv(10) == b""
    except TimeoutError:
        return False
    except ConnectionError:
        return True


def test_it_ends_cleanly_while_people_wait(app):
    app("init", app.dir)
    server = Server(app, now=NOW)
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as sock:
        sock.sendall(GET)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(timeout=5) == 0
    server.reader.join(timeout=5)
    assert "stopped by a signal" in "".join(server.lines)


def test_it_listens_on_a_unix_socket(app):
    app("init", app.dir)
    path = app.dir / "w.sock"
    process = app.start("serve", "--listen", f"unix:{path}", "--now", NOW)
    try:
        deadline = time.monotonic() + 10
        while not path.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        with socket.socket(socket.AF_UNIX) as sock:
            sock.connect(str(path))
            sock.sendall(GET + b"\r\n")
            assert sock.recv(100).startswith(b"HTTP/1.1 200")
    finally:
        process.terminate()
        assert process.wait(timeout=10) == 0
        process.stderr.close(), process.stdout.close()
    assert not path.exists()


@pytest.mark.parametrize("place", ["nowhere", "127.0.0.1", "127.0.0.1:99999", "unix:", "unix:/" + "x" * 200])
def test_a_place_that_is_none_is_told(app, place):
    app("init", app.dir)
    done = app("serve", "--listen", place, check=False)
    assert done.returncode == 78 and len(done.stderr.splitlines()) == 1


def test_run_serves_too(app):
    app("init", app.dir)
    for source in ("boamp", "ted"):
        app("source", "disable", source)
    settings = app.dir / "run.conf"
    settings.write_text("[web]\nwith_run = yes\nlisten = 127.0.0.1:0\n")
    process = app.start("run", "--config", settings, "--to-dir", app.dir / "mail")
    lines = []
    try:
        for line in process.stderr:
            lines.append(line)
            if b"port=" in line:
                port = int(line.rsplit(b"port=", 1)[1])
                break
        thread = threading.Thread(target=lambda: lines.extend(process.stderr), daemon=True)
        thread.start()
        assert Site(port).get("/sante").text == '{"status":"ok"}\n'
        process.send_signal(signal.SIGHUP)
        time.sleep(0.3)
        assert Site(port).get("/").status == 200
    finally:
        process.terminate()
        assert process.wait(timeout=10) == 0, b"".join(lines)
