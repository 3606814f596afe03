"""Lists (ECMA-376 part 1 §17.9): what Word writes before the paragraphs that it numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from lxml.etree import _Element

from pipelines.readers.docx.names import W, is_on, number, value
from pipelines.readers.numerals import numeral

_LEVELS = 9
_LONGEST_LABEL = 200
# Bullets that say whether a task is done.
_TICKS = set("☐☑☒")
_PLACE = re.compile(r"%([1-9])")


class Label(NamedTuple):
    """What stands before a paragraph: a number as shown, or nothing but a bullet; and how it is parted."""

    text: str
    bullet: bool
    gap: str = " "


@dataclass(slots=True)
class _Level:
    """A level of a list: ``restart`` is the level (from 1) that begins it anew, 0 for none, None for any."""

    form: str = "decimal"
    text: str = ""
    start: int = 1
    restart: int | None = None
    decimal: bool = False
    gap: str = " "
    style: str = ""
    picture: bool = False

    @classmethod
    def of(cls, element: _Element) -> _Level:
        form = value(element, "numFmt")
        if form is None:  # in an alternative for formats that older programs do not know
            form = next((f.get(W + "val") for f in element.iter(W + "numFmt")), None)
        return cls(
            form=form or "decimal",
            text=(value(element, "lvlText") or "")[:_LONGEST_LABEL],
            start=number(value(element, "start"), 0) or 0,
            restart=number(value(element, "lvlRestart")),
            decimal=is_on(element.find(W + "isLgl")),
            gap="" if value(element, "suff") == "nothing" else " ",
            style=value(element, "pStyle") or "",
            picture=element.find(W + "lvlPicBulletId") is not None,
        )


@dataclass(slots=True)
class _List:
    """A list as paragraphs name it: its levels, where it begins anew, and the count it shares with others."""

    levels: dict[int, _Level]
    starts: dict[int, int]
    counts: dict[int, int]
    begun: set[int] = field(default_factory=set)


class Numbering:
    """The lists of a document; counts on with each paragraph asked for, so ask once each, in order."""

    def __init__(self, root: _Element | None) -> None:
        self._lists: dict[int, _List] = {}
        if root is None:
            return
        abstract = {a.get(W + "abstractNumId"): a for a in root.iterchildren(W + "abstractNum")}
        linked = {value(a, "styleLink"): a for a in abstract.values() if a.find(W + "styleLink") is not None}
        counts: dict[int, dict[int, int]] = {}
        levels: dict[int, dict[int, _Level]] = {}
        for num in root.iterchildren(W + "num"):
            definition = abstract.get(value(num, "abstractNumId"))
            link = value(definition, "numStyleLink")
            if link is not None:
                definition = linked.get(link, definition)
            num_id = number(num.get(W + "numId"))
            if definition is None or num_id is None:
                continue
            shared = id(definition)
            if shared not in levels:
                levels[shared] = _levels(definition)
            own, starts = _overridden(num, levels[shared])
            self._lists[num_id] = _List(own, starts, counts.setdefault(shared, {}))

    def level_of_style(self, num_id: int, style_ids: tuple[str, ...]) -> int | None:
        """The level of a list that names the first possible of these styles as its own."""
        found = self._lists.get(num_id)
        if found is None:
            return None
        by_style = {level.style: place for place, level in found.levels.items() if level.style}
        return next((by_style[style] for style in style_ids if style in by_style), None)

    def label(self, num_id: int, level: int) -> Label | None:
        """The label of the next paragraph on a level (from 0) of a list; None where it shows none at all."""
        found = self._lists.get(num_id)
        level = min(max(level, 0), _LEVELS - 1)
        if found is None:
            return None
        own = found.levels.get(level, _Level())
        self._count(found, level)
        if own.form == "bullet" or own.picture:
            sign = own.text.strip()
            shown = sign if sign in _TICKS else ""
            return Label(shown, bullet=not shown) if sign or own.picture else None
        text = _PLACE.sub(lambda place: _shown(found, int(place.group(1)) - 1, own), own.text).strip()
        return Label(text, bullet=False, gap=own.gap) if text else None

    def _count(self, found: _List, level: int) -> None:
        """Counts a level on, begins those below it anew and those above it where they have not begun."""
        counts = found.counts
        for above in range(level):
            counts.setdefault(above, found.starts.get(above, found.levels.get(above, _Level()).start))
        own = found.levels.get(level, _Level())
        if level in found.starts and level not in found.begun:
            counts[level] = found.starts[level]
        elif level in counts:
            counts[level] += 1
        else:
            counts[level] = found.starts.get(level, own.start)
        found.begun.add(level)
        for below in [b for b in counts if b > level]:
            restart = found.levels.get(below, _Level()).restart
            if restart is None or (restart and level < restart):
                del counts[below]


def _levels(definition: _Element) -> dict[int, _Level]:
    levels = {}
    for element in definition.iterchildren(W + "lvl"):
        place = number(element.get(W + "ilvl"))
        if place is not None and 0 <= place < _LEVELS:
            levels[place] = _Level.of(element)
    return levels


def _overridden(num: _Element, levels: dict[int, _Level]) -> tuple[dict[int, _Level], dict[int, int]]:
    """A list's own levels in place of those of its definition, and the numbers it begins anew with."""
    own, starts = dict(levels), {}
    for override in num.iterchildren(W + "lvlOverride"):
        place = number(override.get(W + "ilvl"))
        if place is None:
            continue
        element = override.find(W + "lvl")
        if element is not None:
            own[place] = _Level.of(element)
        start = number(value(override, "startOverride"))
        if start is not None:
            starts[place] = start
    return own, starts


def _shown(found: _List, level: int, own: _Level) -> str:
    """The number of a level above (or of its own) in a label."""
    of = found.levels.get(level, _Level())
    form = "decimal" if own.decimal and of.form not in {"none", "bullet"} else of.form
    return numeral(found.counts.get(level, of.start), form)
