"""People, companies, amounts and days as the drawn papers have them; and how countries write these."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

_FIRST = "Mara Tobias Ines Calvin Petra Lionel Greta Silas Nadia Oskar Philippa Ruben".split()
_LAST = "Hollis Brandt Okafor Lindqvist Marchetti Dunmore Farrow Vasquez Whitlock Steiner Abara Quill".split()
_TRADES = (
    "Harbor Freight,Bluebell Bakery,Northgate Tools,Cedar Ridge Dental,Kestrel Logistics,Olive & Thyme,"
    "Summit Roofing,Lakeside Printing,Granite Software,Meadow Farms,Copperfield Books,Vega Optics"
).split(",")
_FORMS = ("LLC", "Inc.", "Corp.", "Group", "& Sons")
_STREETS = "Maple Avenue,Canal Street,Juniper Road,Mill Lane,Foxglove Drive,Quarry Street,Orchard Way".split(
    ","
)
_TOWNS = (
    ("Fairmont", "WV", "26554"),
    ("Boulder", "CO", "80302"),
    ("Salem", "OR", "97301"),
    ("Macon", "GA", "31201"),
    ("Dayton", "OH", "45402"),
    ("Laramie", "WY", "82070"),
)


@dataclass(frozen=True, slots=True)
class Locale:
    """How amounts and days are written."""

    point: str = "."
    thousands: str = ","
    day: str = "%m/%d/%Y"

    def amount(self, value: float, *, sign: str = "-") -> str:
        """With two decimals; ``sign`` goes before a negative one."""
        plain = f"{abs(value):,.2f}".replace(",", "\0").replace(".", self.point).replace("\0", self.thousands)
        return f"{sign}{plain}" if value < 0 else plain

    def date(self, day: date) -> str:
        """A day in figures."""
        return day.strftime(self.day)


@dataclass(slots=True)
class Data:
    """Values by chance; the seed decides them."""

    random: Random

    def person(self) -> str:
        """A first and a last name."""
        return f"{self.random.choice(_FIRST)} {self.random.choice(_LAST)}"

    def company(self) -> str:
        """A company with its form."""
        return f"{self.random.choice(_TRADES)} {self.random.choice(_FORMS)}"

    def trade(self) -> str:
        """A company without its form."""
        return self.random.choice(_TRADES)

    def street(self) -> str:
        """A house number and a street."""
        return f"{self.random.randint(2, 980)} {self.random.choice(_STREETS)}"

    def town(self) -> tuple[str, str]:
        """A town's line of an address, and its state."""
        town, state, code = self.random.choice(_TOWNS)
        return f"{town}, {state} {code}", state

    def digits(self, pattern: str) -> str:
        """A number with a digit for each ``#``."""
        return "".join(str(self.random.randint(0, 9)) if char == "#" else char for char in pattern)

    def amount(self, low: float, high: float) -> float:
        """An amount in cents."""
        return round(self.random.uniform(low, high), 2)

    def day(self, year: int = 2024) -> date:
        """A day of a year."""
        return date(year, 1, 1) + timedelta(days=self.random.randint(0, 330))
