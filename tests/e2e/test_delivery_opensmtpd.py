"""
The same digests through a relay that people run: Debian's OpenSMTPD, started for the test on
loopback, which files what it takes into folders. It needs root and uses the machine's spool, so it
runs only when asked for:

    APPARITEUR_OPENSMTPD=/usr/sbin/smtpd contrib/test
"""

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest
from mailroom import UNAVAILABLE, Mail, Mailroom, call, database, start_up

SMTPD = os.environ.get("APPARITEUR_OPENSMTPD")
pytestmark = pytest.mark.skipif(not SMTPD or os.geteuid() != 0, reason="APPARITEUR_OPENSMTPD is not set, or not root")

SETTINGS = """\
table everybody {{ "@" = "nobody" }}
listen on 127.0.0.1 port {port}
action "file" maildir "{folder}/%{{rcpt.user}}" virtual <everybody>
match from any for domain "example.org" action "file"
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Relay:
    def __init__(self):
        base = Path(subprocess.check_output(["mktemp", "-d", "/var/tmp/relay-XXXXXX"], text=True).strip())
        self.base = base
        base.chmod(0o755)
        self.folder, self.port = base / "mail", free_port()
        self.folder.mkdir()
        self.folder.chmod(0o777)
        conf = base / "smtpd.conf"
        conf.write_text(SETTINGS.format(port=self.port, folder=self.folder))
        self.url = f"smtp://127.0.0.1:{self.port}"
        self.process = subprocess.Popen(
            [SMTPD, "-d", "-f", conf], stderr=(base / "log").open("wb"), start_new_session=True
        )
        until = time.monotonic() + 20
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert self.process.poll() is None, (base / "log").read_text()
            time.sleep(0.1)
        raise AssertionError((base / "log").read_text())

    def files(self):
        return sorted(self.folder.glob("*/new/*"))

    def received(self, count):
        """Profile -> mails, as soon as so many have been filed."""
        until = time.monotonic() + 20
        while len(self.files()) < count and time.monotonic() < until:
            time.sleep(0.1)
        found = {}
        for path in self.files():
            found.setdefault(path.parent.parent.name, []).append(path.read_bytes())
        return found

    def stop(self):
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(timeout=20)
        shutil.rmtree(self.base)


@pytest.fixture(scope="module")
def relay():
    relay = Relay()
    yield relay
    relay.stop()


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    return database(tmp_path_factory.mktemp("fresh"))


@pytest.fixture
def office(app, fresh, relay):
    office = Mailroom(app, fresh)
    office.notices(call(1), call(2, description="Pose.\n.\n..\nFrom la commune.\n" + "mot " * 500))
    return office


def unstamped(raw):
    """Without the lines that a relay puts on top, and with the line ends of the wire."""
    raw = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return raw[raw.index(b"From: "):]


def test_each_digest_arrives_as_it_was_composed(office, relay):
    office.start_ups(*(start_up(f"s{i:02d}") for i in range(40)))
    assert office.send(relay.url)["sent"] == 40
    composed = {p: m for p, m in office.rows("SELECT profile, message FROM outbox JOIN outbox_message ON outbox = id")}
    received = relay.received(40)
    assert {slug: [unstamped(raw) for raw in raws] for slug, raws in received.items()} == {
        slug: [message] for slug, message in composed.items()
    }
    for raws in received.values():
        Mail(unstamped(raws[0]))


def test_who_it_does_not_know_has_failed(office, relay):
    office.start_ups(start_up("ana", email="ana@ailleurs.invalid"), start_up("ben"))
    done = office.send(relay.url, status=UNAVAILABLE)
    assert (done["sent"], done["failed"]) == (1, 1)
    assert office.outbox()["ana"][3].startswith("550")


def test_kills_lose_nothing(office, relay):
    """In doubt for a quarter of an hour, then once more: what a real relay had taken comes as a copy."""
    office.start_ups(*(start_up(f"k{i:02d}") for i in range(60)))
    office.run("match")
    before, struck = len(relay.files()), 0
    for i in range(25):
        process = office.app.start("digest", "send", "--smtp", relay.url, "--now", office.now.isoformat())
        time.sleep(0.02 + 0.006 * i)
        process.kill()
        process.communicate()
        struck += process.returncode == -signal.SIGKILL
    for _ in range(2):
        office.later(minutes=16)
        office.send(relay.url, match=False)
    assert office.states() == {"sent": 60}
    received = {slug: raws for slug, raws in relay.received(before + 60).items() if slug.startswith("k")}
    assert len(received) == 60 and all(len({unstamped(raw) for raw in raws}) == 1 for raws in received.values())
    assert sum(map(len, received.values())) - 60 <= struck
