"""Those who ask for a request correct it while it is open: what they lose, how they know, by when, and the items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, TypeAlias

from sqlalchemy import select
from sqlmodel import col

from bot.blocks import backlog as blocks
from bot.blocks.backlog import words
from bot.domain.backlog.changes import Changeable, RequestChange, corrected, reason_of_day
from bot.domain.backlog.corrections import Stated, differences
from bot.domain.backlog.demand import MISS_COST, DemandPart, EvidenceKind, Slowdown
from bot.domain.backlog.item_types import kind_in
from bot.domain.backlog.new_request import (
    LONGEST_TITLE,
    DemandEntry,
    NewRequest,
    Origin,
    problems,
    thread_key,
    thread_of,
)
from bot.domain.backlog.open_items import confirmed, still_to_do
from bot.domain.backlog.prefills import MOST_ITEMS
from bot.domain.backlog.requests import RequestCard, RequestItem, Step
from bot.domain.backlog.summaries import followed
from bot.domain.backlog.thread_news import held_by
from bot.domain.names import clean
from bot.domain.phrases import join
from bot.domain.rights import Right
from bot.errors import FormError, UserError
from bot.services import outbox, routing
from bot.services.backlog import drafts, steps
from bot.services.backlog._cards import TAKEN_ON, RequestAct, acting, tell_devops
from bot.services.backlog._demands import demands_of, is_said_privately, sign
from bot.services.backlog._duty import wake_if_needed_sooner
from bot.services.backlog._joiners import threads_of
from bot.services.backlog._loaded import loaded, stored_item
from bot.services.backlog._stated import stated
from bot.services.backlog.intake import requests_of
from bot.services.backlog.message_updates import redraw_answered
from bot.services.backlog.step_words import keep
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot
from bot.store import tables
from bot.store.inserts import add_once

_ENDED = "This request is not open any more, so nothing was changed."
_LOST = ("lost_people", "lost_times", "lost_hours", "evidence")
_BLOCKED = ("blocked_people", "blocked_share", "blocked_until")
_DATE = ("needed_by", "miss_hours")
#: What somebody has typed, which the audit log does not keep: nothing can be deleted from it.
_TYPED = frozenset({"title", "items", "needed_reason"})
#: What a correction has changed, by name: how it was, and how it is.
_Changed: TypeAlias = Mapping[str, tuple[object, object]]
_NOTHING_LEFT = "Nothing would be left of it. To end it, press “Withdraw…” on its card."
_ALL_IS_THERE = "All that is left of it was there before."


async def to_change(deps: Deps, snapshot: Snapshot, *, request_id: int, person_id: int, version: int = 0) -> Changeable:
    """Return a request to somebody who is about to correct it, and saw its `version`. Raises as `change`."""
    async with acting(
        deps, snapshot, request_id=request_id, person_id=person_id, right=Right.REQUEST, with_joined=True
    ) as act:
        demand, is_own = await _demand(act)
        # The day on the card may be another team's.
        card = replace(act.card, needed_reason=act.row.needed_reason, version=await act.version())
        meanwhile = await act.meanwhile(version, but=TAKEN_ON, with_own=True)
        its = Changeable(card, _entry(demand), demand.needed_by, is_own, meanwhile=meanwhile)
        source = act.row if is_own else await _joined_from(act)
        if source is None or not any(place := thread_of(source.source_key)):
            return its
        held, (channel_id, ts) = await _held(act, thread_key(*place)), place
        return replace(its, channel_id=channel_id, thread_ts=ts, read_to=source.read_to, held=held)


async def change(
    deps: Deps,
    snapshot: Snapshot,
    *,
    request_id: int,
    person_id: int,
    new: RequestChange,
    today: date,
    version: int = 0,
) -> RequestCard:
    """Correct what a team says of a request, and for those who speak for the request itself also what is asked for.

    Raises FormError by the names of `problems`, NotAllowedError without the right, UserError for a request that is not
    open, and ChangedError where others have changed it since its `version`.
    """
    async with acting(
        deps, snapshot, request_id=request_id, person_id=person_id, right=Right.REQUEST, with_joined=True
    ) as act:
        demand, is_own = await _demand(act)
        await act.require_current(version, but=TAKEN_ON)
        items = tuple(_corrected(act.card.items, new)) if is_own else act.card.items
        await _check(act, demand, new, items, today)
        source = act.row if is_own else await _joined_from(act)
        if source is not None:
            source.read_to = max(source.read_to, new.read_to)
        before, was = _said(act.row, demand), stated(act, demand)
        _put(act, demand, new)
        if is_own:
            await _put_own(act, demand, new, items)
        after = _said(act.row, demand)
        changed = {name: (before[name], after[name]) for name in after if before[name] != after[name]}
        if not changed:
            return act.card
        demand.at = act.now
        if demand.team_id is not None:
            demand.person_id = person_id
        said = _said_of(changed, new)
        entry = await _note(act, demand, said, was, today, is_own=is_own)
        await wake_if_needed_sooner(act)
        if is_own and _is_all_there(act.card, items):
            await steps.carry_out(act, Step.SUFFICE, words=_ALL_IS_THERE)
        else:
            await act.redraw()
            await redraw_answered(act)
        await _tell_devops(act, demand, said, entry, is_own=is_own)
        if "title" in changed:
            await _rename_whole(act)
        if "asked_by" in changed:
            await _tell_asker(act)
        return act.card


def _said_of(changed: _Changed, new: RequestChange) -> _Changed:
    """Return what of a correction is said: no title that follows the items, and no reason that goes with its day."""
    follows = set()
    if "title" in changed and not _is_title_typed(new, str(changed["title"][0])):
        follows.add("title")
    if "needed_by" in changed and not changed.get("needed_reason", ("", ""))[1]:
        follows.add("needed_reason")
    return {name: each for name, each in changed.items() if name not in follows}


async def _note(
    act: RequestAct, demand: tables.RequestDemand, changed: _Changed, before: Stated, today: date, *, is_own: bool
) -> int:
    """Write down what was corrected, but no words of what is said privately; return the entry of the audit log."""
    numbers = {name: list(map(str, each)) for name, each in changed.items() if name not in _TYPED}
    entry = await act.note("change", team=demand.team_id, fields=list(changed), **numbers)
    if is_own or not is_said_privately(act.row, demand):
        after = stated(act, demand)
        after = after if "title" in changed else replace(after, title=before.title)
        said = "; ".join(differences(before, after, today))
        keep(act, entry, said if is_own or not after.team else f"for {after.team}: {said}")
    return entry


async def _tell_devops(
    act: RequestAct, demand: tables.RequestDemand, changed: _Changed, entry: int, *, is_own: bool
) -> None:
    """Say what was corrected below the DevOps team's message about the request, or about what it is part of."""
    is_unnamed = not is_own and is_said_privately(act.row, demand)
    who = "" if is_unnamed else act.snapshot.somebody(act.person_id).name
    message = blocks.changed_news(act.card, who, _what(changed))
    key = f"backlog.changed:{act.subject_id}:{entry}"
    told = act.card.whole.id if act.card.whole is not None else act.subject_id
    await tell_devops(act.session, told, key=key, message=message, at=act.now)


