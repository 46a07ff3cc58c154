#!/usr/bin/env python3
"""
A BOAMP on loopback: DILA's open-data flux and the Explore API v2.1, over one mutable set of
notices.

    with FakeBoamp() as boamp:
        boamp.add(make_notice.flux_fnsimple(ref="26-1"))
        boamp.flux_url      # http://127.0.0.1:PORT/OPENDATA/BOAMP/
        boamp.api_url       # http://127.0.0.1:PORT/api/explore/v2.1/catalog/datasets/boamp/

What the notices are, the tests may change while the server runs: `add`, `replace`, `remove`, or
from `on_request`, which runs before an answer is made, for a page that changes under the
pagination. With `now` set, a notice shows only from its `modified` time on, as files trickle in
during a day. Faults: see fake_http.py.

As a programme:  fake_boamp.py --dir DIR [--port N] [--faults seed=1,rate=0.3]  serves the .xml
files of a folder (schema 3.2.5) and the API records of its .json files by their publication date,
and prints the base URL.
"""

import argparse
import csv
import datetime
import email.utils
import hashlib
import html
import io
import json
import pathlib
import re
import sys
import urllib.parse
import zoneinfo
from dataclasses import dataclass
from xml.etree import ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import fake_http
import make_notice
from fake_http import FakeServer, Response, json_response

PARIS = zoneinfo.ZoneInfo("Europe/Paris")
FLUX = "/OPENDATA/BOAMP/"
DATASET = "/api/explore/v2.1/catalog/datasets/"
FIELDS = (
    "idweb id contractfolderid objet filename famille famille_libelle code_departement"
    " code_departement_prestation dateparution datefindiffusion datelimitereponse nomacheteur"
    " titulaire perimetre type_procedure soustype_procedure procedure_libelle procedure_categorise"
    " nature nature_libelle sousnature sousnature_libelle nature_categorise"
    " nature_categorise_libelle criteres marche_public_simplifie marche_public_simplifie_label etat"
    " descripteur_code dc descripteur_libelle type_marche type_marche_facette type_avis annonce_lie"
    " annonces_anterieures annonce_reference_schema_v110 annonces_anterieures_schema_v110"
    " source_schema gestion donnees url_avis"
).split()


@dataclass
class Held:
    """
    One notice: its flux file (None: only the API has it) and its API record (None: only the flux
    has it).
    """

    ref: str
    day: datetime.date
    xml: bytes | None
    record: dict | None
    modified: datetime.datetime


