"""A parser that is slow on what nobody writes is ended, and the text alone is read."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import pytest

from pipelines.readers import markdown, rst
from pipelines.readers.allowance import OutOfTimeError, allowed
from pipelines.readers.markdown import MarkdownReader
from pipelines.readers.rst import RstReader
from schemas.reading import FlowView


def compute(*_: object, **__: object) -> str:
    """Until somebody ends it, whatever it catches."""
    ended = 0
    while ended < 3:
        try:
            while True:
                sum(range(1000))
        except OutOfTimeError:
            ended += 1
    raise OutOfTimeError


def test_what_computes_for_too_long_is_ended_even_if_it_catches_that() -> None:
    before = signal.getsignal(signal.SIGVTALRM)
    with pytest.raises(OutOfTimeError), allowed(0.01):
        compute()
    assert signal.getsignal(signal.SIGVTALRM) is before
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)


def test_what_is_done_in_time_is_left_alone_and_other_threads_too() -> None:
    with allowed(3600):
        assert sum(range(10)) == 45
    done: list[int] = []

    def elsewhere() -> None:
        with allowed(1e-6):
            done.append(sum(range(1_000_000)))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert len(done) == 1


@pytest.mark.parametrize(("reader", "module"), [(RstReader, rst), (MarkdownReader, markdown)])
def test_the_text_alone_is_read_where_the_parser_takes_too_long(
    reader: type[RstReader | MarkdownReader], module: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_text("# Some\n\n*words*")
    monkeypatch.setattr(module, "PARSER_SECONDS", 0.01)
    for parse in ("html_of_rst", "html_of_markdown"):
        monkeypatch.setattr(module, parse, compute, raising=False)
    found = reader(tmp_path / "a").flow_page(1, FlowView()).fragments
    assert [one.content.content for one in found] == ["# Some", "*words*"]
