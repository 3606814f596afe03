"""What there is to read: files, folders, patterns, addresses and standard input, as they are named."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from glob import glob
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from schemas.acceptance import may_be_readable
from schemas.formats import mime_type_of_name

STANDARD_INPUT = "-"
_NAMED = 5
"""So many of the files that are left out are named."""


@dataclass(frozen=True, slots=True)
class Input:
    """A document: what it was called by who named it, where it is, and its place below a folder for results.

    ``source`` is a file, or an address that begins with ``http://`` or ``https://``.
    """

    name: str
    source: Path | str
    below: PurePosixPath


@dataclass(slots=True)
class Found:
    """What inputs lead to, each document once.

    ``missing`` are names of nothing, and why; ``skipped`` files of folders that are of no kind that is read.
    """

    inputs: list[Input] = field(default_factory=list)
    missing: list[tuple[str, str]] = field(default_factory=list)
    skipped: list[Path] = field(default_factory=list)

    @property
    def left_out(self) -> str | None:
        """For a person: the first of the files that are left out, and how many more there are."""
        if not self.skipped:
            return None
        named = ", ".join(map(str, self.skipped[:_NAMED]))
        more = len(self.skipped) - _NAMED
        return f"Left out, of no kind that is read: {named}{f' and {more} more' if more > 0 else ''}."


def is_address(name: str) -> bool:
    """Whether it is a URL rather than a file's name."""
    return name.lower().startswith(("http://", "https://"))


def found(names: Iterable[str], scratch: Path) -> Found:
    """The documents that ``names`` lead to. ``-`` is standard input, which is read into ``scratch``.

    A file of a folder keeps its place below that folder.
    """
    all_of_them, seen = Found(), set[Path | str]()
    for name in names:
        if is_address(name):
            inputs = [Input(name, name, PurePosixPath(_name_of(name)))]
        elif name == STANDARD_INPUT:
            inputs = [Input(name, _kept(scratch), PurePosixPath("stdin"))]
        else:
            inputs = list(_files(name, all_of_them))
        for one in inputs:
            if one.source not in seen:
                seen.add(one.source)
                all_of_them.inputs.append(one)
    return all_of_them


@contextmanager
def finding(names: Iterable[str]) -> Iterator[Found]:
    """As ``found``; what had to be kept is gone after the block."""
    with tempfile.TemporaryDirectory(prefix="octavo-") as scratch:
        yield found(names, Path(scratch))


def _files(name: str, so_far: Found) -> Iterator[Input]:
    """The files that a name or pattern leads to; what is left out is noted, but for what is hidden."""
    if not name:  # to Path it would be this folder
        so_far.missing.append(('""', "This name is empty: is a variable of your shell not set?"))
        return
    paths = [name] if Path(name).exists() else sorted(glob(name, recursive=True))  # noqa: PTH207
    if not paths:
        so_far.missing.append((name, "There is no such file."))
    for path in map(Path, paths):
        if not path.is_dir():
            yield Input(str(path), path, PurePosixPath(path.name))
            continue
        for one in sorted(one for one in path.rglob("*") if one.is_file()):
            below = PurePosixPath(one.relative_to(path).as_posix())
            if any(part.startswith(".") for part in below.parts):
                continue
            if may_be_readable(mime_type_of_name(one.name)):
                yield Input(str(one), one, below)
            else:
                so_far.skipped.append(one)


def _kept(scratch: Path) -> Path:
    path = scratch / "stdin"
    if not path.exists():
        with path.open("wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
    return path


def _name_of(address: str) -> str:
    """The last part of a URL's path, or its host."""
    parts = urlsplit(address)
    last = unquote(parts.path).replace("\\", "/").rstrip("/").rpartition("/")[2]
    return last if last not in ("", ".", "..") else parts.hostname or "page"


def targets(inputs: Sequence[Input], folder: Path, suffix: str) -> dict[Input, Path]:
    """A result file in ``folder`` for each, named like it; no two are the same, and none is an input."""
    taken = {one.source.resolve() for one in inputs if isinstance(one.source, Path)}
    chosen: dict[Input, Path] = {}
    for one in inputs:
        place = folder / one.below
        names = [place.stem, place.name, *(f"{place.name}-{n}" for n in range(2, len(inputs) + 3))]
        candidates = (place.with_name(f"{name}{suffix}") for name in names)
        chosen[one] = next(path for path in candidates if path.resolve() not in taken)
        taken.add(chosen[one].resolve())
    return chosen
