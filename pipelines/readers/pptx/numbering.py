"""What stands before a paragraph: bullets and the numbers that count on (ECMA-376 part 1, §21.1.2.4)."""

from __future__ import annotations

from lxml.etree import _Element

from pipelines.readers.html_lists import roman
from pipelines.readers.pptx.names import A, number

BULLETS = (f"{A}buNone", f"{A}buAutoNum", f"{A}buChar", f"{A}buBlip")
_LARGEST_START = 32767
_CIRCLED = 0x2460
_MOST_CIRCLED = 20
# Schemes are named by their digits and what stands around them: romanUcParenBoth.
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
        scheme, start = (
            bullet.get("type", "arabicPeriod"),
            int(min(max(number(bullet, "startAt", 1), 1), _LARGEST_START)),
        )
        before = self._open.get(level)
        count = before[2] + 1 if before and before[:2] == (scheme, start) else start
        self._open[level] = (scheme, start, count)
        return numeral(count, scheme)


def numeral(count: int, scheme: str) -> str:
    """A number as a scheme (``alphaLcParenR``, ``circleNumDbPlain``…) shows it."""
    if scheme.startswith("circleNum"):
        return chr(_CIRCLED + count - 1) if 0 < count <= _MOST_CIRCLED else f"({count})"
    before, after = next((signs for name, signs in _AROUND.items() if scheme.endswith(name)), ("", ""))
    if scheme.startswith("alpha"):
        text = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)
    elif scheme.startswith("roman"):
        text = roman(count)
    else:
        text = str(count)
    return f"{before}{text.upper() if 'Uc' in scheme else text}{after}"
