from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.readers.html.reader import fragments_of_html
from pipelines.readers.latex.reader import LatexReader, html_of_latex
from schemas.fragments import FragmentType, HeaderContent, TableContent


def contents(text: str) -> list[tuple[str, str]]:
    return [(f.fragment_type.value, f.content.content) for f in fragments_of_html(html_of_latex(text))]


def texts(text: str) -> list[str]:
    return [content for _, content in contents(text)]


def only_table(text: str) -> TableContent:
    (table,) = [
        f.content for f in fragments_of_html(html_of_latex(text)) if isinstance(f.content, TableContent)
    ]
    return table


def test_the_title_comes_from_the_preamble_and_the_body_ends() -> None:
    text = r"""\documentclass[a]{article} \usepackage{x} \title{A \emph{T}\thanks{Me}} \author{Ada \and Bob}
    \begin{document} \maketitle \begin{abstract} So. \end{abstract} text \end{document} more"""
    assert contents(text)[:2] == [("title", "A T<sup>1</sup>"), ("text", "Ada , Bob")]
    assert texts(text)[2:] == ["Abstract", "So.", "text", "<sup>1</sup> Me"]


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        (r"\section{a}\subsection*{b}\paragraph{c} d", [1, 2, 4]),
        (r"\title{t}\chapter{a}\section[s]{b}\subsection{c}", [0, 1, 2, 3]),
    ],
)
def test_headings(text: str, levels: list[int]) -> None:
    found = fragments_of_html(html_of_latex(text))
    assert [f.content.level for f in found if isinstance(f.content, HeaderContent)] == levels


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"\textbf{b} {\it i} \texttt{c\_d} a\textsuperscript{2}", "**b** *i* `c_d` a<sup>2</sup>"),
        (r"100\% \& \$5 \#1 ``q'' `s' a--b---c x~y\\z", "100% & $5 #1 “q” ‘s’ a–b—c x y\nz"),
        (r"Na\"{\i}ve caf\'e \v{S}koda Stra\ss e \c{c}a \'Etat \LaTeX\ \S 5",
         "Naïve café Škoda Straße ça État LaTeX §5"),
        (r"see~\cite{a, b}, \citep[cf.][p.~5]{c} and \ref{fig:x}", "see [a, b], [c, p. 5] and [fig:x]"),
        (r"\href{https://x.example/a\_b\%20}{the \emph{x}} \url{https://y.example}",
         "[the *x*](https://x.example/a_b%20) https://y.example"),
        (r"\href{javascript:alert(1)}{x}", "x"),
        (r"a % comment" "\n" r"b 5\% c", "a b 5% c"),
        (r"\unknown[opt]{kept} \label{gone}\vspace*{1cm}\textcolor{red}{red} <b> \verb|a_b%|",
         "kept red &lt;b> `a_b%`"),
        (r"$a<b$ and \(x_1\) cost \$5 and $ alone", "$a< b$ and $x_1$ cost $5 and $ alone"),
    ],
)  # fmt: skip
def test_running_text(text: str, shown: str) -> None:
    assert texts(text) == [shown]


def test_macros_of_the_author() -> None:
    text = r"""\newcommand{\us}{Our Tool\xspace} \newcommand\pair[2][x]{(#1, \emph{#2})} \def\R{\mathbb{R}}
    \DeclareMathOperator{\argmax}{arg\,max}
    \us is \us. \pair{b} \pair[a]{b} $\argmax \in \R$"""
    assert texts(text) == [
        "Our Tool is Our Tool. (x, *b*) (a, *b*) $\\operatorname{arg\\,max}\\in \\mathbb{R}$"
    ]


def test_formulas_stay_as_they_are() -> None:
    text = r"""a \[ x^2 \] b $$y$$ \begin{equation}\label{e} z \end{equation}
    \begin{align*} a &= b \\ c &= d \end{align*}"""
    assert contents(text) == [
        ("text", "a"),
        ("formula", "$$x^2$$"),
        ("text", "b"),
        ("formula", "$$y$$"),
        ("formula", "$$z$$"),
        ("formula", "$$\\begin{aligned}\na &= b \\\\ c &= d\n\\end{aligned}$$"),
    ]


def test_lists() -> None:
    text = r"""\begin{itemize} \item a \begin{enumerate}[i)] \item x \item y \end{enumerate} \item[(b)] c
    \end{itemize} \begin{description} \item[T \emph{x}] D \end{description} end"""
    assert texts(text) == ["a", "    1. x", "    2. y", "(b) c", "**T *x***", "    D", "end"]


def test_tables_with_spans() -> None:
    text = r"""\begin{table}[t]\caption[s]{All of \emph{it}}\begin{tabular}{l|c@{}c} \toprule
    & \multicolumn{2}{c}{AB} \\ \cmidrule(lr){2-3} N & A & B \\ \midrule \multirow{2}{*}{X} & 1 & {2 & 3} \\
    & \bf 4 & \\[2pt] \bottomrule \end{tabular}\end{table}"""
    table = only_table(text)
    assert table.html == (
        '<table>\n<thead>\n<tr><th></th><th colspan="2">AB</th></tr>\n<tr><th>N</th><th>A</th>'
        '<th>B</th></tr>\n</thead>\n<tbody>\n<tr><td rowspan="2">X</td><td>1</td><td>2 &amp; 3</td></tr>\n'
        "<tr><td>4</td><td></td></tr>\n</tbody>\n</table>"
    )
    assert contents(text)[0] == ("table_caption", "All of *it*")


