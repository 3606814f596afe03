"""The header of a table: which text names columns, in how many levels, and which columns each name spans."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise

from pipelines.pages.tables.columns import Pieces, slot
from pipelines.pages.tables.values import is_value
from schemas.geometry import BBox, union_of
from schemas.reading import TextLine

# A rule over this share of the table's width parts header from body; a shorter one lies under a name.
_FULL = 0.8
# A rule under a name covers this share of each of its columns.
_UNDER = 0.5
# A row is of values when this share of what stands in it, first column aside, is.
_VALUES = 0.5
# A header has at most this many lines of text, and this share of the table's.
_MOST_LINES, _MOST_SHARE = 8, 0.5
# Lines of one label stand nearer than this (line heights); what stands farther is another level.
_LEADING = 0.7
# The next line of one label follows within this (line heights).
_BROKEN = 0.4
# Two names side by side are this far apart (font sizes), and by this factor farther than other words.
_SPACE, _WIDER = 0.4, 1.4
# What it costs (in column widths) to leave a named column without a name above it, or to span an unnamed one.
_UNCOVERED, _UNNAMED = 0.45, 0.6
# A name that starts where its columns start is as good as one in their middle, but for this.
_LEFT_ALIGNED = 0.15


@dataclass(slots=True)
class Label:
    """A name in the header: its lines of text and the levels and columns it stands for (ends exclusive)."""

    lines: list[TextLine]
    bbox: BBox
    top: int = 0
    bottom: int = 1
    left: int = 0
    right: int = 1


@dataclass(slots=True)
class Header:
    """The labels of a header of ``levels`` rows; ``edges`` are its rows' lines, the lower end included."""

    levels: int
    labels: list[Label] = field(default_factory=list)
    edges: list[float] = field(default_factory=list)


def header_size(table: Sequence[Pieces], xs: Sequence[float], rules: Sequence[BBox]) -> int:
    """How many rows of text at the top belong to the header: by what is drawn below them, and by values."""
    first = next((i for i, row in enumerate(table) if holds_values(row, xs)), None)
    most = min(_MOST_LINES, round(_MOST_SHARE * len(table))) if first is None else min(first, _MOST_LINES)
    if first is not None and _names_with_numbers(table, first, xs, rules):
        most = first + 1
    drawn = [i for i in range(1, min(most + 1, len(table))) if is_full(rules_between(table, i, rules), xs)]
    under = [i for i in range(1, min(most + 1, len(table) - 1)) if _has_parents(table, i, xs, rules)]
    if drawn:
        size = drawn[0] if first is None else drawn[-1]
        while size - 1 in drawn and _is_label(table, size - 1, xs):
            size -= 1
        return size + 1 if _goes_on(table, size, xs) else size
    size = 0 if first is None else min(first, _MOST_LINES)
    while size > 1 and _is_alone(table[size - 1], xs):
        size -= 1
    if size and len({slot(piece.bbox, xs) for piece in table[0]}) == len(xs) - 1:
        size = 1  # the first row names all columns
    # What stands below a rule under a name is still the header.
    return max([size, *(i + 1 for i in under)])


def _is_label(table: Sequence[Pieces], index: int, xs: Sequence[float]) -> bool:
    """Whether a row below the names says only what rows follow: the first column has a name above it."""
    named = any(slot(piece.bbox, xs) == 0 for row in table[:index] for piece in row)
    return named and _is_alone(table[index], xs)


def _goes_on(table: Sequence[Pieces], size: int, xs: Sequence[float]) -> bool:
    """Whether names stand below the header's rule too: several, beside none in the first column."""
    if size + 1 >= len(table) or len({slot(piece.bbox, xs) for piece in table[0]}) == len(xs) - 1:
        return False
    row = table[size]
    below = all(slot(piece.bbox, xs) > 0 for piece in row)
    return below and len(row) > 1 and not holds_values(row, xs)


def _names_with_numbers(
    table: Sequence[Pieces], first: int, xs: Sequence[float], rules: Sequence[BBox]
) -> bool:
    """Whether the first row of values names the columns: a full rule stands below it, none below the next."""
    ruled = [
        index < len(table) and is_full(rules_between(table, index, rules), xs)
        for index in (first + 1, first + 2)
    ]
    return first < _MOST_LINES and ruled == [True, False]


def _has_parents(table: Sequence[Pieces], index: int, xs: Sequence[float], rules: Sequence[BBox]) -> bool:
    """Whether a rule under a name, over the names of several columns, lies between two rows of text."""

    def under(rule: BBox, row: Pieces) -> list[TextLine]:
        return [piece for piece in row if rule.x1 < piece.bbox.center[0] < rule.x2]

    return any(
        under(rule, table[index - 1])
        and len({slot(piece.bbox, xs) for piece in under(rule, table[index])}) > 1
        for rule in rules_between(table, index, rules)
    )