class FakeBoamp(FakeServer):
    """
    `current_year`: days of that year and later stand under /OPENDATA/BOAMP/, earlier ones under
    FluxHistorique/Boamp_v240/ (None: the latest year held). `quota`: API requests before 429.
    `index_style`: "table" or "pre", the two looks of an Apache index. `now`: an aware datetime, or
    None when all is published.
    """

    def __init__(self, port=0, current_year=None, quota=None, index_style="table", **kw):
        super().__init__(port=port, **kw)
        self.held, self.revision, self.tree = {}, 0, (None, {}, {})
        self.current_year, self.index_style, self.now = current_year, index_style, None
        self.quota, self.spent, self.quota_limit = quota, 0, quota or 2_000_000

    # ------------------------------------------------------------ the set

    @property
    def flux_url(self):
        return self.url + FLUX

    @property
    def api_url(self):
        return self.url + DATASET + "boamp/"

    def add(self, notice, modified=None, flux=True, api=True):
        """
        Adds a flux file (bytes) or an API record (dict), or replaces the one of the same number;
        returns the number. A flux file also gets a record unless `api=False`; a record alone has no
        file in the flux. `modified`: aware datetime; 04:46 Paris time of the publication day when
        None.
        """
        if isinstance(notice, dict):
            xml, record = None, notice
        else:
            xml, record = (notice if flux else None), make_notice.record_from_flux(notice)
        ref, day = record["idweb"], datetime.date.fromisoformat(record["dateparution"])
        if modified is None:
            modified = datetime.datetime.combine(day, datetime.time(4, 46), PARIS)
        with self.lock:
            self.held[ref] = Held(ref, day, xml, record if api else None, modified)
            self.revision += 1
        return ref

    def replace(self, notice, modified=None):
        """
        The publisher changes a notice: same number, new bytes, a modification time one hour later
        than before.
        """
        record = notice if isinstance(notice, dict) else make_notice.record_from_flux(notice)
        with self.lock:
            before = self.held[record["idweb"]]
            return self.add(notice, modified or before.modified + datetime.timedelta(hours=1))

    def remove(self, ref):
        with self.lock:
            del self.held[ref]
            self.revision += 1

    def load(self, folder):
        """Adds every schema 3.2.5 file and every API record below a folder; returns the numbers."""
        refs = []
        for path in sorted(pathlib.Path(folder).rglob("*")):
            content = (
                path.read_bytes() if path.suffix in (".xml", ".json") and path.is_file() else b""
            )
            if (
                path.suffix == ".xml"
                and b"boamp.journal-officiel.gouv.fr/XML/3.2.5" in content[:2000]
            ):
                refs.append(self.add(content))
            elif path.suffix == ".json":
                value = json.loads(content)
                rows = (
                    value
                    if isinstance(value, list)
                    else value.get("results", [value]) if isinstance(value, dict) else []
                )
                refs += [
                    self.add(r)
                    for r in rows
                    if isinstance(r, dict) and r.get("idweb") and r.get("dateparution")
                ]
        return refs

    def visible(self):
        with self.lock:
            return sorted(
                (h for h in self.held.values() if self.now is None or h.modified <= self.now),
                key=lambda h: (h.day, _number(h.ref)),
            )

    def refs(self, since=None, until=None, flux=True):
        """
        The announced set, for the assertion at the end of a test: numbers in the flux (or the API)
        by day.
        """
        since, until = (datetime.date.fromisoformat(str(d)) if d else None for d in (since, until))
        return {
            h.ref
            for h in self.visible()
            if (h.xml if flux else h.record) is not None
            and (since is None or h.day >= since)
            and (until is None or h.day <= until)
        }

    # ------------------------------------------------------------ answers

    def respond(self, request):
        if request.path.startswith(FLUX.rstrip("/")):
            if request.method not in ("GET", "HEAD"):
                return Response(405, {"Allow": "GET,HEAD"}, b"method not allowed")
            return self._flux(request)
        if request.path.startswith(DATASET):
            return self._api(request)
        return Response(
            404, {"Content-Type": "text/html; charset=iso-8859-1"}, _not_found(request.path)
        )

    # The flux

    def _tree(self):
        """
        The files by path, and the folders with what they hold; made anew when the set, the clock or
        the year changes.
        """
        key = (self.revision, self.now, self.current_year)
        with self.lock:
            if self.tree[0] != key:
                self.tree = (key, *self._grow())
            return self.tree[1:]

    def _grow(self):
        shown = [h for h in self.visible() if h.xml is not None]
        first_year = self.current_year or max((h.day.year for h in shown), default=0)
        folders = {
            "": {"Documentation/", "FluxHistorique/", "Schemas/"},
            "Documentation/": set(),
            "Schemas/": set(),
            "FluxHistorique/": {"Boamp_v240/"},
            "FluxHistorique/Boamp_v240/": set(),
        }
        files = {}
        for held in shown:
            root = "" if held.day.year >= first_year else "FluxHistorique/Boamp_v240/"
            folder = f"{root}{held.day:%Y/%m/%d}/"
            files.setdefault(folder, {})[held.ref + ".xml"] = held
            steps = folder.rstrip("/").split("/")
            for i, step in enumerate(steps):
                folders.setdefault("".join(s + "/" for s in steps[:i]), set()).add(step + "/")
            folders.setdefault(folder, set())
        return files, folders

    def _flux(self, request):
        path = request.path[len(FLUX.rstrip("/")) :].lstrip("/")
        files, folders = self._tree()
        folder, _, name = path.rpartition("/")
        inside = files.get(folder + "/", {})
        if name in inside:
            return self._file(request, inside[name])
        if path in folders and request.path.endswith("/"):
            return Response(
                200,
                {"Content-Type": "text/html;charset=ISO-8859-1"},
                self._index(request.path, sorted(folders[path]), inside).encode("iso-8859-1"),
            )
        if path + "/" in folders or path == "":
            return Response(
                301, {"Location": self.url + urllib.parse.quote(request.path) + "/"}, b"moved"
            )
        return Response(
            404, {"Content-Type": "text/html; charset=iso-8859-1"}, _not_found(request.path)
        )

    def _file(self, request, held):
        seconds = int(held.modified.timestamp())
        tag = f'"{len(held.xml):x}-{hashlib.sha256(held.xml).hexdigest()[:12]}"'
        headers = {
            "Content-Type": "application/xml",
            "ETag": tag,
            "Accept-Ranges": "bytes",
            "Last-Modified": email.utils.formatdate(seconds, usegmt=True),
        }
        known = request.headers.get("if-none-match")
        if known is not None:
            fresh = known.strip() == "*" or tag in [
                k.strip().removeprefix("W/") for k in known.split(",")
            ]
        else:
            since = request.headers.get("if-modified-since")
            try:
                fresh = (
                    since is not None
                    and email.utils.parsedate_to_datetime(since).timestamp() >= seconds
                )
            except (TypeError, ValueError):
                fresh = False
        return Response(304, headers) if fresh else Response(200, headers, held.xml)

    def _index(self, path, folders, files):
        """
        An Apache index, ISO-8859-1, modification times in Paris time to the minute, rounded sizes.
        """
        stamp = "2026-01-01 00:00"
        rows = [(f, stamp, "-", "DIR") for f in folders]
        rows += [
            (
                name,
                held.modified.astimezone(PARIS).strftime("%Y-%m-%d %H:%M"),
                _size(len(held.xml)),
                "TXT",
            )
            for name, held in sorted(files.items(), key=lambda x: _number(x[0]))
        ]
        parent = path.rstrip("/").rsplit("/", 1)[0] + "/"
        title = f"Index of {html.escape(path.rstrip('/'))}"
        top = (
            '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">\n<html>\n <head>\n '
            f" <title>{title}</title>\n </head>\n <body>\n<h1>{title}</h1>\n"
        )
        if self.index_style == "pre":
            lines = "".join(
                f'<img src="/icons/unknown.gif" alt="[{kind:^5}]"> <a'
                f' href="{name}">{_shown(name)}</a>{" " * max(1, 24 - len(_shown(name)))}{when} '
                f" {size:>5}  \n"
                for name, when, size, kind in rows
            )
            return (
                f'{top}<pre><img src="/icons/blank.gif" alt="Icon "> <a href="?C=N;O=D">Name</a>   '
                '                 <a href="?C=M;O=A">Last modified</a>      <a'
                ' href="?C=S;O=A">Size</a>  <hr><img src="/icons/back.gif" alt="[PARENTDIR]"> <a'
                f' href="{parent}">Parent Directory</a>                             -  '
                f" \n{lines}<hr></pre>\n</body></html>\n"
            )
        lines = "".join(
            f'<tr><td valign="top"><img src="/icons/text.gif" alt="[{kind:^5}]"></td><td><a'
            f' href="{name}">{name}</a></td><td align="right">{when}  </td><td'
            f' align="right">{size:>4} </td><td>&nbsp;</td></tr>\n'
            for name, when, size, kind in rows
        )
        return (
            f'{top}  <table>\n   <tr><th valign="top"><img src="/icons/blank.gif"'
            ' alt="[ICO]"></th><th><a href="?C=N;O=D">Name</a></th><th><a href="?C=M;O=A">Last'
            ' modified</a></th><th><a href="?C=S;O=A">Size</a></th><th><a'
            ' href="?C=D;O=A">Description</a></th></tr>\n   <tr><th'
            ' colspan="5"><hr></th></tr>\n<tr><td valign="top"><img src="/icons/back.gif"'
            f' alt="[PARENTDIR]"></td><td><a href="{parent}">Parent Directory</a>      '
            f' </td><td>&nbsp;</td><td align="right">  - </td><td>&nbsp;</td></tr>\n{lines}  '
            ' <tr><th colspan="5"><hr></th></tr>\n</table>\n</body></html>\n'
        )

    # The Explore API

    def _api(self, request):
        if request.method != "GET":
            return json_response(
                {"error_code": "MethodNotAllowed", "message": "Only GET is allowed."}, 405
            )
        dataset, _, endpoint = request.path[len(DATASET) :].partition("/")
        if dataset != "boamp" or endpoint not in (
            "records",
            "exports/json",
            "exports/jsonl",
            "exports/csv",
        ):
            return json_response(
                {
                    "error_code": "ODSException",
                    "message": f"Unknown dataset or endpoint: {dataset}.",
                },
                404,
                self._quota_headers(),
            )
        if self.quota is not None and self.spent >= self.quota:
            return json_response(
                {
                    "errorcode": 10002,
                    "reset_time": self._reset(),
                    "limit_time_unit": "day",
                    "call_limit": self.quota_limit,
                    "error": (
                        "Too many requests on the domain. Please contact the domain administrator."
                    ),
                },
                429,
                self._quota_headers(),
            )
        self.spent += 1
        try:
            return self._query(request, endpoint)
        except QueryError as error:
            return json_response(
                {"error_code": error.code, "message": str(error)}, 400, self._quota_headers()
            )

    def _reset(self):
        today = datetime.datetime.fromtimestamp(self.time(), datetime.timezone.utc).date()
        return f"{today + datetime.timedelta(days=1)} 00:00:00+00:00"

    def _quota_headers(self):
        return {
            "X-RateLimit-Limit": str(self.quota_limit),
            "X-RateLimit-Reset": self._reset(),
            "X-RateLimit-Remaining": str(max(0, self.quota_limit - self.spent)),
        }

    def _query(self, request, endpoint):
        def one(name, default=None):
            return request.query.get(name, [default])[-1]

        records = endpoint == "records"
        limit, offset = _integer(one("limit"), "limit", 10 if records else -1), _integer(
            one("offset"), "offset", 0
        )
        if records and not -1 <= limit <= 100:
            raise QueryError(
                (
                    f"Invalid value for limit API parameter: {limit} was found but -1 <= limit <="
                    " 100 is expected."
                ),
                "InvalidRESTParameterError",
            )
        if records and offset + max(limit, 0) > 10_000:
            raise QueryError(
                (
                    f"Invalid value for sum of offset + limit API parameter: {offset + limit} was"
                    " found but <= 10000 is expected."
                ),
                "InvalidRESTParameterError",
            )
        rows = [
            h.record for h in self.visible() if h.record is not None
        ]  # oldest first, as the portal
        # Several `where` are joined by AND, as the portal does.
        for where in request.query.get("where", []):
            keep = parse_where(where)
            rows = [r for r in rows if keep(r)]
        for key in reversed([k for k in (one("order_by") or "").split(",") if k.strip()]):
            found = re.fullmatch(r"\s*(\w+)(?:\s+(asc|desc))?\s*", key, re.I)
            if not found or found[1] not in FIELDS:
                raise QueryError(f"ODSQL query is malformed: invalid order_by: {key!r}")
            rows.sort(
                key=lambda r: (r.get(found[1]) is None, str(r.get(found[1]) or "")),
                reverse=(found[2] or "").lower() == "desc",
            )
        total = len(rows)
        rows = rows[offset:] if limit < 0 else rows[offset : offset + limit]
        fields = [f.strip() for f in (one("select") or "*").split(",")]
        if "*" not in fields:
            unknown = [f for f in fields if f not in FIELDS]
            if unknown:
                raise QueryError(f"ODSQL query is malformed: Unknown field: {unknown[0]}")
            rows = [{f: r.get(f) for f in fields} for r in rows]
        if records:
            return json_response(
                {"total_count": total, "results": rows}, 200, self._quota_headers()
            )
        kind = endpoint.rsplit("/", 1)[1]
        content, media = {
            "json": lambda: (
                json.dumps(rows, ensure_ascii=False),
                "application/json; charset=utf-8",
            ),
            "jsonl": lambda: (
                "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows),
                "application/x-ndjson",
            ),
            "csv": lambda: (_csv(rows), "text/csv; charset=utf-8"),
        }[kind]()
        return Response(
            200, {"Content-Type": media, **self._quota_headers()}, content.encode(), chunked=True
        )


