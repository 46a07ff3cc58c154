"""The tools of the build: what they make, and the line that they name when they refuse."""

import pytest
import tree

BUILD = tree.build_folder()
pytestmark = pytest.mark.skipif(BUILD is None, reason="nothing is built (APPARITEUR_BUILD)")


@pytest.fixture
def embed(tmp_path):
    def run(*args, files=()):
        for name, text in dict(files).items():
            (tmp_path / name).write_text(text)
        return tree.run(BUILD / "src/embed/embed", *args, cwd=tmp_path)

    run.folder = tmp_path
    return run


def compiled(folder, program):
    """What a C programme prints that uses the generated files."""
    (folder / "main.c").write_text(program)
    done = tree.run(
        "cc", "-std=c17", "-Wall", "-Wextra", "-Wpedantic", "-Werror", f"-I{tree.ROOT}/include",
        "main.c", "out.c", "-o", "main", cwd=folder,
    )
    assert done.returncode == 0, done.stderr
    return tree.run(folder / "main").stdout


FIRST = "-- query: first\n-- One.\nSELECT 1;\n"
GOOD = """-- Statements about notices.

-- query: notice_put
-- Insert a notice; see "why" in the manual.
INSERT INTO notice (source, title) -- no ; here
VALUES (:source, 'it''s -- text; "all" of it ?');

-- query: notice_recent
-- The newest.
WITH recent AS (SELECT 1 AS n) /* SELECT;
two lines */
SELECT n
FROM recent;
-- query: lease
-- role: write
-- Selects, but through a function that writes.
SELECT lease();
-- query: purge
-- Behind WITH the verb counts.
WITH old AS (SELECT 1) DELETE FROM notice;
"""


def test_queries_become_a_numbered_table(embed):
    done = embed("sql", "out.c", "out.h", "b.sql", "a.sql", files={"a.sql": FIRST, "b.sql": GOOD})
    assert (done.returncode, done.stderr) == (0, "")
    printed = compiled(
        embed.folder,
        '#include "out.h"\n#include <stdio.h>\n'
        "int main(void)\n{\n\tfor (int i = 0; i < Q_COUNT; i++)\n"
        '\t\tprintf("%d %s %d {%s}\\n", i, queries[i].name, queries[i].writes, queries[i].sql);\n'
        "\treturn Q_FIRST == 0 && Q_PURGE == 4 ? 0 : 1;\n}\n",
    )
    assert printed == (
        "0 first 0 {SELECT 1}\n"
        "1 notice_put 1 {INSERT INTO notice (source, title)\n"
        "VALUES (:source, 'it''s -- text; \"all\" of it ?')}\n"
        "2 notice_recent 0 {WITH recent AS (SELECT 1 AS n)\nSELECT n\nFROM recent}\n"
        "3 lease 1 {SELECT lease()}\n"
        "4 purge 1 {WITH old AS (SELECT 1) DELETE FROM notice}\n"
    )


