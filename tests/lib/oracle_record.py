"""The oracle's reading of the Explore portal: JSON records and rows of CSV exports."""

import ast
import csv
import json

from oracle_boamp import add_links, boamp, boamp_kind
from oracle_values import NATIONAL_PROCEDURES, NATURES, instant, text
from oracle_walk import Json


def read_record(record):
    """One record of the Explore API, packed members or not."""

    def packed(name):
        value = record.get(name)
        return json.loads(value) if isinstance(value, str) and value.strip() else value or None

    notice = boamp(Json(), packed("donnees"), packed("gestion"))
    ref = record["idweb"]
    kinds = record.get("type_marche") or []
    linked = record.get("annonce_lie") or []
    add_links(notice, [linked] if isinstance(linked, str) else linked)
    if notice["ref"] is None:
        notice["ref"], notice["id"] = ref, f"boamp:{ref}"
        notice["kind"] = boamp_kind(record.get("nature"), record.get("etat"))
        notice["published"] = record.get("dateparution")
    assert notice["ref"] == ref, f"idweb {ref} against {notice['ref']} in gestion"
    notice["title"] = notice["title"] or text(record.get("objet"))
    notice["buyer"]["name"] = notice["buyer"]["name"] or text(record.get("nomacheteur"))
    notice["nature"] = notice["nature"] or (NATURES.get(kinds[0].lower()) if kinds else None)
    notice["procedure"] = notice["procedure"] or NATIONAL_PROCEDURES.get(
        record.get("type_procedure")
    )
    if notice["deadline"] is None and record.get("datelimitereponse") and not record.get("gestion"):
        # The zone is true for European notices and false (Paris wall clock) for the others.
        stated = record["datelimitereponse"]
        notice["deadline"] = instant(stated if record.get("famille") == "JOUE" else stated[:19])
    notice["url"] = (
        record.get("url_avis") or notice["url"] or f"https://www.boamp.fr/pages/avis/?q=idweb:{ref}"
    )
    return notice


def read_csv(path):
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter=";"):
            row = {k.lower(): v or None for k, v in row.items()}
            for name in ("type_marche", "code_departement", "descripteur_libelle"):
                row[name] = ast.literal_eval(row[name]) if row.get(name) else None
            yield read_record(row)
