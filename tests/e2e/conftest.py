"""Instances at several stages of their first day."""

import harness
import pytest
from sample_day import NOW, SAMPLES


@pytest.fixture
def samples():
    return SAMPLES


@pytest.fixture
def ready(app):
    """init has been run."""
    app("init")
    return app


@pytest.fixture
def filled(ready):
    """Notices and profiles are in, nothing is matched yet."""
    ready("import", SAMPLES / "notices", "--now", NOW)
    ready("profile", "import", SAMPLES / "profiles.json", "--now", NOW)
    return ready


@pytest.fixture
def matched(filled):
    filled("match", "--now", NOW)
    return filled


@pytest.fixture
def refused(app):
    """Runs a command that must fail: one line, one exit status, and words that it must say."""

    def run(status, *args, says=(), **options):
        done = app(*args, check=False, **options)
        assert done.returncode == status, harness.story(args_text(args), done)
        lines = [line for line in done.stderr.splitlines() if line.startswith("appariteur: ")]
        assert len(lines) == 1, done.stderr
        for word in [says] if isinstance(says, str) else says:
            assert word in lines[0], lines[0]
        return done

    return run


def args_text(args):
    return [str(arg) for arg in args]
