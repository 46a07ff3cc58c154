"""
What the stories of delivery share: a programme with settings, start-ups and notices made for the
test, a clock, and questions to what it wrote and to what the relay recorded.

    office = Mailroom(app, database)
    office.start_ups(start_up("ana"), start_up("ben", cadence="weekly"))
    office.notices(call(1))
    office.send(to_dir="mail")                  # matches, composes, delivers at office.now
    assert len(office.mails("mail")) == 1
"""

import contextlib
import datetime
import json
import re
import shutil
import sqlite3
from pathlib import Path

import harness
import make_notice
import smtp_server
from lxml import html as lxml_html

# A Monday, half an hour after the digests of Paris are due; the notices are of the week before.
MONDAY = datetime.datetime.fromisoformat("2026-09-14T08:00:00+02:00")
PUBLISHED = "2026-09-10"
WORD = "irrigation"
TEMPFAIL, UNAVAILABLE, CONFIG = 75, 69, 78


def start_up(slug, **fields):
    """A profile that every call() fits."""
    return {
        "id": slug, "name": f"Exemple {slug}", "email": f"{slug}@example.org",
        "keywords": [WORD, "capteurs connectés"], "effort_days": 2, **fields,
    }


def call(number, builder=make_notice.flux_fnsimple, **fields):
    """A call for irrigation sensors, unlike the others in number, title, buyer and reference."""
    ref = f"{700000 + number}-2026" if builder is make_notice.eforms else f"26-{10000 + number}"
    return builder(**{
        "ref": ref, "published": PUBLISHED, "title": f"Capteurs connectés d'irrigation, site {number}",
        "description": f"Fourniture et pose, site {number}.", "reference": f"S-{number}",
        "documents_url": f"https://achats.example.org/consultation/{number}",
        "buyer": {"name": f"Commune d'Essai {number}", "siret": make_notice.siret(number)}, **fields,
    })


class Mailroom:
    def __init__(self, app, database):
        self.app, self.now, self.count = app, MONDAY, 0
        shutil.copy(database, app.db)
        self.settings()

    # what there is

    def settings(self, **sections):
        """settings(mail={"starttls": "yes"}): the file beside the database, written anew."""
        mail = {"from": "veille@example.org", "from_name": "Veille d'exemple", **sections.pop("mail", {})}
        rows = {"instance": {"name": "Capitale d'exemple"}, "mail": mail}
        for section, keys in sections.items():
            rows[section] = {**rows.get(section, {}), **keys}
        text = "".join(
            f"[{section}]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items())
            for section, keys in rows.items()
        )
        (self.app.dir / "appariteur.conf").write_text(text)

    def start_ups(self, *profiles, pending=False):
        flags = ["--pending"] if pending else []
        self.run("profile", "import", "-", *flags, stdin=json.dumps(profiles))

    def notices(self, *documents):
        """Imports them; each is bytes in one of the publishers' formats, or a record of the API."""
        self.count += 1
        folder = self.app.dir / f"notices-{self.count}"
        folder.mkdir()
        for i, document in enumerate(documents):
            if isinstance(document, dict):
                whole = {"total_count": 1, "results": [document]}
                (folder / f"{i:04d}.json").write_text(json.dumps(whole), encoding="utf-8")
            else:
                (folder / f"{i:04d}.xml").write_bytes(document)
        self.run("import", folder)

    def clock(self, moment):
        """"10:30" of the same day, or a whole moment with its zone."""
        if re.fullmatch(r"\d\d:\d\d", moment):
            self.now = self.now.replace(hour=int(moment[:2]), minute=int(moment[3:]))
        else:
            self.now = datetime.datetime.fromisoformat(moment)

    def later(self, **delta):
        self.now += datetime.timedelta(**delta)

    # what is done

    def run(self, *args, **options):
        return self.app(*args, "--now", self.now.isoformat(), **options)

    def send(self, relay=None, to_dir=None, status=0, match=True):
        """Matches, then one `digest send`, which must end with `status` (None: any); its numbers and words."""
        if match:
            self.run("match")
        done = self.run("digest", "send", *self.where(relay, to_dir), "--json", check=False)
        assert status in (None, done.returncode), harness.story(["digest", "send"], done)
        return Sent(json.loads(done.stdout) if done.stdout else {}, done.stderr)

    def where(self, relay=None, to_dir=None):
        if relay is not None:
            return ["--smtp", relay if isinstance(relay, str) else relay.url]
        return ["--to-dir", self.app.dir / to_dir]

    # what came of it

    def mails(self, folder="mail"):
        """Profile -> mail, as they lie in a folder."""
        found = {}
        for path in sorted((self.app.dir / folder).glob("*.eml")):
            slug = path.name.split(".")[1]
            assert slug not in found, f"two mails for {slug} in {folder}"
            found[slug] = Mail(path.read_bytes())
        return found

    def rows(self, sql, *values):
        with contextlib.closing(sqlite3.connect(self.app.db)) as db:
            return db.execute(sql, values).fetchall()

    def write(self, sql, *values):
        with contextlib.closing(sqlite3.connect(self.app.db)) as db, db:
            db.execute(sql, values)

    def outbox(self):
        """Profile -> (state, attempts, seconds from now until it is due, the relay's words)."""
        now = self.now.timestamp()
        return {
            profile: (state, attempts, due and due - now, reply)
            for profile, state, attempts, due, reply in self.rows(
                "SELECT profile, state, attempts, next_at, reply FROM outbox ORDER BY id"
            )
        }

    def states(self):
        """State -> how many messages; the command says the same as the table."""
        counted = {}
        for row in self.app.json("outbox", "list", "--all"):
            counted[row["state"]] = counted.get(row["state"], 0) + 1
        assert counted == dict(self.rows("SELECT state, count(*) FROM outbox GROUP BY state"))
        return counted

    def sound(self):
        assert self.rows("PRAGMA integrity_check") == [("ok",)]
        assert self.rows("PRAGMA foreign_key_check") == []


