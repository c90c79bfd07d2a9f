"""What the weekly digest asks a team once a month: are these still yours?"""

# ruff: noqa: ARG002 - the kernel gives every noun more than this one needs

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.blocks.digests import Section
from bot.blocks.lines import Line
from bot.blocks.ownership import attestation as blocks
from bot.domain.daily_limit import LEAST_TIER, Agenda, Due, Written
from bot.domain.ownership.attestation import MOST_LISTED, NEW_FOR, Asked, Unattested, unattested
from bot.domain.recipients import Recipient
from bot.domain.working_time import WorkingTime
from bot.services.contributors import Message, Telling, Unaccompanied, Unescalated
from bot.services.daily_limit import TakenError
from bot.services.deps import Deps
from bot.services.portfolio import Portfolios
from bot.services.slices import Turns
from bot.services.snapshot import Snapshot
from bot.store import tables
from bot.store.inserts import insert_into

NOUN = "attestation"
#: So long after one list there is no other.
_PAUSE = timedelta(days=28)
#: It comes last: what has passed longest ago is more urgent than a question about nothing that ends.
_DAYS = -100_000
_MANY = 500


@dataclass(slots=True)
class AttestationList(Unaccompanied):
    """What one team is asked in one pass. `asked` is what it was asked last."""

    deps: Deps
    recipient: Recipient
    items: Sequence[Unattested]
    asked: Asked | None = None
    _made: int = field(default=0, init=False)

    @property
    def size(self) -> int:
        """How many things there are."""
        return 0  # where a team has no place to be told, nothing is lost: the next month asks again

    def agenda(self, *, now: datetime, work: WorkingTime, written: Written) -> Agenda:
        """Return what the next list names, unless there was one lately."""
        if not self.items or (self.asked is not None and work.today(now) - self.asked.on < _PAUSE):
            return Agenda()
        stale_after = self.deps.stale_after
        since = [
            work.today(each.since if each.new_by else each.since + stale_after) for each in self.items[:MOST_LISTED]
        ]
        return Agenda(
            due=tuple(
                Due(
                    noun=NOUN,
                    key=(str(each.asset.id),),
                    days=_DAYS,
                    is_loud=False,
                    tier=each.asset.tier or LEAST_TIER,
                )
                for each in self.items[:MOST_LISTED]
            ),
            known_since=min(since),
        )

    async def read(self, session: AsyncSession) -> None:
        """Read again when the team was asked."""
        number = self.recipient.team.id if self.recipient.team is not None else 0
        self.asked = (await _asked(session, [number], since=self.deps.clock.now())).get(number)

    async def say(self, telling: Telling, due: Sequence[Due], *, lead: Due | None) -> None:
        """Note that the team is asked. Raises TakenError when another process has just asked."""
        team = self.recipient.team
        if not due or team is None:
            return
        table = tables.core(tables.Attestation)
        insert = insert_into(table, telling.session.get_bind().dialect.name).values(
            team_id=team.id,
            asked_on=telling.today,
            asset_ids=[int(each.key[0]) for each in due],
        )
        made = await telling.session.execute(
            insert.on_conflict_do_nothing(index_elements=["team_id", "asked_on"]).returning(table.c.id)
        )
        number = made.scalar()
        if number is None:
            raise TakenError
        self._made = number

    def line(self, due: Due) -> Line:
        """Return nothing of use: it is never said beside anything else of the day."""
        return Line("")

    def message(self, lead: Due, also: Sequence[Line]) -> Message:
        """Raise: it never leads a message."""
        raise NotImplementedError("what is asked once a month is not loud")

    def section(self, telling: Telling, due: Sequence[Due], *, is_first: bool) -> Section | None:
        """Return the section of the digest."""
        wanted = {int(each.key[0]) for each in due}
        items = [each for each in self.items if each.asset.id in wanted]
        number = self._made
        return (lambda _: blocks.listed(number, items)) if items else None


class Attestations(Unescalated[AttestationList]):
    """Lists of what teams have not confirmed for long. Which were asked about is in the store."""

    name = NOUN

    def __init__(self, deps: Deps, snapshot: Snapshot, portfolios: Portfolios) -> None:
        self._deps, self._snapshot, self._portfolios = deps, snapshot, portfolios

    async def changed(
        self, session: AsyncSession, since: frozenset[str] | None, written: Mapping[str, set[int]]
    ) -> tuple[frozenset[str], Collection[str]]:
        """Return the teams that own something now and did not before. A digest looks at each by itself."""
        current = await self._portfolios.current()
        keys = frozenset(f"team:{number}" for is_team, number in current.owners() if is_team)
        return keys, keys - (since or frozenset())

    async def parts(self, session: AsyncSession, keys: Collection[str]) -> Mapping[str, AttestationList]:
        """Return what these teams may be asked, by their keys; nothing for those that own nothing."""
        current, now = await self._portfolios.current(), self._deps.clock.now()
        numbers = [int(key.partition(":")[2]) for key in keys if key.startswith("team:")]
        asked = await _asked(session, numbers, since=now)
        found: dict[str, AttestationList] = {}
        turns, disputed = Turns(), frozenset(current.disputed)
        for number in numbers:
            await turns.give()
            team, owned = self._snapshot.team(number), current.of_team(number).owned
            if team is None or team.is_gone or not owned:
                continue
            # Whoever can end a dispute is asked by itself, and nobody else confirms a side of it.
            assets = filter(None, (self._snapshot.asset(each) for each in owned if each not in disputed))
            items = unattested(assets, number, now=now, stale_after=self._deps.stale_after, asked=asked.get(number))
            recipient = Recipient(team)
            found[recipient.key] = AttestationList(self._deps, recipient, items, asked.get(number))
        return found


async def _asked(session: AsyncSession, team_ids: Sequence[int], *, since: datetime) -> dict[int, Asked]:
    """Return what these teams were asked last, where that still keeps something from being asked at a moment."""
    row = tables.Attestation
    found: dict[int, Asked] = {}
    for start in range(0, len(team_ids), _MANY):
        query = select(col(row.team_id), col(row.asked_on), col(row.asset_ids)).where(
            col(row.team_id).in_(team_ids[start : start + _MANY]),
            col(row.asked_on) > (since - NEW_FOR).date(),
        )
        for team_id, on, asset_ids in await session.execute(query.order_by(col(row.asked_on))):
            found[team_id] = Asked(on, frozenset(asset_ids))
    return found
