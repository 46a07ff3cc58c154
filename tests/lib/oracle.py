#!/usr/bin/env python3
"""
A second, separate reading of real notices, to hold the programme against.

`read(path)` gives a list of dicts in the shape of `notice show --json` (PRODUCT.md), read with lxml
and json by the paths of FORMATS.md. Nothing here is shared with the programme or with
make_notice.py, and nothing is tuned to the programme's answers. `differences(expected, got)`
compares one such dict with one of the programme's.

Formats: eForms with the OASIS namespaces; BOAMP XML 3.2.5 with EFORMS, FNSimple or MAPA inside;
Explore API JSON (one record, a list, or an envelope; with `donnees` or without); Explore CSV
export.

Members whose name begins with `_` are not part of the shape: they tell `differences` what else the
notice states where several answers are right (all documents' addresses, CPV codes of parts, a
deadline in prose).

    oracle.py PATH…                 prints the dicts as JSON Lines
    oracle.py --compare GOT PATH…   prints differences, exit 1 if any;
                                    GOT: the programme's `notice list --all --json`
"""

import ast
import csv
import datetime
import decimal
import html
import json
import pathlib
import re
import sys
import unicodedata
import zoneinfo

from lxml import etree

PARIS = zoneinfo.ZoneInfo("Europe/Paris")
JO_ANN = "{http://boamp.journal-officiel.gouv.fr/XML/3.2.5}ann"
UBL_OASIS = "urn:oasis:names:specification:ubl:schema:xsd:"
UBL_BOAMP = "urn:boamp:names:specification:ubl:schema:xsd:"
LANGUAGES = dict(
    zip(
        "BUL CES DAN DEU ELL ENG EST FIN FRA GLE HRV HUN ITA LAV LIT MLT NLD POL POR RON SLK SLV"
        " SPA SWE".split(),
        "bg cs da de el en et fi fr ga hr hu it lv lt mt nl pl pt ro sk sl es sv".split(),
    )
)
FORM_KINDS = {
    "planning": "planning",
    "consultation": "planning",
    "competition": "competition",
    "change": "change",
    "dir-awa-pre": "direct-award",
    "result": "result",
    "cont-modif": "result",
    "completion": "result",
}
BOAMP_KINDS = {
    "ATTRIBUTION": "result",
    "MODIFICATION": "result",
    "PRE-INFORMATION": "planning",
    "PERIODIQUE": "planning",
    "INTENTION_CONCLURE": "direct-award",
    "EX_ANTE_VOLONTAIRE": "direct-award",
}
NATIONAL_PROCEDURES = {
    "OUVERT": "open",
    "RESTREINT": "restricted",
    "NEGOCIE": "neg-w-call",
    "PROCEDURE_ADAPTE": "adapted",
    "DIALOGUE_COMPETITIF": "comp-dial",
    "PARTENARIAT_INNOVATION": "innovation",
}
NATURES = {
    "services": "services",
    "fournitures": "supplies",
    "travaux": "works",
    "supplies": "supplies",
    "works": "works",
}


# ---------------------------------------------------------------- values


def text(value):
    """
    Entities decoded until stable (only those that end in a semicolon), ends trimmed; None for
    nothing.
    """
    if value is None:
        return None
    for _ in range(8):
        decoded = re.sub(
            r"&(?:#\d+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);",
            lambda m: html.unescape(m[0]),
            value,
        )
        if decoded == value:
            break
        value = decoded
    value = value.replace("\r\n", "\n").strip()
    return value or None


def luhn(digits):
    doubled = [int(d) * (1 + i % 2) for i, d in enumerate(reversed(digits))]
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


def legal_id(value):
    """
    SIRET or SIREN without spaces when it is one (La Poste's own sum included), else as written.
    """
    value = text(value)
    if value is None:
        return None
    digits = re.sub(r"\s", "", value)
    if re.fullmatch(r"[0-9]{14}|[0-9]{9}", digits):
        la_poste = digits.startswith("356000000") and sum(map(int, digits)) % 5 == 0
        if luhn(digits) or (len(digits) == 14 and la_poste):
            return digits
    return value


