"""What handoffs contribute to the health report: how long an acceptance takes, and what waits for one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from bot.blocks.handoff import health as blocks
from bot.blocks.handoff.health import Acceptance, OldestOffer
from bot.blocks.health import HealthPart
from bot.domain.handoff.handoffs import UNANSWERED, ResourceState
from bot.domain.health import scope_of
from bot.domain.records import TeamRecord
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot
from bot.store.bulk import chunks
from bot.store.tables import AuditEntry, Handoff, HandoffResource, core

#: Acceptances count for so many days.
_COUNTED = timedelta(days=90)
_H, _R, _E = core(Handoff).c, core(HandoffResource).c, core(AuditEntry).c


class HandoffFigures:
    """How handoffs go, by the teams that give and receive."""

    def __init__(self, deps: Deps, snapshot: Snapshot) -> None:
        self._deps, self._snapshot = deps, snapshot

    async def part(self, team: TeamRecord | None) -> HealthPart:
        """Return what there is to say of everybody, or of what one team gives and receives."""
        wanted = true() if team is None else or_(_H.giver_team_id == team.id, _H.receiver_team_id == team.id)
        async with self._deps.database.reading() as session:
            days = await self._accepted(session, wanted)
            waiting, oldest = await self._waiting(session, wanted)
        about = team.id if team is not None else None
        found = {each: Acceptance(days.get(each, ()), waiting.get(each, 0)) for each in {about, *days, *waiting}}
        return HealthPart(
            sections=[blocks.section(found[about])],
            actions=[blocks.answer(oldest)] if oldest is not None else [],
            recorded={scope_of(team_id): each.figures for team_id, each in found.items()},
        )

    async def _accepted(self, session: AsyncSession, wanted: ColumnElement[bool]) -> dict[int | None, list[int]]:
        """Return the days that each acceptance took: of all, and of each team that gave or received it."""
        query = (
            select(_H.id, _R.version, _H.giver_team_id, _H.receiver_team_id, _R.answered_at)
            .join_from(core(Handoff), core(HandoffResource), _R.handoff_id == _H.id)
            .where(wanted, _R.state == ResourceState.ACCEPTED.value)
            .where(_R.answered_at >= self._deps.clock.now() - _COUNTED)
        )
        rows = (await session.execute(query)).all()
        offered_at = await _offers(session, {row.id for row in rows})
        found: dict[int | None, list[int]] = {}
        for number, version, giver, receiver, answered_at in rows:
            if (number, version) in offered_at:
                days = max(0, (answered_at - offered_at[number, version]).days)
                for team_id in (None, giver, receiver):
                    found.setdefault(team_id, []).append(days)
        return found

    async def _waiting(
        self, session: AsyncSession, wanted: ColumnElement[bool]
    ) -> tuple[dict[int | None, int], OldestOffer | None]:
        """Return how many parts wait for an answer, of all and of each team, and the oldest handoff with any.

        What was asked for waits for its giver, what is offered for its receiver. Whoever has put all of it off until it
        has what it needs owes no answer now.
        """
        since = func.coalesce(_H.offered_at, _H.created_at)
        is_asked = _R.state == ResourceState.DRAFT.value
        is_owed = case((_R.state == ResourceState.NOT_YET.value, 0), else_=1)
        query = (
            select(
                *(_H.id, _H.giver_team_id, _H.receiver_team_id, since, is_asked),
                *(func.count(_R.id), func.sum(is_owed)),
            )
            .join_from(core(Handoff), core(HandoffResource), _R.handoff_id == _H.id)
            .where(wanted, _R.state.in_([state.value for state in UNANSWERED]))
            .group_by(_H.id, _H.giver_team_id, _H.receiver_team_id, since, is_asked)
            .order_by(since, _H.id)
        )
        found: dict[int | None, int] = {}
        oldest: OldestOffer | None = None
        for handoff_id, giver_id, receiver_id, began_at, asked, size, owed in await session.execute(query):
            for team_id in (None, giver_id, receiver_id):
                found[team_id] = found.get(team_id, 0) + size
            giver, receiver = self._snapshot.team(giver_id), self._snapshot.team(receiver_id)
            if oldest is None and owed and giver is not None and receiver is not None:
                days = (self._deps.clock.now().date() - began_at.date()).days
                by, to = (receiver, giver) if asked else (giver, receiver)
                oldest = OldestOffer(handoff_id, by, to, owed, days, is_asked=bool(asked))
        return found, oldest


async def _offers(session: AsyncSession, handoff_ids: Collection[int]) -> dict[tuple[int, int], datetime]:
    """Return when each version of these handoffs was offered: what was accepted before a later one had its own."""
    found: dict[tuple[int, int], datetime] = {}
    for some in chunks(sorted(handoff_ids)):
        subjects = [f"handoff:{each}" for each in some]
        query = select(_E.subject, _E.detail, _E.at).where(_E.action == "handoff.offer", _E.subject.in_(subjects))
        for subject, detail, at in await session.execute(query):
            found[int(subject.partition(":")[2]), detail["version"]] = at
    return found
