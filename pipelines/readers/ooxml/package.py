"""An Open Packaging container (ECMA-376 part 2): its parts by name, and what they say of each other."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import IO, NamedTuple
from urllib.parse import unquote

from lxml import etree

from schemas.errors import DocumentUnreadable, TooLarge

_LARGEST_XML, _KEPT_XML = 256 << 20, 1 << 19
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
# ISO 29500 Strict names the same vocabularies by other addresses.
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")
_HEAD = 4096
# What the unpacking of damaged or encrypted parts raises.
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError)


class PartMissing(Exception):
    """A part that is not in the package, or whose bytes are damaged."""


class Relationship(NamedTuple):
    """What a part refers to: ``kind`` is the last word of its type, ``target`` a part's name or address."""

    kind: str
    target: str
    external: bool


class Package:
    """The parts of a package, unpacked when they are asked for; names have no leading slash.

    Raises:
        DocumentUnreadable: it is no ZIP archive.
        TooLarge: it holds more than ``max_unpacked_bytes``.
    """

    def __init__(self, path: Path, max_unpacked_bytes: int) -> None:
        try:
            self._archive = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
            raise DocumentUnreadable(
                "The Office document is damaged or cut off: open it in Office or LibreOffice and save it "
                "again."
            ) from error
        entries = self._archive.infolist()
        if sum(entry.file_size for entry in entries) > max_unpacked_bytes:
            self._archive.close()
            raise TooLarge(
                f"The document would unpack to more than {max_unpacked_bytes} bytes: make it smaller "
                "(compress its pictures and films), or raise OCTAVO_MAX_UNPACKED_BYTES."
            )
        self._entries = {_name(entry.filename): entry for entry in entries}
        self._path = path
        self._kept_xml = lru_cache(maxsize=32)(self._xml)
        self.relationships = lru_cache(maxsize=256)(self._relationships)

    def names(self) -> list[str]:
        """The names of all parts, in lower case."""
        return list(self._entries)

    def size(self, name: str) -> int:
        """How many bytes a part has, 0 if it is not there."""
        entry = self._entries.get(_name(name))
        return entry.file_size if entry else 0

    def read(self, name: str) -> bytes:
        """The bytes of a part; raises ``PartMissing``."""
        entry = self._entries.get(_name(name))
        if entry is None:
            raise PartMissing(name)
        try:
            return self._archive.read(entry)
        except _DAMAGED as error:
            raise PartMissing(name) from error

    def open(self, name: str) -> IO[bytes]:
        """A part to be read piece by piece, which may raise what ``zipfile`` does; raises ``PartMissing``."""
        entry = self._entries.get(_name(name))
        if entry is None:
            raise PartMissing(name)
        try:
            return self._archive.open(entry)
        except _DAMAGED as error:
            raise PartMissing(name) from error

    def head(self, name: str) -> bytes:
        """The first bytes of a part, enough for its root's start tag; nothing if they cannot be read."""
        entry = self._entries.get(_name(name))
        try:
            with self._archive.open(entry or "") as part:
                return part.read(_HEAD)
        except (KeyError, *_DAMAGED):
            return b""

    def rewritten(self, changed: Mapping[str, bytes]) -> bytes:
        """The package with other bytes in some of its parts; without any it is the file's own bytes.

        Of parts that have the same name the last is kept. Raises ``PartMissing`` for a damaged one.
        """
        if not changed:
            return self._path.read_bytes()
        new = {_name(name): data for name, data in changed.items()}
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, entry in self._entries.items():
                info = zipfile.ZipInfo(entry.filename, entry.date_time)
                info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, entry.external_attr
                archive.writestr(info, new[name] if name in new else self.read(name))
        return written.getvalue()

    def close(self) -> None:
        """Gives the file back."""
        self._archive.close()

    def xml(self, name: str) -> etree._Element:
        """The root of a part, parsed without entities or network; the last small ones are kept.

        Damaged markup is read as far as it makes sense. Raises ``PartMissing``.
        """
        return self._kept_xml(name) if self.size(name) <= _KEPT_XML else self._xml(name)

    def _xml(self, name: str) -> etree._Element:
        if self.size(name) > _LARGEST_XML:
            raise PartMissing(name)
        return parsed(self.read(name), name)

    def _relationships(self, name: str) -> dict[str, Relationship]:
        """What a part refers to, by id, in the order of the file; nothing where that cannot be read."""
        folder, file = posixpath.split(name)
        try:
            root = self.xml(posixpath.join(folder, "_rels", f"{file}.rels"))
        except PartMissing:
            return {}
        found: dict[str, Relationship] = {}
        for element in root.iter(_RELATIONSHIP):
            kind = (element.get("Type") or "").rpartition("/")[2]
            target, external = element.get("Target") or "", element.get("TargetMode") == "External"
            if not external:
                target = _resolved(folder, target)
            found[element.get("Id") or ""] = Relationship(kind, target, external)
        return found


def parsed(data: bytes, name: str = "") -> etree._Element:
    """The root of an XML text, Strict vocabularies renamed; raises ``PartMissing`` if there is none."""
    if _STRICT.search(data[:_HEAD]):
        data = _STRICT.sub(rb"http://schemas.openxmlformats.org/\1/2006/", data)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=True,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise PartMissing(name) from error
    if root is None:
        raise PartMissing(name)
    return root


def _name(raw: str) -> str:
    """Names are compared without case (§6.2.2.3); some writers part folders by backslashes."""
    return raw.replace("\\", "/").lstrip("/").lower()


def _resolved(folder: str, target: str) -> str:
    """A relationship's target as a part's name; one that begins with a slash counts from the root."""
    path = unquote(target.partition("#")[0]).replace("\\", "/")
    return posixpath.normpath(posixpath.join("/", folder, path)).lstrip("/")
