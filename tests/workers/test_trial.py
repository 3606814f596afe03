"""What is said, and what is refused, where the kernel holds less than it could."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.__main__ import app
from schemas.settings import Settings
from workers import sandbox
from workers.doctor import machine
from workers.jobs.configuration import ConfigurationError
from workers.local import LocalParser
from workers.sandbox import Held, NotHeld, Rules, calls, enter, files, privileges, trial

LESS = Held(why=("this kernel has no Landlock: files are not held",))
OLDER = Held(landlock=1, seccomp=True)
WHOLE = Held(landlock=files.SIGNALS_SINCE, seccomp=True)


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """One that has neither; nothing is put upon this process."""
    monkeypatch.setattr(privileges, "give_up", lambda: None)
    monkeypatch.setattr(files, "version", lambda: 0)

    def refuse(*, reader: bool) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(calls, "restrict", refuse)
    return monkeypatch


def holds(monkeypatch: pytest.MonkeyPatch, held: Held) -> None:
    for module in (trial, machine):
        monkeypatch.setattr(module, "tried", lambda: held)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's own means")
def test_a_child_goes_on_with_less_only_where_it_may(kernel: pytest.MonkeyPatch) -> None:
    held = enter(Rules())
    assert not held.whole
    assert [why.split(":")[0] for why in held.why] == [
        "this kernel has no Landlock",
        "libseccomp cannot be used ([Errno 1] Operation not permitted)",
    ]
    with pytest.raises(NotHeld, match="no Landlock"):
        enter(Rules(required=True))


def test_another_system_holds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox.sys, "platform", "darwin")
    assert enter(Rules()).why == ("darwin cannot do it",)
    with pytest.raises(NotHeld):
        enter(Rules(required=True))


def test_less_is_told_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="workers.sandbox.trial")
    holds(monkeypatch, WHOLE)
    trial.make_sure(Settings())
    assert not caplog.records
    holds(monkeypatch, LESS)
    trial.make_sure(Settings())
    trial.make_sure(Settings(sandbox="off"))
    assert [record.message.split(":")[0] for record in caplog.records] == [
        "processes that open documents are held by limits of memory and time, but",
        "OCTAVO_SANDBOX is off",
    ]


def test_less_than_required_is_refused_before_a_document_is_seen(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    required = Settings(sandbox="required", data_dir=tmp_path)
    holds(monkeypatch, LESS)
    with pytest.raises(ConfigurationError, match=r"no Landlock.*sandbox\.md"):
        LocalParser(required)
    monkeypatch.setenv("OCTAVO_SANDBOX", "required")
    monkeypatch.setenv("OCTAVO_DATA_DIR", str(tmp_path))
    for command in ("worker", "serve"):
        ended = CliRunner().invoke(app, [command])
        assert ended.exit_code == 2
        assert "OCTAVO_SANDBOX is required, but" in " ".join(ended.output.split())


@pytest.mark.parametrize(
    ("held", "sandbox", "ok", "words"),
    [
        (WHOLE, "auto", True, "by Landlock 6 and seccomp"),
        (OLDER, "required", True, "could send signals"),
        (LESS, "auto", False, "no Landlock"),
        (WHOLE, "off", False, "OCTAVO_SANDBOX=off"),
    ],
)
def test_the_doctor_says_what_holds(
    monkeypatch: pytest.MonkeyPatch, held: Held, sandbox: str, words: str, *, ok: bool
) -> None:
    holds(monkeypatch, held)
    finding = machine.held(Settings(sandbox=sandbox))
    assert (finding.ok, words in finding.detail, bool(finding.fix)) == (ok, True, not ok)


def test_who_cannot_try_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial.sys, "executable", "/nowhere/python")
    assert not trial.tried().whole
    assert "FileNotFoundError" in trial.tried().why[0]
