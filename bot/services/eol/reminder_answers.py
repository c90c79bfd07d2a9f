"""What the store remembers of answers to reminders: those in force, those that others share, those of owners before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.domain.eol.answers import SHARED, Answer, AnswerKind
from bot.domain.eol.milestones import DeadlineKind
from bot.domain.eol.reminders import Inherited
from bot.domain.records import PersonRecord
from bot.store import tables
from bot.store.open_matters import person_of

_OWN, _OTHER, _ANSWER = tables.Reminder, aliased(tables.Reminder), tables.ReminderAnswer
#: The answers to other open deadlines of release cycles: a statement that takes longer to put together than to ask.
_SHARED_ANSWERS = (
    select(col(_OWN.id), col(_OWN.deadline), col(_OTHER.deadline), col(_OTHER.kind), *tables.core(_ANSWER).c)
    .select_from(_OWN)
    .join(
        _OTHER,
        and_(
            col(_OTHER.addressee) == col(_OWN.addressee),
            col(_OTHER.product) == col(_OWN.product),
            col(_OTHER.cycle) == col(_OWN.cycle),
            col(_OTHER.id) != col(_OWN.id),
            col(_OTHER.resolved_at).is_(None),
        ),
    )
    .join(_ANSWER, col(_ANSWER.reminder_id) == col(_OTHER.id))
    .where(
        col(_OWN.resolved_at).is_(None),
        col(_ANSWER.ended_at).is_(None),
        col(_ANSWER.kind).in_([each.value for each in SHARED]),
        or_(col(_ANSWER.kind) != AnswerKind.WAIVED.value, col(_ANSWER.decided_by).is_not(None)),
    )
)


async def in_force(session: AsyncSession, conditions: Sequence[ColumnElement[bool]]) -> Sequence[Any]:
    """Return the rows of the answers to these reminders that have not ended, the newest first."""
    table = tables.ReminderAnswer
    query: Select[Any] = (
        select(tables.core(table))
        .join(tables.Reminder, col(tables.Reminder.id) == col(table.reminder_id))
        .where(*conditions, col(table.ended_at).is_(None))
        .order_by(col(table.id).desc())
    )
    found: Sequence[Any] = (await session.execute(query)).all()
    return found


async def answer_of(session: AsyncSession, row: tables.ReminderAnswer) -> Answer:
    """Return an answer that may be over with the people in it."""
    return as_answer(row, await people_of(session, people_in([row], "person_id", "decided_by")))


async def shared(session: AsyncSession, conditions: Sequence[ColumnElement[bool]]) -> list[tuple[int, Answer]]:
    """Return what was answered to other open deadlines of the same release cycles and holds for these, by their ids."""
    rows = (await session.execute(_SHARED_ANSWERS.where(*conditions))).all()
    if not rows:
        return []
    given = [row[4:] for row in rows]
    names = [column.name for column in tables.core(tables.ReminderAnswer).c]
    made = [SimpleNamespace(**dict(zip(names, each, strict=True))) for each in given]
    people = await people_of(session, people_in(made, "person_id", "decided_by"))
    found = []
    for (reminder_id, deadline, others, kind, *_), each in zip(rows, made, strict=True):
        # A move to an earlier day ends it here as it does there.
        on = deadline + (each.deadline - others)
        shared = replace(as_answer(each, people), deadline=on, is_shared=True, given_to=DeadlineKind(kind))
        found.append((reminder_id, shared))
    return found


async def inherited(session: AsyncSession, rows: Sequence[Any]) -> dict[int, Inherited]:
    """Return what the owners before had answered to these, as far as nobody has answered since."""
    table, before = tables.ReminderAnswer, {row.came_from for row in rows}
    own = select(col(table.reminder_id)).where(col(table.reminder_id).in_([row.id for row in rows]))
    answered = set((await session.execute(own)).scalars())
    given = await in_force(session, [col(tables.Reminder.id).in_(before)])
    people = await people_of(session, people_in(given, "person_id", "decided_by"))
    owners = select(tables.core(tables.Reminder)).where(col(tables.Reminder.id).in_(before))
    addressees = {row.id: row.addressee for row in await session.execute(owners)}
    names = await _names(session, set(addressees.values()))
    found: dict[int, Inherited] = {}
    for row in reversed(given):  # the newest last
        answer = as_answer(row, people)
        if answer.kind in (AnswerKind.PLANNED, AnswerKind.WAIVED) and not answer.is_question:
            found[row.reminder_id] = Inherited(names.get(addressees[row.reminder_id], ""), answer)
    return {row.id: found[row.came_from] for row in rows if row.id not in answered and row.came_from in found}


async def _names(session: AsyncSession, addressees: Collection[str]) -> dict[str, str]:
    """Return the names of teams and people, by their keys."""
    people = await people_of(session, {int(each[7:]) for each in addressees if each.startswith("person:")})
    team, ids = tables.Team, [int(each[5:]) for each in addressees if each.startswith("team:")]
    found = await session.execute(select(col(team.id), col(team.name)).where(col(team.id).in_(ids)))
    return {f"team:{number}": name for number, name in found} | {f"person:{k}": v.name for k, v in people.items()}


async def people_of(session: AsyncSession, ids: set[int]) -> dict[int, PersonRecord]:
    """Return people by their ids."""
    table = tables.Person
    found: dict[int, PersonRecord] = {}
    wanted = sorted(ids)
    for start in range(0, len(wanted), 500):
        query = select(tables.core(table)).where(col(table.id).in_(wanted[start : start + 500]))
        found.update((row.id, person_of(row)) for row in await session.execute(query))
    return found


def people_in(rows: Iterable[Any], *columns: str) -> set[int]:
    """Return the ids of the people whom these columns of rows name."""
    return {person for row in rows for name in columns if (person := getattr(row, name)) is not None}


def as_answer(row: Any, people: Mapping[int, PersonRecord]) -> Answer:
    """Return a row as an answer, with the people in it."""
    return Answer(
        id=row.id,
        kind=AnswerKind(row.kind),
        person=people.get(row.person_id),
        at=row.at,
        deadline=row.deadline,
        milestone=row.milestone,
        until=row.until,
        team_id=row.team_id,
        detail=row.detail,
        decided_by=people.get(row.decided_by) if row.decided_by is not None else None,
        decided_at=row.decided_at,
        asset_ids=frozenset(row.asset_ids) if row.asset_ids is not None else None,
    )