def test_a_long_table_has_one_header() -> None:
    text = r"""\begin{longtable}{ll} \caption{C}\\ \hline A & B \\ \endfirsthead A & B \\ \endhead
    more & \\ \endfoot 1 & 2 \\ \end{longtable}"""
    assert only_table(text).markdown == "| A | B |\n| --- | --- |\n| 1 | 2 |"


def test_figures_quotes_theorems_and_code() -> None:
    text = r"""\newtheorem{satz}{Satz} \begin{document}
    \begin{figure}\includegraphics[width=1cm]{a.png}\caption{F}\end{figure}
    \begin{quote} Q \end{quote} \begin{satz}[Ada] S \end{satz} \begin{proof} P \end{proof}
    \begin{lstlisting}[language=Python]
    x = "%" \end{lstlisting} \begin{comment} gone \end{comment}
    \begin{verbatim}
\section{no}
\end{verbatim}
    \begin{thebibliography}{9} \bibitem{k} Book. \end{thebibliography} \input{secret}"""
    assert contents(text) == [
        ("figure", ""), ("figure_caption", "F"), ("text", "> Q"), ("text", "**Satz (Ada).** S"),
        ("text", "**Proof.** P"), ("text", '```python\n    x = "%"\n```'),
        ("text", "```\n\\section{no}\n```"), ("section_header", "References"), ("list_item", "[k] Book."),
    ]  # fmt: skip


def test_slides_and_algorithms() -> None:
    text = r"""\begin{frame}{T $x$} \begin{block}{B} b \end{block} \end{frame}
    \begin{algorithmic}[1] \If{$x$} \State y \EndIf \end{algorithmic}"""
    assert texts(text) == ["T $x$", "**B**", "b", "if $x$\ny\nend if"]


def test_a_caption_belongs_to_what_is_in_its_figure() -> None:
    kinds = [f for f, _ in contents(r"\begin{figure}\caption{a}\includegraphics{b}\end{figure}")]
    assert FragmentType.FIGURE_CAPTION in kinds


@pytest.mark.parametrize(
    "text",
    [
        "{" * 50_000,
        "}" * 50_000,
        r"\begin{a}" * 20_000,
        r"\end{a}" * 50_000,
        r"\(" * 50_000,
        "$" * 50_001,
        r"\begin{verbatim}" * 20_000,
        r"\footnote{" * 10_000,
        r"\begin{tabular}{" * 10_000,
        r"\textbf{a" * 20_000,
        r"\item[\item[" * 10_000,
        r"\begin{frame}{" * 5_000,
        r"\cite[" * 30_000,
        r"\verb|" * 30_001,
        "&\\\\" * 30_000,
        r"\begin{tabular}{l}" + "&" * 50_000,
        r"\newcommand{" * 20_000,
        "%\n" * 50_000,
        r"\'" * 50_000,
        r"\newcommand\a{\b\b}\newcommand\b{\a\a}" + r"\a" * 1000,
        r"\newcommand\a[1]{" + "#1" * 2000 + "}" + r"\a{" + "x" * 50_000 + "}",
    ],
)
def test_no_text_takes_long(text: str) -> None:
    start = time.process_time()
    html = html_of_latex(text)
    assert time.process_time() - start < 10
    assert len(html) < 6_000_000


PIECES = r"""
    { } [ ] $ $$ & \\ % \item \( \) \[ \] \section{ \footnote{ \caption \textbf{ \bf \cite{a} \verb|x|
    word é \begin{itemize} \end{itemize} \begin{tabular}{l} \end{tabular} \begin{figure} \end{figure} \'
    \m #1 \title{t} \multicolumn{2}{c}{ \multirow{2}{*}{x} \hline \endhead \begin{align} \end{align}
    \begin{frame} \begin{document} \newcommand{\m}[1]{a#1} \begin{verbatim} \end{verbatim}
"""
pieces = st.sampled_from([*PIECES.split(), "\n\n", " "])


@given(st.lists(pieces, max_size=30).map("".join))
def test_any_text_is_read(text: str) -> None:
    fragments_of_html(html_of_latex(text))


@given(
    st.lists(
        st.sampled_from(
            [
                r"\section{{{}}}",
                r"\textbf{{{}}}",
                "{}\n\n",
                r"\item {}",
                "{{{}",
                "{}}}",
                r"\foo{{{}}}",
                "{} & ",
            ]
        )
    )
)
def test_no_word_is_lost(forms: list[str]) -> None:
    read = " ".join(texts(" ".join(form.format(f"w{n}q") for n, form in enumerate(forms))))
    assert all(f"w{n}q" in read for n in range(len(forms)))


def test_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a.tex"
    path.write_bytes("\\section{Café}".encode("latin-1"))
    assert LatexReader(path).fragments()[0].content.content == "Café"
