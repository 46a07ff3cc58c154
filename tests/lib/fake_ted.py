#!/usr/bin/env python3
"""
A TED on loopback: the Search API v3 and the notice XML.

    with FakeTed() as ted:
        ted.add(make_notice.eforms(ref="700001-2026"))
        ted.search_url      # http://127.0.0.1:PORT/v3/notices/search
        ted.url             # base of /en/notice/{publication-number}/xml

The set is mutable while the server runs (`add`, `remove`). ITERATION reads a view frozen at its
first request; PAGE_NUMBER reads the set as it is. `timed_out` makes the next answers partial with
`timedOut: true`; `expire_tokens()` ends every open iteration; `per_minute` is the fair-use limit.
Faults: see fake_http.py.

As a programme:  fake_ted.py --dir DIR [--port N] [--faults seed=1,rate=0.3]  serves the eForms
files of a folder (those that have a publication number) and prints the base URL.
"""

import argparse
import base64
import datetime
import io
import json
import pathlib
import re
import sys
import tarfile
import zoneinfo
from dataclasses import dataclass
from xml.etree import ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import fake_http
from fake_http import FakeServer, Response, json_response

PARIS = zoneinfo.ZoneInfo("Europe/Paris")
UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
NS = {
    "cbc": UBL + "CommonBasicComponents-2",
    "cac": UBL + "CommonAggregateComponents-2",
    "efac": "http://data.europa.eu/p27/eforms-ubl-extension-aggregate-components/1",
    "efbc": "http://data.europa.eu/p27/eforms-ubl-extension-basic-components/1",
}
KNOWN = set(
    "publication-number notice-identifier notice-version procedure-identifier ojs-number"
    " publication-date dispatch-date notice-type notice-subtype form-type legal-basis"
    " official-language change-notice-version-identifier change-reason-code links notice-title"
    " title-proc title-lot description-proc description-lot contract-nature procedure-type"
    " classification-cpv main-classification-proc main-classification-lot"
    " additional-classification-lot estimated-value-proc estimated-value-lot"
    " estimated-value-cur-lot place-of-performance place-of-performance-subdiv-lot"
    " place-of-performance-country-lot deadline-receipt-tender-date-lot"
    " deadline-receipt-tender-time-lot deadline-receipt-request-date-lot"
    " deadline-receipt-expressions-date-lot buyer-name buyer-city buyer-country buyer-identifier"
    " organisation-identifier-buyer buyer-legal-type buyer-profile sme-lot"
    " innovative-acquisition-lot strategic-procurement-lot submission-url-lot document-url-lot ND"
    " PD PC TY CY OJ FT AU".split()
)
ALIASES = {
    "CY": "buyer-country",
    "PD": "publication-date",
    "PC": "classification-cpv",
    "ND": "publication-number",
    "TY": "notice-type",
    "FT": "full-text",
}
LIMIT_MAX, REACH_MAX, CELLS_MAX = 250, 15_000, 10_000


@dataclass
class Held:
    number: str  # 700001-2026
    day: datetime.date
    fields: dict  # what a search may ask for
    xml: bytes
    last_deadline: str | None  # YYYY-MM-DD, for scope ACTIVE


