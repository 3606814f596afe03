"""Values that are written to the fields of interactive PDF forms."""

from io import BytesIO
from pathlib import Path

import pypdf
import pytest

from schemas.forms import Choice
from schemas.geometry import BBox
from schemas.reading import FieldKind
from tests.pipelines.forms.pdf_forms import form
from tests.readers.pdf_filling.forms import LOOK, blanks, fill

AT = "/Rect [10 60 110 80]"
BOX = "/Rect [10 60 20 70]"


@pytest.mark.parametrize(
    "value", ["Ada Lovelace", "a (b) \\c", "Ελένη", "Жук", "王小明", "محمد", "שלום", "नमस्ते", "x" * 300]
)
def test_text_of_any_script_is_read_back_and_shown(tmp_path: Path, value: str) -> None:
    filled = fill(form(tmp_path / "a.pdf", [f"{AT} /FT /Tx /T (a) /DA (/Helv 0 Tf 0 g)"]), {"a": value})
    assert filled.values == {"a": value}
    assert filled.placed["a"].text == value
    assert not filled.placed["a"].problem
    assert filled.ink((10, 20, 110, 40)) > 0.001
    assert filled.ink((0, 50, 200, 100)) == 0


def test_what_is_shown_is_the_text_and_stays_in_its_box(tmp_path: Path) -> None:
    filled = fill(form(tmp_path / "a.pdf", [f"{AT} /FT /Tx /T (a) /DA (/Helv 12 Tf 0 g)"]), {"a": "Ada"})
    assert filled.shown() == "Ada"
    long = fill(tmp_path / "a.pdf", {"a": "a rather long text for so short a field"})
    assert long.shown() == "a rather long text for so short a field"
    assert long.ink((111, 0, 200, 100)) == 0


def test_an_inherited_field_with_several_widgets_shows_its_value_in_all(tmp_path: Path) -> None:
    parent = "<< /T (person) /FT /Tx /V (old) /Kids [{1}] >>"
    middle = "<< /T (name) /Parent {0} /TU (Full name) /Kids [] >>"
    path = form(
        tmp_path / "a.pdf",
        ["/Rect [10 60 90 80] /Parent {1}", "/Rect [100 60 190 80] /Parent {1} /V (stale)"],
        others=[parent, middle],
        extra="/Fields [{0}]",
    )
    (blank,) = blanks(path)
    assert (blank.id, blank.bbox) == ("person.name", BBox(10, 20, 90, 40))
    assert blank.names[:2] == ["Full name", "name"]
    filled = fill(path, {"person.name": "Ada"})
    assert filled.shown().split() == ["Ada", "Ada"]
    assert "/V" not in filled.object("name")
    (after,) = blanks_of(filled, tmp_path)
    assert after.value == "Ada"


def blanks_of(filled, folder: Path):  # type: ignore[no-untyped-def]
    """The blanks of a form that was filled in."""
    (folder / "filled.pdf").write_bytes(filled.pdf)
    return blanks(folder / "filled.pdf")


@pytest.mark.parametrize("state", ["Yes", "1", "Oui#20non", "#c3#a9"])
def test_a_box_is_ticked_in_its_own_state(tmp_path: Path, state: str) -> None:
    widget = f"{BOX} /FT /Btn /T (a) /AS /Off /AP << /N << /{state} {{0}} /Off {{1}} >> >>"
    path = form(tmp_path / "a.pdf", [widget], others=[LOOK, "<< >> stream q Q"])
    (blank,) = blanks(path)
    assert (blank.kind, blank.value, blank.choices) == (FieldKind.CHECKBOX, False, [])
    filled = fill(path, {"a": True})
    assert filled.values["a"] == filled.object("a")["/AS"] != "/Off"
    assert filled.ink((10, 30, 20, 40)) > 0.5
    (ticked,) = blanks_of(filled, tmp_path)
    assert ticked.value is True
    cleared = fill(tmp_path / "filled.pdf", {"a": False})
    assert cleared.values["a"] == cleared.object("a")["/AS"] == "/Off"
    assert cleared.ink((10, 30, 20, 40)) == 0


