"""``octavo doctor``: what works here, or with a service elsewhere, and how to mend the rest."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from api.commands.client import LOCAL_SERVICE, Key
from api.commands.console import plain, print_json
from api.commands.terminal import Ending, Screen, notes, settings_or_exit, stop

if TYPE_CHECKING:
    import httpx

    from workers.doctor.finding import Finding

_SECONDS = 10.0
_SKEW_SECONDS = 60.0
"""By so much clocks may differ: signed requests and webhooks are refused some minutes later."""

# A request that a key with the scope may make, and that changes and finds nothing: there is no such id.
_PROBES = {
    "read": ("GET", "parse/parse_none/progress"),
    "write": ("DELETE", "files/file_none"),
    "admin": ("GET", "webhooks/webhook_none/secret"),
}


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Also tell every format that is read.")] = False,
    server: Annotated[
        str | None,
        typer.Option("--server", help=f"Look at the service there instead, like {LOCAL_SERVICE}."),
    ] = None,
    key: Key = "any",
) -> None:
    """Try everything here, tell what works and how to mend the rest; exit code 1 if a service could not work.

    With --server: whether the service there works, what the key may do, and whether the clocks agree.
    """
    if server is not None:
        _show_service(server, key, as_json=as_json)
        return
    from workers.doctor.packages import packages

    ours = packages()
    if not ours.ok:  # nothing else of ours can be trusted
        _show(Screen(highlight=False), "Machine", [ours])
        raise typer.Exit(Ending.FAILED)
    from workers.doctor.examination import examine

    with notes.status("Trying everything…"):
        diagnosis = examine(settings_or_exit())
    if as_json:
        print_json({**diagnosis.model_dump(), "healthy": diagnosis.healthy})
    else:
        console = Screen(highlight=False)
        _show(console, "Machine", diagnosis.machine)
        _show(console, "Models of this machine", diagnosis.engines)
        _show(console, "More", diagnosis.extras)
        unread = [finding for finding in diagnosis.formats if not finding.ok]
        read = f"{len(diagnosis.formats) - len(unread)} of {len(diagnosis.formats)} are read"
        _show(console, f"Formats: {read}", diagnosis.formats if everything else unread)
        _conclude(diagnosis.healthy, (*diagnosis.machine, *diagnosis.engines, *diagnosis.extras, *unread))
    raise typer.Exit(Ending.WELL if diagnosis.healthy else Ending.FAILED)


def _conclude(healthy: bool, findings: Iterable[Finding]) -> None:
    amiss = any(not finding.ok for finding in findings)
    if not healthy:
        notes.print("[red]A service cannot work here until the first two parts are all yes.[/red]")
    elif amiss:
        notes.print("A service works here; what is not there, and how it would be, is told above.")
    else:
        notes.print("A service works here, with all there is.")


def _show(console: Console, title: str, findings: Iterable[Finding]) -> None:
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    for finding in findings:
        what = [finding.detail, *([f"→ {finding.fix}"] if finding.fix else [])]
        between = "\n" if console.is_terminal else " "
        said = between.join(escape(plain(part)) for part in what if part)
        table.add_row("[green]yes[/green]" if finding.ok else "[red]no[/red]", escape(finding.name), said)
    if not console.is_terminal:
        console.width = 10_000
    console.print(f"[bold]{escape(title)}[/bold]")
    console.print(table)


# --------------------------------------------------------------------------- a service elsewhere


def _show_service(server: str, key: str, *, as_json: bool) -> None:
    import httpx

    if not server.startswith(("http://", "https://")):
        stop(f"{server!r} is no address; one looks like {LOCAL_SERVICE}.")
    if not key.isascii():
        stop("An API key has ASCII characters only.")
    try:
        with httpx.Client(base_url=server, timeout=_SECONDS) as http:
            findings = list(look_at(http, key))
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        reason = f"No service answers at {server} ({type(error).__name__})."
        stop(
            f"{reason} `octavo serve` starts one; `octavo doctor` there tells what it lacks.",
            Ending.NO_SERVICE,
        )
    healthy = all(finding.ok for finding in findings)
    if as_json:
        print_json({"service": [finding.model_dump() for finding in findings], "healthy": healthy})
    else:
        _show(Screen(highlight=False), server, findings)
    raise typer.Exit(Ending.WELL if healthy else Ending.FAILED)


def look_at(http: httpx.Client, key: str) -> Iterator[Finding]:
    """What can be told of a service from here; ``http`` has its root.

    Raises:
        httpx.HTTPError: it does not answer.
    """
    from workers.doctor.finding import Finding

    asked_at = time.time()
    answer = http.get("/version")
    took = time.time() - asked_at
    version = _json(answer)
    if not isinstance(version, dict) or version.get("name") != "octavo":
        fix = "see --server: the address without /documents/v2"
        yield Finding(name="service", ok=False, detail="what answers there is not Octavo", fix=fix)
        return
    yield Finding(name="service", ok=True, detail=f"Octavo {version.get('version')}, answers in {took:.2f} s")
    ready = http.get("/readyz")
    said = _json(ready)
    detail = "database and blob store answer" if ready.is_success else str(said and said.get("message"))
    fix = "" if ready.is_success else "`octavo doctor` on its machine tells more"
    yield Finding(name="health", ok=ready.is_success, detail=detail, fix=fix)
    yield _scopes(http, key)
    yield _way(http)
    yield from _clock(answer, asked_at + took / 2)


def _scopes(http: httpx.Client, key: str) -> Finding:
    """What the key may do, by what is refused with it."""
    from workers.doctor.finding import Finding

    scopes = []
    for scope, (method, path) in _PROBES.items():
        answer = http.request(method, f"/documents/v2/{path}", headers={"Authorization": f"Bearer {key}"})
        if answer.status_code == 401:
            fix = "give one with --key or OCTAVO_API_KEY; `octavo keys create` on its machine makes one"
            return Finding(name="key", ok=False, detail="the service does not know it", fix=fix)
        if answer.status_code == 429:
            return Finding(name="key", ok=True, detail="has used up its requests of this minute")
        if answer.status_code != 403:
            scopes.append(scope)
    if not scopes:
        fix = "make one with a scope: `octavo keys create --scopes read,write`"
        return Finding(name="key", ok=False, detail="may do nothing", fix=fix)
    return Finding(name="key", ok=True, detail=f"may {' and '.join(scopes)}")


def _way(http: httpx.Client) -> Finding:
    """Whether others can listen."""
    from workers.doctor.finding import Finding

    parts = urlsplit(str(http.base_url))
    if parts.scheme == "https":
        return Finding(name="way", ok=True, detail="encrypted")
    if parts.hostname in ("localhost", "127.0.0.1", "::1"):
        return Finding(name="way", ok=True, detail="not encrypted, and stays on this machine")
    detail, fix = "not encrypted: key and documents can be read on the way", "put it behind TLS"
    return Finding(name="way", ok=False, detail=detail, fix=fix)


def _clock(answer: httpx.Response, now: float) -> Iterator[Finding]:
    """Whether its clock and ours agree, if it says what time it is."""
    from workers.doctor.finding import Finding

    try:
        there = parsedate_to_datetime(answer.headers["Date"]).timestamp()
    except (KeyError, ValueError):
        return
    seconds = there - now
    detail = f"its clock is {abs(seconds):.0f} s {'ahead' if seconds > 0 else 'behind'}"
    if abs(seconds) <= _SKEW_SECONDS:
        yield Finding(name="clock", ok=True, detail=detail if abs(seconds) > 2 else "agrees")
        return
    here = datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds")
    yield Finding(name="clock", ok=False, detail=f"{detail} of {here}", fix="set both by NTP")


def _json(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None
