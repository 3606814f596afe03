"""The documentation says what the code does."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest
import yaml

from api.commands.keys import app as key_commands
from schemas.fragments import FragmentType
from schemas.options import OcrModel, ParsingOptions
from workers.jobs.ledger.keys import Scope
from workers.jobs.tenants import OnPremise

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_the_settings_page_is_made_from_the_settings() -> None:
    page = runpy.run_path(str(ROOT / "docs" / "make_settings.py"))["settings_page"]()
    assert (ROOT / "docs" / "settings.md").read_text(encoding="utf-8") == page, (
        "run: python docs/make_settings.py"
    )


def test_the_page_of_the_api_is_made_from_its_description() -> None:
    made = runpy.run_path(str(ROOT / "docs" / "make_api.py"))
    api = made["described"]()
    assert (ROOT / "docs" / "api.md").read_text(encoding="utf-8") == made["api_page"](api), (
        "run: python docs/make_api.py"
    )
    ids = {operation["operationId"]: path for path, _, operation in made["operations"](api)}
    own = {name for name, path in ids.items() if path.startswith("/documents/v2/")}
    assert own <= made["examples"]().keys() <= ids.keys(), "docs/api_examples.sh: one for each operation"


def test_the_options_page_names_every_option_and_model() -> None:
    text = (ROOT / "docs" / "options.md").read_text(encoding="utf-8")
    for name in [*ParsingOptions.model_fields, *OcrModel]:
        assert f"`{name}`" in text, name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target


def test_there_are_twenty_fragment_types() -> None:
    assert len(FragmentType) == 20


def test_what_the_pages_show_of_the_configuration_is_understood() -> None:
    text = "".join((ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("access.md", "data.md"))
    shown = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)]
    # A list is what stands below "organizations".
    read = [OnPremise.model_validate({"organizations": s} if isinstance(s, list) else s) for s in shown]
    assert len(read) >= 2
    assert all(one.organizations for one in read)
    assert {scope for one in read for _, key in one.api_keys() for scope in key.scopes} == set(Scope)


def test_the_page_of_keys_names_the_scopes_and_commands() -> None:
    text = (ROOT / "docs" / "access.md").read_text(encoding="utf-8")
    for word in Scope:
        assert f"| `{word}` |" in text
    for command in key_commands.registered_commands:
        name = command.name or getattr(command.callback, "__name__", "")
        assert f"octavo keys {name}" in text
