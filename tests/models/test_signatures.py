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
from models.signatures.strokes import has_strokes, is_on_paper
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
    """A network whose one peak lies on a box, given in shares of the picture without what is around it."""

    def __init__(self, box: BBox, *, blind: tuple[int, ...] = ()) -> None:
        self.box, self.blind = box, blind
        self.seen: list[tuple[int, ...]] = []

    def __call__(self, values: np.ndarray) -> list[np.ndarray]:
        self.seen.append(values.shape[2:])
        heat = np.zeros((1, 1, values.shape[2] // 8, values.shape[3] // 8), np.float32)
        sides = np.ones((1, 4, *heat.shape[2:]), np.float32)
        if values.shape[2] in self.blind:
            return [heat, sides]
        page = 1 - values[0, 0]  # the picture is grey, what is around it white
        height, width = int((page.max(axis=1) > 0).sum()), int((page.max(axis=0) > 0).sum())
        x1, y1, x2, y2 = (v * s for v, s in zip(self.box, (width, height) * 2, strict=True))
        row, column = int((y1 + y2) / 16), int((x1 + x2) / 16)
        x, y = column * 8 + 4, row * 8 + 4
        for at, score in (
            (row, 0.8),
            (row + 1, 0.7),
            (row + 3, 0.5),
        ):  # a peak, its slope, the same once more
            heat[0, 0, at, column] = score
            sides[0, :, at, column] = x - x1, y - y1 + 8 * (at - row), x2 - x, y2 - y - 8 * (at - row)
        return [heat, sides]


def detector(answers: Answers) -> SignatureDetector:
    found = SignatureDetector(Runtime(cuda=False, threads=1))
    found._network = answers
    return found


def scribbled(height: int, width: int) -> np.ndarray:
    """A grey page with a stroke from corner to corner."""
    page = np.full((height, width, 3), 200, np.uint8)
    cv2.line(page, (0, 0), (width, height), (20, 20, 20), 4)
    return page


def test_boxes_are_in_the_pixels_of_the_picture_and_each_thing_is_found_once() -> None:
    answers = Answers(BBox(0.3, 0.3, 0.6, 0.5))
    (found,) = detector(answers).find(scribbled(1280, 960))
    assert answers.seen == [(576, 448), (640, 480), (768, 576)]
    assert tuple(found.bbox) == pytest.approx((0.3 * 960, 0.3 * 1280, 0.6 * 960, 0.5 * 1280), abs=0.1)
    assert found.score == pytest.approx(0.8)
    assert {type(value) for value in found.bbox} == {float}  # they cross process borders


def test_what_is_not_seen_at_every_size_is_less_sure() -> None:
    (found,) = detector(Answers(BBox(0.3, 0.3, 0.6, 0.5), blind=(640,))).find(scribbled(1280, 960))
    assert found.score == pytest.approx(0.8 * 2 / 3)


def test_a_square_is_seen_as_a_sheet_and_a_wide_picture_as_it_is() -> None:
    answers = Answers(BBox(0.3, 0.3, 0.6, 0.5))
    (found,) = detector(answers).find(scribbled(1000, 1000))
    assert tuple(found.bbox) == pytest.approx((300, 300, 600, 500), abs=1)
    detector(answers).find(scribbled(500, 1000))
    assert answers.seen[:3] == [(576, 448), (640, 512), (768, 608)]
    assert answers.seen[3:] == [(288, 576), (320, 640), (384, 768)]


@pytest.mark.parametrize("drawn", ["nothing", "a frame", "dirt", "a stroke", "a stroke on a line"])
def test_lines_and_dirt_are_no_handwriting(drawn: str) -> None:
    page = np.full((60, 160), 230, np.uint8)
    if drawn == "a frame":
        cv2.rectangle(page, (5, 4), (150, 55), 30, 2)
    if drawn == "dirt":
        page[::9, ::11] = 30
        page[20:36, 70:80] = 30  # a larger speck
    if "stroke" in drawn:
        pen = [(10, 40), (30, 10), (40, 45), (60, 15), (75, 42), (120, 25)]
        cv2.polylines(page, [np.array(pen, np.int32)], False, 40, 2, cv2.LINE_AA)
    if "line" in drawn:
        page[48:50] = 30
    assert has_strokes(page) is ("stroke" in drawn)


@pytest.mark.parametrize(
    ("ground", "blurred", "pen", "expected"),
    [
        ((250, 250, 250), 0, 3, True),
        ((190, 185, 180), 12, 3, True),
        ((255, 240, 140), 6, 3, True),
        ((200, 150, 110), 80, 3, False),
        ((200, 200, 200), 110, 3, False),
        ((250, 250, 250), 0, 40, False),
    ],
    ids=["white paper", "a shadow", "yellow paper", "skin", "a photograph", "a block"],
)
def test_ink_is_on_paper(ground: tuple[int, int, int], blurred: int, pen: int, expected: bool) -> None:
    part = np.full((80, 200, 3), ground, np.int16)
    part -= np.linspace(0, blurred, 200, dtype=np.int16)[None, :, None]
    part = part.astype(np.uint8)
    cv2.polylines(
        part, [np.array([(20, 60), (60, 15), (90, 65), (130, 20), (180, 55)])], False, (20, 20, 30), pen
    )
    assert is_on_paper(part) is expected


def test_what_is_in_a_photograph_is_not_found() -> None:
    answers = Answers(BBox(0.3, 0.3, 0.6, 0.5))
    assert detector(answers).find(scribbled(640, 480))
    folds = 0.3 + 0.7 * np.abs(np.sin(np.arange(640) / 20))
    assert detector(answers).find((scribbled(640, 480) * folds[:, None, None]).astype(np.uint8)) == []


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
