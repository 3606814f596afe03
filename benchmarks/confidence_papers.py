"""Values that the embedded reader finds on drawn papers, each with the signs for it and whether it is right.

Reading pages takes long, finding values does not: the pages of a paper are read once and kept under the
digest of its file. ``rm -r benchmarks/out/cache/confidences`` has them read anew.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from benchmarks.corpus import CACHE
from benchmarks.facts.confidence_drawn import Drawn, drawn
from benchmarks.facts.rasterise import rasterise
from benchmarks.scores.alike import same
from models.base import Engines
from pipelines.extraction.answers import Method
from pipelines.extraction.confidence import confidence, signs
from pipelines.extraction.embedded.reader import EmbeddedReader
from pipelines.extraction.evidence import Evidence
from pipelines.extraction.grounding import Ground
from pipelines.extraction.targets import target_of
from pipelines.extraction.verdicts import Judge, verdicts
from pipelines.parse import assemble, read_pages
from pipelines.work import PageRecord, RunContext
from schemas.options import Configuration, ParsingOptions, StructuredExtractionOptions
from schemas.settings import Settings
from workers.children import EngineChild, ReaderChild
from workers.codec import decode, encode

_FILLING = StructuredExtractionOptions(schema_name="drawn", json_schema={"type": "object", "properties": {}})
_ASKED = Configuration(
    parsing_options=ParsingOptions(include_words=True), structured_extraction_options=[_FILLING]
)
_ITEMS = 3
"""So many items of an array count: those of one table are right or wrong together."""
_SCANNED = 3
"""Each paper of so many is a scan."""


@dataclass(frozen=True, slots=True)
class Case:
    """A value that was found: how, the signs, how sure the code is now, and whether it is right."""

    method: Method
    signs: tuple[float, ...]
    sure: float
    right: bool


Read = Callable[[Path], list[PageRecord]]


class Pages:
    """Reads the pages of files in child processes, which start when they are needed; a context manager."""

    def __init__(self) -> None:
        self._children: tuple[ReaderChild, EngineChild] | None = None

    def __enter__(self) -> Pages:
        return self

    def __exit__(self, *_error: object) -> None:
        for child in self._children or ():
            child.close()

    def __call__(self, path: Path) -> list[PageRecord]:
        """The records of all pages, with what filling a schema needs but their pictures."""
        self._children = self._children or (ReaderChild(Settings()), EngineChild(Settings()))
        reader, engines = self._children
        info = reader.open(path, reader.detect(path, None, path.name))
        records = read_pages(reader, engines, info, range(1, info.page_count + 1), _ASKED, RunContext())
        return [replace(record, picture=b"") for record in records]


@dataclass(frozen=True, slots=True)
class Papers:
    """Drawn papers: ``read`` reads those that are not in ``cache``, ``engines`` find their values."""

    engines: Engines
    read: Read
    cache: Path = CACHE / "confidences"

    def cases(self, seed: str, each: int) -> Iterator[Case]:
        """The values found on so many papers of each kind."""
        with tempfile.TemporaryDirectory() as folder:
            for number, paper in enumerate(drawn(Path(folder), each, seed)):
                yield from self._found(paper, self._evidence(paper.path, scanned=number % _SCANNED == 0))

    def _found(self, paper: Drawn, evidence: Evidence) -> Iterator[Case]:
        target = target_of(paper.schema)
        asked = _FILLING.model_copy(update={"json_schema": paper.schema})
        reading = EmbeddedReader(self.engines).read(target, evidence, asked)
        truth = {one.name: one for one in paper.truth}
        for verdict in verdicts(Judge(Ground.of(evidence)).judged(target, reading.found)):
            said = truth.get(re.sub(r"\[\d+\]", "", verdict.name))
            if said and all(int(item) <= _ITEMS for item in re.findall(r"\[(\d+)\]", verdict.name)):
                right = any(same(said.kind, value, verdict.answer.value) for value in said.values)
                yield Case(verdict.answer.method, signs(verdict), confidence(verdict, None), right)

    def _evidence(self, path: Path, *, scanned: bool) -> Evidence:
        records = self._records(path, scanned=scanned)
        plain = _ASKED.model_copy(update={"structured_extraction_options": None})
        document = assemble(records, len(records), plain, self.engines, RunContext())
        return Evidence.of(records, document.pages)

    def _records(self, path: Path, *, scanned: bool) -> list[PageRecord]:
        digest = sha256(path.read_bytes()).hexdigest()[:16]
        kept = self.cache / f"{digest}{'-scan' if scanned else ''}.records"
        if not kept.exists():
            records = self.read(rasterise(path, f"{digest}.pdf") if scanned else path)
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(encode(records))
        found: list[PageRecord] = decode(kept.read_bytes(), list[PageRecord])
        return found
