from pipelines.documents.levels import with_levels
from pipelines.work import PageRecord
from schemas.fragments import FragmentType, HeaderContent, PageFragment, Source
from schemas.geometry import Box
from tests.fakes.engines import line


def page(number: int, headings: list[tuple[str, float]], source: Source = Source.DIGITAL) -> PageRecord:
    lines = [line(text, 50, 100 + 60 * i, size=size) for i, (text, size) in enumerate(headings)]
    fragments = [
        PageFragment(
            fragment_type=FragmentType.SECTION_HEADER,
            content=HeaderContent(content=one.text, level=1),
            bbox=Box.of(one.bbox),
            source=source,
        )
        for one in lines
    ]
    return PageRecord(number, None, fragments, lines, [])


def levels(records: list[PageRecord]) -> list[list[int]]:
    return [
        [f.content.level for f in record.fragments if isinstance(f.content, HeaderContent)]
        for record in with_levels(records)
    ]


def test_a_size_has_the_same_level_on_every_page() -> None:
    records = [page(1, [("Tides", 20), ("Spring", 14)]), page(2, [("Autumn", 14.5), ("Storms", 11)])]
    assert levels(records) == [[1, 2], [2, 3]]


def test_numbering_says_the_level() -> None:
    assert levels([page(1, [("2.1 Tides", 12), ("2.1.3 Spring", 12), ("Notes", 12), ("3 ships", 12)])]) == [
        [2, 3, 1, 1]
    ]


def test_scans_are_ranked_apart() -> None:
    assert levels([page(1, [("Tides", 12)]), page(2, [("Spring", 30)], Source.OCR)]) == [[1], [1]]


def test_levels_end_at_five_and_flow_headings_keep_theirs() -> None:
    deep = page(1, [(f"h{i}", 60 - 8 * i) for i in range(7)])
    assert levels([deep]) == [[1, 2, 3, 4, 5, 5, 5]]
    flow = PageFragment(
        fragment_type=FragmentType.SECTION_HEADER, content=HeaderContent(content="a", level=4)
    )
    assert levels([PageRecord(1, None, [flow], [], [])]) == [[4]]


def test_of_headings_of_one_size_capitals_and_bold_stand_higher() -> None:
    record = page(1, [("IV. TIDES", 10), ("A. Spring", 10), ("Neap", 10), ("B. Autumn", 10)])
    for one, style in zip(record.lines, ("bold", "italic", "bold", "italic"), strict=True):
        for word in one.words:
            setattr(word, style, True)
    assert levels([record]) == [[1, 3, 2, 3]]


def test_numbering_goes_on_below_its_chapters() -> None:
    headings = [("A History of Tides", 24), ("1 Seas", 14), ("1.1 Tides", 14), ("1.1.2 Spring", 11)]
    assert levels([page(1, headings)]) == [[1, 2, 3, 4]]


def test_lines_of_a_scan_that_differ_a_little_are_of_one_size() -> None:
    assert levels([page(1, [("Tides", 20), ("seas", 15), ("small", 9)], Source.OCR)]) == [[1, 1, 2]]
