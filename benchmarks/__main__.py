"""``python -m benchmarks``: quality, speed, load, scale, gpu, chaos, hostile, fuzz, peers and more."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from benchmarks import calibrate as calibration
from benchmarks import corpus, overlays, quality, report, speed, store, summary
from benchmarks.corpus import Truth
from benchmarks.filling import run as filling
from benchmarks.filling.asked import SETS
from benchmarks.fuzz.commands import fuzz
from benchmarks.gpu.commands import app as gpu
from benchmarks.hostile.commands import hostile
from benchmarks.load.commands import app as load
from benchmarks.peers import ENGINES, View, asked
from benchmarks.process import EngineStartError
from benchmarks.scale.commands import app as scale
from benchmarks.startup.commands import size, startup
from schemas.options import StructuredExtractionOptions

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False)
app.add_typer(load, name="load")
app.add_typer(scale, name="scale")
app.add_typer(gpu, name="gpu")
app.command("hostile")(hostile)
app.command("fuzz")(fuzz)
app.command("startup")(startup)
app.command("size")(size)
console = Console()

Sets = Annotated[list[str] | None, typer.Option("--set", help="A data set; again for more. Default: all.")]
Engines = Annotated[str, typer.Option("--engine", help="Engines, separated by commas.")]
Limit = Annotated[int | None, typer.Option(help="Only the first documents of each set.")]
Seconds = Annotated[float, typer.Option(help="Longest time for one document.")]

READERS = [name for name, engine in ENGINES.items() if not engine.timed_only]
ALL = ",".join(READERS)
TIMED = ",".join(name for name, engine in ENGINES.items() if not engine.only)
PEERS = ",".join(name for name in READERS if name != "octavo")


def _named(given: list[str], known: list[str], what: str) -> list[str]:
    unknown = [name for name in given if name not in known]
    if unknown:
        raise typer.BadParameter(f"no {what} is called {', '.join(unknown)}; there are {', '.join(known)}")
    return given


@app.command("quality")
def quality_command(
    set_: Sets = None,
    engine: Engines = ALL,
    limit: Limit = None,
    seconds: Seconds = 300.0,
) -> None:
    """Scores engines on the data sets: text, order, tables, headings."""
    engines = _installed(engine)
    for set_name in _named(set_ or list(corpus.sets()), list(corpus.sets()), "set"):
        if not corpus.documents(set_name, 1):
            console.print(f"{set_name}: not in {corpus.data_folder()}, skipped")
            continue
        for name in engines:
            _measure(set_name, name, limit, seconds)


def _installed(engines: str) -> list[str]:
    chosen = _named(engines.split(","), list(ENGINES), "engine")
    for name in chosen:
        if ENGINES[name].version() is None:
            console.print(f"{name}: {ENGINES[name].distribution} is not installed, skipped")
    return [name for name in chosen if ENGINES[name].version()]


def _measure(set_name: str, engine: str, limit: int | None, seconds: float) -> None:
    keep = store.OUT / "markdown" / set_name / engine
    keep.mkdir(parents=True, exist_ok=True)
    try:
        scored = quality.run(
            set_name, engine, limit=limit, seconds=seconds, keep=keep, tell=lambda s: _tell(engine, s)
        )
    except EngineStartError as error:
        console.print(f"{error} Skipped.")
        return
    if scored:
        _print_means(set_name, engine, scored)
        store.write(f"quality-{set_name}-{engine}", summary.record(set_name, engine, scored), [engine])


def _tell(engine: str, scored: quality.Scored) -> None:
    values = " ".join(f"{name} {value:.3f}" for name, value in scored.scores.items())
    console.print(
        f"{engine} {scored.name[:60]} {scored.seconds:.1f} s {values} {scored.error or ''}",
        highlight=False,
        soft_wrap=True,
        markup=False,
    )


def _print_means(set_name: str, engine: str, scored: list[quality.Scored]) -> None:
    failed = sum(s.error is not None for s in scored)
    table = Table(
        "score", "mean", "95 %", "n", title=f"{set_name} / {engine}: {len(scored)} read, {failed} failed"
    )
    for name, mean in summary.means(scored).items():
        table.add_row(name, *_numbers(mean), str(mean.n))
    for name, whole in (summary.pooled(scored) | summary.detected(scored)).items():
        table.add_row(f"{name}, pooled", *_numbers(whole), f"{whole.true} true, {whole.found} found")
    console.print(table)


def _numbers(value: summary.Mean | summary.Pooled) -> tuple[str, str]:
    return f"{value.value:.3f}", f"{value.low:.3f} to {value.high:.3f}"


@app.command()
def peers(set_: Sets = None, limit: Limit = None, seconds: Seconds = 300.0) -> None:
    """Quality of the peers alone."""
    quality_command(set_, PEERS, limit, seconds)


@app.command()
def calibrate(limit: Limit = None) -> None:
    """Reproduces the published scores of opendataloader-bench; fails where a mean is too far off."""
    folder = corpus.data_folder() / calibration.SET
    if not folder.is_dir():
        console.print(f"{calibration.SET}: not in {corpus.data_folder()}, skipped")
        return
    found = list(calibration.agreements(folder, limit))
    table = Table("engine", "score", "n", "ours", "published", "difference")
    for a in found:
        cells = (f"{a.ours:.4f}", f"{a.published:.4f}", f"{a.ours - a.published:+.4f}")
        table.add_row(a.engine, a.score, str(a.n), *cells)
    console.print(table)
    store.write("calibrate", {"agreements": [asdict(a) for a in found]})
    if not all(a.holds for a in found):
        raise typer.Exit(1)


@app.command("speed")
def speed_command(
    engine: Engines = TIMED,
    limit: Annotated[int, typer.Option(help="Documents of each kind.")] = 10,
    seconds: Seconds = 300.0,
) -> None:
    """Measures pages a second, pages a processor second, peak memory and seconds a stage."""
    paces: list[speed.Pace] = []
    load = speed.load_per_core()
    store.OUT.mkdir(parents=True, exist_ok=True)
    for kind, set_name in speed.SOURCES.items():
        if not corpus.documents(set_name, 1):
            console.print(f"{kind}: {set_name} is not in {corpus.data_folder()}, skipped")
            continue
        for name in _installed(engine):
            try:
                pace = speed.measure(kind, name, limit, seconds, store.OUT / f"speed-{name}.log")
            except EngineStartError as error:
                console.print(f"{error} Skipped.")
                continue
            if pace:
                console.print(
                    f"{kind} {name}: {pace.pages} pages, {pace.pages_per_second:.2f}/s, "
                    f"{pace.pages_per_cpu_second:.2f}/CPU-s, {pace.peak_bytes / 2**20:.0f} MiB"
                )
                paces.append(pace)
    measured = {"paces": [asdict(pace) for pace in paces], "load_per_core": load}
    store.write("speed", measured, sorted({pace.engine for pace in paces}))


@app.command("extraction")
def extraction_command(limit: Annotated[int, typer.Option(help="Documents.")] = 10) -> None:
    """Measures what filling a schema adds to the time of a document of ten pages."""
    from benchmarks import extraction_speed

    measured = []
    for one in extraction_speed.measure(limit):
        measured.append(one)
        console.print(f"{one.document}: {one.pages} pages in {one.seconds:.2f} s, and {one.added:.2f} s")
    if measured:
        load = speed.load_per_core()
        store.write("extraction", {"added": [asdict(one) for one in measured], "load_per_core": load})


@app.command("filling")
def filling_command(
    set_: Sets = None,
    limit: Limit = None,
    keep: Annotated[Path | None, typer.Option(help="A folder for the filled forms.")] = None,
) -> None:
    """Fills in real forms by prompts that are made for them, and reads back what stands where."""
    for name in _named(set_ or list(SETS), list(SETS), "set"):
        filled = filling.run(name, limit, _tell_filled)
        if not filled:
            console.print(f"{name}: not in {corpus.data_folder()}, skipped")
            continue
        if keep is not None:
            filling.keep(filled, keep / name)
        _print_means(name, "octavo", [one.scored for one in filled])
        store.write(f"quality-{name}-octavo", filling.record(name, filled), ["octavo"])


def _tell_filled(one: filling.Filled) -> None:
    _tell("octavo", one.scored)
    for missed in one.missed:
        said = f"  {missed.label!r}: {missed.said!r}, but {missed.found!r} stands in {missed.field}"
        console.print(f"{said}. {missed.told}", highlight=False, markup=False, soft_wrap=True)
    if one.misplaced:
        names = ", ".join(one.misplaced)
        console.print(f"  misplaced: {names}", highlight=False, markup=False, soft_wrap=True)


@app.command("overlays")
def overlays_command(
    folder: Path,
    files: Annotated[list[Path] | None, typer.Argument(help="Files to draw; or see --set.")] = None,
    set_: Sets = None,
    view: Annotated[View, typer.Option(help="What Octavo is asked for in files; a set says it itself.")] = (
        View.ALL
    ),
    schema: Annotated[Path | None, typer.Option(help="A JSON Schema to fill: its values are marked.")] = None,
    limit: Limit = None,
) -> None:
    """Reads files, or a set, with Octavo; writes a PNG of each page with its boxes and the true ones."""
    from schemas.errors import OctavoError
    from schemas.settings import Settings
    from workers.local import LocalParser

    given = asked(view)
    if schema is not None:
        filled = {"schema_name": schema.stem, "json_schema": schema.read_text(encoding="utf-8")}
        one = StructuredExtractionOptions.model_validate({**filled, "provide_citations": True})
        given = given.model_copy(update={"structured_extraction_options": [one]})
    wanted = [(file, Truth(), given) for file in files or ()]
    for set_name in _named(set_ or [], list(corpus.sets()), "set"):
        options = asked(corpus.sets()[set_name].view)
        wanted += [(one.path, one.truth(), options) for one in corpus.documents(set_name, limit)]
    with LocalParser(Settings()) as parser:
        for file, truth, options in wanted:
            try:
                document = parser.parse(file, options, page_range="")
            except OctavoError as error:
                console.print(f"{file}: {error.message}", markup=False)
                continue
            for written in overlays.draw(file, document, folder, overlays.true_regions(truth)):
                console.print(str(written), markup=False, soft_wrap=True)


@app.command("chaos")
def chaos_command(
    on: Annotated[str, typer.Option(help="What it stands on: sqlite or services.")] = "sqlite",
    documents: Annotated[int, typer.Option(help="Documents submitted.")] = 200,
    kills: Annotated[int, typer.Option(help="Processes killed meanwhile.")] = 60,
    seed: Annotated[int | None, typer.Option(help="Draws documents and victims. Default: new.")] = None,
    patience: Annotated[float, typer.Option(help="Seconds that a job may take.")] = 900.0,
    victim: Annotated[list[str] | None, typer.Option(help="Kinds of processes killed. Default: all.")] = None,
    keep: Annotated[Path | None, typer.Option(help="A folder for the logs of the service.")] = None,
) -> None:
    """Kills the running service's processes again and again; exit code 1 when it broke a promise."""
    from benchmarks.chaos import run as chaos
    from benchmarks.chaos.ground import GROUNDS

    (name,) = _named([on], list(GROUNDS), "ground")
    script = chaos.Script(name, documents, kills, _seed(seed), patience, victims=victim or ())
    report = chaos.run(script, _say, keep)
    for line in chaos.told(report):
        _say(line)
    store.write(f"chaos-{name}", chaos.record(report))
    if not report.held:
        raise typer.Exit(1)


