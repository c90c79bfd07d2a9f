"""What handoffs contribute to the daily pass: what waits for an answer, what is over, and whether it works."""

# ruff: noqa: ARG002 - the kernel gives every noun more than this one needs

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.blocks import handoff as blocks
from bot.blocks.digests import Section
from bot.blocks.lines import Line
from bot.domain.catalog import Area
from bot.domain.daily_limit import Agenda, Due, Written
from bot.domain.handoff.due import ASK_AFTER_DAYS, ASK_FOR_DAYS, DueKind, HandoffDue, Side, dues, needed, outdated
from bot.domain.handoff.handoffs import HandoffCard, ResourceCard, ResourceState
from bot.domain.ownership import Disputed, Owned, taken_by
from bot.domain.ownership.matters import MatterKind
from bot.domain.recipients import Recipient
from bot.domain.working_time import WorkingTime
from bot.services import routing
from bot.services.contributors import Message, Telling, Unaccompanied, Unescalated
from bot.services.daily_limit import TakenError
from bot.services.deps import Deps
from bot.services.handoff._cards import brief, work_of
from bot.services.handoff.named_people import named
from bot.services.ownership import look_up
from bot.services.snapshot import Snapshot
from bot.store import tables
from bot.store.inserts import insert_into

NOUN = "handoff"
#: For so long after it has ended there may be something to say of a handoff.
_SPOKEN_OF = timedelta(ASK_AFTER_DAYS + ASK_FOR_DAYS + 1)
#: What is not said any more once it is late.
_FOR_SOME_DAYS = frozenset({DueKind.MOVED, DueKind.TAKEN, DueKind.RETURNED, DueKind.WORKS, DueKind.OUTDATED})
#: What is said of all parts together, whenever each of them came to it.
_OF_ALL_PARTS = frozenset({DueKind.EXPIRED, DueKind.TAKEN})
_ONE_DAY = timedelta(days=1)
_NOTES = tables.core(tables.HandoffNote)
_TEAMS: BindParameter[Any] = bindparam("teams", expanding=True)
_OF_TEAMS = select(col(tables.Handoff.id)).where(
    or_(col(tables.Handoff.giver_team_id).in_(_TEAMS), col(tables.Handoff.receiver_team_id).in_(_TEAMS))
)


@dataclass(slots=True)
class HandoffNews(Unaccompanied):
    """What one recipient is told of handoffs in one pass."""

    deps: Deps
    snapshot: Snapshot
    recipient: Recipient
    found: Sequence[HandoffDue] = ()
    _due: dict[tuple[str, ...], HandoffDue] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How many things there are."""
        return len(self.found)

    def agenda(self, *, now: datetime, work: WorkingTime, written: Written) -> Agenda:
        """Return what there is now: of several reminders of one offer the last."""
        today = work.today(now)
        come = [each for each in self.found if each.on <= today]
        latest = {_topic(each): each for each in sorted(come, key=lambda each: each.on)}
        self._due = {each.key: each for each in latest.values()}
        return Agenda(
            due=tuple(
                Due(noun=NOUN, key=key, days=(each.ends_on - today).days, is_loud=each.is_loud)
                for key, each in self._due.items()
            ),
            known_since=min((each.on for each in come), default=None),
            next_on=min((each.on for each in self.found if each.on > today), default=None),
        )

    async def read(self, session: AsyncSession) -> None:
        """Read again what there is of the same handoffs."""
        ids = sorted({each.card.id for each in self.found})
        found = await _found(session, self.deps, self.snapshot, ids)
        self.found = [each for each in found if _recipient(self.snapshot, each).key == self.recipient.key]

    async def say(self, telling: Telling, due: Sequence[Due], *, lead: Due | None) -> None:
        """Note that these are said. Raises TakenError when another process has said one just now."""
        for each in due:
            said = self._due[each.key]
            parts = (one for one in self.found if one.kind in _OF_ALL_PARTS and _topic(one) == _topic(said))
            for one in {said.note: said} | {one.note: one for one in parts}:
                await _note(telling, said.card.id, one)

    def line(self, due: Due) -> Line:
        """Return what is said of one thing in another's message."""
        return blocks.line(self._due[due.key])

    def message(self, lead: Due, also: Sequence[Line]) -> Message:
        """Return the message about one thing."""
        return Message(key=f"handoff.due:{':'.join(lead.key)}", content=blocks.reminder(self._due[lead.key], also))

    def section(self, telling: Telling, due: Sequence[Due], *, is_first: bool) -> Section | None:
        """Return the section of the digest."""
        told = [self._due[each.key] for each in due]
        return (lambda share: blocks.section(told, share=share)) if told else None


