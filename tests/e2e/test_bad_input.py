"""Bad input of every kind: one clear line with its place, the right exit status, and nothing lost."""

import gzip
import io
import json
import os
import resource
import signal
import subprocess
import tarfile
import time

import make_notice
import pytest
from sample_day import NOW, SAMPLES

GOOD = SAMPLES / "notices" / "26-110305.xml"

BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "&%c;&%c;&%c;&%c;&%c;&%c;&%c;&%c;">' % (b, *[b - 1] * 8) for b in range(98, 118))
    + b"]><a>&u;</a>"
)
EXTERNAL = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'


def broken_tar():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        tar.add(GOOD, GOOD.name)
        for n in range(60):
            info = tarfile.TarInfo(f"{n}.xml")
            info.size = 4096
            tar.addfile(info, io.BytesIO(os.urandom(4096)))
    return out.getvalue()[:-40000]


FILES = {
    "empty.xml": (b"", "empty"),
    "blank.xml": (b" \n\n", "empty"),
    "binary.xml": (bytes(range(256)) * 8, "unknown format"),
    "image.jpg": (b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(2000), "unknown format"),
    "note.txt": (b"Bonjour,\nvoici l'avis.\n", "unknown format"),
    "bomb.xml": (BOMB, "document type"),
    "external.xml": (EXTERNAL, "document type"),
    "utf7.xml": (b'<?xml version="1.0" encoding="UTF-7"?>\n+ADw-a/+AD4-', "UTF-7"),
    "lies.xml": (GOOD.read_bytes().replace("é".encode(), b"\xe9"), ""),
    "cut.xml": (GOOD.read_bytes()[:4000], ""),
    "other.xml": (b"<?xml version='1.0'?><TED_EXPORT2/>", "unknown format"),
    "other.json": (b'{"hello": "world"}', "unknown format"),
    "broken.json": (b'{"total_count": 3, "results": [', ""),
    "deep.json": (b"[" * 100000 + b"]" * 100000, ""),
    "nul.json": (b'{"a":"\x00"}', ""),
    "wrong.gz": (gzip.compress(b"x" * 1000)[:-6] + b"\0\0\0\0\0\0", ""),
    "broken.tar.gz": (broken_tar(), ""),
}


@pytest.mark.parametrize("name", FILES)
def test_a_bad_file_is_told_and_the_others_go_on(ready, name):
    data, reason = FILES[name]
    (ready.dir / name).write_bytes(data)
    done = ready("import", name, GOOD, "--json", "--now", NOW, check=False)
    assert done.returncode == 65, done.stderr
    report = json.loads(done.stdout)
    assert report["rejected"] >= 1
    told = [f for f in report["failures"] if f["item"].startswith(name) or name == "broken.tar.gz"]
    assert told and reason.lower() in told[0]["reason"].lower(), report["failures"]
    assert "\n" not in told[0]["reason"] and len(told[0]["reason"]) < 400
    assert [n["id"] for n in ready.json("notice", "list", "--all")] == ["boamp:26-110305"]
    plain = ready("import", name, check=False, timeout=60)
    assert plain.returncode == 65 and name in plain.stderr or name == "broken.tar.gz"


def test_what_was_refused_is_kept(ready):
    (ready.dir / "note.txt").write_text("Bonjour")
    ready("import", "note.txt", check=False)
    (item,) = ready.json("quarantine", "list")
    assert item["item"] == "note.txt" and item["bytes"] == 7 and "unknown format" in item["reason"]
    assert ready("quarantine", "retry", check=False).returncode == 0
    assert ready("quarantine", "retry", "--all", check=False).returncode == 65
    assert len(ready.json("quarantine", "list")) == 1


