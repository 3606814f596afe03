"""A key and its value: what is known of one field of a form, wherever it was read."""

from __future__ import annotations

from dataclasses import dataclass, field

from schemas.fragments import Source
from schemas.geometry import BBox, union_of
from schemas.reading import FieldKind, Word


@dataclass(slots=True)
class Entry:
    """A field of a form; boxes are in units of the upright page.

    ``name`` is what a person reads at the field. ``value`` is text (several choices one a line; empty of an
    empty field), True or False of a check box, None where nothing can be said of it. ``box`` is that of the
    field or its value, None of a field that stands on no page; ``label_box`` that of the printed name.
    ``words`` are those of the page that name or value consist of: they leave the running text.
    """

    kind: FieldKind
    name: str
    value: str | bool | None
    box: BBox | None
    label_box: BBox | None = None
    words: list[Word] = field(default_factory=list)
    score: float | None = None
    source: Source = Source.DIGITAL

    @property
    def extent(self) -> BBox | None:
        """The box around the field and its printed name; None where it has neither."""
        boxes = [box for box in (self.box, self.label_box) if box is not None]
        return union_of(boxes) if boxes else None
