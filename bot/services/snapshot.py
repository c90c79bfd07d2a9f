"""The catalog in memory, which answers are given from; it follows the store's revision."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Set
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from bot.domain import id_lists
from bot.domain.directory import Directory
from bot.domain.names import fold
from bot.domain.recipients import NOBODY, Recipient
from bot.domain.records import AssetRecord, OwnershipRecord, PersonRecord, TeamRecord
from bot.domain.trust import AccountStanding
from bot.errors import log_failure
from bot.services.change_log import ChangeLog
from bot.services.slices import Turns
from bot.store import queries
from bot.store.db import Database
from bot.store.journal import lock_catalog

log = logging.getLogger(__name__)

#: How long the same failure goes unsaid while it stays; it is met at every look at the revision.
_LOGGED_AGAIN_SECONDS = 60.0

#: Lets the C library return memory to the system; None where it is another than glibc.
_trim = getattr(ctypes.CDLL(None), "malloc_trim", None)


class Snapshot:
    """Assets with their index, teams and people as of `revision`. One for each process.

    Fits `bot.domain.ownership.CatalogView`. Changes are put in place one record at a time, so whoever asks in between
    sees each asset whole, old or new.
    """

    def __init__(self) -> None:
        self.revision = -1
        self.directory = Directory()
        self.changes = ChangeLog()
        #: How often it has changed when sources were last read.
        self.sources_position = 0
        self._teams: dict[int, TeamRecord] = {}
        self._team_by_name: dict[str, int] = {}
        self._teams_by_person: dict[int, tuple[int, ...]] = {}
        self._teams_by_channel: dict[str, set[int]] = {}
        self._left_by_person: dict[int, tuple[int, ...]] = {}
        self._people: dict[int, PersonRecord] = {}
        self._person_by_slack_id: dict[str, int] = {}
        self._person_by_email: dict[str, int] = {}
        #: People by what they may be called, folded: the whole name, its first word, the address before the `@`. None
        #: until somebody is asked about by name: it takes some memory.
        self._people_by_name: dict[str, list[int]] | None = None
        #: When each source was last read whole.
        self.sources_seen: dict[str, datetime] = {}
        self._channel_ids: Mapping[str, str] = {}
        self._listed_channels: Set[str] | None = None
        self._shared_channels: dict[str, bool] = {}
        self._standings: dict[str, AccountStanding] = {}
        self._zones: dict[str, str] = {}
        #: The channels of teams as the catalog has them: the id that a name means may change.
        self._written_channels: dict[int, str] = {}

    def asset(self, asset_id: int) -> AssetRecord | None:
        """Return the asset, or None when it is gone."""
        return self.directory.assets.get(asset_id)

    def team(self, team_id: int | None) -> TeamRecord | None:
        """Return the team; None for no id, or one that is not there."""
        return self._teams.get(team_id) if team_id is not None else None

    def person(self, person_id: int | None) -> PersonRecord | None:
        """Return the person; None for no id, or one that is not there."""
        return self._people.get(person_id) if person_id is not None else None

    def somebody(self, person_id: int) -> PersonRecord:
        """Return the person; without a name when memory does not know them yet."""
        return self._people.get(person_id) or PersonRecord(id=person_id, name="")

    def recipient(self, key: str) -> Recipient:
        """Return whom a key names, as `Recipient.key` has it; nobody when they are not known any more."""
        kind, _, number = key.partition(":")
        if kind == "team":
            return Recipient(team=self.team(int(number)))
        return Recipient(person=self.person(int(number))) if kind == "person" else NOBODY

    def last_seen(self, fact: OwnershipRecord) -> datetime:
        """Return when the fact's source was last read whole; for a decision, when it was made.

        A fact may be younger: a source is believed again when a loan ends, and nobody has read it that day.
        """
        return fact.valid_from if fact.is_human else self.sources_seen.get(fact.source, fact.valid_from)

    def person_by_slack_id(self, slack_id: str) -> PersonRecord | None:
        """Return the person with this Slack id, or None."""
        return self._people.get(self._person_by_slack_id.get(slack_id, -1))

    def person_by_email(self, email: str) -> PersonRecord | None:
        """Return the person with this e-mail address in any case, or None."""
        return self._people.get(self._person_by_email.get(email.lower(), -1)) if email else None

    def people_called(self, name: str) -> tuple[PersonRecord, ...]:
        """Return the people of this name, by name: those with the whole of it, or else with it as their first name."""
        folded = fold(name)
        found = [self._people[each] for each in self.people_by_name().get(folded, ())]
        whole = [each for each in found if fold(each.name) == folded or each.email.lower() == name.lower()]
        return tuple(sorted(whole or found, key=lambda person: (fold(person.name), person.id)))

    def team_by_name(self, name: str) -> TeamRecord | None:
        """Return the team of this name, alias or former name in any spelling, or None."""
        return self._teams.get(self._team_by_name.get(fold(name), -1))

    def teams(self) -> Iterable[TeamRecord]:
        """Return every team that is not gone."""
        return [team for team in self._teams.values() if not team.is_gone]

    def teams_in(self, channel: str) -> list[TeamRecord]:
        """Return the teams whose own channel this is, by their ids; none that is gone."""
        ids = sorted(self._teams_by_channel.get(self.channel_id(channel).removeprefix("#"), ())) if channel else []
        return [team for team in map(self._teams.__getitem__, ids) if not team.is_gone]

    def teams_of(self, person_id: int) -> tuple[TeamRecord, ...]:
        """Return the teams that a person is a member or the lead of, by name; none that is gone."""
        ids = self._teams_by_person.get(person_id, ())
        found = [team for each in ids if not (team := self._teams[each]).is_gone]
        # Most people are in one, and every answer asks.
        return tuple(found if len(found) < 2 else sorted(found, key=lambda team: fold(team.name)))

    def last_teams_of(self, person_id: int) -> tuple[TeamRecord, ...]:
        """Return the teams that a person is in, or those that they left last, where they are in none any more."""
        if found := self.teams_of(person_id):
            return found
        left = [
            (at, team)
            for team in map(self._teams.__getitem__, self._left_by_person.get(person_id, ()))
            for each, at in team.former_members
            if each == person_id and not team.is_gone
        ]
        last = max((at for at, _ in left), default=None)
        return tuple(sorted((team for at, team in left if at == last), key=lambda team: fold(team.name)))

    def put_people(self, people: Iterable[PersonRecord]) -> None:
        """Add or replace people."""
        for person in people:
            if self._people.get(person.id) != person:
                self.changes.log((False, person.id))
                for team_id in self._teams_by_person.get(person.id, ()):
                    self.changes.log((True, team_id))
            self._forget(self._people.get(person.id))
            self._people[person.id] = person
            if person.slack_id:
                self._person_by_slack_id[person.slack_id] = person.id
            if person.email:
                address = person.email.lower()  # nearly always the same, and then one object is enough
                self._person_by_email[person.email if address == person.email else address] = person.id
            self._call(person)

    def people_by_name(self) -> Mapping[str, Iterable[int]]:
        """Return the ids of people by what they may be called, folded."""
        if self._people_by_name is None:
            self._people_by_name = {}
            for person in self._people.values():
                self._call(person)
        return self._people_by_name

    def _call(self, person: PersonRecord) -> None:
        if self._people_by_name is not None:
            for name in _called(person):
                id_lists.add(self._people_by_name, name, person.id)

    def _forget(self, person: PersonRecord | None) -> None:
        """Let nobody be found any more by what they were known by, unless it is somebody else's by now."""
        if person is None:
            return
        for known, key in ((self._person_by_slack_id, person.slack_id), (self._person_by_email, person.email.lower())):
            if known.get(key) == person.id:
                del known[key]
        if self._people_by_name is not None:
            for name in _called(person):
                id_lists.discard(self._people_by_name, name, person.id)

    def put_teams(self, teams: Iterable[TeamRecord]) -> None:
        """Add or replace teams."""
        for row in teams:
            self._written_channels[row.id] = row.channel
            channel_id = self._channel_ids.get(row.channel.removeprefix("#"))
            team = replace(row, channel=channel_id) if channel_id else row
            before = self._teams.get(team.id)
            if before != team:
                self.changes.log((True, team.id))
                # Whoever leads a team works in its time zone.
                for person_id in {team.lead_id, before.lead_id if before is not None else None}:
                    if person_id is not None:
                        self.changes.log((False, person_id))
            self._put_members(before, team)
            if before is not None:
                self._forget_names(before, team)
                self._teams_by_channel[before.channel.removeprefix("#")].discard(team.id)
            self._teams[team.id] = team
            self._teams_by_channel.setdefault(team.channel.removeprefix("#"), set()).add(team.id)
            for name in (*team.other_names, team.name):
                folded = fold(name)
                held = self._teams.get(self._team_by_name.get(folded, -1))
                if held is None or held.is_gone or not team.is_gone:
                    self._team_by_name[folded] = team.id

    def _forget_names(self, before: TeamRecord, now: TeamRecord) -> None:
        kept = {fold(name) for name in (*now.other_names, now.name)}
        for name in (*before.other_names, before.name):
            folded = fold(name)
            if folded not in kept and self._team_by_name.get(folded) == now.id:
                del self._team_by_name[folded]

    def _put_members(self, before: TeamRecord | None, now: TeamRecord) -> None:
        gone = (set(before.people_ids), {each for each, _ in before.former_members}) if before else (set(), set())
        came = set(now.people_ids), {each for each, _ in now.former_members}
        for known, were, are in zip((self._teams_by_person, self._left_by_person), gone, came, strict=True):
            for person_id in were - are:
                known[person_id] = tuple(each for each in known[person_id] if each != now.id)
            for person_id in are - were:
                known[person_id] = (*known.get(person_id, ()), now.id)

    def put_channels(self, ids: Mapping[str, str], *, is_whole: bool = False) -> None:
        """Let teams whose channel is known by name have its id, so that answers link to it.

        With `is_whole`, and ever after, these are all that Slack lists: any other channel is archived, or closed to
        Baton.
        """
        self._channel_ids = ids
        if is_whole or self._listed_channels is not None:
            self._listed_channels = frozenset(ids.values())
        written = self._written_channels
        self.put_teams([replace(team, channel=written[team.id]) for team in self._teams.values()])

    def add_channels(self, ids: Mapping[str, str]) -> None:
        """Let teams have the ids of these channels as well."""
        self.put_channels({**self._channel_ids, **ids})

    def put_standings(self, standings: Mapping[str, AccountStanding]) -> None:
        """Learn what these accounts, by Slack id, are to the workspace."""
        self._standings.update(standings)

    def standing(self, slack_id: str) -> AccountStanding | None:
        """Return what an account is; None for one that nobody has asked about yet."""
        return self._standings.get(slack_id)

    def put_zones(self, names: Mapping[str, str]) -> None:
        """Learn the names of the time zones of these accounts, by Slack id."""
        self._zones.update(names)

    def zone_name(self, slack_id: str) -> str:
        """Return the time zone that Slack says an account is in; empty where it has not said."""
        return self._zones.get(slack_id, "")

    def put_shared(self, is_shared: Mapping[str, bool]) -> None:
        """Learn in which of these channels, by id, other organisations are."""
        self._shared_channels.update(is_shared)

    def is_shared(self, channel: str) -> bool | None:
        """Whether other organisations are in this channel, given by its id or name; None while Slack has not told."""
        return self._shared_channels.get(self.channel_id(channel))

    @property
    def has_listed_channels(self) -> bool:
        """Whether Slack's list of channels has been read to its end."""
        return self._listed_channels is not None

    def is_open(self, channel: str) -> bool:
        """Whether Slack lists this channel, given by its id or name; True while not all of its list has been read."""
        return self._listed_channels is None or self.channel_id(channel) in self._listed_channels

    def channel_id(self, reference: str) -> str:
        """Return the id of a channel that is named, as it stands when Slack has not told of such a channel."""
        return self._channel_ids.get(reference.removeprefix("#"), reference)

    async def follow_changes(self) -> int:
        """Return the present position in `changes`, which log everything from now on."""
        assets = self.directory.assets
        return await self.changes.start(lambda: filter(None, map(assets.get, tuple(assets))))

    def put_asset(self, asset: AssetRecord) -> None:
        """Add or replace an asset."""
        self.changes.asset(self.asset(asset.id), asset)
        self.directory.replace(asset)

    def remove_asset(self, asset_id: int) -> None:
        """Take out an asset, if it is there."""
        self.changes.asset(self.asset(asset_id), None)
        self.directory.remove(asset_id)

    def put_sources(self, seen: dict[str, datetime]) -> None:
        """Replace what is known of when each source was last read."""
        if seen != self.sources_seen:
            self.sources_position += 1
            self.sources_seen = seen


