#!/usr/bin/python3
"""
Prints how right the matches are on the judged pairs, per profile and overall, beside three baselines,
what share of the cards of each band of scores is relevant, what nDCG would be without one kind of fault, 5-fold splits;
with --pairs what was matched wrongly or missed, with --neighbours what rules of other trades of the same field would bring.

    APPARITEUR_SHARED=FOLDER tests/relevance/report.py BUILD [--pairs] [--neighbours] [--no-splits]
"""

import argparse
import collections
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/lib"), str(ROOT / "tests/relevance")]

import harness  # noqa: E402
import measure  # noqa: E402

BANDS = (8, 9, 10, 12, 16)


def row(name, f):
    print(f"{name:28} {f.precision:9.3f} {f.recall:7.3f} {f.f:6.3f} {f.ndcg:8.3f}   "
          f"{f.right:3} of {f.matched:3}   {f.found:2} of {f.wanted:2}")


def head(title):
    print(f"\n{title:28} precision  recall      F  nDCG@20   relevant     grade 2")


def pairs(judged, profile):
    for (p, n), receipt in sorted(judged.receipts.items(), key=lambda item: -item[1]["score"]):
        if p == profile and (p, n) not in judged.grades:
            why = "; ".join(f"{r['rule']} {r['points']:g} {r['field']} \"{r['text'][:40]}\"" for r in receipt["reasons"])
            print(f"    wrong   {receipt['score']:5g}  {n}  {judged.notices[n]['title'][:80]}  [{why}]")
    for (p, n), grade in judged.grades.items():
        if p == profile and (p, n) not in judged.receipts:
            print(f"    missed  grade {grade}  {n}  {judged.notices[n]['title'][:120]}")


def calibration(judged):
    """How many of the cards of each band of scores a reader would call relevant, over all profiles."""
    print(f"\n{'score':>14}  relevant        share of all above")
    scores = judged.scores()
    for low, high in zip(BANDS, [*BANDS[1:], None]):
        band = [pair for pair, score in scores.items() if score >= low and (high is None or score < high)]
        above = [pair for pair, score in scores.items() if score >= low]
        right, all_right = (len(judged.grades.keys() & set(pairs)) for pairs in (band, above))
        print(f"{f'{low:g} to {high:g}' if high else f'{low:g} and more':>14}  {right:3} of {len(band):3}  "
              f"{measure.ratio(right, len(band), 1.0):6.2f}   {measure.ratio(all_right, len(above), 1.0):6.2f}")


def faults(judged):
    """What nDCG would be without one kind of fault: what order can give, and what only other cards can."""
    scores, grades = judged.scores(), judged.grades
    missed = {pair: 1 for pair in grades if pair not in scores}
    print("\nnDCG@20 as shipped, and if …")
    for name, other in (
        ("as shipped", scores),
        ("… the cards stood in the best order", {pair: grades.get(pair, 0) for pair in scores}),
        ("… no card were wrong", {pair: score for pair, score in scores.items() if pair in grades}),
        ("… what is missed of grade 2 stood behind them", {**{p: 1 for p in missed if grades[p] == 2}, **scores}),
        ("… what is missed of grade 1 stood behind them", {**{p: 1 for p in missed if grades[p] == 1}, **scores}),
    ):
        print(f"{name:52} {measure.figures(other, judged).ndcg:.3f}")


def neighbours(judged, app):
    """
    Of the pairs that are no cards, those in whose title a rule of 8 points and more is found that stands in the same
    field of activity as a rule of 7 points and more on one of the profile's cards: how many are relevant?
    """
    fields = sorted({rule["field"] for rule in app.json("rules", "list")})
    brought = measure.of_fields(judged, app, fields)
    own = collections.defaultdict(set)
    for (profile, _), receipt in judged.receipts.items():
        own[profile] |= {r["rule"].split(".")[0] for r in receipt["reasons"] if measure.family(r) == "rule" and r["points"] >= 7}
    pairs = {(profile, notice) for profile in judged.ids for notice, named in brought.items() if named & own[profile]}
    pairs -= judged.receipts.keys()
    return (f"another trade of the same field in the title, no card: {len(pairs & judged.grades.keys())} of {len(pairs)} are "
            f"relevant, where {len(judged.grades.keys() - judged.receipts.keys())} are missed")


def main():
    parser = argparse.ArgumentParser(description="how right the matches are on the judged pairs")
    parser.add_argument("build", type=Path)
    parser.add_argument("--pairs", action="store_true", help="wrong and missed pairs too")
    parser.add_argument("--neighbours", action="store_true", help="what rules of other trades of the same field would bring")
    parser.add_argument("--no-splits", action="store_true", help="leave the 5-fold splits out")
    args = parser.parse_args()
    if harness.SHARED is None:
        parser.error("APPARITEUR_SHARED is not set")
    os.environ["APPARITEUR_BUILD"] = str(args.build.resolve())
    with tempfile.TemporaryDirectory() as folder:
        app = harness.App(harness.programme(), folder)
        app("init", "--rules", ROOT / "rules")
        judged = measure.Judged(harness.SHARED, app)
        near = neighbours(judged, app) if args.neighbours else None
    scores = judged.scores()
    print(f"{len(judged.ids)} profiles, {len(judged.notices)} notices, {len(judged.grades)} relevant pairs")
    head("overall")
    row("as shipped", measure.figures(scores, judged))
    row("keywords as whole words", measure.figures(measure.keyword_scores(judged), judged))
    row("CPV only", measure.figures(measure.cpv_scores(judged), judged))
    row("FTS5 BM25, best cut", measure.figures(measure.bm25_scores(judged), judged))
    calibration(judged)
    faults(judged)
    if near is not None:
        print(f"\n{near}")
    head("by profile")
    for profile in judged.ids:
        row(profile, measure.figures(scores, judged, profiles=[profile]))
        if args.pairs:
            pairs(judged, profile)
    for by in () if args.no_splits else ("profiles", "notices"):
        head(f"fifth of the {by}")
        for number, (shipped, fitted, weights, least) in enumerate(measure.split(judged, by), 1):
            row(f"{number} as shipped", shipped)
            row(f"{number} fitted on the others", fitted)
            print(f"{'':28} cut {least:g}, " + ", ".join(f"{name} {w:g}" for name, w in weights.items()))


if __name__ == "__main__":
    main()
