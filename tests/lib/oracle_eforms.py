"""The oracle's reading of eForms, from TED or inside a BOAMP notice."""

from oracle_values import (
    FORM_KINDS,
    LANGUAGES,
    NATURES,
    amount,
    cpv_code,
    earliest,
    instant_of_pair,
    legal_id,
    text,
    unique,
)
from oracle_facts import facts
from oracle_walk import Xml, blank, first, texts


UBL_OASIS = "urn:oasis:names:specification:ubl:schema:xsd:"


EXT = "ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent/efext:EformsExtension"
CPV_MAIN = "cac:MainCommodityClassification/cbc:ItemClassificationCode"
CPV_MORE = "cac:AdditionalCommodityClassification/cbc:ItemClassificationCode"
DOCUMENTS = (
    "cac:TenderingTerms/cac:CallForTendersDocumentReference/cac:Attachment/cac:ExternalReference"
    "/cbc:URI"
)
PERIODS = (
    "cac:TenderSubmissionDeadlinePeriod",
    "cac:ParticipationRequestReceptionPeriod",
    EXT + "/efac:InterestExpressionReceptionPeriod",
    EXT + "/efac:AnswerReceptionPeriod",  # to a market consultation
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
    stage = FORM_KINDS.get(doc.attribute(types[0], "listName")) if types else None
    notice["kind"] = stage
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
        maxima = doc.all(root, EXT + "/efac:NoticeResult/efbc:OverallMaximumFrameworkContractsAmount")
        paid = [amount(doc.text(n), doc.attribute(n, "currencyID")) for n in totals]
        if stage == "result" and paid and paid[0]:
            notice["value"] = paid[0]
        notice["_other_values"] = paid + [
            amount(doc.text(n), doc.attribute(n, "currencyID")) for n in ceilings + maxima
        ]
    notice["procedure"] = first(doc, root, "cac:TenderingProcess/cbc:ProcedureCode")
    of_parts = []
    for lot in doc.all(root, "cac:ProcurementProjectLot"):
        inner = next(iter(doc.all(lot, "cac:ProcurementProject")), None)
        scheme = next((doc.attribute(n, "schemeName") for n in doc.all(lot, "cbc:ID")), None)
        if scheme == "Part":
            of_parts += texts(doc, lot, DOCUMENTS)
            if inner is not None:
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
        notice["_documents"] += texts(doc, lot, DOCUMENTS)
    if not notice["lots"]:
        notice["_documents"] = of_parts
    notice["_documents"] = unique(notice["_documents"])
    notice["documents_url"] = next(iter(notice["_documents"]), None)
    notice["deadline"] = earliest(x["deadline"] for x in notice["lots"])
    eforms_buyer(doc, root, notice, said)
    notice["_facts"] = facts(doc, root, said)


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


def unnumbered(content):
    """The name of a document that states none: the same bytes must always give the same (FNV-1a)."""
    value = 0xCBF29CE484222325
    for byte in content:
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return f"sans-numero-{value:016x}"


def read_ted(root, content):
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
        notice["ref"] = uuid or unnumbered(content)
    notice["id"] = f"ted:{notice['ref']}"
    notice["version"] = int(first(doc, root, "cbc:VersionID") or 1)
    published = first(doc, root, EXT + "/efac:Publication/efbc:PublicationDate")
    notice["published"] = published[:10] if published else None
    return notice
