"""The first day of an instance, as PRODUCT tells it: from nothing to a digest in somebody's mail."""

import json
import re
import stat

from sample_day import NOW, SAMPLES


def test_init_makes_a_folder_that_works(app):
    done = app("init", "instance", "--db", "instance/appariteur.db")
    assert "ruleset" in done.stdout and "appariteur fetch" in done.stderr
    assert {p.name for p in (app.dir / "instance").iterdir()} >= {"appariteur.db", "appariteur.conf"}
    assert stat.S_IMODE((app.dir / "instance/appariteur.db").stat().st_mode) == 0o600
    text = (app.dir / "instance/appariteur.conf").read_text()
    assert "[mail]" in text and "#relay = smtp://127.0.0.1:25" in text


def test_init_without_anything_takes_the_folder_we_are_in(app):
    app("init")
    assert app.db.is_file() and (app.dir / "appariteur.conf").is_file()


def test_init_twice_does_no_harm(ready):
    conf = ready.dir / "appariteur.conf"
    conf.write_text("[instance]\nname = La nôtre\n")
    (first,) = ready.json("init")
    assert first["made"] == [] and first["ruleset"] == 1
    assert conf.read_text() == "[instance]\nname = La nôtre\n"
    assert len(ready.json("rules", "history")) == 1


def test_init_with_other_rules(app):
    rules = app.dir / "rules"
    rules.mkdir()
    (rules / "eau.rules").write_text(
        'field eau "Eau"\nrule eau.fuites "Fuites"\n    any title fuites\nweight eau.fuites 8\n'
    )
    app("init", "--rules", rules)
    assert [rule["rule"] for rule in app.json("rules", "list")] == ["eau.fuites"]


def test_from_files_to_a_digest(ready, samples):
    (report,) = ready.json("import", samples / "notices", "--now", NOW)
    assert report["rejected"] == 0 and report["new"] == 59 and report["failures"] == []
    (again,) = ready.json("import", samples / "notices", "--now", NOW)
    assert again["new"] == again["updated"] == 0 and again["unchanged"] == again["read"]

    (report,) = ready.json("profile", "import", samples / "profiles.json", "--now", NOW)
    assert report["new"] == 12 and report["source"] == "profile"

    found = ready.json("match", "--now", NOW)
    assert "boamp:26-110305" in [m["notice"] for m in found if m["profile"] == "rosee-des-causses"]
    assert ready.json("match", "--now", NOW) == []

    done = ready("digest", "send", "--to-dir", ready.mail, "--now", NOW)
    assert "0 failed" in done.stdout
    (text,) = ready.mail.texts("rosee@example.org")
    assert "Irrigation connectée" in text
    (html,) = ready.mail.htmls("rosee@example.org")
    assert "Irrigation connectée" in re.sub(r"<[^>]+>", "", html)

    before = len(ready.mail.messages())
    ready("digest", "send", "--to-dir", ready.mail, "--now", NOW)
    assert len(ready.mail.messages()) == before


def test_same_notice_is_told_once(matched):
    matched("digest", "send", "--to-dir", matched.mail, "--now", NOW)
    (first,) = matched.mail.texts("rosee@example.org")
    matched("match", "--now", "2026-11-24T08:00:00+01:00")
    matched("digest", "send", "--to-dir", matched.mail, "--now", "2026-11-24T08:00:00+01:00")
    assert len(matched.mail.messages("rosee@example.org")) == 1, "an empty day brings no mail"
    assert "Irrigation connectée" in first


def test_points_of_reasons_add_up_and_spans_are_exact(matched):
    matches = matched.json("match", "--all", "--now", NOW)
    assert len(matches) > 20
    notices = {n["id"]: n for n in matched.json("notice", "list", "--all", "--now", NOW)}
    checked = 0
    for m in matches:
        assert round(sum(r["points"] for r in m["reasons"]), 1) == round(m["score"], 1)
        assert m["score"] >= m["threshold"]
        notice = notices[m["notice"]]
        lot = next((x for x in notice["lots"] if x["id"] == m["lot"]), None)
        for r in m["reasons"]:
            text = {
                "title": notice["title"],
                "description": notice["description"],
                "lot.title": lot and lot["title"],
                "lot.description": lot and lot["description"],
            }.get(r["field"])
            if text is None:
                continue
            assert text.encode()[r["start"] : r["end"]].decode() == r["text"]
            checked += 1
    assert checked > 20


