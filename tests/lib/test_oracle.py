"""The oracle reads what the builders write, and the real notices where they are."""

import json
import re

import make_notice
import oracle
import pytest
from client import DAY
from harness import NOTICES, needs_notices


FIELDS = dict(
    title="Capteurs d'œdomètre & suivi « temps réel »",
    description="Ligne 1\nLigne 2 <b>",
    deadline="2026-10-12T12:00:00",
    cpv=["38410000", "72000000"],
    buyer={"name": "Syndicat d'Essai", "siret": make_notice.siret(7), "city": "Val-d'Essai"},
    lots=[
        {"title": "Fourniture", "description": "Capteurs", "cpv": "38410000"},
        {"title": "Supervision", "cpv": "72700000"},
    ],
)


def read_bytes(tmp_path, content, name="n.xml"):
    path = tmp_path / name
    path.write_bytes(
        content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
    )
    (notice,) = oracle.read(path)
    return notice


@pytest.mark.parametrize(
    "builder",
    [make_notice.flux_fnsimple, make_notice.flux_mapa, make_notice.flux_eforms, make_notice.eforms],
)
def test_oracle_reads_what_the_builders_write(tmp_path, builder):
    ted = builder is make_notice.eforms
    ref = "700042-2026" if ted else "26-42"
    notice = read_bytes(tmp_path, builder(ref=ref, **FIELDS))
    assert notice["id"] == ("ted:" if ted else "boamp:") + ref and notice["published"] == DAY
    assert notice["title"] == FIELDS["title"] and notice["description"] == FIELDS["description"]
    assert (
        notice["buyer"]["name"] == "Syndicat d'Essai" and notice["buyer"]["city"] == "Val-d'Essai"
    )
    assert notice["deadline"] == "2026-10-12T12:00:00+02:00" and notice["kind"] == "competition"
    assert [x["title"] for x in notice["lots"]] == ["Fourniture", "Supervision"]
    assert [x["id"] for x in notice["lots"]] == ["LOT-0001", "LOT-0002"] and notice[
        "nature"
    ] == "services"
    if builder is make_notice.flux_mapa:
        assert (
            notice["cpv"] == []
            and notice["buyer"]["id"] is None
            and notice["procedure"] == "adapted"
        )
    else:
        assert notice["cpv"] == ["38410000", "72000000", "72700000"] and notice["buyer"][
            "id"
        ] == make_notice.siret(7)
        national = builder is make_notice.flux_fnsimple  # its body says better than the envelope
        assert notice["procedure"] == ("adapted" if national else "open")
        assert notice["documents_url"].startswith("https://achats.example.org")


@pytest.mark.parametrize(
    "builder", [make_notice.flux_fnsimple, make_notice.flux_mapa, make_notice.flux_eforms]
)
def test_record_and_flux_file_are_one_notice(tmp_path, builder):
    xml = builder(ref="26-42", **FIELDS)
    from_xml = read_bytes(tmp_path, xml)
    from_json = read_bytes(tmp_path, make_notice.record_from_flux(xml), "n.json")
    assert from_xml == from_json


def test_record_has_the_portals_habits(tmp_path):
    record = make_notice.api_record(title="L'été " * 50, deadline="2026-07-25T12:00:00")
    assert record["datelimitereponse"] == "2026-07-25T12:00:00+00:00"  # false UTC: noon in Paris
    assert record["objet"].endswith("...") and "&#039;" in record["objet"]
    european = make_notice.api_record(
        builder=make_notice.flux_eforms, deadline="2026-07-25T12:00:00"
    )
    assert (
        european["datelimitereponse"] == "2026-07-25T10:00:00+00:00"
        and european["contractfolderid"]
    )
    flat = make_notice.api_record(with_body=False, deadline="2026-07-25T12:00:00")
    notice = read_bytes(tmp_path, flat, "flat.json")
    assert (
        "gestion" not in flat
        and notice["deadline"] == "2026-07-25T12:00:00+02:00"
        and notice["cpv"] == []
    )


@pytest.mark.parametrize(
    "builder",
    [make_notice.flux_fnsimple, make_notice.flux_mapa, make_notice.flux_eforms, make_notice.eforms],
)
@pytest.mark.parametrize("kind", sorted(make_notice.KINDS))
def test_kinds(tmp_path, builder, kind):
    ref = "700042-2026" if builder is make_notice.eforms else "26-42"
    assert read_bytes(tmp_path, builder(ref=ref, kind=kind, previous="26-41"))["kind"] == kind


