"""
What the fetch stories share: a publisher on loopback, the real programme with settings that point at
it, and questions to the database that it leaves.
"""

import contextlib
import datetime
import json
import shutil
import signal
import sqlite3
import time

import fake_boamp
import fake_ted
import harness
import make_notice
import pytest

# A Monday evening in Paris. Thursday and Friday before it have notices, the weekend may have none.
NOW = "2026-09-14T18:00:00+02:00"
TODAY, FRIDAY, THURSDAY = "2026-09-14", "2026-09-11", "2026-09-10"

SETTINGS = {
    "user_agent": "appariteur-test/1 (+https://example.org; contact@example.org)",
    "overlap_days": 3,
    "tries": 4,
    "wait_base_ms": 1,
    "wait_max_ms": 1500,
    "pause_ms": 0,
    "connect_timeout_s": 5,
    "stall_timeout_s": 5,
    "total_timeout_s": 60,
}
GAP = 75  # EX_TEMPFAIL


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory):
    """A database as `init` leaves it, made once."""
    folder = tmp_path_factory.mktemp("init")
    app = harness.App(harness.programme(), folder)
    app("init", "--rules", harness.ROOT / "rules")
    return app.db


class Fetched:
    """What one run of `fetch` said."""

    def __init__(self, done):
        self.status, self.stderr = done.returncode, done.stderr
        self.reports = [json.loads(line) for line in done.stdout.splitlines()]

    def __getitem__(self, key):
        (report,) = self.reports
        return report[key]

    @property
    def reasons(self):
        return " | ".join(f"{f['item']}: {f['reason']}" for r in self.reports for f in r["failures"])


class World:
    """One programme, one database, and the settings of its fetch."""

    def __init__(self, app, empty_database):
        self.app, self.settings = app, dict(SETTINGS)
        shutil.copy(empty_database, app.db)

    def points_at(self, server):
        if isinstance(server, fake_ted.FakeTed):
            self.settings.update(ted_api_url=server.url, ted_url=server.url)
        else:
            self.settings.update(
                boamp_url=server.flux_url.rstrip("/"), explore_url=server.api_url.rstrip("/")
            )

    def arguments(self, source, now=NOW, since=None, until=None, **settings):
        path = self.app.dir / "fetch.conf"
        rows = {**self.settings, **settings}
        path.write_text("[fetch]\n" + "".join(f"{k} = {v}\n" for k, v in rows.items()))
        days = (["--since", since] if since else []) + (["--until", until] if until else [])
        return ["fetch", source, "--config", path, "--now", now, "--json", *days]

    def fetch(self, source, status=0, **options):
        """One run that must end with `status`."""
        done = self.app(*self.arguments(source, **options), check=False, timeout=120)
        assert done.returncode == status, harness.story(["fetch", source], done)
        return Fetched(done)

    def kill(self, source, after, **options):
        """A run that gets SIGKILL after so many seconds; whether it was still at work."""
        process = self.app.start(*self.arguments(source, **options))
        try:
            time.sleep(after)
            at_work = process.poll() is None
            process.send_signal(signal.SIGKILL)
        finally:
            _, stderr = process.communicate(timeout=30)
        assert at_work or process.returncode in (0, GAP), stderr.decode()
        return at_work

    # the database

    def rows(self, sql, *values):
        with contextlib.closing(sqlite3.connect(self.app.db)) as db:
            return db.execute(sql, values).fetchall()

    def notices(self, source="boamp"):
        """Refs of the stored notices, and that each is there once."""
        refs = [ref for (ref,) in self.rows("SELECT ref FROM notice WHERE source = ?", source)]
        assert len(refs) == len(set(refs))
        return set(refs)

    def raws(self):
        """State of a raw item -> how many there are."""
        return dict(self.rows("SELECT state, count(*) FROM raw GROUP BY state"))

    def coverage(self, source):
        """Day -> (announced, stored, rejected, complete, error)."""
        return {
            (datetime.date(1970, 1, 1) + datetime.timedelta(days=day)).isoformat(): tuple(rest)
            for day, *rest in self.rows(
                "SELECT day, announced, stored, rejected, complete, error FROM coverage"
                " WHERE source = ? ORDER BY day",
                source,
            )
        }

    def cursor(self, source):
        ((day,),) = self.rows("SELECT complete_until FROM source WHERE name = ?", source)
        return day and (datetime.date(1970, 1, 1) + datetime.timedelta(days=day)).isoformat()

    def sound(self):
        assert self.rows("PRAGMA integrity_check") == [("ok",)]
        assert self.rows("PRAGMA foreign_key_check") == []


@pytest.fixture
def world(app, empty_database):
    return World(app, empty_database)


@pytest.fixture
def boamp(world):
    with fake_boamp.FakeBoamp() as server:
        world.points_at(server)
        yield server


@pytest.fixture
def ted(world):
    with fake_ted.FakeTed() as server:
        world.points_at(server)
        yield server


def fill(server, count, day=THURSDAY, first=1, **kw):
    """So many new notices of one day; their refs."""
    builder = make_notice.eforms if isinstance(server, fake_ted.FakeTed) else make_notice.flux_fnsimple
    return [server.add(n) for _, n in make_notice.many(count, builder, first=first, day=day, **kw)]


@pytest.fixture(name="fill")
def fill_fixture():
    return fill
