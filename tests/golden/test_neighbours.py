"""
A damaged item never costs its neighbours: good notices stand between damaged ones in packages, pages,
exports and folders, and every good one is stored. Seeded; APPARITEUR_DAMAGES raises the number.
"""

import csv
import gzip
import io
import json
import os
import random
import tarfile
import zipfile

import harness
import make_notice
import pytest

SAMPLES = sorted((harness.ROOT / "contrib/samples/notices").glob("*.xml"))
DAMAGES = 40 * int(os.environ.get("APPARITEUR_DAMAGES", "1"))
NOW = "2026-11-23T08:00:00+01:00"


def damaged(rng, data):
    at, to = sorted(rng.randrange(len(data)) for _ in range(2))
    how = rng.randrange(5)
    if how == 0:
        return data[:at]
    if how == 1:
        return data[:at] + data[to:] + data[at:to]
    if how == 2:
        return data + data
    if how == 3:
        return data[:at] + data[to:]
    flipped = bytearray(data)
    for _ in range(rng.randrange(1, 30)):
        flipped[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(flipped)


def good(count):
    """(id, bytes) of notices like no other."""
    for n in range(count):
        ref = f"26-{500000 + n}"
        yield f"boamp:{ref}", make_notice.flux_mapa(ref=ref)


def mixed(rng, count):
    """Files for a package: a good one behind each damaged one."""
    for n, (ref, data) in enumerate(good(count)):
        yield None, f"bad/{n}.xml", damaged(rng, rng.choice(SAMPLES).read_bytes())
        yield ref, f"good/{n}.xml", data


def stored(app):
    return {n["id"] for n in app.json("notice", "list", "--all", "--now", NOW)}


def tar(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as package:
        for _, name, data in files:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            package.addfile(info, io.BytesIO(data))
    return out.getvalue()


def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for _, name, data in files:
            package.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("form", ["tar", "tar.gz", "zip", "folder"])
def test_a_package(fresh, form, seed):
    app, files = fresh(), list(mixed(random.Random(seed), DAMAGES))
    path = app.dir / "package"
    if form == "folder":
        for _, name, data in files:
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_bytes(data)
    else:
        packed = zipped(files) if form == "zip" else tar(files)
        path.write_bytes(gzip.compress(packed) if form == "tar.gz" else packed)
    app("import", path, "--now", NOW, check=False, timeout=2 + DAMAGES)
    assert {ref for ref, _, _ in files if ref} <= stored(app)


def test_a_package_cut_anywhere_gives_what_stands_before(fresh):
    files = [(ref, f"{n}.xml", data) for n, (ref, data) in enumerate(good(12))]
    whole, rng = tar(files), random.Random(3)
    for cut in sorted(rng.randrange(512, len(whole) - 11000) for _ in range(8)):
        app = fresh()
        (app.dir / "cut.tar").write_bytes(whole[:cut])
        done = app("import", app.dir / "cut.tar", "--now", NOW, check=False)
        assert done.returncode == 65
        before = {ref for ref, name, _ in files if end_of(whole, name) <= cut}
        assert before <= stored(app)


def end_of(package, name):
    with tarfile.open(fileobj=io.BytesIO(package)) as members:
        member = members.getmember(name)
        return member.offset_data + -(-member.size // 512) * 512  # a file fills its last block


def test_a_package_with_a_wrong_checksum_gives_nothing(fresh):
    files = [(ref, f"{n}.xml", data) for n, (ref, data) in enumerate(good(5))]
    packed = bytearray(gzip.compress(tar(files)))
    packed[-6] ^= 1
    app = fresh()
    (app.dir / "wrong.tar.gz").write_bytes(packed)
    done = app("import", app.dir / "wrong.tar.gz", "--now", NOW, check=False)
    assert done.returncode == 65 and "incorrect data check" in done.stderr
    assert stored(app) == set()


def records(rng, count):
    """Records of an API page, of which every second lacks what makes it a notice, or is no record."""
    for n in range(count):
        ref = f"26-{600000 + n}"
        yield ref, make_notice.api_record(ref=ref)
        bad = make_notice.api_record(ref=f"26-{700000 + n}")
        how = n % 4
        if how == 0:
            bad["donnees"] = damaged(rng, bad["donnees"].encode()).decode("utf-8", "replace")
        elif how == 1:
            bad = rng.choice([None, 7, "text", [], {}])
        elif how == 2:
            bad["idweb"] = rng.choice([None, "", "../../etc/passwd", ["26-1"], {"a": 1}])
            bad["gestion"] = None
        else:
            bad["gestion"] = "{"
        yield None, bad


def test_records_of_a_page(fresh):
    app, rows = fresh(), list(records(random.Random(5), DAMAGES))
    page = {"total_count": len(rows), "results": [row for _, row in rows]}
    (app.dir / "page.json").write_text(json.dumps(page), encoding="utf-8")
    app("import", app.dir / "page.json", "--now", NOW, check=False)
    assert {f"boamp:{ref}" for ref, _ in rows if ref} <= stored(app)


CSV_COLUMNS = (
    "idweb", "objet", "famille", "nature", "etat", "dateparution", "datelimitereponse", "nomacheteur",
    "type_marche",
)


def export(lines):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for line in lines:
        if isinstance(line, str):
            out.write(line + "\n")
        else:
            writer.writerow(line)
    return out.getvalue()


def row(ref, title="Fourniture de tablettes"):
    return (ref, title, "MAPA", "APPEL_OFFRE", "INITIAL", "2024-02-12", "", "Ville d'Exemple", "[]")


@pytest.mark.parametrize(
    "stray",
    [
        '24-9;"un guillemet qui ne se ferme pas;MAPA;APPEL_OFFRE;INITIAL;2024-02-12;;Ville;[]',
        '24-9;un "guillemet" au milieu;MAPA;APPEL_OFFRE;INITIAL;2024-02-12;;Ville;[]',
        '24-9;"fermé" et puis;MAPA;APPEL_OFFRE;INITIAL;2024-02-12;;Ville;[]',
        "24-9;trop;peu",
        ";" * 40,
        "24-9;" + "x" * 10000,
    ],
)
def test_lines_of_an_export(fresh, stray):
    app = fresh()
    refs = [f"24-{1000 + n}" for n in range(20)]
    lines = [row(r) for r in refs[:10]] + [stray] + [row(r) for r in refs[10:]]
    (app.dir / "export.csv").write_text(export(lines), encoding="utf-8")
    app("import", app.dir / "export.csv", "--now", NOW, check=False)
    assert {f"boamp:{r}" for r in refs} <= stored(app)


def test_quoted_line_ends_are_text(fresh):
    app = fresh()
    (app.dir / "export.csv").write_text(export([row("24-1", 'deux\nlignes "et"'), row("24-2")]), encoding="utf-8")
    app.json("import", app.dir / "export.csv", "--now", NOW)
    notices = {n["id"]: n["title"] for n in app.json("notice", "list", "--all", "--now", NOW)}
    assert notices == {"boamp:24-1": 'deux\nlignes "et"', "boamp:24-2": "Fourniture de tablettes"}
