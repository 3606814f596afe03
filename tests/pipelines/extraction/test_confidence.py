"""How sure a value is said to be: what speaks for it counts for it, what speaks against it never does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.extraction.answers import Answer, Method
from pipelines.extraction.confidence import SIGNS, WEIGHTS, confidence, signs
from pipelines.extraction.targets import Scalar, leaves, target_of
from pipelines.extraction.values.kinds import Kind
from pipelines.extraction.verdicts import Verdict

(_FIELD,) = leaves(target_of({"type": "object", "properties": {"a": {"type": "string"}}}))
assert isinstance(_FIELD.target, Scalar)
TARGET = _FIELD.target
FOUND = [method for method in Method if method is not Method.LLM]


def verdict(
    method: Method = Method.LABEL, score: float = 0.9, *, rival: float = 0.0, proven: bool = True
) -> Verdict:
    rivals = (Answer("b", method, score=rival),) if rival else ()
    return Verdict("a", TARGET, Kind.CODE, Answer("a", method, score=score, rivals=rivals), proven)


def sure(one: Verdict, check: Verdict | None = None) -> float:
    return confidence(one, check)


def test_each_weight_counts_in_its_direction() -> None:
    weights = dict(zip(SIGNS, WEIGHTS, strict=True))
    assert all(0 <= weights[method.value] <= 4 for method in FOUND)
    assert 0 < weights["score"] <= 8
    assert all(-3 <= weights[sign] <= 0 for sign in ("rival", "free", "unproven"))


@pytest.mark.parametrize("method", FOUND)
def test_nothing_is_certain_and_the_likeliest_is_likely(method: Method) -> None:
    assert 0.65 <= sure(verdict(method, 1.0)) <= 0.97


def test_how_a_value_was_found_counts() -> None:
    assert sure(verdict(Method.FIELD)) > sure(verdict(Method.LABEL)) > sure(verdict(Method.TYPE))


def test_a_value_that_stands_nowhere_is_less_likely() -> None:
    assert sure(verdict(proven=False)) < sure(verdict()) - 0.1


@given(
    method=st.sampled_from(FOUND),
    scores=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    rival=st.floats(0, 1),
)
def test_confidences_are_shares_and_rise_with_the_score(
    method: Method, scores: tuple[float, float], rival: float
) -> None:
    low, high = (sure(verdict(method, score)) for score in sorted(scores))
    assert 0 <= low <= high <= 1
    assert sure(verdict(method, scores[0], rival=rival)) <= sure(verdict(method, scores[0]))


@given(score=st.floats(allow_nan=False), rival=st.floats(0, 1e300))
def test_signs_stay_in_bounds_whatever_a_reader_scores(score: float, rival: float) -> None:
    found = signs(verdict(score=score, rival=rival))
    assert len(found) == len(SIGNS)
    assert all(-0.5 <= sign <= 1 for sign in found)


def test_of_a_models_values_those_two_readers_found_are_the_likeliest() -> None:
    said = verdict(Method.LLM)
    other = Verdict("a", TARGET, Kind.CODE, Answer("c", Method.LABEL), proven=True)
    alone, invented = sure(said), sure(verdict(Method.LLM, proven=False))
    assert sure(said, verdict()) > alone > sure(said, other) > invented
