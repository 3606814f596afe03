"""Steps of a job that are done once: their results and the answers of models, kept as blobs of the job.

Whoever takes the work over, or does it again, finds by its fingerprint what is done. A blob that is damaged,
or is not what its name says, counts as missing; what went wrong is never kept.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

from models.base import Engines, Image
from models.vlm.prompts import PROMPTS
from schemas.errors import Interrupted, LlmFailed, LlmSpent, LlmTooLong
from schemas.llm import LlmName, Question, Reply
from schemas.settings import Settings
from schemas.vision import Transcript, VisionTask
from workers import codec
from workers.jobs.blobs import BlobDamaged, BlobMissing, BlobStore
from workers.jobs.results import KeptBlob
from workers.marks import llm_marks, mark, vision_mark

log = logging.getLogger(__name__)

T = TypeVar("T")


class Damaged(Exception):
    """Bytes that are not what was sealed."""


def sealed(fingerprint: str, value: Any, shown: bytes = b"") -> bytes:
    """``value`` as it is stored, with what tells that it is whole and is what ``fingerprint`` stands for.

    ``shown``: see ``KeptBlob``.
    """
    encoded = codec.encode(value)
    return codec.encode(KeptBlob(fingerprint, hashlib.sha256(encoded).digest(), encoded, shown))


def unsealed(data: bytes, fingerprint: str, kind: Any) -> Any:
    """The value of type ``kind`` that was ``sealed``.

    Raises:
        Damaged: the bytes are no such value, or another's.
    """
    try:
        blob = codec.decode(data, KeptBlob)
        if blob.fingerprint != fingerprint or blob.digest != hashlib.sha256(blob.value).digest():
            raise Damaged
        return codec.decode(blob.value, kind)
    except (ValueError, TypeError, RecursionError):  # of msgspec and pydantic, too
        raise Damaged from None


class Kept:
    """What is kept of one job, in ``folder``. May be used from any thread.

    ``steadily`` makes calls to the blob store; ``news`` hears of everything that is kept. ``fresh``: the job
    was never worked on before, so that there is nothing to look for.
    """

    def __init__(
        self,
        blobs: BlobStore,
        folder: str,
        *,
        fresh: bool = False,
        steadily: Callable[[Callable[[], Any]], Any] = lambda call: call(),
        news: Callable[[], None] = lambda: None,
    ) -> None:
        self._blobs, self._folder, self._fresh = blobs, folder, fresh
        self._steadily, self._news = steadily, news

    def get(self, fingerprint: str, kind: Any) -> Any | None:
        """The value of type ``kind`` that was kept, or None."""
        if self._fresh:
            return None
        try:
            data = self._steadily(lambda: self._blobs.get_bytes(self._key(fingerprint)))
            return unsealed(data, fingerprint, kind)
        except BlobMissing:
            return None
        except (BlobDamaged, Damaged):
            log.warning("a step that was kept is damaged and is done again")
            return None

    def put(self, fingerprint: str, value: Any) -> None:
        """Keeps ``value``, unless it is nothing that can be kept."""
        try:
            data = sealed(fingerprint, value)
        except (ValueError, TypeError, OverflowError, RecursionError) as error:
            log.warning("the result of a step cannot be kept: %s", type(error).__name__)
            return
        self._steadily(lambda: self._blobs.put_bytes(self._key(fingerprint), data))
        self._news()

    def _key(self, fingerprint: str) -> str:
        return f"{self._folder}/{fingerprint}"


class RememberingEngines:
    """``Engines`` that ask a language or vision model once: answers are kept by model, words and pictures.

    A question that is put several times gets as many answers, and as many are kept. ``asking`` and
    ``answered`` hear of each; ``failures`` counts the questions that were not answered. Language models are
    asked until ``settings.llm_job_tokens`` are used up; answers that were kept count, so that work which is
    done again comes to the same end.
    """

    def __init__(
        self,
        engines: Engines,
        settings: Settings,
        kept: Kept,
        asking: Callable[[], None] = lambda: None,
        answered: Callable[[], None] = lambda: None,
    ) -> None:
        self._engines, self._kept = engines, kept
        self._llms, self._vision = llm_marks(settings), vision_mark(settings)
        self._settings = settings
        self._asking, self._answered = asking, answered
        self._lock = threading.Lock()
        self._put: Counter[str] = Counter()
        self._tokens = 0
        self.failures = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engines, name)

    @property
    def engines(self) -> Engines:
        """Itself, as what it stands for."""
        return cast(Engines, self)

    def answer(self, question: Question, llm: LlmName) -> Reply:
        """See ``Engines.answer``.

        Raises, beside what that does:
            LlmSpent: the job may use no more tokens.
        """
        asked = (question.rules, question.text, question.schema, question.pictures)
        model = self._llms.get(llm)
        try:
            reply = self._once(("answer", model, *asked), Reply, lambda: self._ask(question, llm))
        except LlmFailed as failed:
            self._count(failed)
            raise
        self._count(reply)
        return reply

    def _count(self, spent: Reply | LlmFailed) -> None:
        with self._lock:
            self._tokens += spent.input_tokens + spent.output_tokens

    def _ask(self, question: Question, llm: LlmName) -> Reply:
        most = self._settings.llm_job_tokens
        if most and self._tokens >= most:
            raise LlmSpent(
                f"This job has used the {most} tokens that language models may use for one"
                " (OCTAVO_LLM_JOB_TOKENS)."
            )
        return self._engines.answer(question, llm)

    def transcribe(self, image: Image, task: VisionTask) -> Transcript:
        """See ``Engines.transcribe``."""
        asked = (self._settings.vision_prompt(task) or PROMPTS[task], image.shape, image)
        transcribe = self._engines.transcribe
        return self._once(("transcribe", self._vision, *asked), Transcript, lambda: transcribe(image, task))

    def _once(self, asked: tuple[Any, ...], kind: type[T], ask: Callable[[], T]) -> T:
        question = mark(*asked)
        with self._lock:
            self._put[question] += 1
            fingerprint = mark(question, self._put[question])
        self._asking()
        try:
            if (kept := self._kept.get(fingerprint, kind)) is not None:
                return cast(T, kept)
            answer = ask()
            self._kept.put(fingerprint, answer)
            return answer
        except (Interrupted, LlmTooLong):  # who hears that it is too long asks for less
            raise
        except Exception:
            with self._lock:
                self.failures += 1
            raise
        finally:
            self._answered()


class Steps:
    """``RunContext.step`` of a job's document stages: what was done for the same windows is not done again.

    ``windows`` are the fingerprints of the pages' windows, in order. A step in which a model did not answer
    is not kept.
    """

    def __init__(
        self, kept: Kept, engines: RememberingEngines, reading_mark: str, windows: Sequence[str]
    ) -> None:
        self._kept, self._engines = kept, engines
        self._document = mark(reading_mark, list(windows))

    def __call__(self, name: str, asked: object, kind: type[T], make: Callable[[], T]) -> T:
        """See ``pipelines.work.Step``."""
        fingerprint = mark("step", name, self._document, asked)
        if (found := self._kept.get(fingerprint, kind)) is not None:
            return cast(T, found)
        failures = self._engines.failures
        made = make()
        if self._engines.failures == failures:
            self._kept.put(fingerprint, made)
        return made
