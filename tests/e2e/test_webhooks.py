"""Webhooks: signed as the specification says, told once, tried again, given up with a notice."""

import base64
import hashlib
import hmac
import json
import sqlite3
import threading
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sample_day import NOW
from web_client import BASE

WHO = "rosee-des-causses"
BEFORE = "2026-11-22T08:00:00+01:00"
CONF = f"[instance]\nname = Veille\nweb_url = {BASE}\n[webhook]\nallowed_hosts = 127.0.0.1\ntimeout_s = 2\n"


class Receiver:
    def __init__(self):
        self.got, self.status, self.headers = [], 204, {}
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((dict(self.headers.items()), body))
                self.send_response(receiver.status)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()


@pytest.fixture
def hooked(filled, receiver):
    """A webhook made before anything matched."""
    (filled.dir / "hook.conf").write_text(CONF)
    (made,) = hook(filled, "add", WHO, receiver.url, now=BEFORE)
    filled.secret = made["secret"]
    filled("match", "--now", NOW)
    return filled


def hook(app, *args, now=NOW, check=True):
    return app.json("webhook", *args, "--config", app.dir / "hook.conf", "--now", now, check=check)


def send(app, now=NOW):
    return hook(app, "send", now=now, check=False)[0]


def later(**span):
    return (datetime.fromisoformat(NOW) + timedelta(**span)).isoformat()


