"""Telephone numbers, e-mail and web addresses, account numbers and codes: what is known by its shape."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import accumulate

import phonenumbers
import regex
from stdnum import iban as iban_number

from pipelines.extraction.values.dates import dates
from pipelines.extraction.values.numbers import numbers

Place = tuple[int, int]

_EMAIL = regex.compile(r"(?<![\w.+-])[\w.+-]{1,64}\s?@\s?(?:[\w-]{1,63}\.){1,8}\p{L}{2,24}(?![\p{L}\p{N}])")
_URL = regex.compile(
    r"(?<![\w@.])(?:(?i:https?://|www\.)[^\s<>\"']{2,2000}"
    r"|(?:[\p{L}\p{N}-]{2,63}\.){1,4}(?:com|org|net|gov|edu|info|biz|io|eu|co|[a-z]{2})"
    r"(?:/[^\s<>\"']{0,2000}|(?![\w@.])))"
)
_PHONE = regex.compile(
    r"(?<![\p{L}\p{N}]|\d[.,/-])(?:\+|00)?\(?\d[\d()]{0,7}(?:[\s./–-]{1,3}\(?\d{1,8}\)?){0,6}(?![\p{L}\p{N}]|[,:/]\d)"
)
_IBAN = regex.compile(
    r"(?<![\p{L}\p{N}])[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,4})?(?![\p{L}\p{N}])"
)
_CODE = regex.compile(
    r"(?<![^\s(\[#:;,])(?:(?i:no|nr|n)[.°º:]{1,2}(?=\d))?\K[#№]?"
    r"(?=[^\s°º:]{0,40}\d)[\p{L}\p{N}](?:[\p{L}\p{N}./_*#&-]{0,60}[\p{L}\p{N}*])?"
)
# Groups of figures and capitals with one space between them are one code: 1234 5678 9012.
_GROUPS = regex.compile(
    r"(?<![\p{L}\p{N}])(?:[A-Z]{1,4}\s?)?\d{2,6}(?:[ -][A-Z0-9]{2,6}){1,7}(?![\p{L}\p{N}])"
)
# A bank's code may have no figures: then only what stands before it tells it from a word.
_BIC = regex.compile(
    r"(?<=(?i:bic|swift)[^\p{L}\p{N}]{1,4})[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?(?![\p{L}\p{N}])"
)
_LEAST_PHONE, _MOST_PHONE = 7, 15

# Numbers without a country's code are tried as if dialled in these: the formats of most documents.
_REGIONS = "US GB DE FR ES IT NL BE CH AT SE DK NO FI PL CZ PT IE AU NZ IN SG MY HK JP CN KR BR MX ZA".split()


def emails(text: str) -> Iterator[Place]:
    """Where e-mail addresses stand."""
    return (found.span() for found in _EMAIL.finditer(text))


def urls(text: str) -> Iterator[Place]:
    """Where addresses of the web stand, with or without ``http``."""
    for found in _URL.finditer(text):
        yield found.start(), found.start() + len(found[0].rstrip(".,;:)]"))


def ibans(text: str) -> Iterator[Place]:
    """Where international bank account numbers stand, those whose check digits are right."""
    for found in _IBAN.finditer(text):
        if iban_number.is_valid(found[0]):
            yield found.span()


def phones(text: str) -> Iterator[Place]:
    """Where telephone numbers stand: a shape that some country's numbers have."""
    return without(_dialling(text), ((date.start, date.end) for date in dates(text)))


def _dialling(text: str) -> Iterator[Place]:
    for found in _PHONE.finditer(text):
        digits = sum(map(str.isdecimal, found[0]))
        slashed = "/" in found[0] and found[0][0] not in "0(+"
        if _LEAST_PHONE <= digits <= _MOST_PHONE and not slashed and _is_phone(found[0]):
            yield found.span()


def codes(text: str) -> Iterator[Place]:
    """Where numbers that name something stand, of invoices, accounts, taxes: one word, or groups.

    Amounts, shares and dates are none.
    """
    taken = [(date.start, date.end) for date in dates(text) if date.days]
    taken += [(number.start, number.end) for number in numbers(text) if number.is_money or number.percent]
    found = [match.span() for pattern in (_CODE, _GROUPS, _BIC) for match in pattern.finditer(text)]
    return without(longest_first(found), taken)


def longest_first(found: Iterable[Place]) -> Iterator[Place]:
    """Places from left to right, none over another, the longest where several begin."""
    end = 0
    for place in sorted(found, key=lambda place: (place[0], -place[1])):
        if place[0] >= end:
            yield place
            end = place[1]


def without(found: Iterable[Place], taken: Iterable[Place]) -> Iterator[Place]:
    """The places that lie over none of ``taken``."""
    sure = sorted(taken)
    ends = list(accumulate((end for _, end in sure), max))
    for begin, end in found:
        before = bisect_left(sure, (end, 0))  # those that begin before the place ends
        if not before or ends[before - 1] <= begin:
            yield begin, end


def dialled(text: str) -> str:
    """The digits of a telephone number without what the country's code and the first zero add."""
    digits = "".join(c for c in text if c.isdecimal())
    return digits[-_LEAST_PHONE - 1 :]


def _is_phone(text: str) -> bool:
    for region in [None] if text.startswith("+") else _REGIONS:
        try:
            number = phonenumbers.parse(text, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return True
    return text.startswith(("+", "00")) or "(" in text
