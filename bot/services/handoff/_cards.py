"""A handoff's card: loaded from its rows, shown in the channels of both teams, and acted on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.blocks import handoff as blocks
from bot.blocks.lines import Line
from bot.domain import ownership as rules
from bot.domain.catalog import Area, Role
from bot.domain.handoff.due import expires_on, waits_since
from bot.domain.handoff.family import left_behind
from bot.domain.handoff.handoffs import OVER, UNANSWERED, HandoffCard, ResourceCard, ResourceState, Review
from bot.domain.handoff.readiness import Evidence, ReadinessItem
from bot.domain.recipients import Recipient
from bot.domain.records import PersonRecord, TeamRecord
from bot.domain.rights import Holders, Right
from bot.domain.working_time import WorkingTime
from bot.services import actors, cards, outbox, routing
from bot.services.deps import Deps
from bot.services.handoff import message_updates
from bot.services.handoff._files import named_in_files
from bot.services.handoff.named_people import named
from bot.services.ownership import claimed_by, look_up
from bot.services.snapshot import Snapshot
from bot.services.transfers import Resource
from bot.services.working_times import WorkingTimes
from bot.store import tables
from bot.store.journal import lock_catalog, touch_assets

UNKNOWN = "There is no such handoff: `/handoff list` shows those that are open."
#: What the giver has that is looked through for what would be left behind.
_MOST_OTHERS = 2_000
_TIMES = WorkingTimes()
#: Resources that may become the receiver's, or will.
_COMES = UNANSWERED | {ResourceState.ACCEPTED}


def card_key(handoff_id: int) -> str:
    """Return the outbox key of the card in the receiver's channel."""
    return f"handoff.card:{handoff_id}"


def asked_key(handoff_id: int) -> str:
    """Return the outbox key of the message that asks the giver for a handoff."""
    return f"handoff.asked:{handoff_id}"


def offered_key(card: HandoffCard) -> str:
    """Return the outbox key of the message that tells whoever asked for a handoff that it is offered."""
    return f"handoff.offered:{card.id}:{card.version}"


def again_key(card: HandoffCard) -> str:
    """Return the outbox key of the reply under the card that says that there is a new version."""
    return f"handoff.again:{card.id}:{card.version}"


def answers_key(card: HandoffCard, version: int = 0) -> str:
    """Return the outbox key of the message that tells whoever offered how the parts of a version are answered."""
    return f"handoff.answers:{card.id}:{version or card.version}"


async def work_of(deps: Deps, snapshot: Snapshot, recipient: Recipient) -> WorkingTime:
    """Return when a recipient works."""
    return await _TIMES.of(routing.zone_name_of(deps, snapshot, recipient), deps.clock.now())


def team_of(snapshot: Snapshot, team_id: int) -> TeamRecord:
    """Return a team; one that memory does not have is gone."""
    return snapshot.team(team_id) or TeamRecord(id=team_id, name="a team that is gone", is_gone=True)


def for_team(snapshot: Snapshot, person: PersonRecord, team: TeamRecord) -> Recipient:
    """Return whoever has acted for a team as somebody to write to; the team itself once they are not with it."""
    is_here = person.is_active and person.slack_id and person in rules.active_members(team, snapshot)
    return Recipient(person=person) if is_here else Recipient(team=team)


def resource_of(row: tables.HandoffResource) -> Resource:
    """Return what a row is about."""
    return Resource(row.asset_id, Area(row.area))


async def resource_rows(session: AsyncSession, handoff_ids: Iterable[int]) -> Sequence[tables.HandoffResource]:
    """Return the resources of handoffs, in the order in which they were offered."""
    table = tables.HandoffResource
    query = select(table).where(col(table.handoff_id).in_(list(handoff_ids))).order_by(col(table.id))
    return (await session.execute(query)).scalars().all()


async def brief(
    session: AsyncSession, deps: Deps, snapshot: Snapshot, rows: Sequence[tables.Handoff]
) -> list[HandoffCard]:
    """Return handoffs with their resources: what lists and reminders need of them."""
    by_handoff: dict[int, list[tables.HandoffResource]] = {}
    for each in await resource_rows(session, [row.id for row in rows]):
        by_handoff.setdefault(each.handoff_id, []).append(each)
    every = [each for several in by_handoff.values() for each in several]
    known = _Known(await _names(session, snapshot, every), await owners_of(session, every))
    return [await _card(deps, snapshot, row, by_handoff.get(row.id, []), known) for row in rows]


