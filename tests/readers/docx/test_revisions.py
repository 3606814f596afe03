from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.readers.docx.changes import Revisions
from schemas.fragments import TableContent
from tests.readers.docx.build import cell, kinds, p, page, row, t, table, texts, write
from tests.readers.docx.test_numbering import level, numbering

WHO = 'w:id="1" w:author="A &quot;B&quot;" w:date="2020-01-02T03:04:05Z"'
SAID = 'data-author="A &quot;B&quot;" data-date="2020-01-02T03:04:05Z"'


def ins(content: str) -> str:
    return f"<w:ins {WHO}>{content}</w:ins>"


def gone(content: str) -> str:
    return f"<w:del {WHO}>{content.replace('w:t>', 'w:delText>').replace('<w:t ', '<w:delText ')}</w:del>"


def views(path: Path, body: str, **parts: str) -> dict[Revisions, list[str]]:
    made = write(path / "a", body, **parts)
    return {view: texts(page(made, view).fragments) for view in Revisions}


def test_insertions_and_deletions_have_author_and_date(tmp_path: Path) -> None:
    body = p(t("a ") + ins(t("new", "<w:b/>")) + gone(t("old")) + t(" z"))
    assert views(tmp_path, body) == {
        Revisions.MARKED: [f"a <ins {SAID}>**new**</ins><del {SAID}>old</del> z"],
        Revisions.ACCEPTED: ["a **new** z"],
        Revisions.REJECTED: ["a old z"],
    }


def test_a_deleted_insertion_is_in_no_other_view(tmp_path: Path) -> None:
    found = views(tmp_path, p(t("a") + ins(gone(t("x")))))
    assert found[Revisions.ACCEPTED] == found[Revisions.REJECTED] == ["a"]
    assert found[Revisions.MARKED] == [f"a<ins {SAID}><del {SAID}>x</del></ins>"]


def test_moves_are_a_deletion_and_an_insertion(tmp_path: Path) -> None:
    moved = f"<w:moveFrom {WHO}>{t('x')}</w:moveFrom>{t('-')}<w:moveTo {WHO}>{t('x')}</w:moveTo>"
    found = views(tmp_path, p(moved))
    assert found == {
        Revisions.MARKED: [f"<del {SAID}>x</del>-<ins {SAID}>x</ins>"],
        Revisions.ACCEPTED: ["-x"],
        Revisions.REJECTED: ["x-"],
    }


def mark(kind: str) -> str:
    return f"<w:rPr><w:{kind} {WHO}/></w:rPr>"


def test_paragraphs_run_together_where_their_mark_is_gone(tmp_path: Path) -> None:
    body = p("one ", properties=mark("del")) + p("two") + p("three ", properties=mark("ins")) + p("four")
    found = views(tmp_path, body)
    assert found[Revisions.MARKED] == ["one", "two", "three", "four"]
    assert found[Revisions.ACCEPTED] == ["one two", "three", "four"]
    assert found[Revisions.REJECTED] == ["one", "two", "three four"]


def test_a_mark_that_was_inserted_and_then_deleted_parts_nothing(tmp_path: Path) -> None:
    both = f"<w:rPr><w:ins {WHO}/><w:del {WHO}/></w:rPr>"
    found = views(tmp_path, p("one ", properties=both) + p("two"))
    assert found[Revisions.ACCEPTED] == found[Revisions.REJECTED] == ["one two"]


def test_paragraphs_that_are_gone_whole(tmp_path: Path) -> None:
    body = (
        p("a")
        + p(gone(t("x")), properties=mark("del"))
        + table(row("1", "2"))
        + p(gone(t("y")), properties=mark("del"))
    )
    assert [kind for kind, _ in kinds(page(write(tmp_path / "a", body), Revisions.ACCEPTED).fragments)] == [
        "text",
        "table",
    ]


def test_rows_and_cells(tmp_path: Path) -> None:
    new = f"<w:ins {WHO}/>"
    made = table(
        row("a", "b"),
        row("c", "d", properties=new),
        row("e", cell("f", f"<w:cellDel {WHO}/>")),
    )
    found = views(tmp_path, made)
    assert f"<td><ins {SAID}>c</ins></td>" in found[Revisions.MARKED][0]
    assert f"<td><del {SAID}>f</del></td>" in found[Revisions.MARKED][0]
    assert '<td colspan="2">e</td>' in found[Revisions.ACCEPTED][0]
    assert "<td>c</td><td>d</td>" in found[Revisions.ACCEPTED][0]
    assert "c" not in found[Revisions.REJECTED][0].replace("<tbody>", "").replace("colspan", "")
    assert "<td>e</td><td>f</td>" in found[Revisions.REJECTED][0]


def test_merged_cells(tmp_path: Path) -> None:
    made = table(
        row(cell("a", f'<w:cellMerge {WHO} w:vMerge="rest"/>'), "x"),
        row(cell("", f'<w:cellMerge {WHO} w:vMerge="cont"/>'), "y"),
    )
    found = views(tmp_path, made)
    assert 'rowspan="2"' in found[Revisions.ACCEPTED][0]
    assert "rowspan" not in found[Revisions.REJECTED][0]


def test_rejected_properties_are_the_former_ones(tmp_path: Path) -> None:
    numbered = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    body = p("a", properties=f"{numbered}<w:pPrChange {WHO}><w:pPr/></w:pPrChange>")
    found = views(tmp_path, body, numbering=numbering(level(0, "%1.")))
    assert (found[Revisions.ACCEPTED], found[Revisions.REJECTED]) == (["1. a"], ["a"])


