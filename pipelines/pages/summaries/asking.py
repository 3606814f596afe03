"""What a language model is asked about a table or a figure."""

from __future__ import annotations

from dataclasses import dataclass

from models import images
from models.base import Image
from models.prompts import prompt
from pipelines.extraction.llm.passages import Passage, mark_of, written
from pipelines.pages.summaries.facts import Subject
from pipelines.readers.base import Reader
from pipelines.tokens import BYTES_PER_TOKEN, tokens
from schemas.errors import DocumentError
from schemas.fragments import FragmentType
from schemas.geometry import BBox
from schemas.llm import LlmTraits, Question
from schemas.options import EnrichmentOptions

_LONGEST_SIDE = 1600
"""Of a picture that is sent (pixels): small print stays legible."""
_PICTURE_TOKENS = 2500
"""Of a picture that large: servers count some 800 to 2500."""
_LEAST_ROOM = 256
"""Tokens of the content that are shown in any case."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked for, of a model that can take so much, with pictures from the document if it is open."""

    reader: Reader | None
    options: EnrichmentOptions
    traits: LlmTraits


def question(subject: Subject, asking: Asking) -> Question | None:
    """What to ask; None of a figure without text and pictures: there is nothing to show."""
    pictures = _pictures(subject, asking)
    if subject.kind is not FragmentType.TABLE and not pictures and not (subject.text or subject.caption):
        return None
    rules, wishes = prompt(__package__, "rules.v1"), _wishes(subject, asking.options)
    taken = tokens(rules.template) + tokens(wishes) + _PICTURE_TOKENS * len(pictures)
    room = asking.traits.context_tokens - asking.traits.answer_tokens - taken
    parts = [
        Passage(name, subject.page.number, subject.kind.value, text, ())
        for name, text in (
            ("heading", subject.heading),
            ("caption", subject.caption),
            ("content", _within(subject.text, max(room, _LEAST_ROOM))),
        )
        if text.strip()
    ]
    mark = mark_of(parts)
    return Question(rules.substitute(mark=mark), f"{wishes}\n\n{written(parts, mark)}", pictures=pictures)


def _wishes(subject: Subject, options: EnrichmentOptions) -> str:
    """The caller's prompt, or ours."""
    if subject.kind is FragmentType.TABLE:
        own, ours = options.table_summarization_prompt, "table.v1"
    else:
        own, ours = options.figure_summarization_prompt, "figure.v1"
    return (own or "").strip() or prompt(__package__, ours).template


def _within(text: str, room: int) -> str:
    """The beginning of a text, of so many tokens; whole lines, where it has some."""
    if tokens(text) <= room:
        return text
    cut = text.encode("utf-8", "replace")[: room * BYTES_PER_TOKEN].decode("utf-8", "ignore")
    return cut.rpartition("\n")[0] or cut


def _pictures(subject: Subject, asking: Asking) -> list[bytes]:
    """The picture of a figure, and that of its page where this was asked for, for a model that sees."""
    if not asking.traits.sees_pictures:
        return []
    shown = [] if subject.kind is FragmentType.TABLE else [_picture(subject, asking.reader)]
    if asking.options.include_full_page_image:
        shown.append(_page(subject, asking.reader))
    return [images.jpeg(images.within(one, _LONGEST_SIDE)) for one in shown if one is not None]


def _picture(subject: Subject, reader: Reader | None) -> Image | None:
    """The figure's own pixels, or its part of the page, upright; None where there are none."""
    if reader is None:
        return None
    page, box = subject.page, subject.fragment.bbox
    if page.source is None:
        try:
            return reader.picture(page.number, page.pictures[subject.index])
        except (KeyError, DocumentError):  # it has none, or none that can be decoded
            return None
    return None if box is None else page.pose.upright(_rendered(subject, reader, box.bbox()))


def _page(subject: Subject, reader: Reader | None) -> Image | None:
    """The whole page, upright; None of a page that has no looks."""
    if reader is None or subject.page.source is None:
        return None
    return subject.page.pose.upright(_rendered(subject, reader))


def _rendered(subject: Subject, reader: Reader, box: BBox | None = None) -> Image:
    """The page as displayed, or a part of it, as large as it is sent."""
    source = subject.page.source
    assert source is not None  # noqa: S101 - asked by those who know
    longest = max(box.width, box.height) if box else max(source.width, source.height)
    return reader.render(subject.page.number, min(source.ocr_scale, _LONGEST_SIDE / max(longest, 1.0)), box)
