"""Formulas as LaTeX, from the places and sizes of their glyphs.

Fractions and roots come from their bars, sums take what stands over and under them, the rest is a line of
symbols on a baseline with scripts off it: the structure tree of Zanibbi, Blostein and Cordy ("Recognizing
mathematical expressions using tree transformation", PAMI 24, 2002), on exact boxes as
Baker, Sexton and Sorge do ("A linear grammar approach to mathematical formula recognition from PDF", 2009).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from pipelines.pages.formulas.nodes import AXIS, Kind, Node, NotTrusted, nodes_of
from pipelines.pages.formulas.symbols import (
    CLOSING,
    DELIMITERS,
    INTEGRALS,
    OPERATORS,
    PIECES,
    RELATIONS,
)
from pipelines.readers.pdf.glyphs import is_math_font
from schemas.fragments import Source
from schemas.geometry import BBox, union_of
from schemas.reading import TextLine, Word

# All in font sizes of the line. What is smaller than this share of the line's size is a script...
_SCRIPT = 0.86
# ...and so is what stands further off its baseline; a built part is on the line when its middle is (a small
# one more closely).
_OFF, _BUILT_OFF, _SMALL_OFF = 0.12, 0.45, 0.25
# Baselines this far apart are two rows of an array or of a chain of equations.
_ROW = 0.8
# Parts of a numerator or limit lie no further from the bar or operator, or from each other, than this.
_STACK, _LIMIT_GAP = 1.1, 0.4
# A delimiter this high (of the size) holds something tall; one that holds rows is higher still.
_TALL, _ROWS_TALL = 1.35, 1.9
# Columns of an array, and a formula's number, stand off by more than these.
_COLUMN, _NUMBER_GAP = 0.9, 0.9
_TOUCH = 0.4
# The share of a formula's letters that stand in fonts of mathematics, the rest being names and words.
_MATH_LETTERS = 0.6
NUMBER = re.compile(r"^\(([A-Z]?\.?\d+(?:\.\d+)*[a-z]?'*)\)$")
"""A formula's number: ``(12)``, ``(A.3)``, ``(2.1b)``."""
"""A formula's number: ``(12)``, ``(A.3)``, ``(2.1b)``."""
_SIGNS = frozenset("+-−±∓")
_UPRIGHTS = frozenset("|‖∥∣")
_LEAST_WORDS, _MOST_NODES = 2, 600


def formula_latex(lines: Sequence[TextLine], bars: Sequence[BBox]) -> str | None:
    r"""A displayed formula as LaTeX without delimiters; None where glyphs or places cannot be trusted.

    ``lines`` are the formula's, in page units; ``bars`` level lines on the page: fraction bars, vincula
    and others. A number at the right, ``(12)``, becomes ``\tag{12}``.
    """
    words = sorted((word for line in lines for word in line.words), key=lambda w: (w.bbox.x1, w.bbox.y1))
    if not words or any(w.source is not Source.DIGITAL or not w.font for w in words):
        return None
    words, number = _without_number(words)
    latex = words_latex(words, bars)
    if latex is None or len(words) < _LEAST_WORDS or not _is_mathematics(latex):
        return None
    return f"{latex} \\tag{{{number}}}" if number else latex


def is_displayed(lines: Sequence[TextLine]) -> bool:
    """Whether a block that was taken for something else is a displayed formula: related, in its fonts."""
    words = [word for line in lines for word in line.words]
    if any(line.quarter_turns for line in lines) or not any(c in RELATIONS for w in words for c in w.text):
        return False
    letters = [(is_math_font(w.font), sum(c.isalpha() for c in w.text)) for w in words]
    total = sum(count for _, count in letters)
    return total > 0 and sum(count for math, count in letters if math) > _MATH_LETTERS * total


def inline_latex(words: Sequence[Word], bars: Sequence[BBox]) -> str | None:
    """A formula inside a row of text as LaTeX; None where it cannot be trusted: also with half a fraction."""
    latex = words_latex(words, bars)
    if latex is None or re.search(r"\\overline|\\begin|\\text\b", latex):
        return None
    return latex


