"""A ruleset's life: stored as a draft, activated, compared with another, rolled back; nobody is written to twice."""

import json

import make_notice
import pytest

RULES = """\
field eau "Eau" "Water" cap 12

rule eau.fuites "Recherche de fuites" "Leak detection"
    any      title, description   "recherche de fuites"
    example  "Recherche de fuites sur le réseau d'eau potable"
weight eau.fuites  9
"""

# the same, and a rule more
WIDER = RULES + """
rule eau.arrosage "Arrosage"
    any      title   arrosage
weight eau.arrosage  9
rarity 2 réseau
"""

PROFILE = [{"id": "rosee", "name": "Rosée", "email": "rosee@example.org", "keywords": ["fuite d'eau potable"],
            "fields": ["eau"]}]  # fmt: skip
DAY = "2026-03-{:02d}T08:00:00+01:00"


def notice(app, ref, title, deadline="2026-03-27T12:00:00", day=2):
    path = app.dir / f"{ref}.xml"
    text = make_notice.flux_fnsimple(ref=ref, title=title, published=f"2026-03-{day:02d}", deadline=deadline)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    app("import", path, "--now", DAY.format(day))


def digest(app, day):
    before = len(app.mail.messages())
    app("match", "--quiet", "--now", DAY.format(day))
    app("digest", "send", "--to-dir", app.mail, "--now", DAY.format(day))
    return app.mail.texts()[before:]


def activate(app, *args, day):
    return app("rules", *args, "--why", "pour voir", "--author", "une élue", "--now", DAY.format(day))


@pytest.fixture
def town(app):
    """One rule, one start-up, two purchases; the first digest is out."""
    app("init", app.dir)
    (app.dir / "a").mkdir()
    (app.dir / "a" / "eau.rules").write_text(RULES)
    (app.dir / "b").mkdir()
    (app.dir / "b" / "eau.rules").write_text(WIDER)
    activate(app, "activate", app.dir / "a", day=1)
    app("profile", "import", "-", stdin=json.dumps(PROFILE))
    notice(app, "26-1", "Recherche de fuites d'eau")
    notice(app, "26-2", "Arrosage du stade")
    (text,) = digest(app, 2)
    assert "Recherche de fuites d'eau" in text and "Arrosage" not in text
    return app


def pairs(app, day=10):
    return {m["notice"]: m["ruleset"] for m in app.json("match", "--all", "--now", DAY.format(day))}


def test_a_new_ruleset_sends_what_is_new_and_nothing_twice(town):
    done = activate(town, "activate", town.dir / "b", day=3)
    assert "ruleset 3 is active" in done.stdout and "2 open notices compared anew: 1 new match;" in done.stderr
    assert pairs(town) == {"boamp:26-1": 3, "boamp:26-2": 3}
    (text,) = digest(town, 3)
    assert "Arrosage du stade" in text and "Recherche de fuites d'eau" not in text
    assert digest(town, 4) == []


def test_a_rollback_sends_nothing_again(town):
    activate(town, "activate", town.dir / "b", day=3)
    assert len(digest(town, 3)) == 1
    done = activate(town, "rollback", day=4)
    assert "ruleset 2 is active" in done.stdout
    assert pairs(town) == {"boamp:26-1": 2}
    assert digest(town, 4) == []
    activate(town, "rollback", "3", day=5)
    assert pairs(town) == {"boamp:26-1": 3, "boamp:26-2": 3}
    assert digest(town, 5) == []
    assert len(town.mail.messages()) == 2


def test_a_rollback_without_a_reason_is_named_once(town):
    activate(town, "activate", town.dir / "b", day=3)
    town("rules", "rollback", "--now", DAY.format(4))
    assert town("rules", "history").stdout.count("rollback") == 1


def test_a_purchase_that_closed_keeps_the_ruleset_that_matched_it(town):
    notice(town, "26-3", "Recherche de fuites, hameau", deadline="2026-03-05T12:00:00")
    town("match", "--now", DAY.format(2))
    before = town("explain", "rosee", "boamp:26-3", "--now", DAY.format(3)).stdout
    assert "It matches" in before
    activate(town, "activate", town.dir / "b", day=9)
    assert pairs(town)["boamp:26-3"] == 2
    town("match", "--now", DAY.format(10))
    assert pairs(town) == {"boamp:26-1": 3, "boamp:26-2": 3, "boamp:26-3": 2}
    assert town.json("verify", "rosee", "boamp:26-3")[0]["result"] == "ok"


