"""What reading aims at, and how far a run came: one row a goal, Octavo beside the best of the peers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks.extraction_speed import PAGES, Added
from benchmarks.speed import Pace
from benchmarks.summary import BY_KIND, LOWEST_KIND

OURS = "octavo"


@dataclass(frozen=True, slots=True)
class Goal:
    """A score to reach on a set: a mean over documents, or pooled over the set.

    With ``over``, the value to reach is that engine's in the same run, plus ``least``. ``of`` is what a
    mean is over.
    """

    set_name: str
    score: str
    least: float
    pooled: bool
    measure: str
    over: str | None = None
    of: str = "documents"


GOALS = (
    Goal("icdar2013_tables", "tables", 0.96, True, "TEDS, pooled"),
    Goal("icdar2013_rasterised", "tables", 0.90, True, "TEDS, pooled"),
    Goal("table_images", "tables", 0.90, False, "TEDS"),
    Goal("omnidocbench_demo", "text", 0.90, False, "1 - text edit distance"),
    Goal("omnidocbench_demo", "order", 0.92, False, "1 - order edit distance"),
    Goal("omnidocbench_demo", "tables", 0.85, True, "TEDS, pooled"),
    Goal("funsd_forms", "words", 0.01, True, "word F1, pooled", over="rapidocr"),
    Goal("sroie_receipts", "words", 0.01, True, "word F1, pooled", over="rapidocr"),
    Goal("cvat_layout", "regions", 0.80, True, "region F1 at IoU 0.5, pooled"),
    Goal("docbank_pages", "layout", 0.82, False, "mean of class, heading, order"),
    Goal("olmocr_bench_sample", "tests", 0.65, True, "tests passed, with running heads"),
    Goal("olmocr_bench_body", "tests", 0.65, True, "tests passed, without"),
    Goal("docling_formats", f"text{BY_KIND}", 0.95, False, "text, mean of the formats", of="formats"),
    Goal("docling_formats", f"text{LOWEST_KIND}", 0.85, False, "text, lowest format", of="formats"),
    Goal("docx_revisions", "revisions", 0.97, True, "revisions, F1, pooled"),
    Goal("docx_revisions", "changed", 0.97, True, "characters changed, F1, pooled"),
    Goal("docx_rejected", "equal", 1.0, False, "rejected view equals the twin"),
    Goal("docx_accepted", "equal", 1.0, False, "accepted view equals the twin"),
    Goal("office_mixed", "expected", 1.0, False, "read or refused as it should be"),
    Goal("office_mixed", "in time", 1.0, False, "in less than a minute"),
    Goal("skew", "angle", 0.6, False, "1 - degrees off (labels are whole degrees)"),
    Goal("skewed_pages", "angle", 0.95, False, "1 - degrees off"),
    Goal("skewed_pages", "words kept", 0.98, False, "1 - word F1 lost by leaning"),
    Goal("skewed_pages", "untouched", 0.95, False, "level pages left alone"),
    Goal("charts_chartqa", "numbers", 0.60, True, "relative-number F1, pooled"),
    Goal("charts_drawn", "charts", 0.85, True, "RMS F1, pooled"),
    Goal("barcodes_zxing", "payload", 0.93, False, "symbols read exactly"),
    Goal("barcodes_zxing", "clean", 0.0, False, "none found where none is", over="zxing-cpp"),
    Goal("barcodes_zxing_cpp", "payload", 0.93, False, "symbols read exactly"),
    Goal("barcodes_zxing_cpp", "clean", 0.0, False, "none found where none is", over="zxing-cpp"),
    Goal("signatures", "AP", 0.70, True, "AP at IoU 0.5"),
    Goal("signatures", "presence", 0.90, True, "is there one? balanced accuracy"),
    Goal("signatures_on_forms", "unmistaken", 0.95, True, "1 - false boxes a page"),
    Goal("signatures_on_receipts", "unmistaken", 0.95, True, "1 - false boxes a page"),
    Goal("pdf_forms", "values", 0.98, True, "values of fields, F1, pooled"),
    Goal("pdf_forms", "boxes ticked", 0.95, True, "states of boxes, F1, pooled"),
    Goal("funsd_pairs", "pairs", 0.60, True, "keys with their values, F1, pooled"),
    Goal("pdf_forms_rasterised", "values", 0.80, True, "values of fields, F1, pooled"),
    Goal("pdf_forms_rasterised", "boxes ticked", 0.95, True, "states of boxes, F1, pooled"),
    Goal("sroie_fields", "exact", 0.82, True, "fields, F1, pooled"),
    Goal("sroie_fields", "fuzzy", 0.90, True, "fields but for a few characters, F1, pooled"),
    Goal("kleister_fields", "exact", 0.65, True, "fields, F1, pooled"),
    Goal("invoices_fields", "exact", 0.75, True, "fields, F1, pooled"),
    *(
        Goal(set_name, score, least, True, measure)
        for set_name in ("sroie_fields", "kleister_fields", "invoices_fields")
        for score, least, measure in (
            ("citations", 0.95, "citations that hold their value"),
            ("cited", 0.90, "right values with a citation that does"),
            ("tight", 0.50, "share of cited boxes that the value's words cover"),
        )
    ),
    Goal("page_classes", f"class{BY_KIND}", 0.85, False, "pages in their class, mean of kinds", of="kinds"),
    Goal("page_classes", "left alone", 0.80, False, "pages of no class left alone", of="pages"),
    Goal(
        "page_classes_drawn",
        f"class{BY_KIND}",
        0.85,
        False,
        "pages in their class, mean of kinds",
        of="kinds",
    ),
    Goal("structure_headings", "outline", 0.97, True, "headings at their levels, F1, pooled"),
    Goal("structure_headings_rasterised", "outline", 0.90, True, "headings at their levels, F1, pooled"),
    Goal("structure_tables", "joints right", 0.98, True, "pieces rightly joined, precision"),
    Goal("structure_tables", "joints found", 0.95, True, "pieces rightly joined, recall"),
    Goal("structure_tables", "merged tables", 0.95, True, "TEDS of merged tables, pooled"),
    Goal("pdf_forms_filled", "filled", 0.95, True, "stated values in the right field", of="forms"),
    Goal("pdf_forms_flat_filled", "filled", 0.75, True, "stated values at the right place", of="forms"),
    Goal("struck_digital", "struck", 0.95, True, "struck words, F1, pooled"),
    Goal("struck_scanned", "struck", 0.85, True, "struck words, F1, pooled"),
    Goal("struck_none", "unstruck", 0.999, True, "words left in the text, pooled"),
)

_FASTER, _FAST_PEERS = 1.5, ("pymupdf4llm", "pymupdf4llm-no-ocr")
_SLOWEST_SCAN, _SLOWEST_TEXT = 1.1, 2.0
_MOST_ADDED = 1
_COMPARABLE = 0.3
"""A peer that has the score of a smaller share of our documents is not the one to look at."""

Row = tuple[str, ...]
HEAD: Row = ("set", "measure", "goal", "octavo", "n", "reached", "best peer")


def rows(
    results: Iterable[Mapping[str, Any]], paces: Sequence[Pace], added: Sequence[Added] = ()
) -> list[Row]:
    """A row for each goal whose set was measured with Octavo, then one for each kind of speed."""
    by_set: dict[str, dict[str, Mapping[str, Any]]] = {}
    for result in results:
        by_set.setdefault(result["set"], {})[result["engine"]] = result
    found = [_row(goal, by_set.get(goal.set_name, {})) for goal in GOALS]
    return [row for row in found if row] + list(_speed_rows(paces)) + list(_added_rows(added))


def _row(goal: Goal, results: Mapping[str, Mapping[str, Any]]) -> Row | None:
    values = {
        engine: value
        for engine, result in results.items()
        if (value := result["pooled" if goal.pooled else "means"].get(goal.score))
    }
    ours = values.pop(OURS, None)
    if ours is None:
        return None
    wanted = goal.least
    if goal.over:
        if goal.over not in values:
            return None
        wanted += values[goal.over]["value"]
    peers = [engine for engine in values if values[engine]["n"] >= _COMPARABLE * ours["n"]]
    best = max(peers, key=lambda engine: values[engine]["value"], default=None)
    count = f"{ours['n']} {goal.of}" + (f", {ours['true']} {goal.score}" if goal.pooled else "")
    return (
        goal.set_name,
        goal.measure,
        f"{goal.over} + {goal.least:.2f} = {wanted:.3f}" if goal.over else f"{wanted:.2f}",
        f"**{ours['value']:.3f}** ({ours['low']:.3f} to {ours['high']:.3f})",
        count,
        "yes" if ours["value"] >= wanted else "no",
        f"{best} {values[best]['value']:.3f} (of {values[best]['n']})" if best else "–",
    )


def _speed_rows(paces: Sequence[Pace]) -> Iterable[Row]:
    by_kind = {(pace.kind, pace.engine): pace for pace in paces}
    for peer in _FAST_PEERS:
        ours, theirs = (by_kind.get(("born-digital", engine)) for engine in (OURS, peer))
        if ours and theirs:
            fast = ours.pages_per_cpu_second / theirs.pages_per_cpu_second
            goal, measure = f"at least {_FASTER}", f"pages a CPU-second, of {peer}'s"
            yield _speed_row("born-digital", measure, goal, fast, ours, fast >= _FASTER, theirs)
    for kind, engine, peer, most in (
        ("born-digital", f"{OURS}-no-layout", "pymupdf-text", _SLOWEST_TEXT),
        ("scanned", OURS, "rapidocr", _SLOWEST_SCAN),
    ):
        ours, theirs = by_kind.get((kind, engine)), by_kind.get((kind, peer))
        if ours and theirs:
            slow = ours.seconds / ours.pages / (theirs.seconds / theirs.pages)
            without = ", without layout" if engine != OURS else ""
            measure, goal = f"seconds a page{without}, of {peer}'s", f"at most {most}"
            yield _speed_row(kind, measure, goal, slow, ours, slow <= most, theirs)


def _added_rows(added: Sequence[Added]) -> Iterable[Row]:
    if added:
        slow = median(one.added for one in added)
        measure, goal = f"seconds that a schema adds to {PAGES} pages, median", f"under {_MOST_ADDED}"
        reached = "yes" if slow < _MOST_ADDED else "no"
        yield ("extraction", measure, goal, f"**{slow:.2f}**", f"{len(added)} documents", reached, "–")


def _speed_row(
    kind: str, measure: str, goal: str, value: float, ours: Pace, reached: bool, peer: Pace
) -> Row:
    pages = f"{ours.pages} pages"
    return (kind, measure, goal, f"**{value:.2f}**", pages, "yes" if reached else "no", peer.engine)
