"""The Debian packages of the image: what apt would install over its base, and how large that is."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

_BASE = (
    "ca-certificates netbase tzdata libbz2-1.0 libffi8 libsqlite3-0 libssl3 libreadline8 libuuid1 "
    "libncursesw6 zlib1g liblzma5 libdb5.3 libexpat1 libgdbm6"
).split()
"""What `python:slim` has beside Debian's own required packages: what its Dockerfile installs for Python."""


def over_the_base(wanted: Sequence[str]) -> dict[str, int]:
    """Bytes of each package that ``wanted`` brings over the base, by what apt knows here; empty without apt.

    Debian's slim images leave documentation and translations out, which are counted here: it is the most that
    it can be.
    """
    if shutil.which("apt-get") is None or shutil.which("apt-cache") is None:
        return {}
    base = [*_required(), *_BASE]
    more = _installed([*base, *wanted]) - _installed(base)
    return {name: size for name, size in _sizes(sorted(more)).items() if size}


def _required() -> list[str]:
    """The packages without which there is no Debian."""
    known = _told("apt-cache", "dumpavail").split("\n\n")
    needed = re.compile(r"^(?:Essential: yes|Priority: required)$", re.MULTILINE)
    names = [re.match(r"Package: (\S+)", one) for one in known if needed.search(one)]
    return sorted({name[1] for name in names if name})


def _installed(wanted: Sequence[str]) -> set[str]:
    """What apt would install on a machine that has nothing."""
    with TemporaryDirectory(prefix="octavo-apt-") as folder:
        status = Path(folder) / "status"
        status.touch()
        told = _told(
            *("apt-get", "install", "--simulate", "--yes", "--no-install-recommends"),
            *("-o", f"Dir::State::status={status}", *wanted),
        )
    return set(re.findall(r"^Inst (\S+)", told, re.MULTILINE))


def _sizes(names: Sequence[str]) -> dict[str, int]:
    """Installed bytes by name."""
    if not names:
        return {}
    found: dict[str, int] = {}
    for one in _told("apt-cache", "show", "--no-all-versions", *names).split("\n\n"):
        name, size = re.search(r"^Package: (\S+)", one, re.M), re.search(r"^Installed-Size: (\d+)", one, re.M)
        if name and size:
            found[name[1]] = int(size[1]) * 1024
    return found


def _told(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout
