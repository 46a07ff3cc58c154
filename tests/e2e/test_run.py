"""The scheduler: one cycle, its times, its signals, and only one of it at a time."""

import contextlib
import json
import os
import select
import signal
import time

import pytest
from fake_boamp import FakeBoamp
from sample_day import NOW, SAMPLES

LONG = 30


@pytest.fixture
def offline(filled):
    """No source is on: nothing goes out."""
    filled("source", "disable", "boamp", "explore", "ted")
    return filled


@contextlib.contextmanager
def running(app, *args):
    """`run` in the background, its log as an iterator of lines; stopped at the end if it still lives."""
    process = app.start("run", "--to-dir", app.mail, *args)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=LONG)


def wait_for(process, text, seconds=LONG):
    """Reads the log up to a line with `text`; all lines read so far."""
    seen, end = b"", time.monotonic() + seconds
    while time.monotonic() < end:
        if select.select([process.stderr], [], [], 0.2)[0]:
            part = os.read(process.stderr.fileno(), 65536)
            seen += part
            if text.encode() in seen:
                return seen.decode()
            if not part:
                break
    raise AssertionError(f"no {text!r} in\n{seen.decode()}")


def stop(process, number=signal.SIGTERM):
    process.send_signal(number)
    out, err = process.communicate(timeout=LONG)
    assert process.returncode == 0, err.decode()
    assert "AddressSanitizer" not in err.decode() and "runtime error" not in err.decode()
    return err.decode()


def test_once(offline):
    done = offline("run", "--once", "--to-dir", offline.mail, "--now", NOW)
    assert "match notices=59" in done.stderr and done.stdout == ""
    assert len(offline.mail.messages("rosee@example.org")) == 1
    sent = len(offline.mail.messages())
    offline("run", "--once", "--to-dir", offline.mail, "--now", NOW)
    assert len(offline.mail.messages()) == sent


def test_once_fetches(ready):
    with FakeBoamp() as boamp:
        boamp.load(os.path.join(os.path.dirname(__file__), "../../contrib/samples/notices"))
        (ready.dir / "appariteur.conf").write_text(
            f"[fetch]\nboamp_url = {boamp.flux_url}\npause_ms = 0\nwait_base_ms = 1\n"
            "[source]\nted = no\nexplore = no\n"
        )
        done = ready("run", "--once", "--to-dir", ready.mail, "--now", "2026-11-20T18:00:00+01:00", check=False)
        assert "fetch source=boamp" in done.stderr, done.stderr
        assert ready.json("notice", "list", "--all") != []


def test_once_does_not_wait_for_who_is_out_of_reach(ready):
    (ready.dir / "appariteur.conf").write_text(
        "[fetch]\nboamp_url = http://127.0.0.1:9/x\nted_api_url = http://127.0.0.1:9\nwait_base_ms = 1\n"
    )
    done = ready("run", "--once", "--to-dir", ready.mail, "--now", NOW, check=False)
    assert done.returncode == 75
    for source in ("boamp", "ted"):
        assert f"[fetch.stopped] source={source} days_left=" in done.stderr
    assert "try=2" not in done.stderr and "after 2 tries" in done.stderr
    assert "match notices=0" in done.stderr


def test_once_tells_of_a_source_that_fails(ready):
    (ready.dir / "appariteur.conf").write_text(
        "[fetch]\nboamp_url = http://127.0.0.1:9/x\ntries = 1\npause_ms = 0\n[source]\nted = no\n"
    )
    done = ready("run", "--once", "--to-dir", ready.mail, "--now", NOW, check=False)
    assert done.returncode == 75 and "boamp" in done.stderr
    assert "match notices=0" in done.stderr, "what comes after the fetch is done all the same"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stops_cleanly(offline, number):
    with running(offline) as process:
        wait_for(process, "match notices=59")
        assert "stopped by a signal" in stop(process, number)
    assert offline("doctor", check=False).returncode == 0


def test_stops_at_once_while_a_server_stays_silent(ready):
    import socket

    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        (ready.dir / "appariteur.conf").write_text(
            f"[fetch]\nboamp_url = http://127.0.0.1:{silent.getsockname()[1]}/x\n[source]\nted = no\n"
        )
        with running(ready) as process:
            silent.settimeout(LONG)
            connection, _ = silent.accept()
            began = time.monotonic()
            stop(process)
            assert time.monotonic() - began < 10
            connection.close()


