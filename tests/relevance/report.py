#!/usr/bin/python3
"""
Prints how right the matches are on the judged pairs, per profile and overall, beside three baselines,
what share of the cards of each band of scores is relevant, 5-fold splits, and with --pairs what was matched wrongly or missed.

    APPARITEUR_SHARED=FOLDER tests/relevance/report.py BUILD [--pairs] [--no-splits]
"""

import argparse
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


def main():
    parser = argparse.ArgumentParser(description="how right the matches are on the judged pairs")
    parser.add_argument("build", type=Path)
    parser.add_argument("--pairs", action="store_true", help="wrong and missed pairs too")
    parser.add_argument("--no-splits", action="store_true", help="leave the 5-fold splits out")
    args = parser.parse_args()
    if harness.SHARED is None:
        parser.error("APPARITEUR_SHARED is not set")
    os.environ["APPARITEUR_BUILD"] = str(args.build.resolve())
    with tempfile.TemporaryDirectory() as folder:
        app = harness.App(harness.programme(), folder)
        app("init", "--rules", ROOT / "rules")
        judged = measure.Judged(harness.SHARED, app)
    scores = judged.scores()
    print(f"{len(judged.ids)} profiles, {len(judged.notices)} notices, {len(judged.grades)} relevant pairs")
    head("overall")
    row("as shipped", measure.figures(scores, judged))
    row("keywords as whole words", measure.figures(measure.keyword_scores(judged), judged))
    row("CPV only", measure.figures(measure.cpv_scores(judged), judged))
    row("FTS5 BM25, best cut", measure.figures(measure.bm25_scores(judged), judged))
    calibration(judged)
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
