"""What becomes of the answers to a reminder when what it is about gets another owner."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.domain.catalog import Area, Role
from bot.domain.eol.answers import AnswerKind
from bot.domain.eol.exposure import Watch
from bot.domain.eol.resolution import Resolution
from bot.domain.eol.responsibility import ageing_area
from bot.store import tables

#: Answers that the next owner hears of, or goes on with where the same team gave them.
_LASTING = (AnswerKind.PLANNED, AnswerKind.WAIVED, AnswerKind.SNOOZED, AnswerKind.ACKNOWLEDGED)
_MANY = 500
#: A product's key and a release cycle's name.
Cycle = tuple[str, str]


@dataclass(slots=True)
class Before:
    """The reminder of an owner before, with its answers in force."""

    id: int
    addressee: str
    kind: str
    holder: str
    answers: list[tables.ReminderAnswer] = field(default_factory=list)


async def take_on(session: AsyncSession, opened: Mapping[int, Watch], before: Mapping[Cycle, Sequence[Before]]) -> None:
    """Let reminders that have just been opened, by their ids, know what the owners before had answered.

    A team that had the release cycle by delegation, and owns it now, goes on with its own answers. Everybody else is
    shown what was planned or waived: an owner keeps the plan or makes a new one, and a waiver ends with its owner.
    """
    owners = await _owners_before(session, [watch for watch in opened.values() if watch.key[1:3] in before])
    for reminder_id, watch in opened.items():
        former = {who for run in watch.runs for who in owners.get(run.asset.id, ())} - {watch.addressee.key}
        found = [each for each in before.get(watch.key[1:3], ()) if each.addressee in former]
        if not found:
            continue
        last = max(found, key=lambda each: (each.kind == watch.key[3], each.id))
        if last.holder == watch.addressee.key:
            _copy(session, last, reminder_id, watch)
        elif any(each.kind in (AnswerKind.PLANNED, AnswerKind.WAIVED) for each in last.answers):
            table = tables.Reminder
            await session.execute(update(table).where(col(table.id) == reminder_id).values(came_from=last.id))


async def answered_before(session: AsyncSession, watches: Iterable[Watch]) -> dict[Cycle, list[Before]]:
    """Return the answered reminders of the same release cycles, by product and cycle; those that moved, too."""
    table, answer = tables.Reminder, tables.ReminderAnswer
    products = sorted({watch.product.key for watch in watches})
    found: dict[int, tuple[Cycle, Before]] = {}
    for start in range(0, len(products), _MANY):
        query = (
            select(table, answer)
            .join(answer, col(answer.reminder_id) == col(table.id))
            .where(
                col(table.product).in_(products[start : start + _MANY]),
                or_(col(table.resolved_at).is_(None), col(table.resolution) == Resolution.MOVED.value),
                col(answer.ended_at).is_(None),
                col(answer.kind).in_([each.value for each in _LASTING]),
                or_(col(answer.kind) != AnswerKind.WAIVED.value, col(answer.decided_by).is_not(None)),
            )
            .order_by(col(answer.id))
        )
        for row, given in await session.execute(query):
            holder = row.addressee if row.delegated_to is None else f"team:{row.delegated_to}"
            made = Before(row.id, row.addressee, row.kind, holder)
            found.setdefault(row.id, ((row.product, row.cycle), made))[1].answers.append(given)
    by_cycle: dict[Cycle, list[Before]] = {}
    for key, each in found.values():
        by_cycle.setdefault(key, []).append(each)
    return by_cycle


async def _owners_before(session: AsyncSession, watches: Sequence[Watch]) -> dict[int, set[str]]:
    """Return the keys of those who owned the part that ages just before, by the assets' ids."""
    areas = {run.asset.id: ageing_area(run.asset) for watch in watches for run in watch.runs}
    ids, table, found = sorted(areas), tables.Ownership, dict[int, tuple[Any, set[str]]]()
    for start in range(0, len(ids), _MANY):
        query = (
            select(tables.core(table))
            .where(
                col(table.asset_id).in_(ids[start : start + _MANY]),
                col(table.valid_to).is_not(None),
                col(table.role) == Role.OWNER.value,
            )
            .order_by(col(table.valid_to).desc(), col(table.id).desc())
        )
        for row in await session.execute(query):
            if row.area not in (areas[row.asset_id].value, Area.ALL.value):
                continue
            last, owners = found.setdefault(row.asset_id, (row.valid_to, set()))
            if row.valid_to == last:
                owners.add(f"team:{row.team_id}" if row.team_id is not None else f"person:{row.person_id}")
    return {asset_id: owners for asset_id, (_, owners) in found.items()}


def _copy(session: AsyncSession, before: Before, reminder_id: int, watch: Watch) -> None:
    """Let the same answers hold for the new reminder; those that were given to a deadline keep its day."""
    session.add_all(
        tables.ReminderAnswer(
            reminder_id=reminder_id,
            kind=each.kind,
            person_id=each.person_id,
            at=each.at,
            deadline=each.deadline,
            milestone=each.milestone,
            until=each.until,
            detail=dict(each.detail),
            decided_by=each.decided_by,
            decided_at=each.decided_at,
            asset_ids=sorted({run.asset.id for run in watch.runs}),
        )
        for each in before.answers
    )
