"""The time machine: what a draft would have changed, whether that is better, and golden cases that guard it."""

import json
import re

import make_notice
import pytest

RULES = """\
field eau "Eau" "Water" cap 12
field bois "Bois" "Wood" cap 12

rule eau.fuites "Recherche de fuites" "Leak detection"
    any      title, description   "recherche de fuites"
    example  "Recherche de fuites sur le réseau d'eau potable"
weight eau.fuites  9

rule bois.chaufferie "Chaufferie"
    any      title   chaufferie
    example  "Chaufferie bois"
weight bois.chaufferie  9

rule bois.granules "Granulés"
    any      title   granulés
weight bois.granules  2

rule bois.charpente "Charpente"
    any      title   charpente
weight bois.charpente  9
"""

# leaks are worth less, watering is new, the boiler room has another word
DRAFT = RULES.replace("fuites  9", "fuites  8.5").replace("title   chaufferie", "title   chaudière") + """
rule eau.arrosage "Arrosage"
    any      title   arrosage
weight eau.arrosage  9
"""

PROFILES = [
    {"id": "rosee", "name": "Rosée", "keywords": ["fuite d'eau potable"], "fields": ["eau"]},
    {"id": "foret", "name": "Forêt", "keywords": ["bois énergie"], "fields": ["bois"], "cadence": "weekly"},
]
NOTICES = [  # ref, title, day of March, department
    ("26-1", "Recherche de fuites d'eau", 2, "48"),
    ("26-2", "Arrosage du stade", 3, "48"),
    ("26-3", "Arrosage du parc", 3, "69"),
    ("26-4", "Chaufferie de l'école", 4, "69"),
    ("26-5", "Réfection de la voirie", 5, "69"),
] + [
    (f"26-{10 + i}", f"Chaufferie et granulés {place}", 6, "38")
    for i, place in enumerate(["du gymnase", "de la mairie", "de la piscine", "du collège", "du dépôt", "du musée"])
]
THEN = ("--now", "2026-03-06T08:00:00+01:00")
NOW = ("--now", "2026-03-31T08:00:00+02:00")


@pytest.fixture
def year(app):
    app("init", app.dir)
    for name, text in (("a", RULES), ("b", DRAFT)):
        (app.dir / name).mkdir()
        (app.dir / name / "x.rules").write_text(text)
    app("profile", "import", "-", stdin=json.dumps(PROFILES))
    folder = app.dir / "notices"
    folder.mkdir()
    for ref, title, day, department in NOTICES:
        text = make_notice.flux_fnsimple(
            ref=ref, title=title, published=f"2026-03-{day:02d}", buyer={"postcode": f"{department}000"},
            deadline=f"2026-03-{day + 20}T{8 + int(ref[3:]) % 10:02d}:00:00",
        )  # fmt: skip
        (folder / f"{ref}.xml").write_bytes(text if isinstance(text, bytes) else text.encode())
    app("import", folder, *THEN)
    app("rules", "activate", app.dir / "a", "--why", "x", *THEN)
    return app


def backtest(app, *args):
    (result,) = app.json("rules", "backtest", *args, *NOW)
    return result


def test_gained_lost_and_moved(year):
    result = backtest(year, year.dir / "b")
    assert result["counts"] == {"gained": 2, "lost": 7, "moved": 1, "reworded": 0}
    assert [(e["profile"], e["notice"], e["after"]) for e in result["gained"]] == [
        ("rosee", "boamp:26-2", 9), ("rosee", "boamp:26-3", 9),
    ]  # fmt: skip
    assert result["gained"][0]["title"] == "Arrosage du stade"
    (moved,) = result["moved"]
    assert (moved["before"], moved["after"]) == (14, 13.5)
    assert len(result["lost"]) == 5 and result["lost"][0]["notice"] == "boamp:26-10"
    assert result["by_profile"] == [
        {"profile": "foret", "gained": 0, "lost": 7, "moved": 0, "before": 7, "after": 0},
        {"profile": "rosee", "gained": 2, "lost": 0, "moved": 1, "before": 1, "after": 3},
    ]
    assert [(t["department"], t["lost"]) for t in result["by_department"]] == [("38", 6), ("69", 1), ("48", 0)]
    assert [t["field"] for t in result["by_field"]] == ["bois", "eau"]


def test_sizes_of_digests(year):
    before = {d["cards"]: d["before"] for d in backtest(year, year.dir / "b")["digests"]}
    after = {d["cards"]: d["after"] for d in backtest(year, year.dir / "b")["digests"]}
    # one leak on a day of its own; seven boiler rooms in the week of a weekly reader
    assert before == {"1": 1, "2": 0, "3–5": 0, "6–7": 1, "8–20": 0, "over 20": 0}
    assert after == {"1": 1, "2": 1, "3–5": 0, "6–7": 0, "8–20": 0, "over 20": 0}


