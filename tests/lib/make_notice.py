"""
Fresh, small, valid notices for tests, in the true formats of the publishers.

Five builders take the same keyword arguments:

    flux_fnsimple(**kw)   BOAMP flux, schema 3.2.5: national notice, 90 k€ to the thresholds
    flux_mapa(**kw)       the same flux: adapted procedure below 90 k€ (no CPV and no SIRET there)
    flux_eforms(**kw)     the same flux: European notice (UBL under BOAMP's own namespaces)
    eforms(**kw)          TED: an OASIS eForms document, as the notice XML of ted.europa.eu
    api_record(**kw)      a dict, as the Explore API gives it: `gestion`, `donnees` as JSON text

`Notice` names the arguments and their defaults; None leaves an element out. A deadline is written
as given: "2026-10-12T12:00:00" stays naive in the national formats (Paris wall clock, as buyers
write it) and takes Paris' offset in eForms, which never has a naive time.

`many(count, builder, …)` makes thousands of distinct notices from a seed; `record_from_flux` turns
a flux file into the record the portal would show, with the portal's habits (title cut at 200
characters, false UTC).

Nobody and nothing here exists: town names are invented, SIRETs are computed to pass the Luhn test.
"""

import datetime
import json
import random
import uuid
import zoneinfo
from dataclasses import dataclass, field
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

PARIS = zoneinfo.ZoneInfo("Europe/Paris")
JO = "http://boamp.journal-officiel.gouv.fr/XML/3.2.5"
OASIS = "urn:oasis:names:specification:ubl:schema:xsd:"
BOAMP_UBL = "urn:boamp:names:specification:ubl:schema:xsd:"
EFORMS_EXTENSIONS = {
    "efac": "http://data.europa.eu/p27/eforms-ubl-extension-aggregate-components/1",
    "efbc": "http://data.europa.eu/p27/eforms-ubl-extension-basic-components/1",
    "efext": "http://data.europa.eu/p27/eforms-ubl-extensions/1",
}
NAMESPACE_SEED = uuid.UUID("6d1f7e2a-0f0b-5c3e-9a55-0d2b8c7f4a10")

NATURES = {"services": "SERVICES", "supplies": "FOURNITURES", "works": "TRAVAUX"}
# kind -> NATURE, STATUT of a national notice; NATURE, STATUT of a European one; eForms form type,
# notice type, subtype
KINDS = {
    "competition": (
        "APPEL_OFFRE",
        "INITIAL",
        "APPEL_OFFRE",
        "INITIAL",
        "competition",
        "cn-standard",
        "16",
    ),
    "change": (
        "RECTIFICATIF",
        "RECTIFICATIF",
        "APPEL_OFFRE",
        "RECTIFICATIF",
        "competition",
        "cn-standard",
        "16",
    ),
    "cancellation": (
        "ANNULATION",
        "INITIAL",
        "APPEL_OFFRE",
        "ANNULATION",
        "competition",
        "cn-standard",
        "16",
    ),
    "result": ("ATTRIBUTION", "INITIAL", "ATTRIBUTION", "INITIAL", "result", "can-standard", "29"),
    "planning": (
        "PRE-INFORMATION",
        "INITIAL",
        "PRE-INFORMATION",
        "INITIAL",
        "planning",
        "pin-only",
        "4",
    ),
}
# format -> FAMILLE, PERIMETRE, TYPE_PROCEDURE
FORMS = {
    "fnsimple": ("FNS", "FNSimple", "OUVERT"),
    "mapa": ("MAPA", "MAPA", "PROCEDURE_ADAPTE"),
    "eforms": ("JOUE", "DIRECTIVE-24", "OUVERT"),
}
ROOTS = {"result": "ContractAwardNotice", "planning": "PriorInformationNotice"}


def luhn_ok(digits):
    total = 0
    for i, c in enumerate(reversed(digits)):
        n = int(c) * (2 if i % 2 else 1)
        total += n - 9 if n > 9 else n
    return total % 10 == 0


