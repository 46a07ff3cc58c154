"""What a start-up wants to be told of: in, changed, out, and tried before."""

import json

import make_notice
import pytest

from sample_day import NOW

MINIMAL = {"id": "sonde", "name": "Sonde (exemple)", "description": "capteurs d'humidité pour l'irrigation"}


def test_out_and_in_again_is_the_same(filled):
    exported = filled("profile", "export").stdout
    assert len(json.loads(exported)) == 12
    (report,) = filled.json("profile", "import", "-", stdin=exported)
    assert report["unchanged"] == 12 and report["new"] == report["updated"] == 0
    assert filled("profile", "export").stdout == exported


def test_export_of_some(filled):
    (one,) = json.loads(filled("profile", "export", "rosee-des-causses").stdout)
    assert one["id"] == "rosee-des-causses" and one["effort_days"] == 6


def test_one_bad_element_stops_nobody(ready):
    elements = [
        MINIMAL,
        {"id": "Pas Un Slug", "name": "x", "description": "x"},
        {**MINIMAL, "id": "sans-nom", "name": None},
        {**MINIMAL, "id": "adresse", "email": "pas une adresse"},
        {**MINIMAL, "id": "zone", "timezone": "Europe/Lozere"},
        {**MINIMAL, "id": "inconnu", "couleur": "bleu"},
        {**MINIMAL, "id": "lieu", "places": ["Atlantide"]},
        "profil",
        {**MINIMAL, "id": "dernier"},
    ]
    path = ready.dir / "profiles.json"
    path.write_text(json.dumps(elements))
    done = ready("profile", "import", path, "--json", check=False)
    assert done.returncode == 65
    report = json.loads(done.stdout)
    assert (report["read"], report["new"], report["rejected"]) == (9, 2, 7)
    items = [f["item"] for f in report["failures"]]
    assert items[0].endswith("profiles.json: element 2 (Pas Un Slug)") and items[6].endswith("element 8")
    for failure, word in zip(
        report["failures"], ("id", "name", "email", "timezone", "couleur", "places", "object")
    ):
        assert word in failure["reason"], failure
    assert [p["id"] for p in ready.json("profile", "list")] == ["dernier", "sonde"]


def test_json_lines(ready):
    lines = "\n".join([json.dumps(MINIMAL), "", json.dumps({**MINIMAL, "id": "deux"}), '{"id": nul}'])
    done = ready("profile", "import", "-", "--json", stdin=lines, check=False)
    report = json.loads(done.stdout)
    assert done.returncode == 65 and report["new"] == 2 and report["rejected"] == 1
    assert report["failures"][0]["item"] == "standard input: line 4"


def test_a_single_object(ready):
    (report,) = ready.json("profile", "import", "-", stdin=json.dumps(MINIMAL, indent=2))
    assert report["new"] == 1


def test_unknown_field_of_activity_is_told(ready):
    done = ready("profile", "import", "-", stdin=json.dumps([{**MINIMAL, "fields": ["agritek"]}]))
    assert '"agritek"' in done.stderr and "agritech" in done.stderr
    assert ready.json("profile", "show", "sonde")[0]["fields"] == ["agritek"]


def test_words_of_which_one_or_none_is_left_are_told(ready):
    words = {"keywords": ["système son", "pour tous", "capteur de niveau"], "exclude": ["maintenance de"]}
    done = ready("profile", "import", "-", stdin=json.dumps([{**MINIMAL, **words}]))
    assert 'keyword "système son" is found wherever "système" is' in done.stderr
    assert 'keyword "pour tous" has function words only' in done.stderr
    assert 'exclude "maintenance de" is found wherever "maintenance" is' in done.stderr
    assert "capteur" not in done.stderr
    assert 'wherever "prise" is' in ready("profile", "add", "--name", "Prise", "--keyword", "prise de son").stderr


def test_pending_ones_get_no_mail(filled):
    someone = {**MINIMAL, "email": "sonde@example.org", "keywords": ["irrigation"]}
    filled("profile", "import", "-", "--pending", stdin=json.dumps([someone]))
    assert {p["id"]: p["state"] for p in filled.json("profile", "list")}["sonde"] == "pending"
    assert "state       pending\n" in filled("profile", "show", "sonde").stdout
    assert "state       confirmed\n" in filled("profile", "show", "rosee-des-causses").stdout
    filled("match", "--now", NOW)
    filled("digest", "send", "--to-dir", filled.mail, "--now", NOW)
    assert filled.mail.messages("sonde@example.org") == [] and filled.mail.messages("rosee@example.org")


def test_pending_again_takes_no_consent_away(ready):
    someone = json.dumps([{**MINIMAL, "email": "sonde@example.org"}])
    ready("profile", "import", "-", stdin=someone)
    ready("profile", "import", "-", "--pending", stdin=someone)
    assert ready.json("profile", "list")[0]["state"] == "confirmed"