def test_only_one_at_a_time(offline, refused):
    with running(offline) as process:
        wait_for(process, "started")
        refused(71, "run", "--once", says="another `appariteur run`")
        stop(process)
    offline("run", "--once", "--to-dir", offline.mail)


def test_reads_settings_again(offline):
    conf = offline.dir / "appariteur.conf"
    with running(offline) as process:
        wait_for(process, "match notices=59")
        conf.write_text("[run]\ndeliver_every_s = 5\n")
        process.send_signal(signal.SIGHUP)
        wait_for(process, "settings read again")
        conf.write_text("[run]\nfetch_times = 25:00\n")
        process.send_signal(signal.SIGHUP)
        log = wait_for(process, "the settings before stay in force")
        assert "fetch_times" in log and "25:00" in log
        assert process.poll() is None
        stop(process)


def current_matches(app):
    """What matches, whichever ruleset told it."""
    return sorted(
        json.dumps({key: value for key, value in match.items() if key != "ruleset"}, sort_keys=True)
        for match in app.json("match", "--all", "--now", NOW)
    )


def test_what_was_edited_between_two_rounds_counts(ready):
    """The compiled set is kept between rounds and edited: the same matches as of a set that is made anew."""
    notices = sorted((SAMPLES / "notices").iterdir())
    profiles = json.loads((SAMPLES / "profiles.json").read_text())
    first, second, third = profiles[:3]
    first["keywords"], second["keywords"] = second.get("keywords", []), first.get("keywords", [])
    (ready.dir / "edited.json").write_text(json.dumps([first, second]))
    ready("source", "disable", "boamp", "explore", "ted")
    ready("import", *notices[::2], "--now", NOW)
    ready("profile", "import", SAMPLES / "profiles.json", "--now", NOW)
    with running(ready, "--now", NOW) as process:
        wait_for(process, "match notices=")
        ready("profile", "import", "edited.json", "--now", NOW)
        ready("profile", "remove", third["id"])
        ready("import", *notices[1::2], "--now", NOW)
        process.send_signal(signal.SIGHUP)
        wait_for(process, "match notices=")
        stop(process)
    kept = current_matches(ready)
    ready("rules", "export", "rules-out")
    (ready.dir / "rules-out" / "more.rules").write_text("# nothing more\n")
    ready("rules", "activate", "rules-out", "--why", "all anew", "--now", NOW)
    assert len(kept) > 20
    assert current_matches(ready) == kept


def test_goes_on_where_a_killed_one_ended(offline):
    with running(offline) as process:
        wait_for(process, "started")
        process.kill()
        process.wait(timeout=LONG)
    with running(offline) as process:
        wait_for(process, "match ")
        stop(process)
    told = [m["Message-ID"] for m in offline.mail.messages()]
    assert len(told) == len(set(told))
    assert offline("doctor", check=False).returncode == 0


@pytest.mark.parametrize(
    "text, says",
    [
        ("[run]\nfetch_times = 5:15\n", "run.fetch_times"),
        ("[run]\nfetch_times =\n", "fetch_times"),
        ("[mail]\nfrom = nobody\n", "mail.from"),
        ("[instance]\nweb_url = ftp://x\n", "instance.web_url"),
    ],
)
def test_wrong_settings_are_told_at_the_start(offline, refused, text, says):
    (offline.dir / "appariteur.conf").write_text(text)
    refused(78, "run", "--once", "--to-dir", "mail", says=says)


def test_without_a_ruleset_the_other_steps_go_on(app):
    rules = app.dir / "rules"
    rules.mkdir()
    (rules / "x.rules").write_text('field x "X"\n')
    app("init", "--rules", rules)
    app("source", "disable", "boamp", "ted", "explore")
    (app.dir / "appariteur.conf").write_text("[mail]\nrelay = smtp://127.0.0.1:9\n")
    done = app("run", "--once", "--now", NOW, check=False)
    assert done.returncode == 0 and "match notices=0" in done.stderr
