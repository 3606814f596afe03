"""The command that fills in a form here and now: ``octavo fill``."""

from __future__ import annotations

import json
import sys
from base64 import b64decode
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from api.commands.bars import Bars
from api.commands.reading import read_with_bar
from api.commands.terminal import notes, settings_or_exit, stop
from schemas.errors import OctavoError
from schemas.options import FormFilling


def fill(
    form: Annotated[Path, typer.Argument(help="PDF, picture or DOCX.", exists=True, dir_okay=False)],
    prompt: Annotated[
        str | None, typer.Option("--prompt", "-p", help="What to fill in, like 'Name: Jane Doe; married'.")
    ] = None,
    prompt_file: Annotated[
        typer.FileText | None,
        typer.Option("--prompt-file", "-f", help="A file that says it (text or JSON); - for standard input."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", dir_okay=False, help="The filled form; default: FORM.filled.pdf."),
    ] = None,
    clear: Annotated[bool, typer.Option(help="Clear what was filled in before.")] = False,
    as_print: Annotated[
        bool, typer.Option("--as-print", help="Write on the pages: the result has no form fields.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print all fields and values as JSON.")] = False,
) -> None:
    """Fill in a form without any service; without a prompt its fields are listed and nothing is written."""
    from workers.local import LocalParser

    said = "\n".join(part for part in (prompt, prompt_file.read() if prompt_file else None) if part)
    filling = FormFilling(fill_prompt=said or None, ignore_source_values=clear, no_acroform=as_print)
    try:
        with Bars(notes) as bars, LocalParser(settings_or_exit()) as parser:
            document = read_with_bar(bars, form, partial(parser.edit, form, filling))
    except OctavoError as error:
        stop(f"{form}: {error.message}")
    told = document.form_filling_metadata or {}
    if as_json:
        sys.stdout.write(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
    else:
        _tell(told)
    if said or clear:
        _write(form, output, document.filled_pdf_base64, document.filled_docx_base64)


def _tell(told: dict[str, Any]) -> None:
    """The fields with their values, and what was not placed, for a person."""
    for widget in told["detected_widgets"]:
        value = widget["value"]
        shown = ("[x]" if value else "[ ]") if isinstance(value, bool) else value or ""
        mark = "→" if widget["filled"] else " "
        line = f"{mark} page {widget['page_number']}: {widget['name']} ({widget['type']}): {shown}"
        sys.stdout.write(line.rstrip() + "\n")
    for left in told["not_placed"]:
        about = ": ".join(part for part in (left["text"], left["reason"]) if part)
        notes.print(f"[yellow]not placed[/yellow]: {escape(about)}", soft_wrap=True)
    notes.print(f"{told['fields_filled']} of {told['fields_detected']} fields were filled in.")


def _write(form: Path, output: Path | None, pdf: str | None, docx: str | None) -> None:
    """The filled form as the file that was asked for; by default a Word document stays one."""
    wants_docx = docx is not None and (output is None or output.suffix.lower() != ".pdf")
    data = docx if wants_docx else pdf
    if data is None:
        stop(f"{form}: LibreOffice is needed to make a PDF of it; name a .docx file with --output.")
    target = output or form.with_name(f"{form.stem}.filled{'.docx' if wants_docx else '.pdf'}")
    if target.resolve() == form.resolve():
        stop(f"{form}: the filled form would replace the form itself; name another file with --output.")
    target.write_bytes(b64decode(data))
    notes.print(escape(f"{form} → {target}"), soft_wrap=True)
