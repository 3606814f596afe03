"""Which vision model the settings name, where it runs, and what becomes of its failures."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from models.vlm.base import VisionModel
from models.vlm.prompts import PROMPTS
from schemas.errors import VisionFailed
from schemas.settings import Settings
from schemas.vision import Transcript, VisionTask, VisionUse
from tests.fakes.chat_server import ScriptedServer, says
from workers import vision
from workers.children import Child, EngineChild, Limits
from workers.vision import VisionChild, open_vision

PICTURE = np.full((4, 4, 3), 255, np.uint8)


def test_without_settings_there_is_none_and_asking_says_so() -> None:
    engines = EngineChild(Settings())
    assert open_vision(Settings()) is None
    assert engines.vision_uses == frozenset()
    with pytest.raises(VisionFailed, match="OCTAVO_VISION_BASE_URL"):
        engines.transcribe(PICTURE, VisionTask.PAGE)


def test_a_configured_model_serves_gemini3_and_tables_and_more_only_when_told() -> None:
    configured = {"vision_base_url": "http://gpu:8000/v1", "vision_model": "reader"}
    assert Settings(**configured).vision_uses == {VisionUse.GEMINI3, VisionUse.TABLES}
    more = Settings(**configured, vision_serves="gemini3, model03,formulas")
    assert more.vision_uses == {VisionUse.GEMINI3, VisionUse.MODEL03, VisionUse.FORMULAS}
    assert Settings(vision_serves="model03").vision_uses == frozenset()


def test_variables_that_are_set_and_empty_count_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BASE_URL", "MODEL", "API_KEY", "LOCAL_MODEL"):
        monkeypatch.setenv(f"OCTAVO_VISION_{name}", "")
    assert Settings().vision_uses == frozenset()
    assert open_vision(Settings()) is None


@pytest.mark.parametrize(
    ("given", "setting", "words"),
    [
        ({"vision_base_url": "http://gpu/v1"}, "vision_model", "name the model"),
        ({"vision_base_url": "gpu:8000", "vision_model": "m"}, "vision_base_url", "https"),
        (
            {"vision_base_url": "http://gpu/v1", "vision_model": "m", "vision_local_model": "x"},
            "vision_local_model",
            "not both",
        ),
        ({"vision_serves": "model04"}, "vision_serves", "gemini3"),
    ],
)
def test_settings_that_contradict_themselves_are_named(
    given: dict[str, str], setting: str, words: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        Settings(**given)
    (problem,) = caught.value.errors()
    assert problem["loc"][0] == setting
    assert words in problem["msg"]


def test_the_key_may_come_from_a_file_and_is_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "key").write_text("secret-key\n", encoding="utf-8")
    monkeypatch.setenv("OCTAVO_VISION_API_KEY_FILE", str(tmp_path / "key"))
    with ScriptedServer(says("# Tides")).running() as server:
        settings = Settings(vision_base_url=server.url, vision_model="reader", vision_timeout=9)
        engines = EngineChild(settings)
        assert engines.transcribe(PICTURE, VisionTask.TABLE).text == "# Tides"
        engines.close()
    assert server.keys == ["Bearer secret-key"]
    assert server.requests[0]["messages"][0]["content"][1]["text"] == PROMPTS[VisionTask.TABLE]
    assert "secret-key" not in repr(settings)


def test_every_task_has_a_prompt_and_may_have_another() -> None:
    assert set(PROMPTS) == set(VisionTask)
    with ScriptedServer(says("")).running() as server:
        own = {f"vision_{task}_prompt": f"Read this {task}!" for task in VisionTask}
        engines = EngineChild(Settings(vision_base_url=server.url, vision_model="reader", **own))
        for task in VisionTask:
            engines.transcribe(PICTURE, task)
        engines.close()
    told = [request["messages"][0]["content"][1]["text"] for request in server.requests]
    assert told == [f"Read this {task}!" for task in VisionTask]


class Served:
    """Answers with what the prompt tells it to do; dies of some."""

    def transcribe(self, image: np.ndarray, prompt: str) -> Transcript:
        match prompt:
            case "die":
                os.kill(os.getpid(), signal.SIGKILL)
            case "hang":
                time.sleep(60)
            case "raise":
                raise ZeroDivisionError("text of the document")
            case "refuse":
                raise VisionFailed("It would rather not.")
        return Transcript(f"{prompt} {image.shape} {os.getpid()}", 3, 4)


class Broken(Served):
    def transcribe(self, image: np.ndarray, prompt: str) -> Transcript:
        raise VisionFailed("It cannot be loaded.")


class ServedVision(VisionChild):
    served: type[Served] = Served

    def _fresh(self) -> Child:
        return Child(self.served, VisionModel, Limits())


@pytest.fixture
def child(monkeypatch: pytest.MonkeyPatch) -> Iterator[ServedVision]:
    monkeypatch.setattr(vision, "_MARGIN_SECONDS", 0.0)
    child = ServedVision(Settings(vision_local_model="anywhere", vision_timeout=2))
    yield child
    child.close()


def test_a_child_answers_and_is_kept(child: ServedVision) -> None:
    one, two = child.transcribe(PICTURE, "read"), child.transcribe(PICTURE, "read")
    assert one == two
    assert one.text.startswith("read (4, 4, 3)")
    assert (one.input_tokens, one.output_tokens, one.finished) == (3, 4, True)


@pytest.mark.parametrize(
    ("prompt", "words"),
    [("die", "SIGKILL"), ("hang", "longer than"), ("raise", "ZeroDivisionError"), ("refuse", "rather not")],
)
def test_a_failure_is_told_and_the_next_picture_finds_a_model(
    child: ServedVision, prompt: str, words: str
) -> None:
    child.transcribe(PICTURE, "read")
    with pytest.raises(VisionFailed, match=words) as caught:
        child.transcribe(PICTURE, prompt)
    assert "text of the document" not in caught.value.message
    assert child.transcribe(PICTURE, "read").text.startswith("read")


def test_a_model_that_cannot_be_loaded_says_why(child: ServedVision, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ServedVision, "served", Broken)
    for _ in range(2):
        with pytest.raises(VisionFailed, match="cannot be loaded"):
            child.transcribe(PICTURE, "read")


def test_a_closed_child_stays_closed(child: ServedVision) -> None:
    child.transcribe(PICTURE, "read")
    child.close()
    with pytest.raises(VisionFailed, match="shut down"):
        child.transcribe(PICTURE, "read")


@pytest.mark.engines
def test_a_checkpoint_of_one_s_own_runs_in_a_child(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    pytest.importorskip("transformers")
    from tests.fakes.checkpoint import make_checkpoint

    make_checkpoint(tmp_path, "Read.")
    settings = Settings(vision_local_model=str(tmp_path), device="cpu", vision_max_tokens=20)
    local = open_vision(settings)
    assert local is not None
    assert local.transcribe(np.zeros((20, 20, 3), np.uint8), "Read.").text == "dark"
    local.close()
