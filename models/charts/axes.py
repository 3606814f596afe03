"""What the labels of an axis say: numbers as people write them, and the scale that runs through them.

Positions are along the axis, in any unit, growing either way.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from schemas.charts import Number

_MOST_LABELS = 40
"""Labels that are looked at, evenly picked: every two of them make a scale to be tried."""
_OFF = 0.02
"""How far a label may stand from where its scale has it, as a share of the labelled stretch."""
_AGREE = 0.6
"""The least share of the numbers that must lie on one scale."""
_DECADE = 8.0
"""A logarithmic axis spans at least so large a factor."""
_NEAREST = 1e-6
"""Labels that are nearer to each other stand at one place."""
_LONGEST = 40
"""Characters; longer texts are no numbers."""

_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_SIGNS = str.maketrans({"−": "-", "–": "-", "—": "-", "‒": "-", "﹣": "-", "－": "-", "％": "%", "，": ","})
_UNITS = {
    "": 1.0,
    **dict.fromkeys(["k", "thousand", "thousands", "tsd"], 1e3),
    **dict.fromkeys(["m", "mn", "mio", "mil", "million", "millions"], 1e6),
    **dict.fromkeys(["b", "bn", "mrd", "billion", "billions"], 1e9),
    **dict.fromkeys(["t", "tn", "trn", "trillion", "trillions"], 1e12),
}
_POWER = re.compile(
    r"(?P<sign>-?)(?:(?P<factor>\d+(?:[.,]\d+)?)\s?[×x*·⋅]\s?)?10\^\{?(?P<exponent>[-+]?\d{1,2})\}?"
)
_BARE_POWER = re.compile(r"10(?P<exponent>-?\d)")
_NUMBER = re.compile(
    r"(?P<sign>[-+]?)[~≈<>]?\s?(?:[A-Z]{1,2}(?=\$))?[$€£¥₹₽₩]?\s?(?P<sign2>-?)"
    r"(?P<digits>\d[\d.,'’ ]*|[.,]\d+)(?:[eE](?P<exponent>[-+]?\d{1,2}))?"
    r"\s?(?P<unit>[a-zA-Z]*)\.?\s?[%‰]?\s?(?:[$€£¥₹₽₩]|°[CFK]?)?\**"
)
_GROUPED = {
    mark: re.compile(rf"\d{{1,3}}(?:{mark}\d{{2,3}})*{mark}\d{{3}}") for mark in (",", r"\.", "[ '’]")
}


@dataclass(frozen=True, slots=True)
class Scale:
    """Positions along an axis to numbers. ``min`` and ``max`` are the least and greatest labelled numbers.

    ``residual`` is the mean distance of the labels from their scale, as a share of the labelled stretch;
    ``support`` the number of labels that lie on it; ``kind`` is ``linear`` or ``log``.
    """

    kind: str
    slope: float
    start: float
    min: float
    max: float
    residual: float
    support: int

    def value(self, position: float) -> float:
        """The number at ``position``; beyond the labels too."""
        along = self.start + self.slope * position
        return float(10.0 ** min(max(along, -300.0), 300.0)) if self.kind == "log" else along

    def position(self, value: float) -> float | None:
        """Where ``value`` is; None for a number that a logarithmic axis does not have."""
        if self.kind == "log":
            return (math.log10(value) - self.start) / self.slope if value > 0 else None
        return (value - self.start) / self.slope

    def times(self, factor: float) -> Scale:
        """The scale whose numbers are so many times larger; ``factor`` is above zero."""
        ends = replace(self, min=self.min * factor, max=self.max * factor)
        if self.kind == "log":
            return replace(ends, start=self.start + math.log10(factor))
        return replace(ends, slope=self.slope * factor, start=self.start * factor)

    def read(self, position: float, precision: float) -> Number:
        """The number at ``position``, with the digits that a position exact to ``precision`` can tell."""
        value = self.value(position)
        step = abs(self.value(position + precision) - value)
        return plain(round(value, 1 - math.floor(math.log10(step))) if 0 < step < math.inf else value)


def plain(value: float) -> Number:
    """The number as an int where it is whole."""
    return int(value) if float(value).is_integer() and abs(value) < 2**53 else float(value)


def number_of(text: str, decimal: str = ".") -> float | None:
    """The number that ``text`` is, None if it is none or has more to it than a unit.

    Read are signs, brackets for negatives, currencies, percent signs (``25%`` is 25), magnitudes (``3k``,
    ``2.5 bn``), powers (``10³``, ``2×10^5``, ``1e3``) and groups of thousands. ``decimal`` (``.`` or ``,``)
    decides where a mark could be either: ``1.000`` is 1 or 1000. Where it can't be what it should be, it
    isn't: ``1,5`` is 1.5 and ``1.000.000`` a million, always.
    """
    text = text.strip().translate(_SIGNS)
    if not text or len(text) > _LONGEST:
        return None
    text = re.sub(r"(?<=10)([⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+)", lambda raised: "^" + raised[0].translate(_RAISED), text)
    text = re.sub(r"[\u00a0\u2009\u202f\s]", " ", text)
    if text.startswith("(") and text.endswith(")"):
        inner = number_of(text[1:-1], decimal)
        return None if inner is None else -abs(inner)
    if power := _POWER.fullmatch(text):
        factor = float((power["factor"] or "1").replace(",", "."))
        return (-1 if power["sign"] else 1) * factor * 10.0 ** int(power["exponent"])
    match = _NUMBER.fullmatch(text)
    if match is None or match["unit"].lower() not in _UNITS:
        return None
    digits = _without_groups(match["digits"].strip(), decimal)
    if digits is None:
        return None
    # Through text, so that 2.3 million is that and not 2299999.9999999998.
    value = float(
        f"{digits}e{int(match['exponent'] or 0) + round(math.log10(_UNITS[match['unit'].lower()]))}"
    )
    return -value if "-" in (match["sign"], match["sign2"]) else value


def _without_groups(digits: str, decimal: str) -> str | None:
    """Digits with a decimal point at most; None if the marks make no sense."""
    if re.search(r"[ '’]", digits):
        whole, mark, rest = re.fullmatch(r"([^.,]*)([.,]?)(.*)", digits).groups()  # type: ignore[union-attr]
        if not _GROUPED["[ '’]"].fullmatch(whole) or (mark and not rest.isdigit()):
            return None
        return re.sub(r"[ '’]", "", whole) + ("." + rest if mark else "")
    marks = [mark for mark in digits if mark in ".,"]
    if not marks:
        return digits
    last = marks[-1]
    whole, _, rest = digits.rpartition(last)
    group = "," if last == "." else "."
    if len(set(marks)) == 2:
        grouped = _GROUPED[re.escape(group)].fullmatch(whole)
        return f"{whole.replace(group, '')}.{rest}" if grouped and rest.isdigit() else None
    if _GROUPED[re.escape(last)].fullmatch(digits) and (len(marks) > 1 or last != decimal) and whole != "0":
        return digits.replace(last, "")
    return f"{whole or '0'}.{rest or '0'}" if len(marks) == 1 else None


def numbers_of(texts: Sequence[str]) -> list[float | None]:
    """The numbers of labels that belong together: what a mark means in one, it means in all.

    A comma is the decimal sign if one label can't be read otherwise and none needs the point for it.
    Labels such as ``101`` are powers of ten whose exponent lost its place if one of them is ``10-1``.
    """
    if any(re.fullmatch(r"10-\d", text.strip().translate(_SIGNS)) for text in texts):
        powers = [_BARE_POWER.fullmatch(text.strip().translate(_SIGNS)) for text in texts]
        return [
            10.0 ** int(power["exponent"]) if power else number_of(text)
            for power, text in zip(powers, texts, strict=True)
        ]
    decimal = _decimal_sign(texts)
    return [number_of(text, decimal) for text in texts]


def _decimal_sign(texts: Sequence[str]) -> str:
    comma, point = (
        any(number_of(text) is not None and re.search(rf"{mark}(?!\d{{3}}(?!\d))\d", text) for text in texts)
        for mark in (",", r"\.")
    )
    return "," if comma and not point else "."


def fit_scale(positions: Sequence[float], texts: Sequence[str]) -> Scale | None:
    """The scale on which most labels lie, linear or logarithmic; None if no scale has enough of them.

    A consensus (RANSAC over every two labels, Fischler & Bolles 1981): a misread label, or a number that is
    none of the axis's, does no harm.
    """
    step = max(1, math.ceil(len(texts) / _MOST_LABELS))
    places, labels = np.asarray(positions[::step], dtype=float), list(texts[::step])
    readings = [numbers_of(labels)]
    if readings[0] != (other := [number_of(label, ",") for label in labels]):
        readings.append(other)  # where the marks leave it open, the spacing decides
    scales = [scale for numbers in readings for scale in _scales(places, numbers)]
    # Of two that fit as well the usual reading, which is the first.
    return max(scales, key=lambda scale: (scale.support, -round(scale.residual, 4)), default=None)


def _scales(places: NDArray[np.float64], numbers: Sequence[float | None]) -> list[Scale]:
    known = [i for i, number in enumerate(numbers) if number is not None]
    at = places[known]
    values = np.array([numbers[i] for i in known], dtype=float)
    found = [_consensus("linear", at, values, values)]
    above = values > 0
    if above.sum() > 2 and values[above].max() >= _DECADE * values[above].min():
        found.append(_consensus("log", at[above], np.log10(values[above]), values[above]))
    least = max(2.0, _AGREE * len(known))
    # A straight scale through as many labels is the simpler one.
    best = [scale for scale in found if scale is not None and scale.support >= least]
    return best[:1] if len(best) == 2 and best[0].support >= best[1].support else best[-1:]


def _consensus(
    kind: str, at: NDArray[np.float64], along: NDArray[np.float64], values: NDArray[np.float64]
) -> Scale | None:
    """The line ``along = start + slope * at`` that passes the most points, then fitted to all of these."""
    best: tuple[int, float, NDArray[np.bool_]] | None = None
    for i, j in combinations(range(len(at)), 2):
        stretch = abs(at[i] - at[j])
        if along[i] == along[j] or stretch < _NEAREST:
            continue
        slope = (along[j] - along[i]) / (at[j] - at[i])
        off = np.abs(at[i] + (along - along[i]) / slope - at)
        on = off <= _OFF * max(stretch, np.ptp(at))
        rank = (int(on.sum()), -float(off[on].mean()))
        if best is None or rank > best[:2]:
            best = (*rank, on)
    if best is None or len(set(along[best[2]])) < 2:
        return None
    on = best[2]
    slope, start = np.polyfit(at[on], along[on], 1)
    residual = float(np.abs((along[on] - start) / slope - at[on]).mean() / np.ptp(at[on]))
    least, most = float(values[on].min()), float(values[on].max())
    return Scale(kind, float(slope), float(start), least, most, residual, int(on.sum()))
