"""Those who have joined a request for another team: who they are, and what is said to them and in their threads."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from bot.blocks import backlog as blocks
from bot.blocks.request_button import OpenValue
from bot.blocks.text import Rendered
from bot.domain.backlog.new_request import thread_of
from bot.services import outbox, routing
from bot.services.backlog import channels
from bot.services.backlog._cards import RequestAct, joined_key
from bot.services.backlog._demands import demands_of
from bot.store import tables


async def joined(act: RequestAct) -> list[int]:
    """Return who has joined the request for another team."""
    demands = await demands_of(act.session, act.subject_id)
    others = {each.person_id for each in demands if each.team_id is None or each.team_id != act.row.team_id}
    return sorted(others - {act.row.asked_by, act.row.filed_by})


async def threads_of(act: RequestAct, people: Collection[int]) -> list[str]:
    """Return the threads from which these people, or others of their teams, have joined the request, by their keys."""
    teams = [team for each in people for team in act.snapshot.teams_of(each)]
    theirs = {*people, *(member for team in teams for member in team.member_ids)}
    table = tables.RequestJoin
    wanted = (col(table.request_id) == act.subject_id) & col(table.person_id).in_(theirs)
    return list((await act.session.execute(select(col(table.source_key)).where(wanted))).scalars())


async def told_in_threads(act: RequestAct, *, by_card: bool = False) -> dict[str, list[int]]:
    """Return the threads that have joined the request and show its card, each with those who hear of it there.

    These are whoever has joined it from there, and whoever it is for: since then they follow the request. Threads whose
    channel wants the card alone are among them only for what that tells, with `by_card`.
    """
    join, follower = tables.RequestJoin, tables.RequestFollower
    found = select(col(join.source_key), col(follower.person_id)).outerjoin(
        follower,
        (col(follower.request_id) == col(join.request_id)) & (col(follower.source_key) == col(join.source_key)),
    )
    told: dict[str, list[int]] = {}
    found_rows: Any = await act.session.execute(found.where(col(join.request_id) == act.subject_id))
    rows = [(source_key, thread_of(source_key)[0], person_id) for source_key, person_id in found_rows]
    quiet = set() if by_card else await channels.with_card_alone(act.session, {channel for _, channel, _ in rows})
    for source_key, channel, person_id in rows:
        shown = await outbox.destination(act.session, joined_key(act.subject_id, source_key))
        if channel and channel not in quiet and shown is not None and not shown.is_lost and shown.channel == channel:
            told.setdefault(source_key, []).extend([person_id] if person_id else [])
    return told


async def post(act: RequestAct, key: str, render: Callable[[OpenValue, Sequence[str]], Rendered]) -> None:
    """Post something below the request's card in each thread that has joined it.

    `render` is given the thread's own button, and whom it calls, by their Slack ids.
    """
    for source_key, people in (await told_in_threads(act)).items():
        channel, ts = thread_of(source_key)
        called = [routing.slack_id_of(act.snapshot.person(each)) for each in people if each != act.person_id]
        message = render(OpenValue(channel, ts), called)
        await outbox.enqueue(
            act.session, key=f"{key}:{source_key}", channel=channel, message=message, at=act.now, thread_ts=ts
        )


async def tell_ended(act: RequestAct, key: str) -> None:
    """Tell those who have joined that its own team needs it no longer, or that it was none: they can open theirs."""
    await post(act, key, lambda value, called: blocks.withdrawn(act.card, value, called))
    value = OpenValue(asset_id=act.row.asset_id)
    told = {each for people in (await told_in_threads(act)).values() for each in people}
    for person_id in set(await joined(act)) - told:
        if slack_id := routing.slack_id_of(act.snapshot.person(person_id)):
            message = blocks.withdrawn(act.card, value)
            await outbox.enqueue(act.session, key=f"{key}:{person_id}", channel=slack_id, message=message, at=act.now)
