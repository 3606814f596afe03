"""ONNX models changed as they are loaded, for a graphics card: for batches, in 16 bits, with less to give.

Needs the package ``onnx``; on a card without it models run as they are.
"""

from __future__ import annotations

import importlib.util

import numpy as np

from models.cuda import DeviceError

_OLDEST = 11
"""The first opset in which places may be counted from the end."""


def can_change() -> bool:
    """Whether ``onnx`` is there."""
    return importlib.util.find_spec("onnx") is not None


def with_batches(model: bytes) -> bytes:
    """A ``model`` that takes and gives one of everything, for any number.

    Its own batch is the first size of each input and output, and of each new shape in between.
    """
    import onnx
    from onnx import numpy_helper

    changed = onnx.load_from_string(model)
    graph = changed.graph
    for value in (*graph.input, *graph.output):
        value.type.tensor_type.shape.dim[0].dim_param = "batch"
    del graph.value_info[:]  # sizes in between, which no longer hold
    shapes = {kept.name: kept for kept in graph.initializer}
    shapes |= {node.output[0]: node.attribute[0].t for node in graph.node if node.op_type == "Constant"}
    for node in graph.node:
        if node.op_type != "Reshape" or node.input[1] not in shapes:
            continue
        sizes = numpy_helper.to_array(shapes[node.input[1]]).copy()
        if sizes[0] == 1:
            sizes[0] = 0  # as large as it was
            name = f"{node.input[1]} for batches"
            graph.initializer.append(numpy_helper.from_array(sizes, name))
            node.input[1] = name
    return bytes(changed.SerializeToString())


def with_best(model: bytes) -> bytes | None:
    """A ``model`` that gives ``(n, columns, classes)``, with less to give: three arrays ``(n, columns)``.

    They are the best class of each column, what the model says of it, and what it says of the last class.
    None where it cannot be changed: there is no ``onnx``, or it is of a kind (opset) of before 2019.
    """
    if not can_change():
        return None
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    changed = onnx.load_from_string(model)
    if any(opset.domain == "" and opset.version < _OLDEST for opset in changed.opset_import):
        return None
    graph = changed.graph
    (whole,) = (output.name for output in graph.output)
    graph.initializer.extend(
        [
            numpy_helper.from_array(np.array([1]), "how many are best"),
            numpy_helper.from_array(np.array(0), "the first class"),
            numpy_helper.from_array(np.array(-1), "the last class"),
        ]
    )
    graph.node.extend(
        [
            helper.make_node("TopK", [whole, "how many are best"], ["most", "best"], axis=2),
            helper.make_node("Gather", ["best", "the first class"], ["best class"], axis=2),
            helper.make_node("Gather", ["most", "the first class"], ["its value"], axis=2),
            helper.make_node("Gather", [whole, "the last class"], ["the last value"], axis=2),
        ]
    )
    del graph.output[:]
    outputs = {
        "best class": TensorProto.INT64,
        "its value": TensorProto.FLOAT,
        "the last value": TensorProto.FLOAT,
    }
    graph.output.extend(
        helper.make_tensor_value_info(name, kind, ["n", "columns"]) for name, kind in outputs.items()
    )
    return bytes(changed.SerializeToString())


def in_half(model: bytes) -> bytes:
    """A ``model`` that calculates in 16 bits; what it takes and gives stays as it is.

    Raises:
        DeviceError: there is no ``onnx``.
    """
    if not can_change():
        raise DeviceError("OCTAVO_GPU_HALF needs the package onnx: pip install onnx, or set it to false.")
    import onnx
    from onnxruntime.transformers.float16 import convert_float_to_float16

    changed = convert_float_to_float16(onnx.load_from_string(model), keep_io_types=True)
    return bytes(changed.SerializeToString())
