"""
A year of notices as one comes in: 300,000, in the order of their publication, without end.

What is drawn was looked up in real ones: 1,961 records of eight days of February 2024 and 6,592 of one
search over seven years (boamp-api-meta, boamp-titles).

    buyers      a buyer is new, or one who published before, the likelier the more it did: a process of
                Pitman and Yor with discount 0.47 and strength 700, between what fits best to the one (0.54)
                and to the other (0.40). 1,000 notices have some 770 buyers, 300,000 some 25,000.
    what        54 % European, 40 % national, 6 % adapted procedures, which name no SIRET (a day of the flux)
    kinds       72 % calls, 24 % results, 4 % corrections; the latter two name the call they belong to,
                which is named once
    deadlines   1 to 60 days later, half within 30; noon 32 %, eleven, ten …
    words       by Zipf's law, of 400,000; titles of 5 to 20, descriptions of 20 to 150
    lots        none in seven of ten, else two to five
"""

import datetime
import functools
import random

import make_notice

A_YEAR, DISCOUNT, STRENGTH = 300000, 0.47, 700
VOCABULARY = 400000
# Days from publication to deadline, twentieth by twentieth, and hours with their share.
DAYS = (1, 16, 21, 22, 24, 26, 28, 28, 29, 30, 30, 31, 32, 32, 33, 34, 35, 37, 41, 47, 60)
HOURS = {"12:00": 32, "11:00": 19, "10:00": 18, "16:00": 7, "15:00": 6, "14:00": 4, "17:00": 4, "09:00": 2}
FORMS = {make_notice.flux_eforms: 54, make_notice.flux_fnsimple: 40, make_notice.flux_mapa: 6}
KINDS = {"competition": 72, "result": 24, "change": 4}


@functools.lru_cache(VOCABULARY)
def word(rank):
    """A word of this rank: the frequent ones short, no two the same."""
    out = ""
    while rank or not out:
        rank, low = divmod(rank, 70)
        out += "bcdfglmnprstvz"[low % 14] + "aeiou"[low // 14]
    return out


def text(rng, least, most):
    return " ".join(word(int(VOCABULARY ** rng.random())) for _ in range(rng.randint(least, most)))


def chosen(rng, shares):
    return rng.choices(list(shares), shares.values())[0]


class Buyers:
    def __init__(self, rng):
        self.rng, self.all, self.counts, self.drawn = rng, [], [], []

    def draw(self):
        n = len(self.drawn)
        if self.rng.random() * (STRENGTH + n) < STRENGTH + DISCOUNT * len(self.all):
            who = len(self.all)
            name = f"{text(self.rng, 1, 4)} {word(who)}".capitalize()
            self.all.append(make_notice.Buyer(name=name, siret=make_notice.siret(who),
                                              postcode=f"{who % 95 + 1:02d}000"))
            self.counts.append(0)
        else:
            who = self.drawn[self.rng.randrange(n)]
            while self.rng.random() * self.counts[who] < DISCOUNT:
                who = self.drawn[self.rng.randrange(n)]
        self.drawn.append(who)
        self.counts[who] += 1
        return self.all[who]


def deadline(rng, published):
    slot = rng.randrange(len(DAYS) - 1)
    day = published + datetime.timedelta(days=rng.randint(DAYS[slot], DAYS[slot + 1]))
    return f"{day}T{chosen(rng, HOURS)}:00"


def notices(seed=1):
    rng = random.Random(seed)
    buyers, calls, n = Buyers(rng), [], 0
    while True:
        published = datetime.date(2025, 1, 1) + datetime.timedelta(days=n * 365 // A_YEAR)
        ref, kind = f"{25 + n // 900000}-{100000 + n % 900000}", chosen(rng, KINDS)
        call = {"title": text(rng, 5, 20).capitalize(), "description": text(rng, 20, 150),
                "buyer": buyers.draw(), "cpv": tuple(f"{int(9454 ** rng.random()) * 8000 + 3000000:08d}"
                                                     for _ in range(rng.randint(1, 3)))}
        previous = None
        if kind == "competition":
            calls.append((ref, call))
            lots = [text(rng, 3, 12) for _ in range(rng.randint(2, 5))] if rng.random() < 0.3 else []
        else:
            lots = []
            if calls:
                i = rng.randrange(len(calls))
                calls[i], calls[-1] = calls[-1], calls[i]
                previous, call = calls.pop()
        yield chosen(rng, FORMS)(
            ref=ref, kind=kind, previous=previous, lots=lots, reference=f"R{n}", html=False,
            published=published, deadline=None if kind == "result" else deadline(rng, published),
            department=f"{1 + rng.randrange(95):02d}", **call,
        )
        n += 1
