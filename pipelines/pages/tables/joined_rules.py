"""Rules of tables as they are seen: often they are drawn column by column."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.geometry import BBox, union_of

# Rules this near to each other (line heights) touch.
_TOUCHING = 0.1


def joined(rules: Sequence[BBox], line_height: float) -> list[BBox]:
    """Horizontal rules at one height that touch, made one; ``line_height`` is that of the text around."""
    near = _TOUCHING * line_height
    level: list[list[BBox]] = []
    for rule in sorted(rules, key=lambda rule: rule.center[1]):
        if not level or rule.center[1] - level[-1][0].center[1] > near:
            level.append([])
        level[-1].append(rule)
    return [rule for rules in level for rule in _touching(rules, near)]


def _touching(rules: Sequence[BBox], near: float) -> list[BBox]:
    """Rules at one height, from left to right."""
    runs: list[BBox] = []
    for rule in sorted(rules, key=lambda rule: rule.x1):
        if runs and rule.x1 - runs[-1].x2 <= near:
            runs[-1] = union_of([runs[-1], rule])
        else:
            runs.append(rule)
    return runs
