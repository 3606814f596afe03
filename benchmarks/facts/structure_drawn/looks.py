"""The looks of the drawn documents, by chance from those that reports, contracts and manuals have."""

from __future__ import annotations

from random import Random

from benchmarks.facts.structure_drawn.blocks import HeadingLook, Look

_BLUE, _TEAL, _RED, _GREY = "#2f5496", "#0b6e6e", "#9b1c1c", "#555555"
_A4, _LETTER = (595.0, 842.0), (612.0, 792.0)
FAMILIES = ("sans", "serif", "humanist", "slab", "wide")
"""Names that each generator has fonts for."""


_LARGE = ((2.4, 1.7, 1.35, 1.15, 1.0), (2.0, 1.5, 1.25, 1.1, 1.0), (2.6, 2.0, 1.5, 1.2, 1.0))


def _scale(random: Random, style: str, color: str) -> tuple[HeadingLook, ...]:
    """Title first, then levels 1 to 4."""
    if style == "large":
        sizes = random.choice(
            ((2.4, 1.7, 1.35, 1.15, 1.0), (2.0, 1.5, 1.25, 1.1, 1.0), (2.6, 2.0, 1.5, 1.2, 1.0))
        )
        return tuple(HeadingLook(size, bold=True, color=color, above=size) for size in sizes)
    if style == "light":
        return tuple(HeadingLook(size, bold=size <= 1.0, color=color) for size in (2.6, 1.8, 1.4, 1.2, 1.0))
    if style == "office":
        return (
            HeadingLook(2.5, color=color),
            HeadingLook(1.45, color=color, above=1.2),
            HeadingLook(1.18, color=color, above=0.6),
            HeadingLook(1.09, color=color, above=0.6),
            HeadingLook(1.0, italic=True, color=color, above=0.6),
        )
    if style == "capitals":
        return (
            HeadingLook(1.4, bold=True, capitals=True, centred=True),
            HeadingLook(1.1, bold=True, capitals=True, centred=random.random() < 0.5, above=1.4),
            HeadingLook(1.0, bold=True),
            HeadingLook(1.0, italic=True),
            HeadingLook(1.0, underlined=True),
        )
    if style == "small":
        return (
            HeadingLook(1.3, bold=True, centred=True),
            HeadingLook(1.0, bold=True, capitals=random.random() < 0.5, above=1.2),
            HeadingLook(1.0, bold=True, italic=random.random() < 0.5),
            HeadingLook(1.0, italic=True),
            HeadingLook(1.0, underlined=True),
        )
    return (
        HeadingLook(1.7, bold=True, centred=True),
        HeadingLook(1.2, bold=True, centred=random.random() < 0.3, above=1.3),
        HeadingLook(1.0, bold=True),
        HeadingLook(1.0, bold=True, italic=True),
        HeadingLook(1.0, italic=True),
    )


_STYLES = {
    "report": ("large", "light", "office", "large", "capitals"),
    "contract": ("small", "capitals", "small", "paper"),
    "manual": ("large", "light", "office"),
    "paper": ("paper", "paper", "large"),
}


def draw_look(kind: str, language: str, random: Random) -> Look:
    """A look that suits the kind of document ("report", "contract", "manual", "paper")."""
    color = random.choice(("#000000", "#000000", _BLUE, _TEAL, _RED, _GREY))
    headings = _scale(random, random.choice(_STYLES[kind]), color)
    running = random.choice(("", "title", "chapter", "sides", "sides"))
    return Look(
        family=random.choice(FAMILIES),
        size=random.choice((9.0, 9.5, 10.0, 10.5, 11.0, 12.0)),
        headings=headings,
        page=random.choice((_A4, _A4, _LETTER)),
        margin=random.choice((50.0, 62.0, 72.0)),
        columns=2 if random.random() < (0.6 if kind == "paper" else 0.12) else 1,
        justified=random.random() < 0.4 and language not in {"zh", "ja"},
        indented=random.random() < 0.2,
        bookmarks=random.random() < 0.45,
        running=running if kind != "contract" or random.random() < 0.3 else "",
        page_number=random.choice(("{page}", "– {page} –", "{word} {page}", "{page} / {pages}", "")),
        keep=random.random() < 0.7,
        chapters_break=kind in {"report", "manual"} and random.random() < 0.25,
        rules=random.choice(("grid", "rows", "head", "zebra", "none")),
        table_size=random.choice((7.5, 8.0, 8.5, 9.0)),
    )