def siret(seed):
    """
    A SIRET of 14 digits whose SIREN and whole both pass the Luhn test; the same seed gives the same
    number.
    """
    rng = random.Random(f"siret {seed}")

    def close(stem):
        return next(stem + d for d in "0123456789" if luhn_ok(stem + d))

    return close(close("9" + "".join(rng.choices("0123456789", k=7))) + "0001")


@dataclass
class Buyer:
    name: str = "Communauté de communes du Val d'Essai"
    siret: str | None = field(default_factory=lambda: siret(1))
    city: str | None = "Valessai"
    postcode: str | None = "48000"
    nuts: str | None = "FRJ14"


@dataclass
class Lot:
    id: str = "1"
    title: str = "Lot unique"
    description: str | None = None
    cpv: tuple | list | str = ()
    deadline: str | None = None


@dataclass
class Notice:
    ref: str = "26-10001"
    title: str = "Fourniture de capteurs d'irrigation connectés"
    description: str | None = "Fourniture, pose et supervision de capteurs d'humidité des sols."
    cpv: tuple | list | str = ("38410000",)
    deadline: str | datetime.datetime | None = "2026-10-12T12:00:00"
    published: str | datetime.date = "2026-09-10"
    lots: tuple | list = ()
    buyer: Buyer = field(default_factory=Buyer)
    department: str | tuple | list = ("48",)
    nature: str = "services"
    kind: str = "competition"
    previous: str | None = None  # the notice that a change, cancellation or result comes back to
    places: tuple | list = ("FRJ14",)  # NUTS codes; eForms only
    value: str | None = None  # estimated amount in euros; eForms only
    language: str = "FRA"  # eForms only
    documents_url: str | None = "https://achats.example.org/consultation/1"
    reference: str = "2026-S-01"  # the buyer's own reference
    procedure: str | None = None  # eForms code, or BOAMP's TYPE_PROCEDURE
    version: int = 1
    folder: str | None = None  # procedure UUID; derived from ref when None
    html: bool = True  # carry the HTML block (a DOCTYPE inside CDATA) as real flux files do


def _notice(kw):
    kw = dict(kw)
    buyer = kw.get("buyer")
    if isinstance(buyer, str):
        kw["buyer"] = Buyer(name=buyer, siret=siret(buyer))
    elif isinstance(buyer, dict):
        kw["buyer"] = Buyer(**buyer)
    n = Notice(**kw)
    if isinstance(n.cpv, str):
        n.cpv = (n.cpv,)
    if isinstance(n.department, str):
        n.department = (n.department,)
    if isinstance(n.published, datetime.date):
        n.published = n.published.isoformat()
    if isinstance(n.deadline, datetime.datetime):
        n.deadline = n.deadline.isoformat()
    lots = []
    for i, lot in enumerate(n.lots, 1):
        if isinstance(lot, str):
            lot = Lot(id=str(i), title=lot)
        elif isinstance(lot, dict):
            lot = Lot(**{"id": str(i), **lot})
        if isinstance(lot.cpv, str):
            lot.cpv = (lot.cpv,)
        lots.append(lot)
    n.lots = lots
    return n


def _el(name, text, attributes=""):
    """An element with text, or nothing when there is no text."""
    return "" if text is None else f"<{name}{attributes}>{escape(str(text))}</{name}>"


# ---------------------------------------------------------------- BOAMP flux


