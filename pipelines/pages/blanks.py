"""Page stage: the places on a form that can be filled in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from models.base import Engines
from pipelines.pages.forms.blanks.interactive import named
from pipelines.pages.forms.blanks.reader import drawn_blanks
from pipelines.pages.forms.blanks.seen import Seen
from pipelines.pages.parts import upright_page
from pipelines.readers.base import Reader
from pipelines.work import PageWork
from schemas.forms import Blank
from schemas.reading import FieldKind

# Boxes to tick are looked for at 150 dpi (pixels a point).
_SCALE = 150 / 72


class FindBlanks:
    """Finds what can be filled in on each page: fields of the file's own form, and what is only drawn.

    ``interactive``: the file's fields are used; ``drawn``: on pages where the file knows none, or they are
    not used, lines, boxes and gaps are looked for.
    """

    name: ClassVar[str] = "blanks"
    reads: ClassVar[frozenset[str]] = frozenset({"number"})
    writes: ClassVar[frozenset[str]] = frozenset({"blanks"})
    batch: ClassVar[int] = 1

    def __init__(self, reader: Reader, engines: Engines, *, interactive: bool, drawn: bool) -> None:
        self._reader = reader
        self._engines = engines
        self._interactive = interactive
        self._drawn = drawn

    def __call__(self, pages: Sequence[PageWork]) -> None:
        """See ``PageStage``."""
        for page in pages:
            if page.source is None:  # a document of text has no other form than the file's
                page.blanks = self._reader.blanks(page.number)
                continue
            page.blanks = named(self._reader.blanks(page.number), page) if self._interactive else []
            if self._drawn and not _are_known(page.blanks):
                page.blanks += self._drawn_blanks(page)

    def _drawn_blanks(self, page: PageWork) -> list[Blank]:
        image, scale = upright_page(page, self._reader, _SCALE)
        return drawn_blanks(page, Seen.on(image, scale, self._engines.find_checkboxes(image)))


def _are_known(blanks: Sequence[Blank]) -> bool:
    """Whether the file knows a page's fields: a place to sign alone may be put on any form."""
    return any(blank.bbox and blank.kind is not FieldKind.SIGNATURE for blank in blanks)
