"""What people do in the simulated year: they answer, or not, upgrade, or not. The same in every run of it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.domain.lifecycle.responses import LONGEST_WAIVER, SNOOZE_ENDS
from bot.store import tables
from bot.store.db import Database
from bot.store.journal import audit, next_revision
from tests.simulation.organisation import SEED, MovingFacts


@dataclass(slots=True)
class People:
    """Looks at what was said since it last looked, and answers some of it. `upgrades` are still to come, by day."""

    database: Database
    facts: MovingFacts
    seen: set[tuple[int, int, date]] = field(default_factory=set)
    upgrades: dict[date, list[tuple[str, str, str]]] = field(default_factory=dict)

    async def act(self, now: datetime) -> None:
        """Answer what is new, and carry out the upgrades of the day."""
        table = tables.Reminder
        async with self.database.reading() as session:
            query = select(table).where(
                col(table.resolved_at).is_(None), col(table.said_on) >= now.date() - timedelta(3)
            )
            said = (await session.execute(query)).scalars().all()
        new = [r for r in said if (r.id, r.milestone, r.deadline) not in self.seen]
        due = self.upgrades.pop(now.date(), [])
        if new or due:
            async with self.database.transaction() as session:
                for reminder in sorted(new, key=lambda r: (r.addressee, r.product, r.cycle, r.kind)):
                    self.seen.add((int(reminder.id or 0), int(reminder.milestone or 0), reminder.deadline))
                    await self._answer(session, reminder, now)
                if due:
                    await self._upgrade(session, due, now)

    async def _answer(self, session: AsyncSession, reminder: tables.Reminder, now: datetime) -> None:
        key = (reminder.addressee, reminder.product, reminder.cycle, reminder.kind)
        rng = random.Random(f"{SEED} {key} {reminder.deadline} {reminder.milestone}")
        today, left = now.date(), (reminder.deadline - now.date()).days
        kind = rng.choices(
            ("", "acknowledged", "planned", "snoozed", "waived", "claimed"), weights=(45, 25, 15, 8, 4, 3)
        )[0]
        until: date | None = None
        match kind:
            case "planned":
                until = today + timedelta(rng.randrange(5, 60))
                if rng.random() < 0.75:
                    self.upgrades.setdefault(until, []).append(key[:3])
            case "snoozed":
                until = min(today + timedelta(rng.choice((7, 14, 30))), reminder.deadline - timedelta(SNOOZE_ENDS))
                kind = kind if until > today else ""
            case "waived":
                until = today + timedelta(rng.randrange(30, LONGEST_WAIVER))
            case "claimed":
                reminder = await session.get_one(tables.Reminder, reminder.id)
                reminder.claimed_at, reminder.claimed_by = now, 1
                if rng.random() < 0.5:
                    self.upgrades.setdefault(today + timedelta(rng.randrange(1, 30)), []).append(key[:3])
        if left < 0 and rng.random() < 0.2:
            self.upgrades.setdefault(today + timedelta(rng.randrange(1, 20)), []).append(key[:3])
        if kind and kind != "claimed":
            await self._put(session, reminder, kind, until, now)
        await audit(session, at=now, actor="person:1", action="lifecycle.answer", subject="reminder:0")

    async def _put(
        self, session: AsyncSession, reminder: tables.Reminder, kind: str, until: date | None, now: datetime
    ) -> None:
        table = tables.ReminderAnswer
        ended: Any = update(table).where(col(table.reminder_id) == reminder.id, col(table.ended_at).is_(None))
        await session.execute(ended.values(ended_at=now))
        approval: dict[str, Any] = {"decided_by": 2, "decided_at": now} if kind == "waived" else {}
        session.add(
            table(
                reminder_id=reminder.id,
                kind=kind,
                person_id=1,
                at=now,
                deadline=reminder.deadline,
                milestone=reminder.milestone if kind == "acknowledged" else None,
                until=until,
                **approval,
            )
        )

    async def _upgrade(self, session: AsyncSession, due: list[tuple[str, str, str]], now: datetime) -> None:
        """Let the source see what these addressees run of these cycles in the newest one."""
        await next_revision(session)
        owned = (
            select(tables.Deployment)
            .join(tables.Ownership, col(tables.Ownership.asset_id) == col(tables.Deployment.asset_id))
            .where(col(tables.Deployment.gone_at).is_(None))
        )
        for addressee, product, cycle in sorted(due):
            if not addressee.startswith("team:"):
                continue
            team = int(addressee.removeprefix("team:"))
            found = self.facts.table.get(product)
            if found is None:
                continue
            newest = found.cycles[0].latest or found.cycles[0].name
            for row in (await session.execute(owned.where(col(tables.Ownership.team_id) == team))).scalars():
                if row.product == product and self._cycle(row) == cycle and row.version != newest:
                    await self._see(session, row, newest, now)

    async def _see(self, session: AsyncSession, row: tables.Deployment, version: str, now: datetime) -> None:
        row.gone_at = now
        session.add(
            tables.Deployment(
                asset_id=row.asset_id,
                source_id=1,
                product=row.product,
                version=version,
                how="catalog",
                first_seen_at=now,
                last_seen_at=now,
            )
        )

    def _cycle(self, row: tables.Deployment) -> str:
        from bot.domain.lifecycle import InCycle, match

        found = match(self.facts.table, product=row.product, version=row.version)
        return found.cycle.name if isinstance(found, InCycle) else ""


def hour_of_answers(now: datetime) -> bool:
    """Whether people answer in this hour: some time after each continent's morning."""
    return now.astimezone(UTC).hour in (3, 11, 19)
