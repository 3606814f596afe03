"""Numbers in digits as a format's placeholders lay them out: grouping, percent, exponents, fractions."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

Piece = tuple[str, str]
"""A token's kind and what it shows."""

_GENERAL_WIDTH = 11
_LARGEST_WHOLE = 1e16
_MOST_PRECISE = 15
# The largest number before the point, and the longest format after it.
_MOST_PLACES = 2500
_LARGEST_PLAIN = 1e12
_LETTERS = {"comma": ",", "point": ".", "percent": "%", "exponent": "E", "slash": "/"}
_PLAIN = re.compile(r"(x*)((?:#,##)?)0(?:\.(0+))?(%?)(x*)")
_BLANKS = {"0": "0", "#": "", "?": " "}


def general(value: float) -> str:
    """A number in the format ``General``: as many digits as fit into eleven characters.

    Whole numbers keep all their digits, as in LibreOffice: they may well be no quantities but names.
    """
    if value == int(value) and abs(value) < _LARGEST_WHOLE:
        return str(int(value))
    exponent = int(f"{value:e}".partition("e")[2])
    if -4 <= exponent <= -1:
        return _stripped(f"{value:.{10 + exponent}g}" if exponent > -4 else f"{_rounded(value, 9):f}")
    if -9 <= exponent <= 10:
        for precision in range(10, 4, -1):
            shown = _stripped(f"{Decimal(f'{value:.{precision}g}'):f}")
            if len(shown.lstrip("-")) <= _GENERAL_WIDTH:
                return shown
    mantissa, _, power = f"{value:.5e}".partition("e")
    return f"{_stripped(mantissa)}E{power}"


def digits_text(pieces: Sequence[Piece], value: float) -> str:
    """A number in a format with placeholders for digits; ``-`` in front of a negative one."""
    with localcontext(prec=_MOST_PLACES):
        return ("-" if value < 0 else "") + _unsigned(pieces, value)


def _unsigned(pieces: Sequence[Piece], value: float) -> str:
    number = _exact(abs(value)).scaleb(2 * sum(kind == "percent" for kind, _ in pieces))
    kinds = [kind for kind, _ in pieces]
    if "exponent" in kinds:
        return _scientific(pieces, number)
    slash = _fraction_slash(pieces)
    if slash is not None:
        return _as_fraction(pieces, number, slash)
    return _decimal(pieces, number)


def plain_decimal(pieces: Sequence[Piece]) -> Callable[[float], str] | None:
    """A quicker way for formats like ``0``, ``#,##0.00`` and ``0.0%``, with text around; None for others."""
    layout = "".join(_LETTERS.get(kind, text if kind == "digit" else "x") for kind, text in pieces)
    match = _PLAIN.fullmatch(layout)
    if match is None:
        return None
    before, grouped, places, percent, _ = match.groups()
    prefix = "".join(text for _, text in pieces[: len(before)])
    suffix = "".join(text for _, text in pieces[match.end(3) if places else match.end(2) + 1 :])
    step, spelling = Decimal(1).scaleb(-len(places or "")), ",f" if grouped else "f"

    def show(value: float) -> str:
        if abs(value) >= _LARGEST_PLAIN:
            return digits_text(pieces, value)
        number = _exact(abs(value))
        shown = (number.scaleb(2) if percent else number).quantize(step, ROUND_HALF_UP)
        return f"{'-' if value < 0 else ''}{prefix}{shown:{spelling}}{suffix}"

    return show


def _exact(value: float) -> Decimal:
    """The number as spreadsheets know it: with fifteen digits."""
    return Decimal(f"{value:.{_MOST_PRECISE}g}")


def _rounded(value: float | Decimal, places: int) -> Decimal:
    number = value if isinstance(value, Decimal) else _exact(value)
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _stripped(number: str) -> str:
    return number.rstrip("0").rstrip(".") if "." in number else number


def _split(pieces: Sequence[Piece]) -> tuple[list[Piece], list[Piece], str]:
    """The pieces before the decimal point, after it, and the point."""
    point = next((i for i, (kind, _) in enumerate(pieces) if kind == "point"), None)
    if point is None:
        return list(pieces), [], ""
    return list(pieces[:point]), list(pieces[point + 1 :]), "."


def _decimal(pieces: Sequence[Piece], number: Decimal) -> str:
    pieces, thousands, grouped = _without_commas(pieces)
    whole, part, point = _split(pieces)
    part = [("literal", text) if kind == "point" else (kind, text) for kind, text in part]
    places = sum(kind == "digit" for kind, _ in part)
    text = f"{_rounded(number.scaleb(-3 * thousands), places):f}"
    integer, _, fraction = text.partition(".")
    return _integer(whole, integer, grouped) + point + _fraction_digits(part, fraction)


