"""Cards that are there, that only seem to be, and that are full; the tests play them themselves."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from types import SimpleNamespace

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray

from models import cuda
from models.batches import halved
from models.cuda import CPU, CUDA, DeviceError
from models.ocr.ctc import Columns
from models.ocr.recogniser import Recogniser
from models.runtime import Runtime
from models.weights import load
from tests.models.test_recogniser import ALPHABET, Grey, picture, texts

FULL = RuntimeError("CUDA failure 2: out of memory ; GPU=0 ; hostname=x")


class Played:
    """An ONNX Runtime for cards whose sessions get ``given``, whatever they ask for."""

    def __init__(self, *given: str) -> None:
        self.given, self.asked = given, list[object]()

    def get_available_providers(self) -> list[str]:
        return [CUDA, CPU]

    def preload_dlls(self) -> None:
        """There are none."""

    SessionOptions = onnxruntime.SessionOptions

    def InferenceSession(  # noqa: N802 - as it is called
        self, model: bytes, sess_options: object, providers: list[object]
    ) -> object:
        self.asked.append(providers)
        onnxruntime.InferenceSession(model, providers=[CPU])  # it is a model
        return SimpleNamespace(get_providers=lambda: list(self.given))


def play(monkeypatch: pytest.MonkeyPatch, *given: str) -> Played:
    played = Played(*given)
    monkeypatch.setattr(cuda, "onnxruntime", played)
    return played


def test_a_card_that_is_asked_for_and_is_not_got_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    play(monkeypatch, CPU)
    with pytest.raises(DeviceError, match=r"library of CUDA.*docs/gpu\.md"):
        Runtime.of("cuda")


def test_a_session_that_goes_on_without_the_card_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    play(monkeypatch, CPU)
    with pytest.raises(DeviceError):
        Runtime(cuda=True, threads=1).session(load("orientation"))


def test_a_card_that_may_be_used_and_is_not_got_is_told_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    play(monkeypatch, CPU)
    with caplog.at_level(logging.WARNING):
        runtime = Runtime.of("auto")
    assert not runtime.cuda
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "library of CUDA" in caplog.text


@pytest.mark.parametrize("device", ["auto", "cuda"])
def test_a_card_that_is_got_is_used(monkeypatch: pytest.MonkeyPatch, device: str) -> None:
    played = play(monkeypatch, CUDA, CPU)
    runtime = Runtime.of(device)
    assert runtime.cuda
    assert runtime.session(load("orientation")).get_providers()[0] == CUDA
    assert all(asked[0][0] == CUDA and asked[1] == CPU for asked in played.asked)  # type: ignore[index]


def test_who_wants_none_does_not_try(monkeypatch: pytest.MonkeyPatch) -> None:
    played = play(monkeypatch, CUDA, CPU)
    assert not Runtime.of("cpu").cuda
    assert played.asked == []


# --------------------------------------------------------------------------- full cards


def room_for(most: int, seen: list[int]) -> Callable[[Sequence[int]], list[int]]:
    def run(batch: Sequence[int]) -> list[int]:
        seen.append(len(batch))
        if len(batch) > most:
            raise FULL
        return [10 * item for item in batch]

    return run


def test_a_full_card_gets_half_as_much_until_it_fits() -> None:
    seen: list[int] = []
    made = halved(room_for(2, seen), list(range(10)), 8)
    assert made == [10 * item for item in range(10)]
    assert seen == [8, 4, 2, 2, 2, 2, 2]


def test_a_single_one_that_does_not_fit_is_told() -> None:
    seen: list[int] = []
    with pytest.raises(RuntimeError, match="out of memory"):
        halved(room_for(0, seen), [1, 2, 3, 4, 5], 5)
    assert seen == [5, 2, 1]


def test_other_errors_are_no_reason_for_less() -> None:
    def run(batch: Sequence[int]) -> list[int]:
        raise ValueError("a bug")

    with pytest.raises(ValueError, match="a bug"):
        halved(run, [1, 2], 2)


class SmallCard(Grey):
    """A network on a card with room for two lines."""

    def __call__(self, pixels: NDArray[np.float32]) -> list[Columns]:
        if len(pixels) > 2:
            raise FULL
        return super().__call__(pixels)


def test_lines_are_read_on_a_card_that_has_room_for_few() -> None:
    network = SmallCard()
    pictures = [picture(grey, 30) for grey in (0, 255, 0, 255, 255)]
    assert texts(Recogniser(network, ALPHABET, batch=16).read(pictures)) == ["d", "l", "d", "l", "l"]
    assert network.shapes == [(2, 3, 48, 192), (2, 3, 48, 192), (1, 3, 48, 192)]
