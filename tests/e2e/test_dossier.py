"""One purchase, told from its first call to its award, and people who know better than we do."""

import json
import sqlite3

import make_notice
import pytest
from sample_day import NOW

TITLE = "Rénovation énergétique du groupe scolaire des Tilleuls"


@pytest.fixture
def told(ready):
    """A call, a correction that names it with another deadline, and a look-alike of another publisher."""

    def store(name, xml):
        (ready.dir / name).write_text(xml) if isinstance(xml, str) else (ready.dir / name).write_bytes(xml)
        (report,) = ready.json("import", ready.dir / name)
        assert report["rejected"] == 0

    ready.store = store
    store("1.xml", make_notice.flux_fnsimple(ref="26-51001", title=TITLE, published="2026-03-02",
                                             deadline="2026-04-01T12:00:00"))
    store("2.xml", make_notice.flux_fnsimple(ref="26-51002", title=TITLE, published="2026-03-20", kind="change",
                                             previous="26-51001", deadline="2026-04-15T12:00:00"))
    return ready


def timeline(app, name, *args):
    (dossier,) = app.json("dossier", "show", name, "--now", "2026-04-02T08:00:00Z", *args)
    return dossier


def test_a_correction_is_told_as_before_and_after(told):
    dossier = timeline(told, "boamp:26-51002")
    assert dossier["dossier"] == "boamp:26-51001" and dossier["state"] == "open"
    assert [e["notice"] for e in dossier["timeline"]] == ["boamp:26-51001", "boamp:26-51002"]
    first, second = dossier["timeline"]
    assert first["links"] == [] and first["differences"] == [] and first["compared_with"] is None
    assert second["links"] == [{"notice": "boamp:26-51001", "kind": "citation", "confidence": 95}]
    assert second["compared_with"] == "boamp:26-51001"
    (deadline,) = [d for d in second["differences"] if d["field"] == "deadline"]
    assert deadline["material"] and deadline["lot"] is None
    assert deadline["before"].startswith("2026-04-01T12:00:00")
    assert deadline["after"].startswith("2026-04-15T12:00:00")
    text = told("dossier", "show", "boamp:26-51001").stdout
    assert "! deadline: 2026-04-01T12:00:00+02:00 → 2026-04-15T12:00:00+02:00" in text
    assert "with boamp:26-51001 by citation, 95 %" in text


def test_an_earlier_version_of_a_notice_is_kept_in_the_story(told):
    told.store("1b.xml", make_notice.flux_fnsimple(ref="26-51001", title=TITLE, published="2026-03-02",
                                                   deadline="2026-04-08T12:00:00"))
    entries = timeline(told, "boamp:26-51001")["timeline"]
    assert [(e["notice"], e["newest"]) for e in entries] == [
        ("boamp:26-51001", False), ("boamp:26-51001", True), ("boamp:26-51002", True),
    ]
    (deadline,) = [d for d in entries[1]["differences"] if d["material"]]
    assert deadline["before"].startswith("2026-04-01") and deadline["after"].startswith("2026-04-08")


def test_the_court_that_a_summary_names_is_not_told_as_the_buyer(ready):
    record = make_notice.api_record(
        with_body=False, ref="26-4711", title="Tierce maintenance applicative",
        buyer="Tribunal administratif d'Exemple", deadline="2026-12-18T12:00:00",
    )  # fmt: skip
    (ready.dir / "record.json").write_text(json.dumps(record))
    ready("import", "record.json", "--now", NOW, cwd=ready.dir)
    ready("profile", "add", "--id", "tma", "--name", "TMA", "--keyword", "tierce maintenance", "--now", NOW)
    ready("match", "--now", NOW)
    mail = " ".join(ready("digest", "preview", "tma", "--now", NOW).stdout.split())
    assert "Acheteur absent du résumé (qui cite l’instance de recours : Tribunal administratif d'Exemple)" in mail
    shown = ready("notice", "show", "boamp:26-4711").stdout
    assert "not said; Tribunal administratif d'Exemple hears appeals" in shown


def test_split_is_remembered(told):
    (done,) = told.json("dossier", "split", "boamp:26-51002")
    assert done == {"dossier": "apart:boamp:26-51002", "changed": True}
    told.store("2b.xml", make_notice.flux_fnsimple(ref="26-51002", title=TITLE, published="2026-03-20", kind="change",
                                                   previous="26-51001", deadline="2026-04-22T12:00:00"))
    assert len(timeline(told, "boamp:26-51001")["timeline"]) == 1
    assert timeline(told, "boamp:26-51002")["timeline"][-1]["links"] == []
    (done,) = told.json("dossier", "split", "boamp:26-51002")
    assert done["changed"] is False
    (done,) = told.json("dossier", "merge", "boamp:26-51001", "boamp:26-51002")
    assert done == {"dossier": "boamp:26-51001", "changed": True}
    links = timeline(told, "boamp:26-51001")["timeline"][-1]["links"]
    assert [(x["kind"], x["confidence"]) for x in links] == [("hand", 100)]


