"""The ``octavo`` command: what there is, in the order in which ``octavo --help`` tells it."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from api.commands.accounts import audit, usage
from api.commands.datasets import app as datasets
from api.commands.doctor import doctor
from api.commands.editing import edit
from api.commands.files import app as files
from api.commands.jobs import app as jobs
from api.commands.keys import app as keys
from api.commands.mcp import mcp
from api.commands.reading import classify, extract, parse
from api.commands.renewing import reencrypt
from api.commands.running import migrate, run_worker, serve
from api.commands.sweeping import sweep
from api.commands.webhooks import app as webhooks

_READ = "Read documents"
_MANAGE = "Manage a running service"
_RUN = "Run the service"
_OPERATE = "Operate it, on the machine whose settings name the database"

_ORDER = (
    *("parse", "extract", "classify", "edit", "dataset", "mcp"),
    *("jobs", "files", "webhooks"),
    *("serve", "worker", "migrate", "doctor"),
    *("keys", "usage", "audit", "sweep", "reencrypt"),
)

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


class _InOrder(TyperGroup):
    """Commands and groups of commands in one order, their help in whole paragraphs."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        _unfold(self.commands)

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        """See ``TyperGroup``."""
        return sorted(super().list_commands(ctx), key=_ORDER.index)


def _unfold(commands: Mapping[str, Any]) -> None:
    """Joins the lines of every paragraph of help: docstrings are folded for editors, terminals fold anew."""
    for command in commands.values():
        paragraphs = inspect.cleandoc(command.help or "").split("\n\n")
        command.help = "\n\n".join(paragraph.replace("\n", " ") for paragraph in paragraphs)
        _unfold(getattr(command, "commands", {}))


app = typer.Typer(
    cls=_InOrder,
    name="octavo",
    help="Documents in; Markdown, tables, data and boxes out.",
    epilog="\n\n".join(_FIRST_STEPS),
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(rich_help_panel=_READ)(parse)
app.command(rich_help_panel=_READ)(extract)
app.command(rich_help_panel=_READ)(classify)
app.command(rich_help_panel=_READ)(edit)
app.command(rich_help_panel=_READ)(mcp)
app.add_typer(datasets, name="dataset", rich_help_panel=_READ)
app.add_typer(jobs, name="jobs", rich_help_panel=_MANAGE)
app.add_typer(files, name="files", rich_help_panel=_MANAGE)
app.add_typer(webhooks, name="webhooks", rich_help_panel=_MANAGE)
app.command(rich_help_panel=_RUN)(serve)
app.command("worker", rich_help_panel=_RUN)(run_worker)
app.command(rich_help_panel=_RUN)(migrate)
app.command(rich_help_panel=_RUN)(doctor)
app.add_typer(keys, name="keys", rich_help_panel=_OPERATE)
app.command(rich_help_panel=_OPERATE)(usage)
app.command(rich_help_panel=_OPERATE)(audit)
app.command(rich_help_panel=_OPERATE)(sweep)
app.command(rich_help_panel=_OPERATE)(reencrypt)


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
