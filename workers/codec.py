"""Typed messages between processes, and checkpoints: MessagePack by ``msgspec``, never pickle.

A reader child opens hostile bytes; what it sends back is decoded as the type its interface promises, and
as nothing else. Arrays travel as shape, kind (bytes or
floats) and bytes, pydantic models as their own JSON form.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast, get_origin, get_type_hints

import msgspec
import numpy as np
from pydantic import BaseModel


def _encode(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        kind = np.float32 if value.dtype == np.float32 else np.uint8
        content = np.ascontiguousarray(value, dtype=kind).reshape(-1).view(np.uint8)
        return value.shape, kind.__name__, content.data
    if isinstance(value, np.generic):  # a number that an engine took from an array
        return value.item()
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} does not cross process borders")


def _decode(kind: type, value: Any) -> Any:
    if (get_origin(kind) or kind) is np.ndarray:
        shape, name, data = value
        return np.frombuffer(data, dtype=np.float32 if name == "float32" else np.uint8).reshape(shape)
    if issubclass(kind, BaseModel):
        return kind.model_validate(value)
    if issubclass(kind, Path):
        return Path(value)
    raise TypeError(f"{kind} does not cross process borders")


_encoder = msgspec.msgpack.Encoder(enc_hook=_encode)


def encode(value: Any) -> bytes:
    """``value`` as MessagePack."""
    return _encoder.encode(value)


def decode(data: bytes, kind: Any) -> Any:
    """The value of type ``kind`` in ``data``; ``msgspec.ValidationError`` if it is anything else."""
    return msgspec.msgpack.Decoder(kind, dec_hook=_decode).decode(data)


class Signature:
    """The types of a method's arguments and answer, read from an interface once."""

    def __init__(self, interface: type, method: str) -> None:
        hints = {name: _plain(hint) for name, hint in get_type_hints(getattr(interface, method)).items()}
        answer = hints.pop("return")
        self._answer = msgspec.msgpack.Decoder(answer, dec_hook=_decode)
        # A list, so that trailing arguments with defaults may be left out.
        self._arguments = [msgspec.msgpack.Decoder(hint, dec_hook=_decode) for hint in hints.values()]

    def arguments(self, raw: list[msgspec.Raw]) -> list[Any]:
        """The decoded positional arguments of a call."""
        return [decoder.decode(part) for decoder, part in zip(self._arguments, raw, strict=False)]

    def answer(self, raw: msgspec.Raw) -> Any:
        """The decoded answer of a call."""
        return self._answer.decode(raw)


def _plain(hint: Any) -> Any:
    return np.ndarray if get_origin(hint) is np.ndarray else hint


class Call(msgspec.Struct, array_like=True):
    """A request to a child: a method's name, its encoded arguments, and what its log lines are about."""

    method: str
    arguments: list[msgspec.Raw]
    about: dict[str, str | int] = {}


class Reply(msgspec.Struct, array_like=True):
    """A child's answer: a value, or the name and message of an error of ``schemas.errors``."""

    value: msgspec.Raw = msgspec.Raw(b"\xc0")
    error: str | None = None
    message: str = ""


def call(method: str, arguments: tuple[Any, ...], about: dict[str, str | int] | None = None) -> bytes:
    """A request as it goes over the pipe."""
    return encode(Call(method, [msgspec.Raw(encode(argument)) for argument in arguments], about or {}))


def read_call(data: bytes) -> Call:
    """The request in ``data``."""
    return cast(Call, decode(data, Call))


def reply(value: Any) -> bytes:
    """An answer as it goes over the pipe."""
    return encode(Reply(msgspec.Raw(encode(value))))


def error_reply(name: str, message: str) -> bytes:
    """An error as it goes over the pipe."""
    return encode(Reply(error=name, message=message))


def read_reply(data: bytes) -> Reply:
    """The answer in ``data``."""
    return cast(Reply, decode(data, Reply))
