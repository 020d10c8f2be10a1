"""Write kg/extract/data/names_countries.tsv: names of countries and demonyms; facts only, no text of any article.

Origins: rigour territories (OpenSanctions, MIT) and Wikidata demonyms (CC0), read from ../shared/wikidata.
"""

from __future__ import annotations

import csv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "wikidata"
TARGET = ROOT / "kg" / "extract" / "data" / "names_countries.tsv"
MORE_COUNTRIES = (
    "US", "U.S.", "USA", "U.S.A.", "UK", "U.K.", "UAE", "U.A.E.", "DRC", "America", "Britain", "Great Britain", "England",
    "Scotland", "Wales", "Northern Ireland", "Holland", "Burma", "Ivory Coast", "North Korea", "South Korea", "Russia",
    "Iran", "Syria", "Soviet Union", "USSR", "Yugoslavia", "Czechoslovakia", "Czech Republic", "Congo", "Palestine",
    "Gaza", "West Bank", "Chechnya", "Dagestan", "Kosovo", "Taiwan", "Crimea", "Donbas", "Kurdistan", "Kashmir", "Vatican",
    "Bosnia", "Macedonia", "Turkiye", "Swaziland", "Zaire", "Darfur", "Tigray", "Transnistria", "Somaliland",
)  # fmt: skip
MORE_DEMONYMS = (
    "Arab", "Arabs", "Kurd", "Kurds", "Kurdish", "Palestinian", "Palestinians", "Chechen", "Chechens", "European",
    "Europeans", "African", "Africans", "Asian", "Asians", "Western", "Soviet", "Yugoslav", "Tatar", "Tatars", "Uighur",
    "Uighurs", "Uyghur", "Uyghurs", "Rohingya", "Hutu", "Hutus", "Tutsi", "Tutsis", "Yazidi", "Yazidis", "Yezidi",
    "Turkmen", "Turkmens", "Pashtun", "Pashtuns", "Hazara", "Hazaras", "Tamil", "Tamils", "Sikh", "Sikhs", "Druze",
    "Alawite", "Alawites", "Sunni", "Sunnis", "Shiite", "Shiites", "Shi'ite", "Shi'ites", "Shia", "Maronite", "Maronites",
    "Tuareg", "Tuaregs", "Fulani", "Hausa", "Igbo", "Yoruba", "Oromo", "Oromos", "Amhara", "Tigrayan", "Tigrayans",
    "Berber", "Berbers", "Basque", "Basques", "Catalan", "Catalans", "Irish", "Scottish", "Welsh", "English", "Dutch",
    "Bosniak", "Bosniaks", "Bosnian", "Bosnians", "Serb", "Serbs", "Serbian", "Croat", "Croats", "Croatian", "Kosovar",
    "Latin American", "Latin Americans", "Iraqis", "Israelis", "Saudis", "Pakistanis", "Yemenis", "Omanis", "Qataris",
    "Kuwaitis", "Emiratis", "Bahrainis", "Somalis", "Bangladeshis", "Britons", "Briton", "Turks", "Spaniard", "Spaniards",
    "Frenchman", "Frenchmen", "Swede", "Swedes", "Finn", "Finns", "Dane", "Danes", "Pole", "Poles", "Sahrawi", "Sahrawis",
    "Congolese", "Sudanese", "Chinese", "Lebanese", "Japanese", "Vietnamese", "Burmese", "Karen", "Kachin", "Rakhine",
    "Abkhaz", "Ossetian", "Ossetians", "Assyrian", "Assyrians", "Copt", "Copts", "Coptic", "Jewish", "Jews", "Jew",
)  # fmt: skip


def main() -> None:
    """Read the two tables and write one, sorted."""
    countries, demonyms = set(MORE_COUNTRIES), set(MORE_DEMONYMS)
    with (SHARED / "rigour-territories" / "territories.tsv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["type"] == "country":
                countries |= {
                    n
                    for n in (row["label"], *row["aliases"].split("|"))
                    if 3 < len(n) < 40 and n[0].isascii() and n[0].isupper() and not n.isupper()
                }
    with (SHARED / "demonyms.tsv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE):
            demonyms.add(row["demonym"])
    countries = {name for name in countries if name.isprintable() and "," not in name and "(" not in name}
    demonyms -= set(MORE_COUNTRIES)
    lines = sorted({f"{name}\tcountry" for name in countries - demonyms} | {f"{name}\tdemonym" for name in demonyms})
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    print(f"{TARGET.name}: {len(lines)} names")


if __name__ == "__main__":
    main()