def test_every_receipt_can_be_recomputed(matched):
    receipts = matched("match", "--all", "--json", "--now", NOW).stdout
    done = matched("verify", "-", stdin=receipts)
    assert done.stdout.count("ok ") == receipts.count("\n") and "differs" not in done.stdout
    first = json.loads(receipts.splitlines()[0])
    assert matched("verify", first["profile"], first["notice"]).stdout.startswith("ok")


def test_a_forged_receipt_is_found(matched, refused):
    receipts = matched("match", "--all", "--json", "--now", NOW).stdout.splitlines()
    forged = json.loads(receipts[0])
    forged["reasons"][0]["text"] += "s"
    path = matched.dir / "receipts.json"
    path.write_text("\n".join([json.dumps(forged), *receipts[1:3]]) + "\n")
    done = matched("verify", path, check=False)
    assert done.returncode == 65
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["differs", "ok", "ok"]
    assert "reasons" in done.stdout.splitlines()[0]


def test_receipts_of_an_earlier_ruleset_still_hold(matched):
    receipts = matched("match", "--all", "--json", "--now", NOW).stdout
    matched("rules", "export", matched.dir / "rules")
    rules = matched.dir / "rules" / "agritech.rules"
    rules.write_text(re.sub(r"(?m)^weight (\S+) +\S+", r"weight \1 1", rules.read_text()))
    matched("rules", "activate", matched.dir / "rules", "--why", "agritech weighs less")
    assert all(r["result"] == "ok" for r in matched.json("verify", "-", stdin=receipts))


def test_why_and_why_not(matched):
    done = matched("explain", "rosee-des-causses", "boamp:26-110305", "--now", NOW)
    assert done.stdout.startswith("It matches.")
    done = matched("explain", "rosee-des-causses", "boamp:26-110760", "--now", NOW)
    assert done.stdout.startswith("It does not match.") and "Missing points" in done.stdout


def test_backup_is_a_database_of_its_own(matched):
    matched("backup", matched.dir / "copy.db")
    assert matched("notice", "list", "--all", "--json", "--db", matched.dir / "copy.db").stdout == matched(
        "notice", "list", "--all", "--json"
    ).stdout
    assert stat.S_IMODE((matched.dir / "copy.db").stat().st_mode) == 0o600


def test_doctor_finds_nothing_broken(matched):
    checks = matched.json("doctor", "--now", NOW, check=False)
    assert [c for c in checks if c["state"] == "fail"] == []
    assert {"database", "rules", "settings", "mail", "disk", "libraries"} <= {c["check"] for c in checks}


def test_doctor_tells_what_is_broken(ready):
    (ready.dir / "appariteur.conf").write_text("[mail]\nrelay = smtp://relay.invalid:25\n")
    checks = ready.json("doctor", check=False)
    (mail,) = [c for c in checks if c["check"] == "mail"]
    assert mail["state"] == "fail" and "TLS" in mail["text"]
    assert ready("doctor", check=False).returncode == 1


def test_settings_with_their_origin(ready):
    (ready.dir / "appariteur.conf").write_text("[digest]\nhour = 6\n")
    rows = {(r["section"], r["key"]): r for r in ready.json("config", "show")}
    assert rows["digest", "hour"]["value"] == "6"
    assert rows["digest", "hour"]["origin"].endswith("appariteur.conf:2")
    assert rows["digest", "minute"] == {**rows["digest", "minute"], "value": "30", "origin": "default"}


def test_options_may_stand_before_the_command(filled):
    done = filled("--now", NOW, "match", "--json")
    assert done.stdout.count("\n") > 10
    assert (SAMPLES / "README.md").read_text().count("--now 2026-11-23T08:00:00+01:00") >= 1


def test_the_readme_shows_what_the_quickstart_prints(matched):
    text = (SAMPLES.parent.parent / "README.md").read_text()
    shown = text.split("$ contrib/quickstart\n…\n")[1].split("     …\n```")[0]
    digest = matched("digest", "preview", "rosee-des-causses", "--now", NOW).stdout
    assert len(shown.splitlines()) > 10 and digest.startswith(shown)
