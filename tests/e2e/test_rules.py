"""The administrator's work: rules are checked, tried, activated with a reason, and given out again."""

import contextlib
import sqlite3

import make_notice
import pytest

from sample_day import NOW

GOOD = """\
field eau "Eau" "Water" cap 10

rule eau.fuites "Recherche de fuites" "Leak detection"
    any      title, description   "recherche de fuites"  "fuite d'eau"
    example  "Recherche de fuites sur le réseau d'eau potable"
    counter  "Fuite des cerveaux"
weight eau.fuites  8
"""

BAD = """\
field eau "Eau"
rule eau.fuites "Recherche de fuites"
\tany title  "fuites
    cpv  abc
weight eau.fuites  beaucoup
"""


@pytest.fixture
def rules(app):
    """A folder of rules that the test may fill."""
    folder = app.dir / "rules"
    folder.mkdir()
    (folder / "eau.rules").write_text(GOOD)
    return folder


def test_good_rules(app, rules):
    assert app("rules", "check", rules).stdout == "1 file, 1 field of activity, 1 rule: no problem\n"
    assert app.json("rules", "check", rules / "eau.rules") == []
    assert app("rules", "test", rules).stdout == "1 rule, 2 examples, 0 failed\n"


def test_exceptions_that_hold_for_profiles_are_counted(app, rules):
    path = rules / "eau.rules"
    rule = GOOD + "\n".join(["", "rule eau.pose \"Pose\"", "  any title pose", "  %s", "weight eau.pose 3", ""])
    for line, told in [("not title étude", True), ("not title, lots étude", True), ("not text étude", True),
                       ("not title étude\n  for études", False), ("not description étude", False),
                       ("not buyer mairie", False), ("need title eau", False), ("not cpv 45", False)]:
        path.write_text(rule % line)
        done = app("rules", "check", rules)
        assert ('a "not" on titles' in done.stdout) == told, line
        assert "2 rules: no problem" in done.stdout
        assert ("eau.pose" in app("rules", "check", rules, "--verbose").stdout) == told
        assert app.json("rules", "check", rules) == []


def test_a_phrase_of_which_one_word_is_left_is_told(app, rules):
    path = rules / "eau.rules"
    path.write_text(GOOD + 'stop son de\nrule eau.son "Son"\n  any title ="système son" "prise de son"\n'
                    '  any title  near 3 console with "table de"\nweight eau.son 3\n')
    line = GOOD.count("\n") + 3
    done = app("rules", "check", rules)
    assert f'{path}:{line}:13: warning: "système son" is found wherever "système" is: its other words are' in done.stdout
    assert f'{path}:{line}:28: warning: "prise de son" is found wherever "prise" is' in done.stdout
    assert f'{path}:{line + 1}:34: warning: "table de" is found wherever "table" is' in done.stdout
    assert "2 rules: no problem" in done.stdout
    told = app.json("rules", "check", rules)
    assert len(told) == 3 and told[0] == {**told[0], "file": str(path), "line": line, "column": 13, "warning": True}


def test_every_problem_with_its_place(app, rules):
    path = rules / "eau.rules"
    path.write_text(BAD)
    done = app("rules", "check", rules, check=False)
    assert done.returncode == 65 and "problems" in done.stderr
    lines = done.stdout.splitlines()
    places = [line for line in lines if line.startswith(str(path))]
    assert {place[len(str(path)) :].split(":")[1] for place in places} >= {"3", "4", "5"}
    at = lines.index(next(line for line in places if line.startswith(f"{path}:3:")))
    assert lines[at + 1] == '    \tany title  "fuites'
    assert lines[at + 2] == '    \t           ^'
    problems = app.json("rules", "check", rules, check=False)
    assert len(problems) == len(places)
    assert problems[0] == {**problems[0], "file": str(path), "line": 3, "column": 13}


def test_failing_examples_are_told(app, rules):
    with (rules / "eau.rules").open("a") as out:
        out.write('rule eau.compteurs "Compteurs"\n any title compteur\n example "Télérelève"\n')
        out.write(' counter "Compteur d\'eau"\nweight eau.compteurs 2\n')
    done = app("rules", "test", rules, check=False)
    assert done.returncode == 65
    assert "does not fire on its example" in done.stdout and "fires on its counter-example" in done.stdout
    assert [f["line"] for f in app.json("rules", "test", rules, check=False)] == [10, 11]


