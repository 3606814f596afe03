"""Results of readings in a folder: a file each, and beside it what lists show."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from threading import Lock

from pydantic import BaseModel, ConfigDict, ValidationError

from api.mcp.library import Unusable
from schemas.documents import ParsedDocument
from schemas.ids import is_id


class Kept(BaseModel):
    """A reading that went well. ``key``: see ``local``."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    made_at: str
    key: str
    pages: int
    path: Path | None = None
    url: str | None = None


class Results:
    """The results in ``folder``, which is made for its user alone. May be used from any thread."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder
        self._lock = Lock()
        self._kept: dict[str, Kept] = {}
        for path in sorted(folder.glob("parse_*.about.json")):
            try:
                kept = Kept.model_validate_json(path.read_bytes())
            except (OSError, ValidationError):
                continue  # half written, or not ours
            if is_id(kept.id) and self._path(kept.id).exists():
                self._kept[kept.id] = kept

    def keep(self, kept: Kept, document: ParsedDocument) -> None:
        """Writes a result; what is told of it comes last, so that a result that is listed is whole."""
        # Not pydantic's own JSON: that refuses half a surrogate pair, and documents hold such things.
        text = json.dumps(document.model_dump(mode="json"), ensure_ascii=False)
        self._write(self._path(kept.id), text)
        self._write(self._folder / f"{kept.id}.about.json", kept.model_dump_json())
        with self._lock:
            self._kept[kept.id] = kept

    def get(self, parse_id: str) -> Kept:
        """What is known of a reading.

        Raises:
            Unusable: there is none with this id.
        """
        with self._lock:
            if parse_id in self._kept:
                return self._kept[parse_id]
        raise Unusable(
            f"There is no reading {parse_id!r}; parse_document makes one, list_documents shows them."
        )

    def document(self, parse_id: str) -> ParsedDocument:
        """A result.

        Raises:
            Unusable: there is none with this id.
        """
        path = self._path(self.get(parse_id).id)
        try:
            return ParsedDocument.model_validate_json(path.read_bytes())
        except OSError:
            raise Unusable(f"The result of {parse_id} is gone; read the document again.") from None

    def with_key(self, key: str) -> str | None:
        """The id of the reading with this key."""
        return next((kept.id for kept in self.all() if kept.key == key), None)

    def all(self) -> Iterable[Kept]:
        """All that is known."""
        with self._lock:
            return list(self._kept.values())

    def _path(self, parse_id: str) -> Path:
        return self._folder / f"{parse_id}.json"

    def _write(self, path: Path, text: str) -> None:
        path.touch(mode=0o600)
        path.write_bytes(text.encode("utf-8", errors="replace"))
