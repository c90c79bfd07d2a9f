"""What the backlog contributes to the daily pass: what has not been answered, and the DevOps team's week."""

# ruff: noqa: ARG002 - the kernel gives every noun more than this one needs

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.blocks import backlog as blocks
from bot.blocks.digests import Section
from bot.blocks.escalation import Complaint
from bot.blocks.lines import Line
from bot.domain.backlog.follow_ups import FollowUp
from bot.domain.backlog.lanes import Lane
from bot.domain.backlog.requests import RequestCard
from bot.domain.daily_limit import Agenda, Due, Written
from bot.domain.escalation import Audience, Owed
from bot.domain.recipients import Recipient
from bot.domain.working_time import WorkingTime
from bot.services import devops_team
from bot.services.backlog import follow_ups, ranks
from bot.services.backlog.ranks import RankedRequest
from bot.services.contributors import Message, Telling
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot

NOUN = "backlog"
#: Requests of each kind that the DevOps team's digest names.
_MOST = 5


@dataclass(slots=True)
class RequestNews:
    """What one recipient is told of requests in one pass. `ranked` is the backlog, for the DevOps team."""

    deps: Deps
    snapshot: Snapshot
    recipient: Recipient
    found: Sequence[FollowUp] = ()
    ranked: Sequence[RankedRequest] = ()
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
        since += [each.place.request.created_on for each in (*self._in(Lane.AT_RISK), *self._in(Lane.NOT_ESTIMATED))]
        today = work.today(now)
        return Agenda(
            due=tuple(
                Due(noun=NOUN, key=key, days=(work.today(times[key]) - today).days, is_loud=each.is_loud)
                for key, each in self._due.items()
            ),
            known_since=min(since, default=None),
            has_news=bool(self._repeated or len(since) > len(come)),
            next_on=min((work.today(at) for at in times.values() if at > now), default=None),
        )

    async def read(self, session: AsyncSession) -> None:
        """Read again what there is of the same requests."""
        ids = sorted({each.card.id for each in self.found})
        self.found = [
            each
            for each in await follow_ups.found(session, self.deps, self.snapshot, ids)
            if follow_ups.recipient_of(self.deps, self.snapshot, each).key == self.recipient.key
        ]

    async def begin(self, telling: Telling) -> None:
        """Nothing changes before something is said."""

    async def say(self, telling: Telling, due: Sequence[Due], *, lead: Due | None) -> None:
        """Note that these are said."""
        for each in due:
            await follow_ups.note_said(telling, self.snapshot, self._due[each.key])

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
        at_risk, to_estimate = self._in(Lane.AT_RISK), self._in(Lane.NOT_ESTIMATED)
        if not (told or at_risk or to_estimate):
            return None
        risky, unknown = _cards(at_risk), _cards(to_estimate)
        return lambda share: blocks.section(told, at_risk=risky, to_estimate=unknown, share=share)

    async def end(self, telling: Telling, *, is_digest: bool) -> None:
        """Nothing follows: what is said of a request changes with its card."""

    def _in(self, lane: Lane) -> list[RankedRequest]:
        found = [each for each in self.ranked if each.place.lane is lane]
        return found if lane is Lane.AT_RISK else [each for each in found if each.card.snoozed_until is None]


class Requests:
    """Requests to the DevOps team. All state is in the store."""

    name = NOUN

    def __init__(self, deps: Deps, snapshot: Snapshot) -> None:
        self._deps, self._snapshot = deps, snapshot

    async def changed(self, since: None) -> tuple[None, Collection[str]]:
        """Return all for whom there is anything: open requests are few, so each pass looks at them all."""
        keys = set(await self._by_key())
        team = devops_team.find(self._deps, self._snapshot)
        return None, keys | ({Recipient(team).key} if team is not None else set())

    async def parts(self, keys: Collection[str]) -> Mapping[str, RequestNews]:
        """Return what these are told of, by their keys; nothing for those who have nothing."""
        found = {key: each for key, each in (await self._by_key()).items() if key in keys}
        ranked: Sequence[RankedRequest] = ()
        team = devops_team.find(self._deps, self._snapshot)
        team_key = Recipient(team).key if team is not None else ""
        if team_key in keys:
            ranked = await ranks.ranked(self._deps, self._snapshot, None, is_all=True)
            if ranked:
                found.setdefault(team_key, [])
        return {
            key: RequestNews(
                self._deps, self._snapshot, self._snapshot.recipient(key), each, ranked if key == team_key else ()
            )
            for key, each in found.items()
        }

    async def note(self, session: AsyncSession, parts: Sequence[tuple[RequestNews, date]]) -> None:
        """There is nothing to note that is not said."""

    async def said_on(self, session: AsyncSession, key: str, day: date) -> Sequence[Line]:
        """Return what a recipient was told of on a day of theirs, and has not answered."""
        return [
            blocks.line(each)
            for each in await follow_ups.found(session, self._deps, self._snapshot)
            if each.said_on == day and follow_ups.recipient_of(self._deps, self._snapshot, each).key == key
        ]

    async def owed(
        self, session: AsyncSession, work_of: Callable[[Recipient], Awaitable[WorkingTime]], ids: Sequence[int] | None
    ) -> Sequence[Owed]:
        """Return nothing: nobody above a team hears of its requests."""
        return ()

    async def complaints(self, session: AsyncSession, owed: Sequence[Owed]) -> Sequence[Complaint]:
        """Return nothing, as above."""
        return ()

    async def heard(self, session: AsyncSession, owed: Owed, part: Audience) -> bool:
        """Nobody hears anything, as above."""
        return False

    async def _by_key(self) -> dict[str, list[FollowUp]]:
        async with self._deps.database.reading() as session:
            found = await follow_ups.found(session, self._deps, self._snapshot)
        by_key: dict[str, list[FollowUp]] = {}
        for each in found:
            by_key.setdefault(follow_ups.recipient_of(self._deps, self._snapshot, each).key, []).append(each)
        return by_key


def _cards(ranked: Sequence[RankedRequest]) -> list[RequestCard]:
    return [each.card for each in ranked[:_MOST]]
