"""What the noisy scanned forms of FUNSD ask and what is answered (Jaume, Ekenel, Thiran 2019)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.corpus import Document, Truth
from benchmarks.scores.pairs import MARK, Pair, Pairs, plain

# A key with more answers than that heads a table; one with two may have its value in two pieces.
_MOST_ANSWERS = 2
# Answers on one row are in one band of so many pixels (a page has a thousand).
_BAND = 12


def documents(folder: Path) -> Iterator[Document]:
    """Every form with its record beside it."""
    for label in sorted(folder.glob("*.json")):
        picture = label.with_suffix(".png")
        if picture.exists():
            yield Document(folder.name, "form", picture, partial(_truth, label))


def _truth(label: Path) -> Truth:
    return Truth(pairs=pairs(json.loads(label.read_text(encoding="utf-8"))["form"]))


def pairs(entities: Iterable[dict[str, Any]]) -> Pairs:
    """The questions of a form with their answers; those whose answer nobody could read are left out."""
    by_id = {entity["id"]: entity for entity in entities}
    answers: dict[int, set[int]] = defaultdict(set)
    questions: dict[int, set[int]] = defaultdict(set)
    for entity in by_id.values():
        for question, answer in entity["linking"]:
            if _label(by_id, question) == "question" and _label(by_id, answer) == "answer":
                answers[question].add(answer)
                questions[answer].add(question)
    fields, tabular, links = [], [], []
    for question, linked in answers.items():
        key = plain(by_id[question]["text"])
        texts = [
            text
            for answer in sorted(linked, key=lambda i: _place(by_id[i]))
            if (text := _value(by_id[answer]))
        ]
        cells = [Pair(key, text) for text in texts]
        links += cells
        if len(linked) > _MOST_ANSWERS or any(len(questions[answer]) > 1 for answer in linked):
            tabular += cells
        elif texts:
            fields.append(Pair(key, "".join(texts)))
    return Pairs(tuple(fields), tuple(tabular), tuple(links))


def _label(by_id: dict[int, dict[str, Any]], entity: int) -> str:
    return str(by_id[entity]["label"]) if entity in by_id else ""


def _place(entity: dict[str, Any]) -> tuple[int, int]:
    x1, y1, _, _ = entity["box"]
    return y1 // _BAND, x1


def _value(entity: dict[str, Any]) -> str:
    """An answer's text; a mark, typed or drawn, is one whatever its form."""
    text = plain(entity["text"])
    is_mark = set(text) <= {"x"} or text == "v"
    return MARK if is_mark and entity["text"].strip() else text
