"""A run from its first submit to the judgement."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.chaos import outcome as outcomes
from benchmarks.chaos.customers import Customer, Story
from benchmarks.chaos.documents import Document, documents
from benchmarks.chaos.ground import GROUNDS, Ground
from benchmarks.chaos.hearing import Endpoint, Hearing
from benchmarks.chaos.killer import Killer, strikes
from benchmarks.chaos.model import ModelServer, model_server
from benchmarks.chaos.outcome import Outcome, Watch
from benchmarks.chaos.promises import broken
from benchmarks.chaos.supervised import until
from benchmarks.receiver import Receiver, receiving
from benchmarks.servers import temporary_folder
from schemas.webhooks import EventType

_TOLD = 12
_DRAIN_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Script:
    """What is played: ``documents`` submitted and ``kills`` dealt on the ground ``on``, drawn from ``seed``.

    ``patience``: seconds that a job may take. ``longest``: pages of the longest document. ``deadly``:
    how many documents kill workers. ``at_once``: documents that wait for their end at a time.
    ``victims``: the kinds of processes to kill; none given: all there are.
    """

    on: str
    documents: int
    kills: int
    seed: int
    patience: float = 900.0
    longest: int = 30
    deadly: int = 1
    at_once: int = 24
    victims: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A run and what it broke, by promise."""

    script: Script
    outcome: Outcome
    broken: dict[str, list[str]]
    seconds: float

    @property
    def held(self) -> bool:
        """Whether every promise was kept."""
        return not any(self.broken.values())


@dataclass
class _Stage:
    """What a run plays on."""

    script: Script
    ground: Ground
    model: ModelServer
    receiver: Receiver
    hearing: Hearing
    tell: Callable[[str], None]


def run(script: Script, tell: Callable[[str], None], keep: Path | None = None) -> Report:
    """Plays ``script``; ``keep`` gets the logs of the service.

    Raises:
        RuntimeError: the service does not come up.
        ServerUnavailable: a server that it stands on cannot be had here.
    """
    began = time.monotonic()
    with temporary_folder() as folder, model_server() as model, receiving() as receiver:
        ground = GROUNDS[script.on](folder / script.on, model.url)
        stage = _Stage(script, ground, model, receiver, Hearing(random.Random(script.seed)), tell)
        try:
            ground.start()
            outcome = _play(stage)
        finally:
            had_to_be_killed = ground.stop()
            _keep(ground, keep)
        outcome.left_running = [*had_to_be_killed, *outcomes.left_running(folder)]
        return Report(script, outcome, broken(outcome), time.monotonic() - began)


def _play(stage: _Stage) -> Outcome:
    script, ground = stage.script, stage.ground
    plan = documents(script.documents, random.Random(script.seed), script.longest, script.deadly)
    victims = script.victims or list(ground.victims())
    customer = Customer(ground.url, script.patience)
    endpoints = _endpoints(stage, customer)
    dataset_id = customer.keyed("datasets", "dataset", {"name": "chaos"})["dataset_id"]
    ended: list[Story] = []
    last_held = len(plan) - script.at_once - 1  # after this many ends nobody is left to wait for a strike
    blows = strikes(script.kills, max(0, last_held), victims, random.Random(script.seed))
    killer = Killer(ground, blows, ended.__len__, stage.tell)
    watch = Watch(ground)
    watch.start()
    killer.start()
    stories = _lives(stage, plan, dataset_id, ended, killer)
    killer.stop()
    watch.stop()
    if killer.error is not None:
        raise killer.error
    with outcomes.services(ground.settings()) as services:
        until(lambda: not outcomes.pending(services), _DRAIN_SECONDS, pause=0.5)
        kept = outcomes.kept(services)
    return Outcome(
        stories=stories,
        kills=killer.kills,
        kept=kept,
        listed=[one["parse_id"] for one in customer.all("parse")],
        in_dataset=[one["parse_id"] for one in customer.all(f"datasets/{dataset_id}/data")],
        ends={id_: customer.asked("GET", f"parse/{id_}") for s in stories for id_ in s.parse_ids},
        endpoints=endpoints,
        heard=list(stage.hearing.heard),
        windows=outcomes.windows_begun(ground.logs()),
        answers=len(stage.model.asked),
        answers_again=stage.model.asked_again,
        peaks=watch.peaks,
    )


