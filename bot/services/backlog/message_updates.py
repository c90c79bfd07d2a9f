"""The messages in which Baton came back to a request: once what they ask is settled, they ask no more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from bot.blocks import backlog as blocks
from bot.blocks.text import Rendered
from bot.domain.backlog.follow_ups import UNCONFIRMED_FOR, FollowUpKind, key_of
from bot.domain.recipients import Recipient, owner_key
from bot.services import daily_limit, devops_team, outbox
from bot.services.backlog import follow_ups
from bot.services.backlog._cards import RequestAct
from bot.services.backlog._demands import demands_of
from bot.services.backlog._loaded import loaded
from bot.store import tables

_PREFIX = "backlog.follow_up"
_UNSENT = ("failed", "dropped")
#: How long ago a message was written at most whose lines are kept true: as long as a line may be said again.
_LINES_FOR = UNCONFIRMED_FOR + timedelta(weeks=1)
_Bodies = Mapping[str, Any]


async def redraw_answered(act: RequestAct) -> None:
    """Let what asks nothing any more say how the request stands: the messages about it, and its lines in others.

    So do the lines about the requests that are part of it, and about the one that it is part of.
    """
    await act.session.flush()
    alone, others = await _about_it_alone(act), await _with_lines(act)
    if not alone and not others:
        return
    its = await follow_ups.found(act.session, act.deps, act.snapshot, act.rows)
    unanswered, saved = await _savings(act)
    asked = {":".join(each.key) for each in its} | unanswered
    for key in sorted(alone):
        if key.removeprefix(f"{_PREFIX}:") not in asked:
            message = Rendered(alone[key]["text"], alone[key].get("blocks", ()))
            settled = blocks.answered(message, key.split(":")[1], await act.load())
            if settled is not None:
                await act.revise(key, settled)
    named = set[int]().union(*others.values()) & act.rows.keys()
    cards = {each: await loaded(act.session, act.snapshot, act.rows[each], now=act.now) for each in named}
    await outbox.redraw(
        act.session, others, lambda _, message: blocks.lines_redrawn(message, cards, asked, saved), at=act.now
    )


async def _about_it_alone(act: RequestAct) -> _Bodies:
    """Return the messages about the request that came by themselves, by their keys."""
    table = tables.OutboxMessage
    # The number may also be minutes of the time in the key, so the key is looked at once more.
    theirs = col(table.key).like(f"{_PREFIX}:%:{act.subject_id}:%") & col(table.state).not_in(_UNSENT)
    found = await act.session.execute(select(col(table.key), col(table.body)).where(theirs))
    return {key: body for key, body in found if key.split(":")[2] == str(act.subject_id)}


async def _with_lines(act: RequestAct) -> Mapping[str, set[int]]:
    """Return the keys of the messages with lines about the request or its family, and which requests each names."""
    table, team = tables.OutboxMessage, devops_team.find(act.deps, act.snapshot)
    demands = await demands_of(act.session, *act.rows)
    teams = {each.team_id for each in act.rows.values()} | {each.team_id for each in demands}
    people = {each for row in act.rows.values() for each in (row.asked_by, row.filed_by)}
    people |= {each.person_id for each in demands}
    told = {
        Recipient(team).key,
        *(owner_key(each, None) for each in teams),
        *(owner_key(None, each) for each in people),
    }
    keys = await daily_limit.keys_since(act.session, told, (act.now - _LINES_FOR).date())
    found = await act.session.execute(select(col(table.key), col(table.body)).where(col(table.key).in_(keys)))
    named = {key: blocks.named_in(Rendered(body["text"], body.get("blocks", ()))) for key, body in found}
    return {key: numbers for key, numbers in named.items() if numbers & act.rows.keys()}


async def _savings(act: RequestAct) -> tuple[set[str], Mapping[str, float]]:
    """Return the keys of what is asked about savings and has no answer, and the hours of what has, by the same keys."""
    table, unanswered, saved = tables.RequestSaving, set[str](), dict[str, float]()
    for row in (await act.session.execute(select(table).where(col(table.request_id).in_(act.rows)))).scalars():
        delivered = act.rows[row.request_id].delivered_at or act.now
        since = delivered.date() + timedelta(row.day)
        key = ":".join(key_of(FollowUpKind.SAVING, row.request_id, since, team_id=row.team_id, days=row.day))
        if row.hours_a_month is None:
            unanswered.add(key)
        else:
            saved[key] = row.hours_a_month
    return unanswered, saved
