"""The parts of a Word document to be changed: written back as they were, but for the change."""

from __future__ import annotations

import re

from lxml import etree
from lxml.etree import _Element

from pipelines.readers.docx.parts import Parts

_LARGEST = 256 << 20
# ISO 29500 Strict names the vocabularies by other addresses: they are read as the common ones.
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")
_COMMON = re.compile(rb"http://schemas\.openxmlformats\.org/(\w+)/2006/")


class EditableParts:
    """Parts by name as trees that may be changed, with nothing left out; ``changed`` has their bytes.

    A part that is no well-formed XML, or brings a document type of its own, cannot be changed.
    """

    def __init__(self, parts: Parts) -> None:
        self.source = parts
        self._roots: dict[str, _Element | None] = {}
        self._strict: dict[str, set[bytes]] = {}
        self._touched: dict[str, None] = {}

    def root(self, name: str | None) -> _Element | None:
        """The root of a part; None if it is not there or cannot be changed."""
        if not name:
            return None
        if name not in self._roots:
            self._roots[name] = self._parsed(name)
        return self._roots[name]

    def touch(self, name: str) -> None:
        """The part is no longer as it was."""
        self._touched[name] = None

    def changed(self) -> dict[str, bytes]:
        """The parts that are no longer as they were, by name."""
        return {name: self._written(name) for name in self._touched}

    def _parsed(self, name: str) -> _Element | None:
        data = self.source.bytes(name) if self.source.package.size(name) <= _LARGEST else None
        if not data:
            return None
        self._strict[name] = set(_STRICT.findall(data))
        if self._strict[name]:
            data = _STRICT.sub(rb"http://schemas.openxmlformats.org/\1/2006/", data)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
        try:
            root = etree.fromstring(data, parser)
        except etree.XMLSyntaxError:
            return None
        return None if root.getroottree().docinfo.doctype else root

    def _written(self, name: str) -> bytes:
        root = self._roots[name]
        if root is None:
            raise ValueError(f"{name} cannot be changed")
        data = etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True, standalone=True)
        strict = self._strict[name]
        return _COMMON.sub(
            lambda found: b"http://purl.oclc.org/ooxml/%b/" % found[1] if found[1] in strict else found[0],
            data,
        )
