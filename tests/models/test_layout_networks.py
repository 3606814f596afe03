"""The layout's network on OpenVINO: it is used, and it sees what PyMuPDF's own session sees."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pymupdf
import pytest

from models.layout import networks
from models.layout.pymupdf import PYMUPDF, page_regions
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
    for ours, true in zip(
        extractor._session.run(names, {"input": pixels}), theirs.run(names, {"input": pixels}), strict=True
    ):
        assert ours.shape == true.shape
        assert np.corrcoef(ours.ravel(), true.ravel())[0, 1] > 0.999  # bfloat16 rounds


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
