from dataclasses import replace

from pipelines.documents.running import with_running_lines
from pipelines.work import PageRecord
from schemas.fragments import (
    FragmentType,
    HeaderContent,
    PageFragment,
    TableContent,
    TextContent,
    content_class,
)
from schemas.geometry import Box, PageSize
from tests.fakes.engines import line

TEXT, HEADER = FragmentType.TEXT, FragmentType.PAGE_HEADER
FOOTER, NUMBER = FragmentType.PAGE_FOOTER, FragmentType.PAGE_NUMBER
SECTION, CAPTION = FragmentType.SECTION_HEADER, FragmentType.TABLE_CAPTION


def fragment(kind: FragmentType, text: str, y: float) -> PageFragment:
    content: HeaderContent | TextContent = TextContent(content=text)
    if content_class(kind) is HeaderContent:
        content = HeaderContent(content=text, level=1)
    return PageFragment(fragment_type=kind, content=content, bbox=Box(x1=50, y1=y, x2=300, y2=y + 12))


def page(number: int, *fragments: PageFragment) -> PageRecord:
    return PageRecord(number, PageSize(width=600, height=800), list(fragments), [], [])


def kinds(records: list[PageRecord]) -> list[list[FragmentType]]:
    return [[f.fragment_type for f in record.fragments] for record in with_running_lines(records)]


def body(number: int) -> PageFragment:
    return fragment(TEXT, f"What happened on day {'abcdefgh'[number]}, told at length.", 300)


def test_a_line_at_the_head_of_all_pages_is_a_header_whatever_its_numbers() -> None:
    pages = [page(n, body(n), fragment(TEXT, f"Harbor Log, part {n}", 30)) for n in (1, 2, 3)]
    assert kinds(pages) == [[HEADER, TEXT]] * 3
    assert isinstance(with_running_lines(pages)[0].fragments[0].content, TextContent)


def test_headers_of_odd_and_even_pages() -> None:
    texts = ["Harbor Log", "Storms and Tides"]
    pages = [page(n, fragment(TEXT, texts[n % 2], 30), body(n)) for n in range(1, 7)]
    assert kinds(pages) == [[HEADER, TEXT]] * 6


def test_a_foot_that_repeats_and_a_number_that_counts() -> None:
    pages = [
        page(n, fragment(TEXT, str(n + 40), 770), fragment(TEXT, "Amber & Reef", 750)) for n in (1, 2, 3)
    ]
    assert kinds(pages) == [[NUMBER, FOOTER]] * 3


def test_numbers_that_do_not_count_are_text() -> None:
    pages = [page(n, fragment(TEXT, str(value), 770)) for n, value in ((1, 17), (2, 5), (3, 900))]
    assert kinds(pages) == [[TEXT]] * 3


def test_what_stands_elsewhere_or_says_something_else_stays() -> None:
    pages = [page(n, fragment(TEXT, "Harbor Log", 30 + 35 * n)) for n in (0, 1, 2)]
    assert kinds(pages) == [[TEXT]] * 3
    pages = [page(n, fragment(TEXT, "Harbor Log", 400)) for n in (0, 1, 2)]
    assert kinds(pages) == [[TEXT]] * 3
    pages = [page(n, fragment(TEXT, text, 30)) for n, text in enumerate(("Tides", "Storms", "Ships"))]
    assert kinds(pages) == [[TEXT]] * 3


def test_two_pages_are_enough_in_a_short_document_only() -> None:
    short = [page(n, fragment(TEXT, "Harbor Log", 30)) for n in (1, 2)]
    assert kinds(short) == [[HEADER]] * 2
    long = [*short, *(page(n, body(n)) for n in range(3, 7))]
    assert kinds(long)[:2] == [[TEXT]] * 2
    assert kinds(long[:5])[:2] == [[HEADER]] * 2
    lower = [page(n, fragment(TEXT, "Harbor Log", 70)) for n in (1, 2)]
    assert kinds([*lower, *long[2:5]])[:2] == [[TEXT]] * 2


def test_a_heading_that_some_slides_share_stays_one() -> None:
    shared = [page(n, fragment(SECTION, "Results", 30), body(n)) for n in (1, 2, 3)]
    rest = [page(n, fragment(SECTION, f"{'abcdefgh'[n]} coast", 30), body(n)) for n in range(4, 8)]
    assert kinds([*shared, *rest]) == [[SECTION, TEXT]] * 7
    assert kinds(shared) == [[HEADER, TEXT]] * 3