def words_latex(words: Sequence[Word], bars: Sequence[BBox]) -> str | None:
    """Words that are mathematics as LaTeX; None where they cannot be trusted."""
    try:
        nodes = nodes_of(words)
        if not nodes or len(nodes) > _MOST_NODES:
            return None
        around = union_of([node.box for node in nodes])
        size = max(node.size for node in nodes)
        near = BBox(around.x1 - size, around.y1 - size, around.x2 + size, around.y2 + size)
        return _expression(nodes, [bar for bar in bars if bar.width > 0 and bar.inside(near) > 0.9])
    except NotTrusted:
        return None


def _without_number(words: list[Word]) -> tuple[list[Word], str]:
    """The words without the formula's number, which stands apart at the right or left; several stay."""
    found: list[tuple[list[Word], str]] = []
    for start in range(len(words)):
        for part in (words[start : start + count] for count in (1, 2, 3)):
            number = NUMBER.match("".join(word.text for word in part))
            if number and _stands_apart(part, words):
                found.append((part, number[1]))
                break
    if len(found) != 1 or len(found[0][0]) == len(words):
        return words, ""
    part, text = found[0]
    return [word for word in words if not any(word is one for one in part)], text


def _stands_apart(part: list[Word], words: list[Word]) -> bool:
    """Whether nothing of the row is near, and nothing at all beyond."""
    box = union_of([word.bbox for word in part])
    rest = [w.bbox for w in words if not any(w is one for one in part)]
    row = [other for other in rest if box.y1 < other.center[1] < box.y2] or rest
    gap = _NUMBER_GAP * part[0].size
    at_right = all(other.x2 + gap < box.x1 for other in row) and all(o.x1 < box.x2 for o in rest)
    return at_right or all(other.x1 - gap > box.x2 for other in rest)


def _is_mathematics(latex: str) -> bool:
    return bool(re.search(r"\\[a-zA-Z]+|[_^=<>+]", re.sub(r"\\(?:text|operatorname|mathrm)\b", "", latex)))


def _expression(nodes: list[Node], bars: Sequence[BBox]) -> str:
    """Any set of nodes: bars first, then arrays, then rows."""
    nodes = _with_whole_delimiters(nodes)
    for bar in sorted(bars, key=lambda one: one.width):
        nodes = _with_bar(nodes, bar)
    if any(node.kind in {Kind.ROOT, Kind.PIECE} for node in nodes):
        raise NotTrusted
    nodes = _with_arrays(nodes)
    rows = _rows(nodes)
    if len(rows) == 1:
        return _row(rows[0])
    return r"\begin{aligned} " + r" \\ ".join(_row(row) for row in rows) + r" \end{aligned}"


def _with_whole_delimiters(nodes: list[Node]) -> list[Node]:
    """Delimiters that are built of pieces, one above the other, as one node each."""
    pieces = [node for node in nodes if node.kind is Kind.PIECE or node.char in _UPRIGHTS]
    rest = [node for node in nodes if not any(node is piece for piece in pieces)]
    stacks: list[list[Node]] = []
    for piece in sorted(pieces, key=lambda one: one.box.y1):
        home = next((stack for stack in stacks if _is_below(piece, stack[-1])), None)
        if home is None:
            stacks.append([piece])
        else:
            home.append(piece)
    for stack in stacks:
        if len(stack) == 1 and stack[0].kind is not Kind.PIECE:
            rest += stack
            continue
        known = {node.char: PIECES.get(node.char, node.char) for node in stack}
        char = next((char for char in known.values() if char), "")
        if not char:
            raise NotTrusted
        box = union_of([node.box for node in stack])
        rest.append(Node(DELIMITERS[char], box, box.y2, stack[0].size, Kind.DELIMITER, char))
    return rest


