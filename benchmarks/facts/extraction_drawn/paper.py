# mypy: disable-error-code="no-untyped-call"
"""A page to write on that remembers where the values of a schema's fields stand."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from reportlab.pdfbase.pdfmetrics import getAscentDescent, stringWidth
from reportlab.pdfgen.canvas import Canvas

from benchmarks.scores.alike import Kind
from benchmarks.scores.extraction import FieldTruth
from benchmarks.scores.regions import PageRegion
from schemas.geometry import BBox

WIDTH, HEIGHT = 612.0, 792.0


@dataclass(frozen=True, slots=True)
class Value:
    """What is printed, and what it says: a number plainly, a date as ISO 8601; empty: as printed."""

    field: str
    printed: str
    says: str = ""
    kind: Kind = Kind.TEXT


@dataclass(slots=True)
class Paper:
    """A PDF in the making, in points from the top left. ``name.name`` are fields of objects and of items."""

    path: Path
    font: str = "Helvetica"
    size: float = 9.0
    page: int = 1
    said: dict[str, list[tuple[str, Kind]]] = field(default_factory=lambda: defaultdict(list))
    places: dict[str, list[PageRegion]] = field(default_factory=lambda: defaultdict(list))
    canvas: Canvas = field(init=False)

    def __post_init__(self) -> None:
        """Opens the file."""
        self.canvas = Canvas(str(self.path), pagesize=(WIDTH, HEIGHT), invariant=True)

    def text(
        self, x: float, y: float, text: str, *, size: float = 0.0, bold: bool = False, right: bool = False
    ) -> BBox:
        """Writes a line whose baseline is at ``y``; ``right``: it ends at ``x``. The box around it."""
        font, size = self._bold if bold else self.font, size or self.size
        width = stringWidth(text, font, size)
        left = x - width if right else x
        self.canvas.setFont(font, size)
        self.canvas.drawString(left, HEIGHT - y, text)
        ascent, descent = getAscentDescent(font, size)
        return BBox(left, y - ascent, left + width, y - descent)

    def value(self, x: float, y: float, value: Value, *, size: float = 0.0, right: bool = False) -> None:
        """Writes a value, line by line, and keeps what it says and where it stands."""
        boxes = [
            self.text(x, y + i * (size or self.size) * 1.25, line, size=size, right=right)
            for i, line in enumerate(value.printed.split("\n"))
        ]
        self.keep(value, *boxes)

    def keep(self, value: Value, *boxes: BBox) -> None:
        """Keeps what a value says that stands in these boxes, a continued one too."""
        self.said[value.field].append((value.says or " ".join(value.printed.split()), value.kind))
        self.place(value.field, *boxes)

    def place(self, name: str, *boxes: BBox) -> None:
        """Keeps where a field's value stands, or goes on."""
        for box in boxes:
            shares = BBox(box.x1 / WIDTH, box.y1 / HEIGHT, box.x2 / WIDTH, box.y2 / HEIGHT)
            self.places[name].append(PageRegion("value", shares, self.page, ""))

    def line(self, x1: float, y1: float, x2: float, y2: float) -> None:
        """Draws a thin line."""
        self.canvas.setLineWidth(0.6)
        self.canvas.line(x1, HEIGHT - y1, x2, HEIGHT - y2)

    def frame(self, box: BBox) -> None:
        """Draws the outline of a box."""
        self.canvas.setLineWidth(0.6)
        self.canvas.rect(box.x1, HEIGHT - box.y2, box.width, box.height)

    def tick(self, x: float, y: float, label: str, *, is_set: bool, size: float = 8.0) -> BBox:
        """Draws a box to tick with its label to the right; ``y`` is the label's baseline. The drawn box."""
        box = BBox(x, y - size, x + size, y)
        self.frame(box)
        if is_set:
            self.line(box.x1 + 1, box.y1 + 1, box.x2 - 1, box.y2 - 1)
            self.line(box.x1 + 1, box.y2 - 1, box.x2 - 1, box.y1 + 1)
        self.text(x + size + 4, y - 1, label)
        return box

    def turn(self) -> None:
        """Begins the next page."""
        self.canvas.showPage()
        self.page += 1

    def truth(self, fields: dict[str, Kind]) -> tuple[FieldTruth, ...]:
        """What stands in each of ``fields``; nothing in those that were not written. Closes the file."""
        self.canvas.save()
        return tuple(
            FieldTruth(name, kind, tuple(says for says, _ in self.said[name]), tuple(self.places[name]))
            for name, kind in fields.items()
        )

    @property
    def _bold(self) -> str:
        return {"Times-Roman": "Times-Bold"}.get(self.font, f"{self.font}-Bold")
