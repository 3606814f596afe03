import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from pipelines.readers.ooxml.omml import latex

TRANSITIONAL = "http://schemas.openxmlformats.org/officeDocument/2006/math"
STRICT = "http://purl.oclc.org/ooxml/officeDocument/math"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def math(inner: str, tag: str = "oMath", namespace: str = TRANSITIONAL) -> etree._Element:
    return etree.fromstring(f'<m:{tag} xmlns:m="{namespace}" xmlns:w="{WORD}">{inner}</m:{tag}>')


def r(text: str, properties: str = "") -> str:
    return f"<m:r><m:rPr>{properties}</m:rPr><m:t>{text}</m:t></m:r>"


def e(inner: str, tag: str = "e") -> str:
    return f"<m:{tag}>{inner}</m:{tag}>"


def val(tag: str, value: str) -> str:
    return f'<m:{tag} m:val="{value}"/>'


FRACTION = f"<m:f>{e(r('a'), 'num')}{e(r('b'), 'den')}</m:f>"
ROMAN = val("sty", "p")
CASES = {
    "fraction": (FRACTION, r"\frac{a}{b}"),
    "no bar": (
        f"<m:f><m:fPr>{val('type', 'noBar')}</m:fPr>{e(r('n'), 'num')}{e(r('k'), 'den')}</m:f>",
        r"{n \atop k}",
    ),
    "binomial": (
        f"<m:d><m:e><m:f><m:fPr>{val('type', 'noBar')}</m:fPr>{e(r('n'), 'num')}{e(r('k'), 'den')}</m:f>"
        "</m:e></m:d>",
        r"\binom{n}{k}",
    ),
    "linear": (
        f"<m:f><m:fPr>{val('type', 'lin')}</m:fPr>{e(r('a'), 'num')}{e(r('b'), 'den')}</m:f>",
        "{a}/{b}",
    ),
    "superscript": (f"<m:sSup>{e(r('x'))}{e(r('2'), 'sup')}</m:sSup>", "x^{2}"),
    "script of a fraction": (f"<m:sSup>{e(FRACTION)}{e(r('2'), 'sup')}</m:sSup>", r"{\frac{a}{b}}^{2}"),
    "both scripts": (
        f"<m:sSubSup>{e(r('x'))}{e(r('i'), 'sub')}{e(r('2'), 'sup')}</m:sSubSup>",
        "x_{i}^{2}",
    ),
    "scripts before": (
        f"<m:sPre>{e(r('6'), 'sub')}{e(r('14'), 'sup')}{e(r('C', ROMAN))}</m:sPre>",
        r"{}_{6}^{14}\mathrm{C}",
    ),
    "root": (f"<m:rad><m:radPr>{val('degHide', '1')}</m:radPr><m:deg/>{e(r('x'))}</m:rad>", r"\sqrt{x}"),
    "cube root": (f"<m:rad>{e(r('3'), 'deg')}{e(r('x'))}</m:rad>", r"\sqrt[3]{x}"),
    "sum": (
        f"<m:nary><m:naryPr>{val('chr', '∑')}</m:naryPr>"
        f"{e(r('i=1'), 'sub')}{e(r('n'), 'sup')}{e(r('i'))}</m:nary>",
        r"\sum_{i=1}^{n} i",
    ),
    "integral": (f"<m:nary>{e(r('0'), 'sub')}{e(r('∞'), 'sup')}{e(r('f'))}</m:nary>", r"\int_{0}^{\infty} f"),
    "delimiters": (f"<m:d>{e(FRACTION)}</m:d>", r"\left( \frac{a}{b} \right)"),
    "one-sided": (
        f"<m:d><m:dPr>{val('begChr', '')}{val('endChr', '|')}</m:dPr>{e(r('f'))}</m:d>",
        r"\left. f \right|",
    ),
    "parted": (f"<m:d>{e(r('A'))}{e(r('B'))}</m:d>", r"\left( A \middle| B \right)"),
    "matrix": (
        f"<m:d><m:dPr>{val('begChr', '[')}{val('endChr', ']')}</m:dPr><m:e><m:m>"
        f"<m:mr>{e(r('a'))}{e(r('b'))}</m:mr><m:mr>{e(r('c'))}{e(r('d'))}</m:mr></m:m></m:e></m:d>",
        r"\begin{bmatrix} a & b \\ c & d \end{bmatrix}",
    ),
    "cases": (
        f"<m:d><m:dPr>{val('begChr', '{')}{val('endChr', '')}</m:dPr><m:e><m:eqArr>"
        f"{e(r('0,&amp;x&lt;0'))}{e(r('1,&amp;x≥0'))}</m:eqArr></m:e></m:d>",
        r"\begin{cases} 0,&x < 0 \\ 1,&x\geq0 \end{cases}",
    ),
    "numbered": (
        f"<m:eqArr><m:e>{r('E=m#')}<m:d>{e(r('7'))}</m:d></m:e></m:eqArr>",
        r"E=m \tag{7}",
    ),
    "function": (
        f"<m:func>{e(r('sin', ROMAN), 'fName')}{e(r('x'))}</m:func>",
        r"\sin x",
    ),
    "own function": (
        f"<m:func>{e(r('rank', ROMAN), 'fName')}{e(r('A'))}</m:func>",
        r"\operatorname{rank} A",
    ),
    "limit": (
        f"<m:func><m:fName><m:limLow>{e(r('lim', ROMAN))}{e(r('n→∞'), 'lim')}</m:limLow></m:fName>"
        f"{e(r('a'))}</m:func>",
        r"\lim_{n\rightarrow\infty} a",
    ),
    "hat": (f"<m:acc>{e(r('x'))}</m:acc>", r"\hat{x}"),
    "wide bar": (f"<m:acc><m:accPr>{val('chr', '̅')}</m:accPr>{e(r('xy'))}</m:acc>", r"\overline{xy}"),
    "underline": (f"<m:bar>{e(r('x'))}</m:bar>", r"\underline{x}"),
    "brace": (
        f"<m:limLow><m:e><m:groupChr>{e(r('ab'))}</m:groupChr></m:e>{e(r('n'), 'lim')}</m:limLow>",
        r"\underbrace{ab}_{n}",
    ),
    "boxed": (f"<m:borderBox>{e(r('x'))}</m:borderBox>", r"\boxed{x}"),
    "box": (f"<m:box>{e(r('x'))}</m:box>", "x"),
    "phantom": (f"<m:phant><m:phantPr>{val('show', '0')}</m:phantPr>{e(r('x'))}</m:phant>", r"\phantom{x}"),
    "alphabet": (r("R", val("scr", "double-struck")), r"\mathbb{R}"),
    "bold": (r("v", val("sty", "b")), r"\mathbf{v}"),
    "text": (r("if 5% of $x_1", "<m:nor/>"), r"\text{if 5\% of \$x\_1}"),
    "styled letters of Unicode": (r("ℝ𝒞"), r"\mathbb{R}\mathcal{C}"),
    "typed script": (r("x^2"), "x^{2}"),
    "command before a letter": (r("αx"), r"\alpha x"),
    "reserved": (r("5%"), r"5\%"),
    "deleted and inserted": (f"{r('x')}<w:del>{r('y')}</w:del><w:ins>{r('z')}</w:ins>", "xz"),
    "line break": (f"{r('a')}<m:r><w:br/></m:r>{r('b')}", r"\begin{aligned} a \\ b \end{aligned}"),
}


