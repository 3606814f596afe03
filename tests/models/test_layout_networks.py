"""The layout's network on OpenVINO: it is used, and it sees what PyMuPDF's own session sees."""

from __future__ import annotations

import inspect
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pymupdf
import pytest

from models.layout import networks
from models.layout.pymupdf import PYMUPDF, page_regions
from schemas.cores import cores
from tests.pipelines.pdfs import ruled_table


def layout() -> Any:
    networks.activate()
    return inspect.getclosurevars(pymupdf._get_layout).nonlocals["MODEL"]._model


@pytest.fixture
def anew() -> Iterator[None]:
    """The layout as PyMuPDF loads it, to be activated once more; afterwards as it was."""
    extractor = layout().feature_extractor
    ours, extractor._session = extractor._session, onnxruntime.InferenceSession(layout().imf_model_path)
    networks.activate.cache_clear()
    yield
    extractor._session = ours


def test_the_page_s_regions_come_from_the_network_on_openvino(tmp_path: Path) -> None:
    extractor = layout().feature_extractor
    assert isinstance(extractor._session, networks._Session)
    with PYMUPDF, pymupdf.open(ruled_table(tmp_path / "table.pdf")) as document:
        tables = [region for region in page_regions(document[0]) if region.grid is not None]
    assert len(tables) == 1
    pixels = np.random.default_rng(1).random((1, 1, 300, 300), dtype=np.float32)
    theirs = onnxruntime.InferenceSession(layout().imf_model_path)
    names = [port.name for port in theirs.get_outputs()]
    assert names == [port.name for port in extractor._session.get_outputs()]
    seen = {"input": pixels}
    for asked in (None, names):
        for ours, true in zip(extractor._session.run(asked, seen), theirs.run(asked, seen), strict=True):
            assert ours.shape == true.shape
            assert np.corrcoef(ours.ravel(), true.ravel())[0, 1] > 0.999  # bfloat16 rounds


_FORKED = """
import os, sys
import workers.children.inside, workers.bare, pipelines.readers.pdf.reader
if sys.argv[1] == "activated":
    import workers.children.shared
else:
    import pymupdf.layout
sys.stdout.flush()
if os.fork():
    sys.exit(os.waitstatus_to_exitcode(os.wait()[1]))
import numpy as np
from models.runtime import Runtime
from models.weights import load
Runtime.of("cpu", 2).network(load("layout"))(np.zeros((1, 3, 1024, 1024), np.float32))
print(len(os.listdir("/proc/self/task")), flush=True)
os._exit(0)
"""


@pytest.mark.skipif(cores() < 2, reason="there is but one core")
def test_a_process_forked_off_after_it_has_as_many_threads_for_its_own_networks() -> None:
    with_it, without = (
        subprocess.run(
            [sys.executable, "-c", _FORKED, what], capture_output=True, text=True, check=True
        ).stdout
        for what in ("activated", "not")
    )
    assert with_it == without != ""


@pytest.mark.parametrize("size", [(300, 300), (37, 91)])
def test_pictures_are_made_smaller_and_larger_as_by_pymupdf(size: tuple[int, int]) -> None:
    from pymupdf.layout.common_util import resize_image

    networks.activate()
    picture = np.random.default_rng(2).integers(0, 256, (120, 171, 3), dtype=np.uint8)
    ours, theirs = networks._resized(picture, size), resize_image(picture, size)
    assert ours.shape == theirs.shape == (*size[::-1], 3)
    assert np.abs(ours.astype(int) - theirs.astype(int)).max() <= 2


def test_without_openvino_the_layout_stays_as_it_is(anew: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert isinstance(layout().feature_extractor._session, onnxruntime.InferenceSession)


def test_another_pymupdf_keeps_its_own_session_and_it_is_told(
    anew: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    hook = pymupdf._get_layout
    monkeypatch.setattr(pymupdf, "_get_layout", lambda page: [])
    with caplog.at_level(logging.WARNING, networks.log.name):
        networks.activate()
    assert "PyMuPDF is built differently" in caplog.text
    monkeypatch.setattr(pymupdf, "_get_layout", hook)
    assert isinstance(layout().feature_extractor._session, onnxruntime.InferenceSession)