async def _demand(act: RequestAct) -> tuple[tables.RequestDemand, bool]:
    """Return what is said for whom somebody speaks, and whether that is the request's own team."""
    if not act.card.is_changeable:
        raise UserError(_ENDED)
    is_own = await act.speaks_for_whole()
    demands = await demands_of(act.session, act.subject_id)
    if is_own:
        own = next((each for each in demands if each.team_id == act.row.team_id), demands[0])
        return own, True
    theirs = [each for each in demands if await act.speaks_for(each)]
    return theirs[0], False


async def _joined_from(act: RequestAct) -> tables.RequestJoin | None:
    """Return the last thread or form from which a team has joined the request for which somebody speaks."""
    table = tables.RequestJoin
    keys = await threads_of(act, [act.person_id])
    query = select(table).where(col(table.request_id) == act.subject_id, col(table.source_key).in_(keys))
    return (await act.session.execute(query.order_by(col(table.at).desc()).limit(1))).scalar_one_or_none()


async def _held(act: RequestAct, key: str) -> tuple[RequestItem, ...]:
    """Return what the requests ask for that a thread has made or joined."""
    rows = [await act.session.get_one(tables.Request, each) for each in await requests_of(act.session, key)]
    return held_by([await loaded(act.session, act.snapshot, each, now=act.now) for each in rows])


