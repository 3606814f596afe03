"""Agreements drawn afresh: a page or two of clauses in running text, each in one of several wordings.

Other days, times and states stand beside those that are asked for, and each clause may be missing.
"""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.lib.utils import simpleSplit

from benchmarks.facts.extraction_drawn.data import Data
from benchmarks.facts.extraction_drawn.paper import HEIGHT, WIDTH, Paper, Value
from benchmarks.scores.alike import Kind

Properties = dict[str, tuple[Kind, str]]
"""The fields that are asked for, with what is said of each."""

AGREEMENT: Properties = {
    "party": (Kind.PARTY, "A party to the agreement."),
    "effective_date": (Kind.DATE, "Date from which the agreement is in effect."),
    "jurisdiction": (Kind.PLACE, "State or country whose law governs the agreement."),
    "term": (Kind.TERM, "How long the agreement is in effect."),
    "notice_period": (Kind.TERM, "Notice for termination."),
    "purchase_price": (Kind.NUMBER, "Price to be paid for the goods."),
    "interest_rate": (Kind.NUMBER, "Interest on late payments, in percent."),
    "delivery_date": (Kind.DATE, "Day by which the goods are to be delivered."),
    "deposit": (Kind.NUMBER, "Deposit to be paid in advance."),
}
_GIVEN = 0.6
"""How often a clause is there at all."""
_OR = "|"
_MARGIN, _SPACING = 60.0, 12.0

_OPENINGS = (
    'This Agreement is made as of {day} (the "Effective Date") by and between {first}, a company with its '
    'seat at {street} (the "Supplier"), and {second} (the "Customer").',
    "This Agreement, dated {day}, is entered into between {first} and {second}, together the parties.",
    "THIS AGREEMENT is effective {day} between {first}, of {street}, and {second}. The parties have been in "
    "talks since {other_day} and wish to set down what they have agreed on.",
    "{first} and {second} have agreed on {day} as follows. An earlier letter of {other_day} is replaced.",
)
_CLAUSES: dict[str, tuple[str, ...]] = {
    "jurisdiction": (
        "This Agreement is governed by and construed in accordance with the laws of the State of {state}.",
        "The laws of {state} shall apply to this Agreement, without regard to its conflicts of laws.",
        "Any dispute is settled under {state} law by the courts of {other_state}.",
        "The parties submit to the courts of {other_state}; the law applicable is that of {state}.",
    ),
    "term": (
        "This Agreement shall remain in force for a period of {term} from the Effective Date.",
        "The term of this Agreement is {term}, unless it is ended earlier as provided for below.",
        "The Agreement continues for {term} and is renewed for {other_term} at a time if nobody objects.",
        "Duties of confidence survive for {other_term}, while the Agreement itself ends after {term}.",
    ),
    "notice_period": (
        "Either party may terminate this Agreement by giving {notice} written notice to the other party.",
        "Termination requires a notice period of {notice} and is to be declared in writing.",
        "The Customer may end the Agreement at any time on notice of {notice}, the other on {other_notice}.",
    ),
    "purchase_price": (
        "The purchase price of the goods is ${price}, to be paid in two parts.",
        "The Customer shall pay a price of ${price} for the goods, and ${other_price} for their transport.",
        "For the goods the sum of ${price} falls due on delivery as the purchase price.",
    ),
    "interest_rate": (
        "Late payments bear interest at a rate of {rate}% a year from the day on which they fell due.",
        "The rate of interest is {rate} percent; early payers get {other_rate} percent off.",
    ),
    "delivery_date": (
        "Delivery of the goods shall take place on or before {due}, at the seat of the Customer.",
        "The goods are to be delivered no later than {due}; the order was placed on {other_day}.",
    ),
    "deposit": (
        "On signing, the Customer pays a deposit of ${deposit}, which counts towards what is owed.",
        "A deposit in the amount of ${deposit} is held by the Supplier and the rest of ${other_price} is "
        "paid when the goods have come.",
    ),
}
_OTHERS = (
    "Each party shall hold all information of the other in confidence, show it to nobody who need not know "
    "it, and guard it with the care with which it guards information of its own.",
    "Information that is or becomes public without a fault of the party that got it is not confidential.",
    "No licence is given under any patent, trademark or copyright by the disclosure of information.",
    "Each party bears its own costs, and neither is bound to enter into any further agreement.",
    "Changes of this Agreement are valid only if both parties have signed them in writing.",
    "Should one of these clauses be void, the others remain as they are between the parties.",
    "Copies of documents are to be destroyed or given back within {other_notice} of a request.",
    "The Supplier was incorporated in {other_state} and keeps its books there since {other_day}.",
    "Goods are examined within {other_notice} of their arrival; defects are told without delay.",
    "The Supplier is insured for up to ${other_price} a year and shows proof of it when asked.",
    "Neither party answers for delays that are caused by events beyond its control, such as storms.",
    "This Agreement binds the successors of both parties and may be signed in several copies.",
)
_STATES = "Ohio,Oregon,Georgia,Wyoming,Colorado,Vermont".split(",")
_TERMS = ("two (2) years", "three years", "twelve (12) months", "18 months", "five (5) years", "one year")
_NOTICES = ("thirty (30) days", "sixty (60) days", "10 days", "three months", "14 days")


