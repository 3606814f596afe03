"""One document of thousands of pages: linear time, bounded memory, and a killed worker is no loss."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import httpx

from benchmarks.chaos.outcome import windows_begun
from benchmarks.load.watch import Watch, running
from benchmarks.service import Service, joined, pdf, scanned, submit, upload
from schemas.settings import Settings

_TEXT = "The quick brown fox jumps over the lazy dog near the river bank at dawn. " * 24
_LOOK_SECONDS = 0.5
_PARTS = 5


@dataclass(frozen=True, slots=True)
class Long:
    """One long document read. ``paces``: pages a second of each fifth of its pages.

    ``peaks``: the largest process of each role, in bytes. ``windows_again`` were begun more than once;
    ``windows_in_hand`` is how many the killed workers had in hand at most.
    """

    pages: int
    scanned_pages: int
    layout: bool
    seconds: float
    paces: list[float]
    peaks: dict[str, int]
    kills: int
    windows_again: int
    windows_in_hand: int


def measure(
    pages: int, scanned_pages: int, kills: int, tell: Callable[[str], None], *, layout: bool = True
) -> Long:
    """Reads a PDF of ``pages`` pages, the last ``scanned_pages`` pictures; kills the worker meanwhile.

    Raises:
        RuntimeError: not every page was read.
    """
    # A killed worker's pieces wait for their lease: short, so that the clock measures the reading.
    environment = {"OCTAVO_LOG_LEVEL": "DEBUG", "OCTAVO_LOG_FORMAT": "json", "OCTAVO_LEASE_SECONDS": "10"}
    with running(environment) as service, service.client() as client, Watch(service) as watch:
        file_id = upload(client, _document(pages, scanned_pages))
        began = time.monotonic()
        job = submit(client, file_id=file_id, parsing_options={"disable_layout_detection": not layout})
        seen = _followed(service, client, job, [pages * (k + 1) // (kills + 1) for k in range(kills)], tell)
        seconds = time.monotonic() - began
        result = client.get(f"parse/{job}").json()
        if result["parsed_pages_count"] != pages or not _in_order(result, pages):
            read = result["parsed_pages_count"]
            raise RuntimeError(f"{read} of {pages} pages were read: {result['error']}")
        begun = windows_begun([service.folder / "service.log"])
    at_once = Settings(workers=0).concurrency
    return Long(
        pages=pages,
        scanned_pages=scanned_pages,
        layout=layout,
        seconds=seconds,
        paces=_paces(seen, pages),
        peaks=watch.peaks,
        kills=kills,
        windows_again=begun.total() - len(begun),
        windows_in_hand=kills * at_once,
    )


def _document(pages: int, scanned_pages: int) -> bytes:
    texts = [f"Page {n}. {_TEXT}" for n in range(1, pages + 1)]
    digital = pages - scanned_pages
    parts = [pdf(texts[:digital])] if digital else []
    parts += [scanned(texts[digital:], dpi=150)] if scanned_pages else []
    return joined(*parts)


def _followed(
    service: Service, client: httpx.Client, job: str, kill_at: Sequence[int], tell: Callable[[str], None]
) -> list[tuple[float, int]]:
    """The job to its end; when how many pages were done. The worker is killed when so many are."""
    began, seen, kills = time.monotonic(), [(0.0, 0)], list(kill_at)
    while True:
        progress = client.get(f"parse/{job}/progress").json()
        done = progress["current"]
        if done < seen[-1][1]:
            raise RuntimeError(f"pages done went back from {seen[-1][1]} to {done}")
        if done > seen[-1][1]:
            seen.append((time.monotonic() - began, done))
        if progress["attributes"]["status"] not in ("pending", "processing"):
            return seen
        if kills and done >= kills[0]:
            kills.pop(0)
            service.worker().kill()
            tell(f"{done} pages are done: the worker is killed")
        time.sleep(_LOOK_SECONDS)


def _paces(seen: Sequence[tuple[float, int]], pages: int) -> list[float]:
    """Pages a second of each fifth."""
    counts = [done for _, done in seen]
    ends = [pages * part // _PARTS for part in range(_PARTS + 1)]
    at = [seen[min(bisect_left(counts, end), len(seen) - 1)] for end in ends]
    return [(n2 - n1) / (t2 - t1) if t2 > t1 else 0.0 for (t1, n1), (t2, n2) in pairwise(at)]


def _in_order(result: dict[str, Any], pages: int) -> bool:
    """Whether every page is there, in its place, with its own words."""
    texts = [
        "".join(str(fragment["content"].get("content", "")) for fragment in page["page_fragments"])
        for page in result["pages"]
    ]
    return len(texts) == pages and all(f"Page {n}." in text for n, text in enumerate(texts, 1))
