"""What a page is made of: fragments, one content class per kind.

The wire's clients pick the class of a fragment's content by its keys, so each content class here has
exactly the keys of its kind (``summary`` on figures and tables, ``level`` on headings, a box on every cell).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from schemas.geometry import Box


class FragmentType(StrEnum):
    """The twenty kinds that may be emitted."""

    SECTION_HEADER = "section_header"
    TITLE = "title"
    TEXT = "text"
    TABLE = "table"
    FIGURE = "figure"
    FORMULA = "formula"
    FORM = "form"
    KEY_VALUE_REGION = "key_value_region"
    DOCUMENT_INDEX = "document_index"
    LIST_ITEM = "list_item"
    TABLE_CAPTION = "table_caption"
    FIGURE_CAPTION = "figure_caption"
    FORMULA_CAPTION = "formula_caption"
    PAGE_FOOTER = "page_footer"
    PAGE_HEADER = "page_header"
    PAGE_NUMBER = "page_number"
    SIGNATURE = "signature"
    STRIKETHROUGH = "strikethrough"
    BARCODE = "barcode"
    CHART = "chart"


FORMS = frozenset({FragmentType.FORM, FragmentType.KEY_VALUE_REGION})
"""The kinds whose ``content`` is a JSON array of fields."""


class Source(StrEnum):
    """Where a piece of text comes from."""

    DIGITAL = "digital"
    OCR = "ocr"
    MODEL = "model"
    FORM = "form"


class _Frozen(BaseModel):
    # What is given has all its fields: said in the OpenAPI document, so that typed clients need not ask.
    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)


class TextContent(_Frozen):
    """Text, formula, captions, headers and footers, list items, barcodes."""

    content: str
    html: str | None = None


class HeaderContent(_Frozen):
    """A title (level 0) or a section heading (level 1 and up); ``content`` has no ``#``."""

    content: str
    level: int = Field(ge=0)


class TableCell(_Frozen):
    """A cell with its place; a table whose format has no geometry has no cells at all."""

    text: str
    bounding_box: Box
    ref_id: str | None = None
    confidence: float | None = None
    source: Source | None = None


class TableContent(_Frozen):
    """A table, ``content`` being its ``html`` or ``markdown``; or, of ``FORMS``, the fields as JSON."""

    content: str
    cells: list[TableCell] = []
    html: str | None = None
    markdown: str | None = None
    summary: str | None = None


class FigureContent(_Frozen):
    """A figure or a chart; ``image_base64`` (PNG) only when images were asked for."""

    content: str
    summary: str | None = None
    image_base64: str | None = None


Content = HeaderContent | TableContent | FigureContent | TextContent

_CLASSES: dict[FragmentType, type[BaseModel]] = {
    FragmentType.TITLE: HeaderContent,
    FragmentType.SECTION_HEADER: HeaderContent,
    FragmentType.TABLE: TableContent,
    FragmentType.FORM: TableContent,
    FragmentType.KEY_VALUE_REGION: TableContent,
    FragmentType.FIGURE: FigureContent,
    FragmentType.CHART: FigureContent,
}


def content_class(kind: FragmentType) -> type[BaseModel]:
    """The content class of a fragment type: the one table that decides it."""
    return _CLASSES.get(kind, TextContent)


class FragmentWord(_Frozen):
    """A word of a fragment, only sent when ``parsing_options.include_words`` is set."""

    text: str
    bbox: Box
    confidence: float | None = None
    source: Source | None = None


class PageFragment(_Frozen):
    """One piece of a page.

    ``bbox`` is null where the format has no geometry; ``reading_order`` is 0-based and unique on
    the page, -1 for signatures; ``ref_id`` is ``<page>.<reading_order>``.
    """

    fragment_type: FragmentType
    content: Content
    reading_order: int | None = None
    bbox: Box | None = None
    ref_id: str | None = None
    confidence: Annotated[float, Field(ge=0, le=1)] | None = None
    source: Source | None = None
    words: list[FragmentWord] | None = None

    @model_validator(mode="before")
    @classmethod
    def _content_of_kind(cls, value: Any) -> Any:
        """Reads a stored content as its kind's class: by the keys alone, text would pass for a table."""
        if not isinstance(value, dict) or not isinstance(value.get("content"), dict):
            return value
        kind = FragmentType(value.get("fragment_type", ""))
        return {**value, "content": content_class(kind).model_validate(value["content"])}

    def model_post_init(self, _context: Any) -> None:
        """Refuses a content whose class is not that of the fragment's kind."""
        expected = content_class(self.fragment_type)
        if type(self.content) is not expected:
            raise ValueError(
                f"{self.fragment_type} takes {expected.__name__}, got {type(self.content).__name__}"
            )