def test_list_and_show(app, rules):
    (rule,) = app.json("rules", "list", "--path", rules)
    assert rule["rule"] == "eau.fuites" and rule["weight"] == 8 and rule["label"] == "Recherche de fuites"
    (rule,) = app.json("rules", "show", "eau.fuites", "--path", rules)
    assert rule["field"] == "eau" and '"fuite d\'eau"' in rule["text"] and rule["line"] == 3
    text = app("rules", "show", "eau.fuites", "--path", rules).stdout
    assert text.startswith('rule eau.fuites "Recherche de fuites"') and "weight  8" in text


def test_owner_since_and_an_overriding_weight(app, rules):
    (rules / "eau.rules").write_text('owner "cellule eau"\n' + GOOD.replace(" counter", " since 2026-03-01\n counter"))
    (rules / "tuned.rules").write_text('override eau.fuites 5.5 "trop de doublons"\n')
    (rule,) = app.json("rules", "list", "--path", rules)
    assert (rule["weight"], rule["weight_own"], rule["weight_line"]) == (5.5, 8, 1)
    assert (rule["owner"], rule["since"], rule["weight_why"]) == ("cellule eau", "2026-03-01", "trop de doublons")
    assert rule["weight_file"].endswith("tuned.rules")
    text = app("rules", "list", "--path", rules).stdout
    assert "5.5*" in text and "instead of 8" in text and "cellule eau, since 2026-03-01" in text
    text = app("rules", "show", "eau.fuites", "--path", rules).stdout
    assert "its own is 8" in text and "owner   cellule eau" in text


def test_hits_of_a_rule(filled):
    filled("match", "--now", NOW)
    receipts = filled.json("match", "--all", "--now", NOW)
    fired = [(r["notice"], reason) for r in receipts for reason in r["reasons"] if "." in reason["rule"].split(":")[0]]
    name = fired[0][1]["rule"]
    mine = [(notice, reason) for notice, reason in fired if reason["rule"] == name]
    (rule,) = filled.json("rules", "show", name, "--hits")
    assert rule["matches"] == len(mine) == sum(hit["n"] for hit in rule["hits"])
    assert rule["notices"] == len({notice for notice, _ in mine})
    assert {hit["text"].lower() for hit in rule["hits"]} == {reason["text"].lower() for _, reason in mine}
    assert all(hit["text"] in hit["snippet"] for hit in rule["hits"] if "snippet" in hit)
    text = filled("rules", "show", name, "--hits").stdout
    assert f"hits    {len(mine)} current match{'es'[:2 * (len(mine) != 1)]} on " in text
    assert "hits    in no current match" in filled("rules", "show", "cybersecurite.assurance", "--hits").stdout
    (silent,) = filled.json("rules", "show", "cybersecurite.assurance", "--hits")
    assert silent["matches"] == 0 and silent["hits"] == []


def test_a_pattern_that_takes_too_long_suspends_its_rule_and_is_shown(filled, rules):
    """Not one that check lets pass, but an older programme may have activated it."""
    filled("rules", "activate", rules, "--why", "good", "--no-match")
    slow = GOOD.replace('"fuite d\'eau"', "/marche (?:[a-z]+ ?)*[0-9]{4}x/")
    with contextlib.closing(sqlite3.connect(filled.db)) as db, db:
        assert db.execute("UPDATE ruleset_file SET text = ? WHERE ruleset = 2", (slow,)).rowcount == 1
    done = filled("match", "--now", NOW)
    assert done.stderr.count("[match.pattern.overspent]") == 1 and "rule eau.fuites" in done.stderr
    (rule,) = filled.json("rules", "list")
    assert rule["overspent_times"] == 1 and rule["overspent_on"].startswith(("boamp:", "ted:"))
    assert "suspended 1 time:" in filled("rules", "list").stdout
    assert "took too long" in filled("rules", "show", "eau.fuites").stdout