def _is_below(piece: Node, above: Node) -> bool:
    aligned = abs(piece.box.center[0] - above.box.center[0]) < _TOUCH * piece.size
    return aligned and piece.box.y1 - above.box.y2 < _TOUCH * piece.size


def _with_bar(nodes: list[Node], bar: BBox) -> list[Node]:
    """The nodes with those that a bar ties together as one: a root, a fraction, or something overlined."""
    y = bar.center[1]
    under = [n for n in nodes if bar.x1 - 0.5 <= n.box.center[0] <= bar.x2 + 0.5]
    root = next((n for n in nodes if n.kind is Kind.ROOT and _begins(n, bar)), None)
    if root is not None:
        held = [
            n for n in under if n is not root and root.box.y1 <= n.axis <= root.box.y2 + _TOUCH * root.size
        ]
        return _replaced(nodes, [root, *held], f"\\sqrt{{{_expression(held, [])}}}", None) if held else nodes
    above = _stacked([n for n in under if n.axis < y and n.kind is not Kind.ROOT], y, -1)
    below = _stacked([n for n in under if n.axis > y and n.kind is not Kind.ROOT], y, 1)
    if above and below:
        latex = f"\\frac{{{_expression(above, [])}}}{{{_expression(below, [])}}}"
        return _replaced(nodes, above + below, latex, bar)
    if below and min(n.box.y1 for n in below) - y < _TOUCH * below[0].size:
        return _replaced(nodes, below, f"\\overline{{{_expression(below, [])}}}", None)
    return nodes


def _begins(root: Node, bar: BBox) -> bool:
    near = _TOUCH * root.size
    return abs(root.box.x2 - bar.x1) < near and abs(root.box.y1 - bar.center[1]) < near


def _stacked(nodes: list[Node], y: float, side: int) -> list[Node]:
    """The nodes over (-1) or under (1) a bar at ``y`` that hang together with it: a row with its limits."""
    found: list[Node] = []
    top = bottom = y
    for node in sorted(nodes, key=lambda n: abs(n.axis - y)):
        gap = (node.box.y1 - bottom) if side > 0 else (top - node.box.y2)
        limit = found and node.size < _SCRIPT * found[0].size
        if gap > (_STACK if not found else _LIMIT_GAP if limit else -_OFF) * node.size:
            break
        found.append(node)
        top, bottom = min(top, node.box.y1), max(bottom, node.box.y2)
    return found


def _replaced(nodes: list[Node], parts: list[Node], latex: str, bar: BBox | None) -> list[Node]:
    """The nodes with some of them as one, whose middle is the bar's or that of the first ordinary part."""
    box = union_of([*(node.box for node in parts), *([bar] if bar else [])])
    size = max(node.size for node in parts)
    ordinary = [node for node in parts if node.kind not in {Kind.ROOT, Kind.DELIMITER, Kind.OPERATOR}]
    if bar:
        reach = max(bar.center[1] - box.y1, box.y2 - bar.center[1])
        box = BBox(box.x1, bar.center[1] - reach, box.x2, bar.center[1] + reach)
        built = Node(latex, box, bar.center[1] + AXIS * size, size, Kind.BUILT)
    else:
        base = max(ordinary or parts, key=lambda node: node.size)
        built = Node(latex, box, base.baseline, size, Kind.ORDINARY)
    built.space = parts[0].space
    return [node for node in nodes if not any(node is part for part in parts)] + [built]


