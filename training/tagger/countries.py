"""Write kg/extract/data/names_countries.tsv: names of countries and demonyms with their country; facts only.

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


# the country of a name that the sources do not give, and its usual name where theirs is another
USUAL = {
    "US": "United States", "U.S.": "United States", "USA": "United States", "U.S.A.": "United States", "America": "United States",
    "UK": "United Kingdom", "U.K.": "United Kingdom", "Britain": "United Kingdom", "Great Britain": "United Kingdom",
    "UAE": "United Arab Emirates", "U.A.E.": "United Arab Emirates", "DRC": "Democratic Republic of the Congo",
    "Holland": "Netherlands", "Burma": "Myanmar", "Ivory Coast": "Côte d'Ivoire", "Turkiye": "Turkey", "Swaziland": "Eswatini",
    "USSR": "Soviet Union", "Soviet": "Soviet Union", "Yugoslav": "Yugoslavia", "Palestinian": "Palestine",
    "Palestinians": "Palestine", "Chechen": "Chechnya", "Chechens": "Chechnya", "Briton": "United Kingdom",
    "Britons": "United Kingdom", "Turks": "Turkey", "Iraqis": "Iraq", "Israelis": "Israel", "Saudis": "Saudi Arabia",
    "Pakistanis": "Pakistan", "Yemenis": "Yemen", "Omanis": "Oman", "Qataris": "Qatar", "Kuwaitis": "Kuwait",
    "Emiratis": "United Arab Emirates", "Bahrainis": "Bahrain", "Somalis": "Somalia", "Bangladeshis": "Bangladesh",
    "Spaniard": "Spain", "Spaniards": "Spain", "Frenchman": "France", "Frenchmen": "France", "Swede": "Sweden",
    "Swedes": "Sweden", "Finn": "Finland", "Finns": "Finland", "Dane": "Denmark", "Danes": "Denmark", "Pole": "Poland",
    "Poles": "Poland", "Bosnia": "Bosnia and Herzegovina", "Macedonia": "North Macedonia",
}  # fmt: skip


def main() -> None:
    """Read the two tables and write one, sorted: name, kind, usual name of the country (empty where there is none)."""
    countries, demonyms = dict.fromkeys(MORE_COUNTRIES, ""), dict.fromkeys(MORE_DEMONYMS, "")
    labels: dict[str, str] = {}
    with (SHARED / "rigour-territories" / "territories.tsv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["type"] != "country":
                continue
            labels[row["qid"]] = row["label"]
            for name in (row["label"], *row["aliases"].split("|")):
                if name in countries or (
                    3 < len(name) < 40 and name[0].isascii() and name[0].isupper() and not name.isupper()
                ):
                    countries[name] = row["label"]
    seen: dict[str, set[str]] = {}
    with (SHARED / "demonyms.tsv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE):
            seen.setdefault(row["demonym"], set()).add(labels.get(row["country_qid"], ""))
    for name, lands in seen.items():
        # a demonym of several countries (`Congolese`) is of none
        demonyms[name] = next(iter(lands)) if len(lands) == 1 else ""
    for name in MORE_COUNTRIES:
        demonyms.pop(name, None)
    countries = {n: land for n, land in countries.items() if n.isprintable() and "," not in n and "(" not in n}

    def usual(name: str, land: str) -> str:
        land = USUAL.get(name) or land
        return countries.get(land) or land

    rows = {(n, "country", usual(n, land) or n) for n, land in countries.items() if n not in demonyms}
    rows |= {(n, "demonym", usual(n, land)) for n, land in demonyms.items()}
    lines = ["\t".join(row) for row in sorted(rows)]
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    print(f"{TARGET.name}: {len(lines)} names")


if __name__ == "__main__":
    main()
