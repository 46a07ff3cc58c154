"""
Two hundred strange texts as titles, descriptions, buyers, lots, addresses, names and keywords: the
mail that comes of them has our headers and no others, HTML without anything that acts, text without
control bytes; and the text itself is still there to be read.
"""

import html
import itertools
import json
import re
import unicodedata

import make_notice
import pytest
from mailroom import Mailroom, call, database, plain

BAD_DATA = 65
HEADERS = [
    "From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Auto-Submitted", "List-Id",
    "List-Unsubscribe", "List-Unsubscribe-Post", "Content-Language", "Content-Type",
]
TAGS = {
    "html", "head", "meta", "title", "style", "body", "div", "h1", "h2", "p", "ul", "li", "b", "strong",
    "em", "br", "span", "mark", "a",
}
ATTRIBUTES = {"lang", "charset", "name", "content", "class", "href", "rel"}

ENDS = ("\r\n", "\n", "\r", "\r\n\r\n", "\n\n", "\u2028", "\u0085", "\x0b", "\x0c", "%0d%0a", "\\r\\n", "=0D=0A", "&#13;&#10;", "\r\n ")
FIELDS = ("Bcc: intrus@example.org", "Subject: autre", "Content-Type: text/html", "To: intrus@example.org", ".", "MAIL FROM:<x@example.org>", "--=_0000000000000000--")
MARKUP = (
    "<script>alert(1)</script>", "</title><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>",
    "\"><a href=javascript:alert(1)>lien</a>", "' onmouseover='alert(1)", "\" style=\"position:fixed", "<!--", "-->", "<![CDATA[x]]>",
    "</style><style>*{display:none}</style>", "<base href=https://mal.invalid>", "<meta http-equiv=refresh content=0>", "<iframe src=//mal.invalid>",
    "<form action=//mal.invalid><input>", "&lt;script&gt;alert(1)&lt;/script&gt;", "&amp;lt;b&amp;gt;", "&#60;script&#62;", "<mark>faux</mark>",
    "</div></body></html>", "<b", "< script >", "\u003cscript\u003e", "＜script＞", "<scr\0ipt>",
)
BRACES = (
    "{{title}}", "{{unsubscribe_url}}", "{{#each cards}}", "{{/each}}", "{{#if x}}", "{{/if}}", "{{include style.html}}",
    "{{! rien }}", "{{{title}}}", "{{", "}}", "{%s}", "%s%n%x%p", "${title}", "{{title|day}}", "$(id)", "`id`",
)
ADDRESSES = (
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)", "data:text/html,<script>alert(1)</script>",
    "vbscript:x", "file:///etc/passwd", "https://a.example.org/\"onmouseover=\"alert(1)", "https://a.example.org/\r\nBcc: x@example.org",
    "https://a.example.org/<script>", "//mal.invalid", "https://a.example.org/ b", "mailto:x@example.org?bcc=y@example.org", "https://", "ftp://a.example.org",
    "https://a.example.org/é?q=«»", "http://a.example.org/'><script>alert(1)</script>", "https://a.example.org/\u202etxt.exe", "https:javascript:alert(1)", "\\\\mal\\x",
)
LETTERS = (
    "é" * 300, "x" * 1500, "😀" * 200, "👩‍👩‍👧‍👦 famille", "\u202eedisrever\u202c", "\u2066isolé\u2069", "\u200f\u200eمناقصة عامة", "a" + "\u0300" * 200,
    "\u200b\u200c\u200d\ufeff", "\0", "a\0b", "\\0 \\u0000 %00", "\x1b[31mrouge\x1b[0m", "\x07\x08\x7f", "\x80\x9f", "\ufffd\ufffe", "=?UTF-8?Q?=0D=0ABcc:_x?=",
    "=?utf-8?b?PHNjcmlwdD4=?=", "« guillemets » “doubles” ‘simples’", "\u00a0\u00a0\u00a0", ".\r\n.\r\n..", "From moi\nFrom toi", "- \n-- \n---\n", "\t\t\t",
)