def _number(name):
    return [int(x) for x in re.findall(r"\d+", name)]


def _shown(name):
    return name if len(name) <= 23 else name[:21] + "..>"


def _size(count):
    if count < 1024:
        return str(count)
    value, unit = count / 1024, "K"
    if value >= 1024:
        value, unit = value / 1024, "M"
    return f"{value:.1f}{unit}" if value < 9.95 else f"{value:.0f}{unit}"


def _not_found(path):
    return (
        '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>404 Not'
        " Found</title>\n</head><body>\n<h1>Not Found</h1>\n<p>The requested URL"
        f" {html.escape(path)} was not found on this server.</p>\n</body></html>\n"
    ).encode("iso-8859-1", "replace")


def _integer(text, name, default):
    if text is None:
        return default
    try:
        value = int(text)
    except ValueError:
        value = -2
    if value < -1:
        raise QueryError(
            f"Invalid value for {name} API parameter: {text!r}.", "InvalidRESTParameterError"
        )
    return value


def _csv(rows):
    out = io.StringIO()
    columns = [f for f in FIELDS if rows and f in rows[0]] or FIELDS
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow(["" if row.get(c) is None else row[c] for c in columns])
    return out.getvalue()


# ---------------------------------------------------------------- the where clause


class QueryError(ValueError):
    def __init__(self, text, code="ODSQLError"):
        super().__init__(text)
        self.code = code


