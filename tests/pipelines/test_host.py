from importlib import import_module
from pathlib import Path

import pytest
from PIL import Image as Pictures

from pipelines.readers.base import FlowReader, PagedReader
from pipelines.readers.host import READERS, LocalReader
from schemas.errors import UnsupportedFormat
from schemas.formats import FORMATS


def test_every_format_has_a_reader_of_its_kind() -> None:
    assert {known.reader for known in FORMATS} == set(READERS)
    for known in FORMATS:
        module, _, name = READERS[known.reader].partition(":")
        assert issubclass(getattr(import_module(module), name), PagedReader if known.paged else FlowReader)


def test_paged_and_flow_documents_are_opened(tmp_path: Path) -> None:
    Pictures.new("L", (40, 30), "white").save(tmp_path / "a.png")
    (tmp_path / "a.txt").write_text("some words", encoding="utf-8")
    reader = LocalReader()
    info = reader.open(tmp_path / "a.png", "PNG")
    assert (info.paged, info.page_count, reader.page(1, True).width) == (True, 1, 40)
    info = reader.open(tmp_path / "a.txt", "plain text")
    assert (info.paged, reader.fragments()[0].content.content) == (False, "some words")
    with pytest.raises(RuntimeError):
        reader.page(1, True)


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedFormat, match="PDF"):
        LocalReader().open(tmp_path / "a.xyz", "XYZ")