class Sent(dict):
    """The numbers of one `digest send`, and what it said beside them."""

    def __init__(self, numbers, stderr):
        super().__init__(numbers)
        self.stderr = stderr


class Mail:
    """A digest: its bytes without a fault, its headers, and the cards of both texts."""

    def __init__(self, raw):
        self.raw, self.message = raw, smtp_server.parse(raw)
        self.text = self.message.text.replace("\r\n", "\n")
        self.html = self.message.html.replace("\r\n", "\n")
        self.page = lxml_html.document_fromstring(self.html)

    def __getitem__(self, name):
        return self.message[name]

    @property
    def names(self):
        return [name for name, _ in self.message.headers]

    @property
    def cards(self):
        """Of the text: number, title and the lines below it."""
        found = []
        for block in re.split(r"\n(?=\d+\. )", "\n" + self.text):
            begin = re.match(r"\n?(\d+)\. (.+(?:\n {3,4}\S.*)*?)\n   (?:Acheteur|Buyer)  ", block)
            if begin:
                body = block[begin.end(2):].split("\n\n")[0]
                found.append((int(begin[1]), plain(begin[2]), body))
        return found

    @property
    def titles(self):
        return [title for _, title, _ in self.cards]

    @property
    def html_titles(self):
        heads = self.page.xpath("//h2[starts-with(normalize-space(), '1') or number(substring-before(., '.'))]")
        heads += self.page.xpath("//p[@class='name']")
        return [plain(re.sub(r"^\d+\. ", "", head.text_content())) for head in heads]

    @property
    def links(self):
        return set(re.findall(r"https?://\S+", self.text))

    @property
    def html_links(self):
        return set(self.page.xpath("//a/@href"))


def plain(text):
    """As a sentence on one line, without the marks around the words that matched."""
    text = re.sub("«\u00a0|\u00a0»", "", text)
    return re.sub(r"\s+", " ", text).strip()


def database(folder):
    """A database as `init` leaves it."""
    app = harness.App(harness.programme(), Path(folder))
    app("init", "--rules", harness.ROOT / "rules")
    return app.db
