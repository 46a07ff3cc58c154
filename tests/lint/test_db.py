"""The migrations add up to schema.sql, and tables are strict."""

import re
import sqlite3

import pytest
import tree

MIGRATIONS = tree.texts(".sql", under=("db/migrations/",))
needs_db = pytest.mark.skipif(not MIGRATIONS, reason="no migrations yet")


def schema(*scripts):
    """What a database says of itself after these scripts: (type, name) -> its text, comments aside."""
    db = sqlite3.connect(":memory:")
    for script in scripts:
        db.executescript(script)
    rows = db.execute("SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'")
    return {(kind, name): normal(sql) for kind, name, sql in rows if sql is not None}


def normal(sql):
    sql = re.sub(r"--[^\n]*", " ", sql)
    return re.sub(r"\s*([(),])\s*", r"\1", re.sub(r"\s+", " ", sql)).strip()


def loose_tables(schema):
    """Tables that take any type in any column; those that a virtual table keeps for itself aside."""
    virtual = tuple(name + "_" for _, name in schema if is_virtual(schema, name))
    return [
        name
        for (kind, name), sql in schema.items()
        if kind == "table"
        and not is_virtual(schema, name)
        and not (virtual and name.startswith(virtual))
        and not re.search(r"\bSTRICT\b[^)]*$", sql, re.I)
    ]


def is_virtual(schema, name):
    return schema.get(("table", name), "").upper().startswith("CREATE VIRTUAL TABLE")


@needs_db
def test_the_migrations_add_up_to_the_schema():
    assert schema(*MIGRATIONS.values()) == schema(tree.read("db/schema.sql"))


def test_the_notices_of_a_buyer_come_along_into_a_newer_schema():
    db = sqlite3.connect(":memory:")
    before = [text for name, text in sorted(MIGRATIONS.items()) if name < "db/migrations/0021"]
    for script in before:
        db.executescript(script)
    rows = [("siren:214800955", 7, 1), ("name:ville de mende", 7, 1), ("name:mende habitat", 8, 2),
            ("siren:214800955", 9, 3), ("name:mairie de mende", 9, 3), ("siren:552100554", 9, 4)]
    db.executemany("INSERT INTO notice_buyer (key, published, notice) VALUES (?, ?, ?)", rows)
    db.executescript(MIGRATIONS["db/migrations/0021-sketches.sql"])
    assert db.execute("SELECT * FROM notice_buyer ORDER BY notice").fetchall() == [
        ("siren:214800955", 7, 1, None), ("name:mende habitat", 8, 2, None),
        ("siren:214800955", 9, 3, None), ("siren:552100554", 9, 4, None),
    ]
    assert db.execute("SELECT * FROM buyer_name").fetchall() == [
        ("mairie de mende", "214800955"), ("ville de mende", "214800955"),
    ]


@needs_db
def test_tables_are_strict():
    assert loose_tables(schema(*MIGRATIONS.values())) == []


def test_a_loose_table_is_seen():
    made = schema(
        "CREATE TABLE a (strict TEXT); CREATE TABLE b (x TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;"
        "CREATE VIRTUAL TABLE c USING fts5 (x);"
    )
    assert loose_tables(made) == ["a"]


@pytest.mark.parametrize(
    "second, same",
    [
        ("CREATE TABLE a ( -- a comment\n  x TEXT , y INTEGER\n) STRICT;", True),
        ("CREATE TABLE a (x TEXT, y INTEGER NOT NULL) STRICT;", False),
        ("CREATE TABLE a (x TEXT, y INTEGER) STRICT; CREATE INDEX i ON a (x);", False),
    ],
)
def test_two_schemas_are_compared_without_comments(second, same):
    assert (schema("CREATE TABLE a (x TEXT, y INTEGER) STRICT;") == schema(second)) is same


