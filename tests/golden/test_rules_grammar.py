"""
The grammar of appariteur-rules(5) and the parser say the same: lines that the grammar makes are accepted, and
lines with a word too much, too few or in the wrong place are accepted or refused as the grammar says.
"""

import functools
import json
import os
import random
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MANUAL = (ROOT / "src/app/man/appariteur-rules.5.scd").read_text()
PROGRAMME = Path(os.environ.get("APPARITEUR_BUILD", ROOT / "build")) / "src/app/appariteur"
SEED, SENTENCES, MUTANTS, BATCH = 7, 20, 60, 30

# What the grammar writes without blanks between is one word of a line.
JOINED = [
    ('SLUG "." ( NAME | "*" )', "RULES"), ('SLUG "." NAME', "RULE"), ('"=" ( WORD | TEXT )', "EXACT"),
    ('"/" PCRE2 "/" [ "C" ]', "PATTERN"), ('"@" NAME', "LIST"), ('"=" CODE', "OWN_CODE"),
]  # fmt: skip
VALUES = {
    "nature": ["services", "works"], "kind": ["planning", "change"], "procedure": ["open", "adapted"],
    "buyer-kind": ["commune", "state"], "place": ["48", "FRJ14"], "marked": ["sme", "reserved"],
    "amount": ["40k", "40000"], "published": ["2026-03-01"], "deadline": ["2026-03-01"], "days-left": ["1"],
    "cpv": ["72212730"],
}  # fmt: skip
FIELDS = ["title", "lots", "lot-title", "lot-description", "text", "description", "subjects", "criteria", "buyer"]
# read as what they are wherever they may stand, and quoted where they are looked for
RESERVED, BARE = ("near", "at-least", "with", "unless"), ("family", "rarity", "stop")


def grammar():
    text = MANUAL.split("\n# GRAMMAR\n", 1)[1].split("```\n", 2)[1].replace("\\\\", "\\")
    for parts, name in JOINED:
        assert parts in text, parts
        text = text.replace(parts, name)
    rules = {}
    for line in text.splitlines():
        if re.match(r"[a-z]", line):
            name, line = line.split("=", 1)
            name = name.strip()
            rules[name] = []
        rules[name] += re.findall(r'"[^"]*"|[A-Za-z_0-9]+|[][(){}|]|\.\.\.', line)
    return {name: alternatives(tokens)[0] for name, tokens in rules.items()}


def alternatives(tokens, at=0):
    """EBNF as nested tuples: ("or", …), ("and", …), ("maybe", x), ("many", x), ("is", word) or a name."""
    ways, way = [], []
    while at < len(tokens) and tokens[at] not in ")]}":
        token = tokens[at]
        at += 1
        if token == "|":
            ways, way = [*ways, ("and", *way)], []
        elif token in "([{":
            inner, at = alternatives(tokens, at)
            way.append({"(": inner, "[": ("maybe", inner), "{": ("many", inner)}[token])
        elif token.startswith('"'):
            way.append(("is", token[1:-1]))
        else:
            way.append(token)
    ways.append(("and", *way))
    return (ways[0] if len(ways) == 1 else ("or", *ways)), at + 1


GRAMMAR = grammar()
STATEMENTS = [part for part in GRAMMAR["line"][1][1][1:]]  # line = [ a | b | … ] [ comment ]


# Words of a line for what the grammar leaves to the reader; some are made new each time.


