"""Word documents made by hand, part by part."""

from __future__ import annotations

import zipfile
from html import escape
from pathlib import Path

from pipelines.readers.docx.changes import Revisions
from pipelines.readers.docx.reader import DocxReader
from schemas.fragments import PageFragment
from schemas.reading import FlowPage, FlowView

_OFFICE = "http://schemas.openxmlformats.org"
PACKAGE = f"{_OFFICE}/package/2006/relationships"
RELATIONSHIPS = f"{_OFFICE}/officeDocument/2006/relationships"
NAMESPACES = " ".join(
    f'xmlns:{prefix}="{uri}"'
    for prefix, uri in {
        "w": f"{_OFFICE}/wordprocessingml/2006/main",
        "r": RELATIONSHIPS,
        "m": f"{_OFFICE}/officeDocument/2006/math",
        "a": f"{_OFFICE}/drawingml/2006/main",
        "c": f"{_OFFICE}/drawingml/2006/chart",
        "dgm": f"{_OFFICE}/drawingml/2006/diagram",
        "pic": f"{_OFFICE}/drawingml/2006/picture",
        "wp": f"{_OFFICE}/drawingml/2006/wordprocessingDrawing",
        "mc": f"{_OFFICE}/markup-compatibility/2006",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
        "v": "urn:schemas-microsoft-com:vml",
    }.items()
)
CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/'
    'vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_ROOTS = {"header": "hdr", "footer": "ftr"}


def root(tag: str, content: str) -> str:
    """A part's XML."""
    return f"<w:{tag} {NAMESPACES}>{content}</w:{tag}>"


def write(
    path: Path,
    body: str,
    links: dict[str, str] | None = None,
    names: dict[str, str] | None = None,
    **parts: str | bytes,
) -> Path:
    """A document with this body; ``parts`` by kind (``styles``, ``header1``…) are what their roots hold.

    A part of bytes is stored as it is, under its kind or the name that ``names`` has for it; ``links``
    are external targets by id.
    """
    relations = [
        f'<Relationship Id="{name}" Type="x/hyperlink" Target="{escape(target)}" TargetMode="External"/>'
        for name, target in (links or {}).items()
    ]
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("[Content_Types].xml", CONTENT_TYPES)
        file.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{RELATIONSHIPS}/officeDocument" '
            'Target="word/document.xml"/></Relationships>',
        )
        for name, content in parts.items():
            kind = name.rstrip("0123456789")
            if isinstance(content, bytes):
                target, data = f"media/{(names or {}).get(name, name)}", content
            else:
                target, data = f"{name}.xml", root(_ROOTS.get(kind, kind), content).encode()
            relations.append(f'<Relationship Id="{name}" Type="{RELATIONSHIPS}/{kind}" Target="{target}"/>')
            file.writestr(f"word/{target}", data)
        file.writestr("word/document.xml", root("document", f"<w:body>{body}</w:body>"))
        file.writestr(
            "word/_rels/document.xml.rels",
            f'<Relationships xmlns="{PACKAGE}">{"".join(relations)}</Relationships>',
        )
    return path


def page(
    path: Path, revisions: Revisions = Revisions.MARKED, *, comments: bool = True, charts: bool = False
) -> FlowPage:
    """The document as read."""
    reader = DocxReader(path)
    try:
        return reader.read(revisions, FlowView(comments=comments, charts=charts))
    finally:
        reader.close()


def kinds(fragments: list[PageFragment]) -> list[tuple[str, str]]:
    """Kinds and contents."""
    return [(f.fragment_type.value, f.content.content) for f in fragments]


def texts(fragments: list[PageFragment]) -> list[str]:
    """Contents alone."""
    return [f.content.content for f in fragments]


def p(content: str = "", style: str = "", properties: str = "") -> str:
    """A paragraph of runs, or of text."""
    runs = content if content.startswith("<") or not content else t(content)
    of_style = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{of_style}{properties}</w:pPr>{runs}</w:p>"


def t(text: str, properties: str = "") -> str:
    """A run of text."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def cell(content: str, properties: str = "") -> str:
    """A cell of a table."""
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{content if content.startswith('<') else p(content)}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    """A row of cells, or of texts."""
    made = (one if one.startswith("<w:tc>") else cell(one) for one in cells)
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(made)}</w:tr>"


def table(*rows: str, properties: str = "") -> str:
    """A table."""
    return f"<w:tbl><w:tblPr>{properties}</w:tblPr>{''.join(rows)}</w:tbl>"


def style(style_id: str, name: str, content: str = "", kind: str = "paragraph", based_on: str = "") -> str:
    """A style."""
    base = f'<w:basedOn w:val="{based_on}"/>' if based_on else ""
    return (
        f'<w:style w:type="{kind}" w:styleId="{style_id}"><w:name w:val="{name}"/>{base}{content}</w:style>'
    )


def field(instruction: str, result: str) -> str:
    """A complex field."""
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f"<w:r><w:instrText>{escape(instruction)}</w:instrText></w:r>"
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        f'{result if result.startswith("<") else t(result)}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
