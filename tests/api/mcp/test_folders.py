"""What may be read, and what not."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.mcp.folders import Folders
from api.mcp.library import Unusable


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    root = tmp_path / "papers"
    (root / "more").mkdir(parents=True)
    (root / ".keys").mkdir()
    for name in ("a.pdf", "more/b.docx", "more/c.exe", ".env", ".keys/d.pdf"):
        (root / name).write_bytes(b"x")
    (tmp_path / "secret.pdf").write_bytes(b"x")
    (root / "link.pdf").symlink_to(tmp_path / "secret.pdf")
    return Folders.of([root])


def test_a_file_below_is_found_by_either_path(folders: Folders) -> None:
    path = folders.roots[0] / "more" / "b.docx"
    assert folders.find("more/b.docx") == path
    assert folders.find(str(path)) == path


@pytest.mark.parametrize(
    "name",
    [
        "../secret.pdf",
        "more/../../secret.pdf",
        "link.pdf",
        ".env",
        ".keys/d.pdf",
        "more",
        "",
        "no.pdf",
        "a\0.pdf",
        "x" * 5_000,
        "/etc/passwd",
    ],
)
def test_nothing_else_is(folders: Folders, name: str) -> None:
    with pytest.raises(Unusable, match="no file"):
        folders.find(name)


def test_without_folders_nothing_is_found() -> None:
    with pytest.raises(Unusable, match="no folder"):
        Folders.of([]).find("/etc/passwd")


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="is no folder"):
        Folders.of([tmp_path / "nothing"])


def test_documents_are_listed_in_parts_without_what_is_hidden_or_linked(folders: Folders) -> None:
    first, after = folders.files("", 0, 1)
    assert [one.id for one in first] == ["a.pdf"]
    rest, end = folders.files("", after or 0, 10)
    assert [one.id for one in rest] == ["more/b.docx"]
    assert end is None
    assert folders.files("B.DOC", 0, 10)[0][0].name == "b.docx"


@pytest.mark.parametrize(
    "name", ["../new.pdf", ".hidden.pdf", "nowhere/new.pdf", "a.pdf", "n\0.pdf", "n" * 5_000]
)
def test_new_files_go_nowhere_else_and_over_nothing(folders: Folders, name: str) -> None:
    with pytest.raises(Unusable):
        folders.new_file(name)


def test_a_new_file_may_be_made_below(folders: Folders) -> None:
    assert folders.new_file("more/new.pdf") == folders.roots[0] / "more" / "new.pdf"
