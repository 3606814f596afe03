"""Texts as every database takes them."""

from __future__ import annotations


def storable(text: str) -> str:
    """``text`` as every database takes it: without NUL and halves of surrogate pairs."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
