"""A matter's card: loaded from its row, shown wherever it was told, and acted on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.blocks import ownership as blocks
from bot.blocks.text import Rendered, escape
from bot.domain import ownership as rules
from bot.domain import rights
from bot.domain.catalog import Area, AssetKind
from bot.domain.ownership import Orphaned, Verdict
from bot.domain.ownership.matters import MatterCard, MatterKind, MatterState, Promise, Side
from bot.domain.recipients import NOBODY, Recipient, Told
from bot.domain.records import AssetRecord, DoubtRecord, HandoffStage, own_ref
from bot.domain.rights import Actor, Holders, Right
from bot.errors import NotFoundError
from bot.services import actors, cards, outbox, routing
from bot.services.actors import Decider
from bot.services.deps import Deps
from bot.services.matters._sides import handoff_about, loan_of, sides_before, sides_of, way_back_of
from bot.services.matters.admins import has_admin
from bot.services.ownership import claimed_by, look_up
from bot.services.snapshot import Snapshot, deciding
from bot.store import tables
from bot.store.journal import touch_assets

UNKNOWN = "There is no such question about an owner: ask again with `/whoowns`."
#: Begins the key of a question that the owner asked back.
QUESTION = "ownership.question:"


def card_key(matter_id: int, told: str) -> str:
    """Return the outbox key of a matter's card for one recipient, or one reminder."""
    return f"ownership.matter:{matter_id}:{told}"


@dataclass(slots=True)
class MatterAct(cards.Act[tables.OwnershipMatter, MatterCard]):
    """One person's answer to a matter, in a transaction that holds the catalog and the matter's row."""

    slack_id: str
    verdict: Verdict | None = field(init=False, default=None)
    sides: tuple[Side, ...] = field(init=False, default=())

    table, subject, prefix, unknown = tables.OwnershipMatter, "matter", "ownership.matter", UNKNOWN

    async def load(self) -> MatterCard:
        """Return the card; its sides are those of the beginning of the transaction."""
        if self.verdict is None and self.row.ended_at is None:
            self.verdict = verdict_of(self.deps, self.snapshot, self.row)
            self.sides = await sides_of(self.session, self.snapshot, self.row, self.verdict)
        return await card_of(self.session, self.deps, self.snapshot, self.row, self.sides, self.verdict)

    async def render(self) -> None:
        """Revise every message about the matter."""
        await redraw(self.session, self.row, self.card, at=self.now)

    def living_owners(self) -> set[str]:
        """Return the keys of the owners who are still there."""
        owners = claimed_by(self.verdict) if self.verdict is not None else ()
        return {each.owner.key for each in owners if rules.is_here(each.owner, self.snapshot)}

    async def holders(self, *, asked_by: int | None = None) -> Holders:
        """Return in whose hands the matter is: those of all owners."""
        return await self.holders_of(self.sides, asked_by=asked_by)

    async def holders_of(self, sides: Iterable[Side], *, asked_by: int | None = None) -> Holders:
        """Return the hands of some of the sides."""
        teams, people = [each.owner.team_id for each in sides], [each.owner.person for each in sides]
        return await actors.holders(self.session, teams, people=people, what=self.card.asset.name, asked_by=asked_by)

    async def who(self) -> Actor:
        """Return who acts, and whether they are a catalog admin."""
        return await actors.person_or_admin(self.session, self.deps, Decider(self.person_id, self.slack_id))

    async def allow(self, right: Right, held: Holders) -> Actor:
        """Return who acts. Raises NotAllowedError unless they may do this."""
        actor = await self.who()
        rights.require(actor, right, held)
        return actor

    async def own_sides(self, actor: Actor) -> list[Side]:
        """Return the sides whose people the person is one of."""
        own = Actor(actor.person_id, is_guest=actor.is_guest)
        return [each for each in self.sides if rights.may(own, Right.SETTLE, await self.holders_of([each]))]

    async def end(self, state: MatterState, owner: Recipient | None = None, *, is_free: bool = False) -> MatterCard:
        """End the matter, and let everybody hear of it whom it concerns."""
        return await end(self, state, owner, by=self.person_id, is_free=is_free)

    async def ask(self, recipient: Recipient, *, is_passed_on: bool) -> None:
        """Let somebody else have to answer, and tell them."""
        row = self.row
        row.answerer, row.asked_at, row.times_reminded = recipient.key, self.now, 0
        row.is_passed_on, row.told_at = is_passed_on, self.now
        self.card = await self.load()
        await self.tell(recipient)

    async def tell(self, recipient: Recipient) -> Told:
        """Send the card to whoever has to answer."""
        key = card_key(self.subject_id, recipient.key)
        self.row.message_keys = list(dict.fromkeys([*self.row.message_keys, key]))
        return await self.send(recipient, key, blocks.card(self.card))


