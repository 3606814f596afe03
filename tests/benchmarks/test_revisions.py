from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.facts import native
from benchmarks.scores.revisions import (
    Revision,
    revisions,
    score_changed,
    score_revisions,
    twin_similarity,
)

BY_A = 'data-author="A" data-date="2020-01-01T00:00:00Z"'


def test_marks_are_revisions() -> None:
    markdown = (
        f"a <ins {BY_A}>**new**\n text</ins> <del {BY_A}>old</del> "
        '<span class="comment" data-note="why &quot;so&quot;" data-author="B">b</span><!-- Comment: alone -->'
        "<!-- image --><ins></ins>"
    )
    assert revisions(markdown) == [
        Revision("insertion", "A", "new text"),
        Revision("deletion", "A", "old"),
        Revision("comment", "B", 'why "so"'),
        Revision("comment", "", "alone"),
    ]


def test_a_deletion_inside_an_insertion_is_both() -> None:
    inside = f'<ins {BY_A}>new <del data-author="B">gone</del></ins>'
    assert revisions(inside) == [Revision("deletion", "B", "gone"), Revision("insertion", "A", "new gone")]


@given(st.text(alphabet="<>/insdel -!Comment:"))
def test_any_text_can_be_read(text: str) -> None:
    revisions(text)
    assert twin_similarity(text, text) == 1.0


def test_revisions_match_by_kind_author_and_text() -> None:
    true = [Revision("insertion", "A", "x"), Revision("insertion", "A", "x"), Revision("comment", "B", "y")]
    assert score_revisions(true, true).value == 1.0
    assert score_revisions(true, [Revision("comment", "", "y")]).total == 1
    assert score_revisions(true, [Revision("deletion", "A", "x"), Revision("insertion", "", "x")]).total == 0


def test_changed_characters_count_wherever_a_change_is_cut() -> None:
    one_word = [Revision("insertion", "A", "cats"), Revision("deletion", "A", "cat")]
    assert score_changed("a cat", "a cats", one_word) == (1, 1, 1)
    assert score_changed("a cat", "a cats", [Revision("insertion", "A", "s")]) == (1, 1, 1)
    assert score_changed("ab", "b", [Revision("insertion", "A", "a")]) == (0, 1, 1)
    moved = [Revision("insertion", "A", "b"), Revision("deletion", "A", "b"), Revision("comment", "A", "c")]
    assert score_changed("ab", "ba", moved) == (0, 0, 0)


def test_twins_are_compared_without_marks_and_white_space() -> None:
    assert twin_similarity("**a** b\n\n| c | d |\n|---|---|", "a b\n\nc d") == 1.0
    assert twin_similarity("a, b", "a b") == pytest.approx(4 / 5)


NATIVE = r"""
Pandoc (Meta {unMeta = fromList [("title",MetaString "T")]})
 [Header 2 ("id",[],[]) [Str "A",Space,Emph [Str "h\233ading"]]
 ,Para [Str "say",Space,Quoted DoubleQuote [Str "\"x\""],Note [Para [Str "a",Space,Str "note"]]
       ,Link ("",[],[]) [Str "link"] ("http://a.b",""),Image ("",[],[]) [Str "alt"] ("p.png","")]
 ,OrderedList (3,LowerAlpha,Period) [[Plain [Str "three"]],[Para [Str "four"],Para [Str "more"]]]
 ,DefinitionList [([Str "term"],[[Para [Str "meaning"]]])]
 ,CodeBlock ("",[],[]) "x = 1"
 ,Header 1 ("",[],[]) []
 ,RawBlock (Format "html") "<hr>"
 ,Table ("",[],[]) (Caption Nothing [Plain [Str "caption"]]) [(AlignDefault,ColWidthDefault)]
  (TableHead ("",[],[]) [Row ("",[],[]) [Cell ("",[],[]) AlignDefault (RowSpan 1) (ColSpan 2)
    [Plain [Str "a",Space,Str "<",Space,Str "b"]]]])
  [(TableBody ("",[],[]) (RowHeadColumns 0) [] [Row ("",[],[]) [Cell ("",[],[]) AlignDefault (RowSpan 1)
    (ColSpan 1) [Plain [Str "c"]],Cell ("",[],[]) AlignDefault (RowSpan 1) (ColSpan 1) []]])]
  (TableFoot ("",[],[]) [])]
"""


def test_a_native_tree_reads_as_markdown() -> None:
    assert native.markdown(native.parse(NATIVE)).split("\n\n") == [
        "## A héading",
        'say "x"link',
        "c. three",
        "d. four",
        "more",
        "term",
        "meaning",
        "```\nx = 1\n```",
        "caption",
        '<table><tr><td colspan="2">a &lt; b</td></tr><tr><td>c</td><td></td></tr></table>',
        "a note",
    ]


def test_a_native_tree_has_revisions() -> None:
    inner = 'Span ("",["deletion"],[("author","B"),("date","2020")]) [Str "old"]'
    comment = 'Span ("",["comment-start"],[("id","0"),("author","C")]) [Str "a",Space,Str "note"]'
    tree = f'[Para [Span ("",["insertion"],[("author","A")]) [Str "new",Space,{inner}],{comment}]]'
    assert native.revisions(native.parse(tree)) == [
        Revision("insertion", "A", "new old"),
        Revision("deletion", "B", "old"),
        Revision("comment", "C", "a note"),
    ]
