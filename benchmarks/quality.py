"""Quality: every document of a set read by every engine, scored against its truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from benchmarks.corpus import EMPTY, READ, Document, Truth, documents, sets
from benchmarks.peers import ENGINES
from benchmarks.process import EngineProcess, Outcome
from benchmarks.scores.angles import score_angle, words_kept
from benchmarks.scores.barcodes import score_barcodes
from benchmarks.scores.charts import score_charts, score_numbers, tables_of
from benchmarks.scores.classes import score_classes_of_page
from benchmarks.scores.detections import Detections, detections
from benchmarks.scores.extraction import score_extraction
from benchmarks.scores.formulas import without_latex
from benchmarks.scores.headings import mhs
from benchmarks.scores.key_values import (
    key_values,
    score_fields,
    score_filled_in,
    score_states,
    score_values,
)
from benchmarks.scores.markdown import comparable, tables, without_lines
from benchmarks.scores.merges import score_merges
from benchmarks.scores.olmocr import score_checks
from benchmarks.scores.order import score_blocks
from benchmarks.scores.outline import headings_of, score_outline
from benchmarks.scores.pairs import pairs_of, score_links, score_pairs
from benchmarks.scores.regions import PageRegion, by_label, score_order, score_regions
from benchmarks.scores.revisions import revisions, score_changed, score_revisions, twin_similarity
from benchmarks.scores.struck import STRUCK_WORD, score_struck, score_unstruck
from benchmarks.scores.tally import Tally, pool
from benchmarks.scores.teds import has_cells, score_tables
from benchmarks.scores.text import nid, text_similarity
from benchmarks.scores.tokens import TokenScore, headings, score_classes, score_headings, score_token_order
from benchmarks.scores.words import plain_text, score_words, words
from schemas.fragments import FragmentType

CHECKS = "tests"
"""The tally of yes-or-no tests; its trials pass or fail, so its interval is Wilson's."""
KIND = ": "
"""Stands between a tally and the kind of thing that a part of it counts."""
_LONGEST_SECONDS = 60.0
"""Any document of a set that is about acceptance should be read in this time."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One document as one engine read it. Scores are similarities, 0 to 1; absent where nothing is known.

    ``tallies`` are the counts behind the scores that are pooled over a set, ``seen`` the boxes behind those
    that only a whole set has. ``read``: there is some text.
    """

    name: str
    kind: str
    seconds: float
    cpu_seconds: float
    error: str | None
    scores: dict[str, float]
    tallies: dict[str, Tally] = field(default_factory=dict)
    read: bool = False
    seen: Detections | None = None


def score(truth: Truth, outcome: Outcome) -> dict[str, float]:
    """Every score that the truth allows and no tally gives, as similarities."""
    markdown = outcome.markdown
    found: dict[str, float | None] = {}
    if truth.blocks is not None:
        blocks = score_blocks(truth.blocks, markdown)
        found["text"] = 1.0 - blocks.text
        found["order"] = None if blocks.order is None else 1.0 - blocks.order
    elif truth.markdown is not None:
        found["text"] = text_similarity(truth.markdown, without_lines(markdown, truth.optional))
        found["nid"] = nid(truth.markdown, markdown)
    if truth.markdown is not None and truth.silver:
        found["headings"] = mhs(
            comparable(truth.markdown), comparable(without_lines(markdown, truth.optional))
        )
    if truth.ordered:
        found["order"] = score_order((truth.regions or ())[: truth.ordered], outcome.regions or ())
    if truth.tokens is not None:
        found |= _token_scores(truth, outcome)
    if truth.classes is not None:
        found |= score_classes_of_page(truth.classes, outcome.finds or ())
    if truth.barcodes is not None:
        found |= score_barcodes(truth.barcodes, None if outcome.error else _texts(outcome, "barcode"))
    if truth.outcomes is not None:
        found["in time"] = float(outcome.seconds <= _LONGEST_SECONDS)
        found["read"] = float(_ended(outcome) == READ) if truth.outcomes == {READ} else None
    return {name: value for name, value in found.items() if value is not None}


def _texts(outcome: Outcome, label: str) -> list[str]:
    return [find.text for find in outcome.finds or () if find.label == label]


