"""
The same notice twice, before eForms and converted to eForms: which differences of the two models have
a cause, and which. The converter (OP-TED, development notices) writes what eForms demands even where
the old form had nothing, and leaves out what it has no place for.

`differences(ted, eforms)` takes two dicts of `notice show --json --full` and gives one tuple
(cause or None, member, value before, value after) for each member that differs.
"""

import datetime
import re

from oracle_compare import canonical

NEVER_EQUAL = {  # identity of a publication, not of what it says
    "id", "ref", "dossier", "url", "version",
}


def differences(ted, eforms):
    ted, eforms = folded(ted), folded(eforms)
    found = []
    for name, before, after in sorted(pairs(ted, eforms, ""), key=lambda x: x[0]):
        if equal(before, after):
            continue
        cause = next((c for c, holds in CAUSES.items() if holds(name, before, after, ted, eforms)), None)
        found.append((cause, name, before, after))
    return found


def equal(before, after):
    if isinstance(before, str) and isinstance(after, str):
        return canonical(before) == canonical(after)
    return before == after


def folded(notice):
    """
    Of a notice with one lot, the lot's facts as those of the whole: before eForms such a notice has no
    lots at all.
    """
    more = notice["more"]
    if len(notice["lots"]) != 1 or notice["lots"][0]["id"] not in ("LOT-0000", "PAR-0000"):
        return notice
    lot, facts = notice["lots"][0], more["lots"][0]
    texts = [notice["description"], lot["description"]]
    whole = dict(notice, lots=[])
    whole["description"] = "\n\n".join(dict.fromkeys(t for t in texts if t))
    whole["more"] = dict(
        more, lots=[], term=more["term"] or facts["term"],
        awards=[dict(a, lot=None) if a["lot"] == lot["id"] else a for a in more["awards"]],
    )
    whole["value"] = notice["value"] or lot["value"]
    return whole


def pairs(before, after, name):
    """Every member of two values of the same shape, by its name without the places in lists."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in {**before, **after}:
            if name or key not in NEVER_EQUAL:
                yield from pairs(before.get(key), after.get(key), f"{name}/{key}")
    elif rows(before) and rows(after) and len(before) == len(after):
        for x, y in zip(before, after):
            yield from pairs(x, y, f"{name}/[]")
    else:
        yield name, before, after


def rows(value):
    return isinstance(value, list) and value and isinstance(value[0], dict)


def wall_clock(text):
    return text[:16] if text else None


def renamed_identity(name, before, after, *_):
    """The converter makes new UUIDs, and eForms has other names for the kinds of notices."""
    return name in ("/more/notice_type", "/more/notice_uuid", "/more/procedure_id")


def winter_time(name, before, after, *_):
    """
    TED states no zone: the programme reads Paris time, the converter stamps +01:00 all the year. A day
    without a time ends at 23:59:59 here, at 23:59:00 there.
    """
    if re.search(r"deadline_(text|certainty)$", name):
        return True
    return (
        name.endswith("/deadline") and before is not None
        and wall_clock(before) == wall_clock(after)
    )


def lots_have_the_deadline(name, before, after, ted, eforms):
    """Before eForms the deadline is the notice's alone, now it stands in each lot."""
    return (
        name == "/lots/[]/deadline" and before is None
        and wall_clock(after) == wall_clock(ted["deadline"])
    )


def coarse_places(name, before, after, *_):
    """The converter leaves out NUTS codes of less than five characters, and what follows from them."""
    if name.endswith("/nuts"):
        return after is None and before is not None and len(before) < 5
    if name.endswith("places"):
        lost = [p for p in before if p not in after]
        return all(p in before for p in after) and all(
            len(p) < 5 and re.match("[A-Z]{2}", p) for p in lost
        )
    return False


def places_of_contests(name, before, after, ted, eforms):
    """A design contest has its place in the old form's header only, which the converter does not read."""
    return name == "/places" and after == [] and ted["more"]["notice_type"] in ("F12", "F13")


def main_cpv_in_lots(name, before, after, ted, eforms):
    """eForms demands a main code for each lot: the converter repeats the notice's."""
    return name == "/lots/[]/cpv" and [c for c in after if c != ted["cpv"][0]] == [
        c for c in before if c != ted["cpv"][0]
    ]


def nature_in_lots(name, before, after, ted, eforms):
    """eForms has the nature in each lot, the old forms have it once."""
    return name == "/more/lots/[]/nature" and before is None and after == ted["nature"]


def nature_of_contests(name, before, after, ted, eforms):
    """Only the old form's header tells the nature of a design contest."""
    return name in ("/nature", "/more/lots/[]/nature") and after is None and (
        ted["more"]["notice_type"] in ("F12", "F13")
    )


def words_of_criteria(name, before, after, *_):
    """eForms has a type beside each criterion and a number without its unit, and a sentence for none."""
    return name == "/more/criteria"


def large_by_negation(name, before, after, *_):
    """"NO_SME" became no code: the converter writes a size for small companies only."""
    return name.endswith("/size") and before == "large" and after is None


def no_renewal(name, before, after, *_):
    """
    "NO_RENEWAL" became no number of renewals, and of periods without a word on renewal some became
    "none": both say that there is none to count on.
    """
    if name.endswith("/renewals"):
        return {before, after} == {0, None}
    return name.endswith("/term") and after is None and before == dict(
        length=None, unit=None, start=None, end=None, renewals=0
    )


def no_end(name, before, after, *_):
    """A qualification system of indefinite duration became one without a duration."""
    return name.endswith("term/unit") and before == "unlimited" and after is None


def framework_total(name, before, after, ted, eforms):
    """The total of a framework became the most that it may cost: an award here, a ceiling there."""
    kinds = ted["more"]["value_kind"], eforms["more"]["value_kind"]
    return kinds == ("award", "ceiling") and name in ("/more/value_kind", "/more/awarded")


def contest_dates_and_prizes(name, before, after, ted, eforms):
    """
    A jury's decision became the day of a contract, a prize no amount, and each winner a contract of
    its own.
    """
    return ted["more"]["notice_type"] == "F13" and name.startswith("/more/award")


def contract_left_out(name, before, after, *_):
    """The converter makes no contract of some lots, so that number and day of it are lost."""
    return bool(re.search(r"awards/\[\]/(contract|concluded)$", name)) and after is None


CAUSES = {
    "new identity": renamed_identity,
    "zone": winter_time,
    "deadline in lots": lots_have_the_deadline,
    "coarse places": coarse_places,
    "places of contests": places_of_contests,
    "main CPV in lots": main_cpv_in_lots,
    "nature in lots": nature_in_lots,
    "nature of contests": nature_of_contests,
    "criteria": words_of_criteria,
    "size": large_by_negation,
    "no renewal": no_renewal,
    "no end": no_end,
    "total of a framework": framework_total,
    "contests": contest_dates_and_prizes,
    "contract left out": contract_left_out,
}
