"""What waits, what was held back by hand, what failed, and what went out."""

import re

import pytest
from sample_day import NOW
from smtp_server import SmtpServer

DEAD = "smtp://127.0.0.1:9"


@pytest.fixture
def waiting(matched):
    """Composed, and the relay does not answer."""
    done = matched("digest", "send", "--smtp", DEAD, "--now", NOW, check=False)
    assert done.returncode == 75
    return matched


def test_nothing_is_lost_while_the_relay_is_down(waiting):
    rows = waiting.json("outbox", "list")
    assert rows and {r["state"] for r in rows} <= {"ready", "retry"}
    assert all(set(r) == {"id", "to", "state", "message_id", "created", "sent"} for r in rows)
    assert all(r["sent"] is None for r in rows)
    waiting("digest", "send", "--to-dir", waiting.mail, "--now", "2026-11-23T14:00:00+01:00")
    sent = {message["Message-ID"] for message in waiting.mail.messages()}
    assert sent >= {f"<{r['message_id']}>" for r in rows} and len(sent) == len(waiting.mail.messages())
    assert waiting.json("outbox", "list") == []
    sent = waiting.json("outbox", "list", "--all")
    assert {r["state"] for r in sent} == {"sent"} and all(r["sent"] for r in sent)


def test_held_until_released(waiting):
    held = next(r for r in waiting.json("outbox", "list") if r["to"] == "rosee@example.org")
    waiting("outbox", "hold", held["id"])
    later = "2026-11-23T14:00:00+01:00"
    waiting("digest", "send", "--to-dir", waiting.mail, "--now", later)
    assert waiting.mail.messages("rosee@example.org") == []
    assert [r["state"] for r in waiting.json("outbox", "list")] == ["held"]
    waiting("outbox", "release", held["id"], "--now", later)
    waiting("digest", "send", "--to-dir", waiting.mail, "--now", later)
    (message,) = waiting.mail.messages("rosee@example.org")
    assert message["Message-ID"] == f"<{held['message_id']}>"


def test_all_or_nothing(waiting, refused):
    first = waiting.json("outbox", "list")[0]["id"]
    refused(65, "outbox", "hold", first, "999", says="no message 999")
    assert "held" not in {r["state"] for r in waiting.json("outbox", "list")}
    refused(64, "outbox", "hold", "eins", says='"eins"')


def test_dry_run_changes_nothing(matched):
    (counts,) = matched.json("digest", "send", "--dry-run", "--now", NOW)
    assert counts["composed"] > 5 and counts["sent"] == 0
    assert matched.json("outbox", "list", "--all") == []
    (counts_now,) = matched.json("digest", "send", "--to-dir", matched.mail, "--now", NOW)
    assert counts_now["composed"] == counts["composed"] == counts_now["sent"]


def test_preview_sends_nothing(matched):
    text = matched("digest", "preview", "rosee-des-causses", "--now", NOW).stdout
    assert "Irrigation connectée" in text
    html = matched("digest", "preview", "rosee-des-causses", "--format", "html", "--now", NOW).stdout
    assert html.startswith("<!DOCTYPE html>")
    eml = matched("digest", "preview", "rosee-des-causses", "--format", "eml", "--now", NOW).stdout
    assert re.search(r"^To: .*rosee@example\.org", eml, re.M)
    (one,) = matched.json("digest", "preview", "rosee-des-causses", "--now", NOW)
    assert one == {"profile": "rosee-des-causses", "format": "text", "text": text}
    assert matched.json("outbox", "list", "--all") == []


@pytest.mark.parametrize(
    "args, status, says",
    [
        (("digest", "preview", "personne"), 65, "no profile personne"),
        (("digest", "preview", "x", "--format", "pdf"), 64, "text|html|eml"),
        (("digest", "send", "--smtp", "http://127.0.0.1"), 78, "smtp://"),
        (("digest", "send", "--smtp", "smtp://relay.invalid"), 78, "TLS"),
    ],
)
def test_refusals(matched, refused, args, status, says):
    refused(status, *args, "--now", NOW, says=says)


def test_password_file_is_for_its_owner_alone(matched, refused):
    secret = matched.dir / "password"
    secret.write_text("geheim\n")
    secret.chmod(0o644)
    (matched.dir / "appariteur.conf").write_text(f"[mail]\nuser = x\npassword_file = {secret}\n")
    done = refused(78, "digest", "send", "--now", NOW, says=("mail.password_file", "chmod 600"))
    assert "geheim" not in done.stderr
    secret.unlink()
    refused(78, "digest", "send", "--now", NOW, says="mail.password_file")


def test_by_a_relay(matched):
    with SmtpServer(matched.dir / "relay") as server:
        (counts,) = matched.json("digest", "send", "--smtp", server.url, "--now", NOW)
        assert counts["sent"] == len(server.messages()) > 5
        again = matched.json("digest", "send", "--smtp", server.url, "--now", NOW)[0]
        assert again["sent"] == 0 and len(server.messages()) == counts["sent"]
