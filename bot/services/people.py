"""Who is who: Slack's members and the catalog's people, matched by Slack id or e-mail."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.ports import Slack, SlackUser
from bot.services.deps import Deps
from bot.store.journal import audit, next_revision
from bot.store.tables import Person


async def identify(deps: Deps, slack: Slack, slack_id: str) -> int:
    """Return the id of the person with this Slack id, remembering them when they are new.

    Somebody whom the catalog knows by e-mail is that person from now on. Raises SlackError when Slack knows nobody.
    """
    async with deps.database.reading() as session:
        known = (await session.execute(select(col(Person.id)).where(col(Person.slack_id) == slack_id))).scalar()
    if known is not None:
        return known
    user = await slack.user(slack_id)
    async with deps.database.transaction() as session:
        return await _remember(session, deps, user)


async def sync_members(deps: Deps, members: Iterable[SlackUser]) -> int:
    """Give the catalog's people their Slack ids, and mark leavers; return how many changed.

    Members whom the catalog does not know are left alone: they are remembered when they first decide something.
    """
    by_id = {member.id: member for member in members if not member.is_bot}
    by_email = {member.email: member for member in by_id.values() if member.email}
    async with deps.database.transaction() as session:
        rows = (await session.execute(select(Person))).scalars().all()
        taken = {row.slack_id for row in rows if row.slack_id}
        changed = []
        for row in rows:
            member = by_id.get(row.slack_id or "") or by_email.get(row.email or "")
            if member is None or (row.slack_id is None and member.id in taken):
                continue
            wanted = (member.id, row.name or member.name, row.timezone or member.timezone, member.is_active)
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


async def _remember(session: AsyncSession, deps: Deps, user: SlackUser) -> int:
    matches = or_(col(Person.slack_id) == user.id, col(Person.email) == (user.email or None))
    row = (await session.execute(select(Person).where(matches).order_by(col(Person.slack_id).is_(None)))).scalar()
    if row is None:
        row = Person(name=user.name, slack_id=user.id, email=user.email or None)
        session.add(row)
    elif row.slack_id is None:
        row.slack_id = user.id
    row.timezone = row.timezone or user.timezone
    row.is_active = user.is_active
    row.revision = await next_revision(session)
    await session.flush()
    await audit(session, at=deps.clock.now(), actor="baton", action="people.identify", subject=f"person:{row.id}")
    assert row.id is not None  # noqa: S101 - the flush has just given it
    return row.id
