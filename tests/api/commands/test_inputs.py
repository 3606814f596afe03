"""What there is to read, and the names of its results."""

from __future__ import annotations

import io
import sys
from pathlib import Path, PurePosixPath
from types import SimpleNamespace

import pytest

from api.commands.inputs import Input, finding, found, targets


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    hidden = ("a/.hidden.pdf", "a/.git/one.pdf", "a/.git/b/x.zzz", ".in/one.pdf")
    for name in ("a/one.pdf", "a/b/one.pdf", "a/x.zzz", "c/one.pdf", "c/one.txt", "odd.zzz", *hidden):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_files_folders_and_patterns_each_document_once(folder: Path) -> None:
    here = found(["a", "c/*.pdf", "odd.zzz", "a/one.pdf"], folder)
    assert [(one.name, str(one.below)) for one in here.inputs] == [
        ("a/b/one.pdf", "b/one.pdf"),
        ("a/one.pdf", "one.pdf"),
        ("c/one.pdf", "one.pdf"),
        ("odd.zzz", "odd.zzz"),  # who names a file wants it read
    ]
    assert here.skipped == [Path("a/x.zzz")]
    assert here.left_out == "Left out, of no kind that is read: a/x.zzz."


def test_a_name_of_nothing_costs_only_itself(folder: Path) -> None:
    here = found(["gone.pdf", "odd.zzz", "*.docx", ""], folder)
    assert [one.name for one in here.inputs] == ["odd.zzz"]
    assert [name for name, _ in here.missing] == ["gone.pdf", "*.docx", '""']
    assert "variable" in here.missing[-1][1]


def test_a_hidden_folder_is_read_by_who_names_it(folder: Path) -> None:
    assert [one.name for one in found([".in"], folder).inputs] == [".in/one.pdf"]


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://example.com/in/bill%20one.pdf?x=/y", "bill one.pdf"),
        ("HTTP://example.com/", "example.com"),
        ("http://example.com/a/..", "example.com"),
        ("https://example.com/a%2F..%5Cb.pdf", "b.pdf"),
    ],
)
def test_an_address_is_called_by_its_last_part(folder: Path, address: str, name: str) -> None:
    (one,) = found([address], folder).inputs
    assert (one.source, str(one.below)) == (address, name)


def test_standard_input_is_kept_as_long_as_it_is_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"%PDF-1.7")))
    with finding(["-", "-"]) as here:
        (one,) = here.inputs
        path = Path(one.source)
        assert path.read_bytes() == b"%PDF-1.7"
    assert not path.exists()


def test_many_that_are_left_out_are_counted(tmp_path: Path) -> None:
    for number in range(7):
        (tmp_path / f"{number}.zzz").touch()
    text = found([str(tmp_path)], tmp_path).left_out
    assert text is not None
    assert text.endswith("4.zzz and 2 more.")


def test_results_have_names_of_their_own(folder: Path) -> None:
    inputs = found(["a", "c", "odd.zzz", "https://example.com/one.pdf"], folder).inputs
    named = targets(inputs, Path("out"), ".md")
    assert [str(path) for path in named.values()] == [
        "out/b/one.md",
        "out/one.md",
        "out/one.pdf.md",
        "out/one.txt.md",
        "out/odd.md",
        "out/one.pdf-2.md",
    ]


def test_no_result_is_written_over_an_input(folder: Path) -> None:
    one = Input("c/one.txt", Path("c/one.txt"), PurePosixPath("one.txt"))
    assert targets([one], Path("c"), ".txt")[one] == Path("c/one.txt.txt")