def _with_arrays(nodes: list[Node]) -> list[Node]:
    """Tall delimiters around several rows, and what they hold, as one node: a matrix, or cases."""
    tall = sorted(
        (
            n
            for n in nodes
            if n.kind is Kind.DELIMITER and n.box.height > _ROWS_TALL * n.size and n.char in CLOSING
        ),
        key=lambda n: n.box.x1,
    )
    for opening in reversed(tall):
        if not any(opening is node for node in nodes):
            continue
        closing = next((n for n in sorted(nodes, key=lambda n: n.box.x1) if _closes(n, opening)), None)
        right = closing.box.x1 if closing else max(n.box.x2 for n in nodes) + 1
        held = [
            n
            for n in nodes
            if opening.box.x2 - 0.5 <= n.box.center[0] <= right
            and opening.box.y1 <= n.axis <= opening.box.y2
            and n is not opening
            and n is not closing
        ]
        rows = _rows(held) if held else []
        if len(rows) < 2 or (closing is None and opening.char != "{"):
            continue
        cells = r" \\ ".join(" & ".join(_row(cell) for cell in _cells(row)) for row in rows)
        if closing is None:
            latex = f"\\begin{{cases}} {cells} \\end{{cases}}"
        else:
            array = f"\\begin{{matrix}} {cells} \\end{{matrix}}"
            latex = f"\\left{opening.latex} {array} \\right{closing.latex}"
        parts = [opening, *held, *([closing] if closing else [])]
        box = union_of([node.box for node in parts])
        built = Node(latex, box, box.center[1], opening.size, Kind.BUILT)
        nodes = [node for node in nodes if not any(node is part for part in parts)] + [built]
    return nodes


def _closes(node: Node, opening: Node) -> bool:
    if node is opening or node.kind is not Kind.DELIMITER or node.box.x1 < opening.box.x2:
        return False
    slack = _TOUCH * opening.size
    level = abs(node.box.y1 - opening.box.y1) < slack and abs(node.box.y2 - opening.box.y2) < slack
    return level and node.char in CLOSING.values()


def _cells(row: list[Node]) -> list[list[Node]]:
    row = sorted(row, key=lambda n: n.box.x1)
    size = max(node.size for node in row)
    cells = [[row[0]]]
    for before, node in pairwise(row):
        edge = max(n.box.x2 for n in cells[-1])
        if node.box.x1 - edge > _COLUMN * size and before.char not in RELATIONS | OPERATORS:
            cells.append([])
        cells[-1].append(node)
    return cells


def _rows(nodes: list[Node]) -> list[list[Node]]:
    """Nodes by the rows they stand in, top to bottom; scripts and limits go to the row that is nearest."""
    plain = [n for n in nodes if n.kind in {Kind.ORDINARY, Kind.FUNCTION, Kind.TEXT}] or nodes
    size = max(node.size for node in plain)
    full = sorted((n for n in plain if n.size >= _SCRIPT * size), key=lambda n: n.axis)
    rows: list[list[Node]] = []
    for node in full:
        if not rows or node.axis - rows[-1][-1].axis > _ROW * size:
            rows.append([])
        rows[-1].append(node)
    tall = [n for n in nodes if n.kind in {Kind.OPERATOR, Kind.BUILT, Kind.DELIMITER}]
    for node in (n for n in tall if not any(n is one for one in full)):
        rows[min(range(len(rows)), key=lambda i: min(abs(n.axis - node.axis) for n in rows[i]))].append(node)
    homes = [(n, row) for row in rows for n in row]
    for node in nodes:
        if not any(node is one for one, _ in homes):
            min(homes, key=lambda home: _apart(node.box, home[0].box))[1].append(node)
    return rows


def _apart(one: BBox, other: BBox) -> float:
    across = max(one.x1 - other.x2, other.x1 - one.x2, 0.0)
    down = max(one.y1 - other.y2, other.y1 - one.y2, 0.0)
    return across + down


