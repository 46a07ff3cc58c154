"""Feeds and calendars: read by other people's readers, the same bytes while nothing changes."""

import json
import re
import xml.etree.ElementTree as ElementTree

import pytest
from harness import refuse_crash
from sample_day import NOW
from web_client import BASE, Server, Site

WHO = "rosee-des-causses"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def server(matched):
    server = Server(matched, now=NOW)
    yield server
    status = server.stop()
    refuse_crash(["serve"], status, "".join(server.lines))


@pytest.fixture
def site(server):
    return Site(server.port)


def feed(app, form, now=NOW):
    return app("profile", "feed", WHO, "--format", form, "--now", now).stdout


def unfold(text):
    return text.replace("\r\n ", "")


def events(text):
    found = {}
    for body in re.findall(r"BEGIN:VEVENT\r\n(.*?)END:VEVENT\r\n", unfold(text), re.S):
        own = re.sub(r"BEGIN:VALARM.*?END:VALARM\r\n", "", body, flags=re.S)
        event = dict(line.split(":", 1) for line in own.split("\r\n") if line)
        event["alarms"] = re.findall(r"TRIGGER:(\S+)", body)
        found[event["UID"]] = event
    return found


def test_atom_and_json_tell_the_matches_with_their_reasons(matched):
    current = {row["notice"]: row for row in matched.json("match", "--all", "--now", NOW) if row["profile"] == WHO}
    root = ElementTree.fromstring(feed(matched, "atom"))
    entries = root.findall(f"{ATOM}entry")
    ids = [entry.findtext(f"{ATOM}id").split("/", 1)[1] for entry in entries]
    assert set(ids) == set(current) and len(ids) == len(set(ids))
    for entry in entries:
        content = entry.find(f"{ATOM}content")
        assert content.get("type") == "html" and "<h2>" in content.text and "score" in content.text
        assert entry.findtext(f"{ATOM}updated").endswith("Z")
        assert "jours ouvrés" not in content.text  # what is read on another day does not count days
    data = json.loads(feed(matched, "json"))
    assert data["version"] == "https://jsonfeed.org/version/1.1"
    assert {item["id"].split("/", 1)[1] for item in data["items"]} == set(current)
    assert all(item["content_html"] and item["date_published"] for item in data["items"])


def test_reasons_are_told_in_words(matched):
    """In feeds and calendars nothing is called as it is called in receipts."""
    texts = "\n".join(item["content_text"] for item in json.loads(feed(matched, "json"))["items"])
    for told in (texts, "".join(unfold(feed(matched, "ics")).splitlines())):
        assert not re.search(r"\b(keyword|description|cpv):|other-cpv", told)
        assert "mot-clé « sonde d'humidité »" in told and "votre branche CPV 43323" in told
        assert "votre description : « sondes »" in told and "codes CPV d’autres métiers" in told


def test_a_title_is_not_a_reason_for_itself(matched):
    """The words of `own-title` are the whole title, which stands above."""
    rules = {reason["rule"] for row in matched.json("match", "--all", "--now", NOW) if row["profile"] == WHO
             for reason in row["reasons"]}
    assert "own-title" in rules
    for item in json.loads(feed(matched, "json"))["items"]:
        assert item["title"] not in item["content_text"]


@pytest.mark.parametrize("form", ["atom", "json", "ics"])
def test_the_same_data_gives_the_same_bytes(matched, form):
    assert feed(matched, form) == feed(matched, form)
    if form != "ics":
        assert feed(matched, form) == feed(matched, form, "2026-11-25T08:00:00Z")


def test_feedparser_reads_the_feed(matched):
    feedparser = pytest.importorskip("feedparser")
    read = feedparser.parse(feed(matched, "atom"))
    assert not read.bozo and read.version == "atom10"
    assert read.feed.title.startswith("Marchés publics pour") and read.feed.language == "fr"
    assert read.entries and all(e.id.startswith("tag:") and e.title and e.updated_parsed for e in read.entries)


def test_the_calendar_keeps_to_its_form(matched):
    raw = matched("profile", "feed", WHO, "--format", "ics", "--now", NOW).stdout
    data = raw.encode()
    lines = data.split(b"\r\n")
    assert lines[-1] == b"" and b"\n" not in b"".join(lines)
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode("utf-8")  # no fold cuts a character
    found = events(raw)
    assert found
    for event in found.values():
        assert re.fullmatch(r"\d{8}T\d{6}Z", event.get("DTSTART", "19700101T000000Z"))
        assert event["alarms"] == ["-P7D", "-P2D"] and event["SEQUENCE"].isdigit()


def test_other_people_read_the_calendar(matched):
    icalendar = pytest.importorskip("icalendar")
    vobject = pytest.importorskip("vobject")
    raw = feed(matched, "ics")
    ours = events(raw)
    calendar = icalendar.Calendar.from_ical(raw)
    theirs = {str(e["UID"]): e for e in calendar.walk("VEVENT")}
    assert set(theirs) == set(ours)
    notices = {n["title"]: n for n in matched.json("notice", "list", "--all", "--now", NOW)}
    for event in theirs.values():
        notice = notices[str(event["SUMMARY"])]
        assert len(event.subcomponents) == 2
        if notice["deadline"] and not notice["lots"]:
            import datetime
            assert event.decoded("DTSTART") == datetime.datetime.fromisoformat(notice["deadline"])
    assert {e.uid.value for e in vobject.readOne(raw).vevent_list} == set(ours)


