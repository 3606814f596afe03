"""Runs page stages over a window of pages; a page that fails is marked and the others go on."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence

from pipelines.work import DONE, FAILED, PageRecord, PageStage, PageWork, RunContext
from schemas.documents import PageFault
from schemas.errors import DocumentError, Interrupted
from schemas.geometry import PageSize


def run(stages: Sequence[PageStage], numbers: Sequence[int], context: RunContext) -> list[PageRecord]:
    """The pages ``numbers`` through all stages; their pixels are gone when this returns.

    Raises:
        Interrupted: the context asked to stop.
    """
    # As many pages together as the greediest stage can use: more would only hold more pixels at once.
    size = max(stage.batch for stage in stages)
    records: list[PageRecord] = []
    for start in range(0, len(numbers), size):
        pages = [PageWork(number) for number in numbers[start : start + size]]
        for stage in stages:
            _over_pages(stage, [page for page in pages if page.fault is None], context)
        records += [_record(page) for page in pages]
        for page in pages:
            context.progress(page.number, FAILED if page.fault else DONE)
    return records


def _over_pages(stage: PageStage, pages: Sequence[PageWork], context: RunContext) -> None:
    """One stage over all pages, in batches of the size it wants; its time is summed up."""
    started = time.perf_counter()
    for start in range(0, len(pages), stage.batch):
        context.check()
        batch = pages[start : start + stage.batch]
        for page in batch:
            context.progress(page.number, stage.name)
        with context.stage(stage.name, [page.number for page in batch]):
            _batch(stage, batch, context)
    context.seconds[stage.name] = context.seconds.get(stage.name, 0.0) + time.perf_counter() - started


def _batch(stage: PageStage, pages: Sequence[PageWork], context: RunContext) -> None:
    """The whole batch; if it fails, page by page, so that only the guilty page is lost."""
    try:
        stage(pages)
    except Interrupted:
        raise
    except Exception as error:
        if len(pages) == 1:
            pages[0].fault = _fault(pages[0].number, stage.name, error)
            return
        for page in pages:
            context.check()
            _batch(stage, [page], context)


def _fault(number: int, stage: str, error: Exception) -> PageFault:
    """What the user is told. Only messages written for users are passed on: others may hold document text."""
    if isinstance(error, DocumentError):
        code = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(error).__name__).upper()
        return PageFault(
            page_number=number, stage=stage, code=code, message=error.message, retryable=error.retryable
        )
    message = f"Page {number} could not be processed: the step {stage!r} failed ({type(error).__name__})."
    return PageFault(page_number=number, stage=stage, code="INTERNAL_ERROR", message=message)


def _record(page: PageWork) -> PageRecord:
    source, size = page.source, page.size
    lines = page.lines or []
    if source is not None:
        size = PageSize(width=round(source.width), height=round(source.height))
        lines = [page.pose.displayed_line(line) for line in lines]
    page.image = None
    fragments = [] if page.fault else page.fragments or []
    return PageRecord(
        page.number,
        size,
        fragments,
        [] if page.fault else lines,
        page.warnings,
        page.fault,
        page.ocr_input_tokens,
        page.ocr_output_tokens,
        fields=page.fields,
        entries=page.entries,
        picture=page.picture,
        summary_input_tokens=page.summary_input_tokens,
        summary_output_tokens=page.summary_output_tokens,
        bookmarks=source.bookmarks if source is not None else [],
        blanks=page.blanks,
    )
