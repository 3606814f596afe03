"""Questions with boxes for yes and no, and the print at boxes to tick."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.extraction.embedded.reader import EmbeddedReader
from pipelines.extraction.targets import target_of
from schemas.options import StructuredExtractionOptions
from schemas.reading import FieldKind
from tests.fakes.engines import FakeEngines
from tests.pipelines.extraction.documents import paragraph
from tests.pipelines.extraction.tables import entry, evidence, plainly

TICK = FieldKind.CHECKBOX


def answers(properties: dict[str, Any], *, yes: bool, no: bool, named: str = "") -> object:
    schema = {"type": "object", "properties": properties}
    seen = evidence(
        [paragraph("Were the police notified?", 60, 50)],
        entries=[
            entry(f"{named}Yes", yes, 60, x=240, kind=TICK),
            entry(f"{named}No", no, 60, x=340, kind=TICK),
        ],
    )
    options = StructuredExtractionOptions(schema_name="any", json_schema=schema)
    return plainly(EmbeddedReader(FakeEngines()).read(target_of(schema), seen, options).found)


@pytest.mark.parametrize(
    ("yes", "no", "said"),
    [(True, False, True), (False, True, False), (False, False, None), (True, True, None)],
)
def test_the_box_that_is_ticked_answers_the_question_before_it(
    yes: bool, no: bool, said: bool | None
) -> None:
    assert answers({"police_notified": {"type": "boolean"}}, yes=yes, no=no) == {"police_notified": said}


def test_the_file_may_say_what_the_question_is() -> None:
    asked = {"fire_alarm_installed": {"type": "boolean"}}
    assert answers(asked, yes=False, no=True, named="Fire alarm installed?: ") == {
        "fire_alarm_installed": False
    }
