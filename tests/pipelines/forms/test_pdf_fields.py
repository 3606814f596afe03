"""The fields of PDF forms: names, values, states and places."""

from pathlib import Path

import pytest
from asn1crypto import algos, cms, core, keys, x509

from pipelines.readers.pdf.reader import PdfReader
from schemas.geometry import BBox
from schemas.reading import FieldKind
from tests.pipelines.forms.pdf_forms import form, read

AT = "/Rect [10 60 110 80]"


def test_a_field_has_its_name_label_value_and_place(tmp_path: Path) -> None:
    parent = "<< /T (person) /FT /Tx /TU (Your\\nname) /V (Ada) /Kids [] >>"
    path = form(tmp_path / "a.pdf", [f"{AT} /T (first) /Parent {{0}} /Ff 1"], others=[parent])
    (field,) = read(path)
    assert (field.name, field.label, field.value) == ("person.first", "Your name", "Ada")
    assert field.kind is FieldKind.TEXT
    assert field.bbox == BBox(10, 20, 110, 40)
    assert field.is_set
    assert field.read_only
    assert not field.hidden


@pytest.mark.parametrize(
    ("turn", "box"), [(90, (60, 10, 80, 110)), (180, (90, 60, 190, 80)), (270, (20, 90, 40, 190))]
)
def test_boxes_are_on_the_page_as_displayed(tmp_path: Path, turn: int, box: tuple[float, ...]) -> None:
    (field,) = read(form(tmp_path / "a.pdf", [f"{AT} /FT /Tx /T (a) /V (b)"], turn=turn))
    assert field.bbox == pytest.approx(box, abs=0.01)
    assert field.value == "b"


@pytest.mark.parametrize(
    ("entries", "value"),
    [
        ("/V (one\\rtwo\\r\\nthree)", "one\ntwo\nthree"),
        ("/V <FEFF00E9>", "é"),
        ("/V {0}", "a long value"),
        ("/RV (<body><p>one <b>two</b></p><p>three</p></body>)", "one two\nthree"),
        ("/V 12", ""),
        ("/V [(a) (b)]", ""),
        ("", ""),
    ],
)
def test_values_of_text_fields(tmp_path: Path, entries: str, value: str) -> None:
    stream = "<< >> stream a long value"
    (field,) = read(form(tmp_path / "a.pdf", [f"{AT} /FT /Tx /T (a) {entries}"], others=[stream]))
    assert (field.value, field.is_set) == (value, bool(value))


@pytest.mark.parametrize(
    ("entries", "is_set", "options"),
    [
        ("/AS /Yes /AP << /N << /Yes null /Off null /Yes {0} >> >>", True, ["Yes"]),
        ("/AS /Off /AP << /N << /Off {0} /Yes {0} >> >>", False, ["Yes"]),
        ("/V /On", True, ["On"]),
        ("/V /On /AS /Off", False, []),
        ("", False, []),
        ("/AS /1 /AP << /N << /1 {0} >> >> /Opt [(red) (blue)]", True, ["blue"]),
        ("/AS /Off /AP << /N << /#23c3#23a9 {0} >> >>", False, ["é"]),
    ],
)
def test_states_of_boxes(tmp_path: Path, entries: str, is_set: bool, options: list[str]) -> None:
    (field,) = read(
        form(tmp_path / "a.pdf", [f"{AT} /FT /Btn /T (a) {entries}"], others=["<< >> stream q Q"])
    )
    assert (field.kind, field.is_set, field.options) == (FieldKind.CHECKBOX, is_set, options)
    assert field.value == (options[0] if is_set else "")


def test_radio_buttons_are_told_apart_and_push_buttons_left_out(tmp_path: Path) -> None:
    radio, push = f"{AT} /FT /Btn /T (a) /Ff 32768 /AS /x", f"{AT} /FT /Btn /T (b) /Ff 65536"
    (field,) = read(form(tmp_path / "a.pdf", [radio, push, AT]))
    assert (field.kind, field.is_set, field.value) == (FieldKind.RADIO, True, "x")


@pytest.mark.parametrize(
    ("entries", "value"),
    [
        ("/V (de) /Opt [[(de) (Deutschland)] [(fr) (France)]]", "Deutschland"),
        ("/V [(a) (c)] /Opt [(a) (b) (c)]", "a\nc"),
        ("/V (written) /Opt [(a)]", "written"),
        ("/V (a) /Opt [[] [(a)] 5]", "a"),
        ("/Opt [(a)]", ""),
    ],
)
def test_choices_are_given_as_they_are_shown(tmp_path: Path, entries: str, value: str) -> None:
    (field,) = read(form(tmp_path / "a.pdf", [f"{AT} /FT /Ch /T (a) {entries}"]))
    assert (field.kind, field.value) == (FieldKind.DROPDOWN, value)


