"""Displayed formulas are found by the fonts of their lines, wherever the layout saw something else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelines.pages.formulas.regions import is_covered, with_formulas
from schemas.geometry import BBox
from schemas.reading import Region, RegionKind, TextLine
from tests.fakes.engines import line


def math(text: str, x: float, y: float, size: float = 10) -> TextLine:
    plain = line(text, x, y, size=size)
    return replace(plain, words=[replace(word, font="CMMI10") for word in plain.words])


TEXT = [line("words above the formula", 50, 60), line("words below the formula", 50, 160)]
PIECES = [math("e", 100, 100), math("iπ", 105, 95, 7), math("+ 1 =", 120, 100), math("0", 150, 100)]


def boxes(regions: list[Region]) -> list[tuple[RegionKind, BBox]]:
    return [(region.kind, region.bbox) for region in regions]


def test_pieces_of_a_formula_are_one_region() -> None:
    torn = [
        Region(RegionKind.SECTION_HEADER, PIECES[0].bbox),
        Region(RegionKind.PICTURE, BBox(119, 99, 160, 111)),
    ]
    (found,) = with_formulas(torn, [*TEXT, *PIECES])
    assert found.kind is RegionKind.FORMULA
    assert found.bbox == BBox(100, 95, 160, 111)


def test_formulas_in_the_line_and_lone_letters_are_none() -> None:
    beside = line("where the sum", 20, 100)
    assert with_formulas([], [beside, *PIECES]) == []
    assert with_formulas([], [*TEXT, math("x", 100, 100)]) == []


def test_known_formulas_and_tables_stay_as_they_are() -> None:
    for kind in (RegionKind.FORMULA, RegionKind.TABLE):
        known = [Region(kind, BBox(90, 90, 400, 115))]
        assert with_formulas(known, [*TEXT, *PIECES]) == known


def test_pages_without_mathematics_are_not_touched() -> None:
    regions = [Region(RegionKind.TEXT, BBox(0, 0, 10, 10))]
    assert with_formulas(regions, TEXT) == regions


def test_the_legend_of_a_plot_is_no_formula() -> None:
    plot = [Region(RegionKind.PICTURE, BBox(80, 80, 400, 300))]
    assert with_formulas(plot, PIECES) == plot
    assert not is_covered(plot[0].bbox, PIECES)
    assert is_covered(BBox(100, 95, 160, 111), PIECES)


@pytest.mark.parametrize("at", [300.0, 20.0])
def test_a_number_beside_a_formula_belongs_to_it(at: float) -> None:
    number = line("(2.1)", at, 101)
    known = [Region(RegionKind.FORMULA, BBox(100, 95, 160, 111)), Region(RegionKind.FORMULA, number.bbox)]
    (found,) = with_formulas(known, [*TEXT, *PIECES, number])
    assert found.bbox == known[0].bbox.union(number.bbox)
    between = line("words between", 165 if at > 100 else 50, 101)
    assert len(with_formulas(known, [*TEXT, *PIECES, between, number])) == 2


def test_variables_in_the_italics_of_the_text_are_mathematics_too() -> None:
    italics = line("gux ab = c", 100, 100)
    slanted = [replace(word, italic=True) for word in italics.words]
    mixed = [replace(italics, words=slanted), math("ζ", 160, 100)]
    assert [region.kind for region in with_formulas([], [*TEXT, *mixed])] == [RegionKind.FORMULA]
