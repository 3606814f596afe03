"""The parts of a Word document: the main one, and those it refers to."""

from __future__ import annotations

from pathlib import Path

from lxml.etree import _Element

from pipelines.readers.base import ReaderSetup
from pipelines.readers.docx.names import W
from pipelines.readers.ooxml.package import Package, PartMissing, Relationship
from schemas.errors import DocumentEmpty, DocumentUnreadable


class Parts:
    """The package of a Word document, its main part found and parsed.

    Raises:
        DocumentEmpty: the file has no bytes.
        DocumentUnreadable: it is no package, or holds no Word document that can be read.
    """

    def __init__(self, path: Path, setup: ReaderSetup) -> None:
        if not path.stat().st_size:
            raise DocumentEmpty("The file is empty: it has no bytes to read.")
        self.package = Package(path, setup.max_unpacked_bytes)
        targets = (r.target for r in self.package.relationships("").values() if r.kind == "officeDocument")
        for name in (*targets, "word/document.xml"):
            root = self.xml(name)
            body = root.find(W + "body") if root is not None else None
            if root is not None and body is not None:
                self.main, self.root, self.body = name, root, body
                return
        self.package.close()
        raise DocumentUnreadable(
            "There is no readable Word document in the file. If Word opens it, save it again as DOCX."
        )

    def xml(self, name: str | None) -> _Element | None:
        """The root of a part; None if it is not there or cannot be read."""
        try:
            return self.package.xml(name) if name else None
        except PartMissing:
            return None

    def bytes(self, name: str) -> bytes | None:
        """The bytes of a part; None if they cannot be had."""
        try:
            return self.package.read(name)
        except PartMissing:
            return None

    def related(self, part: str, relationship_id: str | None) -> Relationship | None:
        """What a part means by an id of its own."""
        return self.package.relationships(part).get(relationship_id or "")

    def of_kind(self, kind: str) -> str | None:
        """The name of the main part's first part of a kind (``styles``, ``footnotes``…)."""
        found = self.package.relationships(self.main).values()
        return next((r.target for r in found if r.kind == kind and not r.external), None)
