"""What the people of a channel set for it: how much Baton says there about requests."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields, replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.domain import rights
from bot.domain.backlog.channels import ChannelPosts, ChannelSettings
from bot.domain.rights import Actor, Holders, Right
from bot.services import actors
from bot.services.actors import Decider
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot
from bot.store import tables
from bot.store.inserts import add_once
from bot.store.journal import audit

_TABLE = tables.ChannelSetting


@dataclass(frozen=True, slots=True)
class ChannelView:
    """A channel's settings as somebody sees them. `refusal` says why they may not change them, empty where they may."""

    channel_id: str
    settings: ChannelSettings
    refusal: str


async def look_up(deps: Deps, snapshot: Snapshot, *, channel_id: str, slack_id: str) -> ChannelView:
    """Return what is set for a channel, and whether the account with this Slack id may change it."""
    person = snapshot.person_by_slack_id(slack_id)
    async with deps.database.reading() as session:
        actor = await actors.account(session, deps.catalog_admins, slack_id)
        actor = replace(actor, person_id=person.id if person is not None else None)
        held = await _holders(session, snapshot, channel_id)
        settings = _settings(await session.get(_TABLE, channel_id))
    return ChannelView(channel_id, settings, rights.why_not(actor, Right.CHANNEL, held))


async def change(deps: Deps, snapshot: Snapshot, *, channel_id: str, by: Decider, new: ChannelSettings) -> None:
    """Set how much is said in a channel. Raises NotAllowedError unless its team's people, or a catalog admin, do so."""
    now = deps.clock.now()
    async with deps.database.transaction() as session:
        actor: Actor = await actors.person_or_admin(session, deps, by)
        rights.require(actor, Right.CHANNEL, await _holders(session, snapshot, channel_id))
        await add_once(session, _TABLE, channel_id=channel_id)
        query = select(_TABLE).where(col(_TABLE.channel_id) == channel_id).with_for_update()
        row = (await session.execute(query)).scalar_one()
        before = _settings(row)
        if new == before:
            return
        row.only_card = new.posts is ChannelPosts.CARD
        row.emoji_since = (row.emoji_since or now) if new.has_emoji else None
        names = [each.name for each in fields(new) if getattr(new, each.name) != getattr(before, each.name)]
        changed = {name: [getattr(before, name), getattr(new, name)] for name in names}
        await audit(session, now, by.person_id, "backlog.channel", f"channel:{channel_id}", changed)


async def with_card_alone(session: AsyncSession, channel_ids: Collection[str]) -> set[str]:
    """Return those of these channels into whose threads nothing but the card is posted."""
    wanted = col(_TABLE.channel_id).in_(channel_ids) & col(_TABLE.only_card).is_(True)
    return set((await session.execute(select(col(_TABLE.channel_id)).where(wanted))).scalars())


async def _holders(session: AsyncSession, snapshot: Snapshot, channel_id: str) -> Holders:
    """Return the teams whose channel this is."""
    return await actors.holders(session, [each.id for each in snapshot.teams_in(channel_id)])


def _settings(row: tables.ChannelSetting | None) -> ChannelSettings:
    if row is None:
        return ChannelSettings()
    return ChannelSettings(ChannelPosts.CARD if row.only_card else ChannelPosts.USUAL, row.emoji_since is not None)