def signed(secret, headers, body):
    """As a receiver checks it, apart from us."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()


def test_what_matches_is_told_once_and_signed(hooked, receiver):
    matches = {m["notice"]: m for m in hooked.json("match", "--all", "--now", NOW) if m["profile"] == WHO}
    first = send(hooked)
    assert first["sent"] == first["queued"] == len(matches) == len(receiver.got) > 0
    for headers, body in receiver.got:
        assert headers["webhook-signature"] == signed(hooked.secret, headers, body)
        assert headers["webhook-timestamp"] == str(int(datetime.fromisoformat(NOW).timestamp()))
        assert headers["Content-Type"] == "application/json"
        told = json.loads(body)
        assert told["type"] in ("purchase.matched", "purchase.changed")
        data = told["data"]
        assert data["match"] == matches[data["notice"]["id"]]
        assert data["notice"] == hooked.json("notice", "show", data["notice"]["id"])[0]
        assert data["links"]["explain"].startswith(f"{BASE}/a/{WHO}/")
    assert len({h["webhook-id"] for h, _ in receiver.got}) == len(receiver.got)
    again = send(hooked, later(hours=1))
    assert (again["queued"], again["sent"]) == (0, 0)


def test_what_matched_before_is_not_told(matched, receiver):
    (matched.dir / "hook.conf").write_text(CONF)
    hook(matched, "add", WHO, receiver.url, now=later(hours=1))
    assert send(matched, later(hours=2)) == {"queued": 0, "sent": 0, "later": 0, "disabled": 0}


def test_a_chat_gets_a_line_with_nothing_to_execute(filled, receiver):
    (filled.dir / "hook.conf").write_text(CONF)
    hook(filled, "add", WHO, receiver.url, "--shape", "chat", now=BEFORE)
    filled("match", "--now", NOW)
    assert send(filled)["sent"] > 0
    text = json.loads(receiver.got[0][1])["text"]
    assert list(json.loads(receiver.got[0][1])) == ["text"]
    assert "Échéance" in text and "\n> " in text and f"<{BASE}/a/" in text
    assert "@" not in text.split("\n<")[0]


def test_a_failure_is_tried_again_under_the_same_id(hooked, receiver):
    receiver.status = 500
    first = send(hooked)
    assert first["sent"] == 0 and first["later"] == 1 == len(receiver.got)  # the others wait with it
    assert send(hooked, later(seconds=2))["later"] == 0 and len(receiver.got) == 1
    receiver.status = 200
    done = send(hooked, later(seconds=10))
    assert done["sent"] == first["queued"] and receiver.got[1][0]["webhook-id"] == receiver.got[0][0]["webhook-id"]
    assert receiver.got[1][1] == receiver.got[0][1]
    assert hook(hooked, "list")[0]["state"] == "on"


def test_it_is_disabled_after_the_last_try_and_its_owner_told(hooked, receiver):
    receiver.status = 503
    hours = 0
    for number in range(20):
        if send(hooked, later(hours=hours))["disabled"]:
            break
        hours += 27
    assert number == 9  # ten tries: the first, and nine waits
    (row,) = hook(hooked, "list")
    assert row["state"] == "disabled" and "503" in row["reason"]
    assert len({h["webhook-id"] for h, _ in receiver.got}) == 1
    hooked("digest", "send", "--to-dir", hooked.mail, "--now", later(hours=hours + 1), "--config", hooked.dir / "hook.conf")
    email = hooked.json("profile", "show", WHO)[0]["email"]
    assert "Votre webhook est arrêté" in [m["Subject"] for m in hooked.mail.messages(email)]
    receiver.status = 200
    assert send(hooked, later(hours=hours + 2))["sent"] == 0
    hooked("webhook", "enable", row["id"], "--now", later(hours=hours + 3))
    waiting = hook(hooked, "list")[0]["waiting"]
    assert send(hooked, later(hours=hours + 4))["sent"] == waiting > 1


def test_gone_disables_at_once(hooked, receiver):
    receiver.status = 410
    assert send(hooked)["disabled"] == 1 and len(receiver.got) == 1


def test_a_redirect_is_not_followed(hooked, receiver):
    receiver.status, receiver.headers = 302, {"Location": receiver.url + "/elsewhere"}
    assert send(hooked)["later"] == 1 and len(receiver.got) == 1


def test_an_address_that_is_not_public_is_never_reached(filled, receiver):
    """The host was allowed when it was added, and is not any more."""
    (filled.dir / "hook.conf").write_text(CONF)
    port = receiver.server.server_port
    db_url = f"https://localhost:{port}/hook"
    hook(filled, "add", WHO, db_url, now=BEFORE)
    filled("match", "--now", NOW)
    assert send(filled)["later"] == 1
    assert "not a public address" in hook(filled, "list")[0]["reason"]
    assert receiver.got == []


@pytest.mark.parametrize("url", ["http://example.org/x", "ftp://example.org/", "file:///etc/passwd", "nonsense",
                                 "https://" + "x" * 2100, "gopher://example.org"])
def test_an_address_that_is_none_is_refused(filled, refused, url):
    (filled.dir / "hook.conf").write_text(CONF)
    refused(65, "webhook", "add", WHO, url, "--config", filled.dir / "hook.conf")


def test_a_kill_repeats_at_most_under_the_same_id(hooked, receiver):
    import time
    process = hooked.start("webhook", "send", "--config", hooked.dir / "hook.conf", "--now", NOW)
    while len(receiver.got) < 2:
        time.sleep(0.001)
    process.kill()
    process.wait()
    process.stdout.close(), process.stderr.close()
    send(hooked, later(seconds=30))
    db = sqlite3.connect(f"file:{hooked.db}?mode=ro", uri=True)
    rows = db.execute("SELECT id, state FROM webhook_message").fetchall()
    db.close()
    assert {state for _, state in rows} == {"sent"}
    got = [h["webhook-id"] for h, _ in receiver.got]
    assert set(got) == {i for i, _ in rows}
    assert len(got) - len(set(got)) <= 1


def test_removing_and_unknown_ones(hooked, refused):
    (row,) = hook(hooked, "list", WHO)
    assert "secret" not in row and row["profile"] == WHO
    refused(65, "webhook", "remove", "999", says="no webhook 999")
    hooked("webhook", "remove", row["id"])
    assert hook(hooked, "list") == []
    refused(65, "webhook", "add", "nobody", "https://example.org/", says="no profile")
