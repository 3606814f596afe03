from __future__ import annotations

import time

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.readers.html.mathml import latex


def of(inner: str) -> str:
    return latex(lxml.html.fragment_fromstring(f"<math>{inner}</math>"))


A, B, N = "<mi>a</mi>", "<mi>b</mi>", "<mn>12</mn>"


@pytest.mark.parametrize(
    ("inner", "tex"),
    [
        (f"<mfrac>{A}<mrow>{B}<mo>−</mo>{N}</mrow></mfrac>", r"\frac{a}{b-12}"),
        (f"<msqrt>{A}{B}</msqrt><mroot>{A}<mn>3</mn></mroot>", r"\sqrt{ab}\sqrt[3]{a}"),
        (f"<msup><mrow>{A}{B}</mrow><mn>2</mn></msup><msubsup>{A}{B}{N}</msubsup>", "{ab}^{2}a_{b}^{12}"),
        (f"<munderover><mo>∑</mo>{A}{B}</munderover>", r"\sum_{a}^{b}"),
        (f"<munder><mi>lim</mi><mrow>{A}<mo>→</mo><mn>0</mn></mrow></munder>", r"\lim_{a\rightarrow0}"),
        (f"<munder><mi>argmax</mi>{A}</munder>", r"\operatorname*{argmax}_{a}"),
        (f"<mover>{A}<mo>^</mo></mover><munder>{A}<mo>_</mo></munder><mover>{A}{B}</mover>",
         r"\hat{a}\underline{a}\overset{b}{a}"),
        ("<mi>sin</mi><mo>&#x2061;</mo><mi>θ</mi><mo>&lt;</mo><mi>abc</mi>", r"\sin\theta < \mathrm{abc}"),
        ('<mi mathvariant="bold">v</mi><mi>ℝ</mi><mtext>if a_b &amp; c</mtext>',
         r"\mathbf{v}\mathbb{R}\text{if a\_b \& c}"),
        (f"<mrow><mo>(</mo><mtable><mtr><mtd>{A}</mtd><mtd>{B}</mtd></mtr></mtable><mo>)</mo></mrow>",
         r"\begin{pmatrix} a & b \end{pmatrix}"),
        (f'<mrow><mo>{{</mo><mtable columnalign="left"><mtr><mtd>{A}</mtd></mtr></mtable></mrow>',
         r"\begin{cases} a \end{cases}"),
        (f"<mmultiscripts>{A}{B}<none/><mprescripts/>{N}<none/></mmultiscripts>", "{}_{12}a_{b}"),
        (f'<mfenced open="[">{A}{B}</mfenced>', r"\left[ a, b \right)"),
        (f"<semantics>{A}<annotation>no</annotation></semantics><mphantom>{B}</mphantom>", "a"),
        ("<mi>α</mi><mi>x</mi>", r"\alpha x"),
    ],
)  # fmt: skip
def test_latex(inner: str, tex: str) -> None:
    assert of(inner) == tex


def test_no_formula_takes_long() -> None:
    start = time.process_time()
    assert of("<msup><mi>a</mi>" * 900 + "<mn>2</mn>" + "</msup>" * 900)
    assert of("<mi>a</mi>" * 100_000) == ""
    assert time.process_time() - start < 5


tags = st.sampled_from(
    "mi mn mo mrow mfrac msup msub msubsup munder mover munderover mtable mtr mtd mtext mfenced mroot "
    "mmultiscripts mprescripts none semantics msqrt menclose".split()
)
pieces = st.one_of(tags.map("<{}>".format), tags.map("</{}>".format), st.text("ab∑(){}\\^_&é →", max_size=3))


@given(st.lists(pieces, max_size=25).map("".join))
def test_any_formula(inner: str) -> None:
    assert "\n" not in of(inner)
