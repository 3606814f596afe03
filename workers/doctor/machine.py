"""The machine itself: its folder, memory, port and kernel."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from pathlib import Path

import httpx
import psutil
from rich.filesize import decimal

from schemas.settings import Sandbox, Settings
from workers.doctor.finding import Finding
from workers.sandbox.trial import tried

_LEAST_FREE = 1_000_000_000
"""Bytes on the disk of the data folder: with less there is no room for a large upload and its pages."""
_LEAST_MEMORY = 2_000_000_000
"""Bytes that the models, one document and the service itself take."""
_CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")


def data_folder(folder: Path) -> Finding:
    """Whether everything in it can be written, and nobody else may look into it."""
    name, fix = "data folder", "make it writable for this user, or set OCTAVO_DATA_DIR"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            free = shutil.disk_usage(folder).free
        foreign = sorted(path.name for path in folder.iterdir() if not os.access(path, os.W_OK))
    except OSError as error:
        return Finding(name=name, ok=False, detail=f"{folder} cannot be written: {error.strerror}", fix=fix)
    if foreign:
        detail = f"{folder}: {', '.join(foreign)} cannot be written by this user"
        return Finding(name=name, ok=False, detail=detail, fix=f"sudo chown -R {os.getuid()} {folder}")
    detail = f"{folder}, {decimal(free)} free"
    if folder.stat().st_mode & 0o077:
        detail += "; other users of this machine may enter it (chmod 700)"
    if free < _LEAST_FREE:
        fix = "make room, or set OCTAVO_DATA_DIR to a larger disk"
        return Finding(name=name, ok=False, detail=detail, fix=fix)
    return Finding(name=name, ok=True, detail=detail)


def memory() -> Finding:
    """Whether there is enough for the models and a document."""
    found = psutil.virtual_memory()
    limit = _container_limit()
    total = min(found.total, limit or found.total)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    detail = f"{decimal(total)}{' (limit of this container)' if total == limit else ''}, {cores} cores"
    if total < _LEAST_MEMORY:
        fix = f"give it {decimal(_LEAST_MEMORY)} or more"
        return Finding(name="memory", ok=False, detail=detail, fix=fix)
    return Finding(name="memory", ok=True, detail=detail)


def _container_limit() -> int | None:
    """The bytes that this container may take; None: no limit is known."""
    try:
        text = _CGROUP_LIMIT.read_text(encoding="ascii").strip()
    except OSError:
        return None
    return int(text) if text.isdecimal() else None


def port(host: str, number: int) -> Finding:
    """Whether the API can listen there, or does already."""
    name = f"port {number}"
    try:
        kind, *_, address = socket.getaddrinfo(host, number, type=socket.SOCK_STREAM)[0]
        with socket.socket(kind, socket.SOCK_STREAM) as door:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            door.bind(address)
    except OSError as error:
        if version := _answering(host, number):
            return Finding(name=name, ok=True, detail=f"Octavo {version} answers there already")
        detail = f"{host}:{number} cannot be listened on: {error.strerror or error}"
        fix = f"see who does (ss -ltnp 'sport = :{number}'), or set OCTAVO_HOST and OCTAVO_PORT"
        return Finding(name=name, ok=False, detail=detail, fix=fix)
    return Finding(name=name, ok=True, detail=f"free on {host}")


def _answering(host: str, number: int) -> str:
    """The version of the Octavo that answers there; empty: somebody else does, or nobody."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - asked, not bound
    where = f"[{host}]" if ":" in host else host
    try:
        answer = httpx.get(f"http://{where}:{number}/version", timeout=5).json()
        return str(answer["version"]) if answer["name"] == "octavo" else ""
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return ""


def held(settings: Settings) -> Finding:
    """Whether the kernel holds the processes that open documents."""
    name = "documents are held"
    if settings.sandbox is Sandbox.OFF:
        detail = "by limits of memory and time only: OCTAVO_SANDBOX=off"
        return Finding(name=name, ok=False, detail=detail, fix="unset OCTAVO_SANDBOX")
    found = tried()
    if not found.whole:
        fix = "Linux 5.13 or later with Landlock, and libseccomp (Debian: apt install libseccomp2)"
        return Finding(name=name, ok=False, detail="; ".join(found.why), fix=fix)
    detail = f"by Landlock {found.landlock} and seccomp"
    if not found.signals:
        detail += "; LibreOffice could send signals to this user's processes (not since Linux 6.12)"
    return Finding(name=name, ok=True, detail=detail)
