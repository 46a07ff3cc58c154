"""Instances at several stages of their first day."""

import shutil

import harness
import pytest
from sample_day import NOW, SAMPLES


@pytest.fixture
def samples():
    return SAMPLES


# The first steps of an instance, each upon the one before.
STAGES = {
    "ready": (("init",),),
    "filled": (
        ("import", SAMPLES / "notices", "--now", NOW),
        ("profile", "import", SAMPLES / "profiles.json", "--now", NOW),
    ),
    "matched": (("match", "--now", NOW),),
}


@pytest.fixture(scope="session")
def stages(tmp_path_factory):
    """Folders of the stages: taken once, in order, and copied for each test."""
    folders, folder = {}, None
    for name, steps in STAGES.items():
        before, folder = folder, tmp_path_factory.mktemp(name)
        if before:
            shutil.copytree(before, folder, dirs_exist_ok=True)
        app = harness.App(harness.programme(), folder)
        for step in steps:
            app(*step)
        folders[name] = folder
    return folders


def at_stage(app, folder):
    shutil.copytree(folder, app.dir, dirs_exist_ok=True)
    return app


@pytest.fixture
def ready(app, stages):
    """init has been run."""
    return at_stage(app, stages["ready"])


@pytest.fixture
def filled(app, stages):
    """Notices and profiles are in, nothing is matched yet."""
    return at_stage(app, stages["filled"])


@pytest.fixture
def matched(app, stages):
    """Everything is matched."""
    return at_stage(app, stages["matched"])


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
