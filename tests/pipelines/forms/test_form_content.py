"""Entries on the wire: JSON, Markdown, HTML and cells that agree."""

import json

from pipelines.documents.finish import finished
from pipelines.documents.markdown import fragment_markdown
from pipelines.pages.forms.content import form_content
from pipelines.pages.forms.entries import Entry
from schemas.fragments import FragmentType, PageFragment, Source
from schemas.geometry import BBox, Box
from schemas.options import TableOutputMode
from schemas.reading import FieldKind

PLACE = BBox(1, 2, 3, 4)


def test_each_box_has_a_letter_and_a_cell() -> None:
    content = form_content(
        [
            Entry(FieldKind.TEXT, "Name", "Ada\nLovelace", PLACE, source=Source.FORM),
            Entry(FieldKind.TEXT, "Nowhere", "x", None),
            Entry(FieldKind.CHECKBOX, "Yes", True, BBox(5, 6, 7, 8)),
            Entry(FieldKind.SIGNATURE, "Signed", None, PLACE),
        ]
    )
    assert json.loads(content.content) == [
        {"box_id": "a", "field_name": "Name", "type": "text", "value": "Ada\nLovelace"},
        {"box_id": None, "field_name": "Nowhere", "type": "text", "value": "x"},
        {"box_id": "b", "field_name": "Yes", "type": "checkbox", "value": True},
        {"box_id": "c", "field_name": "Signed", "type": "signature", "value": None},
    ]
    assert content.markdown == (
        "[a] **Name** (text): Ada<br>Lovelace\n"
        "**Nowhere** (text): x\n"
        "[b] **Yes** (checkbox): true\n"
        "[c] **Signed** (signature):"
    )
    assert [(cell.text, cell.bounding_box.x1) for cell in content.cells] == [
        ("Ada\nLovelace", 1),
        ("true", 5),
        ("", 1),
    ]
    assert content.cells[0].source is Source.FORM
    assert content.html is not None
    assert "<td>Name</td>" in content.html


def test_letters_go_on_after_z() -> None:
    content = form_content([Entry(FieldKind.TEXT, "n", "v", PLACE)] * 54)
    ids = [entry["box_id"] for entry in json.loads(content.content)]
    assert ids[24:29] == ["y", "z", "aa", "ab", "ac"]
    assert ids[51:] == ["az", "ba", "bb"]
    assert len(content.cells) == 54


def test_a_form_stays_json_and_reads_as_its_lines_in_any_table_mode() -> None:
    content = form_content([Entry(FieldKind.TEXT, "Name", "<Ada>", PLACE)])
    for kind in (FragmentType.FORM, FragmentType.KEY_VALUE_REGION):
        fragment = PageFragment(fragment_type=kind, content=content, bbox=Box.of(PLACE))
        for mode in TableOutputMode:
            (done,) = finished([fragment], 3, frozenset(), mode)
            assert json.loads(str(done.content.content))[0]["value"] == "<Ada>"
            assert done.content.cells[0].ref_id == "3.0.0"  # type: ignore[union-attr]
            assert fragment_markdown(done, mode) == "[a] **Name** (text): <Ada>"