async def loaded(session: AsyncSession, deps: Deps, snapshot: Snapshot, row: tables.Handoff) -> HandoffCard:
    """Return a handoff with all that its messages show."""
    resources = await resource_rows(session, [row.id])
    known = _Known(await _names(session, snapshot, resources), await owners_of(session, resources))
    card = await _card(deps, snapshot, row, resources, known)
    proof = tables.HandoffEvidence
    found = (await session.execute(select(proof).where(col(proof.handoff_id) == row.id))).scalars()
    by_item = {ReadinessItem(each.item): _evidence(snapshot, each) for each in found}
    # What goes back leaves nothing behind: the rest was never the other team's.
    is_on_offer = (card.open_resources or card.is_draft) and card.follows_id is None
    left = await _left_behind(session, snapshot, row, resources) if is_on_offer else ()
    return replace(
        card,
        evidence=tuple(by_item[item] for item in ReadinessItem if item in by_item),
        left_behind=left,
        named_in_files=await named_in_files(session, snapshot, card),
        comes_along=await comes_along(session, deps, snapshot, card.resources),
    )


async def ready(deps: Deps) -> None:
    """Take in what comes with assets, before a transaction."""
    for each in deps.belongings:
        await each.ready()


async def comes_along(
    session: AsyncSession, deps: Deps, snapshot: Snapshot, resources: Iterable[ResourceCard]
) -> tuple[str, ...]:
    """Return what comes with those of these that may become the receiver's, or will, a line each."""
    theirs = [each for each in resources if each.state in _COMES and each.moved_at is None]
    found = [(asset, each.area) for each in theirs if (asset := snapshot.asset(each.asset_id)) is not None]
    return tuple([line for each in deps.belongings for line in await each.lines(session, found)] if found else [])


async def came_along(deps: Deps, snapshot: Snapshot, resources: Iterable[Resource]) -> list[Line]:
    """Return what has come with resources that have just passed, once memory knows who owns them now."""
    found = [(asset, each.area) for each in resources if (asset := snapshot.asset(each.asset_id)) is not None]
    return [line for each in deps.belongings for line in await each.came(found)] if found else []


class _Known(NamedTuple):
    """What the store says of resources: how assets are called, and which teams own what has passed."""

    names: Mapping[int, str]
    owners: Mapping[Resource, set[int | None]]


async def owners_of(
    session: AsyncSession, resources: Iterable[tables.HandoffResource]
) -> dict[Resource, set[int | None]]:
    """Return the ids of the teams that own what has passed, as the transaction has it: memory follows its commit."""
    passed = {resource_of(each) for each in resources if each.moved_at is not None and each.returned_at is None}
    t = tables.core(tables.Ownership).c
    query = select(t.asset_id, t.area, t.team_id).where(
        t.asset_id.in_({each.asset_id for each in passed}), t.role == Role.OWNER.value, t.valid_to.is_(None)
    )
    found: dict[Resource, set[int | None]] = {each: set() for each in passed}
    for asset_id, area, team_id in await session.execute(query) if passed else ():
        if (resource := Resource(asset_id, Area(area))) in found:
            found[resource].add(team_id)
    return found


async def _names(
    session: AsyncSession, snapshot: Snapshot, resources: Iterable[tables.HandoffResource]
) -> dict[int, str]:
    """Return what assets are called, also those that have left the catalog, by their ids."""
    found = {each.asset_id: snapshot.asset(each.asset_id) for each in resources}
    names = {asset_id: asset.name for asset_id, asset in found.items() if asset is not None}
    if len(names) < len(found):
        gone, t = found.keys() - names.keys(), tables.core(tables.Asset).c
        rows = await session.execute(select(t.id, t.name).where(t.id.in_(gone)))
        names |= {row.id: row.name for row in rows}
    return names


