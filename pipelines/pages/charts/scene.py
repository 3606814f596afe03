"""What a chart is made of: shapes, and labels beside and among them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from statistics import median

import numpy as np
from numpy.typing import NDArray

from pipelines.pages.captions import label_kind
from schemas.geometry import BBox, union_of
from schemas.reading import Drawing, TextLine, Word

Point = tuple[float, float]

# Page units: corners of a box lie this near to their places; a line is this thin at most.
_EXACT, _THIN = 0.4, 1.2
# A shape no larger than this is a mark: a point, a tick, the sample in a legend.
MARK = 14.0
# Words this far apart (font sizes) are labels of their own.
_APART = 0.5
# Lines of paragraphs have so many words.
_LONG_LINE, _LONGEST_NAME = 6, 12
# A line's box is less than so many font sizes high.
_SLANTED = 1.6
# White, as good as.
_WHITE = 0xF8


class Form(StrEnum):
    """What a shape looks like."""

    LEVEL = "level line"
    UPRIGHT = "upright line"
    BOX = "box"
    PATH = "open path"
    AREA = "area"


@dataclass(slots=True)
class Shape:
    """A subpath (or several that make one mark), in units of the upright page."""

    form: Form
    bbox: BBox
    points: list[Point]
    fill: str | None
    stroke: str | None
    width: float = 0.0
    dashed: bool = False
    opacity: float = 1.0

    @property
    def color(self) -> str | None:
        """The colour that tells its series: the fill, unless it is white."""
        return self.stroke if self.fill is None or (is_white(self.fill) and self.stroke) else self.fill

    @property
    def is_mark(self) -> bool:
        """Whether it is as small as a point of a scatter plot."""
        return max(self.bbox.width, self.bbox.height) <= MARK


@dataclass(slots=True)
class Label:
    """Words that stand together. ``turned``: on its side; ``slanted``: neither level nor upright."""

    words: list[Word]
    turned: bool
    text: str = ""
    bbox: BBox = field(default_factory=lambda: BBox(0, 0, 0, 0))
    size: float = 0.0

    def __post_init__(self) -> None:
        self.text = _text(self.words)
        self.bbox = union_of([word.bbox for word in self.words])
        self.size = median(word.size for word in self.words) or self.bbox.height

    @property
    def is_name(self) -> bool:
        """Whether it can name an axis: words, and no sentence."""
        sentence = len(self.words) >= _LONG_LINE and self.text.endswith(".")
        return not sentence and len(self.words) <= _LONGEST_NAME and any(map(str.isalpha, self.text))

    @property
    def slanted(self) -> bool:
        """Whether its box is larger than a line both ways."""
        across = self.bbox.width if self.turned else self.bbox.height
        return across > _SLANTED * self.size and len(self.text) > 1


class Scene:
    """The shapes and labels of a page; ``prose`` are the lines of paragraphs and captions."""

    def __init__(self, shapes: Sequence[Shape], lines: Iterable[TextLine]) -> None:
        self.shapes = list(shapes)
        self.labels, self.prose = _labels(lines)

    def within(self, box: BBox, slack: float = 2.0) -> list[Shape]:
        """The shapes that lie in a box whole; marks by their middle."""
        x1, y1, x2, y2 = self._shape_boxes.T
        around = grown(box, slack)
        whole = (x1 >= around.x1) & (y1 >= around.y1) & (x2 <= around.x2) & (y2 <= around.y2)
        x, y = (x1 + x2) / 2, (y1 + y2) / 2
        middle = (x >= around.x1) & (y >= around.y1) & (x <= around.x2) & (y <= around.y2)
        small = (x2 - x1 <= MARK) & (y2 - y1 <= MARK)
        return [self.shapes[i] for i in np.flatnonzero(whole | (middle & small))]

    def near(self, box: BBox, reach: float) -> list[Label]:
        """The labels no farther from a box than ``reach``."""
        x1, y1, x2, y2 = self._label_boxes.T
        around = grown(box, reach)
        meets = (x2 >= around.x1) & (y2 >= around.y1) & (x1 <= around.x2) & (y1 <= around.y2)
        return [self.labels[i] for i in np.flatnonzero(meets)]

    @cached_property
    def _shape_boxes(self) -> NDArray[np.float64]:
        return np.array([shape.bbox for shape in self.shapes], np.float64).reshape(-1, 4)

    @cached_property
    def _label_boxes(self) -> NDArray[np.float64]:
        return np.array([label.bbox for label in self.labels], np.float64).reshape(-1, 4)

    @cached_property
    def level(self) -> list[Shape]:
        """All level lines."""
        return [shape for shape in self.shapes if shape.form is Form.LEVEL]

    @cached_property
    def upright(self) -> list[Shape]:
        """All upright lines."""
        return [shape for shape in self.shapes if shape.form is Form.UPRIGHT]


def is_white(color: str | None) -> bool:
    """Whether a colour is white, or as good as."""
    return color is not None and all(int(color[i : i + 2], 16) >= _WHITE for i in (1, 3, 5))


def grown(box: BBox, by: float) -> BBox:
    """The box, larger by so much on each side."""
    return BBox(box.x1 - by, box.y1 - by, box.x2 + by, box.y2 + by)


def box_of(points: Sequence[Point]) -> BBox:
    """The smallest box around points."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return BBox(min(xs), min(ys), max(xs), max(ys))


