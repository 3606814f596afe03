"""Makes octavo-<version>-<platform>.tar, to install Octavo where there is no network: ``make bundle``.

In it: wheels of Octavo and of all that it stands on, each package as requirements.lock has it by its hash; a
script that installs them; a bill of materials, a list of licences, checksums. It is for the Python and the
platform that it was made with. What was built is installed once before it is packed, from the wheels alone.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import tomllib
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SUMS = "SHA256SUMS"
CARRIED = (ROOT / "docs" / "bundle" / "install.sh", ROOT / "LICENSE", ROOT / "docs" / "airgapped.md")
"""What goes along as it is."""


def main() -> None:
    """Makes the bundle in the folder that the command line names."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--into", type=Path, default=ROOT / "dist", help="folder for the bundle")
    parser.add_argument("--cyclonedx", default="cyclonedx-py", help="the program that writes the bill")
    words = parser.parse_args()
    words.into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=words.into) as scratch:
        folder = Path(scratch) / f"octavo-{version()}-{platform()}"
        build(folder / "wheels")
        describe(folder, Path(scratch) / "installed", words.cyclonedx)
        finish(folder)
        print(pack(folder, words.into))


def version() -> str:
    """Octavo's."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


def platform() -> str:
    """What the wheels are for, as install.sh asks it: ``py3.12-linux-x86_64``."""
    return f"py{sys.version_info[0]}.{sys.version_info[1]}-{sysconfig.get_platform()}"


def build(wheels: Path) -> None:
    """Downloads the wheels that the lock names, builds those that there are none of, and Octavo's own."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet"]
    pip += ["--wheel-dir", str(wheels)]
    constraints = str(ROOT / "constraints.txt")
    environment = {**os.environ, "PIP_BUILD_CONSTRAINT": constraints, "PIP_CONSTRAINT": ""}
    locked = ["--require-hashes", "--requirement", str(ROOT / "requirements.lock")]
    subprocess.run([*pip, "--no-deps", *locked], check=True, env=environment)
    # An older pip has one variable for both.
    environment = {**os.environ, "PIP_BUILD_CONSTRAINT": constraints, "PIP_CONSTRAINT": constraints}
    subprocess.run([*pip, "--no-deps", str(ROOT)], check=True, env=environment)


def describe(folder: Path, installed: Path, cyclonedx: str) -> None:
    """Installs the wheels, and writes what is then there: octavo.cdx.json and LICENCES.txt."""
    (folder / "wheels.txt").write_text("".join(pinned(folder / "wheels")), encoding="utf-8")
    venv.create(installed, with_pip=True)
    python = str(installed / "bin" / "python")
    pip = [python, "-m", "pip", "--disable-pip-version-check", "--isolated"]
    install = ["install", "--quiet", "--no-index", "--find-links", str(folder / "wheels"), "--require-hashes"]
    subprocess.run([*pip, *install, "--no-deps", "-r", str(folder / "wheels.txt")], check=True)
    subprocess.run([*pip, "check"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([str(installed / "bin" / "octavo"), "--help"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([*pip, "uninstall", "--quiet", "--yes", "pip", "setuptools"], check=True)  # no part of it
    bill = folder / "octavo.cdx.json"
    about = ["--pyproject", str(ROOT / "pyproject.toml"), "--output-reproducible", "--output-file", str(bill)]
    subprocess.run([cyclonedx, "environment", *about, python], check=True)
    listed = licences(json.loads(bill.read_text(encoding="utf-8")))
    (folder / "LICENCES.txt").write_text("".join(f"{line}\n" for line in listed), encoding="utf-8")


def pinned(wheels: Path) -> Iterator[str]:
    """A line for each wheel: its name, its version, its hash."""
    for path in sorted(wheels.glob("*.whl")):
        name, number = path.name.split("-")[:2]
        yield f"{re.sub(r'[-_.]+', '-', name).lower()}=={number} --hash=sha256:{digest(path)}\n"


def licences(bill: dict[str, Any]) -> Iterator[str]:
    """A line for each package of a bill of materials: name, version, licence."""
    for part in sorted(bill["components"], key=lambda part: part["name"].lower()):
        words = [
            one.get("expression") or one["license"].get("id") or one["license"].get("name", "")
            for one in part.get("licenses", [])
        ]
        short = sorted({" ".join(word.split())[:100] for word in words if word})
        yield f"{part['name']} {part['version']}: {'; '.join(short) or 'see its files'}"


def finish(folder: Path) -> None:
    """Adds what goes along as it is, and the checksums of everything."""
    for path in CARRIED:
        shutil.copy(path, folder / path.name)
    (folder / "PLATFORM").write_text(f"{platform()}\n", encoding="ascii")
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != SUMS)
    lines = [f"{digest(path)}  {path.relative_to(folder).as_posix()}\n" for path in files]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")


def pack(folder: Path, into: Path) -> Path:
    """The folder as one file, nobody's and of no time: the same folder, the same bytes."""

    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = entry.mtime = 0
        entry.uname = entry.gname = ""
        entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
        return entry

    made = into / f"{folder.name}.tar"
    with tarfile.open(made, "w", format=tarfile.GNU_FORMAT) as bundle:
        for path in [folder, *sorted(folder.rglob("*"))]:
            name = path.relative_to(folder.parent).as_posix()
            bundle.add(path, arcname=name, recursive=False, filter=plain)
    made.with_suffix(".tar.sha256").write_text(f"{digest(made)}  {made.name}\n", encoding="utf-8")
    return made


def digest(path: Path) -> str:
    """The SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    main()
