"""Filling forms as whole documents: what else their files hold, and what became of it."""

from pathlib import Path

import pymupdf
import pypdf
import pytest

from pipelines.readers.pdf.reader import PdfReader
from schemas.forms import Filling
from schemas.geometry import BBox
from tests.pipelines.forms.pdf_forms import form
from tests.readers.pdf_filling.forms import LOOK, Filled, blanks, fill

AT, LOWER = "/Rect [10 60 110 80]", "/Rect [10 20 110 40]"
TEXT = f"{AT} /FT /Tx /T (a)"


def test_nothing_to_write_gives_the_file_as_it_is(tmp_path: Path) -> None:
    path = form(tmp_path / "a.pdf", [TEXT], print_="Name")
    assert fill(path, {}).pdf == path.read_bytes()


@pytest.mark.parametrize(
    ("turn", "box"), [(90, (60, 10, 80, 110)), (180, (90, 60, 190, 80)), (270, (20, 90, 40, 190))]
)
def test_blanks_of_turned_pages_are_where_they_are_displayed(
    tmp_path: Path, turn: int, box: tuple[float, ...]
) -> None:
    path = form(tmp_path / "a.pdf", [TEXT], turn=turn)
    reader = PdfReader(path)
    reader.page(1, layout=False)  # reading turns the page in memory: the form is that of the file
    (blank,) = reader.blanks(1)
    assert blank.bbox == pytest.approx(box, abs=0.01)
    written = reader.fill([blank], [Filling("a", "Ada")], interactive=True)
    reader.close()
    with pymupdf.open("pdf", written.pdf) as document:
        (widget,) = document[0].widgets()
        assert tuple(widget.rect * document[0].rotation_matrix) == pytest.approx(box, abs=0.01)


def test_blanks_lie_on_the_part_of_the_page_that_is_shown(tmp_path: Path) -> None:
    path = form(tmp_path / "a.pdf", [TEXT])
    with pymupdf.open(path) as document:
        document[0].set_cropbox(pymupdf.Rect(5, 10, 195, 90))
        document.saveIncr()
    assert blanks(path)[0].bbox == pytest.approx((5, 10, 105, 30), abs=0.01)


def test_a_signed_file_keeps_what_was_signed(tmp_path: Path) -> None:
    signature = "/FT /Sig /T (s) /Rect [10 10 50 30] /V << /Type /Sig /Contents <00> /ByteRange [0 1 2 3] >>"
    path = form(tmp_path / "a.pdf", [TEXT, signature])
    filled = fill(path, {"a": "Ada"})
    assert filled.pdf.startswith(path.read_bytes())
    assert filled.values["a"] == "Ada"
    assert filled.shown() == "Ada"
    assert "signed" in filled.form.warnings[0]


@pytest.mark.parametrize(
    ("lock", "locked"),
    [
        ("/Action /All", {"a", "b", "s"}),
        ("/Action /Include /Fields [(a)]", {"a"}),
        ("/Action /Exclude /Fields [(a)]", {"b", "s"}),
    ],
)
def test_fields_that_a_signature_locks_are_left_alone(tmp_path: Path, lock: str, locked: set[str]) -> None:
    signature = f"/FT /Sig /T (s) /Rect [10 10 50 30] /Lock << {lock} >>"
    others = [TEXT, f"{LOWER} /FT /Tx /T (b)"]
    path = form(tmp_path / "a.pdf", [f"{signature} /V << /Type /Sig >>", *others])
    assert {blank.id for blank in blanks(path) if blank.read_only} == locked
    unsigned = form(tmp_path / "b.pdf", [signature, *others])
    assert not any(blank.read_only for blank in blanks(unsigned))


def test_a_form_in_xml_is_dropped_and_told(tmp_path: Path) -> None:
    path = form(tmp_path / "a.pdf", [TEXT], others=["<< >> stream <xdp/>"], extra="/XFA {0}")
    filled = fill(path, {"a": "Ada"})
    assert "XFA" in filled.form.warnings[0]
    assert b"/XFA" not in filled.pdf


DATA = (
    '<< >> stream <xdp xmlns:x="http://www.xfa.org/schema/xfa-data/1.0/"><x:data>'
    "<b>Grace</b><a>old</a></x:data></xdp>"
)


def test_values_that_only_the_form_in_xml_has_are_kept(tmp_path: Path) -> None:
    path = form(tmp_path / "a.pdf", [TEXT, f"{LOWER} /FT /Tx /T (b)"], others=[DATA], extra="/XFA {0}")
    assert [blank.value for blank in blanks(path)] == ["old", "Grace"]
    filled = fill(path, {"a": "Ada"})
    assert filled.values == {"a": "Ada", "b": "Grace"}
    assert filled.shown().split() == ["Ada", "Grace"]


def test_a_form_in_xml_alone_is_told(tmp_path: Path) -> None:
    path = form(tmp_path / "a.pdf", others=["<< >> stream <xdp/>"], extra="/XFA {0}", print_="Please wait")
    filled = fill(path, {})
    assert "XML alone" in filled.form.warnings[0]
    assert filled.pdf == path.read_bytes()


