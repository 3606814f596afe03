"""Presentations made by hand: one master, one layout, and slides of given shapes."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    f'xmlns:r="{_OFFICE}" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:a14="http://schemas.microsoft.com/office/drawing/2010/main" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" '
    'xmlns:p188="http://schemas.microsoft.com/office/powerpoint/2018/8/main"'
)
_TYPE = "application/vnd.openxmlformats-officedocument."
_POINT = 12700


def xml(name: str, inside: str, attributes: str = "") -> str:
    """A part whose root is ``name``."""
    return f'<?xml version="1.0" encoding="UTF-8"?><{name} {_SPACES} {attributes}>{inside}</{name}>'


def xfrm(x: float, y: float, width: float, height: float, attributes: str = "", tag: str = "a:xfrm") -> str:
    """A frame given in points."""
    x, y, width, height = (round(value * _POINT) for value in (x, y, width, height))
    return f'<{tag} {attributes}><a:off x="{x}" y="{y}"/><a:ext cx="{width}" cy="{height}"/></{tag}>'


def paragraph(text: str, properties: str = "", run: str = "") -> str:
    """A paragraph of one run; ``properties`` is its ``pPr``, ``run`` the ``rPr``."""
    return f"<a:p>{properties}<a:r>{run}<a:t>{text}</a:t></a:r></a:p>"


def shape(text: str, frame: str = "", placeholder: str = "", named: str = "", fill: str = "") -> str:
    """A shape; ``text`` is paragraphs or the text of one, ``placeholder`` the attributes of its ``ph``."""
    body = text if text.startswith("<") else paragraph(text)
    ph = f"<p:ph {placeholder}/>" if placeholder else ""
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="2" name="x" {named}/><p:cNvSpPr/><p:nvPr>{ph}</p:nvPr></p:nvSpPr>'
        f"<p:spPr>{frame}{fill}</p:spPr><p:txBody><a:bodyPr/>{body}</p:txBody></p:sp>"
    )


def picture(relation: str, frame: str, described: str = "", crop: str = "") -> str:
    """A picture."""
    return (
        f'<p:pic><p:nvPicPr><p:cNvPr id="3" name="y" descr="{described}"/><p:cNvPicPr/><p:nvPr/></p:nvPicPr>'
        f'<p:blipFill><a:blip r:embed="{relation}"/>{crop}</p:blipFill><p:spPr>{frame}</p:spPr></p:pic>'
    )


def graphic(data: str, frame: str) -> str:
    """A graphic frame around a table, a chart…"""
    return (
        '<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="4" name="z"/><p:cNvGraphicFramePr/><p:nvPr/>'
        f"</p:nvGraphicFramePr>{frame}<a:graphic><a:graphicData>{data}</a:graphicData></a:graphic>"
        "</p:graphicFrame>"
    )


def group(members: str, frame: str) -> str:
    """A group; ``frame`` is its whole ``xfrm``."""
    return f"<p:grpSp><p:nvGrpSpPr/><p:grpSpPr>{frame}</p:grpSpPr>{members}</p:grpSp>"


@dataclass
class Slide:
    """A slide: its shapes, and the parts it refers to by relationship id (kind, target)."""

    shapes: str
    related: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    attributes: str = ""


_LEVELS = (
    '<a:lvl1pPr><a:buChar char="•"/></a:lvl1pPr><a:lvl2pPr><a:buChar char="–"/></a:lvl2pPr>'
    '<a:lvl3pPr><a:buChar char="•"/></a:lvl3pPr>'
)
_ON_MASTER = (
    shape("Click for a title", xfrm(36, 20, 648, 90), 'type="title"')
    + shape("Click for text", xfrm(36, 126, 648, 356), 'type="body" idx="1"')
    + shape("Footer prompt", xfrm(246, 500, 228, 29), 'type="ftr" idx="3"')
)
_ON_LAYOUT = (
    shape("Title prompt", placeholder='type="title"')
    + shape("Prompt", placeholder='idx="1"')
    + shape("Prompt", xfrm(400, 126, 284, 356), 'type="body" idx="13"')
)


def _sheet(shapes: str) -> str:
    return f"<p:cSld><p:spTree>{shapes}</p:spTree></p:cSld>"


def relationships(related: Mapping[str, tuple[str, str]]) -> str:
    """A ``.rels`` part."""
    entries = ""
    for key, (kind, target) in related.items():
        mode = 'TargetMode="External"' if "://" in target else ""
        entries += f'<Relationship Id="{key}" Type="{_OFFICE}/{kind}" Target="{target}" {mode}/>'
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{space}">{entries}</Relationships>'


def _types(names: Iterable[str]) -> str:
    """The types of the parts that Office asks for."""
    kinds = {
        "ppt/presentation.xml": "presentation.main",
        "ppt/slides/slide": "slide",
        "ppt/slideLayouts/": "slideLayout",
        "ppt/slideMasters/": "slideMaster",
    }
    overrides = "".join(
        f'<Override PartName="/{name}" ContentType="{_TYPE}presentationml.{kind}+xml"/>'
        for name in names
        for start, kind in kinds.items()
        if name.startswith(start) and name.endswith(".xml")
    )
    relations = "application/vnd.openxmlformats-package.relationships+xml"
    return (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Default Extension="rels" ContentType="{relations}"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def deck(
    path: Path,
    slides: Sequence[Slide | str],
    parts: Mapping[str, str | bytes] | None = None,
    *,
    on_master: str = "",
    on_layout: str = "",
    presentation: str = "",
) -> Path:
    """Writes a presentation of 720 by 540 points; ``parts`` come on top, or in place, of the usual ones."""
    files: dict[str, str | bytes] = {
        "_rels/.rels": relationships({"r1": ("officeDocument", "ppt/presentation.xml")}),
        "ppt/slideMasters/m.xml": xml(
            "p:sldMaster",
            _sheet(_ON_MASTER + on_master) + f"<p:txStyles><p:bodyStyle>{_LEVELS}</p:bodyStyle></p:txStyles>",
        ),
        "ppt/slideLayouts/l.xml": xml("p:sldLayout", _sheet(_ON_LAYOUT + on_layout)),
        "ppt/slideLayouts/_rels/l.xml.rels": relationships({"r1": ("slideMaster", "../slideMasters/m.xml")}),
    }
    ids = "".join(f'<p:sldId id="{255 + n}" r:id="s{n}"/>' for n in range(1, len(slides) + 1))
    files["ppt/presentation.xml"] = xml(
        "p:presentation",
        f'<p:sldIdLst>{ids}</p:sldIdLst><p:sldSz cx="{720 * _POINT}" cy="{540 * _POINT}"/>{presentation}',
    )
    files["ppt/_rels/presentation.xml.rels"] = relationships(
        {f"s{n}": ("slide", f"slides/slide{n}.xml") for n in range(1, len(slides) + 1)}
    )
    for n, given in enumerate(slides, 1):
        slide = given if isinstance(given, Slide) else Slide(given)
        files[f"ppt/slides/slide{n}.xml"] = xml("p:sld", _sheet(slide.shapes), slide.attributes)
        files[f"ppt/slides/_rels/slide{n}.xml.rels"] = relationships(
            {"layout": ("slideLayout", "../slideLayouts/l.xml"), **slide.related}
        )
    files |= dict(parts or {})
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {"[Content_Types].xml": _types(files), **files}.items():
            archive.writestr(name, data)
    return path
