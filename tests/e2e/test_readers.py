"""
One mail a person, whatever number of profiles it is for, at the hour and on the days the person wants;
deadlines recalled, corrections told as before and after.
"""

import json

import make_notice
import pytest
from mailroom import Mailroom, call, database, plain, start_up


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    return database(tmp_path_factory.mktemp("fresh"))


@pytest.fixture
def office(app, fresh):
    return Mailroom(app, fresh)


def two(**fields):
    return [
        start_up("ana-eau", name="Ana Eau", email="ana@example.org", keywords=["irrigation"], **fields),
        start_up("ana-serres", name="Ana Serres", email="ANA@example.org", keywords=["capteurs connectés"], **fields),
    ]


def test_profiles_of_one_address_get_one_mail_and_an_item_once(office):
    office.start_ups(*two(), start_up("ben"))
    office.notices(call(1), call(2))
    assert office.send(to_dir="mail")["composed"] == 2
    mail = office.mails()["ana-eau"]
    assert sorted(mail.titles) == ["Capteurs connectés d'irrigation, site 1", "Capteurs connectés d'irrigation, site 2"]
    assert "pour Ana Eau et Ana Serres" in mail.text
    assert "dont les profils y sont inscrits" in plain(mail.text)
    for _, _, body in mail.cards:
        assert "Profils    Ana " in body and "Ana Eau (" in body and "Ana Serres (" in body
    assert "Profils  " not in office.mails()["ben"].text
    office.later(days=1)
    assert office.send(to_dir="next")["composed"] == 0


def test_what_one_profile_was_told_is_no_news_to_the_other_of_its_address(office):
    eau, serres = two()
    office.start_ups({**eau, "cadence": "weekly"}, serres)
    office.clock("2026-09-15T08:00:00+02:00")
    office.notices(call(1))
    assert office.send(to_dir="tuesday")["composed"] == 1  # the weekly one is due since Monday, too
    office.notices(call(2))
    office.later(days=1)
    assert office.send(to_dir="wednesday")["composed"] == 1
    assert list(office.mails("wednesday")) == ["ana-serres"]
    office.clock("2026-09-21T08:00:00+02:00")
    assert office.send(to_dir="monday")["composed"] == 0


def test_a_removed_lead_takes_nothing_from_the_other(office, tmp_path):
    office.start_ups(*two())
    office.notices(call(1))
    (office.app.dir / "closed").write_text("no folder")
    office.send(to_dir="closed", status=None)
    office.run("profile", "remove", "ana-eau")
    assert office.send(to_dir="mail")["composed"] == 1
    assert office.mails()["ana-serres"].titles == ["Capteurs connectés d'irrigation, site 1"]


def test_one_hour_a_person(office):
    eau, serres = two()
    office.start_ups({**eau, "hour": "18:15"}, serres)
    office.notices(call(1))
    assert office.send(to_dir="mail")["composed"] == 0
    office.clock("18:14")
    assert office.send(to_dir="mail")["composed"] == 0
    office.clock("18:15")
    assert office.send(to_dir="mail")["composed"] == 1


def test_quiet_days_are_made_up_for_on_the_next_one(office):
    office.start_ups(start_up("ana", quiet=["weekends", "holidays", "2026-09-14"]))
    office.notices(call(1))
    assert office.send(to_dir="mail")["composed"] == 0
    office.clock("2026-09-15T08:00:00+02:00")
    assert office.send(to_dir="mail")["composed"] == 1
    office.notices(call(2, published="2026-09-18"))
    for day in ("2026-09-19", "2026-09-20"):
        office.clock(f"{day}T08:00:00+02:00")
        assert office.send(to_dir="mail")["composed"] == 0
    office.clock("2026-09-21T08:00:00+02:00")
    assert office.send(to_dir="monday")["items"] == 1


def test_a_weekly_digest_after_a_quiet_monday_comes_at_its_hour(office):
    office.start_ups(start_up("ana", cadence="weekly", quiet=["2026-09-14"]))
    office.notices(call(1))
    assert office.send(to_dir="mail")["composed"] == 0
    office.clock("2026-09-15T01:00:00+02:00")
    assert office.send(to_dir="mail")["composed"] == 0
    office.clock("2026-09-15T07:30:00+02:00")
    assert office.send(to_dir="mail")["composed"] == 1