def is_full(rules: Sequence[BBox], xs: Sequence[float]) -> bool:
    """Whether rules at one height run over all of the table, the first column and the last one too."""
    parts = [sum(max(0.0, min(r.x2, high) - max(r.x1, low)) for r in rules) for low, high in pairwise(xs)]
    ends = [parts[0] / (xs[1] - xs[0]), parts[-1] / (xs[-1] - xs[-2])]
    return min(ends) > _UNDER and sum(parts) > _FULL * (xs[-1] - xs[0])


def holds_values(row: Pieces, xs: Sequence[float]) -> bool:
    """Whether most of what stands in a row, the first column aside, are values."""
    others = [piece for piece in row if slot(piece.bbox, xs) > 0]
    values = sum(is_value(piece.text) for piece in others)
    return bool(others) and values >= _VALUES * len(others)


def _is_alone(row: Pieces, xs: Sequence[float]) -> bool:
    return all(slot(piece.bbox, xs) == 0 for piece in row)


def rules_between(table: Sequence[Pieces], index: int, rules: Sequence[BBox]) -> list[BBox]:
    """The rules that lie between two rows of text (over some of the upper row's text, or beside it)."""
    above, below = _box(table[index - 1]), _box(table[index])
    low, high = above.center[1], below.center[1]
    return [rule for rule in rules if low < rule.center[1] < high]


def _box(row: Pieces) -> BBox:
    return union_of([piece.bbox for piece in row])


def read_header(
    rows: Sequence[Pieces],
    xs: Sequence[float],
    texts: Sequence[tuple[float, float]],
    rules: Sequence[BBox],
    bottom: float,
) -> Header:
    """The labels of a header's text rows; ``bottom`` is where the body begins.

    ``xs`` are the columns' edges, ``texts`` is from where to where the text in each of them stands.

    Levels are parted by rules under names, by names that several names stand below, and by room.
    """
    rows = [[part for piece in row for part in _parted(piece, xs)] for row in rows]
    groups: list[list[Pieces]] = [[rows[0]]]
    cuts: list[float] = []
    for above, below in pairwise(rows):
        at = _cut(above, below, xs, rules)
        if at is None:
            groups[-1].append(below)
        else:
            groups.append([below])
            cuts.append(at)
    groups[-1] = _by_columns(groups[-1], xs)
    top = min(_box(row).y1 for row in rows)
    header = Header(len(groups), edges=[top, *cuts, bottom])
    for level, group in enumerate(groups):
        for label in _labels(group, xs):
            label.top, label.bottom = level, level + 1
            header.labels.append(label)
    for level in range(header.levels - 1):
        _spread(header, level, xs, texts, rules)
    _widen_lowest(header, xs, rules)
    _join_broken(header, rules)
    _grow(header)
    return header


def _by_columns(group: Sequence[Pieces], xs: Sequence[float]) -> list[Pieces]:
    """The lowest level's rows; what runs over columns with lines of their own there is cut between them."""
    alone = {left for row in group for p in row for left, right in [_span(p.bbox, xs)] if right - left == 1}
    found = []
    for row in group:
        parts: Pieces = []
        for piece in row:
            left, right = _span(piece.bbox, xs)
            if right - left == 1 or not alone & set(range(left, right)):
                parts.append(piece)
                continue
            for _, words in groupby(piece.words, key=lambda word: slot(word.bbox, xs)):
                held = list(words)
                parts.append(replace(piece, words=held, bbox=union_of([word.bbox for word in held])))
        found.append(parts)
    return found


def _widen_lowest(header: Header, xs: Sequence[float], rules: Sequence[BBox]) -> None:
    """A name over several columns in the lowest level spans those under the rule above, if alone there."""
    lowest = [label for label in header.labels if label.top == header.levels - 1]
    for label in lowest if header.levels > 1 else []:
        span = _ruled_span(label, header.edges[-2], xs, rules)
        if label.right - label.left == 1 or not span:
            continue
        if all(label is other or other.right <= span[0] or span[1] <= other.left for other in lowest):
            label.left, label.right = span


def _join_broken(header: Header, rules: Sequence[BBox]) -> None:
    """Lines of one label that a level's end elsewhere came between, put together again."""
    whole: list[Label] = []
    for label in sorted(header.labels, key=lambda one: one.top):
        above = next((one for one in whole if _is_next_line(one, label, rules)), None)
        if above is None:
            whole.append(label)
            continue
        above.lines += label.lines
        above.bbox = above.bbox.union(label.bbox)
        above.bottom = label.bottom
    header.labels = whole


