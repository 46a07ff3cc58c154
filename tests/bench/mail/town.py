#!/usr/bin/python3
"""
A town of start-ups and a day of notices, the same for the same numbers: what bench-mail composes and
delivers for. Nobody in it exists.

    town.py FOLDER [--profiles 25000] [--notices 1200] [--words 1600]

writes FOLDER/profiles.json and FOLDER/notices/*.xml. Each start-up has two keywords of a vocabulary
whose words are met by a few notices each, so that nearly everybody gets a mail: the hard case.
"""

import argparse
import json
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "lib"))
import make_notice

CONSONANTS, VOWELS = "bcdfglmnprstv", "aeiou"
PUBLISHED = "2026-09-14"
# Words of all such notices, which give no points.
PROSE = (
    "Le présent marché porte sur {a}, y compris la livraison, la mise en service et la formation des agents. "
    "Le titulaire assure la maintenance de {b} pendant quatre ans et remet un rapport chaque trimestre. "
    "Les candidats décrivent leur organisation, leurs délais et leurs références pour {c}. "
)


def vocabulary(count, seed=1):
    """Invented words that look French and share no stem."""
    rng = random.Random(f"town words {seed}")
    words = {}
    while len(words) < count:
        word = "".join(rng.choice(CONSONANTS) + rng.choice(VOWELS) for _ in range(4)) + rng.choice("xkz")
        words[word] = None
    return list(words)


def profiles(count, words):
    rng = random.Random("town profiles")
    return [
        {
            "id": f"p{i:05d}", "name": f"Exemple {i}", "email": f"p{i:05d}@example.org",
            "keywords": rng.sample(words, 2), "effort_days": 5,
        }
        for i in range(count)
    ]


def notice(i, words, rng):
    a, b, c = rng.sample(words, 3)
    return make_notice.flux_fnsimple(
        ref=f"26-{100000 + i}", published=PUBLISHED, title=f"Fourniture de {a}, {b} et {c}, site {i}",
        description=PROSE.format(a=a, b=b, c=c) * 3, reference=f"T-{i}", deadline="2026-10-20T12:00:00",
        buyer={"name": f"Commune d'Essai {i}", "siret": make_notice.siret(i)},
        documents_url=f"https://achats.example.org/consultation/{i}",
    )


def main():
    ask = argparse.ArgumentParser()
    ask.add_argument("folder", type=Path)
    ask.add_argument("--profiles", type=int, default=25000)
    ask.add_argument("--notices", type=int, default=1200)
    ask.add_argument("--words", type=int, default=1600)
    args = ask.parse_args()
    words = vocabulary(args.words)
    rng = random.Random("town notices")
    (args.folder / "notices").mkdir(parents=True)
    (args.folder / "profiles.json").write_text(json.dumps(profiles(args.profiles, words)), encoding="utf-8")
    for i in range(args.notices):
        (args.folder / "notices" / f"{i:05d}.xml").write_bytes(notice(i, words, rng))


if __name__ == "__main__":
    main()
