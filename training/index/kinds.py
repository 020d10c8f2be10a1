"""Which kind of thing an item is, from the evidence of the sources; knows no names of single items.

A kind is a finer type (`city`, `party`, `war`); each belongs to one entity type of the model (`KIND_TYPES`).
"""

from __future__ import annotations

import re

from kg.link.pack import KIND_TYPES

DROP = "drop"

# What the sources' own type columns say. `unknown` and `other` say nothing.
SOURCE_KINDS = {
    "person": "person",
    "organisation": "organisation",
    "party": "party",
    "militant-group": "militant-group",
    "military": "military",
    "media": "media",
    "base": "base",
    "weapon": "weapon",
    "event": "event",
    "ethnic": "ethnic",
    "country": "country",
    "admin": "admin",
    "city": "city",
    "place": "region",
    "government": "government",
    "work": DROP,
    "product": DROP,
    "position": DROP,
    "brand": DROP,
}

# Who's On First placetypes.
PLACETYPES = {
    "country": "country",
    "dependency": "country",
    "region": "admin",
    "macroregion": "admin",
    "county": "admin",
    "macrocounty": "admin",
    "localadmin": "admin",
    "disputed": "region",
    "empire": "region",
    "continent": "region",
    "marinearea": "region",
    "ocean": "region",
    "locality": "city",
    "borough": "district",
    "neighbourhood": "district",
    "macrohood": "district",
    "campus": "base",
    "venue": "facility",
}

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

# Labels whose words leave little doubt; used only where no source says more.
_LABEL_RULES: tuple[tuple[str, str], ...] = (
    (DROP, r"\b(season|film|album|song|episode|discography|in film|cuisine|culture of|music of|sports? in|cinema of|history of|at the \d{4}|at the .*(Olympics|Championships)|law of|literature|poetry|language|[Ww]omen's|[Mm]en's|swimming|athletics at|[Ss]couting|immigration to|list of|demographics|economy of|education in|television in|soccer in|football in|nationality law|citizenship)\b|^\d{4}\b.*(season|cup|open|grand prix|championship)"),
    ("base", r"\b(Air ?[Bb]ase|Airport|Airfield|Naval (Base|Station|Air Station)|Air Force Base|Army Base|Barracks)$|^(Camp|Fort|Forward Operating Base|RAF|FOB) [A-Z]"),
    ("event", r"^(Battle|Siege|Capture|Fall|Bombing|Assassination|Treaty|Invasion|Death|Murder|Killing|Shooting)s? of |\b(offensive|massacre|bombings?|attacks?|airstrikes?|shootings?|Accords?|ceasefire|coup d'état|protests|clashes|Agreement)$|^Operation [A-Z]"),
    ("war", r"\b(War|War \(.*\)|[Ii]nsurgency|[Rr]ebellion|[Uu]prising|[Ii]ntifada|Revolution|conflict)$"),
    ("military", r"\b(Armed Forces|Army|Navy|Air Force|Marine Corps|Coast Guard|Defen[cs]e Forces?|Special Forces|Regiment|Battalion|Infantry Division|Airborne Division|National Guard|Gendarmerie|Police)$"),
    ("government", r"^(Ministry|Department) of |^Government of |^(Cabinet|Parliament|Supreme Court|Congress|National Assembly|Senate) of |\bMinistry$"),
    ("media", r"\b(Times|Herald|Gazette|Tribune|Chronicle|News Agency|Broadcasting (Corporation|Company)|Television|Daily)$"),
    ("party", r"\bParty( of .*)?$"),
    ("organisation", r"^University of |\b(University|Institute|Corporation|Inc\.?|Ltd\.?|Bank|Agency|Council|Committee|Commission|Association|Federation|Foundation|F\.?C\.?|College|Hospital|Airlines|Airways|Company|Group|Society|Organi[sz]ation|Union)$"),
)  # fmt: skip
_LABELS = tuple((kind, re.compile(pattern)) for kind, pattern in _LABEL_RULES)

# A class of peoples and of lands alike (Great Britain is a nation and an island), so it only decides alone.
_NATION = "nation"
# Among several classes of one item the one further left says more.
_CLASS_ORDER = (
    "person", "militant-group", "country", "war", "event", "historic-country", "military", "party", "media", "government", "weapon",
    "base", "ethnic", "city", "admin", "district", "organisation", "facility", "region", DROP,
)  # fmt: skip

# Coarse types of the ELEVANT whitelist; an item may have several.
WHITELIST = {
    "Q215627": "person",
    "Q27096213": "region",
    "Q43229": "organisation",
    "Q1656682": "event",
    "Q33829": "ethnic",
}


def of_class(label: str) -> str | None:
    """Return the kind that a Wikidata class label stands for: `district of Turkey` → `admin`; `None` when no rule knows it."""
    return next((kind for kind, rule in _CLASSES if rule.search(label)), None)


def of_classes(labels: list[str]) -> str | None:
    """Return the kind that says most among an item's classes."""
    found = {kind for kind in map(of_class, labels) if kind}
    if len(found) > 1 and not any(of_class(label) == "ethnic" for label in labels if label != _NATION):
        found.discard("ethnic")
    return min(found, key=_CLASS_ORDER.index) if found else None


def of_label(label: str) -> str | None:
    """Guess a kind from the item's own label, only where its words leave little doubt."""
    return next((kind for kind, rule in _LABELS if rule.search(label)), None)


def is_kind(kind: str) -> bool:
    """Tell whether the index knows this kind."""
    return kind in KIND_TYPES