@needs_db
def test_messages_that_were_waiting_are_still_there_beside_the_outbox():
    db = sqlite3.connect(":memory:")
    number = next(i for i, name in enumerate(MIGRATIONS) if "0022-" in name)
    for sql in list(MIGRATIONS.values())[:number]:
        db.executescript(sql)
    for name in ("taken away", "waits"):
        db.execute(
            "INSERT INTO outbox (profile, state, attempts, doubtful, created, sender, recipient, message_id, message)"
            " VALUES ('p', 'ready', 0, 0, 1, 's@example.org', 'r@example.org', ?, ?)", (name, name.encode()))
    db.execute("INSERT INTO mail_token (token, outbox) VALUES ('t', 2)")
    db.execute("DELETE FROM outbox WHERE id = 1")
    db.execute("UPDATE sqlite_sequence SET seq = 7 WHERE name = 'outbox'")
    db.commit()
    db.executescript(list(MIGRATIONS.values())[number])
    assert db.execute("SELECT id, message_id, message FROM outbox JOIN outbox_message ON outbox = id").fetchall() == [
        (2, "waits", b"waits")]
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    assert db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'").fetchall() == [(7,)]


@needs_db
def test_notices_of_an_older_database_are_settled_when_it_is_brought_up():
    db = sqlite3.connect(":memory:")
    number = next(i for i, name in enumerate(MIGRATIONS) if "0023-" in name)
    for sql in list(MIGRATIONS.values())[:number]:
        db.executescript(sql)
    for seq in (4, 5):
        db.execute("INSERT INTO notice (seq, id, source, ref, version, publisher_version, dossier, kind, stage,"
                   " deadline_offset_s, summary, innovative, sme, reserved, first_stored, updated, content_hash,"
                   " notice_uuid) VALUES (?, ?, 's', 'r', 1, 1, 'd', 'result', 'result', 0, 0, 0, 0, 0, 1, 1, 'h',"
                   " 'ABCDEF00-0000-4000-8000-ABCDEF123456')", (seq, f"s:{seq}"))
        db.executemany("INSERT INTO notice_code (notice, lot, kind, position, code, search)"
                       " VALUES (?, ?, 'cpv', 0, '72000000', '72000000')", [(seq, 0), (seq, 1)])
    db.execute("INSERT INTO raw (hash, source, label, format, state, arrived, bytes)"
               " VALUES ('h', 's', 'l', 'f', 'pending', 1, x'')")
    db.commit()
    db.executescript(list(MIGRATIONS.values())[number])
    assert db.execute("SELECT notice FROM settled").fetchall() == [(5,)]
    assert db.execute("SELECT * FROM code_notice").fetchall() == [("cpv", "72000000", 4), ("cpv", "72000000", 5)]
    assert db.execute("SELECT * FROM notice_uuid").fetchall() == [("abcdef123456", 4), ("abcdef123456", 5)]
    assert db.execute("SELECT value FROM meta WHERE name = 'raw-plain-hashes'").fetchall() == [("1",)]


# Statements that an import runs for each notice, and matching for each pair.
OFTEN = ("raw", "notice", "notice_award", "dossier", "imprint", "match")


def queries(name):
    text = tree.texts(".sql", under=("db/queries/",))[f"db/queries/{name}.sql"]
    for query in re.split(r"^-- query: ", text, flags=re.M)[1:]:
        title, sql = query.split("\n", 1)
        yield title, re.sub(r"--[^\n]*", "", sql)


def tables_of_their_own(db, name):
    """Queries that write one row and make a table for it: of an IN list of more than two in a CHECK."""
    for title, sql in queries(name):
        if re.match(r"\s*INSERT\b.*\bVALUES\b", sql, re.S) and "RETURNING" not in sql:
            values = dict.fromkeys(re.findall(r":(\w+)", sql), 1)
            if any(row[1] == "OpenEphemeral" for row in db.execute("EXPLAIN " + sql, values)):
                yield title


@needs_db
@pytest.mark.parametrize("name", OFTEN)
def test_a_row_that_is_written_often_is_checked_without_a_table(name):
    db = sqlite3.connect(":memory:")
    db.executescript((tree.ROOT / "db/schema.sql").read_text())
    assert any(sql.lstrip().startswith("INSERT") for _, sql in queries(name))
    assert list(tables_of_their_own(db, name)) == []


