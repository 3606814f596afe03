"""Mail messages (EML): the message, then what is attached to it."""

from __future__ import annotations

from email.message import Message
from pathlib import Path

from pipelines.readers.base import DEFAULT_SETUP, Enclosed, Envelope, FlowReader, ReaderSetup
from pipelines.readers.mail.headers import header, is_message, parsed, shown_headers
from pipelines.readers.mail.letter import Letter, LetterPage
from pipelines.readers.mail.mime import content, file_name, is_cut_off, parts_of, shown_images
from pipelines.readers.unpacking import Unpacking
from schemas.errors import DocumentUnreadable


class MailReader(Envelope):
    """A message with its attachments; pictures that its HTML shows are figures in it.

    Of a signed message (S/MIME) the inside is read; nothing is said of its signature.

    Raises:
        DocumentEncrypted: the message is encrypted.
        DocumentUnreadable: its parts lie too deep in each other.
    """

    def __init__(self, message: Message, setup: ReaderSetup) -> None:
        self._attached = Unpacking(setup)
        try:
            letter = self._letter(message, setup.max_unpacked_bytes)
        except RecursionError as error:
            raise _too_deep() from error
        self._page = LetterPage(letter, setup) if letter else None

    def cover(self) -> FlowReader | None:
        """The message; None where it says nothing but encloses something."""
        return self._page

    def enclosed(self) -> list[Enclosed]:
        """The attachments."""
        return self._attached.enclosed

    def _letter(self, message: Message, limit: int) -> Letter:
        parts = parts_of(message, limit)
        images = shown_images(parts)
        shown = {id(part) for part in images.values()}
        for number, part in enumerate((part for part in parts.others if id(part) not in shown), start=1):
            mime_type = part.get_content_type() if "Content-Type" in part else None
            self._attached.add(content(part), file_name(part, number), mime_type)
        return Letter(
            header(message, "Subject"),
            shown_headers(message),
            [attached.name for attached in self._attached.enclosed],
            parts.bodies or parts.spare,
            {address: content(part) for address, part in images.items()},
            is_cut_off(message),
        )


class EmlReader(MailReader):
    """A message as it was sent (RFC 5322).

    Raises:
        DocumentUnreadable: it is no message.
    """

    def __init__(self, path: Path, setup: ReaderSetup = DEFAULT_SETUP) -> None:
        try:
            message = parsed(path.read_bytes())
        except RecursionError as error:
            raise _too_deep() from error
        if not is_message(message):
            raise DocumentUnreadable(
                "The file is no mail message: it has no headers such as From and Subject."
            )
        super().__init__(message, setup)


def _too_deep() -> DocumentUnreadable:
    return DocumentUnreadable(
        "The message nests its parts too deeply to be read: send its attachments one by one."
    )
