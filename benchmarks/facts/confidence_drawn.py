"""Papers drawn afresh to fit confidences on: receipts, bills, agreements, statements, forms, certificates.

Much is left out by chance, and schemas ask for more than a paper has: what is found for that is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.facts import agreements_drawn
from benchmarks.facts.agreements_drawn import AGREEMENT, Properties
from benchmarks.facts.extraction_drawn import insurance, statement, w2
from benchmarks.facts.extraction_drawn.data import Data, Locale
from benchmarks.facts.extraction_drawn.paper import Paper, Value
from benchmarks.peers import View
from benchmarks.peers import schema_of as schema_for
from benchmarks.scores.alike import Kind
from benchmarks.scores.extraction import FieldTruth

_GIVEN = 0.6
"""How often a part of a paper is there at all."""
_TIMES = {"agreement": 3}
"""Kinds of papers of which more are drawn: a paper of running text has few values."""

Draw = Callable[[Data, Path, int], tuple[dict[str, Any], tuple[FieldTruth, ...]]]
"""Draws the paper of a number to a path: the schema to ask of it, and what is true."""

_MONEY, _DAY, _TEXT, _WHO = Kind.NUMBER, Kind.DATE, Kind.TEXT, Kind.PARTY

_RECEIPT: Properties = {
    "company": (_WHO, "Company that issued the receipt."),
    "address": (_TEXT, "Address of the company."),
    "date": (_DAY, "Date of the receipt."),
    "subtotal": (_MONEY, "Amount before tax."),
    "tax": (_MONEY, "Amount of tax."),
    "total": (_MONEY, "Amount to pay."),
    "cashier": (_WHO, "Name of the cashier."),
    "phone": (_TEXT, "Telephone number."),
    "receipt_number": (_TEXT, "Number of the receipt."),
    "discount": (_MONEY, "Discount given."),
    "currency": (_TEXT, "Currency of the amounts."),
}
_BILL: Properties = {
    "issuer": (_WHO, "Company that issued the invoice."),
    "customer": (_WHO, "Who the invoice is for."),
    "invoice_number": (_TEXT, "Number of the invoice."),
    "invoice_date": (_DAY, "Date of the invoice."),
    "due_date": (_DAY, "Date by which to pay."),
    "net_amount": (_MONEY, "Amount without tax."),
    "tax_amount": (_MONEY, "Amount of tax."),
    "total": (_MONEY, "Amount with tax."),
    "vat_id": (_TEXT, "VAT number of the issuer."),
    "order_number": (_TEXT, "Number of the order."),
    "iban": (_TEXT, "Bank account number of the issuer."),
}

_LABELS = {
    "en": "Invoice No.|Invoice date|Due date|Bill to|Net amount|VAT|Total due|VAT ID|Order No.",
    "de": "Rechnungsnr.|Datum|Fällig am|Kunde|Nettobetrag|MwSt.|Gesamtbetrag|USt-IdNr.|Auftrag",
    "fr": "Facture n°|Date de facture|Date d'échéance|Client|Montant HT|TVA|Total TTC|N° TVA|Commande n°",
    "es": "Factura n.º|Fecha factura|Vencimiento|Cliente|Base imponible|IVA|Importe total|NIF|Pedido n.º",
}
_LOCALES = {
    "en": Locale(),
    "de": Locale(",", ".", "%d.%m.%Y"),
    "fr": Locale(",", " ", "%d/%m/%Y"),
    "es": Locale(",", ".", "%d/%m/%Y"),
}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A paper, the schema to ask of it, and what is true."""

    path: Path
    schema: dict[str, Any]
    truth: tuple[FieldTruth, ...]


def drawn(folder: Path, each: int, seed: str) -> Iterator[Drawn]:
    """So many papers of each kind, of some ``_TIMES`` as many, as PDFs in a folder; the seed decides all."""
    for kind, draw in _DRAWERS.items():
        for number in range(each * _TIMES.get(kind, 1)):
            path = folder / f"{kind}-{number}.pdf"
            schema, truth = draw(Data(Random(f"{seed}-{kind}-{number}")), path, number)
            yield Drawn(path, schema, truth)


def schema_of(asked: Properties) -> dict[str, Any]:
    """A JSON Schema with these fields."""
    types = {_MONEY: {"type": "number"}, _DAY: {"type": "string", "format": "date"}}
    return {
        "type": "object",
        "properties": {
            name: {**types.get(kind, {"type": "string"}), "description": said}
            for name, (kind, said) in asked.items()
        },
    }


def _of_fields(draw: Callable[[Paper, Data], None], asked: Properties) -> Draw:
    """A drawer of papers with these fields."""

    def whole(data: Data, path: Path, _number: int) -> tuple[dict[str, Any], tuple[FieldTruth, ...]]:
        paper = Paper(path)
        draw(paper, data)
        return schema_of(asked), paper.truth({name: how for name, (how, _) in asked.items()})

    return whole


