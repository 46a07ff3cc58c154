"""
What a relay may do to us, and what becomes of the digests: each ends as RELIABILITY promises, nobody
gets a third copy, nothing travels in clear that was to be encrypted, and the others still get theirs.
"""

import collections
import re
import time

import fake_http
import pytest
import smtp_server
from mailroom import CONFIG, TEMPFAIL, UNAVAILABLE, Mailroom, call, database, start_up
from smtp_server import SmtpServer, always, sequence

MINUTE, HOUR = 60, 3600
NAMES = ("ana", "ben", "col", "dan", "eve")


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    return database(tmp_path_factory.mktemp("fresh"))


@pytest.fixture
def office(app, fresh):
    """One notice, matched; whose start-ups the test adds."""
    office = Mailroom(app, fresh)
    office.notices(call(1))
    return office


@pytest.fixture
def relay(tmp_path):
    with SmtpServer(tmp_path / "relay", fsync=False) as relay:
        yield relay


def to(*names):
    return [[f"{name}@example.org"] for name in names]


def recipients(messages):
    return [m.rcpt_tos for m in messages]


def wrong_for(fault, *names):
    """A plan that has the fault in the messages to these, by their order in the alphabet."""
    return lambda number: fault if NAMES[(number - 1) % len(NAMES)] in names else None


# ---------------------------------------------------------------- later and never


@pytest.mark.parametrize(
    "fault",
    [smtp_server.later_rcpt(), smtp_server.later(), smtp_server.SmtpFault("mail", "451 4.7.1 Greylisted"),
     smtp_server.SmtpFault("data", "452 4.3.1 Insufficient storage")],
    ids=lambda fault: fault.stage,
)
def test_what_the_relay_defers_is_tried_again_and_the_others_go(office, relay, fault):
    office.start_ups(*map(start_up, NAMES))
    relay.faults = wrong_for(fault, "ana", "ben", "col", "dan")  # more in a row than a broken relay is given
    office.send(relay, status=TEMPFAIL)
    assert recipients(relay.kept()) == to("eve")
    for name in NAMES[:4]:
        state, attempts, due, words = office.outbox()[name]
        assert (state, attempts) == ("retry", 1) and words == fault.reply
        assert 3 * MINUTE <= due <= 5 * MINUTE
    relay.faults = None
    office.later(minutes=2)
    assert office.send(relay)["sent"] == 0, "not yet"
    office.later(minutes=3)
    assert office.send(relay)["sent"] == 4
    assert sorted(recipients(relay.kept())) == to(*NAMES)
    assert office.states() == {"sent": 5}


def test_waits_grow_from_minutes_to_hours_and_end_after_five_days(office, relay):
    office.start_ups(start_up("ana"))
    relay.faults = always(smtp_server.later_rcpt())
    waits, begun = [], office.now
    office.run("match")
    while True:
        over = (office.now - begun).days >= 5
        office.send(relay, status=UNAVAILABLE if over else TEMPFAIL, match=False)
        state, attempts, due, _ = office.outbox()["ana"]
        if state == "failed":
            break
        assert attempts == len(waits) + 1
        waits.append(due)
        office.later(seconds=due + 1)
    assert over and due is None
    full = [min(5 * MINUTE * 2**i, 4 * HOUR) for i in range(len(waits))]
    assert all(0.75 * f <= w <= f for w, f in zip(waits, full, strict=True)), waits
    assert len({w / f for w, f in zip(waits, full, strict=True)}) > len(waits) / 2, "jitter"
    assert relay.kept() == []
    office.later(days=1)
    office.notices(call(2))
    relay.faults = None
    assert office.send(relay)["sent"] == 1, "the failed one stays, the next digest goes"


