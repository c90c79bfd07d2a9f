"""What the backlog contributes to the daily pass: what has not been answered, and the DevOps team's week."""

# ruff: noqa: ARG002 - the kernel gives every noun more than this one needs

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.blocks import backlog as blocks
from bot.blocks.digests import Section
from bot.blocks.lines import Line
from bot.domain.backlog.follow_ups import FollowUp
from bot.domain.backlog.lanes import ESTIMATED_NEXT
from bot.domain.daily_limit import Agenda, Due, Written
from bot.domain.pages import NONE_OF
from bot.domain.recipients import Recipient
from bot.domain.working_time import WorkingTime
from bot.services import devops_team
from bot.services.backlog import follow_ups
from bot.services.backlog._families import family_of
from bot.services.backlog._requests_of import concerning
from bot.services.backlog.standings import Backlog, Placed
from bot.services.contributors import Message, Telling, Unaccompanied, Unescalated
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot
from bot.store.db import release

NOUN = "backlog"


@dataclass(slots=True)
class RequestNews(Unaccompanied):
    """What one recipient is told of requests in one pass. `at_risk` and so on are for the DevOps team."""

    deps: Deps
    snapshot: Snapshot
    recipient: Recipient
    found: Sequence[FollowUp] = ()
    at_risk: Placed = NONE_OF
    to_estimate: Placed = NONE_OF
    since: date | None = None
    _due: dict[tuple[str, ...], FollowUp] = field(default_factory=dict)
    _repeated: list[FollowUp] = field(default_factory=list)

    @property
    def size(self) -> int:
        """How many things there are."""
        return len(self.found)

    def agenda(self, *, now: datetime, work: WorkingTime, written: Written) -> Agenda:
        """Return what there is now."""
        times = {each.key: each.due_at(work) for each in self.found if each.said_on is None}
        come = [each for each in self.found if each.key in times and times[each.key] <= now]
        self._due = {each.key: each for each in come if not each.is_repeated}
        self._repeated = [each for each in come if each.is_repeated]
        since = [work.today(times[each.key]) for each in come]
        since += [self.since] if self.since is not None else []
        today = work.today(now)
        days = [work.today(at) for at in times.values() if at > now]
        if self._is_devops:
            days.append(today + timedelta(1))  # another day may put another request at risk
        return Agenda(
            due=tuple(
                Due(noun=NOUN, key=key, days=(work.today(times[key]) - today).days, is_loud=each.is_loud)
                for key, each in self._due.items()
            ),
            known_since=min(since, default=None),
            has_news=bool(self._repeated or self.since is not None),
            next_on=min(days, default=None),
        )

    async def read(self, session: AsyncSession) -> None:
        """Read again what there is of the same requests."""
        ids = sorted({each.card.id for each in self.found})
        self.found = [
            each
            for each in await follow_ups.found(session, self.deps, self.snapshot, ids)
            if follow_ups.recipient_of(self.deps, self.snapshot, each).key == self.recipient.key
        ]

    async def say(self, telling: Telling, due: Sequence[Due], *, lead: Due | None) -> None:
        """Note that these are said."""
        for each in due:
            await follow_ups.note_said(telling, self.deps, self.snapshot, self._due[each.key])

    def line(self, due: Due) -> Line:
        """Return what is said of one thing in another's message."""
        return blocks.line(self._due[due.key])

    def message(self, lead: Due, also: Sequence[Line]) -> Message:
        """Return the message about one thing."""
        return Message(
            key=f"backlog.follow_up:{':'.join(lead.key)}", content=blocks.follow_up(self._due[lead.key], also)
        )

    def section(self, telling: Telling, due: Sequence[Due], *, is_first: bool) -> Section | None:
        """Return the section of the digest."""
        told = [*(self._due[each.key] for each in due), *self._repeated]
        risky, unknown = ([card for card, _ in each.first] for each in (self.at_risk, self.to_estimate))
        if not (told or risky or unknown):
            return None
        return lambda share: blocks.section(told, at_risk=risky, to_estimate=unknown, share=share)

    @property
    def _is_devops(self) -> bool:
        team = devops_team.find(self.deps, self.snapshot)
        return team is not None and Recipient(team).key == self.recipient.key


class Requests(Unescalated[RequestNews]):
    """Requests to the DevOps team. All state is in the store."""

    name = NOUN

    def __init__(self, deps: Deps, snapshot: Snapshot, backlog: Backlog) -> None:
        self._deps, self._snapshot, self._backlog = deps, snapshot, backlog

    async def changed(
        self, session: AsyncSession, since: int | None, written: Mapping[str, set[int]]
    ) -> tuple[int, Collection[str]]:
        """Return who is told of the requests that have changed, or whose people have; and the DevOps team with them."""
        changes, team = self._snapshot.changes, devops_team.find(self._deps, self._snapshot)
        position, ids = changes.position, None
        if since is not None and changes.reaches(since):
            ids = written["request"] | await concerning(session, changes.owners_since(since))
            ids = await family_of(session, ids) if ids else ids  # a part is there with the whole
        found = await follow_ups.found(session, self._deps, self._snapshot, ids)
        keys = {follow_ups.recipient_of(self._deps, self._snapshot, each).key for each in found}
        is_devops_concerned = team is not None and (ids is None or bool(ids))
        return position, keys | ({Recipient(team).key} if is_devops_concerned else set())

    async def parts(self, session: AsyncSession, keys: Collection[str]) -> Mapping[str, RequestNews]:
        """Return what these are told of, by their keys; nothing for those who have nothing."""
        parts = {
            key: RequestNews(self._deps, self._snapshot, self._snapshot.recipient(key), each)
            for key, each in (await self._by_key(session, keys)).items()
        }
        team = devops_team.find(self._deps, self._snapshot)
        if team is None or (key := Recipient(team).key) not in keys:
            return parts
        await release(session)
        if await self._backlog.has_any():
            news = parts.setdefault(key, RequestNews(self._deps, self._snapshot, Recipient(team)))
            news.at_risk, news.to_estimate, news.since = await self._backlog.to_watch(ESTIMATED_NEXT)
        return parts

    async def said_on(self, session: AsyncSession, key: str, day: date) -> Sequence[Line]:
        """Return what a recipient was told of on a day of theirs, and has not answered."""
        return [blocks.line(each) for each in (await self._by_key(session, [key])).get(key, ()) if each.said_on == day]

    async def _by_key(self, session: AsyncSession, keys: Collection[str]) -> dict[str, list[FollowUp]]:
        ids = await follow_ups.ids_for(session, self._deps, self._snapshot, keys)
        by_key: dict[str, list[FollowUp]] = {}
        for each in await follow_ups.found(session, self._deps, self._snapshot, ids):
            key = follow_ups.recipient_of(self._deps, self._snapshot, each).key
            if key in keys:
                by_key.setdefault(key, []).append(each)
        return by_key