def test_digests_of_many_are_those_of_who_changes_most(year):
    more = [dict(PROFILES[0], id=f"rosee-{i:02d}") for i in range(8)]
    year("profile", "import", "-", stdin=json.dumps(more))
    result = backtest(year, year.dir / "b")
    assert (result["concerned"], result["digests_of"]) == (10, 8)
    counted = {p["profile"]: p["after"] for p in result["by_profile"] if "after" in p}
    # who loses seven counts before those who gain two
    assert len(counted) == 8 and counted["foret"] == 0 and counted["rosee"] == 3 and "rosee-07" not in counted
    assert "Digests of the 8 start-ups concerned most, of 10" in year("rules", "backtest", year.dir / "b", *NOW).stdout
    whole = year.json("rules", "backtest", year.dir / "b", "--by", "profile", *NOW)[0]
    assert whole["digests_of"] == 10 and all(p["after"] == 3 for p in whole["by_profile"][1:])
    assert {d["cards"]: d["after"] for d in whole["digests"]}["2"] == 9


def test_it_tells_what_activation_then_does(year):
    before = {(m["profile"], m["notice"]) for m in year.json("match", "--all", *THEN)}
    result = backtest(year, year.dir / "b", "--examples", "100")
    (year.dir / "b" / "x.rules").write_text(DRAFT.replace('    example  "Chaufferie bois"\n', ""))
    year("rules", "activate", year.dir / "b", "--why", "x", *THEN)
    after = {(m["profile"], m["notice"]) for m in year.json("match", "--all", *THEN)}
    assert after - before == {(e["profile"], e["notice"]) for e in result["gained"]}
    assert before - after == {(e["profile"], e["notice"]) for e in result["lost"]}


def test_what_is_judged(year):
    text = "rosee\tboamp:26-1\t2\nrosee\tboamp:26-2\t2\tarrosage compte\nforet\tboamp:26-4\t0\tother-trade\n"
    ids = year.dir / "read.txt"
    ids.write_text("boamp:26-3\nboamp:26-5\n")
    done = year.json("judgment", "import", "-", "--complete", ids, stdin=text)
    assert (done[0]["read"], done[0]["new"]) == (7, 7)
    # a complaint about a place says nothing of the subject
    year("judgment", "add", "foret", "boamp:26-10", "not-relevant", "--reason", "place", "--reader")
    judged = backtest(year, year.dir / "b")["judged"]
    assert judged["pairs"] == 7
    assert (judged["precision_before"]["k"], judged["precision_before"]["n"]) == (1, 2)
    assert (judged["precision_after"]["k"], judged["precision_after"]["n"]) == (2, 3)
    assert (judged["recall_before"]["k"], judged["recall_after"]["k"], judged["recall_after"]["n"]) == (1, 2, 2)
    assert judged["recall_before"]["low"] == 0.0945 and judged["recall_before"]["high"] == 0.9055
    assert (judged["right_only_before"], judged["right_only_after"]) == (1, 2)


def test_golden_cases_that_flip(year):
    year("judgment", "add", "foret", "boamp:26-4", "relevant", "--golden")
    flipped = backtest(year, year.dir / "b")["golden"]["flipped"]
    assert flipped == [
        'bois.chaufferie no longer fires on "Chaufferie bois"', "foret no longer gets boamp:26-4",
    ]  # fmt: skip
    draft = DRAFT.replace('    example  "Chaufferie bois"\n', "")
    (year.dir / "b" / "x.rules").write_text(draft)
    done = year("rules", "activate", year.dir / "b", "--why", "autre mot", *NOW)
    assert "golden case: foret no longer gets boamp:26-4" in done.stderr
    assert year.json("rules", "history")[-1]["activations"][0]["flipped"] == 2
    assert "although 2 golden cases flipped" in year("rules", "history").stdout


def test_activation_without_a_reason_is_refused(year, refused):
    (year.dir / "b" / "x.rules").write_text(DRAFT.replace('    example  "Chaufferie bois"\n', ""))
    refused(64, "rules", "activate", year.dir / "b", *NOW, says="--why")
    year("rules", "activate", year.dir / "b", "--why", "x", *NOW)
    # going back would lose no golden case: no reason is asked for
    year("rules", "rollback", *NOW)
    done = refused(65, "rules", "rollback", *NOW, says=("golden case", "--why"))
    assert "bois.chaufferie no longer fires" in done.stderr
    assert [r["active"] for r in year.json("rules", "history")] == [False, True, False]


def test_dead_and_redundant_rules(year):
    result = backtest(year, year.dir / "a")
    assert result["rules_counted"] == result["rules_proved"] == len(NOTICES)
    rules = {r["rule"]: r for r in result["rules"]}
    assert rules["bois.charpente"] == {
        "rule": "bois.charpente", "differs": False, "tried": 0, "fired": 0, "pattern_runs": 0, "texts_again": 0,
        "dead": True, "always_with": None,
    }  # fmt: skip
    assert (rules["bois.granules"]["fired"], rules["bois.granules"]["always_with"]) == (6, "bois.chaufferie")
    assert (rules["bois.chaufferie"]["tried"], rules["bois.chaufferie"]["fired"]) == (7, 7)
    assert rules["bois.chaufferie"]["always_with"] is None and not rules["bois.chaufferie"]["dead"]