def test_new_patterns_are_tried_on_stored_notices(filled, rules):
    filled("rules", "activate", rules, "--why", "good", "--no-match")
    assert filled.json("rules", "check", rules) == []  # no pattern is new
    (rules / "eau.rules").write_text(GOOD.replace('"fuite d\'eau"', "/irrigations?/ /\\bXQZ\\b/C"))
    notices = filled.json("notice", "list", "--all")
    texts = [[n["title"], n["description"] or ""] + [lot["title"] for lot in n["lots"]] for n in notices]
    least = sum(any("irrigation" in text.lower() for text in all_of) for all_of in texts)
    first, second = filled.json("rules", "check", rules)
    assert (first["rule"], first["pattern"], first["notices"]) == ("eau.fuites", "irrigations?", len(notices))
    assert least <= first["found"] <= len(notices) / 2 and least > 0
    assert (second["pattern"], second["found"]) == ("\\bXQZ\\b", 0)
    text = filled("rules", "check", rules).stdout
    assert f"2 new patterns tried on the newest {len(notices)} notices:\n  eau.fuites /irrigations?/: in " in text
    # rules may be written where there is no database
    assert "tried" not in filled("rules", "check", rules, "--db", filled.dir / "none.db").stdout


def test_a_pattern_that_is_too_dear_on_stored_notices_is_refused(ready, rules, refused):
    """Each 4 KiB of it is cheap, as in the trial before; the notice as a whole would hold up the others."""
    ready("rules", "activate", rules, "--why", "good")
    lots = [{"id": str(i), "title": "Tuyaux", "description": "xy " + "aeae eaya " * 5900} for i in range(1, 16)]
    text = make_notice.flux_fnsimple(ref="26-9", title="Recherche de fuites", lots=lots)
    (ready.dir / "long.xml").write_bytes(text if isinstance(text, bytes) else text.encode())
    ready("import", ready.dir / "long.xml")
    (rules / "eau.rules").write_text(GOOD.replace('"fuite d\'eau"', "/a[a-z ]{1,90}e[a-z ]{1,60}[xz]y/"))
    assert ready("rules", "check", rules, "--db", ready.dir / "none.db").returncode == 0
    says = ("eau.rules:4:58: this pattern is too dear", "boamp:26-9", "bound what repeats")
    for command in (("import",), ("activate", "--why", "x")):
        refused(65, "rules", command[0], rules, *command[1:], says=says)
    assert ready("rules", "check", rules, check=False).stdout.startswith(f"{rules}/eau.rules:4:58: this pattern is")
    assert [row["active"] for row in ready.json("rules", "history")] == [False, True]


def test_activate_and_history(ready, rules):
    (done,) = ready.json("rules", "activate", rules, "--why", "Pour l'eau", "--author", "une élue")
    assert done == {"ruleset": 2, "new": True}
    (again,) = ready.json("rules", "activate", rules, "--why", "encore")
    assert again == {"ruleset": 2, "new": False}
    first, second = ready.json("rules", "history")
    assert (first["ruleset"], first["author"], first["why"], first["active"]) == (
        1, "appariteur", "shipped rules", False,
    )  # fmt: skip
    assert (second["author"], second["why"], second["active"]) == ("une élue", "Pour l'eau", True)
    assert [rule["rule"] for rule in ready.json("rules", "list")] == ["eau.fuites"]


def test_what_is_wrong_never_becomes_active(ready, rules, refused):
    (rules / "eau.rules").write_text(BAD)
    refused(65, "rules", "activate", rules, "--why", "x", says=("eau.rules:3:13", "problems"))
    (rules / "eau.rules").write_text(GOOD.replace("Fuite des cerveaux", "Fuite d'eau"))
    refused(65, "rules", "activate", rules, "--why", "x", says="1 of 2 examples fail")
    assert len(ready.json("rules", "history")) == 1


EDITS = [  # what somebody may do to a file that works, the line and column told, and the remedy
    ('any      title, description   "rech', 'any      titel   "rech', 4, 14, "did you mean title?"),
    ('"fuite d\'eau"', '"fuite d\'eau', 4, 58, "closing quote"),
    ('"fuite d\'eau"', "/fuites?(/", 4, 58, "closing parenthesis"),
    ('"fuite d\'eau"', "/(?:[a-z]+ ?)*fuite/", 4, 62, "bound what is repeated"),
    ('"fuite d\'eau"', "/(f)uite \\1/", 4, 58, "back-references are not allowed"),
    ('"fuite d\'eau"', "/" + "f" * 1001 + "/", 4, 58, "longer than 1000 bytes"),
    ('"fuite d\'eau"', "@fuites", 4, 58, "declare it with: list fuites"),
    ("weight eau.fuites  8", "weight eau.fuites  8\nweight eau.fuites  9", 8, 8, "override eau.fuites"),
    ("    counter", "    need rule eau.fuites\n    counter", 6, 15, "eau.fuites asks for eau.fuites"),
    ("    counter", "    need amount from beaucoup\n    counter", 6, 22, "like 40000"),
    ("Water", "Wat\xff", 1, 21, "save it as UTF-8"),
]


