"""``octavo doctor``: what this machine can read, what it lacks, how to mend that. Everything is tried."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
from PIL import features
from pydantic import BaseModel, ConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from pipelines.readers import confined
from pipelines.readers.base import ReaderSetup
from pipelines.readers.host import READERS
from pipelines.readers.libreoffice import converted, find_soffice
from schemas.errors import OctavoError
from schemas.formats import FORMATS, Format
from schemas.ocr import OcrEngineName
from schemas.options import OcrModel
from schemas.queues import Queue
from schemas.settings import Sandbox, Settings, Tracing
from workers.children import EngineChild
from workers.jobs.blobs import BlobStoreUnusable, blobs_of
from workers.jobs.ledger.engine import Ledger, is_current, open_engine
from workers.jobs.ledger.unserved import Unserved
from workers.jobs.ledger.workers import Workers
from workers.jobs.tracing import can_send
from workers.llms import Endpoint, endpoints
from workers.sandbox.trial import tried

_NO_OFFICE = "LibreOffice is not installed"
_INSTALL_OFFICE = "install LibreOffice (Debian: apt install libreoffice-nogui), or set OCTAVO_SOFFICE"
_OFFICE_SECONDS = 60.0
_BLANK = np.full((64, 64, 3), 255, dtype=np.uint8)
_PILLOW_FEATURES = {"WebP": "webp", "AVIF": "avif", "JPEG 2000": "jpg_2000", "TIFF": "libtiff"}

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


class Finding(BaseModel):
    """One thing that was tried. Where it is not ``ok``, ``detail`` says why and ``fix`` what to do."""

    model_config = ConfigDict(frozen=True)

    name: str
    ok: bool
    detail: str = ""
    fix: str = ""


class Diagnosis(BaseModel):
    """``machine`` must be in order, ``extras`` make more formats readable or read better."""

    model_config = ConfigDict(frozen=True)

    machine: list[Finding]
    extras: list[Finding]
    formats: list[Finding]

    @property
    def healthy(self) -> bool:
        """Whether the service can work as it is configured."""
        return all(finding.ok for finding in self.machine)


def examine(settings: Settings) -> Diagnosis:
    """Tries everything; takes some seconds."""
    soffice = find_soffice(settings.soffice)
    with tempfile.TemporaryDirectory(prefix="octavo-doctor-") as folder:
        scratch = Path(folder)
        targets = _conversions(soffice, scratch)
        held = _held(settings)
        machine = [_data_folder(settings.folder), _blobs(settings), _ocr(settings)]
        if settings.sandbox is Sandbox.REQUIRED:
            machine.append(held)
        if settings.soffice is not None and soffice is None:
            fix = "correct OCTAVO_SOFFICE, or unset it"
            machine.append(
                Finding(name="OCTAVO_SOFFICE", ok=False, detail="there is no such program", fix=fix)
            )
        extras = [_office(soffice, targets, scratch)]
        if settings.sandbox is not Sandbox.REQUIRED:
            extras.append(held)
        if soffice is not None:
            extras += [*_fonts()] if held.ok else [_network(scratch), *_fonts()]
        extras += [*_models(settings), *_queues(settings), _traces()]
    return Diagnosis(machine=machine, extras=extras, formats=[_format(known, targets) for known in FORMATS])


# --------------------------------------------------------------------------- the machine


def _data_folder(folder: Path) -> Finding:
    name, fix = "data folder", "make it writable for this user, or set OCTAVO_DATA_DIR"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            free = shutil.disk_usage(folder).free
    except OSError as error:
        return Finding(name=name, ok=False, detail=f"{folder} cannot be written: {error.strerror}", fix=fix)
    others = (
        ", which other users of this machine may enter (chmod 700)" if folder.stat().st_mode & 0o077 else ""
    )
    return Finding(name=name, ok=True, detail=f"{folder}{others}, {free / 1e9:.0f} GB free")


def _blobs(settings: Settings) -> Finding:
    """Whether files and results can be kept, and whether the keys are those that they are encrypted with."""
    encrypted = {False: "not encrypted", True: "encrypted from now on", "required": "encrypted"}
    try:
        blobs_of(settings).check()
    except BlobStoreUnusable as error:
        fix = "see OCTAVO_BLOB_URL and OCTAVO_SECRET_KEY"
        return Finding(name="blob store", ok=False, detail=error.message, fix=fix)
    return Finding(name="blob store", ok=True, detail=encrypted[settings.encrypt_blobs])


def _ocr(settings: Settings) -> Finding:
    name = f"OCR ({settings.ocr_engine})"
    engines = EngineChild(settings)
    started = time.perf_counter()
    try:
        engines.read_text(_BLANK, OcrModel.MODEL03)
    except OctavoError as error:
        return Finding(name=name, ok=False, detail=error.message, fix=_OCR_FIXES[settings.ocr_engine])
    finally:
        engines.close()
    return Finding(name=name, ok=True, detail=f"works, ready after {time.perf_counter() - started:.1f} s")


def _held(settings: Settings) -> Finding:
    """Whether the kernel holds the processes that open documents."""
    name = "documents are held"
    if settings.sandbox is Sandbox.OFF:
        detail = "by limits of memory and time only: OCTAVO_SANDBOX=off"
        return Finding(name=name, ok=False, detail=detail, fix="unset OCTAVO_SANDBOX")
    held = tried()
    if not held.whole:
        fix = "Linux 5.13 or later with Landlock, and libseccomp (Debian: apt install libseccomp2)"
        return Finding(name=name, ok=False, detail="; ".join(held.why), fix=fix)
    detail = f"by Landlock {held.landlock} and seccomp"
    if not held.signals:
        detail += "; LibreOffice could send signals to this user's processes (not since Linux 6.12)"
    return Finding(name=name, ok=True, detail=detail)


_OCR_FIXES = {
    OcrEngineName.PPOCR: "reinstall Octavo; check OCTAVO_OCR_MODELS if it is set",
    OcrEngineName.TESSERACT: "install tesseract and the languages of OCTAVO_OCR_LANGUAGES",
    OcrEngineName.REMOTE: "start the server of OCTAVO_OCR_URL, and check OCTAVO_OCR_API_KEY",
}


# --------------------------------------------------------------------------- models elsewhere


def _models(settings: Settings) -> Iterator[Finding]:
    """Which models elsewhere are set up and what for; they are not asked: that may cost."""
    named = endpoints(settings)
    for endpoint in dict.fromkeys(named.values()):
        names = ", ".join(name for name, one in named.items() if one == endpoint)
        eyes = ", sees pictures" if endpoint.sees_pictures else ""
        yield Finding(name=f"language model ({names})", ok=True, detail=_at(endpoint) + eyes)
    if not named:
        detail = "none: extraction, classes and summaries are made without one"
        yield Finding(name="language model", ok=True, detail=detail)
    if settings.vision_uses:
        model = settings.vision_local_model or f"{settings.vision_model} at {_host(settings.vision_base_url)}"
        yield Finding(name=f"vision model ({', '.join(sorted(settings.vision_uses))})", ok=True, detail=model)


def _at(endpoint: Endpoint) -> str:
    key = "with a key" if endpoint.api_key else "without a key"
    return f"{endpoint.model} at {_host(endpoint.base_url)}, {key}"


def _host(url: str | None) -> str:
    """Host and port of an address: what else is in one may be secret."""
    parts = urlsplit(url or "")
    return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)


def _traces() -> Finding:
    """Whether traces are sent, and where to; whether somebody is there is not tried."""
    endpoint = Tracing().endpoint
    if endpoint is None:
        return Finding(name="traces", ok=True, detail="none: OTEL_EXPORTER_OTLP_ENDPOINT is not set")
    if not can_send():
        detail, fix = "wanted, but what sends them is not installed", "pip install 'octavo[otel]'"
        return Finding(name="traces", ok=False, detail=detail, fix=fix)
    return Finding(name="traces", ok=True, detail=f"sent to {_host(endpoint)}")


def _queues(settings: Settings) -> Iterator[Finding]:
    """Which queues are served, and whether work waits on another; nothing where there is no ledger yet."""
    database = make_url(settings.database)
    if database.get_backend_name() == "sqlite" and not Path(database.database or "").exists():
        return
    try:
        with contextlib.closing(Ledger(open_engine(settings.database))) as ledger:
            if not is_current(ledger.engine):
                return
            served = sorted({queue for worker in Workers(ledger).alive() for queue in worker.queues})
            waiting = Unserved(ledger).queues(Queue)
    except (SQLAlchemyError, ImportError) as error:
        fix = "see that it runs, and OCTAVO_DATABASE_URL"
        yield Finding(name="database", ok=False, detail=f"no answer ({type(error).__name__})", fix=fix)
        return
    detail = f"served: {', '.join(served)}" if served else "no worker is running"
    if waiting:
        detail += f"; work waits on {', '.join(waiting)}"
    fix = f"octavo worker --queue {' --queue '.join(waiting)}" if waiting else ""
    yield Finding(name="queues", ok=not waiting, detail=detail, fix=fix)


# --------------------------------------------------------------------------- LibreOffice


def _conversions(soffice: Path | None, scratch: Path) -> dict[str, str]:
    """Target format → why LibreOffice cannot make it, empty where it can."""
    if soffice is None:
        return dict.fromkeys(_KINDS, _NO_OFFICE)
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


def _office(soffice: Path | None, targets: dict[str, str], scratch: Path) -> Finding:
    if soffice is None:
        return Finding(name="LibreOffice", ok=False, detail=_NO_OFFICE, fix=_INSTALL_OFFICE)
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


def _network(scratch: Path) -> Finding:
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


def _fonts() -> Iterator[Finding]:
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


# --------------------------------------------------------------------------- formats


def _format(known: Format, targets: dict[str, str]) -> Finding:
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
    if known.converts_to and (why := targets.get(known.converts_to, _NO_OFFICE)):
        return Finding(name=name, ok=False, detail=why, fix=_INSTALL_OFFICE)
    return Finding(name=name, ok=True, detail="through LibreOffice" if known.converts_to else "")
