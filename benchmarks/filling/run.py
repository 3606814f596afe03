"""Filling in every form of a set by prompts, and what came of it."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any

from benchmarks import corpus
from benchmarks.facts.structure_drawn import SEED
from benchmarks.filling.forms import Field, fields_of, flattened, forms
from benchmarks.filling.prompts import STYLES, Stated, prompt
from benchmarks.filling.readback import Judged, judge_fields, judge_print
from benchmarks.filling.stating import stated_of_form, stated_of_print
from benchmarks.quality import Scored
from benchmarks.scores.tally import Tally
from benchmarks.summary import pooled
from schemas.options import FormFilling
from schemas.settings import Settings
from workers.local import LocalParser

INTERACTIVE, FLAT = "pdf_forms_filled", "pdf_forms_flat_filled"
SETS = (INTERACTIVE, FLAT)
_SOURCE = "pdf_forms"


@dataclass(frozen=True, slots=True)
class Asked:
    """A form with a prompt; ``path`` is what is filled in, ``before`` its bytes."""

    name: str
    path: Path
    style: str
    text: str
    stated: list[Stated]
    fields: list[Field]
    before: bytes


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
    pdf: bytes


def asked(set_name: str, limit: int | None = None) -> Iterator[Asked]:
    """A prompt for each form of the set; ``OCTAVO_BENCH_SEED`` decides what is stated, and how."""
    folder = corpus.data_folder() / _SOURCE
    found = 0
    for pdf in forms(folder) if folder.is_dir() else ():
        if limit is not None and found >= limit:
            return
        one = _asked(set_name, pdf, pdf.relative_to(folder).with_suffix("").as_posix())
        if one is not None:
            found += 1
            yield one


def _asked(set_name: str, pdf: Path, name: str) -> Asked | None:
    data = pdf.read_bytes()
    fields, flat = fields_of(data), flattened(data)
    dice = Random(f"{SEED}-{set_name}-{name}")
    stated = (stated_of_form if set_name == INTERACTIVE else stated_of_print)(fields, flat, dice)
    if not stated:
        return None
    style = dice.choice(list(STYLES))
    text = prompt(stated, style, dice)
    if set_name == INTERACTIVE:
        return Asked(name, pdf, style, text, stated, fields, data)
    twin = corpus.CACHE / "flattened" / f"{name.replace('/', '-')}.pdf"
    twin.parent.mkdir(parents=True, exist_ok=True)
    twin.write_bytes(flat)
    return Asked(name, twin, style, text, stated, fields, flat)


def run(set_name: str, limit: int | None, tell: Callable[[Filled], None]) -> list[Filled]:
    """Fills in the forms of a set one after the other."""
    done = []
    with LocalParser(Settings()) as parser:
        for one in asked(set_name, limit):
            done.append(_filled(set_name, one, parser))
            tell(done[-1])
    return done


def _filled(set_name: str, one: Asked, parser: LocalParser) -> Filled:
    started, cpu = time.perf_counter(), time.process_time()
    error, pdf, told = None, b"", list[dict[str, Any]]()
    try:
        result = parser.edit(one.path, FormFilling(fill_prompt=one.text))
        pdf = base64.b64decode(result.filled_pdf_base64 or "")
        told = (result.form_filling_metadata or {}).get("not_placed", [])
    except Exception as failed:  # whatever it is, it costs this form alone
        error = f"{type(failed).__name__}: {failed}"
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    judged = (
        _judged(set_name, one, pdf) if pdf else Judged([False] * len(one.stated), [""] * len(one.stated), [])
    )
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
    scored = Scored(one.name, one.style, seconds, cpu, error, {}, tallies, bool(pdf))
    return Filled(scored, missed, judged.misplaced, pdf)


def _told(stated: Stated, told: Sequence[dict[str, Any]]) -> str:
    """What a caller is told of a value that was not placed."""
    about = (one for one in told if stated.label in one["text"] and stated.said in one["text"])
    own = (one for one in told if one["field_id"] == stated.field.name)
    return next((str(one["reason"]) for one in (*about, *own)), "")


def _judged(set_name: str, one: Asked, pdf: bytes) -> Judged:
    if set_name == INTERACTIVE:
        return judge_fields(one.fields, pdf, one.stated)
    return judge_print(one.before, pdf, one.fields, one.stated)


def keep(filled: Sequence[Filled], folder: Path) -> None:
    """Writes the filled forms into a folder."""
    for one in filled:
        target = folder / f"{one.scored.name}.pdf"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(one.pdf)


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
