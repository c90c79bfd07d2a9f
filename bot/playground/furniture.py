"""Fills the simulated workspace: the catalog's people, a channel for each team, threads to look at."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlmodel import col

from bot.blocks.text import is_channel_id
from bot.domain.catalog import Role
from bot.playground.fake_slack import FakeSlack
from bot.playground.page_state import Suggestion
from bot.playground.records import PostedMessage
from bot.store import tables
from bot.store.db import Database

_GENERAL, _GENERAL_ID, _THREADS_ID = "general", "C00000000", "C99999999"
#: The person to play if the catalog has nobody with an address.
_VISITOR = "visitor"
_GUEST, _GUEST_ID = "guest", "U99999999"
#: How many assets are considered as examples, the form of names that are easy to type, and from which length on they
#: can be mistyped.
_CONSIDERED, _PLAIN, _LONG = 200, re.compile(r"[A-Za-z][\w .-]{2,40}"), 8


async def furnish(slack: FakeSlack, database: Database, *, also: Sequence[str] = ()) -> None:
    """Add the catalog's people and a channel for each team to the workspace. Ids stay the same at every start.

    `also` are channels from the settings; everybody is in them.
    """
    async with database.reading() as session:
        people = (await session.execute(select(tables.Person).order_by(col(tables.Person.id)))).scalars().all()
        teams = (await session.execute(select(tables.Team).order_by(col(tables.Team.id)))).scalars().all()
        members = (await session.execute(select(tables.Membership))).scalars().all()
    ids = _add_people(slack, people)
    slack.add_channel(_GENERAL, members=ids.values(), bot_is_member=True, topic="Everybody", channel_id=_GENERAL_ID)
    for team in teams:
        name = team.channel.removeprefix("#")
        if not name or any(channel.name == name for channel in slack.workspace.channels.values()):
            continue
        inside = [ids[m.person_id] for m in members if m.team_id == team.id and m.person_id in ids]
        slack.add_channel(name, members=inside, bot_is_member=True, topic=team.name, channel_id=f"C{team.id:08d}")
    for number, name in enumerate(dict.fromkeys(each.removeprefix("#") for each in also if each)):
        if not any(name in (channel.name, channel.id) for channel in slack.workspace.channels.values()):
            slack.add_channel(
                name.lower(),
                members=ids.values(),
                bot_is_member=True,
                topic="Named by a setting",
                channel_id=name if is_channel_id(name) else f"C8{number:07d}",
            )


def add_guest(slack: FakeSlack) -> None:
    """Add a guest, who is in no team and only in channels for everybody, to show what guests see."""
    guest = slack.add_user(_GUEST, real_name="Zuri Lang (guest)", standing="guest", user_id=_GUEST_ID)
    slack.workspace.channel(_GENERAL_ID).members.add(guest.id)


async def things_to_try(database: Database) -> tuple[Suggestion, ...]:
    """Return questions about the current catalog: by name, in words, with a typo, about a team."""
    asset, fact = tables.Asset, tables.Ownership
    owned = select(col(fact.asset_id)).where(col(fact.valid_to).is_(None), col(fact.role) == Role.OWNER.value)
    names = (
        select(col(asset.name))
        .where(col(asset.gone_at).is_(None), col(asset.rule_pattern).is_(None), col(asset.id).in_(owned))
        .order_by(col(asset.tier).is_(None), col(asset.tier), col(asset.id))
        .limit(_CONSIDERED)
    )
    holding = select(col(fact.team_id)).where(col(fact.valid_to).is_(None), col(fact.team_id).is_not(None))
    teams = select(col(tables.Team.name)).where(col(tables.Team.id).in_(holding)).order_by(col(tables.Team.id)).limit(1)
    async with database.reading() as session:
        found = [name for name in (await session.execute(names)).scalars() if _PLAIN.fullmatch(name)]
        team = (await session.execute(teams)).scalar()
    tries = []
    if found:
        tries.append(Suggestion(f"/whoowns {found[0]}", "one of yours, by its name"))
        tries.append(Suggestion(f"/whoowns who looks after {found[1 % len(found)]}?", "plain words will do"))
    if long := next((name for name in reversed(found) if len(name) >= _LONG), ""):
        half = len(long) // 2
        slip = f"{long[:half]}{long[half + 1 :]}"
        tries.append(Suggestion(f"/whoowns {slip}", "a letter is missing: it says what it understood"))
    if team:
        tries.append(Suggestion(f"/baton team {team}", "what a team owns, and what needs attention"))
    return (*tries, Suggestion("/baton help", "how to begin with each command"))


def read_threads(file: Path) -> dict[str, Any]:
    """Return a channel, its topic and its threads from a file of the demo."""
    said: dict[str, Any] = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return said


async def hold_threads(slack: FakeSlack, database: Database, said: Mapping[str, Any]) -> PostedMessage:
    """Post threads to a channel that everybody is in, and return the first message of the one in the tour.

    Each line is posted by somebody of the team that it names, in turn.
    """
    speakers = await _speakers(database, slack)
    everybody = [user.id for user in slack.workspace.users.values() if not user.is_bot and not user.deleted]
    channel = slack.add_channel(
        said["channel"], members=everybody, bot_is_member=True, topic=said["topic"], channel_id=_THREADS_ID
    )
    turn, toured = 0, None
    for thread in said["threads"]:
        first = await slack.post(_speaker(speakers, thread["by"], turn), channel.id, thread["text"])
        for reply in thread.get("replies", ()):
            turn += 1
            await slack.post(_speaker(speakers, reply["by"], turn), channel.id, reply["text"], thread_ts=first.ts)
        turn += 1
        toured = first if thread.get("is-toured") else toured
    if toured is None:
        raise ValueError("one thread has to be toured")
    return toured


def _add_people(slack: FakeSlack, people: Sequence[tables.Person]) -> dict[int, str]:
    ids: dict[int, str] = {}
    for person in people:
        if not person.email:
            continue
        handle = person.handle or person.email.split("@", 1)[0]
        user = slack.add_user(
            handle,
            real_name=person.name or handle,
            email=person.email,
            tz=person.timezone or "Europe/London",
            deleted=not person.is_active,
            user_id=person.slack_id or f"U{person.id:08d}",
        )
        ids[person.id] = user.id
    if all(slack.workspace.users[user_id].deleted for user_id in ids.values()):
        visitor = slack.add_user(_VISITOR, real_name="You, a visitor", email="visitor@playground.example")
        ids[0] = visitor.id
    return ids


async def _speakers(database: Database, slack: FakeSlack) -> dict[str, list[str]]:
    """Return the Slack ids of each team's people who are still there, by the team's folded name."""
    async with database.reading() as session:
        rows = await session.execute(
            select(col(tables.Team.folded), col(tables.Person.email))
            .join(tables.Membership, col(tables.Membership.team_id) == col(tables.Team.id))
            .join(tables.Person, col(tables.Person.id) == col(tables.Membership.person_id))
            .order_by(col(tables.Person.id))
        )
        found: dict[str, list[str]] = {}
        by_email = {user.email: user for user in slack.workspace.users.values() if not user.deleted}
        for folded, email in rows:
            if email in by_email:
                found.setdefault(folded, []).append(by_email[email].id)
    return found


def _speaker(speakers: Mapping[str, list[str]], team: str, turn: int) -> str:
    return speakers[team][turn % len(speakers[team])]