def test_a_check_with_a_long_list_is_found_out():
    db = sqlite3.connect(":memory:")
    db.executescript((tree.ROOT / "db/schema.sql").read_text().replace(
        "kind IN ('cpv', 'place') OR kind = 'subject'", "kind IN ('cpv', 'place', 'subject')"))
    assert list(tables_of_their_own(db, "notice")) == ["notice_code_put"]


# What linking notices to one purchase runs; each of them between two notices of an import.
LINKING = ("dossier_move", "dossier_hand_move", "dossier_link_delete", "dossier_link_put", "notice_buyer_put",
           "notice_buyer_sketch", "buyer_name_put", "notice_uuid_put")


def writes_the_index_out(sql):
    """Does the full-text index write out what it gathered, as before a statement that may write several rows?"""
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.executescript((tree.ROOT / "db/schema.sql").read_text())
    db.execute("BEGIN")
    db.execute("INSERT INTO notice_text (rowid, title) VALUES (1, 'voirie')")
    blocks = "SELECT count(*) FROM notice_text_data"
    (before,) = db.execute(blocks).fetchone()
    values = {name: b"x" if name == "sketch" else "1" for name in re.findall(r":(\w+)", sql)}
    db.execute(sql, values | ({"kind": "hand"} if "kind" in values else {}))
    return db.execute(blocks).fetchone()[0] != before


@needs_db
@pytest.mark.parametrize("title", LINKING)
def test_linking_leaves_the_full_text_index_gathering(title):
    (sql,) = [sql for name in ("dossier", "dossier_hand") for t, sql in queries(name) if t == title]
    assert not writes_the_index_out(sql)


def test_a_statement_that_writes_the_index_out_is_found_out():
    assert writes_the_index_out("UPDATE notice SET dossier = :into WHERE dossier = :dossier")


@needs_db
def test_lists_of_notices_go_through_their_index_and_not_through_the_rows():
    db = sqlite3.connect(":memory:")
    db.executescript(tree.read("db/schema.sql"))
    queries = dict(part.split("\n", 1) for part in tree.read("db/queries/notice_search.sql").split("-- query: ")[1:])
    for name in ("notice_list_arrival", "notice_list_newest", "notice_count"):
        nothing = dict.fromkeys(re.findall(r":(\w+)", queries[name]))
        plan = [row[3] for row in db.execute("EXPLAIN QUERY PLAN " + queries[name], nothing)]
        assert plan[0] == "SCAN n USING COVERING INDEX notice_by_day", (name, plan)


# Tables with a row for every notice, or for whatever somebody was told.
LARGE = {"notice", "dossier_link", "match_pair", "digest_item", "webhook_message", "notice_code"}
# Asked once in a run, or by a person, of all that is there.
OF_ALL = {
    "imprint_want_all", "imprint_count_all", "match_due", "notice_list_arrival", "notice_list_newest",
    "notice_count", "dossier_link_forget",
}


def read_whole(db, sql):
    """The large tables that a statement goes through from end to end."""
    values = dict.fromkeys(re.findall(r":(\w+)", sql), 1)
    steps = [re.match(r"SCAN (\w+)", row[3]) for row in db.execute("EXPLAIN QUERY PLAN " + sql, values)]
    tables = {alias: table for table, alias in re.findall(r"\b(\w+) AS (\w+)\b", sql)}
    return {tables.get(step[1], step[1]) for step in steps if step} & LARGE


@needs_db
def test_what_is_asked_for_each_reader_or_notice_goes_through_no_large_table():
    db = sqlite3.connect(":memory:")
    db.executescript(tree.read("db/schema.sql"))
    files = [name.split("/")[-1][:-4] for name in tree.texts(".sql", under=("db/queries/",))]
    found = {title for name in files for title, sql in queries(name) if read_whole(db, sql)}
    assert found == OF_ALL


def test_a_statement_that_goes_through_a_large_table_is_found_out():
    db = sqlite3.connect(":memory:")
    db.executescript(tree.read("db/schema.sql"))
    assert read_whole(db, "SELECT c.id FROM notice AS c WHERE c.kind = 'change'") == {"notice"}