@pytest.mark.parametrize(
    "fault",
    [smtp_server.refused_rcpt(), smtp_server.refused(), smtp_server.SmtpFault("mail", "550 5.7.1 Not from you"),
     smtp_server.SmtpFault("data", "554 5.5.1 No valid recipients")],
    ids=lambda fault: fault.stage,
)
def test_what_the_relay_refuses_has_failed_and_the_others_go(office, relay, fault):
    office.start_ups(*map(start_up, NAMES))
    relay.faults = wrong_for(fault, "ana", "ben", "col", "dan")
    done = office.send(relay, status=UNAVAILABLE)
    assert (done["sent"], done["failed"]) == (1, 4)
    assert recipients(relay.kept()) == to("eve")
    assert office.outbox()["ana"] == ("failed", 1, None, fault.reply)
    assert done.stderr.count("[outbox.failed]") == 4 and fault.reply in done.stderr
    assert "@example.org" not in done.stderr
    listed = office.app("outbox", "list").stdout
    assert "ana@example.org" in listed and fault.reply[:20] in listed
    office.later(days=2)
    relay.faults = None
    office.send(relay)
    assert recipients(relay.kept()) == to("eve")
    failed = [str(row["id"]) for row in office.app.json("outbox", "list")]
    office.run("outbox", "retry", *failed)
    assert office.send(relay)["sent"] == 4, "by hand it goes again"


# ---------------------------------------------------------------- not known


@pytest.mark.parametrize("keep", [True, False], ids=["taken", "lost"])
def test_cut_after_the_last_dot_it_goes_once_more_and_no_third_time(office, relay, keep):
    office.start_ups(start_up("ana"), start_up("ben"))
    relay.faults = sequence(smtp_server.drop_after_body(keep), None, smtp_server.drop_after_body(keep))
    done = office.send(relay, status=TEMPFAIL)
    assert (done["sent"], done["uncertain"]) == (1, 1)
    assert office.outbox()["ana"][:3] == ("uncertain", 1, 15 * MINUTE)
    office.later(minutes=14, seconds=59)
    office.send(relay)
    assert len(relay.messages()) == 2
    office.later(seconds=1)
    office.send(relay, status=TEMPFAIL)
    first, _, second = relay.messages()
    assert recipients([first, second]) == to("ana", "ana")
    assert first.raw == second.raw and first.message_id == second.message_id
    assert office.outbox()["ana"][0] == "failed"
    for _ in range(8):
        office.later(hours=6)
        office.send(relay)
    assert len(relay.messages()) == 3


def test_the_second_copy_may_be_deferred_and_still_goes_once(office, relay):
    office.start_ups(start_up("ana"))
    relay.faults = sequence(smtp_server.drop_after_body(keep=False), smtp_server.later(), smtp_server.later_rcpt())
    for _ in range(3):
        office.send(relay, status=TEMPFAIL)
        office.later(minutes=20)
    assert office.send(relay)["sent"] == 1
    assert len({m.raw for m in relay.messages()}) == 1
    assert office.states() == {"sent": 1}


def test_cut_before_the_body_it_is_certainly_not_delivered(office, relay):
    office.start_ups(start_up("ana"), start_up("ben"))
    relay.faults = sequence(smtp_server.SmtpFault("data", drop=True))
    office.send(relay, status=TEMPFAIL)
    assert office.outbox()["ana"][0] == "retry"
    assert recipients(relay.messages()) == to("ben")
    office.later(minutes=5)
    assert office.send(relay)["sent"] == 1


def test_cut_in_the_body_it_is_not_lost(office, relay):
    office.start_ups(start_up("ana"), start_up("ben"))
    relay.faults = sequence(smtp_server.drop_in_body())
    office.send(relay, status=TEMPFAIL)
    assert office.outbox()["ana"][0] in ("retry", "uncertain"), "a short body may be gone whole from here"
    office.later(minutes=15)
    assert office.send(relay)["sent"] == 1
    assert recipients(relay.messages()) == to("ben", "ana")


def test_a_relay_that_breaks_off_each_time_is_left_alone(office, relay):
    office.start_ups(*(start_up(f"s{i}") for i in range(12)))
    relay.faults = always(smtp_server.drop_after_body(keep=False))
    done = office.send(relay, status=TEMPFAIL)
    assert len(relay.attempts) == 3 and done["uncertain"] == 3
    assert done.stderr.count("[relay.trouble]") == 1
    assert office.states() == {"uncertain": 3, "ready": 9}
    relay.faults = None
    office.later(minutes=15)
    assert office.send(relay)["sent"] == 12


