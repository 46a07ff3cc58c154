"""
Is the match right? Judged pairs of real notices and profiles, the programme's matches, three baselines,
and the figures: precision = share of matched pairs judged relevant (grade 1 or 2), recall = share of
grade 2 pairs that are matched, F = their harmonic mean, nDCG@20 per profile with gains 2 and 1, averaged
over the profiles for which something is relevant.
"""

import collections
import hashlib
import itertools
import json
import math
import re
import sqlite3
import unicodedata

NOW = "2024-02-20T08:00:00Z"  # gates are left out: any moment gives the same matches
FOLDS = 5
Figures = collections.namedtuple("Figures", "precision recall f ndcg matched right wanted found")


class Judged:
    """The profiles, the judged notices as the programme reads them, and the grades."""

    def __init__(self, shared, app):
        folder = shared / "relevance"
        self.profiles = json.loads((folder / "profiles.json").read_text(encoding="utf-8"))
        self.ids = [profile["id"] for profile in self.profiles]
        self.grades = {}
        for line in (folder / "judgments.tsv").read_text(encoding="utf-8").splitlines():
            profile, notice, grade, _ = line.split("\t")
            if grade in ("1", "2"):
                self.grades[profile, notice] = int(grade)
        judged = set((folder / "judged-notices.txt").read_text(encoding="utf-8").split())
        app("import", folder / "boamp-records.json", shared / "notices/ted-legacy-fr", "--quiet", "--now", NOW)
        app("profile", "import", folder / "profiles.json", "--quiet", "--now", NOW)
        every = app.json("notice", "list", "--all", "--full", "--limit", "100000", "--now", NOW)
        self.notices = {notice["id"]: notice for notice in every if notice["id"] in judged}
        assert set(self.notices) == judged, "every judged notice is read"
        matches = app.json("match", "--all", "--no-gates", "--now", NOW)
        self.receipts = {(m["profile"], m["notice"]): m for m in matches if m["notice"] in judged}

    def scores(self):
        return {pair: receipt["score"] for pair, receipt in self.receipts.items()}


def of_fields(judged, app, fields):
    """By notice: the fields of which a rule alone, in its title, brings a card to who names nothing but that field."""
    ears = [{"id": f"ear-{field}", "name": field, "email": f"{field}@example.org", "keywords": ["=zzyzx"], "fields": [field],
             "natures": ["services", "supplies", "works"]} for field in fields]
    app("profile", "import", "-", "--quiet", "--now", NOW, stdin=json.dumps(ears))
    brought = collections.defaultdict(set)
    for match in app.json("match", "--all", "--no-gates", "--now", NOW):
        field = match["profile"].removeprefix("ear-")
        if match["profile"].startswith("ear-") and match["notice"] in judged.notices and any(
                r["points"] >= 8 and r["field"] == "title" and family(r) == "rule" for r in match["reasons"]):
            brought[match["notice"]].add(field)
    return brought


# figures


def ratio(part, whole, empty):
    return part / whole if whole else empty


def gain(grades):
    return sum(grade / math.log2(place + 2) for place, grade in enumerate(grades))


def ndcg(scores, judged, profile, notices):
    wanted = sorted((g for (p, n), g in judged.grades.items() if p == profile and n in notices), reverse=True)
    if not wanted:
        return None
    ranked = sorted((-score, n) for (p, n), score in scores.items() if p == profile and n in notices)
    return gain([judged.grades.get((profile, n), 0) for _, n in ranked[:20]]) / gain(wanted[:20])


def figures(scores, judged, profiles=None, notices=None):
    """Of the pairs in `scores`, each of them a match."""
    profiles = set(judged.ids if profiles is None else profiles)
    notices = set(judged.notices if notices is None else notices)
    matched = {pair for pair in scores if pair[0] in profiles and pair[1] in notices}
    wanted = {p for p, g in judged.grades.items() if g == 2 and p[0] in profiles and p[1] in notices}
    right, found = len(matched & judged.grades.keys()), len(matched & wanted)
    precision, recall = ratio(right, len(matched), 1.0), ratio(found, len(wanted), 1.0)
    gains = [ndcg(scores, judged, p, notices) for p in judged.ids if p in profiles]
    gains = [g for g in gains if g is not None]
    return Figures(precision, recall, ratio(2 * precision * recall, precision + recall, 0.0),
                   ratio(sum(gains), len(gains), 1.0), len(matched), right, len(wanted), found)


