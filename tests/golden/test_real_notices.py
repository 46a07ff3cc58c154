"""
Every real notice at hand, through the real programme. Where the oracle reads a format, the two must
agree on each notice; of the rest each file is read or refused with a reason. All files, never a
sample of them.
"""

import contextlib
import json
import re
import sqlite3

import oracle
import oracle_legacy
import pytest
from harness import NOTICES, needs_notices

pytestmark = needs_notices

READ_BY_THE_ORACLE = (
    "ted-eforms", "eforms-sdk-examples", "boamp-api-full", "boamp-api-meta", "boamp-xml-325",
)
OTHERS = sorted(
    path.name
    for path in (NOTICES.iterdir() if NOTICES else ())
    if path.is_dir() and path.name not in READ_BY_THE_ORACLE
)
DATA_ERROR = 65
COUNTS = ("new", "updated", "unchanged", "rejected")
# All that is known of the notices, when they were stored included.
TABLES = {
    "notice": "SELECT * FROM notice ORDER BY seq",
    "lots": "SELECT * FROM notice_lot ORDER BY notice, ordinal",
    "codes": "SELECT * FROM notice_code ORDER BY notice, lot, kind, position",
    "links": "SELECT * FROM notice_link ORDER BY notice, position",
    "terms": "SELECT * FROM notice_term ORDER BY notice, lot",
    "awards": "SELECT * FROM notice_award ORDER BY notice, ordinal",
    "winners": "SELECT * FROM notice_winner ORDER BY notice, award, position",
    "wordings": "SELECT * FROM notice_wording ORDER BY notice, lot, language",
    "raw": "SELECT hash, source, label, state, reason, notice_id FROM raw ORDER BY seq",
}
AGAIN = "UPDATE raw SET state = 'pending', reason = NULL, notice_id = NULL, decided = NULL"


def files(*folders):
    return sorted(p for folder in folders for p in NOTICES.joinpath(folder).rglob("*") if p.is_file())


def counts(report):
    return {name: report[name] for name in COUNTS}


@contextlib.contextmanager
def database(app):
    with contextlib.closing(sqlite3.connect(app.db)) as db, db:
        yield db


def rows(app):
    with database(app) as db:
        return {name: db.execute(query).fetchall() for name, query in TABLES.items()}


@pytest.fixture(scope="module")
def first(fresh):
    """The programme after one import of all that the oracle reads, and the report of it."""
    app = fresh()
    (report,) = app.json("import", *(NOTICES / name for name in READ_BY_THE_ORACLE), timeout=600)
    return app, report


def test_nothing_is_rejected(first):
    _, report = first
    assert report["failures"] == []
    assert counts(report) == {"new": report["read"], "updated": 0, "unchanged": 0, "rejected": 0}


@pytest.fixture(scope="module")
def stored(first):
    app, _ = first
    return {n["id"]: n for n in app.json("notice", "list", "--all", "--full", timeout=600)}


@pytest.mark.parametrize("folder", READ_BY_THE_ORACLE)
def test_programme_and_oracle_agree(stored, folder):
    paths = files(folder)
    assert paths
    found = oracle.compare(paths, stored)
    assert found == [], "\n".join(found)


def test_nobody_reads_more_than_the_other(first, stored):
    _, report = first
    expected = [n["id"] for path in files(*READ_BY_THE_ORACLE) for n in oracle.read(path)]
    assert report["read"] == len(stored) == len(expected)
    assert set(stored) == set(expected)


def test_the_same_again_is_nothing_new(first):
    app, report = first
    before = rows(app)
    (again,) = app.json("import", *(NOTICES / name for name in READ_BY_THE_ORACLE), timeout=600)
    assert counts(again) == {"new": 0, "updated": 0, "unchanged": report["read"], "rejected": 0}
    assert rows(app) == before


def test_reading_the_kept_bytes_again_gives_the_same_rows(first):
    app, report = first
    before = rows(app)
    with database(app) as db:
        db.execute(AGAIN)
    (again,) = app.json("quarantine", "retry", timeout=600)
    assert counts(again) == {"new": 0, "updated": 0, "unchanged": report["read"], "rejected": 0}
    assert rows(app) == before


LEGACY = ("ted-legacy-fr", "ted-legacy-other", "ted-converter-pairs/ted-xml")


@pytest.mark.parametrize("folder", LEGACY)
def test_programme_and_oracle_agree_before_eforms(fresh, folder):
    app = fresh()
    app.json("import", NOTICES / folder, timeout=600)
    got = {n["id"]: n for n in app.json("notice", "list", "--all", "--full", timeout=600)}
    found, paths = [], files(folder)
    assert paths
    for path in paths:
        expected = oracle_legacy.read(path)
        found += oracle_legacy.differences(expected, got[expected["id"]])
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("folder", OTHERS)
def test_each_file_is_read_or_refused_with_a_reason(fresh, folder):
    app = fresh()
    done = app("import", NOTICES / folder, "--json", check=False, timeout=600)
    assert done.returncode in (0, DATA_ERROR), done.stderr
    report = json.loads(done.stdout)
    assert sum(counts(report).values()) == report["read"] >= len(files(folder))
    assert (report["rejected"] > 0) == (done.returncode == DATA_ERROR)

    # each refused item once, with a line that a person understands
    refused = {f["item"]: f["reason"] for f in report["failures"]}
    assert len(refused) == len(report["failures"]) == report["rejected"]
    for item, reason in refused.items():
        assert re.fullmatch(r"[^\n]{10,300}", reason), item
        assert str(NOTICES) not in reason, item  # the item is named already

    # no file was passed over
    kept = rows(app)["raw"]
    labels = [label for _, _, label, _, _, _ in kept]
    for path in files(folder):
        assert any(label == str(path) or label.startswith(f"{path}: ") for label in labels), path
    assert all(state in ("read", "quarantined") for _, _, _, state, _, _ in kept)

    # and the same again changes nothing
    before = rows(app)
    (again,) = app.json("import", NOTICES / folder, check=False, timeout=600)
    assert again["new"] == again["updated"] == 0
    assert rows(app) == before
