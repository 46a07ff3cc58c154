"""The harness of the suites sees what goes wrong: a stand-in programme misbehaves on purpose."""

import importlib.machinery
import importlib.util

import harness
import pytest
import tree

STAND_IN = """#!/bin/sh
case "$1" in
args) echo "$@" ;;
cat) cat ;;
lines) printf '{"a": 1}\\n{"a": 2}\\n' ;;
refuse) echo "no" >&2; exit 65 ;;
crash) kill -SEGV $$ ;;
complain) echo "x.c:1: runtime error: overflow" >&2 ;;
esac
"""


@pytest.fixture
def stand_in(tmp_path):
    path = tmp_path / "stand-in"
    path.write_text(STAND_IN)
    path.chmod(0o755)
    return harness.App(path, tmp_path)


def test_the_database_of_the_test_goes_in(stand_in):
    db = stand_in.db
    assert stand_in("args", "import", "x").stdout == f"args import x --db {db}\n"
    assert stand_in("args", "--", "x").stdout == f"args --db {db} -- x\n"
    assert stand_in("args", "--db", "y").stdout == "args --db y\n"
    assert stand_in("args", "--to-dir", stand_in.mail).stdout.split()[2] == str(stand_in.dir / "mail")


def test_input_and_output_are_text(stand_in):
    assert stand_in("cat", stdin="été").stdout == "été"
    assert stand_in("cat").stdout == ""
    assert stand_in.json("lines") == [{"a": 1}, {"a": 2}]


def test_a_refusal_fails_unless_expected(stand_in):
    assert stand_in("refuse", check=False).returncode == 65
    with pytest.raises(AssertionError, match="exit status 65"):
        stand_in("refuse")


@pytest.mark.parametrize("word", ["crash", "complain"])
def test_a_crash_or_a_complaint_always_fails(stand_in, word):
    with pytest.raises(AssertionError, match="ended with status"):
        stand_in(word, check=False)


def test_mail_is_read_back(stand_in):
    stand_in.mail.folder.mkdir()
    (stand_in.mail.folder / "1.eml").write_text(
        "To: Une PME <pme@example.org>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\nVoici.\n"
    )
    assert stand_in.mail.texts("pme@example.org") == ["Voici.\n"]
    assert stand_in.mail.texts("other@example.org") == []


def load_run():
    loader = importlib.machinery.SourceFileLoader("run", str(tree.ROOT / "tests/run"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("run", loader))
    loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "stdout, result, status, expected",
    [
        ("1..2\nok 1 - a\nok 2 - b\n", "OK", 0, (2, 0, 0)),
        ("1..2\nok 1 - a\nnot ok 2 - b\n", "FAIL", 1, (1, 1, 0)),
        ("1..2\nok 1 - a\nnot ok 2 # SKIP b\n", "FAIL", 0, (1, 0, 1)),
        ("1..2\nok 1 - a\n", "ERROR", -11, (1, 1, 0)),
        ("1..1\nok 1 - a\n", "ERROR", 99, (1, 1, 0)),
        ("1..1\nok 1 - a\n", "TIMEOUT", -15, (1, 1, 0)),
        ("", "OK", 0, (0, 1, 0)),
    ],
)
def test_unit_tests_are_counted_one_by_one(stdout, result, status, expected):
    run = load_run()
    counts = run.Counts()
    run.count_tap("x", {"stdout": stdout, "result": result, "returncode": status}, counts)
    assert (counts.passed, counts.failed, counts.skipped) == expected
    assert len(counts.failures) == counts.failed
