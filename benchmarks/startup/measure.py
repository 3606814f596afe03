"""What is started, how often, and beside whom."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pymupdf

from benchmarks.corpus import REPOSITORY
from benchmarks.service import pdf, scanned
from benchmarks.startup.spent import Spent, median, spent

_WORDS = (
    "The parties agree that the goods are delivered within thirty days of the order, that the risk passes "
    "with the delivery, and that what is due is paid within fourteen days of the invoice. "
) * 6


@dataclass(frozen=True, slots=True)
class Start:
    """A command, what it is about, and for how long it may take at most (seconds by the clock)."""

    name: str
    about: str
    arguments: tuple[str, ...]
    most: float | None = None
    code: int = 0


@dataclass(frozen=True, slots=True)
class Started:
    """What a start took; ``who`` is Octavo or a peer that does the same thing."""

    who: str
    about: str
    seconds: Spent
    most: float | None = None


OCTAVO = "octavo"

STARTS = (
    # Without the end of the interpreter, which takes apart what a service keeps.
    Start("import", "importing the API", ("-c", "import os, api.app; os._exit(0)"), 1.0),
    Start("version", "`octavo --version`", ("-P", "-m", "api", "--version")),
    Start("help", "`octavo --help`", ("-P", "-m", "api", "--help")),
    Start(
        "missing",
        "`octavo parse` of a file that is not there",
        ("-P", "-m", "api", "parse", "no.pdf"),
        code=1,
    ),
    Start("text", "`octavo parse` of a page of text", ("-P", "-m", "api", "parse", "page.txt"), 4.0),
    Start("digital", "`octavo parse` of a born-digital page", ("-P", "-m", "api", "parse", "page.pdf"), 4.0),
    Start("scan", "`octavo parse` of a scanned page", ("-P", "-m", "api", "parse", "scan.pdf")),
)

_MARKITDOWN = "from markitdown import MarkItDown; print(MarkItDown().convert({!r}).text_content)"
PEERS = {
    "digital": {
        "pymupdf4llm": "import pymupdf4llm; print(pymupdf4llm.to_markdown('page.pdf'))",
        "markitdown": _MARKITDOWN.format("page.pdf"),
        "kreuzberg": "import kreuzberg; print(kreuzberg.extract_file_sync('page.pdf').content)",
    },
    "text": {
        "markitdown": _MARKITDOWN.format("page.txt"),
    },
    "scan": {"rapidocr": "from rapidocr import RapidOCR; print(RapidOCR()('scan.png').txts)"},
}
"""Programs of one line that do the same, by the start that they stand beside."""


def environment(python: str) -> dict[str, str]:
    """What commands see: no settings, and the code of this checkout unless ``python`` has its own.

    Compiled modules are kept, as where it is installed.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OCTAVO_")}
    for name in ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE"):
        kept.pop(name, None)
    return kept | ({"PYTHONPATH": str(REPOSITORY)} if python == sys.executable else {})


def measure(python: str, runs: int, tell: Callable[[Started], None]) -> list[Started]:
    """Every start and its peers, in turn, ``runs`` times each: the medians."""
    found: list[Started] = []
    with TemporaryDirectory(prefix="octavo-startup-") as folder:
        _documents(Path(folder))
        for start in STARTS:
            for who, command, code in _commands(python, start):
                env = environment(command[0])
                spent(command, env, folder, code)  # what is compiled once is compiled now
                seconds = median([spent(command, env, folder, code) for _ in range(runs)])
                most = start.most if who == OCTAVO else None
                found.append(Started(who, start.about, seconds, most))
                tell(found[-1])
    return found


def _commands(python: str, start: Start) -> Iterator[tuple[str, list[str], int]]:
    yield OCTAVO, [python, *start.arguments], start.code
    for peer, program in PEERS.get(start.name, {}).items():
        if find_spec(peer) is not None:
            yield peer, [sys.executable, "-c", program], 0


def _documents(folder: Path) -> None:
    """One page, as text, as a born-digital PDF, and as a picture in a PDF and alone."""
    (folder / "page.txt").write_text(_WORDS, encoding="utf-8")
    (folder / "page.pdf").write_bytes(pdf([_WORDS]))
    (folder / "scan.pdf").write_bytes(scanned([_WORDS], dpi=150))
    page: Any = pymupdf.open(folder / "page.pdf")[0]  # type: ignore[no-untyped-call]
    page.get_pixmap(dpi=150).save(folder / "scan.png")
