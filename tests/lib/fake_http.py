"""
A loopback HTTP server that records what it was asked and misbehaves on command.

Base of fake_boamp.py and fake_ted.py; a test may also use it alone:

    with FakeServer(responder) as server:
        server.faults = sequence(too_many(retry_after=2), None, cut(0.5))
        ...                                   # the programme fetches from server.url
        assert [r.path for r in server.requests] == [...]
        assert server.peak_concurrency() == 1

What can go wrong, and the plans that say when, are in fake_http_faults.py; all of their names are
names of this module too.
"""

import email.utils
import pathlib
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
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from fake_http_faults import (  # noqa: F401  (our users know all of these as ours)
    HANG_MAX,
    HTML_PAGE,
    SEEDED_KINDS,
    Fault,
    Request,
    Response,
    always,
    body,
    cut,
    either,
    empty,
    garbage,
    gzipped,
    html_page,
    json_response,
    late,
    long_header,
    matching,
    oversized,
    plan_from_text,
    redirect,
    redirect_chain,
    reset,
    seeded,
    sequence,
    silent,
    slow_body,
    slow_header,
    status,
    too_many,
    unavailable,
    wrong_json,
)


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
