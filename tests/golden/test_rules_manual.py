"""The worked examples of appariteur-rules(5) are rules: each is checked, and its examples tried."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MANUAL = (ROOT / "src/app/man/appariteur-rules.5.scd").read_text()
PROGRAMME = Path(os.environ.get("APPARITEUR_BUILD", ROOT / "build")) / "src/app/appariteur"


def blocks(section):
    text = MANUAL.split(f"\n# {section}\n", 1)[1].split("\n# ", 1)[0]
    return [block.replace("\\\\", "\\") for block in re.findall(r"^```\n(.*?)^```$", text, re.M | re.S)]


def run(*args):
    return subprocess.run([PROGRAMME, *map(str, args)], capture_output=True, text=True)


def test_there_are_ten():
    assert len(blocks("TUTORIAL")) == 10


@pytest.mark.parametrize("number", range(10))
def test_worked_example(tmp_path, number):
    text = blocks("TUTORIAL")[number]
    file = tmp_path / "example.rules"
    file.write_text(text)
    done = run("rules", "check", file, ROOT / "rules/words.rules")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    done = run("rules", "test", file, ROOT / "rules/words.rules")
    assert done.returncode == 0, done.stdout
    n = len(re.findall(r"^ +(?:example|counter) ", text, re.M))
    assert n >= 2 and f" {n} examples, 0 failed" in done.stdout
    assert done.stderr == ""  # each rule has an example and a counter-example


def test_opening_example(tmp_path):
    (text,) = blocks("DESCRIPTION")
    file = tmp_path / "example.rules"
    file.write_text(text)
    done = run("rules", "test", file)
    assert done.returncode == 0, done.stdout


def test_every_statement_is_in_the_grammar():
    """The statements that an unknown word is told of are those of the manual."""
    source = (ROOT / "src/match/rule_parse.c").read_text()
    statements = re.findall(r'^\t\{ "([a-z]+)", \w+, (?:APART|OF_RULE|OF_EITHER) \},$', source, re.M)
    (grammar,) = blocks("GRAMMAR")
    assert len(statements) > 10
    for statement in statements:
        assert f'"{statement}"' in grammar and f"*{statement}*" in MANUAL, statement
