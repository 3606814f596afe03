"""The head of a paper: who issued it, and where that is, told without any label."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, takewhile
from statistics import median

from pipelines.extraction.embedded.rows import Sheet
from pipelines.extraction.embedded.runs import Run
from pipelines.extraction.values.kinds import Kind
from pipelines.extraction.values.names import is_company
from pipelines.extraction.values.spans import spans
from schemas.geometry import BBox

_ROWS = 12
_FIRST_ROWS = 3
"""Before this row the paper's own name ("Invoice") does not end the head: it may be its title."""
_CUSTOMER = frozenset({"customer", "shipping", "billing"})
_OF_PAPER = frozenset({"invoice", "receipt", "date", "cashier", "item", "quantity"})
_NO_NAME = frozenset("invoice receipt statement phone date page vatid email website cash address".split())
_NO_ADDRESS = frozenset("phone fax email website vatid taxid registration invoice receipt date time".split())
_REACH = frozenset("phone fax email website vatid".split())
"""How to reach the issuer is told below its name; who is named further down is somebody else."""
_REGISTERED = re.compile(
    r"\([A-Z]{0,3}\d{4,}[ -]?\w{0,2}\)|\(?[A-Z]{1,3}\d{4,}(?:-\w)?\)?|\(?\d{4,}-[A-Z]\)?"
)
_POSTAL = re.compile(
    r"(?<![\d#])\d{4,6}(?!\d)|\b[A-Z]{1,2}\d[\dA-Z]? ?\d[A-Z]{2}\b|\b[A-Z]\d[A-Z] ?\d[A-Z]\d\b"
)
_NUMBER = re.compile(r"\d+")
_DIGIT_OR_COMMA = re.compile(r"[\d,]")
_SENTENCE_ENDS = ",.;!?"
_BESIDE = 2.5
_SHORT = 2
_CLOCK = re.compile(r"(?<![\d:])\d{1,2}:\d{2}(?!\d)")
_NUMBERED = re.compile(r"[^\d,]{2,}: *[\d.,/ -]*\d\w?")
"""A label and a number alone: no line of an address."""
_ALIKE = 0.15
"""Lines of one name differ at most so much in height."""
_LARGE = 1.3
"""Print so much larger than usual is a name, whatever it says."""
_BELOW_CODE = 2
"""So many lines at most are part of an address below its postal code."""


@dataclass(frozen=True)
class Line(Run):
    """A run of words of the head, or several one below the other."""

    @cached_property
    def height(self) -> float:
        """The height of its largest word."""
        return max(word.bbox.height for word in self.words)

    @cached_property
    def name(self) -> Line:
        """The line without a registration number behind it."""
        for cut in (1, 2):
            kept, number = self.words[:-cut], " ".join(word.text for word in self.words[-cut:])
            if kept and _REGISTERED.fullmatch(number):
                return Line(kept)
        return self


def issuers(sheet: Sheet) -> list[Line]:
    """The lines of the head that may name who issued the paper, the likeliest first.

    What counts is a legal form, a registration number behind it, large letters, and to be high up.
    """
    lines = list(_lines(sheet))
    usual = median(line.height for line in lines) if lines else 1.0
    ends = next((i for i, line in enumerate(lines) if i and line.concepts & _REACH), len(lines))
    wholes = [
        (index, _with_next(lines, index, usual)) for index, line in enumerate(lines[:ends]) if _may_name(line)
    ]
    worths = [(_worth(line, index, usual), line) for index, line in wholes]
    return [line.name for _, line in sorted(worths, key=lambda one: -one[0])]


def addresses(sheet: Sheet) -> Iterator[list[Line]]:
    """Lines of a block, between names, numbers and ways to reach the issuer, in the shape of an address."""
    for block in stacked(list(_joined(_lines(sheet)))):
        for fits, run in groupby(block, key=_may_be_address):
            if fits and (found := _address(list(run))):
                yield found


def _lines(sheet: Sheet) -> Iterator[Line]:
    """The lines down to where the customer or, after some rows, the paper's own data are told."""
    seen: list[Line] = []
    for index, row in enumerate(sheet.rows[:_ROWS]):
        lines = [Line(piece.words) for piece in row.pieces]
        told = frozenset().union(*(line.concepts for line in lines))
        if told & _CUSTOMER:
            return
        if index >= _FIRST_ROWS and told & _OF_PAPER:  # beside it the head may go on, line upon line
            lines = [
                line for line in lines if any(_follows(other.bbox, line.bbox) for other in seen[-_ROWS:])
            ]
            lines = [line for line in lines if not line.concepts & _OF_PAPER]
            if not lines:
                return
        seen += lines
        yield from lines


