"""What each Slack account is to the workspace, in memory: the door asks for every payload."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import timedelta

from sqlalchemy import select
from sqlmodel import col

from bot.domain.trust import AccountStanding
from bot.ports import Slack, SlackUser
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot
from bot.store.inserts import insert_into
from bot.store.tables import SlackMember, core

#: A standing that was not seen again for so long is asked for anew: Slack is read whole every hour.
_LASTS = timedelta(days=7)


class Members:
    """The standings of accounts; kept in the store, so that Slack's absence at the start locks nobody out."""

    def __init__(self, deps: Deps, slack: Slack, snapshot: Snapshot) -> None:
        self._deps, self._slack, self._snapshot = deps, slack, snapshot
        #: What an account is; None for one that nobody has asked about yet.
        self.standing: Callable[[str], AccountStanding | None] = snapshot.standing
        #: Those that were asked about one by one since accounts were last stored.
        self._unstored: dict[str, AccountStanding] = {}

    async def load(self) -> None:
        """Read what the store knows and is not too old."""
        self._snapshot.put_standings(await stored(self._deps))

    async def learn(self, slack_id: str, *, seconds: float | None = None) -> AccountStanding:
        """Ask Slack what an account is. Raises SlackError when Slack does not say, or not within `seconds`.

        Somebody waits for the answer and the store may be busy, so it is stored with the next page of accounts.
        """
        user = await self._deps.profiles.get(self._slack, slack_id, seconds=seconds)
        standing = standing_of(user)
        self._snapshot.put_zones({slack_id: user.timezone})
        self._unstored[slack_id] = standing
        self._snapshot.put_standings({slack_id: standing})
        return standing

    async def put_page(self, users: Collection[SlackUser]) -> None:
        """Keep what Slack says of these accounts, and store it with what was learned meanwhile."""
        standings = {user.id: standing_of(user) for user in users}
        self._snapshot.put_standings(standings)
        self._snapshot.put_zones({user.id: user.timezone for user in users})
        for user in users:
            if user.is_active:
                self._deps.refusals.listed(user.id)
        standings = self._unstored | standings
        if not standings:
            return
        now, table = self._deps.clock.now(), core(SlackMember)
        rows = [{"slack_id": key, "standing": each.value, "seen_at": now} for key, each in standings.items()]
        async with self._deps.database.transaction() as session:
            insert = insert_into(table, session.get_bind().dialect.name)
            changed = {"standing": insert.excluded.standing, "seen_at": insert.excluded.seen_at}
            await session.execute(insert.on_conflict_do_update(index_elements=["slack_id"], set_=changed), rows)
        for slack_id in standings:
            self._unstored.pop(slack_id, None)


async def stored(deps: Deps) -> dict[str, AccountStanding]:
    """Return the standings in the store that are not too old, by Slack id."""
    since = deps.clock.now() - _LASTS
    async with deps.database.reading() as session:
        rows = await session.execute(
            select(col(SlackMember.slack_id), col(SlackMember.standing)).where(col(SlackMember.seen_at) > since)
        )
        return {slack_id: AccountStanding(standing) for slack_id, standing in rows}


def standing_of(user: SlackUser) -> AccountStanding:
    """Return what an account is."""
    if user.is_stranger:
        return AccountStanding.STRANGER
    if not user.is_active:
        return AccountStanding.GONE
    if user.is_bot:
        return AccountStanding.BOT
    return AccountStanding.GUEST if user.is_guest else AccountStanding.MEMBER
