"""Pages a second of each model, on the processor and on a graphics card, alone and in batches; and of all."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image as Pictures

from benchmarks.corpus import documents
from benchmarks.speed import SOURCES
from models.base import Image
from models.cuda import DeviceError
from models.graphs import can_change
from models.local import LocalEngines
from models.runtime import Runtime
from pipelines.parse import assemble, read_pages
from pipelines.work import RunContext
from schemas.options import Configuration
from schemas.page_range import in_parts
from schemas.reading import TextLine
from schemas.settings import Device, Settings
from workers.children import EngineChild, ReaderChild

Tell = Callable[[str], None]

TOGETHER = 8
"""Pages of a batch."""
COLUMNS = ("cpu", "cuda", "cuda, batches", "cuda, 16 bits")
"""How the models are run: one page at a time; so many together; and these in half precision."""
_MODEL03 = "model03"
_LAYOUT, _PLAIN, _WHOLE = "layout by text (no card)", "plain RapidOCR", "all, end to end"
_ONLY = {_LAYOUT: ("cpu",), _PLAIN: ("cpu", "cuda"), _WHOLE: ("cpu", "cuda, batches")}
"""The columns that some tasks have."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One task: pages a second by column; what is not there was not measured."""

    name: str
    pages: int
    paces: dict[str, float] = field(default_factory=dict)

    def is_run(self, column: str) -> bool:
        """Whether there is such a way to do it."""
        return column in _ONLY.get(self.name, COLUMNS)


class _Tasks:
    """What models are asked of a page, one by one and several at once."""

    def __init__(self, engines: LocalEngines, lines: Sequence[list[TextLine]]) -> None:
        texts = [[line.text for line in of_page] or [""] for of_page in lines]
        self._alone: dict[str, Callable[[Image, int], object]] = {
            "quarter turns": lambda page, _: engines.quarter_turns(page),
            "text": lambda page, _: engines.read_text(page, _MODEL03),
            _LAYOUT: lambda page, i: engines.lay_out(page, lines[i]),
            "regions": lambda page, _: engines.find_regions(page),
            "table structure": lambda page, _: engines.table_structures(page),
            "signatures": lambda page, _: engines.find_signatures(page),
            "embeddings": lambda _, i: engines.embed(texts[i]),
        }
        self._together: dict[str, Callable[[list[Image], list[int]], object]] = {
            "quarter turns": lambda pages, _: engines.quarter_turns_of(pages),
            "text": lambda pages, _: engines.read_texts(pages, _MODEL03),
            "regions": lambda pages, _: engines.find_regions_of(pages),
            "table structure": lambda pages, _: engines.table_structures_of(pages),
            "signatures": lambda pages, _: engines.find_signatures_of(pages),
            "embeddings": lambda _, places: engines.embed_all([texts[i] for i in places]),
        }

    def alone(self, pages: Sequence[Image]) -> dict[str, float]:
        """Pages a second of each task, a page at a time, after one round that is not counted."""
        return {
            name: _pace(len(pages), lambda do=do: [do(page, i) for i, page in enumerate(pages)])  # type: ignore[misc]
            for name, do in self._alone.items()
        }

    def together(self, pages: Sequence[Image]) -> dict[str, float]:
        """The same in batches."""
        parts = in_parts(list(range(len(pages))), TOGETHER)
        return {
            name: _pace(
                len(pages),
                lambda do=do: [do([pages[i] for i in part], part) for part in parts],  # type: ignore[misc]
            )
            for name, do in self._together.items()
        }


def has_card() -> str | None:
    """None where models can run on a card; else why not."""
    try:
        Runtime.of("cuda")
    except DeviceError as error:
        return error.message
    return None


def measure(limit: int, workers: int, tell: Tell) -> list[Stage]:
    """All stages on the first pictures of the scanned set; the card's columns only where there is one."""
    files = [document.path for document in documents(SOURCES["scanned"], limit)]
    pages = [np.asarray(Pictures.open(file).convert("RGB")) for file in files]
    if not pages:
        return []
    card = has_card() is None
    tell(f"{len(pages)} pages")
    found: dict[str, dict[str, float]] = {}

    def note(column: str, paces: dict[str, float]) -> None:
        for name, pace in paces.items():
            found.setdefault(name, {})[column] = pace
            tell(f"{name}, {column}: {pace:.2f} pages/s")

    engines = LocalEngines("cpu")
    lines = engines.read_texts(pages, _MODEL03)
    note("cpu", _Tasks(engines, lines).alone(pages))
    note("cpu", {_PLAIN: _rapidocr(files, cuda=False)})
    note("cpu", {_WHOLE: _whole(files, Device.CPU, workers)})
    if card:
        engines = LocalEngines("cuda")
        note("cuda", _Tasks(engines, lines).alone(pages))
        note("cuda, batches", _Tasks(engines, lines).together(pages))
        if can_change():
            note("cuda, 16 bits", _Tasks(LocalEngines("cuda", half=True), lines).together(pages))
        note("cuda", {_PLAIN: _rapidocr(files, cuda=True)})
        note("cuda, batches", {_WHOLE: _whole(files, Device.CUDA, workers)})
    return [Stage(name, len(pages), paces) for name, paces in found.items()]


def _pace(pages: int, do: Callable[[], object]) -> float:
    do()
    started = time.perf_counter()
    do()
    return pages / (time.perf_counter() - started)


def _rapidocr(files: Sequence[Path], *, cuda: bool) -> float:
    """The bare engine with its own models and settings."""
    from rapidocr import RapidOCR

    engine: Any = RapidOCR(params={"EngineConfig.onnxruntime.use_cuda": cuda, "Global.log_level": "error"})
    return _pace(len(files), lambda: [engine(str(file)) for file in files])


def _whole(files: Sequence[Path], device: Device, workers: int) -> float:
    """Files read from end to end, as a worker does with so many documents in hand."""
    settings = Settings(device=device, workers=workers)
    engines = EngineChild(settings)
    configuration = Configuration()

    def read(file: Path) -> None:
        reader, context = ReaderChild(settings), RunContext()
        try:
            info = reader.open(file, reader.detect(file, None, file.name))
            records = read_pages(reader, engines, info, [1], configuration, context)
            assemble(records, info.page_count, configuration, engines, context)
        finally:
            reader.close()

    try:
        with ThreadPoolExecutor(workers) as threads:
            return _pace(len(files), lambda: list(threads.map(read, files)))
    finally:
        engines.close()
