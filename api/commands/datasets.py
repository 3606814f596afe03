"""``octavo dataset``: many files through a running service."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from glob import glob
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from api.commands.bars import Bars
from api.commands.batch import Batch, Item, Standing, Tally
from api.commands.client import LOCAL_SERVICE, Client, Key, ServerOrLocal, ServiceError
from api.commands.terminal import notes, stop
from schemas.acceptance import may_be_readable
from schemas.formats import mime_type_of_name
from schemas.options import Configuration
from schemas.progress import duration

app = typer.Typer(no_args_is_help=True, help="Many files through a running service.")

_NAMED = 5
"""So many of the files that are left out are named."""


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
    server: ServerOrLocal = LOCAL_SERVICE,
    key: Key = "any",
) -> None:
    """Read files into a dataset; run it again and only what is missing is done."""
    items, skipped = _items(_listed(inputs) if listed else inputs)
    if not items:
        stop("There is no file to read among these inputs.")
    if skipped:
        notes.print(f"Left out, of no kind that is read: {escape(_some(skipped))}.", soft_wrap=True)
    asked = _options(options)
    try:
        with (
            Bars(notes) as bars,
            bars.bar(name) as files,
            bars.bar("pages") as pages,
            Client.of(server, key) as client,
        ):

            def tell(now: Standing) -> None:
                about = [f"{now.running} in hand"]
                about += [f"{len(now.tally.failed)} failed"] if now.tally.failed else []
                files.show(now.tally.ended, len(items), about=", ".join(about))
                pages.show(now.pages_done, now.pages, about=_pace(now))

            tally = Batch(client, output, tell).run(name, items, asked)
    except ServiceError as error:
        stop(error.message)
    _tell_end(tally, len(items), output)
    if tally.failed:
        raise typer.Exit(1)


def _pace(now: Standing) -> str:
    """Pages a second and the time left, as far as they are known."""
    words = [f"{now.tally.failed_pages} failed"] if now.tally.failed_pages else []
    words += [f"{now.pages_per_second:.3g} pages/s"] if now.pages_per_second else []
    words += [f"about {duration(now.seconds_left)} left"] if now.seconds_left is not None else []
    return ", ".join(words)


def _tell_end(tally: Tally, files: int, output: Path) -> None:
    for path, reason in tally.failed:
        notes.print(f"[red]{escape(str(path))}[/red]: {escape(reason)}", soft_wrap=True)
    again = f", {tally.reused} of them from an earlier run" if tally.reused else ""
    failed = f", {tally.failed_pages} pages of them could not be" if tally.failed_pages else ""
    done = f"{tally.done} of {files} files are read{again}{failed}"
    notes.print(f"{done}; results in {escape(str(output))}.", soft_wrap=True)


def _some(paths: Sequence[Path]) -> str:
    """The first of many paths, and how many more there are."""
    named = ", ".join(map(str, paths[:_NAMED]))
    more = len(paths) - _NAMED
    return f"{named} and {more} more" if more > 0 else named


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


def _items(inputs: Sequence[str]) -> tuple[list[Item], list[Path]]:
    """The files that inputs name, each once, and those of folders that are left out.

    A file of a folder keeps its place below that folder; no two have the same results.
    """
    items: dict[Path, Item] = {}
    taken: set[Path] = set()
    skipped: list[Path] = []
    for path, below, is_named in _files(inputs):
        if path in items:
            continue
        if not is_named and not may_be_readable(mime_type_of_name(path.name)):
            skipped.append(path)
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
