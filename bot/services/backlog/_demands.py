"""What teams say of a request: its rows, and the value that a rank is made of."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.domain.backlog.demand import MISS_COST, Author, Demand, DemandPart, Evidence, NeededBy, Slowdown, TeamBlock
from bot.domain.backlog.new_request import LONGEST_TITLE, NewRequest, thread_of
from bot.domain.backlog.requests import AskedToo, ItemType, RequestItem
from bot.domain.names import clean, cut
from bot.services.snapshot import Snapshot
from bot.store import tables

#: Whoever asks for no team of the catalog.
_NO_TEAM = "Somebody in no team"


def demand_row(request_id: int, new: NewRequest, now: datetime) -> tables.RequestDemand:
    """Return what a team says that it loses without a request."""
    said = new.demand
    return tables.RequestDemand(
        request_id=request_id,
        team_id=new.team_id,
        person_id=new.filed_by,
        at=now,
        lost_people=said.lost_people or 0.0,
        lost_times=said.lost_times or 0.0,
        lost_hours=said.lost_hours or 0.0,
        evidence=said.evidence or "",
        blocked_people=said.blocked_people,
        blocked_share=said.blocked_share or "",
        blocked_until=said.blocked_until,
        needed_by=new.needed_by,
        miss_hours=said.miss_hours,
        drafted=" ".join(sorted(said.drafted)),
        authors={
            part: list(Word(person_id, at.isoformat(), filed_at=now.isoformat()))
            for part, (person_id, at) in said.speakers.items()
        }
        or None,
    )


async def demands_of(session: AsyncSession, *request_ids: int) -> Sequence[tables.RequestDemand]:
    """Return what each team says of a request, the requesting team first."""
    table = tables.RequestDemand
    query = select(table).where(col(table.request_id).in_(request_ids)).order_by(col(table.id))
    return (await session.execute(query)).scalars().all()


def asked_by(new: NewRequest) -> dict[str, Any]:
    """Return what a team asks for that joins a request, as its row keeps it.

    The thread's own words are not copied: what is kept leads to them.
    """
    is_private = new.origin.is_private
    return {
        "title": cut(clean(new.title), LONGEST_TITLE),
        "items": [{"type": each.type.value, "title": each.title} for each in new.items],
        "details": new.details.strip(),
        "permalink": "" if is_private else new.origin.permalink,
        "needed_by": new.needed_by.isoformat() if new.needed_by is not None else "",
        "reason": new.needed_reason,
        "is_private": is_private,
        "channel_id": new.origin.channel_id or thread_of(new.origin.key)[0],
    }


def asked_too(row: tables.RequestDemand, whose: str) -> Iterator[AskedToo]:
    """Yield what a team asked for in each thread or form from which it has joined a request."""
    for each in row.asked or ():
        yield AskedToo(
            whose=whose,
            title=each["title"],
            items=tuple(RequestItem(ItemType(one["type"]), one["title"]) for one in each["items"]),
            details=each["details"],
            permalink=each["permalink"],
            is_private=each["is_private"],
            channel_id=each.get("channel_id"),
        )


def is_own(request: tables.Request, row: tables.RequestDemand) -> bool:
    """Whether it is the request's own team, or person, that says this."""
    if request.team_id is None and row.team_id is None:
        return row.person_id == request.filed_by
    return row.team_id == request.team_id


def is_said_privately(request: tables.Request, row: tables.RequestDemand) -> bool:
    """Whether a team has asked for a request, or for what became part of another, in direct messages alone."""
    asked = row.asked or ()
    return request.is_private or (
        not is_own(request, row) and bool(asked) and all(each["is_private"] for each in asked)
    )


def reason_of(request: tables.Request, row: tables.RequestDemand) -> str:
    """Return why a team needs a request by its day."""
    if is_own(request, row) and row.needed_by == request.needed_by:
        return request.needed_reason
    day = row.needed_by.isoformat() if row.needed_by is not None else ""
    return next((str(each["reason"]) for each in reversed(row.asked or []) if day and each["needed_by"] == day), "")


class Word(NamedTuple):
    """Who said a number, and when, as `RequestDemand.authors` keeps it.

    `evidence` is how they know it, where that is not the row's own: "" if they have not said it. What was said in a
    thread counts as confirmed `filed_at`.
    """

    person_id: int
    at: str
    evidence: str | None = None
    filed_at: str = ""

    @property
    def confirmed_at(self) -> datetime:
        return _time(self.filed_at or self.at)


def _time(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)  # once only the day was kept


def _word(row: tables.RequestDemand, part: str) -> Word:
    """Return who said a number last, and when."""
    kept = (row.authors or {}).get(part)
    return Word(*kept) if kept is not None else Word(row.person_id, row.at.isoformat())


