#!/usr/bin/env python3
"""
A recording SMTP relay on loopback (aiosmtpd), which misbehaves on command.

    with SmtpServer(folder, tls="starttls", users={"mailer": "secret"}) as relay:
        relay.faults = sequence(later(), None, drop_after_body())
        ...                                    # the programme sends to relay.url
        mails = relay.messages()               # everything whose body arrived, in order
        assert parse(mails[0].raw)["Subject"] == "…"

Each message is written to the folder, and fsynced, *before* it is answered: NNNNNN.eml, then one
line in messages.jsonl. So after a kill -9 of either side the folder says what the relay had in hand
(`kept`: it would have delivered it) and what it was about to answer (`reply`; null: the connection
was dropped). A new server on the same folder goes on counting.

TLS is "none", "starttls" (offered and required) or "implicit"; certificates come from
fake_http.make_certificate. A *fault plan* is a callable `plan(number) -> SmtpFault | None` asked at
each MAIL FROM; `connection_faults` is the same for each connection (greeting, STARTTLS, AUTH).
`sequence`, `always` and `seeded` build the usual ones.

As a programme: smtp_server.py --dir DIR [--port N] [--tls starttls] [--user U --password P]
[--fault later …] prints the URL and, with TLS, the path of the certificate to trust.
"""

import argparse
import asyncio
import collections
import email
import email.policy
import email.utils
import json
import logging
import os
import pathlib
import random
import re
import signal
import ssl
import sys
import threading
import time
import warnings
from dataclasses import dataclass

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import fake_http

STAGES = ("greeting", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "midbody", "body")
HANG_MAX = 120.0


# ---------------------------------------------------------------- faults


@dataclass(frozen=True)
class SmtpFault:
    """
    What happens at one stage: first `delay` seconds, then `reply` instead of the true one, or the
    connection is dropped. `midbody` is inside the message (the rest is never read); `body` is after
    the final dot, when the message is written down. `keep`: whether the relay delivers a message at
    stage `body`; None: as the reply says (2xx or none: yes; 4xx, 5xx: no).
    """

    stage: str
    reply: str | None = None
    drop: bool = False
    delay: float = 0.0
    keep: bool | None = None

    def __post_init__(self):
        assert self.stage in STAGES, self.stage


def later_rcpt(reply="450 4.2.1 Mailbox busy, try again later"):
    return SmtpFault("rcpt", reply)


def refused_rcpt(reply="550 5.1.1 No such user"):
    return SmtpFault("rcpt", reply)


def later(reply="451 4.3.0 Local error, try again later"):
    return SmtpFault("body", reply)


def refused(reply="554 5.7.1 Message refused"):
    return SmtpFault("body", reply)


def drop_after_body(keep=True):
    """The message is whole and written down, but the answer never comes: the sender cannot know."""
    return SmtpFault("body", drop=True, keep=keep)


def drop_in_body():
    return SmtpFault("midbody", drop=True)


def slow(seconds, stage="body"):
    return SmtpFault(stage, delay=seconds)


def no_answer(stage="body", seconds=HANG_MAX, keep=True):
    """Silence until the sender gives up (at most `seconds`)."""
    return SmtpFault(
        stage, delay=min(seconds, HANG_MAX), drop=True, keep=keep if stage == "body" else None
    )


def refuse_starttls(reply="454 4.7.0 TLS not available due to temporary reason"):
    return SmtpFault("starttls", reply)


def busy_greeting(reply="421 4.3.2 Too many connections"):
    return SmtpFault("greeting", reply, drop=True)


def sequence(*faults):
    """Fault i (or None) for the i-th message (or connection), none afterwards."""
    pending = list(faults)
    return lambda number: pending.pop(0) if pending else None


def always(fault):
    return lambda number: fault


def seeded(seed, rate=0.3, faults=None):
    """A fault in about `rate` of the messages, the same for the same seed and order."""
    rng = random.Random(f"smtp {seed}")
    choices = faults or (
        later_rcpt(),
        later(),
        drop_after_body(),
        drop_after_body(keep=False),
        drop_in_body(),
        slow(0.05),
    )
    return lambda number: rng.choice(choices) if rng.random() < rate else None


NAMED = {
    "later": later,
    "refused": refused,
    "later-rcpt": later_rcpt,
    "refused-rcpt": refused_rcpt,
    "drop-after-body": drop_after_body,
    "drop-in-body": drop_in_body,
    "no-answer": no_answer,
}


# ---------------------------------------------------------------- what was recorded


@dataclass
class Message:
    number: int
    raw: bytes  # as it came over the wire, dots unstuffed, CR LF kept
    mail_from: str
    rcpt_tos: list
    message_id: str | None
    reply: str | None  # what was answered after the body; None: nothing
    kept: bool  # the relay would deliver it
    tls: bool
    user: str | None
    helo: str
    connection: int
    time: float

    def parse(self):
        return parse(self.raw)


