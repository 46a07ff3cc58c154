"""
One small eForms notice of each subtype of the SDK, with all that the subtype may carry.

`SUBTYPES` is the table: what TED calls the notice (root, form type, notice type, legal basis) and what
it carries. `xml(subtype)` is the document as TED publishes it, `flux(subtype)` the same as BOAMP
republishes it, under its own namespaces. Sources: code lists notice-type and notice-subtype, and the
notice types of the SDK (1.15): what stands where differs, the names of elements do not.

Nobody and nothing here exists; the texts say what they are.
"""

import collections
import uuid
from xml.sax.saxutils import quoteattr

import make_notice

Row = collections.namedtuple("Row", "root form type law lots deadline carries")
PIN, CN, CAN = "PriorInformationNotice", "ContractNotice", "ContractAwardNotice"
BRIN = "BusinessRegistrationInformationNotice"
# carries: f procedure id, v estimate, c ceiling of a framework, d documents, p buyer profile only,
# e earlier notice, r result and contract, m modified contract
PLAN, CALL, PLANNED_CALL, RESULT = "vd", "fvde", "fve", "fr"
SUBTYPES = {
    "1": Row(PIN, "planning", "pin-buyer", "32014L0024", None, None, "p"),
    "2": Row(PIN, "planning", "pin-buyer", "32014L0025", None, None, "p"),
    "3": Row(PIN, "planning", "pin-buyer", "32009L0081", None, None, "p"),
    "4": Row(PIN, "planning", "pin-only", "32014L0024", "Part", None, PLAN),
    "5": Row(PIN, "planning", "pin-only", "32014L0025", "Part", None, PLAN),
    "6": Row(PIN, "planning", "pin-only", "32009L0081", "Part", None, PLAN),
    "E2": Row(PIN, "planning", "pin-only", "other", "Part", None, PLAN),
    "7": Row(PIN, "planning", "pin-rtl", "32014L0024", "Lot", "tenders", "v"),
    "8": Row(PIN, "planning", "pin-rtl", "32014L0025", "Lot", "tenders", "v"),
    "9": Row(PIN, "planning", "pin-rtl", "32009L0081", "Lot", "tenders", "v"),
    "T01": Row(PIN, "planning", "pin-tran", "32007R1370", "Lot", None, ""),
    "E1": Row(PIN, "consultation", "pmc", "other", "Lot", "answers", "v"),
    "10": Row(PIN, "competition", "pin-cfc-standard", "32014L0024", "Lot", "interest", PLANNED_CALL),
    "11": Row(PIN, "competition", "pin-cfc-standard", "32014L0025", "Lot", "interest", PLANNED_CALL),
    "CEI": Row(PIN, "competition", "pin-cfc-standard", "32018R1046", "Lot", "interest", "fd"),
    "12": Row(PIN, "competition", "pin-cfc-social", "32014L0024", "Lot", "interest", PLANNED_CALL),
    "13": Row(PIN, "competition", "pin-cfc-social", "32014L0025", "Lot", "interest", PLANNED_CALL),
    "14": Row(PIN, "competition", "pin-cfc-social", "32014L0023", "Lot", "interest", PLANNED_CALL),
    "15": Row(CN, "competition", "qu-sy", "32014L0025", "Lot", None, "fd"),
    "16": Row(CN, "competition", "cn-standard", "32014L0024", "Lot", "tenders", CALL),
    "17": Row(CN, "competition", "cn-standard", "32014L0025", "Lot", "tenders", CALL),
    "18": Row(CN, "competition", "cn-standard", "32009L0081", "Lot", "requests", "fcde"),
    "19": Row(CN, "competition", "cn-standard", "32014L0023", "Lot", "tenders", CALL),
    "E3": Row(CN, "competition", "cn-standard", "other", "Lot", "tenders", "fvd"),
    "20": Row(CN, "competition", "cn-social", "32014L0024", "Lot", "tenders", CALL),
    "21": Row(CN, "competition", "cn-social", "32014L0025", "Lot", "requests", CALL),
    "22": Row(CN, "competition", "subco", "32009L0081", "Lot", "tenders", "fvd"),
    "23": Row(CN, "competition", "cn-desg", "32014L0024", "Lot", "tenders", "fde"),
    "24": Row(CN, "competition", "cn-desg", "32014L0025", "Lot", "requests", "fde"),
    "25": Row(CAN, "dir-awa-pre", "veat", "32014L0024", "Lot", None, RESULT),
    "26": Row(CAN, "dir-awa-pre", "veat", "32014L0025", "Lot", None, RESULT),
    "27": Row(CAN, "dir-awa-pre", "veat", "32009L0081", "Lot", None, RESULT),
    "28": Row(CAN, "dir-awa-pre", "veat", "32014L0023", "Lot", None, RESULT),
    "29": Row(CAN, "result", "can-standard", "32014L0024", "Lot", None, "fre"),
    "30": Row(CAN, "result", "can-standard", "32014L0025", "Lot", None, "fre"),
    "31": Row(CAN, "result", "can-standard", "32009L0081", "Lot", None, "fre"),
    "32": Row(CAN, "result", "can-standard", "32014L0023", "Lot", None, "fre"),
    "E4": Row(CAN, "result", "can-standard", "other", "Lot", None, RESULT),
    "33": Row(CAN, "result", "can-social", "32014L0024", "Lot", None, "fre"),
    "34": Row(CAN, "result", "can-social", "32014L0025", "Lot", None, "fre"),
    "35": Row(CAN, "result", "can-social", "32014L0023", "Lot", None, "fre"),
    "36": Row(CAN, "result", "can-desg", "32014L0024", "Lot", None, RESULT),
    "37": Row(CAN, "result", "can-desg", "32014L0025", "Lot", None, RESULT),
    "T02": Row(CAN, "result", "can-tran", "32007R1370", "Lot", None, RESULT),
    "38": Row(CAN, "cont-modif", "can-modif", "32014L0024", "Lot", None, "frm"),
    "39": Row(CAN, "cont-modif", "can-modif", "32014L0025", "Lot", None, "frm"),
    "40": Row(CAN, "cont-modif", "can-modif", "32014L0023", "Lot", None, "frm"),
    "E5": Row(CAN, "completion", "compl", "other", "Lot", None, RESULT),
    "E6": Row(CAN, "cont-modif", "can-modif", "other", "Lot", None, "frm"),
    "X01": Row(BRIN, "bri", "brin-eeig", "31985R2137", None, None, ""),
    "X02": Row(BRIN, "bri", "brin-ecs", "32001R2157", None, None, ""),
}
PREFIXES = {"Lot": "LOT", "Part": "PAR", "LotsGroup": "GLO"}
DEADLINES = {  # of the two lots: the second ends first, and gives the notice its deadline
    "LOT-0001": ("2026-12-18+01:00", "17:00:00+01:00", "2026-12-18T17:00:00+01:00"),
    "LOT-0002": ("2026-12-11Z", "10:30:00.000Z", "2026-12-11T10:30:00Z"),
}
PERIODS = {
    "tenders": "cac:TenderSubmissionDeadlinePeriod",
    "requests": "cac:ParticipationRequestReceptionPeriod",
    "interest": "efac:InterestExpressionReceptionPeriod",
    "answers": "efac:AnswerReceptionPeriod",
}
SIRET, WINNER = make_notice.siret("subtypes"), make_notice.siret("winner of subtypes")
EARLIER, MODIFIED = "00612345-2026", "9a0f6e3c-4f0f-4d53-9a85-6c1f1d1f7d11-01"