class Handoffs(Unescalated[HandoffNews]):
    """Handoffs. All state is in the store."""

    name = NOUN

    def __init__(self, deps: Deps, snapshot: Snapshot) -> None:
        self._deps, self._snapshot = deps, snapshot

    async def changed(
        self, session: AsyncSession, since: int | None, written: Mapping[str, set[int]]
    ) -> tuple[int, Collection[str]]:
        """Return who is told of the handoffs that have changed, or whose teams have."""
        changes = self._snapshot.changes
        position, ids = changes.position, None
        if since is not None and changes.reaches(since):
            ids = written["handoff"] | await _concerning(session, changes.owners_since(since))
        found = await _found(session, self._deps, self._snapshot, ids)
        return position, {_recipient(self._snapshot, each).key for each in found}

    async def parts(self, session: AsyncSession, keys: Collection[str]) -> Mapping[str, HandoffNews]:
        """Return what these are told of, by their keys; nothing for those who have nothing."""
        wanted, by_key = set(keys), dict[str, list[HandoffDue]]()
        ids = await _concerning(session, keys)
        if people := [key for key in keys if key.startswith("person:")]:
            ids |= await _concerning(session, _teams_of(self._snapshot, people)) | await _put_off(session)
        for each in await _found(session, self._deps, self._snapshot, ids):
            key = _recipient(self._snapshot, each).key
            if key in wanted:
                by_key.setdefault(key, []).append(each)
        return {
            key: HandoffNews(self._deps, self._snapshot, self._snapshot.recipient(key), each)
            for key, each in by_key.items()
        }


def _teams_of(snapshot: Snapshot, people: Iterable[str]) -> set[str]:
    """Return the keys of the teams of these people, by theirs: a lead may be told in place of the team."""
    numbers = (int(key.removeprefix("person:")) for key in people)
    return {Recipient(team=team).key for number in numbers for team in snapshot.teams_of(number)}


def _recipient(snapshot: Snapshot, its: HandoffDue) -> Recipient:
    """Return who is told: the team, its lead (if it has one) when an offer has expired, or a person who is named."""
    if its.person is not None:
        return Recipient(person=its.person)
    team = its.card.giver if its.side is Side.GIVER else its.card.receiver
    lead = routing.lead_of(snapshot, team) if its.kind is DueKind.EXPIRED else None
    return Recipient(person=lead) if lead is not None and lead.slack_id else Recipient(team=team)


def _topic(its: HandoffDue) -> tuple[Any, ...]:
    """Return what a thing is about: a later reminder takes the place of an earlier one."""
    until = its.ends_on if its.kind is DueKind.OUTDATED else None
    return (its.card.id, its.kind, its.side, its.resource.id if its.resource is not None else until)


async def _found(
    session: AsyncSession, deps: Deps, snapshot: Snapshot, ids: Collection[int] | None = None
) -> list[HandoffDue]:
    """Return all that is to be said and has not been (of these handoffs only, where given)."""
    if ids is not None and not ids:
        return []
    table, now = tables.Handoff, deps.clock.now()
    query = select(table).where(
        or_(
            col(table.closed_at).is_(None),
            col(table.closed_at) > now - _SPOKEN_OF,
            col(table.effective_on) > now.date() - _SPOKEN_OF,
            col(table.loan_until) > now.date() - _SPOKEN_OF,
        ),
    )
    if ids is not None:
        query = query.where(col(table.id).in_(sorted(ids)))
    rows = (await session.execute(query.order_by(col(table.id)))).scalars().all()
    if not rows:
        return []
    noted = select(_NOTES.c.handoff_id, _NOTES.c.what)
    if ids is not None:
        noted = noted.where(_NOTES.c.handoff_id.in_(sorted(ids)))
    notes = {(handoff_id, what) for handoff_id, what in (await session.execute(noted)).all()}
    answers = {
        (row.id, side): said
        for row in rows
        for side, said in ((Side.GIVER, row.giver_says), (Side.RECEIVER, row.receiver_says))
    }
    made: list[HandoffDue] = []
    cards = await brief(session, deps, snapshot, rows)
    unsettled = await _unsettled(session, deps, snapshot, cards)
    for card in cards:
        work = await work_of(deps, snapshot, Recipient(team=card.answerer))
        today = work.today(now)
        passed_at = max((each.moved_at for each in card.owned if each.moved_at is not None), default=now)
        seen_to = await _needed(deps, snapshot, card)
        for each in (*dues(card, work=work), *seen_to, *_outdated(deps, snapshot, card, work)):
            if (
                _is_said(each, notes)
                or (each.kind in _FOR_SOME_DAYS and today > each.ends_on)
                or (each.kind is DueKind.WORKS and answers[card.id, each.side])
                or _is_overtaken(each, notes)
            ):
                continue
            is_question = each.kind is DueKind.WORKS
            is_early = is_question and each.on <= today and card.id in unsettled
            its = replace(each, days=(today - work.today(passed_at)).days) if is_question else each
            if its.kind is DueKind.EXPIRED:
                its = replace(its, under_way=_under_way(snapshot, card))
            made.append(replace(its, on=today + timedelta(1)) if is_early else its)
    return made


async def _needed(deps: Deps, snapshot: Snapshot, card: HandoffCard) -> list[HandoffDue]:
    """Return the reminders for those who see to what the receiver needs first."""
    found = list[HandoffDue]()
    for one in card.open_resources:
        person = named(snapshot, one.needs_from) if one.needs_by is not None else None
        if person is not None:
            work = await work_of(deps, snapshot, Recipient(person=person))
            found += filter(None, [needed(card, one, person, work=work)])
    return found


