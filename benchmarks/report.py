"""RESULTS.md: the stored results as tables, each with the command, machine, date and versions behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from benchmarks import goals, store
from benchmarks.calibrate import Agreement
from benchmarks.corpus import REPOSITORY
from benchmarks.extraction_speed import Added
from benchmarks.peers import ENGINES
from benchmarks.quality import CHECKS, KIND
from benchmarks.speed import Pace, ratios
from benchmarks.standing import joined, sections
from benchmarks.summary import BY_KIND, LOWEST_KIND

RESULTS = REPOSITORY / "benchmarks" / "RESULTS.md"

_INTRODUCTION = """\
Written by `python -m benchmarks report`. All scores are similarities: 0 is worst, 1 is best.
In brackets: the 95 % bootstrap interval over documents, then their number; for what is counted over the
whole set, also how many things there are and how many were found. A document that an engine failed on
scores 0; one of a format that it does not read is not counted, so compare means only where the numbers of
documents agree. Differences smaller than the intervals mean nothing."""

_SCORES = {
    "text": "text",
    "order": "reading order",
    "class": "class",
    "heading": "headings (F1)",
    "layout": "mean of the three",
    "headings": "headings (MHS)",
    "nid": "NID",
    "tables": "tables (TEDS)",
    "twin": "like the twin",
    "equal": "equal to the twin",
    "expected": "as expected",
    "read": "text where it should be",
    "in time": "in a minute",
    "left alone": "pages of no class left alone",
    "found": "barcodes found",
    "payload": "barcodes read exactly",
    "clean": "none where none is",
    "angle": "angle (1 - degrees off)",
    "untouched": "level pages left alone",
    "words kept": "1 - words lost by leaning",
}
"""Means over documents, in the order of their columns."""
_POOLED = {
    "tables": "tables pooled",
    "words": "words (F1)",
    "regions": "regions (F1)",
    "boxes": "boxes of any class (F1)",
    "revisions": "revisions (F1)",
    "changed": "changed characters (F1)",
    "values": "values of fields (F1)",
    "boxes ticked": "states of boxes (F1)",
    "fields": "fields, exactly (F1)",
    "tests": "tests passed",
    "pairs": "keys with values (F1)",
    "links": "pairs by place (F1)",
    "numbers": "numbers of charts (F1)",
    "charts": "numbers at their names (RMS F1)",
    "struck": "struck words (F1)",
    "unstruck": "words left in the text",
    "exact": "fields filled (F1)",
    "fuzzy": "but for a few characters (F1)",
    "citations": "citations that hold the value",
    "cited": "right values cited so",
    "tight": "share of the box that is the value",
    "placed": "cited where it stands",
    "outline": "headings at their levels (F1)",
    "outline texts": "headings, whatever their level (F1)",
    "joints right": "pieces joined rightly (precision)",
    "joints found": "pieces to join, joined (recall)",
    "merges": "tables of exactly their pieces (F1)",
    "merged tables": "merged tables (TEDS)",
    "filled": "stated values in their place",
    "not misplaced": "1 - wrong placements a stated value",
    "AP": "AP at IoU 0.5",
    "presence": "is there one? (balanced)",
    "unmistaken": "1 - false boxes a page",
}
"""Counts over the whole set, in the order of their columns."""
_SETS = {
    "omnidocbench_demo": "Page pictures: books, papers, slides, notes, news in English and Chinese; "
    "1 - edit distance of text and of reading order.",
    "icdar2013_tables": "Born-digital PDFs of EU and US agencies; tables only.",
    "icdar2013_rasterised": "The same PDFs as pictures at 150 dpi, without text or lines.",
    "table_images": "Pictures that are one table each, of papers and of business.",
    "sroie_receipts": "Scanned receipts: words, wherever they stand.",
    "funsd_forms": "Noisy scanned forms: words, wherever they stand.",
    "cvat_layout": "Reports and papers, PDF and pictures, boxes drawn by people.",
    "docbank_pages": "Pages of papers, born-digital: classes of words, headings, order of the running text.",
    "olmocr_bench_sample": "Hard single pages with yes-or-no tests; the interval is Wilson's.",
    "olmocr_bench_body": "The same without running heads and page numbers, which the tests want absent, "
    "where an engine has the choice. Octavo: `ignore_sections`.",
    "docling_formats": "Documents of many formats. The truth is the reviewed output of Docling, which "
    "docling-rs is a port of: agreement with it, not rank.",
    "docx_revisions": "Word documents, most with tracked changes: the insertions, deletions and comments "
    "that are marked, and the characters that they add and take away.",
    "docx_rejected": "Word documents with all tracked changes rejected (the reader alone: the service has no "
    "such option), against the same reader's reading of the document that another tool made by rejecting.",
    "docx_accepted": "All changes accepted (Octavo: `ignore_sections`), each engine against its "
    "own reading of the document that another tool made by accepting; others against Pandoc's reading.",
    "office_mixed": "A few files of each of many types: is what should be read not empty, and all else "
    "refused with the right error? Every engine that reads office documents got every file; the errors of "
    "other engines are not judged.",
    "pdf_forms": "Fillable PDFs: the filled-in values and the states of boxes, each at its place; `fields` "
    "are all, empty ones too, with their kind. Octavo: `key_value_extraction`.",
    "skew": "Scans that lean: 1 - the degrees by which the angle is off. The labels are whole degrees: they "
    "are themselves up to half a degree off. Octavo: `skew_detection`.",
    "skewed_pages": "Pages of three sets turned by a seeded angle of up to 12 degrees: the angle, and the "
    "words (F1) that are read of the page less those of the page as it was. Octavo: `skew_detection`.",
    "barcodes_zxing": "Photographs and drawings of barcodes, the blackbox tests of ZXing: is one found, does "
    "it say exactly what it should, is nothing found where nothing is? Octavo: `barcode_detection`.",
    "barcodes_zxing_cpp": "The same of zxing-cpp, which tunes itself to them: every symbology, several on a "
    "picture.",
    "signatures": "Letters, forms, invoices with and without handwritten signatures, squeezed into squares: "
    "their boxes, and on which pages there is one. Octavo: `signature_detection`.",
    "signatures_on_forms": "The scanned forms again: boxes that are no signature. Some are signed; the boxes "
    "of these are ours, and may not be all.",
    "signatures_on_receipts": "The scanned receipts again: nobody signed, every box is a mistake.",
    "pdf_forms_rasterised": "Pictures of them at 150 dpi: the values and boxes that show.",
    "funsd_pairs": "The scanned forms again: the questions with their answers, as people linked them. "
    "Octavo: `key_value_extraction`.",
    "charts_drawn": "Charts of seeded data drawn by matplotlib, ReportLab, Vega and LibreOffice (from "
    "XlsxWriter's charts) into PDFs: their numbers, and their numbers at the right names. "
    "Octavo: `chart_extraction`.",
    "charts_chartqa": "Pictures of charts from the web, those whose table is known. No VLM.",
    "sroie_fields": "The scanned receipts again: company, date, address and total, end to end from the "
    "picture. Octavo: `structured_extraction_options` with `benchmarks/schemas`, as in the sets that follow.",
    "kleister_fields": "Agreements of several pages: parties, effective date, term and jurisdiction.",
    "invoices_fields": "Invoices and tax forms: fields that a template or people labelled, boxes ticked.",
    "extraction_digital": "Bank statements with all transactions, wage statements and certificates of "
    "insurance, drawn with seeded values and looks.",
    "extraction_scanned": "The same papers as scans.",
    "page_classes": "Pages of ten kinds of business papers, and of other sets as pages of no class: is each "
    "in exactly its class? Octavo: `page_classifications` with `benchmarks/classes`.",
    "page_classes_drawn": "Letters, invoices, reports, forms in several languages, photographs, empty pages, "
    "and poems, which are of no class.",
    "structure_headings": "Reports, contracts, manuals and papers drawn afresh by several programs: their "
    "headings in order, at their levels. Octavo: `cross_page_header_detection` and `table_merging`, as in "
    "the sets that follow.",
    "structure_headings_rasterised": "Some of them as pictures at 150 dpi.",
    "structure_tables": "Drawn documents of tables over several pages and columns, and of different tables "
    "one after another that look alike: which pieces are one table, and what it says.",
    "zh_annual_reports": "Chinese company reports of 83 and 157 pages, whole: headings, and tables, "
    "those over several pages as one. mineru and paddlevl: readings that come with the set.",
    "pdf_forms_filled": "Fillable PDFs, each filled in by a prompt that states values for some of its "
    "fields; read back by pypdf.",
    "pdf_forms_flat_filled": "The same forms, cleared and flattened: the places are those of the fields that "
    "are gone; read back by PDFium.",
    "more_forms_filled": "Fillable PDFs of other sets with at least four fields: tax forms, and hard cases.",
    "more_forms_flat_filled": "The same forms, cleared and flattened.",
    "drawn_forms_filled": "Forms that the benchmark draws, without fields: lines, boxes, cells, combs, "
    "choices; in English, German and French.",
    "drawn_forms_scanned_filled": "Such forms as pictures at 150 dpi.",
    "word_forms_filled": "Word forms that the benchmark makes: content controls, form fields of the older "
    "kind, and typed lines and boxes; read back by python-docx.",
    "struck_digital": "Drawn pages with words struck by lines and annotations, and with underlines, tables "
    "and rules. Octavo: `remove_strikethrough_lines`.",
    "struck_scanned": "The same pages as poor scans.",
    "struck_none": "Real pages on which next to nothing is struck: words that are left where they are.",
}
_BY_KIND = {
    "text": "Text",
    "tables": "Tables (TEDS)",
    "headings": "Headings (MHS)",
    "exact": "Fields (F1)",
    "outline": "Headings at their levels (F1)",
    "merges": "Tables of exactly their pieces (F1)",
}
"""Scores that are shown by kind."""
_LAST = (
    "Speed",
    "Startup",
    "Size",
    "GPU and VLM",
    "Load",
    "Scale",
    "Before",
    "Chaos",
    "Hostile files",
    "Calibration",
)
"""Sections after those of the sets."""


def write(path: Path = RESULTS, before: Path | None = None) -> Path:
    """Writes the report from all stored results; of what has none now, it keeps what it said before.

    ``before``: where an earlier commit has stored its results of speed, startup, load and scale.
    """
    quality, speed = store.read_all("quality-"), store.read_all("speed")
    parts = [
        "# Results",
        _INTRODUCTION,
        *_goals(quality, speed, store.read_all("extraction")),
        *_quality(quality),
        *_speed(speed),
        *_gpu(store.read_all("gpu-")),
        *_told("Startup", store.read_all("startup")),
        *_told("Size", store.read_all("size")),
        *_told("Load", store.read_all("load-")),
        *_told("Scale", store.read_all("scale-")),
        *_before(before),
        *_told("Chaos", store.read_all("chaos-")),
        *_told("Hostile files", store.read_all("hostile-") + store.read_all("fuzz")),
        *_calibration(store.read_all("calibrate")),
    ]
    old = sections(path.read_text(encoding="utf-8")) if path.exists() else {}
    order = ["", "Goals", *_SETS, *(result["set"] for result in quality), *_LAST]
    path.write_text(joined(old, sections("\n\n".join(parts)), order), encoding="utf-8")
    return path


def _goals(
    results: Sequence[dict[str, Any]], speeds: Sequence[dict[str, Any]], filled: Sequence[dict[str, Any]]
) -> Iterable[str]:
    paces = [Pace(**pace) for result in speeds for pace in result["paces"]]
    added = [Added(**one) for result in filled for one in result["added"]]
    if rows := goals.rows(results, paces, added):
        yield "## Goals"
        yield "Octavo with its defaults, no VLM; the best peer of the same run, over the documents it reads."
        yield _table(goals.HEAD, rows)


def _quality(results: Sequence[dict[str, Any]]) -> Iterable[str]:
    order = [*_SETS, *(result["set"] for result in results)]
    for set_name, group in groupby(
        sorted(results, key=lambda result: order.index(result["set"])), key=lambda result: result["set"]
    ):
        engines = sorted(group, key=lambda result: list(ENGINES).index(result["engine"]))
        means = [s for s in _SCORES if any(s in result["means"] for result in engines)]
        counts = [s for s in _POOLED if any(s in result["pooled"] for result in engines)]
        rows = [
            [result["engine"]]
            + [_mean(result["means"].get(s)) for s in means]
            + [_pooled(result["pooled"].get(s)) for s in counts]
            + [f"{result['failed']} of {len(result['documents'])}"]
            for result in engines
        ]
        yield f"## {set_name}"
        yield _SETS.get(set_name, "")
        yield _table(["engine", *(_SCORES[s] for s in means), *(_POOLED[s] for s in counts), "failed"], rows)
        yield from _kinds(engines)
        yield from _fields(engines)
        yield from _by_kind(engines)
        yield _circumstances(engines)


def _mean(mean: dict[str, float] | None) -> str:
    if mean is None:
        return "–"
    return f"**{mean['value']:.3f}** ({mean['low']:.3f} to {mean['high']:.3f}; {mean['n']})"


def _pooled(pooled: dict[str, float] | None) -> str:
    if pooled is None:
        return "–"
    counts = f"{pooled['n']}: {pooled['true']} true, {pooled['found']} found"
    return f"**{pooled['value']:.3f}** ({pooled['low']:.3f} to {pooled['high']:.3f}; {counts})"


def _kinds(engines: Sequence[dict[str, Any]]) -> Iterable[str]:
    """Tests and regions by kind: how many of how many, and for regions the F1."""
    for score in (CHECKS, "regions"):
        prefix = score + KIND
        kinds = sorted({name for result in engines for name in result["pooled"] if name.startswith(prefix)})
        rows = [
            [result["engine"], *(_kind(result["pooled"].get(kind), score) for kind in kinds)]
            for result in engines
        ]
        if kinds:
            yield _table(["engine", *(kind.removeprefix(prefix) for kind in kinds)], rows)


def _fields(engines: Sequence[dict[str, Any]]) -> Iterable[str]:
    """Each field of the set's schemas: its F1, how many there are, and how many were found."""
    prefix = f"exact{KIND}"
    names = dict.fromkeys(name for result in engines for name in result["pooled"] if name.startswith(prefix))
    rows = [
        [name.removeprefix(prefix), *(_field(result["pooled"].get(name)) for result in engines)]
        for name in names
    ]
    if rows:
        yield _table(["field", *(result["engine"] for result in engines)], rows)


