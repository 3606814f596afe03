"""Bank statements of several countries and looks, over two or three pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from benchmarks.facts.extraction_drawn.data import Data, Locale
from benchmarks.facts.extraction_drawn.paper import HEIGHT, Paper, Value
from benchmarks.scores.alike import Kind
from benchmarks.scores.extraction import FieldTruth

FIELDS = {
    "account_holder": Kind.TEXT,
    "account_number": Kind.TEXT,
    "period_start": Kind.DATE,
    "period_end": Kind.DATE,
    "opening_balance": Kind.NUMBER,
    "closing_balance": Kind.NUMBER,
    "transactions.date": Kind.DATE,
    "transactions.description": Kind.TEXT,
    "transactions.amount": Kind.NUMBER,
    "transactions.withdrawal": Kind.NUMBER,
    "transactions.deposit": Kind.NUMBER,
    "transactions.balance": Kind.NUMBER,
}
_ROW, _TOP, _BOTTOM = 15.0, 70.0, HEIGHT - 70


@dataclass(frozen=True, slots=True)
class Look:
    """How a bank's statements look. ``columns``: what each holds, its name and where it begins or ends."""

    locale: Locale
    title: str
    labels: Sequence[str]
    columns: Sequence[tuple[str, str, float]]
    until: str
    carried: str
    closing: str
    font: str = "Helvetica"
    ruled: bool = False
    repeated: bool = True


_LOOKS = (
    Look(
        Locale(),
        "Account Statement",
        ("Account holder", "Account number", "Statement period", "Beginning balance", "Ending balance"),
        (
            ("date", "Date", 50),
            ("text", "Description", 125),
            ("amount", "Amount", 460),
            ("balance", "Balance", 560),
        ),
        " to ",
        "Balance brought forward",
        "Total for this period",
        ruled=True,
    ),
    Look(
        Locale(day="%d/%m/%Y"),
        "Your current account statement",
        ("Account name", "Account no.", "Period covered", "Opening balance", "Closing balance"),
        (
            ("date", "Date", 50),
            ("text", "Details", 120),
            ("out", "Paid out", 390),
            ("in", "Paid in", 470),
            ("balance", "Balance", 560),
        ),
        " - ",
        "Opening balance",
        "Closing balance",
        font="Times-Roman",
        repeated=False,
    ),
    Look(
        Locale(",", ".", "%d.%m.%Y"),
        "Kontoauszug",
        ("Kontoinhaber", "Kontonummer", "Zeitraum", "Anfangssaldo", "Endsaldo"),
        (
            ("date", "Buchungstag", 50),
            ("text", "Verwendungszweck", 140),
            ("amount", "Betrag EUR", 470),
            ("balance", "Saldo EUR", 560),
        ),
        " bis ",
        "Übertrag",
        "Endsaldo",
    ),
    Look(
        Locale(",", " ", "%d/%m/%Y"),
        "Relevé de compte",
        ("Titulaire du compte", "Numéro de compte", "Période", "Solde initial", "Solde final"),
        (("date", "Date", 50), ("text", "Libellé", 125), ("out", "Débit", 470), ("in", "Crédit", 560)),
        " au ",
        "Ancien solde",
        "Total des mouvements",
        ruled=True,
    ),
    Look(
        Locale(day="%Y-%m-%d"),
        "STATEMENT OF ACCOUNT",
        ("Customer", "Account number", "Period", "Opening balance", "Closing balance"),
        (
            ("date", "Trans. date", 50),
            ("text", "Transaction", 140),
            ("out", "Withdrawals", 390),
            ("in", "Deposits", 475),
            ("balance", "Running balance", 575),
        ),
        " through ",
        "Balance forward",
        "Totals",
        font="Courier",
    ),
)
_KINDS = (
    "Card payment",
    "Direct debit",
    "Transfer to",
    "Standing order",
    "Online order",
    "Salary from",
    "Refund",
)


def draw(data: Data, path: Path, number: int) -> tuple[FieldTruth, ...]:
    """Writes a statement; what it says."""
    look = _LOOKS[number % len(_LOOKS)]
    paper = Paper(path, look.font, 8.5 if look.font == "Courier" else 9)
    start = data.day()
    balance = data.amount(500, 9000)
    rows = _transactions(data, start, balance, data.random.randint(48, 75))
    _head(paper, data, look, start, balance, rows[-1][3])
    _table(paper, data, look, rows)
    return paper.truth(FIELDS)