def _called(person: PersonRecord) -> set[str]:
    """Return what somebody may be called, folded."""
    names = (person.name, (person.name.split() or [""])[0], person.email, person.email.partition("@")[0])
    return {folded for name in names if (folded := fold(name))}


async def refresh(snapshot: Snapshot, database: Database) -> bool:
    """Bring `snapshot` to the store's revision; return whether anything changed.

    Costs one small query when nothing did. Only rows of later revisions are read, in chunks, and the event loop has its
    turn between slices of two milliseconds.
    """
    async with database.connected() as connection:
        return await refresh_over(snapshot, connection)


async def refresh_over(snapshot: Snapshot, connection: AsyncConnection) -> bool:
    """Do what `refresh` does over a connection that is open already.

    A transaction that holds the catalog's lock must use its own connection: those who wait for the lock may hold all
    the others. It must not have changed the catalog yet, because memory would keep what may still be rolled back.
    """
    revision, by_source = await queries.revision_and_sources(connection)
    snapshot.put_sources({s.name: s.last_run_at for s in by_source.values() if s.last_run_at is not None})
    if revision == snapshot.revision:
        return False
    after = snapshot.revision
    snapshot.put_people(await queries.people(connection, after=after))
    snapshot.put_teams(await queries.teams(connection, after=after))
    if after < 0:
        with without_collections():
            chunks = [c async for c in queries.assets(connection, after=after, by_source=by_source)]
            snapshot.directory = Directory.build(asset for chunk in chunks for asset in chunk.present)
            snapshot.changes.restart()
    else:
        turns = Turns()
        async for chunk in queries.assets(connection, after=after, by_source=by_source):
            for asset in chunk.present:
                snapshot.put_asset(asset)
                await turns.give()
            for asset_id in chunk.gone_ids:
                snapshot.remove_asset(asset_id)
                await turns.give()
    snapshot.revision = revision
    return True


