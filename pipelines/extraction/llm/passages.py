"""The document as a language model gets it: passages with ids, between lines that no document can write."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from pipelines.extraction.evidence import Block, Evidence, PlacedEntry
from pipelines.instructions import without_roles
from pipelines.tokens import tokens

_PICTURE_TOKENS = 2500
"""Of a page as large as they are sent: servers count some 800 to 2500."""
MARK_LETTERS = 8


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a page, or the picture of it.

    ``refs`` are the ``ref_id`` of the fragments that it is, or is drawn from.
    """

    id: str
    page: int
    kind: str
    text: str
    refs: tuple[str, ...]
    is_picture: bool = False

    @property
    def tokens(self) -> int:
        """About how many tokens it takes, with its line."""
        picture = _PICTURE_TOKENS if self.is_picture else 0
        return picture + tokens(self.text) + tokens(self.id + self.kind) + MARK_LETTERS


def passages(evidence: Evidence, *, figures: bool = False) -> list[Passage]:
    """All that there is to read, page by page; the fields of forms come last on their page.

    ``figures``: then the picture of a page that has figures, where there is one.
    """
    entries: dict[int, list[PlacedEntry]] = {}
    for entry in evidence.entries:
        entries.setdefault(entry.page, []).append(entry)
    found: list[Passage] = []
    refs = _refs(evidence)
    for page, blocks in groupby(evidence.blocks, lambda block: block.page):
        found += [_passage(block) for block in blocks if block.text.strip()]
        if text := "\n".join(_lines(entries.get(page, []))):
            found.append(Passage(f"{page}.fields", page, "form fields", text, refs[page]))
        if figures and page in evidence.illustrated and page in evidence.pictures:
            found.append(_picture(page, refs[page]))
    return found


def seen_pages(evidence: Evidence) -> list[Passage]:
    """The pages that there are pictures of, as passages without text."""
    refs = _refs(evidence)
    seen = [page for page in evidence.pages if page in evidence.pictures]
    return [_picture(page, refs.get(page, ())) for page in seen]


def _picture(page: int, refs: tuple[str, ...]) -> Passage:
    return Passage(f"page {page}", page, "picture", "", refs, is_picture=True)


def _refs(evidence: Evidence) -> dict[int, tuple[str, ...]]:
    """The fragments of each page."""
    pages = groupby(evidence.blocks, lambda block: block.page)
    return {page: tuple(block.ref_id for block in blocks) for page, blocks in pages}


def written(found: Sequence[Passage], mark: str) -> str:
    """The passages, each below a line with the mark, its id and its kind; the mark also ends them.

    What would be taken for the marks of a chat's turns is broken.
    """
    told = (f"=={mark} {one.id} {one.kind}==\n{without_roles(one.text)}" for one in found)
    return "\n".join([f"=={mark}==", *told, f"=={mark}=="])


def mark_of(found: Sequence[Passage]) -> str:
    """A word that none of the passages holds, nor could have been made to: it depends on all of them."""
    text = "\n".join(one.text for one in found)
    mark = ""
    while not mark or mark in text:
        mark = hashlib.sha256((mark + text).encode("utf-8", "replace")).hexdigest()[:MARK_LETTERS]
    return mark


def _passage(block: Block) -> Passage:
    return Passage(block.ref_id, block.page, block.fragment.fragment_type.value, block.text, (block.ref_id,))


def _lines(entries: Iterable[PlacedEntry]) -> Iterator[str]:
    """What the text of the page does not tell: names of interactive fields, and what is ticked."""
    for entry in (placed.entry for placed in entries):
        if not entry.in_file and not isinstance(entry.value, bool):
            continue
        name = entry.name or entry.in_file
        value = {True: "ticked", False: "not ticked", None: ""}.get(entry.value, entry.value)  # type: ignore[arg-type]
        if name and value:
            yield f"{name}: {value}".replace("\n", "; ")
