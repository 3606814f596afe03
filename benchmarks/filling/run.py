"""Filling in every form of a set by prompts, and what came of it."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.facts.structure_drawn import SEED
from benchmarks.filling.asked import Asked, asked
from benchmarks.filling.prompts import Stated
from benchmarks.filling.readback import Judged
from benchmarks.quality import Scored
from benchmarks.scores.tally import Tally
from benchmarks.summary import pooled
from schemas.options import FormFilling
from schemas.settings import Settings
from workers.local import LocalParser


@dataclass(frozen=True, slots=True)
class Missed:
    """A stated value that is not where it belongs: what stands there, and what Octavo says of it."""

    form: str
    style: str
    label: str
    said: str
    field: str
    found: str
    told: str


@dataclass(frozen=True, slots=True)
class Filled:
    """A form after filling: its scores, what was missed, and the bytes."""

    scored: Scored
    missed: list[Missed]
    misplaced: list[str]
    suffix: str
    made: bytes


def run(set_name: str, limit: int | None, tell: Callable[[Filled], None]) -> list[Filled]:
    """Fills in the forms of a set one after the other; none where the set is not there."""
    done = []
    with LocalParser(Settings()) as parser:
        for one in islice(asked(set_name), limit):
            done.append(_filled(one, parser))
            tell(done[-1])
    return done


def _filled(one: Asked, parser: LocalParser) -> Filled:
    started, cpu = time.perf_counter(), time.process_time()
    error, made, told = None, b"", list[dict[str, Any]]()
    try:
        result = parser.edit(one.path, FormFilling(fill_prompt=one.text))
        made = base64.b64decode(result.filled_docx_base64 or result.filled_pdf_base64 or "")
        told = (result.form_filling_metadata or {}).get("not_placed", [])
    except Exception as failed:  # whatever it is, it costs this form alone
        error = f"{type(failed).__name__}: {failed}"
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    judged = one.judge(made) if made else Judged([False] * len(one.stated), [""] * len(one.stated), [])
    missed = [
        Missed(one.name, one.style, said.label, said.said, said.field.name, found, _told(said, told))
        for said, right, found in zip(one.stated, judged.right, judged.found, strict=True)
        if not right
    ]
    n, right = len(one.stated), sum(judged.right)
    tallies = {
        "filled": Tally(right, n, n),
        "not misplaced": Tally(max(0, n - len(judged.misplaced)), n, n),
        f"filled: {one.style}": Tally(right, n, n),
    }
    scored = Scored(one.name, one.style, seconds, cpu, error, {}, tallies, bool(made))
    return Filled(scored, missed, judged.misplaced, one.path.suffix, made)


def _told(stated: Stated, told: Sequence[dict[str, Any]]) -> str:
    """What a caller is told of a value that was not placed."""
    about = (one for one in told if stated.label in one["text"] and stated.said in one["text"])
    own = (one for one in told if one["field_id"] == stated.field.name)
    return next((str(one["reason"]) for one in (*about, *own)), "")


def keep(filled: Sequence[Filled], folder: Path) -> None:
    """Writes the filled forms into a folder."""
    for one in filled:
        target = folder / f"{one.scored.name}{one.suffix}"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(one.made)


def record(set_name: str, filled: Sequence[Filled]) -> dict[str, object]:
    """The result as it is stored, in the shape of ``benchmarks.summary.record``."""
    scored = [one.scored for one in filled]
    return {
        "set": set_name,
        "engine": "octavo",
        "seed": SEED,
        "means": {},
        "pooled": {name: asdict(value) for name, value in pooled(scored).items()},
        "failed": sum(one.error is not None for one in scored),
        "seconds": sum(one.seconds for one in scored),
        "cpu_seconds": sum(one.cpu_seconds for one in scored),
        "documents": [asdict(one) for one in scored],
        "missed": [asdict(missed) for one in filled for missed in one.missed],
    }