def _gestion(n, form):
    """The management block; `form` is the key of FORMS."""
    family, perimeter, procedure = FORMS[form]
    european = form == "eforms"
    nature, status = KINDS[n.kind][2:4] if european else KINDS[n.kind][:2]
    if n.procedure and not european:
        procedure = n.procedure
    previous = (
        f"<ANNONCE_ANTERIEUR>{_el('IDWEB', n.previous)}</ANNONCE_ANTERIEUR>" if n.previous else ""
    )
    # Corrections and awards do not say their procedure.
    called = nature in ("APPEL_OFFRE", "PRE-INFORMATION")
    deadline = _zoned(n.deadline) if european and n.deadline else n.deadline
    summary = n.title if len(n.title) <= 200 else n.title[:197] + "..."
    return (
        "<GESTION><REFERENCE>"
        + _el("IDWEB", n.ref)
        + f"<TYPE_AVIS><FAMILLE><{family}/></FAMILLE><PERIMETRE><{perimeter}/></PERIMETRE>"
        f"<NATURE><{nature}>{'<STANDARD/>' if european else ''}</{nature}></NATURE>"
        f"<STATUT><{status}/></STATUT></TYPE_AVIS>{previous}</REFERENCE>"
        "<INDEXATION><SCHEMA>3.2.5</SCHEMA>"
        + _el("NOMORGANISME", n.buyer.name)
        + (f"<TYPE_PROCEDURE><{procedure}/></TYPE_PROCEDURE>" if called else "")
        + _el("DATE_PUBLICATION", n.published)
        + _el("DATE_LIMITE_REPONSE", deadline)
        + _el("DATE_FIN_DIFFUSION", (n.deadline or n.published)[:10])
        + "<DESCRIPTEURS><DESCRIPTEUR><CODE>163</CODE><LIBELLE>Informatique (prestations de"
        " services)</LIBELLE></DESCRIPTEUR></DESCRIPTEURS>"
        + f"<NATURE_MARCHE><{NATURES[n.nature]}/></NATURE_MARCHE>"
        + "".join(_el("DEP_PUBLICATION", d) for d in n.department)
        + _el("RESUME_OBJET", summary)
        + "</INDEXATION></GESTION>"
    )


def _flux(n, body, gestion):
    html = ""
    if n.html:
        page = (
            '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0'
            ' Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">\n<html'
            ' xmlns="http://www.w3.org/1999/xhtml"><head><title>Avis n°'
            f" {n.ref}</title></head><body><p>{escape(n.title)}</p></body></html>"
        )
        html = (
            f"<HTML><![CDATA[{page}]]></HTML><HTMLSYNTHESE><![CDATA[<meta"
            " charset=utf-8><p>Avis&nbsp;]]></HTMLSYNTHESE>"
        )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<jo:ann'
        f' xmlns:jo="{JO}">\n<DONNEES>{body}</DONNEES>\n{gestion}\n{html}</jo:ann>\n'
    ).encode()


def _block(n):
    """The element that says what the national notice is: a call, a correction, an award."""
    return {"change": "rectificatif", "cancellation": "rectificatif", "result": "attribution"}.get(
        n.kind, "initial"
    )


def _cpv_block(cpv):
    codes = list(cpv)
    if not codes:
        return ""
    more = "".join(
        f"<objetComplementaire>{_el('classPrincipale', c)}</objetComplementaire>" for c in codes[1:]
    )
    return (
        f"<codeCPV><objetPrincipal>{_el('classPrincipale', codes[0])}"
        f"</objetPrincipal>{more}</codeCPV>"
    )


