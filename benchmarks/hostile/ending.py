"""How the reading of a file ended, and whether that is as it should be."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass

from benchmarks.hostile.cases import READABLE, Case, Kind
from benchmarks.hostile.opinion import Opinion

_WORD = re.compile(r"\w+")
_MARKS = re.compile(r"<[^<>]*>|[*_\\`~]")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may take: seconds, more of them a page, and bytes of any child with all that it started."""

    seconds: float = 60.0
    page_seconds: float = 5.0
    memory_bytes: int = 2 << 30


@dataclass(frozen=True, slots=True)
class Ending:
    """What became of a file.

    ``error`` is the class of the document's error and ``message`` its sentence, both empty after a success;
    ``stray`` that of an exception which is no document's error. ``lost`` counts children that crashed, hung
    or outgrew their limits, ``faults`` pages that could not be read. ``text`` is the Markdown; ``hidden``: a
    warning says that text was left out because it does not show.
    """

    seconds: float
    peak_bytes: int
    error: str = ""
    message: str = ""
    stray: str = ""
    lost: int = 0
    pages: int = 0
    faults: int = 0
    text: str = ""
    hidden: bool = False

    @property
    def successful(self) -> bool:
        """Whether there is a document."""
        return not self.error and not self.stray


def wrong_with(case: Case, ending: Ending, opinion: Opinion, limits: Limits) -> list[str]:
    """The promises that this ending breaks, in words; none where all is well."""
    found = []
    if ending.stray:
        found.append(f"an exception that is no error of a document: {ending.stray}")
    if ending.lost:
        found.append(f"{ending.lost} children were lost")
    if ending.seconds > limits.seconds + limits.page_seconds * ending.pages:
        found.append(f"it took {ending.seconds:.0f} s")
    if ending.peak_bytes > limits.memory_bytes:
        found.append(f"it took {ending.peak_bytes >> 20} MiB")
    if ending.error and not ending.message.strip().endswith("."):
        found.append("the error is no sentence")
    if wrong := _wrong_outcome(case, ending, opinion):
        found.append(wrong)
    return found


def _wrong_outcome(case: Case, ending: Ending, opinion: Opinion) -> str | None:
    if case.kind is Kind.ENCRYPTED and not opinion.opens:
        return None if ending.error == "DocumentEncrypted" else f"not refused as encrypted: {_end(ending)}"
    if case.kind in READABLE or (case.kind is Kind.HARD and says_something(opinion.text)):
        if not ending.successful:
            return f"not read: {_end(ending)}" if opinion.opens or not _may_have_no_page(case) else None
        if says_something(opinion.text) and not (says_something(ending.text) or ending.hidden):
            return "nothing was read, but there is text"
    return None


def _may_have_no_page(case: Case) -> bool:
    """Whether a file may be valid and have nothing to read: a PDF of a script alone."""
    return case.path.suffix == ".pdf" and case.kind is not Kind.MISLABELLED


def _end(ending: Ending) -> str:
    return ending.error or ending.stray or "successful"


def says_something(text: str) -> bool:
    """Whether there is a letter or a digit in it."""
    return any(unicodedata.category(character)[0] in "LN" for character in text)


def kept(opinion: Opinion, ending: Ending) -> float | None:
    """The share of PyMuPDF's words that were read, wherever they stand; None where it found none."""
    theirs = _words(opinion.text)
    if not theirs:
        return None
    return sum((theirs & _words(ending.text)).values()) / theirs.total()


def _words(text: str) -> Counter[str]:
    return Counter(_WORD.findall(unicodedata.normalize("NFKC", _MARKS.sub("", text)).lower()))