def _of_view(draw: Callable[[Data, Path, int], tuple[FieldTruth, ...]], view: View) -> Draw:
    """A drawer of the papers that a view asks for."""
    return lambda data, path, number: (schema_for(view), draw(data, path, number))


def _given(data: Data) -> bool:
    return data.random.random() < _GIVEN


def _receipt(paper: Paper, data: Data) -> None:
    paper.value(200, 60, Value("company", data.company(), kind=_WHO), size=12)
    if _given(data):
        paper.value(200, 76, Value("address", f"{data.street()}\n{data.town()[0]}"))
    if _given(data):
        paper.value(200, 102, Value("phone", data.digits("(###) 555-####")))
    day = data.day()
    heads = (
        (("Date: ", "", "Date/Time "), Value("date", Locale().date(day), day.isoformat(), _DAY)),
        (("Receipt No", "Bill #", "Trans:"), Value("receipt_number", data.digits("######"))),
        (("Cashier:",), Value("cashier", data.person(), kind=_WHO)),
    )
    for at, (named, value) in enumerate(heads):
        if _given(data):
            paper.text(100, 130 + 15 * at, data.random.choice(named))
            paper.value(160, 130 + 15 * at, value)
    _goods(paper, data)


def _goods(paper: Paper, data: Data) -> None:
    """What was bought, the sums, and how it was paid."""
    locale, y = Locale(), 190.0
    prices = [data.amount(1, 60) for _ in range(data.random.randint(1, 6))]
    for price in prices:
        paper.text(100, y, data.trade())
        paper.text(400, y, locale.amount(price), right=True)
        y += 14
    net = round(sum(prices), 2)
    tax = round(net * 0.06, 2)
    rows: tuple[tuple[str, tuple[str, ...], float], ...] = (
        ("subtotal", ("Subtotal", "Sub Total"), net),
        ("tax", ("Tax 6%", "GST", "VAT"), tax),
        ("total", ("Total", "TOTAL", "Amount due", "Grand Total", "Balance"), round(net + tax, 2)),
        ("", ("Cash",), data.amount(0, 90)),
        ("", ("Change", "Rounding"), data.amount(0, 9)),
    )
    for name, named, amount in rows:
        if name == "total" or _given(data):
            value = Value(name, locale.amount(amount), f"{amount:.2f}", _MONEY)
            _row(paper, y, data.random.choice(named), value)
            y += 14


def _row(paper: Paper, y: float, label: str, value: Value) -> None:
    """A label and an amount; one without a field is none that is asked for."""
    paper.text(240, y, label)
    if value.field:
        paper.value(400, y, value, right=True)
    else:
        paper.text(400, y, value.printed, right=True)


def _bill(paper: Paper, data: Data) -> None:
    language = data.random.choice(list(_LABELS))
    labels, locale = _LABELS[language].split("|"), _LOCALES[language]
    net = data.amount(100, 9000)
    tax = round(net * 0.2, 2)
    days = data.day(), data.day(2025)
    paper.value(60, 60, Value("issuer", data.company(), kind=_WHO), size=13)
    paper.text(60, 76, f"{data.street()}, {data.town()[0]}")
    values = (
        Value("invoice_number", data.digits("R-2024-####")),
        Value("invoice_date", locale.date(days[0]), days[0].isoformat(), _DAY),
        Value("due_date", locale.date(days[1]), days[1].isoformat(), _DAY),
        Value("customer", data.random.choice((data.company(), data.person())), kind=_WHO),
        Value("net_amount", locale.amount(net), str(net), _MONEY),
        Value("tax_amount", locale.amount(tax), str(tax), _MONEY),
        Value("total", locale.amount(net + tax), f"{net + tax:.2f}", _MONEY),
        Value("vat_id", data.digits("DE#########")),
        Value("order_number", data.digits("PO-#####")),
    )
    below = data.random.random() < 0.3
    for at, (label, value) in enumerate(zip(labels, values, strict=True)):
        if _given(data):
            x, y = (60.0 + 180 * (at % 3), 120.0 + 40 * (at // 3)) if below else (60.0, 120.0 + 16 * at)
            paper.text(x, y, label if below else f"{label}:")
            paper.value(x + (0 if below else 120), y + (13 if below else 0), value)
    for row in range(data.random.randint(0, 4)):
        paper.text(60, 330 + 14 * row, data.trade())
        paper.text(400, 330 + 14 * row, locale.amount(data.amount(5, 400)), right=True)


_DRAWERS: dict[str, Draw] = {
    "receipt": _of_fields(_receipt, _RECEIPT),
    "bill": _of_fields(_bill, _BILL),
    "agreement": _of_fields(agreements_drawn.draw, AGREEMENT),
    "statement": _of_view(statement.draw, View.STATEMENT),
    "w2": _of_view(w2.draw, View.W2),
    "certificate": _of_view(insurance.draw, View.CERTIFICATE),
}
