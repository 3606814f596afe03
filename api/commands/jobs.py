"""``octavo jobs``: what a service is doing and has done."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from api.commands.asking import AsJson, Item, Limit, Since, asking, each, listed, moment, the_one
from api.commands.bars import Bars
from api.commands.client import LOCAL_SERVICE, Client, Key, Refused, ServerOrLocal
from api.commands.console import minute, print_json, print_lines, show_fields, show_table
from api.commands.terminal import Ending, notes, shown, stop
from schemas.ids import is_id
from schemas.jobs import JobStatus
from schemas.progress import JobProgress, duration

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Jobs of a running service: list, watch, fetch, cancel, run again.\n\n"
    "A job is named by its id, or by its document's name where only one job has read it.",
    epilog="[bold]Examples[/bold]\n\n"
    "octavo jobs list --status failure --since 7d\n\n"
    "octavo jobs follow invoice.pdf && octavo jobs result invoice.pdf > invoice.md\n\n"
    "octavo jobs list --status failure --limit 0 --json | jq -r .parse_id | xargs octavo jobs replay",
)

_ROUND_SECONDS = 0.5


class Form(StrEnum):
    """What ``octavo jobs result`` writes."""

    MARKDOWN = "markdown"
    JSON = "json"


Job = Annotated[str, typer.Argument(help="The job's id, or its document's name.", metavar="JOB")]
Jobs = Annotated[list[str], typer.Argument(help="Their ids, or their documents' names.", metavar="JOB…")]


@app.command("list")
def list_jobs(
    status: Annotated[JobStatus | None, typer.Option(help="Only those that stand so.")] = None,
    name: Annotated[str | None, typer.Option(help="Part of the document's name; case counts.")] = None,
    dataset: Annotated[str | None, typer.Option(help="Only those of this dataset, by its name.")] = None,
    since: Since = None,
    limit: Limit = 20,
    as_json: AsJson = False,
    server: ServerOrLocal = LOCAL_SERVICE,
    key: Key = "any",
) -> None:
    """List jobs, newest first."""
    filters = {"status": status, "filename": name, "dataset_name": dataset, "created_after": moment(since)}
    with asking(server, key) as client:
        found = listed(client, "parse", limit, **filters)
        if as_json:
            print_lines(found)
        else:
            columns = ("id", "status", "document", "pages", "created (UTC)", "about")
            show_table(columns, map(_row, found), cut=("document", "about"))


@app.command()
def show(job: Job, as_json: AsJson = False, server: ServerOrLocal = LOCAL_SERVICE, key: Key = "any") -> None:
    """Show what a job was asked and how it stands, without its result."""
    with asking(server, key) as client:
        found = _job(client, job)
    if as_json:
        print_json(found)
    else:
        show_fields(_fields(found))


@app.command()
def result(
    job: Job,
    form: Annotated[
        Form, typer.Option("--format", "-f", help="Markdown, or the whole result.")
    ] = Form.MARKDOWN,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", dir_okay=False, help="A file for it; else it is printed.")
    ] = None,
    server: ServerOrLocal = LOCAL_SERVICE,
    key: Key = "any",
) -> None:
    """Fetch a job's result; exit code 1 if there is none."""
    with asking(server, key) as client:
        found = client.ask("GET", f"parse/{_job_id(client, job)}")
    if found["status"] != JobStatus.SUCCESSFUL:
        why = (
            found["error"]
            or f"It is {found['status']}: `octavo jobs follow {found['parse_id']}` waits for it."
        )
        stop(f"There is no result of {job}. {why}", Ending.FAILED)
    text = (
        json.dumps(found, indent=2, ensure_ascii=False) if form is Form.JSON else found["document_markdown"]
    )
    if output is None:
        sys.stdout.write(f"{shown(text)}\n")
        return
    try:
        output.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        stop(f"{output} cannot be written: {error.strerror}.")
    notes.print(escape(f"{job} → {output}"), soft_wrap=True)


@app.command()
def follow(jobs: Jobs, server: ServerOrLocal = LOCAL_SERVICE, key: Key = "any") -> None:
    """Wait until jobs have ended, with a bar in a terminal; exit code 1 if one failed.

    Ctrl-C ends the waiting, not the job. A service that restarts is waited for.
    """
    with asking(server, key, patient=True) as client, Bars(notes) as bars:
        each(jobs, lambda job: _follow(client, bars, job))


