"""The network: a shortened MiniLM encoder with one small head for each task; reads no corpus.

The encoder comes out as ONNX, the heads as arrays that numpy applies (`kg.extract.model.heads`); heads of other corpora stay here.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - the usual name

sys.path[:0] = [str(Path(__file__).resolve().parents[2])]

from kg.extract.model.labels import (  # noqa: E402
    ACTUALITY_LABELS,
    NAME_LABELS,
    PART_LABELS,
    SPEECH_LABELS,
    STANCE_LABELS,
    TRIGGER_LABELS,
)
from kg.extract.model.shapes import DISTANCES, SHAPES  # noqa: E402

WIDTH, PAIR = 384, 192


class Layer(nn.Module):
    """One transformer layer with the parameter names of BERT."""

    def __init__(self, heads: int = 12, inner: int = 1536) -> None:
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.out = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH, eps=1e-12), nn.LayerNorm(WIDTH, eps=1e-12)
        self.up, self.down = nn.Linear(WIDTH, inner), nn.Linear(inner, WIDTH)

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return the states after this layer; `mask` (batch, 1, 1, length) is added to the attention."""
        batch, length, _ = x.shape

        def split(y: torch.Tensor) -> torch.Tensor:
            return y.view(batch, length, self.heads, WIDTH // self.heads).transpose(1, 2)

        mixed = F.scaled_dot_product_attention(
            split(self.query(x)), split(self.key(x)), split(self.value(x)), attn_mask=mask
        )
        x = self.norm1(x + self.out(mixed.transpose(1, 2).reshape(batch, length, WIDTH)))
        return self.norm2(x + self.down(F.gelu(self.up(x))))


class Encoder(nn.Module):
    """The first layers of MiniLM; the word embeddings stay as they are."""

    def __init__(self, layers: int, vocabulary: int = 30522, positions: int = 512) -> None:
        super().__init__()
        self.words = nn.Embedding(vocabulary, WIDTH)
        self.places = nn.Embedding(positions, WIDTH)
        self.kind = nn.Parameter(torch.zeros(WIDTH))
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(layers))

    def forward(self, pieces: torch.Tensor, held: torch.Tensor) -> torch.Tensor:
        """Return a state for each piece; `held` is 1 where there is one, 0 where the row is filled up."""
        places = torch.arange(pieces.shape[1], device=pieces.device)
        x = self.norm(self.words(pieces) + self.places(places)[None] + self.kind)
        mask = (1.0 - held[:, None, None, :].to(x.dtype)) * -1e4
        for layer in self.layers:
            x = layer(x, mask)
        return x

    def load_minilm(self, weights: dict[str, torch.Tensor]) -> None:
        """Take the parameters of the published model; layers beyond ours are left out."""
        with torch.no_grad():
            self.words.weight.copy_(weights["embeddings.word_embeddings.weight"])
            self.places.weight.copy_(weights["embeddings.position_embeddings.weight"])
            self.kind.copy_(weights["embeddings.token_type_embeddings.weight"][0])
            _copy(self.norm, weights, "embeddings.LayerNorm")
            for number, layer in enumerate(self.layers):
                at = f"encoder.layer.{number}"
                for part, name in (
                    (layer.query, "attention.self.query"), (layer.key, "attention.self.key"),
                    (layer.value, "attention.self.value"), (layer.out, "attention.output.dense"),
                    (layer.norm1, "attention.output.LayerNorm"), (layer.up, "intermediate.dense"),
                    (layer.down, "output.dense"), (layer.norm2, "output.LayerNorm"),
                ):  # fmt: skip
                    _copy(part, weights, f"{at}.{name}")


def _copy(part: nn.Module, weights: dict[str, torch.Tensor], name: str) -> None:
    part.weight.copy_(weights[f"{name}.weight"])
    part.bias.copy_(weights[f"{name}.bias"])


class PairHead(nn.Module):
    """What a word is to another: both states added, multiplied, and their distance."""

    def __init__(self, labels: int) -> None:
        super().__init__()
        self.word, self.anchor = nn.Linear(WIDTH, PAIR), nn.Linear(WIDTH, PAIR)
        self.word2, self.anchor2 = nn.Linear(WIDTH, PAIR), nn.Linear(WIDTH, PAIR)
        self.distance = nn.Embedding(DISTANCES, PAIR)
        self.out = nn.Linear(PAIR, labels)
        nn.init.normal_(self.distance.weight, std=0.1)

    def forward(self, words: torch.Tensor, anchors: torch.Tensor, distances: torch.Tensor) -> torch.Tensor:
        """Return logits for (anchors, words) from states (anchors, words, width) or (1, words, width)."""
        added = self.word(words) + self.anchor(anchors)[:, None] + self.distance(distances)
        return self.out(F.relu(added + self.word2(words) * self.anchor2(anchors)[:, None]))


class Network(nn.Module):
    """Encoder and heads. `wiki_types` and `muc_labels` are how many labels the heads of other corpora have."""

    def __init__(self, layers: int, wiki_types: int, muc_labels: int) -> None:
        super().__init__()
        self.encoder = Encoder(layers)
        self.join = nn.Linear(WIDTH + SHAPES, WIDTH)
        self.drop = nn.Dropout(0.1)
        sizes = {
            "name": len(NAME_LABELS), "trigger": len(TRIGGER_LABELS), "actuality": len(ACTUALITY_LABELS), "cue": 2,
            "attribution": 2, "wiki": wiki_types, "muc": muc_labels,
        }  # fmt: skip
        self.heads = nn.ModuleDict({name: nn.Linear(WIDTH, size) for name, size in sizes.items()})
        self.parts = PairHead(len(PART_LABELS))
        self.speech = PairHead(len(SPEECH_LABELS))
        self.stance = nn.Linear(2 * WIDTH, len(STANCE_LABELS))
        self.gate = nn.Linear(WIDTH, 1)
        with torch.no_grad():
            self.join.weight.zero_()
            self.join.weight[:, :WIDTH] = torch.eye(WIDTH)
            self.join.weight[:, WIDTH:].normal_(std=0.05)
            self.join.bias.zero_()
            # most words are nothing: the heads begin with knowing that
            for name in ("name", "trigger", "cue", "attribution", "wiki", "muc"):
                self.heads[name].bias[0] += 3.5
            self.parts.out.bias[0] += 2.0

    def words(self, states: torch.Tensor, shapes: torch.Tensor) -> torch.Tensor:
        """Return the state of each word from that of its first piece and its shape."""
        joined = self.join(torch.cat([states, shapes], dim=-1))
        return self.drop(F.leaky_relu(joined, 0.1))