def test_deadlines_are_recalled_a_week_and_two_days_before(office):
    office.start_ups(start_up("ana"), start_up("ben", reminders=[1]), start_up("eve", reminders=[]))
    office.notices(call(1, deadline="2026-10-14T12:00:00"))
    assert office.send(to_dir="first")["composed"] == 3
    seen = []
    for day in range(2, 15):
        office.clock(f"2026-10-{day:02d}T08:00:00+02:00")
        office.send(to_dir=f"day-{day}")
        for slug, mail in office.mails(f"day-{day}").items():
            if mail.cards:
                seen.append((day, slug))
                assert "RAPPEL – dans" in mail.text and "Pourquoi  " not in mail.text
                assert "mercredi 14 octobre 2026 à 12:00" in mail.text
    assert seen == [(7, "ana"), (12, "ana"), (13, "ben")]


def test_who_was_told_late_is_not_reminded_the_next_day(office):
    office.start_ups(start_up("ana"))
    office.notices(call(1, deadline="2026-09-18T12:00:00"))
    office.send(to_dir="first")
    office.later(days=1)
    assert office.send(to_dir="next")["items"] == 0
    office.later(days=1)
    assert office.send(to_dir="j-2")["items"] == 1


def test_a_late_machine_reminds_once(office):
    office.start_ups(start_up("ana"))
    office.notices(call(1, deadline="2026-10-14T12:00:00"))
    office.send(to_dir="first")
    office.clock("2026-10-13T08:00:00+02:00")
    assert office.send(to_dir="late")["items"] == 1
    assert "dans 1 jour\n" in office.mails("late")["ana"].text
    office.later(hours=20)
    assert office.send(to_dir="later")["items"] == 0


def test_a_correction_tells_what_was_before_and_what_is_now(office):
    office.start_ups(start_up("ana"))
    office.notices(call(1, make_notice.flux_eforms, deadline="2026-10-12T12:00:00"))
    office.send(to_dir="mail")
    office.later(days=1)
    office.notices(
        call(2, make_notice.flux_eforms, kind="change", previous="26-10001", published="2026-09-15",
             folder=make_notice.folder_uuid("26-10001"), deadline="2026-10-26T12:00:00")
    )
    assert office.send(to_dir="next")["items"] == 1
    text = office.mails("next")["ana"].text
    assert "MODIFIÉ\n1. " in text
    assert "lundi 26 octobre 2026 à 12:00\n              au lieu de lundi 12 octobre 2026 à 12:00" in text
    assert "Modifié    nouvelle adresse des documents" in text


def test_within_a_band_of_scores_what_presses_comes_first(office):
    office.start_ups(start_up("ana", effort_days=5))
    office.notices(
        call(1, deadline="2026-11-30T12:00:00"), call(2, deadline="2026-09-28T12:00:00"),
        call(3, deadline="2026-10-12T12:00:00"), call(4, deadline="2026-09-17T12:00:00"),
    )
    office.send(to_dir="mail")
    assert [title[-1] for title in office.mails()["ana"].titles] == ["2", "3", "1", "4"]
    assert "Trop tard pour vous" in office.mails()["ana"].text


@pytest.mark.parametrize("field, value, says", [
    ("hour", "25:00", "hour"), ("quiet", ["sundays"], "quiet"), ("reminders", [0], "reminders"),
])
def test_wishes_that_are_none_are_refused(office, field, value, says):
    done = office.app("profile", "import", "-", stdin=json.dumps([start_up("ana", **{field: value})]), check=False)
    assert done.returncode == 65 and says in done.stderr


def doctor(office):
    lines = [json.loads(line) for line in office.run("doctor", "--json", check=False).stdout.splitlines()]
    return {line["check"]: line for line in lines}["digests"]


def test_the_watchdog_sees_what_did_not_leave(office):
    office.start_ups(start_up("ana"))
    office.notices(call(1))
    office.run("match")
    assert doctor(office)["state"] == "ok", "due for half an hour only"
    office.clock("09:00")
    assert doctor(office)["state"] == "fail" and "1 people" in doctor(office)["text"]
    (office.app.dir / "closed").write_text("no folder")
    office.send(to_dir="closed", status=None)
    office.app("digest", "send", "--smtp", "smtp://127.0.0.1:1", "--now", office.now.isoformat(), check=False)
    assert doctor(office)["state"] == "ok", "composed just now"
    office.later(hours=1)
    found = doctor(office)
    assert found["state"] == "fail" and "1 messages wait" in found["text"]
    office.send(to_dir="mail")
    assert doctor(office)["state"] == "ok"
