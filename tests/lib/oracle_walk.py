"""Two ways to walk one document, its XML and the portal's JSON, and the empty notice."""

from lxml import etree
from oracle_values import text, unique


class Xml:
    """Elements by a relative path of prefixed names, under the namespaces of one publisher."""

    def __init__(self, ubl=None):
        self.spaces = {
            "efac": "http://data.europa.eu/p27/eforms-ubl-extension-aggregate-components/1",
            "efbc": "http://data.europa.eu/p27/eforms-ubl-extension-basic-components/1",
            "efext": "http://data.europa.eu/p27/eforms-ubl-extensions/1",
        }
        if ubl:
            self.spaces.update(
                cbc=ubl + "CommonBasicComponents-2",
                cac=ubl + "CommonAggregateComponents-2",
                ext=ubl + "CommonExtensionComponents-2",
            )

    def all(self, node, path):
        return node.xpath(path, namespaces=self.spaces) if node is not None else []

    def text(self, node):
        return "".join(node.itertext(with_tail=False))

    def attribute(self, node, name):
        return node.get(name)

    def child_names(self, node):
        return [etree.QName(c).localname for c in node if isinstance(c.tag, str)]


class Json:
    """
    The same over the portal's JSON: `@name`, `#text`, one child an object, several a list, a bare
    string a leaf.
    """

    def all(self, node, path):
        nodes = [node]
        for step in path.split("/"):
            found = []
            for n in nodes:
                if isinstance(n, dict):
                    values = (
                        [v for k, v in n.items() if k[0] not in "@#"]
                        if step == "*"
                        else [n[step]] if step in n else []
                    )
                    for v in values:
                        found += v if isinstance(v, list) else [v]
            nodes = found
        return nodes

    def text(self, node):
        return node.get("#text", "") if isinstance(node, dict) else str(node)

    def attribute(self, node, name):
        return node.get("@" + name) if isinstance(node, dict) else None

    def child_names(self, node):
        return [k for k in node if k[0] not in "@#"] if isinstance(node, dict) else []


def first(doc, node, *paths):
    """The first path that gives a text that is not blank."""
    for path in paths:
        for found in doc.all(node, path):
            value = text(doc.text(found))
            if value:
                return value
    return None


def texts(doc, node, path):
    return unique(text(doc.text(n)) for n in doc.all(node, path))


def code_name(doc, node, path):
    """BOAMP writes a code as the name of the only child."""
    for found in doc.all(node, path):
        names = doc.child_names(found)
        if names:
            return names[0]
    return None


def blank():
    return {
        "id": None,
        "source": None,
        "ref": None,
        "version": 1,
        "kind": None,
        "language": None,
        "title": None,
        "description": None,
        "buyer": {"name": None, "id": None, "city": None},
        "nature": None,
        "procedure": None,
        "cpv": [],
        "places": [],
        "value": None,
        "published": None,
        "deadline": None,
        "lots": [],
        "url": None,
        "documents_url": None,
        "_documents": [],
        "_part_cpv": [],
        "_other_values": [],
        "_prose_deadline": None,
        "_lot_text": {},
    }
