"""``octavo dataset``: options under a name, and the documents that a running service reads with them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from api.commands.asking import AsJson, Limit, asking, listed
from api.commands.bars import Bars
from api.commands.batch import Batch, Item, Standing, Tally
from api.commands.client import LOCAL_SERVICE, Client, Key, Refused, ServerOrLocal
from api.commands.console import print_json, print_lines, show_fields, show_table
from api.commands.grouped import spread
from api.commands.inputs import Found, finding
from api.commands.many import Inputs, tell_missing
from api.commands.options import Reading, configuration
from api.commands.terminal import Ending, notes, stop
from schemas.progress import duration

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Many documents through a running service: a dataset keeps options under a name, and the documents "
    "that were read with them.",
    epilog="[bold]Examples[/bold]\n\n"
    "octavo dataset parse invoices inbox/ -o results --with barcodes\n\n"
    "octavo dataset status invoices\n\n"
    "octavo dataset results invoices | jq -r .document_markdown",
)

Name = Annotated[str, typer.Argument(help="The dataset's name or id.", metavar="DATASET", show_default=False)]
NewName = Annotated[
    str,
    typer.Argument(
        help="What it is called: letters, digits, - and _.", metavar="DATASET", show_default=False
    ),
]
Description = Annotated[str | None, typer.Option(help="What it is for.")]

_RESULTS_PAGE = 5
"""Whole results are asked for so many at a time."""


@app.command()
@spread
def parse(
    name: Annotated[
        str,
        typer.Argument(
            help="The dataset; it is made if there is none of this name.",
            metavar="DATASET",
            show_default=False,
        ),
    ],
    inputs: Inputs,
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            file_okay=False,
            help="Folder for the results.",
            rich_help_panel="Results",
            show_default=False,
        ),
    ],
    reading: Reading,
    from_lists: Annotated[
        bool, typer.Option("--list", "-l", help="The inputs are text files that name an input a line.")
    ] = False,
    server: ServerOrLocal = LOCAL_SERVICE,
    key: Key = "any",
) -> None:
    """Read documents into a dataset; run it again and only what is missing is done.

    Options that are given become the dataset's own.
    """
    if reading.pages:
        stop("A dataset's documents are read whole: leave --pages out.")
    given = reading.given()
    configuration(given)
    with finding(_named(inputs) if from_lists else inputs) as found:
        tell_missing(found)
        with asking(server, key, patient=True) as client:
            client.greet()
            tally = _through(client, name, _items(found), output, given or None)
    for source, reason in tally.failed:
        notes.print(f"[red]{escape(str(source))}[/red]: {escape(reason)}", soft_wrap=True)
    _tell_end(tally, len(found.inputs), output)
    if tally.failed or found.missing:
        raise typer.Exit(Ending.FAILED)


@app.command()
@spread
def create(
    name: NewName,
    reading: Reading,
    description: Description = None,
    server: ServerOrLocal = LOCAL_SERVICE,
    key: Key = "any",
) -> None:
    """Make a dataset and print its id; documents come later, by `dataset parse` or the API."""
    given = reading.given()
    configuration(given)
    with asking(server, key) as client:
        made = client.ask("POST", "datasets", json={"name": name, "description": description, **given})
    typer.echo(made["dataset_id"])


@app.command("list")
def list_datasets(
    name: Annotated[str | None, typer.Option(help="Part of the name; case counts.")] = None,
    limit: Limit = 20,
    as_json: AsJson = False,
    server: ServerOrLocal = LOCAL_SERVICE,
    key: Key = "any",
) -> None:
    """List datasets, newest first."""
    with asking(server, key) as client:
        found = listed(client, "datasets", limit, name=name)
        if as_json:
            print_lines(found)
            return
        rows = [(one["dataset_id"], one["name"], one["status"], _minute(one["created_at"])) for one in found]
    show_table(("id", "name", "status", "created (UTC)"), rows)


@app.command()
def status(
    name: Name, as_json: AsJson = False, server: ServerOrLocal = LOCAL_SERVICE, key: Key = "any"
) -> None:
    """Show how many of a dataset's documents are read, wait or failed; --json also has its options."""
    with asking(server, key) as client, _dataset(client, name) as dataset_id:
        asked = {"include_analytics": True, "include_configuration": True}
        found = client.ask("GET", f"datasets/{dataset_id}", params=asked)
    if as_json:
        print_json(found)
        return
    counts = {
        word: found["analytics"][f"total_{key}_jobs"]
        for word, key in (
            ("read", "successful_parse"),
            ("failed", "error_parse"),
            ("being read", "processing_parse"),
            ("waiting", "pending_parse"),
        )
    }
    show_fields(
        [
            ("name", found["name"]),
            ("id", found["dataset_id"]),
            ("description", found["description"] or ""),
            ("status", found["status"]),
            ("created (UTC)", _minute(found["created_at"])),
            *((word, str(count)) for word, count in counts.items()),
        ]
    )


