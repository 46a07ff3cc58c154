"""Each rule of the house finds what is wrong, and lets pass what is right."""

import checks
import pytest


def case(check, path, text, expected, *more):
    return pytest.param(check, path, text, expected, more, id=f"{check.__name__}: {expected or path}")


WRONG = [
    # who may use whom
    case(checks.check_includes, "src/base/str.c", '#include "gate/xml.h"\n', "base may not use gate"),
    case(checks.check_includes, "src/gate/xml.c", '#include "tender/notice.h"\n', "gate may not use tender"),
    case(checks.check_includes, "include/tender/lot.h", '#include "gate/unicode.h"\n', "tender may not use gate"),
    case(checks.check_includes, "src/tender/lot.c", '#include "match/score.h"\n', "tender may not use match"),
    case(checks.check_includes, "src/match/rule.c", '\n#include "gate/db.h"\n', ":2: match may not use gate/db.h"),
    case(checks.check_includes, "src/match/rule.c", '#include "store/notice.h"\n', "match may not use store"),
    case(checks.check_includes, "src/source/ted.c", '#include "gate/http.h"\n', "source may not use gate/http.h"),
    case(checks.check_includes, "src/source/ted.c", '#include "store/notice.h"\n', "source may not use store"),
    case(checks.check_includes, "src/source/ted.c", '#include "match/score.h"\n', "source may not use match"),
    case(checks.check_includes, "src/store/notice.c", '#include "gate/json.h"\n', "store may not use gate/json.h"),
    case(checks.check_includes, "src/store/notice.c", '#include "render/value.h"\n', "store may not use render"),
    case(checks.check_includes, "src/render/value.c", '#include "gate/unicode.h"\n', "render may not use gate"),
    case(checks.check_includes, "src/flow/fetch.c", '#include "web/router.h"\n', "flow may not use web"),
    case(checks.check_includes, "src/flow/fetch.c", '#include "app/cli.h"\n', "flow may not use app"),
    case(checks.check_includes, "src/web/router.c", '#include "flow/fetch.h"\n', "web may not use flow"),
    case(checks.check_includes, "src/web/router.c", '#include "gate/db.h"\n', "web may not use gate/db.h"),
    case(checks.check_includes, "src/web/pages/home.c", '#include "gate/smtp.h"\n', "web may not use gate/smtp.h"),
    # libraries end in gate
    case(checks.check_includes, "src/source/ted.c", "#include <libxml/parser.h>\n", "<libxml/parser.h> may be"),
    case(checks.check_includes, "include/gate/http.h", "#include <curl/curl.h>\n", "<curl/curl.h> may be"),
    case(checks.check_includes, "src/app/main.c", "# include <sqlite3.h>\n", "<sqlite3.h> may be"),
    case(checks.check_includes, "src/base/fold.c", "#include <unicode/uchar.h>\n", "<unicode/uchar.h> may be"),
    case(checks.check_includes, "src/embed/embed.c", "#include <zlib.h>\n", "<zlib.h> may be"),
    # silence below
    case(checks.check_includes, "src/store/notice.c", '#include "base/log.h"\n', "store returns errors"),
    case(checks.check_includes, "src/gate/http.c", '#include "base/log.h"\n', "gate returns errors"),
    case(checks.check_includes, "src/base/conf.c", '#include "base/log.h"\n', "base returns errors"),
    # own header first
    case(checks.check_own_header, "src/base/str.c", '#include <string.h>\n#include "base/str.h"\n',
         '"base/str.h" must be', {"include/base/str.h"}),
    case(checks.check_own_header, "src/app/cli.c", "\n#include <string.h>\n", '"cli.h" must be', {"src/app/cli.h"}),
    case(checks.check_own_header, "src/base/str.c", "int x;\n", '"base/str.h" must be', {"include/base/str.h"}),
    # banned functions
    case(checks.check_banned, "src/base/str.c", "\n\tstrcpy(a, b);\n", ":2: strcpy() is banned"),
    case(checks.check_banned, "src/base/str.c", "n = sscanf (s, f);\n", "sscanf() is banned"),
    case(checks.check_banned, "src/base/str.c", "/* a */ atoi(s); // b\n", "atoi() is banned"),
    case(checks.check_banned, "src/base/str.c", "x = !system(s);\n", "system() is banned"),
    case(checks.check_banned, "src/base/str.c", 'p("/*"); gmtime(&t); p("*/");\n', "gmtime() is banned"),
    # no clock, no files
    case(checks.check_pure, "src/tender/deadline.c", "t = time(NULL);\n", "no time()"),
    case(checks.check_pure, "src/source/ted.c", "#include <fcntl.h>\n", "no <fcntl.h>"),
    case(checks.check_pure, "src/render/mail.c", "f = fopen(p, m);\n", "no fopen()"),
    case(checks.check_pure, "src/match/scan.c", "clock_gettime(c, &t);\n", "no clock_gettime()"),
    # SQL
    case(checks.check_sql, "src/store/notice.c", 'q = "SELECT 1";\n', "SQL belongs in db/"),
    case(checks.check_sql, "src/store/notice.c", 'q = "select id from notice";\n', "SQL belongs in db/"),
    case(checks.check_sql, "src/store/notice.c", 'q = "INSERT OR IGNORE "\n\t"INTO notice";\n', "SQL belongs in db/"),
    case(checks.check_sql, "src/app/main.c", 'q = "UPDATE notice SET a = 1";\n', "SQL belongs in db/"),
    case(checks.check_sql, "src/app/main.c", 'q = "DELETE FROM notice";\n', "SQL belongs in db/"),
    case(checks.check_sql, "src/app/main.c", 'q = "CREATE VIRTUAL TABLE x";\n', "SQL belongs in db/"),
    case(checks.check_sql, "src/store/open.c", 'q = "PRAGMA user_version";\n', "SQL belongs in db/"),
    case(checks.check_sql, "src/flow/fetch.c", 'q = "BEGIN IMMEDIATE";\n', "SQL belongs in db/"),
    case(checks.check_sql, "src/flow/fetch.c", 'q = "COMMIT";\n', "SQL belongs in db/"),
    case(checks.check_sql, "src/gate/db.c", 'q = "SELECT 1 FROM sqlite_schema";\n', "SQL belongs in db/"),
    # size, unfinished work, manuals
    case(checks.check_size, "src/base/str.c", "\n" * 801, "801 lines"),
    case(checks.check_unfinished, "src/base/str.c", "\n/* " + "TO" + "DO: later */\n", ":2: TO" + "DO"),
    case(checks.check_unfinished, "README.md", "FIX" + "ME\n", "FIX" + "ME"),
    case(checks.check_readme, "include/base/README.md", "May be used by everyone.\n", "'May not use'"),
    # dependencies
    case(lambda path, text: checks.check_libraries(text, {}), "src/gate/meson.build",
         "dependency('libcurl')", "no code uses it"),
    case(lambda path, text: checks.check_libraries("", {path: text}), "src/gate/http.c",
         "#include <curl/curl.h>\n", "not listed"),
    # queries
    case(lambda path, text: checks.check_queries({path: text}, {}), "db/queries/a.sql",
         "-- query: notice_put\n", "a.sql:1: Q_NOTICE_PUT is used nowhere"),
    case(lambda path, text: checks.check_queries({}, {path: text}), "src/store/a.c",
         "\ndb_query(db, Q_GONE);\n", "a.c:2: Q_GONE is no query"),
]