def _joined(lines: Iterable[Line]) -> Iterator[Line]:
    """Parts of an address that stand side by side ("Main St 1 · Springfield") as one line."""
    last: Line | None = None
    for line in lines:
        if last and _goes_on(last, line):
            last = Line((*last.words, *line.words))
            continue
        if last:
            yield last
        last = line
    if last:
        yield last


def _goes_on(last: Line, line: Line) -> bool:
    level = abs(last.bbox.center[1] - line.bbox.center[1]) < 0.5 * line.bbox.height
    near = 0 <= line.bbox.x1 - last.bbox.x2 < _BESIDE * line.bbox.height
    return level and near and _may_be_address(last) and _may_be_address(line)


def _may_name(line: Line) -> bool:
    """Whether a line may be a name: mostly letters, no label with a colon, no word of papers."""
    letters = sum(c.isalpha() for c in line.text)
    if letters < 3 or letters < 0.5 * len(line.text.replace(" ", "")) or ":" in line.text:
        return False
    if line.text[-1] in _SENTENCE_ENDS and not is_company(line.text):
        return False
    return not _NO_NAME & line.concepts and not line.only_names


def _worth(line: Line, index: int, usual: float) -> float:
    size = min(1.0, max(0.0, line.height / usual - 1))
    return 0.6 * is_company(line.name.text) + 0.4 * (line.name is not line) + 0.4 * size - index / _ROWS


def _with_next(lines: Sequence[Line], index: int, usual: float) -> Line:
    """A name and the short line below that it ends on: its legal form, what kind of shop it is."""
    line = lines[index]
    following = lines[index + 1] if index + 1 < len(lines) else None
    if following is None or is_company(line.name.text) or not _follows(line.bbox, following.bbox):
        return line
    if _case(line.text) != _case(following.text):
        return line
    short = len(following.name.words) <= _SHORT and not _DIGIT_OR_COMMA.search(following.name.text)
    ends = is_company(f"{line.text} {following.name.text}") or "seller" in following.concepts
    goes_on = (short and ends) or _is_one_name(line, following, usual)
    return Line((*line.words, *following.words)) if goes_on else line


def _case(text: str) -> tuple[bool, bool]:
    return text.isupper(), text[:1].islower()


def _is_one_name(line: Line, following: Line, usual: float) -> bool:
    """Whether two lines in the same print are one name: the second has its legal form, or both are large.

    What is told twice is first the name of a shop and then of the company that runs it.
    """
    if _DIGIT_OR_COMMA.search(f"{line.text} {following.name.text}") or not _may_name(following):
        return False
    alike = abs(line.height / following.height - 1) < _ALIKE
    twice = {word.text.casefold() for word in line.words} & {word.text.casefold() for word in following.words}
    large = min(line.height, following.height) > _LARGE * usual
    return alike and not twice and (large or is_company(following.name.text))


def stacked(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines that stand one below the other."""
    blocks: list[list[Line]] = []
    for line in lines:
        above = [block for block in blocks if _follows(block[-1].bbox, line.bbox)]
        if above:
            max(above, key=lambda block: block[-1].bbox.y2).append(line)
        else:
            blocks.append([line])
    return blocks


def _follows(above: BBox, box: BBox) -> bool:
    over = min(above.x2, box.x2) - max(above.x1, box.x1)
    gap = box.y1 - above.y2
    return over > 0.3 * min(above.width, box.width) and -0.5 * box.height < gap < 1.5 * box.height


def _may_be_address(line: Line) -> bool:
    if line.concepts & _NO_ADDRESS or is_company(line.name.text) or _REGISTERED.fullmatch(line.text):
        return False
    if _CLOCK.search(line.text) or _NUMBERED.fullmatch(line.text):
        return False
    return not any(
        3 * (span.last - span.first + 1) >= 2 * len(line.words)
        for kind in (Kind.PHONE, Kind.DATE)
        for span in spans(line.words, kind)
    )


def _address(run: list[Line]) -> list[Line]:
    """The lines from the first with a number or a comma on, if postal code or shape make them one.

    Below the postal code there are no more figures, only a state or a country.
    """
    begin = next((i for i, line in enumerate(run) if _DIGIT_OR_COMMA.search(line.text)), len(run))
    last = max((i for i, line in enumerate(run) if _POSTAL.search(line.text)), default=len(run))
    below = takewhile(
        lambda line: not _NUMBER.search(line.text) and not line.only_names,
        run[last + 1 : last + 1 + _BELOW_CODE],
    )
    kept = [*run[begin : last + 1], *below]
    if not kept:
        return []
    whole = Line(tuple(word for line in kept for word in line.words))
    several = len(kept) > 1 or "," in whole.text or len(_NUMBER.findall(whole.text)) > 1
    return kept if (_POSTAL.search(whole.text) and several) or spans(whole.words, Kind.ADDRESS) else []
