"""How documents number their headings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

_ROMAN = ((50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_CHINESE = "零一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Scheme:
    """Labels by level from 1 on; a level without a label is not numbered.

    In a label ``{a1}`` is the count of level 1 in Arabic figures, ``{R1}`` and ``{r1}`` in Roman ones,
    ``{L1}`` and ``{l1}`` as a letter, ``{z1}`` in Chinese. Levels ``running_on`` are not counted afresh below
    another heading; at ``apart`` level the label has a line of its own.
    """

    labels: tuple[str, ...]
    gap: str = " "
    running_on: frozenset[int] = frozenset()
    apart: int = 0


@dataclass(slots=True)
class Counter:
    """Counts headings; ``label`` gives the next one's."""

    scheme: Scheme
    counts: dict[int, int] = field(default_factory=dict)

    def label(self, level: int) -> str:
        """The label of the next heading of this level."""
        self.counts[level] = self.counts.get(level, 0) + 1
        for deeper in [one for one in self.counts if one > level and one not in self.scheme.running_on]:
            del self.counts[deeper]
        if level > len(self.scheme.labels):
            return ""
        return self.scheme.labels[level - 1].format_map(dict(self._numbers()))

    def _numbers(self) -> Iterator[tuple[str, str]]:
        for level in range(1, 7):
            count = self.counts.get(level, 1)
            yield f"a{level}", str(count)
            yield f"R{level}", roman(count).upper()
            yield f"r{level}", roman(count)
            yield f"L{level}", chr(ord("A") + (count - 1) % 26)
            yield f"l{level}", chr(ord("a") + (count - 1) % 26)
            yield f"z{level}", chinese(count)


def roman(number: int) -> str:
    """Lower-case Roman figures of a number below 90."""
    found = ""
    for value, letters in _ROMAN:
        times, number = divmod(number, value)
        found += letters * times
    return found


def chinese(number: int) -> str:
    """Chinese figures of a number below 100."""
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else ("十" if tens == 1 else _CHINESE[tens] + "十")) + (
        _CHINESE[ones] if ones or not tens else ""
    )


NONE = Scheme(())
_DECIMAL = Scheme(("{a1}", "{a1}.{a2}", "{a1}.{a2}.{a3}", "{a1}.{a2}.{a3}.{a4}"))
_DOTTED = Scheme(("{a1}.", "{a1}.{a2}.", "{a1}.{a2}.{a3}."))
_HALF_DOTTED = Scheme(("{a1}.", "{a1}.{a2}", "{a1}.{a2}.{a3}"), gap="  ")
_OUTLINE = Scheme(("{R1}.", "{L2}.", "{a3}.", "{l4})"))
_LETTERS = Scheme(("{L1}.", "{L1}.{a2}", "{L1}.{a2}.{a3}"))
_CLAUSES = Scheme(("{a1}.", "({l2})", "({r3})"))
_TOP_ONLY = Scheme(("{a1}.",))


def schemes(kind: str, language: str, word: dict[str, str]) -> list[Scheme]:
    """The ways to number a document of this kind (report, contract, manual, paper) in a language.

    ``word`` has the language's words for chapter, part, article and section.
    """
    if language == "zh":
        return [
            Scheme(("第{z1}章", "第{z2}节", "{z3}、", "（{z4}）")),
            Scheme(("{z1}、", "（{z2}）", "{a3}、"), gap=""),
        ]
    if language == "ja":
        return [
            Scheme(("第{a1}章", "{a1}.{a2}", "({a3})")),
            Scheme(("{a1}．", "{a1}-{a2}", "({a3})")),
            _DECIMAL,
        ]
    chapter = Scheme((f"{word['chapter']} {{a1}}", "{a1}.{a2}", "{a1}.{a2}.{a3}"))
    colon = Scheme((f"{word['chapter']} {{a1}}:", "{a1}.{a2}", "{a1}.{a2}.{a3}"))
    apart = Scheme((f"{word['chapter']} {{a1}}",), apart=1)
    on = frozenset({2})
    parts = Scheme((f"{word['part']} {{R1}}", f"{word['chapter']} {{a2}}", "{a2}.{a3}"), running_on=on)
    articles = Scheme((f"{word['article']} {{a1}}", "{a1}.{a2}", "({l3})"))
    titled = Scheme((f"{word['article'].upper()} {{R1}}", f"{word['section']} {{a1}}.{{a2}}"), gap=". ")
    laws = Scheme((f"{word['section']} {{R1}}", "§ {a2}"), running_on=on)
    return {
        "report": [NONE, _DECIMAL, _DOTTED, _OUTLINE, chapter, _HALF_DOTTED, parts, _LETTERS],
        "contract": [articles, titled, _TOP_ONLY, _HALF_DOTTED, _CLAUSES, laws, articles],
        "manual": [NONE, _DECIMAL, colon, apart, _DECIMAL, _TOP_ONLY],
        "paper": [_DECIMAL, _DOTTED, _OUTLINE, NONE, _DECIMAL],
    }[kind]