def _token_scores(truth: Truth, outcome: Outcome) -> dict[str, float | None]:
    tokens = truth.tokens or ()
    order = score_token_order(tokens, plain_text(without_latex(outcome.markdown)).split())
    if outcome.regions is None and outcome.error is None:
        return {"order": order}  # an engine without regions has neither classes nor their mean
    true_headings = headings(tokens)
    found_headings = [region.text for region in outcome.regions or () if region.label == "heading"]
    known = true_headings or found_headings
    score = TokenScore(
        classes=score_classes(tokens, outcome.regions or ()),
        headings=score_headings(true_headings, found_headings).value if known else None,
        order=order,
    )
    return {"class": score.classes, "heading": score.headings, "order": score.order, "layout": score.mean}


def _ended(outcome: Outcome) -> str:
    """The error's name, or whether there is text."""
    if outcome.error is not None:
        return outcome.error.partition(":")[0]
    return READ if outcome.markdown.strip() else EMPTY


def tallies(truth: Truth, outcome: Outcome) -> dict[str, Tally]:
    """The counts of all that the truth counts: tables, words, regions, boxes, tests, and these by kind."""
    counted: dict[str, Tally] = {}
    if (found := best_tables(truth, outcome.markdown)) is not None:
        counted["tables"] = found
    if truth.words is not None:
        counted["words"] = score_words(truth.words, words(plain_text(outcome.markdown)))
    if truth.regions is not None:
        found_regions = outcome.regions or ()
        counted["regions"] = score_regions(truth.regions, found_regions)
        counted["boxes"] = score_regions(truth.regions, found_regions, by_class=False)
        counted |= {f"regions{KIND}{label}": t for label, t in by_label(truth.regions, found_regions).items()}
    if truth.revisions is not None:
        counted["revisions"] = score_revisions(truth.revisions, revisions(outcome.markdown))
    if truth.changed is not None:
        counted["changed"] = score_changed(*truth.changed, revisions(outcome.markdown))
    if truth.charts is not None:
        drawn = [table for find in outcome.finds or () for table in tables_of(find.text) if table]
        counted["charts"] = score_charts(truth.charts, drawn)
        counted["numbers"] = score_numbers(truth.charts, drawn)
    counted |= _structure_tallies(truth, outcome)
    counted |= _field_tallies(truth, outcome)
    if truth.filled is not None:
        counted |= score_extraction(truth.filled, {field.name: field for field in outcome.filled or ()})
    if truth.struck is not None:
        struck = [find for find in outcome.finds or () if find.label == STRUCK_WORD]
        counted["struck"] = score_struck(truth.struck, struck)
        counted["unstruck"] = score_unstruck(truth.unstruck, truth.struck, struck)
    if truth.checks is not None:
        kinds = score_checks(truth.checks, None if outcome.error else outcome.markdown)
        counted[CHECKS] = pool(kinds.values())
        counted |= {f"{CHECKS}{KIND}{kind}": tally for kind, tally in kinds.items()}
    return counted


def _structure_tallies(truth: Truth, outcome: Outcome) -> dict[str, Tally]:
    """What only the whole document tells: headings with their levels, tables over several pages."""
    counted: dict[str, Tally] = {}
    if truth.outline is not None:
        found = headings_of(outcome.markdown)
        if all(heading.level is not None for heading in truth.outline):
            counted["outline"] = score_outline(truth.outline, found, levels=True)
        counted["outline texts"] = score_outline(truth.outline, found, levels=False)
    if truth.merged is not None:
        counted |= score_merges(truth.merged, outcome.merged or ())
    return counted


def _field_tallies(truth: Truth, outcome: Outcome) -> dict[str, Tally]:
    """Keys with their values; values and boxes to tick; exactly all fields only where the file knows them."""
    found = key_values(outcome.finds or ())
    if truth.pairs is not None:
        linked = pairs_of(found)
        return {"pairs": score_pairs(truth.pairs, linked), "links": score_links(truth.pairs, linked)}
    true = truth.shown_fields if truth.fields is None else truth.fields
    if true is None:
        return {}
    values = score_values(true, found)
    counted = {"values": values, "boxes ticked": score_states(true, found)}
    if truth.fields is not None:
        counted["fields"] = score_fields(true, found)
    else:
        counted |= {"values": score_filled_in(true, found), "values and printed pairs": values}
    return counted


