"""Everything again from raw: the same rows when the readers are the same, and a run that was cut goes on."""

import sqlite3

import make_notice
from sample_day import NOW


def rows(app):
    """All that is stored, but for where the last run stood."""
    db = sqlite3.connect(f"file:{app.db}?mode=ro", uri=True)
    names = [name for (name,) in db.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    )]
    return {name: sorted(map(repr, db.execute(f'SELECT * FROM "{name}"'))) for name in names if name != "meta"}


def sql(app, text):
    db = sqlite3.connect(app.db)
    with db:
        db.execute("PRAGMA trusted_schema = ON")
        db.execute(text)
    db.close()


def test_nothing_changes_when_the_readers_did_not(matched):
    later = "2026-12-01T08:00:00+01:00"
    for deadline in ("2026-12-12T12:00:00", "2026-12-20T12:00:00"):  # two versions of one notice
        path = matched.dir / "versions.xml"
        xml = make_notice.flux_fnsimple(ref="26-77001", deadline=deadline)
        path.write_bytes(xml if isinstance(xml, bytes) else xml.encode())
        matched("import", path, "--now", NOW)
    (matched.dir / "no.xml").write_text("<a/>")
    matched("import", matched.dir / "no.xml", "--now", NOW, check=False)
    before = rows(matched)
    (report,) = matched.json("reparse", "--now", later, check=False)
    assert report["announced"] == report["read"] == len(before["raw"]) > 50
    assert report["new"] == report["updated"] == 0 and report["rejected"] == 1
    after = rows(matched)
    assert {name for name in before if before[name] != after[name]} == set()


def test_what_was_read_wrongly_is_put_right(filled):
    sql(filled, "UPDATE notice SET buyer_city = 'Ailleurs', content_hash = 'x' WHERE id = 'boamp:26-110305'")
    (report,) = filled.json("reparse", "--now", NOW)
    assert (report["updated"], report["rejected"]) == (1, 0)
    (notice,) = filled.json("notice", "show", "boamp:26-110305")
    assert notice["buyer"]["city"] != "Ailleurs"


def test_a_run_that_was_cut_goes_on(filled):
    total = len(rows(filled)["raw"])
    (version,) = {row.split(", ")[7] for row in rows(filled)["raw"]}
    sql(filled, f"INSERT INTO meta (name, value) VALUES ('reparse', '{version} {total - 5}')")
    (report,) = filled.json("reparse", "--now", NOW)
    assert report["read"] == 5, "goes on behind the item it had reached"
    (report,) = filled.json("reparse", "--now", NOW)
    assert report["read"] == total, "the next one begins anew"
    sql(filled, f"UPDATE meta SET value = '1{version} {total - 5}' WHERE name = 'reparse'")
    (report,) = filled.json("reparse", "--now", NOW)
    assert report["read"] == total, "other readers begin anew"
