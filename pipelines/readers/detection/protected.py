"""Encrypted Office files: those that ask nobody for a password open with the one that Office itself tries."""

from __future__ import annotations

import tempfile
from pathlib import Path

import msoffcrypto

from pipelines.readers.base import DEFAULT_SETUP, Enclosed, Envelope, FlowReader, ReaderSetup
from schemas.errors import DocumentEncrypted

# Excel's for workbooks that are merely protected from changes (MS-OFFCRYPTO, section 2.2).
_DEFAULT_PASSWORD = "VelvetSweatshop"  # noqa: S105 - published, and no secret
_NAME = "document"


class ProtectedReader(Envelope):
    """An Office file that is encrypted as a whole, of any age."""

    def __init__(self, path: Path, setup: ReaderSetup = DEFAULT_SETUP) -> None:
        """Decrypts the file.

        Raises:
            DocumentEncrypted: it wants a password of its own, or is locked in a way that is not known.
        """
        folder = tempfile.mkdtemp(prefix="unlocked-", dir=setup.scratch)
        self._unlocked = Path(folder, _NAME)
        try:
            with path.open("rb") as source, self._unlocked.open("w+b") as target:
                file = msoffcrypto.OfficeFile(source)
                file.load_key(password=_DEFAULT_PASSWORD)
                file.decrypt(target)
        except Exception as error:  # msoffcrypto raises many kinds, for a wrong password, too
            raise DocumentEncrypted(
                "The document wants a password: open it in its own program, save it without one, send that."
            ) from error

    def cover(self) -> FlowReader | None:
        """See ``Envelope``: none."""
        return None

    def enclosed(self) -> list[Enclosed]:
        """See ``Envelope``: the document, unlocked."""
        return [Enclosed(self._unlocked, _NAME)]
