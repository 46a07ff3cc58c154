"""
Single values as the oracle reads them: texts, legal numbers, CPV codes, instants, amounts, and the
code lists of the formats.
"""

import datetime
import decimal
import html
import re
import zoneinfo


PARIS = zoneinfo.ZoneInfo("Europe/Paris")


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
# What the national bodies call the procedure, as far as they were seen; it wins over the management
# block, whose TYPE_PROCEDURE tells only that anybody may answer.
BODY_PROCEDURES = {
    "procedureAdapteeO": "adapted",
    "procedureAdapteeR": "adapted",
    "procedureAdaptee": "adapted",
}
NATURES = {
    "services": "services",
    "fournitures": "supplies",
    "travaux": "works",
    "supplies": "supplies",
    "works": "works",
}


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
    return lost_ligature(value) or None


def lost_ligature(value):
    """The œ that Latin-1 lost, in the words that have one."""
    pattern = r"(?<![\w?/=&])(|man)\?(?=uvre)|(?<![\w?/=&])(c|ch|s|n|v|b)\?(?=(?:ur|ud|u|uf)[sx]?(?![\w?/=&]))"
    return re.sub(
        pattern, lambda m: m[0][:-1] + ("Œ" if value[m.end()].isupper() else "œ"), value, flags=re.I
    )


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
