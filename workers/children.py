"""Child processes: readers, which open a document's bytes, and the model child, which gets arrays only.

A child serves the methods of one interface, one call at a time, over a pipe of typed messages
(``workers.codec``). It may crash, hang or outgrow its limits: the call then raises ``ReaderLost``, and the
next call finds a fresh child. Children are forked from a server that has the heavy imports done
(``multiprocessing`` forkserver), so one starts in milliseconds; a reader serves one piece of work and ends.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import multiprocessing
import os
import resource
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import msgspec
import psutil

from models.base import Engines, Image, Vectors
from models.vlm.prompts import PROMPTS
from pipelines.readers.base import Reader, ReaderSetup
from pipelines.readers.libreoffice import find_soffice
from schemas import errors
from schemas.charts import AnyChart
from schemas.forms import Blank, FilledForm, Filling
from schemas.geometry import BBox
from schemas.llm import LlmName, LlmTraits, Question, Reply
from schemas.ocr import OcrEngineName
from schemas.reading import (
    Barcode,
    CheckBox,
    DocumentInfo,
    Drawing,
    FlowPage,
    FlowView,
    FormField,
    Region,
    Sighting,
    SourcePage,
    TableGrid,
    TextLine,
)
from schemas.settings import Settings
from schemas.vision import Transcript, VisionTask, VisionUse
from workers import codec, patience
from workers.gpu import GpuRoom, OnGpu
from workers.jobs import telemetry
from workers.jobs.metering import CHILDREN_LOST
from workers.jobs.telemetry import LogSetup
from workers.llms import open_llms

if TYPE_CHECKING:
    from models.llm.base import LanguageModel
    from models.ocr.remote import RemoteOcr

log = logging.getLogger(__name__)

T = TypeVar("T")

_TRIES = 3
_FORK_PAUSES = (0.05, 0.5, 2.0)
_PRELOADED = ["pipelines.readers.pdf.reader", "pipelines.readers.host", "workers.children"]


def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    return context


# --------------------------------------------------------------------------- inside the child


class Limits(msgspec.Struct, frozen=True):
    """What the kernel holds a child to; 0 means no limit."""

    address_space: int = 0
    file_size: int = 0


def _serve(
    make: Callable[[], object], interface: type, pipe: Connection, limits: Limits, logs: LogSetup | None
) -> None:
    """The child's life: calls in, answers out, until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for name in [n for n in os.environ if n.startswith(("OCTAVO_", "AWS_", "OTEL_"))]:
        del os.environ[name]  # a child has no use for secrets
    if logs is not None:
        telemetry.configure_logging(logs, libraries=False, stream=_own_stderr(interface))
    _limit(limits)
    try:
        _answer_all(make(), interface, pipe)
    except Exception:
        log.exception("a child could not go on")
        sys.exit(1)


def _own_stderr(interface: type) -> TextIO | None:
    """Where a reader writes its log; nothing else is heard of it: libraries in C may quote the document."""
    if interface is not Reader:
        return None
    stderr = os.fdopen(os.dup(2), "w", buffering=1, encoding="utf-8", errors="backslashreplace")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    return stderr


def _answer_all(served: object, interface: type, pipe: Connection) -> None:
    signatures: dict[str, codec.Signature] = {}
    while True:
        try:
            request = codec.read_call(pipe.recv_bytes())
        except (EOFError, OSError):
            return
        if request.method not in signatures:
            signatures[request.method] = codec.Signature(interface, request.method)
        with telemetry.bind(**request.about):
            answer = _answer(served, request, signatures[request.method])
        try:
            pipe.send_bytes(answer)
        except OSError:
            return


def _answer(served: object, request: codec.Call, signature: codec.Signature) -> bytes:
    try:
        return codec.reply(getattr(served, request.method)(*signature.arguments(request.arguments)))
    except errors.DocumentError as error:
        return codec.error_reply(type(error).__name__, error.message)
    except MemoryError:
        return codec.error_reply("PageUnreadable", "the page needs more memory than a reader may have")
    except Exception as error:  # a page's fault, whatever it is, must not cost the next page
        where = _where(error)
        log.warning("%s failed: %s at %s", request.method, type(error).__name__, where)
        return codec.error_reply("PageUnreadable", f"the reader failed on it ({type(error).__name__})")