def flux_fnsimple(**kw):
    """A national notice between 90,000 € and the European thresholds, as one file of the flux."""
    n = _notice(kw)
    block = _block(n)
    nature = NATURES[n.nature].lower()
    lots = "".join(
        f"<lot>{_el('numLot', x.id)}{_el('intitule', x.title)}"
        f"{_el('description', x.description)}{_cpv_block(x.cpv)}</lot>"
        for x in n.lots
    )
    previous = f"<avisInitial>{_el('idWeb', n.previous)}</avisInitial>" if n.previous else ""
    correction = (
        _el("infosRectif", "Au lieu de : voir avis initial, lire : voir le présent avis")
        if block == "rectificatif"
        else ""
    )
    calls = (
        ""
        if block != "initial"
        else (
            f"<communication>{_el('urlProfilAch', 'achats.example.org')}"
            f"{_el('urlDocConsul', n.documents_url)}"
            f"{_el('identifiantInterne', n.reference)}</communication>"
            f"<procedure><procedureAdapteeO/>{_el('dateReceptionOffres', n.deadline)}"
            f"{_el('criteresAttrib', 'Prix 40 %, valeur technique 60 %')}</procedure>"
        )
    )
    body = (
        f"<FNSimple><organisme>{_el('nomOfficiel', n.buyer.name)}"
        "<typeIdentificationNational><siret/></typeIdentificationNational>"
        f"{_el('codeIdentificationNational', n.buyer.siret)}{_el('ville', n.buyer.city)}"
        f"{_el('cp', n.buyer.postcode)}"
        f"<grpCommandes><non/></grpCommandes></organisme><{block}>{previous}{calls}"
        f"<natureMarche>{_el('intitule', n.title)}{_cpv_block(n.cpv)}"
        f"<natureMarche><{nature}/></natureMarche>"
        f"{_el('description', n.description)}{_el('lieuExecution', n.buyer.city)}"
        "<dureeMois>12</dureeMois>"
        f"<lotsMarche><{'oui' if n.lots else 'non'}/></lotsMarche></natureMarche>"
        f"{f'<lots>{lots}</lots>' if lots else ''}{correction}</{block}></FNSimple>"
    )
    return _flux(n, body, _gestion(n, "fnsimple"))


def flux_mapa(**kw):
    """
    An adapted procedure below 90,000 €, as one file of the flux. Its schema has no CPV and no
    SIRET.
    """
    n = _notice(kw)
    block = _block(n)
    nature = NATURES[n.nature].lower()
    lots = "".join(
        f"<lot>{_el('numLot', x.id)}"
        f"{_el('description', x.title + (chr(10) + x.description if x.description else ''))}</lot>"
        for x in n.lots
    )
    previous = f"<avisInitial>{_el('idWeb', n.previous)}</avisInitial>" if n.previous else ""
    features = (
        f"<caracteristiques>{_el('principales', n.description)}</caracteristiques>"
        if n.description
        else ""
    )
    delays = f"<delais>{_el('receptionOffres', n.deadline)}</delais>" if n.deadline else ""
    body = (
        f"<MAPA><organisme>{_el('acheteurPublic', n.buyer.name)}<adr>{_el('cp', n.buyer.postcode)}"
        f"{_el('ville', n.buyer.city)}</adr>{_el('urlProfilAcheteur', n.documents_url)}"
        f"</organisme><{block}>{previous}"
        f"<natureMarche><{nature}/></natureMarche><description>"
        f"{_el('objet', n.title)}<lieuExecutionLivraison>"
        f"{_el('cp', n.buyer.postcode)}{_el('ville', n.buyer.city)}"
        f"</lieuExecutionLivraison></description>{features}"
        f"<procedure><procedureAdaptee/></procedure>{delays}"
        f"<renseignements>{_el('idMarche', n.reference)}</renseignements>"
        f"{f'<lots><plusieursLot/>{lots}</lots>' if lots else ''}</{block}></MAPA>"
    )
    return _flux(n, body, _gestion(n, "mapa"))


def flux_eforms(**kw):
    """
    A European notice as BOAMP republishes it: UBL inside the envelope, under BOAMP's namespaces.
    """
    n = _notice(kw)
    spaces = _spaces(BOAMP_UBL)
    root = ROOTS.get(n.kind, "ContractNotice")
    body = f"<EFORMS {spaces}><{root}>{_ubl(n)}</{root}></EFORMS>"
    return _flux(n, body, _gestion(n, "eforms"))


# ---------------------------------------------------------------- eForms


def _spaces(base):
    spaces = {
        "cac": f"{base}CommonAggregateComponents-2",
        "cbc": f"{base}CommonBasicComponents-2",
        "ext": f"{base}CommonExtensionComponents-2",
        **EFORMS_EXTENSIONS,
    }
    return " ".join(f'xmlns:{k}="{v}"' for k, v in spaces.items())


