"""Many files through one dataset of a running service, over HTTP: what is done already is not done again."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from api.commands.client import Client, Refused
from schemas.jobs import JobStatus
from schemas.pace import Pace

_AHEAD = 32
"""Jobs that wait or run at a time: enough for any number of workers to be busy, few enough to stay cheap."""
_LOOKED_AT = 8
"""Of these so many are asked after in a round, in turns."""
_ROUND_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Item:
    """A document, and the path that its results have in the output folder, without an extension.

    ``source`` is a file, or an ``http(s)`` address, which the service fetches.
    """

    source: Path | str
    target: Path


@dataclass(slots=True)
class Tally:
    """What became of the files. ``reused`` were done by an earlier run, ``failed`` are those and why.

    ``failed_pages`` are those of files that were read.
    """

    done: int = 0
    reused: int = 0
    pages: int = 0
    failed_pages: int = 0
    failed: list[tuple[Path | str, str]] = field(default_factory=list)

    @property
    def ended(self) -> int:
        """Files that nothing more will happen to."""
        return self.done + len(self.failed)


@dataclass(slots=True)
class Running:
    """A file in hand; ``pages`` are known once it was opened."""

    item: Item
    job: str
    pages_done: int = 0
    pages: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a batch is. ``pages`` is what all files have, by the mean of those known; None: of none yet."""

    tally: Tally
    running: int
    pages_done: int
    pages: int | None
    pages_per_second: float | None

    @property
    def seconds_left(self) -> float | None:
        """By the pace of late."""
        if self.pages is None or not self.pages_per_second:
            return None
        return (self.pages - self.pages_done) / self.pages_per_second


