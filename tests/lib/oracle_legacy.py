#!/usr/bin/env python3
"""
A second, separate reading of TED notices of before eForms (TED_EXPORT), beside oracle.py.

Read with lxml by the paths of FORMATS.md 5 and the names of the schema. Nothing is shared with the
programme, and where the document says the same thing twice this reading takes the other one: the
kind from the number of the form and its NOTICE type (the programme: from the coded header), the
amount from the header's VALUES where there are any, CPV and places as sets.

`read(path)` gives a dict; `differences(expected, got)` compares it with one `notice show --json
--all` of the programme (links, reference and kind of amount stand under "more").

    oracle_legacy.py PATH…                 prints the dicts as JSON Lines
    oracle_legacy.py --compare GOT PATH…   prints differences, exit 1 if any;
                                           GOT: JSON Lines of the programme's notices
"""

import json
import pathlib
import re
import sys

from lxml import etree

import oracle_compare as compare
import oracle_facts as facts
import oracle_values as values
from oracle_walk import blank

# Form number, then the type of its NOTICE element when it has one.
KINDS = {
    "F01": {"PRI_ONLY": "planning", "PRI_REDUCING_TIME_LIMITS": "planning",
            "PRI_CALL_COMPETITION": "competition"},
    "F02": "competition",
    "F03": "result",
    "F04": {"PER_ONLY": "planning", "PER_REDUCING_TIME_LIMITS": "planning",
            "PER_CALL_COMPETITION": "competition"},
    "F05": "competition",
    "F06": "result",
    "F07": "competition",
    "F08": "planning",
    "F12": "competition",
    "F13": "result",
    "F14": "change",
    "F15": "direct-award",
    "F20": "result",
    "F21": {"PRI_ONLY": "planning", "PRI_CALL_COMPETITION": "competition",
            "CONTRACT": "competition", "AWARD_CONTRACT": "result"},
    "F22": {"PRI_ONLY": "planning", "PRI_CALL_COMPETITION": "competition",
            "PER_ONLY": "planning", "PER_CALL_COMPETITION": "competition",
            "QSU_CALL_COMPETITION": "competition",
            "CONTRACT": "competition", "AWARD_CONTRACT": "result"},
    "F23": {"PRI": "competition", "CONCESSION_AWARD_CONTRACT": "result"},
    "F24": "competition",
    "F25": "result",
    "T01": "planning",
    "T02": "result",
    "16": "planning",
    "17": "competition",
    "18": "result",
}
NATURES = {"WORKS": "works", "SUPPLIES": "supplies", "SERVICES": "services"}


def find(node, path):
    """Elements at a path of local names; `//x` for any depth."""
    steps = re.sub(r"([A-Za-z_][A-Za-z0-9_]*)(?!::|[A-Za-z0-9_])", r"*[local-name()='\1']", path)
    return node.xpath(steps) if node is not None else []


def first(node, path):
    return next(iter(find(node, path)), None)


def squeezed(value):
    return values.text(re.sub(r"\s+", " ", value)) if value is not None else None


def said(node):
    """All the text of an element, one blank between its paragraphs."""
    if node is None:
        return None
    pieces = find(node, "P") or [node]
    return squeezed(" ".join("".join(p.itertext()) for p in pieces))


def codes(node, path):
    return values.unique(e.get("CODE") for e in find(node, path))


def legal_id(element):
    """As values.legal_id, without the word that says what the number is."""
    value = said(element)
    bare = values.legal_id(re.sub(r"^(SIRET|SIREN)\s*:\s*|(?<=\d)\.(?=\d)", "", value or ""))
    return bare if bare and bare.isdigit() else value


def number_of(ojs):
    """2021/S 069-177092 is 177092-2021, and -4057 is 004057-2021: DOC_ID has six digits."""
    found = re.fullmatch(r"\s*(\d{4})/S\s*\d+-0*(\d+)\s*", ojs or "")
    return f"{found[2]:0>6}-{found[1]}" if found else None


def amount(element, currency=None):
    if element is None:
        return None
    digits = element.get("FMTVAL") or re.sub(r"[\s\u00a0]", "", element.text or "")
    return values.amount(digits.replace(",", "."), currency or element.get("CURRENCY"))


def term(block, duration="DURATION"):
    """How long it runs, from one OBJECT_DESCR."""
    found = dict(facts.NO_TERM)
    length = first(block, duration)
    if length is not None and said(length) and said(length) != "0":
        found["length"], found["unit"] = int(said(length)), facts.UNITS[length.get("TYPE")]
    if first(block, "INDEFINITE_DURATION") is not None:
        found["unit"] = "unlimited"
    found["start"], found["end"] = said(first(block, "DATE_START")), said(first(block, "DATE_END"))
    found["renewals"] = 0 if first(block, "NO_RENEWAL") is not None else None
    return facts.term_or_none(found)


