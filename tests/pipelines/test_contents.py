from pipelines.pages.blocks import Block
from pipelines.pages.contents import entries_text, with_contents
from schemas.geometry import union_of
from schemas.reading import RegionKind, TextLine
from tests.fakes.engines import line, word

TEXT, INDEX = RegionKind.TEXT, RegionKind.INDEX


def entry(name: str, page: str, y: float, *, led: bool = True, right: float = 400) -> TextLine:
    words = [*line(name, 50, y).words]
    if led:
        words.append(word(".........", words[-1].bbox.x2 + 5, y))
    words.append(word(page, right - 5 * len(page), y))
    return TextLine(words, union_of([w.bbox for w in words]))


def block(*lines: TextLine, kind: RegionKind = TEXT) -> Block:
    return Block(kind, union_of([one.bbox for one in lines]), list(lines))


def entries(*, led: bool = True) -> list[TextLine]:
    names = ("1 Tides", "2 Storms of the north", "3 Ships", "4 Harbors")
    return [entry(n, p, 100 + 14 * i, led=led) for i, (n, p) in enumerate(zip(names, "3589", strict=True))]


def kinds(*blocks: Block) -> list[RegionKind]:
    return [b.kind for b in with_contents(blocks)]


def test_lines_led_to_page_numbers_are_a_table_of_contents() -> None:
    (found,) = with_contents([block(*entries())])
    assert found.kind is INDEX
    assert entries_text(found).splitlines()[1] == "2 Storms of the north ......... 5"


def test_its_parts_are_one_block() -> None:
    first, *rest = entries()
    (found,) = with_contents([block(first), block(*rest, kind=RegionKind.TABLE)])
    assert (found.kind, len(found.lines)) == (INDEX, 4)


def test_without_dots_only_under_a_heading_that_says_so() -> None:
    plain = entries(led=False)
    assert kinds(block(*plain)) == [TEXT]
    heading = block(line("Contents", 50, 80), kind=RegionKind.SECTION_HEADER)
    assert kinds(heading, block(*plain)) == [RegionKind.SECTION_HEADER, INDEX]
    assert kinds(block(line("Costs", 50, 80)), block(*plain)) == [TEXT, TEXT]


def test_price_lists_and_short_runs_are_none() -> None:
    prices = [
        entry(f"Item {name}", price, 100 + 14 * i)
        for i, (name, price) in enumerate(zip("abcd", "9152", strict=True))
    ]
    assert kinds(block(*prices)) == [TEXT]
    assert kinds(block(*entries()[:2])) == [TEXT]


def test_running_text_is_none() -> None:
    text = [line("in the year 1871 there were 12", 50, 100 + 14 * i) for i in range(4)]
    heading = block(line("Contents", 50, 80), kind=RegionKind.SECTION_HEADER)
    ragged = [line("word " * (i + 1) + str(i + 3), 50, 100 + 14 * i) for i in range(4)]
    assert INDEX not in kinds(block(*text), heading, block(*ragged))


def test_its_heading_may_stand_in_one_block_with_it() -> None:
    whole = block(line("Table of contents", 50, 80), *entries(led=False), kind=RegionKind.TABLE)
    assert kinds(whole) == [RegionKind.SECTION_HEADER, INDEX]
    assert kinds(block(line("Costs of this year", 50, 80), *entries(led=False), kind=RegionKind.TABLE)) == [
        RegionKind.TABLE
    ]
