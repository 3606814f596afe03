from pipelines.pages.blocks import Block
from pipelines.pages.margins import with_running_rows
from schemas.reading import RegionKind
from tests.fakes.engines import line

TEXT, HEADER, FOOTER = RegionKind.TEXT, RegionKind.PAGE_HEADER, RegionKind.PAGE_FOOTER


def block(text: str, x: float, y: float, kind: RegionKind = TEXT, *, size: float = 10) -> Block:
    one = line(text, x, y, size=size)
    return Block(kind, one.bbox, [one])


def kinds(*blocks: Block) -> list[RegionKind]:
    return [b.kind for b in with_running_rows(blocks, 800)]


def test_what_stands_beside_a_page_number_runs_with_it() -> None:
    head = (block("400", 50, 30, HEADER), block("HARBOR LOG", 200, 31, RegionKind.SECTION_HEADER))
    assert kinds(*head, block("The ships came", 50, 60)) == [HEADER, HEADER, TEXT]
    foot = (block("Tides 1871", 50, 770), block("7", 500, 770, FOOTER))
    assert kinds(block("The ships came", 50, 60), *foot) == [TEXT, FOOTER, FOOTER]


def test_the_title_of_a_slide_stays_beside_its_number() -> None:
    assert kinds(block("Tides", 50, 30, size=24), block("7", 500, 35, HEADER)) == [TEXT, HEADER]


def test_the_middle_of_a_page_has_no_running_row() -> None:
    assert kinds(block("Tides", 50, 400), block("7", 500, 400, HEADER)) == [TEXT, HEADER]


def test_a_sentence_does_not_run() -> None:
    text = block("the ships that came to the port in these years were many", 50, 30)
    assert kinds(text, block("7", 500, 30, HEADER)) == [TEXT, HEADER]


def test_the_only_lines_of_a_page_are_its_text() -> None:
    assert kinds(block("High Tide", 50, 30, HEADER), block("7", 500, 770, FOOTER)) == [TEXT, TEXT]
