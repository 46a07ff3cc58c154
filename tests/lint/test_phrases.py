"""
Phrases of the shipped rules keep two words: function words are passed over, so that "bien vieillir" or
"plusieurs lots" would be found wherever their one other word stands. Such a phrase is written as a
pattern.
"""

import re
import unicodedata
from pathlib import Path

RULES = Path(__file__).resolve().parents[2] / "rules"
TERM = re.compile(r'/(?:\\.|[^/\\])*/C?|@\S+|=?"([^"]*)"|([^\s",/@]+)')


def words(text):
    plain = unicodedata.normalize("NFKD", text.lower().replace("œ", "oe"))
    return re.findall(r"[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c)))


def function_words(text):
    return {word for line in text.splitlines() if line.startswith("stop ") for word in line.split()[1:]}


def left_with_one(text, stop):
    """The phrases of a rule file of which one word remains, with their lines."""
    for number, line in enumerate(text.splitlines(), 1):
        head = re.match(r"\s+(any|need|not|for)\s|list\s+\S+", line)
        if not head:
            continue
        for match in TERM.finditer(line, head.end()):
            all_words = words(match[1] or match[2] or "")
            if len(all_words) > 1 and sum(word not in stop for word in all_words) == 1:
                yield number, match[0]


def test_what_is_found():
    stop = function_words("stop de hors en m\n")
    text = """rule a.b "C"
    any title  "hors-site" ="en ligne" /en france/ "mise en ligne" site m-ticket
    example "en France"
"""
    assert list(left_with_one(text, stop)) == [(2, '"hors-site"'), (2, '="en ligne"'), (2, "m-ticket")]


def test_phrases_of_the_shipped_rules_keep_two_words():
    stop = function_words((RULES / "words.rules").read_text())
    assert len(stop) > 100
    found = [
        f"{path.name}:{number}: {term}"
        for path in sorted(RULES.glob("*.rules"))
        for number, term in left_with_one(path.read_text(), stop)
    ]
    assert found == []
