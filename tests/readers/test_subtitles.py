from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.readers.subtitles import SubtitleReader


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str], list[str]]:
    def texts(text: str) -> list[str]:
        path = tmp_path / "cues"
        path.write_text(text, encoding="utf-8")
        return [fragment.content.content for fragment in SubtitleReader(path).fragments()]

    return texts


def test_turns_of_speakers(read: Callable[[str], list[str]]) -> None:
    assert read(
        "WEBVTT - a talk\n\nNOTE not shown\nat all\n\nSTYLE\n::cue { color: red }\n\n"
        "one\n00:01.000 --> 00:02.000 align:start\n<v Ada>Good\nmorning,</v>\n\n"
        "00:09.000 --> 00:10.000\n<v.loud Ada>all.</v>\n\n"
        "01:00:11.500 --> 01:00:12.000\n<v Bob Ray>R&amp;D <i>is</i> <c.x>&lt;5</c> <00:11.700>now\n"
    ) == ["[0:01] **Ada:** Good morning, all.", "[1:00:11] **Bob Ray:** R&D *is* <5 now"]


def test_several_voices_in_one_cue(read: Callable[[str], list[str]]) -> None:
    assert read("WEBVTT\n\n00:01.000 --> 00:02.000\n<v A>Yes?\n<v B>No.") == [
        "[0:01] **A:** Yes?",
        "[0:01] **B:** No.",
    ]


def test_without_speakers_a_pause_ends_a_paragraph(read: Callable[[str], list[str]]) -> None:
    assert read(
        "1\n00:00:01,000 --> 00:00:02,000\n{\\an8}One <font color=red>two</font>\n\n"
        "2\n00:00:02,500 --> 00:00:04,000\nthree.\n\n3\n00:00:09,000 --> 00:00:10,000\nFour\n"
    ) == ["[0:01] One two three.", "[0:09] Four"]


def test_a_long_speech_is_several_paragraphs(read: Callable[[str], list[str]]) -> None:
    cues = "".join(f"{n}\n00:00:{n:02},0 --> 00:00:{n + 1:02},0\n{'word ' * 50}\n\n" for n in range(50))
    assert 5 < len(read(cues)) < 50


def test_a_text_without_cues_is_a_text(read: Callable[[str], list[str]]) -> None:
    assert read("WEBVTT\n\nnothing --> here") == ["WEBVTT", "nothing --> here"]


def test_many_cues_take_no_time(read: Callable[[str], list[str]]) -> None:
    cues = "".join(
        f"{n // 60:02}:{n % 60:02}.000 --> 99:00.000\n<v {n}>" + "<b>x" * 20 + "\n\n" for n in range(3000)
    )
    start = time.process_time()
    assert len(read("WEBVTT\n\n" + cues)) == 3000
    assert time.process_time() - start < 5


@given(
    st.lists(
        st.sampled_from(["00:01.0 --> 00:02.0", "<v A>", "x", "\n", "<b>", "{\\", "&lt;", "<", ">", "1"])
    )
)
def test_any_text_is_read(tmp_path_factory: pytest.TempPathFactory, parts: list[str]) -> None:
    path = tmp_path_factory.mktemp("cues") / "any.vtt"
    path.write_text("WEBVTT\n" + "".join(parts), encoding="utf-8")
    assert SubtitleReader(path).fragments()
