"""What the golden tests share: the real programme on a database as `init` leaves it."""

import shutil

import harness
import pytest


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory):
    """Made once, copied for each."""
    app = harness.App(harness.programme(), tmp_path_factory.mktemp("init"))
    app("init", "--rules", harness.ROOT / "rules")
    return app.db


@pytest.fixture(scope="session")
def fresh(tmp_path_factory, empty_database):
    """Calling it gives another programme with a folder and an empty database of its own."""

    def make():
        app = harness.App(harness.programme(), tmp_path_factory.mktemp("app"))
        shutil.copy(empty_database, app.db)
        return app

    return make
