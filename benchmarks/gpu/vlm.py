"""What Octavo adds to a vision model's time on each page, and how many pages it asks about at once.

The models are none: a server that answers as a script says, and a checkpoint of random weights. Only what
happens outside of them is a result.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar, cast

import pymupdf

from benchmarks.gpu import checkpoint
from benchmarks.listening import listening
from models import images
from models.base import Engines, Image
from models.vlm.openai_server import OpenAiServer
from models.vlm.prompts import PROMPTS
from models.vlm.transformers_local import TransformersModel
from pipelines.execute import run
from pipelines.plan import page_stages
from pipelines.work import PageRecord, RunContext
from schemas.fragments import Source
from schemas.options import Configuration, OcrModel, ParsingOptions
from schemas.settings import Settings
from schemas.vision import Transcript, VisionTask, VisionUse
from workers.children import ReaderChild

T = TypeVar("T")

_PROMPT = PROMPTS[VisionTask.PAGE]
_ASKED = Configuration(
    parsing_options=ParsingOptions(ocr_model=OcrModel.GEMINI3, disable_layout_detection=True)
)
_SENTENCE = (
    "The keeper of the light wrote down {} ships and {} wrecks in the year {}, and was content with that."
)
_TITLE, _PARAGRAPHS, _SENTENCES, _ROWS = "A year at the light", 5, 5, 8
_LONGEST = 1800
"""Pixels of the longer side of the pictures that are sent: the default of ``OCTAVO_VISION_LONGEST_SIDE``."""


@dataclass(frozen=True, slots=True)
class Own:
    """Seconds a page outside of any model, by step; of pages whose answers were believed."""

    pages: int
    believed: int
    steps: dict[str, float]

    @property
    def seconds(self) -> float:
        """All of them."""
        return sum(self.steps.values())


@dataclass(frozen=True, slots=True)
class Served:
    """Pages read by a server that takes ``delay`` seconds for each, so many ``documents`` at a time."""

    documents: int
    pages: int
    parallel: int
    delay: float
    seconds: float
    at_once: int

    @property
    def reached(self) -> float:
        """The share of the pages that the server could have answered meanwhile."""
        return self.pages * self.delay / (self.parallel * self.seconds)


@dataclass(frozen=True, slots=True)
class Local:
    """Pages through a checkpoint in this process: seconds a page within and around the model."""

    weights: int
    device: str
    pages: int
    tokens_in: int
    tokens_out: int
    within: float
    around: float


# ------------------------------------------------------------------ the pages and the script


def document(count: int) -> tuple[bytes, str]:
    """A PDF with the same text and table on each page, and the perfect answer for each, in Markdown."""
    made = pymupdf.open()  # type: ignore[no-untyped-call]
    paragraphs = [
        " ".join(
            _SENTENCE.format(100 + 37 * i + 11 * j, 7 * i + j, 1900 + 5 * i + j) for j in range(_SENTENCES)
        )
        for i in range(_PARAGRAPHS)
    ]
    cells = [[str(10 + 13 * row + 7 * column) for column in range(4)] for row in range(_ROWS)]
    for _ in range(count):
        page = made.new_page(width=595, height=842)
        page.insert_text((60, 70), _TITLE, fontsize=18)
        for i, text in enumerate(paragraphs):
            page.insert_textbox((60, 90 + 100 * i, 535, 185 + 100 * i), text, fontsize=10)
        for row, values in enumerate(cells):
            for column, value in enumerate(values):
                page.insert_text((80 + 100 * column, 620 + 20 * row), value, fontsize=10)
    rows = "".join(f"<tr>{''.join(f'<td>{value}</td>' for value in values)}</tr>" for values in cells)
    content = bytes(made.tobytes())  # type: ignore[no-untyped-call]
    return content, "\n\n".join([f"# {_TITLE}", *paragraphs, f"<table>{rows}</table>"])


class ScriptedServer(ThreadingHTTPServer):
    """Speaks as vLLM does, and says the same of every picture after ``delay`` seconds."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, answer: str, delay: float) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/v1"
        self.answer, self.delay = answer, delay
        self.at_once = self._now = 0
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def asked(self) -> Iterator[None]:
        """Around a request: how many there are at once is kept."""
        with self._lock:
            self._now += 1
            self.at_once = max(self.at_once, self._now)
        try:
            yield
        finally:
            with self._lock:
                self._now -= 1


class _Handler(BaseHTTPRequestHandler):
    server: ScriptedServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else its answer waits 40 ms for the acknowledgement of its headers

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.asked():
            time.sleep(self.server.delay)
        answer = json.dumps(_completion(body["model"], self.server.answer)).encode()
        with contextlib.suppress(OSError):
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