def _lives(
    stage: _Stage, plan: list[Document], dataset_id: str, ended: list[Story], killer: Killer
) -> list[Story]:
    """All documents through their customers, so many at once; none overtakes the strikes before it."""
    own, over, at_once = threading.local(), threading.Event(), stage.script.at_once

    def live(number: int, document: Document) -> Story:
        killer.hold(number - at_once)
        if not hasattr(own, "customer"):
            own.customer = Customer(stage.ground.url, stage.script.patience, over)
        story: Story = own.customer.live(document, dataset_id)
        ended.append(story)
        for wrong in story.wrong:
            stage.tell(f"         {document.name} ({story.parse_id}): {wrong}"[:600])
        return story

    with ThreadPoolExecutor(at_once) as pool:
        try:
            return list(pool.map(live, range(len(plan)), plan))
        except BaseException:  # Ctrl-C, too: nobody waits on
            over.set()
            killer.stop_waiting()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _endpoints(stage: _Stage, customer: Customer) -> list[Endpoint]:
    """Two endpoints: one is told of everything; the other of ends only, and it fails at times."""
    stage.receiver.choose = stage.hearing.answer
    for path, events in {"/all": tuple(EventType), "/ends": (EventType.COMPLETED, EventType.FAILED)}.items():
        body: dict[str, Any] = {"url": stage.receiver.url(path), "event_types": list(events)}
        secret = customer.keyed("webhooks", f"webhook{path}", body)["secret"]
        stage.hearing.endpoints[path] = Endpoint(path, secret, events, fails=path == "/ends")
    return list(stage.hearing.endpoints.values())


def _keep(ground: Ground, folder: Path | None) -> None:
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    for name, program in ground.programs.items():
        (folder / f"{name}.log").write_bytes(program.log.read_bytes())


def told(report: Report) -> Iterator[str]:
    """What a reader wants to know of a run, line by line."""
    outcome, kinds = report.outcome, Counter(str(s.document.kind) for s in report.outcome.stories)
    pages = sum(len(story.document.numbers) for story in outcome.stories)
    yield f"seed {report.script.seed} on {report.script.on}"
    yield f"{len(outcome.stories)} documents of {pages} pages ({_all(kinds)})"
    yield f"{len(outcome.kills.done)} kills in {report.seconds:.0f} s ({_all(Counter(outcome.kills.done))})"
    yield f"{outcome.deaths} times a worker died of a document"
    yield f"{len(outcome.windows)} windows, {outcome.windows_again} read again"
    yield f"{outcome.answers} answers of the language model, {outcome.answers_again} asked for again"
    yield f"{len(outcome.heard)} webhooks came; {sum(s.tries for s in outcome.stories)} requests"
    yield "at most " + ", ".join(f"{name} {size / 2**20:.0f} MiB" for name, size in outcome.peaks.items())
    for promise, breaches in report.broken.items():
        yield f"{'BROKEN' if breaches else 'kept  '}  {promise}"
        for breach in breaches[:_TOLD]:
            yield f"          {breach[:500]}"
        if len(breaches) > _TOLD:
            yield f"          and {len(breaches) - _TOLD} more"


def record(report: Report) -> dict[str, Any]:
    """What is stored of a run."""
    outcome = report.outcome
    return {
        "told": list(told(report)),
        "seed": report.script.seed,
        "kills": Counter(outcome.kills.done),
        "windows": len(outcome.windows),
        "deaths": outcome.deaths,
        "windows_again": outcome.windows_again,
        "answers_again": outcome.answers_again,
        "peaks": outcome.peaks,
        "seconds": report.seconds,
        "broken": report.broken,
    }


def _all(counts: Counter[str]) -> str:
    return ", ".join(f"{n} {name}" for name, n in counts.most_common())
