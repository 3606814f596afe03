import pytest

from pipelines.pages.blocks import Block
from pipelines.pages.captions import label_kind, with_captions
from schemas.geometry import BBox, union_of
from schemas.reading import RegionKind
from tests.fakes.engines import line

TABLE, PICTURE, TEXT, CAPTION = RegionKind.TABLE, RegionKind.PICTURE, RegionKind.TEXT, RegionKind.CAPTION


def block(*texts: str, y: float, x: float = 50) -> Block:
    lines = [line(text, x, y + 12 * i) for i, text in enumerate(texts)]
    return Block(TEXT, union_of([one.bbox for one in lines]), lines)


def kinds(*blocks: Block) -> list[RegionKind]:
    return [b.kind for b in with_captions(blocks)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Table 3: Ships that passed", TABLE),
        ("TABLE IV", TABLE),
        ("Table A.2. Ships", TABLE),
        ("Tabelle 3 – Schiffe", TABLE),
        ("表 2 船舶数量", TABLE),
        ("Fig. 2. The reef", PICTURE),
        ("Figure 10 The reef at low tide", PICTURE),
        ("Рис. 4. Риф", PICTURE),
        ("图1：潮汐", PICTURE),
        ("Table 3 shows the ships", None),
        ("Figures in this report", None),
        ("Table of contents", None),
        ("Mapping 3: the reef", None),
    ],
)
def test_labels_of_many_languages(text: str, kind: RegionKind | None) -> None:
    assert label_kind(text) is kind


def test_text_with_a_label_beside_a_table_is_its_caption() -> None:
    table = Block(TABLE, BBox(50, 130, 300, 300))
    assert kinds(block("Table 1: Ships", y=110), table) == [CAPTION, TABLE]
    assert kinds(table, block("Table 1: Ships", y=310)) == [TABLE, CAPTION]


def test_text_with_a_label_far_from_any_table_is_text() -> None:
    table = Block(TABLE, BBox(50, 130, 300, 300))
    assert kinds(block("Table 1: Ships", y=400), table) == [TEXT, TABLE]
    assert kinds(block("Table 1: Ships", y=110)) == [TEXT]
    assert kinds(block("Table 1: Ships", y=110, x=400), table) == [TEXT, TABLE]


def test_the_title_under_a_bare_label_is_part_of_the_caption() -> None:
    table = Block(TABLE, BBox(50, 130, 300, 300))
    caption, _ = with_captions(
        [block("TABLE IV", y=104), block("Ships of the", "northern reef", y=105 + 11), table]
    )
    assert (caption.kind, len(caption.lines)) == (CAPTION, 3)


def test_the_text_under_the_float_is_not() -> None:
    picture = Block(PICTURE, BBox(50, 100, 300, 200))
    found = with_captions([picture, block("Figure 1.", y=205), block("The next paragraph begins", y=260)])
    assert [len(b.lines) for b in found] == [0, 1, 1]


def test_a_name_under_a_picture_is_its_caption() -> None:
    photo = Block(PICTURE, BBox(50, 100, 150, 200))
    assert kinds(photo, block("Ada Shore", y=210, x=78)) == [PICTURE, CAPTION]
    assert kinds(photo, block("Ada Shore", y=210, x=78), block("was a pilot", y=224, x=60)) == [
        PICTURE,
        TEXT,
        TEXT,
    ]
    assert kinds(photo, block("Ada Shore", y=210, x=10)) == [PICTURE, TEXT]
    assert kinds(photo, block("Ada Shore was a pilot on the reef", y=210, x=20)) == [PICTURE, TEXT]
