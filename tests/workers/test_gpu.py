"""Room on the graphics card: models wait for it, in turn, and nothing fails because others have it."""

from __future__ import annotations

import fcntl
import functools
import os
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from models.base import Image, Models
from models.vlm.base import VisionModel
from schemas.errors import GpuFull, Interrupted, PageUnreadable, VisionFailed
from schemas.settings import Device, Settings
from schemas.vision import Transcript
from tests.waiting import soon
from workers import bare, gpu, patience
from workers.children import Child, EngineChild, Limits
from workers.children.models import ModelChild
from workers.gpu import GpuRoom, OnGpu
from workers.vision import VisionChild

PICTURE = np.full((4, 4, 3), 255, np.uint8)


class Card:
    """A card that others use: how much is free at first, and after each pause."""

    def __init__(self, *free: int | None, on_pause: Callable[[], None] = lambda: None) -> None:
        self.free = list(free)
        self.on_pause = on_pause
        self.pauses: list[float] = []

    def free_bytes(self) -> int | None:
        return self.free[min(len(self.pauses), len(self.free) - 1)]

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        assert len(self.pauses) < 100
        self.on_pause()

    def room(self, folder: Path, needed: int = 100) -> GpuRoom:
        return GpuRoom(needed, folder / "run" / "gpu.lock", self.free_bytes, self.pause)


def test_a_model_loads_at_once_where_there_is_room(tmp_path: Path) -> None:
    card = Card(100)
    with card.room(tmp_path).turn():
        assert card.pauses == []


def test_a_model_waits_until_others_gave_back_enough(tmp_path: Path) -> None:
    card, told = Card(0, 50, 99, 100), list[str]()
    with patience.patient(lambda: None, told.append), card.room(tmp_path).turn():
        assert len(card.pauses) == 3
    assert told == ["waiting for GPU memory"]


def test_without_a_card_nothing_waits(tmp_path: Path) -> None:
    card = Card(None)
    with card.room(tmp_path).turn():
        assert card.pauses == []
    assert not (tmp_path / "run").exists()


