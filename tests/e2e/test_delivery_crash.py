"""
kill -9 at any instant: no digest is lost, a copy is the same to the byte, at most one per connection and kill; and
import and match end where they would have ended.

APPARITEUR_KILLS is how many there are against the relay (40); the seed of each round is printed when
it fails, and APPARITEUR_SEED begins with another.
"""

import collections
import os
import random
import signal
import time

import make_notice
import pytest
import smtp_server
from mailroom import TEMPFAIL, Mailroom, call, database, start_up
from smtp_server import SmtpServer

KILLS = int(os.environ.get("APPARITEUR_KILLS", "40"))
SEED = int(os.environ.get("APPARITEUR_SEED", "1"))
KILLS_OF_A_ROUND, START_UPS, CONNECTIONS = 20, 66, 2
BAD_DATA = 65


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    return database(tmp_path_factory.mktemp("fresh"))


@pytest.fixture
def office(app, fresh):
    return Mailroom(app, fresh)


def kill(office, after, *args, ends=(0, TEMPFAIL)):
    """Starts the programme and kills it after so many seconds; whether it was still at work."""
    process = office.app.start(*args, "--now", office.now.isoformat())
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    _, stderr = process.communicate(timeout=30)
    assert process.returncode in (-signal.SIGKILL, *ends), stderr.decode()
    return process.returncode == -signal.SIGKILL


def widened(seed):
    """Answers that take their time, so that kills find the programme between two steps."""
    rng = random.Random(f"answers {seed}")
    choices = [None, None, *(smtp_server.slow(d, s) for s in ("rcpt", "data", "body") for d in (0.02, 0.08))]
    return lambda number: rng.choice(choices)


def quiet(relay):
    """What a killed programme had sent is read to its end."""
    until = time.monotonic() + 10
    while relay.open_now and time.monotonic() < until:
        time.sleep(0.01)
    assert not relay.open_now


def deliver_the_rest(office, relay):
    for _ in range(10):
        office.later(minutes=16)
        office.send(relay, match=False)
        if set(office.states()) == {"sent"}:
            return
    raise AssertionError(office.states())


def one_round(office, relay, seed, kills):
    """A day with a new notice; how many kills met a living process, and how many copies came of it."""
    rng = random.Random(f"kills {seed}")
    office.now = office.now.replace(hour=9, minute=0)  # due in winter, too: the offset stays summer's
    office.later(days=1)
    office.notices(call(seed, deadline="2027-06-01T12:00:00", published=office.now.date().isoformat()))
    office.run("match")
    relay.faults = widened(seed)
    before, begun = len(relay.messages()), time.monotonic()
    office.run("digest", "send", "--dry-run")
    start = time.monotonic() - begun  # a build that starts slowly is given time to get to the relay
    struck = sum(
        kill(office, rng.uniform(0, 0.3) + rng.choice((0, start)), "digest", "send", "--smtp", relay.url)
        for _ in range(kills)
    )
    quiet(relay)
    relay.faults = None
    deliver_the_rest(office, relay)
    told = office.rows("SELECT count(*) FROM outbox WHERE created >= ?", office.now.replace(hour=0).timestamp())
    assert told == [(START_UPS,)], f"round {seed}: not everybody was written to"
    messages = relay.messages()[before:]
    copies = len(messages) - len({m.message_id for m in messages})
    assert copies <= CONNECTIONS * struck, f"round {seed}: {copies} copies after {struck} kills"
    return struck, copies


