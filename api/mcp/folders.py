"""The folders whose documents may be read, and nothing beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from api.mcp.library import Entry, Unusable
from schemas.formats import FORMATS

_MOST_FILES = 20_000
"""Looked at in a listing; a folder with more is not one of documents."""


@dataclass(frozen=True, slots=True)
class Folders:
    """Folders that the server was given, links followed. Hidden files and folders in them are left alone."""

    roots: tuple[Path, ...]

    @classmethod
    def of(cls, given: Sequence[Path]) -> Folders:
        """The folders given.

        Raises:
            Unusable: one of them is no folder.
        """
        for folder in given:
            if not folder.is_dir():
                raise Unusable(f"{folder} is no folder.")
        return cls(tuple(dict.fromkeys(folder.resolve() for folder in given)))

    def find(self, text: str) -> Path:
        """The file that ``text`` names: a whole path, or one that begins in one of the folders.

        Raises:
            Unusable: there is no such file below the folders. It is not told whether one lies elsewhere.
        """
        if not self.roots:
            raise Unusable("This server was given no folder: name a URL, a file_id or a parse_id.")
        for root in self.roots:
            try:
                path = (root / Path(text)).resolve(strict=True)
            except (OSError, RuntimeError, ValueError):
                continue
            if any(_lies_openly(path, other) for other in self.roots) and path.is_file():
                return path
        raise Unusable(
            f"There is no file {text!r} below the folders of this server; list_documents shows what there is."
        )

    def new_file(self, text: str) -> Path:
        """A path below the folders for a file that is not there yet.

        Raises:
            Unusable: it leads elsewhere, or something is there.
        """
        if not self.roots:
            raise Unusable("This server was given no folder to write to.")
        try:
            path = (self.roots[0] / Path(text)).resolve()
            inside = any(_lies_openly(path, root) for root in self.roots) and path.parent.is_dir()
            taken = inside and path.exists()
        except (OSError, RuntimeError, ValueError):
            raise Unusable(f"{text[:100]!r} cannot be the name of a file.") from None
        if not inside:
            raise Unusable(f"{text!r} is not in a folder of this server.")
        if taken:
            raise Unusable(f"{text!r} is there already; name another file.")
        return path

    def shown(self, path: Path) -> str:
        """A path as callers may name it."""
        for root in self.roots:
            if path.is_relative_to(root) and (len(self.roots) == 1 or root is self.roots[0]):
                return str(path.relative_to(root))
        return str(path)

    def files(self, name: str, start: int, limit: int) -> tuple[list[Entry], int | None]:
        """Documents of known formats whose path has ``name`` in it, by path; where the list goes on."""
        wanted = name.casefold()
        paths = islice(self._walk(), _MOST_FILES)
        shown = sorted((text, path) for path in paths if wanted in (text := self.shown(path)).casefold())
        chosen = shown[start : start + limit]
        after = start + limit
        return [_entry(text, path) for text, path in chosen], after if after < len(shown) else None

    def _walk(self) -> Iterator[Path]:
        known = {extension for known in FORMATS for extension in known.extensions}
        for root in self.roots:
            folders = [root]
            while folders:
                try:
                    found = sorted(folders.pop().iterdir())
                except OSError:
                    continue
                for path in found:
                    if path.name.startswith(".") or path.is_symlink():
                        continue
                    if path.is_dir():
                        folders.append(path)
                    elif path.suffix.lower() in known and path.is_file():
                        yield path


def _lies_openly(path: Path, root: Path) -> bool:
    """Whether it is below the folder, and nothing on the way is hidden: that is no document."""
    if not path.is_relative_to(root):
        return False
    return not any(part.startswith(".") for part in path.relative_to(root).parts)


def _entry(text: str, path: Path) -> Entry:
    try:
        state = path.stat()
    except OSError:
        return Entry(text, path.name, "")
    made_at = datetime.fromtimestamp(state.st_mtime, UTC).isoformat(timespec="seconds")
    return Entry(text, path.name, made_at, size=state.st_size)
