"""What ran where at which moment, read off the store in another way than Baton reads it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from bot.clients.eol import starter
from bot.store.tables import Deployment, Reminder, VersionPin
from tests.simulation.life import Lived


class Running:
    """What counted as which cycle when. A version is a cycle's name or its latest one: that is all there are."""

    def __init__(self, lived: Lived) -> None:
        self._deployments: dict[str, list[Deployment]] = {}
        for row in lived.deployments:
            self._deployments.setdefault(f"team:{lived.owners.get(row.asset_id)}", []).append(row)
        self._pins: dict[tuple[int, str, str], list[VersionPin]] = {}
        for pin in lived.pins:
            self._pins.setdefault((pin.asset_id, pin.product, pin.version), []).append(pin)
        self._cycles: dict[tuple[str, str], set[str]] = {}
        self._dated: set[tuple[str, str]] = set()
        for product in starter.load().products:
            for cycle in product.cycles:
                for version in {cycle.name, cycle.latest}:
                    self._cycles.setdefault((product.key, version), set()).add(cycle.name)
                if isinstance(cycle.eol, date):
                    self._dated.add((product.key, cycle.name))

    def runs(self, reminder: Reminder, at: datetime) -> bool:
        """Whether something of the addressee's counted as the reminder's cycle."""
        return any(
            self._counts_as(row, reminder.product, reminder.cycle, at)
            for row in self._deployments.get(reminder.addressee, ())
            if row.first_seen_at <= at and (row.gone_at is None or row.gone_at > at)
        )

    def _counts_as(self, row: Deployment, product: str, cycle: str, at: datetime) -> bool:
        pins = self._pins.get((row.asset_id, row.product, row.version), ())
        for pin in pins:
            if pin.at <= at and (pin.ended_at is None or pin.ended_at > at):
                return (pin.pinned_product, pin.pinned_cycle) == (product, cycle)
        return row.product == product and cycle in self._cycles.get((row.product, row.version), set())

    def is_lasting(self, pin: VersionPin, at: datetime) -> bool:
        """Whether a pin, to a cycle that has an end, was made before a moment and has held to this day."""
        is_there = any(
            row.asset_id == pin.asset_id and row.version == pin.version and row.gone_at is None
            for rows in self._deployments.values()
            for row in rows
        )
        is_dated = (pin.pinned_product, pin.pinned_cycle) in self._dated
        return is_there and is_dated and pin.at < at and pin.ended_at is None

    def has_joined(self, reminder: Reminder, since: datetime, until: datetime) -> bool:
        """Whether something of the addressee's began to count as the reminder's cycle between two moments."""
        return any(since <= each <= until for each in self._begun(reminder))

    def days_joined(self, reminder: Reminder, after: date, until: date) -> set[date]:
        """Return the days after one and up to another on which something began to count as the reminder's cycle."""
        return {each.date() for each in self._begun(reminder) if after < each.date() <= until}

    def _begun(self, reminder: Reminder) -> Iterator[datetime]:
        for row in self._deployments.get(reminder.addressee, ()):
            pins = self._pins.get((row.asset_id, row.product, row.version), ())
            turns = {row.first_seen_at, *(each.at for each in pins), *(each.ended_at for each in pins if each.ended_at)}
            for at in turns:
                is_new = at == row.first_seen_at or not self._counts_as(
                    row, reminder.product, reminder.cycle, at - timedelta.resolution
                )
                if at >= row.first_seen_at and is_new and self._counts_as(row, reminder.product, reminder.cycle, at):
                    yield at
