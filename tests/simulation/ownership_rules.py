"""The rules that ownership is held to in the simulation: at the end of each day, and when nobody presses any more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import String, Text, select
from sqlmodel import SQLModel, col

from bot.blocks.ownership import actions
from bot.domain.catalog import Role
from bot.domain.handoff.handoffs import UNANSWERED, ResourceState
from bot.domain.ownership.matters import MatterKind
from bot.playground.fake_slack import FakeSlack
from bot.store import tables
from bot.store.db import Database
from tests.simulation.hands import choices

#: The buttons that answer a matter; their values begin with its id.
_ANSWERS = frozenset({actions.MATTER_AGREE, actions.MATTER_KEEP, actions.MATTER_SIDE, actions.MATTER_PASS_ON})

OwnerFacts = dict[tuple[int, str], frozenset[int]]


async def owned(database: Database) -> OwnerFacts:
    """Return the ids of the facts that say who owns what, by asset and area."""
    fact = tables.Ownership
    query = select(fact).where(col(fact.valid_to).is_(None), col(fact.role) == Role.OWNER.value)
    found: dict[tuple[int, str], set[int]] = {}
    async with database.reading() as session:
        for row in (await session.execute(query)).scalars():
            found.setdefault((row.asset_id, row.area), set()).add(row.id or 0)
    return {key: frozenset(ids) for key, ids in found.items()}


def _claimed_by(fact: tables.Ownership, matters: Sequence[tables.OwnershipMatter]) -> int | None:
    """Return who wanted it for the team, where a claim was granted: the fact names who granted it."""
    granted = (each for each in matters if each.kind == MatterKind.CLAIM.value and each.ended_at == fact.valid_from)
    about = (fact.asset_id, fact.area, fact.team_id)
    return next((each.person_id for each in granted if (each.asset_id, each.area, each.team_id) == about), None)


#: What may leave an area without an owner: people give it up, or a file no longer names anybody.
_GIVING_UP = ("ownership.release", "ownership.not_ours", "ownership.withdraw", "ownership.agree", "catalog.import")


async def problems(database: Database, before: OwnerFacts, after: OwnerFacts) -> list[str]:
    """Return the rules that do not hold at the end of a day."""
    found = []
    async with database.reading() as session:
        facts = {row.id: row for row in (await session.execute(select(tables.Ownership))).scalars()}
        entries = {row.id: row for row in (await session.execute(select(tables.AuditEntry))).scalars()}
        matters = (await session.execute(select(tables.OwnershipMatter))).scalars().all()
        members = (await session.execute(select(tables.Membership))).scalars().all()
        active = {row.id for row in (await session.execute(select(tables.Person))).scalars() if row.is_active}
    for key, ids in after.items():
        people = {facts[each].team_id for each in ids if facts[each].is_agreed}
        if len(people) > 1:
            found.append(f"{key} has two owners who have agreed: {people}")
        for each in ids - before.get(key, frozenset()):
            accepted_by = _claimed_by(facts[each], matters) or facts[each].confirmed_by
            if facts[each].is_agreed and (facts[each].team_id, accepted_by) not in {
                (row.team_id, row.person_id) for row in members
            }:
                entry = entries[facts[each].begun_by]
                by = f"{accepted_by}, who is not of it: {entry.action} {entry.actor} {entry.detail}"
                found.append(f"{key} went to {facts[each].team_id} by {by}")
    for key in before.keys() - after.keys():
        ended = [entries[number] for number in {facts[each].ended_by for each in before[key]} if number is not None]
        if not ended or not all(each.action.startswith(_GIVING_UP) for each in ended):
            by = ", ".join(f"{each.action} {each.subject} {each.detail}" for each in ended)
            found.append(f"{key} has no owner any more, by {by or 'nothing'}")
    able = {f"team:{row.team_id}" for row in members if row.person_id in active}
    able |= {f"person:{each}" for each in active}
    found += [
        f"{row.kind} {row.id} of {row.asset_id} is with {row.answerer}, who cannot answer"
        for row in matters
        if row.ended_at is None and row.answerer and row.answerer not in able
    ]
    return found


async def taken_over(database: Database) -> list[tuple[str, str]]:
    """Return the names of the teams that have taken something over, each with whose it is."""
    row = tables.Reminder
    query = select(row).where(col(row.resolved_at).is_(None), col(row.delegated_to).is_not(None))
    async with database.reading() as session:
        open_ones = (await session.execute(query)).scalars().all()
        names = {f"team:{each.id}": each.name for each in (await session.execute(select(tables.Team))).scalars()}
    pairs = {(f"team:{each.delegated_to}", each.addressee) for each in open_ones}
    return sorted((names[taker], names[owner]) for taker, owner in pairs if taker != owner and owner in names)


async def lost_or_doubled(database: Database, slack: FakeSlack, now: datetime) -> list[str]:
    """Return what is lost or doubled, and what Slack would not have."""
    found = [f"Slack refused {each.messages}" for each in slack.refused] + [
        f"{each} was pinged" for each in slack.pings
    ]
    found += [f"Slack had to say: {each.text}" for each in slack.toasts if "went wrong" in each.text]
    async with database.reading() as session:
        outbox = (await session.execute(select(tables.OutboxMessage))).scalars().all()
    posted = Counter(
        message.metadata["event_payload"]["key"]
        for messages in slack.workspace.messages.values()
        for message in messages.values()
        if message.metadata and message.ephemeral_for is None
    )
    settled = ("sent", "failed")
    found += [f"{row.key} is {row.state}" for row in outbox if row.state not in settled and row.due_at <= now]
    found += [f"{row.key} was lost" for row in outbox if row.state == "sent" and not posted[row.key]]
    found += [f"{each} holds keys of owners and is not marked so" for each in await _unmarked(database)]
    return found + [f"{key} was posted {count} times" for key, count in posted.items() if count > 1]


#: What was, and stays as it was: a figure of a month.
_PAST = ("audit_log", "health_figures")


async def _unmarked(database: Database) -> list[str]:
    """Return the columns that hold keys of owners, which teams and people that become one must not leave behind."""
    found = []
    async with database.reading() as session:
        for table in SQLModel.metadata.sorted_tables:
            for column in table.columns if table.name not in _PAST else ():
                if isinstance(column.type, Text | String) and not column.info.get("is_owner_key"):
                    query = select(column).where(column.regexp_match("^(team|person):[0-9]+$")).limit(1)
                    found += [str(column) for _ in await session.execute(query)]
    return found


async def still_open(database: Database, slack: FakeSlack, now: datetime) -> list[str]:
    """Return what is open for ever, weeks after the last press."""
    async with database.reading() as session:
        resources = (await session.execute(select(tables.HandoffResource))).scalars().all()
        matters = (await session.execute(select(tables.OwnershipMatter))).scalars().all()
        releases = (await session.execute(select(tables.Release))).scalars().all()
    undecided = [each for each in releases if each.decided_at is None and each.ended_at is None]
    late = [each for each in resources if ResourceState(each.state) in UNANSWERED]
    found = [f"handoff {each.handoff_id} still waits: {each.state} until {each.needs_by}" for each in late]
    found += [f"handoff {each.handoff_id} was never carried out" for each in resources if _is_overdue(each, now)]
    waiting = [row for row in matters if row.ended_at is None]
    found += [
        f"{row.kind} {row.id} was never told to {row.answerer or 'anybody'}" for row in waiting if not row.told_at
    ]
    found += [f"the release {each.id} still waits to be confirmed" for each in undecided if _is_late(each, now)]
    # Only a dispute may stay open: its sources go on naming two owners until somebody decides.
    found += [f"{row.kind} {row.id} never ended" for row in waiting if row.kind != MatterKind.DISPUTE.value]
    ended = {row.id for row in matters if row.ended_at is not None}
    return found + [f"matter {each} has ended, and its buttons are still there" for each in _answerable(slack) & ended]


def _answerable(slack: FakeSlack) -> set[int | None]:
    """Return the matters that some message in a channel lets people answer."""
    return {
        int(choice.value.partition("|")[0])
        for messages in slack.workspace.messages.values()
        for message in messages.values()
        if message.ephemeral_for is None and not message.deleted
        for choice in choices(message.blocks)
        if choice.action_id in _ANSWERS
    }


def _is_late(row: tables.Release, now: datetime) -> bool:
    return row.until is not None and row.until < now.date()


def _is_overdue(row: tables.HandoffResource, now: datetime) -> bool:
    answered = row.answered_at or now
    return row.state == ResourceState.ACCEPTED.value and row.moved_at is None and now - answered > timedelta(60)