@asynccontextmanager
async def deciding(snapshot: Snapshot, database: Database) -> AsyncIterator[AsyncSession]:
    """Open a transaction that holds the catalog's lock, with memory brought up to date behind it.

    So of two decisions at once the second is judged with the first in force.
    """
    async with database.transaction() as session:
        connection = await session.connection()
        await lock_catalog(connection)
        await refresh_over(snapshot, connection)
        yield session


async def follow(
    snapshot: Snapshot, database: Database, changed: Callable[[], Awaitable[object]], *, every_seconds: float
) -> None:
    """Refresh until cancelled, and do what follows from it where something has `changed`.

    A failure is tried again: old answers beat none. One that stays is logged once a minute.
    """
    followed, failed, logged_at = -1, "", 0.0
    while True:
        await asyncio.sleep(every_seconds)
        try:
            await refresh(snapshot, database)
            if (revision := snapshot.revision) != followed:
                await changed()
                followed = revision
            failed = ""
        except Exception as error:  # noqa: BLE001 - old answers beat none
            said, now = repr(error), time.monotonic()
            if said != failed or now - logged_at >= _LOGGED_AGAIN_SECONDS:
                failed, logged_at = said, now
                stays = "the catalog could not be refreshed; answers stay at revision %d"
                log_failure(log, error, stays, snapshot.revision)


@contextmanager
def without_collections() -> Iterator[None]:
    """Keep the garbage collector from going through records that all stay, again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def give_memory_back() -> None:
    """Return to the system what building the index took and left free."""
    if _trim is not None:
        _trim(0)


def settle() -> None:
    """Leave what stays as long as the process out of every later collection, and give back what nobody uses.

    A full collection over the catalog would stop the loop. Not even one is made: records are in no circles.
    """
    give_memory_back()
    gc.freeze()
