"""All that the service can be asked for can be asked for on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer

from api.commands.options import Extra, Reading, classes, configuration, judge_pages, schema
from schemas.options import (
    ChunkingStrategy,
    Configuration,
    IgnorableSection,
    OcrModel,
    TableOutputMode,
    TableParsingFormat,
)

EVERYTHING = Reading(
    extras=list(Extra),
    ocr_model=OcrModel.MODEL01,
    chunking=ChunkingStrategy.PAGE,
    chunk_size=100,
    tables=TableOutputMode.MARKDOWN,
    table_parsing=TableParsingFormat.VLM,
    ignore=[IgnorableSection("page_footer")],
    table_prompt="Which?",
    figure_prompt="What?",
)


def test_every_option_has_a_flag() -> None:
    asked = configuration(EVERYTHING.given()).model_dump()
    default = Configuration().model_dump()
    for group in ("parsing_options", "enrichment_options"):
        unchanged = [name for name, value in default[group].items() if asked[group][name] == value]
        assert unchanged == []


@pytest.mark.parametrize("extra", Extra)
def test_every_extra_is_an_option(extra: Extra) -> None:
    given = Reading(extras=[extra]).given()
    assert configuration(given) != Configuration()
    assert given.keys() <= {"parsing_options", "enrichment_options"}


def test_what_is_not_said_is_not_asked_for() -> None:
    assert Reading().given() == {}


def test_flags_come_on_top_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "options.json"
    options = {"parsing_options": {"chunk_size": 99, "ocr_model": "model02"}, "page_classifications": []}
    path.write_text(json.dumps(options))
    given = Reading(options=path, ocr_model=OcrModel.MODEL01, extras=[Extra.WORDS]).given()
    assert given == {
        "parsing_options": {"chunk_size": 99, "ocr_model": "model01", "include_words": True},
        "page_classifications": [],
    }


@pytest.mark.parametrize("text", ["[1]", "{", '{"file_id": "x"}'])
def test_options_of_no_known_name_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "options.json"
    path.write_text(text)
    with pytest.raises(typer.Exit):
        Reading(options=path).given()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"parsing_options": {"chunk_size": "many"}}, "parsing_options.chunk_size"),
        ({"page_classifications": [{"name": "a"}, {"name": "a"}]}, "'a' is there more than once"),
        ({"structured_extraction_options": [{"schema_name": "s", "json_schema": {"type": "array"}}]}, "'s'"),
    ],
)
def test_options_without_sense_are_told_before_anything_is_read(
    given: dict[str, Any], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as ended:
        configuration(given)
    assert ended.value.exit_code == 2
    assert says in capsys.readouterr().err.replace("\n", " ")


def test_pages_without_sense_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    judge_pages("1-3,7")
    with pytest.raises(typer.Exit):
        judge_pages("3-1")
    assert "--pages" in capsys.readouterr().err


def test_classes_are_named_and_described() -> None:
    assert classes(["bill: to pay: now", " receipt "]) == [
        {"name": "bill", "description": "to pay: now"},
        {"name": "receipt", "description": ""},
    ]


def test_a_schema_is_a_file_or_a_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bill.json").write_text('{"type": "object"}')
    assert schema(str(tmp_path / "bill.json")) == ("bill", {"type": "object"})
    code = "from pydantic import BaseModel\nclass Bill(BaseModel):\n  total: float\n"
    (tmp_path / "models.py").write_text(code)
    name, found = schema(f"{tmp_path}/models.py:Bill")
    assert (name, list(found["properties"])) == ("Bill", ["total"])
    (tmp_path / "broken.py").write_text("1 / 0")
    for said, told in [
        (f"{tmp_path}/models.py:Receipt", "no pydantic model 'Receipt'"),
        (f"{tmp_path}/broken.py:Bill", "ZeroDivisionError"),
        (str(tmp_path / "gone.json"), "No such file"),
        (f"{tmp_path}/models.py", "not JSON"),
    ]:
        with pytest.raises(typer.Exit):
            schema(said)
        assert told in capsys.readouterr().err.replace("\n", " ")