def _row(nodes: list[Node]) -> str:
    """One row: symbols on the baseline, each with its limits or scripts."""
    nodes = sorted(nodes, key=lambda n: n.box.x1)
    size, baseline = _main_line(nodes)
    on_line = [n for n in nodes if _is_on_line(n, size, baseline)]
    off_line = [n for n in nodes if not any(n is one for one in on_line)]
    if not on_line:
        raise NotTrusted
    scripts: dict[int, list[Node]] = {}
    limits: dict[int, list[Node]] = {}
    for i, base in enumerate(on_line):
        if base.kind in {Kind.OPERATOR, Kind.FUNCTION} or base.char in RELATIONS:
            limits[i] = _limits(base, off_line, size)
            off_line = [n for n in off_line if not any(n is one for one in limits[i])]
    for node in off_line:
        before = [i for i, base in enumerate(on_line) if base.box.center[0] <= node.box.center[0]]
        if not before:
            raise NotTrusted
        scripts.setdefault(before[-1], []).append(node)
    parts: list[str] = []
    places: list[BBox] = []
    for i, base in enumerate(on_line):
        places.append(union_of([n.box for n in [base, *limits.get(i, []), *scripts.get(i, [])]]))
        if base.char in RELATIONS and limits.get(i):
            base.latex = f"\\overset{{{_expression(limits.pop(i), [])}}}{{{base.latex}}}"
        parts.append(_with_scripts(base, limits.get(i, []) + scripts.get(i, []), size))
    return _joined(on_line, _with_fences(on_line, parts, size), places)


def _main_line(nodes: list[Node]) -> tuple[float, float]:
    """The size of a row's symbols, and the baseline that most of them share."""
    plain = [n for n in nodes if n.kind in {Kind.ORDINARY, Kind.FUNCTION, Kind.TEXT}]
    if not plain:
        size = max(node.size for node in nodes)
        return size, max(nodes, key=lambda n: n.size).axis + AXIS * size
    size = max(node.size for node in plain)
    full = [n for n in plain if n.size >= _SCRIPT * size]
    near = {id(n): sum(abs(n.baseline - o.baseline) < _OFF * size for o in full) for n in full}
    return size, max(full, key=lambda n: (near[id(n)], -n.box.x1)).baseline


def _is_on_line(node: Node, size: float, baseline: float) -> bool:
    if node.kind in {Kind.BUILT, Kind.OPERATOR}:
        off = _BUILT_OFF if node.size >= _SCRIPT * size else _SMALL_OFF
        return abs(node.axis - (baseline - AXIS * size)) < off * size
    if node.kind is Kind.DELIMITER and node.size >= _SCRIPT * size:
        level = abs(node.axis - (baseline - AXIS * size)) < _BUILT_OFF * size
        return level or abs(node.baseline - baseline) < _OFF * size
    if node.size >= _SCRIPT * size:
        return abs(node.baseline - baseline) < _OFF * size
    return False


def _limits(base: Node, nodes: list[Node], size: float) -> list[Node]:
    """What stands over and under an operator, not beside it."""
    if base.char in INTEGRALS:
        return []
    found: list[Node] = []
    for side in (-1, 1):
        beyond = [n for n in nodes if side * (n.axis - base.axis) > base.box.height / 2 - AXIS * size]
        if base.char in RELATIONS:
            beyond = [n for n in nodes if side < 0 and n.axis < base.axis - 0.5 * size]
        elif base.kind is Kind.FUNCTION:
            beyond = [n for n in nodes if side > 0 and n.box.y1 > base.baseline - _OFF * size]
        clusters = _side_by_side(beyond, size)
        for cluster in clusters:
            left, right = cluster[0].box.x1, max(n.box.x2 for n in cluster)
            middle = (left + right) / 2
            over = min(right, base.box.x2) - max(left, base.box.x1) > 0.3 * min(right - left, base.box.width)
            if over and abs(middle - base.box.center[0]) < max(base.box.width, right - left) / 2:
                found += cluster
    return found


def _side_by_side(nodes: list[Node], size: float) -> list[list[Node]]:
    clusters: list[list[Node]] = []
    for node in sorted(nodes, key=lambda n: n.box.x1):
        if clusters and node.box.x1 - max(n.box.x2 for n in clusters[-1]) < _TOUCH * size:
            clusters[-1].append(node)
        else:
            clusters.append([node])
    return clusters


