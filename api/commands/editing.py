"""The command that fills in a form: ``octavo edit``."""

from __future__ import annotations

import json
from base64 import b64decode
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from api.commands.bars import Bars
from api.commands.grouped import spread
from api.commands.inputs import finding
from api.commands.many import Place, read, tell_missing
from api.commands.results import write
from api.commands.showing import fields
from api.commands.terminal import Ending, notes, stop
from schemas.options import FormFilling
from schemas.requests import JobType

if TYPE_CHECKING:
    from api.commands.inputs import Input
    from api.commands.remote import Watch
    from schemas.documents import ParsedDocument

_FILLING = "How to fill in"


@spread
def edit(
    form: Annotated[
        str,
        typer.Argument(
            help="PDF, picture or Word document: a file, an address, or - for standard input.",
            metavar="FORM",
            show_default=False,
        ),
    ],
    place: Place,
    prompt: Annotated[
        str | None,
        typer.Option(
            "--prompt",
            "-p",
            help="What to fill in, like 'Name: Jane Doe; married'.",
            rich_help_panel=_FILLING,
        ),
    ] = None,
    prompt_file: Annotated[
        typer.FileText | None,
        typer.Option(
            "--prompt-file",
            "-f",
            help="A file that says it (text or JSON); - for standard input.",
            rich_help_panel=_FILLING,
        ),
    ] = None,
    clear: Annotated[
        bool,
        typer.Option("--clear", help="Clear what was filled in before.", rich_help_panel=_FILLING),
    ] = False,
    as_print: Annotated[
        bool,
        typer.Option(
            "--as-print",
            help="Write on the pages: the result has no form fields.",
            rich_help_panel=_FILLING,
        ),
    ] = False,
    own_fields: Annotated[
        bool,
        typer.Option(
            "--own-fields",
            help="Fill in the file's own fields alone, nothing that is only drawn.",
            rich_help_panel=_FILLING,
        ),
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            dir_okay=False,
            help="The filled form; default: FORM.filled.pdf, of a Word document FORM.filled.docx.",
            rich_help_panel="Results",
        ),
    ] = None,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="Print all fields and values as JSON.", rich_help_panel="Results"),
    ] = False,
    quiet: Annotated[
        bool,
        typer.Option("--quiet", "-q", help="Tell errors only, no warnings.", rich_help_panel="Results"),
    ] = False,
) -> None:
    """Fill in a form from a prompt; without one its fields are listed, and nothing is written.

    octavo edit form.pdf

    octavo edit form.pdf --prompt "Name: Ada Lovelace; date of birth: 10 December 1815; married"

    octavo edit form.docx --prompt-file answers.json -o filled.docx
    """
    said = "\n".join(part for part in (prompt, prompt_file.read() if prompt_file else None) if part)
    filling = FormFilling(
        fill_prompt=said or None,
        ignore_source_values=clear,
        no_acroform=as_print,
        no_widget_detection=own_fields,
    )
    with finding([form]) as found:
        tell_missing(found, quiet=quiet)
        if not found.inputs:
            raise typer.Exit(Ending.FAILED)
        if len(found.inputs) > 1:
            stop("One form at a time is filled in; for many, run it for each.")
        target = (output or _default_target(found.inputs[0])) if said or clear else None
        _judge_target(target, found.inputs[0])
        copy = _Copy(target, chosen=output is not None, as_json=as_json, quiet=quiet)
        with Bars(notes) as bars, place.parser(JobType.EDIT) as parser:

            def work(source: Path | str, watch: Watch) -> ParsedDocument:
                return parser.edit(source, filling, watch, mime_type=place.mime_type)

            read(found, parser, work, copy, bars, quiet=quiet)
    copy.tell()


class _Copy:
    """What becomes of the form: its fields told, and, where there is a ``target``, written there.

    ``chosen``: the user named it; else it may get another extension.
    """

    def __init__(self, target: Path | None, *, chosen: bool, as_json: bool, quiet: bool) -> None:
        self._target, self._chosen, self._as_json, self._quiet = target, chosen, as_json, quiet
        self._form: Input | None = None
        self._document: ParsedDocument | None = None

    def add(self, one: Input, document: ParsedDocument) -> None:
        """The form was filled in."""
        self._form, self._document = one, document

    def failed(self, one: Input, message: str) -> None:
        """It was not."""
        if self._as_json:
            write(json.dumps({"file": one.name, "error": message}, ensure_ascii=False) + "\n")

    def tell(self) -> None:
        """Prints what there is to be told and writes the copy."""
        if self._document is None or self._form is None:
            return
        told: dict[str, Any] = self._document.form_filling_metadata or {}
        if self._as_json:
            write(json.dumps({"file": self._form.name, **told}, indent=2, ensure_ascii=False) + "\n")
        else:
            write(fields(told))
            for left in told["not_placed"]:
                about = ": ".join(part for part in (left["text"], left["reason"]) if part)
                notes.print(f"[yellow]not placed[/yellow]: {escape(about)}", soft_wrap=True)
        if not self._quiet:
            notes.print(f"{told['fields_filled']} of {told['fields_detected']} fields were filled in.")
        if self._target is not None:
            self._write(self._form, self._target, self._document)

    def _write(self, form: Input, target: Path, document: ParsedDocument) -> None:
        """The filled form as the file that was asked for; by default a Word document stays one."""
        docx = document.filled_docx_base64
        if not self._chosen and docx is not None:
            target = target.with_suffix(".docx")
            _judge_target(target, form)
        wants_docx = docx is not None and target.suffix.lower() != ".pdf"
        data = docx if wants_docx else document.filled_pdf_base64
        if data is None:
            stop(f"{form.name}: LibreOffice is needed to make a PDF of it; name a .docx file with --output.")
        try:
            target.write_bytes(b64decode(data))
        except OSError as error:
            stop(f"{target} cannot be written: {error.strerror}.", Ending.FAILED)
        notes.print(escape(f"{form.name} → {target}"), soft_wrap=True)


def _default_target(form: Input) -> Path:
    """Beside the form; of what has no folder, here."""
    folder = form.source.parent if isinstance(form.source, Path) and form.name != "-" else Path()
    return folder / f"{Path(form.below.name).stem}.filled.pdf"


def _judge_target(target: Path | None, form: Input) -> None:
    """Ends the command where the form would be written over."""
    if target is not None and isinstance(form.source, Path) and target.resolve() == form.source.resolve():
        stop(f"{form.name}: the filled form would replace the form itself; name another file with --output.")
