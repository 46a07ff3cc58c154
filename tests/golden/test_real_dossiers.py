"""
The purchases that real notices prove by their ids (one procedure id, one naming the other, one
publication in two formats), found again by likeness alone with every id hidden, whichever comes first.
The figures are of the report itself: tests/dossier/measure.c.
"""

import re
import subprocess

import harness
import pytest
from harness import NOTICES, needs_notices

pytestmark = needs_notices

FOLDERS = (
    "boamp-api-full", "boamp-api-meta", "boamp-xml-325", "ted-converter-pairs", "ted-eforms", "ted-legacy-fr",
)
LINE = re.compile(
    r"(?P<order>\w+) first: .* (?P<pairs>\d+) proven pairs; found (?P<found>\d+) .*, wrong (?P<wrong>\d+) "
)


@pytest.fixture(scope="module")
def report():
    argv = [harness.build() / "tests" / "dossier_measure"]
    argv += [NOTICES / folder for folder in FOLDERS if (NOTICES / folder).is_dir()]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=120, check=True)
    print(done.stdout)
    return {m["order"]: m for m in LINE.finditer(done.stdout)}


@pytest.mark.parametrize("order", ("first", "last"))
def test_proven_purchases_are_found_and_none_is_wrong(report, order):
    pairs, found, wrong = (int(report[order][name]) for name in ("pairs", "found", "wrong"))

    assert pairs >= 20
    assert wrong == 0
    assert found >= 0.9 * pairs


def test_the_order_of_arrival_changes_no_count(report):
    first, last = (report[order] for order in ("first", "last"))
    assert (first["pairs"], first["found"]) == (last["pairs"], last["found"])
