"""Names of series: labels beside samples of their colours, or at the end of their lines."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from models.charts.axes import number_of
from pipelines.pages.charts.scene import Form, Label, Scene, Shape
from schemas.geometry import BBox

# A sample is this large at most, this far from its label at most, and level with it (font sizes).
_WIDE, _HIGH, _FAR, _OFF = 5.0, 2.2, 2.0, 0.6
_REACH = 0.75
# So many lines one below the other, of one colour, are ticks.
_LEAST_TICKS = 3
_MOST_PAIRS = 500
_AREAS = frozenset({Form.BOX, Form.AREA})


@dataclass(slots=True)
class Legend:
    """A name and its label for each colour; ``samples`` are the shapes that show the colours."""

    labels: dict[str, Label] = field(default_factory=dict)
    samples: list[Shape] = field(default_factory=list)

    def name(self, color: str | None) -> str | None:
        """The name of a colour's series."""
        label = self.labels.get(color or "")
        return label.text if label else None

    def position(self, plot: BBox) -> str | None:
        """Where the legend is: a side of the plot, or inside of it."""
        if not self.labels:
            return None
        boxes = [label.bbox for label in self.labels.values()]
        x = sum(box.center[0] for box in boxes) / len(boxes)
        y = sum(box.center[1] for box in boxes) / len(boxes)
        if plot.holds(x, y):
            return "inside"
        if plot.x1 <= x <= plot.x2:
            return "top" if y < plot.y1 else "bottom"
        return "left" if x < plot.x1 else "right"


def legend_of(
    scene: Scene, plot: BBox, colors: Collection[str], taken: Collection[int], reach: float = _REACH
) -> Legend:
    """The legend of a plot whose series have ``colors``; ``taken`` are the ids of labels with other uses.

    It is no farther from the plot than ``reach`` times the plot's size.
    """
    across, down = reach * plot.width, reach * plot.height
    near = BBox(plot.x1 - across, plot.y1 - down, plot.x2 + across, plot.y2 + down)
    labels = [x for x in scene.labels if id(x) not in taken and not x.turned and near.holds(*x.bbox.center)]
    shown = [s for s in scene.shapes if s.color in colors and near.holds(*s.bbox.center)]
    drawn = Counter(_column(shape) for shape in shown)
    samples = [s for s in shown if s.form in _AREAS or drawn[_column(s)] < _LEAST_TICKS]
    pairs = _pairs(labels, samples)
    legend = Legend()
    for color in colors:
        own = [(label, sample) for label, sample in pairs if sample.color == color]
        own = [(x, s) for x, s in own if number_of(x.text) is None or not _is_alone(x, pairs)]
        if own:
            label, _sample = min(own, key=lambda pair: (_is_alone(pair[0], pairs), _gap(pair[1], pair[0])))
            if all(label is not other for other in legend.labels.values()):
                legend.labels[color] = label
            legend.samples += [sample for label, sample in own if label is legend.labels.get(color)]
    return legend


def _pairs(labels: Sequence[Label], samples: Sequence[Shape]) -> list[tuple[Label, Shape]]:
    """Each label with the samples that stand at it."""
    by_height = sorted(samples, key=lambda sample: sample.bbox.center[1])
    heights = [sample.bbox.center[1] for sample in by_height]
    pairs = []
    for label in labels:
        y, reach = label.bbox.center[1], _OFF * label.size
        level = by_height[bisect_left(heights, y - reach) : bisect_right(heights, y + reach)]
        pairs += [(label, sample) for sample in level if _belongs(sample, label)]
    return pairs[:_MOST_PAIRS]


def _column(shape: Shape) -> tuple[str | None, int, int]:
    """What ticks of an axis have in common: colour and ends."""
    return shape.color, round(shape.bbox.x1), round(shape.bbox.x2)


def _belongs(sample: Shape, label: Label) -> bool:
    box, size = sample.bbox, label.size
    small = box.width <= _WIDE * size and box.height <= _HIGH * size
    return small and -0.1 * size <= _gap(sample, label) <= _FAR * size


def _gap(sample: Shape, label: Label) -> float:
    """How far a sample stands before its label; after it, where it does that."""
    before = label.bbox.x1 - sample.bbox.x2
    return before if before >= -0.1 * label.size else sample.bbox.x1 - label.bbox.x2 + 0.5 * label.size


def _is_alone(label: Label, pairs: Sequence[tuple[Label, Shape]]) -> bool:
    """Whether no other stands in a row or a column with a label, as entries of a legend do."""
    x, y = label.bbox.x1, label.bbox.center[1]
    return not any(
        other is not label and (abs(other.bbox.x1 - x) < 1 or abs(other.bbox.center[1] - y) < 1)
        for other, _ in pairs
    )


def at_ends(
    ends: dict[str, tuple[float, float]], labels: Sequence[Label], taken: Collection[int]
) -> dict[str, Label]:
    """Labels right of where lines end: the names of these. ``ends`` by colour."""
    found: dict[str, Label] = {}
    for color, (x, y) in ends.items():
        beside = [
            label
            for label in labels
            if id(label) not in taken
            and not label.turned
            and -1 <= label.bbox.x1 - x <= _FAR * label.size
            and abs(label.bbox.center[1] - y) <= _OFF * label.size
        ]
        if len(beside) == 1:
            found[color] = beside[0]
    return found if len({id(label) for label in found.values()}) == len(found) else {}
