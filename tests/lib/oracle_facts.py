"""
The oracle's reading of what stands under "more" in `notice show --json --full`: awards, durations,
links, and the facts of lots that the fixed shape leaves out. eForms from the contracts' side (the
programme starts from the lot results), TED legacy by the names of its schema.
"""

import re

import oracle_values as values
from oracle_walk import first, texts

EXT = "ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent/efext:EformsExtension"
OUTCOMES = {"selec-w": "given", "clos-nw": "not-given", "open-nw": "open"}
UNITS = {
    "DAY": "days", "CALENDAR_DAY": "days", "WEEK": "weeks", "MONTH": "months", "YEAR": "years",
}
NO_TERM = {"length": None, "unit": None, "start": None, "end": None, "renewals": None}


def day(text):
    """The day of a date with or without a zone; the first of 2000 is what platforms write for none."""
    found = re.match(r"(\d{4}-\d\d-\d\d)", text or "")
    return found[1] if found and found[1] != "2000-01-01" else None


def whole(text, least=0):
    return int(text) if re.fullmatch(r"\d{1,6}", text or "") and int(text) >= least else None


def term_or_none(term):
    return term if any(v is not None for v in term.values()) else None


# eForms


def eforms_term(doc, project):
    term = dict(NO_TERM)
    for period in doc.all(project, "cac:PlannedPeriod")[:1]:
        for measure in doc.all(period, "cbc:DurationMeasure")[:1]:
            length = whole(values.text(doc.text(measure)), 1)
            unit = UNITS.get(doc.attribute(measure, "unitCode"))
            if length and unit:
                term["length"], term["unit"] = length, unit
        if first(doc, period, "cbc:DescriptionCode") == "UNLIMITED":
            term["unit"] = "unlimited"
        for name in ("start", "end"):
            found = re.match(
                r"\d{4}-\d\d-\d\d", first(doc, period, f"cbc:{name.title()}Date") or ""
            )
            if found and found[0] not in ("1900-01-01", "2099-12-31"):  # what stands for none
                term[name] = found[0]
    term["renewals"] = whole(first(doc, project, "cac:ContractExtension/cbc:MaximumNumberNumeric"))
    return term_or_none(term)


def eforms_awards(doc, root, said):
    """Sorted tuples (lot, contract, concluded, value, names of winners), and the outcome of lots."""
    contracts, outcomes, received = [], {}, {}
    for result in doc.all(root, EXT + "/efac:NoticeResult"):
        tenders = {first(doc, t, "cbc:ID"): t for t in doc.all(result, "efac:LotTender")}
        groups = {first(doc, g, "cbc:ID"): g for g in doc.all(result, "efac:TenderingParty")}
        for lot in doc.all(result, "efac:LotResult"):
            name = first(doc, lot, "efac:TenderLot/cbc:ID")
            outcomes[name] = OUTCOMES.get(first(doc, lot, "cbc:TenderResultCode"))
            for count in doc.all(lot, "efac:ReceivedSubmissionsStatistics"):
                if first(doc, count, "efbc:StatisticsCode") == "tenders":
                    received[name] = whole(first(doc, count, "efbc:StatisticsNumeric"))
        pairs = [
            (contract, tenders[ref])
            for contract in doc.all(result, "efac:SettledContract")
            for ref in texts(doc, contract, "efac:LotTender/cbc:ID")
            if ref in tenders
        ]
        pairs += uncontracted(doc, result, tenders, pairs)
        for contract, tender in pairs:
            members = []
            for group in texts(doc, tender, "efac:TenderingParty/cbc:ID"):
                members += texts(doc, groups.get(group), "efac:Tenderer/cbc:ID")
            amounts = doc.all(tender, "cac:LegalMonetaryTotal/cbc:PayableAmount")
            contracts.append(
                (
                    first(doc, tender, "efac:TenderLot/cbc:ID"),
                    first(doc, contract, "efac:ContractReference/cbc:ID"),
                    day(first(doc, contract, "cbc:IssueDate")),
                    values.amount(doc.text(amounts[0]), doc.attribute(amounts[0], "currencyID"))
                    if amounts else None,
                    companies(doc, root, said, members),
                )
            )
    return contracts, outcomes, received


def uncontracted(doc, result, tenders, pairs):
    """The tenders that a lot without a contract names as its own, ranked ones behind the first aside."""
    settled = {first(doc, tender, "efac:TenderLot/cbc:ID") for _, tender in pairs}
    found = []
    for lot in doc.all(result, "efac:LotResult"):
        if first(doc, lot, "efac:TenderLot/cbc:ID") in settled:
            continue
        if first(doc, lot, "cbc:TenderResultCode") in ("clos-nw", "open-nw"):
            continue
        for ref in texts(doc, lot, "efac:LotTender/cbc:ID"):
            if ref in tenders and first(doc, tenders[ref], "cbc:RankCode") in (None, "1"):
                found.append((None, tenders[ref]))
    return found


def companies(doc, root, said, ids):
    found = []
    for reference in ids:
        for company in doc.all(root, EXT + "/efac:Organizations/efac:Organization/efac:Company"):
            if reference == first(doc, company, "cac:PartyIdentification/cbc:ID"):
                found.append(
                    (
                        said(company, "cac:PartyName/cbc:Name"),
                        values.legal_id(first(doc, company, "cac:PartyLegalEntity/cbc:CompanyID")),
                        first(doc, company, "efbc:CompanySizeCode"),
                    )
                )
    return found