def test_processes_load_one_after_the_other(tmp_path: Path) -> None:
    path = tmp_path / "run" / "gpu.lock"
    path.parent.mkdir()
    with path.open("a") as other:
        fcntl.flock(other, fcntl.LOCK_EX)

        def ends() -> None:
            if len(card.pauses) == 4:
                fcntl.flock(other, fcntl.LOCK_UN)

        card = Card(1000, on_pause=ends)
        with card.room(tmp_path).turn():
            assert len(card.pauses) == 4
            with path.open("a") as third, pytest.raises(BlockingIOError):
                fcntl.flock(third, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_workers_on_different_cards_load_at_the_same_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def room(card: str) -> GpuRoom:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", card)
        return GpuRoom.of(Settings(device="cuda", data_dir=tmp_path), "onnxruntime-gpu")

    def never() -> None:
        raise Interrupted("it would wait")

    monkeypatch.setattr(gpu, "free_bytes", lambda: 1 << 40)
    with room("0").turn(), patience.patient(never, lambda _: None):
        with room("1").turn():
            pass
        with pytest.raises(Interrupted), room("0").turn():
            raise AssertionError("another loads there")


def test_children_see_the_card_of_their_worker() -> None:
    own = {"CUDA_VISIBLE_DEVICES": "1", "CUDA_DEVICE_ORDER": "PCI_BUS_ID"}
    assert own.items() <= bare.allowed({**own, "OCTAVO_API_KEYS": "secret"}).items()


def test_work_that_must_stop_waits_no_more(tmp_path: Path) -> None:
    def check() -> None:
        raise Interrupted("cancelled")

    room = GpuRoom(100, tmp_path / "lock", lambda: 0)
    with patience.patient(check, lambda _: None), pytest.raises(Interrupted), room.turn():
        raise AssertionError("it has no room")


def test_a_call_that_finds_the_card_full_is_made_again(tmp_path: Path) -> None:
    card, failures, dropped = Card(1000), [GpuFull("full")] * 3, list[int]()

    def call() -> str:
        if failures:
            raise failures.pop()
        return "read"

    assert card.room(tmp_path).steadily(call, lambda: dropped.append(1)) == "read"
    assert len(dropped) == 3
    assert card.pauses == sorted(card.pauses)


@pytest.mark.parametrize(("free", "tries"), [(1000, 6), (None, 1)])
def test_a_page_that_never_fits_is_given_up(tmp_path: Path, free: int | None, tries: int) -> None:
    calls: list[int] = []

    def call() -> None:
        calls.append(1)
        raise GpuFull("full")

    with pytest.raises(PageUnreadable):
        Card(free).room(tmp_path).steadily(call, lambda: None)
    assert len(calls) == tries


class OutOfMemoryError(RuntimeError):
    """Named as torch names its own."""


@pytest.mark.parametrize(
    ("error", "full"),
    [
        (OutOfMemoryError("CUDA"), True),
        (RuntimeError("CUDA failure 2: out of memory ; GPU=0"), True),
        (RuntimeError("CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED"), True),
        (ValueError("a bug"), False),
        (PageUnreadable("its content stream is broken"), False),
    ],
)
def test_which_errors_say_that_the_card_is_full(error: Exception, full: bool) -> None:
    class Model:
        def read(self, _image: Image) -> None:
            raise error

        def load(self) -> None:
            raise VisionFailed("The checkpoint could not be loaded.") from error

    served = OnGpu(Model)
    with pytest.raises(GpuFull if full else type(error)):
        served.read(PICTURE)
    with pytest.raises(GpuFull if full else VisionFailed):
        served.load()


# --------------------------------------------------------------------------- NVML


class NVMLError(Exception):
    """As the package names it."""


@pytest.fixture
def nvml(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A driver with two cards."""
    free = {0: 10, 1: 20, "GPU-abc": 30}
    module = SimpleNamespace(
        NVMLError=NVMLError,
        nvmlInit=lambda: None,
        nvmlShutdown=lambda: None,
        nvmlDeviceGetHandleByIndex=lambda index: index,
        nvmlDeviceGetHandleByUUID=lambda name: name,
        nvmlDeviceGetMemoryInfo=lambda card: SimpleNamespace(free=free[card]),
    )
    monkeypatch.setitem(sys.modules, "pynvml", module)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    return module


@pytest.mark.parametrize(("visible", "free"), [("", 10), ("1,0", 20), ("GPU-abc", 30)])
def test_the_card_that_models_use_is_asked(
    nvml: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, visible: str, free: int
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert gpu.free_bytes() == free


def test_without_a_driver_there_is_no_card(nvml: SimpleNamespace) -> None:
    def fails() -> None:
        raise NVMLError("Driver Not Loaded")

    nvml.nvmlInit = fails
    assert gpu.free_bytes() is None


def test_without_the_package_there_is_no_card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", None)
    assert gpu.free_bytes() is None


@pytest.mark.parametrize(
    ("device", "installed", "waits"),
    [
        ("cuda", {}, True),
        ("cpu", {"torch": "2.8.0"}, False),
        ("auto", {}, False),
        ("auto", {"torch": "2.8.0"}, True),
        ("auto", {"torch": "2.8.0+cpu"}, False),
    ],
)
def test_only_models_that_may_run_on_a_card_wait_for_it(
    nvml: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    device: str,
    installed: dict[str, str],
    waits: bool,
) -> None:
    def version(package: str) -> str:
        if package not in installed:
            raise gpu.PackageNotFoundError(package)
        return installed[package]

    def check() -> None:
        raise Interrupted("it would wait")

    monkeypatch.setattr(gpu, "version", version)
    room = GpuRoom.of(Settings(device=device, data_dir=tmp_path, gpu_memory_bytes=1000), "torch")
    try:
        with patience.patient(check, lambda _: None), room.turn():
            waited = False
    except Interrupted:
        waited = True
    assert waited is waits


# --------------------------------------------------------------------------- children


class FullAtFirst:
    """A model whose first two children find the card full; the third reads."""

    def __init__(self, memory: Path) -> None:
        self._memory = memory

    def _load(self) -> None:
        loads = self._memory.read_text() if self._memory.exists() else ""
        self._memory.write_text(loads + "x")
        if len(loads) < 2:
            raise OutOfMemoryError("CUDA out of memory")

    def transcribe(self, image: Image, prompt: str) -> Transcript:
        self._load()
        return Transcript(prompt)

    def skew(self, image: Image) -> float:
        self._load()
        return 1.5


@pytest.fixture
def card() -> Card:
    return Card(1000)


def test_a_vision_model_is_started_again_until_it_has_room(tmp_path: Path, card: Card) -> None:
    class Vision(VisionChild):
        def _fresh(self) -> Child:
            make = functools.partial(FullAtFirst, tmp_path / "loads")
            return Child(functools.partial(OnGpu, make), VisionModel, Limits())

    model = Vision(Settings(vision_local_model="x", data_dir=tmp_path))
    model._room = card.room(tmp_path)
    assert model.transcribe(PICTURE, "what is this?").text == "what is this?"
    assert len(card.pauses) == 2
    model.close()


def test_the_other_models_are_too(tmp_path: Path, card: Card) -> None:
    def fresh() -> Child:
        make = functools.partial(FullAtFirst, tmp_path / "loads")
        return Child(functools.partial(OnGpu, make), Models, Limits())

    models = ModelChild(Settings(data_dir=tmp_path), card.room(tmp_path), fresh)
    assert models.call("skew", PICTURE) == 1.5
    assert len(card.pauses) == 2
    models.close()


class Counting:
    """Models that tell which process they are in, and how many pictures came together."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def quarter_turns(self, image: Image) -> int:
        (self._folder / "begun").touch()
        assert soon((self._folder / "go on").exists)
        return os.getpid()

    def quarter_turns_of(self, images: list[Image]) -> list[int]:
        return [len(images)] * len(images)

    def skew(self, image: Image) -> float:
        return float(os.getpid())


class Counted(EngineChild):
    """Engines whose children count."""

    def __init__(self, folder: Path, **settings: object) -> None:
        self._folder = folder
        super().__init__(Settings(data_dir=folder, **settings))  # type: ignore[arg-type]

    def _started(self, device: Device, threads: int = 0) -> Child:
        return Child(functools.partial(Counting, self._folder), Models, Limits())


@pytest.mark.parametrize("device", ["cuda", "cpu"])
def test_pages_go_through_a_card_together_and_the_rest_beside_it(tmp_path: Path, device: str) -> None:
    engines = Counted(tmp_path, device=device, model_processes=1)
    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(engines.quarter_turns, PICTURE)
        assert soon((tmp_path / "begun").exists)
        others = [threads.submit(engines.quarter_turns, PICTURE) for _ in range(3)]
        assert soon(lambda: engines._models[0].load == 4)
        beside = threads.submit(engines.skew, PICTURE) if device == "cpu" else engines.skew(PICTURE)
        (tmp_path / "go on").touch()
        process = first.result(20)
        told = [other.result(20) for other in others]
    if device == "cuda":
        assert told == [3, 3, 3]
        assert beside != process
    else:
        assert told == [process] * 3
        assert isinstance(beside, Future)
        assert beside.result() == process
    engines.close()


def test_a_device_that_is_not_there_is_told_with_the_page(tmp_path: Path) -> None:
    engines = EngineChild(Settings(data_dir=tmp_path, device="cuda"))
    with pytest.raises(PageUnreadable, match="onnxruntime-gpu"):
        engines.quarter_turns(PICTURE)
    engines.close()


# --------------------------------------------------------------------------- patience


@pytest.fixture
def checks() -> Iterator[list[str]]:
    """What was told within the test."""
    told: list[str] = []
    with patience.patient(lambda: told.append("checked"), told.append):
        yield told


def test_a_lock_that_others_hold_is_waited_for_with_a_word_now_and_then(
    checks: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "_LOOK_EVERY_SECONDS", 0.001)
    lock = threading.Lock()
    lock.acquire()

    def give_back() -> None:
        soon(lambda: len(checks) > 3)
        lock.release()

    threading.Thread(target=give_back).start()
    with patience.held(lock):
        assert len(checks) > 3
    assert lock.acquire(blocking=False)


def test_pauses_check_and_outside_of_work_nobody_is_asked(checks: list[str]) -> None:
    patience.pause(0.0)
    assert checks == ["checked"]
    with patience.patient(lambda: None, lambda _: None):
        patience.tell("inner")
    patience.tell("outer")
    assert checks == ["checked", "outer"]
