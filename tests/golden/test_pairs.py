"""
One notice, two schemas: as it was published before eForms, and as the Publications Office's converter
makes it eForms. The two models agree member by member, or differ for a cause that lib/pairs.py lists
and explains. A pair of our own, and the real ones where they are at hand.
"""

import pairs
import pytest
from harness import FIXTURES, NOTICES, needs_notices

OWN = FIXTURES / "pairs"
REAL = sorted(NOTICES.glob("ted-converter-pairs/eforms-xml/*.xml")) if NOTICES else []


def model(app, path):
    app.json("import", path)
    (notice,) = app.json("notice", "list", "--all", "--full")
    return notice


def test_our_pair_differs_where_it_must_and_nowhere_else(fresh):
    before = model(fresh(), OWN / "resultat.ted.xml")
    after = model(fresh(), OWN / "resultat.eforms.xml")
    found = pairs.differences(before, after)
    assert {(cause, name) for cause, name, _, _ in found} == {
        ("criteria", "/more/criteria"),
        ("main CPV in lots", "/lots/[]/cpv"),
        ("nature in lots", "/more/lots/[]/nature"),
        ("new identity", "/more/notice_type"),
        ("new identity", "/more/notice_uuid"),
        ("new identity", "/more/procedure_id"),
        ("size", "/more/awards/[]/winners/[]/size"),
    }
    awards = after["more"]["awards"]
    assert [a["outcome"] for a in awards] == ["given", "not-given"]
    assert [w["name"] for w in awards[0]["winners"]] == ["Veille d'Exemple SAS", "Réseaux d'Exemple"]


@pytest.mark.parametrize(
    "member, value, cause",
    [
        ("title", "Another", None),
        ("deadline", "2022-03-01T12:00:00+01:00", None),
        ("value", {"amount": "1.00", "currency": "EUR"}, None),
    ],
)
def test_a_difference_without_a_cause_is_told(fresh, member, value, cause):
    before = model(fresh(), OWN / "resultat.ted.xml")
    changed = dict(before, **{member: value})
    assert {c for c, name, _, _ in pairs.differences(before, changed) if name.startswith(f"/{member}")} == {
        cause
    }


@pytest.fixture(scope="module")
def real(fresh):
    """(file, cause, member, before, after) of all real pairs."""
    found = []
    for path in REAL:
        twin = path.parent.parent / "ted-xml" / path.name
        models = [model(fresh(), p) for p in (twin, path)]
        found += [(path.name, *difference) for difference in pairs.differences(*models)]
    return found


@needs_notices
def test_every_difference_of_the_real_pairs_has_a_cause(real):
    assert len(REAL) == 29
    assert [d for d in real if d[1] is None] == []


@needs_notices
def test_every_cause_is_one_that_occurs(real):
    assert {d[1] for d in real} == set(pairs.CAUSES)
