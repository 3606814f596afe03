from __future__ import annotations

import contextlib
import json
import shutil
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from api.__main__ import app
from schemas.errors import PageUnreadable
from schemas.formats import FORMATS
from schemas.options import Configuration
from schemas.requests import JobRequest, JobType, SourceFields
from schemas.settings import Settings
from tests.api.service import make_services
from workers import doctor
from workers.doctor import Diagnosis, Finding, _traces, examine


class Engines:
    """The model child's place: reads, or says why it cannot."""

    trouble = ""

    def __init__(self, settings: Settings) -> None:
        self.closed = False

    def read_text(self, image: np.ndarray, ocr_model: str) -> list[object]:
        if self.trouble:
            raise PageUnreadable(self.trouble)
        return []

    def close(self) -> None:
        self.closed = True


@pytest.fixture(autouse=True)
def engines(monkeypatch: pytest.MonkeyPatch) -> type[Engines]:
    monkeypatch.setattr(doctor, "EngineChild", Engines)
    monkeypatch.setattr(Engines, "trouble", "")
    return Engines


@pytest.fixture
def without_office(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "find_soffice", lambda configured: None)


def queues(settings: Settings) -> list[Finding]:
    return list(doctor._queues(settings))


def test_work_on_a_queue_that_nobody_serves_is_told_of(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    assert queues(settings) == []
    with contextlib.closing(make_services(tmp_path)) as services:
        assert queues(settings)[0].detail == "no worker is running"
        services.workers.tell("w", ["cpu", "notify"], "mark", 0)
        now = services.ledger.now()
        services.ledger.now = lambda: now - timedelta(minutes=2)
        services.jobs.create(
            "a/a",
            JobRequest(
                job_type=JobType.PARSE,
                source=SourceFields(file_url="https://example.org/a.pdf"),
                configuration=Configuration(),
            ),
            queue="gpu",
        )
    (finding,) = queues(settings)
    assert not finding.ok
    assert finding.detail == "served: cpu, notify; work waits on gpu"
    assert finding.fix == "octavo worker --queue gpu"


def test_a_database_that_does_not_answer_is_told_of() -> None:
    (finding,) = queues(Settings(database_url="postgresql://nobody@127.0.0.1:1/none"))
    assert (finding.ok, finding.name) == (False, "database")


def named(findings: list[Finding], start: str) -> Finding:
    return next(finding for finding in findings if finding.name.startswith(start))


@pytest.mark.usefixtures("without_office")
def test_without_libreoffice_the_service_works_and_some_formats_do_not(tmp_path: Path) -> None:
    found = examine(Settings(data_dir=tmp_path / "data"))
    assert found.healthy
    assert len(found.formats) == len(FORMATS)
    assert named(found.formats, "PDF").ok
    assert named(found.formats, "HEIC").ok
    word = named(found.formats, "DOC (")
    assert (word.ok, word.detail) == (False, "LibreOffice is not installed")
    assert "apt install" in word.fix
    assert not named(found.extras, "LibreOffice").ok
    assert not any(finding.name.startswith("font") for finding in found.extras)


@pytest.mark.usefixtures("without_office")
def test_an_engine_that_does_not_read(tmp_path: Path, engines: type[Engines]) -> None:
    engines.trouble = "tesseract is not installed"
    found = examine(Settings(data_dir=tmp_path, ocr_engine="tesseract"))
    ocr = named(found.machine, "OCR (tesseract)")
    assert (ocr.ok, ocr.detail) == (False, "tesseract is not installed")
    assert "OCTAVO_OCR_LANGUAGES" in ocr.fix
    assert not found.healthy


@pytest.mark.usefixtures("without_office")
def test_a_data_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("x")
    folder = named(examine(Settings(data_dir=tmp_path / "data")).machine, "data folder")
    assert not folder.ok
    assert "OCTAVO_DATA_DIR" in folder.fix


@pytest.mark.usefixtures("without_office")
def test_a_data_folder_that_others_may_enter_is_told_of(tmp_path: Path) -> None:
    for rights, told in ((0o755, True), (0o700, False)):
        tmp_path.chmod(rights)
        folder = named(examine(Settings(data_dir=tmp_path)).machine, "data folder")
        assert folder.ok
        assert ("chmod 700" in folder.detail) == told
    examine(Settings(data_dir=tmp_path / "new"))
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


@pytest.mark.usefixtures("without_office")
def test_a_blob_store_of_another_key_is_told_of(tmp_path: Path) -> None:
    keys = {
        name: Settings(data_dir=tmp_path, encrypt_blobs="required", secret_key=name * 32) for name in "ab"
    }
    with contextlib.closing(
        make_services(tmp_path, encrypt_blobs="required", secret_key="a" * 32)
    ) as services:
        services.blobs.put_bytes("installation", b"ours")
    assert named(examine(keys["a"]).machine, "blob store").detail == "encrypted"
    found = examine(keys["b"])
    store = named(found.machine, "blob store")
    assert (store.ok, found.healthy) == (False, False)
    assert "OCTAVO_SECRET_KEY" in store.fix


def test_a_configured_program_that_is_not_there(tmp_path: Path) -> None:
    found = examine(Settings(data_dir=tmp_path, soffice=tmp_path / "none"))
    assert not named(found.machine, "OCTAVO_SOFFICE").ok
    assert not found.healthy


def test_a_program_that_converts_nothing(tmp_path: Path) -> None:
    broken = tmp_path / "soffice"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    found = examine(Settings(data_dir=tmp_path, soffice=broken))
    assert "libreoffice-writer-nogui" in named(found.extras, "LibreOffice").fix
    assert "PPTX" in named(found.formats, "PPT (").detail
    assert found.healthy


@pytest.mark.usefixtures("without_office")
def test_fonts_are_looked_for_by_their_stand_ins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "fc-list"
    program.write_text("#!/bin/sh\necho 'Carlito'; echo 'Liberation Sans'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    found = {finding.name: finding for finding in doctor._fonts()}
    assert found["font: Calibri"].ok
    assert found["font: Arial"].ok
    assert found["font: Cambria"].fix == "apt install fonts-crosextra-caladea"


@pytest.mark.parametrize(("ok", "code"), [(True, 0), (False, 1)])
def test_the_command(monkeypatch: pytest.MonkeyPatch, ok: bool, code: int) -> None:
    finding = Finding(name="data [folder]", ok=ok, detail="why", fix="what to do")
    monkeypatch.setattr(
        doctor, "examine", lambda settings: Diagnosis(machine=[finding], extras=[], formats=[])
    )
    shown = CliRunner().invoke(app, ["doctor"])
    assert shown.exit_code == code
    assert "data [folder]" in shown.stdout
    assert "why; what to do" in shown.stdout
    printed = CliRunner().invoke(app, ["doctor", "--json"])
    assert printed.exit_code == code
    assert json.loads(printed.stdout)["machine"][0] == finding.model_dump()


@pytest.mark.engines
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_the_real_libreoffice(tmp_path: Path) -> None:
    found = examine(Settings(data_dir=tmp_path))
    assert named(found.extras, "LibreOffice").ok
    assert all(finding.ok for finding in found.formats)


def test_where_traces_go_is_told_without_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)
    assert _traces().ok
    assert "OTEL_EXPORTER_OTLP_ENDPOINT" in _traces().detail
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://user:secret@collector:4318/?key=secret")
    assert (_traces().ok, _traces().detail) == (True, "sent to collector:4318")
    monkeypatch.setattr("workers.doctor.can_send", lambda: False)
    assert not _traces().ok
    assert "octavo[otel]" in _traces().fix
