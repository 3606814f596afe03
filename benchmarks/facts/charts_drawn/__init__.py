# mypy: disable-error-code="no-untyped-call"
"""Charts drawn afresh by four libraries on pages of text; the truth is the data that they were drawn from.

The seed decides data, kinds, names and looks. The files are kept in the cache; where LibreOffice is not
installed its share is missing.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from random import Random

import pymupdf

from benchmarks import corpus
from benchmarks.facts.charts_drawn import matplot, office, report, vega
from benchmarks.facts.charts_drawn.data import Drawn, draw_data

SEED = "charts 1"
"""Another one makes another set."""
_PAGES = 80
_DRAWERS = {"matplotlib": matplot.draw, "vega": vega.draw, "reportlab": report.draw}
_OFFICE = "libreoffice"
_FULL = 0.98
_PAGE = pymupdf.Rect(0, 0, 595, 842)
_SENTENCES = (
    "The figures were collected twice a year and checked by hand.",
    "Most of the change comes from the larger regions, as before.",
    "No adjustment was made for the season or for prices.",
    "What is missing was left out and not estimated.",
    "A second survey is planned and will use the same questions.",
)


def documents(_folder: Path) -> Iterator[corpus.Document]:
    """One page for each chart, drawn when first asked for; the kind is the library's name."""
    folder = corpus.CACHE / "charts_drawn" / SEED.replace(" ", "-")
    program = shutil.which("soffice")
    names = [*_DRAWERS, *([_OFFICE] if program else [])]
    charts = [(names[i % len(names)], i, draw_data(Random(f"{SEED}-{i}"))) for i in range(_PAGES)]
    paths = [folder / f"{i:03}-{name}-{chart.kind}.pdf" for name, i, chart in charts]
    if not all(path.exists() for path in paths):
        folder.mkdir(parents=True, exist_ok=True)
        _draw([(name, i, chart, path) for (name, i, chart), path in zip(charts, paths, strict=True)], program)
    for (name, _, chart), path in zip(charts, paths, strict=True):
        yield corpus.Document("charts_drawn", name, path, partial(_truth, chart))


def _truth(chart: Drawn) -> corpus.Truth:
    return corpus.Truth(charts=(chart.truth(),))


def _draw(charts: list[tuple[str, int, Drawn, Path]], program: str | None) -> None:
    bare = [(chart, path.with_suffix(".bare")) for name, _, chart, path in charts if name == _OFFICE]
    if program and bare:
        office.draw_all(bare, program)
    for name, i, chart, path in charts:
        drawn = path.with_suffix(".bare")
        if name != _OFFICE:
            _DRAWERS[name](chart, drawn)
        _on_a_page(drawn, path, chart, Random(f"{SEED}-{i}-page"))
        drawn.unlink()


def _on_a_page(drawn: Path, target: Path, chart: Drawn, random: Random) -> None:
    """Puts the chart between paragraphs."""
    with pymupdf.open(drawn, filetype="pdf") as source, pymupdf.open() as book:
        page = book.new_page(width=_PAGE.width, height=_PAGE.height)
        left, top = 60, random.uniform(60, 200)
        _write(page, pymupdf.Rect(left, top, 535, top + 60), random)
        top += 70
        size = _shown(source[0])
        scale = min(475 / size.width, chart.height * 1.2 / size.height, 1.0)
        box = pymupdf.Rect(left, top, left + size.width * scale, top + size.height * scale)
        page.show_pdf_page(box, source, 0, clip=size)
        caption = pymupdf.Rect(left, box.y1 + 8, 535, box.y1 + 24)
        page.insert_textbox(
            caption, f"Figure {random.randint(1, 9)}: {random.choice(_SENTENCES)}", fontsize=9
        )
        _write(page, pymupdf.Rect(left, box.y1 + 36, 535, box.y1 + 110), random)
        unfinished = target.with_suffix(f".{os.getpid()}")
        book.save(unfinished, deflate=True)
    unfinished.replace(target)


def _shown(page: pymupdf.Page) -> pymupdf.Rect:
    """What is painted on a page but for white; LibreOffice leaves most of it empty."""
    found = pymupdf.Rect()
    for kind, box in page.get_bboxlog():
        if kind != "ignore-text" and pymupdf.Rect(box).width < _FULL * page.rect.width:
            found |= pymupdf.Rect(box)
    return pymupdf.Rect(found.x0 - 4, found.y0 - 4, found.x1 + 4, found.y1 + 4)


def _write(page: pymupdf.Page, box: pymupdf.Rect, random: Random) -> None:
    page.insert_textbox(box, " ".join(random.sample(_SENTENCES, 4)), fontsize=10)