async def _card(
    deps: Deps,
    snapshot: Snapshot,
    row: tables.Handoff,
    resources: Sequence[tables.HandoffResource],
    known: _Known,
) -> HandoffCard:
    library = snapshot.asset(row.library_id) if row.library_id is not None else None
    receiver = team_of(snapshot, row.receiver_team_id)
    card = HandoffCard(
        id=row.id,
        giver=team_of(snapshot, row.giver_team_id),
        receiver=receiver,
        resources=tuple(_resource(deps, snapshot, row, each, known, receiver=receiver) for each in resources),
        starter=snapshot.somebody(row.started_by),
        begun_on=row.created_at.date(),
        offerer=snapshot.somebody(row.offered_by) if row.offered_by is not None else None,
        is_asked=row.is_asked,
        version=row.version,
        reason=row.reason,
        effective_on=row.effective_on,
        overlap_days=row.overlap_days,
        loan_until=row.loan_until,
        is_closed=row.closed_at is not None,
        is_granted=is_granted(row),
        request_id=row.request_id,
        library_id=row.library_id,
        library=library.name if library is not None else "",
        follows_id=row.follows_id,
        giver_says=Review(row.giver_says),
        receiver_says=Review(row.receiver_says),
    )
    work = await work_of(deps, snapshot, Recipient(team=card.answerer))
    begun_on = work.today(row.created_at)
    offered_on = work.today(row.offered_at) if row.offered_at is not None else None
    ends = [expires_on(card, waits_since(each, offered_on or begun_on), work) for each in card.unanswered]
    return replace(card, begun_on=begun_on, offered_on=offered_on, expires_on=min(ends, default=None))


def is_granted(row: tables.Handoff) -> bool:
    """Whether a handoff is a claim that its giver agreed to."""
    return row.is_asked and row.offered_at is not None and row.offered_at == row.closed_at


def _resource(
    deps: Deps,
    snapshot: Snapshot,
    handoff: tables.Handoff,
    row: tables.HandoffResource,
    known: _Known,
    *,
    receiver: TeamRecord,
) -> ResourceCard:
    is_here = snapshot.asset(row.asset_id) is not None and rules.has_somebody(receiver, snapshot)
    owners = _owners_of_over(deps, snapshot, row)
    # A claim was accepted by whoever agreed to it, for the giver.
    answered_by = handoff.offered_by if is_granted(handoff) else row.answered_by
    return ResourceCard(
        id=row.id,
        asset_id=row.asset_id,
        name=known.names[row.asset_id],
        area=Area(row.area),
        state=ResourceState(row.state),
        version=row.version,
        answered_by=snapshot.somebody(answered_by).name if answered_by is not None else "",
        reason=row.reason,
        needs=row.needs,
        needs_from=row.needs_from,
        needs_by=row.needs_by,
        moved_at=row.moved_at,
        overlap_until=row.overlap_until if row.overlap_ended_at is None else None,
        returned_at=row.returned_at,
        is_givers=owners is None or (handoff.giver_team_id in owners and rules.has_somebody(receiver, snapshot)),
        is_nobodys=owners is not None and not owners,
        is_receivers=is_here and receiver.id in known.owners.get(resource_of(row), ()),
    )


def _owners_of_over(deps: Deps, snapshot: Snapshot, row: tables.HandoffResource) -> set[int | None] | None:
    """Return the ids of the teams that own what is over (None among them for a person); None for anything else."""
    if ResourceState(row.state) not in OVER or snapshot.asset(row.asset_id) is None:
        return None
    verdict = look_up(deps, snapshot, row.asset_id, area=Area(row.area))
    return {held.fact.team_id for held in claimed_by(verdict)}


def _evidence(snapshot: Snapshot, row: tables.HandoffEvidence) -> Evidence:
    return Evidence(
        item=ReadinessItem(row.item),
        link=row.link,
        person=snapshot.somebody(row.person_id).name if row.person_id is not None else "",
        day=row.day,
        not_applicable=row.not_applicable,
    )


async def _left_behind(
    session: AsyncSession, snapshot: Snapshot, row: tables.Handoff, resources: Sequence[tables.HandoffResource]
) -> tuple[str, ...]:
    """Return the names of what the giver keeps of the systems that it offers parts of."""
    fact = tables.Ownership
    query = (
        select(col(fact.asset_id))
        .where(col(fact.team_id) == row.giver_team_id, col(fact.valid_to).is_(None), col(fact.role) == Role.OWNER.value)
        .distinct()
        .limit(_MOST_OTHERS)
    )
    kept = filter(None, map(snapshot.asset, (await session.execute(query)).scalars()))
    offered = filter(None, (snapshot.asset(each.asset_id) for each in resources))
    stays = {row.library_id}
    return tuple(asset.name for asset in left_behind(offered, kept) if asset.id not in stays)


