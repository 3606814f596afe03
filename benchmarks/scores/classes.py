"""Pages in classes: is each page in exactly the classes that it belongs to?"""

from __future__ import annotations

from collections.abc import Iterable

from benchmarks.scores.regions import PageRegion

PAGE_CLASS = "page class"
"""What a page in a class is found as: a region over the page whose text is the class's name."""


def score_classes_of_page(true: frozenset[str], finds: Iterable[PageRegion]) -> dict[str, float]:
    """``class`` of a page that belongs to some classes, ``left alone`` of one that belongs to none."""
    found = frozenset(find.text for find in finds if find.label == PAGE_CLASS)
    return {"class" if true else "left alone": float(found == true)}
