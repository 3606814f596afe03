from __future__ import annotations

from models import images
from pipelines.pages.partings import parted, with_fields, without_printed_matter
from schemas.fragments import Source
from schemas.geometry import BBox, union_of
from schemas.reading import Region, RegionKind, TextLine, Word


def line(text: str, x: float, y: float) -> TextLine:
    words = []
    for part in text.split():
        words.append(Word(part, BBox(x, y, x + 5 * len(part), y + 10), size=10, source=Source.OCR))
        x = words[-1].bbox.x2 + 3
    return TextLine(words, union_of([word.bbox for word in words]))


def texts(regions: list[Region], lines: list[TextLine]) -> list[str]:
    return [
        " ".join(w.text for one in lines for w in one.words if r.bbox.holds(*w.bbox.center)) for r in regions
    ]


def around(*lines: TextLine) -> Region:
    return Region(RegionKind.TEXT, union_of([one.bbox for one in lines]), score=0.4)


def test_columns_far_apart_are_texts_of_their_own() -> None:
    left = [line(text, 10, 10 + 12 * i) for i, text in enumerate(["Acme Ltd", "1 High Street", "Bristol"])]
    right = [line(text, 300, 14 + 12 * i) for i, text in enumerate(["Our bank", "Second line", "of it"])]
    lines = [one for pair in zip(left, right, strict=True) for one in pair]
    found = parted([around(*lines)], lines, [])
    assert texts(found, lines) == ["Acme Ltd 1 High Street Bristol", "Our bank Second line of it"]
    assert {region.score for region in found} == {0.4}


def test_a_name_and_its_value_stay_one_row() -> None:
    lines = [line("Total:", 10, 10), line("12.50", 200, 10), line("Paid", 10, 24), line("10.00", 200, 24)]
    region = around(*lines)
    assert parted([region], lines, []) == [region]


def test_short_texts_on_one_line_are_pairs() -> None:
    lines = [
        line("Your number", 10, 10),
        line("Your name", 10, 24),
        line("A 17", 200, 10),
        line("Ada", 200, 24),
    ]
    region = around(*lines)
    assert parted([region], lines, []) == [region]


def test_running_text_is_left_alone() -> None:
    lines = [line("a line of running text that goes on", 10, 10 + 12 * i) for i in range(5)]
    underline = BBox(10, 21, 40, 22)
    region = around(*lines)
    assert parted([region], lines, [underline]) == [region]


def test_a_rule_parts_what_stands_above_and_below_it() -> None:
    lines = [line("First name", 10, 10), line("Ada", 10, 22), line("Last name", 10, 40)]
    found = parted([around(*lines)], lines, [BBox(0, 35, 300, 36)])
    assert texts(found, lines) == ["First name Ada", "Last name"]


def test_a_rule_parts_what_stands_beside_it() -> None:
    lines = [line("One box", 10, 10), line("Next box", 55, 10)]
    found = parted([around(*lines)], lines, [BBox(50, 0, 51, 30)])
    assert texts(found, lines) == ["One box", "Next box"]


def form(columns: int, rows: int) -> tuple[list[BBox], list[TextLine]]:
    """The lines of a form, leaning a little, and a label and a value in each of its boxes."""
    down = [BBox(200.0 * i, 0, 200.0 * i + 1, 40.0 * rows) for i in range(columns + 1)]
    across = [
        BBox(50.0 * k, 40.0 * j + k % 2, 50.0 * k + 50, 40.0 * j + k % 2 + 1)
        for j in range(rows + 1)
        for k in range(4 * columns)
    ]
    held = [
        one
        for j in range(rows)
        for i in range(columns)
        for one in (
            line(f"Label {j}{i}", 200 * i + 5, 40 * j + 5),
            line(f"value{j}{i}", 200 * i + 120, 40 * j + 22),
        )
    ]
    return down + across, held


def test_lines_close_off_boxes() -> None:
    rules, _ = form(3, 2)
    boxes = images.enclosed_boxes(rules, 620, 300)
    inner = [box for box in boxes if box.height > 10 and box.width < 300]
    inner.sort(key=lambda box: (round(box.y1 / 10), box.x1))
    assert len(inner) == 6
    assert inner[0].iou(BBox(0, 0, 200, 40)) > 0.8
    assert inner[-1].iou(BBox(400, 40, 600, 80)) > 0.8


def test_the_fields_of_a_form_are_texts_of_their_own() -> None:
    rules, lines = form(3, 2)
    boxes = images.enclosed_boxes(rules, 620, 300)
    outside = line("Sign here", 10, 200)
    covered = Region(RegionKind.TEXT, BBox(0, 0, 600, 80))
    half = Region(RegionKind.SECTION_HEADER, BBox(0, 45, 210, 212))
    found, free = with_fields([covered, half], [*lines, outside], boxes)
    assert free == [outside]
    assert sorted(texts(found, [*lines, outside])) == sorted(
        ["Sign here", *(f"Label {j}{i} value{j}{i}" for j in range(2) for i in range(3))]
    )


def test_a_few_boxes_make_no_form() -> None:
    rules, lines = form(2, 2)
    region = Region(RegionKind.TEXT, BBox(0, 0, 400, 80))
    assert with_fields([region], lines, images.enclosed_boxes(rules, 620, 300)) == ([region], lines)


def test_tables_keep_their_words() -> None:
    from schemas.reading import TableGrid

    rules, lines = form(3, 2)
    table = Region(RegionKind.TABLE, BBox(0, 0, 600, 80), grid=TableGrid(2, 3, ruled=True))
    assert with_fields([table], lines, images.enclosed_boxes(rules, 620, 300)) == ([table], lines)


def test_a_form_taken_for_a_picture_becomes_text() -> None:
    lines = [line("Please fill in every line of it", 10, 10 + 14 * i) for i in range(4)]
    picture = Region(RegionKind.PICTURE, BBox(0, 0, 300, 80), score=0.4)
    (found,) = without_printed_matter([picture], lines, scanned=True)
    assert (found.kind, found.bbox) == (RegionKind.TEXT, picture.bbox)
    assert without_printed_matter([picture], lines[:1], scanned=True) == [picture]


def test_the_many_labels_of_a_drawing_are_left_alone() -> None:
    lines = [line("ab", 40.0 * (i % 50), 12.0 * (i // 50)) for i in range(2500)]
    assert parted([], lines, []) == []
    region = around(*lines)
    assert parted([region], lines, []) == [region]