def _zoned(deadline):
    """A naive date and time becomes Paris time with its offset; one that has an offset keeps it."""
    when = datetime.datetime.fromisoformat(deadline)
    if when.tzinfo is None:
        when = when.replace(tzinfo=PARIS)
    return when.isoformat()


def _deadline_block(deadline):
    if not deadline:
        return ""
    when = _zoned(deadline)
    offset = when[19:]
    return (
        f"<cac:TenderSubmissionDeadlinePeriod><cbc:EndDate>{when[:10]}{offset}</cbc:EndDate>"
        f"<cbc:EndTime>{when[11:19]}{offset}</cbc:EndTime></cac:TenderSubmissionDeadlinePeriod>"
    )


def _classification(cpv):
    codes = list(cpv)
    if not codes:
        return ""
    code = '<cbc:ItemClassificationCode listName="cpv">{}</cbc:ItemClassificationCode>'.format
    more = "".join(
        "<cac:AdditionalCommodityClassification>"
        + code(c)
        + "</cac:AdditionalCommodityClassification>"
        for c in codes[1:]
    )
    return (
        f"<cac:MainCommodityClassification>{code(codes[0])}</cac:MainCommodityClassification>{more}"
    )


def _lot_id(identifier):
    return identifier if identifier.startswith("LOT-") else f"LOT-{int(identifier):04d}"


def notice_uuid(ref):
    """The notice identifier that the eForms builders give to a publication number."""
    return str(uuid.uuid5(NAMESPACE_SEED, f"notice {ref}"))


def folder_uuid(ref):
    """The procedure identifier that the eForms builders give to a notice, unless told another."""
    return str(uuid.uuid5(NAMESPACE_SEED, f"procedure {ref}"))


