"""What end of life contributes to the daily pass: deadlines that are due, and what nobody has answered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.blocks import eol as blocks
from bot.blocks.escalation import Complaint
from bot.blocks.lines import Line
from bot.domain.eol.due_reminders import NOUN
from bot.domain.eol.exposure import Exposure
from bot.domain.eol.reminder_plan import is_answered
from bot.domain.eol.reminders import Remembered
from bot.domain.eol.responsibility import Addressee, CycleKey
from bot.domain.eol.shared_charges import shared_charges, sharers
from bot.domain.eol.terms import answered
from bot.domain.escalation import Audience, Owed, unheard
from bot.domain.records import TeamRecord
from bot.domain.working_time import WorkingTime
from bot.services.deps import Deps
from bot.services.eol import message_updates, plan_news, reminder_store
from bot.services.eol.exposure import Watcher
from bot.services.eol.notify import Notices, open_reminders
from bot.services.eol.resolution import Closing
from bot.services.slices import Turns
from bot.store.tables import Reminder, core

_TABLE = core(Reminder)
#: Where the last milestone is kept that an audience has heard of.
_HEARD = {
    Audience.LEAD: _TABLE.c.lead_told,
    Audience.MANAGER: _TABLE.c.manager_told,
    Audience.PLATFORM: _TABLE.c.platform_told,
}

_OWED = select(_TABLE.c.id, _TABLE.c.owed, *_HEARD.values()).where(
    _TABLE.c.owed.is_not(None),
    _TABLE.c.resolved_at.is_(None),
    or_(_TABLE.c.owed >= 0, _TABLE.c.platform_told.is_(None), _TABLE.c.platform_told > 0),
)
#: How often everything was gone through, and how much had moved.
_Position = tuple[int, int]


class Reminders:
    """Reminders of ends of life. All state is in the store; what is kept here only saves work."""

    name = NOUN

    def __init__(self, deps: Deps, watcher: Watcher) -> None:
        self._deps, self._watcher = deps, watcher
        self._closing = Closing(deps, watcher)

    async def changed(
        self, session: AsyncSession, since: _Position | None, written: Mapping[str, set[int]]
    ) -> tuple[_Position, Collection[str]]:
        """Return whose exposure has changed since a position, or whose reminders were answered; and where it is now."""
        exposure, snapshot = await self._watcher.current(session), self._watcher.snapshot
        position = (self._watcher.fillings, exposure.moves)
        if since != position or written["reminder"]:
            await plan_news.look_again(session, self._deps.database, self._watcher)
        if since is None or since[0] != position[0]:
            keys = {*exposure.by_addressee, *exposure.unsure, *await reminder_store.told(session)}
        else:
            keys = exposure.moved_since(since[1])
            takers = await reminder_store.takers_of(session, snapshot) if keys else {}
            keys |= {Addressee(team).key for (owner, *_), team in takers.items() if owner in keys}
            keys |= await reminder_store.told(session, written["reminder"])
        # … and the teams that own another area of what is charged now for these.
        sharing = (snapshot.team_by_name(name) for name in set(sharers(exposure, keys)))
        return position, keys | {Addressee(team).key for team in sharing if team is not None and not team.is_gone}

    async def parts(self, session: AsyncSession, keys: Collection[str]) -> Mapping[str, Notices]:
        """Return what these are told of, by their keys; nothing for those who have nothing."""
        watches, snapshot = await self._watcher.current(session), self._watcher.snapshot
        takers, turns = await reminder_store.takers_of(session, snapshot), Turns()
        found: dict[str, Notices] = {}
        for key in keys:
            recipient = snapshot.recipient(key)
            found[key] = Notices(
                self._deps,
                self._watcher,
                self._closing,
                recipient,
                watches=list(watches.by_addressee.get(key, ())),
                unsure=watches.unsure.get(key, ()),
                shared=shared_charges(watches, recipient, takers),
            )
            await turns.give()
        if sharing := [each for each in found.values() if each.shared]:
            plans = await reminder_store.plans_of(session, {its.cycle_key for one in sharing for its in one.shared})
            for each in sharing:
                each.shared = tuple(its.with_plan(plans.get(its.cycle_key)) for its in each.shared)
        sorted_in: set[int] = set()
        async for chunk in reminder_store.told_to(session, found):
            for reminder in chunk:
                # One that was taken over may come twice: with its addressee, and with the team that took it.
                if reminder.id not in sorted_in:
                    sorted_in.add(reminder.id)
                    _sort_in(reminder, found, watches)
            await asyncio.sleep(0)
        if takers:
            _hand_over_new(takers, found)
        vanished = [reminder for each in found.values() for reminder in each.vanished]
        resolved = await self._closing.look(session, vanished) if vanished else {}
        for each in found.values():
            each.closing = [(one, resolved[one.id]) for one in each.vanished if one.id in resolved]
        return {key: each for key, each in found.items() if each.size or each.vanished}

    async def note(self, session: AsyncSession, parts: Sequence[tuple[Notices, date]]) -> None:
        """Open the reminders that are seen for the first time."""
        opening = [(watch, today) for part, today in parts for watch in part.planned.opening]
        await open_reminders(session, opening, at=self._deps.clock.now())

    async def said_on(self, session: AsyncSession, key: str, day: date) -> Sequence[Line]:
        """Return what a recipient was last told of on a day of theirs."""
        return await message_updates.said_on(session, self._deps, self._watcher, key, day)

    async def owed(
        self, session: AsyncSession, work_of: Callable[[Addressee], Awaitable[WorkingTime]], ids: Sequence[int] | None
    ) -> list[Owed]:
        """Return what nobody has answered; what has passed is left out once the platform channel has heard of it."""
        now = self._deps.clock.now()
        found = await session.execute(_OWED if ids is None else _OWED.where(_TABLE.c.id.in_(ids)))
        rows = {row.id: row for row in found if unheard(row.owed, _heard(row))}
        if not rows:
            return []
        by_key, owed = (await self._watcher.current(session)).by_key, list[Owed]()
        for each in await reminder_store.remembered(session, reminder_ids=list(rows)):
            if each.key in by_key and each.said_on is not None:
                row, holder = rows[each.id], self._watcher.snapshot.recipient(each.holder)
                work = await work_of(holder)
                if not is_answered(answered(each, by_key[each.key]), work.today(now), work):
                    owed.append(
                        Owed(noun=NOUN, id=each.id, step=row.owed, holder=holder, day=each.said_on, heard=_heard(row))
                    )
        return owed

    async def complaints(self, session: AsyncSession, owed: Sequence[Owed]) -> list[Complaint]:
        """Return what those above are told of these."""
        by_key = (await self._watcher.current(session)).by_key
        reminders = await reminder_store.remembered(session, reminder_ids=[each.id for each in owed])
        moves = await reminder_store.moves_of(session, [by_key[each.key] for each in reminders])
        cards = {
            each.id: reminder_store.card(self._deps, self._watcher, each, by_key[each.key], moves) for each in reminders
        }
        return [blocks.complaint(cards[each.id]) for each in owed]

    async def heard(self, session: AsyncSession, owed: Owed, part: Audience) -> bool:
        """Note that somebody has heard their part; return whether nobody had noted it before."""
        column = _HEARD[part]
        statement = (
            update(_TABLE)
            .where(_TABLE.c.id == owed.id, or_(column.is_(None), column != owed.step))
            .values({column: owed.step})
        )
        return bool((await session.execute(statement)).rowcount)  # type: ignore[attr-defined]  # an UPDATE's has it


def _heard(row: Any) -> dict[Audience, int | None]:
    return {part: getattr(row, column.name) for part, column in _HEARD.items()}


def _sort_in(reminder: Remembered, found: Mapping[str, Notices], watches: Exposure) -> None:
    """Give a reminder to whoever is told of it: its addressee, or the team that has taken it over."""
    owner, watch = found.get(reminder.addressee), watches.by_key.get(reminder.key)
    told = found.get(reminder.holder)
    if reminder.holder != reminder.addressee and watch is not None:
        if owner is not None:
            owner.give_away(watch)
        if told is not None:
            told.watches.append(watch)
    if told is not None and watch is None:
        told.vanished.append(reminder)
    elif told is not None:
        told.reminders[reminder.key] = reminder


def _hand_over_new(takers: Mapping[CycleKey, TeamRecord], found: Mapping[str, Notices]) -> None:
    """Give deadlines that have no reminder yet to the team that has taken over the release cycle they are of."""
    for (addressee, product, cycle), team in takers.items():
        owner, taker = found.get(addressee), found.get(f"team:{team.id}")
        if owner is None or owner is taker:
            continue
        theirs = [each for each in owner.watches if each.key[1:3] == (product, cycle)]
        owner.with_others[team.name] = owner.with_others.get(team.name, 0) + 1
        for watch in theirs:
            owner.give_away(watch)
            if taker is not None:
                taker.watches.append(watch)
