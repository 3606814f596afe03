from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace

import cv2
import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from models.barcodes import zbar as zbars
from models.barcodes.areas import dense_areas
from models.barcodes.bars import lean, whole_bars
from models.barcodes.values import shown
from models.barcodes.zxing import ZxingBarcodes
from models.base import Image
from models.runtime import Runtime
from schemas.geometry import BBox
from schemas.reading import Barcode

FORMATS = zxingcpp.BarcodeFormat


def symbol(content: object, kind: zxingcpp.BarcodeFormat, module: float = 3.0) -> Image:
    """A symbol with its quiet zone, ``module`` pixels a module."""
    drawn = np.asarray(zxingcpp.create_barcode(content, kind).to_image(scale=1))
    rows, columns = (np.flatnonzero((drawn < 128).any(axis=axis)) for axis in (1, 0))
    drawn = np.pad(drawn[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], 6, constant_values=255)
    grey = cv2.resize(drawn, None, fx=module, fy=module, interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(np.repeat(grey[:, :, None], 3, axis=2))


def white(width: int, height: int) -> Image:
    return np.full((height, width, 3), 255, np.uint8)


def paste(page: Image, picture: Image, x: int, y: int) -> None:
    page[y : y + picture.shape[0], x : x + picture.shape[1]] = picture


@pytest.fixture
def barcodes(monkeypatch: pytest.MonkeyPatch) -> ZxingBarcodes:
    """The engine without its optional second reader."""
    monkeypatch.setattr("models.barcodes.zxing.zbar", lambda: None)
    return ZxingBarcodes(Runtime(cuda=False, threads=1))


def said(codes: list[Barcode]) -> list[str]:
    return [f"{code.symbology}: {code.value}" for code in codes]


@pytest.mark.parametrize(
    ("kind", "content", "expected"),
    [
        (FORMATS.QRCode, "https://example.org/a", "QRCODE: https://example.org/a"),
        (FORMATS.DataMatrix, "part 7", "DATAMATRIX: part 7"),
        (FORMATS.Aztec, "boarding", "AZTEC: boarding"),
        (FORMATS.PDF417, "a stacked symbol", "PDF417: a stacked symbol"),
        (FORMATS.EAN13, "9780201379624", "EAN13: 9780201379624"),
        (FORMATS.EAN8, "96385074", "EAN8: 96385074"),
        (FORMATS.Code128, "A-128", "CODE128: A-128"),
        (FORMATS.Code39, "A-39", "CODE39: A-39"),
        (FORMATS.Code93, "A-93", "CODE93: A-93"),
        (FORMATS.ITF, "1234567890", "ITF: 1234567890"),
        (FORMATS.Codabar, "A294/586B", "CODABAR: A294/586B"),
    ],
)
def test_every_kind_is_named_and_read(
    barcodes: ZxingBarcodes, kind: zxingcpp.BarcodeFormat, content: str, expected: str
) -> None:
    assert said(barcodes.read(symbol(content, kind))) == [expected]


def test_all_codes_of_a_picture_are_read_from_the_top_down(barcodes: ZxingBarcodes) -> None:
    page = white(700, 700)
    paste(page, symbol("below", FORMATS.QRCode), 30, 400)
    paste(page, symbol("above", FORMATS.Code128), 300, 40)
    codes = barcodes.read(page)
    assert said(codes) == ["CODE128: above", "QRCODE: below"]
    quiet, size = 18, symbol("below", FORMATS.QRCode).shape[0]
    expected = BBox(30 + quiet, 400 + quiet, 30 + size - quiet, 400 + size - quiet)
    assert codes[1].bbox.iou(expected) > 0.9


@pytest.mark.parametrize(
    ("kind", "content", "module", "blur"),
    [
        (FORMATS.EAN13, "9780201379624", 1.5, 0.0),
        (FORMATS.EAN13, "9780201379624", 1.5, 0.6),
        (FORMATS.QRCode, "https://example.org/a", 2.0, 1.0),
    ],
)
def test_small_and_blurred_codes_are_read_by_a_further_look(
    barcodes: ZxingBarcodes, kind: zxingcpp.BarcodeFormat, content: str, module: float, blur: float
) -> None:
    picture = symbol(content, kind, module)
    if blur:
        picture = cv2.GaussianBlur(picture, (0, 0), blur)
    assert zxingcpp.read_barcodes(picture) == []
    assert [code.value for code in barcodes.read(picture)] == [content]


@pytest.mark.parametrize("angle", [25.0, -30.0])
def test_a_linear_code_that_leans_far_is_read_where_it_lies(barcodes: ZxingBarcodes, angle: float) -> None:
    page = white(700, 700)
    code = symbol("leaning", FORMATS.Code128, 2.5)[:80]
    paste(page, code, (700 - code.shape[1]) // 2, 310)
    matrix = cv2.getRotationMatrix2D((350, 350), angle, 1.0)
    leaning = cv2.warpAffine(page, matrix, (700, 700), borderValue=(255, 255, 255))
    assert zxingcpp.read_barcodes(leaning) == []
    (found,) = barcodes.read(leaning)
    assert found.value == "leaning"
    inked = np.argwhere(leaning[:, :, 0] < 128)
    (top, left), (bottom, right) = inked.min(axis=0), inked.max(axis=0)
    assert found.bbox.iou(BBox(float(left), float(top), float(right), float(bottom))) > 0.85


def test_an_add_on_stands_after_the_number_that_is_told_once(barcodes: ZxingBarcodes) -> None:
    assert said(barcodes.read(symbol("9780201379624+12345", FORMATS.EAN13))) == ["EAN13: 9780201379624 12345"]


def test_an_add_on_without_a_check_digit_is_left_out(barcodes: ZxingBarcodes) -> None:
    picture = symbol("9780201379624+12", FORMATS.EAN13)
    read_as = zxingcpp.read_barcodes(picture, ean_add_on_symbol=zxingcpp.EanAddOnSymbol.Require)
    assert [code.text for code in read_as] == ["978020137962412"]
    assert said(barcodes.read(picture)) == ["EAN13: 9780201379624"]


def test_bytes_that_are_no_text_are_shown_in_hexadecimal(barcodes: ZxingBarcodes) -> None:
    payload = bytes(range(0, 256, 3))
    (code,) = barcodes.read(symbol(payload, FORMATS.QRCode))
    assert code.value == f"0x{payload.hex()}"


def test_what_does_not_show_is_made_visible_or_left_out() -> None:
    assert shown("a\r\nb\tc\x1d\x00\x7f\x9b") == "a\nb\tc\u241d\u2400\u2421\ufffd"
    assert shown("moc.\u202egro.elpmaxe") == "moc.gro.elpmaxe"


@given(st.text())
def test_no_value_holds_a_control_character(text: str) -> None:
    assert not [
        char for char in shown(text) if char not in "\n\t" and (ord(char) < 32 or 127 <= ord(char) < 160)
    ]


def test_all_bars_belong_to_a_code_of_which_one_row_was_read() -> None:
    code = symbol("tall bars", FORMATS.Code128, 2.0)
    bars = np.repeat(code[code.shape[0] // 2][None, :, 0], 120, axis=0)
    page = np.full((300, bars.shape[1]), 255, np.uint8)
    page[90:210] = bars
    inked = np.flatnonzero(bars[0] < 128)
    left, right = float(inked[0]), float(inked[-1] + 1)
    row = np.array([(left, 150.0), (right, 150.0), (right, 151.0), (left, 151.0)])
    whole = whole_bars(page, row)
    assert whole[:, 1].min() == pytest.approx(90, abs=2)
    assert whole[:, 1].max() == pytest.approx(210, abs=2)
    assert (whole[:, 0].min(), whole[:, 0].max()) == (left, right)


def test_only_bars_lean() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (80, 80), dtype=np.uint8)
    assert lean(noise) == 0.0
    assert lean(np.full((80, 80), 200, np.uint8)) == 0.0
    assert lean(symbol("level", FORMATS.Code128)[:, :, 0]) == 0.0


@settings(max_examples=30)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_any_small_picture_is_survived(height: int, width: int, seed: int) -> None:
    picture = np.random.default_rng(seed).integers(0, 255, (height, width, 3), dtype=np.uint8)
    ZxingBarcodes(Runtime(cuda=False, threads=1)).read(picture)


@pytest.mark.parametrize("size", [(1, 70_000), (70_000, 1), (1, 1)])
def test_a_picture_of_any_shape_is_survived(barcodes: ZxingBarcodes, size: tuple[int, int]) -> None:
    assert barcodes.read(white(*size)) == []


def test_a_picture_beyond_the_limit_is_read_smaller(
    barcodes: ZxingBarcodes, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = symbol("https://example.org/a", FORMATS.QRCode, 10.0)
    monkeypatch.setattr("models.barcodes.zxing._MOST_PIXELS", picture.shape[0] * picture.shape[1] // 4)
    (code,) = barcodes.read(picture)
    assert code.value == "https://example.org/a"
    assert code.bbox.iou(BBox(60, 60, picture.shape[1] - 60, picture.shape[0] - 60)) > 0.9


def test_codes_are_dense_and_words_are_no_codes() -> None:
    page = white(1000, 1000)
    code = symbol("https://example.org/a", FORMATS.QRCode, 2.0)
    paste(page, code, 200, 300)
    paste(page, code, 700, 700)
    (area,) = dense_areas(page, [BBox(690, 690, 830, 830)])
    assert BBox(212, 312, 200 + code.shape[1] - 12, 300 + code.shape[0] - 12).inside(area) == 1.0
    assert area.width < 2 * code.shape[1]
    assert dense_areas(white(500, 500), []) == []


def test_a_pattern_has_no_more_than_a_few_areas() -> None:
    page = white(1600, 1600)
    code = symbol("x", FORMATS.QRCode, 2.0)
    for x in range(0, 1500, 160):
        for y in range(0, 1500, 160):
            paste(page, code, x, y)
    assert len(dense_areas(page, [])) == 12


def _pyzbar(monkeypatch: pytest.MonkeyPatch, decode: object) -> None:
    package, module = ModuleType("pyzbar"), ModuleType("pyzbar.pyzbar")
    kinds = {name: name for name in ("EAN13", "EAN8", "CODE128", "QRCODE")}
    module.ZBarSymbol, module.decode = kinds, decode  # type: ignore[attr-defined]
    package.pyzbar = module  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "pyzbar", package)
    monkeypatch.setitem(sys.modules, "pyzbar.pyzbar", module)


def test_zbar_reads_what_zxing_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    place = SimpleNamespace(left=10, top=20, width=30, height=40)
    symbols = [SimpleNamespace(type="EAN13", data=b"9780201379624", rect=place)]
    _pyzbar(monkeypatch, lambda grey, symbols: list(found))
    found = symbols
    (code,) = ZxingBarcodes(Runtime(cuda=False, threads=1)).read(white(100, 100))
    assert (said([code]), code.bbox) == (["EAN13: 9780201379624"], BBox(10, 20, 40, 60))


def test_a_failure_of_zbar_is_no_code(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(grey: object, symbols: object) -> list[object]:
        raise ValueError("4294967295 is not a valid ZBarOrientation")

    _pyzbar(monkeypatch, fail)
    assert ZxingBarcodes(Runtime(cuda=False, threads=1)).read(white(100, 100)) == []


def test_without_zbar_there_is_one_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyzbar", None)
    assert zbars.zbar() is None


def test_the_real_zbar_reads_too() -> None:
    read = zbars.zbar()
    if read is None:
        pytest.skip("pyzbar or libzbar is not installed")
    (code,) = read(symbol("9780201379624", FORMATS.EAN13)[:, :, 0])
    assert said([code]) == ["EAN13: 9780201379624"]
