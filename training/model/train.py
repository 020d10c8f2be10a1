"""Train the encoder and its heads: `python training/model/train.py FOLDER --weights FILE`; prepares and exports nothing.

Two stages over batches in a fixed, seeded order: first the other corpora with a share of our gold, then our gold with a share of
them. The learning rate falls with the word pieces that were read, so that the same call gives the same weights again. Every few minutes FOLDER/last.pt
holds all that a run needs to go on; FOLDER/losses.tsv tells the losses.
"""

from __future__ import annotations

import argparse
import pickle
import random
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from safetensors.torch import load_file
from torch.nn import functional as F  # noqa: N812 - the usual name

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parent)]

from network import Network  # noqa: E402
from targets import NAME_MASK  # noqa: E402

from kg.extract.model.shapes import SHAPES, distances  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

SEED, BATCH_PIECES = 20260, (1280, 768)  # smaller batches, more steps, once the encoder has settled
# pieces of one pass over each set in the first stage are multiplied by this share
FIRST = {"wikievents": 1.5, "rams": 0.6, "polnear": 0.6, "newswire": 0.6, "muc": 0.4, "own": 3.0}
SECOND = {"wikievents": 0.6, "rams": 0.2, "polnear": 0.4, "newswire": 0.3, "muc": 0.15, "own": 10.0}
MASKED = 0.07  # word pieces hidden from the encoder, against learning texts by heart
UNSHAPED = 0.06  # windows that lose their capitals
# losses of words are means, of which nearly all are of words that are nothing: rarer labels weigh more
WEIGHTS = {"name": 2.0, "trigger": 5.0, "actuality": 0.4, "cue": 2.0, "attribution": 2.0, "wiki": 2.0, "muc": 1.0}
PARTS, SPEECH, STANCE, GATE = 1.0, 1.0, 0.2, 0.2
SKIP, MASK = -100, 103
RATES = (1.3e-4, 1e-3)  # encoder, heads
STILL, WARM = (
    60,
    200,
)  # steps for which the encoder waits for the heads, else their first gradients wash it out; then a rise


def _warmth(step: int, *, still: int) -> float:
    return min(1.0, max(step + 1 - still, 0) / (WARM if still else 20))


def plan(sets: dict[str, Any], stage: int, chance: random.Random) -> list[list[dict[str, Any]]]:
    """Return batches of windows of like length, in random order; our gold comes in another cut at each pass."""
    drawn: list[dict[str, Any]] = []
    for name, share in sorted((SECOND if stage else FIRST).items()):
        if name == "own":
            drawn += [w for epoch in range(int(share)) for w in sets["own"][epoch % len(sets["own"])]]
            continue
        windows = sets[name]
        order = [w for _ in range(int(share)) for w in windows]
        drawn += order + chance.sample(windows, int(len(windows) * (share - int(share))))
    chance.shuffle(drawn)
    batches: list[list[dict[str, Any]]] = []
    for at in range(0, len(drawn), 400):  # sorted by length within a stretch, so the order stays mixed
        stretch = sorted(drawn[at : at + 400], key=lambda w: len(w["pieces"]))
        cut: list[list[dict[str, Any]]] = [[]]
        for window in stretch:
            longest = len(window["pieces"])
            if cut[-1] and (len(cut[-1]) + 1) * longest > BATCH_PIECES[stage]:
                cut.append([])
            cut[-1].append(window)
        chance.shuffle(cut)
        batches += cut
    return batches


