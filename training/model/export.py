"""Write what training made as files of the product: `python training/model/export.py CHECKPOINT TARGET`; measures nothing.

TARGET receives `model.onnx` (the encoder in 8-bit numbers), `model_heads.npz` (the heads in 16-bit ones) and, with `--float`,
`model-float.onnx` to measure the loss against.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parent)]

from network import Network  # noqa: E402

_OTHERS = ("encoder.", "heads.wiki.", "heads.muc.")  # not part of the product's heads


class _Alone(torch.nn.Module):
    """The encoder on one window, where nothing is filled up."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.encoder = network.encoder

    def forward(self, pieces: torch.Tensor) -> torch.Tensor:
        """Return the states of the pieces."""
        return self.encoder(pieces, torch.ones_like(pieces))


def load(checkpoint: Path) -> Network:
    """Return the trained network in the size that the checkpoint has."""
    weights = torch.load(checkpoint, weights_only=True)["network"]
    layers = 1 + max(int(name.split(".")[2]) for name in weights if name.startswith("encoder.layers."))
    network = Network(layers, len(weights["heads.wiki.bias"]), len(weights["heads.muc.bias"]))
    network.load_state_dict(weights)
    return network.eval()


def main() -> None:
    """Export, quantise, write."""
    parser = argparse.ArgumentParser()
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--float", action="store_true")
    chosen = parser.parse_args()
    network = load(chosen.checkpoint)
    with tempfile.TemporaryDirectory() as scratch:
        whole = Path(scratch) / "encoder.onnx"
        torch.onnx.export(
            _Alone(network), (torch.randint(1000, 20000, (1, 37)),), str(whole), input_names=["pieces"],
            output_names=["states"], dynamic_axes={"pieces": {1: "length"}, "states": {1: "length"}}, opset_version=17, dynamo=False,
        )  # fmt: skip
        # seven-bit weights: without VNNI the processor's 8-bit products overflow
        quantize_dynamic(
            whole, chosen.target / "model.onnx", op_types_to_quantize=["MatMul", "Gather"], per_channel=True, reduce_range=True,
            weight_type=QuantType.QInt8,
        )  # fmt: skip
        if chosen.float:
            onnx.save(onnx.load(whole), chosen.target / "model-float.onnx")
    heads = {
        name: weight.numpy().astype(np.float16)
        for name, weight in network.state_dict().items()
        if not name.startswith(_OTHERS)
    }
    np.savez(chosen.target / "model_heads.npz", **heads)
    for path in sorted(chosen.target.glob("model*")):
        print(path.name, path.stat().st_size)


if __name__ == "__main__":
    main()
