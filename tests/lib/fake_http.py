"""
A loopback HTTP server that records what it was asked and misbehaves on command.

Base of fake_boamp.py and fake_ted.py; a test may also use it alone:

    with FakeServer(responder) as server:
        server.faults = sequence(too_many(retry_after=2), None, cut(0.5))
        ...                                   # the programme fetches from server.url
        assert [r.path for r in server.requests] == [...]
        assert server.peak_concurrency() == 1

A *fault plan* is a callable `plan(request) -> Fault | None`; it is asked once a request.
`sequence`, `matching`, `always` and `seeded` build the usual ones. A Fault either replaces the true
answer (a status, a redirect, a reset) or damages it (cut, slow, gzip, …). Faults never change what
the server holds, so once the plan is exhausted, or `server.faults = None`, the same request gets
the whole truth.
"""

import datetime
import email.utils
import gzip
import json
import pathlib
import random
import re
import signal
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
import urllib.parse
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HTML_PAGE = (
    b"<!DOCTYPE html><html><head><title>Service"
    b" indisponible</title></head><body><h1>Maintenance</h1></body></html>"
)
# Seconds a silent answer lasts at most, so that a forgotten client cannot hold a test run.
HANG_MAX = 120.0


@dataclass
class Request:
    """
    One request as it came. `started` and `ended` are monotonic seconds: head read, last byte about
    to leave.
    """

    number: int
    method: str
    target: str  # as sent, query included
    path: str  # decoded
    query: dict  # name -> list of values
    headers: dict  # lower-case name -> value (joined by ", " when repeated)
    header_list: list  # (name, value) as sent
    body: bytes
    connection: int  # number of the TCP connection it came over
    peer: tuple
    started: float
    wall: float
    ended: float | None = None
    status: int | None = None  # None: no status line left the server
    sent: int = 0  # body bytes written
    fault: str | None = None

    def json(self):
        return json.loads(self.body)


@dataclass
class Response:
    status: int = 200
    headers: dict = field(default_factory=dict)
    body: bytes = b""
    chunked: bool = False  # Transfer-Encoding: chunked instead of Content-Length


def json_response(value, status=200, headers=None):
    body = json.dumps(value, ensure_ascii=False).encode()
    return Response(
        status, {"Content-Type": "application/json; charset=utf-8", **(headers or {})}, body
    )


# ---------------------------------------------------------------- faults


class Fault:
    """
    Base: `answer(request)` may replace the true response, `damage(response)` may change it,
    `send(io, response)` may deliver it in an odd way. The default of each does nothing special.
    """

    name = "fault"

    def answer(self, request):
        return None

    def damage(self, response):
        return response

    def send(self, io, response):
        io.head(response)
        io.body(response.body)

    def __repr__(self):
        return self.name


class status(Fault):
    """An error status instead of the answer."""

    def __init__(self, code, body=b"", headers=None):
        self.code, self.page, self.extra = code, body or f"error {code}".encode(), headers or {}
        self.name = str(code)

    def answer(self, request):
        return Response(self.code, {"Content-Type": "text/plain", **self.extra}, self.page)


class too_many(status):
    """429. `retry_after`: seconds, or a datetime (sent as an HTTP date), or None (no header)."""

    def __init__(self, retry_after=1, code=429):
        super().__init__(code)
        if isinstance(retry_after, datetime.datetime):
            self.extra = {
                "Retry-After": email.utils.format_datetime(
                    retry_after.astimezone(datetime.timezone.utc), usegmt=True
                )
            }
        elif retry_after is not None:
            self.extra = {"Retry-After": str(retry_after)}


def unavailable(retry_after=None):
    """503, with or without Retry-After."""
    return too_many(retry_after, code=503)


class reset(Fault):
    """The connection is reset: before a single byte, or after `after` bytes of the body."""

    def __init__(self, after=None):
        self.after, self.name = after, "reset" if after is None else f"reset@{after}"

    def answer(self, request):
        return Response(200) if self.after is None else None

    def send(self, io, response):
        if self.after is not None:
            io.head(response)
            io.body(response.body[: self.after], last=False)
        io.reset()