@pytest.mark.parametrize("old, new, line, column, says", EDITS)
def test_a_wrong_edit_is_refused_and_what_is_active_goes_on(ready, rules, old, new, line, column, says):
    ready("rules", "activate", rules, "--why", "good")
    assert old in GOOD
    (rules / "eau.rules").write_bytes(GOOD.replace(old, new).encode("utf-8").replace(b"\xc3\xbf", b"\xff"))
    problem = ready.json("rules", "check", rules, check=False)[0]
    assert (problem["line"], problem["column"]) == (line, column) and says in problem["text"]
    done = ready("rules", "activate", rules, "--why", "bad", check=False)
    assert done.returncode == 65 and f"eau.rules:{line}:{column}: " in done.stderr and says in done.stderr
    assert [row["active"] for row in ready.json("rules", "history")] == [False, True]
    assert [rule["rule"] for rule in ready.json("rules", "list")] == ["eau.fuites"]


def test_export_is_what_came_in(ready, rules):
    ready("rules", "activate", rules, "--why", "x")
    out = ready.dir / "out"
    ready("rules", "export", out)
    assert {p.name: p.read_text() for p in out.iterdir()} == {"eau.rules": GOOD}
    ready("rules", "export", ready.dir / "first", "--ruleset", "1")
    assert len(list((ready.dir / "first").iterdir())) > 1


def test_shipped_rules_pass_their_own_tests(ready):
    assert "0 failed" in ready("rules", "test").stdout
    assert ready.json("rules", "check") == []


GENERAL = ("innovation", "petites-entreprises", "clauses", "souverainete", "marches-reserves")


@pytest.mark.parametrize("field", GENERAL)
def test_signs_of_how_one_purchases_make_no_match_alone(ready, field):
    """All of them together stay below what a field is inferred from (4), and far below the threshold (8)."""
    mine = [rule for rule in ready.json("rules", "list") if rule["field"] == field]
    assert len(mine) >= 3 and sum(rule["weight"] for rule in mine) < 5
    on_words = [rule["weight"] for rule in mine if not rule["rule"].endswith((".declare", ".montant"))]
    assert sum(on_words) < 4
    words = ready.json("rules", "show", mine[0]["rule"])[0]["file"]
    assert words.endswith(f"{field}.rules")


def test_two_files_of_one_name(ready, rules, refused):
    other = ready.dir / "more"
    other.mkdir()
    (other / "eau.rules").write_text('field bois "Bois"\n')
    refused(65, "rules", "activate", rules, other, "--why", "x", says="eau.rules")


@pytest.mark.parametrize(
    "args, status, says",
    [
        (("check", "nowhere"), 66, "nowhere"),
        (("check", "."), 65, "NAME.rules"),
        (("show", "eau.rien", "--path", "rules"), 65, "no rule eau.rien"),
        (("activate", "rules"), 64, "--why"),
        (("activate", "rules", "--why", " "), 64, "--why"),
        (("export", "out", "--ruleset", "9"), 65, "no ruleset 9"),
        (("list",), 78, "appariteur init"),
    ],
)
def test_refusals(app, rules, refused, args, status, says):
    if args[0] in ("activate", "export"):
        app("init")
    if args == ("check", "."):
        (rules / "eau.rules").rename(rules / "eau.txt")
    refused(status, "rules", *args, says=says)


def test_not_text(app, rules, refused):
    (rules / "eau.rules").write_bytes(b"\xff\xfe\x00rule")
    done = app("rules", "check", rules, check=False)
    assert done.returncode == 65 and f"{rules}/eau.rules:1:1: the file is not valid UTF-8" in done.stdout
    (rules / "eau.rules").write_bytes(b"x" * ((1 << 20) + 1))
    refused(65, "rules", "check", rules, says=("eau.rules", "larger"))
