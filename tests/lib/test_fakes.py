"""The fakes together: behind faults, as programmes of their own, and with the real notices."""

import gzip
import http.client
import json
import pathlib
import subprocess
import sys

import fake_http
import make_notice
from client import DAY, ask, end, hrefs, script, search
from fake_boamp import FakeBoamp
from fake_ted import FakeTed
from harness import NOTICES, needs_notices

LIB = pathlib.Path(__file__).resolve().parent


def test_faults_then_exactly_the_announced_set(many_boamp, many_ted):
    """The fakes end well for a client that simply tries again: what every fetch test relies on."""
    many_boamp.faults, many_ted.faults = fake_http.seeded(3, rate=0.5), fake_http.seeded(
        4, rate=0.5
    )

    def patient(url, closes, data=None):
        for _ in range(40):
            try:
                status, headers, body = ask(
                    url, data, {"Content-Type": "application/json"} if data else {}
                )
                if headers["Content-Encoding"] == "gzip":
                    body = gzip.decompress(body)
                if status == 200 and closes(body):
                    return body
            except (OSError, http.client.HTTPException):
                pass
        raise AssertionError(url)

    page = patient(
        many_boamp.flux_url + "2026/09/10/", lambda b: b"Index of" in b and b"</html>" in b
    )
    files = [h for h in hrefs(page) if h.endswith(".xml")]
    for name in files:
        patient(
            many_boamp.flux_url + "2026/09/10/" + name, lambda b: b.rstrip().endswith(b"</jo:ann>")
        )
    assert {f[:-4] for f in files} == many_boamp.refs(DAY, DAY)
    assert {r.fault for r in many_boamp.requests} > {None}
    body = patient(
        many_ted.url + "/en/notice/700101-2026/xml",
        lambda b: b.rstrip().endswith(b"</ContractNotice>"),
    )
    assert b"00700101-2026" in body


def test_fake_boamp_serves_a_folder(tmp_path):
    (tmp_path / "a.xml").write_bytes(make_notice.flux_fnsimple(ref="26-5"))
    (tmp_path / "ted.xml").write_bytes(make_notice.eforms())  # not BOAMP's: left alone
    (tmp_path / "b.json").write_text(
        json.dumps({"total_count": 1, "results": [make_notice.api_record(ref="26-6")]})
    )
    process, url = script(LIB / "fake_boamp.py", "--dir", tmp_path, "--port", "0")
    try:
        assert "26-5.xml" in hrefs(ask(url + "/OPENDATA/BOAMP/2026/09/10/")[2])
        assert (
            json.loads(ask(url + "/api/explore/v2.1/catalog/datasets/boamp/records")[2])[
                "total_count"
            ]
            == 2
        )
    finally:
        assert end(process) == 0


def test_fake_ted_serves_a_folder_with_faults(tmp_path):
    (tmp_path / "t.xml").write_bytes(make_notice.eforms(ref="700007-2026"))
    process, url = script(
        LIB / "fake_ted.py", "--dir", tmp_path, "--faults", "seed=1,rate=1,kinds=500,limit=1"
    )
    try:
        assert ask(url + "/en/notice/700007-2026/xml")[0] == 500
        assert ask(url + "/en/notice/700007-2026/xml")[0] == 200
    finally:
        assert end(process) == 0


def test_scripts_refuse_what_they_cannot_read(tmp_path):
    (tmp_path / "bad.json").write_text("{")
    for name, arguments in (
        ("fake_boamp.py", ["--dir", tmp_path]),
        ("fake_ted.py", []),
        ("smtp_server.py", []),
    ):
        process = subprocess.run(
            [sys.executable, LIB / name, *arguments], capture_output=True, text=True, timeout=30
        )
        assert (
            process.returncode != 0 and process.stderr.strip() and "Traceback" not in process.stderr
        )


@needs_notices
def test_fakes_serve_the_real_notices():
    with FakeBoamp() as boamp, FakeTed() as ted:
        assert len(boamp.load(NOTICES.joinpath("boamp-xml-325"))) >= 3
        assert len(boamp.load(NOTICES.joinpath("boamp-api-full"))) >= 8
        assert len(ted.load(NOTICES.joinpath("ted-eforms"))) > 60
        assert "26-88058.xml" in hrefs(ask(boamp.flux_url + "2026/09/11/")[2])
        page = search(ted, query="publication-number=762961-2023")
        assert page["totalNoticeCount"] == 1
