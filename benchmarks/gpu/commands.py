"""``python -m benchmarks gpu``: the commands, and what they say."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from benchmarks import store
from benchmarks.telling import say
from schemas.settings import Device

if TYPE_CHECKING:
    from benchmarks.gpu.stages import Stage
    from benchmarks.gpu.vlm import Local, Served

app = typer.Typer(no_args_is_help=True, help="Models on a graphics card, and vision models.")

NOT_MEASURED = "not measured"


@app.command("stages")
def stages_command(
    limit: Annotated[int, typer.Option(help="Pages.")] = 4,
    workers: Annotated[int, typer.Option(help="Documents in hand at once, end to end.")] = 2,
) -> None:
    """Pages a second of each model on the processor and on a card; without a card the processor's alone."""
    from benchmarks.gpu import stages

    missing = stages.has_card()
    if missing:
        say(f"No card: {missing} Its columns stay as they are: {NOT_MEASURED}.")
    found = stages.measure(limit, workers, say)
    if not found:
        say("There are no pages: see OCTAVO_BENCH_DATA. Skipped.")
        return
    rows = [[stage.name, *(_cell(stage, column) for column in stages.COLUMNS)] for stage in found]
    told = [
        f"Pages a second, of {found[0].pages} scanned pages, models warm; one page at a time, in batches of"
        f" {stages.TOGETHER}, and these in 16 bits. End to end: {workers} documents in hand at once."
    ]
    if missing:
        told.append(f"There was no graphics card: its columns were {NOT_MEASURED}.")
    measured = {"measured": [asdict(stage) for stage in found], "table": [["task", *stages.COLUMNS], *rows]}
    store.write("gpu-stages", {"told": told, **measured}, ["rapidocr"])


@app.command("vlm")
def vlm_command(
    pages: Annotated[int, typer.Option(help="Pages of each document.")] = 8,
    documents: Annotated[int, typer.Option(help="Documents that are read at the same time, at most.")] = 4,
    parallel: Annotated[int, typer.Option(help="Pages that the server takes at once.")] = 16,
    delay: Annotated[float, typer.Option(help="Seconds that the scripted server takes for each page.")] = 1.0,
    hidden: Annotated[int, typer.Option(help="Width of the checkpoint of random weights, 64, 128, ...")] = 64,
    layers: Annotated[int, typer.Option(help="Depth of each of its two parts.")] = 2,
    tokens: Annotated[int, typer.Option(help="Tokens of its answers.")] = 32,
    device: Annotated[Device, typer.Option(help="Where it runs.")] = Device.AUTO,
) -> None:
    """What Octavo adds to a vision model's time; the models are a script and random weights."""
    from benchmarks.gpu import vlm

    told = [
        "The models here are none: a server that answers as a script says, and random weights. Only what"
        " happens outside of them is a result."
    ]
    own = vlm.own(pages)
    steps = ", ".join(f"{name} {1000 * seconds:.0f}" for name, seconds in own.steps.items())
    told.append(
        f"Around a server (scripted): {1000 * own.seconds:.0f} ms a page, one page at a time ({steps});"
        f" {own.believed} of {own.pages} answers stood up to the page."
    )
    runs = [vlm.served(pages, n, parallel, delay) for n in dict.fromkeys((1, documents))]
    told += [_served(one) for one in runs]
    local = vlm.local(min(pages, 4), hidden, layers, tokens, device.value)
    told.append(_local(local))
    for line in told:
        say(line)
    measured = {
        "own": asdict(own),
        "served": [asdict(one) for one in runs],
        "local": local if isinstance(local, str) else asdict(local),
    }
    store.write("gpu-vlm", {"told": told, "measured": measured})


def _cell(stage: Stage, column: str) -> str:
    if not stage.is_run(column):
        return "–"
    return f"{stage.paces[column]:.2f}" if column in stage.paces else NOT_MEASURED


def _served(one: Served) -> str:
    return (
        f"A server (scripted) that takes {one.parallel} pages at once and {one.delay:.1f} s for each, and "
        f"{one.documents} documents in hand: {one.at_once} pages asked about at once, "
        f"{one.pages / one.seconds:.1f} pages/s, {one.reached:.0%} of what the server could give."
    )


def _local(one: Local | str) -> str:
    if isinstance(one, str):
        return f"Around a local checkpoint: {NOT_MEASURED}, {one}."
    return (
        f"Around a local checkpoint (Idefics3 with {one.weights / 1e6:.1f} million random weights, on "
        f"{one.device}, one page at a time): {1000 * one.around:.0f} ms a page around the model, "
        f"beside {1000 * one.within:.0f} ms in the model for {one.tokens_in // one.pages} tokens in and "
        f"{one.tokens_out // one.pages} out."
    )
