"""The buyer's side: a need comes in, start-ups that could answer are listed and told, then it closes."""

import json

import pytest
from sample_day import NOW, SAMPLES

NEED = {
    "id": "arrosage-stade",
    "title": "Arroser le stade avec moitié moins d'eau",
    "description": "Nous cherchons des sondes d'humidité et une programmation à distance de l'arrosage du stade.",
    "buyer": {"name": "Commune d'Exemple", "city": "Mende", "department": "48"},
    "email": "mairie@example.org",
    "nature": "supplies",
    "cpv": ["43323000"],
    "places": ["48"],
    "value": {"amount": "20000.00", "currency": "EUR"},
    "deadline": "2026-12-18T17:00:00+01:00",
    "lots": [],
}


def put(app, *needs, now=NOW, **options):
    return app("requirement", "import", "-", "--json", "--now", now, stdin=json.dumps(needs), **options)


def test_samples_come_in_and_are_found_again(filled):
    (report,) = filled.json("requirement", "import", SAMPLES / "requirements.json", "--now", NOW)
    assert report["new"] == 4 and report["rejected"] == 0 and report["source"] == "requirement"
    (again,) = filled.json("requirement", "import", SAMPLES / "requirements.json", "--now", NOW)
    assert again["unchanged"] == 4
    listed = filled.json("requirement", "list", "--now", NOW)
    assert {r["state"] for r in listed} == {"open"} and len(listed) == 4
    (notice,) = filled.json("notice", "show", "requirement:fuites-bourg-centre")
    assert notice["kind"] == "requirement" and notice["published"] == "2026-11-23"
    assert filled.json("requirement", "show", "fuites-bourg-centre") == [notice]


def test_candidates_best_first_with_reasons(filled):
    put(filled, NEED)
    lines = filled.json("requirement", "candidates", "arrosage-stade", "--now", NOW)
    assert lines[0]["profile"] == "rosee-des-causses" and lines[0]["name"] == "Rosée des Causses (exemple)"
    assert lines[0]["notice"] == "requirement:arrosage-stade"
    assert [x["score"] for x in lines] == sorted((x["score"] for x in lines), reverse=True)
    for line in lines:
        assert round(sum(r["points"] for r in line["reasons"]), 1) == line["score"]
    text = filled("requirement", "candidates", "arrosage-stade", "--now", NOW).stdout
    assert "Rosée des Causses (exemple)" in text and "“" in text


def test_gates_hold_for_candidates(filled):
    put(filled, {**NEED, "places": ["29"], "buyer": {"name": "Commune d'Exemple", "department": "29"}})
    found = filled.json("requirement", "candidates", "arrosage-stade", "--now", NOW)
    assert "rosee-des-causses" not in [x["profile"] for x in found]
    found = filled.json("requirement", "candidates", "arrosage-stade", "--no-gates", "--now", NOW)
    assert "rosee-des-causses" in [x["profile"] for x in found]


def test_no_candidate_because_of_the_gates_is_told(filled):
    filled("requirement", "import", SAMPLES / "requirements.json", "--now", NOW)
    done = filled("requirement", "candidates", "fuites-bourg-centre", "--now", NOW)
    assert done.stdout == "" and "0 of 12 start-ups match\n1 would whatever the place" in done.stderr
    done = filled("requirement", "candidates", "fuites-bourg-centre", "--no-gates", "--now", NOW)
    assert "goutte-a-goutte-networks" in done.stdout and "would" not in done.stderr
    put(filled, {**NEED, "id": "chaises", "title": "Des chaises", "description": "Des chaises", "cpv": []})
    done = filled("requirement", "candidates", "chaises", "--now", NOW)
    assert "0 of 12" in done.stderr and "would" not in done.stderr


METERS = "Recherche de fuites d'eau, relève à distance des compteurs."


def test_a_need_that_only_the_description_tells_finds_who_comes_near(filled):
    made = "Modules radio qui relèvent à distance les compteurs d'eau : télérelève pour les communes."
    filled("profile", "add", "--id", "compteuse", "--name", "Compteuse", "--description", made, "--now", NOW)
    both = {**NEED, "title": METERS, "description": METERS, "cpv": [], "nature": None}
    vague = {**both, "id": "eau", "title": "Le service des eaux a besoin d'aide"}
    put(filled, both, vague)
    ask = ("requirement", "candidates", "--now", NOW)
    assert "compteuse" in [x["profile"] for x in filled.json(*ask, "arrosage-stade")]
    assert filled.json(*ask, "eau") == []
    told = filled(*ask, "eau").stderr
    assert "0 of 13 start-ups match" in told and "near the threshold, see --near; what the title says" in told
    near = {x["profile"]: x for x in filled.json(*ask, "eau", "--near")}
    assert near["compteuse"]["threshold"] / 2 <= near["compteuse"]["score"] < near["compteuse"]["threshold"]
    assert {r["field"] for r in near["compteuse"]["reasons"]} == {"description"}
    assert "goutte-a-goutte-networks" not in near, "it does not work there"
    assert "goutte-a-goutte-networks" in [x["profile"] for x in filled.json(*ask, "eau", "--near", "--no-gates")]
    shown = filled(*ask, "eau", "--near").stdout
    assert shown.startswith("Near the threshold:\n") and "Compteuse (compteuse)" in shown


