from pipelines.pages.evidence import KeepEvidence
from pipelines.work import Find, PageWork
from schemas.fragments import FragmentType, TableContent
from schemas.geometry import BBox
from schemas.reading import CheckBox, FieldKind, FormField, SourcePage
from tests.fakes.engines import FakeEngines, FakeReader, line

SOURCE = SourcePage(1, 600.0, 800.0)


def kept(work: PageWork, *, forms: list[FormField] | None = None, ticks: bool = False) -> FakeEngines:
    engines = FakeEngines(checkboxes=[CheckBox(BBox(100, 200, 120, 220), True, 0.9)])
    KeepEvidence(FakeReader(lambda _: SOURCE, forms=forms or []), engines, ticks=ticks, pictures=False)(
        [work]
    )
    return engines


def test_interactive_fields_are_kept_with_what_is_printed_at_them() -> None:
    work = PageWork(1, SOURCE, lines=[line("City:", 50, 100), line("Salem", 102, 100)])
    field = FormField("form.f1", FieldKind.TEXT, BBox(100, 98, 250, 112), "Salem")
    kept(work, forms=[field])
    (found,) = work.entries
    assert (found.name, found.value, found.in_file) == ("City", "Salem", "form.f1")
    assert [word.text for word in found.words] == ["Salem"]
    assert [word.text for word in found.label] == ["City:"]
    assert work.fields == [field]


def test_printed_fields_are_kept_on_the_page_as_displayed() -> None:
    upright = [line("Control number:", 50, 100), line("K-12", 140, 100)]
    work = PageWork(1, SOURCE, lines=upright, turns=2)
    kept(work)
    (found,) = work.entries
    assert found.value == "K-12"
    assert found.bbox is not None
    assert found.bbox.y1 > 600  # the page was scanned upside down


def test_boxes_to_tick_are_looked_for_only_where_a_schema_asks() -> None:
    lines = [line("Retired", 65, 98)]
    asked = PageWork(1, SOURCE, lines=lines)
    assert any(call == "find_checkboxes" for call in kept(asked, ticks=True).calls)
    assert [(one.kind, one.value) for one in asked.entries] == [(FieldKind.CHECKBOX, True)]
    other = PageWork(1, SOURCE, lines=lines)
    assert not kept(other).calls
    assert not other.entries


def test_forms_that_became_fragments_are_not_read_again() -> None:
    form = Find(FragmentType.FORM, BBox(0, 0, 10, 10), TableContent(content="[]"))
    work = PageWork(1, SOURCE, lines=[line("City:", 50, 100), line("Salem", 102, 100)], finds=[form])
    assert not kept(work, ticks=True).calls
    assert not work.entries


def test_a_page_that_comes_ready_has_nothing_to_keep() -> None:
    work = PageWork(1)
    kept(work, ticks=True)
    assert not work.fields
    assert not work.entries


def test_fields_with_a_box_drawn_around_them_are_told() -> None:
    lines = [
        line("Control number:", 50, 100),
        line("K-12", 140, 100),
        line("City:", 50, 300),
        line("Salem", 102, 300),
    ]
    rules = [BBox(40, 90, 240, 91), BBox(40, 119, 240, 120), BBox(40, 90, 41, 120), BBox(239, 90, 240, 120)]
    work = PageWork(1, SOURCE, lines=lines, rules=rules)
    kept(work)
    assert {one.name: one.framed for one in work.entries} == {"Control number": True, "City": False}