def _is_next_line(label: Label, below: Label, rules: Sequence[BBox]) -> bool:
    """Whether the label of the next level is the next line of this one: close, with no rule between."""
    same = (label.left, label.right) == (below.left, below.left + 1) == (below.left, below.right)
    gap = below.bbox.y1 - label.bbox.y2
    if below.top != label.bottom or not same or gap > _BROKEN * label.lines[-1].bbox.height:
        return False
    x, high, low = label.bbox.center[0], label.bbox.center[1], below.bbox.center[1]
    return not any(rule.x1 <= x <= rule.x2 and high < rule.center[1] < low for rule in rules)


def _grow(header: Header) -> None:
    """A label takes the free places above it, then those below: nothing else names these columns."""
    free = {(level, c) for level in range(header.levels) for c in range(max(x.right for x in header.labels))}
    free -= {(x.top, c) for x in header.labels for c in range(x.left, x.right)}
    for label in sorted(header.labels, key=lambda one: -one.top):
        while all((label.top - 1, c) in free for c in range(label.left, label.right)):
            label.top -= 1
            free -= {(label.top, c) for c in range(label.left, label.right)}
    for label in header.labels:
        while all((label.bottom, c) in free for c in range(label.left, label.right)):
            free -= {(label.bottom, c) for c in range(label.left, label.right)}
            label.bottom += 1


