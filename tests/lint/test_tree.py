"""The tree obeys the rules of the house."""

import re

import checks
import pytest
import tree

CODE = ("include/", "src/", "tests/")
C = tree.texts(".c", ".h", under=CODE)
HEADERS = tree.files(".h", under=("include/", "src/"))


def no_complaints(complaints):
    assert not complaints, "\n" + "\n".join(complaints)


def each(check, texts):
    no_complaints([line for path, text in texts.items() for line in check(path, text)])


def test_there_is_something_to_check():
    assert len(C) > 10
    assert {checks.layer_of(path) for path in C} >= {"base", "gate", "tender"}


def test_a_layer_uses_only_what_is_below_it():
    each(checks.check_includes, C)


def test_a_source_includes_its_own_header_first():
    each(lambda path, text: checks.check_own_header(path, text, set(HEADERS)), C)


def test_no_banned_function_is_called():
    each(checks.check_banned, C)


def test_meaning_has_no_clock_and_no_files():
    each(checks.check_pure, C)


def test_sql_stands_in_db_alone():
    each(checks.check_sql, C)


def test_no_file_is_too_long():
    each(checks.check_size, tree.texts(".c", ".h", ".py", ".sql", ".sh", "meson.build"))


def test_nothing_is_left_unfinished():
    texts = {}
    for path in [*tree.FILES, "README.md", "CHANGELOG.md", "meson.build"]:
        try:
            texts[path] = tree.read(path)
        except (UnicodeDecodeError, FileNotFoundError):
            continue  # a fixture in another encoding, or a file that is not there
    each(checks.check_unfinished, texts)


def test_each_layer_says_who_may_use_it():
    folders = sorted({path.split("/")[1] for path in tree.files(".h", under=("include/",))})
    missing = [folder for folder in folders if f"include/{folder}/README.md" not in tree.FILES]
    assert not missing
    each(checks.check_readme, {f"include/{f}/README.md": tree.read(f"include/{f}/README.md") for f in folders})


def test_each_library_is_used():
    no_complaints(
        checks.check_libraries(tree.read("src/gate/meson.build"), tree.texts(".c", under=("src/gate/",)))
    )


def test_each_query_is_used_and_each_use_is_a_query():
    queries = tree.texts(".sql", under=("db/queries/",))
    if not queries:
        pytest.skip("no queries yet")
    no_complaints(checks.check_queries(queries, tree.texts(".c", under=("src/",))))


@pytest.mark.parametrize("header", HEADERS)
def test_a_header_compiles_alone(header, tmp_path):
    include = header.removeprefix("include/") if header.startswith("include/") else tree.ROOT / header
    sample = tmp_path / "alone.c"
    sample.write_text(f'#include "{include}"\n')
    build = tree.build_folder()
    generated = [f"-I{build}/src/{name}" for name in ("base", "store", "render", "app")] if build else []
    done = tree.run(
        "cc", "-std=c17", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion",
        "-Wno-sign-conversion", "-Werror", "-fsyntax-only", f"-I{tree.ROOT}/include", *generated, sample,
    )
    assert done.returncode == 0, done.stderr


def test_tables_that_are_searched_by_halves_are_sorted():
    """The names that readers know, once each and in the order of their bytes."""
    files = sorted((tree.ROOT / "src/source").glob("unread_names*.c"))
    tables = [t for f in files for t in re.findall(r"char \*const (\w+)\[\] = \{(.*?)\};", f.read_text(), re.S)]
    assert len(tables) == 12 and "elements" in dict(tables)
    for name, body in tables:
        words = re.findall(r'"([^"]+)"', body)
        assert words == sorted(set(words)), name
        assert not [w for w in words if w.endswith(".h")], name