def test_a_newcomer_finds_candidates_for_the_samples(filled):
    filled("requirement", "import", SAMPLES / "requirements.json", "--now", NOW)
    for need, who in (("idees-des-habitants", "place-commune"), ("inventaire-reemploi", "benne-maligne")):
        found = filled.json("requirement", "candidates", need, "--now", NOW)
        assert who in [x["profile"] for x in found], need


def waterfall(app, need):
    (told,) = app.json("requirement", "candidates", need, "--waterfall", "--now", NOW)
    clauses = {c["clause"]: c for c in told["clauses"]}
    assert list(clauses) == ["words", "nature", "place", "amount", "time"]
    left = told["startups"]
    for clause in told["clauses"]:
        assert clause["left"] == left - clause["removed"]
        left = clause["left"]
    return told, clauses


def test_the_waterfall_tells_what_each_clause_costs(filled):
    filled("requirement", "import", SAMPLES / "requirements.json", "--now", NOW)
    told, clauses = waterfall(filled, "bornes-atelier")
    assert told["startups"] == 12 and clauses["words"]["left"] == 1
    assert clauses["amount"]["value"] == "88000.00 EUR" and clauses["amount"]["alone"] == ["voltalune"]
    assert clauses["time"]["left"] == 0
    _, clauses = waterfall(filled, "fuites-bourg-centre")  # too far and too small: neither alone
    assert clauses["place"]["removed"] == 1 and not clauses["place"]["alone"] and not clauses["amount"]["alone"]
    told, clauses = waterfall(filled, "idees-des-habitants")
    assert clauses["time"]["left"] == told["everywhere"] == 1
    assert {r["startups"] for r in told["regions"]} == {1} and len(told["regions"]) == 18
    text = filled("requirement", "candidates", "bornes-atelier", "--waterfall", "--now", NOW)
    assert "amount  88000.00 EUR" in text.stdout and "(voltalune)" in text.stdout
    assert "fewer than three could answer" in text.stderr


def test_the_waterfall_agrees_with_the_matches(filled):
    """Who passes all but the last clause is who matches; a region without the place is where they work."""
    put(filled, {**NEED, "deadline": "2026-11-25T17:00:00+01:00"}, {**NEED, "id": "far", "places": ["29"]})
    found = filled.json("requirement", "candidates", "arrosage-stade", "--now", NOW)
    _, clauses = waterfall(filled, "arrosage-stade")
    assert clauses["amount"]["left"] == len(found) > 0
    assert "rosee-des-causses" in clauses["time"]["alone"]  # six working days, two are left
    told, clauses = waterfall(filled, "far")
    assert "rosee-des-causses" in clauses["place"]["alone"]
    regions = {r["region"]: r["startups"] for r in told["regions"]}
    assert regions["FRJ"] > regions["FRH"]


def test_a_requirement_is_matched_and_told_like_any_notice(matched):
    put(matched, NEED)
    found = matched.json("match", "--now", NOW)
    assert ("rosee-des-causses", "requirement:arrosage-stade") in [(m["profile"], m["notice"]) for m in found]
    matched("digest", "send", "--to-dir", matched.mail, "--now", NOW)
    (text,) = matched.mail.texts("rosee@example.org")
    assert "Arroser le stade" in text


def test_a_closed_one_is_told_to_nobody(matched):
    put(matched, NEED)
    matched("match", "--now", NOW)
    matched("requirement", "close", "arrosage-stade", "--now", NOW)
    assert "arrosage-stade" not in matched("match", "--all", "--json", "--now", NOW).stdout
    matched("digest", "send", "--to-dir", matched.mail, "--now", NOW)
    assert not any("Arroser le stade" in text for text in matched.mail.texts())
    assert matched.json("requirement", "list", "--now", NOW) == []
    (one,) = matched.json("requirement", "list", "--all", "--now", NOW)
    assert one["state"] == "closed" and one["email"] == "mairie@example.org"


