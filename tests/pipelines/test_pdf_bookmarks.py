from pathlib import Path

import pymupdf
import pytest

from pipelines.readers.pdf.bookmarks import bookmarks
from pipelines.readers.pdf.reader import PdfReader
from schemas.reading import Bookmark


def with_outline(*entries: tuple[str, str]) -> pymupdf.Document:
    """Two pages, the second on its side, and entries in a row: each a title and the rest of its dictionary.

    In the latter ``P1`` and ``P2`` stand for the pages, ``E0``, ``E1``… for the entries.
    """
    document = pymupdf.open()
    for rotation in (0, 90):
        document.new_page(width=400, height=700).set_rotation(rotation)
    root, *numbers = [document.get_new_xref() for _ in range(len(entries) + 1)]
    names = {f"P{i + 1}": document.page_xref(i) for i in range(2)}
    names |= {f"E{i}": number for i, number in enumerate(numbers)}
    for place, (title, rest) in enumerate(entries):
        follows = f"/Next {numbers[place + 1]} 0 R" if place + 1 < len(numbers) else ""
        for name, number in names.items():
            rest = rest.replace(name, f"{number} 0 R")
        document.update_object(
            numbers[place], f"<</Title ({title}) {rest} {'' if '/Next' in rest else follows}>>"
        )
    document.update_object(root, f"<</Type /Outlines /First {numbers[0]} 0 R>>")
    document.xref_set_key(document.pdf_catalog(), "Outlines", f"{root} 0 R")
    return pymupdf.open(stream=document.tobytes())


def test_entries_tell_their_page_and_how_far_down_it_they_lead() -> None:
    document = with_outline(
        ("Tides", "/Dest [P1 /XYZ 0 650 0]"),
        ("Seas", "/A <</S /GoTo /D [P1 /FitH 500]>>"),
        ("Ships", "/Dest [1 /Fit]"),
        ("Ports", "/Dest [P2 /XYZ 120 650 0]"),
    )
    assert bookmarks(document) == {
        1: [Bookmark("Tides", 0, 50), Bookmark("Seas", 0, 200)],
        2: [Bookmark("Ships", 0, None), Bookmark("Ports", 0, 120)],
    }


def test_entries_lie_in_each_other() -> None:
    document = with_outline(
        ("Tides", "/Dest [P1 /Fit] /First E1 /Next E2"),
        ("Spring  tides", "/Dest [P1 /Fit] /Next null"),
        ("Seas", "/Dest [P1 /Fit]"),
    )
    found = bookmarks(document)[1]
    assert [(one.title, one.level) for one in found] == [("Tides", 0), ("Spring tides", 1), ("Seas", 0)]


def test_destinations_have_names() -> None:
    old = with_outline(("Tides", "/Dest /here"))
    old.xref_set_key(old.pdf_catalog(), "Dests", f"<</here [{old.page_xref(0)} 0 R /Fit]>>")
    assert bookmarks(old) == {1: [Bookmark("Tides", 0, None)]}
    new = with_outline(("Tides", "/Dest (here)"))
    place = f"<</D [{new.page_xref(0)} 0 R /FitH 700]>>"
    new.xref_set_key(new.pdf_catalog(), "Names", f"<</Dests <</Names [(here) {place}]>>>>")
    assert bookmarks(new) == {1: [Bookmark("Tides", 0, 0)]}


@pytest.mark.parametrize(
    "rest",
    [
        "/Dest /nowhere",
        "/Dest [99 /Fit]",
        "/Dest [null /XYZ 0 0 0]",
        "/Dest []",
        "/Dest (x)",
        "/A <</S /URI /URI (x)>>",
        "/A 3",
        "/Dest [E0 /Fit]",
        "",
    ],
)
def test_an_entry_that_leads_nowhere_costs_only_itself(rest: str) -> None:
    document = with_outline(("Broken", rest), ("Tides", "/Dest [P1 /XYZ null null null]"))
    assert bookmarks(document) == {1: [Bookmark("Tides", 0, None)]}


def test_outlines_that_run_in_circles_end() -> None:
    document = with_outline(
        ("Tides", "/Dest [P1 /Fit] /First E1"), ("Seas", "/Dest [P1 /Fit] /Next E0 /First E1")
    )
    assert {one.title for one in bookmarks(document)[1]} == {"Tides", "Seas"}


def test_an_endless_outline_is_read_as_far_as_is_reasonable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.readers.pdf.bookmarks._MOST_ENTRIES", 10)
    document = with_outline(*((f"Entry {i}", "/Dest [P1 /Fit]") for i in range(30)))
    assert [one.title for one in bookmarks(document)[1]] == [f"Entry {i}" for i in range(10)]


def test_pages_come_with_their_bookmarks(tmp_path: Path) -> None:
    with_outline(("Tides", "/Dest [P2 /XYZ 0 650 0]"), ("", "/Dest [P1 /Fit]")).save(tmp_path / "one.pdf")
    reader = PdfReader(tmp_path / "one.pdf")
    assert [reader.page(number, layout=False).bookmarks for number in (1, 2)] == [
        [],
        [Bookmark("Tides", 0, 0)],
    ]
    assert reader.level_page(2, layout=False, angle=2.0).bookmarks == [Bookmark("Tides", 0, 0)]
    reader.close()