def cpv_code(value):
    found = re.match(r"\s*([0-9]{8})(?:-[0-9])?\s*$", value or "")
    return found[1] if found else None


def unique(values):
    return list(dict.fromkeys(v for v in values if v))


def instant(value, naive_is_paris=True):
    """
    One ISO text, as ISO with an offset, seconds kept, fraction dropped; naive means Paris. None
    when it is none.
    """
    value = (value or "").strip()
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)?", value)
    if not found:
        return None
    when = datetime.datetime.fromisoformat(
        f"{found[1]}T{found[2]}" + (found[3] or "").replace("Z", "+00:00")
    )
    if when.tzinfo is None:
        when = when.replace(tzinfo=PARIS)
    return when.isoformat()


def instant_of_pair(date, time):
    """eForms: date and time are separate and each has a zone; the zone of the time counts."""
    day = re.match(r"\s*(\d{4}-\d\d-\d\d)(Z|[+-]\d\d:\d\d)?", date or "")
    hour = re.match(r"\s*(\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)?", time or "")
    if not day:
        return None
    if not hour:
        return instant(f"{day[1]}T23:59:59{day[2] or ''}")
    return instant(f"{day[1]}T{hour[1]}{hour[2] or day[2] or ''}")


def earliest(deadlines):
    found = [d for d in deadlines if d]
    return min(found, key=lambda d: datetime.datetime.fromisoformat(d)) if found else None


def amount(value, currency):
    """An amount with two decimals; 0 means that nobody knew."""
    try:
        number = decimal.Decimal((value or "").strip())
    except decimal.InvalidOperation:
        return None
    return {"amount": f"{number:.2f}", "currency": currency} if number > 0 else None


# ---------------------------------------------------------------- two ways to walk a document


class Xml:
    """Elements by a relative path of prefixed names, under the namespaces of one publisher."""

    def __init__(self, ubl=None):
        self.spaces = {
            "efac": "http://data.europa.eu/p27/eforms-ubl-extension-aggregate-components/1",
            "efbc": "http://data.europa.eu/p27/eforms-ubl-extension-basic-components/1",
            "efext": "http://data.europa.eu/p27/eforms-ubl-extensions/1",
        }
        if ubl:
            self.spaces.update(
                cbc=ubl + "CommonBasicComponents-2",
                cac=ubl + "CommonAggregateComponents-2",
                ext=ubl + "CommonExtensionComponents-2",
            )

    def all(self, node, path):
        return node.xpath(path, namespaces=self.spaces) if node is not None else []

    def text(self, node):
        return "".join(node.itertext(with_tail=False))

    def attribute(self, node, name):
        return node.get(name)

    def child_names(self, node):
        return [etree.QName(c).localname for c in node if isinstance(c.tag, str)]


class Json:
    """
    The same over the portal's JSON: `@name`, `#text`, one child an object, several a list, a bare
    string a leaf.
    """

    def all(self, node, path):
        nodes = [node]
        for step in path.split("/"):
            found = []
            for n in nodes:
                if isinstance(n, dict):
                    values = (
                        [v for k, v in n.items() if k[0] not in "@#"]
                        if step == "*"
                        else [n[step]] if step in n else []
                    )
                    for v in values:
                        found += v if isinstance(v, list) else [v]
            nodes = found
        return nodes

    def text(self, node):
        return node.get("#text", "") if isinstance(node, dict) else str(node)

    def attribute(self, node, name):
        return node.get("@" + name) if isinstance(node, dict) else None

    def child_names(self, node):
        return [k for k in node if k[0] not in "@#"] if isinstance(node, dict) else []