def number(subtype):
    return 700001 + list(SUBTYPES).index(subtype)


def folder(subtype):
    return str(uuid.uuid5(make_notice.NAMESPACE_SEED, f"subtype {subtype}"))


def el(name, *inside, **attributes):
    spelt = "".join(f" {k}={quoteattr(v)}" for k, v in attributes.items())
    return f"<{name}{spelt}>{''.join(inside)}</{name}>"


def extension(*inside):
    path = ("efext:EformsExtension", "ext:ExtensionContent", "ext:UBLExtension", "ext:UBLExtensions")
    body = "".join(inside)
    for name in path:
        body = el(name, body)
    return body


def words(name, text):
    return el(name, f"{text} (en)", languageID="ENG") + el(name, text, languageID="FRA")


def money(name, amount):
    return el(name, amount, currencyID="EUR")


def company(identifier, name, siret, city="Valessai"):
    return el(
        "efac:Organization",
        el(
            "efac:Company",
            el("cac:PartyIdentification", el("cbc:ID", identifier, schemeName="organization")),
            el("cac:PartyName", words("cbc:Name", name)),
            el(
                "cac:PostalAddress",
                el("cbc:CityName", city),
                el("cbc:PostalZone", "48000"),
                el("cbc:CountrySubentityCode", "FRJ14", listName="nuts-lvl3"),
                el("cac:Country", el("cbc:IdentificationCode", "FRA", listName="country")),
            ),
            el("cac:PartyLegalEntity", el("cbc:CompanyID", siret)),
        ),
    )


