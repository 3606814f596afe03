"""The data that content controls show: custom XML and properties in the file (ECMA-376 part 1 §17.5.2.6)."""

from __future__ import annotations

import re
from functools import cached_property
from typing import NamedTuple

from lxml.etree import _Element

from pipelines.readers.docx.forms.parts import EditableParts
from pipelines.readers.docx.names import W

_DATA = "{http://schemas.openxmlformats.org/officeDocument/2006/customXml}"
_BINDINGS = (W + "dataBinding", "{http://schemas.microsoft.com/office/word/2012/wordml}dataBinding")
_PREFIX = re.compile(r"""xmlns:([\w.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_NAME = r"(?:([\w.-]+):)?([\w.-]+)"
# Of XPath what Word itself writes: names all the way down, each perhaps with its number.
_PATH = re.compile(rf"(?:/{_NAME}(?:\[\d+\])?)+(?:/@{_NAME})?")
_STEP = re.compile(rf"/(@)?{_NAME}(?:\[(\d+)\])?")
_MOST_STEPS = 50
_PROPERTIES = {"core-properties", "extended-properties"}


class NotUnderstood(Exception):
    """A binding by an expression that is more than a path, or to more than text."""


class Node(NamedTuple):
    """An element, or with ``attribute`` one of its attributes, of the part with the name ``part``."""

    parts: EditableParts
    part: str
    element: _Element
    attribute: str | None

    @property
    def key(self) -> tuple[str, str]:
        """What is the same for all controls that show this node."""
        return self.part, self.element.getroottree().getpath(self.element) + f"@{self.attribute or ''}"

    @property
    def text(self) -> str:
        """What stands in it now."""
        return (self.element.get(self.attribute) if self.attribute else self.element.text) or ""

    def write(self, text: str) -> None:
        """Puts a text into it."""
        if self.attribute:
            self.element.set(self.attribute, text)
        else:
            self.element.text = text
        self.parts.touch(self.part)


class Stores:
    """The parts of a document that controls may be bound to."""

    def __init__(self, parts: EditableParts) -> None:
        self._parts = parts

    def node(self, properties: _Element) -> Node | None:
        """What a control with these ``w:sdtPr`` shows; None where it is bound to nothing that is there.

        Raises:
            NotUnderstood: it is bound to something that cannot be told here.
        """
        binding = next(properties.iterchildren(*_BINDINGS), None)
        if binding is None:
            return None
        path = binding.get(W + "xpath") or ""
        if not _PATH.fullmatch(path) or path.count("/") > _MOST_STEPS:
            raise NotUnderstood(path)
        mapped = _PREFIX.findall(binding.get(W + "prefixMappings") or "")
        spaces = {prefix: quoted or single for prefix, quoted, single in mapped}
        steps = [
            (is_attribute, f"{{{spaces.get(prefix, '')}}}{name}" if prefix else name, int(number or 1))
            for is_attribute, prefix, name, number in _STEP.findall(path)
        ]
        for part in self._parts_of((binding.get(W + "storeItemID") or "").upper()):
            found = self._follow(part, steps)
            if found is not None:
                if binding.tag != W + "dataBinding" or (not found.attribute and len(found.element)):
                    raise NotUnderstood(path)
                return found
        return None

    def _follow(self, part: str, steps: list[tuple[str, str, int]]) -> Node | None:
        root = self._parts.root(part)
        if root is None or root.tag != steps[0][1]:
            return None
        element, attribute = root, None
        for is_attribute, name, number in steps[1:]:
            if is_attribute:
                attribute = name if element.get(name) is not None else None
                return Node(self._parts, part, element, attribute) if attribute else None
            following = element.findall(name)[number - 1 : number]
            if not following:
                return None
            element = following[0]
        return Node(self._parts, part, element, attribute)

    def _parts_of(self, store: str) -> list[str]:
        """The part with an id, else all: the properties of the document have ids that stand nowhere."""
        return [self._by_id[store]] if store in self._by_id else [*self._by_id.values(), *self._properties]

    @cached_property
    def _by_id(self) -> dict[str, str]:
        source, found = self._parts.source, dict[str, str]()
        for related in source.package.relationships(source.main).values():
            if related.kind == "customXml" and not related.external:
                about = source.package.relationships(related.target).values()
                told = next((r.target for r in about if r.kind == "customXmlProps"), None)
                root = source.xml(told)
                name = root.get(_DATA + "itemID") if root is not None else None
                found.setdefault((name or related.target).upper(), related.target)
        return found

    @cached_property
    def _properties(self) -> list[str]:
        related = self._parts.source.package.relationships("").values()
        return [r.target for r in related if r.kind in _PROPERTIES and not r.external]
