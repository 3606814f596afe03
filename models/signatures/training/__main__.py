"""``python -m models.signatures.training``: faces, pages, training, export, one after the other."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from models.signatures.training import ink
from models.signatures.training.sheet import Fonts

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
Faces = Annotated[Path, typer.Argument(help="A folder with the faces, in script/ and print/.")]


@app.command()
def faces(archives: Path, target: Faces) -> None:
    """Unpacks the font packages (``*.tgz``) in ``archives``/script and ``archives``/print."""
    from models.signatures.training.faces import unpack

    for kind, most in (("script", 1), ("print", 3)):
        unpack(archives / kind, target / kind, most)


@app.command()
def draw(fonts: Faces, corpus: Path, count: int = 6000, seed: int = 1) -> None:
    """Draws pages into the folder ``corpus``."""
    from models.signatures.training.corpus import draw

    draw(corpus, count, seed, Fonts(ink.fonts(fonts / "script"), ink.fonts(fonts / "print")))


@app.command()
def train(corpus: Path, run: Path, hours: float = 3.3, seed: int = 0) -> None:
    """Trains on all pages of ``corpus``; what ``run`` holds of an earlier run goes on."""
    from models.signatures.training.train import Corpus, Run

    typer.echo(Run(run, seed).train(Corpus(corpus), hours))


@app.command()
def export(weights: Path, target: Path) -> None:
    """Writes weights as ONNX."""
    from models.signatures.training.export import export

    export(weights, target)


if __name__ == "__main__":
    app()