def test_digests_survive_kills_and_copies_are_the_same(office, tmp_path):
    office.start_ups(*(start_up(f"s{i:02d}") for i in range(START_UPS)))
    struck = copies = 0
    with SmtpServer(tmp_path / "relay", fsync=False) as relay:
        for round in range(-(-KILLS // KILLS_OF_A_ROUND)):
            kills = min(KILLS_OF_A_ROUND, KILLS - round * KILLS_OF_A_ROUND)
            more = one_round(office, relay, SEED + round, kills)
            struck, copies = struck + more[0], copies + more[1]
        by_id = collections.defaultdict(list)
        for message in relay.messages():
            by_id[message.message_id].append(message)
    print(f"{struck} kills, {len(by_id)} digests, {copies} copies")
    assert struck >= KILLS // 2
    composed = office.rows("SELECT message_id, recipient, message, state FROM outbox JOIN outbox_message ON outbox = id")
    assert {f"<{mid}>" for mid, *_ in composed} == set(by_id), "each was received, and nothing else"
    for message_id, recipient, message, state in composed:
        received = by_id[f"<{message_id}>"]
        assert state == "sent"
        assert len(received) <= 2, "never a third time"
        for one in received:
            assert one.raw == message and one.rcpt_tos == [recipient]
    told = office.rows("SELECT profile, notice, count(*) FROM digest_item GROUP BY 1, 2 HAVING count(*) > 1")
    assert told == []
    office.sound()


def test_killed_twice_while_the_relay_took_it_a_person_decides(office, tmp_path):
    office.start_ups(start_up("ana"))
    office.notices(call(1))
    office.run("match")
    with SmtpServer(tmp_path / "relay") as relay:
        relay.faults = smtp_server.always(smtp_server.slow(5, "body"))
        for copies in (1, 2):
            process = office.app.start("digest", "send", "--smtp", relay.url, "--now", office.now.isoformat())
            until = time.monotonic() + 20
            while len(relay.messages()) < copies and time.monotonic() < until:
                time.sleep(0.01)
            process.kill()
            process.communicate()
            office.later(minutes=1)
            office.send(relay, match=False)
            office.later(minutes=15)
        first, second = relay.messages()
        assert first.raw == second.raw
        for _ in range(3):
            office.later(hours=6)
            office.send(relay)
        assert len(relay.messages()) == 2
    assert office.states() == {"failed": 1}
    assert "interrupted twice" in office.app("outbox", "list").stdout


def test_files_survive_kills(office):
    office.start_ups(*(start_up(f"s{i:02d}") for i in range(START_UPS)))
    office.notices(call(1))
    office.run("match")
    rng = random.Random(f"files {SEED}")
    for _ in range(12):
        kill(office, rng.uniform(0, 0.15), "digest", "send", "--to-dir", str(office.app.dir / "mail"))
    for _ in range(3):
        office.later(minutes=16)
        office.send(to_dir="mail", match=False)
    assert office.states() == {"sent": START_UPS}
    mails = office.mails()
    assert len(mails) == START_UPS
    assert {(m["Message-ID"].strip("<>"), m.raw) for m in mails.values()} == set(
        office.rows("SELECT message_id, message FROM outbox JOIN outbox_message ON outbox = id")
    )
    left = [p.name for p in (office.app.dir / "mail").iterdir() if p.suffix != ".eml"]
    assert len(left) <= 12, left


def contents(office):
    """What the programme says is there, in an order of its own."""
    lists = (
        office.run("notice", "list", "--all", "--full", "--json"), office.run("match", "--all", "--json"),
        office.run("quarantine", "list", "--json"),
    )
    return [sorted(done.stdout.splitlines()) for done in lists]


def test_import_and_match_end_where_they_would_have(app, fresh, tmp_path_factory):
    notices = [xml for _, xml in make_notice.many(250, html=False)]
    notices += [xml for _, xml in make_notice.many(120, make_notice.eforms)]
    notices += [call(900 + i) for i in range(30)] + [b"<not a notice", b""]
    rng = random.Random(f"import {SEED}")
    found = []
    for disturbed in (False, True):
        folder = tmp_path_factory.mktemp("crash" if disturbed else "calm")
        (folder / "notices").mkdir()
        for i, xml in enumerate(notices):
            (folder / "notices" / f"{i:04d}.xml").write_bytes(xml)
        office = Mailroom(type(app)(app.binary, folder), fresh)
        office.start_ups(*(start_up(f"s{i:02d}") for i in range(20)))
        struck = 0
        for _ in range(12 if disturbed else 0):
            struck += kill(office, rng.uniform(0, 0.12), "import", "notices", ends=(BAD_DATA,))
        assert office.run("import", "notices", check=False).returncode == BAD_DATA
        for _ in range(12 if disturbed else 0):
            struck += kill(office, rng.uniform(0, 0.12), "match")
        office.run("match")
        office.sound()
        assert struck >= (8 if disturbed else 0)
        found.append(contents(office))
    calm, crashed = found
    assert len(calm[0]) == 400 and len(calm[1]) >= 20 * 30
    assert crashed == calm
