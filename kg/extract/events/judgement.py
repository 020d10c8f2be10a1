"""How much to believe a trigger, and whether an article is about political conflict at all; finds nothing.

Both are logistic over a few named features; the weights in `data/trigger_weights.tsv` come from `training/events`.
"""

from __future__ import annotations

import math
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.extract.events.scene import Scene
    from kg.extract.events.triggers import Trigger
    from kg.extract.model import Judgements

_POLITICAL = frozenset(("ArmedGroup", "StateForce", "Government"))
# words that place an article; forms as they stand in the text, lower case
_WAR_WORDS = frozenset(
    "military militants militant troops soldiers rebels rebel insurgents terrorist terrorists terrorism terror army war militia militias"
    " fighters gunmen jihadist jihadists extremist extremists ceasefire civilians airstrike airstrikes shelling bomber bombers explosive"
    " explosives bomb bombs bombing guerrillas guerrilla regime coup protesters protest demonstrators refugees hostages sectarian conflict"
    " sanctions opposition security peace offensive violence victims hostage warplanes rocket rockets missile missiles".split()
)
_OTHER_WORDS = frozenset(
    "game match season league coach players player team goal goals tournament championship cup olympic film movie album music actor"
    " actress band company shares profit market markets investors revenue stock customers retail store bank crash driver collision"
    " hurricane earthquake flood floods storm tornado temperatures weather virus vaccine patients infection pandemic disease recipe"
    " museum exhibition school students university tourism tourists wildlife species climate factory plant engineers accident robbery"
    " burglary homicide drunk drug gang album concert fans boxing football cricket basketball rugby tennis election voters economy".split()
)
# of these, words that stand as often in reports of attacks: on a market, on a school
_SCENES_OF_ATTACKS = frozenset("market students school".split())
_PEACETIME_WORDS = (_OTHER_WORDS - _SCENES_OF_ATTACKS) | {"budget"}
_FIGURES = frozenset(
    "deal balance chord record verbal heart panic asthma election campaign poll film movie photo goal price prices trade legal court"
    " match game market talent beauty book attention media drug cancer disease poverty corruption fire wildfire labour".split()
)


# logits that the model may add: it takes accidents and court reports for conflict more easily than the words do
_MODEL = 0.3


def believe(scene: Scene, trigger: Trigger, candidates: Sequence[Trigger]) -> float:
    """Return how likely the trigger tells of a conflict event in an article about conflict, 0–1."""
    table = weights()
    if not table:
        return trigger.entry.prior
    logit = sum(table.get(feature, 0.0) for feature in features(scene, trigger, candidates))
    return 1 / (1 + math.exp(-logit))


def features(scene: Scene, trigger: Trigger, candidates: Sequence[Trigger]) -> Iterator[str]:
    """Name what the decision rests on; `training/events` learns from the same names."""
    phrases = scene.phrases
    lower, tokens = phrases.lower, phrases.tokens
    entry = trigger.entry
    part = "v" if entry.verb else "n"
    yield "bias"
    yield f"prior={round(entry.prior * 10)}"
    yield f"{part}:{entry.lemma}"
    yield f"type={entry.type}:{part}"
    yield f"tag={tokens[trigger.head].tag}"
    yield f"block={scene.sentence.block}"
    yield f"near={min(len(candidates), 4)}"
    phrase, group = phrases.noun(trigger.head), phrases.verb(trigger.head)
    first = phrase.first if phrase else group.first if group else trigger.first
    yield f"before={lower[first - 1] if first else '^'}"
    yield f"after={lower[trigger.last] if trigger.last < len(lower) else '$'}"
    if phrase is not None and not entry.verb:
        yield f"determiner={phrase.determiner}"
        yield "modifies" if phrase.head != trigger.last - 1 else "heads"
        if scene.names_in(phrase.first, trigger.first) or phrase.owner is not None:
            yield "named-before"
    if group is not None:
        yield f"modal={group.modal}"
        yield "passive" if group.passive else "active"
    kinds = {name.mention.type for name in scene.names}
    for kind in ("Person", "Place", "Nationality"):
        if kind in kinds:
            yield f"has={kind}"
    if kinds & _POLITICAL:
        yield "has=actor"
    words = set(lower)
    yield f"war-words={min(len(words & _WAR_WORDS), 3)}"
    if words & _OTHER_WORDS:
        yield "other-words"
    around = set(lower[max(0, trigger.first - 3) : trigger.last + 3])
    if around & _FIGURES:
        yield "figurative"
    if scene.name_at(trigger.head) is not None:
        yield "in-name"


def about_conflict(
    scenes: Sequence[Scene], triggers: Sequence[Sequence[Trigger]], judgements: Judgements | None = None
) -> bool:
    """Tell whether the article is about political conflict: violence with war words and political actors, not sport or crime."""
    evidence = conflict_evidence(scenes, triggers)
    if judgements is not None:
        sure = min(max(judgements.about_conflict, 0.001), 0.999)
        evidence += min(math.log(sure / (1 - sure)), _MODEL)
    return evidence > 0


def conflict_evidence(scenes: Sequence[Scene], triggers: Sequence[Sequence[Trigger]]) -> float:
    """Return the evidence that the article is about conflict, in logits: above 0 speaks for it."""
    words = [word for scene in scenes for word in scene.phrases.lower if word.isalpha()]
    length = max(len(words), 60)
    war = sum(word in _WAR_WORDS for word in words) / length * 100
    other = sum(word in _PEACETIME_WORDS for word in words) / length * 100
    actors = len(
        {
            name.entity.id
            for scene in scenes
            for name in scene.names
            if name.mention.type in ("ArmedGroup", "StateForce")
        }
    )
    strong = sum(t.entry.prior for row in triggers for t in row if t.entry.prior >= 0.7) / length * 100
    return 0.9 * min(war, 5) + 0.5 * min(strong, 5) + 0.5 * min(actors, 4) - 1.2 * min(other, 4) - 1.3


@cache
def weights() -> dict[str, float]:
    """Return feature → weight; empty before training."""
    path = files("kg.extract") / "data" / "trigger_weights.tsv"
    if not path.is_file():
        return {}
    rows = (
        line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("# ")
    )
    return {name: float(value) for name, value in rows}