async def revise_all(session: AsyncSession, deps: Deps, snapshot: Snapshot, card: HandoffCard) -> None:
    """Let all messages about a handoff read as it stands."""
    at = deps.clock.now()
    await outbox.revise(session, key=card_key(card.id), message=blocks.card(card), at=at)
    await outbox.revise(session, key=asked_key(card.id), message=blocks.asked(card), at=at)
    for version in range(1, card.version + 1):
        await outbox.revise(session, key=answers_key(card, version), message=blocks.answers(card), at=at)
    if not card.open_resources:  # what asked for an answer says what it was
        for key in (offered_key(card), again_key(card)):
            await outbox.revise(session, key=key, message=blocks.news(card, ()), at=at)
    work = await work_of(deps, snapshot, Recipient(team=card.answerer))
    await message_updates.redraw(session, deps, snapshot, card, work=work)


@dataclass(slots=True)
class HandoffAct(cards.Act[tables.Handoff, HandoffCard]):
    """What one person does to a handoff, under way in a transaction that holds its row.

    What answers say of an asset changes with it, so the catalog's lock comes before that of the row, as in imports.
    """

    table, subject, prefix, unknown = tables.Handoff, "handoff", "handoff", UNKNOWN

    async def lock(self) -> None:
        """Hold the catalog, and then the row."""
        await lock_catalog(await self.session.connection())
        await cards.Act.lock(self)  # `super()` knows the class before it had slots

    async def load(self) -> HandoffCard:
        """Return the card as the rows are now."""
        return await loaded(self.session, self.deps, self.snapshot, self.row)

    async def render(self) -> None:
        """Revise the card in the receiver's channel, and what the giver was asked; answers follow."""
        await touch_assets(self.session, [each.asset_id for each in self.card.resources])
        await revise_all(self.session, self.deps, self.snapshot, self.card)

    async def holders(self, *, asked_by: int | None = None) -> Holders:
        """Return the receiving team."""
        return await actors.holders(self.session, [self.row.receiver_team_id], asked_by=asked_by)

    async def holders_of(self, right: Right) -> Holders:
        """Return the team that has a right: the giver offers, the receiver answers, and both do the rest."""
        if right is Right.HAND_OVER:
            return await actors.holders(self.session, [self.row.giver_team_id])
        if right is Right.SUPPLY:
            people = [named(self.snapshot, each.needs_from) for each in self.card.open_resources]
            return await actors.holders(self.session, [self.row.giver_team_id], people=people)
        if right in (Right.CALL_OFF, Right.REVIEW, Right.EVIDENCE):
            return await actors.holders(self.session, [self.row.giver_team_id, self.row.receiver_team_id])
        return await self.holders(asked_by=self.row.offered_by)

    async def resources(self) -> Sequence[tables.HandoffResource]:
        """Return the rows of its resources."""
        return await resource_rows(self.session, [self.subject_id])

    async def close_if_answered(self) -> bool:
        """Note that no answer is owed any more, or that one is again; return whether it has just ended."""
        states = {ResourceState(each.state) for each in await self.resources()}
        is_open = bool(states & UNANSWERED)
        was_open = self.row.closed_at is None
        if is_open:
            self.row.closed_at = None
        elif was_open:
            self.row.closed_at = self.now
        return was_open and not is_open


#: Who acts where time does: none has this id.
NOBODY = 0


@dataclass(slots=True)
class ClockAct(HandoffAct):
    """What happens to a handoff because a day has come."""

    @property
    def actor(self) -> str:
        """Baton itself, as the audit log names it."""
        return "baton"


@asynccontextmanager
async def acting(
    deps: Deps, snapshot: Snapshot, *, handoff_id: int, person_id: int, right: Right
) -> AsyncIterator[HandoffAct]:
    """Open the transaction of a step. Raises NotFoundError for no handoff, NotAllowedError without the right."""
    async with cards.acting(HandoffAct(deps, snapshot, handoff_id, person_id), None) as act:
        act.require(right, await act.holders_of(right))
        yield act