def test_merge_is_remembered(told):
    told.store("3.xml", make_notice.flux_fnsimple(ref="26-51003", title="Repas", buyer="Lycée d'Essai"))
    assert timeline(told, "boamp:26-51003")["dossier"] == "boamp:26-51003"
    told("dossier", "merge", "boamp:26-51003", "boamp:26-51001")
    told.store("3b.xml", make_notice.flux_fnsimple(ref="26-51003", title="Repas chauds", buyer="Lycée d'Essai"))
    assert timeline(told, "boamp:26-51003")["dossier"] == "boamp:26-51001"
    (done,) = told.json("dossier", "merge", "boamp:26-51003", "boamp:26-51001")
    assert done["changed"] is False


def test_a_look_alike_of_another_publisher_is_joined_with_its_confidence(told):
    told.store("ted.xml", make_notice.eforms(ref="123456-2026", title=TITLE, published="2026-03-03",
                                             deadline="2026-04-01T12:00:00"))
    entries = timeline(told, "boamp:26-51001")["timeline"]
    (ted,) = [e for e in entries if e["notice"].startswith("ted:")]
    (link,) = ted["links"]
    assert link["kind"] == "deadline" and 60 <= link["confidence"] < 100


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_process_of_ocds_follows_the_plan_it_names(ready, order):
    plan = {"ocid": "ocds-a1", "id": "1", "date": "2026-01-05T00:00:00Z", "tag": ["planning"],
            "planning": {"project": "Réseau de capteurs"}, "buyer": {"name": "Ville d'Essai"}}
    call = {"ocid": "ocds-b2", "id": "1", "date": "2026-03-02T00:00:00Z", "tag": ["tender"],
            "tender": {"title": "Capteurs d'humidité, lot unique"}, "buyer": {"name": "Ville d'Essai"},
            "relatedProcesses": [{"relationship": ["planning"], "scheme": "ocid", "identifier": "ocds-a1"}]}
    for i in order:
        (ready.dir / "x.json").write_text(json.dumps({"releases": [(plan, call)[i]]}))
        (report,) = ready.json("import", ready.dir / "x.json")
        assert report["new"] == 1
    dossier = timeline(ready, "ocds:ocds-b2-1")
    assert [e["notice"] for e in dossier["timeline"]] == ["ocds:ocds-a1-1", "ocds:ocds-b2-1"]


@pytest.mark.parametrize("siret", [make_notice.siret(1), None])
def test_a_database_from_before_there_were_sketches_finds_the_same_look_alike(told, siret):
    def sketches():
        with sqlite3.connect(told.db) as db:
            return dict(db.execute("SELECT n.id, b.sketch FROM (SELECT notice, sketch FROM notice_buyer UNION ALL"
                                   " SELECT notice, sketch FROM notice_buyer_fresh) AS b"
                                   " JOIN notice AS n ON n.seq = b.notice"))

    assert all(len(sketch) < 100 for sketch in sketches().values())
    with sqlite3.connect(told.db) as db:
        db.execute("INSERT INTO notice_buyer SELECT key, published, notice, NULL FROM notice_buyer_fresh")
        db.execute("DELETE FROM notice_buyer_fresh")
    buyer = make_notice.Buyer(siret=siret)
    told.store("4.xml", make_notice.eforms(ref="200001-2026", title=TITLE, published="2026-03-03",
                                           deadline="2026-04-15T12:00:00", folder=None, buyer=buyer))
    dossier = timeline(told, "boamp:26-51001")
    (twin,) = [e for e in dossier["timeline"] if e["notice"] == "ted:200001-2026"]
    assert [link["kind"] for link in twin["links"]] == ["deadline"]
    assert sketches()["boamp:26-51002"] is not None  # it was looked at


def test_who_is_unknown(told, refused):
    refused(65, "dossier", "show", "boamp:99-1", says="no dossier and no notice boamp:99-1")
    refused(65, "dossier", "split", "boamp:99-1", says="no notice boamp:99-1")
    refused(65, "dossier", "merge", "boamp:26-51001", "boamp:99-1", says="boamp:99-1")
    refused(64, "dossier", "merge", "boamp:26-51001")
