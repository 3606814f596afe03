"""Whether what is imported is Octavo: its packages have names that others use, too."""

from __future__ import annotations

import platform
import sys
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

from workers.doctor.finding import Finding

PACKAGES = ("schemas", "models", "pipelines", "workers", "api")

_HOME = Path(__file__).resolve().parents[2]


def python() -> Finding:
    """The interpreter; that it is new enough is asked by whoever installs."""
    detail = f"{platform.python_version()}, {sys.executable}, {platform.system()} {platform.machine()}"
    return Finding(name="Python", ok=True, detail=detail)


def packages(home: Path = _HOME) -> Finding:
    """Whether the five packages are all those of ``home``, and no other distribution has one of the name."""
    name = "packages"
    elsewhere = [
        f"{package} is {_place(package)}" for package in PACKAGES if _place(package) != home / package
    ]
    if elsewhere:
        fix = "start Octavo in another folder, without PYTHONPATH, in an environment of its own"
        return Finding(name=name, ok=False, detail=f"not from {home}: {', '.join(elsewhere)}", fix=fix)
    claimed = packages_distributions()
    others = {other for package in PACKAGES for other in claimed.get(package, ())} - {"octavo"}
    if others:
        detail = f"{', '.join(sorted(others))} installs packages of the same names"
        fix = "install Octavo into an environment of its own (python -m venv)"
        return Finding(name=name, ok=False, detail=detail, fix=fix)
    return Finding(name=name, ok=True, detail=f"{', '.join(PACKAGES)} from {home}")


def _place(package: str) -> Path | None:
    """The folder that a package would be imported from."""
    spec = find_spec(package)
    places = list(spec.submodule_search_locations or ()) if spec else []
    return Path(places[0]).resolve() if places else None
