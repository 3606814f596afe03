"""How flow readers hand over what they found: contents in reading order become numbered fragments."""

from __future__ import annotations

from collections.abc import Iterable

from schemas.fragments import Content, FragmentType, PageFragment, Source


def numbered(found: Iterable[tuple[FragmentType, Content]]) -> list[PageFragment]:
    """The fragments of a flow document's only page: ``reading_order`` from 0, ``ref_id`` ``1.<order>``."""
    return [
        PageFragment(
            fragment_type=kind,
            content=content,
            reading_order=order,
            ref_id=f"1.{order}",
            source=Source.DIGITAL,
        )
        for order, (kind, content) in enumerate(found)
    ]


def fenced(text: str, language: str = "") -> str:
    """``text`` as a fenced code block (CommonMark §4.5), the fence longer than any run of backticks in it."""
    longest = run = 0
    for character in text:
        run = run + 1 if character == "`" else 0
        longest = max(longest, run)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"
