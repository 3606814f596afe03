"""Mailboxes (mbox, RFC 4155): messages one after the other in a file."""

from __future__ import annotations

import re
from pathlib import Path

from pipelines.readers.base import DEFAULT_SETUP, Enclosed, Envelope, FlowReader, ReaderSetup
from pipelines.readers.unpacking import Unpacking
from schemas.errors import DocumentEmpty

# A blank line before it and a time in it: a text's own line that begins with the word has neither.
_SEPARATOR = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\r\n]{1,300}?\d:\d\d[^\r\n]{,100}\r?\n")
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)


class MboxReader(Envelope):
    """A file of messages, each a document of its own.

    Raises:
        DocumentEmpty: there is no message in it.
    """

    def __init__(self, path: Path, setup: ReaderSetup = DEFAULT_SETUP) -> None:
        self._messages = Unpacking(setup)
        data = path.read_bytes().lstrip()
        starts = [found.start() for found in _SEPARATOR.finditer(data)]
        if not starts:
            raise DocumentEmpty("There is no message in the mailbox: none of its lines begins one.")
        for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(data)], strict=True), start=1):
            message = _QUOTED.sub(rb"\1", data[start:end])
            self._messages.add(message, f"message {number}.eml", "message/rfc822")

    def cover(self) -> FlowReader | None:
        """None: a mailbox says nothing itself."""
        return None

    def enclosed(self) -> list[Enclosed]:
        """The messages."""
        return self._messages.enclosed