def test_a_header_in_the_middle_of_a_page_is_text() -> None:
    assert kinds([page(1, fragment(HEADER, "Harbor Log", 400), fragment(FOOTER, "Page 1", 770))]) == [
        [TEXT, FOOTER]
    ]


def test_the_captions_of_tables_that_begin_pages_are_no_headers() -> None:
    two = [page(1, fragment(HEADER, "Table 1 Ports", 30)), page(2, fragment(CAPTION, "Table 2 Ports", 30))]
    assert kinds(two) == [[HEADER], [CAPTION]]
    assert kinds([page(n, fragment(CAPTION, "Ports", 30)) for n in (1, 2, 3)]) == [[CAPTION]] * 3


def test_pages_without_geometry_stay_as_they_are() -> None:
    record = PageRecord(1, None, [fragment(TEXT, "Harbor Log", 30)], [], [])
    assert with_running_lines([record, record, record]) == [record] * 3


def chapters(*heads: str, y: float = 30, told: float = 300) -> list[PageRecord]:
    """Pages of running text from ``told`` on, under lines at ``y``."""
    text = "The tide comes in and goes out again, and the ships lie at anchor in the harbor. " * 5
    lines = [line("The tide comes in", 50, told, size=12)]
    return [
        replace(page(n, fragment(SECTION, head, y), fragment(TEXT, text, told)), lines=lines)
        for n, head in enumerate(heads)
    ]


def test_names_of_chapters_stand_where_the_name_of_the_book_does() -> None:
    pages = chapters("Harbor Log", "Tides", "Harbor Log", "Storms", "Harbor Log", "Ships")
    assert kinds(pages) == [[HEADER, TEXT]] * 6


def test_what_stands_where_another_page_has_what_was_taken_for_a_header_is_one() -> None:
    pages = chapters("Tides", "Storms", "Ships")
    pages[0].fragments[0] = fragment(HEADER, "Tides", 30)
    assert kinds(pages) == [[HEADER, TEXT], [SECTION, TEXT], [SECTION, TEXT]]
    assert kinds(pages[:2]) == [[HEADER, TEXT]] * 2
    lower = chapters("Tides", "Storms", y=90)
    lower[0].fragments[0] = fragment(HEADER, "Tides", 90)
    assert kinds(lower)[1] == [SECTION, TEXT]


def test_where_running_text_begins_no_heading_runs_for_its_place_alone() -> None:
    pages = chapters("Harbor Log", "Tides", "Harbor Log", "Storms", "Harbor Log", "Ships", told=30)
    assert kinds(pages)[1::2] == [[SECTION, TEXT]] * 3


def test_a_heading_lower_or_larger_than_the_running_head_stays() -> None:
    pages = chapters("Harbor Log", "Harbor Log", "Harbor Log")
    assert kinds([*pages, *chapters("Tides", y=50)])[-1] == [SECTION, TEXT]
    (larger,) = chapters("Tides")
    larger.fragments[0] = larger.fragments[0].model_copy(update={"bbox": Box(x1=50, y1=26, x2=300, y2=46)})
    assert kinds([*pages, larger])[-1] == [SECTION, TEXT]


def test_what_one_page_takes_for_a_header_is_one_on_the_other_that_has_it() -> None:
    for kind in (SECTION, CAPTION):
        pages = chapters("Harbor Log", "Harbor Log", "Tides", "Storms", "Ships", "Shores", y=50)
        pages[1].fragments[0] = fragment(kind, "Harbor Log", 50)
        assert kinds(pages)[1] == [kind, TEXT]
        pages[0].fragments[0] = fragment(HEADER, "Harbor Log", 50)
        assert kinds(pages)[1] == [HEADER, TEXT]


def test_a_header_is_no_larger_for_the_small_print_of_a_table_below_it() -> None:
    small = [line("Harbor", 50, y, size=6) for y in range(210, 600, 10)]
    pages = chapters("Harbor Log", "Tides", "Harbor Log", "Storms", "Harbor Log", "Ships", told=650)
    for record in pages:
        cells = TableContent(content="Harbor", cells=[])
        box = Box(x1=50, y1=205, x2=550, y2=600)
        record.fragments.append(PageFragment(fragment_type=FragmentType.TABLE, content=cells, bbox=box))
        record.lines += small
    assert all(found[0] is HEADER for found in kinds(pages))