def test_thousands_of_distinct_notices():
    refs = [ref for ref, _ in make_notice.many(2000)]
    assert len(set(refs)) == 2000
    again = list(make_notice.many(50, seed=3))
    assert again == list(make_notice.many(50, seed=3)) != list(make_notice.many(50, seed=4))
    assert len({xml for _, xml in make_notice.many(500)}) == 500
    number = make_notice.siret(1)
    assert (
        oracle.legal_id(number) == number and len(number) == 14 and make_notice.luhn_ok(number[:9])
    )


def test_unpublished_and_other_zones(tmp_path):
    notice = read_bytes(tmp_path, make_notice.eforms(ref=None, version=2))
    assert (
        notice["ref"] == make_notice.notice_uuid("unpublished")
        and notice["url"] is None
        and notice["version"] == 2
    )
    assert notice["published"] is None
    notice = read_bytes(tmp_path, make_notice.flux_fnsimple(deadline="2026-10-12T12:00:00-03:00"))
    assert notice["deadline"] == "2026-10-12T12:00:00-03:00"
    notice = read_bytes(tmp_path, make_notice.flux_mapa(deadline="2026-01-12T12:00:00.000"))
    assert notice["deadline"] == "2026-01-12T12:00:00+01:00"


@pytest.mark.parametrize(
    "raw, want",
    [
        ("a&amp;#039;b", "a'b"),
        ("  x\n", "x"),
        ("&eacute;t&eacute;", "été"),
        ("a & b", "a & b"),
        ("?a=1&copy=2", "?a=1&copy=2"),
        ("&amp;amp;amp;lt;", "<"),
        ("\r\n", None),
        (None, None),
        ("a\r\nb", "a\nb"),
    ],
)
def test_oracle_text(raw, want):
    assert oracle.text(raw) == want


@pytest.mark.parametrize(
    "raw, want",
    [
        ("237 500 079 00312", "23750007900312"),
        ("18591150001012", "18591150001012"),
        ("49564", "49564"),
        ("123 456 789", "123 456 789"),
        (" 185911500 ", "185911500"),
        ("35600000049837", "35600000049837"),
        ("", None),
    ],
)
def test_oracle_legal_id(raw, want):
    assert oracle.legal_id(raw) == want


@pytest.mark.parametrize(
    "date, time_, want",
    [
        ("2026-10-12+02:00", "12:00:00+02:00", "2026-10-12T12:00:00+02:00"),
        ("2026-10-12Z", "12:00:00.000Z", "2026-10-12T12:00:00+00:00"),
        ("2026-10-12+02:00", "12:00:00.0000000+03:00", "2026-10-12T12:00:00+03:00"),
        ("2026-10-12+02:00", None, "2026-10-12T23:59:59+02:00"),
        (None, "12:00:00Z", None),
        ("demain", "12:00:00Z", None),
    ],
)
def test_oracle_deadline_pairs(date, time_, want):
    assert oracle.instant_of_pair(date, time_) == want


def test_differences_finds_every_member(tmp_path):
    expected = read_bytes(tmp_path, make_notice.eforms(value="1000", **FIELDS))
    got = {k: v for k, v in json.loads(json.dumps(expected)).items() if k[0] != "_"}
    assert oracle.differences(expected, got) == []
    wrong = {
        "id": "x",
        "source": "x",
        "ref": "x",
        "version": 9,
        "kind": "result",
        "language": "en",
        "title": "x",
        "description": None,
        "nature": "works",
        "procedure": None,
        "cpv": ["72000000", "38410000", "72700000"],
        "places": [],
        "value": {"amount": "1000.01", "currency": "EUR"},
        "published": "2026-09-11",
        "deadline": "2026-10-12T12:00:01+02:00",
        "url": "https://example.org",
        "documents_url": "https://example.org",
    }
    for name, value in wrong.items():
        assert any(
            f": {name}:" in line for line in oracle.differences(expected, {**got, name: value})
        ), name
    for name in ("name", "id", "city"):
        assert oracle.differences(expected, {**got, "buyer": {**got["buyer"], name: "x"}}), name
    for name, value in (
        ("id", "LOT-0009"),
        ("title", "x"),
        ("description", "x"),
        ("cpv", []),
        ("deadline", None),
    ):
        lots = [{**got["lots"][0], name: value}, got["lots"][1]]
        assert oracle.differences(expected, {**got, "lots": lots}), name
    assert oracle.differences(expected, {**got, "lots": got["lots"][:1]})


def test_differences_lets_other_spellings_pass(tmp_path):
    expected = read_bytes(tmp_path, make_notice.eforms(value="1000", **FIELDS))
    got = {k: v for k, v in json.loads(json.dumps(expected)).items() if k[0] != "_"}
    got.update(
        deadline="2026-10-12T10:00:00Z",
        places=["FRJ14", "48"],
        title=got["title"].replace(" ", "  "),
        value={"amount": "1000", "currency": "EUR"},
        url="https://ted.europa.eu/en/notice/-/detail/" + got["ref"],
    )
    assert oracle.differences(expected, got) == []


