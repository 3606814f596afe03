"""The ``octavo`` command: the composition root, the only file of ``api`` that may import anything."""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape

from schemas.errors import InvalidConfiguration, OctavoError
from schemas.options import Configuration, OcrModel
from schemas.settings import Settings

if TYPE_CHECKING:
    from rich.progress import Progress

    from schemas.documents import ParsedDocument
    from workers.doctor import Finding
    from workers.jobs.services import Services
    from workers.local import LocalParser

app = typer.Typer(
    name="octavo",
    help="Documents in; Markdown, tables and boxes out. "
    "`octavo serve` starts the service, `octavo parse` reads files here and now.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
notes = Console(stderr=True, highlight=False)

WELCOME = """
[bold]Octavo answers at {url}[/bold]   (data in {data}; Ctrl-C stops everything)

  curl -H 'Authorization: Bearer <key>' -F file=@invoice.pdf {url}/documents/v2/files

  from tensorlake.documentai import DocumentAI
  client = DocumentAI(api_key="<key>", server_url="{url}")
  result = client.parse_and_wait(file_id=client.upload("invoice.pdf"))
  print(result.chunks[0].content)

<key> is any word as long as none is configured. API reference: {url}/docs
"""


class OutputFormat(StrEnum):
    """What ``octavo parse`` writes."""

    MARKDOWN = "markdown"
    JSON = "json"

    @property
    def suffix(self) -> str:
        """The file name extension of a result."""
        return ".md" if self is OutputFormat.MARKDOWN else ".json"

    def render(self, document: ParsedDocument) -> str:
        """The document in this form."""
        if self is OutputFormat.MARKDOWN:
            return document.document_markdown
        return document.model_dump_json(indent=2)


class Extra(StrEnum):
    """What ``octavo parse`` looks for besides text, each an option of the service."""

    BARCODES = "barcodes"
    SIGNATURES = "signatures"
    STRIKETHROUGH = "strikethrough"
    SKEW = "skew"
    CHARTS = "charts"
    FORMS = "forms"
    IMAGES = "images"
    WORDS = "words"


_EXTRAS = {
    Extra.BARCODES: ("parsing_options", "barcode_detection"),
    Extra.SIGNATURES: ("parsing_options", "signature_detection"),
    Extra.STRIKETHROUGH: ("parsing_options", "remove_strikethrough_lines"),
    Extra.SKEW: ("parsing_options", "skew_detection"),
    Extra.CHARTS: ("enrichment_options", "chart_extraction"),
    Extra.FORMS: ("enrichment_options", "key_value_extraction"),
    Extra.IMAGES: ("parsing_options", "include_images"),
    Extra.WORDS: ("parsing_options", "include_words"),
}


@app.command()
def parse(
    files: Annotated[list[Path], typer.Argument(help="Files to read.", exists=True, dir_okay=False)],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", file_okay=False, help="Folder for the results; else they are printed."
        ),
    ] = None,
    output_format: Annotated[
        OutputFormat, typer.Option("--format", "-f", help="Markdown, or the whole result as JSON.")
    ] = OutputFormat.MARKDOWN,
    pages: Annotated[str, typer.Option("--pages", "-p", help="Pages to read, like 1-3 or 2,5-7.")] = "",
    ocr_model: Annotated[
        OcrModel,
        typer.Option("--ocr-model", "-m", help="How to read; gemini3: by a vision model you set up."),
    ] = OcrModel.MODEL03,
    extras: Annotated[
        list[Extra] | None,
        typer.Option("--with", "-w", help="What to look for besides text, or to add; again for more."),
    ] = None,
) -> None:
    """Read documents without any service."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from workers.jobs.intake import judge_ocr_model
    from workers.local import LocalParser

    settings = _settings()
    try:
        judge_ocr_model(settings, ocr_model)
    except InvalidConfiguration as error:
        _stop(error.message)
    options = configuration(ocr_model, extras or [])
    targets = _targets(files, output, output_format) if output else {}
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    failed = 0
    with Progress(*columns, console=notes, transient=True) as bars, LocalParser(settings) as parser:
        for path in files:
            try:
                document = _parse_one(parser, path, options, pages, bars)
            except OctavoError as error:
                notes.print(f"[red]{escape(str(path))}[/red]: {escape(error.message)}", soft_wrap=True)
                failed += 1
                continue
            text = output_format.render(document) + "\n"
            if path in targets:
                targets[path].write_text(text, encoding="utf-8")
                notes.print(escape(f"{path} → {targets[path]}"), soft_wrap=True)
            else:
                sys.stdout.write(text)
    if failed:
        notes.print(f"{failed} of {len(files)} could not be read.")
        raise typer.Exit(1)


def configuration(ocr_model: OcrModel, extras: list[Extra]) -> Configuration:
    """What the service would be asked for."""
    asked: dict[str, dict[str, object]] = {
        "parsing_options": {"ocr_model": ocr_model},
        "enrichment_options": {},
    }
    for extra in extras:
        group, option = _EXTRAS[extra]
        asked[group][option] = True
    return Configuration.model_validate(asked)


def _parse_one(
    parser: LocalParser, path: Path, configuration: Configuration, pages: str, bars: Progress
) -> ParsedDocument:
    bar = bars.add_task(escape(path.name), total=None)

    def moved(done: int, total: int) -> None:
        bars.update(bar, completed=done, total=total)

    try:
        document = parser.parse(path, configuration, page_range=pages, progress=moved)
    finally:
        bars.remove_task(bar)
    for fault in document.page_errors:
        left_out = escape(f"page {fault.page_number} was left out: {fault.message}")
        notes.print(f"[yellow]{escape(str(path))}[/yellow]: {left_out}", soft_wrap=True)
    for warning in document.warnings:
        where = f", page {warning.page_number}" if warning.page_number else ""
        notes.print(f"[yellow]{escape(str(path))}[/yellow]{where}: {escape(warning.message)}", soft_wrap=True)
    return document


def _targets(files: list[Path], folder: Path, output_format: OutputFormat) -> dict[Path, Path]:
    """A result file for each source, named like it; no two are the same, and none is a source."""
    folder.mkdir(parents=True, exist_ok=True)
    targets: dict[Path, Path] = {}
    taken = {path.resolve() for path in files}
    for path in files:
        names = [path.stem, path.name, *(f"{path.name}-{n}" for n in range(2, len(files) + 3))]
        candidates = (folder / f"{name}{output_format.suffix}" for name in names)
        targets[path] = next(target for target in candidates if target.resolve() not in taken)
        taken.add(targets[path].resolve())
    return targets


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on (OCTAVO_HOST).")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on (OCTAVO_PORT).")] = None,
    worker: Annotated[bool, typer.Option(help="Also run a worker beside the API.")] = True,
) -> None:
    """Start the service: API, worker and broker in one process tree."""
    from api.app import create_app
    from api.server import Server
    from workers.embedded import Supervisor, valkey_command
    from workers.jobs.tenants import install_keys

    settings = _settings(**{k: v for k, v in (("host", host), ("port", port)) if v is not None})
    _logging(settings)
    with _alone_in(settings), _services(settings) as services:
        install_keys(services)
        _guard_door(settings, services)
        supervisor = Supervisor()
        try:
            if settings.broker_url is None:
                supervisor.start("broker", valkey_command(settings.socket))
            if worker:
                supervisor.start("worker", [sys.executable, "-P", "-m", "api", "worker", "--with-parent"])
            Server(create_app(services), settings.host, settings.port, lambda: _welcome(settings)).run()
        finally:
            supervisor.stop()


@app.command("worker")
def run_worker(
    with_parent: Annotated[bool, typer.Option("--with-parent", hidden=True)] = False,
) -> None:
    """Start a worker alone: on more machines, beside `octavo serve --no-worker`."""
    from workers.celery_app import run_worker as work
    from workers.embedded import end_with_parent

    settings = _settings()
    _logging(settings)
    if with_parent:
        end_with_parent()
    with _services(settings) as services:
        work(settings, services)


@app.command()
def migrate() -> None:
    """Bring the database to this version's form (`serve` and `worker` do it too)."""
    settings = _settings()
    _logging(settings)
    with _services(settings):
        notes.print("The database is up to date.")


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Tell what this machine can read and what it lacks; exit code 1 if the service could not work."""
    from workers.doctor import examine

    with notes.status("Trying everything…"):
        diagnosis = examine(_settings())
    if as_json:
        sys.stdout.write(diagnosis.model_dump_json(indent=2) + "\n")
    else:
        console = Console(highlight=False)
        _show(console, "Machine", diagnosis.machine)
        _show(console, "Extras", diagnosis.extras)
        _show(console, "Formats", diagnosis.formats)
    raise typer.Exit(0 if diagnosis.healthy else 1)


def _show(console: Console, title: str, findings: list[Finding]) -> None:
    from rich.table import Table

    table = Table(title=title, title_justify="left", show_header=False, box=None, padding=(0, 2, 0, 0))
    for finding in findings:
        what = "; ".join(escape(part) for part in (finding.detail, finding.fix) if part)
        table.add_row("[green]yes[/green]" if finding.ok else "[red]no[/red]", escape(finding.name), what)
    console.print(table)


# --------------------------------------------------------------------------- the ground the commands stand on


def _settings(**given: object) -> Settings:
    """The settings, or an exit that names the one that is wrong."""
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        for problem in error.errors():
            name = "_".join(str(part) for part in problem["loc"][:1]).upper()
            notes.print(f"[red]OCTAVO_{escape(name)}[/red]: {escape(problem['msg'])}")
        raise typer.Exit(2) from None


def _logging(settings: Settings) -> None:
    from workers.jobs.telemetry import configure_logging

    configure_logging(settings.log_level)


def _stop(message: str) -> NoReturn:
    notes.print(f"[red]{escape(message)}[/red]")
    raise typer.Exit(2)


@contextlib.contextmanager
def _services(settings: Settings) -> Iterator[Services]:
    from workers.jobs.ledger.engine import migrate as migrate_tables
    from workers.jobs.services import Services

    services = Services.from_settings(settings)
    try:
        migrate_tables(services.ledger.engine)
        yield services
    finally:
        services.close()


@contextlib.contextmanager
def _alone_in(settings: Settings) -> Iterator[None]:
    """Holds the data folder: a second service on it would end the first one's broker."""
    import fcntl

    folder = settings.folder / "run"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        _stop(f"The data folder {settings.folder} cannot be used: {error.strerror}. Set OCTAVO_DATA_DIR.")
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            _stop(f"Another Octavo already runs on {settings.folder}: stop it, or set OCTAVO_DATA_DIR.")
        yield


def _guard_door(settings: Settings, services: Services) -> None:
    """Without a key ever configured only this machine may be answered; another address ends the command."""
    from workers.jobs.tenants import is_open

    if not is_open(services):
        return
    if settings.host not in ("127.0.0.1", "::1", "localhost"):
        _stop(
            f"No API key is configured, so Octavo answers on 127.0.0.1 only, not on {settings.host}:"
            " set OCTAVO_API_KEYS, or keys in OCTAVO_CONFIG."
        )
    logging.getLogger("octavo").warning(
        "no API key is configured: everybody on this machine may use the service"
    )


def _welcome(settings: Settings) -> None:
    """Tells where the service is and how to use it."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104 - compared, not bound
    notes.print(
        WELCOME.format(url=f"http://{host}:{settings.port}", data=escape(str(settings.folder))),
        soft_wrap=True,
    )


def main() -> None:
    """The console command."""
    app()


if __name__ == "__main__":
    main()