@asynccontextmanager
async def acting(deps: Deps, snapshot: Snapshot, matter_id: int, by: Decider) -> AsyncIterator[MatterAct]:
    """Open the transaction of an answer to an open matter.

    The catalog's lock comes first, as everywhere. Raises NotFoundError where there is no such matter, or it has ended.
    """
    act = MatterAct(deps, snapshot, matter_id, by.person_id, by.slack_id)
    async with deciding(snapshot, deps.database) as session:
        act.session, act.now = session, deps.clock.now()
        act.row = await cards.locked(session, tables.OwnershipMatter, matter_id, unknown=UNKNOWN)
        act.card = await act.load()
        if not act.card.is_open:
            raise NotFoundError(blocks.matter_noted(act.card).text)
        if act.verdict is None:
            raise NotFoundError(f"{escape(act.card.asset.name, 80)} is no longer in the catalog.")
        yield act


def verdict_of(deps: Deps, snapshot: Snapshot, row: tables.OwnershipMatter) -> Verdict | None:
    """Return what is said of the area that a matter is about; None when the asset is gone."""
    if snapshot.asset(row.asset_id) is None:
        return None
    return look_up(deps, snapshot, row.asset_id, area=Area(row.area))


async def card_of(
    session: AsyncSession,
    deps: Deps,
    snapshot: Snapshot,
    row: tables.OwnershipMatter,
    sides: tuple[Side, ...],
    verdict: Verdict | None,
) -> MatterCard:
    """Return a matter as its messages show it."""
    owner = snapshot.recipient(row.owner) if row.owner else NOBODY
    return MatterCard(
        id=row.id,
        kind=MatterKind(row.kind),
        state=MatterState(row.state),
        asset=await _asset(session, snapshot, row.asset_id),
        area=Area(row.area),
        at=row.at,
        sides=sides,
        team=snapshot.team(row.team_id),
        raised_by=snapshot.person(row.person_id),
        reason=row.reason,
        question=row.question,
        question_by=snapshot.person(row.question_by),
        reply=row.reply,
        is_passed_on=row.is_passed_on,
        is_orphans=isinstance(verdict, Orphaned) or (verdict is None and _are_gone(snapshot, sides)),
        ended_by=snapshot.person(row.ended_by),
        owner=owner,
        doubted=await _doubted(session, snapshot, row, sides),
        is_owner_gone=row.state == MatterState.OVER.value and owner != NOBODY and not rules.is_here(owner, snapshot),
        has_left=snapshot.asset(row.asset_id) is None,
        has_admin=has_admin(deps, snapshot),
        promised=_promised(snapshot, row),
        has_lost_team=row.team_id is not None and not rules.has_somebody(snapshot.team(row.team_id), snapshot),
        handoff_id=await _granted_in(session, row),
        doubts=await _other_doubts(session, snapshot, row),
        named_by=await _named_by(session, snapshot, row) if row.kind == MatterKind.DOUBT.value else None,
        given_up_by=tuple(snapshot.recipient(each).name for each in row.agreed),
        way_back=await way_back_of(session, snapshot, row, sides),
        loan=loan_of(snapshot, row, verdict) if row.ended_at is None else None,
    )


def _promised(snapshot: Snapshot, row: tables.OwnershipMatter) -> tuple[Promise, ...]:
    """Return to whom what is claimed passes on a later day: whoever agrees to the claim calls that off."""
    asset = snapshot.asset(row.asset_id) if row.kind == MatterKind.CLAIM.value and row.ended_at is None else None
    found = []
    for each in asset.matters.handoffs if asset is not None else ():
        giver, receiver = snapshot.team(each.giver_team_id), snapshot.team(each.receiver_team_id)
        is_about = each.area.value == row.area or Area.ALL.value in (each.area.value, row.area)
        if is_about and each.stage is HandoffStage.AGREED and each.on is not None and giver and receiver:
            found.append(Promise(giver.name, receiver.name, each.on))
    return tuple(dict.fromkeys(found))


