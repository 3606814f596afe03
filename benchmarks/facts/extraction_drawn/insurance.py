"""Certificates of insurance: parties in boxes, a table of coverages, boxes to tick."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from benchmarks.facts.extraction_drawn.data import Data, Locale
from benchmarks.facts.extraction_drawn.paper import Paper, Value
from benchmarks.scores.alike import Kind
from benchmarks.scores.extraction import FieldTruth
from schemas.geometry import BBox

FIELDS = {
    "certificate_number": Kind.TEXT,
    "issue_date": Kind.DATE,
    "producer.name": Kind.TEXT,
    "producer.address": Kind.TEXT,
    "producer.phone": Kind.TEXT,
    "insured.name": Kind.TEXT,
    "insured.address": Kind.TEXT,
    "insured.phone": Kind.TEXT,
    "coverages.type": Kind.TEXT,
    "coverages.policy_number": Kind.TEXT,
    "coverages.effective_date": Kind.DATE,
    "coverages.expiration_date": Kind.DATE,
    "coverages.limit": Kind.NUMBER,
    "coverages.premium": Kind.NUMBER,
    "claims_basis": Kind.TEXT,
    "additional_insured": Kind.BOOLEAN,
    "subrogation_waived": Kind.BOOLEAN,
}
_COVERAGES = (
    "General liability,Automobile liability,Umbrella liability,Workers compensation,Property,"
    "Professional liability,Cargo,Cyber liability"
).split(",")
_LEFT, _MIDDLE, _RIGHT, _ROW = 40.0, 306.0, 572.0, 18.0
_NAMES = (
    ("Type of insurance", "Coverage", "Type of coverage"),
    ("Policy number", "Policy no.", "Policy #"),
    ("Effective date", "Policy eff.", "From"),
    ("Expiration date", "Policy exp.", "To"),
    ("Limit", "Limits", "Limit of liability"),
    ("Premium", "Annual premium", "Premium ($)"),
)
_EDGES = (_LEFT, 170.0, 260.0, 330.0, 400.0, 490.0, _RIGHT)
_LOCALE = Locale()


def draw(data: Data, path: Path, number: int) -> tuple[FieldTruth, ...]:
    """Writes a certificate, every second one with rules in its table; what it says."""
    paper = Paper(path, "Times-Roman" if number % 3 == 1 else "Helvetica")
    paper.text(_LEFT, 50, "Certificate of Liability Insurance", size=15, bold=True)
    issued = data.day()
    for y, label, value in (
        (45.0, "Certificate number:", Value("certificate_number", data.digits("CL-#######"))),
        (58.0, "Date issued:", Value("issue_date", _LOCALE.date(issued), issued.isoformat(), Kind.DATE)),
    ):
        paper.text(400, y, label)
        paper.value(490, y, value)
    boxed = number % 2 == 0
    _party(paper, data, "producer", "PRODUCER", data.company(), BBox(_LEFT, 75, _MIDDLE, 160), boxed)
    _party(paper, data, "insured", "INSURED", data.person(), BBox(_MIDDLE, 75, _RIGHT, 160), boxed)
    y = _coverages(paper, data, number, 185, issued)
    _ticks(paper, data, y + 30)
    return paper.truth(FIELDS)


def _party(paper: Paper, data: Data, key: str, title: str, name: str, box: BBox, boxed: bool) -> None:
    if boxed:
        paper.frame(box)
    paper.text(box.x1 + 6, box.y1 + 13, title, bold=True)
    y = box.y1 + 28
    for label, value in (
        ("Name", Value(f"{key}.name", name)),
        ("Address", Value(f"{key}.address", f"{data.street()}\n{data.town()[0]}")),
        ("Phone", Value(f"{key}.phone", data.digits("(2##) 555-01##"))),
    ):
        paper.text(box.x1 + 6, y, f"{label}:")
        paper.value(box.x1 + 60, y, value)
        y += 13 * (1 + value.printed.count("\n")) + 1


def _coverages(paper: Paper, data: Data, number: int, top: float, issued: date) -> float:
    """The table; where it ends."""
    ruled = number % 2 == 0
    for names, left in zip(_NAMES, _EDGES, strict=False):
        paper.text(left + 4, top + 12, names[number % 3], bold=True, size=8)
    y = top + _ROW
    paper.line(_LEFT, y, _RIGHT, y)
    total = 0.0
    for kind in data.random.sample(_COVERAGES, data.random.randint(3, 6)):
        limit, premium = data.random.randint(1, 40) * 50_000.0, data.amount(300, 9000)
        total += premium
        begin = data.day(2023)
        end = begin.replace(year=2024)
        cells = (
            Value("coverages.type", kind),
            Value("coverages.policy_number", data.digits("PX##-#####")),
            Value("coverages.effective_date", _LOCALE.date(begin), begin.isoformat(), Kind.DATE),
            Value("coverages.expiration_date", _LOCALE.date(end), end.isoformat(), Kind.DATE),
            Value("coverages.limit", f"${limit:,.0f}", f"{limit:.2f}", Kind.NUMBER),
            Value("coverages.premium", _LOCALE.amount(premium), f"{premium:.2f}", Kind.NUMBER),
        )
        for cell, left in zip(cells, _EDGES, strict=False):
            paper.value(left + 4, y + 12, cell, size=8)
        y += _ROW
        if ruled:
            paper.line(_LEFT, y, _RIGHT, y)
    paper.text(_EDGES[4] + 4, y + 12, "Total premium", bold=True, size=8)
    paper.text(_EDGES[5] + 4, y + 12, _LOCALE.amount(round(total, 2)), bold=True, size=8)
    y += _ROW
    if ruled:
        for x in _EDGES:
            paper.line(x, top, x, y)
        for level in (top, y):
            paper.line(_LEFT, level, _RIGHT, level)
    return y


def _ticks(paper: Paper, data: Data, y: float) -> None:
    occurrence = data.random.random() < 0.5
    paper.text(_LEFT, y, "Claims basis:")
    made = paper.tick(120, y, "Claims-made", is_set=not occurrence)
    occurred = paper.tick(220, y, "Occurrence", is_set=occurrence)
    says = "occurrence" if occurrence else "claims-made"
    paper.keep(Value("claims_basis", "", says), occurred if occurrence else made)
    for name, label in (
        ("additional_insured", "Additional insured"),
        ("subrogation_waived", "Waiver of subrogation"),
    ):
        y += 22
        is_set = data.random.random() < 0.5
        box = paper.tick(_LEFT, y, label, is_set=is_set)
        paper.keep(Value(name, "", str(is_set).lower(), Kind.BOOLEAN), box)