def first(doc, node, *paths):
    """The first path that gives a text that is not blank."""
    for path in paths:
        for found in doc.all(node, path):
            value = text(doc.text(found))
            if value:
                return value
    return None


def texts(doc, node, path):
    return unique(text(doc.text(n)) for n in doc.all(node, path))


def code_name(doc, node, path):
    """BOAMP writes a code as the name of the only child."""
    for found in doc.all(node, path):
        names = doc.child_names(found)
        if names:
            return names[0]
    return None


def blank():
    return {
        "id": None,
        "source": None,
        "ref": None,
        "version": 1,
        "kind": None,
        "language": None,
        "title": None,
        "description": None,
        "buyer": {"name": None, "id": None, "city": None},
        "nature": None,
        "procedure": None,
        "cpv": [],
        "places": [],
        "value": None,
        "published": None,
        "deadline": None,
        "lots": [],
        "url": None,
        "documents_url": None,
        "_documents": [],
        "_part_cpv": [],
        "_other_values": [],
        "_prose_deadline": None,
        "_lot_text": {},
    }


# ---------------------------------------------------------------- eForms

EXT = "ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent/efext:EformsExtension"
CPV_MAIN = "cac:MainCommodityClassification/cbc:ItemClassificationCode"
CPV_MORE = "cac:AdditionalCommodityClassification/cbc:ItemClassificationCode"
PERIODS = (
    "cac:TenderSubmissionDeadlinePeriod",
    "cac:ParticipationRequestReceptionPeriod",
    EXT + "/efac:InterestExpressionReceptionPeriod",
)


def eforms(doc, root, notice):
    """Fills `notice` from a UBL document, whichever namespaces or JSON it stands in."""
    own = first(doc, root, "cbc:NoticeLanguageCode")

    def said(node, path):
        """The text in the notice's own language, else the first one."""
        nodes = [n for n in doc.all(node, path) if text(doc.text(n))]
        chosen = [
            n
            for n in nodes
            if (doc.attribute(n, "languageID") or "").upper() == (own or "").upper()
        ] or nodes
        return text(doc.text(chosen[0])) if chosen else None

    def cpv(project):
        return unique(
            cpv_code(doc.text(n)) for path in (CPV_MAIN, CPV_MORE) for n in doc.all(project, path)
        )

    def places(project):
        return unique(
            text(doc.text(n))
            for n in doc.all(project, "cac:RealizedLocation/cac:Address/cbc:CountrySubentityCode")
        )

    def estimate(project):
        for n in doc.all(project, "cac:RequestedTenderTotal/cbc:EstimatedOverallContractAmount"):
            return amount(doc.text(n), doc.attribute(n, "currencyID"))
        return None

    def deadline(lot):
        for period in PERIODS:
            found = earliest(
                instant_of_pair(first(doc, p, "cbc:EndDate"), first(doc, p, "cbc:EndTime"))
                for p in doc.all(lot, "cac:TenderingProcess/" + period)
            )
            if found:
                return found
        return None

    notice["language"] = LANGUAGES.get((own or "").upper())
    types = doc.all(root, "cbc:NoticeTypeCode")
    notice["kind"] = FORM_KINDS.get(doc.attribute(types[0], "listName")) if types else None
    if doc.all(root, EXT + "/efac:Changes"):
        reasons = texts(doc, root, EXT + "/efac:Changes/efac:ChangeReason/cbc:ReasonCode")
        notice["kind"] = "cancellation" if {"cancel", "cancel-intent"} & set(reasons) else "change"
    project = next(iter(doc.all(root, "cac:ProcurementProject")), None)
    if project is not None:
        notice["title"], notice["description"] = said(project, "cbc:Name"), said(
            project, "cbc:Description"
        )
        notice["nature"] = NATURES.get(first(doc, project, "cbc:ProcurementTypeCode"))
        notice["cpv"], notice["places"], notice["value"] = (
            cpv(project),
            places(project),
            estimate(project),
        )
        ceilings = doc.all(
            project, "cac:RequestedTenderTotal/" + EXT + "/efbc:FrameworkMaximumAmount"
        )
        totals = doc.all(root, EXT + "/efac:NoticeResult/cbc:TotalAmount")
        notice["_other_values"] = [
            amount(doc.text(n), doc.attribute(n, "currencyID")) for n in ceilings + totals
        ]
    notice["procedure"] = first(doc, root, "cac:TenderingProcess/cbc:ProcedureCode")
    for lot in doc.all(root, "cac:ProcurementProjectLot"):
        inner = next(iter(doc.all(lot, "cac:ProcurementProject")), None)
        scheme = next((doc.attribute(n, "schemeName") for n in doc.all(lot, "cbc:ID")), None)
        if scheme == "Part" and inner is not None:
            notice["_part_cpv"] += cpv(inner) + places(inner)
        if scheme != "Lot":
            continue
        notice["lots"].append(
            {
                "id": first(doc, lot, "cbc:ID"),
                "title": said(inner, "cbc:Name") if inner is not None else None,
                "description": said(inner, "cbc:Description") if inner is not None else None,
                "cpv": cpv(inner) if inner is not None else [],
                "value": estimate(inner) if inner is not None else None,
                "deadline": deadline(lot),
            }
        )
        if inner is not None:
            notice["cpv"] = unique(notice["cpv"] + cpv(inner))
            notice["places"] = unique(notice["places"] + places(inner))
        notice["_documents"] += texts(
            doc,
            lot,
            (
                "cac:TenderingTerms/cac:CallForTendersDocumentReference/cac:Attachment/"
                "cac:ExternalReference/cbc:URI"
            ),
        )
    notice["_documents"] = unique(notice["_documents"])
    notice["documents_url"] = next(iter(notice["_documents"]), None)
    notice["deadline"] = earliest(x["deadline"] for x in notice["lots"])
    eforms_buyer(doc, root, notice, said)