def _field(pooled: dict[str, float] | None) -> str:
    if pooled is None:
        return "–"
    return f"{pooled['value']:.2f} ({pooled['total']:.0f} of {pooled['true']}; {pooled['found']} found)"


def _by_kind(engines: Sequence[dict[str, Any]]) -> Iterable[str]:
    """For each score a table of the documents' kinds beside the engines, then the seconds of each."""
    engines = [result for result in engines if "kinds" in result]
    kinds = sorted({kind for result in engines for kind in result["kinds"]})
    head = ["kind", "files", *(result["engine"] for result in engines)]
    for score, title in _BY_KIND.items():
        known = [k for k in kinds if any(score in _scores_of(result, k) for result in engines)]
        rows = [
            [k, _files(engines, k), *(_cell(_scores_of(r, k).get(score)) for r in engines)] for k in known
        ]
        rows += [
            [f"**{word}**", "", *(_cell(r["means"].get(score + name, {}).get("value")) for r in engines)]
            for word, name in (("mean", BY_KIND), ("lowest", LOWEST_KIND))
        ]
        if known:
            yield f"{title}, mean of a kind's documents:"
            yield _table(head, rows)
    if kinds:
        yield "Files that gave text, and seconds a file:"
        rows = [[kind, _files(engines, kind), *(_reading(r, kind) for r in engines)] for kind in kinds]
        slowest = [f"{max(d['seconds'] for d in result['documents']):.2f} s" for result in engines]
        yield _table(head, [*rows, ["**slowest file**", "", *slowest]])
    for result in engines:
        if unread := ", ".join(result["not_read"]):
            yield f"Not asked of {result['engine']}, which does not read them: {unread}."


