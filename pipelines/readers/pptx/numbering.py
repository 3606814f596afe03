"""What stands before a paragraph: bullets and the numbers that count on (ECMA-376 part 1, §21.1.2.4)."""

from __future__ import annotations

from lxml.etree import _Element

from pipelines.readers.numerals import numeral
from pipelines.readers.pptx.names import A, number

BULLETS = (f"{A}buNone", f"{A}buAutoNum", f"{A}buChar", f"{A}buBlip")
_LARGEST_START = 32767
# Schemes are named by their digits and what stands around them: romanUcParenBoth. The digits' names in Word:
_FORMS = {
    "alphaLc": "lowerLetter", "alphaUc": "upperLetter", "romanLc": "lowerRoman", "romanUc": "upperRoman",
    "circleNum": "decimalEnclosedCircle", "arabicDb": "decimalFullWidth", "ea1Chs": "chineseCounting",
    "ea1Cht": "chineseCounting", "ea1Jpn": "japaneseCounting", "hebrew2": "hebrew2",
    "arabic1": "arabicAlpha", "arabic2": "arabicAbjad", "thaiAlpha": "thaiLetters",
    "thaiNum": "thaiNumbers", "hindiAlpha": "hindiVowels", "hindiNum": "hindiNumbers",
}  # fmt: skip
_AROUND = {"ParenBoth": ("(", ")"), "ParenR": ("", ")"), "Period": ("", "."), "Minus": ("-", "-")}


class Counters:
    """The numbers of a text's paragraphs, by level; a list ends where another kind of paragraph comes."""

    def __init__(self) -> None:
        self._open: dict[int, tuple[str, int, int]] = {}

    def label(self, bullet: _Element | None, level: int) -> str | None:
        """What is shown before the next paragraph: a number, nothing for a bullet; None: it is no item."""
        for deeper in [known for known in self._open if known > level]:
            del self._open[deeper]
        is_blank = bullet is not None and bullet.tag == f"{A}buChar" and not bullet.get("char", "").strip()
        if bullet is None or bullet.tag == f"{A}buNone" or is_blank:
            self._open.pop(level, None)
            return None
        if bullet.tag != f"{A}buAutoNum":
            self._open.pop(level, None)
            return ""
        scheme = bullet.get("type", "arabicPeriod")
        start = int(min(max(number(bullet, "startAt", 1), 1), _LARGEST_START))
        before = self._open.get(level)
        count = before[2] + 1 if before and before[:2] == (scheme, start) else start
        self._open[level] = (scheme, start, count)
        return label_of(count, scheme)


def label_of(count: int, scheme: str) -> str:
    """A number as a scheme (``alphaLcParenR``, ``circleNumDbPlain``…) shows it."""
    form = next((form for name, form in _FORMS.items() if scheme.startswith(name)), "decimal")
    before, after = next((signs for name, signs in _AROUND.items() if scheme.endswith(name)), ("", ""))
    return f"{before}{numeral(count, form)}{after}"