@pytest.mark.parametrize(
    "text, complaint",
    [
        ("-- query: first\n-- Again.\nSELECT 1;", "b.sql:1: first: already in a.sql:1"),
        ("\n-- query: z\n-- Text.\nSELECT 1\n", "b.sql:2: z: no ; at the end"),
        ("-- query: z\n-- Text.\nSELECT 1\n-- query: y\n-- Text.\nSELECT 2;", "b.sql:1: z: no ; at the end"),
        ("\n\nSELECT 1;", "b.sql:3: a statement without a name (-- query: NAME)"),
        ("-- query: z\n-- Text.\nSELECT 1;\nSELECT 2;", "b.sql:4: a statement without a name (-- query: NAME)"),
        ("-- query:\n-- Text.\nSELECT 1;", "b.sql:1: a query without a name"),
        ("-- query: Zoo\n-- Text.\nSELECT 1;", "b.sql:1: 'Zoo': a name begins with a small letter"),
        ("-- query: z-z\n-- Text.\nSELECT 1;", "b.sql:1: 'z-z': names are small letters, digits and _"),
        ("-- query: z\nSELECT 1;", "b.sql:1: z: no sentence says what it is for"),
        ("-- query: z\n-- Text.\n", "b.sql:1: z: no ; at the end"),
        ("-- query: z\n-- Text.\n;", "b.sql:1: z: no statement"),
        ("-- query: z\n-- Text.\n-- query: y\n-- Text.\nSELECT 1;", "b.sql:1: z: no statement"),
        ("-- query: z\n-- Text.\nSELECT 'a;\n", "b.sql:1: z: a ' is not closed"),
        ("-- query: z\n-- Text.\nSELECT 1\n/* a;\n", "b.sql:4: z: a comment is not closed"),
        ("-- query: z\n-- role: both\n-- Text.\nSELECT 1;", "b.sql:2: role: read or write, not 'both'"),
        ("-- query: z\n-- Text.\n-- role: read\nSELECT 1;", "b.sql:3: z: the role stands once, below the name"),
        ("-- query: z\n-- Text.\nREINDEX;", "b.sql:1: z: neither SELECT, VALUES, INSERT, UPDATE, DELETE nor REPLACE"),
        ("-- query: z\n-- Text.\nSELECT '" + "a" * 4100 + "';", "b.sql:1: z: longer than 4095 bytes"),
        ("-- query: " + "z" * 81 + "\n-- Text.\nSELECT 1;", "b.sql:1: a name of more than 80 bytes"),
    ],
)
def test_a_wrong_query_is_told_with_its_line(embed, text, complaint):
    done = embed("sql", "out.c", "out.h", "a.sql", "b.sql", files={"a.sql": FIRST, "b.sql": text})
    assert (done.returncode, done.stderr) == (1, complaint + "\n")
    assert not (embed.folder / "out.c").exists()
    assert not (embed.folder / "out.h").exists()


def test_no_query_at_all_is_a_mistake(embed):
    done = embed("sql", "out.c", "out.h", "a.sql", files={"a.sql": "-- only words\n"})
    assert (done.returncode, done.stderr) == (1, "out.c: no query in any file\n")


def test_migrations_are_sorted_and_whole(embed):
    first = 'CREATE TABLE a ("é" TEXT) STRICT; -- \\ ?\n'
    done = embed(
        "migrations", "out.c", "out.h", "0002-second.sql", "0001-first-one.sql",
        files={"0001-first-one.sql": first, "0002-second.sql": "CREATE TABLE b (x);\n"},
    )
    assert (done.returncode, done.stderr) == (0, "")
    printed = compiled(
        embed.folder,
        '#include "out.h"\n#include <stdio.h>\nint main(void)\n{\n'
        "\tfor (int i = 0; i < MIGRATION_COUNT; i++)\n"
        '\t\tprintf("%s|%s", migrations[i].name, migrations[i].sql);\n\treturn 0;\n}\n',
    )
    assert printed == f"0001-first-one.sql|{first}0002-second.sql|CREATE TABLE b (x);\n"


@pytest.mark.parametrize(
    "name, text, complaint",
    [
        ("0003-hole.sql", "x;", "0003-hole.sql: migration 2 must be named 0002-what.sql"),
        ("0002-Case.sql", "x;", "0002-Case.sql: migrations are named NNNN-what.sql, small letters"),
        ("0002-empty.sql", "", "0002-empty.sql: an empty migration"),
        ("0002-what", "x;", "0002-what: migration 2 must be named 0002-what.sql"),
    ],
)
def test_a_wrong_migration_is_refused(embed, name, text, complaint):
    done = embed("migrations", "out.c", "out.h", "0001-a.sql", name, files={"0001-a.sql": "x;", name: text})
    assert (done.returncode, done.stderr) == (1, complaint + "\n")
    assert not (embed.folder / "out.c").exists()


def test_texts_become_bytes(embed):
    done = embed(
        "text", "pages", "out.c", "out.h", "b.txt", "a.html",
        files={"b.txt": 'Où ?\n"\\\t', "a.html": ""},
    )
    assert (done.returncode, done.stderr) == (0, "")
    printed = compiled(
        embed.folder,
        '#include "out.h"\n#include <stdio.h>\nint main(void)\n{\n'
        "\tfor (int i = 0; i < pages_count; i++)\n"
        '\t\tprintf("%s %zu {%s}\\n", pages[i].name, pages[i].size, (const char *)pages[i].data);\n'
        "\treturn 0;\n}\n",
    )
    assert printed == 'a.html 0 {}\nb.txt 9 {Où ?\n"\\\t}\n'


