"""The layout's networks on OpenVINO: they are used, and they see what PyMuPDF's own sessions see."""

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
    pages, tables = layout().feature_extractor, layout().table_grid_extractor
    ours = pages._session, tables._grid_sess
    pages._session = onnxruntime.InferenceSession(layout().imf_model_path)
    tables._grid_sess = onnxruntime.InferenceSession(tables.grid_onnx_path)
    networks.activate.cache_clear()
    yield
    pages._session, tables._grid_sess = ours


def test_a_page_s_regions_and_grids_come_from_the_networks_on_openvino(tmp_path: Path) -> None:
    assert isinstance(layout().feature_extractor._session, networks._Session)
    assert isinstance(layout().table_grid_extractor._grid_sess, networks._Session)
    with PYMUPDF, pymupdf.open(ruled_table(tmp_path / "table.pdf")) as document:
        tables = [region for region in page_regions(document[0]) if region.grid is not None]
    assert len(tables) == 1


@pytest.mark.parametrize(
    ("which", "least"),
    [("pages", 0.999), ("tables", 0.999999)],  # of pages they calculate in bfloat16, which rounds
)
def test_they_see_what_pymupdf_s_own_sessions_see(which: str, least: float) -> None:
    extractor = layout()
    if which == "pages":
        session, model = extractor.feature_extractor._session, extractor.imf_model_path
    else:
        tables = extractor.table_grid_extractor
        session, model = tables._grid_sess, tables.grid_onnx_path
    theirs = onnxruntime.InferenceSession(model)
    (port,) = session.get_inputs()
    assert tuple(port.shape[1:]) == tuple(theirs.get_inputs()[0].shape[1:])
    names = [port.name for port in theirs.get_outputs()]
    assert names == [port.name for port in session.get_outputs()]
    seen = {port.name: np.random.default_rng(1).random(port.shape, dtype=np.float32)}
    for asked in (None, names):
        for ours, true in zip(session.run(asked, seen), theirs.run(asked, seen), strict=True):
            assert ours.shape == true.shape
            assert np.corrcoef(ours.ravel(), true.ravel())[0, 1] > least


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