@pytest.mark.parametrize("sign", ["", "4", "8", "l", "u", "n", "H"])
@pytest.mark.parametrize("looks", ["", "/AP << /N << /On {0} >> >>"])
def test_a_box_without_a_look_gets_one(tmp_path: Path, sign: str, looks: str) -> None:
    mk = f"/MK << /CA ({sign}) >>" if sign else ""
    path = form(
        tmp_path / "a.pdf", [f"{BOX} /FT /Btn /T (a) {looks} {mk}"], others=["<< /BBox [0 0 9 9] >> stream  "]
    )
    filled = fill(path, {"a": True})
    assert filled.values["a"] == ("/On" if looks else "/Yes")
    assert 0.05 < filled.ink((10, 30, 20, 40)) < 0.9


GROUP = [
    "/Rect [10 60 20 70] /Parent {0} /AS /Off /AP << /N << /small {1} >> >>",
    "/Rect [40 60 50 70] /Parent {0} /AS /Off /AP << /N << /large {1} >> >>",
    "/Rect [70 60 80 70] /Parent {0} /AS /Off /AP << /N << /small {1} >> >>",
]


@pytest.mark.parametrize(("flags", "named"), [(1 << 15, False), (0, False), (1 << 15, True)])
def test_buttons_of_a_group_are_one_blank_and_pressed_in_unison(
    tmp_path: Path, flags: int, named: bool
) -> None:
    parent = f"<< /T (size) /FT /Btn /Ff {flags} /V /large /Kids [] >>"
    widgets = [f"{one} /FT /Btn /Ff {flags} /T (b{i})" if named else one for i, one in enumerate(GROUP)]
    path = form(tmp_path / "a.pdf", widgets, others=[parent, LOOK], extra="/Fields [{0}]")
    (blank,) = blanks(path)
    assert (blank.id, blank.kind, blank.bbox) == ("size", FieldKind.RADIO, BBox(10, 30, 20, 40))
    assert blank.choices == [
        Choice("small", "small", 1, BBox(10, 30, 20, 40)),
        Choice("large", "large", 1, BBox(40, 30, 50, 40)),
    ]
    filled = fill(path, {"size": "small"})
    assert filled.values["size"] == "/small"
    assert [filled.ink((x, 30, x + 10, 40)) > 0.5 for x in (10, 40, 70)] == [True, False, True]
    refused = fill(path, {"size": "medium"})
    assert "choices" in refused.placed["size"].problem
    assert refused.pdf == path.read_bytes()


def test_tooltips_of_buttons_are_their_choices_labels(tmp_path: Path) -> None:
    widgets = [f"{one} /TU (Size {i})" for i, one in enumerate(GROUP[:2])]
    parent = "<< /T (size) /TU (How large?) /FT /Btn /Ff 32768 /Kids [] >>"
    (blank,) = blanks(form(tmp_path / "a.pdf", widgets, others=[parent, LOOK], extra="/Fields [{0}]"))
    assert blank.names == ["How large?", "size"]
    assert [choice.label for choice in blank.choices] == ["Size 0", "Size 1"]


OPTIONS = "/Opt [[(de) (Germany)] [(fr) (France)] [(ch) (Switzerland)]]"


@pytest.mark.parametrize(
    ("flags", "value", "stored", "shown"),
    [
        (1 << 17, "fr", "fr", "France"),
        (1 << 17, "France", "fr", "France"),
        (0, "ch", "ch", "Germany\nFrance\nSwitzerland"),
        (1 << 21, "de\nch", ["de", "ch"], "Germany\nFrance\nSwitzerland"),
        (1 << 17 | 1 << 18, "Italy", "Italy", "Italy"),
        (1 << 17, "Italy", None, ""),
        (1 << 17, "de\nch", None, ""),
    ],
)
def test_lists_keep_export_values_and_show_what_they_stand_for(
    tmp_path: Path, flags: int, value: str, stored: object, shown: str
) -> None:
    path = form(tmp_path / "a.pdf", [f"/Rect [10 20 110 80] /FT /Ch /T (a) /Ff {flags} {OPTIONS}"])
    filled = fill(path, {"a": value})
    assert filled.values.get("a") == stored
    assert bool(filled.placed["a"].problem) == (stored is None)
    assert [line.strip() for line in filled.shown().splitlines()] == shown.splitlines()
    if flags == 1 << 21:
        assert filled.object("a")["/I"] == [0, 2]


