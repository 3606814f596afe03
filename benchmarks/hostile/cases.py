"""The files of the two sets, and what may become of each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from benchmarks.corpus import data_folder

BROKEN, HARD = "broken_inputs", "hard_pdfs"


class Kind(StrEnum):
    """The classes of ``broken_inputs/expect.json``, and one for all of ``hard_pdfs``."""

    ENCRYPTED = "encrypted"
    EMPTY_PASSWORD = "encrypted-empty-password"
    CORRUPT = "corrupt"
    FUZZ = "fuzz"
    BOMB = "bomb"
    MISLABELLED = "mislabelled"
    ODD = "odd-but-valid"
    ACTIVE = "active-content"
    HARD = "hard"


READABLE = frozenset({Kind.EMPTY_PASSWORD, Kind.MISLABELLED, Kind.ODD, Kind.ACTIVE})
"""These must be read; of all others a reading and an error are both right."""


@dataclass(frozen=True, slots=True)
class Case:
    """A file of a set; ``name`` is its path within the set."""

    set_name: str
    kind: Kind
    path: Path
    name: str


def cases(set_name: str) -> list[Case]:
    """The files of a set by name; none where it is absent."""
    folder = data_folder() / set_name
    if not folder.is_dir():
        return []
    found = _labelled(folder) if set_name == BROKEN else _pdfs(folder)
    return sorted(found, key=lambda case: case.path)


def _labelled(folder: Path) -> Iterator[Case]:
    labels = json.loads((folder / "expect.json").read_text(encoding="utf-8"))
    for name, label in labels.items():
        yield Case(BROKEN, Kind(label["class"]), folder / name, name)


def _pdfs(folder: Path) -> Iterator[Case]:
    for path in folder.rglob("*.pdf"):
        yield Case(HARD, Kind.HARD, path, str(path.relative_to(folder)))