def _ubl(n, publication=""):
    kind = KINDS[n.kind]
    folder = None if kind[4] == "planning" else n.folder or folder_uuid(n.previous or n.ref)
    language = f" languageID={quoteattr(n.language)}"
    lots = n.lots or [Lot(id="1", title=n.title, description=n.description, cpv=n.cpv)]
    nature = (
        f'<cbc:ProcurementTypeCode listName="contract-nature">{n.nature}</cbc:ProcurementTypeCode>'
    )
    changes = ""
    if n.kind in ("change", "cancellation"):
        reason = "cancel" if n.kind == "cancellation" else "update-add"
        changes = (
            f"<efac:Changes>{_el('efbc:ChangedNoticeIdentifier', n.previous)}<efac:ChangeReason>"
            f'<cbc:ReasonCode listName="change-corig-justification">{reason}</cbc:ReasonCode>'
            "</efac:ChangeReason></efac:Changes>"
        )
    places = "".join(
        "<cac:RealizedLocation><cac:Address><cbc:CountrySubentityCode"
        f' listName="nuts">{p}</cbc:CountrySubentityCode>'
        "<cac:Country><cbc:IdentificationCode>FRA</cbc:IdentificationCode>"
        "</cac:Country></cac:Address>"
        "</cac:RealizedLocation>"
        for p in n.places
    )
    value = (
        ""
        if n.value is None
        else (
            "<cac:RequestedTenderTotal><cbc:EstimatedOverallContractAmount"
            f' currencyID="EUR">{n.value}'
            "</cbc:EstimatedOverallContractAmount></cac:RequestedTenderTotal>"
        )
    )
    documents = (
        ""
        if not n.documents_url
        else (
            "<cac:CallForTendersDocumentReference><cbc:ID>DOC-1</cbc:ID>"
            "<cac:Attachment><cac:ExternalReference>"
            f"{_el('cbc:URI', n.documents_url)}</cac:ExternalReference></cac:Attachment>"
            "</cac:CallForTendersDocumentReference>"
        )
    )
    siret_ = (
        ""
        if n.buyer.siret is None
        else (f"<cac:PartyLegalEntity>{_el('cbc:CompanyID', n.buyer.siret)}</cac:PartyLegalEntity>")
    )

    def organisation(identifier, name, city, postcode, nuts, legal):
        return (
            "<efac:Organization><efac:Company><cac:PartyIdentification><cbc:ID"
            ' schemeName="organization">'
            f"{identifier}</cbc:ID></cac:PartyIdentification><cac:PartyName>"
            f"{_el('cbc:Name', name, language)}"
            f"</cac:PartyName><cac:PostalAddress>{_el('cbc:CityName', city)}"
            f"{_el('cbc:PostalZone', postcode)}"
            f"{_el('cbc:CountrySubentityCode', nuts)}<cac:Country><cbc:IdentificationCode>FRA"
            "</cbc:IdentificationCode></cac:Country></cac:PostalAddress>"
            f"{legal}</efac:Company></efac:Organization>"
        )

    # The court comes first, as in one notice out of fifteen: whoever takes the first organisation
    # is wrong.
    organisations = organisation(
        "ORG-0009", "Tribunal administratif d'Essai", "Essaiville", "30000", None, ""
    ) + organisation("ORG-0001", n.buyer.name, n.buyer.city, n.buyer.postcode, n.buyer.nuts, siret_)
    lot_blocks = "".join(
        "<cac:ProcurementProjectLot><cbc:ID"
        f' schemeName="Lot">{_lot_id(x.id)}</cbc:ID><cac:TenderingTerms>{documents}'
        "</cac:TenderingTerms><cac:TenderingProcess>"
        f"{_deadline_block((x.deadline or n.deadline) if kind[4] == 'competition' else None)}"
        "</cac:TenderingProcess>"
        f"<cac:ProcurementProject>{_el('cbc:Name', x.title, language)}"
        f"{_el('cbc:Description', x.description, language)}"
        f"{nature}{_classification(x.cpv)}{places}</cac:ProcurementProject>"
        "</cac:ProcurementProjectLot>"
        for x in lots
    )
    return (
        "<ext:UBLExtensions><ext:UBLExtension><ext:ExtensionContent>"
        f"<efext:EformsExtension>{changes}"
        "<efac:NoticeSubType><cbc:SubTypeCode"
        f' listName="notice-subtype">{kind[6]}</cbc:SubTypeCode></efac:NoticeSubType>'
        f"<efac:Organizations>{organisations}</efac:Organizations>"
        f"{publication}</efext:EformsExtension>"
        "</ext:ExtensionContent></ext:UBLExtension></ext:UBLExtensions>"
        "<cbc:UBLVersionID>2.3</cbc:UBLVersionID>"
        "<cbc:CustomizationID>eforms-sdk-1.13</cbc:CustomizationID>"
        f'<cbc:ID schemeName="notice-id">{notice_uuid(n.ref)}</cbc:ID>'
        f"{_el('cbc:ContractFolderID', folder)}"
        f"<cbc:IssueDate>{n.published}+02:00</cbc:IssueDate>"
        "<cbc:IssueTime>09:00:00+02:00</cbc:IssueTime>"
        f"<cbc:VersionID>{n.version:02d}</cbc:VersionID>"
        "<cbc:RegulatoryDomain>32014L0024</cbc:RegulatoryDomain>"
        f'<cbc:NoticeTypeCode listName="{kind[4]}">{kind[5]}</cbc:NoticeTypeCode>'
        f'<cbc:NoticeLanguageCode listName="language">{n.language}</cbc:NoticeLanguageCode>'
        "<cac:ContractingParty><cac:Party><cac:PartyIdentification><cbc:ID"
        ' schemeName="organization">ORG-0001</cbc:ID>'
        "</cac:PartyIdentification></cac:Party></cac:ContractingParty>"
        "<cac:TenderingProcess><cbc:ProcedureCode"
        f" listName=\"procurement-procedure-type\">{n.procedure or 'open'}"
        "</cbc:ProcedureCode></cac:TenderingProcess>"
        f"<cac:ProcurementProject>{_el('cbc:ID', n.reference)}{_el('cbc:Name', n.title, language)}"
        f"{_el('cbc:Description', n.description, language)}{nature}"
        f"{value}{_classification(n.cpv)}{places}"
        f"</cac:ProcurementProject>{lot_blocks}"
    )