def eforms_buyer(doc, root, notice, said):
    """
    The first contracting party, found through its reference: the first organisation may be a court
    or a platform.
    """
    reference = first(doc, root, "cac:ContractingParty/cac:Party/cac:PartyIdentification/cbc:ID")
    if reference is None:
        return
    for organisation in doc.all(root, EXT + "/efac:Organizations/efac:Organization"):
        companies = doc.all(organisation, "efac:Company")
        points = doc.all(organisation, "efac:TouchPoint")
        for party in companies + points:
            if reference not in texts(doc, party, "cac:PartyIdentification/cbc:ID"):
                continue
            legal = [
                p for p in companies + points if first(doc, p, "cac:PartyLegalEntity/cbc:CompanyID")
            ]
            notice["buyer"] = {
                "name": said(party, "cac:PartyName/cbc:Name"),
                "id": (
                    legal_id(first(doc, legal[0], "cac:PartyLegalEntity/cbc:CompanyID"))
                    if legal
                    else None
                ),
                "city": first(doc, party, "cac:PostalAddress/cbc:CityName"),
            }
            return


def read_ted(root):
    doc, notice = Xml(UBL_OASIS), blank()
    eforms(doc, root, notice)
    number = first(doc, root, EXT + "/efac:Publication/efbc:NoticePublicationID")
    uuid = first(doc, root, "cbc:ID")
    notice["source"] = "ted"
    if number:
        digits, year = number.split("-")
        notice["ref"] = f"{int(digits)}-{year}"
        notice["url"] = f"https://ted.europa.eu/fr/notice/-/detail/{notice['ref']}"
    else:
        notice["ref"] = uuid
    notice["id"] = f"ted:{notice['ref']}" if notice["ref"] else None
    notice["version"] = int(first(doc, root, "cbc:VersionID") or 1)
    published = first(doc, root, EXT + "/efac:Publication/efbc:PublicationDate")
    notice["published"] = published[:10] if published else None
    return notice