@pytest.mark.parametrize("head, reason", [(b"", "archive"), (b"<a>", "larger"), (b"[", "larger")])
def test_a_gigabyte_is_not_read(ready, head, reason):
    path = ready.dir / "huge.xml"
    with path.open("wb") as out:
        out.write(head)
        out.truncate(1 << 30)
    limit = lambda: resource.setrlimit(resource.RLIMIT_CPU, (10, 10))  # noqa: E731
    done = subprocess.run(
        ready.argv("import", path), capture_output=True, text=True, cwd=ready.dir, env=ready.environment(),
        timeout=30, preexec_fn=limit,
    )  # fmt: skip
    assert done.returncode == 65 and "huge.xml" in done.stderr and reason in done.stderr
    for command in ("profile", "requirement"):
        done = ready(command, "import", path, check=False)
        assert done.returncode == 65 and "larger" in done.stderr


def test_names_that_are_not_there(ready):
    done = ready("import", "nowhere.xml", GOOD, check=False)
    assert done.returncode == 66 and "nowhere.xml: " in done.stderr and "1 new" in done.stdout


def test_a_device_is_no_file(ready):
    done = ready("import", "/dev/zero", check=False, timeout=20)
    assert done.returncode == 66 and "/dev/zero: a device, no file" in done.stderr


def test_a_terabyte_of_zeros_is_left_when_told(ready):
    path = ready.dir / "huge.tar"
    with path.open("wb") as out:
        out.truncate(1 << 40)
    process = ready.start("import", path)
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    try:
        assert process.wait(timeout=10) not in (-signal.SIGINT, 0)
    finally:
        process.kill()
    assert b"stopped by a signal" in process.stderr.read()


def test_names_that_are_odd(ready):
    odd = ready.dir / "a\nb\x1b[31m.xml"
    odd.write_text("x")
    done = ready("import", odd, check=False)
    assert done.returncode == 65 and "\x1b" not in done.stderr and "\x1b" not in done.stdout
    assert len(done.stderr.splitlines()) == 1
    assert "\x1b" not in ready("quarantine", "list").stdout


def test_texts_cannot_touch_the_terminal(ready):
    xml = make_notice.flux_fnsimple(title="Capteurs \u009b31m \u202e rouge")
    path = ready.dir / "odd.xml"
    path.write_bytes(xml if isinstance(xml, bytes) else xml.encode())
    ready("import", path)
    for args in (("notice", "list", "--all"), ("notice", "list", "--all", "--json")):
        out = ready(*args).stdout
        assert "\x1b" not in out and "\x9b" not in out


PROFILES = {
    b"": "empty",
    b"   \n": "empty",
    b"hello": "not JSON",
    b"<xml/>": "not JSON",
    b'[{"id": "a",]': "line 1",
    b'[\n\n {"id": "a"\n "name"]': "line 4",
    b'{"id": "a", "id": "b"}': "duplicate",
    b'[{"id": "\xff"}]': "",
    b"[" * 1000: "",
}


@pytest.mark.parametrize("data", PROFILES, ids=lambda data: repr(data[:12]))
@pytest.mark.parametrize("command", ["profile", "requirement"])
def test_bad_json(ready, command, data):
    path = ready.dir / "in.json"
    path.write_bytes(data)
    done = ready(command, "import", path, check=False)
    lines = [x for x in done.stderr.splitlines() if "in.json" in x]
    assert done.returncode == 65 and len(lines) == 1, done.stderr
    assert PROFILES[data].lower() in lines[0].lower()
    assert ready.json(command, "list") == []


def test_bad_rule_line(ready, refused):
    (ready.dir / "x.rules").write_text('field x "X"\nrule x.y "Y"\n    any title /(unclosed/\nweight x.y 8\n')
    refused(65, "rules", "activate", "x.rules", "--why", "x", says=("x.rules:3:", "parenthesis"))


RECEIPTS = {
    "": "no receipt",
    "x": ":1:",
    '{"profile": "a"}': ":1: not a receipt",
    '\n\n{"profile": "a", "notice": 3, "ruleset": 1}': ":3: not a receipt",
}


@pytest.mark.parametrize("text", RECEIPTS, ids=repr)
def test_bad_receipts(ready, refused, text):
    (ready.dir / "receipts").write_text(text)
    refused(65, "verify", "receipts", says=RECEIPTS[text])


