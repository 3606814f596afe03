"""The engines that are measured: Octavo and its peers, each behind ``load() -> read(path) -> Reading``.

Everything is imported inside ``load``, in the engine's own process: a broken peer costs only itself.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

PDF = frozenset({".pdf"})
IMAGES = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff"})
FLOW = frozenset({".html", ".md", ".csv"})


@dataclass(frozen=True, slots=True)
class Reading:
    """What an engine makes of a document. ``stages`` are seconds by stage where the engine tells them."""

    markdown: str
    stages: dict[str, float] = field(default_factory=dict)


Read = Callable[[Path], Reading]


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine: its distribution's name, the file suffixes it is asked to read, and how to load it."""

    name: str
    distribution: str
    suffixes: frozenset[str]
    load: Callable[[], Read]

    def reads(self, path: Path) -> bool:
        """Whether the engine claims to read a file of this name."""
        return path.suffix.lower() in self.suffixes

    def version(self) -> str | None:
        """The installed version, None when the engine is not installed (Octavo may run from its source)."""
        try:
            return metadata.version(self.distribution)
        except metadata.PackageNotFoundError:
            return "source" if self.name == "octavo" else None


def _octavo() -> Read:
    from schemas.options import Configuration
    from schemas.settings import Settings
    from workers.local import LocalParser

    parser = LocalParser(Settings())
    parser.__enter__()  # left with the process

    def read(path: Path) -> Reading:
        before = dict(parser.seconds)
        document = parser.parse(path, Configuration(), page_range="")
        stages = {stage: seconds - before.get(stage, 0.0) for stage, seconds in parser.seconds.items()}
        return Reading(document.document_markdown, stages)

    return read


def _pymupdf4llm() -> Read:
    import pymupdf4llm

    return lambda path: Reading(pymupdf4llm.to_markdown(str(path)))


def _markitdown() -> Read:
    from markitdown import MarkItDown

    converter = MarkItDown(enable_plugins=False)
    return lambda path: Reading(converter.convert_local(path).markdown)


def _opendataloader() -> Read:
    import opendataloader_pdf

    def read(path: Path) -> Reading:
        with tempfile.TemporaryDirectory() as folder:
            opendataloader_pdf.convert(input_path=str(path), output_dir=folder, format="markdown", quiet=True)
            written = sorted(Path(folder).rglob("*.md"))
            if not written:
                raise RuntimeError("the engine wrote no Markdown")
            return Reading(written[0].read_text(encoding="utf-8"))

    return read


ENGINES: dict[str, Engine] = {
    engine.name: engine
    for engine in (
        Engine("octavo", "octavo", PDF | IMAGES | FLOW, _octavo),
        Engine("pymupdf4llm", "pymupdf4llm", PDF | IMAGES, _pymupdf4llm),
        Engine("opendataloader", "opendataloader-pdf", PDF, _opendataloader),
        Engine("markitdown", "markitdown", PDF | FLOW, _markitdown),
    )
}
