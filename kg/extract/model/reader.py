"""The encoder's judgements about the words of a document; makes no names, events or claims of them.

Each window passes through the network alone: its numbers do not depend on what else is read, nor on the order. The heads are a few
matrices and stay in numpy.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
import onnxruntime

from kg.extract.model.shapes import distances
from kg.extract.model.windows import cut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kg.extract.language.document import Document
    from kg.extract.model.windows import Window

_THREADS = 2  # more gain nothing on windows of 300 pieces


@dataclass(frozen=True, slots=True, eq=False)
class _Page:
    """A window with the states of its words."""

    window: Window
    words: NDArray[np.float32]
    # what the heads for pairs make of all words, kept because many triggers ask for it
    seen: dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Judgements:
    """What the model thinks of a document's words; rows are words, numbered through from `bases[sentence]`.

    Values are probabilities in the order of `kg.extract.model.labels`. `about_conflict` is that of the whole document.
    """

    bases: tuple[int, ...]
    names: NDArray[np.float32]
    triggers: NDArray[np.float32]
    actuality: NDArray[np.float32]
    cues: NDArray[np.float32]
    attributions: NDArray[np.float32]
    about_conflict: float
    _pages: tuple[_Page, ...]
    _homes: tuple[tuple[int, int], ...]  # for each word its page and its place there

    def parts(self, sentence: int, first: int, last: int) -> tuple[int, NDArray[np.float32]]:
        """Tell what the words around a trigger (tokens `first`…`last` of a sentence, half-open) are to it.

        Returns the number of the document's word that the first row stands for, and the rows.
        """
        page, place = self._homes[self.bases[sentence] + first]
        held = self._pages[page]
        anchor = held.words[place : place + last - first].mean(0)
        apart = distances(place, place + last - first, len(held.words))
        return self._own(page, _softmax(_pair("parts", held, anchor, apart)))

    def speech(self, sentence: int, cue: int) -> tuple[int, NDArray[np.float32]]:
        """Tell what the words around a cue are to it; returns as `parts` does."""
        page, place = self._homes[self.bases[sentence] + cue]
        held = self._pages[page]
        apart = distances(place, place + 1, len(held.words))
        return self._own(page, _softmax(_pair("speech", held, held.words[place], apart)))

    def stance(self, sentence: int, cue: int, content: Sequence[int]) -> NDArray[np.float32]:
        """Tell which stance a cue with this content (numbers of words) takes."""
        states = [self._state(word) for word in content]
        joined = np.concatenate([self._state(self.bases[sentence] + cue), np.mean(states, axis=0, dtype=np.float32)])
        return _softmax(_linear("stance", joined))

    def _state(self, word: int) -> NDArray[np.float32]:
        page, place = self._homes[word]
        state: NDArray[np.float32] = self._pages[page].words[place]
        return state

    def _own(self, page: int, rows: NDArray[np.float32]) -> tuple[int, NDArray[np.float32]]:
        window = self._pages[page].window
        sentence, token = window.words[window.lead]
        return self.bases[sentence] + token, rows[window.lead :]


def judge(document: Document) -> Judgements:
    """Read a document once, window by window."""
    bases = [0]
    for sentence in document.sentences:
        bases.append(bases[-1] + len(sentence.tokens))
    pages = tuple(_Page(window, _states(window)) for window in cut(document))
    homes = tuple(
        (number, place) for number, page in enumerate(pages) for place in range(page.window.lead, len(page.words))
    )
    own = [page.words[page.window.lead :] for page in pages]
    words = np.concatenate(own) if own else np.zeros((0, _heads()["join.weight"].shape[0]), np.float32)
    means = [page.words.mean(0) for page in pages]
    sizes = np.array([len(rows) for rows in own], np.float32)
    gate = float(np.average([_sigmoid(_linear("gate", mean)[0]) for mean in means], weights=sizes)) if means else 0.0
    return Judgements(
        tuple(bases),
        _softmax(_linear("heads.name", words)),
        _softmax(_linear("heads.trigger", words)),
        _softmax(_linear("heads.actuality", words)),
        _softmax(_linear("heads.cue", words))[:, 1],
        _softmax(_linear("heads.attribution", words))[:, 1],
        gate,
        pages,
        homes,
    )


def _states(window: Window) -> NDArray[np.float32]:
    pieces = np.array([window.pieces], np.int64)
    (states,) = _encoder().run(None, {"pieces": pieces})
    joined = _linear("join", np.concatenate([states[0][list(window.firsts)], window.shapes], axis=1))
    result: NDArray[np.float32] = np.where(joined > 0, joined, joined * np.float32(0.1))
    return result


def _pair(head: str, page: _Page, anchor: NDArray[np.float32], apart: NDArray[np.int64]) -> NDArray[np.float32]:
    if head not in page.seen:
        page.seen[head] = (_linear(f"{head}.word", page.words), _linear(f"{head}.word2", page.words))
    added, scaled = page.seen[head]
    joined = added + _linear(f"{head}.anchor", anchor) + _heads()[f"{head}.distance.weight"][apart]
    joined += scaled * _linear(f"{head}.anchor2", anchor)
    return _linear(f"{head}.out", np.maximum(joined, 0))


def _linear(name: str, rows: NDArray[np.float32]) -> NDArray[np.float32]:
    heads = _heads()
    result: NDArray[np.float32] = rows @ heads[f"{name}.weight"].T + heads[f"{name}.bias"]
    return result


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    risen = np.exp(logits - logits.max(-1, keepdims=True))
    result: NDArray[np.float32] = risen / risen.sum(-1, keepdims=True)
    return result


def _sigmoid(logit: float) -> float:
    return float(1 / (1 + np.exp(-logit)))


@cache
def _encoder() -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = _THREADS
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    weights = (files("kg.extract") / "data" / "model.onnx").read_bytes()
    return onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])


@cache
def _heads() -> dict[str, NDArray[np.float32]]:
    with (files("kg.extract") / "data" / "model_heads.npz").open("rb") as stream, np.load(stream) as held:
        return {name: held[name].astype(np.float32) for name in held.files}
