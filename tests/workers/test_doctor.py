from __future__ import annotations

import contextlib
import json
import shutil
import socket
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from api.__main__ import app
from schemas.errors import PageUnreadable
from schemas.formats import FORMATS
from schemas.options import Configuration
from schemas.requests import JobRequest, JobType, SourceFields
from schemas.settings import Settings
from tests.api.service import make_services
from workers.children import EngineChild
from workers.doctor import elsewhere, engines, examination, machine, office, packages, stores
from workers.doctor.examination import examine
from workers.doctor.finding import Diagnosis, Finding
from workers.llms import Endpoint


class Engines:
    """The model child's place: looks at what it is given, or says why it cannot."""

    trouble: ClassVar[dict[str, str]] = {}

    def __init__(self, settings: Settings) -> None:
        self.closed = False

    def __getattr__(self, look: str) -> Callable[..., None]:
        assert hasattr(EngineChild, look)

        def looked(*seen: object) -> None:
            if look in self.trouble:
                raise PageUnreadable(self.trouble[look])

        return looked

    def close(self) -> None:
        self.closed = True


@pytest.fixture(autouse=True)
def engine_child(monkeypatch: pytest.MonkeyPatch) -> type[Engines]:
    monkeypatch.setattr(engines, "EngineChild", Engines)
    monkeypatch.setattr(Engines, "trouble", {})
    return Engines


@pytest.fixture(autouse=True)
def a_free_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCTAVO_PORT", "0")


@pytest.fixture
def without_office(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examination, "find_soffice", lambda configured: None)


def queues(settings: Settings) -> list[Finding]:
    return list(stores.queues(settings))


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
    settings = Settings(database_url="postgresql://nobody:its-password@127.0.0.1:1/none")
    finding = stores.database(settings)
    assert not finding.ok
    assert "its-password" not in str(finding)
    assert "OCTAVO_DATABASE_URL" in finding.fix
    assert queues(settings) == []


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
def test_an_engine_that_does_not_read(tmp_path: Path, engine_child: type[Engines]) -> None:
    engine_child.trouble["read_text"] = "tesseract is not installed"
    found = examine(Settings(data_dir=tmp_path, ocr_engine="tesseract"))
    ocr = named(found.engines, "OCR (tesseract)")
    assert (ocr.ok, ocr.detail) == (False, "tesseract is not installed")
    assert "OCTAVO_OCR_LANGUAGES" in ocr.fix
    assert not found.healthy


def test_a_data_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("x")
    folder = machine.data_folder(tmp_path / "data")
    assert not folder.ok
    assert "OCTAVO_DATA_DIR" in folder.fix


def test_a_data_folder_that_others_may_enter_is_told_of(tmp_path: Path) -> None:
    for rights, told in ((0o755, True), (0o700, False)):
        tmp_path.chmod(rights)
        folder = machine.data_folder(tmp_path)
        assert folder.ok
        assert ("chmod 700" in folder.detail) == told
    machine.data_folder(tmp_path / "new")
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


def test_a_blob_store_of_another_key_is_told_of(tmp_path: Path) -> None:
    keys = {
        name: Settings(data_dir=tmp_path, encrypt_blobs="required", secret_key=name * 32) for name in "ab"
    }
    with contextlib.closing(
        make_services(tmp_path, encrypt_blobs="required", secret_key="a" * 32)
    ) as services:
        services.blobs.put_bytes("installation", b"ours")
    assert stores.blobs(keys["a"]).detail == "encrypted"
    store = stores.blobs(keys["b"])
    assert not store.ok
    assert not Diagnosis(machine=[store]).healthy
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
    found = {finding.name: finding for finding in office.fonts()}
    assert found["font: Calibri"].ok
    assert found["font: Arial"].ok
    assert found["font: Cambria"].fix == "apt install fonts-crosextra-caladea"