def company(address, block):
    small = "sme" if find(block, "SME") else "large" if find(block, "NO_SME") else None
    return (said(first(address, "OFFICIALNAME")), legal_id(first(address, "NATIONALID")), small)


def awards(form):
    """(lot, contract, concluded, value, winners, outcome, tenders) of R2.0.9, in the form's order."""
    found = []
    for block in find(form, "AWARD_CONTRACT"):
        given = first(block, "AWARDED_CONTRACT")
        number = said(first(block, "LOT_NO"))
        totals = find(given, ".//VAL_TOTAL") + find(given, "VAL_BARGAIN_PURCHASE")
        after = find(form, "MODIFICATIONS_CONTRACT//VAL_TOTAL_AFTER")
        modified = find(form, "MODIFICATIONS_CONTRACT/DESCRIPTION_PROCUREMENT//CONTRACTOR")
        holders = modified or find(given, ".//CONTRACTOR")
        received = find(given, ".//NB_TENDERS_RECEIVED")
        found.append(
            (
                lot_id(number, 0) if number else None,
                said(first(block, "CONTRACT_NO")),
                said(first(given, "DATE_CONCLUSION_CONTRACT")),
                amount(next(iter(after + totals), None)),
                [company(first(c, "ADDRESS_CONTRACTOR"), c) for c in holders],
                "given" if given is not None
                else "not-given" if find(block, "NO_AWARDED_CONTRACT") else None,
                int(said(received[0])) if received else None,
            )
        )
    for block in find(form, "RESULTS"):
        prize = first(block, "AWARDED_PRIZE")
        received = find(prize, ".//NB_PARTICIPANTS")
        found.append(
            (
                None, None, None,
                amount(first(prize, "VAL_PRIZE")),
                [company(first(w, "ADDRESS_WINNER"), w) for w in find(prize, ".//WINNER")],
                "given" if prize is not None else "not-given",
                int(said(received[0])) if received else None,
            )
        )
    return found


def deadline(header, form):
    stated = said(first(header, "CODIF_DATA/DT_DATE_FOR_SUBMISSION"))
    if stated:
        found = re.fullmatch(r"(\d{4})(\d\d)(\d\d)(?: (\d?\d):(\d\d))?", stated)
        day, time = "-".join(found.groups()[:3]), found.groups()[3:]
    else:
        day = said(first(form, "PROCEDURE/DATE_RECEIPT_TENDERS"))
        time = (said(first(form, "PROCEDURE/TIME_RECEIPT_TENDERS")) or ":").split(":")
        if not day:
            return None
    if not time[0]:
        return values.instant(f"{day}T23:59:59")
    return values.instant(f"{day}T{int(time[0]):02d}:{time[1]}:00")


def original(root):
    forms = [f for f in find(root, "FORM_SECTION")[0] if f.get("CATEGORY") == "ORIGINAL"]
    return next((f for f in forms if f.get("LG") == "FR"), forms[0])


def lot_id(written, number):
    if written is None:
        return f"LOT-{number:04d}"
    return f"LOT-{int(written):04d}" if re.fullmatch(r"\d{1,4}", written) else written


def modern(form, header, notice):
    """R2.0.9."""
    body = first(form, "CONTRACTING_BODY/ADDRESS_CONTRACTING_BODY")
    found = first(form, "OBJECT_CONTRACT")
    notice["title"] = said(first(found, "TITLE"))
    notice["_texts"] = [said(e) for e in find(form, "OBJECT_CONTRACT//SHORT_DESCR")]
    notice["reference"] = said(first(found, "REFERENCE_NUMBER"))
    notice["buyer"] = {
        "name": said(first(body, "OFFICIALNAME")),
        "id": legal_id(first(body, "NATIONALID")),
        "city": said(first(body, "TOWN")),
    }
    kind = first(found, "TYPE_CONTRACT")
    if kind is not None:
        notice["nature"] = NATURES[kind.get("CTYPE")]
    stated = {v.get("TYPE"): amount(v) for v in find(header, "NOTICE_DATA/VALUES/VALUE")}
    modified = first(form, "//VAL_TOTAL_AFTER")
    if notice["kind"] in ("result", "direct-award"):
        notice["value"] = (
            amount(modified) or stated.get("PROCUREMENT_TOTAL") or stated.get("ESTIMATED_TOTAL")
        )
    else:
        notice["value"] = stated.get("ESTIMATED_TOTAL") or stated.get("PROCUREMENT_TOTAL")
    blocks = find(form, "OBJECT_CONTRACT/OBJECT_DESCR")
    for block in blocks if len(blocks) > 1 else []:
        notice["lots"].append(
            {
                "id": lot_id(said(first(block, "LOT_NO")), len(notice["lots"]) + 1),
                "title": said(first(block, "TITLE")),
                "description": said(first(block, "SHORT_DESCR")),
                "cpv": codes(block, "CPV_ADDITIONAL/CPV_CODE"),
                "value": amount(first(block, "VAL_OBJECT")),
                "_term": term(block),
            }
        )
    changed = first(form, "MODIFICATIONS_CONTRACT/DESCRIPTION_PROCUREMENT")
    notice["_term"] = term(blocks[0]) if len(blocks) == 1 else None
    if changed is not None and term(changed):
        notice["_term"] = term(changed)
    notice["_awards"] = awards(form)
    if len(blocks) == 1 and notice["value"] is None:
        notice["value"] = amount(first(blocks[0], "VAL_OBJECT"))
    for block in find(form, "OBJECT_CONTRACT") + find(form, "MODIFICATIONS_CONTRACT"):
        notice["cpv"] += codes(block, ".//CPV_CODE")
        notice["places"] += values.unique(
            e.get("CODE") for e in find(block, ".//NUTS") if not find(e, "ancestor::CONTRACTORS")
        )


