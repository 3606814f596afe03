from pathlib import Path

import pymupdf
import pytest

from pipelines.readers.pdf import drawings as drawings_module
from pipelines.readers.pdf.reader import PdfReader
from schemas.reading import Drawing


def _drawn(path: Path, draw, rotation: int = 0) -> list[Drawing]:
    document = pymupdf.open()
    page = document.new_page(width=300, height=400)
    draw(page)
    page.set_rotation(rotation)
    document.save(path)
    document.close()
    reader = PdfReader(path)
    try:
        return reader.drawings(1)
    finally:
        reader.close()


def test_paths_come_with_points_colours_and_strokes(tmp_path):
    def draw(page):
        page.draw_rect((10, 20, 40, 80), fill=(1, 0, 0), color=None)
        page.draw_polyline([(50, 50), (60, 40), (70, 60)], color=(0, 0, 1), width=2, dashes="[3 2] 0")

    bar, line = _drawn(tmp_path / "a.pdf", draw)
    assert sorted(set(bar.subpaths[0])) == [(10, 20), (10, 80), (40, 20), (40, 80)]
    assert (bar.fill, bar.stroke, bar.dashed) == ("#FF0000", None, False)
    assert line.subpaths == [[(50, 50), (60, 40), (70, 60)]]
    assert (line.fill, line.stroke, line.width, line.dashed) == (None, "#0000FF", 2, True)


def test_curves_become_chords_near_the_curve(tmp_path):
    (circle,) = _drawn(tmp_path / "a.pdf", lambda page: page.draw_circle((100, 100), 50, fill=(0, 1, 0)))
    points = circle.subpaths[0]
    assert len(points) > 20
    assert all(((x - 100) ** 2 + (y - 100) ** 2) ** 0.5 == pytest.approx(50, abs=0.1) for x, y in points)


def test_separate_strokes_of_a_path_are_subpaths(tmp_path):
    def draw(page):
        shape = page.new_shape()
        shape.draw_line((10, 10), (20, 20))
        shape.draw_line((10, 20), (20, 10))
        shape.finish(closePath=False)
        shape.commit()

    (cross,) = _drawn(tmp_path / "a.pdf", draw)
    assert cross.subpaths == [[(10, 10), (20, 20)], [(10, 20), (20, 10)]]


def test_points_are_on_the_page_as_displayed(tmp_path):
    (bar,) = _drawn(tmp_path / "a.pdf", lambda page: page.draw_line((10, 20), (10, 60)), rotation=90)
    assert bar.subpaths == [[pytest.approx((380, 10)), pytest.approx((340, 10))]]


def test_a_page_with_too_many_points_gives_the_first_ones(tmp_path, monkeypatch):
    monkeypatch.setattr(drawings_module, "_MOST_POINTS", 7)
    lines = [[(10, y), (50, y)] for y in (10, 20, 30, 40, 50)]
    found = _drawn(tmp_path / "a.pdf", lambda page: [page.draw_line(*line) for line in lines])
    assert [one.subpaths for one in found] == [[line] for line in lines[:3]]
