"""Where results go: a file for each document in a folder; or standard output, in their order."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from api.commands.bars import Bars
from api.commands.inputs import Found, Input, targets
from api.commands.terminal import Ending, notes, shown, stop

if TYPE_CHECKING:
    from schemas.documents import ParsedDocument

_PANEL = "Results"


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """Where results go, and what is told beside them."""

    folder: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            file_okay=False,
            help="Folder for the results, one for each document; else they are printed.",
            rich_help_panel=_PANEL,
        ),
    ] = None
    as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            help="A JSON object for each document, printed on a line of its own; of one that failed, "
            "its error.",
            rich_help_panel=_PANEL,
        ),
    ] = False
    quiet: Annotated[
        bool,
        typer.Option("--quiet", "-q", help="Tell errors only, no warnings.", rich_help_panel=_PANEL),
    ] = False


@dataclass(frozen=True, slots=True)
class Form:
    """What is written of a document: ``show`` makes it for people, ``pick`` an object for programs.

    ``suffix`` is that of its file; ``pick`` alone (``show`` is None) means that it is always JSON.
    """

    suffix: str
    show: Callable[[Input, ParsedDocument], str] | None
    pick: Callable[[ParsedDocument], dict[str, Any]]


class Results:
    """Writes the results of what was found, as they come; of names of nothing at once that they are so."""

    def __init__(self, found: Found, output: Output, form: Form, bars: Bars) -> None:
        self._output, self._form, self._bars = output, form, bars
        self._order = list(found.inputs)
        self._held: dict[Input, str] = {}
        self._many = len(found.inputs) > 1
        self._targets = targets(found.inputs, output.folder, form.suffix) if output.folder else {}
        for name, reason in found.missing:
            self._write(self._error(name, reason))

    def failed(self, one: Input, message: str) -> None:
        """A document has no result."""
        self._print(one, self._error(one.name, message))

    def _error(self, name: str, message: str) -> str:
        for_programs = self._output.as_json and not self._output.folder
        return _line({"file": name, "error": message}) if for_programs else ""

    def add(self, one: Input, document: ParsedDocument) -> None:
        """A document was read; where results go cannot be written to ends the command."""
        if one not in self._targets:
            self._print(one, self._text(one, document))
            return
        target = self._targets[one]
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(self._whole(one, document).encode("utf-8", "replace"))
        except OSError as error:
            stop(f"{target} cannot be written: {error.strerror}.", Ending.FAILED)
        if not self._output.quiet:
            notes.print(escape(f"{one.name} → {target}"), soft_wrap=True)

    def _whole(self, one: Input, document: ParsedDocument) -> str:
        """The content of a file of its own."""
        if self._form.show is not None and self._form.suffix != ".json":
            return self._form.show(one, document)
        picked = {"file": one.name, **self._form.pick(document)}
        return json.dumps(picked, ensure_ascii=False, indent=2) + "\n"

    def _text(self, one: Input, document: ParsedDocument) -> str:
        if self._output.as_json or self._form.show is None:
            return _line({"file": one.name, **self._form.pick(document)})
        text = self._form.show(one, document)
        marked = self._many and self._form.suffix == ".md"
        return f"<!-- {one.name.replace('--', '- -')} -->\n\n{text}\n" if marked else text

    def _print(self, one: Input, text: str) -> None:
        """Prints it once all before it are printed."""
        self._held[one] = text
        ready = []
        while self._order and self._order[0] in self._held:
            ready.append(self._held.pop(self._order.pop(0)))
        self._write("".join(ready))

    def _write(self, text: str) -> None:
        if text:
            with self._bars.away():
                write(text)


def write(text: str) -> None:
    """Writes to standard output; half a surrogate pair, which some documents have, as a question mark.

    Where that cannot be written to the command ends.
    """
    try:
        sys.stdout.buffer.write(shown(text).encode("utf-8", "replace"))
        sys.stdout.buffer.flush()
    except BrokenPipeError:  # whoever reads has enough
        raise
    except OSError as error:
        stop(f"Standard output cannot be written to: {error.strerror}.", Ending.FAILED)


def _line(found: dict[str, Any]) -> str:
    return json.dumps(found, ensure_ascii=False) + "\n"