@pytest.mark.parametrize(("ok", "code"), [(True, 0), (False, 1)])
def test_the_command(monkeypatch: pytest.MonkeyPatch, ok: bool, code: int) -> None:
    finding = Finding(name="data [folder]", ok=ok, detail="why", fix="what to do")
    monkeypatch.setattr(packages, "packages", lambda: Finding(name="packages", ok=True))
    monkeypatch.setattr(examination, "examine", lambda settings: Diagnosis(machine=[finding]))
    shown = CliRunner().invoke(app, ["doctor"])
    assert shown.exit_code == code
    assert "data [folder]" in shown.stdout
    assert "why → what to do" in shown.stdout
    printed = CliRunner().invoke(app, ["doctor", "--json"])
    assert printed.exit_code == code
    told = json.loads(printed.stdout)
    assert (told["machine"], told["healthy"]) == ([finding.model_dump()], ok)


@pytest.mark.engines
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_the_real_libreoffice(tmp_path: Path) -> None:
    found = examine(Settings(data_dir=tmp_path))
    assert named(found.extras, "LibreOffice").ok
    assert all(finding.ok for finding in found.formats)


def test_where_traces_go_is_told_without_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)
    assert elsewhere.traces().ok
    assert "OTEL_EXPORTER_OTLP_ENDPOINT" in elsewhere.traces().detail
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://user:secret@collector:4318/?key=secret")
    assert (elsewhere.traces().ok, elsewhere.traces().detail) == (True, "sent to collector:4318")
    monkeypatch.setattr("workers.doctor.elsewhere.can_send", lambda: False)
    assert not elsewhere.traces().ok
    assert "octavo[otel]" in elsewhere.traces().fix


def test_every_engine_is_tried_and_named(tmp_path: Path, engine_child: type[Engines]) -> None:
    settings = Settings(data_dir=tmp_path)
    assert all(finding.ok for finding in engines.engines(settings))
    engine_child.trouble["table_structures"] = "its weights are gone"
    (broken,) = [finding for finding in engines.engines(settings) if not finding.ok]
    assert (broken.name, broken.detail) == ("tables", "its weights are gone")
    assert not Diagnosis(engines=[broken]).healthy


@pytest.mark.engines
def test_the_real_engines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "EngineChild", EngineChild)
    assert [finding for finding in engines.engines(Settings(data_dir=tmp_path)) if not finding.ok] == []


def test_a_device_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.runtime.onnxruntime.get_available_providers", lambda: ["CPU"])
    finding = engines.device(Settings(device="cuda"))
    assert not finding.ok
    assert "onnxruntime-gpu" in finding.fix
    assert engines.device(Settings(device="cpu")).detail.startswith("CPU, ")


def test_packages_of_others_with_our_names_are_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert packages.packages().ok
    elsewhere_ = packages.packages(tmp_path)
    assert not elsewhere_.ok
    assert "models is " in elsewhere_.detail
    monkeypatch.setattr(packages, "packages_distributions", lambda: {"models": ["octavo", "tensorflow-x"]})
    clash = packages.packages()
    assert (clash.ok, "tensorflow-x" in clash.detail, "venv" in clash.fix) == (False, True, True)


def test_without_our_packages_the_command_tries_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    lacking = Finding(name="packages", ok=False, detail="models is /elsewhere")
    monkeypatch.setattr(packages, "packages", lambda: lacking)
    monkeypatch.setattr(examination, "examine", lambda settings: pytest.fail("it was tried"))
    shown = CliRunner().invoke(app, ["doctor"])
    assert (shown.exit_code, "/elsewhere" in shown.stdout) == (1, True)


@pytest.mark.parametrize(("limit", "ok"), [("max", True), ("3000000000", True), ("1500000000", False)])
def test_the_memory_of_a_container_is_its_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, ok: bool
) -> None:
    file = tmp_path / "memory.max"
    file.write_text(f"{limit}\n")
    monkeypatch.setattr(machine, "_CGROUP_LIMIT", file)
    finding = machine.memory()
    assert (finding.ok, "limit of this container" in finding.detail) == (ok, limit != "max")


