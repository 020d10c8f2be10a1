"""Which kind of thing an item is, by the English labels of its classes and of those above them; knows no single class or item.

Labels, not numbers: they were written for readers, and a rule on words also holds for classes that are made tomorrow.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# What has no place in an index of the news: works, species, professions.
DROP = "drop"
_HIGHEST = 6  # steps up a tree of classes; above, everything is an entity

# English labels of Wikidata classes (P31). The first rule that matches a label decides; the order carries the exceptions.
_CLASS_RULES: tuple[tuple[str, str], ...] = (
    ("person", r"^(human|twins?|siblings?|human biblical figure|hypothetical person|legendary person)$"),
    (DROP, r"^(group of humans|sibling duo|married couple)$|fictional|mythi|character|superhero|deity|\bgod(dess)?\b"),
    ("historic-country", r"\b(historical|former|ancient) (country|state|civilization)|(^|\b)(empire|dynasty|kingdom|sultanate|khanate|caliphate|emirate|countship|duchy|principality)$|people's republic$|soviet republic"),
    ("country", r"^(sovereign state|country|island nation|island country|landlocked country|state with limited recognition|unitary state|federation|federal republic|constituent country( of .*)?|autonomous country|partially recognized state|disputed territory)$"),
    ("media", r"\b(news agency|newspapers?|broadcasters?|broadcasting|(television|TV|radio) (station|channel|network)|specialty channel|news(paper)? website|news magazine|news portal|newscast|weekly|magazine|periodical|press agency|media company|publication)\b"),
    (DROP, r"\b(films?|albums?|songs?|singles?|sitcoms?|television|TV|telenovela|soap opera|miniseries|video games?|novels?|books?|literary|written work|manga|anime|animated|operas?|paintings?|sculptures?|plays?|poems?|short story|comics?|musical|music|bands?|boy band|girl group|duo|genre|extended play|franchise|shōnen|seinen|shōjo|soundtrack|imprint|record label|text|psalm|chapter|hymn)\b"),
    (DROP, r"\b(positions?|professions?|occupations?|public office|elected office|awards?|medals?|prizes?|order|grade|decorations?|titles?|honou?r|fellowship|rank|noble|ministerial|legislative term)\b"),
    (DROP, r"\b(chemical|compounds?|proteins?|minerals?|diseases?|taxon|species|genus|languages?|dialects?|macrolanguage|writing system|alphabet|given name|family name|surname|names?$|disambiguation|lists?|Wikimedia|Wikipedia|software|operating system|package|application|locomotive|automobiles?|motorcycle|camera|phone|smartphone|console|computer|asteroid|crater|planet|star|galaxy|theorem|mathematics|flags?|concept|food|ingredient|medicine|medication|anatomical|branch of|academic|discipline|specialty|economic branch|ideology|denomination|religion|philosophy|format|standard|episode|season|stage|genre|law$|legislation|act of|legal case|rolling stock|drug|gene|cell|dish|beverage|breed|colou?r|unit of|currency|calendar|month|year|decade|century|date|number|element|food additive|carcinogen|geological|formation|hormone|enzyme)\b(?<!academic institution)"),
    ("war", r"\b(war|civil war|insurgency|rebellion|world war|armed conflict|conflict|revolution|uprising|ongoing conflict|invasion)$"),
    ("event", r"\b(battle|siege|massacre|bombing|attack|assassination|operation|offensive|election|referendum|protests?|coup|crisis|treaty|accord|agreement|disaster|accident|crash|earthquake|hurricane|tournament|championships?|cup|games|festival|event|marathon|Super Bowl|competition|occurrence|incident|genocide|shooting|summit|conference|pandemic|epidemic|campaign|raid|murder|war crime|strike|riot|demonstration|ceasefire|peace process)s?\b"),
    ("militant-group", r"\b(militia|terrorist organi[sz]ation|terrorist group|paramilitary|guerrilla|rebel group|armed (group|organization|wing|forces of)|jihadist|insurgent group|militant)\b"),
    ("weapon", r"\b(rifle|pistol|machine gun|missile|rocket|rocket launcher|artillery|howitzer|mortar|(?<!think )(?<!water )tank|fighter( aircraft)?|bomber|unmanned aerial vehicle|drone|helicopter|warship|submarine|destroyer|frigate|aircraft carrier|U-boat|cruiser|corvette|weapon|bomb|grenade|armou?red|cartridge|(land|naval|anti-personnel) mine|firearm|combat vehicle|aircraft (family|model))s?\b"),
    ("base", r"\b(airbase|air base|military base|naval base|airport|aerodrome|airfield|military (airport|camp|installation)|barracks|army camp|fort|spaceport)$"),
    ("military", r"^(army|navy|air force|armed forces|gendarmerie|coast guard|military|militsiya|police|marines)$|\b(military (unit|branch|district|police)|armed forces|air force|national guard|regiment|brigade|battalion|infantry|special forces|intelligence agency|secret (service|police)|police (force|agency|department)|law enforcement agency|security agency|marine corps|land forces|squadron|navy|army|field army|unified combatant command)\b"),
    ("party", r"\bpolitical (party|movement|coalition|organi[sz]ation|alliance)|\bparty\b"),
    ("ethnic", r"\b(ethnic group|ethnicity|people|tribe|tribal|clan|ethnoreligious group|religious group|nation)\b(?!.*republic)"),
    ("government", r"\b(ministry|department of (state|defen[cs]e|the)|government( agency| of| department)?|cabinet|parliament|legislature|senate|lower house|upper house|executive department|supreme court|foreign ministry|central bank|regulatory|presidency|intergovernmental)\b(?<!intergovernmental)"),
    ("organisation", r"\b(organi[sz]ations?|business|enterprise|company|companies|corporation|manufacturer|publisher|developer|bank|university|universities|college|school|institute|institution|academy|agency|airline|club|team|football federation|federation|union|association|committee|commission|council|foundation|charity|society|studio|brewery|shipyard|seminary|hospital|library|orchestra|ensemble|think tank|trade union|body|retail|chain|governing body|league|credit institution|conservatory|holding|subsidiary|court|church|diocese|archdiocese|provider|monastery|sports? (franchise)|observatory|museum)\b"),
    ("facility", r"\b(buildings?|stadium|arena|sports venue|skyscraper|palace|castle|bridge|dam|station|prison|hotel|street|road|square|mosque|cathedral|temple|tower|theat(re|er)|shopping mall|hall|house|tunnel|canal|power plant|refinery|monument|headquarters|residence|venue|port|pipeline|highway|motorway|railway|line|camp|cemetery|park|zoo|border crossing|architectural structure|tourist attraction|checkpoint)$"),
    ("city", r"\b(city|cities|town|village|human settlement|municipality|comune|commune|settlement|capital|locality|hamlet|census-designated place|metropolis|county seat|populated place|unincorporated community|township|local council|Hanseatic|civil parish|gemeinde|frazione|delegated|kibbutz|municipiu|market town|burgh|ghost town|urban area|port settlement|refugee camp)\b"),
    ("district", r"\b(neighbou?rhood|quarter|suburb|borough|area of London|municipal district)\b"),
    ("admin", r"\b(province|governorate|state|region|district|county|oblast|prefecture|department|canton|raion|krai|administrative|subdivision|territory|republic|emirate|division|parish|powiat|arrondissement|local government area|regency|vilayet|sanjak|dependency|colony|overseas)\b"),
    ("region", r"\b(mountain|range|river|island|islands|archipelago|peninsula|lake|sea|ocean|desert|valley|continent|subcontinent|gulf|strait|bay|coast|plateau|oasis|plain|forest|landform|geographic|geographical|area|volcano|mountain pass|hill|border|basin|delta|wadi|cape|headland|glacier|reservoir|waterfall|canyon|archaeological site|historical region|zone)\b"),
)  # fmt: skip
_CLASSES = tuple((kind, re.compile(pattern)) for kind, pattern in _CLASS_RULES)

# A class of peoples and of lands alike (Great Britain is a nation and an island), so it only decides alone.
_NATION = "nation"
# Among several classes of one item the one further left says more.
_CLASS_ORDER = (
    "person", "militant-group", "country", "war", "event", "historic-country", "military", "party", "media", "government", "weapon",
    "base", "ethnic", "city", "admin", "district", "organisation", "facility", "region", DROP,
)  # fmt: skip


def of_class(label: str) -> str | None:
    """Return the kind that a Wikidata class label stands for: `district of Turkey` → `admin`; `None` when no rule knows it."""
    return next((kind for kind, rule in _CLASSES if rule.search(label)), None)


def of_classes(labels: list[str]) -> str | None:
    """Return the kind that says most among an item's classes."""
    found = {kind for kind in map(of_class, labels) if kind}
    if len(found) > 1 and not any(of_class(label) == "ethnic" for label in labels if label != _NATION):
        found.discard("ethnic")
    return min(found, key=_CLASS_ORDER.index) if found else None


def climb(
    classes: Sequence[str],
    labels: Mapping[str, str],
    above: Mapping[str, Sequence[tuple[str, str]]],
) -> str | None:
    """Return the kind that the nearest classes with a telling label give, going up the tree one step at a time.

    `labels` are those of the classes themselves; `above` leads from each class to `(id, label)` of those right above it.
    """
    step = [(qid, labels.get(qid, "")) for qid in classes]
    seen = set(classes)
    for _ in range(_HIGHEST):
        if kind := of_classes([label for _, label in step if label]):
            return kind
        step = [upper for qid, _ in step for upper in above.get(qid, ()) if upper[0] not in seen]
        seen |= {qid for qid, _ in step}
    return None
