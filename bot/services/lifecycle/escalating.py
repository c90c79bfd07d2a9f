"""Tells a team's lead and the platform channel of what nobody has answered: one message a day to each of them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.blocks import lifecycle as blocks
from bot.domain.lifecycle.milestones import Audience, Milestone
from bot.domain.lifecycle.planning import is_answered
from bot.domain.lifecycle.reminders import Item, Remembered
from bot.domain.lifecycle.watching import Addressee, Watch
from bot.domain.lifecycle.working_time import WorkingTime
from bot.services import outbox
from bot.services.deps import Deps
from bot.services.lifecycle import remembering, written
from bot.services.lifecycle.places import lead_of, places_of, platform_of, slack_id_of
from bot.services.lifecycle.watches import Watcher
from bot.services.lifecycle.working_times import WorkingTimes
from bot.store.tables import Reminder, core

log = logging.getLogger(__name__)

_TABLE = core(Reminder)
_PLATFORM = "platform"


@dataclass(frozen=True, slots=True)
class _Owed:
    """A milestone that those above its addressee have to hear of, and what they have heard so far."""

    reminder: Remembered
    watch: Watch
    milestone: Milestone
    lead_told: int | None
    platform_told: int | None


@dataclass(slots=True)
class _Recipient:
    """Somebody who hears of what is owed: `key` is what their days are counted under, `places` where they are."""

    key: str
    places: tuple[str, ...]
    zone_name: str
    items: list[_Owed] = field(default_factory=list)


async def escalate(deps: Deps, watcher: Watcher, times: WorkingTimes, now: datetime) -> int:
    """Say to everybody who is at work, and has not been told anything today, what is owed to them.

    Returns to how many there was something to say, whether or not that went well.
    """
    async with deps.database.reading() as session:
        owed = await _owed(deps, watcher, times, session)
        lately = await written.written_since(session, now.date() - timedelta(1)) if owed else {}
    told = 0
    for recipient in _recipients(deps, watcher, owed):
        work = await times.of(recipient.zone_name, now)
        is_told = recipient.key in lately and lately[recipient.key].last == work.today(now)
        if is_told or not work.is_open(now):
            continue
        told += 1
        try:
            async with deps.database.transaction() as session:
                await _tell(deps, watcher, times, session, recipient, work)
        except written.TakenError:
            log.debug("%s has been told today", recipient.key)
        except Exception:
            log.exception("what is owed to %s could not be said; it is tried again at the next run", recipient.key)
    return told


async def _owed(
    deps: Deps, watcher: Watcher, times: WorkingTimes, session: AsyncSession, ids: Sequence[int] | None = None
) -> list[_Owed]:
    """Return what is owed and has not been answered in the meantime."""
    t, now = _TABLE.c, deps.clock.now()
    is_news_to_lead = and_(t.owed >= 0, or_(t.lead_told.is_(None), t.lead_told != t.owed))
    is_news_to_platform = and_(t.owed <= 0, or_(t.platform_told.is_(None), t.platform_told > 0))
    query = select(t.id, t.owed, t.lead_told, t.platform_told).where(
        t.owed.is_not(None), t.resolved_at.is_(None), or_(is_news_to_lead, is_news_to_platform)
    )
    rows = {row.id: row for row in await session.execute(query if ids is None else query.where(t.id.in_(ids)))}
    if not rows:
        return []
    by_key, found = (await watcher.current()).by_key, list[_Owed]()
    for each in await remembering.remembered(session, reminder_ids=list(rows)):
        watch, row = by_key.get(each.key), rows[each.id]
        if watch is not None:
            work = await times.of(watcher.zone_name(_told(watcher, each, watch)), now)
            if not is_answered(each, work.today(now), work):
                found.append(_Owed(each, watch, Milestone(row.owed), row.lead_told, row.platform_told))
    return found


def _recipients(deps: Deps, watcher: Watcher, owed: Sequence[_Owed]) -> list[_Recipient]:
    """Return who is to hear of what. Those who have been told themselves already, for want of a channel, are not."""
    found: dict[str, _Recipient] = {}
    for each in owed:
        told = _told(watcher, each.reminder, each.watch)
        first = next(iter(places_of(deps, watcher.snapshot, told)), "")
        for recipient in (_lead(deps, watcher, each, told), _platform(deps, watcher, each)):
            if recipient is not None and recipient.places and recipient.places[0] != first:
                found.setdefault(recipient.key, recipient).items.append(each)
    return list(found.values())


def _told(watcher: Watcher, reminder: Remembered, watch: Watch) -> Addressee:
    if reminder.delegated_to is None:
        return watch.addressee
    return watcher.addressee(f"team:{reminder.delegated_to}")


def _lead(deps: Deps, watcher: Watcher, owed: _Owed, told: Addressee) -> _Recipient | None:
    """Return the lead of the team that was told, in the working time of the first team that they lead.

    A team without one is the platform channel's to hear of.
    """
    if owed.milestone.days < 0 or owed.lead_told == owed.milestone.days or told.team is None:
        return None
    lead = lead_of(watcher.snapshot, told.team)
    place = slack_id_of(lead)
    if lead is None or not place:
        is_told = owed.platform_told is not None and owed.platform_told <= owed.milestone.days
        return None if is_told else _platform_itself(deps, watcher)
    led = min((team for team in watcher.snapshot.teams_of(lead.id) if team.lead_id == lead.id), key=lambda t: t.id)
    places = (place, platform_of(deps, watcher.snapshot))
    return _Recipient(f"lead:{lead.id}", tuple(filter(None, places)), led.timezone or deps.timezone)


def _platform(deps: Deps, watcher: Watcher, owed: _Owed) -> _Recipient | None:
    """Return the platform channel, which hears once of each deadline that has come, or had come when it was seen."""
    is_told = owed.platform_told is not None and owed.platform_told <= 0
    return None if owed.milestone.audience is not Audience.PLATFORM or is_told else _platform_itself(deps, watcher)


def _platform_itself(deps: Deps, watcher: Watcher) -> _Recipient:
    place = platform_of(deps, watcher.snapshot)
    return _Recipient(_PLATFORM, (place,) if place else (), deps.timezone)


async def _tell(
    deps: Deps,
    watcher: Watcher,
    times: WorkingTimes,
    session: AsyncSession,
    recipient: _Recipient,
    work: WorkingTime,
) -> None:
    """Say it in one message, unless it has been answered in the meantime."""
    now = deps.clock.now()
    today = work.today(now)
    if (await written.written_to(session, recipient.key)).last == today:
        return
    ids = list({each.reminder.id: None for each in recipient.items})
    owed = await _owed(deps, watcher, times, session, ids)
    if not owed:
        return
    key = f"eol:owed:{recipient.key}:{today}"
    await written.take(session, recipient.key, today, key=key, is_digest=False)
    moves = await remembering.moves_of(session, [each.watch for each in owed])
    items = [
        Item(remembering.card(deps, watcher, each.reminder, each.watch, moves), each.milestone)
        for each in sorted(owed, key=lambda each: (each.milestone.days, each.reminder.id))
    ]
    await outbox.enqueue(
        session,
        key=key,
        channel=recipient.places[0],
        message=blocks.escalation(items, to=_audience(recipient, owed)),
        at=now,
        fallbacks=recipient.places[1:],
    )
    heard = _TABLE.c.platform_told if recipient.key == _PLATFORM else _TABLE.c.lead_told
    for each in owed:
        await session.execute(
            update(_TABLE).where(_TABLE.c.id == each.reminder.id).values({heard: each.milestone.days})
        )


def _audience(recipient: _Recipient, owed: Sequence[_Owed]) -> Audience:
    """Return as whom they are told. Baton knows no managers: their part is said to the lead, once more."""
    if recipient.key == _PLATFORM:
        return Audience.PLATFORM
    last = min(each.milestone.days for each in owed)
    return Audience.MANAGER if last < 14 else Audience.LEAD