@pytest.mark.parametrize(("inner", "expected"), CASES.values(), ids=CASES.keys())
def test_construct(inner: str, expected: str) -> None:
    assert latex(math(inner)) == expected


def test_strict_namespace() -> None:
    inner = f"<m:rad><m:radPr>{val('degHide', 'on')}</m:radPr>{e(r('x'))}</m:rad>"
    assert latex(math(inner, namespace=STRICT)) == r"\sqrt{x}"


def test_paragraph_of_equations() -> None:
    one, other = f"<m:oMath>{r('a')}</m:oMath>", f"<m:oMath>{r('b')}</m:oMath>"
    assert latex(math(one, "oMathPara")) == "a"
    assert latex(math(one + other, "oMathPara")) == r"\begin{aligned} a \\ b \end{aligned}"
    assert latex(math("", "oMathPara")) == ""


def test_deep_nesting_keeps_its_text() -> None:
    start = time.process_time()
    found = latex(_nested(10_000))
    assert found.startswith(r"\sqrt{\sqrt{")
    assert "x" in found
    assert time.process_time() - start < 5


def _nested(depth: int) -> etree._Element:
    """Built by hand: parsers refuse such depth, a document of several parts may not."""
    root = math("")
    at = root
    for _ in range(depth):
        at = etree.SubElement(etree.SubElement(at, f"{{{TRANSITIONAL}}}rad"), f"{{{TRANSITIONAL}}}e")
    at.append(math(r("x"))[0])
    return root


TEXT = st.text("ab1+−=<>{}\\^_&%$#~ αℝ∑→ é", max_size=6)
TREES = st.recursive(
    st.builds(lambda text: ("r", text), TEXT),
    lambda inner: st.tuples(
        st.sampled_from("f sSup sSub rad nary d func acc bar eqArr m limLow groupChr".split()),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=8,
)
ARGUMENTS = {"f": ("num", "den"), "sSup": ("e", "sup"), "sSub": ("e", "sub"), "nary": ("sub", "sup", "e")} | {
    "func": ("fName", "e"), "limLow": ("e", "lim"),
}  # fmt: skip


def _element(tree: tuple) -> etree._Element:
    kind, content = tree
    found = etree.Element(f"{{{TRANSITIONAL}}}{kind}")
    if kind == "r":
        etree.SubElement(found, f"{{{TRANSITIONAL}}}t").text = content
        return found
    home = etree.SubElement(found, f"{{{TRANSITIONAL}}}mr") if kind == "m" else found
    names = ARGUMENTS.get(kind, ("e", "e", "e"))
    for name, one in zip(names, content, strict=False):
        etree.SubElement(home, f"{{{TRANSITIONAL}}}{name}").append(_element(one))
    return found


@given(st.lists(TREES, max_size=3))
def test_any_equation_is_balanced_latex(trees: list) -> None:
    root = math("")
    root.extend(_element(tree) for tree in trees)
    found = latex(root)
    depth = 0
    bare = found.replace(r"\\", "").replace(r"\{", "").replace(r"\}", "")
    for char in bare:
        depth += (char == "{") - (char == "}")
        assert depth >= 0
    assert depth == 0
    assert found.count(r"\left") - found.count(r"\leftarrow") == found.count(r"\right") - found.count(
        r"\rightarrow"
    )
    assert found.count(r"\begin{") == found.count(r"\end{")