def losses(network: Network, batch: list[dict[str, Any]], noise: np.random.Generator) -> dict[str, torch.Tensor]:
    """Return the weighted loss of each task for one batch."""
    longest, most = max(len(w["pieces"]) for w in batch), max(len(w["firsts"]) for w in batch)
    pieces, held = np.zeros((len(batch), longest), np.int64), np.zeros((len(batch), longest), np.float32)
    firsts, shapes = np.zeros((len(batch), most), np.int64), np.zeros((len(batch), most, SHAPES), np.float32)
    targets = {name: np.full((len(batch), most), SKIP, np.int64) for name in WEIGHTS}
    for row, window in enumerate(batch):
        size, words = len(window["pieces"]), len(window["firsts"])
        pieces[row, :size], held[row, :size] = window["pieces"], 1
        firsts[row, :words], shapes[row, :words] = window["firsts"], window["shapes"]
        if noise.random() < UNSHAPED:
            shapes[row, :words, :6], shapes[row, :words, 6], shapes[row, :words, 8] = 0, 1, 1
        for name, target in window["heads"].items():
            targets[name][row, :words] = target
    hidden = (noise.random(pieces.shape) < MASKED) & (pieces > MASK)
    pieces[hidden] = MASK
    states = network.encoder(torch.from_numpy(pieces), torch.from_numpy(held))
    states = torch.gather(states, 1, torch.from_numpy(firsts)[:, :, None].expand(-1, -1, states.shape[-1]))
    words = network.words(states, torch.from_numpy(shapes))
    found: dict[str, torch.Tensor] = {}
    for name, target in targets.items():
        at = torch.from_numpy(target != SKIP)
        if at.any():
            logits, wanted = network.heads[name](words[at]), torch.from_numpy(target)[at]
            found[name] = WEIGHTS[name] * (
                _either(logits, wanted) if name == "name" else F.cross_entropy(logits, wanted)
            )
    _pair_losses(network, batch, words, found)
    known = [row for row, window in enumerate(batch) if window["gate"] != SKIP]
    if known:
        means = torch.stack([words[row, : len(batch[row]["firsts"])].mean(0) for row in known])
        wanted = torch.tensor([float(batch[row]["gate"]) for row in known])
        found["gate"] = GATE * F.binary_cross_entropy_with_logits(network.gate(means)[:, 0], wanted)
    return found


