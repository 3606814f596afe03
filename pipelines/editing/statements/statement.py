"""A thing that a prompt says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Statement:
    """Of what ``label`` names, that it is ``value``: text, "" for nothing, ticked or not.

    ``said`` is the words of the prompt, ``path`` what they stand under, outermost first: headings, keys.
    ``row`` is which of several like things it is about, from 1 (0: unknown). Without a label the value is the
    truth of what is ``said``: "she is married". ``loose``: it may say nothing about the form, and is not
    missed where it does not. ``sure`` (0 to 1): whether the label is what was meant by a turn of phrase.
    """

    label: str
    value: str | bool
    said: str
    path: tuple[str, ...] = ()
    row: int = 0
    loose: bool = False
    sure: float = 1.0
