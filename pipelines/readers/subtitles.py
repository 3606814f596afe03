"""Subtitles (WebVTT, SubRip): a transcript, one paragraph for each turn of a speaker."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise

from pipelines.readers.html.reader import fragments_of_html
from pipelines.readers.text import OneText, fragments_of_text
from schemas.fragments import PageFragment

_TIME = r"(?:\d{1,4}:)?\d{1,2}:\d{1,2}[.,]\d{1,3}"
_TIMING = re.compile(rf"[ \t]*({_TIME})[ \t]*-->[ \t]*({_TIME})")
# WebVTT §4.2.2: a cue's text may name its speaker and carry marks and times.
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?[ \t]+([^>]+)>")
_MARK = re.compile(r"<(/?)([biu])(?:\.[^\s>]*)?>", re.IGNORECASE)
_TAG = re.compile(r"</?(?:c|v|lang|ruby|rt|font|[0-9:.]+)(?:[.\s][^<>]*)?>|\{\\[^{}]*\}", re.IGNORECASE)
# A turn that nobody's name ends goes on until somebody is silent for this many seconds…
_SILENCE = 2.0
# …or has said this much.
_LONGEST_TURN = 1000


@dataclass(slots=True)
class _Cue:
    start: float
    end: float
    speaker: str
    text: str


@dataclass(slots=True)
class _Turn:
    start: float
    end: float
    speaker: str
    parts: list[str] = field(default_factory=list)
    length: int = 0

    def goes_on(self, cue: _Cue) -> bool:
        if cue.speaker != self.speaker or self.length > _LONGEST_TURN:
            return False
        return bool(self.speaker) or cue.start - self.end <= _SILENCE


class SubtitleReader(OneText):
    """Cues in order, those of one speaker joined to a paragraph that begins with the time and the name.

    Raises ``DocumentEmpty`` and ``DocumentUnreadable``.
    """

    def fragments(self) -> list[PageFragment]:
        """One ``text`` fragment a turn; a file without a single cue is read as plain text."""
        turns = list(_turns(_cues(self._text)))
        return fragments_of_html("\n".join(map(_html, turns))) if turns else fragments_of_text(self._text)


def _cues(text: str) -> Iterator[_Cue]:
    """The cues: a line of times, then text until an empty line or, where that is missing, the next times."""
    lines = text.split("\n")
    starts = [n for n, line in enumerate(lines) if _TIMING.match(line)]
    for start, following in pairwise([*starts, len(lines)]):
        body = []
        for line in lines[start + 1 : following]:
            if not line.strip():
                break
            body.append(line.strip())
        times = _TIMING.match(lines[start])
        if times is None:
            continue
        # Text, speaker, text, speaker, text…
        pieces = _VOICE.split(" ".join(body))
        for speaker, said in zip(["", *pieces[1::2]], pieces[::2], strict=True):
            if said.strip():
                start_of, end_of = _seconds(times.group(1)), _seconds(times.group(2))
                yield _Cue(start_of, end_of, " ".join(speaker.split()), _inline(said.strip()))


def _inline(text: str) -> str:
    """A cue's text as HTML: of its tags, those of bold and italic text are kept."""
    text = _MARK.sub(lambda found: f"\x00{found.group(1)}{found.group(2).lower()}\x01", text)
    text = escape(_TAG.sub("", text), quote=False).replace("&amp;", "&")
    return text.replace("\x00", "<").replace("\x01", ">")


def _turns(cues: Iterator[_Cue]) -> Iterator[_Turn]:
    turn: _Turn | None = None
    for cue in cues:
        if turn is None or not turn.goes_on(cue):
            if turn:
                yield turn
            turn = _Turn(cue.start, cue.end, cue.speaker)
        turn.parts.append(cue.text)
        turn.length += len(cue.text)
        turn.end = cue.end
    if turn:
        yield turn


def _html(turn: _Turn) -> str:
    minutes, seconds = divmod(int(turn.start), 60)
    speaker = f"<b>{escape(turn.speaker)}:</b> " if turn.speaker else ""
    hours, minutes = divmod(minutes, 60)
    time = f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
    return f"<p>[{time}] {speaker}{' '.join(turn.parts)}</p>"


def _seconds(time: str) -> float:
    *hours, minutes, seconds = time.replace(",", ".").split(":")
    return 3600 * sum(map(int, hours)) + 60 * int(minutes) + float(seconds)