def _transactions(
    data: Data, start: date, balance: float, count: int
) -> list[tuple[date, str, float, float]]:
    rows = []
    for i in range(count):
        kind = data.random.choice(_KINDS)
        income = kind in {"Salary from", "Refund"}
        amount = data.amount(900, 3500) if kind == "Salary from" else data.amount(3, 450)
        amount = amount if income else -amount
        balance = round(balance + amount, 2)
        text = f"{kind} {data.trade()}"
        if data.random.random() < 0.25:
            text += f"\nRef {data.digits('######')} {data.person()}"
        rows.append((start + timedelta(days=i * 28 // count), text, amount, balance))
    return rows


def _head(paper: Paper, data: Data, look: Look, start: date, opening: float, closing: float) -> None:
    end = start + timedelta(days=28)
    number = data.digits("#### #### ####")
    paper.text(50, _TOP - 20, f"{data.trade()} Bank", size=15, bold=True)
    paper.text(50, _TOP, look.title, size=12, bold=True)
    holder, account, period, first, last = look.labels
    y = _TOP + 30
    for label, value in (
        (holder, Value("account_holder", data.person())),
        (account, Value("account_number", number)),
    ):
        paper.text(50, y, f"{label}:")
        paper.value(170, y, value)
        y += _ROW
    paper.text(50, y, f"{period}:")
    begin = Value("period_start", look.locale.date(start), start.isoformat(), Kind.DATE)
    box = paper.text(170, y, begin.printed)
    paper.keep(begin, box)
    box = paper.text(box.x2, y, look.until)
    until = Value("period_end", look.locale.date(end), end.isoformat(), Kind.DATE)
    paper.value(box.x2, y, until)
    for i, (label, name, amount) in enumerate(
        ((first, "opening_balance", opening), (last, "closing_balance", closing))
    ):
        paper.text(370, _TOP + 30 + i * _ROW, label)
        said = Value(name, look.locale.amount(amount), f"{amount:.2f}", Kind.NUMBER)
        paper.value(560, _TOP + 30 + i * _ROW, said, right=True)


def _table(paper: Paper, data: Data, look: Look, rows: Sequence[tuple[date, str, float, float]]) -> None:
    top = _TOP + 95
    y = _names(paper, look, top)
    before = round(rows[0][3] - rows[0][2], 2)
    y = _carried(paper, look, y, before)
    for day, text, amount, balance in rows:
        height = _ROW * (1 + text.count("\n"))
        if y + height > _BOTTOM:
            _borders(paper, look, top, y)
            paper.text(280, HEIGHT - 35, f"{paper.page}", size=8)
            paper.turn()
            top = _TOP
            y = _names(paper, look, top) if look.repeated else top
        _row(paper, look, y, day, text, amount, balance)
        y += height
    paper.text(look.columns[1][2], y + 10, look.closing, bold=True)
    totals = {"amount": sum(r[2] for r in rows), "balance": rows[-1][3]}
    totals |= {"out": -sum(min(r[2], 0) for r in rows), "in": sum(max(r[2], 0) for r in rows)}
    for name, _, x in look.columns[2:]:
        paper.text(x, y + 10, look.locale.amount(round(totals[name], 2)), bold=True, right=True)
    _borders(paper, look, top, y + _ROW)


def _names(paper: Paper, look: Look, y: float) -> float:
    for name, printed, x in look.columns:
        paper.text(x, y + 10, printed, bold=True, right=name not in {"date", "text"})
    paper.line(45, y + _ROW, 580, y + _ROW)
    return y + _ROW


def _carried(paper: Paper, look: Look, y: float, balance: float) -> float:
    paper.text(look.columns[1][2], y + 10, look.carried)
    paper.text(look.columns[-1][2], y + 10, look.locale.amount(balance), right=True)
    return y + _ROW


def _row(paper: Paper, look: Look, y: float, day: date, text: str, amount: float, balance: float) -> None:
    cells = {
        "date": ("date", look.locale.date(day), day.isoformat(), Kind.DATE),
        "text": ("description", text, "", Kind.TEXT),
        "amount": ("amount", look.locale.amount(amount), f"{amount:.2f}", Kind.NUMBER),
        "out": (
            "withdrawal",
            look.locale.amount(-amount) if amount < 0 else "",
            f"{-amount:.2f}",
            Kind.NUMBER,
        ),
        "in": ("deposit", look.locale.amount(amount) if amount > 0 else "", f"{amount:.2f}", Kind.NUMBER),
        "balance": ("balance", look.locale.amount(balance), f"{balance:.2f}", Kind.NUMBER),
    }
    for column, _, x in look.columns:
        name, printed, says, kind = cells[column]
        if printed:
            value = Value(f"transactions.{name}", printed, says, kind)
            paper.value(x, y + 10, value, right=column not in {"date", "text"})


def _borders(paper: Paper, look: Look, top: float, bottom: float) -> None:
    """The rules of a table that has them: between columns and around."""
    if not look.ruled:
        return
    ends = [45.0]
    for (name, _, x), (_, _, after) in zip(look.columns, look.columns[1:], strict=False):
        if name == "date":
            ends.append(after - 5)
        elif name == "text":
            ends.append(after - 75)
        else:
            ends.append(x + 5)
    for x in (*ends, 580.0):
        paper.line(x, top, x, bottom)
    for y in (top, bottom):
        paper.line(45, y, 580, y)