def _scores_of(result: dict[str, Any], kind: str) -> dict[str, float]:
    scores: dict[str, float] = result["kinds"].get(kind, {}).get("scores", {})
    return scores


def _files(engines: Sequence[dict[str, Any]], kind: str) -> str:
    return str(max(result["kinds"].get(kind, {}).get("asked", 0) for result in engines))


def _cell(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _reading(result: dict[str, Any], kind: str) -> str:
    known = result["kinds"].get(kind)
    return f"{known['read']} of {known['asked']}, {known['seconds']:.2f} s" if known else "–"


def _kind(tally: dict[str, float] | None, score: str) -> str:
    if tally is None:
        return "–"
    counts = f"{tally['total']:.0f} of {tally['true']}"
    return counts if score == CHECKS else f"{tally['value']:.2f} ({counts}, {tally['found']} found)"


def _speed(results: Sequence[dict[str, Any]]) -> Iterable[str]:
    for result in results:
        yield "## Speed"
        yield (
            "Each engine alone, one document after another, its models warm. Ratios are to Octavo in the "
            "same run; compare them, not the seconds, between machines. Load before the start: "
            f"{result['load_per_core']:.1f} processes a core (above 0, the clock measured others too)."
        )
        paces = [Pace(**pace) for pace in result["paces"]]
        for kind in dict.fromkeys(pace.kind for pace in paces):
            group = [pace for pace in paces if pace.kind == kind]
            yield f"### {kind.capitalize()}"
            yield _table(_PACE_HEAD, _pace_rows(group))
            yield from (_stages(pace) for pace in group if pace.stages)
        yield _circumstances([result])


_PACE_HEAD = ["engine", "pages", "pages/s", "ratio", "pages/CPU-s", "ratio", "peak memory", "failed"]


def _pace_rows(paces: Sequence[Pace]) -> list[list[str]]:
    by_clock = ratios(paces, lambda pace: pace.pages_per_second)
    by_cpu = ratios(paces, lambda pace: pace.pages_per_cpu_second)
    return [
        [
            pace.engine,
            str(pace.pages),
            f"{pace.pages_per_second:.2f}",
            _ratio(by_clock.get(pace.engine)),
            f"{pace.pages_per_cpu_second:.2f}",
            _ratio(by_cpu.get(pace.engine)),
            f"{pace.peak_bytes / 2**20:.0f} MiB",
            f"{pace.failed} of {pace.documents + pace.failed}",
        ]
        for pace in paces
    ]


def _ratio(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _stages(pace: Pace) -> str:
    spent = sorted(pace.stages.items(), key=lambda item: -item[1])
    return (
        f"Seconds a page in {pace.engine}: " + ", ".join(f"{s} {v / pace.pages:.3f}" for s, v in spent) + "."
    )


def _told(title: str, results: Sequence[dict[str, Any]]) -> Iterable[str]:
    if results:
        yield f"## {title}"
    for result in results:
        yield from _lines(result)


def _lines(result: dict[str, Any]) -> Iterable[str]:
    """What a command told, and its circumstances."""
    yield "\n".join(f"- {line}" for line in result["told"])
    yield _circumstances([result])


def _before(folder: Path | None) -> Iterable[str]:
    if folder is None:
        return
    yield "## Before"
    yield "What an earlier commit gave, whose results are to be seen beside those above: ratios, not seconds."
    for result in store.read_all("speed", folder):
        paces = [Pace(**pace) for pace in result["paces"]]
        rows = [
            [kind, *row]
            for kind in dict.fromkeys(pace.kind for pace in paces)
            for row in _pace_rows([pace for pace in paces if pace.kind == kind])
        ]
        yield _table(["documents", *_PACE_HEAD], rows)
        yield _circumstances([result])
    for prefix in ("startup", "load-", "scale-"):
        for result in store.read_all(prefix, folder):
            yield from _lines(result)


def _gpu(results: Sequence[dict[str, Any]]) -> Iterable[str]:
    if results:
        yield "## GPU and VLM"
    for result in results:
        if "table" in result:
            yield _table(result["table"][0], result["table"][1:])
        yield from _lines(result)


def _calibration(results: Sequence[dict[str, Any]]) -> Iterable[str]:
    for result in results:
        rows = [
            [
                a.engine,
                a.score,
                str(a.n),
                f"{a.ours:.4f}",
                f"{a.published:.4f}",
                f"{a.ours - a.published:+.4f}",
            ]
            for a in (Agreement(**stored) for stored in result["agreements"])
        ]
        yield "## Calibration"
        yield "Means over the same documents: our scores, and those that opendataloader-bench published."
        yield _table(["engine", "score", "n", "ours", "published", "difference"], rows)
        yield _circumstances([result])


def _circumstances(results: Sequence[dict[str, Any]]) -> str:
    commands = " · ".join(f"`{command}`" for command in dict.fromkeys(r["command"] for r in results))
    machines = "; ".join(dict.fromkeys(r["machine"] for r in results))
    dates = ", ".join(dict.fromkeys(r["date"] for r in results))
    versions = {f"{name} {version}" for r in results for name, version in r["versions"].items()}
    seeds = "".join(f" · seed {seed}" for seed in dict.fromkeys(r["seed"] for r in results if "seed" in r))
    return f"{commands}{seeds} · {dates} · {machines} · {', '.join(sorted(versions))}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
