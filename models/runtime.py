"""ONNX Runtime sessions: device, threads and memory in one place."""

from __future__ import annotations

import importlib.util
import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any, cast

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from models import cuda, graphs
from models.cuda import DeviceError
from schemas.cores import cores

log = logging.getLogger(__name__)

_MAPS = 4
"""Dimensions of an output that has values for every place of a picture."""

Network = Callable[[NDArray[np.float32] | NDArray[np.int64]], list[NDArray[np.float32]]]
"""A model with one input. Not for two threads at once."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """Where and how wide models run. ``threads`` is per model call."""

    cuda: bool
    threads: int
    half: bool = False

    @classmethod
    def of(cls, device: str = "auto", threads: int = 0, *, half: bool = False) -> Runtime:
        """The runtime for ``device`` (``auto``, ``cpu`` or ``cuda``); 0 threads: one a core.

        ``half``: on a card, models may calculate in 16 bits.

        Raises:
            DeviceError: ``cuda`` was asked for and ONNX Runtime cannot use it.
        """
        wanted = device == "cuda" or (device == "auto" and cuda.is_there())
        if wanted:
            try:
                cuda.make_sure()
            except DeviceError as error:
                if device == "cuda":
                    raise
                log.warning(
                    "models run without a graphics card, although there is a CUDA provider: %s", error
                )
                wanted = False
        return cls(cuda=wanted, threads=threads or cores(), half=half and wanted)

    def session(self, model: bytes, *, exact: bool = False) -> onnxruntime.InferenceSession:
        """A session for the ONNX ``model``. The memory arena is off: it only ever grows.

        ``exact``: it is never to calculate in 16 bits.

        Raises:
            DeviceError: it should run on a card and does not get it.
        """
        if self.half and not exact:
            model = graphs.in_half(model)
        options = onnxruntime.SessionOptions()
        options.enable_cpu_mem_arena = False
        options.intra_op_num_threads = self.threads
        options.log_severity_level = 3
        if self.cuda:
            return cuda.session(model, options)
        return onnxruntime.InferenceSession(model, sess_options=options, providers=[cuda.CPU])

    @property
    def has_openvino(self) -> bool:
        """Whether networks run on OpenVINO: where it is installed, and there is no card."""
        return not self.cuda and importlib.util.find_spec("openvino") is not None

    def batching(self, model: bytes, most: int) -> tuple[Network, int]:
        """The network of a ``model`` that was made for one at a time, and how many go through at once.

        On a card these are ``most``, if the model can be changed so; on a processor more are no faster.
        """
        if not self.cuda or not graphs.can_change():
            return self.network(model), 1
        return self.network(graphs.with_batches(model)), most

    def network(self, model: bytes, *, exact: bool = False) -> Network:
        """The ONNX ``model``, which has one input, on OpenVINO where it is installed (half the time).

        ``exact``: see ``session``.
        """
        if not self.has_openvino:
            session = self.session(model, exact=exact)
            name = session.get_inputs()[0].name
            return lambda values: cast("list[NDArray[np.float32]]", session.run(None, {name: values}))
        request = self.openvino(model).create_infer_request()
        return lambda values: [np.array(output) for output in request.infer({0: values}).values()]

    def openvino(
        self, model: bytes, shape: tuple[int, ...] | None = None, *, channels_last: bool = False
    ) -> Any:
        """The ONNX ``model`` compiled by OpenVINO, its one input of ``shape`` where that is left open.

        ``channels_last``: maps come out as ``(n, height, width, channels)``, as OpenVINO has them within; to
        put 60 MB into the model's order takes a third of the time that making them takes.
        Each of its inference requests has memory of its own: what one returns is used again by its next call.
        """
        # OpenVINO reports its own import to its maker, unless this package is missing.
        sys.modules.setdefault("openvino_telemetry", cast("ModuleType", None))
        import openvino

        core = openvino.Core()
        network = core.read_model(model)
        if shape is not None:
            network.reshape(list(shape))
        if channels_last:
            network = _channels_last(network)
        # The precision is left to OpenVINO: bfloat16 where the CPU has it, for half the time.
        options = {
            "INFERENCE_NUM_THREADS": self.threads,
            "ENABLE_HYPER_THREADING": True,
            # The threads of several processes would be bound to the same cores, the first ones.
            "ENABLE_CPU_PINNING": False,
        }
        return core.compile_model(network, "CPU", options)


def _channels_last(network: Any) -> Any:
    from openvino import Layout
    from openvino.preprocess import PrePostProcessor

    steps = PrePostProcessor(network)
    for number, output in enumerate(network.outputs):
        if len(output.partial_shape) == _MAPS:
            steps.output(number).model().set_layout(Layout("NCHW"))
            steps.output(number).tensor().set_layout(Layout("NHWC"))
    return steps.build()
