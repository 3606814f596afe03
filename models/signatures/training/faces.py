"""The faces that pages are drawn with, out of the archives of font packages."""

from __future__ import annotations

import io
import re
import tarfile
from pathlib import Path

from fontTools.ttLib import TTFont

_WANTED = re.compile(r"-latin-(400-normal|700-normal|400-italic)\.woff2$")


def unpack(archives: Path, target: Path, most: int) -> None:
    """Writes up to ``most`` faces of each package (``*.tgz``) in a folder to ``target``, as TrueType files.

    Packages are those of the Fontsource project: a WOFF2 file for each weight, style and script.
    """
    target.mkdir(parents=True, exist_ok=True)
    for archive in sorted(archives.glob("*.tgz")):
        with tarfile.open(archive) as packed:
            for name in [name for name in packed.getnames() if _WANTED.search(name)][:most]:
                member = packed.extractfile(name)
                if member is None:
                    continue
                face = TTFont(io.BytesIO(member.read()))
                face.flavor = None
                face.save(target / f"{Path(name).stem}.ttf")