def terminal(name, made, chance):
    if name == "VALUE":
        subject = next((word for word in reversed(made) if word in VALUES), None)
        return chance.choice(VALUES[subject])
    own = f"M{len(made)}" if made[0] in ("family", "stop") else None
    return {
        "SLUG": "S", "NAME": "L", "RULE": "F.a",
        "TEXT": f'"{own}"' if own else '"capteur d\'eau"', "NUMBER": "1",
        "WORD": own or chance.choice(["capteur", "œuvre", "2026", "l'eau", "GTB"]), "EXACT": chance.choice(['=eau', '="eau vive"']),
        "PATTERN": chance.choice(["/capteurs?/", "/\\bGTB\\b/C"]), "LIST": "@pluie", "CODE": chance.choice(["72000000", "48730000"]),
        "OWN_CODE": "=48000000", "RULES": chance.choice(["autour.b", "autour.*"]), "CURRENCY": "EUR",
        "FIELD": chance.choice(FIELDS), "DATE": "2026-03-01",
    }[name]  # fmt: skip


def make(node, made, chance):
    if isinstance(node, str) and node in GRAMMAR:
        make(GRAMMAR[node], made, chance)
    elif isinstance(node, str):
        made.append(terminal(node, made, chance))
    elif node[0] == "is":
        made.append(node[1])
    elif node[0] == "or":
        ways = [way for way in node[1:] if not (made[:1] == ["list"] and way == ("and", "LIST"))]
        make(chance.choice(ways), made, chance)
    elif node[0] == "and":
        for part in node[1:]:
            make(part, made, chance)
    else:
        for _ in range(chance.choice([0, 1] if node[0] == "maybe" else [0, 0, 1, 2])):
            make(node[1], made, chance)


def is_terminal(name, words, at):
    word = words[at]
    if name == "VALUE":
        subject = next((w for w in reversed(words[:at]) if w in VALUES), None)
        return subject is not None and word in VALUES[subject]
    shape = {
        "SLUG": r"S", "NAME": r"L", "RULE": r"F\.a", "TEXT": r'".*"', "NUMBER": r"1",
        "WORD": r"[\w.*'+-]+", "EXACT": r'=([\w.*\'+-]+|".*")', "PATTERN": r"/.*/C?", "LIST": r"@pluie",
        "CODE": r"\d{2,8}", "OWN_CODE": r"=\d{2,8}", "RULES": r"autour\.[b*]", "CURRENCY": r"[A-Z]{3}",
        "FIELD": "|".join(FIELDS), "DATE": r"\d{4}-\d{2}-\d{2}",
    }[name]  # fmt: skip
    if name == "WORD" and words[0] not in BARE and (word in RESERVED or (word == "ordered" and "near" in words[at - 2:at])):
        return False
    return re.fullmatch(shape, word) is not None


def ends(node, words, at):
    """Where a sentence of this node may end that begins here."""
    if isinstance(node, str) and node in GRAMMAR:
        return ends(GRAMMAR[node], words, at)
    if isinstance(node, str):
        return {at + 1} if at < len(words) and is_terminal(node, words, at) else set()
    if node[0] == "is":
        return {at + 1} if at < len(words) and words[at] == node[1] else set()
    if node[0] == "or":
        return set().union(*(ends(way, words, at) for way in node[1:]))
    if node[0] == "and":
        return functools.reduce(lambda all_of, part: set().union(*(ends(part, words, i) for i in all_of)), node[1:], {at})
    found, new = {at}, {at}
    while new:
        new = set().union(*(ends(node[1], words, i) for i in new)) - found
        found |= new
        if node[0] == "maybe":
            break
    return found


def is_sentence(statement, words):
    return bool(words) and len(words) in ends(statement, words, 0)


POOL = [",", "near", "with", "unless", "sentence", "ordered", "at-least", "of", "times", "within", "or-unknown",
        "from", "to", "1", "title", "notice", "cpv", "rule", "nature", "72000000", "=48000000", "autour.b", '"eau"', "=eau",
        "/capteurs?/", "capteur", "EUR", "cap", "field", "2026-03-01", "description", "services"]  # fmt: skip


def mutant(words, chance):
    words, at = list(words), chance.randrange(1, max(2, len(words)))
    how = chance.choice(["less", "more", "more", "other", "swapped"])
    if how == "less":
        del words[at:at + 1]
    elif how == "more":
        words.insert(at if chance.random() < 0.7 else len(words), chance.choice(POOL))
    elif how == "other" and at < len(words):
        words[at] = chance.choice(POOL)
    elif at + 1 < len(words):
        words[at], words[at + 1] = words[at + 1], words[at]
    return words


