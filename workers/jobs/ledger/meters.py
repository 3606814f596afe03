"""What was counted since the ledger was made, by all processes together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import msgspec
from sqlalchemy import event, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from workers.jobs.ledger.engine import Ledger
from workers.jobs.ledger.tables import Meter
from workers.jobs.metering import Key


@dataclass(frozen=True, slots=True)
class Total:
    """A number as it stands. ``name`` is that of a sample: ``octavo_pages_total``."""

    name: str
    labels: dict[str, str] = field(default_factory=dict)
    value: float = 0.0


class Meters:
    """The sums of all processes."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def add(self, amounts: Mapping[Key, float]) -> None:
        """Adds to each number, all or none."""
        if not amounts:
            return
        # In one order everywhere: of two that add at once the second waits, and neither is a deadlock's.
        rows = [
            {"name": name, "labels": labels, "value": amount}
            for (name, labels), amount in sorted(amounts.items())
        ]
        dialect = postgresql if self._ledger.engine.dialect.name == "postgresql" else sqlite
        new = dialect.insert(Meter).values(rows)
        grown = new.on_conflict_do_update(
            index_elements=[Meter.name, Meter.labels], set_={"value": Meter.value + new.excluded.value}
        )
        with self._ledger.write() as session:
            session.execute(grown)

    def totals(self) -> list[Total]:
        """All numbers, by name and labels."""
        with self._ledger.read() as session:
            rows = session.scalars(select(Meter).order_by(Meter.name, Meter.labels)).all()
        return [
            Total(row.name, msgspec.json.decode(row.labels, type=dict[str, str]), row.value) for row in rows
        ]


def once_committed(session: Session, count: Callable[[], None]) -> None:
    """Counts when the session's transaction is committed, and not at all if it never is."""
    event.listen(session, "after_commit", lambda _: count(), once=True)