_TOKEN = re.compile(
    r"""\s*(?:(?P<date>date\s*'[^']*')|(?P<text>'[^']*'|"[^"]*")|(?P<op><=|>=|!=|<|>|=|\(|\)|,)"""
    r"""|(?P<word>[A-Za-z_]\w*)|(?P<number>-?\d+(?:\.\d+)?))"""
)


def parse_where(text):
    """
    The part of ODSQL that DOMAIN.md 1.2 shows, without the full-text functions: `= != < <= > >=` on
    a field and a literal, `IS [NOT] NULL`, `IN (…)`, `'X' IN field`, AND, OR, NOT, parentheses.
    Gives a predicate on a record.
    """
    tokens, at = [], 0
    text = text.strip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found or found.end() == at:
            raise QueryError(
                "ODSQL query is malformed: Clause(s) containing the error(s): where. At character"
                f" {at}"
            )
        tokens.append((found.lastgroup, found[found.lastgroup]))
        at = found.end()
    position = 0

    def peek(word=None):
        kind, value = tokens[position] if position < len(tokens) else (None, None)
        return value.upper() == word if word and value is not None else (None if word else kind)

    def take(kind=None, word=None):
        nonlocal position
        if (
            position >= len(tokens)
            or (kind and tokens[position][0] != kind)
            or (word and not peek(word))
        ):
            raise QueryError("ODSQL query is malformed: Clause(s) containing the error(s): where.")
        position += 1
        return tokens[position - 1][1]

    def either():
        parts = [both()]
        while peek("OR"):
            take()
            parts.append(both())
        return lambda r: any(p(r) for p in parts)

    def both():
        parts = [term()]
        while peek("AND"):
            take()
            parts.append(term())
        return lambda r: all(p(r) for p in parts)

    def term():
        if peek("NOT"):
            take()
            inner = term()
            return lambda r: not inner(r)
        if peek("("):
            take()
            inner = either()
            take(word=")")
            return inner
        if peek() in ("text", "date", "number"):
            value = literal()
            take(word="IN")
            field = name()
            return lambda r: value in (r.get(field) or [])
        field = name()
        if peek("IS"):
            take()
            negative = bool(peek("NOT"))
            if negative:
                take()
            take(word="NULL")
            return lambda r: (r.get(field) is not None) == negative
        if peek("IN"):
            take()
            take(word="(")
            values = [literal()]
            while peek(","):
                take()
                values.append(literal())
            take(word=")")
            return lambda r: any(_compare("=", r.get(field), v) for v in values)
        operator, value = take("op"), literal()
        if operator not in ("=", "!=", "<", "<=", ">", ">="):
            raise QueryError("ODSQL query is malformed: Clause(s) containing the error(s): where.")
        return lambda r: _compare(operator, r.get(field), value)

    def name():
        field = take("word")
        if field not in FIELDS:
            raise QueryError(f"ODSQL query is malformed: Unknown field: {field}")
        return field

    def literal():
        kind = peek()
        if kind == "date":
            value = re.search(r"'([^']*)'", take())[1]
            if not re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?)?", value):
                raise QueryError(f"ODSQL query is malformed: Invalid date: {value!r}")
            return value
        if kind == "text":
            return take()[1:-1]
        return take("number")

    if not tokens:
        return lambda r: True
    result = either()
    if position != len(tokens):
        raise QueryError("ODSQL query is malformed: Clause(s) containing the error(s): where.")
    return result