class FakeTed(FakeServer):
    """
    `today`: a date, for scopes ACTIVE and LATEST and for `today(-n)`; None: the latest publication
    day held.
    """

    def __init__(self, port=0, per_minute=None, links_base=None, **kw):
        super().__init__(port=port, **kw)
        self.held, self.views, self.expired, self.today = {}, {}, set(), None
        self.issues = {}  # YYYY-MM-DD -> number of its issue: "176/2026"; searches then tell it
        self.timed_out = 0  # so many next searches answer half a page with timedOut
        self.per_minute = per_minute
        self.links_base = links_base  # None: links lead back to this server
        self.corrupt_token_status = 500  # as seen in practice; 400 gives INVALID_ITERATION_TOKEN

    # ------------------------------------------------------------ the set

    @property
    def search_url(self):
        return self.url + "/v3/notices/search"

    def add(self, xml, number=None, day=None, country=None):
        """
        Adds (or replaces) a notice from its eForms bytes; the arguments override what the document
        says.
        """
        held = _read(xml, number, day, country)
        with self.lock:
            self.held[held.number] = held
        return held.number

    def remove(self, number):
        with self.lock:
            del self.held[number]

    def load(self, folder):
        numbers = []
        for path in sorted(pathlib.Path(folder).rglob("*.xml")):
            content = path.read_bytes()
            if UBL.encode() in content and b"NoticePublicationID" in content:
                numbers.append(self.add(content))
        return numbers

    def expire_tokens(self):
        """The next OJ S issue is out for more than a day: open iterations end."""
        with self.lock:
            self.expired |= set(self.views)

    def refs(self, since=None, until=None, country="FRA"):
        """The announced set: publication numbers by day and buyer country."""
        since, until = (datetime.date.fromisoformat(str(d)) if d else None for d in (since, until))
        with self.lock:
            return {
                h.number
                for h in self.held.values()
                if country in h.fields["buyer-country"]
                and (since is None or h.day >= since)
                and (until is None or h.day <= until)
            }

    # ------------------------------------------------------------ answers

    def respond(self, request):
        if self.per_minute is not None:
            recent = [r for r in self.requests if r.started > request.started - 60]
            if len(recent) > self.per_minute:
                return json_response({"message": "Too many requests"}, 429, {"Retry-After": "60"})
        if request.path == "/v3/notices/search":
            if request.method != "POST":
                return json_response({"message": "Method Not Allowed"}, 405, {"Allow": "POST"})
            try:
                return self._search(request)
            except SearchError as error:
                return json_response(
                    {"type": error.type, "message": str(error), **error.extra}, error.status
                )
        found = re.fullmatch(r"/[a-z]{2}/notice/([0-9]+-[0-9]{4})/xml", request.path)
        if found and request.method in ("GET", "HEAD"):
            with self.lock:
                held = self.held.get(found[1])
            if held:
                return Response(200, {"Content-Type": "application/xml"}, held.xml)
        package = re.fullmatch(r"/packages/daily/([0-9]{4})([0-9]{5})", request.path)
        if package and request.method in ("GET", "HEAD"):
            issue = f"{int(package[2])}/{package[1]}"
            day = self.day_of_issue(issue)
            if day:
                return Response(200, {"Content-Type": "application/gzip"}, self.package(day))
        return Response(
            404,
            {"Content-Type": "text/html; charset=utf-8"},
            b"<html><body>Not found</body></html>",
        )

    def day_of_issue(self, issue):
        return next((day for day, number in self.issues.items() if number == issue), None)

    def package(self, day):
        """The day package: every notice of the day, from all countries."""
        out = io.BytesIO()
        with self.lock, tarfile.open(fileobj=out, mode="w:gz") as tar:
            for held in self.held.values():
                if held.day.isoformat() == day:
                    number, year = held.number.split("-")
                    entry = tarfile.TarInfo(f"{year}/{int(number):08d}_{year}.xml")
                    entry.size = len(held.xml)
                    tar.addfile(entry, io.BytesIO(held.xml))
        return out.getvalue()

    def _search(self, request):
        try:
            asked = json.loads(request.body)
        except ValueError:
            asked = None
        if not isinstance(asked, dict):
            raise SearchError("INVALID_REQUEST", "The body is not a JSON object.")
        if "json" not in request.headers.get("content-type", ""):
            raise SearchError(
                "UNSUPPORTED_MEDIA_TYPE", "Content-Type must be application/json.", 415
            )
        query, fields = asked.get("query"), asked.get("fields")
        if not isinstance(query, str) or not query.strip():
            raise SearchError("QUERY_SYNTAX_ERROR", "The query is missing.")
        if not isinstance(fields, list) or not fields or len(set(fields)) != len(fields):
            raise SearchError("UNSUPPORTED_VALUE", "fields must be a list without repeats.")
        for name in fields:
            if name not in KNOWN and not re.fullmatch(r"(BT|OPP|OPT)-[\w()-]+", str(name)):
                raise SearchError(
                    "UNSUPPORTED_VALUE", f"Parameter 'fields' contains unsupported value ({name})."
                )
        limit, page = asked.get("limit", 10), asked.get("page", 1)
        mode, scope = asked.get("paginationMode", "PAGE_NUMBER"), asked.get("scope", "ACTIVE")
        if not isinstance(limit, int) or limit < 1 or not isinstance(page, int) or page < 1:
            raise SearchError("UNSUPPORTED_VALUE", "limit and page are positive integers.")
        if limit > LIMIT_MAX:
            raise SearchError(
                "SEARCH_EXCEEDS_MAX_LIMIT", f"limit is {limit}, the maximum is {LIMIT_MAX}."
            )
        if limit * len(fields) > CELLS_MAX:
            raise SearchError("SEARCH_EXCEEDS_MAX_LIMIT", f"fields × limit exceeds {CELLS_MAX}.")
        if mode not in ("PAGE_NUMBER", "ITERATION") or scope not in ("LATEST", "ACTIVE", "ALL"):
            raise SearchError(
                "UNSUPPORTED_VALUE", f"paginationMode {mode!r} or scope {scope!r} is unknown."
            )
        keep, order = parse_query(query, self._today())
        if asked.get("checkQuerySyntax"):
            return json_response({"notices": [], "totalNoticeCount": 0, "timedOut": False})
        if mode == "ITERATION":
            rows, start, name = self._iteration(asked.get("iterationNextToken"), keep, order, scope)
        else:
            rows, start, name = self._matching(keep, order, scope), (page - 1) * limit, None
            if start + limit > REACH_MAX:
                raise SearchError(
                    "SEARCH_WINDOW_TOO_WIDE", f"Only {REACH_MAX} notices can be reached by page."
                )
        shown = rows[start : start + limit]
        timed_out = False
        with self.lock:
            if self.timed_out > 0:
                self.timed_out -= 1
                timed_out, shown = True, shown[: len(shown) // 2]
        answer = {
            "notices": [self._shown(h, fields) for h in shown],
            "totalNoticeCount": len(rows),
            "timedOut": timed_out,
        }
        if name is not None:
            answer["iterationNextToken"] = _token(name, start + len(shown))
        return json_response(answer)

    def _today(self):
        with self.lock:
            return self.today or max(
                (h.day for h in self.held.values()), default=datetime.date(2026, 1, 1)
            )

    def _matching(self, keep, order, scope):
        today = self._today()
        with self.lock:
            rows = sorted(self.held.values(), key=lambda h: h.number)
            latest = max((h.day for h in rows if h.day <= today), default=None)
        rows = [h for h in rows if keep(h.fields)]
        if scope == "LATEST":
            rows = [h for h in rows if h.day == latest]
        elif scope == "ACTIVE":
            rows = [h for h in rows if h.last_deadline and h.last_deadline >= today.isoformat()]
        for name, descending in reversed(order):
            rows.sort(key=lambda h: str(h.fields.get(name, "")), reverse=descending)
        return rows

    def _iteration(self, token, keep, order, scope):
        if not token:
            rows = self._matching(keep, order, scope)
            with self.lock:
                name = f"view{len(self.views) + 1}"
                self.views[name] = rows
            return rows, 0, name
        try:
            name, start = base64.urlsafe_b64decode(token.encode() + b"==").decode().split(":")
            rows, start = self.views[name], int(start)
        except (ValueError, KeyError, AttributeError):
            raise SearchError(
                "INVALID_ITERATION_TOKEN",
                "The iteration token is not valid.",
                self.corrupt_token_status,
            ) from None
        if name in self.expired:
            raise SearchError("EXPIRED_ITERATION_TOKEN", "The iteration token has expired.")
        return rows, start, name

    def _shown(self, held, fields):
        base = (self.links_base or self.url).rstrip("/")
        links = {
            "xml": {"MUL": f"{base}/en/notice/{held.number}/xml"},
            "pdf": {"FRA": f"{base}/fr/notice/{held.number}/pdf"},
            "html": {"FRA": f"{base}/fr/notice/-/detail/{held.number}"},
            "htmlDirect": {"FRA": f"{base}/fr/notice/{held.number}/html"},
        }
        issue = self.issues.get(held.day.isoformat())
        values = {**held.fields, "links": links, "ojs-number": issue}
        shown = {}
        for field in fields:
            value = values.get(ALIASES.get(field, field))
            if value is not None and value != [] and value != {}:
                shown[field] = (
                    f"{value}{_offset(held.day)}" if field in ("publication-date", "PD") else value
                )
        # The number and the links come whatever was asked.
        return {"publication-number": held.number, "links": links, **shown}


def _token(name, start):
    return base64.urlsafe_b64encode(f"{name}:{start}".encode()).decode().rstrip("=")


def _offset(day):
    text = datetime.datetime.combine(day, datetime.time(12), PARIS).strftime("%z")
    return f"{text[:3]}:{text[3:]}"


def _read(xml, number=None, day=None, country=None):
    """The searchable fields of an eForms document."""
    root = ElementTree.fromstring(xml)

    def texts(path, node=root):
        return [e.text.strip() for e in node.iterfind(path, NS) if e.text and e.text.strip()]

    def first(path, node=root):
        return next(iter(texts(path, node)), None)

    def by_language(path, node=root, listed=False):
        found = {}
        for e in node.iterfind(path, NS):
            if e.text:
                key = (e.get("languageID") or "mul").lower()
                found[key] = [e.text] if listed else e.text
        return found

    if number is None:
        stated = first(".//efac:Publication/efbc:NoticePublicationID")
        if stated is None:
            raise ValueError("the notice has no publication number")
        digits, year = stated.split("-")
        number = f"{int(digits)}-{year}"
    if day is None:
        day = (first(".//efac:Publication/efbc:PublicationDate") or first("cbc:IssueDate"))[:10]
    day = datetime.date.fromisoformat(str(day))
    reference = first("cac:ContractingParty/cac:Party/cac:PartyIdentification/cbc:ID")
    buyer = next(
        (
            c
            for c in root.iterfind(".//efac:Organization/efac:Company", NS)
            if reference in texts("cac:PartyIdentification/cbc:ID", c)
        ),
        ElementTree.Element("none"),
    )
    project = root.find("cac:ProcurementProject", NS)
    project = ElementTree.Element("none") if project is None else project
    deadlines = texts(".//cac:TenderSubmissionDeadlinePeriod/cbc:EndDate")
    requests = texts(".//cac:ParticipationRequestReceptionPeriod/cbc:EndDate")
    kind = root.find("cbc:NoticeTypeCode", NS)
    countries = (
        [country]
        if country
        else texts("cac:PostalAddress/cac:Country/cbc:IdentificationCode", buyer)
    )
    titles = by_language("cbc:Name", project)
    fields = {
        "publication-number": number,
        "publication-date": day.isoformat(),
        "notice-identifier": first("cbc:ID"),
        "notice-version": int(first("cbc:VersionID") or 1),
        "procedure-identifier": first("cbc:ContractFolderID"),
        "notice-type": None if kind is None else kind.text,
        "form-type": None if kind is None else kind.get("listName"),
        "notice-subtype": first(".//efac:NoticeSubType/cbc:SubTypeCode"),
        "official-language": texts("cbc:NoticeLanguageCode"),
        "notice-title": {k: f"France – {v}" for k, v in titles.items()},
        "title-proc": titles,
        "description-proc": by_language("cbc:Description", project),
        "buyer-name": by_language("cac:PartyName/cbc:Name", buyer, listed=True),
        "buyer-country": countries,
        "buyer-city": by_language("cac:PostalAddress/cbc:CityName", buyer, listed=True),
        "buyer-identifier": texts("cac:PartyLegalEntity/cbc:CompanyID", buyer),
        "contract-nature": texts("cbc:ProcurementTypeCode", project),
        "procedure-type": first("cac:TenderingProcess/cbc:ProcedureCode"),
        "classification-cpv": texts(".//cbc:ItemClassificationCode"),
        "place-of-performance": texts(
            ".//cac:RealizedLocation/cac:Address/cbc:CountrySubentityCode"
        ),
        "deadline-receipt-tender-date-lot": deadlines,
        "deadline-receipt-request-date-lot": requests,
    }
    return Held(number, day, fields, xml, max((d[:10] for d in deadlines + requests), default=None))


# ---------------------------------------------------------------- the expert query


class SearchError(ValueError):
    def __init__(self, type_, text, status=400, **extra):
        super().__init__(text)
        self.type, self.status, self.extra = type_, status, extra


_TOKEN = re.compile(
    r"\s*(?:(?P<op><>|>=|<=|!=|=|>|<|~|\(|\)|,)|(?P<text>\"[^\"]*\")"
    r"|(?P<today>today\(\s*-?\d*\s*\))"
    r"|(?P<word>[\w.*+:/-]+))",
    re.I,
)


def parse_query(text, today):
    """
    The expert queries of DOMAIN.md 2.3 without full text: field and `= != > >= < <=`, `IN (a b)`,
    `(a <> b)`, `today(-n)`, trailing `*`, AND, OR, NOT, parentheses, SORT BY. Gives (predicate,
    [(field, descending)]).
    """
    text, order = text.strip(), []
    split = re.split(r"\bSORT\s+BY\b", text, flags=re.I)
    if len(split) > 2:
        raise SearchError("QUERY_SYNTAX_ERROR", "Two SORT BY.")
    if len(split) == 2:
        text = split[0]
        for part in split[1].split(","):
            found = re.fullmatch(r"\s*([\w-]+)(?:\s+(ASC|DESC))?\s*", part, re.I)
            if not found:
                raise SearchError("QUERY_SYNTAX_ERROR", f"SORT BY {part!r}")
            order.append((_field(found[1]), (found[2] or "").upper() == "DESC"))
    tokens, at = [], 0
    text = text.strip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found or found.end() == at:
            raise SearchError(
                "QUERY_SYNTAX_ERROR",
                f"Syntax error at column {at + 1}.",
                location={"beginLine": 1, "beginColumn": at + 1, "endLine": 1, "endColumn": at + 2},
            )
        tokens.append((found.lastgroup, found[found.lastgroup], at))
        at = found.end()
    position = 0

    def peek(word):
        return position < len(tokens) and tokens[position][1].upper() == word

    def take(word=None):
        nonlocal position
        if position >= len(tokens) or (word and not peek(word)):
            column = (tokens[position][2] if position < len(tokens) else len(text)) + 1
            raise SearchError(
                "QUERY_SYNTAX_ERROR",
                f"Syntax error at column {column}.",
                location={
                    "beginLine": 1,
                    "beginColumn": column,
                    "endLine": 1,
                    "endColumn": column + 1,
                },
            )
        position += 1
        return tokens[position - 1]

    def either():
        parts = [both()]
        while peek("OR"):
            take()
            parts.append(both())
        return lambda f: any(p(f) for p in parts)

    def both():
        parts = [term()]
        while peek("AND"):
            take()
            parts.append(term())
        return lambda f: all(p(f) for p in parts)

    def term():
        if peek("NOT"):
            take()
            inner = term()
            return lambda f: not inner(f)
        if peek("("):
            take()
            inner = either()
            take(")")
            return inner
        name = _field(take()[1])
        negative = peek("NOT")
        if negative:
            take()
        if peek("IN"):
            take()
            take("(")
            values = []
            while not peek(")"):
                if peek(","):
                    take()
                else:
                    values.append(value())
            take(")")
            return lambda f: any(_holds("=", f, name, v) for v in values) != negative
        operator = take()[1]
        if operator not in ("=", "!=", ">", ">=", "<", "<="):
            kind = "QUERY_UNSUPPORTED_FIELD_OPERATION" if operator == "~" else "QUERY_SYNTAX_ERROR"
            raise SearchError(kind, f"{name} {operator}: not an operation of this field.")
        if operator == "=" and peek("("):
            take()
            low = value()
            take("<>")
            high = value()
            take(")")
            return lambda f: _holds(">=", f, name, low) and _holds("<=", f, name, high)
        wanted = value()
        return lambda f: _holds(operator, f, name, wanted)

    def value():
        kind, word, _ = take()
        if kind == "today":
            shift = re.search(r"-?\d+", word)
            return (today + datetime.timedelta(days=int(shift[0]) if shift else 0)).strftime(
                "%Y%m%d"
            )
        return word.strip('"')

    if not tokens:
        raise SearchError("QUERY_SYNTAX_ERROR", "The query has no condition.")
    result = either()
    if position != len(tokens):
        take("END OF QUERY")
    return result, order


def _field(name):
    if name not in KNOWN and not re.fullmatch(r"(BT|OPP|OPT)-[\w()-]+", name):
        raise SearchError("QUERY_UNKNOWN_FIELD", f"Unknown field: {name}")
    return ALIASES.get(name, name)


def _holds(operator, fields, name, wanted):
    have = fields.get(name)
    if name == "publication-date":
        # A date in another shape than YYYYMMDD is no error: it matches nothing.
        if not re.fullmatch(r"\d{8}", wanted):
            return False
        have = have.replace("-", "")
    values = have if isinstance(have, list) else [] if have is None else [str(have)]
    if wanted.endswith("*"):
        return any(v.startswith(wanted[:-1]) for v in values) == (operator == "=")
    if operator in ("=", "!="):
        return (wanted in values) == (operator == "=")
    return any(
        {">": v > wanted, ">=": v >= wanted, "<": v < wanted, "<=": v <= wanted}[operator]
        for v in values
    )


def main():
    options = argparse.ArgumentParser(description="Serve a folder of eForms notices as TED would.")
    options.add_argument(
        "--dir", required=True, help="folder with eForms files that have a publication number"
    )
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--per-minute", type=int, help="requests a minute before 429")
    options.add_argument("--faults", help="seed=1,rate=0.3,kinds=429+503+cut,limit=20")
    given = options.parse_args()
    server = FakeTed(given.port, given.per_minute)
    if given.faults:
        server.faults = fake_http.plan_from_text(given.faults)
    try:
        count = len(server.load(given.dir))
    except (ElementTree.ParseError, ValueError, OSError) as error:
        sys.exit(f"fake_ted: {given.dir}: {error}")
    fake_http.serve_forever(server, f"fake_ted: {count} notices, search at /v3/notices/search")


if __name__ == "__main__":
    main()
