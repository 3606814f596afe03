"""``octavo dataset``: many files through a running service."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from glob import glob
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from api.batch import Batch, BatchError, Item, Tally
from api.reading import notes, stop
from schemas.acceptance import may_be_readable
from schemas.formats import mime_type_of_name
from schemas.options import Configuration

app = typer.Typer(no_args_is_help=True, help="Many files through a running service.")


@app.command()
def parse(
    name: Annotated[str, typer.Argument(help="The dataset; it is made if there is none of this name.")],
    inputs: Annotated[list[str], typer.Argument(help="Files, folders, patterns like 'in/**/*.pdf'.")],
    output: Annotated[Path, typer.Option("--output", "-o", file_okay=False, help="Folder for the results.")],
    listed: Annotated[
        bool, typer.Option("--list", "-l", help="The inputs are text files that name a file a line.")
    ] = False,
    options: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="JSON with the option objects of POST parse."),
    ] = None,
    url: Annotated[
        str, typer.Option(envvar="OCTAVO_URL", help="Where the service is.")
    ] = "http://127.0.0.1:8700",
    key: Annotated[
        str, typer.Option(envvar="OCTAVO_API_KEY", help="The API key; any word if none is configured.")
    ] = "any",
) -> None:
    """Read files into a dataset; run it again and only what is missing is done."""
    import httpx
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    if not key.isascii():
        stop("An API key has ASCII characters only.")
    items, skipped = _items(_listed(inputs) if listed else inputs)
    if not items:
        stop("There is no file to read among these inputs.")
    if skipped:
        notes.print(f"Left out, of no kind that is read by their names: {skipped} of the folders' files.")
    asked = _options(options)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    headers = {"Authorization": f"Bearer {key}"}
    base = f"{url.rstrip('/')}/documents/v2/"
    with (
        Progress(*columns, console=notes, transient=True) as bars,
        httpx.Client(base_url=base, headers=headers, timeout=300) as client,
    ):
        bar = bars.add_task(escape(name), total=len(items))

        def tell(tally: Tally, running: int) -> None:
            about = (
                f"{escape(name)}: {tally.pages} pages, {running} files in hand, {len(tally.failed)} failed"
            )
            bars.update(bar, completed=tally.done + len(tally.failed), description=about)

        try:
            tally = Batch(client, output, tell).run(name, items, asked)
        except BatchError as error:
            stop(error.message)
    for path, reason in tally.failed:
        notes.print(f"[red]{escape(str(path))}[/red]: {escape(reason)}", soft_wrap=True)
    again = f", {tally.reused} of them from an earlier run" if tally.reused else ""
    notes.print(f"{tally.done} of {len(items)} files are read{again}; results in {escape(str(output))}.")
    if tally.failed:
        raise typer.Exit(1)


def _options(path: Path | None) -> dict[str, Any] | None:
    """The option objects in a file; those of no known name end the command."""
    if path is None:
        return None
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        stop(f"{path}: not JSON ({error}).")
    if not isinstance(found, dict) or not found.keys() <= Configuration.model_fields.keys():
        stop(f"{path}: a JSON object with {', '.join(Configuration.model_fields)} is wanted.")
    return found


def _listed(lists: Sequence[str]) -> list[str]:
    lines: list[str] = []
    for name in lists:
        try:
            lines += Path(name).read_text(encoding="utf-8").splitlines()
        except OSError as error:
            stop(f"{name}: {error.strerror}.")
        except UnicodeDecodeError:
            stop(f"{name}: a text file in UTF-8 that names a file a line is wanted.")
    return [line.strip() for line in lines if line.strip()]


def _items(inputs: Sequence[str]) -> tuple[list[Item], int]:
    """The files that inputs name, each once, and how many of folders are left out.

    A file of a folder keeps its place below that folder; no two have the same results.
    """
    items: dict[Path, Item] = {}
    taken: set[Path] = set()
    skipped = 0
    for path, below, is_named in _files(inputs):
        if path in items:
            continue
        if not is_named and not may_be_readable(mime_type_of_name(path.name)):
            skipped += 1
            continue
        names = (below, *(below.with_name(f"{below.name}-{n}") for n in range(2, len(taken) + 3)))
        target = next(name for name in names if name not in taken)
        taken.add(target)
        items[path] = Item(path, target)
    return list(items.values()), skipped


def _files(inputs: Sequence[str]) -> Iterator[tuple[Path, Path, bool]]:
    """Files, where each lies below the folder that was named, and whether it was named itself."""
    for name in inputs:
        found = [name] if Path(name).exists() else sorted(glob(name, recursive=True))  # noqa: PTH207
        if not found:
            stop(f"{name}: there is no such file.")
        for path in map(Path, found):
            if path.is_dir():
                inside = sorted(one for one in path.rglob("[!.]*") if one.is_file())
                yield from ((one, one.relative_to(path), False) for one in inside)
            else:
                yield path, Path(path.name), True