def _seed(given: int | None) -> int:
    seed = secrets.randbelow(1_000_000) if given is None else given
    _say(f"seed {seed}")
    return seed


def _say(line: str) -> None:
    console.print(line, highlight=False, markup=False, soft_wrap=True)


@app.command("api")
def api_command(
    seconds: Annotated[int, typer.Option(help="How long to ask.")] = 600,
    seed: Annotated[int | None, typer.Option(help="Draws the requests. Default: new.")] = None,
    database: Annotated[str | None, typer.Option(help="An empty database's URL. Default: SQLite.")] = None,
) -> None:
    """Asks every endpoint everything (schemathesis); exit code 1 when an answer broke a promise."""
    from benchmarks import strangers

    environment = {"OCTAVO_DATABASE_URL": database} if database else {}
    with TemporaryDirectory(prefix="octavo-strangers-") as folder:
        if not strangers.run(Path(folder), seconds, _seed(seed), environment, _say):
            raise typer.Exit(1)


@app.command("report")
def report_command(
    before: Annotated[
        Path | None,
        typer.Option(help="Where an earlier commit stored its results: shown beside, as what was before."),
    ] = None,
) -> None:
    """Writes RESULTS.md from the stored results."""
    console.print(str(report.write(before=before)))


if __name__ == "__main__":
    app()
