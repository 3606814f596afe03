"""What all commands that read documents do: find them, read each, here or by a service, tell how it went."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import typer
from rich.markup import escape

from api.commands.at_once import outcomes
from api.commands.bars import Bars, Overall
from api.commands.client import Key, Refused, Server, ServiceError
from api.commands.inputs import Found, Input
from api.commands.terminal import Ending, notes, settings_or_exit, stop
from schemas.errors import Interrupted, OctavoError
from schemas.progress import duration
from schemas.requests import JobType

if TYPE_CHECKING:
    from api.commands.remote import SourceParser, Watch
    from schemas.documents import ParsedDocument
    from schemas.options import Configuration
    from schemas.progress import Report

Inputs = Annotated[
    list[str],
    typer.Argument(
        help="Files, folders, patterns like 'in/**/*.pdf', addresses (https://…); - is standard input.",
        metavar="INPUT…",
        show_default=False,
    ),
]


class Receiver(Protocol):
    """Takes results as they come."""

    def add(self, one: Input, document: ParsedDocument) -> None:
        """A document was read."""

    def failed(self, one: Input, message: str) -> None:
        """A document has no result, and why."""


_NAME_WIDTH = 24
_AT_A_TIME = 4
_PANEL = "Service"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where documents are read, and what is known of them beforehand."""

    mime_type: Annotated[
        str | None,
        typer.Option(
            "--mime-type",
            help="What the inputs are, like text/html, where neither content nor name shows it.",
            rich_help_panel="How to read",
        ),
    ] = None
    server: Server = None
    key: Key = "any"
    at_a_time: Annotated[
        int,
        typer.Option(
            "--at-a-time", "-j", min=1, max=32, help="Documents in hand by a service.", rich_help_panel=_PANEL
        ),
    ] = _AT_A_TIME
    labels: Annotated[
        list[str] | None,
        typer.Option(
            "--label",
            help="What a service keeps with the jobs, as name=value; again for more.",
            metavar="NAME=VALUE",
            rich_help_panel=_PANEL,
        ),
    ] = None

    @property
    def in_hand(self) -> int:
        """How many documents are read at a time."""
        return self.at_a_time if self.server else settings_or_exit().concurrency

    @contextlib.contextmanager
    def parser(self, calls: JobType, asked: Configuration | None = None) -> Iterator[SourceParser]:
        """Who reads; a service that cannot be used, and options that nobody can serve, end the command."""
        if self.server:
            from api.commands.remote import RemoteParser

            try:
                with RemoteParser.of(self.server, self.key, calls, self._labels()) as remote:
                    remote.greet()
                    yield remote
            except ServiceError as error:
                stop(error.message, Ending.NO_SERVICE)
            return
        from workers import forkserver

        forkserver.start()  # it takes as long as all that follows
        from api.commands.here import HereParser
        from workers.jobs.judging import judge_configuration

        settings = settings_or_exit()
        try:
            if asked is not None:
                judge_configuration(settings, asked)
            here = HereParser(settings)
        except OctavoError as error:
            stop(error.message)
        with here:
            yield here

    def _labels(self) -> dict[str, str]:
        named = [label.partition("=") for label in self.labels or ()]
        if wrong := [name for name, sign, _ in named if not (name and sign)]:
            raise typer.BadParameter(f"{wrong[0]!r} is not as name=value", param_hint="--label")
        return {name: value for name, _, value in named}