def strange_texts():
    headers = [f"avant{end}{field}" for end, field in itertools.product(ENDS, FIELDS)]
    mixed = [f"{m} {b}" for m, b in zip(MARKUP, itertools.cycle(BRACES))]
    found = list(dict.fromkeys([*MARKUP, *BRACES, *ADDRESSES, *LETTERS, *headers, *mixed]))
    assert len(found) >= 200
    return found[:200]


TEXTS = strange_texts()


def of_xml(text):
    """What XML 1.0 can hold of it."""
    return re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", " ", text)


def put(value, mark, text):
    """The text in place of a mark, wherever it stands in a record of the API, its inner JSON too."""
    if isinstance(value, dict):
        return {k: put(v, mark, text) for k, v in value.items()}
    if isinstance(value, list):
        return [put(v, mark, text) for v in value]
    if isinstance(value, str) and value.startswith("{") and mark in value:
        return json.dumps(put(json.loads(value), mark, text), ensure_ascii=False)
    return value.replace(mark, text) if isinstance(value, str) else value


def hostile_notice(i, text):
    """In turn as a file of the flux, of TED, and as a record of the API."""
    word = f"zorgl{i:03d}"
    form = (make_notice.flux_fnsimple, make_notice.eforms, None)[i % 3]
    inside = of_xml(text) if form else "MARQUE"
    fields = {
        "title": f"Dispositif {word} {inside}", "description": f"{inside} Pose du dispositif {word}. {inside}",
        "buyer": {"name": f"Ville {inside}", "city": inside, "siret": make_notice.siret(i), "postcode": "48000", "nuts": "FRJ14"},
        "documents_url": inside, "reference": inside,
        "lots": [{"id": "1", "title": f"Dispositif {word}, lot {inside}", "description": inside}],
    }
    if form:
        return call(i, form, **fields)
    return put(call(i, make_notice.api_record, **fields), "MARQUE", text.replace("\0", "\1"))


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    return database(tmp_path_factory.mktemp("fresh"))


@pytest.fixture
def office(app, fresh):
    office = Mailroom(app, fresh)
    office.settings(instance={"name": "Capitale", "web_url": "https://veille.example.org"}, digest={"cards": 20})
    return office


def start_up_of(i, name, keyword=None):
    word = f"zorgl{i:03d}"
    return {
        "id": f"p{i:03d}", "name": name, "email": f"p{i:03d}@example.org", "effort_days": 2,
        "keywords": [word, f"dispositif {word}", *([keyword] if keyword else [])], "description": name,
    }


def import_all(office, profiles):
    """Refused ones are named and leave the others alone; they come again under a plain name."""
    profiles = json.loads(json.dumps(profiles).replace("\\u0000", "\\u0001"))  # no JSON at all for us
    done = office.run("profile", "import", "-", "--json", stdin=json.dumps(profiles), check=False)
    assert done.returncode in (0, BAD_DATA), done.stderr
    there = {slug for (slug,) in office.rows("SELECT id FROM profile")}
    refused = [p for p in profiles if p["id"] not in there]
    assert len(json.loads(done.stdout)["failures"]) == len(refused)
    if refused:
        office.start_ups(*(start_up_of(int(p["id"][1:]), "Exemple") for p in refused))
    return len(refused)


