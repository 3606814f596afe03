"""What is drawn: charts whose data, names and looks come from a seed."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from benchmarks.scores.charts import ChartTable, Entry

PALETTES = (
    ("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b"),
    ("#4472c4", "#ed7d31", "#a5a5a5", "#ffc000", "#5b9bd5", "#70ad47"),
    ("#264653", "#2a9d8f", "#e9c46a", "#f4a261", "#e76f51", "#6d597a"),
    ("#003f5c", "#58508d", "#bc5090", "#ff6361", "#ffa600", "#8a9a5b"),
    ("#000000", "#777777", "#bbbbbb", "#444444", "#999999", "#222222"),
)
_THINGS = (
    "Apples Barley Copper Dairy Energy Fishing Granite Housing Imports Justice Kerosene Linen Mining Nursing "
    "Oats Paper Quartz Retail Steel Timber Uranium Vehicles Wool Xenon Yarn Zinc"
).split()
_PLACES = "North South East West Centre Coast Valley Harbour Highlands Islands Old_Town New_Town".split()
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_MEASURES = ("Revenue (million EUR)", "Output, tonnes", "Share (%)", "Index", "Time [s]", "Count", "Yield")
_TITLES = ("by sector", "over time", "per region", "after the reform", "in the survey", "before and after")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart to draw. ``kind``: bar, line, scatter or pie.

    ``names`` are the categories or x values; ``series`` has a value for each of them, of a scatter plot the
    y values of ``xs``. Sizes are in points.
    """

    kind: str
    title: str | None
    x_label: str | None
    y_label: str | None
    names: list[str]
    series: dict[str, list[float]]
    xs: dict[str, list[float]] = field(default_factory=dict)
    stacked: bool = False
    horizontal: bool = False
    log: bool = False
    numeric: bool = False
    legend: bool = True
    labelled: bool = False
    grid: bool = True
    framed: bool = True
    markers: bool = True
    turned: int = 0
    ring: bool = False
    width: float = 360.0
    height: float = 240.0
    size: float = 9.0
    colors: tuple[str, ...] = PALETTES[0]

    def truth(self) -> ChartTable:
        """The chart's data."""
        if self.kind == "pie":
            values = next(iter(self.series.values()))
            return tuple(Entry(n, "", 100 * v / sum(values)) for n, v in zip(self.names, values, strict=True))
        return tuple(
            Entry(row, name if len(self.series) > 1 or self.legend else "", value)
            for name, values in self.series.items()
            for row, value in zip(self._rows(name), values, strict=True)
        )

    def _rows(self, name: str) -> list[str]:
        return [str(x) for x in self.xs[name]] if self.kind == "scatter" else self.names


def draw_data(random: Random) -> Drawn:
    """A chart as the seed has it."""
    kind = random.choices(("bar", "line", "scatter", "pie"), (5, 4, 2, 2))[0]
    count = 1 if kind == "pie" else random.choice((1, 1, 2, 2, 3, 4))
    names = _names(random, kind)
    numeric = kind == "line" and random.random() < 0.4
    if numeric:
        start, step = random.choice((0, 1, 10, 1990)), random.choice((1, 2, 5))
        names = [str(start + i * step) for i in range(random.randint(6, 20))]
    log = kind in {"line", "scatter"} and random.random() < 0.2
    kinds = random.sample(_THINGS if names[0] not in _THINGS else _PLACES, count)
    places = len(names) if kind != "scatter" else random.randint(8, 40)
    stacked = kind == "bar" and count > 1 and random.random() < 0.4
    scale = 10.0 ** random.randint(1, 4)
    series = {
        name.replace("_", " "): _values(random, places, scale, log=log, walk=kind == "line") for name in kinds
    }
    across = 10.0 ** random.randint(1, 4)
    horizontal = kind == "bar" and random.random() < 0.3
    few = len(names) * count <= 12
    return Drawn(
        kind,
        f"{random.choice(_THINGS)} {random.choice(_TITLES)}" if random.random() < 0.7 else None,
        random.choice(("Year", "Region", "Group")) if kind != "pie" and random.random() < 0.5 else None,
        random.choice(_MEASURES) if kind != "pie" and random.random() < 0.7 else None,
        names,
        series,
        {name: _values(random, places, across) for name in series} if kind == "scatter" else {},
        stacked=stacked,
        horizontal=horizontal,
        log=log,
        numeric=numeric,
        legend=count > 1 or (kind == "pie" and random.random() < 0.4),
        labelled=kind in {"bar", "pie"} and few and not stacked and random.random() < 0.4,
        grid=random.random() < 0.6,
        framed=random.random() < 0.5,
        markers=random.random() < 0.5,
        turned=0 if horizontal else random.choice((0, 0, 45, 90)),
        ring=random.random() < 0.3,
        width=random.uniform(300, 470),
        height=random.uniform(200, 300),
        size=random.choice((7.0, 8.0, 9.0, 10.0)),
        colors=random.choice(PALETTES[: 4 if count > 3 or kind == "pie" else 5]),
    )


def _names(random: Random, kind: str) -> list[str]:
    """Categories: things, places, months or years."""
    choice = random.randrange(4)
    if kind == "pie" or choice == 0:
        return sorted(random.sample(_THINGS, random.randint(3, 6)))
    if choice == 1:
        return [name.replace("_", " ") for name in random.sample(_PLACES, random.randint(3, 8))]
    if choice == 2:
        return _MONTHS[: random.randint(4, 12)]
    start = random.randint(1960, 2015)
    return [str(start + i) for i in range(random.randint(4, 12))]


def _values(
    random: Random, count: int, scale: float, *, log: bool = False, walk: bool = False
) -> list[float]:
    """Numbers up to ``scale``, of four orders where ``log``; a ``walk`` has each near the one before."""
    if log:
        return [round(10 ** random.uniform(0, 4), 1) for _ in range(count)]
    level = random.uniform(0.3, 0.9)
    found = []
    for _ in range(count):
        level = min(1.0, max(0.1, level + random.uniform(-0.2, 0.2))) if walk else random.uniform(0.1, 1.0)
        found.append(round(level * scale, 2 if scale < 100 else 0))
    return found