def recorded(folder):
    """
    The messages of a folder, also after the server is gone. A last line cut by a kill is not a
    message.
    """
    folder, found = pathlib.Path(folder), []
    journal = folder / "messages.jsonl"
    for line in (
        journal.read_text(encoding="utf-8").splitlines(keepends=True) if journal.exists() else []
    ):
        if not line.endswith("\n"):
            continue
        fields = json.loads(line)
        file = fields.pop("file")
        found.append(Message(raw=(folder / file).read_bytes(), **fields))
    return found


class _Journal:
    def __init__(self, folder, fsync=True):
        self.folder, self.fsync = pathlib.Path(folder), fsync
        self.folder.mkdir(parents=True, exist_ok=True)
        journal = self.folder / "messages.jsonl"
        if journal.exists():  # a line that a kill cut short is dropped, and its number used again
            whole = journal.read_bytes()
            end = whole.rfind(b"\n") + 1
            if end != len(whole):
                os.truncate(journal, end)
        self.count = len(recorded(folder))
        self.file = open(journal, "ab")

    def write(self, raw, fields):
        """Durable when it returns."""
        number = self.count + 1
        name = f"{number:06d}.eml"
        with open(self.folder / name, "wb") as file:
            file.write(raw)
            file.flush()
            if self.fsync:
                os.fsync(file.fileno())
        line = json.dumps({"number": number, "file": name, **fields}, ensure_ascii=False) + "\n"
        self.file.write(line.encode())
        self.file.flush()
        if self.fsync:
            os.fsync(self.file.fileno())
            folder = os.open(self.folder, os.O_RDONLY)
            os.fsync(folder)
            os.close(folder)
        self.count = number

    def close(self):
        self.file.close()


# ---------------------------------------------------------------- the server


class _Session(SMTP):
    line_length_limit = 1001  # RFC 5321 4.5.3.1.6: 1000 with CR LF; one more is refused

    def __init__(self, owner, **kw):
        self.owner, self.fault_of_connection, self.number = owner, None, 0
        super().__init__(owner, **kw)

    async def _fault(self, stage):
        """
        Plays the fault of this stage, if any: the reply to give instead of the true one, or None.
        """
        fault = next(
            (
                f
                for f in (self.fault_of_connection, getattr(self.envelope, "fault", None))
                if f and f.stage == stage
            ),
            None,
        )
        if fault is None:
            return None
        if fault.delay:
            await asyncio.sleep(fault.delay)
        if fault.drop:
            if fault.reply:
                await self.push(fault.reply)
            if self.transport is not None:
                self.transport.close() if fault.reply else self.transport.abort()
            raise asyncio.CancelledError
        return fault.reply

    async def _unless_fault(self, stage, otherwise, *arguments):
        reply = await self._fault(stage)
        if reply:
            await self.push(reply)
        else:
            await otherwise(*arguments)

    async def _handle_client(self):
        self.owner.connections += 1
        self.number = self.owner.connections
        self.owner.open_now += 1
        self.owner.peak_connections = max(self.owner.peak_connections, self.owner.open_now)
        plan = self.owner.connection_faults
        self.fault_of_connection = plan(self.number) if plan else None
        try:
            await self._unless_fault("greeting", super()._handle_client)
        finally:
            self.owner.open_now -= 1

    async def smtp_EHLO(self, hostname):
        await self._unless_fault("ehlo", super().smtp_EHLO, hostname)

    async def smtp_STARTTLS(self, arg):
        await self._unless_fault("starttls", super().smtp_STARTTLS, arg)

    async def smtp_AUTH(self, arg):
        await self._unless_fault("auth", super().smtp_AUTH, arg)

    async def smtp_DATA(self, arg):
        fault = getattr(self.envelope, "fault", None)
        if fault and fault.stage == "midbody" and self.envelope.rcpt_tos:
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            await self._reader.read(200)
            await self._fault("midbody")
        await self._unless_fault("data", super().smtp_DATA, arg)


