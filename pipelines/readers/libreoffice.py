"""LibreOffice, run without a window in a process of its own: old formats to new ones, documents to pages."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from pipelines.readers.base import ReaderSetup
from schemas.errors import DocumentUnreadable, UnsupportedFormat


def find_soffice(configured: Path | None) -> Path | None:
    """LibreOffice's program: the configured one, else the one on the ``PATH``; None if there is none."""
    found = shutil.which(str(configured)) if configured else shutil.which("soffice")
    return Path(found) if found else None


def converted(path: Path, to: str, setup: ReaderSetup) -> Path:
    """The document in another format, in the scratch folder; ``to`` is an extension: ``docx`` or ``pdf``.

    Raises:
        UnsupportedFormat: LibreOffice is not installed.
        DocumentUnreadable: it could not read the document, or not in ``setup.convert_seconds``.
    """
    if setup.soffice is None:
        raise UnsupportedFormat(
            "This format is read through LibreOffice, which is not installed on this server. "
            "Install it (on Debian: apt install libreoffice-nogui), or send the document as a PDF."
        )
    folder = Path(tempfile.mkdtemp(prefix="office-", dir=setup.scratch))
    command = [
        str(setup.soffice),
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless",
        "--norestore",
        "--convert-to",
        to,
        "--outdir",
        str(folder),
        str(path),
    ]
    try:
        subprocess.run(command, capture_output=True, timeout=setup.convert_seconds, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as slow:
        raise DocumentUnreadable("LibreOffice took too long to read the document.") from slow
    found = next(folder.glob(f"*.{to}"), None)
    if found is None:
        raise DocumentUnreadable("LibreOffice could not read the document: it is damaged or protected.")
    return found