def harmless(mail, i):
    assert mail.names == HEADERS
    assert mail["To"] == f"p{i:03d}@example.org"
    assert re.fullmatch(r"\d+ marchés? pour vous – 14 septembre 2026", mail["Subject"])
    assert mail.message.types == ["multipart/alternative", "text/plain", "text/html"]
    for element in mail.page.iter():
        assert isinstance(element.tag, str), f"a comment or an instruction: {element}"
        assert element.tag in TAGS and set(element.attrib) <= ATTRIBUTES, (element.tag, dict(element.attrib))
        if "href" in element.attrib:
            assert element.tag == "a"
            assert re.match(r"(https?://|mailto:)[^\s<>\"'\\]", element.get("href"), re.I), element.get("href")
    for text in (mail.text, mail.html, mail.page.text_content()):
        strange = {c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cs", "Co", "Zl", "Zp")}
        assert not strange, strange
        assert not re.search("[\u202a-\u202e\u2066-\u2069]", text), "a text that turns what follows around"
    assert "\n.\n" not in mail.text


def visible(text):
    """What must be left of it: letters and digits, in order."""
    return "".join(c for c in unicodedata.normalize("NFC", text) if c.isalnum())


@pytest.mark.parametrize("how", ["in notices", "in requirements"])
def test_two_hundred_strange_texts_do_no_harm(office, how):
    refused = import_all(office, [start_up_of(i, f"Exemple {t}"[:150]) for i, t in enumerate(TEXTS)])
    assert refused < 20
    if how == "in notices":
        for i in range(3):
            office.notices(*(hostile_notice(n, t) for n, t in enumerate(TEXTS) if n % 3 == i))
    else:
        needs = [
            {"id": f"b{i:03d}", "title": f"Dispositif zorgl{i:03d} {t}"[:180], "description": f"{t} zorgl{i:03d}",
             "buyer": {"name": f"Ville {t}"[:150], "city": t[:60]}, "deadline": "2026-10-12T12:00:00+02:00"}
            for i, t in enumerate(TEXTS)
        ]
        done = office.run("requirement", "import", "-", "--json", stdin=json.dumps(needs).replace("\\u0000", "\\u0001"), check=False)
        assert done.returncode in (0, BAD_DATA), done.stderr
        assert len(json.loads(done.stdout)["failures"]) < 20
    numbers = office.send(to_dir="mail")
    assert numbers["failed"] == numbers["later"] == 0 and "compose.failed" not in numbers.stderr
    mails = office.mails()
    assert len(mails) >= 180
    read = 0
    for i, text in enumerate(TEXTS):
        mail = mails.get(f"p{i:03d}")
        if mail is None:
            continue
        harmless(mail, i)
        assert list(map(visible, mail.titles)) == list(map(visible, mail.html_titles))
        told = visible(html.unescape(text))
        read += visible(mail.text).count(told[:20]) > 0 or len(told) > 60
    assert read >= 0.9 * len(mails)


def test_a_nul_is_refused_with_one_line(office):
    done = office.run("profile", "import", "-", stdin=json.dumps([start_up_of(1, "Exem\0ple")]), check=False)
    assert done.returncode == BAD_DATA and len(done.stderr.splitlines()) == 1, done.stderr
    office.start_ups(start_up_of(1, "Exemple"))
    with pytest.raises(AssertionError, match=r"0001\.json: line 1(.|\n)*1 new.*1 rejected"):
        office.notices(call(1, title="zorgl001"), put(call(2, make_notice.api_record), "irrigation", "zorgl001 \0"))
    office.send(to_dir="mail")
    assert list(office.mails()) == ["p001"], "the one beside it is told"


def test_strange_keywords_do_no_harm(office):
    profiles = [start_up_of(i, "Exemple", keyword=t.strip()[:90] or "x") for i, t in enumerate(TEXTS)]
    import_all(office, profiles)
    office.notices(*(call(i, title=f"Dispositif zorgl{i:03d} {of_xml(t)}"[:250]) for i, t in enumerate(TEXTS)))
    office.send(to_dir="mail")
    mails = office.mails()
    assert len(mails) >= 195
    for slug, mail in mails.items():
        harmless(mail, int(slug[1:]))


def test_braces_are_shown_as_they_are(office):
    office.start_ups(start_up_of(1, "Exemple {{title}}"))
    office.notices(call(1, title="Dispositif zorgl001 {{unsubscribe_url}} {{#each cards}}x{{/each}}"))
    office.send(to_dir="mail")
    mail = office.mails()["p001"]
    assert mail.titles == ["Dispositif zorgl001 {{unsubscribe_url}} {{#each cards}}x{{/each}}"] == mail.html_titles
    assert "Exemple {{title}}" in plain(mail.text)


def test_addresses_that_lead_nowhere_safe_are_not_links(office):
    office.start_ups(*(start_up_of(i, "Exemple") for i in range(len(ADDRESSES))))
    office.notices(
        *(call(i, title=f"Dispositif zorgl{i:03d}", documents_url=of_xml(a)) for i, a in enumerate(ADDRESSES))
    )
    office.send(to_dir="mail")
    for slug, mail in office.mails().items():
        harmless(mail, int(slug[1:]))
        assert "javascript:" not in mail.text.lower() and "javascript:" not in mail.html.lower()