def eforms_links(doc, root):
    """(kind, ref) as stated, zeros in front of publication numbers dropped."""
    found = {}
    for ref in texts(doc, root, EXT + "/efac:Changes/efbc:ChangedNoticeIdentifier"):
        found.setdefault(bare(ref), "changes")
    for path in ("", "cac:ProcurementProjectLot/"):
        where = path + "cac:TenderingProcess/cac:NoticeDocumentReference/cbc:ID"
        for ref in texts(doc, root, where):
            found.setdefault(bare(ref), "follows")
    modified = EXT + "/efac:ContractModification/efbc:ChangedNoticeIdentifier"  # BT-1501
    for ref in texts(doc, root, modified):
        found.setdefault(bare(ref), "follows")
    return sorted((kind, ref) for ref, kind in found.items())


def bare(ref):
    number = re.fullmatch(r"0*(\d+)-(\d{4})", ref)
    if not number:
        return ref
    digits, year = number[1], int(number[2])
    # DOC_ID of the schemas before eForms has six digits.
    return f"{digits:0>6}-{year}" if year <= 2023 and len(digits) < 6 else f"{digits}-{year}"


def facts(doc, root, said):
    """All of it, for the member `_facts` of a notice."""
    awards, outcomes, received = eforms_awards(doc, root, said)
    of_lots = {}
    for lot in doc.all(root, "cac:ProcurementProjectLot"):
        for project in doc.all(lot, "cac:ProcurementProject")[:1]:
            places = values.unique(
                values.text(doc.text(n))
                for n in doc.all(project, "cac:RealizedLocation/cac:Address/cbc:CountrySubentityCode")
            )
            of_lots[first(doc, lot, "cbc:ID")] = {
                "nature": values.NATURES.get(first(doc, project, "cbc:ProcurementTypeCode")),
                "places": places,
                "term": eforms_term(doc, project),
                "languages": languages(doc, project),
            }
    return {
        "awards": awards,
        "outcomes": outcomes,
        "received": received,
        "links": eforms_links(doc, root),
        "lots": of_lots,
    }


def languages(doc, project):
    """How many languages the title is given in, counted by the codes that are languages."""
    codes = {
        (doc.attribute(n, "languageID") or "").upper()
        for n in doc.all(project, "cbc:Name")
        if values.text(doc.text(n))
    }
    return sorted(values.LANGUAGES[c] for c in codes if c in values.LANGUAGES)


def plain(award):
    """An award of the programme as such a tuple."""
    return (
        award["lot"], award["contract"], award["concluded"], award["value"],
        [(w["name"], w["id"], w["size"]) for w in award["winners"]],
    )


def canonical(award):
    """Its texts with single blanks: line ends and no-break spaces inside a name are not compared."""
    name, contract, concluded, value, winners, *rest = award
    winners = [(plain_text(w[0]), plain_text(w[1]), w[2]) for w in winners]
    return (plain_text(name), plain_text(contract), concluded, value, winners, *rest)


def plain_text(text):
    return " ".join(text.split()) if text else None


def _key(award):
    return [str(part) for part in award]


def differences(expected, got):
    """One line for each fact in which the two readings differ; [] without `more`."""
    said, more, found = expected.get("_facts"), got.get("more"), []
    if more is None:
        return found

    def check(name, want, have):
        if want != have:
            found.append(f"{expected['id']}: {name}: expected {str(want)[:300]}, got {str(have)[:300]}")

    links = {(link["kind"], link["ref"]) for link in more["links"]}
    wanted = expected.get("_links", said["links"] if said else [])
    check("links", sorted(wanted), sorted(links))
    if said is None:
        return found
    awards = [plain(a) for a in more["awards"]]
    if said["awards"]:
        have = [a for a in awards if a[4] or a[1] or a[2] or a[3]]
        wanted = [canonical(a) for a in said["awards"]]
        check("awards", sorted(wanted, key=_key), sorted(map(canonical, have), key=_key))
    for award in more["awards"]:
        lot = award["lot"]
        if said["outcomes"].get(lot):
            check(f"outcome of {lot}", said["outcomes"][lot], award["outcome"])
        check(f"tenders for {lot}", said["received"].get(lot), award["tenders"])
    lots = set(said["outcomes"]) | {award[0] for award in said["awards"]}
    check("lots with a result", sorted(filter(None, lots)),
          sorted({a["lot"] for a in more["awards"] if a["lot"]}))
    for lot in more["lots"]:
        want = said["lots"].get(lot["id"])
        if want is None:
            continue
        check(f"nature of {lot['id']}", want["nature"], lot["nature"])
        check(f"term of {lot['id']}", want["term"], lot["term"])
        nuts = [p for p in lot["places"] if re.fullmatch(r"[A-Z]{2}[0-9A-Z]{0,3}", p)]
        check(f"places of {lot['id']}", want["places"], nuts)
        further = [w["language"] for w in lot["wordings"] if w["title"]]
        check(f"languages of {lot['id']}", max(len(want["languages"]) - 1, 0), len(further))
        check(f"languages of {lot['id']}", [], [x for x in further if x not in want["languages"]])
    return found
