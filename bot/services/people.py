"""Who is who: Slack's members and the catalog's people, matched by Slack id or e-mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.ports import Slack, SlackUser
from bot.services import inbound
from bot.services.deps import Deps
from bot.store.journal import audit, next_revision
from bot.store.tables import Person


async def identify(deps: Deps, slack: Slack, slack_id: str) -> int:
    """Return the id of the person with this Slack id, remembering them when they are new.

    Somebody whom the catalog knows by e-mail, and who has no Slack id yet, is that person from now on.
    Whoever decides something is identified first, so this is where a guest, or an interaction that comes a second
    time, ends. Raises SlackError when Slack knows nobody, else as `inbound.begin_decision`.
    """
    await inbound.begin_decision(deps)
    async with deps.database.reading() as session:
        known = (await session.execute(select(col(Person.id)).where(col(Person.slack_id) == slack_id))).scalar()
    if known is not None:
        return known
    user = await slack.user(slack_id)
    async with deps.database.transaction(is_aside=True) as session:
        return await _remember(session, deps, user)


async def sync_members(deps: Deps, members: Sequence[SlackUser]) -> int:
    """Give the catalog's people the Slack ids of these members, and mark leavers; return how many changed.

    Members whom the catalog does not know are left alone: they are remembered when they first decide something.
    Those of a large workspace come in parts. Somebody who came back has two accounts with one address, maybe in
    different parts, so a deactivated account marks whom its address names as gone and leaves the Slack id to another.
    """
    # Within a part, of two accounts with one address the active one counts.
    by_id = {member.id: member for member in sorted(members, key=lambda m: m.is_active) if not member.is_bot}
    by_email = {member.email: member for member in by_id.values() if member.email and _is_ours(member)}
    async with deps.database.transaction() as session:
        meant = col(Person.slack_id).in_(by_id) | col(Person.email).in_(by_email)
        rows = (await session.execute(select(Person).where(meant))).scalars().all()
        taken = {row.slack_id for row in rows if row.slack_id}
        changed = []
        for row in rows:
            known, named = by_id.get(row.slack_id or ""), by_email.get(row.email or "")
            # A file may have given the address to an account that has another, as Slack says: it is its owner's.
            is_mistaken = known is not None and bool(known.email) and named is not None and known.email != row.email
            is_by_address = not row.slack_id or is_mistaken
            member = named if is_by_address else known
            if member is None or (is_by_address and member.id in taken):
                continue
            slack_id = member.id if member.is_active else row.slack_id
            wanted = (slack_id, row.name or member.name, row.timezone or member.timezone, member.is_active)
            if (row.slack_id, row.name, row.timezone, row.is_active) != wanted:
                row.slack_id, row.name, row.timezone, row.is_active = wanted
                changed.append(row)
        if changed:
            revision = await next_revision(session)
            for row in changed:
                row.revision = revision
            await audit(
                session,
                at=deps.clock.now(),
                actor="baton",
                action="people.sync",
                subject="people",
                detail={"people": [row.id for row in changed]},
            )
    return len(changed)


def _is_ours(user: SlackUser) -> bool:
    """Whether an address says who somebody is: another workspace's accounts may carry any."""
    return not user.is_guest and not user.is_stranger


async def _remember(session: AsyncSession, deps: Deps, user: SlackUser) -> int:
    # The revision's lock comes first: of two clicks at once, the second waits and finds the person.
    revision = await next_revision(session)
    row = await _find(session, col(Person.slack_id) == user.id)
    if row is None and user.email and not _is_ours(user):
        user = replace(user, email="")
    if row is None and user.email:
        row = await _find(session, col(Person.email) == user.email)
        if row is not None and row.slack_id:
            # The address belongs to another account; whose rights this one has is not ours to guess.
            row, user = None, replace(user, email="")
    if row is None:
        row = Person(email=user.email or None)
        session.add(row)
    row.slack_id = user.id
    row.name, row.timezone = row.name or user.name, row.timezone or user.timezone
    row.is_active = user.is_active
    row.revision = revision
    await session.flush()
    await audit(session, at=deps.clock.now(), actor="baton", action="people.identify", subject=f"person:{row.id}")
    assert row.id is not None  # noqa: S101 - the flush has just given it
    return row.id


async def _find(session: AsyncSession, condition: ColumnElement[bool]) -> Person | None:
    return (await session.execute(select(Person).where(condition))).scalar_one_or_none()
