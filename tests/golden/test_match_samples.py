"""
The sample profiles against the sample notices: what must hold for every match whatever the rules
say. Points add up, each reason stands to the byte where it says, the receipt can be recomputed, and
neither a second run nor the order in which the files came changes anything. What scores the shipped
rules give is not tested here.
"""

import decimal
import json
import random

import harness
import pytest

SAMPLES = harness.ROOT / "contrib/samples"
FILES = sorted((SAMPLES / "notices").iterdir())
NOW = "2026-11-23T08:00:00+01:00"
MEMBERS = ["profile", "notice", "lot", "score", "threshold", "ruleset", "reasons"]
REASON = ["rule", "points", "field", "start", "end", "text"]

# A reason's field -> its text in `notice show --full --json`; `lot.` fields are in the match's lot.
NOTICE_FIELDS = {
    "title": lambda n: n["title"],
    "description": lambda n: n["description"],
    "criteria": lambda n: n["more"]["criteria"],
    "subjects": lambda n: "\n".join(n["more"]["subjects"]),
    "cpv": lambda n: " ".join(n["cpv"]),
    "buyer": lambda n: n["buyer"]["name"],
}
LOT_FIELDS = {"lot.title": lambda x: x["title"], "lot.description": lambda x: x["description"]}


def parsed(done):
    """JSON Lines with their numbers as they are written."""
    return [json.loads(line, parse_float=decimal.Decimal) for line in done.stdout.splitlines()]


def matched(app, *paths):
    """Everything imported in this order, then matched: the new matches."""
    app("import", *paths, "--now", NOW)
    app("profile", "import", SAMPLES / "profiles.json", "--now", NOW)
    return parsed(app("match", "--json", "--now", NOW))


def everything(app):
    return parsed(app("match", "--all", "--json", "--now", NOW))


def by_key(matches):
    found = {(m["profile"], m["notice"], m["lot"]): m for m in matches}
    assert len(found) == len(matches)
    return found


@pytest.fixture(scope="module")
def week(fresh):
    """The programme after the sample week, and the matches it printed."""
    app = fresh()
    return app, matched(app, *FILES)


@pytest.fixture(scope="module")
def shown(week):
    """Each matched notice as `notice show` prints it."""
    app, matches = week
    ids = sorted({m["notice"] for m in matches})
    notices = app.json("notice", "show", *ids, "--full")
    assert [n["id"] for n in notices] == ids
    return dict(zip(ids, notices))


def test_the_sample_week_brings_something_to_most(week):
    _, matches = week
    profiles = {p["id"] for p in json.loads((SAMPLES / "profiles.json").read_text())}
    assert {m["profile"] for m in matches} <= profiles
    assert len({m["profile"] for m in matches}) > len(profiles) / 2


def test_each_match_has_the_promised_shape(week):
    for match in week[1]:
        assert list(match) == MEMBERS
        assert match["reasons"], match
        assert all(list(reason) == REASON for reason in match["reasons"])
        points = [reason["points"] for reason in match["reasons"]]
        assert points == sorted(points, reverse=True)  # the best reason first


def test_points_sum_to_the_score_and_the_score_reaches_the_threshold(week):
    for match in week[1]:
        assert sum(reason["points"] for reason in match["reasons"]) == match["score"], match
        assert match["score"] >= match["threshold"], match


def test_each_reason_stands_where_it_says(week, shown):
    seen = set()
    for match in week[1]:
        notice = shown[match["notice"]]
        lots = [x for x in notice["lots"] if x["id"] == match["lot"]]
        assert len(lots) == (0 if match["lot"] is None else 1), match
        for reason in match["reasons"]:
            field = reason["field"]
            if field in LOT_FIELDS:
                assert lots, f"{match['profile']} {match['notice']}: {reason} names no lot"
                text = LOT_FIELDS[field](lots[0])
            else:
                text = NOTICE_FIELDS[field](notice)
            assert 0 <= reason["start"] < reason["end"], reason
            found = text.encode()[reason["start"] : reason["end"]]
            assert found == reason["text"].encode(), (match["profile"], match["notice"], reason)
            seen.add(field)
    assert {"title", "description", "cpv"} <= seen


def test_a_match_that_names_a_lot_has_a_reason_in_it(week, shown):
    """Words of the lot, or one of its codes."""
    for match in week[1]:
        codes = [x["cpv"] for x in shown[match["notice"]]["lots"] if x["id"] == match["lot"]]
        fields = {reason["field"] for reason in match["reasons"]} & set(LOT_FIELDS)
        cpv = {reason["text"] for reason in match["reasons"] if reason["field"] == "cpv"}
        assert match["lot"] or not fields, match
        assert not match["lot"] or fields or cpv & set(codes[0]), match


def test_a_notice_is_matched_once_for_each_profile(week):
    _, matches = week
    pairs = [(m["profile"], m["notice"]) for m in matches]
    assert len(pairs) == len(set(pairs))


def test_verify_accepts_every_receipt_and_no_altered_one(week, tmp_path):
    app, matches = week
    lines = app("match", "--all", "--json", "--now", NOW).stdout
    results = app.json("verify", "-", stdin=lines)
    assert [r["result"] for r in results] == ["ok"] * len(matches)

    altered = json.loads(lines.splitlines()[0])
    altered["reasons"][0]["end"] += 1
    done = app("verify", "-", "--json", stdin=json.dumps(altered) + "\n", check=False)
    assert done.returncode == 65
    assert json.loads(done.stdout)["result"] != "ok"


def test_matching_again_gives_nothing_new(week):
    app, matches = week
    assert parsed(app("match", "--json", "--now", NOW)) == []
    assert by_key(everything(app)) == by_key(matches)


@pytest.mark.parametrize("order", ["reverse", 1, 2, 3])
def test_the_order_of_the_files_does_not_matter(week, fresh, order):
    files = FILES[::-1] if order == "reverse" else random.Random(order).sample(FILES, len(FILES))
    assert files != FILES
    assert by_key(matched(fresh(), *files)) == by_key(week[1])


def test_profiles_may_come_before_the_notices_and_these_in_parts(week, fresh):
    app = fresh()
    app("profile", "import", SAMPLES / "profiles.json", "--now", NOW)
    files = random.Random(4).sample(FILES, len(FILES))
    for i in range(0, len(files), 7):
        app("import", *files[i : i + 7], "--now", NOW)
        app("match", "--now", NOW)
    assert by_key(everything(app)) == by_key(week[1])
