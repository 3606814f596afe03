"""Whatever a document says, values are read without an error, and where they stand is in the text."""

from __future__ import annotations

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipelines.extraction.evidence import PlacedWord
from pipelines.extraction.targets import Field, Scalar
from pipelines.extraction.values.conventions import Conventions, conventions_of
from pipelines.extraction.values.kinds import Kind, kind_of
from pipelines.extraction.values.spans import spans
from pipelines.extraction.values.typed import meanings, same, typed
from schemas.geometry import BBox

PIECES = st.sampled_from(
    [
        *"1 12 31 99 2019 1,234.50 ,5 .5 1. - ( ) / . , ' % $ € RM USD CR DR million Jan".split(),
        *"mai 日 年 月 two years (2) yes no ☒ [ ] x @ a.b.com www. +49 0171 DE89 37040044".split(),
        *"Street 12a 75002 Paris IL GmbH and of \n ٣ ² ½ \x00 \u202e ß".split(" "),
    ]
)
TEXTS = st.one_of(
    st.text(max_size=60), st.lists(PIECES, max_size=12).map("".join), st.lists(PIECES).map(" ".join)
)
TARGETS = st.builds(
    Scalar,
    kind=st.sampled_from(("string", "number", "integer", "boolean")),
    format=st.sampled_from(("", "date", "date-time", "duration", "email", "uri", "unknown")),
    choices=st.sampled_from(((), ("A", "B c", "b"), (1, 2.5), (True,))),
)
KINDS = st.sampled_from(Kind)
CONVENTIONS = st.builds(Conventions, st.sampled_from((None, True, False)), st.sampled_from((None, ".", ",")))


@given(TEXTS, TARGETS, KINDS, CONVENTIONS)
@example("9" * 400, Scalar("number"), Kind.NUMBER, Conventions())
@example(",5", Scalar("number"), Kind.NUMBER, Conventions())
@example("NaN", Scalar("number"), Kind.NUMBER, Conventions())
@example("1e999", Scalar("integer"), Kind.NUMBER, Conventions())
def test_any_text_is_a_value_of_the_type_or_none(
    text: str, target: Scalar, kind: Kind, conventions: Conventions
) -> None:
    value = typed(text, target, kind, conventions)
    if value is None:
        return
    if target.choices:
        assert value in target.choices
    else:
        types = {"string": str, "number": (int, float), "integer": int, "boolean": bool}
        assert isinstance(value, types[target.kind])
    assert not isinstance(value, float) or math.isfinite(value)
    assert same(value, value, target, kind)


@given(TEXTS, TEXTS, TARGETS, KINDS)
def test_sameness_goes_both_ways(a: str, b: str, target: Scalar, kind: Kind) -> None:
    assert same(a, b, target, kind) == same(b, a, target, kind)
    hash(meanings(a, target, kind))


@given(st.lists(TEXTS.filter(bool), max_size=20), KINDS)
def test_spans_hold_their_text_and_do_not_overlap(texts: list[str], kind: Kind) -> None:
    words = [PlacedWord(text, 1, BBox(12 * i, 0, 12 * i + 10, 10)) for i, text in enumerate(texts)]
    end = -1
    for span in spans(words, kind):
        assert 0 <= span.first <= span.last < len(words)
        assert span.first >= end
        end = span.last
        for piece in span.text.split():
            assert piece in "".join(texts) or any(piece in text for text in texts)


@given(st.lists(TEXTS), TEXTS, st.sampled_from(("string", "number")))
def test_conventions_and_kinds_of_anything(texts: list[str], name: str, kind: str) -> None:
    conventions_of(texts)
    assert kind_of(Field(name, Scalar(kind), description=" ".join(texts))) in Kind


@pytest.mark.parametrize("kind", list(Kind))
def test_very_long_rows_of_half_values(kind: Kind) -> None:
    pieces = ["1,", "1/", "12.", "a@", "www.", "Jan", "two", "A1", "(", "-", "A", "12", "1 2", "9" * 50]
    texts = [piece * 3000 for piece in pieces] + pieces * 200
    words = [PlacedWord(text, 1, BBox(12 * i, 0, 12 * i + 10, 10)) for i, text in enumerate(texts)]
    assert all(span.last < len(words) for span in spans(words, kind))
    assert same("".join(texts), "".join(texts), Scalar(), kind)
    assert typed("".join(texts), Scalar("number"), kind) is None