def _envelope() -> bytes:
    """A signature's envelope with the certificate of its signer and of another; nothing in it is true."""
    certificates = []
    for serial, name in ((7, "Root"), (8, "Grace Hopper")):
        subject = x509.Name.build({"common_name": name})
        key = keys.PublicKeyInfo.wrap(keys.RSAPublicKey({"modulus": 3233, "public_exponent": 17}), "rsa")
        algorithm = algos.SignedDigestAlgorithm({"algorithm": "sha256_rsa"})
        times = x509.Validity(
            {k: x509.Time({"utc_time": "250101000000Z"}) for k in ("not_before", "not_after")}
        )
        body = x509.TbsCertificate(
            {
                "serial_number": serial,
                "signature": algorithm,
                "issuer": subject,
                "validity": times,
                "subject": subject,
                "subject_public_key_info": key,
            }
        )
        certificates.append(
            x509.Certificate(
                {"tbs_certificate": body, "signature_algorithm": algorithm, "signature_value": b"\0"}
            )
        )
    signer = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                {"issuer_and_serial_number": {"issuer": certificates[1].subject, "serial_number": 8}}
            ),
            "digest_algorithm": {"algorithm": "sha256"},
            "signature_algorithm": {"algorithm": "sha256_rsa"},
            "signature": b"\0",
        }
    )
    data = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [],
            "encap_content_info": {"content_type": "data"},
            "certificates": certificates,
            "signer_infos": [signer],
        }
    )
    envelope: core.Sequence = cms.ContentInfo({"content_type": "signed_data", "content": data})
    return bytes(envelope.dump())


@pytest.mark.parametrize(
    ("signature", "value"),
    [
        ("<< /Name (Ada) /Contents <00> >>", "Ada"),
        ("<< /Contents <ENVELOPE> >>", "Grace Hopper"),
        ("<< /Contents <3000> >>", ""),
        ("<< /Contents <ff00> >>", ""),
        ("<< >>", ""),
    ],
)
def test_a_signature_says_who_signed(tmp_path: Path, signature: str, value: str) -> None:
    signature = signature.replace("ENVELOPE", _envelope().hex())
    (field,) = read(form(tmp_path / "a.pdf", [f"{AT} /FT /Sig /T (a) /V {signature}"]))
    assert (field.kind, field.is_set, field.value) == (FieldKind.SIGNATURE, True, value)


def test_an_unsigned_signature_field_is_not_set(tmp_path: Path) -> None:
    (field,) = read(form(tmp_path / "a.pdf", [f"{AT} /FT /Sig /T (a)"]))
    assert (field.is_set, field.value) == (False, "")


def test_hidden_fields_are_told_and_those_without_area_have_no_box(tmp_path: Path) -> None:
    widgets = [f"{AT} /F 2", f"{AT} /F 32", f"{AT} /F 4", "/Rect [0 0 0 0]", "/Rect [500 0 600 9]", ""]
    fields = read(form(tmp_path / "a.pdf", [f"{one} /FT /Tx /T (a)" for one in widgets]))
    assert [field.hidden for field in fields] == [True, True, False, False, False, False]
    assert [field.bbox is None for field in fields] == [False, False, False, True, True, True]


def test_filled_fields_that_stand_nowhere_come_with_the_first_page(tmp_path: Path) -> None:
    others = [
        "<< /T (group) /Kids [{1} {2}] >>",
        "<< /T (kept) /FT /Tx /V (x) /Parent {0} >>",
        "<< /T (empty) /FT /Tx /Parent {0} >>",
    ]
    (field,) = read(form(tmp_path / "a.pdf", others=others, extra="/Fields [{0} {0} 5]"))[:1]
    assert (field.name, field.value, field.bbox) == ("group.kept", "x", None)


def test_trees_that_run_in_circles_end(tmp_path: Path) -> None:
    others = ["<< /T (a) /Parent {1} /Kids [{1}] >>", "<< /T (b) /FT /Tx /Parent {0} /Kids [{0} {0}] >>"]
    widgets, fields, told = [f"{AT} /Parent {{0}}"], "/Fields [{0}]", "What is printed stays."
    path = form(tmp_path / "a.pdf", widgets, others=others, extra=fields, print_=told)
    (field,) = read(path)
    assert field.kind is FieldKind.TEXT
    assert field.name.startswith("b.a") or field.name.startswith("a.b")
    reader = PdfReader(path)
    page = reader.page(1, layout=True)
    reader.close()
    assert [" ".join(word.text for word in line.words) for line in page.lines] == [told]
    assert page.regions


def test_a_damaged_value_costs_only_itself(tmp_path: Path) -> None:
    broken = "<< /Filter /FlateDecode >> stream not deflated"
    widgets = [f"{AT} /FT /Tx /T (a) /V {{0}}", f"{AT} /FT /Tx /T (b) /V (whole)"]
    fields = read(form(tmp_path / "a.pdf", widgets, others=[broken]))
    assert [field.name for field in fields] == ["a", "b"]
    assert fields[1].value == "whole"


def test_a_page_without_a_form_has_no_fields(tmp_path: Path) -> None:
    assert read(form(tmp_path / "a.pdf")) == []
