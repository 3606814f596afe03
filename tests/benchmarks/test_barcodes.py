from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from benchmarks import corpus
from benchmarks.peers import ENGINES
from benchmarks.process import Outcome
from benchmarks.quality import score
from benchmarks.scores.barcodes import BarcodeTruth, score_barcodes
from benchmarks.scores.regions import PageRegion
from schemas.geometry import BBox


@pytest.mark.parametrize(
    ("kind", "label", "value"),
    [
        ("qrcode", "a line\nand another", "a line\r\nand another"),
        ("rssexpanded", "019001234567890815100312", "(01)90012345678908(15)100312"),
        ("rss", "04412345678909", "04412345678909"),
        ("rss14", "04412345678909", "(01)04412345678909"),
        ("upca", "781735802045", "0781735802045"),
        ("upce", "01234565", "0012345000065"),
        ("upce", "04965802", "0049000006582"),
        ("codabar", "294/586", "A294/586B"),
        ("maxicode", "[)>\x1e01\x1d96", "[)>␞01␝96"),
        ("maxicode", "[)>\x1e01\x1d96", "[)><RS>01<GS>96"),
    ],
)
def test_a_value_counts_in_every_way_it_is_written(kind: str, label: str, value: str) -> None:
    truth = BarcodeTruth(kind, present=True, text=label)
    assert score_barcodes(truth, [f"TYPE: {value}"]) == {"found": 1.0, "payload": 1.0}


@pytest.mark.parametrize(
    ("kind", "label", "value"),
    [
        ("qrcode", "0123", "123"),
        ("qrcode", "A294B", "294"),
        ("upca", "781735802045", "0781735802046"),
        ("upce", "01234565", "0012340000065"),
        ("ean13", "9780201379624", "978020137962412345"),
    ],
)
def test_another_value_does_not_count(kind: str, label: str, value: str) -> None:
    truth = BarcodeTruth(kind, present=True, text=label)
    assert score_barcodes(truth, [f"TYPE: {value}"]) == {"found": 1.0, "payload": 0.0}


def test_one_of_several_values_is_enough_and_bytes_are_only_found() -> None:
    assert score_barcodes(BarcodeTruth("ean", True, "12"), ["X: 1", "X: 12"])["payload"] == 1.0
    assert score_barcodes(BarcodeTruth("pdf", True, None), ["X: 1"]) == {"found": 1.0}
    assert score_barcodes(BarcodeTruth("pdf", True, "1"), []) == {"found": 0.0, "payload": 0.0}


@pytest.mark.parametrize(("found", "clean"), [([], 1.0), (["X: 1"], 0.0), (None, 0.0)])
def test_nothing_is_to_be_read_where_nothing_is(found: list[str] | None, clean: float) -> None:
    assert score_barcodes(BarcodeTruth("falsepositives", False, None), found) == {"clean": clean}


def test_the_sets_tell_symbols_from_pictures_without_any(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCTAVO_BENCH_DATA", str(tmp_path))
    folder = tmp_path / "barcodes_zxing_cpp"
    labels = {
        "ean13-2/01.webp": "9780201379624",
        "falsepositives-1/01.png": None,
        "pdf417-4/02-01.png": None,
        "datamatrix-3/dm.jpg": "<unkown>",
    }
    for name, text in labels.items():
        picture = folder / name
        picture.parent.mkdir(parents=True)
        Image.new("L", (4, 4)).save(picture)
        if text:
            picture.with_suffix(".txt").write_text(text, encoding="utf-8")
    (folder / "README.md").write_text("no picture", encoding="utf-8")
    found = {one.path.parent.name: one.truth().barcodes for one in corpus.documents("barcodes_zxing_cpp")}
    assert found == {
        "ean13-2": BarcodeTruth("ean13", True, "9780201379624"),
        "falsepositives-1": BarcodeTruth("falsepositives", False, None),
        "pdf417-4": BarcodeTruth("pdf417", True, None),
        "datamatrix-3": BarcodeTruth("datamatrix", True, None),
    }


def test_only_barcodes_among_the_finds_count_and_a_failure_reads_nothing() -> None:
    truth = corpus.Truth(barcodes=BarcodeTruth("ean13", True, "12"))
    box = BBox(0, 0, 1, 1)
    finds = [PageRegion("signature", box, text="X: 12"), PageRegion("barcode", box, text="EAN13: 7")]
    assert score(truth, Outcome("", 1.0, 1.0, finds=finds)) == {"found": 1.0, "payload": 0.0}
    assert score(truth, Outcome("", 1.0, 1.0, "failed")) == {"found": 0.0, "payload": 0.0}


def test_bare_readers_are_asked_for_barcodes_alone() -> None:
    asked = [name for name, engine in ENGINES.items() if engine.gives("barcodes") and not engine.timed_only]
    assert asked == ["octavo", "zxing-cpp", "pyzbar"]
    assert not any(ENGINES[name].gives(needs) for name in asked[1:] for needs in ("", "finds", "tables"))


@pytest.mark.parametrize("name", ["zxing-cpp", "pyzbar"])
def test_bare_readers_give_text_and_place(name: str, tmp_path: Path) -> None:
    if name == "pyzbar":
        pytest.importorskip("pyzbar.pyzbar", exc_type=ImportError)
    zxingcpp = pytest.importorskip("zxingcpp")
    drawn = zxingcpp.create_barcode("9780201379624", zxingcpp.BarcodeFormat.EAN13).to_image(scale=3)
    page = Image.new("RGBA", (800, 600), (0, 0, 0, 0))
    page.paste(Image.fromarray(drawn), (100, 100))
    page.save(tmp_path / "code.png")
    reading = ENGINES[name].load(corpus.sets()["barcodes_zxing"].view)(tmp_path / "code.png")
    (find,) = reading.finds or ()
    assert (find.label, find.text.partition(": ")[2]) == ("barcode", "9780201379624")
    assert find.box.inside(BBox(0.1, 0.1, 0.7, 0.7)) == 1.0