def test_flattening_shows_fields_without_looks(tmp_path: Path) -> None:
    path = form(tmp_path / "a.pdf", [f"{TEXT} /V (Ada)"], extra="/NeedAppearances true")
    assert fill(path, {}, interactive=False).shown() == "Ada"


def test_fields_that_scripts_calculate_are_told(tmp_path: Path) -> None:
    path = form(tmp_path / "a.pdf", [TEXT, f"{LOWER} /FT /Tx /T (sum)"])
    with pymupdf.open(path) as document:
        numbers = [widget.xref for widget in document[0].widgets()]
        document.xref_set_key(document.pdf_catalog(), "AcroForm/CO", f"[{numbers[1]} 0 R]")
        document.saveIncr()
    assert "calculates" in fill(path, {"a": "1"}).form.warnings[0]
    assert not fill(path, {"a": "1", "sum": "1"}).form.warnings


def test_a_form_that_leaves_its_looks_to_viewers_gets_them_all(tmp_path: Path) -> None:
    path = form(
        tmp_path / "a.pdf",
        [
            TEXT,
            f"{LOWER} /FT /Tx /T (b) /V (Grace)",
            "/Rect [150 20 160 30] /FT /Btn /T (c) /V /Yes",
            "/Rect [150 60 160 70] /FT /Btn /T (d)",
        ],
        extra="/NeedAppearances true",
    )
    filled = fill(path, {"a": "Ada"})
    assert filled.shown().split() == ["Ada", "Grace"]
    assert filled.ink((150, 70, 160, 80)) > 0.05
    assert filled.ink((150, 30, 160, 40)) == 0
    assert b"/NeedAppearances" not in filled.pdf


def test_an_encrypted_form_stays_encrypted(tmp_path: Path) -> None:
    path = form(tmp_path / "plain.pdf", [TEXT])
    with pymupdf.open(path) as document:
        document.save(tmp_path / "a.pdf", encryption=pymupdf.PDF_ENCRYPT_AES_256, owner_pw="owner")
    filled = fill(tmp_path / "a.pdf", {"a": "Ada"})
    assert filled.values["a"] == "Ada"
    assert b"/Encrypt" in filled.pdf


@pytest.mark.parametrize("extra", ["/Fields []", "/Fields 5", None])
def test_fields_that_the_form_does_not_list_are_found_by_libraries_afterwards(
    tmp_path: Path, extra: str | None
) -> None:
    path = form(tmp_path / "a.pdf", [TEXT], extra=extra or "/Fields []")
    if extra is None:
        with pymupdf.open(path) as document:
            document.xref_set_key(document.pdf_catalog(), "AcroForm", "null")
            document.saveIncr()
    assert fill(path, {"a": "Ada"}).values == {"a": "Ada"}


def test_flattening_leaves_print_and_no_fields(tmp_path: Path) -> None:
    box = "/Rect [150 60 160 70] /FT /Btn /T (c) /AP << /N << /On {0} >> >>"
    path = form(tmp_path / "a.pdf", [TEXT, f"{LOWER} /FT /Tx /T (b) /V (old)", box], others=[LOOK])
    filled = fill(path, {"a": "Ada", "c": True}, interactive=False)
    (tmp_path / "flat.pdf").write_bytes(filled.pdf)
    assert not blanks(tmp_path / "flat.pdf")
    assert pypdf.PdfReader(tmp_path / "flat.pdf").get_fields() is None
    assert "Ada" in pypdf.PdfReader(tmp_path / "flat.pdf").pages[0].extract_text()
    assert filled.ink((150, 30, 160, 40)) > 0.5


def test_names_are_ids_and_the_nameless_have_one_of_their_own(tmp_path: Path) -> None:
    path = form(tmp_path / "a.pdf", [f"{AT} /FT /Tx", f"{LOWER} /FT /Tx", f"{LOWER} /FT /Tx /T (a.b)"])
    names = [blank.id for blank in blanks(path)]
    assert len(set(names)) == 3
    assert names == [blank.id for blank in blanks(path)]
    filled = fill(path, {names[0]: "Ada", names[1]: "Grace"})
    assert filled.shown().split() == ["Ada", "Grace"]


def test_a_field_that_shows_nowhere_comes_with_the_first_page(tmp_path: Path) -> None:
    path = form(tmp_path / "a.pdf", [TEXT], others=["<< /T (z) /FT /Tx /V (v) >>"], extra="/Fields [{0}]")
    (shown, hidden) = blanks(path)
    assert (shown.id, hidden.id, hidden.bbox, hidden.page) == ("a", "z", None, 1)
    assert isinstance(shown.bbox, BBox)


def test_trees_that_run_in_circles_are_filled(tmp_path: Path) -> None:
    circle = "<< /T (p) /FT /Tx /Kids [{0} {1}] /Parent {1} >>"
    other = "<< /T (q) /Kids [{0}] /Parent {0} >>"
    path = form(tmp_path / "a.pdf", [f"{AT} /Parent {{0}}"], others=[circle, other], extra="/Fields [{0}]")
    found = blanks(path)
    (blank,) = (one for one in found if one.bbox)
    reader = PdfReader(path)
    form_filled = reader.fill(found, [Filling(blank.id, "Ada")], interactive=True)
    reader.close()
    assert Filled(found, form_filled).shown() == "Ada"
