"""Every block of every page does what it says."""

from __future__ import annotations

import doctest
import json
import re
from pathlib import Path

import pytest
import yaml

from benchmarks.service import Service
from tests.documentation.reader import BlockFailed, Reader
from tests.documentation.sample_documents import draw
from tests.documentation.snippets import ROOT, Block, blocks, pages

SHOWN = {"", "text", "markdown", "mermaid"}
"""Languages of what is looked at, not run."""
RUN = {"python", "sh", "bash"}
READ = {"json", "jsonc", "yaml"}
TRIED = [page for page in pages() if any(b.language in RUN and b.said is None for b in blocks(page))]


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", pages(), ids=name)
def test_every_block_is_run_or_says_why_not(page: Path) -> None:
    for block in blocks(page):
        where = f"{name(page)}:{block.line}"
        if block.said == "not run":
            assert len(block.words.split()) >= 2, f"{where}: why is it not run?"
        elif block.said == "run by":
            assert page.name in (ROOT / block.words).read_text(encoding="utf-8"), f"{where}: does it?"
        else:
            assert block.language in SHOWN | RUN | READ, f"{where}: nobody runs {block.language}"
        if block.said == "prints":
            assert block.language == "text", f"{where}: what is printed is text"


@pytest.mark.parametrize("page", pages(), ids=name)
def test_data_are_of_their_language(page: Path) -> None:
    for block in blocks(page):
        where = f"{name(page)}:{block.line}"
        try:
            if block.language == "json":
                json.loads(block.code)
            elif block.language == "yaml":
                list(yaml.safe_load_all(block.code))
        except ValueError:
            for line in block.code.splitlines():  # JSON lines
                json.loads(line)
        except yaml.YAMLError as error:
            pytest.fail(f"{where}: {error}")


@pytest.mark.end_to_end
@pytest.mark.timeout(900)
@pytest.mark.parametrize("page", TRIED, ids=name)
def test_a_page_works_as_printed(page: Path, service: Service, tmp_path: Path) -> None:
    draw(tmp_path)
    printed = ""
    with Reader(tmp_path, service.url, ROOT) as reader:
        for block in blocks(page):
            try:
                printed = tried(reader, block, printed)
            except BlockFailed as failed:
                pytest.fail(f"{name(page)}:{block.line}: {failed}", pytrace=False)


def tried(reader: Reader, block: Block, printed: str) -> str:
    """What a block prints; where it is what one printed, that is compared."""
    if block.said == "prints":
        if not as_shown(block.code, printed):
            raise BlockFailed(f"it prints\n{printed}")
    elif block.said is None and block.language == "python":
        return reader.python(block.code)
    elif block.said is None and block.language in RUN:
        return reader.shell(block.code)
    return printed


def as_shown(shown: str, printed: str) -> bool:
    options = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    return doctest.OutputChecker().check_output(shown, printed, options)


# --------------------------------------------------------------------------- the reader of these tests


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    return Reader(tmp_path, "http://127.0.0.1:1", ROOT)


def test_what_is_said_of_a_block_stands_right_above_it(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "<!-- not run: needs a ship -->\n\n```sh\nsail\n```\n\n<!-- prints -->\n\nWords.\n\n"
        "```text\nahoy\n```\n\n- a list\n\n    <!-- run by tests/a.py -->\n    ```python\n    x\n    ```\n"
    )
    found = [(b.language, b.code.strip(), b.said, b.words) for b in blocks(page)]
    assert found == [
        ("sh", "sail", "not run", "needs a ship"),
        ("text", "ahoy", None, ""),
        ("python", "x", "run by", "tests/a.py"),
    ]


def test_blocks_of_a_page_know_what_those_before_did(reader: Reader) -> None:
    with reader:
        assert reader.shell("SHIP=kestrel\nexport SHIP") == ""
        assert reader.shell("echo $SHIP; echo http://localhost:8700") == "kestrel\nhttp://127.0.0.1:1\n"
        assert reader.python("x = 2\nprint('two')") == "two\n"
        assert reader.python("print(x)") == "2\n"


@pytest.mark.parametrize(("language", "code"), [("shell", "false\ntrue"), ("python", "1 / 0")])
def test_a_block_that_fails_is_told(reader: Reader, language: str, code: str) -> None:
    with reader, pytest.raises(BlockFailed, match=r"exit code 1|ZeroDivisionError"):
        getattr(reader, language)(code)


def test_what_is_printed_may_have_gaps() -> None:
    assert as_shown("parse_... is done\n", "parse_81 is done\n")
    assert not as_shown("30.0\n", "31.0\n")


def test_there_is_something_to_try() -> None:
    assert len(TRIED) >= 4
    assert re.search("invoice.pdf", (ROOT / "README.md").read_text(encoding="utf-8"))
