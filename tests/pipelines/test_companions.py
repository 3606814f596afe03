from pipelines.pages.blocks import Block
from pipelines.pages.companions import groups
from schemas.geometry import BBox
from schemas.reading import RegionKind, TextLine
from tests.fakes.engines import line

PAGE = 600 * 800
PICTURE, TEXT, CAPTION = RegionKind.PICTURE, RegionKind.TEXT, RegionKind.CAPTION


def caption(x: float, y: float, text: str = "Figure 1. The reef") -> Block:
    one: TextLine = line(text, x, y)
    return Block(CAPTION, one.bbox, [one])


def test_icons_go_with_the_text_beside_them() -> None:
    icons = [Block(PICTURE, BBox(50, y, 80, y + 30)) for y in (100, 160, 220)]
    texts = [Block(TEXT, BBox(100, y, 300, y + 25)) for y in (100, 160, 220)]
    assert groups([*icons, *texts], PAGE) == [[0, 3], [1, 4], [2, 5]]


def test_an_icon_far_from_text_stands_alone() -> None:
    icon, text = Block(PICTURE, BBox(50, 100, 80, 130)), Block(TEXT, BBox(180, 100, 300, 130))
    assert groups([icon, text], PAGE) == [[0], [1]]


def test_words_on_a_picture_go_with_it() -> None:
    photo, title = Block(PICTURE, BBox(50, 50, 550, 350)), Block(TEXT, BBox(100, 100, 300, 150))
    assert groups([title, photo], PAGE) == [[0, 1]]


def test_a_caption_goes_with_the_picture_over_it() -> None:
    near, far = Block(PICTURE, BBox(50, 50, 250, 200)), Block(PICTURE, BBox(50, 400, 250, 500))
    assert groups([near, far, caption(60, 205)], PAGE) == [[0, 2], [1]]


def test_companions_never_close_around_another_block() -> None:
    photo = Block(PICTURE, BBox(50, 50, 250, 200))
    between = Block(TEXT, BBox(50, 202, 150, 208))
    assert groups([photo, between, caption(60, 212)], PAGE) == [[0], [1], [2]]
