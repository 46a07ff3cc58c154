"""
The same digests through a relay that people run: Debian's OpenSMTPD, started for the test on
loopback with STARTTLS required, which files what it takes into folders. It needs root and uses the
machine's spool, so it runs only when asked for:

    APPARITEUR_OPENSMTPD=/usr/sbin/smtpd contrib/test
"""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest
from mailroom import TEMPFAIL, Mail, Mailroom, call, database, start_up

SMTPD = os.environ.get("APPARITEUR_OPENSMTPD")
pytestmark = pytest.mark.skipif(not SMTPD or os.geteuid() != 0, reason="APPARITEUR_OPENSMTPD is not set, or not root")

SETTINGS = """\
pki "relay.example.org" cert "{certificate}"
pki "relay.example.org" key "{key}"
table everybody {{ "@" = "nobody" }}
listen on 127.0.0.1 port {port} tls-require pki "relay.example.org"
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
        base.chmod(0o755)
        self.folder, self.port = base / "mail", free_port()
        self.folder.mkdir()
        self.folder.chmod(0o777)
        self.certificate, key = base / "relay.pem", base / "relay.key"
        # of the RSA kind: the keeper of keys in OpenSMTPD 6.8 has trouble with the others
        subprocess.run(
            ["openssl", "req", "-x509", "-days", "30", "-newkey", "rsa:2048", "-nodes", "-keyout", key,
             "-out", self.certificate, "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"],
            check=True, capture_output=True,
        )
        key.chmod(0o600)
        conf = base / "smtpd.conf"
        conf.write_text(
            SETTINGS.format(certificate=self.certificate, key=key, port=self.port, folder=self.folder)
        )
        self.url = f"smtp://127.0.0.1:{self.port}"
        self.process = subprocess.Popen([SMTPD, "-d", "-f", conf], stderr=(base / "log").open("wb"), start_new_session=True)
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
    office.settings(mail={"starttls": "yes", "ca_file": relay.certificate})
    office.notices(call(1), call(2, description="Pose.\n.\n..\nFrom la commune.\n" + "mot " * 500))
    return office


def unstamped(raw):
    """Without the lines that a relay puts on top, and with the line ends of the wire."""
    raw = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return raw[raw.index(b"From: "):]


def test_each_digest_arrives_as_it_was_composed(office, relay):
    office.start_ups(*(start_up(f"s{i:02d}") for i in range(40)))
    assert office.send(relay.url)["sent"] == 40
    composed = {p: m for p, m in office.rows("SELECT profile, message FROM outbox")}
    received = relay.received(40)
    assert {slug: [unstamped(raw) for raw in raws] for slug, raws in received.items()} == {
        slug: [message] for slug, message in composed.items()
    }
    for raws in received.values():
        Mail(unstamped(raws[0]))


def test_who_it_does_not_know_has_failed_and_trust_is_needed(office, relay):
    office.start_ups(start_up("ana", email="ana@ailleurs.invalid"), start_up("ben"))
    office.settings(mail={"starttls": "yes"})
    done = office.send(relay.url, status=TEMPFAIL)
    assert done["sent"] == 0 and done["failed"] == 0, "nobody vouches for its certificate"
    office.settings(mail={"starttls": "yes", "ca_file": relay.certificate})
    office.later(minutes=5)
    done = office.send(relay.url, status=69)
    assert (done["sent"], done["failed"]) == (1, 1)
    assert office.outbox()["ana"][3].startswith("550")