def _with_scripts(base: Node, scripts: list[Node], size: float) -> str:
    """The base with its sub- and superscript; primes stay primes."""
    if not scripts:
        return base.latex
    if base.char in RELATIONS or base.char in OPERATORS - {"∗"}:
        raise NotTrusted
    if base.kind is Kind.TEXT:
        base.latex = f"\\mathrm{{{base.latex}}}"
    for node in scripts:
        if node.kind is Kind.TEXT:
            node.latex, node.kind = f"\\mathrm{{{node.latex}}}", Kind.ORDINARY
    up, down = _up_and_down(base, scripts, size)
    primes = sum(len(n.latex) for n in up if set(n.latex) == {"'"})
    up = [n for n in up if set(n.latex) != {"'"}]
    latex = base.latex if up else base.latex + "'" * primes
    if down:
        latex += f"_{{{_expression(down, [])}}}"
    if up:
        raised = r"\prime " * primes + _expression(up, [])
        latex += f"^{{{raised}}}"
    return latex


def _up_and_down(base: Node, scripts: list[Node], size: float) -> tuple[list[Node], list[Node]]:
    """Scripts over and under the base's middle; a script's own script goes with what it stands beside."""
    up: list[Node] = []
    down: list[Node] = []
    middle = (
        base.axis
        if base.kind in {Kind.OPERATOR, Kind.BUILT, Kind.DELIMITER}
        else base.baseline - AXIS * base.size
    )
    largest = max(node.size for node in scripts)
    for node in sorted(scripts, key=lambda n: n.box.x1):
        side = up if node.axis < middle else down
        if node.size < _SCRIPT * largest:
            beside = [
                (abs(node.axis - group[-1].axis), i)
                for i, group in enumerate((up, down))
                if group and abs(node.box.x1 - group[-1].box.x2) < _TOUCH * size
            ]
            if beside:
                side = (up, down)[min(beside)[1]]
        side.append(node)
    return up, down


def _with_fences(nodes: list[Node], parts: list[str], size: float) -> list[str]:
    r"""Tall delimiters in pairs get ``\left`` and ``\right``; one without a mate stays as it is."""
    fenced = list(parts)
    opened: list[int] = []
    for i, node in enumerate(nodes):
        if node.kind is not Kind.DELIMITER or node.box.height <= _TALL * size:
            continue
        if opened and CLOSING[nodes[opened[-1]].char] == node.char:
            start = opened.pop()
            fenced[start] = f"\\left{parts[start]}"
            fenced[i] = f"\\right{parts[i]}"
        elif node.char in CLOSING:
            opened.append(i)
    return fenced


def _joined(nodes: list[Node], parts: list[str], places: list[BBox]) -> str:
    """The parts of a row (at ``places``) with the blanks that LaTeX and its readers need."""
    found = ""
    text: list[str] = []
    for i, (node, part) in enumerate(zip(nodes, parts, strict=True)):
        if i and places[i].x1 - places[i - 1].x2 > _COLUMN * node.size:
            found += _text(text) + r" \quad "
            text = []
        if node.kind is Kind.TEXT and part == node.latex:
            text.append(part)
            continue
        found += _text(text)
        text = []
        signed = node.char in _SIGNS and re.search(
            r"(?:^|[(\[{,=<>&]|\\[a-z]*(?:eq|sim|approx|in|to))\s*$", found
        )
        if signed:
            found += part
        elif node.char in RELATIONS or node.char in OPERATORS - {"/"}:
            found += f" {part} "
        else:
            command = re.search(r"\\[A-Za-z]+$", found) and part[:1].isalnum()
            found += f" {part}" if command else part
        found += " " * (node.char == ",")
    found = re.sub(r"\.\s*\.\s*\.", r"\\ldots ", found + _text(text))
    found = re.sub(r"\\cdot\s*\\cdot\s*\\cdot", r"\\cdots", found)
    return " ".join(re.sub(r"([(\[{]) +(?=[-+<>])|^ +", r"\1", found).split())


def _text(words: list[str]) -> str:
    return f"\\text{{ {' '.join(words)} }}" if words else ""