async def _put_off(session: AsyncSession) -> set[int]:
    """Return the handoffs with a part that waits for something that a person may be named to see to."""
    table = tables.HandoffResource
    query = select(col(table.handoff_id)).where(col(table.state) == ResourceState.NOT_YET.value)
    return set((await session.execute(query)).scalars())


def _outdated(deps: Deps, snapshot: Snapshot, card: HandoffCard, work: WorkingTime) -> list[HandoffDue]:
    """Return the reminders about files that still name the giver, and will soon be a dispute.

    No file has to be changed for what is only lent.
    """
    by_day: dict[date, tuple[list[str], list[ResourceCard]]] = {}
    for part in card.owned:
        verdict = look_up(deps, snapshot, part.asset_id, area=part.area)
        drifts = verdict.drift if isinstance(verdict, Owned) else ()
        late = [each for each in drifts if each.becomes_dispute and each.holding.fact.team_id == card.giver.id]
        if late:
            files, parts = by_day.setdefault(work.today(min(each.until for each in late)), ([], []))
            files += [file for each in late for file in each.files]
            parts.append(part)
    return [
        each
        for until, (files, parts) in by_day.items()
        for each in outdated(card, until, tuple(dict.fromkeys(files)), tuple(parts), work=work)
    ]


def _under_way(snapshot: Snapshot, card: HandoffCard) -> int | None:
    """Return the handoff that has everything by now that was in this one, which has ended."""
    over = [(snapshot.asset(each.asset_id), each.area) for each in card.to_offer_again]
    giver, to = card.giver.id, (card.receiver.id,)
    found = [taken_by(asset, snapshot, area, giver_id=giver, to=to) for asset, area in over if asset is not None]
    return found[0].number if all(found) and found and found[0] is not None else None


async def _unsettled(session: AsyncSession, deps: Deps, snapshot: Snapshot, cards: Sequence[HandoffCard]) -> set[int]:
    """Return the handoffs for which people are asked today who owns something that has passed: that comes first."""
    now, matter = deps.clock.now(), tables.OwnershipMatter
    since = now - timedelta(ASK_AFTER_DAYS - 1)
    passed = {
        (card.id, each.asset_id, each.area)
        for card in cards
        for each in card.owned
        if each.moved_at is not None and each.moved_at <= since
    }
    query = select(col(matter.asset_id)).where(
        col(matter.kind) == MatterKind.DISPUTE.value,
        col(matter.asset_id).in_({asset_id for _, asset_id, _ in passed}),
        or_(col(matter.ended_at).is_(None), col(matter.ended_at) > now - _ONE_DAY),
    )
    asked = set((await session.execute(query)).scalars()) if passed else set()
    return {
        card_id
        for card_id, asset_id, area in passed
        if asset_id in asked or _is_nearly_disputed(deps, snapshot, asset_id, area)
    }


def _is_nearly_disputed(deps: Deps, snapshot: Snapshot, asset_id: int, area: Area) -> bool:
    """Whether files disagree about who owns an area, or will within a day because one still names the giver."""
    if snapshot.asset(asset_id) is None:
        return False
    verdict = look_up(deps, snapshot, asset_id, area=area)
    if isinstance(verdict, Disputed):
        return True
    late = verdict.drift if isinstance(verdict, Owned) else ()
    return any(each.becomes_dispute and each.until <= deps.clock.now() + _ONE_DAY for each in late)


def _is_overtaken(its: HandoffDue, notes: set[tuple[int, str]]) -> bool:
    """Whether a later reminder about the same thing was sent already."""
    if its.kind not in (DueKind.ANSWER, DueKind.OUTDATED):
        return False
    head, _, days = its.note.rpartition(":")
    said = [
        int(what.rpartition(":")[2]) for number, what in notes if number == its.card.id and what.startswith(f"{head}:")
    ]
    return any((each > int(days)) is (its.kind is DueKind.ANSWER) and each != int(days) for each in said)


def _is_said(its: HandoffDue, notes: set[tuple[int, str]]) -> bool:
    """Whether something was sent already; an expiry is noted once for all parts of a version."""
    head = its.note.rpartition(":")[0]
    return (its.card.id, its.note) in notes or (its.kind is DueKind.EXPIRED and (its.card.id, head) in notes)


async def _note(telling: Telling, handoff_id: int, what: str) -> None:
    """Note that this is said. Raises TakenError when another process has said it just now."""
    insert = insert_into(_NOTES, telling.session.get_bind().dialect.name)
    row = {"handoff_id": handoff_id, "what": what, "said_on": telling.today}
    result: Any = await telling.session.execute(insert.values(**row).on_conflict_do_nothing())
    if not result.rowcount:
        raise TakenError


async def _concerning(session: AsyncSession, keys: Iterable[str]) -> set[int]:
    """Return the handoffs of these teams, by their keys."""
    teams = [int(key.partition(":")[2]) for key in keys if key.startswith("team:")]
    if not teams:
        return set()
    return set((await session.execute(_OF_TEAMS, {"teams": teams})).scalars())
