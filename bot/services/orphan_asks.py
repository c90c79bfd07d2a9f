"""What the leads of teams are asked to take of what an owner who is gone has left behind, and how that ended."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.blocks.ownership import orphans as blocks
from bot.blocks.text import Rendered
from bot.domain.recipients import Recipient, owner_key
from bot.domain.records import TeamRecord
from bot.services import outbox, routing
from bot.services.deps import Deps
from bot.services.matters.admins import admin_to_ask
from bot.services.snapshot import Snapshot
from bot.store import tables


@dataclass(slots=True)
class Ask:
    """A team that was asked whether it takes some assets, and those who had it asked, by the keys of people."""

    heir: blocks.Heir
    askers: list[str]


def question_key(orphan_id: int, *, is_platform: bool) -> str:
    """Return the outbox key of the question who takes what somebody left: that to the lead, or to everybody."""
    return f"orphans:{orphan_id}:{'platform' if is_platform else 'lead'}"


def asks_key(orphan_id: int) -> str:
    """Return how the outbox keys of questions to leads of teams begin."""
    return f"orphans:{orphan_id}:heir:"


def ask_key(heir: blocks.Heir) -> str:
    """Return the outbox key of the question whether a team takes certain assets."""
    return f"{asks_key(heir.orphan_id)}{heir.team_id}:{heir.assets}"


def decider_of(deps: Deps, snapshot: Snapshot, team: TeamRecord) -> Recipient:
    """Return who decides for a team: its lead, or where it has none a catalog admin."""
    lead = routing.lead_of(snapshot, team)
    return Recipient(person=lead) if routing.slack_id_of(lead) else admin_to_ask(deps, snapshot)


async def asks(session: AsyncSession, orphan_id: int) -> list[Ask]:
    """Return the questions to teams that were not declined, the oldest first."""
    entry, actions = tables.AuditEntry, ("orphans.ask", "orphans.decline")
    query = select(entry).where(col(entry.subject) == f"orphan:{orphan_id}", col(entry.action).in_(actions))
    found: dict[blocks.Heir, Ask] = {}
    for each in (await session.execute(query.order_by(col(entry.id)))).scalars():
        heir = blocks.Heir(orphan_id, each.detail["team"], blocks.joined(each.detail["assets"]))
        if each.action == "orphans.decline":
            found.pop(heir, None)
        else:
            found.setdefault(heir, Ask(heir, [])).askers.append(each.actor)
    return list(found.values())


async def follow(
    session: AsyncSession,
    deps: Deps,
    snapshot: Snapshot,
    row: tables.Orphan,
    owners: Mapping[int, Sequence[str]],
    *,
    left: Collection[int],
    knowing: Collection[int] = (),
) -> None:
    """Let the questions to teams say which assets have `owners` by now; those asked and the askers hear it at the end.

    `left` is what nobody owns still. The people of `knowing` took it themselves, and know. Twice is as once.
    """
    gone = snapshot.recipient(owner_key(row.team_id, row.person_id))
    for each in await asks(session, row.id):
        team, taken = snapshot.team(each.heir.team_id), named(snapshot, owners, each.heir.asset_ids)
        if team is None or not taken:
            continue
        rest = [asset_id for asset_id in each.heir.asset_ids if asset_id in left]
        message = blocks.heir_over(taken)
        if rest:
            names = [asset.name for asset in map(snapshot.asset, rest) if asset is not None]
            asker = snapshot.recipient(each.askers[0]).person
            message = blocks.heir_asked(each.heir, gone, team, names, asker, owners=taken)
        is_new = await outbox.revise(session, key=ask_key(each.heir), message=message, at=deps.clock.now())
        if is_new and not rest:
            await _tell_decider(session, deps, snapshot, each.heir, team, message, knowing)
            await tell_askers(session, deps, snapshot, each, message, knowing=knowing)


async def _tell_decider(
    session: AsyncSession,
    deps: Deps,
    snapshot: Snapshot,
    heir: blocks.Heir,
    team: TeamRecord,
    message: Rendered,
    knowing: Collection[int],
) -> None:
    to, key = decider_of(deps, snapshot, team), ask_key(heir)
    if to.person is None or to.person.id not in knowing:
        own, at = _ended_key(heir, "decider"), deps.clock.now()
        await routing.send(session, deps, snapshot, to, key=own, message=message, at=at, parent_key=key)


def _ended_key(heir: blocks.Heir, told: str) -> str:
    """Return the outbox key of the message that says to somebody how a question to a team ended."""
    return f"orphans:{heir.orphan_id}:ended:{heir.team_id}:{heir.assets}:{told}"


async def tell_askers(
    session: AsyncSession, deps: Deps, snapshot: Snapshot, ask: Ask, message: Rendered, *, knowing: Collection[int]
) -> None:
    """Tell whoever had a team asked how that ended: under the question that they were sent themselves, or else alone.

    The people of `knowing` know.
    """
    orphan_id, at = ask.heir.orphan_id, deps.clock.now()
    questions = [question_key(orphan_id, is_platform=each) for each in (False, True)]
    sent = await outbox.destinations(session, questions)
    for asker in map(snapshot.recipient, dict.fromkeys(ask.askers)):
        if asker.person is None or asker.person.id in knowing:
            continue
        own = next((key for key, to in sent.items() if to.channel == asker.person.slack_id), None)
        key = _ended_key(ask.heir, asker.key)
        await routing.send(session, deps, snapshot, asker, key=key, message=message, at=at, parent_key=own)


def named(
    snapshot: Snapshot, owners: Mapping[int, Sequence[str]], asset_ids: Collection[int]
) -> dict[str, Sequence[str]]:
    """Return those of these assets that have owners by now, by name."""
    found = ((snapshot.asset(each), owners[each]) for each in asset_ids if each in owners)
    return {asset.name: theirs for asset, theirs in found if asset is not None}
