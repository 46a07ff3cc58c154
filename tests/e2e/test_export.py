"""Notices for others: a table that spreadsheets open, and OCDS that we read again as what it was."""

import csv
import datetime
import io
import json

import make_notice
from sample_day import NOW


def instant(notice):
    return notice["deadline"] and datetime.datetime.fromisoformat(notice["deadline"]).timestamp()


def table(app, *args):
    text = app("export", *args).stdout
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_csv_has_the_notices_of_the_list(filled):
    listed = filled.json("notice", "list", "--all")
    rows = table(filled, "--all")
    assert [row["id"] for row in rows] == [notice["id"] for notice in listed]
    for row, notice in zip(rows, listed):
        assert row["title"] == " ".join((notice["title"] or "").splitlines())
        assert row["kind"] == notice["kind"] and row["buyer_id"] == (notice["buyer"]["id"] or "")
        assert row["amount"] == (notice["value"]["amount"] if notice["value"] else "")
    assert [row["id"] for row in table(filled, "--cpv", "43", "--now", NOW)] == [
        notice["id"] for notice in filled.json("notice", "list", "--cpv", "43", "--now", NOW)
    ]


def test_no_text_of_a_notice_is_a_formula(ready):
    title = '=HYPERLINK("https://example.org";"prix, délais")'
    ((_, xml),) = make_notice.many(1, title=title)
    (ready.dir / "notice.xml").write_bytes(xml)
    ready("import", "notice.xml")
    (row,) = table(ready, "--all")
    assert row["title"] == "'" + title


def test_ocds_comes_in_again_as_what_it_was(filled, tmp_path):
    package = json.loads(filled("export", "--all", "--format", "ocds", "--now", NOW).stdout)
    listed = filled.json("notice", "list", "--all")
    assert package["version"] == "1.1" and package["uri"] and package["publisher"]["name"]
    assert [r["tender"]["id"] for r in package["releases"]] == [notice["ref"] for notice in listed]
    lines = filled("export", "--all", "--json", "--now", NOW).stdout.splitlines()
    assert [json.loads(line) for line in lines] == package["releases"]
    calls = [r for r in package["releases"] if r["tag"] == ["tender"]]
    (filled.dir / "calls.json").write_text(json.dumps({**package, "releases": calls}))
    filled("init", "--db", "again.db")
    (report,) = filled.json("import", "calls.json", "--db", "again.db")
    assert report["rejected"] == 0 and report["new"] > 0
    before = {n["title"]: n for n in listed if n["kind"] == "competition"}
    again = filled.json("notice", "list", "--all", "--db", "again.db")
    assert len(again) == report["new"]
    for notice in again:
        one = before[notice["title"]]
        assert notice["buyer"]["name"] == one["buyer"]["name"] and notice["nature"] == one["nature"]
        assert instant(notice) == instant(one)
        assert set(one["cpv"]) <= set(notice["cpv"]) and len(notice["lots"]) == len(one["lots"])


def test_what_does_not_go_together_is_refused(ready, refused):
    refused(64, "export", "--json", "--format", "csv", says="OCDS")
    refused(64, "export", "--format", "xml", says="csv|ocds")
    assert ready("export").stdout.count("\n") == 1
    assert json.loads(ready("export", "--format", "ocds").stdout)["releases"] == []
