"""Reads each file with the same pipeline and the same children as a worker, and watches what that takes."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from benchmarks.hostile.cases import HARD, Case, Kind
from benchmarks.hostile.ending import Ending, Limits, kept, says_something, wrong_with
from benchmarks.hostile.opinion import Opinion, opinion_of
from schemas.documents import WarningKind
from schemas.errors import DocumentError
from schemas.settings import Settings
from workers.jobs.metering import COLLECTED
from workers.local import LocalParser

_SAMPLE_SECONDS = 0.02
LEAST_READ = 0.98
"""The share of hard PDFs with text that must be read."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A file with its ending and the promises that it broke; ``kept``: see ``ending.kept``."""

    case: Case
    ending: Ending
    broken: list[str]
    has_text: bool
    kept: float | None


def judge(
    cases: Sequence[Case], settings: Settings, limits: Limits, tell: Callable[[Judged], None]
) -> list[Judged]:
    """Reads the files one after another."""
    judged = []
    with LocalParser(settings) as parser:
        for case in cases:
            opinion = opinion_of(case.path) if case.path.suffix == ".pdf" else Opinion()
            ending = read(parser, case.path)
            one = Judged(
                case,
                ending,
                wrong_with(case, ending, opinion, limits),
                says_something(opinion.text),
                kept(opinion, ending) if ending.successful else None,
            )
            tell(one)
            judged.append(one)
    return judged


def read(parser: LocalParser, path: Path) -> Ending:
    """How the reading of one file ends."""
    COLLECTED.take()
    began = time.perf_counter()
    outcome: dict[str, str | int] = {}
    with _watched() as peak:
        try:
            document = parser.parse(path)
        except DocumentError as error:
            outcome = {"error": type(error).__name__, "message": error.message}
        except Exception as error:  # what must never happen is what is looked for
            outcome = {"stray": type(error).__name__}
        else:
            outcome = {
                "pages": document.total_pages,
                "faults": len(document.page_errors),
                "text": document.document_markdown,
                "hidden": any(warning.kind is WarningKind.HIDDEN_TEXT for warning in document.warnings),
            }
        seconds = time.perf_counter() - began
    return Ending(seconds, peak.value, lost=_lost(), **outcome)  # type: ignore[arg-type]


def _lost() -> int:
    """How many children were lost since the last look."""
    return int(sum(n for (name, _), n in COLLECTED.take().items() if name.startswith("octavo_children_lost")))


class _Peak:
    value = 0


@contextmanager
def _watched() -> Iterator[_Peak]:
    """The most memory that any child with all that it started held in the block, resident bytes."""
    peak, over = _Peak(), threading.Event()

    def watch() -> None:
        while not over.wait(_SAMPLE_SECONDS):
            peak.value = max(peak.value, largest_family())

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        over.set()
        thread.join()


def largest_family() -> int:
    """The bytes of the largest child of the fork server, with its own children."""
    largest = 0
    with suppress(psutil.Error):
        for server in psutil.Process().children():
            for child in server.children():
                with suppress(psutil.Error):
                    family = [child, *child.children(recursive=True)]
                    largest = max(largest, sum(one.memory_info().rss for one in family))
    return largest


def told(judged: Sequence[Judged], limits: Limits) -> list[str]:
    """What a run over a set came to, a line each."""
    lines = []
    for kind in Kind:
        of_kind = [one for one in judged if one.case.kind is kind]
        if not of_kind:
            continue
        good = sum(not one.broken for one in of_kind)
        ends = Counter(one.ending.error or one.ending.stray or "read" for one in of_kind)
        said = ", ".join(f"{count} {name}" for name, count in ends.most_common())
        words = [one.kept for one in of_kind if one.kept is not None]
        share = f"; {sum(words) / len(words):.3f} of PyMuPDF's words" if words else ""
        lines.append(f"{kind}: {good} of {len(of_kind)} end as they should ({said}{share})")
    slowest = max(judged, key=lambda one: one.ending.seconds)
    largest = max(judged, key=lambda one: one.ending.peak_bytes)
    lines.append(
        f"slowest: {slowest.ending.seconds:.1f} s, {slowest.case.name} (allowed {limits.seconds:.0f} s);"
        f" largest: {largest.ending.peak_bytes >> 20} MiB, {largest.case.name}"
        f" (allowed {limits.memory_bytes >> 20} MiB); children lost: {sum(one.ending.lost for one in judged)}"
    )
    return lines


def held(judged: Sequence[Judged]) -> bool:
    """Whether the promises of the set were kept: all files; of hard PDFs almost all, and none crashing."""
    hard = [one for one in judged if one.case.set_name == HARD]
    others = [one for one in judged if one.case.set_name != HARD]
    with_text = [one for one in hard if one.has_text]
    read_well = sum(not one.broken for one in with_text)
    crashed = any(one.ending.lost or one.ending.stray for one in hard)
    return not any(one.broken for one in others) and not crashed and read_well >= LEAST_READ * len(with_text)


def record(set_name: str, judged: Sequence[Judged], limits: Limits) -> dict[str, object]:
    """The result as it is stored, without a word of a document."""
    files = [
        {
            "name": one.case.name,
            "kind": str(one.case.kind),
            "seconds": one.ending.seconds,
            "peak_bytes": one.ending.peak_bytes,
            "error": one.ending.error,
            "message": one.ending.message,
            "stray": one.ending.stray,
            "lost": one.ending.lost,
            "pages": one.ending.pages,
            "faults": one.ending.faults,
            "kept": one.kept,
            "broken": one.broken,
        }
        for one in judged
    ]
    return {"set": set_name, "limits": asdict(limits), "files": files, "told": told(judged, limits)}
