"""Classes of pages from the options to the result: what is looked for, what stays, what extraction sees."""

from __future__ import annotations

from typing import Any

from pipelines.parse import assemble
from pipelines.plan import page_stages
from pipelines.work import PageRecord, RunContext
from schemas.documents import ParsedDocument, WarningKind
from schemas.fragments import FragmentType, HeaderContent, PageFragment, TextContent
from schemas.geometry import PageSize
from schemas.llm import LlmName, Reply
from schemas.options import Configuration
from schemas.reading import SourcePage
from tests.fakes.engines import FakeEngines, FakeReader

INVOICE = {"name": "Invoice", "description": "a bill for goods"}
SIGNED = {"name": "Signed", "description": "a page with a signature"}
SCHEMA = {"type": "object", "properties": {"invoice_number": {"type": "string"}}}


def record(number: int, *texts: str, signed: bool = False) -> PageRecord:
    title, *rest = texts
    fragments = [
        PageFragment(
            fragment_type=FragmentType.SECTION_HEADER, content=HeaderContent(content=title, level=1)
        ),
        *(PageFragment(fragment_type=FragmentType.TEXT, content=TextContent(content=one)) for one in rest),
    ]
    if signed:
        content = TextContent(content="Signature detected")
        fragments.append(PageFragment(fragment_type=FragmentType.SIGNATURE, content=content))
    return PageRecord(number, PageSize(width=600, height=800), fragments, [], [])


RECORDS = [
    record(1, "Swifts", "They sleep on the wing and nobody knows why."),
    record(2, "INVOICE", "Invoice number: A-17", "Amount due 14.00", signed=True),
]


def parse(engines: FakeEngines | None = None, **options: Any) -> ParsedDocument:
    asked = Configuration.model_validate(options)
    return assemble(RECORDS, 2, asked, engines or FakeEngines(), RunContext())


def test_pages_and_document_tell_the_classes() -> None:
    document = parse(page_classifications=[INVOICE])
    assert document.page_classes is not None
    (invoice,) = document.page_classes
    assert (invoice.page_class, invoice.page_numbers) == ("Invoice", [2])
    first, second = document.pages
    assert first.classification_reason is None
    assert second.classification_reason is not None
    assert "INVOICE" in second.classification_reason
    assert document.warnings == []


def test_without_classes_nothing_is_told() -> None:
    document = parse()
    assert document.page_classes is None
    assert [page.classification_reason for page in document.pages] == [None, None]


def test_no_page_in_any_class_is_an_empty_list() -> None:
    assert (
        parse(page_classifications=[{"name": "Passport", "description": "a travel document"}]).page_classes
        == []
    )


def test_a_schema_for_a_class_sees_its_pages_only() -> None:
    schema = {"schema_name": "s", "json_schema": SCHEMA, "page_classes": ["Invoice"]}
    document = parse(page_classifications=[INVOICE], structured_extraction_options=[schema])
    assert document.structured_data is not None
    (filled,) = document.structured_data
    assert filled.page_numbers == [2]
    assert filled.data == {"invoice_number": "A-17"}


def test_signatures_that_only_a_class_speaks_of_are_not_in_the_result() -> None:
    document = parse(page_classifications=[SIGNED])
    assert document.page_classes is not None
    assert [one.page_numbers for one in document.page_classes] == [[2]]
    kinds = {fragment.fragment_type for page in document.pages for fragment in page.page_fragments}
    assert FragmentType.SIGNATURE not in kinds
    assert document.usage.signature_detected_pages == 0
    asked = parse(page_classifications=[SIGNED], parsing_options={"signature_detection": True})
    assert asked.usage.signature_detected_pages == 1
    assert asked.pages[1].page_fragments[-1].fragment_type is FragmentType.SIGNATURE


def stages(*classes: dict[str, str]) -> set[str]:
    reader = FakeReader(lambda number: SourcePage(number, 600, 800))
    asked = Configuration.model_validate({"page_classifications": classes})
    return {stage.name for stage in page_stages(asked, reader, FakeEngines())}


def test_what_classes_speak_of_is_looked_for() -> None:
    plain = stages(INVOICE)
    assert stages(SIGNED) - plain == {"signatures"}
    assert stages({"name": "Label", "description": "has a barcode"}) - plain == {"barcodes"}


def test_ignored_fragments_still_tell_the_class() -> None:
    document = parse(page_classifications=[INVOICE], parsing_options={"ignore_sections": ["section_header"]})
    assert document.page_classes is not None
    assert [one.page_numbers for one in document.page_classes] == [[2]]


def test_the_tokens_of_a_model_count_as_those_of_extraction() -> None:
    found = [{"page": 1, "class": "Invoice", "reason": "It says so."}]
    engines = FakeEngines(llms=frozenset({LlmName.TENSORLAKE}), replies=[Reply({"found": found}, 50, 5)])
    document = parse(engines, page_classifications=[INVOICE])
    assert document.page_classes is not None
    assert document.page_classes[0].classification_reasons == {"1": "It says so."}
    usage = document.usage
    assert (usage.extraction_input_tokens_used, usage.extraction_output_tokens_used) == (50, 5)
    assert [w.kind for w in document.warnings if w.kind is WarningKind.FALLBACK] == []