# A file around each line, so that nothing but the line can be wrong.


def file_of(statement, words, number):
    own = {"F.a": f"f{number}.a", "S": f"autre{number}", "L": f"liste{number}"}
    line = " ".join(own.get(word, re.sub(r'^("?)M(\d)', rf"\1mot{number}x\2", word)) for word in words)
    field = f"f{number}"
    head, rule = f'field {field} "F"\n', f'rule {field}.a "R"\n any title pluie\n'
    weight = f"weight {field}.a 1\n"
    if statement in ("any", "need", "not", "for", "cpv", "example"):
        return head + rule + line + "\n" + weight
    if statement == "rule":
        return head + line + "\n any title pluie\n" + weight
    if statement == "weight":
        return head + rule + line + "\n"
    return head + rule + weight + line + "\n"


BASE = 'field autour "A"\nlist pluie pluie averse\n' + "".join(
    f'rule autour.{name} "{name}"\n any title orage\nweight autour.{name} 1\n' for name in "bc"
)


def refused(folder, statement, lines):
    """Which of the lines the programme refuses."""
    (folder / "base.rules").write_text(BASE)
    for number, words in enumerate(lines):
        (folder / f"{number}.rules").write_text(file_of(statement, words, number))
    done = subprocess.run([PROGRAMME, "rules", "check", "--json", "--db", folder / "none.db", folder],
                          capture_output=True, text=True)  # fmt: skip
    assert done.returncode in (0, 65), done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(told) < 100  # else some were not told
    return {int(Path(problem["file"]).stem): problem["text"] for problem in told}


def told_elsewhere(statement, words):
    """What the page says of its words, not the grammar: other rules have their weights, a word is in one family."""
    if statement in ("weight", "override", "rule", "list", "field"):
        return words[1:2] not in (["F.a"], ["S"], ["L"])
    return statement == "family" and any(words.count(word) > 1 or word in POOL for word in words if word != ",")


def test_statements_are_those_of_the_parser():
    assert len(STATEMENTS) == 16 and all(name in GRAMMAR for (_, name) in STATEMENTS)


@pytest.mark.parametrize("statement", [name for (_, name) in STATEMENTS])
def test_what_the_grammar_makes_is_accepted_and_nothing_else(tmp_path, statement):
    chance = random.Random(f"{SEED} {statement}")
    sentences = []
    for _ in range(SENTENCES):
        words = []
        make(statement, words, chance)
        assert is_sentence(statement, words), words
        sentences.append(words)
    good = tmp_path / "good"
    good.mkdir()
    wrong = refused(good, statement, sentences)
    assert wrong == {}, [(" ".join(sentences[i]), text) for i, text in wrong.items()]
    mutants = [mutant(chance.choice(sentences), chance) for _ in range(MUTANTS)]
    mutants = [m for m in mutants if not told_elsewhere(statement, m)]
    bad = [m for m in mutants if not is_sentence(statement, m)]
    assert len(bad) >= 5
    for start in range(0, len(mutants), BATCH):
        folder = tmp_path / str(start)
        folder.mkdir()
        batch = mutants[start:start + BATCH]
        wrong = refused(folder, statement, [m for m in batch if not is_sentence(statement, m)])
        lines = [" ".join(m) for m in batch if not is_sentence(statement, m)]
        assert len(wrong) == len(lines), [line for i, line in enumerate(lines) if i not in wrong]
        fine = tmp_path / f"{start} fine"
        fine.mkdir()
        lines = [m for m in batch if is_sentence(statement, m)]
        wrong = refused(fine, statement, lines)
        assert wrong == {}, [(" ".join(lines[i]), text) for i, text in wrong.items()]
