"""Page stage: keeps of a page what only extraction from the whole document needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import ClassVar

from models import images
from models.base import Engines
from pipelines.extraction.evidence import has_figure
from pipelines.pages.forms.digital import field_entries
from pipelines.pages.forms.entries import Entry
from pipelines.pages.forms.flat.drawn import drawn
from pipelines.pages.forms.flat.reader import flat_entries
from pipelines.pages.parts import upright_page
from pipelines.readers.base import Reader
from pipelines.space import Pose
from pipelines.work import PageWork
from schemas.fragments import FORMS
from schemas.geometry import BBox
from schemas.reading import CheckBox, FieldKind, FormEntry, FormField, Word

# Longest side of a kept picture (pixels): small print stays legible, a page takes some 200 kB.
_LONGEST_SIDE = 1600
# Boxes to tick are looked for at 150 dpi (pixels a point).
_SCALE = 150 / 72


class KeepEvidence:
    """Keeps the fields of forms, as the file and as the print has them, and the picture of the page.

    ``ticks``: boxes to tick that are only drawn are looked for; ``pictures``: a model is to see the pages,
    with ``figures``: those that have figures.
    """

    name: ClassVar[str] = "evidence"
    reads: ClassVar[frozenset[str]] = frozenset(
        {"source", "image", "turns", "lines", "rules", "finds", "fragments"}
    )
    writes: ClassVar[frozenset[str]] = frozenset({"fields", "entries", "picture"})
    batch: ClassVar[int] = 1

    def __init__(
        self, reader: Reader, engines: Engines, *, ticks: bool, pictures: bool, figures: bool = False
    ) -> None:
        self._reader = reader
        self._engines = engines
        self._ticks = ticks
        self._pictures = pictures
        self._figures = figures

    def __call__(self, pages: Sequence[PageWork]) -> None:
        """See ``PageStage``."""
        for page in pages:
            if page.source is None:
                continue
            page.fields = [field for field in self._reader.fields(page.number) if not field.hidden]
            if not any(find.kind in FORMS for find in page.finds):  # else the forms are fragments
                page.entries = self._entries(page, page.fields)
            if self._pictures or (
                self._figures and has_figure(page.fragments or [], page.source.width, page.source.height)
            ):
                shown = self._reader.render(page.number, page.source.ocr_scale)
                page.picture = images.jpeg(images.within(shown, _LONGEST_SIDE))

    def _entries(self, page: PageWork, fields: Sequence[FormField]) -> list[FormEntry]:
        """The fields that the file knows; where it knows none, those that are printed."""
        upright = [replace(one, bbox=one.bbox and page.pose.to_upright(one.bbox)) for one in fields]
        entries = field_entries(upright, page.lines or [])
        if not any(one.bbox and one.kind is not FieldKind.SIGNATURE for one in fields):
            entries += flat_entries(page, self._boxes(page), entries)
        kept = [_kept(entry, one, page.pose) for entry, one in zip_longest(entries, fields) if entry]
        frames = _frames(page) if len(entries) > len(fields) else []
        for entry, one in zip(entries, kept, strict=True):
            one.framed = any(_holds(frame, entry) for frame in frames)
        return kept

    def _boxes(self, page: PageWork) -> list[CheckBox]:
        """The boxes to tick that are seen on the page, in page units."""
        if not self._ticks:
            return []
        image, scale = upright_page(page, self._reader, _SCALE)
        return [replace(box, bbox=box.bbox.scaled(1 / scale)) for box in self._engines.find_checkboxes(image)]


def _frames(page: PageWork) -> list[BBox]:
    """The closed boxes that are drawn on a page, in units of the upright page."""
    lines = [line.bbox for line in page.lines or []]
    return drawn(page.rules, lines, *page.pose.upright_size).frames


def _holds(frame: BBox, entry: Entry) -> bool:
    """Whether a box is drawn around a field, its name in it or beside."""
    place = entry.box or entry.label_box
    return place is not None and frame.holds(*place.center)


def _kept(entry: Entry, known: FormField | None, pose: Pose) -> FormEntry:
    """An entry as displayed; the words in its box, and in no label's, are its value's."""
    box, label = entry.box, entry.label_box
    of_value = [
        box is not None
        and box.holds(*word.bbox.center)
        and (label is None or not label.holds(*word.bbox.center))
        for word in entry.words
    ]
    words = [replace(word, bbox=pose.to_displayed(word.bbox)) for word in entry.words]
    return FormEntry(
        name=entry.name,
        kind=entry.kind,
        value=entry.value,
        bbox=box and pose.to_displayed(box),
        words=_picked(words, of_value),
        label=_picked(words, [not one for one in of_value]),
        options=known.options if known else [],
        in_file=known.name if known else "",
    )


def _picked(words: Sequence[Word], wanted: Sequence[bool]) -> list[Word]:
    return [word for word, is_wanted in zip(words, wanted, strict=True) if is_wanted]
