"""How far the first page of a document leans, as Octavo's own stages see it."""

from __future__ import annotations

from pathlib import Path

from models.local import LocalEngines
from pipelines.pages.straighten import Straighten
from pipelines.pages.text import ReadText
from pipelines.readers.host import LocalReader
from pipelines.work import PageWork


def first_angle(path: Path, engines: LocalEngines) -> float:
    """The angle (degrees clockwise) that is undone before the page is read; 0 where it is not touched."""
    reader = LocalReader()
    reader.open(path, reader.detect(path, None, path.name))
    page = PageWork(1)
    for stage in (ReadText(reader, layout=False), Straighten(reader, engines, layout=False)):
        stage([page])
    reader.close()
    return page.angle
