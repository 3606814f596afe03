from importlib import import_module

import pytest

from models.catalog import CATALOG, Catalog
from models.cuda import DeviceError
from models.local import LocalEngines
from models.runtime import Runtime
from schemas.ocr import OcrEngineName


def test_every_row_names_a_class() -> None:
    for rows in CATALOG.values():
        for row in rows.values():
            module, _, name = row.partition(":")
            assert isinstance(getattr(import_module(module), name), type)


def test_every_ocr_engine_that_runs_here_has_a_row() -> None:
    assert set(CATALOG["ocr"]) == set(OcrEngineName) - {OcrEngineName.REMOTE}


def test_an_engine_is_built_once() -> None:
    catalog = Catalog(Runtime(cuda=False, threads=1))
    assert catalog.get("layout", "pymupdf") is catalog.get("layout", "pymupdf")


def test_cuda_without_its_provider_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onnxruntime.get_available_providers", lambda: ["CPUExecutionProvider"])
    with pytest.raises(DeviceError, match="onnxruntime-gpu"):
        LocalEngines("cuda")
    assert not Runtime.of("auto").cuda
