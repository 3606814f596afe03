"""Chunks of a size: nothing is lost, tables stay whole, headings stay with what they head."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipelines.documents.chunks.chunk import chunk
from pipelines.documents.chunks.sizes import texts
from pipelines.tokens import tokens
from schemas.documents import Chunk, Page
from schemas.fragments import FragmentType, PageFragment, TableContent, TextContent
from schemas.options import ChunkingStrategy, TableOutputMode
from tests.documents.test_chunk import document, fragment

SIZE = 40


def sized(strategy: ChunkingStrategy, *pages: list[str], size: int = SIZE) -> list[Chunk]:
    return chunk(document(*pages), strategy, TableOutputMode.HTML, size)


def words(count: int, word: str = "word") -> str:
    return " ".join(f"{word}{i}" for i in range(count))


def contents(chunks: list[Chunk]) -> list[str]:
    return [one.content for one in chunks]


def test_a_long_section_is_cut_between_fragments_and_keeps_its_path() -> None:
    found = sized(
        ChunkingStrategy.SECTION, ["1:A", "2:B", f"t:{words(12)}", f"t:{words(12, 'more')}"], ["t:end"]
    )
    assert [one.content.split()[-1] for one in found] == ["word11", "end"]
    assert [one.heading_path for one in found] == [[], ["A", "B"]]
    assert [(one.page_number, one.page_numbers) for one in found] == [(1, [1]), (1, [1, 2])]
    assert found[1].element_ids == ["1.3", "2.0"]


def test_short_sections_are_put_together_under_one_parent_only() -> None:
    found = sized(
        ChunkingStrategy.SECTION, ["1:A", "t:a", "2:B", "t:b", "2:C", "t:c", "1:D", "t:d", "2:E", "t:e"]
    )
    assert contents(found) == ["## A\n\na\n\n### B\n\nb\n\n### C\n\nc\n\n## D\n\nd\n\n### E\n\ne"]
    found = sized(ChunkingStrategy.SECTION, ["2:B", "t:b", "2:C", "t:c", "1:D", "t:d"])
    assert contents(found) == ["### B\n\nb\n\n### C\n\nc", "## D\n\nd"]


def test_sections_that_do_not_fit_together_stay_apart() -> None:
    found = sized(ChunkingStrategy.SECTION, ["1:A", f"t:{words(13)}", "1:B", f"t:{words(13)}"])
    assert [one.content.split()[1] for one in found] == ["A", "B"]


def test_a_heading_and_a_caption_stay_with_what_follows() -> None:
    caption = PageFragment(
        fragment_type=FragmentType.TABLE_CAPTION, content=TextContent(content="Table 1"), ref_id="1.2"
    )
    table = PageFragment(
        fragment_type=FragmentType.TABLE, content=TableContent(content="", html=f"<table>{words(60)}</table>")
    )
    before = [fragment(1, 0, f"t:{words(14)}"), fragment(1, 1, "1:Sales")]
    found = chunk(
        [Page.of(1, None, [*before, caption, table])], ChunkingStrategy.NONE, TableOutputMode.HTML, SIZE
    )
    assert contents(found) == [words(14), f"## Sales\n\nTable 1\n\n<table>{words(60)}</table>"]


def test_a_long_text_is_cut_at_sentences_and_each_part_names_its_fragment() -> None:
    sentence = "This is a sentence of some length that ends here."
    found = sized(ChunkingStrategy.FRAGMENT, [f"t:{' '.join([sentence] * 6)}"])
    assert all(one.content.endswith("here.") and tokens(one.content) <= SIZE for one in found)
    assert [one.element_ids for one in found] == [["1.0"]] * len(found)


def test_pages_are_cut_but_never_joined_and_empty_ones_left_out() -> None:
    found = sized(ChunkingStrategy.PAGE, ["t:a"], [], [f"t:{words(14)}", f"t:{words(14)}"])
    assert [one.page_number for one in found] == [1, 3, 3]


def test_the_best_place_to_cut_is_taken() -> None:
    paragraph = words(9)
    text = f"{paragraph}\n\n{paragraph}. {paragraph}"
    assert list(texts(text, 25)) == [paragraph, f"{paragraph}.", paragraph]
    assert list(texts("字" * 100, SIZE)) == ["字" * 39, "字" * 39, "字" * 22]


@given(st.text(max_size=2_000), st.integers(32, 200))
def test_nothing_of_a_text_is_lost(text: str, size: int) -> None:
    parts = list(texts(text, size))
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(tokens(part) <= size for part in parts)


@given(
    st.lists(
        st.lists(st.sampled_from(["0:T", "1:A", "2:B", "t:x", f"t:{words(30)}", "form:f"]), max_size=6),
        max_size=4,
    ),
    st.sampled_from(list(ChunkingStrategy)),
)
def test_every_fragment_is_in_some_chunk_in_order(pages: list[list[str]], strategy: ChunkingStrategy) -> None:
    whole = "".join(chunk(document(*pages), ChunkingStrategy.NONE, TableOutputMode.HTML)[0].content.split())
    assert "".join("".join(one.content.split()) for one in sized(strategy, *pages)) == whole
