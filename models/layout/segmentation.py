"""The network in PyMuPDF's layout that looks at pages, on OpenVINO: a page takes half the time in it there.

PyMuPDF runs it by ONNX Runtime and has no switch for this. What it asks of a session (shapes, ``run``) is
little, so that another can stand in for it; the layout's other networks gain nothing.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np
import pymupdf
from numpy.typing import NDArray

from models.runtime import Runtime

log = logging.getLogger(__name__)

_SIDE = 300


class _Port(NamedTuple):
    """An input or output, as ``onnxruntime.NodeArg`` tells of it."""

    name: str
    shape: tuple[int, ...]


class _Session:
    """What the layout asks of an ``onnxruntime.InferenceSession``. Not for two threads at once."""

    def __init__(self, runtime: Runtime, model: bytes, shape: tuple[int, ...]) -> None:
        self._compiled = runtime.openvino(model, shape)
        self._request: Any = None
        self._inputs, self._outputs = (
            [_Port(port.any_name, tuple(port.shape)) for port in ports]
            for ports in (self._compiled.inputs, self._compiled.outputs)
        )

    def get_inputs(self) -> list[_Port]:
        return self._inputs

    def get_outputs(self) -> list[_Port]:
        return self._outputs

    def run(self, names: Sequence[str], values: dict[str, NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        """The outputs ``names``; they hold until the next call: 60 MB are not copied for one page."""
        if self._request is None:  # only now: a process that is forked off before has no memory to copy
            self._request = self._compiled.create_infer_request()
        found = self._request.infer(values, share_inputs=True, share_outputs=True)
        return [found[name] for name in names]


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
        model = Path(layout.imf_model_path).read_bytes()
        layout.feature_extractor._session = _Session(runtime, model, (1, 1, _SIDE, _SIDE))  # noqa: SLF001
    except (AttributeError, KeyError, TypeError, OSError) as error:  # another version of PyMuPDF
        log.warning(
            "the layout runs on ONNX Runtime: PyMuPDF is built differently (%s)", type(error).__name__
        )
