"""
The rules of the house as functions: each takes a path (relative to the root) and a text, and returns
complaints, "path:line: what". They read nothing themselves, so that the tests can feed them bad
samples as well as the tree.
"""

import re

from c_text import code_only, includes, literals

LAYERS = ("base", "gate", "tender", "match", "source", "store", "render", "flow", "web", "app")

# layer -> layer used -> True, or the only headers it may take from there
MAY_USE = {
    "base": {},
    "gate": {"base": True},
    "tender": {"base": True},
    "match": {"base": True, "tender": True, "gate": {"regex.h", "unicode.h"}},
    "source": {"base": True, "tender": True, "gate": {"xml.h", "json.h", "archive.h"}},
    "store": {"base": True, "tender": True, "match": True, "gate": {"db.h"}},
    "render": {"base": True, "tender": True, "match": True},
    "flow": {
        layer: True
        for layer in ("base", "gate", "tender", "match", "source", "store", "render")
    },
    "web": {
        **{layer: True for layer in ("base", "tender", "match", "store", "render")},
        "gate": {"httpd.h", "link.h", "token.h"},
    },
    "app": {layer: True for layer in LAYERS if layer != "app"},
}

MAY_LOG = ("flow", "web", "app")

# The first part of each name under which a library is included -> its dependency in Meson.
LIBRARIES = {
    "archive.h": "libarchive",
    "archive_entry.h": "libarchive",
    "curl": "libcurl",
    "event2": "libevent_core",
    "ini.h": "inih",
    "jansson.h": "jansson",
    "libxml": "libxml-2.0",
    "lz4frame.h": "liblz4",
    "nettle": "nettle",
    "pcre2.h": "libpcre2-8",
    "sodium.h": "libsodium",
    "sqlite3.h": "sqlite3",
    "unicode": "icu",
    "zlib.h": "zlib",
}

BANNED = (
    "alloca asctime atof atoi atol atoll ctime fscanf getpw gets gmtime localtime mktemp popen rand "
    "scanf sprintf sscanf stpcpy strcat strcpy strncat strncpy strtok strtok_r system tempnam "
    "tmpnam vfscanf vscanf vsprintf vsscanf"
).split()

# Headers and calls that bring the clock, the files or the network into a layer of pure meaning.
PURE = ("tender", "match", "source", "render")
WORLD_HEADERS = (
    "fcntl.h unistd.h dirent.h netdb.h poll.h sys/file.h sys/mman.h sys/socket.h sys/stat.h "
    "sys/time.h sys/random.h"
).split()
WORLD_CALLS = "clock clock_gettime fopen freopen getenv getrandom gettimeofday open openat time".split()

LINES_MAX = 800

# In two parts, so that this list is not its own finding.
UNFINISHED = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" + "XX")) + r")\b")

_SQL = re.compile(
    r"""\b(?:SELECT|INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|REPLACE\s+INTO
          |(?:CREATE|DROP|ALTER)\s+(?:\w+\s+)?(?:TABLE|INDEX|VIEW|TRIGGER)|VACUUM|ATTACH)\b
      |(?i:^\s*(?:select\s.+\sfrom\s|insert\s+into\s|update\s+\w+\s+set\s|delete\s+from\s
          |(?:create|drop|alter)\s+(?:table|index|view|trigger)\s))""",
    re.X | re.S,
)
_SQL_OF_GATE = re.compile(
    r"(?i:\bPRAGMA\s+\w)|\b(?:BEGIN|COMMIT|ROLLBACK|SAVEPOINT)\b(?:\s+(?:IMMEDIATE|DEFERRED|TO)\b|;|$)"
)


def layer_of(path):
    match = re.match(r"(?:src|include)/(\w+)/", path)
    return match.group(1) if match and match.group(1) in LAYERS else None


def check_includes(path, text):
    """Who may use whom; library headers in gate alone; the log in the layers of effects alone."""
    layer = layer_of(path)
    complaints = []
    for line, name, _ in includes(text):
        top = name.split("/")[0]
        if layer is not None and "/" in name and top in LAYERS and top != layer:
            allowed = MAY_USE[layer].get(top)
            if allowed is None:
                complaints.append(f"{path}:{line}: {layer} may not use {top}")
            elif allowed is not True and name.split("/", 1)[1] not in allowed:
                complaints.append(f"{path}:{line}: {layer} may not use {name}")
        if top in LIBRARIES and not _may_take_library(path, top):
            complaints.append(f"{path}:{line}: <{name}> may be included only in src/gate/*.c")
        if name == "base/log.h" and layer not in (*MAY_LOG, None) and path != "src/base/log.c":
            complaints.append(f"{path}:{line}: {layer} returns errors and does not log")
    return complaints