def _where(error: BaseException) -> str:
    """File and line of an error, without its message, which may hold text of the document."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"


def _limit(limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if limits.file_size:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limits.file_size, limits.file_size))
    if limits.address_space:
        with contextlib.suppress(ValueError, OSError):  # macOS refuses this one
            resource.setrlimit(resource.RLIMIT_AS, (limits.address_space, limits.address_space))


# --------------------------------------------------------------------------- in the parent


class Child:
    """One child process and its pipe. Not for several threads at once: its owner holds a lock."""

    def __init__(self, make: Callable[[], object], interface: type, limits: Limits) -> None:
        context = _context()
        self._interface = interface
        self._signatures: dict[str, codec.Signature] = {}
        self._pipe, theirs = context.Pipe()
        self._process = _forked(_serve, make, interface, theirs, limits, telemetry.log_setup())
        self._ended = False
        theirs.close()

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.is_alive()

    def memory(self) -> int:
        """Resident bytes, 0 when it is gone."""
        try:
            return int(psutil.Process(self._process.pid).memory_info().rss)
        except psutil.Error:
            return 0

    def call(self, method: str, *arguments: Any, timeout: float) -> Any:
        """The method's answer.

        Raises:
            DocumentError: as the method itself raised it.
            ReaderLost: the child crashed or, ``ReaderStuck``, took longer than ``timeout`` seconds.
        """
        if method not in self._signatures:
            self._signatures[method] = codec.Signature(self._interface, method)
        try:
            self._pipe.send_bytes(codec.call(method, arguments, telemetry.bound()))
            if not self._pipe.poll(timeout):
                self.kill("timeout")
                raise errors.ReaderStuck(f"it took longer than {timeout:.0f} seconds and was stopped")
            reply = codec.read_reply(self._pipe.recv_bytes())
        except (EOFError, OSError, ValueError) as error:
            self._process.join(1.0)
            cause = _cause(self._process.exitcode)
            ending = f"was ended by {cause}" if cause.startswith("SIG") else "ended unexpectedly"
            self.kill(cause)
            raise errors.ReaderLost(f"the process that worked on it {ending}") from error
        if reply.error is not None:
            raise _rebuilt(reply.error, reply.message)
        return self._signatures[method].answer(reply.value)

    def kill(self, cause: str | None = None) -> None:
        """Ends the child now, whatever it does; ``cause`` is counted, unless it was ended before."""
        if cause is not None and not self._ended:
            CHILDREN_LOST.add(child=self._interface.__name__.lower(), cause=cause)
        self._ended = True
        self._process.kill()
        self._process.join(5.0)
        self._pipe.close()


def _forked(target: Callable[..., object], *arguments: object) -> ForkServerProcess:
    """A child that has started and calls ``target``; a fork server that dies meanwhile is replaced."""
    for pause in _FORK_PAUSES:
        try:
            return _started(target, arguments)
        except (EOFError, OSError) as error:
            log.warning("the fork server was lost (%s) and is started again", type(error).__name__)
            time.sleep(pause)  # until the system has told of its death, nobody starts another
    return _started(target, arguments)


def _started(target: Callable[..., object], arguments: tuple[object, ...]) -> ForkServerProcess:
    process = _context().Process(target=target, args=arguments, daemon=True)
    process.start()
    return process


def _again_if_lost(ask: Callable[[], T]) -> T:
    """What ``ask`` gives, asked anew when its child was lost, up to three times: it may have been chance.

    Raises:
        ReaderLost: the third child was lost too, or, ``ReaderStuck``, one took too long.
    """
    for _ in range(_TRIES - 1):
        try:
            return ask()
        except errors.ReaderStuck:
            raise
        except errors.ReaderLost as lost:
            log.warning("a child was lost and another takes its place: %s", lost.message)
    return ask()


def _cause(exitcode: int | None) -> str:
    """What ended a process: the name of a signal, or ``exit``."""
    if exitcode is not None and exitcode < 0:
        with contextlib.suppress(ValueError):
            return signal.Signals(-exitcode).name
    return "exit"


def _rebuilt(name: str, message: str) -> errors.DocumentError:
    kind = getattr(errors, name, None)
    if isinstance(kind, type) and issubclass(kind, errors.DocumentError):
        return kind(message)
    return errors.PageUnreadable(message)


class ReaderChild:
    """A ``Reader`` behind a child. What crashed it is tried again in a fresh one, the document open again.

    Each child has a scratch folder of its own in ``scratch_root`` (default: the system's).
    """

    def __init__(self, settings: Settings, scratch_root: Path | None = None) -> None:
        self._settings = settings
        self._scratch_root = scratch_root
        self._child: Child | None = None
        self._opened: tuple[Path, str] | None = None
        self._ended = False
        self._scratch: tempfile.TemporaryDirectory[str] | None = None

    def detect(self, path: Path, mime_type: str | None, name: str | None) -> str:
        """See ``Reader.detect``; the same child then opens the document."""
        self.close()
        self._opened = None
        return str(self._first("detect", path, mime_type, name))

    def open(self, path: Path, format_name: str) -> DocumentInfo:
        """See ``Reader.open``."""
        if self._opened is not None:
            self.close()
        self._opened = (path, format_name)
        info: DocumentInfo = self._first("open", path, format_name)
        return info

    def page(self, number: int, layout: bool) -> SourcePage:
        """See ``Reader.page``."""
        page: SourcePage = self._call("page", number, layout)
        return page

    def level_page(self, number: int, layout: bool, angle: float) -> SourcePage:
        """See ``Reader.level_page``."""
        page: SourcePage = self._call("level_page", number, layout, angle)
        return page

    def render(self, number: int, scale: float, clip: BBox | None = None) -> Image:
        """See ``Reader.render``."""
        image: Image = self._call("render", number, scale, clip)
        return image

    def fields(self, number: int) -> list[FormField]:
        """See ``Reader.fields``."""
        fields: list[FormField] = self._call("fields", number)
        return fields

    def blanks(self, number: int) -> list[Blank]:
        """See ``Reader.blanks``."""
        blanks: list[Blank] = self._call("blanks", number)
        return blanks

    def fill(self, blanks: list[Blank], fillings: list[Filling], interactive: bool) -> FilledForm:
        """See ``Reader.fill``."""
        filled: FilledForm = self._call("fill", blanks, fillings, interactive)
        return filled

    def inks(self, number: int) -> list[BBox]:
        """See ``Reader.inks``."""
        inks: list[BBox] = self._call("inks", number)
        return inks

    def drawings(self, number: int) -> list[Drawing]:
        """See ``Reader.drawings``."""
        drawings: list[Drawing] = self._call("drawings", number)
        return drawings

    def flow_page(self, number: int, view: FlowView) -> FlowPage:
        """See ``Reader.flow_page``."""
        page: FlowPage = self._call("flow_page", number, view)
        return page

    def picture(self, number: int, index: int) -> Image | None:
        """See ``Reader.picture``."""
        picture: Image | None = self._call("picture", number, index)
        return picture

    def close(self) -> None:
        """Ends the child and empties its scratch folder."""
        if self._child is not None:
            self._child.kill()
            self._child = None
        if self._scratch is not None:
            self._scratch.cleanup()
            self._scratch = None

    def end(self) -> None:
        """Ends the child for good, in the middle of a call too."""
        self._ended = True
        self.close()

    def _call(self, method: str, *arguments: Any) -> Any:
        def ask() -> Any:
            if self._child is None or not self._child.alive:
                if self._opened is None:
                    raise errors.DocumentUnreadable("No document is open.")
                self.open(*self._opened)
            assert self._child is not None  # noqa: S101 - open() made it
            return self._child.call(method, *arguments, timeout=self._settings.page_timeout)

        return _again_if_lost(ask)

    def _first(self, method: str, *arguments: Any) -> Any:
        """A call about the document as a whole."""

        def ask() -> Any:
            if self._ended:
                raise errors.ReaderLost("the worker is going down")
            child = self._child if self._child is not None and self._child.alive else self._fresh()
            return child.call(method, *arguments, timeout=self._settings.page_timeout)

        try:
            return _again_if_lost(ask)
        except (errors.ReaderLost, errors.PageUnreadable) as lost:
            raise errors.DocumentUnreadable(f"The document could not be opened: {lost.message}.") from lost

    def _fresh(self) -> Child:
        from pipelines.readers.host import LocalReader

        self.close()
        if self._scratch_root is not None:
            self._scratch_root.mkdir(parents=True, exist_ok=True)
        limits = Limits(self._settings.reader_memory_bytes, self._settings.max_upload_bytes)
        self._scratch = tempfile.TemporaryDirectory(
            prefix=f"{os.getpid()}-", dir=self._scratch_root, ignore_cleanup_errors=True
        )
        make = functools.partial(LocalReader, _reader_setup(self._settings, Path(self._scratch.name)))
        self._child = Child(make, Reader, limits)
        return self._child


def _reader_setup(settings: Settings, scratch: Path) -> ReaderSetup:
    return ReaderSetup(
        max_page_pixels=settings.max_page_pixels,
        scratch=scratch,
        soffice=find_soffice(settings.soffice),
        # Before the child is given up: this end has the better message.
        convert_seconds=0.75 * settings.page_timeout,
        office_layout=settings.office_layout,
        max_unpacked_bytes=2 * settings.max_upload_bytes,
    )


class EngineChild:
    """``Engines`` behind one long-lived child, for all threads; restarted when lost or grown too large.

    What asks servers is none of that child's: language models, the vision model and remote OCR (see
    ``workers.llms`` and ``workers.vision``).
    """

    def __init__(self, settings: Settings) -> None:
        from workers.vision import open_vision

        self._settings = settings
        self._llms = open_llms(settings)
        self._vision = open_vision(settings)
        self._remote_ocr = _open_remote_ocr(settings)
        self._room = GpuRoom.of(settings, "onnxruntime-gpu")
        self._lock = threading.Lock()
        self._child: Child | None = None
        self._closed = False

    def quarter_turns(self, image: Image) -> int:
        """See ``Engines.quarter_turns``."""
        return int(self._call("quarter_turns", image))

    def read_text(self, image: Image, ocr_model: str) -> list[TextLine]:
        """See ``Engines.read_text``."""
        if self._remote_ocr is not None:
            return self._remote_ocr.read(image)
        lines: list[TextLine] = self._call("read_text", image, ocr_model)
        return lines

    def lay_out(self, image: Image, lines: list[TextLine]) -> list[Region]:
        """See ``Engines.lay_out``."""
        regions: list[Region] = self._call("lay_out", image, lines)
        return regions

    def find_regions(self, image: Image) -> list[Region]:
        """See ``Engines.find_regions``."""
        regions: list[Region] = self._call("find_regions", image)
        return regions

    def table_structures(self, image: Image) -> list[TableGrid]:
        """See ``Engines.table_structures``."""
        grids: list[TableGrid] = self._call("table_structures", image)
        return grids

    def skew(self, image: Image) -> float:
        """See ``Engines.skew``."""
        return float(self._call("skew", image))

    def read_barcodes(self, image: Image) -> list[Barcode]:
        """See ``Engines.read_barcodes``."""
        codes: list[Barcode] = self._call("read_barcodes", image)
        return codes

    def find_signatures(self, image: Image) -> list[Sighting]:
        """See ``Engines.find_signatures``."""
        signatures: list[Sighting] = self._call("find_signatures", image)
        return signatures

    def find_struck(self, image: Image, words: list[BBox]) -> list[bool]:
        """See ``Engines.find_struck``."""
        struck: list[bool] = self._call("find_struck", image, words)
        return struck

    def find_checkboxes(self, image: Image) -> list[CheckBox]:
        """See ``Engines.find_checkboxes``."""
        boxes: list[CheckBox] = self._call("find_checkboxes", image)
        return boxes

    def read_chart(self, image: Image, lines: list[TextLine]) -> AnyChart | None:
        """See ``Engines.read_chart``."""
        chart: AnyChart | None = self._call("read_chart", image, lines)
        return chart

    def embed(self, texts: list[str]) -> Vectors:
        """See ``Engines.embed``."""
        vectors: Vectors = self._call("embed", texts)
        return vectors

    @property
    def llms(self) -> frozenset[LlmName]:
        """See ``Engines.llms``."""
        return frozenset(self._llms)

    def llm_traits(self, llm: LlmName) -> LlmTraits:
        """See ``Engines.llm_traits``."""
        return self._llm(llm).traits

    def answer(self, question: Question, llm: LlmName) -> Reply:
        """See ``Engines.answer``."""
        return self._llm(llm).answer(question)

    @property
    def vision_uses(self) -> frozenset[VisionUse]:
        """See ``Engines.vision_uses``."""
        return self._settings.vision_uses

    def transcribe(self, image: Image, task: VisionTask) -> Transcript:
        """See ``Engines.transcribe``."""
        if self._vision is None:
            raise errors.VisionFailed("This worker has no vision model (OCTAVO_VISION_BASE_URL).")
        return self._vision.transcribe(image, self._settings.vision_prompt(task) or PROMPTS[task])

    def close(self) -> None:
        """Ends the child; a call in flight in another thread ends with ``ReaderLost``."""
        self._closed = True
        if self._vision is not None:
            self._vision.close()
        if self._remote_ocr is not None:
            self._remote_ocr.close()
        for model in self._llms.values():
            model.close()
        if self._child is not None:
            self._child.kill()

    def _llm(self, name: LlmName) -> LanguageModel:
        if name not in self._llms:
            raise errors.LlmFailed("This worker has no such language model (OCTAVO_LLM_BASE_URL).")
        return self._llms[name]

    def _call(self, method: str, *arguments: Any) -> Any:
        timeout = self._settings.page_timeout

        def ask() -> Any:
            if self._closed:
                raise errors.ReaderLost("the models are shut down")
            if self._child is not None and self._child.alive:
                return self._child.call(method, *arguments, timeout=timeout)
            with self._room.turn():  # the models load with their first call
                self._child = self._fresh()
                return self._child.call(method, *arguments, timeout=timeout)

        with patience.held(self._lock):
            answer = self._room.steadily(lambda: _again_if_lost(ask), self._drop)
            self._watch_memory()
            return answer

    def _drop(self) -> None:
        if self._child is not None:
            self._child.kill("memory")
            self._child = None

    def _fresh(self) -> Child:
        from models.local import LocalEngines

        settings = self._settings
        make = functools.partial(LocalEngines, settings.device.value, ocr=settings.ocr_setup)
        return Child(functools.partial(OnGpu, make), Engines, Limits())

    def _watch_memory(self) -> None:
        if self._child is not None and self._child.memory() > self._settings.model_memory_bytes:
            log.info("the model child has grown past %d bytes", self._settings.model_memory_bytes)
            self._drop()


def _open_remote_ocr(settings: Settings) -> RemoteOcr | None:
    """The OCR server that the settings name, not yet asked; None when the models here read."""
    if settings.ocr_engine is not OcrEngineName.REMOTE or settings.ocr_url is None:
        return None
    from models.ocr.remote import RemoteOcr

    key = settings.ocr_api_key
    return RemoteOcr(settings.ocr_url, key.get_secret_value() if key else None, timeout=settings.ocr_timeout)


class Readers:
    """Hands out readers, one a piece of work, and can end them all at once when the worker goes down."""

    def __init__(self, settings: Settings, scratch_root: Path) -> None:
        self._settings = settings
        self._scratch_root = scratch_root
        self._lock = threading.Lock()
        self._open: set[ReaderChild] = set()

    @contextlib.contextmanager
    def reader(self) -> Iterator[ReaderChild]:
        """A reader of one's own, ended with the block."""
        reader = ReaderChild(self._settings, self._scratch_root)
        with self._lock:
            self._open.add(reader)
        try:
            yield reader
        finally:
            reader.close()
            with self._lock:
                self._open.discard(reader)

    def close(self) -> None:
        """Ends every reader now."""
        with self._lock:
            for reader in self._open:
                reader.end()


def warm_up() -> None:
    """Starts the fork server, with its imports done, before the first piece of work asks for a child."""
    started = time.perf_counter()
    _forked(os.getpid).join()
    log.debug("fork server ready after %.1f s", time.perf_counter() - started)
