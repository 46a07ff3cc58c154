"""
Every change of every zone from 2020 to 2040, against Python's zoneinfo: offsets on both sides, the instant of
each civil minute around it (in a gap the first instant after, of two the first), and that a daily digest whose
hour lies there is due from that instant on and not before.

A few zones here; APPARITEUR_ZONES=all for every one. Zones for which the two libraries have other data (a
country changed its law after one of them was made) are told apart by their offsets and must be few.
"""

import datetime
import os
import subprocess
import zoneinfo
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FIRST, LAST = 2020, 2040
UTC = datetime.timezone.utc
DAY = 86400
FEW = [
    "Europe/Paris", "America/Guadeloupe", "Indian/Reunion", "Pacific/Noumea", "America/Miquelon", "Indian/Mayotte",
    "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca", "Europe/London", "Asia/Tehran",
    "America/St_Johns", "Pacific/Chatham", "Antarctica/Troll", "America/Nuuk", "Europe/Dublin", "Asia/Kathmandu",
]


def ask(questions):
    build = Path(os.environ.get("APPARITEUR_BUILD", ROOT / "build-test")).resolve()
    done = subprocess.run(
        [build / "tests" / "zones-ask"], input="\n".join(questions) + "\n", capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    answers = done.stdout.splitlines()
    assert len(answers) == len(questions)
    return answers


def offset(zone, at):
    return int(datetime.datetime.fromtimestamp(at, zone).utcoffset().total_seconds())


def changes(zone):
    """Instants at which the offset changes, to the second."""
    at = int(datetime.datetime(FIRST, 1, 1, tzinfo=UTC).timestamp())
    end = int(datetime.datetime(LAST + 1, 1, 1, tzinfo=UTC).timestamp())
    before = offset(zone, at)
    while at < end:
        after = offset(zone, at + DAY)
        if after != before:
            low, high = at, at + DAY
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if offset(zone, middle) == before else (low, middle)
            yield high, before, offset(zone, high)
        at, before = at + DAY, after


def civil_to_utc(zone, day, minute):
    """In a gap the first instant after it; of two the first."""
    naive = datetime.datetime.combine(day, datetime.time()) + datetime.timedelta(minutes=minute)
    at = int(naive.replace(tzinfo=zone, fold=0).timestamp())
    back = datetime.datetime.fromtimestamp(at, zone).replace(tzinfo=None)
    if back == naive:
        return at
    low, high = at - 3 * 3600, at + 3 * 3600  # the change is near: it is where local time jumps over `naive`
    while high - low > 1:
        middle = (low + high) // 2
        early = datetime.datetime.fromtimestamp(middle, zone).replace(tzinfo=None) < naive
        low, high = (middle, high) if early else (low, middle)
    return high


def zones():
    names = sorted(zoneinfo.available_timezones()) if os.environ.get("APPARITEUR_ZONES") == "all" else FEW
    return [name for name, known in zip(names, ask([f"known {name}" for name in names])) if known == "1"]


def questions_of(name):
    zone = zoneinfo.ZoneInfo(name)
    for at, before, after in changes(zone):
        yield f"offset {name} {at - 1}", str(before)
        yield f"offset {name} {at}", str(after)
        low = datetime.datetime.fromtimestamp(at + min(before, after), UTC)
        wide = abs(after - before) // 60
        for step in range(-15, wide + 16, 15 if wide <= 180 else 120):
            moment = low + datetime.timedelta(minutes=step)
            day, minute = moment.date(), moment.hour * 60 + moment.minute
            utc = civil_to_utc(zone, day, minute)
            yield f"utc {name} {day} {minute}", str(utc)
            local = datetime.datetime.fromtimestamp(utc, zone)
            if local.date() == day:
                yield f"due {name} {utc} {minute}", f"{day} 1"
                eve = datetime.datetime.fromtimestamp(utc - 1, zone)
                if eve.date() == day:
                    yield f"due {name} {utc - 1} {minute}", f"{day} 0"


def test_every_change_of_every_zone():
    names = zones()
    asked, expected, whose = [], [], []
    for name in names:
        for question, answer in questions_of(name):
            asked.append(question)
            expected.append(answer)
            whose.append(name)
    answers = ask(asked)
    other_data = {w for w, q, a, e in zip(whose, asked, answers, expected) if q.startswith("offset") and a != e}
    wrong = [
        (q, a, e) for w, q, a, e in zip(whose, asked, answers, expected) if a != e and w not in other_data
    ]
    print(f"{len(names)} zones, {len(asked)} questions, other data: {sorted(other_data)}")
    assert wrong == []
    assert len(other_data) <= max(2, len(names) // 20)
    assert len(asked) > 100 * len(FEW)


def test_an_unknown_zone_is_none():
    assert ask(["known Europe/Atlantis", "known CET+1", "known", "known Europe/Paris"]) == ["0", "0", "0", "1"]
