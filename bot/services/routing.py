"""Where a message to a team or a person goes, and where it goes when that place cannot be written to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from sqlalchemy.ext.asyncio import AsyncSession

from bot.blocks.text import Rendered
from bot.domain.recipients import NOBODY, Recipient, Told, Via
from bot.domain.records import PersonRecord, TeamRecord
from bot.domain.trust import AccountStanding
from bot.domain.working_time import zone_of
from bot.services import outbox
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot

#: Members of a team who are tried in turn where nobody else can be told.
_MOST_MEMBERS = 3
#: Ways to people who are told in place of the recipient.
_STAND_INS = (Via.PERSON, Via.MEMBER)


def places(deps: Deps, snapshot: Snapshot, recipient: Recipient) -> tuple[str, ...]:
    """Return the places for a recipient, the best first; empty when there is none.

    A team's channel, then its lead, its manager, the platform channel, and the first of its members. A person, then
    the leads and managers of their teams and the platform channel. For nobody, the platform channel. Inactive accounts
    are left out, and of members everybody who is not known to be a full one. A channel that Slack does not list, and a
    place that refused the last message, come after everything else: they are archived, gone, or closed to Baton. A
    channel that other organisations are in is no place, unless an administrator has opened it.
    """
    return tuple(way.place for way in _ways(deps, snapshot, recipient))


async def send(  # noqa: PLR0913 - all but what every use case has by name
    session: AsyncSession,
    deps: Deps,
    snapshot: Snapshot,
    recipient: Recipient,
    *,
    key: str,
    message: Rendered,
    at: datetime,
    asker_id: str = "",
    parent_key: str | None = None,
) -> Told:
    """Put a message into the outbox with all its fall-backs, and return where it goes first, for the receipt.

    `asker_id` is the Slack id of whoever caused it, and reads the receipt: they hear when the message goes elsewhere or
    nowhere, and are nobody's stand-in. With `parent_key` it is a reply to that message, wherever that is. A key that
    was used before adds nothing, unless that message was lost: then it is sent again.
    """
    ways = [way for way in _ways(deps, snapshot, recipient) if way.via not in _STAND_INS or way.place != asker_id]
    root = await outbox.destination(session, parent_key) if parent_key is not None else None
    if root is not None and not root.is_lost:
        ways = [_way_to(root.channel, ways, snapshot), *(way for way in ways if way.place != root.channel)]
    is_team = recipient.team is not None
    if not ways:
        return Told(recipient.name, Via.NOWHERE, is_team)
    goes_to = [way.place for way in ways]
    asker = outbox.Asker(asker_id, recipient.name) if asker_id else None
    is_new = await outbox.enqueue(
        session,
        key=key,
        channel=goes_to[0],
        message=message,
        at=at,
        parent_key=parent_key,
        fallbacks=goes_to[1:],
        asker=asker,
    )
    if not is_new:
        await outbox.ask_again(session, key=key, places=goes_to, message=message, at=at, asker=asker)
    now = await outbox.destination(session, key)
    assert now is not None  # noqa: S101 - it has just been put there
    way = _way_to(now.channel, ways, snapshot)
    return Told(recipient.name, way.via, is_team, way.place, way.person, not now.is_sent)


def takes_messages(snapshot: Snapshot, place: str) -> bool:
    """Whether a channel is open, or somebody's account is active, as far as is known."""
    person = snapshot.person_by_slack_id(place)
    return person.is_active if person is not None else snapshot.is_open(place)


def platform_of(deps: Deps, snapshot: Snapshot) -> str:
    """Return the platform channel; empty when none is set, or other organisations are in it."""
    channel = snapshot.channel_id(deps.platform_channel)
    return "" if is_closed(deps, snapshot, channel) else channel


def platform_team(deps: Deps, snapshot: Snapshot) -> TeamRecord | None:
    """Return the team whose own channel the platform channel is; None where it is a channel of its own."""
    return next(iter(snapshot.teams_in(platform_of(deps, snapshot))), None)


def is_closed(deps: Deps, snapshot: Snapshot, place: str) -> bool:
    """Whether other organisations are in a channel that no administrator has opened."""
    return bool(snapshot.is_shared(place)) and snapshot.channel_id(place) not in deps.open_channels


def lead_of(snapshot: Snapshot, team: TeamRecord) -> PersonRecord | None:
    """Return a team's lead; None for one that has none who is still there."""
    return _active(snapshot, team.lead_id)


