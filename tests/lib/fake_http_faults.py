"""
What a FakeServer can be told to do wrong, and plans that say when.

A *fault plan* is a callable `plan(request) -> Fault | None`; it is asked once a request.
`sequence`, `matching`, `always` and `seeded` build the usual ones. A Fault either replaces the true
answer (a status, a redirect, a reset) or damages it (cut, slow, gzip, …). Faults never change what
the server holds, so once the plan is exhausted, or `server.faults = None`, the same request gets
the whole truth. Tests use all of this by way of fake_http.
"""

import datetime
import email.utils
import gzip
import json
import random
import re
import threading
from dataclasses import dataclass, field


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
