"""The oracle's reading of BOAMP: the management block and the national forms, FNSimple and MAPA."""

import re

from oracle_eforms import eforms
from oracle_values import (
    BOAMP_KINDS,
    BODY_PROCEDURES,
    NATIONAL_PROCEDURES,
    NATURES,
    amount,
    cpv_code,
    instant,
    legal_id,
    unique,
)
from oracle_walk import blank, code_name, first, texts


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
    cited = texts(doc, inner, "rectificatif/avisInitial/idWeb") if form in NATIONAL else []
    known = texts(doc, inner, "*/avisInitial/idWeb") if form in NATIONAL else []
    links = {("changes", x) for x in cited} | {("follows", x) for x in known if x not in cited}
    notice["_links"] = notice.get("_facts", {}).get("links", []) + sorted(links)
    if gestion is None:
        return notice
    earlier = texts(doc, gestion, "REFERENCE/ANNONCE_ANTERIEUR/IDWEB")
    earlier += texts(doc, gestion, "MARCHE/ANNONCE_ANTERIEUR/REFERENCE/IDWEB")
    add_links(notice, earlier)
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
        notice["procedure"] = notice["procedure"] or NATIONAL_PROCEDURES.get(
            code_name(doc, index, "TYPE_PROCEDURE")
        )
    return notice


NATIONAL = ("FNSimple", "MAPA", "DSP", "DIVERS")


def add_links(notice, refs):
    """Earlier notices that stand beside the body; what the body says of one is more."""
    known = {ref for _, ref in notice["_links"]}
    notice["_links"] += [("follows", ref) for ref in unique(refs) if ref not in known]


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


def correction(doc, root, notice):
    """What is bought, then what is corrected, where a correction says both."""
    parts = [notice["description"], first(doc, root, "rectificatif/infosRectif")]
    notice["description"] = "\n".join(p for p in parts if p) or None
    notice["_prose_deadline"] = prose_deadline(doc, root)


def body_procedure(doc, root):
    for procedure in doc.all(root, "*/procedure"):
        for name in doc.child_names(procedure):
            if name in BODY_PROCEDURES:
                return BODY_PROCEDURES[name]
    return None


def estimate(doc, root):
    """The estimate, else the upper end of the range; euros unless a currency stands beside it."""
    for path in ("valeur", "fourchette/valeurHaute"):
        for found in doc.all(root, "*/natureMarche/valeurEstimee/" + path):
            value = amount(doc.text(found), doc.attribute(found, "devise") or "EUR")
            if value:
                return value
    return None


def fnsimple(doc, root, notice):
    notice["title"] = first(doc, root, "*/natureMarche/intitule")
    notice["description"] = first(doc, root, "*/natureMarche/description")
    notice["value"] = estimate(doc, root)
    notice["procedure"] = body_procedure(doc, root)
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
    correction(doc, root, notice)
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
    notice["procedure"] = body_procedure(doc, root)
    correction(doc, root, notice)
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
