"""``octavo files``: the documents that a service keeps."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.filesize import decimal
from rich.markup import escape

from api.commands.asking import AsJson, Item, Limit, Since, asking, each, listed, moment, the_one
from api.commands.client import LOCAL_SERVICE, Client, Key, Refused, ServerOrLocal
from api.commands.console import minute, print_json, print_lines, show_fields, show_table
from api.commands.terminal import notes
from schemas.ids import is_file_id

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Files of a running service: upload, list, download, delete.\n\n"
    "A file is named by its id, or by its name where only one has it. The same bytes are kept once.",
    epilog="[bold]Examples[/bold]\n\n"
    "octavo files upload invoice.pdf --label customer=acme\n\n"
    "octavo files list --name invoice --since 7d\n\n"
    "octavo files download invoice.pdf --output copy.pdf",
)

_COLUMNS = ("id", "name", "size", "type", "created (UTC)", "labels")

File = Annotated[str, typer.Argument(help="The file's id or name.", metavar="FILE")]
Files = Annotated[list[str], typer.Argument(help="Their ids or names.", metavar="FILE…")]


def _labels(words: list[str] | None) -> dict[str, str]:
    pairs = [word.partition("=") for word in words or ()]
    if any(not name or not equals for name, equals, _ in pairs):
        raise typer.BadParameter("a label is written name=value")
    return {name: value for name, _, value in pairs}


@app.command("list")
def list_files(
    name: Annotated[str | None, typer.Option(help="Part of the name; case counts.")] = None,
    since: Since = None,
    limit: Limit = 20,
    as_json: AsJson = False,
    server: ServerOrLocal = LOCAL_SERVICE,
    key: Key = "any",
) -> None:
    """List files, newest first."""
    with asking(server, key) as client:
        found = listed(client, "files", limit, filename=name, created_after=moment(since))
        if as_json:
            print_lines(map(_view, found))
        else:
            show_table(_COLUMNS, map(_row, found), cut=("name", "type", "labels"))


@app.command()
def show(
    file: File, as_json: AsJson = False, server: ServerOrLocal = LOCAL_SERVICE, key: Key = "any"
) -> None:
    """Show what is known of a file: name, size, type, checksum, labels."""
    with asking(server, key) as client:
        found = _view(_file(client, file))
    if as_json:
        print_json(found)
        return
    show_fields([*zip(_COLUMNS, _row(found), strict=True), ("sha256", found["checksum_sha256"])])


@app.command()
def upload(
    paths: Annotated[
        list[Path], typer.Argument(help="What to upload.", exists=True, dir_okay=False, metavar="PATH…")
    ],
    labels: Annotated[
        list[str] | None, typer.Option("--label", "-l", help="name=value, for all; again for more.")
    ] = None,
    as_json: AsJson = False,
    server: ServerOrLocal = LOCAL_SERVICE,
    key: Key = "any",
) -> None:
    """Upload files and print their ids, one a line."""
    sent = {"labels": json.dumps(_labels(labels))} if labels else {}
    with asking(server, key, patient=True) as client:

        def one(name: str) -> None:
            path = Path(name)
            with path.open("rb") as file, notes.status(f"Uploading {escape(path.name)}…"):
                made = client.ask("PUT", "files", data=sent, files={"file": (path.name, file)}, again=file)
            if as_json:
                print_lines([{"path": name, **made}])
            else:
                sys.stdout.write(f"{made['file_id']}\n")

        each(map(str, paths), one)


@app.command()
def download(
    file: File,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", help="Where to; -: standard output. Default: its name, here."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Also in place of a file that is there.")] = False,
    server: ServerOrLocal = LOCAL_SERVICE,
    key: Key = "any",
) -> None:
    """Fetch a file's bytes as they were uploaded, and prove that they are the same."""
    with asking(server, key) as client:
        found = _file(client, file)
        if output == "-":
            for piece in _checked(client, found):
                sys.stdout.buffer.write(piece)
            return
        target = Path(output or _plain_name(found))
        if target.is_dir():
            target /= _plain_name(found)
        if target.exists() and not force:
            raise Refused(f"{target} is there already: choose another --output, or --force.")
        try:
            _write(target, _checked(client, found))
        except OSError as error:
            raise Refused(f"{target} cannot be written: {error.strerror}.") from error
    notes.print(escape(f"{found['file_id']} → {target} ({decimal(found['file_size'])})"), soft_wrap=True)


@app.command()
def delete(files: Files, server: ServerOrLocal = LOCAL_SERVICE, key: Key = "any") -> None:
    """Delete files; results made from them stay."""
    with asking(server, key) as client:

        def one(file: str) -> None:
            file_id = file if is_file_id(file) else _file(client, file)["file_id"]
            client.ask("DELETE", f"files/{file_id}")
            notes.print(f"{file_id} is deleted.", soft_wrap=True)

        each(files, one)


def _file(client: Client, word: str) -> Item:
    """The file that a word names."""
    if is_file_id(word):
        found: Item = client.ask("GET", f"files/{word}/metadata")
        return found
    return the_one(client.listed("files", filename=word), word, "file", "file_id", ("file_name",))


def _checked(client: Client, file: Item) -> Iterator[bytes]:
    """The bytes of a file.

    Raises:
        Refused: at their end, if they are not those that were uploaded.
    """
    digest = hashlib.sha256()
    for piece in client.fetch(f"files/{file['file_id']}/content"):
        digest.update(piece)
        yield piece
    if digest.hexdigest() != file["checksum_sha256"]:
        raise Refused("What came is not what was uploaded: its checksum is another one.")


def _write(target: Path, pieces: Iterator[bytes]) -> None:
    """Writes a file that is there in whole or not at all."""
    unfinished = target.with_name(f".octavo-{os.getpid()}.part")
    try:
        with unfinished.open("xb") as file:
            file.writelines(pieces)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def _plain_name(file: Item) -> str:
    """A file's name without any folder: whoever uploaded it chose it."""
    name = "".join(c for c in file["file_name"].replace("\\", "/") if c.isprintable()).rsplit("/", 1)[-1]
    return name.lstrip(".") or str(file["file_id"])


def _view(file: Item) -> Item:
    """The item in one spelling: the wire has two."""
    names = (
        "file_id",
        "file_name",
        "file_size",
        "mime_type",
        "created_at",
        "updated_at",
        "checksum_sha256",
        "labels",
    )
    return {name: file[name] for name in names}


def _row(file: Item) -> tuple[str, ...]:
    labels = ", ".join(f"{name}={value}" for name, value in file["labels"].items())
    created = minute(file["created_at"])
    return file["file_id"], file["file_name"], decimal(file["file_size"]), file["mime_type"], created, labels
