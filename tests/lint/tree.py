"""The files of the project, as the lint tests see them."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOPS = ("contrib", "db", "include", "rules", "src", "tests", ".ci")


def _all_files():
    for top in TOPS:
        for folder, folders, names in os.walk(ROOT / top):
            folders[:] = sorted(f for f in folders if f != "__pycache__" and not f.startswith("."))
            for name in sorted(names):
                if not name.endswith(".pyc"):
                    yield (Path(folder) / name).relative_to(ROOT).as_posix()


FILES = sorted(_all_files())


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def files(*endings, under=("",)):
    """Paths relative to the root, with one of the endings and below one of the folders."""
    return [path for path in FILES if path.endswith(endings) and path.startswith(tuple(under))]


def texts(*endings, under=("",)):
    return {path: read(path) for path in files(*endings, under=under)}


def build_folder():
    """Where the programme was built, for generated headers and tools; None when not built."""
    folder = Path(os.environ.get("APPARITEUR_BUILD", ROOT / "build-test"))
    return folder if (folder / "build.ninja").is_file() else None


def run(*argv, **options):
    return subprocess.run(
        [str(arg) for arg in argv], text=True, capture_output=True, timeout=60, **options
    )
