"""The detector's boxes in the picture's pixels, and the road from drawn pages to its weights."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import pymupdf
import pytest

from models.runtime import Runtime
from models.signatures.detector import SignatureDetector
from models.signatures.training import ink
from models.signatures.training.augment import augmented
from models.signatures.training.corpus import HEIGHT, WIDTH, boxes_of, draw
from models.signatures.training.pages import page
from models.signatures.training.sheet import Fonts, Sheet
from schemas.geometry import BBox


@pytest.fixture(scope="module")
def fonts(tmp_path_factory: pytest.TempPathFactory) -> Fonts:
    """Faces that come with MuPDF: an italic to write with, others to print with."""
    folder = tmp_path_factory.mktemp("fonts")
    for name, code in (("script/hand", "tiit"), ("print/text", "tiro"), ("print/courier", "cour")):
        face = (folder / name).with_suffix(".ttf")
        face.parent.mkdir(exist_ok=True)
        face.write_bytes(pymupdf.Font(code).buffer)
    return Fonts(ink.fonts(folder / "script"), ink.fonts(folder / "print"))


class Answers:
    """A network whose one peak lies at a row and a column, its box so many pixels to each side."""

    def __init__(self, row: int, column: int, sides: tuple[float, float, float, float]) -> None:
        self.place, self.sides = (row, column), sides
        self.seen: list[tuple[int, ...]] = []

    def __call__(self, values: np.ndarray) -> list[np.ndarray]:
        self.seen.append(values.shape)
        rows, columns = values.shape[2] // 8, values.shape[3] // 8
        heat = np.zeros((1, 1, rows, columns), np.float32)
        heat[0, 0, self.place[0], self.place[1]] = 0.8
        heat[0, 0, self.place[0], self.place[1] + 1] = 0.7  # its slope
        heat[0, 0, self.place[0] + 2, self.place[1]] = 0.5  # the same once more
        sides = np.tile(np.array(self.sides, np.float32)[None, :, None, None], (1, 1, rows, columns))
        return [heat, sides]


def detector(answers: Answers) -> SignatureDetector:
    found = SignatureDetector(Runtime(cuda=False, threads=1))
    found._network = answers
    return found


def test_boxes_are_in_the_pixels_of_the_picture_and_each_thing_is_found_once() -> None:
    answers = Answers(10, 5, (20, 40, 60, 40))
    (found,) = detector(answers).find(np.full((1280, 960, 3), 255, np.uint8))
    assert answers.seen == [(1, 1, 640, 480)]
    assert found.bbox == BBox(2 * (44 - 20), 2 * (84 - 40), 2 * (44 + 60), 2 * (84 + 40))
    assert found.score == pytest.approx(0.8)
    assert {type(value) for value in found.bbox} == {float}  # they cross process borders


def test_a_square_is_seen_as_a_sheet_and_a_wide_picture_as_it_is() -> None:
    answers = Answers(6, 6, (40, 40, 40, 40))
    (found,) = detector(answers).find(np.full((1000, 1000, 3), 255, np.uint8))
    detector(answers).find(np.full((500, 1000, 3), 255, np.uint8))
    assert answers.seen == [(1, 1, 640, 512), (1, 1, 320, 640)]
    across, down = 1000 / 493, 1000 / 640
    assert tuple(found.bbox) == pytest.approx((12 * across, 12 * down, 92 * across, 92 * down))


@pytest.mark.parametrize("size", [(1, 1), (3, 2000), (2000, 3)])
def test_pictures_of_any_shape_are_looked_at(size: tuple[int, int]) -> None:
    detector_ = SignatureDetector(Runtime(cuda=False, threads=1))
    assert detector_.find(np.full((*size, 3), 255, np.uint8)) == []


def test_a_signature_is_found_below_a_letter_and_text_is_none(fonts: Fonts) -> None:
    sheet = Sheet(np.zeros((1100, 850), np.float32), fonts, np.random.default_rng(3), fonts.print[1], 14)
    for row in range(20):
        sheet.text(100, 100 + 24 * row, "so many words of a letter that somebody wrote and signed")
    sheet.text(100, 640, "Sincerely,")
    sheet.text(100, 770, "A. Person")
    plain = picture(sheet)
    pen = [(110, 745), (150, 670), (165, 740), (200, 690), (215, 745), (250, 700), (270, 735), (360, 715)]
    cv2.polylines(sheet.dark, [np.array(pen, np.int32)], False, 1.0, 3, cv2.LINE_AA)
    detector_ = SignatureDetector(Runtime(cuda=False, threads=1))
    (best, *_) = detector_.find(picture(sheet))
    assert best.bbox.iou(BBox(110, 670, 360, 745)) > 0.5
    assert best.score > 0.4
    assert all(found.score < best.score for found in detector_.find(plain))


def picture(sheet: Sheet) -> np.ndarray:
    gray = (255 * (1 - sheet.dark)).astype(np.uint8)
    return np.repeat(gray[..., None], 3, axis=2)


def test_a_page_is_the_same_for_the_same_seed_and_its_signatures_have_ink(fonts: Fonts) -> None:
    signed = 0
    for number in range(6):
        gray, boxes = page((7, number), fonts)
        again, _ = page((7, number), fonts)
        assert np.array_equal(gray, again)
        for x1, y1, x2, y2 in boxes:
            part = gray[int(y1) : int(y2) + 1, int(x1) : int(x2) + 1]
            signed += 1
            assert part.min() < part.max()
    assert signed


def test_a_corpus_has_pages_of_one_size_and_boxes_on_them(tmp_path: Path, fonts: Fonts) -> None:
    draw(tmp_path, 4, 7, fonts)
    pages = np.load(tmp_path / "pages-7.npy")
    boxes = json.loads(boxes_of(tmp_path / "pages-7.npy").read_text())
    assert pages.shape == (4, HEIGHT, WIDTH)
    assert len(boxes) == 4
    assert all(0 <= x1 < x2 <= WIDTH and 0 <= y1 < y2 <= HEIGHT for page in boxes for x1, y1, x2, y2 in page)


def test_a_moved_page_moves_its_boxes() -> None:
    gray = np.full((HEIGHT, WIDTH), 255, np.uint8)
    gray[300:340, 200:320] = 0
    for seed in range(8):
        out, boxes = augmented(gray, [(200, 300, 320, 340)], np.random.default_rng(seed))
        for x1, y1, x2, y2 in boxes:
            assert out[int(y1) + 2 : int(y2) - 2, int(x1) + 2 : int(x2) - 2].mean() < 0.3
            assert out.shape == gray.shape


def test_faces_come_out_of_font_packages(tmp_path: Path) -> None:
    pytest.importorskip("brotli")
    pytest.importorskip("fontTools")
    from fontTools.fontBuilder import FontBuilder
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    from models.signatures.training.faces import unpack

    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    pen.lineTo((250, 700))
    pen.lineTo((500, 0))
    pen.closePath()
    built = FontBuilder(1000)
    built.setupGlyphOrder([".notdef", "A"])
    built.setupCharacterMap({65: "A"})
    built.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "A": pen.glyph()})
    built.setupHorizontalMetrics({".notdef": (500, 0), "A": (500, 0)})
    built.setupHorizontalHeader(ascent=800, descent=-200)
    built.setupNameTable({"familyName": "Made", "styleName": "Regular"})
    built.setupOS2()
    built.setupPost()
    face = built.font
    face.flavor = "woff2"
    names = ["a-latin-400-normal.woff2", "a-latin-700-normal.woff2", "a-latin-ext-400-normal.woff2"]
    with tarfile.open(tmp_path / "a.tgz", "w:gz") as packed:
        for name in names:
            face.save(tmp_path / name)
            packed.add(tmp_path / name, f"package/files/{name}")
    unpack(tmp_path, tmp_path / "faces", 1)
    (unpacked,) = ink.fonts(tmp_path / "faces")
    assert ink.written("A", unpacked, 40).max() > 0.5


def test_two_steps_make_weights_that_run_and_training_goes_on(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    pytest.importorskip("onnx")
    from models.signatures.training.export import export
    from models.signatures.training.train import Corpus, Run

    (tmp_path / "corpus").mkdir()
    np.save(tmp_path / "corpus" / "pages-1.npy", np.full((3, 96, 64), 255, np.uint8))
    boxes_of(tmp_path / "corpus" / "pages-1.npy").write_text("[[], [[10, 10, 40, 30]], []]")
    corpus = Corpus(tmp_path / "corpus")
    Run(tmp_path / "run").train(corpus, hours=1, most_steps=2)
    run = Run(tmp_path / "run")
    assert run.step == 2
    export(run.train(corpus, hours=1, most_steps=1), tmp_path / "weights.onnx")
    assert run.step == 3
    session = onnxruntime.InferenceSession(tmp_path / "weights.onnx")
    score, sides = session.run(None, {"page": np.ones((1, 1, 96, 64), np.float32)})
    assert (score.shape, sides.shape) == ((1, 1, 12, 8), (1, 4, 12, 8))
    assert 0 <= score.min() <= score.max() <= 1
    assert sides.min() > 0