def test_closed_stays_closed(matched):
    """Neither the same file again, nor a change, nor other rules bring it back."""
    put(matched, NEED)
    matched("requirement", "close", "requirement:arrosage-stade", "--now", NOW)
    put(matched, {**NEED, "title": "Arroser le stade, encore"}, now="2026-11-24T08:00:00+01:00")
    matched("rules", "export", matched.dir / "rules")
    with (matched.dir / "rules" / "agritech.rules").open("a") as rules:
        rules.write("\n# once more\n")
    matched("rules", "activate", matched.dir / "rules", "--why", "test")
    later = "2026-11-24T09:00:00+01:00"
    assert "arrosage-stade" not in matched("match", "--all", "--json", "--now", later).stdout
    assert matched.json("requirement", "list", "--now", later) == []


def test_changed_ones_get_a_new_version(filled):
    put(filled, NEED)
    (report,) = [json.loads(x) for x in put(filled, {**NEED, "title": "Autre titre"}).stdout.splitlines()]
    assert report["updated"] == 1
    (notice,) = filled.json("requirement", "show", "arrosage-stade")
    assert notice["title"] == "Autre titre" and notice["version"] == 2


def test_add_by_options(ready, refused):
    args = (
        "requirement", "add", "--title", "Où fuit l'eau ?", "--description", "Repérer les fuites du réseau",
        "--buyer", "Commune d'Exemple", "--email", "mairie@example.org", "--department", "48",
        "--place", "48", "--cpv", "71631000", "--nature", "services", "--amount", "45 000",
        "--deadline", "2026-12-18T17:00:00+01:00", "--now", NOW,
    )  # fmt: skip
    assert ready(*args).stdout == "ou-fuit-l-eau\n"
    (notice,) = ready.json("requirement", "show", "ou-fuit-l-eau")
    assert notice["value"] == {"amount": "45000.00", "currency": "EUR"} and notice["places"] == ["48"]
    assert notice["deadline"] == "2026-12-18T17:00:00+01:00" and notice["buyer"]["department"] == "48"
    refused(65, *args, says="already")


def test_one_bad_requirement_stops_nobody(ready):
    needs = [
        NEED,
        {**NEED, "id": "x", "title": ""},
        {**NEED, "id": "y", "email": "nulle part"},
        {**NEED, "id": "z", "deadline": "bientôt"},
        {**NEED, "id": "last"},
    ]
    done = put(ready, *needs, check=False)
    report = json.loads(done.stdout)
    assert done.returncode == 65 and (report["new"], report["rejected"]) == (2, 3)
    for failure, word in zip(report["failures"], ("title", "email", "deadline")):
        assert word in failure["reason"]


def at(hour, day=23):
    return "--now", f"2026-11-{day}T{hour:02}:00:00+01:00"


def test_a_draft_is_told_to_nobody_until_it_is_published(matched):
    put(matched, NEED)
    matched("requirement", "import", "-", "--draft", *at(8), stdin=json.dumps([{**NEED, "id": "brouillon"}]))
    states = {r["id"]: r["state"] for r in matched.json("requirement", "list", "--all", "--now", NOW)}
    assert states == {"arrosage-stade": "open", "brouillon": "draft"}
    assert [r["id"] for r in matched.json("requirement", "list", "--now", NOW)] == ["arrosage-stade"]
    assert matched.json("requirement", "candidates", "brouillon", "--now", NOW)
    found = matched("match", "--json", *at(9)).stdout
    assert "requirement:arrosage-stade" in found and "brouillon" not in found
    matched("requirement", "publish", "brouillon", *at(10))
    assert "requirement:brouillon" in matched("match", "--json", *at(10)).stdout
    assert "is open already" in matched("requirement", "publish", "brouillon", *at(10)).stderr


def test_edit_changes_what_is_named_and_leaves_the_rest(matched):
    put(matched, {**NEED, "lots": [{"id": "1", "title": "Sondes", "description": None}]})
    matched("match", "--now", NOW)
    edit = ("requirement", "edit", "arrosage-stade", "--title", "Arroser moins", "--place", "12", "--amount", "", *at(9))
    assert matched(*edit).stderr == "--place replaces: 48\narrosage-stade: changed\n"
    (notice,) = matched.json("requirement", "show", "arrosage-stade")
    assert notice["title"] == "Arroser moins" and notice["places"] == ["12"] and notice["value"] is None
    assert notice["description"] == NEED["description"] and notice["deadline"] == NEED["deadline"]
    assert [lot["title"] for lot in notice["lots"]] == ["Sondes"] and notice["version"] == 2
    assert matched(*edit).stderr == "arrosage-stade: nothing changed\n"
    (one,) = matched.json("requirement", "list", *at(9))
    assert one["email"] == "mairie@example.org" and one["state"] == "open"
    matched("requirement", "edit", "arrosage-stade", "--email", "", *at(10))
    (one,) = matched.json("requirement", "list", *at(10))
    assert one["email"] is None
    changes = [e["what"] for e in matched.json("requirement", "log", "arrosage-stade") if e["action"] == "changed"]
    assert changes == ["title, places, amount", "email"]


