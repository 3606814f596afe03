"""Which formats this machine reads."""

from __future__ import annotations

from importlib import import_module

from PIL import features

from pipelines.readers.host import READERS
from schemas.formats import Format
from workers.doctor.finding import Finding
from workers.doctor.office import INSTALL_OFFICE, NO_OFFICE

_PILLOW_FEATURES = {"WebP": "webp", "AVIF": "avif", "JPEG 2000": "jpg_2000", "TIFF": "libtiff"}


def readable(known: Format, targets: dict[str, str]) -> Finding:
    """Whether a format is read; ``targets``: what LibreOffice cannot make, and why."""
    name = f"{known.name} ({' '.join(known.extensions)})" if known.extensions else known.name
    needed = _PILLOW_FEATURES.get(known.name)
    try:
        import_module(READERS[known.reader].partition(":")[0])
        if known.name == "HEIC":
            import_module("pillow_heif")
    except ImportError as error:
        return Finding(
            name=name, ok=False, detail=f"the package {error.name} is missing", fix="reinstall Octavo"
        )
    if needed and not features.check(needed):
        return Finding(name=name, ok=False, detail=f"Pillow lacks {needed}", fix="install Pillow's own wheel")
    if known.converts_to and (why := targets.get(known.converts_to, NO_OFFICE)):
        return Finding(name=name, ok=False, detail=why, fix=INSTALL_OFFICE)
    return Finding(name=name, ok=True, detail="through LibreOffice" if known.converts_to else "")