def with_extension(content, element):
    """The eForms document with one more element in its extension."""
    head, mark, tail = content.partition(b"<efac:NoticeSubType>")
    assert mark
    return head + element.encode() + mark + tail


def test_the_awarded_total_wins_over_the_estimate(tmp_path):
    total = '<efac:NoticeResult><cbc:TotalAmount currencyID="GBP">7</cbc:TotalAmount></efac:NoticeResult>'
    for kind, want in (("result", ("7.00", "GBP")), ("competition", ("1000.00", "EUR"))):
        content = with_extension(make_notice.eforms(kind=kind, value="1000"), total)
        value = read_bytes(tmp_path, content)["value"]
        assert (value["amount"], value["currency"]) == want


def test_the_buyer_profile_is_no_address_of_documents(tmp_path):
    content = make_notice.eforms()
    profile = b"<cbc:BuyerProfileURI>https://profil.example.org</cbc:BuyerProfileURI>"
    content = content.replace(b"<cac:ContractingParty>", b"<cac:ContractingParty>" + profile)
    assert read_bytes(tmp_path, content)["documents_url"].startswith("https://achats.example.org")
    content = content.replace(b"cac:CallForTendersDocumentReference", b"cac:Nothing")
    assert read_bytes(tmp_path, content)["documents_url"] is None


@pytest.mark.parametrize(
    "stated, want",
    [
        ("<valeur>890000</valeur>", ("890000.00", "EUR")),
        ('<valeur devise="CHF">5</valeur>', ("5.00", "CHF")),
        ("<fourchette><valeurBasse>1</valeurBasse><valeurHaute>2.5</valeurHaute></fourchette>",
         ("2.50", "EUR")),
        ("<valeur>0</valeur>", None),
    ],
)
def test_oracle_national_value(tmp_path, stated, want):
    element = f"<valeurEstimee>{stated}</valeurEstimee><dureeMois>".encode()
    content = make_notice.flux_fnsimple().replace(b"<dureeMois>", element)
    assert element in content
    for file, read in (("n.xml", content), ("n.json", make_notice.record_from_flux(content))):
        value = read_bytes(tmp_path, read, file)["value"]
        assert (value and (value["amount"], value["currency"])) == want


def test_a_national_correction_says_both(tmp_path):
    content = make_notice.flux_fnsimple(kind="change", previous="26-41", description="Des capteurs.")
    description = read_bytes(tmp_path, content)["description"]
    assert description.startswith("Des capteurs.\n") and "lire" in description


def test_a_document_without_identifier_is_named_by_its_bytes(tmp_path):
    content = re.sub(
        rb'<cbc:ID schemeName="notice-id">[^<]*</cbc:ID>', b"", make_notice.eforms(ref=None)
    )
    first, again = read_bytes(tmp_path, content)["id"], read_bytes(tmp_path, content)["id"]
    assert re.fullmatch("ted:sans-numero-[0-9a-f]{16}", first) and first == again
    assert read_bytes(tmp_path, content + b"\n")["id"] != first


def test_compare_names_the_file_of_a_difference(tmp_path):
    path = tmp_path / "n.xml"
    path.write_bytes(make_notice.eforms(ref="700042-2026"))
    (notice,) = oracle.read(path)
    assert oracle.compare([path], {}) == [
        f"{path}: ted:700042-2026: not among the programme's notices"
    ]
    (line,) = oracle.compare([path], {notice["id"]: {**notice, "nature": "works"}})
    assert line.startswith(f"{path}: ted:700042-2026: nature:")


@needs_notices
def test_oracle_reads_all_real_notices():
    counts, ids = {}, []
    for folder in (
        "ted-eforms",
        "eforms-sdk-examples",
        "boamp-xml-325",
        "boamp-api-full",
        "boamp-api-meta",
    ):
        paths = [
            p
            for p in sorted(NOTICES.joinpath(folder).rglob("*"))
            if p.suffix in (".xml", ".json", ".csv")
        ]
        assert paths, folder
        for path in paths:
            for notice in oracle.read(path):
                counts[folder] = counts.get(folder, 0) + 1
                ids.append(notice["id"])
                assert notice["kind"] and notice["source"], path
                if not path.name.startswith("INVALID"):
                    assert notice["title"] and notice["buyer"]["name"], path
                assert oracle.differences(notice, json.loads(json.dumps(notice))) == [], path
    assert all(ids) and len(ids) == len(set(ids)) and min(counts.values()) >= 3