class cut(Fault):
    """
    The body stops early and the connection closes cleanly. `at`: a fraction (float) or a number of
    bytes (int). `how`: "length" (Content-Length promised more), "chunked" (no last chunk), "close"
    (no length was promised, so that a client cannot tell from the transport).
    """

    def __init__(self, at=0.5, how="length"):
        self.at, self.how, self.name = at, how, f"cut-{how}"

    def send(self, io, response):
        size = len(response.body)
        stop = int(size * self.at) if isinstance(self.at, float) else min(self.at, size)
        if self.how == "chunked":
            response.chunked = True
        io.head(response, close_delimited=self.how == "close")
        io.body(response.body[:stop], last=False)
        io.close()


class slow_body(Fault):
    """The body at so many bytes a second, `step` at a time."""

    def __init__(self, bytes_per_second, step=1):
        self.rate, self.step, self.name = bytes_per_second, step, "slow-body"

    def send(self, io, response):
        io.head(response)
        for i in range(0, len(response.body), self.step):
            io.body(response.body[i : i + self.step], last=i + self.step >= len(response.body))
            io.sleep(self.step / self.rate)


class slow_header(Fault):
    """The status line and header fields one byte every `delay` seconds."""

    def __init__(self, delay):
        self.delay, self.name = delay, "slow-header"

    def send(self, io, response):
        io.head(response, byte_delay=self.delay)
        io.body(response.body)


class silent(Fault):
    """No answer at all for `seconds`, then the connection closes."""

    def __init__(self, seconds=HANG_MAX):
        self.seconds, self.name = min(seconds, HANG_MAX), "silent"

    def answer(self, request):
        return Response(200)

    def send(self, io, response):
        io.sleep(self.seconds)
        io.close()


class late(Fault):
    """The true answer, `seconds` late."""

    def __init__(self, seconds):
        self.seconds, self.name = seconds, "late"

    def send(self, io, response):
        io.sleep(self.seconds)
        io.head(response)
        io.body(response.body)


class body(Fault):
    """200 with another body: HTML where JSON or XML is due, broken JSON, nothing, …"""

    def __init__(self, content, content_type=None, name="body"):
        self.content, self.content_type, self.name = content, content_type, name

    def damage(self, response):
        response.body = self.content
        if self.content_type:
            response.headers["Content-Type"] = self.content_type
        return response


def html_page():
    return body(HTML_PAGE, "text/html; charset=utf-8", "html-200")


def empty():
    return body(b"", None, "empty-200")


