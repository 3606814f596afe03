"""Wage statements as employers in the United States give them: boxes with small print and values below."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.facts.extraction_drawn.data import Data, Locale
from benchmarks.facts.extraction_drawn.paper import HEIGHT, Paper, Value
from benchmarks.scores.alike import Kind
from benchmarks.scores.extraction import FieldTruth
from schemas.geometry import BBox

_MONEY = {
    "wages": "1 Wages, tips, other compensation",
    "federal_income_tax_withheld": "2 Federal income tax withheld",
    "social_security_wages": "3 Social security wages",
    "social_security_tax_withheld": "4 Social security tax withheld",
    "medicare_wages": "5 Medicare wages and tips",
    "medicare_tax_withheld": "6 Medicare tax withheld",
    "social_security_tips": "7 Social security tips",
    "allocated_tips": "8 Allocated tips",
}
_TICKS = {
    "statutory_employee": "Statutory employee",
    "retirement_plan": "Retirement plan",
    "third_party_sick_pay": "Third-party sick pay",
}
_TEXTS = {
    "employee_ssn": "a Employee's social security number",
    "employer_ein": "b Employer identification number (EIN)",
    "control_number": "d Control number",
}
_STATE = {
    "state": "15 State",
    "state_id": "Employer's state ID number",
    "state_wages": "16 State wages, tips, etc.",
    "state_income_tax": "17 State income tax",
    "locality_name": "20 Locality name",
}
_STATE_MONEY = {"state_wages", "state_income_tax"}
FIELDS = (
    dict.fromkeys(_TEXTS, Kind.TEXT)
    | dict.fromkeys(("employer.name", "employer.address", "employee.name", "employee.address"), Kind.TEXT)
    | dict.fromkeys(_MONEY, Kind.NUMBER)
    | dict.fromkeys(_TICKS, Kind.BOOLEAN)
    | {name: Kind.NUMBER if name in _STATE_MONEY else Kind.TEXT for name in _STATE}
)
_LEFT, _MIDDLE, _RIGHT = 40.0, 320.0, 572.0
_HEIGHT = 34.0


class _Sheet:
    """A form whose fields are printed, or interactive."""

    def __init__(self, paper: Paper, *, interactive: bool) -> None:
        self._paper = paper
        self._form: Any = paper.canvas.acroForm if interactive else None

    def box(self, box: BBox, label: str, value: Value | None) -> None:
        """A frame with its label at the top, and what is filled in."""
        paper = self._paper
        paper.frame(box)
        paper.text(box.x1 + 3, box.y1 + 8, label, size=6)
        if self._form is not None:
            inner = BBox(box.x1 + 3, box.y1 + 10, box.x2 - 3, box.y2 - 2)
            self._field(inner, label, value.printed if value else "")
            if value:
                paper.keep(value, inner)
        elif value:
            paper.value(box.x1 + 8, box.y1 + 22, value, size=9)

    def tick(self, x: float, y: float, label: str, name: str, *, is_set: bool) -> None:
        """A box to tick with its label."""
        paper, value = self._paper, Value(name, "", str(is_set).lower(), Kind.BOOLEAN)
        if self._form is None:
            paper.keep(value, paper.tick(x, y, label, is_set=is_set))
            return
        self._form.checkbox(
            name=name, tooltip=label, x=x, y=HEIGHT - y, size=8, checked=is_set, borderWidth=0.5
        )
        paper.text(x + 12, y - 1, label)
        paper.keep(value, BBox(x, y - 8, x + 8, y))

    def _field(self, box: BBox, label: str, text: str) -> None:
        self._form.textfield(
            name=f"f{self._paper.page}_{box.x1:.0f}_{box.y1:.0f}",
            tooltip=label,
            value=text,
            x=box.x1,
            y=HEIGHT - box.y2,
            width=box.width,
            height=box.height,
            fontSize=9,
            borderWidth=0,
            fieldFlags="multiline" if "\n" in text else "",
        )


def draw(data: Data, path: Path, number: int) -> tuple[FieldTruth, ...]:
    """Writes a wage statement, every second one interactive; what it says."""
    paper = Paper(path, size=8)
    sheet = _Sheet(paper, interactive=number % 2 == 0)
    paper.text(_LEFT, 50, "Form W-2 Wage and Tax Statement", size=12, bold=True)
    paper.text(_RIGHT, 50, str(2019 + number), size=12, bold=True, right=True)
    y = 60.0
    patterns = {"employee_ssn": "###-##-####", "employer_ein": "##-#######", "control_number": "######"}
    left = [(label, Value(name, data.digits(patterns[name])), 1) for name, label in _TEXTS.items()]
    street, (town, state) = data.street(), data.town()
    home, (hometown, _) = data.street(), data.town()
    company, person = data.company(), data.person()
    _left(sheet, paper, y, left, (company, f"{street}\n{town}"), (person, f"{home}\n{hometown}"))
    _money(sheet, data, y)
    _ticks(sheet, data, y + 4 * _HEIGHT)
    _state(sheet, data, y + 8 * _HEIGHT + 20, state)
    return paper.truth(FIELDS)


def _left(
    sheet: _Sheet,
    paper: Paper,
    y: float,
    texts: list[tuple[str, Value, int]],
    employer: tuple[str, str],
    employee: tuple[str, str],
) -> None:
    ssn, ein, control = texts
    for label, value, _ in (ssn, ein):
        sheet.box(BBox(_LEFT, y, _MIDDLE, y + _HEIGHT), label, value)
        y += _HEIGHT
    both = Value("employer.name", "\n".join(employer))
    label = "c Employer's name, address, and ZIP code"
    box = BBox(_LEFT, y, _MIDDLE, y + 2 * _HEIGHT)
    sheet.box(box, label, both)
    _part(paper, employer)
    y += 2 * _HEIGHT
    sheet.box(BBox(_LEFT, y, _MIDDLE, y + _HEIGHT), control[0], control[1])
    y += _HEIGHT
    name = Value("employee.name", employee[0])
    sheet.box(BBox(_LEFT, y, _MIDDLE, y + _HEIGHT), "e Employee's first name and initial, last name", name)
    y += _HEIGHT
    address = Value("employee.address", employee[1])
    sheet.box(BBox(_LEFT, y, _MIDDLE, y + 2 * _HEIGHT), "f Employee's address and ZIP code", address)


def _part(paper: Paper, employer: tuple[str, str]) -> None:
    """Parts what was kept of the box for name and address."""
    places = paper.places["employer.name"]
    paper.said["employer.name"] = [(employer[0], Kind.TEXT)]
    paper.said["employer.address"] = [(" ".join(employer[1].split()), Kind.TEXT)]
    one_box = len(places) == 1
    paper.places["employer.address"] = places if one_box else places[1:]
    paper.places["employer.name"] = places if one_box else places[:1]


def _money(sheet: _Sheet, data: Data, y: float) -> None:
    locale = Locale()
    half = (_MIDDLE + _RIGHT) / 2
    for i, (name, label) in enumerate(_MONEY.items()):
        amount = data.amount(300, 98000)
        empty = name in {"social_security_tips", "allocated_tips"} and data.random.random() < 0.7
        printed = locale.amount(amount) if i % 3 else f"{amount:.2f}"
        value = None if empty else Value(name, printed, f"{amount:.2f}", Kind.NUMBER)
        left, right = (_MIDDLE, half) if i % 2 == 0 else (half, _RIGHT)
        top = y + i // 2 * _HEIGHT
        sheet.box(BBox(left, top, right, top + _HEIGHT), label, value)


def _ticks(sheet: _Sheet, data: Data, y: float) -> None:
    for i, (name, label) in enumerate(_TICKS.items()):
        sheet.tick(_MIDDLE + 8, y + 20 + 18 * i, label, name, is_set=data.random.random() < 0.5)


def _state(sheet: _Sheet, data: Data, y: float, state: str) -> None:
    widths = (40.0, 130.0, 130.0, 120.0, 112.0)
    x = _LEFT
    for (name, label), width in zip(_STATE.items(), widths, strict=True):
        amount = data.amount(300, 98000)
        texts = {
            "state": state,
            "state_id": data.digits("##-######"),
            "locality_name": data.town()[0].split(",")[0],
        }
        if name in _STATE_MONEY:
            value = Value(name, Locale().amount(amount), f"{amount:.2f}", Kind.NUMBER)
        else:
            value = Value(name, texts[name])
        sheet.box(BBox(x, y, x + width, y + _HEIGHT), label, value)
        x += width
