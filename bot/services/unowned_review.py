"""What the daily pass says of things that are unowned on purpose: when their day has come, the reviewer is asked."""

# ruff: noqa: ARG002 - the kernel gives every noun more than this one needs

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.blocks.digests import Section
from bot.blocks.lines import Line
from bot.blocks.ownership import releases as blocks
from bot.blocks.text import Rendered
from bot.domain.catalog import Area
from bot.domain.daily_limit import LEAST_TIER, Agenda, Due, Written
from bot.domain.recipients import Recipient
from bot.domain.records import AssetRecord
from bot.domain.working_time import WorkingTime
from bot.services import daily_limit, outbox
from bot.services.contributors import Message, Telling, Unaccompanied, Unescalated
from bot.services.daily_limit import TakenError
from bot.services.deps import Deps
from bot.services.matters.admins import channel_or_admin
from bot.services.snapshot import Snapshot
from bot.store import tables

NOUN = "unowned"
#: So long after it was asked, what nobody has answered is worth a digest; until then it stands in one that there is.
_ASK_AGAIN = timedelta(days=7)
_ROW = tables.UnownedMark
_IN_FORCE = select(_ROW).where(col(_ROW.ended_at).is_(None)).order_by(col(_ROW.id))
_SOON, _ASKED_ON = (
    _IN_FORCE.where(col(_ROW.until) <= bindparam("day")),
    _IN_FORCE.where(col(_ROW.asked_on) == bindparam("day")),
)


@dataclass(frozen=True, slots=True)
class _Mark:
    """Something that is unowned on purpose until a day, and whether its reviewer has been asked about that day."""

    id: int
    asset: AssetRecord
    reason: str
    until: date
    asked_on: date | None

    @property
    def key(self) -> tuple[str, ...]:
        return str(self.id), self.until.isoformat()


@dataclass(slots=True)
class Reviews(Unaccompanied):
    """What one reviewer is asked in one pass."""

    deps: Deps
    snapshot: Snapshot
    recipient: Recipient
    marks: Sequence[_Mark] = ()
    _unanswered: Sequence[_Mark] = ()

    @property
    def size(self) -> int:
        """How many things there are."""
        return len(self.marks)

    def agenda(self, *, now: datetime, work: WorkingTime, written: Written) -> Agenda:
        """Return what is due by the reviewer's own day; what was asked stands in each digest until it is answered."""
        today = work.today(now)
        due = [each for each in self.marks if each.asked_on is None and each.until <= today]
        self._unanswered = [each for each in self.marks if each.asked_on is not None and each.asked_on < today]
        return Agenda(
            due=tuple(
                Due(
                    noun=NOUN,
                    key=each.key,
                    days=(each.until - today).days,
                    is_loud=True,
                    tier=each.asset.tier or LEAST_TIER,
                )
                for each in due
            ),
            known_since=min((each.until for each in (*due, *self._unanswered)), default=None),
            has_news=any(
                each.asked_on is not None and today - each.asked_on >= _ASK_AGAIN for each in self._unanswered
            ),
            next_on=min((each.until for each in self.marks if each.until > today), default=None),
        )

    async def read(self, session: AsyncSession) -> None:
        """Read the same marks again."""
        ids = {each.id for each in self.marks}
        found = await _marks(session, self.deps, self.snapshot)
        self.marks = [each for key, each in found if each.id in ids and key == self.recipient.key]

    async def say(self, telling: Telling, due: Sequence[Due], *, lead: Due | None) -> None:
        """Note that these are asked. Raises TakenError when another process has just asked."""
        mark = tables.UnownedMark
        for each in due:
            number, until = each.key
            asked = await telling.session.execute(
                update(mark)
                .where(
                    col(mark.id) == int(number),
                    col(mark.until) == date.fromisoformat(until),
                    col(mark.asked_on).is_(None),
                    col(mark.ended_at).is_(None),
                )
                .values(asked_on=telling.today)
            )
            if not asked.rowcount:  # type: ignore[attr-defined]  # an UPDATE's result has it
                raise TakenError

    def line(self, due: Due) -> Line:
        """Return the question as a line of another message."""
        mark = self._of(due)
        return blocks.review_line(mark.id, mark.asset, mark.reason)

    def message(self, lead: Due, also: Sequence[Line]) -> Message:
        """Return the question as a message."""
        mark = self._of(lead)
        content = blocks.review_wanted(mark.id, mark.asset, mark.reason, also)
        return Message(key=blocks.review_key(mark.id, mark.until), content=content)

    def section(self, telling: Telling, due: Sequence[Due], *, is_first: bool) -> Section | None:
        """Return the section of the digest."""
        lines = [self.line(each) for each in due]
        lines += [blocks.review_line(each.id, each.asset, each.reason) for each in self._unanswered]
        return (lambda _: blocks.reviews(lines)) if lines else None

    def _of(self, due: Due) -> _Mark:
        return next(each for each in self.marks if each.key == due.key)


