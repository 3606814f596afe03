"""A chat server in all its moods: what it says is passed on, what it does wrong is told without secrets."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from models.vlm.openai_server import OpenAiServer
from schemas.errors import VisionFailed
from schemas.vision import Transcript
from tests.fakes.chat_server import Reply, ScriptedServer, fails, says

PAGE = np.full((300, 400, 3), 255, np.uint8)
Model = Callable[..., tuple[OpenAiServer, ScriptedServer]]


@pytest.fixture
def serve() -> Iterator[Model]:
    """Starts a server with some replies, and a client of it."""
    ends: list[Callable[[], object]] = []

    def start(*replies: Reply, **options: object) -> tuple[OpenAiServer, ScriptedServer]:
        running = ScriptedServer(*replies).running()
        server = running.__enter__()
        model = OpenAiServer(server.url, "reader", "secret-key", **options)  # type: ignore[arg-type]
        ends.extend((model.close, lambda: running.__exit__(None, None, None)))
        return model, server

    yield start
    for end in ends:
        end()


def test_the_answer_and_its_tokens_come_back(serve: Model) -> None:
    model, server = serve(says("# Tides"))
    assert model.transcribe(PAGE, "Read this.") == Transcript("# Tides", 1000, 50, finished=True)
    (request,) = server.requests
    assert (request["model"], request["temperature"], request["max_tokens"]) == ("reader", 0, 8192)
    assert request["messages"][0]["content"][1] == {"type": "text", "text": "Read this."}
    assert server.keys == ["Bearer secret-key"]


def test_pictures_are_made_smaller_and_never_larger(serve: Model) -> None:
    model, server = serve(says(""), longest_side=200)
    model.transcribe(PAGE, "")
    model.transcribe(PAGE[:50, :60], "")
    assert (server.picture(0).size, server.picture(1).size) == ((200, 150), (60, 50))
    assert server.picture(0).format == "JPEG"


def test_an_answer_that_was_cut_says_so(serve: Model) -> None:
    model, _ = serve(says("and so on and", reason="length"))
    assert not model.transcribe(PAGE, "").finished


def test_without_a_key_none_is_taken_from_the_environment(
    serve: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "of-another-server")
    _, server = serve(says(""))
    OpenAiServer(server.url, "reader").transcribe(PAGE, "")
    assert server.keys == ["Bearer none"]


@pytest.mark.parametrize("trouble", [fails(429, Retry_After="0"), fails(500), fails(503)])
def test_trouble_that_passes_is_tried_again(serve: Model, trouble: Reply) -> None:
    model, server = serve(trouble, says("read"))
    assert model.transcribe(PAGE, "").text == "read"
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (fails(401), "OCTAVO_VISION_API_KEY"),
        (fails(403), "OCTAVO_VISION_API_KEY"),
        (fails(404), "OCTAVO_VISION_MODEL"),
        (fails(400, "bad picture"), "HTTP 400"),
        (fails(418), "HTTP 418"),
        (says(None, refusal="I would rather not"), "refused to read"),
        (says("", reason="content_filter"), "refused to read"),
        (Reply({"choices": []}), "makes no sense"),
        (Reply({"choices": None}), "makes no sense"),
        (Reply({"choices": ["x"]}), "makes no sense"),
        (Reply([1, 2]), "makes no sense"),
        (Reply("null"), "makes no sense"),
        (Reply('{"choices": [{"mess'), "makes no sense"),
        (Reply("<html>It works!</html>", content_type="text/html"), "makes no sense"),
    ],
)
def test_trouble_that_stays_is_told_for_users(serve: Model, reply: Reply, words: str) -> None:
    model, server = serve(reply)
    with pytest.raises(VisionFailed, match=words) as caught:
        model.transcribe(PAGE, "")
    assert "secret-key" not in caught.value.message
    assert server.url not in caught.value.message


def test_an_answer_without_text_or_counts_is_an_empty_one(serve: Model) -> None:
    choice = {"finish_reason": "stop", "message": {"content": None}}
    model, _ = serve(Reply({"choices": [choice], "usage": {"prompt_tokens": "many"}}))
    assert model.transcribe(PAGE, "") == Transcript("", 0, 0, finished=True)


def test_a_server_with_other_parameters_is_asked_its_way(serve: Model) -> None:
    model, server = serve(
        fails(400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."),
        fails(400, "Unsupported value: 'temperature' does not support 0."),
        says("read"),
        says("read"),
    )
    assert model.transcribe(PAGE, "").text == "read"
    model.transcribe(PAGE, "")
    assert len(server.requests) == 4
    last = server.requests[-1]
    assert "temperature" not in last
    assert (last.get("max_tokens"), last["max_completion_tokens"]) == (None, 8192)


def test_a_slow_server_is_given_up_and_then_left_alone(serve: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.chat._RETRIES", 0)
    model, server = serve(says("late", seconds=0.5), timeout=0.1)
    with pytest.raises(VisionFailed, match="OCTAVO_VISION_TIMEOUT"):
        model.transcribe(PAGE, "")
    with pytest.raises(VisionFailed, match="a moment ago"):
        model.transcribe(PAGE, "")
    assert len(server.requests) == 1


def test_no_server_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.chat._RETRIES", 0)
    with ScriptedServer(says("")).running() as server:
        model = OpenAiServer(server.url, "reader")
    with pytest.raises(VisionFailed, match="OCTAVO_VISION_BASE_URL"):
        model.transcribe(PAGE, "")


def test_no_more_at_once_than_allowed(serve: Model) -> None:
    model, server = serve(says("read", seconds=0.05), parallel=2)
    threads = [threading.Thread(target=model.transcribe, args=(PAGE, "")) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(server.requests), server.at_once) == (5, 2)


def test_neither_key_nor_document_goes_into_logs(serve: Model, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    model, _ = serve(fails(500), says("text of the document"))
    model.transcribe(PAGE, "Read this.")
    for hidden in ("secret-key", "text of the document", "base64"):
        assert hidden not in caplog.text
