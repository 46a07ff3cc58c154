"""What every suite shares: the paths of our helpers, the `app` fixture, and --update."""

import os
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
for folder in ("lib", "lint", "relevance"):
    sys.path.insert(0, str(HERE / folder))

import harness  # noqa: E402  (needs the path above)


def pytest_addoption(parser):
    parser.addoption(
        "--update", action="store_true", default=os.environ.get("APPARITEUR_UPDATE") == "1",
        help="rewrite the golden files instead of comparing with them (also APPARITEUR_UPDATE=1)",
    )


@pytest.fixture
def app(tmp_path):
    """The real programme in a folder of its own, with a database of its own."""
    return harness.App(harness.programme(), tmp_path)


@pytest.fixture(scope="session")
def shared():
    """The folder of real notices; tests that need it are skipped where it is not."""
    if harness.SHARED is None:
        pytest.skip("APPARITEUR_SHARED is not set")
    return harness.SHARED
