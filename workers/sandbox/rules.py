"""Which files readers and models need: the system's, Python's and Octavo's, one document, a folder."""

from __future__ import annotations

import os
import site
import sys
from collections.abc import Iterable
from pathlib import Path

import msgspec

import models
import pipelines
import schemas
import workers
from schemas.settings import Sandbox, Settings
from workers.sandbox import Rules

_SYSTEM = (
    "/usr /bin /sbin /lib /lib32 /lib64 /nix/store /etc/ld.so.cache /etc/ld.so.conf /etc/ld.so.conf.d "
    "/etc/locale.alias /etc/fonts /var/cache/fontconfig /etc/localtime /etc/timezone /etc/nsswitch.conf "
    "/etc/passwd /etc/group /etc/mime.types /etc/papersize /etc/libreoffice "
    "/var/lib/libreoffice /var/spool/libreoffice "
    "/proc/self /proc/cpuinfo /proc/meminfo /proc/stat /proc/version /proc/filesystems "
    "/proc/sys/vm /proc/sys/kernel/osrelease /sys/devices/system"
).split()
_DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
# What CUDA's driver looks at: cards, the modules that drive them, memory that it shares.
_FOR_CARDS = ("/proc/devices", "/proc/modules", "/proc/driver/nvidia", "/sys", "/run/nvidia-persistenced")
_CARDS = ("nvidia*", "dri", "dxg")


def as_set(settings: Settings, rules: Rules) -> Rules | None:
    """The rules as ``OCTAVO_SANDBOX`` wants them; None when it wants none."""
    if settings.sandbox is Sandbox.OFF:
        return None
    return msgspec.structs.replace(rules, required=settings.sandbox is Sandbox.REQUIRED)


def for_reader(document: Path, scratch: Path, soffice: Path | None) -> Rules:
    """For a child that reads ``document``; with ``soffice``, LibreOffice, it may start programs."""
    office = [_installation(soffice)] if soffice is not None else []
    return Rules(
        reads=(*_needed(), *office, document.absolute()),
        writes=(scratch,),
        devices=_paths(_DEVICES),
        programs=soffice is not None,
    )


def for_models(settings: Settings, scratch: Path, *, programs: bool) -> Rules:
    """For a child that gets arrays only; with ``programs`` it may run the system's (tesseract)."""
    own = [settings.ocr_setup.models, _checkpoint(settings.vision_local_model)]
    cards = [path for pattern in _CARDS for path in Path("/dev").glob(pattern)]
    return Rules(
        reads=(*_needed(), *_paths(_FOR_CARDS), *(path for path in own if path is not None)),
        writes=(scratch, *_paths(filter(None, [os.environ.get("CUDA_CACHE_PATH")]))),
        devices=(*_paths(_DEVICES), *cards),
        programs=programs,
        reader=False,
    )


def _needed() -> tuple[Path, ...]:
    """The system's files, Python's, and our own packages, but nothing that only lies beside them."""
    packages = [Path(package.__file__ or "").parent for package in (schemas, models, pipelines, workers)]
    installed = {*site.getsitepackages(), site.getusersitepackages(), *filter(_is_installed, sys.path)}
    libraries = os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep)
    return (
        *_paths(_SYSTEM),
        *_paths({sys.prefix, sys.base_prefix, sys.exec_prefix} - {"/"}),
        *_paths(installed),
        *_paths(filter(os.path.isabs, libraries)),
        *packages,
    )


def _is_installed(folder: str) -> bool:
    return Path(folder).name in ("site-packages", "dist-packages")


def _paths(names: Iterable[str]) -> tuple[Path, ...]:
    return tuple(Path(name) for name in names)


def _installation(soffice: Path) -> Path:
    """All of LibreOffice that a program is part of."""
    program = soffice.resolve()
    return program.parent.parent if program.parent.name == "program" else program


def _checkpoint(name: str | None) -> Path | None:
    """Where a vision model's files are: a folder, or the cache of Hugging Face's hub."""
    if name is None:
        return None
    folder = Path(name).expanduser()
    return folder.absolute() if folder.is_dir() else hub()


def hub() -> Path:
    """The folder that ``huggingface_hub`` keeps checkpoints in (its own rules, ``HF_HOME``)."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("HF_HOME") or Path(cache) / "huggingface")
