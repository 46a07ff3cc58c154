"""
The stored digests as other programmes see them: mails that Python's strict parser takes, HTML that
is small, valid, calm and readable, and two parts that say the same. What they must be to the byte is
tested by tests/unit/render/test_golden.c, which also rewrites them (--update).
"""

import email
import email.policy
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parent / "digest"
NAMES = sorted(path.stem for path in FOLDER.glob("*.eml"))
STYLE = (FOLDER.parents[2] / "src/render/mail/style.html").read_text()
STRICT = email.policy.default.clone(raise_on_defect=True)
FIELDS = [
    "From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Auto-Submitted", "List-Id",
    "List-Unsubscribe", "List-Unsubscribe-Post", "Content-Language", "Content-Type",
]
# Words that only one of the two needs: labels of links, marks of a list.
TEXT_ALONE = {"avis", "documents", "notice", "pour", "ne", "plus", "rien", "recevoir", "to", "receive", "nothing", "more", "changer", "change", "rappel", "juger", "judge"}
HTML_ALONE = {"lire", "l", "n", "du", "read", "of", "tender", "marché", "au", "pertinent", "à", "écarter", "détail", "relevant", "not", "for", "us", "details"}


class Page(HTMLParser):
    VOID = {"meta", "br"}

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.headings, self.links, self.words, self.open = [], [], [], "", []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in self.VOID:
            self.open.append(tag)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "a":
            self.links.append((dict(attributes), ""))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" in self.open:
            return
        self.words += data if "mark" in self.open else f" {data} "
        if "a" in self.open:
            attributes, text = self.links[-1]
            self.links[-1] = (attributes, text + data)


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


def read(name, kind):
    return (FOLDER / f"{name}.{kind}").read_bytes().decode()


def test_there_are_digests_in_both_languages():
    assert {name[:2] for name in NAMES} == {"fr", "en"}


def test_mail_has_exactly_our_fields(name):
    message = email.message_from_bytes((FOLDER / f"{name}.eml").read_bytes(), policy=STRICT)
    expected = [field for field in FIELDS if name != "fr-late" or field != "List-Unsubscribe-Post"]
    assert message.keys() == expected
    assert message["From"].addresses[0].display_name == "Capitale French Tech – veille"
    assert message["From"].addresses[0].addr_spec == "veille@example.org"
    assert message["Subject"].endswith((" – 24 novembre", " – 24 November"))
    assert message["List-Unsubscribe"].startswith("<mailto:" if name == "fr-late" else "<https://")
    assert message.get("List-Unsubscribe-Post") in (None, "List-Unsubscribe=One-Click")
    assert message["Content-Language"] == name[:2]


def test_mail_carries_both_texts_whole(name):
    message = email.message_from_bytes((FOLDER / f"{name}.eml").read_bytes(), policy=STRICT)
    parts = list(message.iter_parts())
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    contents = [part.get_content().replace("\r\n", "\n") for part in parts]
    assert contents == [read(name, "txt"), read(name, "html")]


def test_mail_lines(name):
    raw = (FOLDER / f"{name}.eml").read_bytes()
    lines = raw.split(b"\r\n")
    assert b"\n" not in b"".join(lines) and b"\r" not in b"".join(lines)
    assert max(map(len, lines)) <= 998
    body = raw.split(b"\r\n\r\n", 1)[1].split(b"\r\n")
    assert max(map(len, body)) <= 76
    assert not any(line.startswith(b".") for line in lines)


def test_text_fits_a_terminal(name):
    for line in read(name, "txt").split("\n"):
        assert len(line) <= 76 or "://" in line
        assert line == line.rstrip()


def test_html_is_small_and_calls_nobody(name):
    text = read(name, "html")
    page = Page(text)
    assert len(text.encode()) < 30000
    assert not {tag for tag, _ in page.tags} & {"img", "script", "link", "iframe", "table", "form", "object"}
    assert not re.search(r"url\(|@import|@font-face", STYLE)
    for tag, attributes in page.tags:
        assert not set(attributes) & {"src", "style", "background", "id"}
        assert not any(key.startswith("on") for key in attributes)
        assert ("href" in attributes) == (tag == "a")


def test_html_can_be_heard(name):
    page = Page(read(name, "html"))
    assert page.open == []
    assert dict(page.tags)["html"]["lang"] == name[:2]
    assert page.headings[0] == 1 and page.headings.count(1) == 1
    assert all(level == 2 for level in page.headings[1:])
    texts = [text for _, text in page.links]
    assert len(texts) == len(set(texts)), "each link says by itself where it leads"
    for attributes, text in page.links:
        assert text.strip()
        assert attributes["href"].startswith("https://")
        assert attributes["rel"] == "noopener noreferrer nofollow"


def words(text):
    text = re.sub(r"https?://\S+", " ", text)
    return {word.lower() for word in re.findall(r"[^\W_]+", text)}


def test_text_and_html_say_the_same(name):
    text, html = read(name, "txt"), Page(read(name, "html"))
    heard = words(html.words)
    assert words(text) - heard - TEXT_ALONE == set()
    assert heard - words(text) - HTML_ALONE == set()
    links = [attributes["href"] for attributes, _ in html.links if "?r=" not in attributes["href"]]
    assert links == [url for url in re.findall(r"https?://\S+", text) if "faux.example" not in url]


def test_html_passes_tidy(name):
    if not shutil.which("tidy"):
        pytest.skip("tidy is not installed")
    done = subprocess.run(
        ["tidy", "-e", "-q", "-utf8", FOLDER / f"{name}.html"], capture_output=True, text=True, timeout=30
    )
    assert (done.returncode, done.stderr) == (0, "")


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    parts = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(a, b):
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(scheme):
    light, dark = STYLE.split("@media (prefers-color-scheme: dark)")
    rules = re.findall(r"([^{}>]+)\{([^{}]*)\}", light if scheme == "light" else dark.split("{", 1)[1])
    colours, grounds = [], []
    for selector, body in rules:
        colour = re.search(r"(?<![-\w])color: (#\w{6})", body)
        ground = re.search(r"background: (#\w{6})", body)
        if selector.strip() == "mark":
            assert contrast(colour.group(1), ground.group(1)) >= 4.5
            continue
        colours += [colour.group(1)] if colour else []
        grounds += [ground.group(1)] if ground else []
    assert len(colours) >= 5 and len(grounds) == 2
    for colour in colours:
        for ground in grounds:
            assert contrast(colour, ground) >= 4.5, f"{colour} on {ground}"
