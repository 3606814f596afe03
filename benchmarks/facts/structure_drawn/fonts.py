"""The font files that fontconfig knows, and which of them the generators' families are."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path

NAMES = {
    "sans": "Liberation Sans",
    "serif": "Liberation Serif",
    "humanist": "Carlito",
    "slab": "Caladea",
    "wide": "DejaVu Sans",
}
"""For ``looks.FAMILIES``: free fonts that LibreOffice brings along."""
_STYLES = {
    "Regular": "",
    "Book": "",
    "Bold": "B",
    "Italic": "I",
    "Oblique": "I",
    "Bold Italic": "BI",
    "Bold Oblique": "BI",
}


@cache
def files(family: str) -> dict[str, Path]:
    """The font files of a family by style ("", "B", "I", "BI"), all four or none."""
    program = shutil.which("fc-list")
    if program is None:
        return {}
    listed = subprocess.run(
        [program, f":family={NAMES[family]}", "--format=%{file}\t%{style[0]}\n"],
        capture_output=True,
        text=True,
        check=False,
    )
    found = {
        _STYLES[style]: Path(file)
        for file, _, style in (line.partition("\t") for line in listed.stdout.splitlines())
        if style in _STYLES and file.endswith(".ttf") and "Condensed" not in file and "Narrow" not in file
    }
    return found if len(found) == 4 else {}