def test_formulas(tmp_path: Path) -> None:
    def r(text: str) -> str:
        return f"<m:r><m:t>{text}</m:t></m:r>"

    body = p(f"<m:oMath>{r('x')}{ins(r('+y'))}</m:oMath>")
    found = views(tmp_path, body)
    assert (found[Revisions.ACCEPTED], found[Revisions.REJECTED]) == (["$$x+y$$"], ["$$x$$"])
    assert found[Revisions.MARKED] == [f"<del {SAID}>$x$</del><ins {SAID}>$x+y$</ins>"]


def test_a_changed_fraction_leaves_its_parts(tmp_path: Path) -> None:
    change = f"<m:fPr><m:ctrlPr><w:del {WHO}/></m:ctrlPr></m:fPr>"
    body = p(f"<m:oMath><m:f>{change}<m:num><m:r><m:t>a</m:t></m:r></m:num><m:den/></m:f></m:oMath>")
    found = views(tmp_path, body)
    assert found[Revisions.ACCEPTED] == ["$$a$$"]
    assert "frac" in found[Revisions.REJECTED][0]


def comment(number: int, text: str) -> str:
    return f'<w:comment w:id="{number}" w:author="C">{p(text)}</w:comment>'


def ranged(number: int, content: str, reference: str = "") -> str:
    end = f'<w:commentRangeEnd w:id="{number}"/><w:r><w:commentReference w:id="{number}"/></w:r>'
    return f'<w:commentRangeStart w:id="{number}"/>{content}{end}{reference}'


def test_comments_are_spans_around_what_they_are_about(tmp_path: Path) -> None:
    body = p(t("a ") + ranged(0, t("b", "<w:b/>") + t(" c")) + t(" d"))
    path = write(tmp_path / "a", body, comments=comment(0, "why | <this>?"))
    span = '<span class="comment" data-note="why &#124; &lt;this&gt;?" data-author="C">**b** c</span>'
    assert texts(page(path).fragments) == [f"a {span} d"]
    assert texts(page(path, comments=False).fragments) == ["a **b** c d"]


def test_comments_on_nothing_are_html_comments(tmp_path: Path) -> None:
    body = p(t("a") + '<w:r><w:commentReference w:id="0"/></w:r>')
    found = page(write(tmp_path / "a", body, comments=comment(0, "so --> it -- goes-"))).fragments
    assert texts(found) == ["a<!-- Comment: so - -> it - - goes -->"]


def test_a_comment_on_several_paragraphs_is_told_once(tmp_path: Path) -> None:
    start, end = '<w:commentRangeStart w:id="0"/>', '<w:commentRangeEnd w:id="0"/>'
    reference = '<w:r><w:commentReference w:id="0"/></w:r>'
    body = start + p("a") + p("b") + end + p(t("c") + reference)
    found = texts(page(write(tmp_path / "a", body, comments=comment(0, "N"))).fragments)
    assert found == ['<span class="comment" data-note="N" data-author="C">a</span>', "b", "c"]


def test_many_comments_on_one_text_take_linear_time(tmp_path: Path) -> None:
    many = range(3000)
    starts = "".join(f'<w:commentRangeStart w:id="{n}"/>' for n in many)
    ends = "".join(f'<w:r><w:commentReference w:id="{n}"/></w:r>' for n in many)
    body = p(starts + t("x") * 3000 + ends)
    start = time.process_time()
    (text,) = texts(
        page(write(tmp_path / "a", body, comments="".join(comment(n, "N") for n in many))).fragments
    )
    assert time.process_time() - start < 5
    assert text.count("N") == len(many)


def test_replies_lie_in_what_they_reply_to(tmp_path: Path) -> None:
    both = ranged(0, ranged(1, t("x"))).replace('<w:commentRangeEnd w:id="1"/>', "", 1)
    body = p(
        both.replace(
            '<w:commentRangeEnd w:id="0"/>', '<w:commentRangeEnd w:id="0"/><w:commentRangeEnd w:id="1"/>'
        )
    )
    found = texts(page(write(tmp_path / "a", body, comments=comment(0, "Q") + comment(1, "A"))).fragments)
    assert found == [
        '<span class="comment" data-note="Q" data-author="C">'
        '<span class="comment" data-note="A" data-author="C">x</span></span>'
    ]


def test_changes_and_comments_in_cells_are_in_both_forms(tmp_path: Path) -> None:
    made = table(row(cell(p(ranged(0, ins(t("x"))))), "y"))
    (found,) = page(write(tmp_path / "a", made, comments=comment(0, "N | M"))).fragments
    span = f'<span class="comment" data-note="N &#124; M" data-author="C"><ins {SAID}>x</ins></span>'
    assert isinstance(found.content, TableContent)
    assert f"<td>{span}</td>" in (found.content.html or "")
    assert f"| {span} |" in (found.content.markdown or "")


PIECES = st.lists(
    st.tuples(st.sampled_from(["", "ins", "del"]), st.text("ab ", min_size=1, max_size=4)), max_size=8
)


@settings(max_examples=40)
@given(st.lists(st.tuples(PIECES, st.sampled_from(["", "ins", "del"])), min_size=1, max_size=4))
def test_the_views_hold_what_they_should(
    tmp_path_factory: pytest.TempPathFactory, paragraphs: list[tuple[list[tuple[str, str]], str]]
) -> None:
    wrap = {"": str, "ins": ins, "del": gone}
    body = "".join(
        p("".join(wrap[kind](t(text)) for kind, text in pieces) or t(""), properties=mark(end) if end else "")
        for pieces, end in paragraphs
    )
    path = write(tmp_path_factory.mktemp("v") / "a", body)
    for view, left_out in ((Revisions.ACCEPTED, "del"), (Revisions.REJECTED, "ins")):
        expected = "".join(text for pieces, _ in paragraphs for kind, text in pieces if kind != left_out)
        assert "".join("".join(texts(page(path, view).fragments)).split()) == "".join(expected.split())