def _completion(model: str, answer: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": answer}
    return {
        "id": "1",
        "object": "chat.completion",
        "created": 0,
        "model": model,
        "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
        "usage": {"prompt_tokens": 1000, "completion_tokens": 500, "total_tokens": 1500},
    }


class _Eyes:
    """Engines of which only the vision model is asked."""

    llms: frozenset[str] = frozenset()
    vision_uses = frozenset({VisionUse.GEMINI3})

    def __init__(self, transcribe: Callable[[Image], Transcript]) -> None:
        self._transcribe = transcribe

    def transcribe(self, image: Image, _task: VisionTask) -> Transcript:
        return self._transcribe(image)


def _read(reader: ReaderChild, count: int, engines: _Eyes) -> tuple[list[PageRecord], dict[str, float]]:
    """The pages of an open document through the stages; and the seconds of each stage."""
    context = RunContext()
    stages = page_stages(_ASKED, reader, cast(Engines, engines))
    return run(stages, range(1, count + 1), context), context.seconds


# ------------------------------------------------------------------ what is measured


def own(count: int) -> Own:
    """The steps of ``count`` pages outside of any model."""
    with _ground(count) as (reader, answer), listening(ScriptedServer(answer, 0.0)) as server:
        _read(reader, count, _Eyes(lambda _: Transcript(answer)))  # a first time, which is not counted
        records, seconds = _read(reader, count, _Eyes(lambda _: Transcript(answer)))
        scale = reader.page(1, layout=False).ocr_scale
        pictures, drawing = _timed(lambda: [reader.render(page + 1, scale) for page in range(count)])
        _, writing = _timed(lambda: [images.jpeg_base64(images.within(one, _LONGEST)) for one in pictures])
        model = OpenAiServer(server.url, "scripted", longest_side=_LONGEST)
        model.transcribe(pictures[0], _PROMPT)  # the connection
        _, asking = _timed(lambda: [model.transcribe(one, _PROMPT) for one in pictures])
        model.close()
    believed = sum(any(f.source is Source.MODEL for f in record.fragments) for record in records)
    steps = {
        "drawing the page": drawing,
        "JPEG and base64": writing,
        "asking: prompt, JSON, HTTP": asking - writing,
        "reading the answer and looking it up on the page": seconds["vision"] - drawing,
    }
    return Own(count, believed, {name: max(0.0, spent) / count for name, spent in steps.items()})


def served(count: int, documents: int, parallel: int, delay: float) -> Served:
    """``documents`` of ``count`` pages each, read at the same time, by a server that takes its time."""
    with contextlib.ExitStack() as stack:
        grounds = [stack.enter_context(_ground(count)) for _ in range(documents)]
        server = stack.enter_context(listening(ScriptedServer(grounds[0][1], delay)))
        model = OpenAiServer(server.url, "scripted", parallel=parallel, longest_side=_LONGEST)
        stack.callback(model.close)
        eyes = _Eyes(lambda picture: model.transcribe(picture, _PROMPT))
        threads = stack.enter_context(ThreadPoolExecutor(documents))
        _, seconds = _timed(lambda: list(threads.map(lambda one: _read(one[0], count, eyes), grounds)))
        return Served(documents, documents * count, parallel, delay, seconds, server.at_once)


def local(count: int, hidden: int, layers: int, tokens: int, device: str) -> Local | str:
    """``count`` pages through a checkpoint made here; or why there is none."""
    try:
        import torch
    except ImportError:
        return "torch is not installed (the extra `vlm`)"
    with TemporaryDirectory() as folder, _ground(count) as (reader, _):
        weights = checkpoint.make(Path(folder), hidden, layers)
        model = TransformersModel(folder, device, max_tokens=tokens, longest_side=_LONGEST, timeout=3600)
        model.load()
        within = _Clocked(model)
        scale = reader.page(1, layout=False).ocr_scale
        pictures = [reader.render(page + 1, scale) for page in range(count)]
        model.transcribe(pictures[0], _PROMPT)  # a first time, which is not counted
        within.seconds = 0.0
        said, seconds = _timed(lambda: [model.transcribe(picture, _PROMPT) for picture in pictures])
        on_card = device == "cuda" or (device == "auto" and torch.cuda.is_available())
    return Local(
        weights,
        "cuda" if on_card else "cpu",
        count,
        sum(one.input_tokens for one in said),
        sum(one.output_tokens for one in said),
        within.seconds / count,
        (seconds - within.seconds) / count,
    )


class _Clocked:
    """Sums up the seconds within a checkpoint's ``generate``."""

    def __init__(self, model: TransformersModel) -> None:
        self.seconds = 0.0
        assert model._loaded is not None  # noqa: SLF001 - it was loaded just now
        inner = model._loaded[1]  # noqa: SLF001
        generate = inner.generate

        def clocked(*arguments: Any, **options: Any) -> Any:
            made, seconds = _timed(lambda: generate(*arguments, **options))
            self.seconds += seconds
            return made

        inner.generate = clocked


@contextlib.contextmanager
def _ground(count: int) -> Iterator[tuple[ReaderChild, str]]:
    """A reader with a document open, and the perfect answer for each of its pages."""
    with TemporaryDirectory() as folder:
        content, answer = document(count)
        file = Path(folder) / "document.pdf"
        file.write_bytes(content)
        reader = ReaderChild(Settings())
        try:
            reader.open(file, "PDF")
            yield reader, answer
        finally:
            reader.close()


def _timed(do: Callable[[], T]) -> tuple[T, float]:
    started = time.perf_counter()
    return do(), time.perf_counter() - started