# baselines


def fold(text):
    text = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z0-9]+", text.replace("œ", "oe")))


def text_of(notice):
    lots = [part for lot in notice["lots"] for part in (lot["title"], lot["description"])]
    return " . ".join(filter(None, [notice["title"], *notice["more"]["subjects"], notice["description"], *lots]))


def keyword_scores(judged):
    """The profile's keywords as whole folded words anywhere in the notice, but for its exclusions; score: how many."""
    texts = {n: f" {fold(text_of(notice))} " for n, notice in judged.notices.items()}
    scores = {}
    for profile in judged.profiles:
        words, without = ({f" {fold(term)} " for term in profile[kind]} for kind in ("keywords", "exclude"))
        for n, text in texts.items():
            hits = sum(word in text for word in words)
            if hits and not any(word in text for word in without):
                scores[profile["id"], n] = hits
    return scores


def cpv_scores(judged):
    """A code of the notice in a branch of the profile; score: digits of the branch."""
    scores = {}
    for profile in judged.profiles:
        branches = [branch.rstrip("0") if len(branch) == 8 else branch for branch in profile["cpv"]]
        for n, notice in judged.notices.items():
            depth = max((len(b) for b in branches for code in notice["cpv"] if code.startswith(b)), default=0)
            if depth:
                scores[profile["id"], n] = depth
    return scores


def bm25_scores(judged):
    """SQLite FTS5, keywords as phrases joined by OR, cut where F is best: it may look at the answers."""
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE notice USING fts5(id UNINDEXED, text, tokenize='unicode61 remove_diacritics 2')")
    db.executemany("INSERT INTO notice VALUES (?, ?)", [(n, text_of(x)) for n, x in judged.notices.items()])
    scores = {}
    for profile in judged.profiles:
        query = " OR ".join(f'"{fold(keyword)}"' for keyword in profile["keywords"])
        for n, rank in db.execute("SELECT id, -rank FROM notice WHERE notice MATCH ?", (query,)):
            scores[profile["id"], n] = rank
    return cut(scores, best_cut(scores, judged))


def cut(scores, least):
    return {pair: score for pair, score in scores.items() if score >= least}


def best_cut(scores, judged, **only):
    return max(sorted(set(scores.values())), default=0,
               key=lambda least: figures(cut(scores, least), judged, **only).f)


# splits

FAMILIES = ("keyword", "description", "cpv", "rule")
STEPS = (0.7, 0.85, 1.0)


def family(reason):
    kind = reason["rule"].split(":")[0] if ":" in reason["rule"] else "rule"
    return kind if kind in FAMILIES else None


def weighed(judged, weights):
    """Every receipt's score with its families of reasons weighed anew."""
    return {
        pair: sum(r["points"] * weights.get(family(r), 1.0) for r in receipt["reasons"])
        for pair, receipt in judged.receipts.items()
    }


def fit(judged, **only):
    """Weights of the families of reasons, and the cut, that are best on these folds; ties: the least change."""
    best = None
    for steps in itertools.product(STEPS, repeat=len(FAMILIES)):
        scores = weighed(judged, dict(zip(FAMILIES, steps)))
        least = best_cut(scores, judged, **only)
        # what scored below the threshold was never printed, so no cut may reach down to it
        least = max(least, 8 * min(steps))
        key = (figures(cut(scores, least), judged, **only).f, sum(steps))
        if best is None or key > best[0]:
            best = (key, steps, least)
    return dict(zip(FAMILIES, best[1])), best[2]


def fold_of(name):
    return hashlib.sha256(name.encode()).digest()[0] % FOLDS


def split(judged, by):
    """
    One line per fold of profiles or of notices: (figures on it as shipped, figures with weights and cut
    fitted on the other four, those weights, that cut).
    """
    names = judged.ids if by == "profiles" else sorted(judged.notices)
    if by == "profiles":  # they are few: even folds
        folds = [sorted(names, key=lambda n: hashlib.sha256(n.encode()).hexdigest())[i::FOLDS] for i in range(FOLDS)]
    else:
        folds = [[n for n in names if fold_of(n) == i] for i in range(FOLDS)]
    for held in folds:
        rest = [n for n in names if n not in set(held)]
        weights, least = fit(judged, **{by: rest})
        fitted = cut(weighed(judged, weights), least)
        yield figures(judged.scores(), judged, **{by: held}), figures(fitted, judged, **{by: held}), weights, least
