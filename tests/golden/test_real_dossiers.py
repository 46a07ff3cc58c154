"""
The purchases that real notices prove by their ids (one procedure id, one naming the other, one
TED publication in both of TED's formats), found again by likeness alone with every id hidden, whichever comes first.
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


def measure(*folders):
    argv = [harness.build() / "tests" / "dossier_measure", *folders]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=120, check=True)
    print(done.stdout)
    return {m["order"]: m for m in LINE.finditer(done.stdout)}


@pytest.fixture(scope="module")
def report():
    return measure(*(NOTICES / folder for folder in FOLDERS if (NOTICES / folder).is_dir()))


@pytest.mark.parametrize("order", ("first", "last"))
def test_proven_purchases_are_found_and_none_is_wrong(report, order):
    pairs, found, wrong = (int(report[order][name]) for name in ("pairs", "found", "wrong"))

    assert pairs >= 20
    assert wrong == 0
    assert found >= 0.9 * pairs


def test_in_no_folder_is_one_wrong():
    """Made-up examples and test records, too; of these some ids prove what is not so. Bare titles name no ids."""
    folders = [path for path in NOTICES.iterdir() if path.is_dir() and path.name != "boamp-titles"]
    assert [int(m["wrong"]) for m in measure(*folders).values()] == [0, 0]


def test_the_order_of_arrival_changes_no_count(report):
    first, last = (report[order] for order in ("first", "last"))
    assert (first["pairs"], first["found"]) == (last["pairs"], last["found"])
