"""The forms stage: fields out of the text, into forms in its place."""

import json

from pipelines.pages.forms.stage import ReadForms
from pipelines.work import PageWork
from schemas.fragments import FragmentType, Source
from schemas.geometry import BBox
from schemas.reading import FieldKind, FormField, Region, RegionKind, SourcePage, TextLine
from tests.fakes.engines import FakeEngines, FakeReader, line

PAGE = SourcePage(1, 400, 500)


def field(name: str, y: float, value: str = "") -> FormField:
    return FormField(name, FieldKind.TEXT, BBox(100, y, 200, y + 12), value, is_set=bool(value))


def run(
    fields: list[FormField], lines: list[TextLine], regions: list[Region] | None = None, turns: int = 0
) -> PageWork:
    page = PageWork(1, source=PAGE, lines=lines, regions=regions or [], turns=turns)
    reader = FakeReader(lambda _: PAGE, blank=True, forms=fields)
    ReadForms(reader, FakeEngines())([page])
    return page


def names(page: PageWork) -> list[list[str]]:
    return [[entry["field_name"] for entry in json.loads(str(find.content.content))] for find in page.finds]


def texts(page: PageWork) -> list[str]:
    return [line.text for line in page.lines or []]


def test_fields_leave_the_text_and_become_a_form() -> None:
    lines = [line("Name:", 40, 100), line("Ada", 102, 100), line("Some words", 40, 300)]
    page = run([field("f1", 99, "Ada"), field("f2", 120)], lines)
    (find,) = page.finds
    assert find.kind is FragmentType.FORM
    assert names(page) == [["Name", "f2"]]
    assert find.source is Source.FORM
    assert find.bbox == BBox(40, 99, 200, 132)
    assert texts(page) == ["Some words"]
    assert [word.text for word in find.words] == ["Name:", "Ada"]


def test_text_between_fields_parts_forms() -> None:
    lines = [line("A:", 80, 100), line("Second part of this form", 40, 150, size=14), line("B:", 80, 200)]
    heading = Region(RegionKind.SECTION_HEADER, lines[1].bbox)
    page = run([field("f1", 99), field("f2", 199)], lines, [heading])
    assert names(page) == [["A"], ["B"]]
    assert texts(page) == ["Second part of this form"]


def test_paragraphs_part_forms_and_remarks_do_not() -> None:
    fields, remark = [field("f1", 99), field("f2", 199)], [line("for the office", 100, 150)]
    paragraph = [line("A paragraph of three lines", 100, 140 + 11 * i, block=1) for i in range(3)]
    assert names(run(fields, remark)) == [["f1", "f2"]]
    assert names(run(fields, paragraph)) == [["f1"], ["f2"]]
    assert names(run(fields, [line("2) Your town", 40, 150)])) == [["f1"], ["f2"]]


def test_a_small_part_of_a_page_is_a_key_value_region() -> None:
    prose = [line("A page of running text that goes on and on", 20, 150 + 12 * i) for i in range(20)]
    page = run([field("f1", 99)], [line("Name:", 40, 100), *prose])
    assert [find.kind for find in page.finds] == [FragmentType.KEY_VALUE_REGION]


def test_a_table_that_was_a_form_is_no_table() -> None:
    lines = [line("Name:", 40, 100), line("Ada", 102, 100)]
    table = Region(RegionKind.TABLE, BBox(30, 90, 210, 140))
    assert run([field("f1", 99, "Ada")], lines, [table]).regions == []
    assert run([], [line("Plain words in a row", 40, 100)], [table]).regions == [table]


def test_a_table_whose_cells_are_fields_is_no_table_whatever_else_is_printed_in_it() -> None:
    table = Region(RegionKind.TABLE, BBox(90, 90, 210, 140))
    printed = [line(f"{i} words of instructions", 92, 128) for i in range(3)]
    assert run([field("f1", 99), field("f2", 113)], printed, [table]).regions == []
    large = Region(RegionKind.TABLE, BBox(0, 0, 400, 400))
    assert run([field("f1", 99), field("f2", 113)], printed, [large]).regions == [large]


def test_forms_do_not_lie_in_each_other() -> None:
    tall = FormField("tall", FieldKind.TEXT, BBox(250, 90, 300, 250))
    between = [line("Between", 100, 140 + 11 * i) for i in range(3)]
    page = run([field("f1", 99), tall, field("f2", 199)], [*between, line("Tall:", 250, 79)])
    assert names(page) == [["f1", "f2", "Tall"]]
    assert texts(page) == ["Between"] * 3


def test_fields_without_a_place_come_last_or_end_the_page() -> None:
    nowhere = FormField("hidden", FieldKind.TEXT, None, "x", is_set=True)
    assert names(run([nowhere, field("f1", 99)], [])) == [["f1", "hidden"]]
    (find,) = run([nowhere], [line("Please wait", 40, 100)]).finds
    assert find.bbox == BBox(0, 500, 400, 500)


def test_fields_are_on_the_upright_page() -> None:
    page = run([field("f1", 99)], [], turns=1)
    assert page.finds[0].bbox == BBox(500 - 111, 100, 500 - 99, 200)


def test_print_is_read_as_a_form_only_where_the_file_knows_no_fields() -> None:
    printed = [line("Colour: blue", 40, 300), line("Size: large", 40, 320)]
    assert names(run([field("f1", 99)], printed)) == [["f1"]]
    signature = FormField("s", FieldKind.SIGNATURE, BBox(100, 99, 200, 111))
    found = [name for form in names(run([signature], printed)) for name in form]
    assert found == ["s", "Colour", "Size"]


def test_a_page_without_fields_is_left_alone() -> None:
    prose = [line("Nothing to fill in here", 20, 100)]
    page = run([], prose)
    assert page.finds == []
    assert page.lines == prose


def test_fields_that_do_not_show_are_no_entries() -> None:
    unseen = FormField("unseen", FieldKind.TEXT, BBox(100, 99, 200, 111), "x", is_set=True, hidden=True)
    assert names(run([unseen, field("f1", 150)], [])) == [["f1"]]
    assert run([unseen], []).finds == []