def _are_gone(snapshot: Snapshot, sides: Sequence[Side]) -> bool:
    """Whether there were owners, and all of them are gone."""
    return bool(sides) and not any(rules.is_here(each.owner, snapshot) for each in sides)


async def _doubted(
    session: AsyncSession, snapshot: Snapshot, row: tables.OwnershipMatter, sides: Sequence[Side]
) -> tuple[str, ...]:
    """Return the names of those who owned what is doubted then; none where some of them answer it."""
    if row.kind != MatterKind.DOUBT.value:
        return ()
    before = {each.owner.key: each.owner.name for each in await sides_before(session, snapshot, row)}
    others = sides and before.keys().isdisjoint(each.owner.key for each in sides)
    return tuple(before.values()) if others else ()


async def _other_doubts(
    session: AsyncSession, snapshot: Snapshot, row: tables.OwnershipMatter
) -> tuple[DoubtRecord, ...]:
    """Return what was said of a matter by those who doubted after whoever raised it, in order."""
    doubt = tables.OwnerDoubt
    query = select(doubt).where(col(doubt.matter_id) == row.id).order_by(col(doubt.id))
    found = (await session.execute(query)).scalars()
    return tuple(
        DoubtRecord(person, each.reason, each.at, Area(each.area), snapshot.team(each.team_id))
        for each in found
        if (each.person_id, each.reason) != (row.person_id, row.reason)
        and (person := snapshot.person(each.person_id)) is not None
    )


async def _named_by(session: AsyncSession, snapshot: Snapshot, row: tables.OwnershipMatter) -> DoubtRecord | None:
    """Return the first doubt of which the author named the team that a matter names; None where none did."""
    doubt = tables.OwnerDoubt
    query = select(doubt).where(col(doubt.matter_id) == row.id, col(doubt.team_id) == row.team_id)
    first = (await session.execute(query.order_by(col(doubt.id)).limit(1))).scalar()
    person = snapshot.person(first.person_id) if first is not None else None
    return DoubtRecord(person, first.reason, first.at) if first is not None and person is not None else None


async def _granted_in(session: AsyncSession, row: tables.OwnershipMatter) -> int | None:
    """Return the number of the handoff by which a claim was granted."""
    if row.kind != MatterKind.CLAIM.value or row.state != MatterState.AGREED.value:
        return None
    to_it = col(tables.Handoff.receiver_team_id) == row.team_id
    return await handoff_about(session, row, to_it, col(tables.HandoffResource.moved_at) == row.ended_at)


async def loaded(session: AsyncSession, deps: Deps, snapshot: Snapshot, row: tables.OwnershipMatter) -> MatterCard:
    """Return a matter as it stands now, from memory."""
    if row.ended_at is not None and row.kind != MatterKind.DISPUTE.value:
        return await card_of(session, deps, snapshot, row, await sides_before(session, snapshot, row), None)
    verdict = verdict_of(deps, snapshot, row)
    return await card_of(session, deps, snapshot, row, await sides_of(session, snapshot, row, verdict), verdict)


async def _asset(session: AsyncSession, snapshot: Snapshot, asset_id: int) -> AssetRecord:
    asset = snapshot.asset(asset_id)
    if asset is not None:
        return asset
    row = await session.get_one(tables.Asset, asset_id)  # what has left the catalog keeps its row
    kind = AssetKind(row.kind)
    return AssetRecord(id=asset_id, own_ref=own_ref(row.ref, kind, row.name), kind=kind, name=row.name)


async def redraw(session: AsyncSession, row: tables.OwnershipMatter, card: MatterCard, *, at: datetime) -> None:
    """Revise every message about a matter; what else stands in them stays.

    What an admin decides alone about a handoff, only the messages to that admin offer.
    """
    way, to_admin = card.way_back, card_key(row.id, row.answerer)
    for_others = replace(card, way_back=replace(way, is_for_admin=False)) if way is not None else card
    older = _older_cards(row) if card.is_open else set[str]()

    def redrawn(key: str, before: Rendered) -> Rendered:
        if key in older:
            return blocks.asked_again(before, card)
        return _redrawn(before, card if f"{key}:".startswith(f"{to_admin}:") else for_others, key)

    await outbox.redraw(session, row.message_keys, redrawn, at=at)


