"""What notices are found by is brought to its place for thousands at once: before and after they are found alike."""

import hashlib
import sqlite3

import make_notice
import pytest

FRESH = ("notice_buyer_fresh", "notice_uuid_fresh")
SETTLED = ("notice_buyer", "notice_uuid")


@pytest.fixture
def read(ready):
    def read(name, document):
        (ready.dir / name).write_text(document) if isinstance(document, str) else (ready.dir / name).write_bytes(document)
        (report,) = ready.json("import", ready.dir / name)
        assert report["new"] + report["updated"] == 1

    return read


def eforms(n, **more):
    return make_notice.eforms(**({"ref": f"{200000 + n}-2026", "published": "2026-03-03", "title": f"Marché {n} {n}",
                                  "deadline": "2026-04-15T12:00:00", "cpv": ("72000000",)} | more))


def database(app, sql):
    with sqlite3.connect(app.db) as db:
        return db.execute(sql).fetchall()


def rows(app, tables):
    return [count for table in tables for (count,) in database(app, f"SELECT count(*) FROM {table}")]


def wait_for_the_next(app):
    """As if thousands were waiting: whoever reads the next notice settles all."""
    database(app, "UPDATE settled SET notice = -10000")


def found(app, cpv):
    return [n["id"] for n in app.json("notice", "search", "--cpv", cpv, "--now", "2026-04-02T08:00:00Z")]


def test_notices_are_found_by_their_codes_before_and_after(ready, read):
    read("1.xml", eforms(1))
    assert database(ready, "SELECT count(*) FROM code_notice") == [(0,)] and rows(ready, FRESH) == [1, 1]
    assert found(ready, "72") == ["ted:200001-2026"]
    wait_for_the_next(ready)
    read("2.xml", eforms(2))
    assert rows(ready, FRESH) == [0, 0] and rows(ready, SETTLED) == [2, 2]
    assert database(ready, "SELECT notice FROM settled") == [(2,)]
    read("3.xml", eforms(3))
    assert sorted(found(ready, "72")) == [f"ted:20000{n}-2026" for n in (1, 2, 3)]
    assert rows(ready, FRESH) == [1, 1]


def test_a_settled_notice_that_changes_is_found_by_what_it_says_now(ready, read):
    wait_for_the_next(ready)
    read("1.xml", eforms(1))
    assert found(ready, "72") == ["ted:200001-2026"]
    read("1b.xml", eforms(1, cpv=("45000000",), buyer=make_notice.Buyer(name="Ville d'Autre", siret=make_notice.siret(7))))
    assert found(ready, "72") == [] and found(ready, "45") == ["ted:200001-2026"]
    wait_for_the_next(ready)
    # No key stands twice.
    database(ready, "DELETE FROM code_notice")
    read("2.xml", eforms(2))
    assert found(ready, "45") == ["ted:200001-2026"] and rows(ready, SETTLED) == [2, 2]


@pytest.mark.parametrize("settled", [False, True])
def test_who_names_a_uuid_is_joined_to_its_notice(ready, read, settled):
    if settled:
        wait_for_the_next(ready)
    read("1.xml", eforms(1))
    assert rows(ready, SETTLED if settled else FRESH) == [1, 1]
    read("2.xml", eforms(2, kind="change", title="Tout autre chose", folder=make_notice.folder_uuid("other"),
                         previous=f"{make_notice.notice_uuid('200001-2026').upper()}-01"))
    (dossier,) = ready.json("dossier", "show", "ted:200001-2026", "--now", "2026-04-02T08:00:00Z")
    assert [e["notice"] for e in dossier["timeline"]] == ["ted:200001-2026", "ted:200002-2026"]


def test_what_an_older_database_keeps_is_known_again(ready, read):
    """Its hashes have no day."""
    read("1.xml", eforms(1))
    (hash_,), = database(ready, "SELECT hash FROM raw")
    assert hash_.startswith(f"{20515:04x}")  # 2026-03-03
    with sqlite3.connect(ready.db) as db:
        db.execute("PRAGMA foreign_keys = OFF")
        plain = hashlib.sha256((ready.dir / "1.xml").read_bytes()).hexdigest()
        assert hash_[4:] == plain[4:]
        db.execute("UPDATE raw SET hash = ?", (plain,))
        db.execute("UPDATE notice SET raw_hash = ?", (plain,))
        db.execute("INSERT INTO meta (name, value) VALUES ('raw-plain-hashes', '1')")
    (report,) = ready.json("import", ready.dir / "1.xml")
    assert report["unchanged"] == 1
    assert database(ready, "SELECT hash FROM raw") == [(plain,)]
