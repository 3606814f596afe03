from __future__ import annotations

import json
from pathlib import Path

import pymupdf
import pytest
from PIL import Image
from typer.testing import CliRunner

from benchmarks import child, process, speed, store
from benchmarks.__main__ import app
from benchmarks.peers import ENGINES, Reading
from benchmarks.scores.regions import LABELS
from schemas.geometry import BBox
from tests.benchmarks.test_process import fake_engine

run = CliRunner().invoke


@pytest.fixture(autouse=True)
def no_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCTAVO_BENCH_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(store, "OUT", tmp_path / "out")
    return tmp_path / "data"


@pytest.mark.parametrize("options", [["--set", "nothing"], ["--engine", "nothing"]])
def test_an_unknown_name_is_refused_with_the_known_ones(options: list[str]) -> None:
    answer = run(app, ["quality", *options])
    assert answer.exit_code == 2
    assert "nothing" in answer.output


def test_absent_sets_are_skipped_with_a_word() -> None:
    answer = run(app, ["quality"])
    assert answer.exit_code == 0
    assert answer.output.count("skipped") >= 3
    assert "skipped" in run(app, ["calibrate"]).output


def test_quality_is_measured_told_and_stored(no_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = no_data / "docling_formats" / "md"
    for name, text in {"sources/good.md": "x", "groundtruth/good.md.md": "good.md"}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(process, "_command", fake_engine(no_data))
    answer = run(app, ["quality", "--set", "docling_formats", "--engine", "octavo"])
    assert answer.exit_code == 0, answer.output
    (stored,) = store.read_all("quality-")
    assert stored["means"]["text"]["value"] == 1.0
    assert stored["failed"] == 0
    assert (store.OUT / "markdown" / "docling_formats" / "octavo" / "good.md.md").read_text() == "good.md"


def test_speed_counts_pages_of_what_was_read(no_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = no_data / "icdar2013_tables"
    folder.mkdir(parents=True)
    for name, pages in {"a.pdf": 3, "bad": 5}.items():
        with pymupdf.open() as document:
            for _ in range(pages):
                document.new_page()
            document.save(folder / (name if name.endswith(".pdf") else f"{name}.pdf"))
        (folder / f"{Path(name).stem}-str.xml").write_text("<document/>", encoding="utf-8")
    monkeypatch.setattr(process, "_command", fake_engine(no_data))
    pace = speed.measure("born-digital", "octavo", 10, 5.0, None)
    assert pace is not None
    assert (pace.documents, pace.failed, pace.pages) == (1, 1, 3)
    assert pace.pages_per_second == pytest.approx(3 / 0.5)
    assert pace.stages == {"s": 1.0}
    assert speed.measure("scanned", "octavo", 10, 5.0, None) is None


def test_an_engine_that_raises_answers_with_its_error() -> None:
    def read(path: Path) -> Reading:
        raise ValueError(f"cannot read {path.name}")

    answer = child._answer(read, Path("x.pdf"))
    assert answer["error"] == "ValueError: cannot read x.pdf"
    assert json.dumps(answer)


@pytest.mark.engines
def test_a_set_is_drawn_with_its_true_boxes(no_data: Path) -> None:
    folder = no_data / "cvat_layout"
    folder.mkdir(parents=True)
    with pymupdf.open() as document:
        document.new_page(width=300, height=200).insert_text((30, 50), "Plain words on a page.")
        document.save(folder / "a.pdf")
    box = '<box label="picture" xtl="150" ytl="120" xbr="270" ybr="180"/>'
    (folder / "a.xml").write_text(f'<page><image width="300" height="200">{box}</image></page>')
    pictures = no_data / "pictures"
    answer = run(app, ["overlays", str(pictures), "--set", "cvat_layout"])
    assert answer.exit_code == 0, answer.output
    with Image.open(pictures / "a-0001.png") as picture:
        scale = picture.width / 300
        left = round(150 * scale) - 2
        column = {picture.getpixel((left, y)) for y in range(round(120 * scale), round(180 * scale))}
    assert (120, 120, 120) in column


@pytest.mark.engines
@pytest.mark.parametrize("name", sorted(name for name, engine in ENGINES.items() if not engine.only))
def test_every_installed_engine_reads_a_page(name: str, tmp_path: Path) -> None:
    engine = ENGINES[name]
    if engine.version() is None:
        pytest.skip(f"{engine.distribution} is not installed")
    names = ("hello.pdf", "hello.png", "hello.md")
    path = next(tmp_path / name for name in names if engine.reads(Path(name)))
    if path.suffix == ".md":
        path.write_text("Plain words on a page.", encoding="utf-8")
    with pymupdf.open() as document:
        document.new_page().insert_text((72, 100), "Plain words on a page.", fontsize=12)
        if path.suffix == ".pdf":
            document.save(path)
        elif path.suffix == ".png":
            document[0].get_pixmap(dpi=110).save(path)
    with process.EngineProcess(name, limit_seconds=120.0) as running:
        outcome = running.read(path)
    assert outcome.error is None
    assert "Plain words on a page." in outcome.markdown
    assert (outcome.regions is None) == ("regions" in engine.lacks)
    for region in outcome.regions or ():
        assert region.label in LABELS  # engines differ on what a line that stands alone is
        assert region.box.inside(BBox(0.05, 0.05, 0.6, 0.2)) == 1.0
        assert "Plain words" in region.text