def _either(logits: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """Cross entropy where a target may stand for several labels."""
    allowed = torch.from_numpy(NAME_MASK)[wanted]
    right = torch.logsumexp(logits.masked_fill(~allowed, -1e9), -1)
    return (torch.logsumexp(logits, -1) - right).mean()


def _pair_losses(
    network: Network, batch: list[dict[str, Any]], words: torch.Tensor, found: dict[str, torch.Tensor]
) -> None:
    sums: dict[str, list[torch.Tensor]] = {"parts": [], "speech": [], "stance": []}
    for row, window in enumerate(batch):
        count = len(window["firsts"])
        if window["deeds"]:
            spans = [(first, last) for first, last, _, _ in window["deeds"]]
            anchors = torch.stack([words[row, first:last].mean(0) for first, last in spans])
            apart = torch.from_numpy(np.stack([distances(first, last, count) for first, last in spans]))
            target = torch.from_numpy(np.stack([t for _, _, t, _ in window["deeds"]]).astype(np.int64))
            weight = torch.from_numpy(np.stack([w for _, _, _, w in window["deeds"]]))
            loss = F.cross_entropy(
                network.parts(words[row : row + 1, :count], anchors, apart).transpose(1, 2), target, reduction="none"
            )
            sums["parts"].append((loss * weight).sum() / 25)
        if window["sayings"]:
            cues = [cue for cue, _, _ in window["sayings"]]
            apart = torch.from_numpy(np.stack([distances(cue, cue + 1, count) for cue in cues]))
            target = torch.from_numpy(np.stack([t for _, t, _ in window["sayings"]]).astype(np.int64))
            logits = network.speech(words[row : row + 1, :count], words[row, cues], apart)
            sums["speech"].append(F.cross_entropy(logits.transpose(1, 2), target, reduction="sum") / 40)
            stances = [(cue, t, stance) for cue, t, stance in window["sayings"] if stance != SKIP and (t == 2).any()]
            if stances:
                said = torch.stack([words[row, :count][torch.from_numpy(t == 2)].mean(0) for _, t, _ in stances])
                joined = torch.cat([words[row, [cue for cue, _, _ in stances]], said], -1)
                wanted = torch.tensor([stance for _, _, stance in stances])
                sums["stance"].append(F.cross_entropy(network.stance(joined), wanted, reduction="sum"))
    for name, scale in (("parts", PARTS), ("speech", SPEECH), ("stance", STANCE)):
        if sums[name]:
            found[name] = scale * torch.stack(sums[name]).sum() / max(len(batch), 1)


class Run:
    """A training run: the network, its optimiser, and how far it has come."""

    def __init__(self, folder: Path, weights: Path, layers: int) -> None:
        torch.manual_seed(SEED)
        self.folder = folder
        with (folder / "aux.pkl").open("rb") as stream:
            aux = pickle.load(stream)  # noqa: S301 - written by prepare.py
        self.others: dict[str, Any] = aux["sets"]
        self.network = Network(layers, len(aux["wiki_types"]), len(aux["muc_labels"]))
        self.network.encoder.load_minilm(load_file(weights))
        self.network.encoder.words.weight.requires_grad = False
        encoder = [p for p in self.network.encoder.parameters() if p.requires_grad]
        heads = [p for name, p in self.network.named_parameters() if not name.startswith("encoder.")]
        self.parameters = [*encoder, *heads]
        groups = [{"params": encoder, "weight_decay": 0.01}, {"params": heads, "weight_decay": 0.01}]
        self.optimiser = torch.optim.AdamW(groups, lr=1e-4, fused=True)
        self.state: dict[str, Any] = {"stage": 0, "step": 0, "spent": 0.0, "total": 0}
        if (folder / "last.pt").exists():
            kept = torch.load(folder / "last.pt", weights_only=True)
            self.network.load_state_dict(kept["network"])
            self.optimiser.load_state_dict(kept["optimiser"])
            self.state = kept["state"]

    def train(self, budget: float, first: float) -> None:
        """Read `budget` word pieces in all, the share `first` of them in the first stage."""
        for stage in range(self.state["stage"], 2):
            self.state["stage"] = stage
            for batch in self._batches(stage, budget * (first if stage == 0 else 1.0)):
                self._step(batch, self.state["spent"] / budget)
                if self.state["total"] % 100 == 0:
                    self.save("last.pt")
            self.state |= {"step": 0, "stage": stage + 1}
            self.save("last.pt")
            if stage == 0:
                self.save("first.pt")

    def _batches(self, stage: int, until: float) -> Iterator[list[dict[str, Any]]]:
        """Yield batches, pass after pass, from the one at which the run stands."""
        with (self.folder / "own.pkl").open("rb") as stream:
            sets = self.others | {"own": pickle.load(stream)["cuts"]}  # noqa: S301 - written by prepare.py
        chance = random.Random(SEED + stage)  # noqa: S311 - only the order
        passed = 0
        while True:
            batches = plan(sets, stage, chance)
            for batch in batches[max(self.state["step"] - passed, 0) :]:
                if self.state["spent"] >= until:
                    return
                yield batch
            passed += len(batches)

    def _step(self, batch: list[dict[str, Any]], progress: float) -> None:
        state = self.state
        for group, rate in zip(self.optimiser.param_groups, RATES, strict=True):
            warm = _warmth(state["total"], still=STILL if rate == RATES[0] else 0)
            group["lr"] = rate * warm * max(0.02, 1 - progress) ** 0.9
        self.network.train()
        found = losses(self.network, batch, np.random.default_rng((SEED, state["stage"], state["step"])))
        self.optimiser.zero_grad()
        sum(found.values()).backward()
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimiser.step()
        state["step"] += 1
        state["total"] += 1
        state["spent"] += float(sum(len(w["pieces"]) for w in batch))
        told = "\t".join(f"{name} {loss.item():.4f}" for name, loss in sorted(found.items()))
        with (self.folder / "losses.tsv").open("a") as log:
            log.write(f"{state['stage']}\t{state['step']}\t{state['spent']:.0f}\t{time.strftime('%H:%M:%S')}\t{told}\n")

    def save(self, name: str) -> None:
        """Write a checkpoint whole or not at all."""
        new = self.folder / f"{name}.new"
        kept = {
            "network": self.network.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "state": dict(self.state),
        }
        torch.save(kept, new)
        new.replace(self.folder / name)


def main() -> None:
    """Train on so many word pieces in all, over as many calls as it takes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--weights", type=Path, required=True, help="model.safetensors of MiniLM")
    parser.add_argument("--pieces", type=float, default=4.6, help="millions of word pieces to read in all")
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--first", type=float, default=0.4, help="share of them for the first stage")
    parser.add_argument("--threads", type=int, default=1)
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    Run(chosen.folder, chosen.weights, chosen.layers).train(chosen.pieces * 1e6, chosen.first)


if __name__ == "__main__":
    main()