# ---------------------------------------------------------------- BOAMP


def boamp_kind(nature, state):
    if nature == "ANNULATION" or state in ("ANNULATION", "RECTIFANNUL"):
        return "cancellation"
    if nature == "RECTIFICATIF" or state == "RECTIFICATIF":
        return "change"
    return BOAMP_KINDS.get(nature, "competition")


def boamp(doc, body, gestion):
    """
    `body`: the node under DONNEES or `donnees` and `gestion` the management block, both may be
    None. What the management block says stands unless the body says it better.
    """
    notice = blank()
    notice["source"], notice["language"], notice["version"] = "boamp", "fr", None
    form = next(iter(doc.child_names(body)), None) if body is not None else None
    inner = doc.all(body, form)[0] if form else None
    if form == "EFORMS":
        root = doc.all(inner, "*")[0]
        eforms(doc, root, notice)
    elif form == "FNSimple":
        fnsimple(doc, inner, notice)
    elif form == "MAPA":
        mapa(doc, inner, notice)
    elif form is not None:
        raise ValueError(f"the oracle does not read {form}")
    if gestion is None:
        return notice
    ref = first(doc, gestion, "REFERENCE/IDWEB")
    notice["kind"] = boamp_kind(
        code_name(doc, gestion, "REFERENCE/TYPE_AVIS/NATURE"),
        code_name(doc, gestion, "REFERENCE/TYPE_AVIS/STATUT"),
    )
    notice["ref"], notice["id"] = ref, f"boamp:{ref}"
    notice["url"] = f"https://www.boamp.fr/pages/avis/?q=idweb:{ref}"
    index = next(iter(doc.all(gestion, "INDEXATION")), None)
    notice["published"] = first(doc, index, "DATE_PUBLICATION")
    notice["title"] = notice["title"] or first(doc, index, "RESUME_OBJET")
    notice["buyer"]["name"] = notice["buyer"]["name"] or first(doc, index, "NOMORGANISME")
    notice["nature"] = notice["nature"] or NATURES.get(
        (code_name(doc, index, "NATURE_MARCHE") or "").lower()
    )
    stated = instant(first(doc, index, "DATE_LIMITE_REPONSE"))
    if form == "EFORMS":
        notice["deadline"] = notice["deadline"] or stated
    else:
        notice["deadline"] = stated or notice["deadline"]
        notice["procedure"] = NATIONAL_PROCEDURES.get(code_name(doc, index, "TYPE_PROCEDURE"))
    return notice


def national_lots(doc, root, notice):
    for i, lot in enumerate(doc.all(root, "*/lots/lot") or doc.all(root, "*/lot"), 1):
        number = first(doc, lot, "numLot", "num") or str(i)
        title, description = first(doc, lot, "intitule", "titre"), first(doc, lot, "description")
        whole = "\n".join(t for t in (title, description) if t)
        if title is None and description:
            # One field holds both: the first line is the title; buyers often repeat it below.
            title, _, rest = (part.strip() for part in description.partition("\n"))
            description = rest if rest and rest != title else None
        identifier = f"LOT-{int(number):04d}" if number.isdecimal() else number
        codes = unique(
            cpv_code(doc.text(n))
            for path in (
                "codeCPV/objetPrincipal/classPrincipale",
                "codeCPV/objetComplementaire/classPrincipale",
            )
            for n in doc.all(lot, path)
        )
        notice["lots"].append(
            {
                "id": identifier,
                "title": title,
                "description": description,
                "cpv": codes,
                "value": None,
                "deadline": None,
            }
        )
        notice["_lot_text"][identifier] = whole
        notice["cpv"] = unique(notice["cpv"] + codes)