def test_letters_of_a_comb_stand_in_their_cells(tmp_path: Path) -> None:
    comb = f"/FT /Tx /T (a) /Ff {1 << 24} /MaxLen 10"
    path = form(tmp_path / "a.pdf", [f"{AT} {comb}"])
    assert blanks(path)[0].comb
    filled = fill(path, {"a": "IIII"})
    inked = [filled.ink((10 + 10 * i, 20, 20 + 10 * i, 40)) > 0 for i in range(10)]
    assert inked == [True] * 4 + [False] * 6
    assert all(filled.ink((8 + 10 * i, 20, 12 + 10 * i, 40)) == 0 for i in range(10))
    assert "10 characters" in fill(path, {"a": "I" * 11}).placed["a"].problem


def test_lines_are_wrapped_where_the_field_takes_several(tmp_path: Path) -> None:
    text = "one two three four five six seven eight nine ten eleven twelve"
    at = "/Rect [10 10 110 90] /DA (/Helv 10 Tf 0 g)"
    several = fill(form(tmp_path / "a.pdf", [f"{at} /FT /Tx /T (a) /Ff {1 << 12}"]), {"a": f"{text}\nend"})
    assert len(several.shown().splitlines()) > 3
    assert several.values["a"] == f"{text}\nend"
    one = fill(form(tmp_path / "b.pdf", [f"{at} /FT /Tx /T (a)"]), {"a": "one\ntwo"})
    assert one.values["a"] == "one two"


@pytest.mark.parametrize(("words", "told"), [(3, False), (12, True), (60, True)])
@pytest.mark.parametrize("flags", [0, 1 << 12])
def test_text_too_long_to_be_read_is_told(tmp_path: Path, words: int, flags: int, told: bool) -> None:
    path = form(tmp_path / "a.pdf", [f"/Rect [10 60 110 72] /FT /Tx /T (a) /Ff {flags}"])
    warnings = fill(path, {"a": "long " * words}).form.warnings
    assert any("too long for the room" in one for one in warnings) == told


@pytest.mark.parametrize(("turn", "box"), [(90, (110, 20, 115, 60)), (180, (20, 60, 110, 80)), (270, ())])
def test_a_turned_widget_reads_the_same_way(tmp_path: Path, turn: int, box: tuple[float, ...]) -> None:
    tall = turn % 180 != 0
    rect = "[10 10 30 90]" if tall else "[10 60 110 80]"
    path = form(tmp_path / "a.pdf", [f"/Rect {rect} /MK << /R {turn} >> /FT /Tx /T (a)"])
    matrix = [float(one) for one in fill(path, {"a": "Ada"}).object("a")["/AP"]["/N"]["/Matrix"]]
    expected = {90: [0, 1, -1, 0, 20, 0], 180: [-1, 0, 0, -1, 100, 20], 270: [0, -1, 1, 0, 0, 80]}
    assert matrix == expected[turn]


@pytest.mark.parametrize("align", [0, 1, 2])
def test_text_stands_at_its_side(tmp_path: Path, align: int) -> None:
    filled = fill(form(tmp_path / "a.pdf", [f"{AT} /FT /Tx /T (a) /Q {align}"]), {"a": "I"})
    inked = [filled.ink(box) > 0 for box in ((10, 20, 40, 40), (40, 20, 80, 40), (80, 20, 110, 40))]
    assert inked == [i == align for i in range(3)]