class wrong_json(Fault):
    """
    200 whose JSON is wrong. `how`: "cut" (syntax error, the length is right), "shape" (valid,
    another shape), "duplicate" (a repeated key), "utf8" (bad bytes inside), "deep" (nested 100,000
    times).
    """

    def __init__(self, how="cut"):
        self.how, self.name = how, f"json-{how}"

    def damage(self, response):
        content = response.body
        response.body = {
            "cut": lambda: content[: len(content) * 2 // 3],
            "shape": lambda: (
                b'{"total_count":"many","results":{"idweb":[]},"notices":7,"totalNoticeCount":"x"}'
            ),
            "duplicate": lambda: b'{"total_count":1,"total_count":2,"results":[],"results":[]}',
            "utf8": lambda: content[:-1] + b',"x":"\xff\xfe\xc3"}',
            "deep": lambda: b"[" * 100_000,
        }[self.how]()
        return response


class gzipped(Fault):
    """
    The true answer, gzip-encoded whether asked for or not. `bomb`: that many zero bytes instead.
    """

    def __init__(self, bomb=0):
        self.bomb, self.name = bomb, "gzip-bomb" if bomb else "gzip"

    def damage(self, response):
        response.body = gzip.compress(bytes(self.bomb) if self.bomb else response.body, mtime=0)
        response.headers["Content-Encoding"] = "gzip"
        return response


class oversized(Fault):
    """
    `size` bytes of filler, `how` as in `cut`: with a length, chunked, or until the connection
    closes.
    """

    def __init__(self, size, how="chunked"):
        self.size, self.how, self.name = size, how, f"oversized-{how}"

    def answer(self, request):
        return Response(200, {"Content-Type": "application/octet-stream"}, b"")

    def send(self, io, response):
        response.chunked = self.how == "chunked"
        io.head(response, close_delimited=self.how == "close", length=self.size)
        block = b" " * 65536
        left = self.size
        while left > 0:
            io.body(block[:left], last=left <= len(block))
            left -= len(block)
        if self.how == "close":
            io.close()


class redirect(Fault):
    """A redirect to `location` (any scheme: `ftp://…`, `file:///…`, another host)."""

    def __init__(self, location, code=302):
        self.location, self.code, self.name = location, code, f"redirect-{code}"

    def answer(self, request):
        return Response(self.code, {"Location": self.location}, b"moved")


class redirect_chain(Fault):
    """
    `hops` redirects before the true answer; None: a loop without end. FakeServer serves the hops.
    """

    def __init__(self, hops, code=302):
        self.hops, self.code = hops, code
        self.name = "redirect-loop" if hops is None else f"redirect-chain-{hops}"

    def answer(self, request):
        step = "loop-0" if self.hops is None else str(self.hops - 1)
        return Response(self.code, {"Location": f"/__hop/{step}{request.target}"}, b"moved")


class garbage(Fault):
    """Bytes that are not HTTP."""

    name = "garbage"

    def answer(self, request):
        return Response(200)

    def send(self, io, response):
        io.raw(b"\x00\x01SSH-2.0-nothing\r\n\r\n")
        io.close()


class long_header(Fault):
    """The true answer under a header field of `size` bytes."""

    def __init__(self, size=1_000_000):
        self.size, self.name = size, "long-header"

    def damage(self, response):
        response.headers["X-Filler"] = "x" * self.size
        return response


# ---------------------------------------------------------------- plans


def sequence(*faults):
    """
    Fault i (or None) for the i-th request, the truth afterwards. `.left` tells how many were not
    used.
    """

    def plan(request):
        with lock:
            if not pending:
                return None
            plan.left = len(pending) - 1
            return pending.pop(0)

    lock, pending = threading.Lock(), list(faults)
    plan.left = len(pending)
    return plan


def matching(pattern, *faults, method=None, times=None):
    """
    The faults, in turn, for requests whose target matches the pattern; `times`: one fault repeated
    that often (None with a single fault: once; -1: always).
    """
    if times is not None:
        faults = list(faults) * (1_000_000 if times < 0 else times)
    inner, expression = sequence(*faults), re.compile(pattern)

    def plan(request):
        if method and request.method != method or not expression.search(request.target):
            return None
        return inner(request)

    return plan


def either(*plans):
    """The first plan that gives a fault wins."""
    return lambda request: next((f for f in (p(request) for p in plans) if f), None)


def always(fault):
    return lambda request: fault


SEEDED_KINDS = {
    "429": lambda rng: too_many(rng.choice((0, 1, None))),
    "503": lambda rng: unavailable(rng.choice((None, 1))),
    "500": lambda rng: status(500),
    "reset": lambda rng: reset(rng.choice((None, 0, 100, 1000))),
    "cut": lambda rng: cut(rng.random(), rng.choice(("length", "chunked", "close"))),
    "json": lambda rng: wrong_json(rng.choice(("cut", "shape", "duplicate", "utf8"))),
    "html": lambda rng: html_page(),
    "empty": lambda rng: empty(),
    "gzip": lambda rng: gzipped(),
    "late": lambda rng: late(rng.choice((0.05, 0.2))),
    "chain": lambda rng: redirect_chain(rng.choice((1, 2))),
    "garbage": lambda rng: garbage(),
}


def seeded(seed, rate=0.3, kinds=tuple(SEEDED_KINDS), limit=None, in_a_row=2):
    """
    A fault in about `rate` of the requests, chosen by the seed and the order of requests. `limit`:
    no more than that many in all. `in_a_row`: never more than that many one after the other, so
    that a patient client ends.
    """
    rng, lock = random.Random(f"faults {seed}"), threading.Lock()
    state = {"row": 0, "given": 0}

    def plan(request):
        with lock:
            if (
                state["row"] >= in_a_row
                or (limit is not None and state["given"] >= limit)
                or rng.random() >= rate
            ):
                state["row"] = 0
                return None
            state["row"] += 1
            state["given"] += 1
            return SEEDED_KINDS[rng.choice(list(kinds))](rng)

    return plan


def plan_from_text(text):
    """`seed=7,rate=0.3,kinds=429+503+cut,limit=20`: the seeded plan, for the command line."""
    options = dict(part.split("=", 1) for part in text.split(",") if part)
    arguments = {}
    if "rate" in options:
        arguments["rate"] = float(options["rate"])
    if "kinds" in options:
        arguments["kinds"] = tuple(options["kinds"].split("+"))
        unknown = set(arguments["kinds"]) - set(SEEDED_KINDS)
        if unknown:
            raise ValueError(
                f"unknown fault: {', '.join(sorted(unknown))} (known: {', '.join(SEEDED_KINDS)})"
            )
    if "limit" in options:
        arguments["limit"] = int(options["limit"])
    return seeded(options.get("seed", "1"), **arguments)


# ---------------------------------------------------------------- the server


class _Closed(Exception):
    """A fault ended the connection on purpose."""


class _Io:
    """What a fault may do to the wire."""

    def __init__(self, handler, request):
        self.handler, self.request, self.server = handler, request, handler.server.owner
        self.chunked = False

    def raw(self, data):
        self.request.ended = time.monotonic()
        self.handler.wfile.write(data)

    def sleep(self, seconds):
        """
        Wakes early when the server stops, so that leaving a test never waits for a slow fault.
        """
        if self.server.stopping.wait(seconds):
            raise _Closed

    def head(self, response, close_delimited=False, length=None, byte_delay=0.0):
        self.chunked = response.chunked and not close_delimited
        phrase = BaseHTTPRequestHandler.responses.get(response.status, ("Status", ""))[0]
        lines = [
            f"HTTP/1.1 {response.status} {phrase}",
            "Server: Apache",
            "Date: " + email.utils.formatdate(self.server.time(), usegmt=True),
        ]
        lines += [f"{k}: {v}" for k, v in response.headers.items()]
        if close_delimited:
            lines.append("Connection: close")
        elif self.chunked:
            lines.append("Transfer-Encoding: chunked")
        elif response.status not in (204, 304):
            lines.append(f"Content-Length: {len(response.body) if length is None else length}")
        self.request.status = response.status
        data = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        if byte_delay:
            for i in range(len(data)):
                self.raw(data[i : i + 1])
                self.sleep(byte_delay)
        else:
            self.raw(data)

    def body(self, data, last=True):
        if self.request.method == "HEAD" or self.request.status in (204, 304):
            return
        self.request.sent += len(data)
        if self.chunked:
            data = (b"%x\r\n%s\r\n" % (len(data), data) if data else b"") + (
                b"0\r\n\r\n" if last else b""
            )
        if data:
            self.raw(data)

    def close(self):
        raise _Closed

    def reset(self):
        """RST instead of FIN."""
        self.handler.connection.setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
        )
        self.handler.wfile = self.handler.rfile = _Nothing()
        self.handler.connection.close()
        raise _Closed


