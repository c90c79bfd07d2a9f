"""The messages in which Baton came back to a request: once what they ask is settled, they ask no more."""

from __future__ import annotations

from sqlalchemy import select
from sqlmodel import col

from bot.blocks import backlog as blocks
from bot.blocks.text import Rendered
from bot.domain.backlog.follow_ups import FollowUpKind
from bot.services.backlog import follow_ups
from bot.services.backlog._cards import RequestAct
from bot.store import tables

_PREFIX = "backlog.follow_up"
_UNSENT = ("failed", "dropped")


async def redraw_answered(act: RequestAct) -> None:
    """Take the buttons off the messages about a request that ask nothing any more."""
    table = tables.OutboxMessage
    # The number may also be minutes of the time in the key, so the key is looked at once more.
    theirs = col(table.key).like(f"{_PREFIX}:%:{act.subject_id}:%") & col(table.state).not_in(_UNSENT)
    found = await act.session.execute(select(col(table.key), col(table.body)).where(theirs))
    bodies = {key: body for key, body in found if key.split(":")[2] == str(act.subject_id)}
    if not bodies:
        return
    await act.session.flush()
    its = await follow_ups.found(act.session, act.deps, act.snapshot, [act.subject_id])
    standing = {":".join((_PREFIX, *each.key)) for each in its} | await _unsaid_savings(act, set(bodies))
    card = await act.load()
    for key in sorted(bodies.keys() - standing):
        message = Rendered(bodies[key]["text"], bodies[key].get("blocks", ()))
        settled = blocks.answered(message, key.split(":")[1], card)
        if settled is not None:
            await act.revise(key, settled)


async def _unsaid_savings(act: RequestAct, keys: set[str]) -> set[str]:
    """Return the keys of those messages that ask what a delivery saves, and have no answer."""
    table = tables.RequestSaving
    query = select(table).where(col(table.request_id) == act.subject_id, col(table.answered_at).is_not(None))
    said = {(str(each.team_id), str(each.day)) for each in (await act.session.execute(query)).scalars()}
    asks = {key for key in keys if key.split(":")[1] == FollowUpKind.SAVING.value}
    return {key for key in asks if tuple(key.split(":")[-2:]) not in said}
