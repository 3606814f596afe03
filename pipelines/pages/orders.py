"""Page stage: takes characters without looks out of the text, and tells of text that speaks to a model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from pydantic import BaseModel

from pipelines.instructions import speaks_to_a_model
from pipelines.invisible import shown, without_looks
from pipelines.pages.unseen import hidden_warnings
from pipelines.readers.hidden import HiddenTally
from pipelines.work import PageWork
from schemas.documents import WarningKind
from schemas.fragments import PageFragment
from schemas.geometry import Box
from schemas.reading import HiddenReason

_MOST = 5
"""Places on one page that are told of."""
_SPEAKS = (
    "The page has text that gives orders to a reader by machine. It is to be seen, and was read as data like "
    "all of the document."
)


class WatchText:
    """Looks at the finished fragments of a page, whichever way they came. Nothing visible is changed."""

    name: ClassVar[str] = "watch"
    reads: ClassVar[frozenset[str]] = frozenset({"fragments"})
    writes: ClassVar[frozenset[str]] = frozenset({"fragments", "warnings"})
    batch: ClassVar[int] = 1

    def __call__(self, pages: Sequence[PageWork]) -> None:
        """See ``PageStage``."""
        for page in pages:
            self._watch(page)

    def _watch(self, page: PageWork) -> None:
        fragments = page.fragments or []
        tally = HiddenTally()
        places: dict[Box | None, None] = {}
        for index, fragment in enumerate(fragments):
            if any(map(speaks_to_a_model, _texts(fragment))):
                places[fragment.bbox] = None
            if texts := list(filter(None, map(without_looks, _texts(fragment)))):
                box = fragment.bbox.bbox() if fragment.bbox else None
                tally.add(HiddenReason.NO_LOOKS, "\n".join(texts), box)
                fragments[index] = _mapped(fragment, shown)
        for place in list(places)[:_MOST]:
            page.warn(WarningKind.INSTRUCTION_IN_TEXT, _SPEAKS, place)
        page.warnings += hidden_warnings(tally.found(), page.number, _size(page))


def _size(page: PageWork) -> tuple[float, float] | None:
    has_size = page.source or page.size
    return (has_size.width, has_size.height) if has_size else None


def _texts(fragment: PageFragment) -> list[str]:
    """What a fragment says: once, where it says it in several forms."""
    content = fragment.content
    return [content.content, *filter(None, [getattr(content, "summary", None)])]


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    """A model, or a list of them, with every text in it changed."""
    if type(value) is str:  # no enumeration's member
        return change(value)
    if isinstance(value, list):
        return [_mapped(one, change) for one in value]
    if isinstance(value, BaseModel):
        return value.model_copy(update={name: _mapped(one, change) for name, one in value})
    return value
