"""How much room Octavo takes: an environment made anew, each distribution in it, and the image's packages."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from benchmarks.corpus import REPOSITORY
from benchmarks.startup import debian


@dataclass(frozen=True, slots=True)
class Size:
    """Bytes of files: of each distribution in the environment, and of the image.

    ``default`` are the distributions that ``pip install octavo`` brings; ``unused`` is what the Dockerfile
    removes again; ``packages`` are the Debian packages that the image has over its base, as far as apt knows
    them here.
    """

    distributions: dict[str, int]
    default: list[str]
    environment: int
    unused: int
    packages: dict[str, int]

    @property
    def install(self) -> int:
        """Of the default install."""
        return sum(self.distributions[name] for name in self.default)

    @property
    def image(self) -> int:
        """Of the image without its base."""
        return self.environment - self.unused + sum(self.packages.values())


def make(folder: Path) -> Path:
    """Makes an environment of what the image has, as the Dockerfile does; returns its Python."""
    python = folder / "bin" / "python"
    quietly = ("--quiet", "--disable-pip-version-check")
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", *quietly]
    locked = ["--require-hashes", "--requirement", str(REPOSITORY / "requirements.lock")]
    ours = ["--constraint", str(REPOSITORY / "constraints.txt"), str(REPOSITORY)]
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    subprocess.run([*pip, *locked], check=True)
    subprocess.run([*pip, *ours], check=True)
    return python


def measure(folder: Path) -> Size:
    """The sizes of the environment in ``folder`` (see ``make``) and of the image's Debian packages."""
    (packages,) = folder.glob("lib/python*/site-packages")
    found = {str(canonicalize_name(one.name)): one for one in metadata.distributions(path=[str(packages)])}
    unused = {file for place in _unused(packages) for file in _files(place)}
    return Size(
        distributions={name: sum(map(_bytes, _own(one))) for name, one in sorted(found.items())},
        default=sorted(_needed("octavo", found)),
        environment=sum(map(_bytes, _files(folder))),
        unused=sum(map(_bytes, unused)),
        packages=debian.over_the_base(dockerfile_words("OFFICE") + dockerfile_packages()),
    )


def _unused(packages: Path) -> Iterator[Path]:
    for pattern in dockerfile_words("UNUSED"):
        yield from packages.glob(pattern)


def measure_anew() -> Size:
    """As ``measure``, of an environment that is gone afterwards."""
    with TemporaryDirectory(prefix="octavo-size-") as folder:
        make(Path(folder))
        return measure(Path(folder))


def dockerfile_words(name: str) -> list[str]:
    """The words of an ``ARG`` of the Dockerfile."""
    found = re.search(rf'^ARG {name}="([^"]*)"', _dockerfile(), re.MULTILINE)
    if found is None:
        raise ValueError(f"the Dockerfile has no ARG {name}")
    return found[1].split()


def dockerfile_packages() -> list[str]:
    """The Debian packages that every image has."""
    installed = re.findall(r"apt-get install --yes --no-install-recommends ([a-z0-9. -]+) &&", _dockerfile())
    return [name for names in installed for name in names.split()]


def _dockerfile() -> str:
    return (REPOSITORY / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", "")


def _needed(name: str, found: dict[str, metadata.Distribution]) -> set[str]:
    """The distributions that ``name`` needs on this machine, and itself."""
    needed: set[tuple[str, str]] = set()
    waiting = [(name, "")]
    while waiting:
        one, extra = waiting.pop()
        if one not in found or (one, extra) in needed:
            continue
        needed.add((one, extra))
        for line in found[one].requires or ():
            wanted = Requirement(line)
            if wanted.marker is None or wanted.marker.evaluate({"extra": extra}):
                waiting += [(canonicalize_name(wanted.name), each) for each in ("", *wanted.extras)]
    return {one for one, _ in needed}


def _own(distribution: metadata.Distribution) -> Iterator[Path]:
    for file in distribution.files or ():
        path = Path(str(distribution.locate_file(file)))
        if path.is_file():
            yield path


def _files(place: Path) -> Iterator[Path]:
    yield from (one for one in ([place] if place.is_file() else place.rglob("*")) if one.is_file())


def _bytes(path: Path) -> int:
    return 0 if path.is_symlink() else path.stat().st_size