def test_receipts_of_what_is_not_here(ready):
    receipt = {"profile": "a", "notice": "boamp:1", "ruleset": 1}
    done = ready("verify", "-", stdin=json.dumps(receipt), check=False)
    assert done.returncode == 65 and "no profile a" in done.stdout
    done = ready("verify", "-", stdin=json.dumps({**receipt, "ruleset": 7}), check=False)
    assert done.returncode == 65 and "no ruleset 7" in done.stdout


SETTINGS = {
    "[digest\nhour = 7\n": ":1",
    "[digest]\nhour 7\n": ":2",
    "[digest]\nhour = 25\n": ":2",
    "[digest]\n\nhours = 7\n": ":3",
    "[digits]\nhour = 7\n": ":2",
    "[source]\nboamp = perhaps\n": ":2",
}


@pytest.mark.parametrize("text", SETTINGS, ids=repr)
def test_bad_settings(ready, refused, text):
    (ready.dir / "appariteur.conf").write_text(text)
    refused(78, "match", says="appariteur.conf" + SETTINGS[text])


def test_settings_that_are_not_there(ready, refused):
    refused(78, "match", "--config", "nowhere.conf", says="nowhere.conf")


def test_no_database(app, refused):
    for args in (("match",), ("notice", "list"), ("rules", "list"), ("run",)):
        refused(78, *args, says="appariteur init")
    assert list(app.dir.glob("appariteur.db*")) == []


def test_a_database_that_is_none(app, refused):
    app.db.write_text("Dear database,\n" * 1000)
    before = app.db.read_bytes()
    for args in (("match",), ("init",), ("notice", "list"), ("backup", "copy.db")):
        refused(74, *args, says="appariteur.db")
    assert app.db.read_bytes() == before


def test_a_database_of_somebody_else(app, refused):
    import sqlite3

    with sqlite3.connect(app.db) as other:
        other.execute("CREATE TABLE birds (name TEXT)")
    refused(74, "match", says="appariteur.db")
    refused(74, "init", says="appariteur.db")


def test_a_damaged_database(matched):
    data = bytearray(matched.db.read_bytes())
    for at in range(8192, len(data) - 4096, 8192):
        data[at : at + 2048] = os.urandom(2048)
    matched.db.write_bytes(data)
    done = matched("match", "--all", "--now", NOW, check=False)
    assert done.returncode == 74 and len(done.stderr.splitlines()) == 1
    checks = matched.json("doctor", check=False)
    assert [c["state"] for c in checks if c["check"] == "database"] == ["fail"]


def test_places_where_no_database_can_be(app, refused):
    (app.dir / "file").write_text("x")
    refused(73, "init", "file/below", "--db", "file/below/x.db", says="file/below")
    (app.dir / "folder.db").mkdir()
    refused(74, "init", "--db", "folder.db", says="folder.db")
    refused(74, "match", "--db", "folder.db", says="folder.db")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_database_that_is_read_only(filled, refused):
    filled.dir.chmod(0o500)
    filled.db.chmod(0o400)
    try:
        refused(74, "match", says="appariteur.db")
    finally:
        filled.dir.chmod(0o700)


def limited(app, size, *args):
    """A disk that is full: no file may grow beyond `size`."""

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return subprocess.run(
        app.argv(*args), capture_output=True, text=True, cwd=app.dir, env=app.environment(), timeout=120,
        preexec_fn=limit, restore_signals=False,
    )  # fmt: skip


def test_a_disk_that_fills_up(ready):
    done = limited(ready, 200_000, "import", SAMPLES / "notices")  # of any file: the log of one transaction
    assert done.returncode == 74, done
    assert len([x for x in done.stderr.splitlines() if x.startswith("appariteur: ")]) == 1
    # with room again everything is there, once
    ready("import", SAMPLES / "notices")
    assert len(ready.json("notice", "list", "--all")) == 59
    assert ready("doctor", "--now", NOW, check=False).returncode == 0


