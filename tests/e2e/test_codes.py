"""Words for codes: read from the publishers' own files, shown where they are there, missed nowhere."""

import fake_http
import harness
import make_notice
import pytest

CPV = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!DOCTYPE properties SYSTEM "http://java.sun.com/dtd/properties.dtd">\n'
    "<properties><comment>code in {}.</comment>"
    '<entry key="code|name|cpv.38410000">{}</entry></properties>'
)


@pytest.fixture
def one(ready):
    xml = make_notice.flux_fnsimple(ref="26-51001", cpv=("38410000",))
    (ready.dir / "1.xml").write_bytes(xml if isinstance(xml, bytes) else xml.encode())
    ready("import", ready.dir / "1.xml")
    return ready


def test_labels_are_shown_where_there_are_any(one):
    assert "\ncpv         38410000\n" in one("notice", "show", "boamp:26-51001").stdout
    (one.dir / "en.xml").write_text(CPV.format("English", "Metering instruments"))
    (one.dir / "fr.xml").write_text(CPV.format("French", "Instruments de mesure"))
    one("codes", "import", one.dir / "en.xml")
    assert "38410000 Metering instruments\n" in one("notice", "show", "boamp:26-51001").stdout
    (report,) = one.json("codes", "import", one.dir / "fr.xml")
    assert (report["read"], report["new"]) == (1, 1)
    assert "38410000 Instruments de mesure\n" in one("notice", "show", "boamp:26-51001").stdout
    (notice,) = one.json("notice", "list", "--all", "--cpv", "3841")
    assert notice["cpv"] == ["38410000"]
    assert [(r["list"], r["language"], r["codes"]) for r in one.json("codes", "list")] == [
        ("cpv", "en", 1), ("cpv", "fr", 1),
    ]


def test_twice_changes_nothing_and_a_new_word_replaces_the_old(one):
    path = one.dir / "labels.csv"
    path.write_text("code;label\n38410000-2;Compteurs\n")
    args = ("codes", "import", path, "--list", "cpv", "--language", "fr")
    assert one.json(*args)[0]["new"] == 1
    assert one.json(*args)[0]["unchanged"] == 1
    path.write_text("code;label\n38410000-7;Compteurs d'eau\n")
    assert one.json(*args)[0]["updated"] == 1
    assert "38410000 Compteurs d'eau\n" in one("notice", "show", "boamp:26-51001").stdout


def test_what_is_no_code_list(one, refused):
    (one.dir / "x.csv").write_text("code,label\n1,A\n")
    refused(65, "codes", "import", one.dir / "x.csv", says=("x.csv", "--list"))
    refused(65, "codes", "import", one.dir / "1.xml", says="1.xml")
    assert one.json("codes", "list") == []


@harness.needs_shared
def test_the_real_lists(ready, shared):
    (labels,) = ready.json("codes", "import", shared / "reference" / "eforms-code-labels-fr.xml")
    assert labels["new"] == labels["read"] > 15000
    lists = sorted((shared / "reference" / "eforms-codelists").glob("*.gc"))
    reports = ready.json("codes", "import", *lists)
    assert len(reports) == len(lists) and all(r["read"] > 0 for r in reports)
    counts = {(r["list"], r["language"]): r["codes"] for r in ready.json("codes", "list")}
    assert counts["cpv", "fr"] == 9454


def test_a_list_comes_straight_from_its_publisher(one, refused):
    with fake_http.FakeServer() as server:
        server.respond = lambda request: fake_http.Response(
            200, {"Content-Type": "text/xml"}, CPV.format("English", "Metering instruments").encode()
        )
        (report,) = one.json("codes", "import", server.url + "/code_en.xml")
        assert (report["file"], report["new"]) == (server.url + "/code_en.xml", 1)
        assert "38410000 Metering instruments\n" in one("notice", "show", "boamp:26-51001").stdout

        server.faults = fake_http.always(fake_http.status(404))
        refused(69, "codes", "import", server.url + "/gone.xml", says="the server answers 404")


def test_a_branch_of_cpv_is_searched_without_words(ready):
    for ref, cpv in (("26-60001", "72212000"), ("26-60002", "45000000")):
        (ready.dir / "n.xml").write_bytes(make_notice.flux_fnsimple(ref=ref, title=f"Marché {ref}", cpv=cpv))
        ready("import", ready.dir / "n.xml")
    assert [n["id"] for n in ready.json("notice", "search", "--cpv", "72", "--all")] == ["boamp:26-60001"]
    done = ready("notice", "search", check=False)
    assert done.returncode == 64 and "needs WORDS" in done.stderr