def _parted(piece: TextLine, xs: Sequence[float]) -> list[TextLine]:
    """The piece cut where a column ends in a gap that is a little wider than a space."""
    gaps = sorted(b.bbox.x1 - a.bbox.x2 for a, b in pairwise(piece.words))
    usual = gaps[len(gaps) // 2] if len(gaps) > 1 else 0.0
    groups = [[piece.words[0]]]
    for one, other in pairwise(piece.words):
        gap = other.bbox.x1 - one.bbox.x2
        wide = max(_SPACE * other.size, _WIDER * usual)
        if gap > wide and any(one.bbox.x2 <= x <= other.bbox.x1 for x in xs[1:-1]):
            groups.append([])
        groups[-1].append(other)
    return [replace(piece, words=words, bbox=union_of([word.bbox for word in words])) for words in groups]


def _cut(above: Pieces, below: Pieces, xs: Sequence[float], rules: Sequence[BBox]) -> float | None:
    """Where a level ends between two rows of text; None where the lower one goes on with the same labels."""
    first, second = _box(above), _box(below)
    drawn = [r.center[1] for r in rules if first.center[1] < r.center[1] < second.center[1]]
    if drawn:
        return sum(drawn) / len(drawn)
    middle = (first.y2 + second.y1) / 2
    for piece in above:
        spanned = _span(piece.bbox, xs)
        children = {slot(other.bbox, xs) for other in below} & set(range(*spanned))
        if spanned[1] - spanned[0] > 1 and len(children) > 1:
            return middle
    return middle if second.y1 - first.y2 > _LEADING * min(first.height, second.height) else None


def _span(box: BBox, xs: Sequence[float]) -> tuple[int, int]:
    """The columns that a box stands in, those it only grazes left out."""
    inside = [
        i
        for i, (low, high) in enumerate(pairwise(xs))
        if min(box.x2, high) - max(box.x1, low) > 0.15 * min(high - low, box.width)
    ]
    home = slot(box, xs)
    return (inside[0], inside[-1] + 1) if inside else (home, home + 1)


def _labels(group: Sequence[Pieces], xs: Sequence[float]) -> list[Label]:
    """The pieces of one level, those one below the other made one label."""
    labels: list[Label] = []
    for row in group:
        for piece in row:
            left, right = _span(piece.bbox, xs)
            home = next((one for one in labels if one.left < right and left < one.right), None)
            if home is None:
                labels.append(Label([piece], piece.bbox, left=left, right=right))
            else:
                home.lines.append(piece)
                home.bbox = home.bbox.union(piece.bbox)
                home.left, home.right = min(home.left, left), max(home.right, right)
    return sorted(labels, key=lambda label: label.left)


def _spread(
    header: Header,
    level: int,
    xs: Sequence[float],
    texts: Sequence[tuple[float, float]],
    rules: Sequence[BBox],
) -> None:
    """Lets the names of a level span the columns whose names stand below them."""
    names = [label for label in header.labels if label.top == level]
    below = {c for label in header.labels if label.top > level for c in range(label.left, label.right)}
    ruled = [_ruled_span(name, header.edges[level + 1], xs, rules) for name in names]
    for name, found in zip(names, ruled, strict=True):
        if found and ruled.count(found) == 1:
            name.left, name.right = found
    free = [
        name
        for name, span in zip(names, ruled, strict=True)
        if (not span or span[1] - span[0] == 1 or ruled.count(span) > 1)
        and below & set(range(name.left, name.right))
    ]
    if _take_periods(free, header, level, xs):
        return
    taken = {c for name in names if all(name is not f for f in free) for c in range(name.left, name.right)}
    _share_out(free, [c for c in range(len(xs) - 1) if c not in taken], below, texts)


def _take_periods(names: Sequence[Label], header: Header, level: int, xs: Sequence[float]) -> bool:
    """Whether the names below repeat as often as there are names: then each spans one round of them."""
    below = [label for label in header.labels if label.top == level + 1]
    size = len(below) // max(len(names), 1)
    if len(names) < 2 or size < 2 or size * len(names) != len(below):
        return False
    below.sort(key=lambda label: label.left)
    rounds = [below[i : i + size] for i in range(0, len(below), size)]
    said = [[" ".join(line.text for line in label.lines) for label in one] for one in rounds]
    if any(one != said[0] for one in said) or len(set(said[0])) < size:
        return False
    spans = [(one[0].left, one[-1].right) for one in rounds]
    if not all(_is_over(name, *span, xs) for name, span in zip(names, spans, strict=True)):
        return False
    for name, (left, right) in zip(names, spans, strict=True):
        name.left, name.right = left, right
    return True


def _is_over(name: Label, left: int, right: int, xs: Sequence[float]) -> bool:
    """Whether a name stands over these columns, or less than half a column beside them."""
    low = (xs[max(left - 1, 0)] + xs[left]) / 2
    high = (xs[right] + xs[min(right + 1, len(xs) - 1)]) / 2
    return low <= name.bbox.center[0] <= high


def _ruled_span(name: Label, at: float, xs: Sequence[float], rules: Sequence[BBox]) -> tuple[int, int] | None:
    """The columns over which a rule runs right below the name."""
    near = name.bbox.height
    under = [
        rule
        for rule in rules
        if abs(rule.center[1] - at) < near and rule.x1 <= name.bbox.center[0] <= rule.x2
    ]
    if not under or is_full(under, xs):
        return None
    rule = max(under, key=lambda one: one.width)
    covered = [
        i
        for i, (low, high) in enumerate(pairwise(xs))
        if min(rule.x2, high) - max(rule.x1, low) > _UNDER * (high - low)
    ]
    return (covered[0], covered[-1] + 1) if covered else None


_Way = tuple[float, tuple[tuple[int, int], ...]]
"""What a division costs, and the columns of each name in it."""


def _share_out(
    names: Sequence[Label], columns: Sequence[int], below: set[int], texts: Sequence[tuple[float, float]]
) -> None:
    """Divides neighbouring columns among names in their order: each name in the middle of its columns.

    The cheapest division is found from right to left (dynamic programming over columns and names).
    """
    ways: dict[tuple[int, int], _Way] = {(len(columns), len(names)): (0.0, ())}
    for place in reversed(range(len(columns))):
        for done in range(len(names) + 1):
            found = list(_ways(place, done, names, columns, below, texts, ways))
            if found:
                ways[place, done] = min(found)
    for name, span in zip(names, ways.get((0, 0), (0.0, ()))[1], strict=False):
        name.left, name.right = span


def _ways(
    place: int,
    done: int,
    names: Sequence[Label],
    columns: Sequence[int],
    below: set[int],
    texts: Sequence[tuple[float, float]],
    ways: dict[tuple[int, int], _Way],
) -> Iterator[_Way]:
    """The divisions of the columns from ``place`` on among the names after the first ``done``."""
    if (place + 1, done) in ways:
        cost, spans = ways[place + 1, done]
        # The first column seldom has a name above its own: it names the rows.
        yield cost + (_UNCOVERED if columns[place] in below and columns[place] else 0.0), spans
    for end in range(place + 1, len(columns) + 1):
        if done == len(names) or columns[end - 1] - columns[place] != end - 1 - place:
            return
        span = (columns[place], columns[end - 1] + 1)
        own = _span_cost(names[done], span, below, texts)
        if own is not None and (end, done + 1) in ways:
            cost, spans = ways[end, done + 1]
            yield cost + own, (span, *spans)


def _span_cost(
    name: Label, span: tuple[int, int], below: set[int], texts: Sequence[tuple[float, float]]
) -> float | None:
    """How ill the name stands over these columns, in column widths; None where it does not."""
    width = (texts[-1][1] - texts[0][0]) / len(texts)
    left, right = texts[span[0]][0], texts[span[1] - 1][1]
    if name.right - name.left > 1 and not span[0] <= name.left < name.right <= span[1]:
        return None
    if name.bbox.x2 < left or name.bbox.x1 > right:
        return None
    middle = abs(name.bbox.center[0] - (left + right) / 2) / width
    aligned = abs(name.bbox.x1 - left) / width + _LEFT_ALIGNED
    unnamed = sum(column not in below or not column for column in range(*span))
    return min(middle, aligned) + _UNNAMED * unnamed