def test_the_same_name_twice_is_refused(embed):
    (embed.folder / "x").mkdir()
    same = ("a.txt", "x/a.txt")
    done = embed("text", "pages", "out.c", "out.h", *same, files={path: "a" for path in same})
    assert done.returncode == 1
    assert "the same name as" in done.stderr


def test_a_missing_file_is_named(embed):
    done = embed("text", "pages", "out.c", "out.h", "none.txt")
    assert (done.returncode, done.stderr) == (1, "none.txt: No such file or directory\n")


FOLDED = {
    "A": "a", "z": "z", "7": "7", "É": "e", "ç": "c", "œ": "oe", "Œ": "oe", "æ": "ae", "ß": "ss", "ẞ": "ss",
    "ﬁ": "fi", "ﬃ": "ffi", "ſ": "s", "ς": "σ", "Й": "и", "²": "2", "№": "no", "½": "1 2", "Ａ": "a", "ŉ": " n",
    "İ": "i", "ı": "ı", "ø": "ø", "漢": "漢", "가": "가", "ㇰ": "ㇰ", "º": "o", "Ǆ": "dz", "㌖": "キロメートル",
    "'": None, "’": None, "ʼ": None, "´": None, "-": None, "–": None, "\u2011": None, "\u00a0": None,
    "\u202f": None, "_": None, "·": None, "€": None, "…": None, "™": None, "°": None, "\n": None, "\x00": None,
    "\u00ad": "", "\u200b": "", "\u200d": "", "\u2060": "", "\ufeff": "", "\u0301": "", "\u20dd": "",
}  # fmt: skip


def test_folding_of_single_characters(tmp_path):
    done = tree.run(BUILD / "src/embed/foldtable", tmp_path / "out.h")
    assert (done.returncode, done.stderr) == (0, "")
    (tmp_path / "out.c").write_text("typedef int unused;\n")
    points = ", ".join(f"0x{ord(c):x}" for c in FOLDED)
    printed = compiled(
        tmp_path,
        '#include "out.h"\n#include <stdio.h>\nint main(void)\n{\n'
        f"\tstatic const unsigned points[] = {{ {points} }};\n"
        "\tfor (unsigned i = 0; i < sizeof(points) / sizeof(points[0]); i++) {\n"
        "\t\tunsigned v = fold_index[fold_page[points[i] >> 8]][points[i] & 255];\n"
        '\t\tif (v <= FOLD_SELF)\n\t\t\tprintf("%x=%u\\n", points[i], v);\n'
        '\t\telse\n\t\t\tprintf("%x=[%.*s]\\n", points[i], fold_pool[v], fold_pool + v + 1);\n'
        "\t}\n\treturn 0;\n}\n",
    )
    kind = {None: "0", "": "1"}
    expected = [
        f"{ord(c):x}=" + kind.get(to, "2" if to == c else f"[{to}]") for c, to in FOLDED.items()
    ]
    assert printed.split("\n")[:-1] == expected


def test_folding_has_sound_tables(tmp_path):
    """Every code point has an entry, no entry is too long, and no text is folded further."""
    done = tree.run(BUILD / "src/embed/foldtable", tmp_path / "out.h")
    assert done.returncode == 0
    (tmp_path / "out.c").write_text("typedef int unused;\n")
    printed = compiled(
        tmp_path,
        '#include "out.h"\n#include <stdio.h>\nint main(void)\n{\n'
        "\tfor (unsigned c = 0; c < 65536; c++) {\n"
        "\t\tunsigned v = fold_index[fold_page[c >> 8]][c & 255];\n"
        '\t\tif (v > FOLD_SELF)\n\t\t\tprintf("%x=%.*s\\n", c, fold_pool[v], fold_pool + v + 1);\n'
        '\t\telse\n\t\t\tprintf("%x:%u\\n", c, v);\n'
        "\t}\n\treturn 0;\n}\n",
    )
    lines = printed.split("\n")[:-1]
    assert len(lines) == 65536
    texts = dict(line.split("=", 1) for line in lines if "=" in line)
    self = {int(line.split(":")[0], 16) for line in lines if line.endswith(":2")}
    assert all(0 < len(text.encode()) <= 18 and "  " not in text for text in texts.values())
    final = lambda x: x == " " or ord(x) in self or ord(x) > 0xFFFF
    assert not {f"{point}: {text}" for point, text in texts.items() if not all(map(final, text))}
