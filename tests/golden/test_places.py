"""Where a national notice is carried out, said in words: what names a département, and what does not."""

import re

import make_notice
import pytest

PLACES = {
    "48000 Mende": ["48"],
    "Mende (48)": ["48"],
    "Ajaccio (2A) et Bastia (2B)": ["2A", "2B"],
    "Département de la Lozère": ["48"],
    "département du Val-de-Marne, et département du Val-d'Oise": ["94", "95"],
    "Dans le département 974": ["974"],
    "Territoire du département des Côtes-d’Armor": ["22"],
    "Lot 2, au nord de la Manche": [],
    "Prestation n° (123) sur site (a)": [],
    "le département": [],
    "département de Nulle-Part": [],
}


@pytest.mark.parametrize("text", PLACES)
def test_place_in_words(fresh, text):
    app = fresh()
    notice = make_notice.flux_fnsimple().decode()
    notice = re.sub(r"<lieuExecution>.*?</lieuExecution>", "", notice)
    where = notice.index("<description>")
    notice = notice[:where] + f"<lieuExecution>{text}</lieuExecution>" + notice[where:]
    (app.dir / "notice.xml").write_text(notice, encoding="utf-8")
    app.json("import", app.dir / "notice.xml")
    (read,) = app.json("notice", "list", "--all")
    assert read["places"] == PLACES[text]
