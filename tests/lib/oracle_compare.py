"""`differences`: one notice as the oracle reads it against the programme's."""

import datetime
import decimal
import json
import re
import unicodedata

import oracle_facts

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
    return found + oracle_facts.differences(expected, got)


def _lot_differences(expected, got, check, differ, equal):
    lots = [x for x in got.get("lots", []) if not str(x.get("id", "")).startswith(("PAR-", "GLO-"))]
    # A lot without a number gets one from the programme.
    check(
        "lots",
        lambda want, have: len(want) == len(have)
        and all(w is None or w == h for w, h in zip(want, have)),
        [x["id"] for x in expected["lots"]],
        [x.get("id") for x in lots],
    )
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
