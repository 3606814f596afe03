from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.readers.pdf.fixed import FixedReader
from schemas.errors import DocumentUnreadable
from tests.readers.files import zipped

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'width="200" height="100"><text x="20" y="40" font-size="12">Some words</text>'
    '<image xlink:href="{}" width="50" height="50"/></svg>'
)
PAGE = (
    '<FixedPage xmlns="http://schemas.microsoft.com/xps/2005/06" Width="960" Height="480">'
    '<Path Data="M 96,96 L 480,96 480,192 96,192 Z" Fill="#000000"/></FixedPage>'
)
RELATION = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="a" Type="http://schemas.microsoft.com/xps/2005/06/fixedrepresentation" '
    'Target="/seq.fdseq"/></Relationships>'
)
SEQUENCE = (
    '<FixedDocumentSequence xmlns="http://schemas.microsoft.com/xps/2005/06">'
    '<DocumentReference Source="/one.fdoc"/></FixedDocumentSequence>'
)
DOCUMENT = (
    '<FixedDocument xmlns="http://schemas.microsoft.com/xps/2005/06">'
    '<PageContent Source="/1.fpage"/><PageContent Source="/2.fpage"/></FixedDocument>'
)


def words(reader: FixedReader) -> list[str]:
    return [word.text for line in reader.page(1, layout=False).lines for word in line.words]


def test_a_drawing(tmp_path: Path) -> None:
    (tmp_path / "a").write_text(SVG.format(""), encoding="utf-8")
    reader = FixedReader(tmp_path / "a")
    page = reader.page(1, layout=False)
    assert (reader.page_count(), page.width, page.height) == (1, 200, 100)
    assert words(reader) == ["Some", "words"]
    box = page.lines[0].words[0].bbox
    assert 15 < box.x1 < 25
    assert 35 < box.y2 < 50


def test_a_drawing_reaches_for_no_file_beside_it(tmp_path: Path) -> None:
    from PIL import Image as Pictures

    Pictures.new("RGB", (50, 50), "red").save(tmp_path / "red.png")
    for address in ("red.png", (tmp_path / "red.png").as_uri(), str(tmp_path / "red.png")):
        (tmp_path / "a.svg").write_text(SVG.format(address), encoding="utf-8")
        pixels = FixedReader(tmp_path / "a.svg").render(1, 1.0)
        assert not ((pixels[..., 0] > 200) & (pixels[..., 1] < 50)).any()


def test_pages_of_xps(tmp_path: Path) -> None:
    parts = {"_rels/.rels": RELATION, "seq.fdseq": SEQUENCE, "one.fdoc": DOCUMENT, "1.fpage": PAGE}
    parts["2.fpage"] = PAGE
    (tmp_path / "a").write_bytes(zipped(parts))
    reader = FixedReader(tmp_path / "a")
    page = reader.page(2, layout=False)
    assert (reader.page_count(), page.width, page.height) == (2, 720, 360)
    pixels = reader.render(2, 1.0)
    assert pixels[80:140, 80:350].max() < 50
    assert pixels[200:, :].min() > 200


@pytest.mark.parametrize("data", [b"<svg", b"PK\x03\x04", zipped({"a": "b"}), b"words"])
def test_what_is_neither(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a").write_bytes(data)
    with pytest.raises(DocumentUnreadable, match="print it to PDF"):
        FixedReader(tmp_path / "a")
