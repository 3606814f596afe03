"""What a caller is told of a form and its filling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from schemas.forms import Blank, FilledForm, Filling, Placed, Unplaced
from schemas.geometry import BBox, Box


def metadata(
    blanks: Sequence[Blank], fillings: Sequence[Filling], unplaced: Sequence[Unplaced], filled: FilledForm
) -> dict[str, Any]:
    """``form_filling_metadata``: the fields that were found, what was written where, what was not placed.

    ``detected_widgets`` has every field in the order of the pages, with ``previous_value`` (as found) and
    ``value`` (as it is now), and, where the prompt filled it, ``filled``, ``source`` (the prompt's words) and
    ``confidence``. ``not_placed`` has ``{text, reason, field_id|null}`` for everything said that stands
    nowhere now.
    """
    wanted = {filling.blank: filling for filling in fillings}
    placed = {one.blank: one for one in filled.placed}
    widgets = [_widget(blank, wanted.get(blank.id), placed.get(blank.id)) for blank in blanks]
    left = [{"text": one.said, "reason": one.reason, "field_id": None} for one in unplaced]
    left += [
        {"text": _said(wanted.get(one.blank)), "reason": one.problem, "field_id": one.blank}
        for one in filled.placed
        if one.problem
    ]
    return {
        "detected_widgets": widgets,
        "fields_detected": len(widgets),
        "fields_filled": sum(bool(widget["filled"]) for widget in widgets),
        "not_placed": left,
        "docx_fill_warnings": list(filled.warnings) if filled.docx is not None else [],
    }


def _widget(blank: Blank, wanted: Filling | None, placed: Placed | None) -> dict[str, Any]:
    written = wanted is not None and placed is not None and not placed.problem
    value: str | bool | None = blank.value
    if written and wanted is not None and placed is not None:
        value = wanted.value if isinstance(wanted.value, bool) else placed.text
    by_prompt = written and wanted is not None and bool(wanted.said)
    return {
        "id": blank.id,
        "name": blank.names[0] if blank.names else blank.id,
        "other_names": blank.names[1:],
        "context": blank.context,
        "type": blank.kind.value,
        "origin": blank.origin.value,
        "page_number": blank.page,
        "bbox": _box(blank.bbox),
        "choices": [
            {"value": c.value, "label": c.label, "page_number": c.page, "bbox": _box(c.bbox)}
            for c in blank.choices
        ],
        "max_length": blank.longest or None,
        "read_only": blank.read_only,
        "required": blank.required,
        "previous_value": blank.value,
        "value": value,
        "filled": by_prompt,
        "source": wanted.said if by_prompt and wanted else None,
        "confidence": wanted.confidence if by_prompt and wanted else None,
    }


def _box(box: BBox | None) -> dict[str, float] | None:
    return Box.of(box).model_dump() if box is not None else None


def _said(filling: Filling | None) -> str:
    """The prompt's words, or what was to be written."""
    if filling is None:
        return ""
    return filling.said or (filling.value if isinstance(filling.value, str) else "")
