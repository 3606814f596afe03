"""ONNX models changed as they are loaded, for a graphics card: free to take batches, or in half precision.

Needs the package ``onnx``; on a card without it models run as they are.
"""

from __future__ import annotations

import importlib.util

from models.cuda import DeviceError


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
