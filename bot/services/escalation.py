"""Tells those above a team of what nobody has answered: one message a day to each of them, whichever noun speaks.

What is owed has a part for the lead, one for the manager and one for the platform channel. Each part is said once for a
step: to whom it is meant for, or to the next of them who is there and in Slack.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.blocks import escalation as blocks
from bot.domain.escalation import ESCALATES_AT, Audience, Owed, is_fresh
from bot.domain.recipients import NOBODY, Recipient
from bot.domain.records import PersonRecord, TeamRecord
from bot.domain.working_time import WorkingTime
from bot.errors import log_failure
from bot.services import daily_limit, outbox, routing
from bot.services.contributors import Contributor, Escalated
from bot.services.deps import Deps
from bot.services.routing import lead_of, manager_of, platform_of, slack_id_of, zone_name_of
from bot.services.snapshot import Snapshot
from bot.services.working_times import WorkingTimes

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Owed:
    """What is owed, and the message in which its holder was told; None when there is none."""

    owed: Owed
    went_to: outbox.Destination | None

    @property
    def id(self) -> tuple[str, int]:
        return self.owed.noun, self.owed.id

    @property
    def has_arrived(self) -> bool:
        """Whether the message has been posted, or nothing can be awaited of it any more."""
        return self.went_to is None or self.went_to.at is not None

    def is_fresh(self, now: datetime) -> bool:
        since = (self.went_to.at or self.went_to.since) if self.went_to is not None else None
        return since is not None and is_fresh(since, now)


@dataclass(slots=True)
class _Above:
    """Somebody who hears of what is owed, and the places where they are written to.

    `parts` are the parts that are said to them, by the id of what is owed.
    """

    recipient: Recipient
    places: tuple[str, ...]
    items: list[_Owed] = field(default_factory=list)
    parts: dict[tuple[str, int], list[Audience]] = field(default_factory=dict)

    def add(self, item: _Owed, part: Audience) -> None:
        """Take a part; somebody to whom several are said hears of the step once."""
        if item.id not in self.parts:
            self.items.append(item)
        self.parts.setdefault(item.id, []).append(part)

    @property
    def audience(self) -> Audience:
        """The role in which they are told. A lead who is told what managers are told reads the same words."""
        if self.recipient == NOBODY:
            return Audience.PLATFORM
        last = min(each.owed.step for each in self.items)
        return Audience.MANAGER if last <= ESCALATES_AT[Audience.MANAGER] else Audience.LEAD


class Escalation:
    """Says what is owed. All state is in the store."""

    def __init__(
        self, deps: Deps, snapshot: Snapshot, times: WorkingTimes, contributors: Sequence[Contributor[Any]]
    ) -> None:
        self._deps, self._snapshot, self._times = deps, snapshot, times
        self._nouns = {each.name: each for each in contributors if isinstance(each, Escalated)}

    async def run(self, now: datetime) -> None:
        """Say to everybody who is at work, and has not been told anything today, what is owed to them.

        Whoever was asked has an hour to answer first.
        """
        async with self._deps.database.reading() as session:
            owed = await self._owed(session)
            if not owed:
                return
            everybody = self._everybody(owed)
            keys = [each.recipient.key for each in everybody]
            lately = await daily_limit.written_to(session, keys, since=now.date() - timedelta(1))
        for above in everybody:
            key, work = above.recipient.key, await self._work_of(above.recipient)
            if lately[key].last == work.today(now) or not work.is_open(now):
                continue
            if not _sayable(above.items, now):
                continue
            try:
                async with self._deps.database.transaction() as session:
                    await self._tell(session, above, work)
            except daily_limit.TakenError:
                log.debug("%s has been told today", key)
            except Exception as error:  # noqa: BLE001 - one recipient stops nobody else
                log_failure(log, error, "what is owed to %s could not be said; it is tried again at the next run", key)

    async def waiting(self, keys: Collection[str], now: datetime) -> set[str]:
        """Return which of these recipients can be told of what is owed to them now."""
        async with self._deps.database.reading() as session:
            everybody = self._everybody(await self._owed(session))
        return {
            above.recipient.key
            for above in everybody
            if above.recipient.key in keys
            and _sayable(above.items, now)
            and (await self._work_of(above.recipient)).is_open(now)
        }

    async def _owed(self, session: AsyncSession, ids: Collection[tuple[str, int]] | None = None) -> list[_Owed]:
        """Return what is owed and has not been answered in the meantime."""
        owed: list[Owed] = []
        for name, noun in self._nouns.items():
            own = [number for of, number in ids if of == name] if ids is not None else None
            if own != []:
                owed += await noun.owed(session, self._work_of, own)
        owed = [each for each in owed if each.parts]
        if not owed:
            return []
        days = [(each.holder.key, each.day) for each in owed]
        keys = await daily_limit.message_keys(session, days)
        sent = await outbox.destinations(session, list(keys.values()))
        return [_Owed(each, sent.get(keys.get(day, ""))) for each, day in zip(owed, days, strict=True)]

    async def _work_of(self, recipient: Recipient) -> WorkingTime:
        return await self._times.of(zone_name_of(self._deps, self._snapshot, recipient), self._deps.clock.now())

    def _everybody(self, owed: Sequence[_Owed]) -> list[_Above]:
        """Return who is told of what, without those who got the reminder itself because there was no channel."""
        found: dict[str, _Above] = {}
        for each in owed:
            holder = each.owed.holder
            told_in = {next(iter(routing.places(self._deps, self._snapshot, holder)), "")}
            told_in |= {each.went_to.channel} if each.went_to is not None else set()
            for part in each.owed.parts:
                above = self._above(part, holder)
                if above is not None and above.places and above.places[0] not in told_in:
                    found.setdefault(above.recipient.key, above).add(each, part)
        return list(found.values())

    def _above(self, part: Audience, holder: Recipient) -> _Above | None:
        """Return who hears a part of what was told to somebody; None where that is nobody's: a person has no lead.

        Lead and manager stand in for each other, and the platform channel for both.
        """
        if part is not Audience.PLATFORM and holder.team is None:
            return None
        platform = platform_of(self._deps, self._snapshot)
        person = _person_above(self._snapshot, part, holder.team) if holder.team is not None else None
        if person is None:
            return _Above(NOBODY, (platform,) if platform else ())
        return _Above(Recipient(person=person), tuple(filter(None, (person.slack_id, platform))))

    async def _tell(self, session: AsyncSession, above: _Above, work: WorkingTime) -> None:
        """Say it in one message, unless it has been answered in the meantime."""
        now, recipient_key = self._deps.clock.now(), above.recipient.key
        today = work.today(now)
        if (await daily_limit.written_to(session, [recipient_key]))[recipient_key].last == today:
            return
        owed = _sayable(await self._owed(session, above.parts), now)
        current = next((each for each in self._everybody(owed) if each.recipient.key == recipient_key), None)
        if current is None:
            return
        key = f"{daily_limit.OWED}{recipient_key}:{today}"
        await daily_limit.take(session, recipient_key, today, key=key, is_digest=False)
        complaints = await self._complaints(session, current.items)
        await outbox.enqueue(
            session,
            key=key,
            channel=current.places[0],
            message=blocks.escalation(complaints, to=current.audience),
            at=now,
            fallbacks=current.places[1:],
        )
        for each in current.items:
            for part in current.parts[each.id]:
                if not await self._nouns[each.owed.noun].heard(session, each.owed, part):
                    # Another process has said this part to somebody else just now.
                    raise daily_limit.TakenError

    async def _complaints(self, session: AsyncSession, items: Sequence[_Owed]) -> list[blocks.Complaint]:
        """Return what is said, the most urgent first."""
        drawn: dict[tuple[str, int], blocks.Complaint] = {}
        for name, noun in self._nouns.items():
            own = [each for each in items if each.owed.noun == name]
            if own:
                made = await noun.complaints(session, [each.owed for each in own])
                drawn |= {each.id: complaint for each, complaint in zip(own, made, strict=True)}
        return [drawn[each.id] for each in sorted(items, key=lambda each: (*_urgency(each, drawn[each.id]), *each.id))]


def _urgency(item: _Owed, complaint: blocks.Complaint) -> tuple[int, int, int]:
    """Return the order: what can be prevented, the nearest first, what is charged, the dearest first, the rest."""
    days = complaint.days if complaint.days is not None else item.owed.step
    if days >= 0:
        return 0, days, -complaint.a_month
    return (1, -complaint.a_month, -days) if complaint.is_charged else (2, -days, 0)


def _sayable(owed: Sequence[_Owed], now: datetime) -> list[_Owed]:
    """Return what is said now: nothing while one of the messages is fresh, so that all of a day's come together."""
    return [] if any(each.is_fresh(now) for each in owed) else [each for each in owed if each.has_arrived]


def _person_above(snapshot: Snapshot, part: Audience, team: TeamRecord) -> PersonRecord | None:
    """Return the person above a team who hears a part; None when that is the platform channel's."""
    lead, manager = lead_of(snapshot, team), manager_of(snapshot, team)
    order: Mapping[Audience, tuple[PersonRecord | None, ...]] = {
        Audience.LEAD: (lead, manager),
        Audience.MANAGER: (manager, lead),
    }
    return next((each for each in order.get(part, ()) if slack_id_of(each)), None)