def shapes_of(drawings: Sequence[Drawing], place: Callable[[BBox], BBox]) -> list[Shape]:
    """The shapes of a page's drawings, in painting order; ``place`` puts a box on the upright page.

    A path of strokes that end where the next begins, drawn one by one, is one shape.
    """
    found: list[Shape] = []
    for drawing in drawings:
        paths = [[_placed(point, place) for point in path] for path in drawing.subpaths if len(path) > 1]
        if not paths:
            continue
        whole = box_of([point for path in paths for point in path])
        if len(paths) > 1 and max(whole.width, whole.height) <= MARK:
            paths = [[point for path in paths for point in path]]
        for path in paths:
            shape = _shape(path, drawing)
            if not (found and _goes_on(found[-1], shape)):
                found.append(shape)
    return found


def _placed(point: Point, place: Callable[[BBox], BBox]) -> Point:
    box = place(BBox(*point, *point))
    return box.x1, box.y1


def _shape(points: list[Point], drawing: Drawing) -> Shape:
    box = box_of(points)
    return Shape(
        _form(points, box, filled=drawing.fill is not None),
        box,
        points,
        drawing.fill,
        drawing.stroke,
        drawing.width,
        drawing.dashed,
        drawing.opacity,
    )


def _form(points: Sequence[Point], box: BBox, *, filled: bool) -> Form:
    closed = len(points) > 3 and (filled or _near(points[0], points[-1]))
    if closed and box.width > _EXACT and box.height > _EXACT:
        corners = all(
            min(abs(x - box.x1), abs(x - box.x2)) < _EXACT and min(abs(y - box.y1), abs(y - box.y2)) < _EXACT
            for x, y in points
        )
        return Form.BOX if corners else Form.AREA
    # A line may be drawn there and back; a flat one with more vertices is one of data.
    if box.height <= _THIN and box.width > box.height and (len(set(points)) <= 3 or closed or filled):
        return Form.LEVEL
    if box.width <= _THIN and box.height > box.width:
        return Form.UPRIGHT
    return Form.AREA if closed or (filled and len(points) > 2) else Form.PATH


def _goes_on(last: Shape, shape: Shape) -> bool:
    """Adds a stroke to the open path whose end is its start, if it is one."""
    open_forms = {Form.PATH, Form.LEVEL, Form.UPRIGHT}
    if last.form not in open_forms or shape.form not in open_forms or shape.fill or last.fill:
        return False
    if (last.stroke, last.width) != (shape.stroke, shape.width) or not _near(
        last.points[-1], shape.points[0]
    ):
        return False
    if last.form is not Form.PATH and shape.form is not Form.PATH:
        return False  # sides of a frame
    last.points += shape.points[1:]
    last.bbox, last.form = last.bbox.union(shape.bbox), Form.PATH
    return True


def _near(one: Point, other: Point) -> bool:
    return abs(one[0] - other[0]) < _EXACT and abs(one[1] - other[1]) < _EXACT


def _labels(lines: Iterable[TextLine]) -> tuple[list[Label], list[BBox]]:
    """The lines, cut where their words stand apart; those of running text as boxes only."""
    blocks: dict[int, list[TextLine]] = defaultdict(list)
    for i, line in enumerate(lines):
        blocks[line.block if line.block >= 0 else -1 - i].append(line)
    labels: list[Label] = []
    prose: list[BBox] = []
    for block in blocks.values():
        if _is_running_text(block):
            prose += [line.bbox for line in block]
        else:
            labels += [
                Label(part, turned=line.quarter_turns % 2 == 1) for line in block for part in _parts(line)
            ]
    return labels, prose


def _is_running_text(block: Sequence[TextLine]) -> bool:
    """Whether lines are a paragraph or a caption."""
    if label_kind(block[0].text) is not None:
        return True
    long = sum(len(line.words) >= _LONG_LINE for line in block)
    return len(block) > 1 and 2 * long >= len(block)


def _parts(line: TextLine) -> Iterator[list[Word]]:
    part: list[Word] = []
    for word in line.words:
        size = max(word.size, part[-1].size) if part else 0.0
        if part and _gap(part[-1].bbox, word.bbox, turned=line.quarter_turns % 2 == 1) > _APART * size:
            yield part
            part = []
        part.append(word)
    if part:
        yield part


def _gap(one: BBox, other: BBox, *, turned: bool) -> float:
    if turned:
        return max(other.y1 - one.y2, one.y1 - other.y2)
    return max(other.x1 - one.x2, one.x1 - other.x2)


def _text(words: Sequence[Word]) -> str:
    """The words with their spaces; an exponent after ``^``."""
    return "".join(
        (" " if word.space_before and i and not word.superscript else "")
        + ("^" if word.superscript and i else "")
        + word.text
        for i, word in enumerate(words)
    )
