"""
Every subtype of the eForms SDK, 1 to 40, E1 to E6, CEI, T01, T02, X01, X02: what it is, and every fact it
carries, from TED and from BOAMP.
"""

import make_subtype
import oracle
import pytest
from make_subtype import BRIN, DEADLINES, SUBTYPES

KINDS = {
    "planning": "planning",
    "consultation": "planning",
    "competition": "competition",
    "dir-awa-pre": "direct-award",
    "result": "result",
    "cont-modif": "result",
    "completion": "result",
    "bri": "registration",
}
PURCHASES = [s for s, row in SUBTYPES.items() if row.root != BRIN]
COMPANIES = [s for s, row in SUBTYPES.items() if row.root == BRIN]


def test_the_table_has_all_of_them():
    expected = [str(n) for n in range(1, 41)] + [f"E{n}" for n in range(1, 7)]
    assert sorted(SUBTYPES) == sorted(expected + ["CEI", "T01", "T02", "X01", "X02"])


@pytest.fixture(scope="module")
def read(fresh, tmp_path_factory):
    """The programme's notice of each subtype, as TED and as BOAMP publish it."""
    folder = tmp_path_factory.mktemp("subtypes")
    for subtype in SUBTYPES:
        (folder / f"ted-{subtype}.xml").write_text(make_subtype.xml(subtype), encoding="utf-8")
    for subtype in PURCHASES:
        (folder / f"boamp-{subtype}.xml").write_text(make_subtype.flux(subtype), encoding="utf-8")
    app = fresh()
    (report,) = app.json("import", folder)
    assert report["failures"] == [] and report["new"] == len(SUBTYPES) + len(PURCHASES)
    notices = {n["id"]: n for n in app.json("notice", "list", "--all", "--full")}
    opened = {n["id"] for n in app.json("notice", "list", "--now", "2026-11-20T08:00:00Z")}
    return notices, opened, folder


def value(row, n):
    """Of the whole (n = 3) or of a lot: what it is, and what kind of amount."""
    if "r" in row.carries and n == 3:
        return "42000.50", "award"
    kinds = {"v": "estimate", "c": "ceiling"}
    kind = next((kinds[c] for c in row.carries if c in kinds), None)
    return (f"{n}000.00", kind) if kind else (None, None)


def amount(text):
    return text and {"amount": text, "currency": "EUR"}


@pytest.mark.parametrize("published", ["ted", "boamp"])
@pytest.mark.parametrize("subtype", PURCHASES)
def test_facts(read, subtype, published):
    row, number = SUBTYPES[subtype], make_subtype.number(subtype)
    ref = f"{number}-2026" if published == "ted" else f"26-{number}"
    n = read[0][f"{published}:{ref}"]
    more, lots = n["more"], n["lots"]

    assert (n["kind"], more["stage"], more["notice_type"]) == (KINDS[row.form],) * 2 + (row.type,)
    assert n["language"] == "fr" and n["published"] == "2026-11-10"
    assert n["title"] == f"Sous-type {subtype}" and n["description"] == f"Objet : {n['title']}"
    assert [w["language"] for w in more["wordings"]] == ["en"]
    assert n["buyer"]["name"] == "Commune d'Essai" and n["buyer"]["id"] == make_subtype.SIRET
    assert (n["buyer"]["city"], n["buyer"]["department"], n["buyer"]["country"]) == ("Valessai", "48", "FR")
    assert n["nature"] == "supplies"
    assert n["procedure"] == ("open" if row.form == "competition" else None)
    assert more["procedure_id"] == (make_subtype.folder(subtype) if "f" in row.carries else None)
    text, kind = value(row, 3)
    assert (n["value"], more["value_kind"]) == (amount(text), kind)

    ids = [f"{make_subtype.PREFIXES[row.lots]}-{i:04d}" for i in (1, 2)] if row.lots else []
    assert [x["id"] for x in lots] == ids
    assert n["cpv"] == ["38410000", "38420000"] + ["38410001", "38410002"][: len(ids)]
    assert n["places"][:2] == ["FRJ14", "48"] and n["places"][2:] == ["FRJ11", "11", "FRJ12", "30"][: 2 * len(ids)]
    for i, x in enumerate(lots, 1):
        assert (x["title"], x["cpv"]) == (f"{row.lots} {i}", [f"3841000{i}"])
        assert x["value"] == amount(value(row, i)[0])
        assert x["deadline"] == (DEADLINES[x["id"]][2] if row.deadline else None)
    assert n["deadline"] == (DEADLINES["LOT-0002"][2] if row.deadline else None)
    # The buyer's profile, which all of them name, is no address of documents.
    assert n["documents_url"] == ("https://achats.example.org/dce/1" if "d" in row.carries else None)
    links = [{"kind": "follows", "ref": "612345-2026"}] if "e" in row.carries else []
    links += [{"kind": "follows", "ref": make_subtype.MODIFIED}] if "m" in row.carries else []
    assert more["links"] == links

    won = [(a["lot"], a["outcome"], [w["id"] for w in a["winners"]], a["value"], a["concluded"], a["contract"])
           for a in more["awards"]]
    assert won == (
        [("LOT-0001", "given", [make_subtype.WINNER], amount("42000.50"), "2026-10-30", "2026-S-7"),
         ("LOT-0002", "not-given", [], None, None, None)]
        if "r" in row.carries else []
    )


@pytest.mark.parametrize("subtype", COMPANIES)
def test_registrations(read, subtype):
    n = read[0][f"ted:{make_subtype.number(subtype)}-2026"]

    assert n["kind"] == n["more"]["stage"] == "registration"
    assert n["more"]["notice_type"] == SUBTYPES[subtype].type
    assert n["title"] == "Groupement d'Essai"
    assert n["description"].splitlines() == [
        "Objet : immatriculation", "Numéro national : D 1", "Numéro européen : FRVALESSAI.1",
        "Immatriculation : 2026-11-02+01:00", "Lieu d'immatriculation : Valessai",
        "Annonce : Immatriculation du groupement", "Journal : Journal d'Essai", "Rien d'autre.",
    ]
    assert n["buyer"]["name"] is None and n["cpv"] == n["lots"] == [] and n["places"] == ["FR"]
    assert n["documents_url"] == "https://journal.example.org/7"


def test_what_is_open(read):
    """Plans and calls; a registration is nothing to answer, a qualification system is open all the time."""
    closed = ("result", "cont-modif", "completion", "dir-awa-pre", "bri")
    expected = {s for s, row in SUBTYPES.items() if row.form not in closed}
    assert {s for s in SUBTYPES if f"ted:{make_subtype.number(s)}-2026" in read[1]} == expected


@pytest.mark.parametrize("published", ["ted", "boamp"])
def test_a_second_reading_agrees(read, published):
    notices, _, folder = read
    found = oracle.compare([folder / f"{published}-{s}.xml" for s in PURCHASES], notices)
    assert found == [], "\n".join(found)
