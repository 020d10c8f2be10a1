"""When an event was: which of a sentence's times belongs to a trigger, and how far it reaches; reads no time itself.

A time is the trigger's own where nothing parts the two; the day on which something was said is not the day of what is told.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kg.model import SPEECH

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from kg.extract.events.scene import Scene
    from kg.extract.events.triggers import Trigger
    from kg.extract.quantities.times import TimeSpan

_SAYING = frozenset(
    "said says say told tells added adds reported reports announced announces stated states confirmed claimed claims wrote"
    " tweeted declared argued acknowledged admitted quoted statement interview conference reporters briefing".split()
)
_BEGINS = frozenset("began begun started launched erupted broke declared waged".split())
_LASTING = frozenset("war conflict siege blockade insurgency uprising campaign offensive occupation".split())
_OPENS = frozenset("on in at late early last the this a of since during by".split())
# what speaks for a time, in tokens of distance; chosen on the training documents
_OTHERS_TIME = 40  # the time stands in the phrase of another event: `Saturday's attack`
_SAID_THEN = 30
_PARTED = 7  # another event stands between
_OPENING = 6  # a sentence-initial time holds for all of its sentence
_TOO_FAR = 26
_SAID_WITHIN = 6  # `told reporters in Geneva on Friday`


def time_of(scene: Scene, trigger: Trigger, times: Sequence[TimeSpan], others: Sequence[Trigger]) -> TimeSpan | None:
    """Return the time of the trigger among those of its sentence, `None` where none is its own.

    `others` are the sentence's other triggers.
    """
    weighed = [(_distance(scene, trigger, time, others), time.start, time) for time in times]
    best = min(weighed, default=None, key=lambda item: item[:2])
    if best is None or best[0] > _TOO_FAR:
        return None
    return best[2]


def reaching(scene: Scene, trigger: Trigger, time: TimeSpan, published: date | None, *, goes_on: bool) -> TimeSpan:
    """Let what began then and goes on reach to the publication date: `the war that began in March 2011`."""
    first = _token_at(scene, time.start)
    if time.earliest is None or published is None or time.earliest > published:
        return time
    before = scene.phrases.lower[max(0, first - 4) : first]
    lasting = goes_on or scene.phrases.lower[trigger.head] in _LASTING
    begun = "since" in before or (lasting and any(word in _BEGINS for word in before))
    return replace(time, latest=published) if begun else time


def _distance(scene: Scene, trigger: Trigger, time: TimeSpan, others: Sequence[Trigger]) -> int:
    """Count the tokens from the trigger to the time, and what stands against the two belonging together."""
    first, last = _token_at(scene, time.start), _token_at(scene, time.end - 1) + 1
    if _inside(scene, trigger, first):
        return 0
    low, high = (last, trigger.first) if last <= trigger.first else (trigger.last, first)
    far = max(0, high - low)
    if _opens(scene, first):
        far = min(far, _OPENING)
    elif any(low <= other.head < high for other in others):
        far += _PARTED
    if any(_inside(scene, other, first) for other in others):
        far += _OTHERS_TIME
    if trigger.entry.type not in SPEECH and _said_then(scene, first, trigger):
        far += _SAID_THEN
    return far


def _inside(scene: Scene, trigger: Trigger, at: int) -> bool:
    """Tell whether a token stands in the noun phrase of the trigger, before its noun: `Friday's attack`."""
    phrase = scene.phrases.noun(trigger.head) if not trigger.entry.verb else None
    return phrase is not None and phrase.first <= at < phrase.last


def _opens(scene: Scene, first: int) -> bool:
    """Tell whether the time opens its sentence: `On 17 September aircraft carried out …`."""
    return all(word in _OPENS or not word[0].isalnum() for word in scene.phrases.lower[:first])


def _said_then(scene: Scene, first: int, trigger: Trigger) -> bool:
    """Tell whether the time follows a verb of saying: `…, officials said on Sunday`; the trigger stands not between."""
    lower = scene.phrases.lower
    for at in range(first - 1, max(-1, first - 1 - _SAID_WITHIN), -1):
        if trigger.first <= at < trigger.last or lower[at] in (",", ";", "that"):
            return False
        if lower[at] in _SAYING:
            return True
    return False


def _token_at(scene: Scene, offset: int) -> int:
    tokens = scene.sentence.tokens
    return next((number for number, token in enumerate(tokens) if token.end > offset), len(tokens) - 1)
