"""Signatures: seen on scans and digital pages, as ink in the file, as signed fields; told from print."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pymupdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.pages.signatures import FindSignatures, seen_signatures, strokes_joined
from pipelines.plan import page_stages
from pipelines.readers.pdf.reader import PdfReader
from pipelines.work import PageWork
from schemas.fragments import FragmentType, Source, TextContent
from schemas.geometry import BBox
from schemas.options import Configuration
from schemas.reading import FieldKind, FormField, Sighting, SourcePage, TextLine
from tests.fakes.engines import FakeEngines, FakeReader, line

INK = BBox(100, 200, 180, 230)


def ocr(text: str, x: float, y: float, confidence: float, size: float = 10.0) -> TextLine:
    made = line(text, x, y, size=size)
    return replace(made, words=[replace(w, confidence=confidence, source=Source.OCR) for w in made.words])


def looked_at(
    lines: list[TextLine],
    signatures: list[Sighting],
    *,
    scanned: bool = True,
    turns: int = 0,
    forms: list[FormField] | None = None,
    inks: list[BBox] | None = None,
) -> PageWork:
    source = SourcePage(1, 300, 400, lines=lines)
    page = PageWork(1, source=source, lines=lines, scanned=scanned, turns=turns, scale=2.0)
    page.image = np.zeros((800, 600, 3), np.uint8) if scanned else None
    reader = FakeReader(lambda number: source, forms=forms or [], written=inks or [])
    FindSignatures(reader, FakeEngines(signatures=signatures))([page])
    return page


def test_a_signature_on_a_scan_is_a_find_and_its_junk_is_no_text() -> None:
    lines = [ocr("Yours truly", 20, 100, 0.99), ocr("Mw~", 110, 205, 0.4), ocr("Ann Chair", 100, 240, 0.99)]
    page = looked_at(lines, [Sighting(INK.scaled(2), 0.9)])
    (find,) = page.finds
    assert (find.kind, find.bbox, find.confidence) == (FragmentType.SIGNATURE, INK, 0.9)
    assert find.content == TextContent(content="Signature detected")
    assert find.words == []
    assert [line.text for line in page.lines or []] == ["Yours truly", "Ann Chair"]


def test_a_digital_page_is_looked_at_as_it_shows_upright() -> None:
    page = looked_at([], [Sighting(BBox(0, 0, 102.4, 51.2), 0.9)], scanned=False, turns=1)
    assert [tuple(round(v) for v in find.bbox) for find in page.finds] == [(0, 0, 40, 20)]


def test_a_blank_scan_is_not_looked_at() -> None:
    source = SourcePage(1, 300, 400)
    engines = FakeEngines(signatures=[Sighting(INK, 0.9)])
    page = PageWork(1, source=source, scanned=True)
    FindSignatures(FakeReader(lambda number: source), engines)([page])
    assert (page.finds, engines.calls) == ([], [])


@pytest.mark.parametrize(
    ("words", "is_signature"),
    [
        ([ocr("Approval", 102, 205, 1.0, size=20)], False),
        ([ocr("8/7/87", 105, 205, 0.8, size=20)], False),
        ([ocr("Kwl Dbe", 102, 205, 0.8, size=20)], True),
        ([ocr("page", 120, 222, 1.0, size=5)], True),
        ([line("Typed", 102, 205, size=25)], False),
        ([ocr("8", 130, 197, 0.9, size=37)], True),
        ([ocr("Approval", 105, 212, 1.0, size=14)], True),
        ([], True),
    ],
    ids=[
        "print",
        "a date",
        "read badly",
        "print below",
        "digital text",
        "one wide digit",
        "print over a third",
        "nothing",
    ],
)
def test_what_is_read_well_is_no_signature(words: list[TextLine], is_signature: bool) -> None:
    assert bool(seen_signatures([Sighting(INK, 0.9)], [], words)) is is_signature


@pytest.mark.parametrize(
    ("text", "x", "y"),
    [
        ("Signature:", 40, 210),
        ("Sincerely,", 100, 180),
        ("(signed)", 120, 240),
        ("Unterschrift", 100, 235),
        ("Approved by", 90, 180),
    ],
)
def test_words_that_ask_for_a_signature_make_a_doubtful_one_sure(text: str, x: float, y: float) -> None:
    doubtful = [Sighting(INK, 0.25)]
    assert seen_signatures(doubtful, [], []) == []
    assert seen_signatures(doubtful, [], [line(text, x, y)]) == doubtful
    assert seen_signatures(doubtful, [], [line(text, x, 20)]) == []
    assert seen_signatures(doubtful, [], [line("significant", x, y)]) == []


@pytest.mark.parametrize(
    ("words", "needed"),
    [
        ([], 0.35),
        ([ocr("Kwl Dbe", 102, 205, 0.6, size=20)], 0.4),
        ([ocr("P.Smi", 100, 200, 0.9, size=30)], 0.5),
    ],
    ids=["nothing", "something", "a name"],
)
def test_the_more_of_it_can_be_read_the_surer_it_must_be(words: list[TextLine], needed: float) -> None:
    assert seen_signatures([Sighting(INK, needed)], [], words)
    assert not seen_signatures([Sighting(INK, needed - 0.01)], [], words)


def test_ink_that_looks_like_a_signature_gives_its_box_and_other_ink_is_none() -> None:
    arrow = BBox(10, 10, 30, 40)
    doubtful = [Sighting(BBox(105, 195, 175, 228), 0.25)]
    assert seen_signatures(doubtful, [arrow, INK], []) == [Sighting(INK, 0.25)]
    assert seen_signatures(doubtful, [arrow, BBox(0, 0, 300, 400)], []) == []
    ringed = [line("ringed", 120, 208)]
    assert seen_signatures(doubtful, [INK], ringed) == []


def test_a_signed_field_counts_once_and_an_empty_one_not() -> None:
    signed = FormField("a", FieldKind.SIGNATURE, INK, "Ann", is_set=True)
    empty = FormField("b", FieldKind.SIGNATURE, BBox(10, 10, 60, 30))
    hidden = FormField("c", FieldKind.SIGNATURE, BBox(0, 0, 0, 0), "Ann", is_set=True)
    ticked = FormField("d", FieldKind.CHECKBOX, BBox(10, 50, 20, 60), "Yes", is_set=True)
    page = looked_at([], [Sighting(INK.scaled(2), 0.7)], forms=[signed, empty, hidden, ticked])
    assert [(find.bbox, find.confidence) for find in page.finds] == [(INK, 1.0)]


def test_strokes_of_one_hand_are_joined() -> None:
    strokes = [BBox(0, 0, 20, 20), BBox(25, 5, 40, 18), BBox(200, 0, 220, 20), BBox(42, 2, 60, 9)]
    assert strokes_joined(strokes) == [BBox(0, 0, 60, 20), BBox(200, 0, 220, 20)]


boxes = st.builds(
    lambda x, y, w, h: BBox(x, y, x + w, y + h), *[st.floats(0, 400)] * 2, *[st.floats(0.5, 80)] * 2
)


@given(st.lists(boxes, max_size=12))
def test_joined_strokes_hold_every_stroke(strokes: list[BBox]) -> None:
    joined = strokes_joined(strokes)
    assert all(any(stroke.inside(one) > 0.999 for one in joined) for stroke in strokes)
    assert sorted(strokes_joined(joined)) == sorted(joined)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_ink_lies_where_it_shows(tmp_path: Path, rotation: int) -> None:
    document = pymupdf.open()
    page = document.new_page(width=500, height=700)
    page.add_ink_annot([[(100, 150), (130, 120), (160, 160), (200, 140)]]).update()
    hidden = page.add_ink_annot([[(300, 300), (330, 320), (360, 310)]])
    hidden.set_flags(pymupdf.PDF_ANNOT_IS_HIDDEN)
    hidden.update()
    page.set_cropbox(pymupdf.Rect(40, 30, 480, 650))
    page.set_rotation(rotation)
    document.save(tmp_path / "ink.pdf")
    reader = PdfReader(tmp_path / "ink.pdf")
    (box,) = reader.inks(1)
    rows, columns = np.where(reader.render(1, 1.0).min(axis=2) < 200)
    drawn = BBox(float(columns.min()), float(rows.min()), float(columns.max()), float(rows.max()))
    assert drawn.inside(box) == 1.0
    assert box.area < 2.5 * drawn.area


@pytest.mark.parametrize("asked", [False, True])
def test_pages_are_looked_at_only_if_that_was_asked_for_and_before_their_layout(asked: bool) -> None:
    options = Configuration.model_validate({"parsing_options": {"signature_detection": asked}})
    reader = FakeReader(lambda number: SourcePage(number, 300, 400))
    names = [stage.name for stage in page_stages(options, reader, FakeEngines())]
    assert ("signatures" in names) is asked
    if asked:
        assert names.index("ocr") < names.index("signatures") < names.index("layout")
