"""A graphics card of NVIDIA under ONNX Runtime, which goes on without one in silence: here it may not."""

from __future__ import annotations

import onnxruntime

from schemas.errors import PageUnreadable

CUDA = "CUDAExecutionProvider"
CPU = "CPUExecutionProvider"

_OPTIONS = {
    # By default every algorithm is tried for each new shape: seconds, and pages come in many shapes.
    "cudnn_conv_algo_search": "HEURISTIC",
    # By default each model's arena doubles when it is full, and is never given back.
    "arena_extend_strategy": "kSameAsRequested",
}
# y = x for one number (ONNX, opset 13): the least that shows whether a session gets the card.
_IDENTITY = bytes.fromhex(
    "08083a370a100a017812017922084964656e746974791201675a0f0a0178120a0a08080112040a020801"
    "620f0a0179120a0a08080112040a02080142040a00100d"
)
_MISSING = (
    "OCTAVO_DEVICE is cuda, but ONNX Runtime does not get the card: it misses a library of CUDA or cuDNN, or "
    "the driver is too old for them. See docs/gpu.md, or set OCTAVO_DEVICE=cpu."
)


class DeviceError(PageUnreadable):
    """The device that was asked for is not there; the message is for operators."""


def session(model: bytes, options: onnxruntime.SessionOptions) -> onnxruntime.InferenceSession:
    """A session for ``model`` on the card.

    Raises:
        DeviceError: ONNX Runtime took the CPU instead, which it does without a word.
    """
    made = onnxruntime.InferenceSession(model, sess_options=options, providers=[(CUDA, _OPTIONS), CPU])
    if CUDA not in made.get_providers():
        raise DeviceError(_MISSING)
    return made


def is_there() -> bool:
    """Whether this ONNX Runtime was built for cards."""
    return CUDA in onnxruntime.get_available_providers()


def make_sure() -> None:
    """Makes a session of next to nothing on the card.

    Raises:
        DeviceError: this ONNX Runtime has no CUDA provider, or it cannot be used.
    """
    if not is_there():
        raise DeviceError(
            "OCTAVO_DEVICE is cuda, but this ONNX Runtime has no CUDA provider: install "
            "onnxruntime-gpu in place of onnxruntime, or set OCTAVO_DEVICE=cpu."
        )
    if hasattr(onnxruntime, "preload_dlls"):
        onnxruntime.preload_dlls()  # CUDA and cuDNN from Python packages, wherever these lie
    session(_IDENTITY, onnxruntime.SessionOptions())