def eforms(**kw):
    """
    A notice as TED publishes it. `ref` is the publication number (`700001-2026`); None: not
    published yet.
    """
    kw = {"ref": "700001-2026", **kw}
    published = kw["ref"] is not None
    n = _notice({**kw, "ref": kw["ref"] or "unpublished"})
    publication = ""
    if published:
        number, year = n.ref.split("-")
        publication = (
            "<efac:Publication><efbc:NoticePublicationID"
            f' schemeName="ojs-notice-id">{int(number):08d}-{year}'
            "</efbc:NoticePublicationID><efbc:GazetteID"
            f' schemeName="ojs-id">176/{year}</efbc:GazetteID>'
            f"<efbc:PublicationDate>{n.published}Z</efbc:PublicationDate></efac:Publication>"
        )
    root = ROOTS.get(n.kind, "ContractNotice")
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n<{root} xmlns="{OASIS}{root}-2" '
        f"{_spaces(OASIS)}>{_ubl(n, publication)}</{root}>\n"
    ).encode()


# ---------------------------------------------------------------- Explore API


def _packed(element, prefixes):
    """
    An element as the portal packs it: attributes `@x`, text `#text`, one child an object, several a
    list, an element without attributes a plain string, an empty one "".
    """
    children = list(element)
    text = element.text or ""
    result = {}
    for key, value in element.attrib.items():
        result["@" + _prefixed(key, prefixes)] = value
    for child in children:
        name = _prefixed(child.tag, prefixes)
        value = _packed(child, prefixes)
        if name not in result:
            result[name] = value
        elif isinstance(result[name], list):
            result[name].append(value)
        else:
            result[name] = [result[name], value]
    if children:
        return result
    if not result:
        return text
    if text:
        result["#text"] = text
    return result


def _prefixed(name, prefixes):
    if not name.startswith("{"):
        return name
    space, local = name[1:].split("}")
    return f"{prefixes[space]}:{local}"


def _only_child(element, path):
    node = element.find(path)
    return None if node is None or not len(node) else node[0].tag


def _false_utc(deadline):
    """
    What the portal makes of a deadline: a naive one is stamped UTC, one with an offset is converted
    to UTC.
    """
    if deadline is None:
        return None
    when = datetime.datetime.fromisoformat(deadline)
    if when.tzinfo is not None:
        when = when.astimezone(datetime.timezone.utc)
    return when.strftime("%Y-%m-%dT%H:%M:%S+00:00")


LABELS = {
    "JOUE": "Marchés européens",
    "FNS": "Marchés entre 90 k€ et seuils européens",
    "MAPA": "Marchés de moins de 90 k€",
}


