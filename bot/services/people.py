"""Who is who: Slack's members and the catalog's people, matched by Slack id or e-mail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.errors import SlackUnreachableError, UserError
from bot.ports import Slack, SlackUser
from bot.services import inbound
from bot.services.deps import Deps
from bot.store.journal import audit, next_revision
from bot.store.tables import Person

#: Accounts that are asked for one by one for each part of Slack's list; what is left over comes an hour later.
_MOST_ASKED = 20


async def identify(deps: Deps, slack: Slack, slack_id: str) -> int:
    """Return the id of the person with this Slack id, remembering them when they are new.

    Somebody whom the catalog knows by e-mail, and who has no Slack id yet, is that person from now on.
    Whoever decides something is identified first, so this is where a guest, or an interaction that comes a second
    time, ends. It waits for Slack only as long as what was decided can still be saved before it is acknowledged.
    Raises UserError when Slack does not say who it is, SlackError when it knows nobody, else as
    `inbound.begin_decision`.
    """
    await inbound.begin_decision(deps)
    try:
        return await meet(deps, slack, slack_id, seconds=inbound.seconds_to_wait())
    except SlackUnreachableError as error:
        raise UserError(
            "Slack does not say who people are just now, so nothing was saved. Try again in a minute."
        ) from error


async def meet(deps: Deps, slack: Slack, slack_id: str, *, seconds: float | None = None) -> int:
    """Return the id of the person with this Slack id, remembering them when they are new, as nobody's decision.

    Raises SlackError when Slack knows nobody, or does not say so within `seconds`.
    """
    async with deps.database.reading() as session:
        known = (await session.execute(select(col(Person.id)).where(col(Person.slack_id) == slack_id))).scalar()
    if known is not None:
        return known
    user = await deps.profiles.get(slack, slack_id, seconds=seconds)
    async with deps.database.transaction(is_aside=True) as session:
        return await _remember(session, deps, user)


async def accounts_to_ask(deps: Deps, members: Sequence[SlackUser]) -> list[str]:
    """Return the Slack ids of other parts that people have whose address one of these members has, up to a bound.

    Only Slack can say whether such an id is that person's: `sync_members` takes what it says as `others`.
    """
    ids = {member.id for member in members}
    active = {member.email: member.id for member in _by_email(members).values() if member.is_active}
    async with deps.database.reading() as session:
        query = select(col(Person.slack_id)).where(col(Person.email).in_(active), col(Person.slack_id).is_not(None))
        found = (await session.execute(query.order_by(col(Person.id)))).scalars().all()
    return [slack_id for slack_id in found if slack_id and slack_id not in ids][:_MOST_ASKED]


async def sync_members(deps: Deps, members: Sequence[SlackUser], *, others: Sequence[SlackUser] = ()) -> int:
    """Give the catalog's people the Slack ids of these members, and mark leavers; return how many changed.

    Members whom the catalog does not know are left alone: they are remembered when they first decide something.
    Those of a large workspace come in parts. Somebody who came back has two accounts with one address, maybe in
    different parts, so a deactivated account marks whom its address names as gone and leaves the Slack id to another.
    `others` are accounts of other parts, as `accounts_to_ask` names them.
    """
    by_id, by_email = _by_id([*others, *members]), _by_email(members)
    async with deps.database.transaction() as session:
        meant = col(Person.slack_id).in_(by_id) | col(Person.email).in_(by_email)
        rows = (await session.execute(select(Person).where(meant))).scalars().all()
        changed = {row.id: row for row in _mistaken(rows, by_id, by_email)}
        for row in changed.values():
            row.slack_id = None
        await session.flush()  # an id that one of them gives up may be another's
        taken = {row.slack_id for row in rows if row.slack_id}
        for row in rows:
            member = by_id.get(row.slack_id) if row.slack_id else by_email.get(row.email or "")
            if member is None or (not row.slack_id and member.id in taken):
                continue
            slack_id = member.id if member.is_active else row.slack_id
            wanted = (slack_id, row.name or member.name, row.timezone or member.timezone, not member.is_active)
            if (row.slack_id, row.name, row.timezone, row.is_deactivated) != wanted:
                row.slack_id, row.name, row.timezone, row.is_deactivated = wanted
                row.is_active = not (row.has_left or row.is_deactivated)
                changed[row.id] = row
        if changed:
            revision = await next_revision(session)
            for row in changed.values():
                row.revision = revision
            await audit(
                session,
                deps.clock.now(),
                "baton",
                "people.sync",
                "people",
                {"people": [row.id for row in changed.values()]},
            )
    return len(changed)


def _by_id(members: Sequence[SlackUser]) -> dict[str, SlackUser]:
    return {member.id: member for member in members if not member.is_bot}


def _by_email(members: Sequence[SlackUser]) -> dict[str, SlackUser]:
    """Return whom an address names; of two accounts with one address the active one counts."""
    ordered = sorted(_by_id(members).values(), key=lambda member: member.is_active)
    return {member.email: member for member in ordered if member.email and _is_ours(member)}


def _mistaken(
    rows: Sequence[Person], by_id: Mapping[str, SlackUser], by_email: Mapping[str, SlackUser]
) -> list[Person]:
    """Return the people to whom a file gave an account that has another address, while Slack says whose theirs is.

    Somebody whose own account is another's, and rightly, is not among them.
    """
    named: dict[int, str] = {}
    for row in rows:
        known, meant = by_id.get(row.slack_id or ""), by_email.get(row.email or "")
        if known is None or meant is None or not meant.is_active:
            continue
        if known.email and known.email != row.email:
            named[row.id] = meant.id
    for _ in rows:  # one who keeps an account may keep another from theirs
        taken = {row.slack_id for row in rows if row.id not in named}
        left = {number: slack_id for number, slack_id in named.items() if slack_id not in taken}
        if len(left) == len(named):
            break
        named = left
    return [row for row in rows if row.id in named]


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
    row.is_deactivated = not user.is_active
    row.is_active = not (row.has_left or row.is_deactivated)
    row.revision = revision
    await session.flush()
    await audit(session, deps.clock.now(), "baton", "people.identify", f"person:{row.id}")
    return row.id


async def _find(session: AsyncSession, condition: ColumnElement[bool]) -> Person | None:
    return (await session.execute(select(Person).where(condition))).scalar_one_or_none()