def test_a_disk_that_fills_up_in_the_middle_of_a_folder(ready):
    """More than one transaction: what was not kept is no fault of the folder, and is not counted as new."""
    folder = ready.dir / "many"
    folder.mkdir()
    for i in range(12):
        (folder / f"{i:02}.json").write_text(os.urandom(500_000).hex())
    done = limited(ready, ready.db.stat().st_size + 1_000_000, "import", folder)
    assert done.returncode == 74 and done.stdout == "", done
    (line,) = [x for x in done.stderr.splitlines() if x.startswith("appariteur: ")]
    assert str(ready.db) in line and str(folder) not in line


def test_a_full_output(matched):
    for args in (("match", "--all", "--json"), ("notice", "list", "--all"), ("--help",)):
        with open("/dev/full", "w") as full:
            done = subprocess.run(
                matched.argv(*args), stdout=full, stderr=subprocess.PIPE, text=True, cwd=matched.dir,
                env=matched.environment(), timeout=60,
            )  # fmt: skip
        assert done.returncode == 74, done
        assert done.stderr.splitlines()[-1].startswith("appariteur: standard output: No space left")


def test_a_backup_that_cannot_be_written(ready, refused):
    done = refused(74, "backup", "nowhere/copy.db", says="nowhere/copy.db")
    assert done.stdout == ""


@pytest.mark.parametrize("command", [
    ("verify", "nowhere"), ("profile", "import", "nowhere"), ("requirement", "import", "nowhere"),
    ("judgment", "import", "nowhere"), ("codes", "import", "nowhere"), ("rules", "check", "nowhere"),
    ("rules", "list", "--path", "nowhere"), ("profile", "preview", "nowhere.json"), ("import", "nowhere"),
])
def test_a_file_that_cannot_be_read_has_the_exit_status_for_it(ready, command):
    done = ready(*command, check=False)
    assert done.returncode == 66 and "nowhere" in done.stderr, done.stderr


@pytest.mark.parametrize("command", [
    ("digest", "send", "--to-dir"), ("rules", "export"), ("init",),
])
def test_a_folder_that_cannot_be_made_has_the_exit_status_for_it(ready, refused, command):
    (ready.dir / "taken").write_text("")
    refused(73, *command, "taken/below", says="taken/below")


@pytest.mark.parametrize("command", [("notice", "list"), ("import", GOOD), ("match",)])
def test_an_empty_file_does_not_become_a_database(ready, refused, command):
    (ready.dir / "empty.db").touch()
    refused(78, *command, "--db", "empty.db", says="empty.db: an empty file, no database (run `appariteur init` first)")
    assert (ready.dir / "empty.db").stat().st_size == 0
    ready("init", "--db", "empty.db")
    assert ready.json("notice", "list", "--db", "empty.db") == []


def test_an_import_that_is_interrupted_says_where_and_goes_on(ready):
    """Between two paths: standard input keeps it waiting."""
    for name, count in (("first", 3), ("second", 5)):
        (ready.dir / name).mkdir()
        for i, (_, xml) in enumerate(make_notice.many(count, html=False)):
            (ready.dir / name / f"{i}.xml").write_bytes(xml)
    end, feed = os.pipe()
    process = subprocess.Popen(
        ready.argv("import", "first", "-", "second", "--json"), stdin=end, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, cwd=ready.dir, env=ready.environment(),
    )
    until = time.monotonic() + 60
    while not ready.json("notice", "list", "--all", "--limit", "1"):
        assert process.poll() is None and time.monotonic() < until
    while process.poll() is None and time.monotonic() < until:
        process.send_signal(signal.SIGINT)  # one that comes just before it waits is lost on it
        time.sleep(0.1)
    stdout, stderr = process.communicate(timeout=60)
    os.close(end)
    os.close(feed)
    assert process.returncode == 75, stderr
    assert b"stopped by a signal before standard input" in stderr and b"goes on from there" in stderr
    assert json.loads(stdout)["new"] == 3
    (again,) = ready.json("import", "first", "second")
    assert (again["new"], again["unchanged"]) == (2, 6)
