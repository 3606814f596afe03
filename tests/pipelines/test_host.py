from importlib import import_module
from pathlib import Path

import pytest
from PIL import Image as Pictures

from pipelines.readers import host
from pipelines.readers.base import Enclosed, Envelope, FlowReader, PagedReader, ReaderSetup
from pipelines.readers.host import READERS, LocalReader
from pipelines.readers.text import TextReader
from schemas import formats
from schemas.errors import UnsupportedFormat
from schemas.formats import FORMATS, Format
from schemas.reading import DocumentPart, FlowView


def test_every_format_has_a_reader_of_its_kind() -> None:
    assert {known.reader for known in FORMATS} == set(READERS)
    for known in FORMATS:
        module, _, name = READERS[known.reader].partition(":")
        assert issubclass(getattr(import_module(module), name), PagedReader | FlowReader | Envelope)


def test_paged_and_flow_documents_are_opened(tmp_path: Path) -> None:
    Pictures.new("L", (40, 30), "white").save(tmp_path / "a.png")
    (tmp_path / "a.txt").write_text("some words", encoding="utf-8")
    reader = LocalReader()
    info = reader.open(tmp_path / "a.png", "PNG")
    assert (info.parts, reader.page(1, True).width) == ([DocumentPart(1, paged=True)], 40)
    info = reader.open(tmp_path / "a.txt", "plain text")
    assert info.parts == [DocumentPart(1, paged=False)]
    assert reader.flow_page(1, FlowView()).fragments[0].content.content == "some words"
    with pytest.raises(TypeError):
        reader.page(1, True)


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedFormat, match="PDF"):
        LocalReader().open(tmp_path / "a.xyz", "XYZ")


class _Letter(Envelope):
    """A file whose lines name the files that it encloses."""

    def __init__(self, path: Path, setup: ReaderSetup) -> None:
        self._path = path

    def cover(self) -> FlowReader | None:
        return TextReader(self._path)

    def enclosed(self) -> list[Enclosed]:
        names = self._path.read_text(encoding="utf-8").split()
        return [Enclosed(self._path.parent / name, name) for name in names]


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(READERS, "letter", f"{__name__}:_Letter")
    known = Format("letter", "letter", ("text/x-letter",), (".letter",), text=True)
    monkeypatch.setattr(formats, "FORMATS", (*FORMATS, known))


@pytest.mark.usefixtures("letters")
def test_an_envelope_is_its_cover_and_what_is_inside(tmp_path: Path) -> None:
    Pictures.new("L", (40, 30), "white").save(tmp_path / "a.png")
    (tmp_path / "note.txt").write_text("some words", encoding="utf-8")
    (tmp_path / "odd.bin").write_bytes(bytes(range(256)))
    (tmp_path / "inner.letter").write_text("note.txt", encoding="utf-8")
    (tmp_path / "outer.letter").write_text("a.png odd.bin inner.letter", encoding="utf-8")
    reader = LocalReader()
    info = reader.open(tmp_path / "outer.letter", "letter")
    assert [part.paged for part in info.parts] == [False, True, False, False]
    assert [part.name for part in info.parts] == ["", "a.png", "inner.letter", "note.txt"]
    assert [info.begins(number) for number in (1, 2)] == ["", "a.png"]
    assert reader.page(2, layout=False).number == 2
    assert reader.flow_page(4, FlowView()).fragments[0].content.content == "some words"
    for _ in range(2):  # a page may be asked for again
        (left_out,) = reader.flow_page(1, FlowView()).warnings
    assert left_out.message.startswith("odd.bin was left out: ")


@pytest.mark.usefixtures("letters")
def test_envelopes_in_envelopes_come_to_an_end(tmp_path: Path) -> None:
    (tmp_path / "self.letter").write_text("self.letter", encoding="utf-8")
    reader = LocalReader(ReaderSetup(max_depth=3))
    assert reader.open(tmp_path / "self.letter", "letter").page_count == 3
    assert "3 deep" in reader.flow_page(1, FlowView()).warnings[0].message


@pytest.mark.usefixtures("letters")
def test_a_wrapper_passes_its_name_on_and_the_rest_of_very_many_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_Letter, "cover", lambda self: None)
    monkeypatch.setattr(host, "_MOST_PARTS", 2)
    (tmp_path / "note.txt").write_text("some words", encoding="utf-8")
    (tmp_path / "outer.letter").write_text("note.txt note.txt note.txt note.txt", encoding="utf-8")
    reader = LocalReader()
    info = reader.open(tmp_path / "outer.letter", "letter")
    assert [part.name for part in info.parts] == ["", ""]
    (left_out,) = reader.flow_page(1, FlowView()).warnings
    assert left_out.message.startswith("2 more documents in the letter were left out")


@pytest.mark.usefixtures("letters")
def test_what_is_unpacked_is_bounded_over_all_envelopes(tmp_path: Path) -> None:
    limits: list[int] = []

    class Measured(_Letter):
        def __init__(self, path: Path, setup: ReaderSetup) -> None:
            limits.append(setup.max_unpacked_bytes)
            super().__init__(path, setup)

    (tmp_path / "note.txt").write_text("some words", encoding="utf-8")
    (tmp_path / "inner.letter").write_text("note.txt", encoding="utf-8")
    (tmp_path / "outer.letter").write_text("inner.letter note.txt", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(globals(), "_Letter", Measured)
        LocalReader(ReaderSetup(max_unpacked_bytes=100)).open(tmp_path / "outer.letter", "letter")
    assert limits == [100, 100 - len("note.txt") - len("some words")]
