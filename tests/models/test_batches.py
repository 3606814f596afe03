"""Several pictures at once give what each gives alone; the card is played by ONNX Runtime on the CPU."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import onnxruntime
import pymupdf
import pytest

from models import cuda, graphs, images
from models.base import Image
from models.batches import by_shape
from models.cuda import CPU, DeviceError
from models.local import LocalEngines
from models.ocr.ctc import Columns
from models.runtime import Runtime
from models.weights import load
from schemas.geometry import BBox

WORDS = "The keeper climbed the stairs every evening and lit the lamp before the fog came in. " * 3


def test_inputs_of_one_shape_go_together() -> None:
    seen: list[tuple[int, ...]] = []

    def run(values: np.ndarray) -> list[float]:  # type: ignore[type-arg]
        seen.append(values.shape)
        return [float(one.sum()) for one in values]

    inputs = [np.full(shape, i, np.float32) for i, shape in enumerate([(2, 2), (3,), (2, 2), (2, 2), (3,)])]
    assert by_shape(run, inputs, 2) == [0, 3, 8, 12, 12]
    assert seen == [(2, 2, 2), (1, 2, 2), (2, 3)]


def on_card(patched: pytest.MonkeyPatch, *, half: bool = False) -> LocalEngines:
    """All engines as if on a card: batches, and sessions of ONNX Runtime alone."""

    def session(model: bytes, options: onnxruntime.SessionOptions) -> onnxruntime.InferenceSession:
        return onnxruntime.InferenceSession(model, sess_options=options, providers=[CPU])

    patched.setattr(cuda, "is_there", lambda: True)
    patched.setattr(cuda, "session", session)
    made = LocalEngines("cuda", half=half)
    image = page(1, 100, 60)
    made.read_text(image, "model03")  # engines are made with their first call
    made.find_regions(image)
    made.find_signatures(image)
    made.quarter_turns(image)
    made.table_structures(image)
    made.embed(["any"])
    return made


@pytest.fixture(scope="module")
def engines() -> Iterator[LocalEngines]:
    with pytest.MonkeyPatch.context() as patched:
        yield on_card(patched)


def page(paragraphs: int, width: int, height: int) -> Image:
    """Words, and below them a table and a scrawl."""
    document = pymupdf.open()
    drawn = document.new_page(width=width, height=height)
    for i in range(paragraphs):
        drawn.insert_textbox((30, 30 + 90 * i, width - 30, 110 + 90 * i), WORDS, fontsize=11)
    top = 40 + 90 * paragraphs
    for row in range(4):
        drawn.draw_line((30, top + 25 * row), (230, top + 25 * row))
        drawn.draw_line((30 + 66 * row, top), (30 + 66 * row, top + 75))
        drawn.insert_text((40, top + 17 + 25 * row), f"No. {row}", fontsize=11)
    drawn.draw_squiggle((40, top + 130), (200, top + 140))
    pixels = drawn.get_pixmap(dpi=100)
    return np.frombuffer(pixels.samples, np.uint8).reshape(pixels.height, pixels.width, 3)


PAGES = [page(2, 400, 500), page(3, 400, 500), page(1, 500, 300)]


def near(ones: Sequence[BBox], others: Sequence[BBox]) -> bool:
    return bool(np.array(ones) == pytest.approx(np.array(others), abs=0.5))


@pytest.mark.engines
def test_pages_are_read_alike_together_and_alone(engines: LocalEngines) -> None:
    together = engines.read_texts(PAGES, "model03")
    assert all(any("keeper" in line.text for line in lines) for lines in together)
    for image, lines in zip(PAGES, together, strict=True):
        alone = engines.read_text(image, "model03")
        assert [line.text for line in lines] == [line.text for line in alone]
        assert near([line.bbox for line in lines], [line.bbox for line in alone])
        assert [line.confidence for line in lines] == pytest.approx(
            [line.confidence for line in alone], abs=1e-3
        )


@pytest.mark.engines
def test_regions_and_signatures_are_found_alike(engines: LocalEngines) -> None:
    for found, alone in zip(engines.find_regions_of(PAGES), map(engines.find_regions, PAGES), strict=True):
        assert [region.kind for region in found] == [region.kind for region in alone] != []
        assert near([region.bbox for region in found], [region.bbox for region in alone])
    for seen, one in zip(engines.find_signatures_of(PAGES), map(engines.find_signatures, PAGES), strict=True):
        assert [sighting.score for sighting in seen] == pytest.approx([s.score for s in one], abs=1e-3)
        assert near([sighting.bbox for sighting in seen], [sighting.bbox for sighting in one])


@pytest.mark.engines
@pytest.mark.parametrize("task", [("regions", "yolo"), ("signatures", "octavo")])
def test_models_made_for_one_page_take_several_on_a_card(
    engines: LocalEngines, monkeypatch: pytest.MonkeyPatch, task: tuple[str, str]
) -> None:
    pytest.importorskip("onnx")
    model, shapes = engines._catalog.get(*task), list[int]()
    network = model._network

    def watched(values: np.ndarray) -> object:  # type: ignore[type-arg]
        shapes.append(len(values))
        return network(values)

    monkeypatch.setattr(model, "_network", watched)
    (model.find_regions_of if task[0] == "regions" else model.find_on)([PAGES[0], PAGES[0], PAGES[0]])
    assert set(shapes) == {3}


@pytest.mark.engines
def test_only_what_is_used_of_a_recogniser_leaves_the_card() -> None:
    onnx = pytest.importorskip("onnx")
    sizes = [onnx.helper.make_tensor_value_info(name, 1, [None, None, 5]) for name in ("x", "y")]
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node("Identity", ["x"], ["y"])], "same", sizes[:1], sizes[1:]
    )
    opset = [onnx.helper.make_opsetid("", 13)]
    model = onnx.helper.make_model(graph, opset_imports=opset, ir_version=8).SerializeToString()
    changed = graphs.with_best(model)
    assert changed is not None
    lines = np.random.default_rng(0).random((3, 7, 5), np.float32)
    lines[0, 0, 1:3] = 2.0  # of equals the first is the best
    given = Runtime(cuda=False, threads=1).session(changed).run(None, {"x": lines})
    for line, found in zip(lines, zip(*given, strict=True), strict=True):
        for mine, its in zip(Columns.of(line), found, strict=True):
            assert (mine == its).all()
    assert given[0][0, 0] == 1
    old = onnx.load_from_string(model)
    old.opset_import[0].version = 10
    assert graphs.with_best(old.SerializeToString()) is None


@pytest.mark.engines
def test_half_the_precision_reads_the_same(monkeypatch: pytest.MonkeyPatch, engines: LocalEngines) -> None:
    pytest.importorskip("onnx")
    half = on_card(monkeypatch, half=True)
    image = PAGES[0]
    assert [line.text for line in half.read_text(image, "model03")] == [
        line.text for line in engines.read_text(image, "model03")
    ]
    found, exact = half.find_regions(image), engines.find_regions(image)
    assert [region.kind for region in found] == [region.kind for region in exact] != []
    assert [region.score for region in found] == pytest.approx([r.score for r in exact], abs=0.02)
    assert [region.score for region in found] != [region.score for region in exact]  # it was in half
    assert half.quarter_turns(images.turned(image, 1)) == engines.quarter_turns(images.turned(image, 1)) == 3
    table = images.cropped(image, BBox(30, 200, 340, 420))
    assert [(grid.rows, grid.columns) for grid in half.table_structures(table)] == [
        (grid.rows, grid.columns) for grid in engines.table_structures(table)
    ]


def test_without_the_package_half_the_precision_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graphs, "can_change", lambda: False)
    with pytest.raises(DeviceError, match="pip install onnx"):
        Runtime(cuda=True, threads=1, half=True).session(load("orientation"))


@pytest.mark.engines
def test_turns_and_tables_are_told_alike(engines: LocalEngines) -> None:
    turned = [images.turned(image, turns) for turns, image in enumerate([*PAGES, PAGES[0]])]
    assert engines.quarter_turns_of(turned) == [engines.quarter_turns(image) for image in turned]
    tables = [images.cropped(image, BBox(30, 200, 340, 420)) for image in PAGES]
    for grids, alone in zip(
        engines.table_structures_of(tables), map(engines.table_structures, tables), strict=True
    ):
        assert [(grid.rows, grid.columns, grid.tight) for grid in grids] == [
            (grid.rows, grid.columns, grid.tight) for grid in alone
        ]


@pytest.mark.engines
def test_texts_mean_the_same_together(engines: LocalEngines) -> None:
    texts = [["total amount"], [], ["date of birth", "the day on which somebody was born"]]
    found = engines.embed_all(texts)
    assert [vectors.shape for vectors in found] == [(1, 384), (0, 384), (2, 384)]
    for vectors, some in zip(found, texts, strict=True):
        assert (vectors * engines.embed(some)).sum(axis=1) == pytest.approx(np.ones(len(some)), abs=1e-3)


@pytest.mark.engines
def test_a_card_reads_what_a_processor_reads(engines: LocalEngines) -> None:
    on_card = [line.text for line in engines.read_text(PAGES[0], "model03")]
    assert on_card == [line.text for line in LocalEngines("cpu").read_text(PAGES[0], "model03")]