def prose_deadline(doc, root):
    """ "Au lieu de …, lire JJ/MM/AAAA à HHhMM": what a correction says in words."""
    prose = first(doc, root, "rectificatif/infosRectif") or ""
    found = re.search(
        r"lire\s*:?\s*(?:le\s+)?(\d\d)/(\d\d)/(\d{4})\s+à\s+(\d\d?)\s*[h:](\d\d)", prose
    )
    return (
        instant(f"{found[3]}-{found[2]}-{found[1]}T{int(found[4]):02d}:{found[5]}:00")
        if found
        else None
    )


def fnsimple(doc, root, notice):
    notice["title"] = first(doc, root, "*/natureMarche/intitule")
    notice["description"] = first(doc, root, "*/natureMarche/description")
    notice["nature"] = NATURES.get(
        (code_name(doc, root, "*/natureMarche/natureMarche") or "").lower()
    )
    notice["cpv"] = unique(
        cpv_code(doc.text(n))
        for path in (
            "*/natureMarche/codeCPV/objetPrincipal/classPrincipale",
            "*/natureMarche/codeCPV/objetComplementaire/classPrincipale",
        )
        for n in doc.all(root, path)
    )
    notice["buyer"] = {
        "name": first(doc, root, "organisme/nomOfficiel"),
        "id": legal_id(first(doc, root, "organisme/codeIdentificationNational")),
        "city": first(doc, root, "organisme/ville"),
    }
    notice["deadline"] = instant(first(doc, root, "initial/procedure/dateReceptionOffres"))
    notice["_prose_deadline"] = prose_deadline(doc, root)
    documents(doc, root, notice, "*/communication/urlDocConsul", "*/communication/urlProfilAch")
    national_lots(doc, root, notice)


def mapa(doc, root, notice):
    notice["title"] = first(doc, root, "*/description/objet")
    parts = [
        first(doc, root, "*/caracteristiques/principales"),
        first(doc, root, "*/caracteristiques/quantites"),
    ]
    notice["description"] = "\n\n".join(p for p in parts if p) or None
    notice["nature"] = NATURES.get((code_name(doc, root, "*/natureMarche") or "").lower())
    notice["buyer"] = {
        "name": first(doc, root, "organisme/acheteurPublic"),
        "id": None,
        "city": first(doc, root, "organisme/adr/ville"),
    }
    notice["deadline"] = instant(first(doc, root, "initial/delais/receptionOffres"))
    notice["_prose_deadline"] = prose_deadline(doc, root)
    documents(
        doc,
        root,
        notice,
        "organisme/urlProfilAcheteur",
        "organisme/coord/url",
        "*/adressesComplt/*/coord/url",
    )
    national_lots(doc, root, notice)


def documents(doc, root, notice, *paths):
    notice["_documents"] = unique(t for path in paths for t in texts(doc, root, path))
    notice["documents_url"] = next(iter(notice["_documents"]), None)


def read_record(record):
    """One record of the Explore API, packed members or not."""

    def packed(name):
        value = record.get(name)
        return json.loads(value) if isinstance(value, str) and value.strip() else value or None

    notice = boamp(Json(), packed("donnees"), packed("gestion"))
    ref = record["idweb"]
    kinds = record.get("type_marche") or []
    if notice["ref"] is None:
        notice["ref"], notice["id"] = ref, f"boamp:{ref}"
        notice["kind"] = boamp_kind(record.get("nature"), record.get("etat"))
        notice["published"] = record.get("dateparution")
    assert notice["ref"] == ref, f"idweb {ref} against {notice['ref']} in gestion"
    notice["title"] = notice["title"] or text(record.get("objet"))
    notice["buyer"]["name"] = notice["buyer"]["name"] or text(record.get("nomacheteur"))
    notice["nature"] = notice["nature"] or (NATURES.get(kinds[0].lower()) if kinds else None)
    notice["procedure"] = notice["procedure"] or NATIONAL_PROCEDURES.get(
        record.get("type_procedure")
    )
    if notice["deadline"] is None and record.get("datelimitereponse") and not record.get("gestion"):
        # The zone is true for European notices and false (Paris wall clock) for the others.
        stated = record["datelimitereponse"]
        notice["deadline"] = instant(stated if record.get("famille") == "JOUE" else stated[:19])
    notice["url"] = (
        record.get("url_avis") or notice["url"] or f"https://www.boamp.fr/pages/avis/?q=idweb:{ref}"
    )
    return notice