def draw(paper: Paper, data: Data) -> None:
    """Writes an agreement; what it says of the fields of ``AGREEMENT``."""
    facts, truth = _facts(data)
    opening = data.random.choice(_OPENINGS)
    chosen = {name: data.random.choice(ways) for name, ways in _CLAUSES.items() if _given(data)}
    clauses = [*chosen.values(), *data.random.sample(_OTHERS, 8)]
    data.random.shuffle(clauses)
    numbered = data.random.random() < 0.5
    paper.text(
        _MARGIN, 60, data.random.choice(("SUPPLY AGREEMENT", "AGREEMENT", "CONTRACT OF SALE")), size=12
    )
    texts = [opening, *(f"{n}. {text}" if numbered else text for n, text in enumerate(clauses, 1))]
    _write(paper, [text.format(**facts) for text in texts], data.random.choice((9.0, 10.0, 11.0)))
    for name, says in truth.items():
        if name in chosen or name not in _CLAUSES:
            for one in says.split(_OR):
                paper.keep(Value(name, "", one, AGREEMENT[name][0]))


def _facts(data: Data) -> tuple[dict[str, str], dict[str, str]]:
    """What is printed, by its place in the wordings, and what is true of the fields."""
    day, due, other = data.day(), data.day(2025), data.day(2023)
    first, second = data.company(), data.company()
    state, other_state = data.random.sample(_STATES, 2)
    term, other_term = data.random.sample(_TERMS, 2)
    notice, other_notice = data.random.sample(_NOTICES, 2)
    price, deposit = data.amount(5_000, 90_000), data.amount(100, 4_000)
    rate, other_rate = data.random.sample((1.5, 2.0, 4.25, 6.0, 8.5), 2)
    printed = {"first": first, "second": second, "state": state, "other_state": other_state, "term": term}
    printed |= {"day": f"{day:%B} {day.day}, {day.year}", "due": f"{due.day} {due:%B} {due.year}"}
    printed |= {"other_day": f"{other:%B} {other.day}, {other.year}", "other_term": other_term}
    printed |= {"notice": notice, "other_notice": other_notice, "street": data.street()}
    printed |= {"price": f"{price:,.2f}", "deposit": f"{deposit:,.2f}"}
    printed |= {
        "other_price": f"{data.amount(200, 90_000):,.2f}",
        "rate": f"{rate}",
        "other_rate": f"{other_rate}",
    }
    truth = {"party": f"{first}{_OR}{second}", "jurisdiction": state, "term": term, "notice_period": notice}
    truth |= {"effective_date": day.isoformat(), "delivery_date": due.isoformat()}
    truth |= {"purchase_price": str(price), "deposit": str(deposit), "interest_rate": str(rate)}
    return printed, truth


def _given(data: Data) -> bool:
    return data.random.random() < _GIVEN


def _write(paper: Paper, paragraphs: Sequence[str], size: float) -> None:
    """Paragraphs from the title down, over as many pages as they need."""
    y = 90.0
    for paragraph in paragraphs:
        for line in simpleSplit(paragraph, paper.font, size, WIDTH - 2 * _MARGIN):
            if y > HEIGHT - _MARGIN:
                paper.turn()
                y = _MARGIN
            paper.text(_MARGIN, y, line, size=size)
            y += size + 3
        y += _SPACING
