from pathlib import Path

import pytest

from pipelines.readers.base import ReaderSetup
from pipelines.readers.epub import EpubReader
from schemas.errors import DocumentEmpty, DocumentEncrypted, DocumentUnreadable, PageUnreadable, TooLarge
from schemas.fragments import FragmentType
from schemas.reading import FlowPage, FlowView
from tests.readers.files import zipped
from tests.readers.mail.test_eml import picture

CONTAINER = """<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="OPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""
XHTML = '<html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body>{}</body></html>'


def book(chapters: dict[str, str | bytes], title: str = "A Book", **more: str | bytes) -> bytes:
    """A book with these files; all HTML ones are in the spine, in this order."""
    kinds = {"html": "application/xhtml+xml", "png": "image/png", "pdf": "application/pdf"}
    items = "".join(
        f'<item id="i{n}" href="{name}" media-type="{kinds[name.rpartition(".")[2]]}"/>'
        for n, name in enumerate(chapters)
    )
    spine = "".join(f'<itemref idref="i{n}"/>' for n, name in enumerate(chapters) if name.endswith("html"))
    opf = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
        f"<dc:title>{title}</dc:title><dc:creator>Ann Lee</dc:creator></metadata>"
        f"<manifest>{items}</manifest><spine>{spine}</spine></package>"
    )
    bodies = {
        f"OPS/{name}": XHTML.format(body) if isinstance(body, str) else body
        for name, body in chapters.items()
    }
    return zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": CONTAINER,
            "OPS/book.opf": opf,
            **bodies,
            **more,
        }
    )


def opened(data: bytes, folder: Path) -> EpubReader:
    path = folder / "a.epub"
    path.write_bytes(data)
    return EpubReader(path, ReaderSetup(scratch=folder))


def shown(page: FlowPage) -> list[tuple[str, str, int | None]]:
    return [
        (fragment.fragment_type.value, fragment.content.content, getattr(fragment.content, "level", None))
        for fragment in page.fragments
    ]


def test_a_page_a_file_of_the_spine(tmp_path: Path) -> None:
    reader = opened(book({"one.html": "<p>A dedication</p>", "two.html": "<p>words</p>"}), tmp_path)
    assert reader.page_count() == 2
    assert shown(reader.flow_page(1, FlowView())) == [
        ("title", "A Book", 0),
        ("text", "**Author:** Ann Lee", None),
        ("text", "A dedication", None),
    ]


def test_headings_of_chapters_keep_their_levels_and_links_between_them_go(tmp_path: Path) -> None:
    chapter = "<h1>First</h1><h2>Part</h2><p>Some <a href='one.html#x'>words</a>, <a href='https://x.org'>more</a></p>"
    reader = opened(book({"a.html": "<p>x</p>", "b.html": chapter}), tmp_path)
    assert shown(reader.flow_page(2, FlowView())) == [
        ("section_header", "First", 1),
        ("section_header", "Part", 2),
        ("text", "Some words, [more](https://x.org)", None),
    ]


def test_a_title_page_is_not_said_twice(tmp_path: Path) -> None:
    body = '<p><img src="cover.png" alt="Cover"/></p><h1>a book</h1><p><img src="cover.png" alt="Again"/></p>'
    reader = opened(book({"a.html": body, "cover.png": picture(64)}), tmp_path)
    page = reader.flow_page(1, FlowView())
    assert [kind for kind, _, _ in shown(page)] == ["figure", "title", "text", "figure"]
    assert page.pictures == [0, 3]
    assert reader.picture(1, 3) is not None


def test_pictures_in_drawings_and_beside_the_chapter_are_figures(tmp_path: Path) -> None:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
        '<image width="9" xlink:href="img/a.png"/></svg>'
    )
    reader = opened(book({"a.html": svg, "img/a.png": picture(64)}), tmp_path)
    page = reader.flow_page(1, FlowView())
    (index,) = page.pictures
    assert page.fragments[index].fragment_type is FragmentType.FIGURE
    pixels = reader.picture(1, index)
    assert pixels is not None
    assert pixels.shape == (64, 64, 3)


def test_a_file_of_another_kind_is_replaced_by_its_fallback(tmp_path: Path) -> None:
    opf = (
        "<package><manifest>"
        '<item id="page" href="a.html" media-type="application/xhtml+xml"/>'
        '<item id="other" href="b.pdf" media-type="application/pdf" fallback="page"/>'
        '<item id="alone" href="b.pdf" media-type="application/pdf"/>'
        '<item id="circle" href="b.pdf" media-type="application/pdf" fallback="circle"/>'
        "</manifest><spine>{}</spine></package>"
    )
    spine = "".join(f'<itemref idref="{name}"/>' for name in ("other", "alone", "circle", "unknown"))
    files = {"META-INF/container.xml": CONTAINER, "OPS/a.html": XHTML.format("<p>words</p>")}
    reader = opened(zipped({**files, "OPS/book.opf": opf.format(spine)}), tmp_path)
    assert reader.page_count() == 1
    assert shown(reader.flow_page(1, FlowView())) == [("text", "words", None)]
    with pytest.raises(DocumentEmpty):
        opened(zipped({**files, "OPS/book.opf": opf.format('<itemref idref="alone"/>')}), tmp_path)


def test_a_missing_chapter_costs_its_page(tmp_path: Path) -> None:
    data = book({"a.html": "<p>words</p>", "b.html": "<p>more</p>"})
    reader = opened(data.replace(b"OPS/b.html", b"OPS/c.html"), tmp_path)
    assert reader.page_count() == 2
    with pytest.raises(PageUnreadable):
        reader.flow_page(2, FlowView())


@pytest.mark.parametrize(
    ("method", "is_refused"),
    [("http://www.w3.org/2001/04/xmlenc#aes128-cbc", True), ("http://www.idpf.org/2008/embedding", False)],
)
def test_protected_books_say_so_and_scrambled_fonts_do_no_harm(
    method: str, is_refused: bool, tmp_path: Path
) -> None:
    encryption = (
        '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" '
        'xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptedData>'
        f'<enc:EncryptionMethod Algorithm="{method}"/></enc:EncryptedData></encryption>'
    )
    data = book({"a.html": "<p>words</p>"}, **{"META-INF/encryption.xml": encryption})
    if is_refused:
        with pytest.raises(DocumentEncrypted):
            opened(data, tmp_path)
    else:
        assert opened(data, tmp_path).page_count() == 1


def test_damaged_books_say_so(tmp_path: Path) -> None:
    for data in (b"no ZIP", zipped({"mimetype": "application/epub+zip"}), book({"a.html": "x"})[:-40]):
        with pytest.raises(DocumentUnreadable):
            opened(data, tmp_path)


def test_what_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.epub"
    path.write_bytes(book({"a.html": "x" * 5000}))
    with pytest.raises(TooLarge):
        EpubReader(path, ReaderSetup(max_unpacked_bytes=2000))