def test_the_log_tells_who_did_what_and_whom_it_reached(matched):
    put(matched, NEED)
    matched("match", "--now", NOW)
    matched("digest", "send", "--to-dir", matched.mail, "--now", NOW)
    matched("judgment", "add", "rosee-des-causses", "requirement:arrosage-stade", "2", "--reader", *at(12))
    matched("requirement", "close", "arrosage-stade", *at(9, day=24))
    matched("requirement", "close", "arrosage-stade", *at(10, day=24))
    log = matched.json("requirement", "log", "arrosage-stade")
    assert [e["action"] for e in log] == ["registered", "told", "answered", "closed"]
    assert log[1]["startups"] >= 1 and log[1]["author"] is None
    assert (log[2]["what"], log[2]["startups"]) == ("relevant", 1)
    assert log[3]["at"] == "2026-11-24T09:00:00+01:00"
    text = matched("requirement", "log", "arrosage-stade").stdout
    assert "answered    1 start-up  relevant" in text and "rosee" not in text
    assert [line for line in text.splitlines() if line.endswith(" ")] == []


def test_published_again_it_is_told_once(matched):
    put(matched, NEED)
    matched("match", "--now", NOW)
    matched("digest", "send", "--to-dir", matched.mail, "--now", NOW)
    told = [text for text in matched.mail.texts() if "Arroser le stade" in text]
    matched("requirement", "close", "arrosage-stade", *at(9, day=24))
    matched("requirement", "publish", "arrosage-stade", *at(10, day=24))
    assert matched.json("requirement", "list", *at(10, day=24))[0]["state"] == "open"
    matched("match", *at(10, day=24))
    assert "arrosage-stade" in matched("match", "--all", "--json", *at(10, day=24)).stdout
    matched("digest", "send", "--to-dir", matched.mail, *at(10, day=24))
    assert [text for text in matched.mail.texts() if "Arroser le stade" in text] == told


@pytest.mark.parametrize(
    "args, status, says",
    [
        (("add", "--title", "x"), 64, "requirement add needs --description, --buyer"),
        (("show", "rien"), 65, "no requirement rien"),
        (("candidates", "rien"), 65, "no requirement rien"),
        (("candidates", "rien", "--waterfall", "--no-gates"), 64, "--no-gates"),
        (("candidates", "rien", "--waterfall", "--near"), 64, "--near"),
        (("close", "rien"), 65, "no requirement rien"),
        (("publish", "rien"), 65, "no requirement rien"),
        (("log", "rien"), 65, "no requirement rien"),
        (("edit", "rien", "--title", "x"), 65, "no requirement rien"),
    ],
)
def test_refusals(ready, refused, args, status, says):
    refused(status, "requirement", *args, says=says)


@pytest.mark.parametrize(
    "args, status, says",
    [
        (("edit", "arrosage-stade", "--amount", "beaucoup"), 64, "--amount"),
        (("edit", "arrosage-stade", "--deadline", "bientôt"), 64, "--deadline"),
        (("edit", "arrosage-stade", "--place", "Atlantide"), 65, "Atlantide"),
        (("edit", "arrosage-stade", "--email", "nulle part"), 65, "email"),
        (("edit", "arrosage-stade", "--title", ""), 65, "title"),
    ],
)
def test_edits_that_are_refused_change_nothing(ready, refused, args, status, says):
    put(ready, NEED)
    refused(status, "requirement", *args, "--now", NOW, says=says)
    (notice,) = ready.json("requirement", "show", "arrosage-stade")
    assert notice["version"] == 1 and notice["title"] == NEED["title"]


@pytest.mark.parametrize("deadline, says", [
    ("2926-12-18", "more than 5 years ahead"), ("2025-12-18T17:00:00+01:00", "is past"),
])
def test_a_slip_in_the_deadline_is_told(ready, refused, deadline, says):
    need = ("--title", "Sondes", "--description", "Des sondes", "--buyer", "Ville d'Exemple")
    refused(65, "requirement", "add", *need, "--deadline", deadline, "--now", NOW, says=f'deadline: "{deadline}"')
    refused(65, "requirement", "add", *need, "--deadline", deadline, "--now", NOW, says=says)
    assert ready.json("requirement", "list", "--all") == []


def test_what_is_past_is_not_published(ready, refused):
    put(ready, NEED)
    ready("requirement", "close", "arrosage-stade", "--now", NOW)
    late = ("--now", "2026-12-24T09:00:00+01:00")
    refused(65, "requirement", "publish", "arrosage-stade", *late, says="deadline is past")
    ready("requirement", "edit", "arrosage-stade", "--deadline", "2027-01-15T12:00:00+01:00", *late)
    ready("requirement", "publish", "arrosage-stade", *late)
    assert ready.json("requirement", "list", *late)[0]["state"] == "open"