def read_csv(path):
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter=";"):
            row = {k.lower(): v or None for k, v in row.items()}
            for name in ("type_marche", "code_departement", "descripteur_libelle"):
                row[name] = ast.literal_eval(row[name]) if row.get(name) else None
            yield read_record(row)


def read(path):
    """Every notice of a file. ValueError when the file is of no format that the oracle reads."""
    path = pathlib.Path(path)
    if path.suffix == ".csv":
        return list(read_csv(path))
    if path.suffix == ".json":
        value = json.loads(path.read_text(encoding="utf-8"))
        rows = (
            value
            if isinstance(value, list)
            else value["results"] if "results" in value else [value]
        )
        return [read_record(r) for r in rows]
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    root = etree.parse(str(path), parser).getroot()
    if root.tag == JO_ANN:
        return [boamp(Xml(UBL_BOAMP), root.find("DONNEES"), root.find("GESTION"))]
    if root.tag.startswith("{" + UBL_OASIS):
        return [read_ted(root)]
    raise ValueError(f"the oracle does not read <{root.tag}>")


# ---------------------------------------------------------------- comparison

TAGS = re.compile(r"</?(?:p|br|b|i|u|strong|em|span|div|li|ul|ol)(?:\s[^<>]*)?/?>", re.I)


def canonical(value):
    """
    A text as far as it matters here: NFC, without control characters and stray markup, blanks
    collapsed.
    """
    if value is None:
        return None
    value = TAGS.sub(" ", unicodedata.normalize("NFC", value))
    value = "".join(
        " " if c in "\t\n\r" else c
        for c in value
        if c in "\t\n\r" or unicodedata.category(c) != "Cc"
    )
    return re.sub(r"\s+", " ", value).strip() or None


def same_text(a, b):
    a, b = canonical(a), canonical(b)
    return a == b or (a is not None and b is not None and a.replace(" ", "") == b.replace(" ", ""))


def same_instant(a, b):
    if a is None or b is None:
        return a is b
    return datetime.datetime.fromisoformat(
        a.replace("Z", "+00:00")
    ) == datetime.datetime.fromisoformat(b.replace("Z", "+00:00"))


def same_amount(a, b):
    if a is None or b is None:
        return a is b
    return (
        decimal.Decimal(a["amount"]) == decimal.Decimal(b["amount"])
        and a["currency"] == b["currency"]
    )


def same_address(a, b):
    def bare(u):
        return re.sub(r"^https?://", "", u).rstrip("/").replace(" ", "%20")

    return a is b if a is None or b is None else bare(a) == bare(b)