def defence(form, header, notice):
    """R2.0.8, the forms of directive 2009/81/EC."""
    profile = first(form, "//CA_CE_CONCESSIONAIRE_PROFILE")
    notice["title"] = said(first(form, "//TITLE_CONTRACT"))
    notice["_texts"] = [
        said(first(form, "//SHORT_CONTRACT_DESCRIPTION"))
        or said(first(form, "//TOTAL_QUANTITY_OR_SCOPE"))
    ]
    notice["reference"] = said(first(form, "//FILE_REFERENCE_NUMBER"))
    notice["buyer"] = {
        "name": said(first(profile, "ORGANISATION/OFFICIALNAME")),
        "id": legal_id(first(profile, "ORGANISATION/NATIONALID")),
        "city": said(first(profile, "TOWN")),
    }
    notice["nature"] = NATURES.get(first(form, "//TYPE_CONTRACT").get("VALUE"))
    notice["cpv"] = codes(form, "//CPV//CPV_CODE")
    notice["places"] = codes(form, "//LOCATION_NUTS/NUTS") + codes(form, "//SITE_OR_LOCATION/NUTS")
    whole = [v for v in find(header, "NOTICE_DATA/VALUES_LIST/VALUES") if v.get("TYPE") == "GLOBAL"]
    each = [v for v in find(header, "NOTICE_DATA/VALUES_LIST/VALUES") if v.get("TYPE") == "CONTRACT"]
    for entry in whole:
        amounts = [amount(v) for v in find(entry, ".//VALUE")]
        if len(amounts) == 1 or notice["kind"] != "result":
            notice["value"] = amounts[-1]
    if notice["kind"] == "result" and notice["value"] is None and len(each) == 1:
        notice["value"] = amount(first(each[0], "SINGLE_VALUE/VALUE"))
    for block in find(form, "//F17_ANNEX_B") + find(form, "//LOT_PRIOR_INFORMATION"):
        costs = first(block, ".//COSTS_RANGE_AND_CURRENCY")
        cost = first(costs, "VALUE_COST")
        if cost is None:
            cost = first(costs, "RANGE_VALUE_COST/HIGH_VALUE")
        notice["lots"].append(
            {
                "id": lot_id(said(first(block, "LOT_NUMBER")), len(notice["lots"]) + 1),
                "title": said(first(block, "LOT_TITLE")),
                "description": said(first(block, "LOT_DESCRIPTION")),
                "cpv": codes(block, "CPV//CPV_CODE"),
                "value": amount(cost, costs.get("CURRENCY")) if costs is not None else None,
            }
        )


