"""What a document keeps in parts of its own: pictures, charts, diagrams and imported content."""

from __future__ import annotations

from collections import Counter
from html import escape

from pipelines.readers.docx.blocks import Block, PicturePart
from pipelines.readers.docx.drawings import Chart, Diagram, Picture
from pipelines.readers.docx.imported import imported
from pipelines.readers.docx.parts import Parts
from pipelines.readers.html.lists import Item, ItemList, indented
from pipelines.readers.ooxml.charts import chart_fragment
from pipelines.readers.ooxml.diagrams import outline
from schemas.fragments import FragmentType

_MOST_USES = 100


class Objects:
    """Blocks of what the text refers to by relationships; with ``charts`` those are data, not figures."""

    def __init__(self, parts: Parts, *, charts: bool) -> None:
        self._parts, self._charts = parts, charts
        self._uses: Counter[str] = Counter()

    def blocks(self, drawn: Picture | Chart | Diagram, part: str, *, in_cell: bool) -> list[Block]:
        """What is drawn in the text of ``part``."""
        target = self._target(part, drawn.relationship)
        match drawn:
            case Picture():
                picture = PicturePart(target, drawn.crop) if target else None
                return [Block(FragmentType.FIGURE, drawn.alternative, drawn.alternative, picture=picture)]
            case Chart():
                return self._chart(target)
            case Diagram():
                return self._diagram(target, in_cell=in_cell)

    def imported(self, part: str, relationship: str | None) -> list[Block]:
        """Content of another format that stands in the text of ``part``."""
        target = self._target(part, relationship)
        data = self._bytes(target)
        blocks = []
        for fragment in imported(target, data) if target and data else ():
            text = fragment.content.content
            blocks.append(Block(fragment.fragment_type, text, text, escape(text), content=fragment.content))
        return blocks

    def _target(self, part: str, relationship: str | None) -> str | None:
        related = self._parts.related(part, relationship)
        return related.target if related and not related.external else None

    def _limited(self, target: str | None) -> str | None:
        """The part, as long as a small file does not become a huge document by naming it again and again."""
        self._uses[target or ""] += 1
        return target if self._uses[target or ""] <= _MOST_USES else None

    def _bytes(self, target: str | None) -> bytes | None:
        limited = self._limited(target)
        return self._parts.bytes(limited) if limited else None

    def _chart(self, target: str | None) -> list[Block]:
        xml = self._bytes(target)
        found = chart_fragment(xml, as_data=self._charts) if xml else None
        return [Block(found[0], content=found[1])] if found else []

    def _diagram(self, target: str | None, *, in_cell: bool) -> list[Block]:
        data = self._parts.xml(self._limited(target))
        blocks = []
        for depth, text in outline(data) if data is not None else ():
            plain = f"- {text}"
            markdown = plain if in_cell else indented(text, Item(ItemList(), "", depth))
            blocks.append(Block(FragmentType.LIST_ITEM, markdown, plain, escape(plain)))
        return blocks
