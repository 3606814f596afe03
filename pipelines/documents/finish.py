"""What the options say of the finished fragments: left out, table form, places in the order."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.fragments import FORMS, FragmentType, PageFragment, TableContent
from schemas.options import TableOutputMode


def finished(
    fragments: Sequence[PageFragment], page_number: int, ignored: frozenset[str], table_mode: TableOutputMode
) -> list[PageFragment]:
    """The fragments of a page that stay, numbered in order, tables in the form asked for.

    ``reading_order`` counts from 0 without gaps (-1 for signatures); ``ref_id`` is ``<page>.<order>``, a
    cell's ``<page>.<order>.<index>``.
    """
    kept = [f for f in fragments if f.fragment_type.value not in ignored]
    done = []
    order = 0
    for fragment in kept:
        signature = fragment.fragment_type is FragmentType.SIGNATURE
        place = -1 if signature else order
        order += not signature
        ref = f"{page_number}.{place}"
        update: dict[str, object] = {"reading_order": place, "ref_id": ref}
        if isinstance(fragment.content, TableContent):
            mode = None if fragment.fragment_type in FORMS else table_mode
            update["content"] = _table(fragment.content, ref, mode)
        done.append(fragment.model_copy(update=update))
    return done


def _table(content: TableContent, ref: str, mode: TableOutputMode | None) -> TableContent:
    """``mode``: the form that ``content`` takes; None keeps it (the JSON of a form's fields)."""
    form = {TableOutputMode.MARKDOWN: content.markdown, TableOutputMode.HTML: content.html, None: None}[mode]
    cells = [cell.model_copy(update={"ref_id": f"{ref}.{i}"}) for i, cell in enumerate(content.cells)]
    return content.model_copy(update={"content": form or content.content, "cells": cells})
