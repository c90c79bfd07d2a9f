"""Use case of "Wrong version": a person says which cycle something is, where the rules are wrong or not sure."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.blocks.eol.actions import CycleValue
from bot.blocks.eol.words import cycle_name
from bot.blocks.text import escape
from bot.blocks.values import parse
from bot.domain.eol import (
    AmbiguousVersion,
    BetweenCycles,
    InCycle,
    Matched,
    Newer,
    Table,
    UnknownProduct,
    UntrackedOld,
    match,
)
from bot.domain.eol.exposure import MatchedDeployment, certain_of
from bot.domain.eol.outcomes import Pinned
from bot.domain.eol.records import Cycle, Product
from bot.domain.eol.reminders import Card
from bot.domain.names import clean
from bot.domain.rights import Right, require
from bot.errors import NotFoundError, UserError
from bot.services import actors
from bot.services.cards import locked
from bot.services.daily_limit import TakenError
from bot.services.deps import Deps
from bot.services.eol import message_updates
from bot.services.eol._card_answers import UNKNOWN
from bot.services.eol.exposure import Watcher
from bot.services.eol.reminder_store import card_of, remembered
from bot.services.eol.resolution import Closing
from bot.store import tables
from bot.store.journal import audit, next_revision

#: Cycles that a menu offers.
_MOST_CANDIDATES = 100


@dataclass(frozen=True, slots=True)
class Choice:
    """What something is said to be."""

    product: Product
    cycle: Cycle


async def running(watcher: Watcher, deployment_id: int) -> MatchedDeployment:
    """Return what runs by its deployment's id. Raises NotFoundError when the inventory has it no more."""
    found = await watcher.running(deployment_id)
    if found is not None:
        return found
    raise NotFoundError("The inventory no longer shows that version.")


async def look_up(deps: Deps, watcher: Watcher, *, deployment_id: int, person_id: int) -> MatchedDeployment:
    """Return what runs for a form. Raises as `pin`, so that nobody fills in what would be refused."""
    one = await running(watcher, deployment_id)
    async with deps.database.reading() as session:
        await _require_right(session, one, person_id)
    return one


def candidates(one: MatchedDeployment) -> list[tuple[Product, Cycle]]:
    """Return what a version may be, the likeliest first: what the rules could not choose between or what lies nearest.

    Of what may be several products, the cycle of each that the version would belong to comes before all the others.
    """
    if isinstance(one.matched, UnknownProduct):
        products = one.matched.suggestions
        table = Table(products)
        likely = [
            (product, cycle)
            for product in products
            for cycle in _likely(match(table, product=product.key, version=one.deployment.observed.version))
        ]
    else:
        products = (one.matched.product,)
        likely = [(one.matched.product, cycle) for cycle in _likely(one.matched)]
    rest = [(product, cycle) for product in products for cycle in product.cycles]
    certain = certain_of(one.matched)
    if certain is not None and not isinstance(one.matched, AmbiguousVersion | UntrackedOld):
        likely, rest = [], [(product, cycle) for product, cycle in rest if cycle.name != certain.cycle.name]
    offered = {(product.key, cycle.name): (product, cycle) for product, cycle in (*likely, *rest)}
    return list(offered.values())[:_MOST_CANDIDATES]


def _likely(matched: Matched) -> tuple[Cycle, ...]:
    """Return the cycles that a version belongs to or may belong to, or those next to it."""
    match matched:
        case InCycle(cycle=cycle):
            return (cycle,)
        case AmbiguousVersion(candidates=found):
            return found
        case BetweenCycles(below=below, above=above):
            return tuple(each for each in (below, above) if each is not None)
        case Newer(newest=nearest) | UntrackedOld(oldest=nearest) if nearest is not None:
            return (nearest,)
        case _:
            return ()


def chosen(table: Table, one: MatchedDeployment, *, picked: str, typed: str) -> Choice:
    """Return what a form says: what was typed goes before what was picked (a `CycleValue`).

    Raises UserError with what to type instead.
    """
    text = clean(typed)
    if text:
        return _typed(table, one, text)
    key, name = parse(CycleValue, picked or "|")
    product = table.get(key)
    cycle = next((each for each in product.cycles if each.name == name), None) if product is not None else None
    if product is None or cycle is None:
        raise UserError("Choose what it is, or type product and version.")
    return Choice(product, cycle)


