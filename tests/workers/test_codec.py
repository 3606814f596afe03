"""Messages between processes: typed on the way in, whatever the way out."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest

from models.base import Engines
from pipelines.readers.base import Reader
from pipelines.work import PageRecord
from schemas.charts import AnyChart, PieChart, Slice
from schemas.fragments import FragmentType, HeaderContent, PageFragment
from schemas.geometry import BBox, Box, PageSize
from schemas.reading import Region, RegionKind, Sighting, TextLine, Word
from workers import codec

LINE = TextLine([Word("Total", BBox(1, 2, 3, 4), 0.9), Word("7,50", BBox(4, 2, 6, 4))], BBox(1, 2, 6, 4))


def answer(interface: type, method: str, value: object) -> object:
    sent = codec.read_reply(codec.reply(value))
    return codec.Signature(interface, method).answer(sent.value)


def test_a_page_record_survives_its_checkpoint() -> None:
    fragment = PageFragment(
        fragment_type=FragmentType.TITLE,
        content=HeaderContent(content="Invoice", level=0),
        reading_order=0,
        bbox=Box(x1=1, y1=2, x2=3, y2=4),
    )
    record = PageRecord(3, PageSize(width=612, height=792), [fragment], [LINE], [])
    assert codec.decode(codec.encode([record]), list[PageRecord]) == [record]


def test_pixels_come_back_as_they_were() -> None:
    image = np.random.default_rng(1).integers(0, 255, (7, 5, 3), dtype=np.uint8)
    assert np.array_equal(answer(Reader, "render", image), image)  # type: ignore[arg-type]
    view = image[::2, :, ::-1]  # not contiguous
    assert np.array_equal(answer(Reader, "render", view), view)  # type: ignore[arg-type]
    none = np.zeros((0, 384), np.float32)
    assert answer(Engines, "embed", none).shape == none.shape  # type: ignore[arg-type,attr-defined]


def test_arguments_are_decoded_by_the_interface() -> None:
    image = np.zeros((4, 4, 3), np.uint8)
    request = codec.read_call(codec.call("lay_out", (image, [LINE])))
    got_image, got_lines = codec.Signature(Engines, "lay_out").arguments(request.arguments)
    assert request.method == "lay_out"
    assert got_lines == [LINE]
    assert got_image.shape == (4, 4, 3)


def test_trailing_defaults_may_be_left_out() -> None:
    request = codec.read_call(codec.call("render", (1, 2.0)))
    assert codec.Signature(Reader, "render").arguments(request.arguments) == [1, 2.0]


def test_paths_cross() -> None:
    request = codec.read_call(codec.call("open", (Path("a/b.pdf"), "PDF")))
    assert codec.Signature(Reader, "open").arguments(request.arguments) == [Path("a/b.pdf"), "PDF"]


def test_an_answer_of_another_type_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        answer(Engines, "lay_out", [{"kind": "no such kind", "bbox": [0, 0, 1, 1]}])
    with pytest.raises(msgspec.ValidationError):
        answer(Reader, "page", [1, 2, 3])


def test_numbers_of_arrays_are_numbers() -> None:
    x, score = np.array([1.5, 0.25], np.float32)
    seen = answer(Engines, "find_signatures", [Sighting(BBox(x, x, x, x), score)])
    assert seen == [Sighting(BBox(1.5, 1.5, 1.5, 1.5), 0.25)]
    assert answer(Engines, "find_struck", [np.True_, np.False_]) == [True, False]


def test_charts_cross_whatever_their_type() -> None:
    chart = AnyChart(PieChart(title="Ships", slices=[Slice(label="Amber", value=12)]))
    assert answer(Engines, "read_chart", chart) == chart
    assert answer(Engines, "read_chart", None) is None


def test_regions_cross() -> None:
    regions = [Region(RegionKind.TABLE, BBox(0, 0, 9, 9), 0.5)]
    assert answer(Engines, "lay_out", regions) == regions
