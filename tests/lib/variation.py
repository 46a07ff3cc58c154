"""
The same notice written otherwise: what XML and the formats leave to the writer, and what readers have to
see through. Each variation takes a document element and a random.Random, changes the tree, and leaves
all that is said as it was; written() then chooses prefixes, encoding and line ends.
"""

import json
import re

from lxml import etree

BOAMP_FLUX = "http://boamp.journal-officiel.gouv.fr/XML/3.2.5"
OASIS = "urn:oasis:names:specification:ubl:schema:xsd:Common"
PREFIXES = {
    "CommonBasicComponents-2": "cbc", "CommonAggregateComponents-2": "cac", "CommonExtensionComponents-2": "ext",
    "extension-aggregate-components/1": "efac", "extension-basic-components/1": "efbc",
    "eforms-ubl-extensions/1": "efext",
}


def local(element):
    return etree.QName(element).localname


def elements(root):
    return [e for e in root.iter() if isinstance(e.tag, str)]


def children(element):
    return [e for e in element if isinstance(e.tag, str)]


def is_eforms(root):
    return local(root).endswith("Notice") and bool(etree.QName(root).namespace)


def plain(element):
    """Holds elements alone: what is added between them is no text."""
    return bool(children(element)) and not "".join(element.xpath("text()")).strip()


# variations


def with_comments(root, random):
    """Comments and processing instructions between elements and inside words."""
    for e in random.sample(elements(root), min(30, len(elements(root)))):
        note = random.choice([etree.Comment(" <b> & "), etree.ProcessingInstruction("note", "a='b'")])
        if not children(e) and len(e.text or "") > 1:
            at = random.randrange(1, len(e.text))
            note.tail, e.text = e.text[at:], e.text[:at]
            e.insert(0, note)
        elif plain(e):
            e.insert(random.randrange(len(e) + 1), note)


def with_strangers(root, random):
    """Elements and attributes of a schema to come."""
    for e in random.sample(elements(root), min(20, len(elements(root)))):
        e.set("{urn:example:2031}status", "7")
        if plain(e):
            etree.SubElement(e, "{urn:example:2031}Name")


def with_blanks(root, random):
    """Line ends and indents around texts, as pretty printers leave them."""
    for e in random.sample(elements(root), min(30, len(elements(root)))):
        if not len(e) and (e.text or "").strip() and e.getparent() is not None and plain(e.getparent()):
            e.text = random.choice(["\n      ", " ", "\t"]) + e.text.strip() + random.choice(["", "\n    ", " "])


def with_cdata(root, random):
    for e in random.sample(elements(root), min(40, len(elements(root)))):
        if not len(e) and e.text:
            e.text = etree.CDATA(e.text)


def in_other_order(root, random):
    """eForms: elements of one name keep their order, those of different names have none to keep."""
    if not is_eforms(root):
        return
    for e in filter(plain, elements(root)):
        found = children(e)
        names = [child.tag for child in found]
        random.shuffle(names)
        waiting = {}
        for child in found:
            waiting.setdefault(child.tag, []).append(child)
            e.remove(child)
        e.extend(waiting[name].pop(0) for name in names)


VARIATIONS = (with_comments, with_strangers, with_blanks, with_cdata, in_other_order)


def written(root, random):
    """Bytes: other prefixes, and one of the encodings and line ends that are allowed."""
    text = etree.tostring(root, encoding="unicode")
    if random.random() < 0.5:
        for prefix in set(re.findall(r'xmlns:(\w+)="', text)) - {"xsi"}:
            other = f"q{random.randrange(1000)}{prefix}"
            text = re.sub(rf"(</?|\sxmlns:){prefix}(?=[:=])", rf"\g<1>{other}", text)
            text = re.sub(rf"(\s){prefix}:(\w+=)", rf"\g<1>{other}:\g<2>", text)
    encoding = random.choice(["UTF-8", "ISO-8859-1", "windows-1252", "US-ASCII", "none"])
    declaration = "" if encoding == "none" else f'<?xml version="1.0" encoding="{encoding}"?>\n'
    if random.random() < 0.2:
        text = text.replace("\n", "\r\n")
    mark = b"\xef\xbb\xbf" if encoding in ("UTF-8", "none") and random.random() < 0.3 else b""
    codec = "UTF-8" if encoding == "none" else encoding
    return mark + (declaration + text).encode(codec, "xmlcharrefreplace")


