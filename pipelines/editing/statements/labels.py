"""What a reader of prompts has to know of the form: whether words are a label."""

from __future__ import annotations

from typing import Protocol


class Labels(Protocol):
    """What things in the form are called."""

    def knows(self, text: str) -> bool:
        """Whether something in the form may be called so, or all the words are those of labels."""
        ...

    def heads(self, text: str) -> bool:
        """Whether several things in the form stand under these words."""
        ...

    def calls(self, text: str) -> bool:
        """Whether something in the form is called by these very words."""
        ...

    def names(self, text: str) -> bool:
        """Whether something in the form is called by these very words, or all of them are those of labels."""
        ...