def project(row, name, value, codes, nuts, named="Objet"):
    total = ""
    if "v" in row.carries:
        total = el("cac:RequestedTenderTotal", money("cbc:EstimatedOverallContractAmount", value))
    elif "c" in row.carries:
        total = el("cac:RequestedTenderTotal", extension(money("efbc:FrameworkMaximumAmount", value)))
    code = [el("cbc:ItemClassificationCode", c, listName="cpv") for c in codes]
    return el(
        "cac:ProcurementProject",
        words("cbc:Name", name),
        words("cbc:Description", f"{named} : {name}"),
        el("cbc:ProcurementTypeCode", "supplies", listName="contract-nature"),
        total,
        el("cac:MainCommodityClassification", code[0]),
        *(el("cac:AdditionalCommodityClassification", c) for c in code[1:]),
        el(
            "cac:RealizedLocation",
            el(
                "cac:Address",
                el("cbc:CountrySubentityCode", nuts, listName="nuts-lvl3"),
                el("cac:Country", el("cbc:IdentificationCode", "FRA", listName="country")),
            ),
        ),
    )


def process(row, identifier):
    """What stands in the cac:TenderingProcess of a lot: its deadline, wherever it is kept."""
    earlier = el("cac:NoticeDocumentReference", el("cbc:ID", EARLIER, schemeName="ojs-notice-id"))
    inside = earlier if "e" in row.carries else ""
    if row.deadline and identifier in DEADLINES:
        day, time, _ = DEADLINES[identifier]
        period = el(PERIODS[row.deadline], el("cbc:EndDate", day), el("cbc:EndTime", time))
        inside = extension(period) + inside if period.startswith("<efac:") else inside + period
    return el("cac:TenderingProcess", inside)


def lot(row, scheme, n):
    identifier = f"{PREFIXES[scheme]}-{n:04d}"
    uri = el("cbc:URI", f"https://achats.example.org/dce/{n}")
    documents = el(
        "cac:CallForTendersDocumentReference",
        el("cac:Attachment", el("cac:ExternalReference", uri)),
    )
    return el(
        "cac:ProcurementProjectLot",
        el("cbc:ID", identifier, schemeName=scheme),
        el("cac:TenderingTerms", documents if "d" in row.carries else ""),
        process(row, identifier) if scheme == "Lot" else "",
        project(row, f"{scheme} {n}", f"{n}000", (f"3841000{n}",), "FRJ1" + str(n)),
    )


def result():
    def reference(name, identifier):
        return el(f"efac:{name}", el("cbc:ID", identifier))

    return el(
        "efac:NoticeResult",
        money("cbc:TotalAmount", "42000.50"),
        el(
            "efac:LotResult",
            el("cbc:ID", "RES-0001"),
            el("cbc:TenderResultCode", "selec-w", listName="winner-selection-status"),
            reference("LotTender", "TEN-0001"),
            reference("SettledContract", "CON-0001"),
            reference("TenderLot", "LOT-0001"),
        ),
        el(
            "efac:LotResult",
            el("cbc:ID", "RES-0002"),
            el("cbc:TenderResultCode", "clos-nw", listName="winner-selection-status"),
            reference("TenderLot", "LOT-0002"),
        ),
        el(
            "efac:LotTender",
            el("cbc:ID", "TEN-0001"),
            el("cac:LegalMonetaryTotal", money("cbc:PayableAmount", "42000.50")),
            reference("TenderingParty", "TPA-0001"),
            reference("TenderLot", "LOT-0001"),
        ),
        el(
            "efac:SettledContract",
            el("cbc:ID", "CON-0001"),
            el("cbc:IssueDate", "2026-10-30+01:00"),
            el("efac:ContractReference", el("cbc:ID", "2026-S-7")),
            reference("LotTender", "TEN-0001"),
        ),
        el("efac:TenderingParty", el("cbc:ID", "TPA-0001"), reference("Tenderer", "ORG-0003")),
    )


def modification():
    return el(
        "efac:ContractModification",
        el("efbc:ChangedNoticeIdentifier", MODIFIED, schemeName="notice-id-ref"),
        el("efbc:ModifiedContractIdentifier", "CON-0001", schemeName="contract"),
    )