def _compare(operator, have, want):
    if have is None:
        return operator == "!="
    if isinstance(have, list):
        return (want in have) == (operator == "=")
    have = str(have)[: len(want)] if re.fullmatch(r"\d{4}-\d\d-\d\d", want) else str(have)
    return {
        "=": have == want,
        "!=": have != want,
        "<": have < want,
        "<=": have <= want,
        ">": have > want,
        ">=": have >= want,
    }[operator]


def main():
    options = argparse.ArgumentParser(
        description="Serve a folder of sample notices as BOAMP would."
    )
    options.add_argument(
        "--dir", required=True, help="folder with flux files (.xml) and API records (.json)"
    )
    options.add_argument("--port", type=int, default=0)
    options.add_argument(
        "--current-year", type=int, help="first year that is not in FluxHistorique"
    )
    options.add_argument("--quota", type=int, help="API requests before 429")
    options.add_argument("--faults", help="seed=1,rate=0.3,kinds=429+503+cut,limit=20")
    given = options.parse_args()
    server = FakeBoamp(given.port, given.current_year, given.quota)
    if given.faults:
        server.faults = fake_http.plan_from_text(given.faults)
    try:
        count = len(server.load(given.dir))
    except (ElementTree.ParseError, json.JSONDecodeError, OSError) as error:
        sys.exit(f"fake_boamp: {given.dir}: {error}")
    fake_http.serve_forever(
        server, f"fake_boamp: {count} notices, flux at {FLUX}, API at {DATASET}boamp/"
    )


if __name__ == "__main__":
    main()