def test_a_disk_without_room_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=10_000_000)
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda folder: usage)
    finding = machine.data_folder(tmp_path)
    assert (finding.ok, "10.0 MB free" in finding.detail) == (False, True)


def test_what_another_user_left_in_the_data_folder_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "octavo.db").touch()
    monkeypatch.setattr(machine.os, "access", lambda path, mode: path.name != "octavo.db")
    finding = machine.data_folder(tmp_path)
    assert (finding.ok, "octavo.db" in finding.detail, "chown" in finding.fix) == (False, True, True)


def test_a_port_that_another_program_has_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    assert machine.port("127.0.0.1", 0).ok
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        number = other.getsockname()[1]
        answers: dict[str, Any] = {"name": "octavo", "version": "7"}
        monkeypatch.setattr(machine.httpx, "get", lambda url, timeout: httpx.Response(200, json=answers))
        ours = machine.port("127.0.0.1", number)
        assert (ours.ok, "Octavo 7" in ours.detail) == (True, True)
        answers["name"] = "another"
        theirs = machine.port("127.0.0.1", number)
        assert (theirs.ok, "OCTAVO_PORT" in theirs.fix) == (False, True)


def test_the_broker_is_tried(tmp_path: Path) -> None:
    own = stores.broker(Settings(data_dir=tmp_path))
    assert (own.ok, own.detail) == (True, "a Valkey of its own can be started")
    away = stores.broker(Settings(broker_url="redis://:its-password@127.0.0.1:1/0"))
    assert (away.ok, "OCTAVO_BROKER_URL" in away.fix, "its-password" in str(away)) == (False, True, False)


LISTED = {"data": [{"id": "large"}, {"id": "small"}]}


@pytest.mark.parametrize(
    ("status", "body", "trouble"),
    [
        (200, LISTED, ""),
        (200, {"data": [{"id": "small"}]}, "no such model, but small"),
        (200, ["no list"], ""),
        (404, {}, ""),
        (401, {}, "does not take the key"),
        (500, {}, "answers 500"),
    ],
)
def test_servers_of_models_are_asked_what_they_have(
    monkeypatch: pytest.MonkeyPatch, status: int, body: Any, trouble: str
) -> None:
    seen: list[Any] = []

    def get(url: httpx.URL, headers: dict[str, str], timeout: float) -> httpx.Response:
        seen.append((str(url), headers["Authorization"]))
        return httpx.Response(status, json=body)

    monkeypatch.setattr(elsewhere.httpx, "get", get)
    endpoint = Endpoint("http://gpu:8000/v1/?x=1", "large", SecretStr("its-key"), False, "OCTAVO_LLM")
    said, fix = elsewhere.asked(endpoint)
    assert seen == [("http://gpu:8000/v1/models?x=1", "Bearer its-key")]
    assert (trouble in said, bool(said), bool(fix)) == (True, bool(trouble), bool(trouble))


def test_a_server_of_models_that_is_away_is_told_of() -> None:
    settings = Settings(llm_base_url="http://127.0.0.1:1/v1", llm_model="m", llm_api_key="its-key")
    (finding,) = elsewhere.models(settings)
    assert (finding.ok, "no answer" in finding.detail) == (False, True)
    assert "OCTAVO_LLM_BASE_URL" in finding.fix
    assert "its-key" not in str(finding)


def test_a_checkpoint_needs_its_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(vision_local_model=str(tmp_path))
    monkeypatch.setattr(elsewhere, "find_spec", lambda name: None)
    lacking = list(elsewhere.models(settings))[-1]
    assert (lacking.ok, "octavo[vlm]" in lacking.fix) == (False, True)
    monkeypatch.setattr(elsewhere, "find_spec", lambda name: object())
    assert not list(elsewhere.models(settings))[-1].ok
    (tmp_path / "config.json").touch()
    assert list(elsewhere.models(settings))[-1].ok
