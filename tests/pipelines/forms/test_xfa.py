"""Forms in XML: template, data, and both beside a form of the PDF's own."""

from pathlib import Path

from pipelines.readers.pdf.xfa import XfaForm, plain_text
from schemas.reading import FieldKind
from tests.pipelines.forms.pdf_forms import form, read

TEMPLATE = """<template xmlns="http://www.xfa.org/schema/xfa-template/3.3/"><subform name="form1">
<subform name="page">
 <field name="city"><ui><textEdit/></ui><caption><value><text>Your town</text></value></caption></field>
 <field name="age" access="readOnly"><ui><numericEdit/></ui><assist><toolTip>Years</toolTip></assist></field>
 <field name="agree"><ui><checkButton/></ui><items><text>yes</text><text>no</text></items></field>
 <field name="land"><ui><choiceList/></ui><items><text>Deutschland</text><text>France</text></items>
  <items save="1"><text>de</text><text>fr</text></items></field>
 <field name="send"><ui><button/></ui></field>
 <field name="kept" presence="hidden"><ui><textEdit/></ui><value><text>by default</text></value></field>
 <exclGroup name="size">
  <field name="s"><ui><checkButton/></ui><items><text>S</text></items></field></exclGroup>
 <subform name="row"><field name="item"><ui><textEdit/></ui></field></subform>
 <field name="far"><ui><textEdit/></ui><bind match="dataRef" ref="$record.other.place[0]"/></field>
</subform></subform></template>"""
DATA = """<xfa:datasets xmlns:xfa="http://www.xfa.org/schema/xfa-data/1.0/"><xfa:data><form1>
<city>Köln</city><age/><agree>yes</agree><land>fr</land>
<row><item>one</item></row><row><item>two</item></row><other><place>there</place></other>
<note><body xmlns="http://www.w3.org/1999/xhtml"><p>rich</p><p>text</p></body></note>
</form1></xfa:data></xfa:datasets>"""
XFA = f'<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/">{TEMPLATE}{DATA}</xdp:xdp>'


def test_the_fields_of_a_template_with_the_values_of_the_data() -> None:
    found = {field.name: field for field in XfaForm(XFA.encode()).fields()}
    city, age = found["form1.page.city"], found["form1.page.age"]
    assert (city.label, city.value, city.kind, city.bbox) == ("Your town", "Köln", FieldKind.TEXT, None)
    assert (age.label, age.value, age.is_set, age.read_only) == ("Years", "", False, True)
    agree, size = found["form1.page.agree"], found["form1.page.size.s"]
    assert (agree.kind, agree.is_set, agree.value) == (FieldKind.CHECKBOX, True, "yes")
    assert (size.kind, size.is_set) == (FieldKind.RADIO, False)
    assert (found["form1.page.land"].value, found["form1.page.land"].kind) == ("France", FieldKind.DROPDOWN)
    assert (found["form1.page.kept"].value, found["form1.page.kept"].hidden) == ("by default", True)
    assert found["form1.page.far"].value == "there"
    assert "form1.page.send" not in found


def test_a_repeated_part_gives_a_field_each_time() -> None:
    rows = [f.value for f in XfaForm(XFA.encode()).fields() if f.name == "form1.page.row.item"]
    assert rows == ["one", "two"]


def test_values_are_found_by_full_names() -> None:
    data = XfaForm(XFA.encode())
    assert data.value_of("form1[0].page[0].city[0]") == "Köln"
    assert data.value_of("form1[0].row[0].item[1]") == "two"
    assert data.value_of("form1[0].row[0].item[2]") == ""
    assert data.value_of("form1[0].note[0]") == "rich\ntext"
    assert data.value_of("other[0].city[0]") == ""


def test_hostile_and_damaged_xml_is_read_as_far_as_it_goes() -> None:
    entity = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><x><p>&a;b</p></x>'
    assert plain_text(entity.encode()) == "&a;b"
    assert XfaForm(XFA[: XFA.index("<land>")].encode()).value_of("form1[0].city[0]") == "Köln"
    assert XfaForm(b"\xff\xfe nothing").fields() == []
    assert XfaForm(b"<a>" * 100_000).fields() == []


def test_a_form_that_is_xfa_alone_comes_with_the_first_page(tmp_path: Path) -> None:
    stream = f"<< >> stream {XFA.replace('ö', '&#246;')}"
    fields = read(form(tmp_path / "a.pdf", others=[stream], extra="/Fields [] /XFA {0}"))
    assert [field.value for field in fields if field.name.endswith("city")] == ["Köln"]


def test_data_fills_the_fields_that_the_pdf_leaves_empty(tmp_path: Path) -> None:
    at = "/Rect [0 0 9 9] /FT /Tx"
    widgets = [f"{at} /T (form1[0].page[0].land[0])", f"{at} /T (form1[0].page[0].city[0]) /V (Bonn)"]
    xfa = f"<< >> stream {DATA.replace('ö', '&#246;')}"
    path = form(tmp_path / "a.pdf", widgets, others=[xfa], extra="/XFA [(datasets) {0}]")
    assert [field.value for field in read(path)] == ["fr", "Bonn"]