class SmtpServer:
    """`size_max`: bytes of a message before 552. `fsync=False` for tests that only count."""

    def __init__(
        self,
        folder,
        port=0,
        tls="none",
        users=None,
        faults=None,
        connection_faults=None,
        certificate=None,
        size_max=10 << 20,
        fsync=True,
        host="127.0.0.1",
    ):
        assert tls in ("none", "starttls", "implicit"), tls
        self.folder, self.tls, self.users, self.host, self.port = (
            pathlib.Path(folder),
            tls,
            users,
            host,
            port,
        )
        self.faults, self.connection_faults, self.size_max = faults, connection_faults, size_max
        self.journal = _Journal(folder, fsync)
        self.connections = self.open_now = self.peak_connections = self.transactions = 0
        self.attempts = []  # (connection, mail_from, [rcpt…]) of each MAIL FROM
        self.certificate, self.context = None, None
        if tls != "none":
            certificate = certificate or fake_http.make_certificate(self.folder / "tls", "relay")
            self.certificate = certificate[0]
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(*map(str, certificate))
        self.loop, self.server, self.thread = None, None, None
        self.ready, self.failure = threading.Event(), None

    @property
    def url(self):
        return f"{'smtps' if self.tls == 'implicit' else 'smtp'}://{self.host}:{self.port}"

    # aiosmtpd's hooks

    async def handle_MAIL(self, server, session, envelope, address, options):
        self.transactions += 1
        envelope.fault = self.faults(self.transactions) if self.faults else None
        envelope.attempt = (server.number, address, [])
        self.attempts.append(envelope.attempt)
        reply = await server._fault("mail")
        if reply:
            return reply
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        envelope.attempt[2].append(address)
        reply = await server._fault("rcpt")
        if reply:
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        fault = getattr(envelope, "fault", None)
        fault = fault if fault and fault.stage == "body" else None
        reply = (
            fault.reply
            if fault and fault.reply
            else None if fault and fault.drop else "250 2.0.0 OK, queued"
        )
        kept = reply is None or reply.startswith("2")
        if fault and fault.keep is not None:
            kept = fault.keep
        raw = bytes(envelope.content)
        found = re.search(
            rb"^message-id:\s*(\S+)", raw.split(b"\r\n\r\n", 1)[0] + b"\r\n", re.I | re.M
        )
        self.journal.write(
            raw,
            {
                "mail_from": envelope.mail_from,
                "rcpt_tos": envelope.rcpt_tos,
                "message_id": found[1].decode("ascii", "replace") if found else None,
                "reply": reply,
                "kept": kept,
                "tls": server.transport.get_extra_info("ssl_object") is not None,
                "user": (
                    session.auth_data.login.decode()
                    if isinstance(session.auth_data, LoginPassword)
                    else None
                ),
                "helo": session.host_name or "",
                "connection": server.number,
                "time": time.time(),
            },
        )
        return await server._fault("body") or reply

    def _authenticate(self, server, session, envelope, mechanism, data):
        good = (
            isinstance(data, LoginPassword)
            and (data.login.decode(), data.password.decode()) in (self.users or {}).items()
        )
        return AuthResult(success=good, handled=False, auth_data=data)

    # life

    def _session(self):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # AUTH without TLS is asked for on purpose
            return _Session(
                self,
                loop=self.loop,
                hostname="relay.example.org",
                ident="ESMTP test",
                data_size_limit=self.size_max,
                enable_SMTPUTF8=True,
                timeout=HANG_MAX,
                tls_context=self.context if self.tls == "starttls" else None,
                require_starttls=self.tls == "starttls",
                auth_required=bool(self.users),
                auth_require_tls=self.tls == "starttls",
                authenticator=self._authenticate,
                auth_exclude_mechanism=() if self.users else ("LOGIN", "PLAIN"),
            )

    def start(self):
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)

        def run():
            self.loop = asyncio.new_event_loop()
            asyncio.set_event_loop(self.loop)
            self.loop.set_exception_handler(
                lambda loop, context: None
            )  # dropped connections are the point
            try:
                self.server = self.loop.run_until_complete(
                    self.loop.create_server(
                        self._session,
                        self.host,
                        self.port,
                        ssl=self.context if self.tls == "implicit" else None,
                    )
                )
                self.port = self.server.sockets[0].getsockname()[1]
            except OSError as error:
                self.failure = error
            self.ready.set()
            if self.failure is None:
                self.loop.run_forever()
                for task in asyncio.all_tasks(self.loop):
                    task.cancel()
                self.loop.run_until_complete(asyncio.sleep(0))
            self.loop.close()

        self.thread = threading.Thread(target=run, daemon=True)
        self.thread.start()
        self.ready.wait()
        if self.failure:
            raise self.failure
        return self

    def stop(self):
        def close():
            self.server.close()
            self.loop.stop()

        self.loop.call_soon_threadsafe(close)
        self.thread.join()
        self.journal.close()

    __enter__ = start

    def __exit__(self, *exc):
        self.stop()

    # what tests ask

    def messages(self):
        """Everything whose body arrived whole, refused or not."""
        return recorded(self.folder)

    def kept(self):
        """What would reach people."""
        return [m for m in recorded(self.folder) if m.kept]

    def copies(self):
        """Message-ID -> how many copies would reach people."""
        return collections.Counter(m.message_id for m in self.kept())


