"""Documents laid out by LibreOffice from flat OpenDocument text."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random
from xml.sax.saxutils import escape, quoteattr

from benchmarks.facts.structure_drawn import blocks, fonts
from benchmarks.facts.structure_drawn.blocks import Block, Grid, Heading, Look, Paper
from benchmarks.facts.structure_drawn.office_tables import table, table_styles
from benchmarks.facts.structure_drawn.tongue import word

_SECONDS = 120
_PROGRAM = shutil.which("soffice")
if _PROGRAM is None:
    raise ImportError("there is no soffice")
_SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{path}:1.0"'
    for name, path in (
        ("office", "office"),
        ("style", "style"),
        ("text", "text"),
        ("table", "table"),
        ("fo", "xsl-fo-compatible"),
        ("svg", "svg-compatible"),
    )
)


def write(paper: Paper, target: Path) -> None:
    """Writes the document as a PDF."""
    bookmarks = {"ExportBookmarks": {"type": "boolean", "value": str(paper.look.bookmarks).lower()}}
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "paper.fodt"
        source.write_text(source_of(paper), encoding="utf-8")
        profile = f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}"
        to = f"pdf:writer_pdf_Export:{json.dumps(bookmarks)}"
        command = [str(_PROGRAM), profile, "--headless", "--convert-to", to, "--outdir", folder, str(source)]
        subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS)
        shutil.move(source.with_suffix(".pdf"), target)


def source_of(paper: Paper) -> str:
    """The document as flat OpenDocument text."""
    notes = iter(paper.footnotes)
    tab = Random(paper.title).random() < 0.5
    body = "".join(part for block in paper.blocks for part in _block(block, paper, notes, tab=tab))
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {_SPACES} office:version="1.3"'
        ' office:mimetype="application/vnd.oasis.opendocument.text">'
        f"<office:styles>{''.join(_styles(paper.look))}</office:styles>"
        f"<office:automatic-styles>{_page(paper.look)}{''.join(table_styles(paper))}</office:automatic-styles>"
        f"<office:master-styles>{_running(paper)}</office:master-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document>"
    )


def _style(name: str, paragraph: str, text: str, parent: str = "Standard", more: str = "") -> str:
    above = f' style:parent-style-name="{parent}"' if name != parent else ""
    return (
        f'<style:style style:name="{name}" style:family="paragraph"{above}{more}>'
        f"<style:paragraph-properties {paragraph}/><style:text-properties {text}/></style:style>"
    )


def _styles(look: Look) -> Iterator[str]:
    font, size = quoteattr(fonts.NAMES[look.family]), look.size
    indent = 'fo:text-indent="14pt"' if look.indented else ""
    below = 0 if look.indented else size * 0.6
    align = "justify" if look.justified else "start"
    yield (
        '<style:style style:name="Standard" style:family="paragraph"><style:paragraph-properties/>'
        f'<style:text-properties fo:font-family={font} fo:font-size="{size}pt"/></style:style>'
    )
    yield _style(
        "Body", f'fo:margin-bottom="{below}pt" fo:line-height="125%" fo:text-align="{align}" {indent}', ""
    )
    yield _style("Item", 'fo:margin-left="18pt" fo:text-indent="-14pt" fo:margin-bottom="2pt"', "")
    yield _style("Small", 'fo:margin-bottom="6pt"', f'fo:font-size="{size - 1}pt"')
    yield _style(
        "Caption",
        'fo:margin-top="8pt" fo:margin-bottom="3pt" fo:keep-with-next="always"',
        'fo:font-weight="bold"',
    )
    yield _style("Box", 'fo:border="0.7pt solid #777777" fo:padding="5pt" fo:background-color="#f2f2f2"', "")
    yield _style("Break", 'fo:break-before="page"', 'fo:font-size="2pt"')
    yield _style("Cell", "", f'fo:font-size="{look.table_size}pt"')
    yield _style("Number", 'fo:text-align="end"', "", "Cell")
    width = look.page[0] - 2 * look.margin + 44
    leader = f'style:leader-style="{"dotted" if look.running else "none"}"'
    stop = f'<style:tab-stop style:position="{width / look.columns - 20}pt" style:type="right" {leader}/>'
    tabs = f"<style:tab-stops>{stop}</style:tab-stops>"
    yield (
        '<style:style style:name="Entry" style:family="paragraph" style:parent-style-name="Standard">'
        f"<style:paragraph-properties>{tabs}</style:paragraph-properties></style:style>"
    )
    yield _style("Running", "", f'fo:font-size="{size - 1.5}pt"')
    yield _style("RunningCentre", 'fo:text-align="center"', "", "Running")
    yield _style("RunningRight", 'fo:text-align="end"', "", "Running")
    yield (
        '<style:style style:name="Bold" style:family="text">'
        '<style:text-properties fo:font-weight="bold"/></style:style>'
    )
    for level in range(6):
        yield _heading_style(look, level)


def _heading_style(look: Look, level: int) -> str:
    own, size = look.heading(level), look.size
    keep = "always" if look.keep else "auto"
    outline = f' style:default-outline-level="{level}"' if level else ""
    return _style(
        f"Heading{level}",
        f'fo:margin-top="{size * own.above}pt" fo:margin-bottom="{size * 0.5}pt" fo:keep-with-next="{keep}"'
        f' fo:text-align="{"center" if own.centred else "start"}"',
        f'fo:font-size="{size * own.size}pt" fo:color="{own.color}"'
        f' fo:font-weight="{"bold" if own.bold else "normal"}"'
        f' fo:font-style="{"italic" if own.italic else "normal"}"'
        f' fo:text-transform="{"uppercase" if own.capitals else "none"}"'
        + (' style:text-underline-style="solid"' if own.underlined else ""),
        more=outline,
    )


def _page(look: Look) -> str:
    width, height = look.page
    columns = (
        f'<style:columns fo:column-count="{look.columns}" fo:column-gap="20pt"/>' if look.columns > 1 else ""
    )
    room = '<style:header-footer-properties fo:min-height="20pt" fo:margin-{1}="8pt"/>'
    space = f"<style:{{0}}-style>{room}</style:{{0}}-style>"
    return (
        '<style:page-layout style:name="Layout" style:page-usage="mirrored"><style:page-layout-properties'
        f' fo:page-width="{width}pt" fo:page-height="{height}pt" fo:margin="{look.margin - 22}pt">{columns}'
        f"</style:page-layout-properties>{space.format('header', 'bottom')}{space.format('footer', 'top')}"
        "</style:page-layout>"
    )


def _running(paper: Paper) -> str:
    """The heads and feet of right and of left pages; the first page has no head."""
    look = paper.look
    title = escape(paper.title)
    chapter = '<text:chapter text:display="name" text:outline-level="1"/>'
    right, left = {
        "title": (("Centre", title), ("Centre", title)),
        "chapter": (("Centre", chapter), ("Centre", chapter)),
        "sides": (("Right", chapter), ("", title)),
    }.get(look.running, (("", ""), ("", "")))
    form = escape(look.page_number.replace("{word}", word(paper.language, "page")))
    form = form.replace("{page}", '<text:page-number text:select-page="current"/>')
    form = form.replace("{pages}", "<text:page-count/>")
    foot = f'<text:p text:style-name="RunningCentre">{form}</text:p>'
    heads = [f'<text:p text:style-name="Running{side}">{text}</text:p>' for side, text in (right, left)]
    return (
        '<style:master-page style:name="Standard" style:page-layout-name="Layout">'
        f"<style:header>{heads[0]}</style:header><style:header-left>{heads[1]}</style:header-left>"
        f"<style:header-first><text:p/></style:header-first>"
        f"<style:footer>{foot}</style:footer></style:master-page>"
    )


def _block(block: Block, paper: Paper, notes: Iterator[str], *, tab: bool) -> Iterator[str]:
    match block:
        case Heading():
            yield _heading(block, paper.blocks.index(block), tab=tab)
        case blocks.Contents():
            yield _heading(block.heading, -1, tab=tab)
            yield from _entries(paper)
        case blocks.Text():
            note = "" if block.bold else next(notes, "")
            yield _text(block, note)
        case blocks.PageBreak():
            yield '<text:p text:style-name="Break"/>'
        case Grid():
            yield from table(block)
        case _:
            yield from _aside(block)


def _heading(heading: Heading, number: int, *, tab: bool) -> str:
    gap = "<text:tab/>" if tab and heading.gap.isspace() else escape(heading.gap)
    label = (
        f"{escape(heading.label)}{'<text:line-break/>' if heading.apart else gap}" if heading.label else ""
    )
    marked = f'<text:bookmark text:name="h{number}"/>{label}{escape(heading.text)}'
    style = f'text:style-name="Heading{heading.level}"'
    if heading.level == 0 or heading.optional:
        return f"<text:p {style}>{marked}</text:p>"
    return f'<text:h {style} text:outline-level="{heading.level}">{marked}</text:h>'


def _entries(paper: Paper) -> Iterator[str]:
    """The table of contents: LibreOffice fills in the pages."""
    for number, block in enumerate(paper.blocks):
        if isinstance(block, Heading) and block.level > 0 and not block.optional:
            name = f'text:ref-name="h{number}"'
            page = f'<text:bookmark-ref text:reference-format="page" {name}>0</text:bookmark-ref>'
            indent = '<text:s text:c="3"/>' * (block.level - 1)
            yield f'<text:p text:style-name="Entry">{indent}{escape(block.printed)}<text:tab/>{page}</text:p>'


def _text(block: blocks.Text, note: str) -> str:
    text = escape(block.text)
    if block.bold:
        text = f'<text:span text:style-name="Bold">{text}</text:span>'
    if block.lead:
        text = f'<text:span text:style-name="Bold">{escape(block.lead)}</text:span> {text}'
    if note:
        inside = "<text:note-citation>*</text:note-citation>"
        inside += f"<text:note-body><text:p>{escape(note)}</text:p></text:note-body>"
        text += f'<text:note text:note-class="footnote">{inside}</text:note>'
    return f'<text:p text:style-name="Body">{text}</text:p>'


def _aside(block: Block) -> Iterator[str]:
    """What stands between paragraphs; a picture is its caption alone."""
    match block:
        case blocks.Items():
            for mark, text in block.items:
                yield f'<text:p text:style-name="Item">{escape(mark)} {escape(text)}</text:p>'
        case blocks.Note():
            title = f'<text:span text:style-name="Bold">{escape(block.title)}</text:span>'
            yield f'<text:p text:style-name="Box">{title}<text:line-break/>{escape(block.text)}</text:p>'
        case blocks.Picture():
            yield f'<text:p text:style-name="Small">{escape(block.caption)}</text:p>'
        case blocks.Lines():
            yield from (f"<text:p>{escape(line)}</text:p>" for line in block.lines)
        case _:
            raise TypeError(type(block).__name__)
    yield "<text:p/>"
