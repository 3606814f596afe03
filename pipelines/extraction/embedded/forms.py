"""Fields of forms as answers: interactive, printed and scanned ones."""

from __future__ import annotations

from pipelines.extraction.targets import ArrayOf, Scalar, Target, leaves


def asks_for_ticks(target: Target) -> bool:
    """Whether boxes to tick can answer anything: a yes or no, or a choice of several."""
    return any(_is_ticked(one.target) for one in leaves(target))


def _is_ticked(target: Target) -> bool:
    one = target.items if isinstance(target, ArrayOf) else target
    return isinstance(one, Scalar) and (one.kind == "boolean" or bool(one.choices))
