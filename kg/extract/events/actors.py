"""Who can do, suffer or take part: people, forces and their craft, named actors, countries; gives no roles.

Decides on the noun of a phrase and the name over it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.extract.events.places import acts_before, is_country

if TYPE_CHECKING:
    from kg.extract.events.scene import Name, Scene
    from kg.extract.language.phrases import NounPhrase
    from kg.model import EventType

_PEOPLE_ENDINGS = ("men", "people", "ers", "ors", "ians", "ants", "ists", "ents", "ist", "ian", "man", "woman")
_NO_PEOPLE = frozenset(
    "papers powers borders orders quarters headquarters numbers documents events incidents elements agreements residents' investments"
    " weapons doors sectors factors settlements apartments monuments shelters centers centres tankers containers choppers helicopters"
    " cylinders statements comments developments talents plants restaurants computers banners matters letters winters summers rivers"
    " waters corridors reactors governments movements departments parents' chapters towers layers trailers barriers detonators transporters".split()
)
_PEOPLE = frozenset(
    "millions inhabitants population people civilians soldiers troops police policemen officers militants fighters rebels insurgents gunmen terrorists civilian soldier"
    " policeman officer child children woman women man men journalist journalists students worker workers forces members leader leaders"
    " commander commanders villagers residents protesters demonstrators hostages persons person personnel others victims dozens hundreds"
    " thousands scores passengers pilgrims worshippers girl boy girls boys family families bomber bombers attacker attackers suspects suspect"
    " guards guard jihadists mercenaries recruits refugees peasants guerrillas guerrilla priests judge mayor president minister".split()
)
ACTOR_NOUNS = frozenset(
    "coalition regime army police government rebel militant terrorist jihadist insurgent military militia militias gang gangs guerrilla"
    " mob mobs separatist forces force troops army's taliban opposition navy marines resistance enemy state authorities allies brigade"
    " brigades battalion battalions unit units squad squads patrol patrols team teams group groups faction factions party parties cell"
    " branch wing affiliate command ministry court agency agencies council parliament administration organization organisation movement"
    " alliance network tribe tribes clan clans crowd crowds media brothers brother couple teenager teenagers thugs enemies snipers"
    " sniper prosecutor prosecutors cartel cartels youth youths nation nations country countries community communities body side sides"
    " delegation delegations traffickers individuals individual elements hands squadron column union unions wings institution institutions".split()
)
# what stands for those who fly, steer or fire it
_CRAFT = frozenset(
    "jets jet warplanes warplane planes plane aircraft helicopters helicopter bombers tanks warships warship artillery gunships"
    " aircrew airforce fleet fleets vessels ships boats".split()
)
_NOT_ACTORS = frozenset(
    "response it there this that which what who he she they we i you official officials report reports statement source sources monday tuesday"
    " wednesday thursday friday saturday sunday year month week day time times violence death deaths name issue letter number part".split()
)
# means and happenings stand where actors stand: `a bomb exploded`, `the blast hit`
MEANS = frozenset(
    "bomb bombs blast blasts explosion explosions attack attacks strike strikes airstrike airstrikes raid raids rocket rockets missile"
    " missiles mortar mortars shell shells shelling bombing bombings device devices grenade grenades vehicle car truck incident clashes"
    " clash fighting offensive counteroffensive operation operations campaign war conflict bombardment assault shooting gunfire mine mines"
    " drone shrapnel weapons weapon munitions bullets bullet rounds phosphorus explosives explosive dynamite gas chlorine sarin shots"
    " projectiles torpedoes fire massacre killing killings murder ied ieds vest vests ammunition cocktails violence protests protest".split()
)
_QUANTITIES = frozenset(
    "dozens hundreds thousands scores number tens series couple group groups majority rest most".split()
)
_SAYERS = frozenset("official officials he she they we i who report statement reports".split())
_NAMED_ACTORS = frozenset(("ArmedGroup", "StateForce", "Government", "Organization", "Nationality"))
_TIME_NOUNS = frozenset(
    "january february march april may june july august september october november december morning evening night afternoon dawn"
    " hours weeks days months years minutes decade decades weekend monday tuesday wednesday thursday friday saturday sunday today yesterday week month year day anniversary".split()
)
# what is done to people and bodies alone
_PERSONAL = frozenset(
    (
        "ArmedClash",
        "Negotiation",
        "Deployment",
        "Withdrawal",
        "Arrest",
        "Abduction",
        "Threat",
        "Demand",
        "Accusation",
        "Displacement",
    )
)


def is_means(scene: Scene, phrase: NounPhrase) -> bool:
    """Tell whether the phrase is a means or a happening: `a bomb`, `dozens of missiles`, `the blast`."""
    return scene.phrases.lower[core(scene, phrase)] in MEANS


def core(scene: Scene, phrase: NounPhrase) -> int:
    """Return the token that says what the phrase is: of `dozens of missiles` the missiles."""
    phrases = scene.phrases
    if phrase.full > phrase.last and phrases.lower[phrase.head] in _QUANTITIES:
        at = phrase.last + 1
        while at < phrase.full and phrases.noun_at[at] < 0:
            at += 1
        inner = phrases.noun(at)
        return inner.head if inner is not None else phrase.head
    return phrase.head


def acts(name: Name, kind: EventType) -> bool:
    """Tell whether a name before the noun is who does it: `PKK attack`, `U.S. strike`; `Kabul blast` tells where."""
    if name.mention.type in ("Place", "Facility"):
        return acts_before(name.mention.text, kind)
    return name.mention.type in _NAMED_ACTORS


def may_act(scene: Scene, phrase: NounPhrase, *, speaks: bool = False) -> bool:
    """Tell whether a phrase can do something: people, forces, their craft, a named actor, a country or its capital."""
    at = core(scene, phrase)
    tag, word = scene.phrases.tokens[at].tag, scene.phrases.lower[at]
    if speaks and word in _SAYERS:
        return True
    if word in MEANS or word in _NOT_ACTORS or (tag == "CD" and scene.entity_of(phrase) is None):
        return False
    name = scene.name_at(at)
    if name is not None:
        kind = name.mention.type
        return kind not in ("Facility", "Other") and (kind != "Place" or _is_power(name))
    if word in ACTOR_NOUNS:  # also where `rebel siege` is read as an adjective
        return True
    return tag.startswith("NN") and not _is_time(scene, phrase) and (word in _CRAFT or is_people(scene, phrase))


def _is_power(name: Name) -> bool:
    """Tell whether a place name stands for a government: a country, or a name that is its capital and so one with it."""
    return is_country(name.mention.text) or is_country(name.entity.name)


def is_party(scene: Scene, phrase: NounPhrase) -> bool:
    """Tell whether a phrase can clash, talk or march: people, a named actor, a country."""
    name = scene.name_at(phrase.head)
    if name is not None and name.mention.type == "Place":
        return _is_power(name)
    word = scene.phrases.lower[core(scene, phrase)]
    return name is not None or word in ACTOR_NOUNS or word in _CRAFT or is_people(scene, phrase)


def _is_time(scene: Scene, phrase: NounPhrase) -> bool:
    return scene.phrases.lower[phrase.head] in _TIME_NOUNS


def may_suffer(scene: Scene, phrase: NounPhrase, kind: EventType) -> bool:
    """Tell whether an event of this type can be done to what the phrase names."""
    token = scene.phrases.tokens[phrase.head]
    bare = token.tag == "CD" and scene.name_at(phrase.head) is None  # a number is nobody
    if bare or token.tag in ("PRP", "EX", "WP") or _is_time(scene, phrase):
        return False
    if is_means(scene, phrase) and kind not in ("Strike", "TerritorialGain"):
        return False
    if kind in _PERSONAL:
        return is_party(scene, phrase)
    return True


def is_people(scene: Scene, phrase: NounPhrase) -> bool:
    """Tell whether the phrase is people: a person, a nationality, `four policemen`."""
    at = core(scene, phrase)
    name = scene.name_at(at)
    if name is not None:
        return name.mention.type in ("Person", "Nationality")
    word = scene.phrases.lower[at]
    if word in _NO_PEOPLE:
        return False
    return word in _PEOPLE or word.endswith(_PEOPLE_ENDINGS)
