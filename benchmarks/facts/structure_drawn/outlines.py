"""Reports, contracts, manuals and papers with headings of known levels, and what looks like headings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from benchmarks.facts.structure_drawn.blocks import (
    Block,
    Contents,
    Grid,
    Heading,
    Items,
    Lines,
    Look,
    Note,
    PageBreak,
    Paper,
    Picture,
    Row,
    Text,
)
from benchmarks.facts.structure_drawn.looks import draw_look
from benchmarks.facts.structure_drawn.numbering import Counter, schemes
from benchmarks.facts.structure_drawn.tongue import Tongue
from benchmarks.scores.outline import TrueHeading

KINDS = ("report", "contract", "manual", "paper")
_LANGUAGES = ("en", "en", "en", "de", "fr", "la")
_WORDS = ("chapter", "part", "article", "section")


def draw_paper(kind: str, random: Random, asian: str = "") -> Paper:
    """A document of one of the ``KINDS``; ``asian``: in this language rather than a Latin-lettered one."""
    language = asian or random.choice(_LANGUAGES)
    return _Writer(kind, Tongue(language, random), draw_look(kind, language, random)).paper()


def truth_of(paper: Paper) -> tuple[TrueHeading, ...]:
    """The headings of a document in order, as printed."""
    found = []
    for block in paper.blocks:
        heading = block.heading if isinstance(block, Contents) else block
        if isinstance(heading, Heading):
            found.append(TrueHeading(heading.printed, heading.level, heading.optional))
    return tuple(found)


class _Writer:
    """Puts one document together."""

    def __init__(self, kind: str, tongue: Tongue, look: Look) -> None:
        self._kind, self._tongue, self._random, self._look = kind, tongue, tongue.random, look
        words = {name: tongue.word(name) for name in _WORDS}
        self._scheme = self._random.choice(schemes(kind, tongue.language, words))
        self._counter = Counter(self._scheme)
        # Contracts that number headings once have paragraphs with numbers below them.
        self._clauses = kind == "contract" and len(self._scheme.labels) == 1
        self._deepest = {"report": 3, "contract": 2, "manual": 3, "paper": 2}[kind]
        if self._scheme.labels:
            self._deepest = min(self._deepest + 1, len(self._scheme.labels) + (tongue.random.random() < 0.3))
        self._topics = tongue.some("topics", 99)
        self._pictures = self._tables = 0
        self._parts: dict[Callable[[], Iterator[Block]], float] = {
            self._plain: 10,
            self._led: 3,
            self._items: 4,
            self._note: 1.5,
            self._picture: 1.5,
            self._bold: 1,
            self._table: 1.5,
            self._lines: 0.5,
        }

    def paper(self) -> Paper:
        """The document."""
        random, title = self._random, self._tongue.one("titles")
        blocks: list[Block] = list(self._front(title)) if random.random() < 0.85 else []
        if random.random() < 0.4:
            blocks += [Contents(Heading(1, self._tongue.word("contents"), optional=True)), PageBreak()]
        if random.random() < 0.35:
            blocks += [Heading(1, self._tongue.one("opening")), *self._body(1)]
        top = random.randint(3, 6) if self._kind == "paper" else random.randint(4, 8)
        for number in range(top):
            if number and self._look.chapters_break:
                blocks.append(PageBreak())
            blocks += self._section(1)
        blocks += self._back()
        if self._kind == "contract":
            blocks.append(
                Lines((f"{self._tongue.one('places')}, {self._tongue.date()}", self._tongue.one("people")))
            )
        notes = tuple(self._tongue.sentence() for _ in range(random.choice((0, 0, 4))))
        return Paper(self._tongue.language, self._kind, title, tuple(blocks), self._look, notes)

    def _front(self, title: str) -> Iterator[Block]:
        tongue, random = self._tongue, self._random
        if random.random() < 0.3:
            yield Lines((tongue.one("people"), tongue.one("places")))
        yield Heading(0, title)
        if random.random() < 0.25:
            year = str(random.randint(2012, 2024))
            yield Heading(2, random.choice((tongue.word("draft"), year)), optional=True)
        if random.random() < 0.5:
            yield Lines((f"{tongue.one('people')}, {tongue.one('people')}", tongue.date()))
        if self._kind == "contract":
            yield Text(tongue.paragraph(1, 2))
        if self._kind in {"report", "manual"} and random.random() < 0.35:
            yield PageBreak()

    def _section(self, level: int) -> Iterator[Block]:
        random = self._random
        yield self._heading(level)
        below = level < self._deepest and random.random() < (0.75, 0.45, 0.3)[min(level, 3) - 1]
        if not below or random.random() < 0.7:
            yield from self._body(level)
        if below:
            for _ in range(random.randint(2, 4 if level == 1 else 3)):
                yield from self._section(level + 1)

    def _heading(self, level: int) -> Heading:
        text = self._tongue.one("long") if self._random.random() < 0.06 else self._topic()
        label = self._counter.label(level)
        return Heading(
            level, text, label, self._scheme.gap, apart=bool(label) and level == self._scheme.apart
        )

    def _topic(self) -> str:
        """What no section was about so far, as long as there is something left."""
        if not self._topics:
            self._topics = self._tongue.some("topics", 99)
        return self._topics.pop()

    def _back(self) -> Iterator[Block]:
        tongue, random = self._tongue, self._random
        if self._kind != "contract" and random.random() < 0.4:
            yield Heading(1, tongue.one("closing"))
            yield Items(tuple((f"[{i}]", tongue.sentence()) for i in range(1, random.randint(4, 9))))
        if random.random() < 0.3:
            for letter in "AB"[: random.randint(1, 2)]:
                label, gap = f"{tongue.word('appendix')} {letter}", random.choice((" ", ": ", " – "))
                yield Heading(1, self._topic(), label, gap)
                yield from self._body(1)

    def _body(self, level: int) -> Iterator[Block]:
        """Paragraphs, and here and there what is no heading but looks a little like one."""
        tongue, random = self._tongue, self._random
        if self._clauses:
            yield from self._numbered()
            return
        yield Text(tongue.paragraph())
        for _ in range(random.randint(0, 2 if level < 3 else 1)):
            yield from random.choices(list(self._parts), list(self._parts.values()))[0]()

    def _numbered(self) -> Iterator[Block]:
        """Clauses: paragraphs with numbers, a few of them with a list."""
        tongue, random, first = self._tongue, self._random, self._counter.counts.get(1, 1)
        for number in range(1, random.randint(2, 6)):
            text = tongue.paragraph(1, 3)
            yield Items(((f"{first}.{number}", text.upper() if random.random() < 0.08 else text),))
            if random.random() < 0.25:
                yield Items(tuple((f"({letter})", tongue.one("items")) for letter in "abc"))

    def _plain(self) -> Iterator[Block]:
        yield Text(self._tongue.paragraph())

    def _led(self) -> Iterator[Block]:
        for lead in self._tongue.some("leads", self._random.randint(1, 3)):
            yield Text(self._tongue.paragraph(1, 3), lead=lead)

    def _items(self) -> Iterator[Block]:
        random = self._random
        texts = self._tongue.some("items", random.randint(3, 6))
        form = random.choice(("•", "–", "{n}.", "({n})", "{n})", "({letter})", "{letter})"))
        marks = [form.format(n=i + 1, letter=letter) for i, letter in enumerate("abcdef")]
        yield Items(tuple(zip(marks, texts, strict=False)))
        if random.random() < 0.5:
            yield Text(self._tongue.paragraph(1, 3))

    def _note(self) -> Iterator[Block]:
        yield Note(self._tongue.one("notes"), self._tongue.paragraph(1, 3))

    def _picture(self) -> Iterator[Block]:
        self._pictures += 1
        mark = self._random.choice((": ", ". ", " – "))
        caption = f"{self._tongue.word('figure')} {self._pictures}{mark}{self._tongue.one('captions')}"
        yield Picture(
            caption, tuple(self._random.uniform(0.2, 1.0) for _ in range(self._random.randint(3, 7)))
        )

    def _bold(self) -> Iterator[Block]:
        yield Text(self._tongue.one("bold"), bold=True)
        yield Text(self._tongue.paragraph(1, 2))

    def _lines(self) -> Iterator[Block]:
        yield Lines((self._tongue.one("people"), self._tongue.one("places"), self._tongue.date()))

    def _table(self) -> Iterator[Block]:
        self._tables += 1
        caption = f"{self._tongue.word('table')} {self._tables}: {self._tongue.one('captions')}"
        years = [str(2019 + i) for i in range(self._random.randint(2, 4))]
        rows = [
            Row((name, *(f"{self._random.randint(10, 9999):,}" for _ in years)))
            for name in self._tongue.some("topics", self._random.randint(3, 6))
        ]
        head = (("", *years),)
        shares, numeric = (3.0, *(1.0 for _ in years)), (False, *(True for _ in years))
        yield Grid(f"small {self._tables}", head, tuple(rows), shares, numeric, head, caption)
