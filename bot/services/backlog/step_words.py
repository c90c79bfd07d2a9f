"""What was said with the steps of a request: its questions, answers, reasons and links, all of them and in order.

The audit log has who said it, when, and with which step. The words are in a table of their own, because nothing can be
deleted from the audit log.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from bot.domain.backlog.requests import Said, Step
from bot.domain.backlog.tracker_issues import TRACKER_WORDS
from bot.services.backlog._cards import RequestAct
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot
from bot.store import tables


def keep(act: RequestAct, entry_id: int, words: str, link: str = "") -> None:
    """Keep what was said with a step, by its entry of the audit log; nothing where nothing was said."""
    if words or link:
        row = tables.RequestWords(entry_id=entry_id, request_id=act.subject_id, words=words, link=link)
        act.session.add(row)


async def last_link(act: RequestAct, *steps: Step) -> str:
    """Return the link that was given last with one of these steps; empty for none."""
    table, entry = tables.RequestWords, tables.AuditEntry
    query = select(col(table.link)).join(entry, col(entry.id) == col(table.entry_id))
    query = query.where(col(table.request_id) == act.subject_id, col(table.link) != "")
    query = query.where(col(entry.action).in_([f"{act.prefix}.{each.value}" for each in steps]))
    query = query.order_by(col(entry.id).desc()).limit(1)
    return (await act.session.execute(query)).scalar_one_or_none() or ""


async def done_at(act: RequestAct, step: Step) -> datetime | None:
    """Return when what is done of a request that a step sends back was delivered: what is taken back never was."""
    if step is not Step.RESUME:
        return act.row.delivered_at
    entry, steps = tables.AuditEntry, (Step.DELIVER_PART, Step.NOT_YET)
    query = select(col(entry.at)).where(col(entry.subject) == f"request:{act.subject_id}")
    query = query.where(col(entry.action).in_([f"{act.prefix}.{each.value}" for each in steps]))
    last = (await act.session.execute(query.order_by(col(entry.id).desc()).limit(1))).scalar_one_or_none()
    return last or act.row.delivered_at


async def of_request(deps: Deps, snapshot: Snapshot, request_id: int) -> Sequence[Said]:
    """Return all that was said with the steps of one request, the first thing first.

    It says nothing of who may read it: whoever shows it has asked that of the request itself.
    """
    table, entry = tables.RequestWords, tables.AuditEntry
    query = select(table, entry).join(entry, col(entry.id) == col(table.entry_id))
    query = query.where(col(table.request_id) == request_id).order_by(col(entry.id))
    async with deps.database.reading() as session:
        return [
            Said(each.at, _name(snapshot, each.actor), each.action.removeprefix("backlog."), row.words, row.link)
            for row, each in await session.execute(query)
        ]


def _name(snapshot: Snapshot, actor: str) -> str:
    kind, _, who = actor.partition(":")
    if kind == "tracker":
        return TRACKER_WORDS.get(who, "")
    person = snapshot.person(int(who)) if kind == "person" else None
    return person.name if person is not None else ""