def _corrected(items: tuple[RequestItem, ...], new: RequestChange) -> Iterator[RequestItem]:
    """Return the items with their new words and kinds, without those that have none, and what is added.

    Those beyond the fields stay.
    """
    there: set[str] = set()  # others may have ticked the same
    for place, item in enumerate(items):
        title = clean(new.titles[place])[:LONGEST_TITLE] if place < len(new.titles) else item.title
        kind = new.kinds[place] if place < len(new.kinds) else None
        if title or place >= MOST_ITEMS:
            # Whoever keeps what the thread has taken back says it themselves.
            kept = replace(item, quote="") if place in new.kept else item
            there.add(title or item.title)
            yield corrected(kept, title or item.title, kind)
    added = clean(new.added)[:LONGEST_TITLE]
    more = [RequestItem(new.added_type or kind_in(added), added)] if added else []
    for each in (*more, *new.wishes):
        if (title := each.title[:LONGEST_TITLE]) not in there:
            there.add(title)
            yield replace(each, title=title)


async def _check(
    act: RequestAct, demand: tables.RequestDemand, new: RequestChange, items: tuple[RequestItem, ...], today: date
) -> None:
    """Raise FormError with what is wrong; a day that is over may stay as it is."""
    said, is_cost_new = new.said, new.said.miss_hours != demand.miss_hours
    said = replace(
        said,
        blocked_until=said.blocked_until if said.blocked_until != demand.blocked_until else None,
        miss_hours=said.miss_hours if new.needed_by is None and is_cost_new else None,
    )
    its = NewRequest(
        origin=Origin(""),
        title=act.card.title,
        items=items,
        filed_by=0,
        asked_by=0,
        needed_by=new.needed_by if new.needed_by != demand.needed_by else None,
        demand=said,
    )
    team = act.snapshot.team(new.team_id or demand.team_id)
    wrong = problems(its, today=today, team_size=len(team.member_ids) if team is not None else None)
    if "items" in wrong:
        wrong["items"] = _NOTHING_LEFT
    if new.added_type is not None and not clean(new.added):
        wrong["added"] = "Write what it is, or choose no kind."
    if team is not None and team.id != demand.team_id:
        others = await demands_of(act.session, act.subject_id)
        if any(each.team_id == team.id for each in others):
            wrong["team"] = f"{team.name} is on it already: choose another team."
    if wrong:
        raise FormError(wrong)


async def _put_own(
    act: RequestAct, demand: tables.RequestDemand, new: RequestChange, items: tuple[RequestItem, ...]
) -> None:
    """Correct what is asked for, for which team and for whom; who needs it now follows it, and is told."""
    row, before, now = act.row, [each.title for each in act.card.items], [each.title for each in items]
    row.title = _title(new) if _is_title_typed(new, row.title) else followed(row.title, before, now)
    named = await drafts.followed_technologies(row.technologies, before, now)
    gone = {each for each in row.technologies if each not in named}
    row.technologies, row.skills_gaps = list(named), [each for each in row.skills_gaps if each not in gone]
    # What is left of it may be what was delivered before the rest.
    row.items = [stored_item(each) for each in (items if still_to_do(items) else confirmed(items))]
    was, reason = row.needed_by, "" if new.has_reason else row.needed_reason
    row.needed_by = new.needed_by
    row.needed_reason = reason_of_day(new.needed_by, new.needed_reason, was=was, reason_was=reason)
    if new.team_id is not None:
        row.team_id = demand.team_id = new.team_id
    if new.asked_by in (None, row.asked_by):
        return
    row.asked_by = new.asked_by
    await add_once(act.session, tables.RequestFollower, request_id=act.subject_id, person_id=new.asked_by, at=act.now)


def _title(new: RequestChange) -> str:
    return clean(new.title)[:LONGEST_TITLE]


def _is_title_typed(new: RequestChange, title: str) -> bool:
    """Whether somebody has called a request otherwise than by its title."""
    return _title(new) not in ("", title)


def _is_all_there(card: RequestCard, items: tuple[RequestItem, ...]) -> bool:
    """Whether nothing is left to do of what was delivered one by one, and nobody else has asked for more."""
    return card.is_open and bool(items) and not still_to_do(items) and not (card.parts or card.asked_too)


async def _rename_whole(act: RequestAct) -> None:
    """Let what has told those whose requests became part of this one what it is called now."""
    for part in await act.parts():
        card = await loaded(act.session, act.snapshot, part, now=act.now)
        for key in await outbox.keys_below(act.session, f"backlog.merged:{part.id}"):
            if key.count(":") == 2:  # the others are the direct messages of those who follow it
                await act.revise(key, blocks.merged(card))