async def fold_older(session: AsyncSession, row: tables.OwnershipMatter, card: MatterCard, *, at: datetime) -> None:
    """Let the cards of a matter that whoever reads them has a later one of lead to that, and ask nothing themselves."""
    await outbox.redraw(session, _older_cards(row), lambda _, before: blocks.asked_again(before, card), at=at)


def _older_cards(row: tables.OwnershipMatter) -> set[str]:
    """Return the keys of a matter's cards but for the last one of each who was asked."""
    begins, last, older = card_key(row.id, ""), dict[tuple[str, ...], str](), set[str]()
    for key in row.message_keys:
        if key.startswith(begins):
            parts = key.removeprefix(begins).split(":")
            to = tuple(parts[: 1 if parts[0] == NOBODY.key else 2])
            older |= {last[to]} if to in last else set()
            last[to] = key
    return older


def _redrawn(before: Rendered, card: MatterCard, key: str) -> Rendered:
    """Return a message about a matter as it is now: its card, its question, or a line about it in another one."""
    if key.startswith(QUESTION):
        return blocks.asked_before(card)
    return blocks.redrawn(before, card) if key.startswith(card_key(card.id, "")) else blocks.line_redrawn(before, card)


@dataclass(slots=True)
class Ending:
    """What ends a matter without anybody's answer: what `end` needs of an act."""

    deps: Deps
    snapshot: Snapshot
    session: AsyncSession
    row: tables.OwnershipMatter
    card: MatterCard
    now: datetime


async def end(
    act: MatterAct | Ending,
    state: MatterState,
    owner: Recipient | None = None,
    *,
    by: int | None = None,
    is_free: bool = False,
) -> MatterCard:
    """End a matter: settle its doubts, draw its messages anew, and tell whoever asked, where they asked.

    `is_free` is whether nobody owns it now.
    """
    row, session = act.row, act.session
    row.state, row.ended_at, row.ended_by = state.value, act.now, by
    row.owner = owner.key if owner is not None else ""
    doubt = tables.OwnerDoubt
    doubters = (await session.execute(select(doubt).where(col(doubt.matter_id) == row.id))).scalars().all()
    for each in doubters:
        each.settled_at = each.settled_at or act.now
    await touch_assets(session, [row.asset_id])
    await session.flush()
    sides = act.card.sides
    act.card = replace(await card_of(session, act.deps, act.snapshot, row, sides, None), is_free=is_free)
    await redraw(session, row, act.card, at=act.now)
    asked = [(each.person_id, each.channel_id or "", each.thread_ts or "") for each in doubters]
    if row.kind == MatterKind.CLAIM.value and row.person_id is not None:
        asked.append((row.person_id, row.channel_id, row.thread_ts))
    await _tell_askers(act, asked, by=by)
    return act.card


async def _tell_askers(act: MatterAct | Ending, asked: Sequence[tuple[int, str, str]], *, by: int | None) -> None:
    """Tell whoever raised a matter how it ended, each once, or their team for which they claimed it.

    Whoever ended it knows.
    """
    places = {(channel, thread, person): None for person, channel, thread in asked if person != by}
    for channel_id, thread_ts, person_id in places:
        person = act.snapshot.person(person_id)
        slack_id = routing.slack_id_of(person)
        key = f"ownership.outcome:{act.row.id}:{person_id}:{channel_id}:{thread_ts}"
        if not slack_id and act.card.kind is MatterKind.CLAIM and act.card.team is not None:
            team, said = Recipient(team=act.card.team), blocks.outcome(act.card)
            await routing.send(act.session, act.deps, act.snapshot, team, key=key, message=said, at=act.now)
            continue
        said = blocks.outcome(act.card, slack_id if channel_id else "")
        await say_where_asked(act.session, key, slack_id, channel_id, thread_ts, said, at=act.now)


async def say_where_asked(
    session: AsyncSession,
    key: str,
    slack_id: str,
    channel_id: str,
    thread_ts: str,
    message: Rendered,
    *,
    at: datetime,
    by: outbox.Asker | None = None,
) -> None:
    """Say something in the thread where somebody asked, or else to them alone, if they have an account.

    Whoever says it, `by`, hears when it reaches nobody.
    """
    place, thread = (channel_id, thread_ts) if channel_id else (slack_id, "")
    if slack_id:
        await outbox.enqueue(
            session, key=key, channel=place, thread_ts=thread, message=message, at=at, fallbacks=[slack_id], asker=by
        )
