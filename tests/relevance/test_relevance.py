"""The matches on the judged pairs are right at least this often; the floors rise, they are not lowered."""

import harness
import measure
import pytest

FLOOR = measure.Figures(precision=0.86, recall=0.96, f=0.92, ndcg=0.82, matched=0, right=0, wanted=0, found=0)


@pytest.fixture(scope="module")
def judged(tmp_path_factory, shared):
    if not (shared / "relevance").is_dir():
        pytest.skip("no judged pairs there")
    app = harness.App(harness.programme(), tmp_path_factory.mktemp("relevance"))
    app("init", "--rules", harness.ROOT / "rules")
    return measure.Judged(shared, app)


@pytest.mark.parametrize("name", ["precision", "recall", "f", "ndcg"])
def test_figures_stay_above_their_floors(judged, name):
    reached = measure.figures(judged.scores(), judged)
    assert getattr(reached, name) >= getattr(FLOOR, name), reached


@pytest.mark.parametrize("baseline", ["keyword", "cpv", "bm25"])
def test_every_baseline_is_beaten(judged, baseline):
    ours = measure.figures(judged.scores(), judged)
    theirs = measure.figures(getattr(measure, f"{baseline}_scores")(judged), judged)
    assert ours.f > theirs.f and ours.recall > theirs.recall, (ours, theirs)


def test_points_add_up_and_reach_the_threshold(judged):
    for receipt in judged.receipts.values():
        assert round(10 * sum(r["points"] for r in receipt["reasons"])) == round(10 * receipt["score"])
        assert receipt["score"] >= receipt["threshold"] == 8
