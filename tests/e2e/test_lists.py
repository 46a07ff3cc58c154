"""What lists print: ids that can be typed again, whole lines for other programmes, lines that fit a terminal."""

import fcntl
import json
import os
import struct
import subprocess
import termios

import pytest
from sample_day import NOW, SAMPLES

LONG = "remise-en-eau-du-canal-et-de-ses-ouvrages"
TITLE = "Remettre en eau le canal et ses ouvrages avant l'été, sans couper la route départementale ni le chemin"


@pytest.fixture
def town(filled):
    need = {"id": LONG, "title": TITLE, "description": "Vannes et capteurs.", "buyer": {"name": "Ville d'Exemple"}}
    filled("requirement", "import", "-", "--now", NOW, stdin=json.dumps([need]))
    filled("profile", "add", "--id", LONG, "--name", TITLE, "--keyword", "arrosage", "--now", NOW)
    return filled


def on_a_terminal(app, columns, *args):
    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    done = subprocess.run(app.argv(*args), stdin=slave, stdout=slave, stderr=subprocess.PIPE,
                          cwd=app.dir, env=app.environment(), check=True)
    os.close(slave)
    shown = b""
    while True:
        try:
            piece = os.read(master, 65536)
        except OSError:  # all of it was read
            break
        if not piece:
            break
        shown += piece
    os.close(master)
    assert done.stderr == b""
    return shown.decode().replace("\r\n", "\n").splitlines()


LISTS = [
    (("notice", "list"), ("notice", "show"), f"requirement:{LONG}"),
    (("requirement", "list"), ("requirement", "show"), LONG),
    (("profile", "list"), ("profile", "show"), LONG),
]


@pytest.mark.parametrize("lists, shows, name", LISTS)
def test_an_id_of_a_list_can_be_typed_again(town, lists, shows, name):
    ids = [line.split()[0] for line in town(*lists, "--now", NOW).stdout.splitlines()]
    assert name in ids
    for one in ids:
        assert town(*shows, one).stdout


@pytest.mark.parametrize("lists, shows, name", LISTS)
def test_lines_for_other_programmes_are_whole_and_end_where_they_end(town, lists, shows, name):
    lines = town(*lists, "--now", NOW).stdout.splitlines()
    assert any(line.startswith(name) and line.endswith(TITLE) for line in lines)
    assert [line for line in lines if line != line.rstrip()] == []


@pytest.mark.parametrize("columns", [80, 110])
@pytest.mark.parametrize("lists, shows, name", LISTS)
def test_lines_fit_a_terminal(town, lists, shows, name, columns):
    lines = on_a_terminal(town, columns, *lists, "--now", NOW)
    (cut,) = [line for line in lines if line.startswith(name)]
    assert cut.endswith("…") and name + " " in cut
    assert [line for line in lines if len(line) > columns and not line.startswith(name)] == []
    assert len(cut) <= max(columns, len(name) + 40)


def test_names_of_rules_are_whole(town):
    town("match", "--now", NOW)
    shown = town("match", "--all", "--now", NOW).stdout
    rules = {r["rule"] for m in town.json("match", "--all", "--now", NOW) for r in m["reasons"]}
    long = [rule for rule in rules if len(rule) > 30]
    assert long and [rule for rule in long if rule not in shown] == []


@pytest.mark.parametrize(
    "args, says",
    [
        (("notice", "list"), "--all takes past deadlines"),
        (("notice", "search", "drone", "--all"), "no such notice is stored"),
        (("profile", "list"), "see profile add"),
        (("requirement", "list"), "--all lists drafts"),
        (("outbox", "list"), "--all lists what was sent"),
        (("outbox", "list", "--all"), "no message was ever written"),
        (("quarantine", "list"), "could be read"),
        (("judgment", "list"), "nobody judged"),
        (("webhook", "list"), "see webhook add"),
        (("codes", "list"), "see codes import"),
        (("stats", "coverage"), "nothing was fetched"),
        (("stats", "incidents"), "no gap"),
    ],
)
def test_an_empty_list_says_so(app, args, says):
    app("init")
    done = app(*args)
    assert done.stdout == "" and len(done.stderr.splitlines()) == 1 and says in done.stderr, done.stderr
    assert app(*args, "--quiet").stderr == "" == app(*args, "--json").stdout


def test_an_audit_without_start_ups_says_so(app):
    app("init")
    app("import", SAMPLES / "notices", "--now", NOW)
    done = app("audit", "draw", "--now", NOW)
    assert done.stdout == "" and "no pair to draw" in done.stderr and "put a grade" not in done.stderr
