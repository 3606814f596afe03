"""Which classes a page is in, by all that speaks for them, and the reasons in words."""

from __future__ import annotations

from collections.abc import Sequence

from models.base import Engines
from pipelines.documents.classify.embedded import Judge, Signals, odds
from pipelines.documents.classify.sheets import Sheet, sheets
from pipelines.documents.classify.sights import Sight
from pipelines.documents.classify.verdict import Verdict
from pipelines.extraction.evidence import Evidence
from schemas.options import PageClassification

_BEHIND = 1.5
"""A class whose odds are this far (logarithms) behind the best of the page is not meant, too."""
_CONTINUED = -1.5
"""Enough for the class of the page before, on a page that does not begin with a heading."""
_NAMED, _TOLD, _ALIKE = 0.5, 0.4, 0.45
"""From where on a signal is told as a reason."""
_LONGEST_QUOTE = 80
_SEVERAL = {Sight.FORMULA: "formulas", Sight.CONTENTS: "tables of contents", Sight.NOTHING: "empty page"}


def verdicts(evidence: Evidence, classes: Sequence[PageClassification], engines: Engines) -> list[Verdict]:
    """The pages in the classes that they fit, without a language model; pages that fit none are in none."""
    pages = sheets(evidence)
    rows = Judge(classes, engines).signals(pages)
    names = [one.name for one in classes]
    found: list[Verdict] = []
    before: dict[str, int] = {}
    for sheet, row in zip(pages, rows, strict=True):
        chances = dict(zip(names, map(odds, row), strict=True))
        signals = dict(zip(names, row, strict=True))
        its = {name: _reason(signals[name]) for name in _fitting(chances, signals)}
        if not its:
            its = {
                name: f"It goes on from page {page} and has no heading of its own."
                for name, page in before.items()
                if _goes_on(sheet, page, name, chances)
            }
        found += [Verdict(sheet.page, name, reason) for name, reason in its.items()]
        before = {name: sheet.page for name in its if not signals[name].only_sights}
    return found


def _fitting(chances: dict[str, float], signals: dict[str, Signals]) -> list[str]:
    """The classes that are likelier than not and not far behind the best; those of looks stand alone."""
    read = [chance for name, chance in chances.items() if not signals[name].only_sights]
    least = max(0.0, max(read, default=0.0) - _BEHIND)
    return [
        name for name, chance in chances.items() if chance > (0.0 if signals[name].only_sights else least)
    ]


def _goes_on(sheet: Sheet, page: int, name: str, chances: dict[str, float]) -> bool:
    """Whether a page that fits no class goes on with that of the page before."""
    is_next = page == sheet.page - 1 and not sheet.starts and bool(sheet.lines)
    return is_next and chances[name] == max(chances.values()) and chances[name] > _CONTINUED


def _reason(signals: Signals) -> str:
    """What speaks for a class, the strongest first, with the words of the page that say so."""
    quotes = [f"“{_short(quote)}”" for quote in signals.quotes if not signals.only_sights]
    parts = []
    if signals.sights:
        parts.append(f"It has {_and([_counted(sight, count) for sight, count in signals.sights])}")
    if quotes and signals.name >= _NAMED:
        parts.append(f"{quotes.pop(0)} names the class")
    if quotes:
        parts.append(f"its words are on the page: {', '.join(quotes)}")
    if signals.kind >= _TOLD:
        parts.append("the words are those of this kind of page")
    if signals.meaning >= _ALIKE:
        parts.append("the text is close to the description in meaning")
    if not signals.quotes and not signals.only_sights and signals.nearest:
        parts.append(f"nearest in meaning is “{_short(signals.nearest)}”")
    text = "; ".join(parts) or "what is on the page fits the description"
    return f"{text[0].upper()}{text[1:]}."


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_QUOTE else f"{text[: _LONGEST_QUOTE - 1].rstrip()}…"


def _counted(sight: Sight, count: int) -> str:
    if sight is Sight.NOTHING:
        return "hardly any text and nothing else"
    return f"{count} {_SEVERAL.get(sight, f'{sight}s')}" if count > 1 else f"a {sight}"


def _and(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