def test_what_rules_cost(year):
    text = DRAFT.replace("any      title   granulés", "any      title   near 3 granulés with chaufferie")
    text = text.replace("any      title   charpente", "any      title   /arrosage.{0,5}(?=stade|parc)/")
    (year.dir / "b" / "x.rules").write_text(text)
    rules = {r["rule"]: r for r in backtest(year, year.dir / "b")["rules"]}
    assert (rules["bois.granules"]["texts_again"], rules["bois.granules"]["fired"]) == (6, 6)
    assert (rules["bois.charpente"]["pattern_runs"], rules["bois.charpente"]["fired"]) == (2, 2)
    assert rules["bois.charpente"]["differs"] and rules["eau.arrosage"]["differs"]
    assert not rules["eau.fuites"]["texts_again"]
    page = year("rules", "backtest", year.dir / "b", *NOW).stdout
    assert re.search(r"\* bois.granules +6 +6 +0 +6\n", page) and re.search(r"\* eau.arrosage +2 +2 +0 +0\n", page)


def test_the_page_is_the_same_every_time_and_fits(year):
    year("judgment", "add", "foret", "boamp:26-4", "2", "--golden")
    first = year("rules", "backtest", year.dir / "b", *NOW).stdout
    assert year("rules", "backtest", year.dir / "b", *NOW).stdout == first
    lines = first.replace(str(year.dir), "").splitlines()
    assert max(len(line) for line in lines) <= 80, [line for line in lines if len(line) > 80]
    assert "Matches: 2 gained, 7 lost, 1 moved" in first and "dead       bois.charpente" in first
    assert "recall     before 1.00 (0.21–1.00)  after 0.00 (0.00–0.79)" in first


def test_since_against_and_by(year, refused):
    year("rules", "import", year.dir / "b")
    assert backtest(year, "3")["counts"]["gained"] == 2
    assert backtest(year, year.dir / "a", "--against", "3")["counts"]["lost"] == 2
    assert backtest(year, "3", "--since", "26d")["counts"] == {"gained": 0, "lost": 6, "moved": 0, "reworded": 0}
    assert backtest(year, "3", "--since", "2026-03-04")["counts"]["lost"] == 7
    assert backtest(year, "3", "--since", "12mo")["since"] == "2025-03-31"
    assert backtest(year, "3", "--since", "1mo")["since"] == "2026-02-28"
    text = year("rules", "backtest", "3", "--by", "department", *NOW).stdout
    assert "By department" in text and "By profile" not in text
    refused(64, "rules", "backtest", "3", "--since", "yesterday", says="12mo")
    refused(64, "rules", "backtest", "3", "--since", "2026-03-09", "--until", "2026-03-02", says="later than --until")
    assert "no stored notice was published" in year("rules", "backtest", "3", "--until", "2025-12-31", *NOW).stderr
    refused(65, "rules", "backtest", "9", says="no ruleset 9")


def test_judgments_in_and_out(year, refused):
    year("judgment", "add", "rosee", "boamp:26-1", "2", "--golden", "--note", "notre métier")
    year("judgment", "add", "foret", "boamp:26-1", "not-relevant", "--reason", "other-meaning", "--reader")
    text = year("judgment", "export").stdout
    assert text == (
        "foret\tboamp:26-1\t0\tother-meaning\treader\t\nrosee\tboamp:26-1\t2\t\tgolden\tnotre métier\n"
    )
    year("judgment", "remove", "rosee", "boamp:26-1")
    (left,) = year.json("judgment", "list")
    assert (left["grade"], left["reason"], left["origin"]) == (0, "other-meaning", "reader")
    (done,) = year.json("judgment", "import", "-", stdin=text)
    assert (done["new"], done["unchanged"]) == (1, 1)
    assert [j["origin"] for j in year.json("judgment", "list")] == ["reader", "administrator"]
    assert year("judgment", "export").stdout == text
    assert len(year.json("judgment", "list", "--golden")) == 1
    bad = "rosee\tboamp:26-1\t7\nrosee\tboamp:99\t1\nrosee\tboamp:26-2\t1\n"
    done = year("judgment", "import", "-", "--json", stdin=bad, check=False)
    report = json.loads(done.stdout)
    assert done.returncode == 65 and report["new"] == 1 and report["rejected"] == 2
    assert [f["item"] for f in report["failures"]] == ["standard input:1", "standard input:2"]
    refused(65, "judgment", "add", "nobody", "boamp:26-1", "2", says="no profile nobody")
    refused(64, "judgment", "add", "rosee", "boamp:26-1", "good", says="relevant")
    refused(64, "judgment", "add", "rosee", "boamp:26-1", "0", "--reason", "because", says="other-trade")
