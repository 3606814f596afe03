"""Documents with tables over several pages, and with neighbours that look alike and are different tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random

from benchmarks.facts.structure_drawn.blocks import Block, Grid, Heading, Items, PageBreak, Paper, Text
from benchmarks.facts.structure_drawn.looks import draw_look
from benchmarks.facts.structure_drawn.table_kinds import KINDS, abbreviated, says_apart
from benchmarks.facts.structure_drawn.tongue import Tongue

_LANGUAGES = ("en", "en", "en", "de", "fr")
_CONTINUED = ("{title} ({word})", "{title} – {word}", "{title}", "({word})")


def draw_sheets(random: Random) -> Paper:
    """A document of a few long tables among text; a few of them in two columns."""
    language = random.choice(_LANGUAGES)
    tongue = Tongue(language, random)
    look = replace(draw_look("report", language, random), chapters_break=False, indented=False)
    if random.random() < 0.15:
        look = replace(look, columns=2)
    elif look.columns == 1 and random.random() < 0.12:
        look = replace(look, page=(look.page[1], look.page[0]))
    two = look.columns == 2
    blocks: list[Block] = [Heading(0, tongue.one("titles"))] if random.random() < 0.7 else []
    blocks += [Text(tongue.paragraph()) for _ in range(random.randint(0, 3))]
    writer = _Writer(tongue, narrow=two)
    for _ in range(random.randint(2, 3)):
        blocks += random.choices(
            (writer.long, writer.alike, writer.full_page, writer.chain), (6, 3, 3, 0 if two else 1)
        )[0]()
        blocks += writer.between()
    footnotes = tuple(tongue.sentence() for _ in range(3)) if random.random() < 0.3 else ()
    return Paper(language, "tables", tongue.one("titles"), tuple(blocks), look, footnotes)


class _Writer:
    """Writes tables, numbered over the document where its tables have titles."""

    def __init__(self, tongue: Tongue, *, narrow: bool) -> None:
        self._tongue, self._random, self._narrow = tongue, tongue.random, narrow
        self._number = 0
        self._titled = self._random.random() < 0.6
        self._numbered = self._random.random() < 0.7
        # Whoever writes a document goes on in one way.
        self._again = self._random.choices(("head", "none", "abbreviated"), (5, 3, 1.5))[0]
        self._group_again = self._tongue.word("continued") if self._random.random() < 0.3 else ""
        self._title_again = self._random.choice(_CONTINUED) if self._random.random() < 0.35 else ""

    def long(self, rows: tuple[int, int] = (25, 90)) -> Iterator[Block]:
        """A table that the page's end breaks, now and then."""
        yield self._grid(self._kind(), self._random.randint(*rows))

    def chain(self) -> Iterator[Block]:
        """A table over many pages."""
        yield from self.long((180, 320))

    def alike(self) -> Iterator[Block]:
        """Tables of the same columns one after another, as of one kind for several years or places."""
        kind = self._kind()
        for number in range(self._random.randint(2, 3)):
            yield self._grid(kind, self._random.randint(12, 45), apart=number)
            if not self._titled and self._random.random() < 0.7:
                yield Heading(2, self._tongue.one("topics"))

    def full_page(self) -> Iterator[Block]:
        """A table that ends where a page does, and another one at the top of the next."""
        kind, other = self._kind(), self._kind()
        yield replace(self._grid(kind, 120), cut=True)
        yield PageBreak()
        yield self._grid(kind if self._random.random() < 0.6 else other, self._random.randint(8, 40), apart=1)

    def between(self) -> Iterator[Block]:
        """Text between two groups of tables."""
        if self._random.random() < 0.6:
            yield Heading(1, self._tongue.one("topics"))
        for _ in range(self._random.randint(1, 4)):
            yield Text(self._tongue.paragraph())
        if self._random.random() < 0.2:
            yield Items(tuple(("•", text) for text in self._tongue.some("items", 4)))

    def _kind(self) -> Callable[[Tongue, int, int, bool], Grid]:
        return self._random.choice(KINDS)

    def _grid(self, kind: Callable[[Tongue, int, int, bool], Grid], rows: int, apart: int = 0) -> Grid:
        """``apart``: the how-manieth of tables alike; from the second on something must tell it apart."""
        self._number += 1
        tongue, random = self._tongue, self._random
        grid = kind(tongue, rows, apart, self._narrow)
        title = tongue.one("captions")
        if self._numbered:
            title = f"{tongue.word('table')} {self._number}{random.choice((':', '.', ' –'))} {title}"
        again = {"head": grid.head, "none": (), "abbreviated": abbreviated(grid.head, tongue)}[self._again]
        grid = replace(grid, name=f"t{self._number}", again=again, group_again=self._group_again)
        if self._titled or (apart and not says_apart(grid)):
            short = title.partition(":")[0] if random.random() < 0.5 else title
            grid = replace(
                grid,
                title=title,
                title_again=self._title_again.format(title=short, word=tongue.word("continued")),
            )
        if random.random() < 0.2:
            grid = replace(grid, foot=tongue.sentence())
        return grid