async def _tell_asker(act: RequestAct) -> None:
    """Tell whoever is said to need a request, unless they have said so themselves."""
    by, slack_id = act.snapshot.person(act.person_id), routing.slack_id_of(act.card.asker)
    if by is not None and slack_id and act.card.asker.id != by.id:
        key = f"backlog.asked_for:{act.subject_id}:{int(act.now.timestamp() * 1000)}"
        await outbox.enqueue(act.session, key=key, channel=slack_id, message=blocks.asked_for(act.card, by), at=act.now)


def _put(act: RequestAct, demand: tables.RequestDemand, new: RequestChange) -> None:
    said = new.said
    values: dict[str, Any] = {
        "lost_people": said.lost_people or 0.0,
        "lost_times": said.lost_times or 0.0,
        "lost_hours": said.lost_hours or 0.0,
        "evidence": said.evidence or "",
        "blocked_people": said.blocked_people,
        "blocked_share": said.blocked_share or "",
        "blocked_until": said.blocked_until,
        "needed_by": new.needed_by,
        "miss_hours": said.miss_hours if new.needed_by is not None else None,
    }
    parts = {DemandPart.LOST: _LOST, DemandPart.BLOCKED: _BLOCKED, DemandPart.NEEDED_BY: ("needed_by",)}
    changed = {part for part, names in parts.items() if any(getattr(demand, name) != values[name] for name in names)}
    kept = {DemandPart.NEEDED_BY} if new.keeps_day else set()
    cost = {MISS_COST} if demand.miss_hours != values["miss_hours"] else set()
    is_known = demand.evidence != values["evidence"]
    known = _known_with_hours(demand, values) if is_known else set()
    evidence = values["evidence"] if is_known else None
    sign(demand, changed | known | kept | cost, act.person_id, act.now, evidence=evidence)
    for name, value in values.items():
        setattr(demand, name, value)
    # Now somebody says it, and what was asked of the day before is asked of the new one again.
    demand.drafted = " ".join(each for each in demand.drafted.split() if each not in changed | known | kept)
    if DemandPart.NEEDED_BY in changed:
        demand.needed_asked_on = None
    if DemandPart.BLOCKED in changed:
        demand.block_asked_on = None


def _known_with_hours(demand: tables.RequestDemand, values: Mapping[str, Any]) -> set[DemandPart]:
    """Return who is blocked, where what is said of how the hours are known is said of that as well.

    With new hours it is said of these alone, unless nobody has said how the rest is known.
    """
    are_hours_new = any(getattr(demand, name) != values[name] for name in _LOST if name != "evidence")
    is_blocked = demand.blocked_people and demand.blocked_people == values["blocked_people"]
    return {DemandPart.BLOCKED} if is_blocked and not (are_hours_new and demand.evidence) else set()


def _said(row: tables.Request, demand: tables.RequestDemand) -> dict[str, object]:
    """Return what a correction can change, by name."""
    said: dict[str, object] = {name: getattr(demand, name) for name in (*_LOST, *_BLOCKED, *_DATE)}
    said |= {"team_id": row.team_id, "asked_by": row.asked_by}
    said["title"] = row.title
    items = ", ".join(f"{each['title']} ({each['type']})" for each in row.items)
    return {**said, "items": items, "needed_reason": row.needed_reason}


def _what(changed: _Changed) -> str:
    """Return in words what was corrected; a cost that no card shows with its hours."""
    said = list(dict.fromkeys(words.FIELDS[name] for name in changed))
    cost = changed.get("miss_hours", (None, None))[1]
    if isinstance(cost, float):
        said[said.index(words.FIELDS["miss_hours"])] += f" ({words.hours(cost)})"
    return join(said)


def _entry(demand: tables.RequestDemand) -> DemandEntry:
    has_hours = any((demand.lost_people, demand.lost_times, demand.lost_hours))
    return DemandEntry(
        lost_people=demand.lost_people if has_hours else None,
        lost_times=demand.lost_times if has_hours else None,
        lost_hours=demand.lost_hours if has_hours else None,
        evidence=EvidenceKind(demand.evidence) if demand.evidence else None,
        blocked_people=demand.blocked_people,
        blocked_share=Slowdown(demand.blocked_share) if demand.blocked_share else None,
        blocked_until=demand.blocked_until,
        miss_hours=demand.miss_hours,
        drafted=frozenset(map(DemandPart, demand.drafted.split())),
    )
