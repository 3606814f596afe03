"""Regular expressions that callers send."""

from __future__ import annotations

import pytest

from schemas.patterns import compiled


def test_case_counts_unless_told_otherwise() -> None:
    assert not compiled("^total").search("Total: 3")
    assert compiled("^total", ignore_case=True).search("Total: 3")


def test_what_would_take_long_to_compile_or_to_match_does_not() -> None:
    with pytest.raises(ValueError, match="too large"):
        compiled("[a-z0-9]{1,1000}" * 10)
    # With its groups looked for this takes minutes.
    assert compiled("(.*)(.*)" * 100).search("some words " * 10_000)


@pytest.mark.parametrize(
    "pattern", ["[", "(", "a{2000}", "(a{1000}){1000}", "(?=a)", r"(a)\1", r"(?:a|b){99999999}"]
)
def test_what_cannot_be_used_is_said(pattern: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match=r"\w+"):
        compiled(pattern)
    assert capfd.readouterr().err == ""  # patterns are the caller's, and no log's


def test_a_reason_is_short_however_long_the_pattern() -> None:
    with pytest.raises(ValueError, match="missing") as caught:
        compiled("[" + "a" * 100_000)
    assert len(str(caught.value)) <= 200