def test_add_by_options(ready):
    done = ready(
        "profile", "add", "--name", "Goutte d'Ève & fils (exemple)", "--email", "goutte@example.org",
        "--keyword", "goutte-à-goutte", "--keyword", "irrigation", "--exclude", "piscine", "--cpv", "43323000",
        "--field", "agritech", "--place", "48", "--place", "FRJ", "--nature", "supplies", "--min", "5000",
        "--max", "200 000", "--effort", "4", "--cadence", "weekly", "--timezone", "Indian/Reunion",
        "--language", "en", "--description", "Tuyaux",
    )  # fmt: skip
    assert done.stdout == "goutte-d-eve-fils-exemple\n"
    (p,) = ready.json("profile", "show", "goutte-d-eve-fils-exemple")
    assert p == {
        "id": "goutte-d-eve-fils-exemple", "name": "Goutte d'Ève & fils (exemple)", "siren": None,
        "email": "goutte@example.org", "description": "Tuyaux", "keywords": ["goutte-à-goutte", "irrigation"],
        "exclude": ["piscine"], "cpv": ["43323"], "fields": ["agritech"], "places": ["48", "FRJ"],
        "natures": ["supplies"], "value": {"min": 5000, "max": 200000}, "effort_days": 4, "cadence": "weekly",
        "timezone": "Indian/Reunion", "language": "en",
    }  # fmt: skip


def test_add_does_not_change_what_is_there(filled, refused):
    refused(65, "profile", "add", "--id", "rosee-des-causses", "--name", "x", "--keyword", "x", says="already")


def test_edit_changes_what_is_named(filled):
    (before,) = filled.json("profile", "show", "rosee-des-causses")
    filled("profile", "edit", "rosee-des-causses", "--cadence", "weekly", "--keyword", "arrosage", "--max=")
    (after,) = filled.json("profile", "show", "rosee-des-causses")
    changed = {key for key in before if before[key] != after[key]}
    assert changed == {"cadence", "keywords", "value"}
    assert after["keywords"] == ["arrosage"] and after["value"] == {"min": None, "max": None}
    done = filled("profile", "edit", "rosee-des-causses", "--cadence", "weekly")
    assert "nothing changed" in done.stderr


def test_hour_quiet_days_and_reminders(filled):
    options = ("--hour", "08:15", "--quiet-days", "weekends holidays", "--reminders", "5")
    filled("profile", "edit", "rosee-des-causses", *options)
    (shown,) = filled.json("profile", "show", "rosee-des-causses")
    assert (shown["hour"], shown["quiet"], shown["reminders"]) == ("08:15", ["weekends", "holidays"], [5])
    options = ("--hour", "", "--quiet-days", "", "--reminders", "7 2", "--quiet")
    filled("profile", "edit", "rosee-des-causses", *options)
    (shown,) = filled.json("profile", "show", "rosee-des-causses")
    assert {"hour", "quiet", "reminders"}.isdisjoint(shown)


def test_remove(matched, refused):
    matched("profile", "remove", "rosee-des-causses")
    assert "rosee-des-causses" not in matched("match", "--all", "--json", "--now", NOW).stdout
    refused(65, "profile", "remove", "vigie-nocturne", "rosee-des-causses", says="no profile rosee-des-causses")
    assert len(matched.json("profile", "list")) == 11


def test_try_needs_no_account(filled):
    volume, *matches = filled.json(
        "profile", "try", "--text", "capteurs d'irrigation", "--place", "48", "--now", NOW
    )
    assert volume["purchases"] >= 1 and volume["since"] == "2026-11-16" and volume["compared"] == 59
    assert matches[0]["notice"] == "boamp:26-110305" and "Irrigation" in matches[0]["title"]
    scores = [m["score"] for m in matches]
    assert scores == sorted(scores, reverse=True)
    assert len(filled.json("profile", "list")) == 12
    text = filled("profile", "try", "--text", "capteurs d'irrigation", "--place", "48", "--now", NOW).stdout
    assert "purchases a week" in text and "Irrigation connectée" in text


def test_try_counts_what_was_open_in_its_day(filled):
    """A year later every deadline has passed: the volume is still told, nothing is open."""
    volume, *matches = filled.json(
        "profile", "try", "--text", "capteurs d'irrigation", "--place", "48", "--now", "2027-10-01T08:00:00Z"
    )
    assert volume["purchases"] >= 1 and matches == []


@pytest.mark.parametrize(
    "args, status, says",
    [
        (("add",), 64, "--name"),
        (("add", "--name", "x", "--cadence", "hourly"), 64, "daily|weekly|instant|off"),
        (("add", "--name", "x", "--keyword", "x", "--min", "beaucoup"), 64, "--min"),
        (("add", "--name", "x"), 65, "description"),
        (("add", "--name", "x", "--keyword", "x", "--email", "a@b@c"), 65, "email"),
        (("edit", "personne", "--name", "x"), 65, "no profile personne"),
        (("show", "personne"), 65, "no profile personne"),
        (("try",), 64, "--text"),
        (("try", "--text", "x", "--limit", "-1"), 64, "--limit"),
    ],
)
def test_refusals(ready, refused, args, status, says):
    refused(status, "profile", *args, says=says)


def test_a_deadline_that_is_past_is_told_in_paris(ready):
    ready("profile", "import", "-", stdin=json.dumps([{"id": "r", "name": "R", "keywords": ["irrigation"]}]))
    xml = make_notice.eforms(ref="700001-2026", published="2026-02-02", deadline="2026-03-02T11:00:00Z")
    ready("import", "-", stdin=xml.decode() if isinstance(xml, bytes) else xml)
    text = ready("explain", "r", "ted:700001-2026", "--now", "2026-04-01T08:00:00Z").stdout
    assert "passed on 2026-03-02T12:00:00+01:00" in text
