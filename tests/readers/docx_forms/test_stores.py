"""Controls that show data of the file: the data is changed with them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from tests.readers.docx.build import RELATIONSHIPS, p, write
from tests.readers.docx_forms.build import WORDS_OWN, blanks, control, fill, part, said

STORE = "{11111111-2222-3333-4444-555555555555}"
DATA = '<d:form xmlns:d="urn:form"><d:who old="x"><d:name>old</d:name></d:who></d:form>'


def bound(xpath: str, own: str = "<w:text/>", tag: str = "x") -> str:
    mapping = f'w:prefixMappings="xmlns:d=\'urn:form\'" w:xpath="{xpath}" w:storeItemID="{STORE}"'
    return control(f'<w:tag w:val="{tag}"/>{WORDS_OWN}<w:dataBinding {mapping}/>{own}')


def form(path: Path, body: str, data: str = DATA) -> Path:
    """A document with a store of data."""
    write(path, body)
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    kind = "http://schemas.openxmlformats.org/package/2006/relationships"
    about = f'<Relationship Id="s" Type="{RELATIONSHIPS}/customXml" Target="../customXml/item1.xml"/>'
    links = parts["word/_rels/document.xml.rels"].decode()
    parts["word/_rels/document.xml.rels"] = links.replace("</Rel", about + "</Rel").encode()
    parts["customXml/item1.xml"] = data.encode()
    parts["customXml/_rels/item1.xml.rels"] = (
        f'<Relationships xmlns="{kind}"><Relationship Id="p" Type="{RELATIONSHIPS}/customXmlProps" '
        'Target="itemProps1.xml"/></Relationships>'
    ).encode()
    parts["customXml/itemProps1.xml"] = (
        f'<ds:datastoreItem ds:itemID="{STORE.lower()}" '
        'xmlns:ds="http://schemas.openxmlformats.org/officeDocument/2006/customXml"/>'
    ).encode()
    with zipfile.ZipFile(path, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return path


def test_the_data_changes_with_what_shows(tmp_path: Path) -> None:
    path = form(tmp_path / "a.docx", p(bound("/d:form[1]/d:who[1]/d:name[1]")))
    filled = fill(path, {"x": "Jane & Doe"})
    assert "<d:name>Jane &amp; Doe</d:name>" in part(filled, "customXml/item1.xml")
    assert said(filled) == ["Jane & Doe"]


def test_an_attribute_may_hold_the_data(tmp_path: Path) -> None:
    path = form(tmp_path / "a.docx", p(bound("/d:form/d:who/@old")))
    assert 'old="new"' in part(fill(path, {"x": "new"}), "customXml/item1.xml")


def test_controls_of_the_same_data_are_one_blank(tmp_path: Path) -> None:
    xpath = "/d:form[1]/d:who[1]/d:name[1]"
    path = form(tmp_path / "a.docx", p(bound(xpath)) + p(bound(xpath, tag="again")))
    assert [blank.id for blank in blanks(path)] == ["x"]
    assert said(fill(path, {"x": "Jane"})) == ["Jane", "Jane"]


def test_lists_keep_values_and_dates_keep_days_as_data(tmp_path: Path) -> None:
    choices = '<w:dropDownList><w:listItem w:displayText="Red" w:value="r"/></w:dropDownList>'
    name = "/d:form[1]/d:who[1]/d:name[1]"
    path = form(tmp_path / "a.docx", p(bound(name, choices)))
    assert "<d:name>r</d:name>" in part(fill(path, {"x": "Red"}), "customXml/item1.xml")
    date = '<w:date><w:dateFormat w:val="d.M.yyyy"/><w:storeMappedDataAs w:val="date"/></w:date>'
    path = form(tmp_path / "b.docx", p(bound(name, date)))
    filled = fill(path, {"x": "1980-03-04"})
    assert "<d:name>1980-03-04</d:name>" in part(filled, "customXml/item1.xml")
    assert said(filled) == ["4.3.1980"]


def test_an_expression_that_is_more_than_a_path_is_left_alone(tmp_path: Path) -> None:
    path = form(tmp_path / "a.docx", p(bound("//*[count(//*) &gt; 1]")))
    filled = fill(path, {"x": "Jane"})
    assert filled.placed[0].problem
    assert filled.docx == path.read_bytes()


def test_a_path_to_nothing_binds_to_nothing(tmp_path: Path) -> None:
    path = form(tmp_path / "a.docx", p(bound("/d:form[1]/d:none[1]")))
    filled = fill(path, {"x": "Jane"})
    assert said(filled) == ["Jane"]
    with zipfile.ZipFile(io.BytesIO(filled.docx or b"")) as package:
        assert package.read("customXml/item1.xml").decode() == DATA