@pytest.mark.parametrize("check, path, text, expected, more", WRONG)
def test_a_wrong_file_is_found(check, path, text, expected, more):
    complaints = check(path, text, *more)
    assert len(complaints) == 1
    assert expected in complaints[0]
    assert complaints[0].startswith((path + ":", "src/gate/meson.build:"))


RIGHT = [
    case(checks.check_includes, "src/match/rule.c", '#include "gate/regex.h"\n#include "gate/unicode.h"\n', ""),
    case(checks.check_includes, "src/source/ted.c", '#include "gate/xml.h"\n#include "tender/notice.h"\n', ""),
    case(checks.check_includes, "src/store/notice.c", '#include "gate/db.h"\n#include "match/receipt.h"\n', ""),
    case(checks.check_includes, "src/flow/fetch.c", '#include "base/log.h"\n#include "gate/http.h"\n', ""),
    case(checks.check_includes, "src/app/main.c", '#include "flow/fetch.h"\n#include "web/server.h"\n', ""),
    case(checks.check_includes, "src/gate/http.c", "#include <curl/curl.h>\n#include <unicode/ucsdet.h>\n", ""),
    case(checks.check_includes, "src/gate/archive.c", '#include "gate/archive.h"\n#include <archive.h>\n', ""),
    case(checks.check_includes, "src/base/log.c", '#include "base/log.h"\n', ""),
    case(checks.check_includes, "src/embed/foldtable.c", "#include <unicode/uchar.h>\n", ""),
    case(checks.check_includes, "src/tender/lot.c", '/* #include "gate/xml.h" */\n', ""),
    case(checks.check_own_header, "src/base/str.c", '/* x */\n#include "base/str.h"\n', "", {"include/base/str.h"}),
    case(checks.check_own_header, "src/app/main.c", "#include <stdio.h>\n", "", {"include/base/str.h"}),
    case(checks.check_banned, "src/base/str.c", "/* strcpy(a, b) */ s->system(1); my_system(2);\n", ""),
    case(checks.check_banned, "src/base/str.c", 'p("strcpy(a)"); localtime_r(&t, &tm); fgets(b, n, f);\n', ""),
    case(checks.check_pure, "src/flow/fetch.c", "#include <unistd.h>\nt = time(NULL);\n", ""),
    case(checks.check_pure, "src/tender/deadline.c", "stamp.time(x); written_time(y); reopen(z);\n", ""),
    case(checks.check_sql, "src/gate/db.c", 'q = "PRAGMA journal_mode=WAL; BEGIN IMMEDIATE";\n', ""),
    case(checks.check_sql, "src/app/main.c", 'q = "select a profile, or update it";\n', ""),
    case(checks.check_sql, "src/app/main.c", '/* "SELECT 1" */ q = "x"; c = \'"\';\n', ""),
    case(checks.check_size, "src/base/str.c", "\n" * 800, ""),
    case(checks.check_unfinished, "src/gate/file.c", 'mkstemp("a-' + "X" * 6 + '");\n', ""),
    case(checks.check_readme, "include/base/README.md", "May be used by all. May not use any.\n", ""),
    case(lambda path, text: checks.check_libraries("dependency('icu-uc')", {path: text}), "src/gate/unicode.c",
         "#include <unicode/uchar.h>\n", ""),
    case(lambda path, text: checks.check_queries({path: text}, {"a.c": "Q_A Q_COUNT /* Q_B */"}),
         "db/queries/a.sql", "-- query: a\n", ""),
]


@pytest.mark.parametrize("check, path, text, expected, more", RIGHT)
def test_a_right_file_passes(check, path, text, expected, more):
    assert check(path, text, *more) == []