def read(
    found: Found,
    parser: SourceParser,
    work: Callable[[Path | str, Watch], ParsedDocument],
    results: Receiver,
    bars: Bars,
    *,
    at_a_time: int = 1,
    quiet: bool = False,
) -> None:
    """Has ``work`` read every document, and ends the command with its exit code if some failed."""
    inputs, began = found.inputs, time.monotonic()
    overall = Overall(len(inputs))
    failed = len(found.missing)
    with contextlib.ExitStack() as shown:
        bar = shown.enter_context(bars.bar("all documents")) if len(inputs) > 1 else None

        def tell() -> None:
            if bar is not None:
                bar.show(overall.ended, len(inputs), about=overall.about())

        def one_read(one: Input) -> ParsedDocument:
            with bars.bar(_short(one.below.name)) as its_own:

                def watch(report: Report, pages: int) -> None:
                    its_own.show(report.pages_done, pages or None, report.where, ", ".join(report.counts()))
                    overall.moved(one, report.pages_done, pages)
                    tell()

                return work(one.source, watch)

        interrupt = getattr(parser, "interrupt", lambda: None)
        tell()
        with contextlib.closing(outcomes(inputs, one_read, at_a_time, interrupt)) as ended:
            for one, outcome in ended:
                if isinstance(outcome, Exception):
                    failed += 1
                    overall.end(one, 0)
                    _tell_failure(one.name, outcome)
                    results.failed(one, str(outcome))
                else:
                    overall.end(one, outcome.parsed_pages_count)
                    _tell_doubts(one.name, outcome, quiet=quiet)
                    results.add(one, outcome)
                tell()
    _tell_end(len(inputs) + len(found.missing), failed, overall.pages_done, time.monotonic() - began, quiet)
    if failed:
        raise typer.Exit(Ending.FAILED)


def _short(name: str) -> str:
    """A name that leaves room beside it."""
    half = _NAME_WIDTH // 2
    return name if len(name) <= _NAME_WIDTH else f"{name[:half]}…{name[1 - half :]}"


def tell_missing(found: Found, *, quiet: bool = False) -> None:
    """Tells what inputs led to nothing; where all led to nothing at all, the command ends."""
    if found.left_out and not quiet:
        notes.print(escape(found.left_out), soft_wrap=True)
    for name, reason in found.missing:
        _tell_failure(name, OctavoError(reason))
    if not found.inputs and not found.missing:
        stop("There is nothing to read among these inputs.")


def _tell_failure(name: str, error: Exception) -> None:
    """Tells why a document has no result; what concerns all of them is raised on, and ends the command."""
    if isinstance(error, Refused) and error.is_of_options:
        stop(f"{name}: {error.message}")
    if isinstance(error, Interrupted) or not isinstance(error, OctavoError):
        raise error
    if isinstance(error, ServiceError) and not isinstance(error, Refused):
        raise error
    notes.print(f"[red]{escape(name)}[/red]: {escape(error.message)}", soft_wrap=True)


def _tell_doubts(name: str, document: ParsedDocument, *, quiet: bool) -> None:
    """Tells what is to be known of a document that was read."""
    for fault in document.page_errors:
        left_out = escape(f"page {fault.page_number} was left out: {fault.message}")
        notes.print(f"[yellow]{escape(name)}[/yellow]: {left_out}", soft_wrap=True)
    for warning in () if quiet else document.warnings:
        where = f", page {warning.page_number}" if warning.page_number else ""
        notes.print(f"[yellow]{escape(name)}[/yellow]{where}: {escape(warning.message)}", soft_wrap=True)


def _tell_end(documents: int, failed: int, pages: int, seconds: float, quiet: bool) -> None:
    """Tells of many documents how it went."""
    if failed and documents > 1:
        notes.print(f"{failed} of {documents} could not be read.")
    elif documents > 1 and not quiet:
        read = f"{documents} documents, {pages} {'page' if pages == 1 else 'pages'}"
        notes.print(f"{read} in {duration(seconds)}{f', {pages / seconds:.3g} pages/s' if pages else ''}.")


def options_for(given: dict[str, Any], **more: Sequence[dict[str, Any]]) -> Configuration:
    """Option objects with ``more`` added to their lists; what makes no sense ends the command."""
    from api.commands.options import configuration

    for name, entries in more.items():
        if entries:
            given[name] = [*(given.get(name) or []), *entries]
    return configuration(given)
