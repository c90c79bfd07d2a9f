"""What each Slack account is to the workspace, in memory: the door asks for every payload."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col

from bot.domain.trust import Standing
from bot.errors import StoreError
from bot.ports import Slack, SlackUser
from bot.services.deps import Deps
from bot.store.inserts import insert_into
from bot.store.tables import SlackMember, core

log = logging.getLogger(__name__)

#: A standing that was not seen again for so long is asked for anew: Slack is read whole every hour.
_LASTS = timedelta(days=7)


class Members:
    """The standings of accounts; kept in the store, so that Slack's absence at the start locks nobody out."""

    def __init__(self, deps: Deps, slack: Slack) -> None:
        self._deps, self._slack = deps, slack
        self._standings: dict[str, Standing] = {}

    def standing(self, slack_id: str) -> Standing | None:
        """Return what an account is; None for one that nobody has asked about yet."""
        return self._standings.get(slack_id)

    async def load(self) -> None:
        """Read what the store knows and is not too old."""
        since = self._deps.clock.now() - _LASTS
        async with self._deps.database.reading() as session:
            rows = await session.execute(
                select(col(SlackMember.slack_id), col(SlackMember.standing)).where(col(SlackMember.seen_at) > since)
            )
            self._standings |= {slack_id: Standing(standing) for slack_id, standing in rows}

    async def learn(self, slack_id: str) -> Standing:
        """Ask Slack what an account is, and keep it. Raises SlackError when Slack does not say."""
        user = await self._slack.user(slack_id)
        try:
            await self.put([user])
        except (StoreError, SQLAlchemyError) as error:
            # Memory has it; a store in trouble keeps nobody waiting for an answer.
            log.warning("what an account is could not be stored: %s", type(error).__name__)
        return self._standings[slack_id]

    async def put(self, users: Iterable[SlackUser]) -> None:
        """Keep what Slack says of these accounts."""
        standings = {user.id: standing_of(user) for user in users}
        self._standings |= standings
        if not standings:
            return
        now, table = self._deps.clock.now(), core(SlackMember)
        rows = [{"slack_id": key, "standing": each.value, "seen_at": now} for key, each in standings.items()]
        async with self._deps.database.transaction() as session:
            insert = insert_into(table, session.get_bind().dialect.name)
            changed = {"standing": insert.excluded.standing, "seen_at": insert.excluded.seen_at}
            await session.execute(insert.on_conflict_do_update(index_elements=["slack_id"], set_=changed), rows)


def standing_of(user: SlackUser) -> Standing:
    """Return what an account is."""
    if user.is_stranger:
        return Standing.STRANGER
    if not user.is_active:
        return Standing.GONE
    if user.is_bot:
        return Standing.BOT
    return Standing.GUEST if user.is_guest else Standing.MEMBER