class _Nothing:
    closed = True

    def write(self, data):
        raise _Closed

    def close(self):
        pass

    flush = close

    def readline(self, limit=-1):
        return b""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = HANG_MAX
    disable_nagle_algorithm = True

    def setup(self):
        super().setup()
        owner = self.server.owner
        with owner.lock:
            owner.connections += 1
            self.number = owner.connections
            owner.sockets.add(self.connection)

    def finish(self):
        owner = self.server.owner
        with owner.lock:
            owner.sockets.discard(self.connection)
        try:
            super().finish()
        except (OSError, _Closed):
            pass

    def handle(self):
        try:
            super().handle()
        except (_Closed, OSError):  # OSError: also a client that refuses our certificate
            self.close_connection = True

    def log_message(self, *args):
        pass

    def _serve(self):
        owner = self.server.owner
        started = time.monotonic()
        length = int(self.headers.get("Content-Length") or 0)
        content = self.rfile.read(min(length, 1 << 24))
        parts = urllib.parse.urlsplit(self.path)
        fields = {}
        for name, value in self.headers.items():
            name = name.lower()
            fields[name] = f"{fields[name]}, {value}" if name in fields else value
        request = Request(
            0,
            self.command,
            self.path,
            urllib.parse.unquote(parts.path),
            urllib.parse.parse_qs(parts.query, keep_blank_values=True),
            fields,
            list(self.headers.items()),
            content,
            self.number,
            self.client_address,
            started,
            time.time(),
        )
        with owner.lock:
            request.number = len(owner.requests) + 1
            owner.requests.append(request)
        if owner.on_request:
            owner.on_request(request)
        io = _Io(self, request)
        if owner.latency:
            io.sleep(owner.latency)
        hop = re.match(r"/__hop/(loop-)?(\d+)(/.*)$", request.target)
        fault = None
        if hop:
            response = owner.hop(request, hop)
        else:
            plan = owner.faults
            fault = plan(request) if plan else None
            request.fault = fault.name if fault else None
            response = fault.answer(request) if fault else None
            if response is None:
                response = owner.respond(request)
                if fault:
                    response = fault.damage(response)
        try:
            (fault or Fault()).send(io, response)
        except (_Closed, OSError):
            self.close_connection = True
        if "close" in (self.headers.get("Connection") or "").lower():
            self.close_connection = True
        if request.ended is None:
            request.ended = time.monotonic()

    do_GET = do_POST = do_HEAD = do_PUT = do_DELETE = do_OPTIONS = _serve


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request, client_address):
        # A client that goes away mid-answer is what these tests are about; anything else is a bug
        # of the fake.
        if not isinstance(sys.exc_info()[1], (OSError, _Closed)):
            super().handle_error(request, client_address)


