"""What is said of a page: it is in a class, and why."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verdict:
    """A page is in the class of this name."""

    page: int
    name: str
    reason: str