# ---------------------------------------------------------------- reading a mail strictly


class Parsed:
    """A mail as Python's email reads it under strict policy."""

    def __init__(self, message):
        self.message = message
        self.headers = [(k, str(v)) for k, v in message.items()]
        self.text = self.html = None
        for part in message.walk():
            kind = part.get_content_type()
            if kind == "text/plain" and self.text is None:
                self.text = part.get_content()
            elif kind == "text/html" and self.html is None:
                self.html = part.get_content()
        self.types = [p.get_content_type() for p in message.walk()]

    def __getitem__(self, name):
        return next((v for k, v in self.headers if k.lower() == name.lower()), None)

    def all(self, name):
        return [v for k, v in self.headers if k.lower() == name.lower()]


def parse(raw):
    """
    The mail's headers and its text and html parts; ValueError tells everything that is wrong with
    it.
    """
    wrong = problems(raw)
    if wrong:
        raise ValueError("; ".join(wrong))
    return Parsed(email.message_from_bytes(raw, policy=email.policy.strict))


ONCE = (
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Sender",
    "Reply-To",
    "Cc",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "List-Id",
    "Auto-Submitted",
)


def problems(raw):
    """What RFC 5321, 5322, 2045 and 2047 would not like in these bytes; [] when all is well."""
    found = []
    if re.search(rb"(?<!\r)\n|\r(?!\n)", raw):
        found.append("a bare CR or LF")
    if b"\0" in raw:
        found.append("a NUL")
    if any(len(line) > 998 for line in raw.split(b"\r\n")):
        found.append("a line of more than 998 bytes")
    head, separator, _ = raw.partition(b"\r\n\r\n")
    if not separator:
        found.append("no empty line after the headers")
    if any(b > 126 for b in head):
        found.append("bytes over 126 in the headers")
    if any(len(word) > 75 for word in re.findall(rb"=\?[^?\s]*\?[BbQq]\?[^?\s]*\?=", head)):
        found.append("an encoded word of more than 75 characters")
    try:
        message = email.message_from_bytes(raw, policy=email.policy.strict)
        for part in message.walk():
            _part_problems(part, found)
    except (email.errors.MessageError, ValueError, LookupError) as error:
        return found + [f"{type(error).__name__}: {error}"]
    names = collections.Counter(k.lower() for k in message.keys())
    found += [f"{name} {names[name.lower()]} times" for name in ONCE if names[name.lower()] > 1]
    found += [f"no {name}" for name in ("From", "Date", "Message-ID") if name not in message]
    if "Date" in message and (
        message["Date"].datetime is None or message["Date"].datetime.tzinfo is None
    ):
        found.append("a Date without zone")
    if "Message-ID" in message and not re.fullmatch(
        r"<[^<>@\s]+@[^<>@\s]+>", message["Message-ID"].strip()
    ):
        found.append(f"Message-ID {message['Message-ID']!r}")
    return found


def _part_problems(part, found):
    for name, value in part.items():
        found += [f"{name}: {d}" for d in getattr(value, "defects", ())]
    found += [f"{part.get_content_type()}: {d}" for d in part.defects]
    if part.is_multipart():
        return
    body = part.get_payload()
    encoding = (part.get("Content-Transfer-Encoding") or "7bit").lower()
    if encoding == "quoted-printable" and any(len(line) > 76 for line in body.splitlines()):
        found.append("a quoted-printable line of more than 76 characters")
    if encoding == "7bit" and not body.isascii():
        found.append("8-bit text in a 7bit part")
    if part.get_content_maintype() == "text":
        raw = part.get_payload(decode=True)
        try:
            raw.decode(part.get_content_charset() or "us-ascii")
        except UnicodeDecodeError as error:
            found.append(f"{part.get_content_type()}: {error}")


def main():
    options = argparse.ArgumentParser(description="A recording SMTP relay on loopback.")
    options.add_argument("--dir", required=True, help="where messages go")
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--tls", choices=("none", "starttls", "implicit"), default="none")
    options.add_argument("--user")
    options.add_argument("--password")
    options.add_argument(
        "--fault", action="append", choices=sorted(NAMED), default=[], help="for message 1, 2, …"
    )
    options.add_argument(
        "--seed", help="faults at random by this seed, in about a third of the messages"
    )
    given = options.parse_args()
    if (given.user is None) != (given.password is None):
        options.error("--user and --password go together")
    plan = seeded(given.seed) if given.seed else sequence(*(NAMED[n]() for n in given.fault))
    server = SmtpServer(
        given.dir, given.port, given.tls, {given.user: given.password} if given.user else None, plan
    )
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with server:
        print(server.url, flush=True)
        if server.certificate:
            print(server.certificate, flush=True)
        stop.wait()


if __name__ == "__main__":
    main()