def varied(data, random):
    """A document in other bytes, by one to three variations."""
    root = etree.fromstring(data, etree.XMLParser(huge_tree=True))
    for variation in random.sample(VARIATIONS, random.randint(1, 3)):
        variation(root, random)
    return written(root, random)


# an eForms document of TED as BOAMP hands it on


def _management(idweb):
    return {
        "REFERENCE": {"IDWEB": idweb, "TYPE_AVIS": {"FAMILLE": {"JOUE": ""}, "STATUT": {"INITIAL": ""}}},
        "INDEXATION": {"DATE_PUBLICATION": "2026-09-04"},
    }


def _elements_of(value, parent):
    for name, inner in value.items():
        child = etree.SubElement(parent, name)
        if isinstance(inner, dict):
            _elements_of(inner, child)
        else:
            child.text = inner or None


def as_flux(data, idweb):
    """The XML file of the flux: namespaces of its own, the document element in none."""
    root = etree.Element(f"{{{BOAMP_FLUX}}}ann", nsmap={"jo": BOAMP_FLUX})
    _elements_of({"GESTION": _management(idweb)}, root)
    body = etree.SubElement(etree.SubElement(root, "DONNEES"), "EFORMS")
    notice = etree.fromstring(data.replace(OASIS.encode(), OASIS.replace("oasis", "boamp").encode()))
    notice.tag = local(notice)
    body.append(notice)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _prefixed(element):
    namespace = etree.QName(element).namespace or ""
    prefix = next((p for end, p in PREFIXES.items() if namespace.endswith(end)), None)
    return f"{prefix}:{local(element)}" if prefix else local(element)


def _packed(element):
    """One child is an object, several are an array; a text without attributes is a string."""
    value = {f"@{etree.QName(name).localname}": text for name, text in element.attrib.items()}
    found = {}
    for child in children(element):
        found.setdefault(_prefixed(child), []).append(_packed(child))
    value |= {name: inner if len(inner) > 1 else inner[0] for name, inner in found.items()}
    if found:
        return value
    return {**value, "#text": element.text or ""} if value else element.text or ""


def as_record(data, idweb):
    """The record of the API: JSON texts inside JSON."""
    root = etree.fromstring(data)
    record = {
        "idweb": idweb, "famille": "JOUE", "dateparution": "2026-09-04", "gestion": json.dumps(_management(idweb)),
        "donnees": json.dumps({"EFORMS": {local(root): _packed(root)}}),
    }
    return json.dumps(record).encode()


# a record of the API written otherwise: what JSON leaves to the writer


def as_record_of_flux(data):
    """The record that the API makes of a file of the flux."""
    root = etree.fromstring(data)
    gestion, donnees = (_packed(root.find(name)) for name in ("GESTION", "DONNEES"))
    return {"idweb": gestion["REFERENCE"]["IDWEB"], "gestion": gestion, "donnees": donnees}


def _other_json(value, random, key=""):
    if isinstance(value, dict):
        found = {name: _other_json(inner, random, name) for name, inner in value.items()}
        if random.random() < 0.3:
            found["x2031"] = random.choice([None, "", [], {}, 7, True])
        return found
    if isinstance(value, list):
        return [_other_json(inner, random, key) for inner in value]
    if key[:1] in "@#" or not value:
        return random.choice(["", None]) if value == "" and key == "#text" else value
    ways = [value, value, [value], {"#text": value}, [{"#text": value, "@xsi:type": "xs:string"}]]
    if value.isdigit() and str(int(value)) == value:
        ways.append(int(value))
    return random.choice(ways)


def record_varied(record, random):
    """
    A text as an object with attributes, one thing as a list of one, numbers as numbers, members that are
    null, blocks as objects instead of texts, members in another order.
    """
    blocks = {name: _other_json(record[name], random) for name in ("gestion", "donnees")}
    found = {**record, **blocks, "datedujour": None}
    if random.random() < 0.7:
        found |= {name: json.dumps(block, ensure_ascii=random.random() < 0.5) for name, block in blocks.items()}
    return json.dumps({name: found[name] for name in random.sample(list(found), len(found))}).encode()
