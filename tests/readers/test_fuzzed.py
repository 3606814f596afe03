"""Two thousand documents changed at random: each is read, or ends with an error of its own, within bounds."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from benchmarks.fuzz.run import Failure, fuzz
from benchmarks.fuzz.seeds import seeds
from pipelines.readers.sheets import xlsb_records as brt
from tests.pipelines.forms.pdf_forms import form
from tests.readers.docx import build as word
from tests.readers.docx_forms.build import control, legacy, tick_box
from tests.readers.mail.outlook import item, ole, property_list, tnef
from tests.readers.sheets import test_xls as xls
from tests.readers.sheets import test_xlsb as xlsb
from tests.readers.test_p7m import compressed, in_pieces, signed

FILES = 2_000


def made(folder: Path) -> dict[str, bytes]:
    """What the tests of single readers make: formats that no library writes."""
    letter = item({0x001A: "IPM.Note", 0x0037: "Dues", 0x1000: "some words"}, [{0x3001: "Bob", 0x0C15: 1}])
    wrapped = tnef([(0x00069003, property_list({0x0037: "Dues", 0x1000: "some words"}))])
    asked = (tick_box(on=True), legacy("Name", "textInput"), control())
    typed = "".join(word.p(one) for one in asked) + word.table(word.row(word.cell("x")))
    fields = [
        "/FT /Tx /T (a) /V (Copper) /Rect [10 60 90 75]",
        "/FT /Btn /T (b) /AS /Yes /Rect [10 40 20 50]",
    ]
    return {
        "envelope.p7m": signed(b"%PDF-1.7 nothing"),
        "pieces.p7m": in_pieces(b"some words", 4),
        "packed.p7m": compressed(b"some words"),
        "letter.msg": ole(letter),
        "winmail.dat": wrapped,
        "book.xls": xls.save(folder / "a.xls", xls.label(0, 0, "town"), xls.number(1, 1, 2.5)).read_bytes(),
        "book.xlsb": xlsb.save(
            folder / "a.xlsb",
            xlsb.row(0, xlsb.shared(0, 0), xlsb.shared(1, 1)),
            xlsb.row(1, xlsb.cell(brt.RK, 0, struct.pack("<i", 725 << 2 | 3), 1), xlsb.real(1, 2.5)),
        ).read_bytes(),
        "form.docx": word.write(folder / "a.docx", typed).read_bytes(),
        "form.pdf": form(folder / "a.pdf", fields, print_="Name").read_bytes(),
    }


@pytest.mark.fuzz
@pytest.mark.timeout(1800)
def test_nothing_gets_through(tmp_path: Path) -> None:
    """The same documents each time: ``python -m benchmarks fuzz`` makes others."""
    seed = 1

    def where(failure: Failure) -> str:
        return f"{failure.name}: {failure.why} (seed {seed}, number {failure.number})"

    tally = fuzz(seeds() | made(tmp_path), seed, iter(range(FILES)), layout_share=0.01)
    assert tally.files == FILES
    assert not tally.failures, "\n".join(where(failure) for failure in tally.failures)
    assert tally.endings[""] > FILES / 4, "hardly any file is still read: the changes go too far"
    assert tally.endings.total() - tally.endings[""] > FILES / 10, "hardly any file is refused"
