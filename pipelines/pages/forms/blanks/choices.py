"""Boxes to tick as questions: those of which one is to be ticked are one blank, others each one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipelines.pages.forms.blanks.places import Place
from pipelines.pages.forms.flat.marks import Tick
from pipelines.pages.forms.flat.options import Option
from pipelines.pages.forms.flat.pieces import COLONS, Piece
from pipelines.pages.forms.flat.sheet import are_level
from schemas.geometry import BBox
from schemas.reading import Word

# Boxes of one question are at most so far apart (heights of a box): a box from the end of the label before
# it, a row from the row above.
_APART, _BELOW = 14.0, 3.0
# Their question stands so far above or to the left at most (heights of a box).
_OVER, _LEFT = 3.0, 40.0
_ALIGNED = 1.0
# The boxes of one question are of one size, as well as scans show it.
_SIZE = 0.7
_ONE = re.compile(
    r"\b(?:one|only one|eine?s?|une?|uno|una|um|één)\b.{0,12}(?:only|box|option|kreuz|seul)|"
    r"\b(?:check|tick|mark|select|choose|circle|cochez|cocher|marque|wählen|ankreuzen)\b.{0,12}\b(?:one|une?|un[oa]|eine?s?)\b",
    re.IGNORECASE,
)

# Answers of which only one can be true.
_EXCLUSIVE = tuple(
    frozenset(line.split())
    for line in """
    yes no n/a na unknown unsure
    ja nein nee
    oui non
    sí si no
    sim não nao
    tak nie
    да нет
    ναι όχι
    是 否
    有 无
    true false
    male female m f man woman other non-binary nonbinary diverse
    männlich weiblich divers
    homme femme masculin féminin
    hombre mujer masculino femenino feminino
    maschio femmina
    男 女
    single married divorced widowed separated widow widower partnered
    ledig verheiratet geschieden verwitwet
    célibataire marié mariée divorcé divorcée veuf veuve
    soltero soltera casado casada divorciado divorciada viudo viuda
    mr mrs ms miss dr mx prof
    herr frau
    m. mme mlle
    own rent lease owner tenant
    checking savings saving
    new renewal amendment
    original copy
    full-time part-time temporary
    agree disagree neutral
    approved denied rejected
    accept decline reject
    pass fail
    am pm
    """.strip().splitlines()
)


_ANSWERS = frozenset().union(*_EXCLUSIVE)


@dataclass(slots=True)
class Question:
    """Boxes to tick that belong together, and the text that asks."""

    options: list[Option]
    asks: Piece | None = None

    @property
    def is_single(self) -> bool:
        """Whether only one of them is to be ticked: circles, answers that exclude each other."""
        if len(self.options) < 2 or any(label is None for _, label in self.options):
            return False
        asked = self.asks.text if self.asks else ""
        return all(tick.round for tick, _ in self.options) or self._excludes() or bool(_ONE.search(asked))

    def _excludes(self) -> bool:
        first = [label.text.casefold().split()[0].strip(".,:;()") for _, label in self.options if label]
        whole = [label.text.casefold().strip(".,:;() ") for _, label in self.options if label]
        return len(set(first)) == len(first) and any(
            known.issuperset(first) or known.issuperset(whole) for known in _EXCLUSIVE
        )

    def words(self) -> Iterator[Word]:
        """The words that ask, and those of the answers."""
        for piece in (self.asks, *(label for _, label in self.options)):
            if piece is not None:
                yield from piece.words

    @property
    def text(self) -> str:
        """What is asked, without its colon; empty if nothing is."""
        return self.asks.text.rstrip("".join(COLONS) + " ") if self.asks else ""


def in_cells(places: Sequence[Place]) -> tuple[list[Question], list[Place]]:
    """The rows of a table with columns of answers (Yes, No) as questions, and the other places."""
    rows = defaultdict[str, list[Place]](list)
    for place in places:
        if place.heads and _word(place.heads[1]) in _ANSWERS:
            rows[f"{place.heads[0].text}@{place.heads[0].bbox}"].append(place)
    found, taken = list[Question](), set[int]()
    for cells in rows.values():
        options = [(Tick(cell.bbox, checked=False), cell.heads[1]) for cell in cells if cell.heads]
        question = Question(list(options), cells[0].heads[0] if cells[0].heads else None)
        if question.is_single:
            found.append(question)
            taken |= {id(cell) for cell in cells}
    return found, [place for place in places if id(place) not in taken]


def _word(piece: Piece) -> str:
    return piece.text.casefold().strip(".,:;()? ")


def questions(options: Sequence[Option], pieces: Sequence[Piece]) -> list[Question]:
    """The boxes of a page as questions, in reading order."""
    labels = {id(word) for _, label in options if label for word in label.words}
    free = [piece for piece in pieces if not any(id(word) in labels for word in piece.words)]
    texts = [piece for piece in free if any(map(str.isalpha, piece.text))]
    runs = [run for row in _rows(options) for run in _runs(row, texts)]
    rows = [Question(run, _left(run[0][0].bbox, texts)) for run in runs]
    found: list[Question] = []
    for row in rows:
        above = next((q for q in reversed(found) if row.asks is None and _goes_on(q, row)), None)
        if above is not None:
            above.options += row.options
        else:
            found.append(row)
    asking = {id(question.asks) for question in found}
    free = [text for text in texts if id(text) not in asking]
    for question in found:
        if question.asks is None:
            question.asks = _over(question, free)
    return found


def _rows(options: Sequence[Option]) -> list[list[Option]]:
    """The boxes that are level, each row from the left, top to bottom."""
    rows: list[list[Option]] = []
    for option in sorted(options, key=lambda option: (option[0].bbox.center[1], option[0].bbox.x1)):
        if rows and are_level(option[0].bbox, rows[-1][0][0].bbox):
            rows[-1].append(option)
        else:
            rows.append([option])
    return [sorted(row, key=lambda option: option[0].bbox.x1) for row in rows]


def _runs(row: Sequence[Option], texts: Sequence[Piece]) -> Iterator[list[Option]]:
    """A row parted where another text stands between boxes, or much room."""
    run: list[Option] = []
    for option in row:
        if run and _are_parted(run[-1], option, texts):
            yield run
            run = []
        run.append(option)
    yield run


def _are_parted(one: Option, other: Option, texts: Sequence[Piece]) -> bool:
    tick, label = one
    start, end = _extent(tick, label).x2, _extent(*other).x1
    between = [p for p in texts if are_level(p.bbox, tick.bbox) and tick.bbox.x2 < p.bbox.center[0] < end]
    return bool(between) or end - start > _APART * tick.bbox.height or not _are_alike(tick, other[0])


def _are_alike(one: Tick, other: Tick) -> bool:
    small, large = sorted((one.bbox.height, other.bbox.height))
    return one.round == other.round and small > _SIZE * large


def _extent(tick: Tick, label: Piece | None) -> BBox:
    return tick.bbox.union(label.bbox) if label else tick.bbox


def _goes_on(question: Question, row: Question) -> bool:
    """Whether a row follows right below the last one of a question and begins like one of its boxes."""
    last, first = question.options[-1][0], row.options[0][0]
    below = first.bbox.y1 - last.bbox.y2
    begins = any(abs(t.bbox.x1 - first.bbox.x1) < _ALIGNED * first.bbox.width for t, _ in question.options)
    return begins and _are_alike(last, first) and -0.5 * last.bbox.height < below < _BELOW * last.bbox.height


def _left(box: BBox, texts: Sequence[Piece]) -> Piece | None:
    near = [
        p
        for p in texts
        if are_level(p.bbox, box) and -0.3 * box.width < box.x1 - p.bbox.x2 < _LEFT * box.height
    ]
    return max(near, key=lambda p: p.bbox.x2, default=None)


def _over(question: Question, texts: Sequence[Piece]) -> Piece | None:
    """The text right above a question's boxes that begins where they do, or before."""
    first = question.options[0][0].bbox
    end = max(_extent(*option).x2 for option in question.options)
    near = [
        p
        for p in texts
        if -0.3 * first.height < first.y1 - p.bbox.y2 < _OVER * first.height
        and p.bbox.x1 < first.x2 + first.width
        and p.bbox.x2 > first.x1 - first.width
        and p.bbox.x1 < end
    ]
    return max(near, key=lambda p: p.bbox.y2, default=None)
