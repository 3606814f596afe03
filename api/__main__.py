"""The ``octavo`` command: what there is, in the order in which ``octavo --help`` tells it.

A command is imported when it is called: to tell what there is takes none of them.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group

_READ = "Read documents"
_MANAGE = "Manage a running service"
_RUN = "Run the service"
_OPERATE = "Operate it, on the machine whose settings name the database"

COMMANDS: tuple[tuple[str, str, str, str], ...] = (
    ("parse", _READ, "reading:parse", "Read documents into Markdown, or all that is known of them as JSON."),
    (
        "extract",
        _READ,
        "reading:extract",
        "Fill JSON Schemas from documents, each value with the words on the page that say it.",
    ),
    (
        "classify",
        _READ,
        "reading:classify",
        "Sort the pages of documents into classes, each with what speaks for it.",
    ),
    (
        "edit",
        _READ,
        "editing:edit",
        "Fill in a form from a prompt; without one its fields are listed, and nothing is written.",
    ),
    (
        "dataset",
        _READ,
        "datasets:app",
        "Many documents through a running service: a dataset keeps options under a name, and the documents "
        "that were read with them.",
    ),
    (
        "mcp",
        _READ,
        "mcp:mcp",
        "Serve documents to language models: parse, search, extract, classify, over the Model Context "
        "Protocol.",
    ),
    ("jobs", _MANAGE, "jobs:app", "Jobs of a running service: list, watch, fetch, cancel, run again."),
    ("files", _MANAGE, "files:app", "Files of a running service: upload, list, download, delete."),
    (
        "webhooks",
        _MANAGE,
        "webhooks:app",
        "Webhooks of a running service: addresses that are told when jobs begin and end.",
    ),
    (
        "serve",
        _RUN,
        "running:serve",
        "Start the service: API, playground, worker and broker, as one tree of processes that Ctrl-C ends.",
    ),
    (
        "worker",
        _RUN,
        "running:run_worker",
        "Start a worker alone: on further machines, or beside `octavo serve --no-worker`.",
    ),
    (
        "migrate",
        _RUN,
        "running:migrate",
        "Bring the database to this version's form, and nothing else.",
    ),
    (
        "doctor",
        _RUN,
        "doctor:doctor",
        "Try everything here, tell what works and how to mend the rest; exit code 1 if a service could not "
        "work.",
    ),
    ("keys", _OPERATE, "keys:app", "API keys: who may use the service, and for what."),
    (
        "usage",
        _OPERATE,
        "accounts:usage",
        "Tell the pages and jobs of each day, and the bytes of files, with their limits.",
    ),
    ("audit", _OPERATE, "accounts:audit", "Tell who did what to which id, the oldest first."),
    (
        "sweep",
        _OPERATE,
        "sweeping:sweep",
        "Tell what workers are about to remove: what is older than it is to be kept, and what nobody owns.",
    ),
    (
        "reencrypt",
        _OPERATE,
        "renewing:reencrypt",
        "Encrypt all that is kept under the first key of OCTAVO_SECRET_KEY, so that older ones may go.",
    ),
)
"""Of each its name, its panel of the help, where in ``api.commands`` it is, the first words of its help."""

_FIRST_STEPS = (
    "[bold]First steps[/bold]",
    "octavo parse invoice.pdf       read a document here and now",
    "octavo serve                   start the service, and a playground for your browser",
    "octavo doctor                  tell what works here, and how to mend the rest",
    "octavo jobs -h                 tell what can be done with jobs; so for all others",
    "octavo --install-completion    have your shell complete commands and options",
    "[bold]Exit codes[/bold]",
    "0 well, 1 it failed or some of it, 2 wrong use, 3 no service to use, 130 Ctrl-C",
)


class _Listed(TyperCommand):
    """A command, or a group of commands, that is told of and not yet imported."""

    def __init__(self, name: str, panel: str, place: str, told: str) -> None:
        super().__init__(name=name, help=told, rich_help_panel=panel, rich_markup_mode="rich")
        self._place = place

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """See ``TyperCommand``: from here on it is the command itself."""
        return self.imported().make_context(info_name, args, parent, **extra)

    def imported(self) -> Any:
        """The command itself, its help in whole paragraphs."""
        module, _, attribute = self._place.partition(":")
        found = getattr(import_module(f"api.commands.{module}"), attribute)
        alone = typer.Typer(rich_markup_mode="rich", add_completion=False)
        if isinstance(found, typer.Typer):
            alone.add_typer(found, name=self.name)
        else:
            alone.command(self.name)(found)
        commands = get_group(alone).commands
        _unfold(commands)
        return commands[str(self.name)]


class _Commands(TyperGroup):
    """The commands in their order, imported when they are called."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.commands = {row[0]: _Listed(*row) for row in COMMANDS}


def _unfold(commands: Mapping[str, Any]) -> None:
    """Joins the lines of every paragraph of help: docstrings are folded for editors, terminals fold anew."""
    for command in commands.values():
        paragraphs = inspect.cleandoc(command.help or "").split("\n\n")
        command.help = "\n\n".join(paragraph.replace("\n", " ") for paragraph in paragraphs)
        _unfold(getattr(command, "commands", {}))


app = typer.Typer(
    cls=_Commands,
    name="octavo",
    help="Documents in; Markdown, tables, data and boxes out.",
    epilog="\n\n".join(_FIRST_STEPS),
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _tell_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import PackageNotFoundError, version

        try:
            typer.echo(f"octavo {version('octavo')}")
        except PackageNotFoundError:
            typer.echo("octavo, from a checkout that is not installed")
        raise typer.Exit


@app.callback()
def octavo(
    version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Tell the version.")
    ] = False,
) -> None:
    """Stands before every command."""


def main() -> None:
    """The console command."""
    app()


if __name__ == "__main__":
    main()