def manager_of(snapshot: Snapshot, team: TeamRecord) -> PersonRecord | None:
    """Return who answers for a team above its lead; None for a team that has nobody who is still there."""
    return _active(snapshot, team.manager_id)


def above(snapshot: Snapshot, team: TeamRecord) -> list[PersonRecord]:
    """Return a team's lead and whoever answers for it above, in this order, as far as they are still there."""
    people = map(snapshot.person, (team.lead_id, team.manager_id))
    return [each for each in people if each is not None and each.is_active]


def zone_name_of(deps: Deps, snapshot: Snapshot, recipient: Recipient) -> str:
    """Return the time zone that a recipient works in, else the installation's.

    For a person who leads teams that is the first team's, whatever is said to them; for nobody that of the team whose
    own channel the platform channel is.
    """
    if recipient == NOBODY and (team := platform_team(deps, snapshot)) is not None:
        recipient = Recipient(team=team)
    person = recipient.person
    led = [each for each in snapshot.teams_of(person.id) if each.lead_id == person.id] if person is not None else []
    return (min(led, key=lambda team: team.id).timezone if led else recipient.timezone) or deps.timezone


def today_of(deps: Deps, snapshot: Snapshot, recipient: Recipient) -> date:
    """Return the day that it is where a recipient works."""
    return deps.clock.now().astimezone(zone_of(zone_name_of(deps, snapshot, recipient))).date()


def zone_name_at(deps: Deps, snapshot: Snapshot, slack_id: str) -> str:
    """Return the time zone of an account; that which Slack says where no person of the catalog has it."""
    person = snapshot.person_by_slack_id(slack_id)
    said = snapshot.zone_name(slack_id) if person is None else ""
    return said or zone_name_of(deps, snapshot, Recipient(person=person))


def slack_id_of(person: PersonRecord | None) -> str:
    """Return where a person is written to; empty for somebody whom Slack does not know."""
    return person.slack_id if person is not None and person.is_active else ""


@dataclass(frozen=True, slots=True)
class _Way:
    """A place, how it reaches the recipient, and the name of the person whom it belongs to; empty for a channel."""

    place: str
    via: Via
    person: str = ""


def _ways(deps: Deps, snapshot: Snapshot, recipient: Recipient) -> list[_Way]:
    """Return the ways to a recipient, the best first, each place once."""
    known: list[_Way] = []
    unlisted: list[_Way] = []
    team, person, own = recipient.team, recipient.person, list[_Way]()
    if team is not None:
        own = [_Way(team.channel, Via.OWN), *_people(above(snapshot, team), Via.PERSON)]
    elif person is not None:
        leads = (lead for each in snapshot.last_teams_of(person.id) for lead in above(snapshot, each))
        own = [*_people([person], Via.OWN), *_people(leads, Via.PERSON)]
    platform = _Way(platform_of(deps, snapshot), Via.PLATFORM)
    for way in (*own, platform, *_members(snapshot, team)):
        if is_closed(deps, snapshot, way.place):
            continue
        is_refused = deps.refusals.stands(snapshot.channel_id(way.place), at=deps.clock.now())
        if (way.person or snapshot.is_open(way.place)) and not is_refused:
            known.append(way)
        else:
            unlisted.append(_Way(way.place, Via.UNLISTED, way.person))
    found: dict[str, _Way] = {}
    for way in (*known, *unlisted):
        if way.place:
            found.setdefault(way.place, way)
    return list(found.values())


def _members(snapshot: Snapshot, team: TeamRecord | None) -> Iterator[_Way]:
    """Yield the ways to the first few full members of a team, always the same ones."""
    people = map(snapshot.person, sorted(team.member_ids)) if team is not None else ()
    full = (each for each in people if snapshot.standing(slack_id_of(each)) is AccountStanding.MEMBER)
    return _people(islice(full, _MOST_MEMBERS), Via.MEMBER)


def _people(people: Iterable[PersonRecord | None], via: Via) -> Iterator[_Way]:
    for person in people:
        if person is not None and slack_id_of(person):
            yield _Way(person.slack_id, via, person.name or person.slack_id)


def _way_to(place: str, ways: Iterable[_Way], snapshot: Snapshot) -> _Way:
    """Return the way that a message takes which may have been sent when other ways were known."""
    person = snapshot.person_by_slack_id(place)
    before = _Way(place, Via.OWN) if person is None else _Way(place, Via.PERSON, person.name or place)
    return next((way for way in ways if way.place == place), before)


def _active(snapshot: Snapshot, person_id: int | None) -> PersonRecord | None:
    person = snapshot.person(person_id)
    return person if person is not None and person.is_active else None
