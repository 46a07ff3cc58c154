"""
A notice is what it says, not how it is written: every document at hand, the samples and the real
ones where they are, reads the same with other prefixes, encodings, comments and orders, and as BOAMP
hands it on. The seed is fixed; APPARITEUR_SEED takes another.
"""

import json
import os
import random

import harness
import pytest
import variation
from lxml import etree

SEED = int(os.environ.get("APPARITEUR_SEED", "1"))
NOW = "2026-11-23T08:00:00+01:00"
SAMPLES = harness.ROOT / "contrib/samples/notices"
REAL = ("ted-eforms", "eforms-sdk-examples", "ted-legacy-fr", "ted-legacy-other", "boamp-xml-325", "boamp-xml-v230")
SHARE = 1 if "APPARITEUR_SEED" in os.environ else 5  # of the legacy notices a fifth; a campaign takes all
DOCUMENT_MAX = 150_000  # the few larger ones hold nothing else and take half of the time
# Of the publication, not of what is published; a doubt comes from the day of publication.
OF_THE_ENVELOPE = ("id", "source", "ref", "version", "dossier", "published", "url")


def documents():
    folders = [SAMPLES] + ([harness.NOTICES / name for name in REAL] if harness.NOTICES else [])
    for folder in folders:
        every = SHARE if folder.name.startswith("ted-legacy") else 1
        for path in sorted(folder.rglob("*.xml"))[::every]:
            if path.stat().st_size <= DOCUMENT_MAX:
                yield path.read_bytes()


def read(app, folder):
    """Notices by id; a document without a number of its own is named after its bytes."""
    app.json("import", folder, "--now", NOW, timeout=300)
    stored = app.json("notice", "list", "--all", "--full", "--now", NOW, timeout=300)
    return {n["id"]: n for n in stored if not n["ref"].startswith("sans-numero-")}


def write(folder, contents):
    for name, data in contents:
        folder.joinpath(name).write_bytes(data)
    return folder


def test_written_otherwise_it_says_the_same(fresh, tmp_path):
    (tmp_path / "plain").mkdir()
    (tmp_path / "varied").mkdir()
    found = list(documents())
    plain = read(fresh(), write(tmp_path / "plain", ((f"{i:04}.xml", data) for i, data in enumerate(found))))
    varied = read(
        fresh(),
        write(
            tmp_path / "varied",
            (
                (f"{i:04}.xml", variation.varied(data, random.Random(SEED * 100_003 + i)))
                for i, data in enumerate(found)
            ),
        ),
    )
    assert len(plain) > 20
    assert sorted(varied) == sorted(plain)
    wrong = [number for number in plain if varied[number] != plain[number]]
    for number in wrong[:1]:
        assert varied[number] == plain[number]  # pytest shows the members that differ
    assert wrong == []


def what_it_says(notice):
    said = {name: value for name, value in notice.items() if name not in OF_THE_ENVELOPE}
    said["more"] = {name: value for name, value in notice["more"].items() if name != "deadline_certainty"}
    for lot in said["more"]["lots"]:
        lot.pop("deadline_certainty", None)
    return said


@pytest.mark.parametrize("envelope, ending", [(variation.as_flux, "xml"), (variation.as_record, "json")])
def test_boamp_hands_on_what_ted_has(fresh, tmp_path, envelope, ending):
    (tmp_path / "ted").mkdir()
    (tmp_path / "boamp").mkdir()
    found = [data for data in documents() if variation.is_eforms(etree.fromstring(data))]
    ted = fresh()
    bare = read(ted, write(tmp_path / "ted", ((f"{i:04}.xml", data) for i, data in enumerate(found))))
    by_uuid = {n["more"]["notice_uuid"]: n for n in bare.values()}
    handed_on = read(
        fresh(),
        write(
            tmp_path / "boamp",
            ((f"{i:04}.{ending}", envelope(data, f"26-{100_000 + i}")) for i, data in enumerate(found)),
        ),
    )
    assert len(handed_on) == len(found) > 5
    compared = 0
    for notice in handed_on.values():
        original = by_uuid.get(notice["more"]["notice_uuid"])
        if original and original["title"]:  # BOAMP has a title of its own for what has none
            assert what_it_says(notice) == what_it_says(original), notice["id"]
            compared += 1
    assert compared > len(bare) * 3 // 4


def records():
    """Of BOAMP's own formats and of eForms: the samples of the flux, and the real records."""
    for path in sorted(SAMPLES.rglob("26-*.xml")):
        yield variation.as_record_of_flux(path.read_bytes())
    for path in sorted((harness.NOTICES / "boamp-api-full").glob("*.json")) if harness.NOTICES else ():
        value = json.loads(path.read_text(encoding="utf-8"))
        for record in value.get("results", [value]):
            yield record | {name: json.loads(record[name]) for name in ("gestion", "donnees")}


@pytest.mark.parametrize("time", range(3))
def test_a_record_written_otherwise_says_the_same(fresh, tmp_path, time):
    found = list(records())
    contents = {
        "plain": [json.dumps(record).encode() for record in found],
        "varied": [
            variation.record_varied(record, random.Random((SEED * 3 + time) * 100_003 + i))
            for i, record in enumerate(found)
        ],
    }
    notices = {}
    for name, texts in contents.items():
        (tmp_path / name).mkdir()
        folder = write(tmp_path / name, ((f"{i:04}.json", text) for i, text in enumerate(texts)))
        notices[name] = read(fresh(), folder)
    assert len(notices["plain"]) == len(found) > 15
    for number, notice in notices["plain"].items():
        assert notices["varied"].get(number) == notice
