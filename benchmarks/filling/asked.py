"""The sets of forms to fill in, each form with prompts of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from random import Random

from benchmarks import corpus
from benchmarks.facts.rasterise import rasterise
from benchmarks.facts.structure_drawn import SEED
from benchmarks.filling import drawn_forms, word_forms
from benchmarks.filling.forms import Key, fields_of, flattened, forms
from benchmarks.filling.prompts import STYLES, Stated, prompt
from benchmarks.filling.readback import Judged, judge_fields, judge_print
from benchmarks.filling.stating import stated_of_drawn, stated_of_form, stated_of_print
from benchmarks.filling.word_forms import judge_word

_ROUNDS = 2
"""So many prompts are made for a form."""
_FEWEST = 4
"""A form of the other sets has at least so many fields."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A form with a prompt; ``path`` is what is filled in, ``judge`` reads what came of it."""

    name: str
    path: Path
    style: str
    text: str
    stated: list[Stated]
    judge: Callable[[bytes], Judged]


@dataclass(frozen=True, slots=True)
class FormSet:
    """The forms of some folders of the data, with their fields or flattened; not those of ``without``."""

    folders: tuple[str, ...]
    flat: bool
    without: tuple[str, ...] = ()
    fewest: int = 1


@dataclass(frozen=True, slots=True)
class DrawnSet:
    """So many forms that the benchmark makes: PDFs, pictures of such, or Word documents."""

    count: int
    scanned: bool = False
    word: bool = False


_MORE = ("invoices_labelled", "hard_pdfs")
SETS: dict[str, FormSet | DrawnSet] = {
    "pdf_forms_filled": FormSet(("pdf_forms",), flat=False),
    "pdf_forms_flat_filled": FormSet(("pdf_forms",), flat=True),
    "more_forms_filled": FormSet(_MORE, flat=False, without=("pdf_forms",), fewest=_FEWEST),
    "more_forms_flat_filled": FormSet(_MORE, flat=True, without=("pdf_forms",), fewest=_FEWEST),
    "drawn_forms_filled": DrawnSet(24),
    "drawn_forms_scanned_filled": DrawnSet(12, scanned=True),
    "word_forms_filled": DrawnSet(24, word=True),
}


def asked(set_name: str) -> Iterator[Asked]:
    """Prompts for each form of the set; ``OCTAVO_BENCH_SEED`` decides what is stated, and how."""
    form_set = SETS[set_name]
    return _drawn(set_name, form_set) if isinstance(form_set, DrawnSet) else _of_data(form_set)


def _drawn(set_name: str, drawn: DrawnSet) -> Iterator[Asked]:
    folder = corpus.CACHE / set_name / "".join(c if c.isalnum() else "-" for c in SEED)
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(1, drawn.count + 1):
        dice = Random(f"{SEED}-{number}-{set_name}")
        path = folder / f"form-{number}.{'docx' if drawn.word else 'pdf'}"
        fields = (word_forms.draw if drawn.word else drawn_forms.draw)(path, dice)
        stated = stated_of_drawn(fields, dice)
        style, text = _prompt(stated, dice)
        if drawn.scanned:
            path = rasterise(path, name=f"{set_name}-{folder.name}-{path.name}")
        judge = judge_word if drawn.word else judge_print
        yield Asked(path.stem, path, style, text, stated, partial(judge, path.read_bytes(), fields, stated))


def _prompt(stated: list[Stated], dice: Random) -> tuple[str, str]:
    """A style, and the prompt in it."""
    style = dice.choice(list(STYLES))
    return style, prompt(stated, style, dice)


def _of_data(form_set: FormSet) -> Iterator[Asked]:
    data = corpus.data_folder()
    seen: set[Key] = set()
    for folder in form_set.without:
        list(forms(data / folder, seen))
    for pdf in chain.from_iterable(forms(data / folder, seen) for folder in form_set.folders):
        name = pdf.relative_to(data).with_suffix("").as_posix()
        for number in range(_ROUNDS):
            one = _asked(form_set, pdf, f"{name}-{number + 1}")
            if one is not None:
                yield one


def _asked(form_set: FormSet, pdf: Path, name: str) -> Asked | None:
    data = pdf.read_bytes()
    fields, flat = fields_of(data), flattened(data)
    dice = Random(f"{SEED}-{name}-{form_set.flat}")
    stated = (stated_of_print if form_set.flat else stated_of_form)(fields, flat, dice)
    if not stated or len(fields) < form_set.fewest:
        return None
    style, text = _prompt(stated, dice)
    if not form_set.flat:
        return Asked(name, pdf, style, text, stated, partial(judge_fields, fields, stated))
    twin = corpus.CACHE / "flattened" / f"{name.replace('/', '-')}.pdf"
    twin.parent.mkdir(parents=True, exist_ok=True)
    twin.write_bytes(flat)
    return Asked(name, twin, style, text, stated, partial(judge_print, flat, fields, stated))
