"""Words to blocks, and what a scan's pictures really are."""

from __future__ import annotations

from dataclasses import replace

from pipelines.pages.blocks import Block, is_printed_matter, make_blocks, parted_row
from schemas.fragments import Source
from schemas.geometry import BBox, union_of
from schemas.reading import Region, RegionKind, TextLine, Word


def line(text: str, x: float, y: float, source: Source = Source.OCR) -> TextLine:
    words = [
        Word(w, BBox(x + 40 * i, y, x + 40 * i + 35, y + 10), source=source)
        for i, w in enumerate(text.split())
    ]
    return TextLine(words, union_of([word.bbox for word in words]))


def picture(*lines: TextLine) -> Block:
    return Block(RegionKind.PICTURE, BBox(0, 0, 400, 200), list(lines))


def test_a_form_taken_for_a_picture_is_printed_matter() -> None:
    form = picture(
        line("Name of the event", 10, 10),
        line("Spring fair in Bristol", 210, 10),
        line("Please allow six weeks", 10, 40),
        line("Date", 10, 70),
        line("3/18/97", 210, 70),
    )
    assert is_printed_matter(form, scanned=True)


def test_a_chart_with_its_labels_stays_a_picture() -> None:
    labels = [line(str(n), 10, 20 * n) for n in range(9)] + [line("Pages a second", 150, 180)]
    assert not is_printed_matter(picture(*labels), scanned=True)
    assert not is_printed_matter(picture(), scanned=True)


def test_a_caption_on_a_large_photo_does_not_make_it_text() -> None:
    words = "A dozen and more words that stand in one small line over a landscape photo"
    photo = Block(RegionKind.PICTURE, BBox(0, 0, 2000, 1500), [line(words, 100, 100)])
    assert not is_printed_matter(photo, scanned=True)


def test_on_a_digital_page_a_picture_is_text_only_where_lines_fill_it() -> None:
    words = "I do not need any help"
    chart = picture(line(words, 10, 10), line(words, 10, 60), line(words, 10, 110))
    assert is_printed_matter(chart, scanned=True)
    assert not is_printed_matter(chart, scanned=False)
    page = picture(*[line("one two three four five six seven eight nine", 10, 12 * i) for i in range(14)])
    assert is_printed_matter(page, scanned=False)


def test_digital_text_on_a_picture_leaves_it_a_picture() -> None:
    text = "A dozen and more words that stand in one line and were never read from pixels"
    assert not is_printed_matter(picture(line(text, 10, 10, Source.DIGITAL)), scanned=True)


def test_other_kinds_are_left_alone() -> None:
    table = Block(RegionKind.TABLE, BBox(0, 0, 400, 200), [line("a b c d e f g h i j k l m n", 0, 0)])
    assert not is_printed_matter(table, scanned=True)


def test_texts_far_apart_in_a_row_are_blocks_of_their_own() -> None:
    def row(*texts: str, apart: float) -> Block:
        words = []
        x = 50.0
        for text in texts:
            part = line(text, x, 100)
            words += part.words
            x = part.bbox.x2 + apart
        box = union_of([word.bbox for word in words])
        return Block(RegionKind.TEXT, box, [TextLine(words, box)])

    names = parted_row(row("Ada Shore", "Ben Reef", "Cleo", apart=80))
    assert [b.lines[0].text for b in names] == ["Ada Shore", "Ben Reef", "Cleo"]
    assert names[1].bbox == names[1].lines[0].bbox
    assert len(parted_row(row("Chapter", "12", apart=80))) == 1
    assert len(parted_row(row("Ada", "Ben", "Cleo", apart=20))) == 1


def test_writing_on_its_side_is_not_mixed_into_the_text_it_crosses() -> None:
    text = [line("Words of a paragraph", 50, 100), line("that goes on", 50, 112), line("to its end", 50, 124)]
    mark = replace(line("DRAFT", 60, 100), quarter_turns=3)
    region = Region(RegionKind.TEXT, BBox(40, 90, 400, 140))
    blocks = make_blocks([text[0], mark, *text[1:]], [region], [], 600, 800)
    assert [block.lines for block in blocks] == [text, [mark]]
