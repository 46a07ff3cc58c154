"""Help, manual pages and completion name every command, and a wrong call gets one precise line."""

import re
import subprocess

import harness
import pytest

PAGES = harness.ROOT / "src/app/man"
COMPLETION = harness.ROOT / "contrib/completions/appariteur.bash"


@pytest.fixture
def commands(app):
    """Names as the overview lists them."""
    lines = app("--help").stdout.splitlines()
    names = [re.match(r"  ([a-z]+(?: [a-z]+)?)  ?", line) for line in lines if re.match(r"  [a-z]", line)]
    names = [name.group(1) for name in names]
    assert len(names) > 40 and names == sorted(names)
    return names


def options_of(app, command):
    own = app(*command.split(), "--help").stdout.split("\n\n")[1:-1]
    return re.findall(r"^  (--[a-z-]+)", own[0], re.M) if own else []


def test_every_command_has_help(app, commands):
    for command in commands:
        text = app(*command.split(), "--help").stdout
        assert text.startswith(f"usage: appariteur {command}"), text
        assert "--json" in text and app("help", *command.split()).stdout == text
        assert [line for line in text.splitlines() if len(line) > 80] == []
    assert [line for line in app("--help").stdout.splitlines() if len(line) > 80] == []


def test_no_option_of_a_command_hides_behind_one_that_all_take(app, commands):
    for command in commands:
        told = re.findall(r"^  (--[a-z-]+)", app(*command.split(), "--help").stdout, re.M)
        assert [option for option in told if told.count(option) > 1] == [], command


def test_the_first_word_of_several_commands_has_help(app, commands):
    families = {command.split()[0] for command in commands if " " in command} - set(commands)
    for family in families:
        text = app(family, "--help").stdout
        assert app("help", family).stdout == text
        told = [line[2:24].strip() for line in text.splitlines() if line.startswith("  ")]
        assert told == [command for command in commands if command.split()[0] == family]


def test_manual_names_every_command_and_option(app, commands):
    page = (PAGES / "appariteur.1.scd").read_text()
    for command in commands:
        (section,) = re.findall(rf"^\*{command}\*.*\n((?:\t.*\n|\n)+)", page, re.M)
        for option in options_of(app, command):
            assert f"\t*{option}*" in section, f"{command} {option}"
    documented = re.findall(r"^\*([a-z]+(?: [a-z]+)?)\*(?: |$)", page, re.M)
    assert set(documented) - {"appariteur", "help"} == set(commands)


def test_manual_names_every_setting(app):
    page = (PAGES / "appariteur.conf.5.scd").read_text()
    for row in app.json("config", "show"):
        key = row["key"].replace("_", "\\_")
        (default,) = re.findall(rf"^\*{re.escape(key)}\* = .*\n\t.* Default: (.*)\.$", section(page, row), re.M)
        assert default == (f"*{row['value']}*".replace("_", "\\_") if row["value"] else "empty"), key


def section(page, row):
    return page.split(f"# SECTION {row['section'].upper()}\n")[1].split("\n# ")[0]


def complete(app, *words):
    """What bash would propose for the last word."""
    script = (
        f". {COMPLETION}; COMP_WORDS=(appariteur \"$@\"); COMP_CWORD=$#; _appariteur; "
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "-c", script, "bash", *words], capture_output=True, text=True, cwd=app.dir, timeout=10
    )
    assert done.returncode == 0 and done.stderr == "", done.stderr
    return done.stdout.split()


def test_completion_names_every_command_and_option(app, commands):
    assert set(complete(app, "")) == {command.split()[0] for command in commands} | {"help", "version"}
    for command in commands:
        first, *second = command.split()
        if second:
            proposed = complete(app, first, "")
            assert proposed == [c.split()[1] for c in commands if c.split()[0] == first]
        proposed = complete(app, first, *second, "--")
        assert set(options_of(app, command)) <= set(proposed), command
        assert {"--db", "--json", "--help"} <= set(proposed)
    assert complete(app, "digest", "preview", "x", "--format", "h") == ["html"]
    assert complete(app, "--db", "x", "prof") == ["profile"]


def test_version(app):
    assert re.fullmatch(r"appariteur \d+\.\d+\.\d+\n", app("--version").stdout)


@pytest.mark.parametrize(
    "args, says",
    [
        ((), "which command?"),
        (("fetsch",), '"fetsch"'),
        (("notice",), "notice what? One of list, search, show"),
        (("notice", "delete"), "one of list, search, show"),
        (("-v",), "no option -v"),
        (("match", "-v"), "no option -v"),
        (("match", "--everything"), "match has no option --everything"),
        (("match", "--since"), "--since needs a value: DAY"),
        (("match", "--since", "yesterday"), 'a day like 2026-11-23, not "yesterday"'),
        (("match", "--since", "2026-02-30"), "2026-02-30"),
        (("match", "--now", "noon"), "a time like"),
        (("match", "--all=yes"), "--all takes no value"),
        (("match", "extra"), '"extra" is too much'),
        (("explain", "x"), "explain needs PROFILE NOTICE"),
        (("notice", "list", "--limit", "many"), "whole number"),
        (("notice", "list", "--kind", "x"), "--kind is one of"),
        (("notice", "list", "--cpv", "x"), "--cpv"),
        (("notice", "list", "--place", "Atlantis"), "--place"),
        (("notice", "list", "--source", b"\xff"), "--source: not valid UTF-8"),
        (("notice", "search", b"\xff"), "not valid UTF-8"),
        (("fetch", "nowhere"), 'no source "nowhere"'),
        (("source", "test", "nowhere"), 'no source "nowhere"'),
        (("--format", "x"), "no option --format before a command"),
        (("help", "fetsch"), '"fetsch"'),
    ],
)
def test_wrong_calls_get_one_line(app, args, says):
    app("init")
    done = subprocess.run(
        [app.binary, *args], capture_output=True, cwd=app.dir, env=app.environment(), timeout=30
    )
    lines = done.stderr.decode().splitlines()
    assert done.returncode == 64 and done.stdout == b"", done
    assert len(lines) == 1 and lines[0].startswith("appariteur: ") and says in lines[0], lines


def test_the_settings_of_init_have_each_section_once(app):
    app("init")
    sections = re.findall(r"^\[(\w+)\]", (app.dir / "appariteur.conf").read_text(), re.M)
    assert len(sections) == len(set(sections))