def differences(expected, got):
    """
    One line for each member of the programme's dict that does not say what the oracle reads; []
    when they agree.
    """
    found = []

    def differ(name, want, have):
        found.append(f"{expected['id']}: {name}: expected {_short(want)}, got {_short(have)}")

    def check(name, same, want, have):
        if not same(want, have):
            differ(name, want, have)

    def equal(a, b):
        return a == b

    if expected["id"] is not None:  # a document without any identifier: the programme finds its own
        for name in ("id", "ref"):
            check(name, equal, expected[name], got.get(name))
    if expected["version"] is not None:  # BOAMP states none
        check("version", equal, expected["version"], got.get("version"))
    for name in ("source", "kind", "language", "nature", "procedure", "published"):
        check(name, equal, expected[name], got.get(name))
    for name in ("title", "description"):
        check(name, same_text, expected[name], got.get(name))
    buyer = got.get("buyer") or {}
    for name in ("name", "city"):
        check(f"buyer.{name}", same_text, expected["buyer"][name], buyer.get(name))
    check("buyer.id", equal, expected["buyer"]["id"], buyer.get("id"))
    parts = set(expected["_part_cpv"])
    check(
        "cpv",
        equal,
        expected["cpv"],
        [c for c in got.get("cpv", []) if c in expected["cpv"] or c not in parts],
    )
    # The programme may add départements to the stated NUTS codes.
    nuts = [p for p in got.get("places", []) if re.fullmatch(r"[A-Z]{2}[0-9A-Z]{0,3}", p)]
    check(
        "places",
        equal,
        expected["places"],
        [p for p in nuts if p in expected["places"] or p not in parts],
    )
    value = got.get("value")
    if not same_amount(expected["value"], value) and not (
        expected["value"] is None
        and any(o and same_amount(o, value) for o in expected["_other_values"])
    ):
        differ("value", expected["value"], value)
    if not same_instant(expected["deadline"], got.get("deadline")) and not (
        expected["deadline"] is None
        and expected["_prose_deadline"]
        and same_instant(expected["_prose_deadline"], got.get("deadline"))
    ):
        differ("deadline", expected["deadline"], got.get("deadline"))
    if expected["documents_url"] is None or got.get("documents_url") is None:
        check("documents_url", equal, expected["documents_url"], got.get("documents_url"))
    elif not any(same_address(d, got["documents_url"]) for d in expected["_documents"]):
        differ("documents_url", expected["_documents"], got["documents_url"])
    if expected["source"] == "ted":  # any language of TED's page will do
        url = got.get("url") or ""
        if expected["url"] and not re.fullmatch(
            r"https://ted\.europa\.eu/[a-z]{2}/notice/(-/detail/)?"
            + re.escape(expected["ref"])
            + "(/html)?",
            url,
        ):
            differ("url", expected["url"], got.get("url"))
    else:
        check("url", same_address, expected["url"], got.get("url"))
    _lot_differences(expected, got, check, differ, equal)
    return found


def _lot_differences(expected, got, check, differ, equal):
    lots = [x for x in got.get("lots", []) if not str(x.get("id", "")).startswith(("PAR-", "GLO-"))]
    check("lots", equal, [x["id"] for x in expected["lots"]], [x.get("id") for x in lots])
    if len(lots) != len(expected["lots"]):
        return
    for want, have in zip(expected["lots"], lots):
        at = f"lot {want['id']}"
        whole = expected["_lot_text"].get(want["id"])
        if whole is None:
            check(f"{at} title", same_text, want["title"], have.get("title"))
            check(f"{at} description", same_text, want["description"], have.get("description"))
        elif not (
            same_text(want["title"], have.get("title")) or same_text(whole, have.get("title"))
        ):
            differ(f"{at} title", want["title"], have.get("title"))
        elif have.get("description") is not None and canonical(
            have["description"]
        ) not in canonical(whole):
            differ(f"{at} description", whole, have["description"])
        check(f"{at} cpv", equal, want["cpv"], have.get("cpv", []))
        if "value" in have and not (want["value"] is None):
            check(f"{at} value", same_amount, want["value"], have["value"])
        check(f"{at} deadline", same_instant, want["deadline"], have.get("deadline"))


def _short(value):
    shown = json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= 160 else shown[:157] + "..."


def main(arguments):
    got = None
    if arguments[:1] == ["--compare"]:
        got = {}
        with open(arguments[1], encoding="utf-8") as file:
            for line in file:
                notice = json.loads(line)
                got[notice["id"]] = notice
        arguments = arguments[2:]
    wrong = 0
    for path in arguments:
        for notice in read(path):
            if got is None:
                print(
                    json.dumps({k: v for k, v in notice.items() if k[0] != "_"}, ensure_ascii=False)
                )
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