@app.command()
def results(name: Name, server: ServerOrLocal = LOCAL_SERVICE, key: Key = "any") -> None:
    """Print what was read of a dataset's documents, a JSON object a line, newest first."""
    with asking(server, key) as client, _dataset(client, name) as dataset_id:
        print_lines(client.listed(f"datasets/{dataset_id}/data", status="successful", limit=_RESULTS_PAGE))


@app.command()
def delete(
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    server: ServerOrLocal = LOCAL_SERVICE,
    key: Key = "any",
) -> None:
    """Delete a dataset with all its jobs and results; what runs is cancelled, the files stay."""
    with asking(server, key) as client, _dataset(client, name) as dataset_id:
        if not yes:
            typer.confirm(f"Delete {name} with all its results?", abort=True, err=True)
        client.ask("DELETE", f"datasets/{dataset_id}")
    notes.print(f"{escape(name)} is deleted.", soft_wrap=True)


@contextmanager
def _dataset(client: Client, word: str) -> Iterator[str]:
    """The id of the dataset that a name or an id means."""
    named = client.listed("datasets", name=word)  # all whose names have this one in them
    found = next((one["dataset_id"] for one in named if one["name"] == word), word)
    if not found.startswith("dataset_"):
        raise Refused(f"There is no dataset {word!r}; `octavo dataset list` shows what there is.")
    yield found


def _through(
    client: Client, name: str, items: list[Item], output: Path, options: dict[str, Any] | None
) -> Tally:
    """Has the documents read, with bars for documents and pages."""
    with Bars(notes) as bars, bars.bar(name) as documents, bars.bar("pages") as pages:

        def tell(now: Standing) -> None:
            about = [f"{now.running} in hand"]
            about += [f"{len(now.tally.failed)} failed"] if now.tally.failed else []
            documents.show(now.tally.ended, len(items), about=", ".join(about))
            pages.show(now.pages_done, now.pages, about=_pace(now))

        return Batch(client, output, tell).run(name, items, options)


def _pace(now: Standing) -> str:
    """Pages a second and the time left, as far as they are known."""
    words = [f"{now.tally.failed_pages} failed"] if now.tally.failed_pages else []
    words += [f"{now.pages_per_second:.3g} pages/s"] if now.pages_per_second else []
    words += [f"about {duration(now.seconds_left)} left"] if now.seconds_left is not None else []
    return ", ".join(words)


def _tell_end(tally: Tally, documents: int, output: Path) -> None:
    again = f", {tally.reused} of them from an earlier run" if tally.reused else ""
    failed = f", {tally.failed_pages} pages of them could not be" if tally.failed_pages else ""
    done = f"{tally.done} of {documents} documents are read{again}{failed}"
    notes.print(f"{done}; results in {escape(str(output))}.", soft_wrap=True)


def _items(found: Found) -> list[Item]:
    """The documents that were found, each with a place of its own for its results."""
    items: list[Item] = []
    taken: set[Path] = set()
    for one in found.inputs:
        below = Path(one.below)
        names = (below, *(below.with_name(f"{below.name}-{n}") for n in range(2, len(taken) + 3)))
        target = next(name for name in names if name not in taken)
        taken.add(target)
        items.append(Item(one.source, target))
    return items


def _named(lists: list[str]) -> list[str]:
    """The inputs that text files name, a line each."""
    lines: list[str] = []
    for name in lists:
        try:
            lines += Path(name).read_text(encoding="utf-8").splitlines()
        except OSError as error:
            stop(f"{name}: {error.strerror}.")
        except UnicodeDecodeError:
            stop(f"{name}: a text file in UTF-8 that names an input a line is wanted.")
    return [line.strip() for line in lines if line.strip()]


def _minute(moment: str) -> str:
    """A moment of the wire as tables show it."""
    return moment[:16].replace("T", " ")
