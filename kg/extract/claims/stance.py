"""Which stance a statement takes, where its verb alone does not tell: `said … must stop` demands; finds no statements."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.model import Stance

_RULES: tuple[tuple[Stance, str], ...] = (
    ("claims-responsibility", (r"\b(?:claim(?:s|ed|ing)?|took|take) (?:full )?responsibility\b|\bwe (?:carried out|are behind|were behind|targeted|attacked)\b"
     r"|\b(?:our|its|their) (?:fighters|forces|men|soldiers|warriors|mujahideen) (?:\w+ ){0,2}(?:killed|attacked|targeted|carried out|destroyed|hit|struck|captured)\b")),
    ("denies", (r"\b(?:had|have|has) nothing to do with\b|\bnot (?:responsible|behind|involved)\b|\bno (?:involvement|role|link|connection) (?:in|to|with)\b"
     r"|\b(?:we|they|it|he|she|i) (?:deny|denies|denied|reject|rejects|rejected)\b|\b(?:are|is|were|was) (?:totally |completely |entirely )?(?:false|baseless|untrue|fabricated|unfounded)\b"
     r"|\bnever (?:used|use|carried|ordered|attacked|targeted)\b")),
    ("condemns", (r"\bcondemn|\bdenounc|\b(?:appalling|outrageous|heinous|barbari\w+|cowardly|despicable|abhorrent|treacherous|deplorable|atrocious|atrocit\w+|unacceptable"
     r"|disgrace\w*|shameful|blatant violation|flagrant|crimes? against humanity|cold[- ]blooded|inhuman\w*|horrific)\b")),
    ("threatens", (r"\b(?:will|would|shall|'ll) (?:\w+ ){0,2}(?:respond|retaliate|avenge|revenge|strike back|punish|destroy|annihilate|crush|pay (?:a|the|for)|hit back|pay)\b"
     r"|\bwill (?:not|never) (?:go unpunished|get away|go unanswered)\b|\bpay (?:a|the) (?:heavy |high )?price\b|\breserves? the right\b|\bharsh(?:er)? (?:response|revenge)\b")),
    ("demands", r"\b(?:must|ought to|should(?! have)|need(?:s|ed)? to|(?<!not )ha(?:s|ve) to)\b|\bcall(?:s|ed|ing)? (?:on|for|upon)\b|\bdemand|\burg(?:e|es|ed|ing)\b|\bappeal(?:s|ed|ing)? (?:to|for)\b|\bwe (?:ask|want|insist)\b"),
    ("doubts", r"\bno (?:evidence|proof|indication|confirmation|sign)\b|\b(?:could|can|did|do|does)(?: not|n't|not) (?:\w+ )?(?:confirm|verify|know)\b|\bunclear\b|\bnot clear\b|\bcast(?:s)? doubt|\bsceptical|\bskeptical|\bunlikely\b|\bdoubt(?:s|ed|ful)\b|(?<!no )\bdoubt (?:that|whether|if)\b"),
    ("blames", r"\b(?:responsib\w+ for|behind the|is behind|was behind|were behind|carried out by|the work of|perpetrated by|committed by|guilty of|blame|accus\w+|at the hands of)\b"),
    ("supports", r"\b(?:welcom\w+|we support|full support|in support of|stands? (?:with|by|in solidarity)|solidarity|congratulat\w+|prais\w+|applaud\w+|commend\w*|condolences|grateful|pleased|heroic\w*)\b"),
)  # fmt: skip
# somebody is said to have done harm: a name or group, then the deed in the active
_HARM = re.compile(
    r"\b(?:kill(?:ed|ing)|shell(?:ed|ing)|bomb(?:ed|ing)|attack(?:ed|ing)|target(?:ed|ing)|fir(?:ed|ing)|shot|murder(?:ed|ing)|massacr(?:ed|ing)"
    r"|tortur(?:ed|ing)|abduct(?:ed|ing)|kidnap(?:ped|ping)|detonat(?:ed|ing)|launch(?:ed|ing)|struck|violat(?:ed|ing)|storm(?:ed|ing)|seiz(?:ed|ing)"
    r"|plant(?:ed|ing)|execut(?:ed|ing)|provok(?:ed|ing)|us(?:ed|ing) (?:chemical|human shields)|set off|opened fire|carried out)\b",
    re.IGNORECASE,
)
_PASSIVE = re.compile(r"\b(?:was|were|been|be|being|got|is|are)\s+(?:\w+ly\s+)?$", re.IGNORECASE)
# "An air strike hit a market, killing 12": harm is told, but nobody is named who did it
_NOBODY = re.compile(
    r"(?:An?|The|At least|Two|Three|Four|Several)?\s*(?:[a-z][\w-]*\s+){0,4}(?:(?:air)?strikes?|attacks?|blasts?|explosions?|bombs?|bombings?"
    r"|raids?|shelling|shells?|rockets?|missiles?|mortars?|clashes|fighting|gunfire|mines?|crash|fire)\b",
)
_COMPILED = tuple((stance, re.compile(pattern, re.IGNORECASE)) for stance, pattern in _RULES)


def read_stance(cue: Stance, content: str, *, negated: bool = False) -> Stance:
    """Return the stance of a statement from its cue's own and the words of its content.

    `said` with "the army must withdraw" → demands; `did not deny` → asserts; other cues keep their own stance.
    """
    if negated:
        return {"denies": "asserts", "asserts": "doubts" if "confirm" in content else "asserts"}.get(cue, cue)
    if cue != "asserts":
        return cue
    for stance, pattern in _COMPILED:
        if pattern.search(content):
            return stance
    return "blames" if _tells_harm(content) else "asserts"


def _tells_harm(content: str) -> bool:
    """Whether the content names who did harm: an active verb of harm with words before it that are no weapon or event."""
    if _NOBODY.match(content) and not re.search(r"\bby\s+(?:the\s+)?[A-Z]\w", content):
        return False
    for match in _HARM.finditer(content):
        before = content[: match.start()]
        if _PASSIVE.search(before):
            if re.match(r"[^.;]{0,60}\bby\s+(?:the\s+)?[A-Z]\w", content[match.end() :]):
                return True
            continue
        if len(before.split()) >= 1 and not re.search(
            r"\b(?:attack|blast|explosion|bomb|bombing|strike|strikes|raid|raids|clashes|fire|shell|rocket|rockets|missile|which|that|people|civilians|soldiers|it|i|we|he|she)\s+(?:had\s+|have\s+|has\s+)?$",
            before,
            re.IGNORECASE,
        ):
            return True
    return False