async def pin(deps: Deps, watcher: Watcher, *, deployment_id: int, person_id: int, choice: Choice) -> Pinned:
    """Let a version count as another cycle, for as long as the inventory shows this very version.

    Raises NotFoundError when the inventory has it no more, NotAllowedError unless the person may. The same again
    changes nothing.
    """
    one = await running(watcher, deployment_id)
    certain = certain_of(one.matched)
    was = f"{certain.product.label or certain.product.key} {cycle_name(certain.cycle)}" if certain is not None else ""
    product, cycle = choice.product, choice.cycle
    said = Pinned(one.asset.name, one.deployment.observed.version, product.label or product.key, cycle_name(cycle), was)
    async with deps.database.transaction() as session:
        revision = await next_revision(session)
        await _require_right(session, one, person_id)
        earlier = await _pins(session, one)
        stands = [(each.pinned_product, each.pinned_cycle) for each in earlier]
        is_matched = certain is not None and (certain.product.key, certain.cycle.name) == (product.key, cycle.name)
        if (product.key, cycle.name) in stands or (not stands and is_matched):
            return replace(said, is_new=False)
        for each in earlier:
            each.ended_at = deps.clock.now()
        (await session.get_one(tables.Asset, one.asset.id)).revision = revision
        await _write(deps, session, one, choice, person_id=person_id)
    return said


async def _pins(session: AsyncSession, one: MatchedDeployment) -> list[tables.VersionPin]:
    table = tables.VersionPin
    found = await session.execute(
        select(table).where(
            col(table.asset_id) == one.asset.id,
            col(table.product) == one.deployment.observed.product,
            col(table.version) == one.deployment.observed.version,
            col(table.provider) == one.deployment.observed.provider,
            col(table.ended_at).is_(None),
        )
    )
    return list(found.scalars())


async def _write(deps: Deps, session: AsyncSession, one: MatchedDeployment, choice: Choice, *, person_id: int) -> None:
    now = deps.clock.now()
    row = tables.VersionPin(
        asset_id=one.asset.id,
        product=one.deployment.observed.product,
        version=one.deployment.observed.version,
        provider=one.deployment.observed.provider,
        pinned_product=choice.product.key,
        pinned_cycle=choice.cycle.name,
        person_id=person_id,
        at=now,
    )
    session.add(row)
    await session.flush()
    await audit(
        session,
        at=now,
        actor=f"person:{person_id}",
        action="lifecycle.pin",
        subject=f"asset:{one.asset.id}",
        detail={"pin": row.id, "product": choice.product.key, "cycle": choice.cycle.name},
    )


async def redraw(deps: Deps, watcher: Watcher, *, reminder_id: int) -> None:
    """Update the messages of a reminder after the inventory has changed under it; close one with nothing left."""
    watches, closing = await watcher.current(), Closing(deps, watcher)
    async with deps.database.reading() as session:
        known = await remembered(session, reminder_ids=[reminder_id])
        resolved = await closing.look(session, [each for each in known if each.key not in watches.by_key])
    with suppress(TakenError):  # then another process has closed it in the meantime
        async with deps.database.transaction() as session:
            await locked(session, tables.Reminder, reminder_id, unknown=UNKNOWN)
            for each in known:
                if each.id in resolved:
                    await closing.close(session, each, resolved[each.id], ())
            card = await card_of(deps, watcher, session, reminder_id)
            if isinstance(card, Card):
                await message_updates.redraw(session, deps, watcher, card)


def _typed(table: Table, one: MatchedDeployment, text: str) -> Choice:
    """Read `product version`, or a version alone of the product that it is taken for."""
    words = text.rsplit(" ", 1)
    attempts = [(words[0], words[1], "")] if len(words) == 2 else []
    if not isinstance(one.matched, UnknownProduct):
        attempts.append((one.matched.product.key, text, ""))
    attempts += [(product, version, one.deployment.observed.provider) for product, version, _ in attempts[:1]]
    for product, version, provider in attempts:
        found = match(table, product=product, version=version, provider=provider)
        if isinstance(found, InCycle):
            return Choice(found.product, found.cycle)
    raise UserError(f"I do not know “{escape(text, 80)}”: type product and version, such as postgresql 16.")


async def _require_right(session: AsyncSession, one: MatchedDeployment, person_id: int) -> None:
    """Raise NotAllowedError unless the person may say what this is.

    It is in the hands of whoever its reminders go to, and of a team that has taken over the one of its release cycle.
    """
    addressee, certain = one.responsible.addressee, certain_of(one.matched)
    teams = [addressee.team.id] if addressee.team is not None else []
    if certain is not None:
        table = tables.Reminder
        taken_over = await session.execute(
            select(col(table.delegated_to)).where(
                col(table.addressee) == addressee.key,
                col(table.product) == certain.product.key,
                col(table.cycle) == certain.cycle.name,
                col(table.resolved_at).is_(None),
                col(table.delegated_to).is_not(None),
            )
        )
        teams += [each for each in taken_over.scalars() if each is not None]
    held = await actors.holders(session, teams, people=[addressee.person])
    require(actors.actor(person_id), Right.PIN, held)
