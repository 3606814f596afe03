"""Trained weights as an ONNX file."""

from __future__ import annotations

from pathlib import Path

import torch

from models.signatures.training.corpus import HEIGHT, WIDTH
from models.signatures.training.network import Detector


def export(weights: Path, target: Path) -> None:
    """Writes the network with ``weights`` (a state dict) to ``target``, for pages of any size."""
    model = Detector()
    model.load_state_dict(torch.load(weights, weights_only=True))
    model.eval()
    sides = {2: "rows", 3: "columns"}
    torch.onnx.export(
        model,
        (torch.zeros(1, 1, HEIGHT, WIDTH),),
        target,
        input_names=["page"],
        output_names=["score", "sides"],
        dynamic_axes={"page": {2: "height", 3: "width"}, "score": sides, "sides": sides},
        opset_version=17,
        dynamo=False,  # the newer exporter makes shapes of its own
    )