def best_tables(truth: Truth, markdown: str) -> Tally | None:
    """The tables against the accepted reading that they fit best; None where nothing is known of tables."""
    if truth.tables is None:
        return None
    readings, found = truth.tables, tables(markdown)
    if truth.silver:  # whether a cell that stands alone is a table is a matter of taste
        readings = tuple(tuple(filter(has_cells, reading)) for reading in readings)
        found = list(filter(has_cells, found))
    return max((score_tables(reading, found) for reading in readings), key=lambda table: table.value)


def judge(
    document: Document, outcome: Outcome, twin: Outcome | None = None, lacks: frozenset[str] = frozenset()
) -> Scored:
    """The scores of an outcome; a failed reading scores as an empty one does, and passes no test.

    ``twin`` is the same engine's reading of the document's twin; of an engine that ``lacks`` our errors
    it is not asked which one it gave. A tally without anything to find is no score of the document, but
    what it invented counts in the set's.
    """
    truth = document.truth()
    counted = tallies(truth, outcome)
    whole = {name: tally.value for name, tally in counted.items() if tally.true and KIND not in name}
    if twin is not None and truth.angle is None:
        alike = 0.0 if outcome.error else twin_similarity(outcome.markdown, twin.markdown)
        whole |= {"twin": alike, "equal": float(alike == 1.0)}
    if truth.angle is not None:
        whole |= _leaning(truth, outcome, twin, lacks)
    if truth.outcomes is not None and "errors" not in lacks:
        whole["expected"] = float(_ended(outcome) in truth.outcomes)
    return Scored(
        document.name,
        document.kind,
        outcome.seconds,
        outcome.cpu_seconds,
        outcome.error,
        score(truth, outcome) | whole,
        counted,
        bool(outcome.markdown.strip()),
        None if truth.signatures is None else detections(truth.signatures, _signatures(outcome)),
    )


def _signatures(outcome: Outcome) -> list[PageRegion]:
    return [find for find in outcome.finds or () if find.label == FragmentType.SIGNATURE.value]


def _leaning(truth: Truth, outcome: Outcome, twin: Outcome | None, lacks: frozenset[str]) -> dict[str, float]:
    """The scores of a page that leans; the angle is asked of engines that do not lack it."""
    found: dict[str, float] = {}
    if truth.angle is not None and "angles" not in lacks:
        before = (twin.angle if twin else None) or 0.0
        found["angle"] = 0.0 if outcome.angle is None else score_angle(truth.angle + before, outcome.angle)
        if truth.twin_is_level:
            found["untouched"] = float(before == 0.0)
    if twin is not None and truth.words is not None:
        leaning, level = (score_words(truth.words, words(plain_text(o.markdown))) for o in (outcome, twin))
        found["words kept"] = words_kept(leaning, level)
    return found


def run(
    set_name: str,
    engine: str,
    *,
    limit: int | None,
    seconds: float,
    keep: Path | None,
    tell: Callable[[Scored], None],
) -> list[Scored]:
    """Reads and scores the documents that the engine claims to read; ``keep`` is a folder for the Markdown.

    None of a set that scores only what the engine does not give.

    Raises:
        EngineStartError: the engine does not start.
    """
    scored: list[Scored] = []
    data_set = sets()[set_name]
    if not ENGINES[engine].gives(data_set.needs):
        return scored
    chosen = [d for d in documents(set_name, limit) if data_set.anything or ENGINES[engine].reads(d.path)]
    if not chosen:
        return scored
    log = keep / "engine.log" if keep else None
    for view, alike in groupby(chosen, lambda document: document.view or data_set.view):
        with EngineProcess(engine, seconds, log, view) as process:
            for document in alike:
                outcome = process.read(document.path)
                if keep:
                    (keep / f"{document.name}.md").write_text(outcome.markdown, encoding="utf-8")
                twin = process.read(document.twin) if document.twin else None
                scored.append(judge(document, outcome, twin, ENGINES[engine].lacks))
                tell(scored[-1])
    return scored
