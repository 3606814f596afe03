"""Receipts, bills in four languages and agreements drawn afresh, to fit confidences on.

Much is left out by chance, and all schemas ask for more than a paper has: what is found for that is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.facts.extraction_drawn.data import Data, Locale
from benchmarks.facts.extraction_drawn.paper import Paper, Value
from benchmarks.scores.alike import Kind
from benchmarks.scores.extraction import FieldTruth

_GIVEN = 0.75
"""How often a part of a paper is there at all."""

Properties = dict[str, tuple[Kind, str]]
"""The fields that are asked for, with what is said of each."""

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
_AGREEMENT: Properties = {
    "seller": (_WHO, "Party that discloses."),
    "effective_date": (_DAY, "Date from which the agreement is in effect."),
    "jurisdiction": (Kind.PLACE, "State or country whose law governs the agreement."),
    "term": (Kind.TERM, "How long the agreement is in effect."),
    "notice_period": (Kind.TERM, "Notice for termination."),
    "purchase_price": (_MONEY, "Price agreed on."),
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
_STATES = "Ohio,Oregon,Georgia,Wyoming,Colorado,Vermont".split(",")
_TERMS = ("two (2) years", "three years", "twelve (12) months", "18 months", "five (5) years")
_OTHER_CLAUSES = (
    "The Recipient shall hold all information of the Discloser in confidence and show it to nobody.",
    "Information that is or becomes public without a fault of the Recipient is not confidential.",
    "The Recipient shall use the information for no purpose other than talks between the parties.",
    "No licence is given under any patent, trademark or copyright by the disclosure of information.",
    "Each party bears its own costs, and neither is bound to enter into any further agreement.",
    "Changes of this Agreement are valid only if both parties have signed them in writing.",
    "Should one of these clauses be void, the others remain as they are between the parties.",
    "Copies of documents are to be destroyed or given back when the talks have come to an end.",
)
_NOTICES = ("thirty (30) days", "sixty (60) days", "10 days")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A paper, the schema to ask of it, and what is true."""

    path: Path
    schema: dict[str, Any]
    truth: tuple[FieldTruth, ...]


def drawn(folder: Path, each: int, seed: str) -> Iterator[Drawn]:
    """So many papers of each kind, as PDFs in a folder; the seed decides all."""
    kinds: dict[str, tuple[Callable[[Paper, Data], None], Properties]] = {
        "receipt": (_receipt, _RECEIPT),
        "bill": (_bill, _BILL),
        "agreement": (_agreement, _AGREEMENT),
    }
    for kind, (draw, asked) in kinds.items():
        for number in range(each):
            paper = Paper(folder / f"{kind}-{number}.pdf")
            draw(paper, Data(Random(f"{seed}-{kind}-{number}")))
            truth = paper.truth({name: how for name, (how, _) in asked.items()})
            yield Drawn(paper.path, schema_of(asked), truth)


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


def _agreement(paper: Paper, data: Data) -> None:
    parties = data.company(), data.company()
    day, state = data.day(), data.random.choice(_STATES)
    term, notice = data.random.choice(_TERMS), data.random.choice(_NOTICES)
    paper.text(200, 60, "MUTUAL NONDISCLOSURE AGREEMENT", size=12, bold=True)
    opening = data.random.choice(
        (
            'This Agreement is made as of {day} (the "Effective Date") by and between',
            "This Agreement, dated {day}, is entered into between",
            "THIS AGREEMENT is effective {day} between",
        )
    )
    lines = [
        (
            opening.format(day=f"{day:%B} {day.day}, {day.year}"),
            Value("effective_date", "", day.isoformat(), _DAY),
        )
    ]
    lines.append(
        (f'{parties[0]} ("Discloser") and {parties[1]} ("Recipient").', Value("seller", "", parties[0], _WHO))
    )
    clauses = [
        (f"This Agreement shall remain in force for a period of {term} from its date.", "term", term),
        (f"This Agreement is governed by the laws of the State of {state}.", "jurisdiction", state),
        (f"Either party may end it by giving {notice} written notice.", "notice_period", notice),
        (f"Information must be returned within {data.random.choice(_NOTICES)} of a request.", "", ""),
        (f"The Recipient was incorporated in {data.random.choice(_STATES)} in {day.year - 9}.", "", ""),
    ]
    kept = [clause for clause in clauses if _given(data)] + [(text, "", "") for text in _OTHER_CLAUSES]
    data.random.shuffle(kept)
    lines += [
        (text, Value(name, "", says, _AGREEMENT[name][0] if name else _TEXT)) for text, name, says in kept
    ]
    for at, (text, value) in enumerate(lines):
        box = paper.text(60, 100 + (14 * at if at < 2 else 24 * at), text)
        if value.field:
            paper.keep(value, box)