def record_from_flux(xml):
    """
    The Explore API record of a flux file (bytes), as the portal shows it, habits and traps
    included.
    """
    root = ElementTree.fromstring(xml)
    prefixes = {v: k for k, v in EFORMS_EXTENSIONS.items()}
    prefixes.update(
        {
            BOAMP_UBL + "CommonAggregateComponents-2": "cac",
            BOAMP_UBL + "CommonBasicComponents-2": "cbc",
            BOAMP_UBL + "CommonExtensionComponents-2": "ext",
            "http://www.w3.org/2001/XMLSchema-instance": "xsi",
        }
    )
    gestion, donnees = root.find("GESTION"), root.find("DONNEES")
    index, reference = gestion.find("INDEXATION"), gestion.find("REFERENCE")
    ref = reference.findtext("IDWEB")
    family = _only_child(reference, "TYPE_AVIS/FAMILLE")
    natures = [e.tag for e in index.find("NATURE_MARCHE") or ()]
    title = index.findtext("RESUME_OBJET") or ""
    descriptors = index.findall("DESCRIPTEURS/DESCRIPTEUR")
    codes = [d.findtext("CODE") for d in descriptors]
    folder = next(
        (e.text for e in donnees.iter(f"{{{BOAMP_UBL}CommonBasicComponents-2}}ContractFolderID")),
        None,
    )
    linked = [e.text for e in reference.findall("ANNONCE_ANTERIEUR/IDWEB")]
    return {
        "idweb": ref,
        "id": ref.replace("-", "_"),
        "contractfolderid": folder,
        "objet": (title if len(title) <= 200 else title[:197] + "...").replace("'", "&#039;"),
        "filename": ref,
        "famille": family,
        "famille_libelle": LABELS.get(family),
        "code_departement": [e.text for e in index.findall("DEP_PUBLICATION")],
        "code_departement_prestation": None,
        "dateparution": index.findtext("DATE_PUBLICATION"),
        "datefindiffusion": index.findtext("DATE_FIN_DIFFUSION"),
        "datelimitereponse": _false_utc(index.findtext("DATE_LIMITE_REPONSE")),
        "nomacheteur": index.findtext("NOMORGANISME"),
        "titulaire": None,
        "perimetre": _only_child(reference, "TYPE_AVIS/PERIMETRE"),
        "type_procedure": _only_child(index, "TYPE_PROCEDURE"),
        "soustype_procedure": None,
        "nature": _only_child(reference, "TYPE_AVIS/NATURE"),
        "etat": _only_child(reference, "TYPE_AVIS/STATUT"),
        "descripteur_code": codes,
        "dc": codes,
        "descripteur_libelle": [d.findtext("LIBELLE") for d in descriptors],
        "type_marche": natures,
        "type_marche_facette": [n.capitalize() for n in natures],
        "type_avis": ["5", "1", ""],
        "annonce_lie": linked or None,
        "annonces_anterieures": None,
        "source_schema": "3.2.5",
        "gestion": json.dumps(_packed(gestion, prefixes), ensure_ascii=False),
        "donnees": json.dumps(_packed(donnees, prefixes), ensure_ascii=False),
        "url_avis": f"https://www.boamp.fr/pages/avis/?q=idweb:{ref}",
    }


def api_record(builder=None, with_body=True, **kw):
    """
    A record of the Explore API. `with_body=False`: flat fields only, as some saved queries hold.
    """
    record = record_from_flux((builder or flux_fnsimple)(**kw))
    if not with_body:
        del record["gestion"], record["donnees"]
    return record


# ---------------------------------------------------------------- in number

SUBJECTS = (
    "Supervision du réseau d'eau potable",
    "Hébergement du site internet",
    "Capteurs d'irrigation connectés",
    "Jumeau numérique du centre-bourg",
    "Entretien des espaces verts",
    "Réfection de la toiture de l'école",
    "Maintenance du parc informatique",
    "Location de bennes",
    "Audit de cybersécurité",
    "Repas du restaurant scolaire",
)


def many(count, builder=flux_fnsimple, first=1, day="2026-09-10", year="26", seed=0, **fixed):
    """
    Yields (ref, bytes or record) for `count` distinct notices of one day. A TED builder gets
    publication numbers (`700001-2026`), the others an idweb (`26-10001`). The same arguments give
    the same notices.
    """
    for i in range(first, first + count):
        rng = random.Random(f"notice {seed} {i}")
        ref = f"{700000 + i}-20{year}" if builder is eforms else f"{year}-{10000 + i}"
        subject = rng.choice(SUBJECTS)
        fields = {
            "ref": ref,
            "published": day,
            "title": f"{subject}, opération {i}",
            "description": f"{subject} : étude, fourniture et mise en service, tranche {i}.",
            "buyer": {
                "name": f"Commune d'Essai-sur-Test {i % 97}",
                "siret": siret(i % 97),
                "postcode": "48000",
            },
            "cpv": (rng.choice(("72000000", "48000000", "38410000", "45000000", "77310000")),),
            "nature": rng.choice(tuple(NATURES)),
            **fixed,
        }
        yield ref, builder(**fields)
