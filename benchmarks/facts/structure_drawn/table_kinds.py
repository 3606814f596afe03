"""The tables of drawn documents: ledgers, inventories, figures by region, schedules, requirements, accounts.

Of tables alike that follow each other the second differs in a head cell (``apart``): a year, a place.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from benchmarks.facts.structure_drawn.blocks import Grid, Row
from benchmarks.facts.structure_drawn.tongue import Tongue

_HEADS = {
    "en": {
        "ledger": ("Date", "Description", "Reference", "Debit", "Credit", "Balance"),
        "stock": ("Item", "Description", "Unit", "Quantity", "Price", "Amount"),
        "region": ("Region", "Sites", "Staff", "Turnover", "Change"),
        "schedule": ("No.", "Name", "Task", "Place", "Due"),
        "demand": ("Ref.", "Requirement", "Owner", "Remarks"),
        "account": ("in thousands", "Note", "2021", "2020"),
    },
    "de": {
        "ledger": ("Datum", "Vorgang", "Beleg", "Soll", "Haben", "Saldo"),
        "stock": ("Artikel", "Bezeichnung", "Einheit", "Menge", "Preis", "Betrag"),
        "region": ("Region", "Standorte", "Personal", "Umsatz", "Änderung"),
        "schedule": ("Nr.", "Name", "Aufgabe", "Ort", "Frist"),
        "demand": ("Kennung", "Anforderung", "Zuständig", "Bemerkung"),
        "account": ("in Tausend Euro", "Anhang", "2021", "2020"),
    },
    "fr": {
        "ledger": ("Date", "Libellé", "Pièce", "Débit", "Crédit", "Solde"),
        "stock": ("Article", "Désignation", "Unité", "Quantité", "Prix", "Montant"),
        "region": ("Région", "Sites", "Effectif", "Recettes", "Variation"),
        "schedule": ("N°", "Nom", "Tâche", "Lieu", "Échéance"),
        "demand": ("Réf.", "Exigence", "Responsable", "Observations"),
        "account": ("en milliers d’euros", "Note", "2021", "2020"),
    },
}
_UNITS = ("pcs", "kg", "m", "h", "l", "set")
_REGIONS = (
    "Harwick Northam Stanbridge Ellery Coldwater Ashby Marlow Penrith Tarn Wexley Dunmore Kirkby Lorne Selby "
    "Orton Fenwick Galby Hexton Irby Jarrow Kelso Lydd Morpeth Norton Ouston Pelton Quorn Redcar Stokesley"
).split()


_SIDES = ("North", "East", "West", "Old", "New", "II")


def _number(tongue: Tongue, value: float, decimals: int = 2) -> str:
    """A number as the language writes it."""
    plain = f"{value:,.{decimals}f}"
    if tongue.language == "de":
        return plain.translate(str.maketrans(",.", ".,"))
    return plain.replace(",", "\u202f").replace(".", ",") if tongue.language == "fr" else plain


def _amount(tongue: Tongue, low: float, high: float, decimals: int = 2) -> str:
    return _number(tongue, tongue.random.uniform(low, high), decimals)


def _head(tongue: Tongue, kind: str) -> tuple[str, ...]:
    return _HEADS[tongue.language][kind]


def _name(tongue: Tongue) -> str:
    return f"{tongue.random.choice(_REGIONS)} {tongue.random.choice(_SIDES)}"


def _grid(
    head: tuple[tuple[str | None, ...], ...], body: list[Row], shares: tuple[float, ...], words: int
) -> Grid:
    """The first ``words`` columns hold words, the others numbers."""
    return Grid("", head, tuple(body), shares, tuple(i >= words for i in range(len(shares))))


def _ledger(tongue: Tongue, rows: int, apart: int, narrow: bool) -> Grid:
    random, head = tongue.random, _head(tongue, "ledger")
    balance, body = random.uniform(1000, 9000), []
    day = 1
    for _ in range(rows):
        day = min(day + random.choice((0, 0, 1, 1, 2)), 336)
        change = random.uniform(5, 900) * random.choice((1, -1, -1))
        balance += change
        sides = ("", _number(tongue, change)) if change > 0 else (_number(tongue, -change), "")
        date = f"{day % 28 + 1:02}.{day // 28 + 1:02}.{2020 + apart}"
        reference = f"B{random.randint(10000, 99999)}"
        body.append(Row((date, tongue.one("objects"), reference, *sides, _number(tongue, balance))))
    if random.random() < 0.5:
        body.append(Row(("", tongue.word("total"), "", "", "", _number(tongue, balance)), total=True))
    if narrow:
        return _columns(_grid((head,), body, (1.1, 2.6, 1.1, 1, 1, 1.2), 3), (0, 1, 5))
    return _grid((head,), body, (1.1, 2.6, 1.1, 1, 1, 1.2), 3)


def _stock(tongue: Tongue, rows: int, _apart: int, narrow: bool) -> Grid:
    random, head, body = tongue.random, _head(tongue, "stock"), []
    total = 0.0
    for _ in range(rows):
        count, price = random.randint(1, 400), random.uniform(0.5, 120)
        total += count * price
        item = f"{random.choice('ABCK')}-{random.randint(1000, 9999)}"
        words = (item, tongue.one("objects"), random.choice(_UNITS))
        body.append(Row((*words, str(count), _number(tongue, price), _number(tongue, count * price))))
    if random.random() < 0.5:
        body.append(Row((tongue.word("total"), "", "", "", "", _number(tongue, total)), total=True))
    grid = _grid((head,), body, (1, 3, 0.8, 1, 1, 1.2), 3)
    return _columns(grid, (0, 3, 5)) if narrow else grid


def _regions(tongue: Tongue, rows: int, apart: int, narrow: bool) -> Grid:
    """Two head rows, years over columns; subheads here and there."""
    random, head = tongue.random, _head(tongue, "region")
    year = 2021 - apart
    top = (head[0], str(year), None, str(year - 1 if not apart else year + 5), None)
    below = ("", head[2], head[3], head[2], head[3])
    body, every = [], random.choice((0, 8, 13))
    for i in range(rows):
        if every and i % every == 0:
            body.append(Row((tongue.one("topics"), "", "", "", ""), spans=True))
        body.append(
            Row((_name(tongue), *(_amount(tongue, 10, 99999, random.choice((0, 1))) for _ in range(4))))
        )
    grid = _grid((top, below), body, (2.2, 1, 1.2, 1, 1.2), 1)
    return (
        _columns(_grid((head,), [r for r in body if not r.spans], grid.shares, 1), (0, 2, 3))
        if narrow
        else grid
    )


def _schedule(tongue: Tongue, rows: int, _apart: int, narrow: bool) -> Grid:
    random, head = tongue.random, _head(tongue, "schedule")
    start = random.randint(1, 300)
    body = [
        Row(
            (
                f"{start + i}",
                tongue.one("people"),
                tongue.one("items").rstrip(".。"),
                random.choice(_REGIONS),
                _due(random),
            )
        )
        for i in range(rows)
    ]
    grid = _grid((head,), body, (0.6, 1.6, 3, 1.3, 1.1), 5)
    return _columns(grid, (0, 1, 4)) if narrow else grid


def _plain(tongue: Tongue, name: str) -> str:
    """One of a list, without its full stop."""
    return tongue.one(name).rstrip(".")


def _due(random: Random) -> str:
    return f"{random.randint(1, 28):02}/{random.randint(1, 12):02}/{random.randint(2018, 2024)}"


def _demands(tongue: Tongue, rows: int, _apart: int, narrow: bool) -> Grid:
    """Rows of several lines; the last column is mostly empty."""
    random, head = tongue.random, _head(tongue, "demand")
    prefix = random.choice(("R", "SYS-", "A."))
    first = random.randint(1, 900)
    body = [
        Row(
            (
                f"{prefix}{first + i}",
                tongue.paragraph(1, 3),
                tongue.one("people"),
                _plain(tongue, "leads") if random.random() < 0.25 else "",
            )
        )
        for i in range(max(6, rows // 3))
    ]
    grid = _grid((head,), body, (0.8, 4.4, 1.3, 1.3), 4)
    return _columns(grid, (0, 1)) if narrow else grid


def _account(tongue: Tongue, rows: int, apart: int, narrow: bool) -> Grid:
    random, head = tongue.random, _head(tongue, "account")
    head = (*head[:2], str(2021 + 2 * apart), str(2020 + 2 * apart))
    body: list[Row] = []
    while len(body) < rows:
        body.append(Row((tongue.one("topics"), "", "", ""), spans=True))
        for _ in range(random.randint(4, 9)):
            note = str(random.randint(1, 40)) if random.random() < 0.4 else ""
            body.append(Row((tongue.one("topics"), note, *_pair(tongue, 1))))
        body.append(Row((tongue.word("total"), "", *_pair(tongue, 9)), total=True))
    grid = _grid((head,), body, (3.4, 0.6, 1.1, 1.1), 2)
    return _columns(grid, (0, 2, 3)) if narrow else grid


def _pair(tongue: Tongue, times: int) -> tuple[str, str]:
    one, other = (_amount(tongue, 100 * times, 90000 * times, 0) for _ in range(2))
    return one, f"({other})" if tongue.random.random() < 0.15 else other


def _columns(grid: Grid, kept: tuple[int, ...]) -> Grid:
    """Some columns of a grid with one head row."""
    (head,) = grid.head
    body = tuple(Row(tuple(row.cells[i] for i in kept), row.spans, row.total) for row in grid.body)
    shares, numeric = tuple(grid.shares[i] for i in kept), tuple(grid.numeric[i] for i in kept)
    return Grid(grid.name, (tuple(head[i] for i in kept),), body, shares, numeric)


def abbreviated(
    head: tuple[tuple[str | None, ...], ...], tongue: Tongue
) -> tuple[tuple[str | None, ...], ...]:
    """What some write over the rest of a table: shorter words, and that it goes on."""
    last = head[-1]
    short = [text if not text or len(text) < 7 else f"{text[:4]}." for text in last]
    short[0] = f"{last[0] or head[0][0]} ({tongue.word('continued')})"
    return (tuple(short),)


def says_apart(grid: Grid) -> bool:
    """Whether the head has a year, by which a table differs from the one before."""
    return any(text and text.isdecimal() for line in grid.head for text in line)


KINDS: tuple[Callable[[Tongue, int, int, bool], Grid], ...] = (
    _ledger,
    _stock,
    _regions,
    _schedule,
    _demands,
    _account,
)