def test_an_amendment_moves_the_same_event(app):
    app("init")
    profile = {"id": WHO, "name": "R", "description": "capteurs d'irrigation", "keywords": ["irrigation"]}
    app("profile", "import", "-", stdin=json.dumps([profile]))
    app("import", "-", "--now", NOW, stdin=ocds("2026-12-21T11:00:00Z", "tender", "2026-11-20T08:00:00Z"))
    app("match", "--now", NOW)
    (first,) = events(feed(app, "ics")).values()
    assert first["DTSTART"] == "20261221T110000Z" and first["STATUS"] == "CONFIRMED"
    app("import", "-", "--now", "2026-11-24T08:00:00Z",
        stdin=ocds("2027-01-11T11:00:00Z", "tenderUpdate", "2026-11-24T08:00:00Z"))
    app("match", "--now", "2026-11-24T08:00:00Z")
    (moved,) = events(feed(app, "ics", "2026-11-24T09:00:00Z")).values()
    assert moved["UID"] == first["UID"] and moved["DTSTART"] == "20270111T110000Z"
    assert int(moved["SEQUENCE"]) > int(first["SEQUENCE"]) and moved["DTSTAMP"] > first["DTSTAMP"]
    assert events(feed(app, "ics", "2026-11-25T09:00:00Z")) == {moved["UID"]: moved}


def test_a_purchase_that_is_called_off_stays_in_the_calendar_as_such(app):
    app("init")
    profile = {"id": WHO, "name": "R", "description": "capteurs d'irrigation", "keywords": ["irrigation"]}
    app("profile", "import", "-", stdin=json.dumps([profile]))
    app("import", "-", "--now", NOW, stdin=ocds("2026-12-21T11:00:00Z", "tender", "2026-11-20T08:00:00Z"))
    app("match", "--now", NOW)
    (first,) = events(feed(app, "ics")).values()
    app("import", "-", "--now", "2026-11-24T08:00:00Z",
        stdin=ocds("2026-12-21T11:00:00Z", "tenderCancellation", "2026-11-24T08:00:00Z"))
    app("match", "--now", "2026-11-24T08:00:00Z")
    (off,) = events(feed(app, "ics", "2026-11-24T09:00:00Z")).values()
    assert (off["UID"], off["STATUS"]) == (first["UID"], "CANCELLED")
    assert int(off["SEQUENCE"]) > int(first["SEQUENCE"]) and off["alarms"] == []


def ocds(deadline, tag, date):
    """One purchase as its buyer publishes it, and publishes it again."""
    return json.dumps({"releases": [{
        "ocid": "ocds-x-1", "id": "1" if tag == "tender" else "2", "date": date, "tag": [tag], "language": "fr",
        "buyer": {"name": "Commune de Langogne", "id": "FR-1"},
        "parties": [{"id": "FR-1", "name": "Commune de Langogne", "roles": ["buyer"]}],
        "tender": {"id": "T1", "title": "Irrigation du stade : capteurs et arrosage", "status": "cancelled" if tag == "tenderCancellation" else "active",
                   "description": "Irrigation connectée", "tenderPeriod": {"endDate": deadline},
                   "mainProcurementCategory": "goods"},
    }]})


def test_a_reader_that_has_it_is_told_so(site, matched):
    links = matched.json("profile", "links", WHO, "--config", matched.dir / "web.conf")[0]
    for name in ("atom", "json", "ics"):
        first = site.get(links[name])
        assert first.status == 200 and first.headers["etag"] and first.headers["last-modified"].endswith("GMT")
        for again in (site.get(links[name], If_None_Match=first.headers["etag"]),
                      site.get(links[name], If_None_Match=f'"x", W/{first.headers["etag"]}'),
                      site.get(links[name], If_Modified_Since=first.headers["last-modified"])):
            assert again.status == 304 and again.body == b"" and again.headers["etag"] == first.headers["etag"]
        assert site.get(links[name], If_None_Match='"x"', If_Modified_Since=first.headers["last-modified"]).status == 200
        assert site.head(links[name]).headers["content-length"] == str(len(first.body))


def test_links_that_were_renewed_open_nothing(site, matched):
    def links(*args):
        return matched.json("profile", "links", WHO, "--config", matched.dir / "web.conf", *args)[0]

    old = links()
    done = site.submit(old["preferences"], 1)
    assert done.status == 303 and "nouveaux" in site.get(done.headers["location"]).text
    between = links()
    new = links("--renew")
    for name in ("atom", "json", "ics"):
        assert len({old[name], between[name], new[name]}) == 3
        assert [site.get(urls[name]).status for urls in (old, between, new)] == [404, 404, 200]
    assert old["preferences"] == new["preferences"]


def test_the_links_of_a_feed_open(site, matched):
    data = json.loads(site.get(matched.json("profile", "links", WHO, "--config", matched.dir / "web.conf")[0]["json"]).text)
    assert data["feed_url"].startswith(BASE)
    assert site.get(data["items"][0]["url"]).status == 200


def test_a_maildir_is_a_channel(matched):
    import mailbox

    box = mailbox.Maildir(matched.dir / "box", create=True)
    matched("digest", "send", "--to-dir", matched.dir / "box", "--now", NOW)
    subjects = [message["Subject"] for message in box]
    assert len(subjects) == len(matched.json("outbox", "list", "--all")) > 1
    assert not list((matched.dir / "box/tmp").iterdir()) and not list((matched.dir / "box").glob("*.eml"))
    assert b"\r" not in next((matched.dir / "box/new").iterdir()).read_bytes()
    matched("digest", "send", "--to-dir", matched.dir / "box", "--now", NOW)
    assert len(list(box)) == len(subjects)