def test_silence_ends_with_the_time_of_the_settings(office, relay):
    office.settings(mail={"timeout_s": "1"})
    office.start_ups(start_up("ana"), start_up("ben"), start_up("col"))
    relay.faults = sequence(smtp_server.no_answer("rcpt"), smtp_server.no_answer("body"))
    begun = time.monotonic()
    done = office.send(relay, status=TEMPFAIL)
    assert time.monotonic() - begun < 15
    assert (done["later"], done["uncertain"], done["sent"]) == (1, 1, 1)
    states = {name: row[0] for name, row in office.outbox().items()}
    assert states == {"ana": "retry", "ben": "uncertain", "col": "sent"}


def test_a_slow_relay_is_waited_for(office, relay):
    office.start_ups(start_up("ana"))
    relay.faults = always(smtp_server.slow(1.5))
    assert office.send(relay)["sent"] == 1


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_each_gets_it_and_copies_are_the_same(office, relay, seed):
    office.start_ups(*(start_up(f"s{i:02d}") for i in range(30)))
    relay.faults = smtp_server.seeded(seed, rate=0.4)
    office.run("match")
    for _ in range(20):
        office.send(relay, status=None, match=False)
        if set(office.states()) <= {"sent", "failed"}:
            break
        office.later(minutes=20)
    assert set(office.states()) <= {"sent", "failed"}
    copies = collections.defaultdict(list)
    for m in relay.messages():
        copies[m.rcpt_tos[0]].append(m)
    for address, messages in copies.items():
        assert len({m.raw for m in messages}) == 1, address
        assert sum(m.reply is None for m in messages) <= 2, address
        assert sum(m.kept for m in messages) <= 2, address
    for name, (state, *_) in office.outbox().items():
        if state == "sent":
            assert any(m.kept for m in copies[f"{name}@example.org"]), name
        else:
            assert sum([f"{name}@example.org"] == rcpt for _, _, rcpt in relay.attempts) >= 2, name


# ---------------------------------------------------------------- out of order


def test_a_relay_that_is_away_costs_nothing_but_time(office, relay, tmp_path):
    office.start_ups(*(start_up(f"s{i}") for i in range(10)))
    done = office.send("smtp://127.0.0.1:9", status=TEMPFAIL)
    (line,) = [line for line in done.stderr.splitlines() if "[relay.trouble]" in line]
    assert "127.0.0.1" in line or "connect" in line.lower()
    assert set(office.states()) == {"retry", "ready"} and office.states()["ready"] == 7
    office.later(minutes=5)
    assert office.send(relay)["sent"] == 10


@pytest.mark.parametrize("fault", [smtp_server.busy_greeting(), smtp_server.SmtpFault("ehlo", drop=True)])
def test_a_relay_that_turns_everybody_away(office, relay, fault):
    office.start_ups(*map(start_up, NAMES))
    relay.connection_faults = always(fault)
    done = office.send(relay, status=TEMPFAIL)
    assert "[relay.trouble]" in done.stderr
    assert office.states() == {"retry": 3, "ready": 2}
    assert relay.attempts == []


@pytest.mark.parametrize(
    ("url", "words"),
    [("http://127.0.0.1", "smtp"), ("smtp://mail.example.org", "TLS"), ("smtp://u:p@127.0.0.1", "password"), ("smtp://", "")],
)
def test_a_relay_that_is_none_is_a_mistake_of_the_settings(office, url, words):
    office.start_ups(start_up("ana"))
    done = office.send(url, status=CONFIG)
    assert words in done.stderr and len(done.stderr.splitlines()) == 1
    assert office.states() == {"ready": 1}


# ---------------------------------------------------------------- TLS and log-in


@pytest.fixture
def secret(office):
    path = office.app.dir / "secret"
    path.write_text("bien-garde\n")
    path.chmod(0o600)
    return path


def test_starttls_and_log_in(office, secret, tmp_path):
    office.start_ups(start_up("ana"), start_up("ben"))
    with SmtpServer(tmp_path / "relay", tls="starttls", users={"veille": "bien-garde"}) as relay:
        office.settings(
            mail={"starttls": "yes", "ca_file": relay.certificate, "user": "veille", "password_file": secret,
                  "helo": "veille.example.org"}
        )
        assert office.send(relay)["sent"] == 2
        assert {(m.tls, m.user, m.helo) for m in relay.kept()} == {(True, "veille", "veille.example.org")}
        assert relay.connections == 1


