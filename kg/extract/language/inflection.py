"""The inflected forms of English verbs and nouns, by rule with the irregular ones listed; reads no text."""

from __future__ import annotations

_IRREGULAR = {
    "strike": "struck striking strikes stricken", "hit": "hitting hits", "shoot": "shot shooting shoots",
    "fight": "fought fighting fights", "flee": "fled fleeing flees", "take": "took taken taking takes",
    "seize": "seized seizing seizes", "blow": "blew blown blowing blows", "go": "went gone going goes",
    "set": "setting sets", "hold": "held holding holds", "send": "sent sending sends", "come": "came coming comes",
    "overrun": "overran overrunning overruns", "retake": "retook retaken retaking retakes", "drive": "drove driven driving drives",
    "withdraw": "withdrew withdrawn withdrawing withdraws", "slay": "slew slain slaying slays", "hang": "hung hanged hanging hangs",
    "meet": "met meeting meets", "swear": "swore sworn swearing swears", "put": "putting puts", "catch": "caught catching catches",
    "beat": "beaten beating beats", "stand": "stood standing stands", "overthrow": "overthrew overthrown overthrowing overthrows",
    "seek": "sought seeking seeks", "deny": "denied denying denies", "drop": "dropped dropping drops",
    "forced": "", "abduct": "abducted abducting abducts", "gas": "gassed gassing gasses",
}  # fmt: skip
_VOWELS = "aeiou"
# end stressed, so the last letter doubles
_DOUBLING = frozenset(
    "stab bomb-drop nab snatch-grab gun ban rebel expel repel kidnap airdrop drop slam transfer plan plot".split()
)


def inflect_verb(verb: str) -> tuple[str, ...]:
    """Return all forms of a verb: `raid` → raid, raids, raided, raiding."""
    if verb in _IRREGULAR:
        return (verb, *_IRREGULAR[verb].split())
    if verb in _DOUBLING:
        stem = verb + verb[-1]
        return (verb, verb + "s", stem + "ed", stem + "ing")
    if verb.endswith("e"):
        return (verb, verb + "s", verb + "d", verb[:-1] + "ing")
    if verb.endswith("y") and verb[-2] not in _VOWELS:
        return (verb, verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing")
    sibilant = verb.endswith(("s", "x", "z", "ch", "sh"))
    return (verb, verb + ("es" if sibilant else "s"), verb + "ed", verb + "ing")


def inflect_noun(noun: str) -> tuple[str, ...]:
    """Return singular and plural: `army` → army, armies."""
    if noun.endswith("y") and noun[-2] not in _VOWELS:
        return (noun, noun[:-1] + "ies")
    return (noun, noun + ("es" if noun.endswith(("s", "x", "z", "ch", "sh")) else "s"))