class Batch:
    """Uploads, submits, waits and fetches. ``tell`` hears of every step how far the batch is."""

    def __init__(
        self,
        client: Client,
        output: Path,
        tell: Callable[[Standing], None] = lambda standing: None,
    ) -> None:
        self._client, self._output, self._tell = client, output, tell
        self._pace = Pace()

    def run(self, name: str, items: Sequence[Item], options: dict[str, Any] | None = None) -> Tally:
        """Reads the files into the dataset ``name``, which is made if there is none.

        ``options``: the option objects that it should have; None leaves them as they are. Results are
        written beside each other as ``.json`` and ``.md``, and all together as ``results.jsonl``.

        Raises:
            ServiceError: the service cannot be reached, or refuses the dataset.
        """
        dataset = self._dataset(name, options)
        known = self._known(name, dataset["configuration"])
        earlier = set(known.values())
        tally, waiting, running = Tally(), deque(items), deque[Running]()
        self._pace.start()
        while waiting or running:
            while waiting and len(running) < _AHEAD:
                item = waiting.popleft()
                try:
                    running.append(self._begun(item, dataset["dataset_id"], known))
                except Refused as refused:
                    tally.failed.append((item.source, refused.message))
                self._tell(self._standing(tally, running, len(items)))
            ended = self._ended(running, tally, earlier)
            self._tell(self._standing(tally, running, len(items)))
            if not ended and running:
                self._client.sleep(_ROUND_SECONDS)
        self._join(items)
        return tally

    def _dataset(self, name: str, options: dict[str, Any] | None) -> dict[str, Any]:
        found = self._client.listed("datasets", name=name)  # all whose names have this one in them
        dataset_id = next((one["dataset_id"] for one in found if one["name"] == name), None)
        if dataset_id is None:
            dataset_id = self._client.ask("POST", "datasets", json={"name": name, **(options or {})})[
                "dataset_id"
            ]
        elif options:
            self._client.ask("PUT", f"datasets/{dataset_id}", json=options)
        shown: dict[str, Any] = self._client.ask(
            "GET", f"datasets/{dataset_id}", params={"include_configuration": True}
        )
        return shown

    def _known(self, name: str, configuration: dict[str, Any]) -> dict[str, str]:
        """The jobs of the dataset that need not be made again: same options, not failed.

        By the id of their file, or by their address.
        """
        found: dict[str, str] = {}
        for job in self._client.listed("parse", dataset_name=name):
            asked = job["options"]
            as_now = asked["configuration"] == configuration and not asked["page_range"]
            source = asked["file_id"] or asked["file_url"]
            if job["status"] != JobStatus.FAILURE and as_now and source:
                found.setdefault(source, job["parse_id"])
        return found

    def _standing(self, tally: Tally, running: Sequence[Running], files: int) -> Standing:
        opened = [one for one in running if one.pages is not None]
        pages = tally.pages + sum(one.pages or 0 for one in opened)
        known = tally.done + len(opened)
        left = files - tally.ended - len(opened)
        return Standing(
            tally=tally,
            running=len(running),
            pages_done=tally.pages + sum(one.pages_done for one in running),
            pages=pages + round(left * pages / known) if known else None,
            pages_per_second=self._pace.per_second,
        )

    def _begun(self, item: Item, dataset_id: str, known: dict[str, str]) -> Running:
        """The job of a document: one that is known, or a new one."""
        body = self._body(item)
        source = body.get("file_id") or body["file_url"]
        if source in known:
            return Running(item, known[source])
        job = self._client.ask("POST", f"datasets/{dataset_id}/parse", json=body)["parse_id"]
        known[source] = job
        return Running(item, job)

    def _body(self, item: Item) -> dict[str, str]:
        """What is submitted of a document; a file is uploaded before."""
        if isinstance(item.source, str):
            return {"file_url": item.source}
        try:
            with item.source.open("rb") as file:
                uploaded = self._client.ask(
                    "PUT", "files", files={"file": (item.source.name, file)}, again=file
                )
        except OSError as error:
            raise Refused(f"It cannot be opened: {error.strerror}.") from None
        return {"file_id": uploaded["file_id"], "file_name": item.source.name}

    def _ended(self, running: deque[Running], tally: Tally, earlier: set[str]) -> int:
        """Takes those that have ended out of ``running``; returns how many."""
        ended = 0
        for _ in range(min(_LOOKED_AT, len(running))):
            one = running.popleft()
            try:
                progress = self._client.ask("GET", f"parse/{one.job}/progress")
                status = progress["attributes"]["status"]
                self._moved(one, progress, counts=one.job not in earlier)
                if status == JobStatus.SUCCESSFUL:
                    self._fetch(one)
                    tally.done += 1
                    tally.reused += one.job in earlier
                    tally.pages += progress["current"]
                    tally.failed_pages += progress["attributes"]["failed_pages"]
                elif status == JobStatus.FAILURE:
                    tally.failed.append((one.item.source, progress["message"] or "failed"))
                else:
                    running.append(one)
                    continue
            except Refused as refused:
                tally.failed.append((one.item.source, refused.message))
            ended += 1
        return ended

    def _moved(self, one: Running, progress: dict[str, Any], *, counts: bool) -> None:
        """Notes how far a job is; what an earlier run began says nothing of the pace."""
        if counts and progress["current"] > one.pages_done:
            self._pace.count(progress["current"] - one.pages_done)
        one.pages_done, one.pages = progress["current"], progress["total"]

    def _fetch(self, one: Running) -> None:
        """Writes a result, unless an earlier run did."""
        target = self._output / one.item.target
        path, text = target.with_name(f"{target.name}.json"), target.with_name(f"{target.name}.md")
        if text.exists() and _is_of(path, one.job):
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        result = self._client.ask("GET", f"parse/{one.job}")
        text.write_text(result["document_markdown"] or "", encoding="utf-8")
        partly = path.with_name(f"{path.name}.part")  # a result that is there is whole
        partly.write_text(json.dumps(result, ensure_ascii=False), encoding="utf-8")
        partly.replace(path)

    def _join(self, items: Sequence[Item]) -> None:
        """All results in the order of the files, one a line, each with its file."""
        self._output.mkdir(parents=True, exist_ok=True)
        with (self._output / "results.jsonl").open("w", encoding="utf-8") as lines:
            for item in items:
                target = self._output / item.target
                with suppress(FileNotFoundError):
                    text = target.with_name(f"{target.name}.json").read_text(encoding="utf-8")
                    lines.write(f'{{"file": {json.dumps(str(item.source))}, {text.removeprefix("{")}\n')


def _is_of(path: Path, job: str) -> bool:
    """Whether a result that was written before is that of a job."""
    with suppress(OSError), path.open(encoding="utf-8") as file:
        return f'"{job}"' in file.read(200)
    return False