def test_colours_borders_and_fonts_are_the_forms_own(tmp_path: Path) -> None:
    entries = "/MK << /BC [0] /BG [1 1 0] >> /BS << /W 2 >> /DA (1 0 0 rg /CourBold 10 Tf)"
    filled = fill(form(tmp_path / "a.pdf", [f"{AT} /FT /Tx /T (a) {entries}"]), {"a": "Ada"})
    look = filled.object("a")["/AP"]["/N"]
    assert b"1.0000 1.0000 0.0000 rg" in look.get_data()
    assert filled.ink((10, 20, 12, 40)) > 0.9
    (inner,) = look["/Resources"]["/XObject"].values()
    assert b"1 0 0 rg" in inner.get_data()
    (font,) = inner["/Resources"]["/Font"].values()
    assert "Mono" in font["/BaseFont"]
    assert "Bold" in font["/BaseFont"]


@pytest.mark.parametrize(
    ("entries", "value", "problem"),
    [
        ("/FT /Tx /Ff 1", "x", "does not let"),
        ("/FT /Tx /F 2", "x", "shows on no page"),
        ("/FT /Tx", True, "takes text"),
        ("/FT /Btn", "maybe", "yes or no"),
        ("/FT /Sig", "x", "left to be signed"),
        ("/FT /Tx", "\U000f1234", "U+F1234"),
    ],
)
def test_what_cannot_be_written_is_told_and_nothing_changes(
    tmp_path: Path, entries: str, value: str | bool, problem: str
) -> None:
    path = form(tmp_path / "a.pdf", [f"{AT} /T (a) {entries}"])
    filled = fill(path, {"a": value, "nowhere": "x"})
    assert problem in filled.placed["a"].problem
    assert "no such field" in filled.placed["nowhere"].problem
    assert filled.pdf == path.read_bytes()


def test_a_cleared_field_is_empty(tmp_path: Path) -> None:
    filled = fill(form(tmp_path / "a.pdf", [f"{AT} /FT /Tx /T (a) /V (old) /RV (<p>old</p>)"]), {"a": ""})
    assert not filled.values["a"]
    assert "/RV" not in filled.object("a")
    assert not filled.shown()


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ('AFDate_FormatEx("mm/dd/yyyy");', "mm/dd/yyyy"),
        ("AFDate_Format(2);", "mm/dd/yy"),
        ("AFSpecial_Format(3);", "999-99-9999"),
        ("alert(1)", ""),
    ],
)
def test_formats_are_read_from_scripts(tmp_path: Path, script: str, expected: str) -> None:
    action = script.replace("(", "\\(").replace(")", "\\)")
    (blank,) = blanks(form(tmp_path / "a.pdf", [f"{AT} /FT /Tx /T (a) /AA << /F << /JS ({action}) >> >>"]))
    assert blank.format == expected


def test_cells_are_parted_where_the_field_has_a_border(tmp_path: Path) -> None:
    path = form(
        tmp_path / "a.pdf", [f"{AT} /FT /Tx /T (a) /Ff {1 << 24} /MaxLen 10 /MK << /BC [0] >> /BS << /W 2 >>"]
    )
    filled = fill(path, {"a": "I"})
    assert all(filled.ink((9 + 10 * i, 24, 11 + 10 * i, 36)) > 0.9 for i in range(2, 10))


def test_text_of_a_narrow_field_is_shown(tmp_path: Path) -> None:
    filled = fill(form(tmp_path / "a.pdf", ["/Rect [10 60 17 72] /FT /Tx /T (a)"]), {"a": "S"})
    assert filled.shown() == "S"
    assert not filled.form.warnings


def test_fonts_that_a_form_names_and_lacks_are_added(tmp_path: Path) -> None:
    path = form(
        tmp_path / "a.pdf", [f"{AT} /FT /Tx /T (a) /DA (/TiBo 10 Tf)", "/Rect [10 20 90 30] /FT /Tx /T (b)"]
    )
    filled = fill(path, {"a": "Ada", "b": "Grace"})
    entries = pypdf.PdfReader(BytesIO(filled.pdf)).trailer["/Root"]["/AcroForm"]
    fonts = {name: font["/BaseFont"] for name, font in entries["/DR"]["/Font"].items()}
    assert fonts == {"/TiBo": "/Times-Bold", "/Helv": "/Helvetica"}