class UnownedReviews(Unescalated[Reviews]):
    """Things that are unowned on purpose. All state is in the store."""

    name = NOUN

    def __init__(self, deps: Deps, snapshot: Snapshot) -> None:
        self._deps, self._snapshot = deps, snapshot

    async def changed(
        self, session: AsyncSession, since: object, written: Mapping[str, set[int]]
    ) -> tuple[None, Collection[str]]:
        """Return the reviewers who are to be asked within a day, whatever has changed: there are few of them."""
        return None, {key for key, _ in await _marks(session, self._deps, self._snapshot)}

    async def parts(self, session: AsyncSession, keys: Collection[str]) -> Mapping[str, Reviews]:
        """Return what these are asked, by their keys; nothing for those who have nothing."""
        found: dict[str, list[_Mark]] = {}
        for key, mark in await _marks(session, self._deps, self._snapshot):
            if key in keys:
                found.setdefault(key, []).append(mark)
        recipients = {key: self._snapshot.recipient(key) for key in found}
        return {key: Reviews(self._deps, self._snapshot, recipients[key], marks) for key, marks in found.items()}

    async def said_on(self, session: AsyncSession, key: str, day: date) -> Sequence[Line]:
        """Return what a reviewer was asked on a day of theirs, and has not answered."""
        found = await _marks(session, self._deps, self._snapshot, asked_on=day)
        return [blocks.review_line(mark.id, mark.asset, mark.reason) for its, mark in found if its == key]


async def settle(
    session: AsyncSession, deps: Deps, snapshot: Snapshot, row: tables.UnownedMark, said: Rendered
) -> None:
    """Let every message that asked about something unowned on purpose say what became of it, and ask no more."""
    if row.asked_on is None:
        return
    asked = [channel_or_admin(deps, snapshot), Recipient(person=snapshot.person(row.reviewer_id))]
    keys = await daily_limit.keys_since(session, [each.key for each in asked], row.asked_on)
    number = row.id
    await outbox.redraw(
        session, keys, lambda _, before: blocks.review_answered(before, number, said.text), at=deps.clock.now()
    )


async def settle_all(
    session: AsyncSession, deps: Deps, snapshot: Snapshot, asset_id: int, areas: Collection[Area], said: Rendered
) -> None:
    """Settle what was asked about an asset that somebody owns now."""
    mark = tables.UnownedMark
    query = select(mark).where(col(mark.asset_id) == asset_id, col(mark.ended_at).is_(None))
    for row in (await session.execute(query)).scalars() if Area.ALL in areas else ():
        await settle(session, deps, snapshot, row, said)


async def _marks(
    session: AsyncSession, deps: Deps, snapshot: Snapshot, *, asked_on: date | None = None
) -> list[tuple[str, _Mark]]:
    """Return what is to be asked within a day, and what was asked (on a day only, if given); each with whom it is for.

    For a reviewer who has left it is the platform channel, or where there is none, a catalog admin.
    """
    query, day = (_SOON, deps.clock.now().date() + timedelta(days=1)) if asked_on is None else (_ASKED_ON, asked_on)
    found = []
    for row in (await session.execute(query, {"day": day})).scalars():
        asset, reviewer = snapshot.asset(row.asset_id), snapshot.person(row.reviewer_id)
        if asset is None or any(fact.is_human for fact in asset.facts):
            continue  # somebody has taken it since
        is_here = reviewer is not None and reviewer.is_active
        to = Recipient(person=reviewer) if is_here else channel_or_admin(deps, snapshot)
        found.append((to.key, _Mark(row.id, asset, row.reason, row.until, row.asked_on)))
    return found
