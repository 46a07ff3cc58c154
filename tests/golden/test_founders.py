"""
Ten digests as a founder gets them: the sample start-ups over the sample notices, by few and still rules
(founders/rules.rules), so that what moves here is the mail. After a wanted change:

    APPARITEUR_BUILD=build /usr/bin/python3 -m pytest tests/golden/test_founders.py --update

rewrites them; read the difference as the founder would.
"""

import json
import re
import shutil
import subprocess
from pathlib import Path

import harness
import pytest
from sample_day import NOW, SAMPLES

FOLDER = Path(__file__).resolve().parent / "founders"


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    app = harness.App(harness.programme(), tmp_path_factory.mktemp("founders"))
    rules = app.dir / "rules"
    rules.mkdir()
    shutil.copy(FOLDER / "rules.rules", rules)
    shutil.copy(harness.ROOT / "rules" / "words.rules", rules)  # words that mean nothing by themselves
    app("init", "--rules", rules)
    (app.dir / "appariteur.conf").write_text(
        "[instance]\nname = la Capitale d’exemple\n[mail]\nfrom = veille@example.org\nfrom_name = Veille d’exemple\n"
    )
    app("import", SAMPLES / "notices", "--now", NOW)
    app("profile", "import", SAMPLES / "profiles.json", "--now", NOW)
    app("match", "--now", NOW)
    return app


def slugs():
    return [p["id"] for p in json.loads((SAMPLES / "profiles.json").read_text())][:10]


@pytest.fixture(params=slugs())
def slug(request):
    return request.param


def preview(office, slug, kind):
    return office("digest", "preview", slug, "--format", kind, "--now", NOW).stdout


def test_the_digest_is_the_one_that_was_read(office, slug, request):
    got, path = preview(office, slug, "text"), FOLDER / f"{slug}.txt"
    if request.config.getoption("--update", default=False):
        path.write_text(got)
    assert got == path.read_text()


def test_it_is_fit_to_be_read(office, slug):
    text, html = preview(office, slug, "text"), preview(office, slug, "html")
    assert all(len(line) <= 76 or "://" in line for line in text.split("\n"))
    assert len(html.encode()) < 30000
    assert not re.search(r"<(img|script|link|iframe)\b|url\(|\bsrc=", html)
    assert text.splitlines()[0] in re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html.split("<body>")[1]))


def test_html_passes_tidy(office, slug, tmp_path):
    if not shutil.which("tidy"):
        pytest.skip("tidy is not installed")
    (tmp_path / "a.html").write_text(preview(office, slug, "html"))
    done = subprocess.run(["tidy", "-e", "-q", "-utf8", tmp_path / "a.html"], capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (0, "")
