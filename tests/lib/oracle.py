#!/usr/bin/env python3
"""
A second, separate reading of real notices, to hold the programme against.

`read(path)` gives a list of dicts in the shape of `notice show --json` (PRODUCT.md), read with lxml
and json by the paths of FORMATS.md. Nothing here is shared with the programme or with
make_notice.py, and nothing is tuned to the programme's answers. `differences(expected, got)`
compares one such dict with one of the programme's.

Formats: eForms with the OASIS namespaces; BOAMP XML 3.2.5 with EFORMS, FNSimple or MAPA inside;
Explore API JSON (one record, a list, or an envelope; with `donnees` or without); Explore CSV
export.

Members whose name begins with `_` are not part of the shape: they tell `differences` what else the
notice states where several answers are right (all documents' addresses, CPV codes of parts, a
deadline in prose).

    oracle.py PATH…                 prints the dicts as JSON Lines
    oracle.py --compare GOT PATH…   prints differences, exit 1 if any;
                                    GOT: the programme's `notice list --all --json`
"""

import json
import pathlib
import sys

from lxml import etree
from oracle_boamp import boamp
from oracle_compare import (  # noqa: F401  (our users know all of these as ours)
    canonical,
    differences,
    same_amount,
    same_instant,
    same_text,
)
from oracle_eforms import UBL_OASIS, read_ted
from oracle_record import read_csv, read_record
from oracle_values import (  # noqa: F401
    amount,
    instant,
    instant_of_pair,
    legal_id,
    text,
    unique,
)
from oracle_walk import Xml, blank  # noqa: F401

JO_ANN = "{http://boamp.journal-officiel.gouv.fr/XML/3.2.5}ann"
UBL_BOAMP = "urn:boamp:names:specification:ubl:schema:xsd:"


def read(path):
    """Every notice of a file. ValueError when the file is of no format that the oracle reads."""
    path = pathlib.Path(path)
    if path.suffix == ".csv":
        return list(read_csv(path))
    if path.suffix == ".json":
        value = json.loads(path.read_text(encoding="utf-8"))
        rows = (
            value
            if isinstance(value, list)
            else value["results"] if "results" in value else [value]
        )
        return [read_record(r) for r in rows]
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    content = path.read_bytes()
    root = etree.fromstring(content, parser)
    if root.tag == JO_ANN:
        return [boamp(Xml(UBL_BOAMP), root.find("DONNEES"), root.find("GESTION"))]
    if root.tag.startswith("{" + UBL_OASIS):
        return [read_ted(root, content)]
    raise ValueError(f"the oracle does not read <{root.tag}>")


def compare(paths, got):
    """
    One line for each difference between these files and `got`, the programme's notices by id; []
    when they agree.
    """
    found = []
    for path in paths:
        for expected in read(path):
            if expected["id"] in got:
                lines = differences(expected, got[expected["id"]])
            else:
                lines = [f"{expected['id']}: not among the programme's notices"]
            found += (f"{path}: {line}" for line in lines)
    return found


def main(arguments):
    if arguments[:1] == ["--compare"]:
        with open(arguments[1], encoding="utf-8") as file:
            got = {notice["id"]: notice for notice in map(json.loads, file)}
        found = compare(arguments[2:], got)
        print("".join(line + "\n" for line in found), end="")
        return 1 if found else 0
    for path in arguments:
        for notice in read(path):
            print(json.dumps({k: v for k, v in notice.items() if k[0] != "_"}, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
