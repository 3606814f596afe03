"""The network in PyMuPDF's layout that looks at pages, on OpenVINO: a page takes a third of the time there.

PyMuPDF runs it by ONNX Runtime and has no switch for this. What it asks of a session (shapes, ``run``) is
little, so that another can stand in for it. The network of a graph gains nothing. That of tables would take
half the time, too, but OpenVINO starts a thread of its pool to compile it: in a process that is forked off
afterwards the pool counts on a thread that is not there, and all other networks run on one core.
"""

from __future__ import annotations

import inspect
import logging
import sys
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, cast

import cv2
import numpy as np
import pymupdf
from numpy.typing import NDArray

from models.base import Image
from models.runtime import Runtime

log = logging.getLogger(__name__)

_SHAPE = (1, 1, 300, 300)
"""What the network looks at: ``(pictures, channels, height, width)``."""


class _Port(NamedTuple):
    """An input or output, as ``onnxruntime.NodeArg`` tells of it."""

    name: str
    shape: tuple[int, ...]


class _Session:
    """What the layout asks of an ``onnxruntime.InferenceSession``. Not for two threads at once."""

    def __init__(self, runtime: Runtime, model: bytes, shape: tuple[int, ...]) -> None:
        self._compiled = runtime.openvino(model, shape, channels_last=True)
        self._request: Any = None
        self._inputs, self._outputs = (
            [_Port(port.any_name, tuple(port.shape)) for port in ports]
            for ports in (self._compiled.inputs, self._compiled.outputs)
        )

    def get_inputs(self) -> list[_Port]:
        return self._inputs

    def get_outputs(self) -> list[_Port]:
        return self._outputs

    def run(
        self, names: Sequence[str] | None, values: dict[str, NDArray[np.float32]]
    ) -> list[NDArray[np.float32]]:
        """The outputs ``names``, default all, until the next call: 60 MB are not copied for one page.

        They have the network's shapes, and lie in memory as it makes them: channels last.
        """
        if self._request is None:  # only now: a process that is forked off before has no memory to copy
            self._request = self._compiled.create_infer_request()
        found = self._request.infer(values, share_inputs=True, share_outputs=True)
        values_of = {port.name: found[port.name] for port in self._outputs}
        return [_channels_first(values_of[name]) for name in names or values_of]


def _channels_first(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return values.transpose(0, 3, 1, 2) if values.ndim == 4 else values


@cache
def activate() -> None:
    """Loads PyMuPDF's layout, once a process, its network on OpenVINO where that is installed.

    A process that is forked off has it, too. One thread: a process reads one page at a time, and the cores
    are for other processes.
    """
    import_module("pymupdf.layout")  # sets the hook that get_layout calls
    runtime = Runtime.of("cpu", threads=1)
    if not runtime.has_openvino:
        return
    try:
        layout: Any = inspect.getclosurevars(cast("Any", pymupdf._get_layout)).nonlocals["MODEL"]._model  # noqa: SLF001
        pages, tables = layout.feature_extractor, layout.table_grid_extractor
        session = _Session(runtime, Path(layout.imf_model_path).read_bytes(), _SHAPE)
        modules = [sys.modules[type(one).__module__] for one in (pages, tables)]
        if not all(callable(getattr(module, "resize_image", None)) for module in modules):
            raise AttributeError("resize_image")
    except (AttributeError, KeyError, TypeError, OSError) as error:  # another version of PyMuPDF
        log.warning(
            "the layout runs on ONNX Runtime: PyMuPDF is built differently (%s)", type(error).__name__
        )
        return
    pages._session = session  # noqa: SLF001
    for module in modules:
        module.resize_image = _resized  # type: ignore[attr-defined]


def _resized(image: Image, size: tuple[int, int]) -> Image:
    """As PyMuPDF's own, which is written for NumPy to do without OpenCV."""
    return cast("Image", cv2.resize(image, size, interpolation=cv2.INTER_LINEAR))