def _may_take_library(path, top):
    if path.startswith("src/gate/") and path.endswith(".c"):
        return True
    # The build asks ICU for the letters once; tests may compare with the library itself.
    return path.startswith("tests/") or (path == "src/embed/foldtable.c" and top == "unicode")


def check_own_header(path, text, headers):
    """A .c includes its own header first; `headers` are all header paths of the tree."""
    match = re.fullmatch(r"src/(.+)/(\w+)\.c", path)
    if not match:
        return []
    folder, name = match.groups()
    own = {f"include/{folder}/{name}.h": f"{folder}/{name}.h", f"src/{folder}/{name}.h": f"{name}.h"}
    wanted = next((spelling for header, spelling in own.items() if header in headers), None)
    found = includes(text)
    if wanted is None or (found and found[0][1] == wanted):
        return []
    line = found[0][0] if found else 1
    return [f'{path}:{line}: "{wanted}" must be the first include']


def check_banned(path, text):
    code = code_only(text)
    return [
        f"{path}:{code.count(chr(10), 0, match.start()) + 1}: {match.group(1)}() is banned"
        for match in re.finditer(r"(?<![\w.>])(" + "|".join(BANNED) + r")\s*\(", code)
    ]


def check_pure(path, text):
    """tender, match, source and render see neither clock nor files nor network."""
    layer = layer_of(path)
    if layer not in PURE:
        return []
    complaints = [
        f"{path}:{line}: {layer} has no input or output, so no <{name}>"
        for line, name, _ in includes(text)
        if name in WORLD_HEADERS
    ]
    code = code_only(text)
    for match in re.finditer(r"(?<![\w.>])(" + "|".join(WORLD_CALLS) + r")\s*\(", code):
        line = code.count("\n", 0, match.start()) + 1
        complaints.append(f"{path}:{line}: {layer} has no input or output, so no {match.group(1)}()")
    return complaints


def check_sql(path, text):
    """SQL stands in db/; the gate of the database alone may say PRAGMA, BEGIN and COMMIT."""
    if path.startswith(("tests/", "src/embed/")):
        return []
    gate = re.fullmatch(r"src/gate/db\w*\.c", path)
    return [
        f"{path}:{line}: SQL belongs in db/: {content[:40]!r}"
        for line, content in literals(text)
        if _SQL.search(content) or (not gate and _SQL_OF_GATE.search(content))
    ]


def check_size(path, text):
    lines = text.count("\n")
    return [f"{path}:{lines}: {lines} lines, at most {LINES_MAX}"] if lines > LINES_MAX else []


def check_unfinished(path, text):
    return [
        f"{path}:{number}: {match.group(1)}"
        for number, line in enumerate(text.split("\n"), 1)
        if (match := UNFINISHED.search(line))
    ]


def check_queries(queries, sources):
    """
    `queries`: path -> text of db/queries, `sources`: path -> text of C. Each query is used and each
    Q_NAME in C is a query.
    """
    named = {}
    for path, text in queries.items():
        for match in re.finditer(r"^--\s*query:\s*(\w+)", text, re.M):
            line = text.count("\n", 0, match.start()) + 1
            named[f"Q_{match.group(1).upper()}"] = f"{path}:{line}"
    used = {}
    for path, text in sources.items():
        code = code_only(text)
        for match in re.finditer(r"\bQ_[A-Z0-9_]+\b", code):
            used.setdefault(match.group(), f"{path}:{code.count(chr(10), 0, match.start()) + 1}")
    used.pop("Q_COUNT", None)
    return [f"{where}: {name} is used nowhere" for name, where in named.items() if name not in used] + [
        f"{where}: {name} is no query of db/queries" for name, where in used.items() if name not in named
    ]


def check_readme(path, text):
    """The README of a layer says who may use it and what it may not use."""
    return [
        f"{path}:1: says nowhere '{words}'"
        for words in ("May be used by", "May not use")
        if words not in text
    ]


def check_libraries(meson, sources):
    """Dependencies enter with the code that uses them: the list of gate and its includes agree."""
    listed = set(re.findall(r"(?:dependency|find_library)\('([^']+)'", meson))
    listed = {"icu" if name.startswith("icu-") else name for name in listed}
    used = {
        LIBRARIES[name.split("/")[0]]
        for text in sources.values()
        for _, name, _ in includes(text)
        if name.split("/")[0] in LIBRARIES
    }
    return [f"src/gate/meson.build:1: {name} is listed, no code uses it" for name in listed - used] + [
        f"src/gate/meson.build:1: {name} is used, but not listed" for name in used - listed
    ]
