"""A Word form from its prompt to the filled copy."""

from __future__ import annotations

import io
from base64 import b64decode
from pathlib import Path

import docx
import pytest

from pipelines.edit import edit, read_form
from pipelines.readers.host import LocalReader
from pipelines.work import RunContext
from schemas.options import FormFilling
from tests.fakes.engines import FakeEngines
from tests.readers.docx.build import p, t, write
from tests.readers.docx_forms.build import WORDS_OWN, control, tick_box


@pytest.mark.parametrize("no_acroform", [False, True])
def test_a_prompt_fills_in_a_word_form(tmp_path: Path, no_acroform: bool) -> None:
    body = p(t("Surname: ") + control(f"{WORDS_OWN}<w:text/>"))
    body += p(t("Smoker: ") + tick_box() + t(" Yes ") + tick_box() + t(" No"))
    path = write(tmp_path / "a.docx", body)
    filling = FormFilling(fill_prompt="Surname: Doe\nSmoker: no", no_acroform=no_acroform)
    reader, context = LocalReader(), RunContext()
    try:
        info = reader.open(path, reader.detect(path, None, path.name))
        records = read_form(reader, FakeEngines(), info, [1], filling, context)
        document = edit(records, 1, filling, reader, FakeEngines(), context)
    finally:
        reader.close()
    filled = docx.Document(io.BytesIO(b64decode(document.filled_docx_base64 or "")))
    said = ["".join(run.text or "" for run in line._p.iter("{*}t")) for line in filled.paragraphs]
    assert said == ["Surname: Doe", "Smoker: ☐ Yes ☒ No"]
    assert (document.form_filling_metadata or {})["fields_filled"] == 2
