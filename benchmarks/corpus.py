"""Where the documents are, and what is known of them.

The data is not part of the repository: ``OCTAVO_BENCH_DATA`` names its folder (default: ``shared/data``
beside the repository). A set that is not there is skipped.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.scores.order import Block

REPOSITORY = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Truth:
    """What a document should read as; None where the set says nothing of it.

    ``tables`` holds one list of HTML tables for each accepted reading of the document. ``silver`` marks
    a truth that another engine made and people only looked over.
    """

    markdown: str | None = None
    blocks: tuple[Block, ...] | None = None
    tables: tuple[tuple[str, ...], ...] | None = None
    silver: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A file of a set with its truth. ``truth()`` reads it when asked; ``kind`` groups the scores."""

    set_name: str
    kind: str
    path: Path
    truth: Callable[[], Truth]

    @property
    def name(self) -> str:
        """The file's name inside its set."""
        return self.path.name


def data_folder() -> Path:
    """The folder of all sets."""
    return Path(os.environ.get("OCTAVO_BENCH_DATA") or REPOSITORY.parent / "shared" / "data")


def documents(set_name: str, limit: int | None = None) -> list[Document]:
    """The documents of a set, sorted by path; none when the set is absent.

    Raises:
        KeyError: no set has this name.
    """
    reader = sets()[set_name]
    folder = data_folder() / set_name
    return list(reader(folder))[:limit] if folder.is_dir() else []


def sets() -> dict[str, Callable[[Path], Iterator[Document]]]:
    """Every set with its reader."""
    from benchmarks.facts import docling, icdar2013, omnidocbench

    return {
        "omnidocbench_demo": omnidocbench.documents,
        "icdar2013_tables": icdar2013.documents,
        "docling_formats": docling.documents,
    }