def sign(
    row: tables.RequestDemand, parts: Collection[str], person_id: int, now: datetime, *, evidence: str | None = None
) -> None:
    """Note who says these numbers of a team; the others stay the word of whoever said them.

    They are known by the `evidence`, where it is given, and the others as before. Otherwise all that has none of its
    own is known as the row says.
    """
    words = {part: _word(row, part) for part in (*DemandPart, MISS_COST)}
    words |= {part: Word(person_id, now.isoformat()) for part in words.keys() & set(parts)}
    if evidence is not None:
        before, row.evidence = row.evidence, evidence if DemandPart.LOST in parts else row.evidence
        blocked = words[DemandPart.BLOCKED]
        known = evidence if DemandPart.BLOCKED in parts else before if blocked.evidence is None else blocked.evidence
        words[DemandPart.BLOCKED] = blocked._replace(evidence=None if known == row.evidence else known)
    row.authors = {part: list(word) for part, word in words.items()}


def words_of(row: tables.RequestDemand) -> dict[str, Word]:
    """Return who said the numbers of a team, and when, as far as that is written down."""
    return {part: _word(row, part) for part in row.authors or {}}


def forget_speakers(row: tables.RequestDemand, there: Container[str], filed_by: int) -> bool:
    """Let numbers be of the draft of whoever filed it that were said in messages which are not `there` any more.

    Return whether there were any.
    """
    gone = {
        part: word
        for part, word in words_of(row).items()
        if word.filed_at and f"{_time(word.at).timestamp():.6f}" not in there
    }
    drafts = {part: list(Word(filed_by, word.filed_at, word.evidence)) for part, word in gone.items()}
    row.authors = {**(row.authors or {}), **drafts} if gone else row.authors
    return bool(gone)


def _authors(row: tables.RequestDemand, snapshot: Snapshot) -> Iterator[tuple[str, Author]]:
    for part, word in words_of(row).items():
        person = snapshot.person(word.person_id)
        filed_on = word.confirmed_at.date() if word.filed_at else None
        evidence = Evidence.of(word.evidence) if word.evidence is not None else None
        yield part, Author(person.name if person is not None else "", _time(word.at).date(), filed_on, evidence)


def _from_before(row: tables.RequestDemand, request: tables.Request) -> Iterator[str]:
    """Yield what a team has said of a request before some of its items were done."""
    done = request.delivered_at if _items_done(request)[0] else None
    for part in (*DemandPart, MISS_COST):
        if done is not None and _word(row, part).confirmed_at < done:
            yield part


def _items_done(request: tables.Request) -> tuple[int, int]:
    """Return how many items of a request are done, and of how many."""
    return sum(bool(each.get("is_done")) for each in request.items), len(request.items)


def has_it(request: tables.Request, row: tables.RequestDemand) -> bool:
    """Whether a team has said that it has all of a request, while the work goes on for others."""
    said_at = request.confirmed_at if is_own(request, row) else row.confirmed_at
    return said_at is not None and bool(request.items) and all(each.get("is_done") for each in request.items)


def demand_of(
    row: tables.RequestDemand,
    snapshot: Snapshot,
    *,
    reason: str = "",
    is_private: bool = False,
    of: tables.Request | None = None,
) -> Demand:
    """Return what a team says of a request, where that is given; `reason` is why it is needed by its day."""
    team = snapshot.team(row.team_id)
    person, known = snapshot.person(row.person_id), Evidence.of(row.evidence)
    return Demand(
        team=team.name if team is not None else (person.name if person is not None and person.name else _NO_TEAM),
        evidence=known.kind,
        is_evidence_assumed=known.is_assumed,
        confirmed_on=row.at.date(),
        said_by=(person.name,) if person is not None and person.name else (),
        authors=dict(_authors(row, snapshot)),
        team_people=len(team.member_ids) or None if team is not None else None,
        people=row.lost_people,
        times_per_month=row.lost_times,
        hours_each=row.lost_hours,
        block=_block_of(row) if row.blocked_people else None,
        needed_by=NeededBy(row.needed_by, reason, row.miss_hours) if row.needed_by is not None else None,
        drafted=frozenset(map(DemandPart, row.drafted.split())),
        is_private=is_private,
        asked_by=row.person_id,
        from_before=frozenset(_from_before(row, of)) if of is not None else frozenset(),
        items_done=_items_done(of) if of is not None else (0, 0),
    )


def _block_of(row: tables.RequestDemand) -> TeamBlock:
    share = Slowdown(row.blocked_share or Slowdown.HALF)
    return TeamBlock(row.blocked_people, share, row.blocked_until, is_assumed=not row.blocked_share)
