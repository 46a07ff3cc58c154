"""
Each sample file and what the programme reads in it, to the byte: contrib/samples/notices/X is
imported alone, and notices/X.jsonl is the answer of `notice list --all --full --json`, sorted by id.
pytest --update (or APPARITEUR_UPDATE=1) rewrites the answers; review the difference.
"""

import collections
import json

import harness
import oracle
import pytest

SAMPLES = sorted((harness.ROOT / "contrib/samples/notices").iterdir())
GOLDEN = harness.FIXTURES / "notices"
NOW = "2026-11-23T08:00:00+01:00"


def imported(app, *paths):
    """The notices of these files as JSON lines, sorted by id; each file must be read whole."""
    (report,) = app.json("import", *paths, "--now", NOW)
    assert report["rejected"] == 0 and report["failures"] == []
    lines = app("notice", "list", "--all", "--full", "--json", "--now", NOW).stdout.splitlines()
    assert len(lines) == report["new"] > 0
    return sorted(lines, key=lambda line: json.loads(line)["id"])


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_a_sample_reads_as_it_did(fresh, path, request):
    got = "".join(line + "\n" for line in imported(fresh(), path))
    golden = GOLDEN / f"{path.name}.jsonl"
    if request.config.getoption("--update"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(got, encoding="utf-8")
    assert golden.is_file(), f"{golden} is missing: look at what --update writes"
    for want, have in zip(golden.read_text(encoding="utf-8").splitlines(), got.splitlines()):
        assert json.loads(have) == json.loads(want)  # pytest shows the members that differ
    assert got == golden.read_text(encoding="utf-8")


def test_there_is_no_golden_file_without_its_sample():
    assert {p.name for p in GOLDEN.iterdir()} == {f"{p.name}.jsonl" for p in SAMPLES}


def test_the_samples_read_as_the_oracle_reads_them(fresh):
    app = fresh()
    got = {n["id"]: n for n in map(json.loads, imported(app, *SAMPLES))}
    assert len(got) == sum(len(oracle.read(path)) for path in SAMPLES)
    assert oracle.compare(SAMPLES, got) == []


def test_the_notices_of_one_purchase_share_its_dossier(fresh):
    """The twins on TED and BOAMP, and the corrections, as contrib/samples/README.md lists them."""
    dossiers = collections.defaultdict(set)
    for notice in map(json.loads, imported(fresh(), *SAMPLES)):
        dossiers[notice["dossier"]].add(notice["id"])
    together = {frozenset(ids) for ids in dossiers.values() if len(ids) > 1}
    assert together == {
        frozenset({"ted:790412-2026", "boamp:26-110214"}),
        frozenset({"ted:791102-2026", "ted:801340-2026"}),
        frozenset({"ted:796028-2026", "boamp:26-110388"}),
        frozenset({"boamp:26-110120", "boamp:26-111410"}),
        frozenset({"boamp:26-110188", "boamp:26-111502"}),
        frozenset({"boamp:26-110802", "boamp:26-111377"}),
    }