@app.command()
def cancel(jobs: Jobs, server: ServerOrLocal = LOCAL_SERVICE, key: Key = "any") -> None:
    """Cancel jobs that have not ended; their workers stop after the page in hand."""
    with asking(server, key) as client:

        def one(job: str) -> None:
            found = client.ask("POST", f"parse/{_job_id(client, job)}/cancel")
            notes.print(escape(f"{found['parse_id']} is cancelled."), soft_wrap=True)

        each(jobs, one)


@app.command()
def replay(
    jobs: Jobs,
    strict: Annotated[
        bool, typer.Option("--strict", help="Only if everything would be done as it was before.")
    ] = False,
    server: ServerOrLocal = LOCAL_SERVICE,
    key: Key = "any",
) -> None:
    """Run ended jobs again under their ids; what is finished and would be done the same is kept."""
    with asking(server, key) as client:

        def one(job: str) -> None:
            mode = "strict" if strict else "adaptive"
            begun = client.ask("POST", f"parse/{_job_id(client, job)}/replay", json={"mode": mode})
            notes.print(escape(f"{begun['parse_id']} is run again."), soft_wrap=True)

        each(jobs, one)


@app.command()
def delete(jobs: Jobs, server: ServerOrLocal = LOCAL_SERVICE, key: Key = "any") -> None:
    """Delete ended jobs and their results; their files stay."""
    with asking(server, key) as client:

        def one(job: str) -> None:
            job_id = _job_id(client, job)
            client.ask("DELETE", f"parse/{job_id}")
            notes.print(f"{job_id} is deleted.", soft_wrap=True)

        each(jobs, one)


def _follow(client: Client, bars: Bars, word: str) -> None:
    """Waits until a job has ended, and says how.

    Raises:
        Refused: it failed.
    """
    job = _job_id(client, word)
    with bars.bar(word) as bar:
        while True:
            found = JobProgress.model_validate(client.ask("GET", f"parse/{job}/progress"))
            report = found.attributes
            if report.status.ended:
                break
            waits = report.status is JobStatus.PENDING
            bar.show(
                found.current, found.total, "waits" if waits else report.where, ", ".join(report.counts())
            )
            client.sleep(_ROUND_SECONDS)
    if report.status is JobStatus.FAILURE:
        raise Refused(found.message or "The job failed.")
    failed = f", {report.failed_pages} could not be read" if report.failed_pages else ""
    pages = "1 page" if found.current == 1 else f"{found.current} pages"
    notes.print(escape(f"{word}: {pages}{failed}."), soft_wrap=True)


def _job_id(client: Client, word: str) -> str:
    return word if is_id(word) else str(_job(client, word)["parse_id"])


def _job(client: Client, word: str) -> Item:
    """The job that a word names, without its result."""
    narrowed = {"id": word} if is_id(word) else {} if "://" in word else {"filename": word}
    jobs = ({**job, "name": _name(job)} for job in client.listed("parse", **narrowed))
    found = the_one(jobs, word, "job", "parse_id", ("name",))
    del found["name"]
    return found


def _name(job: Item) -> str:
    options = job["options"]
    return options["file_name"] or options["file_url"] or options["file_id"] or ""


def _pages(job: Item) -> str:
    done, total = job["tasks_completed_count"], job["tasks_total_count"]
    if total is None:
        return ""
    return str(total) if total == done else f"{done} of {total}"


def _row(job: Item) -> tuple[str, ...]:
    about = job["error"] or job["message_update"] or ""
    return job["parse_id"], job["status"], _name(job), _pages(job), minute(job["created_at"]), about


def _fields(job: Item) -> list[tuple[str, str]]:
    options = job["options"]
    ended = minute(job["finished_at"]) if job["finished_at"] else ""
    if ended:
        taken = datetime.fromisoformat(job["finished_at"]) - datetime.fromisoformat(job["created_at"])
        ended += f", {duration(taken.total_seconds())} after it was submitted"
    fields = (
        ("id", job["parse_id"]),
        ("status", job["status"]),
        ("about", job["error"] or job["message_update"]),
        ("kind", options["job_type"]),
        ("document", _name(job)),
        ("file", options["file_id"]),
        ("pages asked for", options["page_range"]),
        ("pages", _pages(job)),
        ("created (UTC)", minute(job["created_at"])),
        ("ended (UTC)", ended),
        ("dataset", job["dataset_id"]),
        ("labels", json.dumps(job["labels"], ensure_ascii=False) if job["labels"] else ""),
        ("result of", options["result_of"]),
    )
    return [(name, value) for name, value in fields if value]