def test_tls_from_the_first_byte(office, tmp_path):
    office.start_ups(start_up("ana"))
    with SmtpServer(tmp_path / "relay", tls="implicit") as relay:
        office.settings(mail={"ca_file": relay.certificate})
        assert office.send(relay)["sent"] == 1
        assert [m.tls for m in relay.kept()] == [True]


def test_a_wrong_password_sends_nothing_and_is_not_told(office, secret, tmp_path):
    office.start_ups(*map(start_up, NAMES))
    with SmtpServer(tmp_path / "relay", tls="starttls", users={"veille": "autre"}) as relay:
        office.settings(mail={"starttls": "yes", "ca_file": relay.certificate, "user": "veille", "password_file": secret})
        done = office.send(relay, status=TEMPFAIL)
        assert relay.attempts == []
    assert "[relay.trouble]" in done.stderr and "535" in done.stderr
    assert "bien-garde" not in done.stderr + office.app("outbox", "list", "--all").stdout
    assert office.states() == {"retry": 3, "ready": 2}


def test_a_password_that_others_can_read_is_not_used(office, secret, relay):
    secret.chmod(0o644)
    office.start_ups(start_up("ana"))
    office.settings(mail={"user": "veille", "password_file": secret})
    done = office.send(relay, status=CONFIG)
    assert "chmod 600" in done.stderr
    assert relay.connections == 0


@pytest.mark.parametrize("how", ["removed", "refused", "dropped"])
def test_without_the_starttls_that_was_asked_for_nothing_is_sent(office, secret, tmp_path, how):
    office.start_ups(start_up("ana"))
    with SmtpServer(tmp_path / "relay", tls="none" if how == "removed" else "starttls") as relay:
        if how == "refused":
            relay.connection_faults = always(smtp_server.refuse_starttls())
        if how == "dropped":
            relay.connection_faults = always(smtp_server.SmtpFault("starttls", drop=True))
        office.settings(
            mail={"starttls": "yes", "user": "veille", "password_file": secret,
                  **({} if how == "removed" else {"ca_file": relay.certificate})}
        )
        office.send(relay, status=TEMPFAIL)
        assert relay.attempts == [] and relay.messages() == []
    assert office.states() == {"retry": 1}


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
@pytest.mark.parametrize("how", ["unknown", "other name", "expired"])
def test_a_certificate_that_proves_nothing_ends_it(office, secret, tmp_path, tls, how):
    options = {"other name": {"hosts": ("relay.example.org",)}, "expired": {"expired": True}}.get(how, {})
    certificate = fake_http.make_certificate(tmp_path / "tls", "relay", **options)
    trusted = certificate[0] if how != "unknown" else fake_http.make_certificate(tmp_path / "tls", "other")[0]
    office.start_ups(start_up("ana"))
    office.settings(
        mail={"starttls": "yes", "ca_file": trusted, "user": "veille", "password_file": secret}
    )
    with SmtpServer(tmp_path / "relay", tls=tls, certificate=certificate, users={"veille": "bien-garde"}) as relay:
        done = office.send(relay, status=TEMPFAIL)
        assert relay.attempts == [] and relay.messages() == []
    state, _, _, words = office.outbox()["ana"]
    assert state == "retry" and re.search("certificate|SSL|TLS", words), words
    assert done["later"] == 1


# ---------------------------------------------------------------- by hand


def test_held_back_and_let_go(office, relay):
    office.start_ups(start_up("ana"), start_up("ben"))
    office.send("smtp://127.0.0.1:9", status=TEMPFAIL)
    ids = {row["to"]: str(row["id"]) for row in office.app.json("outbox", "list")}
    office.run("outbox", "hold", ids["ana@example.org"])
    office.later(hours=1)
    office.send(relay)
    assert recipients(relay.kept()) == to("ben")
    office.run("outbox", "release", ids["ana@example.org"])
    office.send(relay)
    assert recipients(relay.kept()) == to("ben", "ana")
