"""LibreOffice, which reads the older office formats: really run, and the fonts that it lays them out in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from pipelines.readers import confined
from pipelines.readers.base import ReaderSetup
from pipelines.readers.libreoffice import converted
from schemas.errors import OctavoError
from workers.doctor.finding import Finding

NO_OFFICE = "LibreOffice is not installed"
INSTALL_OFFICE = "install LibreOffice (Debian: apt install libreoffice-nogui), or set OCTAVO_SOFFICE"
_OFFICE_SECONDS = 60.0

# What LibreOffice is asked to turn into each format: kind, element, content; and the package that does it.
_KINDS = {
    "docx": ("text", "text", "<text:p>A</text:p>", "libreoffice-writer-nogui"),
    "pptx": ("presentation", "presentation", '<draw:page draw:name="A"/>', "libreoffice-impress-nogui"),
    "xlsx": (
        "spreadsheet",
        "spreadsheet",
        "<table:table><table:table-row><table:table-cell/></table:table-row></table:table>",
        "libreoffice-calc-nogui",
    ),
    "pdf": ("graphics", "drawing", '<draw:page draw:name="A"/>', "libreoffice-draw-nogui"),
}
_SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"'
    for name, space in (("office", "office"), ("text", "text"), ("draw", "drawing"), ("table", "table"))
)

# Families that documents are set in most, each with those of the same widths, and Debian's package of one.
_FONTS = (
    ("Calibri", ("Calibri", "Carlito"), "fonts-crosextra-carlito"),
    ("Cambria", ("Cambria", "Caladea"), "fonts-crosextra-caladea"),
    ("Arial", ("Arial", "Liberation Sans"), "fonts-liberation"),
    ("Times New Roman", ("Times New Roman", "Liberation Serif"), "fonts-liberation"),
    ("Courier New", ("Courier New", "Liberation Mono"), "fonts-liberation"),
    ("Chinese, Japanese and Korean", ("CJK", "Source Han", "WenQuanYi", "IPA", "SimSun"), "fonts-noto-cjk"),
)


def conversions(soffice: Path | None, scratch: Path) -> dict[str, str]:
    """Target format → why LibreOffice cannot make it, empty where it can."""
    if soffice is None:
        return dict.fromkeys(_KINDS, NO_OFFICE)
    setup = ReaderSetup(scratch=scratch, soffice=soffice, convert_seconds=_OFFICE_SECONDS)
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(_KINDS, pool.map(partial(_conversion, setup), _KINDS), strict=True))


def _conversion(setup: ReaderSetup, to: str) -> str:
    kind, element, content, package = _KINDS[to]
    path = Path(str(setup.scratch), f"sample-{to}")
    path.write_text(
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {_SPACES} office:version="1.2" '
        f'office:mimetype="application/vnd.oasis.opendocument.{kind}">'
        f"<office:body><office:{element}>{content}</office:{element}></office:body></office:document>",
        encoding="utf-8",
    )
    try:
        converted(path, to, setup, ".xml")
    except OctavoError:
        return f"LibreOffice does not make {to.upper()} files: {package} is missing, or it is broken"
    return ""


def office(soffice: Path | None, targets: dict[str, str], scratch: Path) -> Finding:
    """The program, and the parts of it that are missing (``targets``: see ``conversions``)."""
    if soffice is None:
        return Finding(name="LibreOffice", ok=False, detail=NO_OFFICE, fix=INSTALL_OFFICE)
    command = [str(soffice), f"-env:UserInstallation={(scratch / 'version').as_uri()}", "--version"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=_OFFICE_SECONDS, check=False)  # noqa: S603
        version = answer.stdout.strip().removeprefix("LibreOffice ").split(" ")[0]
    except (OSError, subprocess.TimeoutExpired):
        version = ""
    missing = sorted({_KINDS[to][-1] for to, why in targets.items() if why})
    fix = f"install {', '.join(missing)}" if missing else ""
    detail = f"{version or 'version unknown'}, {soffice}" + (
        f"; {', '.join(missing)} missing" if missing else ""
    )
    return Finding(name="LibreOffice", ok=not missing, detail=detail, fix=fix)


def network(scratch: Path) -> Finding:
    """Whether programs can be run without a network; their settings keep them from it in any case."""
    name = "LibreOffice without network"
    command = [sys.executable, "-I", "-S", confined.__file__, "4096", "5", str(os.getpid())]
    command += ["/bin/cat", "/proc/net/dev"]
    seen = subprocess.run(command, capture_output=True, text=True, cwd=scratch, check=False).stdout  # noqa: S603
    devices = {line.split(":")[0].strip() for line in seen.splitlines() if ":" in line}
    if devices == {"lo"}:
        return Finding(name=name, ok=True, detail="held by the kernel")
    fix = "allow user namespaces (in a container: a seccomp profile that allows unshare)"
    return Finding(name=name, ok=False, detail="held by LibreOffice's settings only", fix=fix)


def fonts() -> Iterator[Finding]:
    """Word documents are laid out with the fonts that are here: others break lines and pages elsewhere."""
    program = shutil.which("fc-list")
    if program is None:
        return
    families = subprocess.run([program, ":", "family"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    for written, stand_ins, package in _FONTS:
        ok = any(family in families for family in stand_ins)
        detail = "" if ok else "documents set in it are laid out with another font, or with none"
        yield Finding(
            name=f"font: {written}", ok=ok, detail=detail, fix="" if ok else f"apt install {package}"
        )