def read(path):
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
    root = etree.parse(str(path), parser).getroot()
    if etree.QName(root).localname != "TED_EXPORT":
        raise ValueError(f"{path}: no TED_EXPORT")
    header, form = first(root, "CODED_DATA_SECTION"), original(root)
    notice = blank()
    notice["ref"] = root.get("DOC_ID")
    notice["id"], notice["source"] = "ted:" + notice["ref"], "ted"
    notice["url"] = f"https://ted.europa.eu/fr/notice/-/detail/{notice['ref'].lstrip('0')}"
    kind = KINDS[form.get("FORM")]
    types = find(form, "NOTICE")
    notice["kind"] = kind if isinstance(kind, str) else kind[types[0].get("TYPE")]
    notice["language"] = form.get("LG").lower()
    day = said(first(header, "REF_OJS/DATE_PUB"))
    notice["published"] = f"{day[:4]}-{day[4:6]}-{day[6:]}"
    notice["nature"] = {"1": "works", "2": "supplies", "4": "services"}.get(
        first(header, "CODIF_DATA/NC_CONTRACT_NATURE").get("CODE")
    )
    notice["deadline"] = deadline(header, form)
    (defence if form.get("FORM") in ("16", "17", "18") else modern)(form, header, notice)
    notice["documents_url"] = said(first(form, ".//URL_DOCUMENT"))
    stated = codes(header, "NOTICE_DATA/PERFORMANCE_NUTS")
    notice["cpv"] = values.unique(notice["cpv"] + codes(header, "NOTICE_DATA/ORIGINAL_CPV"))
    places = notice["places"] + stated or codes(header, "NOTICE_DATA/ORIGINAL_NUTS")
    notice["places"] = values.unique(p for p in places if p != "00")  # not specified
    notice["links"] = sorted(
        {
            ref
            for e in find(header, "NOTICE_DATA/REF_NOTICE/NO_DOC_OJS")
            + find(form, ".//NOTICE_NUMBER_OJ")
            if (ref := number_of(e.text)) and ref != notice["ref"]
        }
    )
    return notice


def differences(expected, got):
    """One line for each member of the programme's dict that does not say what is read here."""
    found, more = [], got.get("more") or {}

    def check(name, want, have, same=lambda a, b: a == b):
        if not same(want, have):
            found.append(f"{expected['id']}: {name}: expected {short(want)}, got {short(have)}")

    for name in ("id", "source", "ref", "kind", "language", "nature", "published", "url"):
        check(name, expected[name], got.get(name))
    check("title", expected["title"], got.get("title"), compare.same_text)
    for text in expected["_texts"]:
        # Every description of the purchase and its lots is somewhere in the notice.
        texts = [got.get("description")] + [x.get("description") for x in got.get("lots", [])]
        whole = compare.canonical("\n".join(t for t in texts if t)) or ""
        check("description", True, text is None or compare.canonical(text) in whole)
    buyer = got.get("buyer") or {}
    for name in ("name", "city"):
        check(f"buyer.{name}", expected["buyer"][name], buyer.get(name), compare.same_text)
    check("buyer.id", expected["buyer"]["id"], buyer.get("id"))
    check("main cpv", expected["cpv"][:1], got.get("cpv", [])[:1])
    check("cpv", sorted(expected["cpv"]), sorted(got.get("cpv", [])))
    # The programme adds départements to the stated NUTS codes.
    nuts = [p for p in got.get("places", []) if re.fullmatch(r"[A-Z]{2}[0-9A-Z]{0,3}", p)]
    check("places", sorted(expected["places"]), sorted(nuts))
    check("value", expected["value"], got.get("value"), compare.same_amount)
    check("deadline", expected["deadline"], got.get("deadline"), compare.same_instant)
    check("documents_url", expected["documents_url"], got.get("documents_url"), compare.same_address)
    check("reference", expected["reference"], more.get("reference"), compare.same_text)
    check("links", expected["links"], sorted(x["ref"] for x in more.get("links", [])))
    if "_awards" in expected:
        have = [facts.plain(a) + (a["outcome"], a["tenders"]) for a in more.get("awards", [])]
        wanted = [facts.canonical(a) for a in expected["_awards"]]
        check("awards", wanted, [facts.canonical(a) for a in have])
        check("term", expected["_term"], more.get("term"))
    for want, have in zip(expected["lots"], more.get("lots", [])):
        if "_term" in want:
            check(f"term of {want['id']}", want["_term"], have["term"])
    check("lots", [x["id"] for x in expected["lots"]], [x["id"] for x in got.get("lots", [])])
    for want, have in zip(expected["lots"], got.get("lots", [])):
        at = f"lot {want['id']}"
        for name in ("title", "description"):
            check(f"{at} {name}", want[name], have.get(name), compare.same_text)
        check(f"{at} cpv", want["cpv"], have.get("cpv", []))
        check(f"{at} value", want["value"], have.get("value"), compare.same_amount)
    return found


def short(value):
    shown = json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= 160 else shown[:157] + "..."


def main(arguments):
    got = None
    if arguments[:1] == ["--compare"]:
        with open(arguments[1], encoding="utf-8") as file:
            got = {notice["id"]: notice for notice in map(json.loads, file)}
        arguments = arguments[2:]
    wrong = 0
    for path in map(pathlib.Path, arguments):
        notice = read(path)
        if got is None:
            shown = {k: v for k, v in notice.items() if k[0] != "_"}
            print(json.dumps(shown, ensure_ascii=False))
        elif notice["id"] in got:
            lines = differences(notice, got[notice["id"]])
            wrong += len(lines)
            print("".join(f"{path}: {line}\n" for line in lines), end="")
        else:
            wrong += 1
            print(f"{path}: {notice['id']}: not among the programme's notices")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