def _without_commas(pieces: Sequence[Piece]) -> tuple[list[Piece], int, bool]:
    """The pieces without the commas among digits; how many divide by a thousand, and whether others group."""
    digits = [i for i, (kind, _) in enumerate(pieces) if kind == "digit"]
    point = next((i for i, (kind, _) in enumerate(pieces) if kind == "point"), len(pieces))
    before = [i for i in digits if i < point]
    kept: list[Piece] = []
    thousands, grouped = 0, False
    for i, (kind, text) in enumerate(pieces):
        if kind != "comma":
            kept.append((kind, text))
        elif before and before[0] < i < before[-1]:
            grouped = True
        elif digits and i > digits[0]:
            thousands += 1
        else:
            kept.append(("literal", text))
    return kept, thousands, grouped


def _integer(pieces: Sequence[Piece], integer: str, grouped: bool) -> str:
    """Digits laid into the placeholders from the right; those left over stand before the first."""
    digits = integer.lstrip("0")
    places = [i for i, (kind, _) in enumerate(pieces) if kind == "digit"]
    if not places:
        return digits + "".join(text for _, text in pieces)
    shown = [text for _, text in pieces]
    for count, index in enumerate(reversed(places)):
        last = index == places[0]
        taken = (
            digits[: len(digits) - count] if last else digits[len(digits) - count - 1 : len(digits) - count]
        )
        if count >= len(digits):
            taken = _BLANKS[pieces[index][1]]
        if grouped:
            taken = _grouped(taken, count)
        shown[index] = taken
    return "".join(shown)


def _grouped(digits: str, to_the_right: int) -> str:
    """``digits`` with commas, ``to_the_right`` others standing right of them."""
    out: list[str] = []
    for count, digit in enumerate(reversed(digits), start=to_the_right):
        out.append(f"{digit}," if count and count % 3 == 0 and digit.isdigit() else digit)
    return "".join(reversed(out))


def _fraction_digits(pieces: Sequence[Piece], digits: str) -> str:
    """Digits after the point, zeros at the end as the placeholders want them."""
    used = len(digits.rstrip("0"))
    shown: list[str] = []
    count = 0
    for kind, text in pieces:
        if kind != "digit":
            shown.append(text)
            continue
        shown.append(digits[count] if count < used else _BLANKS[text])
        count += 1
    return "".join(shown)


def _scientific(pieces: Sequence[Piece], number: Decimal) -> str:
    at = next(i for i, (kind, _) in enumerate(pieces) if kind == "exponent")
    mantissa, after = list(pieces[:at]), list(pieces[at + 1 :])
    whole, part, _ = _split(mantissa)
    step = max(1, sum(kind == "digit" for kind, _ in whole))
    places = sum(kind == "digit" for kind, _ in part)
    exponent = number.adjusted() // step * step if number else 0
    if _rounded(number.scaleb(-exponent), places) >= Decimal(10) ** step:
        exponent += step
    sign = "-" if exponent < 0 else "+" if pieces[at][1].endswith("+") else ""
    shown = _integer(after, str(abs(exponent)), grouped=False)
    return _decimal(mantissa, number.scaleb(-exponent)) + "E" + sign + shown


def _fraction_slash(pieces: Sequence[Piece]) -> int | None:
    """Where the slash of a fraction is: a digit placeholder stands before it, one or a number after it."""
    for i, (kind, _) in enumerate(pieces):
        if kind == "slash" and any(k == "digit" for k, _ in pieces[:i]):
            after = "".join(text for _, text in pieces[i + 1 :]).strip()
            return i if after[:1] in {"0", "#", "?"} or after[:1].isdigit() else None
    return None


def _as_fraction(pieces: Sequence[Piece], number: Decimal, slash: int) -> str:
    start = slash
    while start and (pieces[start - 1][0] == "digit" or not pieces[start - 1][1].strip()):
        start -= 1
        if not pieces[start][1].strip() and any(kind == "digit" for kind, _ in pieces[start:slash]):
            start += 1
            break
    whole, below = pieces[:start], "".join(text for _, text in pieces[slash + 1 :]).strip()
    width = next((i for i, c in enumerate(below) if not (c in "#?" or c.isdigit())), len(below))
    below, rest = below[:width], below[width:]
    mixed = any(kind == "digit" for kind, _ in whole)
    integer, part = divmod(number, 1) if mixed else (Decimal(0), number)
    if below.strip("0#?"):
        denominator = int("".join(c for c in below if c.isdigit()))
        numerator = int(_rounded(part * denominator, 0))
    else:
        nearest = Fraction(part).limit_denominator(10 ** min(len(below), 7) - 1)
        numerator, denominator = nearest.numerator, nearest.denominator
    if mixed and numerator == denominator:
        integer, numerator = integer + 1, 0
    shown = _integer(whole, f"{integer:f}", grouped=False) if integer or not numerator else ""
    if mixed and not numerator:
        return (shown.strip() or "0") + rest
    return f"{shown.strip()} {numerator}/{denominator}{rest}".strip()