def head(subtype, row, *more):
    return (
        extension(
            *more,
            el("efac:NoticeSubType", el("cbc:SubTypeCode", subtype, listName="notice-subtype")),
            el(
                "efac:Organizations",
                company("ORG-0002", "Tribunal d'Essai", make_notice.siret("court")),
                company("ORG-0001", "Commune d'Essai", SIRET),
                company("ORG-0003", "Entreprise d'Essai", WINNER),
            )
            if row.root != BRIN
            else "",
            el(
                "efac:Publication",
                el("efbc:NoticePublicationID", f"00{number(subtype)}-2026", schemeName="ojs-notice-id"),
                el("efbc:PublicationDate", "2026-11-10+01:00"),
            ),
        )
        + el("cbc:ID", str(uuid.uuid5(make_notice.NAMESPACE_SEED, subtype)), schemeName="notice-id")
        + (el("cbc:ContractFolderID", folder(subtype)) if "f" in row.carries else "")
        + el("cbc:IssueDate", "2026-11-09+01:00")
        + el("cbc:VersionID", "01")
        + el("cbc:RegulatoryDomain", row.law)
        + el("cbc:NoticeTypeCode", row.type, listName=row.form)
        + el("cbc:NoticeLanguageCode", "FRA", listName="eu-official-language")
    )


def registration(subtype, row):
    def entity(*inside):
        return el("cac:PartyLegalEntity", *inside)

    seat = el(
        "cac:JurisdictionRegionAddress",
        el("cbc:CityName", "Valessai"),
        el("cac:Country", el("cbc:IdentificationCode", "FRA")),
    )
    return (
        head(subtype, row)
        + el("cbc:Note", "Rien d'autre.")
        + el("efac:NoticePurpose", el("cbc:PurposeCode", "reg", listName="notice-purpose"))
        + el(
            "cac:BusinessParty",
            entity(el("cbc:RegistrationName", "Groupement d'Essai"), el("cbc:CompanyID", "D 1")),
            entity(
                el("cbc:CompanyID", "FRVALESSAI.1", schemeName="EU"),
                el("cbc:RegistrationDate", "2026-11-02+01:00"),
                el("cac:CorporateRegistrationScheme", seat),
            ),
        )
        + el(
            "cac:AdditionalDocumentReference",
            el("cbc:DocumentDescription", "Journal d'Essai"),
            el("cbc:ReferencedDocumentInternalAddress", "Immatriculation du groupement"),
            el(
                "cac:Attachment",
                el("cac:ExternalReference", el("cbc:URI", "https://journal.example.org/7")),
            ),
        )
    )


def content(subtype, row):
    if row.root == BRIN:
        return registration(subtype, row)
    more = [modification()] if "m" in row.carries else []
    more += [result()] if "r" in row.carries else []
    profile = el("cbc:BuyerProfileURI", "https://profil.example.org/essai")
    identifier = el("cac:PartyIdentification", el("cbc:ID", "ORG-0001", schemeName="organization"))
    lots = "".join(lot(row, row.lots, n) for n in (1, 2)) if row.lots else ""
    # A group of lots is no lot.
    lots += lot(row, "LotsGroup", 1) if row.lots == "Lot" else ""
    procedure = el("cbc:ProcedureCode", "open", listName="procurement-procedure-type")
    return (
        head(subtype, row, *more)
        + el("cac:ContractingParty", profile, el("cac:Party", identifier))
        + el("cac:TenderingProcess", procedure if row.form == "competition" else "")
        + project(row, f"Sous-type {subtype}", "3000", ("38410000", "38420000"), "FRJ14")
        + lots
    )


def xml(subtype):
    row = SUBTYPES[subtype]
    spaces = make_notice._spaces(make_notice.OASIS)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><{row.root} xmlns="{make_notice.OASIS}{row.root}-2" '
        f"{spaces}>{content(subtype, row)}</{row.root}>"
    )


def flux(subtype):
    row = SUBTYPES[subtype]
    nature = {"planning": "PRE-INFORMATION", "consultation": "PRE-INFORMATION", "competition": "APPEL_OFFRE",
              "dir-awa-pre": "EX_ANTE_VOLONTAIRE"}.get(row.form, "ATTRIBUTION")
    return (
        f'<jo:ann xmlns:jo="{make_notice.JO}"><DONNEES><EFORMS {make_notice._spaces(make_notice.BOAMP_UBL)}>'
        f"<{row.root}>{content(subtype, row)}</{row.root}></EFORMS></DONNEES><GESTION><REFERENCE>"
        f"<IDWEB>26-{number(subtype)}</IDWEB><TYPE_AVIS><FAMILLE><JOUE/></FAMILLE><NATURE><{nature}/></NATURE>"
        f"<STATUT><INITIAL/></STATUT></TYPE_AVIS></REFERENCE><INDEXATION><DATE_PUBLICATION>2026-11-10"
        f"</DATE_PUBLICATION></INDEXATION></GESTION></jo:ann>"
    )
