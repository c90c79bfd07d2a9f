"""All that was said of the requests, as data, for an administrator at the command line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from sqlalchemy import select
from sqlmodel import col

from bot.services.backlog._demands import Word, words_of
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot
from bot.store import tables

_Row = TypeVar("_Row")


async def said(deps: Deps, snapshot: Snapshot) -> Mapping[int, dict[str, Any]]:
    """Return what is known of each request beside its card, by its number; days and moments as ISO 8601."""
    request, demand, entry = tables.Request, tables.RequestDemand, tables.AuditEntry
    saving, follower, words = tables.RequestSaving, tables.RequestFollower, tables.RequestWords
    about = col(entry.subject).startswith("request:") & col(entry.action).startswith("backlog.")
    async with deps.database.reading() as session:
        rows = (await session.execute(select(request).order_by(col(request.id)))).scalars().all()
        demands = (await session.execute(select(demand).order_by(col(demand.id)))).scalars().all()
        savings = (await session.execute(select(saving).order_by(col(saving.day), col(saving.team_id)))).scalars().all()
        followers = (await session.execute(select(follower))).scalars().all()
        entries = (await session.execute(select(entry).where(about).order_by(col(entry.id)))).scalars().all()
        said_with = {each.entry_id: each for each in (await session.execute(select(words))).scalars()}
    demands_of = _by(demands, lambda each: each.request_id)
    savings_of = _by(savings, lambda each: each.request_id)
    followers_of = _by(followers, lambda each: each.request_id)
    history_of = _by(entries, lambda each: int(each.subject.partition(":")[2]))
    return {
        row.id: {
            "created_at": row.created_at.isoformat(),
            "responded_at": _iso(row.responded_at),
            "delivered_at": _iso(row.delivered_at),
            "snoozed_until": _iso(row.snoozed_until),
            "details": row.details or None,
            "copied_words": row.copied or None,
            "demands": [_demand(snapshot, each) for each in demands_of[row.id]],
            "savings": [_saving(snapshot, each) for each in savings_of[row.id]],
            "followers": sorted(_person(snapshot, each.person_id) or "" for each in followers_of[row.id]),
            "history": [_entry(snapshot, each, said_with.get(each.id)) for each in history_of[row.id]],
        }
        for row in rows
    }


def _demand(snapshot: Snapshot, row: tables.RequestDemand) -> dict[str, Any]:
    return {
        "team": _team(snapshot, row.team_id),
        "said_by": _person(snapshot, row.person_id),
        "said_at": row.at.isoformat(),
        "people": row.lost_people,
        "times_a_month": row.lost_times,
        "hours_each": row.lost_hours,
        "hours_a_month": row.lost_people * row.lost_times * row.lost_hours,
        "evidence": row.evidence or None,
        "blocked_people": row.blocked_people,
        "blocked_share": row.blocked_share or None,
        "blocked_until": _iso(row.blocked_until),
        "needed_by": _iso(row.needed_by),
        "miss_hours": row.miss_hours,
        "numbers": {part: _word(snapshot, word) for part, word in words_of(row).items()},
        "confirmed_at": _iso(row.confirmed_at),
        "asked": row.asked or [],
    }


def _word(snapshot: Snapshot, word: Word) -> dict[str, Any]:
    return {"said_by": _person(snapshot, word.person_id), "said_at": word.at, "evidence": word.evidence or None}


def _saving(snapshot: Snapshot, row: tables.RequestSaving) -> dict[str, Any]:
    return {
        "team": _team(snapshot, row.team_id),
        "after_days": row.day,
        "asked_at": row.asked_at.isoformat(),
        "actual_hours": row.hours_a_month,
        "answered_at": _iso(row.answered_at),
    }


def _entry(snapshot: Snapshot, row: tables.AuditEntry, said: tables.RequestWords | None) -> dict[str, Any]:
    kind, _, number = row.actor.partition(":")
    by = _person(snapshot, int(number)) if kind == "person" else row.actor
    return {
        "at": row.at.isoformat(),
        "by": by,
        "action": row.action.removeprefix("backlog."),
        "detail": row.detail,
        "words": said.words or None if said is not None else None,
        "link": said.link or None if said is not None else None,
    }


def _by(rows: Iterable[_Row], key: Callable[[_Row], int]) -> Mapping[int, list[_Row]]:
    found: defaultdict[int, list[_Row]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found


def _iso(moment: Any) -> str | None:
    return moment.isoformat() if moment is not None else None


def _team(snapshot: Snapshot, team_id: int | None) -> str | None:
    team = snapshot.team(team_id)
    return team.name if team is not None else None


def _person(snapshot: Snapshot, person_id: int) -> str | None:
    person = snapshot.person(person_id)
    return person.name if person is not None else None