def test_a_failed_activation_leaves_the_active_ruleset_at_work(town, refused):
    (town.dir / "b" / "eau.rules").write_text(WIDER + "rule eau.x\n")
    refused(65, "rules", "activate", town.dir / "b", "--why", "x", says="eau.rules:12:11")
    refused(65, "rules", "activate", "7", "--why", "x", says="no ruleset 7")
    refused(65, "rules", "rollback", "7", says="no ruleset 7")
    refused(64, "rules", "rollback", "one", says="number of a ruleset")
    assert [r["active"] for r in town.json("rules", "history")] == [False, True]
    notice(town, "26-4", "Recherche de fuites en ville")
    assert "Recherche de fuites en ville" in digest(town, 3)[0]


def test_a_draft_is_stored_compared_and_activated_by_its_number(town):
    (draft,) = town.json("rules", "import", town.dir / "b", "--why", "arrosage aussi", "--author", "une élue")
    assert draft == {"ruleset": 3, "active": False}
    assert [r["active"] for r in town.json("rules", "history")] == [False, True, False]
    assert " 3 draft " in town("rules", "history").stdout
    diff = town("rules", "diff", "2", "3").stdout
    assert "+ rule  eau.arrosage" in diff and "+       rarity 2 réseau" in diff and "eau.fuites" not in diff
    assert "1 rule added, 0 removed, 0 changed" in diff
    assert town("rules", "diff", town.dir / "b").stdout == diff
    assert pairs(town) == {"boamp:26-1": 2}
    activate(town, "activate", "3", day=3)
    assert [r["active"] for r in town.json("rules", "history")] == [False, False, True]
    assert pairs(town) == {"boamp:26-1": 3, "boamp:26-2": 3}


def test_what_a_diff_tells(town):
    changed = WIDER.replace("fuites  9", "fuites  6").replace('"recherche de fuites"', '"fuite d\'eau"')
    changed = changed.replace("cap 12", "cap 10").replace('"Recherche de fuites sur', '"Une fuite d\'eau sur')
    (town.dir / "a" / "eau.rules").write_text(changed.replace("rarity 2 réseau", "rarity 3 réseau"))
    town("rules", "import", town.dir / "b")
    lines = town("rules", "diff", "3", town.dir / "a").stdout.splitlines()
    assert lines[0].split() == ["~", "field", "eau", "cap", "12", "->", "10"]
    assert lines[1].split() == ["~", "rule", "eau.fuites", "9", "->", "6"]
    assert [line.strip() for line in lines[2:6]] == [
        '- any      title, description   "recherche de fuites"',
        '- example  "Recherche de fuites sur le réseau d\'eau potable"',
        '+ any      title, description   "fuite d\'eau"',
        '+ example  "Une fuite d\'eau sur le réseau d\'eau potable"',
    ]
    assert lines[6:8] == ["-       rarity 2 réseau", "+       rarity 3 réseau"]
    kinds = town.json("rules", "diff", "3", town.dir / "a")
    assert [k["change"] for k in kinds] == ["changed", "changed", "removed", "added"]
    assert (kinds[1]["weight_before"], kinds[1]["weight_after"]) == (9, 6)
    assert town("rules", "diff", "3", "3").stdout.startswith("0 rules added, 0 removed, 0 changed")


def test_rules_as_one_stream_and_back(town):
    text = town("rules", "export", "-", "--ruleset", "1").stdout
    assert text.startswith("# file: ")
    town("rules", "import", "-", stdin=text)
    assert town("rules", "diff", "1", "3").stdout.startswith("0 rules added, 0 removed, 0 changed; 0 fields and 0")
    assert town("rules", "export", "-", "--ruleset", "3").stdout == text
    town("rules", "import", "-", stdin=RULES)
    assert town("rules", "export", "-", "--ruleset", "4").stdout == "# file: standard-input.rules\n" + RULES


def test_history_tells_who_and_why_each_time(town):
    activate(town, "activate", town.dir / "b", day=3)
    town("rules", "rollback", "--now", DAY.format(4), "--author", "un adjoint")
    town("rules", "rollback", "1", "--now", DAY.format(5), "--author", "un adjoint", "--why", "au début")
    town("rules", "rollback", "--now", DAY.format(6), "--author", "un adjoint", "--why", "retour")
    rows = town.json("rules", "history")
    assert [r["active"] for r in rows] == [False, True, False]
    assert [(a["action"], a["why"]) for a in rows[1]["activations"]] == [
        ("activate", "pour voir"), ("rollback", "rollback"), ("rollback", "retour"),
    ]  # fmt: skip
    assert rows[1]["why"] == "retour" and rows[1]["author"] == "un adjoint"
    assert rows[0]["activations"][-1]["flipped"] > 0 or rows[1]["activations"][-1]["flipped"] > 0
    assert "rollback, au début" in town("rules", "history").stdout


def test_leftovers_of_an_earlier_export_are_told(town):
    done = town("rules", "export", town.dir / "a")
    assert done.stderr == ""
    (town.dir / "a" / "bois.rules").write_text('field bois "Bois"\n')
    assert "bois.rules is not of this ruleset" in town("rules", "export", town.dir / "a").stderr