class FakeServer:
    """
    `responder(request) -> Response`; subclasses override `respond`. `tls`: (certificate, key)
    paths. `latency`: seconds before every answer (makes requests that overlap visible).
    `on_request(request)` runs in the serving thread before the answer is made: the place to change
    the set under a client's pagination.
    """

    def __init__(
        self, responder=None, port=0, tls=None, faults=None, latency=0.0, host="127.0.0.1"
    ):
        self.responder, self.faults, self.latency, self.tls = responder, faults, latency, tls
        self.on_request = None
        self.requests, self.connections, self.sockets = [], 0, set()
        self.lock, self.stopping = threading.RLock(), threading.Event()
        self.time = time.time
        self.listener = _Listener((host, port), _Handler)
        self.listener.owner = self
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*map(str, tls))
            self.listener.socket = context.wrap_socket(
                self.listener.socket, server_side=True, do_handshake_on_connect=False
            )
        self.host, self.port = host, self.listener.server_address[1]
        self.thread = None

    @property
    def url(self):
        return f"{'https' if self.tls else 'http'}://{self.host}:{self.port}"

    def respond(self, request):
        return self.responder(request) if self.responder else Response(404, {}, b"not found")

    def hop(self, request, match):
        """One step of a redirect chain that a fault began; a step 0 gives the true answer."""
        loop, step, rest = match.group(1), int(match.group(2)), match.group(3)
        if loop:
            return Response(302, {"Location": f"/__hop/loop-{step + 1}{rest}"}, b"moved")
        if step:
            return Response(302, {"Location": f"/__hop/{step - 1}{rest}"}, b"moved")
        parts = urllib.parse.urlsplit(rest)
        request.path = urllib.parse.unquote(parts.path)
        return self.respond(request)

    def start(self):
        self.thread = threading.Thread(
            target=self.listener.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self.thread.start()
        return self

    def stop(self):
        self.stopping.set()
        if self.thread:
            self.listener.shutdown()
            self.thread.join()
        self.listener.server_close()
        with self.lock:
            for s in list(self.sockets):
                try:
                    s.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    __enter__ = start

    def __exit__(self, *exc):
        self.stop()

    # What tests ask

    def clear(self):
        with self.lock:
            self.requests.clear()

    def seen(self, pattern="", method=None):
        """The requests whose target matches, in order of arrival."""
        with self.lock:
            return [
                r
                for r in self.requests
                if re.search(pattern, r.target) and method in (None, r.method)
            ]

    def peak_concurrency(self):
        """How many requests were under way at once, at most (1: one at a time)."""
        with self.lock:
            edges = [(r.started, 1) for r in self.requests]
            edges += [
                (r.ended if r.ended is not None else time.monotonic(), -1) for r in self.requests
            ]
        now = peak = 0
        for _, step in sorted(edges):
            now += step
            peak = max(peak, now)
        return peak

    def gaps(self, pattern=""):
        """Seconds between the starts of consecutive matching requests."""
        times = [r.started for r in self.seen(pattern)]
        return [b - a for a, b in zip(times, times[1:])]

    def peak_rate(self, window=60.0):
        """The largest number of requests that began inside any window of so many seconds."""
        times = [r.started for r in self.seen()]
        return max(
            (sum(1 for t in times if start <= t < start + window) for start in times), default=0
        )


# ---------------------------------------------------------------- certificates


def make_certificate(folder, name="test", hosts=("127.0.0.1", "localhost"), expired=False):
    """
    A fresh self-signed certificate made with the openssl command: (certificate path, key path). The
    certificate is its own authority, so a client that is told to trust the file accepts it.
    `expired`: it ended in 2021.
    """
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    names = ",".join(
        ("IP:" if re.fullmatch(r"[\d.]+|[0-9a-f:]+:[0-9a-f:]*", h) else "DNS:") + h for h in hosts
    )

    def openssl(*arguments):
        subprocess.run(
            ["openssl", *map(str, arguments)], check=True, capture_output=True, cwd=folder
        )

    key_kind = (
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-keyout",
        key,
    )
    subject = ("-subj", f"/CN={hosts[0]}")
    if not expired:
        openssl(
            "req",
            "-x509",
            "-days",
            30,
            *key_kind,
            "-out",
            certificate,
            *subject,
            "-addext",
            f"subjectAltName={names}",
        )
        return certificate, key
    # Only "openssl ca" sets dates in the past in OpenSSL 3.0, and it wants a small database.
    request, database = folder / f"{name}.csr", folder / f"{name}.db"
    (folder / f"{name}.cnf").write_text(
        "[ca]\ndefault_ca=here\n[here]\n"
        f"database={database}\nnew_certs_dir={folder}\nrand_serial=yes\n"
        "default_md=sha256\npolicy=any\n"
        f"x509_extensions=names\n[any]\ncommonName=supplied\n[names]\nsubjectAltName={names}\n"
    )
    database.write_text("")
    openssl("req", *key_kind, "-out", request, *subject)
    openssl(
        "ca",
        "-batch",
        "-selfsign",
        "-config",
        folder / f"{name}.cnf",
        "-keyfile",
        key,
        "-in",
        request,
        "-out",
        certificate,
        "-notext",
        "-startdate",
        "20200101000000Z",
        "-enddate",
        "20210101000000Z",
    )
    return certificate, key


def serve_forever(server, what):
    """Script mode: prints the base URL, serves until SIGTERM or SIGINT."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with server:
        print(server.url, flush=True)
        if what:
            print(what, file=sys.stderr, flush=True)
        stop.wait()
