"""ONNX Runtime sessions: device, threads and memory in one place."""

from __future__ import annotations

import os
from dataclasses import dataclass

import onnxruntime

CUDA = "CUDAExecutionProvider"
_CPU = "CPUExecutionProvider"


class DeviceError(RuntimeError):
    """The device that was asked for is not there."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """Where and how wide models run. ``threads`` is per model call."""

    cuda: bool
    threads: int

    @classmethod
    def of(cls, device: str = "auto", threads: int = 0) -> Runtime:
        """The runtime for ``device`` (``auto``, ``cpu`` or ``cuda``); 0 threads: one a core.

        Raises:
            DeviceError: ``cuda`` was asked for and ONNX Runtime has no CUDA provider.
        """
        found = CUDA in onnxruntime.get_available_providers()
        if device == "cuda" and not found:
            raise DeviceError(
                "OCTAVO_DEVICE is cuda, but this ONNX Runtime has no CUDA provider: install "
                "onnxruntime-gpu in place of onnxruntime, or set OCTAVO_DEVICE=cpu."
            )
        return cls(cuda=found and device != "cpu", threads=threads or os.cpu_count() or 1)

    def session(self, model: bytes) -> onnxruntime.InferenceSession:
        """A session for the ONNX ``model``. The memory arena is off: it only ever grows."""
        options = onnxruntime.SessionOptions()
        options.enable_cpu_mem_arena = False
        options.intra_op_num_threads = self.threads
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(
            model, sess_options=options, providers=[CUDA, _CPU] if self.cuda else [_CPU]
        )
