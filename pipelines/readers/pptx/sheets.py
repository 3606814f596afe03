"""Slides, layouts and masters: what placeholders and their text inherit (ECMA-376 part 1, §19.3.1.36)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple

from lxml.etree import _Element

from pipelines.readers.ooxml.package import Package, PartMissing, Relationship
from pipelines.readers.pptx.geometry import transform_of
from pipelines.readers.pptx.names import A, P, flag

_ORPHAN = "4294967295"
# What a kind of placeholder is called on the sheets above.
_TITLES = {"title", "ctrTitle"}
_RUNNING = {"dt", "ftr", "sldNum", "hdr"}


class Placeholder(NamedTuple):
    """What a shape stands for: a ``kind`` (``title``, ``body``, ``ftr``…) and its number on the layout."""

    kind: str
    number: str

    @property
    def role(self) -> str:
        """The kind as masters know it: ``title``, ``body`` or one of the running ones."""
        if self.kind in _TITLES:
            return "title"
        return self.kind if self.kind in _RUNNING else "body"


def placeholder_of(shape: _Element) -> Placeholder | None:
    """The placeholder that a shape, picture or frame fills, if it does."""
    found = shape.find(f"*/{P}nvPr/{P}ph")
    if found is None:
        return None
    return Placeholder(found.get("type", "obj"), found.get("idx", "0"))


@dataclass(frozen=True)
class Sheet:
    """A slide, layout or master; ``above`` is the sheet it inherits from."""

    name: str
    root: _Element
    relationships: dict[str, Relationship]
    above: Sheet | None = None
    placeholders: list[tuple[Placeholder, _Element]] = field(default_factory=list)

    @classmethod
    def of(cls, package: Package, name: str, above: Sequence[str] = ("slideLayout", "slideMaster")) -> Sheet:
        """A sheet with those above it, as far as they can be read; raises ``PartMissing`` for its own part.

        ``above`` are the kinds of relationship that lead up, in order.
        """
        root, relationships = package.xml(name), package.relationships(name)
        up = None
        target = next((r.target for r in relationships.values() if r.kind in above[:1]), None)
        if target is not None:
            with suppress(PartMissing):
                up = cls.of(package, target, above[1:])
        sheet = cls(name, root, relationships, up)
        for shape in sheet.shapes():
            placeholder = placeholder_of(shape)
            if placeholder is not None:
                sheet.placeholders.append((placeholder, shape))
        return sheet

    def shapes(self) -> list[_Element]:
        """The shapes that lie directly on the sheet, from back to front."""
        tree = self.root.find(f"{P}cSld/{P}spTree")
        return list(tree) if tree is not None else []

    def shows_above(self) -> bool:
        """Whether what is drawn on the sheet above shows here."""
        return self.above is not None and flag(self.root, "showMasterSp", default=True)

    def inherited(self, placeholder: Placeholder) -> Iterator[_Element]:
        """The shapes of the sheets above that a placeholder takes its place and style from, nearest first."""
        sheet = self.above
        while sheet is not None:
            match = sheet.match(placeholder)
            if match is not None:
                placeholder = match[0]
                yield match[1]
            sheet = sheet.above

    def match(self, wanted: Placeholder) -> tuple[Placeholder, _Element] | None:
        """The placeholder of this sheet that one of the sheet below belongs to."""
        if wanted.role == "body" and self.root.tag != f"{P}sldMaster":
            same = [p for p in self.placeholders if p[0].number == wanted.number and p[0].role == "body"]
            if same or wanted.number == _ORPHAN:
                return same[0] if same else None
            return next((p for p in self.placeholders if p[0].kind == wanted.kind != "obj"), None)
        return next((p for p in self.placeholders if p[0].role == wanted.role), None)

    def transform(self, shape: _Element) -> _Element | None:
        """The ``xfrm`` of a shape on this sheet: its own or the one its placeholder inherits."""
        own = transform_of(shape)
        placeholder = placeholder_of(shape)
        if own is not None or placeholder is None:
            return own
        found = (transform_of(above) for above in self.inherited(placeholder))
        return next((transform for transform in found if transform is not None), None)

    def list_styles(self, shape: _Element, default: _Element | None) -> list[_Element]:
        """Where the paragraphs of a shape look for their properties, nearest first.

        ``default`` is the presentation's own default style.
        """
        placeholder = placeholder_of(shape)
        owners = [shape, *(self.inherited(placeholder) if placeholder else ())]
        styles = [style for owner in owners if (style := owner.find(f"{P}txBody/{A}lstStyle")) is not None]
        if placeholder is not None:
            master = self
            while master.above is not None:
                master = master.above
            name = {"title": "titleStyle", "body": "bodyStyle"}.get(placeholder.role, "otherStyle")
            styles += master.root.findall(f"{P}txStyles/{P}{name}")
        return styles if default is None else [*styles, default]
