"""Prompts lie in files with a version, and every file is somebody's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from models.prompts import prompt

ROOT = Path(__file__).parents[2]
FILES = sorted(
    path
    for package in ("models", "pipelines")
    for path in (ROOT / package).rglob("prompts/*")
    if path.is_file()
)


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.parent.name}/{file.name}")
def test_a_prompt_has_a_version_and_is_used_by_the_code_beside_it(file: Path) -> None:
    assert re.fullmatch(r"[a-z_]+\.v\d+\.md", file.name)
    code = "".join(path.read_text(encoding="utf-8") for path in file.parent.parent.glob("*.py"))
    assert f'"{file.stem}"' in code.replace("'", '"')


def test_places_are_filled_and_what_fills_them_is_no_template() -> None:
    wishes = prompt("pipelines.extraction.llm", "wishes.v1").substitute(wishes="In $ please.")
    assert wishes.endswith("\nIn $ please.")


def test_a_prompt_that_is_not_there_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        prompt("models.llm", "answer.v0")
