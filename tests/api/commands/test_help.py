"""``octavo`` itself: what it tells of its commands."""

from __future__ import annotations

import itertools

import pytest
import typer
from typer.testing import CliRunner

from api.__main__ import COMMANDS, app

NAMES = [name for name, *_ in COMMANDS]
LISTED = typer.main.get_command(app)


def octavo(*words: str, code: int = 0) -> str:
    done = CliRunner().invoke(app, words)
    assert done.exit_code == code, done.output
    return done.output


def test_commands_are_told_in_panels_and_in_order() -> None:
    shown = octavo("--help")
    panels = ["Read documents", "Manage a running service", "Run the service", "Operate it"]
    assert sorted(panels, key=shown.index) == panels
    assert sorted(NAMES, key=lambda name: shown.index(f"│ {name} ")) == NAMES
    assert "First steps" in shown


@pytest.mark.parametrize("command", NAMES)
def test_every_command_tells_what_it_does_in_the_words_of_the_list(command: str) -> None:
    listed = LISTED.commands[command]  # type: ignore[attr-defined]
    assert listed.imported().help.partition("\n\n")[0] == listed.help
    assert "Usage: octavo" in octavo(command, "--help")


@pytest.mark.parametrize("group", ["jobs", "files", "webhooks", "keys"])
def test_every_group_teaches_by_examples(group: str) -> None:
    shown = octavo(group, "--help")
    assert f"octavo {group} " in shown[shown.index("Examples") :]


def test_paragraphs_of_help_are_folded_for_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for words in (["serve"], ["jobs", "follow"], ["reencrypt"]):
        shown = octavo(*words, "--help").split("\u256d")[0]
        lines = [line.strip() for line in shown.splitlines()]
        for line, after in itertools.pairwise(lines):
            if line and after:
                assert len(f" {line} {after.split()[0]}") > 78


def test_the_version_is_told() -> None:
    assert octavo("--version").startswith("octavo ")


def test_the_nearest_command_is_suggested() -> None:
    assert "'jobs'" in octavo("jbos", code=2)
    assert "'list'" in octavo("files", "lst", code=2)


def test_shells_complete_commands_and_values(monkeypatch: pytest.MonkeyPatch) -> None:
    for words, completed in (("octavo web", "webhooks"), ("octavo webhooks test x --event f", "failed")):
        monkeypatch.setenv("_OCTAVO_COMPLETE", "complete_bash")
        monkeypatch.setenv("COMP_WORDS", words)
        monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
        assert completed in CliRunner().invoke(app, [], prog_name="octavo").output.split()
