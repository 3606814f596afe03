"""Which pages a range as written selects."""

import pytest

from schemas.errors import NoSuchPages, TooManyPages
from schemas.page_range import chosen_pages


def test_all_pages_where_nothing_is_named_and_those_that_exist_of_what_is() -> None:
    assert chosen_pages("", 3, 3) == [1, 2, 3]
    assert chosen_pages("5-99, 2", 6, 3) == [2, 5, 6]


def test_none_of_the_pages() -> None:
    with pytest.raises(NoSuchPages, match="no page of this document, which has 1 page"):
        chosen_pages("7", 1, 10)


def test_the_limit_is_of_pages_to_read_and_is_named() -> None:
    assert chosen_pages("1-10", 50_000, 10) == list(range(1, 11))
    with pytest.raises(TooManyPages, match=r"11 pages to read, at most 10 .*OCTAVO_MAX_PAGES"):
        chosen_pages("1-11", 50_000, 10)
