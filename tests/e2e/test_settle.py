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


def test_where_many_are_settled_more_are_waited_for(ready, read):
    """A sixteenth of them, where that is more than thousands."""
    read("1.xml", eforms(1))
    database(ready, "UPDATE notice SET seq = 1000000")
    for table in (*FRESH, "notice_code", "imprint_pending"):
        database(ready, f"UPDATE {table} SET notice = 1000000")
    database(ready, "UPDATE settled SET notice = 950000")
    read("2.xml", eforms(2))
    assert database(ready, "SELECT notice FROM settled") == [(950000,)] and rows(ready, FRESH) == [2, 2]
    database(ready, "UPDATE settled SET notice = 930000")
    read("3.xml", eforms(3))
    assert database(ready, "SELECT notice FROM settled") == [(1000002,)] and rows(ready, FRESH) == [0, 0]


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("nearer, joined", [(29, True), (30, False)])
def test_of_a_buyer_the_nearest_thirty_are_looked_at_settled_or_not(ready, read, nearer, joined, late):
    """One that is alike is the furthest of them in time, or one beyond."""
    title = "Rénovation énergétique du groupe scolaire des Tilleuls"
    call = make_notice.flux_fnsimple(ref="26-51001", title=title, published="2026-03-02", deadline="2026-04-01T12:00:00")
    others = [
        make_notice.flux_fnsimple(ref=f"26-52{n:03}", title=f"Objet{n * 7919} lot{n * 104729}", published=f"2026-03-{4 + n % 20:02}",
                                  deadline=f"2026-05-{1 + n % 28:02}T1{n % 8}:00:00")
        for n in range(nearer)
    ]
    settled, fresh = others[::2], others[1::2]
    (fresh if late else settled).append(call)
    for name, part in ("settled", settled), ("fresh", fresh):
        (ready.dir / name).mkdir()
        for n, document in enumerate(part):
            (ready.dir / name / f"{n:02}.xml").write_bytes(document)
        if name == "settled":
            wait_for_the_next(ready)
        (report,) = ready.json("import", ready.dir / name)
        assert report["new"] == len(part)
    assert rows(ready, ["notice_buyer", "notice_buyer_fresh"]) == [len(settled), len(fresh)]
    read("ted.xml", eforms(1, title=title, published="2026-03-25", deadline="2026-04-01T12:00:00", folder=None))
    links = database(ready, "SELECT notice, other FROM dossier_link")
    assert links == [("ted:200001-2026", "boamp:26-51001")] * joined


def segment(app, n):
    """One more segment of the full-text index, as a commit writes one."""
    with sqlite3.connect(app.db) as db:
        db.execute("PRAGMA synchronous = OFF")
        for i in range(n):
            db.execute("INSERT INTO notice_text (rowid, title) VALUES (?, ?)", (10**6 + i, f"mot{i}"))
            db.commit()


def merges(app):
    return [int(v) for (v,) in database(app, "SELECT v FROM notice_text_config WHERE k = 'automerge'")]


def test_the_full_text_index_is_merged_from_when_it_has_many_segments_until_it_has_few(ready, read):
    for n, (more, wanted) in enumerate([(747, 0), (1, 64), (0, 64)]):
        segment(ready, more)
        database(ready, "DELETE FROM code_notice")
        wait_for_the_next(ready)
        read(f"{n}.xml", eforms(n))
        assert merges(ready) == [wanted]
    with sqlite3.connect(ready.db) as db:
        db.execute("INSERT INTO notice_text (notice_text) VALUES ('optimize')")
    database(ready, "DELETE FROM code_notice")
    wait_for_the_next(ready)
    read("last.xml", eforms(9))
    assert merges(ready) == [0]
    assert len(found(ready, "72")) == 4


def test_many_segments_are_merged_though_few_notices_wait(ready, read):
    """Each commit writes one, however little is in it."""
    segment(ready, 749)
    read("1.xml", eforms(1))
    assert merges(ready) == [64] and rows(ready, FRESH) == [1, 1]
